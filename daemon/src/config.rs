//! Decides what a daemon is started with.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::log::Log;
use crate::web::assets::PageFiles;

/// Where the page is served unless said otherwise.
pub const DEFAULT_HTTP: &str = "127.0.0.1:4477";

/// Where partners are listened for unless said otherwise.
pub const DEFAULT_LISTEN: [&str; 2] = ["0.0.0.0:4478", "[::]:4478"];

/// What a daemon is started with.
#[derive(Debug)]
pub struct Config {
    /// The data folder; made if it is not there.
    pub data: PathBuf,
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
