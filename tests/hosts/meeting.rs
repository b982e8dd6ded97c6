//! Decides whether people who only know each other's names and a spoken code can share a visit, and nobody else sees it.

use std::time::{SystemTime, UNIX_EPOCH};

use rounds_tests::lan::{Host, PATIENCE, School, eventually, measured};

/// Ids of the right form that nobody has ever used.
const UNKNOWN_DOCUMENT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Ana, Ben and Chidi, found by themselves: Ana is paired with both.
fn three_people() -> Option<[Host; 3]> {
    let [mut ana, mut ben, mut chidi] = School::with(["Ana", "Ben", "Chidi"])?;
    ana.start();
    ben.start();
    chidi.start();
    measured("pairing by a spoken code, found by itself", || ana.pair_with(&ben));
    ana.pair_with(&chidi);
    ana.meets(&ben);
    ana.meets(&chidi);
    Some([ana, ben, chidi])
}

#[test]
fn a_visit_is_shared_by_two_and_invisible_to_the_third() {
    let Some([ana, ben, chidi]) = three_people() else { return };

    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);
    assert!(ana.documents().contains(&visit));
    assert!(ben.documents().contains(&visit));

    // What Ana sends Chidi afterwards comes in order, so anything about the visit would be there by then.
    let theirs = ana.propose_visit(&chidi);
    chidi.receives(&theirs);
    assert!(!chidi.documents().contains(&visit), "Chidi's list shows nothing of it");

    // Chidi asks for it by its id, by every way there is, and cannot tell it from one that does not exist.
    let mut api = chidi.api().expect("his daemon answers");
    for path in ["", "/texts/focus", "/holders", "/history", "/export?format=json"] {
        let forbidden = api.get(&format!("documents/{visit}{path}")).expect("an answer");
        let unknown = api.get(&format!("documents/{UNKNOWN_DOCUMENT}{path}")).expect("an answer");
        assert_eq!(forbidden.status, 404, "{path}");
        assert_eq!(forbidden, unknown, "{path}");
    }
    let commands: [&[&str]; 6] = [
        &["documents", "show"],
        &["documents", "delete"],
        &["text", "show"],
        &["text", "append"],
        &["holders"],
        &["history"],
    ];
    for command in commands {
        let ask = |document: &str| {
            let words: &[&str] = if command.contains(&"append") { &["Let me in."] } else { &[] };
            chidi.rounds(&[command, &[document], words].concat())
        };
        let (forbidden, unknown) = (ask(&visit), ask(UNKNOWN_DOCUMENT));
        assert_eq!(forbidden.refusal(), (1, "not_found".to_owned()), "{command:?}");
        assert_eq!(forbidden.err.replace(&visit, "ID"), unknown.err.replace(UNKNOWN_DOCUMENT, "ID"), "{command:?}");
    }
    for command in ["share", "unshare"] {
        let role: &[&str] = if command == "share" { &["--as", "writer"] } else { &[] };
        let answer = chidi.rounds(&[&[command, &visit, "--with", "Ana"], role].concat());
        assert_eq!(answer.refusal(), (1, "not_found".to_owned()), "{command}");
    }
    assert_eq!(ana.reads(&visit), "", "nothing that Chidi tried changed it");

    // Nor do Ben and Chidi, who never paired, know of each other.
    assert_eq!(ben.finds(&chidi), "");
    assert_eq!(chidi.finds(&ben), "");
}

#[test]
fn what_two_write_while_the_cable_is_out_comes_together() {
    let Some([ana, ben, _]) = three_people() else { return };
    let begun = tomorrow_ms();
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);
    ana.delivers(&visit, "How do they ask questions? ", &ben, PATIENCE);
    assert_eq!(ben.reads(&visit), "How do they ask questions? ");

    ana.unplug();
    for _ in 0..5 {
        ana.writes(&visit, "Who answers? ");
        ben.writes(&visit, "Who stays silent? ");
    }
    let undelivered = ana.rounds(&["text", "append", &visit, "Until soon. ", "--delivered", "Ben", "--timeout", "2s"]);
    assert_eq!(undelivered.refusal(), (4, "nobody_reachable".to_owned()), "nothing is confirmed that did not arrive");
    assert_eq!(ben.reads(&visit).matches("Who answers?").count(), 0);

    ana.plug();
    measured("delivered after the cable is back", || ana.delivers(&visit, "Here again. ", &ben, PATIENCE));
    ben.delivers(&visit, "Me too. ", &ana, PATIENCE);
    let text = ana.reads(&visit);
    assert_eq!(text, ben.reads(&visit));
    assert_eq!(text.matches("Who answers? ").count(), 5);
    assert_eq!(text.matches("Who stays silent? ").count(), 5);
    for words in ["Until soon. ", "Here again. ", "Me too. "] {
        assert_eq!(text.matches(words).count(), 1, "{words}");
    }

    // Both wrote on the day that the clock on their wall shows.
    let history = ana.rounds(&["history", &visit, "--json"]).json();
    let days = history["points"].as_array().expect("points").iter().map(|point| point["day_ms"].as_i64());
    let days: Vec<i64> = days.map(|day| day.expect("a day")).collect();
    let these = begun..=tomorrow_ms();
    assert!(!days.is_empty() && days.iter().all(|day| these.contains(day)), "{days:?} {these:?}");
}

/// The day that the clock on every wall here shows, by its midnight in UTC: it is a whole day ahead.
fn tomorrow_ms() -> i64 {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock that is past 1970");
    (since_1970.as_millis() as i64 / DAY_MS + 1) * DAY_MS
}

#[test]
fn who_is_invited_later_gets_all_of_it_and_who_is_no_longer_gets_nothing_more() {
    let Some([ana, ben, chidi]) = three_people() else { return };
    let visit = ana.propose_visit(&ben);
    ana.writes(&visit, "Before Chidi came. ");

    ana.rounds(&["share", &visit, "--with", "Chidi", "--as", "reader"]).fine();
    chidi.receives(&visit);
    eventually("Chidi has all of it", PATIENCE, || (chidi.reads(&visit) == ana.reads(&visit)).then_some(()));
    let refused = chidi.rounds(&["text", "append", &visit, "May I? "]);
    assert_eq!(refused.refusal(), (5, "refused".to_owned()), "a reader does not write");

    ana.rounds(&["unshare", &visit, "--with", "Chidi"]).fine();
    ana.writes(&visit, "After Chidi left. ");
    let theirs = ana.propose_visit(&chidi);
    chidi.receives(&theirs);
    let answer = chidi.rounds(&["text", "show", &visit]);
    assert!(!answer.out.contains("After Chidi left"), "nothing that came later reached Chidi");
    ana.delivers(&visit, "Ben is still here. ", &ben, PATIENCE);
}
