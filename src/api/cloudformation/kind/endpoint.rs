//! VPC endpoints.

use serde_json::{Value, json};

use super::{Created, Fresh, Kind, as_parameter, at, own, physical, same};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
        error::ApiError,
        input::{Input, Scalar},
        shape::Fields,
    },
    model::stack::StackResource,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[Kind {
    name: "AWS::EC2::VPCEndpoint",
    made_by: ("ec2", &["CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"]),
    tag: Some("vpc-endpoint"),
    properties: &[
        same("VpcId").needed(),
        same("ServiceName"),
        same("ServiceRegion"),
        same("VpcEndpointType"),
        as_parameter("SubnetIds", "SubnetId").mutable(),
        as_parameter("RouteTableIds", "RouteTableId").mutable(),
        as_parameter("SecurityGroupIds", "SecurityGroupId").mutable(),
        same("PrivateDnsEnabled").mutable(),
        own("PolicyDocument").mutable(),
        same("IpAddressType").mutable(),
        own("DnsOptions").mutable(),
        as_parameter("ResourceConfigurationArn", "ResourceConfigurationArn"),
        as_parameter("ServiceNetworkArn", "ServiceNetworkArn"),
    ],
    create,
    update,
    delete,
}];

/// The values of `PrivateDnsOnlyForInboundResolverEndpoint`, which CloudFormation spells its own way (P57).
const INBOUND: &[(&str, Option<&str>)] = &[
    ("OnlyInboundResolver", Some("true")),
    ("AllResolvers", Some("false")),
    ("NotSpecified", None),
];

/// Adds the policy and the options for DNS.
fn add_options(request: &mut Input, fresh: &Fresh<'_>) {
    match fresh.properties.get("PolicyDocument") {
        Some(Value::String(text)) => {
            request.put("PolicyDocument", Scalar::Text(text.clone()));
        }
        Some(policy) => {
            request.put("PolicyDocument", Scalar::Text(policy.to_string()));
        }
        None => {}
    }
    let options = fresh.properties.get("DnsOptions").and_then(Value::as_object);
    for (name, value) in options.into_iter().flatten() {
        match (name.as_str(), value.as_str()) {
            // CloudFormation's word for nothing.
            (_, Some("not-specified")) => {}
            ("PrivateDnsOnlyForInboundResolverEndpoint", Some(text)) => {
                let known = INBOUND.iter().find(|(word, _)| *word == text);
                let value = known.map_or(Some(text), |(_, value)| *value);
                if let Some(value) = value {
                    request.put(&format!("DnsOptions.{name}"), Scalar::Text(value.to_owned()));
                }
            }
            ("PrivateDnsSpecifiedDomains", _) => {
                put(request, "DnsOptions.PrivateDnsSpecifiedDomain", value);
            }
            _ => put(request, &format!("DnsOptions.{name}"), value),
        }
    }
}

/// `PrivateDnsEnabled`: CloudFormation's default is false, that of the API is true (P7).
fn private_dns(fresh: &Fresh<'_>) -> Option<String> {
    let is_interface = fresh.text("VpcEndpointType").as_deref() == Some("Interface");
    fresh.text("PrivateDnsEnabled").or_else(|| is_interface.then(|| "false".to_owned()))
}

fn create(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let mut request = fresh.input();
    if let Some(text) = private_dns(fresh) {
        request.put("PrivateDnsEnabled", Scalar::Text(text));
    }
    add_options(&mut request, fresh);
    let reply = work.ec2("CreateVpcEndpoint", request)?;
    let id = at(&reply, "vpcEndpoint.vpcEndpointId");
    let shown = work.ec2("DescribeVpcEndpoints", input(&[("VpcEndpointId.1", &id)]))?;
    let entries = zip(&shown, "vpcEndpointSet.dnsEntrySet");
    Ok(Created::new(id.clone())
        .with("Id", id)
        .with("DnsEntries", json!(entries))
        .with("NetworkInterfaceIds", json!(shown.at("vpcEndpointSet.networkInterfaceIdSet")))
        .with("CreationTimestamp", at(&shown, "vpcEndpointSet.creationTimestamp")))
}

/// `ZONE:NAME` for each of the names of an endpoint.
fn zip(shown: &Fields, path: &str) -> Vec<String> {
    let names = shown.at(&format!("{path}.dnsName"));
    let zones = shown.at(&format!("{path}.hostedZoneId"));
    if zones.len() != names.len() {
        return names.into_iter().map(|name| format!(":{name}")).collect();
    }
    zones.into_iter().zip(names).map(|(zone, name)| format!("{zone}:{name}")).collect()
}

fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let mut request = input(&[("VpcEndpointId", physical(held))]);
    let differs = |name: &str| held.properties.get(name) != fresh.properties.get(name);
    let texts = |value: Option<&Value>| -> Vec<String> {
        let items = value.and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for (property, parameter) in [
        ("SubnetIds", "SubnetId"),
        ("RouteTableIds", "RouteTableId"),
        ("SecurityGroupIds", "SecurityGroupId"),
    ] {
        let old = texts(held.properties.get(property));
        let new = texts(fresh.properties.get(property));
        for (verb, more, than) in [("Add", &new, &old), ("Remove", &old, &new)] {
            let ids = more.iter().filter(|id| !than.contains(id));
            for (index, id) in ids.enumerate() {
                let path = format!("{verb}{parameter}.{}", index + 1);
                request.put(&path, Scalar::Text(id.clone()));
            }
        }
    }
    let own =
        [("PrivateDnsEnabled", private_dns(fresh)), ("IpAddressType", fresh.text("IpAddressType"))];
    for (name, text) in own {
        if let Some(text) = text.filter(|_| differs(name)) {
            request.put(name, Scalar::Text(text));
        }
    }
    if differs("PolicyDocument") && !fresh.properties.contains_key("PolicyDocument") {
        request.put("ResetPolicy", Scalar::Text("true".to_owned()));
    }
    if differs("PolicyDocument") || differs("DnsOptions") {
        add_options(&mut request, fresh);
    }
    work.ec2("ModifyVpcEndpoint", request).map(drop)
}

/// The API answers for each endpoint apart, with what it refuses in the reply.
fn delete(work: &mut Work<'_, '_>, held: &StackResource) -> Result<(), ApiError> {
    let reply = work.ec2("DeleteVpcEndpoints", input(&[("VpcEndpointId.1", physical(held))]))?;
    match at(&reply, "unsuccessful.error.code").as_str() {
        "" => Ok(()),
        code => Err(ApiError::new(code, at(&reply, "unsuccessful.error.message"))),
    }
}
