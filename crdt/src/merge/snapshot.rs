//! Decides when a whole document from elsewhere is what its signatures say, and makes snapshots of our own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, LoadOptions};

use super::apply_all;
use crate::access::Founding;
use crate::change::{ChangeHeader, InvalidChange, check_snapshot};
use crate::clock::{Clock, Tip};
use crate::ids::{ActorId, ChangeHash};
use crate::record::Proof;
use crate::replica::{Snapshot, StoredDocument};
use crate::schema;
use crate::wire::Position;

/// Why a snapshot was not believed or not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The bytes are too large, damaged, or no document.
    #[error(transparent)]
    Bytes(#[from] InvalidChange),
    /// It does not begin with this document's genesis.
    #[error("the snapshot is of another document")]
    OtherDocument,
    /// A writer's chain is broken, or does not end where its signature says.
    #[error("the snapshot does not hold what its signatures say")]
    BrokenChain,
    /// Changes are missing; there is nothing to make a snapshot of yet.
    #[error("changes are missing")]
    Incomplete,
}

/// Loads one document chunk after bounding what it expands to.
pub(crate) fn load(bytes: &[u8]) -> Result<Automerge, SnapshotError> {
    check_snapshot(bytes)?;
    let options = LoadOptions::new().text_encoding(schema::TEXT_ENCODING);
    let loaded = catch_unwind(AssertUnwindSafe(|| Automerge::load_with_options(bytes, options)));
    match loaded {
        Ok(Ok(automerge)) => Ok(automerge),
        _ => Err(SnapshotError::Bytes(InvalidChange::Malformed)),
    }
}

/// Materialises a snapshot and checks that every writer's chain in it is whole and ends at its tip.
///
/// The tips' signatures are checked where the snapshot is received; together they vouch for every change in it.
pub fn verify_snapshot(founding: &Founding, snapshot: &Snapshot) -> Result<Automerge, SnapshotError> {
    let automerge = load(&snapshot.bytes)?;
    let (tips, has_genesis) = tips(&automerge, founding)?;
    if !has_genesis {
        return Err(SnapshotError::OtherDocument);
    }
    if tips == snapshot.tips { Ok(automerge) } else { Err(SnapshotError::BrokenChain) }
}

/// Makes a snapshot of all that is stored, with each writer's last signature; also the last position it holds.
pub fn compact(founding: &Founding, stored: StoredDocument) -> Result<(Snapshot, Position), SnapshotError> {
    let through = stored.tail.last().map_or(0, |(position, _)| *position);
    let mut proofs = proofs(&stored);
    let automerge = materialise(founding, stored)?;
    Ok((describe(founding, &automerge, &mut proofs)?, through))
}

/// Joins a snapshot from elsewhere with what is stored here.
pub fn join_snapshot(
    founding: &Founding,
    stored: StoredDocument,
    foreign: Snapshot,
) -> Result<Snapshot, SnapshotError> {
    let mut theirs = verify_snapshot(founding, &foreign)?;
    let mut proofs = proofs(&stored);
    for ((actor, tip), proof) in foreign.tips.iter().zip(foreign.proofs) {
        keep_latest(&mut proofs, *actor, *tip, proof);
    }
    let mut ours = materialise(founding, stored)?;
    let merged = catch_unwind(AssertUnwindSafe(|| ours.merge(&mut theirs).map(|_| ())));
    if !matches!(merged, Ok(Ok(()))) {
        return Err(SnapshotError::Bytes(InvalidChange::Malformed));
    }
    describe(founding, &ours, &mut proofs)
}

type Proofs = BTreeMap<ActorId, (Tip, Proof)>;

fn keep_latest(proofs: &mut Proofs, actor: ActorId, tip: Tip, proof: Proof) {
    if proofs.get(&actor).is_none_or(|(known, _)| known.seq < tip.seq) {
        proofs.insert(actor, (tip, proof));
    }
}

fn proofs(stored: &StoredDocument) -> Proofs {
    let mut proofs = Proofs::new();
    if let Some(snapshot) = &stored.snapshot {
        for ((actor, tip), proof) in snapshot.tips.iter().zip(&snapshot.proofs) {
            keep_latest(&mut proofs, *actor, *tip, proof.clone());
        }
    }
    for (_, record) in &stored.tail {
        if let Ok(header) = ChangeHeader::read(&record.change) {
            keep_latest(&mut proofs, header.actor, Tip { seq: header.seq, hash: header.hash }, record.proof());
        }
    }
    proofs
}

fn materialise(founding: &Founding, stored: StoredDocument) -> Result<Automerge, SnapshotError> {
    let begin = || match &stored.snapshot {
        Some(snapshot) => load(&snapshot.bytes),
        None => Ok(schema::genesis(founding)),
    };
    let automerge = begin()?;
    let changes = stored.tail.iter().filter_map(|(_, record)| super::readable(record).ok()).collect();
    let (automerge, refused) = apply_all(automerge, || begin().unwrap_or_default(), changes);
    if refused.is_empty() { Ok(automerge) } else { Err(SnapshotError::Incomplete) }
}

fn describe(founding: &Founding, automerge: &Automerge, proofs: &mut Proofs) -> Result<Snapshot, SnapshotError> {
    use automerge::ReadDoc;
    if !automerge.get_missing_deps(&[]).is_empty() {
        return Err(SnapshotError::Incomplete);
    }
    let (tips, _) = tips(automerge, founding)?;
    let mut kept = Vec::with_capacity(tips.len());
    for (actor, tip) in tips.iter() {
        match proofs.remove(actor) {
            Some((known, proof)) if known == *tip => kept.push(proof),
            _ => return Err(SnapshotError::BrokenChain),
        }
    }
    let bytes = automerge.save();
    check_snapshot(&bytes)?; // what no partner would take is not made
    Ok(Snapshot { tips, proofs: kept, bytes })
}

/// Each writer's tip, after checking that its changes are numbered without a gap and each builds on the one before; and
/// whether the document begins with its genesis.
fn tips(automerge: &Automerge, founding: &Founding) -> Result<(Clock, bool), SnapshotError> {
    let genesis = schema::genesis(founding).get_heads();
    let mut tips = Clock::default();
    let mut has_genesis = false;
    for change in automerge.get_changes_meta(&[]) {
        if genesis == [change.hash] {
            has_genesis = true;
            continue;
        }
        let actor = ActorId::from_automerge(&change.actor).map_err(|_| SnapshotError::OtherDocument)?;
        let previous = tips.get(&actor).copied();
        let follows = match previous {
            None => change.seq == 1,
            Some(tip) => change.seq == tip.seq + 1 && change.deps.contains(&tip.hash.to_automerge()),
        };
        if !follows {
            return Err(SnapshotError::BrokenChain);
        }
        tips.set(actor, Tip { seq: change.seq, hash: ChangeHash::from(change.hash) });
    }
    Ok((tips, has_genesis))
}
