//! Each protocol that comes with Rounds, gone through under a clock that the test holds.

use std::collections::BTreeMap;

use super::*;
use crate::model::{Phase, Protocol, Speaks};
use crate::protocols::protocols;

const NINE: i64 = 1_700_000_000_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

fn live(at_ms: i64) -> Heard {
    Heard { at_ms, live: true }
}

fn late(at_ms: i64) -> Heard {
    Heard { at_ms, live: false }
}

fn in_phase(protocol: &Protocol, phase: &Phase, stated_ms: i64) -> Run {
    Run {
        protocol: Some(protocol.clone()),
        begun: BTreeMap::from([(phase.id.clone(), stated_ms)]),
        at: Some(phase.id.clone()),
    }
}

/// Five minutes of one phase, begun at nine by the clock of whoever began it.
fn five_minutes() -> Run {
    let phase =
        Phase { id: "a".parse().expect("id"), title: None, minutes: 5, speaks: Speaks::Both, prompts: Vec::new() };
    let id = "p".parse().expect("id");
    let protocol = Protocol { id, version: 1, title: "P".into(), phases: vec![phase.clone()], rules: Vec::new() };
    in_phase(&protocol, &phase, NINE)
}

fn left(run: &Run, heard: Heard, now_ms: i64) -> i64 {
    timing(run, heard, now_ms).expect("a phase").left_ms.expect("a clock")
}

#[test]
fn each_phase_of_each_protocol_counts_down_and_waits() {
    for offered in protocols("en") {
        for phase in &offered.protocol.phases {
            let run = in_phase(&offered.protocol, phase, NINE);
            let length = i64::from(phase.minutes) * MINUTE_MS;
            let at = |now_ms| timing(&run, live(NINE), now_ms).expect("a phase");
            for after in [0, length / 2, length - 1, length, length + 1, length + DAY_MS] {
                let found = at(NINE + after);
                assert_eq!(found.phase, phase.id, "a phase never ends by itself");
                if length == 0 {
                    assert_eq!((found.left_ms, found.over), (None, false), "{}", phase.id);
                } else {
                    assert_eq!(found.left_ms, Some((length - after).max(0)), "{} after {after}", phase.id);
                    assert_eq!(found.over, after >= length, "{} after {after}", phase.id);
                }
            }
        }
    }
}

#[test]
fn nothing_is_counted_before_the_first_phase_is_begun() {
    let run = Run { begun: BTreeMap::new(), at: None, ..five_minutes() };
    assert_eq!(timing(&run, live(NINE), NINE), None);
    assert_eq!(timing(&Run::default(), live(NINE), NINE), None);
}

#[test]
fn two_pages_side_by_side_agree_whatever_their_clocks_say() {
    let run = five_minutes();
    for apart in [0, 5 * MINUTE_MS, -5 * MINUTE_MS, 60 * MINUTE_MS, -60 * MINUTE_MS, 3 * DAY_MS, -3 * DAY_MS] {
        // The other computer's clock stands `apart` from that of whoever began; the word came at once.
        let there = NINE + apart;
        for gone in [0, 90_000, 5 * MINUTE_MS] {
            let here = left(&run, live(NINE), NINE + gone);
            assert_eq!(left(&run, live(there), there + gone), here, "clocks {apart} apart, {gone} gone");
        }
    }
}

#[test]
fn a_page_opened_in_the_middle_believes_what_can_be_believed() {
    let run = five_minutes();
    let (two, opened) = (2 * MINUTE_MS, NINE + 2 * MINUTE_MS);
    assert_eq!(left(&run, late(opened), opened), 3 * MINUTE_MS, "it was begun two minutes ago");
    assert_eq!(left(&run, late(opened), opened + two), MINUTE_MS);
    let before = NINE - 4 * MINUTE_MS;
    assert_eq!(left(&run, late(before), before), 5 * MINUTE_MS, "begun in the future: counted from here");
    assert_eq!(left(&run, late(before), before + two), 3 * MINUTE_MS);
    let days_later = NINE + 3 * DAY_MS;
    assert_eq!(left(&run, late(days_later), days_later), 5 * MINUTE_MS, "days ago: counted from here");
    let hours_later = NINE + 60 * MINUTE_MS;
    assert!(timing(&run, late(hours_later), hours_later).expect("a phase").over, "an hour ago it is over");
}

#[test]
fn a_clock_set_back_never_gives_more_than_the_phase() {
    let run = five_minutes();
    assert_eq!(left(&run, live(NINE), NINE - DAY_MS), 5 * MINUTE_MS);
    assert_eq!(left(&run, late(i64::MIN), i64::MAX), 0, "and no number runs over");
    assert_eq!(left(&run, live(i64::MAX), i64::MIN), 5 * MINUTE_MS);
}
