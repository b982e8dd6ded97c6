//! Decides what is checked without running anything: form, lints, documentation, purity, supply chain.

use anyhow::{Result, bail};

use crate::purity;
use crate::steps::{Steps, cargo};
use crate::tools;

/// Runs every check, cheapest first.
pub(crate) fn all(steps: &mut Steps) -> Result<()> {
    steps.step("form (rustfmt)", || cargo(&["fmt", "--all", "--check"]).run())?;
    steps.step("lints (clippy)", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]).run()
    })?;
    steps.step("purity of crdt", purity::prove)?;
    steps.step("documentation (rustdoc)", || {
        cargo(&["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()
    })?;
    supply_chain(steps)
}

fn supply_chain(steps: &mut Steps) -> Result<()> {
    steps.step("cargo deny is there", tools::deny)?;
    steps.step("licences, sources, bans (cargo deny)", || {
        cargo(&["deny", "--locked", "check", "bans", "licenses", "sources"]).run()
    })?;
    // The one source outside the registries: the database of advisories, which only GitHub serves.
    let (fetched, said) = cargo(&["deny", "--locked", "fetch", "db"]).capture()?;
    if !fetched {
        if said.contains("failed to fetch advisory database") {
            steps.note_skipped("advisories (cargo deny)", "the advisory database could not be fetched");
            return Ok(());
        }
        bail!("the advisory database could not be read: {said}");
    }
    steps.step("advisories (cargo deny)", || {
        cargo(&["deny", "--locked", "check", "--disable-fetch", "advisories"]).run()
    })
}
