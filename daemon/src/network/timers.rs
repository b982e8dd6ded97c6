//! Decides what the hub wakes for: every wake-up has a name.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::swarm::ConnectionId;
use rounds_crdt::ids::DeviceId;

use super::LinkId;

/// A wake-up of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    /// Dial this partner again, unless the wait was cut short: then the number is out of date.
    Redial { device: DeviceId, wait: u64 },
    /// QUIC has not answered yet: try TCP beside it.
    TryTcp { device: DeviceId, attempt: u64 },
    /// The connection must have shown what it is for.
    PurposeDue { connection: ConnectionId },
    /// The link must have shown a sign of life since this many bytes.
    LifeDue { device: DeviceId, link: LinkId, received: u64 },
    /// Look whether the interfaces changed or the machine slept.
    LookAround,
    /// Take fresh names for our advert.
    Rotate,
    /// The offer has been open long enough.
    OfferExpiry { offer: u64 },
}

/// Wake-ups by time.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BTreeMap<(Instant, u64), Timer>,
    count: u64,
}

impl Timers {
    pub(super) fn after(&mut self, wait: Duration, timer: Timer) {
        self.count += 1;
        self.due.insert((Instant::now() + wait, self.count), timer);
    }

    pub(super) fn has_look_around(&self) -> bool {
        self.due.values().any(|timer| *timer == Timer::LookAround)
    }

    pub(super) fn next_at(&self) -> Option<Instant> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    pub(super) fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        let entry = self.due.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }
}
