//! Decides whether goals are begun, followed and answered as the contract says.

use serde_json::{Value, json};

use crate::stage::{Answer, BEN, Stage, VISIT, people, problem};

const GOAL: &str = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const EDITS: &str = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/edits";
const THREAD: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn saved() -> Answer {
    Answer::Json(200, json!({ "schema": 1, "document": VISIT, "saved": true, "delivered_to": [] }))
}

fn goal(feedback: Value) -> Answer {
    let action = |id: &str, done: Value| json!({ "id": id, "by": BEN, "how": "try", "text": "Wait", "due": "2026-03-06", "done": done });
    let model = json!({
        "kind": "goal", "title": "More voices", "state": "improve", "why": "", "student_side": "", "strategy": "",
        "baseline": "", "measure": "", "measured_with": "Wait time",
        "actions": [action("one", json!([BEN])), action("only", json!([]))], "evidence": [],
        "check_ins": [{ "id": "c", "by": BEN, "on": "2026-03-02", "text": "Six voices." }],
    });
    Answer::Json(
        200,
        json!({
            "schema": 1, "id": VISIT, "kind": "goal", "role": "owner", "model": model, "problems": [],
            "texts": [{ "field": "student_side", "text": "They ask." }],
            "people": [{ "id": BEN, "name": "Ben" }], "feedback": feedback,
        }),
    )
}

#[test]
fn a_goal_is_begun_alone_or_by_two() {
    let why = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/texts/why";
    let stage = Stage::new(vec![("POST /api/v1/documents", saved()), (why, saved())]);
    let ended = stage.rounds(&["goal", "new", "--title", "More voices", "--why", "Four answer", "--json"]);
    assert_eq!(ended.json(), json!({ "schema": 1, "document": VISIT }));
    assert_eq!(stage.next().body, json!({ "kind": "goal", "title": "More voices" }));
    assert_eq!(stage.next().body, json!({ "append": "Four answer" }));

    let known = Answer::Json(200, people());
    let stage = Stage::new(vec![("GET /api/v1/people", known), ("POST /api/v1/documents", saved())]);
    assert_eq!(stage.rounds(&["goal", "new", "--title", "Ours", "--with", "Ben", "-q"]).out, format!("{VISIT}\n"));
    stage.next();
    assert_eq!(stage.next().body, json!({ "kind": "goal", "title": "Ours", "with": BEN }));
}

#[test]
fn goals_are_listed_one_a_line() {
    let row = json!({
        "id": VISIT, "kind": "goal", "title": "More voices",
        "goal": { "state": "set_aside", "owners": [{ "id": BEN, "name": "Ben" }], "due": [], "feedback": null, "feedback_unread": false },
    });
    let asked = "GET /api/v1/documents?limit=500&kind=goal";
    let listed = || Answer::Json(200, json!({ "schema": 1, "documents": [row], "next": null }));
    let plain = Stage::new(vec![(asked, listed())]).rounds(&["goal", "list"]).out;
    assert_eq!(plain, format!("{VISIT}  set aside  Ben  More voices\n"));
    let answer = Stage::new(vec![(asked, listed())]).rounds(&["goal", "list", "--json"]).json();
    assert_eq!((&answer["schema"], &answer["goals"][0]["goal"]["state"]), (&json!(1), &json!("set_aside")));
}

#[test]
fn a_goal_is_shown_with_what_to_do_and_how_it_goes() {
    let ended = Stage::new(vec![(GOAL, goal(Value::Null))]).rounds(&["goal", "show", VISIT]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for said in [
        "More voices: improve (owner)",
        "student side:\nThey ask.",
        "looked at with: Wait time",
        "done by Ben",
        "2026-03-02: Six voices.",
    ] {
        assert!(ended.out.contains(said), "{said}: {ended:?}");
    }
    let visit = json!({ "schema": 1, "kind": "mirror", "model": {
        "kind": "mirror", "visit": null, "keep": "", "start": "", "stop": "", "ideas": "",
        "run": { "protocol": null, "begun": {}, "at": null },
    }});
    let other = Stage::new(vec![(GOAL, Answer::Json(200, visit))]).rounds(&["goal", "show", VISIT]);
    assert_eq!((other.code, other.err.contains("hint: rounds goal list")), (2, true), "{other:?}");
    let gone = Answer::Json(404, problem("not_found", "there is no such document here"));
    let gone = Stage::new(vec![(GOAL, gone)]).rounds(&["goal", "show", VISIT]);
    assert_eq!((gone.code, gone.err.contains("hint: rounds goal list")), (1, true), "{gone:?}");
}

#[test]
fn actions_check_ins_and_states_are_written_as_said() {
    let stage = Stage::new(vec![(EDITS, saved())]);
    let ended = stage.rounds(&["goal", "act", VISIT, "- wait", "--as", "watch", "--due", "2026-03-06", "--json"]);
    let edit = stage.next().body["edit"].clone();
    assert_eq!(ended.json()["action"], edit["id"]);
    assert_eq!((&edit["how"], &edit["text"], &edit["due"]), (&json!("watch"), &json!("- wait"), &json!("2026-03-06")));

    let stage = Stage::new(vec![(EDITS, saved())]);
    let ended = stage.rounds(&["goal", "checkin", VISIT, "Six voices", "--on", "2026-03-02", "--json"]);
    assert_eq!((ended.code, stage.next().body["edit"]["on"].clone()), (0, json!("2026-03-02")));

    let stage = Stage::new(vec![(EDITS, saved())]);
    assert_eq!(stage.rounds(&["goal", "state", VISIT, "met"]).code, 0);
    assert_eq!(stage.next().body, json!({ "edit": { "verb": "set_goal_state", "state": "met" } }));

    for wrong in [["state", VISIT, "level_3"].as_slice(), &["act", VISIT, "x", "--due", "soon"], &["checkin", VISIT]] {
        let ended = Stage::new(vec![]).rounds(&[&["goal"], wrong].concat());
        assert_eq!(ended.code, 2, "{ended:?}");
    }
}

#[test]
fn an_action_is_done_by_its_id_or_the_start_of_it() {
    let stage = Stage::new(vec![(GOAL, goal(Value::Null)), (EDITS, saved())]);
    let ended = stage.rounds(&["goal", "done", VISIT, "onl", "--undo", "--json"]);
    assert_eq!(ended.json(), json!({ "schema": 1, "document": VISIT, "action": "only", "done": false }));
    stage.next();
    assert_eq!(stage.next().body["edit"], json!({ "verb": "tick_action", "id": "only", "done": false }));
    let stage = Stage::new(vec![(GOAL, goal(Value::Null)), (EDITS, saved())]);
    assert_eq!(stage.rounds(&["goal", "done", VISIT, "one", "--json"]).json()["action"], "one");
    assert_eq!(Stage::new(vec![(GOAL, goal(Value::Null))]).rounds(&["goal", "done", VISIT, "on"]).code, 2);
    assert_eq!(Stage::new(vec![(GOAL, goal(Value::Null))]).rounds(&["goal", "done", VISIT, "x"]).code, 1);
}

#[test]
fn feedback_is_read_and_added_beside_the_goal() {
    let none = Stage::new(vec![(GOAL, goal(Value::Null))]).rounds(&["goal", "feedback", VISIT]);
    assert_eq!((none.code, none.err.contains("hint: rounds share")), (1, true), "{none:?}");

    let read = "GET /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    let thread = json!({
        "schema": 1, "people": [{ "id": BEN, "name": "Ben" }],
        "model": { "kind": "goal_feedback", "entries": [{ "id": "f", "by": BEN, "text": "Who is quiet?" }] },
    });
    let script = || vec![(GOAL, goal(json!(THREAD))), (read, Answer::Json(200, thread.clone()))];
    assert_eq!(Stage::new(script()).rounds(&["goal", "feedback", VISIT]).out, "Ben: Who is quiet?\n");
    let answer = Stage::new(script()).rounds(&["goal", "feedback", VISIT, "--json"]).json();
    assert_eq!((&answer["document"], &answer["entries"][0]["by"]["name"]), (&json!(THREAD), &json!("Ben")));

    let write = "POST /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/edits";
    let stage = Stage::new(vec![(GOAL, goal(json!(THREAD))), (write, saved())]);
    let ended = stage.rounds(&["goal", "feedback", VISIT, "I saw six hands", "--json"]);
    stage.next();
    assert_eq!(stage.next().body["edit"]["text"], "I saw six hands");
    assert_eq!(ended.json()["document"], THREAD);
}
