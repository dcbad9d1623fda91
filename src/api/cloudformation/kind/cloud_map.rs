//! Cloud Map: namespaces, services and instances.

use serde_json::Value;

use super::{Created, Fresh, Kind, at, own, physical, put_tags, same, text_of};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
        error::ApiError,
        input::{Input, Scalar},
    },
    model::stack::StackResource,
};

/// The service's name in a signature.
const SERVICE: &str = "servicediscovery";

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::ServiceDiscovery::HttpNamespace",
        made_by: (SERVICE, &["CreateHttpNamespace", "UpdateHttpNamespace", "DeleteNamespace"]),
        tag: None,
        properties: &[same("Name").needed(), same("Description").mutable(), own("Tags")],
        create: |work, fresh| create_namespace(work, fresh, "CreateHttpNamespace"),
        update: |work, held, fresh| update_namespace(work, held, fresh, "UpdateHttpNamespace"),
        delete: delete_namespace,
    },
    Kind {
        name: "AWS::ServiceDiscovery::PrivateDnsNamespace",
        made_by: (
            SERVICE,
            &["CreatePrivateDnsNamespace", "UpdatePrivateDnsNamespace", "DeleteNamespace"],
        ),
        tag: None,
        properties: &[
            same("Name").needed(),
            same("Vpc").needed(),
            same("Description").mutable(),
            same("Properties").mutable(),
            own("Tags"),
        ],
        create: |work, fresh| create_namespace(work, fresh, "CreatePrivateDnsNamespace"),
        update: |work, held, fresh| {
            update_namespace(work, held, fresh, "UpdatePrivateDnsNamespace")
        },
        delete: delete_namespace,
    },
    Kind {
        name: "AWS::ServiceDiscovery::PublicDnsNamespace",
        made_by: (
            SERVICE,
            &["CreatePublicDnsNamespace", "UpdatePublicDnsNamespace", "DeleteNamespace"],
        ),
        tag: None,
        properties: &[
            same("Name").needed(),
            same("Description").mutable(),
            same("Properties").mutable(),
            own("Tags"),
        ],
        create: |work, fresh| create_namespace(work, fresh, "CreatePublicDnsNamespace"),
        update: |work, held, fresh| update_namespace(work, held, fresh, "UpdatePublicDnsNamespace"),
        delete: delete_namespace,
    },
    Kind {
        name: "AWS::ServiceDiscovery::Service",
        made_by: (SERVICE, &["CreateService", "UpdateService", "DeleteService"]),
        tag: None,
        properties: &[
            own("Name"),
            same("NamespaceId"),
            same("Description").mutable(),
            same("DnsConfig").mutable_but(&["NamespaceId", "RoutingPolicy"]),
            same("HealthCheckConfig").mutable(),
            same("HealthCheckCustomConfig"),
            same("Type"),
            own("ServiceAttributes"),
            own("Tags"),
        ],
        create: |work, fresh| {
            let mut request = request(fresh);
            let name = fresh.text("Name").unwrap_or_else(|| short_name(fresh));
            request.put("Name", Scalar::Text(name));
            let reply = work.call(SERVICE, "CreateService", request)?;
            let it = |name: &str| at(&reply, &format!("Service.{name}"));
            Ok(Created::new(it("Id"))
                .with("Id", it("Id"))
                .with("Arn", it("Arn"))
                .with("Name", it("Name"))
                .tagged(&it("Arn")))
        },
        update: |work, held, fresh| {
            let mut request = input(&[("Id", physical(held))]);
            for name in ["Description", "HealthCheckConfig"] {
                put_member(&mut request, &format!("Service.{name}"), fresh, name);
            }
            let records = fresh.properties.get("DnsConfig").and_then(|it| it.get("DnsRecords"));
            put(&mut request, "Service.DnsConfig.DnsRecords", records.unwrap_or(&Value::Null));
            work.call(SERVICE, "UpdateService", request).map(drop)
        },
        delete: |work, held| {
            let id = input(&[("Id", physical(held))]);
            work.call(SERVICE, "DeleteService", id).map(drop)
        },
    },
    Kind {
        name: "AWS::ServiceDiscovery::Instance",
        made_by: (SERVICE, &["RegisterInstance", "DeregisterInstance"]),
        tag: None,
        properties: &[
            own("InstanceId"),
            own("InstanceAttributes").needed().mutable(),
            same("ServiceId").needed(),
        ],
        create: |work, fresh| {
            let id = fresh.text("InstanceId").unwrap_or_else(|| short_name(fresh));
            register(work, fresh, &id)?;
            Ok(Created::untagged(id))
        },
        update: |work, held, fresh| register(work, fresh, physical(held)),
        delete: |work, held| {
            let service = text_of(&held.properties, "ServiceId").unwrap_or_default();
            let ids = input(&[("ServiceId", service.as_str()), ("InstanceId", physical(held))]);
            work.call(SERVICE, "DeregisterInstance", ids).map(drop)
        },
    },
];

/// A name of at most 64 letters.
fn short_name(fresh: &Fresh<'_>) -> String {
    let logical: String = fresh.logical.chars().take(50).collect();
    format!("{logical}-{}", fresh.suffix)
}

fn put_member(request: &mut Input, path: &str, fresh: &Fresh<'_>, name: &str) {
    put(request, path, fresh.properties.get(name).unwrap_or(&Value::Null));
}

/// The request that makes a resource of this service, with its tags.
fn request(fresh: &Fresh<'_>) -> Input {
    let mut request = fresh.input();
    request.put("CreatorRequestId", Scalar::Text(short_name(fresh)));
    put_tags(&mut request, fresh.all_tags());
    request
}

fn create_namespace(
    work: &mut Work<'_, '_>,
    fresh: &Fresh<'_>,
    action: &str,
) -> Result<Created, ApiError> {
    let operation = at(&work.call(SERVICE, action, request(fresh))?, "OperationId");
    let operation = work.call(SERVICE, "GetOperation", input(&[("OperationId", &operation)]))?;
    let id = at(&operation, "Operation.Targets");
    let reply = work.call(SERVICE, "GetNamespace", input(&[("Id", &id)]))?;
    let it = |name: &str| at(&reply, &format!("Namespace.{name}"));
    Ok(Created::new(id.clone())
        .with("Id", id)
        .with("Arn", it("Arn"))
        .with("HostedZoneId", it("Properties.DnsProperties.HostedZoneId"))
        .tagged(&it("Arn")))
}

fn update_namespace(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
    action: &str,
) -> Result<(), ApiError> {
    let mut request = input(&[("Id", physical(held))]);
    let description = fresh.text("Description").unwrap_or_default();
    request.put("Namespace.Description", Scalar::Text(description));
    put_member(&mut request, "Namespace.Properties", fresh, "Properties");
    work.call(SERVICE, action, request).map(drop)
}

fn delete_namespace(work: &mut Work<'_, '_>, held: &StackResource) -> Result<(), ApiError> {
    work.call(SERVICE, "DeleteNamespace", input(&[("Id", physical(held))])).map(drop)
}

/// Registers an instance, or gives it other attributes.
fn register(work: &mut Work<'_, '_>, fresh: &Fresh<'_>, id: &str) -> Result<(), ApiError> {
    let mut request = fresh.input();
    request.put("InstanceId", Scalar::Text(id.to_owned()));
    let attributes = fresh.properties.get("InstanceAttributes").and_then(Value::as_object);
    // A key may hold dots.
    for (key, value) in attributes.into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        request.put_in_map("Attributes", key, Scalar::Text(text));
    }
    work.call(SERVICE, "RegisterInstance", request).map(drop)
}
