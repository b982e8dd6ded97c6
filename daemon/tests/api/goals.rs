//! Decides whether goals, the feedback on them and try-out logs go through the API whole, between two people too.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;

/// How often a condition is looked at, and how often at most: a minute in all.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(50);
const LOOKS_MAX: usize = 1_200;

pub(crate) async fn edit(daemon: &Daemon, id: &str, edit: Value) {
    daemon.post(&format!("/documents/{id}/edits"), json!({ "edit": edit })).await;
}

async fn refusal(daemon: &Daemon, method: Method, path: &str, body: Option<Value>) -> String {
    daemon.ask(method, &format!("/api/v1{path}"), daemon.script(), body).await.code()
}

pub(crate) async fn make(daemon: &Daemon, body: Value) -> String {
    daemon.post("/documents", body).await["document"].as_str().unwrap().to_owned()
}

async fn export(daemon: &Daemon, id: &str, format: &str) -> String {
    let path = format!("/api/v1/documents/{id}/export?format={format}");
    String::from_utf8_lossy(&daemon.ask(Method::GET, &path, daemon.script(), None).await.body).into_owned()
}

/// The one goal a daemon lists, once it looks as it should.
async fn listed(daemon: &Daemon, fits: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..LOOKS_MAX {
        let list = daemon.get("/documents?kind=goal").await;
        if let Some(row) = list["documents"].as_array().and_then(|rows| rows.iter().find(|row| fits(row))) {
            return row.clone();
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("the goal never came");
}

/// What a document says, once it says what it should.
pub(crate) async fn says(daemon: &Daemon, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..LOOKS_MAX {
        let reply = daemon.ask(Method::GET, &format!("/api/v1/documents/{id}"), daemon.script(), None).await;
        if reply.status.is_success() && fits(&reply.json()) {
            return reply.json();
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("it never said so");
}

pub(crate) async fn pair() -> (Daemon, Daemon, String) {
    let (ana, ben) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"));
    let offer = ana.post("/pairing/offers", json!({})).await;
    let accept = json!({ "code": offer["code"], "at": offer["addresses"][0] });
    ben.post("/pairing/accept", accept).await;
    for _ in 0..LOOKS_MAX {
        if let Some(person) = ana.get("/people").await["people"][0]["id"].as_str() {
            return (ana, ben, person.to_owned());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("they never paired");
}

#[tokio::test]
async fn a_goal_is_made_written_listed_and_written_out() {
    let daemon = Daemon::start().await;
    let id = make(&daemon, json!({ "kind": "goal", "title": "More voices" })).await;
    daemon.post(&format!("/documents/{id}/texts/why"), json!({ "append": "Four voices answer." })).await;
    edit(&daemon, &id, json!({ "verb": "set_goal_state", "state": "improve" })).await;
    edit(&daemon, &id, json!({ "verb": "set_measured_with", "instrument": "Wait time" })).await;
    let action =
        json!({ "verb": "add_action", "id": "a", "how": "try", "text": "Count to three", "due": "2026-03-06" });
    edit(&daemon, &id, action).await;
    let notes = daemon.note_set().await;
    let link = json!({ "verb": "add_evidence", "id": "e", "document": notes, "label": "My own notes", "action": "a" });
    edit(&daemon, &id, link).await;
    edit(&daemon, &id, json!({ "verb": "add_check_in", "id": "c", "on": "2026-03-02", "text": "Six voices." })).await;

    let row = listed(&daemon, |row| row["goal"]["due"] != json!([])).await;
    assert_eq!((row["title"].as_str(), row["goal"]["state"].as_str()), (Some("More voices"), Some("improve")));
    assert_eq!(row["goal"]["due"], json!([{ "on": "2026-03-06", "text": "Count to three" }]));
    assert_eq!((&row["goal"]["feedback"], row["goal"]["owners"][0]["name"].as_str()), (&Value::Null, Some("Ana")));
    edit(&daemon, &id, json!({ "verb": "tick_action", "id": "a", "done": true })).await;
    listed(&daemon, |row| row["goal"]["due"] == json!([])).await;

    let page = export(&daemon, &id, "md").await;
    let expected = "# More voices\n\n- **State:** trying and improving\n\n## Why\n\nFour voices answer.\n\n## What I look with\n\nWait time\n\n## Actions\n\n- [x] Try: Count to three (by 6 March 2026)\n  - My own notes\n\n## Check-ins\n\n### 2 March 2026\n\nSix voices.\n\n";
    assert_eq!(page, expected);
    assert!(export(&daemon, &id, "json").await.contains("\"measured_with\": \"Wait time\""));
    let copy = daemon.post(&format!("/documents/{id}/clean-copy"), json!({})).await;
    assert_eq!(export(&daemon, copy["document"].as_str().unwrap(), "md").await, expected);

    for (verb, code) in [
        (json!({ "verb": "set_measured_with", "instrument": "3 of 5" }), "saved"),
        (json!({ "verb": "set_measured_with", "instrument": "4/5" }), "bad_request"),
        (json!({ "verb": "set_goal_state", "state": "level_3" }), "bad_request"),
        (json!({ "verb": "add_check_in", "id": "d", "on": "2026-02-30", "text": "x" }), "bad_request"),
        (json!({ "verb": "add_action", "id": "b", "how": "try", "text": "x", "score": 3 }), "bad_request"),
    ] {
        let path = format!("/documents/{id}/edits");
        if code == "saved" {
            edit(&daemon, &id, verb).await;
        } else {
            assert_eq!(refusal(&daemon, Method::POST, &path, Some(json!({ "edit": verb }))).await, code);
        }
    }
}

#[tokio::test]
async fn a_try_out_log_is_ones_own_and_is_written_anew_without_what_was_removed() {
    let daemon = Daemon::start().await;
    let id = make(&daemon, json!({ "kind": "try_log" })).await;
    for (key, text) in [("a", "Waited for three seconds."), ("b", "Zzyzx laughed.")] {
        let entry = json!({ "id": key, "on": "2026-03-02", "text": text });
        edit(&daemon, &id, json!({ "verb": "add_try_out", "entry": entry })).await;
    }
    edit(&daemon, &id, json!({ "verb": "remove_try_out", "id": "b" })).await;
    let grants = format!("/documents/{id}/grants");
    let body = json!({ "with": "a".repeat(52), "role": "reader" });
    assert_eq!(refusal(&daemon, Method::POST, &grants, Some(body)).await, "refused");
    assert!(export(&daemon, &id, "automerge").await.contains("yzx"), "a document keeps what was removed");
    let copy = daemon.post(&format!("/documents/{id}/clean-copy"), json!({})).await;
    let copy = copy["document"].as_str().unwrap().to_owned();
    let bytes = export(&daemon, &copy, "automerge").await;
    assert!(bytes.contains("seconds") && !bytes.contains("yzx"));
    daemon.good(Method::DELETE, &format!("/documents/{id}"), None).await;
    assert_eq!(
        export(&daemon, &copy, "md").await,
        "# What I tried\n\n\n## 2 March 2026\n\nWaited for three seconds.\n"
    );
}

#[tokio::test]
async fn a_named_reader_reads_a_goal_and_writes_beside_it_until_that_ends() {
    let (ana, ben, ben_id) = pair().await;
    let id = make(&ana, json!({ "kind": "goal", "title": "More voices" })).await;
    let grants = format!("/documents/{id}/grants");
    let grant = |role: &str| Some(json!({ "with": ben_id, "role": role }));
    assert_eq!(refusal(&ana, Method::POST, &grants, grant("writer")).await, "refused");
    ana.good(Method::POST, &grants, grant("reader")).await;

    let row = listed(&ben, |row| row["title"] == "More voices" && row["goal"]["feedback"].is_string()).await;
    assert_eq!((row["id"].as_str(), row["goal"]["owners"][0]["name"].as_str()), (Some(id.as_str()), Some("Ana")));
    let feedback = row["goal"]["feedback"].as_str().unwrap().to_owned();
    let plan = json!({ "edit": { "verb": "set_goal_state", "state": "met" } });
    assert_eq!(refusal(&ben, Method::POST, &format!("/documents/{id}/edits"), Some(plan)).await, "refused");
    let typed = json!({ "append": "Do as I do." });
    assert_eq!(refusal(&ben, Method::POST, &format!("/documents/{id}/texts/why"), Some(typed)).await, "refused");
    edit(&ben, &feedback, json!({ "verb": "add_entry", "id": "f", "text": "Who is quiet?" })).await;

    let thread = says(&ana, &feedback, |thread| thread["model"]["entries"][0]["text"] == "Who is quiet?").await;
    assert_eq!(
        (&thread["model"]["entries"][0]["by"], thread["feedback_on"].as_str()),
        (&json!(ben_id), Some(id.as_str()))
    );
    assert_eq!(ana.get(&format!("/documents/{id}")).await["feedback"], json!(feedback));
    assert!(export(&ana, &feedback, "md").await.contains("## Ben\n\nWho is quiet?"));

    // The thread has no life of its own: it is shared, put away and deleted with its goal.
    assert_eq!(refusal(&ana, Method::POST, &format!("/documents/{feedback}/grants"), grant("writer")).await, "refused");
    assert_eq!(refusal(&ana, Method::DELETE, &format!("/documents/{feedback}"), None).await, "refused");
    ana.good(Method::PUT, &format!("/documents/{id}/bin"), None).await;
    assert_eq!(ana.get("/documents?kind=goal_feedback").await["documents"], json!([]));
    assert_eq!(ana.get("/documents?bin=true").await["documents"].as_array().unwrap().len(), 1);
    ana.good(Method::DELETE, &format!("/documents/{id}/bin"), None).await;

    ana.good(Method::DELETE, &format!("{grants}/{ben_id}"), None).await;
    for document in [&id, &feedback] {
        let holders = ana.get(&format!("/documents/{document}/holders")).await;
        let named = holders["holders"].as_array().unwrap().iter().find(|one| one["person"]["id"] == json!(ben_id));
        assert_eq!(named.unwrap()["role"], "none");
    }
    ana.good(Method::DELETE, &format!("/documents/{id}"), None).await;
    assert_eq!(refusal(&ana, Method::GET, &format!("/documents/{feedback}"), None).await, "not_found");
}

#[tokio::test]
async fn a_goal_of_two_is_both_owners_to_write() {
    let (ana, ben, ben_id) = pair().await;
    let id = make(&ana, json!({ "kind": "goal", "title": "Together", "with": ben_id })).await;
    let row = listed(&ben, |row| row["goal"]["feedback"].is_string() && row["title"] == "Together").await;
    assert_eq!(row["goal"]["owners"].as_array().unwrap().len(), 2);
    let clean_copy = format!("/documents/{id}/clean-copy");
    let copy = ana.post(&clean_copy, json!({})).await["document"].clone();
    listed(&ana, |row| row["id"] == copy && row["goal"]["feedback"].is_string()).await;
    edit(
        &ben,
        &id,
        json!({ "verb": "add_action", "id": "b", "how": "watch", "text": "The back row", "due": "2026-03-06" }),
    )
    .await;
    edit(&ben, &id, json!({ "verb": "tick_action", "id": "b", "done": true })).await;
    let goal = says(&ana, &id, |goal| goal["model"]["actions"][0]["done"] == json!([ben_id])).await;
    assert_eq!(goal["model"]["actions"][0]["by"], json!(ben_id));
    assert_eq!(refusal(&ana, Method::POST, &clean_copy, Some(json!({}))).await, "conflict", "Ben's is Ben's to write");
    let row = listed(&ana, |row| row["goal"]["due"] != json!([])).await;
    assert_eq!(row["goal"]["due"][0]["text"], "The back row", "Ben's mark is not Ana's");
    let reworded = json!({ "edit": { "verb": "edit_action", "id": "b", "how": "watch", "text": "The front row" } });
    assert_eq!(refusal(&ana, Method::POST, &format!("/documents/{id}/edits"), Some(reworded)).await, "refused");
}

#[tokio::test]
async fn a_visit_carries_the_hosts_own_goal_by_name() {
    let (ana, ben, ben_id) = pair().await;
    let id = make(&ana, json!({ "kind": "goal", "title": "More voices" })).await;
    let notes = ana.note_set().await;
    let propose =
        |role: &str, goal: &str| json!({ "with": ben_id, "as": role, "goal": goal, "goal_label": "More voices" });
    assert_eq!(refusal(&ana, Method::POST, "/visits", Some(propose("visitor", &id))).await, "bad_request");
    assert_eq!(refusal(&ana, Method::POST, "/visits", Some(propose("host", &notes))).await, "bad_request");
    let visit = ana.post("/visits", propose("host", &id)).await["document"].as_str().unwrap().to_owned();
    let shown = says(&ben, &visit, |visit| visit["model"]["goal_label"] == "More voices").await;
    assert_eq!(shown["model"]["goal"], json!(id));
    assert_eq!(refusal(&ben, Method::GET, &format!("/documents/{id}"), None).await, "not_found");
}
