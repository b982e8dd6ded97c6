//! Decides what differs between operating systems: private files, the default data folder, the clock on the wall, opening
//! a browser, keyrings.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use time::UtcOffset;

/// Why no system keyring protects the keys on this platform, in words for `status`.
///
/// The pure Rust road to a Linux keyring is a whole D-Bus stack with an async runtime of its own, the other one links
/// the C library libdbus; neither pays for itself yet, so every platform uses a passphrase or a private file.
pub const KEYRING_ABSENCE: &str = "this build does not use the system keyring";

/// Permission bits of folders: theirs alone.
#[cfg(unix)]
pub const FOLDER_MODE: u32 = 0o700;

/// Permission bits of files: theirs alone.
#[cfg(unix)]
pub const FILE_MODE: u32 = 0o600;

/// The folder in which this platform keeps an application's data, when the environment names one.
pub fn data_folder(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return absolute("APPDATA").map(|folder| folder.join("Rounds"));
    }
    let home = absolute("HOME");
    if cfg!(target_os = "macos") {
        return home.map(|folder| folder.join("Library/Application Support/Rounds"));
    }
    absolute("XDG_DATA_HOME").or_else(|| home.map(|folder| folder.join(".local/share"))).map(|base| base.join("rounds"))
}

/// How far this computer's clock on the wall is ahead of UTC at a moment, in milliseconds since 1970; not at all where the
/// system does not tell.
pub fn utc_offset(at_ms: i64) -> UtcOffset {
    let zone = jiff::tz::TimeZone::system();
    let offset = jiff::Timestamp::from_millisecond(at_ms).map(|at| zone.to_offset(at).seconds());
    offset.ok().and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok()).unwrap_or(UtcOffset::UTC)
}

/// Creates a folder, and those above it, that only this user may enter; an existing one is left as it is.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(folder)
}

/// Whether somebody else on this machine may enter the folder. Windows keeps the data folder inside the user's
/// profile, whose inherited rights already exclude others.
pub fn is_open_to_others(folder: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Ok(fs::metadata(folder)?.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        fs::metadata(folder).map(|_| false)
    }
}

/// Closes an existing folder to everybody else.
pub fn make_folder_private(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(FOLDER_MODE))
    }
    #[cfg(not(unix))]
    {
        fs::metadata(folder).map(|_| ())
    }
}

/// Opens a file for reading and writing, created private when it is not there.
pub fn open_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options.open(path)
}

/// Makes renames inside the folder durable. Windows orders them itself and has no such call.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The disk space a file takes: its blocks where the platform says (files may have holes), else its length.
pub fn bytes_on_disk(path: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(path)?;
    #[cfg(unix)]
    {
        /// Unix counts blocks in units of 512 bytes, whatever the file system uses.
        const BLOCK_BYTES: u64 = 512;
        Ok(std::os::unix::fs::MetadataExt::blocks(&metadata) * BLOCK_BYTES)
    }
    #[cfg(not(unix))]
    {
        Ok(metadata.len())
    }
}

/// Whether the disk refused because no space, or no more of this user's share, is left.
pub fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether the disk takes nothing that is new: it is full, or can only be read.
pub fn takes_nothing(error: &io::Error) -> bool {
    is_disk_full(error) || error.kind() == io::ErrorKind::ReadOnlyFilesystem
}

/// Time by this machine's own count, which nobody sets and which goes on while it sleeps, where the system counts so. Only
/// differences mean something; it begins anew when the machine, or elsewhere the daemon, starts.
pub fn steady() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::time::{ClockId, clock_gettime};

        // What Linux calls monotonic stands still while the machine sleeps; what Apple calls so does not.
        #[cfg(not(target_vendor = "apple"))]
        const SLEEP_COUNTED: ClockId = ClockId::Boottime;
        #[cfg(target_vendor = "apple")]
        const SLEEP_COUNTED: ClockId = ClockId::Monotonic;

        let now = clock_gettime(SLEEP_COUNTED);
        Duration::new(now.tv_sec.try_into().unwrap_or_default(), now.tv_nsec.try_into().unwrap_or_default())
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    {
        static FIRST_ASKED: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        FIRST_ASKED.get_or_init(std::time::Instant::now).elapsed()
    }
}

/// Asks the desktop to show `url`; returns as soon as it was asked.
///
/// The url becomes an argument of another process, which other users of this machine may see while it runs: a launch
/// link passed here must be good for one use only.
pub fn open_browser(url: &str) -> io::Result<()> {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" })
    };
    let mut child = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Somebody has to collect the helper when it ends, and some desktops keep it as long as the browser.
    std::thread::Builder::new().name("browser".into()).spawn(move || child.wait())?;
    Ok(())
}
/// What the operating system calls this user, as a first guess at a name.
pub fn user_name() -> Option<String> {
    ["USER", "USERNAME", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|name| !name.is_empty())
}
