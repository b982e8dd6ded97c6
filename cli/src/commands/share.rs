//! Decides how a person is given access to one document.

use rounds_crdt::ids::DocumentId;
use serde_json::json;

use crate::client::Question;
use crate::commands::documents::point_to_list;
use crate::failure::Failure;
use crate::names;
use crate::session::Session;

/// Let somebody read or write one document.
#[derive(Debug, clap::Args)]
pub(crate) struct Share {
    /// The document.
    id: DocumentId,
    /// Who: a display name, or the start of a person id.
    #[arg(long, value_name = "NAME")]
    with: String,
    /// What they may do.
    #[arg(long = "as", value_name = "ROLE", value_parser = ["reader", "writer"])]
    role: String,
}

impl Share {
    /// Grants the role.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let person = names::resolve(&daemon, &self.with).await?;
        let id = self.id.to_string();
        let body = json!({ "with": person.id, "role": self.role });
        daemon.ask(Question::post(&["documents", &id, "grants"], body)).await.map_err(point_to_list)?;
        let may = if self.role == "writer" { "read and write" } else { "read" };
        session.output.object(json!({
            "document": id, "person": { "id": person.id, "name": person.name }, "role": self.role,
        }))?;
        session.output.note(&format!("{} may {may} this document.", person.name))
    }
}
