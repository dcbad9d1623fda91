//! The cause of an answer in a few words, read from its trace.
//!
//! Two answers with the same cause read the same. Whole explanations are in `explain.rs`.

use crate::{
    model::{firewall::FirewallAction, id::VpcId, world::World},
    resolve::{
        autodefined_kind::Autodefined,
        trace::{Step, Trace},
        words,
    },
};

/// The cause of an answer: the zones or rules that answered the name and its CNAME targets.
pub(super) fn cause(world: &World, trace: &Trace) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut hostnames_off = false;
    for step in &trace.0 {
        if let Step::Attributes { hostnames: false, .. } = step {
            hostnames_off = true;
        }
        if let Some(part) = part(world, *step)
            && !parts.contains(&part)
        {
            parts.push(part);
        }
    }
    let mut text = if parts.is_empty() { "public".to_owned() } else { parts.join(", then ") };
    if hostnames_off {
        text.push_str(" (DNS hostnames off)");
    }
    text
}

/// What one step adds; most add nothing.
fn part(world: &World, step: Step) -> Option<String> {
    let endpoint = |id| format!("endpoint {}", words::endpoint(world, id));
    Some(match step {
        Step::SupportOff(id) => format!("DNS support off in {}", vpc(world, id)),
        Step::Firewall { group, rule } => {
            let rule = world.firewall_rule_groups.get(&group)?.rules.get(usize::from(rule))?;
            match rule.action {
                FirewallAction::Block(_) => {
                    format!("DNS Firewall: BLOCK by {} of {group}", rule.name)
                }
                _ => return None,
            }
        }
        Step::FirewallFailing { open: false } => "DNS Firewall fails closed".to_owned(),
        Step::Rule(id) => {
            let domain = world.resolver_rules.get(&id).and_then(|rule| rule.domain.clone());
            match domain {
                Some(domain) => format!("Resolver rule {id} for {domain}"),
                None => format!("Resolver rule {id}"),
            }
        }
        Step::RuleInside(id) => format!("inbound endpoint {id}"),
        Step::HiddenZone { endpoint: id, .. } | Step::RegionalName(id) | Step::ZonalName(id) => {
            endpoint(id)
        }
        Step::EndpointNotAnswering(id) => {
            let state = world.endpoints.get(&id).map_or("gone", |it| it.state.text());
            format!("{} is {state}", endpoint(id))
        }
        Step::HostedZone(id) => {
            let name = world.hosted_zones.get(&id).map(|zone| zone.name.to_string());
            format!("private hosted zone {} ({id})", name.unwrap_or_default())
        }
        Step::Autodefined(Autodefined::Internal(_) | Autodefined::PublicNames(_)) => {
            "host names of the VPC".to_owned()
        }
        Step::Autodefined(Autodefined::Reverse) => "reverse names of the VPC".to_owned(),
        Step::Autodefined(Autodefined::Local) => "loopback names".to_owned(),
        Step::NoSuchEndpointName
        | Step::NoSuchLoadBalancer
        | Step::NoSuchPublicName
        | Step::NeverUpstream => "no such name".to_owned(),
        Step::ServiceBaseName(id) => format!("base name of {id}"),
        Step::LoadBalancer | Step::LoadBalancerZone => "load balancer".to_owned(),
        Step::ManagedResource { kind, .. } => kind.words().to_owned(),
        Step::VerificationRecord => "verification record".to_owned(),
        Step::PublicZone => "public zone file".to_owned(),
        Step::Upstream => "upstream resolver".to_owned(),
        Step::ObservedAddress | Step::SyntheticAddress { .. } | Step::PublicNameByForm => {
            "public".to_owned()
        }
        Step::GatewayRecordType(id) => format!("record type of gateway endpoint {id}"),
        Step::Dns64 => "DNS64".to_owned(),
        _ => return None,
    })
}

fn vpc(world: &World, id: VpcId) -> String {
    world.vpcs.get(&id).map_or_else(|| id.to_string(), |vpc| vpc.label())
}
