//! Egress-only internet gateways (EG1).

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        egress_only_gateway::{self, EgressOnlyGateway},
        id::{EgressOnlyGatewayId, VpcId},
        world::Tags,
    },
};

fn fields(gateway: &EgressOnlyGateway) -> Fields {
    let attached = Fields::new().set("state", "attached").set("vpcId", gateway.vpc);
    Fields::new()
        .list("attachmentSet", [attached])
        .set("egressOnlyInternetGatewayId", gateway.id)
        .tags(&gateway.tags)
}

/// `CreateEgressOnlyInternetGateway`.
pub(super) struct CreateEgressOnlyInternetGateway {
    vpc: VpcId,
    tags: Tags,
}

impl Operation for CreateEgressOnlyInternetGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            vpc: parameters.required_id("VpcId")?,
            tags: parameters.tag_specification("egress-only-internet-gateway")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = EgressOnlyGatewayId::from_seed(seed());
        let gateway = EgressOnlyGateway { id, tags: self.tags, vpc: self.vpc };
        let change = egress_only_gateway::CreateEgressOnlyInternetGateway { gateway }.into();
        let action = "CreateEgressOnlyInternetGateway";
        let (id, after) = context.create(action, &id.to_string(), vec![change])?;
        let id = EgressOnlyGatewayId::read(&id)?;
        let made = after.world.egress_only_gateways.get(&id).ok_or_else(|| id.not_found())?;
        Ok(Fields::new()
            .maybe("clientToken", context.client_token.as_ref())
            .fields("egressOnlyInternetGateway", fields(made)))
    }
}

/// `DeleteEgressOnlyInternetGateway`.
pub(super) struct DeleteEgressOnlyInternetGateway {
    gateway: EgressOnlyGatewayId,
}

impl Operation for DeleteEgressOnlyInternetGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { gateway: parameters.required_id("EgressOnlyInternetGatewayId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let gateway = self.gateway;
        let change = egress_only_gateway::DeleteEgressOnlyInternetGateway { gateway };
        context.commit(&[change.into()])?;
        Ok(Fields::new().set("returnCode", true))
    }
}

/// `DescribeEgressOnlyInternetGateways`.
pub(super) type DescribeEgressOnlyInternetGateways = Listing<EgressOnlyGateways>;

/// The egress-only internet gateways with these ids.
pub(super) struct EgressOnlyGateways(Vec<EgressOnlyGatewayId>);

impl Describe for EgressOnlyGateways {
    type Item<'c> = &'c Arc<EgressOnlyGateway>;

    const LIST: &'static str = "egressOnlyInternetGatewaySet";

    const FILTERS: Filters<Self> = &[];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("EgressOnlyInternetGatewayId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().egress_only_gateways.keys()))
    }

    fn key(gateway: &Self::Item<'_>) -> String {
        gateway.id.to_string()
    }

    fn tags<'i>(gateway: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&gateway.tags)
    }

    fn fields(_: &Context<'_>, gateway: Self::Item<'_>) -> Fields {
        fields(gateway)
    }
}
