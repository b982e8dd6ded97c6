//! Decides, in one loop, what follows from each thing that happens: a connection, a stream, an advert, a request, a wake-up.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures::StreamExt as _;
use libp2p::core::ConnectedPoint;
use libp2p::swarm::{ConnectionId, DialError, SwarmEvent};
use libp2p::{PeerId, Stream, StreamProtocol, Swarm};
use rounds_crdt::ids::DeviceId;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::discovery::{Discovery, ROTATION, Sighting};
use super::link::{Links, Ports};
use super::offers::{Hold, OpenOffer, PairingReply, PairingStream};
use super::pairing::Served;
use super::partners::Partner;
use super::timers::{Timer, Timers};
use super::transport::{self, Arrival, Gate, PAIRING_PROTOCOL, Transport, socket_address};
use super::{
    COMMANDS_MAX, DiscoveryReport, KnownDevice, LinkId, Network, NetworkConfig, NetworkError, NetworkEvent,
    OfferUpdate, PairedPeer, PairingError, Reach, interface_addresses,
};

/// Seconds in which a new connection must show what it is for.
pub(super) const PURPOSE_SECONDS: u64 = 5;
/// Seconds opening a stream may take; libp2p-stream waits for ever when the connection is gone.
const OPEN_STREAM_SECONDS: u64 = 5;
/// Seconds between looks at the interfaces; a changed address is noticed within them.
const LOOK_AROUND_SECONDS: u64 = 5;
/// Milliseconds after the library reports a changed address, since several come at once.
const LOOK_AROUND_SOON_MILLISECONDS: u64 = 200;
/// Seconds by which a look may be late before we say that the machine slept.
const SLEPT_SECONDS: u64 = 3;
/// Milliseconds for goodbyes when stopping.
const GOODBYE_MILLISECONDS: u64 = 500;

/// What the handle asks of the hub.
pub(super) enum Command {
    SetDevices(Vec<KnownDevice>),
    Offer {
        number: u8,
        name: String,
        card: Vec<u8>,
        timeout: Duration,
        updates: mpsc::Sender<OfferUpdate>,
        reply: oneshot::Sender<String>,
    },
    PairingDial {
        address: SocketAddr,
        transport: Transport,
        reply: PairingReply,
    },
    Paired(PairedPeer),
}

/// What the hub's own tasks report; each task reports once or twice, so the queue is bounded by their number.
pub(super) enum Report {
    Opened { connection: ConnectionId, stream: Option<Stream> },
    Greeted { connection: ConnectionId, greeted: Option<(Stream, Option<Ports>)> },
    LinkEnded { device: DeviceId, link: LinkId, connection: ConnectionId, lived: Duration, reason: String },
    Served { offer: u64, connection: ConnectionId, served: Served },
    PairingOver { connection: ConnectionId },
}

/// What a connection is for.
pub(super) enum Purpose {
    /// Dialled by them, and not a word yet.
    Unknown,
    /// On its way to become a link.
    Greeting,
    /// A link, or waiting to take over from one.
    Link,
    /// Somebody accepts our offer.
    Serving,
    /// We accept somebody's offer.
    Accepting(Option<PairingReply>),
}

/// One established connection.
pub(super) struct Connection {
    pub(super) peer: PeerId,
    pub(super) address: SocketAddr,
    pub(super) transport: Transport,
    pub(super) dialled: bool,
    pub(super) purpose: Purpose,
}

/// All state of the network.
pub(super) struct Hub {
    pub(super) swarm: Swarm<Gate>,
    pub(super) me: DeviceId,
    pub(super) ports: Ports,
    pub(super) partners: BTreeMap<DeviceId, Partner>,
    pub(super) connections: HashMap<ConnectionId, Connection>,
    pub(super) timers: Timers,
    pub(super) links: Links,
    pub(super) events: mpsc::Sender<NetworkEvent>,
    pub(super) reports: mpsc::UnboundedSender<Report>,
    pub(super) next_number: u64,
    outbox: VecDeque<NetworkEvent>,
    pub(super) discovery: Option<Discovery>,
    report: Arc<Mutex<DiscoveryReport>>,
    reachable_from_outside: bool,
    pub(super) offer: Option<OpenOffer>,
    pub(super) pairing_dials: HashMap<ConnectionId, PairingReply>,
    interfaces: BTreeSet<IpAddr>,
    looked: (Instant, SystemTime),
}

/// Sets a network going on a thread of its own: an idle one then wakes one thread, not several, and a busy one hands a frame from task to
/// task without crossing threads.
pub(super) async fn start(
    config: NetworkConfig,
    devices: Vec<KnownDevice>,
    events: mpsc::Sender<NetworkEvent>,
    stop: CancellationToken,
) -> Result<Network, NetworkError> {
    let (reply, started) = oneshot::channel();
    let life = async move {
        match bind(&config, devices, events) {
            Ok((network, hub, queues)) => {
                // Nobody waits any more: the handle is dropped, and the hub stops by itself.
                let _ = reply.send(Ok(network));
                hub.run(queues, stop).await;
            }
            Err(error) => {
                let _ = reply.send(Err(error));
            }
        }
    };
    let unusable = |error: std::io::Error| NetworkError::Transport { reason: error.to_string() };
    std::thread::Builder::new()
        .name("network".to_owned())
        .spawn(move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(life),
            Err(error) => tracing::error!(%error, "the network has no runtime"),
        })
        .map_err(unusable)?;
    started.await.unwrap_or_else(|_| Err(unusable(std::io::Error::other("its thread ended"))))
}

/// What wakes the hub besides the swarm and its timers.
struct Queues {
    commands: mpsc::Receiver<Command>,
    reports: mpsc::UnboundedReceiver<Report>,
    sightings: Option<mpsc::Receiver<Sighting>>,
}

fn bind(
    config: &NetworkConfig,
    devices: Vec<KnownDevice>,
    events: mpsc::Sender<NetworkEvent>,
) -> Result<(Network, Hub, Queues), NetworkError> {
    let keypair = transport::keypair(config.keypair_seed)?;
    let me = transport::device_of(&keypair.public().to_peer_id()).ok_or(NetworkError::BadKey)?;
    let (swarm, bound) = transport::build_listening(&keypair, &me, &config.listen)?;
    let port_of = |v4: bool| bound.iter().find(|address| address.is_ipv4() == v4).map_or(0, SocketAddr::port);
    let ports = Ports { v4: port_of(true), v6: port_of(false) };

    let mut report = DiscoveryReport::default();
    let (mut discovery, mut sightings) = (None, None);
    if config.discovery {
        match Discovery::start(me, ports) {
            Ok((running, receiver)) => (discovery, sightings) = (Some(running), Some(receiver)),
            Err(error) => report.problem = Some(error.to_string()),
        }
    }
    let search = discovery.as_ref().map(Discovery::search);
    let report = Arc::new(Mutex::new(report));
    let (commands, command_queue) = mpsc::channel(COMMANDS_MAX);
    let (reports, report_queue) = mpsc::unbounded_channel();
    let links = Links::default();
    let mut hub = Hub {
        swarm,
        me,
        ports,
        partners: BTreeMap::new(),
        connections: HashMap::new(),
        timers: Timers::default(),
        links: links.clone(),
        events,
        reports,
        next_number: 0,
        outbox: VecDeque::new(),
        discovery,
        report: report.clone(),
        reachable_from_outside: bound.iter().any(|address| !address.ip().is_loopback()),
        offer: None,
        pairing_dials: HashMap::new(),
        interfaces: interface_addresses().into_iter().collect(),
        looked: (Instant::now(), SystemTime::now()),
    };
    hub.set_devices(devices);
    hub.timers.after(Duration::from_secs(LOOK_AROUND_SECONDS), Timer::LookAround);
    hub.timers.after(ROTATION, Timer::Rotate);
    let network = Network { commands, links, bound: bound.into(), ports, report, search };
    Ok((network, hub, Queues { commands: command_queue, reports: report_queue, sightings }))
}

impl Hub {
    async fn run(mut self, queues: Queues, stop: CancellationToken) {
        let Queues { mut commands, mut reports, mut sightings } = queues;
        let events = self.events.clone();
        loop {
            let wake_at = self.timers.next_at();
            let wake = async {
                match wake_at {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let sighting = async {
                match &mut sightings {
                    Some(sightings) => sightings.recv().await,
                    None => std::future::pending().await,
                }
            };
            let offer = self.offer.as_ref();
            let unwanted_offer = async {
                match offer {
                    Some(offer) => offer.updates.closed().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = unwanted_offer => self.close_offer(PairingError::Stopped),
                event = self.swarm.select_next_some() => self.on_swarm_event(event),
                Some(report) = reports.recv() => self.on_report(report),
                command = commands.recv() => match command {
                    Some(command) => self.on_command(command),
                    None => break,
                },
                sighting = sighting => match sighting {
                    Some(sighting) => self.on_sighting(sighting),
                    None => sightings = None,
                },
                permit = events.reserve(), if !self.outbox.is_empty() => {
                    match (permit, self.outbox.pop_front()) {
                        (Ok(permit), Some(event)) => permit.send(event),
                        _ => break,
                    }
                }
                () = wake => {
                    let now = Instant::now();
                    while let Some(timer) = self.timers.pop_due(now) {
                        self.on_timer(timer);
                    }
                }
            }
        }
        self.say_goodbye(reports).await;
    }

    /// Closes what is open, so that partners hear it from us and not from a timeout.
    async fn say_goodbye(mut self, mut reports: mpsc::UnboundedReceiver<Report>) {
        if let Some(discovery) = &mut self.discovery {
            discovery.stop();
        }
        self.close_offer(PairingError::Stopped);
        for partner in self.partners.values() {
            partner.stop_link("this computer is stopping");
        }
        for connection in self.connections.keys().copied().collect::<Vec<_>>() {
            self.swarm.close_connection(connection);
        }
        let deadline = tokio::time::Instant::now() + Duration::from_millis(GOODBYE_MILLISECONDS);
        while !self.connections.is_empty() {
            tokio::select! {
                event = self.swarm.select_next_some() => {
                    if let SwarmEvent::ConnectionClosed { connection_id, .. } = event {
                        self.connections.remove(&connection_id);
                    }
                }
                Some(_) = reports.recv() => {}
                () = tokio::time::sleep_until(deadline) => return,
            }
        }
    }

    fn on_swarm_event(&mut self, event: SwarmEvent<Arrival>) {
        match event {
            SwarmEvent::Behaviour(arrival) => self.on_arrival(arrival),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_established(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { connection_id, .. } => self.on_closed(connection_id),
            SwarmEvent::OutgoingConnectionError { connection_id, peer_id, error } => {
                self.on_dial_error(connection_id, peer_id, &error);
            }
            SwarmEvent::NewListenAddr { .. } | SwarmEvent::ExpiredListenAddr { .. } => {
                self.timers.after(Duration::from_millis(LOOK_AROUND_SOON_MILLISECONDS), Timer::LookAround);
            }
            SwarmEvent::ListenerClosed { reason: Err(error), .. } | SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(%error, "a listener reported an error");
            }
            _ => {}
        }
    }

    fn on_established(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        let dialled = endpoint.is_dialer();
        let Some((address, transport)) = socket_address(endpoint.get_remote_address()) else {
            self.swarm.close_connection(connection);
            return;
        };
        let mut purpose = Purpose::Unknown;
        if let Some(reply) = self.pairing_dials.remove(&connection) {
            purpose = Purpose::Accepting(Some(reply));
            self.open_stream(connection, peer, PAIRING_PROTOCOL);
        } else if dialled {
            if !self.wants_link(&peer, transport) {
                self.swarm.close_connection(connection);
            } else {
                purpose = Purpose::Greeting;
                self.open_stream(connection, peer, transport::LINK_PROTOCOL);
            }
        }
        self.connections.insert(connection, Connection { peer, address, transport, dialled, purpose });
        self.timers.after(Duration::from_secs(PURPOSE_SECONDS), Timer::PurposeDue { connection });
    }

    fn open_stream(&self, connection: ConnectionId, peer: PeerId, protocol: StreamProtocol) {
        let Some(mut control) = self.swarm.behaviour().control(connection) else {
            return;
        };
        let reports = self.reports.clone();
        tokio::spawn(async move {
            let opening = control.open_stream(peer, protocol);
            let opened = tokio::time::timeout(Duration::from_secs(OPEN_STREAM_SECONDS), opening).await;
            let stream = opened.ok().and_then(Result::ok);
            let _ = reports.send(Report::Opened { connection, stream });
        });
    }

    fn on_arrival(&mut self, arrival: Arrival) {
        let Some(connection) = self.connections.get_mut(&arrival.connection) else {
            return;
        };
        if !matches!(connection.purpose, Purpose::Unknown) {
            return;
        }
        if arrival.protocol == PAIRING_PROTOCOL {
            connection.purpose = Purpose::Serving;
            self.serve(arrival.connection, arrival.stream);
        } else {
            connection.purpose = Purpose::Greeting;
            self.greet(arrival.connection, arrival.stream);
        }
    }

    fn on_closed(&mut self, connection: ConnectionId) {
        let Some(closed) = self.connections.remove(&connection) else {
            return;
        };
        if let Purpose::Accepting(Some(reply)) = closed.purpose {
            // It answered and hung up: no offer is open there.
            let _ = reply.send(Err(PairingError::NobodyOffering));
        }
        self.partner_connection_closed(connection, &closed.peer);
    }

    fn on_dial_error(&mut self, connection: ConnectionId, peer: Option<PeerId>, error: &DialError) {
        if let Some(reply) = self.pairing_dials.remove(&connection) {
            let ourselves = matches!(error, DialError::LocalPeerId { .. });
            let _ = reply.send(Err(if ourselves { PairingError::Ourselves } else { PairingError::Unreachable }));
            return;
        }
        if let Some(peer) = peer {
            self.partner_dial_failed(connection, &peer, error);
        }
    }

    fn on_report(&mut self, report: Report) {
        match report {
            Report::Opened { connection, stream } => self.on_opened(connection, stream),
            Report::Greeted { connection, greeted } => self.on_greeted(connection, greeted),
            Report::LinkEnded { device, link, connection, lived, reason } => {
                self.on_link_ended(device, link, connection, lived, &reason);
            }
            Report::Served { offer, connection, served } => self.on_served(offer, connection, served),
            Report::PairingOver { connection } => {
                self.swarm.close_connection(connection);
            }
        }
    }

    fn on_opened(&mut self, connection: ConnectionId, stream: Option<Stream>) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        let Some(stream) = stream else {
            self.swarm.close_connection(connection);
            return;
        };
        match &mut open.purpose {
            Purpose::Accepting(reply) => {
                let hold = Hold::new(connection, self.reports.clone());
                let stream = PairingStream::new(*self.swarm.local_peer_id(), open.peer, stream, hold);
                if let Some(reply) = reply.take() {
                    // Nobody waits any more: dropping the stream's hold closes the connection.
                    let _ = reply.send(Ok(stream));
                }
            }
            _ => self.greet(connection, stream),
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::SetDevices(devices) => self.set_devices(devices),
            Command::Offer { number, name, card, timeout, updates, reply } => {
                let code = self.open_offer(number, &name, card, timeout, updates);
                let _ = reply.send(code);
            }
            Command::PairingDial { address, transport, reply } => self.dial_for_pairing(address, transport, reply),
            Command::Paired(PairedPeer { device, card, pairwise_key, address }) => {
                self.tell(NetworkEvent::Paired { offer: false, device, card, pairwise_key, address });
            }
        }
    }

    fn on_sighting(&mut self, sighting: Sighting) {
        let Some(discovery) = &mut self.discovery else {
            return;
        };
        match sighting {
            Sighting::Advert(advert) if discovery.is_own(&advert.instance) => {}
            Sighting::Advert(advert) => {
                let keys = self.partners.iter().map(|(device, partner)| (device, &partner.pairwise_key));
                match advert.sender(keys) {
                    Some(device) => {
                        discovery.report.matched += 1;
                        self.on_partner_advert(device, advert);
                    }
                    None => discovery.ignore(advert.instance),
                }
            }
            Sighting::Gone { instance } => {
                for partner in self.partners.values_mut() {
                    partner.advert_gone(&instance);
                }
            }
        }
        self.publish_report();
    }

    /// Sends the advert anew, when there is anybody to hear it.
    pub(super) fn advertise(&mut self) {
        if let Some(discovery) = &mut self.discovery
            && self.reachable_from_outside
        {
            let keys = self.partners.values().map(|partner| &partner.pairwise_key);
            discovery.report.problem = discovery.advertise(keys).err().map(|error| error.to_string());
            self.publish_report();
        }
    }

    fn publish_report(&self) {
        if let Some(discovery) = &self.discovery {
            *self.report.lock().unwrap_or_else(PoisonError::into_inner) = discovery.report.clone();
        }
    }

    fn on_timer(&mut self, timer: Timer) {
        match timer {
            Timer::Redial { device, wait } => self.redial(device, wait),
            Timer::TryTcp { device, attempt } => self.try_tcp(device, attempt),
            Timer::LifeDue { device, link, received } => self.on_life_due(device, link, received),
            Timer::PurposeDue { connection } => {
                if self.connections.get(&connection).is_some_and(|open| matches!(open.purpose, Purpose::Unknown)) {
                    self.swarm.close_connection(connection);
                }
            }
            Timer::LookAround => self.look_around(),
            Timer::Rotate => {
                self.advertise();
                self.timers.after(ROTATION, Timer::Rotate);
            }
            Timer::OfferExpiry { offer } => {
                if self.offer.as_ref().is_some_and(|open| open.id == offer) {
                    self.close_offer(PairingError::TimedOut);
                }
            }
        }
    }

    /// After a change of address or a sleep, every link must prove itself and every wait is cut short.
    fn look_around(&mut self) {
        let interfaces: BTreeSet<IpAddr> = interface_addresses().into_iter().collect();
        let (before, wall_before) = std::mem::replace(&mut self.looked, (Instant::now(), SystemTime::now()));
        let most = Duration::from_secs(LOOK_AROUND_SECONDS + SLEPT_SECONDS);
        let slept = before.elapsed() > most || wall_before.elapsed().is_ok_and(|wall| wall > most);
        if slept || interfaces != self.interfaces {
            self.interfaces = interfaces;
            self.wake_everything();
        }
        if !self.timers.has_look_around() {
            self.timers.after(Duration::from_secs(LOOK_AROUND_SECONDS), Timer::LookAround);
        }
    }

    /// Queues an event; of a partner's reach only the latest counts.
    pub(super) fn tell(&mut self, event: NetworkEvent) {
        if let NetworkEvent::Reach { device, .. } = &event {
            let device = *device;
            self.outbox
                .retain(|queued| !matches!(queued, NetworkEvent::Reach { device: other, .. } if *other == device));
        }
        self.outbox.push_back(event);
    }

    pub(super) fn tell_reach(&mut self, device: DeviceId, reach: Reach) {
        if let Some(partner) = self.partners.get_mut(&device)
            && partner.reach != reach
        {
            partner.reach = reach.clone();
            self.tell(NetworkEvent::Reach { device, reach });
        }
    }
}
