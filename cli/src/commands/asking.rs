//! Decides how commands ask for one document, change it, and name the people and things in it.

use std::time::{SystemTime, UNIX_EPOCH};

use rounds_crdt::figures::Figures;
use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::{ItemId, Model, Stage, Timing};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::{Daemon, Question};
use crate::commands::documents::point_to_list;
use crate::failure::Failure;
use crate::names::Person;
use crate::output::{Output, day};

/// A document that was just made.
#[derive(Debug, Deserialize)]
pub(crate) struct Made {
    pub(crate) document: String,
}

/// A document as the daemon shows it.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    pub(crate) role: String,
    pub(crate) model: Model,
    /// Of a visit.
    #[serde(default)]
    pub(crate) stage: Option<Stage>,
    #[serde(default)]
    texts: Vec<ShownText>,
    #[serde(default)]
    pub(crate) people: Vec<Person>,
    #[serde(default)]
    pub(crate) feedback: Option<String>,
    #[serde(default)]
    pub(crate) figures: Option<Figures>,
    #[serde(default)]
    pub(crate) timing: Option<Timing>,
}

#[derive(Debug, Deserialize)]
struct ShownText {
    field: String,
    text: String,
}

impl Shown {
    /// Prints the live texts in which something stands.
    pub(crate) fn texts(&self, output: &Output) -> Result<(), Failure> {
        self.texts.iter().filter(|text| !text.text.is_empty()).try_for_each(|ShownText { field, text }| {
            output.line(&format!("\n{}:\n{}", field.replace('_', " "), text.trim_end()))
        })
    }
}

/// One document.
pub(crate) async fn ask(daemon: &Daemon, id: DocumentId) -> Result<Value, Failure> {
    daemon.ask(Question::get(&["documents", &id.to_string()])).await.map_err(point_to_list)
}

/// One edit of a document, saved on this disk.
pub(crate) async fn edit(daemon: &Daemon, id: DocumentId, verb: Value) -> Result<(), Failure> {
    let question = Question::post(&["documents", &id.to_string(), "edits"], json!({ "edit": verb }));
    daemon.ask(question).await.map(drop).map_err(point_to_list)
}

/// The one thing whose id, or the start of it, is `wanted`.
pub(crate) fn meant<'a>(ids: impl Iterator<Item = &'a ItemId>, wanted: &str, what: &str) -> Result<String, Failure> {
    let found: Vec<&ItemId> = ids.filter(|id| id.as_str().starts_with(wanted)).collect();
    match (found.iter().find(|id| id.as_str() == wanted), found.as_slice()) {
        (Some(id), _) => Ok(id.to_string()),
        (None, [id]) => Ok(id.to_string()),
        (None, []) => Err(Failure::not_found(format!("there is no such {what} in it"))),
        (None, _) => Err(Failure::ambiguous(format!("more than one {what} begins like this"))),
    }
}

/// What a person of a document is called.
pub(crate) fn name<'a>(people: &'a [Person], id: &str) -> &'a str {
    people.iter().find(|person| person.id == id).map_or("somebody", |person| person.name.as_str())
}

/// A word of a vocabulary, as a person would write it.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(Value::as_str).unwrap_or_default().replace('_', " ")
}

/// This moment in milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    i64::try_from(since_1970().as_millis()).unwrap_or_default()
}

/// Today, by this computer's clock on the wall.
pub(crate) fn today() -> String {
    day(now_ms())
}

/// An id that no other command of this computer chooses: one process does not add twice in one nanosecond.
pub(crate) fn fresh_id() -> String {
    format!("cli-{:x}-{:x}", since_1970().as_nanos(), std::process::id())
}

fn since_1970() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rounds_crdt::model::Day;

    #[test]
    fn a_fresh_id_is_one_the_daemon_takes() {
        assert!(fresh_id().parse::<ItemId>().is_ok());
        assert_eq!(today().parse::<Day>().map(|day| day.to_string()), Ok(today()));
    }

    #[test]
    fn a_whole_id_wins_over_one_that_only_begins_like_it() {
        let ids: Vec<ItemId> = ["one", "one-more", "two"].map(|id| id.parse().expect("an id")).into();
        assert_eq!(meant(ids.iter(), "one", "step"), Ok("one".to_owned()));
        assert_eq!(meant(ids.iter(), "t", "step"), Ok("two".to_owned()));
        assert_eq!(meant(ids.iter(), "on", "step").expect_err("two are meant").code, "ambiguous");
        assert_eq!(meant(ids.iter(), "x", "step").expect_err("none is").code, "not_found");
    }
}
