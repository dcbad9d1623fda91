//! Types that exist in name only: nothing of theirs is in the World, and no answer depends on them.

use super::Fresh;

/// The reason in the event of a resource that exists in name only.
pub(in super::super) const NAMED: &str =
    "vpcdns does not emulate this type: the resource exists in name only";

/// Whether a type may be one of AWS's, of an extension or a custom one: what has another form is refused.
pub(in super::super) fn is_known_type(kind: &str) -> bool {
    if let Some(name) = kind.strip_prefix("Custom::") {
        return !name.is_empty();
    }
    let parts: Vec<&str> = kind.split("::").collect();
    let is_word =
        |part: &&str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_alphanumeric());
    match parts.as_slice() {
        ["AWS", "EC2", name] => EC2.contains(name),
        [_, _, _] | [_, _, _, "MODULE"] => parts.iter().all(is_word),
        _ => false,
    }
}

/// Whether a type is CloudFormation's or the CDK's own, so that nothing is missing if it exists in name only.
pub(in super::super) fn is_of_no_service(kind: &str) -> bool {
    [
        "AWS::CloudFormation::WaitCondition",
        "AWS::CloudFormation::WaitConditionHandle",
        "AWS::CDK::Metadata",
    ]
    .contains(&kind)
}

/// EC2's types, of which a misspelt one would otherwise go unnoticed.
const EC2: &[&str] = &[
    "CapacityReservation",
    "CapacityReservationFleet",
    "CarrierGateway",
    "ClientVpnAuthorizationRule",
    "ClientVpnEndpoint",
    "ClientVpnRoute",
    "ClientVpnTargetNetworkAssociation",
    "CustomerGateway",
    "DHCPOptions",
    "EC2Fleet",
    "EIP",
    "EIPAssociation",
    "EgressOnlyInternetGateway",
    "EnclaveCertificateIamRoleAssociation",
    "FlowLog",
    "GatewayRouteTableAssociation",
    "Host",
    "IPAM",
    "IPAMAllocation",
    "IPAMPool",
    "IPAMPoolCidr",
    "IPAMResourceDiscovery",
    "IPAMResourceDiscoveryAssociation",
    "IPAMScope",
    "Instance",
    "InstanceConnectEndpoint",
    "InternetGateway",
    "KeyPair",
    "LaunchTemplate",
    "LocalGatewayRoute",
    "LocalGatewayRouteTable",
    "LocalGatewayRouteTableVPCAssociation",
    "LocalGatewayRouteTableVirtualInterfaceGroupAssociation",
    "NatGateway",
    "NetworkAcl",
    "NetworkAclEntry",
    "NetworkInsightsAccessScope",
    "NetworkInsightsAccessScopeAnalysis",
    "NetworkInsightsAnalysis",
    "NetworkInsightsPath",
    "NetworkInterface",
    "NetworkInterfaceAttachment",
    "NetworkInterfacePermission",
    "NetworkPerformanceMetricSubscription",
    "PlacementGroup",
    "PrefixList",
    "Route",
    "RouteTable",
    "SecurityGroup",
    "SecurityGroupEgress",
    "SecurityGroupIngress",
    "SecurityGroupVpcAssociation",
    "SnapshotBlockPublicAccess",
    "SpotFleet",
    "Subnet",
    "SubnetCidrBlock",
    "SubnetNetworkAclAssociation",
    "SubnetRouteTableAssociation",
    "TrafficMirrorFilter",
    "TrafficMirrorFilterRule",
    "TrafficMirrorSession",
    "TrafficMirrorTarget",
    "TransitGateway",
    "TransitGatewayAttachment",
    "TransitGatewayConnect",
    "TransitGatewayMulticastDomain",
    "TransitGatewayPeeringAttachment",
    "TransitGatewayRoute",
    "TransitGatewayRouteTable",
    "TransitGatewayRouteTableAssociation",
    "TransitGatewayRouteTablePropagation",
    "TransitGatewayVpcAttachment",
    "VPC",
    "VPCBlockPublicAccessExclusion",
    "VPCBlockPublicAccessOptions",
    "VPCCidrBlock",
    "VPCDHCPOptionsAssociation",
    "VPCEncryptionControl",
    "VPCEndpoint",
    "VPCEndpointConnectionNotification",
    "VPCEndpointService",
    "VPCEndpointServicePermissions",
    "VPCGatewayAttachment",
    "VPCPeeringConnection",
    "VPNConnection",
    "VPNConnectionRoute",
    "VPNGateway",
    "VPNGatewayRoutePropagation",
    "VerifiedAccessEndpoint",
    "VerifiedAccessGroup",
    "VerifiedAccessInstance",
    "VerifiedAccessTrustProvider",
    "Volume",
    "VolumeAttachment",
];

/// Prefixes of the ids of EC2's types, by type.
const PREFIXES: &[(&str, &str)] = &[
    ("AWS::EC2::CustomerGateway", "cgw"),
    ("AWS::EC2::EgressOnlyInternetGateway", "eigw"),
    ("AWS::EC2::FlowLog", "fl"),
    ("AWS::EC2::LaunchTemplate", "lt"),
    ("AWS::EC2::NatGateway", "nat"),
    ("AWS::EC2::NetworkAcl", "acl"),
    ("AWS::EC2::PrefixList", "pl"),
    ("AWS::EC2::SubnetNetworkAclAssociation", "aclassoc"),
    ("AWS::EC2::TransitGateway", "tgw"),
    ("AWS::EC2::TransitGatewayAttachment", "tgw-attach"),
    ("AWS::EC2::TransitGatewayRouteTable", "tgw-rtb"),
    ("AWS::EC2::TransitGatewayVpcAttachment", "tgw-attach"),
    ("AWS::EC2::VPNConnection", "vpn"),
    ("AWS::EC2::VPNGateway", "vgw"),
    ("AWS::EC2::Volume", "vol"),
];

/// Properties that are the resource's name, and so its physical id.
const NAMES: &[&str] = &[
    "RoleName",
    "InstanceProfileName",
    "FunctionName",
    "BucketName",
    "LogGroupName",
    "KeyName",
    "TableName",
    "QueueName",
    "TopicName",
    "ManagedPolicyName",
    "UserName",
    "GroupName",
    "PolicyName",
];

/// Types whose physical id is an ARN: the service in it, and what stands before the name.
const ARNS: &[(&str, &str, &str)] = &[
    ("AWS::CertificateManager::Certificate", "acm", "certificate/"),
    ("AWS::SNS::Topic", "sns", ""),
    ("AWS::SecretsManager::Secret", "secretsmanager", "secret:"),
];

/// The physical id of a resource that exists in name only. The last is where it is: partition, region and account.
pub(in super::super) fn physical(
    kind: &str,
    fresh: &Fresh<'_>,
    digits: u128,
    (partition, region, account): (&str, &str, &str),
) -> String {
    if let Some((_, service, front)) = ARNS.iter().find(|(known, ..)| *known == kind) {
        let name = fresh.text("TopicName").unwrap_or_else(|| fresh.made_name());
        return format!("arn:{partition}:{service}:{region}:{account}:{front}{name}");
    }
    if let Some((_, prefix)) = PREFIXES.iter().find(|(known, _)| *known == kind) {
        return format!("{prefix}-{:017x}", digits >> 64);
    }
    if let Some(name) = NAMES.iter().find_map(|name| fresh.text(name)) {
        return name;
    }
    let name = fresh.made_name();
    // A bucket's name has small letters only.
    if kind == "AWS::S3::Bucket" { name.to_ascii_lowercase() } else { name }
}
