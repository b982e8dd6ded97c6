//! Decides how a person gets from the command line into the page.

use rounds_daemon::platform;
use serde::Deserialize;
use serde_json::json;

use crate::client::{self, Question};
use crate::failure::Failure;
use crate::session::Session;

/// Open the page in the browser, through a link that works once.
#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// Print the link instead of opening it.
    #[arg(long)]
    print: bool,
}

#[derive(Debug, Deserialize)]
struct LaunchLink {
    url: String,
}

impl Open {
    /// Opens the page, or prints the link.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let url = launch_link(session).await?;
        if !self.print {
            in_browser(&url)?;
        }
        session.output.object(json!({ "url": url }))?;
        if self.print {
            session.output.line(&url)
        } else {
            session.output.note("Opening the page. If no browser appears: rounds open --print")
        }
    }
}

/// A link into the page that works once, for a minute.
pub(crate) async fn launch_link(session: &Session) -> Result<String, Failure> {
    let answer = session.daemon()?.ask(Question::post(&["launch-links"], json!({}))).await?;
    let LaunchLink { url } = client::read(&answer)?;
    Ok(url)
}

/// Hands the link to the browser that the person has chosen.
pub(crate) fn in_browser(url: &str) -> Result<(), Failure> {
    platform::open_browser(url)
        .map_err(|error| Failure::failed(format!("no browser could be started: {error}")).hint("rounds open --print"))
}
