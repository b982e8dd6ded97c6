//! Decides what the daemon says about itself when asked how it is.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::answers::{ANSWER_SCHEMA, DeviceAnswer, DocumentsAnswer, NetworkAnswer, Status, StorageAnswer};
use super::keeper::Keeper;
use super::{House, Trouble};
use crate::disk;
use crate::journal::{DiskTrouble, StorageState};
use crate::keys::KeyProtection;
use crate::lock::{self, Lock};
use crate::log::Log;

/// The number of a first certificate whose name nobody chose: the account's, until its person says otherwise.
pub(crate) const GUESSED_NAME_SEQ: u32 = 1;

/// Why nothing is saved while a torn engine is made again and the disk is well.
const READING_ANEW: &str = "Rounds is reading again what it has stored";

/// What does not change while the daemon runs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub data: PathBuf,
    pub http: SocketAddr,
    pub listen: Vec<SocketAddr>,
    pub lock: Arc<Lock>,
    pub log: Log,
}

impl Keeper {
    fn status(&self) -> Status {
        let journal = self.disk.journal();
        let discovery = self.network.discovery_report();
        let (reason, trouble) = match &*journal.storage().borrow() {
            StorageState::Saving if self.replica.is_torn() => (Some(READING_ANEW.into()), Some(DiskTrouble::Other)),
            StorageState::Saving => (None, None),
            StorageState::NotSaving { reason, trouble, .. } => (Some(reason.clone()), Some(*trouble)),
        };
        let protection = match self.settings.lock.protection() {
            KeyProtection::File => "file",
            KeyProtection::Passphrase => "passphrase",
        };
        let heads = self.replica.documents().filter_map(|id| self.replica.head(&id));
        let quarantined = heads.filter(|head| !head.quarantined.is_empty()).count();
        Status {
            schema: ANSWER_SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            person: self.person_answer(&self.person),
            named: self.replica.directory().cert(&self.device).is_some_and(|cert| cert.seq > GUESSED_NAME_SEQ),
            device: self.device,
            data: self.settings.data.display().to_string(),
            http: self.settings.http.to_string(),
            listen: self.settings.listen.iter().map(SocketAddr::to_string).collect(),
            storage: StorageAnswer {
                saving: reason.is_none(),
                reason,
                trouble,
                key_protection: protection.into(),
                bytes: journal.bytes_on_disk(),
            },
            idle_minutes: self.settings.lock.idle_minutes(),
            network: NetworkAnswer {
                discovery: discovery.running,
                discovery_trouble: discovery.problem,
                addresses: self.network.addresses().iter().map(SocketAddr::to_string).collect(),
            },
            partners: self.partners(),
            documents: DocumentsAnswer {
                count: self.replica.documents().count(),
                quarantined,
                unreadable: self.replica.unreadable(),
                refused: self.refused.len(),
            },
        }
    }

    /// This person's devices, this one first, and then those of each partner. When one was last here is not kept.
    fn devices(&self) -> Vec<DeviceAnswer> {
        let own = self.replica.directory().certs_of(self.person);
        let partners = self.known.keys().filter_map(|device| self.replica.directory().cert(device));
        let mut devices: Vec<DeviceAnswer> = own
            .chain(partners.filter(|cert| cert.person != self.person))
            .map(|cert| DeviceAnswer {
                device: cert.device,
                person: self.person_answer(&cert.person),
                here: cert.device == self.device,
                connected: self.replica.is_connected(&cert.device),
                certified_ms: cert.created,
            })
            .collect();
        let me = self.person;
        devices.sort_by_key(|one| (!one.here, one.person.id != me, one.person.name.clone(), one.certified_ms));
        devices
    }
}

impl House {
    /// How the daemon is. It is told at all times, as far as it is known.
    pub async fn status(&self) -> Result<Status, Trouble> {
        self.ask(|keeper| Ok(keeper.status())).await
    }

    /// The devices that are known here.
    pub async fn devices(&self) -> Result<Vec<DeviceAnswer>, Trouble> {
        self.call(|keeper| Ok(keeper.devices())).await
    }

    /// After how many idle minutes a page locks, from now on and after a restart.
    pub async fn set_idle_minutes(&self, minutes: u32) -> Result<(), Trouble> {
        lock::check_minutes(minutes)?;
        let (saved, answer) = oneshot::channel();
        self.call(move |keeper| {
            let told = move |result: Result<(), crate::journal::SaveError>| match result {
                Ok(()) => drop(saved.send(())), // the caller may have gone away
                Err(error) => tracing::error!(%error, "a batch will not be saved"),
            };
            keeper.write_then(vec![disk::keep_idle_minutes(minutes)], Box::new(told));
            Ok(keeper.settings.lock.set_idle_minutes(minutes)?)
        })
        .await?;
        self.durable(answer).await
    }

    /// The last lines of the daemon's own log, oldest first.
    pub async fn log(&self) -> Result<Vec<String>, Trouble> {
        self.call(|keeper| Ok(keeper.settings.log.lines())).await
    }
}
