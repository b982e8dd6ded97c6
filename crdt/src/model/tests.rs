//! How documents begin, and what stage a visit has come to.

use automerge::{Automerge, ReadDoc};

use super::*;
use crate::access::Founding;
use crate::ids::{DeviceId, PersonId};
use crate::schema::{genesis, genesis_actor, stored_kind, stored_version, text_object};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn ana() -> PersonId {
    PersonId::from_bytes([1; 32])
}

fn ben() -> PersonId {
    PersonId::from_bytes([2; 32])
}

fn founding(kind: Kind) -> Founding {
    Founding { kind, owners: vec![ana(), ben()], nonce: [7; 16] }
}

#[test]
fn a_genesis_is_the_same_on_every_machine() {
    // A change here means that copies made by this version and the last one no longer meet: a genesis never changes.
    let expected = [
        (Kind::Profile, "805f5720b65817602cc0e288e006a4fe221ff9b2f7dbd3d76dae7f47801292b7"),
        (Kind::Binder, "5f514b4eecdad010fc884dfbfb32f7cd667f27c3cc526874c4fde34415834ecf"),
        (Kind::Partnership, "077edfa49e146eea1b2a196750928f3990c0c1687f107aed2d6bd6a409381c20"),
        (Kind::Visit, "0f4c52ae8ef658e0fc111b8fcbddf9b664f55c7b0242955c3bba8b87c8f0000a"),
        (Kind::NoteSet, "ecb04d560679329d6ddf4178ee2e6d70f4b14a8d44e75790ed448bac9fc1213f"),
        (Kind::ReleasedNotes, "d977978b6129ec897f0ea05a3964373b5b457bc117b7a26d2648c402d63aff9c"),
        (Kind::Debrief, "828e8c1702469fa6d314cafb6cf0b574aebb748737a72183755c478e798b4467"),
        (Kind::Mirror, "ae9bcf35793e493f0c72f9cd6238012bf22d1b6e090556b6d5f1d0546d7bce96"),
        (Kind::Goal, "9d92f6e0a8348cfa4c44c9795c51e5c2167ac79ecff24b2635bfe280a75b9594"),
        (Kind::GoalFeedback, "6ac2d8c12f68f09a8387f506a4ede4deb6d2c92429f1081dc32e7a947279b034"),
        (Kind::TryLog, "dabaff9d441f5f7b7580d8ebc045090516e613a9ca722d348f3431ffc69eb910"),
        (Kind::OpenDoor, "290659b938c6344da31de98cd50439dd794e69e0f64248724641d5a46e6a8caf"),
        (Kind::StrategyCard, "725b9b98de690d1d577f120a27599da0c4f463584567fff114a7625f2a8e5218"),
        (Kind::Vocabulary, "b37bee255df80986674b14c86ae41c3f4c5b6747f3556f44c7384ca9b963cdbd"),
        (Kind::Instrument, "7d4aa8095293bdae602483717acab443c05e99823f270580562b1d509b45438a"),
        (Kind::Timetable, "f480189fa641dd1eab6247ee4ab969fb870890061d91083ebd0c1f581372c33f"),
        (Kind::FreePeriods, "fdcd6d97ca94fde637879d860873eb979d65bca513a8fea829ccf5ff17f8f6b8"),
        (Kind::SuccessCard, "5da757bbb51394fc3214e736dd6e9d80f721beb3ef9a45003c63a3423cdccc18"),
        (Kind::ShownCard, "784b412534fe87fb8c638bcd539ff871bc0013abc195c251321a739040e5fae8"),
        (Kind::Resource, "c338cf656131dedbbbade02b6c06cf86eda601b9689b830d9409b22042924e88"),
    ];
    let found: Vec<(Kind, String)> =
        Kind::ALL.iter().map(|kind| (*kind, genesis(&founding(*kind)).get_heads()[0].to_string())).collect();
    let expected: Vec<(Kind, String)> = expected.into_iter().map(|(kind, hash)| (kind, hash.to_owned())).collect();
    assert_eq!(found, expected);
    for kind in Kind::ALL {
        assert_eq!(genesis(&founding(*kind)).save(), genesis(&founding(*kind)).save());
    }
}

#[test]
fn a_genesis_reads_without_problems_and_holds_its_texts() {
    for kind in Kind::ALL {
        let document: Automerge = genesis(&founding(*kind));
        let reading = read(*kind, &document);
        assert_eq!((reading.problems, reading.newer), (vec![], false));
        assert_eq!(
            (reading.model.kind(), stored_kind(&document), stored_version(&document)),
            (*kind, Some(*kind), Some(1))
        );
        for field in kind.text_fields() {
            let text = text_object(&document, field).expect("a text");
            assert_eq!(document.length(&text), 0);
        }
        assert_eq!(text_object(&document, "people"), None);
        assert_eq!(document.get_changes(&[]).len(), 1);
    }
}

#[test]
fn an_empty_document_still_reads() {
    for kind in Kind::ALL {
        let reading = read(*kind, &Automerge::new());
        assert_eq!((reading.model.kind(), reading.newer), (*kind, false));
        assert!(!reading.problems.is_empty());
    }
}

#[test]
fn a_genesis_has_an_actor_no_device_can_have() {
    let actor = genesis_actor(&founding(Kind::Visit).id());
    let device = crate::ids::ActorId::new(DeviceId::from_bytes([1; 32]), [0; 14]).to_automerge();
    assert!(actor.to_bytes().len() < device.to_bytes().len());
    assert_ne!(actor, genesis_actor(&founding(Kind::Debrief).id()));
}

#[test]
fn models_survive_json() {
    for kind in Kind::ALL {
        let model = read(*kind, &genesis(&founding(*kind))).model;
        let json = serde_json::to_value(&model).expect("json");
        assert_eq!(json["kind"], kind.name());
        assert_eq!(serde_json::from_value::<Model>(json).expect("json"), model);
    }
}

/// A visit of Ana to Ben, as `change` left it.
fn visit(change: impl FnOnce(&mut Visit)) -> Visit {
    let Model::Visit(mut visit) = read(Kind::Visit, &genesis(&founding(Kind::Visit))).model else {
        panic!("not a visit")
    };
    visit.host = Some(ben());
    visit.people.insert(ben(), Part::Host);
    change(&mut visit);
    *visit
}

fn agreed(visit: &mut Visit) {
    visit.when_ms = Some(DAY_MS);
    visit.answers = [(ana(), Answer::Accepted), (ben(), Answer::Accepted)].into();
}

fn prepared(visit: &mut Visit) {
    agreed(visit);
    visit.focus = "Who asks?".into();
    visit.plan = "By the window".into();
}

#[test]
fn a_stage_follows_from_what_happened() {
    let alone = VisitContext { now_ms: DAY_MS, ..VisitContext::default() };
    let stages: [(&str, Visit, Stage); 17] = [
        ("nothing said", visit(|_| {}), Stage::Proposed),
        (
            "a time and one answer",
            visit(|it| {
                agreed(it);
                it.answers.remove(&ben());
            }),
            Stage::Proposed,
        ),
        (
            "answers and no time",
            visit(|it| {
                agreed(it);
                it.when_ms = None;
            }),
            Stage::Proposed,
        ),
        ("agreed", visit(agreed), Stage::Scheduled),
        (
            "agreed, a focus alone",
            visit(|it| {
                prepared(it);
                it.plan = "".into();
            }),
            Stage::Scheduled,
        ),
        ("prepared", visit(prepared), Stage::Prepared),
        (
            "prepared and never agreed",
            visit(|it| {
                prepared(it);
                it.answers.clear();
            }),
            Stage::Proposed,
        ),
        ("begun without anything before", visit(|it| it.began_ms = Some(DAY_MS)), Stage::Observing),
        ("begun yesterday, nobody ended it", visit(|it| it.began_ms = Some(0)), Stage::WrittenUp),
        (
            "ended",
            visit(|it| {
                it.began_ms = Some(DAY_MS);
                it.ended_ms = Some(DAY_MS);
            }),
            Stage::WrittenUp,
        ),
        (
            "asked to stop",
            visit(|it| {
                it.began_ms = Some(DAY_MS);
                it.stop_asked = true;
            }),
            Stage::WrittenUp,
        ),
        (
            "ended, no notes asked for",
            visit(|it| {
                it.ended_ms = Some(DAY_MS);
                it.notes_waived = true;
            }),
            Stage::Closed,
        ),
        ("just talked", visit(|it| it.talked = true), Stage::Closed),
        (
            "cancelled",
            visit(|it| {
                prepared(it);
                it.cancelled = true;
            }),
            Stage::Cancelled,
        ),
        (
            "did not happen",
            visit(|it| {
                prepared(it);
                it.did_not_happen = true;
                it.cancelled = true;
            }),
            Stage::DidNotHappen,
        ),
        (
            "host declined",
            visit(|it| {
                agreed(it);
                it.answers.insert(ben(), Answer::Declined);
            }),
            Stage::Declined,
        ),
        (
            "visitor stepped back",
            visit(|it| {
                agreed(it);
                it.answers.insert(ana(), Answer::Withdrew);
            }),
            Stage::Cancelled,
        ),
    ];
    for (what, visit, expected) in stages {
        assert_eq!(stage(&visit, &alone), expected, "{what}");
    }
}

#[test]
fn what_happened_outweighs_what_was_called_off() {
    let context = |released: bool, debrief_begun, debrief_talked| VisitContext {
        now_ms: DAY_MS,
        released_by: released.then(ana).into_iter().collect(),
        debrief_begun,
        debrief_talked,
    };
    let cancelled = || {
        visit(|it| {
            agreed(it);
            it.cancelled = true;
            it.did_not_happen = true;
        })
    };
    assert_eq!(stage(&cancelled(), &context(false, false, false)), Stage::DidNotHappen);
    assert_eq!(stage(&cancelled(), &context(true, false, false)), Stage::WrittenUp);
    assert_eq!(stage(&cancelled(), &context(true, true, false)), Stage::Debriefing);
    assert_eq!(stage(&cancelled(), &context(false, false, true)), Stage::Closed);
    let beginning = visit(|it| {
        it.cancelled = true;
        it.began_ms = Some(DAY_MS);
    });
    assert_eq!(stage(&beginning, &context(false, false, false)), Stage::Observing);
    let released_and_nobody_ended_it = visit(|it| it.began_ms = Some(DAY_MS));
    assert_eq!(stage(&released_and_nobody_ended_it, &context(true, false, false)), Stage::WrittenUp);
    assert_eq!(stage(&visit(|it| it.began_ms = Some(i64::MAX)), &context(false, false, false)), Stage::Observing);
}

#[test]
fn a_visit_of_two_goes_on_until_the_last_has_left() {
    let chidi = PersonId::from_bytes([3; 32]);
    let of_two = |here: &[(PersonId, Here)], withdrew: &[PersonId]| {
        visit(|it| {
            it.began_ms = Some(DAY_MS);
            it.people.extend([(ana(), Part::Visitor), (chidi, Part::Visitor)]);
            it.here.extend(here.iter().copied());
            it.answers.extend(withdrew.iter().map(|person| (*person, Answer::Withdrew)));
        })
    };
    let now = VisitContext { now_ms: DAY_MS, ..VisitContext::default() };
    let stages = [
        ("nobody said that they are there", of_two(&[], &[]), Stage::Observing),
        ("one is there", of_two(&[(ana(), Here::Joined)], &[]), Stage::Observing),
        ("one left, the other is there", of_two(&[(ana(), Here::Left), (chidi, Here::Joined)], &[]), Stage::Observing),
        (
            "both left, each while the other was there",
            of_two(&[(ana(), Here::Left), (chidi, Here::Left)], &[]),
            Stage::WrittenUp,
        ),
        ("one left, the other never came", of_two(&[(ana(), Here::Left)], &[]), Stage::WrittenUp),
        ("one withdrew, the other may be there", of_two(&[], &[chidi]), Stage::Observing),
        (
            "one withdrew, the other left",
            of_two(&[(ana(), Here::Left), (chidi, Here::Joined)], &[chidi]),
            Stage::WrittenUp,
        ),
        ("both withdrew", of_two(&[(ana(), Here::Joined)], &[ana(), chidi]), Stage::WrittenUp),
        ("somebody who is no visitor left", of_two(&[(ben(), Here::Left)], &[]), Stage::Observing),
    ];
    for (what, visit, expected) in stages {
        assert_eq!(stage(&visit, &now), expected, "{what}");
    }
    let released = VisitContext { released_by: [ana()].into(), ..now };
    let stages = [
        ("one released, the other is there", of_two(&[(chidi, Here::Joined)], &[]), Stage::Observing),
        (
            "one released without leaving, the other is there",
            of_two(&[(ana(), Here::Joined), (chidi, Here::Joined)], &[]),
            Stage::Observing,
        ),
        ("whoever released was there alone", of_two(&[(ana(), Here::Joined)], &[]), Stage::WrittenUp),
        ("one released, the other left", of_two(&[(chidi, Here::Left)], &[]), Stage::WrittenUp),
        ("one released, the other withdrew", of_two(&[(chidi, Here::Joined)], &[chidi]), Stage::WrittenUp),
        ("one released, the other never came", of_two(&[], &[]), Stage::WrittenUp),
    ];
    for (what, visit, expected) in stages {
        assert_eq!(stage(&visit, &released), expected, "{what}");
    }
}
