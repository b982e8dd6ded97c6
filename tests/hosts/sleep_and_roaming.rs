//! Decides whether a computer that slept, moved or lost its cable has its words delivered again within seconds.

use std::time::{Duration, Instant};

use rounds_tests::lan::{Host, PATIENCE, RECOVERED_WITHIN, School, eventually, measured};

/// Seconds that the lid stays closed, unless `ROUNDS_SLEEP_SECONDS` says otherwise: minutes, beyond every idle timeout of the transports.
const SLEEP_SECONDS: u64 = 120;

fn two_who_share_a_visit() -> Option<([Host; 2], String)> {
    let [mut ana, mut ben] = School::with(["Ana", "Ben"])?;
    ana.start();
    ben.start();
    ana.pair_with(&ben);
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);
    ana.delivers(&visit, "Hello. ", &ben, PATIENCE);
    ben.delivers(&visit, "Hello, Ana. ", &ana, PATIENCE);
    Some(([ana, ben], visit))
}

/// What the project promises, both ways: connected, and new words on the other's disk.
fn recovers(ana: &Host, ben: &Host, visit: &str, after: &str) {
    measured(&format!("delivered after {after}"), || ana.delivers(visit, "I am back. ", ben, RECOVERED_WITHIN));
    ben.delivers(visit, "So am I. ", ana, RECOVERED_WITHIN);
    assert_eq!(ana.finds(ben), "connected");
    assert_eq!(ben.finds(ana), "connected");
    assert_eq!(ana.reads(visit), ben.reads(visit));
}

#[test]
fn who_slept_is_back_within_ten_seconds() {
    let Some(([ana, ben], visit)) = two_who_share_a_visit() else { return };
    let asked = std::env::var("ROUNDS_SLEEP_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let sleep = Duration::from_secs(asked.unwrap_or(SLEEP_SECONDS));

    ana.fall_asleep();
    let asleep = Instant::now();
    ben.loses(&ana);
    println!("Ben noticed after {:.1} s", asleep.elapsed().as_secs_f64());
    ben.writes(&visit, "Are you there? ");
    eventually("the lid was closed long enough", sleep + PATIENCE, || (asleep.elapsed() >= sleep).then_some(()));
    ana.wake_up();
    recovers(&ana, &ben, &visit, "sleep");
    assert_eq!(ana.reads(&visit).matches("Are you there?").count(), 1);

    // And the other one, who answers for the links that the first one dials.
    ben.fall_asleep();
    ana.loses(&ben);
    ben.wake_up();
    recovers(&ana, &ben, &visit, "the other's sleep");
}

#[test]
fn a_short_nap_is_not_noticed() {
    let Some(([ana, ben], visit)) = two_who_share_a_visit() else { return };
    for _ in 0..3 {
        ana.fall_asleep();
        ben.writes(&visit, "Are you there? ");
        ana.wake_up();
        recovers(&ana, &ben, &visit, "a nap");
    }
}

#[test]
fn who_gets_another_address_is_found_within_ten_seconds() {
    let Some(([mut ana, mut ben], visit)) = two_who_share_a_visit() else { return };
    ana.move_to(101);
    recovers(&ana, &ben, &visit, "Ana's new address");
    ben.move_to(102);
    recovers(&ana, &ben, &visit, "Ben's new address");
    ana.move_to(111);
    ben.move_to(112);
    recovers(&ana, &ben, &visit, "new addresses for both");
}

#[test]
fn who_is_plugged_in_elsewhere_is_found_within_ten_seconds() {
    let Some(([mut ana, ben], visit)) = two_who_share_a_visit() else { return };
    ana.unplug();
    ben.loses(&ana);
    ana.loses(&ben);
    ana.plug();
    recovers(&ana, &ben, &visit, "the cable is back");

    ana.unplug();
    ben.loses(&ana);
    ana.move_to(103);
    ana.plug();
    recovers(&ana, &ben, &visit, "another socket and address");
}
