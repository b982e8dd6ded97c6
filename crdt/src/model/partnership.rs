//! Decides what two partners have said to each other, and what that makes of their partnership.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::model::reader::Reader;
use crate::model::words::{Words, vocabulary};

vocabulary! {
    /// What somebody answered to an invitation.
    pub enum Answer {
        /// They come.
        Accepted = "accepted",
        /// They do not; no reason is asked.
        Declined = "declined",
        /// They had accepted and step back; no reason is asked.
        Withdrew = "withdrew",
    }
}

vocabulary! {
    /// How often the two mean to visit each other; a wish, never counted.
    pub enum Cadence {
        /// Every week.
        EveryWeek = "every_week",
        /// Every two weeks.
        EveryTwoWeeks = "every_two_weeks",
        /// Every month.
        EveryMonth = "every_month",
        /// Every term.
        EveryTerm = "every_term",
        /// No plan.
        WhenWeCan = "when_we_can",
    }
}

/// What the answers make of a partnership.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartnershipState {
    /// Somebody has not answered yet; invitations never expire.
    #[default]
    Invited,
    /// Both accepted.
    Accepted,
    /// Both accepted and one asked for a pause.
    Paused,
    /// Somebody declined.
    Declined,
    /// Somebody ended it.
    Ended,
}

impl PartnershipState {
    /// Whether nothing more becomes of it: the two may ask each other anew, in another one.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Declined | Self::Ended)
    }
}

/// Two people who visit each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Partnership {
    /// What they call it.
    pub title: Option<Words>,
    /// The two people.
    pub people: Vec<PersonId>,
    /// What each answered.
    pub answers: BTreeMap<PersonId, Answer>,
    /// Derived from the answers.
    pub state: PartnershipState,
    /// How often they mean to visit.
    pub cadence: Option<Cadence>,
    /// Who agreed that what is seen stays between them.
    pub agreed_confidential: Vec<PersonId>,
    /// Who agreed to talk within a day of a visit.
    pub agreed_debrief_within_a_day: Vec<PersonId>,
    /// They agreed in person; nobody asks again.
    pub agreed_aloud: bool,
    /// The journal's beginning.
    pub journal: Words,
}

impl Partnership {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        let people: Vec<PersonId> = reader.set("people");
        let answers = reader.answers_of_each("answers");
        let (paused, ended) = (reader.flag(&root, "paused"), reader.flag(&root, "ended"));
        Self {
            title: reader.short(&root, "title"),
            state: state(&people, &answers, paused, ended),
            people,
            answers,
            cadence: reader.choice(&root, "cadence"),
            agreed_confidential: reader.each_who_agreed("agreed_confidential"),
            agreed_debrief_within_a_day: reader.each_who_agreed("agreed_debrief_within_a_day"),
            agreed_aloud: reader.flag(&root, "agreed_aloud"),
            journal: reader.excerpt("journal"),
        }
    }
}

fn state(people: &[PersonId], answers: &BTreeMap<PersonId, Answer>, paused: bool, ended: bool) -> PartnershipState {
    let said = |answer| people.iter().filter(|person| answers.get(person) == Some(&answer)).count();
    if ended || said(Answer::Withdrew) > 0 {
        return PartnershipState::Ended;
    }
    if said(Answer::Declined) > 0 {
        return PartnershipState::Declined;
    }
    if people.is_empty() || said(Answer::Accepted) < people.len() {
        return PartnershipState::Invited;
    }
    if paused { PartnershipState::Paused } else { PartnershipState::Accepted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partnership_is_what_its_people_said() {
        let (ana, ben) = (PersonId::from_bytes([1; 32]), PersonId::from_bytes([2; 32]));
        let stranger = PersonId::from_bytes([3; 32]);
        let of = |ana_said: Option<Answer>, ben_said: Option<Answer>, paused, ended| {
            let answers = [(ana, ana_said), (ben, ben_said), (stranger, Some(Answer::Declined))];
            let answers = answers.into_iter().filter_map(|(person, said)| Some((person, said?))).collect();
            state(&[ana, ben], &answers, paused, ended)
        };
        let yes = Some(Answer::Accepted);
        assert_eq!(of(None, None, false, false), PartnershipState::Invited);
        assert_eq!(of(yes, None, true, false), PartnershipState::Invited);
        assert_eq!(of(yes, yes, false, false), PartnershipState::Accepted);
        assert_eq!(of(yes, yes, true, false), PartnershipState::Paused);
        assert_eq!(of(yes, Some(Answer::Declined), false, false), PartnershipState::Declined);
        assert_eq!(of(yes, yes, true, true), PartnershipState::Ended);
        assert_eq!(state(&[], &BTreeMap::new(), false, false), PartnershipState::Invited);
    }
}
