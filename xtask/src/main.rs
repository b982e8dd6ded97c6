//! Decides which chores the project has, and what each of them is made of.

mod api;
mod bench;
mod checks;
mod daemon;
mod dev;
mod fuzz;
mod levels;
mod page;
mod purity;
mod sample;
mod steps;
mod tools;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::steps::{Steps, cargo};

/// The chores of Rounds.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Xtask {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Build the page and the daemon, run it, and open the page.
    Run {
        /// Build it as it is shipped: slower to build, faster to use.
        #[arg(long)]
        release: bool,
        /// Further arguments of `rounds run`, after --.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Serve the page by Vite, as it is changed, against a running daemon.
    Dev(dev::Dev),
    /// Build the program as it is shipped, with the page inside.
    Build,
    /// Show that it works: every level, or only those named.
    Test {
        /// Which levels; all when none is named.
        #[arg(value_enum)]
        levels: Vec<levels::Level>,
    },
    /// Measure Rounds beside what else one could use, and print one table.
    Bench(bench::Bench),
    /// Fill a data folder with what a term writes.
    SampleTerm(sample::Sample),
    /// Write the API's description and the types that the page takes from it.
    Openapi {
        /// Fail when they were out of date.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let mut steps = Steps::new();
    let outcome = carry_out(Xtask::parse().chore, &mut steps);
    steps.summary();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(chore: Chore, steps: &mut Steps) -> Result<()> {
    match chore {
        Chore::Run { release, arguments } => {
            page::build(steps)?;
            let mut build = vec!["build", "--locked", "--package", "rounds"];
            build.extend(release.then_some("--release"));
            steps.step("build the daemon", || cargo(&build).run())?;
            daemon::run_in_foreground(release, &arguments)
        }
        Chore::Dev(dev) => dev.run(steps),
        Chore::Build => {
            page::build(steps)?;
            steps.step("build the program", || {
                cargo(&["build", "--locked", "--package", "rounds", "--release"]).run()
            })?;
            println!("The program is {}", daemon::binary(true).display());
            Ok(())
        }
        Chore::Test { levels } => levels::test(steps, &levels),
        Chore::Bench(bench) => bench.run(steps),
        Chore::SampleTerm(sample) => sample.run(steps),
        Chore::Openapi { check } => {
            steps.step("build the daemon", || cargo(&["build", "--locked", "--package", "rounds"]).run())?;
            page::install(steps)?;
            steps.step("the API's description", || api::describe(check))
        }
    }
}
