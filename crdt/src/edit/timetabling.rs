//! Decides how a timetable is written by its owner, and how the free times that are shown of it are.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjType, ROOT, ReadDoc, ScalarValue, Value};

use crate::edit::writing::{Writer, named, short};
use crate::edit::{Edit, EditError, misplaced};
use crate::model::bounds::{DAYS_AT_ONCE_MAX, FREE_TIMES_MAX};
use crate::model::words::Word;
use crate::model::{
    Cycle, Day, DayKind, Filling, FreeTime, ItemId, Otherwise, Period, Slot, Timetable, TimetableError, Turning,
    check_weekdays, week_and_weekday,
};
use crate::schema;

/// The maps whose keys are slots.
const BY_SLOT: [&str; 4] = ["uses", "labels", "rooms", "shown"];

pub(super) fn timetable(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SetCycle { cycle } => set_cycle(&mut writer, cycle.as_ref()),
        Edit::SetWeekdays { weekdays } => set_weekdays(&mut writer, weekdays),
        Edit::SetPeriods { periods } => set_periods(&mut writer, periods),
        Edit::FillPeriod { slot, filling } => fill(&mut writer, slot, filling.as_ref()),
        Edit::SetDays { days, otherwise } => set_days(&mut writer, days, otherwise.as_ref()),
        Edit::ShowFree { slots, until } => {
            keep_keys(&mut writer, "shown", slots.iter().map(Slot::to_string).collect())?;
            writer.put_or_clear("shown_until", until.map(|until| until.to_string()))
        }
        _ => misplaced(),
    }
}

pub(super) fn free_periods(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SetFreeTimes { times } => {
            if times.len() > FREE_TIMES_MAX {
                return Err(TimetableError::TooManyTimes.into());
            }
            times.iter().try_for_each(FreeTime::check)?;
            keep_keys(&mut writer, "times", times.iter().map(FreeTime::to_string).collect())
        }
        _ => misplaced(),
    }
}

/// What a new timetable is told to say the same as this one. What is to be shown is chosen anew.
pub fn said_again(timetable: &Timetable) -> Vec<Edit> {
    let mut edits: Vec<Edit> = timetable.cycle.map(|cycle| Edit::SetCycle { cycle: Some(cycle) }).into_iter().collect();
    if !timetable.weekdays.is_empty() {
        edits.push(Edit::SetWeekdays { weekdays: timetable.weekdays.clone() });
    }
    if !timetable.periods.is_empty() {
        edits.push(Edit::SetPeriods { periods: timetable.periods.clone() });
    }
    // What lies beyond the cycle, from before it became shorter, stays behind.
    let filled = timetable.filled.iter().filter(|(slot, _)| timetable.has(slot));
    edits.extend(filled.map(|(slot, filling)| Edit::FillPeriod { slot: slot.clone(), filling: Some(filling.clone()) }));
    edits.extend(
        timetable.days.iter().map(|(day, otherwise)| Edit::SetDays { days: vec![*day], otherwise: Some(*otherwise) }),
    );
    edits
}

/// Another cycle gives each slot other days: what was chosen to be shown was not chosen for them.
fn set_cycle(writer: &mut Writer<'_, '_>, cycle: Option<&Cycle>) -> Result<(), EditError> {
    keep_keys(writer, "shown", Vec::new())?;
    let Some(cycle) = cycle else { return writer.clear("cycle") };
    cycle.check()?;
    // As a whole: half of one and half of another is no cycle.
    let object = writer.transaction.put_object(ROOT, "cycle", ObjType::Map)?;
    writer.field(&object, "turning", cycle.turning.word())?;
    writer.field(&object, "count", i64::from(cycle.count))?;
    writer.field(&object, "from", cycle.from.to_string())
}

/// A rotation falls on other days then, so that what is to be shown of one is chosen anew. Where days come round by the week, a
/// day that has no school any more keeps what it held, and nothing of it is shown.
fn set_weekdays(writer: &mut Writer<'_, '_>, weekdays: &[u32]) -> Result<(), EditError> {
    check_weekdays(weekdays)?;
    let rotates = match writer.transaction.get(ROOT, "cycle")? {
        Some((Value::Object(ObjType::Map), cycle)) => {
            let turning = writer.transaction.get(&cycle, "turning")?;
            turning.is_some_and(|(turning, _)| turning.as_str() == Some(Turning::SchoolDays.word()))
        }
        _ => false,
    };
    let still =
        |key: &String| key.parse().is_ok_and(|slot: Slot| !rotates && weekdays.contains(&week_and_weekday(slot.day).1));
    let shown = keys(writer, "shown").into_iter().filter(still).collect();
    keep_keys(writer, "shown", shown)?;
    let word: String = weekdays.iter().map(u32::to_string).collect();
    writer.put("weekdays", word)
}

/// Makes these the periods of the day, touching only what differs. A period that goes takes with it what it was.
fn set_periods(writer: &mut Writer<'_, '_>, periods: &[Period]) -> Result<(), EditError> {
    Period::check(periods)?;
    for id in keys(writer, "periods") {
        if !periods.iter().any(|period| period.id.as_str() == id) {
            writer.clear_in("periods", &id)?;
            for map in BY_SLOT {
                let gone = |key: &String| key.split_once('.').is_some_and(|(_, period)| period == id);
                for key in keys(writer, map).into_iter().filter(gone) {
                    writer.clear_in(map, &key)?;
                }
            }
        }
    }
    for Period { id, name, begins, ends } in periods {
        let object = match writer.item("periods", id) {
            Ok(object) => object,
            Err(_) => {
                writer.clear_in("periods", id.as_str())?;
                writer.add("periods", id)?
            }
        };
        let fields: [(&'static str, ScalarValue); 3] =
            [("name", named(name)?.into()), ("begins", i64::from(*begins).into()), ("ends", i64::from(*ends).into())];
        if !writer.holds(&object, &fields, &[])? {
            for (key, value) in fields {
                writer.field(&object, key, value)?;
            }
        }
    }
    Ok(())
}

fn fill(writer: &mut Writer<'_, '_>, slot: &Slot, filling: Option<&Filling>) -> Result<(), EditError> {
    let key = slot.to_string();
    if !filling.is_some_and(Filling::is_free) {
        // Should it become free again, it is chosen again.
        writer.clear_in("shown", &key)?;
    }
    let Some(filling) = filling else {
        return BY_SLOT.iter().try_for_each(|map| writer.clear_in(map, &key));
    };
    writer.put_in("uses", &key, filling.what.word())?;
    for (map, words) in [("labels", &filling.label), ("rooms", &filling.room)] {
        match words.as_ref().map(short).transpose()?.unwrap_or_default() {
            "" => writer.clear_in(map, &key)?,
            words => writer.put_in(map, &key, words)?,
        }
    }
    Ok(())
}

fn set_days(writer: &mut Writer<'_, '_>, days: &[Day], otherwise: Option<&Otherwise>) -> Result<(), EditError> {
    if days.len() > DAYS_AT_ONCE_MAX {
        return Err(TimetableError::TooManyDays.into());
    }
    otherwise.map_or(Ok(()), Otherwise::check)?;
    for day in days {
        let on: ItemId = day.to_string().parse().map_err(|_| EditError::Invalid { what: "this is no date" })?;
        // As a whole: half of one and half of another is no day.
        writer.clear_in("days", on.as_str())?;
        let Some(otherwise) = otherwise else { continue };
        let object = writer.add("days", &on)?;
        let (how, value) = match *otherwise {
            Otherwise::NoSchool {} => (DayKind::NoSchool, None),
            Otherwise::Like { day } => (DayKind::Like, Some(("day", day))),
            Otherwise::Begins { at } => (DayKind::Begins, Some(("at", at))),
            Otherwise::Ends { at } => (DayKind::Ends, Some(("at", at))),
            Otherwise::Short { minutes } => (DayKind::Short, Some(("minutes", minutes))),
        };
        writer.field(&object, "how", how.word())?;
        if let Some((key, value)) = value {
            writer.field(&object, key, i64::from(value))?;
        }
    }
    Ok(())
}

/// Makes a map that is used as a set hold exactly these, touching only what differs.
fn keep_keys(writer: &mut Writer<'_, '_>, map: &str, wanted: Vec<String>) -> Result<(), EditError> {
    let present = keys(writer, map);
    for key in present.iter().filter(|key| !wanted.contains(key)) {
        writer.clear_in(map, key)?;
    }
    for key in wanted.iter().filter(|key| !present.contains(key)) {
        writer.put_in(map, key, true)?;
    }
    Ok(())
}

fn keys(writer: &Writer<'_, '_>, map: &str) -> Vec<String> {
    let object = schema::map_object(&*writer.transaction, map);
    object.map(|object| writer.transaction.keys(&object).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
