//! Decides what proves a session: signed cookies, page tokens, the scripts' token, and launch links that work once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::keys::fill_random;

/// How long a launch link works: time enough for a browser to start on an old computer.
pub(super) const LINK_LIFE: Duration = Duration::from_secs(60);

/// How long a link for the tablet works: time to scan it, to compare the fingerprint, and to accept the certificate.
pub(super) const TABLET_LINK_LIFE: Duration = Duration::from_secs(5 * 60);

/// Launch links that may be outstanding; one more ends the oldest. A person opens one page at a time.
const LINKS_MAX: usize = 16;

/// Seconds a page may stay away before its session ends: a school week and the weekend.
pub(super) const SESSION_LIFE_SECONDS: u64 = 8 * 24 * 60 * 60;

/// Seconds after which a session that is used is signed anew.
pub(super) const SESSION_RENEWAL_SECONDS: u64 = 24 * 60 * 60;

/// Bytes of every secret drawn here: beyond guessing.
const SECRET_BYTES: usize = 32;

const NAME_BYTES: usize = 16;
const MAC_BYTES: usize = 32;
const COOKIE_BYTES: usize = NAME_BYTES + size_of::<u64>() + MAC_BYTES;

/// A fresh secret as text that a URL, a header and a file hold as it is.
pub(super) fn fresh_secret() -> std::io::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    fill_random(&mut bytes)?;
    Ok(HEXLOWER.encode(&bytes))
}

/// A page's session, proved by its cookie. Nothing of it is stored: what cannot be stored cannot overflow, and a page
/// survives the daemon's restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    name: [u8; NAME_BYTES],
    issued: u64,
}

impl Session {
    /// Whether its cookie should be signed anew, so that a page in daily use never ends.
    pub(super) fn is_due(self, now: u64) -> bool {
        now.saturating_sub(self.issued) > SESSION_RENEWAL_SECONDS
    }
}

/// The keys behind sessions and scripts, derived from the token in the data folder.
pub(super) struct Secrets {
    script: [u8; 32],
    session: [u8; 32],
}

impl Secrets {
    /// Derives them; sessions last as long as the token stays the same, even over restarts.
    pub(super) fn new(token: &str, install: &[u8; 16]) -> Self {
        let session = hmac(token.as_bytes(), &[b"rounds: page sessions", install]);
        Self { script: hmac(&session, &[b"script", token.as_bytes()]), session }
    }

    /// Whether this is the scripts' token. Both sides are hashed under a secret first, so the time it takes tells nothing.
    pub(super) fn is_script(&self, token: &str) -> bool {
        verify(&self.session, &[b"script", token.as_bytes()], &self.script)
    }

    /// A new session.
    pub(super) fn begin(&self, now: u64) -> std::io::Result<Session> {
        let mut name = [0; NAME_BYTES];
        fill_random(&mut name)?;
        Ok(Session { name, issued: now })
    }

    /// The same session, signed as of now; its page token stays, so that other open pages of the browser stay too.
    pub(super) fn renew(&self, session: Session, now: u64) -> Session {
        Session { issued: now, ..session }
    }

    /// The cookie's value.
    pub(super) fn cookie(&self, session: Session) -> String {
        let mut bytes = Vec::with_capacity(COOKIE_BYTES);
        bytes.extend(session.name);
        bytes.extend(session.issued.to_be_bytes());
        bytes.extend(hmac(&self.session, &[b"cookie", &session.name, &session.issued.to_be_bytes()]));
        HEXLOWER.encode(&bytes)
    }

    /// The session of a cookie's value, when it is ours and has not ended.
    pub(super) fn session(&self, cookie: &str, now: u64) -> Option<Session> {
        if cookie.len() != 2 * COOKIE_BYTES {
            return None;
        }
        let bytes = HEXLOWER.decode(cookie.as_bytes()).ok()?;
        let (name, rest) = bytes.split_first_chunk::<NAME_BYTES>()?;
        let (issued, mac) = rest.split_first_chunk::<8>()?;
        if !verify(&self.session, &[b"cookie", name, issued], mac) {
            return None;
        }
        let issued = u64::from_be_bytes(*issued);
        (now.saturating_sub(issued) <= SESSION_LIFE_SECONDS).then_some(Session { name: *name, issued })
    }

    /// What the pages of a session send beside the cookie: a page of another site could send the cookie, but not this.
    pub(super) fn page_token(&self, session: Session) -> String {
        HEXLOWER.encode(&hmac(&self.session, &[b"page", &session.name]))
    }

    /// Whether a page of this session says so.
    pub(super) fn is_page(&self, session: Session, token: &str) -> bool {
        HEXLOWER.decode(token.as_bytes()).is_ok_and(|mac| verify(&self.session, &[b"page", &session.name], &mac))
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    mac(key, parts).finalize().into_bytes().into()
}

/// Compares in constant time.
fn verify(key: &[u8], parts: &[&[u8]], theirs: &[u8]) -> bool {
    mac(key, parts).verify_slice(theirs).is_ok()
}

/// The launch links that have not been used. Only their hashes are kept, so that looking one up tells nothing by its time.
pub(super) struct Links {
    life: Duration,
    outstanding: VecDeque<([u8; 32], Instant)>,
}

impl Links {
    /// Links that work for so long.
    pub(super) fn living(life: Duration) -> Self {
        Self { life, outstanding: VecDeque::new() }
    }

    /// How long a link works.
    pub(super) fn life(&self) -> Duration {
        self.life
    }

    /// Makes a link's secret.
    pub(super) fn issue(&mut self, now: Instant) -> std::io::Result<String> {
        let secret = fresh_secret()?;
        if self.outstanding.len() == LINKS_MAX {
            self.outstanding.pop_front();
        }
        self.outstanding.push_back((Sha256::digest(&secret).into(), now));
        Ok(secret)
    }

    /// Uses a link up. One that was used, is too old or never existed looks the same.
    pub(super) fn redeem(&mut self, secret: &str, now: Instant) -> bool {
        self.outstanding.retain(|(_, issued)| now.saturating_duration_since(*issued) <= self.life);
        let hash: [u8; 32] = Sha256::digest(secret).into();
        let found = self.outstanding.iter().position(|(known, _)| *known == hash);
        found.and_then(|index| self.outstanding.remove(index)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new("token", &[1; 16])
    }

    #[test]
    fn a_session_is_its_cookie_and_survives_a_restart() {
        let session = secrets().begin(1_000).expect("random");
        let cookie = secrets().cookie(session);
        assert_eq!(secrets().session(&cookie, 1_000), Some(session));
        assert_eq!(Secrets::new("other token", &[1; 16]).session(&cookie, 1_000), None);
        assert_eq!(Secrets::new("token", &[2; 16]).session(&cookie, 1_000), None);
    }

    #[test]
    fn a_changed_cookie_is_nobodys() {
        let cookie = secrets().cookie(secrets().begin(1_000).expect("random"));
        for position in [0, NAME_BYTES * 2, cookie.len() - 1] {
            let mut changed = cookie.clone().into_bytes();
            changed[position] = if changed[position] == b'0' { b'1' } else { b'0' };
            assert_eq!(secrets().session(&String::from_utf8(changed).expect("hex"), 1_000), None, "{position}");
        }
        for bad in ["", "zz", &cookie[2..], &format!("{cookie}00"), &cookie.to_uppercase()] {
            assert_eq!(secrets().session(bad, 1_000), None, "{bad}");
        }
    }

    #[test]
    fn a_session_ends_unless_it_is_used() {
        let secrets = secrets();
        let session = secrets.begin(1_000).expect("random");
        let cookie = secrets.cookie(session);
        assert!(!session.is_due(1_000 + SESSION_RENEWAL_SECONDS));
        assert!(session.is_due(1_001 + SESSION_RENEWAL_SECONDS));
        assert!(secrets.session(&cookie, 1_000 + SESSION_LIFE_SECONDS).is_some());
        assert!(secrets.session(&cookie, 1_001 + SESSION_LIFE_SECONDS).is_none());
        let renewed = secrets.renew(session, 1_001 + SESSION_LIFE_SECONDS);
        assert!(secrets.session(&secrets.cookie(renewed), 1_001 + SESSION_LIFE_SECONDS).is_some());
        assert!(secrets.is_page(renewed, &secrets.page_token(session)));
    }

    #[test]
    fn a_page_token_belongs_to_one_session() {
        let secrets = secrets();
        let (ours, other) = (secrets.begin(0).expect("random"), secrets.begin(0).expect("random"));
        assert!(secrets.is_page(ours, &secrets.page_token(ours)));
        assert!(!secrets.is_page(ours, &secrets.page_token(other)));
        assert!(!secrets.is_page(ours, &secrets.cookie(ours)));
        assert!(!secrets.is_page(ours, ""));
    }

    #[test]
    fn only_the_whole_token_is_the_scripts() {
        let secrets = secrets();
        assert!(secrets.is_script("token"));
        for bad in ["", "toke", "tokens", "Token"] {
            assert!(!secrets.is_script(bad), "{bad}");
        }
    }

    #[test]
    fn a_link_works_once_and_for_a_minute() {
        let start = Instant::now();
        let mut links = Links::living(LINK_LIFE);
        let link = links.issue(start).expect("random");
        assert!(!links.redeem("guess", start));
        assert!(links.redeem(&link, start + LINK_LIFE));
        assert!(!links.redeem(&link, start + LINK_LIFE));
        let link = links.issue(start).expect("random");
        assert!(!links.redeem(&link, start + LINK_LIFE + Duration::from_millis(1)));
    }

    #[test]
    fn outstanding_links_are_bounded_and_the_newest_stay() {
        let start = Instant::now();
        let mut links = Links::living(LINK_LIFE);
        let issued: Vec<String> = (0..=LINKS_MAX).map(|_| links.issue(start).expect("random")).collect();
        assert!(!links.redeem(&issued[0], start));
        assert!(issued[1..].iter().all(|link| links.redeem(link, start)));
    }
}
