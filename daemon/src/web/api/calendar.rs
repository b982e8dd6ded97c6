//! Decides how visits are asked for as a calendar file.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rounds_crdt::describe::Language;
use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::Asked;
use super::super::refusal::{Refusal, Refusals};

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_calendar))
}

/// Which visits, in which words.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// One visit; all that stand and have a time when absent.
    #[param(value_type = Option<String>)]
    visit: Option<DocumentId>,
    /// Of the words beside the names: the code of a language, such as `es`; English when absent, or when Rounds does not speak
    /// it.
    language: Option<String>,
}

/// Visits as a file that other calendars take in (RFC 5545): when, where, and with whom.
#[utoipa::path(
    get, path = "/calendar", tag = "documents", params(Wanted),
    responses((status = 200, description = "The file", content((String = "text/calendar; charset=utf-8"))), Refusals)
)]
async fn show_calendar(Asked(asked): Asked<Wanted>, State(app): State<App>) -> Result<Response, Refusal> {
    let language = Language::spoken(asked.language.as_deref());
    let file = app.house.calendar(asked.visit, language).await?;
    let name = HeaderValue::from_static("attachment; filename=\"rounds-visits.ics\"");
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], file).into_response())
}
