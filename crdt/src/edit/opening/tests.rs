//! A door as its host opens, moves and closes it, and the visit of somebody who comes through it.

use automerge::Automerge;

use crate::access::Role;
use crate::edit::tests::{ana, ben, edit, owner, replica};
use crate::edit::{Author, Edit, EditError};
use crate::ids::DocumentId;
use crate::model::{Kind, Model, OpenDoor, Visit, VisitKind, read};

fn door_of(document: &Automerge) -> OpenDoor {
    match read(Kind::OpenDoor, document).model {
        Model::OpenDoor(door) => door,
        other => panic!("not a door: {other:?}"),
    }
}

fn visit_of(document: &Automerge) -> Visit {
    match read(Kind::Visit, document).model {
        Model::Visit(visit) => *visit,
        other => panic!("not a visit: {other:?}"),
    }
}

fn at(when_ms: i64) -> Edit {
    Edit::Schedule { when_ms: Some(when_ms), minutes: Some(25), period: Some("P3".into()), room: Some("204".into()) }
}

fn described(see: &str, places: Option<u32>) -> Edit {
    Edit::DescribeDoor { see: see.into(), places }
}

#[test]
fn a_door_is_opened_moved_closed_and_opened_again() {
    let mut document = replica(Kind::OpenDoor, 1);
    for step in [at(1_000), described("  How pairs begin  ", Some(2)), at(2_000)] {
        edit(Kind::OpenDoor, &mut document, &owner(ana()), &step).expect("a step of the story");
    }
    let open = OpenDoor {
        when_ms: Some(2_000),
        minutes: Some(25),
        period: Some("P3".into()),
        room: Some("204".into()),
        see: "How pairs begin".into(),
        places: Some(2),
        closed: false,
    };
    assert_eq!((door_of(&document), read(Kind::OpenDoor, &document).problems), (open.clone(), vec![]));
    edit(Kind::OpenDoor, &mut document, &owner(ana()), &Edit::CloseDoor { closed: true }).expect("close");
    edit(Kind::OpenDoor, &mut document, &owner(ana()), &at(2_000)).expect("a time alone opens nothing");
    assert_eq!(door_of(&document), OpenDoor { closed: true, ..open.clone() });
    edit(Kind::OpenDoor, &mut document, &owner(ana()), &Edit::CloseDoor { closed: false }).expect("open again");
    assert_eq!(door_of(&document), open);
    edit(Kind::OpenDoor, &mut document, &owner(ana()), &described(" ", None)).expect("nothing said");
    assert_eq!((door_of(&document).see.as_str(), door_of(&document).places), ("", None));
}

#[test]
fn room_is_for_somebody_and_not_for_a_crowd() {
    let mut document = replica(Kind::OpenDoor, 1);
    for places in [0, 101, u32::MAX] {
        let refused = edit(Kind::OpenDoor, &mut document, &owner(ana()), &described("x", Some(places)));
        assert!(matches!(refused, Err(EditError::Invalid { .. })), "{places}: {refused:?}");
    }
    edit(Kind::OpenDoor, &mut document, &owner(ana()), &described("x", Some(100))).expect("a hall");
}

#[test]
fn whoever_may_read_a_door_changes_nothing_in_it() {
    let mut document = replica(Kind::OpenDoor, 1);
    for role in [Role::Reader, Role::Writer] {
        let guest = Author { role, ..owner(ben()) };
        for step in [at(1_000), described("x", None), Edit::CloseDoor { closed: true }] {
            let refused = edit(Kind::OpenDoor, &mut document, &guest, &step);
            assert!(matches!(refused, Err(EditError::NotAllowed { .. })), "{step:?}: {refused:?}");
        }
    }
    assert_eq!(door_of(&document), OpenDoor::default());
}

#[test]
fn a_visit_names_the_door_it_comes_through_once_and_by_its_visitor() {
    let (door, other) = (DocumentId::from_bytes([1; 20]), DocumentId::from_bytes([2; 20]));
    let mut document = replica(Kind::Visit, 1);
    edit(Kind::Visit, &mut document, &owner(ana()), &Edit::Propose { host: ben() }).expect("propose");
    let drop_in = Edit::SetVisitKind { visit_kind: VisitKind::DropIn };
    edit(Kind::Visit, &mut document, &owner(ana()), &drop_in).expect("a kind");
    let through = |door| Edit::ThroughDoor { door };
    assert!(edit(Kind::Visit, &mut document, &owner(ben()), &through(door)).is_err(), "no host sends somebody");
    edit(Kind::Visit, &mut document, &owner(ana()), &through(door)).expect("the door");
    assert!(edit(Kind::Visit, &mut document, &owner(ana()), &through(other)).is_err(), "it came through one");
    let visit = visit_of(&document);
    assert_eq!((visit.door, visit.visit_kind, visit.host), (Some(door), VisitKind::DropIn, Some(ben())));
}
