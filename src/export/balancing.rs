//! Target groups, and the listeners of load balancers.
//!
//! What no answer depends on is written in AWS's own words, as it is kept.

use serde_json::{Map, Value};

use super::{
    entry::{Part, put, put_flag, put_list, put_map, put_text, put_values},
    names::Names,
};
use crate::model::{
    document::{Attributes, Document},
    id::TargetGroupId,
    listener::{Listener, ListenerRule},
    load_balancer::LoadBalancer,
    target_group::{HealthCheck, Target, TargetGroup},
    world::World,
};

/// A value in AWS's words.
pub(super) fn document(value: &Document) -> Value {
    match value {
        Document::Text(text) => text.as_str().into(),
        Document::List(items) => documents(items).into(),
        Document::Fields(members) => {
            Value::Object(members.iter().map(|(key, it)| (key.clone(), document(it))).collect())
        }
    }
}

fn documents(values: &[Document]) -> Vec<Value> {
    values.iter().map(document).collect()
}

/// The attributes that were set.
pub(super) fn attributes(attributes: &Attributes) -> Map<String, Value> {
    attributes.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect()
}

/// The listeners of a load balancer.
pub(super) fn listeners(balancer: &LoadBalancer) -> Vec<Value> {
    let classic = balancer.options.classic_listeners.iter().map(document);
    balancer.listeners.iter().map(listener).chain(classic).collect()
}

fn listener(listener: &Listener) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", listener.id.to_string());
    put_text(&mut map, "protocol", listener.protocol.as_ref());
    put_text(&mut map, "port", listener.port);
    put_values(&mut map, "actions", documents(&listener.actions));
    put_list(&mut map, "certificates", &listener.certificates);
    put_text(&mut map, "ssl-policy", listener.ssl_policy.as_ref());
    put_list(&mut map, "alpn", &listener.alpn);
    if let Some(mutual) = &listener.mutual {
        put(&mut map, "mutual-authentication", document(mutual));
    }
    put_map(&mut map, "attributes", attributes(&listener.attributes));
    put_values(&mut map, "rules", listener.rules.iter().map(rule).collect());
    Value::Object(map)
}

fn rule(rule: &ListenerRule) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", rule.id.to_string());
    put(&mut map, "priority", rule.priority);
    put_values(&mut map, "conditions", documents(&rule.conditions));
    put_values(&mut map, "actions", documents(&rule.actions));
    put_values(&mut map, "transforms", documents(&rule.transforms));
    Value::Object(map)
}

/// The target groups.
impl Part for TargetGroupId {
    fn things(world: &World, names: &Names) -> Map<String, Value> {
        let mut groups: Vec<_> = world.target_groups.values().collect();
        groups.sort_by_key(|group| (group.region, &group.owner, &group.name));
        // Two regions may each have a group of one name.
        let is_shared = |group: &TargetGroup| {
            world.target_groups.values().filter(|it| it.name == group.name).count() > 1
        };
        let key = |group: &TargetGroup| {
            if is_shared(group) { group.id.to_string() } else { group.name.to_string() }
        };
        groups.into_iter().map(|group| (key(group), tree(world, names, group))).collect()
    }
}

fn tree(world: &World, names: &Names, group: &TargetGroup) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", group.id.to_string());
    put(&mut map, "name", &*group.name);
    put(&mut map, "region", group.region);
    put(&mut map, "owner", &*group.owner);
    put_text(&mut map, "vpc", group.vpc.map(|vpc| names.of(&vpc)));
    put(&mut map, "type", group.kind.text());
    put_text(&mut map, "protocol", group.protocol.as_ref());
    put_text(&mut map, "protocol-version", group.protocol_version.as_ref());
    put_text(&mut map, "port", group.port);
    put_text(&mut map, "ip-address-type", group.ipv6.then_some("ipv6"));
    put_text(&mut map, "control-port", group.control_port);
    put(&mut map, "health-check", health_check(&group.health_check));
    put_map(&mut map, "attributes", attributes(&group.attributes));
    let targets = group.targets.iter().filter(|it| world.is_there(group, it));
    put_values(&mut map, "targets", targets.map(target).collect());
    Value::Object(map)
}

fn health_check(check: &HealthCheck) -> Value {
    let mut map = Map::new();
    put_flag(&mut map, "enabled", check.enabled, true);
    put_text(&mut map, "protocol", check.protocol.as_ref());
    put_text(&mut map, "port", check.port.as_ref());
    put_text(&mut map, "path", check.path.as_ref());
    put(&mut map, "interval", check.interval);
    put(&mut map, "timeout", check.timeout);
    put(&mut map, "healthy-after", check.healthy_after);
    put(&mut map, "unhealthy-after", check.unhealthy_after);
    put_text(&mut map, "matcher", check.matcher.as_ref());
    Value::Object(map)
}

fn target(target: &Target) -> Value {
    let mut map = Map::new();
    put(&mut map, "id", &*target.id);
    put_text(&mut map, "port", target.port);
    put_text(&mut map, "zone", target.zone.as_ref());
    put_text(&mut map, "quic-server-id", target.quic.as_ref());
    Value::Object(map)
}
