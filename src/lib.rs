//! vpcdns answers DNS questions as the Amazon-provided resolver of a VPC does, and explains why.
//!
//! A [`World`](model::world::World) is everything an answer may depend on. It changes only by a
//! [`Change`](model::change::Change). [`Snapshot`](resolve::snapshot::Snapshot) compiles it into one View for each VPC,
//! and `resolve` answers from a View without I/O, clock or randomness. Everything else either receives questions (`dns`,
//! `web`, `cli`) or builds the World (`import`). ARCHITECTURE.md has the picture and the rules.

pub mod allowance;
pub mod api;
pub mod ask;
pub mod catalog;
pub mod cli;
pub mod dns;
pub mod emulator;
pub mod export;
pub mod imds;
pub mod import;
pub mod model;
pub mod resolve;
pub mod seen;
pub mod server;
pub mod store;
pub mod web;

pub use emulator::Emulator;
