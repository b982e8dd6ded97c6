//! Decides how notes are begun, taken, read, released and answered from the command line.

mod begin;
mod figures;

use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::bounds::OBSERVING_MS_MAX;
use rounds_crdt::model::{
    Event, Instrument, ItemId, Mark, Model, NoteSet, Part, Reply, ReplyTo, Speaker, Stage, Words,
};
use serde::Deserialize;
use serde_json::json;

use crate::args;
use crate::client::{self, Daemon, Question};
use crate::commands::asking::{Made, Shown, ask, edit, fresh_id, meant, name, now_ms, word};
use crate::commands::documents::{self, kind_in_words};
use crate::commands::text::words_or_input;
use crate::failure::Failure;
use crate::names::Person;
use crate::output::{clock, day};
use crate::session::Session;

/// Take notes in a visit, release them, and answer those that were released to you.
#[derive(Debug, clap::Args)]
pub(crate) struct Notes {
    #[command(subcommand)]
    action: Doing,
}

#[derive(Debug, clap::Subcommand)]
enum Doing {
    /// List your notes, and those that were released.
    List {
        /// Only those of this visit.
        visit: Option<DocumentId>,
    },
    /// List the instruments that notes can be taken with, each with the question it answers.
    Instruments(begin::Language),
    /// Begin notes: of a visit, or of your own.
    Begin(begin::Begin),
    /// Show notes: every mark at its time, the text, and the answers.
    Show {
        /// The notes.
        id: DocumentId,
    },
    /// Put down a line of words at its moment.
    Line {
        /// The notes.
        id: DocumentId,
        /// The words, or - to read them from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
        #[command(flatten)]
        moment: Moment,
    },
    /// Mark what the notes' instrument asks for, at its moment.
    Mark(MarkIt),
    /// Take a mark or a line back.
    Remove {
        /// The notes.
        id: DocumentId,
        /// The mark's id, or the start of it (see: rounds notes show).
        mark: String,
    },
    /// Say how long was observed; said again, the later counts.
    End {
        /// The notes.
        id: DocumentId,
        /// How long, in minutes and seconds.
        #[arg(value_name = "4:05", value_parser = args::moment_of_lesson)]
        observed: i64,
    },
    /// Show what notes tell in figures.
    Figures {
        /// The notes.
        id: DocumentId,
    },
    /// Release notes to the host of their visit, who holds a copy from then on.
    Release {
        /// The notes.
        id: DocumentId,
        /// Do it; left out, it is only said who would get them.
        #[arg(long)]
        yes: bool,
    },
    /// Answer notes that were released, or one line or mark of them.
    Answer {
        /// The released notes.
        id: DocumentId,
        /// The words, or - to read them from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
        /// A line of their text, counted from 1.
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
        line: Option<u32>,
        /// A mark: its id, or the start of it.
        #[arg(long, conflicts_with = "line")]
        mark: Option<String>,
    },
}

/// When something was seen.
#[derive(Debug, clap::Args)]
struct Moment {
    /// Minutes and seconds from the beginning of the lesson; left out, now while the visit goes on, else as late as the last
    /// mark there is.
    #[arg(long, value_name = "4:05", value_parser = args::moment_of_lesson)]
    at: Option<i64>,
}

#[derive(Debug, clap::Args)]
struct MarkIt {
    /// The notes.
    id: DocumentId,
    /// One of the instrument's labels.
    #[arg(value_parser = args::words, allow_hyphen_values = true)]
    label: Option<String>,
    #[command(flatten)]
    moment: Moment,
    /// Whose words or deeds: teacher, student, students or room.
    #[arg(long, value_parser = ["teacher", "student", "students", "room"])]
    speaker: Option<String>,
    /// Words beside the mark, or - to read them from standard input.
    #[arg(long, value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
    text: Option<String>,
    /// What more the instrument asks for, as the API takes it, such as {"kind":"seat","seat":"A"}.
    #[arg(long, value_name = "JSON", value_parser = mark_in)]
    mark: Option<Mark>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    with: Vec<Person>,
    #[serde(default)]
    updated_ms: i64,
    #[serde(default)]
    unread: bool,
}

/// What notes hold, released or not.
struct Taken {
    title: Option<Words>,
    visit: Option<DocumentId>,
    instrument: Option<Instrument>,
    events: Vec<Event>,
    observed_ms: Option<i64>,
    replies: Vec<Reply>,
}

impl Notes {
    /// Does what was asked of notes.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            Doing::List { visit } => list(session, visit).await,
            Doing::Instruments(language) => begin::instruments(session, &language).await,
            Doing::Begin(begin) => begin.run(session).await,
            Doing::Show { id } => show(session, id).await,
            Doing::Line { id, text, moment } => {
                let event = json!({ "text": words_or_input(text).await? });
                add(session, id, moment.at, event).await
            }
            Doing::Mark(mark) => mark.run(session).await,
            Doing::Remove { id, mark } => remove(session, id, &mark).await,
            Doing::End { id, observed } => end(session, id, observed).await,
            Doing::Figures { id } => {
                let shown: Shown = client::read(&ask(&session.daemon()?, id).await?)?;
                session.output.object(json!({ "document": id, "figures": shown.figures }))?;
                figures::print(&session.output, shown.figures.as_ref())
            }
            Doing::Release { id, yes } => release(session, id, yes).await,
            Doing::Answer { id, text, line, mark } => answer(session, id, text, line, mark).await,
        }
    }
}

impl MarkIt {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        if self.label.is_none() && self.text.is_none() && self.mark.is_none() {
            let failure = Failure::usage("say what is marked: a label, words with --text, or --mark");
            return Err(failure.hint("rounds notes mark --help"));
        }
        let mut event = json!({});
        for (key, value) in [("label", self.label), ("speaker", self.speaker)] {
            if let Some(value) = value {
                event[key] = json!(value);
            }
        }
        if let Some(mark) = self.mark {
            event["mark"] = json!(mark);
        }
        if let Some(text) = self.text {
            event["text"] = json!(words_or_input(text).await?);
        }
        add(session, self.id, self.moment.at, event).await
    }
}

async fn list(session: &Session, visit: Option<DocumentId>) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let mut notes = documents::of_visit(&daemon, Some("note_set"), visit).await?;
    notes.extend(documents::of_visit(&daemon, Some("released_notes"), visit).await?);
    session.output.object(json!({ "notes": notes }))?;
    if notes.is_empty() {
        return session.output.note("No notes yet. To begin some: rounds notes begin VISIT");
    }
    let mut rows = Vec::new();
    for row in &notes {
        let row: Listed = client::read(row)?;
        let with: Vec<&str> = row.with.iter().map(|person| person.name.as_str()).collect();
        let news = if row.unread { "new" } else { "" };
        let kind = kind_in_words(&row.kind);
        rows.push(vec![row.id, kind, day(row.updated_ms), with.join(", "), news.to_owned(), row.title]);
    }
    session.output.rows(&rows)
}

async fn show(session: &Session, id: DocumentId) -> Result<(), Failure> {
    let answer = ask(&session.daemon()?, id).await?;
    let shown: Shown = client::read(&answer)?;
    let taken = taken(&shown.model)?;
    session.output.object(answer)?;
    let title = taken.title.as_ref().or(taken.instrument.as_ref().map(|it| &it.title));
    session.output.line(&format!("{} ({})", title.map_or("Notes", Words::as_str), shown.role))?;
    if let Some(observed) = taken.observed_ms {
        session.output.line(&format!("observed for {}", clock(observed)))?;
    }
    let rows: Vec<Vec<String>> = taken.events.iter().map(row).collect();
    session.output.rows(&rows)?;
    shown.texts(&session.output)?;
    for reply in &taken.replies {
        let about = match &reply.to {
            ReplyTo::Whole => String::new(),
            ReplyTo::Line(line) => format!(" (line {})", line.saturating_add(1)),
            ReplyTo::Event(event) => format!(" ({event})"),
        };
        let by = name(&shown.people, &reply.by.to_string()).to_owned();
        session.output.line(&format!("\n{by}{about}: {}", reply.text.as_str()))?;
    }
    Ok(())
}

fn row(event: &Event) -> Vec<String> {
    let label = event.label.as_ref().map(|label| label.as_str().to_owned());
    let speaker = event.speaker.map(|speaker: Speaker| word(&speaker));
    let mark = event.mark.as_ref().map(said);
    let what: Vec<String> = label.into_iter().chain(speaker).chain(mark).collect();
    vec![clock(event.at_ms), event.id.to_string(), what.join(", "), event.text.as_str().to_owned()]
}

/// What a mark holds beside its moment, in the words of the API.
fn said(mark: &Mark) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(mark) else { return String::new() };
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    // A kind that is called as what it holds is said once.
    let kind = fields.get("kind").map(plain).filter(|kind| !fields.contains_key(kind));
    let held = fields.iter().filter(|(key, _)| *key != "kind");
    let held = held.map(|(key, value)| match (key.strip_suffix("_ms"), value.as_i64()) {
        (Some(what), Some(at)) => format!("{} {}", what.replace('_', " "), clock(at)),
        _ => format!("{key} {}", plain(value)),
    });
    kind.into_iter().chain(held).collect::<Vec<_>>().join(" ")
}

/// Adds an event at its moment.
async fn add(session: &Session, id: DocumentId, at: Option<i64>, mut event: serde_json::Value) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let at = match at {
        Some(at) => at,
        None => moment_now(&daemon, id).await?,
    };
    let key = fresh_id();
    event["id"] = json!(key);
    event["at_ms"] = json!(at);
    edit(&daemon, id, json!({ "verb": "add_event", "event": event })).await?;
    session.output.object(json!({ "document": id, "mark": key, "at_ms": at }))?;
    session.output.answer(&format!("Saved at {}.", clock(at)), &key)
}

/// Now, counted from where the visit began while it goes on; else as late as what was put down last.
async fn moment_now(daemon: &Daemon, id: DocumentId) -> Result<i64, Failure> {
    let shown: Shown = client::read(&ask(daemon, id).await?)?;
    let taken = taken(&shown.model)?;
    let last = taken.events.iter().map(|event| event.at_ms).max().unwrap_or(0);
    let Some(visit) = taken.visit else { return Ok(last) };
    let shown: Shown = client::read(&ask(daemon, visit).await?)?;
    let goes_on = shown.stage == Some(Stage::Observing);
    let Model::Visit(visit) = shown.model else { return Ok(last) };
    let since = visit.began_ms.filter(|_| goes_on).map(|began| now_ms().saturating_sub(began));
    Ok(since.filter(|since| (0..=OBSERVING_MS_MAX).contains(since)).unwrap_or(last))
}

async fn remove(session: &Session, id: DocumentId, wanted: &str) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let mark = mark_meant(&daemon, id, wanted).await?;
    edit(&daemon, id, json!({ "verb": "remove_event", "id": mark })).await?;
    session.output.object(json!({ "document": id, "mark": mark, "removed": true }))?;
    session.output.note("Removed.")
}

async fn mark_meant(daemon: &Daemon, id: DocumentId, wanted: &str) -> Result<String, Failure> {
    let shown: Shown = client::read(&ask(daemon, id).await?)?;
    let taken = taken(&shown.model)?;
    meant(taken.events.iter().map(|event| &event.id), wanted, "mark")
        .map_err(|failure| failure.hint(format!("rounds notes show {id}")))
}

/// Releasing cannot be taken back, so it is said first who gets what, and done when that is meant.
async fn release(session: &Session, id: DocumentId, yes: bool) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let shown: Shown = client::read(&ask(&daemon, id).await?)?;
    let Model::NoteSet(notes) = shown.model else {
        return Err(Failure::usage("only notes that are still yours alone can be released").hint("rounds notes list"));
    };
    let hosts = match notes.visit {
        Some(visit) => hosts_of(&daemon, visit).await?,
        None => Vec::new(),
    };
    let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    let who = if names.is_empty() { "nobody yet".to_owned() } else { names.join(", ") };
    if !yes {
        let said = format!("released words cannot be called back; they would go, without the drafting, to: {who}");
        return Err(Failure::usage(said).hint(format!("rounds notes release {id} --yes")));
    }
    let question = Question::post(&["documents", &id.to_string(), "release"], json!({}));
    let Made { document } = client::read(&daemon.ask(question).await?)?;
    let to: Vec<_> = hosts.iter().map(|host| json!({ "id": host.id, "name": host.name })).collect();
    session.output.object(json!({ "document": document, "released_to": to }))?;
    session.output.answer(&format!("Released to {who}: {document}"), &document)
}

/// Says how long was observed; of a visit that goes on, that one left: it is over when nobody watches any more.
async fn end(session: &Session, id: DocumentId, observed_ms: i64) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    edit(&daemon, id, json!({ "verb": "end_observing", "observed_ms": observed_ms })).await?;
    let shown: Shown = client::read(&ask(&daemon, id).await?)?;
    if let Model::NoteSet(NoteSet { visit: Some(visit), .. }) = shown.model {
        leave(&daemon, visit).await?;
    }
    session.output.object(json!({ "document": id, "observed_ms": observed_ms }))?;
    session.output.note("Saved.")
}

/// Leaves a visit that goes on, where one visits. Whoever has no part in it any more has left it, too.
async fn leave(daemon: &Daemon, id: DocumentId) -> Result<(), Failure> {
    let Ok(answer) = ask(daemon, id).await else { return Ok(()) };
    let shown: Shown = client::read(&answer)?;
    let Some(Stage::Observing) = shown.stage else { return Ok(()) };
    let Model::Visit(visit) = shown.model else { return Ok(()) };
    let me = me(daemon).await?;
    if visit.with_part(Part::Visitor).any(|visitor| visitor.to_string() == me.id) {
        edit(daemon, id, json!({ "verb": "leave" })).await?;
    }
    Ok(())
}

/// Whoever asks.
async fn me(daemon: &Daemon) -> Result<Person, Failure> {
    #[derive(Deserialize)]
    struct Me {
        person: Person,
    }
    let Me { person } = client::read(&daemon.ask(Question::get(&["status"])).await?)?;
    Ok(person)
}

/// The hosts of a visit, but for whoever asks: nobody releases notes to themselves.
async fn hosts_of(daemon: &Daemon, visit: DocumentId) -> Result<Vec<Person>, Failure> {
    let shown: Shown = client::read(&ask(daemon, visit).await?)?;
    let me = me(daemon).await?;
    let Model::Visit(visit) = shown.model else { return Ok(Vec::new()) };
    let hosts = visit.with_part(Part::Host).map(ToString::to_string).filter(|host| *host != me.id);
    Ok(hosts.map(|id| Person { name: name(&shown.people, &id).to_owned(), id }).collect())
}

async fn answer(
    session: &Session,
    id: DocumentId,
    text: String,
    line: Option<u32>,
    mark: Option<String>,
) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let to = match (line, mark) {
        (Some(line), _) => ReplyTo::Line(line - 1),
        (None, Some(wanted)) => {
            let mark = mark_meant(&daemon, id, &wanted).await?;
            let mark: ItemId = mark.parse().map_err(|_| Failure::usage("that is no mark's id"))?;
            ReplyTo::Event(mark)
        }
        (None, None) => ReplyTo::Whole,
    };
    let (key, text) = (fresh_id(), words_or_input(text).await?);
    edit(&daemon, id, json!({ "verb": "reply", "id": key, "to": to, "text": text })).await?;
    session.output.object(json!({ "document": id, "answer": key }))?;
    session.output.answer("Saved.", &key)
}

/// What notes hold, or why that document is none.
fn taken(model: &Model) -> Result<Taken, Failure> {
    match model.clone() {
        Model::NoteSet(notes) => Ok(Taken {
            title: notes.title,
            visit: notes.visit,
            instrument: notes.instrument,
            events: notes.events,
            observed_ms: notes.observed_ms,
            replies: Vec::new(),
        }),
        Model::ReleasedNotes(notes) => Ok(Taken {
            title: notes.title,
            visit: notes.visit,
            instrument: notes.instrument,
            events: notes.events,
            observed_ms: notes.observed_ms,
            replies: notes.replies,
        }),
        _ => Err(Failure::usage("that document is no notes").hint("rounds notes list")),
    }
}

/// Reads a mark as the API takes it.
fn mark_in(text: &str) -> Result<Mark, String> {
    serde_json::from_str(text)
        .map_err(|_| r#"write a mark as the API takes it, such as {"kind":"seat","seat":"A"}"#.to_owned())
}
