//! `GET /moto-api/data.json`: what there is, by service and kind of resource, in the form of moto's own route.
//!
//! A thing is shown as a store keeps it, with its id. The kinds have moto's names as far as moto has the kind.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::shared::{Shared, aside};
use crate::model::{resources::resources, world::World};

/// The maps of the World, with the service and the kind that they are shown as.
const KINDS: &[(&str, &str, &str)] = &[
    ("vpcs", "ec2", "VPC"),
    ("subnets", "ec2", "Subnet"),
    ("route_tables", "ec2", "RouteTable"),
    ("internet_gateways", "ec2", "InternetGateway"),
    ("dhcp_options", "ec2", "DHCPOptionsSet"),
    ("instances", "ec2", "Instance"),
    ("endpoints", "ec2", "VPCEndPoint"),
    ("endpoint_services", "ec2", "VPCServiceConfiguration"),
    ("connection_notifications", "ec2", "VPCEndPointConnectionNotification"),
    ("peerings", "ec2", "VPCPeeringConnection"),
    ("network_interfaces", "ec2", "NetworkInterface"),
    ("network_interface_permissions", "ec2", "NetworkInterfacePermission"),
    ("elastic_addresses", "ec2", "ElasticAddress"),
    ("nat_gateways", "ec2", "NatGateway"),
    ("security_groups", "ec2", "SecurityGroup"),
    ("network_acls", "ec2", "NetworkAcl"),
    ("egress_only_gateways", "ec2", "EgressOnlyInternetGateway"),
    ("prefix_lists", "ec2", "ManagedPrefixList"),
    ("placement_groups", "ec2", "PlacementGroup"),
    ("key_pairs", "ec2", "KeyPair"),
    ("launch_templates", "ec2", "LaunchTemplate"),
    ("hosted_zones", "route53", "FakeZone"),
    ("health_checks", "route53", "HealthCheck"),
    ("delegation_sets", "route53", "ReusableDelegationSet"),
    ("cidr_collections", "route53", "CidrCollection"),
    ("profiles", "route53profiles", "Profile"),
    ("stored_parameters", "ssm", "Parameter"),
    ("load_balancers", "elbv2", "FakeLoadBalancer"),
    ("target_groups", "elbv2", "FakeTargetGroup"),
    ("trust_stores", "elbv2", "FakeTrustStore"),
    ("resolver_rules", "route53resolver", "ResolverRule"),
    ("firewall_rule_groups", "route53resolver", "FirewallRuleGroup"),
    ("firewall_domain_lists", "route53resolver", "FirewallDomainList"),
    ("query_log_configs", "route53resolver", "ResolverQueryLogConfig"),
    ("inbound_endpoints", "route53resolver", "ResolverEndpoint"),
    ("outbound_endpoints", "route53resolver", "ResolverEndpoint"),
    ("stacks", "cloudformation", "Stack"),
    ("cloud_map_namespaces", "servicediscovery", "Namespace"),
    ("cloud_map_services", "servicediscovery", "Service"),
];

/// What is shown of a stack. The values of its parameters may be secret.
const OF_STACK: &[&str] =
    &["id", "name", "region", "owner", "status", "reason", "created", "updated", "deleted"];

/// The service and the kind of a map. One without a line above is EC2's, under its own name.
fn kind(map: &'static str) -> (&'static str, &'static str) {
    let found = KINDS.iter().find(|(of, ..)| *of == map);
    found.map_or(("ec2", map), |(_, service, kind)| (service, kind))
}

/// A thing of a map with its id.
fn item(map: &str, id: &str, thing: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(thing).unwrap_or_default();
    match value.as_object_mut() {
        Some(members) => {
            members.entry("id").or_insert_with(|| id.into());
            members.retain(|key, _| map != "stacks" || OF_STACK.contains(&key.as_str()));
            if members.get("kind").is_some_and(|kind| kind == "SecureString") {
                members.remove("value");
            }
            value
        }
        None => json!({ "id": id }),
    }
}

/// Everything in a World, in the order of ids.
fn all(world: &World) -> Value {
    let mut services = Map::new();
    let mut enter = |map: &'static str, mut things: Vec<(String, Value)>| {
        let (service, kind) = kind(map);
        things.sort_by(|(one, _), (other, _)| one.cmp(other));
        let kinds = services.entry(service).or_insert_with(|| json!({}));
        let Some(kinds) = kinds.as_object_mut() else { return };
        let shown = kinds.entry(kind).or_insert_with(|| json!([]));
        if let Some(shown) = shown.as_array_mut() {
            shown.extend(things.into_iter().map(|(_, thing)| thing));
        }
    };
    macro_rules! enter {
        ($(#[$doc:meta] $map:ident $id:ty => $type:ty;)*) => {
            $(
                let things = world.$map.iter().map(|(id, thing)| {
                    let id = id.to_string();
                    let value = item(stringify!($map), &id, &**thing);
                    (id, value)
                });
                enter(stringify!($map), things.collect());
            )*
        };
    }
    resources! { maps => enter }
    Value::Object(services)
}

/// Answers with what there is now.
pub(super) async fn model_data(State(shared): State<Arc<Shared>>) -> Response {
    aside(shared, |shared| Json(all(&shared.live.snapshot().world)).into_response()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_map_has_a_service_and_a_kind() {
        let shown = all(&World::default());
        let kinds = shown["ec2"].as_object().unwrap().keys();
        // An unknown map is shown under its own name, in lower case.
        let odd: Vec<_> = kinds.filter(|kind| kind.starts_with(char::is_lowercase)).collect();
        assert_eq!(odd, ["managed_resources"]);
    }
}
