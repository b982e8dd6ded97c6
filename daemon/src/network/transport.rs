//! Decides what a connection is made of, who may open one, and which ports it arrives at.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU8;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt as _;
use libp2p::core::transport::PortUse;
use libp2p::core::{Endpoint, upgrade};
use libp2p::identity::{Keypair, PublicKey, ed25519};
use libp2p::multiaddr::{Multiaddr, Protocol};
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{PeerId, Stream, StreamProtocol, Swarm, SwarmBuilder, tcp, tls, yamux};
use libp2p_stream::{Control, IncomingStreams};
use rounds_crdt::ids::DeviceId;
use socket2::{Domain, Socket, Type};

use super::NetworkError;

/// The stream that carries frames between paired devices.
pub(super) const LINK_PROTOCOL: StreamProtocol = StreamProtocol::new("/rounds/link/1");
/// The stream that carries one pairing; the only one strangers can reach.
pub(super) const PAIRING_PROTOCOL: StreamProtocol = StreamProtocol::new("/rounds/pair/1");

/// Seconds a transport handshake may take: a busy laptop on a lossy network needs two.
const HANDSHAKE_SECONDS: u64 = 5;
/// Milliseconds without a packet before a QUIC connection counts as lost: one keep-alive may go missing. Where an address changed or a
/// machine slept, links are asked for a sign of life much sooner.
const QUIC_IDLE_MILLISECONDS: u32 = 14_000;
/// Milliseconds between QUIC keep-alives, before the spread: they are what an idle daemon wakes for.
const QUIC_KEEP_ALIVE_MILLISECONDS: u64 = 5_000;
/// Milliseconds of spread for each step of the device id's first byte, so that of two partners one pings first and the other stays asleep.
const QUIC_KEEP_ALIVE_SPREAD_MILLISECONDS: u64 = 7;
/// Streams one connection may hold open: one carries the frames, the rest is slack.
const STREAMS_PER_CONNECTION_MAX: usize = 8;
/// Bytes in flight on one stream: four of the largest frames.
const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// Bytes in flight on one connection.
const CONNECTION_WINDOW_BYTES: u32 = 6 * 1024 * 1024;
/// Seconds a connection without any stream stays open.
const IDLE_CONNECTION_SECONDS: u64 = 5;
/// Addresses tried at once within one dial.
const DIAL_CONCURRENCY: NonZeroU8 = NonZeroU8::new(8).expect("eight is not zero");
/// Unfinished inbound handshakes in total.
const PENDING_MAX: usize = 64;
/// Unfinished inbound handshakes from one address: a classroom of partners shares none.
const PENDING_PER_ADDRESS_MAX: usize = 16;
/// Connections from devices we are not paired with, while pairing is open.
const STRANGERS_MAX: usize = 8;
/// Connections with one device: both sides may dial over both transports at once.
const CONNECTIONS_PER_DEVICE_MAX: usize = 6;
/// Attempts to find a port free for both UDP and TCP.
const PORT_ATTEMPTS_MAX: usize = 16;

/// How bytes travel to a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Transport {
    Quic,
    Tcp,
}

impl Transport {
    pub(super) fn name(self) -> &'static str {
        match self {
            Transport::Quic => "quic",
            Transport::Tcp => "tcp",
        }
    }
}

/// The transport identity made from a device's secret.
pub(super) fn keypair(mut seed: [u8; 32]) -> Result<Keypair, NetworkError> {
    Keypair::ed25519_from_bytes(&mut seed).map_err(|_| NetworkError::BadKey)
}

/// The transport's name for a device.
pub(super) fn peer_of(device: &DeviceId) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(device.as_bytes()).ok()?;
    Some(PublicKey::from(key).to_peer_id())
}

/// The device behind a transport identity: its Ed25519 key is written out in the peer id.
pub(super) fn device_of(peer: &PeerId) -> Option<DeviceId> {
    let bytes = peer.to_bytes();
    // A multihash of code "identity" (0) and length 36 wraps the encoded key.
    let encoded = bytes.strip_prefix(&[0x00, 0x24])?;
    let key = PublicKey::try_decode_protobuf(encoded).ok()?.try_into_ed25519().ok()?;
    Some(DeviceId::from_bytes(key.to_bytes()))
}

/// How libp2p writes `address` for `transport`.
pub(super) fn multiaddr(address: SocketAddr, transport: Transport) -> Multiaddr {
    let start = Multiaddr::empty().with(Protocol::from(address.ip()));
    match transport {
        Transport::Quic => start.with(Protocol::Udp(address.port())).with(Protocol::QuicV1),
        Transport::Tcp => start.with(Protocol::Tcp(address.port())),
    }
}

/// The socket address and transport libp2p wrote down.
pub(super) fn socket_address(address: &Multiaddr) -> Option<(SocketAddr, Transport)> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Udp(port) => Some((SocketAddr::new(ip, port), Transport::Quic)),
        Protocol::Tcp(port) => Some((SocketAddr::new(ip, port), Transport::Tcp)),
        _ => None,
    }
}

/// Whether libp2p can dial it: link-local IPv6 needs a zone, which its addresses do not carry.
pub(super) fn can_be_dialled(address: &SocketAddr) -> bool {
    let link_local = matches!(address.ip(), IpAddr::V6(ip) if ip.is_unicast_link_local());
    !link_local && !address.ip().is_unspecified() && !address.ip().is_multicast() && address.port() != 0
}

/// A stream that a peer opened towards us.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) connection: ConnectionId,
    pub(super) protocol: StreamProtocol,
    pub(super) stream: Stream,
}

/// Why a connection was turned away.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("too many unfinished connections")]
    TooManyPending,
    #[error("not a partner, and no pairing is open")]
    Stranger,
    #[error("too many connections")]
    TooMany,
}

/// One connection's streams. libp2p-stream forgets which connection a stream belongs to, so each connection has its own.
struct Channel {
    peer: PeerId,
    streams: libp2p_stream::Behaviour,
    control: Control,
    incoming: Vec<(StreamProtocol, IncomingStreams)>,
}

/// The door: partners reach links, strangers reach pairing while it is open, and nobody reaches anything else.
pub(super) struct Gate {
    partners: HashSet<PeerId>,
    pairing_open: bool,
    pending: HashMap<ConnectionId, IpAddr>,
    channels: HashMap<ConnectionId, Channel>,
}

impl Gate {
    pub(super) fn new() -> Self {
        Gate { partners: HashSet::new(), pairing_open: false, pending: HashMap::new(), channels: HashMap::new() }
    }

    pub(super) fn set_partners(&mut self, partners: HashSet<PeerId>) {
        self.partners = partners;
    }

    pub(super) fn set_pairing_open(&mut self, open: bool) {
        self.pairing_open = open;
    }

    /// A handle that opens streams on exactly this connection.
    pub(super) fn control(&self, connection: ConnectionId) -> Option<Control> {
        self.channels.get(&connection).map(|channel| channel.control.clone())
    }

    fn strangers(&self) -> usize {
        self.channels.values().filter(|channel| !self.partners.contains(&channel.peer)).count()
    }

    fn connections_with(&self, peer: &PeerId) -> usize {
        self.channels.values().filter(|channel| channel.peer == *peer).count()
    }

    fn add_channel(&mut self, connection: ConnectionId, peer: PeerId, accepts: &[StreamProtocol]) -> &mut Channel {
        let streams = libp2p_stream::Behaviour::new();
        let mut control = streams.new_control();
        let incoming = accepts
            .iter()
            .filter_map(|protocol| Some((protocol.clone(), control.accept(protocol.clone()).ok()?)))
            .collect();
        self.channels.entry(connection).insert_entry(Channel { peer, streams, control, incoming }).into_mut()
    }
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = <libp2p_stream::Behaviour as NetworkBehaviour>::ConnectionHandler;
    type ToSwarm = Arrival;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let Some((address, _)) = socket_address(remote) else {
            return Err(ConnectionDenied::new(Refusal::TooManyPending));
        };
        let from_there = self.pending.values().filter(|ip| **ip == address.ip()).count();
        if from_there >= PENDING_PER_ADDRESS_MAX || self.pending.len() >= PENDING_MAX {
            return Err(ConnectionDenied::new(Refusal::TooManyPending));
        }
        self.pending.insert(connection, address.ip());
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.pending.remove(&connection);
        let partner = self.partners.contains(&peer);
        if !partner && !self.pairing_open {
            return Err(ConnectionDenied::new(Refusal::Stranger));
        }
        if (!partner && self.strangers() >= STRANGERS_MAX) || self.connections_with(&peer) >= CONNECTIONS_PER_DEVICE_MAX
        {
            return Err(ConnectionDenied::new(Refusal::TooMany));
        }
        let mut accepts = Vec::new();
        if partner {
            accepts.push(LINK_PROTOCOL);
        }
        if self.pairing_open {
            accepts.push(PAIRING_PROTOCOL);
        }
        let channel = self.add_channel(connection, peer, &accepts);
        channel.streams.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        // Only whoever dialled opens streams.
        let channel = self.add_channel(connection, peer, &[]);
        channel.streams.handle_established_outbound_connection(connection, peer, address, role, port_use)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionEstablished(established) => {
                if let Some(channel) = self.channels.get_mut(&established.connection_id) {
                    channel.streams.on_swarm_event(event);
                }
            }
            FromSwarm::ConnectionClosed(closed) => {
                self.channels.remove(&closed.connection_id);
            }
            FromSwarm::ListenFailure(failure) => {
                self.pending.remove(&failure.connection_id);
                self.channels.remove(&failure.connection_id);
            }
            FromSwarm::DialFailure(failure) => {
                self.channels.remove(&failure.connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        for (connection, channel) in &mut self.channels {
            for (protocol, incoming) in &mut channel.incoming {
                if let Poll::Ready(Some((_, stream))) = incoming.poll_next_unpin(cx) {
                    return Poll::Ready(ToSwarm::GenerateEvent(Arrival {
                        connection: *connection,
                        protocol: protocol.clone(),
                        stream,
                    }));
                }
            }
        }
        Poll::Pending
    }
}

/// QUIC, and TCP with TLS 1.3 and yamux, behind the gate.
pub(super) fn build(keypair: Keypair, device: &DeviceId) -> Result<Swarm<Gate>, NetworkError> {
    let spread = u64::from(device.as_bytes()[0]) * QUIC_KEEP_ALIVE_SPREAD_MILLISECONDS;
    let keep_alive = Duration::from_millis(QUIC_KEEP_ALIVE_MILLISECONDS + spread);
    let yamux_config = || {
        let mut config = yamux::Config::default();
        config.set_max_num_streams(STREAMS_PER_CONNECTION_MAX);
        config
    };
    let swarm = SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::new().nodelay(true), tls::Config::new, yamux_config)
        .map_err(|error| NetworkError::Transport { reason: error.to_string() })?
        .with_quic_config(|mut config| {
            config.handshake_timeout = Duration::from_secs(HANDSHAKE_SECONDS);
            config.max_idle_timeout = QUIC_IDLE_MILLISECONDS;
            config.keep_alive_interval = keep_alive;
            config.max_concurrent_stream_limit = STREAMS_PER_CONNECTION_MAX as u32;
            config.max_stream_data = STREAM_WINDOW_BYTES;
            config.max_connection_data = CONNECTION_WINDOW_BYTES;
            config
        })
        .with_behaviour(|_| Gate::new())
        .map_err(|error| NetworkError::Transport { reason: error.to_string() })?
        .with_swarm_config(|config| {
            config
                .with_idle_connection_timeout(Duration::from_secs(IDLE_CONNECTION_SECONDS))
                .with_max_negotiating_inbound_streams(STREAMS_PER_CONNECTION_MAX)
                .with_substream_upgrade_protocol_override(upgrade::Version::V1Lazy)
                .with_dial_concurrency_factor(DIAL_CONCURRENCY)
        })
        .with_connection_timeout(Duration::from_secs(HANDSHAKE_SECONDS))
        .build();
    Ok(swarm)
}

/// Builds the swarm and listens on every address; port 0 becomes one number free for UDP and TCP alike.
pub(super) fn build_listening(
    keypair: &Keypair,
    device: &DeviceId,
    listen: &[SocketAddr],
) -> Result<(Swarm<Gate>, Vec<SocketAddr>), NetworkError> {
    let picks = listen.iter().any(|address| address.port() == 0);
    let mut attempts = if picks { PORT_ATTEMPTS_MAX } else { 1 };
    loop {
        attempts -= 1;
        let bound = choose_ports(listen)?;
        let mut swarm = build(keypair.clone(), device)?;
        match listen_on_all(&mut swarm, &bound) {
            Ok(()) => return Ok((swarm, bound)),
            // Somebody took the port between the look and the bind.
            Err(NetworkError::PortInUse { .. }) if attempts > 0 => {}
            Err(error) => return Err(error),
        }
    }
}

fn listen_on_all(swarm: &mut Swarm<Gate>, bound: &[SocketAddr]) -> Result<(), NetworkError> {
    for address in bound {
        for transport in [Transport::Quic, Transport::Tcp] {
            swarm.listen_on(multiaddr(*address, transport)).map_err(|error| {
                if in_use(&error) {
                    NetworkError::PortInUse { address: *address }
                } else {
                    NetworkError::CannotListen { address: *address, reason: error.to_string() }
                }
            })?;
        }
    }
    Ok(())
}

/// The transports wrap the operating system's error several times over.
fn in_use(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            if error.kind() == io::ErrorKind::AddrInUse {
                return true;
            }
            if let Some(inner) = error.get_ref() {
                return in_use(inner);
            }
        }
        current = error.source();
    }
    false
}

/// Concrete ports for `listen`; addresses that ask for any port get the same one where they can.
fn choose_ports(listen: &[SocketAddr]) -> Result<Vec<SocketAddr>, NetworkError> {
    let mut bound = Vec::with_capacity(listen.len());
    let mut shared: Option<u16> = None;
    for address in listen {
        if address.port() != 0 {
            probe(*address).map_err(|error| listen_error(*address, &error))?;
            bound.push(*address);
            continue;
        }
        let preferred = shared.map(|port| SocketAddr::new(address.ip(), port));
        let chosen = match preferred {
            Some(preferred) if probe(preferred).is_ok() => preferred,
            _ => any_port(*address)?,
        };
        shared = Some(chosen.port());
        bound.push(chosen);
    }
    Ok(bound)
}

fn any_port(address: SocketAddr) -> Result<SocketAddr, NetworkError> {
    let mut last = None;
    for _ in 0..PORT_ATTEMPTS_MAX {
        match probe(address) {
            Ok(port) => return Ok(SocketAddr::new(address.ip(), port)),
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| io::Error::from(io::ErrorKind::AddrInUse));
    Err(listen_error(address, &error))
}

fn listen_error(address: SocketAddr, error: &io::Error) -> NetworkError {
    if error.kind() == io::ErrorKind::AddrInUse {
        NetworkError::PortInUse { address }
    } else {
        NetworkError::CannotListen { address, reason: error.to_string() }
    }
}

/// Whether TCP and UDP are both free at `address`, and at which port. libp2p's own TCP listener shares its port, so it would not notice.
fn probe(address: SocketAddr) -> io::Result<u16> {
    let stream = Socket::new(Domain::for_address(address), Type::STREAM, Some(socket2::Protocol::TCP))?;
    let datagram = Socket::new(Domain::for_address(address), Type::DGRAM, Some(socket2::Protocol::UDP))?;
    if address.is_ipv6() {
        stream.set_only_v6(true)?;
        datagram.set_only_v6(true)?;
    }
    // Without it a connection that closed a moment ago would hold the port; Windows means something else by it.
    #[cfg(unix)]
    stream.set_reuse_address(true)?;
    stream.bind(&address.into())?;
    stream.listen(1)?;
    let port = stream.local_addr()?.as_socket().map_or(address.port(), |bound| bound.port());
    datagram.bind(&SocketAddr::new(address.ip(), port).into())?;
    Ok(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_and_its_transport_identity_name_each_other() {
        let keys = keypair([7; 32]).expect("a key");
        let peer = keys.public().to_peer_id();
        let device = device_of(&peer).expect("an Ed25519 peer");
        assert_eq!(peer_of(&device), Some(peer));
    }

    #[test]
    fn addresses_survive_libp2p_notation() {
        for text in ["192.0.2.7:4478", "[2001:db8::1]:4478"] {
            let address: SocketAddr = text.parse().expect("an address");
            for transport in [Transport::Quic, Transport::Tcp] {
                assert_eq!(socket_address(&multiaddr(address, transport)), Some((address, transport)));
            }
        }
        assert!(!can_be_dialled(&"[fe80::1]:4478".parse().expect("an address")));
        assert!(!can_be_dialled(&"0.0.0.0:4478".parse().expect("an address")));
    }

    #[test]
    fn any_port_is_one_number_for_both_families() {
        let listen = ["0.0.0.0:0".parse().expect("v4"), "[::]:0".parse().expect("v6")];
        let bound = choose_ports(&listen).expect("ports");
        assert_ne!(bound[0].port(), 0);
        assert_eq!(bound[0].port(), bound[1].port());
    }

    #[test]
    fn a_taken_tcp_port_is_reported_with_its_address() {
        let holder = std::net::TcpListener::bind("127.0.0.1:0").expect("a listener");
        let address = holder.local_addr().expect("its address");
        assert!(
            matches!(choose_ports(&[address]), Err(NetworkError::PortInUse { address: named }) if named == address)
        );
    }

    fn stranger(number: u8) -> PeerId {
        keypair([number; 32]).expect("a key").public().to_peer_id()
    }

    /// Somebody at this address knocks, and no handshake follows yet.
    fn knocks(gate: &mut Gate, connection: usize, from: [u8; 4]) -> bool {
        let remote = multiaddr(SocketAddr::from((from, 40_000)), Transport::Tcp);
        let id = ConnectionId::new_unchecked(connection);
        gate.handle_pending_inbound_connection(id, &Multiaddr::empty(), &remote).is_ok()
    }

    /// The handshake showed who it is.
    fn enters(gate: &mut Gate, connection: usize, peer: PeerId) -> Result<(), String> {
        let (id, nowhere) = (ConnectionId::new_unchecked(connection), Multiaddr::empty());
        let entered = gate.handle_established_inbound_connection(id, peer, &nowhere, &nowhere);
        entered.map(drop).map_err(|denied| denied.downcast::<Refusal>().expect("a refusal of ours").to_string())
    }

    fn gives_up(gate: &mut Gate, connection: usize) {
        let nowhere = Multiaddr::empty();
        gate.on_swarm_event(FromSwarm::ListenFailure(libp2p::swarm::behaviour::ListenFailure {
            local_addr: &nowhere,
            send_back_addr: &nowhere,
            error: &libp2p::swarm::ListenError::Aborted,
            connection_id: ConnectionId::new_unchecked(connection),
            peer_id: None,
        }));
    }

    #[test]
    fn one_address_cannot_keep_the_door_busy_for_the_others() {
        let mut gate = Gate::new();
        let (one, other) = ([192, 0, 2, 1], [192, 0, 2, 2]);
        assert!((0..PENDING_PER_ADDRESS_MAX).all(|connection| knocks(&mut gate, connection, one)));
        assert!(!knocks(&mut gate, 100, one));
        assert!(knocks(&mut gate, 101, other));
        gives_up(&mut gate, 0);
        assert!(knocks(&mut gate, 102, one), "a handshake that ended makes room");
    }

    #[test]
    fn unfinished_handshakes_are_bounded_in_total() {
        let mut gate = Gate::new();
        let host = |connection: usize| [192, 0, 2, connection as u8];
        assert!((0..PENDING_MAX).all(|connection| knocks(&mut gate, connection, host(connection))));
        assert!(!knocks(&mut gate, 200, host(200)));
        gate.set_partners([stranger(1)].into());
        assert_eq!(enters(&mut gate, 7, stranger(1)), Ok(()));
        assert!(knocks(&mut gate, 201, host(201)), "a handshake that succeeded makes room");
    }

    #[test]
    fn strangers_enter_while_pairing_is_open_few_at_once_and_never_in_a_partners_place() {
        let mut gate = Gate::new();
        let partner = stranger(200);
        gate.set_partners([partner].into());
        assert_eq!(enters(&mut gate, 0, stranger(0)), Err(Refusal::Stranger.to_string()));
        gate.set_pairing_open(true);
        for number in 1..=STRANGERS_MAX {
            assert_eq!(enters(&mut gate, number, stranger(number as u8)), Ok(()));
        }
        assert_eq!(enters(&mut gate, 50, stranger(50)), Err(Refusal::TooMany.to_string()));
        for connection in 0..CONNECTIONS_PER_DEVICE_MAX {
            assert_eq!(enters(&mut gate, 100 + connection, partner), Ok(()));
        }
        assert_eq!(enters(&mut gate, 120, partner), Err(Refusal::TooMany.to_string()));
    }
}
