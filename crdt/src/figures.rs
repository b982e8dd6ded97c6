//! Decides what one set of notes tells in figures: counts, shares, times and pauses of that one visit, never of a person.
//!
//! Everything follows from the frozen instrument, the events and how long was observed. Nothing is stored, nothing is
//! summed over visits, and no figure is called high or low.

mod places;
pub mod repeated;
mod times;
mod words;

use serde::{Deserialize, Serialize};

use crate::model::words::vocabulary;
use crate::model::{Event, Instrument, ItemId, Mark, Shape, Speaker, Words};

vocabulary! {
    /// What a figure tells.
    pub enum Measure {
        /// How often each was marked.
        Counts = "counts",
        /// Each one's part of all marks.
        Share = "share",
        /// How often each was marked in a time.
        Rate = "rate",
        /// How long the words of each speaker go on until the next line.
        TimeBySpeaker = "time_by_speaker",
        /// Passages in quotation marks.
        Quotes = "quotes",
        /// Lines about each student who was followed.
        BySeat = "by_seat",
        /// The middle of all pauses.
        Medians = "medians",
        /// How many pauses there were, and how many lasted less than three seconds.
        Pauses = "pauses",
        /// How many pauses lasted how many whole seconds.
        PauseLengths = "pause_lengths",
        /// How long each state lasted in all.
        TimeByState = "time_by_state",
        /// Each state's part of the time.
        ShareOfTime = "share_of_time",
        /// How long each state lasted at most without a break.
        Longest = "longest",
        /// Every stretch of one state, in order.
        Stretches = "stretches",
        /// How often each seat spoke and was spoken to.
        Turns = "turns",
        /// How many seats had no turn.
        SeatsWithNone = "seats_with_none",
        /// How long the teacher was in each part of the room.
        Dwell = "dwell",
        /// How often the teacher stopped at each seat.
        Stops = "stops",
        /// How many seats were seen at what, sweep by sweep.
        Looks = "looks",
        /// What part of the seats was seen at what, sweep by sweep.
        ShareBySweep = "share_by_sweep",
        /// In what part of the intervals each happened.
        ShareOfIntervals = "share_of_intervals",
        /// What followed what.
        Pairs = "pairs",
    }
}

vocabulary! {
    /// In what a figure's numbers are written; all of them are whole.
    pub enum Unit {
        /// How many.
        Count = "count",
        /// Milliseconds.
        Milliseconds = "milliseconds",
        /// Thousandths of the whole.
        Thousandths = "thousandths",
        /// Thousandths of one, in the time that the column names.
        ThousandthsOfOne = "thousandths_of_one",
    }
}

vocabulary! {
    /// Names that figures give without an instrument's help.
    pub enum Fixed {
        /// The teacher, on a map.
        Teacher = "teacher",
        /// The whole class, on a map.
        Class = "class",
        /// From a question to the reply.
        FirstWait = "first_wait",
        /// From the reply's end to whoever spoke next.
        SecondWait = "second_wait",
        /// Questions without a reply.
        NoReply = "no_reply",
        /// All of them.
        All = "all",
        /// Those shorter than three seconds.
        UnderThreeSeconds = "under_three_seconds",
        /// In a minute.
        PerMinute = "per_minute",
        /// In ten minutes.
        PerTenMinutes = "per_ten_minutes",
        /// When it began.
        Start = "start",
        /// How long it was.
        Length = "length",
        /// Spoke.
        Spoke = "spoke",
        /// Was spoken to.
        SpokenTo = "spoken_to",
        /// With a turn.
        WithTurns = "with_turns",
        /// Without a turn.
        WithNone = "with_none",
        /// By the board, to the left.
        FrontLeft = "front_left",
        /// By the board, in the middle.
        FrontMiddle = "front_middle",
        /// By the board, to the right.
        FrontRight = "front_right",
        /// Half-way, to the left.
        MiddleLeft = "middle_left",
        /// In the middle of the room.
        Centre = "centre",
        /// Half-way, to the right.
        MiddleRight = "middle_right",
        /// At the back, to the left.
        BackLeft = "back_left",
        /// At the back, in the middle.
        BackMiddle = "back_middle",
        /// At the back, to the right.
        BackRight = "back_right",
    }
}

/// What a row or column of a figure is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// A label of the instrument.
    Label(Words),
    /// A speaker.
    Speaker(Speaker),
    /// A seat.
    Seat(ItemId),
    /// A sweep, counted from 1.
    Sweep(u32),
    /// Pauses from so many whole seconds on, until one second more.
    Seconds(u32),
    /// Pauses from so many whole seconds on.
    SecondsAndMore(u32),
    /// Something with a fixed name.
    Fixed(Fixed),
}

/// One row of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FigureRow {
    /// What it is about.
    pub name: Name,
    /// One number for each column, or one; null where there is nothing to tell.
    pub values: Vec<Option<i64>>,
}

/// A small table of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Figure {
    /// What it tells.
    pub measure: Measure,
    /// In what its numbers are written.
    pub unit: Unit,
    /// What its columns are about; empty when there is but one, of the measure itself.
    pub columns: Vec<Name>,
    /// Its rows.
    pub rows: Vec<FigureRow>,
}

/// What one set of notes tells in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Figures {
    /// How long was observed, in milliseconds: as somebody said, else until the last mark.
    pub length_ms: i64,
    /// The tables; empty where the instrument counts nothing.
    pub tables: Vec<Figure>,
}

/// The figures of one set of notes. Events come in the order of their moments.
pub fn figures(instrument: &Instrument, events: &[Event], observed_ms: Option<i64>) -> Figures {
    let last = events.iter().map(last_moment).max().unwrap_or(0);
    // A mark typed in later may lie after the end; then the notes are as long as they reach.
    let length_ms = observed_ms.map_or(last, |observed| observed.max(last));
    let tables = match instrument.shape {
        None => words::lines(instrument, events, length_ms),
        Some(_) if events.is_empty() => Vec::new(),
        Some(Shape::Line) => words::lines(instrument, events, length_ms),
        Some(Shape::Tally) => words::tallies(instrument, events, length_ms),
        Some(Shape::Beat) => words::beats(instrument, events),
        Some(Shape::Grid) => words::intervals(instrument, events),
        Some(Shape::Wait) => times::waits(events),
        Some(Shape::State) => times::states(instrument, events, length_ms),
        Some(Shape::Turn) => places::turns(instrument, events),
        Some(Shape::Path) => places::path(instrument, events, length_ms),
        Some(Shape::Sweep) => places::sweeps(instrument, events),
        Some(Shape::Ask | Shape::Spot) => Vec::new(),
    };
    Figures { length_ms, tables }
}

fn last_moment(event: &Event) -> i64 {
    match event.mark {
        Some(Mark::Wait { reply_ms, reply_end_ms, follow_ms }) => {
            [reply_ms, reply_end_ms, follow_ms].into_iter().flatten().fold(event.at_ms, i64::max)
        }
        _ => event.at_ms,
    }
}

/// A table of one column.
fn column(measure: Measure, unit: Unit, rows: impl IntoIterator<Item = (Name, i64)>) -> Figure {
    let rows = rows.into_iter().map(|(name, value)| FigureRow { name, values: vec![Some(value)] }).collect();
    Figure { measure, unit, columns: Vec::new(), rows }
}

/// A table of several columns.
fn table(
    measure: Measure,
    unit: Unit,
    columns: Vec<Name>,
    rows: impl IntoIterator<Item = (Name, Vec<Option<i64>>)>,
) -> Figure {
    let rows = rows.into_iter().map(|(name, values)| FigureRow { name, values }).collect();
    Figure { measure, unit, columns, rows }
}

fn label(words: &Words) -> Name {
    Name::Label(words.clone())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A part of a whole in thousandths, rounded; nothing of nothing is nothing.
fn thousandths(part: i64, whole: i64) -> i64 {
    if whole == 0 { 0 } else { (part.saturating_mul(1000) + whole / 2) / whole }
}

#[cfg(test)]
mod tests;
