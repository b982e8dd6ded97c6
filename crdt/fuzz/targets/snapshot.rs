//! Decides whether any snapshot from a partner can do more than be disbelieved.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rounds_crdt::access::Founding;
use rounds_crdt::clock::Clock;
use rounds_crdt::ids::PersonId;
use rounds_crdt::merge::verify_snapshot;
use rounds_crdt::model::Kind;
use rounds_crdt::replica::Snapshot;
use sha2::{Digest, Sha256};

fuzz_target!(init: contain_panics(), |data: &[u8]| {
    let founding = Founding::new(Kind::Debrief, vec![PersonId::from_bytes([1; 32])], [0; 16]);
    let snapshot = Snapshot { tips: Clock::default(), proofs: Vec::new(), bytes: chunk(data) };
    let _ = verify_snapshot(&founding, &snapshot); // believed or not: it must come back
});

/// A document chunk around `data` with the checksum it must have, or nothing behind the checksum would be reached.
fn chunk(data: &[u8]) -> Vec<u8> {
    let mut hashed = vec![0];
    let mut length = data.len();
    while length >= 0x80 {
        hashed.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    hashed.push(length as u8);
    hashed.extend(data);
    let hash = Sha256::digest(&hashed);
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &hashed].concat()
}

/// Automerge's own panics are caught where foreign bytes meet it; one that gets out still ends the run.
fn contain_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if !panic
            .location()
            .is_some_and(|location| ["automerge", "hexane"].iter().any(|theirs| location.file().contains(theirs)))
        {
            eprintln!("{panic}");
        }
    }));
}
