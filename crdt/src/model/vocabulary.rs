//! Decides what a vocabulary holds, and what it may not: names of strategies and of what to look at, brought in from a file of
//! the teacher's own choice; never a scale.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::bounds::{TAGS_MAX, TERMS_MAX};
use crate::model::note_set::names_something;
use crate::model::reader::{Reader, Spot};
use crate::model::reason::{Reason, ReasonCode};
use crate::model::scales::{Scale, scales_in};
use crate::model::words::Words;

/// The form of vocabulary files that this version reads.
pub const VOCABULARY_FORM: u32 = 1;

/// A name with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The name.
    pub name: Words,
    /// What it is about, in single words.
    #[serde(default)]
    pub tags: Vec<Words>,
}

/// Names that a teacher brought in; a file of them is this as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// The form of the file: 1.
    pub rounds_vocabulary: u32,
    /// What it is called.
    pub title: Words,
    /// Ways of doing something in a lesson.
    #[serde(default)]
    pub strategies: Vec<Term>,
    /// What may be looked at in a lesson.
    #[serde(default)]
    pub targets: Vec<Term>,
}

/// Why a vocabulary is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// Of a form that this version does not read.
    #[error("this file is of another form: this version of Rounds reads form 1")]
    Form,
    /// Without a title, or with one that is too long.
    #[error("a vocabulary needs a title of at most {SHORT_TEXT_BYTES_MAX} bytes")]
    Title,
    /// Nothing in it.
    #[error("there is no strategy and no target in it")]
    Empty,
    /// More than anybody chooses from.
    #[error("a vocabulary holds at most {TERMS_MAX} strategies and as many targets")]
    TooMany,
    /// A name that says nothing, or too much.
    #[error("each name is a few words, of at most {SHORT_TEXT_BYTES_MAX} bytes")]
    Name,
    /// More tags than anybody reads, or one that says nothing.
    #[error("each name has at most {TAGS_MAX} tags, of a word or two each")]
    Tags,
    /// The same name twice in one list.
    #[error("a name stands in it twice")]
    Twice,
    /// Names that rate.
    #[error("{scale}")]
    Scale {
        /// What kind of scale they are.
        scale: Scale,
        /// The names it consists of.
        names: Vec<Words>,
    },
}

impl VocabularyError {
    /// The same for a program.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Form => Reason::of(ReasonCode::VocabularyForm),
            Self::Title => Reason::of(ReasonCode::VocabularyTitle),
            Self::Empty => Reason::of(ReasonCode::VocabularyEmpty),
            Self::TooMany => Reason::at_most(ReasonCode::VocabularyTooMany, TERMS_MAX),
            Self::Name => Reason::of(ReasonCode::VocabularyName),
            Self::Tags => Reason::at_most(ReasonCode::VocabularyTags, TAGS_MAX),
            Self::Twice => Reason::of(ReasonCode::VocabularyTwice),
            Self::Scale { scale, names } => Reason::about(scale.code(), names),
        }
    }
}

impl Vocabulary {
    /// Whether it may be kept, as somebody brought it.
    pub fn check(&self) -> Result<(), VocabularyError> {
        let fits = |words: &Words| !words.is_blank() && words.as_str().len() <= SHORT_TEXT_BYTES_MAX;
        if self.rounds_vocabulary != VOCABULARY_FORM {
            return Err(VocabularyError::Form);
        }
        if !fits(&self.title) {
            return Err(VocabularyError::Title);
        }
        let lists = [&self.strategies, &self.targets];
        if lists.iter().all(|list| list.is_empty()) {
            return Err(VocabularyError::Empty);
        }
        if lists.iter().any(|list| list.len() > TERMS_MAX) {
            return Err(VocabularyError::TooMany);
        }
        for list in lists {
            if !list.iter().all(|term| fits(&term.name) && names_something(&term.name)) {
                return Err(VocabularyError::Name);
            }
            if !list.iter().all(|term| term.tags.len() <= TAGS_MAX && term.tags.iter().all(fits)) {
                return Err(VocabularyError::Tags);
            }
            let names: Vec<&str> = list.iter().map(|term| term.name.as_str()).collect();
            let distinct: BTreeSet<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
            if distinct.len() < names.len() {
                return Err(VocabularyError::Twice);
            }
            if let Some((scale, places)) = scales_in(&names).into_iter().next() {
                let names = places.into_iter().map(|place| list[place].name.clone()).collect();
                return Err(VocabularyError::Scale { scale, names });
            }
        }
        Ok(())
    }

    /// Every name with its tags, strategies first.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.strategies.iter().chain(&self.targets)
    }

    /// What a document holds; an empty one until somebody filled it.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let empty = Self {
            rounds_vocabulary: VOCABULARY_FORM,
            title: Words::default(),
            strategies: Vec::new(),
            targets: Vec::new(),
        };
        let Some(spot) = reader.frozen("vocabulary") else { return empty };
        Self {
            title: reader.short(&spot, "title").unwrap_or_default(),
            strategies: reader.records(&spot, "strategies", TERMS_MAX, term),
            targets: reader.records(&spot, "targets", TERMS_MAX, term),
            ..empty
        }
    }
}

fn term(reader: &mut Reader<'_>, spot: &Spot) -> Option<Term> {
    Some(Term { name: reader.short(spot, "name")?, tags: reader.list(spot, "tags", TAGS_MAX) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(names: &[&str]) -> Vec<Term> {
        names.iter().map(|name| Term { name: Words::from(*name), tags: vec!["talk".into()] }).collect()
    }

    fn vocabulary(strategies: &[&str], targets: &[&str]) -> Vocabulary {
        Vocabulary {
            rounds_vocabulary: 1,
            title: "Talk".into(),
            strategies: terms(strategies),
            targets: terms(targets),
        }
    }

    #[test]
    fn names_and_tags_are_taken() {
        assert_eq!(vocabulary(&["Think, pair, share"], &["Who speaks"]).check(), Ok(()));
        assert_eq!(vocabulary(&[], &["Wer spricht? 👋", "من يتكلم"]).check(), Ok(()));
        let many: Vec<String> = (0..TERMS_MAX).map(|number| format!("Way {number} of asking")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(vocabulary(&many, &many).check(), Ok(()));
    }

    #[test]
    fn what_is_hostile_or_rates_is_refused_with_its_reason() {
        let long = "x".repeat(SHORT_TEXT_BYTES_MAX + 1);
        let many: Vec<String> = (0..=TERMS_MAX).map(|number| format!("Way {number} of asking")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let base = || vocabulary(&["Ask and wait"], &[]);
        let scale = |scale, names: &[&str]| VocabularyError::Scale {
            scale,
            names: names.iter().map(|name| Words::from(*name)).collect(),
        };
        let tagged = |tags: Vec<Words>| Vocabulary { strategies: vec![Term { name: "A".into(), tags }], ..base() };
        let table = [
            (Vocabulary { rounds_vocabulary: 2, ..base() }, VocabularyError::Form),
            (Vocabulary { title: " ".into(), ..base() }, VocabularyError::Title),
            (Vocabulary { title: long.as_str().into(), ..base() }, VocabularyError::Title),
            (vocabulary(&[], &[]), VocabularyError::Empty),
            (vocabulary(&[], &many), VocabularyError::TooMany),
            (vocabulary(&[long.as_str()], &[]), VocabularyError::Name),
            (vocabulary(&["Ask", "4"], &[]), VocabularyError::Name),
            (tagged(vec!["t".into(); TAGS_MAX + 1]), VocabularyError::Tags),
            (tagged(vec![" ".into()]), VocabularyError::Tags),
            (vocabulary(&["Ask", " ask "], &[]), VocabularyError::Twice),
            (vocabulary(&[], &["Weak", "Who asks?"]), scale(Scale::Worth, &["Weak"])),
            (vocabulary(&[], &["Level 1", "Level 2"]), scale(Scale::Numbers, &["Level 1", "Level 2"])),
        ];
        for (vocabulary, error) in table {
            assert_eq!(vocabulary.check().err().as_ref(), Some(&error), "{error}");
        }
    }

    #[test]
    fn a_file_with_anything_else_in_it_is_not_read() {
        for file in [
            r#"{"rounds_vocabulary":1,"title":"T","targets":[{"name":"A","score":3}]}"#,
            r#"{"rounds_vocabulary":1,"title":"T","people":["Ana"]}"#,
            r#"{"title":"T","targets":[]}"#,
            r#"[]"#,
        ] {
            assert!(serde_json::from_str::<Vocabulary>(file).is_err(), "{file}");
        }
    }
}
