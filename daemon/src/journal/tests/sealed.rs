//! Decides nothing: shows that words never lie on disk in clear, and that a forgotten document is gone.

use super::*;

const MARKER: &str = "the children were arguing with each other's reasons";

fn holds_marker(folder: &TempDir) -> bool {
    fs::read_dir(folder.path()).expect("list").any(|entry| {
        let bytes = fs::read(entry.expect("entry").path()).expect("read");
        bytes.windows(MARKER.len()).any(|window| window == MARKER.as_bytes())
    })
}

#[test]
fn words_never_lie_on_disk_in_clear() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let slots = [Slot::Head, Slot::Access, Slot::Snapshot, Slot::Catalog, Slot::Pen([1; 32]), Slot::Refused([2; 32])];
    let mut ops: Vec<_> = slots.into_iter().map(|slot| put(document(1), slot, MARKER)).collect();
    ops.push(record(1, document(1), MARKER));
    ops.push(Op::PutPeer { device: device(1), slot: PeerSlot::Known, bytes: MARKER.into() });
    ops.push(Op::PutMeta { key: "name".into(), bytes: MARKER.into() });
    ops.push(Op::PutEditId { document: document(1), id: MARKER.into() });
    save(&journal, ops).expect("saved");
    assert!(!holds_marker(&folder));
    journal.compact().expect("compacted");
    assert!(!holds_marker(&folder));
    journal.close().expect("closed");
    assert!(!holds_marker(&folder));
    fs::write(folder.path().join("control"), MARKER).expect("write");
    assert!(holds_marker(&folder), "the search itself works");
}

#[cfg(unix)]
#[test]
fn folder_and_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let outer = folder();
    let path = outer.path().join("rounds");
    let keys = Keys::open(&path, None).expect("keys");
    crate::identity::Identity::load_or_create(&path, &keys).expect("identity");
    let (journal, _) = Journal::open(&path, keys).expect("open");
    save(&journal, vec![record(1, document(1), "x"), Op::ForgetDocument { document: document(1) }]).expect("saved");
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).expect("list") {
        let entry = entry.expect("entry");
        assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.file_name());
        names.push(entry.file_name().into_string().expect("name"));
    }
    names.sort();
    assert_eq!(names, ["identity", "journal.redb", "keys", "lock", "master.key"]);
}

#[test]
fn other_keys_do_not_open_a_journal() {
    let (ana, ben) = (folder(), folder());
    drop(open(&ana));
    drop(open(&ben));
    fs::copy(ana.path().join(places::JOURNAL_FILE), ben.path().join(places::JOURNAL_FILE)).expect("copy");
    assert!(matches!(try_open(&ben), Err(JournalError::WrongKey)));
}

#[test]
fn a_file_that_is_no_journal_is_damaged_and_not_touched() {
    let folder = folder();
    let keys = Keys::open(folder.path(), None).expect("keys");
    let path = folder.path().join(places::JOURNAL_FILE);
    for content in [&b""[..], b"hello", &[7; 100_000]] {
        fs::write(&path, content).expect("write");
        assert!(matches!(Journal::open(folder.path(), keys.clone()), Err(JournalError::Damaged { .. })));
        assert_eq!(fs::read(&path).expect("read"), content);
    }
}

#[test]
fn a_journal_of_a_newer_version_is_refused() {
    let folder = folder();
    drop(open(&folder));
    let database = Builder::new().open(folder.path().join(places::JOURNAL_FILE)).expect("open");
    let transaction = database.begin_write().expect("write");
    transaction
        .open_table(tables::STATE)
        .expect("table")
        .insert(tables::FORMAT, tables::JOURNAL_FORMAT + 1)
        .expect("insert");
    transaction.commit().expect("commit");
    database.close().expect("close");
    assert!(matches!(try_open(&folder), Err(JournalError::NewerVersion { found: 2, known: 1 })));
}

#[test]
fn a_forgotten_document_is_gone_and_no_key_opens_what_may_be_left_of_it() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let ops = vec![
        record(1, document(1), "to be forgotten"),
        record(2, document(2), "stays"),
        put(document(1), Slot::Head, "h"),
        put(document(1), Slot::Snapshot, "s"),
        put(document(1), Slot::Pen([1; 32]), "p"),
        put(document(1), Slot::Refused([1; 32]), "r"),
        Op::SetCompare { device: device(1), document: document(1) },
        Op::SetCompare { device: device(1), document: document(2) },
    ];
    save(&journal, ops).expect("saved");
    journal.close().expect("closed");
    // What somebody may dig out of the free pages of the disk: the whole journal as it was.
    let dug_out = copy_folder(&folder, &ALL_FILES);

    let (journal, _) = open(&folder);
    save(&journal, vec![Op::ForgetDocument { document: document(1) }]).expect("saved");
    assert_eq!(journal.read_document(&document(1)).expect("read"), StoredDocument::default());
    assert_eq!(journal.read_slot(&document(1), Slot::Refused([1; 32])).expect("read"), None);
    assert_eq!(positions(&journal), [2]);
    assert_eq!(journal.read_document(&document(2)).expect("read").records, [(2, b"stays".to_vec())]);
    journal.close().expect("closed");

    assert!(open(&dug_out).0.read_document(&document(1)).is_ok(), "with the old keys it would open");
    for name in [places::KEYS_FILE, places::MASTER_FILE] {
        fs::copy(folder.path().join(name), dug_out.path().join(name)).expect("copy");
    }
    assert!(matches!(try_open(&dug_out), Err(JournalError::WrongKey)), "with the keys of today it does not");
    let keys = Keys::open(folder.path(), None).expect("keys");
    let today = keys.generation(keys.newest_generation()).expect("generation");
    let old = Builder::new().open(dug_out.path().join(places::JOURNAL_FILE)).expect("open");
    let transaction = old.begin_read().expect("read");
    let rows = transaction.open_table(tables::KEYS).expect("table");
    let row = rows.get(document(1).as_bytes()).expect("get").expect("the old row");
    assert!(apply::open_document_key(&today, &document(1), row.value()).is_none());
    assert!(apply::open_document_key(keys.home(), &document(1), row.value()).is_none());
    drop(keys);

    let (journal, recovered) = open(&folder);
    assert_eq!(recovered.compare, [(device(1), document(2))]);
    let ops = vec![record(3, document(1), "a new beginning"), record(4, document(2), "more")];
    save(&journal, ops).expect("saved");
    assert_eq!(journal.read_document(&document(1)).expect("read").records, [(3, b"a new beginning".to_vec())]);
    assert_eq!(journal.read_document(&document(2)).expect("read").records.len(), 2);
}

#[test]
fn forgetting_and_writing_again_in_one_batch_starts_afresh() {
    let folder = folder();
    let (journal, _) = open(&folder);
    save(&journal, vec![record(1, document(1), "old"), put(document(2), Slot::Head, "h")]).expect("saved");
    let ops = vec![
        record(2, document(1), "old too"),
        Op::ForgetDocument { document: document(1) },
        record(3, document(1), "new"),
        Op::ForgetDocument { document: document(3) },
    ];
    save(&journal, ops).expect("saved");
    drop(journal);
    let (journal, _) = open(&folder);
    assert_eq!(positions(&journal), [3]);
    assert_eq!(journal.read_document(&document(1)).expect("read").records, [(3, b"new".to_vec())]);
    assert_eq!(journal.read_slot(&document(2), Slot::Head).expect("read").as_deref(), Some(&b"h"[..]));
}

#[test]
fn forgetting_waits_until_the_key_file_can_be_written() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let mut storage = journal.storage();
    save(&journal, vec![record(1, document(1), "x"), record(2, document(2), "y")]).expect("saved");
    // A folder in the way of the new key file: it cannot be made while that is there.
    let obstacle = folder.path().join("keys.new");
    fs::create_dir(&obstacle).expect("create");
    let (told, telling) = mpsc::channel();
    journal.commit(
        vec![Op::ForgetDocument { document: document(1) }],
        Box::new(move |saved| told.send(saved).expect("the test waits")),
    );
    wait_for(&mut storage, |state| matches!(state, StorageState::NotSaving { trouble: DiskTrouble::Other, .. }));
    assert!(telling.try_recv().is_err());
    assert_eq!(positions(&journal), [1, 2], "nothing is half forgotten");
    fs::remove_dir(&obstacle).expect("remove");
    assert_eq!(telling.recv(), Ok(Ok(())));
    assert_eq!(positions(&journal), [2]);
}

#[test]
fn a_crash_in_the_middle_of_forgetting_is_finished_by_the_next_start() {
    let folder = folder();
    let (journal, _) = open(&folder);
    save(&journal, vec![record(1, document(1), "x"), record(2, document(2), "y")]).expect("saved");
    let keys = journal.writer.shared.keys.clone();
    // The new generation is on disk, the journal has not moved to it: the start drops it.
    keys.begin_rotation(keys.newest_generation()).expect("rotate");
    drop(keys);
    let before = copy_folder(&folder, &ALL_FILES);
    save(&journal, vec![Op::ForgetDocument { document: document(1) }]).expect("saved");
    journal.close().expect("closed");
    assert_eq!(positions(&open(&before).0), [1, 2]);
    assert_eq!(positions(&open(&before).0), [1, 2]);
    assert_eq!(positions(&open(&folder).0), [2]);
}
