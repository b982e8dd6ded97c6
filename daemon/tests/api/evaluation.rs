//! Decides whether anything that goes in or out could hold an evaluation of somebody: a score, a rank, a sum of one person's
//! visits to another, or when somebody was present.

use hyper::Method;
use serde_json::{Value, json};

use crate::goals::make;
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

#[tokio::test]
async fn no_export_carries_an_evaluation() {
    let daemon = Daemon::start().await;
    let visit = daemon.post("/visits", json!({})).await["document"].as_str().unwrap().to_owned();
    let mut documents = vec![visit];
    let kinds = [
        "note_set",
        "goal",
        "strategy_card",
        "success_card",
        "resource",
        "instrument",
        "mirror",
        "try_log",
        "vocabulary",
        "timetable",
    ];
    for kind in kinds {
        documents.push(make(&daemon, json!({ "kind": kind })).await);
    }
    for id in documents {
        for form in ["format=md", "format=md&language=es", "format=html", "format=json"] {
            let path = format!("/api/v1/documents/{id}/export?{form}");
            let written = daemon.ask(Method::GET, &path, daemon.script(), None).await;
            let words = written.text().to_lowercase();
            assert_eq!(evaluates(&words), None, "{form}: {words}");
        }
    }
}
