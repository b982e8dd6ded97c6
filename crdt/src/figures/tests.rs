//! Worked examples: what each instrument's marks tell in figures.

use super::*;
use crate::library;
use crate::model::Seat;

const MINUTE: i64 = 60_000;

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn instrument(name: &str, seats: &[&str]) -> Instrument {
    let found = library::instruments().iter().find(|it| it.id.as_str() == name).expect("an instrument");
    found.set_up("en", seats.iter().map(|seat| Seat { id: id(seat), x: 0, y: 0 }).collect())
}

fn event(at_ms: i64, label: Option<&str>, mark: Option<Mark>) -> Event {
    let id = id(&format!("e{at_ms}-{}", label.unwrap_or_default().len()));
    Event { id, at_ms, speaker: None, label: label.map(Words::from), text: "".into(), mark }
}

fn tap(at_ms: i64, label: &str) -> Event {
    event(at_ms, Some(label), None)
}

fn said(at_ms: i64, speaker: Speaker, text: &str) -> Event {
    Event { speaker: Some(speaker), text: text.into(), ..event(at_ms, None, None) }
}

fn wait(at_ms: i64, reply_ms: Option<i64>, reply_end_ms: Option<i64>, follow_ms: Option<i64>) -> Event {
    event(at_ms, None, Some(Mark::Wait { reply_ms, reply_end_ms, follow_ms }))
}

/// One table, each row as its name and numbers; -1 stands for nothing to tell.
fn told(figures: &Figures, measure: Measure) -> Vec<(String, Vec<i64>)> {
    let figure = figures.tables.iter().find(|it| it.measure == measure).unwrap_or_else(|| panic!("no {measure:?}"));
    let width = figure.columns.len().max(1);
    let row = |row: &FigureRow| {
        assert_eq!(row.values.len(), width, "{measure:?}");
        (name(&row.name), row.values.iter().map(|value| value.unwrap_or(-1)).collect())
    };
    figure.rows.iter().map(row).collect()
}

fn name(name: &Name) -> String {
    match serde_json::to_value(name).expect("json").as_object().and_then(|it| it.values().next().cloned()) {
        Some(serde_json::Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => panic!("a name has one value"),
    }
}

fn rows(expected: &[(&str, &[i64])]) -> Vec<(String, Vec<i64>)> {
    expected.iter().map(|(name, values)| ((*name).to_owned(), values.to_vec())).collect()
}

/// The rows in which something happened.
fn happened(all: Vec<(String, Vec<i64>)>) -> Vec<(String, Vec<i64>)> {
    all.into_iter().filter(|(_, values)| values.iter().any(|value| *value > 0)).collect()
}

fn measures(figures: &Figures) -> Vec<Measure> {
    figures.tables.iter().map(|it| it.measure).collect()
}

#[test]
fn a_running_script_tells_minutes_by_speaker_and_quotes() {
    let events = [
        said(0, Speaker::Teacher, "“Why do you think so?”"),
        said(20_000, Speaker::Student, "\"Because it floats.\" \"And wood too.\""),
        said(50_000, Speaker::Teacher, "writes on the board"),
        event(55_000, None, None),
        said(60_000, Speaker::Room, "a bell"),
    ];
    let told_by = figures(&instrument("script", &[]), &events, Some(2 * MINUTE));
    assert_eq!(
        told(&told_by, Measure::TimeBySpeaker),
        rows(&[("teacher", &[30_000]), ("student", &[30_000]), ("students", &[0]), ("room", &[60_000])])
    );
    assert_eq!(told(&told_by, Measure::Quotes), rows(&[("all", &[3])]));
}

#[test]
fn labelled_lines_are_counted_by_kind() {
    let events = [tap(0, "Saw"), tap(1, "Wonder"), tap(2, "Saw")];
    let told_by = figures(&instrument("saw-heard-wonder", &[]), &events, None);
    assert_eq!(told(&told_by, Measure::Counts), rows(&[("Saw", &[2]), ("Heard", &[0]), ("Wonder", &[1])]));
    let events = [tap(0, "Questions"), tap(9, "Directions")];
    let told_by = figures(&instrument("selective-verbatim", &[]), &events, None);
    assert_eq!(happened(told(&told_by, Measure::Counts)), rows(&[("Questions", &[1]), ("Directions", &[1])]));
}

#[test]
fn question_types_are_counted_by_whom_shared_and_rated() {
    let by = |at, label: &str, speaker| Event { speaker: Some(speaker), ..tap(at, label) };
    let events = [
        by(0, "Recall", Speaker::Teacher),
        by(1, "Recall", Speaker::Teacher),
        by(2, "Explain", Speaker::Student),
        Event { text: "a remark".into(), ..event(3, None, None) },
    ];
    let told_by = figures(&instrument("question-types", &[]), &events, Some(4 * MINUTE));
    assert_eq!(happened(told(&told_by, Measure::Counts)), rows(&[("Recall", &[2, 0]), ("Explain", &[0, 1])]));
    assert_eq!(happened(told(&told_by, Measure::Share)), rows(&[("Recall", &[667]), ("Explain", &[333])]));
    assert_eq!(happened(told(&told_by, Measure::Rate)), rows(&[("Recall", &[500, 5_000]), ("Explain", &[250, 2_500])]));
}

#[test]
fn a_rate_over_less_than_a_minute_is_not_told() {
    let told_by = figures(&instrument("respond-chances", &[]), &[tap(5, "A volunteer")], Some(MINUTE - 1));
    assert_eq!(measures(&told_by), [Measure::Counts, Measure::Share]);
}

#[test]
fn wait_time_tells_medians_and_short_pauses() {
    let events = [
        wait(0, Some(1_000), Some(4_000), Some(5_000)),
        wait(10_000, Some(14_000), Some(15_000), None),
        wait(20_000, Some(22_000), Some(23_000), Some(26_500)),
        wait(30_000, None, None, None),
        wait(40_000, Some(52_000), None, None),
    ];
    let told_by = figures(&instrument("wait-time", &[]), &events, None);
    assert_eq!(told_by.length_ms, 52_000);
    // First: 1, 2, 4 and 12 seconds. Second: 1 and 3.5 seconds.
    assert_eq!(told(&told_by, Measure::Medians), rows(&[("first_wait", &[3_000]), ("second_wait", &[2_250])]));
    assert_eq!(
        told(&told_by, Measure::Pauses),
        rows(&[("first_wait", &[4, 2]), ("second_wait", &[2, 1]), ("no_reply", &[1, -1])])
    );
    assert_eq!(
        happened(told(&told_by, Measure::PauseLengths)),
        rows(&[("1", &[1, 1]), ("2", &[1, 0]), ("3", &[0, 1]), ("4", &[1, 0]), ("10", &[1, 0])])
    );
    let silent = figures(&instrument("wait-time", &[]), &[wait(0, None, None, None)], None);
    assert_eq!(told(&silent, Measure::Medians), rows(&[("first_wait", &[-1]), ("second_wait", &[-1])]));
}

#[test]
fn states_last_until_the_next_and_the_last_until_the_end() {
    let events = [
        tap(0, "Teacher talks"),
        tap(60_000, "Quiet work"),
        tap(90_000, "Quiet work"),
        Event { text: "a remark".into(), ..event(95_000, None, None) },
        tap(120_000, "Teacher talks"),
    ];
    let told_by = figures(&instrument("talk-timer", &[]), &events, Some(150_000));
    assert_eq!(
        happened(told(&told_by, Measure::TimeByState)),
        rows(&[("Teacher talks", &[90_000]), ("Quiet work", &[60_000])])
    );
    assert_eq!(
        happened(told(&told_by, Measure::ShareOfTime)),
        rows(&[("Teacher talks", &[600]), ("Quiet work", &[400])])
    );
    assert_eq!(
        happened(told(&told_by, Measure::Longest)),
        rows(&[("Teacher talks", &[60_000]), ("Quiet work", &[60_000])])
    );
    assert_eq!(
        told(&told_by, Measure::Stretches),
        rows(&[
            ("Teacher talks", &[0, 60_000]),
            ("Quiet work", &[60_000, 60_000]),
            ("Teacher talks", &[120_000, 30_000])
        ])
    );
}

#[test]
fn time_use_tells_how_long_each_transition_was() {
    let events = [tap(0, "Learning"), tap(100, "Transition"), tap(400, "Learning"), tap(900, "Transition")];
    let told_by = figures(&instrument("time-use", &[]), &events, Some(1_000));
    let transitions: Vec<_> =
        told(&told_by, Measure::Stretches).into_iter().filter(|(name, _)| name == "Transition").collect();
    assert_eq!(transitions, rows(&[("Transition", &[100, 300]), ("Transition", &[900, 100])]));
}

#[test]
fn verbal_flow_counts_turns_by_seat_and_the_seats_without() {
    let turn =
        |at, act: &str, from: &str, to: &str| event(at, Some(act), Some(Mark::Turn { from: id(from), to: id(to) }));
    let events = [
        turn(0, "Asks", "teacher", "a"),
        turn(1, "Answers when called", "a", "teacher"),
        turn(2, "Talks to a peer", "a", "b"),
        turn(3, "Asks", "teacher", "all"),
    ];
    let told_by = figures(&instrument("verbal-flow", &["a", "b", "c"]), &events, None);
    assert_eq!(
        told(&told_by, Measure::Turns),
        rows(&[("teacher", &[2, 1]), ("class", &[0, 1]), ("a", &[2, 1]), ("b", &[0, 1]), ("c", &[0, 0])])
    );
    assert_eq!(told(&told_by, Measure::SeatsWithNone), rows(&[("with_turns", &[2]), ("with_none", &[1])]));
    assert_eq!(
        happened(told(&told_by, Measure::Counts)),
        rows(&[("Asks", &[2]), ("Answers when called", &[1]), ("Talks to a peer", &[1])])
    );
}

#[test]
fn class_traffic_tells_where_the_teacher_was_and_stopped() {
    let step = |at, x, y, seat: Option<&str>| {
        event(at, None, Some(Mark::Step { x, y, stop: seat.is_some(), seat: seat.map(id) }))
    };
    let events = [step(10_000, 500, 0, None), step(40_000, 900, 999, Some("b")), step(70_000, 500, 500, Some("b"))];
    let told_by = figures(&instrument("class-traffic", &["a", "b"]), &events, Some(75_000));
    assert_eq!(
        happened(told(&told_by, Measure::Dwell)),
        rows(&[("front_middle", &[30_000]), ("centre", &[5_000]), ("back_right", &[30_000])])
    );
    assert_eq!(told(&told_by, Measure::Stops), rows(&[("a", &[0]), ("b", &[2])]));
}

#[test]
fn sweeps_tell_the_share_of_each_code_look_by_look() {
    let look = |at, sweep, seat: &str, code: &str| event(at, Some(code), Some(Mark::Look { sweep, seat: id(seat) }));
    let events = [
        look(0, 0, "a", "On the task"),
        look(1, 0, "b", "Waiting"),
        look(2, 0, "b", "On the task"),
        look(3, 0, "c", "Waiting"),
        look(9, 1, "a", "Something else"),
    ];
    let told_by = figures(&instrument("task-sweep", &["a", "b", "c"]), &events, None);
    assert_eq!(told(&told_by, Measure::Looks), rows(&[("1", &[2, 1, 0, 0]), ("2", &[0, 0, 0, 1])]));
    assert_eq!(told(&told_by, Measure::ShareBySweep), rows(&[("1", &[667, 333, 0, 0]), ("2", &[0, 0, 0, 1000])]));
}

#[test]
fn a_grid_tells_in_what_part_of_the_intervals_each_happened() {
    let interval = |at, index, codes: &[&str]| {
        event(at, None, Some(Mark::Interval { index, codes: codes.iter().map(|code| Words::from(*code)).collect() }))
    };
    let events = [
        interval(0, 0, &["Presents content", "Listen"]),
        interval(120_000, 1, &["Presents content"]),
        interval(121_000, 1, &["Moves among groups", "Worksheet in groups"]),
        interval(240_000, 2, &["Presents content", "Listen"]),
    ];
    let told_by = figures(&instrument("grid-2min", &[]), &events, None);
    assert_eq!(
        happened(told(&told_by, Measure::ShareOfIntervals)),
        rows(&[
            ("Presents content", &[667]),
            ("Moves among groups", &[333]),
            ("Listen", &[667]),
            ("Worksheet in groups", &[333])
        ])
    );
}

#[test]
fn beats_tell_shares_and_what_followed_what() {
    let events = [
        tap(0, "Teacher asks"),
        tap(3_000, "A student responds"),
        tap(6_000, "Teacher asks"),
        tap(9_000, "A student responds"),
    ];
    let told_by = figures(&instrument("flow-3s", &[]), &events, None);
    assert_eq!(
        happened(told(&told_by, Measure::Share)),
        rows(&[("Teacher asks", &[500]), ("A student responds", &[500])])
    );
    let pairs = told(&told_by, Measure::Pairs);
    assert_eq!((pairs.len(), pairs[3].1[7], pairs[7].1[3], pairs[3].1[3]), (10, 2, 1, 0));
}

#[test]
fn focus_students_are_counted_by_seat() {
    let about = |at, label: &str, seat: &str| event(at, Some(label), Some(Mark::Seat { seat: id(seat) }));
    let events = [about(0, "Did", "a"), about(1, "Wrote", "a"), about(2, "Said", "b")];
    let told_by = figures(&instrument("focus-students", &["a", "b"]), &events, None);
    assert_eq!(told(&told_by, Measure::BySeat), rows(&[("a", &[1, 0, 1, 2]), ("b", &[0, 1, 0, 1])]));
}

#[test]
fn instruments_of_words_alone_and_empty_notes_tell_no_figures() {
    for name in ["student-talk-three", "interesting-moments", "empty-room"] {
        let events = [Event { text: "words".into(), ..event(0, None, None) }];
        assert_eq!(figures(&instrument(name, &["a"]), &events, Some(MINUTE)).tables, vec![], "{name}");
    }
    for it in library::instruments() {
        let empty = figures(&it.set_up("en", vec![]), &[], Some(MINUTE));
        assert_eq!((empty.tables, empty.length_ms), (vec![], MINUTE), "{}", it.id);
    }
}

#[test]
fn marks_that_another_hand_left_never_stop_a_figure() {
    let odd = [
        wait(5, None, None, None),
        tap(i64::MAX / 4, "Sings"),
        event(0, None, Some(Mark::Turn { from: id("z"), to: id("z") })),
    ];
    for it in library::instruments() {
        figures(&it.set_up("es", vec![Seat { id: id("a"), x: 1_000, y: 1_000 }]), &odd, Some(0));
    }
}
