//! Internet gateways.

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        page::Page,
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
pub(super) struct DescribeInternetGateways {
    ids: Vec<InternetGatewayId>,
    page: Page,
}

impl Operation for DescribeInternetGateways {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("InternetGatewayId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "attachment.state",
            "attachment.vpc-id",
            "internet-gateway-id",
            "owner-id",
        ])?;
        let gateways = context.world().internet_gateways.values();
        let shown = gateways
            .filter(|it| context.is_home(it.region, &it.owner))
            .filter(|gateway| self.ids.is_empty() || self.ids.contains(&gateway.id))
            .filter(|gateway| {
                let vpc = || gateway.vpc.into_iter();
                self.page.passes(&gateway.tags, |name| match name {
                    "attachment.state" => vpc().map(|_| "available".to_owned()).collect(),
                    "attachment.vpc-id" => vpc().map(|vpc| vpc.to_string()).collect(),
                    "internet-gateway-id" => vec![gateway.id.to_string()],
                    _ => vec![gateway.owner.to_string()],
                })
            })
            .map(|gateway| (gateway.id.to_string(), fields(gateway)))
            .collect();
        Ok(self.page.reply("internetGatewaySet", shown))
    }
}
