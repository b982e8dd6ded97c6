//! Decides which remote changes can be replayed as local splices, and proves each one by its hash.

use automerge::legacy::{ElementId, Key, ObjectId, OpType};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Change, ObjId, ReadDoc, ScalarValue};

use super::{Changed, OpenDocument};
use crate::anchor;
use crate::edit::Splice;

/// Operations in a change that is worth replaying: typing, a word pasted, a line deleted. More are applied in a batch.
const REPLAYED_OPERATIONS_MAX: usize = 64;

pub(super) enum Outcome {
    /// It is in, byte for byte.
    Replayed(Changed),
    /// It must be applied; nothing has changed.
    NotThisWay,
    /// The replay came out with another hash and left a change behind that nobody made.
    Mismatch,
}

impl OpenDocument {
    /// Replays a change that builds on exactly what is here and is one insertion or one deletion in a text.
    pub(super) fn replay(&mut self, change: &Change) -> Outcome {
        let Some((field, splice)) = self.as_splice(change) else { return Outcome::NotThisWay };
        let Some(object) = self.text_object(field).cloned() else { return Outcome::NotThisWay };
        self.automerge.set_actor(change.actor_id().clone());
        let mut transaction = self.automerge.transaction();
        let deleted = isize::try_from(splice.delete).unwrap_or(isize::MAX);
        if transaction.splice_text(&object, splice.at, deleted, splice.insert.as_str()).is_err() {
            transaction.rollback();
            return Outcome::NotThisWay;
        }
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(change.timestamp()));
        if hash != Some(change.hash()) {
            self.mismatches += 1;
            return Outcome::Mismatch;
        }
        Outcome::Replayed(Changed { texts: vec![(field, vec![splice])], structure: false })
    }

    fn as_splice(&self, change: &Change) -> Option<(&'static str, Splice)> {
        if change.len() > REPLAYED_OPERATIONS_MAX || change.message().is_some() || change.author().is_some() {
            return None;
        }
        let mut heads = self.automerge.get_heads();
        let mut dependencies = change.deps().to_vec();
        heads.sort_unstable();
        dependencies.sort_unstable();
        if heads != dependencies {
            return None;
        }
        let expanded = change.decode();
        let first = expanded.operations.first()?;
        let ObjectId::Id(object) = &first.obj else { return None };
        let text = self.texts.iter().find(|text| text.id == object.to_string())?;
        if expanded.operations.iter().any(|op| op.obj != first.obj || op.insert != first.insert) {
            return None;
        }
        let Key::Seq(element) = &first.key else { return None };
        if first.insert {
            let at = match element {
                ElementId::Head => 0,
                ElementId::Id(_) => {
                    let (found, width) = self.find(&text.object, &element.to_string())?;
                    found + width
                }
            };
            let mut insert = String::new();
            let actor = change.actor_id();
            for (index, op) in expanded.operations.iter().enumerate() {
                let OpType::Put(ScalarValue::Str(letter)) = &op.action else { return None };
                let follows = format!("{}@{actor}", change.start_op().get() + index as u64 - 1);
                if index > 0 && !matches!(&op.key, Key::Seq(previous) if previous.to_string() == follows) {
                    return None;
                }
                insert.push_str(letter);
            }
            return Some((text.name, Splice { at, delete: 0, insert: insert.into() }));
        }
        let (at, _) = self.find(&text.object, &element.to_string())?;
        let mut delete = 0;
        for op in &expanded.operations {
            let (OpType::Delete, Key::Seq(element)) = (&op.action, &op.key) else { return None };
            delete += self.letter(&text.object, at + delete, &element.to_string())?;
        }
        Some((text.name, Splice { at, delete, insert: String::new().into() }))
    }

    /// Where an element that is still visible stands, and how many code units it takes.
    fn find(&self, text: &ObjId, element: &str) -> Option<(usize, usize)> {
        anchor::standing(&self.automerge, text, element).filter(|(_, width)| *width > 0)
    }

    /// How many code units the letter at `at` takes, provided that it is `element`.
    fn letter(&self, text: &ObjId, at: usize, element: &str) -> Option<usize> {
        let (value, id) = self.automerge.get(text, at).ok()??;
        if id.to_string() != element {
            return None;
        }
        value.as_str().map(|letter| letter.chars().map(char::len_utf16).sum())
    }
}
