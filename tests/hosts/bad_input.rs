//! Decides whether what people get wrong gets a clear answer, the contract's exit code, and changes nothing.

use std::fs;

use rounds_tests::lan::{Answer, School};

/// A document id of the right form that nobody has.
const UNKNOWN_DOCUMENT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Another code with the same offer number: every digit of the secret is the next one.
fn wrong(code: &str) -> String {
    let next = |letter: char| match letter.to_digit(10) {
        Some(digit) => char::from_digit((digit + 1) % 10, 10).expect("a digit"),
        None => letter,
    };
    let (number, secret) = code.split_once('-').expect("a number and a secret");
    format!("{number}-{}", secret.chars().map(next).collect::<String>())
}

fn has_message_and_hint(answer: &Answer) {
    let error = answer.error();
    for part in ["message", "hint"] {
        assert!(error[part].as_str().is_some_and(|words| !words.is_empty()), "no {part}: {}", answer.err);
    }
}

#[test]
fn a_wrong_code_is_refused_changes_and_three_close_the_offer() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.start();
    ben.start();
    let mut offer = ana.offer();
    let at = ana.address();
    for failure in 1..=3 {
        let code = offer.code.clone();
        let refused = ben.rounds(&["pair", "accept", &wrong(&code), "--at", &at]);
        assert_eq!(refused.refusal(), (5, "wrong_code".to_owned()), "failure {failure}");
        has_message_and_hint(&refused);
        if failure < 3 {
            offer.next_code();
            assert_ne!(offer.code, code, "a code is used once");
            let old = ben.rounds(&["pair", "accept", "--at", &at, "not a code"]);
            assert_eq!(old.refusal(), (2, "bad_request".to_owned()), "what is no code is not tried");
        }
    }
    let last = offer.code.clone();
    let closed = offer.ended();
    assert_eq!(closed.refusal(), (5, "wrong_code".to_owned()));
    has_message_and_hint(&closed);

    // Nobody paired, and the code that was shown last opens nothing any more.
    assert_eq!(ben.rounds(&["pair", "accept", &last, "--at", &at]).code, Some(4));
    for host in [&ana, &ben] {
        assert_eq!(host.rounds(&["people"]).json()["people"], serde_json::json!([]));
    }

    // A fresh offer works.
    ana.pair_with(&ben);
}

#[test]
fn an_old_code_does_not_pair() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.start();
    ben.start();
    let mut offer = ana.offer();
    let old = offer.code.clone();
    assert_eq!(ben.rounds(&["pair", "accept", &wrong(&old)]).code, Some(5));
    offer.next_code();
    assert_eq!(ben.rounds(&["pair", "accept", &old]).code, Some(5), "the consumed code");
    offer.next_code();
    ben.rounds(&["pair", "accept", &offer.code]).fine();
    assert_eq!(offer.paired(), "Ben");
}

#[test]
fn nobody_to_pair_with_is_said() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.start();
    let nobody = ana.rounds(&["pair", "accept", "42-381-5096"]);
    assert_eq!(nobody.refusal(), (4, "nobody_reachable".to_owned()));
    has_message_and_hint(&nobody);
    // Ben's computer is on, his daemon is not; then it is, and offers nothing.
    let silent = ana.rounds(&["pair", "accept", "42-381-5096", "--at", &ben.address()]);
    assert_eq!(silent.code, Some(4));
    has_message_and_hint(&silent);
    ben.start();
    let no_offer = ana.rounds(&["pair", "accept", "42-381-5096", "--at", &ben.address()]);
    assert_eq!(no_offer.code, Some(4));
    has_message_and_hint(&no_offer);
    let garbled = ana.rounds(&["pair", "accept", "forty-two"]);
    assert_eq!(garbled.refusal(), (2, "bad_request".to_owned()));
    has_message_and_hint(&garbled);
}

#[test]
fn unknown_names_and_documents_are_not_found() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.start();
    ben.start();
    ana.pair_with(&ben);
    let visit = ana.propose_visit(&ben);

    let commands: [&[&str]; 5] = [
        &["visit", "propose", "--with", "Dara"],
        &["share", &visit, "--with", "Dara", "--as", "reader"],
        &["unshare", &visit, "--with", "Dara"],
        &["text", "append", &visit, "Hello.", "--delivered", "Dara"],
        &["people", "remove", "Dara"],
    ];
    for command in commands {
        let answer = ana.rounds(command);
        assert_eq!(answer.refusal(), (1, "not_found".to_owned()), "{command:?}");
        has_message_and_hint(&answer);
    }
    assert_eq!(ana.reads(&visit), "", "nothing was written that could not be delivered to anybody");

    for command in [["text", "show", UNKNOWN_DOCUMENT], ["documents", "show", UNKNOWN_DOCUMENT]] {
        let answer = ana.rounds(&command);
        assert_eq!(answer.refusal(), (1, "not_found".to_owned()));
        has_message_and_hint(&answer);
    }
    let no_id = ana.rounds(&["text", "show", "the-visit-on-monday"]);
    assert_eq!(no_id.refusal(), (2, "usage".to_owned()));
    has_message_and_hint(&no_id);
    let no_field = ana.rounds(&["text", "show", &visit, "chorus"]);
    assert_ne!(no_field.code, Some(0), "a visit has no such text");
    has_message_and_hint(&no_field);
    assert_eq!(ana.documents(), ana.documents(), "and all is as it was");
    assert_eq!(ana.rounds(&["people"]).json()["people"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_stopped_daemon_is_said() {
    let Some([mut ana]) = School::with(["Ana"]) else { return };
    let never = ana.rounds(&["status"]);
    assert_eq!(never.refusal(), (3, "no_daemon".to_owned()), "before the first start");
    has_message_and_hint(&never);
    assert!(!ana.data().exists(), "asking makes nothing");
    ana.start();
    ana.status();
    assert_eq!(ana.stop().code(), Some(0));
    assert_eq!(ana.rounds(&["status"]).refusal(), (3, "no_daemon".to_owned()), "after a stop");
    ana.start();
    ana.kill();
    let commands: [&[&str]; 4] = [&["status"], &["documents"], &["pair", "offer"], &["open", "--print"]];
    for command in commands {
        let answer = ana.rounds(command);
        assert_eq!(answer.refusal(), (3, "no_daemon".to_owned()), "after a kill: {command:?}");
        has_message_and_hint(&answer);
    }
    ana.start();
    ana.status();
}

#[test]
fn a_taken_port_and_a_taken_folder_are_said() {
    let Some([mut ana]) = School::with(["Ana"]) else { return };
    let first = ana.start();

    for elsewhere in [&["--http", "127.0.0.1:0", "--listen", "0.0.0.0:0"][..], &[]] {
        let second = ana.try_to_run(elsewhere);
        assert_eq!(second.refusal(), (1, "not_started".to_owned()));
        has_message_and_hint(&second);
        assert!(second.err.contains("another daemon is using"), "{}", second.err);
    }
    assert_eq!(ana.status()["http"], first.http, "the first one goes on");

    let elsewhere = tempfile::tempdir().expect("a folder");
    let folder = elsewhere.path().join("data");
    let folder = folder.to_str().expect("a path");
    let page = ana.try_to_run(&["--data", folder, "--listen", "0.0.0.0:0"]);
    assert_eq!(page.refusal(), (1, "not_started".to_owned()));
    has_message_and_hint(&page);
    assert!(page.err.contains("127.0.0.1:4477"), "it names the address: {}", page.err);
    let partners = ana.try_to_run(&["--data", folder, "--http", "127.0.0.1:0"]);
    assert_eq!(partners.refusal(), (1, "not_started".to_owned()));
    has_message_and_hint(&partners);
    assert!(partners.err.contains(":4478"), "it names the address: {}", partners.err);
    ana.status();
}

#[test]
fn a_folder_of_a_newer_version_is_left_as_it_is() {
    let Some([mut ana]) = School::with(["Ana"]) else { return };
    let person = ana.start().person;
    ana.stop();
    let keys = ana.data().join("keys");
    let old = fs::read(&keys).expect("the keys");
    let newer =
        [b"rounds keys 2\n", &old[old.iter().position(|byte| *byte == b'\n').expect("a first line") + 1..]].concat();
    assert!(old.starts_with(b"rounds keys 1\n"), "the form this version writes");
    fs::write(&keys, &newer).expect("written");
    let journal = fs::read(ana.data().join("journal.redb")).expect("the journal");

    let refused = ana.try_to_run(&[]);
    assert_eq!(refused.refusal(), (1, "not_started".to_owned()));
    has_message_and_hint(&refused);
    assert!(refused.err.contains("newer version"), "{}", refused.err);
    assert_eq!(fs::read(&keys).expect("the keys"), newer, "nothing was changed");
    assert_eq!(fs::read(ana.data().join("journal.redb")).expect("the journal"), journal, "nothing was changed");

    fs::write(&keys, &old).expect("written");
    assert_eq!(ana.start().person, person, "the version that made it opens it");
}

#[test]
fn foreign_files_are_refused() {
    let Some([mut ana]) = School::with(["Ana"]) else { return };
    // A journal that is none.
    ana.start();
    ana.stop();
    let journal = ana.data().join("journal.redb");
    let whole = fs::read(&journal).expect("the journal");
    fs::write(&journal, b"not a journal").expect("written");
    let damaged = ana.try_to_run(&[]);
    assert_eq!(damaged.refusal(), (1, "not_started".to_owned()));
    has_message_and_hint(&damaged);
    assert_eq!(fs::read(&journal).expect("the journal"), b"not a journal", "it is left for whoever knows what it is");
    // Keys that are none.
    fs::write(&journal, &whole).expect("written");
    let keys = ana.data().join("keys");
    let kept = fs::read(&keys).expect("the keys");
    fs::write(&keys, b"not keys").expect("written");
    let no_keys = ana.try_to_run(&[]);
    assert_eq!(no_keys.refusal(), (1, "not_started".to_owned()));
    has_message_and_hint(&no_keys);
    assert_eq!(fs::read(&keys).expect("the keys"), b"not keys");
    fs::write(&keys, &kept).expect("written");
    ana.start();
    ana.status();
}
