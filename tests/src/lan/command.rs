//! Decides how a command of `rounds` is run on a host, and what of its answer a story can look at.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::namespace::Namespace;
use super::waiting::PATIENCE;

/// How long one command may take: longer than any wait that a story asks it for.
const COMMAND_WAIT: Duration = Duration::from_secs(150);

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Answer {
    /// What it printed, as JSON.
    ///
    /// # Panics
    /// When it failed, or printed something else.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "the command failed: {}", self.err.trim());
        serde_json::from_str(&self.out).expect("one JSON object")
    }

    /// The object that a failed command leaves on standard error, without the log lines of `run`.
    ///
    /// # Panics
    /// When there is none.
    pub fn error(&self) -> Value {
        let object = self.err.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
        object.map(|object| object["error"].clone()).unwrap_or_else(|| panic!("no error in JSON: {self:?}"))
    }

    /// The exit code and the error's code, for comparing with what is expected.
    pub fn refusal(&self) -> (i32, String) {
        let code = self.error()["code"].as_str().unwrap_or_default().to_owned();
        (self.code.unwrap_or(-1), code)
    }

    /// Believes that it went well.
    ///
    /// # Panics
    /// When it did not.
    pub fn fine(self) -> Answer {
        assert_eq!(self.code, Some(0), "the command failed: {}", self.err.trim());
        self
    }
}

/// Runs a command to its end.
pub(super) fn finish(inside: &Namespace, mut command: Command) -> Answer {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let shown = format!("{command:?}");
    let child = inside.run(move || command.spawn()).expect("the command starts");
    let id = Pid::from_child(&child);
    let (sender, ended) = channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let output: Output = match ended.recv_timeout(COMMAND_WAIT) {
        Ok(output) => output.expect("its output"),
        Err(_) => {
            // Not yet waited for, so the id is still its own.
            let _ = kill_process(id, Signal::KILL);
            panic!("{shown} did not end within {} s", COMMAND_WAIT.as_secs());
        }
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Answer { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A `pair offer` that waits for the other person.
#[derive(Debug)]
pub struct Offer {
    child: Child,
    events: Receiver<Value>,
    /// The code that its screen shows now.
    pub code: String,
    /// Where it says that it can be reached.
    pub addresses: Vec<String>,
}

impl Offer {
    pub(super) fn start(inside: &Namespace, mut command: Command) -> Offer {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = inside.run(move || command.spawn()).expect("the command starts");
        let output = child.stdout.take().expect("its output was asked for");
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).expect("a line of JSON");
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        let mut offer = Offer { child, events, code: String::new(), addresses: Vec::new() };
        offer.next_code();
        offer
    }

    fn next_event(&mut self) -> Value {
        match self.events.recv_timeout(PATIENCE) {
            Ok(event) => event,
            Err(RecvTimeoutError::Disconnected) => panic!("the offer ended: {:?}", self.end()),
            Err(RecvTimeoutError::Timeout) => panic!("the offer said nothing for {} s", PATIENCE.as_secs()),
        }
    }

    /// Waits for the next code that the screen shows.
    pub fn next_code(&mut self) {
        let event = self.next_event();
        assert_eq!(event["event"], "code");
        self.code = event["code"].as_str().expect("a code").to_owned();
        let addresses = event["addresses"].as_array().expect("addresses");
        self.addresses = addresses.iter().filter_map(|address| Some(address.as_str()?.to_owned())).collect();
    }

    /// Waits until it says who has paired; their name.
    pub fn paired(mut self) -> String {
        let event = self.next_event();
        assert_eq!(event["event"], "paired");
        event["person"]["name"].as_str().expect("a name").to_owned()
    }

    /// Waits for its end without a partner.
    pub fn ended(mut self) -> Answer {
        self.end()
    }

    fn end(&mut self) -> Answer {
        let status = super::eventually("the offer has ended", PATIENCE, || self.child.try_wait().expect("it is ours"));
        let mut err = String::new();
        if let Some(mut complaint) = self.child.stderr.take() {
            std::io::Read::read_to_string(&mut complaint, &mut err).expect("UTF-8");
        }
        Answer { code: status.code(), out: String::new(), err }
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
