//! Decides how this computer's page and commands are locked.

use serde_json::json;

use crate::client::Question;
use crate::failure::Failure;
use crate::session::Session;

/// Lock the page and the commands, until the passphrase is given; partners notice nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Lock {}

impl Lock {
    /// Locks.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        session.daemon()?.ask(Question::post(&["lock"], json!({}))).await?;
        session.output.object(json!({ "locked": true }))?;
        session.output.note("Locked. To unlock: rounds unlock, or the page.")
    }
}
