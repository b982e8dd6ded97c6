//! Decides how notes begin: of a visit or not, and with a copy of which instrument, on which seats.

use rounds_crdt::ids::DocumentId;
use rounds_crdt::library::LibraryInstrument;
use rounds_crdt::model::bounds::{MAP_SIDE, SEATS_MAX};
use rounds_crdt::model::{Instrument, Model, Seat, Shape, Words};
use serde::Deserialize;
use serde_json::json;

use crate::args;
use crate::client::{self, Daemon, Question};
use crate::commands::asking::{Made, Shown, ask, edit};
use crate::commands::export::Spoken;
use crate::failure::Failure;
use crate::session::Session;

/// Thousandths of the room's depth that stay free between the board and the first row.
const BOARD: u16 = 220;

/// Thousandths of the room's sides that stay free elsewhere.
const EDGE: u16 = 90;

/// In whose words an instrument is offered and frozen.
#[derive(Debug, clap::Args)]
pub(super) struct Language {
    /// Of the instrument's own words.
    #[arg(long, value_enum, default_value = "en")]
    language: Spoken,
}

#[derive(Debug, clap::Args)]
pub(super) struct Begin {
    /// The visit; left out, the notes belong to none.
    visit: Option<DocumentId>,
    /// What they are called; left out, as their instrument.
    #[arg(long, value_name = "TEXT", value_parser = args::words, allow_hyphen_values = true)]
    title: Option<String>,
    /// The instrument to take them with (see: rounds notes instruments).
    #[arg(long, value_name = "INSTRUMENT")]
    instrument: Option<String>,
    /// How many students are followed or asked, or the rows and columns of seats, such as 4x6.
    #[arg(long, value_name = "NUMBER|ROWSxCOLUMNS", requires = "instrument", value_parser = seats_in)]
    seats: Option<Seating>,
    /// A label in place of the instrument's own, where it lets one choose; said once for each.
    #[arg(long = "label", value_name = "TEXT", requires = "instrument", value_parser = args::words, allow_hyphen_values = true)]
    labels: Vec<String>,
    /// The lesson begins now: marks are timed from here.
    #[arg(long, requires = "visit")]
    now: bool,
    #[command(flatten)]
    language: Language,
}

/// How many seats, and how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seating {
    /// Students without a map.
    Students(u8),
    /// A map.
    Rows(u16, u16),
}

#[derive(Debug, Deserialize)]
struct Library {
    instruments: Vec<LibraryInstrument>,
}

/// Lists what notes can be taken with.
pub(super) async fn instruments(session: &Session, language: &Language) -> Result<(), Failure> {
    let answer = session.daemon()?.ask(Question::get(&["instruments"])).await?;
    let Library { instruments } = client::read(&answer)?;
    session.output.object(answer)?;
    let code = language.language.code();
    let said = |words: &rounds_crdt::library::Said| words.in_language(code).as_str().to_owned();
    let rows: Vec<Vec<String>> =
        instruments.iter().map(|it| vec![it.id.to_string(), said(&it.title), said(&it.answers)]).collect();
    session.output.rows(&rows)
}

impl Begin {
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let instrument = match &self.instrument {
            Some(wanted) => Some(self.set_up(&daemon, wanted).await?),
            None => None,
        };
        let title = self.title.clone().or_else(|| instrument.as_ref().map(|it| it.title.as_str().to_owned()));
        let mut body = json!({ "kind": "note_set" });
        if let Some(visit) = self.visit {
            body["visit"] = json!(visit);
        }
        if let Some(title) = title {
            body["title"] = json!(title);
        }
        let Made { document } = client::read(&daemon.ask(Question::post(&["documents"], body)).await?)?;
        if let Some(instrument) = instrument {
            let body = json!({ "edit": { "verb": "freeze_instrument", "instrument": instrument } });
            if let Err(failure) = daemon.ask(Question::post(&["documents", &document, "edits"], body)).await {
                // What cannot be observed with leaves no notes behind; why not is what the caller is told.
                let _ = daemon.ask(Question::delete(&["documents", &document])).await;
                return Err(failure);
            }
        }
        if let Some(visit) = self.visit.filter(|_| self.now) {
            begin_visit(&daemon, visit).await?;
        }
        session.output.object(json!({ "document": document }))?;
        session.output.answer(&format!("Begun: {document}"), &document)
    }

    /// A copy of a library's instrument as it was asked for.
    async fn set_up(&self, daemon: &Daemon, wanted: &str) -> Result<Instrument, Failure> {
        let Library { instruments } = client::read(&daemon.ask(Question::get(&["instruments"])).await?)?;
        let known = instruments.iter().find(|it| it.id.as_str() == wanted);
        let from = known.ok_or_else(|| {
            Failure::not_found(format!("there is no instrument {wanted}")).hint("rounds notes instruments")
        })?;
        let mut copy = from.set_up(self.language.language.code(), seats(from, self.seats)?);
        if !self.labels.is_empty() {
            let most = from.labels_most.unwrap_or(0);
            if self.labels.len() > usize::try_from(most).unwrap_or(usize::MAX) {
                let said =
                    if most == 0 { "has labels of its own".to_owned() } else { format!("takes at most {most} labels") };
                return Err(Failure::usage(format!("{wanted} {said}")).hint("rounds notes instruments"));
            }
            copy.labels = self.labels.iter().map(|label| Words::from(label.as_str())).collect();
        }
        if copy.shape.is_none() {
            // What one builds oneself counts taps on one's own labels; its other forms are set up in the page.
            copy.shape = Some(Shape::Tally);
            copy.title = self.title.as_deref().map_or(copy.title, Words::from);
        }
        Ok(copy)
    }
}

/// Begins a visit, unless it has begun, and says that one is in the room: it is over when the last of them has left.
async fn begin_visit(daemon: &Daemon, visit: DocumentId) -> Result<(), Failure> {
    let shown: Shown = client::read(&ask(daemon, visit).await?)?;
    match shown.model {
        Model::Visit(model) if model.ended_ms.is_none() => {
            if model.began_ms.is_none() {
                edit(daemon, visit, json!({ "verb": "begin" })).await?;
            }
            edit(daemon, visit, json!({ "verb": "join" })).await
        }
        _ => Ok(()),
    }
}

/// The seats that were asked for, as far as the instrument has any.
fn seats(from: &LibraryInstrument, wanted: Option<Seating>) -> Result<Vec<Seat>, Failure> {
    let refuse = |what: String| Err(Failure::usage(what).hint("rounds notes begin --help"));
    let Some(needed) = from.seats else {
        return if wanted.is_none() { Ok(Vec::new()) } else { refuse(format!("{} has no seats", from.id)) };
    };
    match (needed.map, wanted) {
        (true, Some(Seating::Rows(rows, columns))) => Ok(in_rows(rows, columns)),
        (true, None) if needed.least == 0 => Ok(Vec::new()),
        (true, _) => refuse(format!("{} needs a map: say --seats ROWSxCOLUMNS", from.id)),
        (false, Some(Seating::Students(count))) if (needed.least..=needed.most).contains(&u32::from(count)) => {
            Ok(students(count))
        }
        (false, None) => Ok(students(u8::try_from(needed.most).unwrap_or(u8::MAX))),
        (false, _) => {
            refuse(format!("{} is about {} to {} students: say --seats NUMBER", from.id, needed.least, needed.most))
        }
    }
}

/// Students who are followed or asked: letters, never names.
fn students(count: u8) -> Vec<Seat> {
    let letters = ('A'..='Z').take(usize::from(count));
    letters.filter_map(|letter| Some(Seat { id: letter.to_string().parse().ok()?, x: 0, y: 0 })).collect()
}

/// Seats in rows and columns, numbered from the board.
fn in_rows(rows: u16, columns: u16) -> Vec<Seat> {
    let spread = |count: u16, index: u16, from: u16| {
        let room = MAP_SIDE - EDGE - from;
        if count == 1 { from + room / 2 } else { from + (2 * room * index + count - 1) / (2 * (count - 1)) }
    };
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let seats = places.enumerate().filter_map(|(index, (row, column))| {
        let (x, y) = (spread(columns, column, EDGE), spread(rows, row, BOARD));
        Some(Seat { id: (index + 1).to_string().parse().ok()?, x, y })
    });
    seats.collect()
}

/// Reads `3` as so many students, and `4x6` as rows and columns of seats.
fn seats_in(text: &str) -> Result<Seating, String> {
    let wrong = || format!("write a number of students, or rows and columns such as 4x6, of at most {SEATS_MAX} seats");
    let few = 1..=26; // the letters there are for students
    match text.split_once('x') {
        None => text.parse().ok().filter(|count| few.contains(count)).map(Seating::Students).ok_or_else(wrong),
        Some((rows, columns)) => {
            let side = |text: &str| text.parse::<u16>().ok().filter(|side| (1..=40).contains(side));
            let (rows, columns) = side(rows).zip(side(columns)).ok_or_else(wrong)?;
            if usize::from(rows) * usize::from(columns) > SEATS_MAX {
                return Err(wrong());
            }
            Ok(Seating::Rows(rows, columns))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_a_number_or_rows_and_columns() {
        assert_eq!(seats_in("3"), Ok(Seating::Students(3)));
        assert_eq!(seats_in("4x6"), Ok(Seating::Rows(4, 6)));
        for wrong in ["", "0", "27", "x", "4x", "0x3", "41x1", "21x20", "4x6x2", "-1"] {
            assert!(seats_in(wrong).is_err(), "{wrong:?} was taken for seats");
        }
    }

    #[test]
    fn rows_of_seats_stay_in_the_room_and_are_numbered_from_the_board() {
        let seats = in_rows(2, 3);
        let places: Vec<_> = seats.iter().map(|seat| (seat.id.as_str(), seat.x, seat.y)).collect();
        let expected =
            [("1", 90, 220), ("2", 500, 220), ("3", 910, 220), ("4", 90, 910), ("5", 500, 910), ("6", 910, 910)];
        assert_eq!(places, expected);
        assert_eq!((in_rows(1, 1)[0].x, in_rows(1, 1)[0].y), (500, 565));
        assert!(in_rows(10, 40).iter().all(|seat| seat.x <= MAP_SIDE && seat.y <= MAP_SIDE));
    }
}
