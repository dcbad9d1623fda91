//! Where a query is asked from: a listener's view, a trusted Client Subnet, or the source address.
//!
//! A Client Subnet option means the whole network it names. One that overlaps a VPC's range without lying within exactly
//! one VPC is ambiguous: `--view` decides if it was given, else the query is refused.
//!
//! It chooses which address counts and what happens when it fits nowhere; where an address lies in a VPC is the
//! business of `resolve::places`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;

use super::edns::ClientSubnet;
use crate::{
    model::id::VpcId,
    resolve::{places::Located, question::Asker, snapshot::Snapshot},
};

/// Which sources may ask, and whose Client Subnet option is trusted.
#[derive(Clone, Debug, Default)]
pub(super) struct Access {
    /// `--view`: the client that a query of a loopback or allowed source counts as, if nothing else says where it comes
    /// from. `None` is the Snapshot's default client, which is never used for an ambiguous Client Subnet.
    pub(super) fallback: Option<Asker>,
    /// Sources besides loopback that may ask although they belong to no VPC.
    pub(super) allow: Vec<IpNetwork>,
    /// Sources whose Client Subnet is trusted.
    pub(super) trust_ecs: Vec<IpNetwork>,
}

/// Where a query is asked from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Placed {
    /// The place.
    pub(super) asker: Asker,
    /// Whether Client Subnet chose it, so that the option is echoed.
    pub(super) by_subnet: bool,
    /// Whether its queries may be forwarded: a client in a VPC, loopback, or an allowed source.
    pub(super) may_forward: bool,
    /// Whether it gets explanations: loopback, or a client in a VPC.
    pub(super) may_know_why: bool,
}

impl Access {
    /// Places a query that came from `source` to a listener with `view`; `None` is REFUSED.
    pub(super) fn place(
        &self,
        snapshot: &Snapshot,
        view: Option<Asker>,
        source: IpAddr,
        subnet: Option<ClientSubnet>,
    ) -> Option<Placed> {
        let source = source.to_canonical();
        let subnet = subnet.filter(|_| within(&self.trust_ecs, source));
        let placed = match view {
            Some(asker @ (Asker::Internet | Asker::Inbound(..))) => Placed::unplaced(asker),
            Some(asker) => within_view(snapshot, asker, source, subnet),
            None => self.anywhere(snapshot, source, subnet)?,
        };
        let may_know_why = placed.may_know_why || source.is_loopback();
        let may_forward = may_know_why || within(&self.allow, source);
        let placed = Placed { may_forward, may_know_why, ..placed };
        // A VPC given at the start may have been deleted since.
        let exists = placed.asker.vpc().is_none_or(|vpc| snapshot.view(vpc).is_some());
        exists.then_some(placed)
    }

    fn anywhere(
        &self,
        snapshot: &Snapshot,
        source: IpAddr,
        subnet: Option<ClientSubnet>,
    ) -> Option<Placed> {
        let by_subnet = subnet.is_some();
        // A process on this machine lies in no VPC; only a listener's view may say so.
        let located = match subnet {
            None if source.is_loopback() => Located::Nowhere,
            _ => locate(snapshot, None, source, subnet),
        };
        match located {
            Located::One(asker) => return Some(Placed::located(asker, by_subnet)),
            Located::Nowhere if by_subnet => {
                return Some(Placed { by_subnet, ..Placed::unplaced(Asker::Internet) });
            }
            Located::Nowhere | Located::Several => {}
        }
        if !source.is_loopback() && !within(&self.allow, source) {
            return None;
        }
        // Whoever names a place that could be several meant one of them: the default is none of them.
        let asker = match self.fallback {
            None if by_subnet => return None,
            None => snapshot.default_asker(),
            Some(fallback) => fallback,
        };
        Some(Placed::unplaced(asker))
    }
}

impl Placed {
    /// A client with a place in a VPC.
    fn located(asker: Asker, by_subnet: bool) -> Self {
        Self { asker, by_subnet, may_forward: true, may_know_why: true }
    }

    /// An allowed client whose VPC cannot be determined.
    fn unplaced(asker: Asker) -> Self {
        Self { asker, by_subnet: false, may_forward: false, may_know_why: false }
    }
}

/// The view decides the VPC. The address decides only the subnet or instance in it.
fn within_view(
    snapshot: &Snapshot,
    view: Asker,
    source: IpAddr,
    subnet: Option<ClientSubnet>,
) -> Placed {
    match locate(snapshot, view.vpc(), source, subnet) {
        Located::One(asker) => Placed::located(asker, subnet.is_some()),
        Located::Nowhere | Located::Several => Placed::unplaced(view),
    }
}

/// Where a query comes from: the network of its Client Subnet option, else the source address.
fn locate(
    snapshot: &Snapshot,
    vpc: Option<VpcId>,
    source: IpAddr,
    subnet: Option<ClientSubnet>,
) -> Located {
    match subnet.and_then(ClientSubnet::network) {
        Some(network) => snapshot.locate_network(vpc, network),
        None => snapshot.locate(vpc, source),
    }
}

fn within(networks: &[IpNetwork], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// `127.0.0.0/8` and `::1`.
pub(super) fn loopback_networks() -> Vec<IpNetwork> {
    [(IpAddr::V4(Ipv4Addr::LOCALHOST), 8), (IpAddr::V6(Ipv6Addr::LOCALHOST), 128)]
        .into_iter()
        .filter_map(|(address, prefix)| IpNetwork::new(address, prefix).ok())
        .collect()
}

#[cfg(test)]
mod tests;
