//! Decides how much of a phase is left, on two computers whose clocks differ.
//!
//! A phase never ends by itself: time that is up is said, and the people go on when they want to. Each computer counts by
//! its own clock alone wherever it can. Where it was watching when the word came that a phase was begun, it counts from that
//! moment, so two pages beside each other agree to within the time a word travels, whatever their clocks say. Where it
//! learned of it later (the page was opened in the middle), the stated moment is all there is: it is believed unless it lies
//! in the future or longer ago than any talk lasts, and then the count begins where the word arrived.

use serde::{Deserialize, Serialize};

use crate::model::bounds::RUN_MS_MAX;
use crate::model::protocol::Run;
use crate::model::words::ItemId;

const MINUTE_MS: i64 = 60_000;

/// When this computer learned that the present phase was begun, by its own clock in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The moment.
    pub at_ms: i64,
    /// It was watching, so the moment is that of the beginning itself.
    pub live: bool,
}

/// Where the people who go through a protocol are, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Timing {
    /// The phase that was begun last.
    pub phase: ItemId,
    /// Milliseconds of it that are left, never below 0; absent for a phase without a clock.
    pub left_ms: Option<i64>,
    /// Its time is up. Nothing follows from that by itself.
    pub over: bool,
}

/// Where the people of `run` are at `now_ms`, for a computer that learned of the present phase as `heard` says. Nothing
/// before the first phase is begun.
pub fn timing(run: &Run, heard: Heard, now_ms: i64) -> Option<Timing> {
    let phase = run.phase()?;
    let length = i64::from(phase.minutes) * MINUTE_MS;
    if length == 0 {
        return Some(Timing { phase: phase.id.clone(), left_ms: None, over: false });
    }
    let stated = run.begun.get(&phase.id).copied().unwrap_or(heard.at_ms);
    let gone = now_ms.saturating_sub(counted_from(stated, heard));
    let left = (length - gone.max(0)).max(0);
    Some(Timing { phase: phase.id.clone(), left_ms: Some(left), over: left == 0 })
}

fn counted_from(stated_ms: i64, heard: Heard) -> i64 {
    let ago = heard.at_ms.saturating_sub(stated_ms);
    if heard.live || !(0..=RUN_MS_MAX).contains(&ago) { heard.at_ms } else { stated_ms }
}

#[cfg(test)]
mod tests;
