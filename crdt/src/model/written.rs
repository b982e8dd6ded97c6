//! Decides which words of a document are somebody's own: what a search looks through beside the live texts.

use crate::model::{DebriefPlan, Event, Mark, Model, Words};

impl Model {
    /// Everything that somebody wrote outside of the live texts, in the order in which it is shown.
    pub fn written(&self) -> Vec<&Words> {
        let mut found: Vec<&Words> = Vec::new();
        match self {
            Model::Profile(profile) => {
                found.extend([&profile.name, &profile.role_label, &profile.room].into_iter().flatten());
                found.extend(profile.grades.iter().chain(&profile.subjects));
            }
            Model::Binder(_) | Model::Mirror(_) | Model::FreePeriods(_) => {}
            Model::Goal(goal) => {
                found.extend([&goal.title, &goal.measured_with].into_iter().flatten());
                found.extend(goal.actions.iter().map(|action| &action.text));
                found.extend(goal.check_ins.iter().map(|one| &one.text));
                found.extend(goal.evidence.iter().map(|one| &one.label));
            }
            Model::GoalFeedback(feedback) => found.extend(feedback.entries.iter().map(|entry| &entry.text)),
            Model::StrategyCard(card) => found.extend(card.title.iter().chain(&card.tags)),
            Model::SuccessCard(card) => found.extend(card.title.iter().chain(&card.tags)),
            Model::ShownCard(card) => {
                found.extend(card.title.iter().chain(&card.tags));
                found.push(&card.text);
            }
            Model::Resource(resource) => {
                let lines = [&resource.title, &resource.reference, &resource.link];
                found.extend(lines.into_iter().flatten().chain(&resource.tags));
            }
            Model::Vocabulary(vocabulary) => {
                found.push(&vocabulary.title);
                found.extend(vocabulary.terms().flat_map(|term| std::iter::once(&term.name).chain(&term.tags)));
            }
            Model::Instrument(own) => {
                found.extend(&own.title);
                found.extend(own.labels.iter().flat_map(|label| std::iter::once(&label.text).chain(&label.also)));
            }
            Model::Timetable(timetable) => {
                found.extend(timetable.periods.iter().map(|period| &period.name));
                found.extend(timetable.filled.values().flat_map(|one| one.label.iter().chain(&one.room)));
            }
            Model::TryLog(log) => found.extend(log.entries.iter().map(|entry| &entry.text)),
            Model::Partnership(partnership) => found.extend(&partnership.title),
            Model::OpenDoor(door) => {
                found.extend([&door.period, &door.room].into_iter().flatten());
                found.push(&door.see);
            }
            Model::Visit(visit) => {
                found.extend([&visit.period, &visit.room, &visit.seat, &visit.goal_label].into_iter().flatten());
                if let Some(DebriefPlan::At { place, .. }) = &visit.debrief {
                    found.extend(place);
                }
            }
            Model::NoteSet(notes) => {
                found.extend(&notes.title);
                found.extend(notes.events.iter().flat_map(of_event));
            }
            Model::ReleasedNotes(notes) => {
                found.extend(&notes.title);
                found.extend(notes.events.iter().flat_map(of_event));
                found.extend(notes.replies.iter().map(|reply| &reply.text));
            }
            Model::Debrief(debrief) => {
                found.extend(&debrief.title);
                found.extend(debrief.entries.iter().map(|entry| &entry.text));
                found.extend(debrief.next_steps.iter().map(|step| &step.text));
                found.extend(debrief.watch_next_time.iter().map(|watch| &watch.text));
                found.extend(debrief.thanks.values());
            }
        }
        found.retain(|words| !words.is_blank());
        found
    }
}

fn of_event(event: &Event) -> impl Iterator<Item = &Words> {
    let place = match &event.mark {
        Some(Mark::Spot { place }) => Some(place),
        _ => None,
    };
    event.label.iter().chain(place).chain([&event.text])
}
