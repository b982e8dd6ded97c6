//! Decides what is thrown away and read again after a fault of ours, so that it ends with one thing asked of one document.
//!
//! A panic ends what was being done. The documents it had in hand are dropped from memory, where half a change may lie,
//! and read again. Where it tore a turn of the engine, the engine is made again of what is stored, as after a power cut:
//! until then nothing is taken, sent or called saved by it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rounds_crdt::ids::{ActorId, DocumentId, StartId};
use rounds_crdt::replica::Replica;
use tokio::time::Instant;

use super::documents::Opening;
use super::keeper::Keeper;
use super::{Trouble, TroubleCode};
use crate::disk;
use crate::journal::JournalError;
use crate::keys::fill_random;
use crate::network::NetworkEvent;

/// Faults of one document after which it is not read again by itself, since reading it may be what goes wrong.
const FAULTS_MAX: u32 = 3;

/// How long to wait before what is stored is read once more, where the disk did not give it.
const ANEW_AFTER: Duration = Duration::from_secs(1);

/// What is known of faults of ours.
#[derive(Debug, Default)]
pub(super) struct Mending {
    /// Documents that were reached for in what is being done now.
    in_hand: BTreeSet<DocumentId>,
    /// How often something went wrong with a document in hand.
    faults: BTreeMap<DocumentId, u32>,
    /// The engine is torn, and what was handed to the disk before is waited for.
    begun: bool,
    /// When what is stored is read again, after the disk did not give it.
    again_at: Option<Instant>,
    /// Pairings that came meanwhile: each is brought once.
    postponed: Vec<NetworkEvent>,
}

impl Keeper {
    /// Does one thing. Nothing where it panicked: then what it left is mended, and the keeper goes on.
    pub(super) fn contained<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        let outer = std::mem::take(&mut self.mending.in_hand);
        let done = catch_unwind(AssertUnwindSafe(|| work(self))).ok();
        let in_hand = std::mem::replace(&mut self.mending.in_hand, outer);
        if done.is_none() {
            // Mending touches only what is dropped or made anew; were it to go wrong too, the next thing is still done.
            let _ = catch_unwind(AssertUnwindSafe(|| self.mend(in_hand)));
        }
        done
    }

    /// Notes that a document's memory is being reached for.
    pub(super) fn in_hand(&mut self, id: DocumentId) {
        self.mending.in_hand.insert(id);
    }

    fn mend(&mut self, in_hand: impl IntoIterator<Item = DocumentId>) {
        tracing::error!("a fault was contained; the daemon goes on");
        self.begin_anew_if_torn();
        for id in in_hand {
            let faults = self.mending.faults.entry(id).or_default();
            *faults += 1;
            tracing::error!(document = %id, faults, "a document was in hand and is read again");
            if !matches!(self.open.get(&id), Some(Opening::Here(_))) {
                continue;
            }
            if *faults <= FAULTS_MAX && self.is_shown(id) {
                self.reread(id);
            } else {
                self.open.remove(&id);
            }
        }
    }

    /// Waits for what was handed to the disk, and then makes the engine anew of what is stored.
    fn begin_anew_if_torn(&mut self) {
        if !self.replica.is_torn() || std::mem::replace(&mut self.mending.begun, true) {
            return;
        }
        tracing::error!("a turn of the engine was torn; it is made again of what is stored");
        self.tears.torn();
        // Links end, and pages do: both begin again where they were, and ask what was saved.
        self.network.set_devices(Vec::new());
        self.pages.clear();
        let later = self.later();
        let stored = move |_| later(Box::new(Keeper::begin_anew));
        self.write_then(Vec::new(), Box::new(stored));
    }

    fn begin_anew(&mut self) {
        // Unless it succeeds, however it fails.
        self.mending.again_at = Some(Instant::now() + ANEW_AFTER);
        if let Err(error) = self.made_anew() {
            tracing::error!(%error, "what is stored cannot be read again now");
        }
    }

    fn made_anew(&mut self) -> Result<(), JournalError> {
        let found = self.disk.journal().recovered()?;
        let recovered = disk::recover(self.disk.journal(), &found)?;
        let own = recovered.certs.iter().find(|cert| cert.device == self.device);
        let Some(cert) = own.or_else(|| self.replica.directory().cert(&self.device)).cloned() else {
            return Err(JournalError::Damaged { what: "this device's certificate is missing".into() });
        };
        let (mut start, mut incarnation) = ([0; 16], [0; 14]);
        let random = fill_random(&mut start).and_then(|()| fill_random(&mut incarnation));
        random.map_err(|error| JournalError::Io { path: self.settings.data.clone(), error })?;
        let (replica, effects) = Replica::new(cert, StartId::from_bytes(start), recovered);
        self.replica = replica;
        self.mending.begun = false;
        self.commits_before = self.last_commit();
        // Changes of the actor before may be in a document's memory and nowhere else: their numbers are not used again.
        self.actor = ActorId::new(self.device, incarnation);
        self.open.clear();
        self.perform(effects, Vec::new());
        self.network.set_devices(self.known_devices());
        self.mending.again_at = None;
        // Answers that came to cards meanwhile were read, and could not be followed.
        self.close_cards();
        for event in std::mem::take(&mut self.mending.postponed) {
            self.network_event(event);
        }
        Ok(())
    }

    /// When what is stored is read again.
    pub(super) fn mends_at(&self) -> Option<Instant> {
        self.mending.again_at
    }

    /// Reads what is stored again, where that is due.
    pub(super) fn mend_on_time(&mut self) {
        if self.mending.again_at.is_some_and(|at| at <= Instant::now()) {
            self.mending.again_at = None;
            self.begin_anew();
        }
    }

    /// What the network tells a torn engine: links are made again, and only a pairing is worth keeping.
    pub(super) fn postpone(&mut self, event: NetworkEvent) {
        if matches!(event, NetworkEvent::Paired { .. }) {
            self.mending.postponed.push(event);
        }
    }

    /// Whether anything can be asked just now.
    pub(super) fn is_whole(&self) -> Result<(), Trouble> {
        if self.replica.is_torn() { Err(reading_anew()) } else { Ok(()) }
    }
}

/// What is said while what is stored is read again.
pub(super) fn reading_anew() -> Trouble {
    Trouble::new(TroubleCode::Unavailable, "Rounds is reading again what it has stored; try again in a moment")
}
