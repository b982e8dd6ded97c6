//! Decides nothing: shows that what simulated days write lies in the journal as in the simulation's model of a disk, also
//! after power cuts that tear pages: the engine starts from whole commits, as it does in the simulation.

use rounds_crdt::replica::{CommitId, Recovered, Store, Write};
use rounds_tests::sim::day::writes_of;
use rounds_tests::sim::disk::Stored;

use super::disk::Cut;
use super::*;
use crate::disk::{Disk as Shell, recover};

/// Days whose writes are kept; the simulation itself lives through many more.
const DAYS: u64 = 100;

/// One change or sync in so many has the power go: a few times on each computer's day.
const CUTS_ONE_IN: u64 = 200;

/// What a start finds, in an order that both kinds of disk can have.
fn in_order(mut recovered: Recovered) -> Recovered {
    recovered.certs.sort_by_key(|cert| cert.device);
    recovered.forgotten.sort();
    recovered.peers.sort_by_key(|(device, _)| *device);
    recovered.compare.sort();
    recovered
}

/// The model's disk after the first `commits`.
fn modelled(commits: &[Vec<Write>]) -> Stored {
    let mut stored = Stored::default();
    commits.iter().flatten().for_each(|write| stored.write(write.clone()));
    stored
}

/// Whether the journal holds what the model does: what a start finds, the log, and each document.
fn is_same(shell: &Shell, stored: &Stored) -> bool {
    let found = shell.journal().recovered().expect("readable");
    let recovered = in_order(recover(shell.journal(), &found).expect("a start"));
    let whole = |store: &dyn Store| store.log_after(0, usize::MAX, usize::MAX).expect("log");
    let documents = |store: &dyn Store| -> Vec<_> {
        recovered.documents.iter().map(|(id, ..)| store.document(id).expect("readable")).collect()
    };
    recovered == in_order(stored.recovered()) && whole(shell) == whole(stored) && documents(shell) == documents(stored)
}

#[test]
fn what_simulated_days_write_survives_torn_pages() {
    let mut cut = 0;
    for seed in 0..DAYS {
        for (computer, commits) in writes_of(seed).unwrap_or_else(|failed| panic!("{failed}")).iter().enumerate() {
            let folder = folder();
            let disk = Arc::new(Disk::default());
            let journal = open_on(&folder, disk.opener_in_memory());
            disk.cut_power_at_random(
                0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed * 8 + computer as u64 + 1),
                CUTS_ONE_IN,
            );
            let shell = Shell::new(journal.clone());
            for (number, writes) in commits.iter().enumerate() {
                let commit = number as CommitId + 1;
                save(&journal, shell.stage(commit, writes.clone())).expect("saved");
                shell.settled(commit);
                disk.acknowledge();
            }
            let at = format!("day {seed}, computer {computer}");
            assert!(is_same(&shell, &modelled(commits)), "{at}: what was written is not what is there");
            for (number, Cut { image, keys, acknowledged }) in disk.cuts().into_iter().enumerate() {
                let after = tempfile::tempdir().expect("folder");
                for (name, bytes) in keys.iter().chain([&(places::JOURNAL_FILE, image)]) {
                    fs::write(after.path().join(name), bytes).expect("write");
                }
                let (journal, _) = try_open(&after).unwrap_or_else(|error| panic!("{at}, cut {number}: {error}"));
                let shell = Shell::new(journal);
                // The commit that was under way is there whole, or not at all.
                let made_it = |kept: &usize| is_same(&shell, &modelled(&commits[..*kept]));
                assert!(
                    (acknowledged..=commits.len().min(acknowledged + 1)).any(|kept| made_it(&kept)),
                    "{at}, cut {number}: after {acknowledged} acknowledged commits there is something else"
                );
                cut += 1;
            }
        }
    }
    println!("{cut} power cuts");
    assert!(cut > 1_000, "power was cut {cut} times only");
}
