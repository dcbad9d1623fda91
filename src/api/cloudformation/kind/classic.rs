//! Classic Load Balancers.

use serde_json::{Map, Value};

use super::{Created, Fresh, Kind, at, items_of, lacking, own, physical, put_tags, same};
use crate::{
    api::{
        cloudformation::work::{CLASSIC as SERVICE, Work, input, put},
        error::ApiError,
        input::{Input, Scalar},
    },
    model::stack::StackResource,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[Kind {
    name: "AWS::ElasticLoadBalancing::LoadBalancer",
    made_by: (SERVICE, &["CreateLoadBalancer", "ConfigureHealthCheck", "DeleteLoadBalancer"]),
    tag: None,
    properties: &[
        own("LoadBalancerName"),
        same("Scheme"),
        same("Subnets"),
        same("SecurityGroups"),
        same("AvailabilityZones"),
        own("Listeners").needed().mutable(),
        own("Instances").mutable(),
        own("HealthCheck").mutable(),
        own("CrossZone").mutable(),
        own("ConnectionDrainingPolicy").mutable(),
        own("ConnectionSettings").mutable(),
        own("AccessLoggingPolicy").mutable(),
        own("Policies").mutable(),
        own("AppCookieStickinessPolicy").mutable(),
        own("LBCookieStickinessPolicy").mutable(),
        own("Tags"),
    ],
    create,
    update,
    delete: |work, held| {
        let name = input(&[("LoadBalancerName", physical(held))]);
        work.call(SERVICE, "DeleteLoadBalancer", name).map(drop)
    },
}];

/// The properties that are attributes in the API.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("CrossZone", "CrossZoneLoadBalancing.Enabled"),
    ("ConnectionDrainingPolicy", "ConnectionDraining"),
    ("ConnectionSettings", "ConnectionSettings"),
    ("AccessLoggingPolicy", "AccessLog"),
];

/// Listeners without the policies about cookies, which no answer depends on.
fn listeners(properties: &Map<String, Value>) -> Vec<Value> {
    let mut listeners = items_of(properties, "Listeners").to_vec();
    for listener in listeners.iter_mut().filter_map(Value::as_object_mut) {
        listener.remove("PolicyNames");
    }
    listeners
}

fn named(name: &str) -> Input {
    input(&[("LoadBalancerName", name)])
}

/// Sets the attributes and the health check that a property changes.
fn set(
    work: &mut Work<'_, '_>,
    name: &str,
    old: &Map<String, Value>,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let mut request = named(name);
    for (property, path) in ATTRIBUTES {
        let value = fresh.properties.get(*property);
        if let Some(value) = value.filter(|_| old.get(*property) != value) {
            put(&mut request, &format!("LoadBalancerAttributes.{path}"), value);
        }
    }
    if request != named(name) {
        work.call(SERVICE, "ModifyLoadBalancerAttributes", request)?;
    }
    let check = fresh.properties.get("HealthCheck");
    if let Some(check) = check.filter(|_| old.get("HealthCheck") != check) {
        let mut request = named(name);
        put(&mut request, "HealthCheck", check);
        work.call(SERVICE, "ConfigureHealthCheck", request)?;
    }
    let (old, new) = (items_of(old, "Instances"), fresh.items("Instances"));
    for (action, instances) in [
        ("RegisterInstancesWithLoadBalancer", lacking(new, old)),
        ("DeregisterInstancesFromLoadBalancer", lacking(old, new)),
    ] {
        if !instances.is_empty() {
            let mut request = named(name);
            for (index, instance) in instances.iter().enumerate() {
                put(&mut request, &format!("Instances.{}.InstanceId", index + 1), instance);
            }
            work.call(SERVICE, action, request)?;
        }
    }
    Ok(())
}

fn create(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let name = fresh.text("LoadBalancerName").unwrap_or_else(|| super::balancer::short_name(fresh));
    let mut request = fresh.input();
    put(&mut request, "Listeners", &Value::Array(listeners(fresh.properties)));
    request.put("LoadBalancerName", Scalar::Text(name.clone()));
    put_tags(&mut request, fresh.all_tags());
    work.call(SERVICE, "CreateLoadBalancer", request)?;
    set(work, &name, &Map::new(), fresh)?;
    let names = input(&[("LoadBalancerNames.1", &name)]);
    let reply = work.call(SERVICE, "DescribeLoadBalancers", names)?;
    let it = |path: &str| at(&reply, &format!("LoadBalancerDescriptions.{path}"));
    let mut created = Created::new(name.clone()).tagged(&format!("loadbalancer/{name}"));
    for path in [
        "DNSName",
        "CanonicalHostedZoneName",
        "CanonicalHostedZoneNameID",
        "SourceSecurityGroup.GroupName",
        "SourceSecurityGroup.OwnerAlias",
    ] {
        created = created.with(path, it(path));
    }
    Ok(created)
}

fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let name = physical(held);
    let (old, new) = (listeners(&held.properties), listeners(fresh.properties));
    let mut request = named(name);
    for (index, listener) in lacking(&old, &new).iter().enumerate() {
        let port = listener.get("LoadBalancerPort").unwrap_or(&Value::Null);
        put(&mut request, &format!("LoadBalancerPorts.{}", index + 1), port);
    }
    if request != named(name) {
        work.call(SERVICE, "DeleteLoadBalancerListeners", request)?;
    }
    let more = lacking(&new, &old);
    if !more.is_empty() {
        let mut request = named(name);
        put(&mut request, "Listeners", &Value::Array(more));
        work.call(SERVICE, "CreateLoadBalancerListeners", request)?;
    }
    set(work, name, &held.properties, fresh)
}
