//! Decides what a mirror holds: what a visitor takes home for their own room, and shows to nobody.

use serde::{Deserialize, Serialize};

use crate::ids::DocumentId;
use crate::model::protocol::Run;
use crate::model::reader::Reader;
use crate::model::words::Words;

/// One visitor's page about their own practice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Mirror {
    /// The visit that gave rise to it.
    pub visit: Option<DocumentId>,
    /// The protocol it is written by, if any.
    pub run: Run,
    /// The beginning of what to keep doing.
    pub keep: Words,
    /// The beginning of what to start doing.
    pub start: Words,
    /// The beginning of what to stop doing.
    pub stop: Words,
    /// The beginning of the ideas for one's own room.
    pub ideas: Words,
}

impl Mirror {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        Self {
            visit: reader.id(&root, "visit"),
            run: Run::read(reader),
            keep: reader.excerpt("keep"),
            start: reader.excerpt("start"),
            stop: reader.excerpt("stop"),
            ideas: reader.excerpt("ideas"),
        }
    }
}
