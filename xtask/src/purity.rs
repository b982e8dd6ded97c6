//! Decides whether `crdt` is pure: no clock, socket, file, thread, process, terminal or random source in its code.
//!
//! Three absences are proved. Its code uses nothing that `crdt/clippy.toml` forbids, and cannot allow itself to; what it
//! depends on is a list somebody has read; and the lint itself bites, shown on a crate that uses each kind of thing.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::steps::{cargo, root, target};

/// What `crdt` may depend on: formats, mathematics, derived descriptions and Automerge. A new one is read first, then listed.
const PURE_DEPENDENCIES: [&str; 11] = [
    "automerge",
    "chacha20poly1305",
    "data-encoding",
    "ed25519-dalek",
    "flate2",
    "postcard",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "utoipa",
];

const LINTS: [&str; 7] =
    ["--", "-F", "clippy::disallowed_types", "-F", "clippy::disallowed_methods", "-F", "clippy::disallowed_macros"];

/// One use of each kind of thing that is forbidden, with the name by which clippy must call it.
const PROBES: [(&str, &str); 14] = [
    ("pub fn clock() { let _ = std::time::Instant::now(); }", "std::time::Instant"),
    ("pub fn calendar() -> std::time::SystemTime { std::time::SystemTime::UNIX_EPOCH }", "std::time::SystemTime"),
    ("pub fn file() { drop(std::fs::File::open(\"x\")); }", "std::fs::File"),
    ("pub fn whole_file() { drop(std::fs::read(\"x\")); }", "std::fs::read"),
    ("pub fn renamed() { use std::fs::write as keep; drop(keep(\"x\", \"y\")); }", "std::fs::write"),
    ("pub fn socket() { drop(std::net::TcpStream::connect(\"x\")); }", "std::net::TcpStream"),
    ("pub fn datagram() { drop(std::net::UdpSocket::bind(\"x\")); }", "std::net::UdpSocket"),
    ("pub fn thread() { drop(std::thread::spawn(|| ())); }", "std::thread::spawn"),
    ("pub fn sleep() { std::thread::sleep(std::time::Duration::ZERO); }", "std::thread::sleep"),
    ("pub fn process() { drop(std::process::Command::new(\"x\").spawn()); }", "std::process::Command"),
    ("pub fn environment() { drop(std::env::var(\"x\")); }", "std::env::var"),
    ("pub fn terminal() { println!(\"x\"); }", "std::println"),
    ("pub fn random() { drop(std::collections::hash_map::RandomState::new()); }", "std::hash::RandomState"),
    ("pub fn order() { drop(std::collections::HashMap::<u8, u8>::new()); }", "std::collections::HashMap"),
];

/// Proves all three.
pub(crate) fn prove() -> Result<()> {
    the_lint_bites()?;
    dependencies_are_known()?;
    cargo(&[&["clippy", "--package", "rounds-crdt", "--lib", "--locked"][..], &LINTS].concat()).run()
}

fn dependencies_are_known() -> Result<()> {
    let (_, text) = cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked", "--quiet"]).capture()?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata")?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let crdt = packages.iter().find(|package| package["name"] == "rounds-crdt").context("no crdt")?;
    let used: BTreeSet<&str> = crdt["dependencies"]
        .as_array()
        .context("no dependencies")?
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str())
        .collect();
    let unknown: Vec<&str> = used.into_iter().filter(|name| !PURE_DEPENDENCIES.contains(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    bail!("crdt depends on {}: read whether it is pure, then list it in xtask/src/purity.rs", unknown.join(", "))
}

/// Lints a crate that does everything forbidden, under the very same rules, and looks for each complaint.
fn the_lint_bites() -> Result<()> {
    let folder = target().join("purity");
    std::fs::create_dir_all(folder.join("src"))?;
    let manifest = "[package]\nname = \"impure\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::copy(root().join("crdt/clippy.toml"), folder.join("clippy.toml")).context("crdt/clippy.toml")?;
    let source: Vec<&str> = PROBES.iter().map(|(code, _)| *code).collect();
    std::fs::write(folder.join("src/lib.rs"), source.join("\n"))?;
    let (passed, said) = cargo(&[&["clippy", "--offline"][..], &LINTS].concat())
        .at(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .capture()?;
    let missed: Vec<&str> =
        PROBES.iter().map(|(_, name)| *name).filter(|name| !said.contains(&format!("`{name}`"))).collect();
    if passed || !missed.is_empty() {
        bail!("the lint does not notice {}:\n{said}", missed.join(", "));
    }
    Ok(())
}
