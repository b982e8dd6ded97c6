//! Decides nothing: shows that a house keeps its promises on a disk that refuses, with a hostile partner, and after a fault of its own.

mod faults;
mod hostile;
mod kit;
mod looking_back;
mod refusing;
mod strangers;
