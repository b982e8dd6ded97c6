//! Decides whether the engine holds through thousands of random days.

use rounds_tests::sim::day::{Plan, live_through};

/// Seeds of one test; tests run beside each other.
const SEEDS_PER_TEST: u64 = 250;

fn live_through_days(part: u64) {
    let seeds = match std::env::var("ROUNDS_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) if part == 0 => seed..seed + 1,
        Some(_) => return,
        None => part * SEEDS_PER_TEST..(part + 1) * SEEDS_PER_TEST,
    };
    for seed in seeds {
        if let Err(failed) = live_through(seed, Plan::default()) {
            panic!("{failed}");
        }
    }
}

macro_rules! days {
    ($($name:ident $part:literal)*) => {
        $(#[test]
        fn $name() {
            live_through_days($part);
        })*
    };
}

days! { days_0 0 days_1 1 days_2 2 days_3 3 days_4 4 days_5 5 days_6 6 days_7 7 }
