//! Decides whether what is observed goes through the API whole: instruments, taps said twice, figures, exports.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;

fn wait_time() -> Value {
    json!({"id": "wait-time", "version": 1, "title": "Wait time", "shape": "wait"})
}

#[tokio::test]
async fn the_library_is_served_in_every_language() {
    let daemon = Daemon::start().await;
    let list = daemon.get("/instruments").await;
    let instruments = list["instruments"].as_array().unwrap();
    assert_eq!(instruments.len(), 19);
    assert_eq!(instruments[4]["title"], json!({"en": "Wait time", "es": "Tiempo de espera"}));
}

#[tokio::test]
async fn taps_said_twice_count_once_and_tell_their_figures() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let edits = format!("/documents/{id}/edits");
    daemon.post(&edits, json!({"edit": {"verb": "freeze_instrument", "instrument": wait_time()}})).await;
    for (at, reply) in [(0, 1_500), (60_000, 64_000)] {
        let mark = json!({"kind": "wait", "reply_ms": reply});
        let event = json!({"id": format!("e{at}"), "at_ms": at, "mark": mark});
        let tap = json!({"id": format!("tap-{at}"), "edit": {"verb": "add_event", "event": event}});
        daemon.post(&edits, tap.clone()).await;
        daemon.post(&edits, tap.clone()).await;
        // A page that no longer knows what it called the edit says the same event under another name.
        daemon.post(&edits, json!({"edit": tap["edit"]})).await;
    }
    daemon.post(&edits, json!({"edit": {"verb": "end_observing", "observed_ms": 120_000}})).await;
    let shown = daemon.get(&format!("/documents/{id}")).await;
    assert_eq!(shown["model"]["events"].as_array().unwrap().len(), 2);
    assert_eq!(shown["figures"]["length_ms"], 120_000);
    assert_eq!(shown["figures"]["tables"][0]["measure"], "medians");
    assert_eq!(shown["figures"]["tables"][0]["rows"][0], json!({"name": {"fixed": "first_wait"}, "values": [2_750]}));

    let refused = daemon
        .ask(
            Method::POST,
            &format!("/api/v1{edits}"),
            daemon.script(),
            Some(json!({"edit": {"verb": "add_event", "event": {"id": "x", "at_ms": 1, "label": "Asks"}}})),
        )
        .await;
    assert_eq!((refused.code().as_str(), refused.text().contains("marks of another kind")), ("bad_request", true));

    let path = format!("/api/v1/documents/{id}/export?format=md");
    let written = daemon.ask(Method::GET, &path, daemon.script(), None).await;
    for words in
        ["**Taken with:** Wait time", "- 01:00 reply after 4.0 s", "## Median pauses", "| After a question | 2.7 s |"]
    {
        assert!(written.text().contains(words), "{words} in {}", written.text());
    }
    assert!(daemon.get(&format!("/documents/{}", daemon.note_set().await)).await["figures"].is_null());
}

#[tokio::test]
async fn pages_count_by_a_clock_that_nobody_sets() {
    let ana = Daemon::start().await;
    let (first, second) = (ana.get("/clock").await, ana.get("/clock").await);
    for clock in ["steady_ms", "now_ms"] {
        assert!(first[clock].as_i64().unwrap() <= second[clock].as_i64().unwrap(), "{clock}");
    }
    assert!(first["now_ms"].as_i64().unwrap() > 1_700_000_000_000, "milliseconds since 1970");
    assert_eq!(first["count"], second["count"]);
    assert_ne!(Daemon::start().await.get("/clock").await["count"], first["count"], "a count of each start's own");
}
