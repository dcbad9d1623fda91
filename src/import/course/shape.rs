//! What a World has, told by names instead of ids. So Worlds whose ids differ can be compared.
//!
//! A step is done when the student's World has every fact that the step adds to the lab's.

use std::collections::BTreeSet;

use crate::model::{
    id::VpcId, peering::PeeringState, record::RecordType, route::RouteTarget, routing::Answers,
    security_group::DEFAULT, security_group_rule::Peer, world::World,
};

/// A kind of fact, which is the key of a goal's text, and the names in it.
pub(super) type Fact = (&'static str, Vec<String>);

/// What a World has, besides VPCs, their attributes, endpoints and endpoint services.
pub(super) fn facts(world: &World) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    instances(world, &mut facts);
    zones(world, &mut facts);
    ways(world, &mut facts);
    resolvers(world, &mut facts);
    guards(world, &mut facts);
    facts
}

/// The facts that a World has and another one has not.
pub(super) fn added(before: &World, after: &World) -> Vec<Fact> {
    let old = facts(before);
    facts(after).into_iter().filter(|fact| !old.contains(fact)).collect()
}

fn vpc_label(world: &World, id: VpcId) -> String {
    world.vpcs.get(&id).map_or_else(|| id.to_string(), |vpc| vpc.label())
}

fn instances(world: &World, facts: &mut BTreeSet<Fact>) {
    for instance in world.instances.values() {
        let label = instance.label();
        if let Some(subnet) = world.subnets.get(&instance.subnet) {
            facts.insert(("instance", vec![label.clone(), subnet.label()]));
        }
        let options = world.guest(instance.id).options;
        if options.tokens_required {
            facts.insert(("tokens", vec![label.clone()]));
        }
        if options.tags {
            facts.insert(("tags", vec![label]));
        }
    }
    for group in world.placement_groups.values() {
        let name = group.name.to_string();
        let inside = world.instances.values().filter(|it| it.placement.group == Some(group.id));
        let count = inside.count();
        if count > 0 {
            facts.insert(("placed", vec![name.clone(), count.to_string()]));
        }
        facts.insert(("group", vec![name, group.strategy.text().to_owned()]));
    }
}

fn zones(world: &World, facts: &mut BTreeSet<Fact>) {
    for zone in world.hosted_zones.values() {
        let name = zone.name.to_string();
        let kind = if zone.details.public { "public-zone" } else { "private-zone" };
        facts.insert((kind, vec![name.clone()]));
        for vpc in &zone.vpcs {
            facts.insert(("associated", vec![name.clone(), vpc_label(world, *vpc)]));
        }
        for owner in zone.data.names() {
            let Some(node) = zone.data.node(owner.as_ref()) else { continue };
            let shown = owner.to_string();
            for set in node.all_sets(|_| "".into()) {
                if matches!(set.rtype, RecordType::SOA | RecordType::NS) {
                    continue;
                }
                let values = match &set.answers {
                    Answers::Records(records) => records.shown().join(" "),
                    // The target may have an id in its name.
                    Answers::Alias(_) => "alias".to_owned(),
                };
                let record = vec![shown.clone(), set.rtype.to_string(), values, kind.to_owned()];
                facts.insert(("record", record));
            }
        }
    }
}

fn ways(world: &World, facts: &mut BTreeSet<Fact>) {
    for peering in world.peerings.values().filter(|it| it.state == PeeringState::Active) {
        let sides = [peering.requester, peering.accepter].map(|id| vpc_label(world, id));
        facts.insert(("peering", sides.to_vec()));
    }
    for table in world.route_tables.values() {
        for route in &table.routes {
            let target = match &route.target {
                RouteTarget::InternetGateway(_) => "internet gateway",
                RouteTarget::Peering(_) => "peering",
                RouteTarget::NatGateway(_) => "NAT gateway",
                RouteTarget::Other(_) => "other",
            };
            let of = vec![table.label(), route.destination.to_string(), target.to_owned()];
            facts.insert(("route", of));
        }
    }
}

fn resolvers(world: &World, facts: &mut BTreeSet<Fact>) {
    for endpoint in world.inbound_endpoints.values() {
        facts.insert(("inbound", vec![vpc_label(world, endpoint.vpc)]));
    }
    for endpoint in world.outbound_endpoints.values() {
        facts.insert(("outbound", vec![vpc_label(world, endpoint.vpc)]));
    }
    for rule in world.resolver_rules.values() {
        let Some(domain) = &rule.domain else { continue };
        let domain = domain.to_string();
        facts.insert(("rule", vec![domain.clone()]));
        for vpc in &rule.vpcs {
            facts.insert(("ruled", vec![domain.clone(), vpc_label(world, *vpc)]));
        }
    }
}

/// The inbound rules of security groups, but not the one that AWS gives a VPC's default group.
fn guards(world: &World, facts: &mut BTreeSet<Fact>) {
    for group in world.security_groups.values().filter(|it| *it.name != *DEFAULT) {
        for rule in group.rules.iter().filter(|rule| !rule.egress) {
            let ports = match rule.ports {
                Some((from, to)) if from == to => format!("{} {from}", rule.protocol),
                Some((from, to)) => format!("{} {from}-{to}", rule.protocol),
                None => rule.protocol.to_string(),
            };
            let from = match &rule.peer {
                Peer::Group(id) => {
                    world.security_groups.get(id).map_or_else(|| id.to_string(), |it| it.label())
                }
                peer => peer.to_string(),
            };
            facts.insert(("let-in", vec![group.label(), ports, from]));
        }
    }
}
