//! Decides, cell by cell, who gets past the guard to what.

use std::time::Duration;

use axum::http::Request;

use super::*;

const HOME: &str = "127.0.0.1:4477";
const TOKEN: &str = "the scripts' token";

fn guard() -> Guard {
    Guard::new(HOME.parse().expect("address"), &[7; 16], TOKEN)
}

/// A moment for sessions.
fn today() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

/// A caller, the headers it sends, and what it gets at each of [`ENDPOINTS`].
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], [u16; 5]);

/// What each kind of address is like to the guard.
const ENDPOINTS: [(&str, Method, &str); 5] = [
    ("read", Method::GET, "/api/v1/documents"),
    ("write", Method::POST, "/api/v1/visits"),
    ("removal", Method::DELETE, "/api/v1/documents/a"),
    ("socket", Method::GET, LIVE),
    ("page", Method::GET, "/"),
];

/// A page that was opened properly: its cookie and its token.
fn opened(guard: &Guard) -> (String, String) {
    let now = Instant::now();
    let link = guard.launch_link(now).expect("link");
    let secret = link.strip_prefix("http://127.0.0.1:4477/launch/").expect("our own address");
    let cookie = guard.launch(secret, Caller::Stranger, now, today()).expect("first use");
    let cookie = cookie.split_once(';').expect("attributes").0.to_owned();
    let head = head(Method::GET, "/", &[("host", HOME), ("cookie", &cookie)]);
    let Ok(Caller::Page(session)) = guard.admit(&head, today()) else { panic!("the cookie opens the page") };
    (cookie, guard.page(session, today()).0)
}

fn head(method: Method, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("request").into_parts().0
}

/// `200` stands for "let through".
fn outcome(guard: &Guard, head: &Parts) -> u16 {
    match guard.admit(head, today()) {
        Ok(Caller::Stranger) => 401,
        Ok(Caller::Script | Caller::Page(_)) => 200,
        Err(refusal) => refusal.status.as_u16(),
    }
}

#[test]
fn every_kind_of_address_against_every_kind_of_caller() {
    let guard = guard();
    let (cookie, token) = opened(&guard);
    let (_, other_token) = opened(&guard);
    let bearer = format!("Bearer {TOKEN}");
    let origin = format!("http://{HOME}");
    let script = ("authorization", bearer.as_str());
    let cookie = ("cookie", cookie.as_str());
    let token = ("x-rounds-token", token.as_str());
    let host = ("host", HOME);
    let origin = ("origin", origin.as_str());

    // Columns as in `ENDPOINTS`: read, write, removal, socket, page.
    let callers: &[Row<'_>] = &[
        ("nobody", &[host], [401, 401, 401, 401, 401]),
        ("nobody, from our origin", &[host, origin], [401, 401, 401, 401, 401]),
        ("a script", &[host, script], [200, 200, 200, 200, 200]),
        ("a script by another name of ours", &[("host", "localhost:4477"), script], [200, 200, 200, 200, 200]),
        ("a script from our origin", &[host, origin, script], [200, 200, 200, 200, 200]),
        ("a page", &[host, origin, cookie, token], [200, 200, 200, 200, 200]),
        ("a page that names no origin", &[host, cookie, token], [200, 403, 403, 403, 200]),
        ("a cookie without the page's token", &[host, origin, cookie], [401, 401, 401, 401, 200]),
        (
            "a cookie with another page's token",
            &[host, origin, cookie, ("x-rounds-token", &other_token)],
            [401, 401, 401, 401, 200],
        ),
        ("a token without the cookie", &[host, origin, token], [401, 401, 401, 401, 401]),
        ("a wrong script token", &[host, ("authorization", "Bearer guess")], [401; 5]),
        (
            "a wrong script token beside a good page",
            &[host, origin, cookie, token, ("authorization", "Bearer guess")],
            [401; 5],
        ),
        ("another way to authorise", &[host, ("authorization", "Basic dGhl")], [401; 5]),
        ("no host", &[script], [403; 5]),
        ("a name pointed at us", &[("host", "rounds.example:4477"), script], [403; 5]),
        ("our name at another port", &[("host", "127.0.0.1:4478"), script], [403; 5]),
        ("our name without its port", &[("host", "127.0.0.1"), script], [403; 5]),
        ("two hosts", &[host, ("host", "rounds.example"), script], [400; 5]),
        ("a script from another site", &[host, script, ("origin", "https://rounds.example")], [403; 5]),
        ("a page of another site", &[host, cookie, token, ("origin", "https://rounds.example")], [403; 5]),
        ("a page at another port here", &[host, cookie, token, ("origin", "http://127.0.0.1:8000")], [403; 5]),
        ("a page by another name of ours", &[host, cookie, token, ("origin", "http://localhost:4477")], [403; 5]),
        ("a page over TLS", &[host, cookie, token, ("origin", "https://127.0.0.1:4477")], [403; 5]),
        ("a sandboxed page", &[host, cookie, token, ("origin", "null")], [403; 5]),
        ("two origins", &[host, cookie, token, origin, origin], [400; 5]),
        (
            "another site, says the browser",
            &[host, origin, cookie, token, ("sec-fetch-site", "cross-site")],
            [403, 403, 403, 403, 200],
        ),
        (
            "another port, says the browser",
            &[host, origin, cookie, token, ("sec-fetch-site", "same-site")],
            [403, 403, 403, 403, 200],
        ),
        ("ours, says the browser", &[host, origin, cookie, token, ("sec-fetch-site", "same-origin")], [200; 5]),
    ];
    for (caller, headers, expected) in callers {
        for ((kind, method, path), expected) in ENDPOINTS.into_iter().zip(expected) {
            assert_eq!(outcome(&guard, &head(method, path, headers)), *expected, "{caller} at a {kind}");
        }
    }
}

#[test]
fn an_address_in_the_request_line_must_be_the_host() {
    let guard = guard();
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("host", HOME), ("authorization", bearer.as_str())];
    assert_eq!(outcome(&guard, &head(Method::GET, "http://127.0.0.1:4477/api/v1/status", &headers)), 200);
    assert_eq!(outcome(&guard, &head(Method::GET, "http://rounds.example/api/v1/status", &headers)), 403);
}

#[test]
fn only_the_socket_takes_its_token_from_the_query() {
    let guard = guard();
    let (cookie, token) = opened(&guard);
    let headers = [("host", HOME), ("origin", "http://127.0.0.1:4477"), ("cookie", cookie.as_str())];
    assert_eq!(outcome(&guard, &head(Method::GET, &format!("{LIVE}?token={token}"), &headers)), 200);
    assert_eq!(outcome(&guard, &head(Method::GET, &format!("{LIVE}?a=b&token={token}"), &headers)), 200);
    assert_eq!(outcome(&guard, &head(Method::GET, &format!("{LIVE}?token=guess"), &headers)), 401);
    assert_eq!(outcome(&guard, &head(Method::GET, &format!("/api/v1/status?token={token}"), &headers)), 401);
}

#[test]
fn a_link_used_twice_is_gone() {
    let guard = guard();
    let now = Instant::now();
    let link = guard.launch_link(now).expect("link");
    let secret = link.rsplit('/').next().expect("secret");
    let cookie = guard.launch(secret, Caller::Stranger, now, today()).expect("first use");
    assert!(cookie.starts_with("rounds-07070707070707070707070707070707="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    for _ in 0..2 {
        let refusal = guard.launch(secret, Caller::Stranger, now, today()).expect_err("used");
        assert_eq!((refusal.status.as_u16(), refusal.trouble.code), (410, TroubleCode::LinkUsed));
    }
}

#[test]
fn a_second_launch_keeps_the_browsers_other_pages() {
    let guard = guard();
    let (cookie, token) = opened(&guard);
    let Ok(caller) = guard.admit(&head(Method::GET, "/launch/x", &[("host", HOME), ("cookie", &cookie)]), today())
    else {
        panic!("a launch is for everybody");
    };
    let now = Instant::now();
    let link = guard.launch_link(now).expect("link");
    let fresh = guard.launch(link.rsplit('/').next().expect("secret"), caller, now, today()).expect("first use");
    let fresh = fresh.split_once(';').expect("attributes").0;
    let headers = [("host", HOME), ("cookie", fresh), ("x-rounds-token", token.as_str())];
    assert_eq!(outcome(&guard, &head(Method::GET, "/api/v1/status", &headers)), 200);
}

#[test]
fn another_installs_cookie_or_a_planted_one_does_not_get_in_the_way() {
    let guard = guard();
    let (cookie, token) = opened(&guard);
    let name = cookie.split_once('=').expect("name").0;
    let crowded = format!("rounds-00=aa; {name}=planted; {cookie}; theme=dark");
    let headers = [("host", HOME), ("cookie", crowded.as_str()), ("x-rounds-token", token.as_str())];
    assert_eq!(outcome(&guard, &head(Method::GET, "/api/v1/status", &headers)), 200);
    let elsewhere = Guard::new(HOME.parse().expect("address"), &[8; 16], TOKEN);
    assert_eq!(outcome(&elsewhere, &head(Method::GET, "/api/v1/status", &headers)), 401);
}

#[test]
fn a_server_on_six_answers_to_its_own_names() {
    let guard = Guard::new("[::1]:80".parse().expect("address"), &[7; 16], TOKEN);
    let bearer = format!("Bearer {TOKEN}");
    for (host, expected) in
        [("[::1]:80", 200), ("[::1]", 200), ("localhost", 200), ("localhost:80", 200), ("127.0.0.1:80", 403)]
    {
        let headers = [("host", host), ("authorization", bearer.as_str())];
        assert_eq!(outcome(&guard, &head(Method::GET, "/api/v1/status", &headers)), expected, "{host}");
    }
}
