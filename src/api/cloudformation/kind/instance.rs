//! Instances.

use serde_json::{Map, Value};

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
pub(super) const KINDS: &[Kind] = &[Kind {
    name: "AWS::EC2::Instance",
    made_by: ("ec2", &["RunInstances", "DescribeInstances", "TerminateInstances"]),
    tag: Some("instance"),
    properties: &[
        same("ImageId"),
        same("InstanceType").mutable(),
        same("KeyName"),
        same("SubnetId"),
        same("PrivateIpAddress"),
        same("Ipv6AddressCount"),
        own("Ipv6Addresses"),
        as_parameter("SecurityGroupIds", "SecurityGroupId").mutable(),
        as_parameter("SecurityGroups", "SecurityGroup"),
        own("NetworkInterfaces"),
        same("UserData").mutable(),
        as_parameter("IamInstanceProfile", "IamInstanceProfile.Name").mutable(),
        as_parameter("Monitoring", "Monitoring.Enabled").mutable(),
        as_parameter("AvailabilityZone", "Placement.AvailabilityZone"),
        as_parameter("PlacementGroupName", "Placement.GroupName"),
        as_parameter("Tenancy", "Placement.Tenancy"),
        as_parameter("Affinity", "Placement.Affinity"),
        as_parameter("HostId", "Placement.HostId"),
        as_parameter("HostResourceGroupArn", "Placement.HostResourceGroupArn"),
        same("DisableApiTermination").mutable(),
        as_parameter("InstanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior")
            .mutable(),
        same("EbsOptimized").mutable(),
        own("SourceDestCheck").mutable(),
        own("BlockDeviceMappings"),
        same("MetadataOptions").mutable(),
        as_parameter("CreditSpecification", "CreditSpecification").mutable(),
        same("CpuOptions"),
        same("EnclaveOptions"),
        same("HibernationOptions"),
        same("PrivateDnsNameOptions").mutable(),
        same("KernelId"),
        same("RamdiskId"),
        same("LaunchTemplate"),
        as_parameter("LicenseSpecifications", "LicenseSpecification"),
        own("PropagateTagsToVolumeOnCreation").mutable(),
        own("AdditionalInfo"),
        own("SsmAssociations").mutable(),
        own("Volumes").mutable(),
        own("ElasticGpuSpecifications"),
        own("ElasticInferenceAccelerators"),
    ],
    create,
    update,
    delete: |work, held| {
        let id = input(&[("InstanceId.1", physical(held))]);
        work.ec2("TerminateInstances", id).map(drop)
    },
}];

/// Members of a network interface that have another name in the API.
const INTERFACE: &[(&str, &str)] = &[("GroupSet", "SecurityGroupId")];

fn create(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let mut request = fresh.input();
    request.put("MinCount", Scalar::Text("1".to_owned()));
    request.put("MaxCount", Scalar::Text("1".to_owned()));
    // CloudFormation spells this member otherwise.
    if let Some(credits) = request.take("CreditSpecification.CPUCredits") {
        request.put("CreditSpecification.CpuCredits", credits);
    }
    for (index, address) in fresh.items("Ipv6Addresses").iter().enumerate() {
        put(&mut request, &format!("Ipv6Address.{}", index + 1), address);
    }
    for (index, device) in fresh.items("BlockDeviceMappings").iter().enumerate() {
        put(&mut request, &format!("BlockDeviceMapping.{}", index + 1), device);
    }
    let interfaces = fresh.items("NetworkInterfaces").iter().filter_map(Value::as_object);
    for (index, interface) in interfaces.enumerate() {
        for (name, value) in interface {
            let renamed = INTERFACE.iter().find(|(known, _)| known == name);
            let name = renamed.map_or(name.as_str(), |(_, to)| to);
            put(&mut request, &format!("NetworkInterface.{}.{name}", index + 1), value);
        }
    }
    let id = at(&work.ec2("RunInstances", request)?, "instancesSet.instanceId");
    if let Some(check) = fresh.text("SourceDestCheck")
        && check.eq_ignore_ascii_case("false")
    {
        modify(work, &id, "SourceDestCheck.Value", &check)?;
    }
    let shown = work.ec2("DescribeInstances", input(&[("InstanceId.1", &id)]))?;
    let mut created = Created::new(id.clone()).with("InstanceId", id);
    for (attribute, path) in [
        ("PrivateIp", "privateIpAddress"),
        ("PublicIp", "ipAddress"),
        ("PrivateDnsName", "privateDnsName"),
        ("PublicDnsName", "dnsName"),
        ("AvailabilityZone", "placement.availabilityZone"),
        ("VpcId", "vpcId"),
    ] {
        let path = format!("reservationSet.instancesSet.{path}");
        // An instance without a public address has an empty one.
        let value = at(&shown, &path);
        created.attributes.insert(attribute.to_owned(), value.into());
    }
    Ok(created)
}

fn modify(work: &mut Work<'_, '_>, id: &str, parameter: &str, value: &str) -> Result<(), ApiError> {
    work.ec2("ModifyInstanceAttribute", input(&[("InstanceId", id), (parameter, value)])).map(drop)
}

fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let id = physical(held);
    let differs = |name: &str| held.properties.get(name) != fresh.properties.get(name);
    // AWS stops an instance to change these, and starts it again.
    let stopped = ["InstanceType", "UserData", "EbsOptimized"];
    let wanted: Vec<&str> = stopped.into_iter().filter(|name| differs(name)).collect();
    if !wanted.is_empty() {
        work.ec2("StopInstances", input(&[("InstanceId.1", id)]))?;
        for name in wanted {
            let usual = if name == "EbsOptimized" { "false" } else { "" };
            let value = fresh.text(name).unwrap_or_else(|| usual.to_owned());
            modify(work, id, &format!("{name}.Value"), &value)?;
        }
        work.ec2("StartInstances", input(&[("InstanceId.1", id)]))?;
    }
    for (name, usual) in [
        ("DisableApiTermination", "false"),
        ("InstanceInitiatedShutdownBehavior", "stop"),
        ("SourceDestCheck", "true"),
    ] {
        if differs(name) {
            let value = fresh.text(name).unwrap_or_else(|| usual.to_owned());
            modify(work, id, &format!("{name}.Value"), &value)?;
        }
    }
    if differs("SecurityGroupIds") && !fresh.items("SecurityGroupIds").is_empty() {
        let mut request = input(&[("InstanceId", id)]);
        for (index, group) in fresh.items("SecurityGroupIds").iter().enumerate() {
            put(&mut request, &format!("GroupId.{}", index + 1), group);
        }
        work.ec2("ModifyInstanceAttribute", request)?;
    }
    if differs("Monitoring") {
        let is_on = fresh.text("Monitoring").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let action = if is_on { "MonitorInstances" } else { "UnmonitorInstances" };
        work.ec2(action, input(&[("InstanceId.1", id)]))?;
    }
    let options = |properties: &Map<String, Value>, name: &str| {
        properties.get(name).and_then(Value::as_object).cloned()
    };
    if differs("MetadataOptions")
        && let Some(options) = options(fresh.properties, "MetadataOptions")
    {
        let mut request = input(&[("InstanceId", id)]);
        for (name, value) in &options {
            put(&mut request, name, value);
        }
        work.ec2("ModifyInstanceMetadataOptions", request)?;
    }
    if differs("PrivateDnsNameOptions")
        && let Some(options) = options(fresh.properties, "PrivateDnsNameOptions")
    {
        let mut request = input(&[("InstanceId", id)]);
        for (property, parameter) in [
            ("HostnameType", "PrivateDnsHostnameType"),
            ("EnableResourceNameDnsARecord", "EnableResourceNameDnsARecord"),
            ("EnableResourceNameDnsAAAARecord", "EnableResourceNameDnsAAAARecord"),
        ] {
            if let Some(text) = text_of(&options, property) {
                request.put(parameter, Scalar::Text(text));
            }
        }
        work.ec2("ModifyPrivateDnsNameOptions", request)?;
    }
    Ok(())
}
