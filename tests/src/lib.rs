//! Decides what the tests of Rounds stand on: a school of simulated machines.

#[cfg(target_os = "linux")]
pub mod lan;
pub mod sim;
pub mod traces;
