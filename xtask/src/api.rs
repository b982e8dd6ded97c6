//! Decides how the API's description is kept current and attacked.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

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
    let value = OwnDaemon::start("Ana")?.get("/api/v1/openapi.json")?;
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
    let (mut ana, mut ben) = (OwnDaemon::start("Ana")?, OwnDaemon::start("Ben")?);
    let partner = pair(&ana, &ben)?;
    let documents = begin_documents(&ana, &partner)?;
    let address = format!("http://{}/api/v1/openapi.json", ana.http());
    let authorization = format!("Authorization: Bearer {}", ana.token()?);
    let mut arguments = vec!["run", &address, "--header", &authorization];
    for path in LEFT_ALONE {
        arguments.extend(["--exclude-path", path]);
    }
    // A fixed seed: a failure is repeated by running it again.
    arguments.extend(["--checks", "not_a_server_error", "--max-examples", CASES_EACH, "--seed", "1"]);
    arguments.extend(["--request-timeout", "60", "--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    // Its own notes of earlier runs belong with what is built.
    let folder = target().join("schemathesis");
    std::fs::create_dir_all(&folder)?;
    program(tool, &arguments)
        .at(folder)
        .env("PYTHONPATH", root().join("xtask"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "fuzz_hooks")
        .env("ROUNDS_FUZZ_DOCUMENTS", documents.join(","))
        .env("ROUNDS_FUZZ_PARTNER", &partner)
        .run()?;
    if !ana.is_running()? || !ben.is_running()? {
        bail!("a daemon did not survive");
    }
    Ok(())
}

/// Pairs two daemons and gives the id of the second one's person.
fn pair(ana: &OwnDaemon, ben: &OwnDaemon) -> Result<String> {
    let offer = ana.post("/api/v1/pairing/offers", &json!({}))?;
    ben.post("/api/v1/pairing/accept", &json!({ "code": offer["code"], "at": offer["addresses"][0] }))?;
    // The one who offers hears a moment later that it is done: the offer is asked until it says so.
    ana.get(&format!("/api/v1/pairing/offers/{}?wait_seconds=20", offer["offer"]))?;
    let status = ben.get("/api/v1/status")?;
    Ok(status["person"]["id"].as_str().context("nobody is paired")?.to_owned())
}

/// One document of each kind that can be begun, so that requests find something to work on. The first is a visit.
fn begin_documents(daemon: &OwnDaemon, partner: &str) -> Result<Vec<String>> {
    let begun = |path: &str, body: Value| -> Result<String> {
        let answer = daemon.post(path, &body)?;
        Ok(answer["document"].as_str().context("no document was begun")?.to_owned())
    };
    let visit = begun("/api/v1/visits", json!({ "with": partner, "as": "visitor", "focus": "wait time" }))?;
    let notes = begun("/api/v1/documents", json!({ "kind": "note_set", "visit": visit }))?;
    let debrief = begun("/api/v1/documents", json!({ "kind": "debrief", "visit": visit }))?;
    let partnership = begun("/api/v1/documents", json!({ "kind": "partnership", "with": partner }))?;
    Ok(vec![visit, notes, debrief, partnership])
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

fn write(path: &PathBuf, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
