//! Decides which commands and options exist, and what their plain values may be.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use rounds_crdt::model::bounds::OBSERVED_MS_MAX;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::commands;

/// The longest wait that can be asked for: a school day.
const DURATION_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Letters in the name of a text field: the longest in use has twelve.
const FIELD_LETTERS_MAX: usize = 32;

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    failed
  2    usage
  3    no daemon is running for this data folder
  4    nobody reachable
  5    refused (no access, revoked, wrong code, locked)
  7    not saved (disk)
  130  interrupted

NAME is a display name when only one partner has it, or the start of a person id (see: rounds people).
FIELD is a text of a document; left out, it is the document's main text.";

/// Goals, visits, notes and debriefs, shared between teachers' own computers.
#[derive(Debug, Parser)]
#[command(
    name = "rounds",
    version,
    after_long_help = EXIT_CODES,
    subcommand_required = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    /// The data folder [default: the platform's own].
    #[arg(long, value_name = "DIR", env = "ROUNDS_DATA", global = true, hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,

    /// Print one JSON object, or JSON lines for what takes time.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Print only what was asked for.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Say on standard error what is being done; twice says more.
    #[arg(short, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(commands::run::Run),
    Open(commands::open::Open),
    Status(commands::status::Status),
    Pair(commands::pair::Pair),
    People(commands::people::People),
    Visit(commands::visit::Visit),
    Door(commands::door::Door),
    Goal(commands::goal::Goal),
    Notes(commands::notes::Notes),
    Debrief(commands::debrief::Debrief),
    Documents(commands::documents::Documents),
    Text(commands::text::Text),
    Share(commands::share::Share),
    Unshare(commands::unshare::Unshare),
    Holders(commands::holders::Holders),
    History(commands::history::History),
    Search(commands::search::Search),
    Export(commands::export::Export),
    Import(commands::import::Import),
    Lock(commands::lock::Lock),
    Unlock(commands::unlock::Unlock),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
}

/// Reads `90s`, `2m` or `1h`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number and a unit, such as 90s, 2m or 1h".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let seconds_each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        _ => return Err(wrong()),
    };
    let duration = number.checked_mul(seconds_each).map(Duration::from_secs).ok_or_else(wrong)?;
    if duration.is_zero() || duration > DURATION_MAX {
        return Err("it must lie between 1s and 24h".to_owned());
    }
    Ok(duration)
}

/// Reads the length of a visit, in whole minutes.
pub(crate) fn minutes(text: &str) -> Result<u32, String> {
    let seconds = duration(text)?.as_secs();
    if !seconds.is_multiple_of(60) {
        return Err("a length is counted in whole minutes, such as 25m".to_owned());
    }
    u32::try_from(seconds / 60).map_err(|error| error.to_string())
}

/// Reads a moment of a lesson, counted from its beginning: `4:05`, `1:02:00`, or whole minutes.
pub(crate) fn moment_of_lesson(text: &str) -> Result<i64, String> {
    let wrong = || "write minutes and seconds from the beginning of the lesson, such as 4:05".to_owned();
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() > 3 || !parts.iter().all(digits) {
        return Err(wrong());
    }
    let numbers: Vec<i64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    if numbers.iter().skip(1).any(|number| *number > 59) {
        return Err(wrong());
    }
    let seconds = numbers.iter().fold(0, |sum, number| sum * 60 + number);
    let milliseconds = if numbers.len() == 1 { seconds * 60_000 } else { seconds * 1_000 };
    if milliseconds > OBSERVED_MS_MAX {
        return Err("no lesson is longer than a day".to_owned());
    }
    Ok(milliseconds)
}

/// Reads a moment with its offset, and counts it in milliseconds since 1970, as the API does.
pub(crate) fn moment(text: &str) -> Result<i64, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .ok()
        .and_then(|moment| i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok())
        .ok_or_else(|| "write a date, a time and an offset, such as 2026-03-02T10:15:00+01:00".to_owned())
}

/// Reads words that somebody wrote. A list may begin with a dash; what looks like a mistyped option is taken for words
/// only after `--`.
pub(crate) fn words(text: &str) -> Result<String, String> {
    if looks_like_option(text) && !std::env::args_os().any(|argument| argument == "--") {
        return Err("this looks like an option; if it is meant as words, put -- before it".to_owned());
    }
    Ok(text.to_owned())
}

fn looks_like_option(text: &str) -> bool {
    let name = text.trim_start_matches('-');
    let dashes = text.len() - name.len();
    let named = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    (1..=2).contains(&dashes) && named && !name.contains(char::is_whitespace)
}

/// Reads the name of a text field.
pub(crate) fn field(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if text.is_empty() || text.len() > FIELD_LETTERS_MAX || !plain {
        return Err("a field is a word such as notes, focus, plan, next, why or journal".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads a name that is not empty.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err("a name cannot be empty".to_owned());
    }
    Ok(trimmed.to_owned())
}

/// Reads the address of the page, which only this computer may reach.
pub(crate) fn page_address(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "write ip:port, such as 127.0.0.1:4477".to_owned())?;
    if !address.ip().is_loopback() {
        return Err("the page is for this computer only; use 127.0.0.1 and a port".to_owned());
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_have_a_number_and_a_unit() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for wrong in ["", "s", "90", "0s", "-5s", "1.5m", "2 m", "25h", "99999999999999999999s", "2d", "5é"] {
            assert!(duration(wrong).is_err(), "{wrong:?} was taken for a duration");
        }
    }

    #[test]
    fn lengths_are_whole_minutes() {
        assert_eq!(minutes("25m"), Ok(25));
        assert_eq!(minutes("120s"), Ok(2));
        assert!(minutes("90s").is_err());
    }

    #[test]
    fn moments_of_a_lesson_count_from_its_beginning() {
        assert_eq!(moment_of_lesson("4:05"), Ok(245_000));
        assert_eq!(moment_of_lesson("12"), Ok(720_000));
        assert_eq!(moment_of_lesson("1:02:00"), Ok(3_720_000));
        for wrong in ["", ":", "4:60", "-1:00", "1:2:3:4", "4.05", "99999", "25:00:00", "noon"] {
            assert!(moment_of_lesson(wrong).is_err(), "{wrong:?} was taken for a moment");
        }
    }

    #[test]
    fn moments_carry_their_offset() {
        assert_eq!(moment("1970-01-01T01:00:01.5+01:00"), Ok(1_500));
        assert_eq!(moment("2026-03-02T10:15:00+01:00"), moment("2026-03-02T09:15:00Z"));
        assert!(moment("2026-03-02 10:15").is_err());
        assert!(moment("tomorrow").is_err());
    }

    #[test]
    fn a_mistyped_option_is_not_taken_for_words() {
        for right in ["words", "", "-", "- a list", "--- a rule", "-5 degrees", "-- a dash", "--json is an option"] {
            assert!(!looks_like_option(right), "{right:?} was taken for an option");
        }
        for wrong in ["--jsno", "-x", "--delivered=Ben"] {
            assert!(looks_like_option(wrong), "{wrong:?} was taken for words");
        }
    }

    #[test]
    fn fields_are_single_words() {
        assert!(field("notes").is_ok());
        for wrong in ["", "../status", "Notes", "a b"] {
            assert!(field(wrong).is_err(), "{wrong:?} was taken for a field");
        }
    }

    #[test]
    fn the_page_stays_on_this_computer() {
        assert!(page_address("127.0.0.1:0").is_ok());
        assert!(page_address("[::1]:4477").is_ok());
        assert!(page_address("0.0.0.0:4477").is_err());
        assert!(page_address("4477").is_err());
    }

    #[test]
    fn every_command_explains_itself() {
        fn check(command: &clap::Command, path: &str) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                assert!(sub.get_about().is_some(), "{path} has no help");
                for argument in sub.get_arguments() {
                    assert!(argument.get_help().is_some(), "{path} {} has no help", argument.get_id());
                }
                check(sub, &path);
            }
        }
        check(&Cli::command(), "rounds");
    }
}
