//! Decides nothing: shows that a journal which something else wrote into is read, or called damaged, and never more.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// A folder's files, the journal first, and where in the journal anything lies.
static GOOD: LazyLock<([Vec<u8>; 3], Vec<usize>)> = LazyLock::new(|| {
    let folder = folder();
    let (journal, _) = open(&folder);
    for position in 1..=40 {
        let owner = document((position % 5) as u8);
        let ops =
            vec![record(position, owner, "words"), put(owner, Slot::Head, "head"), put(owner, Slot::Snapshot, "all")];
        save(&journal, ops).expect("saved");
    }
    journal.close().expect("closed");
    let files = ALL_FILES.map(|file| fs::read(folder.path().join(file)).expect("read"));
    let written = (0..files[0].len()).filter(|at| files[0][*at] != 0).collect();
    (files, written)
});

/// Reads all there is in a folder with this journal. Any answer will do that is one, and what opens is what was sealed.
fn look_into(journal: &[u8]) {
    let ([_, keys, master], _) = &*GOOD;
    let folder = folder();
    for (file, bytes) in ALL_FILES.into_iter().zip([journal, keys, master]) {
        fs::write(folder.path().join(file), bytes).expect("write");
    }
    let Ok((journal, _)) = try_open(&folder) else { return };
    let _ = journal.read_log(0, usize::MAX, usize::MAX);
    let _ = journal.for_each(SlotKind::Head, &mut |_, _| {});
    for number in 0..5 {
        let read = journal.read_document(&document(number)).unwrap_or_default();
        assert!(read.records.iter().all(|(_, bytes)| bytes == b"words"));
    }
}

/// The file is made of pages, each of which begins with how much lies in it, and where.
#[test]
fn a_page_that_begins_with_nonsense_is_noticed_or_harmless() {
    const PAGE_BYTES: usize = 4096;
    let ([good, ..], _) = &*GOOD;
    let mut written = 0;
    for page in
        (0..good.len()).step_by(PAGE_BYTES).filter(|page| good[*page..page + PAGE_BYTES].iter().any(|byte| *byte != 0))
    {
        written += 1;
        for (at, byte) in [(2, 0xff), (4, 0xff), (5, 0x10)] {
            let mut bytes = good.clone();
            bytes[page + at] = byte;
            look_into(&bytes);
        }
    }
    assert!(written > 10, "there is something in it: {written} pages");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_was_written_into_a_journal_is_noticed_or_harmless(
        changes in vec((any::<Index>(), any::<u8>()), 1..12),
        cut in proptest::option::weighted(0.2, any::<Index>()),
    ) {
        let ([good, ..], written) = &*GOOD;
        let mut bytes = good.clone();
        for (at, byte) in changes {
            bytes[written[at.index(written.len())]] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        look_into(&bytes);
    }
}
