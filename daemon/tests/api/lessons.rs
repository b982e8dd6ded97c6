//! Decides whether what was counted in lessons is told to whoever taught them, side by side, and to nobody else.

use hyper::Method;
use serde_json::{Value, json};

use crate::goals::{edit, make, pair, says};
use crate::kit::Daemon;

/// Takes notes of pauses: each question at its own half minute, with the reply so long after it.
async fn count_pauses(daemon: &Daemon, notes: &str, pauses: &[i64]) {
    let instrument = json!({"id": "wait-time", "version": 1, "title": "Wait time", "shape": "wait"});
    edit(daemon, notes, json!({"verb": "freeze_instrument", "instrument": instrument})).await;
    for (at, pause) in (0..).step_by(30_000).zip(pauses) {
        let event = json!({"id": format!("e{at}"), "at_ms": at, "mark": {"kind": "wait", "reply_ms": at + pause}});
        edit(daemon, notes, json!({"verb": "add_event", "event": event})).await;
    }
}

/// What is told of one instrument: when each lesson was, and the middle pause of each.
fn pauses(told: &Value) -> (Vec<Option<i64>>, Value) {
    let measures = told["measures"].as_array().unwrap();
    assert_eq!(measures.len(), 1, "{told}");
    assert_eq!(told["unread"], 0, "all of them are read in one go");
    let when = measures[0]["lessons"].as_array().unwrap().iter().map(|lesson| lesson["when_ms"].as_i64());
    (when.collect(), measures[0]["charts"][0]["lines"][0]["values"].clone())
}

#[tokio::test]
async fn what_was_counted_is_told_to_whoever_taught_the_lesson() {
    let (ana, ben, ben_id) = pair().await;
    let proposed = json!({"with": ben_id, "as": "host", "when_ms": 2_000_000, "focus": "Who waits?"});
    let visit = ana.post("/visits", proposed).await["document"].as_str().unwrap().to_owned();
    says(&ben, &visit, |visit| visit["model"]["host"].is_string()).await;
    let notes = make(&ben, json!({"kind": "note_set", "visit": visit})).await;
    count_pauses(&ben, &notes, &[1_000, 3_000]).await;
    assert_eq!(ana.get("/own-lessons").await["measures"], json!([]), "held notes are nobody else's");
    let released = ben.post(&format!("/documents/{notes}/release"), json!({})).await;
    let released = released["document"].as_str().unwrap();
    says(&ana, released, |notes| notes["model"]["published"] == json!(true)).await;
    assert_eq!(pauses(&ana.get("/own-lessons").await), (vec![Some(2_000_000)], json!([2_000])));

    // Corrected and released once more, it is one lesson still.
    let event = json!({"id": "late", "at_ms": 90_000, "mark": {"kind": "wait", "reply_ms": 95_000}});
    edit(&ben, &notes, json!({"verb": "add_event", "event": event})).await;
    let again = ben.post(&format!("/documents/{notes}/release"), json!({})).await;
    let again =
        says(&ana, again["document"].as_str().unwrap(), |notes| notes["model"]["published"] == json!(true)).await;
    assert_eq!(again["model"]["replaces"], json!([released]));
    assert_eq!(pauses(&ana.get("/own-lessons").await), (vec![Some(2_000_000)], json!([3_000])));

    // A lesson of her own, looked at alone, came before it.
    let own = make(&ana, json!({"kind": "note_set"})).await;
    count_pauses(&ana, &own, &[5_000]).await;
    assert_eq!(pauses(&ana.get("/own-lessons").await).0.len(), 1, "until she says so, it is about anything");
    edit(&ana, &own, json!({"verb": "set_own_lesson", "when_ms": 1_000_000})).await;
    let both = (vec![Some(1_000_000), Some(2_000_000)], json!([5_000, 3_000]));
    assert_eq!(pauses(&ana.get("/own-lessons").await), both);
    // A clean copy of it is about the same lesson; what lies in the bin is told no more.
    let copy = ana.post(&format!("/documents/{own}/clean-copy"), json!({})).await;
    ana.good(Method::PUT, &format!("/documents/{own}/bin"), None).await;
    assert_eq!(pauses(&ana.get("/own-lessons").await), both);
    ana.good(Method::DELETE, &format!("/documents/{}", copy["document"].as_str().unwrap()), None).await;
    assert_eq!(pauses(&ana.get("/own-lessons").await).1, json!([3_000]));

    // Ben wrote those notes, and sets none of it side by side: it was not his lesson.
    assert_eq!(ben.get("/own-lessons").await["measures"], json!([]));
    assert!(!ana.get("/own-lessons").await.to_string().contains(&ben_id), "who took the notes is not part of it");
}
