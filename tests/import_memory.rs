//! What the description of a large account costs to read, in bytes of memory for each byte of text; counted by dhat, which
//! takes the place of the allocator here.
//!
//! `VPCDNS_DESCRIPTION=FILE cargo test --test import_memory -- --ignored` writes one of 67 MB, to be measured by hand:
//! `/usr/bin/time -v target/release/vpcdns import FILE`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{env, fmt::Write, fs};

use common::scratch;
use vpcdns::import::{Defaults, open};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// As many interfaces, instances, subnets, endpoints and route tables as fill so many bytes, in the form that
/// `aws … --output json` prints.
fn description(bytes: usize) -> String {
    let vpcs = bytes.div_ceil(1_025_000);
    let mut lists = [const { String::new() }; 6];
    for vpc in 0..vpcs {
        let [vpc_list, subnets, tables, endpoints, instances, interfaces] = &mut lists;
        let id = format!("vpc-{vpc:017x}");
        item(vpc_list, &vpc_item(&id, vpc));
        for number in 0..6 {
            let subnet = format!("subnet-{:017x}", vpc * 6 + number);
            item(subnets, &subnet_item(&id, &subnet, vpc, number));
            item(tables, &table_item(&id, &subnet, vpc * 6 + number));
            for host in 0..20 {
                let seed = (vpc * 6 + number) * 20 + host;
                let address = format!("10.{}.{number}.{}", vpc % 256, 10 + host);
                item(instances, &instance_item(&id, &subnet, &address, seed));
                item(interfaces, &interface_item(&id, &subnet, &address, seed, None));
            }
        }
        for (number, service) in ["ssm", "sqs", "kms", "logs", "sts"].into_iter().enumerate() {
            let endpoint = format!("vpce-{:017x}", vpc * 5 + number);
            item(endpoints, &endpoint_item(&id, &endpoint, service, vpc));
            for zone in 0..3 {
                let subnet = format!("subnet-{:017x}", vpc * 6 + zone);
                let address = format!("10.{}.{zone}.{}", vpc % 256, 200 + number);
                let seed = 0x8000_0000 + (vpc * 5 + number) * 3 + zone;
                let made_for = Some(endpoint.as_str());
                item(interfaces, &interface_item(&id, &subnet, &address, seed, made_for));
            }
        }
    }
    let names =
        ["Vpcs", "Subnets", "RouteTables", "VpcEndpoints", "Reservations", "NetworkInterfaces"];
    let lists = names.iter().zip(lists);
    let lists: Vec<String> =
        lists.map(|(name, items)| format!("    \"{name}\": [\n{items}\n    ]")).collect();
    format!("{{\n{}\n}}\n", lists.join(",\n"))
}

/// Adds an item, indented as the `aws` command does.
fn item(list: &mut String, text: &str) {
    if !list.is_empty() {
        list.push_str(",\n");
    }
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut pretty = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut pretty, formatter);
    serde::Serialize::serialize(&value, &mut writer).unwrap();
    for (number, line) in String::from_utf8(pretty).unwrap().lines().enumerate() {
        let _ = write!(list, "{}        {line}", if number > 0 { "\n" } else { "" });
    }
}

fn vpc_item(id: &str, vpc: usize) -> String {
    let range = format!("10.{}.0.0/16", vpc % 256);
    format!(
        r#"{{"OwnerId": "111122223333", "InstanceTenancy": "default", "CidrBlockAssociationSet": [{{"AssociationId": "vpc-cidr-assoc-{vpc:017x}", "CidrBlock": "{range}", "CidrBlockState": {{"State": "associated"}}}}], "IsDefault": false, "Tags": [{{"Key": "Name", "Value": "net-{vpc}"}}], "BlockPublicAccessStates": {{"InternetGatewayBlockMode": "off"}}, "VpcId": "{id}", "State": "available", "CidrBlock": "{range}", "DhcpOptionsId": "default"}}"#
    )
}

fn subnet_item(vpc: &str, id: &str, number: usize, part: usize) -> String {
    let (second, zone) = (number % 256, ["a", "b", "c"][part % 3]);
    format!(
        r#"{{"AvailabilityZoneId": "euw1-az{}", "MapCustomerOwnedIpOnLaunch": false, "OwnerId": "111122223333", "AssignIpv6AddressOnCreation": false, "Ipv6CidrBlockAssociationSet": [], "Tags": [{{"Key": "Name", "Value": "net-{number}-{part}"}}], "SubnetArn": "arn:aws:ec2:eu-west-1:111122223333:subnet/{id}", "EnableDns64": false, "Ipv6Native": false, "PrivateDnsNameOptionsOnLaunch": {{"HostnameType": "ip-name", "EnableResourceNameDnsARecord": false, "EnableResourceNameDnsAAAARecord": false}}, "BlockPublicAccessStates": {{"InternetGatewayBlockMode": "off"}}, "SubnetId": "{id}", "State": "available", "VpcId": "{vpc}", "CidrBlock": "10.{second}.{part}.0/24", "AvailableIpAddressCount": 231, "AvailabilityZone": "eu-west-1{zone}", "DefaultForAz": false, "MapPublicIpOnLaunch": false}}"#,
        part % 3 + 1
    )
}

fn table_item(vpc: &str, subnet: &str, seed: usize) -> String {
    let table = format!("rtb-{seed:017x}");
    format!(
        r#"{{"Associations": [{{"Main": false, "RouteTableAssociationId": "rtbassoc-{seed:017x}", "RouteTableId": "{table}", "SubnetId": "{subnet}", "AssociationState": {{"State": "associated"}}}}], "PropagatingVgws": [], "RouteTableId": "{table}", "Routes": [{{"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}}, {{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-{seed:017x}", "Origin": "CreateRoute", "State": "active"}}], "Tags": [{{"Key": "Name", "Value": "table-{seed}"}}], "VpcId": "{vpc}", "OwnerId": "111122223333"}}"#
    )
}

fn instance_item(vpc: &str, subnet: &str, address: &str, seed: usize) -> String {
    let interface = instance_interface(vpc, subnet, address, seed);
    let name = address.replace('.', "-");
    format!(
        r#"{{"ReservationId": "r-{seed:017x}", "OwnerId": "111122223333", "Groups": [], "Instances": [{{"Architecture": "x86_64", "BlockDeviceMappings": [{{"DeviceName": "/dev/xvda", "Ebs": {{"AttachTime": "2024-05-01T08:00:00+00:00", "DeleteOnTermination": true, "Status": "attached", "VolumeId": "vol-{seed:017x}"}}}}], "ClientToken": "{seed:036x}", "EbsOptimized": true, "EnaSupport": true, "Hypervisor": "xen", "IamInstanceProfile": {{"Arn": "arn:aws:iam::111122223333:instance-profile/web", "Id": "AIPAJ{seed:016X}"}}, "NetworkInterfaces": [{interface}], "RootDeviceName": "/dev/xvda", "RootDeviceType": "ebs", "SecurityGroups": [{{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}}], "SourceDestCheck": true, "Tags": [{{"Key": "Name", "Value": "web-{seed}"}}, {{"Key": "team", "Value": "shop"}}], "VirtualizationType": "hvm", "CpuOptions": {{"CoreCount": 1, "ThreadsPerCore": 2}}, "CapacityReservationSpecification": {{"CapacityReservationPreference": "open"}}, "HibernationOptions": {{"Configured": false}}, "MetadataOptions": {{"State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled", "HttpProtocolIpv6": "disabled", "InstanceMetadataTags": "disabled"}}, "EnclaveOptions": {{"Enabled": false}}, "PlatformDetails": "Linux/UNIX", "UsageOperation": "RunInstances", "PrivateDnsNameOptions": {{"HostnameType": "ip-name", "EnableResourceNameDnsARecord": false, "EnableResourceNameDnsAAAARecord": false}}, "MaintenanceOptions": {{"AutoRecovery": "default"}}, "InstanceId": "i-{seed:017x}", "ImageId": "ami-0123456789abcdef0", "State": {{"Code": 16, "Name": "running"}}, "PrivateDnsName": "ip-{name}.eu-west-1.compute.internal", "PublicDnsName": "", "StateTransitionReason": "", "AmiLaunchIndex": 0, "ProductCodes": [], "InstanceType": "t3.micro", "LaunchTime": "2024-05-01T08:00:00+00:00", "Placement": {{"GroupName": "", "Tenancy": "default", "AvailabilityZone": "eu-west-1a"}}, "Monitoring": {{"State": "disabled"}}, "SubnetId": "{subnet}", "VpcId": "{vpc}", "PrivateIpAddress": "{address}"}}]}}"#
    )
}

/// An instance's own description of its interface.
fn instance_interface(vpc: &str, subnet: &str, address: &str, seed: usize) -> String {
    let name = address.replace('.', "-");
    format!(
        r#"{{"Attachment": {{"AttachTime": "2024-05-01T08:00:00+00:00", "AttachmentId": "eni-attach-{seed:017x}", "DeleteOnTermination": true, "DeviceIndex": 0, "Status": "attached", "NetworkCardIndex": 0}}, "Description": "", "Groups": [{{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}}], "Ipv6Addresses": [], "MacAddress": "06:00:00:00:00:01", "NetworkInterfaceId": "eni-{seed:017x}", "OwnerId": "111122223333", "PrivateDnsName": "ip-{name}.eu-west-1.compute.internal", "PrivateIpAddress": "{address}", "PrivateIpAddresses": [{{"Primary": true, "PrivateDnsName": "ip-{name}.eu-west-1.compute.internal", "PrivateIpAddress": "{address}"}}], "SourceDestCheck": true, "Status": "in-use", "SubnetId": "{subnet}", "VpcId": "{vpc}", "InterfaceType": "interface", "Operator": {{"Managed": false}}}}"#
    )
}

fn interface_item(
    vpc: &str,
    subnet: &str,
    address: &str,
    seed: usize,
    endpoint: Option<&str>,
) -> String {
    let name = address.replace('.', "-");
    let (description, kind) = match endpoint {
        Some(endpoint) => (format!("VPC Endpoint Interface {endpoint}"), "vpc_endpoint"),
        None => (String::new(), "interface"),
    };
    format!(
        r#"{{"Attachment": {{"AttachmentId": "eni-attach-{seed:017x}", "DeleteOnTermination": true, "DeviceIndex": 0, "InstanceId": "i-{seed:017x}", "InstanceOwnerId": "111122223333", "Status": "attached", "AttachTime": "2024-05-01T08:00:00+00:00"}}, "AvailabilityZone": "eu-west-1a", "Description": "{description}", "Groups": [{{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}}], "InterfaceType": "{kind}", "Ipv6Addresses": [], "MacAddress": "06:00:00:00:00:01", "NetworkInterfaceId": "eni-{seed:017x}", "OwnerId": "111122223333", "PrivateDnsName": "ip-{name}.eu-west-1.compute.internal", "PrivateIpAddress": "{address}", "PrivateIpAddresses": [{{"Primary": true, "PrivateDnsName": "ip-{name}.eu-west-1.compute.internal", "PrivateIpAddress": "{address}"}}], "RequesterManaged": false, "SourceDestCheck": true, "Status": "in-use", "SubnetId": "{subnet}", "TagSet": [{{"Key": "team", "Value": "shop"}}], "VpcId": "{vpc}", "Operator": {{"Managed": false}}}}"#
    )
}

fn endpoint_item(vpc: &str, id: &str, service: &str, number: usize) -> String {
    let subnets: Vec<String> =
        (0..3).map(|zone| format!("\"subnet-{:017x}\"", number * 6 + zone)).collect();
    let names: Vec<String> = ["", "-eu-west-1a", "-eu-west-1b", "-eu-west-1c"]
        .iter()
        .map(|zone| {
            format!(
                r#"{{"DnsName": "{id}-abcd1234{zone}.{service}.eu-west-1.vpce.amazonaws.com", "HostedZoneId": "Z38GZ743OKFT7T"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"VpcEndpointId": "{id}", "VpcEndpointType": "Interface", "VpcId": "{vpc}", "ServiceName": "com.amazonaws.eu-west-1.{service}", "State": "available", "PolicyDocument": "{{\n  \"Statement\": [\n    {{\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \"Principal\": \"*\", \n      \"Resource\": \"*\"\n    }}\n  ]\n}}", "RouteTableIds": [], "SubnetIds": [{}], "Groups": [{{"GroupId": "sg-0123456789abcdef0", "GroupName": "web"}}], "IpAddressType": "ipv4", "DnsOptions": {{"DnsRecordIpType": "ipv4", "PrivateDnsOnlyForInboundResolverEndpoint": false}}, "PrivateDnsEnabled": true, "RequesterManaged": false, "NetworkInterfaceIds": [], "DnsEntries": [{}], "CreationTimestamp": "2024-05-01T08:00:00+00:00", "Tags": [{{"Key": "Name", "Value": "{service}"}}], "OwnerId": "111122223333"}}"#,
        subnets.join(", "),
        names.join(", ")
    )
}

#[test]
fn a_description_costs_few_bytes_for_each_of_its_own() {
    let text = description(6_700_000);
    let folder = scratch("import-memory");
    let path = folder.join("description.json");
    fs::write(&path, &text).unwrap();
    let bytes = text.len();
    assert!((5_000_000..9_000_000).contains(&bytes), "{bytes}");
    drop(text);
    // The catalogue, read once, is not this file's.
    let defaults = Defaults { region: "eu-west-1", ..Defaults::default() };
    open::open("default-vpc", &defaults).unwrap();
    let _profiler = dhat::Profiler::builder().testing().build();
    let loaded = open::open(path.to_str().unwrap(), &defaults).unwrap();
    let most = dhat::HeapStats::get().max_bytes;
    assert_eq!(loaded.world.instances.len(), loaded.world.subnets.len() * 20);
    assert!(loaded.world.endpoints.len() > 30);
    let each = most as f64 / bytes as f64;
    assert!(each < 5.0, "{each} bytes for each byte of the text");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
#[ignore = "writes a file of 67 MB to VPCDNS_DESCRIPTION"]
fn writes_a_description() {
    let path = env::var("VPCDNS_DESCRIPTION").unwrap();
    fs::write(path, description(67_000_000)).unwrap();
}
