//! Decides whether a timetable stays with its one owner, and whether a partner learns of free periods exactly what was shown.

use hyper::Method;
use serde_json::{Value, json};

use crate::doors::pair;
use crate::goals::{edit, make, says};
use crate::kit::{Daemon, Reply};
use crate::pairing::until;

/// Words of Ana's timetable that nobody else may ever hold.
const LABEL: &str = "5B Quokka 😀";
const ROOM: &str = "Heron room";
const PERIOD: &str = "Fourth bell";

async fn refused(daemon: &Daemon, method: Method, path: &str, body: Option<Value>) -> String {
    daemon.ask(method, &format!("/api/v1{path}"), daemon.script(), body).await.code()
}

async fn export(daemon: &Daemon, id: &str, format: &str) -> Reply {
    let path = format!("/api/v1/documents/{id}/export?format={format}");
    daemon.ask(Method::GET, &path, daemon.script(), None).await
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// Ana's timetable: a class, and a free period that she means to show.
async fn timetable(daemon: &Daemon) -> String {
    let id = make(daemon, json!({ "kind": "timetable" })).await;
    let periods = json!([
        { "id": "a", "name": "First", "begins": 480, "ends": 525 },
        { "id": "b", "name": PERIOD, "begins": 610, "ends": 655 },
    ]);
    for what in [
        json!({ "verb": "set_periods", "periods": periods }),
        json!({ "verb": "fill_period", "slot": "1.a", "filling": { "what": "class", "label": LABEL, "room": ROOM } }),
        json!({ "verb": "fill_period", "slot": "1.b", "filling": { "what": "free" } }),
        json!({ "verb": "fill_period", "slot": "2.b", "filling": { "what": "prep" } }),
        json!({ "verb": "set_days", "days": ["2026-03-16"], "otherwise": { "how": "no_school" } }),
        json!({ "verb": "show_free", "slots": ["1.b"], "until": "2026-03-27" }),
    ] {
        edit(daemon, &id, what).await;
    }
    id
}

#[tokio::test]
async fn partners_learn_the_times_that_were_shown_and_a_third_person_nothing() {
    let (ana, ben, chidi) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"), Daemon::start_as("Chidi"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    pair(&ana, &chidi, "Chidi").await;
    let own = timetable(&ana).await;
    for role in ["reader", "writer"] {
        let grant = json!({ "with": ben_id, "role": role });
        let answer = refused(&ana, Method::POST, &format!("/documents/{own}/grants"), Some(grant)).await;
        assert_eq!(answer, "refused", "a timetable is never shared");
    }

    let free = make(&ana, json!({ "kind": "free_periods" })).await;
    let time = |on: &str| json!({ "on": on, "begins": 610, "ends": 655 });
    let (first, second, third) = (time("2026-03-02"), time("2026-03-09"), time("2026-03-23"));
    let say = |times: Value| json!({ "verb": "set_free_times", "times": times });
    edit(&ana, &free, say(json!([first, second, third]))).await;
    let writer = json!({ "with": ben_id, "role": "writer" });
    let answer = refused(&ana, Method::POST, &format!("/documents/{free}/grants"), Some(writer)).await;
    assert_eq!(answer, "refused", "when she is free she says herself");
    ana.post(&format!("/documents/{free}/grants"), json!({ "with": ben_id, "role": "reader" })).await;

    let model = |times: Value| json!({ "kind": "free_periods", "times": times });
    let all = model(json!([first, second, third]));
    let shown = says(&ben, &free, |document| document["model"] == all).await;
    assert_eq!((&shown["role"], shown["texts"].as_array().map(Vec::len)), (&json!("reader"), Some(0)));
    let path = format!("/documents/{free}/edits");
    let edited = json!({ "edit": say(json!([])) });
    assert_eq!(refused(&ben, Method::POST, &path, Some(edited)).await, "refused");

    // An override takes a time away there too, and brings nothing with it.
    edit(&ana, &own, json!({ "verb": "set_days", "days": ["2026-03-09"], "otherwise": { "how": "no_school" } })).await;
    edit(&ana, &free, say(json!([first, third]))).await;
    let fewer = model(json!([first, third]));
    says(&ben, &free, |document| document["model"] == fewer).await;

    // Nothing of the timetable is with Ben in any form, and nothing at all with Chidi.
    for (daemon, lists) in [(&ben, json!(["free_periods"])), (&chidi, json!([]))] {
        let kinds = daemon.get("/documents").await["documents"].as_array().unwrap().clone();
        let kinds: Vec<&Value> = kinds.iter().map(|row| &row["kind"]).collect();
        assert_eq!(json!(kinds), lists);
        assert_eq!(refused(daemon, Method::GET, &format!("/documents/{own}"), None).await, "not_found");
        assert_eq!(export(daemon, &own, "automerge").await.code(), "not_found");
        for words in [LABEL, ROOM, PERIOD] {
            assert_eq!(daemon.post("/search", json!({ "words": words })).await["found"], json!([]), "{words}");
        }
    }
    assert_eq!(refused(&chidi, Method::GET, &format!("/documents/{free}"), None).await, "not_found");
    for format in ["automerge", "json", "md", "html"] {
        let file = export(&ben, &free, format).await;
        assert!(file.status.is_success(), "{format}");
        for words in [LABEL, ROOM, PERIOD, "no_school", "prep", "2026-03-16"] {
            assert!(!holds(&file.body, words), "{words} in {format}");
        }
    }

    // Shown to him no longer, he learns no more.
    ana.good(Method::DELETE, &format!("/documents/{free}/grants/{ben_id}"), None).await;
    until(&ben, "/documents?kind=free_periods", |list| list["documents"] == json!([])).await;
    edit(&ana, &free, say(json!([first]))).await;
    assert_eq!(refused(&ben, Method::GET, &format!("/documents/{free}"), None).await, "not_found");
}

#[tokio::test]
async fn a_timetable_is_written_out_comes_back_and_is_refused_for_what_it_is() {
    let ana = Daemon::start().await;
    let own = timetable(&ana).await;
    let path = format!("/documents/{own}/edits");
    for wrong in [
        json!({ "verb": "set_cycle", "cycle": { "turning": "school_days", "count": 0, "from": "2026-03-02" } }),
        json!({ "verb": "set_cycle", "cycle": { "turning": "school_days", "count": 40, "from": "2026-03-02" } }),
        json!({ "verb": "set_cycle", "cycle": { "turning": "weeks", "count": 1, "from": "2026-02-30" } }),
        json!({ "verb": "set_periods", "periods": [{ "id": "a", "name": "First", "begins": 525, "ends": 480 }] }),
        json!({ "verb": "fill_period", "slot": "9.a", "filling": { "what": "free" } }),
        json!({ "verb": "fill_period", "slot": "1.a", "filling": { "what": "absent" } }),
        json!({ "verb": "show_free", "slots": ["1.a"] }),
    ] {
        let answer = refused(&ana, Method::POST, &path, Some(json!({ "edit": wrong }))).await;
        assert_eq!(answer, "bad_request", "{wrong}");
    }
    let before = ana.get(&format!("/documents/{own}")).await["model"].clone();
    assert_eq!((&before["shown"], &before["shown_until"]), (&json!(["1.b"]), &json!("2026-03-27")));

    let page = export(&ana, &own, "md").await;
    let expected = format!("## Monday\n\n- First (8:00–8:45): {LABEL} (room {ROOM})\n- {PERIOD} (10:10–10:55): free\n");
    assert!(page.text().contains(&expected), "{}", page.text());
    assert!(page.text().contains("Monday 16 March 2026: no school"), "{}", page.text());
    for format in ["json", "automerge"] {
        let file = export(&ana, &own, format).await.body;
        let mut headers = ana.script();
        headers.push(("content-type", "application/octet-stream".to_owned()));
        let answer = ana.send(Method::POST, "/api/v1/imports", headers, file).await.json();
        let again = ana.get(&format!("/documents/{}", answer["document"].as_str().unwrap())).await["model"].clone();
        for part in ["periods", "filled", "days", "cycle"] {
            assert_eq!(again[part], before[part], "{part} from {format}");
        }
        assert_eq!((&again["shown"], &again["shown_until"]), (&json!([]), &Value::Null), "nothing is shown by a file");
    }
    let copy = ana.post(&format!("/documents/{own}/clean-copy"), json!({})).await;
    let copy = ana.get(&format!("/documents/{}", copy["document"].as_str().unwrap())).await["model"].clone();
    assert_eq!((&copy["filled"], &copy["shown"]), (&before["filled"], &json!([])));

    let free = make(&ana, json!({ "kind": "free_periods" })).await;
    let times = json!([{ "on": "2026-03-02", "begins": 610, "ends": 655 }]);
    edit(&ana, &free, json!({ "verb": "set_free_times", "times": times })).await;
    let page = export(&ana, &free, "md").await;
    assert!(page.text().contains("- Monday 2 March 2026: 10:10–10:55"), "{}", page.text());
    let file = export(&ana, &free, "json").await.body;
    let mut headers = ana.script();
    headers.push(("content-type", "application/octet-stream".to_owned()));
    let answer = ana.send(Method::POST, "/api/v1/imports", headers, file).await;
    assert!(!answer.status.is_success(), "what one shows is chosen, not brought in");
    ana.good(Method::PUT, &format!("/documents/{free}/bin"), None).await;
    assert_eq!(ana.get("/documents?kind=free_periods").await["documents"], json!([]));
}
