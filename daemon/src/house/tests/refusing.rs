//! Decides whether what is asked twice is done once while the disk refuses, and whether a stop says what it lost.

use std::sync::atomic::Ordering;

use rounds_crdt::ids::DocumentId;
use rounds_crdt::replica::{Event, Snapshot};

use super::kit::{Home, until};
use crate::house::keeper::Keeper;
use crate::house::{Trouble, TroubleCode};
use crate::journal::{DiskTrouble, JournalError};

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

#[tokio::test]
async fn one_name_in_two_documents_names_two_edits() {
    let ana = Home::of("Ana").await;
    let (notes, other) = (ana.notes().await, ana.notes().await);
    ana.append(notes, "one", "I saw").await.expect("saved");
    ana.append(other, "one", "I heard").await.expect("saved");
    let ana = ana.restarted().await;
    for id in [notes, other] {
        ana.append(id, "one", " it").await.expect("it was saved before");
    }
    assert_eq!((ana.text(notes).await.as_str(), ana.text(other).await.as_str()), ("I saw", "I heard"));
}

/// A compaction that must be compared with what is stored, and reading that goes wrong in the middle of a turn.
fn tear(keeper: &mut Keeper, id: DocumentId) -> Result<(), Trouble> {
    let tips = keeper.replica.head(&id).expect("held").clock.clone();
    let snapshot = Box::new(Snapshot { tips, proofs: Vec::new(), bytes: Vec::new() });
    keeper.disk.faults.store(1, Ordering::SeqCst);
    keeper.replica.handle(keeper.now(), Event::Compacted { document: id, snapshot, through: 1 }, &*keeper.disk);
    Ok(())
}

#[tokio::test]
async fn a_torn_engine_that_waits_for_a_full_disk_says_so_and_goes_on_when_there_is_room() {
    let ana = Home::of("Ana").await;
    let notes = ana.notes().await;
    ana.append(notes, "first", "I saw").await.expect("saved");
    ana.platter.full.store(true, Ordering::SeqCst);
    let words = " and heard".repeat(20_000);
    assert_eq!(ana.append(notes, "second", &words).await.expect_err("full").code, TroubleCode::NotSaved);
    ana.house().call(move |keeper| tear(keeper, notes)).await.expect_err("a fault of ours");
    assert_eq!(ana.house().people().await.expect_err("it is being read anew").code, TroubleCode::Unavailable);

    let status = ana.house().status().await.expect("it is told at all times");
    assert_eq!((status.storage.saving, status.storage.reason.as_deref()), (false, Some("the disk is full")));
    assert!(status.documents.count > 0, "what is known is told");

    ana.platter.full.store(false, Ordering::SeqCst);
    until("it saves again", async || ana.house().status().await.is_ok_and(|status| status.storage.saving)).await;
    assert_eq!(ana.text(notes).await, format!("I saw{words}"), "what waited was saved before the engine was made anew");
    ana.append(notes, "second", &words).await.expect("it was saved before");
    assert_eq!(ana.text(notes).await, format!("I saw{words}"));
}

#[tokio::test]
async fn a_commit_that_can_never_be_saved_is_told_and_nothing_after_it_is_called_saved() {
    let ana = Home::of("Ana").await;
    let notes = ana.notes().await;
    ana.append(notes, "first", "I saw").await.expect("saved");
    // One got lost on its way to the disk: what comes next does not follow on.
    let lose_one = |keeper: &mut Keeper| {
        keeper.commits_before += 1;
        Ok(())
    };
    ana.house().call(lose_one).await.expect("lost");
    for edit in ["second", "third"] {
        let refused = ana.append(notes, edit, " and heard").await.expect_err("it is not saved");
        assert_eq!(refused.code, TroubleCode::NotSaved);
        assert!(refused.hint.expect("what to try").contains("start it again"));
    }
    let storage = ana.house().status().await.expect("a status").storage;
    assert_eq!((storage.saving, storage.trouble), (false, Some(DiskTrouble::GaveUp)));
    assert!(storage.reason.expect("why").contains("could not be stored"));

    let (stopped, ana) = ana.started_again().await;
    assert!(stopped.expect_err("words are lost").to_string().contains("could not be stored"));
    assert_eq!(ana.text(notes).await, "I saw");
    ana.append(notes, "second", " and heard").await.expect("saved");
    assert_eq!(ana.text(notes).await, "I saw and heard");
}
