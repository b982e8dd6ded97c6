//! Decides who this installation is: the secrets of the person, of the device and of its sealed post, made once.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rounds_crdt::ids::{DeviceId, PersonId};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::{Keys, fill_random};
use crate::places;

/// Bytes of the identity file: four short secrets take under 300.
const IDENTITY_FILE_BYTES_MAX: u64 = 4 * 1024;

const TABLE: &str = "identity";

/// Why this installation does not know who it is.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// There are documents, and the identity that wrote them is gone; making another would pretend to be somebody else.
    #[error("the identity of this installation is gone: {} is missing", .0.display())]
    Missing(PathBuf),
    /// The file is not an identity, or not this folder's.
    #[error("{} is damaged or belongs to another data folder", .0.display())]
    Damaged(PathBuf),
    /// The disk refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// What was being read or written.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// The secrets of one installation. `Debug` shows the public ids only.
#[derive(Clone)]
pub struct Identity {
    /// Secret half of the person's key, which signs device certificates and nothing else.
    pub person_seed: Zeroizing<[u8; 32]>,
    /// Secret half of the device's key, which signs records and is the transport identity.
    pub device_seed: Zeroizing<[u8; 32]>,
    /// Secret half of the X25519 key to which bundles for this device are sealed.
    pub sealing_seed: Zeroizing<[u8; 32]>,
    /// Names this installation in cookies; random, and known to nobody else.
    pub install_id: [u8; 16],
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("person", &self.person())
            .field("device", &self.device())
            .finish_non_exhaustive()
    }
}

/// The file's contents; the first field tells later shapes apart.
#[derive(Serialize, Deserialize)]
enum Stored {
    V1 { person: [u8; 32], device: [u8; 32], sealing: [u8; 32], install: [u8; 16] },
}

impl Identity {
    /// Reads the identity of a folder, or makes one in a folder without documents.
    pub fn load_or_create(folder: &Path, keys: &Keys) -> Result<Self, IdentityError> {
        let path = folder.join(places::IDENTITY_FILE);
        let io_error = |error| IdentityError::Io { path: path.clone(), error };
        match places::read_small(&path, IDENTITY_FILE_BYTES_MAX) {
            Ok(sealed) => Self::unseal(&sealed, keys).ok_or_else(|| IdentityError::Damaged(path.clone())),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(error)),
            Err(_) if folder.join(places::JOURNAL_FILE).exists() => Err(IdentityError::Missing(path)),
            Err(_) => {
                let identity = Self::generate().map_err(io_error)?;
                let sealed = identity.seal(keys).map_err(io_error)?;
                places::write_private(&path, &sealed).map_err(io_error)?;
                Ok(identity)
            }
        }
    }

    /// A new person on a new device.
    pub fn generate() -> io::Result<Self> {
        let mut install_id = [0; 16];
        fill_random(&mut install_id)?;
        Ok(Self { person_seed: seed()?, device_seed: seed()?, sealing_seed: seed()?, install_id })
    }

    /// The person's public name.
    pub fn person(&self) -> PersonId {
        PersonId::from_bytes(self.person_key().verifying_key().to_bytes())
    }

    /// The device's public name.
    pub fn device(&self) -> DeviceId {
        DeviceId::from_bytes(self.device_key().verifying_key().to_bytes())
    }

    /// The key that signs device certificates.
    pub fn person_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.person_seed)
    }

    /// The key that signs records.
    pub fn device_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.device_seed)
    }

    /// The X25519 key that bundles for this device are sealed to.
    pub fn sealing_public(&self) -> [u8; 32] {
        x25519_dalek::PublicKey::from(&x25519_dalek::StaticSecret::from(*self.sealing_seed)).to_bytes()
    }

    /// The key under which pages seal words that wait for this daemon. Pages are given it and store it nowhere, so that
    /// what lies in a browser's storage is of no use without this installation's own secrets.
    pub fn page_key(&self) -> Zeroizing<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.device_seed[..]).expect("HMAC takes keys of every length");
        mac.update(b"rounds: words that wait in a page");
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    fn seal(&self, keys: &Keys) -> io::Result<Vec<u8>> {
        let stored = Stored::V1 {
            person: *self.person_seed,
            device: *self.device_seed,
            sealing: *self.sealing_seed,
            install: self.install_id,
        };
        let plain = Zeroizing::new(postcard::to_allocvec(&stored).map_err(io::Error::other)?);
        keys.home().seal(TABLE, b"", &plain)
    }

    fn unseal(sealed: &[u8], keys: &Keys) -> Option<Self> {
        if sealed.len() as u64 > IDENTITY_FILE_BYTES_MAX {
            return None;
        }
        let plain = Zeroizing::new(keys.home().open(TABLE, b"", sealed).ok()?);
        let Stored::V1 { person, device, sealing, install } = postcard::from_bytes(&plain).ok()?;
        Some(Self {
            person_seed: Zeroizing::new(person),
            device_seed: Zeroizing::new(device),
            sealing_seed: Zeroizing::new(sealing),
            install_id: install,
        })
    }
}

fn seed() -> io::Result<Zeroizing<[u8; 32]>> {
    let mut seed = Zeroizing::new([0; 32]);
    fill_random(&mut seed[..])?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_identity_is_made_once_and_never_shown() {
        let folder = tempfile::tempdir().expect("folder");
        let keys = Keys::open(folder.path(), None).expect("keys");
        let ana = Identity::load_or_create(folder.path(), &keys).expect("create");
        let again = Identity::load_or_create(folder.path(), &keys).expect("load");
        assert_eq!((ana.person(), ana.device(), ana.install_id), (again.person(), again.device(), again.install_id));
        assert_eq!(ana.sealing_seed, again.sealing_seed);
        assert_ne!(ana.person_seed, ana.device_seed);
        assert_eq!(ana.page_key(), again.page_key());
        assert!([&ana.person_seed, &ana.device_seed, &ana.sealing_seed].iter().all(|seed| ***seed != *ana.page_key()));
        assert_ne!(ana.page_key(), Identity::generate().expect("random").page_key());
        let shown = format!("{ana:?}");
        assert!(!shown.contains("seed") && !shown.contains("install"), "{shown}");
        let stored = fs::read(folder.path().join(places::IDENTITY_FILE)).expect("read");
        assert!(!stored.windows(32).any(|window| window == &ana.person_seed[..]));
    }

    #[test]
    fn an_identity_of_another_folder_is_refused() {
        let (here, there) = (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
        let keys = Keys::open(here.path(), None).expect("keys");
        Identity::load_or_create(there.path(), &Keys::open(there.path(), None).expect("keys")).expect("create");
        fs::copy(there.path().join(places::IDENTITY_FILE), here.path().join(places::IDENTITY_FILE)).expect("copy");
        assert!(matches!(Identity::load_or_create(here.path(), &keys), Err(IdentityError::Damaged(_))));
    }

    #[test]
    fn documents_without_an_identity_are_not_given_a_new_one() {
        let folder = tempfile::tempdir().expect("folder");
        let keys = Keys::open(folder.path(), None).expect("keys");
        fs::write(folder.path().join(places::JOURNAL_FILE), b"there are documents").expect("write");
        assert!(matches!(Identity::load_or_create(folder.path(), &keys), Err(IdentityError::Missing(_))));
    }
}
