//! Load balancers, their listeners, rules and target groups.

use serde_json::{Value, json};

use super::{
    Created, Fresh, Kind, at, items_of, lacking, own, physical, put_tags, same, unchanged,
};
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
            same("Subnets").mutable(),
            same("SubnetMappings").mutable(),
            same("SecurityGroups").mutable(),
            same("IpAddressType").mutable(),
            own("LoadBalancerAttributes").mutable(),
            own("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic").mutable(),
            own("MinimumLoadBalancerCapacity").mutable(),
            own("Ipv4IpamPoolId").mutable(),
            own("EnableCapacityReservationProvisionStabilize").mutable(),
            same("EnablePrefixForIpv6SourceNat").mutable(),
        ],
        create: create_balancer,
        update: update_balancer,
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
            same("HealthCheckEnabled").mutable(),
            same("HealthCheckIntervalSeconds").mutable(),
            same("HealthCheckPath").mutable(),
            same("HealthCheckPort").mutable(),
            same("HealthCheckProtocol").mutable(),
            same("HealthCheckTimeoutSeconds").mutable(),
            same("HealthyThresholdCount").mutable(),
            same("UnhealthyThresholdCount").mutable(),
            same("Matcher").mutable(),
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
            same("Port").mutable(),
            same("Protocol").mutable(),
            same("SslPolicy").mutable(),
            same("Certificates").mutable(),
            same("AlpnPolicy").mutable(),
            same("MutualAuthentication").mutable(),
            own("DefaultActions").needed().mutable(),
            own("ListenerAttributes").mutable(),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            put_actions(&mut request, "DefaultActions", fresh.items("DefaultActions"));
            let arn = at(&work.call(SERVICE, "CreateListener", request)?, "Listeners.ListenerArn");
            set_listener(work, &arn, fresh)?;
            Ok(Created::untagged(arn.clone()).with("ListenerArn", arn))
        },
        update: |work, held, fresh| {
            let mut request = fresh.input();
            request.take("LoadBalancerArn");
            request.put("ListenerArn", Scalar::Text(physical(held).to_owned()));
            put_actions(&mut request, "DefaultActions", fresh.items("DefaultActions"));
            work.call(SERVICE, "ModifyListener", request)?;
            set_listener(work, physical(held), fresh)
        },
        delete: |work, held| {
            let arn = input(&[("ListenerArn", physical(held))]);
            work.call(SERVICE, "DeleteListener", arn).map(drop)
        },
    },
    Kind {
        name: "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        made_by: (SERVICE, &["AddListenerCertificates", "RemoveListenerCertificates"]),
        tag: None,
        properties: &[same("ListenerArn").needed(), same("Certificates").needed()],
        create: |work, fresh| {
            work.call(SERVICE, "AddListenerCertificates", fresh.input())?;
            Ok(Created::untagged(fresh.made_name()))
        },
        update: unchanged,
        delete: |work, held| {
            let mut request = Input::default();
            for name in ["ListenerArn", "Certificates"] {
                put(&mut request, name, held.properties.get(name).unwrap_or(&Value::Null));
            }
            work.call(SERVICE, "RemoveListenerCertificates", request).map(drop)
        },
    },
    Kind {
        name: "AWS::ElasticLoadBalancingV2::ListenerRule",
        made_by: (SERVICE, &["CreateRule", "ModifyRule", "DeleteRule"]),
        tag: None,
        properties: &[
            same("ListenerArn").needed(),
            same("Priority").needed().mutable(),
            same("Conditions").mutable(),
            own("Actions").needed().mutable(),
            own("Transforms").mutable(),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            put_actions(&mut request, "Actions", fresh.items("Actions"));
            put_if(&mut request, "Transforms", fresh.items("Transforms"));
            let arn = at(&work.call(SERVICE, "CreateRule", request)?, "Rules.RuleArn");
            Ok(Created::untagged(arn.clone()).with("RuleArn", arn).with("IsDefault", false))
        },
        update: update_rule,
        delete: |work, held| {
            let arn = input(&[("RuleArn", physical(held))]);
            work.call(SERVICE, "DeleteRule", arn).map(drop)
        },
    },
];

/// A name that is made up for a balancer or a group: at most 32 letters.
pub(super) fn short_name(fresh: &Fresh<'_>) -> String {
    let kept = |text: &str, most: usize| -> String {
        text.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '-').take(most).collect()
    };
    let (stack, logical) = (kept(fresh.stack, 5), kept(fresh.logical, 5));
    let name = format!("{}-{}-{}", stack.trim_matches('-'), logical, fresh.suffix);
    kept(&name, 32).trim_matches('-').to_owned()
}

fn request(fresh: &Fresh<'_>) -> Input {
    let mut request = fresh.input();
    let name = fresh.text("Name").unwrap_or_else(|| short_name(fresh));
    request.put("Name", Scalar::Text(name));
    put_tags(&mut request, fresh.all_tags());
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
    Ok(Created::new(arn.clone())
        .with("LoadBalancerArn", arn)
        .with("LoadBalancerName", at(&reply, "LoadBalancers.LoadBalancerName"))
        .with("LoadBalancerFullName", full)
        .with("DNSName", at(&reply, "LoadBalancers.DNSName"))
        .with("CanonicalHostedZoneID", at(&reply, "LoadBalancers.CanonicalHostedZoneId"))
        .with("SecurityGroups", json!(reply.at("LoadBalancers.SecurityGroups"))))
}

/// Puts a list, if it is not empty.
fn put_if(request: &mut Input, path: &str, items: &[Value]) {
    put(request, path, &Value::Array(items.to_vec()));
}

/// Puts actions. The API has a list of pairs where a template has a map.
fn put_actions(request: &mut Input, path: &str, actions: &[Value]) {
    const PAIRS: &str = "AuthenticationRequestExtraParams";
    let mut actions = actions.to_vec();
    for action in &mut actions {
        for config in ["AuthenticateCognitoConfig", "AuthenticateOidcConfig"] {
            let map = action.get_mut(config).and_then(|config| config.get_mut(PAIRS));
            if let Some(map) = map {
                let pairs = map.as_object().into_iter().flatten();
                let pairs: Vec<Value> =
                    pairs.map(|(key, value)| json!({"key": key, "value": value})).collect();
                *map = json!({ "entry": pairs });
            }
        }
    }
    put_if(request, path, &actions);
}

fn set_listener(work: &mut Work<'_, '_>, arn: &str, fresh: &Fresh<'_>) -> Result<(), ApiError> {
    let attributes = fresh.items("ListenerAttributes");
    set_attributes(work, "ModifyListenerAttributes", input(&[("ListenerArn", arn)]), attributes)
}

fn update_balancer(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let named = || input(&[("LoadBalancerArn", physical(held))]);
    let differs = |name: &str| held.properties.get(name) != fresh.properties.get(name);
    let mut request = named();
    for name in ["Subnets", "SubnetMappings", "IpAddressType", "EnablePrefixForIpv6SourceNat"] {
        put(&mut request, name, fresh.properties.get(name).unwrap_or(&Value::Null));
    }
    if differs("Subnets") || differs("SubnetMappings") {
        work.call(SERVICE, "SetSubnets", request)?;
    } else if differs("IpAddressType") {
        let usual = || "ipv4".to_owned();
        let wanted = fresh.text("IpAddressType").unwrap_or_else(usual);
        let mut request = named();
        request.put("IpAddressType", Scalar::Text(wanted));
        work.call(SERVICE, "SetIpAddressType", request)?;
    }
    if differs("SecurityGroups") {
        let mut request = named();
        put_if(&mut request, "SecurityGroups", fresh.items("SecurityGroups"));
        work.call(SERVICE, "SetSecurityGroups", request)?;
        work.set_attribute("SecurityGroups", fresh.items("SecurityGroups").to_vec());
    }
    let attributes = fresh.items("LoadBalancerAttributes");
    set_attributes(work, "ModifyLoadBalancerAttributes", named(), attributes)
}

fn update_rule(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let differs = |name: &str| held.properties.get(name) != fresh.properties.get(name);
    if differs("Priority") {
        let priority = fresh.text("Priority").unwrap_or_default();
        let given = [
            ("RulePriorities.1.RuleArn", physical(held)),
            ("RulePriorities.1.Priority", priority.as_str()),
        ];
        work.call(SERVICE, "SetRulePriorities", input(&given))?;
    }
    if differs("Conditions") || differs("Actions") || differs("Transforms") {
        let mut request = input(&[("RuleArn", physical(held))]);
        put_if(&mut request, "Conditions", fresh.items("Conditions"));
        put_actions(&mut request, "Actions", fresh.items("Actions"));
        if fresh.items("Transforms").is_empty() {
            let is_reset = differs("Transforms").to_string();
            request.put("ResetTransforms", Scalar::Text(is_reset));
        }
        put_if(&mut request, "Transforms", fresh.items("Transforms"));
        work.call(SERVICE, "ModifyRule", request)?;
    }
    Ok(())
}

fn create_group(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let reply = work.call(SERVICE, "CreateTargetGroup", request(fresh))?;
    let arn = at(&reply, "TargetGroups.TargetGroupArn");
    let attributes = fresh.items("TargetGroupAttributes");
    let named = || input(&[("TargetGroupArn", &arn)]);
    set_attributes(work, "ModifyTargetGroupAttributes", named(), attributes)?;
    if !fresh.items("Targets").is_empty() {
        let mut request = named();
        put_if(&mut request, "Targets", fresh.items("Targets"));
        work.call(SERVICE, "RegisterTargets", request)?;
    }
    let full = arn.split_once(":targetgroup/").map(|(_, rest)| format!("targetgroup/{rest}"));
    Ok(Created::new(arn.clone())
        .with("TargetGroupArn", arn)
        .with("TargetGroupName", at(&reply, "TargetGroups.TargetGroupName"))
        .with("TargetGroupFullName", full)
        .with("LoadBalancerArns", json!([])))
}

/// What `ModifyTargetGroup` changes.
const HEALTH: &[&str] = &[
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
    "Matcher",
];

fn update_group(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let named = || input(&[("TargetGroupArn", physical(held))]);
    let (mut request, mut is_change) = (named(), false);
    for name in HEALTH {
        let value = fresh.properties.get(*name);
        if let Some(value) = value.filter(|_| held.properties.get(*name) != value) {
            put(&mut request, name, value);
            is_change = true;
        }
    }
    if is_change {
        work.call(SERVICE, "ModifyTargetGroup", request)?;
    }
    let (old, new) = (items_of(&held.properties, "Targets"), fresh.items("Targets"));
    for (action, targets) in
        [("RegisterTargets", lacking(new, old)), ("DeregisterTargets", lacking(old, new))]
    {
        if !targets.is_empty() {
            let mut request = named();
            put_if(&mut request, "Targets", &targets);
            work.call(SERVICE, action, request)?;
        }
    }
    let attributes = fresh.items("TargetGroupAttributes");
    set_attributes(work, "ModifyTargetGroupAttributes", named(), attributes)
}
