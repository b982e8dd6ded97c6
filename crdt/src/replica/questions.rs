//! Decides what may be asked of the engine, and answers it from memory.

use std::collections::BTreeSet;

use super::{Document, Head, Peer, Replica};
use crate::access::{Access, Directory, Role};
use crate::ids::{DeviceId, DocumentId, PersonId};
use crate::wire::Position;

impl Replica {
    /// This person's role in a document.
    pub fn role(&self, id: &DocumentId) -> Role {
        self.documents.get(id).map_or(Role::None, |document| document.role(&self.person))
    }

    /// Who may do what with a document.
    pub fn access(&self, id: &DocumentId) -> Option<&Access> {
        self.documents.get(id).map(|document| &document.access)
    }

    /// A document's head.
    pub fn head(&self, id: &DocumentId) -> Option<&Head> {
        self.documents.get(id).map(|document| &document.head)
    }

    /// How many records of this device, and of others, wait in a document's pen.
    pub fn waiting(&self, id: &DocumentId) -> (usize, usize) {
        self.documents.get(id).map_or((0, 0), |document| document.pen_len(self.device))
    }

    /// Every document held.
    pub fn documents(&self) -> impl Iterator<Item = DocumentId> {
        self.documents.keys().copied()
    }

    /// Whose devices are known.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Devices that are followed.
    pub fn peers(&self) -> impl Iterator<Item = (&DeviceId, &Peer)> {
        self.peers.iter()
    }

    /// Whether `device` holds, durably, all of a document that did not come from itself.
    pub fn holds(&self, device: &DeviceId, id: &DocumentId) -> bool {
        let (Some(peer), Some(document)) = (self.peers.get(device), self.documents.get(id)) else { return false };
        self.may_hold(peer, device, id) && document.last_for(*device) <= peer.acked
    }

    /// Whether `device` holds, durably, the record at `position` of a document.
    pub fn holds_position(&self, device: &DeviceId, id: &DocumentId, position: Position) -> bool {
        self.peers.get(device).is_some_and(|peer| peer.acked >= position && self.may_hold(peer, device, id))
    }

    /// Whether what a device has acknowledged says anything about a document: it is shared, and no comparison is owed.
    fn may_hold(&self, peer: &Peer, device: &DeviceId, id: &DocumentId) -> bool {
        self.documents.get(id).is_some_and(|document| self.both_read(document, &peer.person))
            && !self.is_marked(device, id)
    }

    /// Whether this person and another may both read a document: only then does any of it pass between them.
    pub(super) fn both_read(&self, document: &Document, other: &PersonId) -> bool {
        document.role(&self.person) >= Role::Reader && document.role(other) >= Role::Reader
    }

    /// Whether a document is still to be compared with a device.
    pub fn is_marked(&self, device: &DeviceId, id: &DocumentId) -> bool {
        self.compare.get(device).is_some_and(|marks| marks.contains(id))
    }

    /// Whether a document is left alone while this link to a device is up, as one of the two cannot read what the other
    /// states of it.
    pub fn leaves_alone(&self, device: &DeviceId, id: &DocumentId) -> bool {
        self.left_alone(device).any(|document| document == *id)
    }

    /// Every such document.
    pub fn left_alone(&self, device: &DeviceId) -> impl Iterator<Item = DocumentId> {
        self.links
            .values()
            .filter(move |link| link.device == *device)
            .flat_map(|link| link.not_understood.iter().copied())
    }

    /// How many documents are to be compared with a device.
    pub fn marks(&self, device: &DeviceId) -> usize {
        self.compare.get(device).map_or(0, BTreeSet::len)
    }

    /// The last position given.
    pub fn end(&self) -> Position {
        self.end
    }

    /// Whether a link to the device is up and greeted.
    pub fn is_connected(&self, device: &DeviceId) -> bool {
        self.links.values().any(|link| link.device == *device && link.greeted)
    }
}
