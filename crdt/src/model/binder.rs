//! Decides what a binder keeps: the documents one person knows, and what they wish to see first or no more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::DocumentId;
use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::Kind;
use crate::model::bounds::{KEPT_MAPS_MAX, SEATS_MAX};
use crate::model::instrument::{Seat, seat};
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words};

/// What the keys of kept maps at the root begin with.
pub(crate) const MAP_KEYS: &str = "map:";

/// The map of a room that one person keeps for their own visits: numbers where seats stand, and no names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct KeptMap {
    /// Chosen by the page.
    pub id: ItemId,
    /// What they call it.
    pub name: Words,
    /// Its seats.
    pub seats: Vec<Seat>,
}

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
    /// Maps of rooms, oldest first.
    pub maps: Vec<KeptMap>,
}

impl Binder {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            known: reader.choices_by_id("known"),
            pinned: reader.set("pinned"),
            archived: reader.set("archived"),
            labels: reader.words_by_id("labels", SHORT_TEXT_BYTES_MAX),
            maps: reader.items_beginning(MAP_KEYS, "maps", KEPT_MAPS_MAX, |reader, id, spot| {
                let name = reader.short(spot, "name").unwrap_or_default();
                Some(KeptMap { name, seats: reader.records(spot, "seats", SEATS_MAX, seat), id })
            }),
        }
    }
}
