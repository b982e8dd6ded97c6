//! Decides whether anything that a page or a card of a stranger says is more than understood or refused.

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rounds_crdt::access::DeviceCert;
use rounds_crdt::edit::{Edit, Splice};
use rounds_crdt::ids::{ChangeHash, DeviceId, DocumentId};

use super::kit::Home;
use crate::house::keeper::Keeper;
use crate::house::{PageCommand, PageEvent, PageLink, PageUpdate, TroubleCode};
use crate::strangers::nearly;

/// Commands one page sends.
const COMMANDS: usize = 3_000;

/// Commands after which a page reads what it was told.
const READ_AFTER: usize = 50;

fn card() -> (Vec<u8>, DeviceId) {
    let [person, device] = [1, 2].map(|n| SigningKey::from_bytes(&[n; 32]));
    let cert = DeviceCert::issue(&person, &device, [0; 32], "Ana".into(), 0, 1);
    (postcard::to_allocvec(&[&cert]).expect("bytes"), cert.device)
}

proptest! {
    #[test]
    fn whatever_a_pairing_brings_certifies_its_own_device_or_nothing(brought in nearly(vec![card().0])) {
        let (_, device) = card();
        if let Some(cert) = Keeper::read_card(&brought, device) {
            prop_assert!(cert.device == device && cert.verify().is_ok());
        }
        prop_assert!(Keeper::read_card(&brought, DeviceId::from_bytes([9; 32])).is_none());
    }
}

/// What a page may ask that has lost its way, or its mind: about documents here and elsewhere, at versions that are and are not.
fn command(documents: Vec<DocumentId>) -> impl Strategy<Value = PageCommand> {
    let place = || select(vec![0, 1, 2, 3, 40, 1 << 40, usize::MAX]);
    let number = || select(vec![0, 1, 2, 3, 4, 5, u64::MAX]);
    let field = || select(vec!["notes", "why", "keep", "", "no such text"]).prop_map(str::to_owned);
    let words = || select(vec!["", "a", "😀", "a\u{301}", "\u{0}", "\r\n", "words and more words"]);
    let document = || select(documents.clone());
    let id = || "[a-c]{0,2}";
    let heads =
        proptest::option::of(proptest::collection::vec(any::<[u8; 32]>().prop_map(ChangeHash::from_bytes), 0..3));
    let splice =
        || (place(), place(), words()).prop_map(|(at, delete, insert)| Splice { at, delete, insert: insert.into() });
    let splices = || proptest::collection::vec(splice(), 0..3);
    let update = (id(), splices()).prop_map(|(id, splices)| PageUpdate { id, splices });
    let edit = prop_oneof![
        (field(), splices()).prop_map(|(field, splices)| Edit::SpliceText { field, splices }),
        words().prop_map(|title| Edit::SetTitle { title: Some(title.into()) }),
        Just(Edit::Talked {}),
    ];
    prop_oneof![
        1 => (document(), proptest::option::of(field()), heads, proptest::collection::vec(id(), 0..3))
            .prop_map(|(document, field, heads, pending)| PageCommand::Open { document, field, heads, pending }),
        1 => document().prop_map(|document| PageCommand::Close { document }),
        4 => (document(), field(), number(), number(), proptest::collection::vec(update, 0..3)).prop_map(
            |(document, field, epoch, version, updates)| PageCommand::Push { document, field, epoch, version, updates }
        ),
        2 => (document(), id(), edit)
            .prop_map(|(document, id, edit)| PageCommand::Edit { document, id, edit: Box::new(edit) }),
        1 => (document(), field(), place(), place())
            .prop_map(|(document, field, anchor, head)| PageCommand::Presence { document, field, anchor, head }),
    ]
}

/// The next thing a page is told, which is never of a fault.
async fn told(page: &mut PageLink) -> PageEvent {
    let event = page.events.recv().await.expect("the page is connected");
    if let PageEvent::Refused { trouble, .. } = &event {
        assert_ne!(trouble.code, TroubleCode::Internal, "{trouble:?}");
    }
    event
}

#[tokio::test]
async fn whatever_a_page_asks_is_done_or_refused_and_it_is_served_on() {
    let ana = Home::of("Ana").await;
    let (notes, other) = (ana.notes().await, ana.notes().await);
    let mut page = ana.house().connect_page().await.expect("a page");
    let mut runner = TestRunner::deterministic();
    let commands = command(vec![notes, other, DocumentId::from_bytes([9; 20])]);
    for number in 1..=COMMANDS {
        let mut asked = commands.new_tree(&mut runner).expect("a command").current();
        // Half of what is typed is typed where the text is.
        if let PageCommand::Push { document, field, epoch, version, .. } = &mut asked
            && number % 2 == 0
        {
            let (id, name) = (*document, field.clone());
            let place = move |keeper: &mut Keeper| keeper.here(&id).map(|open| (open.epoch, open.version(&name)));
            (*epoch, *version) = ana.house().call(place).await.unwrap_or_default();
        }
        assert!(page.send(asked));
        if number % READ_AFTER == 0 {
            let last = format!("last {number}");
            let edit = Box::new(Edit::SetTitle { title: Some(last.as_str().into()) });
            assert!(page.send(PageCommand::Edit { document: notes, id: last.clone(), edit }));
            while !matches!(told(&mut page).await, PageEvent::Saved { ids } if ids.contains(&last)) {}
        }
    }
    let before = ana.text(notes).await;
    assert!(!before.is_empty(), "some of it was typed where the text was");
    let ana = ana.restarted().await;
    assert_eq!(ana.text(notes).await, before);
}
