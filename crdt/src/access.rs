//! Decides who may read and write a document: founding owners, signed grants, certified devices.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::ids::{ActorId, DeviceId, DocumentId, GrantId, PersonId, hash_parts};
use crate::limits::{
    CERTS_MAX, DEVICES_PER_PERSON_MAX, GRANTS_BYTES_MAX, GRANTS_MAX, OWNERS_MAX, SHORT_TEXT_BYTES_MAX, SUPERSEDES_MAX,
};
use crate::model::Kind;
use crate::record::SignatureBytes;

/// Why a certificate, founding or grant was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The founding does not hash to the document's id, or its owners are not a sorted set.
    #[error("the founding is not the one this document's id commits to")]
    WrongFounding,
    /// A signature does not verify.
    #[error("a signature does not match its key")]
    BadSignature,
    /// A grant was signed by a device of somebody who does not own the document, or of nobody known.
    #[error("a grant was signed by somebody who does not own the document")]
    NotAnOwner,
    /// A grant for another document.
    #[error("a grant belongs to another document")]
    WrongDocument,
    /// A document of a kind that is its owners' alone.
    #[error("this page is yours alone and is never shared")]
    NeverShared,
    /// A founding owner cannot be granted or refused anything.
    #[error("founding owners keep their access")]
    OwnerIsFixed,
    /// More grants, owners or certificates than the bound.
    #[error("too many owners, grants or certificates")]
    TooMany,
}

/// What a document was founded as; its id is the hash of this.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Founding {
    /// What the document is.
    pub kind: Kind,
    /// The people who own it for good, sorted, without repeats.
    pub owners: Vec<PersonId>,
    /// Random: two documents of the same owners differ.
    pub nonce: [u8; 16],
}

impl Founding {
    /// A founding by `owners`, whatever their order.
    pub fn new(kind: Kind, mut owners: Vec<PersonId>, nonce: [u8; 16]) -> Self {
        owners.sort_unstable();
        owners.dedup();
        Self { kind, owners, nonce }
    }

    /// The id that commits to this founding.
    pub fn id(&self) -> DocumentId {
        let owners: Vec<u8> = self.owners.iter().flat_map(|owner| *owner.as_bytes()).collect();
        let hash = hash_parts(&[b"rounds document v1", self.kind.name().as_bytes(), &owners, &self.nonce]);
        let mut id = [0; DocumentId::LENGTH];
        id.copy_from_slice(&hash[..DocumentId::LENGTH]);
        DocumentId::from_bytes(id)
    }

    /// What the feedback on a goal is founded as: each owner's device finds the same document, also when they are apart,
    /// and nobody else can put another in its place. Nothing but a goal has any.
    pub fn of_feedback(&self) -> Option<Self> {
        if self.kind != Kind::Goal {
            return None;
        }
        let hash = hash_parts(&[b"rounds goal feedback v1", self.id().as_bytes()]);
        let mut nonce = [0; 16];
        nonce.copy_from_slice(&hash[..16]);
        Some(Self { kind: Kind::GoalFeedback, owners: self.owners.clone(), nonce })
    }

    fn check(&self, document: DocumentId) -> Result<(), AccessError> {
        if self.owners.len() > OWNERS_MAX {
            return Err(AccessError::TooMany);
        }
        let sorted = self.owners.windows(2).all(|pair| pair[0] < pair[1]);
        if self.owners.is_empty() || !sorted || self.id() != document {
            return Err(AccessError::WrongFounding);
        }
        // Else a partner could found a page in two names, and wait for the other to write in it what is theirs alone.
        if !self.kind.may_be_shared() && self.owners.len() > 1 {
            return Err(AccessError::NeverShared);
        }
        Ok(())
    }
}

/// What somebody may do with a document, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Role {
    /// Nothing; the default.
    None,
    /// Read.
    Reader,
    /// Read and write.
    Writer,
    /// Read, write and grant; the founding owners, for good.
    Owner,
}

/// A person's word that a device is theirs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCert {
    /// Whose device it is.
    pub person: PersonId,
    /// The device's signing and transport key.
    pub device: DeviceId,
    /// The device's X25519 key, for bundles sealed to it.
    pub sealing_key: [u8; 32],
    /// What its owner calls themself; a label, not a proof.
    pub name: String,
    /// Milliseconds since 1970 by its maker's clock.
    pub created: i64,
    /// Later certificates of the same device replace earlier ones.
    pub seq: u32,
    signature: SignatureBytes,
    consent: SignatureBytes,
}
crate::silent!(DeviceCert { person, device, seq });

impl DeviceCert {
    /// Certifies a device with the person's key; the device agrees with its own, so nobody can claim another's device.
    pub fn issue(
        person: &SigningKey,
        device: &SigningKey,
        sealing_key: [u8; 32],
        name: String,
        created: i64,
        seq: u32,
    ) -> Self {
        let mut cert = Self {
            person: PersonId::from_bytes(person.verifying_key().to_bytes()),
            device: DeviceId::from_bytes(device.verifying_key().to_bytes()),
            sealing_key,
            name,
            created,
            seq,
            signature: SignatureBytes([0; 64]),
            consent: SignatureBytes([0; 64]),
        };
        cert.signature = SignatureBytes(person.sign(&cert.signed_bytes()).to_bytes());
        cert.consent = SignatureBytes(device.sign(&cert.signed_bytes()).to_bytes());
        cert
    }

    /// Checks the person's signature and the device's consent.
    pub fn verify(&self) -> Result<(), AccessError> {
        if self.name.len() > SHORT_TEXT_BYTES_MAX {
            return Err(AccessError::TooMany);
        }
        verify(self.person.as_bytes(), &self.signed_bytes(), &self.signature)?;
        verify(self.device.as_bytes(), &self.signed_bytes(), &self.consent)
    }

    fn signed_bytes(&self) -> [u8; 32] {
        hash_parts(&[
            b"rounds device v1",
            self.person.as_bytes(),
            self.device.as_bytes(),
            &self.sealing_key,
            self.name.as_bytes(),
            &self.created.to_le_bytes(),
            &self.seq.to_le_bytes(),
        ])
    }
}

fn verify(key: &[u8; 32], message: &[u8], signature: &SignatureBytes) -> Result<(), AccessError> {
    let key = VerifyingKey::from_bytes(key).map_err(|_| AccessError::BadSignature)?;
    key.verify_strict(message, &Signature::from_bytes(&signature.0)).map_err(|_| AccessError::BadSignature)
}

/// Which device belongs to whom: every certificate that verified, newest of each device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    certs: BTreeMap<DeviceId, DeviceCert>,
}

impl Directory {
    /// Takes in a certificate; true when it was news. A device never changes its person.
    pub fn learn(&mut self, cert: DeviceCert) -> Result<bool, AccessError> {
        let known = self.certs.get(&cert.device);
        if known.is_some_and(|known| *known == cert || known.seq >= cert.seq || known.person != cert.person) {
            return Ok(false);
        }
        if known.is_none() && self.certs_of(cert.person).count() >= DEVICES_PER_PERSON_MAX {
            return Err(AccessError::TooMany);
        }
        cert.verify()?;
        self.certs.insert(cert.device, cert);
        Ok(true)
    }

    /// Whose device this is.
    pub fn person(&self, device: &DeviceId) -> Option<PersonId> {
        self.certs.get(device).map(|cert| cert.person)
    }

    /// The certificate of a device.
    pub fn cert(&self, device: &DeviceId) -> Option<&DeviceCert> {
        self.certs.get(device)
    }

    /// Every certificate of a person's devices.
    pub fn certs_of(&self, person: PersonId) -> impl Iterator<Item = &DeviceCert> {
        self.certs.values().filter(move |cert| cert.person == person)
    }

    /// Every certificate.
    pub fn all(&self) -> impl Iterator<Item = &DeviceCert> {
        self.certs.values()
    }
}

/// An owner's signed word on what one person may do with one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The document.
    pub document: DocumentId,
    /// The person it is about.
    pub person: PersonId,
    /// What they may do; `Owner` is never granted.
    pub role: Role,
    /// Earlier grants about the same person that this one replaces.
    pub supersedes: Vec<GrantId>,
    /// Where the person's writing stood when access to write ended; later records need a member's change on top.
    pub clock: Clock,
    /// The owner's device that signed.
    pub issuer: DeviceId,
    /// Milliseconds since 1970 by the issuer's clock; for people to read, never for deciding.
    pub at: i64,
    signature: SignatureBytes,
}

impl Grant {
    /// The hash that names this grant.
    pub fn id(&self) -> GrantId {
        GrantId::from_bytes(self.signed_bytes())
    }

    /// About how many bytes it takes on its way.
    fn about_bytes(&self) -> usize {
        256 + self.supersedes.len() * 32 + self.clock.len() * 90
    }

    fn signed_bytes(&self) -> [u8; 32] {
        let supersedes: Vec<u8> = self.supersedes.iter().flat_map(|grant| *grant.as_bytes()).collect();
        let mut clock = Vec::new();
        for (actor, tip) in self.clock.iter() {
            clock.extend_from_slice(actor.as_bytes());
            clock.extend_from_slice(&tip.seq.to_le_bytes());
            clock.extend_from_slice(tip.hash.as_bytes());
        }
        hash_parts(&[
            b"rounds grant v1",
            self.document.as_bytes(),
            self.person.as_bytes(),
            &[self.role as u8],
            &supersedes,
            &clock,
            self.issuer.as_bytes(),
            &self.at.to_le_bytes(),
        ])
    }
}

/// A document's founding and every grant ever made on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// What the document was founded as.
    pub founding: Founding,
    /// Sorted by id; a vector, because thousands are held in memory at once and most hold one grant.
    grants: Vec<(GrantId, Grant)>,
}

impl Access {
    /// A document nobody but its founding owners may touch.
    pub fn new(founding: Founding) -> Self {
        Self { founding, grants: Vec::new() }
    }

    /// What `person` may do: founding owners everything; others the strictest of the grants nobody has superseded.
    pub fn role(&self, person: &PersonId) -> Role {
        if self.founding.owners.binary_search(person).is_ok() {
            return Role::Owner;
        }
        self.standing(person).map(|grant| grant.role).min().unwrap_or(Role::None)
    }

    /// Whether `actor` of `person`, who may not write now, had come as far as `seq` when access ended.
    pub fn wrote_before_revocation(&self, person: &PersonId, actor: &ActorId, seq: u64) -> bool {
        self.standing(person).any(|grant| grant.clock.get(actor).is_some_and(|tip| tip.seq >= seq))
    }

    /// Whether `person` was ever allowed to write.
    pub fn ever_wrote(&self, person: &PersonId) -> bool {
        self.grants().any(|grant| grant.person == *person && grant.role == Role::Writer)
    }

    /// Founding owners and everybody any grant names, revoked people included.
    pub fn people(&self) -> BTreeSet<PersonId> {
        self.founding.owners.iter().copied().chain(self.grants().map(|grant| grant.person)).collect()
    }

    /// Those who may read now.
    pub fn readers(&self) -> impl Iterator<Item = PersonId> {
        self.people().into_iter().filter(|person| self.role(person) >= Role::Reader)
    }

    /// Every grant, superseded ones included.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().map(|(_, grant)| grant)
    }

    /// Whether a grant is held already.
    pub fn contains(&self, grant: &GrantId) -> bool {
        self.place(grant).is_ok()
    }

    /// A new grant by one of an owner's devices, superseding all that stand for that person. Not yet part of this access.
    pub fn grant(
        &self,
        person: PersonId,
        role: Role,
        clock: Clock,
        device: &SigningKey,
        at: i64,
    ) -> Result<Grant, AccessError> {
        if !self.founding.kind.may_be_shared() {
            return Err(AccessError::NeverShared);
        }
        if self.founding.owners.binary_search(&person).is_ok() || role == Role::Owner {
            return Err(AccessError::OwnerIsFixed);
        }
        let mut supersedes: Vec<GrantId> = self.standing(&person).map(Grant::id).collect();
        if role == Role::None {
            supersedes.truncate(SUPERSEDES_MAX); // the stricter wins, so what is not named is overruled all the same
        }
        if supersedes.len() > SUPERSEDES_MAX || self.is_full_for(role) {
            return Err(AccessError::TooMany);
        }
        let mut grant = Grant {
            document: self.founding.id(),
            person,
            role,
            supersedes,
            clock,
            issuer: DeviceId::from_bytes(device.verifying_key().to_bytes()),
            at,
            signature: SignatureBytes([0; 64]),
        };
        grant.signature = SignatureBytes(device.sign(&grant.signed_bytes()).to_bytes());
        Ok(grant)
    }

    /// Takes in one grant after checking that an owner's device signed it; true when it was news.
    pub fn learn(&mut self, grant: Grant, directory: &Directory) -> Result<bool, AccessError> {
        let id = grant.id();
        let Err(place) = self.place(&id) else { return Ok(false) };
        if grant.document != self.founding.id() {
            return Err(AccessError::WrongDocument);
        }
        if !self.founding.kind.may_be_shared() {
            return Err(AccessError::NeverShared);
        }
        if grant.role == Role::Owner || self.founding.owners.binary_search(&grant.person).is_ok() {
            return Err(AccessError::OwnerIsFixed);
        }
        let bytes: usize = self.grants().chain([&grant]).map(Grant::about_bytes).sum();
        if self.is_full_for(grant.role) || grant.supersedes.len() > SUPERSEDES_MAX || bytes > GRANTS_BYTES_MAX {
            return Err(AccessError::TooMany);
        }
        let issuer = directory.person(&grant.issuer).ok_or(AccessError::NotAnOwner)?;
        if self.founding.owners.binary_search(&issuer).is_err() {
            return Err(AccessError::NotAnOwner);
        }
        verify(grant.issuer.as_bytes(), &grant.signed_bytes(), &grant.signature)?;
        self.grants.reserve_exact(1);
        self.grants.insert(place, (id, grant));
        Ok(true)
    }

    /// Checks that a founding received from outside is the one `document` commits to.
    pub fn check_founding(founding: &Founding, document: DocumentId) -> Result<(), AccessError> {
        founding.check(document)
    }

    /// Certificates somebody needs to check this document's grants and records, at most [`CERTS_MAX`].
    pub fn certs(&self, clock: &Clock, directory: &Directory) -> Vec<DeviceCert> {
        let people = self.people();
        let mut devices: BTreeSet<DeviceId> = clock.iter().map(|(actor, _)| actor.device()).collect();
        devices.extend(self.grants().map(|grant| grant.issuer));
        let members = directory.all().filter(|cert| people.contains(&cert.person));
        members.filter(|cert| devices.contains(&cert.device)).take(CERTS_MAX).cloned().collect()
    }

    fn is_full_for(&self, role: Role) -> bool {
        // Each kind has its own room, so that it does not matter in which order they are heard of.
        self.grants().filter(|grant| (grant.role == Role::None) == (role == Role::None)).count() >= GRANTS_MAX
    }

    fn standing(&self, person: &PersonId) -> impl Iterator<Item = &Grant> {
        let person = *person;
        let about = move |grant: &&Grant| grant.person == person;
        let superseded = move |id: &GrantId| self.grants().filter(about).any(|grant| grant.supersedes.contains(id));
        let standing = self.grants.iter().filter(move |(id, grant)| about(&grant) && !superseded(id));
        standing.map(|(_, grant)| grant)
    }

    fn place(&self, id: &GrantId) -> Result<usize, usize> {
        self.grants.binary_search_by_key(id, |(known, _)| *known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn person(n: u8) -> PersonId {
        PersonId::from_bytes(key(n).verifying_key().to_bytes())
    }

    /// Person `n` with one device, whose key is `n + 100`.
    fn certify(directory: &mut Directory, n: u8) -> SigningKey {
        let device = key(n + 100);
        directory.learn(DeviceCert::issue(&key(n), &device, [0; 32], "Ana".into(), 0, 1)).expect("a good certificate");
        device
    }

    #[test]
    fn what_is_never_shared_is_founded_by_one_person_alone() {
        for kind in Kind::ALL {
            let of = |owners: &[PersonId]| {
                let founding = Founding::new(*kind, owners.to_vec(), [0; 16]);
                Access::check_founding(&founding, founding.id())
            };
            assert!(of(&[person(1)]).is_ok(), "{kind:?}");
            assert_eq!(of(&[person(1), person(2)]).is_ok(), kind.may_be_shared(), "{kind:?}");
        }
    }

    #[test]
    fn the_stricter_of_two_concurrent_grants_wins() {
        let mut directory = Directory::default();
        let (ana, ben) = (certify(&mut directory, 1), certify(&mut directory, 2));
        let founding = Founding::new(Kind::Visit, vec![person(1), person(2)], [0; 16]);
        let mut access = Access::new(founding);
        let first = access.grant(person(3), Role::Writer, Clock::default(), &ana, 0).expect("grant");
        access.learn(first, &directory).expect("learn");
        let revoked = access.grant(person(3), Role::None, Clock::default(), &ana, 1).expect("grant");
        let renewed = access.grant(person(3), Role::Writer, Clock::default(), &ben, 2).expect("grant");
        let mut other_order = access.clone();
        access.learn(revoked.clone(), &directory).expect("learn");
        access.learn(renewed.clone(), &directory).expect("learn");
        other_order.learn(renewed, &directory).expect("learn");
        other_order.learn(revoked, &directory).expect("learn");
        assert_eq!(access.role(&person(3)), Role::None);
        assert_eq!(access, other_order);
        let again = access.grant(person(3), Role::Reader, Clock::default(), &ben, 3).expect("grant");
        access.learn(again, &directory).expect("learn");
        assert_eq!(access.role(&person(3)), Role::Reader, "a grant that has seen both replaces both");
    }

    #[test]
    fn only_owners_grant_and_only_their_own_document() {
        let mut directory = Directory::default();
        let (ana, mallory) = (certify(&mut directory, 1), certify(&mut directory, 9));
        let access = Access::new(Founding::new(Kind::Visit, vec![person(1)], [0; 16]));
        let other = Access::new(Founding::new(Kind::Visit, vec![person(1)], [1; 16]));
        let table = [
            (access.grant(person(9), Role::Writer, Clock::default(), &mallory, 0), AccessError::NotAnOwner),
            (other.grant(person(9), Role::Writer, Clock::default(), &ana, 0), AccessError::WrongDocument),
        ];
        for (grant, error) in table {
            assert_eq!(access.clone().learn(grant.expect("signed"), &directory), Err(error));
        }
        let mut forged = access.grant(person(9), Role::Reader, Clock::default(), &ana, 0).expect("grant");
        forged.role = Role::Writer;
        assert_eq!(access.clone().learn(forged, &directory), Err(AccessError::BadSignature));
        assert!(matches!(
            access.grant(person(1), Role::None, Clock::default(), &ana, 0),
            Err(AccessError::OwnerIsFixed)
        ));
    }

    #[test]
    fn an_id_commits_to_its_owners() {
        let founding = Founding::new(Kind::NoteSet, vec![person(2), person(1)], [5; 16]);
        assert_eq!(Access::check_founding(&founding, founding.id()), Ok(()));
        let mut stolen = founding.clone();
        stolen.owners.push(person(9));
        assert_eq!(Access::check_founding(&stolen, founding.id()), Err(AccessError::WrongFounding));
    }

    #[test]
    fn a_certificate_must_be_signed_by_its_person() {
        let mut cert = DeviceCert::issue(&key(1), &key(101), [0; 32], "Ana".into(), 0, 1);
        cert.person = person(2);
        assert_eq!(Directory::default().learn(cert), Err(AccessError::BadSignature));
        let mut claimed = DeviceCert::issue(&key(9), &key(109), [0; 32], "Mallory".into(), 0, 1);
        claimed.device = DeviceId::from_bytes(key(101).verifying_key().to_bytes());
        claimed.signature = SignatureBytes(key(9).sign(&claimed.signed_bytes()).to_bytes());
        assert_eq!(Directory::default().learn(claimed), Err(AccessError::BadSignature), "the device did not agree");
    }
}
