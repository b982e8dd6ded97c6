//! Decides every word that a written-out document adds to what people wrote, in each language that Rounds speaks.

use rounds_crdt::describe::Language;
use rounds_crdt::model::{
    ActionKind, Answer, Cadence, Day, GoalState, Kind, Part, PartnershipState, Shape, Stage, VisitKind, VisitRole,
};
use time::{Month, OffsetDateTime, UtcOffset, Weekday};

/// A language, and where on the earth its reader's clock stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tongue {
    pub language: Language,
    /// How far the local clock is from UTC at a moment.
    pub offset_at: fn(i64) -> UtcOffset,
}

/// The same words in English and in Spanish.
pub(super) type Both = [&'static str; 2];

impl Tongue {
    pub(super) fn of(self, [english, spanish]: Both) -> &'static str {
        match self.language {
            Language::En => english,
            Language::Es => spanish,
        }
    }

    /// Names one after the other.
    pub(super) fn list(self, names: &[String]) -> String {
        let and = self.of([" and ", " y "]);
        match names {
            [rest @ .., before, last] => {
                rest.iter().map(|name| format!("{name}, ")).chain([format!("{before}{and}{last}")]).collect()
            }
            [one] => one.clone(),
            [] => String::new(),
        }
    }

    /// “Monday 2 March 2026, 10:15”, by the clock of this computer.
    pub(super) fn moment(self, ms: i64) -> Option<String> {
        let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok()?;
        let at = at.checked_to_offset((self.offset_at)(ms))?;
        let day = self.date(at.date());
        let weekday = self.of(weekday(at.weekday()));
        let weekday = match self.language {
            Language::En => format!("{weekday} "),
            Language::Es => format!("{weekday}, "),
        };
        Some(format!("{weekday}{day}, {}:{:02}", at.hour(), at.minute()))
    }

    /// “2 March 2026”, as its writer put it.
    pub(super) fn day(self, day: Day) -> String {
        date_of(day).map_or_else(|| day.to_string(), |date| self.date(date))
    }

    /// “Monday 2 March 2026”.
    pub(super) fn weekday_and_day(self, day: Day) -> String {
        let Some(date) = date_of(day) else { return day.to_string() };
        let weekday = self.of(weekday(date.weekday()));
        match self.language {
            Language::En => format!("{weekday} {}", self.date(date)),
            Language::Es => format!("{weekday}, {}", self.date(date)),
        }
    }

    /// “Monday”: a day of the week, from 1 for Monday to 7.
    pub(super) fn school_day(self, day: u32) -> &'static str {
        let day = u8::try_from(day).ok().and_then(|day| day.checked_sub(1)).filter(|after| *after < 7);
        day.map_or("", |after| self.of(weekday(Weekday::Monday.nth_next(after))))
    }

    fn date(self, date: time::Date) -> String {
        let (day, month, year) = (date.day(), self.of(month(date.month())), date.year());
        match self.language {
            Language::En => format!("{day} {month} {year}"),
            Language::Es => format!("{day} de {month} de {year}"),
        }
    }

    pub(super) fn minutes(self, minutes: u32) -> String {
        format!("{minutes} {}", self.of(if minutes == 1 { ["minute", "minuto"] } else { ["minutes", "minutos"] }))
    }

    pub(super) fn yes_or_no(self, yes: bool) -> &'static str {
        self.of(if yes { ["yes", "sí"] } else { ["no", "no"] })
    }
}

/// “10:05”, by the clock on the wall.
pub(super) fn time_of_day(minute: u32) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

fn date_of(day: Day) -> Option<time::Date> {
    let text = day.to_string();
    let part = |range| text.get(range).and_then(|digits: &str| digits.parse::<u16>().ok());
    let month = Month::try_from(u8::try_from(part(5..7)?).ok()?).ok()?;
    time::Date::from_calendar_date(part(0..4)?.into(), month, u8::try_from(part(8..10)?).ok()?).ok()
}

pub(super) fn kind(kind: Kind) -> Both {
    match kind {
        Kind::Profile => ["Profile", "Perfil"],
        Kind::Binder => ["My documents", "Mis documentos"],
        Kind::Partnership => ["Visiting partners", "Pareja de visitas"],
        Kind::Visit => ["Visit", "Visita"],
        Kind::OpenDoor => ["Open door", "Puerta abierta"],
        Kind::NoteSet => ["Notes", "Notas"],
        Kind::ReleasedNotes => ["Released notes", "Notas entregadas"],
        Kind::Debrief => ["Debrief", "Conversación"],
        Kind::Mirror => ["For my own room", "Para mi propia aula"],
        Kind::Goal => ["Goal", "Meta"],
        Kind::GoalFeedback => ["Feedback on a goal", "Comentarios sobre una meta"],
        Kind::TryLog => ["What I tried", "Lo que probé"],
        Kind::StrategyCard => ["Strategy card", "Tarjeta de estrategia"],
        Kind::Vocabulary => ["Vocabulary", "Vocabulario"],
        Kind::Instrument => ["Instrument", "Instrumento"],
        Kind::Timetable => ["My timetable", "Mi horario"],
        Kind::FreePeriods => ["Free periods", "Horas libres"],
        Kind::SuccessCard | Kind::ShownCard => ["What went well", "Lo que salió bien"],
        Kind::Resource => ["Resource", "Recurso"],
    }
}

/// The heading over a live text.
pub(super) fn field(kind: Kind, field: &str) -> Both {
    match field {
        "text" if kind == Kind::SuccessCard => ["What I saw", "Lo que vi"],
        "text" if kind == Kind::Resource => ["Why it helped", "Por qué me ayudó"],
        "focus" => ["Focus question", "Pregunta de enfoque"],
        "plan" => ["Plan", "Plan"],
        "next" => ["What comes next", "Lo que viene después"],
        "journal" => ["Journal", "Diario"],
        "keep" => ["Keep", "Mantener"],
        "start" => ["Start", "Empezar"],
        "stop" => ["Stop", "Dejar"],
        "ideas" => ["Ideas", "Ideas"],
        "why" => ["Why", "Por qué"],
        "student_side" => ["The students’ side", "Qué hará y dirá el alumnado"],
        "strategy" => ["Strategy", "Cómo lo hago"],
        "baseline" => ["How it is now", "Cómo es ahora"],
        "measure" => ["How I will know", "Cómo lo sabré"],
        "text" => ["How it goes", "Cómo se hace"],
        "question" => ["The question it answers", "La pregunta a la que responde"],
        "caution" => ["What to keep in mind", "Qué tener en cuenta"],
        _ => ["Notes", "Notas"],
    }
}

/// What one mark of an instrument is.
pub(super) fn shape(shape: Shape) -> Both {
    match shape {
        Shape::Line => ["a line of words", "una línea de palabras"],
        Shape::Tally => ["a tap for each time", "un toque por cada vez"],
        Shape::Wait => ["how long a pause is", "cuánto dura una pausa"],
        Shape::State => ["what goes on from now on", "lo que ocurre a partir de ahora"],
        Shape::Turn => ["who turns to whom, on a seat map", "quién se dirige a quién, en un plano"],
        Shape::Path => ["where the teacher is, on a seat map", "dónde está el docente, en un plano"],
        Shape::Sweep => ["what each seat is doing, on a seat map", "qué se hace en cada asiento, en un plano"],
        Shape::Grid => ["all that happened in an interval", "todo lo que pasó en un intervalo"],
        Shape::Beat => ["what is heard at each beat", "lo que se oye a cada compás"],
        Shape::Ask => ["what a student answers", "lo que responde un estudiante"],
        Shape::Spot => ["what a place in the room shows", "lo que muestra un lugar del aula"],
    }
}

pub(super) fn goal_state(state: GoalState) -> Both {
    match state {
        GoalState::Draft => ["draft", "borrador"],
        GoalState::Identify => ["finding out", "averiguando"],
        GoalState::Learn => ["learning how", "aprendiendo cómo"],
        GoalState::Improve => ["trying and improving", "probando y mejorando"],
        GoalState::Met => ["met", "alcanzada"],
        GoalState::SetAside => ["set aside", "apartada"],
    }
}

pub(super) fn action(kind: ActionKind) -> Both {
    match kind {
        ActionKind::Try => ["Try", "Probar"],
        ActionKind::Watch => ["Watch", "Mirar"],
        ActionKind::Adjust => ["Adjust", "Ajustar"],
    }
}

pub(super) fn stage(stage: Stage) -> Both {
    match stage {
        Stage::Proposed => ["proposed", "propuesta"],
        Stage::Scheduled => ["scheduled", "con fecha"],
        Stage::Prepared => ["prepared", "preparada"],
        Stage::Observing => ["under way", "en curso"],
        Stage::WrittenUp => ["written up", "escrita"],
        Stage::Debriefing => ["talking it over", "en conversación"],
        Stage::Closed => ["closed", "cerrada"],
        Stage::Cancelled => ["called off", "cancelada"],
        Stage::Declined => ["not this time", "esta vez no"],
        Stage::DidNotHappen => ["did not happen", "no tuvo lugar"],
    }
}

pub(super) fn visit_kind(kind: VisitKind) -> Both {
    match kind {
        VisitKind::Pair => ["between partners", "entre colegas"],
        VisitKind::DropIn => ["through an open door", "por una puerta abierta"],
        VisitKind::Round => ["part of a round", "parte de una ronda"],
        VisitKind::LessonStudy => ["lesson study", "estudio de una clase"],
        VisitKind::SharedLearning => ["learning together, without a visit", "aprender en común, sin visita"],
    }
}

pub(super) fn part(part: Part) -> Both {
    match part {
        Part::Host => ["is visited", "recibe"],
        Part::Visitor => ["visits", "visita"],
        Part::Facilitator => ["helps the talk along", "acompaña la conversación"],
    }
}

pub(super) fn role(role: VisitRole) -> Both {
    match role {
        VisitRole::Scribe => ["writes down what is said", "anota lo que se dice"],
        VisitRole::Counter => ["counts", "cuenta"],
        VisitRole::StudentListener => ["listens to students", "escucha al alumnado"],
        VisitRole::Timekeeper => ["keeps the time", "lleva el tiempo"],
    }
}

pub(super) fn answer(answer: Answer) -> Both {
    match answer {
        Answer::Accepted => ["said yes", "dijo que sí"],
        Answer::Declined => ["not this time", "esta vez no"],
        Answer::Withdrew => ["does not take part", "no participa"],
    }
}

pub(super) fn partnership_state(state: PartnershipState) -> Both {
    match state {
        PartnershipState::Invited => ["invited", "por responder"],
        PartnershipState::Accepted => ["visiting each other", "se visitan"],
        PartnershipState::Paused => ["taking a break", "en pausa"],
        PartnershipState::Declined => ["not this time", "esta vez no"],
        PartnershipState::Ended => ["not visiting each other", "no se visitan"],
    }
}

pub(super) fn cadence(cadence: Cadence) -> Both {
    match cadence {
        Cadence::EveryWeek => ["every week", "cada semana"],
        Cadence::EveryTwoWeeks => ["every two weeks", "cada dos semanas"],
        Cadence::EveryMonth => ["every month", "cada mes"],
        Cadence::EveryTerm => ["every term", "cada trimestre"],
        Cadence::WhenWeCan => ["when we can", "cuando podamos"],
    }
}

fn weekday(day: Weekday) -> Both {
    match day {
        Weekday::Monday => ["Monday", "lunes"],
        Weekday::Tuesday => ["Tuesday", "martes"],
        Weekday::Wednesday => ["Wednesday", "miércoles"],
        Weekday::Thursday => ["Thursday", "jueves"],
        Weekday::Friday => ["Friday", "viernes"],
        Weekday::Saturday => ["Saturday", "sábado"],
        Weekday::Sunday => ["Sunday", "domingo"],
    }
}

fn month(month: Month) -> Both {
    match month {
        Month::January => ["January", "enero"],
        Month::February => ["February", "febrero"],
        Month::March => ["March", "marzo"],
        Month::April => ["April", "abril"],
        Month::May => ["May", "mayo"],
        Month::June => ["June", "junio"],
        Month::July => ["July", "julio"],
        Month::August => ["August", "agosto"],
        Month::September => ["September", "septiembre"],
        Month::October => ["October", "octubre"],
        Month::November => ["November", "noviembre"],
        Month::December => ["December", "diciembre"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_names_read_as_people_write_them() {
        let offset_at = |_| UtcOffset::from_hms(1, 0, 0).expect("an offset");
        let (en, es) = (Tongue { language: Language::En, offset_at }, Tongue { language: Language::Es, offset_at });
        let ms = 1_772_442_900_000;
        assert_eq!(en.moment(ms).as_deref(), Some("Monday 2 March 2026, 10:15"));
        assert_eq!(es.moment(ms).as_deref(), Some("lunes, 2 de marzo de 2026, 10:15"));
        let day = "2026-03-02".parse().expect("a day");
        assert_eq!(en.day(day), "2 March 2026");
        assert_eq!(en.weekday_and_day(day), "Monday 2 March 2026");
        assert_eq!((es.weekday_and_day(day), en.school_day(5)), ("lunes, 2 de marzo de 2026".to_owned(), "Friday"));
        assert_eq!((time_of_day(605), time_of_day(0)), ("10:05".to_owned(), "0:00".to_owned()));
        let names =
            |count: usize| ["Ana", "Ben", "Chidi"].iter().take(count).map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!((en.list(&names(3)).as_str(), es.list(&names(2)).as_str()), ("Ana, Ben and Chidi", "Ana y Ben"));
        assert_eq!((en.list(&names(1)), en.list(&[])), ("Ana".to_owned(), String::new()));
        assert_eq!(en.moment(i64::MAX), None);
    }
}
