//! Decides what one mark is, and which marks an instrument takes.

use serde::{Deserialize, Serialize};

use crate::model::bounds::{INTERVALS_MAX, MAP_SIDE, MOMENT_MS_MAX, OBSERVED_MS_MAX, PROMPTS_MAX};
use crate::model::instrument::{CLASS, Instrument, Shape, TEACHER};
use crate::model::note_set::Event;
use crate::model::reader::{Reader, Spot};
use crate::model::reason::{Reason, ReasonCode};
use crate::model::words::{ItemId, Words};

/// What an event holds beside its moment, speaker, label and words, where its instrument asks for more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Mark {
    /// A question was asked at the event's moment. What did not happen is absent.
    Wait {
        /// When a reply began, in milliseconds since the visit began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_ms: Option<i64>,
        /// When it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_end_ms: Option<i64>,
        /// When somebody spoke again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        follow_ms: Option<i64>,
    },
    /// Somebody turned to somebody.
    Turn {
        /// `teacher`, or a seat.
        from: ItemId,
        /// `teacher`, a seat, or `all`.
        to: ItemId,
    },
    /// The teacher is here.
    Step {
        /// In thousandths of the room's width.
        x: u16,
        /// In thousandths of the room's depth; the board is at 0.
        y: u16,
        /// Whether the teacher stopped.
        stop: bool,
        /// At which seat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<ItemId>,
    },
    /// A seat was looked at; the label says what was going on there.
    Look {
        /// In which sweep, counted from 0.
        sweep: u32,
        /// The seat.
        seat: ItemId,
    },
    /// What happened within one interval.
    Interval {
        /// Which, counted from 0.
        index: u32,
        /// Labels of the instrument.
        codes: Vec<Words>,
    },
    /// It is about this seat, or this student.
    Seat {
        /// Which.
        seat: ItemId,
    },
    /// A place in the room.
    Spot {
        /// Where.
        place: Words,
    },
}

/// Why an instrument does not take an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The notes are plain.
    #[error("choose an instrument first: these notes take lines of words only")]
    NoInstrument,
    /// A mark of another instrument.
    #[error("this instrument takes marks of another kind")]
    OtherShape,
    /// A label that is none of the instrument's.
    #[error("that is not one of this instrument’s labels")]
    OtherLabel,
    /// A speaker that it does not tell apart.
    #[error("this instrument does not tell that speaker apart")]
    OtherSpeaker,
    /// A seat that is not on its map.
    #[error("there is no such seat on this map")]
    OtherSeat,
    /// Outside the room.
    #[error("that is not in the room")]
    Outside,
    /// A reply before its question.
    #[error("a reply comes after its question, and what follows after the reply")]
    OutOfOrder,
    /// An interval or sweep that no lesson has.
    #[error("no lesson has so many intervals")]
    TooMany,
    /// A place without a name.
    #[error("say which place it is")]
    NoPlace,
    /// An observation that no lesson is as long as.
    #[error("nobody observes for longer than a day")]
    TooLong,
}

impl EventError {
    /// The same for a program.
    pub fn reason(self) -> Reason {
        Reason::of(match self {
            Self::NoInstrument => ReasonCode::NoInstrument,
            Self::OtherShape => ReasonCode::OtherShape,
            Self::OtherLabel => ReasonCode::OtherLabel,
            Self::OtherSpeaker => ReasonCode::OtherSpeaker,
            Self::OtherSeat => ReasonCode::OtherSeat,
            Self::Outside => ReasonCode::Outside,
            Self::OutOfOrder => ReasonCode::OutOfOrder,
            Self::TooMany => ReasonCode::TooManyIntervals,
            Self::NoPlace => ReasonCode::NoPlace,
            Self::TooLong => ReasonCode::TooLong,
        })
    }
}

/// Whether notes taken with `instrument` take `event`. A line of words alone is always taken.
pub fn fits(instrument: Option<&Instrument>, event: &Event) -> Result<(), EventError> {
    let Some((instrument, shape)) = instrument.and_then(|it| Some((it, it.shape?))) else {
        return if event.mark.is_none() { Ok(()) } else { Err(EventError::NoInstrument) };
    };
    let heard =
        event.speaker.is_none_or(|speaker| instrument.speakers.is_empty() || instrument.speakers.contains(&speaker));
    if !heard {
        return Err(EventError::OtherSpeaker);
    }
    let Some(mark) = &event.mark else {
        return match (&event.label, shape) {
            (None, _) => Ok(()),
            (Some(label), Shape::Line) if instrument.labels.is_empty() || instrument.has_label(label) => Ok(()),
            (Some(label), Shape::Tally | Shape::State | Shape::Beat) if instrument.has_label(label) => Ok(()),
            (Some(_), Shape::Line | Shape::Tally | Shape::State | Shape::Beat) => Err(EventError::OtherLabel),
            (Some(_), _) => Err(EventError::OtherShape),
        };
    };
    let seat = |seat: &ItemId| if instrument.has_seat(seat) { Ok(()) } else { Err(EventError::OtherSeat) };
    let labelled = match &event.label {
        Some(label) if instrument.has_label(label) => Ok(()),
        _ => Err(EventError::OtherLabel),
    };
    match (shape, mark) {
        (Shape::Wait, Mark::Wait { reply_ms, reply_end_ms, follow_ms }) => {
            in_order(event.at_ms, *reply_ms, *reply_end_ms, *follow_ms)
        }
        (Shape::Turn, Mark::Turn { from, to }) => {
            let speaks = from.as_str() == TEACHER || instrument.has_seat(from);
            let heard = [TEACHER, CLASS].contains(&to.as_str()) || instrument.has_seat(to);
            if speaks && heard { labelled } else { Err(EventError::OtherSeat) }
        }
        (Shape::Path, Mark::Step { x, y, .. }) if *x > MAP_SIDE || *y > MAP_SIDE => Err(EventError::Outside),
        (Shape::Path, Mark::Step { seat: at, .. }) => at.as_ref().map_or(Ok(()), seat),
        (Shape::Sweep, Mark::Look { sweep, .. }) if *sweep > INTERVALS_MAX => Err(EventError::TooMany),
        (Shape::Sweep, Mark::Look { seat: at, .. }) => labelled.and(seat(at)),
        (Shape::Grid, Mark::Interval { index, .. }) if *index > INTERVALS_MAX => Err(EventError::TooMany),
        (Shape::Grid, Mark::Interval { codes, .. }) => {
            let known = codes.iter().all(|code| instrument.has_label(code));
            if known && codes.len() <= 2 * PROMPTS_MAX { Ok(()) } else { Err(EventError::OtherLabel) }
        }
        (Shape::Ask, Mark::Seat { seat: who }) => labelled.and(seat(who)),
        (Shape::Line, Mark::Seat { seat: who }) => match &event.label {
            Some(_) => labelled.and(seat(who)),
            None => seat(who),
        },
        (Shape::Spot, Mark::Spot { place }) => {
            if place.is_blank() {
                Err(EventError::NoPlace)
            } else {
                Ok(())
            }
        }
        _ => Err(EventError::OtherShape),
    }
}

fn in_order(ask: i64, reply: Option<i64>, end: Option<i64>, follow: Option<i64>) -> Result<(), EventError> {
    // A reply that was never heard to begin did not end, and nothing followed it.
    let gap = reply.is_none() && (end.is_some() || follow.is_some()) || end.is_none() && follow.is_some();
    let moments: Vec<i64> = [Some(ask), reply, end, follow].into_iter().flatten().collect();
    if gap || !moments.is_sorted() || moments.iter().any(|at| *at > MOMENT_MS_MAX) {
        return Err(EventError::OutOfOrder);
    }
    Ok(())
}

impl Mark {
    /// The mark that a record of the document holds, if it holds a whole one.
    pub(crate) fn read(reader: &mut Reader<'_>, spot: &Spot) -> Option<Self> {
        let kind = reader.short(spot, "mark")?;
        let mark = match kind.as_str() {
            "wait" => Some(Self::Wait {
                reply_ms: since_start(reader, spot, "reply_ms"),
                reply_end_ms: since_start(reader, spot, "reply_end_ms"),
                follow_ms: since_start(reader, spot, "follow_ms"),
            }),
            "turn" => reader.id(spot, "from").zip(reader.id(spot, "to")).map(|(from, to)| Self::Turn { from, to }),
            "step" => side(reader, spot, "x").zip(side(reader, spot, "y")).map(|(x, y)| Self::Step {
                x,
                y,
                stop: reader.flag(spot, "stop"),
                seat: reader.id(spot, "seat"),
            }),
            "look" => count(reader, spot, "sweep")
                .zip(reader.id(spot, "seat"))
                .map(|(sweep, seat)| Self::Look { sweep, seat }),
            "interval" => count(reader, spot, "index")
                .map(|index| Self::Interval { index, codes: reader.list(spot, "codes", 2 * PROMPTS_MAX) }),
            "seat" => reader.id(spot, "seat").map(|seat| Self::Seat { seat }),
            "spot" => reader.short(spot, "place").map(|place| Self::Spot { place }),
            _ => None,
        };
        if mark.is_none() {
            reader.problem("events", "holds a mark this version of Rounds does not know; its words are shown");
        }
        mark
    }

    /// What the document calls it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Wait { .. } => "wait",
            Self::Turn { .. } => "turn",
            Self::Step { .. } => "step",
            Self::Look { .. } => "look",
            Self::Interval { .. } => "interval",
            Self::Seat { .. } => "seat",
            Self::Spot { .. } => "spot",
        }
    }
}

fn since_start(reader: &mut Reader<'_>, spot: &Spot, key: &str) -> Option<i64> {
    reader.number(spot, key, 0..=OBSERVED_MS_MAX)
}

fn side(reader: &mut Reader<'_>, spot: &Spot, key: &str) -> Option<u16> {
    reader.number(spot, key, 0..=i64::from(MAP_SIDE)).and_then(|it| u16::try_from(it).ok())
}

fn count(reader: &mut Reader<'_>, spot: &Spot, key: &str) -> Option<u32> {
    reader.number(spot, key, 0..=i64::from(INTERVALS_MAX)).and_then(|it| u32::try_from(it).ok())
}

#[cfg(test)]
mod tests;
