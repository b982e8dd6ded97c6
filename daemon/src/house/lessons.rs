//! Decides which notes are about this person's own lessons, and what is told of them side by side: to this person alone.
//!
//! What one set of notes told is remembered while the daemon runs, so that asking again reads only what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rounds_crdt::access::{Founding, Role};
use rounds_crdt::figures::repeated::{LessonOf, Told, repeated, told};
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::merge::OpenDocument;
use rounds_crdt::model::{Kind, Model, Visit};
use rounds_crdt::replica::Store;
use tokio::time::Instant;

use super::answers::{ANSWER_SCHEMA, OwnLessonsAnswer};
use super::facts::speaks_of;
use super::keeper::Keeper;
use super::{House, Trouble};

/// Notes that are told side by side at once: five lessons a week for ten school years.
const NOTES_MAX: usize = 2_000;

/// Notes read in one go; what is typed meanwhile does not wait for them.
const READ_AT_ONCE_MAX: usize = 64;

/// How long an answer waits for notes that were not read yet, before it says how many are missing: less would be told of waits
/// that nobody feels.
const LESSONS_WAIT: Duration = Duration::from_millis(300);

/// What was read of one set of notes.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    /// The log position it was read at.
    read_at: u64,
    /// When the lesson was, where the notes say so themselves; those of a visit leave it to the visit.
    own_lesson_ms: Option<i64>,
    told: Option<Told>,
    /// What these notes stand in the stead of.
    replaces: Vec<DocumentId>,
}

/// What was read of each set of notes.
pub(super) type Lessons = BTreeMap<DocumentId, Remembered>;

/// One set of notes that may be about an own lesson.
struct Candidate {
    id: DocumentId,
    founding: Founding,
    last: u64,
    /// The visit, and when it was.
    visit: Option<(DocumentId, Option<i64>)>,
}

/// When a visit was: as it began, else as it was planned.
fn moment_of(visit: &Visit) -> Option<i64> {
    visit.began_ms.or(visit.when_ms)
}

/// Whether notes by these owners, taken in this visit, are about a lesson of `me`: they are when I was the host, and somebody
/// of the visit took them, perhaps I.
fn is_about(visit: &Visit, me: PersonId, owners: &[PersonId]) -> bool {
    visit.host == Some(me) && speaks_of(visit, owners)
}

/// Whether a kind of notes counts: what others released, or what one wrote oneself. What one released oneself is one's own
/// note set once more.
fn counts(kind: Kind, owners: &[PersonId], me: PersonId) -> bool {
    match kind {
        Kind::ReleasedNotes => !owners.contains(&me),
        Kind::NoteSet => owners == [me],
        _ => false,
    }
}

impl Keeper {
    /// The notes that may be about this person's lessons, those of visits with the visit's own moment.
    fn own_lesson_candidates(&self) -> Vec<Candidate> {
        let found = self.replica.documents().filter_map(|id| {
            let access = self.replica.access(&id)?;
            let head = self.replica.head(&id)?;
            let founding = &access.founding;
            let readable = self.replica.role(&id) >= Role::Reader && !head.unverified;
            if !readable
                || !counts(founding.kind, &founding.owners, self.person)
                || self.catalog.binned_ms(&id).is_some()
            {
                return None;
            }
            let visit = match self.catalog.row(&id)?.visit {
                None if founding.kind == Kind::NoteSet => None,
                None => return None,
                Some(visit) => {
                    let theirs = self.catalog.row(&visit)?.said.visit.as_deref()?;
                    is_about(theirs, self.person, &founding.owners).then_some(())?;
                    Some((visit, moment_of(theirs)))
                }
            };
            Some(Candidate { id, founding: founding.clone(), last: head.last, visit })
        });
        found.collect()
    }
}

impl House {
    /// What was counted in this person's own lessons, side by side.
    pub async fn own_lessons(&self) -> Result<OwnLessonsAnswer, Trouble> {
        self.read_up().await?;
        let mut candidates = self.call(|keeper| Ok(keeper.own_lesson_candidates())).await?;
        // The baseline is what came first, so the latest are left out where there are too many.
        candidates
            .sort_by_key(|one| (one.visit.as_ref().and_then(|(_, when_ms)| *when_ms).unwrap_or(i64::MAX), one.id));
        let left_out = candidates.len().saturating_sub(NOTES_MAX);
        candidates.truncate(NOTES_MAX);
        let mut lessons = self.remembered(&candidates).await?;
        let behind: Vec<&Candidate> = candidates
            .iter()
            .filter(|one| lessons.get(&one.id).is_none_or(|remembered| remembered.read_at != one.last))
            .collect();
        let until = Instant::now() + LESSONS_WAIT;
        let mut unread = behind.len();
        // Each answer reads some, however long that takes: whoever asks on has all of it in the end.
        for batch in behind.chunks(READ_AT_ONCE_MAX) {
            lessons.extend(self.read_lessons(batch).await?);
            unread -= batch.len();
            if Instant::now() >= until {
                break;
            }
        }
        let read = lessons.clone();
        let wanted: BTreeSet<DocumentId> = candidates.iter().map(|one| one.id).collect();
        self.call(move |keeper| {
            keep(&mut keeper.catalog.lessons, read, &wanted);
            Ok(())
        })
        .await?;
        let replaced = replaced(&candidates, &lessons);
        let told = candidates.into_iter().filter(|one| !replaced.contains(&one.id)).filter_map(|one| {
            let Remembered { own_lesson_ms, told, .. } = lessons.remove(&one.id)?;
            let when_ms = match one.visit {
                Some((_, when_ms)) => when_ms,
                // Notes without a visit are about an own lesson only where their writer says so.
                None => Some(own_lesson_ms?),
            };
            Some((LessonOf { notes: one.id, visit: one.visit.map(|(visit, _)| visit), when_ms }, told?))
        });
        Ok(OwnLessonsAnswer { schema: ANSWER_SCHEMA, measures: repeated(told.collect()), unread, left_out })
    }

    /// What is remembered of these notes; of others nothing is kept.
    async fn remembered(&self, candidates: &[Candidate]) -> Result<Lessons, Trouble> {
        let ids: Vec<DocumentId> = candidates.iter().map(|one| one.id).collect();
        self.call(move |keeper| {
            let kept = ids.into_iter().filter_map(|id| Some((id, keeper.catalog.lessons.get(&id)?.clone())));
            Ok(kept.collect())
        })
        .await
    }

    /// Reads notes on another thread.
    async fn read_lessons(&self, batch: &[&Candidate]) -> Result<Vec<(DocumentId, Remembered)>, Trouble> {
        let wanted: Vec<(DocumentId, Founding, u64)> =
            batch.iter().map(|one| (one.id, one.founding.clone(), one.last)).collect();
        let directory = self.call(|keeper| Ok(keeper.replica.directory().clone())).await?;
        let disk = self.disk.clone();
        let read = tokio::task::spawn_blocking(move || {
            let read = wanted.into_iter().filter_map(|(id, founding, last)| {
                let (open, _) = OpenDocument::open(&founding, &disk.document(&id).ok()?);
                Some((id, taken(open.read(&directory).model, last)))
            });
            read.collect()
        });
        read.await.map_err(|_| super::fault())
    }
}

/// Keeps what was read, of the candidates alone; whoever asked meanwhile may have read on.
fn keep(kept: &mut Lessons, read: Lessons, candidates: &BTreeSet<DocumentId>) {
    kept.retain(|id, _| candidates.contains(id));
    for (id, one) in read {
        if kept.get(&id).is_none_or(|there| there.read_at < one.read_at) {
            kept.insert(id, one);
        }
    }
}

fn taken(model: Model, read_at: u64) -> Remembered {
    let (own_lesson_ms, replaces, instrument, events, observed_ms) = match model {
        Model::NoteSet(notes) => (notes.own_lesson_ms, Vec::new(), notes.instrument, notes.events, notes.observed_ms),
        Model::ReleasedNotes(notes) if notes.published => {
            (None, notes.replaces, notes.instrument, notes.events, notes.observed_ms)
        }
        _ => (None, Vec::new(), None, Vec::new(), None),
    };
    let told = instrument.and_then(|instrument| told(&instrument, &events, observed_ms));
    Remembered { read_at, own_lesson_ms, told, replaces }
}

/// What its own writer released once more: a lesson that was corrected stays one lesson.
fn replaced(candidates: &[Candidate], lessons: &Lessons) -> BTreeSet<DocumentId> {
    let whose: BTreeMap<DocumentId, (&[PersonId], Option<DocumentId>)> = candidates
        .iter()
        .map(|one| (one.id, (one.founding.owners.as_slice(), one.visit.as_ref().map(|(visit, _)| *visit))))
        .collect();
    let earlier = candidates.iter().flat_map(|one| {
        let named = lessons.get(&one.id).map_or(&[][..], |remembered| &remembered.replaces);
        named.iter().copied().filter(|before| *before != one.id && whose.get(before) == whose.get(&one.id))
    });
    earlier.collect()
}

#[cfg(test)]
mod tests {
    use rounds_crdt::model::{Part, read};
    use rounds_crdt::schema::genesis;

    use super::*;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 32])
    }

    fn visit(host: PersonId) -> Visit {
        let founding = Founding::new(Kind::Visit, vec![person(1), person(2)], [0; 16]);
        let Model::Visit(mut visit) = read(Kind::Visit, &genesis(&founding)).model else { panic!("no visit") };
        visit.host = Some(host);
        visit.people.insert(host, Part::Host);
        *visit
    }

    #[test]
    fn what_two_askers_read_is_kept_of_both() {
        let id = |byte| DocumentId::from_bytes([byte; 20]);
        let read_at = |read_at| Remembered { read_at, own_lesson_ms: None, told: None, replaces: Vec::new() };
        let mut kept = Lessons::from([(id(1), read_at(3)), (id(2), read_at(1)), (id(9), read_at(1))]);
        let slower = Lessons::from([(id(1), read_at(2)), (id(2), read_at(2)), (id(3), read_at(1))]);
        keep(&mut kept, slower, &BTreeSet::from([id(1), id(2), id(3)]));
        let now: Vec<(DocumentId, u64)> = kept.iter().map(|(id, one)| (*id, one.read_at)).collect();
        assert_eq!(now, [(id(1), 3), (id(2), 2), (id(3), 1)], "the newer reading of each, and of no other note");
    }

    #[test]
    fn only_lessons_of_ones_own_count_whoever_of_the_visit_took_the_notes() {
        let (me, ben, stranger) = (person(1), person(2), person(9));
        assert!(is_about(&visit(me), me, &[ben]));
        assert!(is_about(&visit(me), me, &[me]));
        assert!(!is_about(&visit(ben), me, &[me]), "notes about a colleague are theirs to set side by side");
        assert!(!is_about(&visit(ben), me, &[ben]));
        assert!(!is_about(&visit(me), me, &[stranger]), "somebody outside the visit says nothing of it");
    }

    #[test]
    fn what_one_released_oneself_is_not_told_twice() {
        let (me, ben) = (person(1), person(2));
        let table = [
            (Kind::ReleasedNotes, vec![ben], true),
            (Kind::ReleasedNotes, vec![me], false),
            (Kind::NoteSet, vec![me], true),
            (Kind::NoteSet, vec![ben], false),
            (Kind::Debrief, vec![me], false),
        ];
        for (kind, owners, expected) in table {
            assert_eq!(counts(kind, &owners, me), expected, "{kind:?} {owners:?}");
        }
    }

    #[test]
    fn a_lesson_was_when_it_began_else_when_it_was_planned() {
        let planned = Visit { when_ms: Some(5), ..visit(person(1)) };
        assert_eq!(moment_of(&planned), Some(5));
        assert_eq!(moment_of(&Visit { began_ms: Some(7), ..planned }), Some(7));
    }
}
