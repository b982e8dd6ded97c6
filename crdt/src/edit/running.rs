//! Decides how people go through a protocol: which one, and which phase is begun.

use automerge::transaction::Transactable;
use automerge::{ObjType, ROOT, ReadDoc, Value};

use crate::edit::writing::{Writer, moment, named, short};
use crate::edit::{Author, Edit, EditError, misplaced};
use crate::model::bounds::{MINUTES_MAX, PHASES_MAX, PROMPTS_MAX};
use crate::model::words::Word;
use crate::model::{BEGUN, ItemId, Protocol};

pub(super) fn apply(edit: &Edit, author: &Author, writer: &mut Writer<'_, '_>) -> Result<(), EditError> {
    match edit {
        Edit::FreezeProtocol { protocol: Some(protocol) } => freeze(writer, protocol),
        Edit::FreezeProtocol { protocol: None } => writer.clear("protocol"),
        Edit::BeginPhase { phase, at_ms } => begin(writer, phase, moment(at_ms.unwrap_or(author.at_ms))?),
        _ => misplaced(),
    }
}

fn begin(writer: &mut Writer<'_, '_>, phase: &ItemId, at_ms: i64) -> Result<(), EditError> {
    let missing = EditError::Invalid { what: "what this edit is about is no longer there" };
    let Some((Value::Object(ObjType::Map), protocol)) = writer.transaction.get(ROOT, "protocol")? else {
        return Err(missing);
    };
    match writer.transaction.get(&protocol, BEGUN)? {
        Some((Value::Object(ObjType::Map), begun)) => writer.field(&begun, phase.as_str(), at_ms),
        // Frozen before copies held what is begun: it goes on where it began, in a map that two people cannot make twice.
        None => writer.put_in(BEGUN, phase.as_str(), at_ms),
        Some(_) => Err(missing),
    }
}

fn freeze(writer: &mut Writer<'_, '_>, protocol: &Protocol) -> Result<(), EditError> {
    if protocol.phases.len() > PHASES_MAX {
        return Err(EditError::TooLarge { what: "the protocol", max: PHASES_MAX, unit: "phases" });
    }
    let object = writer.transaction.put_object(ROOT, "protocol", ObjType::Map)?;
    writer.field(&object, "id", protocol.id.as_str())?;
    writer.field(&object, "version", i64::from(protocol.version))?;
    writer.field(&object, "title", named(&protocol.title)?)?;
    let phases = writer.transaction.put_object(&object, "phases", ObjType::List)?;
    let mut seen: Vec<&ItemId> = Vec::new();
    for (index, phase) in protocol.phases.iter().enumerate() {
        if i64::from(phase.minutes) > MINUTES_MAX {
            return Err(EditError::Invalid { what: "a phase is at most one day long" });
        }
        if seen.contains(&&phase.id) {
            return Err(EditError::Invalid { what: "each phase of a protocol has a name of its own" });
        }
        seen.push(&phase.id);
        let spot = writer.transaction.insert_object(&phases, index, ObjType::Map)?;
        writer.field(&spot, "id", phase.id.as_str())?;
        writer.optional(&spot, "title", phase.title.as_ref().map(short).transpose()?)?;
        writer.field(&spot, "minutes", i64::from(phase.minutes))?;
        writer.field(&spot, "speaks", phase.speaks.word())?;
        writer.list(&spot, "prompts", &phase.prompts, PROMPTS_MAX)?;
    }
    writer.list(&object, "rules", &protocol.rules, PROMPTS_MAX)?;
    // What is begun lies in the copy: another protocol begins afresh, whoever chooses it when.
    writer.transaction.put_object(&object, BEGUN, ObjType::Map)?;
    Ok(())
}

#[cfg(test)]
mod tests;
