//! Decides whether protocols are offered, chosen and gone through over the API.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;

async fn edit(daemon: &Daemon, id: &str, edit: Value) {
    daemon.post(&format!("/documents/{id}/edits"), json!({"edit": edit})).await;
}

#[tokio::test]
async fn protocols_are_offered_in_the_language_that_is_asked_for() {
    let daemon = Daemon::start().await;
    let titles = async |query: &str| -> Vec<(String, String)> {
        let answer = daemon.get(&format!("/library/protocols{query}")).await;
        let offered = answer["protocols"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        offered.iter().map(|it| (text(&it["use"]), text(&it["protocol"]["title"]))).collect()
    };
    let english = titles("?language=en").await;
    assert!(english.contains(&("debrief".into(), "Pair debrief".into())));
    assert_eq!(titles("").await, english);
    assert!(titles("?language=es").await.contains(&("debrief".into(), "Conversación en pareja".into())));
    let odd = daemon.ask(Method::GET, "/api/v1/library/protocols?tongue=es", daemon.script(), None).await;
    assert_eq!(odd.code(), "bad_request");
}

#[tokio::test]
async fn a_protocol_is_chosen_begun_and_put_away() {
    let daemon = Daemon::start().await;
    let id = daemon.post("/documents", json!({"kind": "mirror"})).await["document"].as_str().unwrap().to_owned();
    let path = format!("/documents/{id}");
    let offered = daemon.get("/library/protocols?language=en").await["protocols"].clone();
    let chosen = offered.as_array().unwrap().iter().find(|it| it["protocol"]["id"] == "start-stop-keep").unwrap();
    edit(&daemon, &id, json!({"verb": "freeze_protocol", "protocol": chosen["protocol"]})).await;
    let before = daemon.get(&path).await;
    assert_eq!(before["model"]["run"]["protocol"], chosen["protocol"]);
    assert_eq!(before["timing"], Value::Null);

    // The moment stated is years ago; this computer was there when it was begun, and counts from then.
    edit(&daemon, &id, json!({"verb": "begin_phase", "phase": "start-stop-keep-start", "at_ms": 1_000})).await;
    let begun = daemon.get(&path).await["timing"].clone();
    assert_eq!((&begun["phase"], &begun["over"]), (&json!("start-stop-keep-start"), &json!(false)));
    let left = begun["left_ms"].as_i64().unwrap();
    assert!(left > 0 && left <= 3 * 60_000, "of three minutes {left} ms are left");
    assert!(daemon.get(&path).await["timing"]["left_ms"].as_i64().unwrap() <= left);

    edit(&daemon, &id, json!({"verb": "freeze_protocol", "protocol": null})).await;
    let after = daemon.get(&path).await;
    assert_eq!((&after["model"]["run"]["protocol"], &after["timing"]), (&Value::Null, &Value::Null));
    let begin = json!({"edit": {"verb": "begin_phase", "phase": "start-stop-keep-start"}});
    let answer = daemon.ask(Method::POST, &format!("/api/v1{path}/edits"), daemon.script(), Some(begin)).await;
    assert_eq!(answer.code(), "bad_request", "nothing is chosen any more");
}
