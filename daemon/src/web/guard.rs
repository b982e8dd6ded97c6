//! Decides who may ask anything: exact host, exact origin, and a session or the scripts' token.
//!
//! There are two doors, each with a guard: the one of this computer, and the one for its teacher's own tablet, which
//! may be knocked at from the whole network, knows no scripts, and shows some things to nobody.
//!
//! A hostile page in the next tab may send requests here, and pages served at other ports of this computer even share
//! our cookies. So a cookie alone opens nothing but the page itself; everything else needs the token that stands in the
//! page, which only a page from here can read.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use data_encoding::HEXLOWER;

use super::refusal::Refusal;
use super::secrets::{LINK_LIFE, Links, Secrets, Session, TABLET_LINK_LIFE};
use crate::house::{Trouble, TroubleCode};

/// Carries the page's token.
pub(super) const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-rounds-token");
/// How a browser says which site a request began at.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Everything that is not the page is below this.
pub(super) const API: &str = "/api/";
/// The live socket: browsers cannot add headers to it, so the token may be in its query.
pub(super) const LIVE: &str = "/api/v1/live";
/// One-use links are below this.
pub(super) const LAUNCH: &str = "/launch/";

/// Cookies of our name that are looked at; a page at another port of this computer may have set some too.
const COOKIES_MAX: usize = 4;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// A script of this user, by the token in the data folder.
    Script,
    /// A page, by its cookie; on API calls by its token too.
    Page(Session),
    /// Nobody known. Gets no further than launch links and the page that explains them.
    Stranger,
}

/// Where a connection arrived, as the operating system tells it: what its requests must ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ArrivedAt(pub(super) SocketAddr);

/// What a tablet may not do: whoever holds it for a moment must not keep the computer's owner out, nor stay.
const ON_THE_COMPUTER_ONLY: [(Method, &str); 8] = [
    (Method::POST, "/api/v1/launch-links"),
    (Method::POST, "/api/v1/pairing/offers"),
    (Method::POST, "/api/v1/pairing/accept"),
    (Method::PUT, "/api/v1/lock"),
    (Method::PUT, "/api/v1/passphrase"),
    (Method::PUT, "/api/v1/tablet"),
    (Method::POST, "/api/v1/tablet/links"),
    (Method::POST, "/api/v1/stop"),
];

/// The names a door answers to.
enum Names {
    /// This computer's own, and the first of them with its scheme.
    Here { hosts: Vec<String>, home: String },
    /// The very address that a connection came in at: addresses change as a laptop moves.
    Tablet,
}

/// Knows the names a door answers to and the secrets that open it.
pub(super) struct Guard {
    names: Names,
    cookie: String,
    secrets: Secrets,
    links: Mutex<Links>,
}

impl Guard {
    /// Guards a server at `address`, which is this computer's own.
    pub(super) fn new(address: SocketAddr, install: &[u8; 16], token: &str) -> Self {
        let port = address.port();
        let mut hosts = vec![address.to_string(), format!("localhost:{port}")];
        if port == 80 {
            let bare = address.to_string();
            hosts.extend([bare.trim_end_matches(":80").to_owned(), "localhost".to_owned()]);
        }
        Self {
            names: Names::Here { hosts, home: format!("http://{address}") },
            cookie: format!("rounds-{}", HEXLOWER.encode(install)),
            secrets: Secrets::new(token, install),
            links: Mutex::new(Links::living(LINK_LIFE)),
        }
    }

    /// Guards the tablet's door. `secret` is known to nobody, so that no script comes in; sessions last at most as long as it does.
    pub(super) fn for_tablet(install: &[u8; 16], secret: &[u8; 32]) -> Self {
        Self {
            names: Names::Tablet,
            cookie: format!("rounds-tablet-{}", HEXLOWER.encode(install)),
            secrets: Secrets::new(&HEXLOWER.encode(secret), install),
            links: Mutex::new(Links::living(TABLET_LINK_LIFE)),
        }
    }

    /// Whether this is the tablet's door.
    pub(super) fn is_tablets(&self) -> bool {
        matches!(self.names, Names::Tablet)
    }

    fn scheme(&self) -> &'static str {
        if self.is_tablets() { "https" } else { "http" }
    }

    /// The live socket's address at `host`.
    pub(super) fn socket(&self, host: &str) -> String {
        format!("{}://{host}", if self.is_tablets() { "wss" } else { "ws" })
    }

    /// Decides about a request by its head alone.
    pub(super) fn admit(&self, head: &Parts, now: SystemTime) -> Result<Caller, Refusal> {
        let host = self.host(head)?;
        let has_origin = same_origin(&head.headers, self.scheme(), host)?;
        let path = head.uri.path();
        let is_api = path.starts_with(API);
        if is_api {
            same_site(&head.headers)?;
        }
        if let Some(authorization) = one(&head.headers, &AUTHORIZATION)? {
            let token = authorization.strip_prefix("Bearer ").ok_or_else(Refusal::no_session)?;
            return if self.secrets.is_script(token) { Ok(Caller::Script) } else { Err(Refusal::no_session()) };
        }
        let Some(session) = self.session(&head.headers, now) else {
            return if is_api { Err(Refusal::no_session()) } else { Ok(Caller::Stranger) };
        };
        if !is_api {
            return Ok(Caller::Page(session));
        }
        let token = match one(&head.headers, &TOKEN_HEADER)? {
            None if path == LIVE => head.uri.query().and_then(token_in),
            token => token,
        };
        if !token.is_some_and(|token| self.secrets.is_page(session, token)) {
            return Err(Refusal::no_session());
        }
        let reads = matches!(head.method, Method::GET | Method::HEAD) && path != LIVE;
        if !reads && !has_origin {
            return Err(forbidden("a page must say where it is from"));
        }
        if self.is_tablets()
            && ON_THE_COMPUTER_ONLY.iter().any(|(method, kept)| *method == head.method && *kept == path)
        {
            return Err(forbidden("this is done on the computer itself, not on its tablet"));
        }
        Ok(Caller::Page(session))
    }

    /// The host asked for, when it is one of ours: a name that a stranger points here is not.
    fn host<'a>(&self, head: &'a Parts) -> Result<&'a str, Refusal> {
        let foreign = || forbidden("this server does not answer to that name").hint("rounds open");
        let host = one(&head.headers, &HOST)?.ok_or_else(foreign)?;
        let ours = match &self.names {
            Names::Here { hosts, .. } => hosts.iter().any(|known| known == host),
            Names::Tablet => {
                head.extensions.get::<ArrivedAt>().is_some_and(|ArrivedAt(address)| address.to_string() == host)
            }
        };
        let same = head.uri.authority().is_none_or(|authority| authority.as_str() == host);
        if ours && same { Ok(host) } else { Err(foreign()) }
    }

    fn session(&self, headers: &HeaderMap, now: SystemTime) -> Option<Session> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
        let values = cookies.flat_map(|header| header.split(';')).filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            (name.trim() == self.cookie).then(|| value.trim())
        });
        values.take(COOKIES_MAX).find_map(|value| self.secrets.session(value, seconds(now)))
    }

    /// Makes a launch link for a browser of this computer: its whole address.
    pub(super) fn launch_link(&self, now: Instant) -> Result<String, Refusal> {
        let Names::Here { home, .. } = &self.names else { return Err(Refusal::fault()) };
        Ok(format!("{home}{}", self.launch_path(now)?))
    }

    /// Makes a launch link: what stands in it after the address.
    pub(super) fn launch_path(&self, now: Instant) -> Result<String, Refusal> {
        let secret = self.links().issue(now).map_err(|_| Refusal::fault())?;
        Ok(format!("{LAUNCH}{secret}"))
    }

    /// Uses a launch link up and begins a session, or goes on with the browser's own: the value for `Set-Cookie`.
    pub(super) fn launch(
        &self,
        secret: &str,
        caller: Caller,
        now: Instant,
        today: SystemTime,
    ) -> Result<String, Refusal> {
        let mut links = self.links();
        let (life, good) = (links.life(), links.redeem(secret, now));
        drop(links);
        if !good {
            let message = format!("this link was used already, or is older than {} seconds", life.as_secs());
            return Err(Trouble::new(TroubleCode::LinkUsed, message).hint("rounds open").into());
        }
        let session = match caller {
            Caller::Page(session) => self.secrets.renew(session, seconds(today)),
            Caller::Script | Caller::Stranger => self.secrets.begin(seconds(today)).map_err(|_| Refusal::fault())?,
        };
        Ok(self.set_cookie(session))
    }

    /// What a page needs: its token, and its cookie anew when that is due.
    pub(super) fn page(&self, session: Session, now: SystemTime) -> (String, Option<String>) {
        let now = seconds(now);
        let cookie = session.is_due(now).then(|| self.set_cookie(self.secrets.renew(session, now)));
        (self.secrets.page_token(session), cookie)
    }

    fn set_cookie(&self, session: Session) -> String {
        // Without an age it ends with the browser; a computer may be shared.
        let only_by_tls = if self.is_tablets() { "; Secure" } else { "" };
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict{only_by_tls}", self.cookie, self.secrets.cookie(session))
    }

    fn links(&self) -> std::sync::MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("is_tablets", &self.is_tablets()).finish_non_exhaustive()
    }
}

/// Refuses a request that says it comes from elsewhere; tells whether it says anything.
fn same_origin(headers: &HeaderMap, scheme: &str, host: &str) -> Result<bool, Refusal> {
    match one(headers, &ORIGIN)? {
        None => Ok(false),
        Some(origin) if origin.split_once("://") == Some((scheme, host)) => Ok(true),
        Some(_) => Err(forbidden("another site may not ask this")),
    }
}

/// Refuses what a browser says began at another site, or at another port of this computer.
fn same_site(headers: &HeaderMap) -> Result<(), Refusal> {
    match one(headers, &FETCH_SITE)? {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(forbidden("another site may not ask this")),
    }
}

/// The one header of this name; two of them, or bytes that are no text, are a trick.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Ok(Some(text)),
        _ => Err(Refusal::bad_request(format!("the header {name} must come once, in plain letters"))),
    }
}

fn token_in(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("token="))
}

fn forbidden(message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, TroubleCode::Refused, message)
}

fn seconds(now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;
