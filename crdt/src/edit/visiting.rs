//! Decides how a visit is proposed, planned, held and called off.

use automerge::ReadDoc;
use automerge::transaction::Transaction;

use crate::edit::writing::{Writer, minutes, moment};
use crate::edit::{Author, Edit, EditError, misplaced, running, text};
use crate::ids::PersonId;
use crate::model::words::Word;
use crate::model::{Answer, DebriefHow, DebriefPlan, Here, Seat, Visit, VisitKind, Words, check_seats};
use crate::schema;

/// What another visit is told to be planned like this one: what kind it is, and how it is watched. When, with whom and what becomes
/// of it is for whoever plans it.
pub fn planned_again(visit: &Visit) -> Vec<Edit> {
    let Visit { visit_kind, instruments, seats, seat, may_talk, .. } = visit.clone();
    let mut edits = Vec::new();
    edits.extend((visit_kind != VisitKind::Pair).then_some(Edit::SetVisitKind { visit_kind }));
    edits.extend(instruments.into_iter().map(|instrument| Edit::SetInstrument { instrument, chosen: true }));
    edits.extend((!seats.is_empty()).then_some(Edit::SetSeats { seats }));
    edits.extend(seat.map(|seat| Edit::SetSeat { seat: Some(seat) }));
    edits.extend(may_talk.map(|may| Edit::SetMayTalk { may_talk: Some(may) }));
    edits
}

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let me = author.person;
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::Propose { host } => {
            writer.put("host", host.to_string())?;
            writer.answer(&me, Answer::Accepted.word())
        }
        Edit::Invite { person, part } => writer.put_in("people", &person.to_string(), part.word()),
        Edit::Uninvite { person } => {
            let key = person.to_string();
            ["people", "answers", "roles", "here"].into_iter().try_for_each(|map| writer.clear_in(map, &key))
        }
        Edit::Accept {} => writer.answer(&me, Answer::Accepted.word()),
        Edit::Decline {} => writer.answer(&me, Answer::Declined.word()),
        Edit::Withdraw {} => writer.answer(&me, Answer::Withdrew.word()),
        Edit::Schedule { when_ms, minutes, period, room } => {
            schedule(&mut writer, *when_ms, *minutes, period.as_ref(), room.as_ref())
        }
        Edit::Cancel {} => writer.put("cancelled", true),
        Edit::SetVisitKind { visit_kind } => writer.put("visit_kind", visit_kind.word()),
        Edit::ThroughDoor { door } => writer.put("door", door.to_string()),
        Edit::SetInstrument { instrument, chosen } => writer.mark("instruments", instrument.as_str(), *chosen),
        Edit::SetSeats { seats } => room_map(&mut writer, seats),
        Edit::SetSeat { seat } => writer.short_or_clear("seat", seat.as_ref()),
        Edit::SetMayTalk { may_talk } => writer.put_or_clear("may_talk", *may_talk),
        Edit::SetRole { person, role } => match role {
            Some(role) => writer.put_in("roles", &person.to_string(), role.word()),
            None => writer.clear_in("roles", &person.to_string()),
        },
        Edit::PlanDebrief { plan } => plan_debrief(&mut writer, plan.as_ref()),
        Edit::SetGoal { goal, label } => {
            writer.put_or_clear("goal", goal.map(|goal| goal.to_string()))?;
            writer.short_or_clear("goal_label", label.as_ref().filter(|_| goal.is_some()))
        }
        Edit::Begin { at_ms } => {
            taken_up_again(&mut writer)?;
            writer.clear("ended_ms")?;
            writer.clear("stop_asked")?;
            back_in_the_room(&mut writer, &me)?;
            writer.put("began_ms", moment(at_ms.unwrap_or(author.at_ms))?)
        }
        Edit::End { at_ms } => writer.put("ended_ms", moment(at_ms.unwrap_or(author.at_ms))?),
        Edit::Join {} => writer.put_in("here", &me.to_string(), Here::Joined.word()),
        Edit::Leave {} => writer.put_in("here", &me.to_string(), Here::Left.word()),
        Edit::StopAsked {} => writer.put("stop_asked", true),
        Edit::DidNotHappen {} => {
            // A beginning said by mistake is taken back; one said at the same moment elsewhere stays, and outweighs this.
            ["began_ms", "ended_ms", "stop_asked", "talked"].into_iter().try_for_each(|key| writer.clear(key))?;
            nobody_in_the_room(&mut writer)?;
            writer.put("did_not_happen", true)
        }
        Edit::JustVisited { began_ms, minutes } => just_visited(&mut writer, *began_ms, *minutes),
        // It outweighs what was called off without taking that back: whoever takes the talk back has what was before it.
        Edit::Talked {} => writer.put("talked", true),
        Edit::NotTalked {} => writer.clear("talked"),
        Edit::WaiveNotes {} => writer.put("notes_waived", true),
        Edit::AskForNotes {} => writer.clear("notes_waived"),
        Edit::FreezeProtocol { .. } | Edit::BeginPhase { .. } => running::apply(edit, author, &mut writer),
        _ => misplaced(),
    }
}

fn room_map(writer: &mut Writer<'_, '_>, seats: &[Seat]) -> Result<(), EditError> {
    if seats.is_empty() {
        return writer.clear("room_map");
    }
    check_seats(seats)?;
    let map = writer.record("room_map")?;
    writer.seats(&map, seats)
}

/// The time and place of a visit, or of an open door.
pub(super) fn schedule(
    writer: &mut Writer<'_, '_>,
    when_ms: Option<i64>,
    length: Option<u32>,
    period: Option<&Words>,
    room: Option<&Words>,
) -> Result<(), EditError> {
    if let Some(when_ms) = when_ms {
        taken_up_again(writer)?;
        writer.put("when_ms", moment(when_ms)?)?;
    }
    if let Some(length) = length {
        writer.put("minutes", minutes(length)?)?;
    }
    if period.is_some() {
        writer.short_or_clear("period", period)?;
    }
    if room.is_some() {
        writer.short_or_clear("room", room)?;
    }
    Ok(())
}

fn just_visited(writer: &mut Writer<'_, '_>, began_ms: i64, length: u32) -> Result<(), EditError> {
    let (began_ms, length) = (moment(began_ms)?, minutes(length)?);
    taken_up_again(writer)?;
    writer.put("when_ms", began_ms)?;
    writer.put("minutes", length)?;
    writer.put("began_ms", began_ms)?;
    writer.put("ended_ms", moment(began_ms + length * 60_000)?)
}

fn plan_debrief(writer: &mut Writer<'_, '_>, plan: Option<&DebriefPlan>) -> Result<(), EditError> {
    let (how, when_ms, place) = match plan {
        None => (None, None, None),
        Some(DebriefPlan::FindEachOther {}) => (Some(DebriefHow::FindEachOther), None, None),
        Some(DebriefPlan::InWriting {}) => (Some(DebriefHow::InWriting), None, None),
        Some(DebriefPlan::At { when_ms, place }) => (Some(DebriefHow::At), Some(moment(*when_ms)?), place.as_ref()),
    };
    writer.put_or_clear("debrief_how", how.map(Word::word))?;
    writer.put_or_clear("debrief_ms", when_ms)?;
    writer.short_or_clear("debrief_place", place)
}

/// Whoever begins it has not left it.
fn back_in_the_room(writer: &mut Writer<'_, '_>, me: &PersonId) -> Result<(), EditError> {
    let key = me.to_string();
    let Some(here) = schema::map_object(&*writer.transaction, "here") else { return Ok(()) };
    let left = writer
        .transaction
        .get(&here, key.as_str())?
        .is_some_and(|(value, _)| value.as_str() == Some(Here::Left.word()));
    if left { writer.clear_in("here", &key) } else { Ok(()) }
}

fn nobody_in_the_room(writer: &mut Writer<'_, '_>) -> Result<(), EditError> {
    let Some(here) = schema::map_object(&*writer.transaction, "here") else { return Ok(()) };
    let people: Vec<String> = writer.transaction.keys(&here).collect();
    people.iter().try_for_each(|person| writer.clear_in("here", person))
}

/// What happens, or is given a time anew, is no longer called off.
fn taken_up_again(writer: &mut Writer<'_, '_>) -> Result<(), EditError> {
    writer.clear("cancelled")?;
    writer.clear("did_not_happen")
}

#[cfg(test)]
mod tests;
