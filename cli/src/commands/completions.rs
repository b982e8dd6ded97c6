//! Decides how a shell learns to complete these commands.

use clap::CommandFactory;

use crate::args::Cli;
use crate::failure::Failure;
use crate::session::Session;

/// Print a script with which a shell completes these commands.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: clap_complete::Shell,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(self, session: &Session) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "rounds", &mut script);
        let script = String::from_utf8(script).map_err(|error| Failure::failed(error.to_string()))?;
        session.output.object(serde_json::json!({ "shell": self.shell.to_string(), "script": script }))?;
        session.output.verbatim(&script)
    }
}
