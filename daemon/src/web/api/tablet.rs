//! Decides how the door for the teacher's own tablet is opened, shown and shut.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::Body;
use super::super::refusal::{Refusal, Refusals};
use super::super::secrets::TABLET_LINK_LIFE;
use super::super::tablet::picture;
use super::Answer;
use crate::house::answers::ANSWER_SCHEMA;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_tablet, turn_tablet)).routes(routes!(make_tablet_link))
}

/// The door for this person's own tablet.
#[derive(Debug, Serialize, ToSchema)]
struct TabletAnswer {
    /// The version of this shape.
    schema: u32,
    /// Whether it is open.
    on: bool,
    /// Whether it was to be open, and could not be opened when this computer started; turning it on tries again.
    stuck: bool,
    /// Whether it is through this door that this was asked.
    asked_on_it: bool,
    /// Where a tablet finds it, as `ip:port`; none while this computer is in no network.
    addresses: Vec<String>,
    /// SHA-256 of its certificate, as browsers show it.
    fingerprint: Option<String>,
    /// When its certificate ends, in milliseconds since 1970.
    ends_ms: Option<i64>,
}

async fn answer(app: &App) -> Json<TabletAnswer> {
    let shown = app.tablet.shown().await;
    let on = shown.is_some();
    let stuck = app.tablet.is_stuck().await;
    let asked_on_it = app.guard.is_tablets();
    let (addresses, fingerprint, ends_ms) = match shown {
        None => (Vec::new(), None, None),
        Some(shown) => {
            let addresses = shown.addresses.iter().map(SocketAddr::to_string).collect();
            (addresses, Some(shown.fingerprint), Some(shown.ends_ms))
        }
    };
    Json(TabletAnswer { schema: ANSWER_SCHEMA, on, stuck, asked_on_it, addresses, fingerprint, ends_ms })
}

/// Whether this person's own tablet can reach the page, and where.
#[utoipa::path(get, path = "/tablet", tag = "tablet", responses((status = 200, body = TabletAnswer), Refusals))]
async fn show_tablet(State(app): State<App>) -> Json<TabletAnswer> {
    answer(&app).await
}

/// Whether the door is to be open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TurnTablet {
    /// `true` opens it; `false` shuts it, and ends every tablet's session for good.
    on: bool,
}

/// Opens or shuts the door for this person's own tablet. On the computer itself only.
#[utoipa::path(put, path = "/tablet", tag = "tablet", request_body = TurnTablet, responses((status = 200, body = TabletAnswer), Refusals))]
async fn turn_tablet(State(app): State<App>, Body(asked): Body<TurnTablet>) -> Answer<TabletAnswer> {
    match asked.on {
        true => app.tablet.turn_on(&app).await?,
        false => app.tablet.turn_off().await?,
    }
    Ok(answer(&app).await)
}

/// Where the tablet is to come in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantTabletLink {
    /// One of the door's addresses, as `ip:port`.
    address: String,
}

/// A way in for a tablet, for one use.
#[derive(Debug, Serialize, ToSchema)]
struct TabletLink {
    /// The version of this shape.
    schema: u32,
    /// The link.
    url: String,
    /// How long it works.
    expires_in_seconds: u64,
    /// How many squares a side of its picture has.
    size: u32,
    /// The dark squares of its picture, as the path of an SVG whose unit is a square.
    path: String,
}

/// Makes a link for this person's own tablet, with a picture to scan. On the computer itself only.
#[utoipa::path(post, path = "/tablet/links", tag = "tablet", request_body = WantTabletLink, responses((status = 200, body = TabletLink), Refusals))]
async fn make_tablet_link(State(app): State<App>, Body(asked): Body<WantTabletLink>) -> Answer<TabletLink> {
    let address = asked.address.parse().map_err(|_| Refusal::bad_request("this is no address"))?;
    let url = app.tablet.link(address).await?;
    let (size, path) = picture(&url).ok_or_else(Refusal::fault)?;
    Ok(Json(TabletLink { schema: ANSWER_SCHEMA, url, expires_in_seconds: TABLET_LINK_LIFE.as_secs(), size, path }))
}
