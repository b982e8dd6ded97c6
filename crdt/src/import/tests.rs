//! Decides whether a file comes back as the document it was written from, and whether anything foreign does.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::access::{Founding, Role};
use crate::model::bounds::PROMPTS_MAX;
use crate::model::{ReasonCode, read};

const PHRASES: Phrases = Phrases {
    somebody: "somebody else",
    written_by: "Brought in from a file. Written by",
    visited: "Visited:",
    visitors: "Visitors:",
    answers: "Answers",
};

fn person(n: u8) -> PersonId {
    PersonId::from_bytes([n; 32])
}

/// Ana brings in; Ben is known here, Chidi is not.
fn bring(bytes: &[u8]) -> Result<Import, ImportError> {
    let name_of = |who: &PersonId| (*who == person(2)).then(|| "Ben".to_owned());
    let person_of = |device: &DeviceId| [1, 2].into_iter().map(person).find(|who| who.as_bytes() == device.as_bytes());
    let has = |_: &DocumentId, _: Kind| false;
    import(bytes, &Importer { me: person(1), name_of: &name_of, person_of: &person_of, has: &has, phrases: &PHRASES })
}

/// A document by several people's devices, each with its edits in turn.
fn written(kind: Kind, owners: &[u8], edits: Vec<(u8, Value)>) -> OpenDocument {
    let founding = Founding::new(kind, owners.iter().copied().map(person).collect(), [7; 16]);
    let (mut document, _) = OpenDocument::open(&founding, &StoredDocument::default());
    for (who, edit) in edits {
        let edit: Edit = serde_json::from_value(edit).expect("a verb");
        let actor = ActorId::new(DeviceId::from_bytes([who; 32]), [3; 14]);
        let author = Author { person: person(who), role: Role::Owner, at_ms: 5, offset_ms: 0 };
        document.edit(actor, &author, &edit).expect("allowed");
    }
    document
}

fn as_json(document: &OpenDocument, owners: &[u8]) -> Value {
    let reading = read(document.kind(), document.automerge());
    let fields = document.kind().text_fields().iter();
    let texts: Vec<Value> = fields
        .map(|field| json!({ "field": field, "text": document.text(field).expect("a text"), "heads": [] }))
        .collect();
    let comments = reading.comments.iter().map(|comment| {
        let place = comment.place.map(|(from, to)| json!({ "from": from, "to": to }));
        json!({ "id": comment.id, "by": { "id": comment.by, "name": "x" }, "field": comment.field, "quote": comment.quote,
            "place": place, "text": comment.text, "settled": comment.settled, "answers": [] })
    });
    json!({
        "schema": 1, "kind": document.kind(), "role": "owner", "model": reading.model, "texts": texts,
        "comments": comments.collect::<Vec<_>>(), "owners": owners.iter().copied().map(person).collect::<Vec<_>>(),
        "people": [{ "id": person(3), "name": "Chidi\n# of file" }], "figures": null, "problems": []
    })
}

/// What a document says that was told the edits, text by text.
fn told(import: &Import) -> BTreeMap<&'static str, String> {
    let founding = Founding::new(import.becomes, vec![person(1)], [9; 16]);
    let (mut document, _) = OpenDocument::open(&founding, &StoredDocument::default());
    let author = Author { person: person(1), role: Role::Owner, at_ms: 9, offset_ms: 0 };
    document.edit_all(ActorId::new(DeviceId::from_bytes([1; 32]), [4; 14]), &author, &import.edits).expect("taken");
    assert_eq!(read(import.becomes, document.automerge()).model, import.model, "it was rehearsed as it is told");
    let fields = import.becomes.text_fields().iter();
    fields.map(|field| (*field, document.text(field).expect("a text"))).collect()
}

fn notes() -> OpenDocument {
    let instrument =
        json!({ "id": "talk", "version": 1, "title": "Talk", "shape": "tally", "labels": ["Asks", "Tells"] });
    let tap = |id: &str, at: u32| json!({ "id": id, "at_ms": at, "label": "Asks", "text": "why?" });
    let comment = json!({ "verb": "comment", "id": "c", "field": "notes", "from": 0, "to": 4, "text": "Whose?" });
    written(
        Kind::NoteSet,
        &[1],
        vec![
            (1, json!({ "verb": "set_title", "title": "Fractions" })),
            (1, json!({ "verb": "freeze_instrument", "instrument": instrument })),
            (1, json!({ "verb": "add_event", "event": tap("a", 1_000) })),
            (1, json!({ "verb": "add_event", "event": tap("b", 2_000) })),
            (1, json!({ "verb": "end_observing", "observed_ms": 60_000 })),
            (
                1,
                json!({ "verb": "splice_text", "field": "notes", "splices": [{ "at": 0, "insert": "Four 🙋 voices." }] }),
            ),
            (1, comment),
        ],
    )
}

#[test]
fn ones_own_notes_come_back_as_they_were_from_either_file() {
    let document = notes();
    let model = read(Kind::NoteSet, document.automerge()).model;
    for bytes in [as_json(&document, &[1]).to_string().into_bytes(), document.automerge().save()] {
        let import = bring(&bytes).expect("taken");
        assert_eq!((import.was, import.becomes, &import.model), (Kind::NoteSet, Kind::NoteSet, &model));
        assert_eq!(told(&import)["notes"], "Four 🙋 voices.");
        assert!(import.others.is_empty() && import.left_out.is_empty(), "{import:?}");
        let comments = import.edits.iter().filter(|edit| matches!(edit, Edit::Comment { from: 0, to: 4, .. }));
        assert_eq!(comments.count(), 1);
    }
}

#[test]
fn words_of_others_stay_theirs_as_words() {
    let entry = |id: &str, text: &str| json!({ "verb": "add_entry", "id": id, "text": text });
    let document = written(
        Kind::Debrief,
        &[1, 2, 3],
        vec![
            (1, entry("mine", "I asked")),
            (2, entry("bens", "I saw")),
            (3, entry("chidis", "I heard")),
            (2, json!({ "verb": "thank", "text": "thank you" })),
            (2, json!({ "verb": "talked" })),
        ],
    );
    let import = bring(as_json(&document, &[1, 2, 3]).to_string().as_bytes()).expect("taken");
    let Model::Debrief(debrief) = &import.model else { panic!("no debrief") };
    let entries: Vec<(&str, PersonId)> = debrief.entries.iter().map(|entry| (entry.text.as_str(), entry.by)).collect();
    let mine = |text| (text, person(1));
    assert_eq!(entries, [mine("I asked"), mine("Ben: I saw"), mine("Chidi # of file: I heard")]);
    assert!(debrief.thanks.is_empty() && !debrief.talked);
    assert_eq!(import.left_out, [LeftOut::Answers].into());
    let expected = "Ben: thank you\n\nBrought in from a file. Written by Ben, Chidi # of file.";
    assert_eq!(told(&import)["notes"], expected);

    let from_itself = bring(&document.automerge().save()).expect("taken");
    assert_eq!(from_itself.others, ["Ben", "somebody else"], "a file without names has only whom this computer knows");
}

#[test]
fn released_notes_come_back_as_notes_that_say_whose_they_were() {
    let document = written(
        Kind::ReleasedNotes,
        &[2],
        vec![
            (2, json!({ "verb": "publish", "title": "Fractions", "text": "Four voices." })),
            (1, json!({ "verb": "reply", "id": "r", "text": "The same four." })),
        ],
    );
    let import = bring(as_json(&document, &[2]).to_string().as_bytes()).expect("taken");
    assert_eq!((import.was, import.becomes), (Kind::ReleasedNotes, Kind::NoteSet));
    let expected =
        "Four voices.\n\nAnswers\n\nsomebody else: The same four.\n\nBrought in from a file. Written by Ben.";
    assert_eq!(told(&import)["notes"].replace("Ana", "somebody else"), expected);
}

#[test]
fn a_visit_comes_back_without_putting_anybody_into_it() {
    let document = written(
        Kind::Visit,
        &[1, 2],
        vec![
            (1, json!({ "verb": "propose", "host": person(2) })),
            (2, json!({ "verb": "accept" })),
            (1, json!({ "verb": "schedule", "when_ms": 1_000_000, "minutes": 25, "room": "204" })),
            (1, json!({ "verb": "begin", "at_ms": 1_000_000 })),
            (1, json!({ "verb": "splice_text", "field": "focus", "splices": [{ "at": 0, "insert": "Who asks?" }] })),
        ],
    );
    let import = bring(&document.automerge().save()).expect("taken");
    let Model::Visit(visit) = &import.model else { panic!("no visit") };
    assert_eq!(visit.people.keys().copied().collect::<Vec<_>>(), [person(1)]);
    assert_eq!((visit.host, visit.when_ms, visit.began_ms), (None, Some(1_000_000), Some(1_000_000)));
    assert!(visit.answers.is_empty() && import.left_out.contains(&LeftOut::Answers));
    let expected = "Who asks?\n\nVisited: Ben.\n\nVisitors: somebody else.\n\nBrought in from a file. Written by Ben.";
    assert_eq!(told(&import)["focus"], expected);
}

#[test]
fn every_kind_is_taken_or_refused_with_its_reason_from_either_file() {
    for kind in Kind::ALL.iter().copied() {
        let document = written(kind, &[1, 2], Vec::new());
        for bytes in [as_json(&document, &[1, 2]).to_string().into_bytes(), document.automerge().save()] {
            match bring(&bytes) {
                Ok(import) => assert!(told(&import).len() == import.becomes.text_fields().len()),
                Err(ImportError::NotThisKind(_)) => {
                    assert!(matches!(kind, Kind::Profile | Kind::Binder | Kind::OpenDoor | Kind::FreePeriods))
                }
                Err(error) => panic!("{kind:?}: {error}"),
            }
        }
    }
}

/// An instrument of one's own, with labels that were moved.
fn instrument() -> OpenDocument {
    let label = |id: &str, text: &str| (1, json!({ "verb": "add_label", "id": id, "text": text }));
    let edits = vec![
        (1, json!({ "verb": "set_title", "title": "Who answers" })),
        (1, json!({ "verb": "set_shape", "shape": "line" })),
        label("a", "Hand up"),
        label("b", "Called on"),
        (1, json!({ "verb": "move_label", "id": "b", "before": "a" })),
        (1, json!({ "verb": "set_speakers", "speakers": ["teacher", "student"] })),
        (1, json!({ "verb": "set_usual_minutes", "minutes": 15 })),
        (1, json!({ "verb": "splice_text", "field": "question", "splices": [{ "at": 0, "insert": "Who answers?" }] })),
    ];
    written(Kind::Instrument, &[1], edits)
}

#[test]
fn an_instrument_with_scales_or_a_thousand_labels_is_refused_with_its_reason() {
    let file = as_json(&instrument(), &[1]);
    let with = |labels: &[String]| {
        let mut file = file.clone();
        let each = labels.iter().enumerate().map(|(at, text)| json!({ "id": format!("l{at}"), "text": text }));
        file["model"]["labels"] = each.collect();
        bring(file.to_string().as_bytes())
    };
    let column = |number: usize| format!("Column {number} of the form");
    let taken = with(&(0..PROMPTS_MAX).map(column).collect::<Vec<_>>()).expect("as many as fit a page");
    assert!(matches!(&taken.model, Model::Instrument(own) if own.labels.len() == PROMPTS_MAX && own.faults.is_empty()));
    let table = [
        (["Good", "Asks", "Weak"].map(str::to_owned).to_vec(), ReasonCode::ScaleWorth),
        (["Often", "Never"].map(str::to_owned).to_vec(), ReasonCode::ScaleDegree),
        (["Asks", "5"].map(str::to_owned).to_vec(), ReasonCode::BareNumber),
        ((0..1_000).map(column).collect(), ReasonCode::TooManyLabels),
    ];
    for (labels, code) in table {
        let refused = with(&labels).expect_err("it is refused");
        assert_eq!(refused.reason().map(|reason| reason.code), Some(code), "{refused}");
        assert_eq!(refused.rates_people(), code != ReasonCode::TooManyLabels, "{refused}");
    }
    let mut other = file.clone();
    other["model"]["shape"] = json!("wait");
    let refused = bring(other.to_string().as_bytes()).expect_err("nobody builds one of these");
    assert_eq!(refused.reason().map(|reason| reason.code), Some(ReasonCode::NotBuilt));
}

#[test]
fn a_file_of_an_instrument_may_be_written_by_hand() {
    let file = r#"{"schema":1,"kind":"instrument","model":{"kind":"instrument","title":"Who answers","shape":"tally",
        "labels":[{"id":"a","text":"Hand up"},{"id":"b","text":"Called on"}]},
        "texts":[{"field":"question","text":"Who answers after a question?"}]}"#;
    let import = bring(file.as_bytes()).expect("taken");
    assert_eq!(told(&import)["question"], "Who answers after a question?");
    assert!(matches!(&import.model, Model::Instrument(own) if own.labels.len() == 2 && own.faults.is_empty()));
}

#[test]
fn whoever_wrote_an_instrument_is_told_beneath_what_to_keep_in_mind() {
    let import = bring(as_json(&instrument(), &[2]).to_string().as_bytes()).expect("taken");
    let told = told(&import);
    assert_eq!(told["question"], "Who answers?");
    assert_eq!(told["caution"], "Brought in from a file. Written by Ben.");
}

#[test]
fn cards_and_vocabularies_come_back_as_they_were() {
    let terms = json!([{ "name": "Who speaks?", "tags": ["talk"] }]);
    let vocabulary = json!({ "rounds_vocabulary": 1, "title": "Talk", "targets": terms });
    let documents = [
        written(Kind::Vocabulary, &[1], vec![(1, json!({ "verb": "fill_vocabulary", "vocabulary": vocabulary }))]),
        written(
            Kind::StrategyCard,
            &[1],
            vec![
                (1, json!({ "verb": "set_title", "title": "Think, pair, share" })),
                (1, json!({ "verb": "set_tags", "tags": ["talk", "waiting"] })),
                (1, json!({ "verb": "splice_text", "field": "text", "splices": [{ "at": 0, "insert": "A minute." }] })),
            ],
        ),
        written(Kind::NoteSet, &[1], vec![(1, json!({ "verb": "set_own_lesson", "when_ms": 5 }))]),
        instrument(),
        written(
            Kind::Resource,
            &[1],
            vec![
                (1, json!({ "verb": "set_title", "title": "Wait time" })),
                (1, json!({ "verb": "set_link", "link": "https://example.org/wait" })),
                (1, json!({ "verb": "set_reference", "reference": "The blue folder" })),
                (1, json!({ "verb": "set_tags", "tags": ["talk"] })),
                (
                    1,
                    json!({ "verb": "splice_text", "field": "text", "splices": [{ "at": 0, "insert": "It counts." }] }),
                ),
            ],
        ),
        written(
            Kind::SuccessCard,
            &[1],
            vec![
                (1, json!({ "verb": "set_title", "title": "Six voices" })),
                (1, json!({ "verb": "name_person", "person": person(2), "named": true })),
                (
                    1,
                    json!({ "verb": "splice_text", "field": "text", "splices": [{ "at": 0, "insert": "Ben waited." }] }),
                ),
            ],
        ),
    ];
    for document in documents {
        let kind = document.kind();
        let model = read(kind, document.automerge()).model;
        for bytes in [as_json(&document, &[1]).to_string().into_bytes(), document.automerge().save()] {
            let import = bring(&bytes).expect("taken");
            assert_eq!((import.becomes, &import.model), (kind, &model));
            told(&import);
        }
    }
}

#[test]
fn nobodys_yes_comes_with_a_file() {
    const NOT_TAKEN: [LeftOut; 2] = [LeftOut::Answers, LeftOut::Links];
    let ask =
        json!({ "verb": "ask_people", "title": "Six voices", "text": "Ana waited.", "people": [person(1), person(3)] });
    let mut document = written(Kind::ShownCard, &[2], vec![(2, ask)]);
    let Model::ShownCard(card) = read(Kind::ShownCard, document.automerge()).model else { panic!("no card") };
    let yes = Edit::LetOthersSee { words: card.words };
    let author = Author { person: person(1), role: Role::Writer, at_ms: 5, offset_ms: 0 };
    document.edit(ActorId::new(DeviceId::from_bytes([1; 32]), [3; 14]), &author, &yes).expect("allowed");
    for bytes in [as_json(&document, &[2]).to_string().into_bytes(), document.automerge().save()] {
        let import = bring(&bytes).expect("taken");
        assert_eq!((import.becomes, &import.left_out), (Kind::SuccessCard, &NOT_TAKEN.into()));
        assert!(told(&import)["text"].starts_with("Ana waited.\n\nBrought in from a file. Written by Ben"));
        assert!(!import.becomes.may_be_shared(), "its people are asked before anybody sees it");
    }
}

#[test]
fn what_rates_people_is_refused_with_its_reason() {
    let mut file = as_json(&notes(), &[1]);
    file["model"]["instrument"]["labels"] = json!(["Excellent", "Good", "Weak"]);
    for (at, label) in ["Good", "Weak"].iter().enumerate() {
        file["model"]["events"][at]["label"] = json!(label);
    }
    let refused = bring(file.to_string().as_bytes()).expect_err("it rates");
    assert!(refused.rates_people(), "{refused}");
    assert!(refused.to_string().contains("rate people"), "{refused}");

    let terms = json!([{ "name": "Who speaks?" }]);
    let filled = json!({ "rounds_vocabulary": 1, "title": "Talk", "targets": terms });
    let edits = vec![(1, json!({ "verb": "fill_vocabulary", "vocabulary": filled }))];
    let mut vocabulary = as_json(&written(Kind::Vocabulary, &[1], edits), &[1]);
    vocabulary["model"]["targets"][0]["name"] = json!("Excellent");
    assert!(bring(vocabulary.to_string().as_bytes()).expect_err("it rates").rates_people());

    let mut goal = as_json(&written(Kind::Goal, &[1], Vec::new()), &[1]);
    goal["model"]["measured_with"] = json!("4");
    assert!(matches!(bring(goal.to_string().as_bytes()), Err(ImportError::Refused(_))));
}

#[test]
fn a_mark_is_judged_by_the_instrument_of_its_file() {
    let mut file = as_json(&notes(), &[1]);
    file["model"]["events"][0]["label"] = json!("Hums");
    assert!(matches!(bring(file.to_string().as_bytes()), Err(ImportError::Refused(EditError::Event(_)))));
}

#[test]
fn what_is_newer_unknown_damaged_or_foreign_is_refused_for_what_it_is() {
    let good = as_json(&notes(), &[1]);
    let but = |change: &dyn Fn(&mut Value)| {
        let mut file = good.clone();
        change(&mut file);
        file.to_string().into_bytes()
    };
    let newer = bring(&but(&|file| file["schema"] = json!(2)));
    assert!(matches!(newer, Err(ImportError::Newer { found: 2, known: 1 })));
    assert!(matches!(bring(&but(&|file| file["kind"] = json!("hologram"))), Err(ImportError::UnknownKind)));
    assert!(matches!(bring(&but(&|file| file["model"]["events"] = json!(7))), Err(ImportError::Contents("note_set"))));
    assert!(matches!(
        bring(&but(&|file| file["model"]["kind"] = json!("goal"))),
        Err(ImportError::Contents("note_set"))
    ));
    let twice = but(&|file| {
        let first = file["model"]["events"][0].clone();
        file["model"]["events"] = json!([first, { "id": "a", "at_ms": 3, "text": "something else" }]);
    });
    assert!(matches!(bring(&twice), Err(ImportError::Refused(_))), "two events under one id");
    for bytes in [&b""[..], b"{}", b"[]", b"# Fractions", b"\x85\x6f", b"PK\x03\x04", &[0xff; 64]] {
        assert!(matches!(bring(bytes), Err(ImportError::NotOurs)), "{bytes:?}");
    }
    let saved = notes().automerge().save();
    for cut in [4, 8, 20, saved.len() - 1] {
        assert!(matches!(bring(&saved[..cut]), Err(ImportError::Automerge(_))), "cut at {cut}");
    }
    assert!(matches!(bring(&automerge::Automerge::new().save()), Err(ImportError::Automerge(_))));
    assert!(matches!(bring(&vec![b' '; IMPORT_BYTES_MAX + 1]), Err(ImportError::TooLarge)));
    let deep = format!("{{\"schema\":1,\"kind\":\"goal\",\"model\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(bring(deep.as_bytes()).is_err());
}

#[test]
fn what_a_later_version_added_is_left_out_and_said() {
    let mut file = as_json(&notes(), &[1]);
    file["model"]["mood"] = json!("sunny");
    file["model"].as_object_mut().expect("fields").remove("observed_ms");
    let import = bring(file.to_string().as_bytes()).expect("taken");
    assert_eq!(import.left_out, [LeftOut::Unknown].into());
    let Model::NoteSet(notes) = &import.model else { panic!("no notes") };
    assert_eq!((notes.observed_ms, notes.events.len()), (None, 2), "what it does not say nobody said");
}

#[test]
fn many_marks_are_few_changes() {
    let instrument = json!({ "id": "talk", "version": 1, "title": "Talk", "shape": "tally", "labels": ["Asks"] });
    let mut file = as_json(&notes(), &[1]);
    file["model"]["instrument"] = instrument;
    file["model"]["events"] =
        (0..1_500).map(|at| json!({ "id": format!("e{at}"), "at_ms": at, "label": "Asks" })).collect();
    let import = bring(file.to_string().as_bytes()).expect("taken");
    let founding = Founding::new(Kind::NoteSet, vec![person(1)], [9; 16]);
    let (mut document, _) = OpenDocument::open(&founding, &StoredDocument::default());
    let author = Author { person: person(1), role: Role::Owner, at_ms: 9, offset_ms: 0 };
    let actor = ActorId::new(DeviceId::from_bytes([1; 32]), [4; 14]);
    assert!(document.edit_all(actor, &author, &import.edits).expect("taken").len() < 40);
}
