//! Decides nothing: shows that batches which build on each other end at the first that can never be saved.

use super::*;

#[test]
fn once_one_of_a_series_can_never_be_saved_none_after_it_is() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let (told, telling) = mpsc::channel();
    let commit = |number: u64, ops: Vec<Op>| {
        let told = told.clone();
        journal.commit_next(number, ops, Box::new(move |saved| told.send(saved).expect("the test waits")));
    };
    commit(1, vec![record(1, document(1), "a")]);
    commit(2, vec![record(1, document(1), "its place is taken")]);
    commit(3, vec![record(2, document(1), "b")]);
    let answers: Vec<_> = telling.iter().take(3).collect();
    let refused = Err(SaveError::PositionNotRising { position: 1, last: 1 });
    assert_eq!(answers, [Ok(()), refused, Err(SaveError::BuildsOnLost)]);

    // What is of no series is saved, and it is said all the while that something is not.
    save(&journal, vec![put(document(2), Slot::Catalog, "listed")]).expect("saved");
    commit(4, vec![record(3, document(1), "c")]);
    assert_eq!(telling.recv(), Ok(Err(SaveError::BuildsOnLost)));
    let state = journal.storage().borrow().clone();
    assert!(matches!(state, StorageState::NotSaving { trouble: DiskTrouble::GaveUp, .. }), "{state:?}");
    assert!(matches!(journal.close(), Err(JournalError::Unavailable)), "words were lost");
    assert_eq!(positions(&open(&folder).0), [1]);
}

#[test]
fn one_of_a_series_that_got_lost_on_its_way_takes_along_what_builds_on_it() {
    let folder = folder();
    let (journal, _) = open(&folder);
    let (told, telling) = mpsc::channel();
    for (number, position) in [(1, 1), (3, 2), (4, 3)] {
        let told = told.clone();
        let done = move |saved: Result<(), SaveError>| told.send(saved).expect("the test waits");
        journal.commit_next(number, vec![record(position, document(1), "x")], Box::new(done));
    }
    let answers: Vec<_> = telling.iter().take(3).collect();
    let lost = Err(SaveError::OutOfTurn { number: 3, last: 1 });
    assert_eq!(answers, [Ok(()), lost, Err(SaveError::BuildsOnLost)]);
    assert_eq!(positions(&journal), [1]);
}
