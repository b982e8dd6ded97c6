//! Decides what a hostile partner gets from the engine: a refusal that is reported, nothing changed, nothing lost.

use rounds_crdt::access::{DeviceCert, Founding, Role};
use rounds_crdt::change::ChangeHeader;
use rounds_crdt::clock::{Clock, Tip};
use rounds_crdt::edit::{Author, Edit, Splice};
use rounds_crdt::ids::{ActorId, DocumentId, PersonId};
use rounds_crdt::limits::{FRAME_BYTES_MAX, GRANTS_AND_REVOCATIONS_MAX, OFFENCES_MAX, PRESENCE_PER_SECOND_MAX};
use rounds_crdt::merge::{OpenDocument, compact};
use rounds_crdt::model::Kind;
use rounds_crdt::record::{PresenceNote, Record};
use rounds_crdt::replica::{Closing, Event, Refusal, Snapshot, StoredDocument};
use rounds_crdt::wire::{Comparison, Frame, LogRecord, Packed, Statement};
use rounds_tests::sim::machine::Machine;
use rounds_tests::sim::network::between;
use rounds_tests::sim::school::School;

/// Ana, Ben who may write, Chidi who may read, Dara who may do nothing; all connected, and one debrief of Ana's.
struct Class {
    school: School,
    ana: usize,
    ben: usize,
    chidi: usize,
    dara: usize,
    debrief: DocumentId,
}

fn class() -> Class {
    let (mut school, [ana, ben, chidi, dara]) = School::of();
    let debrief = school.debrief(ana, &[]);
    school.invite(ana, debrief, ben);
    school.grant_to(ana, debrief, chidi, Role::Reader);
    school.types(ana, debrief, "hello");
    school.run_until_quiet();
    school.types(ben, debrief, " there");
    school.assert_well();
    Class { school, ana, ben, chidi, dara, debrief }
}

impl Class {
    /// Ana's engine hears bytes from somebody's machine.
    fn hears_bytes(&mut self, from: usize, bytes: Vec<u8>) {
        self.school.run_until_quiet(); // a link that was closed is up again
        self.hears_at_once(from, bytes);
    }

    fn hears_at_once(&mut self, from: usize, bytes: Vec<u8>) {
        let live = self.school.network.wires[&between(self.ana, from)].live.as_ref().map(|live| live.id);
        if let Some(link) = live {
            self.school.handle(self.ana, Event::Frame(link, bytes));
        }
    }

    fn hears(&mut self, from: usize, frame: &Frame) {
        self.hears_bytes(from, frame.to_bytes());
    }

    /// Ana hears of a record as the next in somebody's log.
    fn is_sent(&mut self, from: usize, document: DocumentId, record: Record) {
        self.school.run_until_quiet();
        let position = self.ana_has_read_to(from);
        let records = vec![LogRecord { document, record: Packed::Whole(record) }];
        self.hears(from, &Frame::Log { from: position, to: position, records });
    }

    fn ana_has_read_to(&self, from: usize) -> u64 {
        let replica = self.school.machines[self.ana].replica.as_ref().expect("running");
        let device = self.school.machines[from].device;
        let peer = replica.peers().find(|(known, _)| **known == device).map(|(_, peer)| *peer).expect("paired");
        peer.cursor.expect("a cursor").position
    }

    /// A change that somebody's machine really makes and signs, without storing it there.
    fn made_by(&mut self, who: usize, insert: &str) -> (Record, ChangeHeader) {
        self.made_as(who, [9; 14], insert)
    }

    fn made_as(&mut self, who: usize, incarnation: [u8; 14], insert: &str) -> (Record, ChangeHeader) {
        let debrief = self.debrief;
        let machine = &self.school.machines[self.ana];
        let founding = machine.disk.handed.access[&debrief].founding.clone();
        let stored = machine.disk.handed.stored(&debrief);
        let writer = &self.school.machines[who];
        sign(&founding, &stored, writer, ActorId::new(writer.device, incarnation), insert)
    }

    /// Whatever happened, Ana and Ben go on as if it had not.
    fn goes_on(mut self) {
        let (ana, ben, debrief) = (self.ana, self.ben, self.debrief);
        self.school.run_until_quiet();
        self.school.types(ben, debrief, " and");
        self.school.types(ana, debrief, " on");
        self.school.assert_well();
        let text = self.school.reads(ana, debrief);
        assert!(text.contains("hello") && text.contains(" there") && text.contains(" and"), "{text}");
        assert_eq!(text, self.school.reads(ben, debrief));
    }
}

fn sign(
    founding: &Founding,
    stored: &StoredDocument,
    writer: &Machine,
    actor: ActorId,
    insert: &str,
) -> (Record, ChangeHeader) {
    let (mut open, _) = OpenDocument::open(founding, stored);
    let splices = vec![Splice { at: 0, delete: 0, insert: insert.into() }];
    let author = Author { person: writer.person, role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
    let edit = Edit::SpliceText { field: "notes".into(), splices };
    let made = open.edit(actor, &author, &edit).expect("allowed").expect("a change");
    let record = Record::sign(founding.id(), made.change, made.hash, made.builds_on, &writer.key);
    let header = ChangeHeader::read(&record.change).expect("a good header");
    (record, header)
}

fn refused(class: &Class, refusal: Refusal) -> usize {
    class.school.refusals.iter().filter(|(m, _, why)| *m == class.ana && *why == refusal).count()
}

#[test]
fn nonsense_ends_the_link_and_nothing_else() {
    let good = Frame::Ack { position: 1, missed: Vec::new() }.to_bytes();
    let bytes = [
        vec![],
        vec![0xff; 40],
        good[..good.len() - 1].to_vec(),
        [good, vec![0]].concat(),
        vec![0; FRAME_BYTES_MAX + 1],
    ];
    for nonsense in bytes {
        let mut class = class();
        class.hears_bytes(class.ben, nonsense);
        assert_eq!(class.school.closings.last(), Some(&(class.ana, Closing::BadFrame)));
        class.goes_on();
    }
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_ends_the_link() {
    let mut class = class();
    class.hears(class.ben, &Frame::Ack { position: 1_000_000, missed: Vec::new() });
    assert_eq!(class.school.closings.last(), Some(&(class.ana, Closing::BadFrame)));
    class.goes_on();
}

#[test]
fn a_well_signed_record_that_is_no_change_is_refused() {
    let mut class = class();
    let (mut record, header) = class.made_by(class.ben, "!");
    record.change = vec![7; 300];
    let record = Record::sign(class.debrief, record.change, header.hash, record.builds_on, &class.key(class.ben));
    class.is_sent(class.ben, class.debrief, record);
    assert_eq!(refused(&class, Refusal::BadChange), 1);
    class.goes_on();
}

#[test]
fn a_change_that_somebody_altered_on_its_way_is_refused_and_comes_again() {
    let mut class = class();
    let (mut record, _) = class.made_by(class.ben, "!");
    record.signature.0[5] ^= 1;
    class.is_sent(class.chidi, class.debrief, record);
    assert_eq!(refused(&class, Refusal::BadSignature), 1);
    class.goes_on();
}

#[test]
fn a_reader_who_writes_all_the_same_is_refused() {
    let mut class = class();
    let (record, _) = class.made_by(class.chidi, "I was here");
    class.is_sent(class.chidi, class.debrief, record);
    assert_eq!(refused(&class, Refusal::NotAWriter), 1);
    assert!(!class.school.reads(class.ana, class.debrief).contains("I was here"));
    class.goes_on();
}

#[test]
fn a_stranger_to_a_document_who_keeps_writing_into_it_is_hung_up_on() {
    let mut class = class();
    for round in 0..=OFFENCES_MAX {
        let (record, _) = class.made_as(class.dara, [round as u8; 14], "me too");
        let position = class.ana_has_read_to(class.dara);
        let records = vec![LogRecord { document: class.debrief, record: Packed::Whole(record) }];
        let frame = Frame::Log { from: position, to: position, records };
        class.hears_at_once(class.dara, frame.to_bytes());
    }
    assert_eq!(class.school.closings.last(), Some(&(class.ana, Closing::Offences)));
    assert!(!class.school.reads(class.ana, class.debrief).contains("me too"));
    class.goes_on();
}

/// A caret that `signer`'s machine signed, as the `seq`th of its link.
fn caret(class: &Class, signer: usize, seq: u64) -> Frame {
    let note = PresenceNote { field: "notes".into(), anchor: "1".into(), head: "2".into(), seq };
    let signature = note.sign(class.debrief, &class.school.machines[signer].key);
    Frame::Presence { document: class.debrief, note, signature }
}

/// How many carets of somebody Ana's page was shown.
fn carets_shown(class: &Class, of: usize) -> usize {
    let person = class.school.machines[of].person;
    class.school.carets.iter().filter(|shown| **shown == (class.ana, person)).count()
}

#[test]
fn a_caret_that_somebody_else_signed_is_not_shown_and_many_end_the_link() {
    let mut class = class();
    class.school.run_until_quiet();
    class.hears_at_once(class.ben, caret(&class, class.ben, 1).to_bytes());
    assert_eq!(carets_shown(&class, class.ben), 1);
    for round in 0..=u64::from(OFFENCES_MAX) {
        class.school.now += 1_000; // within what a link may send
        class.hears_at_once(class.ben, caret(&class, class.chidi, 2 + round).to_bytes());
    }
    assert_eq!((carets_shown(&class, class.ben), carets_shown(&class, class.chidi)), (1, 0));
    assert_eq!(class.school.closings.last(), Some(&(class.ana, Closing::Offences)));
    class.goes_on();
}

#[test]
fn carets_are_shown_of_whoever_may_read_once_each_and_not_too_many_a_second() {
    let mut class = class();
    class.school.run_until_quiet();
    class.hears_at_once(class.dara, caret(&class, class.dara, 1).to_bytes());
    assert_eq!(carets_shown(&class, class.dara), 0, "who may not read");

    class.school.now = class.school.now.next_multiple_of(1_000);
    let many = u64::from(PRESENCE_PER_SECOND_MAX) + 5;
    (1..=many).for_each(|seq| class.hears_at_once(class.chidi, caret(&class, class.chidi, seq).to_bytes()));
    assert_eq!(carets_shown(&class, class.chidi), PRESENCE_PER_SECOND_MAX as usize, "too many in one second");

    class.school.now += 1_000;
    class.hears_at_once(class.chidi, caret(&class, class.chidi, 1).to_bytes());
    assert_eq!(carets_shown(&class, class.chidi), PRESENCE_PER_SECOND_MAX as usize, "an old one again");
    class.hears_at_once(class.chidi, caret(&class, class.chidi, many + 1).to_bytes());
    assert_eq!(carets_shown(&class, class.chidi), PRESENCE_PER_SECOND_MAX as usize + 1, "the next");
    assert!(class.school.closings.is_empty());
    class.goes_on();
}

#[test]
fn two_changes_with_one_number_quarantine_their_writer_alone() {
    let mut class = class();
    class.school.expects_quarantine = true;
    let (one, _) = class.made_by(class.ben, "yes");
    let (other, _) = class.made_by(class.ben, "no");
    class.is_sent(class.ben, class.debrief, one);
    class.is_sent(class.ben, class.debrief, other);
    assert_eq!(class.school.quarantined, [(class.ana, class.debrief)]);
    let text = class.school.reads(class.ana, class.debrief);
    assert!(text.starts_with("yes") && !text.contains("no"), "{text}");
    class.school.types(class.ana, class.debrief, " still");
    class.school.run_until_quiet();
    assert!(class.school.reads(class.chidi, class.debrief).contains(" still"));
}

#[test]
fn a_snapshot_that_is_not_what_its_signatures_say_is_dropped_once_and_for_all() {
    let mut class = class();
    let ben = &class.school.machines[class.ben];
    let founding = Founding::new(Kind::Debrief, vec![ben.person], [7; 16]);
    let mut owned = rounds_crdt::access::Access::new(founding.clone());
    let ana = class.school.machines[class.ana].person;
    let grant = owned.grant(ana, Role::Reader, Clock::default(), &ben.key, 1).expect("granted");
    let replica = ben.replica.as_ref().expect("running");
    owned.learn(grant.clone(), replica.directory()).expect("good");

    let (honest, header) = sign(&founding, &StoredDocument::default(), ben, ActorId::new(ben.device, [3; 14]), "told");
    let tail = StoredDocument { snapshot: None, tail: vec![(1, honest)] };
    let (snapshot, _) = compact(&founding, tail).expect("whole");
    let (other, _) = sign(&founding, &StoredDocument::default(), ben, ActorId::new(ben.device, [3; 14]), "meant");
    let tail = StoredDocument { snapshot: None, tail: vec![(1, other)] };
    let (other, _) = compact(&founding, tail).expect("whole");
    let lie = Snapshot { bytes: other.bytes, ..snapshot };

    let mut clock = Clock::default();
    clock.set(header.actor, Tip { seq: 1, hash: header.hash });
    let ben = class.school.machines[class.ben].person;
    class.school.allowed.extend([(ana, founding.id()), (ben, founding.id())]);
    class.school.expects_quarantine = true; // a dishonest snapshot is what this is about
    for number in 1_000..1_003 {
        let comparison = Comparison { document: founding.id(), number, mine: true };
        let certs = vec![class.school.machines[class.ben].cert.clone()];
        let (founding, grants) = (founding.clone(), vec![grant.clone()]);
        let statement = Statement { founding, grants, certs, clock: Some(clock.clone()) };
        class.hears_at_once(class.ben, Frame::Offer(comparison, Box::new(statement)).to_bytes());
        let bytes = postcard::to_allocvec(&lie).expect("bytes");
        class.hears_at_once(class.ben, Frame::Snapshot { comparison, part: 0, parts: 1, bytes }.to_bytes());
        class.hears_at_once(class.ben, Frame::End { comparison, frames: 1 }.to_bytes());
        class.school.run_until_quiet();
    }
    assert!(refused(&class, Refusal::BadChange) >= 1);
    assert_eq!(class.school.failure, None);
    let held = class.school.machines[class.ana].disk.handed.stored(&founding.id());
    assert!(held.snapshot.is_none() && held.tail.is_empty(), "nothing of it stays");
    class.school.expects_quarantine = false;
    class.goes_on();
}

#[test]
fn certificates_of_people_whom_a_document_does_not_name_are_not_kept() {
    let mut class = class();
    let known = class.school.machines[class.ana].replica.as_ref().expect("running").directory().all().count();
    let access = class.school.machines[class.ana].disk.handed.access[&class.debrief].clone();
    let strangers = (60..90).map(|n| {
        let [person, device] = [n, n + 100].map(|n| ed25519_dalek::SigningKey::from_bytes(&[n; 32]));
        DeviceCert::issue(&person, &device, [0; 32], "Dara".into(), 0, 1)
    });
    let comparison = Comparison { document: class.debrief, number: 1_000, mine: true };
    let statement = Statement {
        founding: access.founding.clone(),
        grants: access.grants().cloned().collect(),
        certs: strangers.collect(),
        clock: Some(Clock::default()),
    };
    class.hears(class.ben, &Frame::Offer(comparison, Box::new(statement)));
    let now = class.school.machines[class.ana].replica.as_ref().expect("running").directory().all().count();
    assert_eq!(now, known);
}

#[test]
fn a_document_full_of_grants_can_still_be_taken_back() {
    let (mut school, [ana, ben]) = School::of();
    let debrief = school.debrief(ana, &[]);
    school.invite(ana, debrief, ben);
    let mut others = (0..=u8::MAX).cycle();
    let mut granted = 0;
    loop {
        let mut person = [1; 32];
        person[..2].copy_from_slice(&[others.next().expect("endless"), (granted >> 8) as u8]);
        if !school.grant(ana, debrief, PersonId::from_bytes(person), Role::Reader) {
            break;
        }
        granted += 1;
    }
    assert!(granted < GRANTS_AND_REVOCATIONS_MAX);
    school.revoke(ana, debrief, ben);
    school.run_until_quiet();
    assert_eq!(school.machines[ana].role(&debrief), Role::Owner);
    assert_eq!(school.machines[ben].role(&debrief), Role::None);
}

#[test]
fn a_hash_that_was_never_made_is_waited_for_within_a_bound() {
    let mut class = class();
    let stored = class.school.machines[class.ana].disk.handed.stored(&class.debrief);
    let founding = class.school.machines[class.ana].disk.handed.access[&class.debrief].founding.clone();
    for round in 0..20_u8 {
        // Each skips its writer's first change, which nobody has.
        let ben = &class.school.machines[class.ben];
        let actor = ActorId::new(ben.device, [100 + round; 14]);
        let (first, _) = sign(&founding, &stored, ben, actor, "never sent");
        let tail = [stored.tail.clone(), vec![(u64::MAX, first)]].concat();
        let held_back = StoredDocument { snapshot: stored.snapshot.clone(), tail };
        let (second, header) = sign(&founding, &held_back, ben, actor, "sent");
        assert_eq!(header.seq, 2);
        class.is_sent(class.ben, class.debrief, second);
    }
    class.school.check_pens(class.ana);
    assert_eq!(class.school.failure, None);
    assert!(!class.school.reads(class.ana, class.debrief).contains("sent"));
    class.goes_on();
}

impl Class {
    fn key(&self, who: usize) -> ed25519_dalek::SigningKey {
        self.school.machines[who].key.clone()
    }
}

#[test]
fn an_offer_of_a_document_one_is_not_in_gets_the_answer_of_one_that_does_not_exist() {
    let mut class = class();
    let access = class.school.machines[class.ana].disk.handed.access[&class.debrief].clone();
    let dara = class.school.machines[class.dara].person;
    let ana = class.school.machines[class.ana].person;
    // Ana's debrief, with its true founding and with all that was granted; one that nobody has, of Ana's and of Dara's own.
    let offers = [
        (access.founding.clone(), access.grants().cloned().collect()),
        (access.founding.clone(), Vec::new()),
        (Founding::new(Kind::Debrief, vec![ana], [7; 16]), Vec::new()),
        (Founding::new(Kind::Debrief, vec![dara], [7; 16]), Vec::new()),
    ];
    let held = class.school.machines[class.ana].disk.handed.access.len();
    let mut answers = Vec::new();
    for (number, (founding, grants)) in (1_000..).zip(offers) {
        let comparison = Comparison { document: founding.id(), number, mine: true };
        let certs = vec![class.school.machines[class.dara].cert.clone()];
        let statement = Statement { founding, grants, certs, clock: Some(Clock::default()) };
        class.school.run_until_quiet();
        let before = class.school.machines[class.ana].effects_performed;
        class.hears_at_once(class.dara, Frame::Offer(comparison, Box::new(statement)).to_bytes());
        let done = class.school.machines[class.ana].effects_performed - before;
        let pair = between(class.ana, class.dara);
        let live = class.school.network.wires[&pair].live.as_ref().expect("the link stays up");
        let said: Vec<Frame> = live.to[usize::from(pair.0 == class.ana)]
            .iter()
            .map(|bytes| Frame::from_bytes(bytes).expect("a good frame"))
            .collect();
        assert_eq!(said, [Frame::Unknown(Comparison { mine: false, ..comparison })], "{number}");
        answers.push((done, said[0].to_bytes().len()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(class.school.machines[class.ana].disk.handed.access.len(), held);
    class.goes_on();
}
