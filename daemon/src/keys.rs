//! Decides which keys open what lies on this disk, how they are wrapped, and how one is destroyed for good.
//!
//! Three layers. A *master key* (a private file, or derived from a passphrase) wraps one small file of keys. That file
//! holds the *home key*, which seals what belongs to the device, and the current *generation*, a key that seals the
//! random key of each document; those lie in the journal, in the same commit as the document's first record. To forget
//! a document its key row is removed, all other document keys are sealed again under a new generation, and the old
//! generation is overwritten: whoever finds the removed row in a free page of the journal has nothing that opens it.
//! Both generations are on disk while that goes on, so a crash at any moment loses no key; the journal says which one
//! is current.

mod protecting;

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use rand::TryRng;
use rand::rngs::SysRng;
use rounds_crdt::record;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::places::{self, FolderLock, PlacesError};

/// The form of the data folder that this version writes; a folder of a higher one is left untouched.
pub const FOLDER_FORMAT: u32 = 1;

/// Bytes that sealing adds to a value.
pub const SEALING_BYTES: usize = record::SEAL_OVERHEAD_BYTES;

/// Bytes of the file of keys: a wrap and two generations take under 300.
const KEYS_FILE_BYTES_MAX: u64 = 4 * 1024;

/// Bytes of the file of the master key: two while one takes the place of the other.
const MASTER_FILE_BYTES_MAX: u64 = 2 * 32;

/// Bytes of a passphrase: a page of text.
const PASSPHRASE_BYTES_MAX: u64 = 4 * 1024;

/// Letters of a passphrase that somebody chooses: with what a guess costs, fewer could be tried out in a weekend.
pub const PASSPHRASE_LETTERS_MIN: usize = 8;

/// KiB of memory a guess at the passphrase costs: a tenth of a second on a small laptop, needed at a start and an unlock.
const PASSPHRASE_MEMORY_KIB: u32 = 64 * 1024;

/// Passes over that memory.
const PASSPHRASE_PASSES: u32 = 3;

/// KiB of memory a file may ask for, so that a forged one cannot exhaust the machine.
const PASSPHRASE_MEMORY_KIB_MAX: u32 = 1024 * 1024;

/// Passes a file may ask for, for the same reason.
const PASSPHRASE_PASSES_MAX: u32 = 64;

const HEADER_PREFIX: &str = "rounds keys ";

/// Names the environment variable that holds the path of the passphrase (a file, or `/dev/fd/N`).
pub const PASSPHRASE_VARIABLE: &str = "ROUNDS_PASSPHRASE_FILE";

/// Why the keys of a data folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder cannot be used at all, or another daemon has it.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// The folder was made by a newer version; nothing in it was touched.
    #[error("the data folder was made by a newer version of Rounds (form {found}; this version knows {FOLDER_FORMAT})")]
    NewerVersion {
        /// The form the folder says it has.
        found: u32,
    },
    /// The keys are under a passphrase, and none was given.
    #[error("the data folder is under a passphrase, and none was given")]
    PassphraseNeeded,
    /// The passphrase does not open the keys.
    #[error("that is not the passphrase of this data folder")]
    WrongPassphrase,
    /// The master key beside the keys does not open them.
    #[error("the keys cannot be opened: the master key is not the one they were wrapped with")]
    WrongKey,
    /// There is a journal, and what would open it is gone.
    #[error("the keys of the data folder are gone: {} is missing", .0.display())]
    Missing(PathBuf),
    /// The file of keys is not one.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
    /// The keys are under another protection now, and the disk did not confirm that it stays so after a power cut.
    #[error("the keys are protected anew, but the disk did not confirm it: {0}")]
    Unconfirmed(Box<KeysError>),
    /// The disk refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// What was being read or written.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl KeysError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { path: path.to_owned(), error }
    }

    /// What the disk said, where it is at fault.
    pub(crate) fn disk(&self) -> Option<&io::Error> {
        match self {
            Self::Io { error, .. } | Self::Places(PlacesError::Io { error, .. }) => Some(error),
            Self::Unconfirmed(error) => error.disk(),
            _ => None,
        }
    }
}

/// What protects the keys of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyProtection {
    /// A passphrase that somebody gives at each start.
    Passphrase,
    /// A private file beside them: whoever can read this user's files can read the documents.
    File,
}

/// A sealed value that does not open: another key, another place, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub struct Unreadable;

/// A passphrase, wiped from memory when it is no longer needed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// The passphrase made of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A passphrase that somebody chooses anew: long enough, and one line, so that a file can hold it too.
    pub fn chosen(text: String) -> Result<Self, Unfit> {
        let bytes = Zeroizing::new(text.into_bytes());
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        if text.chars().any(char::is_control) || bytes.len() as u64 > PASSPHRASE_BYTES_MAX {
            return Err(Unfit::NotOneLine);
        }
        if text.chars().count() < PASSPHRASE_LETTERS_MIN {
            return Err(Unfit::TooShort);
        }
        Ok(Self(bytes))
    }

    /// The passphrase as it was typed, where it is text.
    pub fn into_text(self) -> Option<String> {
        String::from_utf8(self.0.to_vec()).ok()
    }

    /// The passphrase in a file, without the line end that editors add.
    pub fn read_file(path: &Path) -> io::Result<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(PASSPHRASE_BYTES_MAX as usize + 1));
        fs::File::open(path)?.take(PASSPHRASE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        if bytes.is_empty() || bytes.len() as u64 > PASSPHRASE_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a passphrase is one line of text"));
        }
        Ok(Self(bytes))
    }

    /// The passphrase in the file that the environment names, when it names one.
    pub fn from_environment() -> Result<Option<Self>, KeysError> {
        let Some(path) = std::env::var_os(PASSPHRASE_VARIABLE).filter(|path| !path.is_empty()) else {
            return Ok(None);
        };
        let path = PathBuf::from(path);
        Self::read_file(&path).map(Some).map_err(KeysError::io(&path))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// Why a passphrase cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It could be guessed.
    #[error("a passphrase has at least {PASSPHRASE_LETTERS_MIN} letters")]
    TooShort,
    /// It could not be typed again.
    #[error("a passphrase is one line of at most {PASSPHRASE_BYTES_MAX} bytes")]
    NotOneLine,
}

/// A secret key that seals values, each to the place where it lies.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

impl SealingKey {
    /// A new random key.
    pub fn generate() -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(&mut bytes[..])?;
        Ok(Self(bytes))
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, Unreadable> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Unreadable)?;
        Ok(Self::from_bytes(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals `bytes` so that they open only under the same table and row.
    pub fn seal(&self, table: &str, row: &[u8], bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut nonce = [0; 24]; // drawn at random: long enough never to repeat, without counting
        fill_random(&mut nonce)?;
        Ok(record::seal(&self.0, nonce, &place(table, row), bytes))
    }

    /// Opens what [`seal`](Self::seal) made for this table and row.
    pub fn open(&self, table: &str, row: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unreadable> {
        record::unseal(&self.0, &place(table, row), sealed).map_err(|_| Unreadable)
    }
}

/// Where a value lies, as authenticated beside it: a table's name holds no zero byte, so no two places read alike.
fn place(table: &str, row: &[u8]) -> Vec<u8> {
    [table.as_bytes(), &[0], row].concat()
}

/// Randomness straight from the system: a resumed copy of a virtual machine must not draw what the other copy drew.
pub(crate) fn fill_random(bytes: &mut [u8]) -> io::Result<()> {
    SysRng.try_fill_bytes(bytes).map_err(io::Error::other)
}

/// Names one of the keys that seal document keys; each forgotten document starts a new one.
pub type Generation = u64;

/// The open keys of one data folder, and the lock on it: while any copy lives, no second daemon gets in.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    home: SealingKey,
    state: Mutex<State>,
    _lock: FolderLock,
}

struct State {
    wrap: Wrap,
    /// The master keys that the file of keys may be wrapped with, all of them on disk: one, or the old and the new one
    /// while a write that replaces the old one has not surely succeeded.
    masters: Vec<SealingKey>,
    generations: Vec<(Generation, SealingKey)>,
}

impl State {
    fn master(&self) -> Result<&SealingKey, KeysError> {
        self.masters.last().ok_or(KeysError::WrongKey)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("folder", &self.0.folder).field("protection", &self.protection()).finish()
    }
}

impl Keys {
    /// Opens the keys of a folder, or makes both; with a passphrase, keys so far in a private file move under it.
    pub fn open(folder: &Path, passphrase: Option<&Passphrase>) -> Result<Self, KeysError> {
        places::prepare_folder(folder)?;
        let lock = FolderLock::take(folder)?;
        let path = folder.join(places::KEYS_FILE);
        let (home, state) = match places::read_small(&path, KEYS_FILE_BYTES_MAX) {
            Ok(bytes) => open_existing(folder, &path, &bytes, passphrase)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(folder, &path, passphrase)?,
            Err(error) => return Err(KeysError::Io { path, error }),
        };
        Ok(Self(Arc::new(Inner { folder: folder.to_owned(), home, state: Mutex::new(state), _lock: lock })))
    }

    /// Whether the keys of a folder are under a passphrase, so that a start needs it. A folder without keys has none.
    pub fn need_passphrase(folder: &Path) -> bool {
        let path = folder.join(places::KEYS_FILE);
        let bytes = places::read_small(&path, KEYS_FILE_BYTES_MAX).unwrap_or_default();
        matches!(take_apart(&path, &bytes), Ok((Wrap::Passphrase { .. }, ..)))
    }

    /// What protects them.
    pub fn protection(&self) -> KeyProtection {
        match self.state().wrap {
            Wrap::File => KeyProtection::File,
            Wrap::Passphrase { .. } => KeyProtection::Passphrase,
        }
    }

    /// The folder they belong to.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The key of what belongs to the device and to no document.
    pub fn home(&self) -> &SealingKey {
        &self.0.home
    }

    /// The newest generation.
    pub(crate) fn newest_generation(&self) -> Generation {
        self.state().generations.last().map_or(0, |(generation, _)| *generation)
    }

    pub(crate) fn generation(&self, wanted: Generation) -> Option<SealingKey> {
        self.state().generations.iter().find(|(generation, _)| *generation == wanted).map(|(_, key)| key.clone())
    }

    /// Adds a generation, durable before this returns; the current one stays until [`settle`](Self::settle), those that
    /// earlier attempts left unused do not.
    pub(crate) fn begin_rotation(&self, current: Generation) -> Result<(Generation, SealingKey), KeysError> {
        let mut state = self.state();
        let path = self.0.folder.join(places::KEYS_FILE);
        let key = SealingKey::generate().map_err(KeysError::io(&path))?;
        let generation = state.generations.last().map_or(0, |(newest, _)| *newest) + 1;
        let mut generations = state.generations.clone();
        generations.retain(|(kept, _)| *kept == current);
        generations.push((generation, key.clone()));
        let bytes = wrapped(&state.wrap, state.master()?, &self.0.home, &generations).map_err(KeysError::io(&path))?;
        places::write_private(&path, &bytes).map_err(KeysError::io(&path))?;
        state.generations = generations;
        Ok((generation, key))
    }

    /// Destroys every generation but this one, and the master key that wrapped them where it is a file's. After an
    /// error it may be called again, at once or after a restart, until it succeeds.
    pub(crate) fn settle(&self, current: Generation) -> Result<(), KeysError> {
        let mut state = self.state();
        let settled = state.generations.iter().all(|(generation, _)| *generation == current);
        if settled && state.masters.len() == 1 {
            return Ok(());
        }
        let mut kept = state.generations.clone();
        kept.retain(|(generation, _)| *generation == current);
        let path = self.0.folder.join(places::KEYS_FILE);
        if matches!(state.wrap, Wrap::File) && state.masters.len() == 1 {
            let mut masters = state.masters.clone();
            masters.push(SealingKey::generate().map_err(KeysError::io(&path))?);
            write_masters(&self.0.folder, &masters)?;
            state.masters = masters;
        }
        let bytes = wrapped(&state.wrap, state.master()?, &self.0.home, &kept).map_err(KeysError::io(&path))?;
        places::write_private_destroying(&path, &bytes).map_err(KeysError::io(&path))?;
        state.generations = kept;
        if matches!(state.wrap, Wrap::File) {
            let masters = vec![state.master()?.clone()];
            write_masters(&self.0.folder, &masters)?;
            state.masters = masters;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change builds the new state before it replaces the old one, so a poisoned lock guards a whole one.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the master key is had, as written in front of what it seals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Wrap {
    File,
    Passphrase { salt: [u8; 16], memory_kib: u32, passes: u32 },
}

#[derive(Serialize, Deserialize)]
struct Contents {
    home: [u8; 32],
    generations: Vec<(Generation, [u8; 32])>,
}

impl Drop for Contents {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.home);
        for (_, key) in &mut self.generations {
            zeroize::Zeroize::zeroize(key);
        }
    }
}

fn header(format: u32) -> String {
    format!("{HEADER_PREFIX}{format}\n")
}

fn wrapped(
    wrap: &Wrap,
    master: &SealingKey,
    home: &SealingKey,
    generations: &[(Generation, SealingKey)],
) -> io::Result<Vec<u8>> {
    let contents = Contents {
        home: *home.as_bytes(),
        generations: generations.iter().map(|(generation, key)| (*generation, *key.as_bytes())).collect(),
    };
    let plain = Zeroizing::new(postcard::to_allocvec(&contents).map_err(io::Error::other)?);
    let wrap = postcard::to_allocvec(wrap).map_err(io::Error::other)?;
    let sealed = master.seal("keys", &wrap, &plain)?;
    let mut bytes = header(FOLDER_FORMAT).into_bytes();
    bytes.extend_from_slice(&wrap);
    bytes.extend_from_slice(&sealed);
    Ok(bytes)
}

fn open_existing(
    folder: &Path,
    path: &Path,
    bytes: &[u8],
    passphrase: Option<&Passphrase>,
) -> Result<(SealingKey, State), KeysError> {
    let (wrap, wrap_bytes, sealed) = take_apart(path, bytes)?;
    let masters = match &wrap {
        Wrap::File => read_masters(folder)?,
        Wrap::Passphrase { .. } => vec![derive(&wrap, passphrase.ok_or(KeysError::PassphraseNeeded)?, path)?],
    };
    let (master, plain) = masters
        .into_iter()
        .find_map(|master| {
            let plain = master.open("keys", wrap_bytes, sealed).ok()?;
            Some((master, Zeroizing::new(plain)))
        })
        .ok_or(if wrap == Wrap::File { KeysError::WrongKey } else { KeysError::WrongPassphrase })?;
    let damaged = || KeysError::Damaged(path.to_owned());
    let contents: Contents = postcard::from_bytes(&plain).map_err(|_| damaged())?;
    if contents.generations.is_empty() {
        return Err(damaged());
    }
    let home = SealingKey::from_bytes(contents.home);
    let generations =
        contents.generations.iter().map(|(generation, key)| (*generation, SealingKey::from_bytes(*key))).collect();
    let mut state = State { wrap, masters: vec![master], generations };
    match (&state.wrap, passphrase) {
        (Wrap::File, Some(passphrase)) => protecting::move_under(folder, &home, &mut state, Some(passphrase))?,
        // Left by a crash between two steps of a move.
        (Wrap::Passphrase { .. }, _) => destroy_master(folder)?,
        // A crash while the master key was being replaced leaves two; the one that works stays.
        (Wrap::File, None) if read_masters(folder)?.len() > 1 => write_masters(folder, &state.masters)?,
        (Wrap::File, None) => {}
    }
    Ok((home, state))
}

/// What stands in front of the sealed keys, as it was read and as it lies there; and those.
fn take_apart<'b>(path: &Path, bytes: &'b [u8]) -> Result<(Wrap, &'b [u8], &'b [u8]), KeysError> {
    let damaged = || KeysError::Damaged(path.to_owned());
    if bytes.len() as u64 > KEYS_FILE_BYTES_MAX {
        return Err(damaged());
    }
    let line_end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
    let (line, body) = bytes.split_at(line_end + 1);
    let found: u32 = std::str::from_utf8(line)
        .ok()
        .and_then(|line| line.strip_prefix(HEADER_PREFIX)?.trim_end().parse().ok())
        .ok_or_else(damaged)?;
    if found > FOLDER_FORMAT {
        return Err(KeysError::NewerVersion { found });
    }
    let (wrap, sealed): (Wrap, &[u8]) = postcard::take_from_bytes(body).map_err(|_| damaged())?;
    let wrap_bytes = &body[..body.len() - sealed.len()];
    Ok((wrap, wrap_bytes, sealed))
}

fn create(folder: &Path, path: &Path, passphrase: Option<&Passphrase>) -> Result<(SealingKey, State), KeysError> {
    if folder.join(places::JOURNAL_FILE).exists() {
        return Err(KeysError::Missing(path.to_owned()));
    }
    let home = SealingKey::generate().map_err(KeysError::io(path))?;
    let generations = vec![(1, SealingKey::generate().map_err(KeysError::io(path))?)];
    let (wrap, master) = match passphrase {
        Some(passphrase) => fresh_wrap(passphrase, path)?,
        None => {
            let master = SealingKey::generate().map_err(KeysError::io(path))?;
            write_masters(folder, std::slice::from_ref(&master))?;
            (Wrap::File, master)
        }
    };
    let bytes = wrapped(&wrap, &master, &home, &generations).map_err(KeysError::io(path))?;
    places::write_private(path, &bytes).map_err(KeysError::io(path))?;
    Ok((home, State { wrap, masters: vec![master], generations }))
}

fn fresh_wrap(passphrase: &Passphrase, path: &Path) -> Result<(Wrap, SealingKey), KeysError> {
    let mut salt = [0; 16];
    fill_random(&mut salt).map_err(KeysError::io(path))?;
    let wrap = Wrap::Passphrase { salt, memory_kib: PASSPHRASE_MEMORY_KIB, passes: PASSPHRASE_PASSES };
    let master = derive(&wrap, passphrase, path)?;
    Ok((wrap, master))
}

fn derive(wrap: &Wrap, passphrase: &Passphrase, path: &Path) -> Result<SealingKey, KeysError> {
    let damaged = || KeysError::Damaged(path.to_owned());
    let Wrap::Passphrase { salt, memory_kib, passes } = wrap else { return Err(damaged()) };
    if *memory_kib > PASSPHRASE_MEMORY_KIB_MAX || *passes > PASSPHRASE_PASSES_MAX {
        return Err(damaged());
    }
    let params = Params::new(*memory_kib, *passes, 1, None).map_err(|_| damaged())?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(&passphrase.0, salt, &mut key[..])
        .map_err(|_| damaged())?;
    Ok(SealingKey(key))
}

/// The master keys in the private file: one, or two when a crash interrupted their replacement.
fn read_masters(folder: &Path) -> Result<Vec<SealingKey>, KeysError> {
    let path = folder.join(places::MASTER_FILE);
    let bytes = match places::read_small(&path, MASTER_FILE_BYTES_MAX) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(KeysError::Missing(path)),
        Err(error) => return Err(KeysError::Io { path, error }),
    };
    let keys: Vec<_> = bytes.chunks(32).filter_map(|key| SealingKey::from_slice(key).ok()).collect();
    if keys.is_empty() || keys.len() > 2 || bytes.len() % 32 != 0 {
        return Err(KeysError::Damaged(path));
    }
    Ok(keys)
}

fn write_masters(folder: &Path, keys: &[SealingKey]) -> Result<(), KeysError> {
    let path = folder.join(places::MASTER_FILE);
    let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(keys.iter().flat_map(|key| *key.as_bytes()).collect());
    places::write_private_destroying(&path, &bytes).map_err(KeysError::io(&path))
}

fn destroy_master(folder: &Path) -> Result<(), KeysError> {
    let path = folder.join(places::MASTER_FILE);
    places::remove_destroying(&path).map_err(KeysError::io(&path))
}

#[cfg(test)]
mod tests;
