//! Decides what exported files and their folders are called: readable, and taken by every system.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

/// Bytes of a name without its ending and number: systems take 255 for the whole.
const NAME_BYTES_MAX: usize = 160;

/// The folder of a kind of document, and what one of it is called when it has no title.
pub(super) fn folder_of(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "visit" => ("visits", "Visit"),
        "open_door" => ("open doors", "Open door"),
        "note_set" => ("notes", "Notes"),
        "released_notes" => ("released notes", "Released notes"),
        "debrief" => ("debriefs", "Debrief"),
        "mirror" => ("for my own room", "For my own room"),
        "goal" => ("goals", "Goal"),
        "goal_feedback" => ("feedback on goals", "Feedback"),
        "try_log" => ("what I tried", "What I tried"),
        "timetable" => ("timetable", "My timetable"),
        "free_periods" => ("timetable", "Free periods"),
        "partnership" => ("partnerships", "Partnership"),
        _ => ("other", "Document"),
    }
}

/// The names given in one folder: no two the same on a system that minds neither capitals nor how an accent is spelt.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A name for a document of this day, which no other has.
    pub(super) fn give(&mut self, day: &str, title: &str, ending: &str) -> String {
        let name = match taken_everywhere(title).as_str() {
            "" => day.to_owned(),
            title if day.is_empty() => title.to_owned(),
            title => format!("{day} {title}"),
        };
        let plain = |name: &str| name.nfkc().collect::<String>().to_lowercase();
        let mut number = 1_u32;
        loop {
            let numbered = if number == 1 { name.clone() } else { format!("{name} {number}") };
            if self.0.insert(plain(&numbered)) {
                return format!("{numbered}.{ending}");
            }
            number += 1;
        }
    }
}

/// A title without what Windows, macOS or Linux do not take in a name, and without what nobody would see.
fn taken_everywhere(title: &str) -> String {
    let refused = |letter: char| {
        letter.is_control()
            || "<>:\"/\\|?*".contains(letter)
            || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let plain: String = title.chars().map(|letter| if refused(letter) { ' ' } else { letter }).collect();
    let one_line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = &one_line[..one_line.floor_char_boundary(NAME_BYTES_MAX)];
    short.trim_matches(|letter: char| letter == '.' || letter == ' ').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_taken_everywhere() {
        let name = |title: &str| Names::default().give("2026-03-02", title, "md");
        assert_eq!(name("After I ask, who answers?"), "2026-03-02 After I ask, who answers.md");
        assert_eq!(name("../../etc/passwd"), "2026-03-02 etc passwd.md");
        assert_eq!(name("a\u{202E}b\u{0}c\nd:"), "2026-03-02 a b c d.md");
        assert_eq!(name("..."), "2026-03-02.md");
        assert_eq!(Names::default().give("", "CON", "md").to_ascii_lowercase(), "con.md", "only a day goes before it");
        assert!(name(&"é".repeat(500)).len() < 200);
    }

    #[test]
    fn no_two_are_the_same_on_any_system() {
        let mut names = Names::default();
        let given: Vec<String> = ["Pauses", "pauses", "Pauses", "caf\u{e9}", "cafe\u{301}"]
            .into_iter()
            .map(|title| names.give("2026-03-02", title, "md"))
            .collect();
        assert_eq!(
            given,
            [
                "2026-03-02 Pauses.md",
                "2026-03-02 pauses 2.md",
                "2026-03-02 Pauses 3.md",
                "2026-03-02 caf\u{e9}.md",
                "2026-03-02 cafe\u{301} 2.md"
            ]
        );
    }
}
