//! Decides the figures of marks that are moments: pauses, and states that last.

use std::collections::BTreeMap;

use super::{Figure, Fixed, Measure, Name, Unit, column, count, label, table, thousandths};
use crate::model::{Event, Instrument, Mark, Words};

/// Milliseconds below which pauses are counted apart, as the studies of waiting do.
const SHORT_MS: i64 = 3_000;
/// Whole seconds from which pauses are told together.
const SECONDS_TOLD_MAX: u32 = 10;

pub(super) fn waits(events: &[Event]) -> Vec<Figure> {
    let (mut first, mut second, mut unanswered, mut asked) = (Vec::new(), Vec::new(), 0, 0);
    for event in events {
        let Some(Mark::Wait { reply_ms, reply_end_ms, follow_ms }) = event.mark else { continue };
        asked += 1;
        match reply_ms {
            Some(reply) => first.push(reply - event.at_ms),
            None => unanswered += 1,
        }
        second.extend(reply_end_ms.zip(follow_ms).map(|(end, follow)| follow - end));
    }
    if asked == 0 {
        return Vec::new();
    }
    let kinds = [(Fixed::FirstWait, &first), (Fixed::SecondWait, &second)];
    let short = |pauses: &[i64]| count(pauses.iter().filter(|pause| **pause < SHORT_MS).count());
    let counts = kinds
        .iter()
        .map(|(kind, pauses)| (Name::Fixed(*kind), vec![Some(count(pauses.len())), Some(short(pauses))]))
        .chain([(Name::Fixed(Fixed::NoReply), vec![Some(unanswered), None])]);
    let lasting = |pauses: &[i64], seconds: u32| {
        let whole = pauses.iter().map(|pause| u32::try_from(pause / 1000).unwrap_or(u32::MAX).min(SECONDS_TOLD_MAX));
        Some(count(whole.filter(|whole| *whole == seconds).count()))
    };
    let longest = first.iter().chain(&second).max().map_or(0, |pause| pause / 1000);
    let longest = u32::try_from(longest).unwrap_or(u32::MAX).clamp(3, SECONDS_TOLD_MAX);
    let lengths = (0..=longest).map(|seconds| {
        let name = if seconds < SECONDS_TOLD_MAX { Name::Seconds(seconds) } else { Name::SecondsAndMore(seconds) };
        (name, vec![lasting(&first, seconds), lasting(&second, seconds)])
    });
    let medians = kinds.iter().map(|(kind, pauses)| (Name::Fixed(*kind), vec![median(pauses)]));
    vec![
        table(Measure::Medians, Unit::Milliseconds, Vec::new(), medians),
        table(
            Measure::PauseLengths,
            Unit::Count,
            vec![Name::Fixed(Fixed::FirstWait), Name::Fixed(Fixed::SecondWait)],
            lengths,
        ),
        table(
            Measure::Pauses,
            Unit::Count,
            vec![Name::Fixed(Fixed::All), Name::Fixed(Fixed::UnderThreeSeconds)],
            counts,
        ),
    ]
}

/// The middle value, or half-way between the two middle ones.
fn median(pauses: &[i64]) -> Option<i64> {
    let mut sorted = pauses.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some(lower + (upper - lower) / 2)
}

pub(super) fn states(instrument: &Instrument, events: &[Event], length_ms: i64) -> Vec<Figure> {
    let mut stretches: Vec<(&Words, i64, i64)> = Vec::new();
    for event in events {
        let Some(state) = &event.label else { continue };
        match stretches.last_mut() {
            // The same state said again goes on.
            Some((running, ..)) if *running == state => continue,
            Some((_, start, length)) => *length = event.at_ms - *start,
            None => {}
        }
        stretches.push((state, event.at_ms, 0));
    }
    if let Some((_, start, length)) = stretches.last_mut() {
        *length = (length_ms - *start).max(0);
    }
    if stretches.is_empty() {
        return Vec::new();
    }
    let (mut sums, mut longest): (BTreeMap<&Words, i64>, BTreeMap<&Words, i64>) = Default::default();
    for (state, _, length) in &stretches {
        *sums.entry(state).or_default() += length;
        let most = longest.entry(state).or_default();
        *most = (*most).max(*length);
    }
    let whole: i64 = sums.values().sum();
    let of = |found: &BTreeMap<&Words, i64>, state: &Words| found.get(state).copied().unwrap_or(0);
    let each = |found: &BTreeMap<&Words, i64>| {
        instrument.all_labels().map(|it| (label(it), of(found, it))).collect::<Vec<_>>()
    };
    vec![
        column(Measure::TimeByState, Unit::Milliseconds, each(&sums)),
        column(
            Measure::ShareOfTime,
            Unit::Thousandths,
            instrument.all_labels().map(|it| (label(it), thousandths(of(&sums, it), whole))),
        ),
        column(Measure::Longest, Unit::Milliseconds, each(&longest)),
        table(
            Measure::Stretches,
            Unit::Milliseconds,
            vec![Name::Fixed(Fixed::Start), Name::Fixed(Fixed::Length)],
            stretches.iter().map(|(state, start, length)| (label(state), vec![Some(*start), Some(*length)])),
        ),
    ]
}
