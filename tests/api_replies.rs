//! What replies of the EC2 API say, element by element, and what they refuse: a rule a test, by resource.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use common::{CaseWorld, compile};
use vpcdns::{
    api::{Api, Reply, Request},
    store::Live,
};

const ACCOUNT: &str = "111111111111";
const REGION: &str = "ap-northeast-2";
const BALANCER: &str =
    "arn:aws:elasticloadbalancing:ap-northeast-2:111111111111:loadbalancer/net/LA/0123456789abcdef";

/// What the API cannot make: a load balancer.
const WORLD: &str = r#"
region: ap-northeast-2
vpcs:
  A: {owner: "111111111111", cidr: 10.9.0.0/16, subnets: {a: {cidr: 10.9.1.0/24, zone: ap-northeast-2a}}}
load-balancers:
  LA: {dns-name: la-0123456789abcdef.elb.ap-northeast-2.amazonaws.com, type: network, vpc: A, scheme: internal, zones: {ap-northeast-2a: 10.9.1.10}}
"#;

/// The texts of all XML elements of a name, in order.
fn elements<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let end = format!("</{name}>");
    let parts = xml.split(&format!("<{name}>")).skip(1).collect::<Vec<_>>();
    parts.into_iter().map(|rest| rest.split(&end).next().unwrap()).collect()
}

fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    elements(xml, name).first().copied().unwrap_or_default()
}

struct Server(Api);

impl Server {
    fn new() -> Self {
        Self::taking_any_instance_type(false)
    }

    fn taking_any_instance_type(any: bool) -> Self {
        let lines: Vec<String> = format!("world{WORLD}").lines().map(str::to_owned).collect();
        let mut world =
            CaseWorld::read(&lines, Path::new("api_replies.yaml")).snapshot.world.clone();
        Arc::make_mut(&mut world.switches).any_instance_type = any;
        Self(Api::new(Arc::new(Live::new(compile(world))), REGION, None))
    }

    fn call(&self, request: &str) -> Reply {
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0"
        );
        let form = "application/x-www-form-urlencoded".to_owned();
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            sent: String::new(),
            headers: vec![
                ("authorization".to_owned(), credential),
                ("content-type".to_owned(), form),
            ],
            body: format!("Version=2016-11-15&Action={request}").into_bytes(),
            ..Request::default()
        };
        self.0.handle(&request, true)
    }

    /// The reply to a request that must succeed.
    fn taken(&self, request: &str) -> String {
        let reply = self.call(request);
        assert_eq!(reply.status, 200, "{request}: {}", reply.text());
        reply.text().into_owned()
    }

    /// One element of the reply to a request that must succeed.
    fn made(&self, request: &str, name: &str) -> String {
        element(&self.taken(request), name).to_owned()
    }

    /// The code and the message of a refusal.
    fn refused(&self, request: &str) -> (String, String) {
        let reply = self.call(request);
        assert_eq!(reply.status, 400, "{request}: {}", reply.text());
        let told = |name| element(&reply.text(), name).replace("&apos;", "'");
        (told("Code"), told("Message"))
    }

    fn vpc(&self) -> String {
        self.made("CreateVpc&CidrBlock=10.1.0.0/16", "vpcId")
    }

    fn subnet(&self, vpc: &str, net: u8, zone: char) -> String {
        let request = format!(
            "CreateSubnet&VpcId={vpc}&CidrBlock=10.1.{net}.0/24&AvailabilityZone={REGION}{zone}"
        );
        self.made(&request, "subnetId")
    }

    fn instance(&self, subnet: &str) -> String {
        self.made(&format!("{RUN}&InstanceType=t3.micro&SubnetId={subnet}"), "instanceId")
    }

    fn service(&self) -> (String, String) {
        let request =
            format!("CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1={BALANCER}");
        let reply = self.taken(&request);
        (element(&reply, "serviceId").to_owned(), element(&reply, "serviceName").to_owned())
    }
}

const RUN: &str = "RunInstances&ImageId=ami-00000000000000001&MinCount=1&MaxCount=1";

#[test]
fn every_reply_has_an_id_of_its_own_a_uuid_of_version_4() {
    let server = Server::new();
    let ids: BTreeSet<String> =
        (0..64).map(|_| server.call("DescribeRegions").request_id).collect();
    assert_eq!(ids.len(), 64, "{ids:?}");
    for id in &ids {
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(&id[14..15], "4", "{id}");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    }
}

#[test]
fn a_client_token_makes_one_resource_and_takes_no_other_parameters() {
    let server = Server::new();
    let vpc = server.vpc();
    let request = format!("CreateRouteTable&VpcId={vpc}&ClientToken=once");
    let table = server.made(&request, "routeTableId");
    assert_eq!(server.made(&request, "routeTableId"), table);
    let tag = "TagSpecification.1.ResourceType=route-table&TagSpecification.1.Tag.1.Key=k";
    let (code, _) = server.refused(&format!("{request}&{tag}"));
    assert_eq!(code, "IdempotentParameterMismatch");
}

#[test]
fn a_resource_takes_50_tags_and_no_more() {
    let server = Server::new();
    let mut request =
        "CreateVpc&CidrBlock=10.1.0.0/16&TagSpecification.1.ResourceType=vpc".to_owned();
    for number in 1..=50 {
        request.push_str(&format!("&TagSpecification.1.Tag.{number}.Key=k{number}"));
    }
    assert_eq!(elements(&server.taken(&request), "key").len(), 50);
    let (code, _) = server.refused(&format!("{request}&TagSpecification.1.Tag.51.Key=k51"));
    assert_eq!(code, "TagLimitExceeded");
}

#[test]
fn an_unknown_id_given_twice_is_told_once() {
    let none = "vpc-00000000000000001";
    let request = format!("DescribeVpcs&VpcId.1={none}&VpcId.2={none}");
    let message = format!("The vpc ID '{none}' does not exist");
    assert_eq!(Server::new().refused(&request), ("InvalidVpcID.NotFound".to_owned(), message));
}

#[test]
fn a_zone_that_the_region_lacks_is_refused() {
    let (code, message) =
        Server::new().refused("DescribeAvailabilityZones&ZoneName.1=ap-northeast-2z");
    assert_eq!(code, "InvalidParameterValue");
    assert_eq!(message, "Invalid availability zone: [ap-northeast-2z]");
}

#[test]
fn vpcs_are_found_by_their_first_cidr_only() {
    let server = Server::new();
    let vpc = server.vpc();
    let associate = format!("AssociateVpcCidrBlock&VpcId={vpc}&CidrBlock=100.64.0.0/16");
    let reply = server.taken(&associate);
    let shown = element(&reply, "cidrBlockAssociation");
    assert_eq!(element(shown, "cidrBlock"), "100.64.0.0/16", "{reply}");
    assert!(!reply.contains("ipv6"), "{reply}");
    let found = |name: &str, cidr: &str| {
        let filter = format!("Filter.1.Name={name}&Filter.1.Value.1={cidr}");
        server.made(&format!("DescribeVpcs&{filter}"), "vpcId")
    };
    assert_eq!(found("cidr", "10.1.0.0/16"), vpc);
    assert_eq!(found("cidr", "100.64.0.0/16"), "");
    assert_eq!(found("cidr-block-association.cidr-block", "100.64.0.0/16"), vpc);
}

#[test]
fn an_address_in_use_is_missing_in_its_own_subnet_only() {
    let server = Server::new();
    let vpc = server.vpc();
    let subnets = [1, 2, 3].map(|net| server.subnet(&vpc, net, 'a'));
    server.instance(&subnets[1]);
    let free = subnets.map(|subnet| {
        server
            .made(&format!("DescribeSubnets&SubnetId.1={subnet}"), "availableIpAddressCount")
            .parse::<u32>()
            .unwrap()
    });
    assert_eq!(free, [251, 250, 251]);
}

#[test]
fn a_default_network_acl_allows_everything_both_ways_and_denies_the_rest() {
    let server = Server::new();
    let vpc =
        server.made("CreateVpc&CidrBlock=10.1.0.0/16&AmazonProvidedIpv6CidrBlock=true", "vpcId");
    let reply =
        server.taken(&format!("DescribeNetworkAcls&Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}"));
    let column = |name| elements(element(&reply, "entrySet"), name);
    assert_eq!(
        column("ruleNumber"),
        ["100", "32767", "101", "32768", "100", "32767", "101", "32768"]
    );
    assert_eq!(
        column("egress"),
        ["true", "true", "true", "true", "false", "false", "false", "false"]
    );
    assert_eq!(
        column("ruleAction"),
        ["allow", "deny", "allow", "deny", "allow", "deny", "allow", "deny"]
    );
    assert_eq!(column("cidrBlock"), ["0.0.0.0/0"; 4]);
    assert_eq!(column("ipv6CidrBlock"), ["::/0"; 4]);
}

#[test]
fn a_rule_for_every_protocol_shows_the_ports_minus_1() {
    let server = Server::new();
    let vpc = server.vpc();
    let group = server.made(
        &format!("CreateSecurityGroup&GroupName=g&GroupDescription=g&VpcId={vpc}"),
        "groupId",
    );
    let reply = server.taken(&format!(
        "AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=-1&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8"
    ));
    assert_eq!(element(&reply, "ipProtocol"), "-1");
    assert_eq!((element(&reply, "fromPort"), element(&reply, "toPort")), ("-1", "-1"));
}

#[test]
fn a_peering_that_is_accepted_resolves_no_names_for_either_side_yet() {
    let server = Server::new();
    let [requester, accepter] = ["10.1.0.0/16", "10.2.0.0/16"]
        .map(|cidr| server.made(&format!("CreateVpc&CidrBlock={cidr}"), "vpcId"));
    let peering = server.made(
        &format!("CreateVpcPeeringConnection&VpcId={requester}&PeerVpcId={accepter}"),
        "vpcPeeringConnectionId",
    );
    let reply =
        server.taken(&format!("AcceptVpcPeeringConnection&VpcPeeringConnectionId={peering}"));
    assert_eq!(elements(&reply, "allowDnsResolutionFromRemoteVpc"), ["false", "false"], "{reply}");
}

#[test]
fn an_interface_shows_its_elastic_address_with_both_ids() {
    let server = Server::new();
    let vpc = server.vpc();
    let subnet = server.subnet(&vpc, 1, 'a');
    let gateway = server.made("CreateInternetGateway", "internetGatewayId");
    server.taken(&format!("AttachInternetGateway&InternetGatewayId={gateway}&VpcId={vpc}"));
    let interface =
        server.made(&format!("CreateNetworkInterface&SubnetId={subnet}"), "networkInterfaceId");
    let allocation = server.made("AllocateAddress&Domain=vpc", "allocationId");
    let association = server.made(
        &format!("AssociateAddress&AllocationId={allocation}&NetworkInterfaceId={interface}"),
        "associationId",
    );
    let reply =
        server.taken(&format!("DescribeNetworkInterfaces&NetworkInterfaceId.1={interface}"));
    let shown = elements(&reply, "association");
    assert_eq!(shown.len(), 2, "once with its private address and once by itself: {reply}");
    for shown in shown {
        assert_eq!(element(shown, "allocationId"), allocation);
        assert_eq!(element(shown, "associationId"), association);
        assert_eq!(element(shown, "ipOwnerId"), ACCOUNT);
    }
}

#[test]
fn an_address_that_a_launch_gave_is_amazons() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    server
        .taken(&format!("ModifySubnetAttribute&SubnetId={subnet}&MapPublicIpOnLaunch.Value=true"));
    let instance = server.instance(&subnet);
    let described = server.taken(&format!("DescribeInstances&InstanceId.1={instance}"));
    let reply = server.taken(&format!(
        "DescribeNetworkInterfaces&Filter.1.Name=attachment.instance-id&Filter.1.Value.1={instance}"
    ));
    let shown = element(&reply, "association");
    assert_eq!(element(shown, "publicIp"), element(&described, "ipAddress"), "{reply}");
    assert_eq!(element(shown, "ipOwnerId"), "amazon", "{reply}");
    assert!(!shown.contains("allocationId"), "{reply}");
}

#[test]
fn an_interface_of_an_endpoint_is_attached_as_device_1() {
    let server = Server::new();
    let vpc = server.vpc();
    let subnet = server.subnet(&vpc, 1, 'a');
    server.taken(&format!(
        "CreateVpcEndpoint&VpcId={vpc}&VpcEndpointType=Interface&ServiceName=com.amazonaws.{REGION}.sqs&SubnetId.1={subnet}&PrivateDnsEnabled=false"
    ));
    let reply = server.taken(&format!(
        "DescribeNetworkInterfaces&Filter.1.Name=subnet-id&Filter.1.Value.1={subnet}"
    ));
    let shown = element(&reply, "attachment");
    assert_eq!(element(shown, "deviceIndex"), "1", "{reply}");
    assert_eq!(element(shown, "instanceOwnerId"), "amazon-aws", "{reply}");
}

#[test]
fn the_first_interface_of_an_instance_is_not_detached() {
    let server = Server::new();
    let instance = server.instance(&server.subnet(&server.vpc(), 1, 'a'));
    let attachment =
        server.made(&format!("DescribeInstances&InstanceId.1={instance}"), "attachmentId");
    let detach = |id: &str| server.refused(&format!("DetachNetworkInterface&AttachmentId={id}")).0;
    assert_eq!(detach(&attachment), "OperationNotPermitted");
    assert_eq!(detach("eni-attach-00000000000000001"), "InvalidAttachmentID.NotFound");
    let (code, _) = server.refused("DisassociateAddress&AssociationId=eipassoc-00000000000000001");
    assert_eq!(code, "InvalidAssociationID.NotFound");
}

#[test]
fn an_endpoint_gets_a_subnet_that_only_a_configuration_names() {
    let server = Server::new();
    let vpc = server.vpc();
    let (first, second) = (server.subnet(&vpc, 1, 'a'), server.subnet(&vpc, 2, 'b'));
    let endpoint = server.made(
        &format!(
            "CreateVpcEndpoint&VpcId={vpc}&VpcEndpointType=Interface&ServiceName=com.amazonaws.{REGION}.sqs&SubnetId.1={first}&PrivateDnsEnabled=false"
        ),
        "vpcEndpointId",
    );
    server.taken(&format!(
        "ModifyVpcEndpoint&VpcEndpointId={endpoint}&SubnetConfiguration.1.SubnetId={second}&SubnetConfiguration.1.Ipv4=10.1.2.77"
    ));
    let reply = server.taken(&format!("DescribeVpcEndpoints&VpcEndpointId.1={endpoint}"));
    let subnets: BTreeSet<_> =
        elements(element(&reply, "subnetIdSet"), "item").into_iter().collect();
    assert_eq!(subnets, BTreeSet::from([first.as_str(), second.as_str()]), "{reply}");
    let given =
        format!("DescribeNetworkInterfaces&Filter.1.Name=subnet-id&Filter.1.Value.1={second}");
    assert_eq!(server.made(&given, "privateIpAddress"), "10.1.2.77");
}

#[test]
fn a_service_says_in_which_zones_it_is_by_name_and_by_id() {
    let server = Server::new();
    let (_, name) = server.service();
    let reply = server.taken(&format!("DescribeVpcEndpointServices&ServiceName.1={name}"));
    assert_eq!(element(&reply, "availabilityZoneIdSet"), "<item>apne2-az1</item>", "{reply}");
    assert_eq!(element(&reply, "availabilityZoneSet"), "<item>ap-northeast-2a</item>", "{reply}");
}

#[test]
fn services_are_refused_by_name_and_by_a_filter_that_there_is_not() {
    let server = Server::new();
    let (code, message) = server.refused("DescribeVpcEndpointServices&ServiceName.1=no.such");
    assert_eq!(code, "InvalidServiceName");
    assert_eq!(message, "The Vpc Endpoint Service 'no.such' does not exist");
    let (_, message) =
        server.refused("DescribeVpcEndpointServices&ServiceName.1=no.such&ServiceName.2=none");
    assert_eq!(message, "The Vpc Endpoint Services 'no.such, none' do not exist");
    let (code, _) =
        server.refused("DescribeVpcEndpointServices&Filter.1.Name=vpc-id&Filter.1.Value.1=x");
    assert_eq!(code, "InvalidFilter");
}

#[test]
fn a_permission_has_the_type_of_its_principal_and_an_id_of_its_own() {
    let server = Server::new();
    let (service, _) = server.service();
    let principals = [
        "*",
        "arn:aws:iam::222222222222:root",
        "arn:aws:iam::222222222222:role/r",
        "arn:aws:iam::222222222222:user/u",
        "arn:aws:iam::333333333333:root",
        "arn:aws:iam::444444444444:root",
        "arn:aws:iam::555555555555:root",
    ];
    let mut request = format!("ModifyVpcEndpointServicePermissions&ServiceId={service}");
    for (index, principal) in principals.iter().enumerate() {
        request.push_str(&format!("&AddAllowedPrincipals.{}={principal}", index + 1));
    }
    let reply = server.taken(&request);
    assert_eq!(elements(&reply, "principal"), principals);
    assert_eq!(
        elements(&reply, "principalType"),
        ["All", "Account", "Role", "User", "Account", "Account", "Account"]
    );
    let ids: BTreeSet<_> = elements(&reply, "servicePermissionId").into_iter().collect();
    assert_eq!(ids.len(), principals.len(), "{ids:?}");
    for id in ids {
        assert_eq!(id.len(), "vpce-svc-perm-".len() + 17, "{id}");
    }
}

#[test]
fn an_instance_is_described_without_enclaves() {
    let server = Server::new();
    let instance = server.instance(&server.subnet(&server.vpc(), 1, 'a'));
    let reply = server.taken(&format!("DescribeInstances&InstanceId.1={instance}"));
    assert_eq!(element(&reply, "enclaveOptions"), "<enabled>false</enabled>", "{reply}");
}

#[test]
fn the_status_of_an_instance_that_does_not_run_is_not_applicable() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    let [running, stopped] = [(); 2].map(|()| server.instance(&subnet));
    server.taken(&format!("StopInstances&InstanceId.1={stopped}"));
    for (filter, running_value) in [
        ("instance-status.status", "ok"),
        ("system-status.status", "ok"),
        ("instance-status.reachability", "passed"),
        ("system-status.reachability", "passed"),
    ] {
        let found = |value: &str| {
            let reply = server.taken(&format!(
                "DescribeInstanceStatus&IncludeAllInstances=true&Filter.1.Name={filter}&Filter.1.Value.1={value}"
            ));
            elements(&reply, "instanceId").into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(found(running_value), [running.as_str()], "{filter}");
        assert_eq!(found("not-applicable"), [stopped.as_str()], "{filter}");
    }
}

#[test]
fn an_instance_type_has_at_most_40_characters() {
    let server = Server::taking_any_instance_type(true);
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    let run = |length: usize| {
        format!("{RUN}&SubnetId={subnet}&InstanceType=t3.{}", "x".repeat(length - 3))
    };
    assert_eq!(server.made(&run(40), "instanceType").len(), 40);
    assert_eq!(server.refused(&run(41)).0, "InvalidParameterValue");
}

#[test]
fn the_metadata_options_of_a_terminated_instance_stay() {
    let server = Server::new();
    let instance = server.instance(&server.subnet(&server.vpc(), 1, 'a'));
    server.taken(&format!("TerminateInstances&InstanceId.1={instance}"));
    let (code, _) = server.refused(&format!(
        "ModifyInstanceMetadataOptions&InstanceId={instance}&HttpTokens=required"
    ));
    assert_eq!(code, "IncorrectInstanceState");
}

#[test]
fn an_instance_that_was_launched_without_a_public_address_starts_without_one() {
    let server = Server::new();
    let instance = server.instance(&server.subnet(&server.vpc(), 1, 'a'));
    server.taken(&format!("StopInstances&InstanceId.1={instance}"));
    server.taken(&format!("StartInstances&InstanceId.1={instance}"));
    let reply = server.taken(&format!("DescribeInstances&InstanceId.1={instance}"));
    assert_eq!(element(element(&reply, "instanceState"), "name"), "running");
    assert_eq!(element(&reply, "ipAddress"), "", "{reply}");
}

#[test]
fn an_interface_of_a_launch_has_at_most_50_private_addresses() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    let run = |count: u32| {
        format!(
            "{RUN}&InstanceType=t3.micro&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SubnetId={subnet}&NetworkInterface.1.SecondaryPrivateIpAddressCount={count}"
        )
    };
    let reply = server.taken(&run(49));
    assert_eq!(elements(element(&reply, "privateIpAddressesSet"), "primary").len(), 50, "{reply}");
    assert_eq!(server.refused(&run(50)).0, "PrivateIpAddressLimitExceeded");
}

/// A page begins after the last thing that was shown, whatever the action lists.
#[test]
fn every_listing_is_read_page_by_page() {
    let server = Server::new();
    let others = ["CreateVpc&CidrBlock=10.2.0.0/16", "CreateVpc&CidrBlock=10.3.0.0/16"];
    let others = others.map(|request| server.made(request, "vpcId"));
    let vpcs: Vec<String> = std::iter::once(server.vpc()).chain(others).collect();
    let subnets: Vec<String> = (1..4).map(|net| server.subnet(&vpcs[0], net, 'a')).collect();
    for subnet in &subnets {
        server.instance(subnet);
        server.taken(&format!("CreateNetworkInterface&SubnetId={subnet}"));
        server.taken("CreateInternetGateway");
        server.taken("CreateDhcpOptions&DhcpConfiguration.1.Key=domain-name&DhcpConfiguration.1.Value.1=a.test");
        server.taken(&format!("CreateTags&ResourceId.1={subnet}&Tag.1.Key=k&Tag.1.Value=v"));
        server.service();
        let request = format!(
            "CreateVpcEndpoint&VpcId={}&ServiceName=com.amazonaws.{REGION}.sqs&VpcEndpointType=Interface&PrivateDnsEnabled=false",
            vpcs[0]
        );
        server.taken(&request);
    }
    for vpc in &vpcs[1..] {
        server.taken(&format!("CreateVpcPeeringConnection&VpcId={}&PeerVpcId={vpc}", vpcs[0]));
    }
    for (action, id) in [
        ("DescribeVpcs", "vpcId"),
        ("DescribeSubnets", "subnetId"),
        ("DescribeInstances", "instanceId"),
        ("DescribeInstanceStatus", "instanceId"),
        ("DescribeNetworkInterfaces", "networkInterfaceId"),
        ("DescribeRouteTables", "vpcId"),
        ("DescribeSecurityGroups", "vpcId"),
        ("DescribeSecurityGroupRules", "securityGroupRuleId"),
        ("DescribeNetworkAcls", "vpcId"),
        ("DescribeInternetGateways", "internetGatewayId"),
        ("DescribeDhcpOptions", "dhcpOptionsId"),
        ("DescribeVpcEndpoints", "vpcEndpointId"),
        ("DescribeVpcEndpointServiceConfigurations", "serviceId"),
        ("DescribeVpcPeeringConnections", "vpcPeeringConnectionId"),
        ("DescribeTags", "resourceId"),
        ("DescribePrefixLists", "prefixListId"),
        ("DescribeManagedPrefixLists", "prefixListId"),
    ] {
        let reply = server.taken(action);
        let whole: BTreeSet<String> = elements(&reply, id).into_iter().map(str::to_owned).collect();
        assert!(whole.len() > 1, "{action}: {reply}");
        let mut seen = BTreeSet::new();
        let mut token = String::new();
        // Some things are shown with others' ids, so that pages are not counted but bounded.
        for _ in 0..2 * whole.len() + 8 {
            let at = if token.is_empty() { String::new() } else { format!("&NextToken={token}") };
            let page = server.taken(&format!("{action}&MaxResults=1{at}"));
            seen.extend(elements(&page, id).into_iter().map(str::to_owned));
            token = element(&page, "nextToken")
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D");
            if token.is_empty() {
                break;
            }
        }
        assert_eq!((seen, token.as_str()), (whole, ""), "{action}");
    }
}

#[test]
fn only_the_regions_that_are_named_are_described() {
    let reply =
        Server::new().taken("DescribeRegions&RegionName.1=eu-west-1&RegionName.2=us-east-1");
    assert_eq!(elements(&reply, "regionName"), ["eu-west-1", "us-east-1"]);
}

#[test]
fn a_subnet_shows_the_id_of_its_zone_and_no_customer_owned_addresses() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'c');
    let reply = server.taken(&format!("DescribeSubnets&SubnetId.1={subnet}"));
    assert_eq!(element(&reply, "availabilityZoneId"), "apne2-az3", "{reply}");
    assert_eq!(element(&reply, "mapCustomerOwnedIpOnLaunch"), "false", "{reply}");
}

#[test]
fn the_host_names_of_a_subnet_are_changed_to_what_is_said() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    for word in ["resource-name", "ip-name"] {
        server.taken(&format!(
            "ModifySubnetAttribute&SubnetId={subnet}&PrivateDnsHostnameTypeOnLaunch={word}"
        ));
        let reply = server.taken(&format!("DescribeSubnets&SubnetId.1={subnet}"));
        assert_eq!(element(&reply, "hostnameType"), word, "{reply}");
    }
}

#[test]
fn a_service_takes_the_address_families_that_are_named_and_no_gateway_load_balancer() {
    let server = Server::new();
    let create = format!(
        "CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1={BALANCER}&SupportedIpAddressType.1=ipv4"
    );
    let reply = server.taken(&create);
    assert_eq!(element(&reply, "supportedIpAddressTypeSet"), "<item>ipv4</item>", "{reply}");
    let service = element(&reply, "serviceId");
    for list in ["AddGatewayLoadBalancerArn", "RemoveGatewayLoadBalancerArn"] {
        let arn = BALANCER.replace("/net/", "/gwy/");
        let (code, _) = server.refused(&format!(
            "ModifyVpcEndpointServiceConfiguration&ServiceId={service}&{list}.1={arn}"
        ));
        assert_eq!(code, "UnsupportedOperation", "{list}");
    }
}

#[test]
fn a_permission_that_is_changed_is_answered_with_true() {
    let server = Server::new();
    let (service, _) = server.service();
    let request =
        format!("ModifyVpcEndpointServicePermissions&ServiceId={service}&AddAllowedPrincipals.1=*");
    assert!(server.taken(&request).contains("<return>true</return>"));
}

#[test]
fn one_of_the_addresses_of_an_interface_is_the_primary_one() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    let request = format!(
        "CreateNetworkInterface&SubnetId={subnet}&PrivateIpAddresses.1.PrivateIpAddress=10.1.1.20"
    );
    let (code, message) = server.refused(&request);
    assert_eq!(code, "InvalidParameterCombination");
    assert_eq!(message, "One of the private IP addresses must be the primary one.");
    server.taken(&format!("{request}&PrivateIpAddresses.1.Primary=true"));
}

#[test]
fn a_peering_shows_the_ipv6_ranges_of_a_vpc_that_has_some() {
    let server = Server::new();
    let reply = server.taken("CreateVpc&CidrBlock=10.2.0.0/16&AmazonProvidedIpv6CidrBlock=true");
    let (with, without) = (element(&reply, "vpcId"), server.vpc());
    let reply =
        server.taken(&format!("CreateVpcPeeringConnection&VpcId={with}&PeerVpcId={without}"));
    let id = element(&reply, "vpcPeeringConnectionId");
    server.taken(&format!("AcceptVpcPeeringConnection&VpcPeeringConnectionId={id}"));
    let reply = server.taken("DescribeVpcPeeringConnections");
    assert_eq!(elements(&reply, "ipv6CidrBlockSet").len(), 1, "{reply}");
    assert!(element(&reply, "requesterVpcInfo").contains("<ipv6CidrBlock>"), "{reply}");
}

#[test]
fn an_instance_has_one_network_card_and_its_interfaces_own_device_indexes() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    let first = format!(
        "{RUN}&InstanceType=t3.micro&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SubnetId={subnet}"
    );
    let second = format!("&NetworkInterface.2.SubnetId={subnet}&NetworkInterface.2.DeviceIndex");
    assert_eq!(
        server.refused(&format!("{first}&NetworkInterface.1.NetworkCardIndex=1")).0,
        "InvalidParameterValue"
    );
    assert_eq!(server.refused(&format!("{first}{second}=0")).0, "InvalidParameterCombination");
    for public in ["true", "false"] {
        let both =
            format!("{first}{second}=1&NetworkInterface.1.AssociatePublicIpAddress={public}");
        assert_eq!(server.refused(&both).0, "InvalidParameterCombination", "{public}");
    }
    let reply = server.taken(&format!("{first}{second}=1&NetworkInterface.1.NetworkCardIndex=0"));
    assert_eq!(elements(&reply, "deviceIndex"), ["0", "1"], "{reply}");
}

#[test]
fn instances_of_one_launch_are_shown_in_the_order_of_their_indexes() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    let run = RUN.replace("MinCount=1&MaxCount=1", "MinCount=9&MaxCount=9");
    let reply = server.taken(&format!("{run}&InstanceType=t3.micro&SubnetId={subnet}"));
    let indexes: Vec<String> = (0..9).map(|index: u32| index.to_string()).collect();
    assert_eq!(elements(&reply, "amiLaunchIndex"), indexes, "{reply}");
}

#[test]
fn an_interface_that_is_there_is_given_to_one_instance_only() {
    let server = Server::new();
    let subnet = server.subnet(&server.vpc(), 1, 'a');
    let made =
        server.made(&format!("CreateNetworkInterface&SubnetId={subnet}"), "networkInterfaceId");
    let given = format!(
        "&InstanceType=t3.micro&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.NetworkInterfaceId={made}"
    );
    let two = RUN.replace("MaxCount=1", "MaxCount=2");
    assert_eq!(server.refused(&format!("{two}{given}")).0, "InvalidParameterCombination");
    server.taken(&format!("{RUN}{given}"));
}

#[test]
fn a_rule_is_known_by_its_id_in_its_own_direction_only() {
    let server = Server::new();
    let vpc = server.vpc();
    let group = server.made(
        &format!("CreateSecurityGroup&GroupName=g&GroupDescription=d&VpcId={vpc}"),
        "groupId",
    );
    let permission = "IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8";
    let rule = server.made(
        &format!("AuthorizeSecurityGroupIngress&GroupId={group}&{permission}"),
        "securityGroupRuleId",
    );
    let describe = |direction: &str| {
        format!(
            "UpdateSecurityGroupRuleDescriptions{direction}&GroupId={group}&SecurityGroupRuleDescription.1.SecurityGroupRuleId={rule}&SecurityGroupRuleDescription.1.Description=web"
        )
    };
    assert_eq!(server.refused(&describe("Egress")).0, "InvalidSecurityGroupRuleId.NotFound");
    server.taken(&describe("Ingress"));
    let other = "GroupName=default&IpProtocol=tcp&FromPort=1&ToPort=1&CidrIp=10.0.0.0";
    assert_eq!(
        server.refused(&format!("AuthorizeSecurityGroupIngress&{other}")).0,
        "InvalidParameterValue"
    );
}
