//! Decides nothing: shows that keys survive what should not hurt them and die when they should.

use super::*;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes().to_vec())
}

#[test]
fn a_sealed_value_opens_only_in_its_place_and_unchanged() {
    let key = SealingKey::generate().expect("key");
    let sealed = key.seal("heads", b"row", b"words").expect("seal");
    assert_eq!(sealed.len(), b"words".len() + SEALING_BYTES);
    assert_eq!(key.open("heads", b"row", &sealed), Ok(b"words".to_vec()));
    assert_eq!(key.open("heads", b"other", &sealed), Err(Unreadable));
    assert_eq!(key.open("access", b"row", &sealed), Err(Unreadable));
    assert_eq!(SealingKey::generate().expect("key").open("heads", b"row", &sealed), Err(Unreadable));
    for position in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[position] ^= 1;
        assert_eq!(key.open("heads", b"row", &changed), Err(Unreadable), "byte {position}");
        assert_eq!(key.open("heads", b"row", &sealed[..position]), Err(Unreadable), "cut at {position}");
    }
    assert_ne!(key.seal("heads", b"row", b"words").expect("seal"), sealed, "a nonce is never used twice");
}

#[test]
fn keys_in_a_private_file_come_back() {
    let folder = tempfile::tempdir().expect("folder");
    let home = Keys::open(folder.path(), None).expect("create").home().clone();
    let keys = Keys::open(folder.path(), None).expect("open");
    assert_eq!(keys.home(), &home);
    assert_eq!(keys.protection(), KeyProtection::File);
    assert!(matches!(Keys::open(folder.path(), None), Err(KeysError::Places(PlacesError::Locked(_)))));
}

#[test]
fn a_passphrase_is_asked_for_and_checked() {
    let folder = tempfile::tempdir().expect("folder");
    let home = Keys::open(folder.path(), Some(&passphrase("correct horse"))).expect("create").home().clone();
    assert!(!folder.path().join(places::MASTER_FILE).exists());
    assert!(matches!(Keys::open(folder.path(), None), Err(KeysError::PassphraseNeeded)));
    assert!(matches!(Keys::open(folder.path(), Some(&passphrase("battery"))), Err(KeysError::WrongKey)));
    let keys = Keys::open(folder.path(), Some(&passphrase("correct horse"))).expect("open");
    assert_eq!(keys.home(), &home);
    assert_eq!(keys.protection(), KeyProtection::Passphrase);
}

#[test]
fn keys_move_under_a_passphrase_and_leave_no_master_key_behind() {
    let folder = tempfile::tempdir().expect("folder");
    let home = Keys::open(folder.path(), None).expect("create").home().clone();
    let keys = Keys::open(folder.path(), Some(&passphrase("correct horse"))).expect("move");
    assert_eq!((keys.home(), keys.protection()), (&home, KeyProtection::Passphrase));
    assert!(!folder.path().join(places::MASTER_FILE).exists());
    drop(keys);
    assert!(matches!(Keys::open(folder.path(), None), Err(KeysError::PassphraseNeeded)));
}

#[test]
fn a_passphrase_file_is_one_line() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("phrase");
    fs::write(&path, "correct horse\r\n").expect("write");
    assert_eq!(&**Passphrase::read_file(&path).expect("read").0, b"correct horse");
    fs::write(&path, "\n").expect("write");
    assert!(Passphrase::read_file(&path).is_err());
    fs::write(&path, vec![b'a'; 5000]).expect("write");
    assert!(Passphrase::read_file(&path).is_err());
}

#[test]
fn a_folder_of_a_newer_version_is_not_touched() {
    let folder = tempfile::tempdir().expect("folder");
    drop(Keys::open(folder.path(), None).expect("create"));
    let path = folder.path().join(places::KEYS_FILE);
    let mut bytes = header(FOLDER_FORMAT + 1).into_bytes();
    bytes.extend_from_slice(b"whatever a newer version writes");
    fs::write(&path, &bytes).expect("write");
    assert!(
        matches!(Keys::open(folder.path(), None), Err(KeysError::NewerVersion { found }) if found == FOLDER_FORMAT + 1)
    );
    assert_eq!(fs::read(&path).expect("read"), bytes);
}

#[test]
fn damaged_missing_and_foreign_keys_are_told_apart() {
    let folder = tempfile::tempdir().expect("folder");
    drop(Keys::open(folder.path(), None).expect("create"));
    let path = folder.path().join(places::KEYS_FILE);
    let whole = fs::read(&path).expect("read");

    fs::write(&path, b"not keys").expect("write");
    assert!(matches!(Keys::open(folder.path(), None), Err(KeysError::Damaged(_))));
    let mut changed = whole.clone();
    *changed.last_mut().expect("bytes") ^= 1;
    fs::write(&path, &changed).expect("write");
    assert!(matches!(Keys::open(folder.path(), None), Err(KeysError::WrongKey)));
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).expect("write");
        assert!(Keys::open(folder.path(), None).is_err(), "cut at {length}");
    }

    fs::write(&path, &whole).expect("write");
    let master = folder.path().join(places::MASTER_FILE);
    let kept = fs::read(&master).expect("read");
    fs::remove_file(&master).expect("remove");
    assert!(matches!(Keys::open(folder.path(), None), Err(KeysError::Missing(gone)) if gone == master));
    fs::write(&master, &kept).expect("write");
    Keys::open(folder.path(), None).expect("all is well again");

    fs::remove_file(&path).expect("remove");
    fs::write(folder.path().join(places::JOURNAL_FILE), b"there are documents").expect("write");
    assert!(matches!(Keys::open(folder.path(), None), Err(KeysError::Missing(gone)) if gone == path));
}

#[test]
fn a_rotation_keeps_both_generations_until_it_is_settled() {
    let folder = tempfile::tempdir().expect("folder");
    let keys = Keys::open(folder.path(), None).expect("create");
    let first = keys.newest_generation();
    let first_key = keys.generation(first).expect("key");
    let (second, second_key) = keys.begin_rotation(first).expect("rotate");
    drop(keys);

    let keys = Keys::open(folder.path(), None).expect("open after a crash in the middle");
    assert_eq!(keys.generation(first), Some(first_key));
    assert_eq!(keys.generation(second), Some(second_key.clone()));
    let master = fs::read(folder.path().join(places::MASTER_FILE)).expect("read");
    keys.settle(second).expect("settle");
    assert_eq!(keys.generation(first), None);
    assert_ne!(fs::read(folder.path().join(places::MASTER_FILE)).expect("read"), master);
    drop(keys);

    let keys = Keys::open(folder.path(), None).expect("open");
    assert_eq!(keys.generation(first), None, "destroyed");
    assert_eq!(keys.generation(second), Some(second_key));
}

#[test]
fn a_crash_while_the_master_key_is_replaced_leaves_the_folder_usable() {
    let folder = tempfile::tempdir().expect("folder");
    let home = Keys::open(folder.path(), None).expect("create").home().clone();
    let old = read_masters(folder.path()).expect("master").remove(0);
    write_masters(folder.path(), &[old.clone(), SealingKey::generate().expect("key")]).expect("half of it");
    let keys = Keys::open(folder.path(), None).expect("open");
    assert_eq!(keys.home(), &home);
    assert_eq!(read_masters(folder.path()).expect("master"), vec![old], "the one in use stays, alone");
}
