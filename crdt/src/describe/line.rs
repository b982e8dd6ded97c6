//! Decides what one line of a note says: which words judge, whether it wonders, and whether it shows anything.

use std::collections::BTreeSet;

use super::Rule;
use super::pack::Pack;
use super::pattern::has_end;
use super::speech;
use super::step;
use super::word::{Word, words};

/// Words after one that says where, among which the thing must stand: "on all four walls".
const PLACE_REACH: usize = 3;

/// Words between a thing and how it is seen to be: "blinds half down".
const STATE_REACH: usize = 2;

/// One line, read.
#[derive(Debug)]
pub(super) struct Line {
    /// Its words, but for what somebody said and for code.
    pub(super) words: Vec<Word>,
    /// A sentence or a note, rather than a heading, a label for what follows, or a question.
    pub(super) is_prose: bool,
    /// Somebody's words or code stand in it.
    quotes: bool,
}

impl Line {
    /// Reads a line that begins at this place, in UTF-16 code units.
    pub(super) fn read(chars: &[char], at: usize, pack: &Pack) -> Self {
        let covered = speech::covered(chars, pack);
        let quotes = chars.iter().zip(&covered).any(|(letter, covered)| *covered && letter.is_alphanumeric());
        let first = chars.iter().find(|letter| !letter.is_whitespace());
        let last = chars.iter().rev().find(|letter| !letter.is_whitespace());
        let is_prose = first != Some(&'#') && !matches!(last, Some(':' | '?'));
        Self { words: words(chars, &covered, at), is_prose, quotes }
    }

    /// Whether it wonders aloud rather than notes.
    pub(super) fn wonders(&self, pack: &Pack) -> bool {
        pack.wonders.iter().any(|phrase| phrase.length_at(&self.words).is_some())
    }

    /// How many words from the first on are advice that looks like a question.
    pub(super) fn advises_by_asking(&self, pack: &Pack) -> Option<usize> {
        pack.hidden_advice.iter().filter_map(|phrase| phrase.length_at(&self.words)).max()
    }

    /// The longest phrase, or else the word, that begins here: how many words it covers, and its rule; `None` for a rule
    /// where it means something plain.
    pub(super) fn matched(&self, at: usize, pack: &Pack) -> Option<(usize, Option<Rule>)> {
        let word = &self.words[at];
        let phrases = pack.by_first.get(&word.folded).into_iter().flatten();
        let numbers = pack.by_number.iter().filter(|_| word.number);
        let mut best: Option<(usize, Option<Rule>)> = None;
        for place in phrases.chain(numbers) {
            let (phrase, rule) = &pack.phrases[*place];
            if let Some(length) = phrase.length_at(&self.words[at..])
                && best.is_none_or(|(before, _)| length > before)
            {
                best = Some((length, *rule));
            }
        }
        best.or_else(|| pack.words.get(&word.folded).map(|rule| (1, *rule)))
            .or_else(|| pack.ends.iter().find(|(end, _)| has_end(&word.folded, end)).map(|(_, rule)| (1, Some(*rule))))
    }

    /// Whether a camera could have shown something of it.
    pub(super) fn shows_something(&self, pack: &Pack) -> bool {
        self.quotes || (0..self.words.len()).any(|at| self.shows_at(at, pack))
    }

    fn shows_at(&self, at: usize, pack: &Pack) -> bool {
        step();
        let known = &pack.evidence;
        let word = &self.words[at];
        let after = |reach: usize| {
            self.words[at + 1..].iter().take(reach).take_while(|word| word.joined).map(|word| word.folded.as_str())
        };
        if word.number || known.actions.contains(&word.folded) || known.numerals.contains(&word.folded) {
            return true;
        }
        if known.labels.contains(&word.folded) && after(1).any(|name| name.chars().count() == 1) {
            return true;
        }
        if known.places.contains(&word.folded) && after(PLACE_REACH).any(|thing| known.things.contains(thing)) {
            return true;
        }
        let seen = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            one.contains(&word.folded) && after(STATE_REACH).any(|word| other.contains(word))
        };
        seen(&known.things, &known.states) || seen(&known.states, &known.things)
    }
}
