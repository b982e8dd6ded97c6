//! Decides what a debrief holds: a protocol under way, what was said in it, and what comes of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{DocumentId, PersonId};
use crate::model::bounds::PASSAGE_BYTES_MAX;
use crate::model::protocol::Run;
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words};

/// Something one person put down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it; only they edit or remove it.
    pub by: PersonId,
    /// The phase it belongs to.
    pub phase: Option<ItemId>,
    /// The words.
    pub text: Words,
}

/// Something to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NextStep {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it down.
    pub by: PersonId,
    /// The words.
    pub text: Words,
    /// Somebody ticked it.
    pub done: bool,
}

/// Something to look for next time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Watch {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it down.
    pub by: PersonId,
    /// The words.
    pub text: Words,
}

/// The conversation after a visit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Debrief {
    /// What it is called.
    pub title: Option<Words>,
    /// The visit it is about.
    pub visit: Option<DocumentId>,
    /// The protocol they talk by, if any.
    pub run: Run,
    /// What was put down, oldest first.
    pub entries: Vec<Entry>,
    /// What to try, oldest first.
    pub next_steps: Vec<NextStep>,
    /// What to look for next time, oldest first.
    pub watch_next_time: Vec<Watch>,
    /// A word of thanks from each who wrote one.
    pub thanks: BTreeMap<PersonId, Words>,
    /// They talked; this closes the visit.
    pub talked: bool,
    /// The shared notes' beginning.
    pub notes: Words,
    /// The beginning of what comes next.
    pub next: Words,
}

impl Debrief {
    /// Whether anything of the conversation has begun, for [`crate::model::stage()`].
    pub fn has_begun(&self) -> bool {
        let written = !self.notes.is_blank() || !self.next.is_blank();
        written || !self.run.begun.is_empty() || !self.entries.is_empty() || !self.next_steps.is_empty()
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        Self {
            title: reader.short(&root, "title"),
            visit: reader.id(&root, "visit"),
            run: Run::read(reader),
            entries: reader.items("entries", |reader, id, spot| {
                let (by, phase) = (reader.author(spot)?, reader.id(spot, "phase"));
                Some(Entry { by, phase, text: reader.passage(spot, "text"), id })
            }),
            next_steps: reader.items("next_steps", |reader, id, spot| {
                let (by, done) = (reader.author(spot)?, reader.flag(spot, "done"));
                Some(NextStep { by, done, text: reader.passage(spot, "text"), id })
            }),
            watch_next_time: reader.items("watch", |reader, id, spot| {
                Some(Watch { by: reader.author(spot)?, text: reader.passage(spot, "text"), id })
            }),
            thanks: reader
                .said_by_each("thanks", |reader, value, place| reader.as_words(value, place, PASSAGE_BYTES_MAX)),
            talked: reader.flag(&root, "talked"),
            notes: reader.excerpt("notes"),
            next: reader.excerpt("next"),
        }
    }
}
