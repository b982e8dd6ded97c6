//! Decides what fails how often over many simulated days: for whoever changes the engine.
//!
//! `cargo run -p rounds-tests --example survey -- 0 10000`

use std::collections::BTreeMap;

use anyhow::Context;
use rounds_tests::sim::day::{Plan, live_through};

/// Words that tell one kind of failure from another.
const COMMON: &[&str] = &[
    "says",
    "holds",
    "position",
    "never",
    "learns",
    "differ",
    "access",
    "clocks",
    "heads",
    "texts",
    "open",
    "copy",
    "stored",
    "lacks",
    "thinks",
    "held",
    "quiet",
    "panicked",
    "lost",
    "saved",
    "quarantined",
    "compare",
    "sent",
    "may",
    "pen",
    "verify",
    "compaction",
    "merge",
    "allowed",
    "connected",
    "type",
];

fn main() -> anyhow::Result<()> {
    let mut bounds = std::env::args().skip(1).map(|bound| bound.parse::<u64>().context("a seed is a number"));
    let (from, to) = (bounds.next().unwrap_or(Ok(0))?, bounds.next().unwrap_or(Ok(1_000))?);
    let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for seed in from..to {
        if let Err(failed) = live_through(seed, Plan::default()) {
            let common = failed.what.split(' ').filter(|word| COMMON.contains(word));
            kinds.entry(common.collect::<Vec<_>>().join(" ")).or_default().push(seed);
        }
    }
    let failed: usize = kinds.values().map(Vec::len).sum();
    println!("{failed} of {} days went wrong", to.saturating_sub(from));
    for (kind, seeds) in kinds {
        println!("{:>5}  {kind}: {:?}", seeds.len(), &seeds[..seeds.len().min(8)]);
    }
    Ok(())
}
