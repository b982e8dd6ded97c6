//! The life of a visit as a state machine: the host and the visitor act at once and apart, and meet now and then. What
//! each of them then reads is foretold by a model that knows neither Automerge nor this crate's reading.

use std::collections::{BTreeMap, BTreeSet};

use automerge::Automerge;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use crate::edit::tests::{ana, ben, edit, owner, replica};
use crate::edit::{Edit, Splice};
use crate::ids::PersonId;
use crate::model::{Answer, Here, Kind, Model, Part, Stage, Visit, VisitContext, read, stage};

/// The two people, as indices: the host, and who visits.
const HOST: usize = 0;
const VISITOR: usize = 1;

/// Moments that are chosen from, an hour apart.
const MOMENTS: [i64; 3] = [1_700_000_000_000, 1_700_003_600_000, 1_700_007_200_000];
/// The moments at which somebody asks for the stage: before all of them, just after the first, and days later.
const ASKED_AT: [i64; 3] = [1_699_000_000_000, 1_700_000_060_000, 1_701_000_000_000];

fn person(who: usize) -> PersonId {
    [ana(), ben()][who]
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Accept,
    Decline,
    Withdraw,
    Schedule(usize),
    Cancel,
    Focus,
    Instrument(bool),
    Begin(usize),
    End(usize),
    Join,
    Leave,
    StopAsked,
    DidNotHappen,
    JustVisited(usize),
    Talked,
    NotTalked,
    WaiveNotes,
    AskForNotes,
}

impl Act {
    /// Whether this person may: the host does not withdraw from a room of their own, come into it, leave it, nor ask
    /// themselves to stop; no visitor waives notes for the host, or asks for them.
    fn allowed(self, who: usize) -> bool {
        match self {
            Self::Withdraw | Self::Join | Self::Leave | Self::StopAsked => who == VISITOR,
            Self::WaiveNotes | Self::AskForNotes => who == HOST,
            _ => true,
        }
    }

    /// What it takes back. What happens, or is given a time anew, is no longer called off.
    fn clears(self) -> &'static [&'static str] {
        match self {
            Self::Schedule(_) | Self::JustVisited(_) => &["cancelled", "did_not_happen"],
            Self::Begin(_) => &["cancelled", "did_not_happen", "ended", "stop_asked"],
            Self::DidNotHappen => &["began", "ended", "stop_asked", "talked", "here"],
            Self::Instrument(false) => &["instrument"],
            Self::NotTalked => &["talked"],
            Self::AskForNotes => &["notes_waived"],
            _ => &[],
        }
    }

    /// What it says.
    fn writes(self) -> Vec<(&'static str, i64)> {
        match self {
            Self::Accept => vec![("answer", 0)],
            Self::Decline => vec![("answer", 1)],
            Self::Withdraw => vec![("answer", 2)],
            Self::Schedule(at) => vec![("when", MOMENTS[at])],
            Self::Cancel => vec![("cancelled", 1)],
            Self::Focus => vec![("focus", 1)],
            Self::Instrument(chosen) => {
                if chosen {
                    vec![("instrument", 1)]
                } else {
                    vec![]
                }
            }
            Self::Begin(at) => vec![("began", MOMENTS[at])],
            Self::End(at) => vec![("ended", MOMENTS[at])],
            Self::Join => vec![("here", 1)],
            Self::Leave => vec![("here", 0)],
            Self::StopAsked => vec![("stop_asked", 1)],
            Self::DidNotHappen => vec![("did_not_happen", 1)],
            Self::JustVisited(at) => {
                vec![("when", MOMENTS[at]), ("began", MOMENTS[at]), ("ended", MOMENTS[at] + 25 * 60_000)]
            }
            Self::Talked => vec![("talked", 1)],
            Self::NotTalked | Self::AskForNotes => vec![],
            Self::WaiveNotes => vec![("notes_waived", 1)],
        }
    }

    fn edit(self) -> Edit {
        match self {
            Self::Accept => Edit::Accept {},
            Self::Decline => Edit::Decline {},
            Self::Withdraw => Edit::Withdraw {},
            Self::Schedule(at) => {
                Edit::Schedule { when_ms: Some(MOMENTS[at]), minutes: None, period: None, room: None }
            }
            Self::Cancel => Edit::Cancel {},
            Self::Focus => Edit::SpliceText {
                field: "focus".to_owned(),
                splices: vec![Splice { at: 0, delete: 0, insert: "Who waits? ".into() }],
            },
            Self::Instrument(chosen) => Edit::SetInstrument { instrument: "wait-time".parse().expect("id"), chosen },
            Self::Begin(at) => Edit::Begin { at_ms: Some(MOMENTS[at]) },
            Self::End(at) => Edit::End { at_ms: Some(MOMENTS[at]) },
            Self::Join => Edit::Join {},
            Self::Leave => Edit::Leave {},
            Self::StopAsked => Edit::StopAsked {},
            Self::DidNotHappen => Edit::DidNotHappen {},
            Self::JustVisited(at) => Edit::JustVisited { began_ms: MOMENTS[at], minutes: 25 },
            Self::Talked => Edit::Talked {},
            Self::NotTalked => Edit::NotTalked {},
            Self::WaiveNotes => Edit::WaiveNotes {},
            Self::AskForNotes => Edit::AskForNotes {},
        }
    }
}

/// A place that one value is kept in, and what was ever written there: of writings that did not know of each other, all
/// stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Place {
    written: BTreeMap<u32, i64>,
    gone: BTreeSet<u32>,
}

impl Place {
    fn stands(&self) -> Vec<i64> {
        let mut stands: Vec<i64> =
            self.written.iter().filter(|(writing, _)| !self.gone.contains(writing)).map(|(_, value)| *value).collect();
        stands.sort_unstable();
        stands.dedup();
        stands
    }

    fn clear(&mut self) {
        self.gone.extend(self.written.keys());
    }

    fn count(&self) -> usize {
        self.written.keys().filter(|writing| !self.gone.contains(writing)).count()
    }

    /// Whether it is foretold what becomes of writing `value` here. Of several writings that stand, Automerge shows one;
    /// writing that very value keeps it and takes the others away. Which one it is depends on how it counts operations.
    fn is_foretold(&self, value: i64) -> bool {
        self.count() < 2 || !self.stands().contains(&value)
    }

    /// Saying again what stands there says nothing.
    fn write(&mut self, writing: u32, value: i64) {
        if self.count() == 1 && self.stands() == [value] {
            return;
        }
        self.clear();
        self.written.insert(writing, value);
    }

    fn merge(&mut self, other: &Self) {
        self.written.extend(&other.written);
        self.gone.extend(&other.gone);
    }
}

/// What one of the two knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known(BTreeMap<(&'static str, usize), Place>);

impl Known {
    fn clear(&mut self, name: &'static str) {
        self.0.entry((name, 0)).or_default().clear();
    }

    fn stands(&self, name: &'static str, of: usize) -> Vec<i64> {
        self.0.get(&(name, of)).map(Place::stands).unwrap_or_default()
    }

    fn said(&self, name: &'static str) -> bool {
        self.stands(name, 0).contains(&1)
    }

    fn answer(&self, who: usize) -> Option<Answer> {
        let answers = [Answer::Accepted, Answer::Declined, Answer::Withdrew];
        self.stands("answer", who).first().map(|answer| answers[usize::try_from(*answer).expect("small")])
    }

    /// Whether the visitor is in the room, or has left it, where they said so.
    fn here(&self) -> Option<i64> {
        self.stands("here", 0).first().copied()
    }

    fn act(&mut self, who: usize, act: Act, writing: u32) {
        for name in act.clears() {
            self.clear(name);
        }
        // Whoever begins it has not left it.
        if matches!(act, Act::Begin(_)) && who == VISITOR && self.here() == Some(0) {
            self.clear("here");
        }
        for (name, value) in act.writes() {
            let of = if name == "answer" { who } else { 0 };
            self.0.entry((name, of)).or_default().write(writing, value);
        }
    }

    /// Whether it is foretold what comes of this.
    fn foretells(&self, act: Act) -> bool {
        act.writes().iter().all(|(name, value)| self.0.get(&(*name, 0)).is_none_or(|place| place.is_foretold(*value)))
    }

    fn merge(&mut self, other: &Self) {
        for (name, place) in &other.0 {
            self.0.entry(*name).or_default().merge(place);
        }
    }

    /// The stage, told as the story is told: the latest thing that happened decides.
    fn stage(&self, context: &VisitContext) -> Stage {
        let began = self.stands("began", 0).first().copied();
        let (ended, stopped) = (!self.stands("ended", 0).is_empty(), self.said("stop_asked"));
        let talked = self.said("talked") || context.debrief_talked;
        let released = context.released_by.contains(&person(VISITOR));
        let over = began.is_some() || ended || stopped || released;
        let withdrew = self.answer(VISITOR) == Some(Answer::Withdrew);
        let out = withdrew || self.answer(VISITOR) == Some(Answer::Declined);
        let watched = !ended && !stopped && !released && !out && self.here() != Some(0);
        match () {
            () if talked => Stage::Closed,
            () if context.debrief_begun => Stage::Debriefing,
            () if began.is_some_and(|began| context.now_ms < began + 4 * 60 * 60_000) && watched => Stage::Observing,
            () if over && self.said("notes_waived") => Stage::Closed,
            () if over => Stage::WrittenUp,
            () if self.said("did_not_happen") => Stage::DidNotHappen,
            () if self.said("cancelled") || withdrew => Stage::Cancelled,
            () if [HOST, VISITOR].iter().any(|who| self.answer(*who) == Some(Answer::Declined)) => Stage::Declined,
            () if self.stands("when", 0).is_empty() => Stage::Proposed,
            () if [HOST, VISITOR].iter().any(|who| self.answer(*who) != Some(Answer::Accepted)) => Stage::Proposed,
            () if self.said("focus") && self.said("instrument") => Stage::Prepared,
            () => Stage::Scheduled,
        }
    }
}

/// What the model knows of both.
#[derive(Debug, Clone)]
struct Foretold {
    known: [Known; 2],
    writings: u32,
}

#[derive(Debug, Clone)]
enum Step {
    Does { who: usize, act: Act },
    Meet,
}

struct Life;

impl ReferenceStateMachine for Life {
    type State = Foretold;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Foretold> {
        let mut known = Known::default();
        known.act(VISITOR, Act::Accept, 0); // whoever proposes has accepted
        Just(Foretold { known: [known.clone(), known], writings: 1 }).boxed()
    }

    fn transitions(_: &Foretold) -> BoxedStrategy<Step> {
        let at = 0..MOMENTS.len();
        let act = prop_oneof![
            3 => Just(Act::Accept),
            1 => Just(Act::Decline),
            1 => Just(Act::Withdraw),
            3 => at.clone().prop_map(Act::Schedule),
            1 => Just(Act::Cancel),
            2 => Just(Act::Focus),
            2 => any::<bool>().prop_map(Act::Instrument),
            2 => at.clone().prop_map(Act::Begin),
            2 => at.clone().prop_map(Act::End),
            2 => Just(Act::Join),
            2 => Just(Act::Leave),
            1 => Just(Act::StopAsked),
            1 => Just(Act::DidNotHappen),
            1 => at.prop_map(Act::JustVisited),
            2 => Just(Act::Talked),
            2 => Just(Act::NotTalked),
            1 => Just(Act::WaiveNotes),
            1 => Just(Act::AskForNotes),
        ];
        prop_oneof![3 => (0_usize..2, act).prop_map(|(who, act)| Step::Does { who, act }), 1 => Just(Step::Meet)]
            .boxed()
    }

    fn preconditions(state: &Foretold, step: &Step) -> bool {
        match step {
            Step::Does { who, act } => !act.allowed(*who) || state.known[*who].foretells(*act),
            Step::Meet => true,
        }
    }

    fn apply(mut state: Foretold, step: &Step) -> Foretold {
        match step {
            Step::Does { who, act } if act.allowed(*who) => {
                state.known[*who].act(*who, *act, state.writings);
                state.writings += 1;
            }
            Step::Does { .. } => {}
            Step::Meet => {
                let [one, other] = &mut state.known;
                one.merge(other);
                other.merge(one);
            }
        }
        state
    }
}

struct Two([Automerge; 2]);

impl Two {
    fn visit(&self, who: usize) -> Visit {
        match read(Kind::Visit, &self.0[who]).model {
            Model::Visit(visit) => *visit,
            other => panic!("a visit reads as {other:?}"),
        }
    }

    fn assert_as_foretold(&self, who: usize, known: &Known) {
        let visit = self.visit(who);
        for one in [HOST, VISITOR] {
            assert_eq!(visit.answers.get(&person(one)).copied(), known.answer(one), "the answer of {one}");
        }
        let mut times: Vec<i64> = visit.when_ms.into_iter().chain(visit.other_times_ms.iter().copied()).collect();
        times.sort_unstable();
        assert_eq!(times, known.stands("when", 0), "the times that stand");
        assert_eq!(visit.began_ms, known.stands("began", 0).first().copied(), "began");
        assert_eq!(visit.ended_ms, known.stands("ended", 0).last().copied(), "ended");
        let here = visit.here.get(&person(VISITOR)).map(|here| i64::from(*here == Here::Joined));
        let nobody = known.said("did_not_happen") && known.stands("began", 0).is_empty();
        assert_eq!(here, known.here().filter(|_| !nobody), "whether the visitor is in the room");
        for (name, said) in [
            ("cancelled", visit.cancelled),
            ("did_not_happen", visit.did_not_happen),
            ("stop_asked", visit.stop_asked),
            ("talked", visit.talked),
            ("notes_waived", visit.notes_waived),
        ] {
            assert_eq!(said, known.said(name), "{name}");
        }
        for now_ms in ASKED_AT {
            for released_by in [BTreeSet::new(), BTreeSet::from([person(VISITOR)])] {
                for (debrief_begun, debrief_talked) in [(false, false), (true, false), (true, true)] {
                    let released_by = released_by.clone();
                    let context = VisitContext { now_ms, released_by, debrief_begun, debrief_talked };
                    assert_eq!(stage(&visit, &context), known.stage(&context), "{context:?} of {visit:?}");
                }
            }
        }
    }
}

impl StateMachineTest for Two {
    type SystemUnderTest = Two;
    type Reference = Life;

    fn init_test(_: &Foretold) -> Two {
        let mut one = replica(Kind::Visit, 1);
        let invite = Edit::Invite { person: person(VISITOR), part: Part::Visitor };
        edit(Kind::Visit, &mut one, &owner(person(HOST)), &invite).expect("invited");
        let mut other = replica(Kind::Visit, 2);
        other.merge(&mut one).expect("merged");
        let propose =
            [Edit::Invite { person: person(HOST), part: Part::Visitor }, Edit::Propose { host: person(HOST) }];
        for change in propose {
            edit(Kind::Visit, &mut other, &owner(person(VISITOR)), &change).expect("proposed");
        }
        one.merge(&mut other).expect("merged");
        Two([one, other])
    }

    fn apply(mut two: Two, foretold: &Foretold, step: Step) -> Two {
        match step {
            Step::Does { who, act } => {
                let before = two.0[who].get_heads();
                let done = edit(Kind::Visit, &mut two.0[who], &owner(person(who)), &act.edit());
                assert_eq!(done.is_ok(), act.allowed(who), "{act:?} by {who}: {done:?}");
                assert!(act.allowed(who) || two.0[who].get_heads() == before, "what is refused leaves no trace");
                two.assert_as_foretold(who, &foretold.known[who]);
            }
            Step::Meet => {
                let [one, other] = &mut two.0;
                one.merge(other).expect("merged");
                other.merge(one).expect("merged");
                assert_eq!(two.visit(HOST), two.visit(VISITOR), "both read the same");
                two.assert_as_foretold(HOST, &foretold.known[HOST]);
                two.assert_as_foretold(VISITOR, &foretold.known[VISITOR]);
            }
        }
        two
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_visit_lives_as_foretold(sequential 1..40 => Two);
}
