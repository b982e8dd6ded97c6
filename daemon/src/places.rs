//! Decides where this installation keeps its files, that nobody else may read them, and that one daemon at a time does.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::platform;

/// The journal: every document, sealed.
pub const JOURNAL_FILE: &str = "journal.redb";
/// The keys that open the journal, wrapped by a master key.
pub const KEYS_FILE: &str = "keys";
/// The master key, where no passphrase protects the keys.
pub const MASTER_FILE: &str = "master.key";
/// The secrets of the person and the device, sealed.
pub const IDENTITY_FILE: &str = "identity";
/// How to reach the running daemon.
pub const DAEMON_FILE: &str = "daemon.json";
/// The token by which scripts of this user prove that they are.
pub const TOKEN_FILE: &str = "cli.token";
/// The certificate and the secrets of the tablet's door, sealed; there only while that door is open.
pub const TABLET_FILE: &str = "tablet";
const LOCK_FILE: &str = "lock";

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// Neither the home folder nor the data folder is named by the environment.
    #[error("this user has no home folder; name a data folder")]
    NoHome,
    /// The folder has files of somebody else's and is open to others; closing it could harm them.
    #[error("{} is open to others and holds other files; choose an empty folder", .0.display())]
    NotPrivate(PathBuf),
    /// Another daemon has the folder.
    #[error("another daemon is using {}", .0.display())]
    Locked(PathBuf),
    /// The disk refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// What was being read or written.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl PlacesError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { path: path.to_owned(), error }
    }
}

/// The data folder of this user on this platform.
pub fn default_folder() -> Result<PathBuf, PlacesError> {
    folder_from(&|name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from))
}

fn folder_from(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Result<PathBuf, PlacesError> {
    platform::data_folder(variable).ok_or(PlacesError::NoHome)
}

/// Creates the data folder, or closes an existing one to others when it is empty or already ours.
pub fn prepare_folder(folder: &Path) -> Result<(), PlacesError> {
    let at = || PlacesError::io(folder);
    platform::create_private_folder(folder).map_err(at())?;
    if !platform::is_open_to_others(folder).map_err(at())? {
        return Ok(());
    }
    let ours = folder.join(KEYS_FILE).exists() || fs::read_dir(folder).map_err(at())?.next().is_none();
    if !ours {
        return Err(PlacesError::NotPrivate(folder.to_owned()));
    }
    platform::make_folder_private(folder).map_err(at())
}

/// Held by the one daemon that may write in the folder; dropping it, or dying, gives the folder back.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, or says who has it.
    pub fn take(folder: &Path) -> Result<Self, PlacesError> {
        let path = folder.join(LOCK_FILE);
        let file = platform::open_private_file(&path).map_err(PlacesError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(PlacesError::Locked(folder.to_owned())),
            Err(TryLockError::Error(error)) => Err(PlacesError::Io { path, error }),
        }
    }
}

/// Reads a small file; of a longer one no more than shows that it is too long, as anything may lie in its place.
pub fn read_small(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let most = bytes_max + 1;
    // At once, so that no copy of a secret stays behind where it grew out of.
    let mut bytes = Vec::with_capacity(usize::try_from(most).unwrap_or_default());
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a private file so that after a power cut either the old or the new content is there, whole.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = folder.join(name);
    let written = (|| {
        let mut file = platform::open_private_file(&fresh)?;
        file.set_len(0)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    })();
    if written.is_err() {
        // What is left of the attempt would take space on a full disk; that it stays is not worth a second error.
        let _ = fs::remove_file(&fresh);
    }
    written?;
    platform::sync_folder(folder)
}

/// Replaces a private file and overwrites what it held. A file system that copies on write, or a drive that moves
/// sectors, may keep an older copy out of anybody's ordinary reach; no program can prevent that.
pub fn write_private_destroying(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = match fs::OpenOptions::new().write(true).open(path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    write_private(path, bytes)?;
    old.map_or(Ok(()), overwrite)
}

/// Overwrites a file, then removes it; one that is not there is removed already.
pub fn remove_destroying(path: &Path) -> io::Result<()> {
    match fs::OpenOptions::new().write(true).open(path) {
        Ok(file) => overwrite(file)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    fs::remove_file(path)?;
    platform::sync_folder(path.parent().unwrap_or_else(|| Path::new(".")))
}

fn overwrite(mut file: File) -> io::Result<()> {
    let length = file.metadata()?.len();
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_is_named_by_the_environment_and_must_be_absolute() {
        let only = |wanted: &'static str, value: &'static str| {
            move |name: &str| (name == wanted).then(|| PathBuf::from(value))
        };
        if cfg!(all(unix, not(target_os = "macos"))) {
            assert_eq!(folder_from(&only("XDG_DATA_HOME", "/data")).expect("folder"), Path::new("/data/rounds"));
            assert_eq!(
                folder_from(&only("HOME", "/home/ana")).expect("folder"),
                Path::new("/home/ana/.local/share/rounds")
            );
            assert!(matches!(folder_from(&only("HOME", "ana")), Err(PlacesError::NoHome)));
        }
        assert!(matches!(folder_from(&|_| None), Err(PlacesError::NoHome)));
    }

    #[test]
    fn one_at_a_time_may_hold_a_folder() {
        let folder = tempfile::tempdir().expect("folder");
        let first = FolderLock::take(folder.path()).expect("first");
        assert!(matches!(FolderLock::take(folder.path()), Err(PlacesError::Locked(_))));
        drop(first);
        FolderLock::take(folder.path()).expect("after the first let go");
    }

    #[test]
    fn replacing_a_file_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("note");
        write_private(&path, b"one, longer").expect("write");
        write_private_destroying(&path, b"two").expect("write");
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(fs::read_dir(folder.path()).expect("list").count(), 1);
        remove_destroying(&path).expect("remove");
        remove_destroying(&path).expect("removing twice is removing once");
        assert!(!path.exists());
    }

    #[test]
    fn of_a_file_that_is_too_long_little_is_read() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("note");
        fs::write(&path, b"small").expect("write");
        assert_eq!(read_small(&path, 5).expect("read"), b"small");
        File::create(&path).and_then(|file| file.set_len(1 << 40)).expect("a file with a hole");
        assert_eq!(read_small(&path, 5).expect("read").len(), 6);
    }

    #[cfg(unix)]
    #[test]
    fn folders_and_files_are_private_and_a_strangers_folder_is_left_alone() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        let outer = tempfile::tempdir().expect("folder");
        let folder = outer.path().join("a/b");
        prepare_folder(&folder).expect("prepare");
        assert_eq!(mode(&folder), 0o700);
        write_private(&folder.join("note"), b"x").expect("write");
        assert_eq!(mode(&folder.join("note")), 0o600);

        let strange = outer.path().join("strange");
        fs::create_dir(&strange).expect("create");
        fs::set_permissions(&strange, fs::Permissions::from_mode(0o755)).expect("open it");
        fs::write(strange.join("other"), b"x").expect("write");
        assert!(matches!(prepare_folder(&strange), Err(PlacesError::NotPrivate(_))));
        assert_eq!(mode(&strange), 0o755);
        fs::remove_file(strange.join("other")).expect("remove");
        prepare_folder(&strange).expect("an empty folder may be taken");
        assert_eq!(mode(&strange), 0o700);
    }
}
