//! Decides how notes are taken, released once, and answered.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjType, ROOT, ReadDoc};

use crate::edit::writing::{Writer, moment, named, passage, short};
use crate::edit::{Author, Edit, EditError, Splice, misplaced, text};
use crate::limits::{LIST_ENTRIES_MAX, SPLICE_UNITS_MAX};
use crate::model::bounds::PROMPTS_MAX;
use crate::model::words::Word;
use crate::model::{Event, Instrument, ItemId, ReplyTo, Words, names_something};

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetVisit { visit } => writer.put("visit", visit.to_string()),
        Edit::FreezeInstrument { instrument } => freeze(&mut writer, instrument),
        Edit::AddEvent { event } => add_event(&mut writer, event),
        Edit::RemoveEvent { id } => writer.clear_in("events", id.as_str()),
        Edit::MarkReleased { document } => writer.mark("released", &document.to_string(), true),
        Edit::Publish { title, text, events, instrument } => {
            publish(&mut writer, title.as_ref(), text, events, instrument.as_ref())
        }
        Edit::Reply { id, to, text } => reply(&mut writer, author, id, to, text),
        Edit::RemoveReply { id } => writer.clear_in("replies", id.as_str()),
        _ => misplaced(),
    }
}

fn freeze(writer: &mut Writer<'_, '_>, instrument: &Instrument) -> Result<(), EditError> {
    if writer.transaction.get(ROOT, "instrument")?.is_some() {
        return Err(EditError::Invalid { what: "these notes already have their instrument" });
    }
    if !instrument.labels.iter().all(names_something) {
        return Err(SCORE);
    }
    let object = writer.transaction.put_object(ROOT, "instrument", ObjType::Map)?;
    writer.field(&object, "id", instrument.id.as_str())?;
    writer.field(&object, "version", u64::from(instrument.version))?;
    writer.field(&object, "title", named(&instrument.title)?)?;
    writer.list(&object, "labels", &instrument.labels, PROMPTS_MAX)
}

const SCORE: EditError =
    EditError::Invalid { what: "a label is a word for what was seen; a number on its own would be a score" };

fn add_event(writer: &mut Writer<'_, '_>, event: &Event) -> Result<(), EditError> {
    let label = event.label.as_ref().filter(|label| !label.is_blank());
    if label.is_some_and(|label| !names_something(label)) {
        return Err(SCORE);
    }
    let object = writer.add("events", &event.id)?;
    writer.field(&object, "at_ms", moment(event.at_ms)?)?;
    writer.optional(&object, "speaker", event.speaker.map(Word::word))?;
    writer.optional(&object, "label", label.map(short).transpose()?)?;
    let text = passage(&event.text)?;
    writer.optional(&object, "text", (!text.is_empty()).then_some(text))
}

fn publish(
    writer: &mut Writer<'_, '_>,
    title: Option<&Words>,
    text: &Words,
    events: &[Event],
    instrument: Option<&Instrument>,
) -> Result<(), EditError> {
    if writer.transaction.get(ROOT, "published")?.is_some() {
        return Err(EditError::Invalid { what: "released notes stay as they were released" });
    }
    if events.len() > LIST_ENTRIES_MAX {
        return Err(EditError::TooLarge { what: "the list", max: LIST_ENTRIES_MAX, unit: "entries" });
    }
    writer.put("published", true)?;
    writer.short_or_clear("title", title)?;
    // As long a text as a note set may hold goes in as several insertions.
    let mut at = 0;
    for piece in pieces(text.as_str()) {
        let splice = Splice { at, delete: 0, insert: piece.into() };
        text::splice_field(writer.transaction, "notes", &[splice])?;
        at += text::units(piece);
    }
    if let Some(instrument) = instrument {
        freeze(writer, instrument)?;
    }
    events.iter().try_for_each(|event| add_event(writer, event))
}

/// Cuts a text into insertions of an allowed length, between characters.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        // A character of n UTF-8 bytes has at most n UTF-16 units.
        let cut = text.floor_char_boundary(SPLICE_UNITS_MAX.min(text.len()));
        let (piece, rest) = text.split_at(cut);
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

fn reply(
    writer: &mut Writer<'_, '_>,
    author: &Author,
    id: &ItemId,
    to: &ReplyTo,
    text: &Words,
) -> Result<(), EditError> {
    let text = passage(text)?;
    if text.trim().is_empty() {
        return Err(EditError::Invalid { what: "there is nothing in it yet" });
    }
    let object = writer.add("replies", id)?;
    writer.field(&object, "by", author.person.to_string())?;
    match to {
        ReplyTo::Whole => {}
        ReplyTo::Line(line) => writer.field(&object, "line", i64::from(*line))?,
        ReplyTo::Event(event) => writer.field(&object, "event", event.as_str())?,
    }
    writer.field(&object, "text", text)
}
