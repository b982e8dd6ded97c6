//! Decides how the talk after a visit is begun, gone through, written down and closed from the command line.

use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::{self, Entry, Model, Phase, Protocol};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args;
use crate::client::{self, Daemon, Question};
use crate::commands::asking::{Made, Shown, ask, edit, fresh_id, meant, name, word};
use crate::commands::documents;
use crate::commands::export::Spoken;
use crate::commands::text::words_or_input;
use crate::failure::Failure;
use crate::output::clock;
use crate::session::Session;

/// Talk a visit over, and keep what comes of it. ID is the visit's or the debrief's.
#[derive(Debug, clap::Args)]
pub(crate) struct Debrief {
    #[command(subcommand)]
    action: Doing,
}

#[derive(Debug, clap::Subcommand)]
enum Doing {
    /// List the protocols that a talk can go by.
    Protocols {
        /// Of the protocols' words.
        #[arg(long, value_enum, default_value = "en")]
        language: Spoken,
    },
    /// Show a debrief: its parts, what was put down, and what comes of it.
    Show {
        /// The visit or the debrief.
        id: DocumentId,
    },
    /// Begin the debrief of a visit; where it is begun already, it stays as it is.
    Begin {
        /// The visit.
        visit: DocumentId,
        /// The protocol to go by (see: rounds debrief protocols).
        #[arg(long)]
        protocol: Option<String>,
        /// Of the protocol's words.
        #[arg(long, value_enum, default_value = "en")]
        language: Spoken,
    },
    /// Choose the protocol to go by from now on, with nothing of it begun; what was put down stays.
    Protocol {
        /// The visit or the debrief.
        id: DocumentId,
        /// The protocol, or none.
        protocol: String,
        /// Of the protocol's words.
        #[arg(long, value_enum, default_value = "en")]
        language: Spoken,
    },
    /// Begin the next part of the protocol, or the one that is named.
    Part {
        /// The visit or the debrief.
        id: DocumentId,
        /// The part's id, or the start of it.
        part: Option<String>,
    },
    /// Put something down, in the part under way or the one that is named.
    Entry {
        /// The visit or the debrief.
        id: DocumentId,
        /// The words, or - to read them from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
        /// The part's id, or the start of it.
        #[arg(long)]
        part: Option<String>,
    },
    /// Write down something to try.
    NextStep {
        /// The visit or the debrief.
        id: DocumentId,
        /// The words, or - to read them from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
    },
    /// Tick something to try.
    Done {
        /// The visit or the debrief.
        id: DocumentId,
        /// The step's id, or the start of it (see: rounds debrief show).
        step: String,
        /// Say that it is not done after all.
        #[arg(long)]
        undo: bool,
    },
    /// Write down what to look for next time.
    Watch {
        /// The visit or the debrief.
        id: DocumentId,
        /// The words, or - to read them from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
    },
    /// Thank the others, in place of what you thanked them with before.
    Thank {
        /// The visit or the debrief.
        id: DocumentId,
        /// The words, or - to read them from standard input; empty takes them back.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
    },
    /// Say that you talked: this closes the visit, with or without a debrief.
    Talked {
        /// The visit or the debrief.
        id: DocumentId,
        /// Take that back: the visit is open again.
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Debug, Deserialize)]
struct Offered {
    protocols: Vec<Offer>,
}

/// A protocol as the daemon offers it.
#[derive(Debug, Deserialize)]
struct Offer {
    #[serde(rename = "use")]
    purpose: String,
    protocol: Protocol,
}

/// A debrief, as the daemon answered it and as it reads.
struct Found {
    id: DocumentId,
    answer: Value,
    shown: Shown,
    debrief: model::Debrief,
}

impl Debrief {
    /// Does what was asked of a debrief.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            Doing::Protocols { language } => list_protocols(session, language).await,
            Doing::Show { id } => show(session, id).await,
            Doing::Begin { visit, protocol, language } => begin(session, visit, protocol, language).await,
            Doing::Protocol { id, protocol, language } => choose(session, id, &protocol, language).await,
            Doing::Part { id, part } => begin_part(session, id, part).await,
            Doing::Entry { id, text, part } => put_down(session, id, text, part).await,
            Doing::NextStep { id, text } => add(session, id, text, "add_next_step", "next_step").await,
            Doing::Watch { id, text } => add(session, id, text, "add_watch", "watch").await,
            Doing::Done { id, step, undo } => done(session, id, &step, !undo).await,
            Doing::Thank { id, text } => {
                let daemon = session.daemon()?;
                let text = words_or_input(text).await?;
                let id = debrief(&daemon, id).await?.id;
                edit(&daemon, id, json!({ "verb": "thank", "text": text })).await?;
                session.output.object(json!({ "document": id }))?;
                session.output.note("Saved.")
            }
            Doing::Talked { id, undo } => talked(session, id, !undo).await,
        }
    }
}

async fn list_protocols(session: &Session, language: Spoken) -> Result<(), Failure> {
    let answer = offered(&session.daemon()?, language).await?;
    let Offered { protocols } = client::read(&answer)?;
    session.output.object(answer)?;
    let rows: Vec<Vec<String>> = protocols
        .iter()
        .map(|Offer { purpose, protocol }| {
            let minutes: u32 = protocol.phases.iter().map(|phase| phase.minutes).sum();
            let length = if minutes == 0 { String::new() } else { format!("{minutes} min") };
            vec![protocol.id.to_string(), purpose.clone(), length, protocol.title.as_str().to_owned()]
        })
        .collect();
    session.output.rows(&rows)
}

async fn offered(daemon: &Daemon, language: Spoken) -> Result<Value, Failure> {
    daemon.ask(Question::get(&["library", "protocols"]).with("language", language.code())).await
}

/// The copy of a protocol that is to be frozen.
async fn copy_of(daemon: &Daemon, wanted: &str, language: Spoken) -> Result<Protocol, Failure> {
    let Offered { protocols } = client::read(&offered(daemon, language).await?)?;
    let found = protocols.into_iter().find(|one| one.protocol.id.as_str() == wanted);
    found
        .map(|one| one.protocol)
        .ok_or_else(|| Failure::not_found(format!("there is no protocol {wanted}")).hint("rounds debrief protocols"))
}

async fn show(session: &Session, id: DocumentId) -> Result<(), Failure> {
    let Found { id, answer, shown, debrief } = debrief(&session.daemon()?, id).await?;
    session.output.object(answer)?;
    let title = debrief.title.as_ref().map_or("Debrief", |title| title.as_str());
    let closed = if debrief.talked { ", talked over" } else { "" };
    session.output.line(&format!("{title} ({}{closed}): {id}", shown.role))?;
    let phases = debrief.run.protocol.as_ref().map(|protocol| protocol.phases.as_slice()).unwrap_or_default();
    let by = |person: &rounds_crdt::ids::PersonId| name(&shown.people, &person.to_string()).to_owned();
    let entry = |entry: &Entry| session.output.line(&format!("    {}: {}", by(&entry.by), entry.text.as_str()));
    if let Some(protocol) = &debrief.run.protocol {
        session.output.line(&format!("\n{}", protocol.title.as_str()))?;
    }
    for phase in phases {
        let now = debrief.run.at.as_ref() == Some(&phase.id);
        session.output.line(&format!(
            "  {}{}",
            part_in_words(phase),
            if now { left(&shown) } else { String::new() }
        ))?;
        debrief.entries.iter().filter(|one| one.phase.as_ref() == Some(&phase.id)).try_for_each(entry)?;
    }
    let in_a_part = |one: &&Entry| phases.iter().any(|phase| one.phase.as_ref() == Some(&phase.id));
    for one in debrief.entries.iter().filter(|one| !in_a_part(one)) {
        session.output.line(&format!("\n{}: {}", by(&one.by), one.text.as_str()))?;
    }
    shown.texts(&session.output)?;
    if !debrief.next_steps.is_empty() {
        session.output.line("\nto try:")?;
        let rows = debrief.next_steps.iter().map(|step| {
            let done = if step.done { "done" } else { "" };
            vec![step.id.to_string(), done.to_owned(), by(&step.by), step.text.as_str().to_owned()]
        });
        session.output.rows(&rows.collect::<Vec<_>>())?;
    }
    if !debrief.watch_next_time.is_empty() {
        session.output.line("\nto look for next time:")?;
        let rows = debrief.watch_next_time.iter().map(|one| vec![by(&one.by), one.text.as_str().to_owned()]);
        session.output.rows(&rows.collect::<Vec<_>>())?;
    }
    for (person, thanks) in &debrief.thanks {
        session.output.line(&format!("\nthanks from {}: {}", by(person), thanks.as_str()))?;
    }
    Ok(())
}

fn part_in_words(phase: &Phase) -> String {
    let title = phase.title.as_ref().map_or(phase.id.as_str(), |title| title.as_str());
    format!("{}  {title} (speaks: {})", phase.id, word(&phase.speaks))
}

/// How much of the part under way is left.
fn left(shown: &Shown) -> String {
    match shown.timing.as_ref().and_then(|timing| timing.left_ms) {
        Some(0) => ", under way, its time is up".to_owned(),
        Some(left) => format!(", under way, {} left", clock(left)),
        None => ", under way".to_owned(),
    }
}

async fn begin(
    session: &Session,
    visit: DocumentId,
    protocol: Option<String>,
    language: Spoken,
) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    if let Some(id) = first_of(&daemon, visit).await? {
        if protocol.is_some() {
            let failure = Failure::conflict("this visit's debrief is begun already, and stays as it is");
            return Err(failure.hint(format!("rounds debrief protocol {id} PROTOCOL")));
        }
        session.output.object(json!({ "document": id }))?;
        return session.output.answer(&format!("Begun already: {id}"), &id.to_string());
    }
    // Whether there is such a protocol is found out before anything is begun.
    let copy = match &protocol {
        Some(wanted) => Some(copy_of(&daemon, wanted, language).await?),
        None => None,
    };
    let question = Question::post(&["documents"], json!({ "kind": "debrief", "visit": visit }));
    let Made { document } = client::read(&daemon.ask(question).await?)?;
    if let Some(copy) = copy {
        let body = json!({ "edit": { "verb": "freeze_protocol", "protocol": copy } });
        daemon.ask(Question::post(&["documents", &document, "edits"], body)).await?;
    }
    session.output.object(json!({ "document": document }))?;
    session.output.answer(&format!("Begun: {document}"), &document)
}

async fn choose(session: &Session, id: DocumentId, wanted: &str, language: Spoken) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let copy = match wanted {
        "none" => None,
        wanted => Some(copy_of(&daemon, wanted, language).await?),
    };
    let id = debrief(&daemon, id).await?.id;
    edit(&daemon, id, json!({ "verb": "freeze_protocol", "protocol": copy })).await?;
    session.output.object(json!({ "document": id, "protocol": copy.map(|copy| copy.id) }))?;
    session.output.note("Saved.")
}

async fn begin_part(session: &Session, id: DocumentId, wanted: Option<String>) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let Found { id, debrief, .. } = debrief(&daemon, id).await?;
    let Some(protocol) = &debrief.run.protocol else {
        return Err(Failure::conflict("there is no protocol to go through")
            .hint(format!("rounds debrief protocol {id} PROTOCOL")));
    };
    let part = match wanted {
        Some(wanted) => part_meant(&debrief, &wanted)?,
        None => {
            let at = protocol.phases.iter().position(|phase| debrief.run.at.as_ref() == Some(&phase.id));
            let next = protocol.phases.get(at.map_or(0, |at| at + 1));
            let over = || Failure::conflict("that was the last part").hint(format!("rounds debrief talked {id}"));
            next.ok_or_else(over)?.id.to_string()
        }
    };
    edit(&daemon, id, json!({ "verb": "begin_phase", "phase": part })).await?;
    let phase = protocol.phases.iter().find(|phase| phase.id.as_str() == part);
    session.output.object(json!({ "document": id, "part": part }))?;
    session.output.answer(&phase.map_or_else(String::new, part_in_words), &part)
}

async fn put_down(session: &Session, id: DocumentId, text: String, part: Option<String>) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let (key, text) = (fresh_id(), words_or_input(text).await?);
    let Found { id, debrief, .. } = debrief(&daemon, id).await?;
    let part = match part {
        Some(wanted) => Some(part_meant(&debrief, &wanted)?),
        None => debrief.run.at.as_ref().map(ToString::to_string),
    };
    edit(&daemon, id, json!({ "verb": "add_entry", "id": key, "phase": part, "text": text })).await?;
    session.output.object(json!({ "document": id, "entry": key, "part": part }))?;
    session.output.answer("Saved.", &key)
}

async fn add(session: &Session, id: DocumentId, text: String, verb: &str, what: &str) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let (key, text) = (fresh_id(), words_or_input(text).await?);
    let id = debrief(&daemon, id).await?.id;
    edit(&daemon, id, json!({ "verb": verb, "id": key, "text": text })).await?;
    session.output.object(json!({ "document": id, what: key }))?;
    session.output.answer("Saved.", &key)
}

async fn done(session: &Session, id: DocumentId, wanted: &str, done: bool) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let Found { id, debrief, .. } = debrief(&daemon, id).await?;
    let step = meant(debrief.next_steps.iter().map(|step| &step.id), wanted, "step")
        .map_err(|failure| failure.hint(format!("rounds debrief show {id}")))?;
    edit(&daemon, id, json!({ "verb": "tick_next_step", "id": step, "done": done })).await?;
    session.output.object(json!({ "document": id, "next_step": step, "done": done }))?;
    session.output.note("Saved.")
}

/// Says it, or takes it back, of the visit and of its debriefs: who was given only one of the documents still knows.
async fn talked(session: &Session, id: DocumentId, talked: bool) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let shown: Shown = client::read(&ask(&daemon, id).await?)?;
    let (visit, debrief) = match shown.model {
        Model::Visit(_) => (Some(id), None),
        Model::Debrief(debrief) => (debrief.visit, Some(id)),
        _ => return Err(neither()),
    };
    // Closed once, it is closed; open it is only where nobody says otherwise any more.
    let debriefs = match (visit, debrief) {
        (Some(visit), _) if !talked => all_of(&daemon, visit).await?,
        (Some(visit), None) => all_of(&daemon, visit).await?.into_iter().take(1).collect(),
        (_, debrief) => debrief.into_iter().collect(),
    };
    let verb = if talked { "talked" } else { "not_talked" };
    for id in debriefs.into_iter().chain(visit) {
        edit(&daemon, id, json!({ "verb": verb })).await?;
    }
    session.output.object(json!({ "document": id, "talked": talked }))?;
    session.output.note("Saved.")
}

fn part_meant(debrief: &model::Debrief, wanted: &str) -> Result<String, Failure> {
    let phases = debrief.run.protocol.as_ref().map(|protocol| protocol.phases.as_slice()).unwrap_or_default();
    meant(phases.iter().map(|phase| &phase.id), wanted, "part")
}

/// The debrief of this id, or of the visit of this id.
async fn debrief(daemon: &Daemon, id: DocumentId) -> Result<Found, Failure> {
    let answer = ask(daemon, id).await?;
    let shown: Shown = client::read(&answer)?;
    if !matches!(shown.model, Model::Visit(_)) {
        return found_in(id, answer, shown);
    }
    let Some(first) = first_of(daemon, id).await? else {
        return Err(Failure::not_found("this visit has no debrief yet").hint(format!("rounds debrief begin {id}")));
    };
    let answer = ask(daemon, first).await?;
    let shown: Shown = client::read(&answer)?;
    found_in(first, answer, shown)
}

fn found_in(id: DocumentId, answer: Value, shown: Shown) -> Result<Found, Failure> {
    match &shown.model {
        Model::Debrief(debrief) => {
            let debrief = debrief.clone();
            Ok(Found { id, answer, shown, debrief })
        }
        _ => Err(neither()),
    }
}

fn neither() -> Failure {
    Failure::usage("that document is neither a visit nor a debrief").hint("rounds visit list")
}

/// A visit's debrief. Begun on two computers at once there are two: every computer then takes the same one first.
async fn first_of(daemon: &Daemon, visit: DocumentId) -> Result<Option<DocumentId>, Failure> {
    Ok(all_of(daemon, visit).await?.first().copied())
}

async fn all_of(daemon: &Daemon, visit: DocumentId) -> Result<Vec<DocumentId>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
    }
    let rows = documents::of_visit(daemon, Some("debrief"), Some(visit)).await?;
    let mut ids = rows.iter().map(|row| client::read(row).map(|Row { id }| id)).collect::<Result<Vec<String>, _>>()?;
    ids.sort_unstable();
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}
