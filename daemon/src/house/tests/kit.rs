//! Decides how these tests run somebody's daemon on a disk that they hold in their hands.

use std::sync::Arc;
use std::time::Duration;

use rounds_crdt::ids::DocumentId;
use tempfile::TempDir;

use crate::config::Config;
use crate::house::answers::{CreateDocument, TextChange};
use crate::house::{House, Trouble};
use crate::journal::tests::disk::Disk as Platter;
use crate::log::Log;
use crate::{Running, Unsaved, boot_on};

/// How often a condition is looked at, and how often at most: a minute in all.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS_MAX: usize = 3_000;

/// How long a pairing may take: some work for each guess, on a busy machine.
const PAIRING_TAKES: Duration = Duration::from_secs(60);

/// Somebody's daemon, which nobody else finds by itself.
pub(super) struct Home {
    pub(super) running: Running,
    pub(super) platter: Arc<Platter>,
    folder: TempDir,
    name: &'static str,
}

impl Home {
    pub(super) async fn of(name: &'static str) -> Self {
        Self::in_folder(name, tempfile::tempdir().expect("a folder")).await
    }

    async fn in_folder(name: &'static str, folder: TempDir) -> Self {
        let config = Config {
            data: folder.path().join("data"),
            passphrase: None,
            name: Some(name.to_owned()),
            http: "127.0.0.1:0".parse().expect("an address"),
            listen: vec!["127.0.0.1:0".parse().expect("an address")],
            discovery: false,
            log: Log::default(),
            page: None,
        };
        let platter = Arc::new(Platter::default());
        let running = boot_on(config, platter.opener()).await.expect("it starts");
        Self { running, platter, folder, name }
    }

    pub(super) fn house(&self) -> &House {
        &self.running.house
    }

    /// Stops it.
    pub(super) async fn stopped(self) -> Result<(), Unsaved> {
        self.running.stopped(async {}).await
    }

    /// Stops it tidily and starts it again.
    pub(super) async fn restarted(self) -> Self {
        let (stopped, again) = self.started_again().await;
        stopped.expect("all is saved");
        again
    }

    /// Stops it, whatever is lost, and starts it again.
    pub(super) async fn started_again(self) -> (Result<(), Unsaved>, Self) {
        let stopped = self.running.stopped(async {}).await;
        (stopped, Self::in_folder(self.name, self.folder).await)
    }

    /// Pairs two people who sit together.
    pub(super) async fn pairs_with(&self, other: &Self) {
        let offer = self.house().offer_pairing(PAIRING_TAKES).await.expect("an offer");
        let at = self.running.listen.first().copied();
        other.house().accept_pairing(offer.code, at, PAIRING_TAKES).await.expect("paired");
        until("both know each other", async || {
            let people = self.house().people().await.expect("people");
            people.iter().any(|partner| partner.person.id == other.running.person)
        })
        .await;
    }

    /// A partnership with somebody, once it is on their computer too.
    pub(super) async fn partnership_with(&self, other: &Self) -> DocumentId {
        let id = self.makes(serde_json::json!({ "kind": "partnership", "with": other.running.person })).await;
        until("it is there", async || other.house().text(id, None).await.is_ok()).await;
        id
    }

    /// New notes.
    pub(super) async fn notes(&self) -> DocumentId {
        self.makes(serde_json::json!({ "kind": "note_set", "title": "Fractions" })).await
    }

    async fn makes(&self, wanted: serde_json::Value) -> DocumentId {
        let wanted: CreateDocument = serde_json::from_value(wanted).expect("a wish");
        self.house().create_document(wanted).await.expect("made")
    }

    /// Adds words to a text under an edit's name.
    pub(super) async fn append(&self, id: DocumentId, edit: &str, words: &str) -> Result<(), Trouble> {
        let (edit, change) = (Some(edit.to_owned()), TextChange::Append(words.into()));
        self.house().change_text(id, None, edit, change, None, Duration::ZERO).await.map(drop)
    }

    pub(super) async fn text(&self, id: DocumentId) -> String {
        let answer = self.house().text(id, None).await.expect("readable");
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
