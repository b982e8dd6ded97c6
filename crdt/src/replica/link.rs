//! Decides what flows on one link: the log after the far end's cursor, acknowledgements, carets.

use std::collections::{BTreeMap, VecDeque};

use super::compare::Comparing;
use super::{AfterCommit, COMPARE_STALLED_AFTER, Closing, Effect, LinkId, Now, Replica, Store, Write};
use crate::access::{DeviceCert, Role};
use crate::ids::{DeviceId, DocumentId, PersonId, StartId};
use crate::limits::{LOG_READ_BYTES_MAX, LOG_READ_RECORDS_MAX, OFFENCES_MAX, PRESENCE_PER_SECOND_MAX, PRESENCE_TEXT_BYTES_MAX, WINDOW_BYTES_MAX};
use crate::record::{PresenceNote, Record, SignatureBytes};
use crate::wire::{Comparison, Cursor, Frame, LogRecord, PROTOCOL_VERSION, Packed, Position};

/// One connection to a known device.
#[derive(Debug)]
pub(super) struct Link {
    pub device: DeviceId,
    pub person: PersonId,
    /// The far end's start, as its hello named it; its positions belong to it.
    their_start: StartId,
    /// The far end said hello, so its cursor is known.
    pub greeted: bool,
    /// The far end's cursor is where `told` says: the log may flow.
    pub streaming: bool,
    /// The log has been looked at up to here for this link.
    looked: Position,
    /// The far end has been told up to here.
    told: Position,
    /// Something was passed over that a comparison brings: the cursor is to move past it even if nothing follows.
    owes_cursor: bool,
    in_flight: VecDeque<(Position, usize)>,
    in_flight_bytes: usize,
    pub comparing: BTreeMap<Comparison, Comparing>,
    /// Documents whose records up to a position went by comparison.
    pub compared_through: BTreeMap<DocumentId, Position>,
    offences: u32,
    carets: (Now, u32),
    caret_seq: u64,
}

impl Link {
    fn new(device: DeviceId, person: PersonId) -> Self {
        Self {
            device,
            person,
            their_start: StartId::from_bytes([0; 16]),
            greeted: false,
            streaming: false,
            looked: 0,
            told: 0,
            owes_cursor: false,
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            comparing: BTreeMap::new(),
            compared_through: BTreeMap::new(),
            offences: 0,
            carets: (0, 0),
            caret_seq: 0,
        }
    }

    pub fn stalls_at(&self) -> Option<Now> {
        self.comparing.values().map(|comparing| comparing.heard_at + COMPARE_STALLED_AFTER).min()
    }

    pub fn drop_document(&mut self, id: DocumentId) {
        self.comparing.retain(|comparison, _| comparison.document != id);
        self.compared_through.remove(&id);
    }

    fn acknowledged(&mut self, position: Position) {
        while self.in_flight.front().is_some_and(|(to, _)| *to <= position) {
            if let Some((_, bytes)) = self.in_flight.pop_front() {
                self.in_flight_bytes -= bytes;
            }
        }
    }
}

impl Replica {
    pub(super) fn link_up(&mut self, id: LinkId, device: DeviceId) {
        let Some(peer) = self.peers.get_mut(&device) else {
            self.turn.effects.push(Effect::Close(id, Closing::Stranger));
            return;
        };
        // The far end takes this cursor for an acknowledgement: what is not durable yet is to come again.
        peer.cursor = self.durable_cursors.get(&device).copied();
        let peer = *peer;
        self.links.insert(id, Link::new(device, peer.person));
        let certs = self.directory.certs_of(self.person).take(crate::limits::DEVICES_PER_PERSON_MAX).cloned().collect();
        let hello = Frame::Hello { version: PROTOCOL_VERSION, certs, start: self.start, cursor: peer.cursor };
        self.turn.effects.push(Effect::Send(id, hello));
    }

    pub(super) fn close(&mut self, link: LinkId, why: Closing) {
        if self.links.remove(&link).is_some() {
            self.turn.effects.push(Effect::Close(link, why));
        }
    }

    pub(super) fn close_stalled(&mut self) {
        let now = self.turn.now;
        let stalled: Vec<LinkId> =
            self.links.iter().filter(|(_, link)| link.stalls_at().is_some_and(|at| at <= now)).map(|(id, _)| *id).collect();
        for link in stalled {
            self.close(link, Closing::Stalled);
        }
    }

    pub(super) fn frame(&mut self, id: LinkId, bytes: &[u8], store: &dyn Store) {
        let Some(link) = self.links.get(&id) else { return };
        let (device, greeted) = (link.device, link.greeted);
        let frame = match Frame::from_bytes(bytes) {
            Ok(frame) => frame,
            Err(_) => return self.close(id, Closing::BadFrame),
        };
        match frame {
            Frame::Hello { version, certs, start, cursor } => self.hello(id, device, version, certs, start, cursor),
            _ if !greeted => self.close(id, Closing::BadFrame),
            Frame::Log { from, to, records } => self.log(id, device, from, to, records),
            Frame::Ack { position } => self.acked(id, device, position),
            Frame::Presence { document, note, signature } => self.caret(id, document, note, signature),
            Frame::Offer(comparison, statement) => self.offered(id, comparison.mirrored(), *statement, store),
            Frame::Reply(comparison, statement) => self.replied(id, comparison.mirrored(), *statement, store),
            Frame::Snapshot { comparison, part, parts, bytes } => self.snapshot_part(id, comparison.mirrored(), part, parts, bytes, store),
            Frame::Records { comparison, index, records } => self.compared_records(id, comparison.mirrored(), index, records),
            Frame::End { comparison, frames } => self.compared_all(id, comparison.mirrored(), frames),
            Frame::Ended(comparison) => self.ended(id, comparison.mirrored()),
            Frame::Unknown(comparison) => self.unknown(id, comparison.mirrored()),
        }
    }

    fn hello(&mut self, id: LinkId, device: DeviceId, version: u16, certs: Vec<DeviceCert>, start: StartId, cursor: Option<Cursor>) {
        if version != PROTOCOL_VERSION {
            return self.close(id, Closing::OtherVersion);
        }
        for cert in certs {
            if !self.learn_cert(cert) {
                return self.close(id, Closing::Stranger);
            }
        }
        let known = cursor.filter(|cursor| self.lineage.reached(*cursor, self.end));
        let end = self.end;
        let Some(link) = self.links.get_mut(&id) else { return };
        if link.greeted {
            return self.close(id, Closing::BadFrame);
        }
        link.greeted = true;
        link.their_start = start;
        link.looked = known.map_or(end, |cursor| cursor.position);
        link.told = link.looked;
        if let Some(cursor) = known {
            link.streaming = true;
            self.note_acked(device, cursor.position);
        } else {
            self.compare_everything(device);
            self.turn.after.push(AfterCommit::Reset(id));
        }
    }

    /// Tells the far end where to stand in the log, now that everything before is durably on the compare list.
    pub(super) fn reset(&mut self, id: LinkId) {
        let Some(link) = self.links.get_mut(&id) else { return };
        link.streaming = true;
        self.turn.effects.push(Effect::Send(id, Frame::Log { from: None, to: link.told, records: Vec::new() }));
    }

    /// Puts every document the device's person may read on the durable list: its cursor cannot be trusted.
    fn compare_everything(&mut self, device: DeviceId) {
        let Some(peer) = self.peers.get(&device) else { return };
        let person = peer.person;
        let readable: Vec<DocumentId> = self
            .documents
            .iter()
            .filter(|(_, document)| document.access.people().contains(&person))
            .map(|(id, _)| *id)
            .collect();
        for id in readable {
            self.mark(device, id);
        }
    }

    fn log(&mut self, id: LinkId, device: DeviceId, from: Option<Position>, to: Position, records: Vec<LogRecord>) {
        let (Some(peer), Some(link)) = (self.peers.get(&device), self.links.get(&id)) else { return };
        let start = link.their_start;
        if let Some(from) = from {
            match peer.cursor {
                Some(cursor) if from <= cursor.position && (cursor.start == start || from == cursor.position) => {}
                _ => return self.close(id, Closing::Gap),
            }
        }
        for LogRecord { document, record } in records {
            let clock = self.documents.get(&document).map(|held| &held.head.clock);
            match clock.map(|clock| record.unpack(clock)) {
                Some(Some(record)) => self.from_peer(id, device, document, record),
                // It continues work that is not here as its sender has it: comparing brings all of it.
                Some(None) => self.mark(device, document),
                None => self.from_nowhere(id, document),
            }
        }
        let Some(peer) = self.peers.get_mut(&device) else { return };
        let position = match peer.cursor {
            Some(cursor) if from.is_some() && cursor.start == start => cursor.position.max(to),
            _ => to,
        };
        peer.cursor = Some(Cursor { start, position });
        let peer = *peer;
        self.turn.writes.push(Write::Peer(device, peer));
        self.turn.after.push(AfterCommit::Cursor(device, Cursor { start, position }));
        if !self.broken_ack() {
            self.turn.after.push(AfterCommit::Send(id, Frame::Ack { position }));
        }
    }

    /// One record from a link: its document must be one that the far end may read, then it is admitted.
    pub(super) fn from_peer(&mut self, id: LinkId, device: DeviceId, document: DocumentId, record: Record) {
        let Some(link) = self.links.get(&id) else { return };
        let allowed = self.documents.get(&document).is_some_and(|held| {
            held.role(&link.person) >= Role::Reader || self.broken_grant_check()
        });
        // A document deleted here, or one that the sender does not know yet it may no longer read, is no offence: the
        // comparison that this side's mark begins tells it.
        let excusable = self.forgotten.contains(&document)
            || self.documents.get(&document).is_some_and(|held| held.access.people().contains(&link.person));
        let offence = if allowed { self.admit(document, record, device).is_err() } else { !excusable };
        if offence {
            self.offence(id);
        }
    }

    /// A record of a document that is not held here.
    fn from_nowhere(&mut self, id: LinkId, document: DocumentId) {
        if !self.forgotten.contains(&document) {
            self.offence(id);
        }
    }

    fn offence(&mut self, id: LinkId) {
        let Some(link) = self.links.get_mut(&id) else { return };
        link.offences += 1;
        if link.offences > OFFENCES_MAX {
            self.close(id, Closing::Offences);
        }
    }

    fn acked(&mut self, id: LinkId, device: DeviceId, position: Position) {
        let Some(link) = self.links.get_mut(&id) else { return };
        if position > link.told {
            return self.close(id, Closing::BadFrame);
        }
        link.acknowledged(position);
        self.note_acked(device, position);
    }

    fn note_acked(&mut self, device: DeviceId, position: Position) {
        let Some(peer) = self.peers.get_mut(&device) else { return };
        if peer.acked != position {
            peer.acked = position;
            self.unsaved_acks.insert(device);
            self.acks_unsaved_since.get_or_insert(self.turn.now);
            self.turn.effects.push(Effect::Delivered(device));
        }
    }

    pub(super) fn save_acks(&mut self) {
        self.acks_unsaved_since = None;
        for device in std::mem::take(&mut self.unsaved_acks) {
            if let Some(peer) = self.peers.get(&device) {
                self.turn.writes.push(Write::Peer(device, *peer));
            }
        }
    }

    fn caret(&mut self, id: LinkId, document: DocumentId, note: PresenceNote, signature: SignatureBytes) {
        let now = self.turn.now;
        let Some(link) = self.links.get_mut(&id) else { return };
        let (second, count) = link.carets;
        link.carets = if now / 1000 == second { (second, count + 1) } else { (now / 1000, 1) };
        let allowed = self.documents.get(&document).is_some_and(|held| {
            held.role(&link.person) >= Role::Reader && held.role(&self.person) >= Role::Reader
        });
        if link.carets.1 > PRESENCE_PER_SECOND_MAX || !allowed || note.seq <= link.caret_seq || note.field.len().max(note.anchor.len()).max(note.head.len()) > PRESENCE_TEXT_BYTES_MAX {
            return;
        }
        if note.verify(document, link.device, &signature).is_err() {
            link.offences += 1;
            return;
        }
        link.caret_seq = note.seq;
        let (person, device) = (link.person, link.device);
        self.turn.effects.push(Effect::Presence { document, person, device, note });
    }

    /// Sends a record that was just stored to every link that has seen all before it; the others get there by reading.
    pub(super) fn offer_live(&mut self, position: Position, id: DocumentId, origin: Option<DeviceId>, record: &Record) {
        let links: Vec<LinkId> = self.links.keys().copied().collect();
        let mut packed = None;
        for link_id in links {
            let wanted = self.wanted(link_id, id, origin, position);
            let Some(link) = self.links.get_mut(&link_id) else { continue };
            if !link.streaming || link.looked + 1 != position || link.in_flight_bytes >= WINDOW_BYTES_MAX {
                continue;
            }
            link.looked = position;
            match wanted {
                Wanted::No => {}
                Wanted::Later => link.owes_cursor = true,
                Wanted::Now => {
                    let packed = packed.get_or_insert_with(|| Packed::pack(record)).clone();
                    let bytes = packed.size();
                    let records = vec![LogRecord { document: id, record: packed }];
                    let frame = Frame::Log { from: Some(link.told), to: position, records };
                    link.told = position;
                    link.owes_cursor = false;
                    link.in_flight.push_back((position, bytes));
                    link.in_flight_bytes += bytes;
                    self.turn.effects.push(Effect::Send(link_id, frame));
                }
            }
        }
    }

    fn wanted(&self, link: LinkId, id: DocumentId, origin: Option<DeviceId>, position: Position) -> Wanted {
        let (Some(link), Some(document)) = (self.links.get(&link), self.documents.get(&id)) else { return Wanted::No };
        let may_read = document.role(&link.person) >= Role::Reader || self.broken_grant_check();
        if !may_read || origin == Some(link.device) {
            return Wanted::No;
        }
        if document.head.unverified || link.compared_through.get(&id).is_some_and(|through| *through >= position) {
            return Wanted::Later;
        }
        let being_compared = self.is_marked(&link.device, &id) && !link.compared_through.contains_key(&id);
        if being_compared { Wanted::Later } else { Wanted::Now }
    }

    /// Moves every link on: comparisons that wait their turn, then the log.
    pub(super) fn advance_links(&mut self, store: &dyn Store) {
        let links: Vec<LinkId> = self.links.iter().filter(|(_, link)| link.greeted).map(|(id, _)| *id).collect();
        for link in links {
            self.begin_comparisons(link);
            if let Err(error) = self.stream(link, store) {
                let _ = error; // the reason is in the disk's own report
                self.close(link, Closing::Disk);
            }
        }
    }

    fn stream(&mut self, id: LinkId, store: &dyn Store) -> Result<(), super::ReadError> {
        loop {
            let Some(link) = self.links.get(&id) else { return Ok(()) };
            if !link.streaming || link.looked >= self.end || link.in_flight_bytes >= WINDOW_BYTES_MAX {
                break;
            }
            let entries = store.log_after(link.looked, LOG_READ_RECORDS_MAX, LOG_READ_BYTES_MAX)?;
            let looked = entries.last().map_or(self.end, |entry| entry.position);
            let mut records = Vec::new();
            let mut owes_cursor = false;
            for entry in entries {
                match self.wanted(id, entry.document, entry.origin, entry.position) {
                    Wanted::No => {}
                    Wanted::Later => owes_cursor = true,
                    Wanted::Now => records.push(LogRecord { document: entry.document, record: Packed::pack(&entry.record) }),
                }
            }
            let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
            link.looked = looked;
            link.owes_cursor |= owes_cursor;
            if !records.is_empty() {
                let bytes = records.iter().map(|record| record.record.size()).sum();
                let frame = Frame::Log { from: Some(link.told), to: looked, records };
                link.told = looked;
                link.owes_cursor = false;
                link.in_flight.push_back((looked, bytes));
                link.in_flight_bytes += bytes;
                self.turn.effects.push(Effect::Send(id, frame));
            }
        }
        let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
        if link.streaming && link.owes_cursor && link.looked >= self.end && link.told < link.looked && link.comparing.is_empty() {
            let frame = Frame::Log { from: Some(link.told), to: link.looked, records: Vec::new() };
            link.told = link.looked;
            link.owes_cursor = false;
            self.turn.effects.push(Effect::Send(id, frame));
        }
        Ok(())
    }
}

/// Whether a link gets a record by the log.
enum Wanted {
    /// It may not have it, or gave it.
    No,
    /// A comparison brings it.
    Later,
    /// Yes.
    Now,
}
