//! Decides how one step of a chore is run, timed and reported, and that the first failure ends the chore.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How many lines of what a failed program said last are repeated at the end, lines: a log is often cut to its end, and both test
/// runners name what failed in their last lines.
const LAST_LINES: usize = 40;

/// How long a program is silent before it is asked whether it has ended.
const SILENCE: Duration = Duration::from_secs(1);

/// The folder that holds the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where what is built goes.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Whether nothing may be skipped.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// The steps of one chore, with what became of each.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<Done>,
}

#[derive(Debug)]
struct Done {
    name: String,
    took: Duration,
    outcome: &'static str,
    why: Option<String>,
}

impl Steps {
    /// No steps yet.
    pub(crate) fn new() -> Steps {
        Steps::default()
    }

    /// Runs one step and says how long it took.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("== {name}");
        let began = Instant::now();
        let outcome = work();
        let took = began.elapsed();
        let word = if outcome.is_ok() { "done" } else { "FAILED" };
        println!("== {name}: {word} in {:.1} s", took.as_secs_f64());
        self.done.push(Done { name: name.to_owned(), took, outcome: word, why: None });
        outcome.with_context(|| format!("{name} failed"))
    }

    /// Leaves one step out, saying why; where nothing may be skipped that is a failure.
    pub(crate) fn skip(&mut self, name: &str, why: &str) -> Result<()> {
        if in_ci() {
            bail!("{name} cannot run: {why}; nothing is skipped in CI");
        }
        self.note_skipped(name, why);
        Ok(())
    }

    /// Leaves one step out even in CI: for what no change to this project could mend.
    pub(crate) fn note_skipped(&mut self, name: &str, why: &str) {
        println!("== {name}: skipped: {why}");
        let why = Some(why.to_owned());
        self.done.push(Done { name: name.to_owned(), took: Duration::ZERO, outcome: "skipped", why });
    }

    /// Prints every step once more, when there were several.
    pub(crate) fn summary(&self) {
        if self.done.len() < 2 {
            return;
        }
        println!();
        for Done { name, took, outcome, why } in &self.done {
            let why = why.as_ref().map(|why| format!("  ({why})")).unwrap_or_default();
            println!("{outcome:>8}  {:>7.1} s  {name}{why}", took.as_secs_f64());
        }
    }
}

/// A program to run from the root of the workspace.
#[derive(Debug)]
pub(crate) struct Program {
    command: Command,
    shown: String,
}

/// A program with its arguments.
pub(crate) fn program(name: impl AsRef<OsStr>, arguments: &[&str]) -> Program {
    let mut command = Command::new(name.as_ref());
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    let shown = format!("{} {}", Path::new(name.as_ref()).display(), arguments.join(" "));
    Program { command, shown: shown.trim().to_owned() }
}

/// Cargo, the same one that runs this.
pub(crate) fn cargo(arguments: &[&str]) -> Program {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut program = program(&cargo, arguments);
    program.shown = format!("cargo {}", arguments.join(" "));
    program
}

impl Program {
    /// Runs it in another folder.
    pub(crate) fn at(mut self, folder: impl AsRef<Path>) -> Program {
        self.command.current_dir(folder);
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Program {
        self.command.env(name, value);
        self
    }

    /// Runs it, and fails when it fails; in CI the failure repeats what was said last.
    pub(crate) fn run(mut self) -> Result<()> {
        println!("   {}", self.shown);
        if in_ci() {
            return self.run_listening();
        }
        let status = self.command.status().with_context(|| format!("could not start {}", self.shown))?;
        if !status.success() {
            bail!("{} ended with {status}", self.shown);
        }
        Ok(())
    }

    fn run_listening(mut self) -> Result<()> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().with_context(|| format!("could not start {}", self.shown))?;
        let (said, says) = mpsc::channel();
        child.stdout.take().into_iter().for_each(|pipe| listen(pipe, said.clone()));
        child.stderr.take().into_iter().for_each(|pipe| listen(pipe, said.clone()));
        drop(said);
        let mut last = VecDeque::with_capacity(LAST_LINES);
        let status = loop {
            match says.recv_timeout(SILENCE) {
                Ok(line) => {
                    println!("{line}");
                    if last.len() == LAST_LINES {
                        last.pop_front();
                    }
                    last.push_back(line);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break child.wait(),
                // What a program left running may hold its pipes open for ever.
                Err(mpsc::RecvTimeoutError::Timeout) => match child.try_wait() {
                    Ok(None) => {}
                    ended => break ended.map(Option::unwrap_or_default),
                },
            }
        };
        let status = status.with_context(|| format!("could not wait for {}", self.shown))?;
        if !status.success() {
            let last: Vec<String> = last.into();
            bail!("{} ended with {status}; it said last:\n{}", self.shown, last.join("\n"));
        }
        Ok(())
    }

    /// Runs it silently; gives whether it succeeded and all that it printed.
    pub(crate) fn capture(mut self) -> Result<(bool, String)> {
        let output = self.command.output().with_context(|| format!("could not start {}", self.shown))?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok((output.status.success(), text))
    }
}

/// Passes on each line that comes through a pipe, whatever bytes are in it.
fn listen(pipe: impl Read + Send + 'static, said: mpsc::Sender<String>) {
    let _passing_on = thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            if said.send(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned()).is_err() {
                return;
            }
        }
    });
}
