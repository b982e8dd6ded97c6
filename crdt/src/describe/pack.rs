//! Decides what a language pack is: rules, plain words and evidence of one language, read from a data file or refused.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::Rule;
use super::pattern::{Endings, Phrase, Reader, parted};
use crate::model::words::{Word as _, vocabulary};

/// The version of the data files' shape.
const VERSION: u32 = 1;

/// Bytes of one pack: ten times what a full one has.
const PACK_BYTES_MAX: usize = 512 * 1024;

/// The rules that a pack gives words or phrases to; the other two have places of their own.
const WORD_RULES: [Rule; 8] =
    [Rule::Value, Rule::Mind, Rule::Vague, Rule::Advice, Rule::Compare, Rule::Label, Rule::Cause, Rule::Praise];

vocabulary! {
    /// A language that has a pack.
    pub enum Language {
        /// English.
        En = "en",
        /// Spanish.
        Es = "es",
    }
}

impl Language {
    /// The language of a code such as `es`; English where there is none, or none that Rounds speaks.
    pub fn spoken(code: Option<&str>) -> Self {
        code.and_then(Self::from_word).unwrap_or(Self::En)
    }
}

/// Why a language pack is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Not the shape of a pack.
    #[error("this is not a language pack: {0}")]
    Shape(String),
    /// Another version of the shape.
    #[error("this pack has version {0}, and this Rounds reads version {VERSION}")]
    Version(u32),
    /// Larger than any language needs.
    #[error("this pack is too large")]
    TooLarge,
    /// A word or phrase that cannot be read.
    #[error("“{pattern}” is no word or phrase: {why}")]
    Pattern {
        /// As the pack writes it.
        pattern: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// One word with two meanings.
    #[error("“{0}” stands under two rules")]
    Twice(String),
    /// A rule that is not there, or there twice, or not one with words.
    #[error("each of the rules with words stands in a pack once, and “{0}” does not")]
    Rules(&'static str),
    /// Something that must be said is empty.
    #[error("“{0}” is empty")]
    Empty(&'static str),
}

impl PackError {
    pub(super) fn pattern(pattern: &str, why: &'static str) -> Self {
        Self::Pattern { pattern: pattern.to_owned(), why }
    }
}

/// A pack as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    dashes_speak: bool,
    speakers: Vec<String>,
    endings: Endings,
    rules: Vec<RuleFile>,
    plain: Plain,
    thin: Says,
    hidden_advice: HiddenAdvice,
    evidence: EvidenceFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: Rule,
    why: String,
    question: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    phrases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    words: Vec<String>,
    phrases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Says {
    why: String,
    question: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HiddenAdvice {
    why: String,
    question: String,
    wonders: Vec<String>,
    phrases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceFile {
    actions: Vec<String>,
    numerals: Vec<String>,
    labels: Vec<String>,
    places: Vec<String>,
    things: Vec<String>,
    states: Vec<String>,
}

/// The words and phrases of one language.
#[derive(Debug)]
pub struct Pack {
    says: BTreeMap<Rule, (String, String)>,
    /// A word's rule; `None` for one that judges only by its looks.
    pub(super) words: BTreeMap<String, Option<Rule>>,
    pub(super) ends: Vec<(String, Rule)>,
    /// Phrases; those that mean something plain come first.
    pub(super) phrases: Vec<(Phrase, Option<Rule>)>,
    /// Which phrases can begin with a word.
    pub(super) by_first: BTreeMap<String, Vec<usize>>,
    /// Phrases that begin with a number.
    pub(super) by_number: Vec<usize>,
    pub(super) wonders: Vec<Phrase>,
    pub(super) hidden_advice: Vec<Phrase>,
    pub(super) evidence: Evidence,
    pub(super) speakers: BTreeSet<String>,
    pub(super) dashes_speak: bool,
}

/// What a camera could have shown.
#[derive(Debug)]
pub(super) struct Evidence {
    /// What somebody visibly does.
    pub(super) actions: BTreeSet<String>,
    /// Numbers in letters.
    pub(super) numerals: BTreeSet<String>,
    /// What a letter or number names: a seat, a group.
    pub(super) labels: BTreeSet<String>,
    /// Words that say where.
    pub(super) places: BTreeSet<String>,
    /// What stands in a room.
    pub(super) things: BTreeSet<String>,
    /// How a thing is seen to be.
    pub(super) states: BTreeSet<String>,
}

impl Pack {
    /// The pack of a language.
    pub fn of(language: Language) -> &'static Self {
        static ENGLISH: LazyLock<Pack> = LazyLock::new(|| built_in(include_str!("../../describe/en.json")));
        static SPANISH: LazyLock<Pack> = LazyLock::new(|| built_in(include_str!("../../describe/es.json")));
        match language {
            Language::En => &ENGLISH,
            Language::Es => &SPANISH,
        }
    }

    /// Reads a pack.
    pub fn read(text: &str) -> Result<Self, PackError> {
        if text.len() > PACK_BYTES_MAX {
            return Err(PackError::TooLarge);
        }
        let file: File = serde_json::from_str(text).map_err(|error| PackError::Shape(error.to_string()))?;
        if file.version != VERSION {
            return Err(PackError::Version(file.version));
        }
        let mut reader = Reader::new(&file.endings);
        let mut pack = Self {
            says: BTreeMap::new(),
            words: BTreeMap::new(),
            ends: Vec::new(),
            phrases: Vec::new(),
            by_first: BTreeMap::new(),
            by_number: Vec::new(),
            wonders: reader.phrases(&file.hidden_advice.wonders, "wonders")?,
            hidden_advice: reader.phrases(&file.hidden_advice.phrases, "hidden_advice")?,
            evidence: Evidence::read(&file.evidence, &mut reader)?,
            speakers: reader.set(&file.speakers)?,
            dashes_speak: file.dashes_speak,
        };
        let (exact, ends) = parted(reader.list(&file.plain.words)?);
        if let Some(end) = ends.first() {
            return Err(PackError::pattern(&format!("*{end}"), "an end says nothing here"));
        }
        pack.words.extend(exact.into_iter().map(|word| (word, None)));
        pack.add_phrases(&file.plain.phrases, None, &mut reader)?;
        for rule in &file.rules {
            pack.add_rule(rule, &mut reader)?;
        }
        for rule in WORD_RULES {
            if !pack.says.contains_key(&rule) {
                return Err(PackError::Rules(rule.word()));
            }
        }
        pack.say(Rule::Thin, &file.thin.why, &file.thin.question)?;
        pack.say(Rule::HiddenAdvice, &file.hidden_advice.why, &file.hidden_advice.question)?;
        Ok(pack)
    }

    /// What a rule says was noticed, and what it asks.
    pub(super) fn says(&self, rule: Rule) -> (&str, &str) {
        self.says.get(&rule).map_or(("", ""), |(why, question)| (why, question))
    }

    fn say(&mut self, rule: Rule, why: &str, question: &str) -> Result<(), PackError> {
        if why.trim().is_empty() || question.trim().is_empty() {
            return Err(PackError::Empty(rule.word()));
        }
        match self.says.insert(rule, (why.to_owned(), question.to_owned())) {
            None => Ok(()),
            Some(_) => Err(PackError::Rules(rule.word())),
        }
    }

    fn add_rule(&mut self, file: &RuleFile, reader: &mut Reader) -> Result<(), PackError> {
        let rule = file.id;
        if !WORD_RULES.contains(&rule) {
            return Err(PackError::Rules(rule.word()));
        }
        if file.words.is_empty() && file.phrases.is_empty() {
            return Err(PackError::Empty(rule.word()));
        }
        self.say(rule, &file.why, &file.question)?;
        let (exact, ends) = parted(reader.list(&file.words)?);
        for word in exact {
            match self.words.get(&word) {
                Some(other) if *other != Some(rule) => return Err(PackError::Twice(word)),
                _ => {
                    self.words.insert(word, Some(rule));
                }
            }
        }
        self.ends.extend(ends.into_iter().map(|end| (end, rule)));
        self.add_phrases(&file.phrases, Some(rule), reader)
    }

    fn add_phrases(&mut self, written: &[String], rule: Option<Rule>, reader: &mut Reader) -> Result<(), PackError> {
        for text in written {
            let phrase = reader.phrase(text)?;
            let place = self.phrases.len();
            match phrase.begins_with() {
                Some(firsts) => {
                    for first in firsts {
                        self.by_first.entry(first.clone()).or_default().push(place);
                    }
                }
                None if text.starts_with('#') => self.by_number.push(place),
                None => return Err(PackError::pattern(text, "it may not begin with an end")),
            }
            self.phrases.push((phrase, rule));
        }
        Ok(())
    }
}

impl Evidence {
    fn read(file: &EvidenceFile, reader: &mut Reader) -> Result<Self, PackError> {
        if file.actions.is_empty() {
            return Err(PackError::Empty("actions"));
        }
        Ok(Self {
            actions: reader.set(&file.actions)?,
            numerals: reader.set(&file.numerals)?,
            labels: reader.set(&file.labels)?,
            places: reader.set(&file.places)?,
            things: reader.set(&file.things)?,
            states: reader.set(&file.states)?,
        })
    }
}

impl Reader<'_> {
    fn phrases(&mut self, written: &[String], what: &'static str) -> Result<Vec<Phrase>, PackError> {
        if written.is_empty() {
            return Err(PackError::Empty(what));
        }
        written.iter().map(|text| self.phrase(text)).collect()
    }
}

fn built_in(text: &str) -> Pack {
    Pack::read(text).expect("a test reads every pack that is built in")
}
