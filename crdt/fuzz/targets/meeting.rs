//! Decides whether anything that a partner sends in a meeting, with good signatures where that needs no more than their
//! own keys, can do more to the engine than be taken in, made to wait, or be refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rounds_crdt::limits::PEN_RECORDS_MAX;
use rounds_crdt::wire::Frame;
use rounds_crdt_fuzz::contain_panics;
use rounds_crdt_fuzz::meeting::{meeting, one_by_one};

/// Frames of one meeting, so that an input takes milliseconds.
const FRAMES_MAX: usize = 24;

fuzz_target!(init: contain_panics(), |row: &[u8]| {
    let (mut ana, ben, id) = meeting();
    ana.meets(&ben);
    for bytes in one_by_one(row).into_iter().take(FRAMES_MAX) {
        if !ana.linked {
            break;
        }
        let bytes = Frame::from_bytes(&bytes).map_or(bytes, |frame| ben.vouches_for(frame).to_bytes());
        ana.hears(bytes);
        assert!(!ana.replica.is_torn());
        assert!(ana.replica.documents().all(|id| ana.replica.waiting(&id).1 <= PEN_RECORDS_MAX));
    }
    assert!(ana.replica.head(&id).is_some_and(|head| !head.clock.is_empty()), "what Ana wrote is still hers");
});
