//! Decides how paired people are listed, and how one is let go.

use serde::Deserialize;
use serde_json::json;

use crate::client::{self, Question};
use crate::commands::status::presence;
use crate::failure::Failure;
use crate::names::{self, Person};
use crate::session::Session;

/// List the people you are paired with, or remove one.
#[derive(Debug, clap::Args)]
pub(crate) struct People {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the people you are paired with.
    List,
    /// Stop exchanging anything with somebody.
    Remove {
        /// Who: a display name, or the start of a person id.
        name: String,
    },
}

#[derive(Debug, Deserialize)]
struct Listing {
    people: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(flatten)]
    person: Person,
    #[serde(default)]
    state: String,
}

impl People {
    /// Lists or removes.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            None | Some(Action::List) => list(session).await,
            Some(Action::Remove { name }) => remove(session, &name).await,
        }
    }
}

async fn list(session: &Session) -> Result<(), Failure> {
    let answer = session.daemon()?.ask(Question::get(&["people"])).await?;
    let Listing { people } = client::read(&answer)?;
    session.output.object(answer)?;
    if people.is_empty() {
        return session.output.note("Nobody yet. To pair: rounds pair offer");
    }
    let rows: Vec<Vec<String>> = people
        .iter()
        .map(|Listed { person, state }| vec![person.name.clone(), person.short_id().to_owned(), presence(state, None)])
        .collect();
    session.output.rows(&rows)
}

async fn remove(session: &Session, name: &str) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let person = names::resolve(&daemon, name).await?;
    daemon.ask(Question::delete(&["people", &person.id])).await?;
    session.output.object(json!({ "person": { "id": person.id, "name": person.name }, "removed": true }))?;
    session.output.note(&format!(
        "{} is removed: nothing is exchanged any more. What their computer already holds stays there.",
        person.name
    ))
}
