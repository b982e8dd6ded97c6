//! Decides how a profile and a binder are kept: one person's own documents.

use automerge::transaction::Transaction;
use automerge::{ROOT, ReadDoc};

use crate::edit::writing::{Writer, named, short};
use crate::edit::{Edit, EditError, misplaced};
use crate::model::bounds::{KEPT_MAPS_MAX, PROMPTS_MAX};
use crate::model::reader::keys_beginning;
use crate::model::words::Word;
use crate::model::{InstrumentError, ItemId, MAP_KEYS, Seat, Words, check_seats};

pub(super) fn apply(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SetName { name } => writer.put("name", named(name)?),
        Edit::SetRoleLabel { label } => writer.short_or_clear("role_label", label.as_ref()),
        Edit::SetGrades { grades } => writer.word_set("grades", grades, PROMPTS_MAX),
        Edit::SetSubjects { subjects } => writer.word_set("subjects", subjects, PROMPTS_MAX),
        Edit::SetRoom { room } => writer.short_or_clear("room", room.as_ref()),
        Edit::SetExperience { experience } => writer.put_or_clear("experience", experience.map(Word::word)),
        Edit::ShowHere { show } => writer.put("shows_here", *show),
        Edit::Remember { document, kind } => writer.put_in("known", &document.to_string(), kind.name()),
        Edit::Forget { document } => {
            let key = document.to_string();
            ["known", "pinned", "archived", "labels"].into_iter().try_for_each(|map| writer.clear_in(map, &key))
        }
        Edit::Pin { document, pinned } => writer.mark("pinned", &document.to_string(), *pinned),
        Edit::Archive { document, archived } => writer.mark("archived", &document.to_string(), *archived),
        Edit::Label { document, label } => match label.as_ref().map(short).transpose()?.unwrap_or_default() {
            "" => writer.clear_in("labels", &document.to_string()),
            label => writer.put_in("labels", &document.to_string(), label),
        },
        Edit::KeepMap { id, name, seats } => keep_map(&mut writer, id, name, seats),
        Edit::ForgetMap { id } => writer.clear(&format!("{MAP_KEYS}{id}")),
        _ => misplaced(),
    }
}

/// Each map is a record of its own at the root, so that a binder of any age takes one.
fn keep_map(writer: &mut Writer<'_, '_>, id: &ItemId, name: &Words, seats: &[Seat]) -> Result<(), EditError> {
    let (name, key) = (named(name)?, format!("{MAP_KEYS}{id}"));
    if seats.is_empty() {
        return Err(InstrumentError::NoSeat.into());
    }
    check_seats(seats)?;
    let kept = writer.transaction.map_range(ROOT, keys_beginning(MAP_KEYS)).count();
    if kept >= KEPT_MAPS_MAX && writer.transaction.get(ROOT, key.as_str())?.is_none() {
        return Err(EditError::TooLarge { what: "the list of maps", max: KEPT_MAPS_MAX, unit: "maps" });
    }
    let map = writer.record(&key)?;
    writer.field(&map, "name", name)?;
    writer.seats(&map, seats)
}

#[cfg(test)]
mod tests;
