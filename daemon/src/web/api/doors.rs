//! Decides how a door is opened and gone through over the API.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::{Body, InDocument};
use super::super::refusal::Refusals;
use super::{Answer, saved};
use crate::house::answers::SavedAnswer;
use crate::house::doors::OpenADoor;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(open_door)).routes(routes!(come_through_door))
}

/// Opens a door to one's own lesson: answers when it is on this disk.
#[utoipa::path(
    post, path = "/doors", tag = "documents", request_body = OpenADoor,
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn open_door(State(app): State<App>, Body(wanted): Body<OpenADoor>) -> Answer<SavedAnswer> {
    Ok(saved(app.house.open_door(wanted).await?))
}

/// Asks to come through an open door: answers the visit, which its host and this person alone may read. Asked twice, it is
/// the same visit.
#[utoipa::path(
    post, path = "/documents/{id}/drop-in", tag = "documents",
    params(("id" = String, Path, description = "The open door")),
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn come_through_door(InDocument(id): InDocument, State(app): State<App>) -> Answer<SavedAnswer> {
    Ok(saved(app.house.come_through_door(id).await?))
}
