//! Decides how a file that Rounds wrote out is brought in from a shell.

use std::path::PathBuf;

use rounds_crdt::import::IMPORT_BYTES_MAX;
use serde::Deserialize;

use crate::client::{self, Question};
use crate::commands::export::Spoken;
use crate::failure::Failure;
use crate::session::Session;

/// Make a new document of your own from a file that Rounds wrote as JSON or as an Automerge file.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The file.
    file: PathBuf,
    /// Only say what it would become.
    #[arg(long)]
    look: bool,
    /// Of the words that name others in the new document.
    #[arg(long, value_enum, default_value = "en")]
    language: Spoken,
}

#[derive(Debug, Deserialize)]
struct Brought {
    #[serde(default)]
    document: Option<String>,
    was: String,
    becomes: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    others: Vec<String>,
    #[serde(default)]
    left_out: Vec<String>,
}

impl Import {
    /// Brings the file in, or looks at it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let file = self.file.display();
        let unread = |error: &std::io::Error| {
            Failure::failed(format!("could not read {file}: {error}")).hint("name a file that you may read")
        };
        let length = std::fs::metadata(&self.file).map_err(|error| unread(&error))?.len();
        if length > IMPORT_BYTES_MAX as u64 {
            return Err(Failure::too_large(format!("{file} is larger than anything Rounds writes")));
        }
        let bytes = std::fs::read(&self.file).map_err(|error| unread(&error))?;
        let mut question = Question::file(&["imports"], bytes);
        if self.look {
            question = question.with("look", "true");
        }
        if self.language == Spoken::Es {
            question = question.with("language", "es");
        }
        let answer = daemon.ask(question).await?;
        let brought: Brought = client::read(&answer)?;
        session.output.object(answer)?;
        self.tell(session, &brought)
    }

    fn tell(&self, session: &Session, brought: &Brought) -> Result<(), Failure> {
        let kind = |kind: &str| kind.replace('_', " ");
        let what = match brought.title.as_str() {
            "" => kind(&brought.becomes),
            title => format!("{}, “{title}”", kind(&brought.becomes)),
        };
        match &brought.document {
            Some(id) => session.output.answer(&format!("{id}  {what}"), id)?,
            None => session.output.line(&format!("It would become {what}. Nothing was brought in."))?,
        }
        if brought.was != brought.becomes {
            let (was, becomes) = (kind(&brought.was), kind(&brought.becomes));
            session.output.note(&format!("It held {was}, which nobody else can begin: it becomes {becomes}."))?;
        }
        if !brought.others.is_empty() {
            session
                .output
                .note(&format!("Written by {} too; the document says so in words.", brought.others.join(", ")))?;
        }
        for part in &brought.left_out {
            session.output.note(&format!("Left out: {}", in_words(part)))?;
        }
        Ok(())
    }
}

/// What is not in the new document.
fn in_words(part: &str) -> String {
    match part {
        "comments" => "comments on words that are not in its texts.".to_owned(),
        "links" => "links to a visit or a goal that is not here.".to_owned(),
        "answers" => "what others answered, ticked or agreed to: only they can.".to_owned(),
        "unreadable" => "parts that could not be read.".to_owned(),
        "unknown" => "parts that this version of Rounds does not know.".to_owned(),
        other => other.replace('_', " "),
    }
}
