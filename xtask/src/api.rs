//! Decides how the API's description is kept current and attacked.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::daemon::OwnDaemon;
use crate::page;
use crate::steps::{program, root, target};
use crate::tools;

/// Cases tried on each operation: a minute or two in all.
const CASES_EACH: &str = "60";

/// Operations that a fuzzer must leave alone: it would end the very daemon it tests, or wait for somebody on purpose.
const LEFT_ALONE: [&str; 2] = ["/api/v1/stop", "/api/v1/live"];

/// Writes the description and the page's types from the daemon as it is; with `check`, fails when they changed by it.
pub(crate) fn describe(check: bool) -> Result<()> {
    let description = root().join("web-ui/openapi.json");
    let types = root().join("web-ui/src/lib/daemon/api.ts");
    let before = (read(&description), read(&types));
    let value: Value = serde_json::from_str(&OwnDaemon::start()?.get("/api/v1/openapi.json")?)
        .context("the description is not JSON")?;
    write(&description, &format!("{value:#}\n"))?;
    page::script("web-ui", "types").run()?;
    if check && before != (read(&description), read(&types)) {
        bail!(
            "the API's description or the page's types were out of date; they are written anew: look at them and commit them"
        );
    }
    Ok(())
}

/// Attacks every operation with what its description allows and with what it forbids; no answer may be the server's fault.
pub(crate) fn attack() -> Result<()> {
    let tool = tools::schemathesis()?;
    let mut daemon = OwnDaemon::start()?;
    let address = format!("http://{}/api/v1/openapi.json", daemon.http());
    let authorization = format!("Authorization: Bearer {}", daemon.token()?);
    let mut arguments = vec!["run", &address, "--header", &authorization];
    for path in LEFT_ALONE {
        arguments.extend(["--exclude-path", path]);
    }
    // A fixed seed: a failure is repeated by running it again.
    arguments.extend(["--checks", "not_a_server_error", "--max-examples", CASES_EACH, "--seed", "1"]);
    arguments.extend(["--request-timeout", "60", "--suppress-health-check", "all", "--no-color"]);
    // Its own notes of earlier runs belong with what is built.
    let folder = target().join("schemathesis");
    std::fs::create_dir_all(&folder)?;
    program(tool, &arguments).at(folder).run()?;
    if !daemon.is_running()? {
        bail!("the daemon did not survive");
    }
    Ok(())
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

fn write(path: &PathBuf, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
