//! Decides when words match whatever their case and accents, which documents come first, and what is shown around a match.

use std::ops::Range;

use memchr::memmem::Finder;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of a question that count: more than anybody types to find a note.
const TERMS_MAX: usize = 8;

/// Characters shown before the first match: enough to see what it is about.
const SHOWN_BEFORE: usize = 40;

/// Characters shown from the first match on: two lines on a phone.
const SHOWN_AFTER: usize = 120;

/// Bytes of one document that are searched, as they were written and again as they are compared: four times the longest note
/// set recorded; what lies beyond is not found.
const SEARCHED_BYTES_MAX: usize = 256 * 1024;

/// A document's words, as they were written and as they are compared.
pub(super) struct Folded {
    original: String,
    folded: String,
    /// Bytes of `folded` that are the title.
    title: usize,
}

/// A length only: people's words stay out of logs.
impl std::fmt::Debug for Folded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Folded({} bytes)", self.original.len())
    }
}

/// What is looked for: every term, each anywhere.
pub(super) struct Terms(Vec<Finder<'static>>);
rounds_crdt::silent!(Terms {});

/// How well a document answers; the better the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    outside_title: bool,
    within_words: bool,
}

/// A piece of a document around its first match.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The piece, on one line.
    pub text: String,
    /// Where the terms stand in it, in UTF-16 units, in order and apart.
    pub hits: Vec<Range<usize>>,
}
rounds_crdt::silent!(Excerpt { hits });

impl Terms {
    /// The terms of a question; none when it holds nothing to look for.
    pub(super) fn of(question: &str) -> Option<Self> {
        let terms: Vec<_> = question
            .split_whitespace()
            .map(fold)
            .filter(|term| !term.is_empty())
            .take(TERMS_MAX)
            .map(|term| Finder::new(&term).into_owned())
            .collect();
        (!terms.is_empty()).then_some(Self(terms))
    }
}

impl Folded {
    /// A document with its title first.
    pub(super) fn new(title: &str, passages: impl Iterator<Item = String>) -> Self {
        let mut original = beginning(title, SEARCHED_BYTES_MAX).to_owned();
        let folded_title = fold(&original).len();
        for passage in passages.filter(|passage| !passage.trim().is_empty()) {
            let room = SEARCHED_BYTES_MAX.saturating_sub(original.len() + 1);
            if room == 0 {
                break;
            }
            original.push('\n');
            original.push_str(beginning(passage.trim(), room));
        }
        original.shrink_to_fit();
        // A few letters are written with many more bytes when they are compared.
        let mut folded = fold(&original);
        folded.truncate(beginning(&folded, SEARCHED_BYTES_MAX).len());
        folded.shrink_to_fit();
        Self { title: folded_title.min(folded.len()), folded, original }
    }

    /// Bytes it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.original.len() + self.folded.len()
    }

    /// Whether every term stands in the document, and how.
    pub(super) fn matches(&self, terms: &Terms) -> Option<Match> {
        let mut found = Match { outside_title: false, within_words: false };
        for term in &terms.0 {
            let first = term.find(self.folded.as_bytes())?;
            found.outside_title |= first >= self.title;
            let begins_word = |at: usize| !self.folded[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            found.within_words |= !term.find_iter(self.folded.as_bytes()).any(begins_word);
        }
        Some(found)
    }

    /// What to show of a document that matches: around the first match behind the title, or the beginning behind it.
    pub(super) fn excerpt(&self, terms: &Terms) -> Excerpt {
        let body = &self.folded.as_bytes()[self.title..];
        let first = terms.0.iter().filter_map(|term| term.find(body)).min().unwrap_or(0);
        let start = self.before(self.title + first);
        let title = self.before(self.title);
        let from = self.original[title..start].char_indices().rev().take(SHOWN_BEFORE).last();
        let from = from.map_or(start, |(index, _)| title + index);
        // A piece begins with a word, unless the word is longer than what is shown before the match.
        let from = match self.original[from..start].find(char::is_whitespace) {
            Some(space) if from > title => from + space,
            _ => from,
        };
        let length = self.original[start..].char_indices().nth(SHOWN_AFTER).map(|(index, _)| index);
        let to = length.map_or(self.original.len(), |length| start + length);
        let piece = self.original[from..to].trim();
        let mut text = String::new();
        if from > title {
            text.push('…');
        }
        text.extend(piece.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }));
        if to < self.original.len() {
            text.push('…');
        }
        let hits = hits(&text, terms);
        Excerpt { text, hits }
    }

    /// Where a place in the folded text stands in the original.
    fn before(&self, folded: usize) -> usize {
        let mut passed = 0;
        for (index, letter) in self.original.char_indices() {
            if passed >= folded {
                return index;
            }
            // Most letters are compared as one byte, and need no looking up.
            let plain = letter.is_ascii();
            passed += if plain { 1 } else { fold_letter(letter).map(char::len_utf8).sum::<usize>() };
        }
        self.original.len()
    }
}

fn hits(text: &str, terms: &Terms) -> Vec<Range<usize>> {
    // For each byte of the folded piece, the letter it came from, in UTF-16 units of the piece.
    let (mut folded, mut letters, mut at) = (String::new(), Vec::new(), 0);
    for letter in text.chars() {
        let units = at..at + letter.len_utf16();
        at = units.end;
        folded.extend(fold_letter(letter));
        letters.resize(folded.len(), units);
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for term in &terms.0 {
        for start in term.find_iter(folded.as_bytes()) {
            let end = start + term.needle().len() - 1;
            found.push(letters[start].start..letters[end].end);
        }
    }
    found.sort_by_key(|hit| (hit.start, hit.end));
    found.dedup_by(|next, last| {
        let touch = next.start <= last.end;
        if touch {
            last.end = last.end.max(next.end);
        }
        touch
    });
    found
}

/// As much of a text as fits, in whole characters.
fn beginning(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max.min(text.len()))]
}

/// Words as they are compared: without case, without accents, one kind of apostrophe.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            plain if plain.is_ascii() => folded.push(plain.to_ascii_lowercase()),
            letter => folded.extend(fold_letter(letter)),
        }
    }
    folded
}

fn fold_letter(letter: char) -> impl Iterator<Item = char> {
    let letter = if matches!(letter, '’' | '‘' | 'ʼ') { '\'' } else { letter };
    std::iter::once(letter).nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(title: &str, text: &str) -> Folded {
        Folded::new(title, [text.to_owned()].into_iter())
    }

    fn matches(text: &str, question: &str) -> bool {
        folded("", text).matches(&Terms::of(question).expect("terms")).is_some()
    }

    #[test]
    fn case_accents_and_apostrophes_do_not_matter() {
        assert!(matches("¿Cuántas PREGUNTAS abiertas?", "cuantas preguntas"));
        assert!(matches("Cafe\u{301} and naïve", "café naive"));
        assert!(matches("the teacher’s desk", "teacher's"));
        assert!(matches("Straße", "straße"));
        assert!(!matches("wait time", "wait tome"));
        assert!(matches("wait time", "TIME wait"));
    }

    #[test]
    fn titles_come_first_then_words_that_begin_so() {
        let terms = Terms::of("lab").expect("terms");
        let rank = |title, text| folded(title, text).matches(&terms).expect("a match");
        assert!(rank("Lab lesson", "x") < rank("x", "the lab"));
        assert!(rank("x", "a syllable, then the lab") < rank("x", "a syllable"));
    }

    #[test]
    fn an_excerpt_shows_the_first_match_with_its_places() {
        let long = format!("{} the pause 🙂 was Ámbar four seconds long {}", "before ".repeat(30), "after ".repeat(60));
        let folded = folded("A title", &long);
        let terms = Terms::of("ambar pause").expect("terms");
        let excerpt = folded.excerpt(&terms);
        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with('…'), "{}", excerpt.text);
        assert!(excerpt.text.chars().count() <= SHOWN_BEFORE + SHOWN_AFTER + 2);
        let units: Vec<u16> = excerpt.text.encode_utf16().collect();
        let shown: Vec<String> = excerpt.hits.iter().map(|hit| String::from_utf16_lossy(&units[hit.clone()])).collect();
        assert_eq!(shown, ["pause", "Ámbar"]);
    }

    #[test]
    fn a_match_in_the_title_alone_shows_how_the_rest_begins() {
        let folded = folded("Questions", "First line\nsecond");
        let excerpt = folded.excerpt(&Terms::of("questions").expect("terms"));
        assert_eq!(excerpt, Excerpt { text: "First line second".into(), hits: Vec::new() });
    }

    #[test]
    fn hits_that_touch_are_one() {
        assert_eq!(hits("bananas", &Terms::of("ana nan").expect("terms")), [Range { start: 1, end: 5 }]);
    }

    #[test]
    fn what_lies_beyond_the_bound_is_not_searched() {
        let terms = Terms::of("here").expect("terms");
        for letter in ["é", "🙂", "\u{fdfa}"] {
            let filler = letter.repeat(SEARCHED_BYTES_MAX / letter.len());
            let beyond = Folded::new("A title", [filler.clone(), "here".to_owned()].into_iter());
            assert!(beyond.bytes() <= 2 * SEARCHED_BYTES_MAX && beyond.matches(&terms).is_none());
            let within = Folded::new("A title", ["here".to_owned(), filler].into_iter());
            assert!(within.bytes() <= 2 * SEARCHED_BYTES_MAX && within.matches(&terms).is_some());
            assert!(within.excerpt(&terms).text.starts_with("here"));
            let titled = folded(&letter.repeat(SEARCHED_BYTES_MAX), "here");
            assert!(titled.matches(&terms).is_none() && titled.excerpt(&terms).hits.is_empty());
        }
    }

    #[test]
    fn nothing_to_look_for_is_no_question() {
        assert!(Terms::of("  \u{301} ").is_none());
    }

    #[test]
    fn any_words_can_be_looked_for_and_shown() {
        for text in ["", "\n", "ﬁﬁ ﬁ", "e\u{301}\u{301}", "한국어 수업", "שלום עולם", "🙂🙂🙂", "İstanbul ǅ ŉ"]
        {
            for question in ["fi", "i", "e", "한", "ש", "🙂", "istanbul", "dz", "'n"] {
                let (folded, terms) = (folded(text, text), Terms::of(question).expect("terms"));
                let length = folded.excerpt(&terms).text.encode_utf16().count();
                assert!(folded.excerpt(&terms).hits.iter().all(|hit| hit.start < hit.end && hit.end <= length));
            }
        }
    }
}
