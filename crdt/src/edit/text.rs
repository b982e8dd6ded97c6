//! Decides which splices a live text takes: in range, never inside a character, never past its bound.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc};

use crate::edit::{Edit, EditError, Splice};
use crate::limits::{SPLICE_UNITS_MAX, TEXT_UNITS_MAX};
use crate::model::bounds::SPLICES_MAX;
use crate::schema;

/// A whole text as edits of an empty one, each within what one may insert.
pub fn typed(field: &str, text: &str) -> Vec<Edit> {
    let (mut edits, mut at, mut rest) = (Vec::new(), 0, text);
    while !rest.is_empty() {
        // A character of n UTF-8 bytes has at most n UTF-16 units.
        let (piece, after) = rest.split_at(rest.floor_char_boundary(SPLICE_UNITS_MAX.min(rest.len())));
        let splices = vec![Splice { at, delete: 0, insert: piece.into() }];
        edits.push(Edit::SpliceText { field: field.to_owned(), splices });
        at += units(piece);
        rest = after;
    }
    edits
}

/// Applies splices to the live text `field`, each in the text as the one before left it.
pub fn splice_field(transaction: &mut Transaction<'_>, field: &str, splices: &[Splice]) -> Result<(), EditError> {
    let text = match schema::text_object(transaction, field) {
        Some(text) => text,
        // Somebody removed what the genesis made; the document stays usable.
        None => transaction.put_object(ROOT, field, ObjType::Text)?,
    };
    splice_text(transaction, &text, splices)
}

/// Applies splices to a text object, each in the text as the one before left it.
pub fn splice_text(transaction: &mut Transaction<'_>, text: &ObjId, splices: &[Splice]) -> Result<(), EditError> {
    splice_within(transaction, text, splices, TEXT_UNITS_MAX)
}

fn splice_within(
    transaction: &mut Transaction<'_>,
    text: &ObjId,
    splices: &[Splice],
    text_units_max: usize,
) -> Result<(), EditError> {
    if splices.len() > SPLICES_MAX {
        return Err(EditError::TooLarge { what: "the edit", max: SPLICES_MAX, unit: "splices" });
    }
    let mut length = transaction.length(text);
    let mut inserted_in_all = 0;
    for splice in splices {
        let insert = splice.insert.as_str();
        let inserted = units(insert);
        inserted_in_all += inserted;
        if inserted_in_all > SPLICE_UNITS_MAX {
            return Err(EditError::TooLarge { what: "the insertion", max: SPLICE_UNITS_MAX, unit: "characters" });
        }
        let end = splice.at.saturating_add(splice.delete);
        if end > length {
            return Err(EditError::OutOfRange { end, length });
        }
        let longer = length - splice.delete + inserted;
        if inserted > splice.delete && longer > text_units_max {
            return Err(EditError::TooLarge { what: "the text", max: text_units_max, unit: "characters" });
        }
        whole_character(transaction, text, splice.at, length)?;
        if splice.delete > 0 {
            whole_character(transaction, text, end, length)?;
        }
        if splice.delete > 0 || inserted > 0 {
            let delete = isize::try_from(splice.delete).unwrap_or(isize::MAX);
            transaction.splice_text(text, splice.at, delete, insert)?;
        }
        length = longer;
    }
    Ok(())
}

/// Refuses a position between two units of one character.
fn whole_character(transaction: &Transaction<'_>, text: &ObjId, at: usize, length: usize) -> Result<(), EditError> {
    if at == 0 || at >= length {
        return Ok(());
    }
    let (before, after) = (transaction.get(text, at - 1)?, transaction.get(text, at)?);
    match (before, after) {
        (Some((_, before)), Some((_, after))) if before == after => Err(EditError::SplitsCharacter { at }),
        _ => Ok(()),
    }
}

/// Length in UTF-16 code units.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::Automerge;

    fn text(start: &str) -> (Automerge, ObjId) {
        let mut document = Automerge::new_with_encoding(schema::TEXT_ENCODING);
        let mut transaction = document.transaction();
        let text = transaction.put_object(ROOT, "notes", ObjType::Text).expect("text");
        transaction.splice_text(&text, 0, 0, start).expect("splice");
        transaction.commit();
        (document, text)
    }

    fn after(start: &str, splices: &[(usize, usize, &str)]) -> Result<String, EditError> {
        let (mut document, object) = text(start);
        let splices: Vec<Splice> = splices
            .iter()
            .map(|(at, delete, insert)| Splice { at: *at, delete: *delete, insert: (*insert).into() })
            .collect();
        let mut transaction = document.transaction();
        splice_text(&mut transaction, &object, &splices)?;
        transaction.commit();
        Ok(document.text(&object).expect("text"))
    }

    #[test]
    fn splices_apply_in_order_each_in_the_text_the_one_before_left() {
        assert_eq!(after("hello", &[(0, 1, "J"), (5, 0, "!"), (1, 4, "")]).expect("fits"), "J!");
        assert_eq!(after("", &[(0, 0, "😀"), (2, 0, "b"), (0, 2, "a")]).expect("fits"), "ab");
        assert_eq!(after("same", &[(2, 0, "")]).expect("fits"), "same");
    }

    #[test]
    fn a_splice_beyond_the_end_is_out_of_range() {
        for splice in [(6, 0, "x"), (0, 6, ""), (3, 3, ""), (usize::MAX, usize::MAX, "x"), (0, usize::MAX, "x")] {
            assert!(matches!(after("hello", &[splice]), Err(EditError::OutOfRange { length: 5, .. })), "{splice:?}");
        }
    }

    #[test]
    fn a_splice_inside_a_character_is_refused() {
        for splice in [(2, 0, "x"), (2, 1, ""), (0, 2, ""), (1, 1, "")] {
            assert!(matches!(after("a😀b", &[splice]), Err(EditError::SplitsCharacter { at: 2 })), "{splice:?}");
        }
        for splice in [(1, 2, ""), (0, 1, ""), (3, 1, ""), (3, 0, "x"), (4, 0, "x")] {
            assert!(after("a😀b", &[splice]).is_ok(), "{splice:?}");
        }
    }

    #[test]
    fn a_text_has_a_longest_length() {
        let (mut document, object) = text("12345");
        for (at, delete, insert, fits) in
            [(0, 0, "😀😀", true), (0, 0, "xx", false), (0, 2, "xx", true), (0, 0, "x", true)]
        {
            let mut transaction = document.transaction();
            let splice = Splice { at, delete, insert: insert.into() };
            let result = splice_within(&mut transaction, &object, &[splice], 10);
            assert_eq!(result.is_ok(), fits, "{insert}: {result:?}");
            transaction.commit();
        }
        let long = "x".repeat(SPLICE_UNITS_MAX + 1);
        assert!(matches!(after("", &[(0, 0, &long)]), Err(EditError::TooLarge { .. })));
        let many = vec![(0, 0, ""); SPLICES_MAX + 1];
        assert!(matches!(after("", &many), Err(EditError::TooLarge { .. })));
    }
}
