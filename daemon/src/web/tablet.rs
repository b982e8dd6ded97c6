//! Decides how the teacher's own tablet reaches the page: over the school's network, by TLS, and only while that is
//! turned on.
//!
//! The certificate is made here and signed by nobody, so that a browser warns of it once. The page shows its fingerprint
//! to compare. Turning the door off destroys certificate and secrets: no tablet has a session after that.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use axum::Extension;
use data_encoding::HEXUPPER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper_util::service::TowerToHyperService;
use qrcodegen::{QrCode, QrCodeEcc};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::guard::{ArrivedAt, Guard};
use super::refusal::Refusal;
use super::{App, STOP_WAIT, accept, connection, router};
use crate::house;
use crate::house::{Trouble, TroubleCode};
use crate::keys::{Keys, fill_random};
use crate::network::interface_addresses;
use crate::places::{TABLET_FILE, read_small, remove_destroying, write_private};

/// Where the door is, unless another program has it: beside the page and the partners' port.
const PORT: u16 = 4479;

/// Connections open at once: a browser keeps six, and a teacher has a tablet and perhaps a telephone.
const CONNECTIONS_MAX: usize = 32;

/// Connections of one address at once, so that nobody of the network takes all of them.
const CONNECTIONS_OF_ONE_MAX: usize = 12;

/// How long a handshake may take: a tablet far from the access point needs a second.
const HANDSHAKE_WAIT: Duration = Duration::from_secs(10);

/// Days a certificate is good for: browsers refuse those made for much longer than a year.
const CERTIFICATE_DAYS: i64 = 365;

/// Days before its end at which a start makes a new one: the summer holidays.
const RENEWAL_DAYS: i64 = 60;

/// A tablet's clock may be behind.
const BACKDATED_DAYS: i64 = 2;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Bytes of the file: a certificate, its key, and two short secrets take about a thousand.
const FILE_BYTES_MAX: usize = 16 * 1024;

const TABLE: &str = "tablet";

/// Why the tablet's door did not open.
#[derive(Debug, thiserror::Error)]
pub(super) enum TabletError {
    /// No port could be taken.
    #[error("no place on the network can be taken: {0}")]
    Port(io::Error),
    /// What is needed could not be kept.
    #[error("this could not be saved: {0}")]
    Disk(io::Error),
    /// A certificate could not be made.
    #[error("no certificate could be made: {0}")]
    Certificate(String),
}

impl From<TabletError> for Refusal {
    fn from(error: TabletError) -> Self {
        let code = match &error {
            TabletError::Port(_) => TroubleCode::Unavailable,
            TabletError::Disk(_) => TroubleCode::NotSaved,
            TabletError::Certificate(_) => TroubleCode::Internal,
        };
        Trouble::new(code, error.to_string()).into()
    }
}

/// The file's contents; the first field tells later shapes apart.
#[derive(Serialize, Deserialize)]
enum Stored {
    V1 { certificate: Vec<u8>, key: Vec<u8>, secret: [u8; 32], port: u16, ends_ms: i64 },
}

/// What a door is made of.
#[derive(Clone)]
struct Door {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    secret: Zeroizing<[u8; 32]>,
    port: u16,
    ends_ms: i64,
}

impl Door {
    fn make(port: u16) -> Result<Self, TabletError> {
        let failed = |error: rcgen::Error| TabletError::Certificate(error.to_string());
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let names: Vec<String> = addresses(port).iter().map(|address| address.ip().to_string()).collect();
        let mut params = CertificateParams::new(names).map_err(failed)?;
        // It is read by everybody who knocks: no name of a person or a program.
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "own tablet");
        let now = time::OffsetDateTime::now_utc();
        params.not_before = now - time::Duration::days(BACKDATED_DAYS);
        params.not_after = now + time::Duration::days(CERTIFICATE_DAYS);
        let certificate = params.self_signed(&pair).map_err(failed)?;
        let mut secret = Zeroizing::new([0; 32]);
        fill_random(&mut secret[..]).map_err(TabletError::Disk)?;
        Ok(Self {
            certificate: certificate.der().to_vec(),
            key: Zeroizing::new(pair.serialize_der()),
            secret,
            port,
            ends_ms: house::now_ms() + CERTIFICATE_DAYS * DAY_MS,
        })
    }

    fn is_due(&self, now_ms: i64) -> bool {
        self.ends_ms.saturating_sub(now_ms) < RENEWAL_DAYS * DAY_MS
    }

    fn fingerprint(&self) -> String {
        let pairs: Vec<String> =
            Sha256::digest(&self.certificate).iter().map(|byte| HEXUPPER.encode(&[*byte])).collect();
        pairs.join(":")
    }

    fn acceptor(&self) -> Result<TlsAcceptor, TabletError> {
        let failed = |error: rustls::Error| TabletError::Certificate(error.to_string());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.to_vec()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(self.certificate.clone())], key)
            .map_err(failed)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// A door that is open.
struct Open {
    door: Door,
    guard: Arc<Guard>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

/// What is told of an open door.
pub(super) struct Shown {
    /// Where a tablet finds it, in the order of the interfaces.
    pub(super) addresses: Vec<SocketAddr>,
    /// SHA-256 of the certificate, in the form in which browsers show it.
    pub(super) fingerprint: String,
    /// When the certificate ends, in milliseconds since 1970.
    pub(super) ends_ms: i64,
}

/// The tablet's door: whether it is open, and what it takes to open it.
pub(super) struct Tablet {
    file: PathBuf,
    keys: Keys,
    install: [u8; 16],
    open: Mutex<Option<Open>>,
}

impl fmt::Debug for Tablet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tablet").finish_non_exhaustive()
    }
}

impl Tablet {
    pub(super) fn new(folder: &Path, keys: Keys, install: [u8; 16]) -> Self {
        Self { file: folder.join(TABLET_FILE), keys, install, open: Mutex::default() }
    }

    /// Opens the door again that was open when the daemon stopped: a lesson outlasts a restart.
    pub(super) async fn resume(&self, app: &App) {
        let mut open = self.open.lock().await;
        let resumed = match self.load() {
            Ok(None) => return,
            Ok(Some(door)) => self.reopen(app, door).await,
            Err(error) => Err(TabletError::Disk(error)),
        };
        match resumed {
            Ok(opened) => *open = Some(opened),
            Err(error) => tracing::warn!(%error, "the tablet's door stays shut"),
        }
    }

    /// Opens the door; one that is open stays as it is.
    pub(super) async fn turn_on(&self, app: &App) -> Result<(), TabletError> {
        let mut open = self.open.lock().await;
        if open.is_some() {
            return Ok(());
        }
        // One that could not be opened at the start keeps the tablets that it let in; one that cannot be read is lost.
        let kept = self.load().inspect_err(|error| tracing::warn!(%error, "the tablet's door is made anew"));
        *open = Some(match kept.ok().flatten() {
            Some(door) => self.reopen(app, door).await?,
            None => self.open(app, Door::make(PORT)?).await?,
        });
        Ok(())
    }

    /// Shuts the door, and destroys what it was made of.
    pub(super) async fn turn_off(&self) -> Result<(), TabletError> {
        let mut open = self.open.lock().await;
        remove_destroying(&self.file).map_err(TabletError::Disk)?;
        shut(&mut open).await;
        Ok(())
    }

    /// Shuts the door until the next start.
    pub(super) async fn close(&self) {
        shut(&mut *self.open.lock().await).await;
    }

    /// What is told of the door while it is open.
    pub(super) async fn shown(&self) -> Option<Shown> {
        let open = self.open.lock().await;
        open.as_ref().map(|Open { door, .. }| Shown {
            addresses: addresses(door.port),
            fingerprint: door.fingerprint(),
            ends_ms: door.ends_ms,
        })
    }

    /// Whether the door was to be open, and could not be opened at the start.
    pub(super) async fn is_stuck(&self) -> bool {
        self.open.lock().await.is_none() && self.file.exists()
    }

    /// A link into the page at one of the door's addresses, or at this very computer's own, where one may try it out.
    pub(super) async fn link(&self, address: SocketAddr) -> Result<String, Refusal> {
        let open = self.open.lock().await;
        let is_ours = |open: &&Open| {
            let port = open.door.port;
            addresses(port).contains(&address) || address == SocketAddr::from(([127, 0, 0, 1], port))
        };
        let Some(open) = open.as_ref().filter(is_ours) else {
            let message = "no tablet can reach that address just now";
            return Err(Trouble::new(TroubleCode::Conflict, message).into());
        };
        Ok(format!("https://{address}{}", open.guard.launch_path(Instant::now())?))
    }

    fn load(&self) -> io::Result<Option<Door>> {
        let sealed = match read_small(&self.file, FILE_BYTES_MAX as u64) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the file of the tablet's door is damaged");
        if sealed.len() > FILE_BYTES_MAX {
            return Err(damaged());
        }
        let plain = Zeroizing::new(self.keys.home().open(TABLE, b"", &sealed).map_err(|_| damaged())?);
        let Stored::V1 { certificate, key, secret, port, ends_ms } =
            postcard::from_bytes(&plain).map_err(|_| damaged())?;
        let (key, secret) = (Zeroizing::new(key), Zeroizing::new(secret));
        Ok(Some(Door { certificate, key, secret, port, ends_ms }))
    }

    fn keep(&self, door: &Door) -> io::Result<()> {
        let stored = Stored::V1 {
            certificate: door.certificate.clone(),
            key: door.key.to_vec(),
            secret: *door.secret,
            port: door.port,
            ends_ms: door.ends_ms,
        };
        let plain = Zeroizing::new(postcard::to_allocvec(&stored).map_err(io::Error::other)?);
        write_private(&self.file, &self.keys.home().seal(TABLE, b"", &plain)?)
    }

    /// Tablets that were let in stay in; each is warned once where the certificate had to be made anew.
    async fn reopen(&self, app: &App, door: Door) -> Result<Open, TabletError> {
        let door = match door.is_due(house::now_ms()) {
            true => Door { secret: door.secret, ..Door::make(door.port)? },
            false => door,
        };
        self.open(app, door).await
    }

    async fn open(&self, app: &App, mut door: Door) -> Result<Open, TabletError> {
        let any = |port| SocketAddr::from(([0, 0, 0, 0], port));
        let listener = match TcpListener::bind(any(door.port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => TcpListener::bind(any(0)).await,
            bound => bound,
        };
        let listener = listener.map_err(TabletError::Port)?;
        door.port = listener.local_addr().map_err(TabletError::Port)?.port();
        let acceptor = door.acceptor()?;
        self.keep(&door).map_err(TabletError::Disk)?;
        let guard = Arc::new(Guard::for_tablet(&self.install, &door.secret));
        let stop = app.stop.child_token();
        let app = App {
            guard: Arc::clone(&guard),
            page_key: Arc::new(own_page_key(&app.page_key, &door.secret)),
            stop: stop.clone(),
            ..app.clone()
        };
        let serving = tokio::spawn(serve(listener, acceptor, app));
        tracing::info!(port = door.port, "the tablet's door is open");
        Ok(Open { door, guard, stop, serving })
    }
}

async fn shut(open: &mut Option<Open>) {
    if let Some(open) = open.take() {
        open.stop.cancel();
        let _ = open.serving.await; // one that panicked is shut too
        tracing::info!("the tablet's door is shut");
    }
}

/// Words that wait on a tablet are sealed under a key of its own, which is gone once the tablet is shown out: the
/// computer's does not leave it.
fn own_page_key(key: &[u8; 32], secret: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(b"rounds: words that wait on a tablet");
    mac.update(secret);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Where a tablet finds a door at this port: the addresses that this computer has just now.
fn addresses(port: u16) -> Vec<SocketAddr> {
    let here = interface_addresses().into_iter().filter(|address| match address {
        IpAddr::V4(v4) => !v4.is_link_local(),
        IpAddr::V6(_) => false,
    });
    here.map(|address| SocketAddr::new(address, port)).collect()
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, app: App) {
    let stop = app.stop.clone();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let knocking = Knocking::default();
    let router = router(app);
    let mut connections = JoinSet::new();
    let accepting = async {
        loop {
            let (stream, permit) = accept(&listener, &room).await;
            while connections.try_join_next().is_some() {}
            let (Ok(local), Ok(from)) = (stream.local_addr(), stream.peer_addr()) else { continue };
            let Some(one) = knocking.enter(from.ip()) else { continue };
            let service = TowerToHyperService::new(router.clone().layer(Extension(ArrivedAt(local))));
            let (acceptor, stop) = (acceptor.clone(), stop.clone());
            connections.spawn(attend(stream, acceptor, service, stop, (permit, one)));
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stop.cancelled() => {}
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_WAIT, drained).await.is_err() {
        // A tablet out of reach takes no answer; nobody waits for it.
        connections.shutdown().await;
    }
}

async fn attend(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    service: TowerToHyperService<axum::Router>,
    stop: CancellationToken,
    places: (OwnedSemaphorePermit, Knock),
) {
    let _ = stream.set_nodelay(true); // as at the other door
    let greeted = tokio::select! {
        greeted = tokio::time::timeout(HANDSHAKE_WAIT, acceptor.accept(stream)) => greeted,
        () = stop.cancelled() => return,
    };
    if let Ok(Ok(stream)) = greeted {
        connection(stream, service, stop).await;
    }
    drop(places);
}

/// How many connections each address has open.
#[derive(Clone, Default)]
struct Knocking(Arc<std::sync::Mutex<HashMap<IpAddr, usize>>>);

impl Knocking {
    /// A place for one more connection of this address, unless it has enough.
    fn enter(&self, from: IpAddr) -> Option<Knock> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(from).or_default();
        if *count >= CONNECTIONS_OF_ONE_MAX {
            return None;
        }
        *count += 1;
        Some(Knock { of: self.clone(), from })
    }
}

/// One connection's place; dropping it gives it back.
struct Knock {
    of: Knocking,
    from: IpAddr,
}

impl Drop for Knock {
    fn drop(&mut self) {
        let mut counts = self.of.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.from);
            }
        }
    }
}

/// A link as a picture to scan: how many squares a side has, and the dark ones as the path of an SVG.
pub(super) fn picture(link: &str) -> Option<(u32, String)> {
    use fmt::Write as _;
    let code = QrCode::encode_text(link, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            write!(path, "M{x} {y}h1v1h-1z").ok()?;
        }
    }
    Some((u32::try_from(code.size()).ok()?, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_of_connections_and_gives_them_back() {
        let knocking = Knocking::default();
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let mut held: Vec<Knock> = (0..CONNECTIONS_OF_ONE_MAX).map(|_| knocking.enter(one).expect("room")).collect();
        assert!(knocking.enter(one).is_none());
        assert!(knocking.enter(other).is_some());
        held.pop();
        assert!(knocking.enter(one).is_some());
        held.clear();
        assert!(knocking.0.lock().expect("lock").is_empty());
    }

    #[test]
    fn a_door_is_kept_sealed_and_comes_back_as_it_was() {
        let folder = tempfile::tempdir().expect("folder");
        let keys = Keys::open(folder.path(), None).expect("keys");
        let tablet = Tablet::new(folder.path(), keys, [7; 16]);
        assert!(tablet.load().expect("nothing yet").is_none());
        let door = Door::make(PORT).expect("door");
        tablet.keep(&door).expect("kept");
        let back = tablet.load().expect("readable").expect("there");
        assert_eq!((back.fingerprint(), back.port, back.ends_ms), (door.fingerprint(), PORT, door.ends_ms));
        assert_eq!(door.fingerprint().len(), 32 * 3 - 1);
        let bytes = std::fs::read(&tablet.file).expect("file");
        assert!(!bytes.windows(32).any(|window| window == &door.secret[..]));
        std::fs::write(&tablet.file, b"something else").expect("write");
        assert!(tablet.load().is_err());
    }

    #[test]
    fn a_certificate_is_made_anew_before_it_ends() {
        let door = Door::make(PORT).expect("door");
        let now = house::now_ms();
        assert!(!door.is_due(now));
        assert!(door.is_due(now + (CERTIFICATE_DAYS - RENEWAL_DAYS + 1) * DAY_MS));
        assert!(door.acceptor().is_ok());
    }

    #[test]
    fn a_link_is_drawn_dark_on_light() {
        let (size, path) = picture("https://192.168.1.20:4479/launch/0123").expect("a picture");
        assert!((21..=57).contains(&size));
        assert!(path.starts_with("M0 0h1v1h-1z"), "the corner of a code is dark");
    }
}
