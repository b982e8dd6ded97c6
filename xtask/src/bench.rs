//! Decides how the comparison with other programs is started.

use anyhow::Result;

use crate::daemon;
use crate::page;
use crate::steps::{Steps, cargo, program, root};

/// Measure Rounds beside what else one could use, and print one table.
#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// One short pass instead of three: enough to see that everything runs.
    #[arg(long)]
    quick: bool,
    /// Only these, such as rounds,y-websocket,floors.
    #[arg(long, value_delimiter = ',', num_args = 1..)]
    peers: Vec<String>,
}

impl Bench {
    /// Builds what is shipped and measures that.
    pub(crate) fn run(&self, steps: &mut Steps) -> Result<()> {
        page::build(steps)?;
        steps.step("build the program", || cargo(&["build", "--locked", "--package", "rounds", "--release"]).run())?;
        let mut bench =
            program("bash", &["run-all.sh"]).at(root().join("tests/bench")).env("ROUNDS_BIN", daemon::binary(true));
        if self.quick {
            bench = bench.env("ROUNDS", "1").env("IDLE_S", "5").env("FANOUT", "50");
        }
        if !self.peers.is_empty() {
            bench = bench.env("PEERS", self.peers.join(" "));
        }
        steps.step("measure", || bench.run())
    }
}
