//! Decides whether a file comes back as a document of whoever brings it in, and whether nothing is left of one that is refused.

use hyper::Method;
use hyper::body::Bytes;
use rounds_crdt::import::IMPORT_BYTES_MAX;
use serde_json::{Value, json};

use crate::kit::{Daemon, Reply};
use crate::pairing::{paired, until};

async fn export(daemon: &Daemon, id: &str, format: &str) -> Bytes {
    let path = format!("/api/v1/documents/{id}/export?format={format}");
    daemon.ask(Method::GET, &path, daemon.script(), None).await.body
}

async fn hand_over(daemon: &Daemon, file: Bytes, query: &str) -> Reply {
    let mut headers = daemon.script();
    headers.push(("content-type", "application/octet-stream".to_owned()));
    daemon.send(Method::POST, &format!("/api/v1/imports{query}"), headers, file).await
}

async fn count(daemon: &Daemon) -> u64 {
    daemon.get("/status").await["documents"]["count"].as_u64().unwrap()
}

async fn make(daemon: &Daemon, wanted: Value) -> String {
    daemon.post("/documents", wanted).await["document"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_written_out_comes_back_as_a_new_document() {
    let daemon = Daemon::start().await;
    let notes = make(&daemon, json!({ "kind": "note_set", "title": "Fractions" })).await;
    let mirror = make(&daemon, json!({ "kind": "mirror" })).await;
    let goal = make(&daemon, json!({ "kind": "goal", "title": "More voices" })).await;
    let log = make(&daemon, json!({ "kind": "try_log" })).await;
    for (id, field) in [(&notes, "notes"), (&mirror, "ideas"), (&goal, "strategy")] {
        daemon.post(&format!("/documents/{id}/texts/{field}"), json!({ "set": "Wait 🙋 longer." })).await;
    }
    let edits = [
        (&notes, json!({ "verb": "add_event", "event": { "id": "a", "at_ms": 1_000, "text": "why?" } })),
        (&notes, json!({ "verb": "comment", "id": "c", "field": "notes", "from": 0, "to": 4, "text": "How long?" })),
        (&goal, json!({ "verb": "add_action", "id": "a", "how": "try", "text": "Count to three" })),
        (&goal, json!({ "verb": "tick_action", "id": "a", "done": true })),
        (&log, json!({ "verb": "add_try_out", "entry": { "id": "t", "on": "2026-03-02", "text": "Waited." } })),
    ];
    for (id, edit) in edits {
        daemon.post(&format!("/documents/{id}/edits"), json!({ "edit": edit })).await;
    }
    for id in [&notes, &mirror, &goal, &log] {
        let before = daemon.get(&format!("/documents/{id}")).await;
        for format in ["json", "automerge"] {
            let file = export(&daemon, id, format).await;
            let held = count(&daemon).await;
            let looked = hand_over(&daemon, file.clone(), "?look=true").await.json();
            assert_eq!((&looked["document"], &looked["becomes"]), (&Value::Null, &before["kind"]));
            assert_eq!(count(&daemon).await, held, "looking makes nothing");
            let brought = hand_over(&daemon, file, "").await;
            assert!(brought.status.is_success(), "{brought:?}");
            let brought = brought.json();
            assert_eq!((&brought["others"], &brought["left_out"]), (&json!([]), &json!([])), "{brought}");
            let new = brought["document"].as_str().unwrap();
            assert_ne!(new, id);
            let after = daemon.get(&format!("/documents/{new}")).await;
            assert_eq!((&after["model"], &after["role"]), (&before["model"], &json!("owner")));
            let texts = |of: &Value| {
                of["texts"].as_array().unwrap().iter().map(|text| text["text"].clone()).collect::<Vec<_>>()
            };
            assert_eq!(texts(&after), texts(&before));
            assert_eq!(after["comments"].as_array().unwrap().len(), before["comments"].as_array().unwrap().len());
        }
    }
    let daemon = daemon.restart().await;
    assert_eq!(daemon.get("/documents?kind=goal").await["documents"].as_array().unwrap().len(), 3, "it is on the disk");
}

#[tokio::test]
async fn somebody_elses_words_become_words_about_them() {
    let (ana, ben, ben_id) = paired().await;
    let visit = ana.post("/visits", json!({ "with": ben_id, "focus": "Who answers?" })).await;
    let visit = visit["document"].as_str().unwrap().to_owned();
    let notes = make(&ana, json!({ "kind": "note_set", "visit": visit, "title": "Fractions" })).await;
    ana.post(&format!("/documents/{notes}/texts/notes"), json!({ "set": "Four voices." })).await;
    let released = ana.post(&format!("/documents/{notes}/release"), json!({})).await;
    let released = released["document"].as_str().unwrap().to_owned();
    until(&ben, &format!("/documents/{released}"), |shown| shown["model"]["published"] == true).await;
    for format in ["json", "automerge"] {
        let brought = hand_over(&ben, export(&ben, &released, format).await, "?language=es").await.json();
        assert_eq!((&brought["was"], &brought["becomes"]), (&json!("released_notes"), &json!("note_set")), "{brought}");
        assert_eq!(brought["others"], json!(["Ana"]), "{format}");
        let new = ben.get(&format!("/documents/{}", brought["document"].as_str().unwrap())).await;
        assert_eq!(new["texts"][0]["text"], "Four voices.\n\nTraído de un archivo. Lo escribió Ana.");
        assert_eq!((&new["owners"], &new["role"]), (&json!([ben_id]), &json!("owner")));
        assert_eq!(new["model"]["visit"], json!(visit), "the visit is here");
        let holders = ben.get(&format!("/documents/{}/holders", brought["document"].as_str().unwrap())).await;
        assert_eq!(holders["holders"].as_array().unwrap().len(), 1, "nobody else may read it");
    }
    let brought = hand_over(&ben, export(&ben, &visit, "json").await, "").await.json();
    let new = ben.get(&format!("/documents/{}", brought["document"].as_str().unwrap())).await;
    let people: Vec<&String> = new["model"]["people"].as_object().unwrap().keys().collect();
    assert_eq!(people, [&ben_id], "nobody is put into a visit by a file: {new}");
}

#[tokio::test]
async fn of_what_is_refused_nothing_is_left() {
    let daemon = Daemon::start().await;
    let notes = make(&daemon, json!({ "kind": "note_set" })).await;
    let edits = format!("/documents/{notes}/edits");
    let instrument = json!({ "id": "x", "version": 1, "title": "Mine", "shape": "tally", "labels": ["Asks", "Tells"] });
    daemon.post(&edits, json!({ "edit": { "verb": "freeze_instrument", "instrument": instrument } })).await;
    let good: Value = serde_json::from_slice(&export(&daemon, &notes, "json").await).unwrap();
    let with = |path: &str, value: Value| {
        let mut file = good.clone();
        *file.pointer_mut(path).unwrap() = value;
        Bytes::from(file.to_string())
    };
    let whole = export(&daemon, &notes, "automerge").await;
    let held = count(&daemon).await;
    let table = [
        (with("/model/instrument/labels", json!(["Excellent", "Good", "Poor"])), "refused"),
        (with("/schema", json!(2)), "conflict"),
        (with("/kind", json!("seance")), "conflict"),
        (with("/model", json!([])), "bad_request"),
        (with("/model/events", json!([{ "id": "a", "at_ms": 0, "label": "Hums" }])), "bad_request"),
        (with("/texts/0/text", json!("x".repeat(1_000_001))), "too_large"),
        (Bytes::from_static(b"hello"), "bad_request"),
        (Bytes::new(), "bad_request"),
        (whole.slice(..whole.len() - 1), "bad_request"),
        (Bytes::from(vec![0x85; IMPORT_BYTES_MAX + 1]), "too_large"),
    ];
    for (file, code) in table {
        let refused = hand_over(&daemon, file, "").await;
        assert_eq!(refused.code(), code, "{refused:?}");
    }
    let rated = hand_over(&daemon, with("/model/instrument/labels", json!(["1", "2", "3"])), "").await;
    assert!(rated.text().contains("score"), "the reason is told: {rated:?}");
    let profile = json!({ "schema": 1, "kind": "profile", "model": { "kind": "profile" } }).to_string();
    assert_eq!(hand_over(&daemon, profile.into(), "").await.code(), "bad_request");
    let untyped = daemon.send(Method::POST, "/api/v1/imports", daemon.script(), whole.clone()).await;
    assert_eq!(untyped.status.as_u16(), 415);
    let mut stranger = daemon.stranger();
    stranger.push(("content-type", "application/octet-stream".to_owned()));
    let stranger = daemon.send(Method::POST, "/api/v1/imports", stranger, whole).await;
    assert_eq!(stranger.status.as_u16(), 401);
    assert_eq!(count(&daemon).await, held);
}
