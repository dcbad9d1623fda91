//! Internet gateways.

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::{
        id::{InternetGatewayId, VpcId},
        internet_gateway::{self, InternetGateway},
        world::Tags,
    },
};

fn fields(gateway: &InternetGateway) -> Fields {
    let attached = gateway.vpc.map(|vpc| Fields::new().set("vpcId", vpc).set("state", "available"));
    Fields::new()
        .set("internetGatewayId", gateway.id)
        .set("ownerId", &gateway.owner)
        .list("attachmentSet", attached)
        .tags(&gateway.tags)
}

/// `CreateInternetGateway`.
pub(super) struct CreateInternetGateway {
    tags: Tags,
}

impl Operation for CreateInternetGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { tags: parameters.tag_specification("internet-gateway")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let gateway = InternetGateway {
            id: InternetGatewayId::from_seed(seed()),
            tags: self.tags,
            region: context.region,
            owner: context.account.as_str().into(),
            vpc: None,
            route_table: None,
        };
        let shown = fields(&gateway);
        context.commit(&[internet_gateway::CreateInternetGateway { gateway }.into()])?;
        Ok(Fields::new().fields("internetGateway", shown))
    }
}

fn read_pair(parameters: &mut Parameters) -> Result<(InternetGatewayId, VpcId), ApiError> {
    Ok((parameters.required_id("InternetGatewayId")?, parameters.required_id("VpcId")?))
}

/// `AttachInternetGateway`.
pub(super) struct AttachInternetGateway {
    gateway: InternetGatewayId,
    vpc: VpcId,
}

impl Operation for AttachInternetGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (gateway, vpc) = read_pair(parameters)?;
        Ok(Self { gateway, vpc })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (gateway, vpc) = (self.gateway, self.vpc);
        context.commit(&[internet_gateway::AttachInternetGateway { gateway, vpc }.into()])?;
        Ok(Fields::done())
    }
}

/// `DetachInternetGateway`.
pub(super) struct DetachInternetGateway {
    gateway: InternetGatewayId,
    vpc: VpcId,
}

impl Operation for DetachInternetGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (gateway, vpc) = read_pair(parameters)?;
        Ok(Self { gateway, vpc })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (gateway, vpc) = (self.gateway, self.vpc);
        context.commit(&[internet_gateway::DetachInternetGateway { gateway, vpc }.into()])?;
        Ok(Fields::done())
    }
}

/// `DeleteInternetGateway`.
pub(super) struct DeleteInternetGateway {
    gateway: InternetGatewayId,
}

impl Operation for DeleteInternetGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { gateway: parameters.required_id("InternetGatewayId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let change = internet_gateway::DeleteInternetGateway { gateway: self.gateway };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeInternetGateways`.
pub(super) type DescribeInternetGateways = Listing<InternetGateways>;

/// The internet gateways with these ids.
pub(super) struct InternetGateways(Vec<InternetGatewayId>);

impl Describe for InternetGateways {
    type Item<'c> = &'c Arc<InternetGateway>;

    const LIST: &'static str = "internetGatewaySet";

    const FILTERS: Filters<Self> = &[
        ("attachment.state", |gateway, _| texts(gateway.vpc.map(|_| "available"))),
        ("attachment.vpc-id", |gateway, _| texts(gateway.vpc)),
        ("internet-gateway-id", |gateway, _| texts([gateway.id])),
        ("owner-id", |gateway, _| texts([&gateway.owner])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("InternetGatewayId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().internet_gateways.keys()))
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
