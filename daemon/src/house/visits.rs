//! Decides what a proposed visit, a new note set or debrief, and the release of notes consist of.

use rounds_crdt::access::Role;
use rounds_crdt::edit::{Edit, Splice};
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{Answer, Kind, Model, Part};

use super::answers::{CreateDocument, ProposePart, ProposeVisit};
use super::keeper::Keeper;
use super::{House, Trouble, TroubleCode};

/// Who is let into the talk about a visit.
#[derive(Debug, Clone, Default)]
struct TalkedOverBy {
    /// The host and the visitors.
    owners: Vec<PersonId>,
    /// Whoever helps them talk.
    guests: Vec<PersonId>,
}

impl Keeper {
    pub(super) fn partner_known(&self, person: PersonId) -> Result<(), Trouble> {
        if person == self.person {
            return Err(Trouble::new(TroubleCode::BadRequest, "this needs somebody else"));
        }
        match self.replica.directory().certs_of(person).next() {
            Some(_) => Ok(()),
            None => {
                Err(Trouble::new(TroubleCode::NotFound, "there is no partner with this id").hint("rounds people list"))
            }
        }
    }

    fn propose(&mut self, visit: ProposeVisit) -> Result<(DocumentId, u64), Trouble> {
        let host = match (visit.with, visit.part) {
            (Some(_), Some(ProposePart::Host)) | (None, Some(ProposePart::Host) | None) => self.person,
            (Some(with), _) => with,
            (None, Some(ProposePart::Visitor)) => {
                return Err(Trouble::new(TroubleCode::BadRequest, "say whom you visit").hint("rounds people list"));
            }
        };
        visit.with.map_or(Ok(()), |with| self.partner_known(with))?;
        let goal = visit.goal.map(|goal| self.own_goal(goal, host)).transpose()?;
        let just_visited = match (visit.just_visited, visit.when_ms, visit.length_minutes) {
            (false, ..) => None,
            (true, Some(began_ms), Some(minutes)) => Some(Edit::JustVisited { began_ms, minutes }),
            (true, ..) => {
                let missing = "a visit that has taken place began at a time, and lasted for so long";
                return Err(Trouble::new(TroubleCode::BadRequest, missing));
            }
        };
        let id = self.found(Kind::Visit, visit.with.as_slice())?;
        let mut edits = vec![Edit::Propose { host }];
        edits.extend(visit.visit_kind.map(|visit_kind| Edit::SetVisitKind { visit_kind }));
        if let Some(just_visited) = just_visited {
            edits.push(just_visited);
        } else if visit.when_ms.is_some() || visit.length_minutes.is_some() {
            edits.push(Edit::Schedule {
                when_ms: visit.when_ms,
                minutes: visit.length_minutes,
                period: None,
                room: None,
            });
        }
        if let Some(focus) = visit.focus.filter(|focus| !focus.is_blank()) {
            edits.push(Edit::SpliceText {
                field: "focus".into(),
                splices: vec![Splice { at: 0, delete: 0, insert: focus }],
            });
        }
        edits.extend(goal.map(|goal| Edit::SetGoal { goal: Some(goal), label: visit.goal_label }));
        self.begin_with(id, edits)
    }

    /// What is looked at is the host's to choose, from goals of their own.
    fn own_goal(&self, goal: DocumentId, host: PersonId) -> Result<DocumentId, Trouble> {
        if host != self.person {
            return Err(Trouble::new(TroubleCode::BadRequest, "the goal of a visit is chosen by whoever is visited"));
        }
        let access = self.replica.access(&goal).filter(|_| self.replica.role(&goal) == Role::Owner);
        match access {
            Some(access) if access.founding.kind == Kind::Goal => Ok(goal),
            Some(_) => Err(Trouble::new(TroubleCode::BadRequest, "that document is not a goal")),
            None => Err(Trouble::no_document()),
        }
    }

    /// A new document's first edits; when one is refused the document goes again, as nobody has seen it.
    pub(super) fn begin_with(&mut self, id: DocumentId, edits: Vec<Edit>) -> Result<(DocumentId, u64), Trouble> {
        if let Err(trouble) = self.edits_here(id, &edits) {
            self.open.remove(&id);
            self.catalog.remove(&id);
            if let Ok(effects) = self.replica.forget(id) {
                self.perform(effects, Vec::new());
            }
            return Err(trouble);
        }
        Ok((id, self.last_commit()))
    }

    fn create(&mut self, wanted: CreateDocument, people: &TalkedOverBy) -> Result<(DocumentId, u64), Trouble> {
        let mut edits = Vec::new();
        if let Some(visit) = wanted.visit {
            edits.push(Edit::SetVisit { visit });
        }
        if let Some(title) = wanted.title.filter(|title| !title.is_blank()) {
            edits.push(Edit::SetTitle { title: Some(title) });
        }
        let owners: Vec<PersonId> = match (wanted.kind, wanted.with) {
            (Kind::NoteSet | Kind::Mirror | Kind::TryLog | Kind::Goal, None) => Vec::new(),
            (Kind::StrategyCard | Kind::Vocabulary | Kind::SuccessCard | Kind::Resource, None) => Vec::new(),
            (Kind::Timetable | Kind::FreePeriods, None) => Vec::new(),
            (Kind::NoteSet | Kind::Mirror, Some(_)) => Vec::new(),
            (Kind::Instrument, None) => Vec::new(),
            (Kind::Goal | Kind::Instrument, Some(with)) => {
                self.partner_known(with)?;
                vec![with]
            }
            (Kind::Debrief, _) => people.owners.iter().copied().filter(|person| *person != self.person).collect(),
            (Kind::Partnership, Some(with)) => {
                self.partner_known(with)?;
                edits.insert(0, Edit::Accept {});
                vec![with]
            }
            (Kind::Partnership, None) => {
                return Err(Trouble::new(TroubleCode::BadRequest, "say with whom the partnership is"));
            }
            _ => {
                return Err(Trouble::new(
                    TroubleCode::BadRequest,
                    "only a note set, a debrief, a mirror, a partnership, a goal, a try-out log, a card, a resource, a vocabulary, an instrument, a timetable or free periods are made like this",
                ));
            }
        };
        let id = self.found(wanted.kind, &owners)?;
        let begun = self.begin_with(id, edits)?;
        if wanted.kind == Kind::Debrief {
            // Whoever is a guest in the talk may write in it, and can be shown out.
            for guest in &people.guests {
                self.grant_known(id, *guest, Role::Writer)?;
            }
            return Ok((id, self.last_commit()));
        }
        if wanted.kind == Kind::Goal && !owners.is_empty() {
            // Two who share a goal have somebody to hear from at once.
            self.ensure_feedback(id)?;
        }
        Ok(begun)
    }

    /// The finished words of a note set become a new document, without the drafting, that the hosts hold a copy of.
    fn release(&mut self, notes: DocumentId, hosts: &[PersonId]) -> Result<(DocumentId, u64), Trouble> {
        if self.replica.role(&notes) < Role::Owner {
            return Err(Trouble::new(TroubleCode::Refused, "only the visitor who wrote notes releases them"));
        }
        let text = self.here(&notes)?.document.text("notes").unwrap_or_default();
        let Model::NoteSet(notes_model) = self.model(&notes)? else {
            return Err(Trouble::new(TroubleCode::BadRequest, "only a note set can be released"));
        };
        let publish = Edit::Publish {
            title: notes_model.title,
            text: text.into(),
            events: notes_model.events,
            instrument: notes_model.instrument,
            observed_ms: notes_model.observed_ms,
            replaces: notes_model.released,
        };
        let released = self.found(Kind::ReleasedNotes, &[])?;
        let mut edits: Vec<Edit> = notes_model.visit.map(|visit| Edit::SetVisit { visit }).into_iter().collect();
        edits.push(publish);
        self.begin_with(released, edits)?;
        self.edit_here(notes, &Edit::MarkReleased { document: released }, &[])?;
        for host in hosts {
            self.grant_known(released, *host, Role::Writer)?;
        }
        Ok((released, self.last_commit()))
    }
}

impl House {
    /// Proposes a visit; whoever proposes has accepted.
    pub async fn propose_visit(&self, visit: ProposeVisit) -> Result<DocumentId, Trouble> {
        let (id, commit) = self.call(move |keeper| keeper.propose(visit)).await?;
        self.saved(commit).await?;
        Ok(id)
    }

    /// Makes a note set, a debrief, a mirror, a partnership, a goal, a try-out log, a card, a resource or a vocabulary.
    pub async fn create_document(&self, wanted: CreateDocument) -> Result<DocumentId, Trouble> {
        let people = match wanted.visit {
            Some(visit) if wanted.kind == Kind::Debrief => self.talked_over_by(visit).await?,
            Some(visit) => self.people_of_visit(visit).await.map(|_| TalkedOverBy::default())?,
            None => TalkedOverBy::default(),
        };
        let (id, commit) = self.call(move |keeper| keeper.create(wanted, &people)).await?;
        self.saved(commit).await?;
        Ok(id)
    }

    /// Releases a note set to the hosts of its visit.
    pub async fn release_notes(&self, notes: DocumentId) -> Result<DocumentId, Trouble> {
        let visit = self
            .with_open(notes, move |keeper| match keeper.model(&notes)? {
                Model::NoteSet(notes) => Ok(notes.visit),
                _ => Err(Trouble::new(TroubleCode::BadRequest, "only a note set can be released")),
            })
            .await?;
        let people = match visit {
            Some(visit) => self.people_of_visit(visit).await?,
            None => Vec::new(),
        };
        let own = self.person;
        let hosts: Vec<PersonId> = people
            .into_iter()
            .filter(|(person, part)| *part == Part::Host && *person != own)
            .map(|(person, _)| person)
            .collect();
        let (released, commit) = self.with_open(notes, move |keeper| keeper.release(notes, &hosts)).await?;
        self.saved(commit).await?;
        Ok(released)
    }

    /// Whose a talk about a visit is: who takes part in it, and not who said no.
    async fn talked_over_by(&self, visit: DocumentId) -> Result<TalkedOverBy, Trouble> {
        self.with_open(visit, move |keeper| {
            let Model::Visit(visit) = keeper.model(&visit)? else {
                return Err(Trouble::new(TroubleCode::BadRequest, "that document is not a visit"));
            };
            let (own, mut by) = (keeper.person, TalkedOverBy::default());
            if visit.people.get(&own) == Some(&Part::Facilitator) {
                let trouble = "a talk is begun by whoever takes part in the visit";
                return Err(Trouble::new(TroubleCode::Refused, trouble));
            }
            for (person, part) in &visit.people {
                let said_no = matches!(visit.answers.get(person), Some(Answer::Declined | Answer::Withdrew));
                match part {
                    _ if said_no && *person != own => {}
                    Part::Host | Part::Visitor => by.owners.push(*person),
                    Part::Facilitator => by.guests.push(*person),
                }
            }
            Ok(by)
        })
        .await
    }

    async fn people_of_visit(&self, visit: DocumentId) -> Result<Vec<(PersonId, Part)>, Trouble> {
        self.with_open(visit, move |keeper| match keeper.model(&visit)? {
            Model::Visit(visit) => Ok(visit.people.into_iter().collect()),
            _ => Err(Trouble::new(TroubleCode::BadRequest, "that document is not a visit")),
        })
        .await
    }
}
