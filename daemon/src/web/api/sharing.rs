//! Decides how access to a document is asked for and changed over the API.

use axum::Json;
use axum::extract::State;
use rounds_crdt::access::Role;
use rounds_crdt::ids::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::{Body, InDocument, OfPerson};
use super::super::refusal::Refusals;
use super::{Answer, saved};
use crate::house::answers::{ANSWER_SCHEMA, Holder, SavedAnswer};

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_holders)).routes(routes!(grant_access)).routes(routes!(revoke_access))
}

/// The holders of a document.
#[derive(Debug, Serialize, ToSchema)]
struct Holders {
    /// The version of this shape.
    schema: u32,
    /// One a person.
    holders: Vec<Holder>,
}

/// Who may read a document, who could, and what they hold of it.
#[utoipa::path(
    get, path = "/documents/{id}/holders", tag = "sharing",
    params(("id" = String, Path, description = "The document")),
    responses((status = 200, body = Holders), Refusals)
)]
async fn list_holders(InDocument(id): InDocument, State(app): State<App>) -> Answer<Holders> {
    Ok(Json(Holders { schema: ANSWER_SCHEMA, holders: app.house.holders(id).await? }))
}

/// Access for a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Granting {
    /// The person.
    with: PersonId,
    /// What they may do.
    role: Granted,
}

/// What can be given; owners are those who began a document.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Granted {
    /// Read.
    Reader,
    /// Read and write.
    Writer,
}

/// Lets a person read or write a document.
#[utoipa::path(
    post, path = "/documents/{id}/grants", tag = "sharing",
    params(("id" = String, Path, description = "The document")), request_body = Granting,
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn grant_access(
    InDocument(id): InDocument,
    State(app): State<App>,
    Body(asked): Body<Granting>,
) -> Answer<SavedAnswer> {
    let role = match asked.role {
        Granted::Reader => Role::Reader,
        Granted::Writer => Role::Writer,
    };
    app.house.grant(id, asked.with, role).await?;
    Ok(saved(id))
}

/// Ends a person's access. A copy they hold already cannot be recalled.
#[utoipa::path(
    delete, path = "/documents/{id}/grants/{person}", tag = "sharing",
    params(("id" = String, Path, description = "The document"), ("person" = String, Path, description = "The person")),
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn revoke_access(
    InDocument(id): InDocument,
    OfPerson(person): OfPerson,
    State(app): State<App>,
) -> Answer<SavedAnswer> {
    app.house.grant(id, person, Role::None).await?;
    Ok(saved(id))
}
