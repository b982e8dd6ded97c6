//! Decides whether a card about somebody stays between its author and them until they say otherwise, and for no longer; and
//! whether resources are their owner's to write.

use hyper::Method;
use serde_json::{Value, json};

use crate::doors::pair;
use crate::goals::{edit, make, says};
use crate::kit::Daemon;

/// How often a condition is looked at, and how often at most: a minute in all.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(50);
const LOOKS_MAX: usize = 1_200;

async fn refusal(daemon: &Daemon, method: Method, path: &str, body: Option<Value>) -> (String, String) {
    let reply = daemon.ask(method, &format!("/api/v1{path}"), daemon.script(), body).await;
    (reply.code(), reply.json()["error"]["message"].as_str().unwrap().to_owned())
}

/// The cards a daemon lists, once they look as they should.
async fn cards(daemon: &Daemon, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let mut found = Vec::new();
    for _ in 0..LOOKS_MAX {
        found = daemon.get("/documents?kind=shown_card").await["documents"].as_array().unwrap().clone();
        if fits(&found) {
            return found;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("they never looked so: {found:?}");
}

async fn is_gone(daemon: &Daemon, id: &str) -> bool {
    daemon.ask(Method::GET, &format!("/api/v1/documents/{id}"), daemon.script(), None).await.code() == "not_found"
}

async fn until_gone(daemon: &Daemon, id: &str) {
    for _ in 0..LOOKS_MAX {
        if is_gone(daemon, id).await {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("it is still there");
}

async fn show(daemon: &Daemon, card: &str, person: &str) {
    daemon.post(&format!("/documents/{card}/grants"), json!({ "with": person, "role": "reader" })).await;
}

/// Somebody answers for the words that stand in a card.
async fn answer(daemon: &Daemon, card: &str, yes: bool) {
    let words = daemon.get(&format!("/documents/{card}")).await["model"]["words"].clone();
    let words = if yes { words } else { Value::Null };
    edit(daemon, card, json!({ "verb": "let_others_see", "words": words })).await;
}

/// A card of Ben's about Ana, who says that others may see it, and which the reader has.
async fn shown_to(reader: &Daemon, reader_id: &str, ben: &Daemon, ana: &Daemon, ana_id: &str) -> String {
    let draft = make(ben, json!({ "kind": "success_card", "title": "Six voices" })).await;
    ben.post(&format!("/documents/{draft}/texts/text"), json!({ "append": "Ana waited, and six spoke." })).await;
    edit(ben, &draft, json!({ "verb": "name_person", "person": ana_id, "named": true })).await;
    let card = ben.post(&format!("/documents/{draft}/ask"), json!({})).await["document"].as_str().unwrap().to_owned();
    cards(ana, |cards| cards.len() == 1).await;
    answer(ana, &card, true).await;
    cards(ben, |cards| cards.iter().any(|row| row["card"]["may_be_seen"] == true)).await;
    show(ben, &card, reader_id).await;
    cards(reader, |cards| cards.len() == 1).await;
    card
}

#[tokio::test]
async fn a_card_is_shown_to_a_third_person_only_while_whoever_is_named_in_it_wishes_so() {
    let (ben, ana, chidi) = tokio::join!(Daemon::start_as("Ben"), Daemon::start(), Daemon::start_as("Chidi"));
    let ana_id = pair(&ben, &ana, "Ana").await;
    let chidi_id = pair(&ben, &chidi, "Chidi").await;

    // What Ben writes is his alone.
    let draft = make(&ben, json!({ "kind": "success_card", "title": "Six voices" })).await;
    ben.post(&format!("/documents/{draft}/texts/text"), json!({ "append": "Ana waited, and six spoke." })).await;
    let ask = format!("/documents/{draft}/ask");
    let (code, why) = refusal(&ben, Method::POST, &ask, None).await;
    assert_eq!(code, "bad_request", "it names nobody: {why}");
    edit(&ben, &draft, json!({ "verb": "name_person", "person": ana_id, "named": true })).await;
    let grant = |role: &str| json!({ "with": chidi_id, "role": role });
    let (code, _) = refusal(&ben, Method::POST, &format!("/documents/{draft}/grants"), Some(grant("reader"))).await;
    assert_eq!(code, "refused");

    // Ana is asked; Chidi gets nothing, and cannot be given anything.
    let card = ben.post(&ask, json!({})).await["document"].as_str().unwrap().to_owned();
    let grants = format!("/documents/{card}/grants");
    let asked = cards(&ana, |cards| cards.iter().any(|row| row["card"]["asks_me"] == true)).await;
    assert_eq!((&asked[0]["title"], &asked[0]["card"]["by"]["name"]), (&json!("Six voices"), &json!("Ben")));
    for role in ["reader", "writer"] {
        let (code, why) = refusal(&ben, Method::POST, &grants, Some(grant(role))).await;
        assert_eq!(code, "refused", "{why}");
    }
    assert!(is_gone(&chidi, &card).await);
    let read = ana.get(&format!("/documents/{card}")).await;
    assert_eq!(read["model"]["text"], "Ana waited, and six spoke.");
    let history = ana.ask(Method::GET, &format!("/api/v1/documents/{draft}"), ana.script(), None).await;
    assert_eq!(history.code(), "not_found", "the drafting stays with Ben");

    // Ana says yes: Ben shows it to Chidi, and cannot shut Ana out.
    answer(&ana, &card, true).await;
    cards(&ben, |cards| cards.iter().any(|row| row["card"]["may_be_seen"] == true)).await;
    show(&ben, &card, &chidi_id).await;
    let seen = cards(&chidi, |cards| cards.len() == 1).await;
    assert_eq!((&seen[0]["card"]["may_be_seen"], &seen[0]["card"]["asks_me"]), (&json!(true), &json!(false)));
    let (code, _) = refusal(&ben, Method::DELETE, &format!("{grants}/{ana_id}"), None).await;
    assert_eq!(code, "refused");

    // Ana takes it back: Ben's computer ends Chidi's access by itself, and gives nobody any more.
    answer(&ana, &card, false).await;
    cards(&chidi, <[Value]>::is_empty).await;
    says(&ben, &card, |read| read["model"]["answers"][&ana_id] == false).await;
    let (code, why) = refusal(&ben, Method::POST, &grants, Some(grant("reader"))).await;
    assert_eq!((code.as_str(), why.contains("everybody named")), ("refused", true), "{why}");
    until_gone(&chidi, &card).await;

    // A no stays one; she is asked anew, in a card that tells nothing of it.
    let words = ana.get(&format!("/documents/{card}")).await["model"]["words"].clone();
    let yes = json!({ "edit": { "verb": "let_others_see", "words": words } });
    assert_eq!(refusal(&ana, Method::POST, &format!("/documents/{card}/edits"), Some(yes)).await.0, "refused");
    let second = ben.post(&ask, json!({})).await["document"].as_str().unwrap().to_owned();
    cards(&ana, |cards| cards.len() == 1 && cards[0]["id"] == second.as_str()).await;
    answer(&ana, &second, true).await;
    cards(&ben, |cards| cards.iter().any(|row| row["card"]["may_be_seen"] == true)).await;
    show(&ben, &second, &chidi_id).await;
    cards(&chidi, |cards| cards.len() == 1).await;

    // Other words are asked about anew, and what was asked before is taken back.
    ben.post(&format!("/documents/{draft}/texts/text"), json!({ "append": " Then ten." })).await;
    let anew = ben.post(&ask, json!({})).await["document"].as_str().unwrap().to_owned();
    assert_ne!(anew, second);
    cards(&ana, |cards| cards.len() == 1 && cards[0]["id"] == anew.as_str() && cards[0]["card"]["asks_me"] == true)
        .await;
    cards(&chidi, <[Value]>::is_empty).await;
    let listed = ben.get("/documents?kind=shown_card").await["documents"].as_array().unwrap().len();
    assert_eq!(listed, 1, "the earlier one is put away");
    let (code, why) = refusal(&ben, Method::POST, &format!("/documents/{second}/grants"), Some(grant("reader"))).await;
    assert_eq!((code.as_str(), why.contains("taken back")), ("refused", true), "her yes to it binds nobody now: {why}");

    // Ana says no: nobody else ever learns of it, and Ben takes it back.
    answer(&ana, &anew, false).await;
    cards(&ben, |cards| cards.iter().any(|row| row["unread"] == true)).await;
    assert!(is_gone(&chidi, &anew).await);
    ben.good(Method::DELETE, &ask, None).await;
    cards(&ana, <[Value]>::is_empty).await;
    assert_eq!(ben.get(&format!("/documents/{draft}")).await["model"]["asked"], json!([]));
}

#[tokio::test]
async fn a_card_that_its_author_puts_away_is_nobodys_any_more() {
    let (ben, ana, chidi) = tokio::join!(Daemon::start_as("Ben"), Daemon::start(), Daemon::start_as("Chidi"));
    let ana_id = pair(&ben, &ana, "Ana").await;
    let chidi_id = pair(&ben, &chidi, "Chidi").await;
    let card = shown_to(&chidi, &chidi_id, &ben, &ana, &ana_id).await;

    ben.good(Method::PUT, &format!("/documents/{card}/bin"), None).await;
    cards(&ana, <[Value]>::is_empty).await;
    cards(&chidi, <[Value]>::is_empty).await;
    until_gone(&chidi, &card).await;
    until_gone(&ana, &card).await;
}

#[tokio::test]
async fn a_card_is_read_no_longer_as_soon_as_a_reader_hears_of_the_no() {
    let (ben, ana, chidi) = tokio::join!(Daemon::start_as("Ben"), Daemon::start(), Daemon::start_as("Chidi"));
    let ana_id = pair(&ben, &ana, "Ana").await;
    let chidi_id = pair(&ben, &chidi, "Chidi").await;
    pair(&ana, &chidi, "Chidi").await;
    let card = shown_to(&chidi, &chidi_id, &ben, &ana, &ana_id).await;

    // Ben's computer is off, so that nobody can end Chidi's access; Ana's answer reaches Chidi's all the same.
    ben.stop().await;
    answer(&ana, &card, false).await;
    cards(&chidi, <[Value]>::is_empty).await;
    until_gone(&chidi, &card).await;
    let export = format!("/api/v1/documents/{card}/export?format=md");
    assert_eq!(chidi.ask(Method::GET, &export, chidi.script(), None).await.code(), "not_found");
}

#[tokio::test]
async fn a_resource_is_read_by_others_and_leads_nowhere_else_than_it_says() {
    let (ana, ben) = tokio::join!(Daemon::start(), Daemon::start_as("Ben"));
    let ben_id = pair(&ana, &ben, "Ben").await;
    let id = make(&ana, json!({ "kind": "resource", "title": "Wait time" })).await;
    edit(&ana, &id, json!({ "verb": "set_link", "link": "https://example.org/wait" })).await;
    edit(&ana, &id, json!({ "verb": "set_tags", "tags": ["talk"] })).await;
    let script = json!({ "edit": { "verb": "set_link", "link": "javascript:alert(1)" } });
    assert_eq!(refusal(&ana, Method::POST, &format!("/documents/{id}/edits"), Some(script)).await.0, "bad_request");
    let write = json!({ "with": ben_id, "role": "writer" });
    assert_eq!(refusal(&ana, Method::POST, &format!("/documents/{id}/grants"), Some(write)).await.0, "refused");
    show(&ana, &id, &ben_id).await;
    let read = says(&ben, &id, |read| read["model"]["link"].is_string()).await;
    assert_eq!((&read["role"], &read["model"]["link"]), (&json!("reader"), &json!("https://example.org/wait")));
    let written = format!("/api/v1/documents/{id}/export?format=md");
    let written = ben.ask(Method::GET, &written, ben.script(), None).await;
    assert!(written.text().contains("https://example.org/wait") && written.text().contains("Wait time"));
}
