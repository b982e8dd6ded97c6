//! Two and three networks on one machine: pairing, links, and what becomes of them. Nothing sleeps; everything waits for events.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use rounds_crdt::ids::DeviceId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::*;

/// Generous: only a defect gets near it.
const PATIENCE: Duration = Duration::from_secs(60);

struct Host {
    seed: u8,
    network: Network,
    events: mpsc::Receiver<NetworkEvent>,
    /// Events that came before the one somebody waited for.
    earlier: VecDeque<NetworkEvent>,
    stop: CancellationToken,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn device(seed: u8) -> DeviceId {
    let keys = transport::keypair([seed; 32]).expect("a key");
    transport::device_of(&keys.public().to_peer_id()).expect("a device")
}

fn loopback() -> Vec<SocketAddr> {
    vec!["127.0.0.1:0".parse().expect("an address")]
}

async fn host_at(seed: u8, listen: Vec<SocketAddr>, devices: Vec<KnownDevice>) -> Host {
    let (sender, events) = mpsc::channel(64);
    let stop = CancellationToken::new();
    let config = NetworkConfig { keypair_seed: [seed; 32], listen, discovery: false };
    let network = Network::start(config, devices, sender, stop.clone()).await.expect("a network");
    Host { seed, network, events, earlier: VecDeque::new(), stop }
}

async fn host(seed: u8) -> Host {
    host_at(seed, loopback(), Vec::new()).await
}

impl Host {
    fn address(&self) -> SocketAddr {
        self.network.addresses()[0]
    }

    /// How another host knows this one.
    fn known(&self) -> KnownDevice {
        KnownDevice { device: device(self.seed), pairwise_key: [1; 32], addresses: vec![self.address()] }
    }

    /// Known, but nobody knows where it is.
    fn known_somewhere(&self) -> KnownDevice {
        KnownDevice { addresses: Vec::new(), ..self.known() }
    }

    async fn next<T>(&mut self, mut wanted: impl FnMut(NetworkEvent) -> Option<T>) -> T {
        for position in 0..self.earlier.len() {
            if let Some(found) = wanted(self.earlier[position].clone()) {
                self.earlier.remove(position);
                return found;
            }
        }
        let search = async {
            loop {
                let event = self.events.recv().await.expect("the network runs");
                if let Some(found) = wanted(event.clone()) {
                    return found;
                }
                self.earlier.push_back(event);
            }
        };
        tokio::time::timeout(PATIENCE, search).await.expect("the event in time")
    }

    async fn link_up(&mut self) -> LinkId {
        self.next(|event| match event {
            NetworkEvent::LinkUp { link, .. } => Some(link),
            _ => None,
        })
        .await
    }

    async fn link_down(&mut self, wanted: LinkId) -> String {
        self.next(|event| match event {
            NetworkEvent::LinkDown { link, reason } if link == wanted => Some(reason),
            _ => None,
        })
        .await
    }

    async fn frame(&mut self) -> Vec<u8> {
        self.next(|event| match event {
            NetworkEvent::Frame { bytes, .. } => Some(bytes),
            _ => None,
        })
        .await
    }

    async fn reach(&mut self, mut wanted: impl FnMut(&Reach) -> bool) -> Reach {
        self.next(|event| match event {
            NetworkEvent::Reach { reach, .. } if wanted(&reach) => Some(reach),
            _ => None,
        })
        .await
    }
}

async fn update(offer: &mut Offer) -> OfferUpdate {
    tokio::time::timeout(PATIENCE, offer.updates.recv()).await.expect("an update in time").expect("an update")
}

/// The same offer, with another secret.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}

#[tokio::test]
async fn the_right_code_makes_two_strangers_partners() {
    let (mut ana, mut ben) = (host(1).await, host(2).await);
    let mut offer = ana.network.offer("Ana".into(), b"ana's card".to_vec(), PATIENCE).await.expect("an offer");
    let paired =
        ben.network.accept(&offer.code, Some(ana.address()), b"ben's card".to_vec(), PATIENCE).await.expect("paired");
    assert_eq!((paired.device, paired.card.as_slice()), (device(1), b"ana's card".as_slice()));
    assert_eq!(paired.address, ana.address());

    assert_eq!(update(&mut offer).await, OfferUpdate::Paired { device: device(2), card: b"ben's card".to_vec() });
    let paired_event = |event| match event {
        NetworkEvent::Paired { offer, device, card, pairwise_key, address } => {
            Some((offer, device, card, pairwise_key, address))
        }
        _ => None,
    };
    let at_ana = ana.next(paired_event).await;
    assert_eq!(at_ana, (true, device(2), b"ben's card".to_vec(), paired.pairwise_key, ben.address()));
    let at_ben = ben.next(paired_event).await;
    assert_eq!(at_ben, (false, device(1), b"ana's card".to_vec(), paired.pairwise_key, ana.address()));

    ana.network.set_devices(vec![ben.known_somewhere()]);
    ben.network.set_devices(vec![ana.known()]);
    ana.link_up().await;
    ben.link_up().await;
}

#[tokio::test]
async fn partners_can_pair_again_while_their_link_lives() {
    let (mut ana, mut ben) = linked().await;
    ana.link_up().await;
    ben.link_up().await;
    let offer = ana.network.offer("Ana".into(), Vec::new(), PATIENCE).await.expect("an offer");
    ben.network.accept(&offer.code, Some(ana.address()), Vec::new(), PATIENCE).await.expect("paired");
}

#[tokio::test]
async fn a_wrong_code_is_used_up_and_the_new_one_works() {
    let (ana, ben) = (host(1).await, host(2).await);
    let mut offer = ana.network.offer("Ana".into(), Vec::new(), PATIENCE).await.expect("an offer");
    let refused = ben.network.accept(&wrong(&offer.code), Some(ana.address()), Vec::new(), PATIENCE).await;
    assert_eq!(refused.err(), Some(PairingError::WrongCode));
    let OfferUpdate::NewCode(code) = update(&mut offer).await else {
        panic!("a new code appears");
    };
    assert_eq!(code[..2], offer.code[..2]);
    let stale = ben.network.accept(&offer.code, Some(ana.address()), Vec::new(), PATIENCE).await;
    assert_eq!(stale.err(), Some(PairingError::WrongCode), "the old code is void");
    let OfferUpdate::NewCode(code) = update(&mut offer).await else {
        panic!("a new code appears");
    };
    ben.network.accept(&code, Some(ana.address()), Vec::new(), PATIENCE).await.expect("paired");
}

#[tokio::test]
async fn three_wrong_codes_close_the_offer() {
    let (ana, ben) = (host(1).await, host(2).await);
    let mut offer = ana.network.offer("Ana".into(), Vec::new(), PATIENCE).await.expect("an offer");
    let mut code = offer.code.clone();
    for failure in 1..=FAILURES_MAX {
        let refused = ben.network.accept(&wrong(&code), Some(ana.address()), Vec::new(), PATIENCE).await;
        assert_eq!(refused.err(), Some(PairingError::WrongCode));
        match update(&mut offer).await {
            OfferUpdate::NewCode(next) if failure < FAILURES_MAX => code = next,
            OfferUpdate::Closed(PairingError::TooManyFailures) if failure == FAILURES_MAX => {}
            other => panic!("unexpected after failure {failure}: {other:?}"),
        }
    }
    let late = ben.network.accept(&code, Some(ana.address()), Vec::new(), PATIENCE).await;
    assert_eq!(late.err(), Some(PairingError::NobodyOffering));
}

#[tokio::test]
async fn an_offer_nobody_accepts_times_out() {
    let ana = host(1).await;
    let mut offer = ana.network.offer("Ana".into(), Vec::new(), Duration::from_millis(50)).await.expect("an offer");
    assert_eq!(update(&mut offer).await, OfferUpdate::Closed(PairingError::TimedOut));
}

#[tokio::test]
async fn a_newer_offer_replaces_the_older_and_a_dropped_one_closes() {
    let (ana, ben) = (host(1).await, host(2).await);
    let mut first = ana.network.offer("Ana".into(), Vec::new(), PATIENCE).await.expect("an offer");
    let second = ana.network.offer("Ana".into(), Vec::new(), PATIENCE).await.expect("another");
    assert_eq!(update(&mut first).await, OfferUpdate::Closed(PairingError::Replaced));
    let code = second.code.clone();
    drop(second);
    // The hub hears of it between two requests; until then a wrong number is refused just as well.
    let refused = ben.network.accept(&code, Some(ana.address()), Vec::new(), PATIENCE).await;
    assert_eq!(refused.err(), Some(PairingError::NobodyOffering));
}

#[tokio::test]
async fn pairing_fails_with_a_reason() {
    let (ana, ben) = (host(1).await, host(2).await);
    let accept = async |code: &str, at| ben.network.accept(code, at, Vec::new(), PATIENCE).await.err();
    assert_eq!(accept("hello", Some(ana.address())).await, Some(PairingError::BadCode));
    assert_eq!(accept("42-381-5096", None).await, Some(PairingError::NobodyOffering));
    assert_eq!(accept("42-381-5096", Some(ana.address())).await, Some(PairingError::NobodyOffering));
    assert_eq!(accept("42-381-5096", Some(ben.address())).await, Some(PairingError::Ourselves));
    let offer = ana.network.offer("Ana".into(), Vec::new(), PATIENCE).await.expect("an offer");
    let number: u8 = offer.code[..2].parse().expect("two digits");
    let other = format!("{:02}{}", (number + 1) % 100, &offer.code[2..]);
    assert_eq!(accept(&other, Some(ana.address())).await, Some(PairingError::NobodyOffering));
    let closed: SocketAddr = "127.0.0.1:1".parse().expect("an address");
    assert_eq!(accept("42-381-5096", Some(closed)).await, Some(PairingError::Unreachable));
    let large = ben.network.accept("42-381-5096", None, vec![0; CARD_BYTES_MAX + 1], PATIENCE).await;
    assert_eq!(large.err(), Some(PairingError::CardTooLarge));
}

#[tokio::test]
async fn a_stranger_gets_no_link_even_while_pairing_is_open() {
    let (ana, ben) = (host(1).await, host(2).await);
    let _offer = ana.network.offer("Ana".into(), Vec::new(), PATIENCE).await.expect("an offer");
    let chidi = host(3).await;
    chidi.network.set_devices(vec![ana.known()]);
    ben.network.set_devices(vec![ana.known()]);
    let mut ben = ben;
    let turned_away = ben.reach(|reach| matches!(reach, Reach::Unreachable { .. })).await;
    let Reach::Unreachable { obstacle: Obstacle::TurnedAway, why } = turned_away else { unreachable!("matched above") };
    assert!(why.contains("turns this one away"), "{why}");
    let mut ana = ana;
    ana.network.set_devices(vec![ben.known()]);
    ana.link_up().await;
    ben.link_up().await;
    drop(chidi);
}

/// Two hosts that know each other; only the second knows where the first is.
async fn linked() -> (Host, Host) {
    let (ana, ben) = (host(1).await, host(2).await);
    ana.network.set_devices(vec![ben.known_somewhere()]);
    ben.network.set_devices(vec![ana.known()]);
    (ana, ben)
}

#[tokio::test]
async fn frames_arrive_in_order_both_ways() {
    let (mut ana, mut ben) = linked().await;
    let (at_ana, at_ben) = (ana.link_up().await, ben.link_up().await);
    for number in 0..500u32 {
        let filler = vec![7; (number as usize * 37) % 5000];
        assert!(ana.network.send(at_ana, [&number.to_be_bytes(), filler.as_slice()].concat()));
        assert!(ben.network.send(at_ben, number.to_be_bytes().to_vec()));
    }
    assert!(ana.network.send(at_ana, vec![9; FRAME_BYTES_MAX]));
    for number in 0..500u32 {
        assert_eq!(ben.frame().await[..4], number.to_be_bytes());
        assert_eq!(ana.frame().await, number.to_be_bytes());
    }
    assert_eq!(ben.frame().await, vec![9; FRAME_BYTES_MAX]);
}

#[tokio::test]
async fn an_oversize_frame_closes_the_link() {
    let (mut ana, mut ben) = linked().await;
    let (at_ana, at_ben) = (ana.link_up().await, ben.link_up().await);
    assert!(!ana.network.send(at_ana, vec![0; FRAME_BYTES_MAX + 1]));
    assert!(ana.link_down(at_ana).await.contains("above the limit"));
    ben.link_down(at_ben).await;
    assert!(!ana.network.send(at_ana, vec![0]), "a closed link takes nothing");
}

#[tokio::test]
async fn both_dial_at_once_and_one_link_remains() {
    let (mut ana, mut ben) = (host(1).await, host(2).await);
    ana.network.set_devices(vec![ben.known()]);
    ben.network.set_devices(vec![ana.known()]);
    let (at_ana, at_ben) = (ana.link_up().await, ben.link_up().await);
    // Longer than any decision between two connections: the frames travel on the first link, and it stays the only one.
    let mut ups = 0;
    for round in 0..200u8 {
        assert!(ana.network.send(at_ana, vec![round]));
        let echoed = ben.next(|event| match event {
            NetworkEvent::Frame { link, bytes } => Some((link, bytes)),
            NetworkEvent::LinkUp { .. } => {
                ups += 1;
                None
            }
            NetworkEvent::LinkDown { reason, .. } => panic!("the link went down: {reason}"),
            _ => None,
        });
        assert_eq!(echoed.await, (at_ben, vec![round]));
    }
    assert_eq!(ups, 0);
}

#[tokio::test]
async fn a_link_goes_down_when_the_other_side_stops() {
    let (mut ana, mut ben) = linked().await;
    let (at_ana, _) = (ana.link_up().await, ben.link_up().await);
    ben.stop.cancel();
    ana.link_down(at_ana).await;
    ana.reach(|reach| matches!(reach, Reach::Unreachable { .. })).await;
}

#[tokio::test]
async fn a_partner_that_restarts_on_its_port_is_found_again() {
    let (mut ana, mut ben) = (host(1).await, host(2).await);
    ana.network.set_devices(vec![ben.known()]);
    ben.network.set_devices(vec![ana.known_somewhere()]);
    let at_ana = ana.link_up().await;
    ben.link_up().await;
    let address = ben.address();
    ben.stop.cancel();
    ana.link_down(at_ana).await;
    // The old one lets go of its port when its events end.
    while ben.events.recv().await.is_some() {}
    let again = async {
        loop {
            let (sender, events) = mpsc::channel(64);
            let stop = CancellationToken::new();
            let config = NetworkConfig { keypair_seed: [2; 32], listen: vec![address], discovery: false };
            match Network::start(config, vec![ana.known_somewhere()], sender, stop.clone()).await {
                Ok(network) => return Host { seed: 2, network, events, earlier: VecDeque::new(), stop },
                Err(NetworkError::PortInUse { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    let mut ben = tokio::time::timeout(PATIENCE, again).await.expect("the port in time");
    ana.link_up().await;
    ben.link_up().await;
}

#[tokio::test]
async fn removing_a_device_closes_its_link_and_keeps_it_away() {
    let (mut ana, mut ben) = linked().await;
    let (at_ana, at_ben) = (ana.link_up().await, ben.link_up().await);
    ana.network.set_devices(Vec::new());
    assert!(ana.link_down(at_ana).await.contains("no longer a partner"));
    ben.link_down(at_ben).await;
    ben.reach(|reach| matches!(reach, Reach::Unreachable { obstacle: Obstacle::TurnedAway, .. })).await;
}

#[tokio::test]
async fn a_closed_link_comes_back() {
    let (mut ana, mut ben) = linked().await;
    let (at_ana, at_ben) = (ana.link_up().await, ben.link_up().await);
    ana.network.close(at_ana, "the test ends it");
    ana.link_down(at_ana).await;
    ben.link_down(at_ben).await;
    assert_ne!(ana.link_up().await, at_ana);
    assert_ne!(ben.link_up().await, at_ben);
}

#[tokio::test]
async fn what_worked_is_told_once_on_both_sides() {
    let (mut ana, mut ben) = linked().await;
    ben.link_up().await;
    let (device_told, address) = ana
        .next(|event| match event {
            NetworkEvent::AddressLearned { device, address } => Some((device, address)),
            _ => None,
        })
        .await;
    assert_eq!((device_told, address), (device(2), ben.address()));
}

#[tokio::test]
async fn ipv6_works_like_ipv4() {
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        println!("skipped: this machine has no IPv6 loopback");
        return;
    }
    let v6 = || vec!["[::1]:0".parse().expect("an address")];
    let (mut ana, mut ben) = (host_at(1, v6(), Vec::new()).await, host_at(2, v6(), Vec::new()).await);
    ana.network.set_devices(vec![ben.known_somewhere()]);
    ben.network.set_devices(vec![ana.known()]);
    ana.link_up().await;
    ben.link_up().await;
}

#[tokio::test]
async fn tcp_takes_over_where_udp_is_blocked() {
    // A port that answers TCP alone stands for a network that drops UDP: the forwarder passes on streams only.
    let (mut ana, mut ben) = (host(1).await, host(2).await);
    let door = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let behind = ana.address();
    let through = door.local_addr().expect("its address");
    let forwarder = tokio::spawn(async move {
        while let Ok((mut from, _)) = door.accept().await {
            tokio::spawn(async move {
                if let Ok(mut to) = tokio::net::TcpStream::connect(behind).await {
                    let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                }
            });
        }
    });
    ana.network.set_devices(vec![ben.known_somewhere()]);
    ben.network.set_devices(vec![KnownDevice { addresses: vec![through], ..ana.known() }]);
    let (at_ana, _) = (ana.link_up().await, ben.link_up().await);
    let reach = ben.reach(|reach| matches!(reach, Reach::Connected { .. })).await;
    assert_eq!(reach, Reach::Connected { transport: "tcp", address: through });
    assert!(ana.network.send(at_ana, b"over tcp".to_vec()));
    assert_eq!(ben.frame().await, b"over tcp");
    forwarder.abort();
}

#[tokio::test]
async fn wildcards_of_both_families_share_a_port() {
    let listen = vec!["0.0.0.0:0".parse().expect("v4"), "[::]:0".parse().expect("v6")];
    let ana = host_at(1, listen, Vec::new()).await;
    let ports: std::collections::HashSet<u16> = ana.network.bound.iter().map(SocketAddr::port).collect();
    assert_eq!(ports.len(), 1);
    assert!(ana.network.addresses().iter().all(|address| !address.ip().is_unspecified()));
}

#[tokio::test]
async fn a_second_network_on_the_port_is_told_so() {
    let ana = host(1).await;
    let (sender, _events) = mpsc::channel(1);
    let config = NetworkConfig { keypair_seed: [2; 32], listen: vec![ana.address()], discovery: false };
    let refused = Network::start(config, Vec::new(), sender, CancellationToken::new()).await;
    assert!(matches!(refused, Err(NetworkError::PortInUse { address }) if address == ana.address()));
}
