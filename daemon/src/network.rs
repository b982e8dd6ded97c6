//! Decides how this device meets others: what the rest of the daemon may ask of the network, and what it is told.
//!
//! Read `hub` for the one loop in which everything happens, `partners` for when a partner is dialled and which of several
//! connections becomes its link, `offers` for the life of an offer, then `transport` (who may connect), `link` (frames), `pairing`, `discovery` and `dialer`.

mod dialer;
mod discovery;
mod hub;
mod link;
mod offers;
mod pairing;
mod partners;
#[cfg(test)]
mod tests;
mod timers;
mod transport;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use rounds_crdt::ids::DeviceId;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

pub use discovery::DiscoveryReport;
pub use pairing::{CARD_BYTES_MAX, FAILURES_MAX, PairingError};

use discovery::Search;
use hub::Command;
use link::{Links, Ports};
use offers::PairingStream;
use pairing::{Bringing, Code};
use transport::Transport;

pub use rounds_crdt::limits::FRAME_BYTES_MAX;

/// Requests waiting for the hub: they come from people.
const COMMANDS_MAX: usize = 64;
/// Seconds one address gets while somebody waits for a pairing.
const PAIRING_DIAL_SECONDS: u64 = 4;

/// What the network needs to know to start.
#[derive(Clone)]
pub struct NetworkConfig {
    /// The Ed25519 secret of this device.
    pub keypair_seed: [u8; 32],
    /// Where to listen: QUIC and TCP with TLS at each; port 0 picks one, the same for both.
    pub listen: Vec<SocketAddr>,
    /// Whether to advertise and to listen for partners' adverts.
    pub discovery: bool,
}

impl std::fmt::Debug for NetworkConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NetworkConfig")
            .field("listen", &self.listen)
            .field("discovery", &self.discovery)
            .finish_non_exhaustive()
    }
}

/// A device we are paired with.
#[derive(Clone)]
pub struct KnownDevice {
    /// Its key, which is also its transport identity.
    pub device: DeviceId,
    /// The secret both drew at pairing; adverts are recognised by it.
    pub pairwise_key: [u8; 32],
    /// Addresses that worked before.
    pub addresses: Vec<SocketAddr>,
}

impl std::fmt::Debug for KnownDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownDevice")
            .field("device", &self.device)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

/// One live link, for as long as it lives.
pub type LinkId = u64;

/// What the network tells.
#[derive(Clone, PartialEq, Eq)]
pub enum NetworkEvent {
    /// A known device is connected; at most one link a device is up at a time.
    LinkUp { link: LinkId, device: DeviceId },
    /// A whole frame, in the order sent.
    Frame { link: LinkId, bytes: Vec<u8> },
    /// The link is gone; nothing more comes from it.
    LinkDown { link: LinkId, reason: String },
    /// How a device can be reached has changed.
    Reach { device: DeviceId, reach: Reach },
    /// This address of a device worked: worth remembering.
    AddressLearned { device: DeviceId, address: SocketAddr },
    /// Two people paired, at our offer or at theirs.
    Paired { offer: bool, device: DeviceId, card: Vec<u8>, pairwise_key: [u8; 32], address: SocketAddr },
}

impl std::fmt::Debug for NetworkEvent {
    /// Without frames, cards and keys: those are people's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NetworkEvent::LinkUp { link, device } => write!(f, "LinkUp({link}, {device:?})"),
            NetworkEvent::Frame { link, bytes } => write!(f, "Frame({link}, {} bytes)", bytes.len()),
            NetworkEvent::LinkDown { link, reason } => write!(f, "LinkDown({link}, {reason})"),
            NetworkEvent::Reach { device, reach } => write!(f, "Reach({device:?}, {reach:?})"),
            NetworkEvent::AddressLearned { device, address } => write!(f, "AddressLearned({device:?}, {address})"),
            NetworkEvent::Paired { offer, device, address, .. } => {
                write!(f, "Paired(offer: {offer}, {device:?}, {address})")
            }
        }
    }
}

/// How a device can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// A link is up.
    Connected {
        /// `quic` or `tcp`.
        transport: &'static str,
        /// Its end of the connection.
        address: SocketAddr,
    },
    /// There are signs of it, but no connection.
    Unreachable {
        /// What is in the way.
        obstacle: Obstacle,
        /// A plain sentence about its computer.
        why: String,
    },
    /// No sign of it on this network.
    NotSeen,
}

/// What keeps a partner's computer from being reached; pages say it in their own language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// It answers, and turns this one away.
    TurnedAway,
    /// It is on the network, and has refused every connection since the start.
    Firewall,
    /// It is on the network, and refuses the connection.
    Refused,
    /// It was here, and does not answer now.
    NoLongerThere,
    /// It is on the network, and does not answer.
    Silent,
    /// Another computer answers at its last known address.
    AnotherComputer,
    /// There is no way to its last known address from this network.
    NoWay,
    /// Nothing answers at its last known address.
    NoAnswer,
    /// The connection ended just now; another is tried.
    JustLost,
    /// What it sends cannot be understood here, or what is sent to it there: one of them runs another version. Where the
    /// two are connected, that is so of some documents alone.
    NotUnderstood,
    /// What it sent made this computer's Rounds stumble several times: it is not listened to before the next start.
    SetAside,
}

/// Why the network cannot start.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// Another program listens there.
    #[error("{address} is in use by another program")]
    PortInUse {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The operating system refuses to listen there.
    #[error("cannot listen at {address}: {reason}")]
    CannotListen {
        /// The address asked for.
        address: SocketAddr,
        /// The operating system's words.
        reason: String,
    },
    /// The device secret is not a key.
    #[error("the device key is not usable")]
    BadKey,
    /// The transports could not be set up.
    #[error("the network transports could not be set up: {reason}")]
    Transport {
        /// The library's words.
        reason: String,
    },
}

/// News about an open offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferUpdate {
    /// A wrong code was tried; this one is valid now.
    NewCode(String),
    /// Somebody paired; the offer is over.
    Paired {
        /// Whose device it is.
        device: DeviceId,
        /// What it brought.
        card: Vec<u8>,
    },
    /// The offer is over without a partner.
    Closed(PairingError),
}

/// An open offer; dropping it closes it.
#[derive(Debug)]
pub struct Offer {
    /// What to say to the other person.
    pub code: String,
    /// Where this device can be reached, for people who type addresses.
    pub addresses: Vec<SocketAddr>,
    /// What becomes of it.
    pub updates: mpsc::Receiver<OfferUpdate>,
}

/// Whom an accepted offer made a partner.
#[derive(Clone, PartialEq, Eq)]
pub struct PairedPeer {
    /// Their device.
    pub device: DeviceId,
    /// What they brought.
    pub card: Vec<u8>,
    /// The secret shared with that device from now on.
    pub pairwise_key: [u8; 32],
    /// The address that worked.
    pub address: SocketAddr,
}

impl std::fmt::Debug for PairedPeer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PairedPeer")
            .field("device", &self.device)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// A running network; dropping it or cancelling its token stops it.
#[derive(Clone)]
pub struct Network {
    commands: mpsc::Sender<Command>,
    links: Links,
    bound: Arc<[SocketAddr]>,
    ports: Ports,
    report: Arc<Mutex<DiscoveryReport>>,
    search: Option<Search>,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("bound", &self.bound).finish_non_exhaustive()
    }
}

impl Network {
    /// Listens, advertises, and starts dialling `devices`.
    pub async fn start(
        config: NetworkConfig,
        devices: Vec<KnownDevice>,
        events: mpsc::Sender<NetworkEvent>,
        stop: CancellationToken,
    ) -> Result<Network, NetworkError> {
        hub::start(config, devices, events, stop).await
    }

    /// What is listened on, wildcards as they are.
    pub fn bound(&self) -> Vec<SocketAddr> {
        self.bound.to_vec()
    }

    /// The addresses a partner could dial now; a wildcard is written out as the addresses of the interfaces that are up.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        expand(&self.bound)
    }

    /// Queues a frame; false when the link is gone, or was closed because its queue is full.
    pub fn send(&self, link: LinkId, frame: Vec<u8>) -> bool {
        self.links.get(link).is_some_and(|handle| handle.send(frame))
    }

    /// Closes a link; its LinkDown follows.
    pub fn close(&self, link: LinkId, why: &str) {
        if let Some(handle) = self.links.get(link) {
            handle.stop(why);
        }
    }

    /// Replaces the set of known devices: new ones are dialled, links to missing ones close.
    pub fn set_devices(&self, devices: Vec<KnownDevice>) {
        let commands = self.commands.clone();
        // The queue is short and the hub never waits for us, so this is all but immediate.
        match commands.try_send(Command::SetDevices(devices)) {
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            Err(mpsc::error::TrySendError::Full(command)) => {
                tokio::spawn(async move { commands.send(command).await });
            }
        }
    }

    /// Opens pairing under a fresh code for `timeout`; a previous offer is replaced.
    pub async fn offer(&self, name: String, card: Vec<u8>, timeout: Duration) -> Result<Offer, PairingError> {
        if card.len() > CARD_BYTES_MAX {
            return Err(PairingError::CardTooLarge);
        }
        let number = match &self.search {
            Some(search) => search.free_number().await,
            None => discovery::draw_number(&std::collections::HashSet::new()),
        };
        let (reply, answer) = oneshot::channel();
        let (updates, receiver) = mpsc::channel(FAILURES_MAX as usize + 2);
        let command = Command::Offer { number, name, card, timeout, updates, reply };
        self.commands.send(command).await.map_err(|_| PairingError::Stopped)?;
        let code = answer.await.map_err(|_| PairingError::Stopped)?;
        Ok(Offer { code, addresses: self.addresses(), updates: receiver })
    }

    /// Accepts the offer somebody reads out, found by its number, or at an address they name.
    pub async fn accept(
        &self,
        code: &str,
        at: Option<SocketAddr>,
        card: Vec<u8>,
        timeout: Duration,
    ) -> Result<PairedPeer, PairingError> {
        let code = Code::parse(code)?;
        if card.len() > CARD_BYTES_MAX {
            return Err(PairingError::CardTooLarge);
        }
        let work = self.accept_code(&code, at, &card, timeout);
        tokio::time::timeout(timeout, work).await.unwrap_or(Err(PairingError::TimedOut))
    }

    async fn accept_code(
        &self,
        code: &Code,
        at: Option<SocketAddr>,
        card: &[u8],
        timeout: Duration,
    ) -> Result<PairedPeer, PairingError> {
        if at.is_some_and(|address| self.is_here(address)) {
            return Err(PairingError::Ourselves);
        }
        let offers = match (at, &self.search) {
            (Some(address), _) => vec![vec![address]],
            (None, Some(search)) => search.offers(code.number, timeout.min(discovery::SEARCH)).await,
            (None, None) => Vec::new(),
        };
        let mut worst = PairingError::NobodyOffering;
        for addresses in offers {
            let (address, stream) = match self.reach_any(&addresses).await {
                Ok(reached) => reached,
                Err(error) => {
                    worst = error;
                    continue;
                }
            };
            let bringing = Bringing { me: stream.me, them: stream.them, ports: self.ports, card: card.to_vec() };
            let (stream, _hold) = stream.split();
            match pairing::accept(stream, code, bringing).await {
                Ok(exchanged) => {
                    let pairing::Exchanged { device, card, pairwise_key, .. } = exchanged;
                    let peer = PairedPeer { device, card, pairwise_key, address };
                    let _ = self.commands.send(Command::Paired(peer.clone())).await;
                    return Ok(peer);
                }
                Err(error) => worst = error,
            }
        }
        Err(worst)
    }

    fn is_here(&self, address: SocketAddr) -> bool {
        let listening = self.bound.iter().any(|bound| {
            bound.port() == address.port() && bound.is_ipv4() == address.is_ipv4() && bound.ip().is_unspecified()
        });
        self.addresses().contains(&address) || (listening && address.ip().is_loopback())
    }

    /// A pairing stream to the first address that answers: all over QUIC first, then all over TCP.
    async fn reach_any(&self, addresses: &[SocketAddr]) -> Result<(SocketAddr, PairingStream), PairingError> {
        let mut worst = PairingError::Unreachable;
        for transport in [Transport::Quic, Transport::Tcp] {
            let mut dials: FuturesUnordered<_> =
                addresses.iter().map(|address| self.reach(*address, transport)).collect();
            while let Some(reached) = dials.next().await {
                match reached {
                    Ok(reached) => return Ok(reached),
                    Err(PairingError::Unreachable) => {}
                    Err(error) => worst = error,
                }
            }
            if worst != PairingError::Unreachable {
                break;
            }
        }
        Err(worst)
    }

    async fn reach(
        &self,
        address: SocketAddr,
        transport: Transport,
    ) -> Result<(SocketAddr, PairingStream), PairingError> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(Command::PairingDial { address, transport, reply })
            .await
            .map_err(|_| PairingError::Stopped)?;
        let patience = Duration::from_secs(PAIRING_DIAL_SECONDS);
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(answered)) => answered.map(|stream| (address, stream)),
            Ok(Err(_)) => Err(PairingError::Stopped),
            Err(_) => Err(PairingError::Unreachable),
        }
    }

    /// What discovery has seen so far.
    pub fn discovery_report(&self) -> DiscoveryReport {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Concrete addresses for wildcards; link-local IPv6 is left out because it cannot be dialled without a zone.
fn expand(bound: &[SocketAddr]) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for address in bound {
        if !address.ip().is_unspecified() {
            addresses.push(*address);
            continue;
        }
        let here = interface_addresses();
        addresses.extend(
            here.into_iter()
                .filter(|ip| ip.is_ipv4() == address.is_ipv4())
                .map(|ip| SocketAddr::new(ip, address.port()))
                .filter(transport::can_be_dialled),
        );
    }
    addresses
}

/// The addresses of interfaces that are up, without loopback.
pub(crate) fn interface_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<IpAddr> = interfaces
        .iter()
        .filter(|interface| interface.is_oper_up() && !interface.is_loopback())
        .map(if_addrs::Interface::ip)
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses
}
