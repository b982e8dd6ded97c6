//! Decides who becomes a partner: the spoken code, what it proves, and what is told to whom in which order.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use libp2p::PeerId;
use rounds_crdt::ids::DeviceId;
use sha2::{Digest as _, Sha256};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use zeroize::Zeroizing;

use super::link::Ports;
use super::transport::device_of;

/// Bytes of a card: certificates and a name.
pub const CARD_BYTES_MAX: usize = 8 * 1024;
/// Failed confirmations after which an offer closes: with seven secret digits, three guesses in ten million.
pub const FAILURES_MAX: u32 = 3;
/// Secret digits of a code: 23 bits, said as three and four digits.
const SECRET_DIGITS: usize = 7;
/// Bytes of one pairing message: a sealed card and its tag.
const MESSAGE_BYTES_MAX: usize = CARD_BYTES_MAX + 128;
/// Seconds one exchange may take once its stream is open; people have already spoken by then.
const EXCHANGE_SECONDS: u64 = 10;

const VERSION: u8 = 1;
const HERE: u8 = 1;
const NOT_HERE: u8 = 2;
const CONFIRMED: u8 = 3;
const WRONG: u8 = 4;
const DONE: u8 = 5;

/// Why two people are not partners yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// The text has not the form of a code.
    #[error("that is not a pairing code: it looks like 42-381-5096")]
    BadCode,
    /// Somebody offers, but with another code.
    #[error("the code is wrong, or has just been replaced by a new one")]
    WrongCode,
    /// No offer with that number was found.
    #[error("nobody is offering to pair under that code")]
    NobodyOffering,
    /// An offer or address is known, but no connection came about.
    #[error("the other computer could not be reached")]
    Unreachable,
    /// The time for pairing is over.
    #[error("nobody paired in time")]
    TimedOut,
    /// The connection ended in the middle; the code is still good.
    #[error("the connection was interrupted; the code can be used again")]
    Interrupted,
    /// Three wrong codes were tried against the offer.
    #[error("three wrong codes were tried, so the offer was closed")]
    TooManyFailures,
    /// A newer offer took its place.
    #[error("a newer offer replaced this one")]
    Replaced,
    /// The card is larger than a partner would take.
    #[error("the card is too large")]
    CardTooLarge,
    /// The address leads back to this computer.
    #[error("that is this computer")]
    Ourselves,
    /// The network is stopping.
    #[error("the daemon is stopping")]
    Stopped,
}

/// A pairing code as people say it: the number of the offer and the secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) number: u8,
    secret: Zeroizing<String>,
}

impl Code {
    pub(super) fn draw(number: u8) -> Code {
        let secret = (0..SECRET_DIGITS).map(|_| char::from(b'0' + rand::random_range(0..10u8))).collect();
        Code { number, secret: Zeroizing::new(secret) }
    }

    /// Spaces and dashes are how people write numbers down; only the digits count.
    pub(super) fn parse(text: &str) -> Result<Code, PairingError> {
        let separator = |letter: &char| letter.is_whitespace() || matches!(letter, '-' | '‐' | '–' | '.');
        let digits: String = text.trim().chars().filter(|letter| !separator(letter)).collect();
        if digits.len() != 2 + SECRET_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PairingError::BadCode);
        }
        let number = digits[..2].parse().map_err(|_| PairingError::BadCode)?;
        Ok(Code { number, secret: Zeroizing::new(digits[2..].to_owned()) })
    }

    pub(super) fn text(&self) -> String {
        format!("{:02}-{}-{}", self.number, &self.secret[..3], &self.secret[3..])
    }

    fn password(&self) -> Password {
        Password::new(format!("rounds pairing 1 {:02} {}", self.number, self.secret.as_str()))
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({:02}, secret)", self.number)
    }
}

/// One open offer: which code is valid, and how often it was got wrong.
#[derive(Debug)]
pub(super) struct Desk {
    code: Code,
    generation: u64,
    failures: u32,
    claimed: bool,
}

/// What a confirmation turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    Confirmed,
    /// The code is used up; the next one, unless that was the last failure.
    Wrong {
        next: Option<String>,
    },
    /// Computed for a code that is no longer valid: proves nothing, costs nothing.
    Stale,
}

impl Desk {
    pub(super) fn open(number: u8) -> Desk {
        Desk { code: Code::draw(number), generation: 0, failures: 0, claimed: false }
    }

    pub(super) fn code(&self) -> &Code {
        &self.code
    }

    fn closed(&self) -> bool {
        self.failures >= FAILURES_MAX
    }

    /// Begins an exchange: the code to use and the generation it belongs to.
    fn begin(&self, number: u8) -> Option<(Code, u64)> {
        (number == self.code.number && !self.closed()).then(|| (self.code.clone(), self.generation))
    }

    fn judge(&mut self, generation: u64, matches: bool) -> Judgement {
        if generation != self.generation || self.claimed || self.closed() {
            return Judgement::Stale;
        }
        if matches {
            self.claimed = true;
            return Judgement::Confirmed;
        }
        self.failures += 1;
        self.generation += 1;
        self.code = Code::draw(self.code.number);
        Judgement::Wrong { next: (!self.closed()).then(|| self.code.text()) }
    }

    /// A confirmed exchange broke off: its code is good again.
    fn release(&mut self) {
        self.claimed = false;
    }
}

/// What both sides hold at the end.
#[derive(Debug)]
pub(super) struct Exchanged {
    pub(super) device: DeviceId,
    pub(super) card: Vec<u8>,
    pub(super) pairwise_key: [u8; 32],
    pub(super) ports: Ports,
}

/// What became of one accepter at our desk.
#[derive(Debug)]
pub(super) enum Served {
    /// It went away, or asked for another offer.
    Nothing,
    Wrong {
        next: Option<String>,
    },
    Paired(Exchanged),
}

/// What each side brings along.
#[derive(Debug, Clone)]
pub(super) struct Bringing {
    pub(super) me: PeerId,
    pub(super) them: PeerId,
    pub(super) ports: Ports,
    pub(super) card: Vec<u8>,
}

/// Both directions of a connection to whoever pairs.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// Serves one accepter: SPAKE2's side A, which tells nothing before the other side has confirmed.
pub(super) async fn serve(mut stream: impl Stream, desk: Arc<Mutex<Desk>>, bringing: Bringing) -> Served {
    let mut claim = Claim { desk, held: false };
    let served =
        tokio::time::timeout(Duration::from_secs(EXCHANGE_SECONDS), offer_side(&mut stream, &mut claim, bringing));
    match served.await {
        Ok(Ok(served)) => served,
        Ok(Err(_)) | Err(_) => Served::Nothing,
    }
}

/// Holds the desk's claim; an exchange that breaks off gives it back.
struct Claim {
    desk: Arc<Mutex<Desk>>,
    held: bool,
}

impl Claim {
    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.held {
            self.desk().release();
        }
    }
}

async fn offer_side(stream: &mut impl Stream, claim: &mut Claim, bringing: Bringing) -> io::Result<Served> {
    let hello = read(stream).await?;
    let [VERSION, number, message_b @ ..] = hello.as_slice() else {
        return Err(malformed());
    };
    let Some((code, generation)) = claim.desk().begin(*number) else {
        write(stream, &[&[NOT_HERE]]).await?;
        let _ = stream.close().await;
        return Ok(Served::Nothing);
    };
    let (a, b) = (bringing.me.to_bytes(), bringing.them.to_bytes());
    let (spake, message_a) = Spake2::<Ed25519Group>::start_a(&code.password(), &Identity::new(&a), &Identity::new(&b));
    let shared = Zeroizing::new(spake.finish(message_b).map_err(|_| malformed())?);
    let keys = Keys::derive(&shared, &[&a, &b, &message_a, message_b]);
    write(stream, &[&[HERE], &message_a]).await?;

    let confirmation = read(stream).await?;
    let judgement = claim.desk().judge(generation, keys.confirms(CONFIRM_B, &confirmation));
    match judgement {
        Judgement::Confirmed => claim.held = true,
        Judgement::Wrong { next } => {
            let _ = write(stream, &[&[WRONG]]).await;
            let _ = stream.close().await;
            return Ok(Served::Wrong { next });
        }
        Judgement::Stale => {
            write(stream, &[&[WRONG]]).await?;
            let _ = stream.close().await;
            return Ok(Served::Nothing);
        }
    }
    let sealed = keys.seal(SEAL_A, &bringing)?;
    write(stream, &[&[CONFIRMED], &keys.confirmation(CONFIRM_A), &sealed]).await?;
    let exchanged = keys.open(SEAL_B, &read(stream).await?, &bringing.them)?;
    claim.held = false;
    // The partner is ours from here on, whether or not this last word arrives.
    let _ = write(stream, &[&[DONE]]).await;
    let _ = stream.close().await;
    Ok(Served::Paired(exchanged))
}

/// Accepts an offer: SPAKE2's side B, which confirms first.
pub(super) async fn accept(
    mut stream: impl Stream,
    code: &Code,
    bringing: Bringing,
) -> Result<Exchanged, PairingError> {
    let exchange = accept_side(&mut stream, code, bringing);
    tokio::time::timeout(Duration::from_secs(EXCHANGE_SECONDS), exchange)
        .await
        .unwrap_or(Err(PairingError::Interrupted))
}

async fn accept_side(stream: &mut impl Stream, code: &Code, bringing: Bringing) -> Result<Exchanged, PairingError> {
    let (a, b) = (bringing.them.to_bytes(), bringing.me.to_bytes());
    let (spake, message_b) = Spake2::<Ed25519Group>::start_b(&code.password(), &Identity::new(&a), &Identity::new(&b));
    // Whoever does not offer turns the stream away unread.
    write(stream, &[&[VERSION, code.number], &message_b]).await.map_err(|_| PairingError::NobodyOffering)?;
    let answer = read(stream).await.map_err(|_| PairingError::NobodyOffering)?;
    let [HERE, message_a @ ..] = answer.as_slice() else {
        return Err(PairingError::NobodyOffering);
    };
    let shared = Zeroizing::new(spake.finish(message_a).map_err(|_| PairingError::Interrupted)?);
    let keys = Keys::derive(&shared, &[&a, &b, message_a, &message_b]);
    write(stream, &[&keys.confirmation(CONFIRM_B)]).await?;

    let verdict = read(stream).await?;
    let [CONFIRMED, rest @ ..] = verdict.as_slice() else {
        return Err(PairingError::WrongCode);
    };
    let (confirmation, sealed) = rest.split_at_checked(CONFIRMATION_BYTES).ok_or(PairingError::WrongCode)?;
    if !keys.confirms(CONFIRM_A, confirmation) {
        return Err(PairingError::WrongCode);
    }
    let exchanged = keys.open(SEAL_A, sealed, &bringing.them)?;
    write(stream, &[&keys.seal(SEAL_B, &bringing)?]).await?;
    match read(stream).await?.as_slice() {
        [DONE] => Ok(exchanged),
        _ => Err(PairingError::Interrupted),
    }
}

impl From<io::Error> for PairingError {
    fn from(_: io::Error) -> Self {
        PairingError::Interrupted
    }
}

const CONFIRM_A: &[u8] = b"rounds pairing confirms A";
const CONFIRM_B: &[u8] = b"rounds pairing confirms B";
const SEAL_A: &[u8] = b"rounds pairing seals A";
const SEAL_B: &[u8] = b"rounds pairing seals B";
const PAIRWISE: &[u8] = b"rounds pairwise key";
const CONFIRMATION_BYTES: usize = 32;

/// All keys of one exchange: the SPAKE2 key, bound to everything both sides saw.
struct Keys(Zeroizing<[u8; 32]>);

impl Keys {
    fn derive(shared: &[u8], transcript: &[&[u8]]) -> Keys {
        let mut hash = Sha256::new();
        for part in transcript {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Keys(Zeroizing::new(hmac(shared, &hash.finalize())))
    }

    fn key(&self, label: &[u8]) -> [u8; 32] {
        hmac(self.0.as_slice(), label)
    }

    fn confirmation(&self, label: &[u8]) -> [u8; CONFIRMATION_BYTES] {
        hmac(&self.key(label), b"confirmed")
    }

    fn confirms(&self, label: &[u8], confirmation: &[u8]) -> bool {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key(label)) else {
            return false;
        };
        mac.update(b"confirmed");
        mac.verify_slice(confirmation).is_ok()
    }

    /// Each key seals one message, so the nonce is nothing.
    fn seal(&self, label: &[u8], bringing: &Bringing) -> io::Result<Vec<u8>> {
        let mut plain = bringing.ports.to_bytes().to_vec();
        plain.extend_from_slice(&bringing.card);
        self.cipher(label)?.encrypt(&Nonce::from([0; 12]), plain.as_slice()).map_err(|_| malformed())
    }

    fn open(&self, label: &[u8], sealed: &[u8], them: &PeerId) -> io::Result<Exchanged> {
        let plain = self.cipher(label)?.decrypt(&Nonce::from([0; 12]), sealed).map_err(|_| malformed())?;
        let (ports, card) = plain.split_first_chunk::<4>().ok_or_else(malformed)?;
        if card.len() > CARD_BYTES_MAX {
            return Err(malformed());
        }
        let device = device_of(them).ok_or_else(malformed)?;
        let (ports, card) = (Ports::from_bytes(*ports), card.to_vec());
        Ok(Exchanged { device, card, pairwise_key: self.key(PAIRWISE), ports })
    }

    fn cipher(&self, label: &[u8]) -> io::Result<ChaCha20Poly1305> {
        ChaCha20Poly1305::new_from_slice(&self.key(label)).map_err(|_| malformed())
    }
}

/// HMAC-SHA256, which takes keys of every length.
pub(super) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

async fn write(stream: &mut impl Stream, parts: &[&[u8]]) -> io::Result<()> {
    let body: Vec<u8> = parts.concat();
    let length = u16::try_from(body.len()).map_err(|_| malformed())?;
    let mut message = length.to_be_bytes().to_vec();
    message.extend(body);
    stream.write_all(&message).await?;
    stream.flush().await
}

async fn read(stream: &mut impl Stream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).await?;
    let length = usize::from(u16::from_be_bytes(length));
    if length > MESSAGE_BYTES_MAX {
        return Err(malformed());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a pairing message")
}

#[cfg(test)]
mod strangers;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written_down() {
        let code = Code::draw(7);
        let text = code.text();
        assert_eq!(text.len(), "07-381-5096".len());
        for written in [text.clone(), text.replace('-', " "), text.replace('-', ""), format!("  {text}\n")] {
            assert_eq!(Code::parse(&written), Ok(code.clone()));
        }
        for wrong in ["", "07-381", "07-381-50966", "ab-cde-fghi", "٠٧-381-5096"] {
            assert_eq!(Code::parse(wrong), Err(PairingError::BadCode), "{wrong}");
        }
        assert!(!format!("{code:?}").contains(&*code.secret));
    }

    #[test]
    fn three_failed_confirmations_close_the_desk() {
        let mut desk = Desk::open(42);
        let first = desk.code().text();
        let (_, generation) = desk.begin(42).expect("open");
        assert!(desk.begin(43).is_none(), "another offer's number");
        let Judgement::Wrong { next: Some(second) } = desk.judge(generation, false) else {
            panic!("a failure brings a new code");
        };
        assert_ne!(first, second);
        assert_eq!(desk.judge(generation, true), Judgement::Stale, "the old code proves nothing any more");
        assert!(matches!(desk.judge(1, false), Judgement::Wrong { next: Some(_) }));
        assert_eq!(desk.judge(2, false), Judgement::Wrong { next: None });
        assert!(desk.begin(42).is_none());
    }

    #[test]
    fn a_broken_exchange_gives_the_code_back() {
        let desk = Arc::new(Mutex::new(Desk::open(42)));
        let mut claim = Claim { desk: desk.clone(), held: false };
        assert_eq!(claim.desk().judge(0, true), Judgement::Confirmed);
        claim.held = true;
        assert_eq!(claim.desk().judge(0, true), Judgement::Stale, "one at a time");
        drop(claim);
        assert_eq!(desk.lock().expect("desk").judge(0, true), Judgement::Confirmed);
    }

    #[test]
    fn keys_agree_only_when_everything_agrees() {
        let keys = Keys::derive(b"shared", &[b"a", b"b"]);
        assert!(Keys::derive(b"shared", &[b"a", b"b"]).confirms(CONFIRM_A, &keys.confirmation(CONFIRM_A)));
        assert!(!Keys::derive(b"shared", &[b"ab", b""]).confirms(CONFIRM_A, &keys.confirmation(CONFIRM_A)));
        assert!(!Keys::derive(b"other", &[b"a", b"b"]).confirms(CONFIRM_A, &keys.confirmation(CONFIRM_A)));
        assert!(!keys.confirms(CONFIRM_B, &keys.confirmation(CONFIRM_A)), "a reflected confirmation");
    }
}
