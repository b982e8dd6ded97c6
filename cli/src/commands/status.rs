//! Decides how the state of the daemon, its disk, its network and its partners is told.

use serde::Deserialize;

use crate::client::{self, Question};
use crate::failure::Failure;
use crate::names::Person;
use crate::output::columns;
use crate::session::Session;

/// Tell whether the daemon saves, whom it reaches, and what waits.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {}

#[derive(Debug, Deserialize)]
struct State {
    person: Person,
    data: String,
    http: String,
    #[serde(default)]
    listen: Vec<String>,
    storage: Storage,
    network: Network,
    #[serde(default)]
    partners: Vec<Partner>,
    documents: Documents,
}

#[derive(Debug, Deserialize)]
struct Storage {
    saving: bool,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    key_protection: String,
    #[serde(default)]
    bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Network {
    discovery: bool,
    #[serde(default)]
    discovery_trouble: Option<String>,
    #[serde(default)]
    addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Partner {
    person: Person,
    state: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    obstacle: Option<String>,
    #[serde(default)]
    waiting_out: u64,
    #[serde(default)]
    waiting_in: u64,
}

#[derive(Debug, Deserialize)]
struct Documents {
    count: u64,
    #[serde(default)]
    quarantined: u64,
    #[serde(default)]
    unreadable: u64,
    #[serde(default)]
    refused: u64,
}

impl Status {
    /// Prints the state.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let answer = session.daemon()?.ask(Question::get(&["status"])).await?;
        let state: State = client::read(&answer)?;
        session.output.object(answer)?;
        for line in words(&state) {
            session.output.line(&line)?;
        }
        Ok(())
    }
}

fn words(state: &State) -> Vec<String> {
    let mut rows = vec![
        vec!["Page".to_owned(), format!("http://{} (to open it: rounds open)", state.http)],
        vec!["Saving".to_owned(), saving(&state.storage)],
        vec!["Folder".to_owned(), format!("{} ({})", state.data, size(state.storage.bytes))],
        vec!["Network".to_owned(), network(state)],
        vec!["Documents".to_owned(), documents(&state.documents)],
    ];
    if state.partners.is_empty() {
        rows.push(vec!["Partners".to_owned(), "none yet (to pair: rounds pair offer)".to_owned()]);
    }
    let mut lines = vec![format!("Rounds is running for {}.", state.person.name)];
    lines.extend(columns(&rows));
    if !state.partners.is_empty() {
        lines.push("Partners".to_owned());
        let partners: Vec<Vec<String>> =
            state.partners.iter().map(|partner| vec![format!("  {}", partner.person.name), reached(partner)]).collect();
        lines.extend(columns(&partners));
    }
    lines
}

fn saving(storage: &Storage) -> String {
    let keys = match storage.key_protection.as_str() {
        "passphrase" => "sealed; the key is behind your passphrase",
        _ => "sealed; the key is a file that only this account can read",
    };
    if storage.saving {
        return format!("yes, {keys}");
    }
    match &storage.reason {
        Some(reason) => format!("not saving: {reason}"),
        None => "not saving".to_owned(),
    }
}

fn network(state: &State) -> String {
    let addresses = if state.network.addresses.is_empty() { &state.listen } else { &state.network.addresses };
    let at = if addresses.is_empty() { "no network".to_owned() } else { format!("at {}", addresses.join(", ")) };
    match &state.network.discovery_trouble {
        Some(trouble) => format!("{at}; cannot look around: {trouble}"),
        None if state.network.discovery => at,
        None => format!("{at}; not looking around"),
    }
}

fn documents(documents: &Documents) -> String {
    let mut parts = vec![documents.count.to_string()];
    if documents.quarantined > 0 {
        parts.push(format!(
            "in {} of them one computer's changes stopped following on from each other and are no longer taken in",
            documents.quarantined
        ));
    }
    match documents.unreadable {
        0 => {}
        1 => parts.push("1 more cannot be read from this disk and is left alone".to_owned()),
        several => parts.push(format!("{several} more cannot be read from this disk and are left alone")),
    }
    match documents.refused {
        0 => {}
        1 => parts.push("1 change from elsewhere could not be taken in and is left out".to_owned()),
        several => parts.push(format!("{several} changes from elsewhere could not be taken in and are left out")),
    }
    parts.join("; ")
}

fn reached(partner: &Partner) -> String {
    let reason = partner.reason.as_deref();
    let mut parts = vec![match (partner.obstacle.as_deref(), reason) {
        (Some("just_lost" | "no_longer_there" | "no_answer"), Some(reason)) => format!("not here now: {reason}"),
        (Some("set_aside"), Some(reason)) => format!("set aside: {reason}"),
        (Some("not_understood"), Some(reason)) if partner.state == "connected" => {
            format!("connected, but some documents wait: {reason}")
        }
        _ => presence(&partner.state, reason),
    }];
    if partner.waiting_out > 0 {
        parts.push(format!("{} with words that have yet to reach them", counted(partner.waiting_out)));
    }
    if partner.waiting_in > 0 {
        parts.push(format!("{} to compare with theirs", counted(partner.waiting_in)));
    }
    parts.join("; ")
}

/// A partner's state in a person's words.
pub(crate) fn presence(state: &str, reason: Option<&str>) -> String {
    match (state, reason) {
        ("connected", _) => "connected".to_owned(),
        ("unreachable", Some(reason)) => format!("near, but cannot be reached: {reason}"),
        ("unreachable", None) => "near, but cannot be reached".to_owned(),
        _ => "not seen on this network".to_owned(),
    }
}

fn counted(documents: u64) -> String {
    if documents == 1 { "1 document".to_owned() } else { format!("{documents} documents") }
}

fn size(bytes: u64) -> String {
    const KILOBYTE: u64 = 1_000;
    const MEGABYTE: u64 = 1_000_000;
    const GIGABYTE: u64 = 1_000_000_000;
    let (unit, name) = match bytes {
        0..KILOBYTE => return format!("{bytes} bytes"),
        KILOBYTE..MEGABYTE => (KILOBYTE, "kB"),
        MEGABYTE..GIGABYTE => (MEGABYTE, "MB"),
        _ => (GIGABYTE, "GB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_state_is_told_in_plain_words() {
        let state: State = client::read(&json!({
            "person": { "id": "a", "name": "Ana" }, "data": "/home/ana/rounds", "http": "127.0.0.1:4477",
            "storage": { "saving": false, "reason": "the disk is full", "key_protection": "file", "bytes": 1_540_000 },
            "network": { "discovery": false, "addresses": ["192.0.2.7:4478"] },
            "partners": [
                { "person": { "id": "b", "name": "Ben" }, "state": "connected" },
                { "person": { "id": "c", "name": "Chidi" }, "state": "unreachable", "reason": "its computer does not answer", "waiting_out": 1 },
                { "person": { "id": "d", "name": "Dara" }, "state": "unreachable", "reason": "what it sends makes Rounds stumble", "obstacle": "set_aside" }
            ],
            "documents": { "count": 12, "quarantined": 0 }
        }))
        .expect("a state");
        assert_eq!(
            words(&state),
            [
                "Rounds is running for Ana.",
                "Page       http://127.0.0.1:4477 (to open it: rounds open)",
                "Saving     not saving: the disk is full",
                "Folder     /home/ana/rounds (1.5 MB)",
                "Network    at 192.0.2.7:4478; not looking around",
                "Documents  12",
                "Partners",
                "  Ben    connected",
                "  Chidi  near, but cannot be reached: its computer does not answer; 1 document with words that have yet to reach them",
                "  Dara   set aside: what it sends makes Rounds stumble",
            ]
        );
    }

    #[test]
    fn what_stays_out_of_documents_is_told_in_plain_words() {
        let told =
            |quarantined, unreadable, refused| documents(&Documents { count: 12, quarantined, unreadable, refused });
        assert_eq!(told(0, 1, 0), "12; 1 more cannot be read from this disk and is left alone");
        assert_eq!(told(0, 0, 1), "12; 1 change from elsewhere could not be taken in and is left out");
        assert_eq!(
            told(2, 0, 3),
            "12; in 2 of them one computer's changes stopped following on from each other and are no longer taken in; \
             3 changes from elsewhere could not be taken in and are left out"
        );
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_900), "1.9 kB");
        assert_eq!(size(2_000_000_000), "2.0 GB");
    }
}
