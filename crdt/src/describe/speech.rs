//! Decides which letters of a line are somebody's spoken or quoted words, or code: evidence, and never marked.
//!
//! Known are quotation marks of all styles (`"…"`, `“…”`, `„…“`, `«…»`, `»…«`, `‘…’`, `'…'`, `「…」`), a speaker's name with a
//! colon (`T: …`), Spanish dialogue dashes (`—Hola —dijo ella—. Sentaos.`), Markdown quotations (`> …`) and `code`. A double
//! quotation mark that is not closed yet covers the rest of its line, since somebody is typing what was said.

use super::pack::Pack;
use super::step;
use super::word::fold;

/// Letters of a speaker's label, such as `Student 12`.
const SPEAKER_LETTERS_MAX: usize = 24;

/// Whether a line begins or ends a block of code.
pub(super) fn is_fence(chars: &[char]) -> bool {
    let rest = &chars[chars.iter().take_while(|letter| letter.is_whitespace()).count()..];
    rest.starts_with(&['`'; 3]) || rest.starts_with(&['~'; 3])
}

/// For each letter of a line, whether it is somebody's words or code.
pub(super) fn covered(chars: &[char], pack: &Pack) -> Vec<bool> {
    let mut covered = vec![false; chars.len()];
    let first = chars.iter().position(|letter| !letter.is_whitespace()).unwrap_or(chars.len());
    if chars.get(first) == Some(&'>') {
        covered[first..].fill(true);
        return covered;
    }
    if let Some(begin) = after_speaker(chars, pack) {
        covered[begin..].fill(true);
        return covered;
    }
    quotations(chars, &mut covered);
    if pack.dashes_speak {
        dialogue(chars, &mut covered);
    }
    covered
}

fn quotations(chars: &[char], covered: &mut [bool]) {
    let last_single = (0..chars.len()).rev().find(|at| closes_single(chars, *at));
    let last_tick = chars.iter().rposition(|letter| *letter == '`');
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '"' | '\u{ff02}' => Some(until(chars, at, |chars, at| matches!(chars[at], '"' | '\u{ff02}' | '”'))),
            '“' | '”' | '‟' => Some(until(chars, at, |chars, at| matches!(chars[at], '”' | '"'))),
            '„' => Some(until(chars, at, |chars, at| matches!(chars[at], '“' | '”' | '"'))),
            '«' => Some(until(chars, at, |chars, at| chars[at] == '»')),
            '»' => Some(until(chars, at, |chars, at| chars[at] == '«')),
            '‹' => Some(until(chars, at, |chars, at| chars[at] == '›')),
            '「' => Some(until(chars, at, |chars, at| chars[at] == '」')),
            '『' => Some(until(chars, at, |chars, at| chars[at] == '』')),
            // Without its end this is an apostrophe.
            '\'' | '‘' | '‚' if opens_single(chars, at) && last_single.is_some_and(|last| last > at) => {
                Some(until(chars, at, closes_single))
            }
            '`' if last_tick.is_some_and(|last| last > at) => Some(until(chars, at, |chars, at| chars[at] == '`')),
            _ => None,
        };
        match end {
            Some(end) => {
                covered[at..end].fill(true);
                at = end;
            }
            None => at += 1,
        }
    }
}

/// Where a stretch ends that begins here: after the letter that closes it, else with the line.
fn until(chars: &[char], begin: usize, closes: fn(&[char], usize) -> bool) -> usize {
    let closing = (begin + 1..chars.len()).find(|at| {
        step();
        closes(chars, *at)
    });
    closing.map_or(chars.len(), |at| at + 1)
}

fn opens_single(chars: &[char], at: usize) -> bool {
    let before = at == 0 || chars[at - 1].is_whitespace() || matches!(chars[at - 1], '(' | '[' | ':' | '—' | '–');
    before && chars.get(at + 1).is_some_and(|letter| !letter.is_whitespace())
}

fn closes_single(chars: &[char], at: usize) -> bool {
    matches!(chars[at], '\'' | '’' | '‘')
        && at > 0
        && !chars[at - 1].is_whitespace()
        && chars.get(at + 1).is_none_or(|letter| !letter.is_alphanumeric())
}

/// Where what a speaker said begins, in a line such as `10:05 T: Sit down` or `Student 4: Why?`.
fn after_speaker(chars: &[char], pack: &Pack) -> Option<usize> {
    let begin = chars.iter().position(|letter| letter.is_alphabetic())?;
    let label = &chars[begin..chars.len().min(begin + SPEAKER_LETTERS_MAX)];
    let colon = label.iter().position(|letter| *letter == ':')?;
    let name = label[..colon].iter().position(|letter| !letter.is_alphabetic()).unwrap_or(colon);
    let number = label[name..colon].iter().filter(|letter| !letter.is_whitespace()).count();
    let numbered =
        label[name..colon].iter().all(|letter| letter.is_ascii_digit() || letter.is_whitespace()) && number <= 3;
    (numbered && pack.speakers.contains(&fold(&label[..name]))).then_some(begin + colon + 1)
}

/// A dash at the beginning of a line, or after a colon, begins what somebody said; within it a dash before a small letter
/// begins who said it, and the next dash goes on with what was said.
fn dialogue(chars: &[char], covered: &mut [bool]) {
    let is_dash = |at: usize| matches!(chars[at], '—' | '–' | '―');
    let next_letter = |at: usize| chars.get(at + 1).copied().unwrap_or(' ');
    let (mut begun, mut speaks, mut before) = (false, false, None);
    for at in 0..chars.len() {
        if is_dash(at) && !covered[at] {
            if !begun {
                let opens = matches!(before, None | Some(':' | '-' | '*')) && !next_letter(at).is_whitespace();
                (begun, speaks) = (opens, opens);
            } else if speaks {
                speaks = !next_letter(at).is_lowercase();
            } else {
                speaks = true;
            }
        }
        covered[at] |= speaks;
        if !chars[at].is_whitespace() {
            before = Some(chars[at]);
        }
    }
}
