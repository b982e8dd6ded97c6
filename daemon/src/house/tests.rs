//! Decides nothing: shows that a house keeps its promises on a disk that refuses.

mod kit;
mod refusing;
