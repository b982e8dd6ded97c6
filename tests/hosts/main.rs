//! Decides whether the program does on real hosts what it promises: three people, three computers, one network.
//! Each test is a story in network namespaces of its own.
#![cfg(target_os = "linux")]

mod bad_input;
mod full_disk;
mod keystrokes;
mod meeting;
mod power_cuts;
mod rough_networks;
mod sleep_and_roaming;
