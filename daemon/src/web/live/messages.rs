//! Decides the words that pages and the daemon exchange on the live socket. Positions are UTF-16 code units.

use rounds_crdt::access::Role;
use rounds_crdt::edit::{Edit, Splice};
use rounds_crdt::ids::{ChangeHash, DocumentId, PersonId};
use rounds_crdt::model::Words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::refusal::ErrorBody;
use crate::house::comments::CommentTold;
use crate::house::{PageCommand, PageEvent, PageUpdate, PatchUpdate};
use crate::house::{Trouble, TroubleCode};
use crate::journal::DiskTrouble;

/// What a page says. Fields that this version does not know are left alone: the page may be newer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(in super::super) enum ClientMessage {
    /// Show a document, and one of its texts from where the page was.
    Open {
        /// The document.
        doc: DocumentId,
        /// The text.
        #[serde(default)]
        field: Option<String>,
        /// Where the page's text stands, if it has one.
        #[serde(default)]
        heads: Option<Vec<ChangeHash>>,
        /// Edits that the page has not heard saved.
        #[serde(default)]
        pending: Vec<String>,
    },
    /// Stop showing it.
    Close {
        /// The document.
        doc: DocumentId,
    },
    /// Type.
    Push {
        /// The document.
        doc: DocumentId,
        /// The text.
        field: String,
        /// The version the updates were made at.
        version: u64,
        /// The opening the version belongs to.
        epoch: u64,
        /// In order.
        updates: Vec<ClientUpdate>,
    },
    /// Do something else to a document.
    Edit {
        /// The document.
        doc: DocumentId,
        /// The page's name for the edit, at most 64 bytes.
        id: String,
        /// The edit.
        edit: Box<Edit>,
    },
    /// The caret moved.
    Presence {
        /// The document.
        doc: DocumentId,
        /// The text.
        field: String,
        /// Where the selection began.
        anchor: usize,
        /// Where the caret is.
        head: usize,
    },
}

/// One step a page typed.
#[derive(Debug, Deserialize, ToSchema)]
pub(in super::super) struct ClientUpdate {
    /// The page's name for it, at most 64 bytes; sent twice for one document, it counts once.
    id: String,
    /// Applied in order, each in the text as the one before left it.
    splices: Vec<Splice>,
}

impl From<ClientMessage> for PageCommand {
    fn from(message: ClientMessage) -> Self {
        match message {
            ClientMessage::Open { doc, field, heads, pending } => {
                PageCommand::Open { document: doc, field, heads, pending }
            }
            ClientMessage::Close { doc } => PageCommand::Close { document: doc },
            ClientMessage::Push { doc, field, version, epoch, updates } => {
                let updates =
                    updates.into_iter().map(|ClientUpdate { id, splices }| PageUpdate { id, splices }).collect();
                PageCommand::Push { document: doc, field, epoch, version, updates }
            }
            ClientMessage::Edit { doc, id, edit } => PageCommand::Edit { document: doc, id, edit },
            ClientMessage::Presence { doc, field, anchor, head } => {
                PageCommand::Presence { document: doc, field, anchor, head }
            }
        }
    }
}

/// What a page is told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(in super::super) enum ServerMessage {
    /// A text, whole.
    Text {
        /// The document.
        doc: DocumentId,
        /// The text's name.
        field: String,
        /// The words.
        text: Words,
        /// The version it is.
        version: u64,
        /// The opening it belongs to.
        epoch: u64,
        /// The point of history it stands at.
        heads: Vec<ChangeHash>,
        /// What this person may do.
        role: Role,
        /// Which of the pending edits that were named are in it.
        known: Vec<String>,
    },
    /// Steps of a text; the page's own among them, by their ids.
    Patches {
        /// The document.
        doc: DocumentId,
        /// The text's name.
        field: String,
        /// The opening the versions belong to.
        epoch: u64,
        /// The version before the first step.
        from: u64,
        /// The version after them all.
        version: u64,
        /// The steps.
        updates: Vec<ServerUpdate>,
        /// The point of history after them.
        heads: Vec<ChangeHash>,
        /// Which of the pending edits that were named are in them.
        known: Vec<String>,
    },
    /// What was said of words in a text, all of it: after each opening, and when it changed.
    Comments {
        /// The document.
        doc: DocumentId,
        /// The text's name.
        field: String,
        /// The opening the version belongs to.
        epoch: u64,
        /// The version of the text that the places are places in; a page takes them along with what is written since.
        version: u64,
        /// The comments, oldest first.
        comments: Vec<CommentTold>,
    },
    /// A push was made at an old version: take in the patches and push again.
    Stale {
        /// The document.
        doc: DocumentId,
        /// The text's name.
        field: String,
        /// The present version.
        version: u64,
    },
    /// These edits are on this disk, durably.
    Saved {
        /// By the names the page gave them.
        ids: Vec<String>,
    },
    /// Who holds all of a document.
    Delivered {
        /// The document.
        doc: DocumentId,
        /// Each other reader.
        people: Vec<Held>,
    },
    /// A document's model changed: read it again.
    Document {
        /// The document.
        doc: DocumentId,
    },
    /// The list of documents changed.
    Documents {},
    /// Partners or their reach changed.
    People {},
    /// The disk takes what it is given, or not.
    Storage {
        /// Whether it does.
        saving: bool,
        /// Why not.
        reason: Option<String>,
        /// Why not, by its kind.
        trouble: Option<DiskTrouble>,
    },
    /// Somebody's caret.
    Presence {
        /// The document.
        doc: DocumentId,
        /// The text's name.
        field: String,
        /// Whose.
        person: PersonId,
        /// Their name.
        #[schema(value_type = String)]
        name: Words,
        /// Where the selection began.
        anchor: usize,
        /// Where the caret is.
        head: usize,
    },
    /// Somebody left a document.
    Absent {
        /// The document.
        doc: DocumentId,
        /// Who.
        person: PersonId,
    },
    /// Something the page asked was not done.
    Refused {
        /// In which document; null when nothing could be made of what was asked.
        doc: Option<DocumentId>,
        /// The page's name for it.
        id: Option<String>,
        /// Why.
        error: ErrorBody,
    },
}

/// One step of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct ServerUpdate {
    /// The name its page gave it; null when it came from a partner.
    id: Option<String>,
    /// Who wrote it, when it was one person.
    by: Option<PersonId>,
    /// Applied in order.
    splices: Vec<Splice>,
}

/// Whether somebody holds all of a document on their disk.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Held {
    /// Who.
    person: PersonId,
    /// Whether they do.
    held: bool,
}

impl From<PageEvent> for ServerMessage {
    fn from(event: PageEvent) -> Self {
        match event {
            PageEvent::Text { document, field, text, version, epoch, heads, role, known } => {
                Self::Text { doc: document, field, text, version, epoch, heads, role, known }
            }
            PageEvent::Patches { document, field, epoch, from, version, updates, heads, known } => {
                let step = |PatchUpdate { id, by, splices }| ServerUpdate { id, by, splices };
                let updates = updates.into_iter().map(step).collect();
                Self::Patches { doc: document, field, epoch, from, version, updates, heads, known }
            }
            PageEvent::Comments { document, field, epoch, version, comments } => {
                Self::Comments { doc: document, field, epoch, version, comments }
            }
            PageEvent::Stale { document, field, version } => Self::Stale { doc: document, field, version },
            PageEvent::Saved { ids } => Self::Saved { ids },
            PageEvent::Delivered { document, people } => {
                let people = people.into_iter().map(|(person, held)| Held { person, held }).collect();
                Self::Delivered { doc: document, people }
            }
            PageEvent::Document { document } => Self::Document { doc: document },
            PageEvent::Documents => Self::Documents {},
            PageEvent::People => Self::People {},
            PageEvent::Storage { saving, reason, trouble } => Self::Storage { saving, reason, trouble },
            PageEvent::Presence { document, field, person, name, anchor, head } => {
                Self::Presence { doc: document, field, person, name, anchor, head }
            }
            PageEvent::Absent { document, person } => Self::Absent { doc: document, person },
            PageEvent::Refused { document, id, trouble } => {
                Self::Refused { doc: Some(document), id, error: trouble.into() }
            }
        }
    }
}

/// Reads what a page said, or the refusal to answer with.
pub(super) fn read(text: &str) -> Result<PageCommand, Box<ServerMessage>> {
    /// What is looked for in a message that is not understood, so that the page knows which edit was not done.
    #[derive(Deserialize)]
    struct Named {
        id: Option<String>,
    }
    serde_json::from_str::<ClientMessage>(text).map(PageCommand::from).map_err(|_| {
        let id = serde_json::from_str::<Named>(text).ok().and_then(|named| named.id);
        Box::new(nonsense(id, "this message is not understood"))
    })
}

/// The refusal of a message that is no text.
pub(super) fn not_text() -> ServerMessage {
    nonsense(None, "messages are text")
}

fn nonsense(id: Option<String>, message: &str) -> ServerMessage {
    ServerMessage::Refused { doc: None, id, error: Trouble::new(TroubleCode::BadRequest, message).into() }
}

/// Writes what a page is told.
pub(super) fn write(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("strings, numbers and lists of them always become JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::answers::PersonAnswer;
    use crate::house::comments::PlaceTold;
    use crate::strangers::nearly;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const DOC: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn document() -> DocumentId {
        DocumentId::from_bytes([0; 20])
    }

    fn person() -> PersonId {
        PersonId::from_bytes([0; 32])
    }

    fn told(event: PageEvent) -> Value {
        serde_json::from_str(&write(&event.into())).expect("JSON")
    }

    #[test]
    fn a_page_types_in_utf_16() {
        let message = json!({"op": "push", "doc": DOC, "field": "notes", "version": 3, "epoch": 7, "updates": [
            {"id": "a1", "splices": [{"at": 2, "delete": 1, "insert": "é😀"}, {"at": 0}]},
        ]});
        let Ok(PageCommand::Push { document: doc, field, epoch: 7, version: 3, updates }) = read(&message.to_string())
        else {
            panic!("a push");
        };
        assert_eq!((doc, field.as_str()), (document(), "notes"));
        let splices =
            vec![Splice { at: 2, delete: 1, insert: "é😀".into() }, Splice { at: 0, delete: 0, insert: "".into() }];
        assert_eq!(updates, [PageUpdate { id: "a1".into(), splices }]);
    }

    #[test]
    fn a_page_opens_fresh_or_from_where_it_was() {
        let fresh = read(&json!({"op": "open", "doc": DOC}).to_string());
        assert!(matches!(fresh, Ok(PageCommand::Open { field: None, heads: None, pending, .. }) if pending.is_empty()));
        let head = ChangeHash::from_bytes([0; 32]);
        let back = json!({"op": "open", "doc": DOC, "field": "notes", "heads": [head], "pending": ["a1"], "later": 1});
        let Ok(PageCommand::Open { heads, pending, .. }) = read(&back.to_string()) else { panic!("an open") };
        assert_eq!((heads, pending), (Some(vec![head]), vec!["a1".to_owned()]));
    }

    #[test]
    fn a_typed_edit_a_caret_and_a_farewell_are_understood() {
        let edit = json!({"op": "edit", "doc": DOC, "id": "e1", "edit": {"verb": "talked"}});
        let heard = read(&edit.to_string());
        assert!(matches!(heard, Ok(PageCommand::Edit { edit, .. }) if *edit == Edit::Talked {}));
        let caret = json!({"op": "presence", "doc": DOC, "field": "notes", "anchor": 1, "head": 2});
        assert!(matches!(read(&caret.to_string()), Ok(PageCommand::Presence { anchor: 1, head: 2, .. })));
        assert!(matches!(read(&json!({"op": "close", "doc": DOC}).to_string()), Ok(PageCommand::Close { .. })));
    }

    #[test]
    fn nonsense_is_answered_by_name_where_it_has_one() {
        let refused = |text: &str| match read(text) {
            Err(refusal) => match *refusal {
                ServerMessage::Refused { id, .. } => id,
                other => panic!("{text}: {other:?}"),
            },
            Ok(command) => panic!("{text} is no {command:?}"),
        };
        for text in ["", "{", "[]", "7", r#"{"op":"fly"}"#, r#"{"op":"open","doc":"short"}"#, r#"{"op":"open"}"#] {
            assert_eq!(refused(text), None, "{text}");
        }
        let edit = json!({"op": "edit", "doc": DOC, "id": "e1", "edit": {"verb": "score", "stars": 5}});
        assert_eq!(refused(&edit.to_string()), Some("e1".to_owned()));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(refused(&deep), None);
    }

    fn good_messages() -> Vec<Vec<u8>> {
        let update = json!({"id": "a1", "splices": [{"at": 2, "delete": 1, "insert": "é😀"}]});
        let messages = [
            json!({"op": "push", "doc": DOC, "field": "notes", "version": 3, "epoch": 7, "updates": [update]}),
            json!({"op": "open", "doc": DOC, "field": "notes", "heads": [ChangeHash::from_bytes([0; 32])], "pending": ["a1"]}),
            json!({"op": "edit", "doc": DOC, "id": "e1", "edit": {"verb": "set_title", "title": "Fractions"}}),
            json!({"op": "presence", "doc": DOC, "field": "notes", "anchor": 1, "head": 2}),
            json!({"op": "close", "doc": DOC}),
        ];
        messages.map(|message| message.to_string().into_bytes()).into()
    }

    proptest! {
        #[test]
        fn whatever_a_page_says_is_understood_or_refused(said in nearly(good_messages())) {
            let said = String::from_utf8_lossy(&said);
            if let Err(refusal) = read(&said) {
                let told: Value = serde_json::from_str(&write(&refusal)).expect("JSON");
                prop_assert_eq!((&told["op"], &told["error"]["code"]), (&json!("refused"), &json!("bad_request")));
            }
        }
    }

    #[test]
    fn a_page_is_told_in_the_protocols_words() {
        let splices = vec![Splice { at: 0, delete: 2, insert: "ab".into() }];
        let cases = [
            (
                PageEvent::Text {
                    document: document(),
                    field: "notes".into(),
                    text: "Ana".into(),
                    version: 1,
                    epoch: 2,
                    heads: vec![],
                    role: Role::Writer,
                    known: vec!["a".into()],
                },
                json!({"op": "text", "doc": DOC, "field": "notes", "text": "Ana", "version": 1, "epoch": 2, "heads": [], "role": "writer", "known": ["a"]}),
            ),
            (
                PageEvent::Patches {
                    document: document(),
                    field: "notes".into(),
                    epoch: 2,
                    from: 4,
                    version: 5,
                    heads: vec![],
                    known: vec![],
                    updates: vec![PatchUpdate { id: None, by: Some(person()), splices }],
                },
                json!({"op": "patches", "doc": DOC, "field": "notes", "epoch": 2, "from": 4, "version": 5, "heads": [], "known": [], "updates": [
                    {"id": null, "by": person().to_string(), "splices": [{"at": 0, "delete": 2, "insert": "ab"}]},
                ]}),
            ),
            (
                PageEvent::Comments {
                    document: document(),
                    field: "notes".into(),
                    epoch: 2,
                    version: 5,
                    comments: vec![CommentTold {
                        id: "c".parse().expect("an id"),
                        by: PersonAnswer { id: person(), name: "Ana".into() },
                        field: "notes".into(),
                        quote: "who".into(),
                        place: Some(PlaceTold { from: 1, to: 4 }),
                        text: "why?".into(),
                        settled: false,
                        answers: vec![],
                    }],
                },
                json!({"op": "comments", "doc": DOC, "field": "notes", "epoch": 2, "version": 5, "comments": [
                    {"id": "c", "by": {"id": person().to_string(), "name": "Ana"}, "field": "notes", "quote": "who",
                     "place": {"from": 1, "to": 4}, "text": "why?", "settled": false, "answers": []},
                ]}),
            ),
            (
                PageEvent::Stale { document: document(), field: "notes".into(), version: 9 },
                json!({"op": "stale", "doc": DOC, "field": "notes", "version": 9}),
            ),
            (PageEvent::Saved { ids: vec!["a".into()] }, json!({"op": "saved", "ids": ["a"]})),
            (
                PageEvent::Delivered { document: document(), people: vec![(person(), true)] },
                json!({"op": "delivered", "doc": DOC, "people": [{"person": person().to_string(), "held": true}]}),
            ),
            (PageEvent::Document { document: document() }, json!({"op": "document", "doc": DOC})),
            (PageEvent::Documents, json!({"op": "documents"})),
            (PageEvent::People, json!({"op": "people"})),
            (
                PageEvent::Storage {
                    saving: false,
                    reason: Some("the disk is full".into()),
                    trouble: Some(DiskTrouble::Full),
                },
                json!({"op": "storage", "saving": false, "reason": "the disk is full", "trouble": "full"}),
            ),
            (
                PageEvent::Presence {
                    document: document(),
                    field: "notes".into(),
                    person: person(),
                    name: "Ben".into(),
                    anchor: 1,
                    head: 2,
                },
                json!({"op": "presence", "doc": DOC, "field": "notes", "person": person().to_string(), "name": "Ben", "anchor": 1, "head": 2}),
            ),
            (
                PageEvent::Absent { document: document(), person: person() },
                json!({"op": "absent", "doc": DOC, "person": person().to_string()}),
            ),
            (
                PageEvent::Refused { document: document(), id: Some("a".into()), trouble: Trouble::no_document() },
                json!({"op": "refused", "doc": DOC, "id": "a", "error": {"code": "not_found", "message": "there is no such document here", "hint": "rounds documents list"}}),
            ),
        ];
        for (event, expected) in cases {
            assert_eq!(told(event), expected);
        }
    }
}
