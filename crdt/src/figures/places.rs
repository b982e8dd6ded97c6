//! Decides the figures of marks that lie on a map: turns, the teacher's way, and sweeps.

use std::collections::{BTreeMap, BTreeSet};

use super::{Figure, Fixed, Measure, Name, Unit, column, count, label, table, thousandths};
use crate::model::bounds::MAP_SIDE;
use crate::model::{CLASS, Event, Instrument, ItemId, Mark, TEACHER, Words};

pub(super) fn turns(instrument: &Instrument, events: &[Event]) -> Vec<Figure> {
    let (mut spoke, mut heard): (BTreeMap<&str, i64>, BTreeMap<&str, i64>) = Default::default();
    for event in events {
        if let Some(Mark::Turn { from, to }) = &event.mark {
            *spoke.entry(from.as_str()).or_default() += 1;
            *heard.entry(to.as_str()).or_default() += 1;
        }
    }
    let of = |found: &BTreeMap<&str, i64>, who: &str| found.get(who).copied().unwrap_or(0);
    let both = |who: &str| vec![Some(of(&spoke, who)), Some(of(&heard, who))];
    let seats = instrument.seats.iter().map(|seat| (Name::Seat(seat.id.clone()), both(seat.id.as_str())));
    let rows = [(Name::Fixed(Fixed::Teacher), both(TEACHER)), (Name::Fixed(Fixed::Class), both(CLASS))];
    let silent =
        instrument.seats.iter().filter(|seat| both(seat.id.as_str()).iter().flatten().sum::<i64>() == 0).count();
    let acts = instrument
        .labels
        .iter()
        .map(|act| (label(act), count(events.iter().filter(|event| event.label.as_ref() == Some(act)).count())));
    vec![
        column(Measure::Counts, Unit::Count, acts),
        table(
            Measure::Turns,
            Unit::Count,
            vec![Name::Fixed(Fixed::Spoke), Name::Fixed(Fixed::SpokenTo)],
            rows.into_iter().chain(seats),
        ),
        column(
            Measure::SeatsWithNone,
            Unit::Count,
            [
                (Name::Fixed(Fixed::WithTurns), count(instrument.seats.len() - silent)),
                (Name::Fixed(Fixed::WithNone), count(silent)),
            ],
        ),
    ]
}

/// The nine parts of a room, row by row from the board.
const ZONES: [Fixed; 9] = [
    Fixed::FrontLeft,
    Fixed::FrontMiddle,
    Fixed::FrontRight,
    Fixed::MiddleLeft,
    Fixed::Centre,
    Fixed::MiddleRight,
    Fixed::BackLeft,
    Fixed::BackMiddle,
    Fixed::BackRight,
];

/// Until the next step the teacher is where the last one was.
pub(super) fn path(instrument: &Instrument, events: &[Event], length_ms: i64) -> Vec<Figure> {
    let third = |at: u16| usize::from(at.min(MAP_SIDE - 1)) * 3 / usize::from(MAP_SIDE);
    let (mut spent, mut stops): ([i64; 9], BTreeMap<&ItemId, i64>) = Default::default();
    let mut here: Option<(usize, i64)> = None;
    for event in events {
        let Some(Mark::Step { x, y, stop, seat }) = &event.mark else { continue };
        if let Some((zone, since)) = here {
            spent[zone] += event.at_ms - since;
        }
        here = Some((third(*y) * 3 + third(*x), event.at_ms));
        if let Some(seat) = seat.as_ref().filter(|_| *stop) {
            *stops.entry(seat).or_default() += 1;
        }
    }
    let Some((zone, since)) = here else { return Vec::new() };
    spent[zone] += (length_ms - since).max(0);
    let mut found = vec![column(
        Measure::Dwell,
        Unit::Milliseconds,
        ZONES.into_iter().zip(spent).map(|(zone, spent)| (Name::Fixed(zone), spent)),
    )];
    if !instrument.seats.is_empty() {
        let rows = instrument
            .seats
            .iter()
            .map(|seat| (Name::Seat(seat.id.clone()), stops.get(&seat.id).copied().unwrap_or(0)));
        found.push(column(Measure::Stops, Unit::Count, rows));
    }
    found
}

/// A seat that was looked at twice in one sweep counts as it was seen last.
pub(super) fn sweeps(instrument: &Instrument, events: &[Event]) -> Vec<Figure> {
    let mut seen: BTreeMap<(u32, &ItemId), &Words> = BTreeMap::new();
    for event in events {
        if let (Some(Mark::Look { sweep, seat }), Some(code)) = (&event.mark, &event.label) {
            seen.insert((*sweep, seat), code);
        }
    }
    let mut looks: BTreeMap<(u32, &Words), i64> = BTreeMap::new();
    for ((sweep, _), code) in &seen {
        *looks.entry((*sweep, *code)).or_default() += 1;
    }
    let numbers: BTreeSet<u32> = seen.keys().map(|(sweep, _)| *sweep).collect();
    let codes: Vec<&Words> = instrument.labels.iter().collect();
    let row = |sweep: u32| -> Vec<i64> {
        codes.iter().map(|code| looks.get(&(sweep, *code)).copied().unwrap_or(0)).collect()
    };
    let columns: Vec<Name> = codes.iter().map(|code| label(code)).collect();
    let rows: Vec<(Name, Vec<i64>)> = numbers.iter().map(|sweep| (Name::Sweep(sweep + 1), row(*sweep))).collect();
    let shares = rows.iter().map(|(name, looks)| {
        let all = looks.iter().sum();
        (name.clone(), looks.iter().map(|part| Some(thousandths(*part, all))).collect())
    });
    let shares = table(Measure::ShareBySweep, Unit::Thousandths, columns.clone(), shares);
    let looks = rows.into_iter().map(|(name, looks)| (name, looks.into_iter().map(Some).collect()));
    let looks = table(Measure::Looks, Unit::Count, columns, looks);
    vec![shares, looks]
}
