//! Decides how visits are proposed, listed and taken into other calendars from the command line.

use std::path::PathBuf;

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use serde_json::json;

use crate::args;
use crate::client::{self, Question};
use crate::commands::asking::Made;
use crate::commands::documents;
use crate::commands::export::{not_written, write_whole};
use crate::failure::Failure;
use crate::names::{self, Person};
use crate::output::moment_in_words;
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
    /// List visits: when, how far each has come, with whom, and who has answered what.
    List,
    /// Write visits to a file that other calendars take in: when, where and with whom.
    Calendar(Calendar),
}

#[derive(Debug, clap::Args)]
struct Calendar {
    /// One visit; all that stand and have a time when left out.
    id: Option<DocumentId>,
    /// The file to write, such as visits.ics; left out, it is printed. A file of that name is replaced.
    #[arg(short, long = "output", value_name = "PATH")]
    output: Option<PathBuf>,
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

/// What the daemon's list says of a visit.
#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    facts: Option<Facts>,
}

#[derive(Debug, Deserialize)]
struct Facts {
    stage: String,
    people: Vec<Taking>,
    #[serde(default)]
    when_ms: Option<i64>,
    #[serde(default)]
    focus: String,
}

#[derive(Debug, Deserialize)]
struct Taking {
    person: Person,
    part: String,
    #[serde(default)]
    answer: Option<String>,
}

impl Visit {
    /// Proposes the visit, or lists those there are.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            Action::Propose(propose) => propose.run(session).await,
            Action::List => list(session).await,
            Action::Calendar(calendar) => calendar.run(session).await,
        }
    }
}

impl Propose {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let propose = self;
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
        let Made { document } = client::read(&answer)?;
        session.output.object(json!({ "document": document }))?;
        session.output.answer(&format!("Proposed to {}: {document}", person.name), &document)
    }
}

impl Calendar {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let mut question = Question::get(&["calendar"]);
        if let Some(id) = self.id {
            question = question.with("visit", id.to_string());
        }
        let bytes = session.daemon()?.fetch(question).await?;
        let Some(path) = self.output else {
            let file = String::from_utf8_lossy(&bytes);
            session.output.object(json!({ "calendar": file }))?;
            return session.output.verbatim(&file);
        };
        write_whole(&path, &bytes).map_err(|error| not_written(&path, &error))?;
        session.output.object(json!({ "files": [path] }))?;
        session.output.note(&format!("Wrote {}.", path.display()))
    }
}

async fn list(session: &Session) -> Result<(), Failure> {
    let visits = documents::all(&session.daemon()?, Some("visit")).await?;
    session.output.object(json!({ "visits": visits }))?;
    if visits.is_empty() {
        return session.output.note("No visits yet. To plan one: rounds visit propose --with NAME");
    }
    let mut rows = Vec::new();
    for visit in &visits {
        let Listed { id, facts } = client::read(visit)?;
        let Some(facts) = facts else { continue };
        rows.push((facts.when_ms, row(id, &facts)));
    }
    session.output.rows_by_time(rows)
}

fn row(id: String, facts: &Facts) -> Vec<String> {
    let when = facts.when_ms.map_or_else(|| "no time yet".to_owned(), moment_in_words);
    let people: Vec<String> = facts
        .people
        .iter()
        .map(|Taking { person, part, answer }| {
            let answer = answer.as_deref().unwrap_or("not answered yet");
            format!("{} ({part}, {answer})", person.name)
        })
        .collect();
    vec![
        id,
        when,
        facts.stage.replace('_', " "),
        people.join(", "),
        facts.focus.lines().next().unwrap_or("").to_owned(),
    ]
}
