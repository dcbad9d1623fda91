//! The types of Terraform's AWS provider as CloudFormation's types, and the names of their attributes there.
//!
//! A type written in words is a part of another resource. `join.rs` adds it to that resource.

/// A type and the names of its attributes, in Terraform and in CloudFormation.
pub(in super::super) type Table =
    (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// The types that need no code.
pub(in super::super) const TABLES: &[Table] = &[
    (
        "aws_vpc",
        "AWS::EC2::VPC",
        &[
            ("cidr_block", "CidrBlock"),
            ("enable_dns_support", "EnableDnsSupport"),
            ("enable_dns_hostnames", "EnableDnsHostnames"),
            ("owner_id", "OwnerId"),
            ("ipv6_cidr_block", "Ipv6CidrBlocks"),
            ("assign_generated_ipv6_cidr_block", "AmazonProvidedIpv6CidrBlock"),
            ("default", "IsDefault"),
        ],
    ),
    (
        "aws_vpc_ipv4_cidr_block_association",
        "AWS::EC2::VPCCidrBlock",
        &[("vpc_id", "VpcId"), ("cidr_block", "CidrBlock")],
    ),
    (
        "aws_vpc_ipv6_cidr_block_association",
        "AWS::EC2::VPCCidrBlock",
        &[
            ("vpc_id", "VpcId"),
            ("ipv6_cidr_block", "Ipv6CidrBlock"),
            ("assign_generated_ipv6_cidr_block", "AmazonProvidedIpv6CidrBlock"),
        ],
    ),
    (
        "aws_subnet",
        "AWS::EC2::Subnet",
        &[
            ("vpc_id", "VpcId"),
            ("cidr_block", "CidrBlock"),
            ("availability_zone", "AvailabilityZone"),
            ("availability_zone_id", "AvailabilityZoneId"),
            ("map_public_ip_on_launch", "MapPublicIpOnLaunch"),
            ("ipv6_cidr_block", "Ipv6CidrBlock"),
            ("assign_ipv6_address_on_creation", "AssignIpv6AddressOnCreation"),
            ("enable_dns64", "EnableDns64"),
            ("ipv6_native", "Ipv6Native"),
        ],
    ),
    ("aws_internet_gateway", "AWS::EC2::InternetGateway", &[]),
    (
        "aws_internet_gateway_attachment",
        "AWS::EC2::VPCGatewayAttachment",
        &[("internet_gateway_id", "InternetGatewayId"), ("vpc_id", "VpcId")],
    ),
    ("aws_route_table", "AWS::EC2::RouteTable", &[("vpc_id", "VpcId")]),
    ("aws_route", "AWS::EC2::Route", ROUTE),
    (
        "aws_route_table_association",
        "AWS::EC2::SubnetRouteTableAssociation",
        &[
            ("subnet_id", "SubnetId"),
            ("gateway_id", "GatewayId"),
            ("route_table_id", "RouteTableId"),
        ],
    ),
    (
        "aws_main_route_table_association",
        "main route table",
        &[("vpc_id", "VpcId"), ("route_table_id", "RouteTableId")],
    ),
    (
        "aws_instance",
        "AWS::EC2::Instance",
        &[
            ("subnet_id", "SubnetId"),
            ("vpc_security_group_ids", "SecurityGroupIds"),
            ("private_ip", "PrivateIpAddress"),
            ("public_ip", "PublicIp"),
            ("associate_public_ip_address", "AssociatePublicIpAddress"),
            ("ipv6_addresses", "Ipv6Addresses"),
            ("instance_type", "InstanceType"),
            ("instance_state", "State"),
        ],
    ),
    (
        "aws_network_interface",
        "AWS::EC2::NetworkInterface",
        &[
            ("subnet_id", "SubnetId"),
            ("private_ip", "PrivateIpAddress"),
            ("description", "Description"),
            ("vpc_id", "VpcId"),
            ("availability_zone", "AvailabilityZone"),
        ],
    ),
    (
        "aws_eip",
        "AWS::EC2::EIP",
        &[
            ("public_ip", "PublicIp"),
            ("allocation_id", "AllocationId"),
            ("instance", "InstanceId"),
            ("network_interface", "NetworkInterfaceId"),
        ],
    ),
    (
        "aws_eip_association",
        "AWS::EC2::EIPAssociation",
        &[
            ("allocation_id", "AllocationId"),
            ("instance_id", "InstanceId"),
            ("network_interface_id", "NetworkInterfaceId"),
            ("public_ip", "PublicIp"),
        ],
    ),
    (
        "aws_vpc_endpoint",
        "AWS::EC2::VPCEndpoint",
        &[
            ("vpc_id", "VpcId"),
            ("service_name", "ServiceName"),
            ("service_region", "ServiceRegion"),
            ("vpc_endpoint_type", "VpcEndpointType"),
            ("subnet_ids", "SubnetIds"),
            ("route_table_ids", "RouteTableIds"),
            ("security_group_ids", "SecurityGroupIds"),
            ("private_dns_enabled", "PrivateDnsEnabled"),
            ("policy", "PolicyDocument"),
            ("state", "State"),
            ("network_interface_ids", "NetworkInterfaceIds"),
            ("ip_address_type", "IpAddressType"),
        ],
    ),
    (
        "aws_vpc_endpoint_subnet_association",
        "endpoint's subnet",
        &[("vpc_endpoint_id", "VpcEndpointId"), ("subnet_id", "SubnetIds")],
    ),
    (
        "aws_vpc_endpoint_route_table_association",
        "endpoint's route table",
        &[("vpc_endpoint_id", "VpcEndpointId"), ("route_table_id", "RouteTableIds")],
    ),
    (
        "aws_vpc_endpoint_security_group_association",
        "endpoint's security group",
        &[("vpc_endpoint_id", "VpcEndpointId"), ("security_group_id", "SecurityGroupIds")],
    ),
    (
        "aws_vpc_endpoint_policy",
        "endpoint's policy",
        &[("vpc_endpoint_id", "VpcEndpointId"), ("policy", "PolicyDocument")],
    ),
    (
        "aws_vpc_endpoint_private_dns",
        "endpoint's private DNS",
        &[("vpc_endpoint_id", "VpcEndpointId"), ("private_dns_enabled", "PrivateDnsEnabled")],
    ),
    (
        "aws_vpc_endpoint_service",
        "AWS::EC2::VPCEndpointService",
        &[
            ("network_load_balancer_arns", "NetworkLoadBalancerArns"),
            ("acceptance_required", "AcceptanceRequired"),
            ("allowed_principals", "AllowedPrincipals"),
            ("private_dns_name", "PrivateDnsName"),
            ("supported_regions", "SupportedRegions"),
        ],
    ),
    (
        "aws_vpc_endpoint_service_allowed_principal",
        "AWS::EC2::VPCEndpointServicePermissions",
        &[("vpc_endpoint_service_id", "ServiceId"), ("principal_arn", "AllowedPrincipals")],
    ),
    (
        "aws_lb",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &[
            ("name", "Name"),
            ("dns_name", "DNSName"),
            ("load_balancer_type", "Type"),
            ("subnets", "Subnets"),
            ("vpc_id", "VpcId"),
        ],
    ),
    (
        "aws_elb",
        "AWS::ElasticLoadBalancing::LoadBalancer",
        &[
            ("name", "LoadBalancerName"),
            ("dns_name", "DNSName"),
            ("subnets", "Subnets"),
            ("instances", "Instances"),
        ],
    ),
    (
        "aws_nat_gateway",
        "AWS::EC2::NatGateway",
        &[
            ("subnet_id", "SubnetId"),
            ("vpc_id", "VpcId"),
            ("private_ip", "PrivateIpAddress"),
            ("public_ip", "PublicIp"),
            ("allocation_id", "AllocationId"),
            ("connectivity_type", "ConnectivityType"),
            ("network_interface_id", "NetworkInterfaceId"),
            ("secondary_allocation_ids", "SecondaryAllocationIds"),
            ("secondary_private_ip_address_count", "SecondaryPrivateIpAddressCount"),
            ("secondary_private_ip_addresses", "SecondaryPrivateIpAddresses"),
            ("state", "State"),
        ],
    ),
    (
        "aws_security_group",
        "AWS::EC2::SecurityGroup",
        &[("vpc_id", "VpcId"), ("name", "GroupName"), ("description", "GroupDescription")],
    ),
    ("aws_security_group_rule", "AWS::EC2::SecurityGroupIngress", GROUP_RULE),
    ("aws_vpc_security_group_ingress_rule", "AWS::EC2::SecurityGroupIngress", GROUP_RULE),
    ("aws_vpc_security_group_egress_rule", "AWS::EC2::SecurityGroupEgress", GROUP_RULE),
    (
        "aws_network_acl",
        "AWS::EC2::NetworkAcl",
        &[("vpc_id", "VpcId"), ("subnet_ids", "SubnetIds")],
    ),
    (
        "aws_network_acl_rule",
        "AWS::EC2::NetworkAclEntry",
        &[
            ("network_acl_id", "NetworkAclId"),
            ("rule_number", "RuleNumber"),
            ("egress", "Egress"),
            ("rule_action", "RuleAction"),
            ("protocol", "Protocol"),
            ("cidr_block", "CidrBlock"),
            ("ipv6_cidr_block", "Ipv6CidrBlock"),
        ],
    ),
    (
        "aws_network_acl_association",
        "AWS::EC2::SubnetNetworkAclAssociation",
        &[("network_acl_id", "NetworkAclId"), ("subnet_id", "SubnetId")],
    ),
    ("aws_lb_target_group", "AWS::ElasticLoadBalancingV2::TargetGroup", &[]),
    (
        "aws_lb_target_group_attachment",
        "target",
        &[("target_group_arn", "TargetGroupArn"), ("target_id", "Id")],
    ),
    (
        "aws_lb_listener",
        "AWS::ElasticLoadBalancingV2::Listener",
        &[("load_balancer_arn", "LoadBalancerArn")],
    ),
    (
        "aws_route53_zone",
        "AWS::Route53::HostedZone",
        &[("name", "Name"), ("private_zone", "PrivateZone")],
    ),
    (
        "aws_route53_zone_association",
        "zone's VPC",
        &[("zone_id", "HostedZoneId"), ("vpc_id", "VPCId")],
    ),
    (
        "aws_route53_record",
        "AWS::Route53::RecordSet",
        &[
            ("zone_id", "HostedZoneId"),
            ("type", "Type"),
            ("ttl", "TTL"),
            ("records", "ResourceRecords"),
            ("set_identifier", "SetIdentifier"),
        ],
    ),
    (
        "aws_vpc_dhcp_options",
        "AWS::EC2::DHCPOptions",
        &[("domain_name", "DomainName"), ("domain_name_servers", "DomainNameServers")],
    ),
    (
        "aws_vpc_dhcp_options_association",
        "AWS::EC2::VPCDHCPOptionsAssociation",
        &[("vpc_id", "VpcId"), ("dhcp_options_id", "DhcpOptionsId")],
    ),
    ("aws_vpc_peering_connection", "AWS::EC2::VPCPeeringConnection", PEERING),
    ("aws_vpc_peering_connection_accepter", "peering's accepter", PEERING),
    (
        "aws_vpc_peering_connection_options",
        "peering's options",
        &[("vpc_peering_connection_id", "VpcPeeringConnectionId")],
    ),
    (
        "aws_route53_resolver_endpoint",
        "AWS::Route53Resolver::ResolverEndpoint",
        &[("direction", "Direction"), ("name", "Name"), ("host_vpc_id", "HostVPCId")],
    ),
    (
        "aws_route53_resolver_rule",
        "AWS::Route53Resolver::ResolverRule",
        &[("domain_name", "DomainName"), ("rule_type", "RuleType"), ("name", "Name")],
    ),
    (
        "aws_route53_resolver_rule_association",
        "AWS::Route53Resolver::ResolverRuleAssociation",
        &[("resolver_rule_id", "ResolverRuleId"), ("vpc_id", "VPCId")],
    ),
    (
        "aws_route53_resolver_config",
        "AWS::Route53Resolver::ResolverConfig",
        &[("resource_id", "ResourceId"), ("autodefined_reverse_flag", "AutodefinedReverseFlag")],
    ),
    (
        "aws_route53_resolver_firewall_rule_group",
        "AWS::Route53Resolver::FirewallRuleGroup",
        &[("name", "Name")],
    ),
    (
        "aws_route53_resolver_firewall_rule",
        "firewall rule",
        &[
            ("firewall_rule_group_id", "FirewallRuleGroupId"),
            ("firewall_domain_list_id", "FirewallDomainListId"),
            ("name", "Name"),
            ("priority", "Priority"),
            ("action", "Action"),
            ("block_response", "BlockResponse"),
            ("block_override_domain", "BlockOverrideDomain"),
            ("block_override_ttl", "BlockOverrideTtl"),
            ("q_type", "Qtype"),
            ("firewall_domain_redirection_action", "FirewallDomainRedirectionAction"),
        ],
    ),
    (
        "aws_route53_resolver_firewall_domain_list",
        "AWS::Route53Resolver::FirewallDomainList",
        &[("domains", "Domains")],
    ),
    (
        "aws_route53_resolver_firewall_rule_group_association",
        "AWS::Route53Resolver::FirewallRuleGroupAssociation",
        &[
            ("firewall_rule_group_id", "FirewallRuleGroupId"),
            ("vpc_id", "VpcId"),
            ("priority", "Priority"),
        ],
    ),
    ("aws_route53profiles_profile", "AWS::Route53Profiles::Profile", &[("name", "Name")]),
    (
        "aws_route53profiles_association",
        "AWS::Route53Profiles::ProfileAssociation",
        &[
            ("name", "Name"),
            ("profile_id", "ProfileId"),
            ("resource_id", "ResourceId"),
            ("priority", "Priority"),
        ],
    ),
    (
        "aws_route53profiles_resource_association",
        "AWS::Route53Profiles::ProfileResourceAssociation",
        &[
            ("name", "Name"),
            ("profile_id", "ProfileId"),
            ("resource_arn", "ResourceArn"),
            ("resource_properties", "ResourceProperties"),
        ],
    ),
];

/// The attributes of a peering connection, the same on both sides.
const PEERING: &[(&str, &str)] = &[
    ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
    ("vpc_id", "VpcId"),
    ("peer_vpc_id", "PeerVpcId"),
    ("peer_region", "PeerRegion"),
    ("accept_status", "State"),
];

/// The attributes of a rule of a security group, alone or in its group.
pub(super) const GROUP_RULE: &[(&str, &str)] = &[
    ("security_group_id", "GroupId"),
    ("protocol", "IpProtocol"),
    ("ip_protocol", "IpProtocol"),
    ("from_port", "FromPort"),
    ("to_port", "ToPort"),
    ("cidr_blocks", "CidrIp"),
    ("cidr_ipv4", "CidrIp"),
    ("ipv6_cidr_blocks", "CidrIpv6"),
    ("cidr_ipv6", "CidrIpv6"),
    ("prefix_list_ids", "PrefixListIds"),
    ("prefix_list_id", "PrefixListIds"),
    ("security_groups", "GroupIds"),
    ("source_security_group_id", "GroupIds"),
    ("referenced_security_group_id", "GroupIds"),
    ("self", "Self"),
];

/// The attributes of a route, alone or in its table.
pub(super) const ROUTE: &[(&str, &str)] = &[
    ("route_table_id", "RouteTableId"),
    ("cidr_block", "DestinationCidrBlock"),
    ("destination_cidr_block", "DestinationCidrBlock"),
    ("destination_ipv6_cidr_block", "DestinationIpv6CidrBlock"),
    ("destination_prefix_list_id", "DestinationPrefixListId"),
    ("ipv6_cidr_block", "DestinationIpv6CidrBlock"),
    ("gateway_id", "GatewayId"),
    ("nat_gateway_id", "NatGatewayId"),
    ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
    ("transit_gateway_id", "TransitGatewayId"),
    ("network_interface_id", "NetworkInterfaceId"),
    ("instance_id", "InstanceId"),
    ("egress_only_gateway_id", "EgressOnlyInternetGatewayId"),
    ("local_gateway_id", "LocalGatewayId"),
    ("carrier_gateway_id", "CarrierGatewayId"),
];

/// The usual name of a type. Some types have an older name, or one for a default resource.
pub(super) fn usual(kind: &str) -> &str {
    match kind {
        "aws_default_vpc" => "aws_vpc",
        "aws_default_subnet" => "aws_subnet",
        "aws_default_route_table" => "aws_route_table",
        "aws_default_security_group" => "aws_security_group",
        "aws_default_network_acl" => "aws_network_acl",
        "aws_alb" => "aws_lb",
        "aws_alb_target_group" => "aws_lb_target_group",
        "aws_alb_target_group_attachment" => "aws_lb_target_group_attachment",
        "aws_alb_listener" => "aws_lb_listener",
        other => other,
    }
}

/// CloudFormation's type for a resource, or Terraform's own if there is none.
pub(super) fn kind_of(kind: &str) -> &str {
    TABLES.iter().find(|(theirs, ..)| *theirs == usual(kind)).map_or(kind, |(_, ours, _)| ours)
}
