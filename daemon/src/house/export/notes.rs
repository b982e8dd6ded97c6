//! Decides how what was observed, and what it tells in figures, is written out in words.

use rounds_crdt::describe::Language;
use rounds_crdt::figures::{Figure, FigureRow, Fixed, Measure, Name, Unit, figures};
use rounds_crdt::model::{CLASS, Event, Instrument, ItemId, Mark, Speaker, TEACHER, Words};

use super::sheet::{Block, Moment, Row, Sheet, Table};
use super::words::{Both, Tongue};

/// What was taken down in one observation.
pub(super) struct Taken<'n> {
    instrument: Option<&'n Instrument>,
    events: &'n [Event],
    observed_ms: Option<i64>,
}

impl<'n> Taken<'n> {
    pub(super) fn new(instrument: Option<&'n Instrument>, events: &'n [Event], observed_ms: Option<i64>) -> Self {
        Self { instrument, events, observed_ms }
    }
}

/// Adds the marks in their order, and the figures beneath them.
pub(super) fn observed(sheet: &mut Sheet, tongue: Tongue, taken: &Taken<'_>) {
    if let Some(instrument) = taken.instrument {
        sheet.fact(tongue.of(["Taken with", "Con"]), instrument.title.as_str());
    }
    sheet.fact(tongue.of(["Observed for", "Observado durante"]), taken.observed_ms.map_or(String::new(), clock));
    let moments = taken.events.iter().map(|event| moment(tongue, event)).collect();
    sheet.part(tongue.of(["What was seen", "Lo que se vio"]), Block::Moments(moments));
    let Some(instrument) = taken.instrument else { return };
    for figure in figures(instrument, taken.events, taken.observed_ms).tables {
        sheet.part(tongue.of(measure(figure.measure)), Block::Table(table(tongue, &figure)));
    }
}

fn moment(tongue: Tongue, event: &Event) -> Moment {
    let mut what = Vec::new();
    what.extend(event.label.as_ref().map(|label| label.as_str().to_owned()));
    what.extend(event.speaker.map(|it| tongue.of(speaker(it)).to_owned()));
    what.extend(event.mark.as_ref().map(|mark| said(tongue, event.at_ms, mark)).filter(|text| !text.is_empty()));
    Moment { at: clock(event.at_ms), what, text: event.text.as_str().to_owned() }
}

fn said(tongue: Tongue, at_ms: i64, mark: &Mark) -> String {
    let seat = |id: &ItemId| format!("{} {id}", tongue.of(["seat", "asiento"]));
    let who = |id: &ItemId| match id.as_str() {
        TEACHER => tongue.of(["teacher", "docente"]).to_owned(),
        CLASS => tongue.of(["the class", "la clase"]).to_owned(),
        _ => seat(id),
    };
    match mark {
        Mark::Wait { reply_ms, reply_end_ms, follow_ms } => {
            let reply = match reply_ms {
                None => tongue.of(["no reply", "sin respuesta"]).to_owned(),
                Some(reply) => {
                    format!("{} {}", tongue.of(["reply after", "respuesta a los"]), seconds(reply - at_ms))
                }
            };
            let again = tongue.of(["spoken again after", "se vuelve a hablar a los"]);
            let follow = reply_end_ms.zip(*follow_ms).map(|(end, follow)| format!("{again} {}", seconds(follow - end)));
            std::iter::once(reply).chain(follow).collect::<Vec<_>>().join(", ")
        }
        Mark::Turn { from, to } => format!("{} → {}", who(from), who(to)),
        Mark::Step { x, y, stop, seat: at } => {
            let left = tongue.of(["% from the left", "% desde la izquierda"]);
            let board = tongue.of(["% from the board", "% desde la pizarra"]);
            let place = format!("{} {left}, {} {board}", x / 10, y / 10);
            let stopped = if *stop { tongue.of([", stopped", ", se para"]) } else { "" };
            let at = at.as_ref().map_or(String::new(), |at| format!(" {} {}", tongue.of(["at", "en el"]), seat(at)));
            format!("{place}{stopped}{at}")
        }
        Mark::Look { sweep, seat: at } => format!("{} {}, {}", tongue.of(["sweep", "barrido"]), sweep + 1, seat(at)),
        Mark::Interval { index, codes } => {
            let codes: Vec<&str> = codes.iter().map(Words::as_str).collect();
            format!("{} {}: {}", tongue.of(["interval", "intervalo"]), index + 1, codes.join(", "))
        }
        Mark::Seat { seat } => format!("{} {seat}", tongue.of(["student", "estudiante"])),
        Mark::Spot { place } => place.as_str().to_owned(),
    }
}

fn table(tongue: Tongue, figure: &Figure) -> Table {
    let columns: Vec<String> = figure.columns.iter().map(|column| name(tongue, column)).collect();
    let columns = if columns.is_empty() { vec![tongue.of(unit(figure.unit)).to_owned()] } else { columns };
    let value = |value: &Option<i64>| value.map_or_else(|| "–".into(), |it| number(figure.unit, it));
    let row = |row: &FigureRow| Row { name: name(tongue, &row.name), values: row.values.iter().map(value).collect() };
    let rows = figure.rows.iter().map(row);
    Table { columns, rows: rows.collect() }
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

fn unit(unit: Unit) -> Both {
    match unit {
        Unit::Count => ["How many", "Cuántas"],
        Unit::Milliseconds => ["How long", "Cuánto tiempo"],
        Unit::Thousandths => ["Share", "Parte"],
        Unit::ThousandthsOfOne => ["How often", "Con qué frecuencia"],
    }
}

fn clock(ms: i64) -> String {
    let seconds = ms / 1000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

pub(super) fn speaker(speaker: Speaker) -> Both {
    match speaker {
        Speaker::Teacher => ["teacher", "docente"],
        Speaker::Student => ["a student", "estudiante"],
        Speaker::Students => ["students", "alumnado"],
        Speaker::Room => ["the room", "el aula"],
    }
}

fn measure(measure: Measure) -> Both {
    match measure {
        Measure::Counts => ["How often", "Cuántas veces"],
        Measure::Share => ["Share of all marks", "Parte de todas las marcas"],
        Measure::Rate => ["How often in a time", "Cuántas veces en un tiempo"],
        Measure::TimeBySpeaker => ["Time by speaker", "Tiempo según quién habla"],
        Measure::Quotes => ["Quotations", "Citas"],
        Measure::BySeat => ["Lines by student", "Líneas por estudiante"],
        Measure::Medians => ["Median pauses", "Pausas, la del medio"],
        Measure::Pauses => ["Pauses", "Pausas contadas"],
        Measure::PauseLengths => ["Lengths of pauses", "Cuánto duraron las pausas"],
        Measure::TimeByState => ["Time", "Tiempo"],
        Measure::ShareOfTime => ["Share of the time", "Parte del tiempo"],
        Measure::Longest => ["Longest stretch", "Tramo más largo"],
        Measure::Stretches => ["Stretch by stretch", "Tramo a tramo"],
        Measure::Turns => ["Turns by seat", "Turnos por asiento"],
        Measure::SeatsWithNone => ["Seats with and without a turn", "Asientos con turno y sin él"],
        Measure::Dwell => ["Time by part of the room", "Tiempo por zona del aula"],
        Measure::Stops => ["Stops by seat", "Paradas por asiento"],
        Measure::Looks => ["Seats by sweep", "Asientos por barrido"],
        Measure::ShareBySweep => ["Share of seats by sweep", "Parte de los asientos por barrido"],
        Measure::ShareOfIntervals => ["Share of intervals", "Parte de los intervalos"],
        Measure::Pairs => ["What followed what", "Qué siguió a qué"],
    }
}

fn name(tongue: Tongue, name: &Name) -> String {
    match name {
        Name::Label(label) => label.as_str().to_owned(),
        Name::Speaker(it) => tongue.of(speaker(*it)).to_owned(),
        Name::Seat(seat) => format!("{} {seat}", tongue.of(["Seat", "Asiento"])),
        Name::Sweep(sweep) => format!("{} {sweep}", tongue.of(["Sweep", "Barrido"])),
        Name::Seconds(seconds) => match tongue.language {
            Language::En => format!("{seconds} to {} s", seconds + 1),
            Language::Es => format!("de {seconds} a {} s", seconds + 1),
        },
        Name::SecondsAndMore(seconds) => format!("{seconds} s {}", tongue.of(["and more", "o más"])),
        Name::Fixed(fixed) => tongue.of(self::fixed(*fixed)).to_owned(),
    }
}

fn fixed(fixed: Fixed) -> Both {
    match fixed {
        Fixed::Teacher => ["Teacher", "Docente"],
        Fixed::Class => ["The class", "La clase"],
        Fixed::FirstWait => ["After a question", "Tras una pregunta"],
        Fixed::SecondWait => ["After a reply", "Tras una respuesta"],
        Fixed::NoReply => ["No reply", "Sin respuesta"],
        Fixed::All => ["All", "Todas"],
        Fixed::UnderThreeSeconds => ["Shorter than 3 s", "Menos de 3 s"],
        Fixed::PerMinute => ["In a minute", "Por minuto"],
        Fixed::PerTenMinutes => ["In ten minutes", "En diez minutos"],
        Fixed::Start => ["From", "Desde"],
        Fixed::Length => ["For", "Durante"],
        Fixed::Spoke => ["Spoke", "Habló"],
        Fixed::SpokenTo => ["Was spoken to", "Le hablaron"],
        Fixed::WithTurns => ["With a turn", "Con turno"],
        Fixed::WithNone => ["Without", "Sin turno"],
        Fixed::FrontLeft => ["Front left", "Delante a la izquierda"],
        Fixed::FrontMiddle => ["Front middle", "Delante en el centro"],
        Fixed::FrontRight => ["Front right", "Delante a la derecha"],
        Fixed::MiddleLeft => ["Middle left", "En medio a la izquierda"],
        Fixed::Centre => ["Centre", "En el centro"],
        Fixed::MiddleRight => ["Middle right", "En medio a la derecha"],
        Fixed::BackLeft => ["Back left", "Detrás a la izquierda"],
        Fixed::BackMiddle => ["Back middle", "Detrás en el centro"],
        Fixed::BackRight => ["Back right", "Detrás a la derecha"],
    }
}
