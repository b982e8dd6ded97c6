//! Decides what a visitor's own notes hold until they are released.

use serde::{Deserialize, Serialize};

use crate::ids::DocumentId;
use crate::model::bounds::OBSERVED_MS_MAX;
use crate::model::instrument::Instrument;
use crate::model::mark::{Mark, fits};
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
    /// What more the instrument asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// One visitor's notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NoteSet {
    /// What they are called.
    pub title: Option<Words>,
    /// The visit they were taken in.
    pub visit: Option<DocumentId>,
    /// When the lesson of their writer's own was that they are about, in milliseconds since 1970; none when they are about
    /// anything else.
    pub own_lesson_ms: Option<i64>,
    /// The frozen instrument.
    pub instrument: Option<Instrument>,
    /// What was seen, in the order it happened.
    pub events: Vec<Event>,
    /// How long was observed, in milliseconds, once somebody ended it.
    pub observed_ms: Option<i64>,
    /// The free notes' beginning.
    pub notes: Words,
    /// The documents that releasing made; empty while held.
    pub released: Vec<DocumentId>,
}

impl NoteSet {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        let instrument = Instrument::read(reader);
        Self {
            title: reader.short(&root, "title"),
            visit: reader.id(&root, "visit"),
            own_lesson_ms: reader.moment(&root, "own_lesson_ms"),
            events: events(reader, instrument.as_ref()),
            instrument,
            observed_ms: observed(reader),
            notes: reader.excerpt("notes"),
            released: reader.set("released"),
        }
    }
}

pub(crate) fn observed(reader: &mut Reader<'_>) -> Option<i64> {
    let root = reader.root();
    reader.number(&root, "observed_ms", 0..=OBSERVED_MS_MAX)
}

pub(crate) fn events(reader: &mut Reader<'_>, instrument: Option<&Instrument>) -> Vec<Event> {
    let mut events = reader.items("events", |reader, id, spot| {
        let mut label = reader.short(spot, "label");
        if label.as_ref().is_some_and(|label| !names_something(label)) {
            reader.problem("events", "a label that is only a number is left out");
            label = None;
        }
        let stated = reader.moment(spot, "at_ms").unwrap_or(0);
        let in_a_lesson = stated <= OBSERVED_MS_MAX;
        let event = Event {
            at_ms: if in_a_lesson { stated } else { 0 },
            speaker: reader.choice(spot, "speaker"),
            label,
            text: reader.passage(spot, "text"),
            mark: Mark::read(reader, spot),
            id,
        };
        if !in_a_lesson {
            // A clock was days off: no figure is made of it.
            reader.problem("events", "a mark at no time of a lesson is shown as a line of words at its beginning");
            return Some(as_line(event));
        }
        Some(match fits(instrument, &event) {
            Ok(()) => event,
            Err(_) => {
                reader.problem("events", "a mark that the instrument does not take is shown as a line of words");
                as_line(event)
            }
        })
    });
    events.sort_by_key(|event| event.at_ms);
    events
}

/// The words of an event without its shape.
fn as_line(event: Event) -> Event {
    let label = event.label.map(Words::into_string).unwrap_or_default();
    let text = match event.text.as_str() {
        "" => label,
        text if label.is_empty() => text.to_owned(),
        text => format!("{label}: {text}"),
    };
    Event { speaker: None, label: None, text: text.into(), mark: None, ..event }
}

/// A label says what was seen; a number alone would rate it.
pub(crate) fn names_something(label: &Words) -> bool {
    label.as_str().chars().any(char::is_alphabetic)
}
