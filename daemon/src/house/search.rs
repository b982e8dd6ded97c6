//! Decides how everything held here is searched: in memory, from when somebody first searches until they are done.
//!
//! No second copy of anybody's words lies on the disk. What is searched is words, never who wrote them: nothing here can
//! gather what is known of one person.

mod folded;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{iter, thread};

use rounds_crdt::access::{Directory, Role};
use rounds_crdt::ids::DocumentId;
use rounds_crdt::merge::OpenDocument;
use rounds_crdt::model::{Comment, Kind, Words};
use rounds_crdt::replica::Store;
use tokio::time::Instant;

use self::folded::{Excerpt, Folded, Match, Terms};
use super::answers::{ANSWER_SCHEMA, Found, Hit, SearchAnswer};
use super::catalog::title_of;
use super::documents::{Opening, unless_it_panics};
use super::keeper::{Keeper, now_ms};
use super::{House, Trouble, TroubleCode};

/// Bytes a question may have: a long sentence.
pub(crate) const QUESTION_BYTES_MAX: usize = 400;

/// Documents an answer names: more than anybody reads through before asking more closely.
const FOUND_MAX: usize = 50;

/// Documents read in one go on another thread; what is typed meanwhile does not wait for them.
const READ_AT_ONCE_MAX: usize = 64;

/// How long an answer waits for documents that were not read yet, before it says how many are missing.
const SEARCH_WAITS: Duration = Duration::from_millis(150);

/// How long what was read is kept after the last question: people look for several things in a row.
const KEPT_FOR: Duration = Duration::from_secs(10 * 60);

/// Bytes of words kept in memory while somebody searches: a thousand of the longest note sets recorded, each as it was written
/// and as it is compared.
const INDEX_BYTES_MAX: usize = 128 * 1024 * 1024;

/// What was read of every document, while somebody searches.
#[derive(Debug)]
pub(super) struct Index {
    texts: BTreeMap<DocumentId, Arc<Folded>>,
    behind: BTreeSet<DocumentId>,
    /// Documents for which there was no room.
    left_out: BTreeSet<DocumentId>,
    /// Bytes there is room for.
    room: usize,
    reading: bool,
    asked: Instant,
}

impl Index {
    fn new(behind: BTreeSet<DocumentId>, room: usize) -> Self {
        let (texts, left_out) = Default::default();
        Self { texts, behind, left_out, room, reading: false, asked: Instant::now() }
    }

    /// A document was read.
    fn insert(&mut self, id: DocumentId, text: Arc<Folded>) {
        self.drop_text(&id);
        match self.room.checked_sub(text.bytes()) {
            Some(room) => {
                self.room = room;
                self.texts.insert(id, text);
            }
            None => {
                self.left_out.insert(id);
            }
        }
    }

    /// A document was read, or could not be, and is told among those that are not looked through.
    fn take(&mut self, id: DocumentId, text: Option<Arc<Folded>>) {
        match text {
            Some(text) => self.insert(id, text),
            None => {
                self.drop_text(&id);
                self.left_out.insert(id);
            }
        }
    }

    fn drop_text(&mut self, id: &DocumentId) {
        self.left_out.remove(id);
        self.room += self.texts.remove(id).map_or(0, |text| text.bytes());
    }

    /// A document changed.
    pub(super) fn touched(&mut self, id: DocumentId) {
        self.behind.insert(id);
    }

    /// A document is gone.
    pub(super) fn remove(&mut self, id: &DocumentId) {
        self.drop_text(id);
        self.behind.remove(id);
    }
}

/// A document to look through.
struct Candidate {
    id: DocumentId,
    updated_ms: i64,
    text: Arc<Folded>,
}

impl Keeper {
    /// When what was read for searching is let go.
    pub(super) fn search_expires_at(&self) -> Option<Instant> {
        self.catalog.index.as_ref().map(|index| index.asked + KEPT_FOR)
    }

    pub(super) fn expire_search(&mut self) {
        if self.search_expires_at().is_some_and(|at| at <= Instant::now()) {
            self.catalog.index = None;
        }
    }

    /// Sees to it that everything is being read; how many documents are still to be.
    fn read_for_search(&mut self) -> usize {
        if self.catalog.index.is_none() {
            let behind = self.replica.documents().filter(|id| self.is_searched(id)).collect();
            self.catalog.index = Some(Index::new(behind, INDEX_BYTES_MAX));
        }
        let Some(index) = &mut self.catalog.index else { return 0 };
        index.asked = Instant::now();
        if index.reading {
            return index.behind.len().max(1);
        }
        let batch: Vec<DocumentId> = index.behind.iter().take(READ_AT_ONCE_MAX).copied().collect();
        let mut away = Vec::new();
        for id in &batch {
            let Some(access) = self.replica.access(id).filter(|_| self.is_searched(id)) else {
                self.forget_for_search(id);
                continue;
            };
            let founding = access.founding.clone();
            if let Some(Opening::Here(open)) = self.open.get(id) {
                let text = Arc::new(words_of(&open.document, self.replica.directory()));
                self.searched(vec![(*id, text)]);
            } else {
                away.push((*id, founding));
            }
        }
        let Some(index) = &mut self.catalog.index else { return 0 };
        if away.is_empty() {
            return index.behind.len();
        }
        // What changes while it is read is behind again.
        for (id, _) in &away {
            index.behind.remove(id);
        }
        index.reading = true;
        let left = index.behind.len() + away.len();
        let (disk, directory) = (self.disk.clone(), self.replica.directory().clone());
        self.away(
            move || {
                on_all_cores(&away, |(id, founding)| {
                    let words = unless_it_panics(id, || {
                        let (open, _) = OpenDocument::open(founding, &disk.document(id).ok()?);
                        Some(Arc::new(words_of(&open, &directory)))
                    });
                    (*id, words)
                })
            },
            |keeper, read| {
                if let Some(index) = &mut keeper.catalog.index {
                    index.reading = false;
                    read.into_iter().for_each(|(id, text)| index.take(id, text));
                    if !index.behind.is_empty() {
                        keeper.read_for_search();
                    }
                }
            },
        );
        left
    }

    fn searched(&mut self, read: Vec<(DocumentId, Arc<Folded>)>) {
        let Some(index) = &mut self.catalog.index else { return };
        for (id, text) in read {
            index.behind.remove(&id);
            index.insert(id, text);
        }
    }

    fn forget_for_search(&mut self, id: &DocumentId) {
        if let Some(index) = &mut self.catalog.index {
            index.remove(id);
        }
    }

    /// Whether a document is one that people made, whose words this person may read.
    fn is_searched(&self, id: &DocumentId) -> bool {
        let made = |kind| !matches!(kind, Kind::Profile | Kind::Binder);
        self.replica.access(id).is_some_and(|access| made(access.founding.kind))
            && self.replica.head(id).is_some_and(|head| !head.unverified)
            && self.replica.role(id) >= Role::Reader
            && self.catalog.binned_ms(id).is_none()
            && self.is_shown_of_doors(id, now_ms())
            && self.is_shown_of_cards(id)
    }

    /// How many documents are not looked through for want of room.
    fn left_out(&self) -> usize {
        let index = self.catalog.index.iter();
        index.flat_map(|index| &index.left_out).filter(|id| self.is_searched(id)).count()
    }

    fn candidates(&self) -> Vec<Candidate> {
        let Some(index) = &self.catalog.index else { return Vec::new() };
        let held = index.texts.iter().filter(|(id, _)| self.is_searched(id));
        let candidate = |(id, text): (&DocumentId, &Arc<Folded>)| {
            let updated_ms = self.catalog.row(id)?.updated_ms;
            Some(Candidate { id: *id, updated_ms, text: text.clone() })
        };
        held.filter_map(candidate).collect()
    }

    /// What is shown of the documents that were found and are still here.
    fn told_of(&self, best: Vec<(DocumentId, Excerpt)>) -> Vec<Found> {
        let found = |(id, excerpt): (DocumentId, Excerpt)| {
            let access = self.replica.access(&id).filter(|_| self.is_searched(&id))?;
            let row = self.catalog.row(&id)?;
            let others = access.readers().filter(|person| *person != self.person);
            Some(Found {
                id,
                kind: access.founding.kind,
                title: row.title.clone(),
                with: others.map(|person| self.person_answer(&person)).collect(),
                visit: row.visit,
                updated_ms: row.updated_ms,
                excerpt: excerpt.text,
                hits: excerpt.hits.into_iter().map(|hit| Hit { from: hit.start, to: hit.end }).collect(),
            })
        };
        best.into_iter().filter_map(found).collect()
    }
}

impl House {
    /// Documents in which every word of a question stands, the best first. An empty question only prepares for others.
    pub async fn search(&self, question: String) -> Result<SearchAnswer, Trouble> {
        if question.len() > QUESTION_BYTES_MAX {
            let message = format!("a search takes at most {QUESTION_BYTES_MAX} bytes");
            return Err(Trouble::new(TroubleCode::BadRequest, message));
        }
        self.read_up().await?;
        let until = Instant::now() + SEARCH_WAITS;
        let mut unread = self.call(|keeper| Ok(keeper.read_for_search())).await?;
        let terms = Terms::of(&question);
        while unread > 0 && terms.is_some() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(5)).await; // a batch is being read on another thread
            unread = self.call(|keeper| Ok(keeper.read_for_search())).await?;
        }
        let left_out = self.call(|keeper| Ok(keeper.left_out())).await?;
        let nothing = SearchAnswer { schema: ANSWER_SCHEMA, found: Vec::new(), more: false, unread, left_out };
        let Some(terms) = terms else { return Ok(nothing) };
        let candidates = self.call(|keeper| Ok(keeper.candidates())).await?;
        let best = tokio::task::spawn_blocking(move || best(candidates, &terms));
        let (best, more) = best.await.map_err(|_| super::fault())?;
        let found = self.call(move |keeper| Ok(keeper.told_of(best))).await?;
        Ok(SearchAnswer { found, more, ..nothing })
    }
}

/// The best of the candidates with what is shown of each, and whether there are more.
fn best(candidates: Vec<Candidate>, terms: &Terms) -> (Vec<(DocumentId, Excerpt)>, bool) {
    let mut found: Vec<(Match, Candidate)> =
        candidates.into_iter().filter_map(|candidate| Some((candidate.text.matches(terms)?, candidate))).collect();
    found.sort_by_key(|(quality, candidate)| (*quality, -candidate.updated_ms, candidate.id));
    let more = found.len() > FOUND_MAX;
    found.truncate(FOUND_MAX);
    (found.into_iter().map(|(_, candidate)| (candidate.id, candidate.text.excerpt(terms))).collect(), more)
}

/// What becomes of each item, worked on by as many threads as there are cores; in no order. A panic is the caller's.
fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let one_core = || {
        let mine = iter::from_fn(|| items.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(&work).collect::<Vec<R>>()
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..cores.min(items.len())).map(|_| scope.spawn(one_core)).collect();
        let mut done = one_core();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    })
}

fn words_of(open: &OpenDocument, directory: &Directory) -> Folded {
    let reading = open.read(directory);
    let texts = open.kind().text_fields().iter().filter_map(|field| open.text(field));
    let answers = |comment: &Comment| comment.answers.iter().map(|answer| answer.text.clone()).collect::<Vec<_>>();
    // Not the quotations: what was deleted from a text is not to be found by it.
    let said = reading.comments.iter().flat_map(|comment| [vec![comment.text.clone()], answers(comment)].concat());
    let written = reading.model.written().into_iter().cloned().chain(said).map(Words::into_string);
    Folded::new(&title_of(&reading.model), texts.chain(written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_whatever_the_cores() {
        for count in [0_usize, 1, 2, 97] {
            let items: Vec<usize> = (0..count).collect();
            let mut done = on_all_cores(&items, |item| *item);
            done.sort_unstable();
            assert_eq!(done, items);
        }
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out_until_there_is() {
        let id = |byte| DocumentId::from_bytes([byte; 20]);
        let words = |length: usize| Arc::new(Folded::new("", ["a".repeat(length)].into_iter()));
        let mut index = Index::new(BTreeSet::new(), 100);
        index.insert(id(1), words(30));
        index.insert(id(2), words(30));
        assert_eq!((index.texts.len(), index.left_out.len()), (1, 1));
        index.insert(id(1), words(10));
        index.insert(id(2), words(30));
        assert_eq!((index.texts.len(), index.left_out.len()), (2, 0), "what became shorter makes room");
        index.insert(id(2), words(90));
        assert_eq!((index.texts.len(), index.left_out.len()), (1, 1), "and what grew is not kept as it was");
        index.remove(&id(2));
        index.remove(&id(1));
        assert_eq!((index.room, index.left_out.len()), (100, 0));
    }
}
