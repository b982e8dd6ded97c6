//! Worked examples: lessons of one teacher side by side.

use super::*;
use crate::library;
use crate::model::Seat;

const MINUTE: i64 = 60_000;

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn instrument(name: &str, language: &str, seats: &[&str]) -> Instrument {
    let found = library::instruments().iter().find(|it| it.id.as_str() == name).expect("an instrument");
    found.set_up(language, seats.iter().map(|seat| Seat { id: id(seat), x: 0, y: 0 }).collect())
}

fn event(number: i64, label: Option<&str>, mark: Option<Mark>) -> Event {
    let id = id(&format!("e{number}"));
    Event { id, at_ms: number, speaker: None, label: label.map(Words::from), text: "".into(), mark }
}

fn taps(labels: &[&str]) -> Vec<Event> {
    labels.iter().zip(0..).map(|(label, number)| event(number, Some(label), None)).collect()
}

fn waits(pauses: &[i64]) -> Vec<Event> {
    let wait = |(number, pause): (i64, &i64)| {
        let at = number * 20_000;
        event(at, None, Some(Mark::Wait { reply_ms: Some(at + pause), reply_end_ms: None, follow_ms: None }))
    };
    (0..).zip(pauses).map(wait).collect()
}

fn lesson(number: u8, when_ms: Option<i64>) -> LessonOf {
    LessonOf { notes: DocumentId::from_bytes([number; 20]), visit: None, when_ms }
}

fn line<'a>(repeated: &'a Repeated, measure: Measure, name: &str) -> &'a Line {
    let chart = repeated.charts.iter().find(|chart| chart.measure == measure).expect("the chart");
    let named = |line: &&Line| {
        let json = serde_json::to_value(&line.name).expect("JSON");
        json.as_object().is_some_and(|it| it.values().any(|value| value == name))
    };
    chart.lines.iter().find(named).unwrap_or_else(|| panic!("no line {name}"))
}

#[test]
fn pauses_stand_beside_those_of_the_first_lesson_with_their_distribution() {
    let wait = instrument("wait-time", "en", &[]);
    let first = told(&wait, &waits(&[1_000, 2_000, 3_000, 4_000, 9_000]), Some(10 * MINUTE)).expect("pauses");
    let second = told(&wait, &waits(&[2_000, 3_000]), None).expect("pauses");
    // The later lesson comes first here, and is put in its place.
    let all = repeated(vec![(lesson(2, Some(9 * MINUTE)), second), (lesson(1, Some(MINUTE)), first)]);
    assert_eq!(all.len(), 1);
    let moments: Vec<_> = all[0].lessons.iter().map(|it| (it.when_ms, it.length_ms)).collect();
    assert_eq!(moments, [(Some(MINUTE), 10 * MINUTE), (Some(9 * MINUTE), 23_000)]);
    let pauses = line(&all[0], Measure::Medians, "first_wait");
    assert_eq!(pauses.values, [Some(3_000), Some(2_500)]);
    let around = |it: &Spread| (it.count, it.shortest, it.lower, it.upper, it.longest);
    let spreads: Vec<_> = pauses.spreads.iter().flatten().map(around).collect();
    assert_eq!(spreads, [(5, 1_000, 2_000, 4_000, 9_000), (2, 2_000, 2_250, 2_750, 3_000)]);
    // Nobody marked what follows a reply, so that line is not there.
    assert_eq!(all[0].charts.iter().map(|chart| chart.lines.len()).sum::<usize>(), 1);
}

#[test]
fn labels_are_the_same_in_both_languages_and_called_as_they_were_last() {
    let english = told(&instrument("respond-chances", "en", &[]), &taps(&["A volunteer"; 4]), Some(20 * MINUTE));
    let spanish = instrument("respond-chances", "es", &[]);
    let [called, volunteer] = [0, 1].map(|place: usize| spanish.labels[place].as_str().to_owned());
    let later = told(&spanish, &taps(&[&volunteer, &called, &called, &volunteer]), Some(10 * MINUTE));
    let all = repeated(vec![(lesson(1, Some(1)), english.expect("taps")), (lesson(2, Some(2)), later.expect("taps"))]);
    assert_eq!((all.len(), all[0].title.as_str()), (1, spanish.title.as_str()));
    assert_eq!(line(&all[0], Measure::Share, &volunteer).values, [Some(1_000), Some(500)]);
    assert_eq!(line(&all[0], Measure::Share, &called).values, [Some(0), Some(500)]);
    assert_eq!(line(&all[0], Measure::Rate, &volunteer).values, [Some(2_000), Some(2_000)]);
    let share = all[0].charts.iter().find(|chart| chart.measure == Measure::Share).expect("shares");
    assert_eq!(share.lines.len(), 2, "what never happened is not drawn");
}

#[test]
fn other_labels_versions_and_own_instruments_do_not_stand_side_by_side() {
    let base = instrument("question-types", "en", &[]);
    let mut fewer = base.clone();
    fewer.labels.pop();
    let newer = Instrument { version: 2, ..base.clone() };
    let own =
        |title: &str| Instrument { id: id("custom"), title: title.into(), labels: base.labels.clone(), ..base.clone() };
    let table = [base.clone(), base.clone(), fewer, newer, own("Ours"), own(" ours "), own("Another")];
    let lessons = table
        .iter()
        .zip(1_u8..)
        .map(|(it, number)| (lesson(number, Some(number.into())), told(it, &taps(&["Recall"]), None).expect("a tap")));
    let all = repeated(lessons.collect());
    let counts: Vec<usize> = all.iter().map(|it| it.lessons.len()).collect();
    assert_eq!(counts, [1, 2, 1, 1, 2], "what was used last comes first");
}

#[test]
fn sweeps_and_seats_are_shares_so_that_another_class_may_sit_there() {
    let look =
        |number: i64, seat: &str, code: &str| event(number, Some(code), Some(Mark::Look { sweep: 0, seat: id(seat) }));
    let four = instrument("task-sweep", "en", &["a", "b", "c", "d"]);
    let seen = ["a", "b", "c"].map(|seat| (seat, "On the task"));
    let events: Vec<Event> =
        seen.into_iter().chain([("d", "Waiting")]).zip(0..).map(|((seat, code), n)| look(n, seat, code)).collect();
    let two = instrument("task-sweep", "en", &["x", "y"]);
    let later = [look(0, "x", "On the task"), look(1, "y", "Waiting")];
    // A sweep takes as long as it takes: what was once said of its seconds sets no lesson apart.
    let two = Instrument { interval_seconds: Some(9), ..two };
    let all = repeated(vec![
        (lesson(1, Some(1)), told(&four, &events, None).expect("looks")),
        (lesson(2, None), told(&two, &later, None).expect("looks")),
    ]);
    assert_eq!(line(&all[0], Measure::Share, "On the task").values, [Some(750), Some(500)]);
    assert_eq!(all[0].lessons[1].when_ms, None, "a lesson without a time comes last");

    let flow = instrument("verbal-flow", "en", &["a", "b", "c", "d"]);
    let turn = event(1, Some("Asks"), Some(Mark::Turn { from: id("teacher"), to: id("b") }));
    let all = repeated(vec![(lesson(1, None), told(&flow, &[turn], None).expect("a turn"))]);
    assert_eq!(line(&all[0], Measure::SeatsWithNone, "with_turns").values, [Some(250)]);
}

#[test]
fn words_and_empty_notes_tell_nothing_that_repeats() {
    assert_eq!(told(&instrument("script", "en", &[]), &taps(&["Said"]), None), None);
    assert_eq!(told(&instrument("wait-time", "en", &[]), &[], Some(MINUTE)), None);
    assert_eq!(told(&instrument("question-types", "en", &[]), &[], Some(20 * MINUTE)), None);
    assert_eq!(repeated(vec![]), []);
}

#[test]
fn what_is_told_names_nobody_and_adds_nothing_up() {
    let it = told(&instrument("time-use", "en", &[]), &taps(&["Learning"]), Some(MINUTE)).expect("a state");
    let all = serde_json::to_value(repeated(vec![(lesson(1, Some(1)), it)])).expect("JSON");
    let mut keys = std::collections::BTreeSet::new();
    gather(&all, &mut keys);
    for bad in ["person", "by", "visitor", "sum", "total", "mean", "threshold", "target", "score", "rank"] {
        assert!(!keys.contains(bad), "{bad}");
    }
    assert!(keys.contains("share_of_time") || all.to_string().contains("share_of_time"));
}

fn gather(value: &serde_json::Value, keys: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            keys.insert(key.clone());
            gather(value, keys);
        }),
        serde_json::Value::Array(all) => all.iter().for_each(|value| gather(value, keys)),
        _ => {}
    }
}
