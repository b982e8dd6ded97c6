//! Decides whether a file is handed over as it is, and whether what became of it, or why nothing did, is told.

use serde_json::json;

use crate::stage::{Answer, Stage, VISIT, problem};

fn answer(document: serde_json::Value) -> Answer {
    let answer = json!({ "schema": 1, "document": document, "was": "released_notes", "becomes": "note_set",
        "title": "Fractions", "others": ["Ben"], "left_out": ["links"] });
    Answer::Json(200, answer)
}

#[test]
fn a_file_is_brought_in_or_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.automerge");
    std::fs::write(&file, "its bytes").unwrap();
    let file = file.to_str().unwrap();
    let stage = Stage::new(vec![
        ("POST /api/v1/imports?look=true", answer(json!(null))),
        ("POST /api/v1/imports", answer(json!(VISIT))),
        ("POST /api/v1/imports?language=es", answer(json!(VISIT))),
        ("POST /api/v1/imports", answer(json!(VISIT))),
    ]);
    let looked = stage.rounds(&["import", file, "--look"]);
    assert!(looked.out.starts_with("It would become note set, “Fractions”. Nothing was brought in.\n"), "{looked:?}");
    assert_eq!(stage.next().body, json!("its bytes"));
    let brought = stage.rounds(&["import", file]);
    let told = format!(
        "{VISIT}  note set, “Fractions”\nIt held released notes, which nobody else can begin: it becomes note set.\n\
         Written by Ben too; the document says so in words.\nLeft out: links to a visit or a goal that is not here.\n"
    );
    assert_eq!((brought.code, brought.out), (0, told));
    assert_eq!(stage.rounds(&["import", file, "--language", "es", "--quiet"]).out, format!("{VISIT}\n"));
    assert_eq!(stage.rounds(&["import", file, "--json"]).json()["document"], VISIT);
}

#[test]
fn what_is_not_brought_in_has_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    std::fs::write(&file, "{}").unwrap();
    let file = file.to_str().unwrap();
    for (status, code, exit) in [
        (400, "bad_request", 2),
        (403, "refused", 5),
        (409, "conflict", 1),
        (413, "too_large", 1),
        (507, "not_saved", 7),
    ] {
        let stage = Stage::new(vec![("POST /api/v1/imports", Answer::Json(status, problem(code, "why")))]);
        let ended = stage.rounds(&["import", file, "--json"]);
        assert_eq!((ended.code, ended.error()["error"]["code"].as_str()), (exit, Some(code)), "{ended:?}");
        assert_eq!(ended.out, "");
    }
    let stage = Stage::new(vec![]);
    let missing = stage.rounds(&["import", folder.path().join("none").to_str().unwrap()]);
    assert!(missing.code == 1 && missing.err.contains("could not read"), "{missing:?}");
    let large = folder.path().join("large");
    std::fs::File::create(&large).unwrap().set_len(64 * 1024 * 1024).unwrap();
    let large = stage.rounds(&["import", large.to_str().unwrap(), "--json"]);
    assert_eq!((large.code, large.error()["error"]["code"].as_str()), (1, Some("too_large")));
    assert!(stage.all().is_empty(), "nothing was sent");
}
