//! Decides how the past of a document is told, by day and by stretch of writing, never by keystroke or hour, and how it is left behind.

use rounds_crdt::access::Role;
use rounds_crdt::edit::Edit;
use rounds_crdt::edit::text::typed;
use rounds_crdt::edit::timetabling::said_again;
use rounds_crdt::edit::visiting::planned_again;
use rounds_crdt::ids::{ChangeHash, DeviceId, DocumentId, PersonId};
use rounds_crdt::model::{Debrief, DebriefPlan, Kind, Model, OwnInstrument, Run, Visit};

use super::answers::{ANSWER_SCHEMA, HistoryAnswer, HistoryPoint, SpanAnswer};
use super::documents::text_field;
use super::goals::{is_of_several, written_anew};
use super::keeper::Keeper;
use super::{House, Trouble, TroubleCode};

impl Keeper {
    fn history(&mut self, id: DocumentId, field: Option<String>, at: Option<&str>) -> Result<HistoryAnswer, Trouble> {
        self.may_look_back(&id)?;
        let open = self.here(&id)?;
        // What has no text has a past all the same.
        let field = match field {
            None if open.document.kind().text_fields().is_empty() => None,
            field => Some(text_field(open.document.kind(), field.as_deref())?),
        };
        let point = match at {
            Some(at) => Some(parse_point(at)?),
            None => None,
        };
        let text_of = |field| match &point {
            Some(point) => open.document.text_at(field, std::slice::from_ref(point)).ok_or_else(|| no_point(id)),
            None => Ok(open.document.text(field).unwrap_or_default()),
        };
        let text = field.map(text_of).transpose()?;
        if let (None, Some(point)) = (field, &point) {
            open.document.at(std::slice::from_ref(point)).ok_or_else(|| no_point(id))?;
        }
        let spans = field.and_then(|field| open.document.spans(field, point.as_ref().map(std::slice::from_ref)));
        let sessions = open.document.sessions();
        let person =
            |device: DeviceId| self.replica.directory().person(&device).map(|person| self.person_answer(&person));
        let points = sessions.into_iter().map(|session| HistoryPoint {
            point: hex(session.point),
            day_ms: session.day,
            person: person(session.device),
        });
        let points = points.collect();
        let spans = spans
            .into_iter()
            .flatten()
            .map(|span| SpanAnswer { person: span.device.and_then(person), text: span.text.into() });
        Ok(HistoryAnswer { schema: ANSWER_SCHEMA, points, spans: spans.collect(), text: text.map(Into::into) })
    }
}

impl Keeper {
    /// Whether this person may see what a document was. What somebody shows of themself is to be seen as it is: when they
    /// chose it, and what they showed before, is theirs.
    pub(super) fn may_look_back(&self, id: &DocumentId) -> Result<(), Trouble> {
        let kind = self.replica.access(id).map(|access| access.founding.kind);
        if matches!(kind, Some(Kind::FreePeriods | Kind::Profile)) && self.replica.role(id) < Role::Owner {
            return Err(Trouble::new(
                TroubleCode::Refused,
                "what somebody shows of themself has no history for others",
            ));
        }
        Ok(())
    }
}

/// A new document that begins with what another one says.
struct CleanCopy {
    /// Whom it is founded with.
    others: Vec<PersonId>,
    edits: Vec<Edit>,
}

impl Keeper {
    /// What a copy of a document consists of, as it stood at a point or stands now.
    fn clean_copy(&mut self, id: DocumentId, at: Option<&str>) -> Result<CleanCopy, Trouble> {
        if self.replica.role(&id) < Role::Owner {
            return Err(Trouble::new(TroubleCode::Refused, "only its owners start a clean copy of a document"));
        }
        let own = self.person;
        let owners = self.replica.access(&id).map(|access| access.founding.owners.clone()).unwrap_or_default();
        let point = at.map(parse_point).transpose()?;
        let model = self.model(&id)?;
        let open = self.here(&id)?;
        let mut edits: Vec<Edit> = match model {
            Model::NoteSet(notes) => {
                let instrument = notes.instrument.map(|instrument| Edit::FreezeInstrument { instrument });
                let events = notes.events.into_iter().map(|event| Edit::AddEvent { event });
                let ended = notes.observed_ms.map(|observed_ms| Edit::EndObserving { observed_ms });
                let lesson = notes.own_lesson_ms.map(|when_ms| Edit::SetOwnLesson { when_ms: Some(when_ms) });
                begun(notes.visit, notes.title)
                    .into_iter()
                    .chain(lesson)
                    .chain(instrument)
                    .chain(events)
                    .chain(ended)
                    .collect()
            }
            Model::Debrief(debrief) if has_entries(&debrief) => {
                let trouble = "this debrief holds entries of several people, which only they can write again";
                return Err(Trouble::new(TroubleCode::Conflict, trouble));
            }
            Model::Debrief(debrief) => {
                begun(debrief.visit, debrief.title).into_iter().chain(chosen(debrief.run)).collect()
            }
            Model::Mirror(mirror) => begun(mirror.visit, None).into_iter().chain(chosen(mirror.run)).collect(),
            Model::Goal(goal) if is_of_several(&goal, own) => {
                let trouble = "this goal holds entries of two people, which only they can write again";
                return Err(Trouble::new(TroubleCode::Conflict, trouble));
            }
            Model::Goal(goal) => written_anew(*goal, own),
            Model::StrategyCard(card) => {
                let title = card.title.map(|title| Edit::SetTitle { title: Some(title) });
                title.into_iter().chain([Edit::SetTags { tags: card.tags }]).collect()
            }
            Model::Visit(visit) => planned_anew(*visit, own, &owners),
            Model::Instrument(own) => built_anew(*own),
            Model::Timetable(timetable) => said_again(&timetable),
            Model::SuccessCard(card) => {
                let people = card.people.into_iter().map(|person| Edit::NamePerson { person, named: true });
                let tags = Edit::SetTags { tags: card.tags };
                // Its words may still be before others: they are taken back from wherever the card is.
                let asked = card.asked.into_iter().map(|document| Edit::MarkAsked { document, asked: true });
                begun(card.visit, card.title).into_iter().chain([tags]).chain(people).chain(asked).collect()
            }
            Model::Resource(resource) => {
                let link = resource.link.map(|link| Edit::SetLink { link: Some(link) });
                let reference = resource.reference.map(|words| Edit::SetReference { reference: Some(words) });
                let tags = Edit::SetTags { tags: resource.tags };
                begun(None, resource.title).into_iter().chain(link).chain(reference).chain([tags]).collect()
            }
            Model::Partnership(partnership) if !partnership.state.is_over() => {
                let trouble = "this partnership goes on: a clean copy begins it anew once it has ended";
                return Err(Trouble::new(TroubleCode::Conflict, trouble));
            }
            Model::Partnership(partnership) => {
                let cadence = partnership.cadence.map(|cadence| Edit::SetCadence { cadence: Some(cadence) });
                [Edit::Accept {}].into_iter().chain(begun(None, partnership.title)).chain(cadence).collect()
            }
            Model::TryLog(log) => log.entries.into_iter().map(|entry| Edit::AddTryOut { entry }).collect(),
            _ => {
                let trouble = "a clean copy can be made of a visit’s plan, notes, a debrief, a mirror, a goal, a try-out log, a card, a resource, an instrument, a timetable and a partnership";
                return Err(Trouble::new(TroubleCode::Refused, trouble));
            }
        };
        for field in open.document.kind().text_fields() {
            let text = match &point {
                Some(point) => open.document.text_at(field, std::slice::from_ref(point)).ok_or_else(|| no_point(id))?,
                None => open.document.text(field).unwrap_or_default(),
            };
            edits.extend(typed(field, &text));
        }
        Ok(CleanCopy { others: owners.into_iter().filter(|owner| *owner != own).collect(), edits })
    }
}

fn begun(visit: Option<DocumentId>, title: Option<rounds_crdt::model::Words>) -> Vec<Edit> {
    let visit = visit.map(|visit| Edit::SetVisit { visit });
    visit.into_iter().chain(title.map(|title| Edit::SetTitle { title: Some(title) })).collect()
}

/// The plan of another visit like this one, between those who founded it. Those are asked anew; it has no time yet, since one at
/// the same time would be the same visit; and what became of this one, with its notes and its talk, stays with it.
fn planned_anew(visit: Visit, own: PersonId, owners: &[PersonId]) -> Vec<Edit> {
    let mut edits = Vec::new();
    edits.extend(visit.host.filter(|host| owners.contains(host)).map(|host| Edit::Propose { host }));
    edits.extend(planned_again(&visit));
    // What a visit serves is for whoever is visited to say.
    if visit.host == Some(own) && visit.goal.is_some() {
        edits.push(Edit::SetGoal { goal: visit.goal, label: visit.goal_label });
    }
    if visit.minutes.is_some() || visit.room.is_some() {
        edits.push(Edit::Schedule { when_ms: None, minutes: visit.minutes, period: None, room: visit.room });
    }
    let debrief = visit.debrief.filter(|plan| !matches!(plan, DebriefPlan::At { .. }));
    edits.extend(debrief.map(|plan| Edit::PlanDebrief { plan: Some(plan) }));
    edits.extend(chosen(visit.run));
    edits
}

/// An instrument as edits, label by label.
fn built_anew(own: OwnInstrument) -> Vec<Edit> {
    let mut edits = vec![Edit::SetShape { shape: own.shape }];
    edits.extend(own.title.map(|title| Edit::SetTitle { title: Some(title) }));
    edits.extend(own.labels.into_iter().map(|label| Edit::AddLabel { id: label.id, text: label.text }));
    edits.push(Edit::SetSpeakers { speakers: own.speakers });
    edits.extend(own.interval_seconds.map(|seconds| Edit::SetInterval { seconds: Some(seconds) }));
    edits.extend(own.minutes.map(|minutes| Edit::SetUsualMinutes { minutes: Some(minutes) }));
    edits
}

/// The protocol of a copy; nothing of it is begun there.
fn chosen(run: Run) -> Option<Edit> {
    run.protocol.map(|protocol| Edit::FreezeProtocol { protocol: Some(protocol) })
}

fn has_entries(debrief: &Debrief) -> bool {
    let lists = [debrief.entries.is_empty(), debrief.next_steps.is_empty(), debrief.watch_next_time.is_empty()];
    lists.contains(&false) || !debrief.thanks.is_empty()
}

pub(super) fn no_point(id: DocumentId) -> Trouble {
    Trouble::new(TroubleCode::NotFound, "this document has no such point").hint(format!("rounds history {id}"))
}

impl House {
    /// A new document of the words as they stand, or as they stood at a point, without how they came to be. The one it
    /// was made from stays as it is.
    pub async fn start_clean_copy(&self, id: DocumentId, at: Option<String>) -> Result<DocumentId, Trouble> {
        let (copy, commit) = self
            .with_open(id, move |keeper| {
                let CleanCopy { others, edits } = keeper.clean_copy(id, at.as_deref())?;
                let kind = keeper.here(&id)?.document.kind();
                let copy = keeper.found(kind, &others)?;
                let (copy, begun) = keeper.begin_with(copy, edits)?;
                if kind != Kind::Goal || others.is_empty() {
                    return Ok((copy, begun));
                }
                // Two who share a goal have somebody to hear from at once.
                keeper.ensure_feedback(copy)?;
                Ok((copy, keeper.last_commit()))
            })
            .await?;
        self.saved(commit).await?;
        Ok(copy)
    }

    /// How a document came to be, and a text as it stood at a point.
    pub async fn history(
        &self,
        id: DocumentId,
        field: Option<String>,
        at: Option<String>,
    ) -> Result<HistoryAnswer, Trouble> {
        self.with_open(id, move |keeper| keeper.history(id, field, at.as_deref())).await
    }
}

pub(super) fn hex(hash: ChangeHash) -> String {
    data_encoding::HEXLOWER.encode(hash.as_bytes())
}

pub(super) fn parse_point(point: &str) -> Result<ChangeHash, Trouble> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(point.as_bytes()).ok();
    let hash = bytes.and_then(|bytes| ChangeHash::from_slice(&bytes).ok());
    hash.ok_or_else(|| {
        Trouble::new(TroubleCode::BadRequest, "a point is 64 hexadecimal digits").hint("rounds history ID")
    })
}
