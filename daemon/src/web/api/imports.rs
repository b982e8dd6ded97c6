//! Decides how a file is handed over to become a document.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use rounds_crdt::describe::Language;
use rounds_crdt::import::IMPORT_BYTES_MAX;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::{Asked, FileBody};
use super::super::refusal::Refusals;
use super::Answer;
use crate::house::importing::ImportAnswer;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(import_file)).layer(DefaultBodyLimit::max(IMPORT_BYTES_MAX))
}

/// How to take it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Importing {
    /// Only say what it would become; nothing is made.
    #[serde(default)]
    look: bool,
    /// Of the words that name others in the new document: the code of a language, such as `es`; English when absent, or when
    /// Rounds does not speak it.
    language: Option<String>,
}

/// Makes a new document, of this person alone, from a file that was written out as JSON or as an Automerge file: answers
/// when it is on this disk. Nothing is left of a file that is refused.
#[utoipa::path(
    post, path = "/imports", tag = "documents", params(Importing),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportAnswer), Refusals)
)]
async fn import_file(
    Asked(asked): Asked<Importing>,
    State(app): State<App>,
    FileBody(file): FileBody,
) -> Answer<ImportAnswer> {
    let language = Language::spoken(asked.language.as_deref());
    Ok(Json(app.house.import(file.into(), language, asked.look).await?))
}
