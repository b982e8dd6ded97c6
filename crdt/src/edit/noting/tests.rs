//! Notes taken with an instrument: what is frozen, what is taken twice, what other versions left.

use automerge::transaction::Transactable;
use automerge::{Automerge, ObjType, ROOT, ReadDoc};

use crate::edit::tests::{ana, edit, owner, replica};
use crate::edit::{Edit, EditError};
use crate::ids::DocumentId;
use crate::library;
use crate::model::bounds::{OBSERVED_MS_MAX, SEATS_MAX};
use crate::model::{
    Event, EventError, Instrument, InstrumentError, ItemId, Kind, Mark, Model, NoteSet, ReleasedNotes, Seat, Shape,
    Words, read,
};
use crate::schema::map_object;

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn do_it(document: &mut Automerge, what: &Edit) -> Result<(), EditError> {
    edit(Kind::NoteSet, document, &owner(ana()), what)
}

fn notes(document: &Automerge) -> NoteSet {
    match read(Kind::NoteSet, document).model {
        Model::NoteSet(notes) => notes,
        other => panic!("not a note set: {other:?}"),
    }
}

/// An instrument of the library, set up for six seats.
fn instrument(name: &str) -> Instrument {
    let found = library::instruments().iter().find(|it| it.id.as_str() == name).expect("an instrument");
    let seats = (1..=6_u16).map(|n| Seat { id: id(&format!("s{n}")), x: n * 100, y: 500 }).collect();
    found.set_up("en", if found.seats.is_some() { seats } else { vec![] })
}

fn begun(name: &str) -> Automerge {
    let mut document = replica(Kind::NoteSet, 1);
    do_it(&mut document, &Edit::FreezeInstrument { instrument: instrument(name) }).expect("freeze");
    document
}

fn event(name: &str, at_ms: i64, label: Option<&str>, mark: Option<Mark>) -> Event {
    Event { id: id(name), at_ms, speaker: None, label: label.map(Words::from), text: "".into(), mark }
}

/// One event of each shape, for the instrument that takes it.
fn one_of_each() -> Vec<(&'static str, Event)> {
    let codes = vec!["Presents content".into(), "Listen".into()];
    let wait = Mark::Wait { reply_ms: Some(2_400), reply_end_ms: Some(4_000), follow_ms: Some(5_100) };
    vec![
        ("saw-heard-wonder", event("e", 1, Some("Wonder"), None)),
        ("focus-students", event("e", 1, Some("Wrote"), Some(Mark::Seat { seat: id("s2") }))),
        ("question-types", event("e", 1, Some("Explain"), None)),
        ("wait-time", event("e", 1_000, None, Some(wait))),
        ("verbal-flow", event("e", 1, Some("Asks"), Some(Mark::Turn { from: id("teacher"), to: id("s1") }))),
        ("class-traffic", event("e", 1, None, Some(Mark::Step { x: 10, y: 990, stop: true, seat: Some(id("s1")) }))),
        ("task-sweep", event("e", 1, Some("Waiting"), Some(Mark::Look { sweep: 3, seat: id("s5") }))),
        ("grid-2min", event("e", 1, None, Some(Mark::Interval { index: 4, codes }))),
        ("flow-3s", event("e", 1, Some("Directs"), None)),
        ("talk-timer", event("e", 1, Some("Quiet work"), None)),
        ("student-talk-three", event("e", 1, Some("What are you doing?"), Some(Mark::Seat { seat: id("s3") }))),
        ("empty-room", event("e", 1, None, Some(Mark::Spot { place: "By the door".into() }))),
    ]
}

#[test]
fn each_shape_is_read_as_it_was_written_and_released_as_it_was_read() {
    for (name, event) in one_of_each() {
        let mut document = begun(name);
        do_it(&mut document, &Edit::AddEvent { event: event.clone() }).expect(name);
        do_it(&mut document, &Edit::EndObserving { observed_ms: 60_000 }).expect(name);
        let found = notes(&document);
        assert_eq!(read(Kind::NoteSet, &document).problems, vec![], "{name}");
        assert_eq!((&found.instrument, &found.events), (&Some(instrument(name)), &vec![event]), "{name}");

        let mut released = replica(Kind::ReleasedNotes, 1);
        let publish = Edit::Publish {
            title: None,
            text: "".into(),
            events: found.events.clone(),
            instrument: found.instrument.clone(),
            observed_ms: found.observed_ms,
            replaces: Vec::new(),
        };
        edit(Kind::ReleasedNotes, &mut released, &owner(ana()), &publish).expect(name);
        let Model::ReleasedNotes(ReleasedNotes { events, instrument, observed_ms, .. }) =
            read(Kind::ReleasedNotes, &released).model
        else {
            panic!("not released notes")
        };
        assert_eq!((events, instrument, observed_ms), (found.events, found.instrument, Some(60_000)), "{name}");
    }
}

#[test]
fn the_same_event_again_changes_nothing_and_another_under_its_id_is_refused() {
    for (name, event) in one_of_each() {
        let mut document = begun(name);
        do_it(&mut document, &Edit::AddEvent { event: event.clone() }).expect(name);
        let heads = document.get_heads();
        do_it(&mut document, &Edit::AddEvent { event: event.clone() }).expect(name);
        assert_eq!(document.get_heads(), heads, "{name}: said twice, it counts once");
        for other in [
            Event { at_ms: event.at_ms + 1, ..event.clone() },
            Event { text: "more".into(), ..event.clone() },
            Event { label: None, text: "a line".into(), mark: None, ..event.clone() },
        ] {
            let refused = do_it(&mut document, &Edit::AddEvent { event: other });
            assert!(refused.is_err(), "{name}: {refused:?}");
        }
        assert_eq!(notes(&document).events, vec![event], "{name}");
    }
}

#[test]
fn a_mark_the_instrument_does_not_take_is_refused_in_a_sentence() {
    let mut document = begun("talk-timer");
    let cases = [
        (event("a", 0, Some("Sings"), None), EventError::OtherLabel),
        (event("b", 0, Some("Other"), Some(Mark::Seat { seat: id("s1") })), EventError::OtherShape),
    ];
    for (event, wanted) in cases {
        match do_it(&mut document, &Edit::AddEvent { event }) {
            Err(EditError::Event(error)) => assert_eq!(error, wanted),
            other => panic!("{other:?}"),
        }
    }
    assert!(notes(&document).events.is_empty());
}

#[test]
fn an_instrument_that_rates_or_is_too_large_is_refused_before_it_is_frozen() {
    let mut document = replica(Kind::NoteSet, 1);
    let mut rating = instrument("question-types");
    rating.labels = vec!["Good".into(), "Weak".into()];
    let refused = do_it(&mut document, &Edit::FreezeInstrument { instrument: rating });
    assert!(matches!(refused, Err(EditError::Instrument(InstrumentError::Scale { .. }))), "{refused:?}");
    let mut wide = instrument("question-types");
    wide.labels = (0..1_000).map(|n| format!("Column {}", letters(n)).into()).collect();
    let refused = do_it(&mut document, &Edit::FreezeInstrument { instrument: wide });
    assert!(matches!(refused, Err(EditError::Instrument(InstrumentError::TooManyLabels))), "{refused:?}");
    let mut crowded = instrument("verbal-flow");
    crowded.seats = (0..=SEATS_MAX).map(|n| Seat { id: id(&format!("s{n}")), x: 0, y: 0 }).collect();
    let refused = do_it(&mut document, &Edit::FreezeInstrument { instrument: crowded.clone() });
    assert!(matches!(refused, Err(EditError::Instrument(InstrumentError::TooManySeats))), "{refused:?}");
    assert_eq!(notes(&document).instrument, None);
    crowded.seats.truncate(SEATS_MAX);
    do_it(&mut document, &Edit::FreezeInstrument { instrument: crowded.clone() }).expect("four hundred seats");
    assert_eq!(notes(&document).instrument, Some(crowded));
}

fn letters(number: u32) -> String {
    format!("{number:04}").bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

#[test]
fn an_event_is_described_later_and_observing_ends() {
    let mut document = begun("interesting-moments");
    do_it(&mut document, &Edit::AddEvent { event: event("m", 5, None, None) }).expect("add");
    do_it(&mut document, &Edit::DescribeEvent { id: id("m"), text: "Hands went up".into() }).expect("describe");
    assert_eq!(notes(&document).events[0].text.as_str(), "Hands went up");
    do_it(&mut document, &Edit::DescribeEvent { id: id("m"), text: "".into() }).expect("describe");
    assert_eq!(notes(&document).events[0].text.as_str(), "");
    let gone = do_it(&mut document, &Edit::DescribeEvent { id: id("z"), text: "?".into() });
    assert!(gone.is_err(), "{gone:?}");
    for bad in [-1, OBSERVED_MS_MAX + 1] {
        assert!(do_it(&mut document, &Edit::EndObserving { observed_ms: bad }).is_err(), "{bad}");
    }
    do_it(&mut document, &Edit::EndObserving { observed_ms: 900_000 }).expect("end");
    assert_eq!(notes(&document).observed_ms, Some(900_000));
}

#[test]
fn notes_of_the_version_before_read_as_they_were() {
    let mut document = replica(Kind::NoteSet, 1);
    let mut transaction = document.transaction();
    let frozen = transaction.put_object(ROOT, "instrument", ObjType::Map).expect("put");
    transaction.put(&frozen, "id", "script").expect("put");
    transaction.put(&frozen, "version", 1_u64).expect("put");
    transaction.put(&frozen, "title", "Script").expect("put");
    let labels = transaction.put_object(&frozen, "labels", ObjType::List).expect("put");
    transaction.insert(&labels, 0, "saw").expect("insert");
    let events = map_object(&transaction, "events").expect("events");
    let one = transaction.put_object(&events, "a", ObjType::Map).expect("put");
    transaction.put(&one, "at_ms", 1_000).expect("put");
    transaction.put(&one, "speaker", "room").expect("put");
    transaction.put(&one, "label", "another word").expect("put");
    transaction.put(&one, "text", "a pause").expect("put");
    transaction.commit();
    let reading = read(Kind::NoteSet, &document);
    assert_eq!((reading.problems, reading.newer), (vec![], false));
    let found = notes(&document);
    assert_eq!(found.instrument.and_then(|it| it.shape), None);
    assert_eq!(found.events[0].label.as_ref().map(Words::as_str), Some("another word"));
}

#[test]
fn a_foreign_mark_reads_as_a_line_of_words_with_a_problem() {
    let mut document = begun("talk-timer");
    let mut transaction = document.transaction();
    let events = map_object(&transaction, "events").expect("events");
    let one = transaction.put_object(&events, "a", ObjType::Map).expect("put");
    transaction.put(&one, "mark", "turn").expect("put");
    transaction.put(&one, "from", "s1").expect("put");
    transaction.put(&one, "to", "s2").expect("put");
    transaction.put(&one, "label", "Asks").expect("put");
    transaction.put(&one, "text", "why?").expect("put");
    let other = transaction.put_object(&events, "b", ObjType::Map).expect("put");
    transaction.put(&other, "mark", "hologram").expect("put");
    transaction.put(&other, "text", "a later version").expect("put");
    transaction.commit();
    let reading = read(Kind::NoteSet, &document);
    assert_eq!(reading.problems.len(), 2, "{:?}", reading.problems);
    let found = notes(&document).events;
    let lines: Vec<(&str, bool)> =
        found.iter().map(|it| (it.text.as_str(), it.mark.is_none() && it.label.is_none())).collect();
    assert_eq!(lines, vec![("Asks: why?", true), ("a later version", true)]);
    assert!(found.iter().all(|it| crate::model::fits(Some(&instrument("talk-timer")), it).is_ok()));
    assert_eq!(notes(&document).instrument.and_then(|it| it.shape), Some(Shape::State));
    assert!(document.get(ROOT, "events").expect("events").is_some());
}

#[test]
fn notes_of_ones_own_lesson_say_when_it_was_unless_a_visit_says_whose_it_is() {
    let mut document = begun("wait-time");
    do_it(&mut document, &Edit::SetOwnLesson { when_ms: Some(5) }).expect("a moment");
    assert_eq!(notes(&document).own_lesson_ms, Some(5));
    assert!(matches!(do_it(&mut document, &Edit::SetOwnLesson { when_ms: Some(-1) }), Err(EditError::Invalid { .. })));
    do_it(&mut document, &Edit::SetOwnLesson { when_ms: None }).expect("taken back");
    assert_eq!(notes(&document).own_lesson_ms, None);
    do_it(&mut document, &Edit::SetVisit { visit: DocumentId::from_bytes([7; 20]) }).expect("a visit");
    assert!(matches!(
        do_it(&mut document, &Edit::SetOwnLesson { when_ms: Some(5) }),
        Err(EditError::NotAllowed { .. })
    ));
}

#[test]
fn marks_of_a_clock_that_was_days_off_keep_their_words_and_lengthen_no_lesson() {
    let right = event("right", 60_000, Some("Explain"), None);
    let mut document = begun("question-types");
    for event in [right.clone(), event("wrong", 3 * OBSERVED_MS_MAX, Some("Explain"), None)] {
        do_it(&mut document, &Edit::AddEvent { event }).expect("taken");
    }
    let reading = read(Kind::NoteSet, &document);
    assert!(reading.problems.iter().any(|problem| problem.place == "events"), "{:?}", reading.problems);
    let found = notes(&document);
    let line = Event { text: "Explain".into(), ..event("wrong", 0, None, None) };
    assert_eq!(found.events, [line, right]);
    let figures = crate::figures::figures(&instrument("question-types"), &found.events, found.observed_ms);
    assert_eq!(figures.length_ms, 60_000);

    let mut document = begun("wait-time");
    let reply = Mark::Wait { reply_ms: Some(2 * OBSERVED_MS_MAX), reply_end_ms: None, follow_ms: None };
    do_it(&mut document, &Edit::AddEvent { event: event("e", 1_000, None, Some(reply)) }).expect("taken");
    assert!(!read(Kind::NoteSet, &document).problems.is_empty());
    let found = notes(&document);
    assert_eq!(crate::figures::figures(&instrument("wait-time"), &found.events, None).length_ms, 1_000);
}
