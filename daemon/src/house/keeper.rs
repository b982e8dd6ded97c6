//! Decides how the engine's effects are carried out, and what the network's news means to it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use rounds_crdt::access::{DeviceCert, Directory};
use rounds_crdt::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId, StartId};
use rounds_crdt::replica::{CommitId, Effect, Event, Recovered, Refusal, Replica};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::aside::Tears;
use super::catalog::Catalog;
use super::documents::Opening;
use super::done::DoneEdits;
use super::mending::Mending;
use super::pages::{Page, PageId};
use super::pairing::OpenOffer;
use super::sharing::Delivery;
use super::{Command, Trouble};
use crate::disk::Disk;
use crate::identity::Identity;
use crate::journal::{EditKey, Op, PeerSlot, StorageState};
use crate::keys::fill_random;
use crate::network::{KnownDevice, Network, NetworkEvent, Obstacle, Reach};

/// How long a document that nobody looks at stays in memory.
pub(super) const IDLE_AFTER: Duration = Duration::from_secs(60);

/// How long the network must be quiet before documents are read for the catalog.
pub(super) const CATALOG_AFTER: Duration = Duration::from_secs(2);

/// Changes that stay out which are told apart: more say no more, and a hostile partner must not fill the memory.
const REFUSED_COUNTED_MAX: usize = 10_000;

/// What the keeper begins with.
pub(crate) struct Beginning {
    pub identity: Identity,
    pub cert: DeviceCert,
    pub disk: Arc<Disk>,
    pub recovered: Recovered,
    pub known: Vec<(DeviceId, Known)>,
    pub edits: Vec<EditKey>,
    pub settings: super::status::Settings,
}

/// What the daemon keeps about a partner's device, beside the engine's own notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    pub person: PersonId,
    pub pairwise_key: [u8; 32],
    pub addresses: Vec<SocketAddr>,
}

/// Addresses of one partner that are remembered, newest first: home, school, the other building.
const ADDRESSES_MAX: usize = 8;

/// Everything that one thread keeps.
pub(super) struct Keeper {
    pub replica: Replica,
    pub disk: Arc<Disk>,
    pub network: Network,
    pub identity: Identity,
    pub device_key: SigningKey,
    pub person: PersonId,
    pub device: DeviceId,
    /// Who edits in this start of the daemon.
    pub actor: ActorId,
    pub open: BTreeMap<DocumentId, Opening>,
    pub openings: u64,
    pub pages: BTreeMap<PageId, Page>,
    pub next_page: PageId,
    pub known: BTreeMap<DeviceId, Known>,
    pub reach: BTreeMap<DeviceId, Reach>,
    pub offers: BTreeMap<u64, OpenOffer>,
    /// Who waits to hear that a device just paired is kept.
    pub newcomers: BTreeMap<DeviceId, oneshot::Sender<CommitId>>,
    pub next_offer: u64,
    pub catalog: Catalog,
    pub deliveries: Vec<Delivery>,
    pub done: DoneEdits,
    /// What was refused or cannot be merged, each once; a document alone stands for a snapshot of it.
    pub refused: BTreeSet<(DocumentId, Option<ChangeHash>)>,
    pub caret_seq: u64,
    pub settings: super::status::Settings,
    pub runtime: Handle,
    pub quiet_since: Instant,
    commands: mpsc::WeakUnboundedSender<Command>,
    waiting: VecDeque<(CommitId, Waiting)>,
    last_commit: CommitId,
    pub(super) durable: CommitId,
    /// Who holds what may have changed anywhere.
    delivered: bool,
    /// Documents of which somebody may hold less or more than before.
    delivered_in: BTreeSet<DocumentId>,
    begun: Instant,
    next_look_round: Option<Instant>,
    first_effects: Vec<Effect>,
    /// Commits of engines before this one; theirs are counted on, so that none is taken for another.
    pub commits_before: CommitId,
    pub mending: Mending,
    pub tears: Tears,
}

/// Who wants to know when a commit is durable.
enum Waiting {
    Caller(oneshot::Sender<()>),
    Page(PageId, Vec<String>),
}

impl Keeper {
    pub(super) fn new(
        beginning: Beginning,
        network: Network,
        commands: mpsc::WeakUnboundedSender<Command>,
        runtime: Handle,
    ) -> Self {
        let Beginning { identity, cert, disk, recovered, known, edits, settings } = beginning;
        let (mut start, mut incarnation) = ([0; 16], [0; 14]);
        fill_random(&mut start).and_then(|()| fill_random(&mut incarnation)).expect("the system gives random bytes");
        let (replica, first_effects) = Replica::new(cert, StartId::from_bytes(start), recovered);
        let device = identity.device();
        Self {
            replica,
            disk,
            network,
            device_key: identity.device_key(),
            person: identity.person(),
            device,
            actor: ActorId::new(device, incarnation),
            identity,
            open: BTreeMap::new(),
            openings: 0,
            pages: BTreeMap::new(),
            next_page: 1,
            known: known.into_iter().collect(),
            reach: BTreeMap::new(),
            offers: BTreeMap::new(),
            newcomers: BTreeMap::new(),
            next_offer: 1,
            catalog: Catalog::default(),
            deliveries: Vec::new(),
            done: DoneEdits::remembered(edits),
            refused: BTreeSet::new(),
            caret_seq: now_ms().unsigned_abs(),
            settings,
            runtime,
            quiet_since: Instant::now(),
            commands,
            waiting: VecDeque::new(),
            last_commit: 0,
            durable: 0,
            delivered: false,
            delivered_in: BTreeSet::new(),
            begun: Instant::now(),
            next_look_round: None,
            first_effects,
            commits_before: 0,
            mending: Mending::default(),
            tears: Tears::default(),
        }
    }

    /// The first thing: the engine's own first effects, and on a first run the person's own documents.
    pub(super) fn begin(&mut self) {
        let effects = std::mem::take(&mut self.first_effects);
        self.perform(effects, Vec::new());
        self.found_own_documents();
        self.tell_storage_changes();
        self.network.set_devices(self.known_devices());
    }

    /// The last thing: what is only in memory goes to the disk.
    pub(super) fn end(&mut self) {
        let effects = self.replica.handle(self.now(), Event::Tick, &*self.disk);
        self.perform(effects, Vec::new());
        self.save_catalog();
        self.pages.clear();
    }

    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Sends work to this thread from another.
    pub(super) fn later(&self) -> impl Fn(Command) + Send + Clone + 'static {
        let commands = self.commands.clone();
        move |command| {
            if let Some(commands) = commands.upgrade() {
                drop(commands.send(command)); // the keeper may have stopped
            }
        }
    }

    /// Does heavy work on another thread and comes back with what it found.
    pub(super) fn away<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        back: impl FnOnce(&mut Keeper, T) + Send + 'static,
    ) {
        let later = self.later();
        self.runtime.spawn_blocking(move || {
            let found = work();
            later(Box::new(move |keeper| back(keeper, found)));
        });
    }

    /// Carries out effects; `also` is written with the first commit among them, or in one of its own. Commits go first
    /// and each other effect by itself: a fault in showing something leaves nothing unwritten or unsaid.
    pub(super) fn perform(&mut self, effects: Vec<Effect>, mut also: Vec<Op>) {
        let (commits, others): (Vec<_>, Vec<_>) =
            effects.into_iter().partition(|effect| matches!(effect, Effect::Commit(..)));
        for effect in commits {
            let Effect::Commit(commit, writes) = effect else { continue };
            let commit = self.commits_before + commit;
            let mut ops = self.disk.stage(commit, writes);
            ops.append(&mut also);
            self.commit(commit, ops);
        }
        if !also.is_empty() {
            self.write(also);
        }
        for effect in others {
            self.contained(|keeper| keeper.perform_one(effect));
        }
    }

    fn perform_one(&mut self, effect: Effect) {
        match effect {
            Effect::Commit(..) => {} // handed over before all others
            Effect::Send(link, frame) => {
                self.network.send(link, frame.to_bytes());
            }
            Effect::Close(link, why) => {
                tracing::info!(link, %why, "closing a link");
                self.tears.closed(link, why);
                self.network.close(link, &why.to_string());
            }
            Effect::Entered(document, records) => self.entered(document, records),
            Effect::Reread(document) => self.reread(document),
            Effect::Verify(document) => self.verify(document),
            Effect::Access(document) => self.access_changed(document),
            Effect::Delivered(_) => self.delivered = true,
            Effect::NotUnderstood(link, document) => self.not_understood(link, document),
            Effect::Presence { document, person, device: _, note } => self.caret_from_partner(document, person, &note),
            Effect::Refused(document, hash, why) => {
                tracing::warn!(%document, %why, "a change was refused");
                // Without its writer's certificate it is not refused for good: a comparison brings both.
                if why != Refusal::UnknownDevice {
                    self.stays_out(document, hash);
                }
            }
            Effect::Quarantined(document, device) => {
                tracing::warn!(%document, %device, "a writer's numbering broke; it is no longer followed in this document");
            }
        }
    }

    fn commit(&mut self, commit: CommitId, ops: Vec<Op>) {
        self.last_commit = commit;
        let later = self.later();
        let done = move |result: Result<(), crate::journal::SaveError>| match result {
            Ok(()) => later(Box::new(move |keeper: &mut Keeper| keeper.committed(commit))),
            // Nor is any after it, one that got lost on its way here included: none of them is called saved.
            Err(error) => tracing::error!(%error, commit, "a commit will not be saved"),
        };
        self.disk.journal().commit_next(commit, ops, Box::new(done));
    }

    /// Counts a change that stays out, however often it comes.
    pub(super) fn stays_out(&mut self, document: DocumentId, hash: Option<ChangeHash>) {
        if self.refused.len() < REFUSED_COUNTED_MAX {
            self.refused.insert((document, hash));
        }
    }

    /// Who holds a document may have changed: pages are told once this turn ends.
    pub(super) fn delivery_changed(&mut self, document: DocumentId) {
        self.delivered_in.insert(document);
    }

    /// Writes what belongs to the daemon rather than to the engine.
    pub(super) fn write(&mut self, ops: Vec<Op>) {
        self.write_then(ops, Box::new(report));
    }

    /// The same, for somebody who waits for it.
    pub(super) fn write_then(&mut self, ops: Vec<Op>, done: crate::journal::Done) {
        self.disk.journal().commit(ops, done);
    }

    fn committed(&mut self, commit: CommitId) {
        self.durable = self.durable.max(commit);
        self.disk.settled(commit);
        if let Some(ours) = commit.checked_sub(self.commits_before) {
            let effects = self.replica.handle(self.now(), Event::Committed(ours), &*self.disk);
            self.perform(effects, Vec::new());
        }
        while self.waiting.front().is_some_and(|(id, _)| *id <= self.durable) {
            match self.waiting.pop_front() {
                Some((_, Waiting::Caller(caller))) => drop(caller.send(())),
                Some((_, Waiting::Page(page, ids))) => self.tell(page, super::PageEvent::Saved { ids }),
                None => break,
            }
        }
    }

    /// Tells a caller when a commit is durable.
    pub(super) fn when_saved(&mut self, commit: CommitId, caller: oneshot::Sender<()>) {
        if commit <= self.durable {
            let _ = caller.send(()); // the caller may have gone away
        } else {
            self.wait(commit, Waiting::Caller(caller));
        }
    }

    /// Tells a page when its edits are durable.
    pub(super) fn tell_when_saved(&mut self, commit: CommitId, page: PageId, ids: Vec<String>) {
        if commit <= self.durable {
            self.tell(page, super::PageEvent::Saved { ids });
        } else {
            self.wait(commit, Waiting::Page(page, ids));
        }
    }

    fn wait(&mut self, commit: CommitId, waiting: Waiting) {
        let index = self.waiting.partition_point(|(id, _)| *id <= commit);
        self.waiting.insert(index, (commit, waiting));
    }

    /// The last commit handed to the disk.
    pub(super) fn last_commit(&self) -> CommitId {
        self.last_commit
    }

    pub(super) fn network_event(&mut self, event: NetworkEvent) {
        if self.replica.is_torn() {
            return self.postpone(event);
        }
        let now = self.now();
        let effects = match event {
            NetworkEvent::LinkUp { link, device } if self.tears.is_set_aside(&device) => {
                return self.network.close(link, Obstacle::SetAside.sentence());
            }
            NetworkEvent::LinkUp { link, device } => {
                self.tears.link_up(link, device);
                self.replica.handle(now, Event::LinkUp { link, device }, &*self.disk)
            }
            NetworkEvent::Frame { link, bytes } => {
                self.quiet_since = Instant::now();
                self.tears.hears(link);
                let effects = self.replica.handle(now, Event::Frame(link, bytes), &*self.disk);
                self.tears.heard();
                effects
            }
            NetworkEvent::LinkDown { link, reason } => {
                tracing::info!(link, reason, "a link is down");
                let was_understood = self.tears.device(link).is_some_and(|device| self.replica.is_connected(&device));
                self.tears.link_down(link, was_understood);
                self.carets_gone();
                self.replica.handle(now, Event::LinkDown(link), &*self.disk)
            }
            NetworkEvent::Reach { device, reach } => {
                self.reach.insert(device, reach);
                self.tell_everyone(&super::PageEvent::People);
                return;
            }
            NetworkEvent::AddressLearned { device, address } => return self.remember_address(device, address),
            NetworkEvent::Paired { device, card, pairwise_key, address, .. } => {
                return self.paired(device, &card, pairwise_key, address);
            }
        };
        self.perform(effects, Vec::new());
    }

    fn remember_address(&mut self, device: DeviceId, address: SocketAddr) {
        let Some(known) = self.known.get_mut(&device) else { return };
        if known.addresses.first() == Some(&address) {
            return;
        }
        known.addresses.retain(|other| *other != address);
        known.addresses.insert(0, address);
        known.addresses.truncate(ADDRESSES_MAX);
        self.save_known(device);
    }

    pub(super) fn save_known(&mut self, device: DeviceId) {
        if let Some(known) = self.known.get(&device) {
            let bytes = postcard::to_allocvec(known).unwrap_or_default();
            self.write(vec![Op::PutPeer { device, slot: PeerSlot::Known, bytes }]);
        }
    }

    /// The devices that links are wanted to.
    pub(super) fn known_devices(&self) -> Vec<KnownDevice> {
        let heard = self.known.iter().filter(|(device, _)| !self.tears.is_set_aside(device));
        let devices = heard.map(|(device, known)| KnownDevice {
            device: *device,
            pairwise_key: known.pairwise_key,
            addresses: known.addresses.clone(),
        });
        devices.collect()
    }

    /// When something is due without anybody asking.
    pub(super) fn wakes_at(&self) -> Option<Instant> {
        let engine = self.replica.wakes_at().map(|at| self.begun + Duration::from_millis(at));
        [engine, self.next_look_round, self.deliveries_expire_at(), self.search_expires_at(), self.mends_at()]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn tick(&mut self) {
        if self.replica.wakes_at().is_some_and(|at| at <= self.now()) {
            let effects = self.replica.handle(self.now(), Event::Tick, &*self.disk);
            self.perform(effects, Vec::new());
        }
        self.mend_on_time();
        self.expire_deliveries();
        self.expire_search();
        if self.next_look_round.is_some_and(|at| at <= Instant::now()) {
            self.next_look_round = None;
            self.look_round();
        }
    }

    /// After each thing done: news is told once however often it was caused.
    pub(super) fn settle(&mut self) {
        if std::mem::take(&mut self.delivered) {
            self.tell_deliveries(None);
        }
        for document in std::mem::take(&mut self.delivered_in) {
            self.tell_deliveries(Some(document));
        }
        let idle = !self.open.is_empty() || self.catalog.has_work();
        if idle {
            let has_work = self.catalog.has_work();
            let due = Instant::now() + if has_work { CATALOG_AFTER } else { IDLE_AFTER };
            // What changed is read soon, also where closing idle documents was all there was to do.
            let sooner = self.next_look_round.is_none_or(|at| has_work && at > due);
            if sooner {
                self.next_look_round = Some(due);
            }
        }
    }

    /// What is done at leisure: documents nobody looks at are closed, the catalog catches up.
    fn look_round(&mut self) {
        self.close_idle_documents();
        if self.quiet_since.elapsed() >= CATALOG_AFTER {
            self.refresh_catalog();
        }
    }

    fn tell_storage_changes(&self) {
        let mut storage = self.disk.journal().storage();
        let later = self.later();
        self.runtime.spawn(async move {
            while storage.changed().await.is_ok() {
                let event = match &*storage.borrow_and_update() {
                    StorageState::Saving => super::PageEvent::Storage { saving: true, reason: None, trouble: None },
                    StorageState::NotSaving { reason, trouble, .. } => super::PageEvent::Storage {
                        saving: false,
                        reason: Some(reason.clone()),
                        trouble: Some(*trouble),
                    },
                };
                later(Box::new(move |keeper| keeper.tell_everyone(&event)));
            }
        });
    }

    /// The devices of a person that are followed.
    pub(super) fn devices_of(&self, person: PersonId) -> BTreeSet<DeviceId> {
        self.replica.peers().filter(|(_, peer)| peer.person == person).map(|(device, _)| *device).collect()
    }

    /// Whether a person's disk holds all of a document.
    pub(super) fn person_holds(&self, person: PersonId, document: &DocumentId) -> bool {
        self.devices_of(person).iter().any(|device| self.replica.holds(device, document))
    }

    /// What a person calls themself.
    pub(super) fn name_of(&self, person: &PersonId) -> String {
        name_in(self.replica.directory(), person)
    }

    pub(super) fn require(&self, document: &DocumentId) -> Result<(), Trouble> {
        use rounds_crdt::access::Role;
        if self.replica.role(document) < Role::Reader { Err(Trouble::no_document()) } else { Ok(()) }
    }
}

/// What a person calls themself, by their newest certificate.
pub(super) fn name_in(directory: &Directory, person: &PersonId) -> String {
    let newest = directory.certs_of(*person).max_by_key(|cert| cert.seq);
    newest.map_or_else(|| format!("somebody ({})", &person.to_string()[..8]), |cert| cert.name.clone())
}

fn report(result: Result<(), crate::journal::SaveError>) {
    if let Err(error) = result {
        tracing::error!(%error, "a batch will not be saved");
    }
}

/// Milliseconds since 1970 by this machine's clock.
pub(crate) fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
