//! Decides how a door is opened, described and closed by its host.

use automerge::transaction::Transaction;

use crate::edit::visiting::schedule;
use crate::edit::writing::{Writer, passage};
use crate::edit::{Edit, EditError, misplaced};
use crate::model::bounds::PLACES_MAX;

pub(super) fn apply(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::Schedule { when_ms, minutes, period, room } => {
            schedule(&mut writer, *when_ms, *minutes, period.as_ref(), room.as_ref())
        }
        Edit::DescribeDoor { see, places } => {
            let places = places.map(i64::from);
            if places.is_some_and(|places| !(1..=PLACES_MAX).contains(&places)) {
                return Err(EditError::Invalid { what: "an open door has room for 1 to 100 people" });
            }
            let see = passage(see)?.trim();
            writer.put_or_clear("see", (!see.is_empty()).then_some(see))?;
            writer.put_or_clear("places", places)
        }
        Edit::CloseDoor { closed: true } => writer.put("closed", true),
        Edit::CloseDoor { closed: false } => writer.clear("closed"),
        _ => misplaced(),
    }
}

#[cfg(test)]
mod tests;
