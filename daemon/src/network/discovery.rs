//! Decides what the network hears about us, and which of its adverts are a partner's.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use mdns_sd::{IfKind, ResolvedService, ServiceDaemon, ServiceEvent, ServiceInfo, TxtProperty};
use rand::seq::SliceRandom as _;
use rounds_crdt::ids::DeviceId;
use tokio::sync::mpsc;

use super::link::Ports;
use super::pairing::hmac;
use super::transport::can_be_dialled;

/// Under which partners find each other, by tags that mean nothing to others.
const PARTNERS: &str = "_rounds._udp.local.";
/// Under which an open offer is found by its number; it carries the name, and exists only while pairing is open.
const OFFERS: &str = "_rounds-pair._udp.local.";
const VERSION: &[u8] = b"1";

/// Bytes of a tag: with 48 bits, no stranger's tag ever matches by chance.
const TAG_BYTES: usize = 6;
/// Tags in one TXT string, which holds 255 bytes.
const TAGS_PER_STRING: usize = 40;
/// Strings of tags in every advert, needed or not: how many partners somebody has is nobody's business.
const TAG_STRINGS: usize = 2;
/// Partners' devices one advert can speak to; beyond that each hour's advert draws its own, and partners still dial us.
const TAGS: usize = TAGS_PER_STRING * TAG_STRINGS;
const NONCE_BYTES: usize = 16;
/// Foreign adverts remembered by name, so that each counts once.
const FOREIGN_REMEMBERED_MAX: usize = 1024;
/// Sightings waiting to be looked at; a flood beyond is dropped.
const SIGHTINGS_MAX: usize = 256;
/// Addresses taken from one advert.
const ADDRESSES_PER_ADVERT_MAX: usize = 8;
/// Bytes of a name in an offer's advert.
const NAME_BYTES_MAX: usize = 120;
/// Seconds between the mDNS library's looks at the interfaces, each a wake-up.
const INTERFACE_CHECK_SECONDS: u32 = 10;

/// How often names and nonce change.
pub(super) const ROTATION: Duration = Duration::from_secs(60 * 60);
/// How long an accepter listens for an offer's advert before it says that nobody offers.
pub(super) const SEARCH: Duration = Duration::from_secs(15);
/// How long to listen for further offers under the same number.
const SEARCH_MORE: Duration = Duration::from_millis(300);
/// How long an offerer listens for numbers in use before it draws its own.
const NUMBERS_LISTEN: Duration = Duration::from_millis(400);

/// What discovery has seen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscoveryReport {
    /// Whether adverts are being sent and heard.
    pub running: bool,
    /// Why not, when they are not.
    pub problem: Option<String>,
    /// Adverts of our own sent since the start; one an hour.
    pub own_adverts: u64,
    /// Adverts recognised as a partner's.
    pub matched: u64,
    /// Other people's adverts, heard and ignored; each name counts once.
    pub foreign_ignored: u64,
}

/// What was heard.
#[derive(Debug)]
pub(super) enum Sighting {
    Advert(Advert),
    Gone { instance: String },
}

/// One advert of the partner kind, not yet known to be anybody's.
#[derive(Debug)]
pub(super) struct Advert {
    pub(super) instance: String,
    nonce: Vec<u8>,
    tags: Vec<u8>,
    pub(super) addresses: Vec<SocketAddr>,
}

impl Advert {
    /// The device, among those we share a key with, that sent this advert.
    pub(super) fn sender<'a>(&self, devices: impl Iterator<Item = (&'a DeviceId, &'a [u8; 32])>) -> Option<DeviceId> {
        for (device, key) in devices {
            let expected = tag(key, &self.nonce, device);
            if self.tags.chunks_exact(TAG_BYTES).any(|tag| tag == expected) {
                return Some(*device);
            }
        }
        None
    }

    pub(super) fn read(service: &ResolvedService) -> Option<Advert> {
        let property = |key: &str| service.get_property_val(key).flatten();
        if property("v") != Some(VERSION) {
            return None;
        }
        let nonce = property("n").filter(|nonce| nonce.len() == NONCE_BYTES)?.to_vec();
        let mut tags = Vec::new();
        for string in 0..TAG_STRINGS {
            tags.extend_from_slice(property(&format!("t{string}"))?);
        }
        let addresses = addresses_of(service);
        (tags.len() == TAGS * TAG_BYTES).then(|| Advert { instance: service.fullname.clone(), nonce, tags, addresses })
    }
}

/// Proves to whoever shares the key that this device sent the advert, and means nothing to anybody else.
fn tag(key: &[u8; 32], nonce: &[u8], advertiser: &DeviceId) -> [u8; TAG_BYTES] {
    let mut message = nonce.to_vec();
    message.extend_from_slice(advertiser.as_bytes());
    let mac = hmac(key, &message);
    let mut tag = [0; TAG_BYTES];
    tag.copy_from_slice(&mac[..TAG_BYTES]);
    tag
}

/// One tag for each device, padded with noise to the fixed number, in random order.
fn all_tags<'a>(keys: impl Iterator<Item = &'a [u8; 32]>, nonce: &[u8], advertiser: &DeviceId) -> Vec<u8> {
    let mut tags: Vec<[u8; TAG_BYTES]> = keys.map(|key| tag(key, nonce, advertiser)).collect();
    tags.shuffle(&mut rand::rng());
    tags.resize_with(TAGS, rand::random);
    tags.shuffle(&mut rand::rng());
    tags.concat()
}

fn addresses_of(service: &ResolvedService) -> Vec<SocketAddr> {
    let port_v6 = service.get_property_val_str("p6").and_then(|port| port.parse().ok()).unwrap_or(service.port);
    let mut addresses: Vec<SocketAddr> = service
        .addresses
        .iter()
        .filter(|ip| !ip.is_loopback())
        .map(|ip| SocketAddr::new(ip.to_ip_addr(), if ip.is_ipv4() { service.port } else { port_v6 }))
        .filter(can_be_dialled)
        .collect();
    addresses.sort();
    addresses.truncate(ADDRESSES_PER_ADVERT_MAX);
    addresses
}

/// A random name that says nothing.
fn random_name() -> String {
    data_encoding::BASE32_NOPAD.encode(&rand::random::<[u8; 10]>()).to_ascii_lowercase()
}

/// Our side of mDNS.
pub(super) struct Discovery {
    daemon: ServiceDaemon,
    device: DeviceId,
    ports: Ports,
    own: Option<String>,
    offer: Option<String>,
    foreign: HashSet<String>,
    pub(super) report: DiscoveryReport,
}

impl Discovery {
    /// Starts to listen; nothing is said until [`Discovery::advertise`].
    pub(super) fn start(
        device: DeviceId,
        ports: Ports,
    ) -> Result<(Discovery, mpsc::Receiver<Sighting>), mdns_sd::Error> {
        let daemon = ServiceDaemon::new()?;
        daemon.set_ip_check_interval(INTERFACE_CHECK_SECONDS)?;
        daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6])?;
        let found = daemon.browse(PARTNERS)?;
        let (sightings, receiver) = mpsc::channel(SIGHTINGS_MAX);
        tokio::spawn(async move {
            while let Ok(event) = found.recv_async().await {
                let sighting = match event {
                    ServiceEvent::ServiceResolved(service) => Advert::read(&service).map(Sighting::Advert),
                    ServiceEvent::ServiceRemoved(_, instance) => Some(Sighting::Gone { instance }),
                    _ => None,
                };
                if let Some(sighting) = sighting
                    && let Err(mpsc::error::TrySendError::Closed(_)) = sightings.try_send(sighting)
                {
                    return;
                }
            }
        });
        let report = DiscoveryReport { running: true, ..DiscoveryReport::default() };
        let discovery = Discovery { daemon, device, ports, own: None, offer: None, foreign: HashSet::new(), report };
        Ok((discovery, receiver))
    }

    pub(super) fn search(&self) -> Search {
        Search { daemon: self.daemon.clone(), alone: std::sync::Arc::default() }
    }

    pub(super) fn is_own(&self, instance: &str) -> bool {
        self.own.as_deref() == Some(instance)
    }

    /// Replaces our advert by one under fresh names, a fresh nonce, and tags for these keys.
    pub(super) fn advertise<'a>(&mut self, keys: impl Iterator<Item = &'a [u8; 32]>) -> Result<(), mdns_sd::Error> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let tags = all_tags(keys, &nonce, &self.device);
        let mut properties = vec![TxtProperty::from(("v", VERSION)), TxtProperty::from(("n", nonce))];
        for (index, string) in tags.chunks(TAGS_PER_STRING * TAG_BYTES).enumerate() {
            properties.push(TxtProperty::from((format!("t{index}"), string)));
        }
        let fresh = self.register(PARTNERS, properties)?;
        if let Some(old) = self.own.replace(fresh) {
            let _ = self.daemon.unregister(&old);
        }
        self.report.own_adverts += 1;
        Ok(())
    }

    /// Shows an offer, with the name of whoever offers.
    pub(super) fn show_offer(&mut self, number: u8, name: &str) -> Result<(), mdns_sd::Error> {
        self.hide_offer();
        let mut end = name.len().min(NAME_BYTES_MAX);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let number = format!("{number:02}");
        let properties = vec![
            TxtProperty::from(("v", VERSION)),
            TxtProperty::from(("o", number.as_bytes())),
            TxtProperty::from(("name", &name.as_bytes()[..end])),
        ];
        self.offer = Some(self.register(OFFERS, properties)?);
        Ok(())
    }

    pub(super) fn hide_offer(&mut self) {
        if let Some(offer) = self.offer.take() {
            let _ = self.daemon.unregister(&offer);
        }
    }

    fn register(&self, kind: &str, mut properties: Vec<TxtProperty>) -> Result<String, mdns_sd::Error> {
        let port = if self.ports.v4 != 0 { self.ports.v4 } else { self.ports.v6 };
        if self.ports.v6 != 0 && self.ports.v6 != port {
            properties.push(TxtProperty::from(("p6", self.ports.v6.to_string())));
        }
        let host = format!("{}.local.", random_name());
        let mut info = ServiceInfo::new(kind, &random_name(), &host, "", port, properties)?.enable_addr_auto();
        // The names are random: nobody to ask whether they are taken.
        info.set_requires_probe(false);
        let instance = info.get_fullname().to_owned();
        self.daemon.register(info)?;
        Ok(instance)
    }

    /// Counts an advert that is nobody's we know.
    pub(super) fn ignore(&mut self, instance: String) {
        if self.foreign.len() < FOREIGN_REMEMBERED_MAX {
            if self.foreign.insert(instance) {
                self.report.foreign_ignored += 1;
            }
        } else if !self.foreign.contains(&instance) {
            self.report.foreign_ignored = self.report.foreign_ignored.saturating_add(1);
        }
    }

    /// Says goodbye to the network.
    pub(super) fn stop(&mut self) {
        self.report.running = false;
        let _ = self.daemon.shutdown();
    }
}

/// Looks for offers on behalf of somebody who was told a code.
#[derive(Clone)]
pub(super) struct Search {
    daemon: ServiceDaemon,
    /// The library keeps one listener a kind, so searches take turns.
    alone: std::sync::Arc<tokio::sync::Mutex<()>>,
}

impl Search {
    /// The addresses of each offer under this number, as soon as one is heard.
    pub(super) async fn offers(&self, number: u8, patience: Duration) -> Vec<Vec<SocketAddr>> {
        let mut offers: Vec<(String, Vec<SocketAddr>)> = Vec::new();
        self.listen(patience, |service, offered| {
            if offered == number {
                let addresses = addresses_of(service);
                offers.retain(|(instance, _)| *instance != service.fullname);
                if !addresses.is_empty() {
                    offers.push((service.fullname.clone(), addresses));
                }
            }
            !offers.is_empty()
        })
        .await;
        offers.into_iter().map(|(_, addresses)| addresses).collect()
    }

    /// A number nobody else on the network is offering under.
    pub(super) async fn free_number(&self) -> u8 {
        let mut taken = HashSet::new();
        self.listen(NUMBERS_LISTEN, |_, number| {
            taken.insert(number);
            false
        })
        .await;
        draw_number(&taken)
    }

    /// Hears offers until `patience` is over, or briefly longer once `enough` says so.
    async fn listen(&self, patience: Duration, mut enough: impl FnMut(&ResolvedService, u8) -> bool) {
        let _alone = self.alone.lock().await;
        let Ok(found) = self.daemon.browse(OFFERS) else {
            return;
        };
        let mut deadline = tokio::time::Instant::now() + patience;
        while let Ok(Ok(event)) = tokio::time::timeout_at(deadline, found.recv_async()).await {
            if let ServiceEvent::ServiceResolved(service) = event
                && service.get_property_val("v").flatten() == Some(VERSION)
                && let Some(number) = service.get_property_val_str("o").and_then(|number| number.parse().ok())
                && enough(&service, number)
            {
                deadline = deadline.min(tokio::time::Instant::now() + SEARCH_MORE);
            }
        }
        let _ = self.daemon.stop_browse(OFFERS);
    }
}

/// Two digits, drawn among those not taken.
pub(super) fn draw_number(taken: &HashSet<u8>) -> u8 {
    let mut free: Vec<u8> = (0..100).filter(|number| !taken.contains(number)).collect();
    free.shuffle(&mut rand::rng());
    free.first().copied().unwrap_or_else(|| rand::random_range(0..100))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::strangers::nearly;

    fn device(byte: u8) -> DeviceId {
        DeviceId::from_bytes([byte; 32])
    }

    fn advert(keys: &[[u8; 32]], sender: &DeviceId) -> Advert {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let tags = all_tags(keys.iter(), &nonce, sender);
        Advert { instance: "x".into(), nonce: nonce.to_vec(), tags, addresses: Vec::new() }
    }

    #[test]
    fn a_partner_recognises_an_advert_and_a_stranger_does_not() {
        let (ana, ben, chidi) = (device(1), device(2), device(3));
        let shared = [9; 32];
        let heard = advert(&[shared, [8; 32]], &ana);
        let partners = [(ben, [7; 32]), (ana, shared)];
        assert_eq!(heard.sender(partners.iter().map(|(device, key)| (device, key))), Some(ana));
        let strangers = [(chidi, [6; 32]), (ana, [5; 32])];
        assert_eq!(heard.sender(strangers.iter().map(|(device, key)| (device, key))), None);
    }

    #[test]
    fn an_advert_sent_back_is_not_taken_for_its_receivers() {
        let (ana, ben) = (device(1), device(2));
        let heard = advert(&[[9; 32]], &ana);
        assert_eq!(heard.sender([(&ben, &[9; 32])].into_iter()), None);
    }

    #[test]
    fn every_advert_has_the_same_size_and_shares_no_tag_with_the_next() {
        let ana = device(1);
        let keys: Vec<[u8; 32]> = (0..200).map(|byte| [byte; 32]).collect();
        let sizes: HashSet<usize> =
            [0, 1, 80, 200].iter().map(|count| advert(&keys[..*count], &ana).tags.len()).collect();
        assert_eq!(sizes, HashSet::from([TAGS * TAG_BYTES]));
        let tags = |advert: &Advert| advert.tags.chunks(TAG_BYTES).map(<[u8]>::to_vec).collect::<HashSet<_>>();
        let (now, later) = (advert(&keys[..3], &ana), advert(&keys[..3], &ana));
        assert!(tags(&now).is_disjoint(&tags(&later)));
    }

    #[test]
    fn numbers_avoid_those_in_use() {
        let taken: HashSet<u8> = (0..99).collect();
        assert_eq!(draw_number(&taken), 99);
        assert!(draw_number(&(0..100).collect()) < 100);
    }

    proptest! {
        #[test]
        fn whatever_is_advertised_is_an_advert_within_its_bounds_or_is_none(
            told in vec((select(vec!["v", "n", "t0", "t1", "p6", "o", "name", "x"]), nearly(good_values())), 0..10),
            honest in any::<bool>(),
            addresses in vec(any::<std::net::IpAddr>(), 0..40),
            port in any::<u16>(),
        ) {
            let honest = honest.then(|| ["v", "n", "t0", "t1"].into_iter().zip(good_values()));
            let properties = told.into_iter().chain(honest.into_iter().flatten());
            let properties: Vec<TxtProperty> = properties.map(TxtProperty::from).collect();
            let service = ServiceInfo::new(PARTNERS, "x", "x.local.", &addresses[..], port, properties);
            let Ok(service) = service else { return Ok(()) };
            if let Some(advert) = Advert::read(&service.as_resolved_service()) {
                prop_assert_eq!(advert.tags.len(), TAGS * TAG_BYTES);
                prop_assert!(advert.addresses.len() <= ADDRESSES_PER_ADVERT_MAX);
                prop_assert!(advert.addresses.iter().all(can_be_dialled));
                prop_assert_eq!(advert.sender([(&device(1), &[9; 32])].into_iter()), None);
            }
        }
    }

    /// What the properties of an honest advert hold, in their order.
    fn good_values() -> Vec<Vec<u8>> {
        let tags = vec![7; TAGS_PER_STRING * TAG_BYTES];
        vec![VERSION.to_vec(), vec![3; NONCE_BYTES], tags.clone(), tags]
    }
}
