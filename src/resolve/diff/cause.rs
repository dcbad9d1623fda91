//! The cause of an answer in a few words, read from its trace.
//!
//! Two answers with the same cause read the same. Whole explanations are in `explain.rs`.

use crate::{
    language::Language,
    model::{firewall::FirewallAction, id::VpcId, world::World},
    resolve::{
        autodefined_kind::Autodefined,
        trace::{Step, Trace},
        words,
    },
};

/// The cause of an answer: the zones or rules that answered the name and its CNAME targets.
pub(super) fn cause(world: &World, trace: &Trace, say: Language) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut hostnames_off = false;
    for step in &trace.0 {
        if let Step::Attributes { hostnames: false, .. } = step {
            hostnames_off = true;
        }
        if let Some(part) = part(world, *step, say)
            && !parts.contains(&part)
        {
            parts.push(part);
        }
    }
    let joined = parts.into_iter().reduce(|first, second| say.cause_then(first, second));
    let text = joined.unwrap_or_else(|| say.cause_public());
    if hostnames_off { say.cause_hostnames_off(text) } else { text }
}

/// What one step adds; most add nothing.
fn part(world: &World, step: Step, say: Language) -> Option<String> {
    let endpoint = |id| say.endpoint(words::endpoint(world, id));
    Some(match step {
        Step::SupportOff(id) => say.cause_support_off(vpc(world, id)),
        Step::Firewall { group, rule } => {
            let rule = world.firewall_rule_groups.get(&group)?.rules.get(usize::from(rule))?;
            match rule.action {
                FirewallAction::Block(_) => say.cause_firewall(&rule.name, group),
                _ => return None,
            }
        }
        Step::FirewallFailing { open: false } => say.cause_firewall_closed(),
        Step::Rule(id) => {
            let domain = world.resolver_rules.get(&id).and_then(|rule| rule.domain.clone());
            match domain {
                Some(domain) => say.cause_rule_for(id, domain),
                None => say.cause_rule(id),
            }
        }
        Step::RuleInside(id) => say.cause_inbound(id),
        Step::HiddenZone { endpoint: id, .. } | Step::RegionalName(id) | Step::ZonalName(id) => {
            endpoint(id)
        }
        Step::EndpointNotAnswering(id) => {
            let state = world.endpoints.get(&id).map_or("gone", |it| it.state.text());
            say.cause_endpoint_is(words::endpoint(world, id), state)
        }
        Step::HostedZone(id) => {
            let name = world.hosted_zones.get(&id).map(|zone| zone.name.to_string());
            say.cause_hosted_zone(name.unwrap_or_default(), id)
        }
        Step::Autodefined(Autodefined::Internal(_) | Autodefined::PublicNames(_)) => {
            say.cause_host_names()
        }
        Step::Autodefined(Autodefined::Reverse) => say.cause_reverse_names(),
        Step::Autodefined(Autodefined::Local) => say.cause_loopback(),
        Step::NoSuchEndpointName
        | Step::NoSuchLoadBalancer
        | Step::NoSuchPublicName
        | Step::NeverUpstream => say.cause_no_such_name(),
        Step::ServiceBaseName(id) => say.cause_base_name(id),
        Step::LoadBalancer | Step::LoadBalancerZone => say.cause_load_balancer(),
        Step::ManagedResource { kind, .. } => words::managed(kind, say),
        Step::VerificationRecord => say.cause_verification(),
        Step::PublicZone => say.cause_public_zone(),
        Step::Upstream => say.cause_upstream(),
        Step::ObservedAddress | Step::SyntheticAddress { .. } | Step::PublicNameByForm => {
            say.cause_public()
        }
        Step::GatewayRecordType(id) => say.cause_gateway_type(id),
        Step::Dns64 => "DNS64".to_owned(),
        _ => return None,
    })
}

fn vpc(world: &World, id: VpcId) -> String {
    world.vpcs.get(&id).map_or_else(|| id.to_string(), |vpc| vpc.label())
}
