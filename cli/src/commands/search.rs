//! Decides how what this person holds is searched from a shell.

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use serde_json::json;

use crate::client::{self, Question};
use crate::failure::Failure;
use crate::session::Session;

/// Find documents by the words in them.
#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// Words that all have to be there, each anywhere in a document; case and accents do not matter.
    #[arg(required = true)]
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Results {
    found: Vec<Found>,
    more: bool,
    unread: usize,
    left_out: usize,
}

#[derive(Debug, Deserialize)]
struct Found {
    id: DocumentId,
    kind: String,
    excerpt: String,
}

impl Search {
    /// Prints what was found, once everything has been looked at.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let words = self.words.join(" ");
        loop {
            let answer = daemon.ask(Question::post(&["search"], json!({ "words": words }))).await?;
            let results: Results = client::read(&answer)?;
            if results.unread > 0 {
                session.output.detail(&format!("{} documents are still to be read", results.unread));
                continue; // the daemon answers once it has read some more
            }
            session.output.object(answer)?;
            let rows =
                results.found.iter().map(|found| vec![found.id.to_string(), found.kind.clone(), found.excerpt.clone()]);
            session.output.rows(&rows.collect::<Vec<_>>())?;
            if results.left_out > 0 {
                let note = format!("{} documents were left out: there is too much to look through.", results.left_out);
                session.output.note(&note)?;
            }
            return match (results.found.len(), results.more) {
                (0, _) => session.output.note("Nothing was found."),
                (shown, true) => session.output.note(&format!("These are the best {shown}; more words find fewer.")),
                _ => Ok(()),
            };
        }
    }
}
