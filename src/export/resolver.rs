//! Peering connections, Resolver rules and DNS Firewall rule groups.

use serde_json::{Map, Value};

use super::{
    entry::{Part, put, put_flag, put_list, put_map, put_text},
    names::Names,
};
use crate::model::{
    firewall::{BlockResponse, DomainPattern, FirewallAction, FirewallRule},
    id::PeeringId,
    resolver_rule::RuleKind,
    world::World,
};

/// The peering connections.
impl Part for PeeringId {
    fn things(world: &World, names: &Names) -> Map<String, Value> {
        let mut peerings: Vec<_> =
            world.peerings.values().filter(|peering| peering.state.is_living()).collect();
        peerings.sort_by_key(|peering| peering.id);
        let tree = peerings.into_iter().map(|peering| {
            let mut map = Map::new();
            put(&mut map, "id", peering.id.to_string());
            put(&mut map, "requester", peering.requester.to_string());
            put(&mut map, "accepter", peering.accepter.to_string());
            put(&mut map, "active", peering.is_active());
            put_flag(&mut map, "requester-dns", peering.requester_dns, false);
            put_flag(&mut map, "accepter-dns", peering.accepter_dns, false);
            (names.of(&peering.id), Value::Object(map))
        });
        tree.collect()
    }
}

/// The Resolver rules.
pub(super) fn rules(world: &World, names: &Names) -> Map<String, Value> {
    let mut rules: Vec<_> = world.resolver_rules.values().collect();
    rules.sort_by_key(|rule| rule.id);
    let tree = rules.into_iter().map(|rule| {
        let mut map = Map::new();
        put(&mut map, "id", rule.id.to_string());
        put_text(&mut map, "domain", rule.domain.as_ref());
        let kind = match rule.kind {
            RuleKind::Forward => "forward",
            RuleKind::System => "system",
            RuleKind::Delegate => "delegate",
        };
        put(&mut map, "type", kind);
        put_list(&mut map, "targets", &rule.targets);
        put_flag(&mut map, "targets-told", rule.targets_told, true);
        put_list(&mut map, "vpcs", &rule.vpcs);
        (names.of(&rule.id), Value::Object(map))
    });
    tree.collect()
}

/// The firewall rule groups, each with its VPCs and its priority in them.
pub(super) fn firewall(world: &World, names: &Names) -> Map<String, Value> {
    let mut groups: Vec<_> = world.firewall_rule_groups.values().collect();
    groups.sort_by_key(|group| group.id);
    let tree = groups.into_iter().map(|group| {
        let mut map = Map::new();
        put(&mut map, "id", group.id.to_string());
        let guarded = world.vpcs_in_order().into_iter().filter_map(|vpc| {
            let entries = &world.members(vpc.id).firewall;
            let (priority, _) = entries.iter().find(|(_, id)| *id == group.id)?;
            Some((vpc.id.to_string(), Value::from(*priority)))
        });
        put_map(&mut map, "vpcs", guarded.collect());
        let rules = group.rules.iter().map(|it| (it.name.to_string(), rule(it)));
        put_map(&mut map, "rules", rules.collect());
        (names.of(&group.id), Value::Object(map))
    });
    tree.collect()
}

fn rule(rule: &FirewallRule) -> Value {
    let mut map = Map::new();
    put(&mut map, "priority", rule.priority);
    put_list(
        &mut map,
        "domains",
        rule.domains.iter().map(|domain| match domain {
            DomainPattern::Exactly(name) => name.to_string(),
            DomainPattern::Below(name) => format!("*.{name}"),
            DomainPattern::Every => "*".to_owned(),
        }),
    );
    put_text(&mut map, "type", rule.qtype);
    let action = match &rule.action {
        FirewallAction::Allow => "allow",
        FirewallAction::Alert => "alert",
        FirewallAction::Block(response) => {
            match response {
                BlockResponse::NoData => put(&mut map, "block-response", "nodata"),
                BlockResponse::NxDomain => put(&mut map, "block-response", "nxdomain"),
                BlockResponse::Override { target, ttl } => {
                    put(&mut map, "override", target.to_string());
                    put(&mut map, "override-ttl", *ttl);
                }
            }
            "block"
        }
    };
    put(&mut map, "action", action);
    put(&mut map, "redirection", if rule.trust_redirection { "trust" } else { "inspect" });
    Value::Object(map)
}
