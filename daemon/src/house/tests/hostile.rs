//! Decides whether what a partner sends and this Rounds cannot read, well-signed nonsense or a newer Rounds' documents, is told
//! of, and harms nothing else.

use rounds_crdt::access::Founding;
use rounds_crdt::change::ChangeHeader;
use rounds_crdt::edit::{Author, Edit, Splice};
use rounds_crdt::ids::{ActorId, DocumentId, PersonId};
use rounds_crdt::merge::OpenDocument;
use rounds_crdt::model::Kind;
use rounds_crdt::record::Record;
use rounds_crdt::replica::{Store as _, StoredDocument};
use rounds_crdt::wire::{Comparison, Frame, Statement};
use sha2::{Digest as _, Sha256};

use super::kit::{Home, until};
use crate::house::answers::PartnerState;
use crate::house::keeper::{Keeper, now_ms};
use crate::network::Obstacle;

/// Bytes of a change before what its hash covers: four that every chunk opens with, and four of the hash.
const BEFORE_HASHED: usize = 8;

/// The first way to alter a change, with a hash that fits, that the bounds let through and of which nothing can be made.
fn nonsense(founding: &Founding, stored: &StoredDocument, honest: &Record, keeper: &Keeper) -> Record {
    for at in (BEFORE_HASHED..honest.change.len()).rev() {
        let mut change = honest.change.clone();
        change[at] ^= 0x7f;
        let hash = Sha256::digest(&change[BEFORE_HASHED..]);
        change[4..BEFORE_HASHED].copy_from_slice(&hash[..4]);
        let Ok(header) = ChangeHeader::read(&change) else { continue };
        let builds_on = honest.builds_on.clone();
        let record = Record::sign(founding.id(), change, header.hash, builds_on, &keeper.device_key);
        let with_it = [stored.tail.clone(), vec![(u64::MAX, record.clone())]].concat();
        let with_it = StoredDocument { snapshot: stored.snapshot.clone(), tail: with_it };
        if OpenDocument::open(founding, &with_it).1.len() == 1 {
            return record;
        }
    }
    panic!("everything could be merged");
}

impl Home {
    /// Signs nonsense and sends it to everybody, as an altered program could.
    async fn sends_nonsense(&self, id: DocumentId) {
        let send = move |keeper: &mut Keeper| {
            let founding = keeper.replica.access(&id).expect("held").founding.clone();
            let stored = keeper.disk.document(&id).expect("readable");
            let (mut open, _) = OpenDocument::open(&founding, &stored);
            let author =
                Author { person: keeper.person, role: keeper.replica.role(&id), at_ms: now_ms(), offset_ms: 0 };
            let splices = vec![Splice { at: 0, delete: 0, insert: "nonsense".into() }];
            let edit = Edit::SpliceText { field: "journal".into(), splices };
            let made =
                open.edit(ActorId::new(keeper.device, [9; 14]), &author, &edit).expect("allowed").expect("a change");
            let honest = Record::sign(id, made.change, made.hash, made.builds_on, &keeper.device_key);
            let record = nonsense(&founding, &stored, &honest, keeper);
            let (_, _, effects) = keeper.replica.append(keeper.now(), id, record, &*keeper.disk).expect("sent");
            keeper.perform(effects, Vec::new());
            Ok(())
        };
        self.house().call(send).await.expect("sent");
    }

    async fn refused(&self) -> usize {
        self.house().status().await.expect("a status").documents.refused
    }
}

#[tokio::test]
async fn a_well_signed_change_of_which_nothing_can_be_made_is_left_out_and_counted_once() {
    let (ana, ben) = (Home::of("Ana").await, Home::of("Ben").await);
    ana.pairs_with(&ben).await;
    let id = ana.partnership_with(&ben).await;
    ana.append(id, "one", "hello").await.expect("saved");
    until("Ben reads it", async || ben.text(id).await == "hello").await;
    assert_eq!(ana.text(id).await, "hello");

    ben.sends_nonsense(id).await;
    until("Ana's computer noticed", async || ana.refused().await == 1).await;
    assert_eq!(ana.text(id).await, "hello");
    let problems = ana.house().document(id).await.expect("readable").problems;
    assert!(problems.iter().any(|problem| problem.what.contains("left out")), "{problems:?}");

    // Both go on in it, and reading it again finds nothing new.
    ana.append(id, "two", ", Ben").await.expect("saved");
    until("Ben reads on", async || ben.text(id).await == "hello, Ben").await;
    ben.append(id, "three", "; hello, Ana").await.expect("saved");
    until("Ana reads on", async || ana.text(id).await == "hello, Ben; hello, Ana").await;
    for _ in 0..3 {
        ana.house().call(move |keeper| Ok(keeper.open.remove(&id).is_some())).await.expect("closed");
        assert_eq!(ana.text(id).await, "hello, Ben; hello, Ana");
    }
    assert_eq!(ana.refused().await, 1);

    // The same after a restart, where it is found anew.
    let ana = ana.restarted().await;
    assert_eq!(ana.refused().await, 0);
    assert_eq!(ana.text(id).await, "hello, Ben; hello, Ana");
    assert_eq!(ana.refused().await, 1);
}

/// An offer of a document of a kind that no Rounds knows yet.
fn offer_of_a_newer_kind(person: PersonId) -> Vec<u8> {
    let founding = |kind| Founding { kind, owners: vec![person], nonce: [7; 16] };
    let document = founding(Kind::Profile).id();
    let [mut bytes, other] = [Kind::Profile, Kind::Binder].map(|kind| {
        let statement = Statement { founding: founding(kind), grants: Vec::new(), certs: Vec::new(), clock: None };
        Frame::Offer(Comparison { document, number: 1, mine: true }, Box::new(statement)).to_bytes()
    });
    let differs = bytes.iter_mut().zip(other).find(|(byte, other)| **byte != *other);
    *differs.expect("the kind is written").0 = 0x7f;
    bytes
}

#[tokio::test]
async fn what_a_newer_rounds_offers_is_told_of_and_everything_else_goes_on() {
    let (ana, ben) = (Home::of("Ana").await, Home::of("Ben").await);
    ana.pairs_with(&ben).await;
    let id = ana.partnership_with(&ben).await;
    let offers = |keeper: &mut Keeper| {
        let bytes = offer_of_a_newer_kind(keeper.person);
        let link = (0..u64::MAX).find(|link| keeper.tears.device(*link).is_some()).expect("a link");
        keeper.network.send(link, bytes);
        Ok(())
    };
    ana.house().call(offers).await.expect("sent");
    let of_ana = async || ben.house().status().await.expect("a status").partners.remove(0);
    until("Ben is told", async || of_ana().await.obstacle == Some(Obstacle::NotUnderstood)).await;
    assert_eq!(of_ana().await.state, PartnerState::Connected);
    ana.append(id, "one", "hello").await.expect("saved");
    until("Ben reads it", async || ben.text(id).await == "hello").await;
    assert_eq!(of_ana().await.obstacle, Some(Obstacle::NotUnderstood), "it waits still");
}
