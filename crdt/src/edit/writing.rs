//! Decides how verbs write: every value bounded, every shared map the genesis one, every clearing a deletion.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use crate::edit::EditError;
use crate::ids::PersonId;
use crate::limits::{LIST_ENTRIES_MAX, SHORT_TEXT_BYTES_MAX};
use crate::model::bounds::{MINUTES_MAX, MOMENT_MS_MAX, PASSAGE_BYTES_MAX};
use crate::model::{ItemId, Seat, Words};
use crate::schema;

/// A transaction, seen as what verbs need of it.
pub(super) struct Writer<'t, 'd> {
    pub(super) transaction: &'t mut Transaction<'d>,
}

impl Writer<'_, '_> {
    /// Sets a value at the root.
    pub(super) fn put(&mut self, key: &str, value: impl Into<ScalarValue>) -> Result<(), EditError> {
        Ok(self.transaction.put(ROOT, key, value)?)
    }

    /// Clears a value at the root.
    pub(super) fn clear(&mut self, key: &str) -> Result<(), EditError> {
        delete(self.transaction, &ROOT, key)
    }

    /// Sets or clears a value at the root.
    pub(super) fn put_or_clear(&mut self, key: &str, value: Option<impl Into<ScalarValue>>) -> Result<(), EditError> {
        match value {
            Some(value) => self.put(key, value),
            None => self.clear(key),
        }
    }

    /// Sets or clears a short text at the root; blank clears.
    pub(super) fn short_or_clear(&mut self, key: &str, text: Option<&Words>) -> Result<(), EditError> {
        let text = text.map(short).transpose()?.filter(|text| !text.is_empty());
        self.put_or_clear(key, text)
    }

    /// Sets a value in a shared map.
    pub(super) fn put_in(&mut self, map: &str, key: &str, value: impl Into<ScalarValue>) -> Result<(), EditError> {
        let object = self.map(map)?;
        self.room_for(&object, key)?;
        Ok(self.transaction.put(&object, key, value)?)
    }

    /// Removes a key of a shared map.
    pub(super) fn clear_in(&mut self, map: &str, key: &str) -> Result<(), EditError> {
        let object = self.map(map)?;
        delete(self.transaction, &object, key)
    }

    /// Adds a record to a shared map, under an id that is not taken.
    pub(super) fn add(&mut self, map: &str, id: &ItemId) -> Result<ObjId, EditError> {
        let object = self.map(map)?;
        if self.transaction.get(&object, id.as_str())?.is_some() {
            return Err(EditError::Invalid { what: "there is already something with this id" });
        }
        self.room_for(&object, id.as_str())?;
        Ok(self.transaction.put_object(&object, id.as_str(), ObjType::Map)?)
    }

    /// A record of a shared map.
    pub(super) fn item(&mut self, map: &str, id: &ItemId) -> Result<ObjId, EditError> {
        let object = self.map(map)?;
        match self.transaction.get(&object, id.as_str())? {
            Some((automerge::Value::Object(ObjType::Map), item)) => Ok(item),
            _ => Err(EditError::Invalid { what: "what this edit is about is no longer there" }),
        }
    }

    /// What stands in the place of an event.
    pub(super) fn event(&self, id: &ItemId) -> Result<Option<(Value<'_>, ObjId)>, EditError> {
        let Some(events) = schema::map_object(&*self.transaction, "events") else { return Ok(None) };
        Ok(self.transaction.get(&events, id.as_str())?)
    }

    /// Whether a record holds exactly these fields, and these words under `codes`.
    pub(super) fn holds(
        &self,
        object: &ObjId,
        fields: &[(&'static str, ScalarValue)],
        codes: &[Words],
    ) -> Result<bool, EditError> {
        for (key, value) in fields {
            let there = self.transaction.get(object, *key)?;
            if there.as_ref().and_then(|(found, _)| found.as_scalar()) != Some(value) {
                return Ok(false);
            }
        }
        let listed = match self.transaction.get(object, "codes")? {
            Some((Value::Object(ObjType::List), list)) => {
                let range = self.transaction.list_range(&list, ..);
                range.map(|item| item.value.into_value().into_string().unwrap_or_default()).collect()
            }
            _ => Vec::new(),
        };
        let keys = self.transaction.length(object) - usize::from(!listed.is_empty());
        Ok(keys == fields.len() && listed.iter().map(String::as_str).eq(codes.iter().map(|code| code.as_str().trim())))
    }

    /// Clears a field of a record.
    pub(super) fn clear_field(&mut self, object: &ObjId, key: &str) -> Result<(), EditError> {
        delete(self.transaction, object, key)
    }

    /// Sets a field of a record.
    pub(super) fn field(&mut self, object: &ObjId, key: &str, value: impl Into<ScalarValue>) -> Result<(), EditError> {
        Ok(self.transaction.put(object, key, value)?)
    }

    /// Sets a field of a record when there is something to set.
    pub(super) fn optional(
        &mut self,
        object: &ObjId,
        key: &str,
        value: Option<impl Into<ScalarValue>>,
    ) -> Result<(), EditError> {
        value.map_or(Ok(()), |value| self.field(object, key, value))
    }

    /// A list of short texts inside a record.
    pub(super) fn list(&mut self, object: &ObjId, key: &str, texts: &[Words], max: usize) -> Result<(), EditError> {
        if texts.len() > max {
            return Err(EditError::TooLarge { what: "the list", max, unit: "entries" });
        }
        let list = self.transaction.put_object(object, key, ObjType::List)?;
        for (index, text) in texts.iter().enumerate() {
            self.transaction.insert(&list, index, short(text)?)?;
        }
        Ok(())
    }

    /// Seats inside a record, as they stand on a map.
    pub(super) fn seats(&mut self, object: &ObjId, seats: &[Seat]) -> Result<(), EditError> {
        let list = self.transaction.put_object(object, "seats", ObjType::List)?;
        for (index, seat) in seats.iter().enumerate() {
            let spot = self.transaction.insert_object(&list, index, ObjType::Map)?;
            self.field(&spot, "id", seat.id.as_str())?;
            self.field(&spot, "x", u64::from(seat.x))?;
            self.field(&spot, "y", u64::from(seat.y))?;
        }
        Ok(())
    }

    /// A record at the root, in the place of what stood there.
    pub(super) fn record(&mut self, key: &str) -> Result<ObjId, EditError> {
        Ok(self.transaction.put_object(ROOT, key, ObjType::Map)?)
    }

    /// Makes a map of words hold exactly these, touching only what differs.
    pub(super) fn word_set(&mut self, map: &str, wanted: &[Words], max: usize) -> Result<(), EditError> {
        if wanted.len() > max {
            return Err(EditError::TooLarge { what: "the list", max, unit: "entries" });
        }
        let object = self.map(map)?;
        let wanted = wanted.iter().map(short).collect::<Result<Vec<_>, _>>()?;
        let present: Vec<String> = self.transaction.keys(&object).collect();
        for word in present.iter().filter(|word| !wanted.contains(&word.as_str())) {
            delete(self.transaction, &object, word)?;
        }
        for word in wanted.into_iter().filter(|word| !word.is_empty() && !present.iter().any(|it| it == word)) {
            self.transaction.put(&object, word, true)?;
        }
        Ok(())
    }

    /// Says yes or no for a person or thing in a map used as a set.
    pub(super) fn mark(&mut self, map: &str, key: &str, yes: bool) -> Result<(), EditError> {
        if yes { self.put_in(map, key, true) } else { self.clear_in(map, key) }
    }

    /// Notes what a person answered.
    pub(super) fn answer(&mut self, person: &PersonId, answer: &str) -> Result<(), EditError> {
        self.put_in("answers", &person.to_string(), answer)
    }

    fn map(&mut self, map: &str) -> Result<ObjId, EditError> {
        match schema::map_object(self.transaction, map) {
            Some(object) => Ok(object),
            // Somebody removed what the genesis made; the document stays usable.
            None => Ok(self.transaction.put_object(ROOT, map, ObjType::Map)?),
        }
    }

    fn room_for(&self, object: &ObjId, key: &str) -> Result<(), EditError> {
        let full = self.transaction.length(object) >= LIST_ENTRIES_MAX;
        if full && self.transaction.get(object, key)?.is_none() {
            return Err(EditError::TooLarge { what: "the list", max: LIST_ENTRIES_MAX, unit: "entries" });
        }
        Ok(())
    }
}

/// A short text within its bound, without blanks around it.
pub(super) fn short(text: &Words) -> Result<&str, EditError> {
    bounded(text.as_str().trim(), "this text", SHORT_TEXT_BYTES_MAX)
}

/// A short text that may not be blank.
pub(super) fn named(text: &Words) -> Result<&str, EditError> {
    match short(text)? {
        "" => Err(EditError::NoName),
        text => Ok(text),
    }
}

/// A typed passage within its bound.
pub(super) fn passage(text: &Words) -> Result<&str, EditError> {
    bounded(text.as_str(), "this passage", PASSAGE_BYTES_MAX)
}

/// A moment Rounds can write.
pub(super) fn moment(at_ms: i64) -> Result<i64, EditError> {
    if (0..=MOMENT_MS_MAX).contains(&at_ms) {
        Ok(at_ms)
    } else {
        Err(EditError::Invalid { what: "this is not a time" })
    }
}

/// A length in minutes.
pub(super) fn minutes(minutes: u32) -> Result<i64, EditError> {
    let minutes = i64::from(minutes);
    if (1..=MINUTES_MAX).contains(&minutes) {
        Ok(minutes)
    } else {
        Err(EditError::Invalid { what: "a length is between one minute and one day" })
    }
}

fn bounded<'a>(text: &'a str, what: &'static str, max: usize) -> Result<&'a str, EditError> {
    if text.len() <= max { Ok(text) } else { Err(EditError::TooLarge { what, max, unit: "bytes" }) }
}

pub(super) fn delete(transaction: &mut Transaction<'_>, object: &ObjId, key: &str) -> Result<(), EditError> {
    if transaction.get(object, key)?.is_some() {
        transaction.delete(object, key)?;
    }
    Ok(())
}
