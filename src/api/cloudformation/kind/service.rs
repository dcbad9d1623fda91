//! Endpoint services and who may use them.

use serde_json::Value;

use super::{Created, Fresh, Kind, as_parameter, at, own, physical, same, text_of};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
        error::ApiError,
        input::Scalar,
    },
    model::stack::StackResource,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::VPCEndpointService",
        made_by: (
            "ec2",
            &["CreateVpcEndpointServiceConfiguration", "DeleteVpcEndpointServiceConfigurations"],
        ),
        tag: Some("vpc-endpoint-service"),
        properties: &[
            same("AcceptanceRequired").mutable(),
            as_parameter("NetworkLoadBalancerArns", "NetworkLoadBalancerArn").mutable(),
            as_parameter("GatewayLoadBalancerArns", "GatewayLoadBalancerArn").mutable(),
            own("ContributorInsightsEnabled").mutable(),
            own("PayerResponsibility").mutable(),
            as_parameter("SupportedIpAddressTypes", "SupportedIpAddressType"),
            as_parameter("SupportedRegions", "SupportedRegion"),
        ],
        create: |work, fresh| {
            let reply = work.ec2("CreateVpcEndpointServiceConfiguration", fresh.input())?;
            let id = at(&reply, "serviceConfiguration.serviceId");
            Ok(Created::new(id.clone()).with("ServiceId", id))
        },
        update,
        delete: |work, held| {
            let id = input(&[("ServiceId.1", physical(held))]);
            let reply = work.ec2("DeleteVpcEndpointServiceConfigurations", id)?;
            match at(&reply, "unsuccessful.error.code").as_str() {
                "" => Ok(()),
                code => Err(ApiError::new(code, at(&reply, "unsuccessful.error.message"))),
            }
        },
    },
    Kind {
        name: "AWS::EC2::VPCEndpointServicePermissions",
        made_by: ("ec2", &["ModifyVpcEndpointServicePermissions"]),
        tag: None,
        properties: &[
            same("ServiceId").needed(),
            as_parameter("AllowedPrincipals", "AddAllowedPrincipals").mutable(),
        ],
        create: |work, fresh| {
            if !fresh.items("AllowedPrincipals").is_empty() {
                work.ec2("ModifyVpcEndpointServicePermissions", fresh.input())?;
            }
            let id = fresh.text("ServiceId").unwrap_or_default();
            Ok(Created::untagged(id))
        },
        update: |work, held, fresh| permit(work, held, fresh.items("AllowedPrincipals")),
        delete: |work, held| permit(work, held, &[]),
    },
];

/// The texts of a list that another has not.
fn lacking<'v>(list: &'v [Value], other: &[Value]) -> Vec<&'v Value> {
    list.iter().filter(|item| !other.contains(item)).collect()
}

fn list<'h>(held: &'h StackResource, name: &str) -> &'h [Value] {
    held.properties.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let mut request = input(&[("ServiceId", physical(held))]);
    for kind in ["NetworkLoadBalancer", "GatewayLoadBalancer"] {
        let property = format!("{kind}Arns");
        let (old, new) = (list(held, &property), fresh.items(&property));
        for (verb, arns) in [("Add", lacking(new, old)), ("Remove", lacking(old, new))] {
            for (index, arn) in arns.into_iter().enumerate() {
                put(&mut request, &format!("{verb}{kind}Arn.{}", index + 1), arn);
            }
        }
    }
    let acceptance = |text: Option<String>| text.unwrap_or_else(|| "true".to_owned());
    let wanted = acceptance(fresh.text("AcceptanceRequired"));
    if wanted != acceptance(text_of(&held.properties, "AcceptanceRequired")) {
        request.put("AcceptanceRequired", Scalar::Text(wanted));
    }
    work.ec2("ModifyVpcEndpointServiceConfiguration", request).map(drop)
}

/// Lets these principals use a service instead of those of before.
fn permit(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    principals: &[Value],
) -> Result<(), ApiError> {
    let old = list(held, "AllowedPrincipals");
    let mut request = input(&[("ServiceId", physical(held))]);
    let (more, less) = (lacking(principals, old), lacking(old, principals));
    if more.is_empty() && less.is_empty() {
        return Ok(());
    }
    for (verb, arns) in [("Add", more), ("Remove", less)] {
        for (index, arn) in arns.into_iter().enumerate() {
            put(&mut request, &format!("{verb}AllowedPrincipals.{}", index + 1), arn);
        }
    }
    work.ec2("ModifyVpcEndpointServicePermissions", request).map(drop)
}
