//! Decides how the people who hold a copy of a document are told.

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;

use crate::client::{self, Question};
use crate::commands::documents::point_to_list;
use crate::failure::Failure;
use crate::names::Person;
use crate::session::Session;

/// Tell who can read or write a document, and who holds a copy.
#[derive(Debug, clap::Args)]
pub(crate) struct Holders {
    /// The document.
    id: DocumentId,
}

#[derive(Debug, Deserialize)]
struct Listing {
    holders: Vec<Holder>,
}

#[derive(Debug, Deserialize)]
struct Holder {
    person: Person,
    role: String,
    copy: String,
    #[serde(default)]
    heard_of_revocation: Option<bool>,
}

impl Holders {
    /// Prints the holders.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let question = Question::get(&["documents", &self.id.to_string(), "holders"]);
        let answer = session.daemon()?.ask(question).await.map_err(point_to_list)?;
        let Listing { holders } = client::read(&answer)?;
        session.output.object(answer)?;
        let rows: Vec<Vec<String>> = holders
            .iter()
            .map(|holder| {
                vec![holder.person.name.clone(), role_in_words(&holder.role).to_owned(), copy_in_words(holder)]
            })
            .collect();
        session.output.rows(&rows)
    }
}

fn role_in_words(role: &str) -> &str {
    match role {
        "owner" => "owns it",
        "writer" => "may write",
        "reader" => "may read",
        "none" => "no access any more",
        other => other,
    }
}

fn copy_in_words(holder: &Holder) -> String {
    let copy = match holder.copy.as_str() {
        "here" => "on this computer",
        "held" => "has all of it",
        "waiting" => "will have the rest when your computers next meet",
        "not_understood" => "will have the rest when Rounds is up to date, there and here",
        _ => "it is not known what they hold",
    };
    match (holder.role.as_str(), holder.heard_of_revocation) {
        ("none", Some(true)) => "has heard that access ended; keeps the copy already held".to_owned(),
        ("none", _) => "has not heard yet that access ended".to_owned(),
        _ => copy.to_owned(),
    }
}
