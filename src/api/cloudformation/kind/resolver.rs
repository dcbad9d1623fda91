//! Route 53 Resolver: endpoints, rules, their associations, and what is set for a VPC.

use serde_json::{Value, json};

use super::{
    Created, Fresh, Kind, at, items_of, lacking, own, physical, put_tags, same, text_of, unchanged,
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
pub(super) const SERVICE: &str = "route53resolver";

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::Route53Resolver::ResolverEndpoint",
        made_by: (SERVICE, &["CreateResolverEndpoint", "DeleteResolverEndpoint"]),
        tag: None,
        properties: &[
            same("Direction").needed(),
            same("IpAddresses").needed().mutable(),
            same("SecurityGroupIds").needed(),
            same("Name").mutable(),
            same("Protocols").mutable(),
            same("ResolverEndpointType").mutable(),
            same("OutpostArn"),
            same("PreferredInstanceType"),
            same("RniEnhancedMetricsEnabled").mutable(),
            same("TargetNameServerMetricsEnabled").mutable(),
            own("Tags"),
        ],
        create: create_endpoint,
        update: update_endpoint,
        delete: |work, held| {
            let id = input(&[("ResolverEndpointId", physical(held))]);
            work.call(SERVICE, "DeleteResolverEndpoint", id).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Resolver::ResolverRule",
        made_by: (SERVICE, &["CreateResolverRule", "UpdateResolverRule", "DeleteResolverRule"]),
        tag: None,
        properties: &[
            same("RuleType").needed(),
            same("DomainName"),
            same("DelegationRecord"),
            same("Name").mutable(),
            same("ResolverEndpointId").mutable(),
            same("TargetIps").mutable(),
            own("Tags"),
        ],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "CreateResolverRule", request(fresh))?;
            let it = |name: &str| at(&reply, &format!("ResolverRule.{name}"));
            let targets = fresh.properties.get("TargetIps").cloned();
            Ok(Created::new(it("Id"))
                .with("ResolverRuleId", it("Id"))
                .with("Arn", it("Arn"))
                .with("DomainName", it("DomainName"))
                .with("Name", it("Name"))
                .with("ResolverEndpointId", it("ResolverEndpointId"))
                .with("TargetIps", targets)
                .tagged(&it("Arn")))
        },
        update: |work, held, fresh| {
            let mut request = input(&[("ResolverRuleId", physical(held))]);
            for name in ["Name", "ResolverEndpointId", "TargetIps"] {
                if let Some(value) = fresh.properties.get(name) {
                    put(&mut request, &format!("Config.{name}"), value);
                    work.set_attribute(name, value.clone());
                }
            }
            work.call(SERVICE, "UpdateResolverRule", request).map(drop)
        },
        delete: |work, held| {
            let id = input(&[("ResolverRuleId", physical(held))]);
            work.call(SERVICE, "DeleteResolverRule", id).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Resolver::ResolverRuleAssociation",
        made_by: (SERVICE, &["AssociateResolverRule", "DisassociateResolverRule"]),
        tag: None,
        properties: &[same("ResolverRuleId").needed(), same("VPCId").needed(), same("Name")],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "AssociateResolverRule", fresh.input())?;
            let it = |name: &str| at(&reply, &format!("ResolverRuleAssociation.{name}"));
            Ok(Created::untagged(it("Id"))
                .with("ResolverRuleAssociationId", it("Id"))
                .with("ResolverRuleId", it("ResolverRuleId"))
                .with("VPCId", it("VPCId"))
                .with("Name", it("Name")))
        },
        update: unchanged,
        delete: |work, held| {
            let [rule, vpc] = ["ResolverRuleId", "VPCId"]
                .map(|name| text_of(&held.properties, name).unwrap_or_default());
            let ids = input(&[("ResolverRuleId", &rule), ("VPCId", &vpc)]);
            work.call(SERVICE, "DisassociateResolverRule", ids).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Resolver::ResolverConfig",
        made_by: (SERVICE, &["UpdateResolverConfig"]),
        tag: None,
        properties: &[same("ResourceId").needed(), same("AutodefinedReverseFlag").needed()],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "UpdateResolverConfig", fresh.input())?;
            let it = |name: &str| at(&reply, &format!("ResolverConfig.{name}"));
            Ok(Created::untagged(it("Id"))
                .with("Id", it("Id"))
                .with("OwnerId", it("OwnerId"))
                .with("AutodefinedReverse", it("AutodefinedReverse")))
        },
        update: unchanged,
        // What every VPC has from the beginning.
        delete: |work, held| {
            let vpc = text_of(&held.properties, "ResourceId").unwrap_or_default();
            let usual = [("ResourceId", vpc.as_str()), ("AutodefinedReverseFlag", "ENABLE")];
            work.call(SERVICE, "UpdateResolverConfig", input(&usual)).map(drop)
        },
    },
];

/// The request that makes a resource of this service, with its tags.
pub(super) fn request(fresh: &Fresh<'_>) -> Input {
    let mut request = fresh.input();
    let reference = format!("{}-{}", fresh.logical, fresh.suffix);
    request.put("CreatorRequestId", Scalar::Text(reference));
    put_tags(&mut request, fresh.all_tags());
    request
}

fn create_endpoint(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let reply = work.call(SERVICE, "CreateResolverEndpoint", request(fresh))?;
    let it = |name: &str| at(&reply, &format!("ResolverEndpoint.{name}"));
    Ok(Created::new(it("Id"))
        .with("ResolverEndpointId", it("Id"))
        .with("Arn", it("Arn"))
        .with("Direction", it("Direction"))
        .with("HostVPCId", it("HostVPCId"))
        .with("IpAddressCount", it("IpAddressCount"))
        .with("Name", it("Name"))
        .with("ResolverEndpointType", it("ResolverEndpointType"))
        .tagged(&it("Arn")))
}

/// The id of an endpoint's address that a template describes by its subnet, and perhaps by the address itself.
fn address_of(
    work: &mut Work<'_, '_>,
    endpoint: &str,
    wanted: &Value,
) -> Result<Option<String>, ApiError> {
    let id = input(&[("ResolverEndpointId", endpoint)]);
    let reply = work.call(SERVICE, "ListResolverEndpointIpAddresses", id)?;
    let column = |name: &str| reply.at(&format!("IpAddresses.{name}"));
    let (ids, subnets, addresses) = (column("IpId"), column("SubnetId"), column("Ip"));
    let text = |name: &str| wanted.get(name).and_then(Value::as_str);
    let mut rows = ids.into_iter().zip(subnets).enumerate();
    let found = rows.find(|(index, (_, subnet))| {
        let same = text("Ip").is_none_or(|ip| addresses.get(*index).is_some_and(|it| it == ip));
        same && text("SubnetId") == Some(subnet)
    });
    Ok(found.map(|(_, (id, _))| id))
}

fn update_endpoint(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let id = physical(held);
    let mut request = input(&[("ResolverEndpointId", id)]);
    let mut is_change = false;
    for name in ["Name", "Protocols", "ResolverEndpointType"] {
        let value = fresh.properties.get(name);
        if let Some(value) = value.filter(|_| held.properties.get(name) != value) {
            put(&mut request, name, value);
            work.set_attribute(name, value.clone());
            is_change = true;
        }
    }
    if is_change {
        work.call(SERVICE, "UpdateResolverEndpoint", request)?;
    }
    let (old, new) = (items_of(&held.properties, "IpAddresses"), fresh.items("IpAddresses"));
    // An endpoint keeps two addresses at least, so those that come are first.
    let gone: Result<Vec<_>, _> =
        lacking(old, new).iter().map(|wanted| address_of(work, id, wanted)).collect();
    for address in lacking(new, old) {
        let mut request = input(&[("ResolverEndpointId", id)]);
        put(&mut request, "IpAddress", &address);
        work.call(SERVICE, "AssociateResolverEndpointIpAddress", request)?;
    }
    for address in gone?.into_iter().flatten() {
        let ids = input(&[("ResolverEndpointId", id), ("IpAddress.IpId", &address)]);
        work.call(SERVICE, "DisassociateResolverEndpointIpAddress", ids)?;
    }
    work.set_attribute("IpAddressCount", json!(new.len().to_string()));
    Ok(())
}
