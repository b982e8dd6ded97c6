//! Decides what released notes hold: words as they stood at release, and replies to their lines.

use serde::{Deserialize, Serialize};

use crate::ids::{DocumentId, PersonId};
use crate::model::instrument::Instrument;
use crate::model::note_set::{self, Event};
use crate::model::reader::{Reader, Spot};
use crate::model::words::{ItemId, Words};

/// What a reply answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplyTo {
    /// The notes as a whole.
    #[default]
    Whole,
    /// A line of the notes, counted from 0; the notes are fixed, so lines keep their number.
    Line(u32),
    /// An event.
    Event(ItemId),
}

/// An answer to something in the notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reply {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it.
    pub by: PersonId,
    /// What it answers.
    pub to: ReplyTo,
    /// The words.
    pub text: Words,
}

/// The finished words of a note set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReleasedNotes {
    /// Whether the contents are in; they are set once.
    pub published: bool,
    /// What they are called.
    pub title: Option<Words>,
    /// The visit they were taken in.
    pub visit: Option<DocumentId>,
    /// The instrument they were taken with.
    pub instrument: Option<Instrument>,
    /// What was seen, in the order it happened.
    pub events: Vec<Event>,
    /// How long was observed, in milliseconds, where it is known.
    pub observed_ms: Option<i64>,
    /// What was released of the same notes before: these are to be read in its stead.
    pub replaces: Vec<DocumentId>,
    /// The notes' beginning.
    pub notes: Words,
    /// Replies, oldest first.
    pub replies: Vec<Reply>,
}

impl ReleasedNotes {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        let instrument = Instrument::read(reader);
        Self {
            published: reader.flag(&root, "published"),
            title: reader.short(&root, "title"),
            visit: reader.id(&root, "visit"),
            events: note_set::events(reader, instrument.as_ref()),
            instrument,
            observed_ms: note_set::observed(reader),
            replaces: reader.set_if_any("replaces"),
            notes: reader.excerpt("notes"),
            replies: reader.items("replies", |reader, id, spot| {
                Some(Reply {
                    by: reader.author(spot)?,
                    to: reply_to(reader, spot),
                    text: reader.passage(spot, "text"),
                    id,
                })
            }),
        }
    }
}

fn reply_to(reader: &mut Reader<'_>, spot: &Spot) -> ReplyTo {
    if let Some(line) = reader.number(spot, "line", 0..=i64::from(u32::MAX)).and_then(|line| u32::try_from(line).ok()) {
        return ReplyTo::Line(line);
    }
    reader.id(spot, "event").map_or(ReplyTo::Whole, ReplyTo::Event)
}
