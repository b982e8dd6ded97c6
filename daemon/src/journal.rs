//! Decides when something is saved: sealed records, slots and marks in one redb file, committed in groups, in order.
//!
//! One thread writes. Everything that arrives while it commits goes into its next commit, and a batch's callback runs
//! only after the disk has the batch. When the disk refuses, the batches stay in memory, in order, the file is opened
//! anew (redb must be after an I/O error) and the commit is tried again until it works; meanwhile
//! [`storage`](Journal::storage) says so. Readers see committed batches only and run on their callers' threads.
//!
//! Values are sealed; ids, positions and the sizes of values are not.

mod apply;
mod compaction;
mod read;
mod tables;
mod writer;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use redb::{Builder, Database, DatabaseError};
use rounds_crdt::ids::{DeviceId, DocumentId};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::keys::Keys;
use crate::{places, platform};

pub use self::compaction::Compacted;
use self::writer::{Batch, Shared, WriterThread};

/// Where a record stands in this device's log; rises, never reused.
pub type Position = u64;

/// Documents are keyed by their id.
pub type DocumentKey = DocumentId;

/// Bytes redb may cache: its default is a gibibyte, and a daemon should be small.
pub const CACHE_BYTES: usize = 8 * 1024 * 1024;

/// Edit ids remembered: a page resends only what it never heard saved, at most some seconds of typing; a room of
/// tablets that all lost their daemon at once stays below a tenth of this.
pub const EDIT_IDS_MAX: u64 = 4_096;

/// Bytes of one edit id.
pub const EDIT_ID_BYTES_MAX: usize = rounds_crdt::limits::EDIT_ID_BYTES_MAX;

/// Bytes of one value: a snapshot of the largest allowed size, with room for its signatures.
pub const VALUE_BYTES_MAX: usize = rounds_crdt::limits::SNAPSHOT_BYTES_MAX + 4 * 1024 * 1024;

/// One change to what is on disk. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub enum Op {
    /// Adds a record to the log and to its document. Positions rise.
    AppendRecord {
        /// Its place in the log.
        position: Position,
        /// The document it belongs to.
        document: DocumentId,
        /// The device it came from; none for our own.
        origin: Option<DeviceId>,
        /// The record.
        bytes: Vec<u8>,
    },
    /// Sets one value of a document.
    PutSlot {
        /// The document.
        document: DocumentId,
        /// Which value.
        slot: Slot,
        /// The value.
        bytes: Vec<u8>,
    },
    /// Clears one value of a document.
    RemoveSlot {
        /// The document.
        document: DocumentId,
        /// Which value.
        slot: Slot,
    },
    /// Removes the document's records up to and with a position, from the log too: a snapshot holds them.
    DropRecords {
        /// The document.
        document: DocumentId,
        /// The last position to go.
        through: Position,
    },
    /// Removes one record, from the log too: it no longer belongs in the document.
    RemoveRecord {
        /// The document.
        document: DocumentId,
        /// The record's place.
        position: Position,
    },
    /// Sets one value about a peer.
    PutPeer {
        /// The peer.
        device: DeviceId,
        /// Which value.
        slot: PeerSlot,
        /// The value.
        bytes: Vec<u8>,
    },
    /// Removes all that is kept about a peer, its compare marks too.
    RemovePeer {
        /// The peer.
        device: DeviceId,
    },
    /// Marks a document as to be compared with a peer.
    SetCompare {
        /// The peer.
        device: DeviceId,
        /// The document.
        document: DocumentId,
    },
    /// Clears that mark.
    ClearCompare {
        /// The peer.
        device: DeviceId,
        /// The document.
        document: DocumentId,
    },
    /// Sets a value of the device's own.
    PutMeta {
        /// Its name, in clear on disk.
        key: String,
        /// The value.
        bytes: Vec<u8>,
    },
    /// Remembers that an edit was done in a document; beyond [`EDIT_IDS_MAX`] the oldest is forgotten.
    PutEditId {
        /// The document: the same id in another one names another edit.
        document: DocumentId,
        /// The id the page chose, at most [`EDIT_ID_BYTES_MAX`] bytes.
        id: String,
    },
    /// Removes a document and destroys its key.
    ForgetDocument {
        /// The document.
        document: DocumentId,
    },
}

/// The values a document has beside its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Its clock and state for the sync engine.
    Head,
    /// Its grants.
    Access,
    /// Its compacted past.
    Snapshot,
    /// What lists and search show of it.
    Catalog,
    /// A record that waits for what it builds on, by hash.
    Pen([u8; 32]),
    /// A record that was refused, by hash, with the reason.
    Refused([u8; 32]),
}

/// The values that every document has one of, and that start-up and search read for all documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    /// See [`Slot::Head`].
    Head,
    /// See [`Slot::Access`].
    Access,
    /// See [`Slot::Catalog`].
    Catalog,
}

/// The values kept about a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PeerSlot {
    /// How far each side is in the other's log.
    Cursor,
    /// Its certificate, keys and addresses.
    Known,
}

/// Whether the disk takes what it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageState {
    /// It does.
    Saving,
    /// It does not; what waits is kept in memory, in order, and tried again.
    NotSaving {
        /// A plain sentence.
        reason: String,
        /// What kind of trouble it is.
        trouble: DiskTrouble,
        /// Batches not yet on disk.
        waiting_batches: usize,
    },
}

/// Why the disk does not take what it is given; pages say it in their own language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiskTrouble {
    /// No room is left: freeing space helps.
    Full,
    /// The data folder may not be written to.
    Forbidden,
    /// It can only be read.
    ReadOnly,
    /// The data folder is gone.
    FolderGone,
    /// The journal is damaged.
    Damaged,
    /// A change can never be stored, so none after it is before the next start.
    GaveUp,
    /// Anything else.
    Other,
}

/// Why the journal cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another daemon has the folder.
    #[error("another daemon is using this data folder")]
    Locked,
    /// The journal was written by a newer version.
    #[error("the journal was written by a newer version of Rounds (its form is {found}, this version knows {known})")]
    NewerVersion {
        /// The form it says it has.
        found: u64,
        /// The newest form known here.
        known: u64,
    },
    /// The keys are not the ones this journal was sealed with.
    #[error("the keys of this data folder do not open its journal")]
    WrongKey,
    /// The file, or a value in it, is not what was written.
    #[error("the journal is damaged: {what}")]
    Damaged {
        /// What does not hold, without any content.
        what: String,
    },
    /// The disk refuses and the file cannot be read until it is opened again.
    #[error("the journal cannot be read while the disk refuses")]
    Unavailable,
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
    /// The disk refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// What was being read or written.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

/// What is said from then on when a change can never be stored.
const GAVE_UP: &str = "a change could not be stored, and none after it is: stop Rounds and start it again";

/// Why a batch will never be saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// The journal was closed before the disk took the batch.
    #[error("the journal was closed before this was saved")]
    Closed,
    /// It builds on one that will never be saved.
    #[error("what it builds on could not be saved")]
    BuildsOnLost,
    /// One before it never came: it builds on what is not known here.
    #[error("commit {number} does not follow commit {last}")]
    OutOfTurn {
        /// The number given.
        number: u64,
        /// The last one taken.
        last: u64,
    },
    /// A record's position is not above all before it.
    #[error("position {position} does not come after {last}")]
    PositionNotRising {
        /// The position given.
        position: Position,
        /// The last one taken.
        last: Position,
    },
    /// An edit id is too long.
    #[error("an edit id of {length} bytes is longer than {EDIT_ID_BYTES_MAX}")]
    EditIdTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The document's key does not open: its row was changed by something else.
    #[error("the key of document {document} does not open")]
    DocumentDamaged {
        /// The document.
        document: DocumentId,
    },
    /// A value is too long.
    #[error("a value of {length} bytes is longer than {VALUE_BYTES_MAX}")]
    ValueTooLong {
        /// Its length in bytes.
        length: usize,
    },
}

/// Called once, on the writer's thread: `Ok` when the batch is durable. It must be quick and must not wait.
pub type Done = Box<dyn FnOnce(Result<(), SaveError>) + Send>;

/// One record as the log gives it. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place in the log.
    pub position: Position,
    /// The document it belongs to.
    pub document: DocumentId,
    /// The device it came from; none for our own.
    pub origin: Option<DeviceId>,
    /// The record.
    pub bytes: Vec<u8>,
}

/// What is needed to open a document; all empty for an unknown one. Its `Debug` shows no content.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its compacted past.
    pub snapshot: Option<Vec<u8>>,
    /// The records since, by position.
    pub records: Vec<(Position, Vec<u8>)>,
    /// Records that wait, by hash.
    pub pen: Vec<([u8; 32], Vec<u8>)>,
}

/// What a start needs at once. Its `Debug` shows no content.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The highest position ever given to a record, dropped ones included.
    pub last_position: Position,
    /// The device's own values.
    pub meta: BTreeMap<String, Vec<u8>>,
    /// What is kept about each peer.
    pub peers: BTreeMap<DeviceId, BTreeMap<PeerSlot, Vec<u8>>>,
    /// Documents to compare, with whom.
    pub compare: Vec<(DeviceId, DocumentId)>,
    /// The edits that are remembered, the oldest first.
    pub edits: Vec<EditKey>,
}

/// By what an edit is remembered: half of the SHA-256 of its document and the id that it was given there.
pub type EditKey = [u8; 16];

/// The key of an edit's id in a document.
pub fn edit_key(document: &DocumentId, id: &str) -> EditKey {
    tables::edit_row(document, id)
}

/// How the journal's file is opened, again after each I/O error; tests put a failing disk here.
pub(crate) type Opener = Box<dyn Fn(&Path) -> Result<Database, DatabaseError> + Send>;

/// Opens the file where it lies.
pub(crate) fn real_disk() -> Opener {
    Box::new(|path| Builder::new().set_cache_size(CACHE_BYTES).open(path))
}

/// A handle on the journal; clones share it, and the last one to go closes it.
#[derive(Clone)]
pub struct Journal {
    writer: Arc<Writer>,
}

/// Ends the thread when nobody is left to give it work.
struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppendRecord { position, document, .. } => write!(f, "AppendRecord({position}, {document:?})"),
            Self::PutSlot { document, slot, .. } => write!(f, "PutSlot({document:?}, {slot:?})"),
            Self::RemoveSlot { document, slot } => write!(f, "RemoveSlot({document:?}, {slot:?})"),
            Self::DropRecords { document, through } => write!(f, "DropRecords({document:?}, {through})"),
            Self::RemoveRecord { document, position } => write!(f, "RemoveRecord({document:?}, {position})"),
            Self::PutPeer { device, slot, .. } => write!(f, "PutPeer({device:?}, {slot:?})"),
            Self::RemovePeer { device } => write!(f, "RemovePeer({device:?})"),
            Self::SetCompare { device, document } => write!(f, "SetCompare({device:?}, {document:?})"),
            Self::ClearCompare { device, document } => write!(f, "ClearCompare({device:?}, {document:?})"),
            Self::PutMeta { key, .. } => write!(f, "PutMeta({key:?})"),
            Self::PutEditId { document, .. } => write!(f, "PutEditId({document:?})"),
            Self::ForgetDocument { document } => write!(f, "ForgetDocument({document:?})"),
        }
    }
}

impl fmt::Debug for LogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogEntry({}, {:?}, {} bytes)", self.position, self.document, self.bytes.len())
    }
}

impl fmt::Debug for StoredDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot.as_ref().map_or(0, Vec::len);
        let (records, pen) = (self.records.len(), self.pen.len());
        write!(f, "StoredDocument(snapshot of {snapshot} bytes, {records} records, {pen} in the pen)")
    }
}

impl fmt::Debug for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovered")
            .field("last_position", &self.last_position)
            .field("meta", &self.meta.keys())
            .field("peers", &self.peers.keys())
            .field("compare", &self.compare)
            .field("edits", &self.edits.len())
            .finish()
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("storage", &*self.writer.shared.storage.borrow()).finish_non_exhaustive()
    }
}

impl Journal {
    /// Opens the journal of a folder, or makes one, and repairs what a crash left.
    pub fn open(folder: &Path, keys: Keys) -> Result<(Self, Recovered), JournalError> {
        Self::open_with(folder, keys, real_disk())
    }

    /// The same on a disk of the caller's.
    pub(crate) fn open_with(folder: &Path, keys: Keys, open: Opener) -> Result<(Self, Recovered), JournalError> {
        let path = folder.join(places::JOURNAL_FILE);
        if !path.exists() {
            tables::create(&path, &keys)?;
        }
        let database = tables::open(&path, &open)?;
        let generation = tables::contained("cannot be read", || tables::check(&database, &keys))?;
        // Finishes what a crash interrupted: the journal has moved to this generation, or never left it.
        keys.settle(generation).map_err(|error| JournalError::from_keys(&error, &path))?;
        let (memory, recovered) = tables::contained("cannot be read", || {
            let memory = tables::Memory::load(&database)?;
            let recovered = read::recover(&database, &keys, &memory)?;
            Ok((memory, recovered))
        })?;
        let shared = Arc::new(Shared::new(path.clone(), keys, database));
        let writer = WriterThread::new(shared.clone(), open, memory);
        let thread = thread::Builder::new()
            .name("journal".into())
            .spawn(move || writer.run())
            .map_err(|error| JournalError::Io { path, error })?;
        let writer = Writer { shared, thread: Mutex::new(Some(thread)) };
        Ok((Self { writer: Arc::new(writer) }, recovered))
    }

    /// Hands over a batch, which is saved whole or not at all, after all before it. Never waits. Without ops it is a
    /// barrier: `done` is called when everything before it is durable.
    pub fn commit(&self, ops: Vec<Op>, done: Done) {
        self.writer.shared.enqueue(Batch::new(ops, done));
    }

    /// The same for one of a series, in which each builds on all before it; they are numbered from 1 without a gap. Once
    /// one of them can never be saved, none after it is: what is on disk is what a power cut before it would have left.
    /// [`storage`](Self::storage) says so until the journal is opened again.
    pub fn commit_next(&self, number: u64, ops: Vec<Op>, done: Done) {
        self.writer.shared.enqueue(Batch::next(number, ops, done));
    }

    /// Whether the disk takes what it is given, and every change of that.
    pub fn storage(&self) -> watch::Receiver<StorageState> {
        self.writer.shared.storage.subscribe()
    }

    /// Rewrites the file as small as it gets, and waits for it; saving and reading wait meanwhile. It needs free space
    /// for the largest table once more; call it rarely, when nobody types, from a thread that may wait.
    pub fn compact(&self) -> Result<Compacted, JournalError> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.writer.shared.ask_compaction(answer);
        answered.recv().map_err(|_| JournalError::Closed)?
    }

    /// The disk space the journal takes.
    pub fn bytes_on_disk(&self) -> u64 {
        platform::bytes_on_disk(&self.writer.shared.path).unwrap_or(0)
    }

    /// Saves what waits, closes the file and gives the folder back, for all clones of this handle. When the disk
    /// refuses even now, what waits is lost, its callbacks are told, and this says [`JournalError::Unavailable`]; so it
    /// does where some of a series was lost before.
    pub fn close(self) -> Result<(), JournalError> {
        self.writer.end();
        if self.writer.shared.lost_batches() { Err(JournalError::Unavailable) } else { Ok(()) }
    }
}

impl Writer {
    fn end(&self) {
        self.shared.begin_closing();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A callback that drops the last handle runs on the thread itself, which ends when the callback returns.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id())
            && thread.join().is_err()
        {
            tracing::error!("the journal's writer ended in a panic");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
pub(crate) mod tests;
