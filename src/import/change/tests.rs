//! Changes in the CLI's form: names for ids, order, and problems with their positions.

use super::*;
use crate::import::{Defaults, world};

const BASE: &str = "\
vpcs:
  V:
    id: vpc-00000001
    cidr: 10.0.0.0/16
    internet-gateway: IGW
    route-tables: {RT: {id: rtb-00000001}}
    subnets:
      A: {id: subnet-0000000a, cidr: 10.0.0.0/24, zone: ap-northeast-2a, instances: {I: }}
      B: {id: subnet-0000000b, cidr: 10.0.1.0/24, zone: ap-northeast-2b}
  W: {id: vpc-00000002, cidr: 10.1.0.0/16}
load-balancers: {N: {vpc: V, zones: {ap-northeast-2a: 198.51.100.7}}}
hosted-zones: {corp.internal: {vpcs: [W]}}
";

fn world() -> World {
    let source = Source { name: "base".to_owned(), text: BASE.to_owned() };
    world::load(&source, &Defaults::default()).unwrap().world
}

fn text(text: &str) -> Source {
    Source { name: "changes".to_owned(), text: text.to_owned() }
}

fn actions_of(changes: &[Change]) -> Vec<&'static str> {
    changes.iter().map(Change::action).collect()
}

/// Applies changes one after the other.
fn after(changes: &str) -> World {
    let mut world = world();
    for change in parse_changes(&text(changes), &world).unwrap() {
        world = world.apply(&change).unwrap().0;
    }
    world
}

#[test]
fn names_stand_for_ids_and_entries_see_those_before_them() {
    let world = after(
        "\
- ModifyVpcAttribute: {VpcId: V, EnableDnsHostnames: {Value: true}}
- CreateVpcEndpoint:
    VpcEndpointId: vpce-00000001
    DnsSuffixLabel: 00000001
    Name: E
    VpcId: V
    VpcEndpointType: Interface
    ServiceName: com.amazonaws.ap-northeast-2.sqs
    SubnetIds: [A]
    SubnetConfigurations: [{SubnetId: B, Ipv4: 10.0.1.9}]
    PolicyDocument: {Version: \"2012-10-17\"}
- Settle: {VpcEndpointId: E}
- ModifyVpcEndpoint: {VpcEndpointId: E, RemoveSubnetIds: [A], PrivateDnsEnabled: false}
- SetEndpointHealth: {VpcEndpointId: E, AvailabilityZone: ap-northeast-2b, Healthy: false}
- CreateVpcEndpoint: {Name: S3, VpcId: V, ServiceName: s3, RouteTableIds: RT}
- CreateVpcEndpointServiceConfiguration: {Name: Svc, NetworkLoadBalancers: [N], PrivateDnsName: \"*.svc.example\"}
- StartVpcEndpointServicePrivateDnsVerification: {ServiceId: Svc}
- ModifyVpcEndpointServicePermissions: {ServiceId: Svc, AddAllowedPrincipals: [\"*\"]}
- CreateVpcEndpoint: {Name: C, VpcId: V, VpcEndpointType: Interface, ServiceName: Svc, SubnetIds: [A]}
- AcceptVpcEndpointConnections: {ServiceId: Svc, VpcEndpointIds: [C]}
- CreateRoute: {RouteTableId: RT, DestinationCidrBlock: 0.0.0.0/0, GatewayId: IGW}
- CreateVpcPeeringConnection: {Name: P, VpcId: V, PeerVpcId: W}
- AcceptVpcPeeringConnection: {VpcPeeringConnectionId: P}
- AssociateVpcWithHostedZone: {HostedZoneId: corp.internal, VPC: {VPCId: V}}
- CreateHostedZone: {Name: api.example., VPC: {VPCId: V}}
- ChangeResourceRecordSets:
    HostedZoneId: api.example
    ChangeBatch:
      Changes:
      - {Action: CREATE, ResourceRecordSet: {Name: a.api.example., Type: A, TTL: 60, ResourceRecords: [{Value: 10.0.0.1}, {Value: 10.0.0.2}]}}
      - {Action: CREATE, ResourceRecordSet: {Name: t.api.example., Type: TXT, TTL: 60, ResourceRecords: [{Value: '\"x\"'}]}}
- ChangeResourceRecordSets:
    HostedZoneId: api.example
    ChangeBatch:
      Changes:
      - {Action: UPSERT, ResourceRecordSet: {Name: a.api.example., Type: A, AliasTarget: {DNSName: x.y, HostedZoneId: Z1}}}
      - {Action: DELETE, ResourceRecordSet: {Name: t.api.example., Type: TXT}}
      - {Action: UPSERT, ResourceRecordSet: {Name: b.api.example., Type: CNAME, TTL: 60, ResourceRecords: [{Value: c.d}]}}
- CreateDhcpOptions: {Name: D, DhcpConfigurations: [{Key: domain-name-servers, Values: [AmazonProvidedDNS]}]}
- AssociateDhcpOptions: {DhcpOptionsId: D, VpcId: V}
- CreateInboundEndpoint: {Name: onprem, VpcId: V, IpAddresses: [10.0.0.99]}
- SetSwitches: {quirks: true}
- SetDefaultClient: {Client: I}
- SetFaults: {Faults: [{name: a.b, from: V, answer: servfail}, {from: A, delay: 100}, {from: I, answer: timeout}]}
- ModifyInstanceMetadataOptions: {InstanceId: I, HttpTokens: required, InstanceMetadataTags: enabled}
",
    );
    let endpoint = |name: &str| world.endpoints.values().find(|it| it.label() == name).unwrap();
    let e = endpoint("E");
    assert_eq!(&*e.suffix, "00000001");
    assert_eq!((e.interfaces.len(), e.interfaces[0].healthy), (1, false));
    assert_eq!(e.policy.as_deref(), Some("{\"Version\":\"2012-10-17\"}"));
    assert_eq!(endpoint("S3").route_tables.len(), 1);
    assert!(endpoint("C").private_dns);
    assert_eq!(endpoint("C").state.text(), "pending");
    assert_eq!(world.default_client.as_deref(), Some("I"));
    assert!(world.switches.quirks);
    assert_eq!(world.faults.len(), 3);
    let options = world.guest(*world.instances.keys().next().unwrap()).options;
    assert!(options.enabled && options.tokens_required && options.tags);
    assert!(world.vpcs.values().any(|vpc| vpc.dhcp_options.is_some()));
    let zone = world.hosted_zones.values().find(|it| it.name.to_string() == "api.example").unwrap();
    let names: Vec<String> = zone.data.names().into_iter().map(ToString::to_string).collect();
    assert_eq!(names, ["a.api.example", "b.api.example"]);
    assert_eq!(zone.data.node(zone.data.names()[0].as_ref()).unwrap().routed.len(), 1);
}

#[test]
fn several_ids_become_several_changes() {
    let changes = "TerminateInstances: {InstanceIds: [I]}\nDeleteSubnet: {SubnetId: B}\nDeleteVpc: {VpcId: W}\n";
    let changes = parse_changes(&text(changes), &world()).unwrap();
    assert_eq!(actions_of(&changes), ["TerminateInstances", "DeleteSubnet", "DeleteVpc"]);
    let two =
        "- RunInstances: {Name: J, SubnetId: A}\n- TerminateInstances: {InstanceIds: [I, J]}\n";
    let changes = parse_changes(&text(two), &world()).unwrap();
    assert_eq!(actions_of(&changes), ["RunInstances", "TerminateInstances", "TerminateInstances"]);
}

#[test]
fn problems_have_places() {
    let bad = |changes: &str| {
        let problem = parse_changes(&text(changes), &world()).unwrap_err().remove(0);
        (problem.line, problem.column, problem.message, problem.hint)
    };
    let (line, column, message, hint) = bad("- ModifyVpcAtribute: {VpcId: V}\n");
    assert_eq!((line, column, message.as_str()), (1, 3, "there is no change `ModifyVpcAtribute`"));
    assert_eq!(hint.as_deref(), Some("did you mean `ModifyVpcAttribute`?"));
    assert_eq!(bad("- DeleteVpc: {VpcId: X}\n").1, 22);
    assert_eq!(bad("- DeleteVpc: {}\n").2, "`VpcId` is missing");
    assert_eq!(bad("- DeleteVpc: {VpcId: V, Force: true}\n").2, "unknown key `Force`");
    assert!(bad("- DeleteVpc\n").2.starts_with("expected a change such as"));
    assert!(bad("DeleteVpc").2.starts_with("expected a change such as"));
    let entry = |more: &str| {
        let text = format!(
            "- CreateNetworkAclEntry: {{NetworkAclId: acl-00000001, RuleNumber: 1, RuleAction: allow, CidrBlock: 10.0.0.0/8, {more}}}"
        );
        let source = Source { name: "t".to_owned(), text };
        let file = "vpcs: {V: {cidr: 10.0.0.0/16, network-acls: {N: {id: acl-00000001}}}}";
        let file = Source { name: "w".to_owned(), text: file.to_owned() };
        let world = world::load(&file, &Defaults::default()).unwrap().world;
        parse_changes(&source, &world).map_err(|mut problems| problems.remove(0).message)
    };
    assert!(entry("Protocol: tcp, PortRange: {From: 80, To: 443}").is_ok());
    for (more, said) in [
        ("Protocol: quic", "`quic` is no protocol"),
        ("PortRange: {From: 443, To: 80}", "Invalid TCP/UDP port range (443:80)"),
        ("PortRange: {From: 65536, To: 65537}", "expected a number from 0 to 65535"),
    ] {
        let problem = entry(more).unwrap_err();
        assert!(problem.starts_with(said), "{more}: {problem}");
    }
    assert!(
        bad("- CreateRoute: {RouteTableId: RT, DestinationCidrBlock: 0.0.0.0/0}")
            .2
            .starts_with("a route needs a target")
    );
}

#[test]
fn refusals_are_left_to_who_applies_unless_asked_for() {
    let source = text(
        "- ModifyVpcAttribute: {VpcId: V, EnableDnsSupport: false}\n- ModifyVpcAttribute: {VpcId: V, EnableDnsHostnames: true}\n",
    );
    let changes = parse_changes(&source, &world()).unwrap();
    assert_eq!(changes.len(), 2);
    let mut report = Report::new(&source);
    apply_changes(&node::parse(&source).unwrap(), &world(), &mut report);
    let problems = report.finish().unwrap_err();
    assert_eq!((problems[0].line, problems[0].column), (2, 54));
    assert_eq!(problems[0].code, Some("InvalidParameterValue"));
}

#[test]
fn a_deleted_peering_connection_has_no_name() {
    let deleted = after(
        "- CreateVpcPeeringConnection: {Name: P, VpcId: V, PeerVpcId: W}\n\
         - DeleteVpcPeeringConnection: {VpcPeeringConnectionId: P}\n",
    );
    assert_eq!(deleted.peerings.len(), 1, "it is kept for a while");
    let accept = text("AcceptVpcPeeringConnection: {VpcPeeringConnectionId: P}");
    let problems = parse_changes(&accept, &deleted).unwrap_err();
    assert_eq!(problems[0].message, "there is no peering connection `P`");
}
