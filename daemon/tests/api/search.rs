//! Decides whether a search finds what this person may read, as it stands now, and nothing else.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;

/// Searches until everything has been read.
async fn search(daemon: &Daemon, words: &str) -> Vec<Value> {
    loop {
        let answer = daemon.post("/search", json!({"words": words})).await;
        if answer["unread"] == 0 {
            return answer["found"].as_array().unwrap().clone();
        }
    }
}

#[tokio::test]
async fn words_are_found_wherever_they_were_written_until_they_are_gone() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let text = format!("/documents/{id}/texts/notes");
    daemon.post(&text, json!({"append": "After the question Ámbar waited four seconds. 😀"})).await;
    let event = json!({"verb": "add_event", "event": {"id": "a", "at_ms": 1000, "text": "Who disagrees?"}});
    daemon.post(&format!("/documents/{id}/edits"), json!({"edit": event})).await;

    let found = search(&daemon, "WAITED ambar").await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["id"], &found[0]["kind"], &found[0]["title"]),
        (&json!(id), &json!("note_set"), &json!("Fractions"))
    );
    let units: Vec<u16> = found[0]["excerpt"].as_str().unwrap().encode_utf16().collect();
    let hits: Vec<String> = found[0]["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| {
            let [from, to] = ["from", "to"].map(|end| hit[end].as_u64().unwrap() as usize);
            String::from_utf16(&units[from..to]).unwrap()
        })
        .collect();
    assert_eq!(hits, ["Ámbar", "waited"]);
    assert_eq!(search(&daemon, "disagrees").await.len(), 1, "what was noted with a tap is searched too");
    assert_eq!(search(&daemon, "fractions").await.len(), 1, "and what a document is called");
    assert_eq!(search(&daemon, "waited never").await, [] as [Value; 0], "every word must be there");

    daemon.post(&text, json!({"set": "Nobody spoke."})).await;
    assert_eq!(search(&daemon, "waited").await, [] as [Value; 0]);
    assert_eq!(search(&daemon, "nobody spoke").await.len(), 1, "what is typed is found at once");
    daemon.good(Method::PUT, &format!("/documents/{id}/bin"), None).await;
    assert_eq!(search(&daemon, "nobody").await, [] as [Value; 0], "what is in the bin is not found");
    daemon.good(Method::DELETE, &format!("/documents/{id}/bin"), None).await;
    assert_eq!(search(&daemon, "nobody").await.len(), 1);
    daemon.good(Method::DELETE, &format!("/documents/{id}"), None).await;
    assert_eq!(search(&daemon, "nobody").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_search_after_a_start_reads_what_the_disk_holds() {
    let daemon = Daemon::start().await;
    for _ in 0..70 {
        daemon.note_set().await;
    }
    let daemon = daemon.restart().await;
    assert_eq!(search(&daemon, "").await, [] as [Value; 0], "nothing is looked for, everything is read");
    let answer = daemon.post("/search", json!({"words": "fract"})).await;
    assert_eq!((answer["found"].as_array().unwrap().len(), &answer["more"]), (50, &json!(true)));
}

#[tokio::test]
async fn a_question_is_bounded() {
    let daemon = Daemon::start().await;
    let long = Some(json!({"words": "a".repeat(401)}));
    let refused = daemon.ask(Method::POST, "/api/v1/search", daemon.script(), long).await;
    assert_eq!(refused.code(), "bad_request");
    assert_eq!(search(&daemon, &"a ".repeat(200)).await, [] as [Value; 0]);
}
