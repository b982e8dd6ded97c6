//! Decides how an instrument is built: by several people at once, label by label, and without a scale.

use automerge::transaction::Transaction;
use automerge::{ObjId, ObjType, ReadDoc, Value};

use crate::edit::writing::{Writer, minutes, named};
use crate::edit::{Edit, EditError, misplaced, text};
use crate::model::bounds::{INTERVAL_SECONDS_MAX, LABEL_GAP, LABEL_PLACE_MAX, PROMPTS_MAX};
use crate::model::reader::{age, whole};
use crate::model::words::Word;
use crate::model::{BUILT_SHAPES, InstrumentError, ItemId, Speaker, Words, label_faults};
use crate::schema;

const GONE: EditError = EditError::Invalid { what: "what this edit is about is no longer there" };

pub(super) fn apply(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetShape { shape } if BUILT_SHAPES.contains(shape) => writer.put("shape", shape.word()),
        Edit::SetShape { .. } => Err(InstrumentError::NotBuilt.into()),
        Edit::AddLabel { id, text } => add(&mut writer, id, text),
        Edit::RenameLabel { id, text } => rename(&mut writer, id, text),
        Edit::MoveLabel { id, before } => put_before(&mut writer, id, before.as_ref()),
        Edit::RemoveLabel { id } => writer.clear_in("labels", id.as_str()),
        Edit::SetSpeakers { speakers } => {
            let words: Vec<Words> = speakers.iter().map(|speaker| Words::from(speaker.word())).collect();
            writer.word_set("speakers", &words, Speaker::ALL.len())
        }
        Edit::SetInterval { seconds } => interval(&mut writer, *seconds),
        Edit::SetUsualMinutes { minutes: usual } => writer.put_or_clear("minutes", usual.map(minutes).transpose()?),
        _ => misplaced(),
    }
}

/// A label as it stands in the document.
struct Present {
    id: String,
    object: ObjId,
    place: i64,
    text: Words,
}

/// The labels in their order, as they are read.
fn present(transaction: &Transaction<'_>) -> Result<Vec<Present>, EditError> {
    let Some(map) = schema::map_object(transaction, "labels") else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for id in transaction.keys(&map) {
        let Some((Value::Object(ObjType::Map), object)) = transaction.get(&map, id.as_str())? else { continue };
        let place = transaction.get(&object, "place")?.and_then(|(value, _)| whole(value.as_scalar()?));
        let place = place.filter(|place| (0..=LABEL_PLACE_MAX).contains(place)).unwrap_or(LABEL_PLACE_MAX);
        let text = transaction.get(&object, "text")?.and_then(|(value, _)| Some(value.as_scalar()?.as_str()?.into()));
        found.extend(text.map(|text| Present { id, object, place, text }));
    }
    found.sort_by(|one, other| one.place.cmp(&other.place).then_with(|| age(&one.object).cmp(&age(&other.object))));
    Ok(found)
}

/// Whether one label may stand among the others. What is wrong with the others alone was said when they came together.
fn fits(others: &[Present], label: &Words) -> Result<(), EditError> {
    let labels: Vec<&Words> = others.iter().map(|other| &other.text).chain([label]).collect();
    let fault = label_faults(&labels).into_iter().find(|(_, places)| places.contains(&others.len()));
    fault.map_or(Ok(()), |(fault, _)| Err(fault.into()))
}

fn add(writer: &mut Writer<'_, '_>, id: &ItemId, text: &Words) -> Result<(), EditError> {
    let text = named(text)?;
    let labels = present(writer.transaction)?;
    if labels.len() >= PROMPTS_MAX {
        return Err(InstrumentError::TooManyLabels.into());
    }
    fits(&labels, &text.into())?;
    let object = writer.add("labels", id)?;
    writer.field(&object, "text", text)?;
    place(writer, labels, object, None)
}

fn rename(writer: &mut Writer<'_, '_>, id: &ItemId, text: &Words) -> Result<(), EditError> {
    let text = named(text)?;
    let mut labels = present(writer.transaction)?;
    let at = labels.iter().position(|label| label.id == id.as_str()).ok_or(GONE)?;
    let label = labels.remove(at);
    fits(&labels, &text.into())?;
    writer.field(&label.object, "text", text)
}

/// Puts a label before another one; behind all others when none is named.
fn put_before(writer: &mut Writer<'_, '_>, id: &ItemId, before: Option<&ItemId>) -> Result<(), EditError> {
    if before == Some(id) {
        return Ok(());
    }
    let mut labels = present(writer.transaction)?;
    let at = labels.iter().position(|label| label.id == id.as_str()).ok_or(GONE)?;
    let label = labels.remove(at);
    place(writer, labels, label.object, before)
}

/// Gives a label a place between two others; where there is none left, all get new ones.
fn place(
    writer: &mut Writer<'_, '_>,
    others: Vec<Present>,
    label: ObjId,
    before: Option<&ItemId>,
) -> Result<(), EditError> {
    let at = match before {
        None => others.len(),
        Some(before) => others.iter().position(|other| other.id == before.as_str()).ok_or(GONE)?,
    };
    let low = at.checked_sub(1).map_or(0, |at| others[at].place);
    let high = others.get(at).map_or(low + 2 * LABEL_GAP, |next| next.place);
    if high - low > 1 && high <= LABEL_PLACE_MAX {
        return writer.field(&label, "place", low + (high - low) / 2);
    }
    let mut all: Vec<ObjId> = others.into_iter().map(|other| other.object).collect();
    all.insert(at, label);
    let places = (1..).map(|number| number * LABEL_GAP);
    all.iter().zip(places).try_for_each(|(object, place)| writer.field(object, "place", place))
}

fn interval(writer: &mut Writer<'_, '_>, seconds: Option<u32>) -> Result<(), EditError> {
    let seconds = seconds.map(i64::from);
    if seconds.is_some_and(|seconds| !(1..=INTERVAL_SECONDS_MAX).contains(&seconds)) {
        return Err(InstrumentError::Interval.into());
    }
    writer.put_or_clear("interval_seconds", seconds)
}

#[cfg(test)]
mod tests;
