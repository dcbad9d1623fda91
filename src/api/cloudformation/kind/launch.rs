//! Launch templates.

use serde_json::{Map, Value};

use super::{Created, Fresh, Kind, all_tags, at, items_of, own, physical, same, specify_tags};
use crate::{
    api::{
        cloudformation::{
            tagging,
            work::{Work, input, put},
        },
        error::ApiError,
        input::{Input, Scalar},
    },
    model::{stack::StackResource, world::Tags},
};

/// The types.
pub(super) const KINDS: &[Kind] = &[Kind {
    name: "AWS::EC2::LaunchTemplate",
    made_by: (
        "ec2",
        &["CreateLaunchTemplate", "CreateLaunchTemplateVersion", "DeleteLaunchTemplate"],
    ),
    tag: None,
    properties: &[
        own("LaunchTemplateName"),
        same("VersionDescription").mutable(),
        own("LaunchTemplateData").needed().mutable(),
        own("TagSpecifications").mutable(),
    ],
    create,
    // A change is a new version; the default stays.
    update,
    delete: |work, held| {
        let id = input(&[("LaunchTemplateId", physical(held))]);
        work.ec2("DeleteLaunchTemplate", id).map(drop)
    },
}];

/// Members of the data that have another name in the API.
const RENAMED: &[(&str, &str)] = &[
    ("BlockDeviceMappings", "BlockDeviceMapping"),
    ("NetworkInterfaces", "NetworkInterface"),
    ("Groups", "SecurityGroupId"),
    ("SecurityGroupIds", "SecurityGroupId"),
    ("SecurityGroups", "SecurityGroup"),
    ("TagSpecifications", "TagSpecification"),
    ("Tags", "Tag"),
    ("LicenseSpecifications", "LicenseSpecification"),
    ("ElasticGpuSpecifications", "ElasticGpuSpecification"),
    ("ElasticInferenceAccelerators", "ElasticInferenceAccelerator"),
    ("Ipv4Prefixes", "Ipv4Prefix"),
    ("Ipv6Prefixes", "Ipv6Prefix"),
    ("AcceleratorManufacturers", "AcceleratorManufacturer"),
    ("AcceleratorNames", "AcceleratorName"),
    ("AcceleratorTypes", "AcceleratorType"),
    ("AllowedInstanceTypes", "AllowedInstanceType"),
    ("CpuManufacturers", "CpuManufacturer"),
    ("ExcludedInstanceTypes", "ExcludedInstanceType"),
    ("InstanceGenerations", "InstanceGeneration"),
    ("LocalStorageTypes", "LocalStorageType"),
];

/// A value with the API's names.
fn renamed(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(renamed).collect()),
        Value::Object(members) => {
            let name = |name: &str| {
                let known = RENAMED.iter().find(|(known, _)| *known == name);
                known.map_or(name, |(_, it)| it).to_owned()
            };
            let members = members.iter().map(|(key, value)| (name(key), renamed(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

fn request(fresh: &Fresh<'_>) -> Input {
    let mut request = fresh.input();
    let data = fresh.properties.get("LaunchTemplateData").map(renamed);
    put(&mut request, "LaunchTemplateData", &data.unwrap_or(Value::Null));
    request
}

/// The tags of the template itself, which are in a list by types, and those of its stack.
fn tags(properties: &Map<String, Value>, stack: &Tags) -> Vec<(String, String)> {
    let mut own = items_of(properties, "TagSpecifications").iter();
    let own = own.find(|it| it.get("ResourceType").is_some_and(|it| it == "launch-template"));
    all_tags(&own.and_then(Value::as_object).cloned().unwrap_or_default(), stack)
}

fn create(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let mut request = request(fresh);
    let name = fresh.text("LaunchTemplateName").unwrap_or_else(|| fresh.made_name());
    request.put("LaunchTemplateName", Scalar::Text(name));
    specify_tags(&mut request, "launch-template", &tags(fresh.properties, fresh.tags));
    let reply = work.ec2("CreateLaunchTemplate", request)?;
    let it = |name: &str| at(&reply, &format!("launchTemplate.{name}"));
    Ok(Created::new(it("launchTemplateId"))
        .with("LaunchTemplateId", it("launchTemplateId"))
        .with("DefaultVersionNumber", it("defaultVersionNumber"))
        .with("LatestVersionNumber", it("latestVersionNumber")))
}

fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let differs = |name: &str| held.properties.get(name) != fresh.properties.get(name);
    if differs("LaunchTemplateData") || differs("VersionDescription") {
        let mut request = request(fresh);
        request.put("LaunchTemplateId", Scalar::Text(physical(held).to_owned()));
        let reply = work.ec2("CreateLaunchTemplateVersion", request)?;
        work.set_attribute(
            "LatestVersionNumber",
            at(&reply, "launchTemplateVersion.versionNumber"),
        );
    }
    if differs("TagSpecifications") {
        let none = Tags::default();
        let (old, new) = (tags(&held.properties, &none), tags(fresh.properties, &none));
        let gone = old.iter().filter(|(key, _)| !new.iter().any(|(other, _)| other == key));
        let gone: Vec<&str> = gone.map(|(key, _)| key.as_str()).collect();
        tagging::retag(work, physical(held), &gone, &new)?;
    }
    Ok(())
}
