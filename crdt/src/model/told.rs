//! Decides what of a no is told: that whoever said it does not take part, as of anybody who stepped back.

use std::borrow::Cow;

use crate::ids::PersonId;
use crate::model::Model;
use crate::model::partnership::{Answer, Partnership, PartnershipState};
use crate::model::stage::{Stage, VisitContext, stage};
use crate::model::visit::{Part, Visit};

impl Model {
    /// This document as `reader` is told of it.
    ///
    /// Whoever declined keeps their answer before their own eyes. To everybody else it reads as nothing but stepping back
    /// reads: nobody can tell the two apart, nor wonder why a name that was there is gone.
    pub fn told_to(self, reader: &PersonId) -> Self {
        match self {
            Self::Visit(visit) => Self::Visit(Box::new(visit.told_to(reader).into_owned())),
            Self::Partnership(partnership) => Self::Partnership(partnership.told_to(reader)),
            other => other,
        }
    }
}

impl Visit {
    /// See [`Model::told_to`]. A host cannot step back, so that theirs reads as no answer: the visit is off either way.
    pub fn told_to(&self, reader: &PersonId) -> Cow<'_, Self> {
        let declined = |(person, answer): &(&PersonId, &Answer)| **answer == Answer::Declined && *person != reader;
        let declined: Vec<PersonId> = self.answers.iter().filter(declined).map(|(person, _)| *person).collect();
        if declined.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut told = self.clone();
        for person in declined {
            if self.part_of(&person) == Some(Part::Host) {
                told.answers.remove(&person);
            } else {
                told.answers.insert(person, Answer::Withdrew);
            }
        }
        Cow::Owned(told)
    }

    /// The stage as `reader` is told of it: to everybody but whoever declined, the visit is called off.
    pub fn stage_told_to(&self, reader: &PersonId, context: &VisitContext) -> Stage {
        match stage(self, context) {
            Stage::Declined if self.answers.get(reader) != Some(&Answer::Declined) => Stage::Cancelled,
            stage => stage,
        }
    }
}

impl Partnership {
    /// See [`Model::told_to`]: who was asked and said no reads like one who has ended it, whose answer nobody keeps.
    fn told_to(mut self, reader: &PersonId) -> Self {
        let before = self.answers.len();
        self.answers.retain(|person, answer| person == reader || *answer != Answer::Declined);
        if self.answers.len() < before {
            self.state = PartnershipState::Ended;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Founding;
    use crate::model::{Kind, read};
    use crate::schema::genesis;

    fn person(seed: u8) -> PersonId {
        PersonId::from_bytes([seed; 32])
    }

    /// A visit of Ana and Chidi to Ben, who facilitates: Dara; with these answers.
    fn visit(answers: &[(u8, Answer)]) -> Visit {
        let founding = Founding::new(Kind::Visit, vec![person(1), person(2)], [0; 16]);
        let Model::Visit(mut visit) = read(Kind::Visit, &genesis(&founding)).model else { panic!("no visit") };
        visit.host = Some(person(2));
        visit.people = [(1, Part::Visitor), (2, Part::Host), (3, Part::Visitor), (4, Part::Facilitator)]
            .map(|(seed, part)| (person(seed), part))
            .into();
        visit.answers = answers.iter().map(|(seed, answer)| (person(*seed), *answer)).collect();
        *visit
    }

    #[test]
    fn a_no_is_seen_by_whoever_said_it_alone() {
        let visit = visit(&[(1, Answer::Accepted), (2, Answer::Accepted), (3, Answer::Declined)]);
        assert_eq!(*visit.told_to(&person(3)), visit, "whoever declined sees their own answer");
        for reader in [person(1), person(2), person(4)] {
            let told = visit.told_to(&reader);
            assert_eq!((told.answers.get(&person(3)), told.people.len()), (Some(&Answer::Withdrew), 4));
        }
        assert_eq!(
            visit.stage_told_to(&person(2), &VisitContext::default()),
            Stage::Proposed,
            "the other may still come"
        );
    }

    #[test]
    fn a_visit_that_somebody_declined_is_called_off_for_the_others() {
        for answers in [[(2, Answer::Declined), (1, Answer::Accepted)], [(1, Answer::Declined), (3, Answer::Declined)]]
        {
            let visit = visit(&answers);
            let (whoever_declined, context) = (person(answers[0].0), VisitContext::default());
            assert_eq!(visit.stage_told_to(&whoever_declined, &context), Stage::Declined);
            assert_eq!(visit.stage_told_to(&person(4), &context), Stage::Cancelled);
            let told = visit.told_to(&person(4));
            assert!(told.people.contains_key(&person(2)), "the host stays the host");
            assert_ne!(told.answers.get(&person(2)), Some(&Answer::Withdrew), "who never can step back");
        }
    }

    #[test]
    fn who_asked_to_be_partners_need_not_wait_and_learns_nothing_else() {
        let partnership = |said: [Answer; 2]| Partnership {
            people: vec![person(1), person(2)],
            answers: [(person(1), said[0]), (person(2), said[1])].into(),
            state: PartnershipState::Declined,
            ..Partnership::default()
        };
        let declined = partnership([Answer::Accepted, Answer::Declined]);
        assert_eq!(declined.clone().told_to(&person(2)), declined);
        let told = declined.told_to(&person(1));
        assert_eq!((told.state, told.answers.get(&person(2))), (PartnershipState::Ended, None));
    }
}
