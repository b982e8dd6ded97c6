//! Decides how these tests run somebody's house on a disk that they hold in their hands.

use std::sync::Arc;
use std::time::Duration;

use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::Kind;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::disk;
use crate::house::answers::CreateDocument;
use crate::house::{Beginning, House, Known, Settings};
use crate::identity::Identity;
use crate::journal::Journal;
use crate::journal::tests::disk::Disk as Platter;
use crate::keys::Keys;
use crate::lock::Lock;
use crate::log::Log;
use crate::network::{KnownDevice, Network, NetworkConfig};

/// How often a condition is looked at, and how often at most: a minute in all.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS_MAX: usize = 3_000;

/// Somebody's daemon without its page.
pub(super) struct Home {
    pub(super) house: House,
    pub(super) platter: Arc<Platter>,
    pub(super) journal: Journal,
    folder: TempDir,
    name: &'static str,
    keeper: std::thread::JoinHandle<()>,
    stop: CancellationToken,
}

impl Home {
    pub(super) async fn of(name: &'static str) -> Self {
        Self::in_folder(name, tempfile::tempdir().expect("a folder")).await
    }

    async fn in_folder(name: &'static str, folder: TempDir) -> Self {
        let stop = CancellationToken::new();
        let keys = Keys::open(folder.path(), None).expect("keys");
        let identity = Identity::load_or_create(folder.path(), &keys).expect("an identity");
        let platter = Arc::new(Platter::default());
        let (journal, found) = Journal::open_with(folder.path(), keys.clone(), platter.opener()).expect("a journal");
        let recovered = disk::recover(&journal, &found).expect("recovered");
        let own = recovered.certs.iter().find(|cert| cert.device == identity.device()).cloned();
        let cert = own.unwrap_or_else(|| crate::first_certificate(&identity, Some(name.to_owned())));
        let known: Vec<(_, Known)> = disk::known(&found);
        let devices = known.iter().map(|(device, known)| KnownDevice {
            device: *device,
            pairwise_key: known.pairwise_key,
            addresses: known.addresses.clone(),
        });
        let (events, received) = mpsc::channel(256);
        let listen = vec!["127.0.0.1:0".parse().expect("an address")];
        let config = NetworkConfig { keypair_seed: *identity.device_seed, listen, discovery: false };
        let network = Network::start(config, devices.collect(), events, stop.clone()).await.expect("a network");
        let settings = Settings {
            data: folder.path().to_owned(),
            http: "127.0.0.1:1".parse().expect("an address"),
            listen: network.bound(),
            discovery: false,
            lock: Arc::new(Lock::new(keys, 5, false)),
            log: Log::default(),
        };
        let disk = Arc::new(disk::Disk::new(journal.clone()));
        let beginning = Beginning { identity, cert, disk, recovered, known, edits: found.edits, settings };
        let (house, keeper) = House::begin(beginning, network, received, stop.clone()).expect("a thread");
        Self { house, platter, journal, folder, name, keeper, stop }
    }

    /// Stops it tidily and starts it again.
    pub(super) async fn restarted(self) -> Self {
        let Self { house, journal, folder, name, keeper, stop, .. } = self;
        stop.cancel();
        drop(house);
        tokio::task::spawn_blocking(move || {
            keeper.join().expect("the keeper ends well");
            journal.close().expect("all is saved");
        })
        .await
        .expect("closed");
        Self::in_folder(name, folder).await
    }

    /// New notes.
    pub(super) async fn notes(&self) -> DocumentId {
        let wanted = serde_json::json!({ "kind": Kind::NoteSet, "title": "Fractions" });
        let wanted: CreateDocument = serde_json::from_value(wanted).expect("a wish");
        self.house.create_document(wanted).await.expect("made")
    }

    pub(super) async fn text(&self, id: DocumentId) -> String {
        let answer = self.house.text(id, None).await.expect("readable");
        serde_json::to_value(answer).expect("an answer")["text"].as_str().expect("words").to_owned()
    }
}

/// Waits until something is so.
pub(super) async fn until<F: Future<Output = bool>>(what: &str, so: impl Fn() -> F) {
    for _ in 0..LOOKS_MAX {
        if so().await {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("it never came to be: {what}");
}
