//! Decides which data folder, and so which daemon, one invocation speaks for, and how Ctrl-C ends it.

use std::future::Future;
use std::path::PathBuf;

use rounds_daemon::places;
use tokio::sync::watch;

use crate::client::Daemon;
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// What every command needs: where to speak to and how to answer.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) output: Output,
    data: Option<PathBuf>,
    interrupted: watch::Receiver<bool>,
}

impl Session {
    /// A session for the data folder that was named, or the platform's own. It listens for Ctrl-C from here on, without a gap.
    pub(crate) fn new(data: Option<PathBuf>, output: Output) -> Session {
        let (sender, interrupted) = watch::channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                sender.send_replace(true);
                // Whoever presses it again does not want to wait; what was acknowledged is on the disk.
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(Exit::Interrupted.code().into());
                }
            }
            // Kept open for as long as anybody listens: a closed channel would look like news.
            sender.closed().await;
        });
        Session { output, data, interrupted }
    }

    /// Works until it is done or the person presses Ctrl-C.
    pub(crate) async fn interruptible<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut interrupted = self.interrupted.clone();
        tokio::select! {
            outcome = work => outcome,
            _ = interrupted.wait_for(|interrupted| *interrupted) => Err(Failure::interrupted()),
        }
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> Result<PathBuf, Failure> {
        match &self.data {
            Some(folder) => Ok(folder.clone()),
            None => places::default_folder()
                .map_err(|error| Failure::failed(error.to_string()).hint("rounds --data DIR status")),
        }
    }

    /// The daemon that runs for the data folder.
    pub(crate) fn daemon(&self) -> Result<Daemon, Failure> {
        Daemon::find(&self.folder()?, self.output.clone())
    }

    /// Waits until somebody wants this program to end: Ctrl-C, or the system's request where there is one.
    pub(crate) async fn told_to_stop(&self) {
        let mut interrupted = self.interrupted.clone();
        let interrupt = async {
            // The sender outlives every receiver, so this ends only with Ctrl-C.
            let _ = interrupted.wait_for(|interrupted| *interrupted).await;
        };
        tokio::select! {
            () = interrupt => {}
            () = terminated() => {}
        }
    }

    /// Whether the person has pressed Ctrl-C.
    pub(crate) fn was_interrupted(&self) -> bool {
        *self.interrupted.borrow()
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        // Without a way to hear of it, the system's own answer to the signal remains.
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
