//! Decides how everything that this person holds is searched.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::Body;
use super::super::refusal::Refusals;
use super::Answer;
use crate::house::answers::SearchAnswer;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}

/// What is looked for: in a body, because addresses end up in logs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Words that all have to stand in a document, each anywhere in it; case and accents do not matter. At most 400 bytes.
    #[serde(default)]
    words: String,
}

/// Documents in which all of some words stand, the best first: words in titles, then words that begin so, then the latest.
/// Nothing of what is looked for is kept. Without words nothing is found, but the next search is quick.
#[utoipa::path(post, path = "/search", tag = "documents", request_body = Question, responses((status = 200, body = SearchAnswer), Refusals))]
async fn search(State(app): State<App>, Body(question): Body<Question>) -> Answer<SearchAnswer> {
    Ok(Json(app.house.search(question.words).await?))
}
