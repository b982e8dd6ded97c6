//! Decides how a file becomes a document of this person: tried apart from everything else, then founded whole or not at all.

use std::collections::BTreeMap;

use rounds_crdt::access::{Directory, Role};
use rounds_crdt::describe::Language;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::import::{Import, ImportError, Importer, LeftOut, Phrases, import};
use rounds_crdt::model::Kind;
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::answers::ANSWER_SCHEMA;
use super::catalog::title_of;
use super::{House, Trouble, TroubleCode};

/// One file at a time: each may take the memory of the largest document there can be.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

const ENGLISH: Phrases = Phrases {
    somebody: "somebody else",
    written_by: "Brought in from a file. Written by",
    visited: "Visited:",
    visitors: "Visitors:",
    answers: "Answers",
};

const SPANISH: Phrases = Phrases {
    somebody: "otra persona",
    written_by: "Traído de un archivo. Lo escribió",
    visited: "Recibió:",
    visitors: "De visita:",
    answers: "Respuestas",
};

/// What a file holds, and what became of it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// The new document, on this disk; null when it was only looked at.
    #[schema(value_type = Option<String>)]
    pub document: Option<DocumentId>,
    /// What the file held.
    pub was: Kind,
    /// What it becomes: notes, for what only two people could begin or what only its writer could release.
    pub becomes: Kind,
    /// What to call it.
    pub title: String,
    /// Who else wrote it, as they are called; the new document names them in words.
    pub others: Vec<String>,
    /// What of the file is not in the new document. Its history and who could read it never are.
    pub left_out: Vec<LeftOut>,
}
rounds_crdt::silent!(ImportAnswer { document, was, becomes });

impl House {
    /// Reads a file that Rounds wrote out as JSON or as an Automerge file, and makes a new document of it, which is this
    /// person's alone. With `look`, says what it would become and makes nothing.
    pub async fn import(&self, file: Vec<u8>, language: Language, look: bool) -> Result<ImportAnswer, Trouble> {
        let _one = ONE_AT_A_TIME.acquire().await;
        let (directory, held) = self
            .call(|keeper| {
                let readable = keeper.replica.documents().filter(|id| keeper.replica.role(id) >= Role::Reader);
                let held = readable.filter_map(|id| Some((id, keeper.replica.access(&id)?.founding.kind)));
                Ok((keeper.replica.directory().clone(), held.collect::<BTreeMap<DocumentId, Kind>>()))
            })
            .await?;
        let me = self.person;
        // A hostile file may take its time: it is read where nobody waits for it.
        let read = tokio::task::spawn_blocking(move || understood(&file, me, language, &directory, &held)).await;
        let found = read.map_err(|_| Trouble::new(TroubleCode::BadRequest, "this file cannot be read"))?;
        let Import { was, becomes, edits, model, others, left_out } = found.map_err(|error| trouble(&error))?;
        let document = if look {
            None
        } else {
            let (id, commit) = self
                .call(move |keeper| {
                    let id = keeper.found(becomes, &[])?;
                    keeper.begin_with(id, edits)
                })
                .await?;
            self.saved(commit).await?;
            Some(id)
        };
        let (title, left_out) = (title_of(&model), left_out.into_iter().collect());
        Ok(ImportAnswer { schema: ANSWER_SCHEMA, document, was, becomes, title, others, left_out })
    }
}

fn understood(
    file: &[u8],
    me: PersonId,
    language: Language,
    directory: &Directory,
    held: &BTreeMap<DocumentId, Kind>,
) -> Result<Import, ImportError> {
    let name_of = |person: &PersonId| {
        let newest = directory.certs_of(*person).max_by_key(|cert| cert.seq);
        newest.map(|cert| cert.name.clone())
    };
    let phrases = match language {
        Language::En => &ENGLISH,
        Language::Es => &SPANISH,
    };
    let importer = Importer {
        me,
        name_of: &name_of,
        person_of: &|device| directory.person(device),
        has: &|document, kind| held.get(document) == Some(&kind),
        phrases,
    };
    import(file, &importer)
}

fn trouble(error: &ImportError) -> Trouble {
    let code = match error {
        _ if error.rates_people() => TroubleCode::Refused,
        ImportError::TooLarge | ImportError::TooManyParts => TroubleCode::TooLarge,
        ImportError::UnknownKind | ImportError::Newer { .. } => TroubleCode::Conflict,
        ImportError::Refused(error) => return super::documents::refused(error),
        ImportError::NotOurs | ImportError::Automerge(_) | ImportError::Contents(_) | ImportError::NotThisKind(_) => {
            TroubleCode::BadRequest
        }
    };
    Trouble::new(code, error.to_string()).because(error.reason())
}
