//! Decides what is said, and with which exit code, when a daemon does not start or stops with words that were not saved.

use std::io;

use crate::house::Trouble;
use crate::identity::IdentityError;
use crate::journal::JournalError;
use crate::keys::KeysError;
use crate::network::NetworkError;
use crate::places::PlacesError;
use crate::platform;
use crate::web::WebError;

/// Why a daemon did not start. What was in the data folder before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The folder or its keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Who this installation is.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The page's server.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The files in the data folder by which commands find the daemon.
    #[error("commands cannot be told where this daemon is: {0}")]
    Publish(io::Error),
    /// The name given for this person.
    #[error("{}", .0.message)]
    Name(Trouble),
    /// The operating system refused a thread.
    #[error("the system refused: {0}")]
    System(#[from] io::Error),
}

/// What to try where the data folder itself is at fault.
const ANOTHER_FOLDER: &str = "look at the folder's owner and rights, or name another one: rounds run --data DIR";

/// What to try where a file in the data folder is not what Rounds wrote; nothing in the folder was changed.
const PUT_BACK: &str =
    "put the whole data folder back from your last copy of it, or begin anew elsewhere: rounds run --data DIR";

impl BootError {
    /// What the program exits with: 1, or 5 with a wrong passphrase, or 7 where the disk does not take what must be written.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Keys(KeysError::WrongPassphrase) => 5,
            _ if self.disk().is_some_and(platform::takes_nothing) => 7,
            _ => 1,
        }
    }

    /// What the disk said, where it is at fault.
    fn disk(&self) -> Option<&io::Error> {
        match self {
            Self::Journal(JournalError::Io { error, .. })
            | Self::Identity(IdentityError::Io { error, .. })
            | Self::Publish(error) => Some(error),
            Self::Keys(error) => error.disk(),
            _ => None,
        }
    }

    /// What to try next.
    pub fn hint(&self) -> &'static str {
        if let Some(error) = self.disk() {
            return match error.kind() {
                _ if platform::is_disk_full(error) => "free some space, then: rounds run",
                io::ErrorKind::ReadOnlyFilesystem => "make the disk writable, or: rounds run --data DIR",
                _ => ANOTHER_FOLDER,
            };
        }
        match self {
            Self::Keys(KeysError::Places(PlacesError::Locked(_))) | Self::Journal(JournalError::Locked) => {
                "rounds status shows the daemon that is running; --data DIR names another folder"
            }
            Self::Keys(KeysError::Places(PlacesError::NotPrivate(_) | PlacesError::NoHome)) => {
                "rounds run --data DIR, with a folder that does not exist yet"
            }
            Self::Keys(KeysError::NewerVersion { .. }) | Self::Journal(JournalError::NewerVersion { .. }) => {
                "install the newer version of Rounds again; nothing was changed"
            }
            Self::Keys(KeysError::PassphraseNeeded) => {
                "rounds run asks for it in a terminal; elsewhere set ROUNDS_PASSPHRASE_FILE to a file with the passphrase"
            }
            Self::Keys(KeysError::WrongPassphrase) => "rounds run asks for the passphrase again",
            Self::Keys(KeysError::WrongKey | KeysError::Missing(_) | KeysError::Damaged(_))
            | Self::Identity(IdentityError::Missing(_) | IdentityError::Damaged(_))
            | Self::Journal(JournalError::WrongKey | JournalError::Damaged { .. }) => PUT_BACK,
            Self::Network(NetworkError::PortInUse { .. }) => {
                "rounds run --listen 0.0.0.0:0 --listen [::]:0 picks free ports"
            }
            Self::Network(NetworkError::CannotListen { .. }) => {
                "rounds run --listen ADDR, with an address of this computer"
            }
            Self::Web(WebError::PortInUse { .. } | WebError::NotLocal { .. } | WebError::Io { .. }) => {
                "rounds run --http 127.0.0.1:0 picks a free port on this computer"
            }
            Self::Name(_) => "rounds run --name NAME",
            Self::Keys(
                KeysError::Io { .. } | KeysError::Unconfirmed(_) | KeysError::Places(PlacesError::Io { .. }),
            )
            | Self::Identity(IdentityError::Io { .. })
            | Self::Journal(JournalError::Io { .. } | JournalError::Unavailable | JournalError::Closed)
            | Self::Publish(_) => ANOTHER_FOLDER,
            Self::Network(NetworkError::BadKey | NetworkError::Transport { .. }) | Self::System(_) => {
                "rounds -v run tells more; starting the computer again may help"
            }
        }
    }
}

/// A stop that lost words: the disk did not take them even then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("some of what was written last could not be saved: {reason}")]
pub struct Unsaved {
    /// Why, in a plain sentence.
    pub reason: String,
}

impl Unsaved {
    /// What to try next.
    pub fn hint(&self) -> &'static str {
        "free some space, or see to the disk, then: rounds run; a page that is still open hands over again what it had not heard saved"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io_error(kind: io::ErrorKind) -> io::Error {
        kind.into()
    }

    fn everywhere_at_the_disk(kind: io::ErrorKind) -> Vec<BootError> {
        let (path, error) = (std::path::PathBuf::from("data"), || io_error(kind));
        let keys = || KeysError::Io { path: path.clone(), error: error() };
        vec![
            keys().into(),
            KeysError::Unconfirmed(Box::new(keys())).into(),
            KeysError::Places(PlacesError::Io { path: path.clone(), error: error() }).into(),
            IdentityError::Io { path: path.clone(), error: error() }.into(),
            JournalError::Io { path: path.clone(), error: error() }.into(),
            BootError::Publish(error()),
        ]
    }

    #[test]
    fn a_disk_that_takes_nothing_is_7_wherever_the_start_meets_it() {
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::ReadOnlyFilesystem];
        for error in full.into_iter().flat_map(everywhere_at_the_disk) {
            assert_eq!(error.exit_code(), 7, "{error:?}");
            assert_ne!(error.hint(), ANOTHER_FOLDER, "{error:?}");
        }
        for error in everywhere_at_the_disk(io::ErrorKind::PermissionDenied) {
            assert_eq!((error.exit_code(), error.hint()), (1, ANOTHER_FOLDER), "{error:?}");
        }
        assert_eq!(BootError::from(KeysError::WrongPassphrase).exit_code(), 5);
        assert_eq!(BootError::System(io_error(io::ErrorKind::WouldBlock)).exit_code(), 1);
    }
}
