//! Decides how a goal and the feedback on it keep together: founded, shared, put away and copied as one thing.

use std::collections::BTreeMap;

use rounds_crdt::access::{Access, Founding, Role};
use rounds_crdt::edit::Edit;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{Day, Goal, GoalState, Kind, Words};
use serde::{Deserialize, Serialize};

use super::answers::{DueAction, GoalFacts, PersonAnswer};
use super::keeper::Keeper;
use super::{Trouble, TroubleCode};

/// Actions with a date that are kept of one goal for lists: a term's worth, soonest first.
const DUE_MAX: usize = 32;

/// What is kept of a goal so that lists need not open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct GoalSaid {
    state: GoalState,
    due: Vec<DueSaid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DueSaid {
    on: Day,
    text: Words,
    done: Vec<PersonId>,
}

impl GoalSaid {
    pub(super) fn of(goal: &Goal) -> Self {
        let dated = goal.actions.iter().filter_map(|action| {
            Some(DueSaid { on: action.due?, text: action.text.clone(), done: action.done.clone() })
        });
        let mut due: Vec<DueSaid> = dated.collect();
        due.sort_by_key(|one| one.on);
        due.truncate(DUE_MAX);
        Self { state: goal.state, due }
    }

    /// What an owner's list says; others are not reminded of what is not theirs to do.
    pub(super) fn facts(
        &self,
        owners: &[PersonId],
        me: PersonId,
        feedback: Option<DocumentId>,
        feedback_unread: bool,
        named: impl Fn(&PersonId) -> PersonAnswer,
    ) -> GoalFacts {
        let resting = matches!(self.state, GoalState::Met | GoalState::SetAside);
        let mine = owners.contains(&me) && !resting;
        let due = self.due.iter().filter(|one| mine && !one.done.contains(&me));
        GoalFacts {
            state: self.state,
            owners: owners.iter().map(named).collect(),
            due: due.map(|one| DueAction { on: one.on, text: one.text.clone() }).collect(),
            feedback,
            feedback_unread,
        }
    }
}

impl Keeper {
    fn goal_founding(&self, goal: &DocumentId) -> Option<Founding> {
        let founding = &self.replica.access(goal)?.founding;
        (founding.kind == Kind::Goal).then(|| founding.clone())
    }

    /// The feedback on a goal, when there is any that this person may read.
    pub(super) fn feedback_of(&self, goal: &DocumentId) -> Option<DocumentId> {
        let id = self.goal_founding(goal)?.of_feedback()?.id();
        (self.replica.role(&id) >= Role::Reader).then_some(id)
    }

    /// Which goal each feedback is on, as far as this person may read both.
    pub(super) fn goals_by_feedback(&self) -> BTreeMap<DocumentId, DocumentId> {
        let goals = self.replica.documents().filter(|id| self.replica.role(id) >= Role::Reader);
        goals.filter_map(|goal| Some((self.feedback_of(&goal)?, goal))).collect()
    }

    /// The goal that a feedback is on.
    pub(super) fn goal_of(&self, feedback: &DocumentId) -> Option<DocumentId> {
        let access = self.replica.access(feedback)?;
        if access.founding.kind != Kind::GoalFeedback {
            return None;
        }
        self.replica.documents().find(|goal| {
            let founding = self.goal_founding(goal).and_then(|founding| founding.of_feedback());
            founding.is_some_and(|founding| founding.id() == *feedback)
        })
    }

    /// Founds the feedback on an own goal, unless it is there: another owner may have founded the very same.
    pub(super) fn ensure_feedback(&mut self, goal: DocumentId) -> Result<DocumentId, Trouble> {
        let founding = self.goal_founding(&goal).and_then(|founding| founding.of_feedback());
        let founding = founding.ok_or_else(Trouble::no_document)?;
        let id = founding.id();
        if self.replica.access(&id).is_none() {
            self.begin_founding(founding)?;
        }
        Ok(id)
    }

    /// A goal is read, and its feedback written, by the people named on it: both or neither.
    pub(super) fn share_goal(&mut self, goal: DocumentId, person: PersonId, role: Role) -> Result<u64, Trouble> {
        if role >= Role::Writer {
            let trouble = Trouble::new(
                TroubleCode::Refused,
                "a goal is its owners' to write; who may read it can write feedback beside it",
            );
            return Err(trouble.hint(format!("rounds share {goal} --with NAME --as reader")));
        }
        let named = |access: &Access| access.people().contains(&person);
        let named_before = self.replica.access(&goal).is_some_and(named);
        self.grant_known(goal, person, role)?;
        if role == Role::Reader {
            let feedback = self.ensure_feedback(goal)?;
            self.grant_known(feedback, person, Role::Writer)?;
        } else if named_before {
            // Another owner may have shared it, and word of the feedback not have come yet: what ends on the goal ends
            // beside it all the same, since the stricter of two grants holds.
            let feedback = self.ensure_feedback(goal)?;
            if self.replica.access(&feedback).is_some_and(named) {
                self.grant_known(feedback, person, Role::None)?;
            } else {
                self.grant_anew(feedback, person, Role::None)?;
            }
        }
        Ok(self.last_commit())
    }
}

/// Whether somebody else put down anything in a goal, or ticked it, which only they can do again.
pub(super) fn is_of_several(goal: &Goal, me: PersonId) -> bool {
    let actions = goal.actions.iter().flat_map(|one| std::iter::once(&one.by).chain(&one.done));
    let beside = goal.evidence.iter().map(|one| &one.by).chain(goal.check_ins.iter().map(|one| &one.by));
    actions.chain(beside).any(|by| *by != me)
}

/// A goal's plan as edits, by the owner who wrote all of it.
pub(super) fn written_anew(goal: Goal, me: PersonId) -> Vec<Edit> {
    let mut edits = vec![Edit::SetGoalState { state: goal.state }];
    edits.extend(goal.title.map(|title| Edit::SetTitle { title: Some(title) }));
    edits.extend(goal.measured_with.map(|name| Edit::SetMeasuredWith { instrument: Some(name) }));
    let known: Vec<_> = goal.actions.iter().map(|action| action.id.clone()).collect();
    for action in goal.actions {
        let done = action.done.contains(&me);
        edits.push(Edit::AddAction { id: action.id.clone(), how: action.how, text: action.text, due: action.due });
        if done {
            edits.push(Edit::TickAction { id: action.id, done });
        }
    }
    edits.extend(goal.evidence.into_iter().map(|one| Edit::AddEvidence {
        id: one.id,
        document: one.document,
        label: one.label,
        action: one.action.filter(|action| known.contains(action)),
    }));
    edits.extend(goal.check_ins.into_iter().map(|one| Edit::AddCheckIn { id: one.id, on: one.on, text: one.text }));
    edits
}

#[cfg(test)]
mod tests {
    use rounds_crdt::model::{Action, ActionKind, Evidence, Model, read};
    use rounds_crdt::schema::genesis;

    use super::*;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 32])
    }

    fn goal(state: GoalState) -> Goal {
        let founding = Founding::new(Kind::Goal, vec![person(1), person(2)], [0; 16]);
        let Model::Goal(mut goal) = read(Kind::Goal, &genesis(&founding)).model else { panic!("no goal") };
        let action = |id: &str, due: Option<&str>, done| Action {
            id: id.parse().expect("an id"),
            by: person(1),
            how: ActionKind::Try,
            text: id.into(),
            due: due.map(|due| due.parse().expect("a day")),
            done,
        };
        goal.state = state;
        goal.actions = vec![
            action("whenever", None, vec![]),
            action("later", Some("2026-03-09"), vec![]),
            action("sooner", Some("2026-03-02"), vec![person(1)]),
        ];
        *goal
    }

    fn due_for(state: GoalState, me: u8) -> Vec<String> {
        let owners = [person(1), person(2)];
        let named = |id: &PersonId| PersonAnswer { id: *id, name: String::new() };
        let facts = GoalSaid::of(&goal(state)).facts(&owners, person(me), None, false, named);
        facts.due.iter().map(|due| due.text.as_str().to_owned()).collect()
    }

    #[test]
    fn what_is_due_is_what_this_owner_has_not_done() {
        assert_eq!(due_for(GoalState::Improve, 1), ["later"]);
        assert_eq!(due_for(GoalState::Improve, 2), ["sooner", "later"]);
        assert!(due_for(GoalState::Improve, 3).is_empty(), "a reader is reminded of nothing");
        assert!(due_for(GoalState::SetAside, 1).is_empty());
        assert!(due_for(GoalState::Met, 1).is_empty());
    }

    #[test]
    fn what_another_owner_ticked_or_linked_is_theirs_to_write_again() {
        let own = || goal(GoalState::Learn);
        assert!(!is_of_several(&own(), person(1)));
        let mut ticked = own();
        ticked.actions[0].done = vec![person(1), person(2)];
        assert!(is_of_several(&ticked, person(1)));
        let mut linked = own();
        linked.evidence.push(Evidence {
            id: "e".parse().expect("an id"),
            by: person(2),
            document: Founding::new(Kind::NoteSet, vec![person(2)], [0; 16]).id(),
            label: "Notes".into(),
            action: None,
        });
        assert!(is_of_several(&linked, person(1)));
        assert!(is_of_several(&own(), person(2)), "and what another wrote");
    }

    #[test]
    fn a_row_is_kept_as_it_was_read() {
        let said = GoalSaid::of(&goal(GoalState::Learn));
        let bytes = postcard::to_allocvec(&said).expect("postcard");
        assert_eq!(postcard::from_bytes::<GoalSaid>(&bytes).expect("postcard"), said);
    }
}
