//! Decides whether a timetable reads as it was written, and whether nothing is to be shown that was not chosen.

use automerge::Automerge;

use super::said_again;
use crate::access::Role;
use crate::edit::tests::{ana, ben, edit, owner, replica};
use crate::edit::{Author, Edit, EditError};
use crate::model::bounds::FREE_TIMES_MAX;
use crate::model::{
    Cycle, Day, Filling, FreePeriods, FreeTime, Kind, Model, Otherwise, Period, PeriodUse, Slot, Timetable,
    TimetableError, Turning, Words, read,
};

fn put(document: &mut Automerge, what: Edit) -> Result<(), EditError> {
    edit(Kind::Timetable, document, &owner(ana()), &what)
}

fn shown(document: &Automerge) -> Timetable {
    match read(Kind::Timetable, document).model {
        Model::Timetable(timetable) => timetable,
        other => panic!("no timetable: {other:?}"),
    }
}

fn slot(text: &str) -> Slot {
    text.parse().expect("a slot")
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn period(id: &str, begins: u32) -> Period {
    Period { id: id.parse().expect("an id"), name: id.to_uppercase().into(), begins, ends: begins + 45 }
}

fn fill(slot_of: &str, what: PeriodUse, label: &str) -> Edit {
    let label = (!label.is_empty()).then(|| Words::from(label));
    Edit::FillPeriod { slot: slot(slot_of), filling: Some(Filling { what, label, room: None }) }
}

/// Two periods; the first is a class on day 1, the second is free on days 1 and 2, and both of these are to be shown.
fn week() -> Automerge {
    let mut document = replica(Kind::Timetable, 1);
    for what in [
        Edit::SetPeriods { periods: vec![period("a", 480), period("b", 530)] },
        fill("1.a", PeriodUse::Class, "5B 😀"),
        fill("1.b", PeriodUse::Free, ""),
        fill("2.b", PeriodUse::Prep, ""),
        Edit::ShowFree { slots: vec![slot("1.b"), slot("2.b")], until: Some(day("2026-06-19")) },
    ] {
        put(&mut document, what).expect("a timetable");
    }
    document
}

#[test]
fn a_timetable_reads_as_it_was_written() {
    let mut document = week();
    let room = Filling { what: PeriodUse::Class, label: Some("שיעור".into()), room: Some(" 204 ".into()) };
    put(&mut document, Edit::FillPeriod { slot: slot("5.a"), filling: Some(room) }).expect("right to left");
    let half = Edit::SetDays { days: vec![day("2026-03-05")], otherwise: Some(Otherwise::Ends { at: 720 }) };
    put(&mut document, half).expect("a half day");
    let off = vec![day("2026-04-06"), day("2026-04-07")];
    put(&mut document, Edit::SetDays { days: off, otherwise: Some(Otherwise::NoSchool {}) }).expect("days off");
    put(&mut document, Edit::SetDays { days: vec![day("2026-04-07")], otherwise: None }).expect("back to school");
    let reading = read(Kind::Timetable, &document);
    assert_eq!(reading.problems, vec![]);
    let timetable = shown(&document);
    assert_eq!(timetable.periods, [period("a", 480), period("b", 530)]);
    assert_eq!(timetable.filled[&slot("1.a")].label, Some("5B 😀".into()));
    assert_eq!(timetable.filled[&slot("5.a")].room, Some("204".into()));
    let days = [(day("2026-03-05"), Otherwise::Ends { at: 720 }), (day("2026-04-06"), Otherwise::NoSchool {})];
    assert_eq!(timetable.days, days.into());
    assert_eq!(timetable.shown, [slot("1.b"), slot("2.b")]);
    assert_eq!(timetable.shown_until, Some(day("2026-06-19")));
}

#[test]
fn what_is_no_longer_free_is_not_to_be_shown_and_does_not_come_back_by_itself() {
    let mut document = week();
    put(&mut document, fill("1.b", PeriodUse::Class, "5B")).expect("a class");
    assert_eq!(shown(&document).shown, [slot("2.b")]);
    put(&mut document, fill("1.b", PeriodUse::Free, "")).expect("free again");
    assert_eq!(shown(&document).shown, [slot("2.b")], "it is chosen again, or stays one's own");
    put(&mut document, Edit::FillPeriod { slot: slot("2.b"), filling: None }).expect("unsaid");
    assert_eq!((shown(&document).shown, shown(&document).filled.len()), (vec![], 2));
}

#[test]
fn another_cycle_and_a_period_that_goes_take_the_choice_with_them() {
    let mut document = week();
    let cycle = Cycle { turning: Turning::SchoolDays, count: 6, from: day("2026-03-02") };
    put(&mut document, Edit::SetCycle { cycle: Some(cycle) }).expect("a rotation");
    assert_eq!((shown(&document).cycle, shown(&document).shown), (Some(cycle), vec![]));

    let mut document = week();
    put(&mut document, Edit::SetPeriods { periods: vec![period("a", 500)] }).expect("one is gone");
    let timetable = shown(&document);
    assert_eq!((timetable.shown, timetable.filled.len()), (vec![], 1));
    put(&mut document, Edit::SetPeriods { periods: vec![period("a", 500), period("b", 560)] }).expect("and back");
    assert_eq!((shown(&document).shown, shown(&document).filled.len()), (vec![], 1), "it begins anew");
}

#[test]
fn two_devices_at_once_show_no_more_than_both_would() {
    let (mut here, mut there) = (week(), replica(Kind::Timetable, 2));
    there.merge(&mut here).expect("merge");
    put(&mut here, fill("1.b", PeriodUse::Class, "5B")).expect("a class");
    put(&mut there, Edit::ShowFree { slots: vec![slot("1.b")], until: None }).expect("chosen");
    here.merge(&mut there).expect("merge");
    there.merge(&mut here).expect("merge");
    assert_eq!(shown(&here), shown(&there));
    assert_eq!(shown(&here).shown, []);

    // A period that is filled while it is removed elsewhere is gone.
    let (mut here, mut there) = (week(), replica(Kind::Timetable, 2));
    there.merge(&mut here).expect("merge");
    put(&mut here, Edit::SetPeriods { periods: vec![period("a", 480)] }).expect("removed");
    put(&mut there, fill("3.b", PeriodUse::Free, "")).expect("filled");
    here.merge(&mut there).expect("merge");
    assert!(!shown(&here).filled.contains_key(&slot("3.b")));
}

#[test]
fn what_no_timetable_holds_is_refused_for_what_it_is() {
    let mut document = week();
    let from = day("2026-03-02");
    let cycle = |count| Edit::SetCycle { cycle: Some(Cycle { turning: Turning::SchoolDays, count, from }) };
    let days = |days: usize| Edit::SetDays { days: vec![from; days], otherwise: None };
    let show = |slot_of: &str| Edit::ShowFree { slots: vec![slot(slot_of)], until: None };
    let backwards = Period { ends: 400, ..period("a", 480) };
    let table = [
        (cycle(0), TimetableError::Cycle),
        (cycle(40), TimetableError::Cycle),
        (Edit::SetPeriods { periods: vec![period("a", 480), period("b", 500)] }, TimetableError::Overlap),
        (Edit::SetPeriods { periods: vec![backwards] }, TimetableError::Ends),
        (fill("6.a", PeriodUse::Free, ""), TimetableError::NoSuchSlot),
        (fill("1.x", PeriodUse::Free, ""), TimetableError::NoSuchSlot),
        (days(101), TimetableError::TooManyDays),
        (show("1.a"), TimetableError::NotFree),
        (show("4.b"), TimetableError::NotFree),
    ];
    let before = shown(&document);
    for (what, expected) in table {
        let refused = put(&mut document, what.clone());
        assert!(matches!(refused, Err(EditError::Timetable(error)) if error == expected), "{what:?}: {refused:?}");
        assert_eq!(shown(&document), before);
    }
    let long = fill("1.a", PeriodUse::Class, &"x".repeat(501));
    assert!(matches!(put(&mut document, long), Err(EditError::TooLarge { .. })));
}

#[test]
fn free_times_are_exactly_those_that_were_said() {
    let mut document = replica(Kind::FreePeriods, 1);
    let time = |text: &str| text.parse::<FreeTime>().expect("a time");
    let (one, two) = (time("2026-03-02.610-655"), time("2026-03-09.610-655"));
    let mut say = |times: Vec<FreeTime>| {
        edit(Kind::FreePeriods, &mut document, &owner(ana()), &Edit::SetFreeTimes { times })?;
        Ok::<_, EditError>(read(Kind::FreePeriods, &document).model)
    };
    let free = |times: Vec<FreeTime>| Model::FreePeriods(FreePeriods { times });
    assert_eq!(say(vec![two, one]).expect("said"), free(vec![one, two]));
    assert_eq!(say(vec![two, two]).expect("said twice"), free(vec![two]));
    assert_eq!(say(vec![]).expect("taken back"), free(vec![]));
    let backwards = FreeTime { begins: 655, ends: 610, ..one };
    assert!(matches!(say(vec![backwards]), Err(EditError::Timetable(TimetableError::Ends))));
    let many = say(vec![one; FREE_TIMES_MAX + 1]);
    assert!(matches!(many, Err(EditError::Timetable(TimetableError::TooManyTimes))));
    let writer = Author { person: ben(), role: Role::Writer, at_ms: 0, offset_ms: 0 };
    let refused = edit(Kind::FreePeriods, &mut document, &writer, &Edit::SetFreeTimes { times: vec![one] });
    assert!(matches!(refused, Err(EditError::NotAllowed { .. })), "nobody else says when one is free");
}

#[test]
fn a_timetable_said_again_reads_the_same_and_shows_nothing() {
    let mut document = week();
    let cycle = Cycle { turning: Turning::Weeks, count: 2, from: day("2026-03-02") };
    put(&mut document, Edit::SetCycle { cycle: Some(cycle) }).expect("two weeks");
    put(&mut document, fill("9.a", PeriodUse::Free, "")).expect("in week B");
    let off = Edit::SetDays { days: vec![day("2026-04-06")], otherwise: Some(Otherwise::NoSchool {}) };
    put(&mut document, off).expect("a day off");
    put(&mut document, Edit::ShowFree { slots: vec![slot("9.a")], until: Some(day("2026-06-19")) }).expect("chosen");
    let timetable = shown(&document);
    let mut again = replica(Kind::Timetable, 2);
    for what in said_again(&timetable) {
        put(&mut again, what).expect("said again");
    }
    assert_eq!(shown(&again), Timetable { shown: vec![], shown_until: None, ..timetable });
}

#[test]
fn a_school_may_teach_on_other_days_than_monday_to_friday() {
    let mut document = week();
    let saturdays = |weekdays: &[u32]| Edit::SetWeekdays { weekdays: weekdays.to_vec() };
    assert!(put(&mut document, fill("21.a", PeriodUse::Class, "5B")).is_err(), "there is no school on Saturdays");
    put(&mut document, saturdays(&[1, 2, 3, 4, 5, 6])).expect("six days");
    put(&mut document, fill("21.a", PeriodUse::Class, "5B")).expect("a Saturday");
    let timetable = shown(&document);
    assert_eq!((timetable.cycle_days(), timetable.weekdays.len()), (vec![1, 2, 3, 4, 5, 21], 6));
    assert_eq!(timetable.shown, [slot("1.b"), slot("2.b")], "Monday is Monday as before");
    let mut again = replica(Kind::Timetable, 2);
    for what in said_again(&timetable) {
        put(&mut again, what).expect("said again");
    }
    assert_eq!(shown(&again), Timetable { shown: vec![], shown_until: None, ..timetable });

    // No school on Mondays: what was to be shown of them is not.
    put(&mut document, saturdays(&[2, 3, 4, 5, 6])).expect("Tuesday to Saturday");
    assert_eq!(shown(&document).shown, [slot("2.b")]);
    put(&mut document, saturdays(&[1, 2, 3, 4, 5])).expect("as at first");
    assert_eq!(
        (shown(&document).shown, shown(&document).filled.contains_key(&slot("21.a"))),
        (vec![slot("2.b")], true)
    );

    // A rotation falls on other days.
    let cycle = Cycle { turning: Turning::SchoolDays, count: 6, from: day("2026-03-02") };
    put(&mut document, Edit::SetCycle { cycle: Some(cycle) }).expect("a rotation");
    put(&mut document, Edit::ShowFree { slots: vec![slot("2.b")], until: None }).expect("shown");
    put(&mut document, saturdays(&[1, 2, 3, 4, 5, 6])).expect("six days");
    assert_eq!((shown(&document).shown, shown(&document).cycle_days().len()), (vec![], 6));
    for bad in [&[][..], &[0], &[8], &[3, 2]] {
        assert!(put(&mut document, saturdays(bad)).is_err(), "{bad:?}");
    }
}
