//! Decides whether what is asked twice is done once while the disk refuses, and whether a stop says what it lost.

use std::sync::atomic::Ordering;

use super::kit::{Home, until};
use crate::house::TroubleCode;
use crate::journal::JournalError;

impl Home {
    /// From here on the disk gives nothing back and takes nothing: the file cannot even be opened again.
    fn disk_refuses(&self) {
        self.platter.full.store(true, Ordering::SeqCst);
        self.platter.syncs_refused.store(usize::MAX, Ordering::SeqCst);
        self.platter.reads_refused.store(usize::MAX, Ordering::SeqCst);
    }

    fn disk_is_well(&self) {
        self.platter.reads_refused.store(0, Ordering::SeqCst);
        self.platter.syncs_refused.store(0, Ordering::SeqCst);
        self.platter.full.store(false, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn an_edit_that_is_sent_again_is_known_while_the_disk_cannot_be_read() {
    let ana = Home::of("Ana").await;
    let notes = ana.notes().await;
    ana.append(notes, "first", "I saw ").await.expect("saved");
    let ana = ana.restarted().await;
    ana.append(notes, "second", "and heard").await.expect("saved");

    ana.disk_refuses();
    let refused = ana.append(notes, "third", " six voices").await.expect_err("it is not saved");
    assert_eq!(refused.code, TroubleCode::NotSaved);
    assert!(matches!(ana.running.journal.read_log(0, 1, 1), Err(JournalError::Unavailable)), "it cannot be read");
    for edit in ["first", "second"] {
        ana.append(notes, edit, "twice ").await.expect("it was saved before");
    }
    ana.append(notes, "third", "twice ").await.expect_err("it is still not saved");
    assert_eq!(ana.text(notes).await, "I saw and heard six voices");

    // What waited is saved when the disk is well again, and everything once.
    ana.disk_is_well();
    until("it is saved", async || ana.append(notes, "third", "twice ").await.is_ok()).await;
    let ana = ana.restarted().await;
    assert_eq!(ana.text(notes).await, "I saw and heard six voices");
}

#[tokio::test]
async fn a_stop_that_loses_words_says_so() {
    let ana = Home::of("Ana").await;
    let notes = ana.notes().await;
    ana.platter.full.store(true, Ordering::SeqCst);
    let refused = ana.append(notes, "first", &"I saw ".repeat(20_000)).await.expect_err("it is not saved");
    assert_eq!(refused.code, TroubleCode::NotSaved);
    let lost = ana.stopped().await.expect_err("it is lost");
    assert_eq!(lost.to_string(), "some of what was written last could not be saved: the disk is full");
}
