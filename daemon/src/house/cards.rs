//! Decides how people are asked whether others may see a card they are named in, whom it is shown to then, and that it is
//! shown to nobody for longer than all of them wish.
//!
//! What its author writes is theirs alone. Asking makes another document, of the words as they stand, for the author and the
//! people named in it. Only when each of them has said yes can anybody else be let in, and when one of them takes that back
//! the author's computer ends everybody else's access. Until they hear of that, others' computers show it no longer, as soon
//! as they hear of the answer.

use std::collections::BTreeMap;

use rounds_crdt::access::{Access, Role};
use rounds_crdt::edit::Edit;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{Kind, Model, ShownCard};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::PersonAnswer;
use super::keeper::{Keeper, now_ms};
use super::{House, Trouble, TroubleCode};

/// What is kept of a card so that lists need not open it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CardSaid {
    people: Vec<PersonId>,
    answers: BTreeMap<PersonId, bool>,
    may_be_seen: bool,
}

/// What a list says of the words of a success card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardFacts {
    /// Who wrote it.
    pub by: PersonAnswer,
    /// Who is named in it.
    pub people: Vec<PersonAnswer>,
    /// Everybody named in it has said that others may see it.
    pub may_be_seen: bool,
    /// For somebody named in it: whether they have not answered yet.
    pub asks_me: bool,
}

impl CardSaid {
    pub(super) fn of(card: &ShownCard) -> Self {
        let ShownCard { people, answers, .. } = card.clone();
        Self { people, answers, may_be_seen: card.may_be_seen().is_ok() }
    }

    /// Whether others than its author and the people named in it may see it.
    pub(super) fn may_be_seen(&self) -> bool {
        self.may_be_seen
    }
}

/// Whose card it is: one of several people would be said for somebody by another, and counts as none.
fn author_of(access: &Access) -> Option<PersonId> {
    match access.founding.owners.as_slice() {
        [author] if access.founding.kind == Kind::ShownCard => Some(*author),
        _ => None,
    }
}

/// Who reads a card without being its author or named in it.
fn outsiders(access: &Access, named: &[PersonId]) -> Vec<PersonId> {
    let inside = |person: &PersonId| named.contains(person) || access.founding.owners.contains(person);
    access.readers().filter(|person| !inside(person)).collect()
}

impl Keeper {
    /// Whether a document is shown to this person: what is no card is, their own is and one they are named in, and another's
    /// while everybody named in it wishes so.
    pub(super) fn is_shown_of_cards(&self, id: &DocumentId) -> bool {
        let Some(access) = self.replica.access(id) else { return false };
        if access.founding.kind != Kind::ShownCard {
            return true;
        }
        let card = self.catalog.row(id).and_then(|row| row.said.card.as_ref());
        match author_of(access) {
            Some(author) if author == self.person => true,
            Some(_) => card.is_some_and(|card| card.may_be_seen || card.people.contains(&self.person)),
            None => false,
        }
    }

    /// Refuses a card that is not shown to this person, who may have read it a moment ago.
    pub(super) fn shown_of_cards(&mut self, id: &DocumentId) -> Result<(), Trouble> {
        if self.is_shown_of_cards(id) {
            return Ok(());
        }
        self.load_catalog()?;
        if self.is_shown_of_cards(id) {
            return Ok(());
        }
        let unread = self.catalog.row(id).is_none_or(|row| row.said.card.is_none());
        Err(if unread { Trouble::arriving() } else { Trouble::no_document() })
    }

    pub(super) fn card_facts(&self, id: &DocumentId, card: &CardSaid) -> Option<CardFacts> {
        let author = author_of(self.replica.access(id)?)?;
        Some(CardFacts {
            by: self.person_answer(&author),
            people: card.people.iter().map(|person| self.person_answer(person)).collect(),
            may_be_seen: card.may_be_seen,
            asks_me: card.people.contains(&self.person) && !card.answers.contains_key(&self.person),
        })
    }

    /// The words of a card as they stand become a new document, which everybody named in it reads, and answers.
    fn ask_people(&mut self, id: DocumentId) -> Result<(DocumentId, u64), Trouble> {
        let text = self.here(&id)?.document.text("text").unwrap_or_default();
        let Model::SuccessCard(card) = self.model(&id)? else {
            return Err(Trouble::new(TroubleCode::BadRequest, "that document is no success card"));
        };
        let people: Vec<PersonId> = card.people.into_iter().filter(|person| *person != self.person).collect();
        people.iter().try_for_each(|person| self.partner_known(*person))?;
        self.all_have_come(&card.asked)?;
        let asked = self.found(Kind::ShownCard, &[])?;
        let ask =
            Edit::AskPeople { title: card.title, text: text.trim().into(), tags: card.tags, people: people.clone() };
        self.begin_with(asked, vec![ask])?;
        self.edit_here(id, &Edit::MarkAsked { document: asked, asked: true }, &[])?;
        for person in people {
            self.grant_known(asked, person, Role::Writer)?;
        }
        self.end_asking(id, &card.asked)?;
        Ok((asked, self.last_commit()))
    }

    /// Nobody else reads what people were asked about, and nobody is asked any more.
    fn take_card_back(&mut self, id: DocumentId) -> Result<u64, Trouble> {
        let Model::SuccessCard(card) = self.model(&id)? else {
            return Err(Trouble::new(TroubleCode::BadRequest, "that document is no success card"));
        };
        self.all_have_come(&card.asked)?;
        self.end_asking(id, &card.asked)?;
        Ok(self.last_commit())
    }

    /// Whether everything people were asked about can be taken back from here.
    fn all_have_come(&self, asked: &[DocumentId]) -> Result<(), Trouble> {
        if asked.iter().any(|asked| self.replica.access(asked).is_none() && !self.replica.is_forgotten(asked)) {
            let trouble = "some of it was shown from another of your computers and has not come here yet";
            return Err(Trouble::new(TroubleCode::Unavailable, trouble).hint("take it back there, or when it has come"));
        }
        Ok(())
    }

    /// Takes what people were asked about from all of them, and notes that it is over.
    fn end_asking(&mut self, id: DocumentId, asked: &[DocumentId]) -> Result<(), Trouble> {
        for document in asked {
            if self.replica.access(document).is_some_and(|access| author_of(access) == Some(self.person)) {
                self.take_from_everybody(*document)?;
                self.load_catalog()?;
                self.catalog.set_binned(*document, Some(now_ms()));
            }
            self.edit_here(id, &Edit::MarkAsked { document: *document, asked: false }, &[])?;
        }
        Ok(())
    }

    /// Ends everybody else's access to an own card that is over. Of what is none, nothing changes.
    pub(super) fn take_from_everybody(&mut self, id: DocumentId) -> Result<(), Trouble> {
        let own = self.replica.access(&id).filter(|access| author_of(access) == Some(self.person));
        for person in own.map(|access| outsiders(access, &[])).unwrap_or_default() {
            self.grant_known(id, person, Role::None)?;
        }
        Ok(())
    }

    /// Whether all whom an own card was taken from have heard of it; of what is none, they have.
    pub(super) fn all_have_heard(&self, id: &DocumentId) -> bool {
        let own = self.replica.access(id).filter(|access| author_of(access) == Some(self.person));
        let former = own.into_iter().flat_map(|access| {
            access.people().into_iter().filter(|person| *person != self.person && access.role(person) == Role::None)
        });
        former.flat_map(|person| self.devices_of(person)).all(|device| !self.replica.is_marked(&device, id))
    }

    /// Lets somebody see a card, or no longer: nobody before everybody named in it said so, and nobody named in it loses it.
    pub(super) fn show_card(&mut self, id: DocumentId, person: PersonId, role: Role) -> Result<u64, Trouble> {
        let Model::ShownCard(card) = self.model(&id)? else { return Err(Trouble::no_document()) };
        let refused = |why: String| Err(Trouble::new(TroubleCode::Refused, why));
        match role {
            Role::None if card.people.contains(&person) => refused(
                "whoever is named in a card can read it for as long as it is there, and take their yes back".into(),
            ),
            Role::None => self.grant_known(id, person, Role::None),
            _ if card.people.contains(&person) => Ok(self.last_commit()),
            Role::Reader => match card.may_be_seen() {
                Ok(()) if self.all_can_answer(&id, &card.people) => self.grant_known(id, person, Role::Reader),
                Ok(()) => refused("this was taken back: whoever is named in it could not take their yes back".into()),
                Err(why) => refused(why.to_string()),
            },
            Role::Writer | Role::Owner => refused("the words of a card stay as they are; others may read them".into()),
        }
    }

    /// Whether everybody named in a card can still read it and take their yes back.
    fn all_can_answer(&self, id: &DocumentId, named: &[PersonId]) -> bool {
        self.replica.access(id).is_some_and(|access| named.iter().all(|person| access.role(person) >= Role::Writer))
    }

    /// Sees to it that nobody reads an own card who may not see it: somebody named in it took their yes back.
    pub(super) fn close_cards(&mut self) {
        let own = |id: &DocumentId| self.replica.access(id).filter(|access| author_of(access) == Some(self.person));
        let closing: Vec<(DocumentId, Vec<PersonId>)> = self
            .catalog
            .withheld_cards()
            .filter_map(|(id, card)| Some((id, outsiders(own(&id)?, &card.people))))
            .collect();
        for (id, outsiders) in closing {
            for person in outsiders {
                if let Err(trouble) = self.grant_known(id, person, Role::None) {
                    tracing::error!(document = %id, code = ?trouble.code, "a card could not be closed");
                }
            }
        }
    }

    /// Whether a document holds the words of a success card.
    pub(super) fn is_card(&self, id: &DocumentId) -> bool {
        self.replica.access(id).is_some_and(|access| access.founding.kind == Kind::ShownCard)
    }

    /// An answer has come to a card: it is read as soon as this turn is over, not at leisure.
    pub(super) fn look_at_card_soon(&self, id: &DocumentId) {
        if self.is_card(id) {
            self.later()(Box::new(Keeper::refresh_catalog));
        }
    }
}

impl House {
    /// Whether a document holds the words of a success card.
    pub(super) async fn is_shown_card(&self, id: DocumentId) -> Result<bool, Trouble> {
        self.call(move |keeper| Ok(keeper.is_card(&id))).await
    }

    /// Asks everybody named in a card whether others may see it: the document of its words.
    pub async fn ask_people(&self, card: DocumentId) -> Result<DocumentId, Trouble> {
        let (asked, commit) = self.with_open(card, move |keeper| keeper.ask_people(card)).await?;
        self.saved(commit).await?;
        Ok(asked)
    }

    /// Takes back what people were asked.
    pub async fn take_card_back(&self, card: DocumentId) -> Result<(), Trouble> {
        let commit = self.with_open(card, move |keeper| keeper.take_card_back(card)).await?;
        self.saved(commit).await
    }
}

#[cfg(test)]
mod tests {
    use rounds_crdt::access::Founding;

    use super::*;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 32])
    }

    #[test]
    fn a_card_has_one_author() {
        let of = |owners: Vec<PersonId>, kind| Access::new(Founding::new(kind, owners, [0; 16]));
        assert_eq!(author_of(&of(vec![person(1)], Kind::ShownCard)), Some(person(1)));
        assert_eq!(author_of(&of(vec![person(1), person(2)], Kind::ShownCard)), None);
        assert_eq!(author_of(&of(vec![person(1)], Kind::StrategyCard)), None);
    }

    #[test]
    fn a_row_is_kept_as_it_was_read() {
        let said = CardSaid { people: vec![person(1)], answers: [(person(1), true)].into(), may_be_seen: true };
        let text = serde_json::to_string(&said).expect("JSON");
        assert_eq!(serde_json::from_str::<CardSaid>(&text).expect("JSON"), said);
    }
}
