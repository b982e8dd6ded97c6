//! Edits as people make them: one of each verb, replicas that edit at once, and what JSON may say.

mod dice;

use std::collections::BTreeSet;

use automerge::{Automerge, ReadDoc};
use proptest::prelude::*;

pub(super) use dice::{Dice, VERBS, fitting_edit, samples};

use crate::access::{Founding, Role};
use crate::edit::{Author, Edit, EditError, Splice, apply, authorise};
use crate::ids::{ActorId, DeviceId, DocumentId, PersonId};
use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::{
    Answer, Event, Here, InstrumentError, Kind, Model, Part, ReplyTo, Stage, Visit, VisitContext, read, stage,
};
use crate::schema::{genesis, text_object};

pub(super) fn ana() -> PersonId {
    PersonId::from_bytes([1; 32])
}
pub(super) fn ben() -> PersonId {
    PersonId::from_bytes([2; 32])
}
pub(super) fn chidi() -> PersonId {
    PersonId::from_bytes([3; 32])
}
pub(super) fn dara() -> PersonId {
    PersonId::from_bytes([4; 32])
}

pub(super) fn owner(person: PersonId) -> Author {
    Author { person, role: Role::Owner, at_ms: 1_700_000_000_000, offset_ms: 0 }
}

pub(super) fn founding(kind: Kind) -> Founding {
    let owners = match kind {
        Kind::Partnership | Kind::Visit | Kind::Debrief | Kind::Goal | Kind::GoalFeedback | Kind::Instrument => {
            vec![ana(), ben()]
        }
        _ => vec![ana()],
    };
    Founding { kind, owners, nonce: [7; 16] }
}

/// A replica of `document` on a device of its own.
pub(super) fn replica(kind: Kind, device: u8) -> Automerge {
    let mut document = genesis(&founding(kind));
    document.set_actor(ActorId::new(DeviceId::from_bytes([device; 32]), [device; 14]).to_automerge());
    document
}

/// Authorises and applies, as the door of the documents does.
pub(super) fn edit(kind: Kind, document: &mut Automerge, author: &Author, edit: &Edit) -> Result<(), EditError> {
    let reading = read(kind, document);
    authorise(edit, &reading.model, &reading.comments, author)?;
    let mut transaction = document.transaction();
    apply(edit, author, &mut transaction)?;
    transaction.commit();
    Ok(())
}

/// Every verb that JSON knows, as serde lists them.
fn verbs_in_json() -> BTreeSet<String> {
    let refusal =
        serde_json::from_value::<Edit>(serde_json::json!({"verb": "?"})).expect_err("no such verb").to_string();
    refusal.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

pub(super) fn verb(edit: &Edit) -> String {
    serde_json::to_value(edit).expect("json")["verb"].as_str().expect("a verb").to_owned()
}

#[test]
fn the_samples_hold_every_verb_and_survive_json() {
    let samples = samples();
    let seen: BTreeSet<String> = samples.iter().map(verb).collect();
    assert_eq!(seen, verbs_in_json());
    for edit in samples {
        let json = serde_json::to_string(&edit).expect("json");
        assert_eq!(serde_json::from_str::<Edit>(&json).expect("json"), edit, "{json}");
    }
}

#[test]
fn json_with_anything_unknown_in_it_is_refused() {
    for edit in samples() {
        let mut json = serde_json::to_value(&edit).expect("json");
        json["score"] = 4.into();
        assert!(serde_json::from_value::<Edit>(json).is_err(), "{}", verb(&edit));
    }
    let nested = serde_json::json!({"verb": "add_event", "event": {"id": "a", "at_ms": 1, "text": "x", "rating": 3}});
    assert!(serde_json::from_value::<Edit>(nested).is_err());
    let short = serde_json::json!({"verb": "splice_text", "field": "notes", "splices": [{"at": 0, "insert": "a"}]});
    assert!(serde_json::from_value::<Edit>(short).is_ok());
}

#[test]
fn no_word_of_the_schema_evaluates_anybody() {
    fn keys(json: &serde_json::Value, into: &mut BTreeSet<String>) {
        match json {
            serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
                into.insert(key.clone());
                keys(value, into);
            }),
            serde_json::Value::Array(values) => values.iter().for_each(|value| keys(value, into)),
            _ => {}
        }
    }
    let mut words = verbs_in_json();
    samples().iter().for_each(|edit| keys(&serde_json::to_value(edit).expect("json"), &mut words));
    for kind in Kind::ALL {
        keys(&serde_json::to_value(read(*kind, &replica(*kind, 1)).model).expect("json"), &mut words);
    }
    const BANNED: [&str; 16] = [
        "score",
        "rating",
        "rank",
        "level",
        "streak",
        "badge",
        "missed",
        "attend",
        "seen_at",
        "quality",
        "percent",
        "progress",
        "points",
        "rubric",
        "stars",
        "benchmark",
    ];
    for banned in BANNED {
        assert!(words.iter().all(|word| !word.contains(banned)), "{banned}");
    }
}

fn visit_of(document: &Automerge) -> Visit {
    match read(Kind::Visit, document).model {
        Model::Visit(visit) => *visit,
        other => panic!("not a visit: {other:?}"),
    }
}

#[test]
fn a_visit_from_proposal_to_talk() {
    let mut document = replica(Kind::Visit, 1);
    let (host, visitor) = (owner(ben()), owner(ana()));
    let story = [
        (visitor, Edit::Propose { host: ben() }),
        (
            visitor,
            Edit::SpliceText {
                field: "focus".into(),
                splices: vec![Splice { at: 0, delete: 0, insert: "Who asks?".into() }],
            },
        ),
        (
            host,
            Edit::Schedule {
                when_ms: Some(1_700_000_000_000),
                minutes: Some(25),
                period: None,
                room: Some("12".into()),
            },
        ),
        (host, Edit::Accept {}),
        (host, Edit::SetInstrument { instrument: "script".parse().expect("id"), chosen: true }),
        (visitor, Edit::Begin { at_ms: None }),
        (visitor, Edit::Join {}),
        (visitor, Edit::End { at_ms: Some(1_700_000_900_000) }),
        (host, Edit::Talked {}),
    ];
    for (author, step) in &story {
        edit(Kind::Visit, &mut document, author, step).expect("a step of the story");
    }
    let reading = read(Kind::Visit, &document);
    assert_eq!((reading.problems, reading.newer), (vec![], false));
    let visit = visit_of(&document);
    assert_eq!(
        (visit.host, visit.part_of(&ana()), visit.part_of(&ben())),
        (Some(ben()), Some(Part::Visitor), Some(Part::Host))
    );
    assert_eq!(visit.answers.get(&ana()), Some(&Answer::Accepted));
    assert_eq!((visit.focus.as_str(), visit.minutes, visit.began_ms), ("Who asks?", Some(25), Some(1_700_000_000_000)));
    assert_eq!(visit.here.get(&ana()), Some(&Here::Joined));
    assert!(visit.talked);
}

#[test]
fn whoever_takes_back_that_they_talked_has_what_was_before() {
    for (off, before) in [(Edit::Cancel {}, Stage::Cancelled), (Edit::DidNotHappen {}, Stage::DidNotHappen)] {
        let mut document = replica(Kind::Visit, 1);
        let mut now = |step: &Edit| {
            edit(Kind::Visit, &mut document, &owner(ana()), step).expect("a step of the story");
            stage(&visit_of(&document), &VisitContext::default())
        };
        now(&Edit::Propose { host: ben() });
        assert_eq!(now(&off), before);
        assert_eq!(now(&Edit::Talked {}), Stage::Closed, "what happened outweighs what was called off");
        assert_eq!(now(&Edit::NotTalked {}), before);
    }
}

#[test]
fn nobody_is_in_the_room_of_a_visit_that_did_not_happen() {
    let (mut here, mut there) = (replica(Kind::Visit, 1), replica(Kind::Visit, 2));
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::Join {}).expect("joined");
    there.merge(&mut here).expect("merged");
    edit(Kind::Visit, &mut there, &owner(ben()), &Edit::DidNotHappen {}).expect("said");
    assert!(visit_of(&there).here.is_empty(), "what was said before is gone");
    // Said again at the same moment elsewhere, it is still there, and nobody is told of it.
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::Leave {}).expect("left");
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::Join {}).expect("joined");
    here.merge(&mut there).expect("merged");
    assert!(visit_of(&here).here.is_empty());
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::Begin { at_ms: Some(1_000) }).expect("begun");
    assert_eq!(visit_of(&here).here.get(&ana()), Some(&Here::Joined), "it takes place after all");
}

#[test]
fn two_times_at_once_are_both_shown_until_one_is_settled() {
    let (mut here, mut there) = (replica(Kind::Visit, 1), replica(Kind::Visit, 2));
    let at = |when_ms| Edit::Schedule { when_ms: Some(when_ms), minutes: None, period: None, room: None };
    edit(Kind::Visit, &mut here, &owner(ana()), &at(1_000)).expect("schedule");
    edit(Kind::Visit, &mut there, &owner(ben()), &at(2_000)).expect("schedule");
    here.merge(&mut there).expect("merge");
    let visit = visit_of(&here);
    assert_eq!((visit.when_ms, visit.other_times_ms), (Some(2_000), vec![1_000]));
    assert_eq!(read(Kind::Visit, &here).problems.len(), 1);
    edit(Kind::Visit, &mut here, &owner(ana()), &at(1_000)).expect("settle");
    let reading = read(Kind::Visit, &here);
    assert_eq!((visit_of(&here).other_times_ms, reading.problems), (vec![], vec![]));
}

#[test]
fn what_is_closed_and_opened_again_at_once_is_closed_and_can_be_opened() {
    for kind in [Kind::Visit, Kind::Debrief] {
        let (mut here, mut there) = (replica(kind, 1), replica(kind, 2));
        let talked = |document: &Automerge| match read(kind, document).model {
            Model::Visit(visit) => visit.talked,
            Model::Debrief(debrief) => debrief.talked,
            other => panic!("{other:?}"),
        };
        edit(kind, &mut here, &owner(ana()), &Edit::Talked {}).expect("closed");
        there.merge(&mut here).expect("merge");
        edit(kind, &mut there, &owner(ben()), &Edit::NotTalked {}).expect("open again");
        assert!(!talked(&there), "{kind:?}");
        // Ana takes it back as well and thinks better of it, while Ben has just taken it back.
        edit(kind, &mut here, &owner(ana()), &Edit::NotTalked {}).expect("open again");
        edit(kind, &mut here, &owner(ana()), &Edit::Talked {}).expect("closed again");
        here.merge(&mut there).expect("merge");
        there.merge(&mut here).expect("merge");
        assert!(talked(&here) && talked(&there), "{kind:?}");
        edit(kind, &mut there, &owner(ben()), &Edit::NotTalked {}).expect("open again");
        here.merge(&mut there).expect("merge");
        assert_eq!((talked(&here), read(kind, &here).problems), (false, vec![]), "{kind:?}");
    }
}

#[test]
fn a_beginning_elsewhere_outweighs_did_not_happen() {
    let (mut here, mut there) = (replica(Kind::Visit, 1), replica(Kind::Visit, 2));
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::DidNotHappen {}).expect("edit");
    edit(Kind::Visit, &mut there, &owner(ben()), &Edit::Begin { at_ms: None }).expect("edit");
    here.merge(&mut there).expect("merge");
    assert!(visit_of(&here).began_ms.is_some());
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::DidNotHappen {}).expect("edit");
    assert_eq!(visit_of(&here).began_ms, None);
}

#[test]
fn released_notes_hold_the_words_once_and_take_replies() {
    let mut document = replica(Kind::ReleasedNotes, 1);
    let event = Event {
        id: "e1".parse().expect("id"),
        at_ms: 5,
        speaker: None,
        label: None,
        text: "a pause".into(),
        mark: None,
    };
    let earlier = DocumentId::from_bytes([7; 20]);
    let publish = Edit::Publish {
        title: None,
        text: "Line one\nLine two".into(),
        events: vec![event],
        instrument: None,
        observed_ms: None,
        replaces: vec![earlier],
    };
    edit(Kind::ReleasedNotes, &mut document, &owner(ana()), &publish).expect("publish");
    let again = edit(Kind::ReleasedNotes, &mut document, &owner(ana()), &publish);
    assert!(matches!(again, Err(EditError::NotAllowed { .. })), "{again:?}");
    let typed = Edit::SpliceText { field: "notes".into(), splices: vec![] };
    assert!(matches!(edit(Kind::ReleasedNotes, &mut document, &owner(ana()), &typed), Err(EditError::Invalid { .. })));
    let host = Author { role: Role::Writer, ..owner(ben()) };
    let reply = Edit::Reply { id: "r1".parse().expect("id"), to: ReplyTo::Line(1), text: "Thank you".into() };
    edit(Kind::ReleasedNotes, &mut document, &host, &reply).expect("reply");
    let text = text_object(&document, "notes").expect("text");
    assert_eq!(document.text(&text).expect("text"), "Line one\nLine two");
    let Model::ReleasedNotes(notes) = read(Kind::ReleasedNotes, &document).model else { panic!("not released notes") };
    assert_eq!((notes.events.len(), notes.replies[0].by, &notes.replies[0].to), (1, ben(), &ReplyTo::Line(1)));
    assert_eq!(notes.replaces, [earlier]);
}

#[test]
fn a_number_is_no_label_and_long_words_are_refused() {
    let mut document = replica(Kind::NoteSet, 1);
    let event = |label: &str| Edit::AddEvent {
        event: Event {
            id: "e".parse().expect("id"),
            at_ms: 0,
            speaker: None,
            label: Some(label.into()),
            text: "".into(),
            mark: None,
        },
    };
    let number = edit(Kind::NoteSet, &mut document, &owner(ana()), &event("4 / 5"));
    assert!(matches!(number, Err(EditError::Instrument(InstrumentError::Number { .. }))), "{number:?}");
    let long = edit(Kind::NoteSet, &mut document, &owner(ana()), &event(&"x".repeat(SHORT_TEXT_BYTES_MAX + 1)));
    assert!(matches!(long, Err(EditError::TooLarge { .. })), "{long:?}");
    let Model::NoteSet(notes) = read(Kind::NoteSet, &document).model else { panic!("not a note set") };
    assert!(notes.events.is_empty(), "a refused edit leaves nothing behind");
}

#[test]
fn a_newer_document_is_not_edited() {
    use automerge::transaction::Transactable;
    let mut document = replica(Kind::Profile, 1);
    let mut transaction = document.transaction();
    transaction.put(automerge::ROOT, "version", 2_u64).expect("put");
    transaction.commit();
    let refused = edit(Kind::Profile, &mut document, &owner(ana()), &Edit::SetName { name: "Ana".into() });
    assert!(matches!(refused, Err(EditError::NewerVersion { found: 2, known: 1 })), "{refused:?}");
}

fn merged_both_ways(kind: Kind, here: &mut Automerge, there: &mut Automerge) -> Result<(), TestCaseError> {
    here.merge(there).expect("merge");
    there.merge(here).expect("merge");
    let (one, other) = (read(kind, here), read(kind, there));
    prop_assert_eq!(one, other);
    for field in kind.text_fields() {
        let text = |document: &Automerge| document.text(text_object(document, field).expect("text")).expect("text");
        prop_assert_eq!(text(here), text(there));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn replicas_that_edit_at_once_read_the_same_after_merging(
        kind in proptest::sample::select(Kind::ALL),
        steps in proptest::collection::vec((0_u8..12, 0..VERBS, proptest::collection::vec(any::<u8>(), 12)), 1..60),
    ) {
        let (mut here, mut there) = (replica(kind, 1), replica(kind, 2));
        for (who, verb, bytes) in steps {
            if who == 0 {
                merged_both_ways(kind, &mut here, &mut there)?;
                continue;
            }
            let change = fitting_edit(kind, verb, &bytes);
            // A refusal is as good as a success here: it must leave no trace and never panic.
            let _ = if who % 2 == 0 {
                edit(kind, &mut here, &owner(ana()), &change)
            } else {
                edit(kind, &mut there, &owner(ben()), &change)
            };
        }
        merged_both_ways(kind, &mut here, &mut there)?;
    }
}
