//! Decides what a binder keeps: the documents one person knows, and what they wish to see first or no more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::DocumentId;
use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::Kind;
use crate::model::reader::Reader;
use crate::model::words::Words;

/// One person's own list of documents, shared between their own devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Binder {
    /// Every document this person knows.
    pub known: BTreeMap<DocumentId, Kind>,
    /// Those to show first.
    pub pinned: Vec<DocumentId>,
    /// Those put away.
    pub archived: Vec<DocumentId>,
    /// Private labels.
    pub labels: BTreeMap<DocumentId, Words>,
}

impl Binder {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            known: reader.choices_by_id("known"),
            pinned: reader.set("pinned"),
            archived: reader.set("archived"),
            labels: reader.words_by_id("labels", SHORT_TEXT_BYTES_MAX),
        }
    }
}
