//! Decides what one simulated computer is: a device of somebody, its disk, its engine while it runs, its open documents.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use rounds_crdt::access::{DeviceCert, Role};
use rounds_crdt::edit::{Author, Edit, EditError, Splice};
use rounds_crdt::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId};
use rounds_crdt::merge::OpenDocument;
use rounds_crdt::model::Kind;
use rounds_crdt::record::Record;
use rounds_crdt::replica::{CommitId, Effect, Event, LocalError, Replica, Snapshot};
use rounds_crdt::wire::{Frame, Position};

use super::disk::{Disk, Stored};

/// Who the people of a school are; a machine is named after its owner.
pub const PEOPLE: [&str; 4] = ["Ana", "Ben", "Chidi", "Dara"];

/// An edit made on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Its document.
    pub document: DocumentId,
    /// The actor it was made as.
    pub actor: ActorId,
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: ChangeHash,
    /// The commit that saves it.
    pub commit: CommitId,
}

/// Work a machine does beside its engine.
#[derive(Debug)]
pub enum Job {
    /// Materialise a snapshot and report whether it holds.
    Verify(DocumentId),
    /// Report a compaction that was computed a while ago.
    Compacted {
        /// The document.
        document: DocumentId,
        /// Its snapshot as of then.
        snapshot: Box<Snapshot>,
        /// The last position in it.
        through: Position,
    },
}

/// One simulated computer.
#[derive(Debug)]
pub struct Machine {
    /// A name for people who read a trace.
    pub name: String,
    /// The owner.
    pub person: PersonId,
    /// The device.
    pub device: DeviceId,
    /// The device's key.
    pub key: SigningKey,
    /// Its certificate.
    pub cert: DeviceCert,
    /// The engine, while the daemon runs.
    pub replica: Option<Replica>,
    /// The disk.
    pub disk: Disk,
    /// The random part of the actor of this start.
    pub incarnation: [u8; 14],
    /// Documents in memory.
    pub open: BTreeMap<DocumentId, OpenDocument>,
    /// Work under way.
    pub jobs: Vec<Job>,
    /// How wrong this machine's clock is, in milliseconds.
    pub skew: u64,
    /// The lid is closed: nothing runs, nothing is lost.
    pub asleep: bool,
    /// A kind of document that the Rounds on this machine is too old to know.
    pub knows_no: Option<Kind>,
    /// The power goes when this many more effects have been performed.
    pub crash_in: Option<u32>,
    /// Edits made and not reported durable.
    pub unsaved: Vec<Made>,
    /// Edits that were reported durable: they may never be lost here.
    pub saved: Vec<Made>,
    /// An older state of the disk with what was saved by then.
    pub backup: Option<(Stored, Vec<Made>)>,
    /// Acknowledgements already checked: this device had this record durable when it was claimed.
    pub claims: BTreeSet<(DeviceId, ChangeHash)>,
    /// Rises with each caret sent.
    pub caret_seq: u64,
    /// Effects performed since the beginning.
    pub effects_performed: u32,
}

impl Machine {
    /// What this machine makes of what it is told: of a kind that it does not know yet, the name means nothing to it.
    pub(super) fn hears(&self, event: Event) -> Event {
        let Some(newer) = self.knows_no else { return event };
        let Event::Frame(link, mut bytes) = event else { return event };
        if let Ok(mut frame) = Frame::from_bytes(&bytes)
            && let Frame::Offer(_, statement) | Frame::Reply(_, statement) = &mut frame
            && statement.founding.kind == newer
        {
            // Written as another kind, the frame differs where the kind is written.
            statement.founding.kind = if newer == Kind::Profile { Kind::Binder } else { Kind::Profile };
            let differs = bytes.iter_mut().zip(frame.to_bytes()).find(|(byte, other)| **byte != *other);
            differs.into_iter().for_each(|(byte, _)| *byte = u8::MAX >> 1);
        }
        Event::Frame(link, bytes)
    }

    /// The `number`th device of the `person`th of [`PEOPLE`].
    pub fn new(person: usize, number: usize) -> Self {
        let person_key = SigningKey::from_bytes(&[person as u8 + 1; 32]);
        let key = SigningKey::from_bytes(&[(person * 10 + number) as u8 + 101; 32]);
        let device = DeviceId::from_bytes(key.verifying_key().to_bytes());
        let owner = PEOPLE[person % PEOPLE.len()];
        let cert = DeviceCert::issue(&person_key, &key, [0; 32], owner.into(), 0, 1);
        Self {
            name: if number == 0 { owner.into() } else { format!("{owner}'s other") },
            person: cert.person,
            device,
            key,
            cert,
            replica: None,
            disk: Disk::default(),
            incarnation: [0; 14],
            open: BTreeMap::new(),
            jobs: Vec::new(),
            skew: 0,
            asleep: false,
            knows_no: None,
            crash_in: None,
            unsaved: Vec::new(),
            saved: Vec::new(),
            backup: None,
            claims: BTreeSet::new(),
            caret_seq: 0,
            effects_performed: 0,
        }
    }

    /// Another computer with a copy of this one's disk as it is at this moment, keys and all, not yet switched on.
    pub fn copied(&self) -> Self {
        let mut disk = Disk::default();
        disk.restore(self.disk.durable.clone());
        Self {
            name: format!("{}'s copy", self.name),
            person: self.person,
            device: self.device,
            key: self.key.clone(),
            cert: self.cert.clone(),
            replica: None,
            disk,
            incarnation: self.incarnation,
            open: BTreeMap::new(),
            jobs: Vec::new(),
            skew: self.skew,
            asleep: false,
            knows_no: None,
            crash_in: None,
            unsaved: Vec::new(),
            saved: self.saved.clone(),
            backup: None,
            claims: BTreeSet::new(),
            caret_seq: self.caret_seq,
            effects_performed: 0,
        }
    }

    /// Whether the machine does anything now.
    pub fn is_awake(&self) -> bool {
        self.replica.is_some() && !self.asleep
    }

    /// This person's role in a document, as this machine knows it.
    pub fn role(&self, id: &DocumentId) -> Role {
        self.replica.as_ref().map_or(Role::None, |replica| replica.role(id))
    }

    /// Opens a document from what was handed to the disk, unless it is open.
    pub fn open(&mut self, id: DocumentId) -> Result<&mut OpenDocument, String> {
        if !self.open.contains_key(&id) {
            let access = self.disk.handed.access.get(&id).ok_or("opening a document that is not here")?;
            let (open, unmerged) = OpenDocument::open(&access.founding, &self.disk.handed.stored(&id));
            if !unmerged.is_empty() {
                return Err(format!("{} cannot merge what it stored: {unmerged:?}", self.name));
            }
            self.open.insert(id, open);
        }
        self.open.get_mut(&id).ok_or_else(|| "just opened".into())
    }

    /// The text this person may type into, if any.
    pub fn field(&self, id: &DocumentId) -> Option<&'static str> {
        let replica = self.replica.as_ref()?;
        let access = replica.access(id)?;
        if replica.head(id)?.unverified {
            return None;
        }
        match (access.role(&self.person), access.founding.kind) {
            (Role::Owner | Role::Writer, Kind::Visit) => Some("plan"),
            (Role::Owner | Role::Writer, Kind::Debrief) | (Role::Owner, Kind::NoteSet) => Some("notes"),
            (Role::Owner, Kind::Partnership) => Some("journal"),
            (Role::Owner, Kind::Goal) => Some("why"),
            _ => None,
        }
    }

    /// Types: one change, taken into the log. `at` and `delete` are bent to fit the text.
    pub fn splice(
        &mut self,
        now: u64,
        id: DocumentId,
        at: usize,
        delete: usize,
        insert: &str,
    ) -> Result<Vec<Effect>, String> {
        let Some(field) = self.field(&id) else { return Ok(Vec::new()) };
        let role = self.role(&id);
        let actor = ActorId::new(self.device, self.incarnation);
        let author = Author { person: self.person, role, at_ms: (now + self.skew) as i64, offset_ms: 0 };
        let open = self.open(id)?;
        let length = open.text(field).unwrap_or_default().encode_utf16().count();
        let at = at.min(length);
        let splice = Splice { at, delete: delete.min(length - at), insert: insert.into() };
        let edit = Edit::SpliceText { field: field.into(), splices: vec![splice] };
        let made = match open.edit(actor, &author, &edit) {
            Ok(Some(made)) => made,
            Ok(None) | Err(EditError::SplitsCharacter { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(format!("{} cannot type: {error}", self.name)),
        };
        let record = Record::sign(id, made.change, made.hash, made.builds_on, &self.key);
        let header = record.verify(id).map_err(|error| format!("{}'s own record: {error}", self.name))?;
        let Some(replica) = &mut self.replica else { return Ok(Vec::new()) };
        match replica.append(now + self.skew, id, record, &self.disk.handed) {
            Ok((_, commit, effects)) => {
                self.unsaved.push(Made { document: id, actor, seq: header.seq, hash: made.hash, commit });
                Ok(effects)
            }
            Err(LocalError::OutOfStep) => {
                // As a daemon does: read the document again and write under a fresh actor.
                self.open.remove(&id);
                self.incarnation[13] = self.incarnation[13].wrapping_add(1);
                self.incarnation[0] = self.incarnation[0].wrapping_add(1);
                Ok(Vec::new())
            }
            Err(error) => Err(format!("{} may type and may not append: {error}", self.name)),
        }
    }
}
