//! Hosted zones and health checks of Route 53.

use serde_json::{Map, Value, json};

use super::{Created, Fresh, Kind, at, items_of, lacking, own, physical, same, text_of};
use crate::{
    api::{
        cloudformation::{
            tagging,
            work::{Work, input, put},
        },
        error::ApiError,
        input::{Input, Scalar},
    },
    model::stack::StackResource,
};

/// The service's name in a signature.
const SERVICE: &str = "route53";

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::Route53::HostedZone",
        made_by: (SERVICE, &["CreateHostedZone", "AssociateVPCWithHostedZone", "DeleteHostedZone"]),
        tag: None,
        properties: &[
            same("Name"),
            own("HostedZoneConfig").mutable(),
            own("HostedZoneTags").mutable(),
            own("VPCs").mutable(),
            own("QueryLoggingConfig").mutable(),
            own("HostedZoneFeatures").mutable(),
        ],
        create: create_zone,
        update: update_zone,
        delete: |work, held| {
            work.call(SERVICE, "DeleteHostedZone", input(&[("Id", physical(held))])).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53::HealthCheck",
        made_by: (SERVICE, &["CreateHealthCheck", "UpdateHealthCheck", "DeleteHealthCheck"]),
        tag: None,
        properties: &[
            same("HealthCheckConfig").needed().mutable_but(&[
                "Type",
                "RequestInterval",
                "MeasureLatency",
            ]),
            own("HealthCheckTags").mutable(),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            request.put("CallerReference", Scalar::Text(reference(fresh)));
            let id = at(&work.call(SERVICE, "CreateHealthCheck", request)?, "HealthCheck.Id");
            let tagged = format!("healthcheck/{id}");
            tagging::retag(work, &tagged, &[], &fresh.all_tags())?;
            Ok(Created::new(id.clone()).with("HealthCheckId", id).tagged(&tagged))
        },
        update: update_check,
        delete: |work, held| {
            let id = input(&[("HealthCheckId", physical(held))]);
            work.call(SERVICE, "DeleteHealthCheck", id).map(drop)
        },
    },
];

/// A reference that no other request has.
fn reference(fresh: &Fresh<'_>) -> String {
    let logical: String = fresh.logical.chars().take(40).collect();
    format!("{logical}-{}", fresh.suffix)
}

/// Names a VPC in a request.
fn put_vpc(request: &mut Input, vpc: &Value) {
    let Some(vpc) = vpc.as_object() else { return };
    for name in ["VPCId", "VPCRegion"] {
        if let Some(text) = text_of(vpc, name) {
            request.put(&format!("VPC.{name}"), Scalar::Text(text));
        }
    }
}

fn set_vpc(work: &mut Work<'_, '_>, action: &str, zone: &str, vpc: &Value) -> Result<(), ApiError> {
    let mut request = input(&[("HostedZoneId", zone)]);
    put_vpc(&mut request, vpc);
    work.call(SERVICE, action, request).map(drop)
}

fn comment(properties: &Map<String, Value>) -> Option<String> {
    text_of(properties.get("HostedZoneConfig")?.as_object()?, "Comment")
}

fn create_zone(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let mut request = fresh.input();
    request.put("CallerReference", Scalar::Text(reference(fresh)));
    if let Some(text) = comment(fresh.properties) {
        request.put("HostedZoneConfig.Comment", Scalar::Text(text));
    }
    let mut vpcs = fresh.items("VPCs").iter();
    if let Some(first) = vpcs.next() {
        put_vpc(&mut request, first);
    }
    let reply = work.call(SERVICE, "CreateHostedZone", request)?;
    let id = at(&reply, "HostedZone.Id").replace("/hostedzone/", "");
    for vpc in vpcs {
        set_vpc(work, "AssociateVPCWithHostedZone", &id, vpc)?;
    }
    let tagged = format!("hostedzone/{id}");
    tagging::retag(work, &tagged, &[], &fresh.all_tags())?;
    let created = Created::new(id.clone()).with("Id", id).tagged(&tagged);
    let servers = reply.at("DelegationSet.NameServers");
    if servers.is_empty() {
        return Ok(created);
    }
    Ok(created.with("NameServers", json!(servers)))
}

fn update_zone(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let id = physical(held);
    let wanted = comment(fresh.properties);
    if wanted != comment(&held.properties) {
        let mut request = input(&[("Id", id)]);
        request.put("Comment", Scalar::Text(wanted.unwrap_or_default()));
        work.call(SERVICE, "UpdateHostedZoneComment", request)?;
    }
    let (old, new) = (items_of(&held.properties, "VPCs"), fresh.items("VPCs"));
    // The last VPC of a private zone cannot go, so those that come are first.
    for vpc in lacking(new, old) {
        set_vpc(work, "AssociateVPCWithHostedZone", id, &vpc)?;
    }
    for vpc in lacking(old, new) {
        set_vpc(work, "DisassociateVPCFromHostedZone", id, &vpc)?;
    }
    Ok(())
}

/// The settings that a request takes away by their names.
const RESETTABLE: &[&str] =
    &["ChildHealthChecks", "FullyQualifiedDomainName", "Regions", "ResourcePath"];

fn update_check(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let empty = Map::new();
    let config = |properties: &Map<String, Value>| {
        properties.get("HealthCheckConfig").and_then(Value::as_object).cloned()
    };
    let old = config(&held.properties).unwrap_or_else(|| empty.clone());
    let new = config(fresh.properties).unwrap_or(empty);
    let mut request = input(&[("HealthCheckId", physical(held))]);
    for (name, value) in new.iter().filter(|(name, value)| old.get(*name) != Some(*value)) {
        put(&mut request, name, value);
    }
    let gone = RESETTABLE.iter().filter(|it| old.contains_key(**it) && !new.contains_key(**it));
    for (index, name) in gone.enumerate() {
        request.put(&format!("ResetElements.{}", index + 1), Scalar::Text((*name).to_owned()));
    }
    work.call(SERVICE, "UpdateHealthCheck", request).map(drop)
}
