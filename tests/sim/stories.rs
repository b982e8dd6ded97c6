//! Decides what must hold in the days that people tell each other about: one story a test.

use rounds_crdt::access::{Founding, Role};
use rounds_crdt::model::Kind;
use rounds_tests::sim::school::{School, name};

#[test]
fn two_people_write_apart_and_read_the_same_afterwards() {
    let (mut school, [ana, ben]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.assert_well();
    school.part(ana, ben);
    school.types(ana, debrief, "who asked? ");
    school.types(ben, debrief, "who answered? ");
    school.run_until_quiet();
    assert_ne!(school.reads(ana, debrief), school.reads(ben, debrief));
    school.join(ana, ben);
    school.assert_well();
    let text = school.reads(ana, debrief);
    assert_eq!(text, school.reads(ben, debrief));
    assert!(text.contains("who asked? ") && text.contains("who answered? "), "{text}");
}

#[test]
fn a_kind_of_document_that_an_older_rounds_does_not_know_waits_until_it_does() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.assert_well();
    school.machines[ben].knows_no = Some(Kind::Visit);
    let owner = school.machines[ana].person;
    let visit = school.found(ana, Kind::Visit, vec![owner]).expect("founded");
    for guest in [ben, chidi] {
        school.grant_to(ana, visit, guest, Role::Writer);
    }
    school.run_until_quiet();
    school.keep_trace();
    // A team types together, for longer than its writers wait for each other: Ben's computer hears nothing that it must refuse.
    for _ in 0..60 {
        school.types(ana, visit, "a");
        school.types(chidi, visit, "c");
        school.types(ana, debrief, "d");
        school.run_until_quiet();
    }
    for _ in 0..60 {
        school.types(ana, visit, "a");
        school.types(chidi, visit, "c");
        school.types(ben, debrief, "d");
    }
    school.run_until_quiet();
    assert!(school.closings.is_empty(), "{:?}", school.closings);
    assert_eq!(school.machines[ben].role(&visit), Role::None, "he was told nothing that he could not read");
    assert_eq!(school.reads(ana, debrief), school.reads(ben, debrief), "what he knows goes on");
    let to_ben = |line: &&str| line.contains(&format!("Ben: offer {}", name(visit)));
    assert_eq!(school.trace().lines().filter(to_ben).count(), 0, "what he cannot read is not offered with each letter");

    // He takes in the newer Rounds and starts it.
    school.machines[ben].knows_no = None;
    school.crash(ben);
    school.start(ben);
    school.assert_well();
    let text = school.reads(ben, visit);
    assert_eq!((text.matches('a').count(), text.matches('c').count()), (120, 120));
}

#[test]
fn what_a_newer_rounds_says_of_a_document_that_is_here_stops_that_document_alone() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let (debrief, other) = (school.debrief(ana, &[ben]), school.debrief(ben, &[ana]));
    let owner = school.machines[ana].person;
    let visit = school.found(ana, Kind::Visit, vec![owner]).expect("founded");
    school.grant_to(ana, visit, ben, Role::Writer);
    school.types(ana, visit, "before ");
    school.assert_well();
    // As if the next grant named a role that his Rounds does not know.
    school.machines[ben].knows_no = Some(Kind::Visit);
    school.grant_to(ana, visit, chidi, Role::Writer);
    school.run_until_quiet();
    for _ in 0..20 {
        for m in [ana, ben, chidi] {
            school.types(m, visit, "again ");
        }
        school.types(ben, debrief, "here ");
        school.types(ana, other, "there ");
    }
    school.run_until_quiet();
    assert!(school.closings.is_empty(), "{:?}", school.closings);
    assert_ne!(school.reads(ana, visit), school.reads(ben, visit));
    assert_eq!(school.reads(ana, visit), school.reads(chidi, visit));
    for id in [debrief, other] {
        assert_eq!(school.reads(ana, id), school.reads(ben, id));
    }
    let marks = |school: &School, m: usize, of: usize| {
        let replica = school.machines[m].replica.as_ref().expect("running");
        replica.marks(&school.machines[of].device)
    };
    assert_eq!((marks(&school, ana, ben), marks(&school, ben, ana)), (1, 1), "neither says that the other has it all");

    // He takes in the newer Rounds and starts it.
    school.machines[ben].knows_no = None;
    school.crash(ben);
    school.start(ben);
    school.assert_well();
    let text = school.reads(ana, visit);
    assert_eq!((&text, &text), (&school.reads(ben, visit), &school.reads(chidi, visit)));
    assert_eq!((text.matches("before ").count(), text.matches("again ").count()), (1, 60), "{text}");
}

#[test]
fn an_older_rounds_tells_of_all_whose_access_it_ended() {
    let (mut school, [ana, ben, chidi, dara]) = School::of();
    let owners = [ana, ben].map(|m| school.machines[m].person).to_vec();
    let visit = school.found(ben, Kind::Visit, owners).expect("founded");
    for guest in [chidi, dara] {
        school.grant_to(ben, visit, guest, Role::Writer);
    }
    school.assert_well();
    school.machines[ben].knows_no = Some(Kind::Visit);
    for guest in [chidi, dara] {
        school.isolate(guest); // nobody else tells her
    }
    for guest in [chidi, dara] {
        school.revoke(ben, visit, guest);
    }
    school.run_until_quiet();
    for guest in [chidi, dara] {
        let replica = school.machines[ana].replica.as_ref().expect("running");
        let role = replica.access(&visit).expect("held").role(&school.machines[guest].person);
        assert_eq!(role, Role::None, "Ana hears of both, although her answers cannot be read");
    }
    assert!(school.closings.is_empty(), "{:?}", school.closings);
    school.heal();
    school.assert_well();
}

#[test]
fn a_third_person_gets_it_through_a_second_whom_the_author_has_left() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let debrief = school.debrief(ana, &[ben, chidi]);
    school.part(ana, chidi);
    school.types(ana, debrief, "wait time");
    school.run_until_quiet();
    school.isolate(ana);
    assert_eq!(school.reads(chidi, debrief), "wait time");
    school.types(chidi, debrief, ", long");
    school.reconnect(ana);
    school.assert_well();
    assert_eq!(school.reads(ana, debrief), "wait time, long");
}

#[test]
fn what_two_owners_found_alike_while_apart_is_one_document() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let owners = [ana, ben].map(|m| school.machines[m].person).to_vec();
    let founding = Founding::new(Kind::Debrief, owners, [7; 16]);
    school.isolate(ana);
    let id = school.found_as(ana, founding.clone()).expect("founded");
    assert_eq!(school.found_as(ben, founding), Some(id));
    school.types(ana, id, "who asked? ");
    school.types(ben, id, "who answered? ");
    school.invite(ana, id, chidi);
    school.run_until_quiet();
    school.reconnect(ana);
    school.assert_well();
    let text = school.reads(ana, id);
    assert!(text.contains("who asked? ") && text.contains("who answered? "), "{text}");
    assert_eq!((&text, &text), (&school.reads(ben, id), &school.reads(chidi, id)));
}

#[test]
fn nobody_else_hears_of_a_document() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.types(ana, debrief, "between us");
    school.assert_well();
    assert!(school.machines[chidi].disk.durable.access.is_empty());
    assert_eq!(school.machines[chidi].role(&debrief), Role::None);
}

#[test]
fn what_is_called_saved_survives_a_power_cut() {
    let (mut school, [ana, ben]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.isolate(ana);
    school.types(ana, debrief, "saved");
    school.sync(ana);
    school.types(ana, debrief, " not saved");
    school.machines[ana].disk.refuses = true;
    school.crash(ana);
    school.start(ana);
    assert!(school.reads(ana, debrief).starts_with("saved"));
    school.reconnect(ana);
    school.assert_well();
}

#[test]
fn a_letter_that_a_power_cut_takes_back_is_with_nobody_else() {
    let (mut school, [ana, ben]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.types(ana, debrief, "wait");
    school.assert_well();
    school.machines[ana].disk.refuses = true;
    school.types(ana, debrief, " time");
    school.run_until_quiet();
    school.crash(ana);
    school.machines[ana].disk.refuses = false;
    school.start(ana);
    // The page sends again what it was not told is saved.
    school.types(ana, debrief, " time");
    school.assert_well();
    assert_eq!(school.reads(ana, debrief).matches(" time").count(), 1);
    assert_eq!(school.reads(ben, debrief), school.reads(ana, debrief));
}

#[test]
fn a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let (mut school, [ana, ben]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.assert_well();
    school.machines[ben].disk.refuses = true;
    school.types(ana, debrief, "no room");
    school.run_until_quiet();
    let to_ben = school.machines[ben].device;
    let holds =
        |school: &School| school.machines[ana].replica.as_ref().is_some_and(|replica| replica.holds(&to_ben, &debrief));
    assert!(!holds(&school), "nothing may be called held by a computer that cannot save it");
    school.machines[ben].disk.refuses = false;
    school.assert_well();
    assert!(holds(&school));
    assert_eq!(school.reads(ben, debrief), "no room");
}

#[test]
fn a_revoked_persons_later_words_stay_in_their_own_pen_until_access_returns() {
    let (mut school, [ana, ben]) = School::of();
    let debrief = school.debrief(ana, &[]);
    school.invite(ana, debrief, ben);
    school.assert_well();
    school.types(ben, debrief, "in time. ");
    school.assert_well();
    school.part(ana, ben);
    school.revoke(ana, debrief, ben);
    school.types(ben, debrief, "too late");
    school.join(ana, ben);
    school.assert_well();
    assert_eq!(school.reads(ana, debrief), "in time. ");
    assert_eq!(school.reads(ben, debrief), "in time. ");
    let waiting = |school: &School| school.machines[ben].replica.as_ref().map(|replica| replica.waiting(&debrief));
    assert_eq!(waiting(&school), Some((8, 0)), "Ben's own words are kept, letter by letter");
    school.invite(ana, debrief, ben);
    school.assert_well();
    assert_eq!(school.reads(ana, debrief), "in time. too late");
    assert_eq!(waiting(&school), Some((0, 0)));
}

#[test]
fn what_a_member_built_on_a_revoked_persons_words_brings_them_along() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let debrief = school.debrief(ana, &[chidi]);
    school.invite(ana, debrief, ben);
    school.assert_well();
    school.isolate(ana);
    school.revoke(ana, debrief, ben);
    school.types(ben, debrief, "seen by Chidi");
    school.run_until_quiet();
    school.types(chidi, debrief, ", who agrees");
    school.run_until_quiet();
    school.isolate(chidi);
    school.types(ben, debrief, ", and unseen");
    school.join(ana, chidi);
    school.run_until_quiet();
    assert_eq!(school.reads(ana, debrief), "seen by Chidi, who agrees");
    school.reconnect(ben);
    school.reconnect(ana);
    school.assert_well();
    assert_eq!(school.reads(ana, debrief), "seen by Chidi, who agrees");
    assert_eq!(school.reads(chidi, debrief), "seen by Chidi, who agrees");
}

#[test]
fn a_restored_backup_gets_back_all_that_others_hold() {
    let (mut school, [ana, ben]) = School::of();
    let old = school.debrief(ana, &[ben]);
    school.types(ana, old, "before");
    school.assert_well();
    school.back_up(ana);
    school.types(ana, old, " and after");
    let new = school.debrief(ben, &[ana]);
    school.types(ben, new, "new to the backup");
    school.assert_well();
    school.restore(ana);
    school.start(ana);
    school.types(ana, old, "!");
    school.assert_well();
    assert!(school.reads(ana, old).contains(" and after"), "{}", school.reads(ana, old));
    assert_eq!(school.reads(ana, new), "new to the backup");
}

#[test]
fn two_machines_that_go_on_from_one_disk_lose_nothing_that_either_saved() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.invite(ana, debrief, chidi);
    school.types(ana, debrief, "before. ");
    school.assert_well();
    // An image of Ana's disk is put on a second computer while the first goes on, and others write to both.
    let copy = school.copy_running(ana);
    for (m, words) in [(ana, "the first. "), (copy, "the copy. "), (ben, "Ben. "), (chidi, "Chidi. ")] {
        school.types(m, debrief, words);
        school.run_until_quiet();
        school.isolate(ana); // Ben and Chidi meet the copy
        school.run_until_quiet();
        school.reconnect(ana);
        school.isolate(copy);
        school.run_until_quiet();
        school.reconnect(copy);
    }
    let alone = school.debrief(copy, &[chidi]);
    school.types(copy, alone, "founded on the copy");
    school.heal();
    school.assert_well();
    let text = school.reads(ben, debrief);
    for words in ["before. ", "the first. ", "the copy. ", "Ben. ", "Chidi. "] {
        assert_eq!(text.matches(words).count(), 1, "{words}: {text}");
    }
    for m in [ana, copy, chidi] {
        assert_eq!(school.reads(m, debrief), text, "{}", school.machines[m].name);
    }
    assert_eq!(school.reads(ana, alone), "founded on the copy");
}

#[test]
fn two_owners_who_grant_and_revoke_at_once_end_with_the_stricter() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.assert_well();
    school.part(ana, ben);
    school.invite(ana, debrief, chidi);
    school.revoke(ben, debrief, chidi);
    school.join(ana, ben);
    school.assert_well();
    assert_eq!(
        school.machines[ana]
            .replica
            .as_ref()
            .map(|replica| replica.access(&debrief).map(|access| access.role(&school.machines[chidi].person))),
        Some(Some(Role::None))
    );
}

#[test]
fn a_newcomer_gets_a_compacted_document() {
    let (mut school, [ana, ben, chidi]) = School::of();
    let debrief = school.debrief(ana, &[ben]);
    school.types(ana, debrief, "a long afternoon");
    school.assert_well();
    school.compact(ana, debrief);
    school.run_until_quiet();
    assert_eq!(school.machines[ana].disk.durable.log_of(&debrief).count(), 0, "all of it is in the snapshot");
    school.types(ben, debrief, ", well spent");
    school.invite(ana, debrief, chidi);
    school.assert_well();
    assert_eq!(school.reads(chidi, debrief), "a long afternoon, well spent");
}

#[test]
fn a_power_cut_at_every_effect_of_a_morning_loses_nothing() {
    let morning = |crash: Option<(usize, u32)>| {
        let (mut school, [ana, ben, chidi]) = School::of();
        if let Some((machine, after)) = crash {
            school.machines[machine].crash_in = Some(after);
        }
        let Some(debrief) = school.found_for(ana, &[ben]) else { return school };
        school.types(ana, debrief, "one");
        school.run_until_quiet();
        school.grant_to(ana, debrief, chidi, Role::Writer);
        school.types(ben, debrief, "two");
        school.run_until_quiet();
        school.types(chidi, debrief, "three");
        school.compact(ben, debrief);
        school.grant_to(ben, debrief, chidi, Role::None);
        school.run_until_quiet();
        school.heal();
        if school.failure.is_none() {
            school.check_all();
        }
        school
    };
    let effects: Vec<u32> = morning(None).machines.iter().map(|machine| machine.effects_performed).collect();
    assert!(effects.iter().sum::<u32>() > 100, "a morning is made of many effects: {effects:?}");
    for (machine, performed) in effects.into_iter().enumerate() {
        for after in 0..performed {
            let school = morning(Some((machine, after)));
            if let Some(what) = school.failure {
                panic!("machine {machine}, power cut after effect {after}: {what}");
            }
        }
    }
}
