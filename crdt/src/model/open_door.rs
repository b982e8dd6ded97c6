//! Decides what an open door tells: when, where, and what one could see. Who comes is told in visits, to the host alone.

use serde::{Deserialize, Serialize};

use crate::model::bounds::{MINUTES_MAX, PLACES_MAX};
use crate::model::reader::Reader;
use crate::model::words::Words;

/// A lesson that its teacher lets others look into. Whose it is follows from its one owner: nobody opens another's door.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OpenDoor {
    /// When it opens, in milliseconds since 1970.
    pub when_ms: Option<i64>,
    /// How long it stays open.
    pub minutes: Option<u32>,
    /// The school's name for the lesson's slot.
    pub period: Option<Words>,
    /// The room.
    pub room: Option<Words>,
    /// What one could see.
    pub see: Words,
    /// How many may come; as many as like when absent. How many do is not told here.
    pub places: Option<u32>,
    /// Its host closed it.
    pub closed: bool,
}

impl OpenDoor {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        let small = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
        reader.contested("when_ms", "two different times were set at once; one of the two is shown");
        Self {
            when_ms: reader.moment(&root, "when_ms"),
            minutes: small(reader.number(&root, "minutes", 1..=MINUTES_MAX)),
            period: reader.short(&root, "period"),
            room: reader.short(&root, "room"),
            see: reader.passage(&root, "see"),
            places: small(reader.number(&root, "places", 1..=PLACES_MAX)),
            closed: reader.flag(&root, "closed"),
        }
    }
}
