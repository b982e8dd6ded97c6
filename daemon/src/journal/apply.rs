//! Decides what one group of batches changes in the file: one redb transaction, prepared here, committed by the writer.

use std::collections::BTreeMap;

use redb::{Key, ReadableTable, Table, TableDefinition, TableHandle, Value, WriteTransaction};
use rounds_crdt::ids::{DeviceId, DocumentId};

use super::tables::{self, Bytes, DocumentRow, HashRow, Memory};
use super::{EDIT_IDS_MAX, Op, PeerSlot, Position, SaveError, Slot, VALUE_BYTES_MAX};
use crate::keys::{Generation, Keys, KeysError, SealingKey};

/// Why a group is not on disk.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Redb(#[from] redb::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the writer panicked")]
    Panicked,
    #[error("the file is not open")]
    NotOpen,
    /// One batch touches a document whose key does not open; the others can go on without it.
    #[error("the key of a document does not open")]
    KeyUnreadable(DocumentId),
}

macro_rules! through_redb_error {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Redb(error.into())
            }
        }
    )*};
}
through_redb_error!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::DatabaseError,
    redb::CompactionError
);

/// Refuses a batch that could never be saved, before anything is written.
pub(super) fn validate(ops: &[Op], last: &mut Position) -> Result<(), SaveError> {
    let mut reached = *last;
    for op in ops {
        let length = match op {
            Op::AppendRecord { position, bytes, .. } => {
                if *position <= reached {
                    return Err(SaveError::PositionNotRising { position: *position, last: reached });
                }
                reached = *position;
                bytes.len()
            }
            Op::PutEditId { id, .. } if id.len() > super::EDIT_ID_BYTES_MAX => {
                return Err(SaveError::EditIdTooLong { length: id.len() });
            }
            Op::PutSlot { bytes, .. } | Op::PutPeer { bytes, .. } | Op::PutMeta { bytes, .. } => bytes.len(),
            _ => 0,
        };
        if length > VALUE_BYTES_MAX {
            return Err(SaveError::ValueTooLong { length });
        }
    }
    *last = reached;
    Ok(())
}

/// A table opened when it is first needed.
struct Lazy<'t, K: Key + 'static, V: Value + 'static> {
    definition: TableDefinition<'static, K, V>,
    table: Option<Table<'t, K, V>>,
}

impl<'t, K: Key + 'static, V: Value + 'static> Lazy<'t, K, V> {
    fn new(definition: TableDefinition<'static, K, V>) -> Self {
        Self { definition, table: None }
    }

    fn get(&mut self, transaction: &'t WriteTransaction) -> Result<&mut Table<'t, K, V>, Failure> {
        let table = match self.table.take() {
            Some(table) => table,
            None => transaction.open_table(self.definition)?,
        };
        Ok(self.table.insert(table))
    }
}

/// One group on its way into a transaction.
pub(super) struct Group<'t> {
    transaction: &'t WriteTransaction,
    home: &'t SealingKey,
    generation_key: SealingKey,
    /// Keys known to be in the file before this group.
    cached: &'t dyn Fn(&DocumentId) -> Option<SealingKey>,
    /// Keys this group met; none for a document it forgot.
    document_keys: BTreeMap<DocumentId, Option<SealingKey>>,
    memory: Memory,
    keys: Lazy<'t, DocumentRow, tables::KeyValue>,
    heads: Lazy<'t, DocumentRow, Bytes>,
    access: Lazy<'t, DocumentRow, Bytes>,
    catalog: Lazy<'t, DocumentRow, Bytes>,
    snapshots: Lazy<'t, tables::SnapshotRow, Bytes>,
    pen: Lazy<'t, HashRow, Bytes>,
    refused: Lazy<'t, HashRow, Bytes>,
    records: Lazy<'t, tables::RecordRow, Bytes>,
    log: Lazy<'t, Position, tables::LogValue>,
    peers: Lazy<'t, tables::PeerRow, Bytes>,
    compare: Lazy<'t, tables::CompareRow, ()>,
    edits: Lazy<'t, tables::EditRow, Bytes>,
    edit_order: Lazy<'t, u64, tables::EditRow>,
}

/// What the writer takes over once the group is durable.
pub(super) struct Applied {
    pub(super) memory: Memory,
    pub(super) document_keys: BTreeMap<DocumentId, Option<SealingKey>>,
}

impl<'t> Group<'t> {
    pub(super) fn new(
        transaction: &'t WriteTransaction,
        keys: &'t Keys,
        cached: &'t dyn Fn(&DocumentId) -> Option<SealingKey>,
        memory: Memory,
    ) -> Result<Self, Failure> {
        let generation_key = keys.generation(memory.generation).ok_or(KeysError::WrongKey)?;
        Ok(Self {
            transaction,
            home: keys.home(),
            generation_key,
            cached,
            document_keys: BTreeMap::new(),
            memory,
            keys: Lazy::new(tables::KEYS),
            heads: Lazy::new(tables::HEADS),
            access: Lazy::new(tables::ACCESS),
            catalog: Lazy::new(tables::CATALOG),
            snapshots: Lazy::new(tables::SNAPSHOTS),
            pen: Lazy::new(tables::PEN),
            refused: Lazy::new(tables::REFUSED),
            records: Lazy::new(tables::RECORDS),
            log: Lazy::new(tables::LOG),
            peers: Lazy::new(tables::PEERS),
            compare: Lazy::new(tables::COMPARE),
            edits: Lazy::new(tables::EDITS),
            edit_order: Lazy::new(tables::EDIT_ORDER),
        })
    }

    /// Applies one op. Applying a whole group again, after an error that may have come too late to stop the commit,
    /// leads to the same content.
    pub(super) fn apply(&mut self, op: &Op) -> Result<(), Failure> {
        match op {
            Op::AppendRecord { position, document, origin, bytes } => {
                self.append_record(*position, document, origin.as_ref(), bytes)
            }
            Op::PutSlot { document, slot, bytes } => self.put_slot(document, slot, bytes),
            Op::RemoveSlot { document, slot } => self.remove_slot(document, slot),
            Op::DropRecords { document, through } => self.drop_records(document, *through),
            Op::RemoveRecord { document, position } => {
                let row = tables::record_row(document, *position);
                // A position that is another document's keeps its place in the log.
                if self.records.get(self.transaction)?.remove(&row)?.is_some() {
                    self.log.get(self.transaction)?.remove(*position)?;
                }
                Ok(())
            }
            Op::PutPeer { device, slot, bytes } => self.put_peer(device, *slot, bytes),
            Op::RemovePeer { device } => self.remove_peer(device),
            Op::SetCompare { device, document } => {
                self.compare.get(self.transaction)?.insert(&tables::compare_row(device, document), ())?;
                Ok(())
            }
            Op::ClearCompare { device, document } => {
                self.compare.get(self.transaction)?.remove(&tables::compare_row(device, document))?;
                Ok(())
            }
            Op::PutMeta { key, bytes } => {
                let name = tables::meta_name(key);
                let sealed = self.home.seal(tables::META.name(), name.as_bytes(), bytes)?;
                self.transaction.open_table(tables::META)?.insert(&name[..], &sealed[..])?;
                Ok(())
            }
            Op::PutEditId { document, id } => self.put_edit_id(document, id),
            Op::ForgetDocument { document } => self.forget(document),
        }
    }

    /// Writes what spans the group; with a new generation, seals all document keys under it, so that the old one can go.
    pub(super) fn finish(mut self, rotation: Option<(Generation, SealingKey)>) -> Result<Applied, Failure> {
        let mut state = self.transaction.open_table(tables::STATE)?;
        if let Some((generation, key)) = rotation {
            self.reseal_keys(&key)?;
            state.insert(tables::GENERATION, generation)?;
            self.memory.generation = generation;
        }
        state.insert(tables::LAST_POSITION, self.memory.last_position)?;
        Ok(Applied { memory: self.memory, document_keys: self.document_keys })
    }

    fn append_record(
        &mut self,
        position: Position,
        document: &DocumentId,
        origin: Option<&DeviceId>,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        let row = tables::record_row(document, position);
        let sealed = self.document_key(document)?.seal(tables::RECORDS.name(), &row, bytes)?;
        let origin = origin.map_or(Ok(0), |device| self.origin(device))?;
        self.records.get(self.transaction)?.insert(&row, &sealed[..])?;
        self.log.get(self.transaction)?.insert(position, &tables::log_value(document, origin))?;
        self.memory.last_position = self.memory.last_position.max(position);
        Ok(())
    }

    fn put_slot(&mut self, document: &DocumentId, slot: &Slot, bytes: &[u8]) -> Result<(), Failure> {
        let key = self.document_key(document)?;
        let row = document.as_bytes();
        match slot {
            Slot::Head => {
                let sealed = key.seal(tables::HEADS.name(), row, bytes)?;
                self.heads.get(self.transaction)?.insert(row, &sealed[..])?;
            }
            Slot::Access => {
                let sealed = key.seal(tables::ACCESS.name(), row, bytes)?;
                self.access.get(self.transaction)?.insert(row, &sealed[..])?;
            }
            Slot::Catalog => {
                let sealed = key.seal(tables::CATALOG.name(), row, bytes)?;
                self.catalog.get(self.transaction)?.insert(row, &sealed[..])?;
            }
            Slot::Snapshot => {
                let sealed = key.seal(tables::SNAPSHOTS.name(), row, bytes)?;
                self.put_snapshot(document, &sealed)?;
            }
            Slot::Pen(hash) => {
                let row = tables::hash_row(document, hash);
                let sealed = key.seal(tables::PEN.name(), &row, bytes)?;
                self.pen.get(self.transaction)?.insert(&row, &sealed[..])?;
            }
            Slot::Refused(hash) => {
                let row = tables::hash_row(document, hash);
                let sealed = key.seal(tables::REFUSED.name(), &row, bytes)?;
                self.refused.get(self.transaction)?.insert(&row, &sealed[..])?;
            }
        }
        Ok(())
    }

    fn put_snapshot(&mut self, document: &DocumentId, sealed: &[u8]) -> Result<(), Failure> {
        let table = self.snapshots.get(self.transaction)?;
        let mut rows: u16 = 0;
        for part in sealed.chunks(tables::SNAPSHOT_ROW_BYTES) {
            table.insert(&tables::snapshot_row(document, rows), part)?;
            rows += 1;
        }
        let rest = tables::snapshot_row(document, rows);
        table.retain_in::<&[u8; 22], _>(&rest..=&tables::snapshot_row(document, u16::MAX), |_, _| false)?;
        Ok(())
    }

    fn remove_slot(&mut self, document: &DocumentId, slot: &Slot) -> Result<(), Failure> {
        let transaction = self.transaction;
        match slot {
            Slot::Head => drop(self.heads.get(transaction)?.remove(document.as_bytes())?),
            Slot::Access => drop(self.access.get(transaction)?.remove(document.as_bytes())?),
            Slot::Catalog => drop(self.catalog.get(transaction)?.remove(document.as_bytes())?),
            Slot::Snapshot => self.put_snapshot(document, &[])?,
            Slot::Pen(hash) => drop(self.pen.get(transaction)?.remove(&tables::hash_row(document, hash))?),
            Slot::Refused(hash) => drop(self.refused.get(transaction)?.remove(&tables::hash_row(document, hash))?),
        }
        Ok(())
    }

    fn drop_records(&mut self, document: &DocumentId, through: Position) -> Result<(), Failure> {
        let mut dropped = Vec::new();
        let rows = tables::record_row(document, 0)..=tables::record_row(document, through);
        self.records.get(self.transaction)?.retain_in::<&[u8; 28], _>(rows.start()..=rows.end(), |row, _| {
            let (_, position) = tables::split::<20, 8, 28>(row);
            dropped.push(Position::from_be_bytes(position));
            false
        })?;
        let log = self.log.get(self.transaction)?;
        for position in dropped {
            log.remove(position)?;
        }
        Ok(())
    }

    fn put_peer(&mut self, device: &DeviceId, slot: PeerSlot, bytes: &[u8]) -> Result<(), Failure> {
        let row = tables::peer_row(device, slot);
        let sealed = self.home.seal(tables::PEERS.name(), &row, bytes)?;
        self.peers.get(self.transaction)?.insert(&row, &sealed[..])?;
        Ok(())
    }

    fn remove_peer(&mut self, device: &DeviceId) -> Result<(), Failure> {
        let (mut first, mut last) = ([0; 33], [u8::MAX; 33]);
        first[..32].copy_from_slice(device.as_bytes());
        last[..32].copy_from_slice(device.as_bytes());
        self.peers.get(self.transaction)?.retain_in::<&[u8; 33], _>(&first..=&last, |_, _| false)?;
        let first = tables::compare_row(device, &DocumentId::from_bytes([0; 20]));
        let last = tables::compare_row(device, &DocumentId::from_bytes([u8::MAX; 20]));
        self.compare.get(self.transaction)?.retain_in::<&[u8; 52], _>(&first..=&last, |_, ()| false)?;
        Ok(())
    }

    fn put_edit_id(&mut self, document: &DocumentId, id: &str) -> Result<(), Failure> {
        let row = tables::edit_row(document, id);
        let edits = self.edits.get(self.transaction)?;
        let order = self.edit_order.get(self.transaction)?;
        if edits.get(&row)?.is_some() {
            return Ok(());
        }
        let sequence = self.memory.edits.end;
        edits.insert(&row, &sequence.to_be_bytes()[..])?;
        order.insert(sequence, &row)?;
        self.memory.edits.end += 1;
        while self.memory.edits.end - self.memory.edits.start > EDIT_IDS_MAX {
            if let Some(oldest) = order.remove(self.memory.edits.start)? {
                edits.remove(oldest.value())?;
            }
            self.memory.edits.start += 1;
        }
        Ok(())
    }

    fn forget(&mut self, document: &DocumentId) -> Result<(), Failure> {
        for slot in [Slot::Head, Slot::Access, Slot::Catalog, Slot::Snapshot] {
            self.remove_slot(document, &slot)?;
        }
        self.drop_records(document, Position::MAX)?;
        let hashes = tables::hash_row(document, &[0; 32])..=tables::hash_row(document, &[u8::MAX; 32]);
        self.pen.get(self.transaction)?.retain_in::<&[u8; 52], _>(hashes.start()..=hashes.end(), |_, _| false)?;
        self.refused.get(self.transaction)?.retain_in::<&[u8; 52], _>(hashes.start()..=hashes.end(), |_, _| false)?;
        self.compare.get(self.transaction)?.retain(|row, ()| &row[32..] != document.as_bytes())?;
        self.keys.get(self.transaction)?.remove(document.as_bytes())?;
        self.document_keys.insert(*document, None);
        Ok(())
    }

    /// The document's key; a new document gets one here, in the same commit as its first value.
    fn document_key(&mut self, document: &DocumentId) -> Result<SealingKey, Failure> {
        match self.document_keys.get(document) {
            Some(Some(key)) => return Ok(key.clone()),
            Some(None) => {}
            None => {
                if let Some(key) = (self.cached)(document) {
                    return Ok(key);
                }
            }
        }
        let row = document.as_bytes();
        let table = self.keys.get(self.transaction)?;
        let stored = table.get(row)?.map(|sealed| *sealed.value());
        let key = match stored {
            Some(sealed) => {
                open_document_key(&self.generation_key, document, &sealed).ok_or(Failure::KeyUnreadable(*document))?
            }
            None => {
                let key = SealingKey::generate()?;
                table.insert(row, &seal_document_key(&self.generation_key, document, &key)?)?;
                key
            }
        };
        self.document_keys.insert(*document, Some(key.clone()));
        Ok(key)
    }

    fn reseal_keys(&mut self, fresh: &SealingKey) -> Result<(), Failure> {
        let table = self.keys.get(self.transaction)?;
        let mut resealed = Vec::new();
        for row in table.iter()? {
            let (document, sealed) = row?;
            let document = DocumentId::from_bytes(*document.value());
            // A key that does not open now would not open later either; its row stays as evidence.
            if let Some(key) = open_document_key(&self.generation_key, &document, sealed.value()) {
                resealed.push((document, seal_document_key(fresh, &document, &key)?));
            }
        }
        for (document, sealed) in resealed {
            table.insert(document.as_bytes(), &sealed)?;
        }
        Ok(())
    }

    /// The log's number for a device, drawn when its first record comes.
    fn origin(&mut self, device: &DeviceId) -> Result<u32, Failure> {
        if let Some(origin) = self.memory.origins.get(device) {
            return Ok(*origin);
        }
        let origin = self.memory.origins.values().max().map_or(1, |last| last + 1);
        self.transaction.open_table(tables::ORIGINS)?.insert(origin, device.as_bytes())?;
        self.memory.origins.insert(*device, origin);
        Ok(origin)
    }
}

type SealedKey = [u8; 72];

fn seal_document_key(generation: &SealingKey, document: &DocumentId, key: &SealingKey) -> Result<SealedKey, Failure> {
    let sealed = generation.seal(tables::KEYS.name(), document.as_bytes(), key.as_bytes())?;
    sealed.try_into().map_err(|_| std::io::Error::other("a sealed key has an unexpected length").into())
}

pub(super) fn open_document_key(
    generation: &SealingKey,
    document: &DocumentId,
    sealed: &SealedKey,
) -> Option<SealingKey> {
    let key = generation.open(tables::KEYS.name(), document.as_bytes(), sealed).ok()?;
    let key = zeroize::Zeroizing::new(key);
    SealingKey::from_slice(&key).ok()
}
