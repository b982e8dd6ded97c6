//! Decides whether instruments that people build go through the API whole: built by two, refused with codes, frozen, written out.

use hyper::Method;
use serde_json::{Value, json};

use crate::goals::{edit, make, pair, says};
use crate::kit::{Daemon, Reply};

async fn tried(daemon: &Daemon, id: &str, edit: Value) -> Reply {
    let path = format!("/api/v1/documents/{id}/edits");
    daemon.ask(Method::POST, &path, daemon.script(), Some(json!({ "edit": edit }))).await
}

async fn export(daemon: &Daemon, id: &str, format: &str) -> String {
    let path = format!("/api/v1/documents/{id}/export?format={format}");
    String::from_utf8_lossy(&daemon.ask(Method::GET, &path, daemon.script(), None).await.body).into_owned()
}

fn label(id: &str, text: &str) -> Value {
    json!({ "verb": "add_label", "id": id, "text": text })
}

/// The copy of an instrument that a page freezes.
fn copy(id: &str, model: &Value) -> Value {
    let labels: Vec<&Value> = model["labels"].as_array().unwrap().iter().map(|label| &label["text"]).collect();
    json!({
        "id": id, "version": model["version"], "title": model["title"], "shape": model["shape"], "labels": labels,
        "speakers": model["speakers"], "minutes": model["minutes"],
    })
}

#[tokio::test]
async fn two_build_an_instrument_and_their_notes_keep_the_copy_they_began_with() {
    let (ana, ben, ben_id) = pair().await;
    let id = make(&ana, json!({ "kind": "instrument", "title": "Who answers", "with": ben_id })).await;
    edit(&ana, &id, label("a", "Hand up")).await;
    says(&ben, &id, |it| it["model"]["labels"].as_array().is_some_and(|all| all.len() == 1)).await;
    edit(&ben, &id, label("b", "Called on")).await;
    edit(&ben, &id, json!({ "verb": "set_usual_minutes", "minutes": 15 })).await;
    let built =
        says(&ana, &id, |it| it["model"]["minutes"] == 15 && it["model"]["labels"][1]["text"] == "Called on").await;
    assert_eq!(built["model"]["faults"], json!([]));
    assert_eq!(built["owners"].as_array().unwrap().len(), 2, "it is both their own");

    let notes = make(&ana, json!({ "kind": "note_set" })).await;
    let frozen = copy(&id, &built["model"]);
    edit(&ana, &notes, json!({ "verb": "freeze_instrument", "instrument": frozen })).await;
    edit(&ana, &notes, json!({ "verb": "add_event", "event": { "id": "e", "at_ms": 5, "label": "Hand up" } })).await;
    edit(&ben, &id, json!({ "verb": "remove_label", "id": "a" })).await;
    let changed = says(&ana, &id, |it| it["model"]["labels"].as_array().is_some_and(|all| all.len() == 1)).await;
    assert_ne!(changed["model"]["version"], built["model"]["version"]);
    let kept = ana.get(&format!("/documents/{notes}")).await;
    assert_eq!(kept["model"]["instrument"]["version"], built["model"]["version"]);
    assert_eq!(kept["model"]["instrument"]["labels"], json!(["Hand up", "Called on"]));
    assert_eq!(kept["model"]["events"][0]["label"], "Hand up");
    assert_eq!(kept["figures"]["tables"][0]["rows"][0]["values"], json!([1]));

    // A plan names it, and so does what is written out of the plan; of another document it tells nothing.
    let proposed = json!({ "with": ben_id, "as": "visitor", "focus": "Who answers?" });
    let visit = ana.post("/visits", proposed).await["document"].as_str().unwrap().to_owned();
    let private = make(&ana, json!({ "kind": "goal", "title": "Nobody’s business" })).await;
    for chosen in [&id, &private] {
        edit(&ana, &visit, json!({ "verb": "set_instrument", "instrument": chosen, "chosen": true })).await;
    }
    ana.get("/documents").await;
    let plan = export(&ana, &visit, "md").await;
    assert!(plan.contains("Who answers"), "{plan}");
    assert!(plan.contains("an instrument that is not here") && !plan.contains("business"), "{plan}");
}

#[tokio::test]
async fn what_rates_is_refused_with_a_code_and_the_labels_wherever_it_is_written() {
    let daemon = Daemon::start().await;
    let id = make(&daemon, json!({ "kind": "instrument", "title": "Talk" })).await;
    edit(&daemon, &id, label("a", "Asks")).await;
    let notes = daemon.note_set().await;
    let rating = json!({ "id": "x", "version": 1, "title": "Mine", "shape": "tally", "labels": ["Asks", "Good"] });
    let freeze = json!({ "verb": "freeze_instrument", "instrument": rating });
    let table = [
        (
            &id,
            label("b", "Excellent"),
            "bad_request",
            json!({ "code": "scale_worth", "labels": ["Excellent"], "most": null }),
        ),
        (
            &id,
            label("b", "asks"),
            "bad_request",
            json!({ "code": "same_label", "labels": ["Asks", "asks"], "most": null }),
        ),
        (
            &id,
            json!({ "verb": "set_shape", "shape": "wait" }),
            "bad_request",
            json!({ "code": "not_built", "labels": [], "most": null }),
        ),
        (&notes, freeze, "bad_request", json!({ "code": "scale_worth", "labels": ["Good"], "most": null })),
    ];
    for (document, edit, code, reason) in table {
        let refused = tried(&daemon, document, edit).await;
        assert_eq!((refused.code().as_str(), &refused.json()["error"]["reason"]), (code, &reason));
    }
    assert_eq!(daemon.get(&format!("/documents/{id}")).await["model"]["labels"].as_array().unwrap().len(), 1);

    // While it is being written, and of what is being written nothing is kept.
    let asked = daemon.post("/instruments/labels", json!({ "labels": ["Often", "Asks", "", "Never"] })).await;
    assert_eq!(asked["reasons"], json!([{ "code": "scale_degree", "labels": ["Often", "Never"], "most": null }]));
    let fine = daemon.post("/instruments/labels", json!({ "labels": ["Hand up", "Called on"] })).await;
    assert_eq!(fine["reasons"], json!([]));
    let many: Vec<String> = (0..65).map(|number| format!("Label {number}")).collect();
    let too_many =
        daemon.ask(Method::POST, "/api/v1/instruments/labels", daemon.script(), Some(json!({ "labels": many }))).await;
    assert_eq!(too_many.code(), "bad_request");

    // And in a file.
    let file: Value = serde_json::from_str(&export(&daemon, &id, "json").await).unwrap();
    let with = |labels: Vec<Value>| {
        let mut file = file.clone();
        file["model"]["labels"] = labels.into();
        file
    };
    let columns = (0..1_000).map(|at| json!({ "id": format!("l{at}"), "text": format!("Column {at} here") }));
    let table = [
        (vec![json!({ "id": "a", "text": "Level 1" })], "refused", "scale_numbers"),
        (columns.collect(), "too_large", "too_many_labels"),
    ];
    for (labels, code, reason) in table {
        let headers = [daemon.script(), vec![("content-type", "application/octet-stream".to_owned())]].concat();
        let refused = daemon.send(Method::POST, "/api/v1/imports", headers, with(labels).to_string().into()).await;
        assert_eq!((refused.code().as_str(), &refused.json()["error"]["reason"]["code"]), (code, &json!(reason)));
    }
    assert_eq!(daemon.get("/documents?kind=instrument").await["documents"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_instrument_is_listed_found_written_out_copied_and_shared_like_any_document() {
    let (ana, ben, ben_id) = pair().await;
    let id = make(&ana, json!({ "kind": "instrument", "title": "Who answers" })).await;
    for one in [
        label("a", "Hand up"),
        label("b", "Called on"),
        json!({ "verb": "move_label", "id": "b", "before": "a" }),
        json!({ "verb": "set_speakers", "speakers": ["teacher"] }),
        json!({ "verb": "splice_text", "field": "question", "splices": [{ "at": 0, "insert": "Who answers?" }] }),
    ] {
        edit(&ana, &id, one).await;
    }
    let listed = ana.get("/documents?kind=instrument").await;
    assert_eq!(listed["documents"][0]["title"], "Who answers");
    let found = ana.post("/search", json!({ "words": "called" })).await;
    assert_eq!(found["found"][0]["id"], json!(id));
    let written = export(&ana, &id, "md").await;
    for words in ["# Who answers", "**One mark is:** a tap for each time", "- Called on\n- Hand up", "Who answers?"] {
        assert!(written.contains(words), "{words} in {written}");
    }
    assert!(export(&ana, &id, "html").await.contains("Called on"));

    let copied = ana.post(&format!("/documents/{id}/clean-copy"), json!({})).await;
    let copied = ana.get(&format!("/documents/{}", copied["document"].as_str().unwrap())).await;
    let model = ana.get(&format!("/documents/{id}")).await["model"].clone();
    assert_eq!(copied["model"], model);

    // Whoever is shown it reads it; whoever is let in builds as well.
    let path = format!("/documents/{id}/grants");
    ana.post(&path, json!({ "with": ben_id, "role": "reader" })).await;
    says(&ben, &id, |it| it["role"] == "reader").await;
    assert_eq!(tried(&ben, &id, label("c", "Calls out")).await.code(), "refused");
    ana.post(&path, json!({ "with": ben_id, "role": "writer" })).await;
    says(&ben, &id, |it| it["role"] == "writer").await;
    edit(&ben, &id, label("c", "Calls out")).await;
    says(&ana, &id, |it| it["model"]["labels"][2]["text"] == "Calls out").await;
}
