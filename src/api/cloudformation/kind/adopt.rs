//! Resources that are there already and become a stack's: how each type is found, and what references to it give.

use serde_json::{Value, json};

use super::{Created, at};
use crate::{
    api::{
        cloudformation::work::{Work, input},
        error::ApiError,
        shape::Fields,
    },
    model::{id::VpcId, network_acl, security_group},
};

/// How a resource of a type is found.
struct Adopted {
    /// CloudFormation's name.
    name: &'static str,
    /// The property that identifies it.
    identifier: &'static str,
    /// The service and the action that describes it, and the parameter that names it.
    find: (&'static str, &'static str, &'static str),
    /// Where the reply has its id, and what stands before the id there.
    id: (&'static str, &'static str),
    /// Attributes, each with its place in the reply.
    attributes: &'static [(&'static str, &'static str)],
    /// Attributes that are lists.
    lists: &'static [(&'static str, &'static str)],
    /// Where the reply has what tags name, if that is not the id.
    tagged: Option<&'static str>,
}

const PLAIN: Adopted = Adopted {
    name: "",
    identifier: "",
    find: ("ec2", "", ""),
    id: ("", ""),
    attributes: &[],
    lists: &[],
    tagged: None,
};

const TYPES: &[Adopted] = &[
    Adopted {
        name: "AWS::EC2::VPC",
        identifier: "VpcId",
        find: ("ec2", "DescribeVpcs", "VpcId.1"),
        id: ("vpcSet.vpcId", ""),
        attributes: &[("VpcId", "vpcSet.vpcId"), ("CidrBlock", "vpcSet.cidrBlock")],
        lists: &[
            ("CidrBlockAssociations", "vpcSet.cidrBlockAssociationSet.associationId"),
            ("Ipv6CidrBlocks", "vpcSet.ipv6CidrBlockAssociationSet.ipv6CidrBlock"),
        ],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::Subnet",
        identifier: "SubnetId",
        find: ("ec2", "DescribeSubnets", "SubnetId.1"),
        id: ("subnetSet.subnetId", ""),
        attributes: &[
            ("SubnetId", "subnetSet.subnetId"),
            ("VpcId", "subnetSet.vpcId"),
            ("CidrBlock", "subnetSet.cidrBlock"),
            ("AvailabilityZone", "subnetSet.availabilityZone"),
            ("AvailabilityZoneId", "subnetSet.availabilityZoneId"),
        ],
        lists: &[("Ipv6CidrBlocks", "subnetSet.ipv6CidrBlockAssociationSet.ipv6CidrBlock")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::InternetGateway",
        identifier: "InternetGatewayId",
        find: ("ec2", "DescribeInternetGateways", "InternetGatewayId.1"),
        id: ("internetGatewaySet.internetGatewayId", ""),
        attributes: &[("InternetGatewayId", "internetGatewaySet.internetGatewayId")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::RouteTable",
        identifier: "RouteTableId",
        find: ("ec2", "DescribeRouteTables", "RouteTableId.1"),
        id: ("routeTableSet.routeTableId", ""),
        attributes: &[("RouteTableId", "routeTableSet.routeTableId")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::SecurityGroup",
        identifier: "Id",
        find: ("ec2", "DescribeSecurityGroups", "GroupId.1"),
        id: ("securityGroupInfo.groupId", ""),
        attributes: &[
            ("GroupId", "securityGroupInfo.groupId"),
            ("Id", "securityGroupInfo.groupId"),
            ("VpcId", "securityGroupInfo.vpcId"),
        ],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::NatGateway",
        identifier: "NatGatewayId",
        find: ("ec2", "DescribeNatGateways", "NatGatewayId.1"),
        id: ("natGatewaySet.natGatewayId", ""),
        attributes: &[("NatGatewayId", "natGatewaySet.natGatewayId")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::Instance",
        identifier: "InstanceId",
        find: ("ec2", "DescribeInstances", "InstanceId.1"),
        id: ("reservationSet.instancesSet.instanceId", ""),
        attributes: &[
            ("InstanceId", "reservationSet.instancesSet.instanceId"),
            ("PrivateIp", "reservationSet.instancesSet.privateIpAddress"),
            ("PrivateDnsName", "reservationSet.instancesSet.privateDnsName"),
            ("PublicIp", "reservationSet.instancesSet.ipAddress"),
            ("PublicDnsName", "reservationSet.instancesSet.dnsName"),
            ("VpcId", "reservationSet.instancesSet.vpcId"),
            ("AvailabilityZone", "reservationSet.instancesSet.placement.availabilityZone"),
        ],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::VPCEndpoint",
        identifier: "Id",
        find: ("ec2", "DescribeVpcEndpoints", "VpcEndpointId.1"),
        id: ("vpcEndpointSet.vpcEndpointId", ""),
        attributes: &[
            ("Id", "vpcEndpointSet.vpcEndpointId"),
            ("CreationTimestamp", "vpcEndpointSet.creationTimestamp"),
        ],
        lists: &[("NetworkInterfaceIds", "vpcEndpointSet.networkInterfaceIdSet")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::EC2::DHCPOptions",
        identifier: "DhcpOptionsId",
        find: ("ec2", "DescribeDhcpOptions", "DhcpOptionsId.1"),
        id: ("dhcpOptionsSet.dhcpOptionsId", ""),
        attributes: &[("DhcpOptionsId", "dhcpOptionsSet.dhcpOptionsId")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::Route53::HostedZone",
        identifier: "Id",
        find: ("route53", "GetHostedZone", "Id"),
        id: ("HostedZone.Id", "/hostedzone/"),
        lists: &[("NameServers", "DelegationSet.NameServers")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        identifier: "LoadBalancerArn",
        find: ("elasticloadbalancing", "DescribeLoadBalancers", "LoadBalancerArns.1"),
        id: ("LoadBalancers.LoadBalancerArn", ""),
        attributes: &[
            ("LoadBalancerArn", "LoadBalancers.LoadBalancerArn"),
            ("LoadBalancerName", "LoadBalancers.LoadBalancerName"),
            ("DNSName", "LoadBalancers.DNSName"),
            ("CanonicalHostedZoneID", "LoadBalancers.CanonicalHostedZoneId"),
        ],
        lists: &[("SecurityGroups", "LoadBalancers.SecurityGroups")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::ElasticLoadBalancingV2::TargetGroup",
        identifier: "TargetGroupArn",
        find: ("elasticloadbalancing", "DescribeTargetGroups", "TargetGroupArns.1"),
        id: ("TargetGroups.TargetGroupArn", ""),
        attributes: &[
            ("TargetGroupArn", "TargetGroups.TargetGroupArn"),
            ("TargetGroupName", "TargetGroups.TargetGroupName"),
        ],
        lists: &[("LoadBalancerArns", "TargetGroups.LoadBalancerArns")],
        ..PLAIN
    },
    Adopted {
        name: "AWS::Route53Resolver::ResolverRule",
        identifier: "ResolverRuleId",
        find: ("route53resolver", "GetResolverRule", "ResolverRuleId"),
        id: ("ResolverRule.Id", ""),
        attributes: &[
            ("ResolverRuleId", "ResolverRule.Id"),
            ("Arn", "ResolverRule.Arn"),
            ("DomainName", "ResolverRule.DomainName"),
            ("Name", "ResolverRule.Name"),
            ("ResolverEndpointId", "ResolverRule.ResolverEndpointId"),
        ],
        tagged: Some("ResolverRule.Arn"),
        ..PLAIN
    },
];

fn found(kind: &str) -> Option<&'static Adopted> {
    TYPES.iter().find(|it| it.name == kind)
}

/// The property that identifies a resource of a type, if such resources can be imported.
pub(in super::super) fn identifier(kind: &str) -> Option<&'static str> {
    found(kind).map(|it| it.identifier)
}

/// The resource of a type that an id leads to.
///
/// # Errors
///
/// The service's own, if there is none.
pub(in super::super) fn adopt(
    work: &mut Work<'_, '_>,
    kind: &str,
    id: &str,
) -> Result<Created, ApiError> {
    let missing = || ApiError::new("NotFound", format!("Resource {id} does not exist"));
    let it = found(kind).ok_or_else(missing)?;
    let (service, action, parameter) = it.find;
    let reply = work.call(service, action, input(&[(parameter, id)]))?;
    let (path, front) = it.id;
    let shown = at(&reply, path);
    let shown = shown.strip_prefix(front).unwrap_or(&shown);
    if shown != id {
        return Err(missing());
    }
    Ok(created(it, &reply, id))
}

fn created(it: &Adopted, reply: &Fields, id: &str) -> Created {
    let mut made = Created::new(id);
    for (attribute, path) in it.attributes {
        made = made.with(attribute, at(reply, path));
    }
    for (attribute, path) in it.lists {
        made = made.with(attribute, json!(reply.at(path)));
    }
    match it.name {
        "AWS::EC2::VPC" => {
            if let Ok(vpc) = id.parse::<VpcId>() {
                made = made
                    .with("DefaultSecurityGroup", security_group::default_group(vpc).to_string())
                    .with("DefaultNetworkAcl", network_acl::of(vpc).to_string());
            }
        }
        "AWS::EC2::VPCEndpoint" => {
            let names = reply.at("vpcEndpointSet.dnsEntrySet.dnsName");
            let zones = reply.at("vpcEndpointSet.dnsEntrySet.hostedZoneId");
            let entries = zones.iter().zip(&names).map(|(zone, name)| format!("{zone}:{name}"));
            made = made.with("DnsEntries", Value::from(entries.collect::<Vec<_>>()));
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            let full = id.split_once(":loadbalancer/").map(|(_, rest)| rest.to_owned());
            made = made.with("LoadBalancerFullName", full);
        }
        "AWS::ElasticLoadBalancingV2::TargetGroup" => {
            let full = id.split_once(":targetgroup/").map(|(_, rest)| rest);
            made = made.with("TargetGroupFullName", full.map(|it| format!("targetgroup/{it}")));
        }
        "AWS::Route53::HostedZone" => {
            made = made.with("Id", id).tagged(&format!("hostedzone/{id}"));
        }
        _ => {}
    }
    match it.tagged {
        Some(path) => made.tagged(&at(reply, path)),
        None => made,
    }
}
