//! Decides when a partner's computer is not listened to any more: what it sends tears the engine, time and again.
//!
//! A frame that tore the engine was acknowledged to nobody, so it comes again with the next link, and would tear the next
//! engine too: pages would be let go and read anew for as long as that computer is near. One tear may be chance; after
//! several the computer is set aside until the next start, `status` says so, and everybody else is served. Where what it
//! sends is only not understood, the link ends each time, and `status` says that, until it is; where that is so of some
//! documents alone, as one Rounds is newer, the link goes on without them, and `status` says that too.

use std::collections::{BTreeMap, BTreeSet};

use rounds_crdt::ids::DeviceId;
use rounds_crdt::replica::Closing;

use super::keeper::Keeper;
use crate::network::{LinkId, Obstacle, Reach};

/// Tears by what one computer sends after which it is set aside: a chance fault does not meet the same computer thrice.
pub(super) const TEARS_MAX: u32 = 3;

/// Whose frames tore the engine since the start.
#[derive(Debug, Default)]
pub(super) struct Tears {
    /// The links that are up, and to whom.
    links: BTreeMap<LinkId, DeviceId>,
    /// Whose frame the engine is hearing now; still there when it tore.
    hearing: Option<DeviceId>,
    by: BTreeMap<DeviceId, u32>,
    /// Whose words were not understood when their link ended last.
    unclear: BTreeSet<DeviceId>,
    /// Links that are up and on which documents were offered that cannot be read here.
    partly: BTreeSet<LinkId>,
}

impl Tears {
    pub(super) fn link_up(&mut self, link: LinkId, device: DeviceId) {
        self.links.insert(link, device);
    }

    /// A document that is not here was offered and cannot be read; whether that is news.
    pub(super) fn offered_unread(&mut self, link: LinkId) -> bool {
        self.links.contains_key(&link) && self.partly.insert(link)
    }

    /// Whether something that is not here was offered by this computer and cannot be read.
    pub(super) fn offers_unread(&self, device: &DeviceId) -> bool {
        self.partly.iter().any(|link| self.links.get(link) == Some(device))
    }

    /// To whom a link is.
    pub(super) fn device(&self, link: LinkId) -> Option<DeviceId> {
        self.links.get(&link).copied()
    }

    /// It ended; `was_understood` where both had greeted each other.
    pub(super) fn link_down(&mut self, link: LinkId, was_understood: bool) {
        self.partly.remove(&link);
        if let Some(device) = self.links.remove(&link)
            && was_understood
        {
            self.unclear.remove(&device);
        }
    }

    /// A frame of this link is handed to the engine.
    pub(super) fn hears(&mut self, link: LinkId) {
        self.hearing = self.links.get(&link).copied();
    }

    /// The engine took it.
    pub(super) fn heard(&mut self) {
        self.hearing = None;
    }

    /// The engine is torn, and all links end.
    pub(super) fn torn(&mut self) {
        self.links.clear();
        self.partly.clear();
        let Some(device) = self.hearing.take() else { return };
        let tears = self.by.entry(device).or_default();
        *tears += 1;
        tracing::error!(%device, tears, "what a computer sent tore the engine");
    }

    /// A link is closed from here.
    pub(super) fn closed(&mut self, link: LinkId, why: Closing) {
        let Some(device) = self.links.get(&link) else { return };
        if matches!(why, Closing::OtherVersion | Closing::BadFrame) {
            self.unclear.insert(*device);
        } else {
            self.unclear.remove(device);
        }
    }

    /// What keeps a computer from being listened to, although it can be reached.
    pub(super) fn obstacle(&self, device: &DeviceId) -> Option<Obstacle> {
        if self.is_set_aside(device) {
            return Some(Obstacle::SetAside);
        }
        self.unclear.contains(device).then_some(Obstacle::NotUnderstood)
    }

    /// Whether a computer is not listened to any more.
    pub(super) fn is_set_aside(&self, device: &DeviceId) -> bool {
        self.by.get(device).is_some_and(|tears| *tears >= TEARS_MAX)
    }
}

impl Keeper {
    /// What keeps these computers from being listened to; of one that is away nothing can be said but that.
    pub(super) fn set_aside(&self, devices: &[DeviceId]) -> Option<Obstacle> {
        let away = |device: &DeviceId| matches!(self.reach.get(device), None | Some(Reach::NotSeen));
        let obstacles = devices.iter().filter_map(|device| Some((device, self.tears.obstacle(device)?)));
        let mut heard = obstacles.filter(|(device, obstacle)| *obstacle == Obstacle::SetAside || !away(device));
        heard.next().map(|(_, obstacle)| obstacle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_is_set_aside_for_its_own_frames_alone() {
        let [ben, chidi] = [1, 2].map(|n| DeviceId::from_bytes([n; 32]));
        let mut tears = Tears::default();
        for round in 0..u64::from(TEARS_MAX) {
            assert!(!tears.is_set_aside(&ben), "{round}");
            tears.link_up(2 * round, ben);
            tears.link_up(2 * round + 1, chidi);
            tears.hears(2 * round + 1);
            tears.heard();
            tears.hears(2 * round);
            tears.torn();
        }
        assert_eq!((tears.is_set_aside(&ben), tears.is_set_aside(&chidi)), (true, false));
        // A tear that no frame caused is nobody's, and a link that ended says nothing.
        tears.link_up(9, chidi);
        tears.link_down(9, true);
        for _ in 0..TEARS_MAX {
            tears.hears(9);
            tears.torn();
        }
        assert!(!tears.is_set_aside(&chidi));
    }

    #[test]
    fn what_is_offered_and_cannot_be_read_is_told_of_while_the_link_is_up() {
        let ben = DeviceId::from_bytes([1; 32]);
        let mut tears = Tears::default();
        assert!(!tears.offered_unread(1), "of a link that is not up nothing is told");
        tears.link_up(1, ben);
        assert!(tears.offered_unread(1) && !tears.offered_unread(1), "it is news once");
        assert_eq!((tears.offers_unread(&ben), tears.obstacle(&ben)), (true, None));
        tears.link_down(1, true);
        assert!(!tears.offers_unread(&ben));
        tears.link_up(2, ben);
        assert!(!tears.offers_unread(&ben), "he may have put in another Rounds");
    }

    #[test]
    fn a_computer_that_is_not_understood_is_told_of_until_it_is() {
        let ben = DeviceId::from_bytes([1; 32]);
        let mut tears = Tears::default();
        tears.link_up(1, ben);
        tears.closed(1, Closing::OtherVersion);
        tears.link_down(1, false);
        assert_eq!(tears.obstacle(&ben), Some(Obstacle::NotUnderstood));
        tears.link_up(2, ben);
        assert_eq!(tears.obstacle(&ben), Some(Obstacle::NotUnderstood), "a link alone says nothing");
        tears.link_down(2, true);
        assert_eq!(tears.obstacle(&ben), None);
        tears.link_up(3, ben);
        tears.closed(3, Closing::Stalled);
        assert_eq!(tears.obstacle(&ben), None);
    }
}
