//! Where the World lives while the server runs, and between runs.
//!
//! [`Live`] has one writer and lock-free readers: every reader loads one Snapshot and never sees half a Change. A
//! [`Store`] keeps the World's rows; a Change is kept before anybody sees it. Its states are counted ([`Revision`]), and
//! whoever commits says which one it began from. Knows no AWS protocol.

mod backend;
#[cfg(feature = "server")]
pub mod embedded;
mod entry;
mod follow;
pub mod live;
pub mod pace;
mod reach;
mod reloads;
mod revision;
pub mod row;
mod single;
pub mod watch;

pub use backend::{Memory, Store, StoreError};
#[cfg(feature = "server")]
pub use embedded::Embedded;
pub use live::{CommitError, Live};
pub use reloads::Reloads;
pub use revision::Revision;
