//! Decides what a file says: an export in JSON or an Automerge file, bounded before it is read, and believed in nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, ReadDoc};
use serde::Deserialize;
use serde_json::Value;

use super::{IMPORT_BYTES_MAX, ImportError, Importer, LeftOut};
use crate::access::Founding;
use crate::change::InvalidChange;
use crate::ids::{ActorId, PersonId};
use crate::merge::{SnapshotError, load_foreign};
use crate::migrate;
use crate::model::{self, Kind, Model, Words};
use crate::schema;

/// What every Automerge file begins with.
const AUTOMERGE: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// The shape of exports in JSON that this version writes.
const JSON_SCHEMA: u64 = 1;

/// A document as a file has it.
pub(super) struct File {
    pub(super) model: Model,
    pub(super) texts: BTreeMap<&'static str, String>,
    pub(super) comments: Vec<Comment>,
    /// Who wrote it, as far as the file tells; none for somebody it does not name.
    pub(super) writers: BTreeSet<Option<PersonId>>,
    /// What the file calls people.
    pub(super) names: BTreeMap<PersonId, String>,
    pub(super) left_out: BTreeSet<LeftOut>,
}

/// A comment as a file has it.
#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) by: Named,
    pub(super) field: String,
    pub(super) place: Option<Place>,
    pub(super) text: Words,
    #[serde(default)]
    pub(super) settled: bool,
    #[serde(default)]
    pub(super) answers: Vec<Answer>,
}

/// Where words stand, in UTF-16 code units.
#[derive(Deserialize)]
pub(super) struct Place {
    pub(super) from: usize,
    pub(super) to: usize,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) by: Named,
    pub(super) text: Words,
}

#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) id: PersonId,
    #[serde(default)]
    name: String,
}

/// An export in JSON, as far as it is read.
#[derive(Deserialize)]
struct Json {
    schema: u64,
    kind: String,
    model: serde_json::Map<String, Value>,
    #[serde(default)]
    texts: Vec<Text>,
    #[serde(default)]
    comments: Vec<Comment>,
    #[serde(default)]
    people: Vec<Named>,
    #[serde(default)]
    owners: Option<Vec<PersonId>>,
}

#[derive(Deserialize)]
struct Text {
    field: String,
    text: Words,
}

/// What is read first, since another version may have another body.
#[derive(Deserialize)]
struct Head {
    schema: u64,
    kind: String,
}

pub(super) fn read(bytes: &[u8], importer: &Importer<'_>) -> Result<File, ImportError> {
    if bytes.len() > IMPORT_BYTES_MAX {
        return Err(ImportError::TooLarge);
    }
    if bytes.starts_with(&AUTOMERGE) { from_automerge(bytes, importer) } else { from_json(bytes) }
}

fn from_json(bytes: &[u8]) -> Result<File, ImportError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head: Head = serde_json::from_slice(bytes).map_err(|_| ImportError::NotOurs)?;
    if head.schema > JSON_SCHEMA {
        return Err(ImportError::Newer { found: head.schema, known: JSON_SCHEMA });
    }
    let kind = Kind::from_name(&head.kind).ok_or(ImportError::UnknownKind)?;
    let contents = |_| ImportError::Contents(kind.name());
    let json: Json = serde_json::from_slice(bytes).map_err(contents)?;
    let mut left_out = BTreeSet::new();
    // What an earlier version did not say yet is as in a document where nobody said it.
    let founding = Founding::new(kind, vec![PersonId::from_bytes([0; 32])], [0; 16]);
    let empty = model::read(kind, &schema::genesis(&founding)).model;
    let Ok(Value::Object(mut fields)) = serde_json::to_value(empty) else { return Err(ImportError::NotOurs) };
    for name in ["people", "answers"] {
        // The genesis names the founders, who are nobody here.
        match fields.get_mut(name) {
            Some(Value::Object(people)) => people.clear(),
            Some(Value::Array(people)) => people.clear(),
            _ => {}
        }
    }
    for (name, value) in json.model {
        match fields.get_mut(&name) {
            Some(field) => *field = value,
            None => drop(left_out.insert(LeftOut::Unknown)),
        }
    }
    let model: Model = serde_json::from_value(Value::Object(fields)).map_err(contents)?;
    if model.kind() != kind || head.kind != json.kind || head.schema != json.schema {
        return Err(ImportError::Contents(kind.name()));
    }
    let mut texts = BTreeMap::new();
    for Text { field, text } in json.texts {
        match kind.text_fields().iter().find(|known| **known == field) {
            Some(known) => drop(texts.insert(*known, text.into_string())),
            None => drop(left_out.insert(LeftOut::Unknown)),
        }
    }
    let writers = match json.owners {
        Some(owners) => owners.into_iter().map(Some).collect(),
        None => [None].into(),
    };
    let names = json.people.into_iter().filter(|named| !named.name.trim().is_empty());
    let names = names.map(|named| (named.id, named.name)).collect();
    Ok(File { model, texts, comments: json.comments, writers, names, left_out })
}

fn from_automerge(bytes: &[u8], importer: &Importer<'_>) -> Result<File, ImportError> {
    let automerge = load_foreign(bytes).map_err(ImportError::Automerge)?;
    // It could be loaded, and still hold what Automerge does not expect.
    let read = catch_unwind(AssertUnwindSafe(|| from_loaded(&automerge, importer)));
    read.unwrap_or(Err(ImportError::Automerge(SnapshotError::Bytes(InvalidChange::Malformed))))
}

fn from_loaded(automerge: &Automerge, importer: &Importer<'_>) -> Result<File, ImportError> {
    let stored = automerge.get(automerge::ROOT, schema::KIND_KEY).ok().flatten();
    let names_a_kind = stored.is_some_and(|(value, _)| value.is_str());
    let kind = match schema::stored_kind(automerge) {
        Some(kind) => kind,
        None if names_a_kind && schema::stored_version(automerge).is_some() => return Err(ImportError::UnknownKind),
        None => return Err(ImportError::Automerge(SnapshotError::OtherDocument)),
    };
    if let Some(found) = migrate::newer_version(kind, schema::stored_version(automerge)) {
        return Err(ImportError::Newer { found, known: migrate::current_version(kind) });
    }
    let reading = model::read(kind, automerge);
    let mut left_out = BTreeSet::new();
    if !reading.problems.is_empty() {
        left_out.insert(LeftOut::Unreadable);
    }
    let mut texts = BTreeMap::new();
    for field in kind.text_fields() {
        let text = schema::text_object(automerge, field).and_then(|text| automerge.text(&text).ok());
        texts.insert(*field, text.unwrap_or_default());
    }
    let actors: BTreeSet<_> =
        automerge.get_changes_meta(&[]).into_iter().map(|change| change.actor.into_owned()).collect();
    // The first change is nobody's: its actor is shorter than any device's.
    let devices = actors.iter().filter_map(|actor| ActorId::from_automerge(actor).ok());
    let writers = devices.map(|actor| (importer.person_of)(&actor.device())).collect();
    let named = |id: PersonId| Named { id, name: String::new() };
    let comments = reading.comments.into_iter().map(|comment| Comment {
        by: named(comment.by),
        field: comment.field.to_owned(),
        place: comment.place.map(|(from, to)| Place { from, to }),
        text: comment.text,
        settled: comment.settled,
        answers: comment.answers.into_iter().map(|answer| Answer { by: named(answer.by), text: answer.text }).collect(),
    });
    Ok(File { model: reading.model, texts, comments: comments.collect(), writers, names: BTreeMap::new(), left_out })
}
