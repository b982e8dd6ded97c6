//! Decides how a profile and a binder are kept: one person's own documents.

use automerge::transaction::Transaction;

use crate::edit::writing::{Writer, named, short};
use crate::edit::{Edit, EditError, misplaced};
use crate::model::bounds::PROMPTS_MAX;
use crate::model::words::Word;

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
        _ => misplaced(),
    }
}
