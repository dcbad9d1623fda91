//! Types that cannot be imported although they change answers or ways of the traffic at AWS, and what they change.
//!
//! Types that change neither, such as roles and alarms, are not listed. The names are CloudFormation's types,
//! Terraform's types, and the keys of `aws … describe-*`.

/// The words of a note about types that ways of the traffic depend on.
const TRANSIT: &str = "ways through a transit gateway depend on it";
const WIDE: &str = "ways to other networks depend on it";
const VPN: &str = "ways to networks outside AWS depend on it";
const OUT: &str = "ways to the internet from private subnets depend on it";
const BLOCKS: &str = "it decides which packets pass";
const INSPECTS: &str = "packets that go through it may be dropped";
const PREFIXES: &str = "routes to the ranges it lists depend on it";
const BORDER: &str = "it decides what may leave or enter by the internet gateway";
/// The words of a note about types that answers depend on.
const PROFILE: &str = "it gives VPCs zones, rules and firewall groups";
const LATTICE: &str = "it gives VPCs names of their own, with link-local addresses";
const NAMESPACE: &str = "it gives VPCs a private zone with records";
const DIRECTORY: &str = "names of its domain are answered by its own servers";
const ROUTED: &str = "it decides which record of a name answers";
const HELD: &str =
    "its names have addresses in the VPC; a world file can state it under `managed-resources`";
const NAMED: &str = "its names have addresses in the VPC";
const GROWS: &str = "the instances that it starts have names and addresses";
const ELSEWHERE: &str = "its resources are in a template of their own: give that file too";

/// The types, and what depends on them. A `*` at the end of a type matches any rest.
const UNTAKEN: &[(&str, &[&str])] = &[
    (
        TRANSIT,
        &[
            "AWS::EC2::TransitGateway*",
            "aws_ec2_transit_gateway*",
            "TransitGateways",
            "TransitGatewayAttachments",
            "TransitGatewayVpcAttachments",
            "TransitGatewayRouteTables",
        ],
    ),
    (
        WIDE,
        &[
            "AWS::NetworkManager::*Attachment",
            "AWS::NetworkManager::CoreNetwork",
            "aws_networkmanager_core_network*",
            "aws_networkmanager_vpc_attachment*",
            "AWS::EC2::CarrierGateway",
            "aws_ec2_carrier_gateway",
            "AWS::EC2::LocalGateway*",
            "aws_ec2_local_gateway*",
        ],
    ),
    (
        VPN,
        &[
            "AWS::EC2::VPNGateway*",
            "AWS::EC2::VPNConnection*",
            "AWS::EC2::CustomerGateway",
            "AWS::EC2::ClientVpn*",
            "AWS::DirectConnect::*",
            "aws_vpn_*",
            "aws_customer_gateway",
            "aws_ec2_client_vpn_*",
            "aws_dx_*",
            "VpnGateways",
            "VpnConnections",
            "CustomerGateways",
            "ClientVpnEndpoints",
        ],
    ),
    (
        OUT,
        &[
            "AWS::EC2::EgressOnlyInternetGateway",
            "aws_egress_only_internet_gateway",
            "EgressOnlyInternetGateways",
        ],
    ),
    (
        BLOCKS,
        &[
            "AWS::EC2::SecurityGroupVpcAssociation",
            "aws_vpc_security_group_vpc_association",
            "aws_network_interface_sg_attachment",
            "SecurityGroupRules",
        ],
    ),
    (
        INSPECTS,
        &[
            "AWS::NetworkFirewall::Firewall*",
            "AWS::NetworkFirewall::RuleGroup",
            "AWS::NetworkFirewall::VpcEndpointAssociation",
            "aws_networkfirewall_firewall*",
            "aws_networkfirewall_rule_group",
            "Firewalls",
            "AWS::EC2::TrafficMirror*",
        ],
    ),
    (
        PREFIXES,
        &[
            "AWS::EC2::PrefixList",
            "aws_ec2_managed_prefix_list*",
            "PrefixLists",
            "ManagedPrefixLists",
        ],
    ),
    (BORDER, &["AWS::EC2::VPCBlockPublicAccess*", "aws_vpc_block_public_access_*"]),
    (PROFILE, &["ProfileAssociations", "Profiles"]),
    (
        LATTICE,
        &[
            "AWS::VpcLattice::Service*",
            "AWS::VpcLattice::Resource*",
            "aws_vpclattice_service*",
            "aws_vpclattice_resource*",
        ],
    ),
    (
        NAMESPACE,
        &[
            "AWS::ServiceDiscovery::PrivateDnsNamespace",
            "AWS::ServiceDiscovery::Service",
            "AWS::ServiceDiscovery::Instance",
            "aws_service_discovery_private_dns_namespace",
            "aws_service_discovery_service",
            "aws_service_discovery_instance",
            "Namespaces",
        ],
    ),
    (DIRECTORY, &["AWS::DirectoryService::*", "aws_directory_service_*", "DirectoryDescriptions"]),
    (
        ROUTED,
        &[
            "AWS::Route53::HealthCheck",
            "AWS::Route53::CidrCollection",
            "AWS::Route53RecoveryControl::*",
            "aws_route53_health_check",
            "aws_route53_cidr_*",
            "aws_route53_traffic_policy*",
            "HealthChecks",
        ],
    ),
    (
        HELD,
        &[
            "AWS::RDS::DBInstance",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBProxy",
            "AWS::EKS::Cluster",
            "AWS::EFS::MountTarget",
            "AWS::ElastiCache::CacheCluster",
            "AWS::ElastiCache::ReplicationGroup",
            "AWS::ElastiCache::ServerlessCache",
            "aws_db_instance",
            "aws_db_proxy",
            "aws_rds_cluster",
            "aws_rds_cluster_instance",
            "aws_eks_cluster",
            "aws_efs_mount_target",
            "aws_elasticache_cluster",
            "aws_elasticache_replication_group",
            "aws_elasticache_serverless_cache",
        ],
    ),
    (
        NAMED,
        &[
            "AWS::OpenSearchService::Domain",
            "AWS::Elasticsearch::Domain",
            "AWS::MSK::*Cluster",
            "AWS::AmazonMQ::Broker",
            "AWS::Redshift::Cluster",
            "AWS::DocDB::DBCluster",
            "AWS::DocDB::DBInstance",
            "AWS::Neptune::DBCluster",
            "AWS::Neptune::DBInstance",
            "AWS::MemoryDB::Cluster",
            "AWS::DAX::Cluster",
            "AWS::FSx::FileSystem",
            "aws_opensearch_domain",
            "aws_elasticsearch_domain",
            "aws_msk_cluster",
            "aws_msk_serverless_cluster",
            "aws_mq_broker",
            "aws_redshift_cluster",
            "aws_docdb_cluster*",
            "aws_neptune_cluster*",
            "aws_memorydb_cluster",
            "aws_dax_cluster",
            "aws_fsx_*_file_system",
        ],
    ),
    (
        GROWS,
        &[
            "AWS::AutoScaling::AutoScalingGroup",
            "AWS::EC2::SpotFleet",
            "AWS::EC2::EC2Fleet",
            "AWS::EKS::Nodegroup",
            "aws_autoscaling_group",
            "aws_spot_fleet_request",
            "aws_spot_instance_request",
            "aws_ec2_fleet",
            "aws_eks_node_group",
            "AutoScalingGroups",
        ],
    ),
    (
        ELSEWHERE,
        &[
            "AWS::CloudFormation::Stack",
            "AWS::CloudFormation::StackSet",
            "AWS::CloudFormation::Macro",
            "AWS::Serverless::Application",
            "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
            "aws_cloudformation_stack",
            "aws_cloudformation_stack_set*",
        ],
    ),
];

/// What depends on a type or on a key of a reply that cannot be imported; `None` if no answer and no way of the traffic
/// does.
pub(in super::super) fn matter(kind: &str) -> Option<&'static str> {
    let is = |pattern: &&str| match pattern.split_once('*') {
        Some((start, end)) => {
            kind.len() >= start.len() + end.len() && kind.starts_with(start) && kind.ends_with(end)
        }
        None => *pattern == kind,
    };
    UNTAKEN.iter().find(|(_, kinds)| kinds.iter().any(is)).map(|(what, _)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::foreign::common::KINDS;

    #[test]
    fn what_a_network_is_made_of_matters_and_a_role_does_not() {
        for kind in [
            "AWS::EC2::TransitGatewayVpcAttachment",
            "AWS::MSK::ServerlessCluster",
            "ProfileAssociations",
            "aws_service_discovery_private_dns_namespace",
            "aws_vpn_gateway_attachment",
        ] {
            assert!(matter(kind).is_some(), "{kind}");
        }
        for kind in [
            "AWS::IAM::Role",
            "aws_iam_role",
            "AWS::RDS::DBSubnetGroup",
            "AWS::EC2::FlowLog",
            "AWS::ServiceDiscovery::HttpNamespace",
            "aws_vpc",
            "",
        ] {
            assert_eq!(matter(kind), None, "{kind}");
        }
    }

    #[test]
    fn each_type_is_listed_once_and_none_is_taken() {
        let all: Vec<&str> = UNTAKEN.iter().flat_map(|(_, kinds)| *kinds).copied().collect();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len());
        let taken = KINDS.concat();
        for kind in taken {
            assert_eq!(matter(kind), None, "{kind}");
        }
    }
}
