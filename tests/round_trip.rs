//! Random calls of the EC2 API, then `export`: the file is read without a problem and answers the same.
//!
//! The calls are chosen by fixed seeds from what a user does, among resources that exist and some that do not. Most are taken, some
//! are refused as AWS refuses them. Each is rehearsed first (`DryRun`), which refuses what the call itself refuses. `VPCDNS_ROUND_TRIP_SEED` tries one other seed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{fmt::Display, sync::Arc};

use common::{compile, difference};
use vpcdns::{
    api::{Api, Reply, Request},
    export,
    import::{
        Defaults, open,
        text::diagnostic::{self, Source},
        world,
    },
    model::world::World,
    store::Live,
};

/// A sequence of numbers that a seed fixes.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    /// One of some ids; an id that nothing has, if there is none.
    fn id<I: Display>(&mut self, ids: impl Iterator<Item = I>, none: &str) -> String {
        let mut ids: Vec<String> = ids.map(|id| id.to_string()).collect();
        ids.sort();
        let chosen = self.below(ids.len());
        ids.get(chosen).cloned().unwrap_or_else(|| format!("{none}-00000000000000000"))
    }

    fn one<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// A random call.
fn call(numbers: &mut Numbers, world: &World) -> String {
    let vpc = numbers.id(world.vpcs.keys(), "vpc");
    let subnet = numbers.id(world.subnets.keys(), "subnet");
    let instance = numbers.id(world.instances.keys(), "i");
    let table = numbers.id(world.route_tables.keys(), "rtb");
    let gateway = numbers.id(world.internet_gateways.keys(), "igw");
    let endpoint = numbers.id(world.endpoints.keys(), "vpce");
    let options = numbers.id(world.dhcp_options.keys(), "dopt");
    let peering = numbers.id(world.peerings.keys(), "pcx");
    let address = numbers.id(world.elastic_addresses.keys(), "eipalloc");
    let interface = numbers.id(world.network_interfaces.keys(), "eni");
    let service = numbers.id(world.endpoint_services.keys(), "vpce-svc");
    let name = numbers.one(&[
        "web",
        "db",
        "web",
        "a b",
        "Ünïcode",
        "12",
        "yes",
        "~",
        "- x",
        "#",
        "a: b",
        "internet",
        "*",
        "\"q\"",
        "10.0.0.1",
        "vpc",
        " lead",
        "null",
        "[x]",
        "1e3",
    ]);
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let tag = |kind: &str| {
        format!(
            "TagSpecification.1.ResourceType={kind}&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value={name}"
        )
    };
    let on = numbers.one(&["true", "false"]);
    let (second, third) = (numbers.below(40), numbers.below(16) * 16);
    let any = numbers.one(&["vpc", "subnet", "i", "rtb", "igw", "vpce", "dopt", "pcx"]);
    let any = match any {
        "vpc" => &vpc,
        "subnet" => &subnet,
        "i" => &instance,
        "rtb" => &table,
        "igw" => &gateway,
        "vpce" => &endpoint,
        "dopt" => &options,
        _ => &peering,
    };
    let aws = numbers.one(&["s3", "ec2", "sqs", "ssm", "cloudformation", "dynamodb"]);
    match numbers.below(42) {
        0 | 1 => format!(
            "CreateVpc&CidrBlock=10.{second}.0.0/16&AmazonProvidedIpv6CidrBlock={on}&{}",
            tag("vpc")
        ),
        2..=4 => {
            let cidr = world.vpcs.values().find(|it| it.id.to_string() == vpc);
            let cidr =
                cidr.map_or_else(|| "10.0".to_owned(), |it| it.cidrs[0].network().to_string());
            let start: Vec<&str> = cidr.split('.').take(2).collect();
            let zone = numbers.one(&["a", "c"]);
            format!(
                "CreateSubnet&VpcId={vpc}&CidrBlock={}.{third}.0/20&AvailabilityZone=ap-northeast-2{zone}&{}",
                start.join("."),
                tag("subnet")
            )
        }
        5..=8 => format!(
            "RunInstances&ImageId=ami-0123456789abcdef0&InstanceType=t3.micro&MinCount=1&MaxCount={}&SubnetId={subnet}&\
             UserData={}&{}",
            1 + numbers.below(2),
            numbers.one(&["IyEvYmluL3NoCg%3D%3D", "", "AP8%3D"]),
            tag("instance")
        ),
        9 | 10 => format!("TerminateInstances&InstanceId.1={instance}"),
        11 => format!("StopInstances&InstanceId.1={instance}"),
        12 => format!("StartInstances&InstanceId.1={instance}"),
        13 => format!("CreateInternetGateway&{}", tag("internet-gateway")),
        14 => format!("AttachInternetGateway&InternetGatewayId={gateway}&VpcId={vpc}"),
        15 => format!("DetachInternetGateway&InternetGatewayId={gateway}&VpcId={vpc}"),
        16 => format!("CreateRouteTable&VpcId={vpc}&{}", tag("route-table")),
        17 => format!("AssociateRouteTable&RouteTableId={table}&SubnetId={subnet}"),
        18 => format!(
            "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&GatewayId={gateway}"
        ),
        19 => format!(
            "CreateRoute&RouteTableId={table}&DestinationCidrBlock=10.{second}.0.0/16&VpcPeeringConnectionId={peering}"
        ),
        20 => format!("DeleteRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0"),
        21 | 22 => format!(
            "CreateVpcEndpoint&VpcEndpointType=Interface&ServiceName=com.amazonaws.ap-northeast-2.{aws}&VpcId={vpc}&\
             SubnetId.1={subnet}&PrivateDnsEnabled={on}&{}",
            tag("vpc-endpoint")
        ),
        23 => format!(
            "CreateVpcEndpoint&VpcEndpointType=Gateway&ServiceName=com.amazonaws.ap-northeast-2.{}&VpcId={vpc}&\
             RouteTableId.1={table}",
            numbers.one(&["s3", "dynamodb"])
        ),
        24 => format!("DeleteVpcEndpoints&VpcEndpointId.1={endpoint}"),
        25 => format!("ModifyVpcEndpoint&VpcEndpointId={endpoint}&PrivateDnsEnabled={on}"),
        26 => format!("ModifyVpcAttribute&VpcId={vpc}&EnableDnsHostnames.Value={on}"),
        27 => format!("ModifyVpcAttribute&VpcId={vpc}&EnableDnsSupport.Value={on}"),
        28 => format!(
            "CreateDhcpOptions&DhcpConfiguration.1.Key=domain-name&DhcpConfiguration.1.Value.1=corp{second}.example&\
             DhcpConfiguration.2.Key=domain-name-servers&DhcpConfiguration.2.Value.1={}&{}",
            numbers.one(&["AmazonProvidedDNS", "10.0.0.2", "192.0.2.1"]),
            tag("dhcp-options")
        ),
        29..=31 => format!("AssociateDhcpOptions&DhcpOptionsId={options}&VpcId={vpc}"),
        32 => "AllocateAddress&Domain=vpc".to_owned(),
        33 => format!("AssociateAddress&AllocationId={address}&InstanceId={instance}"),
        34 => format!("ReleaseAddress&AllocationId={address}"),
        35 => {
            let other = numbers.id(world.vpcs.keys(), "vpc");
            format!(
                "CreateVpcPeeringConnection&VpcId={vpc}&PeerVpcId={other}&{}",
                tag("vpc-peering-connection")
            )
        }
        36 => format!("AcceptVpcPeeringConnection&VpcPeeringConnectionId={peering}"),
        37 => format!(
            "{}&VpcPeeringConnectionId={peering}",
            numbers.one(&["DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"])
        ),
        38 => format!("CreateTags&ResourceId.1={any}&Tag.1.Key=Name&Tag.1.Value={name}"),
        39 => format!(
            "{}&SubnetId={subnet}&{}.Value={on}",
            "ModifySubnetAttribute",
            numbers.one(&[
                "MapPublicIpOnLaunch",
                "EnableResourceNameDnsARecordOnLaunch",
                "AssignIpv6AddressOnCreation",
                "EnableDns64"
            ])
        ),
        40 => match numbers.below(8) {
            0 => format!("CreateNetworkInterface&SubnetId={subnet}"),
            1 => format!(
                "AttachNetworkInterface&NetworkInterfaceId={interface}&InstanceId={instance}&DeviceIndex=1"
            ),
            2 => format!("DeleteNetworkInterface&NetworkInterfaceId={interface}"),
            3 => format!("DeleteDhcpOptions&DhcpOptionsId={options}"),
            4 => format!("DeleteTags&ResourceId.1={any}&Tag.1.Key=Name"),
            5 => format!(
                "AcceptVpcEndpointConnections&ServiceId={service}&VpcEndpointId.1={endpoint}"
            ),
            6 => format!("AssociateVpcCidrBlock&VpcId={vpc}&CidrBlock=100.64.{third}.0/24"),
            _ => format!("AssociateVpcCidrBlock&VpcId={vpc}&AmazonProvidedIpv6CidrBlock=true"),
        },
        _ => match numbers.below(4) {
            0 => format!("DeleteSubnet&SubnetId={subnet}"),
            1 => format!("DeleteRouteTable&RouteTableId={table}"),
            2 => format!("DeleteVpc&VpcId={vpc}"),
            _ => format!("DeleteInternetGateway&InternetGatewayId={gateway}"),
        },
    }
}

fn read_back(world: &World, history: &str) -> World {
    let text = export::yaml(world);
    let source = Source { name: "exported".to_owned(), text };
    let loaded = world::load(&source, &Defaults::default()).unwrap_or_else(|problems| {
        let shown: Vec<_> =
            problems.iter().map(|problem| diagnostic::render(problem, &source, false)).collect();
        panic!("{history}\n{}\n{}", shown.join("\n"), source.text)
    });
    loaded.world
}

fn send(api: &Api, action: &str) -> Reply {
    let form = "application/x-www-form-urlencoded";
    let request = Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        sent: String::new(),
        headers: vec![("content-type".to_owned(), form.to_owned())],
        body: format!("Action={action}&Version=2016-11-15").into_bytes(),
        ..Request::default()
    };
    api.handle(&request, true)
}

/// Calls, and a look at the export each few of them. How many calls were taken.
fn walk(seed: u64, begin: &str, calls: usize) -> usize {
    let world = open::open(begin, &Defaults::default()).unwrap().world;
    let live = Arc::new(Live::new(compile(world)));
    let api = Api::new(Arc::clone(&live), "ap-northeast-2", None);
    let mut numbers = Numbers(seed);
    let mut history = format!("seed {seed} from {begin}");
    let mut taken = 0;
    for number in 1..=calls {
        let action = call(&mut numbers, &live.snapshot().world);
        let before = live.snapshot();
        let rehearsed = send(&api, &format!("{action}&DryRun=true"));
        assert!(Arc::ptr_eq(&before, &live.snapshot()), "{history}\n{action}: a rehearsal");
        let reply = send(&api, &action);
        assert!(reply.status < 500, "{history}\n{action}: {}", reply.text());
        // What is told in a list, id by id, a rehearsal refuses.
        let refused = reply.status != 200 || reply.text().contains("<unsuccessful><item>");
        let expected = if refused { 400 } else { 412 };
        assert_eq!(
            rehearsed.status,
            expected,
            "{history}\n{action}: {}{}",
            rehearsed.text(),
            reply.text()
        );
        if reply.status == 200 {
            taken += 1;
            history.push_str(&format!("\n{action}"));
            read_back(&live.snapshot().world, &history);
        }
        if number == calls {
            let before = live.snapshot();
            let after = compile(read_back(&before.world, &history));
            assert_eq!(after.default_asker(), before.default_asker(), "{history}");
            let diff = difference(&before, &after);
            assert!(
                diff.same,
                "{history}\n{}\n{}",
                serde_json::to_string_pretty(&diff).unwrap(),
                export::yaml(&before.world)
            );
        }
    }
    taken
}

#[test]
fn what_random_calls_make_is_exported_and_read_back() {
    if let Some(seed) = std::env::var("VPCDNS_ROUND_TRIP_SEED").ok().and_then(|it| it.parse().ok())
    {
        walk(seed, "lab09-1", 200);
        return;
    }
    let (mut taken, mut failed) = (0, Vec::new());
    for seed in 1..=12 {
        let begin = ["lab09-1", "lab09-2", "default-vpc"][usize::try_from(seed % 3).unwrap()];
        match std::panic::catch_unwind(|| walk(seed, begin, 60)) {
            Ok(calls) => taken += calls,
            Err(_) => failed.push(seed),
        }
    }
    assert!(failed.is_empty(), "the seeds {failed:?}");
    assert!(taken > 250, "{taken} calls of 720 were taken");
}

#[test]
fn a_rehearsal_with_an_id_that_nothing_has_is_refused() {
    let world = open::open("lab09-1", &Defaults::default()).unwrap().world;
    let api = Api::new(Arc::new(Live::new(compile(world))), "ap-northeast-2", None);
    let code = |action: &str| {
        let reply = send(&api, &format!("{action}&DryRun=true"));
        let code =
            reply.text().split("<Code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        (reply.status, code)
    };
    for (action, expected) in [
        ("DeleteVpc&VpcId=vpc-00000000000000001", "InvalidVpcID.NotFound"),
        ("DeleteSubnet&SubnetId=subnet-00000000000000001", "InvalidSubnetID.NotFound"),
        (
            "DeleteVpcEndpoints&VpcEndpointId.1=vpce-00000000000000001",
            "InvalidVpcEndpoint.NotFound",
        ),
        (
            "DeleteVpcEndpoints&VpcEndpointId.1=vpce-093517d1686ace06d&VpcEndpointId.2=vpce-00000000000000001",
            "InvalidVpcEndpoint.NotFound",
        ),
        (
            "DeleteVpcEndpointServiceConfigurations&ServiceId.1=vpce-svc-00000000000000001",
            "InvalidVpcEndpointService.NotFound",
        ),
        ("DescribeVpcs&VpcId.1=vpc-00000000000000001", "InvalidVpcID.NotFound"),
        ("DescribeSubnets&SubnetId.1=subnet-00000000000000001", "InvalidSubnetID.NotFound"),
        ("DescribeInstances&InstanceId.1=i-00000000000000001", "InvalidInstanceID.NotFound"),
        (
            "DescribeRouteTables&RouteTableId.1=rtb-00000000000000001",
            "InvalidRouteTableID.NotFound",
        ),
        ("TerminateInstances&InstanceId.1=i-00000000000000001", "InvalidInstanceID.NotFound"),
    ] {
        assert_eq!(code(action), (400, expected.to_owned()), "{action}");
    }
    for action in [
        "DeleteVpcEndpoints&VpcEndpointId.1=vpce-093517d1686ace06d",
        "DescribeVpcs&VpcId.1=vpc-07de255d3a7c9c317",
        "DescribeVpcs",
    ] {
        assert_eq!(code(action), (412, "DryRunOperation".to_owned()), "{action}");
    }
}
