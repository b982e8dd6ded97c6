//! Decides what free periods tell whoever they are shown to: on which days, from when until when. There is no class in it, no
//! room, no name of a period, no cycle and no reason, so that nothing else can leave with it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::InvalidId;
use crate::model::bounds::FREE_TIMES_MAX;
use crate::model::day::Day;
use crate::model::reader::Reader;
use crate::model::timetable::{TimetableError, minute};

/// A time at which somebody is free, by the clock on the school's wall: `2026-03-02.610-655` in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FreeTime {
    /// The day.
    pub on: Day,
    /// The minute of the day at which it begins.
    pub begins: u32,
    /// The minute of the day at which it ends.
    pub ends: u32,
}

/// When one teacher is free, as far as they show it. Whose it is follows from its one owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FreePeriods {
    /// The times, in their order.
    pub times: Vec<FreeTime>,
}

impl FromStr for FreeTime {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (on, times) = text.split_once('.').ok_or(InvalidId)?;
        let (begins, ends) = times.split_once('-').ok_or(InvalidId)?;
        let whole = |text: &str| text.parse::<u32>().map_err(|_| InvalidId);
        let time = Self { on: on.parse().map_err(|_| InvalidId)?, begins: whole(begins)?, ends: whole(ends)? };
        time.check().map(|()| time).map_err(|_| InvalidId)
    }
}

impl fmt::Display for FreeTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}-{}", self.on, self.begins, self.ends)
    }
}

impl FreeTime {
    /// Whether it may be kept.
    pub fn check(&self) -> Result<(), TimetableError> {
        minute(self.begins)?;
        minute(self.ends)?;
        if self.begins < self.ends { Ok(()) } else { Err(TimetableError::Ends) }
    }
}

impl FreePeriods {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let mut times: Vec<FreeTime> = reader.set("times");
        if times.len() > FREE_TIMES_MAX {
            reader.problem("times", "holds more than Rounds shows");
            times.truncate(FREE_TIMES_MAX);
        }
        Self { times }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_and_two_minutes_of_it() {
        let time: FreeTime = "2026-03-02.610-655".parse().expect("a time");
        assert_eq!((time.on.to_string().as_str(), time.begins, time.ends), ("2026-03-02", 610, 655));
        assert_eq!(time.to_string(), "2026-03-02.610-655");
        for bad in [
            "",
            "2026-03-02",
            "2026-02-30.610-655",
            "2026-03-02.655-610",
            "2026-03-02.610-610",
            "2026-03-02.610-1441",
            "2026-03-02.-5-10",
            "2026-03-02.610-655.5B",
        ] {
            assert_eq!(bad.parse::<FreeTime>(), Err(InvalidId), "{bad}");
        }
    }

    #[test]
    fn times_stand_in_the_order_in_which_they_come() {
        let time = |text: &str| text.parse::<FreeTime>().expect("a time");
        assert!(time("2026-03-02.900-960") < time("2026-03-03.60-120"));
        assert!(time("2026-03-02.90-120") < time("2026-03-02.600-660"));
    }

    #[test]
    fn nothing_else_fits_into_a_time() {
        let json = serde_json::json!({ "on": "2026-03-02", "begins": 610, "ends": 655 });
        assert!(serde_json::from_value::<FreeTime>(json.clone()).is_ok());
        for key in ["label", "room", "period", "why"] {
            let mut more = json.clone();
            more[key] = "5B".into();
            assert!(serde_json::from_value::<FreeTime>(more).is_err(), "{key}");
        }
    }
}
