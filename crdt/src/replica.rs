//! Decides what a daemon stores, sends and acknowledges: `handle(now, event)` in, effects out, no input or output of its own.
//!
//! A replicated log, like the changes feed of a document database. Every record is stored once under a local position;
//! a receiver keeps its cursor into each sender's log in the same commit as the records it covers. What cursors cannot
//! answer (a new grant, a lost cursor, a restored backup, a compacted tail) goes on a durable list of comparisons, and a
//! comparison ends only when both sides hold everything durably.

mod admission;
mod compare;
mod document;
mod link;
mod mutants;
mod questions;
mod snapshots;
mod store;
mod stream;
mod turns;

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;

#[cfg(feature = "mutants")]
pub use self::mutants::Mutant;
pub use self::store::{
    Head, Lineage, LogEntry, Peer, Pen, Penned, ReadError, Recovered, Refusal, Snapshot, Store, StoredDocument, Waits,
    Write,
};
use crate::access::{Access, AccessError, DeviceCert, Directory, Founding, Role};
use crate::change::{ChangeHeader, InvalidChange};
use crate::clock::Clock;
use crate::ids::{ChangeHash, DeviceId, DocumentId, PersonId, StartId};
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
    /// What one end of a link states of a document the other cannot read, most likely as one Rounds is newer.
    NotUnderstood(LinkId, DocumentId),
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
    /// A record was refused, named where it could be read that far; counted and shown in `status`, never fatal.
    Refused(DocumentId, Option<ChangeHash>, Refusal),
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

/// What an owner decides about one person's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// Who.
    pub person: PersonId,
    /// What they may do from now on.
    pub role: Role,
    /// When it was decided, in milliseconds since 1970, for people to read.
    pub at: i64,
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
    /// A panic tore a turn: nothing is done any more by what is in memory.
    #[error("something went wrong inside Rounds, and it reads again what is stored")]
    Torn,
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
    /// Deleted here, or not to be read here.
    forgotten: BTreeSet<DocumentId>,
    unreadable: usize,
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
    /// A turn has begun and not ended; where nobody is at it any more, a panic tore it.
    in_turn: bool,
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
    Reset(LinkId, Cursor),
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
            unreadable: recovered.unreadable.len(),
            forgotten: recovered.forgotten.into_iter().chain(recovered.unreadable).collect(),
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
            in_turn: false,
            #[cfg(feature = "mutants")]
            mutant: None,
        };
        replica.lineage.begin(start, replica.end + 1);
        replica.turn.writes.push(Write::Lineage(replica.lineage.clone()));
        if own_is_news {
            replica.turn.writes.push(Write::Cert(own));
        }
        let directory = &replica.directory;
        replica.readmissions_owed = replica
            .documents
            .iter()
            .filter(|(_, held)| held.holds_unmarked_late(directory))
            .map(|(id, _)| *id)
            .collect();
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

    fn take(&mut self, now: Now, event: Event, store: &dyn Store) -> Vec<Effect> {
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
        if self.is_torn() {
            return None;
        }
        let acks = self.acks_unsaved_since.map(|since| since + ACKS_SAVED_AFTER);
        let links = self.links.values().filter_map(|link| link.wakes_at(self.turn.now)).min();
        acks.into_iter().chain(links).min()
    }

    fn founded(&mut self, founding: Founding) -> Result<(DocumentId, Vec<Effect>), LocalError> {
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

    fn appended(
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
        // What was withheld keeps its number: nobody else may be told another change by that number. And what is typed
        // before a snapshot is verified would go with it if it does not hold.
        if document.head.unverified
            || header.actor.device() != self.device
            || !follows
            || document.has_in_pen(&header.actor, header.seq)
        {
            return Err(LocalError::OutOfStep);
        }
        self.enter(id, header, record, None);
        let position = self.end;
        self.advance_links(store);
        let effects = self.finish();
        Ok((position, self.last_commit, effects))
    }

    fn granted(
        &mut self,
        now: Now,
        id: DocumentId,
        permission: Permission,
        key: &SigningKey,
        store: &dyn Store,
    ) -> Result<Vec<Effect>, LocalError> {
        self.turn.now = now;
        self.turn.stored_end = self.end;
        let Permission { person, role, at } = permission;
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

    fn renewed(&mut self, cert: DeviceCert) -> Result<Vec<Effect>, LocalError> {
        if cert.device != self.device || cert.person != self.person {
            return Err(LocalError::NotAllowed);
        }
        if self.directory.learn(cert.clone())? {
            self.turn.writes.push(Write::Cert(cert));
        }
        Ok(self.finish())
    }

    /// How many documents are stored that could not be read at the start.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// Whether a document was deleted here, or cannot be read here.
    pub fn is_forgotten(&self, id: &DocumentId) -> bool {
        self.forgotten.contains(id)
    }

    fn gone(&mut self, id: DocumentId) -> Result<Vec<Effect>, LocalError> {
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

    fn moved(&mut self, id: DocumentId, note: &PresenceNote, key: &SigningKey) -> Vec<Effect> {
        let Some(document) = self.documents.get(&id) else { return Vec::new() };
        let signature: SignatureBytes = note.sign(id, key);
        let members = self.links.iter().filter(|(_, link)| link.greeted && document.role(&link.person) >= Role::Reader);
        let members: Vec<LinkId> = members.map(|(link, _)| *link).collect();
        for link in members {
            self.say_once_saved(link, Frame::Presence { document: id, note: note.clone(), signature });
        }
        self.finish()
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

    /// Says and stores that a document's access changed, and marks it for comparing with everybody who may read it and
    /// with whom the change concerns: somebody whose access ended hears of that, and nothing more.
    fn access_changed(&mut self, id: DocumentId, concerned: &BTreeSet<PersonId>) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        document.is_team = document.access.readers().nth(2).is_some();
        self.turn.writes.push(Write::Access(id, Box::new(document.access.clone())));
        self.turn.heads.insert(id);
        self.turn.effects.push(Effect::Access(id));
        for link in self.links.values_mut() {
            link.access_changed(id);
        }
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
        for link in self.links.values_mut().filter(|link| link.device == device) {
            // A comparison already under way began before this news: it must not clear the new mark.
            link.restart_comparison(id);
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
            AfterCommit::Reset(link, receipt) => self.reset(link, receipt),
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
        self.turn.missed.clear();
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
}
