//! Decides how a visit is proposed from the command line.

use serde::Deserialize;
use serde_json::json;

use crate::args;
use crate::client::{self, Question};
use crate::failure::Failure;
use crate::names;
use crate::session::Session;

/// Plan visits.
#[derive(Debug, clap::Args)]
pub(crate) struct Visit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Propose a visit to somebody, or from somebody.
    Propose(Propose),
}

#[derive(Debug, clap::Args)]
struct Propose {
    /// Who: a display name, or the start of a person id.
    #[arg(long, value_name = "NAME")]
    with: String,
    /// Your own part: whose lesson it is (host), or who comes to see it (visitor).
    #[arg(long = "as", value_name = "ROLE", default_value = "visitor", value_parser = ["host", "visitor"])]
    role: String,
    /// When it begins, such as 2026-03-02T10:15:00+01:00.
    #[arg(long, value_name = "RFC3339", value_parser = args::moment)]
    when: Option<i64>,
    /// How long it lasts, such as 25m.
    #[arg(long, value_name = "DURATION", value_parser = args::minutes)]
    length: Option<u32>,
    /// What to look at.
    #[arg(long, value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
    focus: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Proposed {
    document: String,
}

impl Visit {
    /// Proposes the visit.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Action::Propose(propose) = self.action;
        let daemon = session.daemon()?;
        let person = names::resolve(&daemon, &propose.with).await?;
        let mut body = json!({ "with": person.id, "as": propose.role });
        if let Some(when) = propose.when {
            body["when_ms"] = json!(when);
        }
        if let Some(minutes) = propose.length {
            body["length_minutes"] = json!(minutes);
        }
        if let Some(focus) = propose.focus {
            body["focus"] = json!(focus);
        }
        let answer = daemon.ask(Question::post(&["visits"], body)).await?;
        let Proposed { document } = client::read(&answer)?;
        session.output.object(json!({ "document": document }))?;
        session.output.answer(&format!("Proposed to {}: {document}", person.name), &document)
    }
}
