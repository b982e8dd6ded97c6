//! Decides whether the command line keeps its contract, against a daemon that is only pretended.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod answers;
mod debriefing;
mod definition;
mod doors;
mod exporting;
mod finding;
mod growing;
mod importing;
mod locking;
mod noting;
mod pairing;
mod stage;
mod writing;
