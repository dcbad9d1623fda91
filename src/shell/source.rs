//! Where a shell's World and answers come from: a server in this process, or one that runs.

use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::future::BoxFuture;

use crate::{ask::Ask, resolve::snapshot::Snapshot};

/// A World and its resolver.
pub(super) trait Source: Send + Sync {
    /// The World as it is now.
    fn current(&self) -> BoxFuture<'_, Arc<Snapshot>>;

    /// The cell that holds it.
    fn cell(&self) -> Arc<ArcSwap<Snapshot>>;

    /// The resolver, as the instance sees it.
    fn ask(&self) -> Arc<dyn Ask>;
}
