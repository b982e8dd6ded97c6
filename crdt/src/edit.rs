//! Decides what people can do to documents: each verb is authorised first, then one Automerge transaction.

mod agreeing;
mod building;
mod collecting;
mod commenting;
mod debriefing;
mod growing;
mod keeping;
mod mirroring;
mod noting;
mod opening;
mod rules;
mod running;
mod showing;
pub mod text;
pub mod timetabling;
mod verbs;
pub mod visiting;
mod writing;

use automerge::AutomergeError;
use automerge::transaction::Transaction;

use crate::access::Role;
use crate::ids::PersonId;
use crate::migrate;
use crate::model::{EventError, InstrumentError, Kind, Reason, ReasonCode, TimetableError, VocabularyError};
use crate::schema;

pub use rules::authorise;
pub use verbs::{Edit, Splice};

/// Who edits, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub person: PersonId,
    /// What they may do with the document.
    pub role: Role,
    /// The moment, in milliseconds since 1970.
    pub at_ms: i64,
    /// How far their clock on the wall is ahead of UTC then, in milliseconds.
    pub offset_ms: i64,
}

impl Author {
    /// When the day began on which they write, by their own clock on the wall, as if that clock showed UTC. It is all that a
    /// change tells of when it was made: a document that is handed on, as a file or to somebody new, is no log of when
    /// somebody sat there and typed.
    pub(crate) fn day(&self) -> i64 {
        crate::text::day(self.at_ms.saturating_add(self.offset_ms))
    }
}

/// Why an edit was refused. Nothing was changed, provided that the caller rolls the transaction back.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// This person may not do this to this document.
    #[error("you cannot do this here: {why}")]
    NotAllowed {
        /// The rule, in plain words.
        why: &'static str,
    },
    /// A splice begins or ends beyond the text.
    #[error("the text has changed: it is {length} units long, and the edit reaches to {end}")]
    OutOfRange {
        /// Where the splice ends, in UTF-16 code units.
        end: usize,
        /// How long the text is.
        length: usize,
    },
    /// A splice begins or ends inside one character.
    #[error("the edit at {at} would cut a character in half")]
    SplitsCharacter {
        /// The position, in UTF-16 code units.
        at: usize,
    },
    /// Something is longer than Rounds keeps.
    #[error("{what} is too long: at most {max} {unit}")]
    TooLarge {
        /// What is too long.
        what: &'static str,
        /// The bound.
        max: usize,
        /// What the bound counts.
        unit: &'static str,
    },
    /// The document was written by a newer Rounds.
    #[error(
        "this document was written by a newer Rounds (version {found}; this one knows {known}): update Rounds to edit it"
    )]
    NewerVersion {
        /// The document's version.
        found: u64,
        /// The newest this program knows.
        known: u64,
    },
    /// The edit makes no sense for this document as it stands.
    #[error("{what}")]
    Invalid {
        /// What is wrong, in plain words.
        what: &'static str,
    },
    /// Something that is known by its name has none.
    #[error("this needs a name")]
    NoName,
    /// The instrument of these notes does not take the event.
    #[error(transparent)]
    Event(#[from] EventError),
    /// Nobody can observe with this instrument.
    #[error(transparent)]
    Instrument(#[from] InstrumentError),
    /// A vocabulary that is not taken.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// Something that no timetable holds.
    #[error(transparent)]
    Timetable(#[from] TimetableError),
    /// Automerge refused the operation: the document is damaged where the edit meant to write.
    #[error("the document is damaged here and cannot take this edit")]
    Damaged(#[source] AutomergeError),
}

impl EditError {
    /// The same for a program, where it is about an instrument, a mark or a vocabulary.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::NoName => Some(Reason::of(ReasonCode::NoName)),
            Self::Event(error) => Some(error.reason()),
            Self::Instrument(error) => Some(error.reason()),
            Self::Vocabulary(error) => Some(error.reason()),
            _ => None,
        }
    }
}

impl From<AutomergeError> for EditError {
    fn from(error: AutomergeError) -> Self {
        EditError::Damaged(error)
    }
}

/// Writes an authorised edit. On an error, roll the transaction back: some of the edit may be in it.
pub fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let kind =
        schema::stored_kind(transaction).ok_or(EditError::Invalid { what: "this document does not say what it is" })?;
    ready(kind, transaction)?;
    if !rules::fits(edit, kind) {
        return Err(EditError::Invalid { what: "this document knows no such action" });
    }
    if commenting::is_about_comments(edit) {
        return commenting::apply(edit, author, transaction);
    }
    match kind {
        Kind::Profile | Kind::Binder => keeping::apply(edit, transaction),
        Kind::Partnership => agreeing::apply(edit, author, transaction),
        Kind::Visit => visiting::apply(edit, author, transaction),
        Kind::NoteSet | Kind::ReleasedNotes => noting::apply(edit, author, transaction),
        Kind::Debrief => debriefing::apply(edit, author, transaction),
        Kind::Goal => growing::goal(edit, author, transaction),
        Kind::GoalFeedback => growing::feedback(edit, author, transaction),
        Kind::TryLog => growing::try_log(edit, transaction),
        Kind::OpenDoor => opening::apply(edit, transaction),
        Kind::Instrument => building::apply(edit, transaction),
        Kind::StrategyCard | Kind::Resource => collecting::card(edit, transaction),
        Kind::SuccessCard => showing::draft(edit, transaction),
        Kind::ShownCard => showing::asked(edit, author, transaction),
        Kind::Vocabulary => collecting::vocabulary(edit, transaction),
        Kind::Timetable => timetabling::timetable(edit, transaction),
        Kind::FreePeriods => timetabling::free_periods(edit, transaction),
        Kind::Mirror => mirroring::apply(edit, author, transaction),
    }
}

/// Makes a document ready for today's verbs: refuses a newer one, brings an older one up. Live text needs it too.
pub fn ready(kind: Kind, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    if let Some(found) = migrate::newer_version(kind, schema::stored_version(transaction)) {
        return Err(EditError::NewerVersion { found, known: migrate::current_version(kind) });
    }
    Ok(migrate::rise(kind, transaction)?)
}

/// Bytes that an edit types into live texts.
pub(crate) fn typed_bytes(edit: &Edit) -> usize {
    match edit {
        Edit::SpliceText { splices, .. } => splices.iter().map(|splice| splice.insert.as_str().len()).sum(),
        _ => 0,
    }
}

/// For a verb that [`rules::fits`] keeps from this kind: the two tables disagree, and the edit is refused.
fn misplaced() -> Result<(), EditError> {
    Err(EditError::Invalid { what: "this document knows no such action" })
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
