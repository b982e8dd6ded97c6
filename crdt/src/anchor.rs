//! Decides how words of a live text are held on to while the text around them moves.
//!
//! A run of words is named by its first and its last letter. What is written before, after or between them moves it; what is
//! deleted of it makes it shorter; when all of it is deleted it stands nowhere, and that is an answer, not an error.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Cursor, ObjId, ReadDoc};

use crate::edit::EditError;
use crate::model::bounds::QUOTE_CHARACTERS_MAX;

/// Bytes of a letter's name: a counter, and an actor in hexadecimal, with room.
const LETTER_NAME_BYTES_MAX: usize = 160;

/// A run of words, as it is written down.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// Its first letter.
    pub from: String,
    /// Its last letter.
    pub to: String,
    /// How it begins, for when it is gone.
    pub quote: String,
}
crate::silent!(Anchor { from, to });

impl Anchor {
    /// Takes hold of the code units `from..to` of a text, as it stood `at` a point of history or stands now. A place inside
    /// one character takes the whole of it.
    pub(crate) fn take(
        document: &impl ReadDoc,
        text: &ObjId,
        (from, to): (usize, usize),
        at: Option<&[automerge::ChangeHash]>,
    ) -> Result<Self, EditError> {
        let (words, length) = match at {
            Some(heads) => (document.text_at(text, heads)?, document.length_at(text, heads)),
            None => (document.text(text)?, document.length(text)),
        };
        if from > to || to > length {
            return Err(EditError::OutOfRange { end: from.max(to), length });
        }
        let chosen = slice(&words, from, to);
        if chosen.trim().is_empty() {
            return Err(EditError::Invalid { what: "a comment is about words: choose some" });
        }
        let letter = |position: usize| document.get_cursor(text, position, at).map(|cursor| cursor.to_string());
        Ok(Self { from: letter(from)?, to: letter(to - 1)?, quote: quote(&chosen) })
    }
}

/// A cursor that Automerge panics over. Looking for it costs more than for any other, and a line on the daemon's log.
#[derive(Debug)]
pub(crate) struct Broken;

/// Where a run between two letters stands now, in code units; `None` when nothing of it is left, or it names no letters.
pub(crate) fn place(
    document: &impl ReadDoc,
    text: &ObjId,
    from: &str,
    to: &str,
) -> Result<Option<(usize, usize)>, Broken> {
    let Some((from, _)) = stands(document, text, from)? else { return Ok(None) };
    let Some((last, width)) = stands(document, text, to)? else { return Ok(None) };
    // A letter that is gone stands where the next one does, which is where a run that ended with it ends now.
    let to = last + width;
    Ok((from < to).then_some((from, to)))
}

/// Where a letter of a text stands and how many code units it takes: none when it is deleted, and then it stands where the
/// next one does. `None` for what names no letter of this text.
pub(crate) fn standing(document: &impl ReadDoc, text: &ObjId, letter: &str) -> Option<(usize, usize)> {
    stands(document, text, letter).ok().flatten()
}

fn stands(document: &impl ReadDoc, text: &ObjId, letter: &str) -> Result<Option<(usize, usize)>, Broken> {
    let Some(at) = position(document, text, letter)? else { return Ok(None) };
    Ok(match document.get(text, at) {
        Ok(Some((value, id))) if id.to_string() == letter => {
            value.as_str().map(|letter| (at, letter.chars().map(char::len_utf16).sum()))
        }
        Ok(_) => Some((at, 0)),
        Err(_) => None,
    })
}

/// Where a cursor stands now. Anybody may have written it: Automerge panics over one that names another object's operation,
/// and over some that are none at all.
pub(crate) fn position(document: &impl ReadDoc, text: &ObjId, cursor: &str) -> Result<Option<usize>, Broken> {
    if cursor.is_empty() || cursor.len() > LETTER_NAME_BYTES_MAX || !cursor.is_ascii() {
        return Ok(None);
    }
    catch_unwind(AssertUnwindSafe(|| {
        let cursor = Cursor::try_from(cursor).ok()?;
        document.get_cursor_position(text, &cursor, None).ok()
    }))
    .map_err(|_| Broken)
}

/// The code units `from..to`, with whole characters at both ends.
fn slice(words: &str, from: usize, to: usize) -> String {
    let mut at = 0;
    let mut chosen = String::new();
    for letter in words.chars() {
        let end = at + letter.len_utf16();
        if end > from && at < to {
            chosen.push(letter);
        }
        at = end;
    }
    chosen
}

fn quote(chosen: &str) -> String {
    let mut letters = chosen.trim().chars();
    let mut quote: String = letters.by_ref().take(QUOTE_CHARACTERS_MAX).collect();
    if letters.next().is_some() {
        quote.push('…');
    }
    quote
}
