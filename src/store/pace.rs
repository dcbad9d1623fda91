//! The states of endpoints that AWS ends by itself, and when they end.
//!
//! At AWS that takes seconds to minutes; here they end at once unless `--pace real` is set. The model decides what
//! changes.

use std::{
    collections::BTreeMap,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use super::Live;
use crate::model::{
    change::Change,
    endpoint::{Endpoint, EndpointState},
    endpoint_change::Settle,
    id::EndpointId,
};

/// How fast the steps of a life end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Pace {
    /// With the Change that began them: the reply says `pending`, the next describe `available`.
    #[default]
    AtOnce,
    /// After about as long as at AWS.
    Real,
}

/// How long a state lasts at the real pace; `None` if nothing ends it by itself. The chapter saw an interface endpoint
/// `pending` for about two minutes; the other times are assumed.
pub fn lasts(state: EndpointState) -> Option<Duration> {
    match state {
        EndpointState::Pending => Some(Duration::from_secs(120)),
        EndpointState::Modifying => Some(Duration::from_secs(30)),
        EndpointState::Deleting => Some(Duration::from_secs(60)),
        EndpointState::PendingAcceptance
        | EndpointState::Available
        | EndpointState::Rejected
        | EndpointState::Expired
        | EndpointState::Failed => None,
    }
}

/// The Change that ends an endpoint's state.
pub fn settle(endpoint: &Endpoint) -> Option<Change> {
    lasts(endpoint.state).map(|_| Settle { id: endpoint.id }.into())
}

/// Ends states at their time until every [`Live`] that reports to `begun` is gone. States that lasted when the server
/// began last anew. Blocks its thread.
pub fn run(live: &std::sync::Weak<Live>, begun: &mpsc::Receiver<EndpointId>) {
    let mut due: BTreeMap<(Instant, EndpointId), ()> = BTreeMap::new();
    loop {
        let wait = due.keys().next().map_or(Duration::from_secs(3_600), |(at, _)| {
            at.saturating_duration_since(Instant::now())
        });
        let begun = match begun.recv_timeout(wait) {
            Ok(id) => Some(id),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        };
        let Some(live) = live.upgrade() else { return };
        let world = &live.snapshot().world;
        if let Some(endpoint) = begun.and_then(|id| world.endpoints.get(&id))
            && let Some(lasts) = lasts(endpoint.state)
        {
            due.retain(|(_, id), ()| *id != endpoint.id);
            due.insert((Instant::now() + lasts, endpoint.id), ());
        }
        end_due(&live, &mut due);
    }
}

fn end_due(live: &Arc<Live>, due: &mut BTreeMap<(Instant, EndpointId), ()>) {
    let now = Instant::now();
    while let Some(entry) = due.first_entry() {
        let (at, id) = *entry.key();
        if at > now {
            return;
        }
        entry.remove();
        if live.commit(&[Settle { id }.into()]).is_err() {
            // A store that cannot write now may later.
            due.insert((now + Duration::from_secs(10), id), ());
        }
    }
}
