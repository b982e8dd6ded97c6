//! Two people who build one instrument at once; what is refused with its reason; and notes that keep the copy they began with.

use automerge::Automerge;

use crate::edit::tests::{ana, ben, edit, owner, replica};
use crate::edit::{Edit, EditError, Splice};
use crate::model::bounds::PROMPTS_MAX;
use crate::model::{
    Instrument, InstrumentError, ItemId, Kind, Model, NoteSet, OwnInstrument, ReasonCode, Shape, Speaker, Words, read,
};

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn own(document: &Automerge) -> OwnInstrument {
    match read(Kind::Instrument, document).model {
        Model::Instrument(own) => *own,
        other => panic!("not an instrument: {other:?}"),
    }
}

fn labels(document: &Automerge) -> Vec<String> {
    own(document).labels.iter().map(|label| label.text.as_str().to_owned()).collect()
}

fn faults(document: &Automerge) -> Vec<ReasonCode> {
    own(document).faults.iter().map(|fault| fault.code).collect()
}

fn add(name: &str, text: &str) -> Edit {
    Edit::AddLabel { id: id(name), text: text.into() }
}

fn put(document: &mut Automerge, what: &Edit) -> Result<(), EditError> {
    edit(Kind::Instrument, document, &owner(ana()), what)
}

fn put_all(document: &mut Automerge, edits: &[Edit]) {
    for one in edits {
        put(document, one).unwrap_or_else(|error| panic!("{one:?}: {error}"));
    }
}

fn before(name: &str, other: Option<&str>) -> Edit {
    Edit::MoveLabel { id: id(name), before: other.map(id) }
}

/// Ana's and Ben's copy of an instrument with three labels.
fn begun() -> (Automerge, Automerge) {
    let mut here = replica(Kind::Instrument, 1);
    put_all(&mut here, &[Edit::SetTitle { title: Some("Who answers".into()) }, add("a", "Hand up")]);
    put_all(&mut here, &[add("b", "Called on"), add("c", "Calls out")]);
    let mut there = replica(Kind::Instrument, 2);
    there.merge(&mut here).expect("merge");
    (here, there)
}

fn meet(here: &mut Automerge, there: &mut Automerge) {
    here.merge(there).expect("merge");
    there.merge(here).expect("merge");
    assert_eq!(read(Kind::Instrument, here), read(Kind::Instrument, there), "both read the same");
}

#[test]
fn what_two_add_move_and_put_in_other_words_at_once_comes_together() {
    let (mut here, mut there) = begun();
    put_all(&mut here, &[before("c", Some("a")), add("d", "Nobody")]);
    let ben_does = [
        Edit::RenameLabel { id: id("c"), text: "Calls out unasked".into() },
        add("e", "In pairs first"),
        Edit::RemoveLabel { id: id("b") },
        Edit::SetShape { shape: Shape::Line },
        Edit::SetSpeakers { speakers: vec![Speaker::Student, Speaker::Teacher] },
        Edit::SetUsualMinutes { minutes: Some(15) },
        Edit::SpliceText {
            field: "question".into(),
            splices: vec![Splice { at: 0, delete: 0, insert: "Who answers after a question?".into() }],
        },
    ];
    for one in &ben_does {
        edit(Kind::Instrument, &mut there, &owner(ben()), one).expect("Ben's part");
    }
    meet(&mut here, &mut there);
    let found = own(&here);
    assert_eq!(labels(&here)[..2], ["Calls out unasked", "Hand up"]);
    let mut added = labels(&here)[2..].to_vec();
    added.sort();
    assert_eq!(added, ["In pairs first", "Nobody"]);
    assert_eq!((found.shape, found.minutes), (Shape::Line, Some(15)));
    assert_eq!(found.speakers, [Speaker::Teacher, Speaker::Student]);
    assert_eq!(found.question.as_str(), "Who answers after a question?");
    assert_eq!((found.faults, read(Kind::Instrument, &here).problems), (vec![], vec![]));
}

#[test]
fn two_wordings_at_once_are_both_there_until_one_is_settled_on() {
    let (mut here, mut there) = begun();
    put(&mut here, &Edit::RenameLabel { id: id("a"), text: "Raises a hand".into() }).expect("rename");
    put(&mut there, &Edit::RenameLabel { id: id("a"), text: "Puts a hand up".into() }).expect("rename");
    meet(&mut here, &mut there);
    let label = own(&here).labels[0].clone();
    let mut both = vec![label.text.as_str().to_owned(), label.also[0].as_str().to_owned()];
    both.sort();
    assert_eq!(both, ["Puts a hand up", "Raises a hand"]);
    put(&mut here, &Edit::RenameLabel { id: id("a"), text: "Raises a hand".into() }).expect("settled");
    let label = own(&here).labels[0].clone();
    assert_eq!((label.text.as_str(), label.also.len()), ("Raises a hand", 0));
}

#[test]
fn what_only_together_rates_or_says_the_same_is_a_fault_and_never_an_error() {
    let (mut here, mut there) = begun();
    put_all(&mut here, &[add("d", "Often"), add("f", "Claps")]);
    put_all(&mut there, &[add("e", "Never"), add("g", "claps")]);
    meet(&mut here, &mut there);
    assert_eq!(faults(&here), [ReasonCode::ScaleDegree, ReasonCode::SameLabel]);
    let mut about: Vec<String> = own(&here).faults[0].labels.iter().map(|it| it.as_str().to_owned()).collect();
    about.sort();
    assert_eq!(about, ["Never", "Often"]);
    // Everything else goes on, and what is wrong is put right label by label.
    put(&mut here, &add("h", "Looks away")).expect("another label is no part of it");
    put(&mut here, &Edit::RemoveLabel { id: id("e") }).expect("removed");
    put(&mut here, &Edit::RenameLabel { id: id("g"), text: "Claps twice".into() }).expect("renamed");
    assert_eq!(faults(&here), []);
}

#[test]
fn more_labels_than_fit_a_page_come_together_and_are_told() {
    let (mut here, mut there) = begun();
    for number in 3..PROMPTS_MAX {
        put(&mut here, &add(&format!("here-{number}"), &format!("Thing {number} here"))).expect("a label");
    }
    put(&mut there, &add("there", "One more")).expect("a label");
    let refused = put(&mut here, &add("too-many", "One too many"));
    assert!(matches!(refused, Err(EditError::Instrument(InstrumentError::TooManyLabels))), "{refused:?}");
    meet(&mut here, &mut there);
    assert_eq!((labels(&here).len(), faults(&here)), (PROMPTS_MAX + 1, vec![ReasonCode::TooManyLabels]));
}

#[test]
fn a_scale_is_refused_with_its_reason_and_the_labels_it_is_about() {
    let mut document = replica(Kind::Instrument, 1);
    put_all(&mut document, &[add("a", "Asks"), add("b", "Sometimes")]);
    let table = [
        (add("n", "Good"), ReasonCode::ScaleWorth, vec!["Good"]),
        (add("n", "4"), ReasonCode::BareNumber, vec!["4"]),
        (add("n", "Level 2"), ReasonCode::ScaleNumbers, vec!["Level 2"]),
        (add("n", "A"), ReasonCode::ScaleLetters, vec!["A"]),
        (add("n", "Never"), ReasonCode::ScaleDegree, vec!["Sometimes", "Never"]),
        (add("n", " asks "), ReasonCode::SameLabel, vec!["Asks", "asks"]),
        (add("n", "  "), ReasonCode::NoName, vec![]),
        (Edit::RenameLabel { id: id("a"), text: "Excellent".into() }, ReasonCode::ScaleWorth, vec!["Excellent"]),
        (Edit::SetShape { shape: Shape::Wait }, ReasonCode::NotBuilt, vec![]),
        (Edit::SetInterval { seconds: Some(0) }, ReasonCode::Interval, vec![]),
    ];
    let before = document.get_heads();
    for (what, code, about) in table {
        let refused = put(&mut document, &what).expect_err("it is refused");
        let reason = refused.reason().expect("with its reason");
        let words: Vec<&str> = reason.labels.iter().map(Words::as_str).collect();
        assert_eq!((reason.code, words), (code, about), "{what:?}");
    }
    assert_eq!(document.get_heads(), before, "nothing of it is kept");
}

#[test]
fn labels_keep_an_order_however_often_they_are_moved() {
    let (mut document, _) = begun();
    for _ in 0..100 {
        // Always into the same gap, so that it closes and all places are given anew.
        put_all(&mut document, &[before("c", Some("b")), before("b", Some("c"))]);
    }
    assert_eq!(labels(&document), ["Hand up", "Called on", "Calls out"]);
    put_all(&mut document, &[before("a", None), before("c", Some("b")), before("c", Some("c"))]);
    assert_eq!(labels(&document), ["Calls out", "Called on", "Hand up"]);
    let gone = put(&mut document, &before("a", Some("nobody")));
    assert!(matches!(gone, Err(EditError::Invalid { .. })), "{gone:?}");
    for missing in [before("x", None), Edit::RemoveLabel { id: id("x") }] {
        assert!(put(&mut document, &missing).is_err(), "{missing:?}");
    }
}

#[test]
fn two_who_move_labels_at_once_end_with_one_order_of_all_of_them() {
    let (mut here, mut there) = begun();
    put_all(&mut here, &[before("c", Some("a")), before("b", Some("c"))]);
    put_all(&mut there, &[before("a", None), before("c", Some("b"))]);
    meet(&mut here, &mut there);
    let mut all = labels(&here);
    all.sort();
    assert_eq!(all, ["Called on", "Calls out", "Hand up"], "none is lost and none is there twice");
}

#[test]
fn its_version_follows_from_what_is_counted_and_from_nothing_else() {
    let (mut here, mut there) = begun();
    let version = |document: &Automerge| own(document).version;
    assert_eq!(version(&here), version(&there));
    let first = version(&here);
    put_all(&mut here, &[Edit::SetTitle { title: Some("Answers".into()) }, Edit::SetUsualMinutes { minutes: Some(5) }]);
    assert_eq!(version(&here), first, "another name counts nothing else");
    put(&mut here, &Edit::RenameLabel { id: id("a"), text: "Raises a hand".into() }).expect("renamed");
    assert_ne!(version(&here), first);
    put(&mut here, &Edit::RenameLabel { id: id("a"), text: "Hand up".into() }).expect("renamed");
    assert_eq!(version(&here), first, "what is as it was is the version it was");
    put(&mut there, &Edit::SetShape { shape: Shape::State }).expect("another kind of mark");
    assert_ne!(version(&there), first);
}

#[test]
fn notes_keep_the_copy_they_began_with_whatever_becomes_of_the_instrument() {
    let (mut document, _) = begun();
    let built = own(&document);
    let copy = Instrument {
        id: id("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        version: built.version,
        title: built.title.clone().expect("a name"),
        shape: Some(built.shape),
        labels: built.labels.iter().map(|label| label.text.clone()).collect(),
        student_labels: vec![],
        speakers: built.speakers.clone(),
        seats: vec![],
        interval_seconds: None,
        minutes: Some(15),
    };
    assert_eq!((built.faults, copy.check()), (vec![], Ok(())));
    let mut notes = replica(Kind::NoteSet, 1);
    let freeze = Edit::FreezeInstrument { instrument: copy.clone() };
    edit(Kind::NoteSet, &mut notes, &owner(ana()), &freeze).expect("frozen");
    put_all(&mut document, &[Edit::RemoveLabel { id: id("a") }, Edit::SetTitle { title: None }, add("z", "Other")]);
    assert_ne!(own(&document).version, copy.version);
    let Model::NoteSet(NoteSet { instrument, .. }) = read(Kind::NoteSet, &notes).model else { panic!("no notes") };
    assert_eq!(instrument, Some(copy));
}

#[test]
fn what_a_stranger_wrote_into_it_reads_as_an_instrument_all_the_same() {
    use automerge::ROOT;
    use automerge::transaction::Transactable;
    let (mut document, _) = begun();
    let mut transaction = document.transaction();
    transaction.put(ROOT, "shape", "wait").expect("put");
    transaction.put(ROOT, "interval_seconds", -3_i64).expect("put");
    let map = crate::schema::map_object(&transaction, "labels").expect("labels");
    transaction.put(&map, "plain", "words").expect("put");
    let odd = transaction.put_object(&map, "odd", automerge::ObjType::Map).expect("put");
    transaction.put(&odd, "text", "Odd one").expect("put");
    transaction.put(&odd, "place", i64::MAX).expect("put");
    transaction.put_object(&map, "empty", automerge::ObjType::Map).expect("put");
    transaction.commit();
    let reading = read(Kind::Instrument, &document);
    assert!(reading.problems.len() >= 4, "{:?}", reading.problems);
    assert_eq!(labels(&document), ["Hand up", "Called on", "Calls out", "Odd one"]);
    put(&mut document, &add("last", "Last")).expect("what is behind all others is put there");
    assert_eq!(labels(&document).last().map(String::as_str), Some("Last"));
}
