//! The states of endpoints and NAT gateways that AWS ends by itself, and when they end.
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
    endpoint::EndpointState,
    endpoint_change::Settle,
    id::{EndpointId, NatGatewayId},
    nat_gateway::NatGatewayState,
    nat_gateway_change::SettleNatGateway,
    world::World,
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

/// A resource whose state may end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paced {
    /// An endpoint.
    Endpoint(EndpointId),
    /// A NAT gateway.
    NatGateway(NatGatewayId),
}

/// How long a state of an endpoint lasts at the real pace; `None` if nothing ends it by itself. The chapter saw an interface
/// endpoint `pending` for about two minutes; the other times are assumed.
fn endpoint_lasts(state: EndpointState) -> Option<Duration> {
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

/// As [`endpoint_lasts`], for a NAT gateway (NG3). The times are assumed.
fn nat_gateway_lasts(state: NatGatewayState) -> Option<Duration> {
    match state {
        NatGatewayState::Pending => Some(Duration::from_secs(100)),
        NatGatewayState::Deleting => Some(Duration::from_secs(45)),
        NatGatewayState::Failed | NatGatewayState::Available | NatGatewayState::Deleted => None,
    }
}

impl Paced {
    /// How long its state lasts at the real pace; `None` if nothing ends it by itself, or if it is gone.
    pub fn lasts(self, world: &World) -> Option<Duration> {
        match self {
            Self::Endpoint(id) => endpoint_lasts(world.endpoints.get(&id)?.state),
            Self::NatGateway(id) => nat_gateway_lasts(world.nat_gateways.get(&id)?.state),
        }
    }

    /// The Change that ends its state.
    pub fn step(self) -> Change {
        match self {
            Self::Endpoint(id) => Settle { id }.into(),
            Self::NatGateway(gateway) => SettleNatGateway { gateway }.into(),
        }
    }

    /// What a Change ends the state of, if it does only that.
    pub fn ended_by(change: &Change) -> Option<Self> {
        match change {
            Change::Settle(step) => Some(Self::Endpoint(step.id)),
            Change::SettleNatGateway(step) => Some(Self::NatGateway(step.gateway)),
            _ => None,
        }
    }

    /// The resource of a row.
    pub fn of_row(table: &str, key: &str) -> Option<Self> {
        match table {
            "endpoints" => key.parse().ok().map(Self::Endpoint),
            "nat_gateways" => key.parse().ok().map(Self::NatGateway),
            _ => None,
        }
    }

    /// Those of a World whose states end by themselves.
    pub fn all(world: &World) -> Vec<Self> {
        let endpoints = world.endpoints.keys().copied().map(Self::Endpoint);
        let gateways = world.nat_gateways.keys().copied().map(Self::NatGateway);
        endpoints.chain(gateways).filter(|it| it.lasts(world).is_some()).collect()
    }

    /// Those of them that were written since the last commit.
    pub fn written(world: &World) -> Vec<Self> {
        let endpoints = world.endpoints.written().copied().map(Self::Endpoint);
        let gateways = world.nat_gateways.written().copied().map(Self::NatGateway);
        endpoints.chain(gateways).filter(|it| it.lasts(world).is_some()).collect()
    }
}

/// Ends states at their time until every [`Live`] that reports to `begun` is gone. States that lasted when the server
/// began last anew. Blocks its thread.
pub fn run(live: &std::sync::Weak<Live>, begun: &mpsc::Receiver<Paced>) {
    let mut due: BTreeMap<(Instant, Paced), ()> = BTreeMap::new();
    loop {
        let wait = due.keys().next().map_or(Duration::from_secs(3_600), |(at, _)| {
            at.saturating_duration_since(Instant::now())
        });
        let begun = match begun.recv_timeout(wait) {
            Ok(paced) => Some(paced),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        };
        let Some(live) = live.upgrade() else { return };
        let world = &live.snapshot().world;
        if let Some(paced) = begun
            && let Some(lasts) = paced.lasts(world)
        {
            due.retain(|(_, other), ()| *other != paced);
            due.insert((Instant::now() + lasts, paced), ());
        }
        end_due(&live, &mut due);
    }
}

fn end_due(live: &Arc<Live>, due: &mut BTreeMap<(Instant, Paced), ()>) {
    let now = Instant::now();
    while let Some(entry) = due.first_entry() {
        let (at, paced) = *entry.key();
        if at > now {
            return;
        }
        entry.remove();
        if live.commit(&[paced.step()]).is_err() {
            // A store that cannot write now may later.
            due.insert((now + Duration::from_secs(10), paced), ());
        }
    }
}
