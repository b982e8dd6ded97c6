//! Decides what daemons say to each other and how it is written, with a bound on everything read.

use serde::{Deserialize, Serialize};

use crate::access::{DeviceCert, Founding, Grant};
use crate::change::{self, ChangeHeader};
use crate::clock::Clock;
use crate::ids::{DocumentId, StartId};
use crate::limits::{
    ACTORS_MAX, CERTS_MAX, DEVICES_PER_PERSON_MAX, FRAME_BYTES_MAX, GRANTS_AND_REVOCATIONS_MAX, MISSED_TOLD_MAX,
    OWNERS_MAX,
};
use crate::record::{Base, PresenceNote, Record, SignatureBytes};

/// The version of this vocabulary; daemons of another one say so and part.
pub const PROTOCOL_VERSION: u16 = 3;

/// A place in a daemon's log; records have positions from 1.
pub type Position = u64;

/// How far a receiver has come in a sender's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The start of the sender's daemon in which the position was given.
    pub start: StartId,
    /// Everything up to and including this position has been dealt with, durably.
    pub position: Position,
}

/// One record on its way, with the document it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRecord {
    /// The document.
    pub document: DocumentId,
    /// The change and its signature.
    pub record: Packed,
}

/// A record as it travels in the log: a keystroke names its writer and what it builds on by the receiver's own clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packed {
    /// All of it.
    Whole(Record),
    /// A change that builds on its writer's previous change and on nothing else.
    Next {
        /// The first bytes of the writer's incarnation.
        writer: [u8; 8],
        /// The change's number.
        seq: u64,
        /// The change after its number.
        rest: Vec<u8>,
        /// The device's signature.
        signature: SignatureBytes,
    },
}

/// What came out of a packed record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpacked {
    /// The record; its signature tells whether it was put together rightly.
    Record(Record),
    /// A change that is here already.
    Known,
    /// It continues work that is not here.
    Elsewhere,
}

impl Packed {
    /// Packs a record as small as its receiver can read it.
    pub fn pack(record: &Record) -> Self {
        match Self::next(record) {
            Some(next) if record.builds_on.is_empty() => next,
            _ => Packed::Whole(record.clone()),
        }
    }

    fn next(record: &Record) -> Option<Self> {
        let header = ChangeHeader::read(&record.change).ok()?;
        if header.seq < 2 || header.dependencies.len() != 1 {
            return None;
        }
        let rest = change::after_number(&record.change)?.to_vec();
        Some(Packed::Next {
            writer: Base::new(&header.actor, 0).writer,
            seq: header.seq,
            rest,
            signature: record.signature,
        })
    }

    /// The record, given the clock of its document.
    pub fn unpack(self, clock: &Clock) -> Unpacked {
        match self {
            Packed::Whole(record) => Unpacked::Record(record),
            Packed::Next { writer, seq, rest, signature } => {
                let this = Base { writer, seq };
                let mut named = clock.iter().filter(|(actor, _)| this.is(actor));
                match named.next() {
                    _ if named.next().is_some() => Unpacked::Elsewhere,
                    Some((_, tip)) if tip.seq >= seq => Unpacked::Known,
                    Some((actor, tip)) if tip.seq + 1 == seq => {
                        let change = change::assemble(*actor, seq, tip.hash, &rest);
                        Unpacked::Record(Record { change, builds_on: Vec::new(), signature })
                    }
                    _ => Unpacked::Elsewhere,
                }
            }
        }
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Packed::Whole(record) => record.change.len() + 64,
            Packed::Next { rest, .. } => rest.len() + 72,
        }
    }
}

/// Which comparison of which document a frame belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Comparison {
    /// The document compared.
    pub document: DocumentId,
    /// Chosen by the side that began, rising.
    pub number: u64,
    /// Whether the side that wrote the frame began it.
    pub mine: bool,
}

impl Comparison {
    /// The same comparison as the other side names it.
    pub fn mirrored(self) -> Self {
        Self { mine: !self.mine, ..self }
    }
}

/// What is known about one document: who owns it, who was granted what, how far its writers are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What the document was founded as.
    pub founding: Founding,
    /// Every grant known.
    pub grants: Vec<Grant>,
    /// Certificates that prove the grants' and records' devices.
    pub certs: Vec<DeviceCert>,
    /// How far each writer is known; absent towards somebody who may not read.
    pub clock: Option<Clock>,
}

/// Everything one daemon may say to another that it is paired with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// The first frame each way.
    Hello {
        /// [`PROTOCOL_VERSION`] of the sender.
        version: u16,
        /// Certificates of the sender's person's devices.
        certs: Vec<DeviceCert>,
        /// The sender's present start.
        start: StartId,
        /// How far the sender has come in the receiver's log.
        cursor: Option<Cursor>,
        /// How far it has come durably.
        saved: Option<Cursor>,
        /// Documents of which the sender may lack something below its cursor: it is going to compare them.
        missed: Vec<DocumentId>,
        /// The last receipt that the sender had from the receiver.
        receipt: Option<Cursor>,
        /// The last receipt that the sender gave to the receiver.
        given: Option<Cursor>,
    },
    /// The sender's log from one position to another, without what the receiver may not read. Positions belong to the
    /// start that the sender's hello named.
    Log {
        /// The receiver's cursor must stand here.
        from: Position,
        /// Where the cursor stands afterwards.
        to: Position,
        /// The records in between.
        records: Vec<LogRecord>,
    },
    /// The receiver's cursor cannot be gone on from: it stands here from now on, and what came before is compared.
    Reset {
        /// Where the cursor stands afterwards.
        to: Position,
        /// What shows that the sender remembers that it owes the comparisons: a restored backup does not.
        receipt: Cursor,
    },
    /// The receiver has dealt durably with the sender's log up to here.
    Ack {
        /// Up to and including.
        position: Position,
        /// Documents of which something below it could not be kept: the sender is going to compare them.
        missed: Vec<DocumentId>,
    },
    /// The same for a position that an earlier start of the receiver gave.
    Saved(Cursor),
    /// Begins comparing a document.
    Offer(Comparison, Box<Statement>),
    /// Answers an offer; records the other side lacks follow.
    Reply(Comparison, Box<Statement>),
    /// One part of a snapshot that covers what the receiver lacks.
    Snapshot {
        /// The comparison it belongs to.
        comparison: Comparison,
        /// Which part, from 0.
        part: u32,
        /// How many parts there are.
        parts: u32,
        /// The part's bytes.
        bytes: Vec<u8>,
    },
    /// Records the receiver lacks, in causal order.
    Records {
        /// The comparison they belong to.
        comparison: Comparison,
        /// Which frame of the comparison, from 0, snapshots' parts counted.
        index: u32,
        /// The records.
        records: Vec<Record>,
    },
    /// All that the receiver lacked has been sent, in this many frames.
    End {
        /// The comparison.
        comparison: Comparison,
        /// Frames of snapshot parts and records sent.
        frames: u32,
    },
    /// A comparison has come to its end here, durably.
    Ended {
        /// The comparison.
        comparison: Comparison,
        /// When, counted in the sender's start: a restored backup does not remember it.
        receipt: Cursor,
        /// Everything it brought could be kept; if not, the sender begins another.
        complete: bool,
    },
    /// No such document, or none for you: one answer for both.
    Unknown(Comparison),
    /// Where somebody's caret is; never stored, never passed on.
    Presence {
        /// The document.
        document: DocumentId,
        /// The caret.
        note: PresenceNote,
        /// The sending device's signature.
        signature: SignatureBytes,
    },
    /// What was stated of the document cannot be read: a newer Rounds knows kinds and roles that this one does not.
    NotUnderstood(Comparison),
}

/// Why a frame was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Longer than [`FRAME_BYTES_MAX`].
    #[error("a frame is larger than {FRAME_BYTES_MAX} bytes")]
    TooLarge,
    /// Not a frame of this protocol.
    #[error("a frame is malformed")]
    Malformed,
    /// A list in it is longer than its bound, or not in order.
    #[error("a frame holds a list out of bounds")]
    OutOfBounds,
    /// What it states of a document cannot be read, as when a newer Rounds knows kinds and roles that this one does not.
    #[error("a frame states something of a document that is not understood")]
    Statement {
        /// Which comparison it belongs to.
        comparison: Comparison,
        /// It is an offer; else a reply.
        offers: bool,
    },
}

impl Frame {
    /// Bytes for the link.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default() // in-memory serialisation of plain data does not fail
    }

    /// Reads and bounds a frame.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(FrameError::TooLarge);
        }
        let (frame, rest): (Frame, _) = postcard::take_from_bytes(bytes).map_err(|_| Self::why_unread(bytes))?;
        if !rest.is_empty() {
            return Err(FrameError::Malformed);
        }
        if frame.is_bounded() { Ok(frame) } else { Err(FrameError::OutOfBounds) }
    }

    /// An offer and a reply begin with the comparison they belong to, whatever they state of the document.
    fn why_unread(bytes: &[u8]) -> FrameError {
        // Their places among the variants of [`Frame`], by which they are written; a test holds them together.
        const OFFER: u32 = 5;
        const REPLY: u32 = 6;
        match postcard::take_from_bytes::<(u32, Comparison)>(bytes) {
            Ok(((OFFER, comparison), _)) => FrameError::Statement { comparison, offers: true },
            Ok(((REPLY, comparison), _)) => FrameError::Statement { comparison, offers: false },
            _ => FrameError::Malformed,
        }
    }

    fn is_bounded(&self) -> bool {
        match self {
            Frame::Hello { certs, missed, .. } => {
                certs.len() <= DEVICES_PER_PERSON_MAX && missed.len() <= MISSED_TOLD_MAX
            }
            Frame::Offer(_, statement) | Frame::Reply(_, statement) => statement.is_bounded(),
            Frame::Snapshot { part, parts, .. } => part < parts && *parts <= SNAPSHOT_PARTS_MAX,
            _ => true,
        }
    }
}

/// Parts one snapshot may come in, each of at most [`SNAPSHOT_PART_BYTES`]: the largest snapshot and its proofs.
pub const SNAPSHOT_PARTS_MAX: u32 = 18;

/// Bytes of one part of a snapshot: a frame less its envelope.
pub const SNAPSHOT_PART_BYTES: usize = 1024 * 1024;

impl Statement {
    fn is_bounded(&self) -> bool {
        self.founding.owners.len() <= OWNERS_MAX
            && self.grants.len() <= GRANTS_AND_REVOCATIONS_MAX
            && self.certs.len() <= CERTS_MAX
            && self.clock.as_ref().is_none_or(|clock| clock.len() <= ACTORS_MAX && clock.is_well_formed())
            && self.grants.iter().all(|grant| grant.clock.len() <= ACTORS_MAX && grant.clock.is_well_formed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Tip;
    use crate::ids::{ActorId, DeviceId, PersonId};
    use crate::model::Kind;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = Frame::from_bytes(&bytes);
        }
    }

    #[test]
    fn a_keystroke_travels_without_what_the_receiver_knows() {
        use automerge::transaction::{CommitOptions, Transactable};
        use automerge::{Automerge, ObjType, ROOT, TextEncoding};
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
        let actor = ActorId::new(DeviceId::from_bytes(key.verifying_key().to_bytes()), [7; 14]);
        let mut automerge = Automerge::new_with_encoding(TextEncoding::Utf16CodeUnit);
        automerge.set_actor(actor.to_automerge());
        let mut clock = Clock::default();
        let mut text = ROOT;
        for seq in 1..=3 {
            let mut tx = automerge.transaction();
            match seq {
                1 => text = tx.put_object(ROOT, "notes", ObjType::Text).expect("text"),
                _ => tx.splice_text(&text, 0, 0, "a").expect("splice"),
            }
            tx.commit_with(CommitOptions::default().with_time(1_700_000_000_000 + seq));
            let change = automerge.get_last_local_change().expect("a change");
            let document = DocumentId::from_bytes([2; 20]);
            let record = Record::sign(document, change.raw_bytes().to_vec(), change.hash().into(), vec![], &key);
            let packed = Packed::pack(&record);
            assert_eq!(matches!(packed, Packed::Next { .. }), seq > 1);
            if seq > 1 {
                assert_eq!(
                    packed.clone().unpack(&Clock::default()),
                    Unpacked::Elsewhere,
                    "without the clock it says so"
                );
                let bytes = postcard::to_allocvec(&packed).expect("bytes").len();
                assert!(bytes < 140, "{bytes} bytes for a letter");
            }
            assert_eq!(packed.clone().unpack(&clock), Unpacked::Record(record.clone()));
            let header = ChangeHeader::read(&record.change).expect("good");
            clock.set(actor, Tip { seq: header.seq, hash: header.hash });
            assert!(seq == 1 || packed.unpack(&clock) == Unpacked::Known, "it is not taken twice");
        }
    }

    #[test]
    fn what_a_newer_rounds_states_of_a_document_tells_which_it_is() {
        let founding = Founding::new(Kind::Debrief, vec![PersonId::from_bytes([1; 32])], [2; 16]);
        let comparison = Comparison { document: founding.id(), number: 300, mine: true };
        let statement = Statement { founding, grants: Vec::new(), certs: Vec::new(), clock: None };
        let statement = Box::new(statement);
        for (frame, offers) in
            [(Frame::Offer(comparison, statement.clone()), true), (Frame::Reply(comparison, statement), false)]
        {
            let mut bytes = frame.to_bytes();
            assert_eq!(Frame::from_bytes(&bytes), Ok(frame));
            let kind = bytes.len() - (1 + 1 + 32 + 16 + 1 + 1 + 1);
            bytes[kind] = u8::try_from(Kind::ALL.len()).expect("few kinds");
            assert_eq!(Frame::from_bytes(&bytes), Err(FrameError::Statement { comparison, offers }));
        }
        let mut bytes = Frame::Unknown(comparison).to_bytes();
        bytes.pop();
        assert_eq!(Frame::from_bytes(&bytes), Err(FrameError::Malformed));
    }

    #[test]
    fn a_frame_survives_and_trailing_bytes_do_not() {
        let frame = Frame::Ack { position: 9, missed: vec![] };
        let mut bytes = frame.to_bytes();
        assert_eq!(Frame::from_bytes(&bytes), Ok(frame));
        bytes.push(0);
        assert_eq!(Frame::from_bytes(&bytes), Err(FrameError::Malformed));
        assert_eq!(Frame::from_bytes(&vec![0; FRAME_BYTES_MAX + 1]), Err(FrameError::TooLarge));
    }
}
