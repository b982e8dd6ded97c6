//! Decides how a chore runs the daemon that was just built, and speaks to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::steps::{root, target};

/// How long the daemon may take over one answer before the chore gives up.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// The program, as cargo built it.
pub(crate) fn binary(release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    target().join(profile).join(format!("rounds{}", std::env::consts::EXE_SUFFIX))
}

/// Runs the daemon for a person, until they stop it.
pub(crate) fn run_in_foreground(release: bool, arguments: &[String]) -> Result<()> {
    let mut command = Command::new(binary(release));
    command.args(["run", "--open"]).args(arguments).current_dir(root());
    let status = command.status().context("could not start the daemon")?;
    // Ctrl-C is how a person stops it.
    let stopped = status.success() || status.code().is_none() || status.code() == Some(130);
    if stopped { Ok(()) } else { bail!("the daemon ended with {status}") }
}

/// A daemon in a folder of its own that nobody else can find; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct OwnDaemon {
    child: Child,
    data: PathBuf,
    http: SocketAddr,
    /// The folder that goes with it.
    folder: Option<TempDir>,
}

impl OwnDaemon {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(name: &str) -> Result<OwnDaemon> {
        let folder = TempDir::new().context("no folder for a daemon")?;
        let mut daemon = OwnDaemon::start_in(&folder.path().join("data"), name, false)?;
        daemon.folder = Some(folder);
        Ok(daemon)
    }

    /// Starts it on a data folder that stays.
    pub(crate) fn start_in(data: &Path, name: &str, release: bool) -> Result<OwnDaemon> {
        let mut command = Command::new(binary(release));
        command
            .args(["run", "--json", "--name", name, "--http", "127.0.0.1:0", "--listen", "127.0.0.1:0"])
            .args(["--discovery", "off", "--no-open"])
            .env("ROUNDS_DATA", data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().context("could not start the daemon")?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let ready: Value = serde_json::from_str(&line).context("the daemon did not become ready")?;
        let http = ready["http"].as_str().and_then(|http| http.parse().ok()).context("the daemon named no address")?;
        Ok(OwnDaemon { child, data: data.to_owned(), http, folder: None })
    }

    /// Ends it in order: what it has not tidied yet is tidied.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.ask_for("POST", "/api/v1/stop", "")?;
        self.child.wait().context("the daemon did not end")?;
        Ok(())
    }

    /// Where its API is.
    pub(crate) fn http(&self) -> SocketAddr {
        self.http
    }

    /// The token by which scripts are known to it.
    pub(crate) fn token(&self) -> Result<String> {
        let path = self.data.join("cli.token");
        Ok(std::fs::read_to_string(path).context("the daemon left no token")?.trim().to_owned())
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Reads something from its API.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.ask("GET", path, "")
    }

    /// Makes or changes something over its API.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.ask("POST", path, &body.to_string())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let answer = self.ask_for(method, path, body)?;
        serde_json::from_str(&answer).with_context(|| format!("{method} {path}: the answer is not JSON"))
    }

    /// Asks, and takes the answer as it comes.
    pub(crate) fn ask_for(&self, method: &str, path: &str, body: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.http)?;
        stream.set_read_timeout(Some(ANSWER_WAIT))?;
        // HTTP/1.0, so that the answer ends with the connection.
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.http,
            self.token()?,
            body.len(),
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("the daemon's answer has no head")?;
        let status = head.lines().next().unwrap_or_default();
        if !status.contains(" 20") {
            bail!("{method} {path}: the daemon answered {status}: {body}");
        }
        Ok(body.to_owned())
    }
}

impl Drop for OwnDaemon {
    fn drop(&mut self) {
        // It may have ended by itself; its folder goes with it either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
