//! Decides what a word is, and that it is the same one whatever its capitals, accents and apostrophes.

use super::step;

/// Letters of a word that are compared; what is longer is no word of any language pack.
pub(super) const WORD_LETTERS_MAX: usize = 48;

/// One word of a line.
#[derive(Debug)]
pub(super) struct Word {
    /// Where it begins, in UTF-16 code units of the text.
    pub(super) from: usize,
    /// Where it ends.
    pub(super) to: usize,
    /// How it is compared; empty for what is too long to be a word.
    pub(super) folded: String,
    /// Nothing but spaces and hyphens stands between it and the word before.
    pub(super) joined: bool,
    /// It has a digit.
    pub(super) number: bool,
}

/// The words among a line's letters, but for those that are covered. `at` is where the line begins, in UTF-16 units.
pub(super) fn words(chars: &[char], covered: &[bool], at: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut place, mut units, mut joined) = (0, at, false);
    while place < chars.len() {
        step();
        if covered[place] || !is_letter(chars[place]) {
            joined &= !covered[place] && is_glue(chars[place]);
            units += chars[place].len_utf16();
            place += 1;
            continue;
        }
        let begin = place;
        while place < chars.len() && !covered[place] && continues(chars, place) {
            place += 1;
        }
        let letters = &chars[begin..place];
        let length: usize = letters.iter().map(|letter| letter.len_utf16()).sum();
        if is_address(letters, &chars[place..]) {
            // An address of the web is no prose.
            while place < chars.len() && !chars[place].is_whitespace() {
                units += chars[place].len_utf16();
                place += 1;
            }
            units += length;
            joined = false;
            continue;
        }
        let folded = if letters.len() <= WORD_LETTERS_MAX { fold(letters) } else { String::new() };
        let number = letters.iter().any(|letter| letter.is_numeric());
        words.push(Word { from: units, to: units + length, folded, joined, number });
        units += length;
        joined = true;
    }
    words
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || is_accent(letter)
}

/// Whether the letter at a place goes on with the word before it: an apostrophe does between letters, a slash, colon or
/// point between digits.
fn continues(chars: &[char], place: usize) -> bool {
    if is_letter(chars[place]) {
        return true;
    }
    let between = |fits: fn(char) -> bool| {
        place > 0 && fits(chars[place - 1]) && chars.get(place + 1).is_some_and(|letter| fits(*letter))
    };
    match chars[place] {
        letter if is_apostrophe(letter) => between(is_letter),
        '/' | ':' | '.' | ',' => between(|letter| letter.is_ascii_digit()),
        _ => false,
    }
}

/// What may stand between the words of one phrase: spaces, hyphens, and what Markdown dresses words with.
fn is_glue(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}' | '\u{2011}' | '*' | '_' | '~') || letter.is_whitespace()
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{2bc}' | '\u{ff07}')
}

fn is_accent(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

fn is_address(word: &[char], rest: &[char]) -> bool {
    matches!(fold(&word[..word.len().min(WORD_LETTERS_MAX)]).as_str(), "http" | "https")
        && rest.starts_with(&[':', '/', '/'])
}

/// How a word is compared: in small letters and without accents, but for the tilde of ñ, which makes another letter. Those
/// who type in haste leave accents out, and composed and decomposed letters are the same.
pub(super) fn fold(letters: &[char]) -> String {
    let mut folded = String::with_capacity(letters.len());
    for letter in letters {
        if is_apostrophe(*letter) {
            folded.push('\'');
            continue;
        }
        for small in letter.to_lowercase() {
            match small {
                '\u{303}' if folded.ends_with('n') => {
                    folded.pop();
                    folded.push('ñ');
                }
                accent if is_accent(accent) => {}
                other => folded.push(without_accent(other)),
            }
        }
    }
    folded
}

fn without_accent(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}
