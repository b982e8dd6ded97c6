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

/// Operations that may lock the daemon, after which nothing else is answered: attacked last, on a daemon of their own.
const LOCKING: [&str; 3] = ["/api/v1/lock", "/api/v1/passphrase", "/api/v1/unlock"];

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
    let asked = |daemon: &OwnDaemon, choose: &str, paths: &[&str]| -> Result<()> {
        let address = format!("http://{}/api/v1/openapi.json", daemon.http());
        let authorization = format!("Authorization: Bearer {}", daemon.token()?);
        let mut arguments = vec!["run", &address, "--header", &authorization];
        for path in paths {
            arguments.extend([choose, path]);
        }
        // A fixed seed: a failure is repeated by running it again.
        arguments.extend(["--checks", "not_a_server_error", "--max-examples", CASES_EACH, "--seed", "1"]);
        arguments.extend(["--request-timeout", "60", "--suppress-health-check", "all", "--warnings", "off"]);
        arguments.push("--no-color");
        // Its own notes of earlier runs belong with what is built.
        let folder = target().join("schemathesis");
        std::fs::create_dir_all(&folder)?;
        program(tool.clone(), &arguments)
            .at(folder)
            .env("PYTHONPATH", root().join("xtask"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SCHEMATHESIS_HOOKS", "fuzz_hooks")
            .env("ROUNDS_FUZZ_DOCUMENTS", documents.join(","))
            .env("ROUNDS_FUZZ_PARTNER", &partner)
            .run()
    };
    asked(&ana, "--exclude-path", &[LEFT_ALONE.as_slice(), LOCKING.as_slice()].concat())?;
    // What had been locked meanwhile would have refused all of it.
    ana.get("/api/v1/documents").context("the attacked daemon answers no more")?;
    asked(&ben, "--include-path", &LOCKING)?;
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

/// One document of each kind that can be begun or comes of one, with its kind before a colon, so that requests find something
/// to work on. The first is a visit.
fn begin_documents(daemon: &OwnDaemon, partner: &str) -> Result<Vec<String>> {
    let begun = |path: &str, body: Value| -> Result<String> {
        let answer = daemon.post(path, &body)?;
        Ok(answer["document"].as_str().context("no document was begun")?.to_owned())
    };
    let visit = begun("/api/v1/visits", json!({ "with": partner, "as": "visitor", "focus": "wait time" }))?;
    let notes = begun("/api/v1/documents", json!({ "kind": "note_set", "visit": visit }))?;
    daemon.post(&format!("/api/v1/documents/{notes}/texts/notes"), &json!({ "append": "Four voices." }))?;
    let released = begun(&format!("/api/v1/documents/{notes}/release"), json!({}))?;
    let mut documents =
        vec![format!("visit:{visit}"), format!("note_set:{notes}"), format!("released_notes:{released}")];
    let asked = [
        ("debrief", json!({ "visit": visit })),
        ("mirror", json!({ "visit": visit })),
        ("partnership", json!({ "with": partner })),
        ("goal", json!({ "with": partner })),
        ("instrument", json!({ "with": partner })),
        ("try_log", json!({})),
        ("strategy_card", json!({})),
        ("success_card", json!({})),
        ("resource", json!({})),
        ("vocabulary", json!({})),
        ("timetable", json!({})),
    ];
    for (kind, mut asked) in asked {
        asked["kind"] = json!(kind);
        documents.push(format!("{kind}:{}", begun("/api/v1/documents", asked)?));
    }
    Ok(documents)
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

fn write(path: &PathBuf, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
