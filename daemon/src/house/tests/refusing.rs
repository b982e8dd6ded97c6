//! Decides whether what is asked twice is done once, also while the disk cannot be read.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rounds_crdt::ids::DocumentId;

use super::kit::{Home, until};
use crate::house::{Trouble, TroubleCode};
use crate::house::answers::TextChange;
use crate::journal::JournalError;

async fn append(home: &Home, id: DocumentId, edit: &str, words: &str) -> Result<(), Trouble> {
    let change = TextChange::Append(words.into());
    home.house.change_text(id, None, Some(edit.to_owned()), change, None, Duration::ZERO).await.map(drop)
}

#[tokio::test]
async fn an_edit_that_is_sent_again_is_known_while_the_disk_cannot_be_read() {
    let ana = Home::of("Ana").await;
    let notes = ana.notes().await;
    append(&ana, notes, "first", "I saw ").await.expect("saved");
    let ana = ana.restarted().await;
    append(&ana, notes, "second", "and heard").await.expect("saved");

    // From here on the disk gives nothing back, and takes nothing: the file cannot even be opened again.
    ana.platter.reads_refused.store(usize::MAX, Ordering::SeqCst);
    ana.platter.full.store(true, Ordering::SeqCst);
    ana.platter.syncs_refused.store(usize::MAX, Ordering::SeqCst);
    let refused = append(&ana, notes, "third", " six voices").await.expect_err("it is not saved");
    assert_eq!(refused.code, TroubleCode::NotSaved);
    assert!(matches!(ana.journal.read_log(0, 1, 1), Err(JournalError::Unavailable)), "the disk is as it should be");
    for edit in ["first", "second"] {
        append(&ana, notes, edit, "twice ").await.expect("it was saved before");
    }
    append(&ana, notes, "third", "twice ").await.expect_err("it is still not saved");
    assert_eq!(ana.text(notes).await, "I saw and heard six voices");

    // It is well again: what waited is saved, and everything once.
    for refusing in [&ana.platter.reads_refused, &ana.platter.syncs_refused] {
        refusing.store(0, Ordering::SeqCst);
    }
    ana.platter.full.store(false, Ordering::SeqCst);
    until("it is saved", async || append(&ana, notes, "third", "twice ").await.is_ok()).await;
    let ana = ana.restarted().await;
    assert_eq!(ana.text(notes).await, "I saw and heard six voices");
}
