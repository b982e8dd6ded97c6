//! Decides whether the page reaches who may have it, under its policy, and nobody else.

use hyper::Method;

use crate::kit::Daemon;

#[tokio::test]
async fn a_link_opens_the_page_and_the_page_may_ask() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let status = daemon.ask(Method::GET, "/api/v1/status", daemon.page(&browser), None).await;
    assert_eq!(status.status.as_u16(), 200);

    let headers = || vec![("host", daemon.home()), ("cookie", browser.cookie.clone())];
    for place in ["/", "/people", "/index.html"] {
        let page = daemon.ask(Method::GET, place, headers(), None).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"), "{place}");
        assert_eq!(page.page_token().as_deref(), Some(browser.token.as_str()));
        let policy = page.header("content-security-policy");
        let nonce = page.text().split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(policy.contains(&format!("script-src 'nonce-{nonce}';")), "{policy}");
        assert!(policy.contains(&format!("connect-src 'self' ws://{}", daemon.home())), "{policy}");
    }
    let script = daemon.ask(Method::GET, "/assets/index-1.js", headers(), None).await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert!(script.header("cache-control").contains("immutable"));
    let missing = daemon.ask(Method::GET, "/assets/gone.js", headers(), None).await;
    assert_eq!(missing.code(), "not_found");
    let head = daemon.ask(Method::HEAD, "/", headers(), None).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn every_answer_is_closed_to_other_sites() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    for path in ["/", "/assets/index-1.js", "/api/v1/status", "/api/v1/nothing", "/launch/guess"] {
        let reply = daemon.ask(Method::GET, path, daemon.page(&browser), None).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
        ] {
            assert_eq!(reply.header(name), value, "{path}");
        }
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!reply.headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn a_person_without_a_session_is_told_what_to_do_and_a_program_by_type() {
    let daemon = Daemon::start().await;
    let person = || [daemon.stranger(), vec![("accept", "text/html,*/*".to_owned())]].concat();
    for path in ["/", "/people", "/assets/index-1.js", "/anything.txt"] {
        let page = daemon.ask(Method::GET, path, person(), None).await;
        assert_eq!(page.status.as_u16(), 401, "{path}");
        assert!(page.text().contains("rounds open"), "{path}");
        assert_eq!(page.page_token(), None);
        let typed = daemon.ask(Method::GET, path, daemon.stranger(), None).await;
        assert_eq!(typed.code(), "no_session", "{path}");
    }
    let used = daemon.ask(Method::GET, "/launch/used", person(), None).await;
    assert_eq!(used.status.as_u16(), 410);
    assert!(used.text().contains("rounds open"));
}

#[tokio::test]
async fn looking_ahead_does_not_use_a_link_up() {
    let daemon = Daemon::start().await;
    let link = daemon.launch_link().await;
    let ahead = [daemon.stranger(), vec![("sec-purpose", "prefetch;prerender".to_owned())]].concat();
    assert_eq!(daemon.ask(Method::GET, &link, ahead, None).await.code(), "unavailable");
    assert_eq!(daemon.ask(Method::HEAD, &link, daemon.stranger(), None).await.status.as_u16(), 405);
    assert_eq!(daemon.ask(Method::GET, &link, daemon.stranger(), None).await.status.as_u16(), 303);
}

#[tokio::test]
async fn an_open_page_survives_the_daemons_restart_but_not_another_installation() {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let daemon = daemon.restart().await;
    let status = daemon.ask(Method::GET, "/api/v1/status", daemon.page(&browser), None).await;
    assert_eq!(status.status.as_u16(), 200);
    let other = Daemon::start().await;
    let status = other.ask(Method::GET, "/api/v1/status", other.page(&browser), None).await;
    assert_eq!(status.code(), "no_session");
}

/// The key that a page of this daemon's is given.
async fn page_key(daemon: &Daemon) -> String {
    let browser = daemon.open_page().await;
    let headers = vec![("host", daemon.home()), ("cookie", browser.cookie)];
    daemon.ask(Method::GET, "/", headers, None).await.meta("rounds-key").expect("a page")
}

#[tokio::test]
async fn pages_seal_what_waits_with_a_key_that_stays_the_same_and_that_no_script_gets() {
    let daemon = Daemon::start().await;
    let first = page_key(&daemon).await;
    assert_eq!(first.len(), 64);
    let script = daemon.ask(Method::GET, "/", daemon.script(), None).await;
    assert_eq!(script.meta("rounds-key").as_deref(), Some(""));
    let daemon = daemon.restart().await;
    assert_eq!(page_key(&daemon).await, first);
    assert_ne!(page_key(&Daemon::start().await).await, first);
}
