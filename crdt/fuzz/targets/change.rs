//! Decides whether any change that a partner signed can do more to an open document than stay out of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rounds_crdt::access::{Directory, Founding};
use rounds_crdt::change::ChangeHeader;
use rounds_crdt::ids::PersonId;
use rounds_crdt::merge::OpenDocument;
use rounds_crdt::model::Kind;
use rounds_crdt::record::{Record, SignatureBytes};
use rounds_crdt::replica::StoredDocument;
use rounds_crdt_fuzz::{Chunk, contain_panics};

fuzz_target!(init: contain_panics(), |data: &[u8]| {
    let change = Chunk::Change.around(data);
    if ChangeHeader::read(&change).is_err() {
        return;
    }
    let founding = Founding::new(Kind::Debrief, vec![PersonId::from_bytes([1; 32])], [0; 16]);
    let record = Record { change, builds_on: Vec::new(), signature: SignatureBytes([0; 64]) };
    let stored = StoredDocument { snapshot: None, tail: vec![(1, record.clone())] };
    let (document, _) = OpenDocument::open(&founding, &stored);
    let _ = document.read(&Directory::default()); // whatever it says
    let (mut document, _) = OpenDocument::open(&founding, &StoredDocument::default());
    let _ = document.take_in(&[record]);
});
