//! Which marks which instrument takes.

use super::*;
use crate::model::instrument::Seat;
use crate::model::note_set::Speaker;

/// An instrument's shape, a label and a mark, and whether it takes them.
type Case = (Shape, Option<&'static str>, Option<Mark>, Result<(), EventError>);

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn instrument(shape: Option<Shape>) -> Instrument {
    Instrument {
        id: id("custom"),
        version: 1,
        title: "Ours".into(),
        shape,
        labels: vec!["Asks".into(), "Tells".into()],
        student_labels: vec!["Writes".into()],
        speakers: vec![Speaker::Teacher],
        seats: vec![Seat { id: id("a"), x: 0, y: 0 }, Seat { id: id("b"), x: 500, y: 0 }],
        interval_seconds: None,
        minutes: None,
    }
}

fn event(label: Option<&str>, mark: Option<Mark>) -> Event {
    Event { id: id("e"), at_ms: 1_000, speaker: None, label: label.map(Words::from), text: "why?".into(), mark }
}

fn wait(reply_ms: Option<i64>, reply_end_ms: Option<i64>, follow_ms: Option<i64>) -> Option<Mark> {
    Some(Mark::Wait { reply_ms, reply_end_ms, follow_ms })
}

fn turn(from: &str, to: &str) -> Option<Mark> {
    Some(Mark::Turn { from: id(from), to: id(to) })
}

fn step(x: u16, seat: Option<&str>) -> Option<Mark> {
    Some(Mark::Step { x, y: 0, stop: true, seat: seat.map(id) })
}

fn look(sweep: u32, seat: &str) -> Option<Mark> {
    Some(Mark::Look { sweep, seat: id(seat) })
}

fn interval(index: u32, codes: &[&str]) -> Option<Mark> {
    Some(Mark::Interval { index, codes: codes.iter().map(|code| Words::from(*code)).collect() })
}

fn seat(seat: &str) -> Option<Mark> {
    Some(Mark::Seat { seat: id(seat) })
}

fn spot(place: &str) -> Option<Mark> {
    Some(Mark::Spot { place: place.into() })
}

#[test]
fn each_instrument_takes_its_own_marks_and_says_why_not_others() {
    use EventError::{NoPlace, OtherLabel, OtherSeat, OtherShape, OutOfOrder, Outside, TooMany};
    let table: [Case; 43] = [
        (Shape::Line, Some("Asks"), None, Ok(())),
        (Shape::Line, None, seat("a"), Ok(())),
        (Shape::Line, Some("Asks"), seat("a"), Ok(())),
        (Shape::Line, None, seat("z"), Err(OtherSeat)),
        (Shape::Line, Some("Sings"), None, Err(OtherLabel)),
        (Shape::Line, None, spot("door"), Err(OtherShape)),
        (Shape::Tally, Some("Asks"), None, Ok(())),
        (Shape::Tally, Some("Writes"), None, Ok(())),
        (Shape::Tally, Some("asks"), None, Err(OtherLabel)),
        (Shape::Tally, Some("Asks"), seat("a"), Err(OtherShape)),
        (Shape::State, Some("Tells"), None, Ok(())),
        (Shape::State, Some("Sings"), None, Err(OtherLabel)),
        (Shape::Beat, Some("Tells"), None, Ok(())),
        (Shape::Wait, None, wait(None, None, None), Ok(())),
        (Shape::Wait, None, wait(Some(1_000), Some(2_000), Some(3_000)), Ok(())),
        (Shape::Wait, None, wait(Some(999), None, None), Err(OutOfOrder)),
        (Shape::Wait, None, wait(Some(2_000), Some(1_500), None), Err(OutOfOrder)),
        (Shape::Wait, None, wait(None, None, Some(3_000)), Err(OutOfOrder)),
        (Shape::Wait, None, wait(Some(2_000), None, Some(3_000)), Err(OutOfOrder)),
        (Shape::Wait, Some("Asks"), None, Err(OtherShape)),
        (Shape::Turn, Some("Asks"), turn("teacher", "a"), Ok(())),
        (Shape::Turn, Some("Asks"), turn("teacher", "all"), Ok(())),
        (Shape::Turn, Some("Asks"), turn("a", "b"), Ok(())),
        (Shape::Turn, Some("Asks"), turn("all", "b"), Err(OtherSeat)),
        (Shape::Turn, Some("Asks"), turn("a", "z"), Err(OtherSeat)),
        (Shape::Turn, None, turn("a", "b"), Err(OtherLabel)),
        (Shape::Path, None, step(1_000, Some("a")), Ok(())),
        (Shape::Path, None, step(1_001, None), Err(Outside)),
        (Shape::Path, None, step(0, Some("z")), Err(OtherSeat)),
        (Shape::Sweep, Some("Asks"), look(0, "a"), Ok(())),
        (Shape::Sweep, None, look(0, "a"), Err(OtherLabel)),
        (Shape::Sweep, Some("Asks"), look(0, "z"), Err(OtherSeat)),
        (Shape::Sweep, Some("Asks"), look(INTERVALS_MAX + 1, "a"), Err(TooMany)),
        (Shape::Grid, None, interval(0, &["Asks", "Writes"]), Ok(())),
        (Shape::Grid, None, interval(0, &[]), Ok(())),
        (Shape::Grid, None, interval(0, &["Sings"]), Err(OtherLabel)),
        (Shape::Grid, None, interval(INTERVALS_MAX + 1, &["Asks"]), Err(TooMany)),
        (Shape::Ask, Some("Asks"), seat("a"), Ok(())),
        (Shape::Ask, None, seat("a"), Err(OtherLabel)),
        (Shape::Ask, Some("Asks"), seat("z"), Err(OtherSeat)),
        (Shape::Spot, None, spot("by the door"), Ok(())),
        (Shape::Spot, None, spot(" "), Err(NoPlace)),
        (Shape::Spot, Some("Asks"), None, Err(OtherShape)),
    ];
    for (shape, label, mark, wanted) in table {
        let event = event(label, mark);
        assert_eq!(fits(Some(&instrument(Some(shape))), &event), wanted, "{shape:?} {event:?}");
    }
}

#[test]
fn a_line_of_words_is_always_taken() {
    use crate::model::words::Word;
    for shape in Shape::ALL {
        assert_eq!(fits(Some(&instrument(Some(*shape))), &event(None, None)), Ok(()));
    }
}

#[test]
fn notes_without_a_shape_are_lines() {
    for instrument in [None, Some(instrument(None))] {
        assert_eq!(fits(instrument.as_ref(), &event(Some("Sings"), None)), Ok(()));
        assert_eq!(fits(instrument.as_ref(), &event(None, seat("a"))), Err(EventError::NoInstrument));
    }
}

#[test]
fn a_speaker_is_one_that_the_instrument_tells_apart() {
    let said = |speaker| Event { speaker: Some(speaker), ..event(Some("Asks"), None) };
    let notes = instrument(Some(Shape::Tally));
    assert_eq!(fits(Some(&notes), &said(Speaker::Teacher)), Ok(()));
    assert_eq!(fits(Some(&notes), &said(Speaker::Room)), Err(EventError::OtherSpeaker));
}
