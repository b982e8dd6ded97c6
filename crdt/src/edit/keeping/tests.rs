//! Maps of rooms: kept by one person, put into a plan by anybody in the visit, and never one that nobody could draw.

use automerge::Automerge;

use crate::edit::tests::{ana, ben, edit, owner, replica};
use crate::edit::{Edit, EditError};
use crate::model::bounds::{KEPT_MAPS_MAX, SEATS_MAX};
use crate::model::{ItemId, Kind, Model, ReasonCode, Seat, read};

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn seats(count: usize) -> Vec<Seat> {
    (1..=count).map(|number| Seat { id: id(&number.to_string()), x: 500, y: 500 }).collect()
}

fn keep(name: &str, count: usize) -> Edit {
    Edit::KeepMap { id: id(name), name: name.into(), seats: seats(count) }
}

fn kept(document: &Automerge) -> Vec<(String, usize)> {
    let Model::Binder(binder) = read(Kind::Binder, document).model else { panic!("no binder") };
    binder.maps.iter().map(|map| (map.name.as_str().to_owned(), map.seats.len())).collect()
}

fn planned(document: &Automerge) -> Vec<Seat> {
    let Model::Visit(visit) = read(Kind::Visit, document).model else { panic!("no visit") };
    visit.seats
}

#[test]
fn maps_kept_on_two_devices_are_both_there_and_one_kept_anew_takes_the_place_of_the_old() {
    let (mut here, mut there) = (replica(Kind::Binder, 1), replica(Kind::Binder, 2));
    edit(Kind::Binder, &mut here, &owner(ana()), &keep("lab", 24)).expect("kept");
    edit(Kind::Binder, &mut there, &owner(ana()), &keep("hall", SEATS_MAX)).expect("kept");
    here.merge(&mut there).expect("merge");
    let mut both = kept(&here);
    both.sort();
    assert_eq!(both, [("hall".to_owned(), SEATS_MAX), ("lab".to_owned(), 24)]);
    edit(Kind::Binder, &mut here, &owner(ana()), &keep("lab", 30)).expect("kept anew");
    edit(Kind::Binder, &mut here, &owner(ana()), &Edit::ForgetMap { id: id("hall") }).expect("forgotten");
    assert_eq!(kept(&here), [("lab".to_owned(), 30)]);
    assert_eq!(read(Kind::Binder, &here).problems, []);
}

#[test]
fn a_map_that_nobody_could_draw_is_refused_with_its_reason() {
    let mut binder = replica(Kind::Binder, 1);
    let mut visit = replica(Kind::Visit, 1);
    edit(Kind::Visit, &mut visit, &owner(ana()), &Edit::Propose { host: ben() }).expect("proposed");
    let twice = [seats(1), seats(1)].concat();
    let outside = vec![Seat { id: id("1"), x: 1_001, y: 0 }];
    let table = [
        (seats(SEATS_MAX + 1), ReasonCode::TooManySeats),
        (twice, ReasonCode::SameSeat),
        (outside, ReasonCode::SeatOutside),
    ];
    for (seats, code) in table {
        let kept = Edit::KeepMap { id: id("a"), name: "A".into(), seats: seats.clone() };
        let refused = [
            edit(Kind::Binder, &mut binder, &owner(ana()), &kept),
            edit(Kind::Visit, &mut visit, &owner(ana()), &Edit::SetSeats { seats }),
        ];
        for refused in refused {
            assert_eq!(refused.expect_err("refused").reason().map(|reason| reason.code), Some(code));
        }
    }
    assert_eq!((kept(&binder), planned(&visit)), (vec![], vec![]));
    for number in 0..KEPT_MAPS_MAX {
        edit(Kind::Binder, &mut binder, &owner(ana()), &keep(&format!("m{number}"), 1)).expect("kept");
    }
    let refused = edit(Kind::Binder, &mut binder, &owner(ana()), &keep("more", 1));
    assert!(matches!(refused, Err(EditError::TooLarge { max: KEPT_MAPS_MAX, .. })), "{refused:?}");
    edit(Kind::Binder, &mut binder, &owner(ana()), &keep("m3", 2)).expect("one that is there can be kept anew");
}

#[test]
fn a_plan_has_one_map_that_host_and_visitor_change_and_take_out() {
    let mut here = replica(Kind::Visit, 1);
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::Propose { host: ben() }).expect("proposed");
    let mut there = replica(Kind::Visit, 2);
    there.merge(&mut here).expect("merge");
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::SetSeats { seats: seats(20) }).expect("a map");
    edit(Kind::Visit, &mut there, &owner(ben()), &Edit::SetSeats { seats: seats(24) }).expect("a map");
    here.merge(&mut there).expect("merge");
    there.merge(&mut here).expect("merge");
    assert_eq!(planned(&here), planned(&there));
    assert_eq!(read(Kind::Visit, &here).problems.len(), 1, "two at once are told, and one is shown");
    edit(Kind::Visit, &mut here, &owner(ben()), &Edit::SetSeats { seats: seats(24) }).expect("settled");
    assert_eq!((planned(&here), read(Kind::Visit, &here).problems), (seats(24), vec![]));
    edit(Kind::Visit, &mut here, &owner(ana()), &Edit::SetSeats { seats: vec![] }).expect("taken out");
    assert_eq!(planned(&here), []);
}
