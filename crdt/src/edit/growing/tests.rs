//! Goals as people write them: alone, two at once, and by somebody who writes in another's name.

use automerge::transaction::Transactable;
use automerge::{Automerge, ObjType};

use crate::access::{DeviceCert, Directory, Founding, Role};
use crate::edit::tests::{ana, ben, chidi, edit, owner, replica};
use crate::edit::{Author, Edit, EditError, Splice};
use crate::ids::{ActorId, DeviceId, DocumentId, PersonId};
use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::model::{
    ActionKind, Day, Goal, GoalFeedback, GoalState, ItemId, Kind, Model, TryOut, Words, read, read_signed,
};
use crate::schema::{genesis, map_object};

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn goal_of(document: &Automerge) -> Goal {
    match read(Kind::Goal, document).model {
        Model::Goal(goal) => *goal,
        other => panic!("not a goal: {other:?}"),
    }
}

fn action(text: &str, due: Option<&str>) -> Edit {
    Edit::AddAction { id: id("a"), how: ActionKind::Try, text: text.into(), due: due.map(day) }
}

fn both_merge(here: &mut Automerge, there: &mut Automerge) {
    here.merge(there).expect("merge");
    there.merge(here).expect("merge");
}

#[test]
fn a_goal_from_draft_to_met() {
    let mut document = replica(Kind::Goal, 1);
    let notes = DocumentId::from_bytes([5; 20]);
    let why = Splice { at: 0, delete: 0, insert: "Four voices answer.".into() };
    let story = [
        Edit::SetTitle { title: Some("More voices".into()) },
        Edit::SpliceText { field: "why".into(), splices: vec![why] },
        Edit::SetMeasuredWith { instrument: Some("Wait time".into()) },
        action("Count to three", Some("2026-03-06")),
        Edit::AddEvidence { id: id("e"), document: notes, label: "Ben’s notes".into(), action: Some(id("a")) },
        Edit::AddCheckIn { id: id("late"), on: day("2026-03-09"), text: "Six voices.".into() },
        Edit::AddCheckIn { id: id("early"), on: day("2026-03-02"), text: "Four voices.".into() },
        Edit::TickAction { id: id("a"), done: true },
        Edit::SetGoalState { state: GoalState::Met },
    ];
    assert_eq!(goal_of(&document).state, GoalState::Draft);
    for step in &story {
        edit(Kind::Goal, &mut document, &owner(ana()), step).expect("a step of the story");
    }
    let goal = goal_of(&document);
    assert_eq!(read(Kind::Goal, &document).problems, []);
    assert_eq!((goal.state, goal.why.as_str()), (GoalState::Met, "Four voices answer."));
    assert_eq!((goal.actions[0].due, goal.actions[0].done.as_slice()), (Some(day("2026-03-06")), [ana()].as_slice()));
    assert_eq!((goal.evidence[0].document, goal.evidence[0].action.as_ref()), (notes, Some(&id("a"))));
    let order: Vec<&str> = goal.check_ins.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(order, ["early", "late"], "check-ins stand by the day their writer chose");

    edit(Kind::Goal, &mut document, &owner(ana()), &Edit::SetGoalState { state: GoalState::Identify }).expect("back");
    assert_eq!(goal_of(&document).state, GoalState::Identify, "a state is no gate");
}

#[test]
fn what_makes_no_sense_is_refused_and_leaves_nothing_behind() {
    let mut document = replica(Kind::Goal, 1);
    let long: Words = "x".repeat(SHORT_TEXT_BYTES_MAX + 1).as_str().into();
    let refused = [
        action("  ", None),
        Edit::SetMeasuredWith { instrument: Some("4 / 5".into()) },
        Edit::SetTitle { title: Some(long.clone()) },
        Edit::AddEvidence { id: id("e"), document: DocumentId::from_bytes([5; 20]), label: " ".into(), action: None },
        Edit::AddEvidence {
            id: id("e"),
            document: DocumentId::from_bytes([5; 20]),
            label: "x".into(),
            action: Some(id("gone")),
        },
        Edit::TickAction { id: id("gone"), done: true },
        Edit::AddCheckIn { id: id("c"), on: day("2026-03-02"), text: "".into() },
    ];
    for step in &refused {
        let before = document.get_heads();
        assert!(edit(Kind::Goal, &mut document, &owner(ana()), step).is_err(), "{step:?}");
        assert_eq!(document.get_heads(), before);
    }
    let before = document.get_heads();
    edit(Kind::Goal, &mut document, &owner(ana()), &action("Wait", None)).expect("an action");
    assert!(edit(Kind::Goal, &mut document, &owner(ana()), &action("Wait longer", None)).is_err(), "the id is taken");
    assert_ne!(document.get_heads(), before);
}

#[test]
fn each_owner_of_a_joint_goal_says_for_themselves_what_is_done() {
    let (mut here, mut there) = (replica(Kind::Goal, 1), replica(Kind::Goal, 2));
    edit(Kind::Goal, &mut here, &owner(ana()), &action("Wait", None)).expect("an action");
    both_merge(&mut here, &mut there);
    let tick = Edit::TickAction { id: id("a"), done: true };
    edit(Kind::Goal, &mut here, &owner(ana()), &tick).expect("tick");
    edit(Kind::Goal, &mut there, &owner(ben()), &tick).expect("tick");
    both_merge(&mut here, &mut there);
    assert_eq!(goal_of(&here).actions[0].done, [ana(), ben()]);
    edit(Kind::Goal, &mut there, &owner(ben()), &Edit::TickAction { id: id("a"), done: false }).expect("untick");
    both_merge(&mut here, &mut there);
    assert_eq!(
        (goal_of(&here).actions[0].done.as_slice(), read(Kind::Goal, &here).problems),
        ([ana()].as_slice(), vec![])
    );
}

#[test]
fn two_edits_of_different_parts_of_an_action_both_count() {
    let (mut here, mut there) = (replica(Kind::Goal, 1), replica(Kind::Goal, 2));
    edit(Kind::Goal, &mut here, &owner(ana()), &action("Wait", None)).expect("an action");
    both_merge(&mut here, &mut there);
    let change = |text: &str, due| Edit::EditAction { id: id("a"), how: ActionKind::Try, text: text.into(), due };
    edit(Kind::Goal, &mut here, &owner(ana()), &change("Wait for three seconds", None)).expect("edit");
    edit(Kind::Goal, &mut there, &owner(ana()), &change("Wait", Some(day("2026-03-06")))).expect("edit");
    both_merge(&mut here, &mut there);
    let goal = goal_of(&here);
    assert_eq!(
        (goal.actions[0].text.as_str(), goal.actions[0].due),
        ("Wait for three seconds", Some(day("2026-03-06")))
    );
}

#[test]
fn two_states_at_once_end_as_one_and_say_so() {
    let (mut here, mut there) = (replica(Kind::Goal, 1), replica(Kind::Goal, 2));
    edit(Kind::Goal, &mut here, &owner(ana()), &Edit::SetGoalState { state: GoalState::Met }).expect("edit");
    edit(Kind::Goal, &mut there, &owner(ben()), &Edit::SetGoalState { state: GoalState::Improve }).expect("edit");
    both_merge(&mut here, &mut there);
    assert_eq!(goal_of(&here), goal_of(&there));
    assert_eq!(read(Kind::Goal, &here).problems.len(), 1);
    edit(Kind::Goal, &mut here, &owner(ana()), &Edit::SetGoalState { state: GoalState::Met }).expect("settle");
    assert_eq!((goal_of(&here).state, read(Kind::Goal, &here).problems), (GoalState::Met, vec![]));
}

#[test]
fn a_named_reader_and_even_a_writer_cannot_edit_a_goal() {
    let mut document = replica(Kind::Goal, 1);
    for role in [Role::None, Role::Reader, Role::Writer] {
        let peer = Author { role, ..owner(chidi()) };
        for step in [action("Do as I do", None), Edit::SetGoalState { state: GoalState::Met }] {
            let refused = edit(Kind::Goal, &mut document, &peer, &step);
            assert!(matches!(refused, Err(EditError::NotAllowed { .. })), "{role:?}: {refused:?}");
        }
    }
    assert_eq!(goal_of(&document), goal_of(&replica(Kind::Goal, 1)));
}

#[test]
fn feedback_stays_its_writers_and_has_no_phases() {
    let mut document = replica(Kind::GoalFeedback, 1);
    let peer = Author { role: Role::Writer, ..owner(chidi()) };
    let entry = |phase| Edit::AddEntry { id: id("f"), phase, text: "Who is quiet?".into() };
    assert!(edit(Kind::GoalFeedback, &mut document, &peer, &entry(Some(id("p")))).is_err());
    edit(Kind::GoalFeedback, &mut document, &peer, &entry(None)).expect("feedback");
    let rewritten = Edit::EditEntry { id: id("f"), text: "Well done".into() };
    assert!(edit(Kind::GoalFeedback, &mut document, &owner(ana()), &rewritten).is_err());
    assert!(edit(Kind::GoalFeedback, &mut document, &peer, &action("Do this", None)).is_err(), "feedback is no plan");
    edit(Kind::GoalFeedback, &mut document, &peer, &rewritten).expect("their own");
    let Model::GoalFeedback(GoalFeedback { entries }) = read(Kind::GoalFeedback, &document).model else {
        panic!("not feedback")
    };
    assert_eq!((entries.len(), entries[0].by, entries[0].text.as_str()), (1, chidi(), "Well done"));
}

/// Ana and Chidi with a device each, as everybody who met them knows it.
fn two_people() -> (Directory, [PersonId; 2], [ActorId; 2]) {
    let key = |byte| ed25519_dalek::SigningKey::from_bytes(&[byte; 32]);
    let mut directory = Directory::default();
    let known = [(1, 11), (3, 13)].map(|(person, device)| {
        let cert = DeviceCert::issue(&key(person), &key(device), [0; 32], String::new(), 0, 0);
        let named = (cert.person, ActorId::new(DeviceId::from_bytes(key(device).verifying_key().to_bytes()), [1; 14]));
        directory.learn(cert).expect("a certificate");
        named
    });
    (directory, known.map(|(person, _)| person), known.map(|(_, actor)| actor))
}

#[test]
fn words_in_anothers_name_are_their_real_writers() {
    let (directory, [anas, chidis], [_, chidis_actor]) = two_people();
    let founding = Founding::new(Kind::Goal, vec![anas], [7; 16]).of_feedback().expect("feedback");
    let mut document = genesis(&founding);
    document.set_actor(chidis_actor.to_automerge());
    let mut transaction = document.transaction();
    let entries = map_object(&transaction, "entries").expect("the thread");
    let forged = transaction.put_object(&entries, "f", ObjType::Map).expect("put");
    transaction.put(&forged, "by", anas.to_string()).expect("put");
    transaction.put(&forged, "text", "I gave up on this").expect("put");
    transaction.commit();
    let reading = read_signed(Kind::GoalFeedback, &document, &directory);
    let Model::GoalFeedback(GoalFeedback { entries }) = reading.model else { panic!("not feedback") };
    assert_eq!((entries[0].by, reading.problems.len()), (chidis, 1));
}

#[test]
fn nobody_ticks_an_action_for_another() {
    let (directory, [anas, chidis], [anas_actor, chidis_actor]) = two_people();
    let mut document = genesis(&Founding::new(Kind::Goal, vec![anas, chidis], [7; 16]));
    document.set_actor(anas_actor.to_automerge());
    edit(Kind::Goal, &mut document, &owner(anas), &action("Wait", None)).expect("an action");
    document.set_actor(chidis_actor.to_automerge());
    edit(Kind::Goal, &mut document, &owner(anas), &Edit::TickAction { id: id("a"), done: true }).expect("a forgery");
    let reading = read_signed(Kind::Goal, &document, &directory);
    let Model::Goal(goal) = reading.model else { panic!("not a goal") };
    assert_eq!((goal.actions[0].done.as_slice(), reading.problems.len()), ([].as_slice(), 1));
}

#[test]
fn only_a_goal_has_feedback_and_each_has_its_own() {
    let goal = |nonce| Founding::new(Kind::Goal, vec![ana(), ben()], [nonce; 16]);
    let feedback = goal(1).of_feedback().expect("feedback");
    assert_eq!((feedback.kind, &feedback.owners), (Kind::GoalFeedback, &goal(1).owners));
    assert_eq!(Some(feedback.id()), goal(1).of_feedback().map(|founding| founding.id()));
    assert_ne!(Some(feedback.id()), goal(2).of_feedback().map(|founding| founding.id()));
    assert_eq!(feedback.of_feedback(), None);
    assert_eq!(Founding::new(Kind::Visit, vec![ana()], [1; 16]).of_feedback(), None);
}

#[test]
fn a_try_out_log_is_its_owners_alone() {
    assert!(!Kind::TryLog.may_be_shared());
    let mut document = replica(Kind::TryLog, 1);
    let entry = |text: &str| TryOut { id: id("t"), on: day("2026-03-02"), text: text.into(), goal: None, action: None };
    edit(Kind::TryLog, &mut document, &owner(ana()), &Edit::AddTryOut { entry: entry("Waited. Long.") }).expect("add");
    edit(Kind::TryLog, &mut document, &owner(ana()), &Edit::EditTryOut { entry: entry("Waited.") }).expect("edit");
    let entries = |document: &Automerge| match read(Kind::TryLog, document).model {
        Model::TryLog(log) => log.entries,
        other => panic!("not a log: {other:?}"),
    };
    assert_eq!(entries(&document), [entry("Waited.")]);
    edit(Kind::TryLog, &mut document, &owner(ana()), &Edit::RemoveTryOut { id: id("t") }).expect("remove");
    assert_eq!(entries(&document), []);
    assert!(edit(Kind::TryLog, &mut document, &owner(ana()), &Edit::EditTryOut { entry: entry("x") }).is_err());
}
