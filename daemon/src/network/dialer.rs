//! Decides where a partner may be found, in which order its addresses are tried, how long to wait, and what a failure means in words.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use libp2p::core::transport::TransportError;
use libp2p::swarm::DialError;

use super::Obstacle;
use super::transport::can_be_dialled;

/// Addresses remembered for one device: two families, two networks and some history.
const ADDRESSES_MAX: usize = 16;
/// Addresses dialled in one attempt.
const DIALLED_MAX: usize = 8;
/// Milliseconds before the first redial.
const BACKOFF_START_MILLISECONDS: u64 = 500;
/// Milliseconds between redials of a partner that was here lately: its computer may wake any moment.
const BACKOFF_RECENT_MILLISECONDS: u64 = 4_000;
/// Milliseconds between redials of a partner that has long been away.
const BACKOFF_CAP_MILLISECONDS: u64 = 30_000;
/// How long "lately" lasts.
pub(super) const RECENT: Duration = Duration::from_secs(15 * 60);

/// How an address came to be known; later ones are tried first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// An advert named it once.
    OldAdvert,
    /// It was remembered from before.
    Remembered,
    /// The partner's present advert names it.
    Advert,
}

#[derive(Debug, Clone)]
struct Entry {
    address: SocketAddr,
    source: Source,
    worked: Option<Instant>,
}

/// Where one device may be found. Failing forgets nothing.
#[derive(Debug, Default)]
pub(super) struct AddressBook(Vec<Entry>);

impl AddressBook {
    pub(super) fn add(&mut self, address: SocketAddr, source: Source) {
        if !can_be_dialled(&address) {
            return;
        }
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.address == address) {
            entry.source = entry.source.max(source);
            return;
        }
        if self.0.len() >= ADDRESSES_MAX {
            self.forget_worst();
        }
        self.0.push(Entry { address, source, worked: None });
    }

    /// The partner advertises exactly these now.
    pub(super) fn advertised(&mut self, addresses: &[SocketAddr]) {
        self.advert_gone();
        for address in addresses.iter().take(DIALLED_MAX) {
            self.add(*address, Source::Advert);
        }
    }

    /// The advert went away; its addresses stay, further down.
    pub(super) fn advert_gone(&mut self) {
        for entry in self.0.iter_mut().filter(|entry| entry.source == Source::Advert) {
            entry.source = Source::OldAdvert;
        }
    }

    /// A connection to it worked; true when that is news worth remembering.
    pub(super) fn worked(&mut self, address: SocketAddr, now: Instant) -> bool {
        self.add(address, Source::OldAdvert);
        let Some(entry) = self.0.iter_mut().find(|entry| entry.address == address) else {
            return false;
        };
        let news = entry.worked.is_none() && entry.source != Source::Remembered;
        entry.worked = Some(now);
        news
    }

    /// Best first: advertised now, then worked last, then the rest.
    pub(super) fn to_dial(&self) -> Vec<SocketAddr> {
        let mut entries: Vec<&Entry> = self.0.iter().collect();
        entries.sort_by_key(|entry| {
            (std::cmp::Reverse(entry.source == Source::Advert), std::cmp::Reverse((entry.worked, entry.source)))
        });
        entries.iter().take(DIALLED_MAX).map(|entry| entry.address).collect()
    }

    fn forget_worst(&mut self) {
        let worst = self.0.iter().enumerate().min_by_key(|(_, entry)| (entry.worked, entry.source)).map(|(at, _)| at);
        if let Some(at) = worst {
            self.0.remove(at);
        }
    }
}

/// Jittered, doubling waits between attempts.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait now; between half of the step and the whole of it, so that two sides do not stay in step.
    pub(super) fn next(&mut self, since_contact: Option<Duration>) -> Duration {
        let cap = match since_contact {
            Some(since) if since < RECENT => BACKOFF_RECENT_MILLISECONDS,
            _ => BACKOFF_CAP_MILLISECONDS,
        };
        let step = BACKOFF_START_MILLISECONDS.saturating_mul(1 << self.failures.min(10)).min(cap);
        self.failures = self.failures.saturating_add(1);
        Duration::from_millis(rand::random_range(step / 2..=step))
    }
}

/// Why no connection came about, from the least to the most that it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    NoRoute,
    Silence,
    Other,
    WrongDevice,
    Refused,
    TurnedAway,
}

impl Failure {
    pub(super) fn of(error: &DialError) -> Failure {
        match error {
            DialError::WrongPeerId { .. } | DialError::LocalPeerId { .. } => Failure::WrongDevice,
            DialError::Transport(errors) => {
                errors.iter().map(|(_, error)| of_transport(error)).max().unwrap_or(Failure::Other)
            }
            _ => Failure::Other,
        }
    }

    /// Whether something at the address answered, so that its computer is on the network.
    pub(super) fn shows_life(self) -> bool {
        matches!(self, Failure::Refused | Failure::TurnedAway)
    }

    /// What is in the way: `advertised` when its advert is being heard, `met` when it was connected since the start.
    pub(super) fn obstacle(self, advertised: bool, met: bool) -> Obstacle {
        match self {
            Failure::TurnedAway => Obstacle::TurnedAway,
            Failure::Refused if advertised && !met => Obstacle::Firewall,
            Failure::Refused => Obstacle::Refused,
            _ if met => Obstacle::NoLongerThere,
            _ if advertised => Obstacle::Silent,
            Failure::WrongDevice => Obstacle::AnotherComputer,
            Failure::NoRoute => Obstacle::NoWay,
            Failure::Silence | Failure::Other => Obstacle::NoAnswer,
        }
    }
}

impl Obstacle {
    /// A plain sentence about a partner's computer.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Obstacle::TurnedAway => {
                "its computer answers but turns this one away: it may not have finished pairing, or have ended the partnership"
            }
            Obstacle::Firewall => {
                "its computer is on the network but refuses the connection: a firewall may be in the way"
            }
            Obstacle::Refused => {
                "its computer is on the network but refuses the connection: Rounds may not be running there, or a firewall may be in the way"
            }
            Obstacle::NoLongerThere => {
                "its computer was here but does not answer now: it may be off, asleep or unplugged"
            }
            Obstacle::Silent => "its computer is on the network but does not answer: a firewall may be in the way",
            Obstacle::AnotherComputer => "another computer answers at its last known address",
            Obstacle::NoWay => "there is no way to its last known address from this network",
            Obstacle::NoAnswer => {
                "its computer does not answer at its last known address: it may be off, asleep or on another network"
            }
            Obstacle::JustLost => "the connection was lost; trying again",
            Obstacle::NotUnderstood => {
                "Rounds is most likely not the same version on both computers: bring both up to date"
            }
            Obstacle::SetAside => {
                "what its computer sends makes Rounds stumble each time: stop Rounds and start it again, on both computers"
            }
        }
    }
}

fn of_transport(error: &TransportError<io::Error>) -> Failure {
    let TransportError::Other(error) = error else {
        return Failure::Other;
    };
    // The transports wrap the operating system's error, some of them only as text.
    let mut current: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = current {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => return Failure::Refused,
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => return Failure::NoRoute,
                io::ErrorKind::TimedOut => return Failure::Silence,
                _ => {}
            }
            if let Some(inner) = error.get_ref() {
                current = Some(inner);
                continue;
            }
        }
        current = error.source();
    }
    let text = error.to_string().to_lowercase();
    if text.contains("refused") || text.contains("reset") {
        Failure::Refused
    } else if text.contains("unreachable") || text.contains("no route") {
        Failure::NoRoute
    } else if text.contains("time") {
        Failure::Silence
    } else {
        Failure::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn what_is_advertised_comes_first_and_nothing_is_forgotten() {
        let mut book = AddressBook::default();
        book.add(address("192.0.2.1:1"), Source::Remembered);
        book.worked(address("192.0.2.2:1"), Instant::now());
        book.advertised(&[address("192.0.2.3:1")]);
        assert_eq!(book.to_dial(), [address("192.0.2.3:1"), address("192.0.2.2:1"), address("192.0.2.1:1")]);
        book.advertised(&[address("192.0.2.4:1")]);
        assert_eq!(book.to_dial().len(), 4);
    }

    #[test]
    fn a_full_book_forgets_what_never_worked() {
        let mut book = AddressBook::default();
        assert!(book.worked(address("192.0.2.200:1"), Instant::now()));
        for host in 1..=100 {
            book.add(address(&format!("192.0.2.{host}:1")), Source::OldAdvert);
        }
        assert_eq!(book.0.len(), ADDRESSES_MAX);
        assert!(book.to_dial().contains(&address("192.0.2.200:1")));
        assert!(!book.worked(address("192.0.2.200:1"), Instant::now()), "no news the second time");
    }

    #[test]
    fn waits_grow_to_their_cap_and_start_again() {
        let mut backoff = Backoff::default();
        let first = backoff.next(None);
        assert!((250..=500).contains(&first.as_millis()));
        let waits: Vec<_> = (0..12).map(|_| backoff.next(None)).collect();
        assert!(waits.iter().all(|wait| wait.as_millis() <= 30_000));
        assert!(waits[11].as_millis() >= 15_000);
        assert!(backoff.next(Some(Duration::from_secs(60))).as_millis() <= 4_000);
        backoff.reset();
        assert!(backoff.next(None).as_millis() <= 500);
    }

    #[test]
    fn failures_become_sentences() {
        let refused = DialError::Transport(vec![(
            libp2p::Multiaddr::empty(),
            TransportError::Other(io::Error::other(io::Error::from(io::ErrorKind::ConnectionRefused))),
        )]);
        assert_eq!(Failure::of(&refused), Failure::Refused);
        let obstacle = Failure::Refused.obstacle(true, false);
        assert_eq!(obstacle, Obstacle::Firewall);
        assert!(obstacle.sentence().contains("a firewall may be in the way"));
    }
}
