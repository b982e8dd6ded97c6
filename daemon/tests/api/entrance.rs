//! Decides, for every endpoint that the description names, who is let in: no endpoint can be forgotten.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::{Daemon, Reply};

/// One endpoint with an example of its path.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    pub(crate) path: String,
    description: Value,
}

impl Endpoint {
    pub(crate) fn is_script_only(&self) -> bool {
        ["/launch-links", "/tidy", "/stop"].iter().any(|end| self.path.ends_with(end))
    }

    /// Whether a page must say where it is from.
    fn wants_origin(&self) -> bool {
        self.method != Method::GET || self.path.ends_with("/live")
    }

    pub(crate) fn body(&self) -> Option<Value> {
        self.description.get("requestBody").map(|_| json!({}))
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let description = serde_json::to_value(rounds_daemon::web::openapi()).unwrap();
    let mut endpoints = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        let path = path.replace("{id}", &"a".repeat(32)).replace("{person}", &"a".repeat(52));
        let path = path.replace("{offer}", "7").replace("{field}", "notes");
        assert!(!path.contains('{'), "an example is missing: {path}");
        for (method, description) in methods.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            endpoints.push(Endpoint { method, path: path.clone(), description: description.clone() });
        }
    }
    // Whoever asks to stop is answered; nobody after that.
    endpoints.sort_by_key(|endpoint| endpoint.path.ends_with("/stop"));
    assert!(endpoints.len() >= 55, "only {} endpoints", endpoints.len());
    endpoints
}

pub(crate) async fn ask(daemon: &Daemon, endpoint: &Endpoint, headers: Vec<(&'static str, String)>) -> Reply {
    let reply = daemon.ask(endpoint.method.clone(), &endpoint.path, headers, endpoint.body()).await;
    let status = reply.status.as_u16();
    let documented = endpoint.description["responses"].get(status.to_string()).is_some();
    assert!(documented, "{} {}: {status} is not in the description", endpoint.method, endpoint.path);
    assert!(!reply.status.is_server_error(), "{} {}: {reply:?}", endpoint.method, endpoint.path);
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"] {
        assert!(reply.headers.contains_key(name), "{} {}: no {name}", endpoint.method, endpoint.path);
    }
    if !reply.status.is_success() {
        reply.code();
    }
    reply
}

/// Headers with one of them replaced.
fn with(headers: &[(&'static str, String)], name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let mut headers = without(headers, name);
    headers.push((name, value.to_owned()));
    headers
}

fn without(headers: &[(&'static str, String)], name: &'static str) -> Vec<(&'static str, String)> {
    headers.iter().filter(|(known, _)| *known != name).cloned().collect()
}

#[tokio::test]
async fn every_endpoint_against_every_caller() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let (script, page) = (daemon.script(), daemon.page(&browser));
    let foreign = "https://rounds.example";
    for endpoint in endpoints() {
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let ask = |headers: Vec<(&'static str, String)>| ask(&daemon, &endpoint, headers);

        // No token.
        assert_eq!(ask(daemon.stranger()).await.code(), "no_session", "{name}: nobody");
        assert_eq!(ask(with(&script, "authorization", "Bearer guess")).await.code(), "no_session", "{name}: a guess");
        assert_eq!(ask(without(&page, "x-rounds-token")).await.code(), "no_session", "{name}: a cookie alone");
        assert_eq!(ask(without(&page, "cookie")).await.code(), "no_session", "{name}: a page's token alone");
        assert_eq!(
            ask(with(&page, "x-rounds-token", &daemon.token)).await.code(),
            "no_session",
            "{name}: the wrong token"
        );

        // Wrong host.
        for caller in [&script, &page] {
            for host in ["rounds.example", "127.0.0.1:1", "localhost"] {
                assert_eq!(ask(with(caller, "host", host)).await.status.as_u16(), 403, "{name}: {host}");
            }
        }

        // Foreign origin.
        for caller in [&script, &page] {
            for origin in [foreign, "null", "http://127.0.0.1:1", "http://localhost"] {
                assert_eq!(ask(with(caller, "origin", origin)).await.status.as_u16(), 403, "{name}: {origin}");
            }
            assert_eq!(
                ask(with(caller, "sec-fetch-site", "cross-site")).await.status.as_u16(),
                403,
                "{name}: another site"
            );
        }
        let nowhere = ask(without(&page, "origin")).await;
        assert_eq!(
            nowhere.status.as_u16() == 403,
            endpoint.wants_origin() || endpoint.is_script_only(),
            "{name}: no origin"
        );

        // A launch link used twice.
        let link = daemon.launch_link().await;
        let first = daemon.ask(Method::GET, &link, daemon.stranger(), None).await;
        assert_eq!((first.status.as_u16(), first.header("location")), (303, "/"));
        let second = daemon.ask(Method::GET, &link, daemon.stranger(), None).await;
        assert_eq!((second.status.as_u16(), second.code().as_str(), second.cookie()), (410, "link_used", None));
        let late = with(&daemon.stranger(), "cookie", &second.cookie().unwrap_or_default());
        assert_eq!(ask(late).await.code(), "no_session", "{name}: a link used twice");

        // Right.
        let paged = ask(page.clone()).await;
        if endpoint.is_script_only() {
            assert_eq!((paged.status.as_u16(), paged.code().as_str()), (403, "refused"), "{name}: a page");
        } else {
            assert_let_in(&name, &paged);
        }
        let scripted = ask(with(&script, "origin", &daemon.origin())).await;
        assert_let_in(&name, &scripted);
        if !endpoint.path.ends_with("/stop") {
            assert_let_in(&name, &ask(script.clone()).await);
        }
    }
    daemon.running.stopped(std::future::pending()).await.expect("all is saved");
}

/// Past the guard, to an endpoint that exists.
fn assert_let_in(name: &str, reply: &Reply) {
    let status = reply.status.as_u16();
    assert!(![401, 403, 405, 410].contains(&status), "{name}: {reply:?}");
    if status == 404 {
        assert_ne!(reply.json()["error"]["message"], "there is nothing at this address", "{name}");
    }
}

#[test]
fn every_endpoint_says_what_it_may_answer() {
    for Endpoint { method, path, description } in endpoints() {
        let responses = description["responses"].as_object().unwrap();
        for status in ["400", "401", "403", "404", "409", "413", "415", "423", "424", "429", "500", "503", "507"] {
            assert!(responses.contains_key(status), "{method} {path}: {status}");
        }
        assert!(responses.keys().any(|status| status.starts_with('2') || status == "101"), "{method} {path}");
        assert!(!description["tags"].as_array().unwrap().is_empty(), "{method} {path}");
    }
}
