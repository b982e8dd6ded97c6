//! Decides how words of a live text are commented on, in documents of every kind that has one.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc};

use crate::anchor::Anchor;
use crate::edit::writing::{Writer, delete, passage};
use crate::edit::{Author, Edit, EditError, misplaced};
use crate::ids::{ChangeHash, PersonId};
use crate::limits::DEPENDENCIES_MAX;
use crate::model::bounds::COMMENTS_MAX;
use crate::model::{COMMENT_KEYS, Comment, ItemId, Words};
use crate::schema;

const GONE: EditError = EditError::Invalid { what: "what this edit is about is no longer there" };

/// Whether a verb is about comments: those fit every live text, whatever the document is.
pub(super) fn is_about_comments(edit: &Edit) -> bool {
    matches!(
        edit,
        Edit::Comment { .. }
            | Edit::ReplyToComment { .. }
            | Edit::EditComment { .. }
            | Edit::RemoveComment { .. }
            | Edit::SettleComment { .. }
    )
}

/// Whose words a comment's or an answer's id stands for.
pub(super) fn writer_of(comments: &[Comment], id: &ItemId) -> Option<PersonId> {
    comments.iter().find_map(|comment| {
        let answer = || comment.answers.iter().find(|answer| answer.id == *id).map(|answer| answer.by);
        if comment.id == *id { Some(comment.by) } else { answer() }
    })
}

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::Comment { id, field, from, to, at, text } => {
            let text = written(text)?;
            let anchor = take(writer.transaction, field, (*from, *to), at)?;
            let comment = add(&mut writer, author, id, text)?;
            writer.field(&comment, "field", field.as_str())?;
            writer.field(&comment, "from", anchor.from)?;
            writer.field(&comment, "to", anchor.to)?;
            writer.field(&comment, "quote", anchor.quote)
        }
        Edit::ReplyToComment { id, comment, text } => {
            let text = written(text)?;
            let about = entry(writer.transaction, comment)?;
            if writer.transaction.get(&about, "about")?.is_some() {
                return Err(EditError::Invalid { what: "an answer is to a comment, not to another answer" });
            }
            let answer = add(&mut writer, author, id, text)?;
            writer.field(&answer, "about", comment.as_str())
        }
        Edit::EditComment { id, text } => {
            let text = written(text)?;
            let entry = entry(writer.transaction, id)?;
            writer.field(&entry, "text", text)
        }
        // The record stays: it holds the place of answers, those included that are being written elsewhere just now.
        Edit::RemoveComment { id } => {
            let entry = entry(writer.transaction, id)?;
            delete(writer.transaction, &entry, "text")
        }
        Edit::SettleComment { id, settled } => {
            let comment = entry(writer.transaction, id)?;
            if !settled {
                return delete(writer.transaction, &comment, "settled");
            }
            let answers = answers_to(writer.transaction, id);
            writer.field(&comment, "settled", i64::try_from(answers).unwrap_or(i64::MAX))
        }
        _ => misplaced(),
    }
}

fn take(
    transaction: &Transaction<'_>,
    field: &str,
    range: (usize, usize),
    at: &[ChangeHash],
) -> Result<Anchor, EditError> {
    let text = schema::text_object(transaction, field).ok_or(GONE)?;
    if at.is_empty() {
        return Anchor::take(transaction, &text, range, None);
    }
    if at.len() > DEPENDENCIES_MAX {
        return Err(EditError::TooLarge { what: "the point of history", max: DEPENDENCIES_MAX, unit: "heads" });
    }
    let heads: Vec<_> = at.iter().map(|hash| hash.to_automerge()).collect();
    if !transaction.get_missing_deps(&heads).is_empty() {
        return Err(EditError::Invalid { what: "this document has no such point" });
    }
    Anchor::take(transaction, &text, range, Some(&heads))
}

fn add(writer: &mut Writer<'_, '_>, author: &Author, id: &ItemId, text: &str) -> Result<ObjId, EditError> {
    let key = key(id);
    if writer.transaction.get(ROOT, key.as_str())?.is_some() {
        return Err(EditError::Invalid { what: "there is already something with this id" });
    }
    if keys(writer.transaction).count() >= COMMENTS_MAX {
        return Err(EditError::TooLarge { what: "the list of comments", max: COMMENTS_MAX, unit: "entries" });
    }
    let entry = writer.transaction.put_object(ROOT, key, ObjType::Map)?;
    writer.field(&entry, "by", author.person.to_string())?;
    writer.field(&entry, "text", text)?;
    Ok(entry)
}

fn entry(transaction: &Transaction<'_>, id: &ItemId) -> Result<ObjId, EditError> {
    match transaction.get(ROOT, key(id))? {
        Some((automerge::Value::Object(ObjType::Map), entry)) => Ok(entry),
        _ => Err(GONE),
    }
}

/// Answers to a comment, those taken back included: an answer that comes later, from wherever, makes it one more.
fn answers_to(transaction: &Transaction<'_>, comment: &ItemId) -> usize {
    let about = |entry: &ObjId| match transaction.get(entry, "about") {
        Ok(Some((value, _))) => value.as_str() == Some(comment.as_str()),
        _ => false,
    };
    keys(transaction).filter(about).count()
}

fn keys<'a>(transaction: &'a Transaction<'_>) -> impl Iterator<Item = ObjId> + 'a {
    transaction.map_range(ROOT, crate::model::comment_keys()).map(|item| item.id())
}

fn key(id: &ItemId) -> String {
    format!("{COMMENT_KEYS}{id}")
}

fn written(text: &Words) -> Result<&str, EditError> {
    if text.is_blank() {
        return Err(EditError::Invalid { what: "there is nothing in it yet" });
    }
    passage(text)
}

#[cfg(test)]
mod tests;
