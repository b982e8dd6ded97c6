//! Decides how the daemon runs in the foreground: with which settings, what it says when ready, and what stops it.

use std::net::SocketAddr;
use std::path::Path;

use clap::ValueEnum;
use rounds_daemon::config::{Config, DEFAULT_HTTP, DEFAULT_LISTEN, Given};
use rounds_daemon::keys::Keys;
use rounds_daemon::log::Log;
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::args;
use crate::commands::open;
use crate::failure::Failure;
use crate::output::Output;
use crate::page;
use crate::passphrase;
use crate::session::Session;

/// Run the daemon in the foreground; the first run creates who you are.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// What partners call you.
    #[arg(long, value_name = "NAME", value_parser = args::name)]
    name: Option<String>,
    /// Where the page is, on this computer only; port 0 picks one.
    #[arg(long, value_name = "ADDR", default_value = DEFAULT_HTTP, value_parser = args::page_address)]
    http: SocketAddr,
    /// Where partners reach this computer, by QUIC and TCP; may be given several times; port 0 picks one.
    #[arg(long, value_name = "ADDR", default_values = DEFAULT_LISTEN)]
    listen: Vec<SocketAddr>,
    /// Whether partners on this network are looked for.
    #[arg(long, value_enum, default_value = "auto")]
    discovery: Discovery,
    /// Open the page when ready.
    #[arg(long, overrides_with = "no_open")]
    open: bool,
    /// Do not open the page (the default).
    #[arg(long, overrides_with = "open")]
    no_open: bool,
}

/// Whether partners are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Discovery {
    /// Look for paired computers, under names that tell strangers nothing.
    Auto,
    /// Only go to addresses already known.
    Off,
}

impl Run {
    /// Runs until it is told to stop.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let log = Log::default();
        start_log(&session.output, &log);
        let data = session.folder()?;
        let passphrase = given(session, &data).await?;
        let config = Config {
            data,
            passphrase,
            name: self.name,
            http: self.http,
            listen: self.listen,
            discovery: self.discovery == Discovery::Auto,
            log,
            page: page::files(),
        };
        let boot = async {
            rounds_daemon::boot(config)
                .await
                .map_err(|error| Failure::not_started(error.exit_code(), error.to_string()).hint(error.hint()))
        };
        let running = session.interruptible(boot).await?;
        session.output.object(json!({
            "event": "ready", "http": running.http.to_string(), "listen": running.listen,
            "person": running.person, "device": running.device,
        }))?;
        session.output.answer(
            &format!("Rounds is running. The page is at http://{} (to open it: rounds open).", running.http),
            &running.http.to_string(),
        )?;
        if self.open && !self.no_open {
            // A daemon without a browser is still a daemon: the page can be opened later.
            let opened = async { open::in_browser(&open::launch_link(session).await?) }.await;
            if let Err(failure) = opened {
                tracing::warn!("{}", failure.message);
            }
        }
        let stopped = running.stopped(session.told_to_stop()).await;
        stopped.map_err(|unsaved| Failure::not_saved(unsaved.to_string()).hint(unsaved.hint()))?;
        session.output.note("Stopped.")?;
        if session.was_interrupted() { Err(Failure::stopped()) } else { Ok(()) }
    }
}

/// The passphrase, where the environment names a file with one; else a person is asked where the folder needs it.
async fn given(session: &Session, data: &Path) -> Result<Option<Given>, Failure> {
    if let Some(passphrase) = passphrase::from_file()? {
        return Ok(Some(Given { passphrase, typed: false }));
    }
    if !Keys::need_passphrase(data) {
        return Ok(None);
    }
    Ok(passphrase::typed(session).await?.map(|passphrase| Given { passphrase, typed: true }))
}

/// What the page can show of the log, whatever standard error is told.
const KEPT: &str = "warn,rounds=info,rounds_daemon=info,rounds_crdt=info";

/// Sends the log to standard error, and the last of it to where the page finds it. What people wrote cannot appear in it: their words have no form that prints.
fn start_log(output: &Output, log: &Log) {
    let level = match output.verbosity() {
        0 => "warn",
        1 => "warn,rounds=info,rounds_daemon=info,rounds_crdt=info",
        _ => "info,rounds=debug,rounds_daemon=debug,rounds_crdt=debug",
    };
    let filter = EnvFilter::try_from_env("ROUNDS_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let colour = output.colours_errors();
    let log = log.clone();
    let kept = tracing_subscriber::fmt::layer().with_ansi(false).with_target(false).with_writer(move || log.clone());
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_ansi(colour).with_writer(std::io::stderr).with_filter(filter))
        .with(kept.with_filter(EnvFilter::new(KEPT)))
        .init();
}
