//! Decides how documents of every version read today: old shapes stay frozen, and each step leads one version up.
//!
//! There is one version so far. When a kind changes shape, its reading as of now moves, whole, into `mod v1`, and a step from
//! it to the next is added to that kind's ladder; its genesis stays as it is, and so do the texts and maps in it.

use automerge::transaction::Transaction;
use automerge::{Automerge, AutomergeError};

use crate::model::reader::{Reader, Whose};
use crate::model::{
    Binder, Debrief, FreePeriods, Goal, GoalFeedback, Kind, Mirror, Model, NoteSet, OpenDoor, OwnInstrument,
    Partnership, Profile, Reading, ReleasedNotes, Resource, ShownCard, StrategyCard, SuccessCard, Timetable, TryLog,
    Visit, Vocabulary, comment,
};
use crate::schema;

/// Reads one version's shape, whatever is in it, as today's model.
type Read = fn(&mut Reader<'_>) -> Model;

/// Rewrites a document of one version as the next, inside somebody's edit.
type Rise = fn(&mut Transaction<'_>) -> Result<(), AutomergeError>;

/// Every version of a kind, oldest first: how it reads, and how it rises to the next (nothing for the newest).
struct Ladder {
    older: &'static [(Read, Rise)],
    current: Read,
}

impl Ladder {
    fn current_version(&self) -> u64 {
        self.older.len() as u64 + 1
    }

    fn reader_of(&self, version: u64) -> Read {
        let older = usize::try_from(version.saturating_sub(1)).ok().and_then(|index| self.older.get(index));
        older.map_or(self.current, |(read, _)| *read)
    }

    fn rises_from(&self, version: u64) -> impl Iterator<Item = Rise> {
        let skip = usize::try_from(version.saturating_sub(1)).unwrap_or(usize::MAX);
        self.older.iter().skip(skip).map(|(_, rise)| *rise)
    }
}

fn ladder(kind: Kind) -> Ladder {
    let current: Read = match kind {
        Kind::Profile => |reader| Model::Profile(Profile::read(reader)),
        Kind::Binder => |reader| Model::Binder(Binder::read(reader)),
        Kind::Partnership => |reader| Model::Partnership(Partnership::read(reader)),
        Kind::Visit => |reader| Model::Visit(Box::new(Visit::read(reader))),
        Kind::NoteSet => |reader| Model::NoteSet(NoteSet::read(reader)),
        Kind::ReleasedNotes => |reader| Model::ReleasedNotes(ReleasedNotes::read(reader)),
        Kind::Debrief => |reader| Model::Debrief(Debrief::read(reader)),
        Kind::Mirror => |reader| Model::Mirror(Mirror::read(reader)),
        Kind::Goal => |reader| Model::Goal(Box::new(Goal::read(reader))),
        Kind::GoalFeedback => |reader| Model::GoalFeedback(GoalFeedback::read(reader)),
        Kind::TryLog => |reader| Model::TryLog(TryLog::read(reader)),
        Kind::OpenDoor => |reader| Model::OpenDoor(OpenDoor::read(reader)),
        Kind::StrategyCard => |reader| Model::StrategyCard(StrategyCard::read(reader)),
        Kind::Vocabulary => |reader| Model::Vocabulary(Vocabulary::read(reader)),
        Kind::Instrument => |reader| Model::Instrument(Box::new(OwnInstrument::read(reader))),
        Kind::Timetable => |reader| Model::Timetable(Timetable::read(reader)),
        Kind::FreePeriods => |reader| Model::FreePeriods(FreePeriods::read(reader)),
        Kind::SuccessCard => |reader| Model::SuccessCard(SuccessCard::read(reader)),
        Kind::ShownCard => |reader| Model::ShownCard(ShownCard::read(reader)),
        Kind::Resource => |reader| Model::Resource(Resource::read(reader)),
    };
    Ladder { older: &[], current }
}

/// The version this Rounds writes.
pub(crate) fn current_version(kind: Kind) -> u64 {
    ladder(kind).current_version()
}

/// Whether a document was written by a newer Rounds than this one.
pub(crate) fn newer_version(kind: Kind, version: Option<u64>) -> Option<u64> {
    version.filter(|version| *version > current_version(kind))
}

/// Reads a document of any version.
pub(crate) fn read(kind: Kind, document: &Automerge, whose: Whose<'_>) -> Reading {
    read_by(&ladder(kind), kind, document, whose)
}

/// Brings an older document up to today's shape, so that today's verbs fit it.
pub(crate) fn rise(kind: Kind, transaction: &mut Transaction<'_>) -> Result<(), AutomergeError> {
    rise_by(&ladder(kind), transaction)
}

fn read_by(ladder: &Ladder, kind: Kind, document: &Automerge, whose: Whose<'_>) -> Reading {
    let mut reader = Reader::new(document, whose);
    if schema::stored_kind(document) != Some(kind) {
        reader.problem(schema::KIND_KEY, "does not say what the document was founded as");
    }
    let current = ladder.current_version();
    let stored = schema::stored_version(document).filter(|version| *version > 0);
    if stored.is_none() {
        reader.problem(schema::VERSION_KEY, "is missing or not a number");
    }
    let newer = stored.is_some_and(|version| version > current);
    if newer {
        reader.problem("", "written by a newer Rounds: shown as well as this one can, and not to be edited here");
    }
    let read = ladder.reader_of(stored.unwrap_or(current));
    let model = read(&mut reader);
    let comments = comment::read(kind, &mut reader);
    Reading { model, comments, problems: reader.finish(), newer }
}

fn rise_by(ladder: &Ladder, transaction: &mut Transaction<'_>) -> Result<(), AutomergeError> {
    use automerge::transaction::Transactable;
    let current = ladder.current_version();
    let stored = schema::stored_version(transaction).filter(|version| *version > 0).unwrap_or(current);
    if stored >= current {
        return Ok(());
    }
    for rise in ladder.rises_from(stored) {
        rise(transaction)?;
    }
    transaction.put(automerge::ROOT, schema::VERSION_KEY, current)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Founding;
    use crate::ids::PersonId;
    use crate::model::Words;
    use automerge::transaction::Transactable;
    use automerge::{ROOT, ReadDoc};

    fn profile() -> Automerge {
        let owners = vec![PersonId::from_bytes([1; 32])];
        schema::genesis(&Founding { kind: Kind::Profile, owners, nonce: [0; 16] })
    }

    /// A made-up past in which version 1 kept the name under `called`.
    const MADE_UP: Ladder = Ladder {
        older: &[(
            |reader| {
                let root = reader.root();
                Model::Profile(Profile { name: reader.short(&root, "called"), ..Profile::default() })
            },
            |transaction| {
                if let Ok(Some((value, _))) = transaction.get(ROOT, "called") {
                    let name = value.as_str().unwrap_or_default().to_owned();
                    transaction.put(ROOT, "name", name)?;
                }
                transaction.delete(ROOT, "called")
            },
        )],
        current: |reader| Model::Profile(Profile::read(reader)),
    };

    #[test]
    fn an_older_document_reads_and_rises() {
        let mut document = profile();
        let mut transaction = document.transaction();
        transaction.put(ROOT, "called", "Ana").expect("put");
        transaction.commit();
        let ana = Model::Profile(Profile { name: Some(Words::from("Ana")), ..Profile::default() });
        assert_eq!(read_by(&MADE_UP, Kind::Profile, &document, &|_| None).model, ana);

        let mut transaction = document.transaction();
        rise_by(&MADE_UP, &mut transaction).expect("rise");
        transaction.commit();
        assert_eq!(schema::stored_version(&document), Some(2));
        let reading = read_by(&MADE_UP, Kind::Profile, &document, &|_| None);
        assert_eq!((reading.model, reading.problems, reading.newer), (ana, vec![], false));
    }

    #[test]
    fn a_newer_document_reads_as_well_as_it_can() {
        let mut document = profile();
        let mut transaction = document.transaction();
        transaction.put(ROOT, "version", 9_u64).expect("put");
        transaction.put(ROOT, "name", "Ben").expect("put");
        transaction.commit();
        let reading = read(Kind::Profile, &document, &|_| None);
        assert!(reading.newer);
        assert!(reading.problems.iter().any(|problem| problem.what.contains("newer Rounds")));
        assert_eq!(reading.model, Model::Profile(Profile { name: Some(Words::from("Ben")), ..Profile::default() }));
    }
}
