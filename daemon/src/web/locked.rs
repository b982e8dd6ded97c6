//! Decides what is answered while this computer is locked: what opens the lock, and nothing else.

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use super::guard::API;
use super::refusal::Refusal;
use crate::lock::Lock;

/// What is answered all the same, to whoever has a session or the scripts' token.
const ANSWERED: [(Method, &str); 5] = [
    (Method::GET, "/api/v1/lock"),
    (Method::POST, "/api/v1/lock"),
    (Method::POST, "/api/v1/unlock"),
    // A link leads to the page that asks for the passphrase.
    (Method::POST, "/api/v1/launch-links"),
    // Whoever may end the process may as well end it in order.
    (Method::POST, "/api/v1/stop"),
];

/// Lets a request on unless this computer is locked. What is being read when it locks is not handed out; what is being
/// written is finished, so that whoever asked hears what became of it.
pub(super) async fn unless_locked(lock: &Lock, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path());
    let shows_nothing = !path.starts_with(API) || ANSWERED.iter().any(|answered| *answered == (method.clone(), path));
    if shows_nothing {
        return next.run(request).await;
    }
    let mut watch = lock.watch();
    if *watch.borrow_and_update() {
        return Refusal::locked().into_response();
    }
    if method != Method::GET {
        return next.run(request).await;
    }
    tokio::select! {
        biased;
        () = locks(&mut watch) => Refusal::locked().into_response(),
        answer = next.run(request) => answer,
    }
}

/// Waits until this computer is locked.
pub(super) async fn locks(watch: &mut watch::Receiver<bool>) {
    if watch.wait_for(|locked| *locked).await.is_err() {
        // Nobody is left who could lock it.
        std::future::pending().await
    }
}
