//! Decides what a visit is in other calendars: a time, a place and with whom; nothing of what is looked at or written.
//!
//! Written as RFC 5545 has it: times in UTC, words escaped, lines folded, and the same name for the same visit each time, so that a
//! calendar moves what it took in before instead of doubling it.

use std::fmt::Write as _;

use rounds_crdt::access::Role;
use rounds_crdt::describe::Language;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{Answer, DebriefPlan, Kind, Stage, Visit, VisitContext, VisitKind, Words, stage};
use time::OffsetDateTime;
use time::macros::format_description;

use super::keeper::{Keeper, now_ms};
use super::{House, Trouble, TroubleCode};

/// Bytes of one line, its end left out; a longer one goes on in the next, after a blank.
const LINE_BYTES_MAX: usize = 75;

/// Whether a time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Agreed,
    Asked,
    Off,
}

/// One entry of a calendar.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    uid: String,
    begins_ms: i64,
    minutes: Option<u32>,
    title: String,
    place: Option<String>,
    standing: Standing,
}
rounds_crdt::silent!(Entry { uid });

/// The words of ours in it.
struct Wording {
    visit_to: &'static str,
    visits_me: &'static str,
    visit_me: &'static str,
    learning: &'static str,
    debrief: &'static str,
}

/// `*` stands for the names.
fn wording(language: Language) -> Wording {
    match language {
        Language::En => Wording {
            visit_to: "Visit to *",
            visits_me: "* visits me",
            visit_me: "* visit me",
            learning: "Learning with *",
            debrief: "Debrief with *",
        },
        Language::Es => Wording {
            visit_to: "Visita a *",
            visits_me: "* me visita",
            visit_me: "* me visitan",
            learning: "Aprender con *",
            debrief: "Charla con *",
        },
    }
}

/// What a calendar is given of one visit: the visit, when it has a time, and the talk, when that has one.
fn entries(
    id: &DocumentId,
    visit: &Visit,
    stage: Stage,
    hosting: bool,
    others: &[String],
    language: Language,
) -> Vec<Entry> {
    let words = wording(language);
    let standing = match stage {
        Stage::Cancelled | Stage::Declined | Stage::DidNotHappen => Standing::Off,
        Stage::Proposed => Standing::Asked,
        _ => Standing::Agreed,
    };
    let title = match (visit.visit_kind, hosting) {
        (VisitKind::SharedLearning, _) => words.learning,
        (_, false) => words.visit_to,
        (_, true) if others.len() > 1 => words.visit_me,
        (_, true) => words.visits_me,
    };
    // A visitor goes to the host: who else comes along is in the plan.
    let names = others.join(", ");
    let place = |words: Option<&Words>| words.map(|words| words.as_str().to_owned());
    let mut found: Vec<Entry> = Vec::new();
    found.extend(visit.when_ms.map(|begins_ms| Entry {
        uid: format!("{id}@rounds"),
        begins_ms,
        minutes: visit.minutes,
        title: title.replace('*', &names),
        place: place(visit.room.as_ref()),
        standing,
    }));
    if let Some(DebriefPlan::At { when_ms, place: at }) = &visit.debrief {
        found.push(Entry {
            uid: format!("{id}-debrief@rounds"),
            begins_ms: *when_ms,
            minutes: None,
            title: words.debrief.replace('*', &names),
            place: place(at.as_ref()),
            standing,
        });
    }
    found
}

/// The file, written at a moment.
fn calendar(entries: &[Entry], written_ms: i64) -> String {
    let mut file = String::new();
    let mut line = |text: &str| fold(&mut file, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Rounds//Rounds//EN");
    line("CALSCALE:GREGORIAN");
    for entry in entries {
        let (Some(begins), Some(written)) = (utc(entry.begins_ms), utc(written_ms)) else { continue };
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", entry.uid));
        line(&format!("DTSTAMP:{written}"));
        line(&format!("DTSTART:{begins}"));
        if let Some(minutes) = entry.minutes {
            line(&format!("DURATION:PT{minutes}M"));
        }
        line(&format!("SUMMARY:{}", escaped(&entry.title)));
        if let Some(place) = &entry.place {
            line(&format!("LOCATION:{}", escaped(place)));
        }
        line(match entry.standing {
            Standing::Agreed => "STATUS:CONFIRMED",
            Standing::Asked => "STATUS:TENTATIVE",
            Standing::Off => "STATUS:CANCELLED",
        });
        // A calendar that others may look into is asked to show them that one is busy, and no more.
        line("CLASS:PRIVATE");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    file
}

fn utc(ms: i64) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok()?;
    at.format(format_description!("[year][month][day]T[hour][minute][second]Z")).ok()
}

/// Words as a value, on one line, without what is not seen.
fn escaped(text: &str) -> String {
    let mut value = String::new();
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => value.extend(['\\', letter]),
            '\n' => value.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => value.push(letter),
        }
    }
    value
}

/// Adds a line, in pieces that break between characters.
fn fold(file: &mut String, text: &str) {
    let mut rest = text;
    let mut room = LINE_BYTES_MAX;
    while rest.len() > room {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(room));
        let _ = write!(file, "{piece}\r\n "); // writing into a string does not fail
        rest = after;
        room = LINE_BYTES_MAX - 1; // the blank counts
    }
    file.push_str(rest);
    file.push_str("\r\n");
}

impl Keeper {
    fn calendar_of(&mut self, only: Option<DocumentId>, language: Language) -> Result<String, Trouble> {
        if let Some(id) = only {
            self.require(&id)?;
            let kind = self.replica.access(&id).map(|access| access.founding.kind);
            if kind != Some(Kind::Visit) {
                return Err(Trouble::new(TroubleCode::BadRequest, "that document is not a visit"));
            }
        }
        self.load_catalog()?;
        let now = now_ms();
        let visits = self.replica.documents().filter(|id| only.is_none_or(|only| only == *id));
        let visits = visits.filter(|id| self.replica.role(id) >= Role::Reader);
        let mut found: Vec<Entry> = visits
            .filter_map(|id| {
                let row = self.catalog.row(&id).filter(|row| only.is_some() || row.binned_ms.is_none())?;
                let visit = row.said.visit.as_deref()?;
                let out =
                    |person: &PersonId| matches!(visit.answers.get(person), Some(Answer::Withdrew | Answer::Declined));
                let others = visit.people.keys().filter(|person| **person != self.person && !out(person));
                let others: Vec<String> = match visit.host {
                    Some(host) if host != self.person => vec![self.name_of(&host)],
                    _ => others.map(|person| self.name_of(person)).collect(),
                };
                let stage = stage(visit, &VisitContext { now_ms: now, ..VisitContext::default() });
                Some(entries(&id, visit, stage, visit.host == Some(self.person), &others, language))
            })
            .flatten()
            // Of all visits those that are off are left out; of one that a calendar has, it hears that it is.
            .filter(|entry| only.is_some() || entry.standing != Standing::Off)
            .collect();
        if found.is_empty() {
            let what = if only.is_some() { "this visit has no time yet" } else { "no visit has a time yet" };
            return Err(Trouble::new(TroubleCode::Conflict, what).hint("rounds visit list"));
        }
        found.sort_by(|one, other| (one.begins_ms, &one.uid).cmp(&(other.begins_ms, &other.uid)));
        Ok(calendar(&found, now))
    }
}

impl House {
    /// One visit, or all that stand and have a time, as a file that calendars take.
    pub async fn calendar(&self, visit: Option<DocumentId>, language: Language) -> Result<String, Trouble> {
        self.read_up().await?;
        self.call(move |keeper| keeper.calendar_of(visit, language)).await
    }
}

#[cfg(test)]
mod tests {
    use rounds_crdt::access::Founding;
    use rounds_crdt::ids::PersonId;
    use rounds_crdt::model::{Model, read};
    use rounds_crdt::schema::genesis;

    use super::*;

    /// 2 March 2026, 09:15 UTC.
    const AT: i64 = 1_772_442_900_000;

    fn entry(title: &str) -> Entry {
        Entry {
            uid: "a@rounds".into(),
            begins_ms: AT,
            minutes: Some(25),
            title: title.into(),
            place: Some("Room 2; upstairs, left".into()),
            standing: Standing::Agreed,
        }
    }

    #[test]
    fn a_visit_is_written_as_calendars_read_it() {
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Rounds//Rounds//EN\r\nCALSCALE:GREGORIAN\r\nBEGIN:VEVENT\r\n\
            UID:a@rounds\r\nDTSTAMP:19700101T000001Z\r\nDTSTART:20260302T091500Z\r\nDURATION:PT25M\r\nSUMMARY:Visit to Ben\r\n\
            LOCATION:Room 2\\; upstairs\\, left\r\nSTATUS:CONFIRMED\r\nCLASS:PRIVATE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(calendar(&[entry("Visit to Ben")], 1_000), expected);
        let short = Entry { minutes: None, place: None, standing: Standing::Asked, ..entry("x") };
        let file = calendar(&[short], 1_000);
        assert!(!file.contains("DURATION") && !file.contains("LOCATION") && file.contains("STATUS:TENTATIVE"));
    }

    #[test]
    fn words_stay_inside_their_value() {
        assert_eq!(escaped("a\\b;c,d\r\ne\nf\u{7}g"), "a\\\\b\\;c\\,d\\ne\\nfg");
        let file = calendar(&[entry("x\r\nEND:VCALENDAR\r\nATTENDEE:mailto:y")], 0);
        assert_eq!(file.lines().filter(|line| *line == "END:VCALENDAR").count(), 1);
        assert!(!file.lines().any(|line| line.starts_with("ATTENDEE")));
    }

    #[test]
    fn long_lines_are_folded_between_characters_and_unfold_to_what_they_were() {
        for text in ["x".repeat(75), "x".repeat(76), "é".repeat(80), "😀".repeat(60), format!("a{}", "日".repeat(99))]
        {
            let mut file = String::new();
            fold(&mut file, &text);
            assert!(file.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX), "{text}");
            assert_eq!(file.replace("\r\n ", ""), format!("{text}\r\n"));
        }
        let mut file = String::new();
        fold(&mut file, &"x".repeat(75));
        assert_eq!(file.len(), 77, "what fits is not folded");
    }

    #[test]
    fn a_calendar_hears_when_where_and_with_whom_and_nothing_else() {
        let people = [PersonId::from_bytes([1; 32]), PersonId::from_bytes([2; 32])];
        let founding = Founding::new(Kind::Visit, people.to_vec(), [0; 16]);
        let Model::Visit(visit) = read(Kind::Visit, &genesis(&founding)).model else { panic!("no visit") };
        let visit = Visit {
            when_ms: Some(AT),
            room: Some("204".into()),
            period: Some("Zzyzx".into()),
            focus: "Zzyzx?".into(),
            plan: "Zzyzx.".into(),
            seat: Some("Zzyzx".into()),
            debrief: Some(DebriefPlan::At { when_ms: AT + 1, place: Some("Library".into()) }),
            ..*visit
        };
        let id = founding.id();
        let of = |stage, hosting, names: &[&str], language| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            entries(&id, &visit, stage, hosting, &names, language)
        };
        let agreed = of(Stage::Scheduled, false, &["Ben"], Language::En);
        let titles: Vec<&str> = agreed.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, ["Visit to Ben", "Debrief with Ben"]);
        assert_eq!(
            (agreed[0].uid.clone(), agreed[1].uid.clone()),
            (format!("{id}@rounds"), format!("{id}-debrief@rounds"))
        );
        assert!(!calendar(&agreed, 0).contains("Zzyzx"));
        assert_eq!(of(Stage::Proposed, true, &["Ana"], Language::Es)[0].title, "Ana me visita");
        assert_eq!(of(Stage::Proposed, true, &["Ana", "Dara"], Language::En)[0].title, "Ana, Dara visit me");
        assert_eq!(of(Stage::Proposed, true, &["Ana"], Language::En)[0].standing, Standing::Asked);
        assert_eq!(of(Stage::Cancelled, true, &["Ana"], Language::En)[0].standing, Standing::Off);
        let untimed = Visit { when_ms: None, debrief: None, ..visit.clone() };
        assert_eq!(entries(&id, &untimed, Stage::Proposed, false, &[], Language::En), []);
    }
}
