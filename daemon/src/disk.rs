//! Decides how the engine's writes lie in the journal, and lets the engine read what it handed over before it is durable.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use rounds_crdt::access::{Access, DeviceCert};
use rounds_crdt::ids::{DeviceId, DocumentId};
use rounds_crdt::record::Record;
use rounds_crdt::replica::{
    CommitId, Head, LogEntry, Peer, Penned, ReadError, Recovered, Store, StoredDocument, Write,
};
use rounds_crdt::wire::Position;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::journal::{self, Journal, JournalError, Op, PeerSlot, Slot, SlotKind};
use crate::lock;

const META_LINEAGE: &str = "lineage";
const META_CERT: &str = "cert/";
const META_FORGOTTEN: &str = "forgotten/";
const META_IDLE_MINUTES: &str = "idle minutes";

/// The journal as the engine sees it: what is durable, and on top what was handed over and is not durable yet.
#[derive(Debug)]
pub(crate) struct Disk {
    journal: Journal,
    pending: Mutex<VecDeque<(CommitId, Vec<Write>)>>,
    /// How many of the next reads are a fault of ours.
    #[cfg(test)]
    pub(crate) faults: std::sync::atomic::AtomicUsize,
    /// The document whose reads are; of any when there is none.
    #[cfg(test)]
    pub(crate) faulty: Mutex<Option<DocumentId>>,
    /// Whether reads of documents wait, and how many do.
    #[cfg(test)]
    pub(crate) held: (std::sync::atomic::AtomicBool, std::sync::atomic::AtomicUsize),
}

impl Disk {
    pub(crate) fn new(journal: Journal) -> Self {
        Self {
            journal,
            pending: Mutex::default(),
            #[cfg(test)]
            faults: std::sync::atomic::AtomicUsize::new(0),
            #[cfg(test)]
            faulty: Mutex::default(),
            #[cfg(test)]
            held: Default::default(),
        }
    }

    #[cfg(test)]
    fn may_fault(&self, document: &DocumentId) {
        use std::sync::atomic::Ordering::SeqCst;
        if self.faulty.lock().expect("no panic under it").is_some_and(|faulty| faulty != *document) {
            return;
        }
        let faulty = self.faults.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok();
        assert!(!faulty, "a fault of ours, which a test wanted");
    }

    #[cfg(test)]
    fn may_wait(&self) {
        use std::sync::atomic::Ordering::SeqCst;
        let (held, waiting) = &self.held;
        waiting.fetch_add(1, SeqCst);
        while held.load(SeqCst) {
            std::thread::yield_now();
        }
        waiting.fetch_sub(1, SeqCst);
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Notes the writes of a commit, until it is durable, and spells them for the journal.
    pub(crate) fn stage(&self, commit: CommitId, writes: Vec<Write>) -> Vec<Op> {
        let ops = writes.iter().flat_map(ops).collect();
        let read_back = writes.into_iter().filter(is_read_back).collect();
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).push_back((commit, read_back));
        ops
    }

    /// Forgets the copies of what is durable.
    pub(crate) fn settled(&self, commit: CommitId) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        while pending.front().is_some_and(|(id, _)| *id <= commit) {
            pending.pop_front();
        }
    }

    fn pending(&self, mut each: impl FnMut(&Write)) {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.iter().flat_map(|(_, writes)| writes).for_each(&mut each);
    }
}

/// Whether reading back may need a write before it is durable.
fn is_read_back(write: &Write) -> bool {
    matches!(
        write,
        Write::Record { .. } | Write::RemoveRecord { .. } | Write::Snapshot { .. } | Write::Clear(_) | Write::Forget(_)
    )
}

impl Store for Disk {
    fn log_after(&self, after: Position, records_max: usize, bytes_max: usize) -> Result<Vec<LogEntry>, ReadError> {
        // The pending copies are taken first: what settles meanwhile is then in the journal.
        let mut pending = Vec::new();
        self.pending(|write| {
            if matches!(write, Write::Record { position, .. } if *position <= after) {
                return;
            }
            pending.push(write.clone());
        });
        let (stored, read_to, complete) = loop {
            let stored = self.journal.read_log(after, records_max, bytes_max).map_err(unreadable)?;
            let read_to = stored.last().map_or(after, |entry| entry.position);
            // A read stops early for its own reasons: only where nothing durable follows may what is pending follow on.
            let complete = self.journal.read_log(read_to, 1, 1).map_err(unreadable)?.is_empty();
            if complete || !stored.is_empty() {
                break (stored, read_to, complete);
            }
        };
        let mut entries: Vec<LogEntry> = stored.into_iter().filter_map(entry).collect();
        for write in pending {
            match write {
                Write::Record { position, document, origin, record } if complete && position > read_to => {
                    entries.push(LogEntry { position, document, origin, record });
                }
                Write::RemoveRecord { document: _, position } => entries.retain(|entry| entry.position != position),
                Write::Snapshot { document, through, .. } => {
                    entries.retain(|entry| entry.document != document || entry.position > through);
                }
                Write::Clear(document) | Write::Forget(document) => entries.retain(|entry| entry.document != document),
                _ => {}
            }
        }
        entries.truncate(records_max);
        Ok(entries)
    }

    fn document(&self, document: &DocumentId) -> Result<StoredDocument, ReadError> {
        #[cfg(test)]
        {
            self.may_fault(document);
            self.may_wait();
        }
        let mut pending = Vec::new();
        self.pending(|write| {
            if touches(write, document) {
                pending.push(write.clone());
            }
        });
        let stored = self.journal.read_document(document).map_err(unreadable)?;
        let snapshot = match stored.snapshot {
            Some(bytes) => Some(read_back(&bytes)?),
            None => None,
        };
        let tail = stored.records.into_iter().map(|(position, bytes)| Ok((position, record(&bytes)?)));
        let mut whole = StoredDocument { snapshot, tail: tail.collect::<Result<_, ReadError>>()? };
        for write in pending {
            match write {
                Write::Record { position, record, .. } => {
                    if whole.tail.iter().all(|(known, _)| *known != position) {
                        let index = whole.tail.partition_point(|(known, _)| *known < position);
                        whole.tail.insert(index, (position, record));
                    }
                }
                Write::RemoveRecord { position, .. } => whole.tail.retain(|(known, _)| *known != position),
                Write::Snapshot { snapshot, through, .. } => {
                    whole.snapshot = Some(*snapshot);
                    whole.tail.retain(|(position, _)| *position > through);
                }
                _ => whole = StoredDocument::default(),
            }
        }
        Ok(whole)
    }
}

fn touches(write: &Write, wanted: &DocumentId) -> bool {
    match write {
        Write::Record { document, .. } | Write::RemoveRecord { document, .. } | Write::Snapshot { document, .. } => {
            document == wanted
        }
        Write::Clear(document) | Write::Forget(document) => document == wanted,
        _ => false,
    }
}

fn entry(entry: journal::LogEntry) -> Option<LogEntry> {
    let record = Record::from_bytes(&entry.bytes)?;
    Some(LogEntry { position: entry.position, document: entry.document, origin: entry.origin, record })
}

fn record(bytes: &[u8]) -> Result<Record, ReadError> {
    Record::from_bytes(bytes).ok_or_else(|| ReadError("a record is damaged".into()))
}

fn unreadable(error: JournalError) -> ReadError {
    ReadError(error.to_string())
}

fn read_back<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ReadError> {
    postcard::from_bytes(bytes).map_err(|_| ReadError("a value is not what was written".into()))
}

fn bytes<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap_or_default() // in-memory serialisation of plain data does not fail
}

fn ops(write: &Write) -> Vec<Op> {
    let slot = |document: &DocumentId, slot: Slot, bytes: Vec<u8>| Op::PutSlot { document: *document, slot, bytes };
    match write {
        Write::Record { position, document, origin, record } => vec![Op::AppendRecord {
            position: *position,
            document: *document,
            origin: *origin,
            bytes: record.to_bytes(),
        }],
        Write::RemoveRecord { document, position } => {
            vec![Op::RemoveRecord { document: *document, position: *position }]
        }
        Write::Head(document, head) => vec![slot(document, Slot::Head, bytes(head))],
        Write::Access(document, access) => vec![slot(document, Slot::Access, bytes(access))],
        Write::Pen(document, hash, penned) => vec![slot(document, Slot::Pen(*hash.as_bytes()), bytes(penned))],
        Write::Unpen(document, hash) => vec![Op::RemoveSlot { document: *document, slot: Slot::Pen(*hash.as_bytes()) }],
        Write::Refused(document, hash, refusal) => {
            vec![slot(document, Slot::Refused(*hash.as_bytes()), bytes(refusal))]
        }
        Write::Snapshot { document, snapshot, through } => vec![
            slot(document, Slot::Snapshot, bytes(snapshot)),
            Op::DropRecords { document: *document, through: *through },
        ],
        Write::Clear(document) => vec![
            Op::RemoveSlot { document: *document, slot: Slot::Snapshot },
            Op::DropRecords { document: *document, through: Position::MAX },
        ],
        Write::Peer(device, peer) => vec![Op::PutPeer { device: *device, slot: PeerSlot::Cursor, bytes: bytes(peer) }],
        Write::ForgetPeer(device) => vec![Op::RemovePeer { device: *device }],
        Write::Compare(device, document) => vec![Op::SetCompare { device: *device, document: *document }],
        Write::Compared(device, document) => vec![Op::ClearCompare { device: *device, document: *document }],
        Write::Cert(cert) => vec![Op::PutMeta { key: format!("{META_CERT}{}", cert.device), bytes: bytes(cert) }],
        Write::Lineage(lineage) => vec![Op::PutMeta { key: META_LINEAGE.into(), bytes: bytes(lineage) }],
        Write::Forget(document) => vec![
            Op::ForgetDocument { document: *document },
            Op::PutMeta { key: format!("{META_FORGOTTEN}{document}"), bytes: Vec::new() },
        ],
    }
}

/// After how many idle minutes a page locks, as it was chosen.
pub(crate) fn idle_minutes(found: &journal::Recovered) -> u32 {
    let kept = found.meta.get(META_IDLE_MINUTES).and_then(|kept| Some(u32::from_be_bytes(kept[..].try_into().ok()?)));
    kept.unwrap_or(lock::IDLE_MINUTES_DEFAULT)
}

/// Keeps after how many.
pub(crate) fn keep_idle_minutes(minutes: u32) -> Op {
    Op::PutMeta { key: META_IDLE_MINUTES.into(), bytes: minutes.to_be_bytes().into() }
}

/// What the engine needs to start again, from the journal.
pub(crate) fn recover(journal: &Journal, found: &journal::Recovered) -> Result<Recovered, JournalError> {
    let mut recovered = Recovered { end: found.last_position, compare: found.compare.clone(), ..Recovered::default() };
    for (key, value) in &found.meta {
        if key == META_LINEAGE {
            recovered.lineage = whole(value, "the log's starts")?;
        } else if key.starts_with(META_CERT) {
            recovered.certs.push(whole::<DeviceCert>(value, "a certificate")?);
        } else if let Some(document) = key.strip_prefix(META_FORGOTTEN) {
            recovered.forgotten.extend(document.parse::<DocumentId>());
        }
    }
    for (device, slots) in &found.peers {
        if let Some(peer) = slots.get(&PeerSlot::Cursor) {
            recovered.peers.push((*device, whole::<Peer>(peer, "a partner's place in the log")?));
        }
    }
    // A start waits for this: each kind is read and unsealed on a core of its own.
    let (heads, accesses) = std::thread::scope(|scope| {
        let heads = scope.spawn(|| every::<Head>(journal, SlotKind::Head, "a document's head"));
        let accesses = every::<Access>(journal, SlotKind::Access, "a document's access");
        (heads.join(), accesses)
    });
    let (heads, headless) =
        heads.map_err(|_| JournalError::Damaged { what: "the documents' heads cannot be read".into() })??;
    let (accesses, closed) = accesses?;
    // A change for one of these could never be stored, and none after it.
    let unreadable: BTreeSet<DocumentId> = headless.into_iter().chain(closed).collect();
    if !unreadable.is_empty() {
        tracing::error!(documents = unreadable.len(), "documents cannot be read from this disk and are left alone");
    }
    let mut heads = heads.into_iter().peekable();
    for (document, access) in accesses {
        if unreadable.contains(&document) {
            continue;
        }
        while heads.next_if(|(id, _)| *id < document).is_some() {}
        let head = heads.next_if(|(id, _)| *id == document).map(|(_, head)| head).unwrap_or_default();
        recovered.documents.push((document, access, head, Vec::new()));
    }
    for (document, _, _, pen) in recovered.documents.iter_mut().filter(|(_, _, head, _)| head.penned > 0) {
        for (hash, value) in journal.read_document(document)?.pen {
            pen.push((rounds_crdt::ids::ChangeHash::from_bytes(hash), whole::<Penned>(&value, "a waiting record")?));
        }
    }
    recovered.unreadable.extend(unreadable);
    Ok(recovered)
}

/// Values in the order of their documents' ids, and the documents whose value does not open.
type Every<T> = (Vec<(DocumentId, T)>, Vec<DocumentId>);

/// Every document's value of one kind.
fn every<T: DeserializeOwned>(journal: &Journal, kind: SlotKind, what: &str) -> Result<Every<T>, JournalError> {
    let mut values = Vec::new();
    let mut damaged = false;
    let unreadable = journal.for_each(kind, &mut |document, value| match postcard::from_bytes(&value) {
        Ok(value) => values.push((document, value)),
        Err(_) => damaged = true,
    })?;
    if damaged {
        return Err(JournalError::Damaged { what: format!("{what} is not what was written") });
    }
    Ok((values, unreadable))
}

fn whole<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, JournalError> {
    postcard::from_bytes(bytes).map_err(|_| JournalError::Damaged { what: format!("{what} is not what was written") })
}

/// What the daemon itself keeps about a partner's device.
pub(crate) fn known<T: DeserializeOwned>(found: &journal::Recovered) -> Vec<(DeviceId, T)> {
    let rows = found.peers.iter().filter_map(|(device, slots)| Some((*device, slots.get(&PeerSlot::Known)?)));
    rows.filter_map(|(device, bytes)| Some((device, postcard::from_bytes(bytes).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;
    use rounds_crdt::record::SignatureBytes;

    fn write(position: Position, bytes: usize) -> Write {
        let record = Record { change: vec![7; bytes], builds_on: Vec::new(), signature: SignatureBytes([0; 64]) };
        Write::Record { position, document: DocumentId::from_bytes([1; 20]), origin: None, record }
    }

    /// A partner is served the log in reads that stop at a size: what is pending must not be joined on past a gap.
    #[test]
    fn what_is_not_durable_yet_never_hides_what_a_read_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(folder.path(), None).expect("keys");
        let (journal, _) = Journal::open(folder.path(), keys).expect("a journal");
        let disk = Disk::new(journal);
        let durable: Vec<Write> = (1..=44).map(|position| write(position, 20_000)).collect();
        let (told, saved) = std::sync::mpsc::channel();
        let ops = disk.stage(1, durable);
        disk.journal().commit(ops, Box::new(move |result| told.send(result).expect("somebody waits")));
        saved.recv().expect("an answer").expect("saved");
        disk.settled(1);
        disk.stage(2, (45..=50).map(|position| write(position, 10)).collect());
        let mut after = 0;
        let mut seen = Vec::new();
        loop {
            let entries = disk.log_after(after, 512, 512 * 1024).expect("readable");
            let Some(last) = entries.last() else { break };
            after = last.position;
            seen.extend(entries.iter().map(|entry| entry.position));
        }
        assert_eq!(seen, (1..=50).collect::<Vec<Position>>());
    }
}
