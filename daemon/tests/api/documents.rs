//! Decides whether documents go through the API whole: made, listed, written, read, exported, deleted.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;

#[tokio::test]
async fn a_note_is_made_written_read_and_deleted() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let text = format!("/documents/{id}/texts/notes");
    assert_eq!(daemon.post(&text, json!({"append": "Wait time: 3 s"})).await["saved"], true);
    daemon.post(&text, json!({"append": " 😀"})).await;
    daemon.post(&text, json!({"splice": {"at": 11, "delete": 1, "insert": "5"}})).await;
    let shown = daemon.get(&text).await;
    assert_eq!((shown["text"].as_str(), shown["field"].as_str()), (Some("Wait time: 5 s 😀"), Some("notes")));
    daemon.post(&text, json!({"set": "Wait time: 4 s"})).await;

    let document = daemon.get(&format!("/documents/{id}")).await;
    assert_eq!((document["kind"].as_str(), document["role"].as_str()), (Some("note_set"), Some("owner")));
    assert_eq!(document["model"]["title"], "Fractions");
    daemon.post(&format!("/documents/{id}/edits"), json!({"edit": {"verb": "set_title", "title": "Decimals"}})).await;
    assert_eq!(daemon.get(&format!("/documents/{id}")).await["model"]["title"], "Decimals");

    let history = daemon.get(&format!("/documents/{id}/history")).await;
    let point = history["points"].as_array().unwrap().last().unwrap()["point"].as_str().unwrap().to_owned();
    let then = daemon.get(&format!("/documents/{id}/history?at={point}&field=notes")).await;
    assert_eq!(then["text"], "Wait time: 4 s");
    let holders = daemon.get(&format!("/documents/{id}/holders")).await;
    assert_eq!(holders["holders"][0]["person"]["name"], "Ana");

    daemon.good(Method::DELETE, &format!("/documents/{id}"), None).await;
    let gone = daemon.ask(Method::GET, &format!("/api/v1/documents/{id}"), daemon.script(), None).await;
    assert_eq!(gone.code(), "not_found");
}

#[tokio::test]
async fn what_has_no_text_has_a_past_too_and_all_of_anything_is_told_as_it_stood() {
    let daemon = Daemon::start().await;
    let goal = daemon.post("/documents", json!({"kind": "goal", "title": "More voices"})).await["document"].clone();
    let goal = goal.as_str().unwrap();
    let action = |text: &str| json!({"edit": {"verb": "add_action", "id": text, "how": "try", "text": text}});
    daemon.post(&format!("/documents/{goal}/edits"), action("wait")).await;
    daemon.post(&format!("/documents/{goal}/edits"), action("listen")).await;
    let said = |sheet: &serde_json::Value| sheet["sheet"]["parts"].to_string();
    let now = said(&daemon.get(&format!("/documents/{goal}/sheet?language=es")).await);
    assert!(now.contains("wait") && now.contains("listen") && now.contains("Qué hacer"), "{now}");

    let log = daemon.post("/documents", json!({"kind": "try_log"})).await["document"].clone();
    let log = log.as_str().unwrap();
    let entry = json!({"id": "a", "on": "2026-03-02", "text": "Waited"});
    daemon.post(&format!("/documents/{log}/edits"), json!({"edit": {"verb": "add_try_out", "entry": entry}})).await;
    let past = daemon.get(&format!("/documents/{log}/history")).await;
    assert_eq!((past["text"].as_str(), past["points"].as_array().unwrap().len()), (None, 1));
    let point = past["points"][0]["point"].as_str().unwrap();
    let path = |format: &str| format!("/api/v1/documents/{log}/export?format={format}&at={point}");
    let written = daemon.ask(Method::GET, &path("md"), daemon.script(), None).await;
    assert!(written.text().contains("Waited"), "{written:?}");
    assert_eq!(daemon.ask(Method::GET, &path("json"), daemon.script(), None).await.code(), "bad_request");
}

#[tokio::test]
async fn a_clean_copy_holds_the_words_and_none_of_the_drafting() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let text = format!("/documents/{id}/texts/notes");
    daemon.post(&text, json!({"append": "Four voices. Zzyzx was late."})).await;
    let points = daemon.get(&format!("/documents/{id}/history")).await["points"].clone();
    let point = points.as_array().unwrap().last().unwrap()["point"].clone();
    daemon.post(&text, json!({"set": "Four voices answered. 😀"})).await;
    let event = json!({"verb": "add_event", "event": {"id": "a", "at_ms": 1000, "text": "T: why?"}});
    daemon.post(&format!("/documents/{id}/edits"), json!({"edit": event})).await;

    let copied = daemon.post(&format!("/documents/{id}/clean-copy"), json!({})).await;
    let copy = copied["document"].as_str().unwrap();
    assert_ne!(copy, id);
    let shown = daemon.get(&format!("/documents/{copy}")).await;
    assert_eq!(shown["texts"][0]["text"], "Four voices answered. 😀");
    assert_eq!(shown["model"]["title"], "Fractions");
    assert_eq!(shown["model"]["events"][0]["text"], "T: why?");
    let path = |id: &str| format!("/api/v1/documents/{id}/export?format=automerge");
    let holds = |bytes: &[u8]| bytes.windows(4).any(|window| window == b"zyzx");
    let drafted = daemon.ask(Method::GET, &path(&id), daemon.script(), None).await.body;
    let clean = daemon.ask(Method::GET, &path(copy), daemon.script(), None).await.body;
    assert!(holds(&drafted) && !holds(&clean));
    assert_eq!(daemon.get(&text).await["text"], "Four voices answered. 😀", "what it was made from stays");

    let then = daemon.post(&format!("/documents/{id}/clean-copy"), json!({"at": point})).await;
    let then = daemon.get(&format!("/documents/{}/texts/notes", then["document"].as_str().unwrap())).await;
    assert_eq!(then["text"], "Four voices. Zzyzx was late.");
    for (body, code) in [(json!({"at": "0".repeat(64)}), "not_found"), (json!({"at": "x"}), "bad_request")] {
        let path = format!("/api/v1/documents/{id}/clean-copy");
        assert_eq!(daemon.ask(Method::POST, &path, daemon.script(), Some(body)).await.code(), code);
    }
}

#[tokio::test]
async fn the_bin_keeps_a_document_until_it_is_put_back_or_deleted() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    daemon.post(&format!("/documents/{id}/texts/notes"), json!({"append": "kept"})).await;
    let listed = async |daemon: &Daemon, query: &str| {
        let list = daemon.get(&format!("/documents{query}")).await;
        list["documents"].as_array().unwrap().clone()
    };
    let bin = format!("/documents/{id}/bin");
    daemon.good(Method::PUT, &bin, None).await;
    daemon.good(Method::PUT, &bin, None).await;
    assert!(listed(&daemon, "").await.is_empty());

    let daemon = daemon.restart().await;
    assert!(listed(&daemon, "?kind=note_set").await.is_empty());
    let binned = listed(&daemon, "?bin=true").await;
    assert_eq!((binned.len(), binned[0]["id"].as_str()), (1, Some(id.as_str())));
    let month = binned[0]["goes_ms"].as_i64().unwrap() - binned[0]["binned_ms"].as_i64().unwrap();
    assert_eq!(month, 30 * 24 * 60 * 60 * 1000);
    let shown = daemon.get(&format!("/documents/{id}")).await;
    assert_eq!((shown["texts"][0]["text"].as_str(), &shown["binned_ms"]), (Some("kept"), &binned[0]["binned_ms"]));

    daemon.good(Method::DELETE, &bin, None).await;
    assert!(listed(&daemon, "?bin=true").await.is_empty());
    assert_eq!(listed(&daemon, "").await.len(), 1);
    assert_eq!(daemon.get(&format!("/documents/{id}")).await["binned_ms"], Value::Null);

    daemon.good(Method::PUT, &bin, None).await;
    daemon.good(Method::DELETE, &format!("/documents/{id}"), None).await;
    assert!(listed(&daemon, "?bin=true").await.is_empty());
    let reply = daemon.ask(Method::PUT, &format!("/api/v1{bin}"), daemon.script(), None).await;
    assert_eq!(reply.code(), "not_found");
    let profile = listed(&daemon, "?kind=profile").await[0]["id"].as_str().unwrap().to_owned();
    let reply = daemon.ask(Method::PUT, &format!("/api/v1/documents/{profile}/bin"), daemon.script(), None).await;
    assert_eq!(reply.code(), "refused");
}

#[tokio::test]
async fn a_mirror_is_its_writers_alone() {
    let daemon = Daemon::start().await;
    let made = daemon.post("/documents", json!({"kind": "mirror"})).await;
    let id = made["document"].as_str().unwrap();
    for field in ["keep", "start", "stop", "ideas"] {
        daemon.post(&format!("/documents/{id}/texts/{field}"), json!({"append": field})).await;
    }
    let document = daemon.get(&format!("/documents/{id}")).await;
    assert_eq!(document["model"]["ideas"], "ideas");
    assert_eq!(document["people"].as_array().unwrap().len(), 1);
    for role in ["reader", "writer"] {
        let body = json!({"with": "a".repeat(52), "role": role});
        let path = format!("/api/v1/documents/{id}/grants");
        let reply = daemon.ask(Method::POST, &path, daemon.script(), Some(body)).await;
        assert_eq!(reply.code(), "refused", "{role}: {reply:?}");
    }
}

#[tokio::test]
async fn the_list_can_be_of_one_visit() {
    let daemon = Daemon::start().await;
    let (visit, other) = (daemon.note_set().await, daemon.note_set().await);
    let begun = json!({"kind": "mirror"});
    let id = daemon.post("/documents", begun).await["document"].as_str().unwrap().to_owned();
    daemon.post(&format!("/documents/{id}/edits"), json!({"edit": {"verb": "set_visit", "visit": visit}})).await;
    let of = daemon.get(&format!("/documents?visit={visit}")).await;
    let ids: Vec<&str> = of["documents"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [id.as_str()]);
    assert_eq!(daemon.get(&format!("/documents?visit={other}")).await["documents"], json!([]));
}

#[tokio::test]
async fn an_edit_sent_twice_counts_once_even_after_a_restart() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let text = format!("/documents/{id}/texts/notes");
    let change = json!({"id": "page-1", "append": "once"});
    daemon.post(&text, change.clone()).await;
    daemon.post(&text, change.clone()).await;
    let daemon = daemon.restart().await;
    daemon.post(&text, change).await;
    assert_eq!(daemon.get(&text).await["text"], "once");
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let daemon = Daemon::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(daemon.note_set().await);
    }
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = daemon.get(&format!("/documents?kind=note_set&limit=2{next}")).await;
        let documents = page["documents"].as_array().unwrap();
        assert!(documents.len() <= 2);
        seen.extend(documents.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        let Value::String(cursor) = &page["next"] else { break };
        next = format!("&cursor={cursor}");
    }
    made.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, made);
    assert_eq!(daemon.get("/documents?kind=debrief").await["documents"], json!([]));
}

#[tokio::test]
async fn a_document_leaves_as_a_file() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    daemon.post(&format!("/documents/{id}/texts/notes"), json!({"append": "Wait time"})).await;
    for (format, kind) in [
        ("md", "text/markdown; charset=utf-8"),
        ("json", "application/json"),
        ("automerge", "application/octet-stream"),
        ("html", "text/html; charset=utf-8"),
    ] {
        let reply = daemon
            .ask(Method::GET, &format!("/api/v1/documents/{id}/export?format={format}"), daemon.script(), None)
            .await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, kind));
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"rounds-{id}.{format}\""));
        match format {
            "automerge" => assert_eq!(reply.body[..4], [0x85, 0x6f, 0x4a, 0x83]),
            _ => assert!(reply.text().contains("Wait time"), "{reply:?}"),
        }
    }
}

#[tokio::test]
async fn the_daemon_tells_who_it_is() {
    let daemon = Daemon::start().await;
    let status = daemon.get("/status").await;
    assert_eq!((status["person"]["name"].as_str(), status["storage"]["saving"].as_bool()), (Some("Ana"), Some(true)));
    assert_eq!(status["http"], daemon.home());
    let renamed = daemon.good(Method::PUT, "/me", Some(json!({"name": "Dara"}))).await;
    assert_eq!((renamed["person"]["name"].as_str(), renamed["shows_here"].as_bool()), (Some("Dara"), Some(false)));
    let shown = daemon.good(Method::PUT, "/me", Some(json!({"shows_here": true}))).await;
    assert_eq!((shown["person"]["name"].as_str(), shown["shows_here"].as_bool()), (Some("Dara"), Some(true)));
    assert_eq!(daemon.get("/me").await["shows_here"], true);
    assert_eq!(daemon.get("/people").await["people"], json!([]));
    assert!(daemon.post("/tidy", json!({})).await["bytes"].as_u64().unwrap() > 0);
    assert_eq!(daemon.get("/openapi.json").await["info"]["title"], "Rounds");
}

#[tokio::test]
async fn the_daemon_names_its_devices_and_shows_its_log() {
    let daemon = Daemon::start().await;
    let devices = daemon.get("/devices").await["devices"].clone();
    assert_eq!(devices.as_array().unwrap().len(), 1);
    assert_eq!((devices[0]["here"].as_bool(), devices[0]["person"]["name"].as_str()), (Some(true), Some("Ana")));
    assert_eq!(devices[0]["device"], daemon.get("/status").await["device"]);
    assert_eq!(daemon.get("/status").await["named"], true, "the name was given");
    assert!(devices[0]["certified_ms"].as_i64().unwrap() > 0);
    // Who starts the daemon decides what is written to the log; nobody did.
    assert_eq!(daemon.get("/log").await["lines"], json!([]));
}

#[tokio::test]
async fn stopping_does_not_wait_for_who_waits_for_news() {
    let daemon = Daemon::start().await;
    let offer = daemon.post("/pairing/offers", json!({})).await["offer"].as_u64().unwrap();
    let path = format!("/api/v1/pairing/offers/{offer}?wait_seconds=30");
    let waiting = daemon.ask(Method::GET, &path, daemon.script(), None);
    let stopping = async {
        // The stop is asked for while the question above is under way, or just before it is: both must end.
        daemon.ask(Method::POST, "/api/v1/stop", daemon.script(), None).await
    };
    let (_, stopped) = tokio::join!(tokio::time::timeout(std::time::Duration::from_secs(20), waiting), stopping);
    assert_eq!(stopped.status.as_u16(), 202);
    let announcement = daemon.folder.path().join("data/daemon.json");
    daemon.running.stopped(std::future::pending()).await.expect("all is saved");
    assert!(!announcement.exists());
}
