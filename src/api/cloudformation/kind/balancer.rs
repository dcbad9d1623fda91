//! Load balancers, their listeners and target groups.

use serde_json::{Map, Value, json};

use super::{Created, Fresh, Kind, at, own, physical, same, unchanged};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
        error::ApiError,
        input::{Input, Scalar},
    },
    model::stack::StackResource,
};

/// The service's name in a signature.
const SERVICE: &str = "elasticloadbalancing";

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        made_by: (SERVICE, &["CreateLoadBalancer", "DeleteLoadBalancer"]),
        tag: None,
        properties: &[
            own("Name"),
            own("Tags"),
            same("Type"),
            same("Scheme"),
            same("Subnets"),
            same("SubnetMappings"),
            same("SecurityGroups"),
            same("IpAddressType"),
            own("LoadBalancerAttributes").mutable(),
            own("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic").mutable(),
            own("MinimumLoadBalancerCapacity").mutable(),
            own("Ipv4IpamPoolId"),
            own("EnableCapacityReservationProvisionStabilize").mutable(),
            same("EnablePrefixForIpv6SourceNat"),
        ],
        create: create_balancer,
        update: |work, held, fresh| {
            let input = input(&[("LoadBalancerArn", physical(held))]);
            set_attributes(
                work,
                "ModifyLoadBalancerAttributes",
                input,
                fresh.items("LoadBalancerAttributes"),
            )
        },
        delete: |work, held| {
            let arn = input(&[("LoadBalancerArn", physical(held))]);
            work.call(SERVICE, "DeleteLoadBalancer", arn).map(drop)
        },
    },
    Kind {
        name: "AWS::ElasticLoadBalancingV2::TargetGroup",
        made_by: (SERVICE, &["CreateTargetGroup", "RegisterTargets", "DeleteTargetGroup"]),
        tag: None,
        properties: &[
            own("Name"),
            own("Tags"),
            same("Protocol"),
            same("ProtocolVersion"),
            same("Port"),
            same("VpcId"),
            same("TargetType"),
            same("IpAddressType"),
            same("HealthCheckEnabled"),
            same("HealthCheckIntervalSeconds"),
            same("HealthCheckPath"),
            same("HealthCheckPort"),
            same("HealthCheckProtocol"),
            same("HealthCheckTimeoutSeconds"),
            same("HealthyThresholdCount"),
            same("UnhealthyThresholdCount"),
            same("Matcher"),
            own("TargetGroupAttributes").mutable(),
            own("Targets").mutable(),
        ],
        create: create_group,
        update: update_group,
        delete: |work, held| {
            let arn = input(&[("TargetGroupArn", physical(held))]);
            work.call(SERVICE, "DeleteTargetGroup", arn).map(drop)
        },
    },
    Kind {
        name: "AWS::ElasticLoadBalancingV2::Listener",
        made_by: (SERVICE, &["CreateListener", "DeleteListener"]),
        tag: None,
        properties: &[
            same("LoadBalancerArn").needed(),
            same("Port"),
            same("Protocol"),
            same("SslPolicy"),
            same("Certificates"),
            same("AlpnPolicy"),
            own("DefaultActions").needed(),
            own("ListenerAttributes"),
            own("MutualAuthentication"),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            put(
                &mut request,
                "DefaultActions",
                fresh.properties.get("DefaultActions").unwrap_or(&Value::Null),
            );
            let reply = work.call(SERVICE, "CreateListener", request)?;
            let arn = at(&reply, "Listeners.ListenerArn");
            Ok(Created::untagged(arn.clone()).with("ListenerArn", arn))
        },
        update: unchanged,
        delete: |work, held| {
            let arn = input(&[("ListenerArn", physical(held))]);
            work.call(SERVICE, "DeleteListener", arn).map(drop)
        },
    },
];

/// The name of a balancer or a group: at most 32 letters, of which the last are made up.
fn name(fresh: &Fresh<'_>) -> String {
    if let Some(name) = fresh.text("Name") {
        return name;
    }
    let kept = |text: &str, most: usize| -> String {
        text.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '-').take(most).collect()
    };
    let (stack, logical) = (kept(fresh.stack, 5), kept(fresh.logical, 5));
    let name = format!("{}-{}-{}", stack.trim_matches('-'), logical, fresh.suffix);
    kept(&name, 32).trim_matches('-').to_owned()
}

fn request(fresh: &Fresh<'_>) -> Input {
    let mut request = fresh.input();
    request.put("Name", Scalar::Text(name(fresh)));
    for (index, (key, value)) in fresh.all_tags().into_iter().enumerate() {
        request.put(&format!("Tags.{}.Key", index + 1), Scalar::Text(key));
        request.put(&format!("Tags.{}.Value", index + 1), Scalar::Text(value));
    }
    request
}

fn set_attributes(
    work: &mut Work<'_, '_>,
    action: &str,
    mut request: Input,
    attributes: &[Value],
) -> Result<(), ApiError> {
    if attributes.is_empty() {
        return Ok(());
    }
    put(&mut request, "Attributes", &Value::Array(attributes.to_vec()));
    work.call(SERVICE, action, request).map(drop)
}

fn create_balancer(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let reply = work.call(SERVICE, "CreateLoadBalancer", request(fresh))?;
    let arn = at(&reply, "LoadBalancers.LoadBalancerArn");
    let attributes = fresh.items("LoadBalancerAttributes");
    let input = input(&[("LoadBalancerArn", &arn)]);
    set_attributes(work, "ModifyLoadBalancerAttributes", input, attributes)?;
    let full = arn.split_once(":loadbalancer/").map(|(_, rest)| rest.to_owned());
    Ok(Created::untagged(arn.clone())
        .with("LoadBalancerArn", arn)
        .with("LoadBalancerName", at(&reply, "LoadBalancers.LoadBalancerName"))
        .with("LoadBalancerFullName", full)
        .with("DNSName", at(&reply, "LoadBalancers.DNSName"))
        .with("CanonicalHostedZoneID", at(&reply, "LoadBalancers.CanonicalHostedZoneId"))
        .with("SecurityGroups", json!(reply.at("LoadBalancers.SecurityGroups"))))
}

/// The targets that a list has and another has not.
fn targets(list: &[Value], other: &[Value]) -> Option<Value> {
    let more: Vec<Value> = list.iter().filter(|item| !other.contains(item)).cloned().collect();
    (!more.is_empty()).then_some(Value::Array(more))
}

fn create_group(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let reply = work.call(SERVICE, "CreateTargetGroup", request(fresh))?;
    let arn = at(&reply, "TargetGroups.TargetGroupArn");
    let attributes = fresh.items("TargetGroupAttributes");
    let named = || input(&[("TargetGroupArn", &arn)]);
    set_attributes(work, "ModifyTargetGroupAttributes", named(), attributes)?;
    if let Some(targets) = targets(fresh.items("Targets"), &[]) {
        let mut request = named();
        put(&mut request, "Targets", &targets);
        work.call(SERVICE, "RegisterTargets", request)?;
    }
    let full = arn.split_once(":targetgroup/").map(|(_, rest)| format!("targetgroup/{rest}"));
    Ok(Created::untagged(arn.clone())
        .with("TargetGroupArn", arn)
        .with("TargetGroupName", at(&reply, "TargetGroups.TargetGroupName"))
        .with("TargetGroupFullName", full)
        .with("LoadBalancerArns", json!([])))
}

fn update_group(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let named = || input(&[("TargetGroupArn", physical(held))]);
    let old = list(&held.properties, "Targets");
    let new = fresh.items("Targets");
    for (action, targets) in
        [("RegisterTargets", targets(new, old)), ("DeregisterTargets", targets(old, new))]
    {
        if let Some(targets) = targets {
            let mut request = named();
            put(&mut request, "Targets", &targets);
            work.call(SERVICE, action, request)?;
        }
    }
    let attributes = fresh.items("TargetGroupAttributes");
    set_attributes(work, "ModifyTargetGroupAttributes", named(), attributes)
}

fn list<'p>(properties: &'p Map<String, Value>, name: &str) -> &'p [Value] {
    properties.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
