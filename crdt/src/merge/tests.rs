use super::*;
use crate::access::{DeviceCert, Directory, Role};
use crate::ids::{DeviceId, DocumentId, PersonId};
use crate::model::{Kind, Model};
use ed25519_dalek::SigningKey;

const NOTE_SIZES: [usize; 2] = [3_000, 40_000];

struct Writer {
    key: SigningKey,
    actor: ActorId,
    open: OpenDocument,
    document: DocumentId,
}

fn founding() -> Founding {
    let person = PersonId::from_bytes(SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes());
    Founding::new(Kind::NoteSet, vec![person], [0; 16])
}

fn writer(n: u8, stored: &StoredDocument) -> Writer {
    let key = SigningKey::from_bytes(&[n; 32]);
    let device = DeviceId::from_bytes(key.verifying_key().to_bytes());
    let (open, unmerged) = OpenDocument::open(&founding(), stored);
    assert_eq!(unmerged, []);
    Writer { actor: ActorId::new(device, [n; 14]), key, open, document: founding().id() }
}

impl Writer {
    fn splice(&mut self, at: usize, delete: usize, insert: &str) -> Record {
        let edit =
            Edit::SpliceText { field: "notes".into(), splices: vec![Splice { at, delete, insert: insert.into() }] };
        let author = Author { person: founding().owners[0], role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
        let made = self.open.edit(self.actor, &author, &edit).expect("allowed").expect("a change");
        Record::sign(self.document, made.change, made.hash, made.builds_on, &self.key)
    }

    fn text(&self) -> String {
        self.open.text("notes").expect("notes")
    }
}

#[test]
fn typing_is_replayed_and_comes_out_byte_for_byte() {
    for size in NOTE_SIZES {
        let mut ana = writer(1, &StoredDocument::default());
        let paste = ana.splice(0, 0, &"after I ask, who answers? ".repeat(size / 26));
        let mut ben = writer(2, &StoredDocument::default());
        ben.open.take_in(&[paste]).expect("merged");
        for i in 0..60 {
            let record = match i % 5 {
                4 => ana.splice(size / 3, 1, ""),
                3 => ana.splice(size / 2 + i, 0, "é😀"),
                _ => ana.splice(size / 2 + i, 0, "x"),
            };
            let change = readable(&record).expect("good");
            assert!(matches!(ben.open.replay(&change), replay::Outcome::Replayed(_)), "edit {i} of a {size} text");
        }
        assert_eq!(ana.text(), ben.text());
        assert_eq!(ana.open.heads(), ben.open.heads());
        assert_eq!(ana.open.automerge.save(), ben.open.automerge.save());
    }
}

#[test]
fn patches_bring_a_second_copy_to_the_same_text_whatever_the_way() {
    let (mut ana, mut ben) = (writer(1, &StoredDocument::default()), writer(2, &StoredDocument::default()));
    let mut page = String::new();
    let mut seed = 7_u64;
    for round in 0..40 {
        let mut random = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % n.max(1)
        };
        let mut typed = |writer: &mut Writer, times: usize| -> Vec<Record> {
            (0..times)
                .map(|_| {
                    let length = writer.text().encode_utf16().count();
                    let at = random(length + 1);
                    let delete = if random(3) == 0 { random((length - at).min(4) + 1) } else { 0 };
                    let insert = ["a", "bc", "ñ", ""][random(4)];
                    let insert = if delete == 0 && insert.is_empty() { "z" } else { insert };
                    writer.splice(at, delete, insert)
                })
                .collect()
        };
        let (from_ana, from_ben) = (typed(&mut ana, round % 4), typed(&mut ben, round % 3));
        let before: Vec<u16> = ben.text().encode_utf16().collect();
        let (changed, unmerged) = ben.open.take_in(&from_ana).expect("merged");
        assert_eq!(unmerged, []);
        let mut copy = before;
        for (_, splices) in changed.texts {
            for splice in splices {
                copy.splice(splice.at..splice.at + splice.delete, splice.insert.as_str().encode_utf16());
            }
        }
        page = String::from_utf16(&copy).expect("whole letters");
        assert_eq!(page, ben.text());
        ana.open.take_in(&from_ben).expect("merged");
        assert_eq!(ana.text(), ben.text());
    }
    assert!(!page.is_empty());
}

#[test]
fn a_change_names_the_other_writers_work_it_builds_on() {
    let (mut ana, mut ben) = (writer(1, &StoredDocument::default()), writer(2, &StoredDocument::default()));
    let first = ana.splice(0, 0, "saw");
    assert_eq!(first.builds_on, []);
    ben.open.take_in(std::slice::from_ref(&first)).expect("merged");
    let second = ben.splice(3, 0, ", heard");
    assert_eq!(second.builds_on, [Base::new(&ana.actor, 1)]);
    assert_eq!(ben.splice(0, 0, "I ").builds_on, []);
    second.verify(ben.document).expect("signed");
    assert!(second.verify(DocumentId::from_bytes([9; 20])).is_err(), "a record belongs to one document");
}

#[test]
fn a_snapshot_proves_itself_and_joins_with_what_is_here() {
    let (mut ana, mut ben) = (writer(1, &StoredDocument::default()), writer(2, &StoredDocument::default()));
    let mut stored = StoredDocument::default();
    for (position, letter) in "the teacher asked".chars().enumerate() {
        let record = ana.splice(position, 0, &letter.to_string());
        ben.open.take_in(std::slice::from_ref(&record)).expect("merged");
        stored.tail.push((position as u64 + 1, record));
    }
    let (snapshot, through) = compact(&founding(), stored.clone()).expect("whole");
    assert_eq!((through, snapshot.tips.len(), snapshot.proofs.len()), (17, 1, 1));
    let opened = verify_snapshot(&founding(), &snapshot).expect("proved");
    assert_eq!(opened.get_heads(), ana.open.automerge.get_heads());

    let mut lies = snapshot.clone();
    lies.tips.set(ana.actor, crate::clock::Tip { seq: 16, hash: ana.open.heads()[0] });
    assert_eq!(verify_snapshot(&founding(), &lies).err(), Some(SnapshotError::BrokenChain));
    let other = Founding::new(Kind::NoteSet, founding().owners, [1; 16]);
    assert_eq!(verify_snapshot(&other, &snapshot).err(), Some(SnapshotError::OtherDocument));

    let apart = ben.splice(17, 0, " twice");
    let ours = StoredDocument { snapshot: None, tail: [stored.tail, vec![(18, apart)]].concat() };
    let joined = join_snapshot(&founding(), ours, snapshot).expect("joined");
    assert_eq!(joined.tips.len(), 2);
    let (open, _) = OpenDocument::open(&founding(), &StoredDocument { snapshot: Some(joined), tail: vec![] });
    assert_eq!(open.text("notes").as_deref(), Some("the teacher asked twice"));
}

#[test]
fn a_bad_record_stays_out_and_the_document_stays_usable() {
    let mut ana = writer(1, &StoredDocument::default());
    let good = ana.splice(0, 0, "kept");
    let mut cut = ana.splice(4, 0, "!");
    cut.change.truncate(40);
    let stored = StoredDocument { snapshot: None, tail: vec![(1, good), (2, cut)] };
    let (open, unmerged) = OpenDocument::open(&founding(), &stored);
    assert_eq!(open.text("notes").as_deref(), Some("kept"));
    assert_eq!(unmerged, [Unmerged { hash: None, why: InvalidChange::Malformed }]);
    assert_eq!(
        open.read(&Directory::default()).problems.iter().filter(|problem| problem.what.contains("left out")).count(),
        1
    );
}

#[test]
fn a_change_tells_its_day_and_no_hour() {
    let mut ana = writer(1, &StoredDocument::default());
    for at_ms in [1_700_000_000_123, 1_700_000_099_456, -1] {
        let author = Author { person: founding().owners[0], role: Role::Owner, at_ms, offset_ms: 0 };
        let splices = vec![Splice { at: 0, delete: 0, insert: "x".into() }];
        let made = ana.open.edit(ana.actor, &author, &Edit::SpliceText { field: "notes".into(), splices });
        assert!(made.expect("allowed").is_some());
    }
    let day = 24 * 60 * 60 * 1000;
    let times: Vec<i64> = ana.open.automerge().get_changes(&[]).iter().map(automerge::Change::timestamp).collect();
    assert_eq!(times.len(), 4);
    assert!(times.iter().all(|at| at % day == 0), "{times:?}");
    assert_eq!(
        ana.open.sessions().iter().map(|one| (one.day, one.changes)).collect::<Vec<_>>(),
        [(1_699_920_000_000, 2), (-day, 1)]
    );
}

#[test]
fn a_change_tells_the_day_that_its_writers_calendar_shows() {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    let monday = 1_772_409_600_000; // midnight in UTC
    for (at_hour, offset_hours, day) in [(20, 13, 1), (20, -8, 0), (3, -8, -1), (3, 13, 0)] {
        let mut ana = writer(1, &StoredDocument::default());
        let (at_ms, offset_ms) = (monday + at_hour * HOUR_MS, offset_hours * HOUR_MS);
        let author = Author { person: founding().owners[0], role: Role::Owner, at_ms, offset_ms };
        let splices = vec![Splice { at: 0, delete: 0, insert: "x".into() }];
        let made = ana.open.edit(ana.actor, &author, &Edit::SpliceText { field: "notes".into(), splices });
        assert!(made.expect("allowed").is_some());
        let days: Vec<i64> = ana.open.sessions().iter().map(|one| one.day).collect();
        assert_eq!(days, [monday + day * 24 * HOUR_MS], "{at_hour}:00 in UTC, {offset_hours} hours ahead of it");
    }
}

#[test]
fn what_a_large_change_replaces_stays_to_be_seen_on_the_same_day() {
    let mut ana = writer(1, &StoredDocument::default());
    for at in 0..250 {
        ana.splice(at, 0, "x");
    }
    assert_eq!(ana.open.sessions().len(), 2, "typing alone is parted now and then");
    let before = ana.text();
    ana.splice(0, 250, "");
    ana.splice(0, 0, "y");
    let steps = ana.open.sessions();
    assert_eq!(steps.len(), 3);
    assert_eq!(ana.open.text_at("notes", &[steps[1].point]).as_deref(), Some(before.as_str()));
    ana.splice(0, 1, "");
    ana.splice(0, 0, "brought back as it was");
    let steps = ana.open.sessions();
    assert_eq!((steps.len(), ana.open.text_at("notes", &[steps[2].point]).as_deref()), (4, Some("")));
}

#[test]
fn history_names_who_wrote_each_span_and_any_point_can_be_read() {
    let (mut ana, mut ben) = (writer(1, &StoredDocument::default()), writer(2, &StoredDocument::default()));
    let first = ana.splice(0, 0, "wait time");
    ben.open.take_in(&[first]).expect("merged");
    let point = ben.open.heads();
    ben.splice(4, 0, " long");
    let spans = ben.open.spans("notes", None).expect("spans");
    let lengths: Vec<(&str, DeviceId)> =
        spans.iter().map(|span| (span.text.as_str(), span.device.expect("written"))).collect();
    let (a, b) = (ana.actor.device(), ben.actor.device());
    assert_eq!(lengths, [("wait", a), (" long", b), (" time", a)]);
    assert_eq!(ben.open.text_at("notes", &point).as_deref(), Some("wait time"));
    assert_eq!(ben.open.text_at("notes", &[ChangeHash::from_bytes([1; 32])]), None);
    assert_eq!(ben.open.sessions().len(), 2);
    let past = ben.open.at(&point).expect("a point");
    assert_eq!((past.text("notes").as_deref(), past.heads()), (Some("wait time"), point));
    assert!(ben.open.at(&[ChangeHash::from_bytes([1; 32])]).is_none());
}

#[test]
fn a_cursor_stays_with_its_letter() {
    let mut ana = writer(1, &StoredDocument::default());
    ana.splice(0, 0, "who answers");
    let cursor = ana.open.cursor("notes", 4).expect("cursor");
    ana.splice(0, 0, "and ");
    assert_eq!(ana.open.cursor_position("notes", &cursor), Some(8));
    ana.splice(6, 4, "");
    assert!(ana.open.cursor_position("notes", &cursor).is_some_and(|at| at <= ana.text().len()));
}

#[test]
fn a_cursor_from_elsewhere_names_a_place_or_none_and_never_ends_the_program() {
    let mut ana = writer(1, &StoredDocument::default());
    ana.splice(0, 0, "who answers");
    let heard = Edit::AddEvent {
        event: crate::model::Event {
            id: "e".parse().expect("an id"),
            at_ms: 0,
            speaker: None,
            label: None,
            text: "x".into(),
            mark: None,
        },
    };
    let author = Author { person: founding().owners[0], role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
    ana.open.edit(ana.actor, &author, &heard).expect("allowed");
    let actor = ana.actor.to_automerge().to_hex_string();
    let elsewhere = (1..40).map(|counter| format!("{counter}@{actor}"));
    let odd = ["", "é", "é@00", "-", "@", "-@", "1@", "1@zz", "s", "e", "-1@00"].map(str::to_owned);
    for cursor in elsewhere.chain(odd) {
        let at = ana.open.cursor_position("notes", &cursor);
        assert!(at.is_none_or(|at| at <= 11), "{cursor}");
    }
}

/// Ana and Ben with a device each, and a debrief of theirs.
struct School {
    people: [PersonId; 2],
    directory: Directory,
    founding: Founding,
    actors: [ActorId; 2],
}

fn two_people() -> School {
    let [ana, ben] = [1, 2].map(|n| SigningKey::from_bytes(&[n; 32]));
    let people = [&ana, &ben].map(|key| PersonId::from_bytes(key.verifying_key().to_bytes()));
    let devices = [101, 102].map(|n| SigningKey::from_bytes(&[n; 32]));
    let mut directory = Directory::default();
    for (person, device) in [(&ana, &devices[0]), (&ben, &devices[1])] {
        let cert = DeviceCert::issue(person, device, [0; 32], String::new(), 0, 1);
        directory.learn(cert).expect("a good certificate");
    }
    let founding = Founding::new(Kind::Debrief, people.to_vec(), [0; 16]);
    let actors = [0, 1]
        .map(|n: u8| ActorId::new(DeviceId::from_bytes(devices[usize::from(n)].verifying_key().to_bytes()), [n; 14]));
    School { people, directory, founding, actors }
}

#[test]
fn nobody_speaks_in_another_persons_name() {
    let School { people, directory, founding, actors } = two_people();
    let (mut open, _) = OpenDocument::open(&founding, &StoredDocument::default());
    let actor = |n: usize| actors[n];
    let as_ana = Author { person: people[0], role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
    let add = |id: &str, text: &str| Edit::AddEntry { id: id.parse().expect("an id"), phase: None, text: text.into() };

    open.edit(actor(0), &as_ana, &add("one", "I asked")).expect("allowed");
    // Ben's computer, altered, writes as if it were Ana: a new entry, her entry's words, and her thanks.
    open.edit(actor(1), &as_ana, &add("two", "I gave up")).expect("allowed");
    let rewrite = Edit::EditEntry { id: "one".parse().expect("an id"), text: "I shouted".into() };
    open.edit(actor(1), &as_ana, &rewrite).expect("allowed");
    open.edit(actor(1), &as_ana, &Edit::Thank { text: "splendid".into() }).expect("allowed");

    let reading = open.read(&directory);
    let Model::Debrief(debrief) = reading.model else { panic!("not a debrief") };
    let by: Vec<_> = debrief.entries.iter().map(|entry| (entry.text.as_str(), entry.by)).collect();
    assert_eq!(by, [("I shouted", people[1]), ("I gave up", people[1])]);
    assert!(debrief.thanks.is_empty());
    assert_eq!(reading.problems.len(), 3);
}

#[test]
fn nobody_comments_in_another_persons_name() {
    let School { people, directory, founding, actors } = two_people();
    let (mut open, _) = OpenDocument::open(&founding, &StoredDocument::default());
    let as_ana = Author { person: people[0], role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
    let typed = Edit::SpliceText {
        field: "notes".into(),
        splices: vec![Splice { at: 0, delete: 0, insert: "who answers".into() }],
    };
    let id = |text: &str| text.parse().expect("an id");
    let comment = |name: &str| Edit::Comment {
        id: id(name),
        field: "notes".into(),
        from: 0,
        to: 3,
        at: vec![],
        text: "I asked".into(),
    };
    open.edit(actors[0], &as_ana, &typed).expect("allowed");
    open.edit(actors[0], &as_ana, &comment("one")).expect("allowed");
    // Ben's computer, altered, comments, answers and rewrites as if it were Ana.
    open.edit(actors[1], &as_ana, &comment("two")).expect("allowed");
    let answer = Edit::ReplyToComment { id: id("three"), comment: id("two"), text: "and again".into() };
    open.edit(actors[1], &as_ana, &answer).expect("allowed");
    let rewrite = Edit::EditComment { id: id("one"), text: "I shouted".into() };
    open.edit(actors[1], &as_ana, &rewrite).expect("allowed");

    let reading = open.read(&directory);
    let by: Vec<_> = reading.comments.iter().map(|comment| (comment.text.as_str(), comment.by)).collect();
    assert_eq!(by, [("I shouted", people[1]), ("I asked", people[1])]);
    assert_eq!(reading.comments[1].answers[0].by, people[1]);
    assert_eq!(reading.problems.len(), 3);
}
