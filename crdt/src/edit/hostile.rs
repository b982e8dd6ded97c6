//! Documents that a hostile writer left: anything, anywhere. Reading stays usable and bounded; editing never panics.

use automerge::transaction::{Transactable, Transaction};
use automerge::{Automerge, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use proptest::prelude::*;

use crate::edit::tests::{Dice, VERBS, ana, edit, fitting_edit, owner, replica};
use crate::limits::LIST_ENTRIES_MAX;
use crate::model::bounds::{MODEL_WORDS_BYTES_MAX, PASSAGE_BYTES_MAX, PROBLEMS_MAX};
use crate::model::{Kind, Model, read};
use crate::schema::maps;

/// Every object that can be reached by map keys and list positions, bounded.
fn objects(document: &Transaction<'_>) -> Vec<(ObjId, ObjType)> {
    let mut all = vec![(ROOT, ObjType::Map)];
    let mut next = 0;
    while next < all.len() && all.len() < 200 {
        let (object, kind) = all[next].clone();
        next += 1;
        let children: Vec<(ObjId, ObjType)> = match kind {
            ObjType::Map | ObjType::Table => document
                .map_range(&object, ..)
                .filter_map(|item| match item.value {
                    automerge::ValueRef::Object(kind) => Some((item.id(), kind)),
                    automerge::ValueRef::Scalar(_) => None,
                })
                .collect(),
            ObjType::List | ObjType::Text => document
                .list_range(&object, ..)
                .filter_map(|item| match item.value {
                    automerge::ValueRef::Object(kind) => Some((item.id(), kind)),
                    automerge::ValueRef::Scalar(_) => None,
                })
                .collect(),
        };
        all.extend(children);
    }
    all
}

fn scalar(dice: &mut Dice<'_>) -> ScalarValue {
    match dice.roll(13) {
        0 => ScalarValue::Null,
        1 => true.into(),
        2 => i64::MIN.into(),
        3 => u64::MAX.into(),
        4 => ScalarValue::Timestamp(-1),
        5 => f64::NAN.into(),
        6 => ScalarValue::counter(7),
        7 => vec![0_u8, 255, 3].into(),
        8 => ana().to_string().into(),
        9 => ana().to_string().to_uppercase().into(),
        10 => "at".into(),
        11 => "\u{fffc}😀".repeat(400).into(),
        _ => 0_i64.into(),
    }
}

fn key(kind: Kind, dice: &mut Dice<'_>) -> String {
    const FIELDS: &[&str] = &[
        "kind",
        "version",
        "host",
        "when_ms",
        "minutes",
        "began_ms",
        "debrief_how",
        "debrief_ms",
        "may_talk",
        "talked",
        "protocol",
        "instrument",
        "id",
        "title",
        "phases",
        "rules",
        "labels",
        "prompts",
        "by",
        "to",
        "text",
        "at_ms",
        "line",
        "field",
        "from",
        "quote",
        "settled",
        "about",
        "state",
        "due",
        "done",
        "on",
    ];
    match dice.roll(6) {
        5 => ["comment:a", "comment:b", "comment:", "comment:a b"][dice.roll(4)].to_owned(),
        0 => FIELDS[dice.roll(FIELDS.len())].to_owned(),
        1 => maps(kind).get(dice.roll(maps(kind).len().max(1))).copied().unwrap_or("x").to_owned(),
        2 => kind.text_fields().first().copied().unwrap_or("x").to_owned(),
        3 => ["a", "", "a b", "😀", &"k".repeat(600)][dice.roll(5)].to_owned(),
        _ => ana().to_string(),
    }
}

fn vandalise(kind: Kind, document: &mut Automerge, bytes: &[u8]) {
    const TYPES: [ObjType; 3] = [ObjType::Map, ObjType::List, ObjType::Text];
    let mut dice = Dice(bytes.iter());
    let mut transaction = document.transaction();
    let known = objects(&transaction);
    let (object, shape) = known[dice.roll(known.len())].clone();
    let deed = dice.roll(4);
    // Automerge itself refuses some of these; what it takes is what matters.
    let _ = if matches!(shape, ObjType::Map | ObjType::Table) {
        let key = key(kind, &mut dice);
        match deed {
            0 | 1 => transaction.put(&object, key, scalar(&mut dice)),
            2 => transaction.put_object(&object, key, TYPES[dice.roll(3)]).map(drop),
            _ => transaction.delete(&object, key),
        }
    } else {
        let index = dice.roll(transaction.length(&object) + 1);
        match deed {
            0 => transaction.insert(&object, index, scalar(&mut dice)),
            1 => transaction.put(&object, index, scalar(&mut dice)),
            2 => transaction.insert_object(&object, index, TYPES[dice.roll(3)]).map(drop),
            _ => transaction.delete(&object, index),
        }
    };
    transaction.commit();
}

fn reads_within_bounds(document: &Automerge) -> Result<(), TestCaseError> {
    for kind in Kind::ALL {
        let reading = read(*kind, document);
        prop_assert_eq!(reading.model.kind(), *kind);
        prop_assert!(reading.problems.len() <= PROBLEMS_MAX);
        prop_assert!(reading.problems.iter().all(|problem| problem.place.len() < 300 && !problem.what.is_empty()));
        prop_assert!(reading.comments.len() <= LIST_ENTRIES_MAX);
        prop_assert!(serde_json::to_string(&reading.model).expect("json").len() < 1_000_000);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn a_vandalised_document_reads_and_takes_or_refuses_edits(
        kind in proptest::sample::select(Kind::ALL),
        deeds in proptest::collection::vec((0_u8..8, 0..VERBS, proptest::collection::vec(any::<u8>(), 10)), 1..60),
    ) {
        let (mut here, mut there) = (replica(kind, 1), replica(kind, 2));
        for (what, verb, bytes) in deeds {
            match what {
                0..=2 => vandalise(kind, &mut here, &bytes),
                3..=5 => vandalise(kind, &mut there, &bytes),
                6 => { let _ = edit(kind, &mut here, &owner(ana()), &fitting_edit(kind, verb, &bytes)); }
                _ => {
                    here.merge(&mut there).expect("merge");
                    there.merge(&mut here).expect("merge");
                }
            }
        }
        here.merge(&mut there).expect("merge");
        there.merge(&mut here).expect("merge");
        reads_within_bounds(&here)?;
        for kind in Kind::ALL {
            prop_assert_eq!(read(*kind, &here), read(*kind, &there));
        }
    }
}

#[test]
fn a_flooded_document_reads_within_its_bounds() {
    let mut document = replica(Kind::NoteSet, 1);
    let mut transaction = document.transaction();
    let events = crate::schema::map_object(&transaction, "events").expect("map");
    for number in 0..LIST_ENTRIES_MAX + 50 {
        let event = transaction.put_object(&events, format!("e{number}"), ObjType::Map).expect("put");
        if number < 600 {
            transaction.put(&event, "text", "x".repeat(2 * PASSAGE_BYTES_MAX)).expect("put");
        }
    }
    transaction.commit();
    let reading = read(Kind::NoteSet, &document);
    let Model::NoteSet(notes) = reading.model else { panic!("not a note set") };
    assert_eq!(notes.events.len(), LIST_ENTRIES_MAX);
    assert!(notes.events.iter().all(|event| event.text.as_str().len() <= PASSAGE_BYTES_MAX));
    assert!(notes.events.iter().map(|event| event.text.as_str().len()).sum::<usize>() <= MODEL_WORDS_BYTES_MAX);
    assert_eq!(reading.problems.len(), PROBLEMS_MAX);
}
