//! Decides whether anything that goes in or out could hold an evaluation of somebody: a score, a rank, a sum of one person's
//! visits to another, or when somebody was present.

use hyper::Method;
use serde_json::{Value, json};

use crate::goals::{edit, make, pair, says};
use crate::kit::Daemon;

/// What no field, no endpoint and no export is called.
const BANNED: [&str; 21] = [
    "score",
    "rating",
    "rank",
    "level",
    "streak",
    "badge",
    "attend",
    "seen_at",
    "quality",
    "percent",
    "rubric",
    "stars",
    "benchmark",
    "visits_to",
    "visit_count",
    "total",
    "average",
    "last_seen",
    "online_since",
    "leaderboard",
    "complian",
];

/// Every name that JSON may use: properties, parameters, paths, and the words of enumerations.
fn names(description: &Value, into: &mut Vec<String>) {
    match description {
        Value::Object(map) => {
            for key in ["properties", "paths", "schemas"] {
                let named = map.get(key).and_then(Value::as_object);
                into.extend(named.into_iter().flatten().map(|(name, _)| name.to_lowercase()));
            }
            let listed = map.get("enum").and_then(Value::as_array).into_iter().flatten();
            let parameter = map.get("in").and_then(|_| map.get("name"));
            into.extend(listed.chain(parameter).filter_map(Value::as_str).map(str::to_lowercase));
            map.values().for_each(|value| names(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}

fn evaluates(word: &str) -> Option<&'static str> {
    BANNED.into_iter().find(|banned| word.contains(banned))
}

#[test]
fn no_endpoint_and_no_field_of_the_api_can_carry_an_evaluation() {
    let mut found = Vec::new();
    names(&serde_json::to_value(rounds_daemon::web::openapi()).unwrap(), &mut found);
    assert!(found.len() > 1_000, "only {} names", found.len());
    let odd: Vec<&String> = found.iter().filter(|name| evaluates(name).is_some()).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

/// Documents of every kind, with what two people who visit each other write in them.
async fn of_every_kind(ana: &Daemon, ben_id: &str) -> Vec<String> {
    let proposed = json!({ "with": ben_id, "as": "visitor", "when_ms": 2_000_000, "focus": "Who answers?" });
    let visit = ana.post("/visits", proposed).await["document"].as_str().unwrap().to_owned();
    for what in [
        json!({ "verb": "begin", "at_ms": 2_000_000 }),
        json!({ "verb": "join" }),
        json!({ "verb": "end", "at_ms": 3_500_000 }),
    ] {
        edit(ana, &visit, what).await;
    }
    let notes = make(ana, json!({ "kind": "note_set", "visit": visit })).await;
    let instrument = json!({ "id": "wait-time", "version": 1, "title": "Wait time", "shape": "wait" });
    let mark = json!({ "id": "e", "at_ms": 0, "mark": { "kind": "wait", "reply_ms": 4_000 } });
    edit(ana, &notes, json!({ "verb": "freeze_instrument", "instrument": instrument })).await;
    edit(ana, &notes, json!({ "verb": "add_event", "event": mark })).await;
    edit(ana, &notes, json!({ "verb": "end_observing", "observed_ms": 1_500_000 })).await;
    let released = ana.post(&format!("/documents/{notes}/release"), json!({})).await;
    let debrief = make(ana, json!({ "kind": "debrief", "visit": visit })).await;
    edit(ana, &debrief, json!({ "verb": "add_entry", "id": "a", "text": "Four voices answered." })).await;
    edit(ana, &debrief, json!({ "verb": "talked" })).await;
    let partnership = make(ana, json!({ "kind": "partnership", "with": ben_id })).await;
    edit(ana, &partnership, json!({ "verb": "set_cadence", "cadence": "every_month" })).await;
    let goal = make(ana, json!({ "kind": "goal", "title": "More voices" })).await;
    let check_in = json!({ "verb": "add_check_in", "id": "c", "on": "2026-03-02", "text": "Six answered." });
    edit(ana, &goal, check_in).await;
    ana.post(&format!("/documents/{goal}/grants"), json!({ "with": ben_id, "role": "reader" })).await;
    let draft = make(ana, json!({ "kind": "success_card", "title": "Six voices" })).await;
    ana.post(&format!("/documents/{draft}/texts/text"), json!({ "append": "Ben waited, and six spoke." })).await;
    edit(ana, &draft, json!({ "verb": "name_person", "person": ben_id, "named": true })).await;
    let card = ana.post(&format!("/documents/{draft}/ask"), json!({})).await;
    let door = ana.post("/doors", json!({ "when_ms": 2_000_000, "see": "How pairs begin" })).await;
    let made = [&released, &card, &door].map(|answer| answer["document"].as_str().unwrap().to_owned());
    let mut documents = vec![visit, notes, debrief, partnership, goal.clone(), draft];
    documents.extend(made);
    for kind in
        ["strategy_card", "resource", "instrument", "mirror", "try_log", "vocabulary", "timetable", "free_periods"]
    {
        documents.push(make(ana, json!({ "kind": kind })).await);
    }
    // What comes into being by itself is written out as well.
    let feedback = says(ana, &goal, |goal| goal["feedback"].is_string()).await["feedback"].clone();
    documents.push(feedback.as_str().unwrap().to_owned());
    documents
}

#[tokio::test]
async fn no_export_carries_an_evaluation() {
    let (ana, _ben, ben_id) = pair().await;
    for id in of_every_kind(&ana, &ben_id).await {
        for form in ["format=md", "format=md&language=es", "format=html", "format=json"] {
            let path = format!("/api/v1/documents/{id}/export?{form}");
            let written = ana.ask(Method::GET, &path, ana.script(), None).await;
            assert!(written.status.is_success(), "{path}");
            let words = written.text().to_lowercase();
            assert_eq!(evaluates(&words), None, "{form}: {words}");
        }
    }
}
