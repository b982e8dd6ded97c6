//! Decides how the page is worked on: served by Vite as it is changed, against a daemon that runs.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::daemon::{OwnDaemon, binary};
use crate::page;
use crate::steps::{Steps, cargo, program, target};

/// Serve the page by Vite, as it is changed, against a running daemon.
#[derive(Debug, clap::Args)]
pub(crate) struct Dev {
    /// Whose page: the folder of a daemon that runs. Without it, of the platform's own folder, or else of one that is
    /// started for this and kept under target/dev.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Dev {
    /// Serves until it is stopped.
    pub(crate) fn run(&self, steps: &mut Steps) -> Result<()> {
        page::install(steps)?;
        steps.step("build the daemon", || cargo(&["build", "--locked", "--package", "rounds"]).run())?;
        let (data, _started) = match (self.running()?, &self.data) {
            (Some(data), _) => (data, None),
            (None, Some(data)) => bail!("no daemon is running for {}; rounds run --data … starts one", data.display()),
            (None, None) => {
                let data = target().join("dev");
                let daemon = OwnDaemon::start_in(&data, "Ana", false)?;
                (data, Some(daemon))
            }
        };
        println!("   the page of {}", data.display());
        page::script("web-ui", "dev").env("ROUNDS_DATA", &data).run()
    }

    /// The folder of the daemon that runs, if one does.
    fn running(&self) -> Result<Option<PathBuf>> {
        let mut status = program(binary(false), &["status", "--json"]);
        if let Some(data) = &self.data {
            status = status.env("ROUNDS_DATA", data);
        }
        let (runs, answer) = status.capture()?;
        if !runs {
            return Ok(None);
        }
        let answer: Value = serde_json::from_str(&answer).context("the daemon's answer is not JSON")?;
        Ok(Some(answer["data"].as_str().context("the daemon named no folder")?.into()))
    }
}
