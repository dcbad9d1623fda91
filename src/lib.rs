//! A DNS server that answers like the Amazon-provided resolver of a VPC, and explains why.
//!
//! What a Rust program uses is [`Emulator`]: it reads a world, answers on free ports of loopback, takes Changes while it
//! runs and says why a name gives its answer. The other types of this page are what its functions take and give.
//!
//! | feature | what it adds |
//! |---|---|
//! | `server` (on unless `default-features = false`) | the program `vpcdns`: commands, AWS APIs, the page, the data folder |
//! | `metadata` (with `server`) | the instance metadata service, at `Emulator::metadata_of` |
//!
//! A test that only uses `Emulator` compiles less with
//! `vpcdns = { path = "../vpcdns", default-features = false }`.
//!
//! The modules are the program's own and may change in any version. ARCHITECTURE.md has the picture and the rules: a
//! `World` is everything an answer may depend on and changes only by a `Change`; a `Snapshot` compiles it into one View for
//! each VPC; `resolve` answers from a View without I/O, clock or randomness; everything else receives questions (`dns`,
//! `web`, `cli`) or builds the World (`import`).

#![cfg_attr(
    not(feature = "server"),
    allow(dead_code, reason = "what only the program uses is left over without it")
)]

#[doc(hidden)]
pub mod allowance;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod api;
#[doc(hidden)]
pub mod ask;
#[doc(hidden)]
pub mod catalog;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod dns;
mod emulator;
#[doc(hidden)]
pub mod export;
#[doc(hidden)]
pub mod hash;
#[cfg(feature = "metadata")]
#[doc(hidden)]
pub mod imds;
#[doc(hidden)]
pub mod import;
pub mod language;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod resolve;
#[doc(hidden)]
pub mod seen;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod server;
#[cfg(all(feature = "server", target_os = "linux"))]
#[doc(hidden)]
pub mod shell;
#[doc(hidden)]
pub mod store;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod suite;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod verify;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod web;

pub use emulator::{Builder, Emulator, EmulatorError};
#[doc(inline)]
pub use import::{Defaults, open::Failure};
#[doc(inline)]
pub use model::{change::Change, refusal::Refusal};
#[doc(inline)]
pub use resolve::{
    explain::{Explanation, Verdict},
    places::ClientError,
    snapshot::Snapshot,
};
#[doc(inline)]
pub use store::CommitError;
