//! Decides what a profile shows: how somebody wishes to be known by the people they paired with.

use serde::{Deserialize, Serialize};

use crate::model::reader::Reader;
use crate::model::words::{Words, vocabulary};

vocabulary! {
    /// How long somebody says they have taught, if they wish to say so. Nothing follows from it but who may suit whom.
    pub enum Experience {
        /// They are beginning.
        FirstYears = "first_years",
        /// They have found their way.
        SomeYears = "some_years",
        /// They have seen much.
        ManyYears = "many_years",
    }
}

/// One person's card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Profile {
    /// The name shown to others.
    pub name: Option<Words>,
    /// What they call their work; a label that carries no rights.
    pub role_label: Option<Words>,
    /// The grades they teach.
    pub grades: Vec<Words>,
    /// The subjects they teach.
    pub subjects: Vec<Words>,
    /// The room they usually teach in.
    pub room: Option<Words>,
    /// How long they say they have taught.
    pub experience: Option<Experience>,
    /// Whether partners may see, while it is so, that this person's computer is on; nothing is kept of it.
    pub shows_here: bool,
}

impl Profile {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        Self {
            name: reader.short(&root, "name"),
            role_label: reader.short(&root, "role_label"),
            grades: reader.word_set("grades"),
            subjects: reader.word_set("subjects"),
            room: reader.short(&root, "room"),
            experience: reader.choice(&root, "experience"),
            shows_here: reader.flag(&root, "shows_here"),
        }
    }
}
