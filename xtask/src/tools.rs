//! Decides which tools a chore needs beside Rust and Node, and how each is fetched where it is missing.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::steps::{cargo, program, target};

/// The test runner, at the version the project is tested with.
const NEXTEST_VERSION: &str = "0.9.143";

/// The checker of licences, sources and advisories.
const DENY_VERSION: &str = "0.20.2";

/// The fuzzer of the API, from PyPI.
const SCHEMATHESIS_VERSION: &str = "4.32.5";

/// Browsers that Playwright can drive, by the names that package managers give them.
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Finds a program the way a shell would.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|candidate| candidate.is_file())
}

/// Makes `cargo nextest` available.
pub(crate) fn nextest() -> Result<()> {
    cargo_tool("nextest", "cargo-nextest", NEXTEST_VERSION)
}

/// Makes `cargo deny` available.
pub(crate) fn deny() -> Result<()> {
    cargo_tool("deny", "cargo-deny", DENY_VERSION)
}

/// Any version that is there will do; where none is, the pinned one is built.
fn cargo_tool(subcommand: &str, package: &str, version: &str) -> Result<()> {
    if cargo(&[subcommand, "--version"]).capture()?.0 {
        return Ok(());
    }
    // A tool that runs for a second need not be optimised for an hour.
    cargo(&["install", package, "--locked", "--version", version])
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
        .run()
}

/// A folder with schemathesis in it, of its own so that nothing else on the machine changes.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    let folder = target().join("tools").join("schemathesis");
    let (programs, python) = if cfg!(windows) { ("Scripts", "python") } else { ("bin", "python3") };
    let tool = folder.join(programs).join(format!("schemathesis{}", std::env::consts::EXE_SUFFIX));
    if tool.is_file() && program(&tool, &["--version"]).capture()?.1.contains(SCHEMATHESIS_VERSION) {
        return Ok(tool);
    }
    if find(python).is_none() {
        system_packages(&["python3", "python3-venv"])?;
    }
    program(python, &["-m", "venv", "--clear", &folder.to_string_lossy()]).run()?;
    let wanted = format!("schemathesis=={SCHEMATHESIS_VERSION}");
    program(folder.join(programs).join("pip"), &["install", "--quiet", &wanted]).run()?;
    Ok(tool)
}

/// The browser: the one that is named, one that is there, or one from the package manager.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("ROUNDS_CHROMIUM").map(PathBuf::from) {
        if named.is_file() {
            return Ok(named);
        }
        bail!("ROUNDS_CHROMIUM names {}, which is not there", named.display());
    }
    let present = || CHROMIUM_NAMES.iter().find_map(|name| find(name));
    if let Some(browser) = present() {
        return Ok(browser);
    }
    system_packages(&["chromium"])?;
    match present() {
        Some(browser) => Ok(browser),
        None => bail!("the package chromium brought no browser"),
    }
}

/// Makes `ip` available, by which hosts are pretended.
pub(crate) fn network_namespaces() -> Result<()> {
    if find("ip").is_some() && find("tc").is_some() {
        return Ok(());
    }
    system_packages(&["iproute2"])
}

/// Installs packages of the system, where this account may and the package manager is one that is known.
fn system_packages(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if find("apt-get").is_none() {
        bail!("install {names} with this system's package manager");
    }
    if !is_root() {
        bail!("run: sudo apt-get install {names}");
    }
    let install = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    let quiet = |arguments: &[&str]| program("apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive");
    // A fresh machine has no package lists; one that is used has, and needs no network to know it.
    if quiet(&install).capture()?.0 {
        return Ok(());
    }
    quiet(&["update", "--quiet"]).run()?;
    quiet(&install).run()
}

/// Whether this process may make network namespaces and install packages.
pub(crate) fn is_root() -> bool {
    #[cfg(unix)]
    {
        rustix::process::geteuid().is_root()
    }
    #[cfg(not(unix))]
    {
        false
    }
}

/// Whether a folder's packages are older than what its lockfile asks for.
pub(crate) fn npm_packages_are_missing(folder: &Path) -> bool {
    let changed = |path: PathBuf| path.metadata().and_then(|metadata| metadata.modified());
    match (changed(folder.join("node_modules/.package-lock.json")), changed(folder.join("package-lock.json"))) {
        (Ok(installed), Ok(locked)) => installed < locked,
        _ => true,
    }
}
