//! Tests of attributes: ids, properties, and values that AWS would choose.

use std::fmt::Write;

use super::*;

#[test]
fn attributes() {
    let text = "Parameters: {U: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Net: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Ref U, AvailabilityZone: !Select [0, !GetAZs '']}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.example}}
  Rule: {Type: AWS::Route53Resolver::ResolverRule, Properties: {DomainName: a.example}}
  Svc: {Type: AWS::EC2::VPCEndpointService}
  Dhcp: {Type: AWS::EC2::DHCPOptions}
  Role: {Type: AWS::IAM::Role}
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x}}
  X:
    Type: T
    Properties:
      Cidr: !GetAtt Vpc.CidrBlock
      Vpc: !GetAtt Vpc.VpcId
      Default: !GetAtt Vpc.DefaultSecurityGroup
      NetVpc: !GetAtt [Net, VpcId]
      NetCidr: {'Fn::GetAtt': [Net, CidrBlock]}
      NetZone: {'Fn::GetAtt': Net.AvailabilityZone}
      Net: !Sub '${Net.SubnetId}'
      Sg: !GetAtt Sg.GroupId
      SgVpc: !GetAtt Sg.VpcId
      Zone: !GetAtt Zone.Id
      Servers: !GetAtt Zone.NameServers
      Rule: !GetAtt Rule.ResolverRuleId
      RuleName: !GetAtt Rule.DomainName
      Svc: !GetAtt Svc.ServiceId
      Dhcp: !GetAtt Dhcp.DhcpOptionsId
      Role: !GetAtt Role.Arn
      Nested: !GetAtt Nested.Outputs.VpcId
      Ip: !GetAtt X.PrivateIp
";
    let outcome = eval(text);
    let id = |name: &str| outcome.resource(name).id.clone();
    let get = |property: &str| outcome.get("X", property);
    assert_eq!(get("Cidr"), "10.0.0.0/16");
    assert_eq!(get("Vpc"), id("Vpc"));
    let vpc = id("Vpc").parse().unwrap();
    assert_eq!(get("Default"), crate::model::security_group::default_group(vpc).to_string());
    assert_eq!(get("NetVpc"), id("Vpc"));
    assert_eq!(get("NetCidr"), "<parameter U>");
    assert_eq!(get("NetZone"), "ap-northeast-2a");
    assert_eq!(get("Net"), id("Net"));
    assert_eq!(get("Sg"), id("Sg"));
    assert_eq!(get("SgVpc"), "<Sg.VpcId>");
    assert_eq!(get("Zone"), id("Zone"));
    assert_eq!(get("Servers"), "<Zone.NameServers>");
    assert_eq!(get("Rule"), id("Rule"));
    assert_eq!(get("RuleName"), "a.example");
    assert_eq!(get("Svc"), id("Svc"));
    assert_eq!(get("Dhcp"), id("Dhcp"));
    assert_eq!(get("Role"), "<Role.Arn>");
    assert_eq!(get("Nested"), "<Nested.Outputs.VpcId>");
    assert_eq!(get("Ip"), "<X.PrivateIp>");
    assert_eq!(
        outcome.notes(),
        [
            "11:3 skipped: Nested (AWS::CloudFormation::Stack): the template in its `TemplateURL` was not found; give that file too",
            "32:19 skipped: `X.PrivateIp` depends on itself",
        ]
    );
    // The position of a value is that of the reference.
    let cidr = outcome.resource("X").properties.get("Cidr").unwrap();
    assert_eq!((cidr.pos.line, cidr.pos.column), (15, 21));
}

#[test]
fn attributes_that_are_not_there() {
    notes(
        "Parameters: {P: {Type: String}}",
        "!GetAtt P.Id",
        "<a value that cannot be read>",
        "6:18 skipped: `P` is a parameter, which has no attributes; did you mean `X`?",
    );
    notes(
        "",
        "!GetAtt Xx.Id",
        "<a value that cannot be read>",
        "6:18 skipped: there is no resource `Xx`; did you mean `X`?",
    );
    for (written, found) in [("X", "\"X\""), ("[X]", "a list of 1"), ("{a: b}", "a map")] {
        let (_, notes) = value("", &format!("!GetAtt {written}"));
        assert!(notes[0].ends_with(&format!("found {found}")), "{notes:?}");
    }
}

#[test]
fn elastic_addresses() {
    let text = "Conditions: {No: !Equals [a, b]}
Resources:
  Nat: {Type: AWS::EC2::NatGateway, Properties: {AllocationId: !GetAtt B.AllocationId, Ip: !Ref B, Ip2: !GetAtt A.PublicIp}}
  None: {Type: AWS::EC2::EIP, Condition: No}
  A: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Own: {Type: AWS::EC2::EIP, Properties: {Address: 203.0.113.2}}
  B: {Type: AWS::EC2::EIP}
";
    let outcome = eval(text);
    assert_eq!(outcome.get("A", "PublicIp"), "203.0.113.1");
    assert_eq!(outcome.resource("A").id, "203.0.113.1");
    assert_eq!(outcome.get("Own", "PublicIp"), "203.0.113.2");
    assert_eq!(outcome.get("B", "PublicIp"), "203.0.113.3");
    let allocation = outcome.get("B", "AllocationId");
    assert!(allocation.starts_with("eipalloc-") && allocation.len() == 26, "{allocation}");
    assert_eq!(
        show(&outcome.resource("Nat").properties),
        format!("{{AllocationId: {allocation}, Ip: 203.0.113.3, Ip2: 203.0.113.1}}")
    );
    assert_eq!(
        outcome.notes(),
        [
            "4:3 skipped: `None` (AWS::EC2::EIP): its condition `No` is false",
            "5:3 assumed: 203.0.113.1 is used as a placeholder for the address that AWS will give `A`",
            "7:3 assumed: 203.0.113.3 is used as a placeholder for the address that AWS will give `B`",
        ]
    );
    let mut many = "Resources:\n".to_owned();
    for index in 0..800 {
        writeln!(many, "  E{index}: {{Type: AWS::EC2::EIP}}").unwrap();
    }
    let outcome = eval(&many);
    assert_eq!(outcome.get("E253", "PublicIp"), "203.0.113.254");
    assert_eq!(outcome.get("E254", "PublicIp"), "198.51.100.1");
    assert_eq!(outcome.get("E762", "PublicIp"), "-");
    assert_eq!(
        outcome.notes()[762],
        "764:3 skipped: no address is left for a placeholder of `E762`"
    );
}

#[test]
fn load_balancers() {
    let text = "Resources:
  Web: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal}}
  Net: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Name: my-nlb}}
  Old: {Type: AWS::ElasticLoadBalancing::LoadBalancer}
  TargetsOfTheWebServersOfTheNetwork: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}
  X:
    Type: T
    Properties: {Dns: !GetAtt Web.DNSName, Arn: !Ref Net, Arn2: !GetAtt Net.LoadBalancerArn, Full: !GetAtt Net.LoadBalancerFullName, Zone: !GetAtt Net.CanonicalHostedZoneID, Old: !GetAtt Old.CanonicalHostedZoneName, Name: !GetAtt Web.LoadBalancerName, Group: !Ref Group, GroupName: !GetAtt Group.TargetGroupFullName}
";
    let outcome = eval(text);
    let dns = outcome.get("Web", "DNSName");
    assert!(dns.starts_with("internal-net-Web-"), "{dns}");
    assert!(dns.ends_with(".ap-northeast-2.elb.amazonaws.com"), "{dns}");
    assert_eq!(outcome.get("X", "Dns"), dns);
    assert_eq!(outcome.get("X", "Name"), "net-Web");
    let nlb = outcome.get("Net", "DNSName");
    assert!(nlb.starts_with("my-nlb-") && nlb.ends_with(".elb.ap-northeast-2.amazonaws.com"));
    assert_eq!(outcome.get("Old", "LoadBalancerName"), "net-Old");
    assert_eq!(outcome.resource("Old").id, "net-Old");
    assert_eq!(outcome.get("X", "Old"), outcome.get("Old", "DNSName"));
    assert_eq!(
        outcome.get("TargetsOfTheWebServersOfTheNetwork", "Name"),
        "net-TargetsOfTheWebServersOfTheN"
    );
    let arn = outcome.resource("Net").id.clone();
    let front = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:";
    assert!(arn.starts_with(&format!("{front}loadbalancer/net/my-nlb/")), "{arn}");
    assert_eq!((outcome.get("X", "Arn"), outcome.get("X", "Arn2")), (arn.clone(), arn.clone()));
    assert!(arn.ends_with(&outcome.get("X", "Full")));
    assert_eq!(outcome.get("X", "Zone"), "<Net.CanonicalHostedZoneID>");
    assert_eq!(outcome.get("X", "Group"), outcome.resource("Group").id);
    assert!(outcome.get("X", "GroupName").starts_with("targetgroup/net-Group/"));
    assert!(outcome.notes.is_empty(), "{:?}", outcome.notes);
}

#[test]
fn dns_entries() {
    let text = "Parameters: {U: {Type: String}}
Resources:
  Kms: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Interface, PrivateDnsEnabled: true, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.kms'}}
  S3: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Interface, ServiceName: com.amazonaws.ap-northeast-2.s3}}
  Gw: {Type: AWS::EC2::VPCEndpoint, Properties: {ServiceName: com.amazonaws.ap-northeast-2.s3}}
  Own: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Interface, ServiceName: com.amazonaws.vpce.ap-northeast-2.vpce-svc-00000001}}
  Open: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Interface, ServiceName: !Ref U}}
  X:
    Type: T
    Properties: {Kms: !GetAtt Kms.DnsEntries, S3: !GetAtt S3.DnsEntries, Gw: !GetAtt Gw.DnsEntries, Own: !GetAtt Own.DnsEntries, Open: !GetAtt Open.DnsEntries, Name: !Select [1, !Split [':', !Select [0, !GetAtt Kms.DnsEntries]]]}
";
    let outcome = eval(text);
    let entries = outcome.resource("X").properties.get("Kms").unwrap().items().to_vec();
    let id = &outcome.resource("Kms").id;
    let suffix = crate::import::world::endpoint::made_suffix(id.parse().unwrap());
    let name = format!("{id}-{suffix}.kms.ap-northeast-2.vpce.amazonaws.com");
    assert_eq!(show(&entries[0]), format!("Z27UANNT0PRK1T:{name}"));
    let private = show(&entries[1]);
    assert!(private.starts_with('Z') && private.ends_with(":kms.ap-northeast-2.amazonaws.com"));
    assert_eq!(entries.len(), 2);
    assert_eq!(outcome.get("X", "Name"), name);
    let s3 = outcome.get("X", "S3");
    assert!(s3.starts_with("[Z27UANNT0PRK1T:*.vpce-"), "{s3}");
    assert!(s3.ends_with(".s3.ap-northeast-2.vpce.amazonaws.com]"), "{s3}");
    assert_eq!(outcome.get("X", "Gw"), "[]");
    assert_eq!(outcome.get("X", "Own"), "<Own.DnsEntries>");
    assert_eq!(outcome.get("X", "Open"), "<Open.DnsEntries>");
}
