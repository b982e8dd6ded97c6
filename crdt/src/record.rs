//! Decides what a record is: one change with its device's signature, how it is proved, and how it is sealed at rest.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::change::{ChangeHeader, InvalidChange};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, hash_parts};
use crate::limits::DEPENDENCIES_MAX;

/// An Ed25519 signature, serialised as its 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SignatureBytes(pub [u8; 64]);

impl std::fmt::Debug for SignatureBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl Serialize for SignatureBytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (left, right) = self.0.split_at(32);
        let halves: ([u8; 32], [u8; 32]) =
            (left.try_into().map_err(serde::ser::Error::custom)?, right.try_into().map_err(serde::ser::Error::custom)?);
        halves.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SignatureBytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (left, right) = <([u8; 32], [u8; 32])>::deserialize(deserializer)?;
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&left);
        bytes[32..].copy_from_slice(&right);
        Ok(Self(bytes))
    }
}

/// Why a record was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The change could not be read.
    #[error(transparent)]
    Change(#[from] InvalidChange),
    /// The signature does not verify under the actor's device.
    #[error("the signature is not the writing device's")]
    BadSignature,
}

/// Another writer's change that a change builds on, named so that it can be looked up in a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The first bytes of the writer's incarnation.
    pub writer: [u8; 8],
    /// The change's number among that writer's changes.
    pub seq: u64,
}

impl Base {
    /// Names the change `seq` of `actor`.
    pub fn new(actor: &ActorId, seq: u64) -> Self {
        let mut writer = [0; 8];
        writer.copy_from_slice(&actor.as_bytes()[DeviceId::LENGTH..DeviceId::LENGTH + 8]);
        Self { writer, seq }
    }

    /// Whether this is a change of `actor`, as far as its name tells: somebody hostile can take another's first bytes.
    pub fn is(&self, actor: &ActorId) -> bool {
        self.writer == actor.as_bytes()[DeviceId::LENGTH..DeviceId::LENGTH + 8]
    }
}

/// One change and the signature of the device that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The Automerge change chunk, uncompressed.
    pub change: Vec<u8>,
    /// What it builds on besides its writer's previous change: a clock tells whether that is here, without an index of
    /// all hashes.
    pub builds_on: Vec<Base>,
    /// The device's signature over context, document, change hash and `builds_on`.
    pub signature: SignatureBytes,
}

impl Record {
    /// Signs a change that this device made in `document`.
    pub fn sign(
        document: DocumentId,
        change: Vec<u8>,
        hash: ChangeHash,
        builds_on: Vec<Base>,
        device: &SigningKey,
    ) -> Self {
        let signature = SignatureBytes(device.sign(&signed_bytes(document, hash, &builds_on)).to_bytes());
        Self { change, builds_on, signature }
    }

    /// Reads the change's header and checks the signature of the device its actor names.
    pub fn verify(&self, document: DocumentId) -> Result<ChangeHeader, RecordError> {
        let header = ChangeHeader::read(&self.change)?;
        self.verify_signature(document, &header)?;
        Ok(header)
    }

    /// Checks the signature, given the change's header.
    pub fn verify_signature(&self, document: DocumentId, header: &ChangeHeader) -> Result<(), RecordError> {
        if self.builds_on.len() > DEPENDENCIES_MAX {
            return Err(RecordError::Change(InvalidChange::TooLarge));
        }
        self.proof().verify(document, header.actor, header.hash)
    }

    /// What vouches for this change and all its writer's earlier ones, without the change.
    pub fn proof(&self) -> Proof {
        Proof { builds_on: self.builds_on.clone(), signature: self.signature }
    }

    /// Bytes for storing.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default() // in-memory serialisation of plain data does not fail
    }

    /// The record in bytes that [`Record::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// A writer's signature on its last change, kept when the record is compacted away: it vouches for all earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// As in the record.
    pub builds_on: Vec<Base>,
    /// As in the record.
    pub signature: SignatureBytes,
}

impl Proof {
    /// Checks that `actor`'s device signed the change `hash` in `document`.
    pub fn verify(&self, document: DocumentId, actor: ActorId, hash: ChangeHash) -> Result<(), RecordError> {
        let key = VerifyingKey::from_bytes(actor.device().as_bytes()).map_err(|_| RecordError::BadSignature)?;
        let signature = Signature::from_bytes(&self.signature.0);
        key.verify_strict(&signed_bytes(document, hash, &self.builds_on), &signature)
            .map_err(|_| RecordError::BadSignature)
    }
}

fn signed_bytes(document: DocumentId, hash: ChangeHash, builds_on: &[Base]) -> [u8; 32] {
    let bases: Vec<u8> =
        builds_on.iter().flat_map(|base| base.writer.into_iter().chain(base.seq.to_le_bytes())).collect();
    hash_parts(&[b"rounds record v1", document.as_bytes(), hash.as_bytes(), &bases])
}

/// A short message a device signed for the members of one document: where somebody's caret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceNote {
    /// The text field the caret is in; empty when the person left.
    pub field: String,
    /// Where the selection began: a cursor that survives edits.
    pub anchor: String,
    /// Where the caret is: a cursor that survives edits.
    pub head: String,
    /// Rises with each message of one device; an older one is ignored.
    pub seq: u64,
}

impl PresenceNote {
    /// Signs the note for one document.
    pub fn sign(&self, document: DocumentId, device: &SigningKey) -> SignatureBytes {
        SignatureBytes(device.sign(&self.signed_bytes(document)).to_bytes())
    }

    /// Checks that `device` signed it for `document`.
    pub fn verify(
        &self,
        document: DocumentId,
        device: DeviceId,
        signature: &SignatureBytes,
    ) -> Result<(), RecordError> {
        let key = VerifyingKey::from_bytes(device.as_bytes()).map_err(|_| RecordError::BadSignature)?;
        let signature = Signature::from_bytes(&signature.0);
        key.verify_strict(&self.signed_bytes(document), &signature).map_err(|_| RecordError::BadSignature)
    }

    fn signed_bytes(&self, document: DocumentId) -> [u8; 32] {
        let parts = [&self.field, &self.anchor, &self.head].map(|part| part.as_bytes());
        hash_parts(&[b"rounds presence v1", document.as_bytes(), parts[0], parts[1], parts[2], &self.seq.to_le_bytes()])
    }
}

/// Bytes that sealing adds: a nonce of 24 and a tag of 16.
pub const SEAL_OVERHEAD_BYTES: usize = 40;

/// A sealed value did not open: another key, another place, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open with this key")]
pub struct SealBroken;

/// Seals `plain` under `key` for the place that `context` names; `nonce` is random.
pub fn seal(key: &[u8; 32], nonce: [u8; 24], context: &[u8], plain: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let payload = Payload { msg: plain, aad: context };
    let mut sealed = nonce.to_vec();
    let body = cipher.encrypt(&XNonce::from(nonce), payload);
    sealed.extend(body.unwrap_or_default()); // encrypting fails only past 256 GiB, which no bound lets through
    sealed
}

/// Opens what [`seal`] made.
pub fn unseal(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
    let (nonce, body) = sealed.split_first_chunk::<24>().ok_or(SealBroken)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: context }).map_err(|_| SealBroken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let sealed = seal(&[1; 32], [2; 24], b"records/1", b"quiet words");
        assert_eq!(unseal(&[1; 32], b"records/1", &sealed).as_deref(), Ok(&b"quiet words"[..]));
        assert_eq!(sealed.len(), b"quiet words".len() + SEAL_OVERHEAD_BYTES);
        assert_eq!(unseal(&[1; 32], b"records/2", &sealed), Err(SealBroken));
        assert_eq!(unseal(&[9; 32], b"records/1", &sealed), Err(SealBroken));
        assert_eq!(unseal(&[1; 32], b"records/1", &sealed[..20]), Err(SealBroken));
    }
}
