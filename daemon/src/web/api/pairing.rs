//! Decides how two people's pairing is started, watched and ended over the API.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::{Asked, Body, OfOffer, seconds};
use super::super::refusal::Refusals;
use super::{Answer, Done, done};
use crate::house::answers::{ANSWER_SCHEMA, OfferAnswer, PersonAnswer};

/// Seconds a pairing takes when nobody says: to walk over and say the code.
const PAIRING_SECONDS: u64 = 120;
/// Seconds it may take at most: to the next building.
const PAIRING_SECONDS_MAX: u64 = 15 * 60;
/// Seconds one question may wait for news: below what browsers and proxies put up with.
const WAIT_SECONDS_MAX: u64 = 30;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(offer_pairing))
        .routes(routes!(watch_offer, close_offer))
        .routes(routes!(accept_pairing))
}

/// How long an offer is open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Offering {
    /// 120 when absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 900)]
    timeout_seconds: Option<u64>,
}

/// Opens pairing: answers the code to say aloud.
#[utoipa::path(
    post, path = "/pairing/offers", tag = "pairing", request_body = Offering,
    responses((status = 200, body = OfferAnswer), Refusals)
)]
async fn offer_pairing(State(app): State<App>, Body(asked): Body<Offering>) -> Answer<OfferAnswer> {
    let timeout = seconds(asked.timeout_seconds, PAIRING_SECONDS, PAIRING_SECONDS_MAX)?;
    Ok(Json(app.house.offer_pairing(timeout).await?))
}

/// How long to wait for news.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Waiting {
    /// None when absent.
    #[param(minimum = 0, maximum = 30)]
    wait_seconds: Option<u64>,
}

/// Where an offer stands; waits for news while it is open.
#[utoipa::path(
    get, path = "/pairing/offers/{offer}", tag = "pairing",
    params(("offer" = u64, Path, description = "The offer"), Waiting),
    responses((status = 200, body = OfferAnswer), Refusals)
)]
async fn watch_offer(
    OfOffer(offer): OfOffer,
    Asked(asked): Asked<Waiting>,
    State(app): State<App>,
) -> Answer<OfferAnswer> {
    let wait = seconds(asked.wait_seconds, 0, WAIT_SECONDS_MAX)?;
    Ok(Json(app.house.pairing_offer(offer, wait).await?))
}

/// Closes an offer.
#[utoipa::path(
    delete, path = "/pairing/offers/{offer}", tag = "pairing",
    params(("offer" = u64, Path, description = "The offer")),
    responses((status = 200, body = Done), Refusals)
)]
async fn close_offer(OfOffer(offer): OfOffer, State(app): State<App>) -> Answer<Done> {
    app.house.close_offer(offer).await?;
    Ok(done())
}

/// The code that the partner reads out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Accepting {
    /// As it was said.
    code: String,
    /// Where the partner's computer is, when it is not found by itself: `ip:port`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    at: Option<SocketAddr>,
    /// 120 when absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 900)]
    timeout_seconds: Option<u64>,
}

/// Who one is paired with now.
#[derive(Debug, Serialize, ToSchema)]
struct Paired {
    /// The version of this shape.
    schema: u32,
    /// The new partner.
    person: PersonAnswer,
}

/// Accepts the offer that a partner reads out.
#[utoipa::path(
    post, path = "/pairing/accept", tag = "pairing", request_body = Accepting,
    responses((status = 200, body = Paired), Refusals)
)]
async fn accept_pairing(State(app): State<App>, Body(asked): Body<Accepting>) -> Answer<Paired> {
    let timeout = seconds(asked.timeout_seconds, PAIRING_SECONDS, PAIRING_SECONDS_MAX)?;
    let person = app.house.accept_pairing(asked.code, asked.at, timeout).await?;
    Ok(Json(Paired { schema: ANSWER_SCHEMA, person }))
}
