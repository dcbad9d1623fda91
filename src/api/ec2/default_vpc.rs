//! The default VPC of a region and its subnets, one in each zone (DV1).

use ipnetwork::Ipv4Network;

use super::{Operation, security_group, subnet, vpc};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    catalog::{self, AvailabilityZone},
    model::{
        change::Change,
        id::{InternetGatewayId, RouteTableId, SubnetId, VpcId},
        instance::NameOptions,
        internet_gateway::{CreateInternetGateway, InternetGateway},
        route::{CreateRoute, Route, RouteTarget},
        subnet::{CreateSubnet, Subnet},
        vpc::{CreateVpc, Vpc, overlap},
        world::Tags,
    },
};

/// The range of a default VPC.
const RANGE: (&str, u8) = ("172.31.0.0/16", 20);

/// The subnets that fit into the range, in order.
fn ranges() -> impl Iterator<Item = Ipv4Network> {
    let (whole, prefix) = RANGE;
    let whole: Option<Ipv4Network> = whole.parse().ok();
    whole.into_iter().flat_map(move |whole| {
        let first = u32::from(whole.network());
        let count = 1_u32 << prefix.saturating_sub(whole.prefix());
        (0..count).filter_map(move |at| {
            let network = first | at << (32 - u32::from(prefix));
            Ipv4Network::new(network.into(), prefix).ok()
        })
    })
}

/// The zones of the caller's region.
fn zones(context: &Context<'_>) -> &'static [AvailabilityZone] {
    catalog::region(context.region).map_or(&[], |region| &region.zones)
}

fn default_subnet(vpc: VpcId, zone: &AvailabilityZone, cidr: Ipv4Network) -> Subnet {
    Subnet {
        id: SubnetId::from_seed(seed()),
        tags: Tags::default(),
        vpc,
        cidr,
        ipv6_cidr: None,
        zone: zone.name.into(),
        route_table: None,
        dns64: false,
        map_public_ip: true,
        ipv6_native: false,
        name_options: NameOptions::default(),
        assign_ipv6: false,
        network_acl: None,
        default_for_az: true,
    }
}

/// `CreateDefaultVpc`: with an internet gateway, a route to it, and a subnet in each zone.
pub(super) struct CreateDefaultVpc;

impl Operation for CreateDefaultVpc {
    fn read(_: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if security_group::default_vpc(context).is_ok() {
            return Err(ApiError::new(
                "DefaultVpcAlreadyExists",
                "A Default VPC already exists for this account in this region.",
            ));
        }
        let (id, main) = (VpcId::from_seed(seed()), RouteTableId::from_seed(seed()));
        let vpc = Vpc {
            id,
            tags: Tags::default(),
            region: context.region,
            owner: context.account.as_str().into(),
            cidrs: RANGE.0.parse().into_iter().collect(),
            ipv6_cidrs: Vec::new(),
            dns_support: true,
            dns_hostnames: true,
            is_default: true,
            dhcp_options: None,
            main_route_table: main,
            autodefined_reverse: true,
            tenancy: "default".into(),
            network_metrics: false,
        };
        let gateway = InternetGateway {
            id: InternetGatewayId::from_seed(seed()),
            tags: Tags::default(),
            region: context.region,
            owner: context.account.as_str().into(),
            vpc: Some(id),
            route_table: None,
        };
        let everything = Ipv4Network::new(std::net::Ipv4Addr::UNSPECIFIED, 0);
        let target = RouteTarget::InternetGateway(gateway.id);
        let mut changes: Vec<Change> =
            vec![CreateVpc { vpc }.into(), CreateInternetGateway { gateway }.into()];
        changes.extend(everything.ok().map(|range| {
            let route = Route { destination: range.into(), target };
            CreateRoute { table: main, route }.into()
        }));
        for (zone, range) in zones(context).iter().zip(ranges()) {
            changes.push(CreateSubnet { subnet: default_subnet(id, zone, range) }.into());
        }
        let after = context.commit(&changes)?;
        Ok(Fields::new().fields("vpc", vpc::fields(after.world.vpc(id)?, "pending")))
    }
}

/// `CreateDefaultSubnet`: in a zone of the default VPC that has none.
pub(super) struct CreateDefaultSubnet {
    zone: Option<String>,
    zone_id: Option<String>,
}

impl Operation for CreateDefaultSubnet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (zone, zone_id) =
            (parameters.text("AvailabilityZone")?, parameters.text("AvailabilityZoneId")?);
        if parameters.boolean("Ipv6Native")? == Some(true) {
            return Err(ApiError::new(
                "UnsupportedOperation",
                "IPv6-only default subnets are not emulated.",
            ));
        }
        match (&zone, &zone_id) {
            (None, None) => Err(ApiError::missing("AvailabilityZone")),
            (Some(_), Some(_)) => Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameters availabilityZone and availabilityZoneId cannot be used together",
            )),
            _ => Ok(Self { zone, zone_id }),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let is_it = |zone: &&AvailabilityZone| {
            self.zone.as_deref() == Some(zone.name) || self.zone_id.as_deref() == Some(zone.id)
        };
        let zone = zones(context).iter().find(is_it).ok_or_else(|| {
            let given = self.zone.as_ref().or(self.zone_id.as_ref());
            let given = given.map_or("", String::as_str);
            ApiError::value(format!(
                "Value ({given}) for parameter availabilityZone is invalid. It is no zone of {}.",
                context.region
            ))
        })?;
        let default = security_group::default_vpc(context).map_err(|_| {
            ApiError::new(
                "DefaultVpcDoesNotExist",
                "There is no default VPC for this account in this region.",
            )
        })?;
        let world = context.world();
        let mut subnets = world.subnets_of(default);
        if let Some(old) = subnets.find(|it| it.default_for_az && *it.zone == *zone.name) {
            return Err(ApiError::new(
                "DefaultSubnetAlreadyExistsInAvailabilityZone",
                format!("'{}' is already the default subnet in {}.", old.id, zone.name),
            ));
        }
        let own = world.vpc(default)?;
        let is_free = |range: &Ipv4Network| {
            own.contains(range.network())
                && !world.subnets_of(default).any(|it| overlap(it.cidr, *range))
        };
        let range = ranges().find(is_free).ok_or_else(|| {
            ApiError::new(
                "InvalidSubnet.Conflict",
                format!("The default VPC '{default}' has no free range for another subnet."),
            )
        })?;
        let made = default_subnet(default, zone, range);
        let id = made.id;
        let after = context.commit(&[CreateSubnet { subnet: made }.into()])?;
        Ok(Fields::new().fields("subnet", subnet::shown(&after.world, id)?))
    }
}
