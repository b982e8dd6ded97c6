//! Decides how the page learns which instruments come with Rounds, and what may be a label of one that people build.

use axum::Json;
use rounds_crdt::library::{LibraryInstrument, instruments};
use rounds_crdt::model::bounds::PROMPTS_MAX;
use rounds_crdt::model::{Reason, Words, label_faults};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::Body;
use super::super::refusal::{Refusal, Refusals};
use super::Answer;
use crate::house::answers::ANSWER_SCHEMA;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_instruments)).routes(routes!(check_labels))
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

/// Labels as somebody writes them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Labels {
    /// All that are to stand beside each other, 64 at most.
    #[schema(value_type = Vec<String>)]
    labels: Vec<Words>,
}

/// What keeps labels from standing beside each other.
#[derive(Debug, Serialize, ToSchema)]
struct LabelsAnswer {
    /// The version of this shape.
    schema: u32,
    /// Everything that does; empty when nothing does.
    reasons: Vec<Reason>,
}

/// Whether labels would be taken, while they are being written: which of them rate people, and which say the same. Nothing of
/// it is kept.
#[utoipa::path(
    post, path = "/instruments/labels", tag = "documents", request_body = Labels,
    responses((status = 200, body = LabelsAnswer), Refusals)
)]
async fn check_labels(Body(asked): Body<Labels>) -> Answer<LabelsAnswer> {
    if asked.labels.len() > PROMPTS_MAX {
        return Err(Refusal::bad_request(format!("an instrument takes at most {PROMPTS_MAX} labels")));
    }
    let written: Vec<&Words> = asked.labels.iter().filter(|label| !label.is_blank()).collect();
    let reasons = label_faults(&written).iter().map(|(fault, _)| fault.reason()).collect();
    Ok(Json(LabelsAnswer { schema: ANSWER_SCHEMA, reasons }))
}
