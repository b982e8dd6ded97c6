//! Decides what "it works" means: the levels of tests, in the order in which they find faults soonest.

use anyhow::Result;

use crate::api;
use crate::checks;
use crate::daemon;
use crate::fuzz;
use crate::page;
use crate::sample;
use crate::steps::{Steps, cargo};
use crate::tools;

/// One level of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Level {
    /// Form, lints, documentation, purity, supply chain.
    Checks,
    /// The page: types, unit tests, build.
    Page,
    /// Unit, property and simulation tests, and the command line's contract.
    Unit,
    /// Every decoder of the core, fed with what nobody would send.
    Fuzz,
    /// The real program on pretended hosts, in network namespaces.
    Hosts,
    /// The API's description: current, and attacked with it.
    Api,
    /// A real browser against real daemons.
    Browser,
}

const ALL: [Level; 7] =
    [Level::Checks, Level::Page, Level::Unit, Level::Fuzz, Level::Hosts, Level::Api, Level::Browser];

/// Runs the levels that were named, or all.
pub(crate) fn test(steps: &mut Steps, named: &[Level]) -> Result<()> {
    for level in ALL.iter().filter(|level| named.is_empty() || named.contains(level)) {
        match level {
            Level::Checks => checks::all(steps)?,
            Level::Page => check_page(steps)?,
            Level::Unit => unit(steps)?,
            Level::Fuzz => fuzz(steps)?,
            Level::Hosts => hosts(steps)?,
            Level::Api => check_api(steps)?,
            Level::Browser => browser(steps)?,
        }
    }
    Ok(())
}

fn check_page(steps: &mut Steps) -> Result<()> {
    page::install(steps)?;
    steps.step("types of the page (svelte-check)", || page::script("web-ui", "check").run())?;
    steps.step("unit tests of the page (vitest)", || page::script("web-ui", "test").run())?;
    page::build(steps)
}

fn unit(steps: &mut Steps) -> Result<()> {
    steps.step("cargo nextest is there", tools::nextest)?;
    // The simulation breaks the engine on purpose: it is built apart, so that nothing else is built with those breaks (the daemon’s tests borrow it without them).
    steps.step("unit and property tests", || {
        cargo(&["nextest", "run", "--workspace", "--exclude", "rounds-tests", "--locked", "--no-fail-fast"]).run()
    })?;
    steps.step("simulation", || {
        let not_hosts = ["-E", "not binary(hosts)"];
        cargo(
            &[&["nextest", "run", "--package", "rounds-tests", "--locked", "--no-fail-fast"][..], &not_hosts].concat(),
        )
        .run()
    })?;
    steps.step("examples in the documentation", || cargo(&["test", "--workspace", "--locked", "--doc"]).run())
}

fn fuzz(steps: &mut Steps) -> Result<()> {
    if cfg!(windows) {
        return steps.skip("fuzzing", "libFuzzer needs another compiler there");
    }
    fuzz::all(steps)
}

fn hosts(steps: &mut Steps) -> Result<()> {
    let name = "hosts in network namespaces";
    if !cfg!(target_os = "linux") {
        return steps.skip(name, "only Linux has network namespaces");
    }
    if !tools::is_root() {
        return steps.skip(name, "only root may make network namespaces");
    }
    if let Err(error) = tools::network_namespaces() {
        return steps.skip(name, &format!("{error:#}"));
    }
    steps.step("cargo nextest is there", tools::nextest)?;
    build_daemon(steps)?;
    steps.step(name, || {
        cargo(&["nextest", "run", "--package", "rounds-tests", "--test", "hosts", "--locked", "--no-fail-fast"])
            .env("ROUNDS_BIN", daemon::binary(false))
            .run()
    })
}

fn check_api(steps: &mut Steps) -> Result<()> {
    build_daemon(steps)?;
    page::install(steps)?;
    steps.step("the API's description is current", || api::describe(true))?;
    sample::tested(steps)?;
    steps.step("the API under attack (schemathesis)", api::attack)
}

fn browser(steps: &mut Steps) -> Result<()> {
    let name = "two people in real browsers (Playwright)";
    let browser = match tools::chromium() {
        Ok(browser) => browser,
        Err(error) => return steps.skip(name, &format!("there is no Chromium: {error:#}")),
    };
    page::build(steps)?;
    build_daemon(steps)?;
    page::install_packages(steps, "tests/browser")?;
    steps.step("types of the browser tests", || page::script("tests/browser", "check").run())?;
    steps.step(name, || {
        page::script("tests/browser", "test")
            .env("ROUNDS_BIN", daemon::binary(false))
            .env("ROUNDS_CHROMIUM", &browser)
            .run()
    })
}

fn build_daemon(steps: &mut Steps) -> Result<()> {
    steps.step("build the daemon", || cargo(&["build", "--locked", "--package", "rounds"]).run())
}
