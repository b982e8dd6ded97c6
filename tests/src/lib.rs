//! Decides what the tests of Rounds stand on: a school of simulated machines.

pub mod sim;
#[cfg(target_os = "linux")]
pub mod lan;
pub mod traces;
