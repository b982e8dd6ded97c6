//! Random edits of every verb, drawn so that they meet each other often.

use super::{ana, ben, chidi, dara};
use crate::edit::rules::fits;
use crate::edit::{Edit, Splice};
use crate::ids::{DocumentId, PersonId, WordsHash};
use crate::model::{
    ActionKind, Cadence, Cycle, Day, DebriefPlan, Event, Experience, Filling, FreeTime, GoalState, Instrument, ItemId,
    Kind, Mark, Otherwise, Part, Period, PeriodUse, Phase, Protocol, ReplyTo, Seat, Shape, Slot, Speaker, Speaks, Term,
    TryOut, Turning, VisitKind, VisitRole, Vocabulary, Words,
};

/// Small choices drawn from random bytes, so that random edits meet each other often.
pub(in crate::edit) struct Dice<'a>(pub(in crate::edit) std::slice::Iter<'a, u8>);

impl Dice<'_> {
    pub(in crate::edit) fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % sides
    }
    fn yes(&mut self) -> bool {
        self.roll(2) == 1
    }
    fn person(&mut self) -> PersonId {
        [ana(), ben(), chidi(), dara()][self.roll(4)]
    }
    fn document(&mut self) -> DocumentId {
        DocumentId::from_bytes([self.0.next().copied().unwrap_or(0) % 3; 20])
    }
    fn id(&mut self) -> ItemId {
        ["a", "b", "c"][self.roll(3)].parse().expect("an id")
    }
    fn words(&mut self) -> Words {
        ["", "why?", "three pairs 😀 spoke", "Ben's room", "é"][self.roll(5)].into()
    }
    fn maybe_words(&mut self) -> Option<Words> {
        self.yes().then(|| self.words())
    }
    fn moment(&mut self) -> i64 {
        [0, 1_700_000_000_000, 1_700_000_360_000, -5][self.roll(4)]
    }
    fn instrument(&mut self) -> Instrument {
        Instrument {
            id: self.id(),
            version: 1,
            title: "Script".into(),
            shape: [None, Some(Shape::Tally), Some(Shape::Sweep), Some(Shape::Grid)][self.roll(4)],
            labels: vec!["saw".into(), self.words()],
            student_labels: vec!["wrote".into()],
            speakers: vec![Speaker::Student],
            seats: vec![Seat { id: self.id(), x: 10, y: 900 }],
            interval_seconds: self.yes().then_some(120),
            minutes: None,
        }
    }
    fn event(&mut self) -> Event {
        let label = self.yes().then(|| "saw".into());
        let (id, at_ms, text, mark) = (self.id(), self.moment(), self.words(), self.mark());
        Event { id, at_ms, speaker: Some(Speaker::Student), label, text, mark }
    }
    fn mark(&mut self) -> Option<Mark> {
        match self.roll(9) {
            0 => Some(Mark::Wait { reply_ms: self.yes().then_some(5), reply_end_ms: None, follow_ms: None }),
            1 => Some(Mark::Turn { from: self.id(), to: self.id() }),
            2 => Some(Mark::Step { x: 3, y: 4, stop: self.yes(), seat: self.yes().then(|| self.id()) }),
            3 => Some(Mark::Look { sweep: 1, seat: self.id() }),
            4 => Some(Mark::Interval { index: 2, codes: vec!["saw".into(), "wrote".into()] }),
            5 => Some(Mark::Seat { seat: self.id() }),
            6 => Some(Mark::Spot { place: "by the door".into() }),
            _ => None,
        }
    }
    fn protocol(&mut self) -> Protocol {
        let phase = Phase { id: self.id(), title: None, minutes: 5, speaks: Speaks::Host, prompts: vec![self.words()] };
        Protocol {
            id: self.id(),
            version: 1,
            title: "Pair debrief".into(),
            phases: vec![phase],
            rules: vec![self.words()],
        }
    }
    fn day(&mut self) -> Day {
        ["2026-03-02", "2026-02-27"][self.roll(2)].parse().expect("a day")
    }
    fn action_kind(&mut self) -> ActionKind {
        [ActionKind::Try, ActionKind::Watch, ActionKind::Adjust][self.roll(3)]
    }
    fn try_out(&mut self) -> TryOut {
        let (goal, action) = (self.yes().then(|| self.document()), self.yes().then(|| self.id()));
        TryOut { id: self.id(), on: self.day(), text: self.words(), goal, action }
    }
    fn vocabulary(&mut self) -> Vocabulary {
        let targets = vec![Term { name: self.words(), tags: vec![self.words()] }];
        Vocabulary { rounds_vocabulary: 1, title: self.words(), strategies: Vec::new(), targets }
    }
    fn timetable(&mut self) -> Edit {
        match self.roll(6) {
            0 => Edit::SetCycle {
                cycle: self.yes().then(|| Cycle {
                    turning: [Turning::Weeks, Turning::SchoolDays][self.roll(2)],
                    count: 2,
                    from: self.day(),
                }),
            },
            1 => {
                let ids = ["a", "b", "c"].into_iter().take(1 + self.roll(3)).zip(1..);
                let period = |(id, at): (&str, u32)| Period {
                    id: id.parse().expect("an id"),
                    name: "P".into(),
                    begins: 60 * at,
                    ends: 60 * at + 45,
                };
                Edit::SetPeriods { periods: ids.map(period).collect() }
            }
            2 => {
                let what = [PeriodUse::Free, PeriodUse::Prep, PeriodUse::Class][self.roll(3)];
                let filling = Filling { what, label: self.maybe_words(), room: self.maybe_words() };
                Edit::FillPeriod { slot: self.slot(), filling: self.yes().then_some(filling) }
            }
            3 => {
                let otherwise = [
                    Otherwise::NoSchool {},
                    Otherwise::Like { day: 2 },
                    Otherwise::Begins { at: 600 },
                    Otherwise::Ends { at: 720 },
                    Otherwise::Short { minutes: 30 },
                ];
                Edit::SetDays { days: vec![self.day()], otherwise: self.yes().then(|| otherwise[self.roll(5)]) }
            }
            4 => Edit::SetWeekdays { weekdays: (1 + self.roll(2) as u32..=5 + self.roll(3) as u32).collect() },
            _ => Edit::ShowFree { slots: vec![self.slot()], until: self.yes().then(|| self.day()) },
        }
    }
    fn slot(&mut self) -> Slot {
        Slot { day: [1, 2][self.roll(2)], period: self.id() }
    }
    fn seats(&mut self) -> Vec<Seat> {
        (0..self.roll(3)).map(|_| Seat { id: self.id(), x: 10, y: 900 }).collect()
    }
    fn splice(&mut self) -> Splice {
        Splice { at: self.roll(12), delete: self.roll(4), insert: self.words() }
    }
}

pub(in crate::edit) const VERBS: usize = 70;

/// Every live text of any kind.
const FIELDS: [&str; 17] = [
    "notes",
    "focus",
    "plan",
    "journal",
    "next",
    "keep",
    "start",
    "stop",
    "ideas",
    "why",
    "student_side",
    "strategy",
    "baseline",
    "measure",
    "text",
    "question",
    "caution",
];

/// The edit of verb number `verb`, with the rest rolled.
fn any_edit(verb: usize, dice: &mut Dice<'_>) -> Edit {
    match verb {
        0 => Edit::SpliceText {
            field: FIELDS[dice.roll(FIELDS.len())].to_owned(),
            splices: (0..=dice.roll(2)).map(|_| dice.splice()).collect(),
        },
        1 => Edit::SetTitle { title: dice.maybe_words() },
        2 => Edit::SetVisit { visit: dice.document() },
        3 => Edit::Accept {},
        4 => Edit::Decline {},
        5 => match dice.roll(2) {
            0 => Edit::Talked {},
            _ => Edit::NotTalked {},
        },
        6 => Edit::SetName { name: dice.words() },
        7 => Edit::SetRoleLabel { label: dice.maybe_words() },
        8 => Edit::SetGrades { grades: vec![dice.words(), dice.words()] },
        9 => Edit::SetSubjects { subjects: vec![dice.words()] },
        10 => Edit::SetRoom { room: dice.maybe_words() },
        11 => Edit::Remember { document: dice.document(), kind: Kind::Visit },
        12 => Edit::Forget { document: dice.document() },
        13 => Edit::Pin { document: dice.document(), pinned: dice.yes() },
        14 => Edit::Archive { document: dice.document(), archived: dice.yes() },
        15 => Edit::Label { document: dice.document(), label: dice.maybe_words() },
        16 => Edit::Pause {},
        17 => Edit::Resume {},
        18 => Edit::EndPartnership {},
        19 => Edit::SetCadence { cadence: dice.yes().then_some(Cadence::EveryWeek) },
        20 => Edit::AgreeConfidential { agree: dice.yes() },
        21 => Edit::AgreeDebriefWithinADay { agree: dice.yes() },
        22 => Edit::AgreedAloud { agreed: dice.yes() },
        23 => Edit::Propose { host: dice.person() },
        24 => Edit::Invite { person: dice.person(), part: [Part::Visitor, Part::Facilitator][dice.roll(2)] },
        25 => Edit::Uninvite { person: dice.person() },
        26 => Edit::Schedule {
            when_ms: dice.yes().then(|| dice.moment()),
            minutes: dice.yes().then_some(25),
            period: dice.maybe_words(),
            room: dice.maybe_words(),
        },
        27 => Edit::Withdraw {},
        28 => Edit::Cancel {},
        29 => Edit::SetVisitKind { visit_kind: VisitKind::DropIn },
        30 => Edit::SetInstrument { instrument: dice.id(), chosen: dice.yes() },
        31 => Edit::SetSeat { seat: dice.maybe_words() },
        32 => Edit::SetMayTalk { may_talk: dice.yes().then(|| dice.yes()) },
        33 => Edit::SetRole { person: dice.person(), role: dice.yes().then_some(VisitRole::Scribe) },
        34 => Edit::PlanDebrief {
            plan: match dice.roll(4) {
                0 => None,
                1 => Some(DebriefPlan::InWriting {}),
                2 => Some(DebriefPlan::FindEachOther {}),
                _ => Some(DebriefPlan::At { when_ms: dice.moment(), place: dice.maybe_words() }),
            },
        },
        35 => Edit::SetGoal { goal: dice.yes().then(|| dice.document()), label: dice.maybe_words() },
        36 => Edit::Begin { at_ms: dice.yes().then(|| dice.moment()) },
        37 => Edit::End { at_ms: None },
        38 => Edit::Join {},
        39 => Edit::Leave {},
        40 => Edit::StopAsked {},
        41 => Edit::DidNotHappen {},
        42 => Edit::JustVisited { began_ms: dice.moment(), minutes: 20 },
        43 => match dice.roll(2) {
            0 => Edit::WaiveNotes {},
            _ => Edit::AskForNotes {},
        },
        44 => Edit::FreezeInstrument { instrument: dice.instrument() },
        45 => Edit::AddEvent { event: dice.event() },
        46 => match dice.roll(2) {
            0 => Edit::RemoveEvent { id: dice.id() },
            _ => Edit::DescribeEvent { id: dice.id(), text: dice.words() },
        },
        47 => Edit::MarkReleased { document: dice.document() },
        48 => Edit::Publish {
            title: dice.maybe_words(),
            text: dice.words(),
            events: vec![dice.event()],
            instrument: dice.yes().then(|| dice.instrument()),
            observed_ms: dice.yes().then_some(60_000),
            replaces: dice.yes().then(|| dice.document()).into_iter().collect(),
        },
        49 => Edit::Reply {
            id: dice.id(),
            to: [ReplyTo::Whole, ReplyTo::Line(3), ReplyTo::Event(dice.id())][dice.roll(3)].clone(),
            text: dice.words(),
        },
        50 => Edit::RemoveReply { id: dice.id() },
        51 => Edit::FreezeProtocol { protocol: dice.yes().then(|| dice.protocol()) },
        52 => Edit::BeginPhase { phase: dice.id(), at_ms: None },
        53 => match dice.roll(3) {
            0 => Edit::AddEntry { id: dice.id(), phase: dice.yes().then(|| dice.id()), text: dice.words() },
            1 => Edit::EditEntry { id: dice.id(), text: dice.words() },
            _ => Edit::RemoveEntry { id: dice.id() },
        },
        54 => match dice.roll(3) {
            0 => Edit::AddNextStep { id: dice.id(), text: dice.words() },
            1 => Edit::TickNextStep { id: dice.id(), done: dice.yes() },
            _ => Edit::RemoveNextStep { id: dice.id() },
        },
        55 => Edit::ShowHere { show: dice.yes() },
        56 => Edit::Comment {
            field: FIELDS[dice.roll(FIELDS.len())].to_owned(),
            id: dice.id(),
            from: dice.roll(4),
            to: dice.roll(12),
            at: Vec::new(),
            text: dice.words(),
        },
        57 => match dice.roll(4) {
            0 => Edit::ReplyToComment { id: dice.id(), comment: dice.id(), text: dice.words() },
            1 => Edit::EditComment { id: dice.id(), text: dice.words() },
            2 => Edit::RemoveComment { id: dice.id() },
            _ => Edit::SettleComment { id: dice.id(), settled: dice.yes() },
        },
        58 => match dice.roll(5) {
            0 => Edit::AddAction {
                id: dice.id(),
                how: dice.action_kind(),
                text: dice.words(),
                due: dice.yes().then(|| dice.day()),
            },
            1 => Edit::EditAction { id: dice.id(), how: dice.action_kind(), text: dice.words(), due: None },
            2 => Edit::TickAction { id: dice.id(), done: dice.yes() },
            3 => Edit::RemoveAction { id: dice.id() },
            _ => Edit::SetMeasuredWith { instrument: dice.maybe_words() },
        },
        59 => match dice.roll(6) {
            0 => Edit::AddEvidence {
                id: dice.id(),
                document: dice.document(),
                label: dice.words(),
                action: dice.yes().then(|| dice.id()),
            },
            1 => Edit::RemoveEvidence { id: dice.id() },
            2 => Edit::AddCheckIn { id: dice.id(), on: dice.day(), text: dice.words() },
            3 => Edit::EditCheckIn { id: dice.id(), on: dice.day(), text: dice.words() },
            4 => Edit::RemoveCheckIn { id: dice.id() },
            _ => Edit::SetGoalState { state: [GoalState::Learn, GoalState::Met, GoalState::SetAside][dice.roll(3)] },
        },
        60 => match dice.roll(5) {
            0 => Edit::AddTryOut { entry: dice.try_out() },
            1 => Edit::EditTryOut { entry: dice.try_out() },
            2 => Edit::SetTags { tags: vec![dice.words(), dice.words()] },
            3 => Edit::FillVocabulary { vocabulary: dice.vocabulary() },
            _ => Edit::RemoveTryOut { id: dice.id() },
        },
        61 => match dice.roll(2) {
            0 => Edit::EndObserving { observed_ms: dice.moment() },
            _ => Edit::SetOwnLesson { when_ms: dice.yes().then(|| dice.moment()) },
        },
        62 => match dice.roll(2) {
            0 => Edit::DescribeDoor { see: dice.words(), places: dice.yes().then_some(2) },
            _ => Edit::CloseDoor { closed: dice.yes() },
        },
        64 => Edit::SetExperience { experience: dice.yes().then_some(Experience::ManyYears) },
        63 => Edit::ThroughDoor { door: dice.document() },
        65 => match dice.roll(11) {
            8 => Edit::SetSeats { seats: dice.seats() },
            9 => Edit::KeepMap { id: dice.id(), name: dice.words(), seats: dice.seats() },
            10 => Edit::ForgetMap { id: dice.id() },
            0 => Edit::AddLabel { id: dice.id(), text: dice.words() },
            1 => Edit::RenameLabel { id: dice.id(), text: dice.words() },
            2 => Edit::MoveLabel { id: dice.id(), before: dice.yes().then(|| dice.id()) },
            3 => Edit::RemoveLabel { id: dice.id() },
            4 => Edit::SetShape { shape: [Shape::Tally, Shape::Line, Shape::Wait][dice.roll(3)] },
            5 => Edit::SetSpeakers { speakers: vec![Speaker::Teacher, Speaker::Room][dice.roll(2)..].to_vec() },
            6 => Edit::SetInterval { seconds: dice.yes().then_some(3) },
            _ => Edit::SetUsualMinutes { minutes: dice.yes().then_some(15) },
        },
        67 => dice.timetable(),
        68 => {
            let time = |dice: &mut Dice<'_>| FreeTime { on: dice.day(), begins: 600, ends: 645 };
            Edit::SetFreeTimes { times: (0..dice.roll(3)).map(|_| time(dice)).collect() }
        }
        69 => match dice.roll(6) {
            0 => Edit::NamePerson { person: dice.person(), named: dice.yes() },
            1 => Edit::MarkAsked { document: dice.document(), asked: dice.yes() },
            2 => Edit::AskPeople {
                title: dice.maybe_words(),
                text: dice.words(),
                tags: vec![dice.words()],
                people: vec![dice.person()],
            },
            3 => Edit::LetOthersSee { words: dice.yes().then(|| WordsHash::from_bytes([3; 32])) },
            4 => Edit::SetLink { link: dice.yes().then(|| "https://example.org".into()) },
            _ => Edit::SetReference { reference: dice.maybe_words() },
        },
        _ => match dice.roll(3) {
            0 => Edit::AddWatch { id: dice.id(), text: dice.words() },
            1 => Edit::RemoveWatch { id: dice.id() },
            _ => Edit::Thank { text: dice.words() },
        },
    }
}

/// A random edit that documents of `kind` know.
pub(in crate::edit) fn fitting_edit(kind: Kind, verb: usize, bytes: &[u8]) -> Edit {
    let random = |verb| any_edit(verb, &mut Dice(bytes.iter()));
    let fitting: Vec<usize> = (0..VERBS).filter(|verb| fits(&random(*verb), kind)).collect();
    fitting.get(verb % fitting.len().max(1)).map_or(Edit::Accept {}, |verb| random(*verb))
}

/// One edit of each verb, and more of those that take several forms.
pub(in crate::edit) fn samples() -> Vec<Edit> {
    let mut samples = Vec::new();
    for verb in 0..VERBS {
        for first in 0..17_u8 {
            let bytes = [first, 1, 1, 1, 1, 1, 1, 1, 1, 1];
            samples.push(any_edit(verb, &mut Dice(bytes.iter())));
        }
    }
    samples
}
