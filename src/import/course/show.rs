//! Does a step in a World that is not the lab's: its Changes with that World's ids, without what is done already.

use super::{counterpart::Counterparts, shape};
use crate::import::lab::LabStep;
use crate::model::{
    change::Change,
    endpoint::ServiceRef,
    endpoint_change::{CreateVpcEndpoint, ModifyVpcEndpoint},
    endpoint_service::{
        AcceptVpcEndpointConnections, CreateVpcEndpointServiceConfiguration,
        ModifyVpcEndpointServiceConfiguration,
    },
    id::{RouteTableId, SubnetId},
    vpc::ModifyVpcAttribute,
    world::World,
};

/// The Changes that a step still needs. States that AWS ends by itself end by themselves. `before` is the lab's World in
/// which the step begins.
pub(super) fn changes(step: &LabStep, before: &World, at: &Counterparts<'_>) -> Vec<Change> {
    let mut world = before.clone();
    let mut needed = Vec::new();
    let mut has = None;
    for change in &step.changes {
        let Ok((next, _)) = world.apply(change) else { continue };
        let mut done = || {
            let has = has.get_or_insert_with(|| shape::facts(at.own));
            let holds = |facts: Vec<shape::Fact>| {
                !facts.is_empty() && facts.iter().all(|fact| has.contains(fact))
            };
            // A Change that adds no fact itself, such as the request for a peering, is done with the whole step.
            holds(shape::added(&world, &next)) || holds(shape::added(before, at.lab))
        };
        needed.extend(here(change, at, &mut done));
        world = next;
    }
    needed
}

/// A Change as it is needed. `done` tells whether the World has what a Change of another kind makes.
fn here(change: &Change, at: &Counterparts<'_>, done: &mut dyn FnMut() -> bool) -> Option<Change> {
    match change {
        Change::Settle(_) => None,
        Change::CreateVpcEndpoint(it) => endpoint(it, at),
        Change::ModifyVpcEndpoint(it) => {
            let own = it.id.and_then(|id| at.endpoint(id));
            let id = own.map(|own| own.id).or(it.id);
            let change = ModifyVpcEndpoint { id, ..(**it).clone() };
            let (private_dns, inbound_only) = (it.private_dns, it.inbound_only);
            let only = ModifyVpcEndpoint { id, private_dns, inbound_only, ..Default::default() };
            let is_done = change == only
                && own.is_some_and(|own| {
                    Some(own.private_dns) == private_dns
                        && inbound_only.is_none_or(|wanted| wanted == own.inbound_only)
                });
            (!is_done).then(|| change.into())
        }
        Change::ModifyVpcAttribute(it) => {
            let own = at.vpc(it.vpc);
            let is = |wanted: Option<bool>, now: bool| wanted.is_none_or(|wanted| wanted == now);
            let is_done = own.is_some_and(|own| {
                is(it.dns_support, own.dns_support)
                    && is(it.dns_hostnames, own.dns_hostnames)
                    && is(it.network_metrics, own.network_metrics)
            });
            let vpc = own.map_or(it.vpc, |own| own.id);
            (!is_done).then(|| ModifyVpcAttribute { vpc, ..(**it).clone() }.into())
        }
        Change::CreateVpcEndpointServiceConfiguration(it) => service(it, at),
        Change::AcceptVpcEndpointConnections(it) => {
            let own = at.endpoint(it.endpoint);
            if own.is_some_and(|own| own.state.answers()) {
                return None;
            }
            let service = at.service(it.service).map_or(it.service, |own| own.id);
            let endpoint = own.map_or(it.endpoint, |own| own.id);
            Some(AcceptVpcEndpointConnections { service, endpoint }.into())
        }
        other => (!done()).then(|| other.clone()),
    }
}

fn subnet(at: &Counterparts<'_>, id: SubnetId) -> SubnetId {
    at.subnet(id).map_or(id, |own| own.id)
}

fn table(at: &Counterparts<'_>, id: RouteTableId) -> RouteTableId {
    at.route_table(id).map_or(id, |own| own.id)
}

/// Creates an endpoint, or gives the one that is there what it lacks.
fn endpoint(it: &CreateVpcEndpoint, at: &Counterparts<'_>) -> Option<Change> {
    let of = at.lab.endpoints.get(&it.id)?;
    let mut subnets = it.subnets.clone();
    if let Some(own) = at.endpoint(it.id) {
        let lacks = at.missing_subnets(of, own);
        subnets.retain(|one| lacks.contains(&one.subnet));
        for one in &mut subnets {
            one.subnet = subnet(at, one.subnet);
        }
        let add_route_tables: Vec<RouteTableId> =
            at.missing_tables(of, own).into_iter().map(|id| table(at, id)).collect();
        let private_dns = Some(of.private_dns).filter(|on| *on != own.private_dns);
        let nothing = subnets.is_empty() && add_route_tables.is_empty() && private_dns.is_none();
        let id = Some(own.id);
        let add_subnets = subnets;
        let change = ModifyVpcEndpoint {
            id,
            private_dns,
            add_subnets,
            add_route_tables,
            ..Default::default()
        };
        return (!nothing).then(|| change.into());
    }
    for one in &mut subnets {
        one.subnet = subnet(at, one.subnet);
    }
    let service = match &of.service {
        ServiceRef::Customer { id, .. } => at.service(*id).map(|own| own.name.clone()),
        ServiceRef::Aws(_) => None,
    };
    Some(
        CreateVpcEndpoint {
            vpc: at.vpc(it.vpc).map_or(it.vpc, |own| own.id),
            service: service.unwrap_or_else(|| it.service.clone()),
            subnets,
            route_tables: it.route_tables.iter().map(|id| table(at, *id)).collect(),
            ..it.clone()
        }
        .into(),
    )
}

/// Creates an endpoint service, or sets whether the one that is there asks for acceptance.
fn service(it: &CreateVpcEndpointServiceConfiguration, at: &Counterparts<'_>) -> Option<Change> {
    let wanted = it.service.acceptance_required;
    if let Some(own) = at.service(it.service.id) {
        let change = ModifyVpcEndpointServiceConfiguration {
            id: Some(own.id),
            acceptance_required: Some(wanted),
            ..Default::default()
        };
        return (own.acceptance_required != wanted).then(|| change.into());
    }
    let mut service = it.service.clone();
    for name in &mut service.load_balancers {
        if let Some(own) = at.load_balancer(name) {
            *name = own.dns_name.clone();
        }
    }
    Some(CreateVpcEndpointServiceConfiguration { service }.into())
}
