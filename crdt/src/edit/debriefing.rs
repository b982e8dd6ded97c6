//! Decides how a debrief is held: a protocol, everybody's own entries, and what comes of it.

use automerge::ObjId;
use automerge::transaction::Transaction;

use crate::edit::writing::{Writer, passage};
use crate::edit::{Author, Edit, EditError, misplaced, running, text};
use crate::model::{ItemId, Words};

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetVisit { visit } => writer.put("visit", visit.to_string()),
        Edit::Talked {} => writer.put("talked", true),
        Edit::NotTalked {} => writer.clear("talked"),
        Edit::FreezeProtocol { .. } | Edit::BeginPhase { .. } => running::apply(edit, author, &mut writer),
        Edit::AddEntry { id, phase, text } => {
            let entry = add(&mut writer, author, "entries", id, text)?;
            writer.optional(&entry, "phase", phase.as_ref().map(ItemId::as_str))
        }
        Edit::EditEntry { id, text } => {
            let entry = writer.item("entries", id)?;
            writer.field(&entry, "text", written(text)?)
        }
        Edit::RemoveEntry { id } => writer.clear_in("entries", id.as_str()),
        Edit::AddNextStep { id, text } => add(&mut writer, author, "next_steps", id, text).map(drop),
        Edit::TickNextStep { id, done } => {
            let step = writer.item("next_steps", id)?;
            writer.field(&step, "done", *done)
        }
        Edit::RemoveNextStep { id } => writer.clear_in("next_steps", id.as_str()),
        Edit::AddWatch { id, text } => add(&mut writer, author, "watch", id, text).map(drop),
        Edit::RemoveWatch { id } => writer.clear_in("watch", id.as_str()),
        Edit::Thank { text } if text.is_blank() => writer.clear_in("thanks", &author.person.to_string()),
        Edit::Thank { text } => writer.put_in("thanks", &author.person.to_string(), passage(text)?),
        _ => misplaced(),
    }
}

fn add(writer: &mut Writer<'_, '_>, author: &Author, map: &str, id: &ItemId, text: &Words) -> Result<ObjId, EditError> {
    let text = written(text)?;
    let object = writer.add(map, id)?;
    writer.field(&object, "by", author.person.to_string())?;
    writer.field(&object, "text", text)?;
    Ok(object)
}

fn written(text: &Words) -> Result<&str, EditError> {
    if text.is_blank() {
        return Err(EditError::Invalid { what: "there is nothing in it yet" });
    }
    passage(text)
}
