//! Decides how a partner's frames reach an engine under fuzzing: Ana's, which hears them, and Ben's, whose honest part of a
//! meeting is what fuzzing begins from. Both are the same in every run.

use std::collections::VecDeque;

use ed25519_dalek::SigningKey;
use rounds_crdt::access::{DeviceCert, Founding, Role};
use rounds_crdt::change::ChangeHeader;
use rounds_crdt::edit::{Author, Edit, Splice};
use rounds_crdt::ids::{ActorId, DocumentId, StartId};
use rounds_crdt::merge::{OpenDocument, verify_snapshot};
use rounds_crdt::model::Kind;
use rounds_crdt::record::Record;
use rounds_crdt::replica::{Effect, Event, LinkId, Recovered, Replica};
use rounds_crdt::wire::Frame;
use sha2::{Digest, Sha256};

use crate::disk::Disk;

const LINK: LinkId = 1;

/// Bytes of a change before what its hash covers: four that every chunk opens with, and four of the hash.
const BEFORE_HASHED: usize = 8;

/// Somebody's engine, on a disk that saves at once.
#[derive(Debug)]
pub struct Side {
    /// The engine.
    pub replica: Replica,
    /// Whether the link is up.
    pub linked: bool,
    cert: DeviceCert,
    key: SigningKey,
    disk: Disk,
    now: u64,
}

/// Ana, who has a debrief that Ben owns too, and Ben, who has not heard of it; they have not met yet.
pub fn meeting() -> (Side, Side, DocumentId) {
    let (mut ana, mut ben) = (Side::of("Ana", 1), Side::of("Ben", 2));
    let certs = [ana.cert.clone(), ben.cert.clone()];
    let owners = certs.iter().map(|cert| cert.person).collect();
    for side in [&mut ana, &mut ben] {
        for cert in &certs {
            side.hear(Event::PeerAdded(cert.clone()));
        }
    }
    let (id, effects) = ana.replica.found(Founding::new(Kind::Debrief, owners, [0; 16])).expect("Ana's own");
    ana.perform(effects);
    ana.types(id, "who asked?");
    (ana, ben, id)
}

impl Side {
    fn of(name: &str, number: u8) -> Self {
        let [person, key] = [number, number + 100].map(|seed| SigningKey::from_bytes(&[seed; 32]));
        let cert = DeviceCert::issue(&person, &key, [0; 32], name.into(), 0, 1);
        let start = StartId::from_bytes([number; 16]);
        let (replica, effects) = Replica::new(cert.clone(), start, Recovered::default());
        let mut side = Self { replica, linked: false, cert, key, disk: Disk::default(), now: 0 };
        side.perform(effects);
        side
    }

    /// The link to the other side is up; answers what is said first.
    pub fn meets(&mut self, other: &Side) -> Vec<Frame> {
        self.linked = true;
        self.hear(Event::LinkUp { link: LINK, device: other.cert.device })
    }

    /// Hears bytes of a frame; answers what is said to it.
    pub fn hears(&mut self, bytes: Vec<u8>) -> Vec<Frame> {
        self.hear(Event::Frame(LINK, bytes))
    }

    /// Types at the beginning of a document; answers what is said of it.
    pub fn types(&mut self, id: DocumentId, words: &str) -> Vec<Frame> {
        let founding = &self.replica.access(&id).expect("held").founding;
        let (mut document, _) = OpenDocument::open(founding, &self.disk.handed.stored(&id));
        let splices = vec![Splice { at: 0, delete: 0, insert: words.into() }];
        let author = Author { person: self.cert.person, role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
        let actor = ActorId::new(self.cert.device, [3; 14]);
        let edit = Edit::SpliceText { field: "notes".into(), splices };
        let made = document.edit(actor, &author, &edit).expect("allowed").expect("a change");
        let record = Record::sign(id, made.change, made.hash, made.builds_on, &self.key);
        let appended = self.replica.append(self.now, id, record, &self.disk.handed);
        let (_, _, effects) = appended.expect("it follows on");
        self.perform(effects)
    }

    /// What somebody with this side's keys could make of a frame: its changes hashed and signed as if they were good.
    pub fn vouches_for(&self, frame: Frame) -> Frame {
        match frame {
            Frame::Records { comparison, index, records } => {
                let records = records.into_iter().map(|record| self.signed(comparison.document, record)).collect();
                Frame::Records { comparison, index, records }
            }
            Frame::Log { from, to, mut records } => {
                for record in &mut records {
                    if let rounds_crdt::wire::Packed::Whole(whole) = &record.record {
                        record.record = rounds_crdt::wire::Packed::Whole(self.signed(record.document, whole.clone()));
                    }
                }
                Frame::Log { from, to, records }
            }
            other => other,
        }
    }

    fn signed(&self, id: DocumentId, mut record: Record) -> Record {
        if record.change.len() > BEFORE_HASHED {
            let hash = Sha256::digest(&record.change[BEFORE_HASHED..]);
            record.change[4..BEFORE_HASHED].copy_from_slice(&hash[..4]);
        }
        match ChangeHeader::read(&record.change) {
            Ok(header) => Record::sign(id, record.change, header.hash, record.builds_on, &self.key),
            Err(_) => record,
        }
    }

    fn hear(&mut self, event: Event) -> Vec<Frame> {
        self.now += 1_000;
        let effects = self.replica.handle(self.now, event, &self.disk.handed);
        self.perform(effects)
    }

    fn perform(&mut self, effects: Vec<Effect>) -> Vec<Frame> {
        let mut said = Vec::new();
        let mut due = VecDeque::from(effects);
        while let Some(effect) = due.pop_front() {
            let event = match effect {
                Effect::Commit(commit, writes) => {
                    self.disk.hand_over(commit, writes);
                    self.disk.sync();
                    Event::Committed(commit)
                }
                Effect::Send(_, frame) => {
                    said.push(frame);
                    continue;
                }
                Effect::Close(link, _) => {
                    self.linked = false;
                    Event::LinkDown(link)
                }
                Effect::Verify(document) => {
                    let stored = self.disk.handed.stored(&document);
                    let Some(access) = self.replica.access(&document) else { continue };
                    let holds = |snapshot| verify_snapshot(&access.founding, snapshot).is_ok();
                    let good = stored.snapshot.as_ref().is_some_and(holds);
                    Event::SnapshotChecked { document, good }
                }
                _ => continue,
            };
            due.extend(self.replica.handle(self.now, event, &self.disk.handed));
        }
        said
    }
}

/// Frames in a row, each after its length in two bytes.
pub fn in_a_row(frames: &[Frame]) -> Vec<u8> {
    let mut row = Vec::new();
    for frame in frames {
        let bytes = frame.to_bytes();
        let length = u16::try_from(bytes.len()).expect("seeds are short");
        row.extend(length.to_be_bytes());
        row.extend(bytes);
    }
    row
}

/// The frames of a row, whatever they are.
pub fn one_by_one(mut row: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = row.split_first_chunk() {
        let (frame, rest) = rest.split_at(rest.len().min(u16::from_be_bytes(*length).into()));
        frames.push(frame.to_vec());
        row = rest;
    }
    frames
}
