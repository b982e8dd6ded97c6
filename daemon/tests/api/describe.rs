//! Decides whether a page learns which words of a note judge, and that nothing of them stays behind.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;

#[tokio::test]
async fn a_page_learns_which_words_judge_and_what_to_ask() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let ask = async |body: Value| {
        let reply = daemon.ask(Method::POST, "/api/v1/describe", daemon.page(&browser), Some(body)).await;
        (reply.status.as_u16(), reply.json())
    };
    let asked = json!({"text": "Seat 4: 👍\nA zzyzx lovely start at 9:05", "language": "en", "purpose": "evidence"});
    let (status, answer) = ask(asked).await;
    assert_eq!((status, &answer["schema"]), (200, &json!(1)));
    let mark = &answer["marks"][0];
    assert_eq!((&mark["from"], &mark["to"], &mark["rule"]), (&json!(19), &json!(25), &json!("value")));
    assert!(mark["question"].as_str().is_some_and(|question| question.ends_with('?')), "{mark}");
    let spanish = json!({"text": "Un inicio precioso a las 9:05", "language": "es", "purpose": "evidence"});
    assert_eq!(ask(spanish.clone()).await.1["marks"][0]["rule"], "value");
    for quiet in [json!({"purpose": "reflection"}), json!({"language": "en"}), json!({"text": ""})] {
        let mut body = spanish.clone();
        body.as_object_mut().unwrap().extend(quiet.as_object().unwrap().clone());
        assert_eq!(ask(body).await, (200, json!({"schema": 1, "marks": []})), "{quiet}");
    }

    for wrong in [
        json!({"text": "a", "language": "en"}),
        json!({"text": "a", "language": "tlh", "purpose": "evidence"}),
        json!({"text": "a", "language": "en", "purpose": "grading"}),
        json!({"text": "a", "language": "en", "purpose": "evidence", "person": "ben"}),
    ] {
        assert_eq!(ask(wrong.clone()).await.0, 400, "{wrong}");
    }
    let large = json!({"text": "a".repeat(256 * 1024 + 1), "language": "en", "purpose": "evidence"});
    assert_eq!(ask(large).await.0, 413);

    // Neither the log nor any list knows of it.
    let log = daemon.get("/log").await.to_string();
    assert!(!log.contains("zzyzx"), "{log}");
    assert_eq!(daemon.get("/documents").await["documents"], json!([]));
}
