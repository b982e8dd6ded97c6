//! Decides whether the daemon of a data folder is found, and nobody else is taken for it.

use std::net::TcpListener;

use serde_json::json;

use crate::stage::{Answer, Stage, announce, rounds};

fn status() -> serde_json::Value {
    json!({
        "schema": 1, "version": "0.1.0", "person": { "id": "aaaa", "name": "Ana" }, "device": "dddd",
        "data": "/home/ana/rounds", "http": "127.0.0.1:4477", "listen": ["0.0.0.0:4478"],
        "storage": { "saving": true, "reason": null, "key_protection": "file", "bytes": 2048 },
        "network": { "discovery": true, "addresses": ["192.0.2.7:4478"] },
        "partners": [], "documents": { "count": 0, "quarantined": 0 },
    })
}

#[test]
fn no_daemon_is_exit_code_3_and_says_how_to_start_one() {
    let folder = tempfile::tempdir().unwrap();
    let ended = rounds(folder.path(), &["status"]);
    assert_eq!(ended.code, 3);
    assert!(ended.err.starts_with("error: no daemon is running for "), "{ended:?}");
    assert!(ended.err.ends_with("\nhint: rounds run\n"), "{ended:?}");
    let error = rounds(folder.path(), &["--json", "status"]).error();
    assert_eq!(error["error"]["code"], "no_daemon");
    assert_eq!(error["error"]["hint"], "rounds run");
}

#[test]
fn every_command_that_needs_a_daemon_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let id = crate::stage::VISIT;
    let commands: [&[&str]; 24] = [
        &["open"],
        &["open", "--print"],
        &["status"],
        &["lock"],
        &["unlock", "-"],
        &["pair", "offer"],
        &["pair", "accept", "12-code"],
        &["people"],
        &["people", "remove", "Ben"],
        &["visit", "propose", "--with", "Ben"],
        &["notes", "begin", id],
        &["notes", "release", id],
        &["debrief", "talked", id],
        &["documents"],
        &["documents", "show", id],
        &["documents", "delete", id],
        &["text", "show", id],
        &["text", "append", id, "words"],
        &["share", id, "--with", "Ben", "--as", "reader"],
        &["unshare", id, "--with", "Ben"],
        &["holders", id],
        &["history", id],
        &["search", "wait"],
        &["export", id, "--format", "md", "-o", "/nonexistent/x"],
    ];
    for command in commands {
        assert_eq!(rounds(folder.path(), command).code, 3, "{command:?}");
    }
}

#[test]
fn the_data_option_wins_over_the_environment() {
    let stage = Stage::new(vec![("GET /api/v1/status", Answer::Json(200, status()))]);
    let empty = tempfile::tempdir().unwrap();
    let ended = rounds(empty.path(), &["--data", stage.folder().to_str().unwrap(), "status"]);
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn a_dead_daemon_counts_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    announce(folder.path(), gone, std::process::id());
    assert_eq!(rounds(folder.path(), &["status"]).code, 3);
}

#[cfg(unix)]
#[test]
fn the_token_of_a_dead_daemon_goes_to_nobody() {
    let stage = Stage::new(vec![]);
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let dead = child.id();
    child.wait().unwrap();
    announce(stage.folder(), stage.address(), dead);
    assert_eq!(stage.rounds(&["status"]).code, 3);
    assert_eq!(stage.all(), [], "nothing was asked");
}

#[test]
fn another_program_on_the_port_is_not_our_daemon() {
    let stage = Stage::new(vec![]);
    std::fs::write(stage.folder().join("cli.token"), "another token").unwrap();
    let ended = stage.rounds(&["status"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.err.contains("is not the daemon of this data folder"));
}

#[test]
fn a_damaged_announcement_counts_as_none_and_a_newer_one_says_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("daemon.json"), "{").unwrap();
    assert_eq!(rounds(folder.path(), &["status"]).code, 3);
    let newer = json!({ "schema": 2, "http": "127.0.0.1:1", "pid": 1, "token_file": "cli.token" });
    std::fs::write(folder.path().join("daemon.json"), newer.to_string()).unwrap();
    let ended = rounds(folder.path(), &["status"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("another version"));
}

#[test]
fn a_daemon_that_dies_on_the_way_leaves_the_outcome_open() {
    let stage = Stage::new(vec![("GET /api/v1/status", Answer::Cut)]);
    let ended = stage.rounds(&["status"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("may or may not have been saved"), "{ended:?}");
}

#[test]
fn an_answer_of_another_form_is_an_error_not_a_panic() {
    for answer in [Answer::Bytes(b"<html>".to_vec()), Answer::Json(200, json!({ "schema": 1 }))] {
        let stage = Stage::new(vec![("GET /api/v1/status", answer)]);
        let ended = stage.rounds(&["status"]);
        assert_eq!(ended.code, 1);
        assert!(ended.err.contains("does not know"), "{ended:?}");
    }
}

#[test]
fn status_is_told_in_words_or_as_the_daemon_gave_it() {
    let stage = Stage::new(vec![
        ("GET /api/v1/status", Answer::Json(200, status())),
        ("GET /api/v1/status", Answer::Json(200, status())),
    ]);
    let words = stage.rounds(&["status"]).out;
    assert!(words.starts_with("Rounds is running for Ana.\n"), "{words}");
    assert!(!words.contains('\u{1b}'), "no colour where nobody looks");
    assert_eq!(stage.rounds(&["status", "--json"]).json(), status());
}
