//! Decides how a script speaks to a host's daemon: plain HTTP on one connection, made inside the host.

use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// How long one answer may take.
const ANSWER_WAIT: Duration = Duration::from_secs(90);

/// Bytes of one answer: the largest text, escaped.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A connection to a daemon's API.
#[derive(Debug)]
pub struct Api {
    stream: BufReader<TcpStream>,
    http: String,
    token: String,
}

/// What the daemon answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body; null when there is none.
    pub body: Value,
}

impl Reply {
    /// The body of an answer that went well.
    ///
    /// # Panics
    /// When it did not.
    pub fn fine(self) -> Value {
        assert!((200..300).contains(&self.status), "the daemon answered {}: {}", self.status, self.body);
        self.body
    }
}

impl Api {
    pub(super) fn new(stream: TcpStream, http: String, token: String) -> io::Result<Api> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_WAIT))?;
        Ok(Api { stream: BufReader::new(stream), http, token })
    }

    /// Reads something.
    pub fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.ask("GET", path, None)
    }

    /// Makes or changes something.
    pub fn post(&mut self, path: &str, body: &Value) -> io::Result<Reply> {
        self.ask("POST", path, Some(body))
    }

    fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Reply> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let (http, token, length) = (&self.http, &self.token, body.len());
        let request = format!(
            "{method} /api/v1/{path} HTTP/1.1\r\nHost: {http}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.read_reply()
    }

    fn read_reply(&mut self) -> io::Result<Reply> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| odd("no status"))?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            let Some((key, value)) = line.split_once(':') else { break };
            match (key, value.trim()) {
                ("content-length", value) => length = value.parse().map_err(|_| odd("a length that is no number"))?,
                ("transfer-encoding", "chunked") => chunked = true,
                _ => {}
            }
        }
        let body = if chunked { self.chunks()? } else { self.exactly(length)? };
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).map_err(Error::other)? };
        Ok(Reply { status, body })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        Ok(line.trim_end().to_owned())
    }

    fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > ANSWER_BYTES_MAX {
            return Err(odd("an answer without measure"));
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut whole = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).map_err(|_| odd("a chunk without length"))?;
            whole.extend(self.exactly(length)?);
            self.line()?;
            if length == 0 {
                return Ok(whole);
            }
        }
    }
}

fn odd(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what.to_owned())
}
