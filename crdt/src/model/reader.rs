//! Decides what is read from a document that anybody may have damaged: a bounded value for every place, and a problem for every surprise.

mod said;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use automerge::{Automerge, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value, ValueRef};

use crate::anchor;
use crate::ids::{DeviceId, PersonId};
use crate::limits::{LIST_ENTRIES_MAX, SHORT_TEXT_BYTES_MAX, TEXT_UNITS_MAX};
use crate::model::Problem;
use crate::model::bounds::{
    BROKEN_ANCHORS_MAX, EXCERPT_UNITS_MAX, MODEL_WORDS_BYTES_MAX, MOMENT_MS_MAX, PASSAGE_BYTES_MAX, PROBLEMS_MAX,
};
use crate::model::day::Day;
use crate::model::words::{ItemId, Word, Words};
use crate::schema;

/// Every key that begins so, and ends its beginning with a colon: a colon is followed by a semicolon, and nothing else of ours
/// lies between.
pub(crate) fn keys_beginning(keys: &str) -> Range<String> {
    keys.to_owned()..keys.replace(':', ";")
}

/// A map in the document, and how a problem names it.
pub(crate) struct Spot {
    object: ObjId,
    path: String,
}

impl Spot {
    fn place(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// What stands in a list or under a key; a plain value with the operation that wrote it.
enum Found {
    Plain(ScalarValue, ObjId),
    Object(ObjId, ObjType),
}

/// Whose device this is, as far as the reader knows: documents name writers, and a writer may lie.
pub(crate) type Whose<'a> = &'a dyn Fn(&DeviceId) -> Option<PersonId>;

/// Reads one document, collecting problems instead of failing.
pub(crate) struct Reader<'a> {
    document: &'a Automerge,
    whose: Whose<'a>,
    problems: Vec<Problem>,
    words_left: usize,
    broken_anchors: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a Automerge, whose: Whose<'a>) -> Self {
        Self { document, whose, problems: Vec::new(), words_left: MODEL_WORDS_BYTES_MAX, broken_anchors: 0 }
    }

    pub(crate) fn finish(self) -> Vec<Problem> {
        self.problems
    }

    pub(crate) fn problem(&mut self, place: &str, what: &str) {
        if self.problems.len() + 1 < PROBLEMS_MAX {
            self.problems.push(Problem { place: place.to_owned(), what: what.to_owned() });
        } else if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { place: String::new(), what: "and more that is not listed".to_owned() });
        }
    }

    /// The document's root.
    pub(crate) fn root(&self) -> Spot {
        Spot { object: ROOT, path: String::new() }
    }

    /// A map that a verb wrote as a whole, such as a frozen protocol.
    pub(crate) fn frozen(&mut self, key: &str) -> Option<Spot> {
        let values = self.document.get_all(ROOT, key).unwrap_or_default();
        if values.len() > 1 {
            self.problem(key, "was chosen twice at once; one of the two is shown");
        }
        match values.last() {
            Some((Value::Object(ObjType::Map), object)) => Some(Spot { object: object.clone(), path: key.to_owned() }),
            Some(_) => {
                self.problem(key, "is not of the expected kind");
                None
            }
            None => None,
        }
    }

    /// A short text; absent and empty are the same.
    pub(crate) fn short(&mut self, spot: &Spot, key: &str) -> Option<Words> {
        self.words(spot, key, SHORT_TEXT_BYTES_MAX)
    }

    /// Every short text given for a key at once, the one that stands first; one unless people wrote at the same moment.
    pub(crate) fn each_short(&mut self, spot: &Spot, key: &str) -> Vec<Words> {
        let values = self.document.get_all(&spot.object, key).unwrap_or_default();
        let mut found: Vec<Words> = Vec::new();
        for (value, _) in values.iter().rev().take(PROBLEMS_MAX) {
            let text = value.as_scalar().and_then(|value| self.as_words(value, &spot.place(key), SHORT_TEXT_BYTES_MAX));
            if let Some(text) = text.filter(|text| !found.contains(text)) {
                found.push(text);
            }
        }
        found
    }

    /// A typed passage; absent and empty are the same.
    pub(crate) fn passage(&mut self, spot: &Spot, key: &str) -> Words {
        self.words(spot, key, PASSAGE_BYTES_MAX).unwrap_or_default()
    }

    /// A text of at most so many bytes; absent and empty are the same.
    pub(crate) fn words(&mut self, spot: &Spot, key: &str, bytes_max: usize) -> Option<Words> {
        let value = self.plain(spot, key)?;
        self.as_words(&value, &spot.place(key), bytes_max)
    }

    pub(crate) fn as_words(&mut self, value: &ScalarValue, place: &str, bytes_max: usize) -> Option<Words> {
        let ScalarValue::Str(text) = value else {
            self.problem(place, "is not text");
            return None;
        };
        let shown = text.floor_char_boundary(bytes_max.min(self.words_left).min(text.len()));
        if shown < text.len() {
            self.problem(place, "is too long; only its beginning is shown");
        }
        self.words_left -= shown;
        (shown > 0).then(|| Words::from(&text[..shown]))
    }

    /// A moment in milliseconds since 1970.
    pub(crate) fn moment(&mut self, spot: &Spot, key: &str) -> Option<i64> {
        self.number(spot, key, 0..=MOMENT_MS_MAX)
    }

    /// A whole number within a range.
    pub(crate) fn number(&mut self, spot: &Spot, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.plain(spot, key)?;
        let number = whole(&value).filter(|number| range.contains(number));
        if number.is_none() {
            self.problem(&spot.place(key), "is not a number that makes sense here");
        }
        number
    }

    /// Every moment given for `key` at once, sorted; one unless people answered concurrently.
    pub(crate) fn moments(&mut self, key: &str) -> Vec<i64> {
        let values = self.document.get_all(ROOT, key).unwrap_or_default();
        let mut moments: Vec<i64> = values.iter().filter_map(|(value, _)| whole(value.as_scalar()?)).collect();
        moments.retain(|moment| (0..=MOMENT_MS_MAX).contains(moment));
        if moments.len() < values.len() {
            self.problem(key, "is not a number that makes sense here");
        }
        moments.sort_unstable();
        moments.dedup();
        moments.truncate(PROBLEMS_MAX);
        moments
    }

    /// Whether somebody said so; of two concurrent answers, yes.
    pub(crate) fn flag(&mut self, spot: &Spot, key: &str) -> bool {
        self.answer(spot, key).unwrap_or(false)
    }

    /// Yes, no, or nothing said; of two concurrent answers, yes.
    pub(crate) fn answer(&mut self, spot: &Spot, key: &str) -> Option<bool> {
        let values = self.document.get_all(&spot.object, key).unwrap_or_default();
        let answers: Vec<bool> = values
            .iter()
            .filter_map(|(value, _)| match value.as_scalar() {
                Some(ScalarValue::Boolean(answer)) => Some(*answer),
                _ => None,
            })
            .collect();
        if answers.len() < values.len() {
            self.problem(&spot.place(key), "is neither yes nor no");
        }
        answers.into_iter().reduce(|one, other| one || other)
    }

    /// A value of a closed vocabulary.
    pub(crate) fn choice<T: Word>(&mut self, spot: &Spot, key: &str) -> Option<T> {
        let value = self.plain(spot, key)?;
        let choice = as_choice(&value);
        if choice.is_none() {
            self.problem(&spot.place(key), "holds a word this version of Rounds does not know");
        }
        choice
    }

    /// An id in its canonical text form.
    pub(crate) fn id<T: FromStr + Display>(&mut self, spot: &Spot, key: &str) -> Option<T> {
        let value = self.plain(spot, key)?;
        let id = as_id(&value);
        if id.is_none() {
            self.problem(&spot.place(key), "is not a valid id");
        }
        id
    }

    /// A day of the calendar.
    pub(crate) fn day(&mut self, spot: &Spot, key: &str) -> Option<Day> {
        let value = self.plain(spot, key)?;
        let day = as_id(&value);
        if day.is_none() {
            self.problem(&spot.place(key), "is not a date");
        }
        day
    }

    /// Says so when two different values were given at once.
    pub(crate) fn contested(&mut self, key: &str, what: &str) {
        let values = self.document.get_all(ROOT, key).unwrap_or_default();
        if values.windows(2).any(|pair| pair[0].0 != pair[1].0) {
            self.problem(key, what);
        }
    }

    /// A map at the root from ids to plain values.
    pub(crate) fn by_id<K: FromStr + Display + Ord, T>(
        &mut self,
        map: &str,
        read: impl Fn(&mut Self, &ScalarValue, &str) -> Option<T>,
    ) -> BTreeMap<K, T> {
        let mut result = BTreeMap::new();
        for (key, found) in self.entries(map) {
            let (Some(id), Found::Plain(value, _)) = (canonical::<K>(&key), found) else {
                self.problem(map, "holds an entry that cannot be read");
                continue;
            };
            if let Some(value) = read(self, &value, map) {
                result.insert(id, value);
            }
        }
        result
    }

    /// A map at the root from ids to a closed vocabulary.
    pub(crate) fn choices_by_id<K: FromStr + Display + Ord, T: Word>(&mut self, map: &str) -> BTreeMap<K, T> {
        self.by_id(map, Self::word_of)
    }

    fn word_of<T: Word>(&mut self, value: &ScalarValue, place: &str) -> Option<T> {
        let choice = as_choice(value);
        if choice.is_none() {
            self.problem(place, "holds a word this version of Rounds does not know");
        }
        choice
    }

    pub(crate) fn yes_or_no(&mut self, value: &ScalarValue, place: &str) -> Option<bool> {
        let ScalarValue::Boolean(yes) = value else {
            self.problem(place, "is neither yes nor no");
            return None;
        };
        Some(*yes)
    }

    /// A map at the root used as a set of ids: those said yes to.
    pub(crate) fn set<K: FromStr + Display + Ord>(&mut self, map: &str) -> Vec<K> {
        let answers = self.by_id(map, Self::yes_or_no);
        answers.into_iter().filter_map(|(id, member)| member.then_some(id)).collect()
    }

    /// A map at the root used as a set that no genesis has: it is there once something was put in.
    pub(crate) fn set_if_any<K: FromStr + Display + Ord>(&mut self, map: &str) -> Vec<K> {
        if schema::map_object(self.document, map).is_some() { self.set(map) } else { Vec::new() }
    }

    /// A map at the root from ids to words.
    pub(crate) fn words_by_id<K: FromStr + Display + Ord>(
        &mut self,
        map: &str,
        bytes_max: usize,
    ) -> BTreeMap<K, Words> {
        self.by_id(map, |reader, value, place| reader.as_words(value, place, bytes_max))
    }

    /// A map of a frozen record, or at the root when the record has none, from ids to moments, in the order in which they
    /// were written, whatever the moments say.
    pub(crate) fn moments_in_order(&mut self, spot: &Spot, key: &str) -> Vec<(ItemId, i64)> {
        let (map, place) = match self.document.get(&spot.object, key) {
            Ok(Some((Value::Object(ObjType::Map), map))) => (Some(map), spot.place(key)),
            Ok(None) => (schema::map_object(self.document, key), key.to_owned()),
            _ => (None, spot.place(key)),
        };
        let Some(map) = map else {
            self.problem(&place, "is missing");
            return Vec::new();
        };
        let mut found = Vec::new();
        for (key, value) in self.entries_of(&map, &place) {
            let (Ok(id), Found::Plain(value, written)) = (key.parse::<ItemId>(), value) else {
                self.problem(&place, "holds an entry that cannot be read");
                continue;
            };
            match whole(&value).filter(|moment| (0..=MOMENT_MS_MAX).contains(moment)) {
                Some(moment) => found.push((written, id, moment)),
                None => self.problem(&place, "is not a number that makes sense here"),
            }
        }
        found.sort_by(|one, other| age(&one.0).cmp(&age(&other.0)));
        found.into_iter().map(|(_, id, moment)| (id, moment)).collect()
    }

    /// The keys of a map at the root that is used as a set of words.
    pub(crate) fn word_set(&mut self, map: &str) -> Vec<Words> {
        let mut result = Vec::new();
        for (key, found) in self.entries(map) {
            match found {
                Found::Plain(ScalarValue::Boolean(true), _) => {
                    result.extend(self.as_words(&ScalarValue::Str(key.into()), map, SHORT_TEXT_BYTES_MAX));
                }
                Found::Plain(ScalarValue::Boolean(false), _) => {}
                _ => self.problem(map, "holds an entry that cannot be read"),
            }
        }
        result
    }

    /// A map at the root from chosen ids to small records, oldest first.
    pub(crate) fn items<T>(
        &mut self,
        map: &str,
        mut read: impl FnMut(&mut Self, ItemId, &Spot) -> Option<T>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        for (key, value) in self.entries(map) {
            match (key.parse::<ItemId>(), value) {
                (Ok(id), Found::Object(object, ObjType::Map)) => found.push((object, id)),
                _ => self.problem(map, "holds an entry that cannot be read"),
            }
        }
        found.sort_by(|one, other| age(&one.0).cmp(&age(&other.0)));
        let mut items = Vec::new();
        for (object, id) in found {
            let spot = Spot { object, path: format!("{map}.{id}") };
            items.extend(read(self, id, &spot));
        }
        items
    }

    /// Small records at the root itself, each under a key that begins so, oldest first, and as many of them as a verb would
    /// write. Problems call them by `place`.
    pub(crate) fn items_beginning<T>(
        &mut self,
        keys: &str,
        place: &str,
        most: usize,
        mut read: impl FnMut(&mut Self, ItemId, &Spot) -> Option<T>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        let mut unreadable = false;
        let mut range = self.document.map_range(ROOT, keys_beginning(keys));
        for item in range.by_ref().take(LIST_ENTRIES_MAX) {
            let id = item.key.strip_prefix(keys).and_then(|id| id.parse::<ItemId>().ok());
            match (id, &item.value) {
                (Some(id), ValueRef::Object(ObjType::Map)) => found.push((item.id(), id)),
                _ => unreadable = true,
            }
        }
        if range.next().is_some() || found.len() > most {
            self.problem(place, "holds more than Rounds shows; the rest are left out");
        }
        if unreadable {
            self.problem(place, "holds an entry that cannot be read");
        }
        found.sort_by(|one, other| age(&one.0).cmp(&age(&other.0)));
        found.truncate(most);
        let mut items = Vec::new();
        for (object, id) in found {
            let spot = Spot { object, path: format!("{place}.{id}") };
            items.extend(read(self, id, &spot));
        }
        items
    }

    /// Where the words that a record is about stand now in a live text.
    pub(crate) fn place(&mut self, field: &str, spot: &Spot) -> Option<(usize, usize)> {
        let text = schema::text_object(self.document, field)?;
        let [from, to] = ["from", "to"].map(|key| self.plain(spot, key));
        match (from, to) {
            (Some(ScalarValue::Str(from)), Some(ScalarValue::Str(to))) => {
                if self.broken_anchors >= BROKEN_ANCHORS_MAX {
                    return None;
                }
                anchor::place(self.document, &text, &from, &to).unwrap_or_else(|anchor::Broken| {
                    self.broken_anchors += 1;
                    self.problem(&spot.path, "is about words that cannot be looked for");
                    None
                })
            }
            _ => {
                self.problem(&spot.path, "does not say which words it is about");
                None
            }
        }
    }

    /// Short texts of a list inside a frozen record.
    pub(crate) fn list(&mut self, spot: &Spot, key: &str, entries_max: usize) -> Vec<Words> {
        let place = spot.place(key);
        let mut result = Vec::new();
        for found in self.list_entries(spot, key, entries_max) {
            match found {
                Found::Plain(value, _) => result.extend(self.as_words(&value, &place, SHORT_TEXT_BYTES_MAX)),
                Found::Object(..) => self.problem(&place, "is not text"),
            }
        }
        result
    }

    /// Maps of a list inside a frozen record.
    pub(crate) fn records<T>(
        &mut self,
        spot: &Spot,
        key: &str,
        entries_max: usize,
        mut read: impl FnMut(&mut Self, &Spot) -> Option<T>,
    ) -> Vec<T> {
        let place = spot.place(key);
        let mut result = Vec::new();
        for found in self.list_entries(spot, key, entries_max) {
            match found {
                Found::Object(object, ObjType::Map) => {
                    result.extend(read(self, &Spot { object, path: place.clone() }));
                }
                _ => self.problem(&place, "holds an entry that cannot be read"),
            }
        }
        result
    }

    /// The beginning of a live text.
    pub(crate) fn excerpt(&mut self, field: &str) -> Words {
        let Some(text) = schema::text_object(self.document, field) else {
            self.problem(field, "is missing");
            return Words::default();
        };
        if self.document.length(&text) > TEXT_UNITS_MAX {
            self.problem(field, "is longer than Rounds allows");
        }
        let mut excerpt = String::new();
        for item in self.document.list_range(&text, ..).take(EXCERPT_UNITS_MAX) {
            if let ValueRef::Scalar(automerge::ScalarValueRef::Str(piece)) = &item.value {
                let room = (EXCERPT_UNITS_MAX * 4).saturating_sub(excerpt.len());
                excerpt.push_str(&piece[..piece.floor_char_boundary(room.min(piece.len()))]);
            }
        }
        Words::from(excerpt)
    }

    fn plain(&mut self, spot: &Spot, key: &str) -> Option<ScalarValue> {
        match self.document.get(&spot.object, key).ok()?? {
            (Value::Scalar(value), _) => (!value.is_null()).then(|| value.into_owned()),
            (Value::Object(_), _) => {
                self.problem(&spot.place(key), "is not of the expected kind");
                None
            }
        }
    }

    fn entries(&mut self, map: &str) -> Vec<(String, Found)> {
        let Some(object) = schema::map_object(self.document, map) else {
            self.problem(map, "is missing");
            return Vec::new();
        };
        self.entries_of(&object, map)
    }

    fn entries_of(&mut self, object: &ObjId, place: &str) -> Vec<(String, Found)> {
        let mut range = self.document.map_range(object, ..);
        let entries = range
            .by_ref()
            .take(LIST_ENTRIES_MAX)
            .filter(|item| item.key.len() <= SHORT_TEXT_BYTES_MAX)
            .map(|item| (item.key.to_string(), found(&item.value, || item.id())))
            .collect();
        if range.next().is_some() {
            self.problem(place, "holds more than Rounds shows");
        }
        entries
    }

    fn list_entries(&mut self, spot: &Spot, key: &str, entries_max: usize) -> Vec<Found> {
        match self.document.get(&spot.object, key) {
            Ok(Some((Value::Object(ObjType::List), list))) => {
                if self.document.length(&list) > entries_max {
                    self.problem(&spot.place(key), "holds more than Rounds shows");
                }
                let range = self.document.list_range(&list, ..).take(entries_max);
                range.map(|item| found(&item.value, || item.id())).collect()
            }
            Ok(None) => Vec::new(),
            _ => {
                self.problem(&spot.place(key), "is not a list");
                Vec::new()
            }
        }
    }
}

fn found(value: &ValueRef<'_>, object: impl FnOnce() -> ObjId) -> Found {
    match value {
        ValueRef::Object(kind) => Found::Object(object(), *kind),
        ValueRef::Scalar(value) => Found::Plain(value.to_owned().into(), object()),
    }
}

/// Causal age of an object: the place of the operation that made it, the same on every machine.
pub(crate) fn age(object: &ObjId) -> (u64, &[u8]) {
    match object {
        ObjId::Root => (0, &[]),
        ObjId::Id(counter, actor, _) => (*counter, actor.to_bytes()),
    }
}

/// A whole number, however it was written.
pub(crate) fn whole(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Int(number) | ScalarValue::Timestamp(number) => Some(*number),
        ScalarValue::Uint(number) => i64::try_from(*number).ok(),
        _ => None,
    }
}

fn as_choice<T: Word>(value: &ScalarValue) -> Option<T> {
    match value {
        ScalarValue::Str(word) => T::from_word(word),
        _ => None,
    }
}

fn as_id<T: FromStr + Display>(value: &ScalarValue) -> Option<T> {
    match value {
        ScalarValue::Str(text) => canonical(text),
        _ => None,
    }
}

/// An id whose text is the one Rounds itself writes, so that no id has two spellings.
fn canonical<T: FromStr + Display>(text: &str) -> Option<T> {
    text.parse::<T>().ok().filter(|id| id.to_string() == text)
}
