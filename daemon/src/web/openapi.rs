//! Decides how the API is described: generated from the code that answers it.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use super::api;
use super::guard::TOKEN_HEADER;
use super::live::{ClientMessage, ServerMessage};
use crate::house::answers::ExportFormat;

/// What the endpoints do not say themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rounds",
        description = "The local API of a Rounds daemon. It answers on this computer only, to its user's scripts and pages.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    // Those that no endpoint's body leads to.
    components(schemas(ClientMessage, ServerMessage, ExportFormat)),
    modifiers(&Locks),
    security(("script" = []), ("page" = [], "page_token" = []))
)]
struct Description;

struct Locks;

impl Modify for Locks {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let bearer = bearer.description(Some("The content of `cli.token` in the data folder.")).build();
        components.add_security_scheme("script", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description("rounds-<install>", "Set by a launch link.");
        components.add_security_scheme("page", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let token = ApiKeyValue::with_description(TOKEN_HEADER.as_str(), "Stands in the page.");
        components.add_security_scheme("page_token", SecurityScheme::ApiKey(ApiKey::Header(token)));
    }
}

/// The API's description.
pub fn openapi() -> utoipa::openapi::OpenApi {
    OpenApiRouter::with_openapi(Description::openapi()).nest(api::ROOT, api::endpoints()).into_openapi()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    #[test]
    fn the_description_is_whole() {
        let description = serde_json::to_value(super::openapi()).expect("JSON");
        let schemas = description["components"]["schemas"].as_object().expect("schemas");
        let text = description.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(schemas.contains_key(reference), "{reference} is described nowhere");
        }
        let mut names = BTreeSet::new();
        let paths = description["paths"].as_object().expect("paths");
        for operation in paths.values().filter_map(Value::as_object).flat_map(|methods| methods.values()) {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name), "two operations are called {name}");
        }
    }
}
