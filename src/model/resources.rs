//! The table of resources: everything that is told apart by an id, one row each.
//!
//! What all resources have in common is made from this table, wherever it is needed: ids, the World's maps, the rows of
//! a store, AWS's error codes, owners, tags, Changes, and how files name resources. A new resource begins with a row here.
//! How one resource behaves is not here but in its own file.
//!
//! A row has these columns, always in this order. `[]` says that the column does not apply. The rows at the end stop after
//! `errors`: these ids belong to parts of other resources, or to what the World does not hold. Short columns share a line.
//!
//! | column | holds |
//! |---|---|
//! | the row's doc comment and name | the doc comment of the World's map, and the type of the id |
//! | `id` | what stands before the id's dash; `[]` for an id of another form |
//! | `noun` | what messages call it, with its article |
//! | `errors` | AWS's codes for an id that is malformed and for one that nothing has; AWS's word for it in those messages, and what stands between that word and the id |
//! | `stored` | its map in the World, which is also its table in a store, and its type |
//! | `owner` | `own`: it has a `region` and an `owner`; `of_vpc`: it lies in its `vpc`; `of_two`: it lies between two VPCs. Then `plain`, unless it has a rule of its own in `src/api/own.rs` |
//! | `tag` | AWS's resource type, for a resource that has tags of its own |
//! | `named` | for what a world file or a Change may refer to by name: the name, the VPC within which it counts, and when, if not always |
//! | `file` | for a part at the first level of a world file whose items have an `id`: the part's key, what one thing is called in the seed of an id that is left out and in `docs/world.schema.json`, and where names are unique: `in_file`, or `in_region` of an account |
//! | `changes` | the Changes of it, by the module they are in |
//! | `made_by` | the Change that makes it, and the id in that Change |
//! | `aws` | CloudFormation's type, for a resource that importers make up an id for |
//! | `reply` | the key under which a reply of `aws … describe-*` lists it |
//!
//! Who needs something of the table calls `resources! { VIEW => CALLBACK }` with the name of a macro of its own. That
//! macro is called once, with what the view shows of each row that has it. `src/model/resources/view.rs` lists the views.

mod file_keys;
mod view;

pub use file_keys::FILE_KEYS;
pub(crate) use view::view;

macro_rules! resources {
    ($view:ident => $callback:ident) => {
        $crate::model::resources::view! { $view $callback

/// The VPCs.
VpcId {
    id ["vpc"] noun ["a VPC"]
    errors ["InvalidVpcID.Malformed" "InvalidVpcID.NotFound" "vpc" " ID"]
    stored [vpcs: $crate::model::vpc::Vpc]
    owner [own plain] tag ["vpc"] named [it => it.label(), None] file []
    changes [
        $crate::model::vpc { CreateVpc DeleteVpc ModifyVpcAttribute ModifyVpcTenancy }
        $crate::model::vpc_cidr { AssociateVpcCidrBlock DisassociateVpcCidrBlock }
        $crate::model::resolver_config { UpdateResolverConfig UpdateResolverDnssecConfig }
    ]
    made_by [CreateVpc it => it.vpc.id] aws ["AWS::EC2::VPC"] reply ["Vpcs"]
}

/// The subnets.
SubnetId {
    id ["subnet"] noun ["a subnet"]
    errors ["InvalidSubnetID.Malformed" "InvalidSubnetID.NotFound" "subnet" " ID"]
    stored [subnets: $crate::model::subnet::Subnet]
    owner [of_vpc plain] tag ["subnet"] named [it => it.label(), Some(it.vpc)] file []
    changes [
        $crate::model::subnet { CreateSubnet DeleteSubnet ModifySubnetAttribute }
        $crate::model::subnet_cidr { AssociateSubnetCidrBlock DisassociateSubnetCidrBlock }
    ]
    made_by [CreateSubnet it => it.subnet.id] aws ["AWS::EC2::Subnet"] reply ["Subnets"]
}

/// The route tables.
RouteTableId {
    id ["rtb"] noun ["a route table"]
    errors ["InvalidRouteTableID.Malformed" "InvalidRouteTableID.NotFound" "routeTable" " ID"]
    stored [route_tables: $crate::model::route_table::RouteTable]
    owner [of_vpc plain] tag ["route-table"] named [it => it.label(), Some(it.vpc)] file []
    changes [
        $crate::model::route_table {
            CreateRouteTable DeleteRouteTable AssociateRouteTable DisassociateRouteTable
            ReplaceRouteTableAssociation
        }
        $crate::model::gateway_route_table { AssociateGatewayRouteTable }
        $crate::model::route { CreateRoute DeleteRoute ReplaceRoute }
    ]
    made_by [CreateRouteTable it => it.table.id] aws ["AWS::EC2::RouteTable"] reply ["RouteTables"]
}

/// The internet gateways.
InternetGatewayId {
    id ["igw"] noun ["an internet gateway"]
    errors ["InvalidInternetGatewayId.Malformed" "InvalidInternetGatewayID.NotFound" "internetGateway" " ID"]
    stored [internet_gateways: $crate::model::internet_gateway::InternetGateway]
    owner [own plain] tag ["internet-gateway"] named [it => it.label(), it.vpc] file []
    changes [$crate::model::internet_gateway {
        CreateInternetGateway AttachInternetGateway DetachInternetGateway DeleteInternetGateway
    }]
    made_by [CreateInternetGateway it => it.gateway.id]
    aws ["AWS::EC2::InternetGateway"] reply ["InternetGateways"]
}

/// The DHCP option sets.
DhcpOptionsId {
    id ["dopt"] noun ["a DHCP option set"]
    errors ["InvalidDhcpOptionsId.Malformed" "InvalidDhcpOptionsID.NotFound" "dhcpOption" " ID"]
    stored [dhcp_options: $crate::model::dhcp_options::DhcpOptions]
    owner [own] tag ["dhcp-options"] named [it => it.label(), None] file []
    changes [$crate::model::dhcp_options { CreateDhcpOptions DeleteDhcpOptions AssociateDhcpOptions }]
    made_by [CreateDhcpOptions it => it.options.id] aws ["AWS::EC2::DHCPOptions"] reply ["DhcpOptions"]
}

/// The instances.
InstanceId {
    id ["i"] noun ["an instance"]
    errors ["InvalidInstanceID.Malformed" "InvalidInstanceID.NotFound" "instance" " ID"]
    stored [instances: $crate::model::instance::Instance]
    owner [of_vpc] tag ["instance"] named [it => it.label(), Some(it.vpc)] file []
    changes [
        $crate::model::instance { RunInstances }
        $crate::model::instance_life {
            StartInstances StopInstances TerminateInstances ModifyInstanceAttribute
        }
        $crate::model::guest { SetGuest ModifyInstanceMetadataOptions }
    ]
    made_by [RunInstances it => it.instance.id] aws ["AWS::EC2::Instance"] reply ["Reservations"]
}

/// The VPC endpoints.
EndpointId {
    id ["vpce"] noun ["an endpoint"]
    errors ["InvalidVpcEndpointId.Malformed" "InvalidVpcEndpointId.NotFound" "Vpc Endpoint" " Id"]
    stored [endpoints: $crate::model::endpoint::Endpoint]
    owner [of_vpc plain] tag ["vpc-endpoint"] named [it => it.label(), Some(it.vpc)] file []
    changes [$crate::model::endpoint_change {
        CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints Settle SetEndpointHealth
    }]
    made_by [CreateVpcEndpoint it => it.id] aws ["AWS::EC2::VPCEndpoint"] reply ["VpcEndpoints"]
}

/// The endpoint services of customers.
EndpointServiceId {
    id ["vpce-svc"] noun ["an endpoint service"]
    errors ["InvalidVpcEndpointServiceIdId.Malformed" "InvalidVpcEndpointServiceId.NotFound" "VpcEndpointService" " Id"]
    stored [endpoint_services: $crate::model::endpoint_service::EndpointService]
    owner [own plain] tag ["vpc-endpoint-service"] named [it => it.label(), None]
    file ["endpoint-services" "endpoint-service" in_file]
    changes [$crate::model::endpoint_service {
        CreateVpcEndpointServiceConfiguration ModifyVpcEndpointServiceConfiguration
        DeleteVpcEndpointServiceConfigurations ModifyVpcEndpointServicePermissions
        VerifyPrivateDns AcceptVpcEndpointConnections RejectVpcEndpointConnections
    }]
    made_by [CreateVpcEndpointServiceConfiguration it => it.service.id]
    aws ["AWS::EC2::VPCEndpointService"] reply ["ServiceConfigurations"]
}

/// The notifications about the connections of endpoints and endpoint services.
ConnectionNotificationId {
    id ["vpce-nfn"] noun ["a connection notification"]
    errors ["InvalidConnectionNotification" "InvalidConnectionNotification" "ConnectionNotification" " Id"]
    stored [connection_notifications: $crate::model::connection_notification::ConnectionNotification]
    owner [] tag [] named [] file []
    changes [$crate::model::connection_notification {
        CreateVpcEndpointConnectionNotification ModifyVpcEndpointConnectionNotification
        DeleteVpcEndpointConnectionNotification
    }] made_by [] aws [] reply []
}

/// The peering connections.
PeeringId {
    id ["pcx"] noun ["a peering connection"]
    errors ["InvalidVpcPeeringConnectionId.Malformed" "InvalidVpcPeeringConnectionID.NotFound" "vpcPeeringConnection" " ID"]
    stored [peerings: $crate::model::peering::Peering]
    owner [of_two plain] tag ["vpc-peering-connection"]
    named [it => it.label(), None, it.state.is_living()] file ["peerings" "peering" in_file]
    changes [$crate::model::peering {
        CreateVpcPeeringConnection AcceptVpcPeeringConnection RejectVpcPeeringConnection
        DeleteVpcPeeringConnection ModifyVpcPeeringConnectionOptions
    }]
    made_by [CreateVpcPeeringConnection it => it.peering.id]
    aws ["AWS::EC2::VPCPeeringConnection"] reply ["VpcPeeringConnections"]
}

/// The network interfaces that were made by themselves.
NetworkInterfaceId {
    id ["eni"] noun ["a network interface"]
    errors ["InvalidNetworkInterfaceId.Malformed" "InvalidNetworkInterfaceID.NotFound" "networkInterface" " ID"]
    stored [network_interfaces: $crate::model::network_interface::NetworkInterface]
    owner [of_vpc] tag ["network-interface"] named [] file []
    changes [
        $crate::model::network_interface {
            CreateNetworkInterface DeleteNetworkInterface ModifyNetworkInterfaceAttribute
            AttachNetworkInterface DetachNetworkInterface
        }
        $crate::model::interface_addresses {
            AssignPrivateIpAddresses UnassignPrivateIpAddresses AssignIpv6Addresses UnassignIpv6Addresses
        }
    ]
    made_by [] aws ["AWS::EC2::NetworkInterface"] reply ["NetworkInterfaces"]
}

/// The permissions for network interfaces.
NetworkInterfacePermissionId {
    id ["eni-perm"] noun ["a permission for a network interface"]
    errors ["InvalidPermissionID.Malformed" "InvalidPermissionID.NotFound" "network interface permission" " ID"]
    stored [network_interface_permissions: $crate::model::interface_permission::NetworkInterfacePermission]
    owner [] tag [] named [] file []
    changes [$crate::model::interface_permission {
        CreateNetworkInterfacePermission DeleteNetworkInterfacePermission
    }]
    made_by [] aws [] reply []
}

/// The elastic addresses.
AllocationId {
    id ["eipalloc"] noun ["an elastic address"]
    errors ["InvalidAllocationID.Malformed" "InvalidAllocationID.NotFound" "allocation" " ID"]
    stored [elastic_addresses: $crate::model::elastic_address::ElasticAddress]
    owner [own plain] tag ["elastic-ip"] named [it => it.label(), None]
    file ["elastic-addresses" "elastic-address" in_file]
    changes [$crate::model::elastic_address {
        AllocateAddress AssociateAddress DisassociateAddress ReleaseAddress SetAddressName
    }]
    made_by [AllocateAddress it => it.address.id] aws [] reply ["Addresses"]
}

/// The NAT gateways.
NatGatewayId {
    id ["nat"] noun ["a NAT gateway"]
    errors ["NatGatewayMalformed" "NatGatewayNotFound" "NatGateway" ""]
    stored [nat_gateways: $crate::model::nat_gateway::NatGateway]
    owner [of_vpc] tag ["natgateway"] named [it => it.label(), Some(it.vpc), it.is_living()] file []
    changes [
        $crate::model::nat_gateway_change { CreateNatGateway DeleteNatGateway SettleNatGateway }
    ]
    made_by [CreateNatGateway it => it.gateway.id] aws ["AWS::EC2::NatGateway"] reply ["NatGateways"]
}

/// The security groups.
SecurityGroupId {
    id ["sg"] noun ["a security group"]
    errors ["InvalidGroupId.Malformed" "InvalidGroup.NotFound" "security group" ""]
    stored [security_groups: $crate::model::security_group::SecurityGroup]
    owner [of_vpc plain] tag ["security-group"] named [it => it.label(), Some(it.vpc)] file []
    changes [
        $crate::model::security_group { CreateSecurityGroup DeleteSecurityGroup }
        $crate::model::security_group_vpc { AssociateSecurityGroupVpc DisassociateSecurityGroupVpc }
        $crate::model::security_group_rule {
            AuthorizeSecurityGroup RevokeSecurityGroup ModifySecurityGroupRules
        }
    ]
    made_by [] aws ["AWS::EC2::SecurityGroup"] reply ["SecurityGroups"]
}

/// The network ACLs; the default one of a VPC only if somebody changed it.
NetworkAclId {
    id ["acl"] noun ["a network ACL"]
    errors ["InvalidNetworkAclId.Malformed" "InvalidNetworkAclID.NotFound" "networkAcl" " ID"]
    stored [network_acls: $crate::model::network_acl::NetworkAcl]
    owner [of_vpc] tag ["network-acl"] named [it => it.label(), Some(it.vpc)] file []
    changes [$crate::model::network_acl_change {
        CreateNetworkAcl DeleteNetworkAcl PutNetworkAclEntry DeleteNetworkAclEntry
        ReplaceNetworkAclAssociation
    }]
    made_by [] aws [] reply ["NetworkAcls"]
}

/// The egress-only internet gateways.
EgressOnlyGatewayId {
    id ["eigw"] noun ["an egress-only internet gateway"]
    errors ["InvalidEgressOnlyInternetGatewayId.Malformed" "InvalidGatewayID.NotFound" "eigw" " ID"]
    stored [egress_only_gateways: $crate::model::egress_only_gateway::EgressOnlyGateway]
    owner [of_vpc plain] tag ["egress-only-internet-gateway"] named [] file []
    changes [$crate::model::egress_only_gateway { CreateEgressOnlyInternetGateway DeleteEgressOnlyInternetGateway }]
    made_by [] aws [] reply ["EgressOnlyInternetGateways"]
}

/// The prefix lists of customers.
PrefixListId {
    id ["pl"] noun ["a managed prefix list"]
    errors ["InvalidPrefixListID.Malformed" "InvalidPrefixListID.NotFound" "prefix list" " ID"]
    stored [prefix_lists: $crate::model::managed_prefix_list::ManagedPrefixList]
    owner [own] tag ["prefix-list"] named [] file []
    changes [
        $crate::model::managed_prefix_list {
            CreateManagedPrefixList ModifyManagedPrefixList RestoreManagedPrefixListVersion
            DeleteManagedPrefixList
        }
        $crate::model::list_route { PutListRoute DeleteListRoute }
    ]
    made_by [] aws [] reply ["ManagedPrefixLists"]
}

/// The placement groups.
PlacementGroupId {
    id ["pg"] noun ["a placement group"]
    errors ["InvalidPlacementGroupId.Malformed" "InvalidPlacementGroup.Unknown" "Placement Group" ""]
    stored [placement_groups: $crate::model::placement_group::PlacementGroup]
    owner [own plain] tag ["placement-group"] named [it => it.name, None]
    file ["placement-groups" "placement-group" in_region]
    changes [$crate::model::placement_group { CreatePlacementGroup DeletePlacementGroup }]
    made_by [CreatePlacementGroup it => it.group.id] aws ["AWS::EC2::PlacementGroup"] reply ["PlacementGroups"]
}

/// The key pairs.
KeyPairId {
    id ["key"] noun ["a key pair"]
    errors ["InvalidKeyPairId.Malformed" "InvalidKeyPair.NotFound" "key pair" " ID"]
    stored [key_pairs: $crate::model::key_pair::KeyPair]
    owner [own plain] tag ["key-pair"] named [it => it.name, None]
    file ["key-pairs" "key-pair" in_region]
    changes [$crate::model::key_pair { CreateKeyPair DeleteKeyPair }]
    made_by [CreateKeyPair it => it.pair.id] aws [] reply ["KeyPairs"]
}

/// The launch templates.
LaunchTemplateId {
    id ["lt"] noun ["a launch template"]
    errors ["InvalidLaunchTemplateId.Malformed" "InvalidLaunchTemplateId.NotFound" "launch template" " ID"]
    stored [launch_templates: $crate::model::launch_template::LaunchTemplate]
    owner [own plain] tag ["launch-template"] named [] file []
    changes [$crate::model::launch_template {
        CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate
        DeleteLaunchTemplateVersion DeleteLaunchTemplate
    }]
    made_by [] aws [] reply ["LaunchTemplates"]
}

/// The hosted zones.
ZoneId {
    id [] noun ["a hosted zone"] errors []
    stored [hosted_zones: $crate::model::hosted_zone::HostedZone]
    owner [] tag [] named [it => it.name.to_string(), None] file []
    changes [
        $crate::model::hosted_zone {
            CreateHostedZone AssociateVpcWithHostedZone DisassociateVpcFromHostedZone UpdateHostedZoneComment
            DeleteHostedZone CreateVpcAssociationAuthorization DeleteVpcAssociationAuthorization TagHostedZone
            SetQueryLogging
        }
        $crate::model::record_change { ChangeResourceRecordSets }
    ]
    made_by [CreateHostedZone it => it.zone.id] aws [] reply ["HostedZones"]
}

/// Route 53's reusable delegation sets.
DelegationSetId {
    id [] noun ["a delegation set"] errors []
    stored [delegation_sets: $crate::model::delegation_set::DelegationSet]
    owner [] tag [] named [it => it.id.to_string(), None] file ["delegation-sets" "delegation-set" in_file]
    changes [$crate::model::delegation_set { CreateReusableDelegationSet DeleteReusableDelegationSet }]
    made_by [CreateReusableDelegationSet it => it.set.id] aws [] reply []
}

/// Route 53's CIDR collections.
CidrCollectionId {
    id [] noun ["a CIDR collection"] errors []
    stored [cidr_collections: $crate::model::cidr_collection::CidrCollection]
    owner [] tag [] named [it => it.name, None] file ["cidr-collections" "cidr-collection" in_region]
    changes [$crate::model::cidr_collection { CreateCidrCollection ChangeCidrCollection DeleteCidrCollection }]
    made_by [CreateCidrCollection it => it.collection.id] aws [] reply []
}

/// Route 53's health checks.
HealthCheckId {
    id [] noun ["a health check"] errors []
    stored [health_checks: $crate::model::health_check::HealthCheck]
    owner [] tag [] named [] file []
    changes [
        $crate::model::health_check { CreateHealthCheck UpdateHealthCheck DeleteHealthCheck TagHealthCheck }
    ]
    made_by [CreateHealthCheck it => it.check.id] aws [] reply []
}

/// The load balancers, by their DNS name.
Name {
    id [] noun ["a load balancer"] errors []
    stored [load_balancers: $crate::model::load_balancer::LoadBalancer]
    owner [] tag [] named [it => it.label, Some(it.vpc)] file []
    changes [
        $crate::model::load_balancer_change {
            CreateLoadBalancer DeleteLoadBalancer SetSubnets SetSecurityGroups
            ModifyLoadBalancerAttributes RegisterInstances DeregisterInstances TagLoadBalancing
        }
        $crate::model::listener_change {
            CreateListener DeleteListener ModifyListener CreateRule ModifyRule DeleteRule
            SetRulePriorities
        }
    ]
    made_by [CreateLoadBalancer it => it.load_balancer.dns_name] aws [] reply ["LoadBalancers"]
}

/// The target groups of load balancers.
TargetGroupId {
    id [] noun ["a target group"] errors []
    stored [target_groups: $crate::model::target_group::TargetGroup]
    owner [] tag [] named [it => it.name, it.vpc]
    file ["target-groups" "target-group" in_region]
    changes [$crate::model::target_group {
        CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes
        RegisterTargets DeregisterTargets
    }]
    made_by [CreateTargetGroup it => it.group.id] aws [] reply []
}

/// The trust stores of load balancers.
TrustStoreId {
    id [] noun ["a trust store"] errors []
    stored [trust_stores: $crate::model::trust_store::TrustStore]
    owner [] tag [] named [] file []
    changes [$crate::model::trust_store {
        CreateTrustStore ModifyTrustStore DeleteTrustStore AddTrustStoreRevocations RemoveTrustStoreRevocations
    }]
    made_by [] aws [] reply []
}

/// EKS cluster endpoints, EFS file systems, RDS instances and ElastiCache clusters, by their DNS name.
Name {
    id [] noun ["a managed resource"] errors []
    stored [managed_resources: $crate::model::managed_resource::ManagedResource]
    owner [] tag [] named [it => it.label, Some(it.vpc)] file []
    changes [$crate::model::managed_resource { CreateManagedResource SetEndpointAccess }]
    made_by [CreateManagedResource it => it.resource.dns_name] aws [] reply []
}

/// The Resolver rules.
ResolverRuleId {
    id ["rslvr-rr"] noun ["a Resolver rule"] errors []
    stored [resolver_rules: $crate::model::resolver_rule::ResolverRule]
    owner [] tag [] named [] file []
    changes [$crate::model::resolver_rule {
        CreateResolverRule AssociateResolverRule UpdateResolverRule DeleteResolverRule
        DisassociateResolverRule NameRuleAssociation TagResolverRule
    }]
    made_by [CreateResolverRule it => it.rule.id]
    aws ["AWS::Route53Resolver::ResolverRule"] reply ["ResolverRules"]
}

/// The DNS Firewall rule groups.
FirewallRuleGroupId {
    id ["rslvr-frg"] noun ["a firewall rule group"] errors []
    stored [firewall_rule_groups: $crate::model::firewall::FirewallRuleGroup]
    owner [] tag [] named [] file []
    changes [
        $crate::model::firewall {
            CreateFirewallRuleGroup AssociateFirewallRuleGroup UpdateFirewallConfig
        }
        $crate::model::firewall_change {
            CreateFirewallRule UpdateFirewallRule DeleteFirewallRule DeleteFirewallRuleGroup
            TagFirewallRuleGroup UpdateFirewallRuleGroupAssociation DisassociateFirewallRuleGroup
            TagFirewallAssociation
        }
    ]
    made_by [CreateFirewallRuleGroup it => it.group.id]
    aws ["AWS::Route53Resolver::FirewallRuleGroup"] reply ["FirewallRuleGroups"]
}

/// The domain lists of DNS Firewall that customers made.
FirewallDomainListId {
    id ["rslvr-fdl"] noun ["a firewall domain list"] errors []
    stored [firewall_domain_lists: $crate::model::firewall_domain_list::FirewallDomainList]
    owner [] tag [] named [] file []
    changes [$crate::model::firewall_domain_list {
        CreateFirewallDomainList UpdateFirewallDomains DeleteFirewallDomainList TagFirewallDomainList
    }]
    made_by [CreateFirewallDomainList it => it.list.id] aws [] reply []
}

/// Route 53's Profiles.
ProfileId {
    id ["rp"] noun ["a Profile"] errors [] stored [profiles: $crate::model::profile::Profile]
    owner [] tag [] named [it => it.name, None] file ["profiles" "profile" in_region]
    changes [$crate::model::profile_change {
        CreateProfile DeleteProfile AssociateProfile UpdateProfileAssociation DisassociateProfile
        AssociateResourceToProfile UpdateProfileResourceAssociation DisassociateResourceFromProfile TagProfile
    }]
    made_by [CreateProfile it => it.profile.id] aws ["AWS::Route53Profiles::Profile"] reply []
}

/// The configurations of query logs.
QueryLogConfigId {
    id ["rslvr-qlc"] noun ["a query log configuration"] errors []
    stored [query_log_configs: $crate::model::query_log::QueryLogConfig]
    owner [] tag [] named [] file []
    changes [$crate::model::query_log {
        CreateQueryLogConfig DeleteQueryLogConfig AssociateQueryLogConfig DisassociateQueryLogConfig
        TagQueryLogConfig
    }]
    made_by [CreateQueryLogConfig it => it.config.id] aws [] reply []
}

/// The inbound Resolver endpoints.
InboundEndpointId {
    id ["rslvr-in"] noun ["an inbound endpoint"] errors []
    stored [inbound_endpoints: $crate::model::resolver_endpoint::InboundEndpoint]
    owner [] tag [] named [it => it.label(), Some(it.vpc)] file []
    changes [$crate::model::resolver_endpoint {
        CreateInboundEndpoint UpdateResolverEndpoint DeleteResolverEndpoint
        AssociateResolverEndpointIpAddress DisassociateResolverEndpointIpAddress TagResolverEndpoint
    }]
    made_by [CreateInboundEndpoint it => it.endpoint.id]
    aws ["AWS::Route53Resolver::ResolverEndpoint"] reply ["ResolverEndpoints"]
}

/// The CloudFormation stacks, the deleted ones among them.
StackId {
    id [] noun ["a stack"] errors []
    stored [stacks: $crate::model::stack::Stack]
    owner [] tag [] named [] file []
    changes [$crate::model::stack { SetStack }]
    made_by [] aws [] reply []
}

/// The parameters of Systems Manager that customers made.
ParameterId {
    id [] noun ["a parameter"] errors []
    stored [stored_parameters: $crate::model::stored_parameter::StoredParameter]
    owner [] tag [] named [] file []
    changes [$crate::model::stored_parameter { PutParameter DeleteParameter TagParameter }]
    made_by [] aws [] reply []
}

/// The namespaces of AWS Cloud Map, the deleted ones among them.
CloudMapNamespaceId {
    id [] noun ["a namespace"] errors []
    stored [cloud_map_namespaces: $crate::model::cloud_map::CloudMapNamespace]
    owner [] tag [] named [] file []
    changes [$crate::model::cloud_map_change {
        CreateCloudMapNamespace UpdateCloudMapNamespace DeleteCloudMapNamespace TagCloudMapNamespace
    }]
    made_by [] aws [] reply []
}

/// The services of AWS Cloud Map, with their instances.
CloudMapServiceId {
    id [] noun ["a service"] errors []
    stored [cloud_map_services: $crate::model::cloud_map::CloudMapService]
    owner [] tag [] named [] file []
    changes [$crate::model::cloud_map_change {
        CreateCloudMapService UpdateCloudMapService DeleteCloudMapService TagCloudMapService
        RegisterCloudMapInstance DeregisterCloudMapInstance SetCloudMapHealth
    }]
    made_by [] aws [] reply []
}

/// The outbound Resolver endpoints.
OutboundEndpointId {
    id ["rslvr-out"] noun ["an outbound endpoint"] errors []
    stored [outbound_endpoints: $crate::model::resolver_endpoint::OutboundEndpoint]
    owner [] tag [] named [] file []
    changes [$crate::model::resolver_endpoint { CreateOutboundEndpoint }]
    made_by [CreateOutboundEndpoint it => it.endpoint.id] aws [] reply []
}

/// Rules of security groups.
SecurityGroupRuleId {
    id ["sgr"] noun ["a rule of a security group"]
    errors ["InvalidSecurityGroupRuleId.Malformed" "InvalidSecurityGroupRuleId.NotFound" "security group rule" " ID"]
}

/// Attachments of network interfaces to instances.
AttachmentId {
    id ["eni-attach"] noun ["an attachment of a network interface"]
    errors ["InvalidAttachmentID.Malformed" "InvalidAttachmentID.NotFound" "attachment" " ID"]
}

/// Associations of elastic addresses with network interfaces.
AssociationId {
    id ["eipassoc"] noun ["an association of an elastic address"]
    errors ["InvalidAssociationID.Malformed" "InvalidAssociationID.NotFound" "association" " ID"]
}

/// Volumes, which follow from instances.
VolumeId {
    id ["vol"] noun ["a volume"]
    errors ["InvalidVolumeID.Malformed" "InvalidVolume.NotFound" "volume" ""]
}

/// Reservations, by which instances are launched.
ReservationId {
    id ["r"] noun ["a reservation"] errors []
}

        }
    };
}

pub(crate) use resources;

#[cfg(test)]
mod tests;
