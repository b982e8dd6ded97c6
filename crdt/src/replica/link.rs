//! Decides what is heard on one link: greetings, the far end's log, acknowledgements, carets; and when it ends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::compare::Comparing;
use super::{
    AfterCommit, COMPARE_STALLED_AFTER, Closing, Effect, LinkId, Now, Refusal, Replica, Store, Write, document,
};
use crate::access::{DeviceCert, Role};
use crate::ids::{DeviceId, DocumentId, PersonId, StartId};
use crate::limits::{MISSED_TOLD_MAX, OFFENCES_MAX, PRESENCE_PER_SECOND_MAX, PRESENCE_TEXT_BYTES_MAX};
use crate::record::{PresenceNote, Record, SignatureBytes};
use crate::wire::{Comparison, Cursor, Frame, FrameError, LogRecord, PROTOCOL_VERSION, Packed, Position, Unpacked};

/// The slowest network that a comparison is worth trying on, in bytes a millisecond.
const SLOWEST_BYTES_PER_MS: Now = 16;

/// One connection to a known device.
#[derive(Debug)]
pub(super) struct Link {
    pub device: DeviceId,
    pub person: PersonId,
    /// The far end's start, as its hello named it; its positions belong to it.
    their_start: StartId,
    /// The cursor into the far end's log that this device said was durable, when it said hello.
    said_saved: Option<Cursor>,
    /// The far end said hello, so its cursor is known.
    pub greeted: bool,
    /// The far end's cursor is where `told` says: the log may flow.
    pub streaming: bool,
    /// The log has been looked at up to here for this link.
    pub looked: Position,
    /// The far end has been told up to here.
    pub told: Position,
    /// Something was passed over that a comparison brings: the cursor is to move past it even if nothing follows.
    pub owes_cursor: bool,
    pub in_flight: VecDeque<(Position, usize)>,
    pub in_flight_bytes: usize,
    pub comparing: BTreeMap<Comparison, Comparing>,
    /// When the far end was last heard on a comparison.
    pub heard_at: Now,
    /// Comparisons to be answered when less is on its way.
    pub postponed: VecDeque<Comparison>,
    /// Documents whose records up to a position went by comparison.
    pub compared_through: BTreeMap<DocumentId, Position>,
    /// The last record of a document that the log passed over, because a comparison brings it.
    pub held_back: BTreeMap<DocumentId, Position>,
    /// Teams' documents in which others wrote: their clocks are offered then, unless the writers come first.
    pub relays_due: BTreeMap<DocumentId, Now>,
    offences: u32,
    carets: (Now, u32),
    caret_seq: u64,
    /// Documents whose comparison left something out and would again: begun anew on news only.
    pub parked: BTreeSet<DocumentId>,
    /// Documents of which one side cannot read what the other states: left alone until access to them changes, or until
    /// the next link.
    pub not_understood: BTreeSet<DocumentId>,
}

impl Link {
    fn new(device: DeviceId, person: PersonId) -> Self {
        Self {
            device,
            person,
            said_saved: None,
            their_start: StartId::from_bytes([0; 16]),
            greeted: false,
            streaming: false,
            looked: 0,
            told: 0,
            owes_cursor: false,
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            comparing: BTreeMap::new(),
            heard_at: 0,
            postponed: VecDeque::new(),
            compared_through: BTreeMap::new(),
            held_back: BTreeMap::new(),
            relays_due: BTreeMap::new(),
            offences: 0,
            carets: (0, 0),
            caret_seq: 0,
            parked: BTreeSet::new(),
            not_understood: BTreeSet::new(),
        }
    }

    /// When the link wants a wake-up; what is due already waits for a comparison to end, which wakes it too.
    pub fn wakes_at(&self, now: Now) -> Option<Now> {
        let relays = self.relays_due.values().copied().filter(|due| *due > now).min();
        [self.stalls_at(), relays].into_iter().flatten().min()
    }

    fn stalls_at(&self) -> Option<Now> {
        let on_its_way = self.unconfirmed_bytes() as Now / SLOWEST_BYTES_PER_MS;
        (!self.comparing.is_empty()).then(|| self.heard_at + COMPARE_STALLED_AFTER + on_its_way)
    }

    /// Ends what is under way about a document; the far end is to hear that it is not known.
    pub fn drop_document(&mut self, id: DocumentId) -> Vec<Comparison> {
        self.compared_through.remove(&id);
        self.held_back.remove(&id);
        self.relays_due.remove(&id);
        self.parked.remove(&id);
        self.not_understood.remove(&id);
        let dropped: Vec<Comparison> =
            self.comparing.keys().filter(|comparison| comparison.document == id).copied().collect();
        for comparison in &dropped {
            self.comparing.remove(comparison);
        }
        dropped
    }

    /// Passes over a record that a comparison brings; the cursor is to move past it even if nothing follows.
    pub(super) fn hold_back(&mut self, document: DocumentId, position: Position) {
        self.owes_cursor = true;
        self.held_back.insert(document, position);
    }

    /// Wants the far end's cursor moved to where the log has been looked at.
    pub fn owe_cursor(&mut self) {
        self.owes_cursor |= self.told < self.looked;
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
        let Some(peer) = self.peers.get(&device).copied() else {
            self.turn.effects.push(Effect::Close(id, Closing::Stranger));
            return;
        };
        self.links.insert(id, Link::new(device, peer.person));
        let certs = self.directory.certs_of(self.person).take(crate::limits::DEVICES_PER_PERSON_MAX).cloned().collect();
        let missed: Vec<DocumentId> =
            self.compare.get(&device).into_iter().flatten().take(MISSED_TOLD_MAX + 1).copied().collect();
        // Without a cursor the far end compares everything, and so need not be told what.
        let (cursor, missed) = if missed.len() > MISSED_TOLD_MAX { (None, Vec::new()) } else { (peer.cursor, missed) };
        // The log goes on from where this device stands; only what is durable is an acknowledgement.
        let saved = self.durable_cursors.get(&device).copied().filter(|_| cursor.is_some());
        let (version, start) = (PROTOCOL_VERSION, self.start);
        let (receipt, given) = (peer.received, peer.given);
        let hello = Frame::Hello { version, certs, start, cursor, saved, missed, receipt, given };
        if let Some(link) = self.links.get_mut(&id) {
            link.said_saved = saved;
        }
        self.turn.effects.push(Effect::Send(id, hello));
    }

    pub(super) fn close(&mut self, link: LinkId, why: Closing) {
        if self.links.remove(&link).is_some() {
            self.turn.effects.push(Effect::Close(link, why));
        }
    }

    pub(super) fn close_stalled(&mut self) {
        let now = self.turn.now;
        let stalled: Vec<LinkId> = self
            .links
            .iter()
            .filter(|(_, link)| link.stalls_at().is_some_and(|at| at <= now))
            .map(|(id, _)| *id)
            .collect();
        for link in stalled {
            self.close(link, Closing::Stalled);
        }
    }

    pub(super) fn frame(&mut self, id: LinkId, bytes: &[u8], store: &dyn Store) {
        let Some(link) = self.links.get(&id) else { return };
        let (device, greeted) = (link.device, link.greeted);
        let frame = match Frame::from_bytes(bytes) {
            Ok(frame) => frame,
            Err(FrameError::Statement { comparison, offers }) if greeted => {
                return self.unread(id, comparison.mirrored(), offers);
            }
            Err(_) => return self.close(id, Closing::BadFrame),
        };
        match frame {
            Frame::Hello { version, .. } if version != PROTOCOL_VERSION => self.close(id, Closing::OtherVersion),
            Frame::Hello { certs, start, cursor, saved, missed, receipt, given, .. } => {
                let peer = self.peers.get(&device).copied();
                let both_remember = covers(peer.and_then(|peer| peer.given), receipt)
                    && covers(given, peer.and_then(|peer| peer.received));
                let cursor = cursor.filter(|cursor| both_remember && self.lineage.reached(*cursor, self.end));
                self.hello(id, device, certs, start, cursor, missed);
                if let Some(saved) = saved.filter(|saved| cursor.is_some() && self.lineage.reached(*saved, self.end)) {
                    self.note_acked(device, saved.position);
                }
            }
            _ if !greeted => self.close(id, Closing::BadFrame),
            Frame::Log { from, to, records } => self.log(id, device, from, to, records),
            Frame::Reset { to, receipt } => self.put_back(id, device, to, receipt),
            Frame::Ack { position, missed } => self.acked(id, device, position, missed),
            Frame::Saved(cursor) if self.lineage.reached(cursor, self.end) => {
                self.acked(id, device, cursor.position, Vec::new())
            }
            Frame::Saved(_) => {}
            Frame::Presence { document, note, signature } => self.caret(id, document, note, signature),
            Frame::Offer(comparison, statement) => self.offered(id, comparison.mirrored(), *statement, store),
            Frame::Reply(comparison, statement) => self.replied(id, comparison.mirrored(), *statement, store),
            Frame::Snapshot { comparison, part, parts, bytes } => {
                self.snapshot_part(id, comparison.mirrored(), part, parts, bytes, store)
            }
            Frame::Records { comparison, index, records } => {
                self.compared_records(id, comparison.mirrored(), index, records)
            }
            Frame::End { comparison, frames } => self.compared_all(id, comparison.mirrored(), frames),
            Frame::Ended { comparison, receipt, complete } => self.ended(id, comparison.mirrored(), receipt, complete),
            Frame::Unknown(comparison) => self.unknown(id, comparison.mirrored()),
            Frame::NotUnderstood(comparison) => self.not_understood(id, comparison.mirrored()),
        }
    }

    /// The far end greets; its cursor is good, or it is `None`.
    fn hello(
        &mut self,
        id: LinkId,
        device: DeviceId,
        certs: Vec<DeviceCert>,
        start: StartId,
        cursor: Option<Cursor>,
        missed: Vec<DocumentId>,
    ) {
        let person = self.links.get(&id).map(|link| link.person);
        for cert in certs.into_iter().filter(|cert| Some(cert.person) == person) {
            if !self.learn_cert(cert) {
                return self.close(id, Closing::Stranger);
            }
        }
        let end = self.end;
        let Some(link) = self.links.get_mut(&id) else { return };
        if link.greeted {
            return self.close(id, Closing::BadFrame);
        }
        link.greeted = true;
        link.their_start = start;
        // What became durable between the two greetings was acknowledged to nobody.
        let unsaid = self.durable_cursors.get(&device).copied().filter(|saved| link.said_saved != Some(*saved));
        if let Some(saved) = unsaid {
            self.acknowledge(id, saved, Vec::new());
        }
        let Some(link) = self.links.get_mut(&id) else { return };
        link.looked = cursor.map_or(end, |cursor| cursor.position);
        link.told = link.looked;
        if let Some(cursor) = cursor {
            link.streaming = true;
            link.owes_cursor = cursor.position < end;
            self.mark_missed(device, missed);
        } else {
            self.compare_everything(device);
            let receipt = self.receipt(device);
            self.turn.after.push(AfterCommit::Reset(id, receipt));
        }
    }

    /// Tells the far end where to stand in the log, now that everything before is durably on the compare list; the
    /// receipt shows it, should this disk be put back to before that.
    pub(super) fn reset(&mut self, id: LinkId, receipt: Cursor) {
        let Some(link) = self.links.get_mut(&id) else { return };
        link.streaming = true;
        self.turn.effects.push(Effect::Send(id, Frame::Reset { to: link.told, receipt }));
    }

    /// The far end could not go on from this device's cursor, and compares everything before `to`.
    fn put_back(&mut self, id: LinkId, device: DeviceId, to: Position, receipt: Cursor) {
        let (Some(peer), Some(link)) = (self.peers.get(&device), self.links.get_mut(&id)) else { return };
        link.heard_at = self.turn.now;
        let start = link.their_start;
        if peer.cursor.is_some() {
            self.compare_everything(device); // it lost what this device's cursor stood in
        }
        let Some(peer) = self.peers.get_mut(&device) else { return };
        peer.received = Some(receipt);
        self.stand_at(device, Cursor { start, position: to });
    }

    /// Moves this device's cursor in a device's log, and says so once that is durable.
    fn stand_at(&mut self, device: DeviceId, cursor: Cursor) {
        let Some(peer) = self.peers.get_mut(&device) else { return };
        peer.cursor = Some(cursor);
        let peer = *peer;
        self.turn.writes.push(Write::Peer(device, peer));
        let missed = std::mem::take(&mut self.turn.missed).into_iter().collect();
        self.turn.after.push(AfterCommit::Cursor(device, cursor, missed));
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

    /// Marks what the far end says it could not keep, so that nothing is said to be there that is not.
    fn mark_missed(&mut self, device: DeviceId, missed: Vec<DocumentId>) {
        let Some(person) = self.peers.get(&device).map(|peer| peer.person) else { return };
        for id in missed {
            if self.documents.get(&id).is_some_and(|held| held.access.people().contains(&person)) {
                self.mark(device, id);
            }
        }
    }

    fn log(&mut self, id: LinkId, device: DeviceId, from: Position, to: Position, records: Vec<LogRecord>) {
        let (Some(peer), Some(link)) = (self.peers.get(&device), self.links.get_mut(&id)) else { return };
        link.heard_at = self.turn.now; // a comparison may wait behind a long log
        let start = link.their_start;
        match peer.cursor {
            Some(cursor) if from <= cursor.position && (cursor.start == start || from == cursor.position) => {}
            _ => return self.close(id, Closing::Gap),
        }
        for LogRecord { document, record } in records {
            self.take_logged(id, device, document, record);
            if !self.links.contains_key(&id) {
                self.turn.missed.clear();
                return; // closed in the middle: the cursor stays before what was not looked at
            }
        }
        let Some(peer) = self.peers.get(&device) else { return };
        let position = match peer.cursor {
            Some(cursor) if cursor.start == start => cursor.position.max(to),
            _ => to,
        };
        self.stand_at(device, Cursor { start, position });
    }

    /// A place in a device's log is durable here: acknowledges it on whatever link there is now.
    pub(super) fn cursor_durable(&mut self, device: DeviceId, cursor: Cursor, missed: Vec<DocumentId>) {
        self.durable_cursors.insert(device, cursor);
        let links = self.links.iter().filter(|(_, link)| link.device == device && link.greeted);
        let links: Vec<LinkId> = links.map(|(id, _)| *id).collect();
        for link in links {
            self.acknowledge(link, cursor, missed.clone());
        }
    }

    fn acknowledge(&mut self, id: LinkId, cursor: Cursor, missed: Vec<DocumentId>) {
        let Some(link) = self.links.get(&id).filter(|_| !self.broken_ack()) else { return };
        let frame = if cursor.start == link.their_start {
            Frame::Ack { position: cursor.position, missed }
        } else {
            Frame::Saved(cursor)
        };
        self.turn.effects.push(Effect::Send(id, frame));
    }

    fn take_logged(&mut self, id: LinkId, device: DeviceId, document: DocumentId, record: Packed) {
        if !self.hears_of(id, document) {
            return;
        }
        let Some(held) = self.documents.get(&document) else { return };
        if let Packed::Whole(record) = record {
            return self.take_record(id, device, document, record);
        }
        match record.unpack(&held.head.clock) {
            Unpacked::Known => {}
            Unpacked::Elsewhere => self.miss(device, document),
            Unpacked::Record(record) => match document::authenticate(&record, document, &self.directory) {
                Ok((header, person)) => {
                    let admitted = self.admit_signed(document, header, person, record, device);
                    self.judge_sender(id, admitted);
                }
                // It was put together from a clock that differs from the sender's.
                Err(_) => self.miss(device, document),
            },
        }
    }

    /// Something that should be here could not be kept: comparing brings it.
    pub(super) fn miss(&mut self, device: DeviceId, document: DocumentId) {
        if !self.broken_cursor() {
            self.not_kept(document);
            self.mark(device, document);
        }
    }

    /// Something came and was not kept: whoever sent it must not say that it is here.
    pub(super) fn not_kept(&mut self, document: DocumentId) {
        if !self.broken_cursor() {
            self.turn.missed.insert(document);
        }
    }

    /// Whether the far end may say anything about a document; if not, it is an offence unless it cannot know better.
    pub(super) fn hears_of(&mut self, id: LinkId, document: DocumentId) -> bool {
        let Some(link) = self.links.get(&id) else { return false };
        let held = self.documents.get(&document);
        if held.is_some_and(|held| self.both_read(held, &link.person) || self.broken_grant_check()) {
            return true;
        }
        // A document deleted here, or one that the sender does not know yet it may no longer read: the comparison that
        // this side's mark begins tells it.
        let (is_forgotten, names_them) =
            (self.forgotten.contains(&document), held.is_some_and(|held| held.access.people().contains(&link.person)));
        let device = link.device;
        self.not_kept(document);
        if is_forgotten {
            self.mark(device, document); // told with every greeting until the far end has asked
        } else if !names_them {
            self.offence(id);
        }
        false
    }

    /// One record from a link: its document must be one that the far end may read, then it is admitted.
    pub(super) fn take_record(&mut self, id: LinkId, device: DeviceId, document: DocumentId, record: Record) {
        if !self.hears_of(id, document) {
            return;
        }
        let admitted = self.admit(document, record, device);
        self.judge_sender(id, admitted);
    }

    fn judge_sender(&mut self, id: LinkId, admitted: Result<(), Refusal>) {
        match admitted {
            // Neither is the sender's doing: a writer whose numbering broke, a certificate that comes by comparing.
            Ok(()) | Err(Refusal::Quarantined | Refusal::UnknownDevice) => {}
            Err(_) => self.offence(id),
        }
    }

    pub(super) fn offence(&mut self, id: LinkId) {
        let Some(link) = self.links.get_mut(&id) else { return };
        link.offences += 1;
        if link.offences > OFFENCES_MAX {
            self.close(id, Closing::Offences);
        }
    }

    fn acked(&mut self, id: LinkId, device: DeviceId, position: Position, missed: Vec<DocumentId>) {
        let Some(link) = self.links.get_mut(&id) else { return };
        if position > link.told {
            return self.close(id, Closing::BadFrame);
        }
        link.acknowledged(position);
        self.mark_missed(device, missed);
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
        let allowed = self
            .documents
            .get(&document)
            .is_some_and(|held| held.role(&link.person) >= Role::Reader && held.role(&self.person) >= Role::Reader);
        if link.carets.1 > PRESENCE_PER_SECOND_MAX
            || !allowed
            || note.seq <= link.caret_seq
            || note.field.len().max(note.anchor.len()).max(note.head.len()) > PRESENCE_TEXT_BYTES_MAX
        {
            return;
        }
        if note.verify(document, link.device, &signature).is_err() {
            return self.offence(id);
        }
        link.caret_seq = note.seq;
        let (person, device) = (link.person, link.device);
        self.turn.effects.push(Effect::Presence { document, person, device, note });
    }
}

/// Whether whoever gave receipts remembers giving this one: a restored backup does not, and lacks what it vouched for.
fn covers(given: Option<Cursor>, receipt: Option<Cursor>) -> bool {
    receipt.is_none_or(|receipt| {
        given.is_some_and(|given| given.start == receipt.start && given.position >= receipt.position)
    })
}
