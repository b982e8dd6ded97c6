//! Decides what strangers send and leave behind, for tests: anything at all, and what is nearly right.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Bytes of something made up.
const MADE_UP_BYTES: usize = 400;

/// One thing done to good bytes.
#[derive(Debug, Clone)]
enum Alteration {
    Set(Index, u8),
    Flip(Index, u32),
    Cut(Index),
    TakeOut(Index, Index),
    PutIn(Index, Vec<u8>),
    Repeat(Index, Index),
}

impl Alteration {
    fn of(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        let place = |index: &Index| index.index(length + 1);
        let stretch = |one: &Index, other: &Index| place(one).min(place(other))..place(one).max(place(other));
        match self {
            Self::PutIn(at, more) => drop(bytes.splice(place(at)..place(at), more.iter().copied())),
            _ if bytes.is_empty() => {}
            Self::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Flip(at, bit) => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            Self::Cut(at) => bytes.truncate(place(at)),
            Self::TakeOut(from, to) => drop(bytes.drain(stretch(from, to))),
            Self::Repeat(from, to) => bytes.extend_from_within(stretch(from, to)),
        }
    }
}

/// Any bytes, or good ones altered in a few places.
pub(crate) fn nearly(good: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let index = any::<Index>;
    let alteration = prop_oneof![
        (index(), any::<u8>()).prop_map(|(at, byte)| Alteration::Set(at, byte)),
        (index(), 0..8_u32).prop_map(|(at, bit)| Alteration::Flip(at, bit)),
        index().prop_map(Alteration::Cut),
        (index(), index()).prop_map(|(from, to)| Alteration::TakeOut(from, to)),
        (index(), vec(any::<u8>(), 1..20)).prop_map(|(at, more)| Alteration::PutIn(at, more)),
        (index(), index()).prop_map(|(from, to)| Alteration::Repeat(from, to)),
    ];
    let altered = (select(good), vec(alteration, 1..5)).prop_map(|(mut bytes, alterations)| {
        for alteration in alterations {
            alteration.of(&mut bytes);
        }
        bytes
    });
    prop_oneof![1 => vec(any::<u8>(), 0..MADE_UP_BYTES), 4 => altered]
}
