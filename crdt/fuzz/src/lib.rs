//! Decides what the targets share: chunks with the checksum they must have, panics that are contained, and engines that meet.

#[path = "../../../tests/src/sim/disk.rs"]
pub mod disk;
pub mod meeting;

use sha2::{Digest, Sha256};

/// What a chunk of Automerge's format holds.
#[derive(Debug, Clone, Copy)]
pub enum Chunk {
    /// A whole document.
    Document = 0,
    /// One change.
    Change = 1,
}

impl Chunk {
    /// A chunk around `data` with the checksum it must have, or nothing behind the checksum would be reached.
    pub fn around(self, data: &[u8]) -> Vec<u8> {
        let mut hashed = vec![self as u8];
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
}

/// Automerge's own panics are caught where foreign bytes meet it; one that gets out still ends the run.
pub fn contain_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let from = |theirs: &&str| panic.location().is_some_and(|location| location.file().contains(*theirs));
        if !["automerge", "hexane"].iter().any(from) {
            eprintln!("{panic}");
        }
    }));
}
