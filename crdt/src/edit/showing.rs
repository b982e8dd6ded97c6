//! Decides how a success card is drafted, how its words are set once for those who are asked, and how they answer.

use automerge::transaction::Transaction;
use automerge::{ROOT, ReadDoc};

use crate::edit::writing::{Writer, passage};
use crate::edit::{Author, Edit, EditError, misplaced, text};
use crate::ids::PersonId;
use crate::model::Words;
use crate::model::bounds::{CARD_PEOPLE_MAX, TAGS_MAX};

/// What its author does with a card of their own.
pub(super) fn draft(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetVisit { visit } => writer.put("visit", visit.to_string()),
        Edit::SetTags { tags } => writer.word_set("tags", tags, TAGS_MAX),
        Edit::NamePerson { person, named } => writer.mark("people", &person.to_string(), *named),
        Edit::MarkAsked { document, asked } => writer.mark("asked", &document.to_string(), *asked),
        _ => misplaced(),
    }
}

/// What becomes of the words that people are asked about.
pub(super) fn asked(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::AskPeople { title, text, tags, people } => ask(&mut writer, title.as_ref(), text, tags, people),
        Edit::LetOthersSee { words: Some(words) } => writer.answer(&author.person, &words.to_string()),
        Edit::LetOthersSee { words: None } => {
            // Nor does a yes stay behind, for the day on which somebody else should undo the no.
            writer.clear_in("answers", &author.person.to_string())?;
            writer.mark("declined", &author.person.to_string(), true)
        }
        _ => misplaced(),
    }
}

fn ask(
    writer: &mut Writer<'_, '_>,
    title: Option<&Words>,
    text: &Words,
    tags: &[Words],
    people: &[PersonId],
) -> Result<(), EditError> {
    if writer.transaction.get(ROOT, "text")?.is_some() {
        return Err(EditError::Invalid { what: "what people were asked about stays as it was; ask them anew" });
    }
    if text.is_blank() {
        return Err(EditError::Invalid { what: "there is nothing in it yet" });
    }
    if people.is_empty() {
        return Err(EditError::Invalid { what: "say who is in it: each of them decides whether others may see it" });
    }
    if people.len() > CARD_PEOPLE_MAX {
        return Err(EditError::TooLarge { what: "the list", max: CARD_PEOPLE_MAX, unit: "people" });
    }
    writer.short_or_clear("title", title)?;
    writer.put("text", passage(text)?)?;
    writer.word_set("tags", tags, TAGS_MAX)?;
    people.iter().try_for_each(|person| writer.mark("people", &person.to_string(), true))
}

#[cfg(test)]
mod tests;
