//! Decides how a document's past is listed, and how one moment of it is shown.

use rounds_crdt::ids::DocumentId;
use serde::Deserialize;
use serde_json::Value;

use crate::client::{self, Question};
use crate::commands::documents::point_to_list;
use crate::failure::Failure;
use crate::names::Person;
use crate::output::calendar_day;
use crate::session::Session;

/// List the points of a document's past, or show its text at one of them.
#[derive(Debug, clap::Args)]
pub(crate) struct History {
    /// The document.
    id: DocumentId,
    /// Show the text as it was at this point of the list; all of it, for what has no text.
    #[arg(long, value_name = "POINT")]
    at: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Past {
    #[serde(default)]
    points: Vec<Point>,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Point {
    point: String,
    day_ms: i64,
    #[serde(default)]
    person: Option<Person>,
}

impl History {
    /// What has no text answers scripts with all that it said, part by part.
    async fn add_sheet(&self, session: &Session, at: &str, answer: &mut Value) -> Result<(), Failure> {
        let question = Question::get(&["documents", &self.id.to_string(), "sheet"]).with("at", at);
        let mut written = session.daemon()?.ask(question).await.map_err(point_to_list)?;
        let sheet = written.get_mut("sheet").map(Value::take).unwrap_or_default();
        if let Value::Object(fields) = answer {
            fields.insert("sheet".to_owned(), sheet);
        }
        Ok(())
    }

    /// To people it is shown as it is written out.
    async fn written_out(&self, session: &Session, at: &str) -> Result<(), Failure> {
        let question =
            Question::get(&["documents", &self.id.to_string(), "export"]).with("format", "md").with("at", at);
        let written = session.daemon()?.fetch(question).await.map_err(point_to_list)?;
        session.output.verbatim(&String::from_utf8_lossy(&written))
    }

    /// Prints the points, or the text at one.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let mut question = Question::get(&["documents", &self.id.to_string(), "history"]);
        if let Some(at) = &self.at {
            question = question.with("at", at.as_str());
        }
        let mut answer = session.daemon()?.ask(question).await.map_err(point_to_list)?;
        let past: Past = client::read(&answer)?;
        if let (Some(at), None, true) = (&self.at, &past.text, session.output.is_for_scripts()) {
            self.add_sheet(session, at, &mut answer).await?;
            return session.output.object(answer);
        }
        session.output.object(answer)?;
        if let Some(at) = &self.at {
            return match &past.text {
                Some(text) => session.output.verbatim(text),
                None => self.written_out(session, at).await,
            };
        }
        let rows: Vec<Vec<String>> = past
            .points
            .iter()
            .map(|point| {
                let writer = point.person.as_ref().map(|person| person.name.clone());
                vec![point.point.clone(), calendar_day(point.day_ms), writer.unwrap_or_else(|| "somebody".to_owned())]
            })
            .collect();
        session.output.rows(&rows)
    }
}
