//! Decides how a mirror is written: four texts, the visit it came from, and a protocol that helps.

use automerge::transaction::Transaction;

use crate::edit::writing::Writer;
use crate::edit::{Author, Edit, EditError, misplaced, running, text};

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetVisit { visit } => writer.put("visit", visit.to_string()),
        Edit::FreezeProtocol { .. } | Edit::BeginPhase { .. } => running::apply(edit, author, &mut writer),
        _ => misplaced(),
    }
}
