//! How long resources of a stack take with `--pace real`. The times of endpoints and NAT gateways are those of
//! `store::pace`; the others are assumed, from what stacks at AWS usually take.

/// The seconds that the creation of a resource of a type takes, and its deletion.
const LASTS: &[(&str, u64, u64)] = &[
    ("AWS::EC2::EIP", 16, 2),
    ("AWS::EC2::Instance", 40, 40),
    ("AWS::EC2::InternetGateway", 16, 2),
    ("AWS::EC2::NatGateway", 100, 45),
    ("AWS::EC2::SecurityGroup", 6, 2),
    ("AWS::EC2::Subnet", 5, 2),
    ("AWS::EC2::VPC", 12, 2),
    ("AWS::EC2::VPCEndpoint", 120, 60),
    ("AWS::EC2::VPCEndpointService", 30, 10),
    ("AWS::EC2::VPCGatewayAttachment", 16, 16),
    ("AWS::ElasticLoadBalancing::LoadBalancer", 30, 10),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", 150, 15),
    ("AWS::Route53::HostedZone", 40, 40),
    ("AWS::Route53::RecordSet", 35, 35),
    ("AWS::Route53::RecordSetGroup", 35, 35),
    ("AWS::Route53Resolver::ResolverEndpoint", 90, 90),
];

/// Those of every other type.
const USUAL: (u64, u64) = (3, 1);

fn lasts(kind: &str) -> (u64, u64) {
    let found = LASTS.iter().find(|(known, ..)| *known == kind);
    found.map_or(USUAL, |(_, creation, deletion)| (*creation, *deletion))
}

/// The milliseconds that a creation takes.
pub(super) fn creation(kind: &str) -> u64 {
    lasts(kind).0 * 1_000
}

/// The milliseconds that an update in place takes: of an endpoint half a minute, of others as little as that of most.
pub(super) fn update(kind: &str) -> u64 {
    let seconds = if kind == "AWS::EC2::VPCEndpoint" { 30 } else { USUAL.0 };
    seconds * 1_000
}

/// The milliseconds that a deletion takes.
pub(super) fn deletion(kind: &str) -> u64 {
    lasts(kind).1 * 1_000
}
