//! A lab's resources in another World, found by shape: which of them is the lab's VPC, subnet, endpoint.
//!
//! A resource with the lab's own id is the lab's. Else a VPC is found by its range and its name, what is in it by its
//! range, its name or its service. So a World that a student made by other means, with random ids, counts as well.

use std::sync::Arc;

use crate::model::{
    endpoint::{Endpoint, EndpointState, ServiceRef},
    endpoint_service::EndpointService,
    id::{EndpointId, EndpointServiceId, RouteTableId, SubnetId, VpcId},
    load_balancer::LoadBalancer,
    name::Name,
    route_table::RouteTable,
    subnet::Subnet,
    vpc::Vpc,
    world::World,
};

/// Finds the resources of a lab's World in another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counterparts<'a> {
    /// The lab's World.
    pub(super) lab: &'a World,
    /// The World that a student works on.
    pub(super) own: &'a World,
}

impl<'a> Counterparts<'a> {
    pub(super) fn vpc(&self, id: VpcId) -> Option<&'a Arc<Vpc>> {
        if let Some(same) = self.own.vpcs.get(&id) {
            return Some(same);
        }
        let of = self.lab.vpcs.get(&id)?;
        let alike = |it: &&Arc<Vpc>| {
            it.cidrs.first() == of.cidrs.first()
                && it.region == of.region
                && it.tags.name() == of.tags.name()
        };
        self.own.vpcs.values().filter(alike).min_by_key(|it| it.id)
    }

    pub(super) fn subnet(&self, id: SubnetId) -> Option<&'a Arc<Subnet>> {
        if let Some(same) = self.own.subnets.get(&id) {
            return Some(same);
        }
        let of = self.lab.subnets.get(&id)?;
        self.own.subnets_of(self.vpc(of.vpc)?.id).find(|it| it.cidr == of.cidr)
    }

    pub(super) fn route_table(&self, id: RouteTableId) -> Option<&'a Arc<RouteTable>> {
        if let Some(same) = self.own.route_tables.get(&id) {
            return Some(same);
        }
        let of = self.lab.route_tables.get(&id)?;
        let vpc = self.vpc(of.vpc)?;
        if self.lab.vpcs.get(&of.vpc)?.main_route_table == id {
            return self.own.route_tables.get(&vpc.main_route_table);
        }
        let tables = self.own.members(vpc.id).route_tables.iter();
        tables
            .filter_map(|id| self.own.route_tables.get(id))
            .find(|it| it.tags.name().is_some() && it.tags.name() == of.tags.name())
    }

    pub(super) fn load_balancer(&self, name: &Name) -> Option<&'a Arc<LoadBalancer>> {
        if let Some(same) = self.own.load_balancers.get(name) {
            return Some(same);
        }
        let of = self.lab.load_balancers.get(name)?;
        let vpc = self.vpc(of.vpc)?.id;
        let alike = |it: &&Arc<LoadBalancer>| it.vpc == vpc && it.label == of.label;
        self.own.load_balancers.values().find(alike)
    }

    /// The endpoint service that offers the same load balancers.
    pub(super) fn service(&self, id: EndpointServiceId) -> Option<&'a Arc<EndpointService>> {
        if let Some(same) = self.own.endpoint_services.get(&id) {
            return Some(same);
        }
        let of = self.lab.endpoint_services.get(&id)?;
        let mut offered = Vec::new();
        for name in &of.load_balancers {
            offered.push(&self.load_balancer(name)?.dns_name);
        }
        let offers_all = |it: &&Arc<EndpointService>| {
            offered.iter().all(|name| it.load_balancers.contains(name))
        };
        self.own.endpoint_services.values().filter(offers_all).min_by_key(|it| it.id)
    }

    /// Whether an endpoint leads to the same service as the lab's.
    pub(super) fn same_service(&self, of: &Endpoint, own: &Endpoint) -> bool {
        match (&of.service, &own.service) {
            (ServiceRef::Customer { id, .. }, ServiceRef::Customer { id: other, .. }) => {
                self.service(*id).is_some_and(|it| it.id == *other)
            }
            (one, other) => one.name() == other.name(),
        }
    }

    /// The endpoint of the same kind to the same service in the same VPC. If there are several, the one that is most like
    /// the lab's.
    pub(super) fn endpoint(&self, id: EndpointId) -> Option<&'a Arc<Endpoint>> {
        let of = self.lab.endpoints.get(&id)?;
        let vpc = self.vpc(of.vpc)?.id;
        let gone = |it: &Endpoint| {
            matches!(
                it.state,
                EndpointState::Deleting | EndpointState::Failed | EndpointState::Expired
            )
        };
        self.own
            .endpoints_of(vpc)
            .filter(|it| it.kind == of.kind && !gone(it) && self.same_service(of, it))
            .max_by_key(|it| {
                let missing =
                    self.missing_subnets(of, it).len() + self.missing_tables(of, it).len();
                let alike = it.private_dns == of.private_dns;
                let works = it.state.answers();
                (std::cmp::Reverse(missing), alike, works, it.id == id)
            })
    }

    /// The lab's subnets in which an endpoint has no network interface.
    pub(super) fn missing_subnets(&self, of: &Endpoint, own: &Endpoint) -> Vec<SubnetId> {
        let has = |id: &SubnetId| {
            self.subnet(*id)
                .is_some_and(|subnet| own.interfaces.iter().any(|it| it.subnet == subnet.id))
        };
        of.interfaces.iter().map(|it| it.subnet).filter(|id| !has(id)).collect()
    }

    /// The lab's route tables that an endpoint is not associated with.
    pub(super) fn missing_tables(&self, of: &Endpoint, own: &Endpoint) -> Vec<RouteTableId> {
        let has = |id: &RouteTableId| {
            self.route_table(*id).is_some_and(|table| own.route_tables.contains(&table.id))
        };
        of.route_tables.iter().copied().filter(|id| !has(id)).collect()
    }

    /// Whether every VPC of the lab has a counterpart.
    pub(super) fn has_all_vpcs(&self) -> bool {
        self.lab.vpcs.keys().all(|id| self.vpc(*id).is_some())
    }

    /// What the lab's texts call by a name that differs here: each text of the lab, and the one in its place.
    pub(super) fn renamed(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut pair = |lab: String, own: String| {
            if lab != own {
                pairs.push((lab, own));
            }
        };
        for id in self.lab.vpcs.keys() {
            if let Some(own) = self.vpc(*id) {
                pair(id.to_string(), own.id.to_string());
            }
        }
        for id in self.lab.subnets.keys() {
            if let Some(own) = self.subnet(*id) {
                pair(id.to_string(), own.id.to_string());
            }
        }
        for id in self.lab.route_tables.keys() {
            if let Some(own) = self.route_table(*id) {
                pair(id.to_string(), own.id.to_string());
            }
        }
        for (name, of) in self.lab.load_balancers.iter() {
            if let Some(own) = self.load_balancer(name) {
                pair(of.shown_name.to_string(), own.shown_name.to_string());
                pair(of.arn(self.lab), own.arn(self.own));
                for (zone, other) in of.zones.iter().zip(&own.zones) {
                    pair(zone.address.to_string(), other.address.to_string());
                }
            }
        }
        for id in self.lab.endpoint_services.keys() {
            if let Some(own) = self.service(*id) {
                pair(id.to_string(), own.id.to_string());
            }
        }
        for of in self.lab.endpoints.values() {
            let Some(own) = self.endpoint(of.id) else { continue };
            pair(of.id.to_string(), own.id.to_string());
            pair(of.suffix.to_string(), own.suffix.to_string());
            for interface in &of.interfaces {
                let subnet = self.subnet(interface.subnet).map(|it| it.id);
                let other = own.interfaces.iter().find(|it| Some(it.subnet) == subnet);
                if let (Some(address), Some(own)) = (interface.v4, other.and_then(|it| it.v4)) {
                    pair(address.to_string(), own.to_string());
                }
            }
        }
        pairs.sort();
        pairs
    }
}
