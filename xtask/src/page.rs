//! Decides how the page is installed, checked and built.

use std::path::Path;

use anyhow::{Result, bail};

use crate::steps::{Program, Steps, program, root};
use crate::tools;

/// The oldest Node that Vite runs on.
const NODE_MAJOR_MIN: u32 = 20;

fn npm(arguments: &[&str], folder: &Path) -> Program {
    program(if cfg!(windows) { "npm.cmd" } else { "npm" }, arguments).at(folder)
}

/// Fetches a folder's packages exactly as its lockfile names them, when they are not there.
pub(crate) fn install_packages(steps: &mut Steps, folder: &str) -> Result<()> {
    check_node()?;
    let path = root().join(folder);
    if !tools::npm_packages_are_missing(&path) {
        return Ok(());
    }
    steps.step(&format!("packages of {folder}"), || npm(&["ci", "--no-audit", "--no-fund"], &path).run())
}

/// Fetches the page's packages.
pub(crate) fn install(steps: &mut Steps) -> Result<()> {
    install_packages(steps, "web-ui")
}

/// Builds the page into the folder from which the daemon takes it.
pub(crate) fn build(steps: &mut Steps) -> Result<()> {
    install(steps)?;
    steps.step("build the page", || script("web-ui", "build").run())
}

/// One of the scripts that a folder's package.json names.
pub(crate) fn script(folder: &str, name: &str) -> Program {
    npm(&["run", "--silent", name], &root().join(folder))
}

fn check_node() -> Result<()> {
    let Ok((true, version)) = program("node", &["--version"]).capture() else {
        bail!("Node {NODE_MAJOR_MIN} or newer is needed, with npm: https://nodejs.org");
    };
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => bail!("Node {NODE_MAJOR_MIN} or newer is needed; this is {}", version.trim()),
    }
}
