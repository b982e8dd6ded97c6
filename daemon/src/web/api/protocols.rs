//! Decides how the protocols that come with Rounds are asked for.

use axum::Json;
use rounds_crdt::protocols::{OfferedProtocol, protocols};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::Asked;
use super::super::refusal::Refusals;
use super::Answer;
use crate::house::answers::ANSWER_SCHEMA;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_protocols))
}

/// In which words.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// The code of a language, such as `es`; English when absent, or when Rounds does not speak it.
    language: Option<String>,
}

/// The protocols that come with Rounds.
#[derive(Debug, Serialize, ToSchema)]
struct ProtocolsAnswer {
    /// The version of this shape.
    schema: u32,
    /// In the order in which they are offered.
    protocols: Vec<OfferedProtocol>,
}

/// The protocols that come with Rounds, for two people and for one alone. `freeze_protocol` takes a copy of one.
#[utoipa::path(
    get, path = "/library/protocols", tag = "library", params(Wanted),
    responses((status = 200, body = ProtocolsAnswer), Refusals)
)]
async fn list_protocols(Asked(wanted): Asked<Wanted>) -> Answer<ProtocolsAnswer> {
    let language = wanted.language.unwrap_or_default();
    Ok(Json(ProtocolsAnswer { schema: ANSWER_SCHEMA, protocols: protocols(&language) }))
}
