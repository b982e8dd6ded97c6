//! Decides who said what in a document that several people write: whoever signed it, whatever name it gives.

use std::collections::BTreeMap;

use automerge::{ObjId, ObjType, ReadDoc, ScalarValue, Value, ValueRef};

use super::{Found, Reader, Spot, canonical};
use crate::ids::{ActorId, PersonId};
use crate::limits::LIST_ENTRIES_MAX;
use crate::model::words::Word;
use crate::schema;

impl Reader<'_> {
    /// Who wrote a record of a shared map: the person it names, unless the signature on it is another's.
    pub(crate) fn author(&mut self, spot: &Spot) -> Option<PersonId> {
        let named: PersonId = self.id(spot, "by")?;
        let signed = self.signer(&spot.object).unwrap_or(named);
        let words = self.document.get(&spot.object, "text").ok().flatten();
        let of_words = words.and_then(|(_, written)| self.signer(&written)).unwrap_or(signed);
        if signed != named {
            self.problem(&spot.path, "named somebody as its writer who did not write it");
        }
        if of_words != signed {
            self.problem(&spot.path, "was rewritten by somebody else than its writer");
        }
        Some(of_words)
    }

    /// Who made an object or wrote a value, as far as it is known here.
    fn signer(&self, written: &ObjId) -> Option<PersonId> {
        let ObjId::Id(_, actor, _) = written else { return None };
        (self.whose)(&ActorId::from_automerge(actor).ok()?.device())
    }

    /// A map at the root from people to what each of them said; what somebody else wrote for them counts as not said.
    pub(crate) fn said_by_each<T>(
        &mut self,
        map: &str,
        read: impl Fn(&mut Self, &ScalarValue, &str) -> Option<T>,
    ) -> BTreeMap<PersonId, T> {
        let mut said = BTreeMap::new();
        for (key, found) in self.entries(map) {
            let (Some(person), Found::Plain(value, written)) = (canonical::<PersonId>(&key), found) else {
                self.problem(map, "holds an entry that cannot be read");
                continue;
            };
            if self.signer(&written).is_some_and(|signer| signer != person) {
                self.problem(map, "holds something that somebody said in another's name");
                continue;
            }
            if let Some(value) = read(self, &value, map) {
                said.insert(person, value);
            }
        }
        said
    }

    /// All that one person said at once in a map at the root from people, on however many devices; what somebody else wrote
    /// for them counts as not said, and hides nothing.
    pub(crate) fn said_by<T>(
        &mut self,
        person: &PersonId,
        map: &str,
        read: impl Fn(&mut Self, &ScalarValue, &str) -> Option<T>,
    ) -> Vec<T> {
        let Some(object) = schema::map_object(self.document, map) else {
            self.problem(map, "is missing");
            return Vec::new();
        };
        let mut said = Vec::new();
        for (value, written) in self.document.get_all(&object, person.to_string()).unwrap_or_default() {
            if self.signer(&written).is_some_and(|signer| signer != *person) {
                self.problem(map, "holds something that somebody said in another's name");
                continue;
            }
            said.extend(value.as_scalar().and_then(|value| read(self, value, map)));
        }
        said
    }

    /// What each person answered, from a closed vocabulary.
    pub(crate) fn answers_of_each<T: Word>(&mut self, map: &str) -> BTreeMap<PersonId, T> {
        self.said_by_each(map, Self::word_of)
    }

    /// Who said yes for themselves.
    pub(crate) fn each_who_agreed(&mut self, map: &str) -> Vec<PersonId> {
        let answers = self.said_by_each(map, Self::yes_or_no);
        answers.into_iter().filter_map(|(person, yes)| yes.then_some(person)).collect()
    }

    /// Who said yes for themselves in a map inside a record.
    pub(crate) fn each_within(&mut self, spot: &Spot, key: &str) -> Vec<PersonId> {
        let place = spot.place(key);
        let Ok(Some((Value::Object(ObjType::Map), map))) = self.document.get(&spot.object, key) else {
            return Vec::new();
        };
        let (mut people, document) = (Vec::new(), self.document);
        for item in document.map_range(&map, ..).take(LIST_ENTRIES_MAX) {
            let person = canonical::<PersonId>(item.key.as_ref());
            let yes = matches!(&item.value, ValueRef::Scalar(automerge::ScalarValueRef::Boolean(true)));
            match (person, self.signer(&item.id())) {
                (Some(person), signer) if yes && signer.is_none_or(|signer| signer == person) => people.push(person),
                (Some(_), _) if !yes => self.problem(&place, "is neither yes nor no"),
                _ => self.problem(&place, "holds something that somebody said in another's name"),
            }
        }
        people
    }
}
