//! Decides how frames travel on one stream between two paired devices, and when that stream is dead.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::io::{BufReader, ReadHalf, WriteHalf};
use futures::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use libp2p::Stream;
use rounds_crdt::ids::DeviceId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{FRAME_BYTES_MAX, LinkId, NetworkEvent};

/// Bytes waiting to be sent on one link before it is closed: the largest document and the engine's windows beside it.
pub(super) const SEND_QUEUE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes that a sign of life, or the asking for one, counts for in the queue: about what its place there takes.
const SIGN_BYTES: usize = 64;
/// Bytes gathered into one write: several packets, and well below a window.
const COALESCED_BYTES: usize = 64 * 1024;
/// Bytes a write buffer may keep between bursts.
const KEPT_BUFFER_BYTES: usize = 128 * 1024;
/// Bytes read from the stream at once.
const READ_BUFFER_BYTES: usize = 16 * 1024;
/// Seconds between looks at a TCP link; a silent one is pinged, and two silent ones in a row end it. QUIC does this itself.
const HEARTBEAT_SECONDS: u64 = 5;
/// Seconds the opening words may take.
const GREETING_SECONDS: u64 = 10;
/// Seconds after which a side that was told nothing stops waiting to be chosen: longer than any challenge.
const CHOSEN_SECONDS: u64 = 15;

const VERSION: u8 = 1;
const CHOSEN: u8 = 0x55;
const PING: u8 = 1;
const PONG: u8 = 2;

/// The ports a device listens at, told by whoever dials; 0 means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ports {
    pub(super) v4: u16,
    pub(super) v6: u16,
}

impl Ports {
    pub(super) fn to_bytes(self) -> [u8; 4] {
        let ([a, b], [c, d]) = (self.v4.to_be_bytes(), self.v6.to_be_bytes());
        [a, b, c, d]
    }

    pub(super) fn from_bytes([a, b, c, d]: [u8; 4]) -> Self {
        Ports { v4: u16::from_be_bytes([a, b]), v6: u16::from_be_bytes([c, d]) }
    }
}

/// What a side does in the opening words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Greeting {
    /// We dialled, so we speak first.
    pub(super) dialled: bool,
    /// Of two devices the one with the smaller id chooses among several connections; the other waits to be told.
    pub(super) chooses: bool,
    pub(super) ports: Ports,
}

/// Exchanges the opening words; returns the ports the dialler told us.
pub(super) async fn greet(stream: &mut Stream, greeting: Greeting) -> io::Result<Option<Ports>> {
    let opening = async {
        if greeting.dialled {
            let [a, b, c, d] = greeting.ports.to_bytes();
            stream.write_all(&[VERSION, a, b, c, d]).await?;
            stream.flush().await?;
            // Whoever turns us away lets the connection stand for a moment; only an answer means that a link is welcome.
            let mut answer = [0];
            stream.read_exact(&mut answer).await?;
            return if answer == [VERSION] { Ok(None) } else { Err(another_version()) };
        }
        let mut told = [0; 5];
        stream.read_exact(&mut told).await?;
        let [version, ports @ ..] = told;
        if version != VERSION {
            return Err(another_version());
        }
        stream.write_all(&[VERSION]).await?;
        stream.flush().await?;
        Ok(Some(Ports::from_bytes(ports)))
    };
    let ports = within(GREETING_SECONDS, opening).await?;
    if !greeting.chooses {
        let mut word = [0];
        within(CHOSEN_SECONDS, stream.read_exact(&mut word)).await?;
        if word != [CHOSEN] {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not the opening of a link"));
        }
    }
    Ok(ports)
}

fn another_version() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "another version of the link protocol")
}

async fn within<T>(seconds: u64, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(Duration::from_secs(seconds), work)
        .await
        .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut)))
}

enum Outgoing {
    Frame(Vec<u8>),
    Ping,
    Pong,
}

impl Outgoing {
    fn queued_bytes(&self) -> usize {
        match self {
            Outgoing::Frame(frame) => frame.len(),
            Outgoing::Ping | Outgoing::Pong => SIGN_BYTES,
        }
    }
}

/// What the rest of the program holds of a live link.
#[derive(Debug, Clone)]
pub(super) struct LinkHandle {
    queue: mpsc::UnboundedSender<Outgoing>,
    queued_bytes: Arc<AtomicUsize>,
    received_bytes: Arc<AtomicU64>,
    stop: CancellationToken,
    reason: Arc<OnceLock<String>>,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Outgoing::Frame(_) => "Frame",
            Outgoing::Ping => "Ping",
            Outgoing::Pong => "Pong",
        })
    }
}

impl LinkHandle {
    /// Queues a frame; a frame too large or a queue too full closes the link, which the caller reads as false.
    pub(super) fn send(&self, frame: Vec<u8>) -> bool {
        if frame.len() > FRAME_BYTES_MAX {
            self.stop("this computer tried to send a frame above the limit");
            return false;
        }
        self.enqueue(Outgoing::Frame(frame))
    }

    fn enqueue(&self, message: Outgoing) -> bool {
        let length = message.queued_bytes();
        let queued = self.queued_bytes.fetch_add(length, Ordering::AcqRel) + length;
        if queued > SEND_QUEUE_BYTES_MAX {
            self.stop("it takes in what is sent too slowly");
            return false;
        }
        !self.stop.is_cancelled() && self.queue.send(message).is_ok()
    }

    /// Asks for a sign of life.
    pub(super) fn ping(&self) {
        self.enqueue(Outgoing::Ping);
    }

    pub(super) fn received_bytes(&self) -> u64 {
        self.received_bytes.load(Ordering::Acquire)
    }

    /// Ends the link; the first reason given is the one reported.
    pub(super) fn stop(&self, reason: &str) {
        let _ = self.reason.set(reason.to_owned());
        self.stop.cancel();
    }
}

/// The live links by number: the engine sends through it without waiting for anybody.
#[derive(Debug, Clone, Default)]
pub(super) struct Links(Arc<Mutex<HashMap<LinkId, LinkHandle>>>);

impl Links {
    pub(super) fn get(&self, link: LinkId) -> Option<LinkHandle> {
        self.lock().get(&link).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<LinkId, LinkHandle>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A link about to run.
pub(super) struct LinkTask {
    link: LinkId,
    device: DeviceId,
    stream: Stream,
    announce_choice: bool,
    heartbeat: bool,
    handle: LinkHandle,
    queue: mpsc::UnboundedReceiver<Outgoing>,
    links: Links,
}

impl LinkTask {
    /// Registers the link; frames may be queued from now on.
    pub(super) fn prepare(
        link: LinkId,
        device: DeviceId,
        stream: Stream,
        announce_choice: bool,
        heartbeat: bool,
        links: &Links,
    ) -> (LinkTask, LinkHandle) {
        let (sender, queue) = mpsc::unbounded_channel();
        let handle = LinkHandle {
            queue: sender,
            queued_bytes: Arc::default(),
            received_bytes: Arc::default(),
            stop: CancellationToken::new(),
            reason: Arc::default(),
        };
        links.lock().insert(link, handle.clone());
        let links = links.clone();
        let task = LinkTask { link, device, stream, announce_choice, heartbeat, handle: handle.clone(), queue, links };
        (task, handle)
    }

    /// Runs until either side ends it. LinkUp, frames and LinkDown leave here in order.
    pub(super) async fn run(self, events: mpsc::Sender<NetworkEvent>) -> String {
        let LinkTask { link, device, mut stream, announce_choice, heartbeat, handle, mut queue, links } = self;
        let mut reason = None;
        if announce_choice && let Err(error) = stream.write_all(&[CHOSEN]).await {
            reason = Some(lost(&error));
        }
        let announced = reason.is_none() && events.send(NetworkEvent::LinkUp { link, device }).await.is_ok();
        if announced {
            let (read, write) = stream.split();
            let read = Counted { inner: read, bytes: handle.received_bytes.clone() };
            reason = Some(tokio::select! {
                () = handle.stop.cancelled() => String::new(),
                reason = read_frames(link, BufReader::with_capacity(READ_BUFFER_BYTES, read), &handle, &events) => reason,
                reason = write_frames(write, &mut queue, &handle.queued_bytes, announce_choice) => reason,
                reason = watch_silence(&handle), if heartbeat => reason,
            });
        }
        links.lock().remove(&link);
        handle.stop.cancel();
        let reason = match (handle.reason.get(), reason) {
            (Some(told), _) => told.clone(),
            (None, Some(reason)) if !reason.is_empty() => reason,
            _ => "the connection was closed".to_owned(),
        };
        if announced {
            let _ = events.send(NetworkEvent::LinkDown { link, reason: reason.clone() }).await;
        }
        reason
    }
}

fn lost(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it closed the connection".to_owned(),
        _ => "the connection was lost".to_owned(),
    }
}

/// Counts what arrives, so that a long frame counts as a sign of life before it is whole.
struct Counted {
    inner: ReadHalf<Stream>,
    bytes: Arc<AtomicU64>,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if let Poll::Ready(Ok(count)) = &polled {
            self.bytes.fetch_add(*count as u64, Ordering::AcqRel);
        }
        polled
    }
}

async fn read_frames(
    link: LinkId,
    mut read: BufReader<Counted>,
    handle: &LinkHandle,
    events: &mpsc::Sender<NetworkEvent>,
) -> String {
    loop {
        match read_message(&mut read).await {
            Ok(Some(bytes)) => {
                if events.send(NetworkEvent::Frame { link, bytes }).await.is_err() {
                    return "this computer is stopping".to_owned();
                }
            }
            Ok(None) => {
                handle.enqueue(Outgoing::Pong);
            }
            Err(ReadError::Io(error)) => return lost(&error),
            Err(ReadError::Oversize) => return "it sent a frame above the limit".to_owned(),
            Err(ReadError::Malformed) => return "it sent something that is not a frame".to_owned(),
        }
    }
}

enum ReadError {
    Io(io::Error),
    Oversize,
    Malformed,
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        ReadError::Io(error)
    }
}

/// The next frame, or `None` for a ping. The length is checked before anything is allocated.
async fn read_message(read: &mut (impl AsyncRead + Unpin)) -> Result<Option<Vec<u8>>, ReadError> {
    loop {
        let mut word: usize = 0;
        let mut shift = 0;
        loop {
            let mut byte = [0];
            read.read_exact(&mut byte).await?;
            word |= usize::from(byte[0] & 0x7f) << shift;
            if byte[0] & 0x80 == 0 {
                break;
            }
            shift += 7;
            if shift > 21 {
                return Err(ReadError::Oversize);
            }
        }
        if let Some(length) = word.checked_sub(1) {
            if length > FRAME_BYTES_MAX {
                return Err(ReadError::Oversize);
            }
            let mut bytes = vec![0; length];
            read.read_exact(&mut bytes).await?;
            return Ok(Some(bytes));
        }
        let mut control = [0];
        read.read_exact(&mut control).await?;
        match control[0] {
            PING => return Ok(None),
            PONG => {}
            _ => return Err(ReadError::Malformed),
        }
    }
}

/// A frame is its length plus one, seven bits a byte, then its bytes; a zero word announces a control byte.
fn encode(message: &Outgoing, buffer: &mut Vec<u8>) {
    match message {
        Outgoing::Ping => buffer.extend([0, PING]),
        Outgoing::Pong => buffer.extend([0, PONG]),
        Outgoing::Frame(frame) => {
            let mut word = frame.len() + 1;
            while word >= 0x80 {
                buffer.push((word & 0x7f) as u8 | 0x80);
                word >>= 7;
            }
            buffer.push(word as u8);
            buffer.extend_from_slice(frame);
        }
    }
}

/// One frame leaves at once; what has queued up behind a slow write leaves in one.
async fn write_frames(
    mut write: WriteHalf<Stream>,
    queue: &mut mpsc::UnboundedReceiver<Outgoing>,
    queued_bytes: &AtomicUsize,
    flush_first: bool,
) -> String {
    if flush_first && let Err(error) = write.flush().await {
        return lost(&error);
    }
    let mut buffer = Vec::new();
    while let Some(message) = queue.recv().await {
        let mut taken = message.queued_bytes();
        encode(&message, &mut buffer);
        while buffer.len() < COALESCED_BYTES
            && let Ok(message) = queue.try_recv()
        {
            taken += message.queued_bytes();
            encode(&message, &mut buffer);
        }
        let written = async {
            write.write_all(&buffer).await?;
            write.flush().await
        };
        if let Err(error) = written.await {
            return lost(&error);
        }
        queued_bytes.fetch_sub(taken, Ordering::AcqRel);
        buffer.clear();
        buffer.shrink_to(KEPT_BUFFER_BYTES);
    }
    String::new()
}

async fn watch_silence(handle: &LinkHandle) -> String {
    let mut seen = handle.received_bytes();
    let mut silent = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(HEARTBEAT_SECONDS)).await;
        let now = handle.received_bytes();
        silent = if now == seen { silent + 1 } else { 0 };
        seen = now;
        match silent {
            0 => {}
            1 => handle.ping(),
            _ => return "it stopped answering".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::strangers::nearly;

    async fn decode(bytes: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        read_message(&mut futures::io::Cursor::new(bytes)).await
    }

    #[tokio::test]
    async fn frames_of_every_length_survive() {
        for length in [0, 1, 126, 127, 128, 16_383, 16_384, FRAME_BYTES_MAX] {
            let mut buffer = Vec::new();
            encode(&Outgoing::Frame(vec![7; length]), &mut buffer);
            let read = decode(&buffer).await;
            assert!(matches!(read, Ok(Some(frame)) if frame == vec![7; length]), "length {length}");
        }
    }

    #[tokio::test]
    async fn control_bytes_are_not_frames() {
        let mut buffer = Vec::new();
        encode(&Outgoing::Pong, &mut buffer);
        encode(&Outgoing::Ping, &mut buffer);
        assert!(matches!(decode(&buffer).await, Ok(None)));
        assert!(matches!(decode(&[0, 9]).await, Err(ReadError::Malformed)));
    }

    #[tokio::test]
    async fn a_length_above_the_limit_is_refused_before_its_bytes_arrive() {
        let mut word = FRAME_BYTES_MAX + 2;
        let mut buffer = Vec::new();
        while word >= 0x80 {
            buffer.push((word & 0x7f) as u8 | 0x80);
            word >>= 7;
        }
        buffer.push(word as u8);
        assert!(matches!(decode(&buffer).await, Err(ReadError::Oversize)));
        assert!(matches!(decode(&[0xff; 10]).await, Err(ReadError::Oversize)));
    }

    fn good_frames() -> Vec<u8> {
        let mut buffer = Vec::new();
        for message in [Outgoing::Frame(vec![7; 200]), Outgoing::Ping, Outgoing::Pong, Outgoing::Frame(Vec::new())] {
            encode(&message, &mut buffer);
        }
        buffer
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_frames_that_arrived_whole_or_the_end(bytes in nearly(vec![good_frames()])) {
            let mut arriving = futures::io::Cursor::new(&bytes);
            let mut taken = 0;
            // Each message takes a byte at least, so this ends.
            while let Ok(message) = futures::executor::block_on(read_message(&mut arriving)) {
                taken += message.map_or(1, |frame| frame.len() + 1);
                prop_assert!(taken <= bytes.len());
            }
        }
    }

    #[test]
    fn a_full_queue_closes_the_link() {
        let (queue, _keep) = mpsc::unbounded_channel();
        let handle = LinkHandle {
            queue,
            queued_bytes: Arc::default(),
            received_bytes: Arc::default(),
            stop: CancellationToken::new(),
            reason: Arc::default(),
        };
        let frame = vec![0; FRAME_BYTES_MAX];
        let fitting = SEND_QUEUE_BYTES_MAX / FRAME_BYTES_MAX;
        assert!((0..fitting).all(|_| handle.send(frame.clone())));
        assert!(!handle.send(frame));
        assert!(handle.stop.is_cancelled());
    }
}
