//! Changes of VPCs, subnets, routes, gateways and instances, read from the CLI's form.

use std::{net::Ipv4Addr, sync::Arc};

use ipnetwork::Ipv4Network;

use super::{Actions, Entry};
use crate::{
    catalog::Region,
    import::{
        Defaults,
        text::near,
        world::{guest, placement, subnet::usual_names},
    },
    model::{
        change::Change,
        gateway_route_table::AssociateGatewayRouteTable,
        guest::{MetadataChoices, ModifyInstanceMetadataOptions},
        id::{InstanceId, InternetGatewayId, RegionName, RouteTableId, SubnetId, VpcId},
        instance::{Instance, Placement, RunInstances},
        instance_life::{StartInstances, StopInstances, TerminateInstances},
        internet_gateway::{
            AttachInternetGateway, CreateInternetGateway, DetachInternetGateway, InternetGateway,
        },
        route::{CreateRoute, DeleteRoute, Route, RouteTarget},
        route_table::{AssociateRouteTable, CreateRouteTable, RouteTable},
        subnet::{CreateSubnet, DeleteSubnet, ModifySubnetAttribute, Subnet},
        vpc::{CreateVpc, DeleteVpc, ModifyVpcAttribute, Vpc},
    },
};

type Changes = Option<Vec<Change>>;

/// The actions that this file reads.
pub(super) const ACTIONS: Actions = &[
    ("CreateVpc", create_vpc),
    ("DeleteVpc", delete_vpc),
    ("ModifyVpcAttribute", modify_vpc_attribute),
    ("CreateSubnet", create_subnet),
    ("DeleteSubnet", delete_subnet),
    ("ModifySubnetAttribute", modify_subnet_attribute),
    ("CreateRouteTable", create_route_table),
    ("CreateRoute", create_route),
    ("DeleteRoute", delete_route),
    ("AssociateRouteTable", associate_route_table),
    ("CreateInternetGateway", create_internet_gateway),
    ("AttachInternetGateway", attach_internet_gateway),
    ("DetachInternetGateway", detach_internet_gateway),
    ("RunInstances", run_instances),
    ("TerminateInstances", terminate_instances),
    ("ModifyInstanceMetadataOptions", modify_instance_metadata_options),
    ("StopInstances", stop_instances),
    ("StartInstances", start_instances),
];

fn only(change: impl Into<Change>) -> Changes {
    Some(vec![change.into()])
}

/// The region and account for a resource that names neither: those of the first VPC, else the defaults.
pub(super) fn usual_home(entry: &Entry<'_, '_, '_>) -> (RegionName, Arc<str>) {
    let defaults = Defaults::default();
    let first = entry.world.vpcs_in_order().first().map(|vpc| (vpc.region, Arc::clone(&vpc.owner)));
    first.unwrap_or((defaults.region, Arc::clone(&defaults.account)))
}

fn create_vpc(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "VpcId",
        "Name",
        "TagSpecifications",
        "CidrBlock",
        "Ipv6CidrBlock",
        "Region",
    ])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let cidr = entry.require(&fields, "CidrBlock")?;
    let (usual, owner) = usual_home(entry);
    let region = entry.read::<&'static Region>(&fields, "Region").map_or(usual, |it| it.name);
    let vpc = Vpc {
        id: entry.read(&fields, "VpcId").unwrap_or_else(|| VpcId::from_seed(seed)),
        tags,
        region,
        owner,
        cidrs: vec![cidr],
        ipv6_cidrs: entry.read(&fields, "Ipv6CidrBlock").into_iter().collect(),
        dns_support: true,
        dns_hostnames: false,
        is_default: false,
        dhcp_options: None,
        main_route_table: RouteTableId::from_seed(seed),
        autodefined_reverse: true,
        tenancy: "default".into(),
        network_metrics: false,
    };
    only(CreateVpc { vpc })
}

fn delete_vpc(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["VpcId"])?;
    only(DeleteVpc { vpc: entry.one(&fields, "VpcId", &entry.names.vpcs)? })
}

fn modify_vpc_attribute(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["VpcId", "EnableDnsSupport", "EnableDnsHostnames"])?;
    let vpc = entry.one(&fields, "VpcId", &entry.names.vpcs)?;
    let dns_support = entry.flag(&fields, "EnableDnsSupport");
    let dns_hostnames = entry.flag(&fields, "EnableDnsHostnames");
    only(ModifyVpcAttribute { vpc, dns_support, dns_hostnames, network_metrics: None })
}

fn create_subnet(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "SubnetId",
        "Name",
        "TagSpecifications",
        "VpcId",
        "CidrBlock",
        "Ipv6CidrBlock",
        "AvailabilityZone",
        "Ipv6Native",
    ])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let ipv6_native = entry.flag(&fields, "Ipv6Native").unwrap_or(false);
    let subnet = Subnet {
        id: entry.read(&fields, "SubnetId").unwrap_or_else(|| SubnetId::from_seed(seed)),
        tags,
        vpc: entry.one(&fields, "VpcId", &entry.names.vpcs)?,
        cidr: entry.require(&fields, "CidrBlock")?,
        ipv6_cidr: entry.read(&fields, "Ipv6CidrBlock"),
        zone: entry.require(&fields, "AvailabilityZone")?,
        route_table: None,
        dns64: false,
        map_public_ip: false,
        ipv6_native,
        name_options: usual_names(ipv6_native),
        assign_ipv6: ipv6_native,
        network_acl: None,
        default_for_az: false,
    };
    only(CreateSubnet { subnet })
}

fn delete_subnet(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["SubnetId"])?;
    only(DeleteSubnet { subnet: entry.one(&fields, "SubnetId", &entry.names.subnets)? })
}

fn modify_subnet_attribute(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "SubnetId",
        "EnableDns64",
        "MapPublicIpOnLaunch",
        "AssignIpv6AddressOnCreation",
        "EnableResourceNameDnsARecordOnLaunch",
        "EnableResourceNameDnsAAAARecordOnLaunch",
    ])?;
    let subnet = entry.one(&fields, "SubnetId", &entry.names.subnets)?;
    let dns64 = entry.flag(&fields, "EnableDns64");
    let map_public_ip = entry.flag(&fields, "MapPublicIpOnLaunch");
    only(ModifySubnetAttribute {
        subnet,
        dns64,
        map_public_ip,
        assign_ipv6: entry.flag(&fields, "AssignIpv6AddressOnCreation"),
        resource_name: None,
        resource_name_a: entry.flag(&fields, "EnableResourceNameDnsARecordOnLaunch"),
        resource_name_aaaa: entry.flag(&fields, "EnableResourceNameDnsAAAARecordOnLaunch"),
    })
}

fn create_route_table(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["RouteTableId", "Name", "TagSpecifications", "VpcId"])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let id = entry.read(&fields, "RouteTableId").unwrap_or_else(|| RouteTableId::from_seed(seed));
    let vpc = entry.one(&fields, "VpcId", &entry.names.vpcs)?;
    only(CreateRouteTable { table: RouteTable { tags, ..RouteTable::new(id, vpc) } })
}

/// The parameters that can name a route's target. An action gives one of them.
const TARGETS: &[&str] = &[
    "GatewayId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "InstanceId",
    "NetworkInterfaceId",
    "VpcEndpointId",
];

fn create_route(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let mut known = vec!["RouteTableId", "DestinationCidrBlock"];
    known.extend(TARGETS);
    let fields = entry.fields(&known)?;
    let table = entry.one(&fields, "RouteTableId", &entry.names.route_tables)?;
    let destination = entry.require::<Ipv4Network>(&fields, "DestinationCidrBlock")?.into();
    let Some(key) = TARGETS.iter().find(|key| fields.get(key).is_some()) else {
        let message = format!("a route needs a target: {}", near::either(TARGETS));
        entry.report.error(fields.pos, &message);
        return None;
    };
    let target = match *key {
        "GatewayId" => {
            RouteTarget::InternetGateway(entry.one(&fields, key, &entry.names.internet_gateways)?)
        }
        "VpcPeeringConnectionId" => {
            RouteTarget::Peering(entry.one(&fields, key, &entry.names.peerings)?)
        }
        "NatGatewayId" => RouteTarget::NatGateway(entry.require(&fields, key)?),
        other => RouteTarget::Other(entry.require(&fields, other)?),
    };
    only(CreateRoute { table, route: Route { destination, target } })
}

fn delete_route(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["RouteTableId", "DestinationCidrBlock"])?;
    let table = entry.one(&fields, "RouteTableId", &entry.names.route_tables)?;
    let destination = entry.require::<Ipv4Network>(&fields, "DestinationCidrBlock")?.into();
    only(DeleteRoute { table, destination })
}

fn associate_route_table(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["RouteTableId", "SubnetId", "GatewayId"])?;
    let table = entry.one(&fields, "RouteTableId", &entry.names.route_tables)?;
    if fields.get("GatewayId").is_some() && fields.get("SubnetId").is_none() {
        let gateway = entry.one(&fields, "GatewayId", &entry.names.internet_gateways)?;
        return only(AssociateGatewayRouteTable { table, gateway });
    }
    only(AssociateRouteTable {
        table,
        subnet: entry.one(&fields, "SubnetId", &entry.names.subnets)?,
    })
}

fn create_internet_gateway(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["InternetGatewayId", "Name", "TagSpecifications"])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let id = entry
        .read(&fields, "InternetGatewayId")
        .unwrap_or_else(|| InternetGatewayId::from_seed(seed));
    let (region, owner) = usual_home(entry);
    let gateway = InternetGateway { id, tags, region, owner, vpc: None, route_table: None };
    only(CreateInternetGateway { gateway })
}

fn attach_internet_gateway(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["InternetGatewayId", "VpcId"])?;
    let gateway = entry.one(&fields, "InternetGatewayId", &entry.names.internet_gateways)?;
    only(AttachInternetGateway { gateway, vpc: entry.one(&fields, "VpcId", &entry.names.vpcs)? })
}

fn detach_internet_gateway(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["InternetGatewayId", "VpcId"])?;
    let gateway = entry.one(&fields, "InternetGatewayId", &entry.names.internet_gateways)?;
    only(DetachInternetGateway { gateway, vpc: entry.one(&fields, "VpcId", &entry.names.vpcs)? })
}

fn run_instances(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "InstanceId",
        "Name",
        "TagSpecifications",
        "SubnetId",
        "PrivateIpAddress",
        "PublicIpAddress",
        "Ipv6Address",
        "InstanceType",
        "Placement",
    ])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let id = entry.one(&fields, "SubnetId", &entry.names.subnets)?;
    let subnet = Arc::clone(entry.world.subnets.get(&id)?);
    let address = entry
        .read::<Ipv4Addr>(&fields, "PrivateIpAddress")
        .or_else(|| entry.world.free_address(&subnet))
        .filter(|_| !subnet.ipv6_native);
    let instance = Instance {
        tags,
        address,
        ipv6: entry.read(&fields, "Ipv6Address"),
        public_address: entry.read(&fields, "PublicIpAddress"),
        instance_type: entry.read(&fields, "InstanceType").unwrap_or_else(|| "t3.micro".into()),
        name_options: subnet.name_options,
        placement: match fields.get("Placement") {
            Some(node) => placement::of_change(node, entry.names, entry.report)?,
            None => Placement::default(),
        },
        ..Instance::new(
            entry.read(&fields, "InstanceId").unwrap_or_else(|| InstanceId::from_seed(seed)),
            subnet.vpc,
            id,
        )
    };
    only(RunInstances { instance })
}

fn terminate_instances(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["InstanceIds"])?;
    let instances = entry.some(&fields, "InstanceIds", &entry.names.instances)?;
    Some(
        instances
            .into_iter()
            .map(|instance| TerminateInstances { instance, at: 0 }.into())
            .collect(),
    )
}

fn stop_instances(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["InstanceIds"])?;
    let instances = entry.some(&fields, "InstanceIds", &entry.names.instances)?;
    Some(instances.into_iter().map(|instance| StopInstances { instance, at: 0 }.into()).collect())
}

/// Starts instances. AWS's form has no public address, and an instance that had one does not get it back. The parameter
/// `PublicIpAddress`, which AWS does not have, gives it one.
fn start_instances(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["InstanceIds", "PublicIpAddress"])?;
    let instances = entry.some(&fields, "InstanceIds", &entry.names.instances)?;
    let public_address = entry.read(&fields, "PublicIpAddress");
    let start = |instance| StartInstances { instance, public_address, at: 0 }.into();
    Some(instances.into_iter().map(start).collect())
}

fn modify_instance_metadata_options(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields =
        entry.fields(&["InstanceId", "HttpEndpoint", "HttpTokens", "InstanceMetadataTags"])?;
    let instance = entry.one(&fields, "InstanceId", &entry.names.instances)?;
    only(ModifyInstanceMetadataOptions {
        instance,
        choices: MetadataChoices {
            enabled: fields.choice("HttpEndpoint", guest::SWITCH, entry.report),
            tokens_required: fields.choice("HttpTokens", guest::TOKENS, entry.report),
            tags: fields.choice("InstanceMetadataTags", guest::SWITCH, entry.report),
            ..MetadataChoices::default()
        },
    })
}
