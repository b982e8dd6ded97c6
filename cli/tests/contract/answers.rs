//! Decides whether lists, sharing, history and export ask for the right thing and tell the answer.

use serde_json::{Value, json};

use crate::stage::{Answer, BEN, CHIDI, OTHER_CHIDI, Stage, VISIT, people, problem};

const PEOPLE: &str = "GET /api/v1/people";

fn known() -> Answer {
    Answer::Json(200, people())
}

fn fine() -> Answer {
    Answer::Json(200, json!({ "schema": 1 }))
}

fn document(id: &str) -> Value {
    json!({
        "id": id, "kind": "note_set", "title": "Fractions", "with": [{ "id": BEN, "name": "Ben" }],
        "updated_ms": 1_772_446_500_000_i64, "visit": null, "delivered_to": [], "waiting_for": [BEN], "unread": false,
    })
}

#[test]
fn a_visit_is_proposed_with_all_that_was_said() {
    let answer = json!({ "schema": 1, "document": VISIT, "saved": true });
    let stage = Stage::new(vec![(PEOPLE, known()), ("POST /api/v1/visits", Answer::Json(200, answer))]);
    let ended = stage.rounds(&[
        "visit",
        "propose",
        "--with",
        "ben",
        "--as",
        "host",
        "--when",
        "2026-03-02T10:15:00+01:00",
        "--length",
        "25m",
        "--focus",
        "- wait time",
        "--json",
    ]);
    assert_eq!(ended.json(), json!({ "schema": 1, "document": VISIT }));
    stage.next();
    let expected = json!({
        "with": BEN, "as": "host", "when_ms": 1_772_442_900_000_i64, "length_minutes": 25, "focus": "- wait time",
    });
    assert_eq!(stage.next().body, expected);
}

#[test]
fn quietly_a_proposal_says_its_document() {
    let answer = json!({ "schema": 1, "document": VISIT, "saved": true });
    let stage = Stage::new(vec![(PEOPLE, known()), ("POST /api/v1/visits", Answer::Json(200, answer))]);
    assert_eq!(stage.rounds(&["visit", "propose", "--with", "Ben", "-q"]).out, format!("{VISIT}\n"));
    stage.next();
    assert_eq!(stage.next().body, json!({ "with": BEN, "as": "visitor" }));
}

#[test]
fn names_are_unknown_ambiguous_or_somebodys() {
    let unknown = Stage::new(vec![(PEOPLE, known())]).rounds(&["people", "remove", "Dara"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.ends_with("hint: rounds people\n"), "{unknown:?}");
    let ambiguous = Stage::new(vec![(PEOPLE, known())]).rounds(&["people", "remove", "Chidi", "--json"]);
    assert_eq!(ambiguous.code, 2);
    assert_eq!(ambiguous.error()["error"]["code"], "ambiguous");
    let removal = "DELETE /api/v1/people/ccccbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    let stage = Stage::new(vec![(PEOPLE, known()), (removal, fine())]);
    let removed = stage.rounds(&["people", "remove", "ccccb", "--json"]);
    assert_eq!(removed.json()["person"], json!({ "id": OTHER_CHIDI, "name": "Chidi" }));
    assert_ne!(CHIDI, OTHER_CHIDI);
}

#[test]
fn people_are_listed_one_a_line() {
    let words = Stage::new(vec![(PEOPLE, known())]).rounds(&["people"]).out;
    assert_eq!(words.lines().next(), Some("Ben    bbbbaaaa  connected"));
    assert_eq!(words.lines().count(), 3);
    assert_eq!(Stage::new(vec![(PEOPLE, known())]).rounds(&["people", "list", "--json"]).json(), people());
}

#[test]
fn visits_are_listed_by_when_they_are_with_stage_and_answers() {
    let visit = |id: &str, when: Value, stage: &str, answer: Value| {
        let mut row = document(id);
        row["kind"] = json!("visit");
        row["facts"] = json!({
            "stage": stage, "when_ms": when, "minutes": 25, "focus": "Who answers?",
            "people": [{ "person": { "id": BEN, "name": "Ben" }, "part": "host", "answer": answer }],
        });
        row
    };
    let rows = [
        visit(&"c".repeat(32), Value::Null, "proposed", Value::Null),
        visit(VISIT, json!(1_772_446_500_000_i64), "written_up", json!("accepted")),
    ];
    let script = || {
        let page = json!({ "schema": 1, "documents": rows, "next": null });
        vec![("GET /api/v1/documents?limit=500&kind=visit", Answer::Json(200, page))]
    };
    let listed = Stage::new(script()).rounds(&["visit", "list", "--json"]).json();
    assert_eq!(listed["visits"][1]["facts"]["stage"], "written_up");
    let words = Stage::new(script()).rounds(&["visit", "list"]).out;
    let lines: Vec<&str> = words.lines().collect();
    assert!(lines[0].starts_with(VISIT) && lines[0].contains("2026-03-02 00:15"), "{words}");
    assert!(lines[0].contains("written up") && lines[0].contains("Ben (host, accepted)"), "{words}");
    assert!(lines[1].contains("no time yet") && lines[1].contains("Ben (host, not answered yet)"), "{words}");
}

#[test]
fn documents_are_listed_over_all_pages() {
    let page =
        |id: &str, next: Value| Answer::Json(200, json!({ "schema": 1, "documents": [document(id)], "next": next }));
    let script = || {
        vec![
            ("GET /api/v1/documents?limit=500&kind=note_set", page(VISIT, json!("after-one"))),
            ("GET /api/v1/documents?limit=500&kind=note_set&cursor=after-one", page(&"b".repeat(32), Value::Null)),
        ]
    };
    let listed = Stage::new(script()).rounds(&["documents", "list", "--kind", "note_set", "--json"]).json();
    assert_eq!(listed["documents"].as_array().unwrap().len(), 2);
    assert_eq!(listed["schema"], 1);
    let words = Stage::new(script()).rounds(&["documents", "list", "--kind", "note_set"]).out;
    assert!(words.contains("2026-03-02  Ben  Fractions  will reach Ben when your computers next meet"), "{words}");
    assert!(words.contains("note set"), "{words}");
}

#[test]
fn an_unknown_document_and_a_forbidden_one_look_the_same() {
    let missing = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let stage = Stage::new(vec![(missing, Answer::Json(404, problem("not_found", "no such document")))]);
    let ended = stage.rounds(&["documents", "show", VISIT]);
    assert_eq!(ended.code, 1);
    assert_eq!(ended.err, "error: no such document\nhint: rounds documents\n");
}

#[test]
fn sharing_and_its_end_name_the_person() {
    let grant = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/grants";
    let stage = Stage::new(vec![(PEOPLE, known()), (grant, fine())]);
    let shared = stage.rounds(&["share", VISIT, "--with", "Ben", "--as", "reader", "--json"]);
    assert_eq!(shared.json()["role"], "reader");
    stage.next();
    assert_eq!(stage.next().body, json!({ "with": BEN, "role": "reader" }));

    let revocation = "DELETE /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/grants/bbbbaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let stage = Stage::new(vec![(PEOPLE, known()), (revocation, fine())]);
    let ended = stage.rounds(&["unshare", VISIT, "--with", "Ben"]);
    assert!(ended.out.contains("A copy already held cannot be recalled."), "{ended:?}");

    let forbidden = Answer::Json(403, problem("refused", "only an owner may share this"));
    let stage = Stage::new(vec![(PEOPLE, known()), (grant, forbidden)]);
    assert_eq!(stage.rounds(&["share", VISIT, "--with", "Ben", "--as", "writer"]).code, 5);
}

#[test]
fn holders_are_told_in_words() {
    let asked = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/holders";
    let answer = json!({ "schema": 1, "holders": [
        { "person": { "id": BEN, "name": "Ben" }, "role": "writer", "devices": 1, "copy": "held" },
        { "person": { "id": CHIDI, "name": "Chidi" }, "role": "none", "devices": 1, "copy": "unknown", "heard_of_revocation": false },
    ]});
    let words = Stage::new(vec![(asked, Answer::Json(200, answer))]).rounds(&["holders", VISIT]).out;
    let expected =
        "Ben    may write           has all of it\nChidi  no access any more  has not heard yet that access ended\n";
    assert_eq!(words, expected);
}

#[test]
fn history_is_a_list_or_the_text_at_a_point() {
    let list = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/history";
    let points = json!({ "schema": 1, "points": [
        { "point": "p1", "day_ms": 1_772_409_600_000_i64, "person": { "id": BEN, "name": "Ben" } },
    ]});
    let words = Stage::new(vec![(list, Answer::Json(200, points))]).rounds(&["history", VISIT]).out;
    assert_eq!(words, "p1  2026-03-02  Ben\n");
    let at = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/history?at=p1";
    let then = json!({ "schema": 1, "points": [], "text": "as it was", "spans": [] });
    assert_eq!(
        Stage::new(vec![(at, Answer::Json(200, then))]).rounds(&["history", VISIT, "--at", "p1"]).out,
        "as it was"
    );
}

#[test]
fn what_has_no_text_is_shown_whole_at_a_point_to_people_and_to_scripts() {
    let at = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/history?at=p1";
    let then = || Answer::Json(200, json!({ "schema": 1, "points": [], "text": null, "spans": [] }));
    let page = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/export?format=md&at=p1";
    let stage = Stage::new(vec![(at, then()), (page, Answer::Bytes(b"# Try-out log\n".to_vec()))]);
    assert_eq!(stage.rounds(&["history", VISIT, "--at", "p1"]).out, "# Try-out log\n");

    let asked = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/sheet?at=p1";
    let parts = json!([{ "title": "2 March 2026", "blocks": [{ "text": "I waited." }] }]);
    let sheet = json!({ "kind": "Try-out log", "title": "Try-out log", "facts": [], "parts": parts });
    let answer = Answer::Json(200, json!({ "schema": 1, "sheet": sheet }));
    let stage = Stage::new(vec![(at, then()), (asked, answer)]);
    assert_eq!(
        stage.rounds(&["history", VISIT, "--at", "p1", "--json"]).json(),
        json!({ "schema": 1, "points": [], "text": null, "spans": [], "sheet": sheet })
    );
}

#[test]
fn a_search_asks_until_everything_was_read() {
    let found = |list: serde_json::Value, unread: u32| {
        let answer = json!({ "schema": 1, "found": list, "more": false, "unread": unread, "left_out": 0 });
        ("POST /api/v1/search", Answer::Json(200, answer))
    };
    let hit = json!([{ "id": VISIT, "kind": "visit", "title": "Wait time", "with": [], "visit": null, "updated_ms": 0,
        "excerpt": "how long they wait", "hits": [{ "from": 14, "to": 18 }] }]);
    let stage = Stage::new(vec![found(json!([]), 7), found(hit, 0)]);
    assert_eq!(stage.rounds(&["search", "wait", "long"]).out, format!("{VISIT}  visit  how long they wait\n"));
    let nothing = Stage::new(vec![found(json!([]), 0)]).rounds(&["search", "wait"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (0, "Nothing was found.\n"));
}

#[test]
fn a_link_can_be_printed() {
    let answer = json!({ "schema": 1, "url": "http://127.0.0.1:4477/launch/secret" });
    let stage = Stage::new(vec![("POST /api/v1/launch-links", Answer::Json(200, answer))]);
    assert_eq!(stage.rounds(&["open", "--print"]).out, "http://127.0.0.1:4477/launch/secret\n");
}

#[test]
fn verbose_says_what_is_asked_but_nobodys_words() {
    let asked = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/texts/notes";
    let stage = Stage::new(vec![(asked, Answer::Json(200, json!({ "schema": 1, "saved": true, "delivered_to": [] })))]);
    let ended = stage.rounds(&["-v", "text", "append", VISIT, "notes", "private words"]);
    assert!(ended.err.contains(asked), "{ended:?}");
    assert!(!ended.err.contains("private words"), "{ended:?}");
}
