//! Decides how documents are listed, shown and deleted.

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::{self, Daemon, Question};
use crate::failure::Failure;
use crate::names::Person;
use crate::output::{day, moment_in_words};
use crate::session::Session;

/// Documents asked for at once; a term has about 1,300.
const PAGE_DOCUMENTS: u32 = 500;

/// The kinds of documents, by their names in the API.
const KINDS: [&str; 20] = [
    "visit",
    "open_door",
    "note_set",
    "released_notes",
    "debrief",
    "mirror",
    "goal",
    "goal_feedback",
    "try_log",
    "strategy_card",
    "vocabulary",
    "instrument",
    "timetable",
    "free_periods",
    "success_card",
    "shown_card",
    "resource",
    "partnership",
    "profile",
    "binder",
];

/// List your documents, show one, or delete one.
#[derive(Debug, clap::Args)]
pub(crate) struct Documents {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List your documents.
    List {
        /// Only those of this kind.
        #[arg(long, value_name = "KIND", value_parser = KINDS)]
        kind: Option<String>,
    },
    /// Show one document.
    Show {
        /// The document.
        id: DocumentId,
    },
    /// Delete a document from this computer.
    Delete {
        /// The document.
        id: DocumentId,
    },
}

/// A document as the daemon lists it.
#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    with: Vec<Person>,
    #[serde(default)]
    updated_ms: i64,
    #[serde(default)]
    waiting_for: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Listing {
    documents: Vec<Value>,
    #[serde(default)]
    next: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Shown {
    kind: String,
    role: String,
    #[serde(default)]
    model: Value,
    #[serde(default)]
    texts: Vec<ShownText>,
    #[serde(default)]
    stage: Option<String>,
    #[serde(default)]
    problems: Vec<Problem>,
    #[serde(default)]
    people: Vec<Person>,
}

#[derive(Debug, Deserialize)]
struct Problem {
    place: String,
    what: String,
}

#[derive(Debug, Deserialize)]
struct ShownText {
    field: String,
    text: String,
}

impl Documents {
    /// Lists, shows or deletes.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            None => list(session, None).await,
            Some(Action::List { kind }) => list(session, kind.as_deref()).await,
            Some(Action::Show { id }) => show(session, id).await,
            Some(Action::Delete { id }) => delete(session, id).await,
        }
    }
}

async fn list(session: &Session, kind: Option<&str>) -> Result<(), Failure> {
    let documents = all(&session.daemon()?, kind).await?;
    session.output.object(json!({ "documents": documents }))?;
    if documents.is_empty() {
        return session.output.note("No documents yet. To plan a visit: rounds visit propose --with NAME");
    }
    let mut rows = Vec::new();
    for document in &documents {
        let document: Listed = client::read(document)?;
        let names = |ids: &mut dyn Iterator<Item = &Person>| {
            ids.map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let with = names(&mut document.with.iter());
        let late = names(&mut document.with.iter().filter(|person| document.waiting_for.contains(&person.id)));
        let waiting =
            if late.is_empty() { String::new() } else { format!("will reach {late} when your computers next meet") };
        rows.push(vec![
            document.id,
            kind_in_words(&document.kind),
            day(document.updated_ms),
            with,
            document.title,
            waiting,
        ]);
    }
    session.output.rows(&rows)
}

/// Every document, page by page, as the daemon describes it.
pub(crate) async fn all(daemon: &Daemon, kind: Option<&str>) -> Result<Vec<Value>, Failure> {
    of_visit(daemon, kind, None).await
}

/// The same, of one visit where one is named.
pub(crate) async fn of_visit(
    daemon: &Daemon,
    kind: Option<&str>,
    visit: Option<DocumentId>,
) -> Result<Vec<Value>, Failure> {
    let mut documents = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut question = Question::get(&["documents"]).with("limit", PAGE_DOCUMENTS.to_string());
        if let Some(kind) = kind {
            question = question.with("kind", kind);
        }
        if let Some(visit) = visit {
            question = question.with("visit", visit.to_string());
        }
        if let Some(cursor) = &cursor {
            question = question.with("cursor", cursor.as_str());
        }
        let page: Listing = client::read(&daemon.ask(question).await?)?;
        let nothing_more = page.documents.is_empty();
        documents.extend(page.documents);
        let next = match page.next {
            None | Some(Value::Null) => return Ok(documents),
            Some(Value::String(next)) => next,
            Some(other) => other.to_string(),
        };
        // A cursor that does not move would never end.
        if nothing_more || cursor.as_ref() == Some(&next) {
            return Ok(documents);
        }
        cursor = Some(next);
    }
}

async fn show(session: &Session, id: DocumentId) -> Result<(), Failure> {
    let answer = session.daemon()?.ask(Question::get(&["documents", &id.to_string()])).await.map_err(point_to_list)?;
    let shown: Shown = client::read(&answer)?;
    session.output.object(answer)?;
    let stage = shown.stage.as_deref().map(|stage| format!(", {}", stage.replace('_', " "))).unwrap_or_default();
    session.output.line(&format!("{}{stage} ({})", kind_in_words(&shown.kind), shown.role))?;
    let people: Vec<&str> = shown.people.iter().map(|person| person.name.as_str()).collect();
    if !people.is_empty() {
        session.output.line(&format!("people: {}", people.join(", ")))?;
    }
    session.output.rows(&plain_values(&shown.model, &shown.people))?;
    for ShownText { field, text } in &shown.texts {
        if !text.is_empty() {
            session.output.line(&format!("\n{field}:\n{text}"))?;
        }
    }
    for problem in &shown.problems {
        session.output.note(format!("\nnote: {} {}", problem.place, problem.what).trim_end())?;
    }
    Ok(())
}

/// What of a document fits on lines of its own, with names for people and dates for moments.
fn plain_values(model: &Value, people: &[Person]) -> Vec<Vec<String>> {
    let Value::Object(fields) = model else { return Vec::new() };
    let plain = fields.iter().filter(|(key, _)| *key != "kind").filter_map(|(key, value)| {
        let (name, text) = match (key.strip_suffix("_ms"), value.as_i64()) {
            (Some(name), Some(moment)) => (name, moment_in_words(moment)),
            _ => (key.as_str(), simple(value, people)?),
        };
        Some(vec![format!("{}:", name.replace('_', " ")), text])
    });
    plain.collect()
}

/// A value that fits on one line, as a person would write it.
fn simple(value: &Value, people: &[Person]) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => {
            let known = people.iter().find(|person| person.id == *text);
            Some(known.map_or_else(|| text.clone(), |person| person.name.clone()))
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Array(values) if !values.is_empty() => {
            let words: Option<Vec<String>> = values.iter().map(|value| simple(value, people)).collect();
            words.map(|words| words.join(", "))
        }
        _ => None,
    }
}

async fn delete(session: &Session, id: DocumentId) -> Result<(), Failure> {
    session.daemon()?.ask(Question::delete(&["documents", &id.to_string()])).await.map_err(point_to_list)?;
    session.output.object(json!({ "document": id, "deleted": true }))?;
    session.output.note("Deleted from this computer. Copies that others hold are theirs.")
}

/// Where nothing is found, the list is the next thing to look at.
pub(crate) fn point_to_list(failure: Failure) -> Failure {
    if failure.code == "not_found" && failure.hint.is_none() { failure.hint("rounds documents") } else { failure }
}

/// The kind of a document without its underscores.
pub(crate) fn kind_in_words(kind: &str) -> String {
    kind.replace('_', " ")
}
