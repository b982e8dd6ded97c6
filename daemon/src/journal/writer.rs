//! Decides what goes into the next commit, and what happens while the disk refuses: one thread, everything in order.

use std::collections::HashMap;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use redb::Database;
use rounds_crdt::ids::DocumentId;
use tokio::sync::watch;

use super::apply::{self, Applied, Failure, Group};
use super::compaction::{self, Compacted};
use super::tables::{self, Memory};
use super::{DiskTrouble, Done, GAVE_UP, JournalError, Op, Opener, Position, SaveError, StorageState};
use crate::keys::{Keys, KeysError, SealingKey};
use crate::platform;

/// The pause after the first refusal of the disk.
const RETRY_FIRST: Duration = Duration::from_millis(100);

/// The longest pause, after many: somebody who frees space should see it noticed.
const RETRY_MAX: Duration = Duration::from_secs(2);

/// Document keys kept open in memory, 60 bytes each: the documents of a busy day; others are opened in microseconds.
const DOCUMENT_KEYS_MAX: usize = 4_096;

/// Ops that are saved together, and whom to tell.
pub(super) struct Batch {
    ops: Vec<Op>,
    done: Done,
    /// Its place in the series of those that build on each other.
    number: Option<u64>,
    rejected: Option<SaveError>,
}

impl Batch {
    pub(super) fn new(ops: Vec<Op>, done: Done) -> Self {
        Self { ops, done, number: None, rejected: None }
    }

    pub(super) fn next(number: u64, ops: Vec<Op>, done: Done) -> Self {
        Self { ops, done, number: Some(number), rejected: None }
    }

    fn accepted_ops(&self) -> &[Op] {
        if self.rejected.is_some() { &[] } else { &self.ops }
    }

    /// A caller's panic must not end the thread that saves everybody's work.
    fn tell(self, outcome: Result<(), SaveError>) {
        let Self { done, rejected, ops, number: _ } = self;
        drop(ops);
        let outcome = rejected.map_or(outcome, Err);
        if catch_unwind(AssertUnwindSafe(|| done(outcome))).is_err() {
            tracing::error!("a callback of the journal panicked");
        }
    }
}

type CompactionAnswer = SyncSender<Result<Compacted, JournalError>>;

#[derive(Default)]
struct Queue {
    batches: Vec<Batch>,
    /// Batches the writer has taken and not yet saved.
    in_hand: usize,
    compactions: Vec<CompactionAnswer>,
    reopen: bool,
    closing: bool,
    closed: bool,
    lost: bool,
}

/// What the handles and the writer share.
pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) keys: Keys,
    pub(super) storage: watch::Sender<StorageState>,
    queue: Mutex<Queue>,
    work: Condvar,
    /// None while it cannot be opened. Writers of the lock replace or compact the file; the rest share it.
    database: RwLock<Option<Database>>,
    /// How often the file was opened.
    openings: Mutex<u64>,
    opened: Condvar,
    document_keys: Mutex<DocumentKeys>,
}

impl Shared {
    pub(super) fn new(path: PathBuf, keys: Keys, database: Database) -> Self {
        Self {
            path,
            keys,
            storage: watch::Sender::new(StorageState::Saving),
            queue: Mutex::default(),
            work: Condvar::new(),
            database: RwLock::new(Some(database)),
            openings: Mutex::new(0),
            opened: Condvar::new(),
            document_keys: Mutex::default(),
        }
    }

    pub(super) fn enqueue(&self, batch: Batch) {
        let mut queue = lock(&self.queue);
        if queue.closing {
            drop(queue);
            return batch.tell(Err(SaveError::Closed));
        }
        queue.batches.push(batch);
        let waiting = queue.batches.len() + queue.in_hand;
        self.storage.send_if_modified(|state| match state {
            StorageState::Saving => false,
            StorageState::NotSaving { waiting_batches, .. } => mem::replace(waiting_batches, waiting) != waiting,
        });
        self.work.notify_one();
    }

    pub(super) fn ask_compaction(&self, answer: CompactionAnswer) {
        let mut queue = lock(&self.queue);
        if !queue.closing {
            queue.compactions.push(answer);
            self.work.notify_one();
        }
    }

    pub(super) fn begin_closing(&self) {
        lock(&self.queue).closing = true;
        self.work.notify_one();
    }

    pub(super) fn lost_batches(&self) -> bool {
        lock(&self.queue).lost
    }

    pub(super) fn openings(&self) -> u64 {
        *lock(&self.openings)
    }

    /// Has the file opened anew unless it has been since `known`; false when that takes too long or is over.
    pub(super) fn ask_reopening(&self, known: u64, deadline: Instant) -> bool {
        {
            let mut queue = lock(&self.queue);
            if queue.closing {
                return false;
            }
            queue.reopen |= self.openings() == known;
            self.work.notify_one();
        }
        let openings = lock(&self.openings);
        let patience = deadline.saturating_duration_since(Instant::now());
        let (openings, _) = self
            .opened
            .wait_timeout_while(openings, patience, |openings| *openings == known)
            .unwrap_or_else(PoisonError::into_inner);
        *openings != known
    }

    pub(super) fn with_database<T>(
        &self,
        read: impl FnOnce(&Database) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        match &*database {
            Some(database) => tables::contained("cannot be read", || read(database)),
            None if lock(&self.queue).closed => Err(JournalError::Closed),
            None => Err(JournalError::Unavailable),
        }
    }

    pub(super) fn document_keys(&self) -> MutexGuard<'_, DocumentKeys> {
        lock(&self.document_keys)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that can panic happens under these locks; were it to, their contents would still be whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Open keys of documents in the file. A new epoch starts when one is forgotten, so that a reader who looks at an
/// older moment of the file cannot bring its key back.
#[derive(Default)]
pub(super) struct DocumentKeys {
    epoch: u64,
    keys: HashMap<DocumentId, SealingKey>,
}

impl DocumentKeys {
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn get(&self, document: &DocumentId, epoch: u64) -> Option<SealingKey> {
        if epoch == self.epoch { self.keys.get(document).cloned() } else { None }
    }

    pub(super) fn put(&mut self, document: DocumentId, key: SealingKey, epoch: u64) {
        if epoch != self.epoch {
            return;
        }
        if self.keys.len() >= DOCUMENT_KEYS_MAX {
            self.keys.clear();
        }
        self.keys.insert(document, key);
    }

    fn start_epoch(&mut self) {
        self.epoch += 1;
        self.keys.clear();
    }
}

/// The one thread that writes.
pub(super) struct WriterThread {
    shared: Arc<Shared>,
    open: Opener,
    memory: Memory,
    /// The highest position taken from a caller, on disk or not.
    last_position: Position,
    /// The last batch taken of those that build on each other.
    last_number: u64,
    /// One of those can never be saved.
    gave_up: bool,
}

struct Work {
    batches: Vec<Batch>,
    compactions: Vec<CompactionAnswer>,
    reopen: bool,
    closing: bool,
}

impl WriterThread {
    pub(super) fn new(shared: Arc<Shared>, open: Opener, memory: Memory) -> Self {
        let last_position = memory.last_position;
        Self { shared, open, memory, last_position, last_number: 0, gave_up: false }
    }

    pub(super) fn run(mut self) {
        loop {
            let work = self.take_work();
            if work.reopen {
                self.reopen();
            }
            let nothing_left = work.batches.is_empty() && work.compactions.is_empty();
            if !work.batches.is_empty() {
                self.save(work.batches);
            }
            for answer in work.compactions {
                // Whoever asked may have stopped waiting.
                let _ = answer.send(self.compact());
            }
            if work.closing && nothing_left {
                break;
            }
        }
        self.close();
    }

    fn take_work(&self) -> Work {
        let queue = lock(&self.shared.queue);
        let mut queue = self
            .shared
            .work
            .wait_while(queue, |queue| {
                queue.batches.is_empty() && queue.compactions.is_empty() && !queue.reopen && !queue.closing
            })
            .unwrap_or_else(PoisonError::into_inner);
        queue.in_hand = queue.batches.len();
        Work {
            batches: mem::take(&mut queue.batches),
            compactions: mem::take(&mut queue.compactions),
            reopen: mem::take(&mut queue.reopen),
            closing: queue.closing,
        }
    }

    /// Saves a group, however long that takes, and tells its callers, in order.
    fn save(&mut self, mut batches: Vec<Batch>) {
        for batch in &mut batches {
            batch.rejected = self.judge(batch).err();
            self.gave_up |= batch.number.is_some() && batch.rejected.is_some();
        }
        let saved = self.persist(|writer| writer.commit_group(&mut batches))
            && self.persist(|writer| Ok(writer.shared.keys.settle(writer.memory.generation)?));
        if saved {
            let now = self.state();
            self.shared.storage.send_if_modified(|state| mem::replace(state, now.clone()) != now);
        }
        lock(&self.shared.queue).lost |= !saved || self.gave_up;
        lock(&self.shared.queue).in_hand = 0;
        let outcome = if saved { Ok(()) } else { Err(SaveError::Closed) };
        for batch in batches {
            batch.tell(outcome.clone());
        }
    }

    /// Whether a batch may be saved, as far as can be told before anything is written.
    fn judge(&mut self, batch: &Batch) -> Result<(), SaveError> {
        let Some(number) = batch.number else { return apply::validate(&batch.ops, &mut self.last_position) };
        if self.gave_up {
            return Err(SaveError::BuildsOnLost);
        }
        if number != self.last_number + 1 {
            return Err(SaveError::OutOfTurn { number, last: self.last_number });
        }
        apply::validate(&batch.ops, &mut self.last_position)?;
        self.last_number = number;
        Ok(())
    }

    /// A batch turns out to be one that can never be saved; with it goes what builds on it.
    fn reject(&mut self, batches: &mut [Batch], index: usize, error: SaveError) {
        batches[index].rejected = Some(error);
        if batches[index].number.is_none() {
            return;
        }
        self.gave_up = true;
        for later in batches[index + 1..].iter_mut().filter(|later| later.number.is_some()) {
            later.rejected.get_or_insert(SaveError::BuildsOnLost);
        }
    }

    /// How the disk is when it takes what it is given.
    fn state(&self) -> StorageState {
        if !self.gave_up {
            return StorageState::Saving;
        }
        StorageState::NotSaving { reason: GAVE_UP.into(), trouble: DiskTrouble::GaveUp, waiting_batches: 0 }
    }

    /// Tries until it works; false when the journal is being closed and the disk refuses even then.
    fn persist(&mut self, mut attempt: impl FnMut(&mut Self) -> Result<(), Failure>) -> bool {
        let mut pause = RETRY_FIRST;
        loop {
            let closing = lock(&self.shared.queue).closing;
            let outcome = catch_unwind(AssertUnwindSafe(|| attempt(self))).unwrap_or(Err(Failure::Panicked));
            let Err(failure) = outcome else { return true };
            self.report(&failure);
            self.reopen();
            if closing {
                return false;
            }
            self.pause(pause);
            pause = RETRY_MAX.min(pause * 2);
        }
    }

    fn commit_group(&mut self, batches: &mut [Batch]) -> Result<(), Failure> {
        while let Some((index, error)) = self.try_commit(batches)? {
            self.reject(batches, index, error);
        }
        Ok(())
    }

    /// Commits what is not rejected; answers a batch that cannot be saved, when there is one, having saved nothing.
    fn try_commit(&mut self, batches: &[Batch]) -> Result<Option<(usize, SaveError)>, Failure> {
        let ops = || batches.iter().flat_map(Batch::accepted_ops);
        if ops().next().is_none() {
            return Ok(None);
        }
        let forgets = ops().any(|op| matches!(op, Op::ForgetDocument { .. }));
        let shared = self.shared.clone();
        let database = shared.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or(Failure::NotOpen)?;
        let rotation = forgets.then(|| shared.keys.begin_rotation(self.memory.generation)).transpose()?;

        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(true);
        let cached = |document: &DocumentId| {
            let keys = shared.document_keys();
            keys.get(document, keys.epoch())
        };
        let mut group = Group::new(&transaction, &shared.keys, &cached, self.memory.clone())?;
        for (index, batch) in batches.iter().enumerate() {
            for op in batch.accepted_ops() {
                match group.apply(op) {
                    Err(Failure::KeyUnreadable(document)) => {
                        return Ok(Some((index, SaveError::DocumentDamaged { document })));
                    }
                    outcome => outcome?,
                }
            }
        }
        let applied = group.finish(rotation)?;
        transaction.commit()?;
        self.take_over(applied, forgets);
        Ok(None)
    }

    fn take_over(&mut self, applied: Applied, forgets: bool) {
        self.memory = applied.memory;
        let mut keys = self.shared.document_keys();
        if forgets {
            keys.start_epoch();
        }
        let epoch = keys.epoch();
        for (document, key) in applied.document_keys {
            if let Some(key) = key {
                keys.put(document, key, epoch);
            }
        }
    }

    fn report(&self, failure: &Failure) {
        let (reason, trouble) = reason(failure);
        tracing::warn!(%failure, "not saving");
        let queue = lock(&self.shared.queue);
        let waiting_batches = queue.batches.len() + queue.in_hand;
        self.shared.storage.send_replace(StorageState::NotSaving { reason, trouble, waiting_batches });
    }

    /// Opens the file anew: after an I/O error redb refuses all else.
    fn reopen(&mut self) {
        let mut database = self.shared.database.write().unwrap_or_else(PoisonError::into_inner);
        // Dropped first: the file is locked while it is open.
        *database = None;
        self.shared.document_keys().start_epoch();
        let load = |fresh: Database| tables::contained("cannot be read", || Ok((Memory::load(&fresh)?, fresh)));
        let reopened = tables::open(&self.shared.path, &self.open).and_then(load);
        match reopened {
            Ok((memory, fresh)) => {
                self.memory = memory;
                *database = Some(fresh);
                drop(database);
                *lock(&self.shared.openings) += 1;
                self.shared.opened.notify_all();
            }
            Err(error) => tracing::warn!(%error, "the journal cannot be opened"),
        }
    }

    /// Waits before the next attempt, or until the journal is being closed.
    fn pause(&self, pause: Duration) {
        let deadline = Instant::now() + pause;
        let queue = lock(&self.shared.queue);
        let left = deadline.saturating_duration_since(Instant::now());
        drop(self.shared.work.wait_timeout_while(queue, left, |queue| !queue.closing));
    }

    fn compact(&mut self) -> Result<Compacted, JournalError> {
        let before = platform::bytes_on_disk(&self.shared.path);
        let outcome = {
            let mut database = self.shared.database.write().unwrap_or_else(PoisonError::into_inner);
            let Some(database) = &mut *database else { return Err(JournalError::Unavailable) };
            catch_unwind(AssertUnwindSafe(|| compaction::compact(database))).unwrap_or(Err(Failure::Panicked))
        };
        if let Err(failure) = outcome {
            // Nothing is lost: each step of it is a commit of the same content.
            tracing::warn!(%failure, "compaction stopped");
            self.reopen();
            let error = match failure {
                Failure::Redb(redb::Error::Io(error)) => error,
                other => io::Error::other(other.to_string()),
            };
            return Err(JournalError::Io { path: self.shared.path.clone(), error });
        }
        let io = |error| JournalError::Io { path: self.shared.path.clone(), error };
        Ok(Compacted {
            bytes_before: before.map_err(io)?,
            bytes_after: platform::bytes_on_disk(&self.shared.path).map_err(io)?,
        })
    }

    fn close(&self) {
        lock(&self.shared.queue).closed = true;
        let database = self.shared.database.write().unwrap_or_else(PoisonError::into_inner).take();
        // Everything is durable already; what closing adds is a quicker next start.
        let Some(database) = database else { return };
        let closed = tables::contained("cannot be closed", || Ok(database.close().map_err(redb::Error::from)?));
        if let Err(error) = closed {
            tracing::warn!(%error, "the journal was not closed tidily");
        }
    }
}

/// The refusal in words for people, and by its kind.
fn reason(failure: &Failure) -> (String, DiskTrouble) {
    let io = match failure {
        Failure::Redb(redb::Error::Io(error)) | Failure::Io(error) => error,
        Failure::Keys(KeysError::Io { error, .. }) => error,
        Failure::Redb(redb::Error::Corrupted(_)) => return ("the journal is damaged".into(), DiskTrouble::Damaged),
        other => return (format!("the journal cannot be written: {other}"), DiskTrouble::Other),
    };
    if platform::is_disk_full(io) {
        return ("the disk is full".into(), DiskTrouble::Full);
    }
    let (words, trouble) = match io.kind() {
        io::ErrorKind::PermissionDenied => ("the data folder may not be written to", DiskTrouble::Forbidden),
        io::ErrorKind::ReadOnlyFilesystem => ("the disk is read-only", DiskTrouble::ReadOnly),
        io::ErrorKind::NotFound => ("the data folder is gone", DiskTrouble::FolderGone),
        _ => return (format!("the disk refuses: {io}"), DiskTrouble::Other),
    };
    (words.into(), trouble)
}
