//! Decides whether networks that hide computers from each other, or lose packets, still carry words.

use rounds_tests::lan::{PATIENCE, School, measured};

/// Percent of packets that a bad Wi-Fi loses, each way.
const LOSS_PERCENT: u32 = 10;

#[test]
fn where_computers_are_hidden_an_address_is_enough() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.block_multicast();
    ben.block_multicast();
    ana.start();
    ben.start();

    // The code alone does not find Ana, and says what would.
    let offer = ana.offer();
    let lost = ben.rounds(&["pair", "accept", &offer.code]);
    assert_eq!(lost.refusal(), (4, "nobody_reachable".to_owned()));
    assert!(lost.error()["hint"].as_str().is_some_and(|hint| hint.contains("--at")), "{}", lost.err);

    // With the address it does; the offer shows one that works.
    assert!(offer.addresses.contains(&ana.address()), "{:?}", offer.addresses);
    ben.rounds(&["pair", "accept", &offer.code, "--at", &ana.address()]).fine();
    assert_eq!(offer.paired(), "Ben");
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);

    // The address is remembered over a restart, whoever restarts.
    ben.stop();
    ben.start();
    measured("delivered after Ben's restart", || ana.delivers(&visit, "Ben restarted. ", &ben, PATIENCE));
    ana.stop();
    ana.start();
    measured("delivered after Ana's restart", || ana.delivers(&visit, "Ana restarted. ", &ben, PATIENCE));
    ana.kill();
    ben.kill();
    ana.start();
    ben.start();
    measured("delivered after both were killed", || ben.delivers(&visit, "Both. ", &ana, PATIENCE));
    assert_eq!(ana.reads(&visit), "Ben restarted. Ana restarted. Both. ");
}

#[test]
fn without_discovery_an_address_is_enough_too() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.with_options(&["--discovery", "off"]);
    ben.with_options(&["--discovery", "off"]);
    ana.start();
    ben.start();
    assert_eq!(ana.status()["network"]["discovery"], false);
    ana.pair_by_address_with(&ben);
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);
    ana.stop();
    ana.start();
    ben.delivers(&visit, "Still here. ", &ana, PATIENCE);
}

#[test]
fn a_network_that_loses_packets_delivers_all_the_same() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.start();
    ben.start();
    ana.lose_packets(LOSS_PERCENT);
    ana.pair_with(&ben);
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);
    for number in 0..20 {
        ana.writes(&visit, &format!("a{number} "));
        ben.writes(&visit, &format!("b{number} "));
    }
    measured("delivered through a lossy network", || ana.delivers(&visit, "Ana ends. ", &ben, PATIENCE));
    ben.delivers(&visit, "Ben ends. ", &ana, PATIENCE);
    ana.lose_nothing();
    let text = ana.reads(&visit);
    assert_eq!(text, ben.reads(&visit));
    assert_eq!(text.split_whitespace().count(), 44);
}
