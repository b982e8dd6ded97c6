//! Decides how a debrief runs: one protocol, everybody's own entries, and what comes of it.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc};

use crate::edit::writing::{Writer, moment, named, passage, short};
use crate::edit::{Author, Edit, EditError, misplaced, text};
use crate::model::bounds::{MINUTES_MAX, PHASES_MAX, PROMPTS_MAX};
use crate::model::words::Word;
use crate::model::{ItemId, Protocol, Words};

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetVisit { visit } => writer.put("visit", visit.to_string()),
        Edit::Talked {} => writer.put("talked", true),
        Edit::FreezeProtocol { protocol } => freeze(&mut writer, protocol),
        Edit::BeginPhase { phase, at_ms } => {
            writer.put_in("begun", phase.as_str(), moment(at_ms.unwrap_or(author.at_ms))?)
        }
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

fn freeze(writer: &mut Writer<'_, '_>, protocol: &Protocol) -> Result<(), EditError> {
    if writer.transaction.get(ROOT, "protocol")?.is_some() {
        return Err(EditError::Invalid { what: "this debrief already has its protocol" });
    }
    if protocol.phases.len() > PHASES_MAX {
        return Err(EditError::TooLarge { what: "the protocol", max: PHASES_MAX, unit: "phases" });
    }
    let object = writer.transaction.put_object(ROOT, "protocol", ObjType::Map)?;
    writer.field(&object, "id", protocol.id.as_str())?;
    writer.field(&object, "title", named(&protocol.title)?)?;
    let phases = writer.transaction.put_object(&object, "phases", ObjType::List)?;
    for (index, phase) in protocol.phases.iter().enumerate() {
        if i64::from(phase.minutes) > MINUTES_MAX {
            return Err(EditError::Invalid { what: "a phase is at most one day long" });
        }
        let spot = writer.transaction.insert_object(&phases, index, ObjType::Map)?;
        writer.field(&spot, "id", phase.id.as_str())?;
        writer.optional(&spot, "title", phase.title.as_ref().map(short).transpose()?)?;
        writer.field(&spot, "minutes", i64::from(phase.minutes))?;
        writer.field(&spot, "speaks", phase.speaks.word())?;
        writer.list(&spot, "prompts", &phase.prompts, PROMPTS_MAX)?;
    }
    writer.list(&object, "rules", &protocol.rules, PROMPTS_MAX)
}
