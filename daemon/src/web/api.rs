//! Decides what the local API is: every address under `/api/v1`, described where it is answered.

mod calendar;
mod cards;
mod describe;
mod documents;
mod doors;
mod imports;
mod lessons;
mod library;
mod lock;
mod pairing;
mod people;
mod process;
mod protocols;
mod search;
mod sharing;
mod tablet;
mod texts;

use rounds_crdt::ids::DocumentId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::App;
use super::refusal::Refusal;
use crate::house::answers::{ANSWER_SCHEMA, SavedAnswer};

/// Where version 1 of the API is.
pub(super) const ROOT: &str = "/api/v1";

/// What a handler answers.
type Answer<T> = Result<axum::Json<T>, Refusal>;

/// Every endpoint below [`ROOT`], with its description.
pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(process::endpoints())
        .merge(lock::endpoints())
        .merge(people::endpoints())
        .merge(pairing::endpoints())
        .merge(documents::endpoints())
        .merge(doors::endpoints())
        .merge(calendar::endpoints())
        .merge(cards::endpoints())
        .merge(imports::endpoints())
        .merge(lessons::endpoints())
        .merge(library::endpoints())
        .merge(texts::endpoints())
        .merge(describe::endpoints())
        .merge(sharing::endpoints())
        .merge(search::endpoints())
        .merge(protocols::endpoints())
        .merge(tablet::endpoints())
        .merge(super::live::endpoints())
}

/// Done; there is nothing to tell.
#[derive(Debug, Serialize, ToSchema)]
struct Done {
    /// The version of this shape.
    schema: u32,
}

fn done() -> axum::Json<Done> {
    axum::Json(Done { schema: ANSWER_SCHEMA })
}

/// A document that is on this disk now.
fn saved(document: DocumentId) -> axum::Json<SavedAnswer> {
    axum::Json(SavedAnswer { schema: ANSWER_SCHEMA, document, saved: true, delivered_to: Vec::new() })
}
