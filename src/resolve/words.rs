//! A step of a trace in words, with its rule's name and the facts it rests on.

use super::{
    autodefined_kind::Autodefined,
    question::{Asker, Question},
    snapshot::Snapshot,
    trace::Step,
};
use crate::model::{
    fault::FaultAnswer,
    firewall::FirewallAction,
    id::{EndpointId, FirewallRuleGroupId, InstanceId, ProfileId, ResolverRuleId, VpcId},
    managed_resource::ManagedKind,
    resolver_rule::RuleKind,
    world::World,
};

/// A rule's name, what was found, and the facts.
pub type Words = (&'static str, String, &'static [&'static str]);

/// Where a question is asked from, in words.
pub fn asker(world: &World, asker: Asker) -> String {
    let vpc = |id: VpcId| world.vpcs.get(&id).map_or_else(|| id.to_string(), |it| it.label());
    match asker {
        Asker::Internet => "the internet".to_owned(),
        Asker::Vpc(id) => vpc(id),
        Asker::Subnet(id, subnet) => {
            let subnet =
                world.subnets.get(&subnet).map_or_else(|| subnet.to_string(), |it| it.label());
            format!("{subnet} in {}", vpc(id))
        }
        Asker::Instance(id, _, instance) => {
            format!("{} in {}", instance_label(world, instance), vpc(id))
        }
        Asker::Inbound(id, endpoint) => format!("inbound endpoint {endpoint} of {}", vpc(id)),
    }
}

fn instance_label(world: &World, id: InstanceId) -> String {
    world.instances.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

/// An endpoint and its service, in words.
pub fn endpoint(world: &World, id: EndpointId) -> String {
    world
        .endpoints
        .get(&id)
        .map_or_else(|| id.to_string(), |it| format!("{id} ({})", it.service.name()))
}

/// A step in words.
pub fn step(snapshot: &Snapshot, question: &Question<'_>, step: Step) -> Words {
    let world = &snapshot.world;
    let vpc = |id: VpcId| {
        world.vpcs.get(&id).map_or_else(|| id.to_string(), |it| format!("{} ({id})", it.label()))
    };
    let zone = |id| {
        world
            .hosted_zones
            .get(&id)
            .map_or_else(|| format!("{id}"), |it| format!("{} ({id})", it.name))
    };
    match step {
        Step::AskedFrom(from) => {
            let text = format!("asked from {}", asker(world, from));
            ("ASKED_FROM", text, if from == Asker::Internet { &["N41"] } else { &["R1"] })
        }
        Step::Fault(index) => ("FAULT", fault(world, index), &[]),
        Step::SupportOff(id) => {
            ("DNS_SUPPORT", format!("DNS support is off in {}: the resolver does not reply", vpc(id)), &["V10"])
        }
        Step::Attributes { vpc: id, hostnames: true } => (
            "DNS_ATTRIBUTES",
            format!("DNS support and DNS hostnames are on in {}", vpc(id)),
            &["V1", "P3"],
        ),
        Step::Attributes { vpc: id, hostnames: false } => (
            "DNS_ATTRIBUTES",
            format!(
                "DNS support is on and DNS hostnames is off in {}: the resolver skips private zones, private DNS of \
                 endpoints and host names",
                vpc(id)
            ),
            &["V12", "V13", "V14"],
        ),
        Step::Firewall { group, rule } => firewall_rule(world, group, rule),
        Step::FirewallFailing { open } => (
            "FIREWALL",
            format!("DNS Firewall is failing, so queries {}", if open { "pass" } else { "are blocked" }),
            &["R66"],
        ),
        Step::Rule(id) => ("RESOLVER_RULE", format!("{} matches the name", rule(world, id)), &["R41", "R45"]),
        Step::RuleInside(id) => (
            "RESOLVER_RULE",
            format!("the rule's target is the inbound endpoint {id}, so the endpoint's VPC answers"),
            &["R60"],
        ),
        Step::RuleConnection => (
            "RESOLVER_RULE",
            "the rule's target is in another VPC; a network connection to it is assumed".to_owned(),
            &["R71"],
        ),
        Step::RuleOwnRange(target) => (
            "RESOLVER_RULE",
            format!(
                "the rule's target {target} is in this VPC's range, but no inbound endpoint of the VPC has this \
                 address, so nobody answers"
            ),
            &["R60"],
        ),
        Step::RuleSeveral(address) => (
            "RESOLVER_RULE",
            format!("inbound endpoints of several VPCs have the rule's target address {address}, so none of them is \
                     used"),
            &["R60", "R71"],
        ),
        Step::RuleTargetsUntold => (
            "RESOLVER_RULE",
            "the rule's targets are not known, so nobody is asked; the answer is as if the targets did not \
             reply".to_owned(),
            &["R40"],
        ),
        Step::RuleNameless(id) => (
            "RESOLVER_RULE",
            format!(
                "the rule {id} forwards some names of the VPC, but its domain is not known; this name is assumed not \
                 to be one of them"
            ),
            &["R72"],
        ),
        Step::RulesOff => (
            "RESOLVER_RULE",
            "the rule's targets are outside the World; vpcdns contacts them only with --forward-rules".to_owned(),
            &["R40"],
        ),
        Step::RuleBeaten(id) => (
            "RESOLVER_RULE",
            format!("{} matches the name too, but a more specific name wins", rule(world, id)),
            &["R41", "R46"],
        ),
        Step::SystemRule(id) => {
            ("RESOLVER_RULE", format!("{} matches the name, so the query is not forwarded", rule(world, id)), &["R47"])
        }
        Step::NoPrivateName => (
            "NO_PRIVATE_NAME",
            "no private zone in this VPC contains the name, so public DNS answers"
                .to_owned(),
            &["R51", "R70"],
        ),
        Step::HiddenZone { endpoint: id, index } => {
            let name = world
                .endpoints
                .get(&id)
                .and_then(|endpoint| endpoint.private_names.get(usize::from(index)))
                .map_or_else(String::new, |name| name.zone.to_string());
            (
                "ENDPOINT_ZONE",
                format!("private DNS of {} created the zone {name}, which contains the name", endpoint(world, id)),
                &["P1", "P20"],
            )
        }
        Step::HostedZone(id) => {
            ("HOSTED_ZONE", format!("the private hosted zone {} contains the name", zone(id)), &["R50", "R52"])
        }
        Step::Profile(id) => ("PROFILE", profile(world, id), &["R68", "R73"]),
        Step::ProfileEndpoint(id) => ("PROFILE", profile(world, id), &["R69", "R75"]),
        Step::Autodefined(kind) => autodefined(kind),
        Step::PrivateNameAddresses(id) => (
            "PRIVATE_NAME",
            format!("the service's name answers with the addresses of {}", endpoint(world, id)),
            &["N43", "P4"],
        ),
        Step::PrivateNameCname(id) => (
            "PRIVATE_NAME",
            format!("the private name of a customer's service is a CNAME to {id}'s regional name"),
            &["P4", "P5"],
        ),
        Step::PrivateWildcard { endpoint: id, cname: true } => (
            "PRIVATE_WILDCARD",
            format!("every name below this zone's name is a CNAME to the private name of {}", endpoint(world, id)),
            &["P23", "N34"],
        ),
        Step::PrivateWildcard { endpoint: id, cname: false } => (
            "PRIVATE_WILDCARD",
            format!("every name below this zone's name answers with the addresses of {}", endpoint(world, id)),
            &["P23", "N28"],
        ),
        Step::BelowPrivateName(_) => (
            "BELOW_PRIVATE_NAME",
            "the zone has no records below its own name, and public DNS is not asked".to_owned(),
            &["P20", "R51"],
        ),
        Step::PendingZone(id) => {
            ("ENDPOINT_STATE", format!("the zone of {id} is empty while the endpoint is pending"), &["P92"])
        }
        Step::RegionalName(id) => (
            "REGIONAL_NAME",
            format!("a regional name of {}, which resolves from anywhere", endpoint(world, id)),
            &["N1", "N40", "N42"],
        ),
        Step::ZonalName(id) => (
            "ZONAL_NAME",
            format!("a zonal name of {}: the address of its network interface in that zone", endpoint(world, id)),
            &["N2", "N45"],
        ),
        Step::UnhealthyLeftOut(id) => {
            ("HEALTH", format!("unhealthy interfaces of {id} are left out"), &["N47"])
        }
        Step::FailOpen(id) => {
            ("HEALTH", format!("every interface of {id} is unhealthy, so the answer has all of them"), &["N48"])
        }
        Step::EndpointNotAnswering(id) => {
            let state = world.endpoints.get(&id).map_or("gone", |it| it.state.text());
            ("ENDPOINT_STATE", format!("{id} is {state}, so its names do not exist"), &["L7"])
        }
        Step::NoSuchEndpointName => (
            "NO_SUCH_NAME",
            "no endpoint has this name: its id, suffix, zone or service label is wrong".to_owned(),
            &["N55"],
        ),
        Step::ServiceBaseName(id) => {
            ("SERVICE_BASE_NAME", format!("the base name of the endpoint service {id} has no records"), &["L23"])
        }
        Step::EndpointSpaceNode => {
            ("SERVICE_BASE_NAME", "endpoint names exist below this name; the name itself has no records".to_owned(), &["N54"])
        }
        Step::LoadBalancer => ("LOAD_BALANCER", "a load balancer's name: one address in each zone".to_owned(), &["B1", "B3"]),
        Step::ManagedResource { kind, private } => (
            "RESOURCE_NAME",
            format!(
                "the name of {}: its {} addresses",
                kind.words(),
                if private { "private" } else { "public" }
            ),
            match kind {
                ManagedKind::EfsFileSystem => &["P25", "MR1"],
                ManagedKind::EksCluster => &["MR2"],
                ManagedKind::RdsInstance => &["MR3"],
                ManagedKind::ElastiCacheCluster => &["MR4"],
            },
        ),
        Step::LoadBalancerZone => ("LOAD_BALANCER", "a load balancer's name in one zone".to_owned(), &["B1"]),
        Step::ClientRouting => (
            "CLIENT_ROUTING",
            "the client routing policy gives the address of the asker's zone".to_owned(),
            &["B6"],
        ),
        Step::NoSuchLoadBalancer => ("NO_SUCH_NAME", "no load balancer has this name".to_owned(), &["B1"]),
        Step::IpName(address) => ("HOST_NAME", format!("the name contains the address {address}"), &["H1", "H20"]),
        Step::ResourceName(id) => {
            ("HOST_NAME", format!("the resource name of {}", instance_label(world, id)), &["H2", "H3"])
        }
        Step::ResourceNameOff(id) => (
            "HOST_NAME",
            format!("the resource name of {} is switched off", instance_label(world, id)),
            &["H3"],
        ),
        Step::OwnPublicName(id) => (
            "PUBLIC_HOST_NAME",
            format!("{} is in the asker's VPC, so its public name gives its private address", instance_label(world, id)),
            &["H7", "V17"],
        ),
        Step::PeerPublicName(id, peering) => (
            "PUBLIC_HOST_NAME",
            format!(
                "{} is in a VPC whose peering {peering} allows DNS resolution, so its public name gives its private \
                 address",
                instance_label(world, id)
            ),
            &["H40"],
        ),
        Step::PublicNameByForm => ("PUBLIC_HOST_NAME", "the name contains the public address".to_owned(), &["H7"]),
        Step::Reverse(address) => ("REVERSE_NAME", format!("the host name of {address}"), &["H30"]),
        Step::ElasticReverse(id) => {
            let address = world.elastic_addresses.get(&id);
            let label = address.map_or_else(|| id.to_string(), |it| it.label());
            ("REVERSE_NAME", format!("the domain name of the elastic address {label}"), &["EIP2"])
        }
        Step::NoReverse => ("REVERSE_NAME", "neither this VPC nor a peered VPC has a name for this \
                             address".to_owned(), &["H32"]),
        Step::Localhost => ("LOCAL_NAME", "a loopback name".to_owned(), &["V19"]),
        Step::AutodefinedApex => ("HOST_NAME", "the domain itself has no addresses".to_owned(), &["H23"]),
        Step::NoAutodefinedName => ("NO_SUCH_NAME", "no host name has this form".to_owned(), &["H23"]),
        Step::ZoneRecord(id) => ("ZONE_RECORD", format!("the name exists in {}", zone(id)), &["R51"]),
        Step::ZoneWildcard(id) => ("ZONE_RECORD", format!("a wildcard of {} covers the name", zone(id)), &["N28"]),
        Step::ZoneNoData(_) => {
            ("NO_DATA", format!("the zone has the name, but no {} record for it", question.rtype), &["P30", "P34"])
        }
        Step::ZoneNoName(_) => (
            "NO_SUCH_NAME",
            "the zone has no such name, and public DNS is not asked".to_owned(),
            &["R51"],
        ),
        Step::RoutingPolicy => (
            "ROUTING_POLICY",
            "several record sets share the name: their routing policy chooses".to_owned(),
            &["R56"],
        ),
        Step::PublicHostedZone(id) => {
            ("PUBLIC_HOSTED_ZONE", format!("the public hosted zone {id} holds the name"), &["R51"])
        }
        Step::Alias => ("ALIAS", "an alias: the answer has the target's records under this name".to_owned(), &["R57"]),
        Step::Cname => ("CNAME", "a CNAME: its target is resolved from the same place".to_owned(), &["R58"]),
        Step::ChainTooLong => ("CNAME", "the chain of CNAMEs is too long".to_owned(), &["R58"]),
        Step::VerificationRecord => (
            "VERIFICATION_RECORD",
            "the TXT record that proves an endpoint service's private name".to_owned(),
            &["L31", "L37"],
        ),
        Step::PublicZone => ("PUBLIC_ZONE", "a public zone file contains the name".to_owned(), &["V11"]),
        Step::Upstream => ("UPSTREAM", "the upstream resolver is asked".to_owned(), &["V11"]),
        Step::ObservedAddress => {
            ("PUBLIC_NAME", "a public name of AWS, with an address that AWS was seen to give".to_owned(), &["P8", "V11"])
        }
        Step::SyntheticAddress { offered: false, .. } => (
            "PUBLIC_NAME",
            "a public name of AWS, with a synthetic address; the catalogue does not show that this region offers the \
             service".to_owned(),
            &["P8", "V11"],
        ),
        Step::SyntheticAddress { .. } => {
            ("PUBLIC_NAME", "a public name of AWS, with a synthetic address".to_owned(), &["P8", "V11"])
        }
        Step::GatewayRecordType(id) => (
            "GATEWAY_RECORD_TYPE",
            format!("the DNS record IP type of gateway endpoint {id} decides whether A or AAAA records are given"),
            &["P45", "P46"],
        ),
        Step::BucketName => ("PUBLIC_NAME", "every bucket name resolves, whether the bucket exists or \
                              not".to_owned(), &["R27"]),
        Step::NeverUpstream => (
            "NO_SUCH_NAME",
            "such a name exists only inside a VPC, so public DNS is not asked".to_owned(),
            &["V12", "V18", "V19"],
        ),
        Step::NoSuchPublicName => {
            ("NO_SUCH_NAME", "neither the World nor the catalogue knows the name".to_owned(), &["R51"])
        }
        Step::NoData => ("NO_DATA", format!("the name exists, but has no {} record", question.rtype), &["N53", "P30"]),
        Step::NamesBelow => (
            "NAMES_BELOW",
            "names below this name exist, so it exists too, without records (RFC 8020)".to_owned(),
            &[],
        ),
        Step::Dns64 => ("DNS64", "DNS64 is on in the subnet: the AAAA record is made from the A record".to_owned(), &["R32", "R33"]),
    }
}

fn autodefined(kind: Autodefined) -> Words {
    match kind {
        Autodefined::Internal(region) => {
            ("AUTODEFINED", format!("a private host name of {region}"), &["R42", "H1"])
        }
        Autodefined::PublicNames(region) => {
            ("AUTODEFINED", format!("a public host name of {region}"), &["R42", "H6"])
        }
        Autodefined::Reverse => {
            ("AUTODEFINED", "a reverse name of private address space".to_owned(), &["R42"])
        }
        Autodefined::Local => ("AUTODEFINED", "a loopback name".to_owned(), &["R42", "V19"]),
    }
}

fn fault(world: &World, index: u16) -> String {
    let Some(fault) = world.faults.get(usize::from(index)) else { return String::new() };
    let late = if fault.delay > 0 { format!(", {} ms late", fault.delay) } else { String::new() };
    let answer = fault.answer.map_or("the usual answer", FaultAnswer::text);
    format!("a fault of the world applies to the query: {answer}{late}")
}

fn profile(world: &World, id: ProfileId) -> String {
    let profile = world.profiles.get(&id);
    let named = profile.map_or_else(|| id.to_string(), |it| format!("{} ({id})", it.name));
    format!("the Profile {named} brings it to this VPC")
}

fn rule(world: &World, id: ResolverRuleId) -> String {
    world.resolver_rules.get(&id).map_or_else(
        || id.to_string(),
        |rule| {
            let kind = match rule.kind {
                RuleKind::Forward => "FORWARD",
                RuleKind::System => "SYSTEM",
                RuleKind::Delegate => "DELEGATE",
            };
            match &rule.domain {
                Some(domain) => format!("the {kind} rule {id} for {domain}"),
                None => format!("the {kind} rule {id}"),
            }
        },
    )
}

fn firewall_rule(world: &World, group: FirewallRuleGroupId, index: u8) -> Words {
    let rule = world
        .firewall_rule_groups
        .get(&group)
        .and_then(|group| group.rules.get(usize::from(index)));
    let name = rule.map_or("", |rule| &*rule.name);
    match rule.map(|rule| &rule.action) {
        Some(FirewallAction::Alert) => (
            "FIREWALL",
            format!("ALERT by {name} of {group}: the query continues"),
            &["R62", "R64"],
        ),
        Some(FirewallAction::Block(_)) => {
            ("FIREWALL", format!("BLOCK by {name} of {group}"), &["R62", "R63"])
        }
        _ => ("FIREWALL", format!("ALLOW by {name} of {group}"), &["R62", "R64"]),
    }
}
