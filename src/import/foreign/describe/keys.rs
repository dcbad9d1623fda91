//! The keys of replies that the importer reads. `text/json.rs` drops the others while it parses, which saves most
//! of the memory that a large account's description would take.

/// Every key that this folder and `foreign` read, in alphabetical order.
const READ: &[&str] = &[
    "AcceptanceRequired",
    "AccepterDns",
    "AccepterVpcInfo",
    "Action",
    "AliasTarget",
    "AllResolvers",
    "AllocationId",
    "AllowDnsResolutionFromRemoteVpc",
    "AllowedPrincipals",
    "AmazonProvidedIpv6CidrBlock",
    "AssignIpv6AddressOnCreation",
    "AssociatePublicIpAddress",
    "Association",
    "Associations",
    "Attachment",
    "Attachments",
    "AutodefinedReverse",
    "AutodefinedReverseFlag",
    "AvailabilityZone",
    "AvailabilityZoneId",
    "AvailabilityZones",
    "BlockOverrideDomain",
    "BlockOverrideTtl",
    "BlockResponse",
    "CarrierGatewayId",
    "CidrBlock",
    "CidrBlockAssociationSet",
    "CidrBlockState",
    "CidrBlocks",
    "Code",
    "Comment",
    "Config",
    "ConnectivityType",
    "DISABL",
    "DNSName",
    "DefaultActions",
    "Description",
    "DestinationCidrBlock",
    "DestinationIpv6CidrBlock",
    "DestinationPrefixListId",
    "DeviceIndex",
    "DhcpConfigurations",
    "DhcpOptionsId",
    "Direction",
    "DnsEntries",
    "DnsName",
    "DnsOptions",
    "DnsRecordIpType",
    "DomainName",
    "DomainNameServers",
    "Domains",
    "EIP",
    "EgressOnlyInternetGatewayId",
    "EnableDns64",
    "EnableDnsHostnames",
    "EnableDnsSupport",
    "EnableResourceNameDnsAAAARecord",
    "EnableResourceNameDnsARecord",
    "FORWARD",
    "Failover",
    "FirewallDomainListId",
    "FirewallDomainRedirectionAction",
    "FirewallRuleGroupId",
    "FirewallRules",
    "ForwardConfig",
    "Gateway",
    "GatewayId",
    "GroupId",
    "Groups",
    "HostVPCId",
    "HostedZoneId",
    "HostedZoneName",
    "HostnameType",
    "INBOUND",
    "Id",
    "InstanceId",
    "InstanceType",
    "Instances",
    "Interface",
    "InternetGatewayId",
    "InvalidServiceName",
    "Ip",
    "IpAddressType",
    "IpAddresses",
    "Ipv4",
    "Ipv6",
    "Ipv6Address",
    "Ipv6Addresses",
    "Ipv6CidrBlock",
    "Ipv6CidrBlockAssociationSet",
    "Ipv6CidrBlockState",
    "Ipv6CidrBlocks",
    "Ipv6Native",
    "IsDefault",
    "IsPrimary",
    "Key",
    "LoadBalancerArn",
    "LoadBalancerName",
    "LocalGatewayId",
    "Main",
    "MapPublicIpOnLaunch",
    "NS",
    "Name",
    "NatGatewayAddresses",
    "NatGatewayId",
    "NetworkInterfaceId",
    "NetworkInterfaceIds",
    "NetworkInterfaces",
    "NetworkLoadBalancerArns",
    "OVERRIDE",
    "OnlyInboundResolver",
    "Owner",
    "OwnerId",
    "OwningService",
    "PeerRegion",
    "PeerVpcId",
    "PeeringOptions",
    "PolicyDocument",
    "Port",
    "Principal",
    "Priority",
    "PrivateDnsEnabled",
    "PrivateDnsName",
    "PrivateDnsNameConfiguration",
    "PrivateDnsNameOptions",
    "PrivateDnsNameOptionsOnLaunch",
    "PrivateDnsOnlyForInboundResolverEndpoint",
    "PrivateIPv4Address",
    "PrivateIp",
    "PrivateIpAddress",
    "PrivateZone",
    "ProfileId",
    "PublicDnsName",
    "PublicIp",
    "PublicIpAddress",
    "QType",
    "Qtype",
    "RecordSets",
    "Region",
    "RequesterDns",
    "RequesterVpcInfo",
    "Reservations",
    "ResolverEndpointId",
    "ResolverRuleId",
    "ResourceArn",
    "ResourceId",
    "ResourceProperties",
    "ResourceRecords",
    "RouteTableAssociationId",
    "RouteTableId",
    "RouteTableIds",
    "Routes",
    "RuleType",
    "SECONDARY",
    "SOA",
    "Scheme",
    "SecondaryAddresses",
    "SecondaryAllocationIds",
    "SecondaryPrivateIpAddressCount",
    "SecondaryPrivateIpAddresses",
    "SecurityGroupIds",
    "ServiceId",
    "ServiceName",
    "ServiceRegion",
    "SetIdentifier",
    "State",
    "Status",
    "SubnetConfigurations",
    "SubnetId",
    "SubnetIds",
    "SubnetMappings",
    "Subnets",
    "SupportedRegions",
    "TTL",
    "TagSet",
    "Tags",
    "TargetGroupArn",
    "TargetGroups",
    "TargetIps",
    "Targets",
    "TransitGatewayId",
    "Type",
    "VPCId",
    "VPCs",
    "Value",
    "Values",
    "VpcEndpointId",
    "VpcEndpointType",
    "VpcId",
    "VpcPeeringConnectionId",
    "VpnGatewayId",
];

/// Whether anything reads a key.
pub(in crate::import) fn reads(key: &str) -> bool {
    READ.binary_search(&key).is_ok()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The quoted texts that look like keys in the source files of a folder, without those of its tests.
    fn keys(folder: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/foreign").join(folder);
        let mut keys = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // The keys of whole replies and the names of types are not keys of items.
            let others = ["keys.rs", "untaken.rs", "describe/mod.rs"];
            if path.is_dir() || others.iter().any(|name| path.ends_with(name)) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let quoted = code.split('"').skip(1).step_by(2);
            let is_key = |it: &&str| {
                it.starts_with(|first: char| first.is_ascii_uppercase())
                    && it.len() > 1
                    && it.chars().all(|letter| letter.is_ascii_alphanumeric())
            };
            keys.extend(quoted.filter(is_key).map(str::to_owned));
        }
        keys
    }

    #[test]
    fn every_key_that_the_sources_read_is_listed() {
        assert!(READ.is_sorted());
        let all: Vec<String> = ["describe", "common"].into_iter().flat_map(keys).collect();
        assert!(all.len() > 200, "{}", all.len());
        for key in &all {
            assert!(reads(key), "add {key}, so that it is not left out of large files");
        }
        for key in ["BlockDeviceMappings", "MetadataOptions", "SecurityGroups", ""] {
            assert!(!reads(key), "{key}");
        }
    }
}
