//! Decides how documents are listed, shown and deleted.

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::client::{self, Daemon, Question};
use crate::failure::Failure;
use crate::output::columns;
use crate::session::Session;

/// Documents asked for at once; a term has about 1,300.
const PAGE_DOCUMENTS: u32 = 500;

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
        /// Only those of this kind, such as visit, note_set, released_notes, debrief or partnership.
        #[arg(long, value_name = "KIND")]
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
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    updated: String,
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
    #[serde(default)]
    model: Value,
    #[serde(default)]
    texts: Map<String, Value>,
    #[serde(default)]
    role: String,
    #[serde(default)]
    problems: Vec<Value>,
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
        let waiting = if document.waiting_for.is_empty() {
            String::new()
        } else {
            format!("will reach {} when your computers next meet", document.waiting_for.join(", "))
        };
        let day = document.updated.get(..10).unwrap_or(&document.updated).to_owned();
        rows.push(vec![
            document.id,
            kind_in_words(&document.kind),
            day,
            document.with.join(", "),
            document.title,
            waiting,
        ]);
    }
    for line in columns(&rows) {
        session.output.line(&line)?;
    }
    Ok(())
}

/// Every document, page by page, as the daemon describes it.
pub(crate) async fn all(daemon: &Daemon, kind: Option<&str>) -> Result<Vec<Value>, Failure> {
    let mut documents = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut question = Question::get(&["documents"]).with("limit", PAGE_DOCUMENTS.to_string());
        if let Some(kind) = kind {
            question = question.with("kind", kind);
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
    let may = if shown.role.is_empty() { String::new() } else { format!(" ({})", shown.role) };
    session.output.line(&format!("{}{may}", kind_in_words(&shown.kind)))?;
    if let Value::Object(model) = &shown.model {
        let rows: Vec<Vec<String>> = model
            .iter()
            .filter(|(key, _)| !shown.texts.contains_key(*key))
            .filter_map(|(key, value)| Some(vec![key.replace('_', " "), simple(value)?]))
            .collect();
        for line in columns(&rows) {
            session.output.line(&line)?;
        }
    }
    for (field, text) in &shown.texts {
        let text = text.get("text").and_then(Value::as_str).unwrap_or_default();
        if !text.is_empty() {
            session.output.line(&format!("\n{field}:\n{text}"))?;
        }
    }
    for problem in &shown.problems {
        let problem = problem.as_str().map_or_else(|| problem.to_string(), str::to_owned);
        session.output.note(&format!("\nNote: {problem}"))?;
    }
    Ok(())
}

/// A value that fits on one line, as a person would write it.
fn simple(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
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
fn kind_in_words(kind: &str) -> String {
    kind.replace('_', " ")
}
