//! Decides how a file that Rounds wrote out becomes a document again: a new one, of whoever brings it in.
//!
//! Nothing of the file is believed. It is bounded, read as anything foreign is, and said again verb by verb, so that what
//! could not be written here cannot be brought in either. The new document has an id, owners and signatures of its own;
//! words of others stay theirs as words: “Ben: four voices”. What cannot be said again is named in [`Import::left_out`].

mod anew;
mod file;

use std::collections::BTreeSet;
use std::mem::discriminant;

use crate::edit::{Author, Edit, EditError};
use crate::ids::{ActorId, DeviceId, DocumentId, PersonId};
use crate::limits::SNAPSHOT_BYTES_MAX;
use crate::merge::{OpenDocument, SnapshotError};
use crate::model::words::vocabulary;
use crate::model::{Kind, Model, Reason};
use crate::replica::StoredDocument;

/// Bytes of a file that is looked into: the largest document there can be, as itself.
pub const IMPORT_BYTES_MAX: usize = SNAPSHOT_BYTES_MAX;

/// Times that one verb may follow another: each time the document is read anew. A long debrief has a few hundred.
const TURNS_MAX: usize = 1_000;

/// Why a file is not brought in. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Larger than anything Rounds writes.
    #[error("this file is larger than anything Rounds writes: at most {IMPORT_BYTES_MAX} bytes")]
    TooLarge,
    /// It would take too many steps to say again.
    #[error("this document has more parts than can be brought in at once: at most {TURNS_MAX}")]
    TooManyParts,
    /// Neither a JSON export nor an Automerge file.
    #[error("this is no file that Rounds wrote as JSON or as an Automerge file")]
    NotOurs,
    /// An Automerge file that cannot be read, or that is no document of Rounds.
    #[error("this Automerge file cannot be read as a document of Rounds: {0}")]
    Automerge(SnapshotError),
    /// JSON with the head of an export and another body.
    #[error("this export cannot be read: its contents are not those of {0}")]
    Contents(&'static str),
    /// Of a kind that this Rounds does not know.
    #[error("this holds a kind of document that this Rounds does not know: update Rounds to bring it in")]
    UnknownKind,
    /// Written by a newer Rounds.
    #[error(
        "this was written by a newer Rounds (version {found}; this one knows {known}): update Rounds to bring it in"
    )]
    Newer {
        /// The file's version.
        found: u64,
        /// The newest this program knows.
        known: u64,
    },
    /// A kind that cannot be brought in.
    #[error("{0}")]
    NotThisKind(&'static str),
    /// What it says could not be written here, so it is not brought in.
    #[error("this cannot be brought in: {0}")]
    Refused(#[from] EditError),
}

impl ImportError {
    /// The same for a program, where it is about an instrument, a mark or a vocabulary.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            ImportError::Refused(error) => error.reason(),
            _ => None,
        }
    }

    /// Whether it is refused because it rates people.
    pub fn rates_people(&self) -> bool {
        self.reason().is_some_and(|reason| reason.rates_people())
    }
}

vocabulary! {
    /// What of a file is not in the document made from it.
    pub enum LeftOut {
        /// Comments on words that are no longer in the text.
        Comments = "comments",
        /// Links to a visit or a goal that is not on this computer.
        Links = "links",
        /// What others answered, ticked or agreed to: only they can.
        Answers = "answers",
        /// Parts that could not be read.
        Unreadable = "unreadable",
        /// Parts that this version of Rounds does not know.
        Unknown = "unknown",
    }
}

/// Who brings a file in, and what is known here.
pub struct Importer<'a> {
    /// The person.
    pub me: PersonId,
    /// What somebody is called here, where they are known.
    pub name_of: &'a dyn Fn(&PersonId) -> Option<String>,
    /// Whose device it is, where it is known.
    pub person_of: &'a dyn Fn(&DeviceId) -> Option<PersonId>,
    /// Whether this person has a document of this kind here.
    pub has: &'a dyn Fn(&DocumentId, Kind) -> bool,
    /// Words of ours that go into the new document.
    pub phrases: &'a Phrases,
}

impl std::fmt::Debug for Importer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Importer").field("me", &self.me).finish_non_exhaustive()
    }
}

/// Words of ours that go into the new document, in the language of whoever brings it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrases {
    /// Somebody whose name is not known.
    pub somebody: &'static str,
    /// Goes before the names of those who wrote it.
    pub written_by: &'static str,
    /// Goes before the name of the teacher who was visited.
    pub visited: &'static str,
    /// Goes before the names of those who came.
    pub visitors: &'static str,
    /// Goes before the answers to released notes.
    pub answers: &'static str,
}

/// A document as it will be.
#[derive(Clone, PartialEq, Eq)]
pub struct Import {
    /// What the file held.
    pub was: Kind,
    /// What it becomes: notes, for what only two people could begin or what only its writer could release; a draft, for what
    /// people said that others may see.
    pub becomes: Kind,
    /// What a new document of this kind is told, by its one owner, to say the same.
    pub edits: Vec<Edit>,
    /// How it will read.
    pub model: Model,
    /// Who wrote it, others than the one who brings it in, as they are called; in the document they are named.
    pub others: Vec<String>,
    /// What is not in it.
    pub left_out: BTreeSet<LeftOut>,
}
crate::silent!(Import { was, becomes });

/// Reads a file and says what it becomes. It has been tried: a document of one's own takes all the edits.
pub fn import(bytes: &[u8], importer: &Importer<'_>) -> Result<Import, ImportError> {
    let file = file::read(bytes, importer)?;
    let was = file.model.kind();
    let mut made = anew::edits(file, importer)?;
    let turns = made.edits.windows(2).filter(|two| discriminant(&two[0]) != discriminant(&two[1])).count();
    if turns > TURNS_MAX {
        return Err(ImportError::TooManyParts);
    }
    let model = rehearsed(made.kind, importer.me, &made.edits)?;
    made.others.sort();
    made.others.dedup();
    Ok(Import { was, becomes: made.kind, edits: made.edits, model, others: made.others, left_out: made.left_out })
}

/// How a document reads that was told all this, or why it does not take it.
fn rehearsed(kind: Kind, me: PersonId, edits: &[Edit]) -> Result<Model, ImportError> {
    let founding = crate::access::Founding::new(kind, vec![me], [0; 16]);
    let (mut document, _) = OpenDocument::open(&founding, &StoredDocument::default());
    let actor = ActorId::new(DeviceId::from_bytes([0; 32]), [0; 14]);
    let author = Author { person: me, role: crate::access::Role::Owner, at_ms: 0, offset_ms: 0 };
    document.edit_all(actor, &author, edits)?;
    Ok(crate::model::read(kind, document.automerge()).model)
}

#[cfg(test)]
mod tests;
