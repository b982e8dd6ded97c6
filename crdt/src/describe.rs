//! Decides which words of an observation note judge rather than describe, and what to ask the writer instead.
//!
//! A pure function: text and a [`Pack`] of one language in, [`Mark`]s out. It advises; whoever shows the marks shows them
//! to the writer alone, counts nothing and keeps nothing.
//!
//! - *Word rules* look for words and phrases that evaluate, read minds, generalise, advise, compare, label or explain.
//! - The *thin line* rule looks for lines with nothing that a camera could have shown.
//! - In lines that wonder, only advice in disguise is marked.
//!
//! What somebody said and code are evidence, and are never marked. Positions are UTF-16 code units, as
//! everywhere in texts. The work is linear in the text and bounded by [`LOOKED_BYTES_MAX`] and [`MARKS_MAX`].

mod line;
mod pack;
mod pattern;
mod speech;
mod word;

use serde::{Deserialize, Serialize};

use crate::model::words::vocabulary;
use line::Line;
pub use pack::{Language, Pack, PackError};

/// Bytes of text that are looked at; what stands beyond gets no marks. A 100 KB paste twice over: a page asks about the
/// lines that changed.
pub const LOOKED_BYTES_MAX: usize = 256 * 1024;

/// Marks given for one text: more than anybody reads.
pub const MARKS_MAX: usize = 500;

/// Words below which a line is a heading or the beginning of a sentence rather than a thin line.
const THIN_WORDS_MIN: usize = 3;

vocabulary! {
    /// What a text is for.
    pub enum Purpose {
        /// Notes of what was seen and heard.
        Evidence = "evidence",
        /// Questions that the writer would like to ask: only advice in disguise is marked.
        Wonder = "wonder",
        /// The writer's own thoughts: nothing is marked.
        Reflection = "reflection",
    }
}

vocabulary! {
    /// What a mark is about.
    pub enum Rule {
        /// Says how good something was.
        Value = "value",
        /// Names a feeling or thought that nobody can see.
        Mind = "mind",
        /// Leaves open how many, how long or how often.
        Vague = "vague",
        /// Advises.
        Advice = "advice",
        /// Compares or ranks.
        Compare = "compare",
        /// Labels a person.
        Label = "label",
        /// Explains.
        Cause = "cause",
        /// Praises.
        Praise = "praise",
        /// A line with nothing that a camera could have shown.
        Thin = "thin",
        /// A question that is advice.
        HiddenAdvice = "hidden_advice",
    }
}

/// A stretch of text with a question for its writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = JudgingMark))]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Where it begins, in UTF-16 code units.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it is about.
    pub rule: Rule,
    /// One sentence: what was noticed.
    pub why: String,
    /// What to ask oneself.
    pub question: String,
}

/// The marks of a text, in order and never overlapping.
pub fn marks(text: &str, pack: &Pack, purpose: Purpose) -> Vec<Mark> {
    let mut found = Vec::new();
    if purpose == Purpose::Reflection {
        return found;
    }
    let (mut at, mut fenced) = (0, false);
    for text in looked_at(text).split('\n') {
        let chars: Vec<char> = text.chars().collect();
        let fence = speech::is_fence(&chars);
        if !fence && !fenced {
            let line = Line::read(&chars, at, pack);
            if purpose == Purpose::Wonder || line.wonders(pack) {
                hidden_advice(&line, pack, &mut found);
            } else {
                judged(&line, pack, &mut found);
            }
        }
        fenced ^= fence;
        at += chars.iter().map(|letter| letter.len_utf16()).sum::<usize>() + 1;
        if found.len() >= MARKS_MAX {
            found.truncate(MARKS_MAX);
            break;
        }
    }
    found
}

/// As much of the text as is looked at.
fn looked_at(text: &str) -> &str {
    &text[..text.floor_char_boundary(LOOKED_BYTES_MAX)]
}

fn judged(line: &Line, pack: &Pack, found: &mut Vec<Mark>) {
    let before = found.len();
    let mut at = 0;
    while at < line.words.len() && found.len() < MARKS_MAX {
        match line.matched(at, pack) {
            Some((length, target)) => {
                if let Some(rule) = target {
                    found.push(mark(line.words[at].from, line.words[at + length - 1].to, rule, pack));
                }
                at += length;
            }
            None => at += 1,
        }
    }
    if found.len() == before && line.is_prose && line.words.len() >= THIN_WORDS_MIN && !line.shows_something(pack) {
        let (first, last) = (&line.words[0], &line.words[line.words.len() - 1]);
        found.push(mark(first.from, last.to, Rule::Thin, pack));
    }
}

fn hidden_advice(line: &Line, pack: &Pack, found: &mut Vec<Mark>) {
    if let Some(length) = line.advises_by_asking(pack) {
        found.push(mark(line.words[0].from, line.words[length - 1].to, Rule::HiddenAdvice, pack));
    }
}

fn mark(from: usize, to: usize, rule: Rule, pack: &Pack) -> Mark {
    let (why, question) = pack.says(rule);
    Mark { from, to, rule, why: why.to_owned(), question: question.to_owned() }
}

/// One step of work: tests count them, to show that a line twice as long takes no more than twice as many.
fn step() {
    #[cfg(test)]
    tests::STEPS.with(|steps| steps.set(steps.get() + 1));
}

#[cfg(test)]
mod measured;
#[cfg(test)]
mod tests;
