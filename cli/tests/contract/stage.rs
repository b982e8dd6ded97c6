//! Decides what a pretended daemon answers, and what of the command under test can be looked at afterwards.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The token of the pretended daemon.
pub(crate) const TOKEN: &str = "token-of-the-stage";

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Method and target.
    pub(crate) line: String,
    pub(crate) body: Value,
}

/// One answer of the script.
pub(crate) enum Answer {
    Json(u16, Value),
    Bytes(Vec<u8>),
    /// Keeps the caller waiting until it gives up.
    Silence,
    /// Cuts the connection.
    Cut,
}

/// A data folder with a daemon that answers from a script, in order.
pub(crate) struct Stage {
    folder: TempDir,
    address: SocketAddr,
    seen: Receiver<Seen>,
}

impl Stage {
    /// A daemon that expects these requests, in this order, and answers so.
    pub(crate) fn new(script: Vec<(&'static str, Answer)>) -> Stage {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, seen) = channel();
        let script = Arc::new(Mutex::new(VecDeque::from(script)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, script) = (sender.clone(), Arc::clone(&script));
                std::thread::spawn(move || serve(stream, &sender, &script, address));
            }
        });
        let stage = Stage { folder: tempfile::tempdir().expect("a folder"), address, seen };
        announce(stage.folder.path(), address, std::process::id());
        stage
    }

    /// Runs a command to its end.
    pub(crate) fn rounds(&self, arguments: &[&str]) -> Ended {
        rounds(self.folder.path(), arguments)
    }

    /// Starts a command and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        command(self.folder.path(), arguments).spawn().expect("rounds starts")
    }

    /// The next request that arrived; waits for it.
    pub(crate) fn next(&self) -> Seen {
        self.seen.recv().expect("the stage is up")
    }

    /// All requests that arrived so far.
    pub(crate) fn all(&self) -> Vec<Seen> {
        self.seen.try_iter().collect()
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the pretended daemon listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Writes the files by which a running daemon is found.
pub(crate) fn announce(folder: &Path, address: SocketAddr, pid: u32) {
    let announcement = json!({ "schema": 1, "http": address.to_string(), "pid": pid, "token_file": "cli.token" });
    std::fs::write(folder.join("daemon.json"), announcement.to_string()).expect("written");
    std::fs::write(folder.join("cli.token"), format!("{TOKEN}\n")).expect("written");
}

/// What a finished command left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Reads a finished process.
    pub(crate) fn of(output: Output) -> Ended {
        Ended {
            code: output.status.code().expect("an exit code, not a signal"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The one JSON object on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON object ({error}): {self:?}"))
    }

    /// The one JSON error object on standard error.
    pub(crate) fn error(&self) -> Value {
        serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("no JSON error ({error}): {self:?}"))
    }
}

/// Runs `rounds` on a data folder, with nothing on standard input.
pub(crate) fn rounds(folder: &Path, arguments: &[&str]) -> Ended {
    Ended::of(command(folder, arguments).output().expect("rounds starts"))
}

/// The command, set up so that nothing of this machine shows through.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rounds"));
    command.args(arguments).env("ROUNDS_DATA", folder).env_remove("NO_COLOR");
    command.env("TZ", "HST10"); // Honolulu's clock, ten hours behind UTC
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn serve(
    stream: TcpStream,
    sender: &Sender<Seen>,
    script: &Mutex<VecDeque<(&'static str, Answer)>>,
    address: SocketAddr,
) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let (mut length, mut host, mut authorised) = (0, false, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let header = header.trim();
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').expect("a header");
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().expect("a length"),
            "host" => host = value.trim() == address.to_string(),
            "authorization" => authorised = value.trim() == format!("Bearer {TOKEN}"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)))
    };
    let line = line.trim().trim_end_matches(" HTTP/1.1").trim_start_matches("HTTP/1.1 ").to_owned();
    let expected = script.lock().expect("the script").pop_front();
    let answer = match expected {
        _ if !host || !authorised => Answer::Json(401, problem("unauthorized", "who are you?")),
        Some((expected, answer)) if expected == line => answer,
        other => {
            let expected = other.map_or("nothing", |(expected, _)| expected);
            Answer::Json(500, problem("internal", &format!("the script has {expected}, not {line}")))
        }
    };
    // The test may have ended without looking at every request.
    let _ = sender.send(Seen { line, body });
    let mut stream = reader.into_inner();
    let (status, kind, bytes) = match answer {
        Answer::Json(status, value) => (status, "application/json", value.to_string().into_bytes()),
        Answer::Bytes(bytes) => (200, "application/octet-stream", bytes),
        Answer::Cut => return,
        Answer::Silence => {
            // Ends when the caller hangs up.
            let _ = stream.read(&mut [0]);
            return;
        }
    };
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", bytes.len());
    // A caller that has gone away is seen by its own exit code.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes));
}

/// An error as the daemon words it.
pub(crate) fn problem(code: &str, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message, "hint": Value::Null } })
}

/// The people of the staff room, as the daemon lists them.
pub(crate) fn people() -> Value {
    json!({ "schema": 1, "people": [
        { "id": BEN, "name": "Ben", "state": "connected", "devices": [] },
        { "id": CHIDI, "name": "Chidi", "state": "not_seen", "devices": [] },
        { "id": OTHER_CHIDI, "name": "Chidi", "state": "unreachable", "devices": [] },
    ]})
}

pub(crate) const BEN: &str = "bbbbaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const CHIDI: &str = "ccccaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const OTHER_CHIDI: &str = "ccccbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// A document that the pretended daemon knows.
pub(crate) const VISIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A visit of Chidi's to Ben, as the daemon shows it, begun at this moment.
pub(crate) fn visit(began_ms: Value) -> Answer {
    let mut model = json!({
        "kind": "visit", "host": BEN, "people": {}, "answers": {}, "visit_kind": "pair", "door": null, "when_ms": null,
        "other_times_ms": [], "minutes": null, "period": null, "room": null, "goal": null, "goal_label": null, "focus": "",
        "plan": "", "instruments": [], "seats": [], "seat": null, "may_talk": null, "roles": {}, "debrief": null, "began_ms": began_ms,
        "run": { "protocol": null, "begun": {}, "at": null }, "ended_ms": null, "here": {}, "stop_asked": false,
        "did_not_happen": false, "cancelled": false, "talked": false, "notes_waived": false,
    });
    let stage = if model["began_ms"].is_null() { "scheduled" } else { "observing" };
    model["people"] = json!({ BEN: "host", CHIDI: "visitor" });
    let people = json!([{ "id": BEN, "name": "Ben" }, { "id": CHIDI, "name": "Chidi" }]);
    Answer::Json(
        200,
        json!({ "schema": 1, "id": VISIT, "kind": "visit", "role": "owner", "stage": stage, "model": model, "people": people }),
    )
}
