//! Decides how the page's files are served: under which policy, how long a browser may keep them, and to whom.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;

use super::refusal::Refusal;
use crate::keys::fill_random;

const INDEX: &str = "index.html";
/// The build names these files by their content, so one that was fetched never changes.
const HASHED: &str = "assets/";
const FOREVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// Nothing that a page of ours says may be kept by the browser.
pub(super) const KEEP_NOTHING: HeaderValue = HeaderValue::from_static("no-store");

/// What the build calls a file that it compressed, after the file's own name.
const BROTLI: &str = ".br";

const NONCE_PLACE: &str = "__CSP_NONCE__";
const TOKEN_PLACE: &str = "__ROUNDS_TOKEN__";
const KEY_PLACE: &str = "__ROUNDS_KEY__";
const LOCKED_PLACE: &str = "__ROUNDS_LOCKED__";
const NONCE_BYTES: usize = 16;

/// The policy of everything that is not a page: it may do nothing.
pub(super) const INERT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// The files of the built page, by their path below its root.
#[derive(Clone)]
pub struct PageFiles {
    files: Arc<BTreeMap<String, Bytes>>,
    index: Arc<str>,
}

impl PageFiles {
    /// Takes the files; `None` when there is no `index.html` among them: that is no page.
    pub fn new(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Option<Self> {
        let mut known = BTreeMap::new();
        for (path, bytes) in files {
            let bytes = match bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            known.insert(path.trim_start_matches('/').to_owned(), bytes);
        }
        let index = known.remove(INDEX)?;
        let index = std::str::from_utf8(&index).ok()?.into();
        Some(Self { files: Arc::new(known), index })
    }

    /// A file by its path, or the page itself for a place inside it.
    fn find(&self, path: &str) -> Option<Found<'_>> {
        let path = path.trim_start_matches('/');
        if let Some((name, bytes)) = self.files.get_key_value(path) {
            let brotli = self.files.get(&format!("{path}{BROTLI}"));
            return Some(Found::File(name, Sent { plain: bytes.clone(), brotli: brotli.cloned() }));
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        let names_a_file = path.starts_with(HASHED) || last.contains('.');
        (!names_a_file || path == INDEX).then_some(Found::Page)
    }
}

impl std::fmt::Debug for PageFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.files.keys()).finish()
    }
}

enum Found<'a> {
    File(&'a str, Sent),
    Page,
}

/// A file as it is, and as the build compressed it.
struct Sent {
    plain: Bytes,
    brotli: Option<Bytes>,
}

/// What the page is given when it is loaded.
pub(super) struct Loading {
    /// The live socket's address, as a source of the policy.
    pub socket: String,
    /// Its token.
    pub token: String,
    /// What it seals words with that wait, in hexadecimal; nothing while locked.
    pub key: String,
    /// Whether it may only ask for the passphrase.
    pub locked: bool,
    /// Its cookie, when that is signed anew.
    pub cookie: Option<String>,
}

/// Serves a file, compressed for whoever takes it so, or the page with its nonce and token filled in.
pub(super) fn serve(
    page: Option<&PageFiles>,
    path: &str,
    asked: &HeaderMap,
    loading: impl FnOnce() -> Loading,
) -> Response {
    let Some(page) = page else {
        return say(StatusCode::OK, ["The page is not built", "Falta construir la página"], NOT_BUILT);
    };
    match page.find(path) {
        None => Refusal::nothing_here().into_response(),
        Some(Found::File(name, file)) => {
            let keep = if name.starts_with(HASHED) { FOREVER } else { ASK_AGAIN };
            let kind = HeaderValue::from_static(content_type(name));
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, keep)];
            match file.brotli {
                None => (headers, file.plain).into_response(),
                Some(brotli) => {
                    let vary = [(VARY, HeaderValue::from_static("accept-encoding"))];
                    if takes_brotli(asked) {
                        let encoding = [(CONTENT_ENCODING, HeaderValue::from_static("br"))];
                        (headers, vary, encoding, brotli).into_response()
                    } else {
                        (headers, vary, file.plain).into_response()
                    }
                }
            }
        }
        Some(Found::Page) => loaded(page, &loading()),
    }
}

/// Whether a browser named brotli among what it takes, and did not rule it out again (RFC 9110, 12.5.3).
fn takes_brotli(asked: &HeaderMap) -> bool {
    let codings = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        named && !parts.any(|weight| weight.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)))
    })
}

fn loaded(page: &PageFiles, loading: &Loading) -> Response {
    let Ok(nonce) = nonce() else { return Refusal::fault().into_response() };
    let html = page.index.replace(NONCE_PLACE, &nonce).replace(TOKEN_PLACE, &loading.token);
    let html = html.replace(KEY_PLACE, &loading.key);
    let html = html.replace(LOCKED_PLACE, if loading.locked { "locked" } else { "" });
    let mut response = html_response(StatusCode::OK, html, &page_policy(&nonce, &loading.socket));
    let cookie = loading.cookie.as_deref().and_then(|cookie| HeaderValue::from_str(cookie).ok());
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// The page's own policy: scripts by nonce only (what they import inherits it), nothing from elsewhere, nothing inline.
fn page_policy(nonce: &str, socket: &str) -> String {
    [
        "default-src 'none'".to_owned(),
        format!("script-src 'nonce-{nonce}'"),
        format!("style-src 'self' 'nonce-{nonce}'"),
        // Some browsers do not count a socket to the same host as 'self'.
        format!("connect-src 'self' {socket}"),
        "img-src 'self' data:".to_owned(),
        "font-src 'self'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ]
    .join("; ")
}

/// A few plain words for a person whose browser came without a session. At the tablet's door anybody of the network may
/// be reading: they are not told what answers.
pub(super) fn stranger(on_tablet: bool) -> Response {
    match on_tablet {
        false => say(StatusCode::UNAUTHORIZED, ["Rounds is running", "Rounds está en marcha"], NO_SESSION),
        true => say(StatusCode::UNAUTHORIZED, ["Not let in", "Sin acceso"], TABLET_NO_SESSION),
    }
}

/// A few plain words for a person whose link does not work any more.
pub(super) fn link_used(on_tablet: bool) -> Response {
    match on_tablet {
        false => say(StatusCode::GONE, ["This link has been used", "Este enlace ya se ha usado"], LINK_USED),
        true => say(StatusCode::GONE, ["This code has been used", "Este código ya se ha usado"], TABLET_LINK_USED),
    }
}

const NO_SESSION: &str = "<p>This browser has not been let in yet. To open your page, run this on this computer:</p>\
    <p><code>rounds open</code></p><p lang=\"es\">Este navegador todavía no tiene acceso. Para abrir tu página, ejecuta esto mismo \
    en este ordenador.</p>";
const LINK_USED: &str = "<p>A link into Rounds works once, for a minute. For a new one, run this on this computer:</p>\
    <p><code>rounds open</code></p><p>If Rounds is open in this browser already: <a href=\"/\">go there</a>.</p>\
    <p lang=\"es\">Un enlace a Rounds sirve una vez, durante un minuto. Para tener otro, ejecuta eso mismo en este ordenador. \
    Si Rounds ya está abierto en este navegador: <a href=\"/\">ir allí</a>.</p>";
const TABLET_NO_SESSION: &str = "<p>To let this tablet in, show a new code in the settings on your own computer, and scan it.</p>\
    <p lang=\"es\">Para dar acceso a esta tableta, muestra un código nuevo en los ajustes de tu propio ordenador y escanéalo.</p>";
const TABLET_LINK_USED: &str = "<p>A code works once, for five minutes. Show a new one in the settings on your own computer. \
    If this tablet was let in already: <a href=\"/\">go there</a>.</p><p lang=\"es\">Un código sirve una vez, durante cinco minutos. \
    Muestra otro en los ajustes de tu propio ordenador. Si esta tableta ya tiene acceso: <a href=\"/\">ir allí</a>.</p>";
const NOT_BUILT: &str = "<p>This program was built without its page, so only its commands and its API work. \
    To build both, run this where its source is:</p><p><code>cargo xtask run</code></p><p lang=\"es\">Este programa se construyó sin su \
    página. Para construir ambas cosas, ejecuta eso mismo donde está su código fuente.</p>";

/// A page of our own words in both languages: who has no session has not chosen one. `body` is never anybody else's.
fn say(status: StatusCode, [title, titulo]: [&str; 2], body: &str) -> Response {
    let Ok(nonce) = nonce() else { return Refusal::fault().into_response() };
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · {titulo}</title>\
         <style nonce=\"{nonce}\">body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}}\
         code{{font-size:1.1em}}</style></head><body><main><h1>{title}<br><span lang=\"es\">{titulo}</span></h1>{body}</main></body></html>"
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    html_response(status, html, &policy)
}

fn html_response(status: StatusCode, html: String, policy: &str) -> Response {
    let Ok(policy) = HeaderValue::from_str(policy) else { return Refusal::fault().into_response() };
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, KEEP_NOTHING), (CONTENT_SECURITY_POLICY, policy)];
    (status, headers, Body::from(html)).into_response()
}

fn nonce() -> std::io::Result<String> {
    let mut bytes = [0; NONCE_BYTES];
    fill_random(&mut bytes)?;
    Ok(HEXLOWER.encode(&bytes))
}

/// By the file's ending; browsers are told not to guess.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = "<meta content=\"__CSP_NONCE__\"><meta content=\"__ROUNDS_TOKEN__\">\
        <meta content=\"__ROUNDS_KEY__\"><script nonce=\"__CSP_NONCE__\">";

    fn files() -> PageFiles {
        PageFiles::new([
            ("index.html".to_owned(), Cow::Borrowed(HTML.as_bytes())),
            ("assets/index-1.js".to_owned(), Cow::Borrowed(&b"1"[..])),
            ("assets/index-2.js".to_owned(), Cow::Borrowed(&b"two"[..])),
            ("assets/index-2.js.br".to_owned(), Cow::Borrowed(&b"2"[..])),
            ("robots.txt".to_owned(), Cow::Owned(b"x".to_vec())),
        ])
        .expect("a page")
    }

    fn loading() -> Loading {
        let (token, key) = ("the-token".to_owned(), "the-key".to_owned());
        Loading { socket: "ws://127.0.0.1:4477".to_owned(), token, key, locked: false, cookie: None }
    }

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 100_000).await.expect("body");
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    fn header(response: &Response, name: &str) -> String {
        response.headers()[name].to_str().expect("text").to_owned()
    }

    #[tokio::test]
    async fn each_loading_has_a_nonce_of_its_own_in_page_and_policy() {
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let response = serve(Some(&files()), "/", &HeaderMap::new(), loading);
            assert_eq!(header(&response, "cache-control"), "no-store");
            let policy = header(&response, "content-security-policy");
            let nonce =
                policy.split("script-src 'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("nonce");
            assert_eq!(
                text(response).await,
                format!(
                    "<meta content=\"{nonce}\"><meta content=\"the-token\"><meta content=\"the-key\"><script nonce=\"{nonce}\">"
                )
            );
            for part in [
                "default-src 'none'",
                "connect-src 'self' ws://127.0.0.1:4477",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(part), "{part} in {policy}");
            }
            assert!(!policy.contains("unsafe"), "{policy}");
            nonces.push(nonce.to_owned());
        }
        assert_ne!(nonces[0], nonces[1]);
    }

    #[test]
    fn files_are_kept_as_long_as_their_names_allow() {
        for (path, kind, keep) in [
            ("/assets/index-1.js", "text/javascript; charset=utf-8", "private, max-age=31536000, immutable"),
            ("/robots.txt", "text/plain; charset=utf-8", "no-cache"),
        ] {
            let response = serve(Some(&files()), path, &HeaderMap::new(), loading);
            assert_eq!(
                (header(&response, "content-type").as_str(), header(&response, "cache-control").as_str()),
                (kind, keep)
            );
        }
    }

    #[tokio::test]
    async fn a_file_is_sent_compressed_to_whoever_takes_it() {
        for (takes, encoding, body) in [
            (Some("gzip, deflate, br, zstd"), Some("br"), "2"),
            (Some("gzip, BR;q=0.5"), Some("br"), "2"),
            (Some("gzip, br;q=0"), None, "two"),
            (Some("gzip"), None, "two"),
            (None, None, "two"),
        ] {
            let mut asked = HeaderMap::new();
            asked.extend(takes.map(|takes| (ACCEPT_ENCODING, HeaderValue::from_static(takes))));
            let response = serve(Some(&files()), "/assets/index-2.js", &asked, loading);
            let sent = response.headers().get(CONTENT_ENCODING).map(|value| value.to_str().expect("text"));
            assert_eq!((sent, header(&response, "vary").as_str()), (encoding, "accept-encoding"), "{takes:?}");
            assert_eq!(header(&response, "content-type"), "text/javascript; charset=utf-8");
            assert_eq!(text(response).await, body, "{takes:?}");
        }
    }

    #[test]
    fn places_inside_the_page_are_the_page_and_missing_files_are_missing() {
        for (path, status) in
            [("/people", 200), ("/documents/abc", 200), ("/index.html", 200), ("/assets/gone", 404), ("/gone.js", 404)]
        {
            assert_eq!(serve(Some(&files()), path, &HeaderMap::new(), loading).status().as_u16(), status, "{path}");
        }
    }

    #[tokio::test]
    async fn without_a_page_it_says_how_to_build_one() {
        assert!(PageFiles::new([("robots.txt".to_owned(), Cow::Borrowed(&b"x"[..]))]).is_none());
        assert!(text(serve(None, "/", &HeaderMap::new(), loading)).await.contains("cargo xtask run"));
    }
}
