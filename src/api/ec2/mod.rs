//! EC2: one table of its actions, one file for each resource.

mod absent;
mod account;
mod address_attribute;
mod connection_notification;
mod console_output;
mod default_vpc;
mod dhcp_options;
mod egress_only_gateway;
mod elastic_address;
mod endpoint;
mod endpoint_association;
mod endpoint_connection;
mod endpoint_reply;
mod endpoint_service;
mod image;
mod instance;
mod instance_attribute;
mod instance_interface;
mod instance_life;
mod instance_option;
mod instance_profile;
mod instance_run;
mod instance_status;
mod instance_type;
mod interface_addresses;
mod interface_permission;
mod interface_view;
mod internet_gateway;
mod key_material;
mod key_pair;
mod launch;
mod launch_template;
mod launch_template_data;
mod launch_template_names;
mod nat_gateway;
mod network_acl;
mod network_interface;
mod peering;
mod placement_group;
mod prefix_list;
mod region;
mod route;
mod route_table;
mod security_group;
mod security_group_rule;
mod security_group_vpc;
mod service_catalog;
mod subnet;
mod subnet_cidr;
mod tag;
mod volume;
mod vpc;
mod vpc_cidr;

use super::{
    context::CommonParameters,
    error::ApiError,
    parameter::Parameters,
    protocol::Ec2Query,
    service::{ApiService, Operation, actions},
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "ec2",
    title: "Elastic Compute Cloud",
    version: "2016-11-15",
    target: None,
    namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    protocol: &Ec2Query,
    common,
    actions: ACTIONS,
};

/// `DryRun` and `ClientToken`.
fn common(parameters: &mut Parameters) -> Result<CommonParameters, ApiError> {
    Ok(CommonParameters {
        dry_run: parameters.boolean("DryRun")?.unwrap_or_default(),
        client_token: parameters.text("ClientToken")?,
    })
}

actions! {
    endpoint { CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints DescribeVpcEndpoints }
    endpoint_connection {
        AcceptVpcEndpointConnections RejectVpcEndpointConnections DescribeVpcEndpointConnections
    }
    endpoint_association { DescribeVpcEndpointAssociations }
    connection_notification {
        CreateVpcEndpointConnectionNotification ModifyVpcEndpointConnectionNotification
        DeleteVpcEndpointConnectionNotifications DescribeVpcEndpointConnectionNotifications
    }
    endpoint_service {
        CreateVpcEndpointServiceConfiguration ModifyVpcEndpointServiceConfiguration
        DeleteVpcEndpointServiceConfigurations DescribeVpcEndpointServiceConfigurations
        ModifyVpcEndpointServicePermissions DescribeVpcEndpointServicePermissions
        StartVpcEndpointServicePrivateDnsVerification
    }
    service_catalog { DescribeVpcEndpointServices }
    vpc { CreateVpc DeleteVpc DescribeVpcs ModifyVpcAttribute DescribeVpcAttribute ModifyVpcTenancy }
    default_vpc { CreateDefaultVpc CreateDefaultSubnet }
    console_output { GetConsoleOutput }
    security_group { CreateSecurityGroup DeleteSecurityGroup DescribeSecurityGroups }
    security_group_rule {
        AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress
        DescribeSecurityGroupRules ModifySecurityGroupRules UpdateSecurityGroupRuleDescriptionsIngress
        UpdateSecurityGroupRuleDescriptionsEgress
    }
    security_group_vpc {
        AssociateSecurityGroupVpc DisassociateSecurityGroupVpc DescribeSecurityGroupVpcAssociations
    }
    interface_permission {
        CreateNetworkInterfacePermission DeleteNetworkInterfacePermission DescribeNetworkInterfacePermissions
    }
    network_interface {
        CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces ModifyNetworkInterfaceAttribute
        AttachNetworkInterface DetachNetworkInterface DescribeNetworkInterfaceAttribute
    }
    interface_addresses {
        AssignPrivateIpAddresses UnassignPrivateIpAddresses AssignIpv6Addresses UnassignIpv6Addresses
    }
    subnet_cidr { AssociateSubnetCidrBlock DisassociateSubnetCidrBlock }
    instance { DescribeInstances }
    instance_status { DescribeInstanceStatus }
    launch { RunInstances }
    launch_template {
        CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate
        DeleteLaunchTemplateVersions DescribeLaunchTemplates DescribeLaunchTemplateVersions
    }
    instance_life { StartInstances StopInstances TerminateInstances RebootInstances MonitorInstances UnmonitorInstances }
    instance_attribute {
        ModifyInstanceAttribute DescribeInstanceAttribute ModifyPrivateDnsNameOptions ModifyInstanceMetadataOptions
        ModifyInstanceCreditSpecification DescribeInstanceCreditSpecifications
    }
    elastic_address {
        AllocateAddress AssociateAddress DisassociateAddress ReleaseAddress DescribeAddresses
    }
    address_attribute { ModifyAddressAttribute ResetAddressAttribute DescribeAddressesAttribute }
    placement_group { CreatePlacementGroup DeletePlacementGroup DescribePlacementGroups }
    key_pair { CreateKeyPair ImportKeyPair DeleteKeyPair DescribeKeyPairs }
    image { DescribeImages }
    instance_type { DescribeInstanceTypes DescribeInstanceTypeOfferings }
    instance_profile { DescribeIamInstanceProfileAssociations }
    account { DescribeAccountAttributes }
    absent { DescribeVpnGateways DescribeFlowLogs }
    volume { DescribeVolumes }
    vpc_cidr { AssociateVpcCidrBlock DisassociateVpcCidrBlock }
    subnet { CreateSubnet DeleteSubnet DescribeSubnets ModifySubnetAttribute }
    region { DescribeRegions DescribeAvailabilityZones }
    route_table {
        CreateRouteTable DeleteRouteTable DescribeRouteTables AssociateRouteTable DisassociateRouteTable
        ReplaceRouteTableAssociation
    }
    route { CreateRoute ReplaceRoute DeleteRoute }
    internet_gateway {
        CreateInternetGateway AttachInternetGateway DetachInternetGateway DeleteInternetGateway
        DescribeInternetGateways
    }
    prefix_list {
        DescribePrefixLists DescribeManagedPrefixLists GetManagedPrefixListEntries CreateManagedPrefixList
        ModifyManagedPrefixList RestoreManagedPrefixListVersion DeleteManagedPrefixList
    }
    nat_gateway { CreateNatGateway DeleteNatGateway DescribeNatGateways }
    network_acl {
        CreateNetworkAcl DeleteNetworkAcl DescribeNetworkAcls CreateNetworkAclEntry ReplaceNetworkAclEntry
        DeleteNetworkAclEntry ReplaceNetworkAclAssociation
    }
    egress_only_gateway {
        CreateEgressOnlyInternetGateway DeleteEgressOnlyInternetGateway DescribeEgressOnlyInternetGateways
    }
    dhcp_options { CreateDhcpOptions DeleteDhcpOptions DescribeDhcpOptions AssociateDhcpOptions }
    tag { CreateTags DeleteTags DescribeTags }
    peering {
        CreateVpcPeeringConnection AcceptVpcPeeringConnection RejectVpcPeeringConnection
        DeleteVpcPeeringConnection DescribeVpcPeeringConnections ModifyVpcPeeringConnectionOptions
    }
}
