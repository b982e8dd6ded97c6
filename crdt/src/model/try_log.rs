//! Decides what a try-out log holds: what one person tried, and how it went, shown to nobody.

use serde::{Deserialize, Serialize};

use crate::ids::DocumentId;
use crate::model::day::Day;
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words};

/// One thing tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TryOut {
    /// Chosen by the page.
    pub id: ItemId,
    /// The day its writer put on it.
    pub on: Day,
    /// The words.
    pub text: Words,
    /// The goal it belongs to.
    #[serde(default)]
    pub goal: Option<DocumentId>,
    /// The action of that goal it belongs to.
    #[serde(default)]
    pub action: Option<ItemId>,
}

/// One person's own log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TryLog {
    /// What was tried, by day.
    pub entries: Vec<TryOut>,
}

impl TryLog {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let mut entries = reader.items("entries", |reader, id, spot| {
            let (goal, action) = (reader.id(spot, "goal"), reader.id(spot, "action"));
            Some(TryOut { on: reader.day(spot, "on")?, text: reader.passage(spot, "text"), goal, action, id })
        });
        entries.sort_by_key(|one| one.on);
        Self { entries }
    }
}
