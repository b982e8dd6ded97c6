//! Decides what the daemon says about itself when asked how it is.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::answers::{ANSWER_SCHEMA, DocumentsAnswer, NetworkAnswer, Status, StorageAnswer};
use super::keeper::Keeper;
use super::{House, Trouble};
use crate::journal::StorageState;
use crate::keys::KeyProtection;

/// What does not change while the daemon runs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub data: PathBuf,
    pub http: SocketAddr,
    pub listen: Vec<SocketAddr>,
    pub discovery: bool,
    pub protection: KeyProtection,
}

impl Keeper {
    fn status(&self) -> Status {
        let journal = self.disk.journal();
        let reason = match &*journal.storage().borrow() {
            StorageState::Saving => None,
            StorageState::NotSaving { reason, .. } => Some(reason.clone()),
        };
        let protection = match self.settings.protection {
            KeyProtection::File => "file",
            KeyProtection::Passphrase => "passphrase",
        };
        let heads = self.replica.documents().filter_map(|id| self.replica.head(&id));
        let quarantined = heads.filter(|head| !head.quarantined.is_empty()).count();
        Status {
            schema: ANSWER_SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            person: self.person_answer(&self.person),
            device: self.device,
            data: self.settings.data.display().to_string(),
            http: self.settings.http.to_string(),
            listen: self.settings.listen.iter().map(SocketAddr::to_string).collect(),
            storage: StorageAnswer {
                saving: reason.is_none(),
                reason,
                key_protection: protection.into(),
                bytes: journal.bytes_on_disk(),
            },
            network: NetworkAnswer {
                discovery: self.settings.discovery,
                addresses: self.network.addresses().iter().map(SocketAddr::to_string).collect(),
            },
            partners: self.partners(),
            documents: DocumentsAnswer { count: self.replica.documents().count(), quarantined, refused: self.refused },
        }
    }
}

impl House {
    /// How the daemon is.
    pub async fn status(&self) -> Result<Status, Trouble> {
        self.call(|keeper| Ok(keeper.status())).await
    }
}
