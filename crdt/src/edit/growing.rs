//! Decides how a goal, the feedback on it and a try-out log are written.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ReadDoc, ScalarValue, Value};

use crate::edit::writing::{Writer, named, passage};
use crate::edit::{Author, Edit, EditError, misplaced, running, text};
use crate::ids::PersonId;
use crate::model::words::Word;
use crate::model::{ActionKind, Day, ItemId, TryOut, Words, names_something};

pub(super) fn goal(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetGoalState { state } => writer.put("state", state.word()),
        Edit::SetMeasuredWith { instrument } => measured_with(&mut writer, instrument.as_ref()),
        Edit::AddAction { id, how, text, due } => {
            let action = begun(&mut writer, author, "actions", id)?;
            writer.transaction.put_object(&action, "done", ObjType::Map)?;
            act(&mut writer, &action, *how, text, *due)
        }
        Edit::EditAction { id, how, text, due } => {
            let action = writer.item("actions", id)?;
            act(&mut writer, &action, *how, text, *due)
        }
        Edit::TickAction { id, done } => tick(&mut writer, id, &author.person, *done),
        Edit::RemoveAction { id } => writer.clear_in("actions", id.as_str()),
        Edit::AddEvidence { id, document, label, action } => {
            let label = named(label)?;
            let evidence = begun(&mut writer, author, "evidence", id)?;
            writer.field(&evidence, "document", document.to_string())?;
            writer.field(&evidence, "label", label)?;
            writer.optional(&evidence, "action", action.as_ref().map(ItemId::as_str))
        }
        Edit::RemoveEvidence { id } => writer.clear_in("evidence", id.as_str()),
        Edit::AddCheckIn { id, on, text } => {
            let check_in = begun(&mut writer, author, "check_ins", id)?;
            dated(&mut writer, &check_in, *on, text)
        }
        Edit::EditCheckIn { id, on, text } => {
            let check_in = writer.item("check_ins", id)?;
            dated(&mut writer, &check_in, *on, text)
        }
        Edit::RemoveCheckIn { id } => writer.clear_in("check_ins", id.as_str()),
        Edit::FreezeProtocol { .. } | Edit::BeginPhase { .. } => running::apply(edit, author, &mut writer),
        _ => misplaced(),
    }
}

pub(super) fn feedback(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::AddEntry { phase: Some(_), .. } => {
            Err(EditError::Invalid { what: "the feedback on a goal has no phases" })
        }
        Edit::AddEntry { id, phase: None, text } => {
            let text = written(text)?;
            let entry = begun(&mut writer, author, "entries", id)?;
            writer.field(&entry, "text", text)
        }
        Edit::EditEntry { id, text } => {
            let entry = writer.item("entries", id)?;
            writer.field(&entry, "text", written(text)?)
        }
        Edit::RemoveEntry { id } => writer.clear_in("entries", id.as_str()),
        _ => misplaced(),
    }
}

pub(super) fn try_log(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::AddTryOut { entry } => {
            let object = writer.add("entries", &entry.id)?;
            tried(&mut writer, &object, entry)
        }
        Edit::EditTryOut { entry } => {
            let object = writer.item("entries", &entry.id)?;
            tried(&mut writer, &object, entry)
        }
        Edit::RemoveTryOut { id } => writer.clear_in("entries", id.as_str()),
        _ => misplaced(),
    }
}

fn measured_with(writer: &mut Writer<'_, '_>, instrument: Option<&Words>) -> Result<(), EditError> {
    let instrument = instrument.filter(|name| !name.is_blank());
    if instrument.is_some_and(|name| !names_something(name)) {
        return Err(EditError::Invalid { what: "an instrument has a name; a number on its own would be a score" });
    }
    writer.short_or_clear("measured_with", instrument)
}

/// A new record that names who writes it.
fn begun(writer: &mut Writer<'_, '_>, author: &Author, map: &str, id: &ItemId) -> Result<ObjId, EditError> {
    let object = writer.add(map, id)?;
    writer.field(&object, "by", author.person.to_string())?;
    Ok(object)
}

fn act(
    writer: &mut Writer<'_, '_>,
    action: &ObjId,
    how: ActionKind,
    text: &Words,
    due: Option<Day>,
) -> Result<(), EditError> {
    set(writer, action, "how", Some(how.word()))?;
    set(writer, action, "text", Some(written(text)?))?;
    set(writer, action, "due", due.map(|due| due.to_string()).as_deref())
}

fn dated(writer: &mut Writer<'_, '_>, object: &ObjId, on: Day, text: &Words) -> Result<(), EditError> {
    set(writer, object, "on", Some(&on.to_string()))?;
    set(writer, object, "text", Some(written(text)?))
}

fn tried(writer: &mut Writer<'_, '_>, object: &ObjId, entry: &TryOut) -> Result<(), EditError> {
    dated(writer, object, entry.on, &entry.text)?;
    set(writer, object, "goal", entry.goal.map(|goal| goal.to_string()).as_deref())?;
    set(writer, object, "action", entry.action.as_ref().map(ItemId::as_str))
}

/// Sets or clears a field, unless it stands so already: two edits of different fields then both count.
fn set(writer: &mut Writer<'_, '_>, object: &ObjId, key: &str, wanted: Option<&str>) -> Result<(), EditError> {
    let present = writer.transaction.get(object, key)?;
    match (wanted, present) {
        (None, None) => Ok(()),
        (None, Some(_)) => Ok(writer.transaction.delete(object, key)?),
        (Some(wanted), Some((Value::Scalar(value), _))) if matches!(&*value, ScalarValue::Str(text) if text.as_str() == wanted) => {
            Ok(())
        }
        (Some(wanted), _) => writer.field(object, key, wanted),
    }
}

fn tick(writer: &mut Writer<'_, '_>, id: &ItemId, person: &PersonId, done: bool) -> Result<(), EditError> {
    let action = writer.item("actions", id)?;
    let marks = match writer.transaction.get(&action, "done")? {
        Some((Value::Object(ObjType::Map), marks)) => marks,
        // Somebody removed what came with the action; it stays usable.
        _ => writer.transaction.put_object(&action, "done", ObjType::Map)?,
    };
    let key = person.to_string();
    let present = writer.transaction.get(&marks, key.as_str())?.is_some();
    match (done, present) {
        (true, _) => writer.field(&marks, &key, true),
        (false, true) => Ok(writer.transaction.delete(&marks, key.as_str())?),
        (false, false) => Ok(()),
    }
}

fn written(text: &Words) -> Result<&str, EditError> {
    if text.is_blank() {
        return Err(EditError::Invalid { what: "there is nothing in it yet" });
    }
    passage(text)
}

#[cfg(test)]
mod tests;
