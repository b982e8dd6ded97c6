//! Decides how a timetable and free periods are written out: by the day, as the clock on the wall has it.

use rounds_crdt::model::{
    Filling, FreePeriods, Otherwise, Period, PeriodUse, Slot, Timetable, Turning, Words, week_and_weekday,
};

use super::sheet::{Item, Sheet};
use super::words::{Tongue, time_of_day};

/// A timetable, for its owner: what each day of the cycle holds, and which days are different.
pub(super) fn timetable(sheet: &mut Sheet, tongue: Tongue, timetable: &Timetable) {
    if let Some(cycle) = timetable.cycle {
        let round = match cycle.turning {
            Turning::Weeks => format!("{} {}", cycle.count, tongue.of(["weeks", "semanas"])),
            Turning::SchoolDays => format!("{} {}", cycle.count, tongue.of(["days that rotate", "días que rotan"])),
        };
        sheet.fact(tongue.of(["The days come round in", "Los días se repiten cada"]), round);
        sheet.fact(tongue.of(["Counted from", "Se cuenta desde"]), tongue.weekday_and_day(cycle.from));
    }
    if !timetable.weekdays.is_empty() {
        let days: Vec<&str> = timetable.school_week().iter().map(|day| tongue.school_day(*day)).collect();
        sheet.fact(tongue.of(["School is on", "Hay clase el"]), days.join(", "));
    }
    let periods = timetable.periods.iter().map(|period| Item::plain(named(period)));
    sheet.items(tongue.of(["Periods", "Horas de clase"]), periods);
    for day in timetable.cycle_days() {
        let items = timetable.periods.iter().filter_map(|period| {
            let filling = timetable.filled.get(&Slot { day, period: period.id.clone() })?;
            let room = filling.room.as_ref().map(|room| format!("{} {}", tongue.of(["room", "aula"]), room.as_str()));
            Some(Item { aside: room, ..Item::said(named(period), what(tongue, filling)) })
        });
        sheet.items(day_of_cycle(tongue, timetable, day), items);
    }
    let days = timetable.days.iter().map(|(day, otherwise)| {
        let said = match *otherwise {
            Otherwise::NoSchool {} => tongue.of(["no school", "no hay clase"]).to_owned(),
            Otherwise::Like { day } => {
                let like = day_of_cycle(tongue, timetable, day);
                format!("{} {like}", tongue.of(["goes like", "es como"]))
            }
            Otherwise::Begins { at } => {
                format!("{} {}", tongue.of(["school begins at", "la clase empieza a las"]), time_of_day(at))
            }
            Otherwise::Ends { at } => {
                format!("{} {}", tongue.of(["school ends at", "la clase termina a las"]), time_of_day(at))
            }
            Otherwise::Short { minutes } => {
                format!("{} {}", tongue.of(["periods of", "horas de"]), tongue.minutes(minutes))
            }
        };
        Item::said(tongue.weekday_and_day(*day), said)
    });
    sheet.items(tongue.of(["Days that are different", "Días distintos"]), days);
}

/// When somebody is free, for whoever may know.
pub(super) fn free_periods(sheet: &mut Sheet, tongue: Tongue, free: &FreePeriods) {
    let times = free.times.iter().map(|time| {
        Item::said(tongue.weekday_and_day(time.on), format!("{}–{}", time_of_day(time.begins), time_of_day(time.ends)))
    });
    sheet.items(tongue.of(["Free at these times", "Libre a estas horas"]), times);
}

fn named(period: &Period) -> String {
    format!("{} ({}–{})", period.name.as_str(), time_of_day(period.begins), time_of_day(period.ends))
}

fn what(tongue: Tongue, filling: &Filling) -> String {
    let label = filling.label.as_ref().map(Words::as_str);
    match filling.what {
        PeriodUse::Class => label.unwrap_or(tongue.of(["class", "clase"])).to_owned(),
        PeriodUse::Prep => label.unwrap_or(tongue.of(["preparation", "preparación"])).to_owned(),
        PeriodUse::Free => label.unwrap_or(tongue.of(["free", "libre"])).to_owned(),
    }
}

/// “Monday”, “Tuesday, week B” or “Day 3”.
fn day_of_cycle(tongue: Tongue, timetable: &Timetable, day: u32) -> String {
    let (week, weekday) = week_and_weekday(day);
    let weekday = tongue.school_day(weekday);
    match timetable.cycle {
        Some(cycle) if cycle.turning == Turning::SchoolDays => format!("{} {day}", tongue.of(["Day", "Día"])),
        Some(cycle) if cycle.count > 1 => {
            let letter = char::from_digit(10 + week, 36).unwrap_or('a').to_ascii_uppercase();
            format!("{weekday}, {} {letter}", tongue.of(["week", "semana"]))
        }
        _ => weekday.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rounds_crdt::describe::Language;
    use rounds_crdt::model::{Cycle, FreeTime};
    use time::UtcOffset;

    use super::super::markdown::markdown;
    use super::*;

    const ENGLISH: Tongue = Tongue { language: Language::En, offset_at: |_| UtcOffset::UTC };

    fn page(write: impl FnOnce(&mut Sheet)) -> String {
        let mut sheet = Sheet::new("T", "T");
        write(&mut sheet);
        markdown(&sheet)
    }

    #[test]
    fn a_timetable_is_written_day_by_day() {
        let period = |id: &str, begins: u32| Period {
            id: id.parse().expect("an id"),
            name: id.to_uppercase().into(),
            begins,
            ends: begins + 45,
        };
        let filling = |what, label: Option<&str>, room: Option<&str>| Filling {
            what,
            label: label.map(Words::from),
            room: room.map(Words::from),
        };
        let slot = |text: &str| text.parse::<Slot>().expect("a slot");
        let day = |text: &str| text.parse().expect("a day");
        let timetable = Timetable {
            cycle: Some(Cycle { turning: Turning::Weeks, count: 2, from: day("2026-03-02") }),
            periods: vec![period("a", 480), period("b", 530)],
            filled: [
                (slot("1.a"), filling(PeriodUse::Class, Some("5B"), Some("204"))),
                (slot("6.b"), filling(PeriodUse::Free, None, None)),
            ]
            .into(),
            days: [(day("2026-03-05"), Otherwise::Ends { at: 720 }), (day("2026-03-06"), Otherwise::Like { day: 6 })]
                .into(),
            ..Timetable::default()
        };
        let expected = "# T\n\n- **The days come round in:** 2 weeks\n- **Counted from:** Monday 2 March 2026\n\n\
            ## Periods\n\n- A (8:00–8:45)\n- B (8:50–9:35)\n\n\
            ## Monday, week A\n\n- A (8:00–8:45): 5B (room 204)\n\n\
            ## Monday, week B\n\n- B (8:50–9:35): free\n\n\
            ## Days that are different\n\n- Thursday 5 March 2026: school ends at 12:00\n- Friday 6 March 2026: goes like Monday, week B\n";
        assert_eq!(page(|sheet| super::timetable(sheet, ENGLISH, &timetable)), expected);
    }

    #[test]
    fn free_periods_are_times_and_nothing_else() {
        let times = vec![FreeTime { on: "2026-03-02".parse().expect("a day"), begins: 610, ends: 655 }];
        let expected = "# T\n\n\n## Free at these times\n\n- Monday 2 March 2026: 10:10–10:55\n";
        assert_eq!(page(|sheet| super::free_periods(sheet, ENGLISH, &FreePeriods { times })), expected);
    }
}
