//! Decides how the page and the local API are served: on this computer, and to its teacher's own tablet where that was
//! turned on; every request past a guard.

mod api;
pub mod assets;
mod extract;
mod guard;
mod live;
mod locked;
mod openapi;
mod refusal;
mod secrets;
mod tablet;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use futures::FutureExt as _;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::house::House;
use crate::keys::{Keys, fill_random};
use crate::lock::Lock;
use crate::places::{DAEMON_FILE, TOKEN_FILE, write_private};
use assets::PageFiles;
use guard::{Caller, Guard};
pub use openapi::openapi;
use refusal::Refusal;
use tablet::Tablet;

/// Connections open at once: a browser keeps six for each page, a school laptop has a handful of pages.
const CONNECTIONS_MAX: usize = 256;

/// How long the head of a request may take to arrive, and a connection may idle between two.
const HEAD_WAIT: Duration = Duration::from_secs(30);

/// Bytes of a request's head: a cookie for each install that a developer may have, and room.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// How long answers that are under way may take once the daemon is told to stop.
const STOP_WAIT: Duration = Duration::from_secs(3);

/// How long to wait before accepting again when the system has no room for another connection.
const ACCEPT_WAIT: Duration = Duration::from_millis(200);

/// The version of [`DAEMON_FILE`]'s shape.
const PUBLISHED_SCHEMA: u32 = 1;

/// Why the page cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Another program answers at this address.
    #[error("another program uses {address}")]
    PortInUse {
        /// The address that was wanted.
        address: SocketAddr,
    },
    /// Other computers could reach this address; the page is for this one only.
    #[error("the page is for this computer only, and {address} is not")]
    NotLocal {
        /// The address that was wanted.
        address: SocketAddr,
    },
    /// The system refused.
    #[error("cannot serve the page at {address}: {error}")]
    Io {
        /// The address that was wanted.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
}

/// What the server is given.
pub struct WebConfig {
    /// Where `daemon.json` is taken away when the server stops.
    pub data_folder: PathBuf,
    /// Names this installation's cookie, since all programs of this computer share one jar.
    pub install_id: [u8; 16],
    /// What scripts must show; sessions last as long as it stays the same.
    pub cli_token: String,
    /// Under which pages seal words that wait; the same at every start.
    pub page_key: Zeroizing<[u8; 32]>,
    /// The page's files, when it was built.
    pub page: Option<PageFiles>,
    /// Whether anybody gets anything.
    pub lock: Arc<Lock>,
    /// What is kept of the tablet's door is sealed under these.
    pub keys: Keys,
}

impl fmt::Debug for WebConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebConfig").field("data_folder", &self.data_folder).finish_non_exhaustive()
    }
}

/// Takes an address of this computer. Needs a runtime around it.
pub fn bind(address: SocketAddr) -> Result<TcpListener, WebError> {
    if !address.ip().is_loopback() {
        return Err(WebError::NotLocal { address });
    }
    let taken = std::net::TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    });
    taken.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => WebError::PortInUse { address },
        _ => WebError::Io { address, error },
    })
}

/// Tells this user's scripts where the daemon is and how to be let in; answers the token they show. The token is made
/// on the first start and stays, so that open pages survive a restart.
pub fn publish(data_folder: &Path, http: SocketAddr) -> io::Result<String> {
    let token = script_token(data_folder)?;
    let announcement = serde_json::json!({
        "schema": PUBLISHED_SCHEMA, "http": http, "pid": std::process::id(), "token_file": TOKEN_FILE,
    });
    write_private(&data_folder.join(DAEMON_FILE), announcement.to_string().as_bytes())?;
    Ok(token)
}

fn script_token(data_folder: &Path) -> io::Result<String> {
    /// Letters that every token made here has at least: a shorter one was cut off or written by hand.
    const TOKEN_CHARS_MIN: usize = 32;
    let path = data_folder.join(TOKEN_FILE);
    match std::fs::read_to_string(&path) {
        Ok(token) if token.trim().len() >= TOKEN_CHARS_MIN => return Ok(token.trim().to_owned()),
        Ok(_) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => {}
        Err(error) => return Err(error),
    }
    let token = secrets::fresh_secret()?;
    write_private(&path, token.as_bytes())?;
    Ok(token)
}

/// Takes back that a daemon is here. An announcement that stays behind is noticed by whoever reads it, since its
/// process is gone.
pub fn unpublish(data_folder: &Path) {
    match std::fs::remove_file(data_folder.join(DAEMON_FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "{DAEMON_FILE} could not be removed");
        }
        _ => {}
    }
}

/// What every handler works with.
#[derive(Clone)]
struct App {
    house: House,
    guard: Arc<Guard>,
    page: Option<PageFiles>,
    page_key: Arc<Zeroizing<[u8; 32]>>,
    lock: Arc<Lock>,
    stop: CancellationToken,
    /// One permit for each connected page.
    pages: Arc<Semaphore>,
    tablet: Arc<Tablet>,
    /// Names the count of milliseconds that pages are told of, which may begin anew with the daemon.
    count: u64,
}

/// Serves the page and the API until told to stop; answers that are under way are finished first.
pub async fn serve(
    listener: TcpListener,
    house: House,
    config: WebConfig,
    stop: CancellationToken,
) -> Result<(), WebError> {
    let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
    let address = listener.local_addr().map_err(|error| WebError::Io { address: unknown, error })?;
    let pages = Arc::new(Semaphore::new(live::PAGES_MAX));
    let mut count = [0; 8];
    fill_random(&mut count).map_err(|error| WebError::Io { address, error })?;
    let app = App {
        house,
        guard: Arc::new(Guard::new(address, &config.install_id, &config.cli_token)),
        page: config.page,
        page_key: Arc::new(config.page_key),
        lock: config.lock.clone(),
        stop: stop.clone(),
        pages: Arc::clone(&pages),
        tablet: Arc::new(Tablet::new(&config.data_folder, config.keys, config.install_id)),
        count: u64::from_be_bytes(count),
    };
    app.tablet.resume(&app).await;
    let tablet = Arc::clone(&app.tablet);
    let service = TowerToHyperService::new(router(app));
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    let accepting = async {
        loop {
            let (stream, permit) = accept(&listener, &room).await;
            while connections.try_join_next().is_some() {}
            // A keystroke must not wait for a fuller packet; a stream that cannot be told so works all the same.
            let _ = stream.set_nodelay(true);
            let (service, stop) = (service.clone(), stop.clone());
            connections.spawn(async move {
                connection(stream, service, stop).await;
                drop(permit);
            });
        }
    };
    tokio::select! {
        () = accepting => {}
        () = config.lock.watch_idleness() => {}
        () = stop.cancelled() => {}
    }
    drop(listener);
    tablet.close().await;
    unpublish(&config.data_folder);
    let finished = async {
        while connections.join_next().await.is_some() {}
        // All permits are back when the last page was told.
        let all = u32::try_from(live::PAGES_MAX).unwrap_or(u32::MAX);
        let _ = pages.acquire_many(all).await;
    };
    if tokio::time::timeout(STOP_WAIT, finished).await.is_err() {
        tracing::info!("some answers were not finished before the stop");
    }
    Ok(())
}

async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let permit = Arc::clone(room).acquire_owned().await.expect("nobody closes this semaphore");
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_WAIT).await;
            }
        }
    }
}

/// Answers what is asked on one connection, until either side ends it.
async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: TowerToHyperService<Router>,
    stop: CancellationToken,
) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT).max_buf_size(HEAD_BYTES_MAX);
    let serving = server.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(serving);
    // How a connection ends is the other side's affair.
    tokio::select! {
        _ = &mut serving => {}
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}

fn router(app: App) -> Router {
    let doors = (Arc::clone(&app.guard), Arc::clone(&app.lock));
    let (endpoints, _) = api::endpoints().split_for_parts();
    Router::new()
        .nest(api::ROOT, endpoints)
        .fallback(outside)
        .with_state(app)
        .layer(DefaultBodyLimit::max(extract::BODY_BYTES_MAX))
        .layer(from_fn_with_state(doors, admit))
        .layer(from_fn(finish))
}

/// Lets a request past the guard and the lock, or answers why not.
async fn admit(State((guard, lock)): State<(Arc<Guard>, Arc<Lock>)>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    match guard.admit(&head, SystemTime::now()) {
        Ok(caller) => {
            head.extensions.insert(caller);
            locked::unless_locked(&lock, Request::from_parts(head, body), next).await
        }
        // What to type in a terminal says what answers here, and a tablet has none.
        Err(refusal) if guard.is_tablets() => refusal.without_hint().into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Contains a fault, makes every refusal typed, and adds the headers that every answer has.
async fn finish(request: Request, next: Next) -> Response {
    let (method, began) = (request.method().clone(), Instant::now());
    // The pattern, never the address: that may hold a secret.
    let place = request.extensions().get::<MatchedPath>().cloned();
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|_| {
        tracing::error!("a fault in the web server was contained; the daemon goes on");
        Refusal::fault().into_response()
    });
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = response.headers_mut().remove(ALLOW);
        response = Refusal::wrong_method().into_response();
        if let Some(allowed) = allowed {
            response.headers_mut().insert(ALLOW, allowed);
        }
    }
    const ALWAYS: [(&str, &str); 6] = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
    ];
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(assets::KEEP_NOTHING);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(assets::INERT);
    let place = place.as_ref().map_or("the page", MatchedPath::as_str);
    tracing::debug!(%method, place, status = response.status().as_u16(), elapsed_us = began.elapsed().as_micros(), "answered");
    response
}

/// Everything outside the API: the page, its files, and the links into it.
async fn outside(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    let caller = request.extensions().get::<Caller>().copied().unwrap_or(Caller::Stranger);
    if path == guard::API.trim_end_matches('/') || path.starts_with(guard::API) {
        return Refusal::nothing_here().into_response();
    }
    if let Some(secret) = path.strip_prefix(guard::LAUNCH) {
        return if request.method() == Method::GET {
            launch(&app, secret, caller, request.headers())
        } else {
            only_read("GET")
        };
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return only_read("GET,HEAD");
    }
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let socket = app.guard.socket(host);
    match caller {
        Caller::Stranger if wants_page(request.headers()) => assets::stranger(app.guard.is_tablets()),
        Caller::Stranger => Refusal::no_session().into_response(),
        Caller::Script => assets::serve(app.page.as_ref(), path, request.headers(), || assets::Loading {
            socket,
            token: String::new(),
            key: String::new(),
            locked: app.lock.is_locked(),
            cookie: None,
        }),
        Caller::Page(session) => assets::serve(app.page.as_ref(), path, request.headers(), || {
            let (token, cookie) = app.guard.page(session, SystemTime::now());
            let locked = app.lock.is_locked();
            // What waits in the browser stays sealed for as long.
            let key = if locked { String::new() } else { HEXLOWER.encode(&app.page_key[..]) };
            assets::Loading { socket, token, key, locked, cookie }
        }),
    }
}

/// Uses a launch link up and sends the browser to the page.
fn launch(app: &App, secret: &str, caller: Caller, headers: &HeaderMap) -> Response {
    let prefetches = headers.get("sec-purpose").is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    if prefetches {
        // A browser that only looks ahead would use the link up before the person does.
        return Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            crate::house::TroubleCode::Unavailable,
            "links are not fetched ahead",
        )
        .into_response();
    }
    let cookie = match app.guard.launch(secret, caller, Instant::now(), SystemTime::now()) {
        Ok(cookie) => cookie,
        Err(_) if wants_page(headers) => return assets::link_used(app.guard.is_tablets()),
        Err(refusal) => return refusal.into_response(),
    };
    let Ok(cookie) = HeaderValue::from_str(&cookie) else { return Refusal::fault().into_response() };
    (StatusCode::SEE_OTHER, [(LOCATION, HeaderValue::from_static("/")), (SET_COOKIE, cookie)]).into_response()
}

fn only_read(allowed: &'static str) -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, HeaderValue::from_static(allowed))]).into_response()
}

/// Whether a person is looking, rather than a program.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
mod tests;
