//! A step of a trace in words, with its rule's name and the facts it rests on.

use super::{
    autodefined_kind::Autodefined,
    question::{Asker, Question},
    snapshot::Snapshot,
    trace::Step,
};
use crate::{
    language::Language,
    model::{
        firewall::FirewallAction,
        id::{EndpointId, FirewallRuleGroupId, InstanceId, ProfileId, ResolverRuleId, VpcId},
        managed_resource::ManagedKind,
        resolver_rule::RuleKind,
        world::World,
    },
};

/// A rule's name, what was found, and the facts.
pub type Words = (&'static str, String, &'static [&'static str]);

/// Where a question is asked from, in words.
pub fn asker(world: &World, asker: Asker, say: Language) -> String {
    let vpc = |id: VpcId| world.vpcs.get(&id).map_or_else(|| id.to_string(), |it| it.label());
    match asker {
        Asker::Internet => say.internet(),
        Asker::Vpc(id) => vpc(id),
        Asker::Subnet(id, subnet) => {
            let subnet =
                world.subnets.get(&subnet).map_or_else(|| subnet.to_string(), |it| it.label());
            say.subnet_of(subnet, vpc(id))
        }
        Asker::Instance(id, _, instance) => {
            say.instance_of(instance_label(world, instance), vpc(id))
        }
        Asker::Inbound(id, endpoint) => say.inbound_of(endpoint, vpc(id)),
    }
}

fn instance_label(world: &World, id: InstanceId) -> String {
    world.instances.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

/// What a kind of way is called; a server that is newer may know other kinds.
pub fn way_kind(kind: &str, say: Language) -> String {
    match kind {
        "private" => say.kind_private(),
        "public" => say.kind_public(),
        "gateway" => say.kind_gateway(),
        "peering" => say.kind_peering(),
        "transit" => say.kind_transit(),
        "blocked" => say.way_blocked(),
        "nowhere" => say.way_nowhere(),
        other => other.to_owned(),
    }
}

/// A managed resource of a kind, in words.
pub fn managed(kind: ManagedKind, say: Language) -> String {
    match kind {
        ManagedKind::EksCluster => say.eks_cluster(),
        ManagedKind::EfsFileSystem => say.efs_file_system(),
        ManagedKind::RdsInstance => say.rds_instance(),
        ManagedKind::ElastiCacheCluster => say.elasticache_cluster(),
    }
}

/// An endpoint and its service, in words.
pub fn endpoint(world: &World, id: EndpointId) -> String {
    world
        .endpoints
        .get(&id)
        .map_or_else(|| id.to_string(), |it| format!("{id} ({})", it.service.name()))
}

/// A step in words.
pub fn step(snapshot: &Snapshot, question: &Question<'_>, step: Step, say: Language) -> Words {
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
            let facts: &[_] = if from == Asker::Internet { &["N41"] } else { &["R1"] };
            ("ASKED_FROM", say.asked_from(asker(world, from, say)), facts)
        }
        Step::Fault(index) => ("FAULT", fault(world, index, say), &[]),
        Step::SupportOff(id) => ("DNS_SUPPORT", say.dns_support_off(vpc(id)), &["V10"]),
        Step::Attributes { vpc: id, hostnames: true } => {
            ("DNS_ATTRIBUTES", say.attributes_on(vpc(id)), &["V1", "P3"])
        }
        Step::Attributes { vpc: id, hostnames: false } => {
            ("DNS_ATTRIBUTES", say.hostnames_off(vpc(id)), &["V12", "V13", "V14"])
        }
        Step::Firewall { group, rule } => firewall_rule(world, group, rule, say),
        Step::FirewallFailing { open: true } => ("FIREWALL", say.firewall_open(), &["R66"]),
        Step::FirewallFailing { open: false } => ("FIREWALL", say.firewall_closed(), &["R66"]),
        Step::Rule(id) => {
            ("RESOLVER_RULE", say.rule_matches(rule(world, id, say)), &["R41", "R45"])
        }
        Step::RuleInside(id) => ("RESOLVER_RULE", say.rule_inside(id), &["R60"]),
        Step::RuleConnection => ("RESOLVER_RULE", say.rule_connection(), &["R71"]),
        Step::RuleOwnRange(target) => ("RESOLVER_RULE", say.rule_own_range(target), &["R60"]),
        Step::RuleSeveral(address) => ("RESOLVER_RULE", say.rule_several(address), &["R60", "R71"]),
        Step::RuleTargetsUntold => ("RESOLVER_RULE", say.rule_targets_untold(), &["R40"]),
        Step::RuleNameless(id) => ("RESOLVER_RULE", say.rule_domain_untold(id), &["R72"]),
        Step::RulesOff => ("RESOLVER_RULE", say.rules_off(), &["R40"]),
        Step::RuleBeaten(id) => {
            ("RESOLVER_RULE", say.rule_beaten(rule(world, id, say)), &["R41", "R46"])
        }
        Step::SystemRule(id) => ("RESOLVER_RULE", say.system_rule(rule(world, id, say)), &["R47"]),
        Step::NoPrivateName => ("NO_PRIVATE_NAME", say.no_private_name(), &["R51", "R70"]),
        Step::HiddenZone { endpoint: id, index } => {
            let name = world
                .endpoints
                .get(&id)
                .and_then(|endpoint| endpoint.private_names.get(usize::from(index)))
                .map_or_else(String::new, |name| name.zone.to_string());
            ("ENDPOINT_ZONE", say.hidden_zone(endpoint(world, id), name), &["P1", "P20"])
        }
        Step::HostedZone(id) => ("HOSTED_ZONE", say.hosted_zone(zone(id)), &["R50", "R52"]),
        Step::Profile(id) => ("PROFILE", profile(world, id, say), &["R68", "R73"]),
        Step::ProfileEndpoint(id) => ("PROFILE", profile(world, id, say), &["R69", "R75"]),
        Step::Autodefined(kind) => autodefined(kind, say),
        Step::PrivateNameAddresses(id) => {
            ("PRIVATE_NAME", say.private_name(endpoint(world, id)), &["N43", "P4"])
        }
        Step::PrivateNameCname(id) => ("PRIVATE_NAME", say.private_name_cname(id), &["P4", "P5"]),
        Step::PrivateWildcard { endpoint: id, cname: true } => {
            ("PRIVATE_WILDCARD", say.private_wildcard_cname(endpoint(world, id)), &["P23", "N34"])
        }
        Step::PrivateWildcard { endpoint: id, cname: false } => {
            ("PRIVATE_WILDCARD", say.private_wildcard(endpoint(world, id)), &["P23", "N28"])
        }
        Step::BelowPrivateName(_) => {
            ("BELOW_PRIVATE_NAME", say.below_private_name(), &["P20", "R51"])
        }
        Step::PendingZone(id) => ("ENDPOINT_STATE", say.zone_pending(id), &["P92"]),
        Step::RegionalName(id) => {
            ("REGIONAL_NAME", say.regional_name(endpoint(world, id)), &["N1", "N40", "N42"])
        }
        Step::ZonalName(id) => ("ZONAL_NAME", say.zonal_name(endpoint(world, id)), &["N2", "N45"]),
        Step::UnhealthyLeftOut(id) => ("HEALTH", say.unhealthy_left_out(id), &["N47"]),
        Step::FailOpen(id) => ("HEALTH", say.fail_open(id), &["N48"]),
        Step::EndpointNotAnswering(id) => {
            let state = world.endpoints.get(&id).map_or("gone", |it| it.state.text());
            ("ENDPOINT_STATE", say.endpoint_not_answering(id, state), &["L7"])
        }
        Step::NoSuchEndpointName => ("NO_SUCH_NAME", say.no_such_endpoint_name(), &["N55"]),
        Step::ServiceBaseName(id) => ("SERVICE_BASE_NAME", say.service_base_name(id), &["L23"]),
        Step::EndpointSpaceNode => ("SERVICE_BASE_NAME", say.endpoint_space(), &["N54"]),
        Step::LoadBalancer => ("LOAD_BALANCER", say.load_balancer_name(), &["B1", "B3"]),
        Step::ManagedResource { kind, private } => {
            let what = managed(kind, say);
            let text = match private {
                true => say.resource_private(what),
                false => say.resource_public(what),
            };
            let facts: &[_] = match kind {
                ManagedKind::EfsFileSystem => &["P25", "MR1"],
                ManagedKind::EksCluster => &["MR2"],
                ManagedKind::RdsInstance => &["MR3"],
                ManagedKind::ElastiCacheCluster => &["MR4"],
            };
            ("RESOURCE_NAME", text, facts)
        }
        Step::LoadBalancerZone => ("LOAD_BALANCER", say.load_balancer_zone(), &["B1"]),
        Step::ClientRouting => ("CLIENT_ROUTING", say.client_routing(), &["B6"]),
        Step::NoSuchLoadBalancer => ("NO_SUCH_NAME", say.no_such_load_balancer(), &["B1"]),
        Step::IpName(address) => ("HOST_NAME", say.ip_name(address), &["H1", "H20"]),
        Step::ResourceName(id) => {
            ("HOST_NAME", say.resource_name(instance_label(world, id)), &["H2", "H3"])
        }
        Step::ResourceNameOff(id) => {
            ("HOST_NAME", say.resource_name_off(instance_label(world, id)), &["H3"])
        }
        Step::OwnPublicName(id) => {
            ("PUBLIC_HOST_NAME", say.own_public_name(instance_label(world, id)), &["H7", "V17"])
        }
        Step::PeerPublicName(id, peering) => {
            let text = say.peer_public_name(instance_label(world, id), peering);
            ("PUBLIC_HOST_NAME", text, &["H40"])
        }
        Step::PublicNameByForm => ("PUBLIC_HOST_NAME", say.public_name_by_form(), &["H7"]),
        Step::Reverse(address) => ("REVERSE_NAME", say.reverse_of(address), &["H30"]),
        Step::ElasticReverse(id) => {
            let address = world.elastic_addresses.get(&id);
            let label = address.map_or_else(|| id.to_string(), |it| it.label());
            ("REVERSE_NAME", say.elastic_reverse(label), &["EIP2"])
        }
        Step::NoReverse => ("REVERSE_NAME", say.no_reverse(), &["H32"]),
        Step::Localhost => ("LOCAL_NAME", say.loopback_name(), &["V19"]),
        Step::AutodefinedApex => ("HOST_NAME", say.domain_apex(), &["H23"]),
        Step::NoAutodefinedName => ("NO_SUCH_NAME", say.no_host_name(), &["H23"]),
        Step::ZoneRecord(id) => ("ZONE_RECORD", say.zone_record(zone(id)), &["R51"]),
        Step::ZoneWildcard(id) => ("ZONE_RECORD", say.zone_wildcard(zone(id)), &["N28"]),
        Step::ZoneNoData(_) => ("NO_DATA", say.zone_no_data(question.rtype), &["P30", "P34"]),
        Step::ZoneNoName(_) => ("NO_SUCH_NAME", say.zone_no_name(), &["R51"]),
        Step::RoutingPolicy => ("ROUTING_POLICY", say.routing_policy(), &["R56"]),
        Step::PublicHostedZone(id) => ("PUBLIC_HOSTED_ZONE", say.public_hosted_zone(id), &["R51"]),
        Step::Alias => ("ALIAS", say.alias(), &["R57"]),
        Step::Cname => ("CNAME", say.cname(), &["R58"]),
        Step::ChainTooLong => ("CNAME", say.chain_too_long(), &["R58"]),
        Step::VerificationRecord => {
            ("VERIFICATION_RECORD", say.verification_record(), &["L31", "L37"])
        }
        Step::PublicZone => ("PUBLIC_ZONE", say.public_zone(), &["V11"]),
        Step::Upstream => ("UPSTREAM", say.upstream_asked(), &["V11"]),
        Step::ObservedAddress => ("PUBLIC_NAME", say.observed_address(), &["P8", "V11"]),
        Step::SyntheticAddress { offered: false, .. } => {
            ("PUBLIC_NAME", say.synthetic_not_offered(), &["P8", "V11"])
        }
        Step::SyntheticAddress { .. } => ("PUBLIC_NAME", say.synthetic_address(), &["P8", "V11"]),
        Step::GatewayRecordType(id) => {
            ("GATEWAY_RECORD_TYPE", say.gateway_record_type(id), &["P45", "P46"])
        }
        Step::BucketName => ("PUBLIC_NAME", say.bucket_name(), &["R27"]),
        Step::NeverUpstream => ("NO_SUCH_NAME", say.never_upstream(), &["V12", "V18", "V19"]),
        Step::NoSuchPublicName => ("NO_SUCH_NAME", say.no_such_public_name(), &["R51"]),
        Step::NoData => ("NO_DATA", say.no_data(question.rtype), &["N53", "P30"]),
        Step::NamesBelow => ("NAMES_BELOW", say.names_below(), &[]),
        Step::Dns64 => ("DNS64", say.dns64(), &["R32", "R33"]),
    }
}

fn autodefined(kind: Autodefined, say: Language) -> Words {
    match kind {
        Autodefined::Internal(region) => {
            ("AUTODEFINED", say.private_host_name(region), &["R42", "H1"])
        }
        Autodefined::PublicNames(region) => {
            ("AUTODEFINED", say.public_host_name(region), &["R42", "H6"])
        }
        Autodefined::Reverse => ("AUTODEFINED", say.private_reverse_name(), &["R42"]),
        Autodefined::Local => ("AUTODEFINED", say.loopback_name(), &["R42", "V19"]),
    }
}

fn fault(world: &World, index: u16, say: Language) -> String {
    let Some(fault) = world.faults.get(usize::from(index)) else { return String::new() };
    let answer = match fault.answer {
        Some(answer) => answer.text().to_owned(),
        None => say.usual_answer(),
    };
    match fault.delay {
        0 => say.fault(answer),
        delay => say.fault_late(answer, delay),
    }
}

fn profile(world: &World, id: ProfileId, say: Language) -> String {
    let profile = world.profiles.get(&id);
    say.profile_brings(profile.map_or_else(|| id.to_string(), |it| format!("{} ({id})", it.name)))
}

fn rule(world: &World, id: ResolverRuleId, say: Language) -> String {
    let Some(rule) = world.resolver_rules.get(&id) else { return id.to_string() };
    let kind = match rule.kind {
        RuleKind::Forward => "FORWARD",
        RuleKind::System => "SYSTEM",
        RuleKind::Delegate => "DELEGATE",
    };
    match &rule.domain {
        Some(domain) => say.rule_for(kind, id, domain),
        None => say.rule_nameless(kind, id),
    }
}

fn firewall_rule(world: &World, group: FirewallRuleGroupId, index: u8, say: Language) -> Words {
    let rule = world
        .firewall_rule_groups
        .get(&group)
        .and_then(|group| group.rules.get(usize::from(index)));
    let name = rule.map_or("", |rule| &*rule.name);
    match rule.map(|rule| &rule.action) {
        Some(FirewallAction::Alert) => {
            ("FIREWALL", say.firewall_alert(name, group), &["R62", "R64"])
        }
        Some(FirewallAction::Block(_)) => {
            ("FIREWALL", say.firewall_block(name, group), &["R62", "R63"])
        }
        _ => ("FIREWALL", say.firewall_allow(name, group), &["R62", "R64"]),
    }
}
