//! Decides who is a partner: pairing's outcome, names, and parting.

use std::net::SocketAddr;

use rounds_crdt::access::{DeviceCert, Role};
use rounds_crdt::edit::Edit;
use rounds_crdt::ids::{DeviceId, DocumentId, PersonId};
use rounds_crdt::limits::{DEVICES_PER_PERSON_MAX, SHORT_TEXT_BYTES_MAX};
use rounds_crdt::model::{Kind, Model};
use rounds_crdt::replica::Event;

use super::answers::{Partner, PartnerState, PersonAnswer};
use super::keeper::{Keeper, Known, now_ms};
use super::{House, PageEvent, Trouble, TroubleCode};
use crate::network::{LinkId, Obstacle, Reach};

impl Keeper {
    /// What is given to somebody one pairs with: the certificates of one's own devices.
    pub(super) fn card(&self) -> Vec<u8> {
        let certs: Vec<&DeviceCert> =
            self.replica.directory().certs_of(self.person).take(DEVICES_PER_PERSON_MAX).collect();
        postcard::to_allocvec(&certs).unwrap_or_default()
    }

    /// Who a card is from, provided that it certifies the device it came from.
    pub(super) fn read_card(card: &[u8], device: DeviceId) -> Option<DeviceCert> {
        let certs: Vec<DeviceCert> = postcard::from_bytes(card).ok()?;
        certs.into_iter().take(DEVICES_PER_PERSON_MAX).find(|cert| cert.device == device && cert.verify().is_ok())
    }

    /// Two people paired; both daemons come here.
    pub(super) fn paired(&mut self, device: DeviceId, card: &[u8], pairwise_key: [u8; 32], address: SocketAddr) {
        let Some(cert) = Self::read_card(card, device) else {
            tracing::warn!(%device, "a pairing brought no valid certificate");
            return;
        };
        let person = cert.person;
        self.known.insert(device, Known { person, pairwise_key, addresses: vec![address] });
        self.save_known(device);
        let effects = self.replica.handle(self.now(), Event::PeerAdded(cert), &*self.disk);
        self.perform(effects, Vec::new());
        self.network.set_devices(self.known_devices());
        if let Some(profile) = self.own_document(Kind::Profile)
            && let Err(trouble) = self.set_grant(profile, person, Role::Reader)
        {
            tracing::warn!(code = ?trouble.code, "the profile could not be shared");
        }
        if let Some(caller) = self.newcomers.remove(&device) {
            let _ = caller.send(self.last_commit()); // the caller may have gone away
        }
        self.tell_everyone(&PageEvent::People);
    }

    /// This person's only document of a kind.
    pub(super) fn own_document(&self, kind: Kind) -> Option<DocumentId> {
        self.replica.documents().find(|id| {
            self.replica
                .access(id)
                .is_some_and(|access| access.founding.kind == kind && access.founding.owners == [self.person])
        })
    }

    /// The profile and the binder that everybody has: founded where a first run did not come that far.
    pub(super) fn found_own_documents(&mut self) {
        let name = self.name_of(&self.person);
        let missing = [Kind::Profile, Kind::Binder].into_iter().filter(|kind| self.own_document(*kind).is_none());
        for kind in missing.collect::<Vec<_>>() {
            let founded = self.found(kind, &[]);
            if let (Ok(id), Kind::Profile) = (&founded, kind) {
                let edit = Edit::SetName { name: name.clone().into() };
                if let Err(trouble) = self.edit_here(*id, &edit, &[]) {
                    tracing::warn!(code = ?trouble.code, "the profile could not be written");
                }
            }
        }
    }

    pub(super) fn partners(&self) -> Vec<Partner> {
        let mut people: Vec<PersonId> =
            self.known.values().map(|known| known.person).filter(|person| *person != self.person).collect();
        people.sort_unstable();
        people.dedup();
        people.into_iter().map(|person| self.partner(person)).collect()
    }

    fn partner(&self, person: PersonId) -> Partner {
        let devices: Vec<DeviceId> =
            self.known.iter().filter(|(_, known)| known.person == person).map(|(device, _)| *device).collect();
        // A torn engine's links ended with it.
        let whole = self.is_whole().is_ok();
        let connected = whole && devices.iter().any(|device| self.replica.is_connected(device));
        let set_aside = self.set_aside(&devices).map(|obstacle| (obstacle, obstacle.sentence().to_owned()));
        let unreachable = set_aside.or_else(|| {
            devices.iter().find_map(|device| match self.reach.get(device) {
                Some(Reach::Unreachable { obstacle, why }) => Some((*obstacle, why.clone())),
                _ => None,
            })
        });
        let (state, obstacle, reason) = match (connected, unreachable) {
            (true, _) if devices.iter().any(|device| self.understands_in_part(device)) => {
                let obstacle = Obstacle::NotUnderstood;
                (PartnerState::Connected, Some(obstacle), Some(obstacle.sentence().to_owned()))
            }
            (true, _) => (PartnerState::Connected, None, None),
            (false, Some((obstacle, why))) => (PartnerState::Unreachable, Some(obstacle), Some(why)),
            (false, None) => (PartnerState::NotSeen, None, None),
        };
        let readable = self
            .replica
            .documents()
            .filter(|id| self.replica.access(id).is_some_and(|access| access.role(&person) >= Role::Reader));
        let waiting_out = readable.filter(|id| !self.person_holds(person, id)).count();
        let looked_for = |device| self.replica.marks(device) - self.replica.left_alone(device).count();
        let waiting_in = devices.iter().map(looked_for).min().unwrap_or(0);
        let here = connected && self.shows_here(person);
        Partner { person: self.person_answer(&person), state, reason, obstacle, here, waiting_out, waiting_in, devices }
    }

    /// Whether a computer is connected of which not everything can be read here, or which cannot read everything from here.
    fn understands_in_part(&self, device: &DeviceId) -> bool {
        self.tears.offers_unread(device) || self.replica.left_alone(device).next().is_some()
    }

    /// What one computer states of a document the other cannot read, most likely as one Rounds is newer: who looks is told.
    pub(super) fn not_understood(&mut self, link: LinkId, document: DocumentId) {
        let is_here = self.replica.access(&document).is_some();
        if is_here || self.tears.offered_unread(link) {
            tracing::info!(link, "a document waits: the two computers do not both understand what is said of it");
            self.tell_everyone(&PageEvent::People);
            self.tell_readers(document, &PageEvent::Document { document });
        }
    }

    /// Whether somebody's profile lets partners see that their computer is on.
    fn shows_here(&self, person: PersonId) -> bool {
        self.catalog.shows_here().any(|id| {
            self.replica
                .access(id)
                .is_some_and(|access| access.founding.kind == Kind::Profile && access.founding.owners == [person])
        })
    }

    fn part_with(&mut self, person: PersonId) -> Result<u64, Trouble> {
        let devices: Vec<DeviceId> =
            self.known.iter().filter(|(_, known)| known.person == person).map(|(device, _)| *device).collect();
        if devices.is_empty() {
            return Err(Trouble::new(TroubleCode::NotFound, "this person is not a partner").hint("rounds people list"));
        }
        for device in devices {
            self.known.remove(&device);
            self.reach.remove(&device);
            let effects = self.replica.handle(self.now(), Event::PeerRemoved(device), &*self.disk);
            self.perform(effects, Vec::new());
        }
        self.network.set_devices(self.known_devices());
        self.tell_everyone(&PageEvent::People);
        Ok(self.last_commit())
    }

    /// A new name: in the profile, and in a new certificate for this device.
    fn rename(&mut self, name: &str) -> Result<u64, Trouble> {
        let seq = self.replica.directory().cert(&self.device).map_or(0, |cert| cert.seq) + 1;
        let sealing = self.replica.directory().cert(&self.device).map_or([0; 32], |cert| cert.sealing_key);
        let cert =
            DeviceCert::issue(&self.identity.person_key(), &self.device_key, sealing, name.to_owned(), now_ms(), seq);
        let effects = self
            .replica
            .renew_certificate(cert)
            .map_err(|error| Trouble::new(TroubleCode::BadRequest, error.to_string()))?;
        self.perform(effects, Vec::new());
        self.tell_everyone(&PageEvent::People);
        Ok(self.last_commit())
    }
}

impl House {
    /// The partners.
    pub async fn people(&self) -> Result<Vec<Partner>, Trouble> {
        self.read_up().await?;
        self.call(|keeper| Ok(keeper.partners())).await
    }

    /// Stops following a person's devices; documents shared with them stay as they are.
    pub async fn remove_person(&self, person: PersonId) -> Result<(), Trouble> {
        let commit = self.call(move |keeper| keeper.part_with(person)).await?;
        self.saved(commit).await
    }

    /// This person, and whether partners may see that this computer is on.
    pub async fn me(&self) -> Result<(PersonAnswer, bool), Trouble> {
        let profile = self.call(|keeper| Ok(keeper.own_document(Kind::Profile))).await?;
        let shows_here = match profile {
            Some(profile) => {
                self.with_open(profile, move |keeper| match keeper.model(&profile)? {
                    Model::Profile(profile) => Ok(profile.shows_here),
                    _ => Ok(false),
                })
                .await?
            }
            None => false,
        };
        let person = self.call(|keeper| Ok(keeper.person_answer(&keeper.person))).await?;
        Ok((person, shows_here))
    }

    /// Lets partners see that this computer is on, or no longer.
    pub async fn show_here(&self, show: bool) -> Result<(), Trouble> {
        let profile = self.call(|keeper| Ok(keeper.own_document(Kind::Profile))).await?;
        let profile = profile.ok_or_else(Trouble::no_document)?;
        self.edit(profile, None, Edit::ShowHere { show }).await.map(|_| ())
    }

    /// What partners call this person from now on.
    pub async fn set_name(&self, name: String) -> Result<PersonAnswer, Trouble> {
        let name = checked_person_name(&name)?;
        let profile = self.call(|keeper| Ok(keeper.own_document(Kind::Profile))).await?;
        if let Some(profile) = profile {
            let edit = Edit::SetName { name: name.clone().into() };
            self.edit(profile, None, edit).await?;
        }
        let commit = self.call(move |keeper| keeper.rename(&name)).await?;
        self.saved(commit).await?;
        self.call(|keeper| Ok(keeper.person_answer(&keeper.person))).await
    }
}

/// A name that can be shown anywhere: one line, visible, without characters that reorder what stands beside it.
pub(crate) fn checked_person_name(name: &str) -> Result<String, Trouble> {
    let reorders =
        |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = name.chars().filter(|letter| !letter.is_control() && !reorders(*letter)).collect();
    let clean = clean.trim();
    if clean.is_empty() {
        return Err(Trouble::new(TroubleCode::BadRequest, "a name needs at least one letter"));
    }
    if clean.len() > SHORT_TEXT_BYTES_MAX {
        return Err(Trouble::new(TroubleCode::TooLarge, format!("a name has at most {SHORT_TEXT_BYTES_MAX} bytes")));
    }
    Ok(clean.to_owned())
}
