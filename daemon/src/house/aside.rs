//! Decides when a partner's computer is not listened to any more: what it sends tears the engine, time and again.
//!
//! A frame that tore the engine was acknowledged to nobody, so it comes again with the next link, and would tear the next
//! engine too: pages would be let go and read anew for as long as that computer is near. One tear may be chance; after
//! several the computer is set aside until the next start, `status` says so, and everybody else is served.

use std::collections::BTreeMap;

use rounds_crdt::ids::DeviceId;

use super::keeper::Keeper;
use crate::network::LinkId;

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
}

impl Tears {
    pub(super) fn link_up(&mut self, link: LinkId, device: DeviceId) {
        self.links.insert(link, device);
    }

    pub(super) fn link_down(&mut self, link: LinkId) {
        self.links.remove(&link);
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
        let Some(device) = self.hearing.take() else { return };
        let tears = self.by.entry(device).or_default();
        *tears += 1;
        tracing::error!(%device, tears, "what a computer sent tore the engine");
    }

    /// Whether a computer is not listened to any more.
    pub(super) fn is_set_aside(&self, device: &DeviceId) -> bool {
        self.by.get(device).is_some_and(|tears| *tears >= TEARS_MAX)
    }
}

impl Keeper {
    /// Whether any of these computers is set aside.
    pub(super) fn sets_aside(&self, devices: &[DeviceId]) -> bool {
        devices.iter().any(|device| self.tears.is_set_aside(device))
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
        tears.link_down(9);
        for _ in 0..TEARS_MAX {
            tears.hears(9);
            tears.torn();
        }
        assert!(!tears.is_set_aside(&chidi));
    }
}
