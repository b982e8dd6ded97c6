//! Decides how one's own lesson is opened to others, and others' open doors are found and gone through, from the command line.

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args;
use crate::client::{self, Daemon, Question};
use crate::commands::asking::Made;
use crate::commands::documents;
use crate::failure::Failure;
use crate::names::{self, Person};
use crate::output::moment_in_words;
use crate::session::Session;

/// Open your door to others, or come through one.
#[derive(Debug, clap::Args)]
pub(crate) struct Door {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Open your door: to everybody you are paired with, unless you say for whom.
    Open(Open),
    /// List open doors: yours, with who wants to come, and those that stand open to you.
    List,
    /// Close your door: it leaves the lists of others, and visits that were agreed stay.
    Close {
        /// The open door.
        id: DocumentId,
        /// Open it again.
        #[arg(long)]
        undo: bool,
    },
    /// Ask to come through an open door: a visit that its host and you alone know of.
    Come {
        /// The open door.
        id: DocumentId,
    },
}

#[derive(Debug, clap::Args)]
struct Open {
    /// When it opens, such as 2026-03-02T10:15:00+01:00.
    #[arg(long, value_name = "RFC3339", value_parser = args::moment)]
    when: i64,
    /// How long it stays open, such as 25m.
    #[arg(long, value_name = "DURATION", value_parser = args::minutes)]
    length: Option<u32>,
    /// Where.
    #[arg(long, value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
    room: Option<String>,
    /// What one could see.
    #[arg(long, value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
    see: Option<String>,
    /// How many may come; as many as like when left out.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100))]
    places: Option<u32>,
    /// For whom: a display name, or the start of a person id; said once for each.
    #[arg(long = "for", value_name = "NAME")]
    readers: Vec<String>,
}

/// What the daemon's list says of an open door.
#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    door: Option<Facts>,
}

#[derive(Debug, Deserialize)]
struct Facts {
    host: Person,
    #[serde(default)]
    when_ms: Option<i64>,
    #[serde(default)]
    room: Option<String>,
    #[serde(default)]
    see: String,
    closed: bool,
    coming: Vec<Coming>,
    #[serde(default)]
    places_left: Option<u32>,
    #[serde(default)]
    visit: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Coming {
    person: Person,
    #[serde(default)]
    answer: Option<String>,
}

impl Door {
    /// Opens, lists, closes or goes through doors.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            Action::Open(open) => open.run(session).await,
            Action::List => list(session).await,
            Action::Close { id, undo } => close(session, id, !undo).await,
            Action::Come { id } => come(session, id).await,
        }
    }
}

impl Open {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let mut body = json!({ "when_ms": self.when });
        let said = [
            ("length_minutes", self.length.map(Value::from)),
            ("room", self.room.map(Value::from)),
            ("see", self.see.map(Value::from)),
            ("places", self.places.map(Value::from)),
        ];
        for (key, value) in said {
            if let Some(value) = value {
                body[key] = value;
            }
        }
        if !self.readers.is_empty() {
            let mut people = Vec::new();
            for name in &self.readers {
                people.push(names::resolve(&daemon, name).await?.id);
            }
            body["for"] = json!(people);
        }
        let answer = daemon.ask(Question::post(&["doors"], body)).await?;
        let Made { document } = client::read(&answer)?;
        session.output.object(json!({ "document": document }))?;
        session.output.answer(&format!("Your door is open: {document}"), &document)
    }
}

async fn list(session: &Session) -> Result<(), Failure> {
    let doors = documents::all(&session.daemon()?, Some("open_door")).await?;
    session.output.object(json!({ "doors": doors }))?;
    if doors.is_empty() {
        return session.output.note("No door stands open. To open yours: rounds door open --when RFC3339");
    }
    let mut rows = Vec::new();
    for door in &doors {
        let Listed { id, door } = client::read(door)?;
        let Some(facts) = door else { continue };
        rows.push((facts.when_ms, row(id, &facts)));
    }
    session.output.rows_by_time(rows)
}

fn row(id: String, facts: &Facts) -> Vec<String> {
    let coming: Vec<String> = facts
        .coming
        .iter()
        .map(|Coming { person, answer }| {
            format!("{} ({})", person.name, answer.as_deref().unwrap_or("not answered yet"))
        })
        .collect();
    let state = match (facts.closed, &facts.visit, facts.places_left) {
        (true, ..) => "closed".to_owned(),
        (false, Some(visit), _) => format!("you come: {visit}"),
        (false, None, Some(0)) => "full".to_owned(),
        (false, None, Some(left)) => format!("room for {left} more"),
        (false, None, None) => "open".to_owned(),
    };
    vec![
        id,
        facts.when_ms.map_or_else(|| "no time yet".to_owned(), moment_in_words),
        facts.host.name.clone(),
        state,
        coming.join(", "),
        facts.room.clone().unwrap_or_default(),
        facts.see.lines().next().unwrap_or("").to_owned(),
    ]
}

async fn close(session: &Session, id: DocumentId, closed: bool) -> Result<(), Failure> {
    let body = json!({ "edit": { "verb": "close_door", "closed": closed } });
    let question = Question::post(&["documents", &id.to_string(), "edits"], body);
    ask(&session.daemon()?, question).await?;
    session.output.object(json!({ "document": id, "closed": closed }))?;
    session.output.note(if closed { "Closed." } else { "Open again." })
}

async fn come(session: &Session, id: DocumentId) -> Result<(), Failure> {
    let question = Question::post(&["documents", &id.to_string(), "drop-in"], json!({}));
    let answer = ask(&session.daemon()?, question).await?;
    let Made { document } = client::read(&answer)?;
    session.output.object(json!({ "document": document }))?;
    session.output.answer(&format!("Asked: {document}"), &document)
}

async fn ask(daemon: &Daemon, question: Question) -> Result<Value, Failure> {
    let point = |failure: Failure| if failure.code == "not_found" { failure.hint("rounds door list") } else { failure };
    daemon.ask(question).await.map_err(point)
}
