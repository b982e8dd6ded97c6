//! Decides the words that simulated stories are told in.

use rounds_crdt::access::Role;
use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::Kind;

use super::machine::Machine;
use super::network::between;
use super::school::School;

impl School {
    /// A school with these people, one machine each, everybody paired with everybody.
    pub fn of<const N: usize>() -> (Self, [usize; N]) {
        let mut school = Self::new(0);
        let people = std::array::from_fn(|person| school.add(Machine::new(person, 0)));
        for one in 0..N {
            for other in one + 1..N {
                school.pair(one, other);
            }
        }
        school.run_until_quiet();
        (school, people)
    }

    /// A machine founds a debrief that its owner and these others own.
    pub fn debrief(&mut self, m: usize, with: &[usize]) -> DocumentId {
        self.found_for(m, with).expect("founded")
    }

    /// The same, unless the machine is off.
    pub fn found_for(&mut self, m: usize, with: &[usize]) -> Option<DocumentId> {
        let owners = with.iter().chain([&m]).map(|owner| self.machines[*owner].person).collect();
        self.found(m, Kind::Debrief, owners)
    }

    /// An owner's machine decides what somebody may do, unless it is off or does not know the document.
    pub fn grant_to(&mut self, owner: usize, id: DocumentId, guest: usize, role: Role) {
        let person = self.machines[guest].person;
        self.grant(owner, id, person, role);
    }

    /// An owner's machine lets somebody write.
    pub fn invite(&mut self, owner: usize, id: DocumentId, guest: usize) {
        let person = self.machines[guest].person;
        assert!(self.grant(owner, id, person, Role::Writer), "invited");
    }

    /// An owner's machine takes somebody's access away.
    pub fn revoke(&mut self, owner: usize, id: DocumentId, guest: usize) {
        let person = self.machines[guest].person;
        assert!(self.grant(owner, id, person, Role::None), "revoked");
    }

    /// Pulls the cable between two machines.
    pub fn part(&mut self, one: usize, other: usize) {
        if let Some(wire) = self.network.wires.get_mut(&between(one, other)) {
            wire.cut = true;
        }
        self.drop_link(between(one, other));
    }

    /// Puts the cable back.
    pub fn join(&mut self, one: usize, other: usize) {
        if let Some(wire) = self.network.wires.get_mut(&between(one, other)) {
            wire.cut = false;
        }
    }

    /// Takes a machine off the network.
    pub fn isolate(&mut self, m: usize) {
        for peer in self.network.paired_with(m) {
            self.part(m, peer);
        }
    }

    /// Puts a machine back on the network.
    pub fn reconnect(&mut self, m: usize) {
        for peer in self.network.paired_with(m) {
            self.join(m, peer);
        }
    }

    /// Types at the end, letter by letter.
    pub fn types(&mut self, m: usize, id: DocumentId, words: &str) {
        for letter in words.chars() {
            self.splice(m, id, usize::MAX, 0, &letter.to_string());
        }
    }

    /// Keeps a copy of a machine's disk.
    pub fn back_up(&mut self, m: usize) {
        let machine = &mut self.machines[m];
        machine.backup = Some((machine.disk.durable.clone(), machine.saved.clone()));
    }

    /// Makes everything handed to a machine's disk durable.
    pub fn sync(&mut self, m: usize) {
        while self.machines[m].disk.is_busy() {
            self.step();
        }
    }

    /// The text a machine shows: the one that is typed into, else the main one.
    pub fn reads(&mut self, m: usize, id: DocumentId) -> String {
        let typed = self.machines[m].field(&id);
        let open = self.machines[m].open(id).expect("readable");
        let field = typed.or(open.kind().main_text()).expect("a text");
        open.text(field).expect("text")
    }

    /// Runs until quiet and checks everything that must hold.
    pub fn assert_well(&mut self) {
        self.run_until_quiet();
        if self.failure.is_none() {
            self.check_all();
        }
        if let Some(what) = &self.failure {
            panic!("{}\n{what}", self.trace());
        }
    }
}
