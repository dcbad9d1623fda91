//! What EC2 has and the World does not: requests that name one are answered as if it did not exist.

use crate::api::{
    context::Context,
    describe::{Describe, Filters, Listing},
    error::ApiError,
    parameter::Parameters,
    shape::Fields,
};

/// A pool of IPAM under this parameter.
pub(super) fn ipam_pool(parameters: &mut Parameters, name: &str) -> Result<(), ApiError> {
    parameters.never_held(name, "InvalidIpamPoolId.NotFound", |pool| {
        format!("The ipam-pool ID '{pool}' does not exist")
    })
}

/// A pool of addresses that somebody brought to AWS, under this parameter.
pub(super) fn address_pool(parameters: &mut Parameters, name: &str) -> Result<(), ApiError> {
    parameters.never_held(name, "InvalidPublicIpv4PoolID.NotFound", |pool| {
        format!("The pool ID '{pool}' does not exist")
    })
}

/// A dedicated host, or a reservation of capacity to launch into.
pub(super) fn capacity(parameters: &mut Parameters) -> Result<(), ApiError> {
    parameters.never_held("Placement.HostId", "InvalidHostID.NotFound", |host| {
        format!("The host ID '{host}' does not exist")
    })?;
    parameters.never_held(
        "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
        "InvalidCapacityReservationId.NotFound",
        |id| format!("The capacity reservation ID '{id}' does not exist"),
    )
}

/// What never is: the World holds none of the kind.
pub(super) enum Never {}

/// An action that lists a kind of thing of which the World holds none, under names that tools ask for at start.
macro_rules! lists_nothing {
    ($($action:ident $type:ident $list:literal $ids:literal $prefix:literal $code:literal $noun:literal [$($filter:literal)*];)*) => {$(
        #[doc = concat!("`", stringify!($action), "`.")]
        pub(super) type $action = Listing<$type>;

        #[doc = concat!("Every ", $noun, ": none.")]
        pub(super) struct $type;

        impl Describe for $type {
            type Item<'c> = Never;

            const LIST: &'static str = $list;

            const FILTERS: Filters<Self> = &[$(($filter, |it, _| match *it {})),*];

            fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
                match parameters.list($ids)?.first() {
                    Some(id) if !id.starts_with($prefix) => Err(ApiError::new(
                        concat!($code, ".Malformed"),
                        format!("Invalid id: \"{id}\" (expecting \"{}...\")", $prefix),
                    )),
                    Some(id) => Err(ApiError::new(
                        concat!($code, ".NotFound"),
                        format!("The {} ID '{id}' does not exist", $noun),
                    )),
                    None => Ok(Self),
                }
            }

            fn items(&self, _: &Context<'_>) -> Result<Vec<Never>, ApiError> {
                Ok(Vec::new())
            }

            fn key(it: &Never) -> String {
                match *it {}
            }

            fn fields(_: &Context<'_>, it: Never) -> Fields {
                match it {}
            }
        }
    )*};
}

lists_nothing! {
    DescribeVpnGateways VpnGateways "vpnGatewaySet" "VpnGatewayId" "vgw-" "InvalidVpnGatewayID" "vpnGateway" [
        "amazon-side-asn" "attachment.state" "attachment.vpc-id" "availability-zone" "state" "type" "vpn-gateway-id"
    ];
    DescribeFlowLogs FlowLogs "flowLogSet" "FlowLogId" "fl-" "InvalidFlowLogId" "flow log" [
        "deliver-log-status" "log-destination-type" "flow-log-id" "log-group-name" "resource-id" "traffic-type"
    ];
}
