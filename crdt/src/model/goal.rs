//! Decides what a goal holds: why, what will be tried, and what came of it, in its owners' words.

use serde::{Deserialize, Serialize};

use crate::ids::{DocumentId, PersonId};
use crate::model::day::Day;
use crate::model::note_set::names_something;
use crate::model::protocol::Run;
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words, vocabulary};

vocabulary! {
    /// Where its owners say a goal is. They say so by hand, in any order; nothing follows from it.
    pub enum GoalState {
        /// Being written.
        Draft = "draft",
        /// Finding out what it is about.
        Identify = "identify",
        /// Learning how it could be done.
        Learn = "learn",
        /// Trying it, and trying again.
        Improve = "improve",
        /// It is as was hoped.
        Met = "met",
        /// Something else matters more now.
        SetAside = "set_aside",
    }
}

vocabulary! {
    /// What kind of thing an action is.
    pub enum ActionKind {
        /// Something to do in one's own room.
        Try = "try",
        /// Something to see, in one's own room or another's.
        Watch = "watch",
        /// Something to do otherwise than before.
        Adjust = "adjust",
    }
}

/// Something an owner means to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Action {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it; only they change its words or remove it.
    pub by: PersonId,
    /// What kind of thing it is.
    pub how: ActionKind,
    /// The words.
    pub text: Words,
    /// By when, if they said so.
    pub due: Option<Day>,
    /// Which owners did it: on a goal of two, each says so for themselves.
    pub done: Vec<PersonId>,
}

/// A link to something written elsewhere. Whoever reads the goal sees the label; opening it takes access of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who linked it.
    pub by: PersonId,
    /// The notes or debrief.
    pub document: DocumentId,
    /// What its owner calls it here.
    pub label: Words,
    /// The action it belongs to; the goal as a whole when absent.
    pub action: Option<ItemId>,
}

/// How it goes, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckIn {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it; only they change or remove it.
    pub by: PersonId,
    /// The day they put on it.
    pub on: Day,
    /// The words.
    pub text: Words,
}

/// What one teacher, or two together, want to get better at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Goal {
    /// What it is called.
    pub title: Option<Words>,
    /// Where its owners say it is.
    pub state: GoalState,
    /// The beginning of why it matters.
    pub why: Words,
    /// The beginning of what students would do or say.
    pub student_side: Words,
    /// The beginning of how.
    pub strategy: Words,
    /// The beginning of how it is now.
    pub baseline: Words,
    /// The beginning of how one will know.
    pub measure: Words,
    /// The name of the instrument one looks with.
    pub measured_with: Option<Words>,
    /// What to try, watch and adjust, oldest first.
    pub actions: Vec<Action>,
    /// What it rests on, oldest first.
    pub evidence: Vec<Evidence>,
    /// How it goes, by day.
    pub check_ins: Vec<CheckIn>,
    /// The protocol its owners look at it by, if any, for as long as they do.
    #[serde(default)]
    pub run: Run,
}

impl Goal {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        reader.contested("state", "two states were chosen at once; one of the two is shown");
        let mut measured_with = reader.short(&root, "measured_with");
        if measured_with.as_ref().is_some_and(|name| !names_something(name)) {
            reader.problem("measured_with", "is only a number and is left out");
            measured_with = None;
        }
        let mut check_ins = reader.items("check_ins", |reader, id, spot| {
            let (by, on) = (reader.author(spot)?, reader.day(spot, "on")?);
            Some(CheckIn { by, on, text: reader.passage(spot, "text"), id })
        });
        check_ins.sort_by_key(|one| one.on);
        Self {
            title: reader.short(&root, "title"),
            state: reader.choice(&root, "state").unwrap_or(GoalState::Draft),
            why: reader.excerpt("why"),
            student_side: reader.excerpt("student_side"),
            strategy: reader.excerpt("strategy"),
            baseline: reader.excerpt("baseline"),
            measure: reader.excerpt("measure"),
            measured_with,
            actions: reader.items("actions", |reader, id, spot| {
                Some(Action {
                    by: reader.author(spot)?,
                    how: reader.choice(spot, "how").unwrap_or(ActionKind::Try),
                    text: reader.passage(spot, "text"),
                    due: reader.day(spot, "due"),
                    done: reader.each_within(spot, "done"),
                    id,
                })
            }),
            evidence: reader.items("evidence", |reader, id, spot| {
                Some(Evidence {
                    by: reader.author(spot)?,
                    document: reader.id(spot, "document")?,
                    label: reader.short(spot, "label").unwrap_or_default(),
                    action: reader.id(spot, "action"),
                    id,
                })
            }),
            check_ins,
            run: Run::read(reader),
        }
    }
}
