//! Decides how a sheet is written as Markdown.

use std::fmt::Write as _;

use super::sheet::{Block, Fact, Item, Moment, Row, Sheet, Table};

/// The sheet as Markdown. What people typed is Markdown already and stays as it is.
pub(super) fn markdown(sheet: &Sheet) -> String {
    let mut page = String::new();
    // Writing into a string does not fail.
    let _ = writeln!(page, "# {}\n", one_line(&sheet.title));
    for Fact { name, value } in &sheet.facts {
        let _ = writeln!(page, "- **{name}:** {}", one_line(value));
    }
    for part in &sheet.parts {
        let _ = writeln!(page, "\n## {}\n", one_line(&part.title));
        for block in &part.blocks {
            match block {
                Block::Text(text) => {
                    let _ = writeln!(page, "{}", text.trim_end());
                }
                Block::Entry { title, text } => {
                    let _ = writeln!(page, "### {}\n\n{}\n", one_line(title), text.trim_end());
                }
                Block::Items(items) => items.iter().for_each(|one| item(&mut page, one, "")),
                Block::Moments(moments) => moments.iter().for_each(|one| moment(&mut page, one)),
                Block::Table(table) => rows(&mut page, table),
            }
        }
    }
    page
}

fn item(page: &mut String, item: &Item, indent: &str) {
    let tick = match item.ticked {
        Some(true) => "[x] ",
        Some(false) => "[ ] ",
        None => "",
    };
    let about = item.about.as_deref().map_or(String::new(), |about| format!("{} — ", one_line(about)));
    let by = item.by.as_deref().map_or(String::new(), |by| format!("{}: ", one_line(by)));
    let aside = item.aside.as_deref().map_or(String::new(), |aside| format!(" ({})", one_line(aside)));
    let text = item.text.trim_end().replace('\n', &format!("\n{indent}  "));
    let _ = writeln!(page, "{indent}- {tick}{about}{by}{text}{aside}");
    for below in &item.below {
        self::item(page, below, &format!("{indent}  "));
    }
}

fn moment(page: &mut String, moment: &Moment) {
    let text = (!moment.text.trim().is_empty()).then(|| one_line(&moment.text));
    let parts: Vec<String> = moment.what.iter().map(|part| one_line(part)).chain(text).collect();
    let _ = writeln!(page, "- {} {}", moment.at, parts.join(" · "));
}

fn rows(page: &mut String, table: &Table) {
    let columns: Vec<String> = table.columns.iter().map(|column| cell(column)).collect();
    let _ = writeln!(page, "| | {} |\n|-|{}", columns.join(" | "), "-:|".repeat(columns.len()));
    for Row { name, values } in &table.rows {
        let _ = writeln!(page, "| {} | {} |", cell(name), values.join(" | "));
    }
}

/// Words as one cell of a table.
fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

/// Words as one line of a list, or as a heading.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_markdown() {
        let mut sheet = Sheet::new("Goal", "More\nvoices");
        sheet.fact("State", "draft");
        sheet.fact("Room", " ");
        sheet.text("Why", "Four voices answer.\n");
        sheet.text("Strategy", "  ");
        let link = Item::plain("My own notes");
        let action = Item {
            ticked: Some(true),
            below: vec![link],
            aside: Some("by Friday".into()),
            ..Item::said("Try", "Wait\nlong")
        };
        sheet.items("Actions", [action, Item { about: Some("“four”".into()), ..Item::said("Ben", "Whose?") }]);
        sheet.part(
            "Seen",
            Block::Moments(vec![Moment { at: "01:05".into(), what: vec!["Asks".into()], text: "Why?".into() }]),
        );
        let table = Table {
            columns: vec!["How | often".into()],
            rows: vec![Row { name: "Asks".into(), values: vec!["3".into()] }],
        };
        sheet.part("Counts", Block::Table(table));
        let expected = "# More voices\n\n- **State:** draft\n\n## Why\n\nFour voices answer.\n\n## Actions\n\n- [x] Try: Wait\n  long (by Friday)\n  - My own notes\n- “four” — Ben: Whose?\n\n## Seen\n\n- 01:05 Asks · Why?\n\n## Counts\n\n| | How \\| often |\n|-|-:|\n| Asks | 3 |\n";
        assert_eq!(markdown(&sheet), expected);
    }
}
