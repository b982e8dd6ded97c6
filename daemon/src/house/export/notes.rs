//! Decides how what was observed, and what it tells in figures, is written out in words.

use rounds_crdt::figures::{Figure, Fixed, Measure, Name, Unit, figures};
use rounds_crdt::model::{Event, Instrument, Mark, Speaker, TEACHER, Words};

use super::Page;

pub(super) fn observed(page: &mut Page, instrument: Option<&Instrument>, events: &[Event], observed_ms: Option<i64>) {
    if let Some(instrument) = instrument {
        page.fact("Taken with", Some(&instrument.title));
    }
    if let Some(observed_ms) = observed_ms {
        page.line("Observed for", &clock(observed_ms));
    }
    if !events.is_empty() {
        page.section("What was seen", &events.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    let Some(instrument) = instrument else { return };
    for figure in figures(instrument, events, observed_ms).tables {
        page.section(measure(figure.measure), &table(&figure));
    }
}

/// "- 12:05 Asks: teacher → seat r1c2 · why do you think so?"
fn line(event: &Event) -> String {
    let mut parts = Vec::new();
    parts.extend(event.label.as_ref().map(|label| label.as_str().to_owned()));
    parts.extend(event.speaker.map(|it| speaker(it).to_owned()));
    parts.extend(event.mark.as_ref().map(|mark| said(event.at_ms, mark)).filter(|text| !text.is_empty()));
    if !event.text.is_blank() {
        parts.push(event.text.as_str().to_owned());
    }
    format!("- {} {}", clock(event.at_ms), parts.join(" · "))
}

fn said(at_ms: i64, mark: &Mark) -> String {
    let who = |id: &rounds_crdt::model::ItemId| {
        if id.as_str() == TEACHER { TEACHER.to_owned() } else { format!("seat {id}") }
    };
    match mark {
        Mark::Wait { reply_ms, reply_end_ms, follow_ms } => {
            let mut parts = vec![
                reply_ms
                    .map_or_else(|| "no reply".to_owned(), |reply| format!("reply after {}", seconds(reply - at_ms))),
            ];
            parts.extend(
                reply_end_ms
                    .zip(*follow_ms)
                    .map(|(end, follow)| format!("spoken again after {}", seconds(follow - end))),
            );
            parts.join(", ")
        }
        Mark::Turn { from, to } if to.as_str() == rounds_crdt::model::CLASS => format!("{} → the class", who(from)),
        Mark::Turn { from, to } => format!("{} → {}", who(from), who(to)),
        Mark::Step { x, y, stop, seat } => {
            let place = format!("{} % from the left, {} % from the board", x / 10, y / 10);
            let stopped = if *stop { ", stopped" } else { "" };
            let at = seat.as_ref().map_or(String::new(), |seat| format!(" at seat {seat}"));
            format!("{place}{stopped}{at}")
        }
        Mark::Look { sweep, seat } => format!("sweep {}, seat {seat}", sweep + 1),
        Mark::Interval { index, codes } => {
            let codes: Vec<&str> = codes.iter().map(Words::as_str).collect();
            format!("interval {}: {}", index + 1, codes.join(", "))
        }
        Mark::Seat { seat } => format!("student {seat}"),
        Mark::Spot { place } => place.as_str().to_owned(),
    }
}

fn table(figure: &Figure) -> String {
    let columns: Vec<String> = figure.columns.iter().map(|column| cell(&name(column))).collect();
    let columns = if columns.is_empty() { vec![unit(figure.unit).to_owned()] } else { columns };
    let mut lines = vec![format!("| | {} |", columns.join(" | ")), format!("|-|{}", "-:|".repeat(columns.len()))];
    for row in &figure.rows {
        let values: Vec<String> =
            row.values.iter().map(|value| value.map_or_else(|| "–".into(), |it| number(figure.unit, it))).collect();
        lines.push(format!("| {} | {} |", cell(&name(&row.name)), values.join(" | ")));
    }
    lines.join("\n")
}

/// Words as one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn number(unit: Unit, value: i64) -> String {
    match unit {
        Unit::Count => value.to_string(),
        Unit::Milliseconds if value < 60_000 => seconds(value),
        Unit::Milliseconds => clock(value),
        Unit::Thousandths => format!("{} %", (value + 5) / 10),
        Unit::ThousandthsOfOne => format!("{}.{}", value / 1000, value % 1000 / 100),
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "How many",
        Unit::Milliseconds => "How long",
        Unit::Thousandths => "Share",
        Unit::ThousandthsOfOne => "How often",
    }
}

fn clock(ms: i64) -> String {
    let seconds = ms / 1000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

fn speaker(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Teacher => "teacher",
        Speaker::Student => "a student",
        Speaker::Students => "students",
        Speaker::Room => "the room",
    }
}

fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Counts => "How often",
        Measure::Share => "Share of all marks",
        Measure::Rate => "How often in a time",
        Measure::TimeBySpeaker => "Time by speaker",
        Measure::Quotes => "Quotations",
        Measure::BySeat => "Lines by student",
        Measure::Medians => "Median pauses",
        Measure::Pauses => "Pauses",
        Measure::PauseLengths => "Lengths of pauses",
        Measure::TimeByState => "Time",
        Measure::ShareOfTime => "Share of the time",
        Measure::Longest => "Longest stretch",
        Measure::Stretches => "Stretch by stretch",
        Measure::Turns => "Turns by seat",
        Measure::SeatsWithNone => "Seats with and without a turn",
        Measure::Dwell => "Time by part of the room",
        Measure::Stops => "Stops by seat",
        Measure::Looks => "Seats by sweep",
        Measure::ShareBySweep => "Share of seats by sweep",
        Measure::ShareOfIntervals => "Share of intervals",
        Measure::Pairs => "What followed what",
    }
}

fn name(name: &Name) -> String {
    match name {
        Name::Label(label) => label.as_str().to_owned(),
        Name::Speaker(it) => speaker(*it).to_owned(),
        Name::Seat(seat) => format!("Seat {seat}"),
        Name::Sweep(sweep) => format!("Sweep {sweep}"),
        Name::Seconds(seconds) => format!("{seconds} to {} s", seconds + 1),
        Name::SecondsAndMore(seconds) => format!("{seconds} s and more"),
        Name::Fixed(fixed) => self::fixed(*fixed).to_owned(),
    }
}

fn fixed(fixed: Fixed) -> &'static str {
    match fixed {
        Fixed::Teacher => "Teacher",
        Fixed::Class => "The class",
        Fixed::FirstWait => "After a question",
        Fixed::SecondWait => "After a reply",
        Fixed::NoReply => "No reply",
        Fixed::All => "All",
        Fixed::UnderThreeSeconds => "Shorter than 3 s",
        Fixed::PerMinute => "In a minute",
        Fixed::PerTenMinutes => "In ten minutes",
        Fixed::Start => "From",
        Fixed::Length => "For",
        Fixed::Spoke => "Spoke",
        Fixed::SpokenTo => "Was spoken to",
        Fixed::WithTurns => "With a turn",
        Fixed::WithNone => "Without",
        Fixed::FrontLeft => "Front left",
        Fixed::FrontMiddle => "Front middle",
        Fixed::FrontRight => "Front right",
        Fixed::MiddleLeft => "Middle left",
        Fixed::Centre => "Centre",
        Fixed::MiddleRight => "Middle right",
        Fixed::BackLeft => "Back left",
        Fixed::BackMiddle => "Back middle",
        Fixed::BackRight => "Back right",
    }
}
