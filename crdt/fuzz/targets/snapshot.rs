//! Decides whether any snapshot from a partner can do more than be disbelieved.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rounds_crdt::access::Founding;
use rounds_crdt::clock::Clock;
use rounds_crdt::ids::PersonId;
use rounds_crdt::merge::verify_snapshot;
use rounds_crdt::model::Kind;
use rounds_crdt::replica::Snapshot;
use rounds_crdt_fuzz::{Chunk, contain_panics};

fuzz_target!(init: contain_panics(), |data: &[u8]| {
    let founding = Founding::new(Kind::Debrief, vec![PersonId::from_bytes([1; 32])], [0; 16]);
    let snapshot = Snapshot { tips: Clock::default(), proofs: Vec::new(), bytes: Chunk::Document.around(data) };
    let _ = verify_snapshot(&founding, &snapshot); // believed or not: it must come back
});
