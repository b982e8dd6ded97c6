//! Decides whether pages that talk to the daemon on the live socket see each other's words, and what becomes of bad ones.

use futures::SinkExt as _;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::kit::Daemon;

#[tokio::test]
async fn two_pages_type_into_one_text() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let browser = daemon.open_page().await;
    let (mut first, mut second) = (daemon.live(&browser).await, daemon.live(&browser).await);
    let text = first.open(&id, "notes").await;
    assert_eq!((text["text"].as_str(), text["role"].as_str()), (Some(""), Some("owner")));
    let (version, epoch) = (text["version"].clone(), text["epoch"].clone());
    assert_eq!(second.open(&id, "notes").await["epoch"], epoch);

    let update = json!({"id": "a1", "splices": [{"at": 0, "delete": 0, "insert": "é😀"}]});
    let push =
        json!({"op": "push", "doc": id, "field": "notes", "version": version, "epoch": epoch, "updates": [update]});
    first.say(push.clone()).await;
    let echo = first.hear("patches").await;
    assert_eq!((&echo["from"], &echo["updates"][0]["id"]), (&version, &json!("a1")));
    assert_eq!(echo["updates"][0]["by"], daemon.running.person.to_string());
    assert_eq!(first.hear("saved").await["ids"], json!(["a1"]));
    let seen = second.hear("patches").await;
    assert_eq!(seen["updates"][0]["splices"], json!([{"at": 0, "delete": 0, "insert": "é😀"}]));

    let old = json!({"id": "b1", "splices": [{"at": 0, "insert": "x"}]});
    second
        .say(json!({"op": "push", "doc": id, "field": "notes", "version": version, "epoch": epoch, "updates": [old]}))
        .await;
    assert_eq!(second.hear("stale").await["version"], json!(version.as_u64().unwrap() + 1));
    assert_eq!(daemon.get(&format!("/documents/{id}/texts/notes")).await["text"], "é😀");
}

#[tokio::test]
async fn a_page_that_comes_back_learns_which_edits_counted() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let browser = daemon.open_page().await;
    let mut page = daemon.live(&browser).await;
    let text = page.open(&id, "notes").await;
    let update = json!({"id": "a1", "splices": [{"at": 0, "insert": "kept"}]});
    page.say(json!({"op": "push", "doc": id, "field": "notes", "version": text["version"], "epoch": text["epoch"], "updates": [update]})).await;
    page.hear("saved").await;
    let daemon = daemon.restart().await;
    let mut page = daemon.live(&browser).await;
    page.say(json!({"op": "open", "doc": id, "field": "notes", "pending": ["a1", "a2"]})).await;
    let text = page.hear("text").await;
    assert_eq!((text["text"].as_str(), &text["known"]), (Some("kept"), &json!(["a1"])));
}

#[tokio::test]
async fn a_typed_edit_is_done_saved_and_told_to_other_pages() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let browser = daemon.open_page().await;
    let (mut first, mut second) = (daemon.live(&browser).await, daemon.live(&browser).await);
    second.open(&id, "notes").await;
    first.say(json!({"op": "edit", "doc": id, "id": "e1", "edit": {"verb": "set_title", "title": "Decimals"}})).await;
    assert_eq!(first.hear("saved").await["ids"], json!(["e1"]));
    assert_eq!(second.hear("document").await["doc"], json!(id));
}

#[tokio::test]
async fn the_socket_is_for_our_own_pages_and_scripts() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let query = format!("?token={}", browser.token);
    let page = || vec![("cookie", browser.cookie.clone())];
    let ours = || [page(), vec![("origin", daemon.origin())]].concat();
    let foreign = [page(), vec![("origin", "https://rounds.example".to_owned())]].concat();
    assert_eq!(daemon.connect(foreign, &query).await.unwrap_err(), 403);
    assert_eq!(daemon.connect(page(), &query).await.unwrap_err(), 403);
    assert_eq!(daemon.connect(ours(), "").await.unwrap_err(), 401);
    assert_eq!(daemon.connect(ours(), "?token=guess").await.unwrap_err(), 401);
    assert_eq!(daemon.connect(vec![("origin", daemon.origin())], &query).await.unwrap_err(), 401);
    assert!(daemon.connect(ours(), &query).await.is_ok());
    let script = vec![("authorization", format!("Bearer {}", daemon.token))];
    assert!(daemon.connect(script, "").await.is_ok());
}

#[tokio::test]
async fn nonsense_is_answered_and_too_much_of_it_ends_the_talk() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let mut page = daemon.live(&browser).await;
    for bad in ["{", "7", r#"{"op":"fly"}"#] {
        page.0.send(Message::text(bad)).await.unwrap();
        assert_eq!(page.hear("refused").await["error"]["code"], "bad_request", "{bad}");
    }
    page.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(page.hear("refused").await["error"]["code"], "bad_request");
    page.say(json!({"op": "open", "doc": "a".repeat(32), "field": "notes"})).await;
    assert_eq!(page.hear("refused").await["error"]["code"], "not_found");
    for _ in 0..40 {
        page.say(json!({"op": "fly"})).await;
    }
    let end = loop {
        if let Err(end) = page.next().await {
            break end;
        }
    };
    assert_eq!(end, Some(1008));
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_the_talk_and_nothing_else() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let mut page = daemon.live(&browser).await;
    let mut other = daemon.live(&browser).await;
    let large = json!({"op": "fly", "words": "a".repeat(1024 * 1024)});
    // The daemon may hang up before all of it is sent.
    let _ = page.0.send(Message::text(large.to_string())).await;
    assert!(page.next().await.is_err());
    other.say(json!({"op": "fly"})).await;
    other.hear("refused").await;
}

#[tokio::test]
async fn pages_are_told_when_the_daemon_stops() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let mut page = daemon.live(&browser).await;
    daemon.running.stopped(async {}).await.expect("all is saved");
    let end = loop {
        if let Err(end) = page.next().await {
            break end;
        }
    };
    assert_eq!(end, Some(1001));
}
