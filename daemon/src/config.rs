//! Decides what a daemon is started with.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::keys::Passphrase;
use crate::log::Log;
use crate::web::assets::PageFiles;

/// Where the page is served unless said otherwise.
pub const DEFAULT_HTTP: &str = "127.0.0.1:4477";

/// Where partners are listened for unless said otherwise.
pub const DEFAULT_LISTEN: [&str; 2] = ["0.0.0.0:4478", "[::]:4478"];

/// A passphrase, and how it came.
#[derive(Debug)]
pub struct Given {
    /// It.
    pub passphrase: Passphrase,
    /// Whether a person has typed it just now. One that came from a file proves that nobody is there: the daemon starts
    /// locked.
    pub typed: bool,
}

/// What a daemon is started with.
#[derive(Debug)]
pub struct Config {
    /// The data folder; made if it is not there.
    pub data: PathBuf,
    /// What the keys are under, or are to be under from now on.
    pub passphrase: Option<Given>,
    /// What partners call this person, for the first run.
    pub name: Option<String>,
    /// Where the page is served; port 0 picks one.
    pub http: SocketAddr,
    /// Where partners are listened for; port 0 picks one.
    pub listen: Vec<SocketAddr>,
    /// Whether to look for partners on the LAN and to be found.
    pub discovery: bool,
    /// Where the last of the daemon's own log can be read.
    pub log: Log,
    /// The page's files, when it was built.
    pub page: Option<PageFiles>,
}
