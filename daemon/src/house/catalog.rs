//! Decides what lists show of each document without opening it, and when that is brought up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rounds_crdt::access::{Directory, Role};
use rounds_crdt::ids::DocumentId;
use rounds_crdt::merge::{OpenDocument, compact};
use rounds_crdt::model::{Kind, Model, Words};
use rounds_crdt::replica::{Event, Store};

use super::answers::{DocumentRow, PersonAnswer};
use super::bin::goes_ms;
use super::cards::CardSaid;
use super::documents::{Opening, unless_it_panics};
use super::facts::{Around, Said, Surroundings, facts, speaks_of};
use super::keeper::{Keeper, now_ms};
use super::lessons::Lessons;
use super::row::Row;
use super::search::Index;
use super::{House, PageEvent, Trouble, TroubleCode};
use crate::journal::{Op, Slot, SlotKind};

/// Documents read for the catalog in one go on another thread; what is typed meanwhile does not wait for them.
const READ_AT_ONCE_MAX: usize = 64;

/// Bytes of a title: a line on a phone is shorter.
const TITLE_BYTES_MAX: usize = 120;

/// How long a list waits for documents that changed to be read, before it shows what it has.
const LIST_WAITS: Duration = Duration::from_millis(300);

/// Records a document may gather before they are compacted into a snapshot at leisure: a lesson's typing.
const TAIL_RECORDS_MAX: usize = 256;

/// Every document's row, and which are behind.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    rows: Option<BTreeMap<DocumentId, Row>>,
    behind: BTreeSet<DocumentId>,
    changed: BTreeSet<DocumentId>,
    /// What happened before the rows were loaded.
    early: BTreeMap<DocumentId, Touch>,
    /// When the first of what is in the bin was put there.
    first_binned_ms: Option<i64>,
    reading: bool,
    /// What was read to be searched, while somebody searches.
    pub(super) index: Option<Index>,
    /// What was read of notes about this person's own lessons.
    pub(super) lessons: Lessons,
}

#[derive(Debug, Clone, Copy, Default)]
struct Touch {
    at_ms: i64,
    by_others: bool,
    seen: bool,
}

impl Catalog {
    /// Profiles, as far as they were read, whose owners let partners see that their computer is on.
    pub(super) fn shows_here(&self) -> impl Iterator<Item = &DocumentId> {
        self.rows.iter().flatten().filter(|(_, row)| row.said.shows_here).map(|(id, _)| id)
    }

    /// Cards, as far as they were read, that others than those named in them may not see.
    pub(super) fn withheld_cards(&self) -> impl Iterator<Item = (DocumentId, &CardSaid)> {
        let rows = self.rows.iter().flatten();
        rows.filter_map(|(id, row)| Some((*id, row.said.card.as_ref()?))).filter(|(_, card)| !card.may_be_seen())
    }

    /// A document changed here, by somebody else or not.
    pub(super) fn touched(&mut self, id: DocumentId, by_others: bool) {
        self.behind.insert(id);
        if let Some(index) = &mut self.index {
            index.touched(id);
        }
        self.note(id, |touch| {
            touch.at_ms = now_ms();
            touch.by_others |= by_others;
            touch.seen &= !by_others;
        });
    }

    /// This person looked at a document.
    pub(super) fn seen(&mut self, id: DocumentId) {
        self.note(id, |touch| {
            touch.seen = true;
            touch.by_others = false;
        });
    }

    fn note(&mut self, id: DocumentId, change: impl FnOnce(&mut Touch)) {
        let mut touch = self.early.get(&id).copied().unwrap_or_default();
        change(&mut touch);
        match &mut self.rows {
            None => drop(self.early.insert(id, touch)),
            Some(rows) => {
                let row = rows.entry(id).or_default();
                let before = row.clone();
                row.take(touch);
                if *row != before {
                    self.changed.insert(id);
                }
            }
        }
    }

    /// What to call a document, as far as it was read.
    pub(super) fn title(&self, id: &DocumentId) -> Option<&str> {
        self.row(id).map(|row| row.title.as_str()).filter(|title| !title.is_empty())
    }

    /// What is kept of a document, once the rows are loaded.
    pub(super) fn row(&self, id: &DocumentId) -> Option<&Row> {
        self.rows.as_ref()?.get(id)
    }

    /// What belongs to a visit, as far as it was read.
    pub(super) fn of_visit(&self, visit: DocumentId) -> impl Iterator<Item = DocumentId> {
        self.rows.iter().flatten().filter(move |(_, row)| row.visit == Some(visit)).map(|(id, _)| *id)
    }

    /// When a document was put in the bin.
    pub(super) fn binned_ms(&self, id: &DocumentId) -> Option<i64> {
        self.row(id)?.binned_ms
    }

    /// Puts a document in the bin or back, once the rows are loaded; whether that changed anything.
    pub(super) fn set_binned(&mut self, id: DocumentId, binned_ms: Option<i64>) -> bool {
        let Some(rows) = &mut self.rows else { return false };
        let row = rows.entry(id).or_default();
        if row.binned_ms.is_some() == binned_ms.is_some() {
            return false;
        }
        row.binned_ms = binned_ms;
        self.changed.insert(id);
        self.look_into_bin();
        true
    }

    fn look_into_bin(&mut self) {
        self.first_binned_ms = self.rows.iter().flatten().filter_map(|(_, row)| row.binned_ms).min();
    }

    /// What has been in the bin for at least so long.
    pub(super) fn in_bin_since(&self, now_ms: i64, at_least: Duration) -> Vec<DocumentId> {
        let at_least = i64::try_from(at_least.as_millis()).unwrap_or(i64::MAX);
        let due = |row: &Row| row.binned_ms.is_some_and(|binned| binned.saturating_add(at_least) <= now_ms);
        self.rows.iter().flatten().filter(|(_, row)| due(row)).map(|(id, _)| *id).collect()
    }

    pub(super) fn remove(&mut self, id: &DocumentId) {
        self.behind.remove(id);
        self.changed.remove(id);
        self.early.remove(id);
        if let Some(index) = &mut self.index {
            index.remove(id);
        }
        let removed = self.rows.as_mut().and_then(|rows| rows.remove(id));
        if removed.is_some_and(|row| row.binned_ms.is_some()) {
            self.look_into_bin();
        }
    }

    /// Whether there is something to do at leisure.
    pub(super) fn has_work(&self) -> bool {
        let news = !self.behind.is_empty() || !self.changed.is_empty() || !self.early.is_empty();
        let due = self.rows.is_none() || self.first_binned_ms.is_some_and(|binned| goes_ms(binned) <= now_ms());
        (news || due) && !self.reading
    }
}

impl Row {
    fn take(&mut self, touch: Touch) {
        if touch.at_ms > 0 {
            self.updated_ms = touch.at_ms;
        }
        if touch.by_others {
            self.unread = true;
        } else if touch.seen {
            self.unread = false;
        }
    }
}

/// What one reading of a document found for its row.
struct Described {
    id: DocumentId,
    title: String,
    visit: Option<DocumentId>,
    read_at: u64,
    tail: usize,
    said: Said,
}

impl Keeper {
    pub(super) fn load_catalog(&mut self) -> Result<(), Trouble> {
        if self.catalog.rows.is_some() {
            return Ok(());
        }
        let mut rows: BTreeMap<DocumentId, Row> = BTreeMap::new();
        let read = self.disk.journal().for_each(SlotKind::Catalog, &mut |id, bytes| {
            if let Some(row) = Row::from_bytes(&bytes) {
                rows.insert(id, row);
            }
        });
        read.map_err(|error| Trouble::new(TroubleCode::Unavailable, error.to_string()))?;
        for id in self.replica.documents() {
            let last = self.replica.head(&id).map_or(0, |head| head.last);
            if rows.get(&id).is_none_or(|row| row.read_at < last || row.is_of_another_version()) {
                self.catalog.behind.insert(id);
            }
        }
        for (id, touch) in std::mem::take(&mut self.catalog.early) {
            rows.entry(id).or_default().take(touch);
            self.catalog.changed.insert(id);
        }
        self.catalog.rows = Some(rows);
        self.catalog.look_into_bin();
        self.close_cards();
        if self.catalog.shows_here().next().is_some() {
            self.tell_everyone(&PageEvent::People); // who lets themselves be seen is known from here on
        }
        Ok(())
    }

    /// Reads some of the documents that changed, on another thread, and saves rows that changed.
    pub(super) fn refresh_catalog(&mut self) {
        if self.replica.is_torn() {
            return; // what is read could not be followed
        }
        if let Err(trouble) = self.load_catalog() {
            tracing::warn!(code = ?trouble.code, "the catalog could not be read");
            return;
        }
        self.empty_bin(now_ms());
        self.save_catalog();
        if self.catalog.reading || self.catalog.behind.is_empty() {
            return;
        }
        // Cards first: somebody may have said that others shall not see one.
        let (cards, others): (Vec<DocumentId>, Vec<DocumentId>) =
            self.catalog.behind.iter().partition(|id| self.is_card(id));
        let batch: Vec<DocumentId> = cards.into_iter().chain(others).take(READ_AT_ONCE_MAX).collect();
        let mut away = Vec::new();
        for id in batch {
            self.catalog.behind.remove(&id);
            let (Some(access), Some(head)) = (self.replica.access(&id), self.replica.head(&id)) else { continue };
            let (founding, last, readable) = (access.founding.clone(), head.last, !head.unverified);
            if let Some(Opening::Here(open)) = self.open.get(&id) {
                let described = describe(id, &open.document, self.replica.directory(), last, 0);
                self.described(vec![described]);
            } else if readable && self.replica.role(&id) >= Role::Reader {
                away.push((id, founding, last));
            }
        }
        if away.is_empty() {
            return;
        }
        self.catalog.reading = true;
        let (disk, directory) = (self.disk.clone(), self.replica.directory().clone());
        self.away(
            move || {
                let read = away.into_iter().filter_map(|(id, founding, last)| {
                    unless_it_panics(&id, || {
                        let stored = disk.document(&id).ok()?;
                        let (open, _) = OpenDocument::open(&founding, &stored);
                        Some(describe(id, &open, &directory, last, stored.tail.len()))
                    })
                });
                read.collect::<Vec<Described>>()
            },
            |keeper, described| {
                keeper.catalog.reading = false;
                keeper.described(described);
                keeper.save_catalog();
                if keeper.catalog.behind.iter().any(|id| keeper.is_card(id)) {
                    keeper.refresh_catalog(); // an answer came meanwhile
                }
            },
        );
    }

    fn described(&mut self, described: Vec<Described>) {
        let (mut changed, mut here_changed, mut moved) = (false, false, BTreeSet::new());
        let mut answered = Vec::new();
        let mut long = Vec::new();
        for found in described {
            let Some(rows) = &mut self.catalog.rows else { return };
            if found.tail > TAIL_RECORDS_MAX {
                long.push(found.id);
            }
            let row = rows.entry(found.id).or_default();
            here_changed |= row.said.shows_here != found.said.shows_here;
            if row.said.card != found.said.card {
                answered.push(found.id);
            }
            if row.title != found.title || row.said != found.said || row.visit != found.visit {
                changed = true;
                moved.extend(found.visit);
            }
            row.said = found.said;
            row.title = found.title;
            row.visit = found.visit;
            row.read_at = found.read_at;
            if row.updated_ms == 0 {
                row.updated_ms = now_ms();
            }
            self.catalog.changed.insert(found.id);
        }
        if changed {
            self.tell_everyone(&PageEvent::Documents);
        }
        if here_changed {
            self.tell_everyone(&PageEvent::People);
        }
        if changed {
            self.close_cards();
        }
        // Whoever has it before them may be somebody it is shown to no longer.
        for document in answered {
            self.tell_readers(document, &PageEvent::Document { document });
        }
        for visit in moved {
            self.tell_readers(visit, &PageEvent::Document { document: visit });
        }
        for id in long {
            self.compact_document(id);
        }
    }

    /// Makes a snapshot of a document on another thread; nothing happens when it cannot be made yet.
    fn compact_document(&self, id: DocumentId) {
        let Some(access) = self.replica.access(&id) else { return };
        let founding = access.founding.clone();
        let disk = self.disk.clone();
        self.away(
            move || {
                disk.document(&id)
                    .ok()
                    .filter(|stored| !stored.tail.is_empty())
                    .and_then(|stored| compact(&founding, stored).ok())
            },
            move |keeper, made| {
                let Some((snapshot, through)) = made else { return };
                let event = Event::Compacted { document: id, snapshot: Box::new(snapshot), through };
                let effects = keeper.replica.handle(keeper.now(), event, &*keeper.disk);
                keeper.perform(effects, Vec::new());
            },
        );
    }

    pub(super) fn save_catalog(&mut self) {
        let ops = self.catalog_ops();
        if !ops.is_empty() {
            self.write(ops);
        }
    }

    /// The rows that changed since they were last written, as the journal takes them.
    pub(super) fn catalog_ops(&mut self) -> Vec<Op> {
        let Some(rows) = &self.catalog.rows else { return Vec::new() };
        let changed = std::mem::take(&mut self.catalog.changed);
        let held = changed.into_iter().filter(|id| self.replica.access(id).is_some());
        held.filter_map(|id| {
            let bytes = rows.get(&id)?.to_bytes();
            Some(Op::PutSlot { document: id, slot: Slot::Catalog, bytes })
        })
        .collect()
    }

    /// Where each document stands in a list, in no order: the moment it last changed, and its id. Of those in the bin, or of
    /// all others; and of one visit, where one is named.
    fn places(&self, kind: Option<Kind>, visit: Option<DocumentId>, binned: bool) -> Vec<(i64, DocumentId)> {
        let Some(rows) = &self.catalog.rows else { return Vec::new() };
        let (nothing, now) = (Row::default(), now_ms());
        let place = |id: DocumentId| {
            let its_kind = self.replica.access(&id)?.founding.kind;
            let wanted = kind.map_or(!matches!(its_kind, Kind::Profile | Kind::Binder), |kind| kind == its_kind);
            let row = rows.get(&id).unwrap_or(&nothing);
            let listed =
                wanted && row.binned_ms.is_some() == binned && visit.is_none_or(|visit| row.visit == Some(visit));
            let readable = listed && self.replica.role(&id) >= Role::Reader;
            (readable && self.is_shown_of_doors(&id, now) && self.is_shown_of_cards(&id))
                .then_some((row.updated_ms, id))
        };
        self.replica.documents().filter_map(place).collect()
    }

    /// The rows of these documents, in this order; of those that are still there.
    fn rows(&self, ids: &[DocumentId]) -> Vec<DocumentRow> {
        let Some(rows) = &self.catalog.rows else { return Vec::new() };
        let kinds = ids.iter().filter_map(|id| Some((*id, self.replica.access(id)?.founding.kind)));
        let kinds: BTreeMap<DocumentId, Kind> = kinds.collect();
        let surroundings = self.surroundings(rows, |visit| kinds.get(visit) == Some(&Kind::Visit));
        let has_feedback = kinds.values().any(|kind| *kind == Kind::GoalFeedback);
        let feedback_on = if has_feedback { self.goals_by_feedback() } else { BTreeMap::new() };
        let has_doors = kinds.values().any(|kind| *kind == Kind::OpenDoor);
        let through = if has_doors { self.through(rows) } else { Default::default() };
        let now = now_ms();
        let row = |id: &DocumentId| {
            let access = self.replica.access(id).filter(|_| self.replica.role(id) >= Role::Reader)?;
            let (id, its_kind) = (*id, access.founding.kind);
            let row = rows.get(&id).cloned().unwrap_or_default();
            let others: Vec<_> = access.readers().filter(|person| *person != self.person).collect();
            let with: Vec<PersonAnswer> = others.iter().map(|person| self.person_answer(person)).collect();
            let (delivered_to, waiting_for) = others.into_iter().partition(|person| self.person_holds(*person, &id));
            let goal = row.said.goal.as_ref().filter(|_| its_kind == Kind::Goal).map(|goal| {
                let feedback = self.feedback_of(&id);
                let unread = feedback.and_then(|feedback| rows.get(&feedback)).is_some_and(|row| row.unread);
                goal.facts(&access.founding.owners, self.person, feedback, unread, |person| self.person_answer(person))
            });
            Some(DocumentRow {
                id,
                kind: its_kind,
                title: row.title,
                with,
                updated_ms: row.updated_ms,
                visit: row.visit,
                delivered_to,
                waiting_for,
                unread: row.unread,
                binned_ms: row.binned_ms,
                goes_ms: row.binned_ms.map(goes_ms),
                goal,
                door: row.said.door.as_deref().and_then(|door| self.door_facts(&id, door, &through)),
                card: row.said.card.as_ref().and_then(|card| self.card_facts(&id, card)),
                feedback_on: feedback_on.get(&id).copied(),
                facts: row.said.visit.as_deref().filter(|_| its_kind == Kind::Visit).map(|visit| {
                    let around = surroundings.get(&id).cloned().unwrap_or_default();
                    facts(visit, &around, &self.person, now, |person| self.person_answer(person))
                }),
            })
        };
        ids.iter().filter_map(row).collect()
    }

    /// The rows of what is in the bin, in no order.
    pub(super) fn binned_rows(&mut self) -> Result<Vec<DocumentRow>, Trouble> {
        self.load_catalog()?;
        let binned: Vec<DocumentId> = self.places(None, None, true).into_iter().map(|(_, id)| id).collect();
        Ok(self.rows(&binned))
    }

    /// What surrounds some of the visits here: the documents that name them and may speak of them.
    fn surroundings(&self, rows: &BTreeMap<DocumentId, Row>, asked: impl Fn(&DocumentId) -> bool) -> Surroundings {
        let mut found = Surroundings::new();
        for (id, row) in rows {
            let Some(visit) = row.visit.filter(&asked) else { continue };
            let Some(access) = self.replica.access(id) else { continue };
            let Some(theirs) = rows.get(&visit).and_then(|row| row.said.visit.as_deref()) else { continue };
            if self.replica.role(id) >= Role::Reader && speaks_of(theirs, &access.founding.owners) {
                let mut said = row.said.clone();
                if row.binned_ms.is_some() {
                    // What is in the bin still happened, and asks for nothing any more.
                    (said.written, said.reflected) = (false, false);
                }
                let unread = row.unread && row.binned_ms.is_none();
                found.entry(visit).or_default().take(&said, &access.founding.owners, self.person, unread);
            }
        }
        found
    }

    /// What is around one visit, as far as the catalog has read.
    pub(super) fn around(&self, visit: &DocumentId) -> Around {
        let rows = self.catalog.rows.as_ref();
        rows.and_then(|rows| self.surroundings(rows, |one| one == visit).remove(visit)).unwrap_or_default()
    }
}

impl House {
    /// Where the documents stand that this person may read: without a kind, those that people made.
    pub async fn list_places(
        &self,
        kind: Option<Kind>,
        visit: Option<DocumentId>,
    ) -> Result<Vec<(i64, DocumentId)>, Trouble> {
        self.read_up().await?;
        self.call(move |keeper| Ok(keeper.places(kind, visit, false))).await
    }

    /// What lists show of these documents; of those that are gone, nothing.
    pub async fn list_rows(&self, ids: Vec<DocumentId>) -> Result<Vec<DocumentRow>, Trouble> {
        self.call(move |keeper| Ok(keeper.rows(&ids))).await
    }

    /// Lets the catalog read what changed, for as long as an answer may wait for it.
    pub(super) async fn read_up(&self) -> Result<(), Trouble> {
        let until = tokio::time::Instant::now() + LIST_WAITS;
        loop {
            let complete = self
                .call(|keeper| {
                    keeper.load_catalog()?;
                    keeper.refresh_catalog();
                    Ok(keeper.catalog.behind.is_empty() && !keeper.catalog.reading)
                })
                .await?;
            if complete || tokio::time::Instant::now() >= until {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await; // a batch is being read on another thread
        }
    }

    /// Compacts every document, then the journal's file; how many bytes it takes afterwards.
    pub async fn tidy(&self) -> Result<u64, Trouble> {
        let documents = self.call(|keeper| Ok(keeper.replica.documents().collect::<Vec<_>>())).await?;
        for batch in documents.chunks(READ_AT_ONCE_MAX) {
            let batch = batch.to_vec();
            let commit = self.compact_now(batch).await?;
            self.saved(commit).await?;
        }
        self.call(|keeper| {
            keeper.save_catalog();
            Ok(())
        })
        .await?;
        let disk = self.disk.clone();
        let compacted =
            tokio::task::spawn_blocking(move || disk.journal().compact().map(|_| disk.journal().bytes_on_disk()));
        let compacted = compacted.await.map_err(|_| super::fault())?;
        compacted.map_err(|error| Trouble::new(TroubleCode::Unavailable, error.to_string()))
    }

    async fn compact_now(&self, batch: Vec<DocumentId>) -> Result<u64, Trouble> {
        let foundings = self
            .call(move |keeper| {
                let known = batch.into_iter().filter_map(|id| {
                    let founding = keeper.replica.access(&id)?.founding.clone();
                    let head = keeper.replica.head(&id)?;
                    (!head.unverified && head.last > 0).then_some((id, founding))
                });
                Ok(known.collect::<Vec<_>>())
            })
            .await?;
        let disk = self.disk.clone();
        let made = tokio::task::spawn_blocking(move || {
            let made = foundings.into_iter().filter_map(|(id, founding)| {
                let stored = disk.document(&id).ok().filter(|stored| !stored.tail.is_empty())?;
                compact(&founding, stored).ok().map(|(snapshot, through)| (id, snapshot, through))
            });
            made.collect::<Vec<_>>()
        });
        let made = made.await.map_err(|_| super::fault())?;
        self.call(move |keeper| {
            for (document, snapshot, through) in made {
                let event = Event::Compacted { document, snapshot: Box::new(snapshot), through };
                let effects = keeper.replica.handle(keeper.now(), event, &*keeper.disk);
                keeper.perform(effects, Vec::new());
            }
            Ok(keeper.last_commit())
        })
        .await
    }
}

fn describe(id: DocumentId, open: &OpenDocument, directory: &Directory, read_at: u64, tail: usize) -> Described {
    let model = open.read(directory).model;
    let title = title_of(&model);
    Described { id, title, visit: model.visit(), read_at, tail, said: Said::of(&model) }
}

/// A line without what makes it a heading, a quotation or an entry of a list in Markdown.
fn unmarked(line: &str) -> &str {
    let mut rest = line.trim();
    loop {
        let behind = rest.trim_start_matches('#');
        let heading = if behind.len() < rest.len() { behind.strip_prefix(' ') } else { None };
        let marks = ["> ", "- ", "* ", "+ ", "[ ] ", "[x] "];
        match heading.or_else(|| marks.iter().find_map(|mark| rest.strip_prefix(mark))) {
            Some(shorter) => rest = shorter.trim_start(),
            None => return rest,
        }
    }
}

/// What to call a document: its title, or its first words.
pub(super) fn title_of(model: &Model) -> String {
    let first_line = |words: &Words| {
        words.as_str().lines().map(unmarked).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
    };
    let titled = |title: &Option<Words>, text: &Words| title.as_ref().map_or_else(|| first_line(text), first_line);
    let title = match model {
        Model::Profile(profile) => profile.name.as_ref().map_or_else(String::new, first_line),
        Model::Binder(_) | Model::TryLog(_) | Model::Timetable(_) | Model::FreePeriods(_) => String::new(),
        // Two people are known by who they are, not by how their journal begins.
        Model::Partnership(partnership) => partnership.title.as_ref().map_or_else(String::new, first_line),
        Model::Visit(visit) => first_line(&visit.focus),
        Model::OpenDoor(door) => first_line(&door.see),
        Model::NoteSet(notes) => titled(&notes.title, &notes.notes),
        Model::ReleasedNotes(notes) => titled(&notes.title, &notes.notes),
        Model::Debrief(debrief) => titled(&debrief.title, &debrief.notes),
        Model::Goal(goal) => titled(&goal.title, &goal.why),
        Model::StrategyCard(card) => titled(&card.title, &card.text),
        Model::SuccessCard(card) => titled(&card.title, &card.text),
        Model::ShownCard(card) => titled(&card.title, &card.text),
        Model::Resource(resource) => titled(&resource.title, &resource.text),
        Model::Vocabulary(vocabulary) => first_line(&vocabulary.title),
        Model::Instrument(own) => titled(&own.title, &own.question),
        Model::GoalFeedback(feedback) => {
            feedback.entries.last().map_or_else(String::new, |entry| first_line(&entry.text))
        }
        Model::Mirror(mirror) => {
            let lines = [&mirror.keep, &mirror.start, &mirror.stop, &mirror.ideas].map(first_line);
            lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
        }
    };
    let cut = title
        .char_indices()
        .map(|(index, letter)| index + letter.len_utf8())
        .take_while(|end| *end <= TITLE_BYTES_MAX)
        .last();
    title[..cut.unwrap_or(0)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_called_by_words_and_not_by_their_marks() {
        for (line, words) in [
            ("## What we saw", "What we saw"),
            ("- [ ] Ask the back row", "Ask the back row"),
            ("> “four”", "“four”"),
            ("*4 s* of silence", "*4 s* of silence"),
            ("#1 of three", "#1 of three"),
            ("##", "##"),
        ] {
            assert_eq!(unmarked(line), words);
        }
    }

    #[test]
    fn the_bin_keeps_for_thirty_days_and_no_shorter() {
        let (day, id) = (24 * 60 * 60 * 1000, DocumentId::from_bytes([1; 20]));
        let mut catalog = Catalog { rows: Some(BTreeMap::new()), ..Catalog::default() };
        assert!(!catalog.set_binned(id, None));
        assert!(catalog.set_binned(id, Some(day)));
        assert!(!catalog.set_binned(id, Some(2 * day)), "what is in the bin does not get there later");
        let kept = super::super::bin::BIN_KEEPS;
        assert_eq!(catalog.in_bin_since(31 * day - 1, kept), []);
        assert_eq!(catalog.in_bin_since(31 * day, kept), [id]);
        assert!(catalog.set_binned(id, None));
        assert_eq!(catalog.in_bin_since(99 * day, kept), []);
    }
}
