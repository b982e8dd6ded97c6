//! Decides nothing: shows that keys survive what should not hurt them and die when they should.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::identity::Identity;
use crate::strangers::nearly;

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
    assert!(matches!(Keys::open(folder.path(), Some(&passphrase("battery"))), Err(KeysError::WrongPassphrase)));
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

/// A copy of a folder's keys, as a disk has them after a power cut.
fn copy(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("folder");
    for entry in fs::read_dir(folder).expect("list") {
        let entry = entry.expect("entry");
        fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copy");
    }
    copy
}

fn all_of(folder: &Path) -> Vec<u8> {
    let paths = fs::read_dir(folder).expect("list").map(|entry| entry.expect("entry").path());
    paths
        .filter(|path| path.file_name() != Some("lock".as_ref()))
        .flat_map(|path| fs::read(path).expect("read"))
        .collect()
}

#[test]
fn a_passphrase_is_set_changed_and_taken_away_while_the_keys_are_in_use() {
    let folder = tempfile::tempdir().expect("folder");
    let keys = Keys::open(folder.path(), None).expect("create");
    let home = keys.home().clone();
    let (first, second) = (passphrase("correct horse"), passphrase("battery staple"));
    assert!(matches!(keys.check(&first), Err(KeysError::WrongPassphrase)), "there is none yet");

    keys.protect(Some(&first)).expect("set");
    assert_eq!(keys.protection(), KeyProtection::Passphrase);
    assert!(Keys::need_passphrase(folder.path()) && !Keys::need_passphrase(Path::new("/nonexistent")));
    assert!(!folder.path().join(places::MASTER_FILE).exists());
    keys.check(&first).expect("right");
    assert!(matches!(keys.check(&second), Err(KeysError::WrongPassphrase)));

    keys.protect(Some(&second)).expect("changed");
    keys.check(&second).expect("right");
    assert!(matches!(keys.check(&first), Err(KeysError::WrongPassphrase)));
    // A document forgotten afterwards is sealed under the same passphrase.
    let (generation, _) = keys.begin_rotation(keys.newest_generation()).expect("rotate");
    keys.settle(generation).expect("settle");
    drop(keys);
    assert!(matches!(Keys::open(folder.path(), Some(&first)), Err(KeysError::WrongPassphrase)));
    let keys = Keys::open(folder.path(), Some(&second)).expect("open");
    assert_eq!((keys.home(), keys.newest_generation()), (&home, generation));

    keys.protect(None).expect("taken away");
    assert_eq!(keys.protection(), KeyProtection::File);
    assert!(!Keys::need_passphrase(folder.path()));
    drop(keys);
    assert_eq!(Keys::open(folder.path(), None).expect("open").home(), &home);
}

#[test]
fn a_move_cut_short_at_any_step_leaves_the_old_protection_or_the_new_one() {
    let (first, second) = (passphrase("correct horse"), passphrase("battery staple"));
    for (from, to) in [(None, Some(&first)), (Some(&first), Some(&second)), (Some(&first), None)] {
        let folder = tempfile::tempdir().expect("folder");
        let keys = Keys::open(folder.path(), from).expect("create");
        let home = keys.home().clone();
        let way = protecting::Move::plan(folder.path(), &home, &keys.state(), to).expect("plan");
        drop(keys);
        for done in 0..=way.steps.len() {
            for torn in [None, Some(0), Some(20)] {
                let crashed = copy(folder.path());
                for step in &way.steps[..done] {
                    step.perform(crashed.path()).expect("a step");
                }
                if let Some(length) = torn {
                    tear(crashed.path(), way.steps.get(done), length);
                }
                let with = |passphrase: Option<&Passphrase>| Keys::open(&copy(crashed.path()).keep(), passphrase);
                let (old, new) = (with(from), with(to));
                let name = format!("{from:?} to {to:?}, {done} steps, torn at {torn:?}: {old:?} or {new:?}");
                // Keys in a file move under whatever passphrase a start gives; otherwise exactly one holds.
                let opened: Vec<Keys> = [old, new].into_iter().flatten().collect();
                assert!(!opened.is_empty(), "{name}");
                assert!(opened.len() == 1 || from.is_none() || to.is_none(), "{name}");
                assert!(opened.iter().all(|keys| *keys.home() == home), "{name}");
                for keys in opened {
                    let folder = keys.folder().to_owned();
                    drop(keys);
                    fs::remove_dir_all(folder).expect("tidy");
                }
            }
        }
    }
}

/// Leaves what a power cut leaves of a step that was under way: part of a new file, or an old one partly overwritten.
fn tear(folder: &Path, step: Option<&protecting::Step>, length: usize) {
    use protecting::Step;
    let unfinished = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(format!("{name}.new")), &bytes[..length.min(bytes.len())]).expect("write");
    };
    match step {
        Some(Step::WriteMaster(master)) => unfinished(places::MASTER_FILE, master.as_bytes()),
        Some(Step::ReplaceKeys(bytes)) => unfinished(places::KEYS_FILE, bytes),
        Some(Step::DestroyMaster) => {
            let path = folder.join(places::MASTER_FILE);
            let Ok(mut bytes) = fs::read(&path) else { return };
            let overwritten = length.min(bytes.len());
            bytes[..overwritten].fill(0);
            fs::write(&path, bytes).expect("write");
        }
        None => {}
    }
}

#[test]
fn a_passphrase_leaves_nothing_behind_that_opens_the_keys_without_it() {
    let folder = tempfile::tempdir().expect("folder");
    let keys = Keys::open(folder.path(), None).expect("create");
    let master = read_masters(folder.path()).expect("master").remove(0);
    keys.protect(Some(&passphrase("correct horse"))).expect("set");
    let found = |needle: &[u8]| all_of(folder.path()).windows(needle.len()).any(|window| window == needle);
    assert!(!found(master.as_bytes()) && !found(keys.home().as_bytes()) && !found(b"correct horse"));
}

#[cfg(unix)]
#[test]
fn a_disk_that_refuses_leaves_the_protection_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("folder");
    let keys = Keys::open(folder.path(), None).expect("create");
    // A folder in the way of the new file: refused to every account, an administrator's too.
    let blocked = folder.path().join("keys.new");
    fs::create_dir(&blocked).expect("in the way");
    fs::set_permissions(&blocked, fs::Permissions::from_mode(0o700)).expect("mode");
    assert!(matches!(keys.protect(Some(&passphrase("correct horse"))), Err(KeysError::Io { .. })));
    assert_eq!(keys.protection(), KeyProtection::File);
    fs::remove_dir(&blocked).expect("out of the way");
    drop(keys);
    Keys::open(folder.path(), None).expect("as before");
}

#[test]
fn a_passphrase_is_chosen_long_enough_and_on_one_line() {
    assert!(Passphrase::chosen("correct horse".to_owned()).is_ok());
    assert!(Passphrase::chosen("contraseña".to_owned()).is_ok());
    assert_eq!(Passphrase::chosen("é".repeat(7)).err(), Some(Unfit::TooShort));
    assert_eq!(Passphrase::chosen("correct\nhorse".to_owned()).err(), Some(Unfit::NotOneLine));
    assert_eq!(Passphrase::chosen("a".repeat(5000)).err(), Some(Unfit::NotOneLine));
}

/// The files of one folder with its home key: keys, master key, identity.
static GOOD: LazyLock<([Vec<u8>; 3], SealingKey)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("folder");
    let keys = Keys::open(folder.path(), None).expect("create");
    Identity::load_or_create(folder.path(), &keys).expect("create");
    let home = keys.home().clone();
    (FILES.map(|file| fs::read(folder.path().join(file)).expect("read")), home)
});

const FILES: [&str; 3] = [places::KEYS_FILE, places::MASTER_FILE, places::IDENTITY_FILE];

proptest! {
    #[test]
    fn whatever_lies_in_the_place_of_a_secret_is_it_or_is_refused(
        which in 0..FILES.len(),
        left in nearly(GOOD.0.clone().into()),
    ) {
        let (good, home) = &*GOOD;
        let folder = tempfile::tempdir().expect("folder");
        for (index, file) in FILES.into_iter().enumerate() {
            fs::write(folder.path().join(file), if index == which { &left } else { &good[index] }).expect("write");
        }
        // What opens is what was sealed, and nothing else.
        let Ok(keys) = Keys::open(folder.path(), None) else { return Ok(()) };
        prop_assert!(keys.home() == home);
        let identity = Identity::load_or_create(folder.path(), &keys);
        let is_good = which != 2 || left == good[2];
        prop_assert_eq!(identity.is_ok(), is_good);
    }
}
