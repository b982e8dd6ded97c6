//! Decides what a strategy card holds: one way of doing something in a lesson, in its author's words.

use serde::{Deserialize, Serialize};

use crate::model::reader::Reader;
use crate::model::words::Words;

/// One way of doing something in a lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StrategyCard {
    /// What it is called.
    pub title: Option<Words>,
    /// The beginning of how it goes.
    pub text: Words,
    /// What it is about, in single words.
    pub tags: Vec<Words>,
}

impl StrategyCard {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        Self { title: reader.short(&root, "title"), text: reader.excerpt("text"), tags: reader.word_set("tags") }
    }
}
