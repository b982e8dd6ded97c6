//! Decides whether debriefs are begun, gone through, written down and closed as the contract says.

use serde_json::{Value, json};

use crate::stage::{Answer, BEN, Stage, VISIT, visit};

const TALK: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const OTHER_TALK: &str = "cccccccccccccccccccccccccccccccc";
const SHOW: &str = "GET /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const EDITS: &str = "POST /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/edits";
const OTHER_EDITS: &str = "POST /api/v1/documents/cccccccccccccccccccccccccccccccc/edits";
const SHOW_VISIT: &str = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const VISIT_EDITS: &str = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/edits";
const OF_VISIT: &str = "GET /api/v1/documents?limit=500&kind=debrief&visit=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const PROTOCOLS: &str = "GET /api/v1/library/protocols?language=en";

fn saved() -> Answer {
    Answer::Json(200, json!({ "schema": 1, "document": TALK, "saved": true, "delivered_to": [] }))
}

fn protocol() -> Value {
    let phase =
        |id: &str| json!({ "id": id, "title": format!("Part {id}"), "minutes": 5, "speaks": "host", "prompts": [] });
    json!({ "id": "pair", "version": 1, "title": "Twenty minutes", "phases": [phase("see"), phase("think")], "rules": [] })
}

fn talk(protocol: Value, at: Value) -> Answer {
    let model = json!({
        "kind": "debrief", "title": null, "visit": VISIT, "run": { "protocol": protocol, "begun": {}, "at": at },
        "entries": [{ "id": "e", "by": BEN, "phase": "see", "text": "Six voices" }],
        "next_steps": [{ "id": "one", "by": BEN, "text": "Count to three", "done": false }],
        "watch_next_time": [{ "id": "w", "by": BEN, "text": "The back row" }], "thanks": {}, "talked": false, "notes": "", "next": "",
    });
    Answer::Json(
        200,
        json!({
            "schema": 1, "id": TALK, "kind": "debrief", "role": "owner", "model": model, "problems": [],
            "texts": [{ "field": "notes", "text": "We agree." }], "people": [{ "id": BEN, "name": "Ben" }],
            "timing": { "phase": "see", "left_ms": 90_000, "over": false },
        }),
    )
}

fn debriefs(ids: &[&str]) -> (&'static str, Answer) {
    let rows: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "kind": "debrief" })).collect();
    (OF_VISIT, Answer::Json(200, json!({ "schema": 1, "documents": rows, "next": null })))
}

fn library() -> (&'static str, Answer) {
    let offered = json!([{ "use": "debrief", "protocol": protocol() }]);
    (PROTOCOLS, Answer::Json(200, json!({ "schema": 1, "protocols": offered })))
}

#[test]
fn a_debrief_is_begun_once_with_a_protocol_or_without() {
    let stage = Stage::new(vec![debriefs(&[]), ("POST /api/v1/documents", saved())]);
    assert_eq!(stage.rounds(&["debrief", "begin", VISIT, "--json"]).json(), json!({ "schema": 1, "document": TALK }));
    stage.next();
    assert_eq!(stage.next().body, json!({ "kind": "debrief", "visit": VISIT }));

    let stage = Stage::new(vec![debriefs(&[]), library(), ("POST /api/v1/documents", saved()), (EDITS, saved())]);
    assert_eq!(stage.rounds(&["debrief", "begin", VISIT, "--protocol", "pair", "-q"]).out, format!("{TALK}\n"));
    assert_eq!(stage.all().pop().unwrap().body["edit"], json!({ "verb": "freeze_protocol", "protocol": protocol() }));

    let other = "c".repeat(32);
    let there = || vec![debriefs(&[&other, TALK])];
    assert_eq!(
        Stage::new(there()).rounds(&["debrief", "begin", VISIT, "-q"]).out,
        format!("{TALK}\n"),
        "the first of two"
    );
    let again = Stage::new(there()).rounds(&["debrief", "begin", VISIT, "--protocol", "pair"]);
    assert_eq!((again.code, again.err.contains("hint: rounds debrief protocol")), (1, true), "{again:?}");
    let stage = Stage::new(vec![debriefs(&[]), library()]);
    let unknown = stage.rounds(&["debrief", "begin", VISIT, "--protocol", "none such"]);
    assert_eq!((unknown.code, stage.all().len()), (1, 2), "nothing is begun: {unknown:?}");
}

#[test]
fn a_debrief_is_found_by_its_visit_and_shown_part_by_part() {
    let script = || vec![(SHOW_VISIT, visit(Value::Null)), debriefs(&[TALK]), (SHOW, talk(protocol(), json!("see")))];
    let out = Stage::new(script()).rounds(&["debrief", "show", VISIT]).out;
    for said in [
        "Twenty minutes",
        "see  Part see (speaks: host), under way, 1:30 left\n    Ben: Six voices\n",
        "notes:\nWe agree.\n",
        "to try:\none    Ben  Count to three\n",
        "to look for next time:\nBen  The back row\n",
    ] {
        assert!(out.contains(said), "{said:?} in {out}");
    }
    assert_eq!(Stage::new(script()).rounds(&["debrief", "show", VISIT, "--json"]).json()["id"], TALK);
    let none = Stage::new(vec![(SHOW_VISIT, visit(Value::Null)), debriefs(&[])]).rounds(&["debrief", "show", VISIT]);
    assert_eq!((none.code, none.err.contains("hint: rounds debrief begin")), (1, true), "{none:?}");
}

#[test]
fn parts_follow_each_other_until_the_last() {
    let part = |at: Value, more: &[&str]| {
        let stage = Stage::new(vec![(SHOW, talk(protocol(), at)), (EDITS, saved())]);
        let ended = stage.rounds(&[&["debrief", "part", TALK, "-q"], more].concat());
        (ended.code, ended.out)
    };
    assert_eq!(part(Value::Null, &[]), (0, "see\n".to_owned()));
    assert_eq!(part(json!("see"), &[]), (0, "think\n".to_owned()));
    assert_eq!(part(json!("think"), &["se"]), (0, "see\n".to_owned()));
    assert_eq!(part(json!("think"), &[]).0, 1, "there is no part after the last");
    assert_eq!(part(json!("think"), &["x"]).0, 1);
    let free = Stage::new(vec![(SHOW, talk(Value::Null, Value::Null))]).rounds(&["debrief", "part", TALK]);
    assert_eq!((free.code, free.err.contains("hint: rounds debrief protocol")), (1, true), "{free:?}");
}

#[test]
fn what_is_put_down_belongs_to_the_part_under_way_unless_another_is_named() {
    let entry = |more: &[&str]| {
        let stage = Stage::new(vec![(SHOW, talk(protocol(), json!("see"))), (EDITS, saved())]);
        let ended = stage.rounds(&[&["debrief", "entry", TALK, "- a pause", "--json"], more].concat());
        let edit = stage.all().pop().unwrap().body["edit"].clone();
        assert_eq!((&ended.json()["entry"], &edit["text"]), (&edit["id"], &json!("- a pause")));
        edit["phase"].clone()
    };
    assert_eq!(entry(&[]), "see");
    assert_eq!(entry(&["--part", "th"]), "think");
}

#[test]
fn what_comes_of_it_is_written_ticked_and_thanked_for() {
    let find = || (SHOW, talk(protocol(), Value::Null));
    let edit = |words: &[&str]| {
        let stage = Stage::new(vec![find(), (EDITS, saved())]);
        let ended = stage.rounds(&[&["debrief"], words].concat());
        assert_eq!(ended.code, 0, "{ended:?}");
        let mut edit = stage.all().pop().unwrap().body["edit"].clone();
        edit.as_object_mut().unwrap().retain(|key, _| key != "id" || words[0] == "done");
        edit
    };
    assert_eq!(edit(&["next-step", TALK, "Wait"]), json!({ "verb": "add_next_step", "text": "Wait" }));
    assert_eq!(edit(&["watch", TALK, "Who asks"]), json!({ "verb": "add_watch", "text": "Who asks" }));
    assert_eq!(edit(&["thank", TALK, "Thank you"]), json!({ "verb": "thank", "text": "Thank you" }));
    assert_eq!(edit(&["done", TALK, "on"]), json!({ "verb": "tick_next_step", "id": "one", "done": true }));
    assert_eq!(edit(&["done", TALK, "one", "--undo"])["done"], false);
    assert_eq!(Stage::new(vec![find()]).rounds(&["debrief", "done", TALK, "x"]).code, 1);
    for wrong in [["next-step", TALK].as_slice(), &["entry", TALK], &["thank", TALK], &["protocol", TALK], &[]] {
        assert_eq!(Stage::new(vec![]).rounds(&[&["debrief"], wrong].concat()).code, 2, "{wrong:?}");
    }
}

#[test]
fn that_they_talked_is_said_of_the_visit_and_of_its_debrief() {
    let stage =
        Stage::new(vec![(SHOW_VISIT, visit(Value::Null)), debriefs(&[TALK]), (EDITS, saved()), (VISIT_EDITS, saved())]);
    assert_eq!(stage.rounds(&["debrief", "talked", VISIT]).code, 0);
    assert_eq!(stage.all().pop().unwrap().body, json!({ "edit": { "verb": "talked" } }));
    let stage = Stage::new(vec![(SHOW_VISIT, visit(Value::Null)), debriefs(&[]), (VISIT_EDITS, saved())]);
    assert_eq!(stage.rounds(&["debrief", "talked", VISIT]).code, 0, "without a debrief, too");
    let stage = Stage::new(vec![(SHOW, talk(Value::Null, Value::Null)), (EDITS, saved()), (VISIT_EDITS, saved())]);
    assert_eq!(stage.rounds(&["debrief", "talked", TALK, "--json"]).json()["talked"], true);

    // Taken back, it is taken back wherever it may have been said.
    let two = debriefs(&[TALK, OTHER_TALK]);
    let edits = [(EDITS, saved()), (OTHER_EDITS, saved()), (VISIT_EDITS, saved())];
    let stage = Stage::new([(SHOW_VISIT, visit(Value::Null)), two].into_iter().chain(edits).collect());
    assert_eq!(stage.rounds(&["debrief", "talked", VISIT, "--undo", "--json"]).json()["talked"], false);
    let said: Vec<Value> = stage.all().into_iter().skip(2).map(|one| one.body["edit"]["verb"].clone()).collect();
    assert_eq!(said, ["not_talked"; 3]);
}

#[test]
fn protocols_are_listed_and_chosen_or_left() {
    let out = Stage::new(vec![library()]).rounds(&["debrief", "protocols"]).out;
    assert_eq!(out, "pair  debrief  10 min  Twenty minutes\n");
    let stage = Stage::new(vec![(SHOW, talk(protocol(), Value::Null)), (EDITS, saved())]);
    let none = stage.rounds(&["debrief", "protocol", TALK, "none", "--json"]).json();
    assert_eq!((&none["protocol"], &stage.all().pop().unwrap().body["edit"]["protocol"]), (&Value::Null, &Value::Null));
    let stage = Stage::new(vec![library(), (SHOW, talk(Value::Null, Value::Null)), (EDITS, saved())]);
    assert_eq!(stage.rounds(&["debrief", "protocol", TALK, "pair", "--json"]).json()["protocol"], "pair");
}
