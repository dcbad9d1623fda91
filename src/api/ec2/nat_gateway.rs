//! NAT gateways (NG1 to NG5). Regional ones, which have no subnet, are not emulated.

use std::{net::Ipv4Addr, sync::Arc};

use super::{Operation, region::zone_id};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::{Fields, Time},
    },
    model::{
        id::{AllocationId, AssociationId, NatGatewayId, SubnetId, VpcId},
        nat_gateway::{NatAddress, NatElastic, NatGateway, NatGatewayState},
        nat_gateway_change,
        world::{Tags, World},
    },
};

/// `CreateNatGateway`.
pub(super) struct CreateNatGateway {
    subnet: SubnetId,
    public: bool,
    addresses: Vec<NatAddress>,
    tags: Tags,
}

fn combination(text: &str) -> ApiError {
    ApiError::new("InvalidParameterCombination", text)
}

/// The elastic addresses, the primary one first.
fn read_allocations(
    parameters: &mut Parameters,
    public: bool,
) -> Result<Vec<AllocationId>, ApiError> {
    let primary = parameters.id::<AllocationId>("AllocationId")?;
    let more = parameters.ids::<AllocationId>("SecondaryAllocationId")?;
    match (primary, public) {
        (None, true) => Err(ApiError::missing("AllocationId")),
        (None, false) if more.is_empty() => Ok(more),
        (_, false) => Err(combination(
            "An elastic address is for a NAT gateway of the connectivity type public only.",
        )),
        (Some(primary), true) => {
            let mut all = vec![primary];
            all.extend(more);
            let is_twice = |at: usize| all[..at].contains(&all[at]);
            if (1..all.len()).any(is_twice) {
                return Err(combination("An elastic address is there twice."));
            }
            Ok(all)
        }
    }
}

/// The private addresses, the primary one first: given, or to be chosen.
fn read_privates(parameters: &mut Parameters) -> Result<Vec<Option<Ipv4Addr>>, ApiError> {
    let primary = parameters.parsed("PrivateIpAddress")?;
    let named = parameters.list("SecondaryPrivateIpAddress")?;
    let count = parameters.parsed::<u32>("SecondaryPrivateIpAddressCount")?;
    if !named.is_empty() && count.is_some() {
        return Err(combination(
            "The parameters SecondaryPrivateIpAddresses and SecondaryPrivateIpAddressCount cannot be used together.",
        ));
    }
    if let Some(count) = count.filter(|count| !(1..=31).contains(count)) {
        return Err(ApiError::value(format!(
            "Value ({count}) for parameter SecondaryPrivateIpAddressCount is invalid. Expected a value from 1 to 31."
        )));
    }
    let mut all = vec![primary];
    for text in named {
        let address = text.parse().map_err(|_| {
            ApiError::value(format!(
                "Value ({text}) for parameter SecondaryPrivateIpAddress is invalid. This is not a valid address."
            ))
        })?;
        all.push(Some(address));
    }
    all.extend((0..count.unwrap_or_default()).map(|_| None));
    Ok(all)
}

impl Operation for CreateNatGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let regional = parameters
            .word("AvailabilityMode", &[("zonal", false), ("regional", true)])?
            .unwrap_or_default();
        let vpc = parameters.id::<VpcId>("VpcId")?;
        let zones = parameters.structures("AvailabilityZoneAddress", |given| {
            given.text("AvailabilityZone")?;
            given.text("AvailabilityZoneId")?;
            given.ids::<AllocationId>("AllocationId")
        })?;
        if regional {
            return Err(ApiError::new(
                "UnsupportedOperation",
                "NAT gateways of the availability mode regional are not emulated.",
            ));
        }
        if vpc.is_some() || !zones.is_empty() {
            return Err(combination(
                "The parameters VpcId and AvailabilityZoneAddresses are for the availability mode regional only.",
            ));
        }
        let public = parameters
            .word("ConnectivityType", &[("public", true), ("private", false)])?
            .unwrap_or(true);
        let subnet = parameters.required_id("SubnetId")?;
        let allocations = read_allocations(parameters, public)?;
        let privates = read_privates(parameters)?;
        let addresses = (0..allocations.len().max(privates.len())).map(|at| NatAddress {
            private: privates.get(at).copied().flatten(),
            elastic: allocations.get(at).map(|allocation| NatElastic {
                allocation: *allocation,
                association: AssociationId::from_seed(seed()),
                address: None,
            }),
        });
        let addresses: Vec<_> = addresses.collect();
        if public && addresses.iter().any(|address| address.elastic.is_none()) {
            return Err(combination(
                "A NAT gateway of the connectivity type public needs an elastic address for each private one.",
            ));
        }
        Ok(Self { subnet, public, addresses, tags: parameters.tag_specification("natgateway")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let gateway = NatGateway {
            id: NatGatewayId::from_seed(seed()),
            tags: self.tags,
            vpc: context.own(self.subnet)?.vpc,
            subnet: self.subnet,
            public: self.public,
            addresses: self.addresses,
            state: NatGatewayState::Pending,
            failure: None,
            created: context.now,
            deleted: 0,
        };
        let id = gateway.id.to_string();
        let change = nat_gateway_change::CreateNatGateway { gateway }.into();
        let (id, after) = context.create("CreateNatGateway", &id, vec![change])?;
        let made = after.world.nat_gateways.get(&NatGatewayId::read(&id)?);
        let reply = Fields::new().maybe("clientToken", context.client_token.as_ref());
        Ok(match made {
            Some(gateway) => reply.fields("natGateway", fields(context, &after.world, gateway)),
            None => reply,
        })
    }
}

fn fields(context: &Context<'_>, world: &World, gateway: &NatGateway) -> Fields {
    let pending = gateway.state == NatGatewayState::Pending;
    let zone = world.subnets.get(&gateway.subnet).map(|subnet| &*subnet.zone);
    let addresses = gateway.addresses.iter().enumerate().map(|(at, address)| {
        let status = if gateway.failure.is_some() { "failed" } else { "succeeded" };
        let shown = Fields::new()
            .maybe("allocationId", address.elastic.map(|it| it.allocation))
            .maybe("networkInterfaceId", address.private.map(|_| gateway.interface_id()))
            .maybe("privateIp", address.private)
            .maybe("publicIp", address.elastic.and_then(|it| it.address))
            .maybe(
                "associationId",
                address.elastic.filter(|_| address.private.is_some()).map(|it| it.association),
            )
            .set("isPrimary", at == 0)
            .maybe("availabilityZone", zone)
            .maybe("availabilityZoneId", zone.and_then(|zone| zone_id(context, zone)));
        if pending { shown } else { shown.set("status", status) }
    });
    let shown = Fields::new()
        .set("natGatewayId", gateway.id)
        .set("vpcId", gateway.vpc)
        .set("subnetId", gateway.subnet)
        .set("state", gateway.state.text())
        .set("connectivityType", if gateway.public { "public" } else { "private" })
        .set("availabilityMode", "zonal")
        .set("createTime", Time::whole(gateway.created))
        .list("natGatewayAddressSet", addresses)
        .tags(&gateway.tags);
    let shown = match (&gateway.failure, gateway.state) {
        (Some((code, text)), NatGatewayState::Failed | NatGatewayState::Deleted) => {
            shown.set("failureCode", code).set("failureMessage", text)
        }
        _ => shown,
    };
    let ended = matches!(gateway.state, NatGatewayState::Failed | NatGatewayState::Deleted);
    shown.maybe("deleteTime", ended.then(|| Time::whole(gateway.deleted)))
}

/// `DeleteNatGateway`.
pub(super) struct DeleteNatGateway {
    gateway: NatGatewayId,
}

impl Operation for DeleteNatGateway {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { gateway: parameters.required_id("NatGatewayId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let change =
            nat_gateway_change::DeleteNatGateway { gateway: self.gateway, at: context.now };
        context.commit(&[change.into()])?;
        Ok(Fields::new().set("natGatewayId", self.gateway))
    }
}

/// `DescribeNatGateways`.
pub(super) type DescribeNatGateways = Listing<NatGateways>;

/// The NAT gateways with these ids.
pub(super) struct NatGateways(Vec<NatGatewayId>);

impl Describe for NatGateways {
    type Item<'c> = &'c Arc<NatGateway>;

    const LIST: &'static str = "natGatewaySet";

    const FILTERS: Filters<Self> = &[
        ("nat-gateway-id", |gateway, _| texts([gateway.id])),
        ("state", |gateway, _| texts([gateway.state.text()])),
        ("subnet-id", |gateway, _| texts([gateway.subnet])),
        ("vpc-id", |gateway, _| texts([gateway.vpc])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("NatGatewayId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().nat_gateways.keys()))
    }

    fn key(gateway: &Self::Item<'_>) -> String {
        gateway.id.to_string()
    }

    fn tags<'i>(gateway: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&gateway.tags)
    }

    fn fields(context: &Context<'_>, gateway: Self::Item<'_>) -> Fields {
        fields(context, context.world(), gateway)
    }
}
