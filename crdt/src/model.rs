//! Decides what documents exist and how each reads: always a usable model, with a list of problems, never an error.

mod binder;
pub mod bounds;
pub(crate) mod comment;
mod day;
mod debrief;
mod free_periods;
mod goal;
mod goal_feedback;
mod instrument;
mod mark;
mod mirror;
mod note_set;
mod open_door;
#[cfg(feature = "schema")]
mod openapi;
mod own_instrument;
mod partnership;
mod profile;
mod protocol;
pub(crate) mod reader;
mod reason;
mod released_notes;
mod resource;
pub mod scales;
mod shown_card;
mod stage;
mod strategy_card;
mod success_card;
mod timetable;
mod timing;
mod told;
mod try_log;
mod visit;
mod vocabulary;
pub(crate) mod words;
mod written;

use serde::{Deserialize, Serialize};

pub(crate) use binder::MAP_KEYS;
pub use binder::{Binder, KeptMap};
pub(crate) use comment::{COMMENT_KEYS, comment_keys};
pub use comment::{Comment, CommentAnswer};
pub use day::{Day, InvalidDay};
pub use debrief::{Debrief, Entry, NextStep, Watch};
pub use free_periods::{FreePeriods, FreeTime};
pub use goal::{Action, ActionKind, CheckIn, Evidence, Goal, GoalState};
pub use goal_feedback::{FeedbackEntry, GoalFeedback};
pub(crate) use instrument::check_seats;
pub use instrument::{CLASS, Instrument, InstrumentError, Seat, Shape, TEACHER, label_faults};
pub use mark::{EventError, Mark, fits};
pub use mirror::Mirror;
pub(crate) use note_set::names_something;
pub use note_set::{Event, NoteSet, Speaker};
pub use open_door::OpenDoor;
pub use own_instrument::{BUILT_SHAPES, BuiltLabel, OwnInstrument};
pub use partnership::{Answer, Cadence, Partnership, PartnershipState};
pub use profile::{Experience, Profile};
pub(crate) use protocol::BEGUN;
pub use protocol::{Phase, Protocol, Run, Speaks};
pub use reason::{Reason, ReasonCode};
pub use released_notes::{ReleasedNotes, Reply, ReplyTo};
pub use resource::Resource;
pub(crate) use resource::is_plain_link;
pub use shown_card::{NotShown, ShownCard};
pub use stage::{Stage, VisitContext, stage};
pub use strategy_card::StrategyCard;
pub use success_card::SuccessCard;
pub(crate) use timetable::DayKind;
pub(crate) use timetable::check_weekdays;
pub use timetable::{
    Cycle, Filling, Otherwise, Period, PeriodUse, Slot, Timetable, TimetableError, Turning, week_and_weekday,
};
pub use timing::{Heard, Timing, timing};
pub use try_log::{TryLog, TryOut};
pub(crate) use visit::DebriefHow;
pub use visit::{DebriefPlan, Here, Part, Visit, VisitKind, VisitRole};
pub use vocabulary::{Term, VOCABULARY_FORM, Vocabulary, VocabularyError};
pub use words::{ItemId, Words};

use crate::access::Directory;
use crate::migrate;
use words::vocabulary;

vocabulary! {
    /// What a document is. One privacy boundary is one document.
    pub enum Kind {
        /// One person's card.
        Profile = "profile",
        /// One person's own list of the documents they know.
        Binder = "binder",
        /// Two people's agreement to visit each other, and their journal.
        Partnership = "partnership",
        /// One visit and its plan.
        Visit = "visit",
        /// One visitor's notes, held until released.
        NoteSet = "note_set",
        /// The finished words of a note set.
        ReleasedNotes = "released_notes",
        /// The conversation after a visit.
        Debrief = "debrief",
        /// What a visitor takes home for their own room.
        Mirror = "mirror",
        /// What one teacher, or two together, want to get better at.
        Goal = "goal",
        /// What others say about a goal.
        GoalFeedback = "goal_feedback",
        /// What one person tried, and how it went.
        TryLog = "try_log",
        /// A lesson that its teacher lets others look into.
        OpenDoor = "open_door",
        /// One way of doing something in a lesson.
        StrategyCard = "strategy_card",
        /// Names of strategies and targets that one person brought in.
        Vocabulary = "vocabulary",
        /// What people build to observe with.
        Instrument = "instrument",
        /// One teacher's own week: periods, what they are, and days that are different.
        Timetable = "timetable",
        /// When one teacher is free, as far as they show it.
        FreePeriods = "free_periods",
        /// What somebody saw go well, as they write it down for themselves.
        SuccessCard = "success_card",
        /// The words of a success card, whose people say whether others may see them.
        ShownCard = "shown_card",
        /// Something to read or look at that helped somebody.
        Resource = "resource",
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Kind] = <Kind as words::Word>::ALL;

    /// The name in ids, documents and JSON.
    pub fn name(self) -> &'static str {
        words::Word::word(self)
    }

    /// The kind of this name, when this version knows it.
    pub fn from_name(name: &str) -> Option<Self> {
        words::Word::from_word(name)
    }

    /// The live texts a document of this kind holds.
    pub const fn text_fields(self) -> &'static [&'static str] {
        match self {
            Kind::Profile | Kind::Binder | Kind::GoalFeedback | Kind::TryLog | Kind::OpenDoor | Kind::Vocabulary => &[],
            Kind::Timetable | Kind::FreePeriods => &[],
            Kind::Instrument => &["question", "caution"],
            Kind::ShownCard => &[],
            Kind::StrategyCard | Kind::SuccessCard | Kind::Resource => &["text"],
            Kind::Partnership => &["journal"],
            Kind::Visit => &["focus", "plan"],
            Kind::NoteSet | Kind::ReleasedNotes => &["notes"],
            Kind::Debrief => &["notes", "next"],
            Kind::Mirror => &["keep", "start", "stop", "ideas"],
            Kind::Goal => &["why", "student_side", "strategy", "baseline", "measure"],
        }
    }

    /// The text meant when none is named.
    pub fn main_text(self) -> Option<&'static str> {
        self.text_fields().first().copied()
    }

    /// Whether people type into the live texts of this kind; released notes are fixed.
    pub const fn texts_are_live(self) -> bool {
        !matches!(self, Kind::ReleasedNotes)
    }

    /// Whether anybody but its one owner may ever be given a document of this kind.
    pub const fn may_be_shared(self) -> bool {
        !matches!(
            self,
            Kind::Binder | Kind::Mirror | Kind::TryLog | Kind::Vocabulary | Kind::Timetable | Kind::SuccessCard
        )
    }
}

/// A document as read: one variant a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Model {
    /// One person's card.
    Profile(Profile),
    /// One person's own list of documents.
    Binder(Binder),
    /// Two people who visit each other.
    Partnership(Partnership),
    /// One visit and its plan.
    Visit(Box<Visit>),
    /// One visitor's notes.
    NoteSet(NoteSet),
    /// The finished words of a note set.
    ReleasedNotes(ReleasedNotes),
    /// The conversation after a visit.
    Debrief(Debrief),
    /// What a visitor takes home.
    Mirror(Mirror),
    /// What somebody wants to get better at.
    Goal(Box<Goal>),
    /// What others say about it.
    GoalFeedback(GoalFeedback),
    /// What somebody tried.
    TryLog(TryLog),
    /// A lesson that others may look into.
    OpenDoor(OpenDoor),
    /// One way of doing something in a lesson.
    StrategyCard(StrategyCard),
    /// Names that somebody brought in.
    Vocabulary(Vocabulary),
    /// What people build to observe with.
    Instrument(Box<OwnInstrument>),
    /// One teacher's own week.
    Timetable(Timetable),
    /// When somebody is free, as far as they show it.
    FreePeriods(FreePeriods),
    /// What somebody saw go well.
    SuccessCard(SuccessCard),
    /// Its words, as people are asked about them.
    ShownCard(ShownCard),
    /// Something to read or look at.
    Resource(Resource),
}

impl Model {
    /// What the document is.
    pub fn kind(&self) -> Kind {
        match self {
            Model::Profile(_) => Kind::Profile,
            Model::Binder(_) => Kind::Binder,
            Model::Partnership(_) => Kind::Partnership,
            Model::Visit(_) => Kind::Visit,
            Model::NoteSet(_) => Kind::NoteSet,
            Model::ReleasedNotes(_) => Kind::ReleasedNotes,
            Model::Debrief(_) => Kind::Debrief,
            Model::Mirror(_) => Kind::Mirror,
            Model::Goal(_) => Kind::Goal,
            Model::GoalFeedback(_) => Kind::GoalFeedback,
            Model::TryLog(_) => Kind::TryLog,
            Model::OpenDoor(_) => Kind::OpenDoor,
            Model::StrategyCard(_) => Kind::StrategyCard,
            Model::Vocabulary(_) => Kind::Vocabulary,
            Model::Instrument(_) => Kind::Instrument,
            Model::Timetable(_) => Kind::Timetable,
            Model::FreePeriods(_) => Kind::FreePeriods,
            Model::SuccessCard(_) => Kind::SuccessCard,
            Model::ShownCard(_) => Kind::ShownCard,
            Model::Resource(_) => Kind::Resource,
        }
    }

    /// The visit a note set, released notes, a debrief, a mirror or a success card belongs to.
    pub fn visit(&self) -> Option<crate::ids::DocumentId> {
        match self {
            Model::NoteSet(notes) => notes.visit,
            Model::ReleasedNotes(notes) => notes.visit,
            Model::Debrief(debrief) => debrief.visit,
            Model::Mirror(mirror) => mirror.visit,
            Model::SuccessCard(card) => card.visit,
            Model::Profile(_) | Model::Binder(_) | Model::Partnership(_) | Model::Visit(_) => None,
            Model::Goal(_) | Model::GoalFeedback(_) | Model::TryLog(_) | Model::OpenDoor(_) => None,
            Model::StrategyCard(_) | Model::Vocabulary(_) | Model::Instrument(_) => None,
            Model::Timetable(_) | Model::FreePeriods(_) => None,
            Model::ShownCard(_) | Model::Resource(_) => None,
        }
    }
}

/// Something in a document that could not be read as written, and where. It never quotes people's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The field, as a path; empty for the document as a whole.
    pub place: String,
    /// What is wrong, in plain words that follow the place.
    pub what: String,
}

/// A document as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Always usable.
    pub model: Model,
    /// What was said of words in its live texts, oldest first.
    pub comments: Vec<Comment>,
    /// What was left out or guessed.
    pub problems: Vec<Problem>,
    /// Written by a newer Rounds: shown as well as this one can, and not to be edited.
    pub newer: bool,
}

/// Reads `document` as a document of `kind`, whatever a hostile or concurrent writer left in it.
///
/// Writers are taken by the names they give.
pub fn read(kind: Kind, document: &automerge::Automerge) -> Reading {
    migrate::read(kind, document, &|_| None)
}

/// The same, where each entry's writer and each answer is checked against whose device signed it.
pub fn read_signed(kind: Kind, document: &automerge::Automerge, directory: &Directory) -> Reading {
    migrate::read(kind, document, &|device| directory.person(device))
}

/// The comments alone, as [`read_signed`] reads them.
pub fn comments_signed(kind: Kind, document: &automerge::Automerge, directory: &Directory) -> Vec<Comment> {
    comment::read(kind, &mut reader::Reader::new(document, &|device| directory.person(device)))
}

#[cfg(test)]
mod tests;
