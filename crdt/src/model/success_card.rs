//! Decides what its author writes down of what went well, before anybody is asked whether others may see it.

use serde::{Deserialize, Serialize};

use crate::ids::{DocumentId, PersonId};
use crate::model::reader::Reader;
use crate::model::words::Words;

/// What somebody saw go well, with the people it is about. It is its author's alone; what others may see is another
/// document ([`crate::model::ShownCard`]), without the drafting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SuccessCard {
    /// What it is called.
    pub title: Option<Words>,
    /// The beginning of what was seen.
    pub text: Words,
    /// What it is about, in single words.
    pub tags: Vec<Words>,
    /// Who is named in it, others than its author.
    pub people: Vec<PersonId>,
    /// The visit it comes from.
    pub visit: Option<DocumentId>,
    /// The words as they stood when these people were asked: more than one where two devices of its author asked unknown
    /// to each other, until one of them asks anew or takes it back.
    pub asked: Vec<DocumentId>,
}

impl SuccessCard {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        Self {
            title: reader.short(&root, "title"),
            text: reader.excerpt("text"),
            tags: reader.word_set("tags"),
            people: reader.set("people"),
            visit: reader.id(&root, "visit"),
            asked: reader.set("asked"),
        }
    }
}
