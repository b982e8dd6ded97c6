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
use crate::network::Obstacle;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_people)).routes(routes!(remove_person)).routes(routes!(read_me, change_me))
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
#[derive(Serialize, ToSchema)]
struct KnownPerson {
    /// The person's id.
    id: PersonId,
    /// The name they chose.
    name: String,
    /// Whether their computer can be reached.
    state: PartnerState,
    /// Why it cannot, in a plain sentence.
    reason: Option<String>,
    /// Why it cannot, by its kind.
    obstacle: Option<Obstacle>,
    /// Their computer is on and they let partners see that.
    here: bool,
    /// Documents with words that have not reached them yet.
    waiting_out: usize,
    /// Documents that are to be compared with theirs when the computers next meet.
    waiting_in: usize,
    /// Their devices.
    devices: Vec<DeviceId>,
}
rounds_crdt::silent!(KnownPerson { id });

impl From<Partner> for KnownPerson {
    fn from(partner: Partner) -> Self {
        let Partner {
            person: PersonAnswer { id, name },
            state,
            reason,
            obstacle,
            here,
            waiting_out,
            waiting_in,
            devices,
        } = partner;
        Self { id, name, state, reason, obstacle, here, waiting_out, waiting_in, devices }
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

/// What is to change about this person; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeMe {
    /// What partners should call them.
    #[serde(default)]
    name: Option<Words>,
    /// Whether partners may see that their computer is on.
    #[serde(default)]
    shows_here: Option<bool>,
}

/// This person.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The version of this shape.
    schema: u32,
    /// Who they are.
    person: PersonAnswer,
    /// Whether partners may see that their computer is on.
    shows_here: bool,
}

/// Who this person is to partners.
#[utoipa::path(get, path = "/me", tag = "people", responses((status = 200, body = Me), Refusals))]
async fn read_me(State(app): State<App>) -> Answer<Me> {
    let (person, shows_here) = app.house.me().await?;
    Ok(Json(Me { schema: ANSWER_SCHEMA, person, shows_here }))
}

/// Sets what partners call this person, and whether they see that this computer is on.
#[utoipa::path(put, path = "/me", tag = "people", request_body = ChangeMe, responses((status = 200, body = Me), Refusals))]
async fn change_me(State(app): State<App>, Body(asked): Body<ChangeMe>) -> Answer<Me> {
    if let Some(name) = asked.name {
        app.house.set_name(name.into_string()).await?;
    }
    if let Some(show) = asked.shows_here {
        app.house.show_here(show).await?;
    }
    read_me(State(app)).await
}
