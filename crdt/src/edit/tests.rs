//! Edits as people make them: one of each verb, replicas that edit at once, and what JSON may say.

use std::collections::BTreeSet;

use automerge::{Automerge, ReadDoc};
use proptest::prelude::*;

use crate::access::{Founding, Role};
use crate::edit::rules::fits;
use crate::edit::{Author, Edit, EditError, Splice, apply, authorise};
use crate::ids::{ActorId, DeviceId, DocumentId, PersonId, WordsHash};
use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::{
    ActionKind, Answer, Cadence, Cycle, Day, DebriefPlan, Event, Experience, Filling, FreeTime, GoalState, Here,
    Instrument, InstrumentError, ItemId, Kind, Mark, Model, Otherwise, Part, Period, PeriodUse, Phase, Protocol,
    ReplyTo, Seat, Shape, Slot, Speaker, Speaks, Term, TryOut, Turning, Visit, VisitKind, VisitRole, Vocabulary, Words,
    read,
};
use crate::schema::{genesis, text_object};

pub(super) fn ana() -> PersonId {
    PersonId::from_bytes([1; 32])
}
pub(super) fn ben() -> PersonId {
    PersonId::from_bytes([2; 32])
}
pub(super) fn chidi() -> PersonId {
    PersonId::from_bytes([3; 32])
}
pub(super) fn dara() -> PersonId {
    PersonId::from_bytes([4; 32])
}

pub(super) fn owner(person: PersonId) -> Author {
    Author { person, role: Role::Owner, at_ms: 1_700_000_000_000 }
}

pub(super) fn founding(kind: Kind) -> Founding {
    let owners = match kind {
        Kind::Partnership | Kind::Visit | Kind::Debrief | Kind::Goal | Kind::GoalFeedback | Kind::Instrument => {
            vec![ana(), ben()]
        }
        _ => vec![ana()],
    };
    Founding { kind, owners, nonce: [7; 16] }
}

/// A replica of `document` on a device of its own.
pub(super) fn replica(kind: Kind, device: u8) -> Automerge {
    let mut document = genesis(&founding(kind));
    document.set_actor(ActorId::new(DeviceId::from_bytes([device; 32]), [device; 14]).to_automerge());
    document
}

/// Authorises and applies, as the door of the documents does.
pub(super) fn edit(kind: Kind, document: &mut Automerge, author: &Author, edit: &Edit) -> Result<(), EditError> {
    let reading = read(kind, document);
    authorise(edit, &reading.model, &reading.comments, author)?;
    let mut transaction = document.transaction();
    apply(edit, author, &mut transaction)?;
    transaction.commit();
    Ok(())
}

/// Small choices drawn from random bytes, so that random edits meet each other often.
pub(super) struct Dice<'a>(pub(super) std::slice::Iter<'a, u8>);

impl Dice<'_> {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
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
        match self.roll(5) {
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

pub(super) const VERBS: usize = 70;

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
pub(super) fn any_edit(verb: usize, dice: &mut Dice<'_>) -> Edit {
    match verb {
        0 => Edit::SpliceText {
            field: FIELDS[dice.roll(FIELDS.len())].to_owned(),
            splices: (0..=dice.roll(2)).map(|_| dice.splice()).collect(),
        },
        1 => Edit::SetTitle { title: dice.maybe_words() },
        2 => Edit::SetVisit { visit: dice.document() },
        3 => Edit::Accept {},
        4 => Edit::Decline {},
        5 => Edit::Talked {},
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
        22 => Edit::AgreedAloud {},
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
        43 => Edit::WaiveNotes {},
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
            1 => Edit::MarkAsked { document: dice.yes().then(|| dice.document()) },
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
pub(super) fn fitting_edit(kind: Kind, verb: usize, bytes: &[u8]) -> Edit {
    let random = |verb| any_edit(verb, &mut Dice(bytes.iter()));
    let fitting: Vec<usize> = (0..VERBS).filter(|verb| fits(&random(*verb), kind)).collect();
    fitting.get(verb % fitting.len().max(1)).map_or(Edit::Accept {}, |verb| random(*verb))
}

/// One edit of each verb, and more of those that take several forms.
pub(super) fn samples() -> Vec<Edit> {
    let mut samples = Vec::new();
    for verb in 0..VERBS {
        for first in 0..17_u8 {
            let bytes = [first, 1, 1, 1, 1, 1, 1, 1, 1, 1];
            samples.push(any_edit(verb, &mut Dice(bytes.iter())));
        }
    }
    samples
}

/// Every verb that JSON knows, as serde lists them.
fn verbs_in_json() -> BTreeSet<String> {
    let refusal =
        serde_json::from_value::<Edit>(serde_json::json!({"verb": "?"})).expect_err("no such verb").to_string();
    refusal.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

pub(super) fn verb(edit: &Edit) -> String {
    serde_json::to_value(edit).expect("json")["verb"].as_str().expect("a verb").to_owned()
}

#[test]
fn the_samples_hold_every_verb_and_survive_json() {
    let samples = samples();
    let seen: BTreeSet<String> = samples.iter().map(verb).collect();
    assert_eq!(seen, verbs_in_json());
    for edit in samples {
        let json = serde_json::to_string(&edit).expect("json");
        assert_eq!(serde_json::from_str::<Edit>(&json).expect("json"), edit, "{json}");
    }
}

#[test]
fn json_with_anything_unknown_in_it_is_refused() {
    for edit in samples() {
        let mut json = serde_json::to_value(&edit).expect("json");
        json["score"] = 4.into();
        assert!(serde_json::from_value::<Edit>(json).is_err(), "{}", verb(&edit));
    }
    let nested = serde_json::json!({"verb": "add_event", "event": {"id": "a", "at_ms": 1, "text": "x", "rating": 3}});
    assert!(serde_json::from_value::<Edit>(nested).is_err());
    let short = serde_json::json!({"verb": "splice_text", "field": "notes", "splices": [{"at": 0, "insert": "a"}]});
    assert!(serde_json::from_value::<Edit>(short).is_ok());
}

#[test]
fn no_word_of_the_schema_evaluates_anybody() {
    fn keys(json: &serde_json::Value, into: &mut BTreeSet<String>) {
        match json {
            serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
                into.insert(key.clone());
                keys(value, into);
            }),
            serde_json::Value::Array(values) => values.iter().for_each(|value| keys(value, into)),
            _ => {}
        }
    }
    let mut words = verbs_in_json();
    samples().iter().for_each(|edit| keys(&serde_json::to_value(edit).expect("json"), &mut words));
    for kind in Kind::ALL {
        keys(&serde_json::to_value(read(*kind, &replica(*kind, 1)).model).expect("json"), &mut words);
    }
    const BANNED: [&str; 16] = [
        "score",
        "rating",
        "rank",
        "level",
        "streak",
        "badge",
        "missed",
        "attend",
        "seen_at",
        "quality",
        "percent",
        "progress",
        "points",
        "rubric",
        "stars",
        "benchmark",
    ];
    for banned in BANNED {
        assert!(words.iter().all(|word| !word.contains(banned)), "{banned}");
    }
}

fn visit_of(document: &Automerge) -> Visit {
    match read(Kind::Visit, document).model {
        Model::Visit(visit) => *visit,
        other => panic!("not a visit: {other:?}"),
    }
}

#[test]
fn a_visit_from_proposal_to_talk() {
    let mut document = replica(Kind::Visit, 1);
    let (host, visitor) = (owner(ben()), owner(ana()));
    let story = [
        (visitor, Edit::Propose { host: ben() }),
        (
            visitor,
            Edit::SpliceText {
                field: "focus".into(),
                splices: vec![Splice { at: 0, delete: 0, insert: "Who asks?".into() }],
            },
        ),
        (
            host,
            Edit::Schedule {
                when_ms: Some(1_700_000_000_000),
                minutes: Some(25),
                period: None,
                room: Some("12".into()),
            },
        ),
        (host, Edit::Accept {}),
        (host, Edit::SetInstrument { instrument: "script".parse().expect("id"), chosen: true }),
        (visitor, Edit::Begin { at_ms: None }),
        (visitor, Edit::Join {}),
        (visitor, Edit::End { at_ms: Some(1_700_000_900_000) }),
        (host, Edit::Talked {}),
    ];
    for (author, step) in &story {
        edit(Kind::Visit, &mut document, author, step).expect("a step of the story");
    }
    let reading = read(Kind::Visit, &document);
    assert_eq!((reading.problems, reading.newer), (vec![], false));
    let visit = visit_of(&document);
    assert_eq!(
        (visit.host, visit.part_of(&ana()), visit.part_of(&ben())),
        (Some(ben()), Some(Part::Visitor), Some(Part::Host))
    );
    assert_eq!(visit.answers.get(&ana()), Some(&Answer::Accepted));
    assert_eq!((visit.focus.as_str(), visit.minutes, visit.began_ms), ("Who asks?", Some(25), Some(1_700_000_000_000)));
    assert_eq!(visit.here.get(&ana()), Some(&Here::Joined));
    assert!(visit.talked);
}

#[test]
fn two_times_at_once_are_both_shown_until_one_is_settled() {
    let (mut here, mut there) = (replica(Kind::Visit, 1), replica(Kind::Visit, 2));
    let at = |when_ms| Edit::Schedule { when_ms: Some(when_ms), minutes: None, period: None, room: None };
    edit(Kind::Visit, &mut here, &owner(ana()), &at(1_000)).expect("schedule");
    edit(Kind::Visit, &mut there, &owner(ben()), &at(2_000)).expect("schedule");
    here.merge(&mut there).expect("merge");
    let visit = visit_of(&here);
    assert_eq!((visit.when_ms, visit.other_times_ms), (Some(2_000), vec![1_000]));
    assert_eq!(read(Kind::Visit, &here).problems.len(), 1);
    edit(Kind::Visit, &mut here, &owner(ana()), &at(1_000)).expect("settle");
    let reading = read(Kind::Visit, &here);
    assert_eq!((visit_of(&here).other_times_ms, reading.problems), (vec![], vec![]));
}

#[test]
fn a_beginning_elsewhere_outweighs_did_not_happen() {
    let (mut here, mut there) = (replica(Kind::Visit, 1), replica(Kind::Visit, 2));
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::DidNotHappen {}).expect("edit");
    edit(Kind::Visit, &mut there, &owner(ben()), &Edit::Begin { at_ms: None }).expect("edit");
    here.merge(&mut there).expect("merge");
    assert!(visit_of(&here).began_ms.is_some());
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::DidNotHappen {}).expect("edit");
    assert_eq!(visit_of(&here).began_ms, None);
}

#[test]
fn released_notes_hold_the_words_once_and_take_replies() {
    let mut document = replica(Kind::ReleasedNotes, 1);
    let event = Event {
        id: "e1".parse().expect("id"),
        at_ms: 5,
        speaker: None,
        label: None,
        text: "a pause".into(),
        mark: None,
    };
    let publish = Edit::Publish {
        title: None,
        text: "Line one\nLine two".into(),
        events: vec![event],
        instrument: None,
        observed_ms: None,
    };
    edit(Kind::ReleasedNotes, &mut document, &owner(ana()), &publish).expect("publish");
    let again = edit(Kind::ReleasedNotes, &mut document, &owner(ana()), &publish);
    assert!(matches!(again, Err(EditError::NotAllowed { .. })), "{again:?}");
    let typed = Edit::SpliceText { field: "notes".into(), splices: vec![] };
    assert!(matches!(edit(Kind::ReleasedNotes, &mut document, &owner(ana()), &typed), Err(EditError::Invalid { .. })));
    let host = Author { role: Role::Writer, ..owner(ben()) };
    let reply = Edit::Reply { id: "r1".parse().expect("id"), to: ReplyTo::Line(1), text: "Thank you".into() };
    edit(Kind::ReleasedNotes, &mut document, &host, &reply).expect("reply");
    let text = text_object(&document, "notes").expect("text");
    assert_eq!(document.text(&text).expect("text"), "Line one\nLine two");
    let Model::ReleasedNotes(notes) = read(Kind::ReleasedNotes, &document).model else { panic!("not released notes") };
    assert_eq!((notes.events.len(), notes.replies[0].by, &notes.replies[0].to), (1, ben(), &ReplyTo::Line(1)));
}

#[test]
fn a_number_is_no_label_and_long_words_are_refused() {
    let mut document = replica(Kind::NoteSet, 1);
    let event = |label: &str| Edit::AddEvent {
        event: Event {
            id: "e".parse().expect("id"),
            at_ms: 0,
            speaker: None,
            label: Some(label.into()),
            text: "".into(),
            mark: None,
        },
    };
    let number = edit(Kind::NoteSet, &mut document, &owner(ana()), &event("4 / 5"));
    assert!(matches!(number, Err(EditError::Instrument(InstrumentError::Number { .. }))), "{number:?}");
    let long = edit(Kind::NoteSet, &mut document, &owner(ana()), &event(&"x".repeat(SHORT_TEXT_BYTES_MAX + 1)));
    assert!(matches!(long, Err(EditError::TooLarge { .. })), "{long:?}");
    let Model::NoteSet(notes) = read(Kind::NoteSet, &document).model else { panic!("not a note set") };
    assert!(notes.events.is_empty(), "a refused edit leaves nothing behind");
}

#[test]
fn a_newer_document_is_not_edited() {
    use automerge::transaction::Transactable;
    let mut document = replica(Kind::Profile, 1);
    let mut transaction = document.transaction();
    transaction.put(automerge::ROOT, "version", 2_u64).expect("put");
    transaction.commit();
    let refused = edit(Kind::Profile, &mut document, &owner(ana()), &Edit::SetName { name: "Ana".into() });
    assert!(matches!(refused, Err(EditError::NewerVersion { found: 2, known: 1 })), "{refused:?}");
}

fn merged_both_ways(kind: Kind, here: &mut Automerge, there: &mut Automerge) -> Result<(), TestCaseError> {
    here.merge(there).expect("merge");
    there.merge(here).expect("merge");
    let (one, other) = (read(kind, here), read(kind, there));
    prop_assert_eq!(one, other);
    for field in kind.text_fields() {
        let text = |document: &Automerge| document.text(text_object(document, field).expect("text")).expect("text");
        prop_assert_eq!(text(here), text(there));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn replicas_that_edit_at_once_read_the_same_after_merging(
        kind in proptest::sample::select(Kind::ALL),
        steps in proptest::collection::vec((0_u8..12, 0..VERBS, proptest::collection::vec(any::<u8>(), 12)), 1..60),
    ) {
        let (mut here, mut there) = (replica(kind, 1), replica(kind, 2));
        for (who, verb, bytes) in steps {
            if who == 0 {
                merged_both_ways(kind, &mut here, &mut there)?;
                continue;
            }
            let change = fitting_edit(kind, verb, &bytes);
            // A refusal is as good as a success here: it must leave no trace and never panic.
            let _ = if who % 2 == 0 {
                edit(kind, &mut here, &owner(ana()), &change)
            } else {
                edit(kind, &mut there, &owner(ben()), &change)
            };
        }
        merged_both_ways(kind, &mut here, &mut there)?;
    }
}
