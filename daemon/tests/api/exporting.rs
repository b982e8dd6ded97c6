//! Decides whether what is written out holds what its reader may read, as words, and nothing else.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;
use crate::pairing::paired;

const HOSTILE: &str = "</style><script>alert(1)</script><img src=x onerror=alert(1)>";

async fn export(daemon: &Daemon, id: &str, query: &str) -> String {
    let path = format!("/api/v1/documents/{id}/export?{query}");
    let answer = daemon.ask(Method::GET, &path, daemon.script(), None).await;
    assert!(answer.status.is_success(), "{answer:?}");
    String::from_utf8_lossy(&answer.body).into_owned()
}

async fn make(daemon: &Daemon, wanted: Value) -> String {
    daemon.post("/documents", wanted).await["document"].as_str().unwrap().to_owned()
}

async fn edit(daemon: &Daemon, id: &str, edit: Value) {
    daemon.post(&format!("/documents/{id}/edits"), json!({ "edit": edit })).await;
}

#[tokio::test]
async fn every_kind_is_a_page_in_which_nothing_typed_is_markup() {
    let daemon = Daemon::start_as(HOSTILE).await;
    let mut made = Vec::new();
    for kind in ["note_set", "mirror", "goal", "try_log"] {
        made.push(make(&daemon, json!({ "kind": kind })).await);
    }
    let four = made.clone();
    let [notes, mirror, goal, log] = &four[..] else { panic!("four of them") };
    for (id, field) in [(notes, "notes"), (mirror, "keep"), (goal, "why")] {
        daemon.post(&format!("/documents/{id}/texts/{field}"), json!({ "set": format!("**four** {HOSTILE}") })).await;
    }
    for id in [notes, goal] {
        edit(&daemon, id, json!({ "verb": "set_title", "title": HOSTILE })).await;
    }
    edit(&daemon, notes, json!({ "verb": "add_event", "event": { "id": "a", "at_ms": 65_000, "text": HOSTILE } }))
        .await;
    edit(
        &daemon,
        notes,
        json!({ "verb": "comment", "id": "c", "field": "notes", "from": 0, "to": 20, "text": HOSTILE }),
    )
    .await;
    let action = json!({ "verb": "add_action", "id": "a", "how": "try", "text": HOSTILE });
    edit(&daemon, goal, action).await;
    edit(&daemon, goal, json!({ "verb": "add_check_in", "id": "c", "on": "2026-03-02", "text": HOSTILE })).await;
    let entry = json!({ "id": "t", "on": "2026-03-02", "text": HOSTILE });
    edit(&daemon, log, json!({ "verb": "add_try_out", "entry": entry })).await;
    let released = daemon.post(&format!("/documents/{notes}/release"), json!({})).await;
    made.push(released["document"].as_str().unwrap().to_owned());
    let profile = daemon.get("/documents?kind=profile").await["documents"][0]["id"].as_str().map(str::to_owned);
    made.extend(profile);
    for id in &made {
        for language in ["en", "es", "fr"] {
            let page = export(&daemon, id, &format!("format=html&language={language}")).await;
            let body = page.split("<body>").nth(1).expect("a body");
            for never in ["<script", "<img", "</style", "<link", "http:", "https:", "url("] {
                assert!(!body.contains(never), "{never} in {body}");
            }
            assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "all of it is there as words: {body}");
            assert!(page.contains(if language == "es" { "<html lang=\"es\">" } else { "<html lang=\"en\">" }));
        }
    }
    let page = export(&daemon, notes, "format=html").await;
    assert!(page.contains("<strong>four</strong>") && page.contains("01:05"), "{page}");
}

#[tokio::test]
async fn a_visit_leaves_the_host_without_what_others_hold() {
    let (ana, ben, ben_id) = paired().await;
    let proposed = json!({ "with": ben_id, "focus": "Who answers?" });
    let visit = ana.post("/visits", proposed).await["document"].as_str().unwrap().to_owned();
    let notes = make(&ana, json!({ "kind": "note_set", "visit": visit, "title": "Zzyzx title" })).await;
    ana.post(&format!("/documents/{notes}/texts/notes"), json!({ "set": "Zzyzx held words" })).await;
    let mirror = make(&ana, json!({ "kind": "mirror", "visit": visit })).await;
    ana.post(&format!("/documents/{mirror}/texts/keep"), json!({ "set": "Zzyzx for myself" })).await;
    crate::pairing::until(&ben, &format!("/documents/{visit}"), |shown| shown["texts"][0]["text"] == "Who answers?")
        .await;
    // The visit, and everything else that Ben may read, in every form.
    let rows = ben.get("/documents").await["documents"].clone();
    let ids: Vec<String> = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert!(ids.contains(&visit) && !ids.contains(&notes) && !ids.contains(&mirror));
    for id in &ids {
        for format in ["md", "html", "json", "automerge"] {
            let file = export(&ben, id, &format!("format={format}")).await;
            for held in ["Zzyzx", notes.as_str(), mirror.as_str()] {
                assert!(!file.contains(held), "{held} in {format} of {id}");
            }
        }
    }
    let page = export(&ben, &visit, "format=html").await;
    assert!(page.contains("Who answers?") && page.contains("Visit to Ben"), "{page}");
    let missing =
        ben.ask(Method::GET, &format!("/api/v1/documents/{notes}/export?format=html"), ben.script(), None).await;
    assert_eq!(missing.code(), "not_found");
}

#[tokio::test]
async fn writing_out_marks_nothing_as_read() {
    let (ana, ben, ben_id) = paired().await;
    let visit = ana.post("/visits", json!({ "with": ben_id })).await["document"].as_str().unwrap().to_owned();
    let list = "/documents?kind=visit";
    crate::pairing::until(&ben, list, |listed| listed["documents"][0]["unread"] == true).await;
    for format in ["md", "html", "json", "automerge"] {
        export(&ben, &visit, &format!("format={format}")).await;
    }
    assert_eq!(ben.get(list).await["documents"][0]["unread"], true);
    ben.get(&format!("/documents/{visit}")).await;
    assert_eq!(ben.get(list).await["documents"][0]["unread"], false);
}
