//! Decides whether a fault of ours stays with what was asked: the document, the others and the daemon go on, and nothing
//! that was called saved is gone.

use std::sync::atomic::Ordering;

use rounds_crdt::edit::{Author, Edit, Splice};
use rounds_crdt::ids::DocumentId;

use super::kit::{Home, until};
use crate::house::answers::PartnerState;
use crate::house::keeper::Keeper;
use crate::house::{PageCommand, PageEvent, PageLink, Trouble, TroubleCode};
use crate::network::Obstacle;

/// Half an edit: it is in the document's memory, nobody signed it, and then something goes wrong.
fn half_an_edit(keeper: &mut Keeper, id: DocumentId) -> Result<(), Trouble> {
    let author = Author { person: keeper.person, role: keeper.replica.role(&id), at_ms: 0, offset_ms: 0 };
    let splices = vec![Splice { at: 0, delete: 0, insert: "half ".into() }];
    let edit = Edit::SpliceText { field: "notes".into(), splices };
    let actor = keeper.actor;
    let made = keeper.here(&id).expect("open").document.edit(actor, &author, &edit).expect("allowed");
    assert!(made.is_none(), "a fault of ours, which a test wanted");
    Ok(())
}

/// The next whole text that a page is told.
async fn told_text(page: &mut PageLink) -> String {
    loop {
        if let PageEvent::Text { text, .. } = page.events.recv().await.expect("the page is connected") {
            return text.as_str().to_owned();
        }
    }
}

#[tokio::test]
async fn a_fault_in_one_document_ends_with_what_was_asked() {
    let ana = Home::of("Ana").await;
    let (notes, other) = (ana.notes().await, ana.notes().await);
    ana.append(notes, "one", "I saw").await.expect("saved");
    ana.append(other, "two", "I heard").await.expect("saved");
    let mut page = ana.house().connect_page().await.expect("a page");
    let open = PageCommand::Open { document: notes, field: Some("notes".into()), heads: None, pending: Vec::new() };
    assert!(page.send(open));
    assert_eq!(told_text(&mut page).await, "I saw");

    let fault = ana.house().call(move |keeper| half_an_edit(keeper, notes)).await.expect_err("a fault");
    assert_eq!(fault.code, TroubleCode::Internal);
    assert_eq!(told_text(&mut page).await, "I saw", "the page is shown what is stored");
    assert_eq!(ana.text(notes).await, "I saw");
    ana.append(notes, "three", " six voices").await.expect("saved");
    ana.append(other, "four", " a question").await.expect("saved");
    let ana = ana.restarted().await;
    assert_eq!(
        (ana.text(notes).await.as_str(), ana.text(other).await.as_str()),
        ("I saw six voices", "I heard a question")
    );
}

#[tokio::test]
async fn a_document_that_goes_wrong_each_time_is_not_read_for_ever_and_others_are_served() {
    let ana = Home::of("Ana").await;
    let (notes, other) = (ana.notes().await, ana.notes().await);
    for _ in 0..10 {
        ana.text(notes).await;
        ana.house().call(move |keeper| half_an_edit(keeper, notes)).await.expect_err("a fault");
        assert_eq!(ana.text(other).await, "");
    }
    ana.append(notes, "one", "I saw").await.expect("saved");
    assert_eq!(ana.text(notes).await, "I saw");
}

#[tokio::test]
async fn an_engine_that_was_torn_is_made_again_and_nothing_called_saved_is_gone() {
    let (ana, ben) = (Home::of("Ana").await, Home::of("Ben").await);
    ana.pairs_with(&ben).await;
    let before = ana.partnership_with(&ben).await;
    ana.append(before, "one", "hello").await.expect("saved");
    until("Ben reads it", async || ben.text(before).await == "hello").await;
    let mut page = ana.house().connect_page().await.expect("a page");

    // A new document is compared with Ben's computer, and reading it for him goes wrong in the middle of a turn.
    let disk = ana.house().disk.clone();
    let notes = ana.notes().await;
    ana.append(notes, "two", "I saw").await.expect("saved");
    disk.faults.store(1, Ordering::SeqCst);
    let role = rounds_crdt::access::Role::Writer;
    ana.house().grant(notes, ben.running.person, role).await.expect("saved");
    until("the fault happened", async || disk.faults.load(Ordering::SeqCst) == 0).await;

    until("Ben has it all the same", async || ben.house().text(notes, None).await.is_ok()).await;
    until("Ben reads it", async || ben.text(notes).await == "I saw").await;
    while page.events.recv().await.is_some() {} // the page was let go, and connects anew
    let _page = ana.house().connect_page().await.expect("a page");

    // Both write on, and what was saved before is known.
    for (id, edit) in [(before, "three"), (notes, "four")] {
        ana.append(id, edit, ", Ben").await.expect("saved");
        until("Ben reads on", async || ben.text(id).await.ends_with(", Ben")).await;
    }
    ben.append(before, "five", "; yes").await.expect("saved");
    until("Ana reads on", async || ana.text(before).await.ends_with("; yes")).await;
    for (id, edit) in [(before, "one"), (notes, "two"), (before, "three"), (notes, "four")] {
        ana.append(id, edit, "twice").await.expect("it was saved before");
    }
    drop(disk);
    let (ana, ben) = (ana.restarted().await, ben.restarted().await);
    for home in [&ana, &ben] {
        assert_eq!(home.text(before).await, "hello, Ben; yes");
        assert_eq!(home.text(notes).await, "I saw, Ben");
    }
}

#[tokio::test]
async fn a_computer_whose_frames_tear_the_engine_each_time_is_set_aside_until_the_next_start() {
    let (ana, ben, chidi) = (Home::of("Ana").await, Home::of("Ben").await, Home::of("Chidi").await);
    ana.pairs_with(&ben).await;
    ana.pairs_with(&chidi).await;
    let with_chidi = ana.partnership_with(&chidi).await;
    let bens = async |home: &Home| {
        let people = home.house().status().await.expect("it is told at all times").partners;
        people.into_iter().find(|partner| partner.person.id == ben.running.person).expect("a partner")
    };
    until("they are connected", async || bens(&ana).await.state == PartnerState::Connected).await;

    // Ben offers Ana a document. What he offers is compared with what is stored, and reading that goes wrong, at each meeting;
    // what Chidi offers is read as ever.
    let disk = ana.house().disk.clone();
    let notes = ben.notes().await;
    ben.append(notes, "one", "I saw").await.expect("saved");
    *disk.faulty.lock().expect("no panic under it") = Some(notes);
    disk.faults.store(usize::MAX, Ordering::SeqCst);
    let role = rounds_crdt::access::Role::Writer;
    ben.house().grant(notes, ana.running.person, role).await.expect("saved");
    until("Ben is set aside", async || bens(&ana).await.obstacle == Some(Obstacle::SetAside)).await;
    disk.faults.store(0, Ordering::SeqCst);
    until("the engine is whole", async || ana.house().people().await.is_ok()).await;

    // Everybody else is served, and nothing of Ben's is heard.
    ana.append(with_chidi, "two", "hello").await.expect("saved");
    until("Chidi reads it", async || chidi.text(with_chidi).await == "hello").await;
    let tears = ana.house().call(move |keeper| Ok(keeper.commits_before)).await.expect("whole");
    ben.append(notes, "three", " six").await.expect("saved");
    chidi.append(with_chidi, "four", ", Ana").await.expect("saved");
    until("Ana reads on", async || ana.text(with_chidi).await == "hello, Ana").await;
    assert_eq!(ana.house().call(move |keeper| Ok(keeper.commits_before)).await, Ok(tears), "no engine was torn since");
    assert_eq!(
        (bens(&ana).await.state, ana.house().text(notes, None).await.is_err()),
        (PartnerState::Unreachable, true)
    );
    drop(disk);

    // After the next start it is tried again.
    let ana = ana.restarted().await;
    until("Ana has what Ben offered", async || ana.house().text(notes, None).await.is_ok()).await;
    until("Ana reads it", async || ana.text(notes).await == "I saw six").await;
}
