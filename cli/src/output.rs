//! Decides how an answer reaches a person or a script: words or JSON, on which stream, in which colour.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use rounds_daemon::platform::utc_offset;
use serde_json::{Value, json};
use time::{OffsetDateTime, UtcOffset};

use crate::failure::Failure;

/// Where answers go and in which form.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    verbose: u8,
    colour_errors: bool,
    screen: bool,
}

impl Output {
    /// An output as the options ask for it.
    pub(crate) fn new(json: bool, quiet: bool, verbose: u8) -> Output {
        let colour_allowed = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Output {
            json,
            quiet,
            verbose,
            colour_errors: colour_allowed && io::stderr().is_terminal(),
            screen: io::stdout().is_terminal(),
        }
    }

    /// How much `-v` was asked for.
    pub(crate) fn verbosity(&self) -> u8 {
        self.verbose
    }

    /// Whether standard error may be coloured.
    pub(crate) fn colours_errors(&self) -> bool {
        self.colour_errors
    }

    /// Whether answers are JSON.
    pub(crate) fn is_for_scripts(&self) -> bool {
        self.json
    }

    /// Prints one JSON object on one line, stamped with the schema; says nothing to a person.
    pub(crate) fn object(&self, mut value: Value) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        if let Value::Object(fields) = &mut value {
            fields.insert("schema".to_owned(), json!(1));
        }
        write_out(&format!("{value}\n"))
    }

    /// Prints what was asked for, to a person.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        write_out(&format!("{}\n", self.shown(text)))
    }

    /// Prints rows in columns.
    pub(crate) fn rows(&self, rows: &[Vec<String>]) -> Result<(), Failure> {
        columns(rows).iter().try_for_each(|line| self.line(line))
    }

    /// Prints rows in the order of their times, and those without one last; equal ones as what stands first in them.
    pub(crate) fn rows_by_time(&self, mut rows: Vec<(Option<i64>, Vec<String>)>) -> Result<(), Failure> {
        rows.sort_by(|(one, row), (other, next)| {
            (one.is_none(), one, row.first()).cmp(&(other.is_none(), other, next.first()))
        });
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
        self.rows(&rows)
    }

    /// Prints somebody's text as it is: no line is added, and only a terminal gets it without control characters.
    pub(crate) fn verbatim(&self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        let shown = self.shown(text);
        if self.screen && !shown.is_empty() && !shown.ends_with('\n') {
            return write_out(&format!("{shown}\n"));
        }
        write_out(&shown)
    }

    /// Prints an explanation that `--quiet` leaves out.
    pub(crate) fn note(&self, text: &str) -> Result<(), Failure> {
        if self.quiet {
            return Ok(());
        }
        self.line(text)
    }

    /// Prints the answer in full, or only the part of it that a script would cut out when `--quiet` is given.
    pub(crate) fn answer(&self, full: &str, core: &str) -> Result<(), Failure> {
        self.line(if self.quiet { core } else { full })
    }

    /// Whether a person wants to be told how far something has come.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.json && !self.quiet
    }

    /// Says on standard error what is being done, when `-v` asks for it.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose > 0 {
            // A closed standard error must not change what the command does.
            let _ = writeln!(io::stderr(), "{}", printable(text));
        }
    }

    /// Says what went wrong and gives the exit code for it.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        if failure.message.is_empty() {
            return ExitCode::from(failure.exit.code());
        }
        let mut text = String::new();
        if self.json {
            text.push_str(&format!("{}\n", failure.to_json()));
        } else {
            let (error, hint) = if self.colour_errors {
                ("\x1b[1;31merror:\x1b[0m", "\x1b[1mhint:\x1b[0m")
            } else {
                ("error:", "hint:")
            };
            text.push_str(&format!("{error} {}\n", printable(&failure.message)));
            text.push_str(&format!("{hint} {}\n", printable(failure.next())));
        }
        // When standard error is closed the exit code still tells.
        let _ = io::stderr().write_all(text.as_bytes());
        ExitCode::from(failure.exit.code())
    }

    fn shown(&self, text: &str) -> String {
        if self.screen { printable(text) } else { text.to_owned() }
    }
}

fn write_out(text: &str) -> Result<(), Failure> {
    let mut stream = io::stdout().lock();
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::reader_gone()),
        Err(error) => Err(Failure::failed(format!("could not write the answer: {error}"))),
    }
}

/// The text without the control characters by which a partner's words could drive this terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() && letter != '\n' && letter != '\t' { '\u{fffd}' } else { letter })
        .collect()
}

/// The day of a moment in milliseconds since 1970, by this computer's clock on the wall.
pub(crate) fn day(milliseconds: i64) -> String {
    day_at(milliseconds, utc_offset(milliseconds))
}

/// A day of somebody's calendar, told by its midnight in UTC: the same day wherever it is read.
pub(crate) fn calendar_day(midnight_ms: i64) -> String {
    day_at(midnight_ms, UtcOffset::UTC)
}

/// A moment in milliseconds since 1970, to the minute, by this computer's clock on the wall.
pub(crate) fn moment_in_words(milliseconds: i64) -> String {
    minute_at(milliseconds, utc_offset(milliseconds))
}

fn day_at(milliseconds: i64, offset: UtcOffset) -> String {
    at(milliseconds, offset).map(|moment| moment.date().to_string()).unwrap_or_default()
}

fn minute_at(milliseconds: i64, offset: UtcOffset) -> String {
    let words = |moment: OffsetDateTime| format!("{} {:02}:{:02}", moment.date(), moment.hour(), moment.minute());
    at(milliseconds, offset).map(words).unwrap_or_default()
}

fn at(milliseconds: i64, offset: UtcOffset) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1_000)).ok()?.checked_to_offset(offset)
}

/// A stretch of time in milliseconds, to the second: `4:05`, `1:02:00`.
pub(crate) fn clock(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Lines of columns, padded to the widest entry of each.
pub(crate) fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(index) {
                Some(widest) => *widest = (*widest).max(width),
                None => widths.push(width),
            }
        }
    }
    rows.iter()
        .map(|row| {
            let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partners_words_cannot_drive_the_terminal() {
        assert_eq!(printable("Ben\x1b[2J\tand\nAna\u{9b}1m"), "Ben\u{fffd}[2J\tand\nAna\u{fffd}1m");
    }

    #[test]
    fn days_are_those_of_the_clock_on_the_wall() {
        let at = 1_772_446_500_000; // 10:15 in UTC
        let [utc, west, east] = [0, -11, 14].map(|hours| UtcOffset::from_hms(hours, 0, 0).expect("an offset"));
        assert_eq!([utc, west, east].map(|offset| day_at(at, offset)), ["2026-03-02", "2026-03-01", "2026-03-03"]);
        assert_eq!(minute_at(at, utc), "2026-03-02 10:15");
        assert_eq!(minute_at(at, east), "2026-03-03 00:15");
        assert_eq!(day_at(-1, utc), "1969-12-31");
        assert_eq!([day(i64::MAX), moment_in_words(i64::MAX)], ["", ""]);
    }

    #[test]
    fn stretches_of_time_are_told_as_a_clock_tells_them() {
        assert_eq!([0, 245_900, 3_720_000, -5].map(clock), ["0:00", "4:05", "1:02:00", "0:00"]);
    }

    #[test]
    fn columns_line_up() {
        let rows = vec![vec!["Ana".to_owned(), "here".to_owned()], vec!["Chidi".to_owned(), String::new()]];
        assert_eq!(columns(&rows), ["Ana    here", "Chidi"]);
    }
}
