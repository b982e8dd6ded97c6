//! Decides how ids and words appear in the API's description: as plain strings.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, GrantId, PersonId, WordsHash};
use crate::model::day::Day;
use crate::model::timetable::Slot;
use crate::model::words::{ItemId, Words};

macro_rules! plain_string {
    ($($name:ty => $what:literal,)+) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).description(Some($what)).into()
            }
        }
        impl ToSchema for $name {}
    )+};
}

plain_string! {
    PersonId => "A person, in lower-case base32",
    DeviceId => "A device, in lower-case base32",
    DocumentId => "A document, in lower-case base32",
    ChangeHash => "A change, in lower-case base32",
    GrantId => "A grant, in lower-case base32",
    ActorId => "An actor, in lower-case base32",
    WordsHash => "The words of a card, as a hash in lower-case base32",
    ItemId => "Chosen by the page: letters, digits, - and _, at most 64",
    Day => "A day of the calendar, YYYY-MM-DD",
    Slot => "A day of a cycle and a period: 3.p2",
    Words => "Words somebody wrote",
}
