//! Decides which manual pages are written, and where.

use std::path::PathBuf;

use clap::CommandFactory;
use serde_json::json;

use crate::args::Cli;
use crate::failure::Failure;
use crate::session::Session;

/// Write the manual, one page a command.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The folder to write to; it is made when it does not exist.
    #[arg(short, long = "output", value_name = "DIR")]
    output: PathBuf,
}

impl Man {
    /// Writes the pages.
    pub(crate) fn run(self, session: &Session) -> Result<(), Failure> {
        let folder = &self.output;
        let pages = std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
            .and_then(|()| std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect())
            .map_err(|error| Failure::failed(format!("could not write to {}: {error}", folder.display())));
        let mut pages: Vec<PathBuf> = pages?;
        pages.retain(|page| page.extension().is_some_and(|ending| ending == "1"));
        pages.sort();
        session.output.object(json!({ "files": pages }))?;
        session.output.note(&format!(
            "Wrote {} pages to {}. Read one with: man {}/rounds.1",
            pages.len(),
            folder.display(),
            folder.display()
        ))
    }
}
