//! Decides what of several lessons of one teacher may stand side by side: the same measure of the same instrument, lesson by
//! lesson, the first as the baseline of the others.
//!
//! It is told to that teacher alone, by their own computer. Nothing is added up over lessons, nothing is called high or low,
//! and who took the notes is not part of it.

use serde::{Deserialize, Serialize};

use super::{Figure, Figures, Fixed, Measure, Name, Unit, count, figures, thousandths};
use crate::ids::DocumentId;
use crate::library::{LibraryInstrument, instruments};
use crate::model::{Event, Instrument, ItemId, Mark, Shape, Words};

/// How far pauses of one lesson lie apart: the distribution around the middle one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Spread {
    /// How many there were.
    pub count: i64,
    /// The shortest, in milliseconds.
    pub shortest: i64,
    /// A quarter of them are at most as long, in milliseconds.
    pub lower: i64,
    /// Three quarters of them are at most as long, in milliseconds.
    pub upper: i64,
    /// The longest, in milliseconds.
    pub longest: i64,
}

/// When and where a lesson's measures come from; of whom they come is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Lesson {
    /// The notes.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub notes: DocumentId,
    /// The visit they were taken in; none for a lesson that its own teacher took notes of alone.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub visit: Option<DocumentId>,
    /// When the lesson was, in milliseconds since 1970, where somebody said so.
    pub when_ms: Option<i64>,
    /// How long was observed, in milliseconds.
    pub length_ms: i64,
}

/// One name of a measure over the lessons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Line {
    /// What it is about.
    pub name: Name,
    /// A number for each lesson; null where that lesson tells nothing of it.
    pub values: Vec<Option<i64>>,
    /// For pauses, how they lie around the middle one in each lesson; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spreads: Vec<Option<Spread>>,
}

/// One measure over the lessons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Chart {
    /// What it tells.
    pub measure: Measure,
    /// In what its numbers are written.
    pub unit: Unit,
    /// Its lines; one that is nothing in every lesson is left out.
    pub lines: Vec<Line>,
}

/// One instrument over the lessons it was used in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Repeated {
    /// Which instrument.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub instrument: ItemId,
    /// What it was called last.
    pub title: Words,
    /// The lessons in their order, the baseline first. Those without a time come last.
    pub lessons: Vec<Lesson>,
    /// What repeats.
    pub charts: Vec<Chart>,
}

/// What one lesson contributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    sameness: Sameness,
    title: Words,
    length_ms: i64,
    charts: Vec<Chart>,
}

/// Measures may stand side by side when all of this is the same. Seats may differ: another class sits there.
#[derive(Clone, PartialEq, Eq)]
struct Sameness {
    instrument: ItemId,
    version: u32,
    /// What people called an instrument that they made up for one visit.
    own_title: Option<String>,
    shape: Shape,
    labels: Vec<Key>,
    interval_seconds: Option<u32>,
}
crate::silent!(Sameness { instrument, version });

/// What a name means whatever the language of the page that froze it.
#[derive(Clone, PartialEq, Eq)]
enum Key {
    /// A label of the library, by its place there.
    Library(usize),
    /// A label that people chose themselves.
    Own(String),
    /// A name without words.
    Fixed(Name),
}
crate::silent!(Key {});

/// What a lesson tells that another can tell again; none when these notes hold nothing of the kind.
///
/// Lines of words are left out: how many somebody writes says more about the pen than about the lesson.
pub fn told(instrument: &Instrument, events: &[Event], observed_ms: Option<i64>) -> Option<Told> {
    let shape = instrument.shape.filter(|shape| *shape != Shape::Line)?;
    let Figures { length_ms, tables } = figures(instrument, events, observed_ms);
    let mut charts: Vec<Chart> = tables.iter().filter_map(repeats).collect();
    if shape == Shape::Wait {
        spread_pauses(&mut charts, events);
    }
    let said = charts.iter().flat_map(|chart| &chart.lines).any(|line| line.values.iter().flatten().any(|it| *it > 0));
    let known = known(&instrument.id);
    // One that is built and kept has an id of its own; one that is made up for a visit is known by its name alone.
    let own_title = known.is_some_and(|known| known.shape.is_none());
    said.then(|| Told {
        sameness: Sameness {
            instrument: instrument.id.clone(),
            version: instrument.version,
            own_title: own_title.then(|| folded(&instrument.title)),
            shape,
            labels: labels(known, instrument),
            interval_seconds: instrument.interval_seconds.filter(|_| shape.is_timed()),
        },
        title: instrument.title.clone(),
        length_ms,
        charts,
    })
}

/// Puts the lessons of one teacher side by side, those of one instrument together: what was used last comes first.
pub fn repeated(mut lessons: Vec<(LessonOf, Told)>) -> Vec<Repeated> {
    // Those without a time come last, and the id decides between equal ones.
    lessons.sort_by_key(|(of, _)| (of.when_ms.is_none(), of.when_ms, of.notes));
    let mut groups: Vec<Vec<(LessonOf, Told)>> = Vec::new();
    for (of, told) in lessons {
        match groups.iter().position(|group| group[0].1.sameness == told.sameness) {
            Some(place) => {
                let mut group = groups.remove(place);
                group.push((of, told));
                groups.push(group);
            }
            None => groups.push(vec![(of, told)]),
        }
    }
    groups.into_iter().rev().filter_map(side_by_side).collect()
}

/// Where one lesson's measures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LessonOf {
    /// The notes.
    pub notes: DocumentId,
    /// The visit they were taken in.
    pub visit: Option<DocumentId>,
    /// When the lesson was, in milliseconds since 1970.
    pub when_ms: Option<i64>,
}

fn side_by_side(group: Vec<(LessonOf, Told)>) -> Option<Repeated> {
    let last = group.last()?;
    let (instrument, title) = (last.1.sameness.instrument.clone(), last.1.title.clone());
    let library = known(&instrument);
    let lessons = group.iter().map(|(of, told)| Lesson {
        notes: of.notes,
        visit: of.visit,
        when_ms: of.when_ms,
        length_ms: told.length_ms,
    });
    let lessons = lessons.collect();
    let mut charts: Vec<(Chart, Vec<Key>)> = Vec::new();
    for (place, (_, told)) in group.into_iter().enumerate() {
        for chart in told.charts {
            let found = charts.iter().position(|(before, _)| before.measure == chart.measure);
            let found = found.unwrap_or_else(|| {
                charts.push((Chart { lines: Vec::new(), ..chart.clone() }, Vec::new()));
                charts.len() - 1
            });
            let (together, keys) = &mut charts[found];
            for line in chart.lines {
                let key = key(library, &line.name);
                let at = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                    keys.push(key);
                    together.lines.push(Line { values: Vec::new(), spreads: Vec::new(), name: line.name.clone() });
                    together.lines.len() - 1
                });
                join(&mut together.lines[at], line, place);
            }
        }
    }
    let all = Repeated { instrument, title, lessons, charts: charts.into_iter().map(|(chart, _)| chart).collect() };
    Some(filled(all))
}

/// Puts what one lesson tells at its place in a line, which is then called as that lesson called it.
fn join(line: &mut Line, lesson: Line, place: usize) {
    line.name = lesson.name;
    line.values.resize(place, None);
    line.values.extend(lesson.values);
    if !lesson.spreads.is_empty() {
        line.spreads.resize(place, None);
        line.spreads.extend(lesson.spreads);
    }
}

/// Every line as long as there are lessons, and none that is nothing throughout.
fn filled(mut all: Repeated) -> Repeated {
    let count = all.lessons.len();
    for chart in &mut all.charts {
        for line in &mut chart.lines {
            line.values.resize(count, None);
            if !line.spreads.is_empty() {
                line.spreads.resize(count, None);
            }
        }
        chart.lines.retain(|line| line.values.iter().flatten().any(|value| *value > 0));
    }
    all.charts.retain(|chart| !chart.lines.is_empty());
    all
}

/// What of one lesson's table another lesson can tell again, whatever its length and however many sat there.
fn repeats(figure: &Figure) -> Option<Chart> {
    let first = |row: &[Option<i64>]| row.first().copied().flatten();
    let lines: Vec<(Name, Option<i64>)> = match figure.measure {
        Measure::Share | Measure::ShareOfTime | Measure::ShareOfIntervals | Measure::Medians => {
            figure.rows.iter().map(|row| (row.name.clone(), first(&row.values))).collect()
        }
        Measure::Rate => {
            let ten = figure.columns.iter().position(|name| *name == Name::Fixed(Fixed::PerTenMinutes))?;
            figure.rows.iter().map(|row| (row.name.clone(), row.values.get(ten).copied().flatten())).collect()
        }
        Measure::SeatsWithNone => {
            let whole = figure.rows.iter().filter_map(|row| first(&row.values)).sum();
            // The others had none: a second line would say the same again.
            let with = figure.rows.iter().filter(|row| row.name == Name::Fixed(Fixed::WithTurns));
            with.map(|row| (row.name.clone(), first(&row.values).map(|part| thousandths(part, whole)))).collect()
        }
        Measure::Dwell => {
            let whole = figure.rows.iter().filter_map(|row| first(&row.values)).sum();
            let part = |row: &super::FigureRow| first(&row.values).map(|part| thousandths(part, whole));
            figure.rows.iter().map(|row| (row.name.clone(), part(row))).collect()
        }
        Measure::Looks => {
            let looks = |column: usize| figure.rows.iter().filter_map(move |row| *row.values.get(column)?).sum();
            let columns: Vec<i64> = (0..figure.columns.len()).map(looks).collect();
            let whole = columns.iter().sum();
            figure.columns.iter().cloned().zip(columns.iter().map(|part| Some(thousandths(*part, whole)))).collect()
        }
        _ => return None,
    };
    let (measure, unit) = match figure.measure {
        // What was seen over all of a lesson's sweeps.
        Measure::Looks => (Measure::Share, Unit::Thousandths),
        Measure::Dwell | Measure::SeatsWithNone => (figure.measure, Unit::Thousandths),
        measure => (measure, figure.unit),
    };
    let lines = lines.into_iter().map(|(name, value)| Line { name, values: vec![value], spreads: Vec::new() });
    Some(Chart { measure, unit, lines: lines.collect() })
}

/// Says beside the middle pause how all of them lie around it.
fn spread_pauses(charts: &mut [Chart], events: &[Event]) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for event in events {
        let Some(Mark::Wait { reply_ms, reply_end_ms, follow_ms }) = event.mark else { continue };
        first.extend(reply_ms.map(|reply| reply - event.at_ms));
        second.extend(reply_end_ms.zip(follow_ms).map(|(end, follow)| follow - end));
    }
    let lines = charts.iter_mut().filter(|chart| chart.measure == Measure::Medians).flat_map(|chart| &mut chart.lines);
    for line in lines {
        let pauses = if line.name == Name::Fixed(Fixed::FirstWait) { &first } else { &second };
        line.spreads = vec![spread(pauses)];
    }
}

fn spread(pauses: &[i64]) -> Option<Spread> {
    let mut sorted = pauses.to_vec();
    sorted.sort_unstable();
    Some(Spread {
        count: count(sorted.len()),
        shortest: *sorted.first()?,
        lower: quantile(&sorted, 1)?,
        upper: quantile(&sorted, 3)?,
        longest: *sorted.last()?,
    })
}

/// So many quarters of the way through sorted numbers, half-way or so between two where it falls between them.
fn quantile(sorted: &[i64], quarters: usize) -> Option<i64> {
    let along = sorted.len().checked_sub(1)? * quarters;
    let (below, part) = (*sorted.get(along / 4)?, i64::try_from(along % 4).unwrap_or(0));
    let above = sorted.get(along / 4 + 1).copied().unwrap_or(below);
    Some(below + (above - below) * part / 4)
}

fn known(id: &ItemId) -> Option<&'static LibraryInstrument> {
    instruments().iter().find(|known| known.id == *id)
}

/// The labels as what they mean, in an order of their own.
fn labels(library: Option<&LibraryInstrument>, instrument: &Instrument) -> Vec<Key> {
    let mut keys: Vec<Key> = instrument.all_labels().map(|label| label_key(library, label)).collect();
    keys.sort_by_key(|key| match key {
        Key::Library(place) => (*place, String::new()),
        Key::Own(words) => (usize::MAX, words.clone()),
        Key::Fixed(_) => (usize::MAX, String::new()),
    });
    keys
}

fn key(library: Option<&LibraryInstrument>, name: &Name) -> Key {
    match name {
        Name::Label(words) => label_key(library, words),
        other => Key::Fixed(other.clone()),
    }
}

fn label_key(library: Option<&LibraryInstrument>, label: &Words) -> Key {
    let mut said = library.into_iter().flat_map(|known| known.labels.iter().chain(&known.student_labels));
    let place = said.position(|said| said.en == *label || said.es == *label);
    place.map_or_else(|| Key::Own(folded(label)), Key::Library)
}

fn folded(words: &Words) -> String {
    words.as_str().trim().to_lowercase()
}

#[cfg(test)]
mod tests;
