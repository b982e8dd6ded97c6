//! Decides whether locking asks for the right thing, and whether a passphrase reaches the daemon and nobody else.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::stage::{Answer, Ended, Stage, command, problem};

fn state(locked: bool) -> Answer {
    Answer::Json(200, json!({ "schema": 1, "locked": locked, "passphrase": true, "idle_minutes": 5 }))
}

#[test]
fn lock_locks() {
    let stage = Stage::new(vec![("POST /api/v1/lock", state(true)), ("POST /api/v1/lock", state(true))]);
    assert_eq!(stage.rounds(&["lock", "--json"]).json(), json!({ "locked": true, "schema": 1 }));
    let ended = stage.rounds(&["lock"]);
    assert_eq!((ended.code, ended.out.contains("rounds unlock")), (0, true), "{ended:?}");
}

#[test]
fn without_a_passphrase_it_cannot() {
    let refusal = Answer::Json(409, problem("conflict", "there is no passphrase, so nothing would open it again"));
    let stage = Stage::new(vec![("POST /api/v1/lock", refusal)]);
    assert_eq!(stage.rounds(&["lock"]).code, 1);
}

#[test]
fn whatever_is_asked_while_locked_is_refused_with_a_way_on() {
    let body = json!({ "error": { "code": "locked", "message": "Rounds is locked on this computer", "hint": "rounds unlock" } });
    let stage = Stage::new(vec![("GET /api/v1/status", Answer::Json(423, body))]);
    let ended = stage.rounds(&["status"]);
    assert_eq!(ended.code, 5);
    assert_eq!(ended.err, "error: Rounds is locked on this computer\nhint: rounds unlock\n");
}

#[test]
fn the_passphrase_comes_from_standard_input() {
    let stage = Stage::new(vec![("POST /api/v1/unlock", state(false))]);
    let mut unlocking = command(stage.folder(), &["unlock", "-", "--json"]);
    let mut unlocking = unlocking.stdin(Stdio::piped()).spawn().unwrap();
    unlocking.stdin.take().unwrap().write_all(b"correct horse\r\n").unwrap();
    let ended = Ended::of(unlocking.wait_with_output().unwrap());
    assert_eq!(ended.json(), json!({ "locked": false, "schema": 1 }));
    assert_eq!(stage.next().body, json!({ "passphrase": "correct horse" }));
}

#[test]
fn or_from_the_file_that_the_environment_names() {
    let wrong = Answer::Json(403, problem("wrong_passphrase", "that is not the passphrase"));
    let stage = Stage::new(vec![("POST /api/v1/unlock", wrong)]);
    let file = stage.folder().join("phrase");
    std::fs::write(&file, "correct horse\n").unwrap();
    let ended = Ended::of(command(stage.folder(), &["unlock"]).env("ROUNDS_PASSPHRASE_FILE", &file).output().unwrap());
    assert_eq!((ended.code, stage.next().body), (5, json!({ "passphrase": "correct horse" })));
    assert!(!ended.err.contains("horse"));
}

#[test]
fn and_nobody_is_asked_where_there_is_no_terminal() {
    let stage = Stage::new(vec![]);
    let ended = stage.rounds(&["unlock"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.ends_with("hint: rounds unlock -\n"), "{ended:?}");
    assert_eq!(stage.all(), [], "nothing was sent");
    assert_eq!(stage.rounds(&["unlock", "correct horse"]).code, 2, "a passphrase is no argument: others see those");
}
