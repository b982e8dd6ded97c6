//! Decides how a daemon is put together: everything is wired on this page, top to bottom.
//!
//! `boot` takes the folder (and its lock), the keys, the identity, the journal; starts the network and the keeper's
//! thread; serves the page; and says that it is ready. `Running::stopped` undoes it in the other order.

pub mod config;
mod disk;
mod ending;
pub mod house;
pub mod identity;
pub mod journal;
pub mod keys;
pub mod lock;
pub mod log;
pub mod network;
pub mod places;
pub mod platform;
#[cfg(test)]
mod strangers;
pub mod web;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use rounds_crdt::access::DeviceCert;
use rounds_crdt::ids::{DeviceId, PersonId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::disk::Disk;
pub use crate::ending::{BootError, Unsaved};
use crate::house::{Beginning, House, Known, Settings};
use crate::identity::Identity;
use crate::journal::{Journal, Opener, StorageState};
use crate::keys::Keys;
use crate::lock::Lock;
use crate::network::{KnownDevice, Network, NetworkConfig};

/// Network news that may wait for the keeper; past it the network itself waits, which is what slows a sender down.
const NETWORK_EVENTS_MAX: usize = 256;

/// A daemon that runs.
#[derive(Debug)]
pub struct Running {
    /// Where the page is served.
    pub http: SocketAddr,
    /// Where partners are listened for.
    pub listen: Vec<SocketAddr>,
    /// Whose daemon it is.
    pub person: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// The door to everything it keeps.
    pub house: House,
    stop: CancellationToken,
    server: JoinHandle<()>,
    keeper: std::thread::JoinHandle<()>,
    journal: Journal,
    data: std::path::PathBuf,
}

/// Starts a daemon.
pub async fn boot(config: Config) -> Result<Running, BootError> {
    boot_on(config, journal::real_disk()).await
}

/// The same with a journal on this disk; tests bring one that refuses.
async fn boot_on(config: Config, open: Opener) -> Result<Running, BootError> {
    let stop = CancellationToken::new();
    let given = config.passphrase;
    // The folder's lock before the page's address: a second daemon finds both taken, and the folder says why.
    let keys = Keys::open(&config.data, given.as_ref().map(|given| &given.passphrase))?;
    let listener = web::bind(config.http)?;
    let http = listener.local_addr()?;

    let identity = Identity::load_or_create(&config.data, &keys)?;
    let (journal, found) = Journal::open_with(&config.data, keys.clone(), open)?;
    let shut = given.is_some_and(|given| !given.typed);
    let lock = Arc::new(Lock::new(keys.clone(), disk::idle_minutes(&found), shut));
    let recovered = disk::recover(&journal, &found)?;
    let known: Vec<(DeviceId, Known)> = disk::known(&found);

    let name = match &config.name {
        Some(name) => Some(house::checked_person_name(name).map_err(BootError::Name)?),
        None => None,
    };
    let own = recovered.certs.iter().find(|cert| cert.device == identity.device()).cloned();
    let cert = own.unwrap_or_else(|| first_certificate(&identity, name.clone()));
    let renamed = name.filter(|name| *name != cert.name);

    let (events, received) = mpsc::channel(NETWORK_EVENTS_MAX);
    let network_config =
        NetworkConfig { keypair_seed: *identity.device_seed, listen: config.listen, discovery: config.discovery };
    let devices = known.iter().map(|(device, known)| KnownDevice {
        device: *device,
        pairwise_key: known.pairwise_key,
        addresses: known.addresses.clone(),
    });
    let network = Network::start(network_config, devices.collect(), events, stop.clone()).await?;
    let listen = network.bound();

    let disk = Arc::new(Disk::new(journal.clone()));
    let settings =
        Settings { data: config.data.clone(), http, listen: listen.clone(), lock: lock.clone(), log: config.log };
    let (person, device, install_id) = (identity.person(), identity.device(), identity.install_id);
    let page_key = identity.page_key();
    let beginning = Beginning { identity, cert, disk, recovered, known, edits: found.edits, settings };
    let (house, keeper) = House::begin(beginning, network, received, stop.clone())?;

    let token = web::publish(&config.data, http).map_err(BootError::Publish)?;
    let data_folder = config.data.clone();
    let web_config =
        web::WebConfig { data_folder, install_id, cli_token: token, page_key, page: config.page, lock, keys };
    let server = tokio::spawn({
        let (house, stop) = (house.clone(), stop.clone());
        async move {
            if let Err(error) = web::serve(listener, house, web_config, stop.clone()).await {
                tracing::error!(%error, "the page's server ended");
            }
            stop.cancel();
        }
    });
    if let Some(name) = renamed {
        house.set_name(name).await.map_err(BootError::Name)?;
    }
    tracing::info!(%http, "ready");
    Ok(Running { http, listen, person, device, house, stop, server, keeper, journal, data: config.data })
}

impl Running {
    /// Runs until `shutdown`, or until somebody asks over the API; then saves what waits and leaves, and says where the
    /// disk did not take all of it.
    pub async fn stopped(self, shutdown: impl Future<Output = ()>) -> Result<(), Unsaved> {
        tokio::select! {
            () = shutdown => {}
            () = self.stop.cancelled() => {}
        }
        self.stop.cancel();
        web::unpublish(&self.data);
        drop(self.house);
        let _ = self.server.await; // a server that panicked has stopped too
        let (keeper, journal) = (self.keeper, self.journal);
        let storage = journal.storage();
        let closed = tokio::task::spawn_blocking(move || {
            let _ = keeper.join(); // likewise
            journal.close()
        });
        if matches!(closed.await, Ok(Ok(()))) {
            return Ok(());
        }
        let reason = match &*storage.borrow() {
            StorageState::NotSaving { reason, .. } => reason.clone(),
            StorageState::Saving => "the disk does not take it".to_owned(),
        };
        let unsaved = Unsaved { reason };
        tracing::error!("{unsaved}");
        Err(unsaved)
    }
}

/// The certificate a person issues for their first device. One with a name that was only guessed says so by its number.
fn first_certificate(identity: &Identity, name: Option<String>) -> DeviceCert {
    let seq = if name.is_some() { house::GUESSED_NAME_SEQ + 1 } else { house::GUESSED_NAME_SEQ };
    let name = name.or_else(platform::user_name).and_then(|name| house::checked_person_name(&name).ok());
    let name = name.unwrap_or_else(|| "Teacher".to_owned());
    let sealing = identity.sealing_public();
    DeviceCert::issue(&identity.person_key(), &identity.device_key(), sealing, name, house::now_ms(), seq)
}
