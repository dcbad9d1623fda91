//! The EC2 actions: one table of them, one file for each resource.

mod dhcp_options;
mod elastic_address;
mod endpoint;
mod endpoint_connection;
mod endpoint_reply;
mod endpoint_service;
mod instance;
mod instance_attribute;
mod instance_life;
mod instance_run;
mod interface_view;
mod internet_gateway;
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
mod service_catalog;
mod subnet;
mod tag;
mod vpc;
mod vpc_cidr;

use super::{context::Context, error::ApiError, parameter::Parameters, shape::Fields};

/// The version of the API.
pub const VERSION: &str = "2016-11-15";

/// An action: its parameters read and checked, then done.
trait Operation: Sized {
    /// Takes the action's parameters.
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError>;

    /// Does it.
    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError>;
}

type Call = fn(&mut Parameters, &Context<'_>) -> Result<Fields, ApiError>;

fn operation<O: Operation>(
    parameters: &mut Parameters,
    context: &Context<'_>,
) -> Result<Fields, ApiError> {
    let operation = O::read(parameters)?;
    parameters.finish(context)?;
    operation.run(context)
}

macro_rules! actions {
    ($($module:ident { $($action:ident)* })*) => {
        /// The actions that are built, by the file that has them.
        const ACTIONS: &[(&str, &str, Call)] = &[
            $($((stringify!($action), stringify!($module), operation::<$module::$action>),)*)*
        ];
    };
}

actions! {
    endpoint { CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints DescribeVpcEndpoints }
    endpoint_connection {
        AcceptVpcEndpointConnections RejectVpcEndpointConnections DescribeVpcEndpointConnections
    }
    endpoint_service {
        CreateVpcEndpointServiceConfiguration ModifyVpcEndpointServiceConfiguration
        DeleteVpcEndpointServiceConfigurations DescribeVpcEndpointServiceConfigurations
        ModifyVpcEndpointServicePermissions DescribeVpcEndpointServicePermissions
        StartVpcEndpointServicePrivateDnsVerification
    }
    service_catalog { DescribeVpcEndpointServices }
    vpc { CreateVpc DeleteVpc DescribeVpcs ModifyVpcAttribute DescribeVpcAttribute }
    security_group { CreateSecurityGroup DeleteSecurityGroup DescribeSecurityGroups }
    security_group_rule {
        AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress
        DescribeSecurityGroupRules ModifySecurityGroupRules UpdateSecurityGroupRuleDescriptionsIngress
        UpdateSecurityGroupRuleDescriptionsEgress
    }
    network_interface {
        CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces ModifyNetworkInterfaceAttribute
        AttachNetworkInterface DetachNetworkInterface DescribeNetworkInterfaceAttribute
    }
    instance { DescribeInstances DescribeInstanceStatus }
    instance_run { RunInstances }
    instance_life { StartInstances StopInstances TerminateInstances MonitorInstances UnmonitorInstances }
    instance_attribute {
        ModifyInstanceAttribute DescribeInstanceAttribute ModifyPrivateDnsNameOptions ModifyInstanceMetadataOptions
        ModifyInstanceCreditSpecification DescribeInstanceCreditSpecifications
    }
    elastic_address {
        AllocateAddress AssociateAddress DisassociateAddress ReleaseAddress DescribeAddresses
        DescribeAddressesAttribute
    }
    placement_group { CreatePlacementGroup DeletePlacementGroup DescribePlacementGroups }
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
    prefix_list { DescribePrefixLists DescribeManagedPrefixLists GetManagedPrefixListEntries }
    network_acl { DescribeNetworkAcls }
    dhcp_options { CreateDhcpOptions DeleteDhcpOptions DescribeDhcpOptions AssociateDhcpOptions }
    tag { CreateTags DeleteTags DescribeTags }
    peering {
        CreateVpcPeeringConnection AcceptVpcPeeringConnection RejectVpcPeeringConnection
        DeleteVpcPeeringConnection DescribeVpcPeeringConnections ModifyVpcPeeringConnectionOptions
    }
}

/// The actions that are built, with the resource each belongs to.
pub fn actions() -> impl Iterator<Item = (&'static str, &'static str)> {
    ACTIONS.iter().map(|(action, module, _)| (*action, *module))
}

/// Does an action.
pub(super) fn call(
    action: &str,
    parameters: &mut Parameters,
    context: &Context<'_>,
) -> Result<Fields, ApiError> {
    match ACTIONS.iter().find(|(name, _, _)| *name == action) {
        Some((_, _, call)) => call(parameters, context),
        None => Err(ApiError::new(
            "InvalidAction",
            format!("The action {action} is not valid for this web service."),
        )),
    }
}
