//! Decides how a page asks which words of a note judge: nothing of it is kept, logged or counted.

use axum::Json;
use rounds_crdt::describe::{LOOKED_BYTES_MAX, Language, Mark, Pack, Purpose, marks};
use rounds_crdt::model::Words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::Body;
use super::super::refusal::{Refusal, Refusals};
use super::Answer;
use crate::house::answers::ANSWER_SCHEMA;
use crate::house::{Trouble, TroubleCode};

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(describe))
}

/// Words to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Describing {
    /// Whole lines that this person wrote; at most 256 KB.
    text: Words,
    /// The language they are in.
    language: Language,
    /// What the text is for.
    purpose: Purpose,
}

/// What was noticed.
#[derive(Debug, Serialize, ToSchema)]
struct Described {
    /// The version of this shape.
    schema: u32,
    /// In order, never overlapping.
    marks: Vec<Mark>,
}

/// Which words of one's own note judge rather than describe, and what to ask oneself. It keeps nothing.
#[utoipa::path(
    post, path = "/describe", tag = "texts",
    request_body = Describing,
    responses((status = 200, body = Described), Refusals)
)]
async fn describe(Body(asked): Body<Describing>) -> Answer<Described> {
    if asked.text.as_str().len() > LOOKED_BYTES_MAX {
        let message = format!("this is larger than Rounds looks at once: at most {LOOKED_BYTES_MAX} bytes");
        return Err(Trouble::new(TroubleCode::TooLarge, message).into());
    }
    // A long paste takes longer than a keystroke of somebody else should have to wait.
    let looking =
        tokio::task::spawn_blocking(move || marks(asked.text.as_str(), Pack::of(asked.language), asked.purpose));
    let marks = looking.await.map_err(|_| Refusal::fault())?;
    Ok(Json(Described { schema: ANSWER_SCHEMA, marks }))
}
