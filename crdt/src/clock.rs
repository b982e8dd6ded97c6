//! Decides how far each actor's writing is known: the tip of every actor in one document.

use serde::{Deserialize, Serialize};

use crate::ids::{ActorId, ChangeHash};

/// An actor's last known change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// Its sequence number, from 1.
    pub seq: u64,
    /// Its hash, which chains to all the actor's earlier changes.
    pub hash: ChangeHash,
}

/// A document's clock: each actor's tip, sorted by actor; a vector, because thousands are held in memory at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock(Vec<(ActorId, Tip)>);

impl Clock {
    /// The tip of an actor.
    pub fn get(&self, actor: &ActorId) -> Option<&Tip> {
        self.0.binary_search_by_key(actor, |(known, _)| *known).ok().map(|index| &self.0[index].1)
    }

    /// Sets an actor's tip.
    pub fn set(&mut self, actor: ActorId, tip: Tip) {
        match self.0.binary_search_by_key(&actor, |(known, _)| *known) {
            Ok(index) => self.0[index].1 = tip,
            Err(index) => {
                self.0.reserve_exact(1);
                self.0.insert(index, (actor, tip));
            }
        }
    }

    /// Forgets an actor.
    pub fn remove(&mut self, actor: &ActorId) {
        self.0.retain(|(known, _)| known != actor);
    }

    /// Every actor with its tip, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ActorId, &Tip)> {
        self.0.iter().map(|(actor, tip)| (actor, tip))
    }

    /// Whether this clock knows at least what `other` knows; the same number with another hash is not the same.
    pub fn covers(&self, other: &Clock) -> bool {
        other.0.iter().all(|(actor, tip)| self.get(actor).is_some_and(|known| known.seq > tip.seq || known == tip))
    }

    /// Takes the later tip of each actor.
    pub fn join(&mut self, other: &Clock) {
        for (actor, tip) in other.iter() {
            if self.get(actor).is_none_or(|known| known.seq < tip.seq) {
                self.set(*actor, *tip);
            }
        }
    }

    /// How many actors it knows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it knows nobody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the actors are a sorted set, as a clock from outside must be.
    pub fn is_well_formed(&self) -> bool {
        self.0.windows(2).all(|pair| pair[0].0 < pair[1].0) && self.0.iter().all(|(_, tip)| tip.seq > 0)
    }
}
