//! Decides what a timetable tells its one owner: the periods of a day, how the days come round, what each period is, which
//! days are different, and which free periods are to be shown. Nobody else is ever given it.
//!
//! Days are days of the calendar and times are minutes by the clock on the school's wall. No zone is kept: a bell rings at
//! 10:10 whether or not the clocks were put forward, and whoever reads of it teaches in the same building.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::InvalidId;
use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::bounds::{
    CYCLE_DAYS_MAX, DAY_MINUTES, DAYS_AT_ONCE_MAX, FREE_TIMES_MAX, PERIODS_MAX, SLOT_DAYS_MAX, WEEK_DAYS, WEEKDAYS,
};
use crate::model::day::Day;
use crate::model::reader::{Reader, Spot};
use crate::model::words::{ItemId, Words, vocabulary};

vocabulary! {
    /// How the days of a timetable come round.
    pub enum Turning {
        /// By weekday, for one week, two (A and B), or more.
        Weeks = "weeks",
        /// By school day: the next day on which there is school is the next day of the cycle.
        SchoolDays = "school_days",
    }
}

vocabulary! {
    /// What a period is to whoever wrote it down.
    pub enum PeriodUse {
        /// One teaches.
        Class = "class",
        /// One prepares.
        Prep = "prep",
        /// One is free.
        Free = "free",
    }
}

vocabulary! {
    /// What is different about a day.
    pub(crate) enum DayKind {
        /// There is no school.
        NoSchool = "no_school",
        /// It goes like another day of the cycle.
        Like = "like",
        /// It begins late.
        Begins = "begins",
        /// It ends early.
        Ends = "ends",
        /// Its periods are shorter.
        Short = "short",
    }
}

/// How the days come round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// By weekday or by school day.
    pub turning: Turning,
    /// How many weeks, or how many days.
    pub count: u32,
    /// A day of its first week, or its first day.
    pub from: Day,
}

/// One period of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Chosen by the page.
    pub id: ItemId,
    /// What the school calls it.
    pub name: Words,
    /// The minute of the day at which it begins.
    pub begins: u32,
    /// The minute of the day at which it ends.
    pub ends: u32,
}

/// A day of the cycle and a period of it: `3.p2` in documents and in JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot {
    /// The day of the cycle, from 1: Monday to Friday week by week, or the days of a rotation; from 21 on the Saturday and
    /// Sunday of each week.
    pub day: u32,
    /// The period.
    pub period: ItemId,
}

/// What one does in a period. Only its writer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Filling {
    /// One teaches, prepares or is free.
    pub what: PeriodUse,
    /// What one calls the class.
    #[serde(default)]
    pub label: Option<Words>,
    /// The room.
    #[serde(default)]
    pub room: Option<Words>,
}

/// What is different about one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Otherwise {
    /// There is no school.
    NoSchool {},
    /// It goes like another day of the cycle.
    Like {
        /// Which, from 1.
        day: u32,
    },
    /// It begins late: what has begun by then is left out.
    Begins {
        /// The minute of the day.
        at: u32,
    },
    /// It ends early: what has not ended by then is left out.
    Ends {
        /// The minute of the day.
        at: u32,
    },
    /// Its periods are shorter, and as far apart as ever.
    Short {
        /// How long each is at most, in minutes.
        minutes: u32,
    },
}

/// One teacher's own timetable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Timetable {
    /// How its days come round; the same each week when absent.
    pub cycle: Option<Cycle>,
    /// The days of the week that have school, from 1 for Monday to 7, in order; Monday to Friday when empty.
    #[serde(default)]
    pub weekdays: Vec<u32>,
    /// The periods, in the order of the day.
    pub periods: Vec<Period>,
    /// What they are, as far as it is written down.
    pub filled: BTreeMap<Slot, Filling>,
    /// Days that are different.
    pub days: BTreeMap<Day, Otherwise>,
    /// Which of the free ones its owner means to show.
    pub shown: Vec<Slot>,
    /// The last day for which they are shown.
    pub shown_until: Option<Day>,
}

/// Why something is not taken into a timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimetableError {
    /// Fewer than one day in a cycle, or more than anybody keeps in mind.
    #[error("a cycle has 1 to {CYCLE_DAYS_MAX} days")]
    Cycle,
    /// No day of the week with school, or one that a week does not have.
    #[error("school is on 1 to {WEEK_DAYS} days of the week, each said once, in order")]
    Weekdays,
    /// Not a minute of a day.
    #[error("a day has {DAY_MINUTES} minutes")]
    Minute,
    /// A period that ends before it begins.
    #[error("a period ends after it begins")]
    Ends,
    /// Two periods at one time.
    #[error("two periods overlap: the next begins when the one before it has ended")]
    Overlap,
    /// Two periods under one id.
    #[error("two periods have the same id")]
    Twice,
    /// A period without a name, or with one that is too long.
    #[error("a period has a name of at most {SHORT_TEXT_BYTES_MAX} bytes")]
    Name,
    /// More periods than a day has.
    #[error("a day has at most {PERIODS_MAX} periods")]
    TooManyPeriods,
    /// More days than are changed at once.
    #[error("at most {DAYS_AT_ONCE_MAX} days are changed at once")]
    TooManyDays,
    /// A day of the cycle or a period that the timetable does not have.
    #[error("this timetable has no such day or period")]
    NoSuchSlot,
    /// A period in which one teaches, or that says nothing.
    #[error("only a period in which you are free, or prepare, is shown")]
    NotFree,
    /// More free times than anybody chooses from.
    #[error("at most {FREE_TIMES_MAX} free times are shown at once")]
    TooManyTimes,
}

impl FromStr for Slot {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (day, period) = text.split_once('.').ok_or(InvalidId)?;
        let day = day.parse().ok().filter(|day| (1..=SLOT_DAYS_MAX).contains(day)).ok_or(InvalidId)?;
        Ok(Self { day, period: period.parse()? })
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.day, self.period)
    }
}

impl TryFrom<String> for Slot {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> String {
        slot.to_string()
    }
}

impl Cycle {
    /// How many days it has.
    pub fn days(&self) -> u32 {
        match self.turning {
            Turning::Weeks => self.count.saturating_mul(WEEKDAYS),
            Turning::SchoolDays => self.count,
        }
    }

    /// Whether it may be kept.
    pub fn check(&self) -> Result<(), TimetableError> {
        if (1..=CYCLE_DAYS_MAX).contains(&self.days()) { Ok(()) } else { Err(TimetableError::Cycle) }
    }
}

impl Period {
    /// Whether these may be the periods of a day, in whatever order they come.
    pub fn check(periods: &[Period]) -> Result<(), TimetableError> {
        if periods.len() > PERIODS_MAX {
            return Err(TimetableError::TooManyPeriods);
        }
        for period in periods {
            minute(period.begins)?;
            minute(period.ends)?;
            if period.ends <= period.begins {
                return Err(TimetableError::Ends);
            }
            if period.name.is_blank() || period.name.as_str().len() > SHORT_TEXT_BYTES_MAX {
                return Err(TimetableError::Name);
            }
        }
        let ids: BTreeSet<&ItemId> = periods.iter().map(|period| &period.id).collect();
        if ids.len() < periods.len() {
            return Err(TimetableError::Twice);
        }
        let mut times: Vec<(u32, u32)> = periods.iter().map(|period| (period.begins, period.ends)).collect();
        times.sort_unstable();
        let overlap = times.windows(2).any(|two| two[1].0 < two[0].1);
        if overlap { Err(TimetableError::Overlap) } else { Ok(()) }
    }
}

impl Otherwise {
    /// Whether it may be kept.
    pub fn check(&self) -> Result<(), TimetableError> {
        match *self {
            Otherwise::NoSchool {} => Ok(()),
            Otherwise::Like { day } if (1..=SLOT_DAYS_MAX).contains(&day) => Ok(()),
            Otherwise::Like { .. } => Err(TimetableError::Cycle),
            Otherwise::Begins { at } | Otherwise::Ends { at } => minute(at),
            Otherwise::Short { minutes: 0 } => Err(TimetableError::Ends),
            Otherwise::Short { minutes } => minute(minutes),
        }
    }
}

impl Timetable {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let cycle = cycle(reader);
        let (periods, days) = (periods(reader), days(reader));
        let uses: BTreeMap<Slot, PeriodUse> = reader.choices_by_id("uses");
        let mut labels: BTreeMap<Slot, Words> = reader.words_by_id("labels", SHORT_TEXT_BYTES_MAX);
        let mut rooms: BTreeMap<Slot, Words> = reader.words_by_id("rooms", SHORT_TEXT_BYTES_MAX);
        // A period that was removed elsewhere at the same time takes what it was with it.
        let there = |slot: &Slot| periods.iter().any(|period| period.id == slot.period);
        let filled: BTreeMap<Slot, Filling> = uses
            .into_iter()
            .filter(|(slot, _)| there(slot))
            .map(|(slot, what)| {
                let (label, room) = (labels.remove(&slot), rooms.remove(&slot));
                (slot, Filling { what, label, room })
            })
            .collect();
        let mut shown: Vec<Slot> = reader.set("shown");
        // What became a class elsewhere at the same time is not shown.
        shown.retain(|slot| filled.get(slot).is_some_and(Filling::is_free));
        let root = reader.root();
        let weekdays = weekdays(reader);
        Self { cycle, weekdays, periods, filled, days, shown, shown_until: reader.day(&root, "shown_until") }
    }

    /// The days of the week that have school, from 1 for Monday, in the order of the week that one works: whatever lies
    /// directly before a Monday comes first.
    pub fn school_week(&self) -> Vec<u32> {
        if self.weekdays.is_empty() {
            return (1..=WEEKDAYS).collect();
        }
        let taught = |day: &u32| self.weekdays.contains(day);
        let before = (1..=WEEK_DAYS).rev().take_while(taught).count();
        let all = usize::try_from(WEEK_DAYS).unwrap_or_default();
        let before = if self.weekdays.contains(&1) && self.weekdays.len() < all { before } else { 0 };
        let mut week = self.weekdays.clone();
        week.rotate_right(before);
        week
    }

    /// The days of its cycle, as slots number them, in order.
    pub fn cycle_days(&self) -> Vec<u32> {
        let weeks = match self.cycle {
            Some(Cycle { turning: Turning::SchoolDays, count, .. }) => return (1..=count).collect(),
            cycle => cycle.map_or(1, |cycle| cycle.count),
        };
        let week = self.school_week();
        (0..weeks).flat_map(|of| week.iter().map(move |weekday| slot_day(of, *weekday))).collect()
    }

    /// Whether it has this day of the cycle and this period.
    pub fn has(&self, slot: &Slot) -> bool {
        self.cycle_days().contains(&slot.day) && self.periods.iter().any(|period| period.id == slot.period)
    }
}

/// How slots number a day of the week, from 1 for Monday, in a week counted from 0.
fn slot_day(week: u32, weekday: u32) -> u32 {
    match weekday.checked_sub(WEEKDAYS) {
        Some(weekend) if weekend > 0 => CYCLE_DAYS_MAX + week * (WEEK_DAYS - WEEKDAYS) + weekend,
        _ => week * WEEKDAYS + weekday,
    }
}

/// Which week, counted from 0, and which day of it, from 1 for Monday, a slot's day is, where days come round by the week.
pub fn week_and_weekday(day: u32) -> (u32, u32) {
    let at = day.saturating_sub(1);
    match at.checked_sub(CYCLE_DAYS_MAX) {
        Some(weekend) => (weekend / (WEEK_DAYS - WEEKDAYS), WEEKDAYS + 1 + weekend % (WEEK_DAYS - WEEKDAYS)),
        None => (at / WEEKDAYS, at % WEEKDAYS + 1),
    }
}

/// Whether these may be the days of the week that have school.
pub(crate) fn check_weekdays(weekdays: &[u32]) -> Result<(), TimetableError> {
    let in_order = weekdays.windows(2).all(|two| two[0] < two[1]);
    let known = weekdays.iter().all(|day| (1..=WEEK_DAYS).contains(day));
    if in_order && known && !weekdays.is_empty() { Ok(()) } else { Err(TimetableError::Weekdays) }
}

/// One word, so that half of one week and half of another is no week: “123456”.
fn weekdays(reader: &mut Reader<'_>) -> Vec<u32> {
    let root = reader.root();
    let Some(word) = reader.short(&root, "weekdays") else { return Vec::new() };
    let weekdays: Option<Vec<u32>> = word.as_str().chars().map(|day| day.to_digit(10)).collect();
    let weekdays = weekdays.filter(|weekdays| check_weekdays(weekdays).is_ok());
    if weekdays.is_none() {
        reader.problem("weekdays", "are no days of a week");
    }
    weekdays.unwrap_or_default()
}

impl Filling {
    /// Whether one has time then.
    pub fn is_free(&self) -> bool {
        self.what != PeriodUse::Class
    }
}

fn cycle(reader: &mut Reader<'_>) -> Option<Cycle> {
    let root = reader.frozen("cycle")?;
    let turning = reader.choice(&root, "turning")?;
    let count = within(reader, &root, "count", 1..=CYCLE_DAYS_MAX)?;
    let cycle = Cycle { turning, count, from: reader.day(&root, "from")? };
    if cycle.check().is_err() {
        reader.problem("cycle", "has more days than Rounds shows");
        return None;
    }
    Some(cycle)
}

fn periods(reader: &mut Reader<'_>) -> Vec<Period> {
    let mut periods = reader.items("periods", |reader, id, spot| {
        let name = reader.short(spot, "name").unwrap_or_default();
        let (begins, ends) = (within(reader, spot, "begins", DAY)?, within(reader, spot, "ends", DAY)?);
        if ends <= begins {
            reader.problem("periods", "holds a period that ends before it begins");
            return None;
        }
        Some(Period { id, name, begins, ends })
    });
    if periods.len() > PERIODS_MAX {
        reader.problem("periods", "holds more than Rounds shows");
        periods.truncate(PERIODS_MAX);
    }
    periods.sort_by(|one, other| (one.begins, one.ends, &one.id).cmp(&(other.begins, other.ends, &other.id)));
    periods
}

fn days(reader: &mut Reader<'_>) -> BTreeMap<Day, Otherwise> {
    let days = reader.items("days", |reader, id, spot| {
        let Ok(on) = id.as_str().parse::<Day>() else {
            reader.problem("days", "holds something that is not a date");
            return None;
        };
        let otherwise = match reader.choice(spot, "how")? {
            DayKind::NoSchool => Otherwise::NoSchool {},
            DayKind::Like => Otherwise::Like { day: within(reader, spot, "day", 1..=SLOT_DAYS_MAX)? },
            DayKind::Begins => Otherwise::Begins { at: within(reader, spot, "at", DAY)? },
            DayKind::Ends => Otherwise::Ends { at: within(reader, spot, "at", DAY)? },
            DayKind::Short => Otherwise::Short { minutes: within(reader, spot, "minutes", 1..=DAY_MINUTES)? },
        };
        Some((on, otherwise))
    });
    days.into_iter().collect()
}

/// The minutes of a day, its last one as the end of something.
const DAY: std::ops::RangeInclusive<u32> = 0..=DAY_MINUTES;

fn within(reader: &mut Reader<'_>, spot: &Spot, key: &str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let wide = i64::from(*range.start())..=i64::from(*range.end());
    reader.number(spot, key, wide).and_then(|number| u32::try_from(number).ok())
}

pub(crate) fn minute(minute: u32) -> Result<(), TimetableError> {
    if DAY.contains(&minute) { Ok(()) } else { Err(TimetableError::Minute) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(id: &str, begins: u32, ends: u32) -> Period {
        Period { id: id.parse().expect("an id"), name: "🔔 الحصة".into(), begins, ends }
    }

    #[test]
    fn a_day_has_periods_one_after_the_other() {
        let check = |periods: &[(&str, u32, u32)]| {
            Period::check(&periods.iter().map(|(id, begins, ends)| period(id, *begins, *ends)).collect::<Vec<_>>())
        };
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&[("b", 525, 570), ("a", 480, 525), ("c", 1_380, 1_440)]), Ok(()), "in any order");
        assert_eq!(check(&[("a", 480, 525), ("b", 524, 570)]), Err(TimetableError::Overlap));
        assert_eq!(check(&[("a", 480, 600), ("b", 500, 520)]), Err(TimetableError::Overlap), "one within another");
        assert_eq!(check(&[("a", 525, 525)]), Err(TimetableError::Ends));
        assert_eq!(check(&[("a", 525, 480)]), Err(TimetableError::Ends));
        assert_eq!(check(&[("a", 1_400, 1_441)]), Err(TimetableError::Minute));
        assert_eq!(check(&[("a", 480, 525), ("a", 600, 645)]), Err(TimetableError::Twice));
        let many: Vec<Period> = (0..21).map(|at| period(&format!("p{at}"), at * 10, at * 10 + 5)).collect();
        assert_eq!(Period::check(&many), Err(TimetableError::TooManyPeriods));
        assert_eq!(Period::check(&many[..20]), Ok(()));
        let nameless = Period { name: " ".into(), ..period("a", 1, 2) };
        assert_eq!(Period::check(&[nameless]), Err(TimetableError::Name));
    }

    #[test]
    fn a_cycle_has_between_one_day_and_twenty() {
        let from = "2026-03-02".parse().expect("a day");
        let days = |turning, count| {
            let cycle = Cycle { turning, count, from };
            cycle.check().map(|()| cycle.days())
        };
        assert_eq!(days(Turning::Weeks, 1), Ok(5));
        assert_eq!(days(Turning::Weeks, 4), Ok(20));
        assert_eq!(days(Turning::SchoolDays, 6), Ok(6));
        for (turning, count) in [
            (Turning::Weeks, 0),
            (Turning::SchoolDays, 0),
            (Turning::SchoolDays, 40),
            (Turning::Weeks, 5),
            (Turning::Weeks, u32::MAX),
        ] {
            assert_eq!(days(turning, count), Err(TimetableError::Cycle), "{turning:?} {count}");
        }
    }

    #[test]
    fn a_week_has_the_days_that_have_school_in_the_order_in_which_one_works() {
        let week = |weekdays: &[u32]| Timetable { weekdays: weekdays.to_vec(), ..Timetable::default() }.school_week();
        assert_eq!(week(&[]), [1, 2, 3, 4, 5]);
        assert_eq!(week(&[1, 2, 3, 4, 5, 6]), [1, 2, 3, 4, 5, 6]);
        assert_eq!(week(&[1, 2, 3, 4, 7]), [7, 1, 2, 3, 4], "Sunday to Thursday");
        assert_eq!(week(&[1, 2, 3, 6, 7]), [6, 7, 1, 2, 3], "Saturday to Wednesday");
        assert_eq!(week(&[2, 3, 4, 5, 6]), [2, 3, 4, 5, 6], "Tuesday to Saturday");
        assert_eq!(week(&[1, 2, 3, 4, 5, 6, 7]), [1, 2, 3, 4, 5, 6, 7]);
        for bad in [&[][..], &[0], &[8], &[2, 1], &[1, 1]] {
            assert_eq!(check_weekdays(bad), Err(TimetableError::Weekdays), "{bad:?}");
        }
    }

    #[test]
    fn a_day_keeps_its_number_whether_or_not_there_is_school_on_saturdays() {
        let from = "2026-03-02".parse().expect("a day");
        let two = Timetable { cycle: Some(Cycle { turning: Turning::Weeks, count: 2, from }), ..Timetable::default() };
        assert_eq!(two.cycle_days(), (1..=10).collect::<Vec<_>>());
        let six = Timetable { weekdays: vec![1, 2, 3, 4, 5, 6], ..two };
        assert_eq!(six.cycle_days(), [1, 2, 3, 4, 5, 21, 6, 7, 8, 9, 10, 23]);
        assert_eq!(
            six.cycle_days().iter().map(|day| week_and_weekday(*day).1).collect::<Vec<_>>(),
            [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]
        );
        for (week, weekday) in (0..4).flat_map(|week| (1..=7).map(move |weekday| (week, weekday))) {
            assert_eq!(week_and_weekday(slot_day(week, weekday)), (week, weekday));
            assert!((1..=SLOT_DAYS_MAX).contains(&slot_day(week, weekday)));
        }
    }

    #[test]
    fn a_day_is_different_within_its_minutes() {
        for good in [
            Otherwise::NoSchool {},
            Otherwise::Like { day: 20 },
            Otherwise::Begins { at: 600 },
            Otherwise::Ends { at: 1_440 },
            Otherwise::Short { minutes: 30 },
        ] {
            assert_eq!(good.check(), Ok(()), "{good:?}");
        }
        assert_eq!(Otherwise::Like { day: 0 }.check(), Err(TimetableError::Cycle));
        assert_eq!(Otherwise::Like { day: 29 }.check(), Err(TimetableError::Cycle));
        assert_eq!(Otherwise::Ends { at: 1_441 }.check(), Err(TimetableError::Minute));
        assert_eq!(Otherwise::Short { minutes: 0 }.check(), Err(TimetableError::Ends));
    }

    #[test]
    fn a_slot_is_a_day_of_the_cycle_and_a_period() {
        let slot: Slot = "3.p-2".parse().expect("a slot");
        assert_eq!((slot.day, slot.period.as_str(), slot.to_string().as_str()), (3, "p-2", "3.p-2"));
        for bad in ["", "3", "0.p", "29.p", "x.p", "3.", "3.a b", "-1.p", "3.a.b"] {
            assert_eq!(bad.parse::<Slot>(), Err(InvalidId), "{bad}");
        }
        let json = serde_json::to_string(&BTreeMap::from([(slot, 1)])).expect("json");
        assert_eq!(json, "{\"3.p-2\":1}");
    }
}
