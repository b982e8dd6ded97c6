//! Decides how a document's text is read and written, and when a write counts as done.

use std::io::Read;
use std::time::Duration;

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args;
use crate::client::{self, Daemon, Question};
use crate::commands::documents::point_to_list;
use crate::failure::{self, Exit, Failure};
use crate::names::{self, Person};
use crate::session::Session;

/// Bytes taken from standard input: what the largest text can weigh in UTF-8, and one more to notice too much.
const INPUT_BYTES_MAX: u64 = 3 * 1_000_000;

/// Read or write a document's text.
#[derive(Debug, clap::Args)]
pub(crate) struct Text {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show a text.
    Show {
        /// The document.
        id: DocumentId,
        /// Which of its texts.
        #[arg(value_parser = args::field)]
        field: Option<String>,
    },
    /// Add to the end of a text; returns when it is saved on this disk.
    #[command(override_usage = "rounds text append [OPTIONS] <ID> [FIELD] <TEXT|->")]
    Append(Write),
    /// Replace a text; returns when it is saved on this disk.
    #[command(override_usage = "rounds text set [OPTIONS] <ID> [FIELD] <TEXT|->")]
    Set(Write),
}

#[derive(Debug, clap::Args)]
struct Write {
    /// The document.
    id: DocumentId,
    /// Which of its texts; left out, the main one.
    #[arg(value_name = "FIELD", value_parser = args::words, allow_hyphen_values = true)]
    first: Option<String>,
    /// The words, or - to read them from standard input. Put -- before words that look like an option.
    #[arg(value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
    second: Option<String>,
    /// Wait until this person's computer has it on its disk.
    #[arg(long, value_name = "NAME")]
    delivered: Option<String>,
    /// How long to wait for that.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = args::duration, requires = "delivered")]
    timeout: Duration,
}

#[derive(Debug, Deserialize)]
struct Kind {
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Written {
    saved: bool,
    #[serde(default)]
    delivered_to: Vec<Value>,
}

impl Text {
    /// Shows, appends or sets.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            Action::Show { id, field } => show(session, id, field).await,
            Action::Append(write) => write.run(session, "append").await,
            Action::Set(write) => write.run(session, "set").await,
        }
    }
}

async fn show(session: &Session, id: DocumentId, field: Option<String>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Shown {
        text: String,
    }
    let daemon = session.daemon()?;
    let field = chosen_field(&daemon, id, field).await?;
    let question = Question::get(&["documents", &id.to_string(), "texts", &field]);
    let answer = daemon.ask(question).await.map_err(point_to_list)?;
    let Shown { text } = client::read(&answer)?;
    session.output.object(answer)?;
    session.output.verbatim(&text)
}

impl Write {
    async fn run(self, session: &Session, verb: &str) -> Result<(), Failure> {
        let (field, text) = field_and_text(self.first, self.second)
            .map_err(|what| Failure::usage(what).hint(format!("rounds text {verb} --help")))?;
        let daemon = session.daemon()?;
        let text = words_or_input(text).await?;
        let field = chosen_field(&daemon, self.id, field).await?;
        let reader = match &self.delivered {
            Some(name) => Some(names::resolve(&daemon, name).await?),
            None => None,
        };
        let body = json!({ verb: text });
        let mut question = Question::post(&["documents", &self.id.to_string(), "texts", &field], body);
        if let Some(person) = &reader {
            question = question
                .with("delivered_to", person.id.as_str())
                .with("timeout_seconds", self.timeout.as_secs().to_string())
                .patient(self.timeout + client::ANSWER_WAIT);
        }
        let answer = daemon.ask(question).await.map_err(point_to_list)?;
        let written: Written = client::read(&answer)?;
        check(&written, reader.as_ref(), self.timeout)?;
        session.output.object(answer)?;
        match &reader {
            Some(person) => session.output.note(&format!("Saved here, and on {}'s computer.", person.name)),
            None => session.output.note("Saved."),
        }
    }
}

/// The last word is the text, and one before it names the field.
fn field_and_text(first: Option<String>, second: Option<String>) -> Result<(Option<String>, String), String> {
    match (first, second) {
        (Some(text), None) => Ok((None, text)),
        (Some(field), Some(text)) => Ok((Some(args::field(&field)?), text)),
        (None, _) => Err("the words are missing: give them, or - to read them from standard input".to_owned()),
    }
}

/// Believes only what the answer says: saved on this disk, and held by the person who was asked for.
fn check(written: &Written, reader: Option<&Person>, timeout: Duration) -> Result<(), Failure> {
    if !written.saved {
        return Err(failure::from_daemon("not_saved", "the words are not saved on this disk", None));
    }
    let Some(person) = reader else { return Ok(()) };
    let held = written.delivered_to.iter().any(|holder| {
        let id = holder.as_str().or_else(|| holder.get("id").and_then(Value::as_str));
        id == Some(person.id.as_str())
    });
    if held {
        return Ok(());
    }
    let seconds = timeout.as_secs();
    let message = format!("saved here, but {}'s computer has not confirmed it within {seconds} s", person.name);
    Err(Failure { exit: Exit::NobodyReachable, ..Failure::timed_out(message) }.hint("rounds status"))
}

/// The field that was named, or the document's main text.
async fn chosen_field(daemon: &Daemon, id: DocumentId, field: Option<String>) -> Result<String, Failure> {
    if let Some(field) = field {
        return Ok(field);
    }
    let answer = daemon.ask(Question::get(&["documents", &id.to_string()])).await.map_err(point_to_list)?;
    let Kind { kind } = client::read(&answer)?;
    match main_field(&kind) {
        Some(field) => Ok(field.to_owned()),
        None => Err(Failure::usage(format!("a {} has no text of its own", kind.replace('_', " ")))
            .hint(format!("rounds documents show {id}"))),
    }
}

fn main_field(kind: &str) -> Option<&'static str> {
    match kind {
        "visit" => Some("focus"),
        "note_set" | "released_notes" | "debrief" => Some("notes"),
        "partnership" => Some("journal"),
        "mirror" => Some("keep"),
        "goal" => Some("why"),
        "strategy_card" | "success_card" | "resource" => Some("text"),
        _ => None,
    }
}

/// The words as given, or all of standard input where they are `-`.
pub(crate) async fn words_or_input(words: String) -> Result<String, Failure> {
    if words == "-" { read_input().await } else { Ok(words) }
}

/// Reads all of standard input, as it is.
async fn read_input() -> Result<String, Failure> {
    let read = tokio::task::spawn_blocking(|| {
        let mut text = String::new();
        std::io::stdin().lock().take(INPUT_BYTES_MAX + 1).read_to_string(&mut text).map(|_| text)
    });
    match read.await {
        Ok(Ok(text)) if text.len() as u64 > INPUT_BYTES_MAX => {
            Err(failure::from_daemon("too_large", "that is more than one text can hold", None))
        }
        Ok(Ok(text)) => Ok(text),
        Ok(Err(error)) => Err(Failure::failed(format!("could not read standard input: {error}"))),
        Err(error) => Err(Failure::failed(format!("could not read standard input: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ben() -> Person {
        Person { id: "benid".to_owned(), name: "Ben".to_owned() }
    }

    #[test]
    fn only_a_receipt_of_that_person_counts_as_delivered() {
        let wait = Duration::from_secs(30);
        let written = |saved, holders: &[&str]| Written {
            saved,
            delivered_to: holders.iter().map(|holder| json!(holder)).collect(),
        };
        assert!(check(&written(true, &[]), None, wait).is_ok());
        assert!(check(&written(true, &["benid"]), Some(&ben()), wait).is_ok());
        let missing = check(&written(true, &["chidiid"]), Some(&ben()), wait).expect_err("Ben has not confirmed");
        assert_eq!(missing.exit.code(), 4);
        let unsaved = check(&written(false, &["benid"]), Some(&ben()), wait).expect_err("nothing is saved");
        assert_eq!(unsaved.exit.code(), 7);
    }

    #[test]
    fn each_kind_with_a_text_has_a_main_one() {
        assert_eq!(main_field("visit"), Some("focus"));
        assert_eq!(main_field("note_set"), Some("notes"));
        assert_eq!(main_field("debrief"), Some("notes"));
        assert_eq!(main_field("partnership"), Some("journal"));
        assert_eq!(main_field("goal"), Some("why"));
        for kind in ["strategy_card", "success_card", "resource"] {
            assert_eq!(main_field(kind), Some("text"));
        }
        assert_eq!(main_field("profile"), None);
    }
}
