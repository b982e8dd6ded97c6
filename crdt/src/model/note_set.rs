//! Decides what a visitor's own notes hold until they are released.

use serde::{Deserialize, Serialize};

use crate::ids::DocumentId;
use crate::model::bounds::{MOMENT_MS_MAX, PROMPTS_MAX};
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words, vocabulary};

vocabulary! {
    /// Whose words or deeds an event records; never a named student.
    pub enum Speaker {
        /// The teacher.
        Teacher = "teacher",
        /// One student.
        Student = "student",
        /// Several students.
        Students = "students",
        /// The room itself.
        Room = "room",
    }
}

/// One thing seen or heard, at its moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Chosen by the page, unique in the note set.
    pub id: ItemId,
    /// Milliseconds since the visit began.
    pub at_ms: i64,
    /// Whose words or deeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Speaker>,
    /// One of the instrument's labels: a word for what was seen. A bare number is refused, since it would be a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Words>,
    /// What was seen or said.
    #[serde(default)]
    pub text: Words,
}

/// The copy of an instrument that a note set was taken with; later versions never rewrite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Which instrument.
    pub id: ItemId,
    /// Which version of it.
    pub version: u32,
    /// Its name.
    pub title: Words,
    /// The words it offers for what is seen.
    #[serde(default)]
    pub labels: Vec<Words>,
}

/// One visitor's notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NoteSet {
    /// What they are called.
    pub title: Option<Words>,
    /// The visit they were taken in.
    pub visit: Option<DocumentId>,
    /// The frozen instrument.
    pub instrument: Option<Instrument>,
    /// What was seen, in the order it happened.
    pub events: Vec<Event>,
    /// The free notes' beginning.
    pub notes: Words,
    /// The documents that releasing made; empty while held.
    pub released: Vec<DocumentId>,
}

impl NoteSet {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        Self {
            title: reader.short(&root, "title"),
            visit: reader.id(&root, "visit"),
            instrument: instrument(reader),
            events: events(reader),
            notes: reader.excerpt("notes"),
            released: reader.set("released"),
        }
    }
}

pub(crate) fn instrument(reader: &mut Reader<'_>) -> Option<Instrument> {
    let spot = reader.frozen("instrument")?;
    Some(Instrument {
        id: reader.id(&spot, "id")?,
        version: reader.number(&spot, "version", 0..=i64::from(u32::MAX)).and_then(|it| u32::try_from(it).ok())?,
        title: reader.short(&spot, "title").unwrap_or_default(),
        labels: reader.list(&spot, "labels", PROMPTS_MAX),
    })
}

pub(crate) fn events(reader: &mut Reader<'_>) -> Vec<Event> {
    let mut events = reader.items("events", |reader, id, spot| {
        let mut label = reader.short(spot, "label");
        if label.as_ref().is_some_and(|label| !names_something(label)) {
            reader.problem("events", "a label that is only a number is left out");
            label = None;
        }
        Some(Event {
            at_ms: reader.number(spot, "at_ms", 0..=MOMENT_MS_MAX).unwrap_or(0),
            speaker: reader.choice(spot, "speaker"),
            label,
            text: reader.passage(spot, "text"),
            id,
        })
    });
    events.sort_by_key(|event| event.at_ms);
    events
}

/// A label says what was seen; a number alone would rate it.
pub(crate) fn names_something(label: &Words) -> bool {
    label.as_str().chars().any(char::is_alphabetic)
}
