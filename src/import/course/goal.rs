//! What a step asks for, and whether a World has it.
//!
//! The goals follow from the step's Changes: a lab file does not say them again. They are told by shape, so it does not
//! matter how a student reached them. A goal of an action that is not listed here has no check.

use serde::Serialize;

use super::counterpart::Counterparts;
use crate::import::lab::LabStep;
use crate::model::{
    change::Change,
    endpoint::{Endpoint, EndpointKind, EndpointState, ServiceRef},
    endpoint_change::ModifyVpcEndpoint,
    id::{EndpointId, EndpointServiceId},
    vpc::Vpc,
    world::World,
};

/// One thing that a step asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// What is wanted: the key of a text.
    pub what: &'static str,
    /// The names that the text is about.
    pub of: Vec<String>,
    /// Whether the World has it.
    pub done: bool,
    /// What is in the way, if that is known.
    pub hint: Option<Hint>,
}

/// What is missing, or in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// The key of a text.
    pub what: &'static str,
    /// The names that the text is about.
    pub of: Vec<String>,
}

impl Goal {
    fn new(what: &'static str, of: &[&str], done: bool, hint: Option<Hint>) -> Self {
        let of = of.iter().map(|it| (*it).to_owned()).collect();
        Self { what, of, done, hint: hint.filter(|_| !done) }
    }
}

fn hint(what: &'static str, of: &[&str]) -> Option<Hint> {
    Some(Hint { what, of: of.iter().map(|it| (*it).to_owned()).collect() })
}

fn switched(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// The goals of a step. `at.lab` is the World after the step.
pub(super) fn goals(step: &LabStep, at: &Counterparts<'_>) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut told: Vec<EndpointId> = Vec::new();
    for change in &step.changes {
        let endpoint = match change {
            Change::CreateVpcEndpoint(it) => Some(it.id),
            Change::ModifyVpcEndpoint(it) if !only_switches(it) => it.id,
            _ => None,
        };
        match change {
            Change::ModifyVpcAttribute(it) => {
                let wanted = [("support", it.dns_support), ("hostnames", it.dns_hostnames)];
                for (what, on) in wanted {
                    goals.extend(on.and_then(|on| attribute(at, it.vpc, what, on)));
                }
            }
            Change::CreateVpcEndpointServiceConfiguration(it) => {
                goals.extend(service(at, it.service.id));
            }
            // The endpoint is there before the step. If it counted, the step would have begun with the one before.
            Change::ModifyVpcEndpoint(it) if only_switches(it) => {
                let of = it.id.and_then(|id| at.lab.endpoints.get(&id));
                goals.extend(of.map(|of| {
                    let vpc = at.lab.vpcs.get(&of.vpc).map_or_else(String::new, |it| it.label());
                    private_dns(at, of, at.endpoint(of.id).map(AsRef::as_ref), &vpc)
                }));
            }
            Change::AcceptVpcEndpointConnections(it) => {
                goals.extend(accepted(at, it.service, it.endpoint));
            }
            _ => {}
        }
        if let Some(id) = endpoint.filter(|id| !told.contains(id)) {
            told.push(id);
            goals.extend(endpoint_goals(at, id));
        }
    }
    goals
}

/// Whether a Change of an endpoint switches private DNS, and nothing else.
fn only_switches(it: &ModifyVpcEndpoint) -> bool {
    let (id, private_dns, inbound_only) = (it.id, it.private_dns, it.inbound_only);
    private_dns.is_some()
        && *it == ModifyVpcEndpoint { id, private_dns, inbound_only, ..Default::default() }
}

fn attribute(
    at: &Counterparts<'_>,
    id: crate::model::id::VpcId,
    what: &'static str,
    on: bool,
) -> Option<Goal> {
    let label = at.lab.vpcs.get(&id)?.label();
    let vpc = at.vpc(id);
    let value = |vpc: &Vpc| if what == "support" { vpc.dns_support } else { vpc.dns_hostnames };
    let hint = match vpc {
        None => hint("no-vpc", &[&label]),
        Some(vpc) if what == "hostnames" && on && !vpc.dns_support => hint("support", &[&label]),
        Some(_) => hint("switch", &[&label]),
    };
    let done = vpc.is_some_and(|vpc| value(vpc) == on);
    Some(Goal::new(what, &[&label, switched(on)], done, hint))
}

/// The name of an endpoint's service, as a student reads it.
fn service_label(world: &World, endpoint: &Endpoint) -> String {
    match &endpoint.service {
        ServiceRef::Aws(service) => service.service.suffix.to_string(),
        ServiceRef::Customer { id, .. } => {
            world.endpoint_services.get(id).map_or_else(|| id.to_string(), |it| it.label())
        }
    }
}

fn endpoint_goals(at: &Counterparts<'_>, id: EndpointId) -> Vec<Goal> {
    let Some(of) = at.lab.endpoints.get(&id) else { return Vec::new() };
    let own = at.endpoint(id);
    let service = service_label(at.lab, of);
    let vpc = at.lab.vpcs.get(&of.vpc).map_or_else(String::new, |it| it.label());
    let gateway = of.kind == EndpointKind::Gateway;
    let there = if gateway { "gateway" } else { "interface" };
    let mut goals =
        vec![Goal::new(there, &[&service, &vpc], own.is_some(), none_yet(at, of, &service, &vpc))];
    let (place, missing) = if gateway {
        let label = |id| at.lab.route_tables.get(id).map(|it| it.label());
        let lacks = own.map(|own| at.missing_tables(of, own)).unwrap_or_default();
        let all: Vec<String> = of.route_tables.iter().filter_map(label).collect();
        (("tables", all), lacks.iter().filter_map(label).collect::<Vec<_>>())
    } else {
        let label = |id: &_| at.lab.subnets.get(id).map(|it| it.label());
        let lacks = own.map(|own| at.missing_subnets(of, own)).unwrap_or_default();
        let all = of.interfaces.iter().filter_map(|it| label(&it.subnet)).collect();
        (("subnets", all), lacks.iter().filter_map(label).collect::<Vec<_>>())
    };
    let lacks = own.and_then(|_| hint("lacks", &[&missing.join(", ")]));
    goals.push(Goal::new(
        place.0,
        &[&place.1.join(", ")],
        own.is_some() && missing.is_empty(),
        lacks,
    ));
    if !gateway && (of.private_dns || !of.private_names.is_empty()) {
        goals.push(private_dns(at, of, own.map(AsRef::as_ref), &vpc));
    }
    if !gateway && of.state == EndpointState::Available {
        let waits = own.and_then(|own| match own.state {
            EndpointState::PendingAcceptance => hint("accept", &[&own.id.to_string()]),
            EndpointState::Rejected => hint("rejected", &[&own.id.to_string()]),
            _ => hint("wait", &[own.state.text()]),
        });
        goals.push(Goal::new("available", &[], own.is_some_and(|it| it.state.answers()), waits));
    }
    goals
}

fn private_dns(at: &Counterparts<'_>, of: &Endpoint, own: Option<&Endpoint>, vpc: &str) -> Goal {
    let flags = at.vpc(of.vpc).is_some_and(|vpc| vpc.dns_support && vpc.dns_hostnames);
    let in_the_way = own.and_then(|own| {
        if of.private_dns && !flags {
            hint("flags", &[vpc])
        } else {
            hint("switch", &[&own.label()])
        }
    });
    let done = own.is_some_and(|own| own.private_dns == of.private_dns);
    Goal::new("private-dns", &[switched(of.private_dns)], done, in_the_way)
}

/// Why there is no such endpoint: one of another kind, one in another VPC, or none.
fn none_yet(at: &Counterparts<'_>, of: &Endpoint, service: &str, vpc: &str) -> Option<Hint> {
    let Some(own) = at.vpc(of.vpc) else { return hint("no-vpc", &[vpc]) };
    if let ServiceRef::Customer { id, .. } = &of.service
        && at.service(*id).is_none()
    {
        return hint("no-service", &[service]);
    }
    let other = at.own.endpoints_of(own.id).find(|it| at.same_service(of, it));
    if let Some(other) = other.filter(|it| it.kind != of.kind) {
        return hint("other-kind", &[&other.id.to_string()]);
    }
    let elsewhere = at
        .own
        .vpcs_in_order()
        .into_iter()
        .filter(|it| it.id != own.id)
        .take(100)
        .flat_map(|it| at.own.endpoints_of(it.id))
        .find(|it| it.kind == of.kind && at.same_service(of, it));
    match elsewhere {
        Some(it) => hint("other-vpc", &[&it.id.to_string(), vpc]),
        None => hint("create", &[]),
    }
}

fn service(at: &Counterparts<'_>, id: EndpointServiceId) -> Vec<Goal> {
    let Some(of) = at.lab.endpoint_services.get(&id) else { return Vec::new() };
    let own = at.service(id);
    let labels: Vec<String> = of
        .load_balancers
        .iter()
        .filter_map(|name| at.lab.load_balancers.get(name))
        .map(|it| it.label.to_string())
        .collect();
    let none = match of.load_balancers.iter().find(|name| at.load_balancer(name).is_none()) {
        Some(_) => hint("no-balancer", &[&labels.join(", ")]),
        None => hint("create-service", &[]),
    };
    let accepts = own.is_some_and(|own| own.acceptance_required == of.acceptance_required);
    let switch = own.and_then(|own| hint("switch", &[&own.label()]));
    vec![
        Goal::new("service", &[&labels.join(", ")], own.is_some(), none),
        Goal::new("acceptance", &[switched(of.acceptance_required)], accepts, switch),
    ]
}

fn accepted(at: &Counterparts<'_>, service: EndpointServiceId, id: EndpointId) -> Option<Goal> {
    let of = at.lab.endpoints.get(&id)?;
    let vpc = at.lab.vpcs.get(&of.vpc).map_or_else(String::new, |it| it.label());
    let label = at.lab.endpoint_services.get(&service)?.label();
    let own = at.endpoint(id);
    let hint = match own {
        None => hint("create", &[]),
        Some(own) => match own.state {
            EndpointState::Pending => hint("wait", &[own.state.text()]),
            _ => hint("accept", &[&own.id.to_string()]),
        },
    };
    let done = own.is_some_and(|own| own.state.answers());
    Some(Goal::new("accepted", &[&vpc, &label], done, hint))
}
