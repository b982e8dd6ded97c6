//! Decides how notes are taken, released once, and answered.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjType, ROOT, ReadDoc, ScalarValue, Value};

use crate::edit::writing::{Writer, minutes, moment, named, passage, short};
use crate::edit::{Author, Edit, EditError, Splice, misplaced, text};
use crate::ids::DocumentId;
use crate::limits::{LIST_ENTRIES_MAX, SPLICE_UNITS_MAX};
use crate::model::bounds::{OBSERVED_MS_MAX, PROMPTS_MAX, SEATS_MAX};
use crate::model::words::Word;
use crate::model::{
    Event, EventError, Instrument, InstrumentError, ItemId, Mark, ReplyTo, Speaker, Words, names_something,
};

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetVisit { visit } => writer.put("visit", visit.to_string()),
        Edit::SetOwnLesson { when_ms } => writer.put_or_clear("own_lesson_ms", when_ms.map(moment).transpose()?),
        Edit::FreezeInstrument { instrument } => freeze(&mut writer, instrument),
        Edit::AddEvent { event } => add_event(&mut writer, event),
        Edit::DescribeEvent { id, text } => describe(&mut writer, id, text),
        Edit::EndObserving { observed_ms } => observed(&mut writer, *observed_ms),
        Edit::RemoveEvent { id } => writer.clear_in("events", id.as_str()),
        Edit::MarkReleased { document } => writer.mark("released", &document.to_string(), true),
        Edit::Publish { title, text, events, instrument, observed_ms, replaces } => {
            let (title, instrument) = (title.as_ref(), instrument.as_ref());
            let observed_ms = *observed_ms;
            publish(&mut writer, &Publication { title, text, events, instrument, observed_ms, replaces })
        }
        Edit::Reply { id, to, text } => reply(&mut writer, author, id, to, text),
        Edit::RemoveReply { id } => writer.clear_in("replies", id.as_str()),
        _ => misplaced(),
    }
}

/// Writes an instrument that somebody set up, and that must be one to observe with.
fn freeze(writer: &mut Writer<'_, '_>, instrument: &Instrument) -> Result<(), EditError> {
    if writer.transaction.get(ROOT, "instrument")?.is_some() {
        return Err(EditError::Invalid { what: "these notes already have their instrument" });
    }
    instrument.check()?;
    write_instrument(writer, instrument)
}

/// Writes an instrument within its bounds; one that an earlier version froze is released as it was.
fn write_instrument(writer: &mut Writer<'_, '_>, instrument: &Instrument) -> Result<(), EditError> {
    if let Some(number) = instrument.all_labels().find(|label| !names_something(label)) {
        return Err(InstrumentError::Number { labels: vec![number.clone()] }.into());
    }
    if instrument.seats.len() > SEATS_MAX {
        return Err(EditError::TooLarge { what: "the seat map", max: SEATS_MAX, unit: "seats" });
    }
    let object = writer.transaction.put_object(ROOT, "instrument", ObjType::Map)?;
    writer.field(&object, "id", instrument.id.as_str())?;
    writer.field(&object, "version", u64::from(instrument.version))?;
    writer.field(&object, "title", named(&instrument.title)?)?;
    writer.optional(&object, "shape", instrument.shape.map(Word::word))?;
    writer.optional(&object, "interval_seconds", instrument.interval_seconds.map(u64::from))?;
    writer.optional(&object, "minutes", instrument.minutes.map(minutes).transpose()?)?;
    writer.list(&object, "labels", &instrument.labels, PROMPTS_MAX)?;
    if !instrument.student_labels.is_empty() {
        writer.list(&object, "student_labels", &instrument.student_labels, PROMPTS_MAX)?;
    }
    if !instrument.speakers.is_empty() {
        let speakers: Vec<Words> = instrument.speakers.iter().map(|speaker| Words::from(speaker.word())).collect();
        writer.list(&object, "speakers", &speakers, Speaker::ALL.len())?;
    }
    if !instrument.seats.is_empty() {
        writer.seats(&object, &instrument.seats)?;
    }
    Ok(())
}

/// Adds an event; the same one again changes nothing, so that a page may say it twice.
fn add_event(writer: &mut Writer<'_, '_>, event: &Event) -> Result<(), EditError> {
    let label = event.label.as_ref().filter(|label| !label.is_blank());
    if let Some(number) = label.filter(|label| !names_something(label)) {
        return Err(InstrumentError::Number { labels: vec![number.clone()] }.into());
    }
    let mut fields = vec![("at_ms", ScalarValue::from(moment(event.at_ms)?))];
    let text = passage(&event.text)?;
    fields.extend(event.speaker.map(|speaker| ("speaker", speaker.word().into())));
    fields.extend(label.map(short).transpose()?.map(|label| ("label", label.into())));
    fields.extend((!text.is_empty()).then(|| ("text", text.into())));
    let codes = mark_fields(event.mark.as_ref(), &mut fields)?;
    if let Some((Value::Object(ObjType::Map), there)) = writer.event(&event.id)? {
        return if writer.holds(&there, &fields, codes)? { Ok(()) } else { Err(TAKEN) };
    }
    let object = writer.add("events", &event.id)?;
    for (key, value) in fields {
        writer.field(&object, key, value)?;
    }
    if codes.is_empty() { Ok(()) } else { writer.list(&object, "codes", codes, 2 * PROMPTS_MAX) }
}

const TAKEN: EditError = EditError::Invalid { what: "there is already something else with this id" };

/// What a mark is in the document: plain fields, and the words of an interval.
fn mark_fields<'a>(
    mark: Option<&'a Mark>,
    fields: &mut Vec<(&'static str, ScalarValue)>,
) -> Result<&'a [Words], EditError> {
    let Some(mark) = mark else { return Ok(&[]) };
    fields.push(("mark", mark.word().into()));
    let number = |value: u32| ScalarValue::from(u64::from(value));
    match mark {
        Mark::Wait { reply_ms, reply_end_ms, follow_ms } => {
            for (key, at) in [("reply_ms", reply_ms), ("reply_end_ms", reply_end_ms), ("follow_ms", follow_ms)] {
                fields.extend(at.map(moment).transpose()?.map(|at| (key, ScalarValue::from(at))));
            }
        }
        Mark::Turn { from, to } => fields.extend([("from", from.as_str().into()), ("to", to.as_str().into())]),
        Mark::Step { x, y, stop, seat } => {
            fields.extend([("x", number((*x).into())), ("y", number((*y).into())), ("stop", (*stop).into())]);
            fields.extend(seat.as_ref().map(|seat| ("seat", seat.as_str().into())));
        }
        Mark::Look { sweep, seat } => fields.extend([("sweep", number(*sweep)), ("seat", seat.as_str().into())]),
        Mark::Interval { index, codes } => {
            fields.push(("index", number(*index)));
            return Ok(codes);
        }
        Mark::Seat { seat } => fields.push(("seat", seat.as_str().into())),
        Mark::Spot { place } => fields.push(("place", short(place)?.into())),
    }
    Ok(&[])
}

/// Puts other words to an event.
fn describe(writer: &mut Writer<'_, '_>, id: &ItemId, text: &Words) -> Result<(), EditError> {
    let object = writer.item("events", id)?;
    match passage(text)? {
        "" => writer.clear_field(&object, "text"),
        text => writer.field(&object, "text", text),
    }
}

fn observed(writer: &mut Writer<'_, '_>, observed_ms: i64) -> Result<(), EditError> {
    if !(0..=OBSERVED_MS_MAX).contains(&observed_ms) {
        return Err(EventError::TooLong.into());
    }
    writer.put("observed_ms", observed_ms)
}

/// What releasing puts into the new document.
struct Publication<'a> {
    title: Option<&'a Words>,
    text: &'a Words,
    events: &'a [Event],
    instrument: Option<&'a Instrument>,
    observed_ms: Option<i64>,
    replaces: &'a [DocumentId],
}

fn publish(writer: &mut Writer<'_, '_>, publication: &Publication<'_>) -> Result<(), EditError> {
    let Publication { title, text, events, instrument, observed_ms, replaces } = *publication;
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
        write_instrument(writer, instrument)?;
    }
    if let Some(observed_ms) = observed_ms {
        observed(writer, observed_ms)?;
    }
    replaces.iter().try_for_each(|earlier| writer.mark("replaces", &earlier.to_string(), true))?;
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

#[cfg(test)]
mod tests;
