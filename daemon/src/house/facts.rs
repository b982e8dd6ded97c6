//! Decides what a document tells of itself for lists, and what a visit's notes, debrief and mirror mean for its stage.

use std::collections::{BTreeMap, BTreeSet};

use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{FreePeriods, Model, OpenDoor, Part, Run, Visit, VisitContext};
use serde::{Deserialize, Serialize};

use super::answers::{PersonAnswer, VisitFacts, VisitPerson};
use super::cards::CardSaid;
use super::goals::GoalSaid;

/// Which shape of [`Said`] this is: one more whenever it says something new, so that rows kept by an earlier version of
/// Rounds are read from their documents again.
pub(super) const SAID_VERSION: u32 = 4;

/// What is kept of one document so that lists need not open it. All of it can be read from the document again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    /// [`SAID_VERSION`] when it was read.
    pub version: u32,
    /// A visit, with the beginnings of its texts.
    pub visit: Option<Box<Visit>>,
    /// A debrief in which something was written or begun.
    pub begun: bool,
    /// A debrief whose people said that they talked.
    pub talked: bool,
    /// Notes that went out, or the words that came.
    pub released: bool,
    /// Notes with something in them.
    pub written: bool,
    /// A mirror with something in it.
    pub reflected: bool,
    /// A profile whose owner lets partners see that their computer is on.
    pub shows_here: bool,
    /// A goal: where it is, and what of it has a date.
    pub goal: Option<GoalSaid>,
    /// An open door, all of it.
    pub door: Option<Box<OpenDoor>>,
    /// When somebody is free, all of it: a list is told when it is another time.
    pub free: Option<Box<FreePeriods>>,
    /// A card whose people are asked whether others may see it: what they answered.
    pub card: Option<CardSaid>,
    /// How many answers released notes hold: a list is told when there is one more.
    pub answers: usize,
    /// Which version an instrument is that people build: whoever is offered it is told when it becomes another.
    pub built: Option<u32>,
}

impl Said {
    /// What a document says.
    pub(super) fn of(model: &Model) -> Self {
        let mut said = Self { version: SAID_VERSION, ..Self::default() };
        match model {
            Model::Visit(visit) => {
                // Lists show nothing of the talk before it, and no map.
                said.visit = Some(Box::new(Visit { run: Run::default(), seats: Vec::new(), ..(**visit).clone() }));
            }
            Model::NoteSet(notes) => {
                said.released = !notes.released.is_empty();
                said.written = !notes.notes.is_blank() || !notes.events.is_empty();
            }
            Model::ReleasedNotes(notes) => {
                said.released = notes.published;
                said.answers = notes.replies.len();
            }
            Model::Debrief(debrief) => {
                said.begun = debrief.has_begun();
                said.talked = debrief.talked;
            }
            Model::Mirror(mirror) => {
                let texts = [&mirror.keep, &mirror.start, &mirror.stop, &mirror.ideas];
                said.reflected = texts.into_iter().any(|text| !text.is_blank());
            }
            Model::Profile(profile) => said.shows_here = profile.shows_here,
            Model::Goal(goal) => said.goal = Some(GoalSaid::of(goal)),
            Model::OpenDoor(door) => said.door = Some(Box::new(door.clone())),
            Model::Binder(_) | Model::Partnership(_) | Model::GoalFeedback(_) | Model::TryLog(_) => {}
            Model::Instrument(own) => said.built = Some(own.version),
            Model::FreePeriods(free) => said.free = Some(Box::new(free.clone())),
            Model::ShownCard(card) => said.card = Some(CardSaid::of(card)),
            Model::StrategyCard(_) | Model::Vocabulary(_) | Model::Timetable(_) => {}
            Model::SuccessCard(_) | Model::Resource(_) => {}
        }
        said
    }
}

/// What belongs to one visit, gathered from every document that names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// Whose notes of it went out.
    released_by: BTreeSet<PersonId>,
    begun: bool,
    talked: bool,
    /// This person's notes with words in them that went to nobody.
    held: bool,
    /// Released notes that this person has not looked at since they came.
    unread: bool,
    /// Somebody answered notes that this person released, and they have not looked since.
    answered: bool,
    /// This person wrote in their mirror of it.
    reflected: bool,
}

impl Around {
    /// Takes in one document that names the visit, by `owners`; `me` is who is told.
    pub(super) fn take(&mut self, said: &Said, owners: &[PersonId], me: PersonId, unread: bool) {
        let own = owners == [me];
        if said.released {
            self.released_by.extend(owners);
        }
        self.begun |= said.begun;
        self.talked |= said.talked;
        self.held |= own && said.written && !said.released;
        self.reflected |= own && said.reflected;
        self.unread |= !own && said.released && unread;
        self.answered |= own && said.released && unread;
    }

    pub(super) fn context(&self, now_ms: i64) -> VisitContext {
        VisitContext {
            now_ms,
            released_by: self.released_by.clone(),
            debrief_begun: self.begun,
            debrief_talked: self.talked,
        }
    }
}

/// Whether a document by these people may speak of a visit: somebody outside it does not move its stage.
pub(super) fn speaks_of(visit: &Visit, owners: &[PersonId]) -> bool {
    owners.iter().all(|owner| visit.people.contains_key(owner))
}

/// What a list, and the page, are told of a visit; `reader` is who is told.
pub(super) fn facts(
    visit: &Visit,
    around: &Around,
    reader: &PersonId,
    now_ms: i64,
    named: impl Fn(&PersonId) -> PersonAnswer,
) -> VisitFacts {
    let stage = visit.stage_told_to(reader, &around.context(now_ms));
    let visit = visit.told_to(reader);
    let people = visit.people.iter().map(|(person, part)| VisitPerson {
        person: named(person),
        part: *part,
        answer: visit.answers.get(person).copied(),
    });
    VisitFacts {
        stage,
        // Whoever is visited stands first, and then the others as their ids come.
        people: {
            let mut people: Vec<VisitPerson> = people.collect();
            people.sort_by_key(|one| one.part != Part::Host);
            people
        },
        visit_kind: visit.visit_kind,
        door: visit.door,
        when_ms: visit.when_ms.or(visit.began_ms),
        minutes: visit.minutes,
        period: visit.period.clone(),
        room: visit.room.clone(),
        focus: visit.focus.clone(),
        debrief: visit.debrief.clone(),
        notes_waived: visit.notes_waived,
        notes_held: around.held,
        notes_unread: around.unread,
        answers_unread: around.answered,
        reflected: around.reflected,
    }
}

/// Each visit's surroundings, from one walk over the rows.
pub(super) type Surroundings = BTreeMap<DocumentId, Around>;

#[cfg(test)]
mod tests {
    use rounds_crdt::access::Founding;
    use rounds_crdt::model::{Answer, Kind, Stage, read};
    use rounds_crdt::schema::genesis;

    use super::*;

    fn ana() -> PersonId {
        PersonId::from_bytes([1; 32])
    }

    fn ben() -> PersonId {
        PersonId::from_bytes([2; 32])
    }

    fn visit() -> Box<Visit> {
        let founding = Founding::new(Kind::Visit, vec![ana(), ben()], [0; 16]);
        let Model::Visit(mut visit) = read(Kind::Visit, &genesis(&founding)).model else { panic!("no visit") };
        visit.host = Some(ben());
        visit.people.insert(ben(), Part::Host);
        visit.answers = [(ana(), Answer::Accepted), (ben(), Answer::Accepted)].into();
        visit.when_ms = Some(1_000);
        visit
    }

    fn stage_of(around: &Around) -> Stage {
        facts(&visit(), around, &ana(), 2_000, |id| PersonAnswer { id: *id, name: String::new() }).stage
    }

    #[test]
    fn a_visit_that_nobody_set_a_time_for_was_when_it_began() {
        let told = |visit: &Visit| {
            let name = |id: &PersonId| PersonAnswer { id: *id, name: String::new() };
            facts(visit, &Around::default(), &ana(), 2_000, name).when_ms
        };
        let begun = Visit { when_ms: None, began_ms: Some(1_500), ..*visit() };
        assert_eq!((told(&begun), told(&Visit { when_ms: None, ..*visit() })), (Some(1_500), None));
        assert_eq!(told(&Visit { began_ms: Some(1_500), ..*visit() }), Some(1_000));
    }

    #[test]
    fn notes_and_debriefs_move_a_visit_on() {
        let mut around = Around::default();
        assert_eq!(stage_of(&around), Stage::Scheduled);
        let held = Said { written: true, ..Said::default() };
        around.take(&held, &[ana()], ana(), false);
        assert_eq!((stage_of(&around), around.held), (Stage::Scheduled, true));
        around.take(&Said { released: true, ..Said::default() }, &[ben()], ana(), true);
        assert_eq!((stage_of(&around), around.unread), (Stage::WrittenUp, true));
        around.take(&Said { begun: true, ..Said::default() }, &[ben()], ana(), false);
        assert_eq!(stage_of(&around), Stage::Debriefing);
        around.take(&Said { begun: true, talked: true, ..Said::default() }, &[ben()], ana(), false);
        assert_eq!(stage_of(&around), Stage::Closed);
    }

    #[test]
    fn a_mirror_moves_nothing_and_is_seen_by_its_owner_alone() {
        let said = Said { reflected: true, ..Said::default() };
        let (mut own, mut theirs) = (Around::default(), Around::default());
        own.take(&said, &[ana()], ana(), false);
        theirs.take(&said, &[ben()], ana(), true);
        assert_eq!((own.reflected, own.held, stage_of(&own)), (true, false, Stage::Scheduled));
        assert_eq!(theirs, Around::default());
    }

    #[test]
    fn notes_that_went_out_are_no_longer_held() {
        let mut around = Around::default();
        around.take(&Said { written: true, released: true, ..Said::default() }, &[ana()], ana(), true);
        assert!(!around.held && !around.unread);
        assert!(around.answered, "what changed in them since came from somebody else");
        let mut theirs = Around::default();
        theirs.take(&Said { released: true, ..Said::default() }, &[ben()], ana(), true);
        assert!(!theirs.answered, "an answer is news to whoever released the notes");
    }

    #[test]
    fn somebody_outside_a_visit_does_not_speak_of_it() {
        assert!(speaks_of(&visit(), &[ana(), ben()]));
        assert!(!speaks_of(&visit(), &[PersonId::from_bytes([9; 32])]));
        assert!(!speaks_of(&visit(), &[ana(), PersonId::from_bytes([9; 32])]));
    }

    #[test]
    fn what_a_document_said_is_kept_as_it_was_read() {
        for said in [Said::of(&Model::Visit(visit())), Said::default(), Said { written: true, ..Said::default() }] {
            let text = serde_json::to_string(&said).expect("JSON");
            assert_eq!(serde_json::from_str::<Said>(&text).expect("JSON"), said);
        }
    }
}
