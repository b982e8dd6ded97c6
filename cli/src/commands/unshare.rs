//! Decides how a person's access to one document ends.

use rounds_crdt::ids::DocumentId;
use serde_json::json;

use crate::client::Question;
use crate::commands::documents::point_to_list;
use crate::failure::Failure;
use crate::names;
use crate::session::Session;

/// End somebody's access to one document.
#[derive(Debug, clap::Args)]
pub(crate) struct Unshare {
    /// The document.
    id: DocumentId,
    /// Who: a display name, or the start of a person id.
    #[arg(long, value_name = "NAME")]
    with: String,
}

impl Unshare {
    /// Revokes the access.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let person = names::resolve(&daemon, &self.with).await?;
        let id = self.id.to_string();
        let question = Question::delete(&["documents", &id, "grants", &person.id]);
        daemon.ask(question).await.map_err(point_to_list)?;
        session.output.object(json!({
            "document": id, "person": { "id": person.id, "name": person.name }, "role": "none",
        }))?;
        session.output.note(&format!(
            "{} gets nothing new from this document. A copy already held cannot be recalled.",
            person.name
        ))
    }
}
