//! Decides that a turn is taken whole, or that nothing is done any more by an engine in which one was not.
//!
//! A panic in the middle of a turn leaves half of it: a clock that covers a record which was never handed over for writing,
//! a frame that waits for a commit without it. To write or tell any of that would lose words for good, as partners would be
//! told that they are stored. A torn engine therefore does nothing, tells nothing and acknowledges nothing; the shell makes
//! another of what is stored, as after a power cut.

use ed25519_dalek::SigningKey;

use super::{CommitId, Effect, Event, LocalError, Now, Permission, Replica, Store};
use crate::access::{DeviceCert, Founding};
use crate::ids::DocumentId;
use crate::record::{PresenceNote, Record};
use crate::wire::Position;

impl Replica {
    /// Whether a panic ended a turn half-way.
    pub fn is_torn(&self) -> bool {
        self.in_turn
    }

    /// From its first step until it returns, a panic leaves the engine torn; nothing where it is.
    fn in_one_turn<T>(&mut self, turn: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.in_turn {
            return None;
        }
        self.in_turn = true;
        let done = turn(self);
        self.in_turn = false;
        Some(done)
    }

    /// Takes one event; returns what to do, in order.
    pub fn handle(&mut self, now: Now, event: Event, store: &dyn Store) -> Vec<Effect> {
        self.in_one_turn(|replica| replica.take(now, event, store)).unwrap_or_default()
    }

    /// Founds a document; its owners include this person.
    pub fn found(&mut self, founding: Founding) -> Result<(DocumentId, Vec<Effect>), LocalError> {
        self.in_one_turn(|replica| replica.founded(founding)).unwrap_or(Err(LocalError::Torn))
    }

    /// Takes in a change made here. The position is where it stands in the log; it is saved once the commit is durable.
    pub fn append(
        &mut self,
        now: Now,
        id: DocumentId,
        record: Record,
        store: &dyn Store,
    ) -> Result<(Position, CommitId, Vec<Effect>), LocalError> {
        self.in_one_turn(|replica| replica.appended(now, id, record, store)).unwrap_or(Err(LocalError::Torn))
    }

    /// Grants somebody a role, or takes it away.
    pub fn grant(
        &mut self,
        now: Now,
        id: DocumentId,
        permission: Permission,
        key: &SigningKey,
        store: &dyn Store,
    ) -> Result<Vec<Effect>, LocalError> {
        self.in_one_turn(|replica| replica.granted(now, id, permission, key, store)).unwrap_or(Err(LocalError::Torn))
    }

    /// Replaces this device's own certificate: its person has a new name. Partners hear it with the next hello.
    pub fn renew_certificate(&mut self, cert: DeviceCert) -> Result<Vec<Effect>, LocalError> {
        self.in_one_turn(|replica| replica.renewed(cert)).unwrap_or(Err(LocalError::Torn))
    }

    /// Deletes a document here for good.
    pub fn forget(&mut self, id: DocumentId) -> Result<Vec<Effect>, LocalError> {
        self.in_one_turn(|replica| replica.gone(id)).unwrap_or(Err(LocalError::Torn))
    }

    /// Tells the members who are connected where this person's caret is, behind the letters that it stands between.
    pub fn presence(&mut self, id: DocumentId, note: &PresenceNote, key: &SigningKey) -> Vec<Effect> {
        self.in_one_turn(|replica| replica.moved(id, note, key)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::access::Role;
    use crate::edit::{Author, Edit, Splice};
    use crate::ids::{ActorId, DeviceId, PersonId, StartId};
    use crate::merge::OpenDocument;
    use crate::model::Kind;
    use crate::replica::{LogEntry, ReadError, Recovered, Snapshot, StoredDocument};

    /// A disk that breaks in the middle of a turn.
    struct Faulty;

    impl Store for Faulty {
        fn log_after(&self, _: Position, _: usize, _: usize) -> Result<Vec<LogEntry>, ReadError> {
            panic!("a fault of ours");
        }

        fn document(&self, _: &DocumentId) -> Result<StoredDocument, ReadError> {
            panic!("a fault of ours");
        }
    }

    #[test]
    fn a_torn_engine_writes_tells_and_acknowledges_nothing() {
        let [person, device] = [1, 2].map(|n| SigningKey::from_bytes(&[n; 32]));
        let cert = DeviceCert::issue(&person, &device, [0; 32], "Ana".into(), 0, 1);
        let (me, here) = (PersonId::from_bytes(person.verifying_key().to_bytes()), cert.device);
        let (mut replica, first) = Replica::new(cert, StartId::from_bytes([1; 16]), Recovered::default());
        assert!(!first.is_empty());
        let founding = Founding::new(Kind::NoteSet, vec![me], [0; 16]);
        let (id, _) = replica.found(founding.clone()).expect("founded");
        let record = |replica: &Replica, incarnation: u8| {
            let (mut open, _) = OpenDocument::open(&founding, &StoredDocument::default());
            let splices = vec![Splice { at: 0, delete: 0, insert: "kept".into() }];
            let author = Author { person: me, role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
            let edit = Edit::SpliceText { field: "notes".into(), splices };
            let actor = ActorId::new(DeviceId::from_bytes(*here.as_bytes()), [incarnation; 14]);
            let made = open.edit(actor, &author, &edit).expect("allowed").expect("a change");
            assert!(!replica.is_torn());
            Record::sign(id, made.change, made.hash, made.builds_on, &device)
        };
        let (one, other) = (record(&replica, 1), record(&replica, 2));
        let (_, commit, _) = replica.append(1, id, one, &Faulty).expect("nothing of it is read");

        // What was compacted must be compared with what is stored, and reading that goes wrong.
        let snapshot =
            Snapshot { tips: replica.head(&id).expect("held").clock.clone(), proofs: Vec::new(), bytes: Vec::new() };
        let compacted = Event::Compacted { document: id, snapshot: Box::new(snapshot), through: 1 };
        let torn = catch_unwind(AssertUnwindSafe(|| replica.handle(2, compacted, &Faulty)));
        assert!(torn.is_err() && replica.is_torn());

        let note = PresenceNote { field: "notes".into(), anchor: String::new(), head: String::new(), seq: 1 };
        let permission = Permission { person: me, role: Role::Owner, at: 0 };
        assert_eq!(replica.append(3, id, other, &Faulty), Err(LocalError::Torn));
        assert_eq!(replica.grant(3, id, permission, &device, &Faulty), Err(LocalError::Torn));
        assert_eq!(replica.forget(id), Err(LocalError::Torn));
        assert_eq!(replica.found(Founding::new(Kind::Debrief, vec![me], [1; 16])), Err(LocalError::Torn));
        for event in [Event::Committed(commit), Event::LinkUp { link: 1, device: here }, Event::Tick] {
            assert_eq!(replica.handle(4, event, &Faulty), []);
        }
        assert_eq!((replica.presence(id, &note, &device), replica.wakes_at()), (Vec::new(), None));
    }
}
