//! Decides the life of an offer, who is served at it, and how somebody else's offer is reached.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libp2p::swarm::ConnectionId;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{PeerId, Stream};
use tokio::sync::{mpsc, oneshot};

use super::hub::{Hub, PURPOSE_SECONDS, Purpose, Report};
use super::link::Ports;
use super::pairing::{self, Bringing, Desk, Served};
use super::timers::Timer;
use super::transport::{self, Transport, multiaddr};
use super::{NetworkEvent, OfferUpdate, PairingError};

/// Accepters served at once; their guesses still count one by one.
const SESSIONS_MAX: usize = 4;

/// Who waits for a pairing stream.
pub(super) type PairingReply = oneshot::Sender<Result<PairingStream, PairingError>>;

/// A stream to somebody who may be offering.
pub(super) struct PairingStream {
    pub(super) me: PeerId,
    pub(super) them: PeerId,
    stream: Stream,
    hold: Hold,
}

impl PairingStream {
    pub(super) fn new(me: PeerId, them: PeerId, stream: Stream, hold: Hold) -> Self {
        PairingStream { me, them, stream, hold }
    }

    pub(super) fn split(self) -> (Stream, Hold) {
        (self.stream, self.hold)
    }
}

/// Keeps a pairing's connection; dropping it closes the connection.
pub(super) struct Hold {
    connection: ConnectionId,
    reports: mpsc::UnboundedSender<Report>,
}

impl Hold {
    pub(super) fn new(connection: ConnectionId, reports: mpsc::UnboundedSender<Report>) -> Self {
        Hold { connection, reports }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let _ = self.reports.send(Report::PairingOver { connection: self.connection });
    }
}

/// The offer that is open now.
pub(super) struct OpenOffer {
    pub(super) id: u64,
    desk: Arc<Mutex<Desk>>,
    card: Vec<u8>,
    pub(super) updates: mpsc::Sender<OfferUpdate>,
    sessions: usize,
}

impl Hub {
    pub(super) fn dial_for_pairing(&mut self, address: SocketAddr, transport: Transport, reply: PairingReply) {
        let options = DialOpts::unknown_peer_id().address(multiaddr(address, transport));
        let options = match transport {
            Transport::Quic => options.build(),
            Transport::Tcp => options.allocate_new_port().build(),
        };
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => {
                self.pairing_dials.insert(connection, reply);
            }
            Err(_) => {
                let _ = reply.send(Err(PairingError::Unreachable));
            }
        }
    }

    pub(super) fn open_offer(
        &mut self,
        number: u8,
        name: &str,
        card: Vec<u8>,
        timeout: Duration,
        updates: mpsc::Sender<OfferUpdate>,
    ) -> String {
        self.close_offer(PairingError::Replaced);
        self.next_number += 1;
        let id = self.next_number;
        let desk = Desk::open(number);
        let code = desk.code().text();
        if let Some(discovery) = &mut self.discovery
            && let Err(error) = discovery.show_offer(number, name)
        {
            tracing::warn!(%error, "the offer could not be advertised");
        }
        self.swarm.behaviour_mut().set_pairing_open(true);
        self.timers.after(timeout, Timer::OfferExpiry { offer: id });
        self.offer = Some(OpenOffer { id, desk: Arc::new(Mutex::new(desk)), card, updates, sessions: 0 });
        code
    }

    pub(super) fn close_offer(&mut self, reason: PairingError) {
        if let Some(offer) = self.offer.take() {
            let _ = offer.updates.try_send(OfferUpdate::Closed(reason));
            self.after_offer();
        }
    }

    fn after_offer(&mut self) {
        self.swarm.behaviour_mut().set_pairing_open(false);
        if let Some(discovery) = &mut self.discovery {
            discovery.hide_offer();
        }
    }

    pub(super) fn serve(&mut self, connection: ConnectionId, stream: Stream) {
        let (Some(offer), Some(open)) = (&mut self.offer, self.connections.get(&connection)) else {
            self.swarm.close_connection(connection);
            return;
        };
        if offer.sessions >= SESSIONS_MAX {
            self.swarm.close_connection(connection);
            return;
        }
        offer.sessions += 1;
        let bringing =
            Bringing { me: *self.swarm.local_peer_id(), them: open.peer, ports: self.ports, card: offer.card.clone() };
        let (desk, id, reports) = (offer.desk.clone(), offer.id, self.reports.clone());
        tokio::spawn(async move {
            let served = pairing::serve(stream, desk, bringing).await;
            let _ = reports.send(Report::Served { offer: id, connection, served });
        });
    }

    pub(super) fn on_served(&mut self, offer: u64, connection: ConnectionId, served: Served) {
        let mut address = None;
        if let Some(open) = self.connections.get_mut(&connection) {
            // The last word may still be on its way, so the connection gets a little time; nothing else reaches it.
            open.purpose = Purpose::Unknown;
            address = Some(open.address);
            self.timers.after(Duration::from_secs(PURPOSE_SECONDS), Timer::PurposeDue { connection });
        }
        let mut open = self.offer.as_mut().filter(|open| open.id == offer);
        if let Some(open) = &mut open {
            open.sessions = open.sessions.saturating_sub(1);
        }
        match (served, open) {
            (Served::Nothing, _) => {}
            (Served::Wrong { next: Some(code) }, Some(open)) => {
                let _ = open.updates.try_send(OfferUpdate::NewCode(code));
            }
            (Served::Wrong { next: None }, Some(_)) => self.close_offer(PairingError::TooManyFailures),
            (Served::Wrong { .. }, None) => {}
            // The other side counts as paired by now, so this side does too, even where the offer ran out meanwhile.
            (Served::Paired(exchanged), open) => {
                if let Some(open) = open {
                    let _ = open
                        .updates
                        .try_send(OfferUpdate::Paired { device: exchanged.device, card: exchanged.card.clone() });
                    self.offer = None;
                    self.after_offer();
                }
                let address = address.map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |address| {
                    listening_address(address, exchanged.ports).unwrap_or(address)
                });
                let pairing::Exchanged { device, card, pairwise_key, .. } = exchanged;
                self.tell(NetworkEvent::Paired { offer: true, device, card, pairwise_key, address });
            }
        }
    }
}

/// Where a device that connected from `seen` listens, by what it told us.
pub(super) fn listening_address(seen: SocketAddr, ports: Ports) -> Option<SocketAddr> {
    let port = if seen.is_ipv4() { ports.v4 } else { ports.v6 };
    let address = SocketAddr::new(seen.ip(), port);
    transport::can_be_dialled(&address).then_some(address)
}
