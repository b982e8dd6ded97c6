//! Decides how this computer's page and commands are unlocked.

use serde_json::json;

use crate::client::Question;
use crate::failure::Failure;
use crate::passphrase;
use crate::session::Session;

/// Unlock the page and the commands.
///
/// The passphrase is read from standard input with `-`, else from the file that ROUNDS_PASSPHRASE_FILE names; else a
/// person at a terminal is asked for it.
#[derive(Debug, clap::Args)]
pub(crate) struct Unlock {
    /// Read the passphrase from standard input.
    #[arg(value_name = "-", value_parser = ["-"])]
    input: Option<String>,
}

impl Unlock {
    /// Unlocks.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let passphrase = self.passphrase(session).await?;
        daemon.ask(Question::post(&["unlock"], json!({ "passphrase": passphrase }))).await?;
        session.output.object(json!({ "locked": false }))?;
        session.output.note("Unlocked.")
    }

    async fn passphrase(&self, session: &Session) -> Result<String, Failure> {
        if self.input.is_some() {
            return passphrase::from_input().await;
        }
        let found = match passphrase::from_file()? {
            Some(passphrase) => Some(passphrase),
            None => passphrase::typed(session).await?,
        };
        let nobody = || Failure::usage("there is no terminal to ask for the passphrase at").hint("rounds unlock -");
        let found = found.ok_or_else(nobody)?;
        found.into_text().ok_or_else(|| Failure::usage("the passphrase is no text").hint("rounds unlock -"))
    }
}
