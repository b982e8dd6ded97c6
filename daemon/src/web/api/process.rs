//! Decides how the daemon is asked about itself: status, links into the page, tidying, stopping, its own description.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::ScriptOnly;
use super::super::openapi;
use super::super::refusal::{Refusal, Refusals};
use super::super::secrets::LINK_LIFE;
use super::{Answer, Done, done};
use crate::house::answers::{ANSWER_SCHEMA, DeviceAnswer, Status};
use crate::house::now_ms;
use crate::platform;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_status))
        .routes(routes!(tell_time))
        .routes(routes!(list_devices))
        .routes(routes!(show_log))
        .routes(routes!(make_launch_link))
        .routes(routes!(tidy))
        .routes(routes!(stop))
        .routes(routes!(describe_api))
}

/// How the daemon is: its disk, its network, its partners.
#[utoipa::path(get, path = "/status", tag = "daemon", responses((status = 200, body = Status), Refusals))]
async fn show_status(State(app): State<App>) -> Answer<Status> {
    Ok(Json(app.house.status().await?))
}

/// What time it is on this computer, by two clocks.
#[derive(Debug, Serialize, ToSchema)]
struct ClockAnswer {
    /// The version of this shape.
    schema: u32,
    /// Which count this is: another one after each start of the daemon.
    count: String,
    /// Milliseconds by this computer's own count, which nobody sets and which goes on while it sleeps, where the system counts
    /// so. Only differences within one count mean something.
    steady_ms: u64,
    /// Milliseconds since 1970, as the computer's clock is set.
    now_ms: i64,
}

/// What time it is on this computer: pages whose own clock stands still in their sleep, or is set meanwhile, count by it.
#[utoipa::path(get, path = "/clock", tag = "daemon", responses((status = 200, body = ClockAnswer), Refusals))]
async fn tell_time(State(app): State<App>) -> Json<ClockAnswer> {
    let steady_ms = u64::try_from(platform::steady().as_millis()).unwrap_or(u64::MAX);
    Json(ClockAnswer { schema: ANSWER_SCHEMA, count: format!("{:016x}", app.count), steady_ms, now_ms: now_ms() })
}

/// The devices that are known here.
#[derive(Debug, Serialize, ToSchema)]
struct Devices {
    /// The version of this shape.
    schema: u32,
    /// This one first, then this person's others, then the partners'.
    devices: Vec<DeviceAnswer>,
}

/// This person's devices and the partners'.
#[utoipa::path(get, path = "/devices", tag = "daemon", responses((status = 200, body = Devices), Refusals))]
async fn list_devices(State(app): State<App>) -> Answer<Devices> {
    Ok(Json(Devices { schema: ANSWER_SCHEMA, devices: app.house.devices().await? }))
}

/// The last of the daemon's own log.
#[derive(Debug, Serialize, ToSchema)]
struct LogAnswer {
    /// The version of this shape.
    schema: u32,
    /// Oldest first. What people wrote is not in it.
    lines: Vec<String>,
}

/// The last lines of the daemon's own log; it holds ids and sizes, and nobody's words.
#[utoipa::path(get, path = "/log", tag = "daemon", responses((status = 200, body = LogAnswer), Refusals))]
async fn show_log(State(app): State<App>) -> Answer<LogAnswer> {
    Ok(Json(LogAnswer { schema: ANSWER_SCHEMA, lines: app.house.log().await? }))
}

/// A link into the page.
#[derive(Debug, Serialize, ToSchema)]
struct LaunchLink {
    /// The version of this shape.
    schema: u32,
    /// Open it in a browser on this computer.
    url: String,
    /// It works once, and no longer than this.
    expires_in_seconds: u64,
}

/// Makes a link into the page that works once. For scripts only.
#[utoipa::path(post, path = "/launch-links", tag = "daemon", responses((status = 200, body = LaunchLink), Refusals))]
async fn make_launch_link(_: ScriptOnly, State(app): State<App>) -> Answer<LaunchLink> {
    let url = app.guard.launch_link(Instant::now())?;
    Ok(Json(LaunchLink { schema: ANSWER_SCHEMA, url, expires_in_seconds: LINK_LIFE.as_secs() }))
}

/// What the disk holds after tidying.
#[derive(Debug, Serialize, ToSchema)]
struct Tidied {
    /// The version of this shape.
    schema: u32,
    /// Bytes the journal takes on disk.
    bytes: u64,
}

/// Compacts what is on the disk. Nothing that can be read changes. For scripts only.
#[utoipa::path(post, path = "/tidy", tag = "daemon", responses((status = 200, body = Tidied), Refusals))]
async fn tidy(_: ScriptOnly, State(app): State<App>) -> Answer<Tidied> {
    Ok(Json(Tidied { schema: ANSWER_SCHEMA, bytes: app.house.tidy().await? }))
}

/// Stops the daemon, saving what waits. For scripts only.
#[utoipa::path(post, path = "/stop", tag = "ends the daemon", responses((status = 202, body = Done), Refusals))]
async fn stop(_: ScriptOnly, State(app): State<App>) -> (StatusCode, Json<Done>) {
    app.house.stop();
    (StatusCode::ACCEPTED, done())
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "daemon", responses((status = 200, body = Object, content_type = "application/json"), Refusals))]
async fn describe_api() -> Result<Response, Refusal> {
    let text = openapi::openapi().to_json().map_err(|_| Refusal::fault())?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response())
}
