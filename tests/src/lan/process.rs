//! Decides how a daemon is started inside a namespace, and how it is stopped, killed, put to sleep and woken: by its id.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::namespace::Namespace;
use super::waiting::{PATIENCE, eventually};

/// What a daemon says when it is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Where its page is.
    pub http: String,
    /// Whose it is.
    pub person: String,
}

/// A daemon that runs; it ends when this is dropped.
pub(super) struct Daemon {
    child: Child,
    /// Kept open: a daemon that cannot write what it says would end.
    _said: BufReader<ChildStdout>,
    pub(super) ready: Ready,
}

impl Daemon {
    /// Starts one and waits until it is ready; `Err` with how it ended when it never was.
    pub(super) fn start(inside: &Namespace, mut command: Command, log: &Path) -> Result<Daemon, ExitStatus> {
        let log = File::options().create(true).append(true).open(log).expect("a log file");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = inside.run(move || command.spawn()).expect("the daemon starts");
        let said = child.stdout.take().expect("its output was asked for");
        let (sender, heard) = channel();
        thread::spawn(move || {
            let mut said = BufReader::new(said);
            let mut line = String::new();
            // What cannot be read is an empty line, as when the daemon ended.
            let _ = said.read_line(&mut line);
            let _ = sender.send((line, said));
        });
        let Ok((line, said)) = heard.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            panic!("a daemon is not ready after {} s", PATIENCE.as_secs());
        };
        if line.is_empty() {
            return Err(child.wait().expect("it ended"));
        }
        let event: Value = serde_json::from_str(&line).expect("the daemon says that it is ready in JSON");
        assert_eq!(event["event"], "ready", "the daemon says that it is ready");
        let text = |key: &str| event[key].as_str().expect("a text").to_owned();
        Ok(Daemon { child, _said: said, ready: Ready { http: text("http"), person: text("person") } })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the daemon runs");
    }

    /// Waits for its end.
    pub(super) fn ended(&mut self) -> ExitStatus {
        eventually("the daemon has ended", PATIENCE, || self.child.try_wait().expect("it is ours"))
    }

    /// Ends it as a power cut would, as far as a program can be: nothing more of it runs.
    pub(super) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program under test.
pub(super) fn program() -> PathBuf {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/rounds");
    let program = std::env::var_os("ROUNDS_BIN").map_or_else(built, PathBuf::from);
    assert!(program.exists(), "{} is not built: cargo build -p rounds", program.display());
    program
}

/// The clock on every host's wall: a whole day ahead of UTC, so that no day there is a day of UTC's by chance.
const WALL_CLOCK: &str = "DAY-24";

/// The program, in an environment that holds nothing of whoever runs the tests, and that ends with the test whatever happens to it.
pub(super) fn command(home: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home);
    command.env("TZ", WALL_CLOCK);
    command
}
