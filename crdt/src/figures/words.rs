//! Decides the figures of marks that are words and labels: lines, tallies, beats and intervals.

use std::collections::BTreeMap;

use super::{Figure, Fixed, Measure, Name, Unit, column, count, label, table, thousandths};
use crate::model::{Event, Instrument, ItemId, Mark, Speaker, Words};

/// Milliseconds below which a rate says nothing.
const RATE_MS_MIN: i64 = 60_000;

pub(super) fn lines(instrument: &Instrument, events: &[Event], length_ms: i64) -> Vec<Figure> {
    let mut found = Vec::new();
    if !instrument.seats.is_empty() {
        found.push(by_seat(instrument, events));
    } else if !instrument.labels.is_empty() {
        let counts = instrument.labels.iter().map(|it| (label(it), marked(events, it)));
        found.push(column(Measure::Counts, Unit::Count, counts));
    } else if !instrument.speakers.is_empty() {
        found.push(by_speaker(instrument, events, length_ms));
        let quotes: usize = events.iter().map(|event| quotes(event.text.as_str())).sum();
        found.push(column(Measure::Quotes, Unit::Count, [(Name::Fixed(Fixed::All), count(quotes))]));
    }
    found.retain(|figure| figure.rows.iter().any(|row| row.values.iter().flatten().any(|value| *value > 0)));
    found
}

pub(super) fn tallies(instrument: &Instrument, events: &[Event], length_ms: i64) -> Vec<Figure> {
    let all: Vec<(&Words, i64)> = instrument.all_labels().map(|it| (it, marked(events, it))).collect();
    let sum: i64 = all.iter().map(|(_, number)| number).sum();
    let mut found = vec![if instrument.speakers.is_empty() {
        column(Measure::Counts, Unit::Count, all.iter().map(|(it, number)| (label(it), *number)))
    } else {
        let columns = instrument.speakers.iter().map(|speaker| Name::Speaker(*speaker)).collect();
        let rows = all.iter().map(|(it, _)| {
            let by = |speaker: &Speaker| {
                count(
                    events
                        .iter()
                        .filter(|event| event.label.as_ref() == Some(it) && event.speaker == Some(*speaker))
                        .count(),
                )
            };
            (label(it), instrument.speakers.iter().map(|speaker| Some(by(speaker))).collect())
        });
        table(Measure::Counts, Unit::Count, columns, rows)
    }];
    found.push(column(
        Measure::Share,
        Unit::Thousandths,
        all.iter().map(|(it, part)| (label(it), thousandths(*part, sum))),
    ));
    if length_ms >= RATE_MS_MIN {
        let columns = vec![Name::Fixed(Fixed::PerMinute), Name::Fixed(Fixed::PerTenMinutes)];
        let rows = all.iter().map(|(it, number)| {
            let per = |minutes: i64| Some(thousandths(number * minutes * 60_000, length_ms));
            (label(it), vec![per(1), per(10)])
        });
        found.push(table(Measure::Rate, Unit::ThousandthsOfOne, columns, rows));
    }
    found
}

pub(super) fn beats(instrument: &Instrument, events: &[Event]) -> Vec<Figure> {
    let all: Vec<&Words> = instrument.all_labels().collect();
    let counts: Vec<i64> = all.iter().map(|it| marked(events, it)).collect();
    let sum: i64 = counts.iter().sum();
    let heard: Vec<&Words> = events.iter().filter_map(|event| event.label.as_ref()).collect();
    let mut pairs: BTreeMap<(&Words, &Words), i64> = BTreeMap::new();
    for pair in heard.windows(2) {
        *pairs.entry((pair[0], pair[1])).or_default() += 1;
    }
    let follows = all.iter().map(|from| {
        let numbers = all.iter().map(|to| Some(pairs.get(&(*from, *to)).copied().unwrap_or(0)));
        (label(from), numbers.collect())
    });
    vec![
        column(Measure::Counts, Unit::Count, all.iter().zip(&counts).map(|(it, number)| (label(it), *number))),
        column(
            Measure::Share,
            Unit::Thousandths,
            all.iter().zip(&counts).map(|(it, number)| (label(it), thousandths(*number, sum))),
        ),
        table(Measure::Pairs, Unit::Count, all.iter().map(|it| label(it)).collect(), follows),
    ]
}

/// An interval that was marked twice counts as it was marked last.
pub(super) fn intervals(instrument: &Instrument, events: &[Event]) -> Vec<Figure> {
    let mut marked: BTreeMap<u32, &[Words]> = BTreeMap::new();
    for event in events {
        if let Some(Mark::Interval { index, codes }) = &event.mark {
            marked.insert(*index, codes);
        }
    }
    let all = count(marked.len());
    let rows: Vec<(Name, i64)> = instrument
        .all_labels()
        .map(|it| (label(it), count(marked.values().filter(|codes| codes.contains(it)).count())))
        .collect();
    let shares = rows.iter().map(|(name, number)| (name.clone(), thousandths(*number, all))).collect::<Vec<_>>();
    vec![column(Measure::Counts, Unit::Count, rows), column(Measure::ShareOfIntervals, Unit::Thousandths, shares)]
}

fn marked(events: &[Event], wanted: &Words) -> i64 {
    count(events.iter().filter(|event| event.label.as_ref() == Some(wanted)).count())
}

fn by_seat(instrument: &Instrument, events: &[Event]) -> Figure {
    let mut lines: BTreeMap<(&ItemId, &Words), i64> = BTreeMap::new();
    let mut all: BTreeMap<&ItemId, i64> = BTreeMap::new();
    for event in events {
        let Some(Mark::Seat { seat }) = &event.mark else { continue };
        *all.entry(seat).or_default() += 1;
        if let Some(code) = &event.label {
            *lines.entry((seat, code)).or_default() += 1;
        }
    }
    let mut columns: Vec<Name> = instrument.labels.iter().map(label).collect();
    columns.push(Name::Fixed(Fixed::All));
    let rows = instrument.seats.iter().map(|seat| {
        let of = |code: &Words| lines.get(&(&seat.id, code)).copied().unwrap_or(0);
        let mut values: Vec<Option<i64>> = instrument.labels.iter().map(|it| Some(of(it))).collect();
        values.push(Some(all.get(&seat.id).copied().unwrap_or(0)));
        (Name::Seat(seat.id.clone()), values)
    });
    table(Measure::BySeat, Unit::Count, columns, rows)
}

/// Each line lasts until the next one that somebody said.
fn by_speaker(instrument: &Instrument, events: &[Event], length_ms: i64) -> Figure {
    let said: Vec<(Speaker, i64)> = events.iter().filter_map(|event| Some((event.speaker?, event.at_ms))).collect();
    let ends = said.iter().skip(1).map(|(_, at)| *at).chain([length_ms]);
    let mut spent: BTreeMap<Speaker, i64> = BTreeMap::new();
    for ((speaker, at), end) in said.iter().zip(ends) {
        *spent.entry(*speaker).or_default() += (end - at).max(0);
    }
    let rows = instrument.speakers.iter().map(|it| (Name::Speaker(*it), spent.get(it).copied().unwrap_or(0)));
    column(Measure::TimeBySpeaker, Unit::Milliseconds, rows)
}

/// Passages between quotation marks of any kind; one that is left open counts too, since a pen was quick.
fn quotes(text: &str) -> usize {
    let straight = text.matches('"').count().div_ceil(2);
    straight + text.matches(['“', '«', '„']).count()
}
