//! Decides what a card holds whose people are asked whether others may see it, and when others may.

use std::collections::BTreeMap;

use automerge::ScalarValue;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, WordsHash, hash_parts};
use crate::model::reader::Reader;
use crate::model::words::Words;

/// Why others may not see a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// There is nobody who could say that they may.
    #[error("nobody is named in this card who could say that others may see it")]
    NobodyNamed,
    /// Somebody has not said so, said no, or took it back.
    #[error("others may see this card once everybody named in it has said so")]
    NotEverybody,
}

/// The words of a success card as they stood when the people named in it were asked: set once, by its author.
///
/// A yes is said to exactly these words about exactly these people. Whatever changes them, whoever did it, leaves nobody's yes.
/// A no is for good: who changes their mind is asked anew, in a document that holds nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ShownCard {
    /// What it is called.
    pub title: Option<Words>,
    /// What was seen, all of it.
    pub text: Words,
    /// What it is about, in single words.
    pub tags: Vec<Words>,
    /// Who is named in it and was asked.
    pub people: Vec<PersonId>,
    /// Whether others may see these words, as each of them said; who has not answered is absent.
    pub answers: BTreeMap<PersonId, bool>,
    /// What a yes is said to; absent until the words are in.
    pub words: Option<WordsHash>,
}

impl ShownCard {
    /// Whether others than its author and the people named in it may see it.
    pub fn may_be_seen(&self) -> Result<(), NotShown> {
        if self.words.is_none() {
            return Err(NotShown::NobodyNamed);
        }
        let yes = |person| self.answers.get(person) == Some(&true);
        if self.people.iter().all(yes) { Ok(()) } else { Err(NotShown::NotEverybody) }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        let mut card = Self {
            title: reader.short(&root, "title"),
            text: reader.passage(&root, "text"),
            tags: reader.word_set("tags"),
            people: reader.set("people"),
            answers: BTreeMap::new(),
            words: None,
        };
        card.words = (!card.text.is_blank() && !card.people.is_empty()).then(|| card.hash());
        // A yes to other words is no answer to these; a no, on whichever device it was said, outlasts every yes.
        // Each of them is looked up by name: nothing that somebody else fills these maps with stands before it.
        for person in &card.people {
            let yes = reader.said_by(person, "answers", words).into_iter().any(|words| Some(words) == card.words);
            let no = reader.said_by(person, "declined", Reader::yes_or_no).contains(&true);
            if yes || no {
                card.answers.insert(*person, !no);
            }
        }
        card
    }

    fn hash(&self) -> WordsHash {
        let title = self.title.as_ref().map_or("", Words::as_str);
        let mut parts: Vec<&[u8]> = vec![b"rounds card v1", title.as_bytes(), self.text.as_str().as_bytes()];
        parts.extend(self.tags.iter().map(|tag| tag.as_str().as_bytes()));
        // An empty part stands between tags, which are never empty, and people.
        parts.push(&[]);
        parts.extend(self.people.iter().map(|person| person.as_bytes().as_slice()));
        WordsHash::from_bytes(hash_parts(&parts))
    }
}

/// The words that somebody said yes to.
fn words(reader: &mut Reader<'_>, value: &ScalarValue, place: &str) -> Option<WordsHash> {
    let words = match value {
        ScalarValue::Str(words) => words.parse().ok(),
        _ => None,
    };
    if words.is_none() {
        reader.problem(place, "is no yes to any words");
    }
    words
}
