//! Decides whether the local API keeps its promises, over real connections to a real daemon.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod cards;
mod comments;
mod describe;
mod documents;
mod doors;
mod entrance;
mod evaluation;
mod exporting;
mod goals;
mod importing;
mod instruments;
mod kit;
mod lessons;
mod lock;
mod observing;
mod page;
mod pairing;
mod protocols;
mod refusals;
mod search;
mod socket;
mod tablet;
mod timetable;
