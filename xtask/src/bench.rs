//! Decides how the comparison with other programs is started, and what is built and present before it begins.

use anyhow::{Result, bail};

use crate::daemon;
use crate::page;
use crate::steps::{Steps, cargo, program, root};

/// Measure Rounds beside what else one could use, and print one table.
#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// One short pass instead of three: enough to see that everything runs, not to judge by.
    #[arg(long)]
    quick: bool,
    /// Only these: rounds, y-websocket, hocuspocus, automerge-repo, syncthing, floors.
    #[arg(long, value_delimiter = ',', num_args = 1..)]
    peers: Vec<String>,
    /// How many passes, each with the peers in another order.
    #[arg(long)]
    passes: Option<u8>,
}

impl Bench {
    /// Builds what is shipped and measures that.
    pub(crate) fn run(&self, steps: &mut Steps) -> Result<()> {
        if !cfg!(target_os = "linux") {
            bail!("the comparison counts bytes, memory and wakeups where only Linux tells them");
        }
        page::build(steps)?;
        steps.step("build the program", || cargo(&["build", "--locked", "--package", "rounds", "--release"]).run())?;
        let mut bench =
            program("bash", &["run-all.sh"]).at(root().join("tests/bench")).env("ROUNDS_BIN", daemon::binary(true));
        if self.quick {
            bench = bench.env("QUICK", "1");
        }
        if let Some(passes) = self.passes {
            bench = bench.env("ROUNDS", passes.to_string());
        }
        if !self.peers.is_empty() {
            bench = bench.env("PEERS", self.peers.join(" "));
        }
        steps.step("measure", || bench.run())
    }
}
