//! Decides what Rounds means: the documents teachers share, who may read and write them, and how copies stay the same.
//!
//! Read in this order:
//!
//! 1. [`ids`] and [`limits`]: what things are called and how large they may be.
//! 2. [`model`], [`schema`], [`edit`]: the nouns, how they lie in an Automerge document, and the verbs that change them.
//! 3. [`access`]: people, devices, grants; the stricter wins.
//! 4. [`change`], [`record`], [`clock`]: one change as it travels, its proof, and how far each writer is known.
//! 5. [`merge`] and [`text`]: the one place where foreign bytes meet Automerge, and live text on top of it.
//! 6. [`library`], [`figures`], [`protocols`]: the instruments and protocols that come with Rounds, and what notes taken with
//!    one tell.
//! 7. [`wire`] and [`replica`]: what daemons say to each other, and the engine that decides what to say.
//! 8. [`import`]: how a file that Rounds wrote out becomes a document again.
//! 9. [`describe`]: what to ask somebody whose note judges. It stands alone.
//!
//! Nothing here knows a clock, a socket, a file, a thread or a random source: time and randomness are arguments.

pub mod access;
mod anchor;
pub mod change;
pub mod clock;
pub mod describe;
pub mod edit;
pub mod figures;
pub mod ids;
pub mod import;
pub mod library;
pub mod limits;
pub mod merge;
mod migrate;
pub mod model;
pub mod protocols;
pub mod record;
pub mod replica;
pub mod schema;
pub mod text;
pub mod wire;
