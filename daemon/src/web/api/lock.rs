//! Decides how this computer is locked and unlocked, and how its passphrase is set.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::Body;
use super::super::refusal::{Refusal, Refusals};
use super::{Answer, Done, done};
use crate::house::Trouble;
use crate::house::answers::ANSWER_SCHEMA;
use crate::keys::{KeyProtection, Passphrase};

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_lock, lock_now, change_lock))
        .routes(routes!(unlock))
        .routes(routes!(change_passphrase))
        .routes(routes!(note_activity))
}

/// The lock of this computer.
#[derive(Debug, Serialize, ToSchema)]
struct LockAnswer {
    /// The version of this shape.
    schema: u32,
    /// Whether pages and scripts get nothing but this.
    locked: bool,
    /// Whether there is a passphrase, so that it can be locked.
    passphrase: bool,
    /// After how many idle minutes it locks by itself.
    idle_minutes: u32,
    /// Whether no page of any browser was touched for that long.
    idle: bool,
}

fn answer(app: &App) -> Json<LockAnswer> {
    Json(LockAnswer {
        schema: ANSWER_SCHEMA,
        locked: app.lock.is_locked(),
        passphrase: app.lock.protection() == KeyProtection::Passphrase,
        idle_minutes: app.lock.idle_minutes(),
        idle: app.lock.is_idle(),
    })
}

fn refused(error: crate::lock::LockError) -> Refusal {
    Trouble::from(error).into()
}

/// Whether this computer is locked. Answered while it is.
#[utoipa::path(get, path = "/lock", tag = "lock", responses((status = 200, body = LockAnswer), Refusals))]
async fn show_lock(State(app): State<App>) -> Json<LockAnswer> {
    answer(&app)
}

/// Locks this computer: pages and scripts get nothing until it is unlocked; partners notice nothing. Needs a passphrase.
#[utoipa::path(post, path = "/lock", tag = "lock", responses((status = 200, body = LockAnswer), Refusals))]
async fn lock_now(State(app): State<App>) -> Answer<LockAnswer> {
    app.lock.lock().map_err(refused)?;
    Ok(answer(&app))
}

/// When it locks by itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeLock {
    /// After how many minutes without a key or a touch in any page, 1 to 60.
    idle_minutes: u32,
}

/// Sets when this computer locks by itself.
#[utoipa::path(put, path = "/lock", tag = "lock", request_body = ChangeLock, responses((status = 200, body = LockAnswer), Refusals))]
async fn change_lock(State(app): State<App>, Body(asked): Body<ChangeLock>) -> Answer<LockAnswer> {
    app.house.set_idle_minutes(asked.idle_minutes).await?;
    Ok(answer(&app))
}

/// What opens it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Unlock {
    /// The passphrase.
    passphrase: String,
}

/// Unlocks this computer. After several wrong tries the next one must wait.
#[utoipa::path(post, path = "/unlock", tag = "lock", request_body = Unlock, responses((status = 200, body = LockAnswer), Refusals))]
async fn unlock(State(app): State<App>, Body(asked): Body<Unlock>) -> Answer<LockAnswer> {
    app.lock.unlock(Passphrase::new(asked.passphrase.into_bytes())).await.map_err(refused)?;
    Ok(answer(&app))
}

/// What the keys of this data folder are to be under.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePassphrase {
    /// The present passphrase, where there is one.
    #[serde(default)]
    present: Option<String>,
    /// The new one, of at least 8 letters on one line; left out, there is none from now on.
    #[serde(default)]
    wanted: Option<String>,
}

/// Sets, changes or takes away the passphrase of this data folder. The next start of the daemon needs the new one.
#[utoipa::path(put, path = "/passphrase", tag = "lock", request_body = ChangePassphrase, responses((status = 200, body = LockAnswer), Refusals))]
async fn change_passphrase(State(app): State<App>, Body(asked): Body<ChangePassphrase>) -> Answer<LockAnswer> {
    let wanted = asked.wanted.map(Passphrase::chosen).transpose();
    let wanted = wanted.map_err(|unfit| Refusal::bad_request(unfit.to_string()))?;
    let present = asked.present.map(|present| Passphrase::new(present.into_bytes()));
    app.lock.protect(present, wanted).await.map_err(refused)?;
    Ok(answer(&app))
}

/// Says that somebody pressed a key or touched a page just now, so that no page locks for idleness.
#[utoipa::path(post, path = "/activity", tag = "lock", responses((status = 200, body = Done), Refusals))]
async fn note_activity(State(app): State<App>) -> Json<Done> {
    app.lock.touched();
    done()
}
