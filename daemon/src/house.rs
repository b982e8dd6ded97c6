//! Decides the order of everything: one thread keeps the engine and the open documents, and takes one thing at a time.
//!
//! [`House`] is the handle that the web server and tests hold. Each call travels to the keeper's thread as a closure and
//! back as its answer; what must be durable first is answered when the disk has it.

pub mod answers;
mod aside;
mod asking;
mod bin;
mod calendar;
pub mod cards;
mod catalog;
pub mod comments;
mod documents;
mod done;
pub mod doors;
pub mod export;
mod facts;
mod goals;
pub mod importing;
mod keeper;
mod lessons;
mod live;
mod mending;
mod pages;
mod pairing;
mod past;
mod people;
mod row;
pub(crate) mod search;
mod sharing;
mod status;
#[cfg(test)]
mod tests;
mod trouble;
mod visits;

use std::sync::Arc;
use std::time::Duration;

use rounds_crdt::ids::{DeviceId, PersonId};
use rounds_crdt::replica::CommitId;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::disk::Disk;
use crate::journal::{DiskTrouble, StorageState};
use crate::network::{Network, NetworkEvent};
use keeper::Keeper;
pub(crate) use keeper::{Beginning, Known, now_ms};
pub use pages::{PageCommand, PageEvent, PageLink, PageUpdate, PatchUpdate};
pub(crate) use people::checked_person_name;
pub(crate) use status::{GUESSED_NAME_SEQ, Settings};
pub use trouble::{Trouble, TroubleCode};

/// Something for the keeper to do.
type Command = Box<dyn FnOnce(&mut Keeper) + Send>;

/// How long an answer waits for a refusing disk before it says so, instead of waiting for space.
const PATIENCE_WITH_DISK: Duration = Duration::from_secs(2);

/// The daemon's one door to documents, people and the disk. Clones share it.
#[derive(Debug, Clone)]
pub struct House {
    commands: mpsc::UnboundedSender<Command>,
    disk: Arc<Disk>,
    storage: watch::Receiver<StorageState>,
    network: Network,
    person: PersonId,
    device: DeviceId,
    stop: CancellationToken,
}

impl House {
    /// Starts the keeper's thread.
    pub(crate) fn begin(
        beginning: Beginning,
        network: Network,
        events: mpsc::Receiver<NetworkEvent>,
        stop: CancellationToken,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (commands, receiver) = mpsc::unbounded_channel();
        let house = Self {
            commands: commands.clone(),
            disk: beginning.disk.clone(),
            storage: beginning.disk.journal().storage(),
            network: network.clone(),
            person: beginning.identity.person(),
            device: beginning.identity.device(),
            stop: stop.clone(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let handle = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new().name("keeper".into()).spawn(move || {
            let mut keeper = Keeper::new(beginning, network, commands.downgrade(), handle);
            drop(commands);
            runtime.block_on(run(&mut keeper, receiver, events, stop));
        })?;
        Ok((house, thread))
    }

    /// Whose daemon this is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// The device it runs on.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Asks the daemon to stop, saving what waits.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Whether the disk takes what it is given, and every change of that.
    pub fn storage(&self) -> watch::Receiver<StorageState> {
        self.storage.clone()
    }

    /// Does something on the keeper's thread. A panic there is answered as a fault of ours and goes no further.
    async fn call<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Keeper) -> Result<R, Trouble> + Send + 'static,
    ) -> Result<R, Trouble> {
        self.ask(move |keeper| keeper.is_whole().and_then(|()| work(keeper))).await
    }

    /// The same where a torn engine is nothing to it.
    async fn ask<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Keeper) -> Result<R, Trouble> + Send + 'static,
    ) -> Result<R, Trouble> {
        let (reply, answer) = oneshot::channel();
        let command: Command = Box::new(move |keeper| {
            let outcome = keeper.contained(work);
            let outcome = outcome.unwrap_or_else(|| Err(fault()));
            drop(reply.send(outcome)); // the asker may have gone away
        });
        self.commands.send(command).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Waits until a commit is durable; when the disk refuses, says so instead of waiting for ever.
    async fn saved(&self, commit: CommitId) -> Result<(), Trouble> {
        let (reply, answer) = oneshot::channel();
        self.ask(move |keeper| {
            keeper.when_saved(commit, reply);
            Ok(())
        })
        .await?;
        self.durable(answer).await
    }

    /// Waits for the word that something is durable; when the disk refuses, says so instead of waiting for ever.
    async fn durable(&self, answer: oneshot::Receiver<()>) -> Result<(), Trouble> {
        let mut storage = self.storage.clone();
        tokio::pin!(answer);
        let refused = async {
            let refuses = |state: &StorageState| matches!(state, StorageState::NotSaving { .. });
            loop {
                if storage.wait_for(refuses).await.is_err() {
                    return stopped();
                }
                tokio::time::sleep_until(Instant::now() + PATIENCE_WITH_DISK).await;
                if let StorageState::NotSaving { reason, trouble, .. } = &*storage.borrow() {
                    return not_saved(reason, *trouble);
                }
            }
        };
        tokio::select! {
            saved = &mut answer => saved.map_err(|_| stopped()),
            trouble = refused => Err(trouble),
        }
    }
}

/// The keeper's life: one thing at a time until told to stop, then one last commit.
async fn run(
    keeper: &mut Keeper,
    mut commands: mpsc::UnboundedReceiver<Command>,
    mut events: mpsc::Receiver<NetworkEvent>,
    stop: CancellationToken,
) {
    let mut network_is_up = true;
    keeper.begin();
    keeper.settle();
    loop {
        let wake = keeper.wakes_at();
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => drop(keeper.contained(command)),
                None => break,
            },
            event = events.recv(), if network_is_up => match event {
                Some(event) => drop(keeper.contained(|keeper| keeper.network_event(event))),
                None => network_is_up = false,
            },
            () = sleep_until(wake) => drop(keeper.contained(Keeper::tick)),
            () = stop.cancelled() => break,
        }
        keeper.contained(Keeper::settle);
    }
    // What was asked before the stop is still done; its answers are saved by the journal's own closing.
    while let Ok(command) = commands.try_recv() {
        keeper.contained(command);
        keeper.contained(Keeper::settle);
    }
    keeper.contained(Keeper::end);
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn stopped() -> Trouble {
    Trouble::new(TroubleCode::Unavailable, "the daemon is stopping").hint("rounds run")
}

fn fault() -> Trouble {
    Trouble::new(TroubleCode::Internal, "something went wrong inside Rounds; nothing that was saved is lost")
}

fn not_saved(reason: &str, trouble: DiskTrouble) -> Trouble {
    let hint = match trouble {
        DiskTrouble::GaveUp => "keep a copy of what you wrote last, then stop Rounds and start it again: rounds run",
        _ => "free some space; Rounds keeps this in memory and saves it as soon as the disk takes it",
    };
    Trouble::new(TroubleCode::NotSaved, format!("not saved yet: {reason}")).hint(hint)
}
