//! The properties of each type: those that are read, and those that change no answer and no way of the traffic. Any
//! other property gets a note.
//!
//! docs/import.md lists the properties without effect, and a test compares the lists. Another test records which
//! properties the readers ask for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Notes, Remark, Resource};
use crate::import::text::node::{Kind, Node, Pos};

/// A type and its properties.
pub(super) struct Type {
    name: &'static str,
    /// CloudFormation's properties that are read.
    read: &'static str,
    /// Properties that are not CloudFormation's but that other tools give too.
    told: &'static str,
    /// CloudFormation's properties without effect here.
    idle: &'static str,
}

const fn of(
    name: &'static str,
    read: &'static str,
    told: &'static str,
    idle: &'static str,
) -> Type {
    Type { name, read, told, idle }
}

/// The types whose properties are known.
const TYPES: &[Type] = &[
    of(
        "AWS::EC2::VPC",
        "CidrBlock EnableDnsHostnames EnableDnsSupport Tags",
        "AmazonProvidedIpv6CidrBlock CidrBlocks Ipv6CidrBlock Ipv6CidrBlocks IsDefault OwnerId Region",
        "InstanceTenancy Ipv4IpamPoolId Ipv4NetmaskLength",
    ),
    of(
        "AWS::EC2::VPCCidrBlock",
        "AmazonProvidedIpv6CidrBlock CidrBlock Ipv6CidrBlock VpcId",
        "Ipv6CidrBlocks",
        "Ipv4IpamPoolId Ipv4NetmaskLength Ipv6CidrBlockNetworkBorderGroup Ipv6IpamPoolId Ipv6NetmaskLength Ipv6Pool",
    ),
    of(
        "AWS::EC2::Subnet",
        "AssignIpv6AddressOnCreation AvailabilityZone AvailabilityZoneId CidrBlock EnableDns64 Ipv6CidrBlock Ipv6Native \
         MapPublicIpOnLaunch PrivateDnsNameOptionsOnLaunch Tags VpcId",
        "",
        "EnableLniAtDeviceIndex Ipv4IpamPoolId Ipv4NetmaskLength Ipv6IpamPoolId Ipv6NetmaskLength OutpostArn",
    ),
    of(
        "AWS::EC2::SubnetCidrBlock",
        "Ipv6CidrBlock SubnetId",
        "",
        "Ipv6IpamPoolId Ipv6NetmaskLength",
    ),
    of(
        "AWS::EC2::SecurityGroup",
        "GroupDescription GroupName SecurityGroupEgress SecurityGroupIngress Tags VpcId",
        "",
        "",
    ),
    of(
        "AWS::EC2::SecurityGroupIngress",
        "CidrIp CidrIpv6 FromPort GroupId IpProtocol SourcePrefixListId SourceSecurityGroupId ToPort",
        "GroupIds PrefixListIds Self",
        "Description GroupName SourceSecurityGroupName SourceSecurityGroupOwnerId",
    ),
    of(
        "AWS::EC2::SecurityGroupEgress",
        "CidrIp CidrIpv6 DestinationPrefixListId DestinationSecurityGroupId FromPort GroupId IpProtocol ToPort",
        "GroupIds PrefixListIds Self",
        "Description",
    ),
    of("AWS::EC2::NetworkAcl", "Tags VpcId", "Entries IsDefault SubnetIds", ""),
    of(
        "AWS::EC2::NetworkAclEntry",
        "CidrBlock Egress Icmp Ipv6CidrBlock NetworkAclId PortRange Protocol RuleAction RuleNumber",
        "IcmpTypeCode",
        "",
    ),
    of("AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId SubnetId", "", ""),
    of("AWS::EC2::RouteTable", "Tags VpcId", "Main Routes", ""),
    of(
        "AWS::EC2::Route",
        "CarrierGatewayId DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId \
         EgressOnlyInternetGatewayId GatewayId InstanceId LocalGatewayId NatGatewayId \
         NetworkInterfaceId RouteTableId TransitGatewayId VpcPeeringConnectionId",
        "",
        "",
    ),
    of("AWS::EC2::SubnetRouteTableAssociation", "RouteTableId SubnetId", "", ""),
    of("AWS::EC2::GatewayRouteTableAssociation", "GatewayId RouteTableId", "", ""),
    of("AWS::EC2::InternetGateway", "Tags", "", ""),
    of("AWS::EC2::VPCGatewayAttachment", "InternetGatewayId VpcId", "", "VpnGatewayId"),
    of(
        "AWS::EC2::DHCPOptions",
        "DomainName DomainNameServers Tags",
        "",
        "Ipv6AddressPreferredLeaseTime NetbiosNameServers NetbiosNodeType NtpServers",
    ),
    of("AWS::EC2::VPCDHCPOptionsAssociation", "DhcpOptionsId VpcId", "", ""),
    of(
        "AWS::EC2::VPCPeeringConnection",
        "PeerRegion PeerVpcId Tags VpcId",
        "AccepterDns RequesterDns State VpcPeeringConnectionId",
        "PeerOwnerId PeerRoleArn",
    ),
    of(
        "AWS::EC2::NatGateway",
        "AllocationId ConnectivityType PrivateIpAddress SecondaryAllocationIds SecondaryPrivateIpAddressCount \
         SecondaryPrivateIpAddresses SubnetId Tags VpcId",
        "AvailabilityZone NetworkInterfaceId PublicIp SecondaryAddresses State",
        "AvailabilityMode AvailabilityZoneAddresses MaxDrainDurationSeconds",
    ),
    of(
        "AWS::Route53Resolver::ResolverConfig",
        "AutodefinedReverseFlag ResourceId",
        "AutodefinedReverse",
        "",
    ),
    of(
        "AWS::EC2::Instance",
        "AvailabilityZone InstanceType Ipv6Addresses NetworkInterfaces PrivateDnsNameOptions PrivateIpAddress \
         SecurityGroupIds SubnetId Tags",
        "AssociatePublicIpAddress PublicIp State VpcId",
        "AdditionalInfo Affinity BlockDeviceMappings CpuOptions CreditSpecification DisableApiTermination EbsOptimized \
         ElasticGpuSpecifications ElasticInferenceAccelerators EnclaveOptions HibernationOptions HostId \
         HostResourceGroupArn IamInstanceProfile ImageId InstanceInitiatedShutdownBehavior KernelId KeyName \
         LicenseSpecifications MetadataOptions Monitoring PropagateTagsToVolumeOnCreation RamdiskId SourceDestCheck \
         SsmAssociations Tenancy UserData Volumes",
    ),
    of(
        "AWS::EC2::EIP",
        "InstanceId",
        "AllocationId NetworkInterfaceId PublicIp",
        "Address Domain IpamPoolId NetworkBorderGroup PublicIpv4Pool Tags TransferAddress",
    ),
    of(
        "AWS::EC2::EIPAssociation",
        "AllocationId EIP InstanceId NetworkInterfaceId",
        "PublicIp",
        "",
    ),
    of(
        "AWS::EC2::NetworkInterface",
        "Description Ipv6Addresses PrivateIpAddress SubnetId",
        "AvailabilityZone PublicIp VpcId",
        "ConnectionTrackingSpecification EnablePrimaryIpv6 InterfaceType SourceDestCheck Tags",
    ),
    of(
        "AWS::EC2::VPCEndpoint",
        "DnsOptions IpAddressType PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds ServiceName ServiceRegion \
         SubnetIds Tags VpcEndpointType VpcId",
        "DnsEntries NetworkInterfaceIds State SubnetConfigurations",
        "",
    ),
    of(
        "AWS::EC2::VPCEndpointService",
        "AcceptanceRequired NetworkLoadBalancerArns SupportedRegions Tags",
        "AllowedPrincipals AvailabilityZones PrivateDnsName PrivateDnsNameConfiguration Region",
        "ContributorInsightsEnabled PayerResponsibility",
    ),
    of("AWS::EC2::VPCEndpointServicePermissions", "AllowedPrincipals ServiceId", "", ""),
    of(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Name Scheme SubnetMappings Subnets Type",
        "DNSName VpcId",
        "EnableCapacityReservationProvisionStabilize EnablePrefixForIpv6SourceNat \
         EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic Ipv4IpamPoolId LoadBalancerAttributes \
         MinimumLoadBalancerCapacity Tags",
    ),
    of(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "Instances LoadBalancerName Scheme Subnets",
        "DNSName Name SubnetMappings VpcId",
        "AccessLoggingPolicy AppCookieStickinessPolicy AvailabilityZones ConnectionDrainingPolicy ConnectionSettings \
         CrossZone HealthCheck LBCookieStickinessPolicy Listeners Policies Tags",
    ),
    of(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Targets VpcId",
        "",
        "HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort HealthCheckProtocol \
         HealthCheckTimeoutSeconds HealthyThresholdCount IpAddressType Matcher Name Port Protocol ProtocolVersion Tags \
         TargetControlPort TargetGroupAttributes TargetType UnhealthyThresholdCount",
    ),
    of(
        "AWS::ElasticLoadBalancingV2::Listener",
        "DefaultActions LoadBalancerArn",
        "",
        "AlpnPolicy Certificates ListenerAttributes MutualAuthentication Port Protocol SslPolicy Tags",
    ),
    of(
        "AWS::Route53::HostedZone",
        "Name VPCs",
        "PrivateZone",
        "HostedZoneConfig HostedZoneFeatures HostedZoneTags QueryLoggingConfig Tags",
    ),
    of(
        "AWS::Route53::RecordSet",
        "AliasTarget Failover HostedZoneId HostedZoneName Name ResourceRecords SetIdentifier TTL Type",
        "PrivateZone RelativeName",
        "CidrRoutingConfig Comment GeoLocation GeoProximityLocation HealthCheckId MultiValueAnswer Region Tags Weight",
    ),
    of(
        "AWS::Route53::RecordSetGroup",
        "HostedZoneId HostedZoneName RecordSets",
        "PrivateZone",
        "Comment",
    ),
    of(
        "AWS::Route53Resolver::ResolverEndpoint",
        "Direction IpAddresses Name Tags",
        "HostVPCId",
        "OutpostArn PreferredInstanceType Protocols ResolverEndpointType",
    ),
    of(
        "AWS::Route53Resolver::ResolverRule",
        "DomainName Name RuleType Tags TargetIps",
        "",
        "ResolverEndpointId",
    ),
    of("AWS::Route53Resolver::ResolverRuleAssociation", "ResolverRuleId VPCId", "", "Name Tags"),
    of("AWS::Route53Resolver::FirewallRuleGroup", "FirewallRules Name Tags", "", ""),
    of(
        "AWS::Route53Resolver::FirewallRuleGroupAssociation",
        "FirewallRuleGroupId Priority VpcId",
        "",
        "MutationProtection Name Tags",
    ),
    of("AWS::Route53Resolver::FirewallDomainList", "Domains", "", "Name Tags"),
    of("AWS::Route53Profiles::Profile", "Name Tags", "", ""),
    of(
        "AWS::Route53Profiles::ProfileAssociation",
        "Name ProfileId ResourceId",
        "Priority",
        "Arn Tags",
    ),
    of(
        "AWS::Route53Profiles::ProfileResourceAssociation",
        "Name ProfileId ResourceArn ResourceProperties",
        "",
        "",
    ),
];

impl Type {
    fn knows(&self, property: &str) -> bool {
        [self.read, self.told, self.idle]
            .iter()
            .any(|list| list.split_whitespace().any(|it| it == property))
    }
}

/// Notes the properties that are neither read nor without effect, with one note for each type.
pub(super) fn tell(resources: &[Resource], notes: &mut Notes) {
    let types: BTreeMap<&str, &Type> = TYPES.iter().map(|it| (it.name, it)).collect();
    let mut unread = BTreeMap::<&str, (Pos, BTreeSet<&str>, BTreeSet<&str>)>::new();
    for resource in resources {
        let Some(known) = types.get(resource.kind.as_str()) else { continue };
        for (key, node) in resource.properties.entries() {
            if known.knows(&key.text) || says_nothing(node) {
                continue;
            }
            let entry = unread.entry(known.name);
            let (_, names, of) =
                entry.or_insert_with(|| (key.pos, BTreeSet::new(), BTreeSet::new()));
            names.insert(&key.text);
            of.insert(&resource.name);
        }
    }
    for (kind, (pos, names, of)) in unread {
        let names: Vec<&str> = names.into_iter().collect();
        let first = of.iter().next().copied().unwrap_or_default();
        let more = if of.len() > 1 { format!(" and {} more", of.len() - 1) } else { String::new() };
        let message =
            format!("{} of {first}{more} ({kind}): vpcdns does not read it", names.join(", "));
        notes.add(pos, Remark::Skipped, message);
    }
}

/// Whether a value means the same as a missing one.
pub(in super::super) fn says_nothing(node: &Node) -> bool {
    match &node.kind {
        Kind::Null => true,
        Kind::Scalar(text) => text.is_empty(),
        Kind::Seq(items) => items.is_empty(),
        Kind::Map(entries) => entries.is_empty(),
    }
}

#[cfg(test)]
mod tests;
