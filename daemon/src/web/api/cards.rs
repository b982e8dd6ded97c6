//! Decides how people are asked over the API whether others may see a card they are named in.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::InDocument;
use super::super::refusal::Refusals;
use super::{Answer, saved};
use crate::house::answers::SavedAnswer;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask_people, take_card_back))
}

/// Asks everybody named in a success card whether others may see it: answers the new document of the words as they stand,
/// which they alone may read. Whatever they were asked before is taken back.
#[utoipa::path(
    post, path = "/documents/{id}/ask", tag = "documents",
    params(("id" = String, Path, description = "The success card")),
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn ask_people(InDocument(id): InDocument, State(app): State<App>) -> Answer<SavedAnswer> {
    Ok(saved(app.house.ask_people(id).await?))
}

/// Takes back what people were asked: nobody else reads it from now on. Copies they hold stay theirs.
#[utoipa::path(
    delete, path = "/documents/{id}/ask", tag = "documents",
    params(("id" = String, Path, description = "The success card")),
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn take_card_back(InDocument(id): InDocument, State(app): State<App>) -> Answer<SavedAnswer> {
    app.house.take_card_back(id).await?;
    Ok(saved(id))
}
