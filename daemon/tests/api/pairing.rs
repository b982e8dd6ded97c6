//! Decides how two daemons of these tests come to know each other, and how what travels between them is waited for.

use serde_json::{Value, json};

use crate::kit::Daemon;

/// How often a condition is looked at, and how often at most: a minute in all.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(50);
const LOOKS_MAX: usize = 1_200;

/// Ana's and Ben's daemons, paired, and Ben's id.
pub(crate) async fn paired() -> (Daemon, Daemon, String) {
    let (ana, ben) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"));
    let offer = ana.post("/pairing/offers", json!({})).await;
    ben.post("/pairing/accept", json!({ "code": offer["code"], "at": offer["addresses"][0] })).await;
    let people = until(&ana, "/people", |people| people["people"][0]["id"].is_string()).await;
    let id = people["people"][0]["id"].as_str().unwrap().to_owned();
    (ana, ben, id)
}

/// What an address answers, once it answers so.
pub(crate) async fn until(daemon: &Daemon, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..LOOKS_MAX {
        let reply = daemon.ask(hyper::Method::GET, &format!("/api/v1{path}"), daemon.script(), None).await;
        if reply.status.is_success() && fits(&reply.json()) {
            return reply.json();
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("{path} never answered so");
}
