//! Decides how committed values are read: unsealed, in order, and again when the file was being opened anew.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, TableHandle};
use rounds_crdt::ids::{DeviceId, DocumentId};

use super::apply::open_document_key;
use super::tables::{self, Memory};
use super::{Journal, JournalError, LogEntry, Position, Recovered, Slot, SlotKind, StoredDocument};
use crate::keys::{Keys, SealingKey};

/// How long a reader waits for the file to be opened anew after an I/O error: reopening takes milliseconds.
const REOPENING_MAX: Duration = Duration::from_secs(2);

/// Tries at a view whose generation of keys was destroyed while it was being taken: each takes a document forgotten.
const SNAPSHOTS_TRIED_MAX: usize = 16;

impl Journal {
    /// Records after a position, in order: at most `limit_records` and about `limit_bytes`, but one in any case.
    pub fn read_log(
        &self,
        after: Position,
        limit_records: usize,
        limit_bytes: usize,
    ) -> Result<Vec<LogEntry>, JournalError> {
        self.read(|reading| {
            let log = reading.transaction.open_table(tables::LOG)?;
            let records = reading.transaction.open_table(tables::RECORDS)?;
            let mut origins = Origins::default();
            let (mut entries, mut bytes_read) = (Vec::new(), 0);
            let Some(first) = after.checked_add(1) else { return Ok(entries) };
            for row in log.range(first..)?.take(limit_records.max(1)) {
                let (position, value) = row?;
                let position = position.value();
                let (document, origin) = tables::read_log_value(value.value());
                let row = tables::record_row(&document, position);
                let sealed =
                    records.get(&row)?.ok_or_else(|| JournalError::damaged("the log names a missing record"))?;
                bytes_read += sealed.value().len();
                if !entries.is_empty() && bytes_read > limit_bytes {
                    break;
                }
                let bytes = reading.unseal(&document, tables::RECORDS.name(), &row, sealed.value())?;
                let origin = origins.device(&reading.transaction, origin)?;
                entries.push(LogEntry { position, document, origin, bytes });
            }
            Ok(entries)
        })
    }

    /// What a start needs, as it is by now.
    pub fn recovered(&self) -> Result<Recovered, JournalError> {
        let shared = &self.writer.shared;
        shared.with_database(|database| recover(database, &shared.keys, &Memory::load(database)?))
    }

    /// All that is needed to open a document.
    pub fn read_document(&self, document: &DocumentId) -> Result<StoredDocument, JournalError> {
        self.read(|reading| {
            let mut stored = StoredDocument { snapshot: reading.snapshot(document)?, ..StoredDocument::default() };
            let records = reading.transaction.open_table(tables::RECORDS)?;
            let (first, last) = (tables::record_row(document, 0), tables::record_row(document, Position::MAX));
            for row in records.range::<&[u8; 28]>(&first..=&last)? {
                let (row, sealed) = row?;
                let (_, position) = tables::split::<20, 8, 28>(row.value());
                let bytes = reading.unseal(document, tables::RECORDS.name(), row.value(), sealed.value())?;
                stored.records.push((Position::from_be_bytes(position), bytes));
            }
            let pen = reading.transaction.open_table(tables::PEN)?;
            let (first, last) = (tables::hash_row(document, &[0; 32]), tables::hash_row(document, &[u8::MAX; 32]));
            for row in pen.range::<&[u8; 52]>(&first..=&last)? {
                let (row, sealed) = row?;
                let (_, hash) = tables::split::<20, 32, 52>(row.value());
                let bytes = reading.unseal(document, tables::PEN.name(), row.value(), sealed.value())?;
                stored.pen.push((hash, bytes));
            }
            Ok(stored)
        })
    }

    /// One value of a document.
    pub fn read_slot(&self, document: &DocumentId, slot: Slot) -> Result<Option<Vec<u8>>, JournalError> {
        self.read(|reading| {
            let by_document = match slot {
                Slot::Head => tables::HEADS,
                Slot::Access => tables::ACCESS,
                Slot::Catalog => tables::CATALOG,
                Slot::Snapshot => return reading.snapshot(document),
                Slot::Pen(hash) | Slot::Refused(hash) => {
                    let definition = if matches!(slot, Slot::Pen(_)) { tables::PEN } else { tables::REFUSED };
                    let row = tables::hash_row(document, &hash);
                    let table = reading.transaction.open_table(definition)?;
                    let Some(sealed) = table.get(&row)? else { return Ok(None) };
                    return reading.unseal(document, definition.name(), &row, sealed.value()).map(Some);
                }
            };
            let table = reading.transaction.open_table(by_document)?;
            let Some(sealed) = table.get(document.as_bytes())? else { return Ok(None) };
            reading.unseal(document, by_document.name(), document.as_bytes(), sealed.value()).map(Some)
        })
    }

    /// Shows every document's value of one kind, in the order of ids. Answers the documents whose value does not open;
    /// the others are shown all the same. `show` must not use the journal.
    pub fn for_each(
        &self,
        kind: SlotKind,
        show: &mut dyn FnMut(DocumentId, Vec<u8>),
    ) -> Result<Vec<DocumentId>, JournalError> {
        // Continued, not repeated, when the file has to be opened anew in the middle.
        let mut after: Option<DocumentId> = None;
        let mut unreadable = Vec::new();
        self.read(|reading| {
            let definition = kind.table();
            let values = reading.transaction.open_table(definition)?;
            let keys = reading.transaction.open_table(tables::KEYS)?;
            let first = after.map_or([0; 20], |document| *document.as_bytes());
            // Both tables are in the order of ids: one pass over each finds every key without searching for it.
            let mut keys = keys.range::<&[u8; 20]>(&first..)?;
            for row in values.range::<&[u8; 20]>(&first..)? {
                let (document, sealed) = row?;
                let document = DocumentId::from_bytes(*document.value());
                if after == Some(document) {
                    continue;
                }
                let key = loop {
                    let Some(row) = keys.next() else { break None };
                    let (owner, sealed) = row?;
                    match owner.value().cmp(document.as_bytes()) {
                        std::cmp::Ordering::Less => {}
                        std::cmp::Ordering::Equal => {
                            break open_document_key(&reading.generation, &document, sealed.value());
                        }
                        std::cmp::Ordering::Greater => break None,
                    }
                };
                let value = key.and_then(|key| key.open(definition.name(), document.as_bytes(), sealed.value()).ok());
                after = Some(document);
                match value {
                    Some(value) => show(document, value),
                    None => unreadable.push(document),
                }
            }
            Ok(())
        })?;
        Ok(unreadable)
    }

    fn read<T>(&self, mut read: impl FnMut(&Reading<'_>) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let shared = &self.writer.shared;
        let deadline = Instant::now() + REOPENING_MAX;
        loop {
            let openings = shared.openings();
            let outcome = shared.with_database(|database| {
                let reading = Reading::new(database, &shared.keys, shared)?;
                read(&reading)
            });
            let failed = match outcome {
                Err(error @ (JournalError::Unavailable | JournalError::Io { .. })) => error,
                other => return other,
            };
            // The file refuses everything after an I/O error, a reader's too, until it is opened anew.
            if !shared.ask_reopening(openings, deadline) {
                return Err(failed);
            }
        }
    }
}

/// One moment of the file, and the key that opens its document keys.
struct Reading<'j> {
    transaction: ReadTransaction,
    generation: SealingKey,
    epoch: u64,
    shared: &'j super::writer::Shared,
}

impl<'j> Reading<'j> {
    fn new(database: &Database, keys: &Keys, shared: &'j super::writer::Shared) -> Result<Self, JournalError> {
        for _ in 0..SNAPSHOTS_TRIED_MAX {
            let epoch = shared.document_keys().epoch();
            let transaction = database.begin_read()?;
            let generation =
                transaction.open_table(tables::STATE)?.get(tables::GENERATION)?.map_or(0, |row| row.value());
            // Gone when a document was forgotten since: a newer moment of the file is under a newer generation.
            if let Some(generation) = keys.generation(generation) {
                return Ok(Self { transaction, generation, epoch, shared });
            }
        }
        Err(JournalError::Unavailable)
    }

    fn document_key(&self, document: &DocumentId) -> Result<SealingKey, JournalError> {
        if let Some(key) = self.shared.document_keys().get(document, self.epoch) {
            return Ok(key);
        }
        let table = self.transaction.open_table(tables::KEYS)?;
        let sealed =
            table.get(document.as_bytes())?.ok_or_else(|| JournalError::damaged("a document's key is missing"))?;
        let key = open_document_key(&self.generation, document, sealed.value())
            .ok_or_else(|| JournalError::damaged("a document's key does not open"))?;
        self.shared.document_keys().put(*document, key.clone(), self.epoch);
        Ok(key)
    }

    fn unseal(&self, document: &DocumentId, table: &str, row: &[u8], sealed: &[u8]) -> Result<Vec<u8>, JournalError> {
        let key = self.document_key(document)?;
        key.open(table, row, sealed).map_err(|_| JournalError::damaged("a value of a document does not open"))
    }

    fn snapshot(&self, document: &DocumentId) -> Result<Option<Vec<u8>>, JournalError> {
        let table = self.transaction.open_table(tables::SNAPSHOTS)?;
        let (first, last) = (tables::snapshot_row(document, 0), tables::snapshot_row(document, u16::MAX));
        let mut sealed = Vec::new();
        for row in table.range::<&[u8; 22]>(&first..=&last)? {
            sealed.extend_from_slice(row?.1.value());
        }
        if sealed.is_empty() {
            return Ok(None);
        }
        self.unseal(document, tables::SNAPSHOTS.name(), document.as_bytes(), &sealed).map(Some)
    }
}

/// Devices by the log's numbers, looked up once a read.
#[derive(Default)]
struct Origins(BTreeMap<u32, DeviceId>);

impl Origins {
    fn device(&mut self, transaction: &ReadTransaction, origin: u32) -> Result<Option<DeviceId>, JournalError> {
        if origin == 0 {
            return Ok(None);
        }
        if let Some(device) = self.0.get(&origin) {
            return Ok(Some(*device));
        }
        let table = transaction.open_table(tables::ORIGINS)?;
        let device = table.get(origin)?.ok_or_else(|| JournalError::damaged("the log names an unknown device"))?;
        let device = DeviceId::from_bytes(*device.value());
        self.0.insert(origin, device);
        Ok(Some(device))
    }
}

/// Reads what a start needs.
pub(super) fn recover(database: &Database, keys: &Keys, memory: &Memory) -> Result<Recovered, JournalError> {
    let transaction = database.begin_read()?;
    let mut recovered = Recovered { last_position: memory.last_position, ..Recovered::default() };
    for row in transaction.open_table(tables::META)?.iter()? {
        let (name, sealed) = row?;
        let Some(key) = tables::caller_meta(name.value()) else { continue };
        let value = keys
            .home()
            .open(tables::META.name(), name.value().as_bytes(), sealed.value())
            .map_err(|_| JournalError::damaged("a value of this device does not open"))?;
        recovered.meta.insert(key.to_owned(), value);
    }
    for row in transaction.open_table(tables::PEERS)?.iter()? {
        let (row, sealed) = row?;
        let (device, [slot]) = tables::split::<32, 1, 33>(row.value());
        let slot = tables::peer_slot(slot).ok_or_else(|| JournalError::damaged("an unknown value about a peer"))?;
        let value = keys
            .home()
            .open(tables::PEERS.name(), row.value(), sealed.value())
            .map_err(|_| JournalError::damaged("a value about a peer does not open"))?;
        recovered.peers.entry(DeviceId::from_bytes(device)).or_default().insert(slot, value);
    }
    for row in transaction.open_table(tables::COMPARE)?.iter()? {
        let (device, document) = tables::split::<32, 20, 52>(row?.0.value());
        recovered.compare.push((DeviceId::from_bytes(device), DocumentId::from_bytes(document)));
    }
    for row in transaction.open_table(tables::EDIT_ORDER)?.iter()? {
        recovered.edits.push(*row?.1.value());
    }
    Ok(recovered)
}
