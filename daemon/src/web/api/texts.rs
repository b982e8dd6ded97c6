//! Decides how scripts read and change a live text; pages use the socket.

use axum::Json;
use axum::extract::State;
use rounds_crdt::edit::Splice;
use rounds_crdt::ids::PersonId;
use rounds_crdt::model::Words;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::{Asked, Body, InDocument, InText, seconds};
use super::super::refusal::{Refusal, Refusals};
use super::Answer;
use crate::house::answers::{SavedAnswer, TextAnswer, TextChange};

/// Seconds to wait for a person's receipt when nobody says.
const DELIVERY_SECONDS: u64 = 30;
/// Seconds to wait at most: a script that wants longer asks again.
const DELIVERY_SECONDS_MAX: u64 = 60 * 60;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_text, change_text))
}

/// A live text as it stands.
#[utoipa::path(
    get, path = "/documents/{id}/texts/{field}", tag = "texts",
    params(("id" = String, Path, description = "The document"), ("field" = String, Path, description = "Which of its texts")),
    responses((status = 200, body = TextAnswer), Refusals)
)]
async fn show_text(InDocument(id): InDocument, InText(field): InText, State(app): State<App>) -> Answer<TextAnswer> {
    Ok(Json(app.house.text(id, Some(field)).await?))
}

/// A change to a text: exactly one of `append`, `set` and `splice`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Changing {
    /// The caller's name for it: sent twice for one document, it counts once.
    #[serde(default)]
    #[schema(max_length = 64)]
    id: Option<String>,
    /// Adds at the end.
    #[serde(default)]
    append: Option<Words>,
    /// Makes it this text, changing only what differs.
    #[serde(default)]
    set: Option<Words>,
    /// One replacement.
    #[serde(default)]
    splice: Option<Splice>,
}

impl Changing {
    fn change(self) -> Result<(Option<String>, TextChange), Refusal> {
        let change = match (self.append, self.set, self.splice) {
            (Some(words), None, None) => TextChange::Append(words),
            (None, Some(words), None) => TextChange::Set(words),
            (None, None, Some(splice)) => TextChange::Splice(splice),
            _ => return Err(Refusal::bad_request("say exactly one of append, set and splice")),
        };
        Ok((self.id, change))
    }
}

/// Whose receipt to wait for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Delivery {
    /// Answer only when this person's computer has it on its disk.
    #[param(value_type = Option<String>)]
    delivered_to: Option<PersonId>,
    /// How long to wait for that; 30 when absent.
    #[param(minimum = 0, maximum = 3600)]
    timeout_seconds: Option<u64>,
}

/// Changes a text: answers when it is on this disk and, where asked, on a person's.
#[utoipa::path(
    post, path = "/documents/{id}/texts/{field}", tag = "texts",
    params(
        ("id" = String, Path, description = "The document"), ("field" = String, Path, description = "Which of its texts"),
        Delivery
    ),
    request_body = Changing,
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn change_text(
    InDocument(id): InDocument,
    InText(field): InText,
    Asked(delivery): Asked<Delivery>,
    State(app): State<App>,
    Body(asked): Body<Changing>,
) -> Answer<SavedAnswer> {
    let timeout = seconds(delivery.timeout_seconds, DELIVERY_SECONDS, DELIVERY_SECONDS_MAX)?;
    let (name, change) = asked.change()?;
    Ok(Json(app.house.change_text(id, Some(field), name, change, delivery.delivered_to, timeout).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_thing() {
        let read = |text: &str| serde_json::from_str::<Changing>(text).map(|asked| asked.change().ok());
        assert_eq!(read(r#"{"append":"a"}"#).expect("json"), Some((None, TextChange::Append("a".into()))));
        assert_eq!(read(r#"{"set":"","id":"x"}"#).expect("json"), Some((Some("x".into()), TextChange::Set("".into()))));
        let splice = Splice { at: 1, delete: 0, insert: "b".into() };
        assert_eq!(
            read(r#"{"splice":{"at":1,"insert":"b"}}"#).expect("json"),
            Some((None, TextChange::Splice(splice)))
        );
        for vague in ["{}", r#"{"append":"a","set":"b"}"#, r#"{"id":"x"}"#] {
            assert_eq!(read(vague).expect("json"), None, "{vague}");
        }
        assert!(read(r#"{"prepend":"a"}"#).is_err());
    }
}
