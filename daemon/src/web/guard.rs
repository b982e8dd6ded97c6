//! Decides who may ask anything: exact host, exact origin, and a session or the scripts' token.
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
use super::secrets::{LINK_LIFE, Links, Secrets, Session};
use crate::house::answers::{Trouble, TroubleCode};

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

/// Knows the names this server answers to and the secrets that open it.
pub(super) struct Guard {
    hosts: Vec<String>,
    home: String,
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
            hosts,
            home: format!("http://{address}"),
            cookie: format!("rounds-{}", HEXLOWER.encode(install)),
            secrets: Secrets::new(token, install),
            links: Mutex::default(),
        }
    }

    /// Decides about a request by its head alone.
    pub(super) fn admit(&self, head: &Parts, now: SystemTime) -> Result<Caller, Refusal> {
        let host = self.host(head)?;
        let has_origin = same_origin(&head.headers, host)?;
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
        Ok(Caller::Page(session))
    }

    /// The host asked for, when it is one of ours: a name that a stranger points here is not.
    fn host<'a>(&self, head: &'a Parts) -> Result<&'a str, Refusal> {
        let foreign = || forbidden("this server does not answer to that name").hint("rounds open");
        let host = one(&head.headers, &HOST)?.ok_or_else(foreign)?;
        let ours = self.hosts.iter().any(|known| known == host);
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

    /// Makes a launch link: its whole address.
    pub(super) fn launch_link(&self, now: Instant) -> Result<String, Refusal> {
        let secret = self.links().issue(now).map_err(|_| Refusal::fault())?;
        Ok(format!("{}{LAUNCH}{secret}", self.home))
    }

    /// Uses a launch link up and begins a session, or goes on with the browser's own: the value for `Set-Cookie`.
    pub(super) fn launch(
        &self,
        secret: &str,
        caller: Caller,
        now: Instant,
        today: SystemTime,
    ) -> Result<String, Refusal> {
        if !self.links().redeem(secret, now) {
            let seconds = LINK_LIFE.as_secs();
            let message = format!("this link was used already, or is older than {seconds} seconds");
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
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.secrets.cookie(session))
    }

    fn links(&self) -> std::sync::MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("home", &self.home).finish_non_exhaustive()
    }
}

/// Refuses a request that says it comes from elsewhere; tells whether it says anything.
fn same_origin(headers: &HeaderMap, host: &str) -> Result<bool, Refusal> {
    match one(headers, &ORIGIN)? {
        None => Ok(false),
        Some(origin) if origin.strip_prefix("http://") == Some(host) => Ok(true),
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
