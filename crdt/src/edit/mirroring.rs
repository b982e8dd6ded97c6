//! Decides how a mirror is written: four texts, and the visit it came from.

use automerge::transaction::Transaction;

use crate::edit::writing::Writer;
use crate::edit::{Edit, EditError, misplaced, text};

pub(super) fn apply(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetVisit { visit } => writer.put("visit", visit.to_string()),
        _ => misplaced(),
    }
}
