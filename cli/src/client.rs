//! Decides how the daemon of a data folder is found, spoken to, and believed.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rounds_daemon::places::DAEMON_FILE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::failure::{self, Failure};
use crate::output::Output;

/// How long a connection to this very computer may take before the daemon counts as hung.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// How long an answer may take: a slow disk under a full catch-up needs seconds, not minutes.
pub(crate) const ANSWER_WAIT: Duration = Duration::from_secs(60);

/// Added to a wait that the daemon itself keeps, so that its answer is the one that counts.
pub(crate) const WAIT_MARGIN: Duration = Duration::from_secs(15);

/// Bytes of one answer: the export of the largest document with its whole history, several times over.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// All but the letters that a URL may hold anywhere as they are.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a running daemon writes into its data folder.
#[derive(Debug, Deserialize)]
struct Announcement {
    schema: u32,
    http: SocketAddr,
    pid: u32,
    token_file: String,
}

/// The announcement's form that this version reads.
const ANNOUNCEMENT_SCHEMA: u32 = 1;

/// The daemon's word for a refusal.
#[derive(Debug, Deserialize)]
struct Refusal {
    error: RefusalBody,
}

#[derive(Debug, Deserialize)]
struct RefusalBody {
    code: String,
    message: String,
    #[serde(default)]
    hint: Option<String>,
}

/// A question to the daemon.
#[derive(Debug)]
pub(crate) struct Question {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Body>,
    patience: Duration,
}

/// What goes along with a question.
#[derive(Debug)]
enum Body {
    Json(Value),
    File(Bytes),
}

impl Question {
    fn new(method: Method, path: &[&str]) -> Question {
        let segments = path.iter().map(|segment| utf8_percent_encode(segment, ESCAPED).to_string());
        Question {
            method,
            path: format!("/api/v1/{}", segments.collect::<Vec<_>>().join("/")),
            query: Vec::new(),
            body: None,
            patience: ANSWER_WAIT,
        }
    }

    /// Reads something. Each part of the path is escaped.
    pub(crate) fn get(path: &[&str]) -> Question {
        Question::new(Method::GET, path)
    }

    /// Makes or changes something.
    pub(crate) fn post(path: &[&str], body: Value) -> Question {
        Question { body: Some(Body::Json(body)), ..Question::new(Method::POST, path) }
    }

    /// Hands a file over.
    pub(crate) fn file(path: &[&str], file: Vec<u8>) -> Question {
        Question { body: Some(Body::File(file.into())), ..Question::new(Method::POST, path) }
    }

    /// Takes something away.
    pub(crate) fn delete(path: &[&str]) -> Question {
        Question::new(Method::DELETE, path)
    }

    /// Adds to the query.
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<String>) -> Question {
        self.query.push((key, value.into()));
        self
    }

    /// Waits this long for the answer, and a little more.
    pub(crate) fn patient(mut self, wait: Duration) -> Question {
        self.patience = wait + WAIT_MARGIN;
        self
    }

    fn target(&self) -> String {
        let mut target = self.path.clone();
        for (index, (key, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(&format!("{key}={}", utf8_percent_encode(value, ESCAPED)));
        }
        target
    }
}

/// The daemon of one data folder, as its announcement describes it.
#[derive(Debug)]
pub(crate) struct Daemon {
    http: SocketAddr,
    token: String,
    output: Output,
}

impl Daemon {
    /// Reads who announced itself in the folder. A dead process's announcement counts as none, so that its token goes to nobody else.
    pub(crate) fn find(folder: &Path, output: Output) -> Result<Daemon, Failure> {
        let nobody = || Failure::no_daemon(format!("no daemon is running for {}", folder.display()));
        let text = match std::fs::read_to_string(folder.join(DAEMON_FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(nobody()),
            Err(error) => {
                return Err(Failure::failed(format!("could not read the data folder {}: {error}", folder.display()))
                    .hint("use the account that the daemon runs under, or name another folder with --data"));
            }
        };
        let announcement: Announcement = serde_json::from_str(&text).map_err(|_| nobody())?;
        if announcement.schema != ANNOUNCEMENT_SCHEMA {
            return Err(Failure::failed("the running daemon is of another version than this command")
                .hint("stop the daemon and start it again: rounds run"));
        }
        if !process_is_alive(announcement.pid) || !announcement.http.ip().is_loopback() {
            return Err(nobody());
        }
        let token = match std::fs::read_to_string(folder.join(&announcement.token_file)) {
            Ok(token) => token.trim().to_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(nobody()),
            Err(error) => return Err(Failure::failed(format!("could not read the daemon's token: {error}"))),
        };
        Ok(Daemon { http: announcement.http, token, output })
    }

    /// Asks, and reads the answer as JSON.
    pub(crate) async fn ask(&self, question: Question) -> Result<Value, Failure> {
        let bytes = self.fetch(question).await?;
        if bytes.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        serde_json::from_slice(&bytes).map_err(|_| unintelligible())
    }

    /// Asks, and takes the answer as the bytes it is.
    pub(crate) async fn fetch(&self, question: Question) -> Result<Bytes, Failure> {
        let began = Instant::now();
        let what = format!("{} {}", question.method, question.path);
        let patience = question.patience;
        let outcome = match tokio::time::timeout(patience, self.exchange(question)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let seconds = patience.as_secs();
                Err(Failure::failed(format!("the daemon did not answer within {seconds} s")).hint("rounds status"))
            }
        };
        let state = if outcome.is_ok() { "answered" } else { "failed" };
        self.output.detail(&format!("{what}: {state} after {} ms", began.elapsed().as_millis()));
        outcome
    }

    async fn exchange(&self, question: Question) -> Result<Bytes, Failure> {
        let stream = match tokio::time::timeout(CONNECT_WAIT, TcpStream::connect(self.http)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(_)) | Err(_) => {
                return Err(Failure::no_daemon(format!("no daemon answers at {}", self.http)));
            }
        };
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| cut_off())?;
        // The connection ends with the exchange; how it ends is told by the answer.
        let driver = tokio::spawn(connection);
        let target = question.target();
        let mut request = Request::builder()
            .method(question.method)
            .uri(target)
            .header(HOST, self.http.to_string())
            .header(AUTHORIZATION, format!("Bearer {}", self.token));
        let body = match question.body {
            Some(Body::Json(body)) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Bytes::from(body.to_string())
            }
            Some(Body::File(file)) => {
                request = request.header(CONTENT_TYPE, "application/octet-stream");
                file
            }
            None => Bytes::new(),
        };
        let request = request.body(Full::new(body)).map_err(|error| Failure::failed(error.to_string()))?;
        let response = sender.send_request(request).await.map_err(|_| cut_off())?;
        let status = response.status();
        let bytes = match Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return Err(Failure::failed("the daemon's answer is larger than any answer should be"));
            }
            Err(_) => return Err(cut_off()),
        };
        driver.abort();
        if status.is_success() {
            return Ok(bytes);
        }
        Err(self.refusal(status, &bytes))
    }

    fn refusal(&self, status: StatusCode, bytes: &[u8]) -> Failure {
        if status == StatusCode::UNAUTHORIZED {
            return Failure::no_daemon(format!("the program at {} is not the daemon of this data folder", self.http));
        }
        match serde_json::from_slice::<Refusal>(bytes) {
            Ok(Refusal { error }) => failure::from_daemon(&error.code, &error.message, error.hint.as_deref()),
            Err(_) => Failure::failed(format!("the daemon answered {status}")).hint("rounds -v status"),
        }
    }
}

/// Reads an answer as the type a command works with.
pub(crate) fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, Failure> {
    T::deserialize(answer).map_err(|_| unintelligible())
}

fn unintelligible() -> Failure {
    Failure::failed("the daemon answered in a form that this version does not know")
        .hint("stop the daemon and start it again: rounds run")
}

fn cut_off() -> Failure {
    Failure::failed("the daemon stopped before it answered; what was asked may or may not have been saved")
        .hint("rounds status")
}

/// Whether a process of this account has this number.
#[cfg(unix)]
fn process_is_alive(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else {
        return false;
    };
    rustix::process::test_kill_process(pid).is_ok()
}

/// Elsewhere only the connection tells.
#[cfg(not(unix))]
fn process_is_alive(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_are_escaped() {
        let question = Question::get(&["documents", "a/b", "history"]).with("at", "x&y=1 ö");
        assert_eq!(question.target(), "/api/v1/documents/a%2Fb/history?at=x%26y%3D1%20%C3%B6");
    }
}
