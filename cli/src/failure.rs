//! Decides what can go wrong for the caller of a command, in which words, and with which exit code.

use std::ffi::OsString;

use serde_json::{Value, json};

/// How the process ends when it did not succeed. `doctor` will add 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something failed that no other code names.
    Failed,
    /// The command was not understood, or names something ambiguous.
    Usage,
    /// No daemon is running for this data folder.
    NoDaemon,
    /// Nobody could be reached in time.
    NobodyReachable,
    /// No access, revoked, a wrong code, or locked.
    Refused,
    /// The disk did not take it.
    NotSaved,
    /// The person stopped it.
    Interrupted,
    /// Whoever read the answer has had enough of it: nothing is wrong.
    ReaderGone,
}

impl Exit {
    /// The number a script sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::NoDaemon => 3,
            Exit::NobodyReachable => 4,
            Exit::Refused => 5,
            Exit::NotSaved => 7,
            Exit::Interrupted => 130,
            Exit::ReaderGone => 0,
        }
    }

    /// The exit whose number a part of the program names that knows only numbers.
    fn numbered(code: u8) -> Exit {
        let known = [Exit::Usage, Exit::NoDaemon, Exit::NobodyReachable, Exit::Refused, Exit::NotSaved];
        known.into_iter().find(|exit| exit.code() == code).unwrap_or(Exit::Failed)
    }
}

/// Why a command ended without doing what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// The kind, for scripts: the daemon's own word where the daemon refused.
    pub(crate) code: String,
    pub(crate) message: String,
    /// The next command to try, where one is known better than by the kind.
    pub(crate) hint: Option<String>,
}

impl Failure {
    fn new(exit: Exit, code: &str, message: impl Into<String>) -> Failure {
        Failure { exit, code: code.to_owned(), message: message.into(), hint: None }
    }

    /// Something failed on this side.
    pub(crate) fn failed(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Failed, "internal", message)
    }

    /// The command cannot mean anything as it was given.
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, "usage", message)
    }

    /// No daemon answers for this data folder.
    pub(crate) fn no_daemon(message: impl Into<String>) -> Failure {
        Failure::new(Exit::NoDaemon, "no_daemon", message).hint("rounds run")
    }

    /// Nothing has this name.
    pub(crate) fn not_found(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Failed, "not_found", message)
    }

    /// Something is in the way.
    pub(crate) fn conflict(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Failed, "conflict", message)
    }

    /// Larger than Rounds takes.
    pub(crate) fn too_large(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Failed, "too_large", message)
    }

    /// More than one person has this name.
    pub(crate) fn ambiguous(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, "ambiguous", message)
    }

    /// The wait for somebody else's computer ended without an answer.
    pub(crate) fn timed_out(message: impl Into<String>) -> Failure {
        Failure::new(Exit::NobodyReachable, "timed_out", message)
    }

    /// The person pressed Ctrl-C.
    pub(crate) fn interrupted() -> Failure {
        Failure::new(Exit::Interrupted, "interrupted", "stopped before it was done")
    }

    /// The person ended what would have gone on for ever: the exit code tells, and there is nothing to say.
    pub(crate) fn stopped() -> Failure {
        Failure::new(Exit::Interrupted, "interrupted", "")
    }

    /// Whoever read standard output has gone, and so there is nobody to tell.
    pub(crate) fn reader_gone() -> Failure {
        Failure::new(Exit::ReaderGone, "reader_gone", "")
    }

    /// The daemon could not start, for a reason that has its own exit code.
    pub(crate) fn not_started(exit_code: u8, message: impl Into<String>) -> Failure {
        Failure::new(Exit::numbered(exit_code), "not_started", message)
    }

    /// The disk did not take it.
    pub(crate) fn not_saved(message: impl Into<String>) -> Failure {
        Failure::new(Exit::NotSaved, "not_saved", message)
    }

    /// Names the next command to try.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// The next command to try; there always is one.
    pub(crate) fn next(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| hint_of(&self.code))
    }

    /// What a script reads on standard error.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "schema": 1,
            "error": { "code": self.code, "message": self.message, "hint": self.next() },
        })
    }
}

/// The exit code that belongs to the daemon's word for what went wrong.
fn exit_of(code: &str) -> Exit {
    match code {
        "bad_request" | "ambiguous" => Exit::Usage,
        "nobody_reachable" | "timed_out" => Exit::NobodyReachable,
        "refused" | "wrong_code" | "locked" | "wrong_passphrase" | "too_soon" => Exit::Refused,
        "not_saved" => Exit::NotSaved,
        _ => Exit::Failed,
    }
}

/// The next command to try where nobody closer to the trouble named one.
fn hint_of(code: &str) -> &'static str {
    match code {
        "wrong_code" => "ask for the code that is on the other screen now, then: rounds pair accept CODE",
        "locked" | "wrong_passphrase" | "too_soon" => "rounds unlock",
        "not_found" | "refused" | "conflict" => "rounds documents list",
        "usage" | "bad_request" | "ambiguous" | "too_large" => "rounds --help",
        _ => "rounds status",
    }
}

/// A refusal as the daemon worded it.
pub(crate) fn from_daemon(code: &str, message: &str, hint: Option<&str>) -> Failure {
    let failure = Failure::new(exit_of(code), code, message);
    match hint.filter(|hint| !hint.is_empty()) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Arguments that clap did not take.
pub(crate) fn from_clap(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let rendered = error.render().to_string();
    let what = rendered.split("\n\nUsage:").next().unwrap_or_default();
    let what = what.split("\n\nFor more information").next().unwrap_or_default();
    let what = what.trim().trim_start_matches("error: ");
    let what = what.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    let what = if what.is_empty() || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        "a command is missing".to_owned()
    } else {
        what
    };
    Failure::usage(what).hint(help_for(arguments))
}

/// The help of the command that was most likely meant: the leading words that name one.
fn help_for(arguments: &[OsString]) -> String {
    use clap::CommandFactory;
    let mut command = crate::args::Cli::command();
    let mut path = "rounds".to_owned();
    for word in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        if let Some(next) = command.find_subcommand(word) {
            path = format!("{path} {}", next.get_name());
            command = next.clone();
        }
    }
    format!("{path} --help")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_daemon_has_its_exit_code() {
        let expected = [
            ("not_found", 1),
            ("refused", 5),
            ("bad_request", 2),
            ("conflict", 1),
            ("not_saved", 7),
            ("nobody_reachable", 4),
            ("too_large", 1),
            ("unavailable", 1),
            ("unreadable", 1),
            ("internal", 1),
            ("timed_out", 4),
            ("wrong_code", 5),
            ("ambiguous", 2),
            ("locked", 5),
            ("wrong_passphrase", 5),
            ("too_soon", 5),
            ("a word of a later version", 1),
        ];
        for (code, exit) in expected {
            let failure = from_daemon(code, "…", None);
            assert_eq!(failure.exit.code(), exit, "{code}");
            assert!(!failure.next().is_empty(), "{code}");
        }
    }

    #[test]
    fn the_daemons_hint_wins() {
        let failure = from_daemon("not_saved", "the disk is full", Some("free some space"));
        assert_eq!(failure.next(), "free some space");
        assert_eq!(from_daemon("not_saved", "the disk is full", None).next(), "rounds status");
    }
}
