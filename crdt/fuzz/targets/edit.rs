//! Decides whether any edit that a page or a script sends can do more than be refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rounds_crdt::access::{Founding, Role};
use rounds_crdt::edit::{Author, Edit};
use rounds_crdt::ids::{ActorId, DeviceId, PersonId};
use rounds_crdt::merge::OpenDocument;
use rounds_crdt::model::Kind;
use rounds_crdt::replica::StoredDocument;

fuzz_target!(|bytes: &[u8]| {
    let Ok(edits) = serde_json::from_slice::<Vec<Edit>>(bytes) else { return };
    let person = PersonId::from_bytes([1; 32]);
    let actor = ActorId::new(DeviceId::from_bytes([2; 32]), [3; 14]);
    let author = Author { person, role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
    for kind in Kind::ALL {
        let founding = Founding::new(*kind, vec![person], [0; 16]);
        let (mut document, _) = OpenDocument::open(&founding, &StoredDocument::default());
        for edit in edits.iter().take(8) {
            let before = document.heads();
            if document.edit(actor, &author, edit).is_err() {
                assert_eq!(document.heads(), before, "a refused edit changes nothing");
            }
        }
    }
});
