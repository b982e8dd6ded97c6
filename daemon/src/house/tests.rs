//! Decides nothing: shows that a house keeps its promises on a disk that refuses and with a partner who is hostile.

mod hostile;
mod kit;
mod refusing;
