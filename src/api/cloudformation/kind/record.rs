//! Record sets of Route 53's hosted zones, alone and in groups.

use serde_json::{Map, Value};

use super::{Created, Kind, at, items_of, lacking, own, physical, same, text_of};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
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
        name: "AWS::Route53::RecordSet",
        made_by: (SERVICE, &["ChangeResourceRecordSets", "ListHostedZonesByName"]),
        tag: None,
        properties: &[
            own("Name").needed(),
            own("HostedZoneId"),
            own("HostedZoneName"),
            own("Type").needed().mutable(),
            own("TTL").mutable(),
            own("ResourceRecords").mutable(),
            own("AliasTarget").mutable(),
            own("SetIdentifier").mutable(),
            own("Weight").mutable(),
            own("Region").mutable(),
            own("Failover").mutable(),
            own("GeoLocation").mutable(),
            own("GeoProximityLocation").mutable(),
            own("CidrRoutingConfig").mutable(),
            own("MultiValueAnswer").mutable(),
            own("HealthCheckId").mutable(),
            own("Comment").mutable(),
        ],
        create: |work, fresh| {
            let set = Value::Object(fresh.properties.clone());
            turn(work, fresh.properties, &[], &[set])?;
            Ok(Created::untagged(fresh.text("Name").unwrap_or_default()))
        },
        update: |work, held, fresh| {
            let set = |properties: &Map<String, Value>| [Value::Object(properties.clone())];
            turn(work, fresh.properties, &set(&held.properties), &set(fresh.properties))
        },
        delete: |work, held| delete(work, held, &[Value::Object(held.properties.clone())]),
    },
    Kind {
        name: "AWS::Route53::RecordSetGroup",
        made_by: (SERVICE, &["ChangeResourceRecordSets", "ListHostedZonesByName"]),
        tag: None,
        properties: &[
            own("HostedZoneId"),
            own("HostedZoneName"),
            own("RecordSets").mutable(),
            own("Comment").mutable(),
        ],
        create: |work, fresh| {
            turn(work, fresh.properties, &[], fresh.items("RecordSets"))?;
            Ok(Created::untagged(fresh.made_name()))
        },
        update: |work, held, fresh| {
            let old = items_of(&held.properties, "RecordSets");
            turn(work, fresh.properties, old, fresh.items("RecordSets"))
        },
        delete: |work, held| delete(work, held, items_of(&held.properties, "RecordSets")),
    },
    Kind {
        name: "AWS::Route53::CidrCollection",
        made_by: (
            SERVICE,
            &["CreateCidrCollection", "ChangeCidrCollection", "DeleteCidrCollection"],
        ),
        tag: None,
        properties: &[same("Name").needed(), own("Locations").mutable()],
        create: |work, fresh| {
            let mut request = fresh.input();
            let reference = format!("{}-{}", fresh.logical, fresh.suffix);
            request.put("CallerReference", Scalar::Text(reference));
            let reply = work.call(SERVICE, "CreateCidrCollection", request)?;
            let it = |name: &str| at(&reply, &format!("Collection.{name}"));
            move_blocks(work, &it("Id"), &[], fresh.items("Locations"))?;
            Ok(Created::untagged(it("Id")).with("Id", it("Id")).with("Arn", it("Arn")))
        },
        update: |work, held, fresh| {
            let old = items_of(&held.properties, "Locations");
            move_blocks(work, physical(held), old, fresh.items("Locations"))
        },
        delete: |work, held| {
            move_blocks(work, physical(held), items_of(&held.properties, "Locations"), &[])?;
            let id = input(&[("CidrCollectionId", physical(held))]);
            work.call(SERVICE, "DeleteCidrCollection", id).map(drop)
        },
    },
];

/// Changes the blocks of a collection from those of one list of locations to those of another.
fn move_blocks(
    work: &mut Work<'_, '_>,
    id: &str,
    old: &[Value],
    new: &[Value],
) -> Result<(), ApiError> {
    let mut request = input(&[("CidrCollectionId", id)]);
    let mut number = 0;
    for (action, from, without) in [("DELETE_IF_EXISTS", old, new), ("PUT", new, old)] {
        for location in from {
            let name = location.get("LocationName").cloned().unwrap_or(Value::Null);
            let blocks = |it: &Value| {
                it.get("CidrList").and_then(Value::as_array).cloned().unwrap_or_default()
            };
            let other = without.iter().find(|it| it.get("LocationName") == Some(&name));
            let other = other.map(blocks).unwrap_or_default();
            let changed = lacking(&blocks(location), &other);
            if changed.is_empty() {
                continue;
            }
            number += 1;
            let path = format!("Changes.{number}");
            request.put(&format!("{path}.Action"), Scalar::Text(action.to_owned()));
            put(&mut request, &format!("{path}.LocationName"), &name);
            put(&mut request, &format!("{path}.CidrList"), &Value::Array(changed));
        }
    }
    if number == 0 {
        return Ok(());
    }
    work.call(SERVICE, "ChangeCidrCollection", request).map(drop)
}

/// The zone that the properties name, by its id or by its name.
fn zone_of(work: &mut Work<'_, '_>, properties: &Map<String, Value>) -> Result<String, ApiError> {
    let refuse = |words: String| Err(ApiError::new("InvalidInput", words));
    let name = match (text_of(properties, "HostedZoneId"), text_of(properties, "HostedZoneName")) {
        (Some(id), None) => return Ok(id),
        (None, Some(name)) => name,
        _ => {
            return refuse(
                "Exactly one of HostedZoneId and HostedZoneName must be specified".to_owned(),
            );
        }
    };
    let reply = work.call(SERVICE, "ListHostedZonesByName", input(&[("DNSName", &name)]))?;
    let (ids, names) = (reply.at("HostedZones.Id"), reply.at("HostedZones.Name"));
    let mut found = ids.into_iter().zip(names).filter(|(_, it)| it.eq_ignore_ascii_case(&name));
    match (found.next(), found.next()) {
        (Some((id, _)), None) => Ok(id.replace("/hostedzone/", "")),
        (Some(_), Some(_)) => refuse(format!("More than one hosted zone is named {name}")),
        (None, _) => {
            let words = format!("No hosted zones named {name} found");
            Err(ApiError::new("NoSuchHostedZone", words))
        }
    }
}

/// What tells the record sets of a zone apart.
fn key(set: &Value) -> [String; 3] {
    let text = |name: &str| set.as_object().and_then(|set| text_of(set, name)).unwrap_or_default();
    let name = text("Name").to_ascii_lowercase();
    [name.trim_end_matches('.').to_owned(), text("Type"), text("SetIdentifier")]
}

/// Puts a record set, as a change of a batch.
fn put_set(request: &mut Input, number: usize, action: &str, set: &Value) {
    let path = format!("ChangeBatch.Changes.{number}");
    request.put(&format!("{path}.Action"), Scalar::Text(action.to_owned()));
    let path = format!("{path}.ResourceRecordSet");
    for (name, value) in set.as_object().into_iter().flatten() {
        match name.as_str() {
            "HostedZoneId" | "HostedZoneName" | "Comment" => {}
            "ResourceRecords" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    put(request, &format!("{path}.{name}.{}.Value", index + 1), value);
                }
            }
            _ => put(request, &format!("{path}.{name}"), value),
        }
    }
    let alias = set.get("AliasTarget").and_then(Value::as_object);
    if alias.is_some_and(|alias| !alias.contains_key("EvaluateTargetHealth")) {
        let path = format!("{path}.AliasTarget.EvaluateTargetHealth");
        request.put(&path, Scalar::Text("false".to_owned()));
    }
}

/// Makes the old record sets of a zone the new ones, in one batch.
fn turn(
    work: &mut Work<'_, '_>,
    properties: &Map<String, Value>,
    old: &[Value],
    new: &[Value],
) -> Result<(), ApiError> {
    let zone = zone_of(work, properties)?;
    let mut request = input(&[("HostedZoneId", &zone)]);
    if let Some(text) = text_of(properties, "Comment") {
        request.put("ChangeBatch.Comment", Scalar::Text(text));
    }
    let find = |list: &[Value], set: &Value| list.iter().find(|it| key(it) == key(set)).cloned();
    let mut number = 0;
    for set in old.iter().filter(|set| find(new, set).is_none()) {
        number += 1;
        put_set(&mut request, number, "DELETE", set);
    }
    for set in new {
        let before = find(old, set);
        if before.as_ref() == Some(set) {
            continue;
        }
        number += 1;
        put_set(&mut request, number, if before.is_some() { "UPSERT" } else { "CREATE" }, set);
    }
    if number == 0 {
        return Ok(());
    }
    work.call(SERVICE, "ChangeResourceRecordSets", request).map(drop)
}

/// Deletes the record sets of a resource. One that somebody deleted by hand counts as deleted.
fn delete(work: &mut Work<'_, '_>, held: &StackResource, sets: &[Value]) -> Result<(), ApiError> {
    for set in sets {
        match turn(work, &held.properties, std::slice::from_ref(set), &[]) {
            Err(error) if error.message.contains("but it was not found") => {}
            done => done?,
        }
    }
    Ok(())
}
