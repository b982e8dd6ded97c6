//! Decides how a school is built: one switch, and a cable from it to each host.

use std::rc::Rc;

use super::host::Host;
use super::namespace::{self, Namespace};

/// The school's switch, in a namespace of its own; it goes with the last of its hosts.
pub(super) struct Switch {
    inside: Namespace,
}

/// A school whose hosts have nothing between them but a switch.
#[derive(Debug)]
pub struct School;

impl School {
    /// A school with these people, each at a computer of their own that is switched on but runs nothing yet.
    /// Where none can be built it says why and gives nothing, except in CI, where nothing is skipped.
    ///
    /// # Panics
    /// When it cannot be built: always in CI, elsewhere only if namespaces can be made and what follows fails.
    pub fn with<const N: usize>(people: [&'static str; N]) -> Option<[Host; N]> {
        if let Some(why) = namespace::obstacle() {
            assert!(!in_ci(), "the hosts' tests cannot run: {why}; nothing is skipped in CI");
            println!("skipped: {why}");
            return None;
        }
        namespace::remove_leftovers();
        let switch = Rc::new(Switch::new());
        let mut number = 0;
        Some(people.map(|name| {
            number += 1;
            Host::new(name, number, switch.clone())
        }))
    }
}

impl Switch {
    fn new() -> Switch {
        let inside = Namespace::new("switch");
        inside.tool("ip", "link add name switch type bridge forward_delay 0 mcast_snooping 0");
        inside.tool("ip", "link set dev switch up");
        Switch { inside }
    }

    /// Lays a cable from the socket of this name to a host, where it ends in `eth0`.
    pub(super) fn lay_cable(&self, socket: &str, host: &Namespace) {
        self.inside.tool("ip", &format!("link add name {socket} type veth peer name eth0 netns {}", host.name()));
        self.inside.tool("ip", &format!("link set dev {socket} master switch"));
        self.plug(socket);
    }

    pub(super) fn plug(&self, socket: &str) {
        self.inside.tool("ip", &format!("link set dev {socket} up"));
    }

    pub(super) fn unplug(&self, socket: &str) {
        self.inside.tool("ip", &format!("link set dev {socket} down"));
    }

    /// Stops passing multicast to a socket, as guest networks do. IPv6 ends with it: neighbours are found by multicast.
    pub(super) fn block_multicast(&self, socket: &str) {
        self.inside.tool("bridge", &format!("link set dev {socket} mcast_flood off"));
    }
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}
