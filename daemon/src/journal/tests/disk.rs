//! Decides nothing: a disk for tests that refuses, tears, waits, and loses power.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use redb::{Builder, DatabaseError, StorageBackend};

use super::super::{CACHE_BYTES, Opener};
use crate::places;

/// The page of redb's that is written in place.
const HEADER_BYTES: u64 = 4096;

/// What the disk does, changed while it is in use.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) full: AtomicBool,
    pub(super) tears: AtomicBool,
    pub(crate) reads_refused: AtomicUsize,
    pub(crate) syncs_refused: AtomicUsize,
    held: Mutex<Held>,
    changed: Condvar,
    power: Mutex<Power>,
}

#[derive(Debug, Default)]
struct Held {
    hold: bool,
    waiting: usize,
}

/// What is on the platters, and what is only in the drive's cache.
#[derive(Debug, Default)]
struct Power {
    current: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
    /// The folder of the keys that open what is on the platters.
    folder: PathBuf,
    /// Draws the moments and the damage of power cuts.
    random: u64,
    /// At which of the changes and syncs power is cut, on the average: one in so many.
    one_in: u64,
    cuts: Vec<Cut>,
    acknowledged: usize,
}

/// The disk as the next start finds it, and what was acknowledged before.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) image: Vec<u8>,
    /// The files of keys as they were then, by name: they change when a document is deleted.
    pub(super) keys: [(&'static str, Vec<u8>); 2],
    pub(super) acknowledged: usize,
}

#[derive(Debug, Clone)]
enum Change {
    Length(usize),
    Write(usize, Vec<u8>),
}

impl Change {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Length(length) => image.resize(*length, 0),
            Self::Write(offset, bytes) => {
                let end = offset + bytes.len();
                if image.len() < end {
                    image.resize(end, 0);
                }
                image[*offset..end].copy_from_slice(bytes);
            }
        }
    }
}

impl Disk {
    /// Stops the next sync until [`release`](Self::release).
    pub(super) fn hold(&self) {
        self.held.lock().expect("held").hold = true;
    }

    /// Waits until a sync is being held.
    pub(super) fn wait_until_held(&self) {
        let held = self.held.lock().expect("held");
        drop(self.changed.wait_while(held, |held| held.waiting == 0).expect("held"));
    }

    pub(super) fn release(&self) {
        self.held.lock().expect("held").hold = false;
        self.changed.notify_all();
    }

    /// From now on, power is cut at moments drawn from `seed`, at one change or sync in `one_in`; the daemon in the test
    /// does not notice.
    pub(super) fn cut_power_at_random(&self, seed: u64, one_in: u64) {
        let mut power = self.power.lock().expect("power");
        (power.random, power.one_in) = (seed | 1, one_in);
    }

    pub(super) fn acknowledge(&self) {
        self.power.lock().expect("power").acknowledged += 1;
    }

    pub(super) fn cuts(&self) -> Vec<Cut> {
        self.power.lock().expect("power").cuts.clone()
    }

    /// Opens a real file, through this disk.
    pub(crate) fn opener(self: &Arc<Self>) -> Opener {
        let disk = self.clone();
        Box::new(move |path| {
            let file = std::fs::OpenOptions::new().read(true).write(true).open(path)?;
            builder().create_with_backend(OnDisk { disk: disk.clone(), file: Arc::new(Mutex::new(file)) })
        })
    }

    /// Opens a copy of the file in memory that knows what would survive a power cut.
    pub(super) fn opener_in_memory(self: &Arc<Self>) -> Opener {
        let disk = self.clone();
        Box::new(move |path: &Path| -> Result<_, DatabaseError> {
            {
                let mut power = disk.power.lock().expect("power");
                if power.current.is_empty() {
                    power.folder = path.parent().expect("a folder").into();
                    power.current = std::fs::read(path)?;
                    power.durable = power.current.clone();
                }
            }
            builder().create_with_backend(InMemory { disk: disk.clone() })
        })
    }

    fn sync(&self) -> io::Result<()> {
        let mut held = self.held.lock().expect("held");
        if held.hold {
            held.waiting += 1;
            self.changed.notify_all();
            held = self.changed.wait_while(held, |held| held.hold).expect("held");
            held.waiting -= 1;
        }
        drop(held);
        refuse_some(&self.syncs_refused, io::ErrorKind::Other)
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn refuse_some(count: &AtomicUsize, kind: io::ErrorKind) -> io::Result<()> {
    let refuse = count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    if refuse { Err(kind.into()) } else { Ok(()) }
}

#[derive(Debug)]
struct OnDisk {
    disk: Arc<Disk>,
    file: Arc<Mutex<std::fs::File>>,
}

impl StorageBackend for OnDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.lock().expect("file").metadata()?.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        use std::io::{Read, Seek};
        refuse_some(&self.disk.reads_refused, io::ErrorKind::Other)?;
        let mut file = self.file.lock().expect("file");
        file.seek(io::SeekFrom::Start(offset))?;
        file.read_exact(out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        if self.disk.full.load(Ordering::SeqCst) && length > self.len()? {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.lock().expect("file").set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.sync()?;
        self.file.lock().expect("file").sync_data()
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        use std::io::{Seek, Write};
        // A full disk still takes what lies where something lay before, such as the file's header.
        let full = self.disk.full.load(Ordering::SeqCst) && offset >= HEADER_BYTES;
        let tears = self.disk.tears.load(Ordering::SeqCst);
        let taken = if full {
            0
        } else if tears {
            bytes.len() / 2
        } else {
            bytes.len()
        };
        let mut file = self.file.lock().expect("file");
        file.seek(io::SeekFrom::Start(offset))?;
        file.write_all(&bytes[..taken])?;
        if taken < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

#[derive(Debug)]
struct InMemory {
    disk: Arc<Disk>,
}

impl Power {
    fn draw(&mut self, bound: u64) -> u64 {
        // xorshift64: the test prints its seed, and the same seed draws the same cuts.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % bound
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.current);
        self.unsynced.push(change);
        self.maybe_cut();
    }

    /// Of what was not synced, each change may have reached the platters, or not, or its first bytes.
    fn maybe_cut(&mut self) {
        if self.random == 0 || self.draw(self.one_in) != 0 {
            return;
        }
        let mut image = self.durable.clone();
        for change in self.unsynced.clone() {
            match (self.draw(3), change) {
                (0, change) => change.apply(&mut image),
                (1, Change::Write(offset, bytes)) => {
                    let torn_at = self.draw(bytes.len() as u64 + 1) as usize;
                    Change::Write(offset, bytes[..torn_at].to_vec()).apply(&mut image)
                }
                _ => {}
            }
        }
        let keys = [places::KEYS_FILE, places::MASTER_FILE]
            .map(|name| (name, std::fs::read(self.folder.join(name)).expect("a folder keeps its keys")));
        self.cuts.push(Cut { image, keys, acknowledged: self.acknowledged });
    }
}

impl StorageBackend for InMemory {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.power.lock().expect("power").current.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let power = self.disk.power.lock().expect("power");
        let start = offset as usize;
        let bytes = power.current.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.disk.power.lock().expect("power").change(Change::Length(length as usize));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut power = self.disk.power.lock().expect("power");
        power.maybe_cut();
        power.durable = power.current.clone();
        power.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.power.lock().expect("power").change(Change::Write(offset as usize, bytes.to_vec()));
        Ok(())
    }
}
