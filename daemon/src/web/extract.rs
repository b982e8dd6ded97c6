//! Decides how a request is read: bounded, and every way to get it wrong answered with the typed refusal.

use std::str::FromStr;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::import::IMPORT_BYTES_MAX;
use serde::de::DeserializeOwned;

use super::guard::Caller;
use super::refusal::Refusal;
use crate::house::{Trouble, TroubleCode};

/// Bytes of a request's body: a 100 KB paste ten times over.
pub(super) const BODY_BYTES_MAX: usize = 1024 * 1024;

/// How long a body may take to arrive from this very computer.
const BODY_WAIT: Duration = Duration::from_secs(30);

/// Letters of a reader's complaint that are passed on: it may quote what was sent.
const COMPLAINT_CHARS_MAX: usize = 300;

/// A JSON body.
pub(super) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = body_of(request, state, "application/json", BODY_BYTES_MAX).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| not_understood("body", &error))
    }
}

/// A file as it is.
pub(super) struct FileBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for FileBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        body_of(request, state, "application/octet-stream", IMPORT_BYTES_MAX).await.map(Self)
    }
}

/// A body of this type; its bound is the route's.
async fn body_of<S: Send + Sync>(request: Request, state: &S, kind: &str, max: usize) -> Result<Bytes, Refusal> {
    if !is_of_type(request.headers(), kind) {
        let message = format!("the body must be {kind}");
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, TroubleCode::BadRequest, message));
    }
    match tokio::time::timeout(BODY_WAIT, Bytes::from_request(request, state)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("this is larger than Rounds takes at once: at most {max} bytes");
            Err(Trouble::new(TroubleCode::TooLarge, message).into())
        }
        Ok(Err(_)) | Err(_) => Err(Refusal::bad_request("the body did not arrive whole")),
    }
}

fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

/// What stands in the query.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let read = Query::try_from_uri(&parts.uri);
        read.map(|Query(asked)| Self(asked)).map_err(|error| not_understood("query", &error))
    }
}

fn not_understood(what: &str, error: &dyn std::error::Error) -> Refusal {
    let complaint: String = error.to_string().chars().take(COMPLAINT_CHARS_MAX).collect();
    Refusal::bad_request(format!("the {what} is not understood: {complaint}"))
}

/// The document in the path. One that is no id and one that nobody has are the same.
pub(super) struct InDocument(pub DocumentId);

impl<S: Send + Sync> FromRequestParts<S> for InDocument {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        in_path(parts, state, "id").await.map(Self).ok_or_else(|| Trouble::no_document().into())
    }
}

/// The live text of a document in the path.
pub(super) struct InText(pub String);

impl<S: Send + Sync> FromRequestParts<S> for InText {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        in_path(parts, state, "field").await.map(Self).ok_or_else(Refusal::nothing_here)
    }
}

/// The person in the path.
pub(super) struct OfPerson(pub PersonId);

impl<S: Send + Sync> FromRequestParts<S> for OfPerson {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let person = in_path(parts, state, "person").await;
        person.map(Self).ok_or_else(|| {
            Trouble::new(TroubleCode::NotFound, "there is no such person here").hint("rounds people list").into()
        })
    }
}

/// The offer to pair in the path.
pub(super) struct OfOffer(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for OfOffer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let offer = in_path(parts, state, "offer").await;
        offer.map(Self).ok_or_else(|| Trouble::new(TroubleCode::NotFound, "there is no such offer").into())
    }
}

async fn in_path<T: FromStr, S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Option<T> {
    let segments = RawPathParams::from_request_parts(parts, state).await.ok()?;
    segments.iter().find(|(key, _)| *key == name)?.1.parse().ok()
}

/// Only a script of this user may, not a page.
pub(super) struct ScriptOnly;

impl<S: Send + Sync> FromRequestParts<S> for ScriptOnly {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Script) => Ok(Self),
            _ => Err(Trouble::new(TroubleCode::Refused, "a page may not do this").hint("rounds --help").into()),
        }
    }
}

/// A number of seconds within its bounds, or its default.
pub(super) fn seconds(asked: Option<u64>, default: u64, max: u64) -> Result<Duration, Refusal> {
    match asked.unwrap_or(default) {
        seconds if seconds <= max => Ok(Duration::from_secs(seconds)),
        _ => Err(Refusal::bad_request(format!("at most {max} seconds"))),
    }
}
