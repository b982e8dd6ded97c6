//! Decides how the page is installed, checked and built.

use std::path::Path;

use anyhow::{Result, bail};

use crate::steps::{Program, Steps, program, root};
use crate::tools;

/// What Vite runs on.
const NODE_NEEDED: &str = "Node 20.19 or newer of its 20, or 22.12 and newer,";

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
        bail!("{NODE_NEEDED} is needed, with npm: https://nodejs.org");
    };
    if builds_the_page(version.trim()) { Ok(()) } else { bail!("{NODE_NEEDED} is needed; this is {}", version.trim()) }
}

/// Whether Vite runs on this version of Node, as `node --version` prints it.
fn builds_the_page(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(20)), Some(Ok(minor))) => minor >= 19,
        (Some(Ok(22)), Some(Ok(minor))) => minor >= 12,
        (Some(Ok(major)), _) => major > 22,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_built_by_what_vite_runs_on() {
        for (version, fits) in [
            ("v20.18.3", false),
            ("v20.19.0", true),
            ("v21.7.0", false),
            ("v22.11.0", false),
            ("v22.12.0", true),
            ("v24.0.0", true),
            ("what?", false),
        ] {
            assert_eq!(builds_the_page(version), fits, "{version}");
        }
    }
}
