//! Decides what a school is when it is real: hosts in network namespaces, cables, and the program itself.
//!
//! Everything lies in namespaces of its own: nothing of the machine's network is touched, and what a test makes goes
//! when its [`School`] and [`Host`]s are dropped, also when it fails. What a killed test left is removed by the next one.

mod api;
mod command;
mod host;
mod namespace;
mod page;
mod process;
mod school;
mod waiting;

pub use api::{Api, Reply};
pub use command::{Answer, Offer};
pub use host::Host;
pub use page::{News, Page, Step};
pub use process::Ready;
pub use school::School;
pub use waiting::{PATIENCE, RECOVERED_WITHIN, eventually, measured};
