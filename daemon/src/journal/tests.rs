//! Decides nothing: shows that saved means saved, in order, sealed, whatever the disk does.

mod days;
pub(crate) mod disk;
mod sealed;
mod series;
mod strangers;

use std::fs;
use std::sync::atomic::Ordering;

use redb::{ReadableDatabase, ReadableTable};
use rounds_crdt::access::{Access, Founding};
use rounds_crdt::ids::PersonId;
use rounds_crdt::model::Kind;
use tempfile::TempDir;

use self::disk::Disk;
use super::*;

fn folder() -> TempDir {
    tempfile::tempdir().expect("folder")
}

fn document(number: u8) -> DocumentId {
    DocumentId::from_bytes([number; 20])
}

fn device(number: u8) -> DeviceId {
    DeviceId::from_bytes([number; 32])
}

fn open(folder: &TempDir) -> (Journal, Recovered) {
    try_open(folder).expect("open")
}

fn try_open(folder: &TempDir) -> Result<(Journal, Recovered), JournalError> {
    Journal::open(folder.path(), Keys::open(folder.path(), None).expect("keys"))
}

fn open_on(folder: &TempDir, open: Opener) -> Journal {
    Journal::open_with(folder.path(), Keys::open(folder.path(), None).expect("keys"), open).expect("open").0
}

fn save(journal: &Journal, ops: Vec<Op>) -> Result<(), SaveError> {
    let (done, outcome) = mpsc::channel();
    journal.commit(ops, Box::new(move |saved| done.send(saved).expect("the test waits")));
    outcome.recv().expect("the journal answers")
}

fn record(position: Position, document: DocumentId, text: &str) -> Op {
    Op::AppendRecord { position, document, origin: None, bytes: text.as_bytes().to_vec() }
}

fn put(document: DocumentId, slot: Slot, text: &str) -> Op {
    Op::PutSlot { document, slot, bytes: text.as_bytes().to_vec() }
}

fn positions(journal: &Journal) -> Vec<Position> {
    journal.read_log(0, usize::MAX, usize::MAX).expect("log").iter().map(|entry| entry.position).collect()
}

/// Copies the files a folder is made of, as a backup would.
fn copy_folder(from: &TempDir, names: &[&str]) -> TempDir {
    let copy = folder();
    for name in names {
        fs::copy(from.path().join(name), copy.path().join(name)).expect("copy");
    }
    copy
}

const ALL_FILES: [&str; 3] = [places::JOURNAL_FILE, places::KEYS_FILE, places::MASTER_FILE];

#[test]
fn callbacks_come_in_order_after_the_disk_has_what_they_tell_of() {
    let folder = folder();
    let disk = Arc::new(Disk::default());
    let journal = open_on(&folder, disk.opener());
    let (told, telling) = mpsc::channel();
    let commit = |position: Position| {
        let (told, reader) = (told.clone(), journal.clone());
        let done = move |saved: Result<(), SaveError>| {
            told.send((position, saved, positions(&reader))).expect("the test waits")
        };
        journal.commit(vec![record(position, document(1), "x")], Box::new(done));
    };

    disk.hold();
    commit(1);
    disk.wait_until_held();
    commit(2);
    commit(3);
    commit(4);
    assert!(telling.try_recv().is_err(), "nothing is told before the disk has it");
    disk.release();
    assert_eq!(telling.recv(), Ok((1, Ok(()), vec![1])));
    for position in 2..=4 {
        assert_eq!(telling.recv(), Ok((position, Ok(()), vec![1, 2, 3, 4])), "what came meanwhile is one commit");
    }
}

#[test]
fn a_barrier_is_told_after_everything_before_it() {
    let folder = folder();
    let (journal, _) = open(&folder);
    journal.commit(vec![record(1, document(1), "x")], Box::new(drop));
    assert_eq!(save(&journal, Vec::new()), Ok(()));
    assert_eq!(positions(&journal), [1]);
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let folder = folder();
    let disk = Arc::new(Disk::default());
    let journal = open_on(&folder, disk.opener());
    let mut storage = journal.storage();
    save(&journal, vec![record(1, document(1), "before")]).expect("saved");
    disk.full.store(true, Ordering::SeqCst);

    let (told, telling) = mpsc::channel();
    for position in 2..=5 {
        let told = told.clone();
        journal.commit(
            vec![record(position, document(1), "while full")],
            Box::new(move |saved| told.send((position, saved)).expect("the test waits")),
        );
    }
    let state = wait_for(&mut storage, |state| matches!(state, StorageState::NotSaving { waiting_batches: 4, .. }));
    assert_eq!(
        state,
        StorageState::NotSaving { reason: "the disk is full".into(), trouble: DiskTrouble::Full, waiting_batches: 4 }
    );
    assert!(telling.try_recv().is_err(), "nothing is told while nothing is saved");
    assert_eq!(positions(&journal), [1], "what was saved can be read all the while");

    disk.full.store(false, Ordering::SeqCst);
    for position in 2..=5 {
        assert_eq!(telling.recv(), Ok((position, Ok(()))));
    }
    wait_for(&mut storage, |state| *state == StorageState::Saving);
    drop(journal);
    let (journal, recovered) = open(&folder);
    assert_eq!(positions(&journal), [1, 2, 3, 4, 5]);
    assert_eq!(recovered.last_position, 5);
}

#[test]
fn torn_writes_and_failed_syncs_are_survived() {
    let folder = folder();
    let disk = Arc::new(Disk::default());
    let journal = open_on(&folder, disk.opener());
    let mut storage = journal.storage();
    for round in 0..4 {
        let position = round * 2 + 1;
        disk.tears.store(true, Ordering::SeqCst);
        let (told, telling) = mpsc::channel();
        let ops = vec![
            record(position, document(1), "torn"),
            Op::PutEditId { document: document(1), id: format!("edit {round}") },
        ];
        journal.commit(ops, Box::new(move |saved| told.send(saved).expect("the test waits")));
        wait_for(&mut storage, |state| matches!(state, StorageState::NotSaving { .. }));
        disk.tears.store(false, Ordering::SeqCst);
        assert_eq!(telling.recv(), Ok(Ok(())));

        // Each of a commit's syncs in turn: after the last one the commit may well be on disk.
        disk.syncs_refused.store(round as usize % 3 + 1, Ordering::SeqCst);
        save(&journal, vec![record(position + 1, document(2), "unsynced")]).expect("saved in the end");
    }
    drop(journal);
    let (journal, recovered) = open(&folder);
    assert_eq!(positions(&journal), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(recovered.edits, [0, 1, 2, 3].map(|round| edit_key(&document(1), &format!("edit {round}"))));
}

#[test]
fn a_read_error_is_got_over() {
    let folder = folder();
    {
        let (journal, _) = open(&folder);
        save(&journal, vec![record(1, document(1), "x"), put(document(1), Slot::Head, "head")]).expect("saved");
    }
    let disk = Arc::new(Disk::default());
    let journal = open_on(&folder, disk.opener());
    disk.reads_refused.store(1, Ordering::SeqCst);
    assert_eq!(journal.read_document(&document(1)).expect("read").records.len(), 1);
    save(&journal, vec![record(2, document(1), "y")]).expect("saved");
    assert_eq!(positions(&journal), [1, 2]);
}

#[test]
fn a_power_cut_at_any_moment_leaves_what_was_acknowledged_and_a_prefix() {
    for seed in 1..=6 {
        let folder = folder();
        let disk = Arc::new(Disk::default());
        let journal = open_on(&folder, disk.opener_in_memory());
        disk.cut_power_at_random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed), 12);
        for position in 1..=60 {
            let acknowledged = disk.clone();
            let text = "words ".repeat(position as usize * 7 % 90);
            let owner = document((position % 7) as u8);
            let ops = vec![record(position, owner, &text), put(owner, Slot::Head, &position.to_string())];
            journal.commit(ops, Box::new(move |_| acknowledged.acknowledge()));
            if position % 5 == 0 {
                save(&journal, Vec::new()).expect("saved");
            }
        }
        save(&journal, Vec::new()).expect("saved");
        let cuts = disk.cuts();
        assert!(cuts.len() > 3, "seed {seed} cut {} times", cuts.len());
        drop(journal);
        for (number, cut) in cuts.iter().enumerate() {
            let after = copy_folder(&folder, &[places::KEYS_FILE, places::MASTER_FILE]);
            fs::write(after.path().join(places::JOURNAL_FILE), &cut.image).expect("write");
            let (journal, recovered) =
                try_open(&after).unwrap_or_else(|error| panic!("seed {seed} cut {number}: {error}"));
            let found = positions(&journal);
            let prefix: Vec<_> = (1..=found.len() as Position).collect();
            assert_eq!(found, prefix, "seed {seed} cut {number}");
            assert!(
                found.len() >= cut.acknowledged,
                "seed {seed} cut {number}: acknowledged {} and has {found:?}",
                cut.acknowledged
            );
            assert_eq!(recovered.last_position, found.len() as Position);
            // Each batch is there whole: beside a document's last record lies what was written together with it.
            for owner in 0..7 {
                let last = prefix.iter().filter(|position| **position % 7 == u64::from(owner)).max();
                let head = journal.read_slot(&document(owner), Slot::Head).expect("readable");
                assert_eq!(head, last.map(|last| last.to_string().into_bytes()), "seed {seed} cut {number}");
            }
            save(&journal, vec![record(100, document(9), "life goes on")]).expect("saved");
        }
    }
}

#[test]
fn a_journal_half_made_is_made_again() {
    let folder = folder();
    drop(Keys::open(folder.path(), None).expect("keys"));
    fs::write(folder.path().join("journal.redb.new"), b"a crash came before the rename").expect("write");
    let (journal, recovered) = open(&folder);
    assert_eq!(recovered, Recovered::default());
    save(&journal, vec![record(1, document(1), "x")]).expect("saved");
}

#[test]
fn closing_saves_what_waits_and_ends_all_handles() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let clone = journal.clone();
    for position in 1..=100 {
        journal.commit(vec![record(position, document(1), "x")], Box::new(drop));
    }
    journal.close().expect("closed");
    assert_eq!(save(&clone, vec![record(101, document(1), "late")]), Err(SaveError::Closed));
    assert!(matches!(clone.read_log(0, 1, 1), Err(JournalError::Closed)));
    assert!(matches!(clone.compact(), Err(JournalError::Closed)));
    drop(clone);
    assert_eq!(positions(&open(&folder).0).len(), 100);
}

#[test]
fn closing_on_a_full_disk_says_what_is_lost() {
    let folder = folder();
    let disk = Arc::new(Disk::default());
    let journal = open_on(&folder, disk.opener());
    save(&journal, vec![record(1, document(1), "saved")]).expect("saved");
    let mut storage = journal.storage();
    disk.full.store(true, Ordering::SeqCst);
    let (told, telling) = mpsc::channel();
    journal.commit(vec![record(2, document(1), "x")], Box::new(move |saved| told.send(saved).expect("the test waits")));
    wait_for(&mut storage, |state| matches!(state, StorageState::NotSaving { .. }));
    assert!(matches!(journal.close(), Err(JournalError::Unavailable)));
    assert_eq!(telling.recv(), Ok(Err(SaveError::Closed)));
    disk.full.store(false, Ordering::SeqCst);
    assert_eq!(positions(&open(&folder).0), [1]);
}

#[test]
fn a_batch_that_can_never_be_saved_is_refused_in_its_turn_and_the_others_are_saved() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let (told, telling) = mpsc::channel();
    let long = "x".repeat(EDIT_ID_BYTES_MAX + 1);
    let batches = vec![
        vec![record(5, document(1), "a")],
        vec![record(5, document(1), "again")],
        vec![Op::PutEditId { document: document(1), id: long.clone() }],
        vec![put(document(1), Slot::Head, "h"), record(6, document(1), "b")],
    ];
    for ops in batches {
        let told = told.clone();
        journal.commit(ops, Box::new(move |saved| told.send(saved).expect("the test waits")));
    }
    assert_eq!(telling.recv(), Ok(Ok(())));
    assert_eq!(telling.recv(), Ok(Err(SaveError::PositionNotRising { position: 5, last: 5 })));
    assert_eq!(telling.recv(), Ok(Err(SaveError::EditIdTooLong { length: long.len() })));
    assert_eq!(telling.recv(), Ok(Ok(())));
    assert_eq!(positions(&journal), [5, 6]);
}

#[test]
fn a_panicking_callback_does_not_stop_the_saving() {
    let folder = folder();
    let (journal, _) = open(&folder);
    journal.commit(vec![record(1, document(1), "x")], Box::new(|_| panic!("a caller's fault, on purpose")));
    save(&journal, vec![record(2, document(1), "y")]).expect("saved");
    assert_eq!(positions(&journal), [1, 2]);
}

#[test]
fn the_last_handle_may_be_dropped_by_a_callback() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let (told, telling) = mpsc::channel();
    let held = journal.clone();
    journal.commit(
        vec![record(1, document(1), "x")],
        Box::new(move |_| {
            drop(held);
            told.send(()).expect("the test waits");
        }),
    );
    drop(journal);
    telling.recv().expect("told");
}

#[test]
fn a_second_daemon_is_locked_out() {
    let folder = folder();
    let keys = Keys::open(folder.path(), None).expect("keys");
    let (_journal, _) = Journal::open(folder.path(), keys.clone()).expect("open");
    assert!(matches!(Journal::open(folder.path(), keys), Err(JournalError::Locked)));
    let refused = Keys::open(folder.path(), None).expect_err("the folder is taken");
    assert!(matches!(refused, crate::keys::KeysError::Places(places::PlacesError::Locked(_))));
}

#[test]
fn all_that_a_start_needs_comes_back() {
    let folder = folder();
    {
        let (journal, recovered) = open(&folder);
        assert_eq!(recovered, Recovered::default());
        let ops = vec![
            Op::PutMeta { key: "start".into(), bytes: b"one".to_vec() },
            Op::PutMeta { key: "start".into(), bytes: b"two".to_vec() },
            Op::PutMeta { key: "proof".into(), bytes: b"a name we use too".to_vec() },
            Op::PutPeer { device: device(1), slot: PeerSlot::Cursor, bytes: b"7".to_vec() },
            Op::PutPeer { device: device(1), slot: PeerSlot::Known, bytes: b"Ben".to_vec() },
            Op::PutPeer { device: device(2), slot: PeerSlot::Cursor, bytes: b"9".to_vec() },
            Op::SetCompare { device: device(1), document: document(1) },
            Op::SetCompare { device: device(1), document: document(2) },
            Op::SetCompare { device: device(2), document: document(1) },
            Op::ClearCompare { device: device(1), document: document(1) },
            Op::RemovePeer { device: device(2) },
            record(41, document(1), "x"),
            Op::DropRecords { document: document(1), through: 41 },
        ];
        save(&journal, ops).expect("saved");
    }
    let (_journal, recovered) = open(&folder);
    assert_eq!(recovered.last_position, 41, "a position is never given twice, even when its record is gone");
    let meta: Vec<_> = recovered.meta.iter().map(|(key, value)| (key.as_str(), &value[..])).collect();
    assert_eq!(meta, [("proof", &b"a name we use too"[..]), ("start", b"two")]);
    let known = BTreeMap::from([(PeerSlot::Cursor, b"7".to_vec()), (PeerSlot::Known, b"Ben".to_vec())]);
    assert_eq!(recovered.peers, BTreeMap::from([(device(1), known)]));
    assert_eq!(recovered.compare, [(device(1), document(2))]);
}

#[test]
fn a_document_is_read_whole_and_its_records_dropped_behind_a_snapshot() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let large = "snapshot ".repeat(20_000);
    let ops = vec![
        record(1, document(1), "one"),
        record(2, document(2), "of another"),
        record(3, document(1), "three"),
        put(document(1), Slot::Pen([4; 32]), "waits"),
        put(document(1), Slot::Refused([5; 32]), "why"),
        put(document(1), Slot::Snapshot, &large),
        put(document(1), Slot::Snapshot, "short now"),
    ];
    save(&journal, ops).expect("saved");
    let stored = journal.read_document(&document(1)).expect("read");
    assert_eq!(stored.snapshot.as_deref(), Some(&b"short now"[..]));
    assert_eq!(stored.records, [(1, b"one".to_vec()), (3, b"three".to_vec())]);
    assert_eq!(stored.pen, [([4; 32], b"waits".to_vec())]);
    assert_eq!(journal.read_slot(&document(1), Slot::Refused([5; 32])).expect("read").as_deref(), Some(&b"why"[..]));
    assert_eq!(journal.read_document(&document(3)).expect("read"), StoredDocument::default());

    let ops = vec![
        put(document(1), Slot::Snapshot, &large),
        Op::DropRecords { document: document(1), through: 1 },
        Op::RemoveSlot { document: document(1), slot: Slot::Pen([4; 32]) },
        Op::RemoveSlot { document: document(1), slot: Slot::Refused([5; 32]) },
    ];
    save(&journal, ops).expect("saved");
    let stored = journal.read_document(&document(1)).expect("read");
    assert_eq!(stored.snapshot.as_deref(), Some(large.as_bytes()));
    assert_eq!(stored.records, [(3, b"three".to_vec())]);
    assert_eq!(stored.pen, []);
    assert_eq!(positions(&journal), [2, 3]);
    save(&journal, vec![Op::RemoveSlot { document: document(1), slot: Slot::Snapshot }]).expect("saved");
    assert_eq!(journal.read_slot(&document(1), Slot::Snapshot).expect("read"), None);
}

#[test]
fn one_record_is_removed_and_only_from_its_own_document() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let ops = vec![
        record(1, document(1), "one"),
        record(2, document(2), "two"),
        record(3, document(1), "three"),
        Op::RemoveRecord { document: document(1), position: 1 },
        Op::RemoveRecord { document: document(1), position: 2 },
    ];
    save(&journal, ops).expect("saved");
    assert_eq!(positions(&journal), [2, 3]);
    assert_eq!(journal.read_document(&document(1)).expect("read").records, [(3, b"three".to_vec())]);
    assert_eq!(journal.read_document(&document(2)).expect("read").records, [(2, b"two".to_vec())]);
}

#[test]
fn what_a_log_line_may_show_holds_no_words() {
    let ops = vec![
        record(1, document(1), "secret"),
        put(document(1), Slot::Head, "secret"),
        Op::PutPeer { device: device(1), slot: PeerSlot::Known, bytes: b"secret".to_vec() },
        Op::PutMeta { key: "name".into(), bytes: b"secret".to_vec() },
        Op::PutEditId { document: document(1), id: "secret".into() },
    ];
    let folder = folder();
    let (journal, _) = open(&folder);
    let mut shown = format!("{ops:?}");
    save(&journal, ops).expect("saved");
    shown += &format!("{:?}", journal.read_log(0, 9, 999).expect("log"));
    shown += &format!("{:?}", journal.read_document(&document(1)).expect("read"));
    drop(journal);
    shown += &format!("{:?}", open(&folder).1);
    let bytes = format!("{:?}", b"secret".to_vec());
    assert!(!shown.contains("secret") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
}

#[test]
fn the_log_is_read_in_parts() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let from = |position: Position| position.is_multiple_of(2).then(|| device((position / 4) as u8));
    let ops = (1..=10).map(|position| Op::AppendRecord {
        position: position * 10,
        document: document((position % 3) as u8),
        origin: from(position),
        bytes: vec![position as u8; 1000],
    });
    save(&journal, ops.collect()).expect("saved");

    let all = journal.read_log(0, usize::MAX, usize::MAX).expect("log");
    assert_eq!(all.len(), 10);
    for (entry, position) in all.iter().zip(1..) {
        assert_eq!((entry.position, entry.origin), (position * 10, from(position)));
        assert_eq!((entry.document, &entry.bytes), (document((position % 3) as u8), &vec![position as u8; 1000]));
    }
    let read = |after, records, bytes| journal.read_log(after, records, bytes).expect("log");
    assert_eq!(read(0, 3, usize::MAX), all[..3]);
    assert_eq!(read(25, 3, usize::MAX), all[2..5]);
    assert_eq!(read(30, 3, 2500), all[3..5]);
    assert_eq!(read(30, 3, 0), all[3..4], "one in any case, or a long record would stop the log");
    assert_eq!(read(100, 3, usize::MAX), []);
    assert_eq!(read(Position::MAX, 3, usize::MAX), []);
}

#[test]
fn edit_ids_are_remembered_and_the_oldest_fall_out() {
    let folder = folder();
    let put = |number: u64| Op::PutEditId { document: document(1), id: format!("edit {number}") };
    let keys = |numbers: std::ops::Range<u64>| -> Vec<EditKey> {
        numbers.map(|number| edit_key(&document(1), &format!("edit {number}"))).collect()
    };
    let beyond = 10;
    {
        let (journal, recovered) = open(&folder);
        assert_eq!(recovered.edits, keys(0..0));
        save(&journal, (0..EDIT_IDS_MAX).map(put).collect()).expect("saved");
        save(&journal, vec![put(0)]).expect("saved");
    }
    let (journal, recovered) = open(&folder);
    assert_eq!(recovered.edits, keys(0..EDIT_IDS_MAX), "the same id is one entry");
    save(&journal, (EDIT_IDS_MAX..EDIT_IDS_MAX + beyond).map(put).collect()).expect("saved");
    drop(journal);
    assert_eq!(open(&folder).1.edits, keys(beyond..EDIT_IDS_MAX + beyond));
}

#[test]
fn every_document_is_shown_once_in_order_and_a_changed_row_is_named() {
    let folder = folder();
    {
        let (journal, _) = open(&folder);
        for number in (0..200).rev() {
            let text = number.to_string();
            let mut ops =
                vec![put(document(number), Slot::Head, &text), put(document(number), Slot::Catalog, "listed")];
            if number % 3 == 0 {
                ops.push(Op::RemoveSlot { document: document(number), slot: Slot::Head });
            }
            save(&journal, ops).expect("saved");
        }
    }
    let path = folder.path().join(places::JOURNAL_FILE);
    let database = Builder::new().open(&path).expect("open");
    let transaction = database.begin_write().expect("write");
    {
        let mut heads = transaction.open_table(tables::HEADS).expect("table");
        let foreign = heads.get(document(4).as_bytes()).expect("get").expect("row").value().to_vec();
        heads.insert(document(5).as_bytes(), &foreign[..]).expect("insert");
    }
    transaction.commit().expect("commit");
    database.close().expect("close");

    let (journal, _) = open(&folder);
    let mut shown = Vec::new();
    let unreadable =
        journal.for_each(SlotKind::Head, &mut |document, value| shown.push((document, value))).expect("read");
    assert_eq!(unreadable, [document(5)]);
    let expected: Vec<_> = (0..200)
        .filter(|number| number % 3 != 0 && *number != 5)
        .map(|number| (document(number), number.to_string().into_bytes()))
        .collect();
    assert_eq!(shown, expected);
    let mut listed = 0;
    assert_eq!(journal.for_each(SlotKind::Catalog, &mut |_, _| listed += 1).expect("read"), []);
    assert_eq!(listed, 200);
    assert_eq!(journal.for_each(SlotKind::Access, &mut |_, _| panic!("there is none")).expect("read"), []);
}

/// Were a change taken in for it, it could never be stored, nor any after it: at this start and at each to come.
#[test]
fn a_document_whose_key_does_not_open_is_left_alone_by_a_start() {
    let folder = folder();
    let access = |number: u8| {
        let founding = Founding::new(Kind::Goal, vec![PersonId::from_bytes([number; 32])], [number; 16]);
        (founding.id(), Access::new(founding))
    };
    let (whole, damaged) = (access(1), access(2));
    {
        let (journal, _) = open(&folder);
        let writes = [&whole, &damaged].map(|(id, access)| Op::PutSlot {
            document: *id,
            slot: Slot::Access,
            bytes: postcard::to_allocvec(access).expect("bytes"),
        });
        save(&journal, writes.into()).expect("saved");
    }
    let database = Builder::new().open(folder.path().join(places::JOURNAL_FILE)).expect("open");
    let transaction = database.begin_write().expect("write");
    {
        let mut keys = transaction.open_table(tables::KEYS).expect("table");
        let mut sealed = *keys.get(damaged.0.as_bytes()).expect("get").expect("row").value();
        sealed[30] ^= 1;
        keys.insert(damaged.0.as_bytes(), &sealed).expect("insert");
    }
    transaction.commit().expect("commit");
    database.close().expect("close");

    let (journal, found) = open(&folder);
    let recovered = crate::disk::recover(&journal, &found).expect("a start");
    let ids: Vec<_> = recovered.documents.iter().map(|(id, ..)| *id).collect();
    assert_eq!((ids, recovered.unreadable), (vec![whole.0], vec![damaged.0]));
}

#[test]
fn compaction_keeps_everything_and_a_compacted_note_is_small() {
    let folder = folder();
    let (journal, _) = open(&folder);
    // A thousand notes of 3,000 characters are snapshots of about 1.7 KB; ids are hashes, so the order is anybody's.
    let id = |number: u32| {
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&number.wrapping_mul(0x9e37_79b1).to_be_bytes());
        DocumentId::from_bytes(bytes)
    };
    let snapshot = |number: u32| vec![number as u8; 1_500 + number as usize % 400];
    for numbers in (0..1_000).collect::<Vec<u32>>().chunks(25) {
        let ops = numbers.iter().flat_map(|number| {
            let record = Op::AppendRecord {
                position: u64::from(*number) + 1,
                document: id(*number),
                origin: None,
                bytes: vec![7; 300],
            };
            [record, Op::PutSlot { document: id(*number), slot: Slot::Snapshot, bytes: snapshot(*number) }]
        });
        save(&journal, ops.collect()).expect("saved");
    }
    let drop_all = |number| Op::DropRecords { document: id(number), through: Position::MAX };
    save(&journal, (0..1_000).map(drop_all).collect()).expect("saved");
    let compacted = journal.compact().expect("compacted");
    assert!(compacted.bytes_after < compacted.bytes_before, "{compacted:?}");
    assert_eq!(compacted.bytes_after, journal.bytes_on_disk());
    // Three million characters; the bound is 1.1 bytes for each, and 0.71 was measured.
    assert!(compacted.bytes_after < 3_300_000, "{compacted:?}");
    for number in 0..1_000 {
        assert_eq!(journal.read_slot(&id(number), Slot::Snapshot).expect("read"), Some(snapshot(number)));
    }
    save(&journal, vec![record(5_000, id(1), "after")]).expect("saved");
    drop(journal);
    assert_eq!(positions(&open(&folder).0), [5_000]);
}

fn wait_for(storage: &mut watch::Receiver<StorageState>, wanted: impl Fn(&StorageState) -> bool) -> StorageState {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("runtime");
    runtime.block_on(storage.wait_for(wanted)).expect("the journal lives").clone()
}
