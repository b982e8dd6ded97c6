//! Decides how well the packs tell judgement from description, on lines that were written apart from them.
//!
//! A line counts as marked when anything in it is. The held-out lines were written before any pack, and no pack is changed
//! by what they show; `docs/describe-helper.md` tells what was measured. The floors are a little below that.

use super::pack::Language;
use super::*;

/// How many lines of each kind were marked.
#[derive(Debug, Default)]
struct Counts {
    judgements: usize,
    judgements_marked: usize,
    descriptions: usize,
    descriptions_marked: usize,
}

impl Counts {
    /// Of the judging lines, the part that was marked.
    fn recall(&self) -> f64 {
        part(self.judgements_marked, self.judgements)
    }

    /// Of the marked lines, the part that does judge.
    fn precision(&self) -> f64 {
        part(self.judgements_marked, self.judgements_marked + self.descriptions_marked)
    }

    /// Of the describing lines, the part that was marked all the same.
    fn false_alarms(&self) -> f64 {
        part(self.descriptions_marked, self.descriptions)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred lines")]
fn part(some: usize, all: usize) -> f64 {
    some as f64 / all as f64
}

/// Counts a file of lines: what the line is, subject and age, and the line, with tabs between. Those that went wrong are
/// printed only for tuning files.
#[expect(clippy::disallowed_macros, reason = "a measurement tells its numbers")]
fn measure(name: &str, file: &str, language: Language, show_errors: bool) -> Counts {
    let pack = Pack::of(language);
    let mut counts = Counts::default();
    for row in file.lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let [label, _, line] = columns[..] else { panic!("three columns, not: {row}") };
        let marks = marks(line, pack, Purpose::Evidence);
        let (all, marked) = match label {
            "judgement" => (&mut counts.judgements, &mut counts.judgements_marked),
            "description" => (&mut counts.descriptions, &mut counts.descriptions_marked),
            other => panic!("no such label: {other}"),
        };
        *all += 1;
        *marked += usize::from(!marks.is_empty());
        if show_errors && (label == "judgement") == marks.is_empty() {
            println!("{label}: {line} {:?}", marks.iter().map(|mark| (mark.rule, mark.from)).collect::<Vec<_>>());
        }
    }
    println!(
        "{name}: {} judging lines, {} describing; recall {:.3}, precision {:.3}, false alarms {:.3}",
        counts.judgements,
        counts.descriptions,
        counts.recall(),
        counts.precision(),
        counts.false_alarms(),
    );
    counts
}

#[test]
fn english_on_the_lines_it_was_tuned_on() {
    let counts = measure("en tuning", include_str!("../../describe/lines/en-tuning.tsv"), Language::En, true);
    assert!(counts.recall() >= 0.98 && counts.false_alarms() <= 0.03, "{counts:?}");
}

#[test]
fn spanish_on_the_lines_it_was_tuned_on() {
    let counts = measure("es tuning", include_str!("../../describe/lines/es-tuning.tsv"), Language::Es, true);
    assert!(counts.recall() >= 0.95 && counts.false_alarms() <= 0.08, "{counts:?}");
}

#[test]
fn english_on_the_held_out_lines() {
    let counts = measure("en held out", include_str!("../../describe/lines/en-held-out.tsv"), Language::En, false);
    assert!(counts.judgements >= 100 && counts.descriptions >= 100, "{counts:?}");
    assert!(counts.recall() >= 0.93 && counts.precision() >= 0.90 && counts.false_alarms() <= 0.09, "{counts:?}");
}

#[test]
fn spanish_on_the_held_out_lines() {
    let counts = measure("es held out", include_str!("../../describe/lines/es-held-out.tsv"), Language::Es, false);
    assert!(counts.judgements >= 40 && counts.descriptions >= 40, "{counts:?}");
    assert!(counts.recall() >= 0.91 && counts.precision() >= 0.92 && counts.false_alarms() <= 0.07, "{counts:?}");
}

#[test]
fn no_line_is_in_two_files() {
    let files = [
        include_str!("../../describe/lines/en-tuning.tsv"),
        include_str!("../../describe/lines/en-held-out.tsv"),
        include_str!("../../describe/lines/es-tuning.tsv"),
        include_str!("../../describe/lines/es-held-out.tsv"),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for row in files.iter().flat_map(|file| file.lines()) {
        let line = row.split('\t').next_back().expect("a line");
        assert!(seen.insert(line.to_lowercase()), "twice: {line}");
    }
}
