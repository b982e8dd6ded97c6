//! Decides what a simulated disk holds: what was handed over, what of it is durable, and what a power cut leaves.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rounds_crdt::access::{Access, DeviceCert};
use rounds_crdt::change::ChangeHeader;
use rounds_crdt::ids::{ActorId, ChangeHash, DeviceId, DocumentId};
use rounds_crdt::record::Record;
use rounds_crdt::replica::{
    CommitId, Head, Lineage, LogEntry, Peer, Penned, ReadError, Recovered, Snapshot, Store, StoredDocument, Write,
};
use rounds_crdt::wire::Position;

/// A record as the simulated disk keeps it, with its header read once.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its document.
    pub document: DocumentId,
    /// Where it came from.
    pub origin: Option<DeviceId>,
    /// The record.
    pub record: Record,
    /// Who wrote it.
    pub actor: ActorId,
    /// Its number among its writer's changes.
    pub seq: u64,
    /// Its hash.
    pub hash: ChangeHash,
}

/// One state of a disk.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// The log.
    pub records: BTreeMap<Position, Kept>,
    /// What the engine keeps of each document.
    pub heads: BTreeMap<DocumentId, Head>,
    /// Who may do what.
    pub access: BTreeMap<DocumentId, Access>,
    /// Records that wait.
    pub pens: BTreeMap<DocumentId, BTreeMap<ChangeHash, Penned>>,
    /// Records refused for good.
    pub refused: BTreeSet<(DocumentId, ChangeHash)>,
    /// Snapshots.
    pub snapshots: BTreeMap<DocumentId, Snapshot>,
    /// Other devices.
    pub peers: BTreeMap<DeviceId, Peer>,
    /// The compare list.
    pub compare: BTreeSet<(DeviceId, DocumentId)>,
    /// Documents deleted for good.
    pub forgotten: BTreeSet<DocumentId>,
    certs: BTreeMap<DeviceId, DeviceCert>,
    lineage: Lineage,
    end: Position,
}

impl Stored {
    /// Takes one write.
    pub fn write(&mut self, write: Write) {
        match write {
            Write::Record { position, document, origin, record } => {
                let header = ChangeHeader::read(&record.change).expect("the engine stores only changes it has read");
                let kept = Kept { document, origin, record, actor: header.actor, seq: header.seq, hash: header.hash };
                self.end = self.end.max(position);
                self.records.insert(position, kept);
            }
            Write::RemoveRecord { position, .. } => drop(self.records.remove(&position)),
            Write::Head(id, head) => drop(self.heads.insert(id, *head)),
            Write::Access(id, access) => drop(self.access.insert(id, *access)),
            Write::Pen(id, hash, penned) => drop(self.pens.entry(id).or_default().insert(hash, *penned)),
            Write::Unpen(id, hash) => drop(self.pens.entry(id).or_default().remove(&hash)),
            Write::Refused(id, hash, _) => drop(self.refused.insert((id, hash))),
            Write::Snapshot { document, snapshot, through } => {
                self.records.retain(|position, kept| kept.document != document || *position > through);
                self.snapshots.insert(document, *snapshot);
            }
            Write::Clear(id) => {
                self.records.retain(|_, kept| kept.document != id);
                self.snapshots.remove(&id);
            }
            Write::Peer(device, peer) => drop(self.peers.insert(device, peer)),
            Write::ForgetPeer(device) => {
                self.peers.remove(&device);
                self.compare.retain(|(marked, _)| *marked != device);
            }
            Write::Compare(device, id) => drop(self.compare.insert((device, id))),
            Write::Compared(device, id) => drop(self.compare.remove(&(device, id))),
            Write::Cert(cert) => drop(self.certs.insert(cert.device, cert)),
            Write::Lineage(lineage) => self.lineage = lineage,
            Write::Forget(id) => {
                self.records.retain(|_, kept| kept.document != id);
                self.refused.retain(|(document, _)| *document != id);
                self.compare.retain(|(_, document)| *document != id);
                self.heads.remove(&id);
                self.access.remove(&id);
                self.pens.remove(&id);
                self.snapshots.remove(&id);
                self.forgotten.insert(id);
            }
        }
    }

    /// What a start finds.
    pub fn recovered(&self) -> Recovered {
        let documents = self.access.iter().map(|(id, access)| {
            let pen = self.pens.get(id).map(|pen| pen.iter().map(|(hash, penned)| (*hash, penned.clone())).collect());
            (*id, access.clone(), self.heads.get(id).cloned().unwrap_or_default(), pen.unwrap_or_default())
        });
        Recovered {
            end: self.end,
            lineage: self.lineage.clone(),
            certs: self.certs.values().cloned().collect(),
            documents: documents.collect(),
            forgotten: self.forgotten.iter().copied().collect(),
            unreadable: Vec::new(),
            peers: self.peers.iter().map(|(device, peer)| (*device, *peer)).collect(),
            compare: self.compare.iter().copied().collect(),
        }
    }

    /// Whether a change is here: in the log, in a snapshot, or in the pen.
    pub fn has(&self, id: &DocumentId, actor: &ActorId, seq: u64, hash: &ChangeHash) -> bool {
        let known = self.heads.get(id).and_then(|head| head.clock.get(actor)).is_some_and(|tip| tip.seq >= seq);
        known || self.pens.get(id).is_some_and(|pen| pen.contains_key(hash))
    }

    /// The log of one document.
    pub fn log_of(&self, id: &DocumentId) -> impl Iterator<Item = (&Position, &Kept)> {
        let id = *id;
        self.records.iter().filter(move |(_, kept)| kept.document == id)
    }

    /// A document's snapshot and tail.
    pub fn stored(&self, id: &DocumentId) -> StoredDocument {
        let tail = self.log_of(id).map(|(position, kept)| (*position, kept.record.clone())).collect();
        StoredDocument { snapshot: self.snapshots.get(id).cloned(), tail }
    }
}

impl Store for Stored {
    fn log_after(&self, after: Position, records_max: usize, bytes_max: usize) -> Result<Vec<LogEntry>, ReadError> {
        let mut bytes = 0;
        let mut entries = Vec::new();
        for (position, kept) in self.records.range(after + 1..) {
            if entries.len() >= records_max || bytes >= bytes_max {
                break;
            }
            bytes += kept.record.change.len();
            entries.push(LogEntry {
                position: *position,
                document: kept.document,
                origin: kept.origin,
                record: kept.record.clone(),
            });
        }
        Ok(entries)
    }

    fn document(&self, document: &DocumentId) -> Result<StoredDocument, ReadError> {
        Ok(self.stored(document))
    }
}

/// A disk: commits become durable one after the other, when the run says so.
#[derive(Debug, Default)]
pub struct Disk {
    /// Everything handed over, durable or not: what a daemon reads.
    pub handed: Stored,
    /// What a power cut leaves.
    pub durable: Stored,
    /// The disk is full or broken: nothing becomes durable, and nothing is lost.
    pub refuses: bool,
    /// Every commit that became durable since the disk was new, where they are kept.
    pub diary: Option<Vec<Vec<Write>>>,
    waiting: VecDeque<(CommitId, Vec<Write>)>,
}

impl Disk {
    /// Takes a commit.
    pub fn hand_over(&mut self, commit: CommitId, writes: Vec<Write>) {
        for write in writes.clone() {
            self.handed.write(write);
        }
        self.waiting.push_back((commit, writes));
    }

    /// Whether a commit could become durable now.
    pub fn is_busy(&self) -> bool {
        !self.refuses && !self.waiting.is_empty()
    }

    /// How many writes the waiting commit at `index` is made of.
    pub fn writes_in(&self, index: usize) -> usize {
        self.waiting.get(index).map_or(0, |(_, writes)| writes.len())
    }

    /// How many commits wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Makes the oldest waiting commit durable.
    pub fn sync(&mut self) -> Option<CommitId> {
        let (commit, writes) = self.waiting.pop_front()?;
        if let Some(diary) = &mut self.diary {
            diary.push(writes.clone());
        }
        for write in writes {
            self.durable.write(write);
        }
        Some(commit)
    }

    /// The power goes; the first `kept` waiting commits had just made it, and of the next one its first `torn` writes: none,
    /// on any disk that keeps what a store promises.
    pub fn cut_power(&mut self, kept: usize, torn: usize) {
        for _ in 0..kept {
            self.sync();
        }
        for write in self.waiting.pop_front().into_iter().flat_map(|(_, writes)| writes).take(torn) {
            self.durable.write(write);
        }
        self.waiting.clear();
        self.refuses = false;
        self.handed = self.durable.clone();
    }

    /// Puts an older state in place; from then on no diary tells of it.
    pub fn restore(&mut self, backup: Stored) {
        self.diary = None;
        self.waiting.clear();
        self.refuses = false;
        self.handed = backup.clone();
        self.durable = backup;
    }
}
