//! Decides what is said when something asked of the daemon was not done.

use rounds_crdt::model::Reason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::keys::KeysError;
use crate::lock::LockError;

/// Why something asked of the daemon was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// What kind of trouble.
    pub code: TroubleCode,
    /// One plain sentence.
    pub message: String,
    /// What to try next.
    pub hint: Option<String>,
    /// What exactly is wrong with an instrument, a mark or a vocabulary.
    pub reason: Option<Reason>,
}

/// What kind of trouble; scripts decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TroubleCode {
    /// No such thing, or none for you: one answer for both.
    NotFound,
    /// Not allowed.
    Refused,
    /// The request makes no sense.
    BadRequest,
    /// It clashes with what is there.
    Conflict,
    /// The disk does not take it.
    NotSaved,
    /// Nobody could be reached.
    NobodyReachable,
    /// Larger than Rounds takes.
    TooLarge,
    /// Not now.
    Unavailable,
    /// What is stored of it cannot be read here.
    Unreadable,
    /// A fault of ours.
    Internal,
    /// It took longer than was allowed.
    TimedOut,
    /// The spoken code was wrong.
    WrongCode,
    /// No session, or a session that ended.
    NoSession,
    /// A launch link that was used or is too old.
    LinkUsed,
    /// Locked on this computer, until the passphrase is given.
    Locked,
    /// The passphrase was wrong.
    WrongPassphrase,
    /// Wrong too often: the next try must wait.
    TooSoon,
}

impl Trouble {
    /// A trouble with a hint for what to try.
    pub fn new(code: TroubleCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, reason: None }
    }

    /// Adds what exactly is wrong.
    #[must_use]
    pub fn because(mut self, reason: Option<Reason>) -> Self {
        self.reason = reason;
        self
    }

    /// Adds what to try next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The one answer for a document that does not exist and one that is not yours.
    pub fn no_document() -> Self {
        Self::new(TroubleCode::NotFound, "there is no such document here").hint("rounds documents list")
    }

    /// What is stored of a document cannot be read: asking again does not help by itself.
    pub fn unreadable() -> Self {
        Self::new(TroubleCode::Unreadable, "the document could not be read from this disk")
    }

    /// What has come of a document is not shown before all of it is known to be right.
    pub fn arriving() -> Self {
        Self::new(TroubleCode::Unavailable, "this document is just arriving; try again in a moment")
    }
}

impl From<LockError> for Trouble {
    fn from(error: LockError) -> Self {
        let code = match &error {
            LockError::NoPassphrase => TroubleCode::Conflict,
            LockError::WrongPassphrase => TroubleCode::WrongPassphrase,
            LockError::TooSoon { .. } => TroubleCode::TooSoon,
            LockError::BadMinutes => TroubleCode::BadRequest,
            LockError::Keys(KeysError::Io { .. } | KeysError::Unconfirmed(_)) => TroubleCode::NotSaved,
            LockError::Keys(_) => TroubleCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}
