//! Decides whether doors and visits are as each of three people sees them: who comes through a door its host alone, a visit
//! whoever takes part in it.

use hyper::Method;
use serde_json::{Value, json};

use crate::kit::Daemon;
use crate::pairing::until;

/// How often a condition is looked at, and how often at most: a minute in all.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(50);
const LOOKS_MAX: usize = 1_200;

const HOUR_MS: i64 = 3_600_000;

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

async fn edit(daemon: &Daemon, id: &str, edit: Value) {
    daemon.post(&format!("/documents/{id}/edits"), json!({ "edit": edit })).await;
}

async fn refusal(daemon: &Daemon, path: &str, body: Value) -> String {
    daemon.ask(Method::POST, &format!("/api/v1{path}"), daemon.script(), Some(body)).await.code()
}

/// Pairs two daemons; the id of the second as the first knows it.
pub(crate) async fn pair(one: &Daemon, other: &Daemon, name: &str) -> String {
    let offer = one.post("/pairing/offers", json!({})).await;
    other.post("/pairing/accept", json!({ "code": offer["code"], "at": offer["addresses"][0] })).await;
    for _ in 0..LOOKS_MAX {
        let people = one.get("/people").await;
        let found = people["people"].as_array().unwrap().iter().find(|person| person["name"] == name);
        if let Some(id) = found.and_then(|person| person["id"].as_str()) {
            return id.to_owned();
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("they never paired");
}

async fn doors(daemon: &Daemon) -> Vec<Value> {
    daemon.get("/documents?kind=open_door").await["documents"].as_array().unwrap().clone()
}

/// The doors a daemon lists, once they look as they should.
async fn listed(daemon: &Daemon, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    for _ in 0..LOOKS_MAX {
        let found = doors(daemon).await;
        if fits(&found) {
            return found;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("it never looked so: {:?}", doors(daemon).await);
}

#[tokio::test]
async fn a_door_shows_when_and_what_to_all_and_who_comes_to_its_host() {
    let (ana, ben, chidi) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"), Daemon::start_as("Chidi"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    pair(&ana, &chidi, "Chidi").await;

    // What is over already vanishes elsewhere; it is accepted all the same.
    let past = ana.post("/doors", json!({ "when_ms": now_ms() - 3 * HOUR_MS, "see": "Yesterday" })).await;
    let when = now_ms() + HOUR_MS;
    let wanted = json!({ "when_ms": when, "length_minutes": 25, "room": "204", "see": "How pairs begin", "places": 1 });
    let door = ana.post("/doors", wanted).await["document"].as_str().unwrap().to_owned();

    let row = listed(&ben, |doors| doors.len() == 1).await.remove(0);
    assert_eq!((row["id"].as_str(), row["title"].as_str()), (Some(door.as_str()), Some("How pairs begin")));
    let facts = json!({
        "host": row["door"]["host"], "when_ms": when, "minutes": 25, "period": null, "room": "204", "see": "How pairs begin",
        "places": 1, "closed": false, "coming": [], "places_left": null, "visit": null,
    });
    assert_eq!((&row["door"], row["door"]["host"]["name"].as_str()), (&facts, Some("Ana")));
    listed(&chidi, |doors| doors.len() == 1).await;

    // Ben asks to come, twice: one visit, between him and Ana.
    let drop_in = format!("/documents/{door}/drop-in");
    let visit = ben.post(&drop_in, json!({})).await["document"].as_str().unwrap().to_owned();
    assert_eq!(ben.post(&drop_in, json!({})).await["document"], json!(visit));
    let own = listed(&ben, |doors| doors[0]["door"]["visit"].is_string()).await;
    assert_eq!((&own[0]["door"]["visit"], &own[0]["door"]["coming"]), (&json!(visit), &json!([])));
    let shown = ben.get(&format!("/documents/{visit}")).await;
    let model = &shown["model"];
    assert_eq!(
        (&model["visit_kind"], &model["door"], &model["when_ms"], &model["minutes"], &model["room"]),
        (&json!("drop_in"), &json!(door), &json!(when), &json!(25), &json!("204"))
    );
    let holders = ben.get(&format!("/documents/{visit}/holders")).await;
    assert_eq!(holders["holders"].as_array().unwrap().len(), 2, "{holders}");

    // Ana sees who comes, and that her door is full; Chidi learns nothing of it.
    let full = |doors: &[Value]| doors.iter().any(|row| row["door"]["places_left"] == 0);
    let hers = listed(&ana, full).await;
    let row = hers.iter().find(|row| row["id"] == json!(door)).unwrap();
    let coming = json!([{ "person": { "id": ben_id, "name": "Ben" }, "visit": visit, "answer": null }]);
    assert_eq!(row["door"]["coming"], coming);
    assert!(hers.iter().any(|row| row["id"] == past["document"]), "her own past door stays hers to see");
    let his = doors(&chidi).await;
    assert_eq!((&his[0]["door"]["coming"], &his[0]["door"]["places_left"]), (&json!([]), &Value::Null));
    assert_eq!(chidi.get("/documents?kind=visit").await["documents"], json!([]));

    // A full door is no wall: Chidi may ask, and Ana answers each.
    let second = chidi.post(&drop_in, json!({})).await["document"].as_str().unwrap().to_owned();
    listed(&ana, |doors| doors.iter().any(|row| row["door"]["coming"].as_array().unwrap().len() == 2)).await;
    until(&ana, &format!("/documents/{second}"), |visit| {
        visit["model"]["people"].as_object().is_some_and(|people| people.len() == 2)
    })
    .await;
    edit(&ana, &second, json!({ "verb": "decline" })).await;
    // Chidi need not wait, and is told nothing of a no; Ana sees her own.
    until(&chidi, &format!("/documents/{second}"), |visit| visit["stage"] == "cancelled").await;
    let (visit_of_his, his_visits) = (format!("/documents/{second}"), "/documents?kind=visit".to_owned());
    for told in [
        visit_of_his.clone(),
        his_visits,
        format!("{visit_of_his}/export?format=md"),
        format!("{visit_of_his}/export?format=json"),
    ] {
        let answer = chidi.ask(Method::GET, &format!("/api/v1{told}"), chidi.script(), None).await;
        let said = String::from_utf8_lossy(&answer.body).to_lowercase();
        assert!(
            answer.status.is_success() && !said.contains("declined") && !said.contains("not this time"),
            "{told}: {said}"
        );
    }
    assert_eq!(ana.get(&format!("/documents/{second}")).await["stage"], "declined");
    edit(&ana, &visit, json!({ "verb": "accept" })).await;
    let agreed = |doors: &[Value]| {
        doors.iter().any(|row| {
            let coming = row["door"]["coming"].as_array().unwrap();
            coming.len() == 1 && coming[0]["answer"] == "accepted"
        })
    };
    listed(&ana, agreed).await;
    edit(&ben, &visit, json!({ "verb": "withdraw" })).await;
    listed(&ana, |doors| doors.iter().any(|row| row["door"]["places_left"] == 1)).await;

    // Closed, it leaves the others' lists and what they find; it can be opened again.
    edit(&ana, &door, json!({ "verb": "close_door", "closed": true })).await;
    listed(&ben, |doors| doors.is_empty()).await;
    assert_eq!(ben.post("/search", json!({ "words": "pairs begin" })).await["found"], json!([]));
    assert_eq!(refusal(&ben, &drop_in, json!({})).await, "conflict");
    edit(&ana, &door, json!({ "verb": "close_door", "closed": false })).await;
    listed(&ben, |doors| doors.len() == 1).await;
}

#[tokio::test]
async fn a_door_is_its_hosts_to_open_and_for_whom_they_name() {
    let (ana, ben, chidi) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"), Daemon::start_as("Chidi"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    pair(&ana, &chidi, "Chidi").await;
    let when = now_ms() + HOUR_MS;
    for wrong in [
        json!({}),
        json!({ "when_ms": when, "host": ben_id }),
        json!({ "when_ms": when, "places": 0 }),
        json!({ "when_ms": -1 }),
        json!({ "when_ms": when, "length_minutes": 100_000 }),
    ] {
        assert_eq!(refusal(&ana, "/doors", wrong.clone()).await, "bad_request", "{wrong}");
    }
    assert_eq!(refusal(&ana, "/doors", json!({ "when_ms": when, "for": ["a".repeat(52)] })).await, "not_found");
    assert_eq!(doors(&ana).await, Vec::<Value>::new(), "what was refused left nothing behind");

    let named = json!({ "when_ms": when, "see": "For Ben", "for": [ben_id] });
    let door = ana.post("/doors", named).await["document"].as_str().unwrap().to_owned();
    ana.post("/doors", json!({ "when_ms": when, "see": "For all" })).await;
    listed(&ben, |doors| doors.len() == 2).await;
    let his = listed(&chidi, |doors| doors.len() == 1).await;
    assert_eq!(his[0]["title"], "For all");

    let close = json!({ "edit": { "verb": "close_door", "closed": true } });
    assert_eq!(refusal(&ben, &format!("/documents/{door}/edits"), close).await, "refused");
    let writer = json!({ "with": ben_id, "role": "writer" });
    assert_eq!(refusal(&ana, &format!("/documents/{door}/grants"), writer).await, "refused");
    assert_eq!(refusal(&ana, &format!("/documents/{door}/drop-in"), json!({})).await, "bad_request");
    assert_eq!(refusal(&ben, &format!("/documents/{}/drop-in", "b".repeat(32)), json!({})).await, "not_found");
    let page = ana.ask(Method::GET, &format!("/api/v1/documents/{door}/export?format=md"), ana.script(), None).await;
    assert!(page.text().contains("# Open door") && page.text().contains("## What you could see\n\nFor Ben"));
}

#[tokio::test]
async fn visits_are_written_down_after_the_fact_and_taken_into_other_calendars() {
    let (ana, ben) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    let calendar = async |query: &str| {
        let path = format!("/api/v1/calendar{query}");
        ana.ask(Method::GET, &path, ana.script(), None).await
    };
    assert_eq!(calendar("").await.code(), "conflict", "there is nothing to write");

    let just =
        json!({ "with": ben_id, "just_visited": true, "when_ms": 1_772_442_900_000_i64, "focus": "Who answers?" });
    assert_eq!(refusal(&ana, "/visits", just.clone()).await, "bad_request", "for how long?");
    let mut just = just;
    just["length_minutes"] = json!(25);
    let been = ana.post("/visits", just).await["document"].as_str().unwrap().to_owned();
    let shown = ana.get(&format!("/documents/{been}")).await;
    assert_eq!((&shown["stage"], &shown["model"]["ended_ms"]), (&json!("written_up"), &json!(1_772_444_400_000_i64)));
    let learning = json!({ "with": ben_id, "visit_kind": "shared_learning" });
    let learning = ana.post("/visits", learning).await["document"].as_str().unwrap().to_owned();
    assert_eq!(ana.get(&format!("/documents/{learning}")).await["model"]["visit_kind"], "shared_learning");

    let all = calendar("?language=es").await;
    assert_eq!(all.header("content-type"), "text/calendar; charset=utf-8");
    assert!(all.text().contains("SUMMARY:Visita a Ben\r\n") && all.text().contains(&format!("UID:{been}@rounds\r\n")));
    assert!(!all.text().contains("Who answers") && all.text().matches("BEGIN:VEVENT").count() == 1, "{}", all.text());
    assert_eq!(calendar(&format!("?visit={been}")).await.text().matches("SUMMARY:Visit to Ben\r\n").count(), 1);
    assert_eq!(calendar(&format!("?visit={learning}")).await.code(), "conflict", "it has no time");
    assert_eq!(calendar(&format!("?visit={}", "b".repeat(32))).await.code(), "not_found");
    let notes = ana.note_set().await;
    assert_eq!(calendar(&format!("?visit={notes}")).await.code(), "bad_request");
    edit(&ana, &been, json!({ "verb": "did_not_happen" })).await;
    let off = calendar(&format!("?visit={been}")).await;
    assert!(off.text().contains("STATUS:CANCELLED\r\n"), "who took it in hears that it is off: {}", off.text());
    assert_eq!(calendar("").await.code(), "conflict");
}

#[tokio::test]
async fn a_second_visitor_comes_in_by_invitation_and_is_shown_out_again() {
    let (ana, ben, chidi) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"), Daemon::start_as("Chidi"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    let chidi_id = pair(&ana, &chidi, "Chidi").await;
    let visit = ana.post("/visits", json!({ "with": ben_id })).await["document"].as_str().unwrap().to_owned();
    edit(&ana, &visit, json!({ "verb": "invite", "person": chidi_id, "part": "visitor" })).await;
    ana.post(&format!("/documents/{visit}/grants"), json!({ "with": chidi_id, "role": "writer" })).await;
    // His grant may be here before the records that it lets in.
    let visit_path = format!("/documents/{visit}");
    until(&chidi, &visit_path, |visit| visit["model"]["people"][&chidi_id] == "visitor").await;
    edit(&chidi, &visit, json!({ "verb": "accept" })).await;
    edit(&chidi, &visit, json!({ "verb": "set_role", "person": chidi_id, "role": "scribe" })).await;
    edit(&chidi, &visit, json!({ "verb": "join" })).await;
    let shown = until(&ana, &visit_path, |visit| visit["model"]["here"][&chidi_id] == "joined").await;
    let model = &shown["model"];
    assert_eq!((&model["roles"][&chidi_id], &model["answers"][&chidi_id]), (&json!("scribe"), &json!("accepted")));
    edit(&ana, &visit, json!({ "verb": "uninvite", "person": chidi_id })).await;
    ana.good(Method::DELETE, &format!("/documents/{visit}/grants/{chidi_id}"), None).await;
    let shown = ana.get(&visit_path).await;
    let model = &shown["model"];
    let gone = ["people", "answers", "roles", "here"].map(|map| model[map][&chidi_id].is_null());
    assert_eq!(gone, [true; 4], "{model}");
}

#[tokio::test]
async fn a_visit_is_planned_alone_and_a_partner_comes_in_later() {
    let (ana, ben) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"));
    let visit = ana.post("/visits", json!({ "focus": "Who answers?" })).await["document"].as_str().unwrap().to_owned();
    let row = &ana.get("/documents?kind=visit").await["documents"][0];
    assert_eq!((&row["facts"]["stage"], &row["with"]), (&json!("proposed"), &json!([])));
    assert_eq!(row["facts"]["people"][0]["part"], "host");
    // Nobody can be visited who is not named, and only somebody one is paired with comes in.
    assert_eq!(refusal(&ana, "/visits", json!({ "as": "visitor" })).await, "bad_request");

    let ben_id = pair(&ana, &ben, "Ben").await;
    assert_eq!(ben.get("/documents?kind=visit").await["documents"], json!([]));
    edit(&ana, &visit, json!({ "verb": "invite", "person": ben_id, "part": "visitor" })).await;
    ana.post(&format!("/documents/{visit}/grants"), json!({ "with": ben_id, "role": "writer" })).await;
    let path = format!("/documents/{visit}");
    until(&ben, &path, |visit| visit["model"]["people"][&ben_id] == "visitor").await;
    edit(&ben, &visit, json!({ "verb": "accept" })).await;
    until(&ana, &path, |visit| visit["model"]["answers"][&ben_id] == "accepted").await;
}

#[tokio::test]
async fn a_facilitator_is_a_guest_in_the_talk_and_is_shown_out_of_all_of_it() {
    let (ana, ben, chidi) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"), Daemon::start_as("Chidi"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    let chidi_id = pair(&ana, &chidi, "Chidi").await;
    let visit = ana.post("/visits", json!({ "with": ben_id, "as": "host" })).await["document"].clone();
    let visit = visit.as_str().unwrap();
    let invite = json!({ "edit": { "verb": "invite", "person": chidi_id, "part": "facilitator" } });
    ana.post(&format!("/documents/{visit}/edits"), invite).await;
    ana.post(&format!("/documents/{visit}/grants"), json!({ "with": chidi_id, "role": "writer" })).await;
    until(&chidi, &format!("/documents/{visit}"), |read| read["model"]["people"][&chidi_id] == "facilitator").await;
    let begin = json!({ "kind": "debrief", "visit": visit });
    assert_eq!(refusal(&chidi, "/documents", begin.clone()).await, "refused");
    let talk = ana.post("/documents", begin).await["document"].clone();
    let talk = talk.as_str().unwrap();
    until(&ben, &format!("/documents/{talk}"), |read| read["role"] == "owner").await;
    until(&chidi, &format!("/documents/{talk}"), |read| read["role"] == "writer").await;
    ana.good(Method::DELETE, &format!("/documents/{visit}/grants/{chidi_id}"), None).await;
    for id in [visit, talk] {
        for _ in 0..LOOKS_MAX {
            let reply = chidi.ask(Method::GET, &format!("/api/v1/documents/{id}"), chidi.script(), None).await;
            if reply.status == hyper::StatusCode::NOT_FOUND {
                break;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let reply = chidi.ask(Method::GET, &format!("/api/v1/documents/{id}"), chidi.script(), None).await;
        assert_eq!(reply.code(), "not_found");
    }
}

#[tokio::test]
async fn a_clean_copy_of_a_visit_is_another_visit_planned_like_it() {
    let (ana, ben) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    let proposed = json!({ "with": ben_id, "as": "visitor", "when_ms": now_ms() + HOUR_MS, "length_minutes": 40, "focus": "Who waits?" });
    let visit = ana.post("/visits", proposed).await["document"].as_str().unwrap().to_owned();
    ana.post(&format!("/documents/{visit}/texts/plan"), json!({ "set": "By the door. Zzyzx" })).await;
    ana.post(&format!("/documents/{visit}/texts/plan"), json!({ "set": "By the door." })).await;
    for (verb, value) in [
        ("schedule", json!({ "room": "204" })),
        ("set_instrument", json!({ "instrument": "wait-time", "chosen": true })),
        ("set_may_talk", json!({ "may_talk": true })),
        ("plan_debrief", json!({ "plan": { "how": "find_each_other" } })),
        ("begin", json!({})),
    ] {
        let mut whole = value;
        whole["verb"] = json!(verb);
        edit(&ana, &visit, whole).await;
    }
    let path = format!("/documents/{visit}");
    until(&ben, &path, |visit| visit["model"]["room"] == "204").await;
    edit(&ben, &visit, json!({ "verb": "accept" })).await;
    until(&ana, &path, |visit| visit["model"]["answers"][&ben_id] == "accepted").await;

    let copy = ana.post(&format!("{path}/clean-copy"), json!({})).await["document"].as_str().unwrap().to_owned();
    let shown = ana.get(&format!("/documents/{copy}")).await;
    let model = &shown["model"];
    assert_eq!((&model["host"], &model["minutes"], &model["room"]), (&json!(ben_id), &json!(40), &json!("204")));
    assert_eq!((&model["instruments"], &model["may_talk"]), (&json!(["wait-time"]), &json!(true)));
    assert_eq!(model["debrief"]["how"], "find_each_other");
    assert_eq!((&model["focus"], &model["plan"]), (&json!("Who waits?"), &json!("By the door.")));
    assert_eq!(
        (&model["when_ms"], &model["began_ms"], &shown["stage"]),
        (&Value::Null, &Value::Null, &json!("proposed"))
    );
    // Ben is asked anew, of a visit without its drafting.
    let asked = until(&ben, &format!("/documents/{copy}"), |visit| visit["model"]["plan"] == "By the door.").await;
    assert!(asked["model"]["answers"][&ben_id].is_null());
    let export = format!("/api/v1/documents/{copy}/export?format=automerge");
    let bytes = ben.ask(Method::GET, &export, ben.script(), None).await.body;
    assert!(!bytes.windows(4).any(|window| window == b"zyzx"));
}

#[tokio::test]
async fn a_clean_copy_of_a_partnership_asks_anew_once_the_old_one_has_ended() {
    let (ana, ben) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    let made = ana.post("/documents", json!({ "kind": "partnership", "with": ben_id })).await;
    let old = made["document"].as_str().unwrap().to_owned();
    let path = format!("/documents/{old}");
    until(&ben, &path, |old| old["model"]["state"] == "invited").await;
    edit(&ben, &old, json!({ "verb": "accept" })).await;
    edit(&ana, &old, json!({ "verb": "set_cadence", "cadence": "every_month" })).await;
    ana.post(&format!("{path}/texts/journal"), json!({ "set": "We begin. Zzyzx" })).await;
    ana.post(&format!("{path}/texts/journal"), json!({ "set": "We begin." })).await;
    until(&ana, &path, |old| old["model"]["state"] == "accepted").await;
    let clean_copy = format!("{path}/clean-copy");
    let refused = ana.ask(Method::POST, &format!("/api/v1{clean_copy}"), ana.script(), Some(json!({}))).await;
    assert_eq!(refused.code(), "conflict", "it goes on");

    edit(&ana, &old, json!({ "verb": "end_partnership" })).await;
    let copy = ana.post(&clean_copy, json!({})).await["document"].as_str().unwrap().to_owned();
    let asked = until(&ben, &format!("/documents/{copy}"), |copy| copy["model"]["journal"] == "We begin.").await;
    let model = &asked["model"];
    assert_eq!((&model["state"], &model["cadence"]), (&json!("invited"), &json!("every_month")));
    assert!(model["answers"][&ben_id].is_null(), "{model}");
    let export = format!("/api/v1/documents/{copy}/export?format=automerge");
    let bytes = ben.ask(Method::GET, &export, ben.script(), None).await.body;
    assert!(!bytes.windows(4).any(|window| window == b"zyzx"));
    edit(&ben, &copy, json!({ "verb": "accept" })).await;
    until(&ana, &format!("/documents/{copy}"), |copy| copy["model"]["state"] == "accepted").await;
}
