//! Decides whether documents leave as files whole, one by one and all at once, or not at all.

use serde_json::json;

use crate::stage::{Answer, Ended, Stage, VISIT, problem};

#[test]
fn an_export_is_written_whole_and_replaces_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visit.automerge");
    std::fs::write(&path, "old").unwrap();
    let asked = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/export?format=automerge";
    let stage = Stage::new(vec![(asked, Answer::Bytes(vec![0x85, 0x6f, 0x4a, 0x83]))]);
    let ended = stage.rounds(&["export", VISIT, "--format", "automerge", "-o", path.to_str().unwrap(), "--json"]);
    assert_eq!(ended.json()["files"], json!([path]));
    assert_eq!(std::fs::read(&path).unwrap(), [0x85, 0x6f, 0x4a, 0x83]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_refused_export_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visit.md");
    std::fs::write(&path, "old").unwrap();
    let asked = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/export?format=md";
    let stage = Stage::new(vec![(asked, Answer::Json(404, problem("not_found", "no such document")))]);
    assert_eq!(stage.rounds(&["export", VISIT, "--format", "md", "-o", path.to_str().unwrap()]).code, 1);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
}

#[test]
fn a_page_to_print_is_written_in_a_language() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("visit.html");
    let asked = "GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/export?format=html&language=es";
    let stage = Stage::new(vec![(asked, Answer::Bytes(b"<!doctype html>".to_vec()))]);
    let asked = ["export", VISIT, "--format", "html", "--language", "es", "-o", path.to_str().unwrap()];
    assert_eq!(stage.rounds(&asked).code, 0);
    assert_eq!(std::fs::read(&path).unwrap(), b"<!doctype html>");
}

/// A daemon with a visit that has no file, notes of it, and a goal.
fn stage_of_three(last: Answer) -> Stage {
    let row = |id: &str, kind: &str, title: &str| {
        json!({ "id": id, "kind": kind, "title": title, "with": [], "updated_ms": 1_772_446_500_000_i64,
            "visit": VISIT, "facts": null })
    };
    let mut visit = row(VISIT, "visit", "Who answers?");
    visit["facts"] = json!({ "when_ms": 1_767_262_500_000_i64 });
    let notes = row("baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "note_set", "<Pauses>");
    let mut goal = row("caaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "goal", "");
    goal["visit"] = json!(null);
    let listed = json!({ "schema": 1, "documents": [visit, notes, goal], "next": null });
    Stage::new(vec![
        ("GET /api/v1/documents?limit=500", Answer::Json(200, listed)),
        ("GET /api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/export?format=md", Answer::Bytes(b"# A\n".to_vec())),
        ("GET /api/v1/documents/baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/export?format=md", Answer::Bytes(b"# B\n".to_vec())),
        ("GET /api/v1/documents/caaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/export?format=md", last),
    ])
}

#[test]
fn everything_is_exported_as_a_folder_that_is_readable_without_rounds() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("all");
    let stage = stage_of_three(Answer::Bytes(b"# C\n".to_vec()));
    let ended = stage.rounds(&["export", "--all", "--format", "md", "-o", path.to_str().unwrap(), "--json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let lines: Vec<serde_json::Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["event"], &lines[0]["done"], &lines[0]["of"]), (&json!("progress"), &json!(0), &json!(3)));
    let done = lines.last().unwrap();
    assert_eq!((&done["event"], &done["folder"], &done["left_out"]), (&json!("done"), &json!(path), &json!([])));
    let files =
        ["index.html", "visits/2026-01-01 Who answers.md", "notes/2026-01-01 Pauses.md", "goals/2026-03-02 Goal.md"];
    assert_eq!(done["files"], json!(files.map(|file| path.join(file))));
    assert_eq!(std::fs::read(path.join(files[2])).unwrap(), b"# B\n");
    let index = std::fs::read_to_string(path.join("index.html")).unwrap();
    assert!(index.contains("&lt;Pauses&gt;") && !index.contains("<Pauses>"), "{index}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "nothing is left beside it");

    let again = stage_of_three(Answer::Cut).rounds(&[
        "export",
        "--all",
        "--format",
        "md",
        "-o",
        path.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!((again.code, again.error()["error"]["code"].as_str()), (1, Some("conflict")), "what is there stays");
}

#[test]
fn a_folder_that_was_not_finished_is_not_there() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("all");
    let arguments = ["export", "--all", "--format", "md", "-o", path.to_str().unwrap()];
    let locked = stage_of_three(Answer::Json(423, problem("locked", "locked"))).rounds(&arguments);
    assert_eq!(locked.code, 5, "{locked:?}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);

    let unread = stage_of_three(Answer::Json(503, problem("unavailable", "could not be read"))).rounds(&arguments);
    assert_eq!(unread.code, 1, "{unread:?}");
    assert!(unread.err.contains("1 of the documents could not be read"), "{unread:?}");
    assert!(std::fs::read_to_string(path.join("index.html")).unwrap().contains("Goal: could not be read"));
}

#[cfg(unix)]
#[test]
fn an_export_that_is_interrupted_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("all");
    let stage = stage_of_three(Answer::Silence);
    let child = stage.start(&["export", "--all", "--format", "md", "-o", path.to_str().unwrap()]);
    for _ in 0..4 {
        stage.next();
    }
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 130, "{ended:?}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "{ended:?}");
}
