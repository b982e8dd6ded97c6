//! Decides how partners, and this person's own name, are asked for and changed.

use axum::Json;
use axum::extract::State;
use rounds_crdt::ids::{DeviceId, PersonId};
use rounds_crdt::model::Words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::{Body, OfPerson};
use super::super::refusal::Refusals;
use super::{Answer, Done, done};
use crate::house::answers::{ANSWER_SCHEMA, Partner, PartnerState, PersonAnswer};

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_people)).routes(routes!(remove_person)).routes(routes!(rename_me))
}

/// The partners.
#[derive(Debug, Serialize, ToSchema)]
struct People {
    /// The version of this shape.
    schema: u32,
    /// One a person.
    people: Vec<KnownPerson>,
}

/// One partner.
#[derive(Debug, Serialize, ToSchema)]
struct KnownPerson {
    /// The person's id.
    id: PersonId,
    /// The name they chose.
    name: String,
    /// Whether their computer can be reached.
    state: PartnerState,
    /// Why it cannot, in a plain sentence.
    reason: Option<String>,
    /// Documents with words that have not reached them yet.
    waiting_out: usize,
    /// Documents that are to be compared with theirs when the computers next meet.
    waiting_in: usize,
    /// Their devices.
    devices: Vec<DeviceId>,
}

impl From<Partner> for KnownPerson {
    fn from(partner: Partner) -> Self {
        let Partner { person: PersonAnswer { id, name }, state, reason, waiting_out, waiting_in, devices } = partner;
        Self { id, name, state, reason, waiting_out, waiting_in, devices }
    }
}

/// The people this person is paired with.
#[utoipa::path(get, path = "/people", tag = "people", responses((status = 200, body = People), Refusals))]
async fn list_people(State(app): State<App>) -> Answer<People> {
    let people = app.house.people().await?;
    Ok(Json(People { schema: ANSWER_SCHEMA, people: people.into_iter().map(KnownPerson::from).collect() }))
}

/// Stops exchanging anything with a person.
#[utoipa::path(
    delete, path = "/people/{person}", tag = "people",
    params(("person" = String, Path, description = "The person")),
    responses((status = 200, body = Done), Refusals)
)]
async fn remove_person(OfPerson(person): OfPerson, State(app): State<App>) -> Answer<Done> {
    app.house.remove_person(person).await?;
    Ok(done())
}

/// What partners should call this person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rename {
    /// The name.
    name: Words,
}

/// This person.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The version of this shape.
    schema: u32,
    /// Who they are.
    person: PersonAnswer,
}

/// Sets what partners call this person.
#[utoipa::path(put, path = "/me", tag = "people", request_body = Rename, responses((status = 200, body = Me), Refusals))]
async fn rename_me(State(app): State<App>, Body(asked): Body<Rename>) -> Answer<Me> {
    let person = app.house.set_name(asked.name.into_string()).await?;
    Ok(Json(Me { schema: ANSWER_SCHEMA, person }))
}
