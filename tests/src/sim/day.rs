//! Decides what happens on a random day: who is there, who types, shares and revokes, and what breaks meanwhile.

use rounds_crdt::access::Role;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::Kind;
use rounds_crdt::record::PresenceNote;
#[cfg(feature = "mutants")]
use rounds_crdt::replica::Mutant;
use rounds_crdt::replica::Write;

use super::machine::Machine;
use super::network::{Weather, between};
use super::school::{School, name};

/// What is special about a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    /// The engine is broken in this way.
    #[cfg(feature = "mutants")]
    pub mutant: Option<Mutant>,
    /// Daemons go on under the actor they had.
    pub reuses_actors: bool,
    /// Disks keep the first writes of a commit that a power cut interrupts.
    pub tears_commits: bool,
    /// Disks keep every commit that became durable.
    pub keeps_diaries: bool,
}

/// Why a run failed.
#[derive(Debug)]
pub struct Failed {
    /// The seed.
    pub seed: u64,
    /// What did not hold.
    pub what: String,
    /// What happened, when `ROUNDS_TRACE` is set.
    pub trace: String,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seed, what, trace } = self;
        write!(
            f,
            "{trace}\nseed {seed}: {what}\nreplay it with ROUNDS_SEED={seed}, and ROUNDS_TRACE=1 to see it happen"
        )
    }
}

/// Lives through one day: everything goes wrong, everything heals, everything must hold; twice.
pub fn live_through(seed: u64, plan: Plan) -> Result<(), Failed> {
    live(seed, plan).map(drop)
}

/// What one day writes: of each computer, commit by commit, what became durable. Computers whose disk was restored from a
/// backup, and copies, are left out.
pub fn writes_of(seed: u64) -> Result<Vec<Vec<Vec<Write>>>, Failed> {
    let school = live(seed, Plan { keeps_diaries: true, ..Plan::default() })?;
    Ok(school.machines.into_iter().filter_map(|machine| machine.disk.diary).collect())
}

fn live(seed: u64, plan: Plan) -> Result<School, Failed> {
    let mut school = School::new(seed);
    #[cfg(feature = "mutants")]
    {
        school.mutant = plan.mutant;
    }
    school.reuses_actors = plan.reuses_actors;
    school.tears_commits = plan.tears_commits;
    let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut day = Day::begin(&mut school, plan.keeps_diaries);
        for _ in 0..2 {
            day.goes_on();
            if day.school.failure.is_none() {
                day.school.heal();
            }
            if day.school.failure.is_none() {
                day.school.check_all();
            }
        }
    }));
    if lived.is_err() {
        school.fail("something panicked");
    }
    match school.failure.take() {
        None => Ok(school),
        Some(what) => Err(Failed { seed, what, trace: school.trace() }),
    }
}

/// Copies of running machines in one day: two, so that there may be three with one key.
const COPIES_MAX: usize = 2;

struct Day<'a> {
    school: &'a mut School,
    /// How many machines there were in the morning.
    originals: usize,
    /// How often something breaks, in percent of actions.
    trouble: usize,
}

impl<'a> Day<'a> {
    fn begin(school: &'a mut School, keeps_diaries: bool) -> Self {
        let machines = 3 + school.dice.below(3);
        let people = if machines == 3 { 3 } else { 3 + school.dice.below(2) };
        for number in 0..machines {
            let (person, device) = (number % people, number / people);
            let mut machine = Machine::new(person, device);
            machine.disk.diary = keeps_diaries.then(Vec::new);
            machine.knows_no = school.dice.chance(10).then_some(Kind::Visit);
            machine.skew = if school.dice.chance(30) { school.dice.roll() % 100_000_000 } else { 0 };
            school.add(machine);
        }
        let sparse = school.dice.chance(35);
        for one in 0..machines {
            for other in one + 1..machines {
                let needed = other == one + 1;
                if needed && !school.dice.chance(10) || !sparse && school.dice.chance(85) {
                    school.pair(one, other);
                }
            }
        }
        let bad = school.dice.below(4);
        school.network.weather = Weather { lost: bad, doubled: bad, swapped: bad };
        let trouble = [0, 10, 25, 40][school.dice.below(4)];
        let mut day = Self { school, originals: machines, trouble };
        for _ in 0..1 + day.school.dice.below(3) {
            day.found();
        }
        day
    }

    fn goes_on(&mut self) {
        let actions = 15 + self.school.dice.below(50);
        for _ in 0..actions {
            if self.school.failure.is_some() {
                return;
            }
            if self.school.dice.chance(self.trouble) {
                self.trouble();
            } else {
                self.act();
            }
            for _ in 0..self.school.dice.below(16) {
                self.school.step();
            }
        }
    }

    fn act(&mut self) {
        match self.school.dice.below(100) {
            0..4 => self.found(),
            4..26 => self.share(),
            26..32 => self.compact(),
            32..35 => self.forget(),
            35..39 => self.caret(),
            39..42 => self.pair(),
            42..55 => self.type_together(),
            _ => self.type_alone(),
        }
    }

    fn trouble(&mut self) {
        let m = self.machine();
        let wire = self.wire();
        match self.school.dice.below(15) {
            0 | 1 => {
                self.school.crash(m);
                if self.school.dice.chance(60) {
                    self.school.start(m);
                }
            }
            2 | 3 => self.school.machines[m].crash_in = Some(self.school.dice.below(12) as u32),
            4 => self.school.start(m),
            5 => self.school.machines[m].disk.refuses ^= true,
            6 => {
                self.school.machines[m].asleep ^= true;
                if self.school.dice.chance(50) {
                    self.school.drop_links(m);
                }
            }
            7 => {
                let machine = &mut self.school.machines[m];
                machine.backup = Some((machine.disk.durable.clone(), machine.saved.clone()));
            }
            8 => {
                if self.school.machines[m].backup.is_some() {
                    self.school.restore(m);
                    self.school.start(m);
                }
            }
            9 => {
                if let Some(wire) = wire.and_then(|pair| self.school.network.wires.get_mut(&pair)) {
                    wire.cut ^= true;
                }
            }
            10 => {
                if let Some(pair) = wire {
                    self.school.drop_link(pair);
                }
            }
            11 => {
                let direction = self.school.dice.below(2);
                if let Some(wire) = wire.and_then(|pair| self.school.network.wires.get_mut(&pair)) {
                    wire.blocked[direction] ^= true;
                }
            }
            12 => self.school.drop_links(m),
            13 => self.copy(m),
            _ => {
                for m in 0..self.school.machines.len() {
                    self.school.start(m);
                }
            }
        }
    }

    fn machine(&mut self) -> usize {
        let machines = self.school.machines.len();
        self.school.dice.below(machines)
    }

    fn wire(&mut self) -> Option<(usize, usize)> {
        let wires: Vec<(usize, usize)> = self.school.network.wires.keys().copied().collect();
        self.school.dice.pick(&wires)
    }

    fn document(&mut self, m: usize) -> Option<DocumentId> {
        let held: Vec<DocumentId> = self.school.machines[m].replica.as_ref()?.documents().collect();
        self.school.dice.pick(&held)
    }

    fn person(&mut self) -> PersonId {
        let m = self.machine();
        self.school.machines[m].person
    }

    fn found(&mut self) {
        let m = self.machine();
        let kind = [Kind::Visit, Kind::Debrief, Kind::Visit, Kind::NoteSet, Kind::Partnership, Kind::Goal]
            [self.school.dice.below(6)];
        let mut owners = vec![self.school.machines[m].person];
        if self.school.dice.chance(50) {
            owners.push(self.person());
        }
        self.school.found(m, kind, owners);
    }

    fn share(&mut self) {
        let m = self.machine();
        let Some(id) = self.document(m) else { return };
        let role =
            [Role::Writer, Role::Writer, Role::Writer, Role::Reader, Role::None, Role::None][self.school.dice.below(6)];
        let person = self.person();
        self.school.grant(m, id, person, role);
        if self.school.dice.chance(25) {
            // Another owner decides about the same person without having heard.
            let (other, role) = (self.machine(), [Role::None, Role::Writer, Role::Reader][self.school.dice.below(3)]);
            self.school.grant(other, id, person, role);
        }
    }

    fn type_alone(&mut self) {
        let m = self.machine();
        let Some(id) = self.document(m) else { return };
        for _ in 0..1 + self.school.dice.below(5) {
            self.keystroke(m, id);
        }
    }

    fn type_together(&mut self) {
        let m = self.machine();
        let Some(id) = self.document(m) else { return };
        for _ in 0..2 + self.school.dice.below(5) {
            let m = self.machine();
            self.keystroke(m, id);
            if self.school.dice.chance(50) {
                self.school.step();
            }
        }
    }

    fn keystroke(&mut self, m: usize, id: DocumentId) {
        let machine = &self.school.machines[m];
        if !machine.is_awake() || machine.field(&id).is_none() {
            return;
        }
        let dice = &mut self.school.dice;
        let at = if dice.chance(60) { usize::MAX } else { dice.below(30) };
        let delete = if dice.chance(20) { 1 + dice.below(3) } else { 0 };
        let insert = ["a", "e", "who asks? ", "ñ", "b", " ", "😀", "n"][dice.below(8)];
        let at = if delete > 0 { dice.below(20) } else { at };
        self.school.splice(m, id, at, delete, insert);
    }

    fn compact(&mut self) {
        let m = self.machine();
        if let Some(id) = self.document(m) {
            self.school.compact(m, id);
        }
    }

    fn forget(&mut self) {
        let m = self.machine();
        let Some(id) = self.document(m) else { return };
        self.school.note(|school| format!("{} deletes {} for good", school.machines[m].name, name(id)));
        let Some(replica) = &mut self.school.machines[m].replica else { return };
        if let Ok(effects) = replica.forget(id) {
            self.school.machines[m].open.remove(&id);
            self.school.machines[m].unsaved.retain(|made| made.document != id);
            self.school.perform(m, effects);
        }
    }

    fn caret(&mut self) {
        let m = self.machine();
        let Some(id) = self.document(m) else { return };
        let machine = &mut self.school.machines[m];
        machine.caret_seq += 1;
        let note = PresenceNote { field: "plan".into(), anchor: "1".into(), head: "2".into(), seq: machine.caret_seq };
        if let Some(replica) = &mut machine.replica {
            let effects = replica.presence(id, &note, &machine.key);
            self.school.perform(m, effects);
        }
    }

    /// A disk image of a machine that goes on is restored on another one.
    fn copy(&mut self, m: usize) {
        let machines = self.school.machines.len();
        if self.school.machines[m].is_awake() && machines < self.originals + COPIES_MAX {
            self.school.copy_running(m);
        }
    }

    fn pair(&mut self) {
        let (one, other) = (self.machine(), self.machine());
        let is_one_device = self.school.machines[one].device == self.school.machines[other].device;
        if !is_one_device && !self.school.network.wires.contains_key(&between(one, other)) {
            self.school
                .note(|school| format!("{} and {} pair", school.machines[one].name, school.machines[other].name));
            self.school.pair(one, other);
        }
    }
}
