//! Associations of VPCs with private zones, also of other accounts that were authorized for it (R54).

use super::{
    anyones_zone, change,
    hosted_zone::NamedVpc,
    is_own, no_such_zone, own_zone,
    paging::{max_items, next_token},
    zone_id,
};
use crate::{
    api::{
        context::Context, error::ApiError, page, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    model::hosted_zone as model,
};

/// The authorized VPCs on a page at most.
const PAGE: usize = 50;

/// A zone and a VPC, as these actions name them.
struct Pair {
    zone: String,
    vpc: (String, String),
    comment: Option<String>,
}

impl Pair {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let zone = zone_id(parameters, "HostedZoneId")?;
        let vpc = NamedVpc::read(parameters)?.ok_or_else(|| parameters.missing("VPC"))?;
        Ok(Self { zone, vpc, comment: None })
    }

    fn read_with_comment(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let comment = parameters.text("Comment")?.filter(|it| !it.is_empty());
        Ok(Self { comment, ..Self::read(parameters)? })
    }
}

fn changed(context: &Context<'_>, comment: Option<String>) -> Fields {
    Fields::new().fields("ChangeInfo", change::info(context, comment))
}

/// `AssociateVPCWithHostedZone`. The VPC's owner may call it for the zone of another account that authorized the VPC.
pub(in crate::api) struct AssociateVPCWithHostedZone(Pair);

impl Operation for AssociateVPCWithHostedZone {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Pair::read_with_comment(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Pair { zone, vpc, comment } = self.0;
        let zone = anyones_zone(context, &zone)?;
        let vpc = NamedVpc::find(context, &vpc)?;
        let is_authorized = is_own(context, zone) || zone.details.authorized.contains(&vpc.0);
        if !vpc.is_own(context) || !is_authorized {
            return Err(ApiError::new(
                "NotAuthorizedException",
                format!(
                    "The VPC: {} has not authorized to associate with your hosted zone.",
                    vpc.0
                ),
            ));
        }
        let change = model::AssociateVpcWithHostedZone { zone: zone.id, vpc: vpc.0 };
        context.commit(&[change.into()])?;
        Ok(changed(context, comment))
    }
}

/// `DisassociateVPCFromHostedZone`. The owner of either may call it.
pub(in crate::api) struct DisassociateVPCFromHostedZone(Pair);

impl Operation for DisassociateVPCFromHostedZone {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Pair::read_with_comment(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Pair { zone: id, vpc, comment } = self.0;
        let zone = anyones_zone(context, &id)?;
        let vpc = NamedVpc::find(context, &vpc)?;
        let is_his_vpc = vpc.is_own(context) && zone.vpcs.contains(&vpc.0);
        if !is_own(context, zone) && !is_his_vpc {
            return Err(no_such_zone(&id));
        }
        let change = model::DisassociateVpcFromHostedZone { zone: zone.id, vpc: vpc.0 };
        context.commit(&[change.into()])?;
        Ok(changed(context, comment))
    }
}

/// `CreateVPCAssociationAuthorization`.
pub(in crate::api) struct CreateVPCAssociationAuthorization(Pair);

impl Operation for CreateVPCAssociationAuthorization {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Pair::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.0.zone)?.id;
        let vpc = NamedVpc::find(context, &self.0.vpc)?;
        let change = model::CreateVpcAssociationAuthorization { zone, vpc: vpc.0 };
        context.commit(&[change.into()])?;
        Ok(Fields::new().set("HostedZoneId", zone.to_string()).fields("VPC", vpc.fields(context)))
    }
}

/// `DeleteVPCAssociationAuthorization`.
pub(in crate::api) struct DeleteVPCAssociationAuthorization(Pair);

impl Operation for DeleteVPCAssociationAuthorization {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Pair::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.0.zone)?.id;
        let vpc = NamedVpc::find(context, &self.0.vpc)?;
        let change = model::DeleteVpcAssociationAuthorization { zone, vpc: vpc.0 };
        context.commit(&[change.into()])?;
        Ok(Fields::new())
    }
}

/// `ListVPCAssociationAuthorizations`.
pub(in crate::api) struct ListVPCAssociationAuthorizations {
    zone: String,
    max: usize,
    after: Option<String>,
}

impl Operation for ListVPCAssociationAuthorizations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            zone: zone_id(parameters, "HostedZoneId")?,
            max: max_items(parameters, "MaxResults", PAGE)?,
            after: next_token(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.zone)?;
        let authorized = zone.details.authorized.iter();
        let living = authorized.filter(|vpc| context.world().vpcs.contains_key(*vpc));
        let mut vpcs: Vec<(String, Fields)> =
            living.map(|vpc| (vpc.to_string(), NamedVpc(*vpc).fields(context))).collect();
        vpcs.sort_by(|one, other| one.0.cmp(&other.0));
        let (shown, token) = page::cut(vpcs, self.after.as_deref(), self.max);
        Ok(Fields::new()
            .set("HostedZoneId", zone.id.to_string())
            .maybe("NextToken", token)
            .list("VPCs", shown))
    }
}
