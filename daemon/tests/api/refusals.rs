//! Decides whether everything that can be wrong with a request gets the one typed refusal.

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;

use crate::kit::Daemon;

#[tokio::test]
async fn what_cannot_be_read_is_refused_by_type() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let nobodys = "a".repeat(32);
    let cases = [
        (Method::GET, "/api/v1/nothing".to_owned(), 404, "not_found"),
        (Method::GET, "/api/v2/status".to_owned(), 404, "not_found"),
        (Method::GET, "/api/".to_owned(), 404, "not_found"),
        (Method::GET, "/api/v1/status/".to_owned(), 404, "not_found"),
        (Method::DELETE, "/api/v1/status".to_owned(), 405, "bad_request"),
        (Method::OPTIONS, "/api/v1/documents".to_owned(), 405, "bad_request"),
        (Method::TRACE, "/api/v1/documents".to_owned(), 405, "bad_request"),
        (Method::POST, "/".to_owned(), 405, "bad_request"),
        (Method::GET, format!("/api/v1/documents/{nobodys}"), 404, "not_found"),
        (Method::GET, "/api/v1/documents/short".to_owned(), 404, "not_found"),
        (Method::GET, "/api/v1/documents/%ff%fe".to_owned(), 404, "not_found"),
        (Method::GET, format!("/api/v1/documents/{id}%00"), 404, "not_found"),
        (Method::DELETE, "/api/v1/people/nobody".to_owned(), 404, "not_found"),
        (Method::GET, "/api/v1/pairing/offers/-1".to_owned(), 404, "not_found"),
        (Method::GET, "/api/v1/pairing/offers/99".to_owned(), 404, "not_found"),
        (Method::GET, "/api/v1/documents?kind=opinion".to_owned(), 400, "bad_request"),
        (Method::GET, "/api/v1/documents?limit=0".to_owned(), 400, "bad_request"),
        (Method::GET, "/api/v1/documents?limit=501".to_owned(), 400, "bad_request"),
        (Method::GET, "/api/v1/documents?limit=2&limit=3".to_owned(), 400, "bad_request"),
        (Method::GET, "/api/v1/documents?cursor=x".to_owned(), 400, "bad_request"),
        (Method::GET, "/api/v1/documents?sort=name".to_owned(), 400, "bad_request"),
        (Method::GET, "/api/v1/pairing/offers/1?wait_seconds=31".to_owned(), 400, "bad_request"),
        (Method::GET, format!("/api/v1/documents/{id}/export"), 400, "bad_request"),
        (Method::GET, format!("/api/v1/documents/{id}/export?format=pdf"), 400, "bad_request"),
        (Method::GET, format!("/api/v1/documents/{id}/history?at=yesterday"), 400, "bad_request"),
        (Method::GET, "/api/v1/live".to_owned(), 426, "bad_request"),
    ];
    for (method, path, status, code) in cases {
        let reply = daemon.ask(method.clone(), &path, daemon.script(), None).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code), "{method} {path}");
    }
    let unknown = daemon.ask(Method::GET, &format!("/api/v1/documents/{nobodys}"), daemon.script(), None).await;
    let malformed = daemon.ask(Method::GET, "/api/v1/documents/short", daemon.script(), None).await;
    assert_eq!(unknown.body, malformed.body, "an id that cannot be and one that is not look the same");
}

#[tokio::test]
async fn bodies_are_json_whole_and_bounded() {
    let daemon = Daemon::start().await;
    let id = daemon.note_set().await;
    let (texts, edits) = (format!("/api/v1/documents/{id}/texts/notes"), format!("/api/v1/documents/{id}/edits"));
    let json = "application/json";
    let large = json!({ "append": "a".repeat(1024 * 1024) }).to_string();
    let deep = format!("{{\"append\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, &str, String, u16, &str)> = vec![
        (&texts, json, String::new(), 400, "bad_request"),
        (&texts, json, "{".to_owned(), 400, "bad_request"),
        (&texts, json, "[]".to_owned(), 400, "bad_request"),
        (&texts, json, "{}".to_owned(), 400, "bad_request"),
        (&texts, json, deep, 400, "bad_request"),
        (&texts, json, r#"{"append":"a","set":"b"}"#.to_owned(), 400, "bad_request"),
        (&texts, json, r#"{"append":"a","score":5}"#.to_owned(), 400, "bad_request"),
        (&texts, json, r#"{"append":"\ud800"}"#.to_owned(), 400, "bad_request"),
        (&texts, json, r#"{"splice":{"at":-1}}"#.to_owned(), 400, "bad_request"),
        (&texts, json, large, 413, "too_large"),
        (&texts, "text/plain", r#"{"append":"a"}"#.to_owned(), 415, "bad_request"),
        (&texts, "application/x-www-form-urlencoded", "append=a".to_owned(), 415, "bad_request"),
        (&edits, json, r#"{"edit":{"verb":"score","stars":5}}"#.to_owned(), 400, "bad_request"),
        (&edits, json, r#"{"edit":{"verb":"talked","score":5}}"#.to_owned(), 400, "bad_request"),
        ("/api/v1/documents", json, r#"{"kind":"opinion"}"#.to_owned(), 400, "bad_request"),
        ("/api/v1/pairing/offers", json, r#"{"timeout_seconds":901}"#.to_owned(), 400, "bad_request"),
        ("/api/v1/pairing/accept", json, r#"{"code":"1","at":"somewhere"}"#.to_owned(), 400, "bad_request"),
    ];
    for (path, kind, body, status, code) in cases {
        let headers = [daemon.script(), vec![("content-type", kind.to_owned())]].concat();
        let shown: String = body.chars().take(40).collect();
        let reply = daemon.send(Method::POST, path, headers, Bytes::from(body)).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code), "{path}: {shown}");
    }
    assert_eq!(daemon.get(&format!("/documents/{id}/texts/notes")).await["text"], "", "nothing was written");
}

#[tokio::test]
async fn a_method_that_is_not_taken_says_which_are() {
    let daemon = Daemon::start().await;
    let reply = daemon.ask(Method::PUT, "/api/v1/documents", daemon.script(), None).await;
    assert_eq!(reply.status.as_u16(), 405);
    let allowed = reply.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}
