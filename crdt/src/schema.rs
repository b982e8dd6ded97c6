//! Decides how each kind of document begins, byte for byte the same on every machine.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding, Value};

use crate::access::Founding;
use crate::ids::{DocumentId, hash_parts};
use crate::model::Kind;

/// How texts count: UTF-16 code units, as editors do.
pub const TEXT_ENCODING: TextEncoding = TextEncoding::Utf16CodeUnit;

/// The key of the kind's name at the root.
pub(crate) const KIND_KEY: &str = "kind";

/// The key of the schema's version at the root.
pub(crate) const VERSION_KEY: &str = "version";

/// Bytes of the actor that makes a genesis: shorter than any device's actor, so the two never meet.
const GENESIS_ACTOR_BYTES: usize = 16;

/// The version that every document is founded as. A genesis is computed anew wherever its document is opened, by older and
/// newer versions of Rounds alike, so nothing in it ever changes; newer shapes are risen to by the first edit.
const FOUNDED_VERSION: u64 = 1;

/// The first change of a document, as a document. It creates every text and map that two people could otherwise create twice.
///
/// The document keeps the genesis actor: set your own before editing.
pub fn genesis(founding: &Founding) -> Automerge {
    let mut document = Automerge::new_with_encoding(TEXT_ENCODING);
    document.set_actor(genesis_actor(&founding.id()));
    let mut transaction = document.transaction();
    found(&mut transaction, founding).expect("an empty document takes its genesis");
    transaction.commit_with(CommitOptions::default().with_time(0));
    document
}

/// The actor of a document's genesis.
pub fn genesis_actor(document: &DocumentId) -> ActorId {
    let hash = hash_parts(&[b"rounds genesis actor v1", document.as_bytes()]);
    ActorId::from(&hash[..GENESIS_ACTOR_BYTES])
}

/// The live text `field`, as the genesis made it.
pub fn text_object(document: &impl ReadDoc, field: &str) -> Option<ObjId> {
    eldest(document, field, ObjType::Text)
}

/// The map `field`, as the genesis made it.
pub(crate) fn map_object(document: &impl ReadDoc, field: &str) -> Option<ObjId> {
    eldest(document, field, ObjType::Map)
}

/// The version stored in a document; of several, the newest. `None` when it holds no number.
pub(crate) fn stored_version(document: &impl ReadDoc) -> Option<u64> {
    let values = document.get_all(ROOT, VERSION_KEY).ok()?;
    values
        .iter()
        .filter_map(|(value, _)| match value.as_scalar() {
            Some(ScalarValue::Uint(version)) => Some(*version),
            Some(ScalarValue::Int(version)) => u64::try_from(*version).ok(),
            _ => None,
        })
        .max()
}

/// The kind stored in a document.
pub fn stored_kind(document: &impl ReadDoc) -> Option<Kind> {
    match document.get(ROOT, KIND_KEY).ok()?? {
        (Value::Scalar(value), _) => value.as_str().and_then(Kind::from_name),
        (Value::Object(_), _) => None,
    }
}

fn found(transaction: &mut Transaction<'_>, founding: &Founding) -> Result<(), AutomergeError> {
    let kind = founding.kind;
    transaction.put(ROOT, KIND_KEY, kind.name())?;
    transaction.put(ROOT, VERSION_KEY, FOUNDED_VERSION)?;
    for field in kind.text_fields() {
        transaction.put_object(ROOT, *field, ObjType::Text)?;
    }
    for field in maps(kind) {
        transaction.put_object(ROOT, *field, ObjType::Map)?;
    }
    if matches!(kind, Kind::Partnership | Kind::Visit) {
        let people = map_object(transaction, "people").ok_or(AutomergeError::NotAnObject)?;
        for owner in &founding.owners {
            let part =
                if kind == Kind::Visit { ScalarValue::Str("visitor".into()) } else { ScalarValue::Boolean(true) };
            transaction.put(&people, owner.to_string(), part)?;
        }
    }
    Ok(())
}

/// The maps of a kind that concurrent edits share.
pub(crate) const fn maps(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Profile => &["grades", "subjects"],
        Kind::Binder => &["known", "pinned", "archived", "labels"],
        Kind::Partnership => &["people", "answers", "agreed_confidential", "agreed_debrief_within_a_day"],
        Kind::Visit => &["people", "answers", "instruments", "roles", "here"],
        Kind::NoteSet => &["events", "released"],
        Kind::ReleasedNotes => &["events", "replies"],
        // `begun` lies in the protocol by now; it stays here because a genesis never changes.
        Kind::Debrief => &["begun", "entries", "next_steps", "watch", "thanks"],
        Kind::Mirror | Kind::OpenDoor => &[],
        Kind::Goal => &["actions", "evidence", "check_ins"],
        Kind::GoalFeedback | Kind::TryLog => &["entries"],
        Kind::StrategyCard | Kind::Resource => &["tags"],
        Kind::SuccessCard => &["tags", "people", "asked"],
        Kind::ShownCard => &["tags", "people", "answers", "declined"],
        Kind::Vocabulary => &[],
        Kind::Instrument => &["labels", "speakers"],
        Kind::Timetable => &["periods", "uses", "labels", "rooms", "days", "shown"],
        Kind::FreePeriods => &["times"],
    }
}

/// The first object of a type under a root key: should a hostile writer put another beside it, the genesis one stays.
fn eldest(document: &impl ReadDoc, field: &str, wanted: ObjType) -> Option<ObjId> {
    let values = document.get_all(ROOT, field).ok()?;
    let objects = values.into_iter().filter(|(value, _)| matches!(value, Value::Object(found) if *found == wanted));
    objects.map(|(_, object)| object).min()
}
