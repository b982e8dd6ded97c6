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
use crate::model::bounds::{CYCLE_DAYS_MAX, DAY_MINUTES, DAYS_AT_ONCE_MAX, FREE_TIMES_MAX, PERIODS_MAX, WEEKDAYS};
use crate::model::day::Day;
use crate::model::reader::{Reader, Spot};
use crate::model::words::{ItemId, Words, vocabulary};

vocabulary! {
    /// How the days of a timetable come round.
    pub enum Turning {
        /// By weekday: Monday to Friday, for one week, two (A and B), or more.
        Weeks = "weeks",
        /// By school day: the next weekday on which there is school is the next day of the cycle.
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
    /// The day of the cycle, from 1.
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
        let day = day.parse().ok().filter(|day| (1..=CYCLE_DAYS_MAX).contains(day)).ok_or(InvalidId)?;
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
            Otherwise::Like { day } if (1..=CYCLE_DAYS_MAX).contains(&day) => Ok(()),
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
        Self { cycle, periods, filled, days, shown, shown_until: reader.day(&root, "shown_until") }
    }

    /// How many days its cycle has.
    pub fn cycle_days(&self) -> u32 {
        self.cycle.map_or(WEEKDAYS, |cycle| cycle.days())
    }

    /// Whether it has this day of the cycle and this period.
    pub fn has(&self, slot: &Slot) -> bool {
        (1..=self.cycle_days()).contains(&slot.day) && self.periods.iter().any(|period| period.id == slot.period)
    }
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
            DayKind::Like => Otherwise::Like { day: within(reader, spot, "day", 1..=CYCLE_DAYS_MAX)? },
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
        assert_eq!(Otherwise::Like { day: 21 }.check(), Err(TimetableError::Cycle));
        assert_eq!(Otherwise::Ends { at: 1_441 }.check(), Err(TimetableError::Minute));
        assert_eq!(Otherwise::Short { minutes: 0 }.check(), Err(TimetableError::Ends));
    }

    #[test]
    fn a_slot_is_a_day_of_the_cycle_and_a_period() {
        let slot: Slot = "3.p-2".parse().expect("a slot");
        assert_eq!((slot.day, slot.period.as_str(), slot.to_string().as_str()), (3, "p-2", "3.p-2"));
        for bad in ["", "3", "0.p", "21.p", "x.p", "3.", "3.a b", "-1.p", "3.a.b"] {
            assert_eq!(bad.parse::<Slot>(), Err(InvalidId), "{bad}");
        }
        let json = serde_json::to_string(&BTreeMap::from([(slot, 1)])).expect("json");
        assert_eq!(json, "{\"3.p-2\":1}");
    }
}
