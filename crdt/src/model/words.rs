//! Decides how people's words, ids chosen by a page and fixed vocabularies are typed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::InvalidId;
use crate::model::bounds::ITEM_ID_BYTES_MAX;

/// Words somebody wrote: a plain string in JSON, and silent in logs.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// The words themselves, for the page, an export or a document; never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the words away.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether nothing can be read in them.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({} bytes)", self.0.len())
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Gives a type with people's words or names in it a `Debug` that shows the fields named here, which hold none, and no others.
#[macro_export]
macro_rules! silent {
    ($name:ident { $($field:ident),* }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}

/// The id of an event, entry, step, phase, instrument or protocol, chosen by whoever made it: letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemId(String);

impl ItemId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ItemId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let fits = (1..=ITEM_ID_BYTES_MAX).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if fits && plain { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
    }
}

impl TryFrom<String> for ItemId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<ItemId> for String {
    fn from(id: ItemId) -> String {
        id.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A closed vocabulary: each value is one lower-case word in documents and in JSON.
pub(crate) trait Word: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];
    /// The word in documents, the same as in JSON.
    fn word(self) -> &'static str;
    /// The value of a word, when this version knows it.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// Declares a closed vocabulary with the words it has in documents.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $visible:vis enum $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        $visible enum $name { $($(#[$value_doc])* $value,)+ }

        impl $crate::model::words::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$value,)+];
            fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }
        }
    };
}
pub(crate) use vocabulary;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::{Language, Purpose, Rule};
    use crate::model::{
        ActionKind, Answer, Cadence, DayKind, Experience, GoalState, Here, Part, PeriodUse, ReasonCode, Shape, Speaker,
        Speaks, Turning, VisitKind, VisitRole,
    };

    #[test]
    fn words_do_not_print_themselves() {
        assert_eq!(format!("{:?}", Words::from("Ana was late")), "Words(12 bytes)");
        assert_eq!(serde_json::to_string(&Words::from("Ana")).expect("json"), "\"Ana\"");
    }

    #[test]
    fn an_item_id_is_a_short_plain_token() {
        assert!("a-Z_09".parse::<ItemId>().is_ok());
        for bad in ["", "a b", "é", "a.b", &"x".repeat(ITEM_ID_BYTES_MAX + 1)] {
            assert_eq!(bad.parse::<ItemId>(), Err(InvalidId), "{bad}");
            assert!(serde_json::from_value::<ItemId>(bad.into()).is_err());
        }
    }

    fn same_words<T: Word + Serialize + for<'de> Deserialize<'de> + PartialEq + fmt::Debug>() {
        for value in T::ALL {
            assert_eq!(serde_json::to_value(value).expect("json"), value.word());
            assert_eq!(T::from_word(value.word()), Some(*value));
        }
        assert!(T::from_word("five_stars").is_none());
    }

    #[test]
    fn documents_and_json_use_the_same_words() {
        same_words::<ActionKind>();
        same_words::<Answer>();
        same_words::<Cadence>();
        same_words::<DayKind>();
        same_words::<Experience>();
        same_words::<GoalState>();
        same_words::<Here>();
        same_words::<Language>();
        same_words::<Part>();
        same_words::<ReasonCode>();
        same_words::<Shape>();
        same_words::<PeriodUse>();
        same_words::<Purpose>();
        same_words::<Rule>();
        same_words::<Speaker>();
        same_words::<Speaks>();
        same_words::<Turning>();
        same_words::<VisitKind>();
        same_words::<VisitRole>();
    }
}
