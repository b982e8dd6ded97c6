//! Decides whether any file that somebody brings in can do more than be refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rounds_crdt::ids::PersonId;
use rounds_crdt::import::{Importer, Phrases, import};
use rounds_crdt_fuzz::{Chunk, contain_panics};

const PHRASES: Phrases = Phrases { somebody: "x", written_by: "by", visited: "at", visitors: "of", answers: "re" };

fuzz_target!(init: contain_panics(), |data: &[u8]| {
    let importer = Importer {
        me: PersonId::from_bytes([1; 32]),
        name_of: &|_| None,
        person_of: &|_| None,
        has: &|_, _| false,
        phrases: &PHRASES,
    };
    // JSON as it is; anything else as an Automerge file with the checksum it must have.
    let file = if data.first() == Some(&b'{') { data.to_vec() } else { Chunk::Document.around(data) };
    let _ = import(&file, &importer); // taken or refused: it must come back
});
