//! Decides whether pairing shows its code at once, follows fresh codes, and ends with the right exit code.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::stage::{Answer, BEN, Ended, Stage, problem};

const OFFER: &str = "POST /api/v1/pairing/offers";
const NEWS: &str = "GET /api/v1/pairing/offers/7?wait_seconds=20";
const WITHDRAW: &str = "DELETE /api/v1/pairing/offers/7";

fn offered() -> Answer {
    Answer::Json(
        200,
        json!({ "schema": 1, "offer": 7, "code": "12-first", "addresses": ["192.0.2.7:4478"], "expires_in_seconds": 120 }),
    )
}

fn news(state: &str, code: &str, person: Value, reason: Value) -> Answer {
    Answer::Json(200, json!({ "schema": 1, "state": state, "code": code, "person": person, "reason": reason }))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_offer_prints_its_code_then_its_partner() {
    let stage = Stage::new(vec![
        (OFFER, offered()),
        (NEWS, news("open", "12-first", Value::Null, Value::Null)),
        (NEWS, news("open", "34-second", Value::Null, Value::Null)),
        (NEWS, news("paired", "34-second", json!({ "id": BEN, "name": "Ben" }), Value::Null)),
    ]);
    let ended = stage.rounds(&["--json", "pair", "offer", "--timeout", "2m"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        lines(&ended.out),
        [
            json!({ "schema": 1, "event": "code", "code": "12-first", "addresses": ["192.0.2.7:4478"] }),
            json!({ "schema": 1, "event": "code", "code": "34-second", "addresses": ["192.0.2.7:4478"] }),
            json!({ "schema": 1, "event": "paired", "person": { "id": BEN, "name": "Ben" } }),
        ]
    );
    assert_eq!(stage.next().body, json!({ "timeout_seconds": 120 }));
}

#[test]
fn quietly_an_offer_says_the_code_and_the_name() {
    let stage = Stage::new(vec![
        (OFFER, offered()),
        (NEWS, news("paired", "12-first", json!({ "id": BEN, "name": "Ben" }), Value::Null)),
    ]);
    assert_eq!(stage.rounds(&["-q", "pair", "offer"]).out, "12-first\nBen\n");
}

#[test]
fn an_offer_that_closes_has_the_exit_code_of_its_reason() {
    for (reason, code) in [("nobody paired in time", 4), ("three wrong codes were tried, so the offer was closed", 5)] {
        let stage = Stage::new(vec![
            (OFFER, offered()),
            (NEWS, news("closed", "12-first", Value::Null, json!(reason))),
            (WITHDRAW, Answer::Json(200, json!({}))),
        ]);
        let ended = stage.rounds(&["pair", "offer"]);
        assert_eq!(ended.code, code, "{ended:?}");
        assert!(ended.err.contains("hint: rounds pair offer"));
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_offer_is_withdrawn() {
    let stage = Stage::new(vec![(OFFER, offered()), (NEWS, Answer::Silence), (WITHDRAW, Answer::Json(200, json!({})))]);
    let mut child = stage.start(&["--json", "pair", "offer"]);
    let mut first = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("12-first"), "the code is there while the wait goes on");
    assert_eq!([stage.next().line, stage.next().line], [OFFER, NEWS]);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(stage.next().line, WITHDRAW);
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 130);
    assert_eq!(ended.error()["error"]["code"], "interrupted");
}

#[test]
fn accepting_names_the_partner_and_passes_the_address_on() {
    let answer = json!({ "schema": 1, "person": { "id": BEN, "name": "Ben" } });
    let stage = Stage::new(vec![("POST /api/v1/pairing/accept", Answer::Json(200, answer))]);
    let ended = stage.rounds(&["pair", "accept", "12-first", "--at", "[::1]:4478", "--json"]);
    assert_eq!(ended.json()["person"], json!({ "id": BEN, "name": "Ben" }));
    assert_eq!(stage.next().body, json!({ "code": "12-first", "at": "[::1]:4478" }));
}

#[test]
fn a_wrong_code_and_an_empty_room_differ() {
    for (status, code, exit) in [(403, "wrong_code", 5), (424, "timed_out", 4), (424, "nobody_reachable", 4)] {
        let stage = Stage::new(vec![("POST /api/v1/pairing/accept", Answer::Json(status, problem(code, "no")))]);
        let ended = stage.rounds(&["pair", "accept", "12-first"]);
        assert_eq!(ended.code, exit, "{ended:?}");
        assert!(ended.err.contains("hint: "), "{ended:?}");
    }
}
