//! Decides whether anything that was acknowledged can be lost, or be there twice, when the daemon is killed at any moment.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use rounds_tests::lan::{Api, Host, PATIENCE, School, eventually};
use serde_json::json;

/// As many as the project promises.
const KILLS: usize = 200;

/// So many kills come with Ben in reach, after a kill of his own daemon; then as many with his cable out, when nobody can
/// give back to Ana what she lost.
const KILLS_IN_A_ROW: usize = 10;

/// Acknowledged tokens after which a kill may come; each kill waits for another number of them.
const TOKENS_BEFORE_KILL: usize = 7;

/// What became of one round of writing that ended with a kill.
struct Written {
    acknowledged: Vec<String>,
    /// Sent, and the answer never came: it may have been saved or not.
    unanswered: Option<String>,
}

/// Appends tokens, as fast as they are acknowledged, until the daemon is gone. Each edit has its token as its name.
fn write_until_killed(mut api: Api, document: &str, mut number: usize, told: impl Fn(usize)) -> Written {
    let mut acknowledged = Vec::new();
    loop {
        let token = format!("t{number:06}");
        match append(&mut api, document, &token) {
            Ok(()) => acknowledged.push(token),
            Err(_) => return Written { acknowledged, unanswered: Some(token) },
        }
        number += 1;
        told(acknowledged.len());
    }
}

/// Appends one token; `Ok` only when the daemon says that it is saved.
fn append(api: &mut Api, document: &str, token: &str) -> std::io::Result<()> {
    let body = json!({ "id": token, "append": format!("{token} ") });
    let reply = api.post(&format!("documents/{document}/texts/focus"), &body)?;
    assert_eq!(reply.fine()["saved"], true, "an answer means that it is saved");
    Ok(())
}

fn count(text: &str, token: &str) -> usize {
    text.split(' ').filter(|word| *word == token).count()
}

#[test]
fn two_hundred_kills_lose_nothing_that_was_acknowledged() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.start();
    ben.start();
    ana.pair_with(&ben);
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);

    let began = Instant::now();
    let mut acknowledged: Vec<String> = Vec::new();
    let mut unanswered: Option<String> = None;
    let mut said_again = 0;
    let mut was_alone = false;
    for kill in 0..KILLS {
        let mut api = ana.api().expect("it answers");
        let alone = kill / KILLS_IN_A_ROW % 2 == 1;
        if let Some(token) = unanswered.take() {
            // The script did not hear back, so it says the same again, under the same name.
            append(&mut api, &visit, &token).expect("it answers");
            said_again += 1;
            acknowledged.push(token);
        }
        if alone && !was_alone {
            ben.unplug();
        } else if !alone && kill % KILLS_IN_A_ROW == 0 {
            ben.plug();
            ben.kill();
            ben.start();
            acknowledged.push(deliver(&mut api, &visit, &ben, acknowledged.len() + 1));
        }
        was_alone = alone;
        let (sender, told) = channel();
        let first = acknowledged.len() + 1;
        let document = visit.clone();
        let writer = thread::spawn(move || {
            write_until_killed(api, &document, first, |count| {
                let _ = sender.send(count); // nobody counts any more once the kill is decided
            })
        });
        let enough = 1 + kill % TOKENS_BEFORE_KILL;
        while told.recv_timeout(PATIENCE).expect("the writer gets answers") < enough {}
        // So that kills fall on every stage of a commit, not only on its end.
        let jitter = Duration::from_micros((kill as u64 * 137) % 2_000);
        let until = Instant::now() + jitter;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        ana.kill();
        let written = writer.join().expect("the writer only ends with the daemon");
        ana.start();
        let text =
            ana.api().and_then(|mut api| api.get(&format!("documents/{visit}/texts/focus"))).expect("it answers");
        let text = text.fine();
        for token in &written.acknowledged {
            assert_eq!(
                count(text["text"].as_str().expect("a text"), token),
                1,
                "{token} was acknowledged before kill {kill}"
            );
        }
        acknowledged.extend(written.acknowledged);
        unanswered = written.unanswered;
    }
    ben.plug();
    let tokens = acknowledged.len();
    println!("{KILLS} kills, {tokens} acknowledged edits: {:.1} s", began.elapsed().as_secs_f64());
    assert!(tokens >= KILLS, "there was something to lose at each kill");

    // The last of what Ben has and Ana lost comes back too, and then both have the same.
    ana.delivers(&visit, "end ", &ben, PATIENCE);
    ben.delivers(&visit, "end ", &ana, PATIENCE);
    let text = eventually("both have the same text", PATIENCE, || {
        let text = ana.reads(&visit);
        (ben.reads(&visit) == text).then_some(text)
    });
    // What was said again, because the answer to the first time never came, is one edit by its name; and what Ben sends back
    // was on Ana's disk before it left her. So each stands there once, whoever had it when the power went.
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for word in text.split_whitespace() {
        *found.entry(word).or_default() += 1;
    }
    for token in &acknowledged {
        let times = found.remove(token.as_str()).unwrap_or_default();
        assert_eq!(times, 1, "{token} was acknowledged and is there {times} times");
    }
    println!("{said_again} edits were said again because nobody answered; each is there once");
    assert!(said_again > 0, "a kill comes between an edit and its answer");
    for (word, times) in found {
        let is_known = word == "end" || unanswered.as_deref() == Some(word);
        assert!(is_known && (times == 1 || word == "end"), "{word} is there {times} times");
    }
    assert_eq!(ana.status()["documents"]["quarantined"], 0);
    assert_eq!(ben.status()["documents"]["quarantined"], 0);
}

/// Writes one token and waits for the receipt of Ben's disk.
fn deliver(api: &mut Api, visit: &str, ben: &Host, number: usize) -> String {
    let token = format!("t{number:06}");
    let seconds = PATIENCE.as_secs();
    let path = format!("documents/{visit}/texts/focus?delivered_to={}&timeout_seconds={seconds}", ben.person());
    let answer = api.post(&path, &json!({ "id": token, "append": format!("{token} ") })).expect("it answers").fine();
    assert_eq!(answer["delivered_to"], json!([ben.person()]), "Ben's receipt");
    token
}

#[test]
fn what_a_partner_confirmed_is_on_their_disk_when_both_are_killed() {
    const ROUNDS: usize = 10;
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.start();
    ben.start();
    ana.pair_with(&ben);
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);

    for round in 0..ROUNDS {
        let words = format!("Round {round}. ");
        ana.delivers(&visit, &words, &ben, PATIENCE);
        ben.kill();
        ana.kill();
        // Ben starts alone: whatever he has, he has from his own disk.
        ben.start();
        assert!(ben.reads(&visit).ends_with(&words), "what Ben confirmed is there");
        ana.start();
    }
    assert_eq!(ana.reads(&visit), ben.reads(&visit));
}
