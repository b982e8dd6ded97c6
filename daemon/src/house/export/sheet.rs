//! Decides what a written-out document consists of, before it is Markdown, a page or an answer.

use serde::Serialize;
use utoipa::ToSchema;

/// A document as it is written out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sheet {
    /// What it is, in words.
    pub kind: &'static str,
    /// What it is called.
    pub title: String,
    /// What can be said of it in a line each: a name and a value.
    pub facts: Vec<Fact>,
    /// What it says, part by part.
    pub parts: Vec<Part>,
}
rounds_crdt::silent!(Sheet { kind });

/// Something that can be said in a line.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SheetFact)]
pub struct Fact {
    /// What is said of it.
    pub name: &'static str,
    /// How it is.
    pub value: String,
}
rounds_crdt::silent!(Fact { name });

/// What stands under one heading.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SheetPart)]
pub struct Part {
    /// The heading: words of ours, or of somebody's protocol or entry.
    pub title: String,
    /// What stands under it.
    pub blocks: Vec<Block>,
}
rounds_crdt::silent!(Part {});

/// One piece of a part.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SheetBlock)]
pub enum Block {
    /// Words that somebody typed, in Markdown.
    Text(String),
    /// The same, under a heading of its own.
    Entry {
        /// The heading.
        title: String,
        /// The words.
        text: String,
    },
    /// A list.
    Items(Vec<Item>),
    /// What was seen, moment by moment.
    Moments(Vec<Moment>),
    /// Figures.
    Table(Table),
}
rounds_crdt::silent!(Block {});

/// One entry of a list. Its words are shown as they are, not as Markdown.
#[derive(Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SheetItem)]
pub struct Item {
    /// Whether it is done, for what can be.
    pub ticked: Option<bool>,
    /// Whose it is, or what kind of thing.
    pub by: Option<String>,
    /// The words of a text that it is about.
    pub about: Option<String>,
    /// Its words.
    pub text: String,
    /// What is said of it in brackets.
    pub aside: Option<String>,
    /// What belongs to it.
    #[schema(no_recursion)]
    pub below: Vec<Item>,
}
rounds_crdt::silent!(Item { ticked });

/// One thing seen or heard.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SheetMoment)]
pub struct Moment {
    /// Minutes and seconds from the beginning.
    pub at: String,
    /// Label, speaker and mark, in words.
    pub what: Vec<String>,
    /// What was written of it.
    pub text: String,
}
rounds_crdt::silent!(Moment { at });

/// Figures in rows and columns.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SheetTable)]
pub struct Table {
    /// What each column holds.
    pub columns: Vec<String>,
    /// The figures.
    pub rows: Vec<Row>,
}
rounds_crdt::silent!(Table {});

/// One row of figures.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SheetRow)]
pub struct Row {
    /// What it is of.
    pub name: String,
    /// One for each column.
    pub values: Vec<String>,
}
rounds_crdt::silent!(Row {});

impl Sheet {
    pub(super) fn new(kind: &'static str, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), ..Self::default() }
    }

    /// A line of facts; none without a value.
    pub(super) fn fact(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        if !value.trim().is_empty() {
            self.facts.push(Fact { name, value });
        }
    }

    /// A part with one piece; none when that is empty.
    pub(super) fn part(&mut self, title: impl Into<String>, block: Block) {
        self.parts(title, vec![block]);
    }

    /// A part with several pieces; none when all are empty.
    pub(super) fn parts(&mut self, title: impl Into<String>, blocks: Vec<Block>) {
        let blocks: Vec<Block> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
        if !blocks.is_empty() {
            self.parts.push(Part { title: title.into(), blocks });
        }
    }

    /// A part of typed words.
    pub(super) fn text(&mut self, title: impl Into<String>, text: &str) {
        self.part(title, Block::Text(text.to_owned()));
    }

    /// A part with a list.
    pub(super) fn items(&mut self, title: impl Into<String>, items: impl IntoIterator<Item = Item>) {
        self.part(title, Block::Items(items.into_iter().collect()));
    }
}

impl Block {
    fn is_empty(&self) -> bool {
        match self {
            Block::Text(text) => text.trim().is_empty(),
            Block::Entry { .. } => false,
            Block::Items(items) => items.is_empty(),
            Block::Moments(moments) => moments.is_empty(),
            Block::Table(table) => table.rows.is_empty(),
        }
    }
}

impl Item {
    /// Words alone.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Somebody's words.
    pub(super) fn said(by: impl Into<String>, text: impl Into<String>) -> Self {
        Self { by: Some(by.into()), text: text.into(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::PageEvent;
    use crate::house::answers::{Found, PersonAnswer};
    use rounds_crdt::ids::{DocumentId, PersonId};
    use rounds_crdt::model::Kind;

    #[test]
    fn what_is_told_of_documents_and_people_does_not_print() {
        let secret = || "secret".to_owned();
        let (id, person) = (DocumentId::from_bytes([1; 20]), PersonId::from_bytes([2; 32]));
        let item = Item {
            by: Some(secret()),
            about: Some(secret()),
            text: secret(),
            aside: Some(secret()),
            ..Item::default()
        };
        let blocks = vec![
            Block::Text(secret()),
            Block::Entry { title: secret(), text: secret() },
            Block::Items(vec![item]),
            Block::Moments(vec![Moment { at: "0:01".into(), what: vec![secret()], text: secret() }]),
            Block::Table(Table { columns: vec![secret()], rows: vec![Row { name: secret(), values: vec![secret()] }] }),
        ];
        let with = PersonAnswer { id: person, name: secret() };
        let found = Found {
            id,
            kind: Kind::NoteSet,
            title: secret(),
            with: vec![with.clone()],
            visit: None,
            updated_ms: 0,
            excerpt: secret(),
            hits: Vec::new(),
        };
        let caret = PageEvent::Presence {
            document: id,
            field: "notes".into(),
            person,
            name: secret().into(),
            anchor: 0,
            head: 0,
        };
        let facts = vec![Fact { name: "when", value: secret() }];
        let part = Part { title: secret(), blocks };
        let shown = [
            format!("{:?} {:?} {part:?}", part.blocks, facts),
            format!("{:?}", Sheet { kind: "Notes", title: secret(), facts, parts: vec![part] }),
            format!("{with:?} {found:?} {caret:?}"),
        ];
        assert!(!shown.concat().contains("secret"), "{shown:?}");
    }
}
