//! Ids as the API reads them: each resource has codes of its own for an id that is malformed or not found.

use std::{fmt::Display, str::FromStr};

use super::error::ApiError;
use crate::model::id::{
    AllocationId, AssociationId, AttachmentId, DhcpOptionsId, EndpointId, EndpointServiceId,
    InstanceId, InternetGatewayId, NetworkAclId, NetworkInterfaceId, PeeringId, PlacementGroupId,
    PrefixListId, RouteTableId, SecurityGroupId, SecurityGroupRuleId, SubnetId, VpcId,
};

/// An id with AWS's words about it.
pub(super) trait ResourceId: FromStr + Display + Copy + Ord {
    /// What stands before the dash.
    const PREFIX: &'static str;
    /// The code of an id that has another shape.
    const MALFORMED: &'static str;
    /// The code of an id that nothing has.
    const NOT_FOUND: &'static str;
    /// What the messages call it.
    const WORD: &'static str;

    /// Reads an id.
    ///
    /// # Errors
    ///
    /// The resource's `…Malformed` code. A well-shaped id is a prefix and hexadecimal digits.
    fn read(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(|_| {
            ApiError::new(
                Self::MALFORMED,
                format!(
                    "Invalid {} Id: '{text}' (expecting '{}-...; the Id may only contain lowercase alphanumeric \
                     characters and a single dash')",
                    Self::WORD,
                    Self::PREFIX
                ),
            )
        })
    }

    /// The error of an id that nothing has.
    fn not_found(&self) -> ApiError {
        ApiError::new(Self::NOT_FOUND, format!("The {} ID '{self}' does not exist", Self::WORD))
    }
}

macro_rules! resource_ids {
    ($($name:ident $malformed:literal $not_found:literal $word:literal;)*) => {
        /// The error of an id of any kind that nothing has.
        pub(super) fn unknown(text: &str) -> ApiError {
            $(
                if let Ok(id) = text.parse::<$name>() {
                    return id.not_found();
                }
            )*
            ApiError::new("InvalidID", format!("The ID '{text}' is not valid"))
        }
        $(
        impl ResourceId for $name {
            const PREFIX: &'static str = $name::PREFIX;
            const MALFORMED: &'static str = $malformed;
            const NOT_FOUND: &'static str = $not_found;
            const WORD: &'static str = $word;
        }
        )*
    };
}

resource_ids! {
    VpcId "InvalidVpcID.Malformed" "InvalidVpcID.NotFound" "vpc";
    SubnetId "InvalidSubnetID.Malformed" "InvalidSubnetID.NotFound" "subnet";
    RouteTableId "InvalidRouteTableID.Malformed" "InvalidRouteTableID.NotFound" "routeTable";
    InternetGatewayId "InvalidInternetGatewayId.Malformed" "InvalidInternetGatewayID.NotFound" "internetGateway";
    InstanceId "InvalidInstanceID.Malformed" "InvalidInstanceID.NotFound" "instance";
    NetworkInterfaceId "InvalidNetworkInterfaceId.Malformed" "InvalidNetworkInterfaceID.NotFound" "networkInterface";
    EndpointId "InvalidVpcEndpointId.Malformed" "InvalidVpcEndpointId.NotFound" "Vpc Endpoint";
    EndpointServiceId "InvalidVpcEndpointServiceIdId.Malformed" "InvalidVpcEndpointServiceId.NotFound" "VpcEndpointService";
    SecurityGroupId "InvalidGroupId.Malformed" "InvalidGroup.NotFound" "security group";
    DhcpOptionsId "InvalidDhcpOptionsId.Malformed" "InvalidDhcpOptionsID.NotFound" "dhcpOption";
    PeeringId "InvalidVpcPeeringConnectionId.Malformed" "InvalidVpcPeeringConnectionID.NotFound" "vpcPeeringConnection";
    PrefixListId "InvalidPrefixListID.Malformed" "InvalidPrefixListID.NotFound" "prefix list";
    SecurityGroupRuleId "InvalidSecurityGroupRuleId.Malformed" "InvalidSecurityGroupRuleId.NotFound" "security group rule";
    AllocationId "InvalidAllocationID.Malformed" "InvalidAllocationID.NotFound" "allocation";
    AssociationId "InvalidAssociationID.Malformed" "InvalidAssociationID.NotFound" "association";
    AttachmentId "InvalidAttachmentID.Malformed" "InvalidAttachmentID.NotFound" "attachment";
    PlacementGroupId "InvalidPlacementGroupId.Malformed" "InvalidPlacementGroup.Unknown" "placement group";
    NetworkAclId "InvalidNetworkAclId.Malformed" "InvalidNetworkAclID.NotFound" "networkAcl";
}
