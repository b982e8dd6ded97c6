//! Decides how people, devices, documents, actors and changes are named, in memory and as text.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// A text that is not the name of anything: wrong length or letters outside base32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $length:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Length in bytes.
            pub const LENGTH: usize = $length;

            /// Names the thing with these bytes.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The bytes, as on the wire and on disk.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// The id held in `bytes`, when the length is right.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidId> {
                bytes.try_into().map(Self).map_err(|_| InvalidId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&BASE32_NOPAD.encode(&self.0).to_ascii_lowercase())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), &self.to_string()[..8])
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let bytes = BASE32_NOPAD_NOCASE.decode(text.as_bytes()).map_err(|_| InvalidId)?;
                Self::from_slice(&bytes)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serde::Serialize::serialize(&ByteArray(self.0), serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
                } else {
                    ByteArray::deserialize(deserializer).map(|bytes| Self(bytes.0))
                }
            }
        }
    };
}

id! {
    /// A teacher: the Ed25519 public key that signs their devices' certificates and nothing else.
    PersonId, 32
}
id! {
    /// A machine of one person: an Ed25519 public key that is also its transport identity.
    DeviceId, 32
}
id! {
    /// A document: a hash that commits to its kind and founding owners, so that ownership can be checked by anybody.
    DocumentId, 20
}
id! {
    /// The SHA-256 hash by which Automerge names a change.
    ChangeHash, 32
}
id! {
    /// The hash of the words of a card and of whom they name: what somebody says yes to.
    WordsHash, 32
}
id! {
    /// The hash of a signed grant.
    GrantId, 32
}
id! {
    /// One run of a daemon's log, drawn at random at each start; cursors into the log name it.
    StartId, 16
}
id! {
    /// Who made a change, as Automerge sees it: the device's public key and the random incarnation of one start.
    ActorId, 46
}

impl ActorId {
    /// The actor of `device` in the start that drew `incarnation`.
    pub fn new(device: DeviceId, incarnation: [u8; 14]) -> Self {
        let mut bytes = [0; Self::LENGTH];
        bytes[..DeviceId::LENGTH].copy_from_slice(device.as_bytes());
        bytes[DeviceId::LENGTH..].copy_from_slice(&incarnation);
        Self(bytes)
    }

    /// The device whose key must have signed this actor's changes.
    pub fn device(&self) -> DeviceId {
        let mut key = [0; DeviceId::LENGTH];
        key.copy_from_slice(&self.0[..DeviceId::LENGTH]);
        DeviceId(key)
    }

    /// The same actor as Automerge writes it.
    pub fn to_automerge(self) -> automerge::ActorId {
        automerge::ActorId::from(&self.0[..])
    }

    /// Reads an Automerge actor; refuses one of another length.
    pub fn from_automerge(actor: &automerge::ActorId) -> Result<Self, InvalidId> {
        Self::from_slice(actor.to_bytes())
    }
}

impl ChangeHash {
    /// The same hash as Automerge writes it.
    pub fn to_automerge(self) -> automerge::ChangeHash {
        automerge::ChangeHash(self.0)
    }
}

impl From<automerge::ChangeHash> for ChangeHash {
    fn from(hash: automerge::ChangeHash) -> Self {
        Self(hash.0)
    }
}

/// SHA-256 over length-prefixed parts, so that no two lists of parts hash alike.
pub(crate) fn hash_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// A byte array of any length as a serde tuple: no length prefix in a binary format.
struct ByteArray<const N: usize>([u8; N]);

impl<const N: usize> Serialize for ByteArray<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeTuple;
        let mut tuple = serializer.serialize_tuple(N)?;
        for byte in &self.0 {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl<'de, const N: usize> Deserialize<'de> for ByteArray<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const N: usize>;
        impl<'de, const N: usize> de::Visitor<'de> for Visitor<N> {
            type Value = ByteArray<N>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{N} bytes")
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut sequence: A) -> Result<ByteArray<N>, A::Error> {
                let mut bytes = [0; N];
                for (index, byte) in bytes.iter_mut().enumerate() {
                    *byte = sequence.next_element()?.ok_or_else(|| de::Error::invalid_length(index, &self))?;
                }
                Ok(ByteArray(bytes))
            }
        }
        deserializer.deserialize_tuple(N, Visitor::<N>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_text_json_and_binary() {
        let id = DocumentId::from_bytes([7; 20]);
        assert_eq!(id.to_string().parse::<DocumentId>(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<DocumentId>(), Ok(id));
        let json = serde_json::to_string(&id).expect("json");
        assert_eq!(serde_json::from_str::<DocumentId>(&json).expect("json"), id);
        let bytes = postcard::to_allocvec(&id).expect("binary");
        assert_eq!(bytes.len(), 20);
        assert_eq!(postcard::from_bytes::<DocumentId>(&bytes).expect("binary"), id);
        assert_eq!("nonsense".parse::<DocumentId>(), Err(InvalidId));
    }

    #[test]
    fn an_actor_names_its_device() {
        let device = DeviceId::from_bytes([3; 32]);
        assert_eq!(ActorId::new(device, [9; 14]).device(), device);
    }
}
