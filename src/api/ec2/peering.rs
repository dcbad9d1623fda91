//! VPC peering connections (H40 to H44), also between accounts and regions.

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        id::{PeeringId, VpcId},
        peering::{self, Peering, PeeringState},
        vpc::Vpc,
        world::{Tags, World},
    },
};

/// The connection, if the caller has the VPC that was asked.
fn asked(context: &Context<'_>, id: PeeringId, verb: &str) -> Result<(), ApiError> {
    let accepter = context.own(id)?.accepter;
    let Some(vpc) = context.world().vpcs.get(&accepter) else { return Err(id.not_found()) };
    if *vpc.owner != *context.account {
        return Err(ApiError::new(
            "OperationNotPermitted",
            format!("User {} cannot {verb} peering {id}", context.account),
        ));
    }
    if vpc.region != context.region {
        return Err(ApiError::new(
            "OperationNotPermitted",
            format!(
                "Incorrect region ({}) specified for this request. VPC peering connection {id} must be {verb}ed in \
                 region {}",
                context.region, vpc.region
            ),
        ));
    }
    Ok(())
}

/// A connection as replies show it.
fn fields(world: &World, peering: &Peering) -> Fields {
    let side = |id: VpcId, dns: bool| match world.vpcs.get(&id) {
        Some(vpc) => info(vpc, peering.is_active().then_some(dns)),
        None => Fields::new().set("vpcId", id),
    };
    let code = peering.state.word();
    let message = match peering.state {
        PeeringState::PendingAcceptance => {
            let owner = world.vpcs.get(&peering.accepter).map(|vpc| &*vpc.owner);
            format!("Pending Acceptance by {}", owner.unwrap_or_default())
        }
        PeeringState::Active => "Active".to_owned(),
        PeeringState::Rejected => "Rejected".to_owned(),
        PeeringState::Deleted => "Deleted".to_owned(),
    };
    Fields::new()
        .set("vpcPeeringConnectionId", peering.id)
        .fields("requesterVpcInfo", side(peering.requester, peering.requester_dns))
        .fields("accepterVpcInfo", side(peering.accepter, peering.accepter_dns))
        .fields("status", Fields::new().set("code", code).set("message", message))
        .tags(&peering.tags)
}

/// One side; the options are shown while the connection is active.
fn info(vpc: &Vpc, dns: Option<bool>) -> Fields {
    let cidrs = vpc.cidrs.iter().map(|cidr| Fields::new().set("cidrBlock", cidr));
    let ipv6 = vpc.ipv6_cidrs.iter().map(|cidr| Fields::new().set("ipv6CidrBlock", cidr));
    let shown = Fields::new()
        .set("vpcId", vpc.id)
        .set("ownerId", &vpc.owner)
        .set("region", vpc.region)
        .maybe("cidrBlock", vpc.cidrs.first())
        .list("cidrBlockSet", cidrs);
    let shown =
        if vpc.ipv6_cidrs.is_empty() { shown } else { shown.list("ipv6CidrBlockSet", ipv6) };
    match dns {
        Some(dns) => shown.fields("peeringOptions", options(dns)),
        None => shown,
    }
}

/// The options of a side; what was for ClassicLink is off.
fn options(dns: bool) -> Fields {
    Fields::new()
        .set("allowDnsResolutionFromRemoteVpc", dns)
        .set("allowEgressFromLocalClassicLinkToRemoteVpc", false)
        .set("allowEgressFromLocalVpcToRemoteClassicLink", false)
}

/// `CreateVpcPeeringConnection`.
pub(super) struct CreateVpcPeeringConnection {
    requester: VpcId,
    accepter: VpcId,
    owner: Option<String>,
    region: Option<String>,
    tags: Tags,
}

impl Operation for CreateVpcPeeringConnection {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "AccepterPeeringConnectionOptions.AllowMultipathResilience",
        "AccepterPeeringConnectionOptions.MultipathResilienceMode",
        "RequesterPeeringConnectionOptions.AllowMultipathResilience",
        "RequesterPeeringConnectionOptions.MultipathResilienceMode",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            requester: parameters.required_id("VpcId")?,
            accepter: parameters.anyones_id("PeerVpcId")?,
            owner: parameters.text("PeerOwnerId")?,
            region: parameters.text("PeerRegion")?,
            tags: parameters.tag_specification("vpc-peering-connection")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let owner = self.owner.as_deref().unwrap_or(&context.account);
        let region = self.region.as_deref().unwrap_or(context.region);
        let accepter = context.world().vpcs.get(&self.accepter);
        if accepter.is_none_or(|vpc| *vpc.owner != *owner || vpc.region != region) {
            return Err(self.accepter.not_found());
        }
        let peering = Peering {
            id: PeeringId::from_seed(seed()),
            tags: self.tags,
            requester: self.requester,
            accepter: self.accepter,
            state: PeeringState::PendingAcceptance,
            requester_dns: false,
            accepter_dns: false,
        };
        let id = peering.id;
        let change = peering::CreateVpcPeeringConnection { peering };
        let after = context.commit(&[change.into()])?;
        reply(&after.world, id)
    }
}

fn reply(world: &World, id: PeeringId) -> Result<Fields, ApiError> {
    let peering = world.peerings.get(&id).ok_or_else(|| id.not_found())?;
    Ok(Fields::new().fields("vpcPeeringConnection", fields(world, peering)))
}

/// `AcceptVpcPeeringConnection`.
pub(super) struct AcceptVpcPeeringConnection {
    peering: PeeringId,
}

impl Operation for AcceptVpcPeeringConnection {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { peering: parameters.required_id("VpcPeeringConnectionId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        asked(context, self.peering, "accept")?;
        let change = peering::AcceptVpcPeeringConnection { peering: self.peering };
        let after = context.commit(&[change.into()])?;
        reply(&after.world, self.peering)
    }
}

/// `RejectVpcPeeringConnection`.
pub(super) struct RejectVpcPeeringConnection {
    peering: PeeringId,
}

impl Operation for RejectVpcPeeringConnection {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { peering: parameters.required_id("VpcPeeringConnectionId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        asked(context, self.peering, "reject")?;
        let change = peering::RejectVpcPeeringConnection { peering: self.peering };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `DeleteVpcPeeringConnection`.
pub(super) struct DeleteVpcPeeringConnection {
    peering: PeeringId,
}

impl Operation for DeleteVpcPeeringConnection {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { peering: parameters.required_id("VpcPeeringConnectionId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let change = peering::DeleteVpcPeeringConnection { peering: self.peering };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeVpcPeeringConnections`.
pub(super) type DescribeVpcPeeringConnections = Listing<Peerings>;

/// The peering connections with these ids.
pub(super) struct Peerings(Vec<PeeringId>);

impl Describe for Peerings {
    type Item<'c> = &'c Arc<Peering>;

    const LIST: &'static str = "vpcPeeringConnectionSet";

    const FILTERS: Filters<Self> = &[
        ("accepter-vpc-info.cidr-block", |it, context| {
            let vpc = context.world().vpcs.get(&it.accepter);
            texts(vpc.into_iter().flat_map(|vpc| &vpc.cidrs))
        }),
        ("accepter-vpc-info.owner-id", |it, context| {
            texts(context.world().vpcs.get(&it.accepter).map(|vpc| &vpc.owner))
        }),
        ("accepter-vpc-info.vpc-id", |it, _| texts([it.accepter])),
        ("requester-vpc-info.cidr-block", |it, context| {
            let vpc = context.world().vpcs.get(&it.requester);
            texts(vpc.into_iter().flat_map(|vpc| &vpc.cidrs))
        }),
        ("requester-vpc-info.owner-id", |it, context| {
            texts(context.world().vpcs.get(&it.requester).map(|vpc| &vpc.owner))
        }),
        ("requester-vpc-info.vpc-id", |it, _| texts([it.requester])),
        ("status-code", |it, _| texts([it.state.word()])),
        ("vpc-peering-connection-id", |it, _| texts([it.id])),
        ("expiration-time", |_, _| Vec::new()),
        ("status-message", |it, context| fields(context.world(), it).at("status.message")),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("VpcPeeringConnectionId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().peerings.keys()))
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&it.tags)
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(context.world(), it)
    }
}

/// `ModifyVpcPeeringConnectionOptions`: a caller sets the sides it has (H41).
pub(super) struct ModifyVpcPeeringConnectionOptions {
    change: peering::ModifyVpcPeeringConnectionOptions,
}

impl Operation for ModifyVpcPeeringConnectionOptions {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "AccepterPeeringConnectionOptions.AllowMultipathResilience",
        "AccepterPeeringConnectionOptions.MultipathResilienceMode",
        "RequesterPeeringConnectionOptions.AllowMultipathResilience",
        "RequesterPeeringConnectionOptions.MultipathResilienceMode",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let mut side = |name| {
            let dns = parameters.structure(name, |options| {
                for name in [
                    "AllowEgressFromLocalClassicLinkToRemoteVpc",
                    "AllowEgressFromLocalVpcToRemoteClassicLink",
                ] {
                    if options.boolean(name)? == Some(true) {
                        return Err(ApiError::value(format!(
                            "Value (true) for parameter {name} is invalid. EC2-Classic is no more."
                        )));
                    }
                }
                options.boolean("AllowDnsResolutionFromRemoteVpc")
            })?;
            Ok::<_, ApiError>(dns.flatten())
        };
        let requester_dns = side("RequesterPeeringConnectionOptions")?;
        let accepter_dns = side("AccepterPeeringConnectionOptions")?;
        let peering = parameters.required_id("VpcPeeringConnectionId")?;
        let change =
            peering::ModifyVpcPeeringConnectionOptions { peering, requester_dns, accepter_dns };
        Ok(Self { change })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let change = self.change;
        let peering = context.own(change.peering)?;
        for (side, given) in
            [(peering.requester, change.requester_dns), (peering.accepter, change.accepter_dns)]
        {
            if given.is_some() && !context.owns_vpc(side) {
                return Err(ApiError::new(
                    "OperationNotPermitted",
                    format!(
                        "User {} cannot modify the options of {side} in peering {}",
                        context.account, change.peering
                    ),
                ));
            }
        }
        let (requester, accepter) = (change.requester_dns, change.accepter_dns);
        context.commit(&[change.into()])?;
        let mut shown = Fields::new();
        if let Some(dns) = requester {
            shown = shown.fields("requesterPeeringConnectionOptions", options(dns));
        }
        if let Some(dns) = accepter {
            shown = shown.fields("accepterPeeringConnectionOptions", options(dns));
        }
        Ok(shown)
    }
}
