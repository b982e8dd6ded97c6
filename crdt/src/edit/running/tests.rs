//! Protocols chosen, begun and changed by two people at once.

use automerge::transaction::Transactable;
use automerge::{Automerge, ObjType, ROOT};

use crate::edit::tests::{ana, ben, edit, owner, replica};
use crate::edit::{Author, Edit, EditError};
use crate::model::{ItemId, Kind, Model, Protocol, Run, read};
use crate::protocols::protocols;
use crate::schema;

fn offered(id: &str) -> Protocol {
    let found = protocols("en").into_iter().find(|it| it.protocol.id.as_str() == id);
    found.expect("in the library").protocol
}

fn freeze(id: &str) -> Edit {
    Edit::FreezeProtocol { protocol: Some(offered(id)) }
}

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn begin(phase: &str) -> Edit {
    Edit::BeginPhase { phase: id(phase), at_ms: None }
}

fn run_of(kind: Kind, document: &Automerge) -> Run {
    match read(kind, document).model {
        Model::Debrief(debrief) => debrief.run,
        Model::Visit(visit) => visit.run,
        Model::Mirror(mirror) => mirror.run,
        Model::Goal(goal) => goal.run,
        other => panic!("{other:?} runs no protocol"),
    }
}

fn at(document: &Automerge) -> Option<String> {
    run_of(Kind::Debrief, document).at.map(|phase| phase.to_string())
}

fn do_here(document: &mut Automerge, author: &Author, steps: &[Edit]) {
    for step in steps {
        edit(Kind::Debrief, document, author, step).expect("a step");
    }
}

/// Two computers that know the same.
fn two(steps: &[Edit]) -> (Automerge, Automerge) {
    let (mut here, mut there) = (replica(Kind::Debrief, 1), replica(Kind::Debrief, 2));
    do_here(&mut here, &owner(ana()), steps);
    there.merge(&mut here).expect("merge");
    (here, there)
}

fn meet(here: &mut Automerge, there: &mut Automerge) {
    here.merge(there).expect("merge");
    there.merge(here).expect("merge");
}

#[test]
fn every_offered_protocol_is_read_as_it_was_frozen() {
    for kind in [Kind::Debrief, Kind::Visit, Kind::Mirror, Kind::Goal] {
        for offered in protocols("es") {
            let (mut document, chosen) = (replica(kind, 1), offered.protocol);
            if kind == Kind::Visit {
                edit(kind, &mut document, &owner(ana()), &Edit::Propose { host: ben() }).expect("propose");
            }
            let choice = Edit::FreezeProtocol { protocol: Some(chosen.clone()) };
            edit(kind, &mut document, &owner(ana()), &choice).expect("freeze");
            let reading = read(kind, &document);
            assert_eq!(reading.problems, [], "{} in {kind:?}", chosen.id);
            assert_eq!(run_of(kind, &document), Run { protocol: Some(chosen), ..Run::default() });
        }
    }
}

#[test]
fn the_phase_begun_last_counts_whatever_the_clocks_say() {
    let (mut here, mut there) = two(&[freeze("pair-20")]);
    // Ben's clock is five minutes behind, so the phase he begins later is stated earlier.
    let behind = Author { at_ms: owner(ben()).at_ms - 300_000, ..owner(ben()) };
    do_here(&mut here, &owner(ana()), &[begin("pair-20-host-first")]);
    meet(&mut here, &mut there);
    do_here(&mut there, &behind, &[begin("pair-20-data")]);
    meet(&mut here, &mut there);
    for document in [&here, &there] {
        assert_eq!(at(document).as_deref(), Some("pair-20-data"));
        let begun = run_of(Kind::Debrief, document).begun;
        let (data, first) = (&begun[&id("pair-20-data")], &begun[&id("pair-20-host-first")]);
        assert!(data < first, "begun later, and stated earlier");
    }
    let a_minute_later = Author { at_ms: owner(ana()).at_ms + 60_000, ..owner(ana()) };
    do_here(&mut here, &a_minute_later, &[begin("pair-20-host-first")]);
    assert_eq!(at(&here).as_deref(), Some("pair-20-host-first"), "a phase may be begun again");
}

#[test]
fn two_who_go_on_at_once_end_in_one_phase() {
    let (mut here, mut there) = two(&[freeze("pair-20"), begin("pair-20-host-first")]);
    do_here(&mut here, &owner(ana()), &[begin("pair-20-data")]);
    do_here(&mut there, &owner(ben()), &[begin("pair-20-data")]);
    meet(&mut here, &mut there);
    assert_eq!(at(&here).as_deref(), Some("pair-20-data"));
    assert_eq!(run_of(Kind::Debrief, &here), run_of(Kind::Debrief, &there));

    do_here(&mut here, &owner(ana()), &[begin("pair-20-sense")]);
    do_here(&mut there, &owner(ben()), &[begin("pair-20-host-first")]);
    meet(&mut here, &mut there);
    assert_eq!(at(&here), at(&there), "one goes on while the other goes back");
    assert_eq!(read(Kind::Debrief, &here).problems, []);
}

#[test]
fn another_protocol_begins_afresh_and_keeps_what_was_put_down() {
    let entry =
        |name: &str| Edit::AddEntry { id: id(name), phase: Some(id("pair-20-data")), text: "24 questions".into() };
    let (mut here, _) = two(&[freeze("pair-20"), begin("pair-20-data"), entry("a"), freeze("data-five")]);
    let Model::Debrief(debrief) = read(Kind::Debrief, &here).model else { panic!("a debrief") };
    assert_eq!(debrief.run, Run { protocol: Some(offered("data-five")), ..Run::default() });
    assert_eq!(debrief.entries.len(), 1);
    assert_eq!(debrief.entries[0].phase.as_ref().map(ItemId::as_str), Some("pair-20-data"));

    do_here(&mut here, &owner(ana()), &[begin("data-five-match"), Edit::FreezeProtocol { protocol: None }]);
    assert_eq!(run_of(Kind::Debrief, &here), Run::default());
}

#[test]
fn a_phase_begun_while_another_protocol_is_chosen_is_nowhere() {
    let (mut here, mut there) = two(&[freeze("pair-20")]);
    do_here(&mut here, &owner(ana()), &[freeze("data-five")]);
    do_here(&mut there, &owner(ben()), &[begin("pair-20-data")]);
    meet(&mut here, &mut there);
    assert_eq!(run_of(Kind::Debrief, &here), Run { protocol: Some(offered("data-five")), ..Run::default() });
    assert_eq!(run_of(Kind::Debrief, &here), run_of(Kind::Debrief, &there));
}

#[test]
fn two_protocols_chosen_at_once_become_one() {
    let (mut here, mut there) = two(&[]);
    do_here(&mut here, &owner(ana()), &[freeze("pair-20")]);
    do_here(&mut there, &owner(ben()), &[freeze("data-five")]);
    meet(&mut here, &mut there);
    assert_eq!(run_of(Kind::Debrief, &here), run_of(Kind::Debrief, &there));
    do_here(&mut here, &owner(ana()), &[freeze("focus-point")]);
    assert_eq!(read(Kind::Debrief, &here).problems, [], "choosing again settles it");
}

#[test]
fn two_phases_of_one_name_are_refused() {
    let mut protocol = offered("pair-20");
    protocol.phases[1].id = protocol.phases[0].id.clone();
    let twice = Edit::FreezeProtocol { protocol: Some(protocol) };
    let refused = edit(Kind::Debrief, &mut replica(Kind::Debrief, 1), &owner(ana()), &twice);
    assert!(matches!(refused, Err(EditError::Invalid { .. })));
}

#[test]
fn a_protocol_frozen_before_copies_had_versions_is_read_and_gone_on_with() {
    let mut here = replica(Kind::Debrief, 1);
    let begun = schema::map_object(&here, "begun").expect("what the genesis made");
    let mut transaction = here.transaction();
    let protocol = transaction.put_object(ROOT, "protocol", ObjType::Map).expect("put");
    transaction.put(&protocol, "id", "ours").expect("put");
    transaction.put(&protocol, "title", "Our own").expect("put");
    let phases = transaction.put_object(&protocol, "phases", ObjType::List).expect("put");
    for (index, name) in ["first", "second"].into_iter().enumerate() {
        let phase = transaction.insert_object(&phases, index, ObjType::Map).expect("insert");
        transaction.put(&phase, "id", name).expect("put");
        transaction.put(&phase, "minutes", 5).expect("put");
        transaction.put(&phase, "speaks", "host").expect("put");
        transaction.put_object(&phase, "prompts", ObjType::List).expect("put");
    }
    transaction.put_object(&protocol, "rules", ObjType::List).expect("put");
    transaction.put(&begun, "first", 1_000).expect("put");
    transaction.commit();

    let mut there = replica(Kind::Debrief, 2);
    there.merge(&mut here).expect("merge");
    let old = run_of(Kind::Debrief, &here);
    let protocol = old.protocol.expect("a protocol");
    assert_eq!((protocol.version, protocol.title.as_str(), protocol.phases.len()), (0, "Our own", 2));
    assert_eq!((old.begun.get(&id("first")), old.at), (Some(&1_000), Some(id("first"))));
    assert_eq!(read(Kind::Debrief, &here).problems, []);

    do_here(&mut here, &owner(ana()), &[begin("second")]);
    do_here(&mut there, &owner(ben()), &[begin("second")]);
    meet(&mut here, &mut there);
    for document in [&here, &there] {
        let run = run_of(Kind::Debrief, document);
        assert_eq!((run.begun.len(), run.at), (2, Some(id("second"))), "what was begun before stays begun");
    }
    do_here(&mut here, &owner(ana()), &[freeze("pair-20")]);
    assert_eq!(run_of(Kind::Debrief, &here), Run { protocol: Some(offered("pair-20")), ..Run::default() });
    assert_eq!(read(Kind::Debrief, &here).problems, []);
}
