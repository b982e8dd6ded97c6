//! Decides which file carries out which command.

pub(crate) mod asking;
pub(crate) mod completions;
pub(crate) mod debrief;
pub(crate) mod documents;
pub(crate) mod door;
pub(crate) mod export;
pub(crate) mod goal;
pub(crate) mod history;
pub(crate) mod holders;
pub(crate) mod import;
pub(crate) mod lock;
pub(crate) mod man;
pub(crate) mod notes;
pub(crate) mod open;
pub(crate) mod pair;
pub(crate) mod people;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod share;
pub(crate) mod status;
pub(crate) mod text;
pub(crate) mod unlock;
pub(crate) mod unshare;
pub(crate) mod visit;

use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::args::Command;
use crate::failure::Failure;
use crate::session::Session;

impl Command {
    /// The runtime it needs: a question to the daemon is done by one thread, the daemon itself uses them all.
    pub(crate) fn runtime(&self) -> io::Result<Runtime> {
        let mut builder = match self {
            Command::Run(_) => Builder::new_multi_thread(),
            _ => Builder::new_current_thread(),
        };
        builder.enable_all().build()
    }
}

/// Carries out one command.
pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        // Ctrl-C is the daemon's ordinary end.
        Command::Run(command) => command.run(session).await,
        // An offer is something to tidy away, so it listens for Ctrl-C itself.
        Command::Pair(command) => command.run(session).await,
        Command::Open(command) => session.interruptible(command.run(session)).await,
        Command::Status(command) => session.interruptible(command.run(session)).await,
        Command::People(command) => session.interruptible(command.run(session)).await,
        Command::Visit(command) => session.interruptible(command.run(session)).await,
        Command::Door(command) => session.interruptible(command.run(session)).await,
        Command::Goal(command) => session.interruptible(command.run(session)).await,
        Command::Notes(command) => session.interruptible(command.run(session)).await,
        Command::Debrief(command) => session.interruptible(command.run(session)).await,
        Command::Documents(command) => session.interruptible(command.run(session)).await,
        Command::Text(command) => session.interruptible(command.run(session)).await,
        Command::Share(command) => session.interruptible(command.run(session)).await,
        Command::Unshare(command) => session.interruptible(command.run(session)).await,
        Command::Holders(command) => session.interruptible(command.run(session)).await,
        Command::History(command) => session.interruptible(command.run(session)).await,
        Command::Search(command) => session.interruptible(command.run(session)).await,
        Command::Export(command) => session.interruptible(command.run(session)).await,
        Command::Import(command) => session.interruptible(command.run(session)).await,
        Command::Lock(command) => session.interruptible(command.run(session)).await,
        Command::Unlock(command) => session.interruptible(command.run(session)).await,
        Command::Completions(command) => command.run(session),
        Command::Man(command) => command.run(session),
    }
}
