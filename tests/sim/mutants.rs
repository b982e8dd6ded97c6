//! Decides whether the simulation would notice a broken engine: each way of breaking it must fail within a few days, and
//! the sound engine must get through the same ones.

use rounds_crdt::replica::Mutant;
use rounds_tests::sim::day::{Plan, live_through};
use rounds_tests::sim::school::School;

/// Days lived through before a mutant counts as unnoticed: a tenth of what the seeds' tests live through.
const DAYS_MAX: u64 = 200;

fn is_noticed(plan: Plan) {
    // Panics of a broken engine are caught and count as noticed; their messages would only look like failures.
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let noticed = (0..DAYS_MAX).find_map(|seed| live_through(seed, plan).err());
    std::panic::set_hook(quiet);
    let Some(failed) = noticed else { panic!("{plan:?} went unnoticed for {DAYS_MAX} days") };
    println!("{plan:?} noticed on day {}: {}", failed.seed, failed.what);
    if let Err(sound) = live_through(failed.seed, Plan::default()) {
        panic!("the sound engine fails on the same day: {sound}");
    }
}

fn is_noticed_as(mutant: Mutant) {
    is_noticed(Plan { mutant: Some(mutant), ..Plan::default() });
}

#[test]
fn dropping_acknowledgements_is_noticed() {
    is_noticed_as(Mutant::DropAcknowledgement);
}

#[test]
fn skipping_the_grant_check_is_noticed() {
    is_noticed_as(Mutant::SkipGrantCheck);
}

#[test]
fn acknowledging_before_the_disk_is_noticed() {
    is_noticed_as(Mutant::AcknowledgeBeforeDisk);
}

#[test]
fn forgetting_the_pens_bound_is_noticed() {
    is_noticed_as(Mutant::ForgetPenBound);
}

#[test]
fn moving_a_cursor_past_a_record_that_was_not_kept_is_noticed() {
    is_noticed_as(Mutant::MoveCursorPastRefused);
}

#[test]
fn losing_a_compare_mark_is_noticed() {
    is_noticed_as(Mutant::LoseCompareMark);
}

#[test]
fn reusing_an_actor_after_a_restored_backup_is_noticed() {
    is_noticed(Plan { reuses_actors: true, ..Plan::default() });
}

#[test]
fn reusing_an_actor_in_a_copy_of_a_running_machine_is_noticed() {
    let noticed = |reuses_actors: bool| {
        let (mut school, [ana, ben]) = School::of();
        school.reuses_actors = reuses_actors;
        let debrief = school.debrief(ana, &[ben]);
        school.types(ana, debrief, "before");
        school.run_until_quiet();
        let copy = school.copy_running(ana);
        school.types(ana, debrief, " here");
        school.types(copy, debrief, " there");
        school.run_until_quiet();
        school.heal();
        school.failure
    };
    assert_eq!(noticed(false), None);
    assert!(noticed(true).expect("noticed").contains("quarantined"));
}

#[test]
fn a_store_that_keeps_a_part_of_a_commit_is_noticed() {
    is_noticed(Plan { tears_commits: true, ..Plan::default() });
}
