//! Decides what lies where in the journal's file: tables, row keys, the state that spans commits, errors in our words.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition, TableHandle,
};
use rounds_crdt::ids::{DeviceId, DocumentId};
use sha2::{Digest, Sha256};

use super::{CACHE_BYTES, JournalError, Opener, PeerSlot, Position, SlotKind};
use crate::keys::{Generation, Keys, KeysError, SEALING_BYTES};
use crate::{places, platform};

/// The form of the journal that this version writes.
pub(super) const JOURNAL_FORMAT: u64 = 1;

/// Bytes of a snapshot in one row: an eighth of a page, so that rows fill pages well whatever a snapshot's size.
pub(super) const SNAPSHOT_ROW_BYTES: usize = 480;

/// Bytes of a sealed document key.
const SEALED_KEY_BYTES: usize = 32 + SEALING_BYTES;

const DOCUMENT: usize = DocumentId::LENGTH;
const DEVICE: usize = DeviceId::LENGTH;

pub(super) type DocumentRow = &'static [u8; DOCUMENT];
pub(super) type HashRow = &'static [u8; DOCUMENT + 32];
pub(super) type SnapshotRow = &'static [u8; DOCUMENT + 2];
pub(super) type RecordRow = &'static [u8; DOCUMENT + 8];
pub(super) type PeerRow = &'static [u8; DEVICE + 1];
pub(super) type CompareRow = &'static [u8; DEVICE + DOCUMENT];
pub(super) type LogValue = &'static [u8; DOCUMENT + 4];
pub(super) type EditRow = &'static [u8; 16];
pub(super) type KeyValue = &'static [u8; SEALED_KEY_BYTES];
pub(super) type Bytes = &'static [u8];

/// Numbers in clear: the file's form, the current generation of document keys, the highest position.
pub(super) const STATE: TableDefinition<&str, u64> = TableDefinition::new("state");
pub(super) const META: TableDefinition<&str, Bytes> = TableDefinition::new("meta");
pub(super) const KEYS: TableDefinition<DocumentRow, KeyValue> = TableDefinition::new("keys");
pub(super) const HEADS: TableDefinition<DocumentRow, Bytes> = TableDefinition::new("heads");
pub(super) const ACCESS: TableDefinition<DocumentRow, Bytes> = TableDefinition::new("access");
pub(super) const CATALOG: TableDefinition<DocumentRow, Bytes> = TableDefinition::new("catalog");
/// Sealed whole, then cut into rows.
pub(super) const SNAPSHOTS: TableDefinition<SnapshotRow, Bytes> = TableDefinition::new("snapshots");
pub(super) const PEN: TableDefinition<HashRow, Bytes> = TableDefinition::new("pen");
pub(super) const REFUSED: TableDefinition<HashRow, Bytes> = TableDefinition::new("refused");
/// By document, so that one is read in one go; the log says which document a position belongs to.
pub(super) const RECORDS: TableDefinition<RecordRow, Bytes> = TableDefinition::new("records");
pub(super) const LOG: TableDefinition<Position, LogValue> = TableDefinition::new("log");
/// Devices by the short number the log uses for them; 0 is this device.
pub(super) const ORIGINS: TableDefinition<u32, &[u8; DEVICE]> = TableDefinition::new("origins");
pub(super) const PEERS: TableDefinition<PeerRow, Bytes> = TableDefinition::new("peers");
pub(super) const COMPARE: TableDefinition<CompareRow, ()> = TableDefinition::new("compare");
/// A sequence number, then the sealed answer.
pub(super) const EDITS: TableDefinition<EditRow, Bytes> = TableDefinition::new("edits");
pub(super) const EDIT_ORDER: TableDefinition<u64, EditRow> = TableDefinition::new("edit order");

pub(super) const FORMAT: &str = "format";
pub(super) const GENERATION: &str = "generation";
pub(super) const LAST_POSITION: &str = "last position";

/// Sealed at the start under the home key, so that other keys are noticed before anything is read.
const PROOF: &str = "proof";

impl SlotKind {
    pub(super) fn table(self) -> TableDefinition<'static, DocumentRow, Bytes> {
        match self {
            Self::Head => HEADS,
            Self::Access => ACCESS,
            Self::Catalog => CATALOG,
        }
    }
}

pub(super) fn hash_row(document: &DocumentId, hash: &[u8; 32]) -> [u8; DOCUMENT + 32] {
    joined(document.as_bytes(), hash)
}

pub(super) fn snapshot_row(document: &DocumentId, part: u16) -> [u8; DOCUMENT + 2] {
    joined(document.as_bytes(), &part.to_be_bytes())
}

pub(super) fn record_row(document: &DocumentId, position: Position) -> [u8; DOCUMENT + 8] {
    joined(document.as_bytes(), &position.to_be_bytes())
}

pub(super) fn compare_row(device: &DeviceId, document: &DocumentId) -> [u8; DEVICE + DOCUMENT] {
    joined(device.as_bytes(), document.as_bytes())
}

pub(super) fn peer_row(device: &DeviceId, slot: PeerSlot) -> [u8; DEVICE + 1] {
    joined(device.as_bytes(), &[peer_slot_number(slot)])
}

pub(super) fn log_value(document: &DocumentId, origin: u32) -> [u8; DOCUMENT + 4] {
    joined(document.as_bytes(), &origin.to_be_bytes())
}

pub(super) fn read_log_value(value: &[u8; DOCUMENT + 4]) -> (DocumentId, u32) {
    let (document, origin) = split(value);
    (DocumentId::from_bytes(document), u32::from_be_bytes(origin))
}

/// Ids are hashed to make rows short and of one length; the document, of one length too, comes first.
pub(super) fn edit_row(document: &DocumentId, id: &str) -> [u8; 16] {
    let named = Sha256::new().chain_update(document.as_bytes()).chain_update(id.as_bytes());
    let (row, _) = split::<16, 16, 32>(&named.finalize().into());
    row
}

pub(super) fn peer_slot(number: u8) -> Option<PeerSlot> {
    [PeerSlot::Cursor, PeerSlot::Known].into_iter().find(|slot| peer_slot_number(*slot) == number)
}

fn peer_slot_number(slot: PeerSlot) -> u8 {
    match slot {
        PeerSlot::Cursor => 0,
        PeerSlot::Known => 1,
    }
}

fn joined<const A: usize, const B: usize, const N: usize>(head: &[u8; A], tail: &[u8; B]) -> [u8; N] {
    const { assert!(A + B == N) };
    let mut row = [0; N];
    row[..A].copy_from_slice(head);
    row[A..].copy_from_slice(tail);
    row
}

pub(super) fn split<const A: usize, const B: usize, const N: usize>(row: &[u8; N]) -> ([u8; A], [u8; B]) {
    const { assert!(A + B == N) };
    let (mut head, mut tail) = ([0; A], [0; B]);
    head.copy_from_slice(&row[..A]);
    tail.copy_from_slice(&row[A..]);
    (head, tail)
}

/// What the writer knows of the file without reading it again; reloaded whenever the file is opened anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    pub(super) last_position: Position,
    pub(super) generation: Generation,
    /// The sequence numbers of the edit ids that are remembered; none is missing in between.
    pub(super) edits: Range<u64>,
    pub(super) origins: BTreeMap<DeviceId, u32>,
}

impl Memory {
    pub(super) fn load(database: &Database) -> Result<Self, JournalError> {
        let transaction = database.begin_read()?;
        let state = transaction.open_table(STATE)?;
        let number = |name: &str| Ok::<_, JournalError>(state.get(name)?.map_or(0, |value| value.value()));
        let order = transaction.open_table(EDIT_ORDER)?;
        let mut origins = BTreeMap::new();
        for row in transaction.open_table(ORIGINS)?.iter()? {
            let (origin, device) = row?;
            origins.insert(DeviceId::from_bytes(*device.value()), origin.value());
        }
        let first = order.first()?.map_or(0, |(sequence, _)| sequence.value());
        let end = order.last()?.map_or(0, |(sequence, _)| sequence.value() + 1);
        Ok(Self { last_position: number(LAST_POSITION)?, generation: number(GENERATION)?, edits: first..end, origins })
    }
}

/// Makes an empty journal, whole or not at all: a crash leaves a file of another name, which is made again.
pub(super) fn create(path: &Path, keys: &Keys) -> Result<(), JournalError> {
    let unfinished = path.with_extension("redb.new");
    let io = |error| JournalError::Io { path: path.to_owned(), error };
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    let file = platform::open_private_file(&unfinished).map_err(io)?;
    let database = Builder::new().set_cache_size(CACHE_BYTES).create(&unfinished)?;
    let transaction = database.begin_write()?;
    {
        let mut state = transaction.open_table(STATE)?;
        state.insert(FORMAT, JOURNAL_FORMAT)?;
        state.insert(GENERATION, keys.newest_generation())?;
        let proof = keys.home().seal(META.name(), PROOF.as_bytes(), b"").map_err(io)?;
        transaction.open_table(META)?.insert(PROOF, &proof[..])?;
        for slot in [HEADS, ACCESS, CATALOG] {
            transaction.open_table(slot)?;
        }
        for slot in [PEN, REFUSED] {
            transaction.open_table(slot)?;
        }
        transaction.open_table(KEYS)?;
        transaction.open_table(SNAPSHOTS)?;
        transaction.open_table(RECORDS)?;
        transaction.open_table(LOG)?;
        transaction.open_table(ORIGINS)?;
        transaction.open_table(PEERS)?;
        transaction.open_table(COMPARE)?;
        transaction.open_table(EDITS)?;
        transaction.open_table(EDIT_ORDER)?;
    }
    transaction.commit()?;
    database.close()?;
    file.sync_all().map_err(io)?;
    fs::rename(&unfinished, path).map_err(io)?;
    platform::sync_folder(path.parent().unwrap_or_else(|| Path::new("."))).map_err(io)
}

/// Opens the file and repairs what a crash left.
pub(super) fn open(path: &Path, open: &Opener) -> Result<Database, JournalError> {
    contained("cannot be opened", || open(path).map_err(JournalError::from))
}

/// Does something with the file; redb may panic over one that something else has changed.
pub(super) fn contained<T>(what: &str, work: impl FnOnce() -> Result<T, JournalError>) -> Result<T, JournalError> {
    let damaged = |_| JournalError::Damaged { what: format!("{} {what}", places::JOURNAL_FILE) };
    catch_unwind(AssertUnwindSafe(work)).map_err(damaged)?
}

/// Refuses a journal of a newer version or of other keys; answers the generation its document keys are sealed under.
pub(super) fn check(database: &Database, keys: &Keys) -> Result<Generation, JournalError> {
    let transaction = database.begin_read()?;
    let state = transaction.open_table(STATE)?;
    let found = state.get(FORMAT)?.map_or(0, |value| value.value());
    if found > JOURNAL_FORMAT {
        return Err(JournalError::NewerVersion { found, known: JOURNAL_FORMAT });
    }
    let meta = transaction.open_table(META)?;
    let proof = meta.get(PROOF)?.ok_or(JournalError::WrongKey)?;
    keys.home().open(META.name(), PROOF.as_bytes(), proof.value()).map_err(|_| JournalError::WrongKey)?;
    let generation = state.get(GENERATION)?.map_or(0, |value| value.value());
    keys.generation(generation).map(|_| generation).ok_or(JournalError::WrongKey)
}

/// The row of a caller's own value, kept apart from ours.
pub(super) fn meta_name(key: &str) -> String {
    format!("/{key}")
}

/// The caller's name for a row; none for ours.
pub(super) fn caller_meta(name: &str) -> Option<&str> {
    name.strip_prefix('/')
}

impl JournalError {
    pub(super) fn damaged(what: &str) -> Self {
        Self::Damaged { what: what.to_owned() }
    }

    pub(super) fn from_keys(error: &KeysError, path: &Path) -> Self {
        let kind = error.disk().map_or(std::io::ErrorKind::Other, std::io::Error::kind);
        Self::Io { path: path.to_owned(), error: std::io::Error::new(kind, error.to_string()) }
    }
}

impl From<StorageError> for JournalError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::PreviousIo | StorageError::DatabaseClosed => Self::Unavailable,
            StorageError::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Self::Damaged { what: error.to_string() }
            }
            StorageError::Io(error) => Self::Io { path: places::JOURNAL_FILE.into(), error },
            other => Self::Damaged { what: other.to_string() },
        }
    }
}

impl From<DatabaseError> for JournalError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => Self::Locked,
            DatabaseError::Storage(error) => error.into(),
            other => Self::Damaged { what: other.to_string() },
        }
    }
}

impl From<redb::Error> for JournalError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::PreviousIo | redb::Error::DatabaseClosed => Self::Unavailable,
            redb::Error::Io(error) => StorageError::Io(error).into(),
            other => Self::Damaged { what: other.to_string() },
        }
    }
}

macro_rules! through_redb_error {
    ($($error:ty),*) => {$(
        impl From<$error> for JournalError {
            fn from(error: $error) -> Self {
                redb::Error::from(error).into()
            }
        }
    )*};
}
through_redb_error!(redb::TableError, redb::TransactionError, redb::CommitError);
