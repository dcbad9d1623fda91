//! What endpoints of the types Resource and ServiceNetwork are associated with: none is emulated, so nothing is listed (P64).

use super::absent::Never;
use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::id::EndpointId,
};

/// `DescribeVpcEndpointAssociations`.
pub(super) type DescribeVpcEndpointAssociations = Listing<EndpointAssociations>;

/// The associations of endpoints: none.
pub(super) struct EndpointAssociations;

impl Describe for EndpointAssociations {
    type Item<'c> = Never;

    const LIST: &'static str = "vpcEndpointAssociationSet";

    const FILTERS: Filters<Self> = &[];

    const MATCHES_NOTHING: &'static [&'static str] = &[
        "associated-resource-accessibility",
        "associated-resource-id",
        "association-id",
        "resource-configuration-group-arn",
        "service-network-arn",
        "vpc-endpoint-id",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // Each must be one of the caller's.
        parameters.ids::<EndpointId>("VpcEndpointId")?;
        Ok(Self)
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
