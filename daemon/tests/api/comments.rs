//! Decides whether comments go through the API and the socket, stand at their words there, and stay behind where the drafting does.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;

async fn edit(daemon: &Daemon, id: &str, edit: Value) {
    daemon.post(&format!("/documents/{id}/edits"), json!({ "edit": edit })).await;
}

fn about(name: &str, from: usize, to: usize, text: &str) -> Value {
    json!({"verb": "comment", "id": name, "field": "notes", "from": from, "to": to, "text": text})
}

async fn export(daemon: &Daemon, id: &str, format: &str) -> String {
    let path = format!("/api/v1/documents/{id}/export?format={format}");
    let answer = daemon.ask(Method::GET, &path, daemon.script(), None).await;
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[tokio::test]
async fn a_script_comments_and_the_place_goes_along_with_the_words() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let text = format!("/documents/{id}/texts/notes");
    daemon.post(&text, json!({"set": "Four voices answered."})).await;
    let heads = daemon.get(&text).await["heads"].clone();
    daemon.post(&text, json!({"splice": {"at": 0, "insert": "😀 "}})).await;
    let mut at_heads = about("c", 5, 11, "Whose?");
    at_heads["at"] = heads;
    edit(&daemon, &id, at_heads).await;
    edit(&daemon, &id, json!({"verb": "reply_to_comment", "id": "r", "comment": "c", "text": "The same four."})).await;
    edit(&daemon, &id, about("gone", 21, 23, "late")).await;
    daemon.post(&text, json!({"set": "😀 Four voices answer."})).await;

    let found = daemon.post("/search", json!({"words": "same four"})).await;
    assert_eq!(found["found"][0]["id"], json!(id), "what was said of words is searched too");
    let document = daemon.get(&format!("/documents/{id}")).await;
    let comments = document["comments"].as_array().unwrap();
    assert_eq!(comments[0]["place"], json!({"from": 8, "to": 14}));
    assert_eq!((&comments[0]["quote"], &comments[0]["by"]["name"]), (&json!("voices"), &json!("Ana")));
    assert_eq!(comments[0]["answers"][0]["text"], "The same four.");
    assert_eq!((&comments[1]["place"], &comments[1]["quote"]), (&Value::Null, &json!("ed")));

    let page = export(&daemon, &id, "md").await;
    assert!(page.contains("\n## Comments\n\n- “voices” — Ana: Whose?\n  - Ana: The same four.\n"), "{page}");
    assert!(page.contains("- “ed” (no longer in the text) — Ana: late\n"), "{page}");
    let json: Value = serde_json::from_str(&export(&daemon, &id, "json").await).unwrap();
    assert_eq!(json["comments"], document["comments"]);

    let refused = json!({"edit": about("far", 0, 999, "x")});
    let path = format!("/api/v1/documents/{id}/edits");
    assert_eq!(daemon.ask(Method::POST, &path, daemon.script(), Some(refused)).await.code(), "bad_request");
}

#[tokio::test]
async fn pages_are_told_of_comments_at_the_version_they_have() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    daemon.post(&format!("/documents/{id}/texts/notes"), json!({"set": "Four voices."})).await;
    let browser = daemon.open_page().await;
    let mut page = daemon.live(&browser).await;
    let text = page.open(&id, "notes").await;
    let told = page.hear("comments").await;
    assert_eq!((&told["version"], &told["epoch"], &told["comments"]), (&text["version"], &text["epoch"], &json!([])));

    page.say(json!({"op": "edit", "doc": id, "id": "e", "edit": about("c", 5, 11, "Whose?")})).await;
    let told = page.hear("comments").await;
    assert_eq!((&told["version"], &told["comments"][0]["place"]), (&text["version"], &json!({"from": 5, "to": 11})));
    daemon.post(&format!("/documents/{id}/texts/notes"), json!({"splice": {"at": 0, "insert": "Only "}})).await;
    let patches = page.hear("patches").await;
    edit(&daemon, &id, json!({"verb": "settle_comment", "id": "c", "settled": true})).await;
    let told = page.hear("comments").await;
    assert_eq!((&told["version"], &told["comments"][0]["settled"]), (&patches["version"], &json!(true)));
    assert_eq!(told["comments"][0]["place"], json!({"from": 10, "to": 16}));
    edit(&daemon, &id, json!({"verb": "remove_comment", "id": "c"})).await;
    assert_eq!(page.hear("comments").await["comments"], json!([]));
}

#[tokio::test]
async fn released_notes_and_a_clean_copy_hold_no_comment() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    daemon.post(&format!("/documents/{id}/texts/notes"), json!({"set": "Four voices answered."})).await;
    edit(&daemon, &id, about("c", 5, 11, "Zzyzx was silent")).await;
    let released = daemon.post(&format!("/documents/{id}/release"), json!({})).await;
    let copied = daemon.post(&format!("/documents/{id}/clean-copy"), json!({})).await;
    assert!(export(&daemon, &id, "md").await.contains("Zzyzx"));
    for made in [released, copied] {
        let made = made["document"].as_str().unwrap();
        assert_eq!(daemon.get(&format!("/documents/{made}")).await["comments"], json!([]));
        for format in ["md", "json", "automerge"] {
            let exported = export(&daemon, made, format).await;
            assert!(!exported.contains("zyzx") && !exported.contains("comment:"), "{format}");
        }
    }
    assert_eq!(daemon.get(&format!("/documents/{id}")).await["comments"][0]["text"], "Zzyzx was silent");
}
