//! Decides whether words reach the right text, and whether only what is on a disk counts as saved.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::stage::{Answer, BEN, Ended, Stage, VISIT, command, people, problem};

fn kind(kind: &str) -> Answer {
    Answer::Json(
        200,
        json!({ "schema": 1, "id": VISIT, "kind": kind, "model": {}, "texts": [], "role": "owner", "problems": [] }),
    )
}

const DOCUMENT: &str = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const FOCUS: &str = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/texts/focus";
const NOTES: &str = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/texts/notes";

fn saved() -> Answer {
    Answer::Json(200, json!({ "schema": 1, "saved": true, "delivered_to": [] }))
}

#[test]
fn without_a_field_the_main_text_is_meant() {
    let stage = Stage::new(vec![(DOCUMENT, kind("visit")), (FOCUS, saved())]);
    let ended = stage.rounds(&["text", "append", VISIT, "wait time"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "Saved.\n"), "{ended:?}");
    stage.next();
    assert_eq!(stage.next().body, json!({ "append": "wait time" }));
}

#[test]
fn options_may_follow_the_words() {
    for options in [&["--quiet"][..], &["--json"], &["-v"]] {
        let stage = Stage::new(vec![(DOCUMENT, kind("note_set")), (NOTES, saved())]);
        let ended = stage.rounds(&[&["text", "append", VISIT, " Some words."], options].concat());
        assert_eq!(ended.code, 0, "{options:?}: {ended:?}");
        assert_eq!(stage.all().pop().unwrap().body, json!({ "append": " Some words." }));
    }
}

#[test]
fn a_field_can_be_named() {
    let stage = Stage::new(vec![(NOTES, saved())]);
    let ended = stage.rounds(&["text", "set", VISIT, "notes", "09:14 Ana asks"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(stage.next().body, json!({ "set": "09:14 Ana asks" }));
}

#[test]
fn words_may_begin_with_a_dash() {
    for words in [&["- a list"][..], &["--- a line"], &["--", "--vegetables"]] {
        for field in [None, Some("notes")] {
            let mut script = vec![(NOTES, saved())];
            let mut arguments = vec!["text", "append", VISIT];
            match field {
                Some(field) => arguments.push(field),
                None => script.insert(0, (DOCUMENT, kind("note_set"))),
            }
            arguments.extend(words);
            let stage = Stage::new(script);
            let ended = stage.rounds(&arguments);
            assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
            let written = stage.all().pop().unwrap().body;
            assert_eq!(written, json!({ "append": words.last().unwrap() }));
        }
    }
}

#[test]
fn a_mistyped_option_is_never_written_into_a_document() {
    let stage = Stage::new(vec![]);
    for arguments in
        [["append", VISIT, "--jsno"].as_slice(), &["set", VISIT, "notes", "-x"], &["set", VISIT, "a", "--quite"]]
    {
        let ended = stage.rounds(&[&["text"], arguments].concat());
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert!(ended.err.contains("--"), "{ended:?}");
    }
    assert_eq!(stage.all(), []);
}

#[test]
fn a_dash_alone_reads_standard_input_as_it_is() {
    let stage = Stage::new(vec![(NOTES, saved())]);
    let mut command = command(stage.folder(), &["text", "append", VISIT, "notes", "-"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("one\ntwo – dreißig\n".as_bytes()).unwrap();
    assert_eq!(Ended::of(child.wait_with_output().unwrap()).code, 0);
    assert_eq!(stage.next().body, json!({ "append": "one\ntwo – dreißig\n" }));
}

#[test]
fn a_kind_without_a_text_says_so() {
    let stage = Stage::new(vec![(DOCUMENT, kind("profile"))]);
    let ended = stage.rounds(&["text", "append", VISIT, "words"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("a profile has no text"), "{ended:?}");
}

#[test]
fn what_the_disk_refused_is_exit_code_7() {
    let refused = Answer::Json(507, problem("not_saved", "the disk is full"));
    let stage = Stage::new(vec![(NOTES, refused)]);
    let ended = stage.rounds(&["--json", "text", "append", VISIT, "notes", "words"]);
    assert_eq!(ended.code, 7);
    assert_eq!(ended.error()["error"]["code"], "not_saved");
    let claimed = Answer::Json(200, json!({ "schema": 1, "saved": false, "delivered_to": [] }));
    assert_eq!(Stage::new(vec![(NOTES, claimed)]).rounds(&["text", "append", VISIT, "notes", "words"]).code, 7);
}

#[test]
fn delivered_waits_for_that_persons_receipt() {
    let asked = "POST /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/texts/notes?delivered_to=bbbbaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&timeout_seconds=60";
    let held = Answer::Json(200, json!({ "schema": 1, "saved": true, "delivered_to": [BEN] }));
    let stage = Stage::new(vec![("GET /api/v1/people", Answer::Json(200, people())), (asked, held)]);
    let arguments = ["text", "append", VISIT, "notes", "words", "--delivered", "Ben", "--timeout", "1m"];
    let ended = stage.rounds(&arguments);
    assert_eq!((ended.code, ended.out.as_str()), (0, "Saved here, and on Ben's computer.\n"), "{ended:?}");

    let waiting = Answer::Json(200, json!({ "schema": 1, "saved": true, "delivered_to": [] }));
    let stage = Stage::new(vec![("GET /api/v1/people", Answer::Json(200, people())), (asked, waiting)]);
    let ended = stage.rounds(&arguments);
    assert_eq!(ended.code, 4);
    assert!(ended.err.contains("saved here, but Ben's computer has not confirmed it within 60 s"), "{ended:?}");
}

#[test]
fn shown_text_is_the_text_and_nothing_else() {
    let shown = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/texts/notes";
    let answer = Answer::Json(200, json!({ "schema": 1, "text": "no newline at the end", "heads": [] }));
    let stage = Stage::new(vec![(shown, answer)]);
    assert_eq!(stage.rounds(&["text", "show", VISIT, "notes"]).out, "no newline at the end");
}
