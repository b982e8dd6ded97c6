//! Decides how the figures of notes are printed: small tables, each number in its unit.

use rounds_crdt::figures::{Figure, Figures, Name, Unit};

use crate::commands::asking::word;
use crate::failure::Failure;
use crate::output::{Output, clock};

/// Prints every table, or that there is none.
pub(super) fn print(output: &Output, figures: Option<&Figures>) -> Result<(), Failure> {
    let tables = figures.map(|figures| figures.tables.as_slice()).unwrap_or_default();
    if tables.is_empty() {
        return output.note("There is nothing to count in these notes.");
    }
    for (index, table) in tables.iter().enumerate() {
        let between = if index == 0 { "" } else { "\n" };
        output.line(&format!("{between}{}:", word(&table.measure)))?;
        output.rows(&rows(table))?;
    }
    Ok(())
}

fn rows(table: &Figure) -> Vec<Vec<String>> {
    let head = std::iter::once(String::new()).chain(table.columns.iter().map(name)).collect::<Vec<_>>();
    let head = (!table.columns.is_empty()).then_some(head);
    let body = table.rows.iter().map(|row| {
        let values = row.values.iter().map(|value| value.map_or_else(|| "–".to_owned(), |it| number(table.unit, it)));
        std::iter::once(name(&row.name)).chain(values).collect()
    });
    head.into_iter().chain(body).collect()
}

fn number(unit: Unit, value: i64) -> String {
    match unit {
        Unit::Count => value.to_string(),
        Unit::Milliseconds if value < 60_000 => format!("{}.{} s", value / 1_000, value % 1_000 / 100),
        Unit::Milliseconds => clock(value),
        Unit::Thousandths => format!("{} %", (value + 5) / 10),
        Unit::ThousandthsOfOne => format!("{}.{}", value / 1_000, value % 1_000 / 100),
    }
}

fn name(name: &Name) -> String {
    match name {
        Name::Label(label) => label.as_str().to_owned(),
        Name::Speaker(speaker) => word(speaker),
        Name::Seat(seat) => format!("seat {seat}"),
        Name::Sweep(sweep) => format!("sweep {sweep}"),
        Name::Seconds(seconds) => format!("{seconds} to {} s", seconds.saturating_add(1)),
        Name::SecondsAndMore(seconds) => format!("{seconds} s and more"),
        Name::Fixed(fixed) => word(fixed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_their_unit() {
        let table = [
            (Unit::Count, 12, "12"),
            (Unit::Milliseconds, 2_400, "2.4 s"),
            (Unit::Milliseconds, 90_000, "1:30"),
            (Unit::Thousandths, 335, "34 %"),
            (Unit::ThousandthsOfOne, 1_250, "1.2"),
        ];
        for (unit, value, said) in table {
            assert_eq!(number(unit, value), said);
        }
    }
}
