//! Decides what a daemon stores, sends and acknowledges: `handle(now, event)` in, effects out, no input or output of its own.
//!
//! A replicated log, like the changes feed of a document database. Every record is stored once under a local position;
//! a receiver keeps its cursor into each sender's log in the same commit as the records it covers. What cursors cannot
//! answer (a new grant, a lost cursor, a restored backup, a compacted tail) goes on a durable list of comparisons, and a
//! comparison ends only when both sides hold everything durably.

mod compare;
mod document;
mod link;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;

pub use self::store::{
    Head, Lineage, LogEntry, Peer, Pen, Penned, ReadError, Recovered, Refusal, Snapshot, Store, StoredDocument, Waits,
    Write,
};
use crate::access::{Access, AccessError, DeviceCert, Directory, Founding, Role};
use crate::change::{ChangeHeader, InvalidChange};
use crate::clock::Clock;
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId, StartId};
use crate::record::{PresenceNote, Record, SignatureBytes};
use crate::wire::{Comparison, Cursor, Frame, Position};
use document::{Document, Verdict, Waiting};
use link::Link;

/// One connection, as the network numbers it; never used again.
pub type LinkId = u64;

/// One commit, in order; when it is durable, so are all before it.
pub type CommitId = u64;

/// Milliseconds on a clock that only rises.
pub type Now = u64;

/// How long nothing may be heard of any comparison before their link is closed and tried afresh, in milliseconds: longer
/// than the largest frame takes on the slowest network.
pub const COMPARE_STALLED_AFTER: Now = 90_000;

/// What happened, as the shell reports it.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "events are handled one at a time and never kept")]
pub enum Event {
    /// A link to a known device is up; the transport proved which device.
    LinkUp {
        /// The link.
        link: LinkId,
        /// The device at its far end.
        device: DeviceId,
    },
    /// A link is gone.
    LinkDown(LinkId),
    /// Bytes of one frame.
    Frame(LinkId, Vec<u8>),
    /// A commit, and so each before it, is durable.
    Committed(CommitId),
    /// A device is to be followed from now on: paired, or one of our own.
    PeerAdded(DeviceCert),
    /// A device is no longer followed.
    PeerRemoved(DeviceId),
    /// An unverified snapshot was materialised: it holds what its tips say, or not.
    SnapshotChecked {
        /// The document.
        document: DocumentId,
        /// Whether it holds.
        good: bool,
    },
    /// A document was compacted up to a position.
    Compacted {
        /// The document.
        document: DocumentId,
        /// The snapshot.
        snapshot: Box<Snapshot>,
        /// The last position it holds.
        through: Position,
    },
    /// A wake-up asked for by [`Replica::wakes_at`].
    Tick,
}

/// What the shell is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Write all of this in one commit, after all earlier commits, and report [`Event::Committed`] when it is durable.
    Commit(CommitId, Vec<Write>),
    /// Send a frame.
    Send(LinkId, Frame),
    /// Close a link.
    Close(LinkId, Closing),
    /// These records entered a document from elsewhere: show them where it is open.
    Entered(DocumentId, Vec<Record>),
    /// Records left a document or a snapshot replaced it: an open copy must be read anew.
    Reread(DocumentId),
    /// A snapshot waits to be materialised, verified and reported as [`Event::SnapshotChecked`].
    Verify(DocumentId),
    /// A document is new here, or who may do what with it changed.
    Access(DocumentId),
    /// What a device holds durably may have changed.
    Delivered(DeviceId),
    /// Somebody's caret moved.
    Presence {
        /// The document.
        document: DocumentId,
        /// Whose.
        person: PersonId,
        /// On which device.
        device: DeviceId,
        /// Where.
        note: PresenceNote,
    },
    /// A record was refused; counted and shown in `status`, never fatal.
    Refused(DocumentId, Refusal),
    /// A writer's numbering broke and it is no longer followed in this document.
    Quarantined(DocumentId, DeviceId),
}

/// Why a link is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closing {
    /// The other side speaks another version.
    #[error("the other computer runs another version of Rounds")]
    OtherVersion,
    /// A frame could not be understood.
    #[error("a message could not be understood")]
    BadFrame,
    /// Frames are missing between two that arrived.
    #[error("messages were lost on the way")]
    Gap,
    /// The far end is not who the certificates say, or not known.
    #[error("the other computer is not known here")]
    Stranger,
    /// Too many refusals.
    #[error("too much from the other computer had to be refused")]
    Offences,
    /// A comparison heard nothing for too long.
    #[error("the other computer stopped answering")]
    Stalled,
    /// This disk could not be read.
    #[error("this computer's disk could not be read")]
    Disk,
}

/// Why something asked for here was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// No such document, or none for this person.
    #[error("no such document")]
    UnknownDocument,
    /// This person may not do that here.
    #[error("not allowed in this document")]
    NotAllowed,
    /// A document with this id is held or was deleted for good.
    #[error("this document exists already")]
    Exists,
    /// The grant cannot be made.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A change that does not follow on from what is stored.
    #[error("the change does not follow on from what is stored")]
    OutOfStep,
    /// More than one change may hold.
    #[error("that is more than Rounds takes in at once; add it in parts")]
    TooLarge,
}

/// Ways to break the engine on purpose, so that the simulation can show that it would notice.
#[cfg(feature = "mutants")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// Never acknowledge.
    DropAcknowledgement,
    /// Send to whoever is connected.
    SkipGrantCheck,
    /// Acknowledge what is not durable yet.
    AcknowledgeBeforeDisk,
    /// Let the pen grow.
    ForgetPenBound,
    /// Move the cursor past a record that was neither stored nor penned nor marked.
    MoveCursorPastRefused,
    /// Keep compare marks in memory only.
    LoseCompareMark,
}

/// The engine of one daemon.
#[derive(Debug)]
pub struct Replica {
    device: DeviceId,
    person: PersonId,
    start: StartId,
    lineage: Lineage,
    end: Position,
    directory: Directory,
    documents: BTreeMap<DocumentId, Document>,
    forgotten: BTreeSet<DocumentId>,
    peers: BTreeMap<DeviceId, Peer>,
    compare: BTreeMap<DeviceId, BTreeSet<DocumentId>>,
    links: BTreeMap<LinkId, Link>,
    next_comparison: u64,
    next_receipt: u64,
    last_commit: CommitId,
    durable: CommitId,
    after_commit: Vec<(CommitId, AfterCommit)>,
    unsaved_acks: BTreeSet<DeviceId>,
    acks_unsaved_since: Option<Now>,
    /// How far this device has come in others' logs, durably: all that may be told to them.
    durable_cursors: BTreeMap<DeviceId, Cursor>,
    /// Documents whose access grew stricter while the disk could not be read, or just before the last stop.
    readmissions_owed: BTreeSet<DocumentId>,
    turn: Turn,
    #[cfg(feature = "mutants")]
    mutant: Option<Mutant>,
}

/// What one call gathers.
#[derive(Debug, Default)]
struct Turn {
    writes: Vec<Write>,
    heads: BTreeSet<DocumentId>,
    after: Vec<AfterCommit>,
    /// Documents of which something came and could not be kept.
    missed: BTreeSet<DocumentId>,
    effects: Vec<Effect>,
    now: Now,
    /// The last position that the store knows; records that enter in this turn come after it.
    stored_end: Position,
}

/// What may only be said once what led to it is durable.
#[derive(Debug)]
enum AfterCommit {
    Send(LinkId, Frame),
    Reset(LinkId),
    Durable { link: LinkId, comparison: Comparison, receipt: Cursor },
    Cursor(DeviceId, Cursor, Vec<DocumentId>),
}

impl Replica {
    /// The engine of `own.device`, going on from what was recovered under a fresh `start`.
    pub fn new(own: DeviceCert, start: StartId, recovered: Recovered) -> (Self, Vec<Effect>) {
        let mut directory = Directory::default();
        let (device, person) = (own.device, own.person);
        let own_is_news = directory.learn(own.clone()).unwrap_or(false);
        for cert in recovered.certs {
            let _ = directory.learn(cert); // certificates are checked again: a damaged one is simply not known
        }
        let mut documents = BTreeMap::new();
        for (id, access, head, pen) in recovered.documents {
            let mut document = Document::new(access, head);
            for (hash, penned) in pen {
                let Ok(header) = ChangeHeader::read(&penned.record.change) else { continue };
                let Some(person) = directory.person(&header.actor.device()) else { continue };
                document.pen_put(hash, Waiting { penned, header, person });
            }
            documents.insert(id, document);
        }
        let mut compare: BTreeMap<DeviceId, BTreeSet<DocumentId>> = BTreeMap::new();
        for (peer, document) in recovered.compare {
            compare.entry(peer).or_default().insert(document);
        }
        let mut replica = Self {
            device,
            person,
            start,
            lineage: recovered.lineage,
            end: recovered.end,
            directory,
            documents,
            forgotten: recovered.forgotten.into_iter().collect(),
            durable_cursors: recovered
                .peers
                .iter()
                .filter_map(|(device, peer)| Some((*device, peer.cursor?)))
                .collect(),
            peers: recovered.peers.into_iter().collect(),
            compare,
            links: BTreeMap::new(),
            next_comparison: 1,
            next_receipt: 1,
            last_commit: 0,
            durable: 0,
            after_commit: Vec::new(),
            unsaved_acks: BTreeSet::new(),
            acks_unsaved_since: None,
            readmissions_owed: BTreeSet::new(),
            turn: Turn::default(),
            #[cfg(feature = "mutants")]
            mutant: None,
        };
        replica.lineage.begin(start, replica.end + 1);
        replica.turn.writes.push(Write::Lineage(replica.lineage.clone()));
        if own_is_news {
            replica.turn.writes.push(Write::Cert(own));
        }
        let directory = &replica.directory;
        replica.readmissions_owed =
            replica.documents.iter().filter(|(_, held)| held.holds_late(directory)).map(|(id, _)| *id).collect();
        let unverified: Vec<DocumentId> =
            replica.documents.iter().filter(|(_, document)| document.head.unverified).map(|(id, _)| *id).collect();
        replica.turn.effects.extend(unverified.into_iter().map(Effect::Verify));
        let effects = replica.finish();
        (replica, effects)
    }

    /// Breaks the engine in one way.
    #[cfg(feature = "mutants")]
    pub fn mutate(&mut self, mutant: Mutant) {
        self.mutant = Some(mutant);
    }

    /// Takes one event; returns what to do, in order.
    pub fn handle(&mut self, now: Now, event: Event, store: &dyn Store) -> Vec<Effect> {
        self.turn.now = now;
        self.turn.stored_end = self.end;
        match event {
            Event::LinkUp { link, device } => self.link_up(link, device),
            Event::LinkDown(link) => drop(self.links.remove(&link)),
            Event::Frame(link, bytes) => self.frame(link, &bytes, store),
            Event::Committed(commit) => self.committed(commit),
            Event::PeerAdded(cert) => self.peer_added(cert),
            Event::PeerRemoved(device) => self.peer_removed(device),
            Event::SnapshotChecked { document, good } => self.snapshot_checked(document, good),
            Event::Compacted { document, snapshot, through } => self.compacted(document, snapshot, through, store),
            Event::Tick => {
                self.save_acks();
                self.close_stalled();
            }
        }
        for id in std::mem::take(&mut self.readmissions_owed) {
            self.readmit(id, store);
        }
        self.advance_links(store);
        self.finish()
    }

    /// When [`Event::Tick`] is wanted next, if at all.
    pub fn wakes_at(&self) -> Option<Now> {
        /// Acknowledgements from partners are noted on disk this long after they came, in milliseconds: they are news
        /// for the next start, and no keystroke should cost a second commit.
        const ACKS_SAVED_AFTER: Now = 5_000;
        let acks = self.acks_unsaved_since.map(|since| since + ACKS_SAVED_AFTER);
        let links = self.links.values().filter_map(|link| link.wakes_at(self.turn.now)).min();
        acks.into_iter().chain(links).min()
    }

    /// Founds a document; its owners include this person.
    pub fn found(&mut self, founding: Founding) -> Result<(DocumentId, Vec<Effect>), LocalError> {
        let id = founding.id();
        if self.documents.contains_key(&id) || self.forgotten.contains(&id) {
            return Err(LocalError::Exists);
        }
        if founding.owners.binary_search(&self.person).is_err() {
            return Err(LocalError::NotAllowed);
        }
        self.documents.insert(id, Document::new(Access::new(founding), Head::default()));
        self.access_changed(id, &BTreeSet::new());
        Ok((id, self.finish()))
    }

    /// Takes in a change made here. The position is where it stands in the log; it is saved once the commit is durable.
    pub fn append(
        &mut self,
        now: Now,
        id: DocumentId,
        record: Record,
        store: &dyn Store,
    ) -> Result<(Position, CommitId, Vec<Effect>), LocalError> {
        self.turn.now = now;
        self.turn.stored_end = self.end;
        let document = self.documents.get(&id).ok_or(LocalError::UnknownDocument)?;
        if document.role(&self.person) < Role::Writer {
            return Err(LocalError::NotAllowed);
        }
        let header = ChangeHeader::read(&record.change).map_err(|invalid| match invalid {
            InvalidChange::TooLarge => LocalError::TooLarge,
            _ => LocalError::OutOfStep,
        })?;
        let follows = matches!(document.judge(&header, &record, self.person), Verdict::Enters);
        // What was withheld keeps its number: nobody else may be told another change by that number.
        if header.actor.device() != self.device || !follows || document.has_in_pen(&header.actor, header.seq) {
            return Err(LocalError::OutOfStep);
        }
        self.enter(id, header, record, None);
        let position = self.end;
        self.advance_links(store);
        let effects = self.finish();
        Ok((position, self.last_commit, effects))
    }

    /// Grants `person` a role, or takes it away; `at` is milliseconds since 1970 for people to read.
    pub fn grant(
        &mut self,
        id: DocumentId,
        person: PersonId,
        role: Role,
        key: &SigningKey,
        at: i64,
        store: &dyn Store,
    ) -> Result<Vec<Effect>, LocalError> {
        let document = self.documents.get_mut(&id).ok_or(LocalError::UnknownDocument)?;
        if document.role(&self.person) < Role::Owner {
            return Err(LocalError::NotAllowed);
        }
        let clock = if role < Role::Writer { document.clock_of(person, &self.directory) } else { Clock::default() };
        let grant = document.access.grant(person, role, clock, key, at)?;
        document.access.learn(grant, &self.directory)?;
        self.access_changed(id, &BTreeSet::from([person]));
        self.readmit(id, store);
        self.retry_pen(id);
        self.advance_links(store);
        Ok(self.finish())
    }

    /// Replaces this device's own certificate: its person has a new name. Partners hear it with the next hello.
    pub fn renew_certificate(&mut self, cert: DeviceCert) -> Result<Vec<Effect>, LocalError> {
        if cert.device != self.device || cert.person != self.person {
            return Err(LocalError::NotAllowed);
        }
        if self.directory.learn(cert.clone())? {
            self.turn.writes.push(Write::Cert(cert));
        }
        Ok(self.finish())
    }

    /// Deletes a document here for good.
    pub fn forget(&mut self, id: DocumentId) -> Result<Vec<Effect>, LocalError> {
        self.documents.remove(&id).ok_or(LocalError::UnknownDocument)?;
        self.forgotten.insert(id);
        for marks in self.compare.values_mut() {
            marks.remove(&id);
        }
        let links: Vec<LinkId> = self.links.keys().copied().collect();
        for link in links {
            let dropped = self.links.get_mut(&link).map(|link| link.drop_document(id)).unwrap_or_default();
            for comparison in dropped {
                self.say_once_saved(link, Frame::Unknown(comparison));
            }
        }
        self.turn.heads.remove(&id);
        self.turn.writes.push(Write::Forget(id));
        Ok(self.finish())
    }

    /// Tells the members who are connected where this person's caret is.
    pub fn presence(&mut self, id: DocumentId, note: &PresenceNote, key: &SigningKey) -> Vec<Effect> {
        let Some(document) = self.documents.get(&id) else { return Vec::new() };
        let signature: SignatureBytes = note.sign(id, key);
        let members = self.links.iter().filter(|(_, link)| link.greeted && document.role(&link.person) >= Role::Reader);
        members
            .map(|(link, _)| Effect::Send(*link, Frame::Presence { document: id, note: note.clone(), signature }))
            .collect()
    }

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
    fn both_read(&self, document: &Document, other: &PersonId) -> bool {
        document.role(&self.person) >= Role::Reader && document.role(other) >= Role::Reader
    }

    /// Whether a document is still to be compared with a device.
    pub fn is_marked(&self, device: &DeviceId, id: &DocumentId) -> bool {
        self.compare.get(device).is_some_and(|marks| marks.contains(id))
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

    fn peer_added(&mut self, cert: DeviceCert) {
        let (device, person) = (cert.device, cert.person);
        if device == self.device {
            return;
        }
        self.learn_cert(cert);
        if self.directory.person(&device) != Some(person) || self.peers.contains_key(&device) {
            return;
        }
        let peer = Peer { person, cursor: None, acked: 0, given: None, received: None };
        self.peers.insert(device, peer);
        self.turn.writes.push(Write::Peer(device, peer));
    }

    fn peer_removed(&mut self, device: DeviceId) {
        if self.peers.remove(&device).is_none() {
            return;
        }
        self.compare.remove(&device);
        self.durable_cursors.remove(&device);
        self.unsaved_acks.remove(&device);
        self.turn.writes.push(Write::ForgetPeer(device));
        let links: Vec<LinkId> =
            self.links.iter().filter(|(_, link)| link.device == device).map(|(id, _)| *id).collect();
        for link in links {
            self.close(link, Closing::Stranger);
        }
    }

    fn learn_cert(&mut self, cert: DeviceCert) -> bool {
        match self.directory.learn(cert.clone()) {
            Ok(true) => {
                self.turn.writes.push(Write::Cert(cert));
                true
            }
            // Somebody's seventeenth device is not followed here, and no reason to part.
            Ok(false) | Err(AccessError::TooMany) => true,
            Err(_) => false,
        }
    }

    /// Stores a record that was judged to enter, and says so.
    fn enter(&mut self, id: DocumentId, header: ChangeHeader, record: Record, origin: Option<DeviceId>) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        self.end += 1;
        let late =
            self.directory.person(&header.actor.device()).is_some_and(|person| document.is_late(&header, person));
        if late && !document.head.late.contains(&header.actor) {
            document.head.late.push(header.actor);
        }
        document.entered(&header, self.end, origin);
        for link in self.links.values_mut() {
            link.parked.remove(&id); // what could not be kept before may fit now
        }
        self.turn.heads.insert(id);
        self.turn.writes.push(Write::Record { position: self.end, document: id, origin, record: record.clone() });
        if origin.is_some() {
            self.show(id, record.clone());
        }
        self.offer_live(self.end, id, origin, &record);
    }

    fn show(&mut self, id: DocumentId, record: Record) {
        if let Some(Effect::Entered(last, records)) = self.turn.effects.last_mut()
            && *last == id
        {
            return records.push(record);
        }
        self.turn.effects.push(Effect::Entered(id, vec![record]));
    }

    /// Checks and judges a record from elsewhere and deals with it for good: it is stored, penned or refused when this
    /// returns.
    fn admit(&mut self, id: DocumentId, record: Record, from: DeviceId) -> Result<(), Refusal> {
        match document::authenticate(&record, id, &self.directory) {
            Ok((header, person)) => self.admit_signed(id, header, person, record, from),
            Err((hash, refusal)) => {
                if refusal == Refusal::UnknownDevice {
                    self.miss(from, id); // a comparison brings the certificate with it
                }
                self.refuse(id, hash, refusal);
                Err(refusal)
            }
        }
    }

    /// Judges a record whose signature was checked.
    fn admit_signed(
        &mut self,
        id: DocumentId,
        header: ChangeHeader,
        person: PersonId,
        record: Record,
        from: DeviceId,
    ) -> Result<(), Refusal> {
        let Some(document) = self.documents.get(&id) else { return Err(Refusal::UnknownDocument) };
        match document.judge(&header, &record, person) {
            Verdict::Known => {}
            Verdict::Enters => {
                self.enter(id, header, record, Some(from));
                self.retry_pen(id);
            }
            Verdict::Waits(waits) => {
                self.pen(id, header, person, record, waits, from);
                self.retry_pen(id);
            }
            Verdict::Refused(refusal) => {
                self.refuse(id, Some(header.hash), refusal);
                return Err(refusal);
            }
            Verdict::Equivocates => {
                self.quarantine(id, &header);
                return Err(Refusal::Quarantined);
            }
        }
        Ok(())
    }

    /// Lets a record wait, and asks its sender for what it waits for. What a full pen must drop can be fetched again:
    /// the record that needs it is marked for comparing.
    fn pen(
        &mut self,
        id: DocumentId,
        header: ChangeHeader,
        person: PersonId,
        record: Record,
        waits: Waits,
        from: DeviceId,
    ) {
        let waits_already = self.documents.get(&id).is_some_and(|document| document.waits(&header.hash) == Some(waits));
        if waits_already {
            return; // asked for when it came first
        }
        if waits == Waits::Missing && !self.broken_cursor() {
            self.mark(from, id);
        }
        let (bounded, own) = (!self.broken_pen_bound(), self.device);
        let Some(document) = self.documents.get_mut(&id) else { return };
        while bounded && header.actor.device() != own && !document.pen_has_room(own, record.change.len()) {
            match document.pen_spare(own, &header) {
                Some(spare) if waits == Waits::Missing => {
                    document.pen_take(&spare);
                    self.turn.writes.push(Write::Unpen(id, spare));
                }
                _ => {
                    self.not_kept(id);
                    return;
                }
            }
        }
        let penned = Penned { record, waits };
        self.turn.heads.insert(id);
        self.turn.writes.push(Write::Pen(id, header.hash, Box::new(penned.clone())));
        document.pen_put(header.hash, Waiting { penned, header, person });
    }

    /// Judges everything in the pen again, until nothing more enters.
    fn retry_pen(&mut self, id: DocumentId) {
        while self.retry_pen_once(id) {}
    }

    /// Judges each record in the pen, each writer's in order; whether anything changed.
    fn retry_pen_once(&mut self, id: DocumentId) -> bool {
        let Some(document) = self.documents.get(&id) else { return false };
        let Some(pen) = &document.pen else { return false };
        let mut waiting: Vec<(ActorId, u64, ChangeHash)> =
            pen.iter().map(|(hash, waiting)| (waiting.header.actor, waiting.header.seq, *hash)).collect();
        waiting.sort_unstable();
        let demanded = document.demanded();
        let mut changed = false;
        for (.., hash) in waiting {
            let Some(document) = self.documents.get_mut(&id) else { return false };
            let Some(waiting) = document.pen.as_ref().and_then(|pen| pen.get(&hash)) else { continue };
            let verdict = document.judge_in_pen(waiting, demanded.contains(&hash));
            let was_late = waiting.penned.waits == Waits::Member;
            match verdict {
                Verdict::Enters => {
                    let Some(waiting) = document.pen_take(&hash) else { continue };
                    self.turn.writes.push(Write::Unpen(id, hash));
                    // Whoever sent it is forgotten by now: naming this device as its origin sends it to everybody else.
                    self.enter(id, waiting.header, waiting.penned.record, Some(self.device));
                }
                Verdict::Known => {
                    document.pen_take(&hash);
                    self.turn.writes.push(Write::Unpen(id, hash));
                }
                // Demanded since: it waits for its own predecessors now, and demands them in turn.
                Verdict::Waits(Waits::Missing) if was_late => {
                    let Some(mut waiting) = document.pen_take(&hash) else { continue };
                    waiting.penned.waits = Waits::Missing;
                    self.turn.writes.push(Write::Pen(id, hash, Box::new(waiting.penned.clone())));
                    document.pen_put(hash, waiting);
                }
                _ => continue,
            }
            self.turn.heads.insert(id);
            changed = true;
        }
        changed
    }

    fn refuse(&mut self, id: DocumentId, hash: Option<ChangeHash>, refusal: Refusal) {
        // A broken numbering is in the head already, and a missing certificate comes by comparing.
        let is_final = !matches!(refusal, Refusal::Quarantined | Refusal::UnknownDevice);
        if let Some(hash) = hash.filter(|_| is_final) {
            self.turn.writes.push(Write::Refused(id, hash, refusal));
        }
        self.not_kept(id);
        self.turn.effects.push(Effect::Refused(id, refusal));
    }

    fn quarantine(&mut self, id: DocumentId, header: &ChangeHeader) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        if !document.head.quarantined.contains(&header.actor) {
            document.head.quarantined.push(header.actor);
        }
        self.turn.heads.insert(id);
        self.refuse(id, Some(header.hash), Refusal::Quarantined);
        self.turn.effects.push(Effect::Quarantined(id, header.actor.device()));
    }

    /// Puts back into the pen what stricter access no longer admits. When the disk cannot be read, it is done later.
    fn readmit(&mut self, id: DocumentId, store: &dyn Store) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        if !document.holds_late(&self.directory) {
            return;
        }
        let Ok(stored) = store.document(&id) else {
            self.readmissions_owed.insert(id);
            return;
        };
        let readmission = document::readmit(&document.access, &self.directory, stored);
        document.head.late = readmission.late;
        self.turn.heads.insert(id);
        if readmission.withheld.is_empty() {
            return;
        }
        document.head.clock = readmission.clock;
        for (position, record, header) in readmission.withheld {
            let penned = Penned { record, waits: Waits::Member };
            self.turn.writes.push(Write::RemoveRecord { document: id, position });
            let Some(person) = self.directory.person(&header.actor.device()) else { continue };
            // This person's own words are kept, room or not; others' can be fetched again.
            if header.actor.device() != self.device && !document.pen_has_room(self.device, penned.record.change.len()) {
                continue;
            }
            self.turn.writes.push(Write::Pen(id, header.hash, Box::new(penned.clone())));
            document.pen_put(header.hash, Waiting { penned, header, person });
        }
        self.turn.effects.push(Effect::Reread(id));
    }

    /// Says and stores that a document's access changed, and marks it for comparing with everybody who may read it and
    /// with whom the change concerns: somebody whose access ended hears of that, and nothing more.
    fn access_changed(&mut self, id: DocumentId, concerned: &BTreeSet<PersonId>) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        document.is_team = document.access.readers().nth(2).is_some();
        self.turn.writes.push(Write::Access(id, Box::new(document.access.clone())));
        self.turn.heads.insert(id);
        self.turn.effects.push(Effect::Access(id));
        let mut people: BTreeSet<PersonId> = document.access.readers().collect();
        people.extend(concerned);
        self.mark_people(id, &people, None);
    }

    /// Marks a document for comparing with everybody who may read it.
    fn mark_readers(&mut self, id: DocumentId, except: Option<DeviceId>) {
        let Some(document) = self.documents.get(&id) else { return };
        let readers = document.access.readers().collect();
        self.mark_people(id, &readers, except);
    }

    fn mark_people(&mut self, id: DocumentId, people: &BTreeSet<PersonId>, except: Option<DeviceId>) {
        let devices: Vec<DeviceId> = self
            .peers
            .iter()
            .filter(|(device, peer)| people.contains(&peer.person) && Some(**device) != except)
            .map(|(device, _)| *device)
            .collect();
        for device in devices {
            self.mark(device, id);
        }
    }

    fn mark(&mut self, device: DeviceId, id: DocumentId) {
        if !self.peers.contains_key(&device) {
            return;
        }
        if self.compare.entry(device).or_default().insert(id) {
            if !self.broken_marks() {
                self.turn.writes.push(Write::Compare(device, id));
            }
            self.turn.effects.push(Effect::Delivered(device));
        }
        let saved_by = if self.turn.writes.is_empty() { 0 } else { self.last_commit + 1 };
        for link in self.links.values_mut().filter(|link| link.device == device) {
            // A comparison already under way began before this news: it must not clear the new mark.
            link.restart_comparison(id);
            // A cursor that moves past what the mark stands for must not outlive it.
            link.says_after = link.says_after.max(saved_by);
        }
    }

    fn committed(&mut self, commit: CommitId) {
        self.durable = self.durable.max(commit);
        let due: Vec<AfterCommit> = {
            let split = self.after_commit.partition_point(|(id, _)| *id <= self.durable);
            self.after_commit.drain(..split).map(|(_, after)| after).collect()
        };
        for after in due {
            self.after(after);
        }
    }

    fn after(&mut self, after: AfterCommit) {
        match after {
            AfterCommit::Send(link, frame) => {
                if let Some(frame) = self.released(link, frame) {
                    self.turn.effects.push(Effect::Send(link, frame));
                }
            }
            AfterCommit::Reset(link) => self.reset(link),
            AfterCommit::Durable { link, comparison, receipt } => self.comparison_durable(link, comparison, receipt),
            AfterCommit::Cursor(device, cursor, missed) => self.cursor_durable(device, cursor, missed),
        }
    }

    /// Closes the turn: one commit for all it wrote, and what waits for that commit.
    fn finish(&mut self) -> Vec<Effect> {
        for id in std::mem::take(&mut self.turn.heads) {
            if let Some(document) = self.documents.get_mut(&id) {
                document.head.penned = document.pen.as_ref().map_or(0, |pen| pen.len());
                self.turn.writes.push(Write::Head(id, Box::new(document.head.clone())));
            }
        }
        let writes = std::mem::take(&mut self.turn.writes);
        let mut effects = std::mem::take(&mut self.turn.effects);
        if !writes.is_empty() {
            self.last_commit += 1;
            effects.insert(0, Effect::Commit(self.last_commit, writes));
        }
        for after in std::mem::take(&mut self.turn.after) {
            if self.durable >= self.last_commit || self.broken_early_ack() {
                self.after(after);
            } else {
                self.after_commit.push((self.last_commit, after));
            }
        }
        effects.append(&mut self.turn.effects);
        if !self.turn.writes.is_empty() || !self.turn.after.is_empty() {
            effects.extend(self.finish());
        }
        effects
    }

    #[cfg(feature = "mutants")]
    fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    #[cfg(feature = "mutants")]
    fn broken_pen_bound(&self) -> bool {
        self.is(Mutant::ForgetPenBound)
    }
    #[cfg(feature = "mutants")]
    fn broken_cursor(&self) -> bool {
        self.is(Mutant::MoveCursorPastRefused)
    }
    #[cfg(feature = "mutants")]
    fn broken_marks(&self) -> bool {
        self.is(Mutant::LoseCompareMark)
    }
    #[cfg(feature = "mutants")]
    fn broken_early_ack(&self) -> bool {
        self.is(Mutant::AcknowledgeBeforeDisk)
    }
    #[cfg(feature = "mutants")]
    fn broken_ack(&self) -> bool {
        self.is(Mutant::DropAcknowledgement)
    }
    #[cfg(feature = "mutants")]
    fn broken_grant_check(&self) -> bool {
        self.is(Mutant::SkipGrantCheck)
    }

    #[cfg(not(feature = "mutants"))]
    const fn broken_pen_bound(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    const fn broken_cursor(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    const fn broken_marks(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    const fn broken_early_ack(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    const fn broken_ack(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    const fn broken_grant_check(&self) -> bool {
        false
    }
}
