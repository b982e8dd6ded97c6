//! Decides how the page learns which instruments come with Rounds.

use axum::Json;
use rounds_crdt::library::{LibraryInstrument, instruments};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::refusal::Refusals;
use super::Answer;
use crate::house::answers::ANSWER_SCHEMA;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_instruments))
}

/// The instruments that come with Rounds.
#[derive(Debug, Serialize, ToSchema)]
struct InstrumentList {
    /// The version of this shape.
    schema: u32,
    /// In the order in which they are offered.
    instruments: &'static [LibraryInstrument],
}

/// The instruments that come with Rounds, in every language.
#[utoipa::path(
    get, path = "/instruments", tag = "documents",
    responses((status = 200, body = InstrumentList), Refusals)
)]
async fn list_instruments() -> Answer<InstrumentList> {
    Ok(Json(InstrumentList { schema: ANSWER_SCHEMA, instruments: instruments() }))
}
