//! Decides what comments hold: words about words of a live text, answers to them, and whether they are settled.
//!
//! Each comment and each answer is a record of its own at the root of its document, so that documents of every version take
//! them, two people's first comments cannot make two lists, and an answer survives the comment that is taken back meanwhile.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::ids::PersonId;
use crate::limits::LIST_ENTRIES_MAX;
use crate::model::Kind;
use crate::model::bounds::COMMENTS_MAX;
use crate::model::reader::{Reader, Spot, keys_beginning};
use crate::model::words::{ItemId, Words};

/// What the keys of comments at the root begin with.
pub(crate) const COMMENT_KEYS: &str = "comment:";

/// Every key of a comment.
pub(crate) fn comment_keys() -> Range<String> {
    keys_beginning(COMMENT_KEYS)
}

/// What somebody said of words in a live text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it; only they rewrite it or take it back.
    pub by: PersonId,
    /// Which text it is about.
    pub field: &'static str,
    /// How the words it is about began when it was written.
    pub quote: Words,
    /// Where those words stand now, in UTF-16 code units from the first to after the last; `None` when they are gone.
    pub place: Option<(usize, usize)>,
    /// The words; empty when its writer took it back and only the answers are left.
    pub text: Words,
    /// Somebody said that it needs no more talk, and nobody answered since.
    pub settled: bool,
    /// Answers, oldest first.
    pub answers: Vec<CommentAnswer>,
}

/// An answer to a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentAnswer {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it; only they rewrite it or take it back.
    pub by: PersonId,
    /// The words.
    pub text: Words,
}

/// One record, before comments and answers are put together.
enum Entry {
    Comment {
        comment: Comment,
        /// How many answers there were when it was last settled.
        settled_at: Option<usize>,
    },
    Answer(ItemId, CommentAnswer),
}

/// Every comment that says something or was answered, oldest first.
pub(crate) fn read(kind: Kind, reader: &mut Reader<'_>) -> Vec<Comment> {
    let Some(main) = kind.main_text().filter(|_| kind.texts_are_live()) else { return Vec::new() };
    let entries = reader.items_beginning(COMMENT_KEYS, "comments", COMMENTS_MAX, |reader, id, spot| {
        entry(kind, main, reader, id, spot)
    });
    let mut comments = Vec::new();
    let mut at = BTreeMap::new();
    let mut answers = Vec::new();
    for entry in entries {
        match entry {
            Entry::Comment { comment, settled_at } => {
                at.insert(comment.id.clone(), comments.len());
                comments.push((comment, settled_at, 0));
            }
            Entry::Answer(about, answer) => answers.push((about, answer)),
        }
    }
    let mut strays = Vec::new();
    for (about, answer) in answers {
        match at.get(&about).and_then(|index| comments.get_mut(*index)) {
            Some((comment, _, answered)) => {
                *answered += 1;
                if !answer.text.is_blank() {
                    comment.answers.push(answer);
                }
            }
            None if answer.text.is_blank() => {}
            // What it answered was removed by no verb of ours; the words are shown all the same.
            None => strays.push(stray(main, answer)),
        }
    }
    let told = comments.into_iter().map(|(comment, settled_at, answered)| {
        let settled = settled_at.is_some_and(|settled_at| settled_at >= answered);
        Comment { settled, ..comment }
    });
    told.filter(|comment| !comment.text.is_blank() || !comment.answers.is_empty()).chain(strays).collect()
}

fn entry(kind: Kind, main: &'static str, reader: &mut Reader<'_>, id: ItemId, spot: &Spot) -> Option<Entry> {
    let by = reader.author(spot)?;
    let text = reader.passage(spot, "text");
    if let Some(about) = reader.id::<ItemId>(spot, "about") {
        return Some(Entry::Answer(about, CommentAnswer { id, by, text }));
    }
    let named = reader.short(spot, "field").unwrap_or_default();
    let known = kind.text_fields().iter().find(|field| **field == named.as_str()).copied();
    let place = known.and_then(|field| reader.place(field, spot));
    let comment = Comment {
        id,
        by,
        field: known.unwrap_or(main),
        quote: reader.short(spot, "quote").unwrap_or_default(),
        place,
        text,
        settled: false,
        answers: Vec::new(),
    };
    Some(Entry::Comment { comment, settled_at: settled_at(reader, spot) })
}

fn settled_at(reader: &mut Reader<'_>, spot: &Spot) -> Option<usize> {
    let most = i64::try_from(LIST_ENTRIES_MAX).unwrap_or(i64::MAX);
    reader.number(spot, "settled", 0..=most).and_then(|answers| usize::try_from(answers).ok())
}

fn stray(main: &'static str, answer: CommentAnswer) -> Comment {
    let CommentAnswer { id, by, text } = answer;
    Comment { id, by, field: main, quote: Words::default(), place: None, text, settled: false, answers: Vec::new() }
}
