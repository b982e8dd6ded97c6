//! Decides what a debrief holds: a frozen protocol, what was said in it, and what comes of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{DocumentId, PersonId};
use crate::model::bounds::{MINUTES_MAX, PASSAGE_BYTES_MAX, PHASES_MAX, PROMPTS_MAX};
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words, vocabulary};

vocabulary! {
    /// Who speaks in a phase, in the words of the protocol library.
    pub enum Speaks {
        /// Everybody.
        All = "all",
        /// The two partners.
        Both = "both",
        /// The teacher visited.
        Host = "host",
        /// Those who came.
        Visitor = "visitor",
        /// The facilitator.
        Facilitator = "facilitator",
        /// Nobody: all write.
        Silent = "silent",
        /// Whoever brought the question.
        Presenter = "presenter",
        /// Whose goal it is.
        Owner = "owner",
        /// Whoever leads today.
        Lead = "lead",
        /// The team.
        Team = "team",
        /// Whoever came through the open door.
        Guest = "guest",
    }
}

/// One phase of a protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Unique in the protocol.
    pub id: ItemId,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Words>,
    /// How long it is meant to take.
    pub minutes: u32,
    /// Who speaks.
    pub speaks: Speaks,
    /// Questions that help.
    #[serde(default)]
    pub prompts: Vec<Words>,
}

/// The copy of a protocol that a debrief runs by; later versions never rewrite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Which protocol.
    pub id: ItemId,
    /// Its name.
    pub title: Words,
    /// Its phases, in order.
    #[serde(default)]
    pub phases: Vec<Phase>,
    /// Its ground rules.
    #[serde(default)]
    pub rules: Vec<Words>,
}

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
    /// The frozen protocol.
    pub protocol: Option<Protocol>,
    /// When each phase began, in milliseconds since 1970.
    pub begun: BTreeMap<ItemId, i64>,
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
        written || !self.begun.is_empty() || !self.entries.is_empty() || !self.next_steps.is_empty()
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        Self {
            title: reader.short(&root, "title"),
            visit: reader.id(&root, "visit"),
            protocol: protocol(reader),
            begun: reader.moments_by_id("begun"),
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

fn protocol(reader: &mut Reader<'_>) -> Option<Protocol> {
    let spot = reader.frozen("protocol")?;
    Some(Protocol {
        id: reader.id(&spot, "id")?,
        title: reader.short(&spot, "title").unwrap_or_default(),
        phases: reader.records(&spot, "phases", PHASES_MAX, |reader, spot| {
            Some(Phase {
                id: reader.id(spot, "id")?,
                title: reader.short(spot, "title"),
                minutes: reader.number(spot, "minutes", 0..=MINUTES_MAX).and_then(|it| u32::try_from(it).ok())?,
                speaks: reader.choice(spot, "speaks").unwrap_or(Speaks::All),
                prompts: reader.list(spot, "prompts", PROMPTS_MAX),
            })
        }),
        rules: reader.list(&spot, "rules", PROMPTS_MAX),
    })
}
