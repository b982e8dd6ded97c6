//! Decides how an open page and the daemon talk without end: one socket, text frames of JSON, each bounded.

mod messages;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::StatusCode;
use axum::response::Response;
use futures::SinkExt as _;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use super::locked::locks;
use super::refusal::{Refusal, Refusals};
use crate::house::{PageEvent, PageLink};
use crate::house::{Trouble, TroubleCode};
pub(super) use messages::{ClientMessage, ServerMessage};

/// Pages connected at once: a person has a handful; a script that leaks them is stopped here.
pub(super) const PAGES_MAX: usize = 64;

/// Bytes of one message from a page: as for a request.
const MESSAGE_BYTES_MAX: usize = super::extract::BODY_BYTES_MAX;

/// Bytes read from a socket at once: a keystroke is 200, and each page costs this much memory.
const READ_BYTES: usize = 16 * 1024;

/// Events written before the socket is flushed: what came together travels together.
const EVENTS_A_FLUSH_MAX: usize = 64;

/// How long a page may leave what it was sent unread before it is let go: a suspended tab comes back and asks again.
const UNREAD_WAIT: Duration = Duration::from_secs(20);

/// Messages that make no sense before a page is let go.
const NONSENSE_MAX: u32 = 32;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(connect))
}

/// The live socket: text frames, `ClientMessage` in, `ServerMessage` out. A page puts its token in `?token=`.
#[utoipa::path(
    get, path = "/live", tag = "live socket",
    params(("token" = Option<String>, Query, description = "The page's token, since browsers cannot add headers here")),
    responses((status = 101, description = "The socket is open"), (status = 426, description = "This is a socket", body = super::refusal::ErrorAnswer), Refusals)
)]
async fn connect(
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|_| {
        Refusal::new(StatusCode::UPGRADE_REQUIRED, TroubleCode::BadRequest, "this address is a WebSocket")
    })?;
    let permit = Arc::clone(&app.pages).try_acquire_owned().map_err(|_| {
        Trouble::new(TroubleCode::Unavailable, format!("{PAGES_MAX} pages are open already")).hint("close some of them")
    })?;
    let link = app.house.connect_page().await?;
    let upgrade =
        upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX).read_buffer_size(READ_BYTES);
    let watch = app.lock.watch();
    Ok(upgrade.on_upgrade(move |socket| attend(socket, link, app.stop, watch, permit)))
}

/// Why a conversation ended.
enum End {
    /// The page went away.
    Gone,
    /// We end it, and say so.
    Closed(u16, &'static str),
}

const STOPPING: End = End::Closed(close_code::AWAY, "stopping");
const FELL_BEHIND: End = End::Closed(close_code::AGAIN, "fell behind");
/// From the numbers that are free to choose, after the status of a refusal while locked.
const LOCKED: End = End::Closed(4423, "locked");
const NONSENSE: End = End::Closed(close_code::POLICY, "too much nonsense");

/// One page's conversation, until either side ends it. The permit counts the page for as long.
async fn attend(
    mut socket: WebSocket,
    mut link: PageLink,
    stop: CancellationToken,
    mut watch: watch::Receiver<bool>,
    permit: OwnedSemaphorePermit,
) {
    tracing::debug!("a page connected");
    let mut nonsense = 0;
    let end = loop {
        let step = tokio::select! {
            biased; // what ends the talk comes before anything that still has words in it
            () = stop.cancelled() => Err(STOPPING),
            () = locks(&mut watch) => Err(LOCKED),
            message = socket.recv() => match message {
                Some(Ok(message)) => hear(&mut socket, &link, message, &mut nonsense).await,
                Some(Err(_)) | None => Err(End::Gone),
            },
            event = link.events.recv() => match event {
                Some(event) => tell(&mut socket, &mut link, event).await,
                // The keeper has stopped, or let the page go: then it comes back and asks where it was.
                None => Err(if stop.is_cancelled() { STOPPING } else { FELL_BEHIND }),
            },
        };
        if let Err(end) = step {
            break end;
        }
    };
    drop(link);
    if let End::Closed(code, reason) = end {
        let farewell = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        // Whether a page that is being let go hears why changes nothing.
        let _ = tokio::time::timeout(Duration::from_secs(1), socket.send(farewell)).await;
        tracing::debug!(reason, "a page was let go");
    } else {
        tracing::debug!("a page left");
    }
    drop(permit);
}

/// Hands what a page said to the house, or says that it made no sense.
async fn hear(socket: &mut WebSocket, link: &PageLink, message: Message, nonsense: &mut u32) -> Result<(), End> {
    let refusal = match message {
        Message::Text(text) => match messages::read(text.as_str()) {
            Ok(command) => return if link.send(command) { Ok(()) } else { Err(STOPPING) },
            Err(refusal) => *refusal,
        },
        Message::Binary(_) => messages::not_text(),
        Message::Ping(_) | Message::Pong(_) => return Ok(()),
        Message::Close(_) => return Err(End::Gone),
    };
    *nonsense += 1;
    if *nonsense > NONSENSE_MAX {
        return Err(NONSENSE);
    }
    within_patience(async {
        socket.feed(frame(&refusal)).await?;
        socket.flush().await
    })
    .await
}

/// Writes an event, and what else waits already, then flushes once.
async fn tell(socket: &mut WebSocket, link: &mut PageLink, first: PageEvent) -> Result<(), End> {
    within_patience(async {
        socket.feed(frame(&first.into())).await?;
        for _ in 1..EVENTS_A_FLUSH_MAX {
            let Ok(next) = link.events.try_recv() else { break };
            socket.feed(frame(&next.into())).await?;
        }
        socket.flush().await
    })
    .await
}

async fn within_patience(write: impl Future<Output = Result<(), axum::Error>>) -> Result<(), End> {
    match tokio::time::timeout(UNREAD_WAIT, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(FELL_BEHIND),
    }
}

fn frame(message: &ServerMessage) -> Message {
    Message::Text(messages::write(message).into())
}
