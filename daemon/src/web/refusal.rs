//! Decides how a refusal looks to a caller: a status for the protocol, a typed JSON object for the program.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rounds_crdt::model::Reason;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::house::answers::ANSWER_SCHEMA;
use crate::house::{Trouble, TroubleCode};

/// Every refusal's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ErrorAnswer {
    /// The version of this shape.
    schema: u32,
    /// What went wrong.
    error: ErrorBody,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What kind of trouble; programs decide by it.
    code: TroubleCode,
    /// One plain sentence.
    message: String,
    /// What to try next.
    hint: Option<String>,
    /// What exactly is wrong with an instrument, a mark or a vocabulary.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

impl From<Trouble> for ErrorBody {
    fn from(trouble: Trouble) -> Self {
        Self { code: trouble.code, message: trouble.message, hint: trouble.hint, reason: trouble.reason }
    }
}

/// Trouble on its way out of the web server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) trouble: Trouble,
}

impl Refusal {
    /// A refusal whose status says more than its code.
    pub(super) fn new(status: StatusCode, code: TroubleCode, message: impl Into<String>) -> Self {
        Self { status, trouble: Trouble::new(code, message) }
    }

    /// The request makes no sense.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Trouble::new(TroubleCode::BadRequest, message).into()
    }

    /// Without what to try next.
    pub(super) fn without_hint(mut self) -> Self {
        self.trouble.hint = None;
        self
    }

    /// Adds what to try next.
    pub(super) fn hint(mut self, hint: &str) -> Self {
        self.trouble = self.trouble.hint(hint);
        self
    }

    /// The one answer for every address that means nothing.
    pub(super) fn nothing_here() -> Self {
        Trouble::new(TroubleCode::NotFound, "there is nothing at this address").into()
    }

    /// The one answer for whoever has no session.
    pub(super) fn no_session() -> Self {
        Trouble::new(TroubleCode::NoSession, "this needs a session with Rounds").hint("rounds open").into()
    }

    /// The one answer for everybody while this computer is locked.
    pub(super) fn locked() -> Self {
        Trouble::new(TroubleCode::Locked, "Rounds is locked on this computer").hint("rounds unlock").into()
    }

    /// The address exists, the verb does not.
    pub(super) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, TroubleCode::BadRequest, "this address does not take this method")
    }

    /// A fault of ours.
    pub(super) fn fault() -> Self {
        Trouble::new(TroubleCode::Internal, "something went wrong inside Rounds; nothing that was saved is lost").into()
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self { status: status(trouble.code), trouble }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(ErrorAnswer { schema: ANSWER_SCHEMA, error: self.trouble.into() })).into_response()
    }
}

/// The status of each code. 5xx only where this computer is at fault: a partner who cannot be reached is no error of
/// the server, so that gets the status for "something this depends on did not happen".
fn status(code: TroubleCode) -> StatusCode {
    match code {
        TroubleCode::NotFound => StatusCode::NOT_FOUND,
        TroubleCode::Refused | TroubleCode::WrongCode | TroubleCode::WrongPassphrase => StatusCode::FORBIDDEN,
        TroubleCode::BadRequest => StatusCode::BAD_REQUEST,
        TroubleCode::Conflict => StatusCode::CONFLICT,
        TroubleCode::NotSaved => StatusCode::INSUFFICIENT_STORAGE,
        TroubleCode::NobodyReachable | TroubleCode::TimedOut => StatusCode::FAILED_DEPENDENCY,
        TroubleCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        TroubleCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        TroubleCode::Internal | TroubleCode::Unreadable => StatusCode::INTERNAL_SERVER_ERROR,
        TroubleCode::NoSession => StatusCode::UNAUTHORIZED,
        TroubleCode::LinkUsed => StatusCode::GONE,
        TroubleCode::Locked => StatusCode::LOCKED,
        TroubleCode::TooSoon => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// What any endpoint may answer instead of what it is for.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(super) enum Refusals {
    /// The request makes no sense.
    #[response(status = 400)]
    BadRequest(ErrorAnswer),
    /// No session, or one that has ended.
    #[response(status = 401)]
    NoSession(ErrorAnswer),
    /// Not allowed: to this person, from this page, or with this code or passphrase.
    #[response(status = 403)]
    Refused(ErrorAnswer),
    /// No such thing, or none for you.
    #[response(status = 404)]
    NotFound(ErrorAnswer),
    /// It clashes with what is there.
    #[response(status = 409)]
    Conflict(ErrorAnswer),
    /// Larger than Rounds takes.
    #[response(status = 413)]
    TooLarge(ErrorAnswer),
    /// Not JSON.
    #[response(status = 415)]
    NotJson(ErrorAnswer),
    /// Locked on this computer.
    #[response(status = 423)]
    Locked(ErrorAnswer),
    /// Somebody else's computer did not do its part in time.
    #[response(status = 424)]
    NobodyReachable(ErrorAnswer),
    /// Wrong too often: the next try must wait.
    #[response(status = 429)]
    TooSoon(ErrorAnswer),
    /// A fault of ours, or what is stored cannot be read.
    #[response(status = 500)]
    Internal(ErrorAnswer),
    /// Not now.
    #[response(status = 503)]
    Unavailable(ErrorAnswer),
    /// The disk does not take it.
    #[response(status = 507)]
    NotSaved(ErrorAnswer),
}
