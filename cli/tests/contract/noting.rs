//! Decides whether notes are begun, taken, released and answered as the contract says.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::stage::{Answer, BEN, CHIDI, Stage, VISIT, problem, visit};

const NOTES: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const SHOW: &str = "GET /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const EDITS: &str = "POST /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/edits";
const RELEASE: &str = "POST /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/release";
const SHOW_VISIT: &str = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const VISIT_EDITS: &str = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/edits";

fn saved() -> Answer {
    Answer::Json(200, json!({ "schema": 1, "document": NOTES, "saved": true, "delivered_to": [] }))
}

/// Notes with two marks, taken in the visit.
fn notes() -> Answer {
    let model = json!({
        "kind": "note_set", "title": null, "visit": VISIT, "own_lesson_ms": null, "observed_ms": 600_000, "notes": "", "released": [],
        "instrument": { "id": "talk", "version": 1, "title": "Kinds of question", "shape": "tally", "labels": ["Asks why"] },
        "events": [
            { "id": "one", "at_ms": 5_000, "label": "Asks why", "text": "" },
            { "id": "only", "at_ms": 65_000, "speaker": "students", "text": "In pairs", "mark": { "kind": "seat", "seat": "A" } },
        ],
    });
    let figures = json!({ "length_ms": 600_000, "tables": [
        { "measure": "share_of_time", "unit": "thousandths", "columns": [], "rows": [{ "name": { "label": "Asks why" }, "values": [335] }] },
    ]});
    Answer::Json(
        200,
        json!({
            "schema": 1, "id": NOTES, "kind": "note_set", "role": "owner", "model": model, "problems": [], "figures": figures,
            "texts": [{ "field": "notes", "text": "A quiet start." }], "people": [],
        }),
    )
}

fn me() -> (&'static str, Answer) {
    ("GET /api/v1/status", Answer::Json(200, json!({ "schema": 1, "person": { "id": CHIDI, "name": "Chidi" } })))
}

fn library() -> (&'static str, Answer) {
    let said = |words: &str| json!({ "en": words, "es": format!("{words} (es)") });
    let instrument = |id: &str, shape: &str, more: Value| {
        let mut one = json!({
            "id": id, "version": 2, "shape": shape, "title": said("Who speaks"), "answers": said("Who?"), "caution": said("Care"),
            "labels": [said("Asks")], "source": "a book",
        });
        more.as_object().unwrap().iter().for_each(|(key, value)| one[key] = value.clone());
        one
    };
    let map = json!({ "seats": { "map": true, "least": 1, "most": 400 } });
    let instruments =
        json!([instrument("flow", "turn", map), instrument("types", "tally", json!({ "labels_most": 2 }))]);
    ("GET /api/v1/instruments", Answer::Json(200, json!({ "schema": 1, "instruments": instruments })))
}

#[test]
fn plain_notes_are_begun_in_one_question() {
    let stage = Stage::new(vec![("POST /api/v1/documents", saved())]);
    assert_eq!(stage.rounds(&["notes", "begin", VISIT, "--json"]).json(), json!({ "schema": 1, "document": NOTES }));
    assert_eq!(stage.next().body, json!({ "kind": "note_set", "visit": VISIT }));

    let stage = Stage::new(vec![("POST /api/v1/documents", saved())]);
    assert_eq!(stage.rounds(&["notes", "begin", "--title", "My own", "-q"]).out, format!("{NOTES}\n"));
    assert_eq!(stage.next().body, json!({ "kind": "note_set", "title": "My own" }));
}

#[test]
fn an_instrument_is_set_up_and_frozen() {
    let stage = Stage::new(vec![library(), ("POST /api/v1/documents", saved()), (EDITS, saved())]);
    let words = ["notes", "begin", VISIT, "--instrument", "flow", "--seats", "1x2", "--language", "es", "--json"];
    assert_eq!(stage.rounds(&words).json()["document"], NOTES);
    stage.next();
    assert_eq!(stage.next().body["title"], "Who speaks (es)");
    let instrument = &stage.next().body["edit"]["instrument"];
    let seats = json!([{ "id": "1", "x": 90, "y": 565 }, { "id": "2", "x": 910, "y": 565 }]);
    assert_eq!(
        (&instrument["version"], &instrument["seats"], &instrument["labels"]),
        (&json!(2), &seats, &json!(["Asks (es)"]))
    );

    // What cannot be observed with leaves nothing behind.
    let refused = Answer::Json(400, problem("bad_request", "words of praise or blame rate people"));
    let gone = ("DELETE /api/v1/documents/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", saved());
    let stage = Stage::new(vec![library(), ("POST /api/v1/documents", saved()), (EDITS, refused), gone]);
    let labels = ["notes", "begin", VISIT, "--instrument", "types", "--label", "Weak", "--label", "Good"];
    let ended = stage.rounds(&labels);
    assert_eq!((ended.code, ended.err.contains("rate people"), stage.all().len()), (2, true, 4), "{ended:?}");

    for wrong in [
        ["--instrument", "nothing"].as_slice(),
        &["--instrument", "flow"],
        &["--instrument", "types", "--seats", "3"],
        &["--instrument", "flow", "--seats", "2x2", "--label", "Shouts"],
        &["--instrument", "types", "--label", "a", "--label", "b", "--label", "c"],
    ] {
        let stage = Stage::new(vec![library()]);
        let ended = stage.rounds(&[&["notes", "begin", VISIT], wrong].concat());
        assert!(ended.code != 0 && ended.err.contains("hint: rounds notes"), "{wrong:?}: {ended:?}");
        assert_eq!(stage.all().len(), 1, "nothing is begun");
    }
    for wrong in [["--seats", "3"].as_slice(), &["--now"], &["--instrument", "flow", "--seats", "50x50"]] {
        let ended = Stage::new(vec![]).rounds(&[&["notes", "begin"], wrong].concat());
        assert_eq!(ended.code, 2, "{wrong:?}: {ended:?}");
    }
}

#[test]
fn instruments_are_listed_with_their_questions() {
    let plain = Stage::new(vec![library()]).rounds(&["notes", "instruments", "--language", "es"]).out;
    assert_eq!(plain.lines().next(), Some("flow   Who speaks (es)  Who? (es)"));
}

#[test]
fn a_lesson_that_begins_now_is_begun_in_the_visit_too() {
    let begin = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/edits";
    let stage = Stage::new(vec![
        ("POST /api/v1/documents", saved()),
        (SHOW_VISIT, visit(Value::Null)),
        (begin, saved()),
        (begin, saved()),
    ]);
    assert_eq!(stage.rounds(&["notes", "begin", VISIT, "--now"]).code, 0);
    let seen = stage.all();
    let said: Vec<&Value> = seen.iter().rev().take(2).map(|seen| &seen.body["edit"]["verb"]).collect();
    assert_eq!(said, [&json!("join"), &json!("begin")]);
    let begun = (SHOW_VISIT, visit(json!(1_000)));
    let stage = Stage::new(vec![("POST /api/v1/documents", saved()), begun, (begin, saved())]);
    assert_eq!(stage.rounds(&["notes", "begin", VISIT, "--now"]).code, 0, "what has begun is not begun again");
}

#[test]
fn lines_and_marks_are_put_down_at_their_moment() {
    let stage = Stage::new(vec![(EDITS, saved())]);
    let ended = stage.rounds(&["notes", "line", NOTES, "- two hands", "--at", "4:05", "--json"]);
    let edit = stage.next().body["edit"].clone();
    assert_eq!(ended.json(), json!({ "schema": 1, "document": NOTES, "mark": edit["event"]["id"], "at_ms": 245_000 }));
    assert_eq!((&edit["verb"], &edit["event"]["text"]), (&json!("add_event"), &json!("- two hands")));

    let stage = Stage::new(vec![(EDITS, saved())]);
    let mark = r#"{"kind":"turn","from":"teacher","to":"3"}"#;
    let words =
        ["notes", "mark", NOTES, "Asks", "--at", "1:00:00", "--speaker", "teacher", "--text", "Why?", "--mark", mark];
    assert_eq!(stage.rounds(&words).code, 0);
    let event = stage.next().body["edit"]["event"].clone();
    assert_eq!(
        (&event["label"], &event["speaker"], &event["text"]),
        (&json!("Asks"), &json!("teacher"), &json!("Why?"))
    );
    assert_eq!((&event["at_ms"], &event["mark"]["to"]), (&json!(3_600_000), &json!("3")));

    for wrong in [
        ["line", NOTES].as_slice(),
        &["line", NOTES, "x", "--at", "noon"],
        &["mark", NOTES],
        &["mark", NOTES, "--speaker", "teacher"],
        &["mark", NOTES, "Asks", "--speaker", "Ben"],
        &["mark", NOTES, "--mark", r#"{"kind":"score","value":4}"#],
    ] {
        let ended = Stage::new(vec![]).rounds(&[&["notes"], wrong].concat());
        assert_eq!((ended.code, ended.err.contains("hint: rounds notes")), (2, true), "{wrong:?}: {ended:?}");
    }
}

#[test]
fn without_a_moment_it_is_now_while_the_visit_goes_on_else_as_late_as_the_last_mark() {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let at = |began: Value| {
        let stage = Stage::new(vec![(SHOW, notes()), (SHOW_VISIT, visit(began)), (EDITS, saved())]);
        stage.rounds(&["notes", "line", NOTES, "x", "--json"]).json()["at_ms"].as_i64().unwrap()
    };
    let live = at(json!(now - 600_000));
    assert!((600_000..660_000).contains(&live), "{live}");
    assert_eq!(at(Value::Null), 65_000, "it has not begun");
    assert_eq!(at(json!(1_000)), 65_000, "it began so long ago that it is over");
    assert_eq!(at(json!(now + 600_000)), 65_000, "a clock that is off takes no time away");
}

#[test]
fn notes_are_shown_mark_by_mark_and_one_can_be_taken_back() {
    let out = Stage::new(vec![(SHOW, notes())]).rounds(&["notes", "show", NOTES]).out;
    for said in [
        "Kinds of question (owner)\n",
        "observed for 10:00\n",
        "0:05  one   Asks why\n",
        "1:05  only  students, seat A  In pairs\n",
        "notes:\nA quiet start.\n",
    ] {
        assert!(out.contains(said), "{said:?} in {out}");
    }
    let stage = Stage::new(vec![(SHOW, notes()), (EDITS, saved())]);
    assert_eq!(stage.rounds(&["notes", "remove", NOTES, "onl", "--json"]).json()["mark"], "only");
    stage.next();
    assert_eq!(stage.next().body["edit"], json!({ "verb": "remove_event", "id": "only" }));
    assert_eq!(Stage::new(vec![(SHOW, notes())]).rounds(&["notes", "remove", NOTES, "on"]).code, 2);
    assert_eq!(Stage::new(vec![(SHOW, notes())]).rounds(&["notes", "remove", NOTES, "x"]).code, 1);
    let other = Stage::new(vec![(SHOW, visit(Value::Null))]).rounds(&["notes", "show", NOTES]);
    assert_eq!((other.code, other.err.contains("hint: rounds notes list")), (2, true), "{other:?}");
}

#[test]
fn figures_are_tables_and_the_length_is_said_by_hand() {
    let out = Stage::new(vec![(SHOW, notes())]).rounds(&["notes", "figures", NOTES]).out;
    assert_eq!(out, "share of time:\nAsks why  34 %\n");
    let json = Stage::new(vec![(SHOW, notes())]).rounds(&["notes", "figures", NOTES, "--json"]).json();
    assert_eq!(json["figures"]["tables"][0]["rows"][0]["values"], json!([335]));
}

#[test]
fn whoever_ends_observing_leaves_a_visit_that_goes_on() {
    let over = Stage::new(vec![(EDITS, saved()), (SHOW, notes()), (SHOW_VISIT, visit(Value::Null))]);
    assert_eq!(over.rounds(&["notes", "end", NOTES, "25"]).code, 0);
    assert_eq!(over.next().body["edit"], json!({ "verb": "end_observing", "observed_ms": 1_500_000 }));
    assert_eq!(over.all().len(), 2, "typed in later, it says nothing of the visit");

    let goes_on = vec![(EDITS, saved()), (SHOW, notes()), (SHOW_VISIT, visit(json!(1_700_000_000_000_i64))), me()];
    let said = [(VISIT_EDITS, saved())];
    let stage = Stage::new(goes_on.into_iter().chain(said).collect());
    assert_eq!(stage.rounds(&["notes", "end", NOTES, "25"]).code, 0);
    let said: Vec<Value> = stage.all().into_iter().map(|one| one.body["edit"]["verb"].clone()).collect();
    assert_eq!(said, [json!("end_observing"), Value::Null, Value::Null, Value::Null, json!("leave")]);
}

#[test]
fn nothing_is_released_before_it_is_said_to_whom() {
    let asked = || vec![(SHOW, notes()), (SHOW_VISIT, visit(Value::Null)), me()];
    let stage = Stage::new(asked());
    let ended = stage.rounds(&["notes", "release", NOTES]);
    assert_eq!((ended.code, stage.all().len()), (2, 3), "{ended:?}");
    assert!(ended.err.contains("cannot be called back") && ended.err.contains("to: Ben\n"), "{ended:?}");
    assert!(ended.err.contains(&format!("hint: rounds notes release {NOTES} --yes")), "{ended:?}");

    let released = Answer::Json(200, json!({ "schema": 1, "document": "d", "saved": true, "delivered_to": [] }));
    let stage = Stage::new([asked(), vec![(RELEASE, released)]].into_iter().flatten().collect());
    let answer = stage.rounds(&["notes", "release", NOTES, "--yes", "--json"]).json();
    assert_eq!(answer, json!({ "schema": 1, "document": "d", "released_to": [{ "id": BEN, "name": "Ben" }] }));
    let theirs = Stage::new(vec![(SHOW, visit(Value::Null))]).rounds(&["notes", "release", NOTES, "--yes"]);
    assert_eq!(theirs.code, 2, "{theirs:?}");
}

#[test]
fn released_notes_are_answered_as_a_whole_or_at_a_line_or_mark() {
    let answer = |more: &[&str], script: Vec<(&'static str, Answer)>| {
        let stage = Stage::new(script);
        let ended = stage.rounds(&[&["notes", "answer", NOTES, "Yes"], more].concat());
        assert_eq!(ended.code, 0, "{ended:?}");
        stage.all().pop().unwrap().body["edit"]["to"].clone()
    };
    assert_eq!(answer(&[], vec![(EDITS, saved())]), json!("whole"));
    assert_eq!(answer(&["--line", "3"], vec![(EDITS, saved())]), json!({ "line": 2 }));
    assert_eq!(answer(&["--mark", "onl"], vec![(SHOW, notes()), (EDITS, saved())]), json!({ "event": "only" }));
    for wrong in [["--line", "0"].as_slice(), &["--line", "1", "--mark", "one"]] {
        assert_eq!(Stage::new(vec![]).rounds(&[&["notes", "answer", NOTES, "Yes"], wrong].concat()).code, 2);
    }
}

#[test]
fn held_and_released_notes_are_listed_together() {
    let row = |kind: &str, unread: bool| json!({ "id": NOTES, "kind": kind, "title": "Wait time", "with": [], "updated_ms": 0, "unread": unread });
    let list =
        |kind: &str, unread| Answer::Json(200, json!({ "schema": 1, "documents": [row(kind, unread)], "next": null }));
    let of_visit = vec![
        (
            "GET /api/v1/documents?limit=500&kind=note_set&visit=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            list("note_set", false),
        ),
        (
            "GET /api/v1/documents?limit=500&kind=released_notes&visit=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            list("released_notes", true),
        ),
    ];
    let out = Stage::new(of_visit).rounds(&["notes", "list", VISIT]).out;
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].contains("note set") && lines[1].contains("released notes") && lines[1].contains("new"), "{out}");
}
