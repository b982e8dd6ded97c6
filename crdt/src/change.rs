//! Decides whether foreign change and snapshot bytes are safe to hand to Automerge, and reads a change's header without it.

use std::io::Read;

use sha2::{Digest, Sha256};

use crate::ids::{ActorId, ChangeHash};
use crate::limits::{
    ACTORS_MAX, CHANGE_BYTES_MAX, CHANGE_OPERATIONS_MAX, DEPENDENCIES_MAX, SNAPSHOT_BYTES_MAX,
    SNAPSHOT_INFLATED_BYTES_MAX, SNAPSHOT_ROWS_MAX,
};

/// The four bytes that open every Automerge chunk.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHUNK_DOCUMENT: u8 = 0;
const CHUNK_CHANGE: u8 = 1;

/// Why bytes are not a change or snapshot that may be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChange {
    /// Cut short, the wrong kind of chunk, or nonsense in a header.
    #[error("not a well-formed change")]
    Malformed,
    /// The content does not match its checksum.
    #[error("the checksum does not match")]
    Checksum,
    /// Larger, or inflating to more, than the bound.
    #[error("larger than Rounds accepts")]
    TooLarge,
    /// The actor is not a device key with an incarnation.
    #[error("the change names no device as its writer")]
    NotADevice,
}

/// What a change says of itself before its operations are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeHeader {
    /// SHA-256 of the chunk.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: ActorId,
    /// Its number among the actor's changes, from 1.
    pub seq: u64,
    /// The changes it builds on.
    pub dependencies: Vec<ChangeHash>,
    /// Seconds or milliseconds by the writer's clock, as the writer chose; never used for deciding.
    pub time: i64,
}

impl ChangeHeader {
    /// Reads one uncompressed change chunk and bounds what its columns expand to.
    pub fn read(bytes: &[u8]) -> Result<Self, InvalidChange> {
        if bytes.len() > CHANGE_BYTES_MAX {
            return Err(InvalidChange::TooLarge);
        }
        let (chunk, data, hash) = chunk(bytes)?;
        if chunk != CHUNK_CHANGE {
            return Err(InvalidChange::Malformed);
        }
        let mut input = Input(data);
        let dependencies = input.list(DEPENDENCIES_MAX, |input| input.hash())?;
        let actor = ActorId::from_slice(input.prefixed()?).map_err(|_| InvalidChange::NotADevice)?;
        let seq = input.uleb()?;
        let start_op = input.uleb()?;
        let time = input.sleb()?;
        let _message = input.prefixed()?;
        input.list(ACTORS_MAX, |input| input.prefixed())?;
        if seq == 0 || start_op == 0 || start_op > u64::from(u32::MAX) {
            return Err(InvalidChange::Malformed);
        }
        let columns = input.columns()?;
        for column in &columns {
            let data = input.take(column.length)?;
            if column.deflated() || column.rows(data)? > CHANGE_OPERATIONS_MAX {
                return Err(InvalidChange::TooLarge);
            }
        }
        Ok(Self { hash: ChangeHash::from_bytes(hash), actor, seq, dependencies, time })
    }
}

/// The bytes of a change after its number: what [`assemble`] needs besides its writer, number and predecessor.
pub(crate) fn after_number(bytes: &[u8]) -> Option<&[u8]> {
    let (_, data, _) = chunk(bytes).ok()?;
    let mut input = Input(data);
    input.list(DEPENDENCIES_MAX, |input| input.hash()).ok()?;
    input.prefixed().ok()?;
    input.uleb().ok()?;
    Some(input.0)
}

/// Puts a change chunk together again.
pub(crate) fn assemble(actor: ActorId, seq: u64, previous: ChangeHash, after_number: &[u8]) -> Vec<u8> {
    let mut data = vec![1];
    data.extend(previous.as_bytes());
    put_uleb(&mut data, ActorId::LENGTH as u64);
    data.extend(actor.as_bytes());
    put_uleb(&mut data, seq);
    data.extend(after_number);
    let mut hashed = vec![CHUNK_CHANGE];
    put_uleb(&mut hashed, data.len() as u64);
    hashed.extend(data);
    let hash = Sha256::digest(&hashed);
    [&MAGIC[..], &hash[..4], &hashed].concat()
}

fn put_uleb(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Bounds what a snapshot (one Automerge document chunk) expands to, without expanding it.
pub fn check_snapshot(bytes: &[u8]) -> Result<(), InvalidChange> {
    if bytes.len() > SNAPSHOT_BYTES_MAX {
        return Err(InvalidChange::TooLarge);
    }
    let (chunk, data, _) = chunk(bytes)?;
    if chunk != CHUNK_DOCUMENT {
        return Err(InvalidChange::Malformed);
    }
    let mut input = Input(data);
    input.list(ACTORS_MAX + 1, |input| input.prefixed())?;
    input.list(DEPENDENCIES_MAX, |input| input.hash())?;
    let mut columns = input.columns()?;
    columns.extend(input.columns()?);
    let mut inflated_total = 0;
    for column in &columns {
        let data = input.take(column.length)?;
        let inflated;
        let data = if column.deflated() {
            inflated = inflate(data, SNAPSHOT_INFLATED_BYTES_MAX - inflated_total)?;
            inflated_total += inflated.len();
            &inflated
        } else {
            data
        };
        if column.rows(data)? > SNAPSHOT_ROWS_MAX {
            return Err(InvalidChange::TooLarge);
        }
    }
    Ok(())
}

fn inflate(deflated: &[u8], bytes_max: usize) -> Result<Vec<u8>, InvalidChange> {
    let mut inflated = Vec::new();
    let mut reader = flate2::bufread::DeflateDecoder::new(deflated).take(bytes_max as u64 + 1);
    reader.read_to_end(&mut inflated).map_err(|_| InvalidChange::Malformed)?;
    if inflated.len() > bytes_max {
        return Err(InvalidChange::TooLarge);
    }
    Ok(inflated)
}

/// Splits exactly one chunk into its type, data and hash, and checks the checksum.
fn chunk(bytes: &[u8]) -> Result<(u8, &[u8], [u8; 32]), InvalidChange> {
    let mut input = Input(bytes);
    if input.take(4)? != MAGIC {
        return Err(InvalidChange::Malformed);
    }
    let checksum = input.take(4)?;
    let hashed = input.0;
    let kind = input.take(1)?[0];
    let length = input.length()?;
    if input.0.len() != length {
        return Err(InvalidChange::Malformed);
    }
    let hash: [u8; 32] = Sha256::digest(hashed).into();
    if hash[..4] != *checksum {
        return Err(InvalidChange::Checksum);
    }
    Ok((kind, input.0, hash))
}

struct Column {
    specification: u64,
    length: usize,
}

impl Column {
    fn deflated(&self) -> bool {
        self.specification & 0b1000 != 0
    }

    /// How many rows this column's runs claim, counted without expanding one.
    fn rows(&self, data: &[u8]) -> Result<u64, InvalidChange> {
        const DELTA: u64 = 3;
        const BOOLEAN: u64 = 4;
        const STRING: u64 = 5;
        const VALUE: u64 = 7;
        let mut input = Input(data);
        let mut rows = 0_u64;
        let add = |rows: &mut u64, more: u64| {
            *rows = rows.checked_add(more).ok_or(InvalidChange::TooLarge)?;
            Ok::<(), InvalidChange>(())
        };
        match self.specification & 0b111 {
            VALUE => return Ok(data.len() as u64),
            BOOLEAN => {
                while !input.0.is_empty() {
                    add(&mut rows, input.uleb()?)?;
                }
            }
            kind => {
                while !input.0.is_empty() {
                    let run = input.sleb()?;
                    let values = match run {
                        0 => {
                            add(&mut rows, input.uleb()?)?;
                            continue;
                        }
                        1.. => 1,
                        _ => run.unsigned_abs(),
                    };
                    add(&mut rows, run.unsigned_abs())?;
                    for _ in 0..values {
                        match kind {
                            STRING => drop(input.prefixed()?),
                            DELTA => drop(input.sleb()?),
                            _ => drop(input.uleb()?),
                        }
                    }
                }
            }
        }
        Ok(rows)
    }
}

/// A cursor over bytes from outside: every read is bounded by what is left.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], InvalidChange> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(InvalidChange::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn uleb(&mut self) -> Result<u64, InvalidChange> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(InvalidChange::Malformed);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(InvalidChange::Malformed)
    }

    fn sleb(&mut self) -> Result<i64, InvalidChange> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte & 0x40 != 0 && shift + 7 < 64 {
                    value |= -1 << (shift + 7);
                }
                return Ok(value);
            }
        }
        Err(InvalidChange::Malformed)
    }

    fn length(&mut self) -> Result<usize, InvalidChange> {
        usize::try_from(self.uleb()?).map_err(|_| InvalidChange::Malformed)
    }

    fn prefixed(&mut self) -> Result<&'a [u8], InvalidChange> {
        let length = self.length()?;
        self.take(length)
    }

    fn hash(&mut self) -> Result<ChangeHash, InvalidChange> {
        ChangeHash::from_slice(self.take(32)?).map_err(|_| InvalidChange::Malformed)
    }

    fn list<T>(
        &mut self,
        max: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, InvalidChange>,
    ) -> Result<Vec<T>, InvalidChange> {
        let count = self.length()?;
        if count > max {
            return Err(InvalidChange::TooLarge);
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn columns(&mut self) -> Result<Vec<Column>, InvalidChange> {
        const COLUMNS_MAX: usize = 64; // Automerge has 17; unknown ones may come with later versions
        self.list(COLUMNS_MAX, |input| Ok(Column { specification: input.uleb()?, length: input.length()? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::DeviceId;
    use automerge::transaction::Transactable;
    use automerge::{Automerge, ObjType, ROOT, TextEncoding};
    use proptest::prelude::*;

    fn document() -> Automerge {
        let mut document = Automerge::new_with_encoding(TextEncoding::Utf16CodeUnit);
        document.set_actor(ActorId::new(DeviceId::from_bytes([1; 32]), [2; 14]).to_automerge());
        let mut tx = document.transaction();
        let text = tx.put_object(ROOT, "notes", ObjType::Text).expect("text");
        tx.splice_text(&text, 0, 0, &"after I ask, who answers? ".repeat(40)).expect("splice");
        tx.commit();
        document
    }

    #[test]
    fn the_header_agrees_with_automerge() {
        let document = document();
        let change = document.get_last_local_change().expect("a change");
        let header = ChangeHeader::read(change.raw_bytes()).expect("a good change");
        assert_eq!(header.hash, change.hash().into());
        assert_eq!(header.seq, 1);
        assert_eq!(header.actor.to_automerge(), *change.actor_id());
        assert_eq!(check_snapshot(&document.save()), Ok(()));
    }

    #[test]
    fn a_damaged_or_cut_chunk_is_refused() {
        let document = document();
        let change = document.get_last_local_change().expect("a change").raw_bytes().to_vec();
        for length in 0..change.len() {
            assert!(ChangeHeader::read(&change[..length]).is_err());
        }
        let mut damaged = change;
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert_eq!(ChangeHeader::read(&damaged), Err(InvalidChange::Checksum));
    }

    #[test]
    fn a_run_that_claims_more_rows_than_the_bound_is_counted_not_expanded() {
        let column = Column { specification: 0b10_0010, length: 0 };
        let mut bomb = Vec::new();
        let mut count = 1_u64 << 40;
        while count >= 0x40 {
            bomb.push((count & 0x7f) as u8 | 0x80);
            count >>= 7;
        }
        bomb.extend([count as u8, 7]);
        assert_eq!(column.rows(&bomb), Ok(1 << 40));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = ChangeHeader::read(&bytes);
            let _ = check_snapshot(&bytes);
            let column = Column { specification: 3, length: bytes.len() };
            let _ = column.rows(&bytes);
        }
    }
}
