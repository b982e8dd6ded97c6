//! Decides when a partner is dialled, which of several connections becomes its one link, and when that link counts as dead.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, DialError};
use libp2p::{PeerId, Stream};
use rounds_crdt::ids::DeviceId;

use super::dialer::{AddressBook, Backoff, Failure, RECENT, Source};
use super::discovery::Advert;
use super::hub::{Hub, Purpose, Report};
use super::link::{Greeting, LinkHandle, LinkTask, Ports, greet};
use super::offers::listening_address;
use super::timers::Timer;
use super::transport::{self, Transport, multiaddr};
use super::{KnownDevice, LinkId, NetworkEvent, Obstacle, Reach};

/// Milliseconds QUIC gets before TCP is tried beside it.
const TCP_AFTER_MILLISECONDS: u64 = 700;
/// Milliseconds in which a link must answer once it is in doubt.
const LIFE_MILLISECONDS: u64 = 1_500;
/// Seconds a link must have lived for the next redial to start from the shortest wait.
const LASTED_SECONDS: u64 = 10;

/// A device we are paired with, as the hub sees it.
pub(super) struct Partner {
    pub(super) pairwise_key: [u8; 32],
    pub(super) reach: Reach,
    peer: PeerId,
    book: AddressBook,
    backoff: Backoff,
    attempt: Option<Attempt>,
    wait: u64,
    link: Link,
    advert: Option<String>,
    contact: Option<Instant>,
}

/// One round of dialling.
struct Attempt {
    number: u64,
    pending: HashSet<ConnectionId>,
    tried_tcp: bool,
    failure: Option<Failure>,
}

enum Link {
    None,
    Live {
        link: LinkId,
        connection: ConnectionId,
        handle: LinkHandle,
        rival: Option<Candidate>,
    },
    /// Waiting for the old link's LinkDown, so that two are never up at once.
    Ending {
        link: LinkId,
        next: Option<Candidate>,
    },
}

/// A connection ready to become the link.
struct Candidate {
    connection: ConnectionId,
    stream: Stream,
    ports: Option<Ports>,
}

impl Partner {
    fn new(known: &KnownDevice, peer: PeerId) -> Partner {
        Partner {
            pairwise_key: known.pairwise_key,
            reach: Reach::NotSeen,
            peer,
            book: AddressBook::default(),
            backoff: Backoff::default(),
            attempt: None,
            wait: 0,
            link: Link::None,
            advert: None,
            contact: None,
        }
    }

    pub(super) fn stop_link(&self, reason: &str) {
        if let Link::Live { handle, .. } = &self.link {
            handle.stop(reason);
        }
    }

    pub(super) fn advert_gone(&mut self, instance: &str) {
        if self.advert.as_deref() == Some(instance) {
            self.advert = None;
            self.book.advert_gone();
        }
    }
}

impl Hub {
    /// Of two devices the one with the smaller id chooses.
    fn chooses(&self, device: &DeviceId) -> bool {
        self.me < *device
    }

    pub(super) fn set_devices(&mut self, devices: Vec<KnownDevice>) {
        let mut wanted: BTreeMap<DeviceId, (PeerId, KnownDevice)> = BTreeMap::new();
        for known in devices {
            if let Some(peer) = transport::peer_of(&known.device)
                && known.device != self.me
            {
                wanted.insert(known.device, (peer, known));
            }
        }
        let gone: Vec<DeviceId> = self.partners.keys().filter(|device| !wanted.contains_key(device)).copied().collect();
        for device in &gone {
            self.part_from(device);
        }
        let mut fresh = Vec::new();
        let mut changed = !gone.is_empty();
        for (device, (peer, known)) in &wanted {
            let partner = self.partners.entry(*device).or_insert_with(|| {
                fresh.push(*device);
                Partner::new(known, *peer)
            });
            changed |= partner.pairwise_key != known.pairwise_key;
            partner.pairwise_key = known.pairwise_key;
            for address in &known.addresses {
                partner.book.add(*address, Source::Remembered);
            }
        }
        self.swarm.behaviour_mut().set_partners(wanted.values().map(|(peer, _)| *peer).collect());
        changed |= !fresh.is_empty();
        if changed || wanted.is_empty() {
            self.advertise();
        }
        for device in fresh {
            self.dial(device);
        }
    }

    fn part_from(&mut self, device: &DeviceId) {
        let Some(partner) = self.partners.remove(device) else {
            return;
        };
        partner.stop_link("it is no longer a partner");
        for (connection, open) in &self.connections {
            if open.peer == partner.peer {
                self.swarm.close_connection(*connection);
            }
        }
    }

    fn device_of(&self, peer: &PeerId) -> Option<DeviceId> {
        transport::device_of(peer).filter(|device| self.partners.contains_key(device))
    }

    /// Whether a connection that we dialled is still needed now that it stands.
    pub(super) fn wants_link(&self, peer: &PeerId, transport: Transport) -> bool {
        let Some(partner) = self.device_of(peer).and_then(|device| self.partners.get(&device)) else {
            return false;
        };
        match &partner.link {
            Link::None => true,
            Link::Live { connection, .. } => self.is_better(transport, *connection),
            Link::Ending { next, .. } => next.as_ref().is_none_or(|next| self.is_better(transport, next.connection)),
        }
    }

    /// QUIC is better than TCP, which is only tried because QUIC may be blocked.
    fn is_better(&self, transport: Transport, than: ConnectionId) -> bool {
        let other = self.connections.get(&than).map(|open| open.transport);
        transport == Transport::Quic && other == Some(Transport::Tcp)
    }

    /// Dials every address over QUIC; TCP follows shortly.
    fn dial(&mut self, device: DeviceId) {
        self.next_number += 1;
        let number = self.next_number;
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        if !matches!(partner.link, Link::None) || partner.attempt.is_some() || partner.book.to_dial().is_empty() {
            return;
        }
        partner.attempt = Some(Attempt { number, pending: HashSet::new(), tried_tcp: false, failure: None });
        self.timers.after(Duration::from_millis(TCP_AFTER_MILLISECONDS), Timer::TryTcp { device, attempt: number });
        self.dial_over(device, Transport::Quic);
    }

    fn dial_over(&mut self, device: DeviceId, transport: Transport) {
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        let Some(attempt) = &mut partner.attempt else {
            return;
        };
        attempt.tried_tcp |= transport == Transport::Tcp;
        let addresses = partner.book.to_dial().into_iter().map(|address| multiaddr(address, transport)).collect();
        let options = DialOpts::peer_id(partner.peer).condition(PeerCondition::Always).addresses(addresses);
        let options = match transport {
            Transport::Quic => options.build(),
            // From the listening port, two that dial each other at once would end up as two clients of one connection.
            Transport::Tcp => options.allocate_new_port().build(),
        };
        attempt.pending.insert(options.connection_id());
        let (connection, peer) = (options.connection_id(), partner.peer);
        if let Err(error) = self.swarm.dial(options) {
            self.partner_dial_failed(connection, &peer, &error);
        }
    }

    pub(super) fn try_tcp(&mut self, device: DeviceId, number: u64) {
        let attempt = self.partners.get(&device).and_then(|partner| partner.attempt.as_ref());
        let Some(attempt) = attempt.filter(|attempt| attempt.number == number && !attempt.tried_tcp) else {
            return;
        };
        // A connection that stands is only waiting to be chosen; should it fail, TCP gets its turn then.
        if !attempt.pending.iter().any(|connection| self.connections.contains_key(connection)) {
            self.dial_over(device, Transport::Tcp);
        }
    }

    pub(super) fn partner_dial_failed(&mut self, connection: ConnectionId, peer: &PeerId, error: &DialError) {
        tracing::debug!(%error, "a dial failed");
        if let Some(device) = self.device_of(peer) {
            self.attempt_failed(device, connection, Failure::of(error));
        }
    }

    fn attempt_failed(&mut self, device: DeviceId, connection: ConnectionId, failure: Failure) {
        let Some(attempt) = self.partners.get_mut(&device).and_then(|partner| partner.attempt.as_mut()) else {
            return;
        };
        if !attempt.pending.remove(&connection) {
            return;
        }
        attempt.failure = attempt.failure.max(Some(failure));
        if !attempt.pending.is_empty() {
            return;
        }
        if attempt.tried_tcp {
            self.give_up_attempt(device);
        } else {
            self.dial_over(device, Transport::Tcp);
        }
    }

    fn give_up_attempt(&mut self, device: DeviceId) {
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        let failure = partner.attempt.take().and_then(|attempt| attempt.failure).unwrap_or(Failure::Other);
        let advertised = partner.advert.is_some();
        // A computer that was here an hour ago is not near: it went home.
        let just_here = partner.contact.is_some_and(|contact| contact.elapsed() < RECENT);
        let reach = if failure.shows_life() || advertised || just_here {
            let obstacle = failure.obstacle(advertised, partner.contact.is_some());
            Reach::Unreachable { obstacle, why: obstacle.sentence().to_owned() }
        } else {
            Reach::NotSeen
        };
        if matches!(partner.link, Link::None) {
            self.tell_reach(device, reach);
            self.wait_and_redial(device);
        }
    }

    fn wait_and_redial(&mut self, device: DeviceId) {
        self.next_number += 1;
        let wait = self.next_number;
        if let Some(partner) = self.partners.get_mut(&device) {
            partner.wait = wait;
            let pause = partner.backoff.next(partner.contact.map(|contact| contact.elapsed()));
            self.timers.after(pause, Timer::Redial { device, wait });
        }
    }

    pub(super) fn redial(&mut self, device: DeviceId, wait: u64) {
        if self.partners.get(&device).is_some_and(|partner| partner.wait == wait) {
            self.dial(device);
        }
    }

    pub(super) fn on_partner_advert(&mut self, device: DeviceId, advert: Advert) {
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        let before = partner.book.to_dial();
        let fresh = partner.advert.as_deref() != Some(&advert.instance);
        partner.advert = Some(advert.instance);
        partner.book.advertised(&advert.addresses);
        if fresh || partner.book.to_dial() != before {
            partner.backoff.reset();
            self.dial(device);
        }
    }

    pub(super) fn wake_everything(&mut self) {
        for device in self.partners.keys().copied().collect::<Vec<_>>() {
            self.doubt(device);
            if let Some(partner) = self.partners.get_mut(&device) {
                partner.backoff.reset();
                self.dial(device);
            }
        }
    }

    /// Asks the live link for a sign of life.
    fn doubt(&mut self, device: DeviceId) {
        let Some(Partner { link: Link::Live { link, handle, .. }, .. }) = self.partners.get(&device) else {
            return;
        };
        handle.ping();
        let timer = Timer::LifeDue { device, link: *link, received: handle.received_bytes() };
        self.timers.after(Duration::from_millis(LIFE_MILLISECONDS), timer);
    }

    pub(super) fn on_life_due(&mut self, device: DeviceId, doubted: LinkId, received: u64) {
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        let Link::Live { link, handle, rival, .. } = &mut partner.link else {
            return;
        };
        if *link != doubted {
            return;
        }
        let rival = rival.take();
        if handle.received_bytes() > received {
            if let Some(rival) = rival {
                self.swarm.close_connection(rival.connection);
            }
            return;
        }
        handle.stop("it stopped answering");
        partner.link = Link::Ending { link: doubted, next: rival };
    }

    /// Says the opening words on a stream that is to become a link.
    pub(super) fn greet(&mut self, connection: ConnectionId, mut stream: Stream) {
        let Some(open) = self.connections.get(&connection) else {
            return;
        };
        let Some(device) = self.device_of(&open.peer) else {
            self.swarm.close_connection(connection);
            return;
        };
        let greeting = Greeting { dialled: open.dialled, chooses: self.chooses(&device), ports: self.ports };
        let reports = self.reports.clone();
        tokio::spawn(async move {
            let greeted = greet(&mut stream, greeting).await.ok().map(|ports| (stream, ports));
            let _ = reports.send(Report::Greeted { connection, greeted });
        });
    }

    pub(super) fn on_greeted(&mut self, connection: ConnectionId, greeted: Option<(Stream, Option<Ports>)>) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        let peer = open.peer;
        let (Some((stream, ports)), Some(device)) = (greeted, transport::device_of(&peer)) else {
            self.swarm.close_connection(connection);
            return;
        };
        open.purpose = Purpose::Link;
        let transport = open.transport;
        let chooses = self.chooses(&device);
        let Some(partner) = self.partners.get(&device) else {
            self.swarm.close_connection(connection);
            return;
        };
        // Of two that wait, the newer one, unless it is the worse: the older may well be dead.
        let waiting = match &partner.link {
            Link::Live { rival: waiting, .. } | Link::Ending { next: waiting, .. } => waiting.as_ref(),
            Link::None => None,
        };
        if let Some(waiting) = waiting
            && chooses
            && transport == Transport::Tcp
            && self.connections.get(&waiting.connection).is_some_and(|open| open.transport == Transport::Quic)
        {
            self.swarm.close_connection(connection);
            return;
        }
        let better = matches!(&partner.link, Link::Live { connection, .. } if self.is_better(transport, *connection));
        let candidate = Candidate { connection, stream, ports };
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        let outdone = match &mut partner.link {
            Link::None => {
                self.activate(device, candidate);
                return;
            }
            Link::Live { rival, .. } if chooses && !better => rival.replace(candidate),
            Link::Live { link, handle, rival, .. } => {
                handle.stop("another connection took its place");
                let outdone = rival.take();
                partner.link = Link::Ending { link: *link, next: Some(candidate) };
                outdone
            }
            Link::Ending { next, .. } => next.replace(candidate),
        };
        if let Some(outdone) = outdone {
            self.swarm.close_connection(outdone.connection);
        }
        self.doubt(device);
    }

    fn activate(&mut self, device: DeviceId, candidate: Candidate) {
        self.next_number += 1;
        let link = self.next_number;
        let announces = self.chooses(&device);
        let Candidate { connection, stream, ports } = candidate;
        let (Some(open), Some(partner)) = (self.connections.get(&connection), self.partners.get_mut(&device)) else {
            return;
        };
        let heartbeat = open.transport == Transport::Tcp;
        let (task, handle) = LinkTask::prepare(link, device, stream, announces, heartbeat, &self.links);
        partner.link = Link::Live { link, connection, handle, rival: None };
        partner.attempt = None;
        partner.contact = Some(Instant::now());

        let listens = if open.dialled {
            Some(open.address)
        } else {
            ports.and_then(|ports| listening_address(open.address, ports))
        };
        let news = listens.filter(|address| partner.book.worked(*address, Instant::now()));
        let reach = Reach::Connected { transport: open.transport.name(), address: open.address };
        let (events, reports) = (self.events.clone(), self.reports.clone());
        tokio::spawn(async move {
            let begun = Instant::now();
            let reason = task.run(events).await;
            let _ = reports.send(Report::LinkEnded { device, link, connection, lived: begun.elapsed(), reason });
        });
        if let Some(address) = news {
            self.tell(NetworkEvent::AddressLearned { device, address });
        }
        self.tell_reach(device, reach);
    }

    pub(super) fn on_link_ended(
        &mut self,
        device: DeviceId,
        ended: LinkId,
        connection: ConnectionId,
        lived: Duration,
        reason: &str,
    ) {
        tracing::info!(?device, link = ended, reason, "a link ended");
        self.swarm.close_connection(connection);
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        let next = match std::mem::replace(&mut partner.link, Link::None) {
            Link::Live { link, rival, .. } if link == ended => rival,
            Link::Ending { link, next } if link == ended => next,
            // A device that left and came back has another link by now.
            other => {
                partner.link = other;
                return;
            }
        };
        partner.contact = Some(Instant::now());
        if lived >= Duration::from_secs(LASTED_SECONDS) {
            partner.backoff.reset();
        }
        if let Some(next) = next
            && self.connections.contains_key(&next.connection)
        {
            self.activate(device, next);
            return;
        }
        let why = format!("{reason}; trying again");
        self.tell_reach(device, Reach::Unreachable { obstacle: Obstacle::JustLost, why });
        self.wait_and_redial(device);
    }

    pub(super) fn partner_connection_closed(&mut self, connection: ConnectionId, peer: &PeerId) {
        let Some(device) = self.device_of(peer) else {
            return;
        };
        let Some(partner) = self.partners.get_mut(&device) else {
            return;
        };
        match &mut partner.link {
            Link::Live { connection: live, handle, .. } if *live == connection => {
                handle.stop("the connection was lost")
            }
            Link::Live { rival: waiting, .. } | Link::Ending { next: waiting, .. } => {
                waiting.take_if(|candidate| candidate.connection == connection);
            }
            Link::None => {}
        }
        self.attempt_failed(device, connection, Failure::TurnedAway);
    }
}
