//! Decides what a date is: a day of the calendar as its writer chose it, without clock or time zone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that names no day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date: write YYYY-MM-DD")]
pub struct InvalidDay;

/// A day of the calendar, `YYYY-MM-DD` in documents and in JSON. It is what somebody wrote, never when they wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl FromStr for Day {
    type Err = InvalidDay;
    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let digits = |from: usize, to: usize| {
            let part = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
            part.and_then(|part| part.parse::<u16>().ok()).ok_or(InvalidDay)
        };
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(InvalidDay);
        }
        let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Err(InvalidDay),
        };
        if year == 0 || !(1..=days).contains(&day) {
            return Err(InvalidDay);
        }
        let small = |number: u16| u8::try_from(number).map_err(|_| InvalidDay);
        Ok(Self { year, month: small(month)?, day: small(day)? })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Day {
    type Error = InvalidDay;
    fn try_from(text: String) -> Result<Self, InvalidDay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_the_calendar_has() {
        for good in ["2026-03-02", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(good.parse::<Day>().map(|day| day.to_string()), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "2026-3-2",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-01-00",
            "0000-01-01",
            "2026/03/02",
            "+026-03-02",
            "2026-03-021",
            "2026-03-0é",
            "éé26-03-02",
        ] {
            assert_eq!(bad.parse::<Day>(), Err(InvalidDay), "{bad}");
        }
    }

    #[test]
    fn days_stand_in_order_and_survive_json() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        assert!(day("2025-12-31") < day("2026-01-01") && day("2026-01-09") < day("2026-01-10"));
        assert_eq!(serde_json::to_string(&day("2026-01-09")).expect("json"), "\"2026-01-09\"");
        assert!(serde_json::from_str::<Day>("\"soon\"").is_err());
    }
}
