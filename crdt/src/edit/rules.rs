//! Decides who may do what: one table of verb, kind and who, then the few rules that depend on what the document says.

use crate::access::Role;
use crate::edit::{Author, Edit, EditError, commenting};
use crate::ids::PersonId;
use crate::model::bounds::CARD_PEOPLE_MAX;
use crate::model::{
    Comment, Debrief, Filling, Goal, ItemId, Kind, Model, Part, Timetable as Week, TimetableError, Visit,
    fits as fits_notes,
};

use Kind::{
    Binder, Debrief as Talk, FreePeriods, Goal as Goals, GoalFeedback, Instrument, Mirror, NoteSet, OpenDoor,
    Partnership, Profile, ReleasedNotes, Resource, ShownCard, StrategyCard, SuccessCard, Timetable, TryLog,
    Visit as Visits, Vocabulary,
};
use Part::{Facilitator, Host, Visitor};

/// Who may do something. Whoever has less than the role of a writer may do nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The founding owners.
    Owners,
    /// Everybody who may write.
    Writers,
    /// Writers with one of these parts in the visit.
    Parts(&'static [Part]),
}

use Who::{Owners, Parts, Writers};

const BOTH: Who = Parts(&[Host, Visitor]);
const ALL: Who = Parts(&[Host, Visitor, Facilitator]);
const GUESTS: Who = Parts(&[Visitor, Facilitator]);

/// The kinds of document a verb belongs to, and who may do it there.
fn rules(edit: &Edit) -> &'static [(Kind, Who)] {
    match edit {
        Edit::SpliceText { field, .. } if field == "focus" => &[(Visits, BOTH)],
        Edit::SpliceText { .. } => &[
            (Partnership, Owners),
            (Visits, Writers),
            (NoteSet, Owners),
            (Talk, Writers),
            (Mirror, Owners),
            (Goals, Owners),
            (StrategyCard, Owners),
            (Instrument, Writers),
            (SuccessCard, Owners),
            (Resource, Owners),
        ],
        // In every document with a live text: see `who`.
        Edit::Comment { .. }
        | Edit::ReplyToComment { .. }
        | Edit::EditComment { .. }
        | Edit::RemoveComment { .. }
        | Edit::SettleComment { .. } => &[],
        Edit::SetTitle { .. } => &[
            (Partnership, Owners),
            (NoteSet, Owners),
            (Talk, Owners),
            (Goals, Owners),
            (StrategyCard, Owners),
            (Instrument, Writers),
            (SuccessCard, Owners),
            (Resource, Owners),
        ],
        Edit::SetVisit { .. } => {
            &[(NoteSet, Owners), (ReleasedNotes, Owners), (Talk, Owners), (Mirror, Owners), (SuccessCard, Owners)]
        }
        Edit::Accept {} | Edit::Decline {} => &[(Partnership, Owners), (Visits, ALL)],
        Edit::Talked {} | Edit::NotTalked {} => &[(Visits, BOTH), (Talk, Owners)],

        Edit::SetName { .. }
        | Edit::SetRoleLabel { .. }
        | Edit::SetGrades { .. }
        | Edit::SetSubjects { .. }
        | Edit::SetRoom { .. }
        | Edit::SetExperience { .. }
        | Edit::ShowHere { .. } => &[(Profile, Owners)],

        Edit::Remember { .. } | Edit::Forget { .. } | Edit::Pin { .. } | Edit::Archive { .. } | Edit::Label { .. } => {
            &[(Binder, Owners)]
        }
        Edit::KeepMap { .. } | Edit::ForgetMap { .. } => &[(Binder, Owners)],

        Edit::Pause {}
        | Edit::Resume {}
        | Edit::EndPartnership {}
        | Edit::SetCadence { .. }
        | Edit::AgreeConfidential { .. }
        | Edit::AgreeDebriefWithinADay { .. }
        | Edit::AgreedAloud { .. } => &[(Partnership, Owners)],

        Edit::Propose { .. } | Edit::Invite { .. } | Edit::Uninvite { .. } => &[(Visits, Owners)],
        Edit::Schedule { .. } => &[(Visits, BOTH), (OpenDoor, Owners)],
        Edit::Cancel {}
        | Edit::SetVisitKind { .. }
        | Edit::SetInstrument { .. }
        | Edit::SetSeat { .. }
        | Edit::SetSeats { .. }
        | Edit::SetMayTalk { .. }
        | Edit::DidNotHappen {}
        | Edit::JustVisited { .. } => &[(Visits, BOTH)],
        Edit::SetRole { .. } | Edit::PlanDebrief { .. } | Edit::Begin { .. } | Edit::End { .. } => &[(Visits, ALL)],
        Edit::Withdraw {} | Edit::Join {} | Edit::Leave {} => &[(Visits, GUESTS)],
        Edit::StopAsked {} | Edit::ThroughDoor { .. } => &[(Visits, Parts(&[Visitor]))],
        Edit::SetGoal { .. } | Edit::WaiveNotes {} | Edit::AskForNotes {} => &[(Visits, Parts(&[Host]))],

        Edit::FreezeInstrument { .. }
        | Edit::SetOwnLesson { .. }
        | Edit::AddEvent { .. }
        | Edit::DescribeEvent { .. }
        | Edit::EndObserving { .. }
        | Edit::RemoveEvent { .. }
        | Edit::MarkReleased { .. } => &[(NoteSet, Owners)],

        Edit::Publish { .. } => &[(ReleasedNotes, Owners)],
        Edit::Reply { .. } | Edit::RemoveReply { .. } => &[(ReleasedNotes, Writers)],

        Edit::FreezeProtocol { .. } | Edit::BeginPhase { .. } => {
            &[(Visits, ALL), (Talk, Writers), (Mirror, Owners), (Goals, Owners)]
        }
        Edit::AddNextStep { .. }
        | Edit::TickNextStep { .. }
        | Edit::RemoveNextStep { .. }
        | Edit::AddWatch { .. }
        | Edit::RemoveWatch { .. }
        | Edit::Thank { .. } => &[(Talk, Writers)],
        Edit::AddEntry { .. } | Edit::EditEntry { .. } | Edit::RemoveEntry { .. } => {
            &[(Talk, Writers), (GoalFeedback, Writers)]
        }

        Edit::SetGoalState { .. }
        | Edit::SetMeasuredWith { .. }
        | Edit::AddAction { .. }
        | Edit::EditAction { .. }
        | Edit::TickAction { .. }
        | Edit::RemoveAction { .. }
        | Edit::AddEvidence { .. }
        | Edit::RemoveEvidence { .. }
        | Edit::AddCheckIn { .. }
        | Edit::EditCheckIn { .. }
        | Edit::RemoveCheckIn { .. } => &[(Goals, Owners)],

        Edit::DescribeDoor { .. } | Edit::CloseDoor { .. } => &[(OpenDoor, Owners)],

        Edit::AddTryOut { .. } | Edit::EditTryOut { .. } | Edit::RemoveTryOut { .. } => &[(TryLog, Owners)],
        Edit::SetShape { .. }
        | Edit::AddLabel { .. }
        | Edit::RenameLabel { .. }
        | Edit::MoveLabel { .. }
        | Edit::RemoveLabel { .. }
        | Edit::SetSpeakers { .. }
        | Edit::SetInterval { .. }
        | Edit::SetUsualMinutes { .. } => &[(Instrument, Writers)],
        Edit::SetTags { .. } => &[(StrategyCard, Owners), (SuccessCard, Owners), (Resource, Owners)],
        Edit::NamePerson { .. } | Edit::MarkAsked { .. } => &[(SuccessCard, Owners)],
        Edit::AskPeople { .. } => &[(ShownCard, Owners)],
        Edit::LetOthersSee { .. } => &[(ShownCard, Writers)],
        Edit::SetLink { .. } | Edit::SetReference { .. } => &[(Resource, Owners)],
        Edit::FillVocabulary { .. } => &[(Vocabulary, Owners)],
        Edit::SetCycle { .. }
        | Edit::SetWeekdays { .. }
        | Edit::SetPeriods { .. }
        | Edit::FillPeriod { .. }
        | Edit::SetDays { .. }
        | Edit::ShowFree { .. } => &[(Timetable, Owners)],
        Edit::SetFreeTimes { .. } => &[(FreePeriods, Owners)],
    }
}

/// Whether documents of `kind` know this verb.
pub(super) fn fits(edit: &Edit, kind: Kind) -> bool {
    let field_exists = match edit {
        Edit::SpliceText { field, .. } | Edit::Comment { field, .. } => {
            kind.texts_are_live() && kind.text_fields().contains(&field.as_str())
        }
        _ => true,
    };
    field_exists && who(edit, kind).is_some()
}

/// Who may do this to documents of `kind`; `None` where they do not know it.
fn who(edit: &Edit, kind: Kind) -> Option<Who> {
    if commenting::is_about_comments(edit) {
        return (kind.texts_are_live() && kind.main_text().is_some()).then_some(Writers);
    }
    rules(edit).iter().find(|(theirs, _)| *theirs == kind).map(|(_, who)| *who)
}

/// Whether `author` may do this to a document that reads as `model`, with these comments in it.
pub fn authorise(edit: &Edit, model: &Model, comments: &[Comment], author: &Author) -> Result<(), EditError> {
    if author.role < Role::Writer {
        return refuse("this document is shared with you for reading only");
    }
    let kind = model.kind();
    if !fits(edit, kind) {
        return super::misplaced();
    }
    match (who(edit, kind), model) {
        (Some(_), _) if commenting::is_about_comments(edit) => comment_depends(edit, comments, author),
        (Some(Owners), _) if author.role < Role::Owner => refuse("only its owners do this"),
        (Some(Parts(parts)), Model::Visit(visit)) => {
            let allowed = visit.part_of(&author.person).is_some_and(|part| parts.contains(&part));
            if allowed { depends(edit, model, author) } else { refuse(whose(parts)) }
        }
        (Some(Owners | Writers), _) => depends(edit, model, author),
        (Some(Parts(_)) | None, _) => super::misplaced(),
    }
}

/// The rules that depend on what the document says.
fn depends(edit: &Edit, model: &Model, author: &Author) -> Result<(), EditError> {
    match (edit, model) {
        (_, Model::Visit(visit)) => visit_depends(edit, visit),
        (Edit::Accept {} | Edit::Decline {}, Model::Partnership(partnership))
            if !partnership.people.contains(&author.person) =>
        {
            refuse("this partnership is between others")
        }
        (Edit::FreezeInstrument { .. }, Model::NoteSet(notes)) if notes.instrument.is_some() => {
            refuse("these notes already have their instrument")
        }
        (Edit::SetOwnLesson { when_ms: Some(_) }, Model::NoteSet(notes)) if notes.visit.is_some() => {
            refuse("the visit says whose lesson these notes are about")
        }
        (Edit::AddEvent { event }, Model::NoteSet(notes)) => Ok(fits_notes(notes.instrument.as_ref(), event)?),
        (Edit::RemoveEvent { id } | Edit::DescribeEvent { id, .. }, Model::NoteSet(notes)) => {
            exists(notes.events.iter().any(|event| event.id == *id))
        }
        (Edit::Publish { .. }, Model::ReleasedNotes(notes)) if notes.published => {
            refuse("released notes stay as they were released")
        }
        (Edit::RemoveReply { id }, Model::ReleasedNotes(notes)) => {
            own(notes.replies.iter().find(|reply| reply.id == *id).map(|reply| reply.by), author)
        }
        (Edit::BeginPhase { phase, .. }, Model::Mirror(mirror)) => exists(mirror.run.knows(phase)),
        (_, Model::Debrief(debrief)) => debrief_depends(edit, debrief, author),
        (_, Model::Goal(goal)) => goal_depends(edit, goal, author),
        (
            Edit::RenameLabel { id, .. } | Edit::MoveLabel { id, .. } | Edit::RemoveLabel { id },
            Model::Instrument(own),
        ) => exists(own.labels.iter().any(|label| label.id == *id)),
        (_, Model::Timetable(timetable)) => timetable_depends(edit, timetable),
        (Edit::NamePerson { person, named: true }, Model::SuccessCard(card)) => {
            let full = card.people.len() >= CARD_PEOPLE_MAX && !card.people.contains(person);
            if full {
                Err(EditError::TooLarge { what: "the list", max: CARD_PEOPLE_MAX, unit: "people" })
            } else {
                Ok(())
            }
        }
        (Edit::LetOthersSee { words }, Model::ShownCard(card)) => {
            if !card.people.contains(&author.person) {
                return refuse("only whoever is named in a card says whether others may see it");
            }
            if words.is_some() && card.answers.get(&author.person) == Some(&false) {
                return refuse("a no to these words stays; whoever wrote them can ask you anew");
            }
            let these = words.is_none() || *words == card.words;
            let others =
                EditError::Invalid { what: "these are not the words that stand in the card; look at it again" };
            if these { Ok(()) } else { Err(others) }
        }
        (Edit::EditEntry { id, .. } | Edit::RemoveEntry { id }, Model::GoalFeedback(feedback)) => {
            own(feedback.entries.iter().find(|entry| entry.id == *id).map(|entry| entry.by), author)
        }
        (
            Edit::EditTryOut { entry: crate::model::TryOut { id, .. } } | Edit::RemoveTryOut { id },
            Model::TryLog(log),
        ) => exists(log.entries.iter().any(|entry| entry.id == *id)),
        _ => Ok(()),
    }
}

fn comment_depends(edit: &Edit, comments: &[Comment], author: &Author) -> Result<(), EditError> {
    let by = |id: &ItemId| commenting::writer_of(comments, id);
    let comment = |id: &ItemId| comments.iter().find(|comment| comment.id == *id);
    match edit {
        Edit::EditComment { id, .. } | Edit::RemoveComment { id } => own(by(id), author),
        Edit::ReplyToComment { comment: id, .. } => exists(comment(id).is_some()),
        Edit::SettleComment { id, .. } => match comment(id) {
            Some(comment) if comment.by != author.person && author.role < Role::Owner => {
                refuse("only whoever wrote it, or an owner of the document, settles it")
            }
            found => exists(found.is_some()),
        },
        _ => Ok(()),
    }
}

fn visit_depends(edit: &Edit, visit: &Visit) -> Result<(), EditError> {
    match edit {
        Edit::Propose { .. } if visit.host.is_some() => refuse("this visit already has a host"),
        Edit::Propose { host } if visit.part_of(host).is_none() => {
            Err(EditError::Invalid { what: "the host must be one of the people of this visit" })
        }
        Edit::Invite { part: Part::Host, .. } => {
            Err(EditError::Invalid { what: "somebody is invited as a visitor or as a facilitator" })
        }
        Edit::Invite { person, .. } | Edit::Uninvite { person } if visit.host == Some(*person) => {
            refuse("the host stays the host of this visit")
        }
        Edit::ThroughDoor { .. } if visit.door.is_some() => refuse("this visit comes through a door already"),
        Edit::SetRole { person, .. } | Edit::Uninvite { person } => exists(visit.part_of(person).is_some()),
        Edit::BeginPhase { phase, .. } => exists(visit.run.knows(phase)),
        _ => Ok(()),
    }
}

fn debrief_depends(edit: &Edit, debrief: &Debrief, author: &Author) -> Result<(), EditError> {
    let by = |id: &ItemId| debrief.entries.iter().find(|entry| entry.id == *id).map(|entry| entry.by);
    match edit {
        Edit::EditEntry { id, .. } | Edit::RemoveEntry { id } => own(by(id), author),
        Edit::TickNextStep { id, .. } | Edit::RemoveNextStep { id } => {
            exists(debrief.next_steps.iter().any(|step| step.id == *id))
        }
        Edit::RemoveWatch { id } => exists(debrief.watch_next_time.iter().any(|watch| watch.id == *id)),
        Edit::BeginPhase { phase, .. } => exists(debrief.run.knows(phase)),
        _ => Ok(()),
    }
}

fn goal_depends(edit: &Edit, goal: &Goal, author: &Author) -> Result<(), EditError> {
    let action = |id: &ItemId| goal.actions.iter().find(|action| action.id == *id).map(|action| action.by);
    let check_in = |id: &ItemId| goal.check_ins.iter().find(|one| one.id == *id).map(|one| one.by);
    match edit {
        Edit::EditAction { id, .. } | Edit::RemoveAction { id } => own(action(id), author),
        Edit::TickAction { id, .. } | Edit::AddEvidence { action: Some(id), .. } => exists(action(id).is_some()),
        Edit::RemoveEvidence { id } => exists(goal.evidence.iter().any(|one| one.id == *id)),
        Edit::EditCheckIn { id, .. } | Edit::RemoveCheckIn { id } => own(check_in(id), author),
        Edit::BeginPhase { phase, .. } => exists(goal.run.knows(phase)),
        _ => Ok(()),
    }
}

fn timetable_depends(edit: &Edit, timetable: &Week) -> Result<(), EditError> {
    match edit {
        Edit::FillPeriod { slot, .. } if !timetable.has(slot) => Err(TimetableError::NoSuchSlot.into()),
        Edit::ShowFree { slots, .. } => {
            let free = |slot| timetable.filled.get(slot).is_some_and(Filling::is_free);
            if slots.iter().all(|slot| timetable.has(slot) && free(slot)) {
                Ok(())
            } else {
                Err(TimetableError::NotFree.into())
            }
        }
        _ => Ok(()),
    }
}

fn whose(parts: &[Part]) -> &'static str {
    match parts {
        [Host] => "only the host of this visit does this",
        [Visitor] => "only a visitor does this",
        [Visitor, Facilitator] => "only a visitor or facilitator does this",
        [Host, Visitor] => "only the host and the visitors do this",
        _ => "only people with a part in this visit do this",
    }
}

fn own(by: Option<PersonId>, author: &Author) -> Result<(), EditError> {
    exists(by.is_some())?;
    if by == Some(author.person) { Ok(()) } else { refuse("only whoever wrote it changes it") }
}

fn exists(there: bool) -> Result<(), EditError> {
    if there { Ok(()) } else { Err(EditError::Invalid { what: "what this edit is about is no longer there" }) }
}

fn refuse(why: &'static str) -> Result<(), EditError> {
    Err(EditError::NotAllowed { why })
}

#[cfg(test)]
mod tests;
