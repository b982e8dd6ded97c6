//! Decides how goals are begun, read, followed and answered from the command line.

use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::{self, Action, Day, FeedbackEntry, GoalState, Model};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args;
use crate::client::{self, Daemon, Question};
use crate::commands::asking::{self, Made, Shown, fresh_id, meant, name, today, word};
use crate::commands::documents;
use crate::commands::text::words_or_input;
use crate::failure::Failure;
use crate::names::{self, Person};
use crate::session::Session;

/// Follow what you want to get better at.
#[derive(Debug, clap::Args)]
pub(crate) struct Goal {
    #[command(subcommand)]
    action: Doing,
}

#[derive(Debug, clap::Subcommand)]
enum Doing {
    /// Begin a goal, alone or with a partner who owns it too.
    New {
        /// What it is called.
        #[arg(long, value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
        title: String,
        /// Why it matters.
        #[arg(long, value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
        why: Option<String>,
        /// Who owns it with you: a display name, or the start of a person id.
        #[arg(long, value_name = "NAME")]
        with: Option<String>,
    },
    /// List goals: yours, and those you may read.
    List,
    /// Show one goal with its actions and check-ins.
    Show {
        /// The goal.
        id: DocumentId,
    },
    /// Say where a goal is, in any order.
    State {
        /// The goal.
        id: DocumentId,
        /// Where it is.
        #[arg(value_parser = STATES)]
        state: String,
    },
    /// Add something to try, to watch, or to do otherwise.
    Act {
        /// The goal.
        id: DocumentId,
        /// What to do, or - to read it from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
        /// What kind of thing it is.
        #[arg(long = "as", value_name = "KIND", default_value = "try", value_parser = ["try", "watch", "adjust"])]
        how: String,
        /// By when, such as 2026-03-06.
        #[arg(long, value_name = "DATE")]
        due: Option<Day>,
    },
    /// Say that you have done an action.
    Done {
        /// The goal.
        id: DocumentId,
        /// The action's id, or the start of it (see: rounds goal show).
        action: String,
        /// Say that it is not done after all.
        #[arg(long)]
        undo: bool,
    },
    /// Write down how it goes.
    Checkin {
        /// The goal.
        id: DocumentId,
        /// How it goes, or - to read it from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: String,
        /// The day to put on it [default: today].
        #[arg(long, value_name = "DATE")]
        on: Option<Day>,
    },
    /// Show the feedback on a goal, or add to it.
    Feedback {
        /// The goal.
        id: DocumentId,
        /// What to say, or - to read it from standard input.
        #[arg(value_parser = args::words, allow_hyphen_values = true)]
        text: Option<String>,
    },
}

/// The states of a goal, by their names in the API.
const STATES: [&str; 6] = ["draft", "identify", "learn", "improve", "met", "set_aside"];

#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    #[serde(default)]
    title: String,
    goal: Option<Facts>,
}

#[derive(Debug, Deserialize)]
struct Facts {
    state: GoalState,
    owners: Vec<Person>,
}

impl Goal {
    /// Does what was asked of a goal.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            Doing::New { title, why, with } => new(session, &title, why, with).await,
            Doing::List => list(session).await,
            Doing::Show { id } => show(session, id).await,
            Doing::State { id, state } => {
                edit(&session.daemon()?, id, json!({ "verb": "set_goal_state", "state": state })).await?;
                session.output.object(json!({ "document": id, "state": state }))?;
                session.output.note("Saved.")
            }
            Doing::Act { id, text, how, due } => {
                let (key, text) = (fresh_id(), words_or_input(text).await?);
                let verb = json!({ "verb": "add_action", "id": key, "how": how, "text": text, "due": due });
                edit(&session.daemon()?, id, verb).await?;
                session.output.object(json!({ "document": id, "action": key }))?;
                session.output.answer("Saved.", &key)
            }
            Doing::Done { id, action, undo } => done(session, id, &action, !undo).await,
            Doing::Checkin { id, text, on } => {
                let (key, text) = (fresh_id(), words_or_input(text).await?);
                let on = on.map_or_else(today, |on| on.to_string());
                let verb = json!({ "verb": "add_check_in", "id": key, "on": on, "text": text });
                edit(&session.daemon()?, id, verb).await?;
                session.output.object(json!({ "document": id, "check_in": key, "on": on }))?;
                session.output.answer("Saved.", &key)
            }
            Doing::Feedback { id, text } => feedback(session, id, text).await,
        }
    }
}

async fn new(session: &Session, title: &str, why: Option<String>, with: Option<String>) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let mut body = json!({ "kind": "goal", "title": title });
    if let Some(name) = with {
        body["with"] = json!(names::resolve(&daemon, &name).await?.id);
    }
    let Made { document } = client::read(&daemon.ask(Question::post(&["documents"], body)).await?)?;
    if let Some(why) = why.filter(|why| !why.is_empty()) {
        daemon.ask(Question::post(&["documents", &document, "texts", "why"], json!({ "append": why }))).await?;
    }
    session.output.object(json!({ "document": document }))?;
    session.output.answer(&format!("Begun: {document}"), &document)
}

async fn list(session: &Session) -> Result<(), Failure> {
    let goals = documents::all(&session.daemon()?, Some("goal")).await?;
    session.output.object(json!({ "goals": goals }))?;
    if goals.is_empty() {
        return session.output.note("No goals yet. To begin one: rounds goal new --title TEXT");
    }
    let mut rows = Vec::new();
    for goal in &goals {
        let Listed { id, title, goal } = client::read(goal)?;
        let Some(Facts { state, owners }) = goal else { continue };
        let owners: Vec<&str> = owners.iter().map(|owner| owner.name.as_str()).collect();
        rows.push(vec![id, word(&state), owners.join(", "), title]);
    }
    session.output.rows(&rows)
}

async fn show(session: &Session, id: DocumentId) -> Result<(), Failure> {
    let answer = ask(&session.daemon()?, id).await?;
    let (shown, goal) = goal_in(&answer)?;
    session.output.object(answer)?;
    let title = goal.title.as_ref().map_or("Goal", |title| title.as_str());
    session.output.line(&format!("{title}: {} ({})", word(&goal.state), shown.role))?;
    shown.texts(&session.output)?;
    if let Some(instrument) = &goal.measured_with {
        session.output.line(&format!("\nlooked at with: {}", instrument.as_str()))?;
    }
    if !goal.actions.is_empty() {
        session.output.line("\nactions:")?;
        let rows: Vec<Vec<String>> = goal.actions.iter().map(|action| row(action, &shown.people)).collect();
        session.output.rows(&rows)?;
    }
    for one in &goal.evidence {
        session.output.line(&format!("\nevidence: {} ({})", one.label.as_str(), one.document))?;
    }
    for one in &goal.check_ins {
        session.output.line(&format!("\n{}: {}", one.on, one.text.as_str()))?;
    }
    Ok(())
}

fn row(action: &Action, people: &[Person]) -> Vec<String> {
    let done: Vec<&str> = action.done.iter().map(|person| name(people, &person.to_string())).collect();
    let due = action.due.map_or_else(String::new, |due| format!("by {due}"));
    let done = if done.is_empty() { String::new() } else { format!("done by {}", done.join(" and ")) };
    vec![action.id.to_string(), word(&action.how), due, done, action.text.as_str().to_owned()]
}

async fn done(session: &Session, id: DocumentId, wanted: &str, done: bool) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let answer = ask(&daemon, id).await?;
    let (_, goal) = goal_in(&answer)?;
    let action = meant(goal.actions.iter().map(|action| &action.id), wanted, "action")
        .map_err(|failure| failure.hint(format!("rounds goal show {id}")))?;
    edit(&daemon, id, json!({ "verb": "tick_action", "id": action, "done": done })).await?;
    session.output.object(json!({ "document": id, "action": action, "done": done }))?;
    session.output.note("Saved.")
}

async fn feedback(session: &Session, id: DocumentId, text: Option<String>) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let answer = ask(&daemon, id).await?;
    let (shown, _) = goal_in(&answer)?;
    let Some(thread) = shown.feedback else {
        let failure = Failure::failed("there is no place for feedback on this goal yet");
        return Err(failure.hint(format!("rounds share {id} --with NAME --as reader")));
    };
    if let Some(text) = text {
        let (key, text) = (fresh_id(), words_or_input(text).await?);
        let body = json!({ "edit": { "verb": "add_entry", "id": key, "text": text } });
        daemon.ask(Question::post(&["documents", &thread, "edits"], body)).await?;
        session.output.object(json!({ "document": thread, "entry": key }))?;
        return session.output.answer("Saved.", &key);
    }
    let answer = daemon.ask(Question::get(&["documents", &thread])).await?;
    let Shown { model, people, .. } = client::read(&answer)?;
    let Model::GoalFeedback(found) = model else {
        return Err(Failure::failed("that is no feedback"));
    };
    let person = |entry: &FeedbackEntry| {
        let id = entry.by.to_string();
        json!({ "name": name(&people, &id), "id": id })
    };
    let entries: Vec<Value> =
        found.entries.iter().map(|entry| json!({ "id": entry.id, "by": person(entry), "text": entry.text })).collect();
    session.output.object(json!({ "document": thread, "entries": entries }))?;
    if found.entries.is_empty() {
        return session.output.note("Nobody has written anything.");
    }
    found.entries.iter().try_for_each(|entry| {
        session.output.line(&format!("{}: {}", name(&people, &entry.by.to_string()), entry.text.as_str()))
    })
}

async fn ask(daemon: &Daemon, id: DocumentId) -> Result<Value, Failure> {
    asking::ask(daemon, id).await.map_err(point_to_goals)
}

async fn edit(daemon: &Daemon, id: DocumentId, verb: Value) -> Result<(), Failure> {
    asking::edit(daemon, id, verb).await.map_err(point_to_goals)
}

/// A goal as the daemon shows it, or why it is none.
fn goal_in(answer: &Value) -> Result<(Shown, Box<model::Goal>), Failure> {
    let shown: Shown = client::read(answer)?;
    match &shown.model {
        Model::Goal(goal) => {
            let goal = goal.clone();
            Ok((shown, goal))
        }
        _ => Err(Failure::usage("that document is not a goal").hint("rounds goal list")),
    }
}

fn point_to_goals(failure: Failure) -> Failure {
    if failure.code == "not_found" { failure.hint("rounds goal list") } else { failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_those_of_the_api() {
        for state in STATES {
            assert!(serde_json::from_value::<GoalState>(json!(state)).is_ok(), "{state}");
        }
        assert_eq!(word(&GoalState::SetAside), "set aside");
    }
}
