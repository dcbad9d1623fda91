//! Route 53 Resolver's query log and DNSSEC validation.

use super::{
    Created, Kind, at, own, physical, resolver::SERVICE, resolver::request, same, text_of,
    unchanged,
};
use crate::api::{
    cloudformation::work::{Work, input},
    error::ApiError,
    input::Scalar,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::Route53Resolver::ResolverDNSSECConfig",
        made_by: (SERVICE, &["UpdateResolverDnssecConfig"]),
        tag: None,
        properties: &[own("ResourceId")],
        create: |work, fresh| {
            let vpc = fresh.text("ResourceId").unwrap_or_default();
            let reply = validate(work, &vpc, "ENABLE")?;
            Ok(Created::untagged(reply.0.clone())
                .with("Id", reply.0)
                .with("OwnerId", reply.1)
                .with("ValidationStatus", "ENABLED"))
        },
        update: unchanged,
        // What every VPC has from the beginning.
        delete: |work, held| {
            let vpc = text_of(&held.properties, "ResourceId").unwrap_or_default();
            validate(work, &vpc, "DISABLE").map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Resolver::ResolverQueryLoggingConfig",
        made_by: (SERVICE, &["CreateResolverQueryLogConfig", "DeleteResolverQueryLogConfig"]),
        tag: None,
        properties: &[own("Name"), same("DestinationArn"), own("Tags")],
        create: |work, fresh| {
            let mut request = request(fresh);
            let name = fresh.text("Name").unwrap_or_else(|| {
                let logical: String = fresh.logical.chars().take(50).collect();
                format!("{logical}-{}", fresh.suffix)
            });
            request.put("Name", Scalar::Text(name));
            let reply = work.call(SERVICE, "CreateResolverQueryLogConfig", request)?;
            let it = |name: &str| at(&reply, &format!("ResolverQueryLogConfig.{name}"));
            Ok(Created::new(it("Id"))
                .with("Id", it("Id"))
                .with("Arn", it("Arn"))
                .with("AssociationCount", it("AssociationCount"))
                .with("CreationTime", it("CreationTime"))
                .with("CreatorRequestId", it("CreatorRequestId"))
                .with("OwnerId", it("OwnerId"))
                .with("ShareStatus", it("ShareStatus"))
                .with("Status", "CREATED")
                .tagged(&it("Arn")))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("ResolverQueryLogConfigId", physical(held))]);
            work.call(SERVICE, "DeleteResolverQueryLogConfig", id).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        made_by: (
            SERVICE,
            &["AssociateResolverQueryLogConfig", "DisassociateResolverQueryLogConfig"],
        ),
        tag: None,
        properties: &[same("ResolverQueryLogConfigId"), same("ResourceId")],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "AssociateResolverQueryLogConfig", fresh.input())?;
            let it = |name: &str| at(&reply, &format!("ResolverQueryLogConfigAssociation.{name}"));
            Ok(Created::untagged(it("Id"))
                .with("Id", it("Id"))
                .with("CreationTime", it("CreationTime"))
                .with("Error", "NONE")
                .with("Status", "ACTIVE"))
        },
        update: unchanged,
        delete: |work, held| {
            let [config, vpc] = ["ResolverQueryLogConfigId", "ResourceId"]
                .map(|name| text_of(&held.properties, name).unwrap_or_default());
            let ids = [("ResolverQueryLogConfigId", config.as_str()), ("ResourceId", vpc.as_str())];
            work.call(SERVICE, "DisassociateResolverQueryLogConfig", input(&ids)).map(drop)
        },
    },
];

/// Turns the validation of a VPC on or off. Gives the id of its configuration and the owner.
fn validate(
    work: &mut Work<'_, '_>,
    vpc: &str,
    validation: &str,
) -> Result<(String, String), ApiError> {
    let given = input(&[("ResourceId", vpc), ("Validation", validation)]);
    let reply = work.call(SERVICE, "UpdateResolverDnssecConfig", given)?;
    let it = |name: &str| at(&reply, &format!("ResolverDNSSECConfig.{name}"));
    Ok((it("Id"), it("OwnerId")))
}
