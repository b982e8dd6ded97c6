//! Decides what a simulated wire does to frames: order, delay, loss, doubling, and silence one way or both.

use std::collections::{BTreeMap, VecDeque};

use rounds_crdt::replica::LinkId;

use super::dice::Dice;

/// How bad the network is, in percent of frames.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// Frames that vanish.
    pub lost: usize,
    /// Frames that come twice.
    pub doubled: usize,
    /// Frames that overtake the one before.
    pub swapped: usize,
}

/// A link that is up.
#[derive(Debug)]
pub struct Live {
    /// Its number; both ends use the same.
    pub id: LinkId,
    /// Frames on their way: to the first of the pair, to the second.
    pub to: [VecDeque<Vec<u8>>; 2],
    /// A frame was lost, doubled or swapped: a real transport would not keep such a link.
    pub mistreated: bool,
}

/// What lies between two machines.
#[derive(Debug, Default)]
pub struct Wire {
    /// The link, when one is up.
    pub live: Option<Live>,
    /// Nothing gets through, and no link comes up.
    pub cut: bool,
    /// Nothing gets through to the first of the pair, to the second.
    pub blocked: [bool; 2],
}

/// Every wire between paired machines, by their numbers, the lower first.
#[derive(Debug, Default)]
pub struct Network {
    /// The wires.
    pub wires: BTreeMap<(usize, usize), Wire>,
    /// How bad it is.
    pub weather: Weather,
    links: LinkId,
}

/// The wire between two machines, whatever their order.
pub fn between(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

impl Network {
    /// A number for a new link.
    pub fn next_link(&mut self) -> LinkId {
        self.links += 1;
        self.links
    }

    /// Puts a frame on its way from one machine on a link; a link that is gone swallows it.
    pub fn send(&mut self, from: usize, link: LinkId, frame: Vec<u8>, dice: &mut Dice) {
        let weather = self.weather;
        let Some(((first, _), live)) = self.wires.iter_mut().find_map(|(pair, wire)| {
            let live = wire.live.as_mut().filter(|live| live.id == link)?;
            Some((pair, live))
        }) else {
            return;
        };
        let queue = &mut live.to[usize::from(*first == from)];
        if dice.chance(weather.lost) {
            live.mistreated = true;
        } else if dice.chance(weather.doubled) {
            queue.extend([frame.clone(), frame]);
            live.mistreated = true;
        } else if dice.chance(weather.swapped) && !queue.is_empty() {
            queue.insert(queue.len() - 1, frame);
            live.mistreated = true;
        } else {
            queue.push_back(frame);
        }
    }

    /// Which pair a link joins.
    pub fn pair(&self, link: LinkId) -> Option<(usize, usize)> {
        let found = self.wires.iter().find(|(_, wire)| wire.live.as_ref().is_some_and(|live| live.id == link));
        found.map(|(pair, _)| *pair)
    }

    /// The machines paired with one.
    pub fn paired_with(&self, machine: usize) -> Vec<usize> {
        let pairs = self.wires.keys();
        pairs
            .filter_map(|(one, other)| match machine {
                _ if *one == machine => Some(*other),
                _ if *other == machine => Some(*one),
                _ => None,
            })
            .collect()
    }
}
