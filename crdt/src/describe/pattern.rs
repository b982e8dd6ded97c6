//! Decides how a language pack writes words and phrases down, and where a phrase fits a line.
//!
//! A list of words is text with spaces. Each is one of
//!
//! - `walks`: this word;
//! - `walk~ed`: `walk` with each of the endings that the pack calls `ed`;
//! - `*ful`: every longer word with this end.
//!
//! A phrase is a row of words with spaces between. `this|that` is either, `*` any word, `#` a number, `#/#` a fraction;
//! `?` at its end makes a word one that may be missing.

use std::collections::{BTreeMap, BTreeSet};

use super::pack::PackError;
use super::step;
use super::word::{WORD_LETTERS_MAX, Word, fold};

/// Words of one phrase: with as few, trying every way to leave optional ones out is cheap.
const PHRASE_WORDS_MAX: usize = 8;

/// Words of one phrase that may be missing: at most eight ways to read it at one place.
const PHRASE_OPTIONAL_MAX: usize = 3;

/// Letters that an end (`*ful`) has at least: a shorter one fits half the language.
const END_LETTERS_MIN: usize = 2;

/// Letters that stand before such an end at least.
const STEM_LETTERS_MIN: usize = 2;

/// Words that all lists of one pack stand for together: a full one has a few thousand.
const FORMS_MAX: usize = 50_000;

/// The endings that a pack names.
pub(super) type Endings = BTreeMap<String, Vec<String>>;

/// Reads lists of words and phrases with the endings of one pack.
#[derive(Debug)]
pub(super) struct Reader<'p> {
    endings: &'p Endings,
    forms: usize,
}

/// One word as a pack writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// This word.
    Exact(String),
    /// Every longer word with this end.
    End(String),
}

impl<'p> Reader<'p> {
    pub(super) fn new(endings: &'p Endings) -> Self {
        Self { endings, forms: 0 }
    }

    /// All forms of a list of words.
    pub(super) fn list(&mut self, lines: &[String]) -> Result<Vec<Form>, PackError> {
        let mut forms = Vec::new();
        for written in lines.iter().flat_map(|line| line.split_whitespace()) {
            self.forms(written, &mut forms)?;
        }
        Ok(forms)
    }

    /// All forms of a list that knows no ends.
    pub(super) fn set(&mut self, lines: &[String]) -> Result<BTreeSet<String>, PackError> {
        let exact = |form| match form {
            Form::Exact(word) => Ok(word),
            Form::End(end) => Err(PackError::pattern(&format!("*{end}"), "an end says nothing here")),
        };
        self.list(lines)?.into_iter().map(exact).collect()
    }

    /// One phrase.
    pub(super) fn phrase(&mut self, written: &str) -> Result<Phrase, PackError> {
        let elements: Vec<Element> =
            written.split_whitespace().map(|element| self.element(element)).collect::<Result<_, _>>()?;
        let optional = elements.iter().filter(|element| element.optional).count();
        match elements.first() {
            None => Err(PackError::pattern(written, "it is empty")),
            Some(Element { optional: true, .. }) => {
                Err(PackError::pattern(written, "its first word may not be missing"))
            }
            Some(Element { fits: Fits::Any, .. }) => Err(PackError::pattern(written, "it may not begin with any word")),
            Some(_) if elements.len() > PHRASE_WORDS_MAX => Err(PackError::pattern(written, "it has too many words")),
            Some(_) if optional > PHRASE_OPTIONAL_MAX => {
                Err(PackError::pattern(written, "too many words may be missing"))
            }
            Some(_) => Ok(Phrase { elements }),
        }
    }

    fn element(&mut self, written: &str) -> Result<Element, PackError> {
        let (one, optional) = written.strip_suffix('?').map_or((written, false), |one| (one, true));
        let fits = match one {
            "*" => Fits::Any,
            "#" => Fits::Number,
            "#/#" => Fits::Fraction,
            _ => {
                let mut forms = Vec::new();
                for alternative in one.split('|') {
                    self.forms(alternative, &mut forms)?;
                }
                let (exact, ends) = parted(forms);
                Fits::Words(exact.into_iter().collect(), ends)
            }
        };
        Ok(Element { fits, optional })
    }

    fn forms(&mut self, written: &str, forms: &mut Vec<Form>) -> Result<(), PackError> {
        let before = forms.len();
        if let Some(end) = written.strip_prefix('*') {
            let end = plain(end, written)?;
            if end.chars().count() < END_LETTERS_MIN {
                return Err(PackError::pattern(written, "this end is too short"));
            }
            forms.push(Form::End(end));
        } else if let Some((stem, name)) = written.split_once('~') {
            let endings = self
                .endings
                .get(name)
                .ok_or_else(|| PackError::pattern(written, "there are no endings of this name"))?;
            for ending in endings {
                forms.push(Form::Exact(plain(&format!("{stem}{ending}"), written)?));
            }
        } else {
            forms.push(Form::Exact(plain(written, written)?));
        }
        self.forms += forms.len() - before;
        if self.forms > FORMS_MAX {
            return Err(PackError::TooLarge);
        }
        Ok(())
    }
}

/// A word as lines are compared with it.
fn plain(word: &str, written: &str) -> Result<String, PackError> {
    let letters: Vec<char> = word.chars().collect();
    let folded = fold(&letters);
    let is_word = !folded.is_empty() && folded.chars().all(|letter| letter.is_alphanumeric() || letter == '\'');
    if !is_word || letters.len() > WORD_LETTERS_MAX {
        return Err(PackError::pattern(written, "this is not a word"));
    }
    Ok(folded)
}

/// Exact words and ends apart.
pub(super) fn parted(forms: Vec<Form>) -> (Vec<String>, Vec<String>) {
    let (mut exact, mut ends) = (Vec::new(), Vec::new());
    for form in forms {
        match form {
            Form::Exact(word) => exact.push(word),
            Form::End(end) => ends.push(end),
        }
    }
    (exact, ends)
}

/// Whether a word has this end, and is more than it.
pub(super) fn has_end(word: &str, end: &str) -> bool {
    word.strip_suffix(end).is_some_and(|stem| stem.chars().count() >= STEM_LETTERS_MIN)
}

/// A row of words.
#[derive(Debug)]
pub(super) struct Phrase {
    elements: Vec<Element>,
}

#[derive(Debug)]
struct Element {
    fits: Fits,
    optional: bool,
}

#[derive(Debug)]
enum Fits {
    Any,
    Number,
    Fraction,
    Words(BTreeSet<String>, Vec<String>),
}

impl Phrase {
    /// The words it can begin with; `None` when it begins with something that no list names.
    pub(super) fn begins_with(&self) -> Option<&BTreeSet<String>> {
        match &self.elements[0].fits {
            Fits::Words(exact, ends) if ends.is_empty() => Some(exact),
            _ => None,
        }
    }

    /// How many words it covers from the first of these on, as many as can be; `None` when it does not fit.
    pub(super) fn length_at(&self, words: &[Word]) -> Option<usize> {
        longest(&self.elements, words, 0)
    }
}

fn longest(elements: &[Element], words: &[Word], at: usize) -> Option<usize> {
    step();
    let Some((first, rest)) = elements.split_first() else { return Some(at) };
    let here = words.get(at).filter(|word| at == 0 || word.joined).filter(|word| first.fits.word(word));
    let taken = here.and_then(|_| longest(rest, words, at + 1));
    let left_out = if first.optional { longest(rest, words, at) } else { None };
    taken.max(left_out)
}

impl Fits {
    fn word(&self, word: &Word) -> bool {
        match self {
            Self::Any => !word.folded.is_empty(),
            Self::Number => word.number,
            Self::Fraction => {
                word.folded.split_once('/').is_some_and(|(one, other)| is_digits(one) && is_digits(other))
            }
            Self::Words(exact, ends) => {
                exact.contains(&word.folded) || ends.iter().any(|end| has_end(&word.folded, end))
            }
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
