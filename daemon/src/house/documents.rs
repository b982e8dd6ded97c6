//! Decides which documents are open, and is the only door through which an edit passes.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rounds_crdt::access::{Founding, Role};
use rounds_crdt::edit::{Author, Edit, EditError, Splice};
use rounds_crdt::figures::{Figures, figures};
use rounds_crdt::ids::{DeviceId, DocumentId, PersonId};
use rounds_crdt::merge::{Changed, MergeError, OpenDocument, Unmerged, verify_snapshot};
use rounds_crdt::model::{
    Event as Marked, Heard, Instrument, InstrumentError, ItemId, Kind, Model, Run, Timing, Words, timing,
};
use rounds_crdt::record::Record;
use rounds_crdt::replica::{CommitId, Event, LocalError, Store};
use rounds_crdt::text::{Update, Versions};
use rounds_crdt::wire::Position;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::answers::{ANSWER_SCHEMA, DocumentAnswer, PersonAnswer, TextAnswer};
use super::keeper::{IDLE_AFTER, Keeper, now_ms};
use super::mending::reading_anew;
use super::pages::PageId;
use super::{PageCommand, PageEvent, PatchUpdate, Trouble, TroubleCode};
use crate::journal::Op;
use crate::keys::fill_random;
use crate::platform;

/// A document on its way into memory, or there.
pub(super) enum Opening {
    /// It is being read on another thread; what arrives meanwhile waits.
    Reading { opening: u64, queued: Vec<Record>, then: Vec<Waiting>, mismatches: u32 },
    /// It is here.
    Here(Box<Open>),
}

/// Who waits for a document to be in memory; served in the order of asking.
pub(super) enum Waiting {
    /// A call.
    Caller(oneshot::Sender<()>),
    /// What a page asked.
    Page(PageId, Box<PageCommand>),
}

/// What reading a document on another thread comes to: nothing where it cannot be read, or panics, and others are read on.
pub(super) fn unless_it_panics<T>(id: &DocumentId, read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        tracing::error!(document = %id, "reading a document panicked");
        None
    })
}

/// A document in memory.
pub(super) struct Open {
    pub document: OpenDocument,
    pub versions: BTreeMap<&'static str, Versions>,
    /// Names this opening: versions of another one mean nothing here.
    pub epoch: u64,
    pub last_used: Instant,
    /// Whether there were comments in it when pages were last told of them.
    pub commented: bool,
    /// What pages were last told about who holds it.
    pub told: Vec<(PersonId, bool)>,
    /// Which phase of its protocol was under way when a page last asked, and when this computer learned of it.
    hearing: Option<Hearing>,
}

/// What is known here of the present phase's beginning.
struct Hearing {
    /// The phase and the moment stated; nothing while none is begun.
    begun: Option<(ItemId, i64)>,
    heard: Heard,
}

/// A change that went through the door.
pub(super) struct Made {
    pub position: Position,
    pub commit: CommitId,
}

impl Open {
    fn new(document: OpenDocument, epoch: u64) -> Self {
        let versions = document.kind().text_fields().iter().map(|field| (*field, Versions::default())).collect();
        Self { document, versions, epoch, last_used: Instant::now(), commented: false, told: Vec::new(), hearing: None }
    }

    pub(super) fn version(&self, field: &str) -> u64 {
        self.versions.get(field).map_or(0, Versions::current)
    }

    /// Where those who go through its protocol are. A page asks whenever the document changes, so while one is open a
    /// beginning is heard as it happens.
    fn timing(&mut self, run: &Run, now_ms: i64) -> Option<Timing> {
        let begun = run.at.as_ref().and_then(|phase| Some((phase.clone(), *run.begun.get(phase)?)));
        let heard = match &self.hearing {
            Some(hearing) if hearing.begun == begun => hearing.heard,
            before => Heard { at_ms: now_ms, live: before.is_some() },
        };
        self.hearing = Some(Hearing { begun, heard });
        timing(run, heard, now_ms)
    }
}

impl Keeper {
    /// The document, when it is in memory.
    pub(super) fn here(&mut self, id: &DocumentId) -> Result<&mut Open, Trouble> {
        self.in_hand(*id);
        match self.open.get_mut(id) {
            Some(Opening::Here(open)) => {
                open.last_used = Instant::now();
                Ok(open)
            }
            _ => Err(Trouble::new(TroubleCode::Unavailable, "the document was just closed; try again")),
        }
    }

    /// Brings a document into memory and tells the caller when it is there.
    pub(super) fn open_for(&mut self, id: DocumentId, caller: oneshot::Sender<()>) -> Result<(), Trouble> {
        self.may_open(&id)?;
        match self.open.get_mut(&id) {
            Some(Opening::Here(open)) => {
                open.last_used = Instant::now();
                let _ = caller.send(()); // the caller may have gone away
            }
            Some(Opening::Reading { then, .. }) => then.push(Waiting::Caller(caller)),
            None => self.read_in(id, vec![Waiting::Caller(caller)], 0),
        }
        Ok(())
    }

    /// Does what a page asks once the document is in memory, after what was asked before.
    pub(super) fn open_for_page(&mut self, id: DocumentId, page: PageId, command: PageCommand) -> Result<(), Trouble> {
        self.may_open(&id)?;
        match self.open.get_mut(&id) {
            Some(Opening::Reading { then, .. }) => then.push(Waiting::Page(page, Box::new(command))),
            Some(Opening::Here(_)) => self.page_command(page, command),
            None => self.read_in(id, vec![Waiting::Page(page, Box::new(command))], 0),
        }
        Ok(())
    }

    /// Whether this person may see a document, and it is all there.
    pub(super) fn may_open(&mut self, id: &DocumentId) -> Result<(), Trouble> {
        self.require(id)?;
        if self.replica.head(id).is_some_and(|head| head.unverified) {
            return Err(Trouble::arriving());
        }
        self.shown_of_cards(id)
    }

    fn read_in(&mut self, id: DocumentId, then: Vec<Waiting>, mismatches: u32) {
        let Some(access) = self.replica.access(&id) else { return };
        let founding = access.founding.clone();
        self.openings += 1;
        let opening = self.openings;
        self.open.insert(id, Opening::Reading { opening, queued: Vec::new(), then, mismatches });
        if self.replica.head(&id).is_some_and(|head| head.unverified) {
            return; // what has come is not shown before it is verified; the verdict begins the reading
        }
        let disk = self.disk.clone();
        let read = move || {
            let stored = disk.document(&id);
            let stored =
                stored.inspect_err(|error| tracing::error!(document = %id, %error, "a document could not be read"));
            Some(OpenDocument::open(&founding, &stored.ok()?))
        };
        self.away(
            move || unless_it_panics(&id, read),
            move |keeper, read| match read {
                Some((document, unmerged)) => keeper.opened(id, opening, document, &unmerged),
                None => keeper.could_not_open(id),
            },
        );
    }

    fn opened(&mut self, id: DocumentId, opening: u64, mut document: OpenDocument, unmerged: &[Unmerged]) {
        let (queued, then, mismatches) = match self.open.remove(&id) {
            Some(Opening::Reading { opening: ours, queued, then, mismatches }) if ours == opening => {
                (queued, then, mismatches)
            }
            Some(other) => {
                self.open.insert(id, other);
                return;
            }
            None => return,
        };
        self.count_unmerged(id, unmerged);
        document.distrust_replay(mismatches);
        self.open.insert(id, Opening::Here(Box::new(Open::new(document, opening))));
        self.merge(id, &queued);
        self.tell_texts(id);
        for waiting in then {
            match waiting {
                Waiting::Caller(caller) => {
                    let _ = caller.send(()); // the caller may have gone away
                }
                Waiting::Page(page, command) => drop(self.contained(|keeper| keeper.page_command(page, *command))),
            }
        }
    }

    /// Their signatures were good and they are stored, but nothing can be made of them: the document goes on without.
    fn count_unmerged(&mut self, id: DocumentId, unmerged: &[Unmerged]) {
        if !unmerged.is_empty() {
            tracing::warn!(document = %id, changes = unmerged.len(), "changes could not be merged and are left out");
        }
        for one in unmerged {
            self.stays_out(id, one.hash);
        }
    }

    /// Callers see their channel closed; pages are told.
    fn could_not_open(&mut self, id: DocumentId) {
        let Some(Opening::Reading { then, .. }) = self.open.remove(&id) else { return };
        for waiting in then {
            if let Waiting::Page(page, command) = waiting {
                let refused = PageEvent::Refused { document: id, id: command.name(), trouble: Trouble::unreadable() };
                self.tell(page, refused);
            }
        }
    }

    /// Records entered a document from elsewhere.
    pub(super) fn entered(&mut self, id: DocumentId, records: Vec<Record>) {
        self.catalog.touched(id, true);
        self.look_at_card_soon(&id);
        match self.open.get_mut(&id) {
            Some(Opening::Here(_)) => self.merge(id, &records),
            Some(Opening::Reading { queued, .. }) => queued.extend(records),
            None => {}
        }
    }

    fn merge(&mut self, id: DocumentId, records: &[Record]) {
        self.in_hand(id);
        let Some(Opening::Here(open)) = self.open.get_mut(&id) else { return };
        if records.is_empty() {
            return;
        }
        let device = single_device(records);
        match open.document.take_in(records) {
            Ok((changed, unmerged)) => {
                self.count_unmerged(id, &unmerged);
                self.tell_changed(id, changed, device);
            }
            Err(MergeError::Reopen) => {
                let mismatches = open.document.mismatches();
                tracing::warn!(document = %id, "a document is read anew");
                self.read_in(id, Vec::new(), mismatches);
            }
        }
    }

    /// What is stored changed underneath: an open copy is read anew.
    pub(super) fn reread(&mut self, id: DocumentId) {
        self.catalog.touched(id, false);
        match self.open.remove(&id) {
            None => {}
            Some(Opening::Here(_)) => self.read_in(id, Vec::new(), 0),
            Some(Opening::Reading { then, mismatches, .. }) => self.read_in(id, then, mismatches),
        }
    }

    /// A snapshot is materialised on another thread before anybody sees it. Where the disk cannot be read just now it
    /// stays as it is, unseen, until the next start.
    pub(super) fn verify(&mut self, id: DocumentId) {
        let Some(access) = self.replica.access(&id) else { return };
        let founding = access.founding.clone();
        let disk = self.disk.clone();
        self.away(
            move || {
                let stored = disk.document(&id).ok()?;
                Some(stored.snapshot.is_some_and(|snapshot| verify_snapshot(&founding, &snapshot).is_ok()))
            },
            move |keeper, checked| {
                let Some(good) = checked else { return };
                let effects =
                    keeper.replica.handle(keeper.now(), Event::SnapshotChecked { document: id, good }, &*keeper.disk);
                keeper.perform(effects, Vec::new());
            },
        );
    }

    /// Adds what changed to the texts' versions and shows it to every page that has the document open.
    pub(super) fn tell_changed(&mut self, id: DocumentId, changed: Changed, device: Option<DeviceId>) {
        let by = device.and_then(|device| self.replica.directory().person(&device));
        self.publish(id, changed, &[], device, by);
    }

    fn publish(
        &mut self,
        id: DocumentId,
        changed: Changed,
        ids: &[String],
        device: Option<DeviceId>,
        by: Option<PersonId>,
    ) {
        self.in_hand(id);
        let Some(Opening::Here(open)) = self.open.get_mut(&id) else { return };
        let heads = open.document.heads();
        let mut events = Vec::new();
        for (field, splices) in changed.texts {
            let Some(versions) = open.versions.get_mut(field) else { continue };
            let from = versions.current();
            let name = ids.first().cloned();
            versions.push(Update { id: name.clone(), device, splices: splices.clone() });
            events.push(PageEvent::Patches {
                document: id,
                field: field.to_owned(),
                epoch: open.epoch,
                from,
                version: from + 1,
                updates: vec![PatchUpdate { id: name, by, splices }],
                heads: heads.clone(),
                known: Vec::new(),
            });
        }
        if changed.structure {
            events.push(PageEvent::Document { document: id });
        }
        for event in events {
            self.tell_readers(id, &event);
        }
        if changed.structure {
            self.tell_comments(id);
        }
    }

    /// One edit by this person: authorised, made, signed, handed to the disk and to partners.
    pub(super) fn edit_here(
        &mut self,
        id: DocumentId,
        edit: &Edit,
        edit_ids: &[String],
    ) -> Result<Option<Made>, Trouble> {
        let author = self.author(&id);
        let actor = self.actor;
        let open = self.here(&id)?;
        let Some(made) = open.document.edit(actor, &author, edit).map_err(|error| refused(&error))? else {
            return Ok(None);
        };
        let record = Record::sign(id, made.change, made.hash, made.builds_on, &self.device_key);
        let (position, commit, effects) = match self.replica.append(self.now(), id, record, &*self.disk) {
            Ok(appended) => appended,
            Err(error) => {
                // The change is in the open copy and nowhere else: the copy is read anew without it.
                self.reread(id);
                return Err(local(error));
            }
        };
        // Handed to the disk at once: nothing may come between a turn and its commit.
        let remembered = edit_ids.iter().map(|edit| Op::PutEditId { document: id, id: edit.clone() }).collect();
        self.perform(effects, remembered);
        let commit = self.commits_before + commit;
        for edit in edit_ids {
            self.done.put(&id, edit, commit, self.durable);
        }
        self.delivery_changed(id);
        self.catalog.touched(id, false);
        self.publish(id, made.changed, edit_ids, Some(self.device), Some(self.person));
        Ok(Some(Made { position, commit }))
    }

    /// This person, as they write in a document now.
    fn author(&self, id: &DocumentId) -> Author {
        let at_ms = now_ms();
        let offset_ms = i64::from(platform::utc_offset(at_ms).whole_seconds()) * 1_000;
        Author { person: self.person, role: self.replica.role(id), at_ms, offset_ms }
    }

    /// Everything that a new document of this person begins with, through the same door, in few changes.
    pub(super) fn edits_here(&mut self, id: DocumentId, edits: &[Edit]) -> Result<(), Trouble> {
        let author = self.author(&id);
        let actor = self.actor;
        let made = self.here(&id)?.document.edit_all(actor, &author, edits).map_err(|error| refused(&error))?;
        for change in made {
            let record = Record::sign(id, change.change, change.hash, change.builds_on, &self.device_key);
            let (_, _, effects) = self.replica.append(self.now(), id, record, &*self.disk).map_err(local)?;
            self.perform(effects, Vec::new());
        }
        self.delivery_changed(id);
        self.catalog.touched(id, false);
        Ok(())
    }

    /// Founds a document of this person, alone or with others.
    pub(super) fn found(&mut self, kind: Kind, others: &[PersonId]) -> Result<DocumentId, Trouble> {
        let mut nonce = [0; 16];
        fill_random(&mut nonce).map_err(|_| Trouble::new(TroubleCode::Internal, "the system gives no random bytes"))?;
        let owners = std::iter::once(self.person).chain(others.iter().copied()).collect();
        self.begin_founding(Founding::new(kind, owners, nonce))
    }

    /// Founds a document as it is to be founded.
    pub(super) fn begin_founding(&mut self, founding: Founding) -> Result<DocumentId, Trouble> {
        let (id, effects) = self.replica.found(founding.clone()).map_err(local)?;
        self.perform(effects, Vec::new());
        // Nothing is stored yet, so it need not be read: it begins in memory.
        self.openings += 1;
        let (document, _) = OpenDocument::open(&founding, &rounds_crdt::replica::StoredDocument::default());
        self.open.insert(id, Opening::Here(Box::new(Open::new(document, self.openings))));
        self.catalog.touched(id, false);
        self.tell_everyone(&PageEvent::Documents);
        Ok(id)
    }

    pub(super) fn access_changed(&mut self, id: DocumentId) {
        self.catalog.touched(id, false);
        self.tell_everyone(&PageEvent::Documents);
        self.tell_readers(id, &PageEvent::Document { document: id });
        if self.replica.role(&id) < Role::Reader {
            self.close_for_pages(id);
        }
    }

    pub(super) fn close_idle_documents(&mut self) {
        let watched: BTreeSet<DocumentId> = self.pages.values().flat_map(|page| page.documents()).collect();
        self.open.retain(|id, opening| match opening {
            Opening::Here(open) => watched.contains(id) || open.last_used.elapsed() < IDLE_AFTER,
            Opening::Reading { .. } => true,
        });
    }

    /// What an open document says.
    pub(super) fn model(&mut self, id: &DocumentId) -> Result<Model, Trouble> {
        let directory = self.replica.directory().clone();
        Ok(self.here(id)?.document.read(&directory).model)
    }

    pub(super) fn answer(&mut self, id: DocumentId) -> Result<DocumentAnswer, Trouble> {
        let (me, role) = (self.person, self.replica.role(&id));
        let mut people: BTreeSet<PersonId> = self.replica.access(&id).map(|access| access.people()).unwrap_or_default();
        let owners = self.replica.access(&id).map(|access| access.founding.owners.clone()).unwrap_or_default();
        let quarantined = self.replica.head(&id).is_some_and(|head| !head.quarantined.is_empty());
        let late = self.replica.head(&id).is_some_and(|head| !head.late.is_empty());
        let (own_waiting, _) = self.replica.waiting(&id);
        let around = self.around(&id);
        let (feedback, feedback_on) = (self.feedback_of(&id), self.goal_of(&id));
        let binned_ms = self.catalog.binned_ms(&id);
        let directory = self.replica.directory().clone();
        let open = self.here(&id)?;
        let reading = open.document.read(&directory);
        let heads = open.document.heads();
        let fields = open.document.kind().text_fields();
        let texts = fields.iter().filter_map(|field| {
            let text = Words::from(open.document.text(field)?);
            Some(TextAnswer { schema: ANSWER_SCHEMA, field: (*field).to_owned(), text, heads: heads.clone() })
        });
        let texts = texts.collect();
        let mut problems = reading.problems;
        let mut problem =
            |what: &str| problems.push(rounds_crdt::model::Problem { place: "history".into(), what: what.into() });
        if quarantined {
            problem("one computer's changes stopped following on from each other and are no longer taken in");
        }
        if late {
            problem("some of this was written after its writer's access had ended");
        }
        if own_waiting > 0 {
            problem("words you wrote after your access ended are kept on this computer only");
        }
        let stage = match &reading.model {
            Model::Visit(visit) => Some(visit.stage_told_to(&me, &around.context(now_ms()))),
            _ => None,
        };
        let figures = match &reading.model {
            Model::NoteSet(notes) => told(notes.instrument.as_ref(), &notes.events, notes.observed_ms),
            Model::ReleasedNotes(notes) => told(notes.instrument.as_ref(), &notes.events, notes.observed_ms),
            _ => None,
        };
        let timing = match &reading.model {
            Model::Visit(visit) => open.timing(&visit.run, now_ms()),
            Model::Debrief(debrief) => open.timing(&debrief.run, now_ms()),
            Model::Mirror(mirror) => open.timing(&mirror.run, now_ms()),
            Model::Goal(goal) => open.timing(&goal.run, now_ms()),
            _ => None,
        };
        let kind = open.document.kind();
        if let Model::Visit(visit) = &reading.model {
            people.extend(visit.people.keys());
        }
        people.extend(reading.comments.iter().map(|comment| comment.by));
        people.extend(reading.comments.iter().flat_map(|comment| comment.answers.iter().map(|answer| answer.by)));
        let people = people.into_iter().map(|person| self.person_answer(&person)).collect();
        Ok(DocumentAnswer {
            schema: ANSWER_SCHEMA,
            id,
            kind,
            role,
            owners,
            model: reading.model.told_to(&me),
            texts,
            comments: self.comments_told(reading.comments),
            stage,
            feedback,
            feedback_on,
            figures,
            timing,
            problems,
            people,
            binned_ms,
        })
    }

    pub(super) fn person_answer(&self, person: &PersonId) -> PersonAnswer {
        PersonAnswer { id: *person, name: self.name_of(person) }
    }
}

/// The figures of notes that were taken with an instrument.
fn told(instrument: Option<&Instrument>, events: &[Marked], observed_ms: Option<i64>) -> Option<Figures> {
    instrument.map(|instrument| figures(instrument, events, observed_ms))
}

/// The text meant by a name, or by none.
pub(super) fn text_field(kind: Kind, field: Option<&str>) -> Result<&'static str, Trouble> {
    let found = match field {
        Some(name) => kind.text_fields().iter().find(|known| **known == name).copied(),
        None => kind.main_text(),
    };
    found.ok_or_else(|| {
        let names = kind.text_fields().join(", ");
        let hint = if names.is_empty() {
            "this kind of document has no live text".to_owned()
        } else {
            format!("its texts: {names}")
        };
        Trouble::new(TroubleCode::NotFound, "this document has no such text").hint(hint)
    })
}

/// The one splice that turns `old` into `new`, touching only what differs.
pub(super) fn difference(old: &str, new: &str) -> Option<Splice> {
    let same_start: usize = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[same_start..], &new[same_start..]);
    let same_end: usize =
        old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (gone, come) = (&old_rest[..old_rest.len() - same_end], &new_rest[..new_rest.len() - same_end]);
    let units = |text: &str| text.chars().map(char::len_utf16).sum();
    (gone != come).then(|| Splice { at: units(&old[..same_start]), delete: units(gone), insert: come.into() })
}

fn single_device(records: &[Record]) -> Option<DeviceId> {
    let mut devices = records.iter().filter_map(|record| rounds_crdt::change::ChangeHeader::read(&record.change).ok());
    let first = devices.next()?.actor.device();
    devices.all(|header| header.actor.device() == first).then_some(first)
}

/// What a refused edit is called.
pub(super) fn refused(error: &EditError) -> Trouble {
    let code = match error {
        EditError::NotAllowed { .. } => TroubleCode::Refused,
        EditError::TooLarge { .. }
        | EditError::Instrument(InstrumentError::TooManyLabels | InstrumentError::TooManySeats) => {
            TroubleCode::TooLarge
        }
        EditError::OutOfRange { .. }
        | EditError::SplitsCharacter { .. }
        | EditError::Invalid { .. }
        | EditError::NoName
        | EditError::Event(_)
        | EditError::Instrument(_)
        | EditError::Vocabulary(_)
        | EditError::Timetable(_) => TroubleCode::BadRequest,
        EditError::NewerVersion { .. } | EditError::Damaged(_) => TroubleCode::Conflict,
    };
    Trouble::new(code, error.to_string()).because(error.reason())
}

/// What the engine's refusal is called.
pub(super) fn local(error: LocalError) -> Trouble {
    match error {
        LocalError::UnknownDocument => Trouble::no_document(),
        LocalError::NotAllowed => Trouble::new(TroubleCode::Refused, "you cannot do this in this document"),
        LocalError::Exists => Trouble::new(TroubleCode::Conflict, "this document exists already"),
        LocalError::Access(error) => Trouble::new(TroubleCode::Conflict, error.to_string()),
        LocalError::TooLarge => Trouble::new(TroubleCode::TooLarge, error.to_string()),
        LocalError::Torn => reading_anew(),
        LocalError::OutOfStep => Trouble::new(TroubleCode::Unavailable, "the document was just read anew; try again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_text_touches_only_what_differs() {
        let table = [
            ("", "saw", Some((0, 0, "saw"))),
            ("saw", "saw", None),
            ("I saw", "I heard", Some((2, 3, "heard"))),
            ("a😀b", "a😁b", Some((1, 2, "😁"))),
            ("aa", "aaa", Some((2, 0, "a"))),
        ];
        for (old, new, wanted) in table {
            let found = difference(old, new);
            let wanted = wanted.map(|(at, delete, insert)| Splice { at, delete, insert: insert.into() });
            assert_eq!(found, wanted, "{old:?} to {new:?}");
        }
    }
}
