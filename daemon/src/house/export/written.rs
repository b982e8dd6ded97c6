//! Decides what of each kind of document is written out, and in which order.

use std::collections::BTreeMap;
use std::sync::Arc;

use rounds_crdt::access::{Directory, Founding, Role};
use rounds_crdt::ids::{ChangeHash, DocumentId, PersonId};
use rounds_crdt::library;
use rounds_crdt::merge::OpenDocument;
use rounds_crdt::model::{
    Comment, Debrief, DebriefPlan, Entry, Evidence, Goal, ItemId, Kind, Model, OpenDoor, OwnInstrument, Part,
    Partnership, Profile, ReplyTo, Run, Term, Visit, Words,
};
use rounds_crdt::replica::Store as _;

use super::notes::{self, Taken};
use super::sheet::{Block, Item, Sheet};
use super::week;
use super::words::{self, Tongue};
use crate::disk::Disk;
use crate::house::comments::{CommentTold, told};
use crate::house::facts::Around;
use crate::house::keeper::{Keeper, name_in, now_ms};
use crate::house::past::no_point;
use crate::house::{Trouble, TroubleCode};

/// What a sheet is written from.
pub(super) struct Said {
    kind: Kind,
    model: Model,
    texts: BTreeMap<&'static str, String>,
    comments: Vec<Comment>,
    /// How a visit stands by what lies in other documents; nothing in the past, as theirs is not this one's.
    around: Option<Around>,
}

/// What stands in no document, or in others.
pub(super) struct Beside {
    me: PersonId,
    directory: Directory,
    /// What the instruments are called that people built and this person may read: a plan names them by their ids.
    instruments: BTreeMap<DocumentId, String>,
}

/// A moment of a document's past, to be read where it takes as long as it takes.
pub(super) struct Past {
    id: DocumentId,
    founding: Founding,
    disk: Arc<Disk>,
    at: ChangeHash,
}

impl Said {
    fn of(document: &OpenDocument, directory: &Directory) -> Self {
        let reading = document.read(directory);
        let kind = document.kind();
        let texts = kind.text_fields().iter().filter_map(|field| Some((*field, document.text(field)?))).collect();
        Self { kind, model: reading.model, texts, comments: reading.comments, around: None }
    }
}

impl Past {
    /// Reads the document as it lies on this disk, and then as it was.
    pub(super) fn read(&self, beside: &Beside) -> Result<Said, Trouble> {
        let unreadable = |_| Trouble::new(TroubleCode::Unavailable, "the document could not be read from this disk");
        let stored = self.disk.document(&self.id).map_err(unreadable)?;
        let (document, _) = OpenDocument::open(&self.founding, &stored);
        let past = document.at(&[self.at]).ok_or_else(|| no_point(self.id))?;
        Ok(Said::of(&past, &beside.directory))
    }
}

impl Keeper {
    /// All that a sheet of an open document is written from.
    pub(super) fn said_now(&mut self, id: DocumentId) -> Result<(Said, Beside), Trouble> {
        let beside = self.beside(&id);
        let said = Said::of(&self.here(&id)?.document, &beside.directory);
        let around = matches!(said.model, Model::Visit(_)).then(|| self.around(&id));
        Ok((Said { around, ..said }, beside))
    }

    /// The same of a document as it was, which is not read here.
    pub(super) fn said_then(&mut self, id: DocumentId, at: ChangeHash) -> Result<(Past, Beside), Trouble> {
        self.may_open(&id)?;
        self.may_look_back(&id)?;
        let founding = self.replica.access(&id).ok_or_else(Trouble::no_document)?.founding.clone();
        Ok((Past { id, founding, disk: self.disk.clone(), at }, self.beside(&id)))
    }

    fn beside(&self, id: &DocumentId) -> Beside {
        let kind_of = |id: &DocumentId| self.replica.access(id).map(|access| access.founding.kind);
        let mut instruments = BTreeMap::new();
        if kind_of(id) == Some(Kind::Visit) {
            let own = self.replica.documents().filter(|id| kind_of(id) == Some(Kind::Instrument));
            let readable = own.filter(|id| self.replica.role(id) >= Role::Reader);
            instruments.extend(readable.filter_map(|id| Some((id, self.catalog.title(&id)?.to_owned()))));
        }
        Beside { me: self.person, directory: self.replica.directory().clone(), instruments }
    }
}

/// What a document's parts are written from.
struct Writing<'b> {
    beside: &'b Beside,
    tongue: Tongue,
    texts: BTreeMap<&'static str, String>,
}

/// Everything a document says, or said at a point of its past, as it is written out. It is read as this person may read
/// it: nothing of other documents is in it.
pub(super) fn sheet(said: Said, beside: &Beside, tongue: Tongue) -> Sheet {
    let Said { kind, model, texts, comments, around } = said;
    let comments = told(&beside.directory, comments);
    let writing = Writing { beside, tongue, texts };
    let mut sheet = Sheet::new(tongue.of(words::kind(kind)), tongue.of(words::kind(kind)));
    let me = beside.me;
    if let (Model::Visit(visit), Some(around)) = (&model, around) {
        let stage = visit.stage_told_to(&me, &around.context(now_ms()));
        sheet.fact(tongue.of(["State", "Estado"]), tongue.of(words::stage(stage)));
    }
    match &model.told_to(&me) {
        Model::Profile(profile) => writing.profile(&mut sheet, profile),
        Model::Binder(_) => {}
        Model::Partnership(partnership) => writing.partnership(&mut sheet, partnership),
        Model::Visit(visit) => writing.visit(&mut sheet, visit),
        Model::OpenDoor(door) => writing.door(&mut sheet, door),
        Model::NoteSet(notes) => {
            writing.titled(&mut sheet, notes.title.as_ref());
            let taken = Taken::new(notes.instrument.as_ref(), &notes.events, notes.observed_ms);
            notes::observed(&mut sheet, tongue, &taken);
            writing.fields(&mut sheet, kind);
        }
        Model::ReleasedNotes(notes) => {
            writing.titled(&mut sheet, notes.title.as_ref());
            let taken = Taken::new(notes.instrument.as_ref(), &notes.events, notes.observed_ms);
            notes::observed(&mut sheet, tongue, &taken);
            writing.fields(&mut sheet, kind);
            let lines: Vec<&str> = writing.text("notes").split('\n').collect();
            let replies = notes.replies.iter().map(|reply| {
                let about = match &reply.to {
                    ReplyTo::Whole => None,
                    ReplyTo::Line(line) => usize::try_from(*line).ok().and_then(|at| lines.get(at)).copied(),
                    ReplyTo::Event(event) => {
                        notes.events.iter().find(|one| one.id == *event).map(|one| one.text.as_str())
                    }
                };
                let about = about.map(|about| about.trim().trim_matches('>').trim()).filter(|about| !about.is_empty());
                let about = about.map(|about| format!("“{about}”"));
                Item { about, ..Item::said(writing.name(&reply.by), reply.text.as_str()) }
            });
            sheet.items(tongue.of(["Answers", "Respuestas"]), replies);
        }
        Model::Debrief(debrief) => writing.debrief(&mut sheet, debrief),
        Model::Goal(goal) => writing.goal(&mut sheet, goal),
        Model::GoalFeedback(feedback) => {
            for entry in &feedback.entries {
                sheet.text(writing.name(&entry.by), entry.text.as_str());
            }
        }
        Model::TryLog(log) => {
            for entry in &log.entries {
                sheet.text(tongue.day(entry.on), entry.text.as_str());
            }
        }
        Model::StrategyCard(card) => {
            writing.titled(&mut sheet, card.title.as_ref());
            sheet.fact(tongue.of(["About", "Trata de"]), writing.tags(&card.tags));
            writing.fields(&mut sheet, kind);
        }
        Model::Instrument(own) => writing.instrument(&mut sheet, own),
        Model::SuccessCard(card) => {
            writing.titled(&mut sheet, card.title.as_ref());
            sheet.fact(tongue.of(["Names", "Nombra a"]), writing.names(&card.people));
            sheet.fact(tongue.of(["About", "Trata de"]), writing.tags(&card.tags));
            writing.fields(&mut sheet, kind);
        }
        Model::ShownCard(card) => {
            writing.titled(&mut sheet, card.title.as_ref());
            sheet.fact(tongue.of(["Names", "Nombra a"]), writing.names(&card.people));
            let said =
                |yes: bool| writing.names(card.answers.iter().filter(|(_, said)| **said == yes).map(|(who, _)| who));
            sheet.fact(tongue.of(["Others may see it, says", "Que otros lo vean: sí, dice"]), said(true));
            sheet.fact(tongue.of(["Rather not, says", "Que otros lo vean: no, dice"]), said(false));
            sheet.fact(tongue.of(["About", "Trata de"]), writing.tags(&card.tags));
            sheet.text(tongue.of(words::field(Kind::SuccessCard, "text")), card.text.as_str());
        }
        Model::Resource(resource) => {
            writing.titled(&mut sheet, resource.title.as_ref());
            writing.words(&mut sheet, ["Link", "Enlace"], resource.link.as_ref());
            writing.words(&mut sheet, ["Where", "Dónde"], resource.reference.as_ref());
            sheet.fact(tongue.of(["About", "Trata de"]), writing.tags(&resource.tags));
            writing.fields(&mut sheet, kind);
        }
        Model::Vocabulary(vocabulary) => {
            writing.titled(&mut sheet, Some(&vocabulary.title));
            let said = |term: &Term| Item {
                text: term.name.as_str().to_owned(),
                aside: (!term.tags.is_empty()).then(|| writing.tags(&term.tags)),
                ..Item::default()
            };
            sheet.items(tongue.of(["Strategies", "Estrategias"]), vocabulary.strategies.iter().map(said));
            sheet.items(tongue.of(["What to look at", "Qué mirar"]), vocabulary.targets.iter().map(said));
        }
        Model::Timetable(timetable) => week::timetable(&mut sheet, tongue, timetable),
        Model::FreePeriods(free) => week::free_periods(&mut sheet, tongue, free),
        Model::Mirror(mirror) => {
            writing.protocol(&mut sheet, &mirror.run);
            writing.fields(&mut sheet, kind);
        }
    }
    writing.comments(&mut sheet, &comments);
    sheet
}

impl Writing<'_> {
    fn name(&self, person: &PersonId) -> String {
        name_in(&self.beside.directory, person)
    }

    fn names<'a>(&self, people: impl IntoIterator<Item = &'a PersonId>) -> String {
        self.tongue.list(&people.into_iter().map(|person| self.name(person)).collect::<Vec<_>>())
    }

    fn text(&self, field: &str) -> &str {
        self.texts.get(field).map_or("", String::as_str)
    }

    fn titled(&self, sheet: &mut Sheet, title: Option<&Words>) {
        if let Some(title) = title.filter(|title| !title.is_blank()) {
            sheet.title = title.as_str().to_owned();
        }
    }

    fn words(&self, sheet: &mut Sheet, name: words::Both, value: Option<&Words>) {
        sheet.fact(self.tongue.of(name), value.map_or("", Words::as_str));
    }

    fn tags(&self, tags: &[Words]) -> String {
        self.tongue.list(&tags.iter().map(|tag| tag.as_str().to_owned()).collect::<Vec<_>>())
    }

    /// All live texts, each under its heading.
    fn fields(&self, sheet: &mut Sheet, kind: Kind) {
        for field in kind.text_fields() {
            sheet.text(self.tongue.of(words::field(kind, field)), self.text(field));
        }
    }

    fn profile(&self, sheet: &mut Sheet, profile: &Profile) {
        let tongue = self.tongue;
        self.titled(sheet, profile.name.as_ref());
        let list = |all: &[Words]| tongue.list(&all.iter().map(|one| one.as_str().to_owned()).collect::<Vec<_>>());
        self.words(sheet, ["Role", "Puesto"], profile.role_label.as_ref());
        sheet.fact(tongue.of(["Grades", "Cursos"]), list(&profile.grades));
        sheet.fact(tongue.of(["Subjects", "Asignaturas"]), list(&profile.subjects));
        self.words(sheet, ["Room", "Aula"], profile.room.as_ref());
    }

    fn partnership(&self, sheet: &mut Sheet, partnership: &Partnership) {
        let tongue = self.tongue;
        sheet.title =
            format!("{} {}", tongue.of(["Partnership of", "Pareja de visitas de"]), self.names(&partnership.people));
        self.titled(sheet, partnership.title.as_ref());
        sheet.fact(tongue.of(["State", "Estado"]), tongue.of(words::partnership_state(partnership.state)));
        let cadence = partnership.cadence.map_or("", |cadence| tongue.of(words::cadence(cadence)));
        sheet.fact(tongue.of(["How often", "Cada cuánto"]), cadence);
        let between = tongue.of(["What is seen stays between us", "Lo que se ve queda entre nosotros"]);
        sheet.fact(between, self.names(&partnership.agreed_confidential));
        let within = tongue.of(["We talk within a day of a visit", "Hablamos en el día siguiente a la visita"]);
        sheet.fact(within, self.names(&partnership.agreed_debrief_within_a_day));
        if partnership.agreed_aloud {
            sheet.fact(tongue.of(["Agreed", "Acuerdo"]), tongue.of(["aloud", "de palabra"]));
        }
        self.fields(sheet, Kind::Partnership);
    }

    fn door(&self, sheet: &mut Sheet, door: &OpenDoor) {
        let tongue = self.tongue;
        sheet.fact(tongue.of(["When", "Cuándo"]), door.when_ms.and_then(|ms| tongue.moment(ms)).unwrap_or_default());
        sheet.fact(tongue.of(["Length", "Duración"]), door.minutes.map_or(String::new(), |it| tongue.minutes(it)));
        self.words(sheet, ["Period", "Hora de clase"], door.period.as_ref());
        self.words(sheet, ["Room", "Aula"], door.room.as_ref());
        let places = door.places.map_or(String::new(), |places| places.to_string());
        sheet.fact(tongue.of(["Room for", "Caben"]), places);
        sheet.text(tongue.of(["What you could see", "Qué se podría ver"]), door.see.as_str());
    }

    fn visit(&self, sheet: &mut Sheet, visit: &Visit) {
        let tongue = self.tongue;
        if let Some(host) = visit.host {
            sheet.title = format!("{} {}", tongue.of(["Visit to", "Visita a"]), self.name(&host));
        }
        sheet.fact(tongue.of(["When", "Cuándo"]), visit.when_ms.and_then(|ms| tongue.moment(ms)).unwrap_or_default());
        let other = visit.other_times_ms.iter().filter_map(|ms| tongue.moment(*ms)).collect::<Vec<_>>();
        sheet.fact(tongue.of(["Or", "O bien"]), other.join("; "));
        sheet.fact(tongue.of(["Length", "Duración"]), visit.minutes.map_or(String::new(), |it| tongue.minutes(it)));
        self.words(sheet, ["Period", "Hora de clase"], visit.period.as_ref());
        self.words(sheet, ["Room", "Aula"], visit.room.as_ref());
        if visit.visit_kind != rounds_crdt::model::VisitKind::Pair {
            sheet.fact(tongue.of(["Kind", "Tipo"]), tongue.of(words::visit_kind(visit.visit_kind)));
        }
        self.words(sheet, ["Serves the goal", "Sirve a la meta"], visit.goal_label.as_ref());
        let instruments = visit.instruments.iter().map(|id| {
            let known = library::instruments().iter().find(|one| one.id == *id);
            let code = tongue.of(["en", "es"]);
            let known = known.map(|one| one.title.in_language(code).as_str()).or_else(|| self.own_instrument(id));
            known.unwrap_or(tongue.of(["an instrument that is not here", "un instrumento que no está aquí"])).to_owned()
        });
        sheet.fact(tongue.of(["To look with", "Para mirar"]), tongue.list(&instruments.collect::<Vec<_>>()));
        let seats = match visit.seats.len() {
            0 => String::new(),
            1 => tongue.of(["1 seat", "1 asiento"]).to_owned(),
            count => format!("{count} {}", tongue.of(["seats", "asientos"])),
        };
        sheet.fact(tongue.of(["Map of the room", "Plano del aula"]), seats);
        self.words(sheet, ["The visitor’s seat", "Dónde se sienta quien visita"], visit.seat.as_ref());
        let may_talk = visit.may_talk.map_or("", |may| tongue.yes_or_no(may));
        sheet.fact(tongue.of(["May talk to students", "Puede hablar con el alumnado"]), may_talk);
        if let Some(plan) = &visit.debrief {
            let plan = match plan {
                DebriefPlan::At { when_ms, place } => {
                    let at = tongue.moment(*when_ms).into_iter();
                    at.chain(place.as_ref().map(|place| place.as_str().to_owned())).collect::<Vec<_>>().join(", ")
                }
                DebriefPlan::FindEachOther {} => {
                    tongue.of(["we’ll find each other", "ya nos encontraremos"]).to_owned()
                }
                DebriefPlan::InWriting {} => tongue.of(["in writing", "por escrito"]).to_owned(),
            };
            sheet.fact(tongue.of(["Debrief", "Conversación"]), plan);
        }
        if visit.talked {
            sheet.fact(tongue.of(["Afterwards", "Después"]), tongue.of(["we talked", "ya hemos hablado"]));
        }
        let mut people: Vec<_> =
            visit.people.iter().map(|(person, part)| (*part != Part::Host, self.name(person), person, part)).collect();
        people.sort();
        let people = people.into_iter().map(|(_, name, person, part)| {
            let part = tongue.of(words::part(*part));
            let role = visit.roles.get(person).map(|role| tongue.of(words::role(*role)));
            let answer = visit.answers.get(person).map(|answer| tongue.of(words::answer(*answer)));
            let text = std::iter::once(part).chain(role).collect::<Vec<_>>().join(", ");
            Item { aside: answer.map(str::to_owned), ..Item::said(name, text) }
        });
        sheet.items(tongue.of(["People", "Personas"]), people);
        self.fields(sheet, Kind::Visit);
        self.protocol(sheet, &visit.run);
    }

    fn instrument(&self, sheet: &mut Sheet, own: &OwnInstrument) {
        let tongue = self.tongue;
        self.titled(sheet, own.title.as_ref());
        sheet.fact(tongue.of(["One mark is", "Una marca es"]), tongue.of(words::shape(own.shape)));
        if own.shape.tells_speakers() {
            let speakers = own.speakers.iter().map(|one| tongue.of(notes::speaker(*one)).to_owned());
            sheet.fact(tongue.of(["Tells apart", "Distingue"]), tongue.list(&speakers.collect::<Vec<_>>()));
        }
        let beat = own.interval_seconds.filter(|_| own.shape.has_beats());
        sheet.fact(tongue.of(["One beat", "Un compás"]), beat.map_or(String::new(), |it| format!("{it} s")));
        let usual = own.minutes.map_or(String::new(), |it| tongue.minutes(it));
        sheet.fact(tongue.of(["Usually for", "Suele durar"]), usual);
        self.fields(sheet, Kind::Instrument);
        let labels = own.labels.iter().map(|label| Item::plain(label.text.as_str()));
        sheet.items(tongue.of(["Labels", "Etiquetas"]), labels);
    }

    /// What an instrument is called that people built.
    fn own_instrument(&self, id: &ItemId) -> Option<&str> {
        let id: DocumentId = id.as_str().parse().ok()?;
        self.beside.instruments.get(&id).map(String::as_str)
    }

    /// The protocol people went by, as they had it before them.
    fn protocol(&self, sheet: &mut Sheet, run: &Run) {
        let Some(protocol) = &run.protocol else { return };
        sheet.fact(self.tongue.of(["Protocol", "Protocolo"]), protocol.title.as_str());
    }

    fn debrief(&self, sheet: &mut Sheet, debrief: &Debrief) {
        let tongue = self.tongue;
        self.titled(sheet, debrief.title.as_ref());
        self.protocol(sheet, &debrief.run);
        if debrief.talked {
            sheet.fact(tongue.of(["Afterwards", "Después"]), tongue.of(["we talked", "ya hemos hablado"]));
        }
        let said = |entry: &Entry| Item::said(self.name(&entry.by), entry.text.as_str());
        let phases: Vec<_> = debrief.run.protocol.iter().flat_map(|protocol| &protocol.phases).collect();
        let in_a_phase = |entry: &&Entry| phases.iter().any(|phase| entry.phase.as_ref() == Some(&phase.id));
        let apart = debrief.entries.iter().filter(|entry| !in_a_phase(entry));
        sheet.items(tongue.of(["Put down", "Anotado"]), apart.map(said));
        for phase in &phases {
            let title = phase.title.as_ref().map_or(phase.id.as_str(), Words::as_str);
            let of_it = debrief.entries.iter().filter(|entry| entry.phase.as_ref() == Some(&phase.id));
            sheet.items(title, of_it.map(said));
        }
        self.fields(sheet, Kind::Debrief);
        let steps = debrief
            .next_steps
            .iter()
            .map(|step| Item { ticked: Some(step.done), ..Item::said(self.name(&step.by), step.text.as_str()) });
        sheet.items(tongue.of(["Next steps", "Próximos pasos"]), steps);
        let watch = debrief.watch_next_time.iter().map(|one| Item::plain(one.text.as_str()));
        sheet.items(tongue.of(["What to watch next time", "Qué mirar la próxima vez"]), watch);
        let thanks = debrief.thanks.iter().map(|(by, text)| Item::said(self.name(by), text.as_str()));
        sheet.items(tongue.of(["Thanks", "Gracias"]), thanks);
    }

    fn goal(&self, sheet: &mut Sheet, goal: &Goal) {
        let tongue = self.tongue;
        self.titled(sheet, goal.title.as_ref());
        sheet.fact(tongue.of(["State", "Estado"]), tongue.of(words::goal_state(goal.state)));
        self.fields(sheet, Kind::Goal);
        let instrument = goal.measured_with.as_ref().map_or("", Words::as_str);
        sheet.text(tongue.of(["What I look with", "Con qué lo miro"]), instrument);
        let link = |one: &Evidence| Item::plain(one.label.as_str());
        let actions = goal.actions.iter().map(|action| {
            let by = tongue.of(["by", "hasta el"]);
            Item {
                ticked: Some(!action.done.is_empty()),
                aside: action.due.map(|due| format!("{by} {}", tongue.day(due))),
                below: goal.evidence.iter().filter(|one| one.action.as_ref() == Some(&action.id)).map(link).collect(),
                ..Item::said(tongue.of(words::action(action.how)), action.text.as_str())
            }
        });
        sheet.items(tongue.of(["Actions", "Qué hacer"]), actions);
        let of_an_action = |one: &&Evidence| goal.actions.iter().any(|action| one.action.as_ref() == Some(&action.id));
        let whole = goal.evidence.iter().filter(|one| !of_an_action(one)).map(link);
        sheet.items(tongue.of(["Evidence", "Pruebas"]), whole);
        let check_ins = goal.check_ins.iter();
        let check_ins =
            check_ins.map(|one| Block::Entry { title: tongue.day(one.on), text: one.text.as_str().to_owned() });
        sheet.parts(tongue.of(["Check-ins", "Cómo va"]), check_ins.collect());
    }

    /// What was said of words in the texts, beneath them all: quoted, since a place in a text means nothing on paper.
    fn comments(&self, sheet: &mut Sheet, comments: &[CommentTold]) {
        let tongue = self.tongue;
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let items = comments.iter().map(|comment| {
            let quote = comment.quote.as_str();
            let gone = if comment.place.is_none() {
                tongue.of([" (no longer in the text)", " (ya no está en el texto)"])
            } else {
                ""
            };
            let about = (!quote.is_empty()).then(|| format!("“{}”{gone}", one_line(quote)));
            let text = match comment.text.as_str() {
                "" => tongue.of(["taken back", "retirado"]).to_owned(),
                text => one_line(text),
            };
            let below = comment.answers.iter();
            Item {
                about,
                aside: comment.settled.then(|| tongue.of(["settled", "resuelto"]).to_owned()),
                below: below.map(|answer| Item::said(&answer.by.name, one_line(answer.text.as_str()))).collect(),
                ..Item::said(&comment.by.name, text)
            }
        });
        sheet.items(tongue.of(["Comments", "Comentarios"]), items);
    }
}
