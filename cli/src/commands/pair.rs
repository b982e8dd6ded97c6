//! Decides how two people pair: who shows the code, who types it, and how the wait ends.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rounds_daemon::network::PairingError;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args;
use crate::client::{self, Daemon, Question};
use crate::failure::{self, Failure};
use crate::names::Person;
use crate::session::Session;

/// How long one question about an offer may wait for news.
const NEWS_WAIT: Duration = Duration::from_secs(20);

/// Pair with somebody by a code that is said aloud.
#[derive(Debug, clap::Args)]
pub(crate) struct Pair {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show a code and wait for the other person to enter it.
    Offer {
        /// How long the code is good for.
        #[arg(long, value_name = "DURATION", default_value = "120s", value_parser = args::duration)]
        timeout: Duration,
    },
    /// Enter the code that the other person's computer shows.
    Accept {
        /// The code, as it was said aloud.
        code: String,
        /// Where the other computer is, when it is not found by itself.
        #[arg(long, value_name = "ADDR")]
        at: Option<SocketAddr>,
    },
}

#[derive(Debug, Deserialize)]
struct Offer {
    offer: Value,
    code: String,
    #[serde(default)]
    addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct News {
    state: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    person: Option<Person>,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Accepted {
    person: Person,
}

impl Pair {
    /// Offers or accepts.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self.action {
            Action::Offer { timeout } => offer(session, timeout).await,
            Action::Accept { code, at } => session.interruptible(accept(session, &code, at)).await,
        }
    }
}

async fn offer(session: &Session, timeout: Duration) -> Result<(), Failure> {
    let daemon = session.daemon()?;
    let question = Question::post(&["pairing", "offers"], json!({ "timeout_seconds": timeout.as_secs() }));
    let answer = session.interruptible(daemon.ask(question)).await?;
    let offer: Offer = client::read(&answer)?;
    let id = match &offer.offer {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let wait = async {
        show_code(session, &offer.code, &offer.addresses)?;
        wait_for_partner(session, &daemon, &id, &offer, timeout).await
    };
    let outcome = session.interruptible(wait).await;
    if outcome.is_err() {
        // The offer closes by itself later; that this tidying can fail changes nothing.
        let _ = daemon.ask(Question::delete(&["pairing", "offers", &id])).await;
    }
    let person = outcome?;
    session.output.object(json!({ "event": "paired", "person": { "id": person.id, "name": person.name } }))?;
    session.output.answer(&format!("You are paired with {} ({}).", person.name, person.short_id()), &person.name)
}

fn show_code(session: &Session, code: &str, addresses: &[String]) -> Result<(), Failure> {
    session.output.object(json!({ "event": "code", "code": code, "addresses": addresses }))?;
    session.output.answer(&format!("Code: {code}"), code)?;
    session.output.note(&format!("On the other computer: rounds pair accept {code}"))?;
    match addresses.first() {
        Some(address) => session.output.note(&format!("If it is not found there, add: --at {address}")),
        None => Ok(()),
    }
}

/// Asks for news until somebody has paired or the offer is over, showing each fresh code.
async fn wait_for_partner(
    session: &Session,
    daemon: &Daemon,
    id: &str,
    offer: &Offer,
    timeout: Duration,
) -> Result<Person, Failure> {
    let until = Instant::now() + timeout + client::WAIT_MARGIN;
    let mut shown = offer.code.clone();
    while Instant::now() < until {
        let question = Question::get(&["pairing", "offers", id])
            .with("wait_seconds", NEWS_WAIT.as_secs().to_string())
            .patient(NEWS_WAIT);
        let news: News = client::read(&daemon.ask(question).await?)?;
        match (news.state.as_str(), news.person) {
            ("paired", Some(person)) => return Ok(person),
            ("closed", _) => return Err(closed(news.reason.as_deref())),
            _ => {}
        }
        if let Some(code) = news.code.filter(|code| *code != shown) {
            session.output.note("That code was tried and did not fit, so here is a fresh one.")?;
            show_code(session, &code, &offer.addresses)?;
            shown = code;
        }
    }
    Err(closed(None))
}

/// Why an offer ended without a partner. The daemon says it in a sentence, which is the network's own.
fn closed(reason: Option<&str>) -> Failure {
    let again = "rounds pair offer";
    let Some(reason) = reason else {
        return Failure::timed_out("nobody paired in time").hint(again);
    };
    if reason == PairingError::TooManyFailures.to_string() {
        return failure::from_daemon("wrong_code", reason, Some(again));
    }
    Failure::timed_out(reason).hint(again)
}

async fn accept(session: &Session, code: &str, at: Option<SocketAddr>) -> Result<(), Failure> {
    let mut body = json!({ "code": code.trim() });
    if let Some(address) = at {
        body["at"] = json!(address.to_string());
    }
    let question = Question::post(&["pairing", "accept"], body).patient(Duration::from_secs(120));
    let answer = session.daemon()?.ask(question).await?;
    let Accepted { person } = client::read(&answer)?;
    session.output.object(json!({ "event": "paired", "person": { "id": person.id, "name": person.name } }))?;
    session.output.answer(&format!("You are paired with {} ({}).", person.name, person.short_id()), &person.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_that_ends_says_why() {
        assert_eq!(closed(Some(&PairingError::TooManyFailures.to_string())).exit.code(), 5);
        assert_eq!(closed(Some(&PairingError::TimedOut.to_string())).exit.code(), 4);
        assert_eq!(closed(None).exit.code(), 4);
    }
}
