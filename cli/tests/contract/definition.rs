//! Decides whether arguments are understood, or refused with exit code 2 and a way on.

use std::path::Path;

use crate::stage::{VISIT, rounds};

fn nowhere(arguments: &[&str]) -> crate::stage::Ended {
    rounds(Path::new("/nonexistent/rounds"), arguments)
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [["--help"].as_slice(), &["-h"], &["--version"], &["text", "append", "--help"]] {
        let ended = nowhere(arguments);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{arguments:?}");
        assert!(!ended.out.is_empty());
    }
    assert!(nowhere(&["--help"]).out.contains("130  interrupted"));
}

#[test]
fn what_cannot_be_meant_is_a_usage_error_with_a_hint() {
    let wrong: [&[&str]; 21] = [
        &["dance"],
        &["run", "--http", "0.0.0.0:4477"],
        &["run", "--listen", "4478"],
        &["run", "--discovery", "loud"],
        &["run", "--name", " "],
        &["pair"],
        &["pair", "accept"],
        &["pair", "accept", "12-code", "--at", "staff-room"],
        &["pair", "offer", "--timeout", "120"],
        &["visit", "propose"],
        &["visit", "propose", "--with", "Ben", "--as", "guest"],
        &["visit", "propose", "--with", "Ben", "--when", "tomorrow"],
        &["visit", "propose", "--with", "Ben", "--length", "90s"],
        &["documents", "show", "not-an-id"],
        &["documents", "list", "--kind", "diary"],
        &["text", "append", VISIT],
        &["text", "append", VISIT, "Not A Field", "words"],
        &["text", "append", VISIT, "words", "--timeout", "30s"],
        &["share", VISIT, "--with", "Ben", "--as", "owner"],
        &["export", "--format", "md", "-o", "x"],
        &["export", VISIT, "--format", "pdf", "-o", "x"],
    ];
    for arguments in wrong {
        let ended = nowhere(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert_eq!(ended.out, "");
        let lines: Vec<&str> = ended.err.lines().collect();
        assert!(lines[0].starts_with("error: "), "{arguments:?}: {ended:?}");
        assert!(lines[1].starts_with("hint: rounds"), "{arguments:?}: {ended:?}");
        assert_eq!(lines.len(), 2, "{arguments:?}: {ended:?}");
    }
}

#[test]
fn with_json_even_a_usage_error_is_an_object() {
    let ended = nowhere(&["text", "append", "--json"]);
    assert_eq!(ended.code, 2);
    let error = ended.error();
    assert_eq!(error["schema"], 1);
    assert_eq!(error["error"]["code"], "usage");
    assert_eq!(error["error"]["hint"], "rounds text append --help");
    assert_eq!(nowhere(&["--json"]).error()["error"]["code"], "usage");
}

#[test]
fn alone_it_shows_its_help_and_says_that_a_command_is_missing() {
    let ended = nowhere(&[]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("Usage: rounds"));
}

#[test]
fn what_is_not_built_yet_is_absent() {
    for command in ["bundle", "backup", "restore", "doctor", "service", "help"] {
        assert_eq!(nowhere(&[command]).code, 2, "{command}");
        assert!(!nowhere(&["--help"]).out.contains(&format!("\n  {command} ")), "{command}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = nowhere(&["completions", shell]);
        assert_eq!(ended.code, 0);
        assert!(ended.out.contains("rounds") && ended.out.contains("holders"), "{shell}");
    }
    let json = nowhere(&["completions", "bash", "--json"]).json();
    assert_eq!(json["schema"], 1);
    assert!(json["script"].as_str().unwrap().contains("rounds"));
}

#[test]
fn every_command_gets_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    let ended = nowhere(&["man", "-o", pages.to_str().unwrap()]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for page in ["rounds.1", "rounds-pair.1", "rounds-pair-offer.1", "rounds-text-append.1", "rounds-export.1"] {
        assert!(std::fs::read_to_string(pages.join(page)).unwrap().contains(".TH"), "{page}");
    }
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    assert_eq!(nowhere(&["man", "-o", blocked.to_str().unwrap()]).code, 1);
}

#[test]
fn the_written_contract_names_every_command() {
    let contract = include_str!("../../../docs/cli.md");
    let help = nowhere(&["--help"]).out;
    let commands = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names: Vec<&str> = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() >= 15, "{names:?}");
    for name in names {
        assert!(contract.contains(&format!("rounds {name}")), "docs/cli.md does not name {name}");
    }
}
