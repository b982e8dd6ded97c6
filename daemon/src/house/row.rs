//! Decides how the row that lists show of a document is kept on the disk, and how other versions' rows are read.
//!
//! What a document says can be read from it again; what is unread and what lies in the bin is known to the row alone, and
//! outlasts every change of shape.

use rounds_crdt::ids::DocumentId;
use serde::{Deserialize, Deserializer, Serialize};

use super::facts::{SAID_VERSION, Said};

/// What is kept of one document for lists.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub title: String,
    pub visit: Option<DocumentId>,
    pub updated_ms: i64,
    /// The log position the title was read at.
    pub read_at: u64,
    /// Somebody else wrote since this person last looked.
    pub unread: bool,
    #[serde(deserialize_with = "or_nothing")]
    pub said: Said,
    /// When this person put it in the bin.
    pub binned_ms: Option<i64>,
}
rounds_crdt::silent!(Row { visit, updated_ms, read_at });

impl Row {
    /// A self-describing form. Its first byte is `{`, 123, which no row of the form before it begins with: that one began
    /// with the length of a title, at most 120.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default() // in-memory serialisation of plain data does not fail
    }

    /// A row of this or an earlier version of Rounds; none when it is neither.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.first() == Some(&b'{') { serde_json::from_slice(bytes).ok() } else { first_form(bytes) }
    }

    /// Whether it was made by a version that read less, or other things, from its document.
    pub(super) fn is_of_another_version(&self) -> bool {
        self.said.version != SAID_VERSION
    }
}

/// What another version said is left aside.
fn or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Said, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(deserializer)?).unwrap_or_default())
}

/// The first form of a row, which named nothing in it.
fn first_form(bytes: &[u8]) -> Option<Row> {
    #[derive(Deserialize)]
    struct First {
        title: String,
        visit: Option<DocumentId>,
        updated_ms: i64,
        read_at: u64,
        unread: bool,
        _visit_said: Option<String>,
        _said: [bool; 6],
        binned_ms: Option<i64>,
    }
    let (first, rest) = postcard::take_from_bytes::<First>(bytes).ok()?;
    let First { title, visit, updated_ms, read_at, unread, binned_ms, .. } = first;
    rest.is_empty().then_some(Row { title, visit, updated_ms, read_at, unread, said: Said::default(), binned_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row { title: "Fractions".into(), updated_ms: 5, unread: true, binned_ms: Some(7), ..Row::default() }
    }

    #[test]
    fn a_row_is_kept_as_it_was_made() {
        let said = Said { version: SAID_VERSION, written: true, ..Said::default() };
        let row = Row { said, ..row() };
        assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row.clone()));
        assert!(!row.is_of_another_version());
    }

    #[test]
    fn a_row_outlasts_what_another_version_said_in_it() {
        let text = String::from_utf8(row().to_bytes()).expect("text");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for said in [serde_json::json!({}), serde_json::json!({"version": 99, "visit": {"host": 3}}), 7.into()] {
            let mut other = json.clone();
            other["said"] = said;
            other["something new"] = true.into();
            let kept = Row::from_bytes(other.to_string().as_bytes()).expect("a row");
            assert_eq!(kept, row());
            assert!(kept.is_of_another_version(), "its document is read again");
        }
    }

    #[test]
    fn rows_of_the_first_form_keep_what_they_alone_know() {
        for (visit_said, begun, talked) in [(None, true, true), (Some("{}".to_owned()), false, false)] {
            for binned_ms in [None, Some(7_i64)] {
                let Row { title, visit, updated_ms, read_at, unread, .. } = row();
                let said = (&visit_said, begun, talked, false, false, false, false);
                let old = (title, visit, updated_ms, read_at, unread, said, binned_ms);
                let bytes = postcard::to_allocvec(&old).expect("postcard");
                let kept = Row::from_bytes(&bytes).expect("a row");
                assert_eq!(kept, Row { binned_ms, ..row() }, "a begun debrief is not in the bin");
                assert!(kept.is_of_another_version());
                assert_eq!(Row::from_bytes(&[bytes.as_slice(), &[0]].concat()), None, "nothing is read half");
            }
        }
        assert_eq!(Row::from_bytes(&[]), None);
    }
}
