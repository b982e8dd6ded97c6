//! Decides how a simulated school runs: which small thing happens next, and what each effect of an engine does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rounds_crdt::access::{Founding, Role};
use rounds_crdt::ids::{DocumentId, PersonId, StartId};
use rounds_crdt::merge;
use rounds_crdt::model::Kind;
#[cfg(feature = "mutants")]
use rounds_crdt::replica::Mutant;
use rounds_crdt::replica::{Closing, Effect, Event, LinkId, LocalError, Permission, Refusal, Replica, Write};
use rounds_crdt::wire::Frame;

use super::dice::Dice;
use super::machine::{Job, Machine};
use super::network::{Live, Network, between};

/// Small things a run may take to become quiet before it counts as never getting there.
const QUIET_WITHIN: usize = 60_000;

/// Machines and wires, and what is known to be allowed between them.
#[derive(Debug)]
pub struct School {
    /// Every chance.
    pub dice: Dice,
    /// Milliseconds since the run began.
    pub now: u64,
    /// The computers.
    pub machines: Vec<Machine>,
    /// The wires.
    pub network: Network,
    /// Everything that was founded.
    pub founded: BTreeMap<DocumentId, Founding>,
    /// Whoever was ever allowed to read what.
    pub allowed: BTreeSet<(PersonId, DocumentId)>,
    /// The first thing that went wrong.
    pub failure: Option<String>,
    /// What engines refused: on which machine, of which document, why.
    pub refusals: Vec<(usize, DocumentId, Refusal)>,
    /// Whom engines no longer follow: on which machine, in which document.
    pub quarantined: Vec<(usize, DocumentId)>,
    /// Carets that engines showed: on which machine, whose.
    pub carets: Vec<(usize, PersonId)>,
    /// Links that engines closed, and why.
    pub closings: Vec<(usize, Closing)>,
    /// Effects of an engine under test that break it.
    #[cfg(feature = "mutants")]
    pub mutant: Option<Mutant>,
    /// A restored, copied or restarted machine goes on under the actor it had: what no daemon may do.
    pub reuses_actors: bool,
    /// Of a commit that a power cut interrupts, the first writes are there afterwards: what no store may do.
    pub tears_commits: bool,
    /// Some writer is known to have equivocated: quarantine is expected and excluded from convergence.
    pub expects_quarantine: bool,
    trace: Option<Vec<String>>,
    news: VecDeque<(usize, News)>,
}

#[derive(Debug)]
enum News {
    Up(LinkId, usize),
    Down(LinkId),
}

#[derive(Debug, Clone, Copy)]
enum Small {
    Deliver((usize, usize), usize),
    Sync(usize),
    Work(usize),
    Connect((usize, usize)),
    Tick(usize),
}

impl School {
    /// An empty school.
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            now: 1_000,
            machines: Vec::new(),
            network: Network::default(),
            founded: BTreeMap::new(),
            allowed: BTreeSet::new(),
            failure: None,
            refusals: Vec::new(),
            quarantined: Vec::new(),
            carets: Vec::new(),
            closings: Vec::new(),
            #[cfg(feature = "mutants")]
            mutant: None,
            reuses_actors: false,
            tears_commits: false,
            expects_quarantine: false,
            trace: std::env::var_os("ROUNDS_TRACE").map(|_| Vec::new()),
            news: VecDeque::new(),
        }
    }

    /// Notes the first thing that went wrong.
    pub fn fail(&mut self, what: impl Into<String>) {
        let what = what.into();
        self.note(|_| format!("FAILED: {what}"));
        self.failure.get_or_insert(what);
    }

    /// Adds a line to the trace, when one is kept.
    pub fn note(&mut self, line: impl FnOnce(&Self) -> String) {
        if self.trace.is_some() {
            let line = line(self);
            let now = self.now;
            self.trace.iter_mut().for_each(|trace| trace.push(format!("{now:>7} {line}")));
        }
    }

    /// Keeps a trace from now on.
    pub fn keep_trace(&mut self) {
        self.trace = Some(Vec::new());
    }

    /// The trace, when one was kept.
    pub fn trace(&self) -> String {
        self.trace.as_ref().map(|lines| lines.join("\n")).unwrap_or_default()
    }

    /// A computer joins, switched on.
    pub fn add(&mut self, machine: Machine) -> usize {
        self.machines.push(machine);
        let m = self.machines.len() - 1;
        self.machines[m].incarnation = self.dice.bytes();
        self.start(m);
        m
    }

    /// Two machines know each other from now on.
    pub fn pair(&mut self, one: usize, other: usize) {
        self.network.wires.entry(between(one, other)).or_default();
        for (machine, peer) in [(one, other), (other, one)] {
            let cert = self.machines[peer].cert.clone();
            self.handle(machine, Event::PeerAdded(cert));
        }
    }

    /// Starts a daemon on what its disk holds.
    pub fn start(&mut self, m: usize) {
        let (start, incarnation) = (StartId::from_bytes(self.dice.bytes()), self.dice.bytes());
        let reuses = self.reuses_actors;
        let machine = &mut self.machines[m];
        if machine.replica.is_some() {
            return;
        }
        if !reuses {
            machine.incarnation = incarnation;
        }
        let (replica, effects) = Replica::new(machine.cert.clone(), start, machine.disk.durable.recovered());
        machine.replica = Some(replica);
        #[cfg(feature = "mutants")]
        if let (Some(mutant), Some(replica)) = (self.mutant, &mut machine.replica) {
            replica.mutate(mutant);
        }
        self.note(|school| format!("{} starts", school.machines[m].name));
        self.perform(m, effects);
        for peer in self.network.paired_with(m) {
            let cert = self.machines[peer].cert.clone();
            self.handle(m, Event::PeerAdded(cert));
        }
    }

    /// The power goes: some of the waiting commits had made it, the rest are lost.
    pub fn crash(&mut self, m: usize) {
        let kept = {
            let waiting = self.machines[m].disk.waiting();
            self.dice.below(waiting + 1)
        };
        let torn = if self.tears_commits {
            let writes = self.machines[m].disk.writes_in(kept);
            self.dice.below(writes + 1)
        } else {
            0
        };
        self.note(|school| format!("{} loses power, {kept} commits made it", school.machines[m].name));
        self.drop_links(m);
        let machine = &mut self.machines[m];
        machine.replica = None;
        machine.disk.cut_power(kept, torn);
        machine.open.clear();
        machine.jobs.clear();
        machine.unsaved.clear();
        machine.crash_in = None;
        machine.asleep = false;
        self.check_saved(m);
    }

    /// An older copy of the disk takes the place of the present one.
    pub fn restore(&mut self, m: usize) {
        let Some((backup, saved)) = self.machines[m].backup.clone() else { return };
        self.crash(m);
        self.note(|school| format!("{} is restored from a backup", school.machines[m].name));
        let machine = &mut self.machines[m];
        machine.disk.restore(backup);
        machine.saved = saved;
        machine.claims.clear();
    }

    /// The disk of a machine is copied while it goes on, and another machine goes on from the copy: two with one key, both
    /// of which write. Nobody else can tell them apart, so each meets one of them at a time.
    pub fn copy_running(&mut self, m: usize) -> usize {
        let copy = self.machines[m].copied();
        self.note(|school| format!("{} is copied", school.machines[m].name));
        let peers = self.network.paired_with(m);
        self.machines.push(copy);
        let copy = self.machines.len() - 1;
        for peer in peers {
            self.network.wires.entry(between(copy, peer)).or_default();
        }
        self.start(copy);
        copy
    }

    /// Whether one end of a wire is connected to another machine that has the other end's key.
    pub fn is_taken(&self, (one, other): (usize, usize)) -> bool {
        let device = |m: usize| self.machines[m].device;
        self.network.wires.iter().filter(|(pair, wire)| **pair != (one, other) && wire.live.is_some()).any(
            |(pair, _)| {
                [(one, other), (other, one)].iter().any(|(end, far)| match *pair {
                    (first, second) if first == *end => device(second) == device(*far),
                    (first, second) if second == *end => device(first) == device(*far),
                    _ => false,
                })
            },
        )
    }

    /// Takes down every link of a machine; the far ends hear of it.
    pub fn drop_links(&mut self, m: usize) {
        let wires = self.network.wires.iter_mut().filter(|((one, other), _)| *one == m || *other == m);
        let mut down = Vec::new();
        for ((one, other), wire) in wires {
            if let Some(live) = wire.live.take() {
                down.extend([(*one, live.id), (*other, live.id)]);
            }
        }
        self.news.extend(down.into_iter().map(|(end, link)| (end, News::Down(link))));
    }

    /// Takes down the link on one wire.
    pub fn drop_link(&mut self, pair: (usize, usize)) {
        let live = self.network.wires.get_mut(&pair).and_then(|wire| wire.live.take());
        if let Some(live) = live {
            self.news.extend([(pair.0, News::Down(live.id)), (pair.1, News::Down(live.id))]);
        }
    }

    /// Tells a machine's engine something and does what it answers.
    pub fn handle(&mut self, m: usize, event: Event) {
        let now = self.now;
        let machine = &mut self.machines[m];
        let event = machine.hears(event);
        let Some(replica) = &mut machine.replica else { return };
        let effects = replica.handle(now + machine.skew, event, &machine.disk.handed);
        self.perform(m, effects);
        self.check_pens(m);
    }

    /// Does what an engine asked for, in order, unless the power goes in the middle.
    pub fn perform(&mut self, m: usize, effects: Vec<Effect>) {
        for effect in effects {
            let machine = &mut self.machines[m];
            if machine.replica.is_none() {
                return;
            }
            match &mut machine.crash_in {
                Some(0) => return self.crash(m),
                Some(left) => *left -= 1,
                None => {}
            }
            machine.effects_performed += 1;
            self.perform_one(m, effect);
        }
    }

    fn perform_one(&mut self, m: usize, effect: Effect) {
        match effect {
            Effect::Commit(commit, writes) => {
                self.note(|school| {
                    format!("{} writes {}", school.machines[m].name, writes.iter().map(said).collect::<String>())
                });
                self.machines[m].disk.hand_over(commit, writes);
            }
            Effect::Send(link, frame) => {
                let Some(pair) = self.network.pair(link) else { return };
                let to = if pair.0 == m { pair.1 } else { pair.0 };
                self.note(|school| {
                    format!("{} → {}: {}", school.machines[m].name, school.machines[to].name, brief(&frame))
                });
                self.check_frame(m, to, &frame);
                self.check_saved_first(m, &frame);
                self.network.send(m, link, frame.to_bytes(), &mut self.dice);
            }
            Effect::Close(link, why) => {
                self.note(|school| format!("{} closes link {link}: {why}", school.machines[m].name));
                self.closings.push((m, why));
                if let Some(pair) = self.network.pair(link) {
                    self.drop_link(pair);
                }
            }
            Effect::Entered(id, records) => {
                self.note(|school| {
                    format!("{} takes {} records into {}", school.machines[m].name, records.len(), name(id))
                });
                let machine = &mut self.machines[m];
                let Some(open) = machine.open.get_mut(&id) else { return };
                match open.take_in(&records) {
                    Ok((_, unmerged)) if unmerged.is_empty() => {}
                    Ok((_, unmerged)) => {
                        let what = format!("{} cannot merge what entered: {unmerged:?}", machine.name);
                        self.fail(what);
                    }
                    Err(merge::MergeError::Reopen) => drop(machine.open.remove(&id)),
                }
            }
            Effect::Reread(id) => {
                self.note(|school| format!("{} reads {} anew", school.machines[m].name, name(id)));
                self.machines[m].open.remove(&id);
            }
            Effect::Verify(id) => self.machines[m].jobs.push(Job::Verify(id)),
            Effect::Access(_) | Effect::NotUnderstood(..) => {}
            Effect::Delivered(device) => self.check_claims(m, device),
            Effect::Presence { document, person, .. } => {
                if !self.allowed.contains(&(person, document)) {
                    self.fail("a caret of somebody who may not read was shown");
                }
                self.carets.push((m, person));
            }
            Effect::Refused(id, _, refusal) => {
                self.note(|school| format!("{} refuses a record of {}: {refusal}", school.machines[m].name, name(id)));
                self.refusals.push((m, id, refusal));
            }
            Effect::Quarantined(id, device) => {
                self.note(|school| format!("{} quarantines {device} in {}", school.machines[m].name, name(id)));
                self.quarantined.push((m, id));
                if !self.expects_quarantine {
                    self.fail("a writer was quarantined though nobody's numbering broke");
                }
            }
        }
    }

    /// Founds a document on a machine.
    pub fn found(&mut self, m: usize, kind: Kind, owners: Vec<PersonId>) -> Option<DocumentId> {
        let founding = Founding::new(kind, owners, self.dice.bytes());
        self.found_as(m, founding)
    }

    /// The same, of a document that another owner's machine may found as well.
    pub fn found_as(&mut self, m: usize, founding: Founding) -> Option<DocumentId> {
        let (id, effects) = self.machines[m].replica.as_mut()?.found(founding.clone()).ok()?;
        self.note(|school| format!("{} founds {}, {}", school.machines[m].name, name(id), founding.kind.name()));
        self.allowed.extend(founding.owners.iter().map(|owner| (*owner, id)));
        self.founded.insert(id, founding);
        self.perform(m, effects);
        Some(id)
    }

    /// Grants or revokes, when this machine's owner may.
    pub fn grant(&mut self, m: usize, id: DocumentId, person: PersonId, role: Role) -> bool {
        let now = self.now;
        let machine = &mut self.machines[m];
        let Some(replica) = &mut machine.replica else { return false };
        let now = now + machine.skew;
        let permission = Permission { person, role, at: now as i64 };
        match replica.grant(now, id, permission, &machine.key, &machine.disk.handed) {
            Ok(effects) => {
                if role >= Role::Reader {
                    self.allowed.insert((person, id));
                }
                self.note(|school| {
                    let whom =
                        school.machines.iter().find(|other| other.person == person).map_or("?", |other| &other.name);
                    format!("{} grants {whom} {role:?} on {}", school.machines[m].name, name(id))
                });
                self.perform(m, effects);
                self.check_pens(m);
                true
            }
            Err(LocalError::NotAllowed | LocalError::UnknownDocument | LocalError::Access(_)) => false,
            Err(error) => {
                self.fail(format!("granting failed: {error}"));
                false
            }
        }
    }

    /// Types on a machine.
    pub fn splice(&mut self, m: usize, id: DocumentId, at: usize, delete: usize, insert: &str) {
        let now = self.now;
        self.note(|school| format!("{} types in {}", school.machines[m].name, name(id)));
        match self.machines[m].splice(now, id, at, delete, insert) {
            Ok(effects) => self.perform(m, effects),
            Err(what) => self.fail(what),
        }
    }

    /// Computes a snapshot to be reported a while later.
    pub fn compact(&mut self, m: usize, id: DocumentId) {
        let machine = &mut self.machines[m];
        let Some(access) = machine.disk.handed.access.get(&id) else { return };
        let stored = machine.disk.handed.stored(&id);
        if stored.tail.is_empty() || machine.disk.handed.heads.get(&id).is_none_or(|head| head.unverified) {
            return;
        }
        match merge::compact(&access.founding, stored) {
            Ok((snapshot, through)) => {
                machine.jobs.push(Job::Compacted { document: id, snapshot: Box::new(snapshot), through });
                self.note(|school| format!("{} compacts {} through {through}", school.machines[m].name, name(id)));
            }
            Err(error) if !self.expects_quarantine => self.fail(format!("compaction failed: {error}")),
            Err(_) => {}
        }
    }

    /// One small thing happens; false when nothing can.
    pub fn step(&mut self) -> bool {
        if let Some((m, news)) = self.news.pop_front() {
            match news {
                News::Up(link, peer) => {
                    let device = self.machines[peer].device;
                    self.handle(m, Event::LinkUp { link, device });
                }
                News::Down(link) => self.handle(m, Event::LinkDown(link)),
            }
            return true;
        }
        let possible = self.possible();
        let Some(small) = self.dice.pick(&possible) else { return false };
        self.now += self.dice.below(20) as u64;
        match small {
            Small::Deliver(pair, direction) => {
                let Some(live) = self.network.wires.get_mut(&pair).and_then(|wire| wire.live.as_mut()) else {
                    return true;
                };
                let link = live.id;
                if let Some(frame) = live.to[direction].pop_front() {
                    self.handle(if direction == 0 { pair.0 } else { pair.1 }, Event::Frame(link, frame));
                }
            }
            Small::Sync(m) => {
                let machine = &mut self.machines[m];
                if let Some(commit) = machine.disk.sync() {
                    let (saved, unsaved) =
                        std::mem::take(&mut machine.unsaved).into_iter().partition(|made| made.commit <= commit);
                    machine.unsaved = unsaved;
                    machine.saved.extend::<Vec<_>>(saved);
                    self.handle(m, Event::Committed(commit));
                }
            }
            Small::Work(m) => self.work(m),
            Small::Connect(pair) => {
                let id = self.network.next_link();
                if let Some(wire) = self.network.wires.get_mut(&pair) {
                    wire.live = Some(Live { id, to: Default::default(), mistreated: false });
                }
                self.note(|school| {
                    format!("link {id}: {} — {}", school.machines[pair.0].name, school.machines[pair.1].name)
                });
                self.news.extend([(pair.0, News::Up(id, pair.1)), (pair.1, News::Up(id, pair.0))]);
            }
            Small::Tick(m) => self.handle(m, Event::Tick),
        }
        true
    }

    fn possible(&self) -> Vec<Small> {
        let mut possible = Vec::new();
        for (m, machine) in self.machines.iter().enumerate().filter(|(_, machine)| machine.is_awake()) {
            if machine.disk.is_busy() {
                possible.extend([Small::Sync(m), Small::Sync(m)]);
            }
            if !machine.jobs.is_empty() {
                possible.push(Small::Work(m));
            }
            if self.wakes_at(m).is_some_and(|at| at <= self.now) {
                possible.push(Small::Tick(m));
            }
        }
        for (pair, wire) in &self.network.wires {
            let awake = self.machines[pair.0].is_awake() && self.machines[pair.1].is_awake();
            match &wire.live {
                None if awake && !wire.cut && !self.is_taken(*pair) => possible.push(Small::Connect(*pair)),
                Some(live) if !wire.cut => {
                    for (direction, end) in [pair.0, pair.1].into_iter().enumerate() {
                        if !live.to[direction].is_empty() && !wire.blocked[direction] && self.machines[end].is_awake() {
                            possible.push(Small::Deliver(*pair, direction));
                        }
                    }
                }
                _ => {}
            }
        }
        possible
    }

    fn wakes_at(&self, m: usize) -> Option<u64> {
        let machine = &self.machines[m];
        machine.replica.as_ref().and_then(Replica::wakes_at).map(|at| at.saturating_sub(machine.skew))
    }

    fn work(&mut self, m: usize) {
        let at = {
            let jobs = self.machines[m].jobs.len();
            self.dice.below(jobs)
        };
        match self.machines[m].jobs.swap_remove(at) {
            Job::Verify(document) => {
                let handed = &self.machines[m].disk.handed;
                let (Some(access), Some(snapshot)) = (handed.access.get(&document), handed.snapshots.get(&document))
                else {
                    return;
                };
                let good = merge::verify_snapshot(&access.founding, snapshot).is_ok();
                if !good && !self.expects_quarantine {
                    self.fail("an honest snapshot did not verify");
                }
                self.handle(m, Event::SnapshotChecked { document, good });
            }
            Job::Compacted { document, snapshot, through } => {
                self.handle(m, Event::Compacted { document, snapshot, through });
            }
        }
    }

    /// Ends every fault, and runs until nothing is left to do.
    pub fn heal(&mut self) {
        self.network.weather = super::network::Weather::default();
        for m in 0..self.machines.len() {
            self.machines[m].asleep = false;
            self.machines[m].crash_in = None;
            self.machines[m].disk.refuses = false;
            if self.machines[m].knows_no.take().is_some() {
                self.crash(m); // the newer Rounds is put in
            }
            self.start(m);
        }
        let mut mistreated = Vec::new();
        for (pair, wire) in &mut self.network.wires {
            wire.cut = false;
            wire.blocked = [false; 2];
            if wire.live.as_ref().is_some_and(|live| live.mistreated) {
                mistreated.push(*pair);
            }
        }
        for pair in mistreated {
            self.drop_link(pair);
        }
        self.note(|_| "everything heals".into());
        self.run_until_quiet();
        self.take_turns();
    }

    /// Of machines with one key only one is met at a time: each meets each of the others, tells what it has, and hears it all.
    fn take_turns(&mut self) {
        let with_key = |m: usize| -> Vec<usize> {
            let device = self.machines[m].device;
            (0..self.machines.len()).filter(|other| self.machines[*other].device == device).collect()
        };
        let mut groups: Vec<Vec<usize>> =
            (0..self.machines.len()).map(with_key).filter(|group| group.len() > 1).collect();
        groups.sort();
        groups.dedup();
        let choices: usize = groups.iter().map(Vec::len).product();
        if choices < 2 {
            return;
        }
        for turn in 0..2 * choices {
            let mut choice = turn;
            let mut away = BTreeSet::new();
            for group in &groups {
                let met = group[choice % group.len()];
                choice /= group.len();
                away.extend(group.iter().copied().filter(|m| *m != met));
            }
            for wire in self.network.wires.values_mut() {
                wire.cut = false;
            }
            for m in away.iter().copied() {
                self.isolate(m);
            }
            self.note(|school| {
                let away: Vec<&str> = away.iter().map(|m| school.machines[*m].name.as_str()).collect();
                format!("turn {turn}: nobody meets {}", away.join(", "))
            });
            self.run_until_quiet();
        }
        for wire in self.network.wires.values_mut() {
            wire.cut = false;
        }
        self.run_until_quiet();
    }

    /// Runs until nothing is left to do, waking engines that asked for it; fails when that never comes.
    pub fn run_until_quiet(&mut self) {
        for _ in 0..QUIET_WITHIN {
            if self.failure.is_some() {
                return;
            }
            if self.step() {
                continue;
            }
            let awake = (0..self.machines.len()).filter(|m| self.machines[*m].is_awake());
            match awake.filter_map(|m| self.wakes_at(m)).min() {
                Some(at) => self.now = self.now.max(at),
                None => return,
            }
        }
        self.fail("the school never becomes quiet");
    }
}

/// A short name of a document for a trace.
pub fn name(id: DocumentId) -> String {
    id.to_string()[..6].to_owned()
}

/// A write in a few words; those that say nothing to a reader are left out.
fn said(write: &Write) -> String {
    match write {
        Write::Record { position, document, .. } => format!("{position} in {}, ", name(*document)),
        Write::RemoveRecord { position, document } => format!("out {position} in {}, ", name(*document)),
        Write::Pen(id, hash, penned) => format!("pen {} {:?} in {}, ", &hash.to_string()[..4], penned.waits, name(*id)),
        Write::Unpen(id, hash) => format!("unpen {} in {}, ", &hash.to_string()[..4], name(*id)),
        Write::Snapshot { document, through, .. } => format!("snapshot through {through} in {}, ", name(*document)),
        Write::Clear(id) => format!("clear {}, ", name(*id)),
        Write::Compare(_, id) => format!("mark {}, ", name(*id)),
        Write::Compared(_, id) => format!("unmark {}, ", name(*id)),
        _ => String::new(),
    }
}

/// A frame in a few words.
pub fn brief(frame: &Frame) -> String {
    match frame {
        Frame::Hello { cursor, saved, .. } => {
            let [cursor, saved] = [cursor, saved].map(|cursor| cursor.map(|cursor| cursor.position));
            format!("hello, cursor {cursor:?}, saved {saved:?}")
        }
        Frame::Log { from, to, records } => {
            let documents: Vec<String> = records.iter().map(|record| name(record.document)).collect();
            format!("log {from}..{to} {documents:?}")
        }
        Frame::Reset { to, receipt } => format!("reset to {to}, receipt {}", receipt.position),
        Frame::Saved(cursor) => format!("saved {}", cursor.position),
        Frame::Ack { position, missed } => {
            format!("ack {position} {}", missed.iter().map(|id| name(*id)).collect::<Vec<_>>().join(" "))
        }
        Frame::Offer(comparison, statement) => {
            format!("offer {} {} {:?}", name(comparison.document), comparison.number, clock(statement))
        }
        Frame::Reply(comparison, statement) => {
            format!("reply {} {} {:?}", name(comparison.document), comparison.number, clock(statement))
        }
        Frame::Snapshot { comparison, part, .. } => {
            format!("snapshot {} {} part {part}", name(comparison.document), comparison.number)
        }
        Frame::Records { comparison, records, .. } => {
            format!("records {} {} × {}", name(comparison.document), comparison.number, records.len())
        }
        Frame::End { comparison, frames } => {
            format!("end {} {} after {frames}", name(comparison.document), comparison.number)
        }
        Frame::Ended { comparison, complete, .. } => {
            format!(
                "ended {} {}{}",
                name(comparison.document),
                comparison.number,
                if *complete { "" } else { ", not all kept" }
            )
        }
        Frame::Unknown(comparison) => format!("unknown {} {}", name(comparison.document), comparison.number),
        Frame::NotUnderstood(comparison) => {
            format!("not understood {} {}", name(comparison.document), comparison.number)
        }
        Frame::Presence { document, .. } => format!("caret in {}", name(*document)),
    }
}

fn clock(statement: &rounds_crdt::wire::Statement) -> Option<Vec<u64>> {
    statement.clock.as_ref().map(|clock| clock.iter().map(|(_, tip)| tip.seq).collect())
}
