//! Decides what of a no is told, and to whom: to whoever asked, that they need not wait; to everybody else, nothing.

use std::borrow::Cow;

use crate::ids::PersonId;
use crate::model::Model;
use crate::model::partnership::{Answer, Partnership, PartnershipState};
use crate::model::stage::{Stage, VisitContext, stage};
use crate::model::visit::{Part, Visit};

impl Model {
    /// This document as `reader` is told of it; `owner` says whether they are among those who ask others into it.
    ///
    /// Whoever declined keeps their answer before their own eyes. To those who could ask somebody else it reads like stepping
    /// back, and to others like never having been asked.
    pub fn told_to(self, reader: &PersonId, owner: bool) -> Self {
        match self {
            Self::Visit(visit) => Self::Visit(Box::new(visit.told_to(reader, owner).into_owned())),
            Self::Partnership(partnership) => Self::Partnership(partnership.told_to(reader)),
            other => other,
        }
    }
}

impl Visit {
    /// See [`Model::told_to`]. The host stays the host, whatever they answered.
    pub fn told_to(&self, reader: &PersonId, owner: bool) -> Cow<'_, Self> {
        let declined = |(person, answer): &(&PersonId, &Answer)| **answer == Answer::Declined && *person != reader;
        let declined: Vec<PersonId> = self.answers.iter().filter(declined).map(|(person, _)| *person).collect();
        if declined.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut told = self.clone();
        for person in declined {
            if owner || self.part_of(&person) == Some(Part::Host) {
                told.answers.insert(person, Answer::Withdrew);
                continue;
            }
            told.people.remove(&person);
            told.answers.remove(&person);
            told.roles.remove(&person);
            told.here.remove(&person);
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
    /// See [`Model::told_to`]: who was asked and said no reads like one who has ended it.
    fn told_to(mut self, reader: &PersonId) -> Self {
        let mut theirs = self.answers.iter_mut().filter(|(person, _)| *person != reader);
        if let Some((_, answer)) = theirs.find(|(_, answer)| **answer == Answer::Declined) {
            *answer = Answer::Withdrew;
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
        assert_eq!(*visit.told_to(&person(3), false), visit, "whoever declined sees their own answer");
        let owner = visit.told_to(&person(2), true);
        assert_eq!((owner.answers.get(&person(3)), owner.people.len()), (Some(&Answer::Withdrew), 4));
        let other = visit.told_to(&person(4), false);
        assert!(!other.people.contains_key(&person(3)) && !other.answers.contains_key(&person(3)));
        assert_eq!(other.people.len(), 3);
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
            assert!(visit.told_to(&person(4), false).people.contains_key(&person(2)), "the host stays the host");
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
        assert_eq!((told.state, told.answers.get(&person(2))), (PartnershipState::Ended, Some(&Answer::Withdrew)));
    }
}
