//! Decides how a document is written out for people, for scripts, and as itself.

mod notes;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{ActionKind, Debrief, Entry, Goal, GoalState, Model, Words};

use super::answers::ExportFormat;
use super::comments::CommentTold;
use super::keeper::Keeper;
use super::{House, Trouble, TroubleCode};

impl House {
    /// A document, written out.
    pub async fn export(&self, id: DocumentId, format: ExportFormat) -> Result<Vec<u8>, Trouble> {
        match format {
            ExportFormat::Json => {
                let answer = self.document(id).await?;
                serde_json::to_vec_pretty(&answer)
                    .map_err(|error| Trouble::new(TroubleCode::Internal, error.to_string()))
            }
            ExportFormat::Automerge => {
                self.with_open(id, move |keeper| Ok(keeper.here(&id)?.document.automerge().save())).await
            }
            ExportFormat::Md => self.with_open(id, move |keeper| keeper.markdown(id)).await.map(String::into_bytes),
        }
    }
}

impl Keeper {
    fn markdown(&mut self, id: DocumentId) -> Result<String, Trouble> {
        let model = self.model(&id)?;
        let directory = self.replica.directory().clone();
        let comments = self.here(&id)?.document.comments(&directory);
        let comments = self.comments_told(comments);
        let open = self.here(&id)?;
        let fields = open.document.kind().text_fields();
        let texts: BTreeMap<&str, String> =
            fields.iter().filter_map(|field| Some((*field, open.document.text(field)?))).collect();
        let text = |field: &str| texts.get(field).map_or("", String::as_str);
        let mut page = Page::default();
        match &model {
            Model::Profile(profile) => {
                page.heading(profile.name.as_ref().map_or("Profile", Words::as_str));
                page.fact("Role", profile.role_label.as_ref());
                page.fact("Room", profile.room.as_ref());
            }
            Model::Binder(_) => page.heading("My documents"),
            Model::Partnership(partnership) => {
                let names = self.names(&partnership.people);
                page.heading(&format!("Partnership of {names}"));
                page.section("Journal", text("journal"));
            }
            Model::Visit(visit) => {
                let host = visit.host.map(|host| self.name_of(&host));
                page.heading(&match host {
                    Some(host) => format!("Visit to {host}"),
                    None => "Visit".to_owned(),
                });
                if let Some(when) = visit.when_ms.and_then(moment) {
                    page.line("When", &when);
                }
                if let Some(minutes) = visit.minutes {
                    page.line("Length", &format!("{minutes} minutes"));
                }
                page.fact("Period", visit.period.as_ref());
                page.fact("Room", visit.room.as_ref());
                page.section("Focus question", text("focus"));
                page.section("Plan", text("plan"));
            }
            Model::OpenDoor(door) => {
                page.heading("Open door");
                if let Some(when) = door.when_ms.and_then(moment) {
                    page.line("When", &when);
                }
                if let Some(minutes) = door.minutes {
                    page.line("Length", &format!("{minutes} minutes"));
                }
                page.fact("Period", door.period.as_ref());
                page.fact("Room", door.room.as_ref());
                if let Some(places) = door.places {
                    page.line("Room for", &places.to_string());
                }
                page.section("What you could see", door.see.as_str());
            }
            Model::NoteSet(notes) => {
                page.heading(notes.title.as_ref().map_or("Notes", Words::as_str));
                notes::observed(&mut page, notes.instrument.as_ref(), &notes.events, notes.observed_ms);
                page.section("Notes", text("notes"));
            }
            Model::ReleasedNotes(notes) => {
                page.heading(notes.title.as_ref().map_or("Notes", Words::as_str));
                notes::observed(&mut page, notes.instrument.as_ref(), &notes.events, notes.observed_ms);
                page.section("Notes", text("notes"));
                for reply in &notes.replies {
                    let by = self.name_of(&reply.by);
                    page.section(&format!("{by} answers"), reply.text.as_str());
                }
            }
            Model::Debrief(debrief) => {
                page.heading(debrief.title.as_ref().map_or("Debrief", Words::as_str));
                self.debrief(&mut page, debrief);
                page.section("Notes", text("notes"));
                page.section("What comes next", text("next"));
                let steps = debrief.next_steps.iter().map(|step| {
                    let tick = if step.done { 'x' } else { ' ' };
                    format!("[{tick}] {}: {}", self.name_of(&step.by), step.text.as_str())
                });
                page.items("Next steps", steps);
                let watch = debrief.watch_next_time.iter();
                page.items("What to watch next time", watch.map(|it| it.text.as_str().to_owned()));
                let thanks = debrief.thanks.iter();
                page.items("Thanks", thanks.map(|(by, text)| format!("{}: {}", self.name_of(by), text.as_str())));
            }
            Model::Goal(goal) => {
                page.heading(goal.title.as_ref().map_or("Goal", Words::as_str));
                goal_page(&mut page, goal, &texts);
            }
            Model::GoalFeedback(feedback) => {
                page.heading("Feedback on a goal");
                for entry in &feedback.entries {
                    page.section(&self.name_of(&entry.by), entry.text.as_str());
                }
            }
            Model::TryLog(log) => {
                page.heading("What I tried");
                for entry in &log.entries {
                    page.section(&entry.on.to_string(), entry.text.as_str());
                }
            }
            Model::Mirror(_) => {
                page.heading("For my own room");
                page.section("Keep", text("keep"));
                page.section("Start", text("start"));
                page.section("Stop", text("stop"));
                page.section("Ideas", text("ideas"));
            }
        }
        page.comments(&comments);
        Ok(page.0)
    }

    /// What was put down, under the phase it belongs to.
    fn debrief(&self, page: &mut Page, debrief: &Debrief) {
        let phases = debrief.run.protocol.iter().flat_map(|protocol| &protocol.phases);
        let said = |entry: &Entry| format!("{}: {}", self.name_of(&entry.by), entry.text.as_str());
        if let Some(protocol) = &debrief.run.protocol {
            page.line("Protocol", protocol.title.as_str());
        }
        let known: Vec<_> = phases.clone().map(|phase| &phase.id).collect();
        let apart = |entry: &&Entry| !entry.phase.as_ref().is_some_and(|phase| known.contains(&phase));
        page.items("Put down", debrief.entries.iter().filter(apart).map(said));
        for phase in phases {
            let title = phase.title.as_ref().map_or(phase.id.as_str(), Words::as_str);
            page.items(title, debrief.entries.iter().filter(|entry| entry.phase.as_ref() == Some(&phase.id)).map(said));
        }
    }

    fn names(&self, people: &[PersonId]) -> String {
        people.iter().map(|person| self.name_of(person)).collect::<Vec<_>>().join(" and ")
    }
}

fn goal_page(page: &mut Page, goal: &Goal, texts: &BTreeMap<&str, String>) {
    page.line("State", state_in_words(goal.state));
    for (title, field) in [
        ("Why", "why"),
        ("The students’ side", "student_side"),
        ("Strategy", "strategy"),
        ("How it is now", "baseline"),
        ("How I will know", "measure"),
    ] {
        page.section(title, texts.get(field).map_or("", String::as_str));
    }
    if let Some(instrument) = &goal.measured_with {
        page.section("What I look with", instrument.as_str());
    }
    page.part("Actions", goal.actions.is_empty());
    for action in &goal.actions {
        let how = match action.how {
            ActionKind::Try => "Try",
            ActionKind::Watch => "Watch",
            ActionKind::Adjust => "Adjust",
        };
        let due = action.due.map_or(String::new(), |due| format!(" (by {due})"));
        let mark = if action.done.is_empty() { ' ' } else { 'x' };
        page.item(&format!("[{mark}] {how}: {}{due}", action.text.as_str()));
        for one in goal.evidence.iter().filter(|one| one.action.as_ref() == Some(&action.id)) {
            page.item_below(one.label.as_str());
        }
    }
    let whole = |one: &&rounds_crdt::model::Evidence| {
        !goal.actions.iter().any(|action| one.action.as_ref() == Some(&action.id))
    };
    page.part("Evidence", !goal.evidence.iter().any(|one| whole(&one)));
    for one in goal.evidence.iter().filter(whole) {
        page.item(one.label.as_str());
    }
    page.part("Check-ins", goal.check_ins.is_empty());
    for one in &goal.check_ins {
        page.entry(&one.on.to_string(), one.text.as_str());
    }
}

/// A Markdown page under way.
#[derive(Default)]
struct Page(String);

impl Page {
    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.0, "# {text}\n"); // writing into a string does not fail
    }

    fn line(&mut self, name: &str, value: &str) {
        let _ = writeln!(self.0, "- **{name}:** {value}");
    }

    fn fact(&mut self, name: &str, value: Option<&Words>) {
        if let Some(value) = value.filter(|value| !value.is_blank()) {
            self.line(name, value.as_str());
        }
    }

    fn section(&mut self, title: &str, text: &str) {
        if !text.trim().is_empty() {
            let _ = writeln!(self.0, "\n## {title}\n\n{}", text.trim_end());
        }
    }

    /// A heading for what follows, when something does.
    fn part(&mut self, title: &str, empty: bool) {
        if !empty {
            let _ = writeln!(self.0, "\n## {title}\n");
        }
    }

    fn entry(&mut self, title: &str, text: &str) {
        let _ = writeln!(self.0, "### {title}\n\n{}\n", text.trim_end());
    }

    fn item_below(&mut self, text: &str) {
        let _ = writeln!(self.0, "  - {text}");
    }

    /// A section of items, each on a line of its own; none without items.
    fn items(&mut self, title: &str, items: impl Iterator<Item = String>) {
        let items: String = items.map(|item| format!("- {}\n", item.replace('\n', "\n  "))).collect();
        self.section(title, &items);
    }

    fn item(&mut self, text: &str) {
        let _ = writeln!(self.0, "- {text}");
    }

    /// What was said of the words, beneath them all: quoted, since a place in a text means nothing on paper.
    fn comments(&mut self, comments: &[CommentTold]) {
        if comments.is_empty() {
            return;
        }
        let _ = writeln!(self.0, "\n## Comments\n");
        for comment in comments {
            let about = match comment.quote.as_str() {
                "" => String::new(),
                quote => format!("“{}” ", one_line(quote)),
            };
            let gone = if comment.place.is_none() && !about.is_empty() { "(no longer in the text) " } else { "" };
            let settled = if comment.settled { " (settled)" } else { "" };
            let said = match comment.text.as_str() {
                "" => "taken back".to_owned(),
                text => one_line(text),
            };
            self.item(&format!("{about}{gone}— {}: {said}{settled}", comment.by.name));
            for answer in &comment.answers {
                self.item_within(&format!("{}: {}", answer.by.name, one_line(answer.text.as_str())));
            }
        }
    }

    fn item_within(&mut self, text: &str) {
        let _ = writeln!(self.0, "  - {text}");
    }
}

/// Words as one line of a list.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn state_in_words(state: GoalState) -> &'static str {
    match state {
        GoalState::Draft => "draft",
        GoalState::Identify => "finding out",
        GoalState::Learn => "learning how",
        GoalState::Improve => "trying and improving",
        GoalState::Met => "met",
        GoalState::SetAside => "set aside",
    }
}

/// A moment in UTC, as people and scripts can both read it.
fn moment(ms: i64) -> Option<String> {
    use time::macros::format_description;
    let at = time::OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok()?;
    at.format(format_description!("[year]-[month]-[day] [hour]:[minute] UTC")).ok()
}
