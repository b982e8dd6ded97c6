//! Decides what the engine asks of a disk: what to write, in one commit, and what to read back.

use serde::{Deserialize, Serialize};

use crate::access::{Access, DeviceCert};
use crate::clock::Clock;
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId, StartId};
use crate::record::{Proof, Record};
use crate::wire::{Cursor, Position};

/// One change to what is on disk; the writes of one commit become durable together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A record takes its place in the log.
    Record {
        /// Its place.
        position: Position,
        /// Its document.
        document: DocumentId,
        /// The device it came from; `None` when it was made here.
        origin: Option<DeviceId>,
        /// The record.
        record: Record,
    },
    /// A record leaves the log: it was written after its author's access ended.
    RemoveRecord {
        /// Its document.
        document: DocumentId,
        /// Its place.
        position: Position,
    },
    /// What the engine keeps of a document in memory.
    Head(DocumentId, Box<Head>),
    /// Who may do what with a document.
    Access(DocumentId, Box<Access>),
    /// A record waits.
    Pen(DocumentId, ChangeHash, Box<Penned>),
    /// A record waits no more.
    Unpen(DocumentId, ChangeHash),
    /// A record was refused for good.
    Refused(DocumentId, ChangeHash, Refusal),
    /// A snapshot takes the place of the document's earlier one and of its records up to a position.
    Snapshot {
        /// Its document.
        document: DocumentId,
        /// The snapshot.
        snapshot: Box<Snapshot>,
        /// Records up to here are in it.
        through: Position,
    },
    /// A document's snapshot and records go: they were not what their signatures said.
    Clear(DocumentId),
    /// A device whose log this one follows, or that follows this one's.
    Peer(DeviceId, Peer),
    /// A device is forgotten with its compare marks.
    ForgetPeer(DeviceId),
    /// A document must be compared with a device.
    Compare(DeviceId, DocumentId),
    /// It has been, durably on both sides.
    Compared(DeviceId, DocumentId),
    /// A certificate that verified.
    Cert(DeviceCert),
    /// The log's starts.
    Lineage(Lineage),
    /// A document, its key and all its words go; its id is remembered, so that it does not come back.
    Forget(DocumentId),
}

/// What the engine keeps of a document besides its access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How far each writer is known.
    pub clock: Clock,
    /// The last position in the log.
    pub last: Position,
    /// Where that record came from.
    pub last_origin: Option<DeviceId>,
    /// The last position of a record from anywhere else.
    pub last_other: Position,
    /// The snapshot has not been materialised yet: it is neither shown nor passed on.
    pub unverified: bool,
    /// Actors that wrote two changes with one number.
    pub quarantined: Vec<ActorId>,
    /// Actors whose records entered after access ended, because a member had built on them.
    pub late: Vec<ActorId>,
    /// How many records wait in the pen.
    pub penned: usize,
}

/// A record that waits, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Penned {
    /// The record.
    pub record: Record,
    /// What it waits for.
    pub waits: Waits,
}

/// What a record in the pen waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Waits {
    /// Earlier changes are missing.
    Missing,
    /// It was written after its author's access ended: it waits for a member's change on top of it.
    Member,
}

/// Why a record was refused for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// No certificate says whose device wrote it.
    #[error("nobody known owns the device that wrote it")]
    UnknownDevice,
    /// Damaged, too large, or of another kind.
    #[error("it is damaged or too large")]
    BadChange,
    /// The signature is not the device's.
    #[error("its signature is not the writing device's")]
    BadSignature,
    /// Its author was never allowed to write here.
    #[error("its author may not write in this document")]
    NotAWriter,
    /// Its actor wrote two changes with one number and is no longer followed.
    #[error("its writer's numbering broke; that writer is no longer followed")]
    Quarantined,
    /// The document is not held here.
    #[error("the document is not held here")]
    UnknownDocument,
}

/// A whole document as of a clock: Automerge's save, and each actor's last signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Each actor's tip with the signature that vouches for all its work up to there.
    pub tips: Clock,
    /// The proofs, in the clock's order.
    pub proofs: Vec<Proof>,
    /// One Automerge document chunk.
    pub bytes: Vec<u8>,
}

/// What is known of another device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Whose it is.
    pub person: PersonId,
    /// How far this device has come in its log.
    pub cursor: Option<Cursor>,
    /// How far it has come, durably, in this device's log.
    pub acked: Position,
    /// The last receipt given to it for a comparison that is durable here.
    pub given: Option<Cursor>,
    /// The last receipt had from it. When it does not remember giving it, it lost what it vouched for.
    pub received: Option<Cursor>,
}

/// The starts of a log, oldest first: a cursor is good when its start is here and its position within that start's stretch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage(pub Vec<(StartId, Position)>);

impl Lineage {
    /// Notes a new start whose first record will take `first`; forgets the oldest beyond the bound.
    pub fn begin(&mut self, start: StartId, first: Position) {
        self.0.push((start, first));
        let excess = self.0.len().saturating_sub(crate::limits::STARTS_MAX);
        self.0.drain(..excess);
    }

    /// Whether a cursor names a place this log really reached in the start it names.
    pub fn reached(&self, cursor: Cursor, end: Position) -> bool {
        let Some(index) = self.0.iter().position(|(start, _)| *start == cursor.start) else { return false };
        let stretch_end = self.0.get(index + 1).map_or(end, |(_, next_first)| next_first - 1);
        cursor.position <= stretch_end
    }
}

/// One record as it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place.
    pub position: Position,
    /// Its document.
    pub document: DocumentId,
    /// The device it came from.
    pub origin: Option<DeviceId>,
    /// The record.
    pub record: Record,
}

/// A document as it lies on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its snapshot, when it was compacted or received as one.
    pub snapshot: Option<Snapshot>,
    /// Records since, in log order.
    pub tail: Vec<(Position, Record)>,
}

/// Reading failed; the disk or its contents are damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("reading from disk failed: {0}")]
pub struct ReadError(pub String);

/// Reads what was handed over for writing, whether or not it is durable yet.
pub trait Store {
    /// Records after a position, in order, at most this many and about this many bytes.
    fn log_after(&self, after: Position, records_max: usize, bytes_max: usize) -> Result<Vec<LogEntry>, ReadError>;
    /// A document's snapshot and tail.
    fn document(&self, document: &DocumentId) -> Result<StoredDocument, ReadError>;
}

/// The records that wait in one document, by hash.
pub type Pen = Vec<(ChangeHash, Penned)>;

/// Everything the engine needs to start again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The log's last position.
    pub end: Position,
    /// The log's starts.
    pub lineage: Lineage,
    /// Every certificate.
    pub certs: Vec<DeviceCert>,
    /// Every document.
    pub documents: Vec<(DocumentId, Access, Head, Pen)>,
    /// Documents that were deleted for good.
    pub forgotten: Vec<DocumentId>,
    /// Documents that are stored and cannot be read: nothing is taken in for them, as if they had been deleted here.
    pub unreadable: Vec<DocumentId>,
    /// Every other device.
    pub peers: Vec<(DeviceId, Peer)>,
    /// The durable compare list.
    pub compare: Vec<(DeviceId, DocumentId)>,
}
