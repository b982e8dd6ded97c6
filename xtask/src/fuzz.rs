//! Decides how the core's decoders are fuzzed: each target from its kept seeds, for a bounded number of inputs.
//!
//! The targets are those of `cargo fuzz`, in `crdt/fuzz`. They are built here with the stable compiler, which knows the
//! coverage that libFuzzer needs but no address sanitizer: our own code has no `unsafe`, and a panic or a hang shows without.

use anyhow::{Context, Result, bail};

use crate::steps::{Steps, cargo, program, root, target};

/// Each target with the inputs it is given in a short run: slower ones fewer.
const TARGETS: [(&str, u32); 6] = [
    ("frame", 400_000),
    ("meeting", 20_000),
    ("change", 60_000),
    ("snapshot", 400_000),
    ("edit", 150_000),
    ("import", 60_000),
];

/// Seconds after which a short run of one target ends, however slow the machine.
const SECONDS_MAX: u32 = 30;

/// Seconds one input may take, and MB the process may take, before it counts as a fault.
const LIMITS: [&str; 2] = ["-timeout=10", "-rss_limit_mb=2048"];

/// What rustc is told so that libFuzzer sees which code an input reaches: as `cargo fuzz` does without a sanitizer.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Builds the targets and runs each for a while.
pub(crate) fn all(steps: &mut Steps) -> Result<()> {
    let host = host()?;
    let folder = target().join("fuzz");
    steps.step("build the fuzz targets", || {
        // For a named target, so that build scripts and macros are built without coverage.
        let mut arguments = vec!["build", "--locked", "--release", "--target", &host];
        arguments.extend(TARGETS.iter().flat_map(|(name, _)| ["--bin", name]));
        cargo(&arguments).at(root().join("crdt/fuzz")).env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", &folder).run()
    })?;
    for (name, inputs) in TARGETS {
        steps.step(&format!("fuzz {name}"), || {
            let found = folder.join("found").join(name);
            std::fs::create_dir_all(&found).with_context(|| format!("could not make {}", found.display()))?;
            let seeds = root().join("crdt/fuzz/seeds").join(name);
            let (runs, seconds) = (format!("-runs={inputs}"), format!("-max_total_time={SECONDS_MAX}"));
            let [found, seeds] = [found, seeds].map(|folder| folder.display().to_string());
            let artefacts = format!("-artifact_prefix={found}/");
            let [steady, bounded] = LIMITS;
            let [quiet, counted] = ["-verbosity=0", "-print_final_stats=1"];
            let arguments: [&str; 9] = [&runs, &seconds, steady, bounded, quiet, counted, &artefacts, &found, &seeds];
            let (survived, said) = program(folder.join(&host).join("release").join(name), &arguments).capture()?;
            if !survived {
                bail!("{said}");
            }
            println!(
                "   {}",
                said.lines().find(|line| line.starts_with("stat::number_of_executed_units")).unwrap_or_default()
            );
            Ok(())
        })?;
    }
    Ok(())
}

/// The machine this runs on, as rustc names it.
fn host() -> Result<String> {
    let (_, said) = program("rustc", &["-vV"]).capture()?;
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("rustc does not say what it runs on")
}
