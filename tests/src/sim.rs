//! Decides how several daemons are simulated on one thread: one seed, virtual time, disks and links that fail.
//!
//! A [`School`](school::School) holds machines and the wires between them. Nothing in it is random but its dice, so a
//! failing seed replays exactly. Read `school` first, then `day` (a random day), `checks` (what must hold), `story` (the
//! words that tests are told in).

pub mod checks;
pub mod day;
pub mod dice;
pub mod disk;
pub mod machine;
pub mod network;
pub mod school;
pub mod story;
