//! Decides whether doors are opened, listed, closed and gone through as the contract says.

use serde_json::{Value, json};

use crate::stage::{Answer, BEN, Stage, VISIT, people, problem};

const EDITS: &str = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/edits";
const COME: &str = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/drop-in";

fn saved() -> Answer {
    Answer::Json(200, json!({ "schema": 1, "document": VISIT, "saved": true, "delivered_to": [] }))
}

#[test]
fn a_door_is_opened_for_everybody_or_for_those_who_are_named() {
    let stage = Stage::new(vec![("POST /api/v1/doors", saved())]);
    let ended = stage.rounds(&["door", "open", "--when", "2026-03-02T10:15:00+01:00", "--json"]);
    assert_eq!(ended.json(), json!({ "schema": 1, "document": VISIT }));
    assert_eq!(stage.next().body, json!({ "when_ms": 1_772_442_900_000_i64 }));

    let known = Answer::Json(200, people());
    let stage = Stage::new(vec![("GET /api/v1/people", known), ("POST /api/v1/doors", saved())]);
    let words = ["door", "open", "--when", "2026-03-02T10:15:00+01:00", "--length", "25m", "--room", "204"];
    let more = ["--see", "- pairs", "--places", "2", "--for", "Ben", "-q"];
    assert_eq!(stage.rounds(&[words.as_slice(), &more].concat()).out, format!("{VISIT}\n"));
    stage.next();
    let expected = json!({
        "when_ms": 1_772_442_900_000_i64, "length_minutes": 25, "room": "204", "see": "- pairs", "places": 2, "for": [BEN],
    });
    assert_eq!(stage.next().body, expected);

    for wrong in [["door", "open"].as_slice(), &["door", "open", "--when", "soon"], &["door", "come"], &["door"]] {
        assert_eq!(Stage::new(vec![]).rounds(wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn doors_are_listed_with_who_comes_for_the_host() {
    let door = |id: &str, when: i64, more: Value| {
        let mut door = json!({
            "host": { "id": BEN, "name": "Ben" }, "when_ms": when, "minutes": 25, "room": "204", "see": "How pairs begin",
            "places": 2, "closed": false, "coming": [], "places_left": null, "visit": null,
        });
        more.as_object().unwrap().iter().for_each(|(key, value)| door[key] = value.clone());
        json!({ "id": id, "kind": "open_door", "title": "", "door": door })
    };
    let coming = json!([{ "person": { "id": BEN, "name": "Chidi" }, "visit": VISIT, "answer": null }]);
    let rows = json!([
        door(&"c".repeat(32), 1_772_446_600_000, json!({ "visit": VISIT })),
        door(VISIT, 1_772_446_500_000, json!({ "coming": coming, "places_left": 1 })),
        door(&"d".repeat(32), 1_772_446_700_000, json!({ "places_left": 0 })),
        door(&"e".repeat(32), 1_772_446_800_000, json!({ "closed": true })),
    ]);
    let asked = "GET /api/v1/documents?limit=500&kind=open_door";
    let script = || vec![(asked, Answer::Json(200, json!({ "schema": 1, "documents": rows, "next": null })))];
    let words = Stage::new(script()).rounds(&["door", "list"]).out;
    let lines: Vec<&str> = words.lines().collect();
    for (line, said) in
        [(0, "Chidi (not answered yet)"), (0, "room for 1 more"), (1, "you come: "), (2, "full"), (3, "closed")]
    {
        assert!(lines[line].contains(said), "{said}: {words}");
    }
    let listed = Stage::new(script()).rounds(&["door", "list", "--json"]).json();
    assert_eq!((&listed["schema"], &listed["doors"][1]["door"]["places_left"]), (&json!(1), &json!(1)));
}

#[test]
fn visits_are_written_for_other_calendars_to_a_file_or_as_they_are() {
    let ics = || Answer::Bytes(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_vec());
    let printed = Stage::new(vec![("GET /api/v1/calendar", ics())]).rounds(&["visit", "calendar"]);
    assert_eq!((printed.code, printed.out.as_str()), (0, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visits.ics");
    let one = "GET /api/v1/calendar?visit=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let words = ["visit", "calendar", VISIT, "-o", path.to_str().unwrap(), "--json"];
    assert_eq!(Stage::new(vec![(one, ics())]).rounds(&words).json(), json!({ "schema": 1, "files": [path] }));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("BEGIN:VCALENDAR"));
}

#[test]
fn a_door_is_closed_opened_again_and_gone_through() {
    for (arguments, closed) in
        [(["door", "close", VISIT].as_slice(), true), (&["door", "close", VISIT, "--undo"], false)]
    {
        let stage = Stage::new(vec![(EDITS, saved())]);
        let ended = stage.rounds(&[arguments, &["--json"]].concat());
        assert_eq!(ended.json(), json!({ "schema": 1, "document": VISIT, "closed": closed }));
        assert_eq!(stage.next().body, json!({ "edit": { "verb": "close_door", "closed": closed } }));
    }
    let stage = Stage::new(vec![(COME, saved())]);
    assert_eq!(stage.rounds(&["door", "come", VISIT, "--json"]).json(), json!({ "schema": 1, "document": VISIT }));
    let gone = Answer::Json(404, problem("not_found", "there is no such document here"));
    let ended = Stage::new(vec![(COME, gone)]).rounds(&["door", "come", VISIT]);
    assert_eq!((ended.code, ended.err.contains("hint: rounds door list")), (1, true), "{ended:?}");
}
