//! Decides what a new document is told so that it says what a file says, and what of others' words becomes words about them.

use std::collections::BTreeSet;

use super::file::{Comment, File};
use super::{ImportError, Importer, LeftOut};
use crate::edit::Edit;
use crate::edit::text::typed;
use crate::edit::timetabling::said_again;
use crate::edit::visiting::planned_again;
use crate::ids::{DocumentId, PersonId};
use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::bounds::{PASSAGE_BYTES_MAX, QUOTE_CHARACTERS_MAX};
use crate::model::{
    Debrief, Event, Goal, Instrument, ItemId, Kind, Model, OwnInstrument, Part, ReleasedNotes, Run, TryOut, Visit,
    Words,
};

/// What a file becomes.
pub(super) struct Anew {
    pub(super) kind: Kind,
    pub(super) edits: Vec<Edit>,
    pub(super) others: Vec<String>,
    pub(super) left_out: BTreeSet<LeftOut>,
}

/// A document that is being said again.
struct Saying<'i, 'f> {
    importer: &'i Importer<'i>,
    file: &'f File,
    edits: Vec<Edit>,
    left_out: BTreeSet<LeftOut>,
    /// What is added beneath a text: who wrote it, and what has no place of its own.
    beneath: Vec<String>,
}

pub(super) fn edits(mut file: File, importer: &Importer<'_>) -> Result<Anew, ImportError> {
    let left_out = std::mem::take(&mut file.left_out);
    let mut saying = Saying { importer, file: &file, edits: Vec::new(), left_out, beneath: Vec::new() };
    let kind = saying.structure()?;
    let others = saying.others();
    if !others.is_empty() {
        saying.beneath.push(format!("{} {}.", importer.phrases.written_by, others.join(", ")));
    }
    let before = saying.edits.len();
    saying.comments(kind);
    let comments = saying.edits.split_off(before);
    saying.texts(kind);
    saying.edits.extend(comments);
    Ok(Anew { kind, edits: saying.edits, others, left_out: saying.left_out })
}

impl Saying<'_, '_> {
    /// Everything but the live texts and what was said of them.
    fn structure(&mut self) -> Result<Kind, ImportError> {
        let file = self.file;
        match &file.model {
            Model::Profile(_) | Model::Binder(_) => {
                let why = "a profile and a list of documents belong to one person on their own computers";
                return Err(ImportError::NotThisKind(why));
            }
            Model::OpenDoor(_) => {
                let why = "a door is opened by its teacher, for a lesson to come; open one anew";
                return Err(ImportError::NotThisKind(why));
            }
            Model::Visit(visit) => self.visit(visit),
            Model::Partnership(partnership) => {
                // It takes two to begin one; what they wrote is kept.
                self.left_out.insert(LeftOut::Answers);
                let names = partnership.people.iter().map(|person| self.name(person)).collect::<Vec<_>>().join(", ");
                self.title(Some(partnership.title.as_ref().map_or(names, |title| title.as_str().to_owned())));
                return Ok(Kind::NoteSet);
            }
            Model::NoteSet(notes) => {
                self.title(notes.title.as_ref().map(|title| title.as_str().to_owned()));
                self.of_visit(notes.visit);
                // Where a visit says whose lesson it was, the notes do not.
                let own = notes.own_lesson_ms.filter(|_| notes.visit.is_none());
                self.edits.extend(own.map(|when_ms| Edit::SetOwnLesson { when_ms: Some(when_ms) }));
                self.observed(notes.instrument.as_ref(), &notes.events, notes.observed_ms);
            }
            Model::ReleasedNotes(notes) => {
                self.released(notes);
                return Ok(Kind::NoteSet);
            }
            Model::Debrief(debrief) => self.debrief(debrief),
            Model::Mirror(mirror) => {
                self.of_visit(mirror.visit);
                self.protocol(&mirror.run);
            }
            Model::Goal(goal) => self.goal(goal),
            Model::GoalFeedback(feedback) => {
                for entry in &feedback.entries {
                    self.beneath.push(format!("{}: {}", self.name(&entry.by), entry.text.as_str()));
                }
                return Ok(Kind::NoteSet);
            }
            Model::StrategyCard(card) => {
                self.title(card.title.as_ref().map(|title| title.as_str().to_owned()));
                self.edits.push(Edit::SetTags { tags: card.tags.clone() });
            }
            Model::Instrument(own) => self.instrument(own),
            Model::Resource(resource) => {
                self.title(resource.title.as_ref().map(|title| title.as_str().to_owned()));
                self.edits.push(Edit::SetTags { tags: resource.tags.clone() });
                self.edits.extend(resource.link.clone().map(|link| Edit::SetLink { link: Some(link) }));
                let reference = resource.reference.clone();
                self.edits.extend(reference.map(|words| Edit::SetReference { reference: Some(words) }));
            }
            Model::SuccessCard(card) => {
                self.title(card.title.as_ref().map(|title| title.as_str().to_owned()));
                self.of_visit(card.visit);
                self.edits.push(Edit::SetTags { tags: card.tags.clone() });
                self.named(&card.people);
            }
            Model::ShownCard(card) => {
                // A yes was said to the card it stands in, and to no other: it is a draft again, whose people are asked.
                self.title(card.title.as_ref().map(|title| title.as_str().to_owned()));
                self.beneath.push(card.text.as_str().to_owned());
                self.edits.push(Edit::SetTags { tags: card.tags.clone() });
                self.named(&card.people);
                if !card.answers.is_empty() {
                    self.left_out.insert(LeftOut::Answers);
                }
                return Ok(Kind::SuccessCard);
            }
            Model::Vocabulary(vocabulary) => {
                // One that nobody filled says nothing to fill another with.
                let filled = vocabulary.terms().next().is_some();
                self.edits.extend(filled.then(|| Edit::FillVocabulary { vocabulary: vocabulary.clone() }));
            }
            Model::FreePeriods(_) => {
                let why = "free periods are shown by whoever has them; choose in your timetable what you show";
                return Err(ImportError::NotThisKind(why));
            }
            // What was to be shown is chosen anew: nothing is shown by a file.
            Model::Timetable(timetable) => self.edits.extend(said_again(timetable)),
            Model::TryLog(log) => {
                for entry in &log.entries {
                    let goal = entry.goal.filter(|goal| self.has(*goal, Kind::Goal));
                    let action = entry.action.clone().filter(|_| goal.is_some());
                    self.edits.push(Edit::AddTryOut { entry: TryOut { goal, action, ..entry.clone() } });
                }
            }
        }
        Ok(file.model.kind())
    }

    /// Label by label, so that what could not be built here cannot be brought in either.
    fn instrument(&mut self, own: &OwnInstrument) {
        self.title(own.title.as_ref().map(|title| title.as_str().to_owned()));
        self.edits.push(Edit::SetShape { shape: own.shape });
        let labels = own.labels.iter().map(|label| Edit::AddLabel { id: label.id.clone(), text: label.text.clone() });
        self.edits.extend(labels);
        let speakers = own.speakers.clone();
        self.edits.extend((!speakers.is_empty()).then_some(Edit::SetSpeakers { speakers }));
        self.edits.extend(own.interval_seconds.map(|seconds| Edit::SetInterval { seconds: Some(seconds) }));
        self.edits.extend(own.minutes.map(|minutes| Edit::SetUsualMinutes { minutes: Some(minutes) }));
    }

    fn visit(&mut self, visit: &Visit) {
        let (me, phrases) = (self.importer.me, self.importer.phrases);
        if visit.host == Some(me) {
            self.edits.push(Edit::Propose { host: me });
            let goal = visit.goal.filter(|goal| self.has(*goal, Kind::Goal));
            if goal.is_some() {
                self.edits.push(Edit::SetGoal { goal, label: visit.goal_label.clone() });
            }
        }
        self.edits.extend(planned_again(visit));
        let Visit { when_ms, minutes, period, room, .. } = visit.clone();
        self.edits.push(Edit::Schedule { when_ms, minutes, period, room });
        self.edits.extend(visit.debrief.clone().map(|plan| Edit::PlanDebrief { plan: Some(plan) }));
        self.protocol(&visit.run);
        // What happened was said after what was called off, and outweighs it.
        if visit.cancelled {
            self.edits.push(Edit::Cancel {});
        }
        if visit.did_not_happen {
            self.edits.push(Edit::DidNotHappen {});
        }
        self.edits.extend(visit.began_ms.map(|at| Edit::Begin { at_ms: Some(at) }));
        self.edits.extend(visit.ended_ms.map(|at| Edit::End { at_ms: Some(at) }));
        if visit.talked {
            self.edits.push(Edit::Talked {});
        }
        // Nobody is put into a visit by a file; who was in it is told in words.
        let named = |this: &Self, part: Part| {
            let people: Vec<String> = visit.with_part(part).map(|person| this.name(person)).collect();
            (!people.is_empty()).then(|| people.join(", "))
        };
        let host = visit.host.filter(|host| *host != me).map(|host| self.name(&host));
        let came = named(self, Part::Visitor).filter(|_| visit.people.keys().any(|person| *person != me));
        let lines = [(phrases.visited, host), (phrases.visitors, came)];
        let lines = lines.into_iter().filter_map(|(phrase, names)| Some(format!("{phrase} {}.", names?)));
        self.beneath.extend(lines);
        let others = visit.answers.keys().chain(visit.roles.keys()).any(|person| *person != me);
        if others || !visit.other_times_ms.is_empty() {
            self.left_out.insert(LeftOut::Answers);
        }
    }

    /// Only its writer could release notes as theirs; whoever brings them in has notes that say whose they were.
    fn released(&mut self, notes: &ReleasedNotes) {
        self.title(notes.title.as_ref().map(|title| title.as_str().to_owned()));
        self.of_visit(notes.visit);
        self.observed(notes.instrument.as_ref(), &notes.events, notes.observed_ms);
        if !notes.replies.is_empty() {
            self.beneath.push(self.importer.phrases.answers.to_owned());
        }
        for reply in &notes.replies {
            self.beneath.push(format!("{}: {}", self.name(&reply.by), reply.text.as_str()));
        }
    }

    fn observed(&mut self, instrument: Option<&Instrument>, events: &[Event], observed_ms: Option<i64>) {
        self.edits.extend(instrument.cloned().map(|instrument| Edit::FreezeInstrument { instrument }));
        self.edits.extend(events.iter().cloned().map(|event| Edit::AddEvent { event }));
        self.edits.extend(observed_ms.map(|observed_ms| Edit::EndObserving { observed_ms }));
    }

    fn debrief(&mut self, debrief: &Debrief) {
        self.title(debrief.title.as_ref().map(|title| title.as_str().to_owned()));
        self.of_visit(debrief.visit);
        self.protocol(&debrief.run);
        for entry in &debrief.entries {
            let (id, phase) = (entry.id.clone(), entry.phase.clone());
            let text = self.said(&entry.by, &entry.text);
            self.edits.push(Edit::AddEntry { id, phase, text });
        }
        for step in &debrief.next_steps {
            let text = self.said(&step.by, &step.text);
            self.edits.push(Edit::AddNextStep { id: step.id.clone(), text });
            if step.done {
                self.edits.push(Edit::TickNextStep { id: step.id.clone(), done: true });
            }
        }
        for one in &debrief.watch_next_time {
            let text = self.said(&one.by, &one.text);
            self.edits.push(Edit::AddWatch { id: one.id.clone(), text });
        }
        for (by, text) in &debrief.thanks {
            if *by == self.importer.me {
                self.edits.push(Edit::Thank { text: text.clone() });
            } else {
                self.beneath.push(format!("{}: {}", self.name(by), text.as_str()));
            }
        }
        if debrief.talked {
            // That two people talked closes their visit, which is theirs to say.
            self.left_out.insert(LeftOut::Answers);
        }
    }

    fn goal(&mut self, goal: &Goal) {
        let me = self.importer.me;
        self.title(goal.title.as_ref().map(|title| title.as_str().to_owned()));
        self.edits.push(Edit::SetGoalState { state: goal.state });
        self.edits.extend(goal.measured_with.clone().map(|name| Edit::SetMeasuredWith { instrument: Some(name) }));
        for action in &goal.actions {
            let (id, text) = (action.id.clone(), self.said(&action.by, &action.text));
            self.edits.push(Edit::AddAction { id: id.clone(), how: action.how, text, due: action.due });
            if action.done.contains(&me) {
                self.edits.push(Edit::TickAction { id, done: true });
            }
            if action.done.iter().any(|person| *person != me) {
                self.left_out.insert(LeftOut::Answers);
            }
        }
        for one in &goal.evidence {
            let action = one.action.clone().filter(|id| goal.actions.iter().any(|action| action.id == *id));
            let (id, document, label) = (one.id.clone(), one.document, one.label.clone());
            self.edits.push(Edit::AddEvidence { id, document, label, action });
        }
        for one in &goal.check_ins {
            let (id, text) = (one.id.clone(), self.said(&one.by, &one.text));
            self.edits.push(Edit::AddCheckIn { id, on: one.on, text });
        }
    }

    /// The protocol, with nothing of it begun.
    fn protocol(&mut self, run: &Run) {
        self.edits.extend(run.protocol.clone().map(|protocol| Edit::FreezeProtocol { protocol: Some(protocol) }));
    }

    fn title(&mut self, title: Option<String>) {
        let title = title.filter(|title| !title.trim().is_empty());
        self.edits.extend(title.map(|title| {
            let short = &title[..title.floor_char_boundary(SHORT_TEXT_BYTES_MAX)];
            Edit::SetTitle { title: Some(short.into()) }
        }));
    }

    fn of_visit(&mut self, visit: Option<DocumentId>) {
        let Some(visit) = visit else { return };
        if self.has(visit, Kind::Visit) {
            self.edits.push(Edit::SetVisit { visit });
        }
    }

    fn has(&mut self, document: DocumentId, kind: Kind) -> bool {
        let has = (self.importer.has)(&document, kind);
        if !has {
            self.left_out.insert(LeftOut::Links);
        }
        has
    }

    /// Who is in a card; who is not known here cannot be asked.
    fn named(&mut self, people: &[PersonId]) {
        for person in people {
            if (self.importer.name_of)(person).is_some() {
                self.edits.push(Edit::NamePerson { person: *person, named: true });
            } else {
                self.left_out.insert(LeftOut::Links);
            }
        }
    }

    /// The live texts, with what goes beneath one of them.
    fn texts(&mut self, kind: Kind) {
        let beneath = std::mem::take(&mut self.beneath);
        let own = self.file.model.kind().text_fields();
        let fields = kind.text_fields();
        // The question of an instrument is offered in lists, and stays one.
        let home = if kind == Kind::Instrument { "caution" } else { kind.main_text().unwrap_or_default() };
        for (index, field) in fields.iter().enumerate() {
            // What becomes notes has one text, and so have they.
            let from = if own == fields { Some(field) } else { own.get(index) };
            let mut text = from.and_then(|from| self.file.texts.get(from)).cloned().unwrap_or_default();
            if *field == home {
                // Behind all of it, so that the places of comments stay where they are.
                for part in &beneath {
                    let apart = if text.is_empty() { "" } else { "\n\n" };
                    text = format!("{text}{apart}{part}");
                }
            }
            self.edits.extend(typed(field, &text));
        }
    }

    fn comments(&mut self, kind: Kind) {
        let file = self.file;
        if file.model.kind() != kind && !file.comments.is_empty() {
            self.left_out.insert(LeftOut::Comments);
            return;
        }
        for (index, comment) in file.comments.iter().enumerate() {
            self.comment(index, comment);
        }
    }

    fn comment(&mut self, index: usize, comment: &Comment) {
        let name = |text: String| text.parse::<ItemId>().ok();
        let (Some(place), Some(id), false) =
            (&comment.place, name(format!("comment-{index}")), comment.text.is_blank())
        else {
            self.left_out.insert(LeftOut::Comments);
            return;
        };
        let (from, to) = (place.from, place.to);
        let text = self.said(&comment.by.id, &comment.text);
        self.edits.push(Edit::Comment { id: id.clone(), field: comment.field.clone(), from, to, at: Vec::new(), text });
        for (at, answer) in comment.answers.iter().enumerate() {
            let text = self.said(&answer.by.id, &answer.text);
            let answer = name(format!("answer-{index}-{at}"));
            self.edits.extend(answer.map(|id_of_it| Edit::ReplyToComment { id: id_of_it, comment: id.clone(), text }));
        }
        if comment.settled {
            self.edits.push(Edit::SettleComment { id, settled: true });
        }
    }

    /// Somebody's words: one's own as they are, another's under their name. Where a passage leaves no room for that, the
    /// name goes beneath.
    fn said(&mut self, by: &PersonId, text: &Words) -> Words {
        if *by == self.importer.me {
            return text.clone();
        }
        let said = format!("{}: {}", self.name(by), text.as_str());
        if said.len() <= PASSAGE_BYTES_MAX {
            return said.into();
        }
        let beginning: String = text.as_str().chars().take(QUOTE_CHARACTERS_MAX).collect();
        self.beneath.push(format!("{}: {beginning}…", self.name(by)));
        text.clone()
    }

    fn name(&self, person: &PersonId) -> String {
        let known = (self.importer.name_of)(person).or_else(|| self.file.names.get(person).cloned());
        let name = known.unwrap_or_else(|| self.importer.phrases.somebody.to_owned());
        // A name from a file stays on its line.
        name.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn others(&self) -> Vec<String> {
        let others = self.file.writers.iter().filter(|writer| **writer != Some(self.importer.me));
        let named = others.map(|writer| match writer {
            Some(person) => self.name(person),
            None => self.importer.phrases.somebody.to_owned(),
        });
        let mut names: Vec<String> = named.collect();
        names.sort();
        names.dedup();
        names
    }
}
