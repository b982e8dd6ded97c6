//! Decides what is known of a visit from what its people wrote down.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{DocumentId, PersonId};
use crate::model::bounds::{MINUTES_MAX, SEATS_MAX};
use crate::model::instrument::{Seat, seat};
use crate::model::partnership::Answer;
use crate::model::protocol::Run;
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words, vocabulary};

vocabulary! {
    /// How somebody takes part in a visit; it carries no rights outside the visit.
    pub enum Part {
        /// The teacher visited.
        Host = "host",
        /// Comes to see.
        Visitor = "visitor",
        /// Was invited to help the talk along.
        Facilitator = "facilitator",
    }
}

vocabulary! {
    /// What kind of visit it is.
    pub enum VisitKind {
        /// Two partners.
        Pair = "pair",
        /// Through an open door.
        DropIn = "drop_in",
        /// One room of a team's round.
        Round = "round",
        /// A research lesson.
        LessonStudy = "lesson_study",
        /// Learning together without a visit.
        SharedLearning = "shared_learning",
    }
}

vocabulary! {
    /// What a visitor looks after during the visit.
    pub enum VisitRole {
        /// Writes down what is said.
        Scribe = "scribe",
        /// Counts.
        Counter = "counter",
        /// Listens to students.
        StudentListener = "student_listener",
        /// Keeps the time.
        Timekeeper = "timekeeper",
    }
}

vocabulary! {
    /// Whether a visitor is in the room; the moment is not kept.
    pub enum Here {
        /// Came in, perhaps late.
        Joined = "joined",
        /// Left, perhaps early.
        Left = "left",
    }
}

vocabulary! {
    /// How a debrief is meant to happen, as documents spell it.
    pub(crate) enum DebriefHow {
        /// At a time.
        At = "at",
        /// We'll find each other.
        FindEachOther = "find_each_other",
        /// In writing.
        InWriting = "in_writing",
    }
}

/// How the debrief is meant to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum DebriefPlan {
    /// At a time, perhaps at a place.
    At {
        /// Milliseconds since 1970.
        when_ms: i64,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Words>,
    },
    /// We'll find each other.
    FindEachOther {},
    /// In writing.
    InWriting {},
}

/// One visit and its plan. Its stage is derived by [`crate::model::stage()`], never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Visit {
    /// The teacher visited, once somebody said who.
    pub host: Option<PersonId>,
    /// Everybody in it, the host included.
    pub people: BTreeMap<PersonId, Part>,
    /// What each answered.
    pub answers: BTreeMap<PersonId, Answer>,
    /// What kind of visit it is.
    pub visit_kind: VisitKind,
    /// The open door it comes through.
    pub door: Option<DocumentId>,
    /// When it is, in milliseconds since 1970.
    pub when_ms: Option<i64>,
    /// Other times that were proposed at the same moment, until somebody settles on one.
    pub other_times_ms: Vec<i64>,
    /// How long it is.
    pub minutes: Option<u32>,
    /// The school's name for the lesson's slot.
    pub period: Option<Words>,
    /// The room.
    pub room: Option<Words>,
    /// The goal it serves, when the host named one.
    pub goal: Option<DocumentId>,
    /// What the host calls that goal here; the goal itself is not shared by it.
    pub goal_label: Option<Words>,
    /// The focus question's beginning.
    pub focus: Words,
    /// The plan's beginning.
    pub plan: Words,
    /// The instruments chosen.
    pub instruments: Vec<ItemId>,
    /// The map of the room, for every instrument that lies on one; empty until somebody put one in.
    pub seats: Vec<Seat>,
    /// Where the visitor sits.
    pub seat: Option<Words>,
    /// Whether the visitor may talk to students, once said.
    pub may_talk: Option<bool>,
    /// Who looks after what.
    pub roles: BTreeMap<PersonId, VisitRole>,
    /// The protocol its people prepare it by, if any.
    pub run: Run,
    /// How the debrief is meant to happen.
    pub debrief: Option<DebriefPlan>,
    /// When it began, in milliseconds since 1970.
    pub began_ms: Option<i64>,
    /// When it ended, in milliseconds since 1970.
    pub ended_ms: Option<i64>,
    /// Which visitors are in the room.
    pub here: BTreeMap<PersonId, Here>,
    /// The host asked a visitor to stop.
    pub stop_asked: bool,
    /// It did not happen; nobody is at fault.
    pub did_not_happen: bool,
    /// Somebody called it off.
    pub cancelled: bool,
    /// They talked, and that closes it.
    pub talked: bool,
    /// The host asks for no notes.
    pub notes_waived: bool,
}

impl Visit {
    /// How `person` takes part, if they do.
    pub fn part_of(&self, person: &PersonId) -> Option<Part> {
        self.people.get(person).copied()
    }

    /// The people with this part, in the order of their ids.
    pub fn with_part(&self, part: Part) -> impl Iterator<Item = &PersonId> {
        self.people.iter().filter(move |(_, theirs)| **theirs == part).map(|(person, _)| person)
    }

    /// Whether nobody watches any more: somebody who came has left, or no visitor takes part, and none is in the room.
    /// Whoever released notes has seen what there was to see, and whoever is still there goes on.
    pub fn visitors_are_gone(&self, released_by: &BTreeSet<PersonId>) -> bool {
        let visitors = || self.with_part(Part::Visitor);
        let left = visitors().any(|person| self.here.get(person) == Some(&Here::Left)) || !released_by.is_empty();
        let all_out = visitors().next().is_some() && visitors().all(|person| self.is_out(person));
        (left || all_out) && !visitors().any(|person| self.watches(person) && !released_by.contains(person))
    }

    /// Whether somebody is in the room, and takes part.
    fn watches(&self, person: &PersonId) -> bool {
        self.here.get(person) == Some(&Here::Joined) && !self.is_out(person)
    }

    /// Whether somebody said no, or stepped back.
    fn is_out(&self, person: &PersonId) -> bool {
        matches!(self.answers.get(person), Some(Answer::Withdrew | Answer::Declined))
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        reader.contested("host", "two hosts were named at once; one of the two is shown");
        let host: Option<PersonId> = reader.id(&root, "host");
        let mut people = reader.choices_by_id("people");
        for part in people.values_mut() {
            if *part == Part::Host {
                *part = Part::Visitor;
            }
        }
        if let Some(host) = host {
            people.insert(host, Part::Host);
        }
        let (when_ms, other_times_ms) = times(reader);
        let began_ms = reader.moments("began_ms").first().copied();
        let did_not_happen = reader.flag(&root, "did_not_happen");
        Self {
            host,
            people,
            answers: reader.answers_of_each("answers"),
            visit_kind: reader.choice(&root, "visit_kind").unwrap_or(VisitKind::Pair),
            door: reader.id(&root, "door"),
            when_ms,
            other_times_ms,
            minutes: reader.number(&root, "minutes", 1..=MINUTES_MAX).and_then(|minutes| u32::try_from(minutes).ok()),
            period: reader.short(&root, "period"),
            room: reader.short(&root, "room"),
            goal: reader.id(&root, "goal"),
            goal_label: reader.short(&root, "goal_label"),
            focus: reader.excerpt("focus"),
            plan: reader.excerpt("plan"),
            instruments: reader.set("instruments"),
            seats: room_map(reader),
            seat: reader.short(&root, "seat"),
            may_talk: reader.answer(&root, "may_talk"),
            roles: reader.choices_by_id("roles"),
            run: Run::read(reader),
            debrief: debrief(reader),
            began_ms,
            ended_ms: reader.moments("ended_ms").last().copied(),
            here: here(reader, did_not_happen && began_ms.is_none()),
            stop_asked: reader.flag(&root, "stop_asked"),
            did_not_happen,
            cancelled: reader.flag(&root, "cancelled"),
            talked: reader.flag(&root, "talked"),
            notes_waived: reader.flag(&root, "notes_waived"),
        }
    }
}

fn room_map(reader: &mut Reader<'_>) -> Vec<Seat> {
    let Some(spot) = reader.frozen("room_map") else { return Vec::new() };
    reader.records(&spot, "seats", SEATS_MAX, seat)
}

/// Nobody is in the room of a visit that did not happen, whoever said so while another said that they came.
fn here(reader: &mut Reader<'_>, did_not_happen: bool) -> BTreeMap<PersonId, Here> {
    let here = reader.answers_of_each("here");
    if did_not_happen { BTreeMap::new() } else { here }
}

/// The time that stands, and others proposed at the same moment.
fn times(reader: &mut Reader<'_>) -> (Option<i64>, Vec<i64>) {
    let root = reader.root();
    let mut others = reader.moments("when_ms");
    if others.len() > 1 {
        reader.problem("when_ms", "two different times were proposed at once: settle on one");
    }
    let stands = if others.is_empty() { None } else { reader.moment(&root, "when_ms") };
    let stands = stands.or(others.first().copied());
    others.retain(|time| Some(*time) != stands);
    (stands, others)
}

fn debrief(reader: &mut Reader<'_>) -> Option<DebriefPlan> {
    let root = reader.root();
    match reader.choice(&root, "debrief_how")? {
        DebriefHow::FindEachOther => Some(DebriefPlan::FindEachOther {}),
        DebriefHow::InWriting => Some(DebriefPlan::InWriting {}),
        DebriefHow::At => {
            reader.contested("debrief_ms", "two different debrief times were proposed at once: settle on one");
            let when_ms = reader.moment(&root, "debrief_ms");
            let place = reader.short(&root, "debrief_place");
            if when_ms.is_none() {
                reader.problem("debrief_ms", "is missing");
            }
            when_ms.map(|when_ms| DebriefPlan::At { when_ms, place })
        }
    }
}
