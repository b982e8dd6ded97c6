//! Decides what a frozen instrument holds, and what it may not: a scale that rates people, a map nobody could draw.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::bounds::{INTERVAL_SECONDS_MAX, MAP_SIDE, MINUTES_MAX, PROMPTS_MAX, SEATS_MAX};
use crate::model::note_set::{Speaker, names_something};
use crate::model::reader::{Reader, Spot};
use crate::model::reason::{Reason, ReasonCode};
use crate::model::scales::{Scale, scales_in};
use crate::model::words::{ItemId, Word, Words, vocabulary};

vocabulary! {
    /// What one mark of an instrument is, and with that the screen it is made on.
    pub enum Shape {
        /// A line of words, perhaps under a label, a speaker or a seat.
        Line = "line",
        /// A tap on a label.
        Tally = "tally",
        /// A question, the reply and what followed, each at its moment.
        Wait = "wait",
        /// What goes on from now until the next mark.
        State = "state",
        /// Who turned to whom.
        Turn = "turn",
        /// Where the teacher is on the map.
        Path = "path",
        /// What one seat was doing when it was looked at.
        Sweep = "sweep",
        /// All that happened in one interval.
        Grid = "grid",
        /// What is heard at one beat of a few seconds.
        Beat = "beat",
        /// What one student answered to one question.
        Ask = "ask",
        /// What a place in the room shows.
        Spot = "spot",
    }
}

/// The teacher, in a turn: never the id of a seat.
pub const TEACHER: &str = "teacher";
/// The whole class, as the one who is turned to: never the id of a seat.
pub const CLASS: &str = "all";

/// A seat on the map, or a student who is followed or asked; an id and no name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// Which, unique on the map.
    pub id: ItemId,
    /// How far to the right, in thousandths of the room's width.
    #[serde(default)]
    pub x: u16,
    /// How far to the back, in thousandths of the room's depth; the board is at 0.
    #[serde(default)]
    pub y: u16,
}

/// The copy of an instrument that a note set was taken with; later versions never rewrite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Which instrument.
    pub id: ItemId,
    /// Which version of it.
    pub version: u32,
    /// Its name.
    pub title: Words,
    /// What one mark of it is; absent in notes that were taken before marks had shapes, and then they are lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// The words it offers for what is seen.
    #[serde(default)]
    pub labels: Vec<Words>,
    /// The words it keeps apart for what students do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub student_labels: Vec<Words>,
    /// Whose words or deeds it tells apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub speakers: Vec<Speaker>,
    /// The seats on its map, or the students it follows or asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<Seat>,
    /// Seconds of one interval or beat, or between two seats of a sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_seconds: Option<u32>,
    /// For how many minutes one usually observes with it, where its makers said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// Why an instrument cannot be observed with. The labels it is about are people's words, and in no sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstrumentError {
    /// A label is a number.
    #[error("a label is a word for what was seen; a number on its own would be a score")]
    Number {
        /// The label.
        labels: Vec<Words>,
    },
    /// Labels that rate.
    #[error("{scale}")]
    Scale {
        /// What kind of scale they are.
        scale: Scale,
        /// The labels it consists of.
        labels: Vec<Words>,
    },
    /// Two labels with the same words.
    #[error("two labels say the same")]
    SameLabel {
        /// Those labels.
        labels: Vec<Words>,
    },
    /// More labels than fit a page.
    #[error("an instrument takes at most {PROMPTS_MAX} labels")]
    TooManyLabels,
    /// Nothing to tap.
    #[error("this instrument needs at least one label")]
    NoLabel,
    /// A map with nobody on it.
    #[error("this instrument needs at least one seat")]
    NoSeat,
    /// Two seats of one id, or one that stands for the teacher or the class.
    #[error("each seat needs an id of its own")]
    SameSeat,
    /// A seat outside the room.
    #[error("a seat stands outside the room")]
    SeatOutside,
    /// More seats than a map takes.
    #[error("a map takes at most {SEATS_MAX} seats")]
    TooManySeats,
    /// An interval nobody could keep.
    #[error("an interval is between one second and one hour")]
    Interval,
    /// A kind of mark that takes more than a few labels to say what is meant.
    #[error("nobody builds an instrument of this kind of mark")]
    NotBuilt,
}

impl InstrumentError {
    /// The same for a program.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Number { labels } => Reason::about(ReasonCode::BareNumber, labels),
            Self::Scale { scale, labels } => Reason::about(scale.code(), labels),
            Self::SameLabel { labels } => Reason::about(ReasonCode::SameLabel, labels),
            Self::TooManyLabels => Reason::at_most(ReasonCode::TooManyLabels, PROMPTS_MAX),
            Self::NoLabel => Reason::of(ReasonCode::NoLabel),
            Self::NoSeat => Reason::of(ReasonCode::NoSeat),
            Self::SameSeat => Reason::of(ReasonCode::SameSeat),
            Self::SeatOutside => Reason::of(ReasonCode::SeatOutside),
            Self::TooManySeats => Reason::at_most(ReasonCode::TooManySeats, SEATS_MAX),
            Self::Interval => Reason::of(ReasonCode::Interval),
            Self::NotBuilt => Reason::of(ReasonCode::NotBuilt),
        }
    }
}

/// Everything that keeps these labels from standing beside each other, each with the places of those it is about.
pub fn label_faults(labels: &[&Words]) -> Vec<(InstrumentError, Vec<usize>)> {
    let at = |places: &[usize]| -> Vec<Words> { places.iter().map(|place| labels[*place].clone()).collect() };
    let mut faults = Vec::new();
    let numbers = (0..labels.len()).filter(|place| !names_something(labels[*place]));
    faults.extend(numbers.map(|place| (InstrumentError::Number { labels: at(&[place]) }, vec![place])));
    let written: Vec<&str> = labels.iter().map(|label| label.as_str()).collect();
    for (scale, places) in scales_in(&written) {
        faults.push((InstrumentError::Scale { scale, labels: at(&places) }, places));
    }
    let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, label) in written.iter().enumerate() {
        same.entry(label.trim().to_lowercase()).or_default().push(place);
    }
    for places in same.into_values().filter(|places| places.len() > 1) {
        faults.push((InstrumentError::SameLabel { labels: at(&places) }, places));
    }
    faults
}

/// Whether these seats can be drawn as a map.
pub(crate) fn check_seats(seats: &[Seat]) -> Result<(), InstrumentError> {
    if seats.len() > SEATS_MAX {
        return Err(InstrumentError::TooManySeats);
    }
    let ids: BTreeSet<&str> = seats.iter().map(|seat| seat.id.as_str()).collect();
    if ids.len() < seats.len() || ids.contains(TEACHER) || ids.contains(CLASS) {
        return Err(InstrumentError::SameSeat);
    }
    if seats.iter().any(|seat| seat.x > MAP_SIDE || seat.y > MAP_SIDE) {
        return Err(InstrumentError::SeatOutside);
    }
    Ok(())
}

impl Instrument {
    /// Whether it can be observed with, as somebody set it up.
    pub fn check(&self) -> Result<(), InstrumentError> {
        let labels: Vec<&Words> = self.all_labels().collect();
        if self.labels.len().max(self.student_labels.len()) > PROMPTS_MAX {
            return Err(InstrumentError::TooManyLabels);
        }
        if let Some((fault, _)) = label_faults(&labels).into_iter().next() {
            return Err(fault);
        }
        if self.shape.is_some_and(Shape::needs_labels) && labels.is_empty() {
            return Err(InstrumentError::NoLabel);
        }
        if self.shape.is_some_and(Shape::needs_seats) && self.seats.is_empty() {
            return Err(InstrumentError::NoSeat);
        }
        check_seats(&self.seats)?;
        match self.interval_seconds {
            Some(seconds) if !(1..=INTERVAL_SECONDS_MAX).contains(&i64::from(seconds)) => {
                Err(InstrumentError::Interval)
            }
            _ => Ok(()),
        }
    }

    /// Whether this is one of its words.
    pub fn has_label(&self, label: &Words) -> bool {
        self.all_labels().any(|known| known == label)
    }

    /// Whether this seat is on its map.
    pub fn has_seat(&self, seat: &ItemId) -> bool {
        self.seats.iter().any(|known| known.id == *seat)
    }

    /// Every word it offers.
    pub fn all_labels(&self) -> impl Iterator<Item = &Words> {
        self.labels.iter().chain(&self.student_labels)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let spot = reader.frozen("instrument")?;
        let id = reader.id(&spot, "id")?;
        let version = reader.number(&spot, "version", 0..=i64::from(u32::MAX));
        let interval = reader.number(&spot, "interval_seconds", 1..=INTERVAL_SECONDS_MAX);
        let speakers = reader.list(&spot, "speakers", Speaker::ALL.len());
        Some(Self {
            id,
            version: version.and_then(|it| u32::try_from(it).ok())?,
            title: reader.short(&spot, "title").unwrap_or_default(),
            shape: reader.choice(&spot, "shape"),
            labels: reader.list(&spot, "labels", PROMPTS_MAX),
            student_labels: reader.list(&spot, "student_labels", PROMPTS_MAX),
            speakers: speakers.iter().filter_map(|word| Speaker::from_word(word.as_str())).collect(),
            seats: reader.records(&spot, "seats", SEATS_MAX, seat),
            interval_seconds: interval.and_then(|seconds| u32::try_from(seconds).ok()),
            minutes: reader.number(&spot, "minutes", 1..=MINUTES_MAX).and_then(|it| u32::try_from(it).ok()),
        })
    }
}

impl Shape {
    /// Whether its marks are taps on labels, so that without one there is nothing to tap.
    pub fn needs_labels(self) -> bool {
        matches!(self, Self::Tally | Self::State | Self::Turn | Self::Sweep | Self::Grid | Self::Beat | Self::Ask)
    }

    /// Whether its marks come at beats or in intervals, so that it matters how long one is. A sweep takes as long as it takes.
    pub fn is_timed(self) -> bool {
        matches!(self, Self::Beat | Self::Grid)
    }

    /// Whether its marks lie on seats.
    pub fn needs_seats(self) -> bool {
        matches!(self, Self::Turn | Self::Sweep | Self::Ask)
    }
}

pub(crate) fn seat(reader: &mut Reader<'_>, spot: &Spot) -> Option<Seat> {
    let mut side = |key: &str| reader.number(spot, key, 0..=i64::from(MAP_SIDE)).and_then(|it| u16::try_from(it).ok());
    let (x, y) = (side("x").unwrap_or(0), side("y").unwrap_or(0));
    Some(Seat { id: reader.id(spot, "id")?, x, y })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(labels: &[&str]) -> Vec<Words> {
        labels.iter().map(|label| Words::from(*label)).collect()
    }

    fn tally(labels: &[&str]) -> Instrument {
        Instrument {
            id: "custom".parse().expect("an id"),
            version: 1,
            title: "Kinds of question".into(),
            shape: Some(Shape::Tally),
            labels: words(labels),
            student_labels: vec![],
            speakers: vec![],
            seats: vec![],
            interval_seconds: None,
            minutes: None,
        }
    }

    fn seats(count: usize) -> Vec<Seat> {
        (0..count).map(|n| Seat { id: format!("s{n}").parse().expect("an id"), x: 10, y: 20 }).collect()
    }

    #[test]
    fn what_can_be_pointed_at_is_taken() {
        assert_eq!(tally(&["Recall", "Explain why", "¿Por qué?"]).check(), Ok(()));
        let map = Instrument { shape: Some(Shape::Turn), seats: seats(SEATS_MAX), ..tally(&["Asks"]) };
        assert_eq!(map.check(), Ok(()));
    }

    #[test]
    fn what_rates_or_cannot_be_drawn_is_refused_with_its_reason() {
        let map = |seats| Instrument { shape: Some(Shape::Turn), seats, ..tally(&["Asks"]) };
        let twice = vec![seats(1).remove(0), seats(1).remove(0)];
        let reserved = vec![Seat { id: TEACHER.parse().expect("an id"), x: 0, y: 0 }];
        let outside = vec![Seat { id: "a".parse().expect("an id"), x: MAP_SIDE + 1, y: 0 }];
        let rating = InstrumentError::Scale { scale: Scale::Worth, labels: words(&["Good", "Weak"]) };
        let many: Vec<String> = (0..=PROMPTS_MAX).map(|number| format!("Column {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let table = [
            (tally(&["Recall", "4"]), InstrumentError::Number { labels: words(&["4"]) }),
            (tally(&["Good", "Recall", "Weak"]), rating),
            (tally(&["Recall", " recall"]), InstrumentError::SameLabel { labels: words(&["Recall", " recall"]) }),
            (tally(&many), InstrumentError::TooManyLabels),
            (map(seats(SEATS_MAX + 1)), InstrumentError::TooManySeats),
            (tally(&[]), InstrumentError::NoLabel),
            (map(vec![]), InstrumentError::NoSeat),
            (map(twice), InstrumentError::SameSeat),
            (map(reserved), InstrumentError::SameSeat),
            (map(outside), InstrumentError::SeatOutside),
            (Instrument { interval_seconds: Some(0), ..tally(&["Asks"]) }, InstrumentError::Interval),
        ];
        for (instrument, error) in table {
            assert_eq!(instrument.check(), Err(error), "{instrument:?}");
        }
    }

    #[test]
    fn every_fault_of_labels_is_told_with_the_labels_it_is_about() {
        let labels = words(&["Often", "7", "Asks", "Never", "asks"]);
        let found = label_faults(&labels.iter().collect::<Vec<_>>());
        let told: Vec<(ReasonCode, usize)> =
            found.iter().map(|(fault, _)| (fault.reason().code, fault.reason().labels.len())).collect();
        let expected = [
            (ReasonCode::BareNumber, 1),
            (ReasonCode::ScaleNumbers, 1),
            (ReasonCode::ScaleDegree, 2),
            (ReasonCode::SameLabel, 2),
        ];
        assert_eq!(told, expected);
        assert_eq!(found[2].1, [0, 3]);
    }
}
