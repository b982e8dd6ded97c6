//! Decides whether a locked computer gives anything to anybody, and whether only the passphrase opens it again.

use hyper::Method;
use rounds_daemon::config::Given;
use rounds_daemon::keys::Passphrase;
use serde_json::json;

use crate::entrance::{ask, endpoints};
use crate::kit::{Browser, Daemon, Reply};

const PASSPHRASE: &str = "correct horse battery";

/// A daemon with a passphrase, and a page that is open.
async fn with_passphrase() -> (Daemon, Browser) {
    let daemon = Daemon::start().await;
    let browser = daemon.open_page().await;
    let set = daemon.good(Method::PUT, "/passphrase", Some(json!({ "wanted": PASSPHRASE }))).await;
    assert_eq!((&set["passphrase"], &set["locked"], &set["idle_minutes"]), (&json!(true), &json!(false), &json!(5)));
    (daemon, browser)
}

async fn locked() -> (Daemon, Browser) {
    let (daemon, browser) = with_passphrase().await;
    assert_eq!(daemon.post("/lock", json!({})).await["locked"], true);
    (daemon, browser)
}

async fn unlock(daemon: &Daemon, passphrase: &str) -> Reply {
    daemon.ask(Method::POST, "/api/v1/unlock", daemon.script(), Some(json!({ "passphrase": passphrase }))).await
}

fn given(passphrase: &str, typed: bool) -> Option<Given> {
    Some(Given { passphrase: Passphrase::new(passphrase.into()), typed })
}

#[tokio::test]
async fn a_locked_computer_answers_nobody_but_who_unlocks_it() {
    let (daemon, browser) = locked().await;
    let answered = [
        "GET /api/v1/lock",
        "POST /api/v1/lock",
        "POST /api/v1/unlock",
        "POST /api/v1/launch-links",
        "POST /api/v1/stop",
    ];
    let mut seen = 0;
    for endpoint in endpoints() {
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let callers = if endpoint.is_script_only() {
            vec![daemon.script()]
        } else {
            vec![daemon.page(&browser), daemon.script()]
        };
        for caller in callers {
            let reply = ask(&daemon, &endpoint, caller).await;
            if answered.contains(&name.as_str()) {
                seen += 1;
                assert_ne!(reply.status.as_u16(), 423, "{name}");
            } else {
                assert_eq!((reply.status.as_u16(), reply.code().as_str()), (423, "locked"), "{name}");
            }
        }
        // Whoever has no session learns nothing of the lock.
        if name != "POST /api/v1/stop" {
            assert_eq!(ask(&daemon, &endpoint, daemon.stranger()).await.code(), "no_session", "{name}");
        }
    }
    assert_eq!(seen, 2 * answered.len() - 2, "two of them are for scripts only");
    daemon.running.stopped(std::future::pending()).await.expect("all is saved");
}

#[tokio::test]
async fn the_page_is_given_no_key_while_locked() {
    let (daemon, browser) = with_passphrase().await;
    let page = async || {
        let headers = vec![("host", daemon.home()), ("cookie", browser.cookie.clone())];
        daemon.ask(Method::GET, "/", headers, None).await
    };
    let open = page().await;
    let (key, state) = (open.meta("rounds-key").unwrap(), open.meta("rounds-locked").unwrap());
    assert_eq!((key.len(), state.as_str()), (64, ""));
    daemon.post("/lock", json!({})).await;
    let shut = page().await;
    assert_eq!((shut.meta("rounds-key").as_deref(), shut.meta("rounds-locked").as_deref()), (Some(""), Some("locked")));
    assert!(!shut.text().contains(&key));
    // The page that asks for the passphrase can be opened from anew.
    let fresh = daemon.open_page().await;
    let unlocked = daemon
        .ask(Method::POST, "/api/v1/unlock", daemon.page(&fresh), Some(json!({ "passphrase": PASSPHRASE })))
        .await;
    assert_eq!(unlocked.json()["locked"], false);
    assert_eq!(page().await.meta("rounds-key"), Some(key));
}

#[tokio::test]
async fn open_pages_are_let_go_and_what_is_being_read_is_not_handed_out() {
    let (daemon, browser) = with_passphrase().await;
    let id = daemon.note_set().await;
    let (mut one, mut other) = (daemon.live(&browser).await, daemon.live(&browser).await);
    one.open(&id, "notes").await;
    let offer = daemon.post("/pairing/offers", json!({})).await["offer"].to_string();
    let waiting = format!("/api/v1/pairing/offers/{offer}?wait_seconds=30");
    let (waited, shut) = tokio::join!(
        daemon.ask(Method::GET, &waiting, daemon.page(&browser), None),
        daemon.ask(Method::POST, "/api/v1/lock", daemon.page(&browser), None),
    );
    assert_eq!((waited.code().as_str(), &shut.json()["locked"]), ("locked", &json!(true)));
    for page in [&mut one, &mut other] {
        let end = loop {
            if let Err(end) = page.next().await {
                break end;
            }
        };
        assert_eq!(end, Some(4423));
    }
    let headers = daemon.page(&browser).into_iter().filter(|(name, _)| *name != "x-rounds-token").collect();
    let refused = daemon.connect(headers, &format!("?token={}", browser.token)).await.unwrap_err();
    assert_eq!(refused.as_u16(), 423);
    unlock(&daemon, PASSPHRASE).await;
    daemon.live(&browser).await.open(&id, "notes").await;
}

#[tokio::test]
async fn wrong_guesses_are_refused_and_soon_have_to_wait() {
    let (daemon, _) = locked().await;
    for _ in 0..5 {
        let reply = unlock(&daemon, "battery").await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "wrong_passphrase"));
    }
    for guess in ["battery", PASSPHRASE] {
        let reply = unlock(&daemon, guess).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (429, "too_soon"), "{guess}");
    }
    assert_eq!(daemon.get("/lock").await["locked"], true);
}

#[tokio::test]
async fn without_a_passphrase_there_is_nothing_to_lock_with() {
    let daemon = Daemon::start().await;
    let shut = daemon.ask(Method::POST, "/api/v1/lock", daemon.script(), None).await;
    assert_eq!((shut.status.as_u16(), shut.code().as_str()), (409, "conflict"));
    assert_eq!(unlock(&daemon, "x").await.code(), "conflict");
    for short in ["seven77", "", "two lines\nof it"] {
        let refused =
            daemon.ask(Method::PUT, "/api/v1/passphrase", daemon.script(), Some(json!({ "wanted": short }))).await;
        assert_eq!(refused.code(), "bad_request", "{short}");
    }
    assert_eq!(daemon.get("/status").await["storage"]["key_protection"], "file");
}

#[tokio::test]
async fn a_passphrase_is_needed_from_the_next_start_on_until_it_is_taken_away() {
    let (daemon, _) = with_passphrase().await;
    let id = daemon.note_set().await;
    assert_eq!(daemon.get("/status").await["storage"]["key_protection"], "passphrase");
    daemon.good(Method::PUT, "/lock", Some(json!({ "idle_minutes": 12 }))).await;

    // Typed by somebody: they are there, and may go on. From a file: nobody is.
    let daemon = daemon.restart_with(given(PASSPHRASE, true)).await.unwrap();
    assert_eq!(
        daemon.get("/lock").await,
        json!({ "schema": 1, "locked": false, "passphrase": true, "idle_minutes": 12, "idle": false })
    );
    let daemon = daemon.restart_with(given(PASSPHRASE, false)).await.unwrap();
    assert_eq!(daemon.get("/lock").await["locked"], true);
    assert_eq!(unlock(&daemon, PASSPHRASE).await.json()["locked"], false);
    daemon.get(&format!("/documents/{id}")).await;

    let change = async |present: &str, wanted: Option<&str>| {
        let body = json!({ "present": present, "wanted": wanted });
        daemon.ask(Method::PUT, "/api/v1/passphrase", daemon.script(), Some(body)).await
    };
    assert_eq!(change("battery", None).await.code(), "wrong_passphrase");
    assert_eq!(change(PASSPHRASE, Some("another passphrase")).await.json()["passphrase"], true);
    assert_eq!(change(PASSPHRASE, None).await.code(), "wrong_passphrase");
    assert_eq!(change("another passphrase", None).await.json()["passphrase"], false);
    let daemon = daemon.restart().await;
    daemon.get(&format!("/documents/{id}")).await;
}

#[tokio::test]
async fn a_start_without_the_passphrase_is_refused_with_a_way_on() {
    for (given, exit_code, hint) in [(None, 1, "ROUNDS_PASSPHRASE_FILE"), (given("battery", true), 5, "again")] {
        let (daemon, _) = with_passphrase().await;
        let error = daemon.restart_with(given).await.err().expect("refused");
        assert_eq!(error.exit_code(), exit_code, "{error}");
        assert!(error.hint().contains(hint), "{error}");
    }
}

#[tokio::test]
async fn minutes_are_bounded_and_activity_is_heard() {
    let (daemon, browser) = with_passphrase().await;
    for wrong in
        [json!({ "idle_minutes": 0 }), json!({ "idle_minutes": 61 }), json!({}), json!({ "idle_minutes": 5, "x": 1 })]
    {
        let refused = daemon.ask(Method::PUT, "/api/v1/lock", daemon.page(&browser), Some(wrong.clone())).await;
        assert_eq!(refused.code(), "bad_request", "{wrong}");
    }
    let heard = daemon.ask(Method::POST, "/api/v1/activity", daemon.page(&browser), None).await;
    assert_eq!(heard.json(), json!({ "schema": 1 }));
}
