//! Changes of VPC endpoints, read from the CLI's form.

use std::{net::Ipv4Addr, sync::Arc};

use super::{Actions, Entry};
use crate::{
    import::{
        text::{reader::MapReader, scalar::Suffix},
        world::endpoint::{ADDRESS_TYPES, RECORD_TYPES, interface_id, made_suffix, policy},
    },
    model::{
        change::Change,
        endpoint::{AddressType, EndpointKind, RecordIpType},
        endpoint_change::{
            CreateVpcEndpoint, DeleteVpcEndpoints, ModifyVpcEndpoint, SetEndpointHealth, Settle,
            SubnetConfiguration,
        },
        id::{EndpointId, VpcId},
    },
};

type Changes = Option<Vec<Change>>;

/// The actions that this file reads.
pub(super) const ACTIONS: Actions = &[
    ("CreateVpcEndpoint", create),
    ("ModifyVpcEndpoint", modify),
    ("DeleteVpcEndpoints", delete),
    ("Settle", settle),
    ("SetEndpointHealth", set_health),
];

/// The values of `VpcEndpointType`. The API takes Gateway if the parameter is missing.
const KINDS: &[(&str, EndpointKind)] =
    &[("Gateway", EndpointKind::Gateway), ("Interface", EndpointKind::Interface)];

fn create(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "VpcEndpointId",
        "DnsSuffixLabel",
        "Name",
        "TagSpecifications",
        "VpcId",
        "VpcEndpointType",
        "ServiceName",
        "ServiceRegion",
        "SubnetIds",
        "SubnetConfigurations",
        "RouteTableIds",
        "SecurityGroupIds",
        "PrivateDnsEnabled",
        "DnsOptions",
        "IpAddressType",
        "PolicyDocument",
    ])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let id = entry.read(&fields, "VpcEndpointId").unwrap_or_else(|| EndpointId::from_seed(seed));
    let vpc = entry.one(&fields, "VpcId", &entry.names.vpcs)?;
    let kind =
        fields.choice("VpcEndpointType", KINDS, entry.report).unwrap_or(EndpointKind::Gateway);
    let asked = entry.require::<Arc<str>>(&fields, "ServiceName")?;
    let options = dns_options(entry, &fields);
    let create = CreateVpcEndpoint {
        id,
        suffix: entry
            .read(&fields, "DnsSuffixLabel")
            .map_or_else(|| made_suffix(id), |suffix: Suffix| suffix.0),
        vpc,
        kind,
        service: service(entry, asked),
        service_region: entry.read(&fields, "ServiceRegion"),
        subnets: subnets(entry, &fields, "SubnetIds", id, vpc)?,
        route_tables: entry.many(&fields, "RouteTableIds", &entry.names.route_tables, Some(vpc))?,
        security_groups: fields.read_list("SecurityGroupIds", entry.report),
        private_dns: entry.flag(&fields, "PrivateDnsEnabled"),
        inbound_only: options.inbound_only,
        address_type: address_type(entry, &fields),
        record_type: options.record_type,
        policy: fields.get("PolicyDocument").and_then(|node| policy(node, entry.report)),
        tags,
        at: None,
    };
    Some(vec![create.into()])
}

/// The full name of a service. `asked` is a service name, or the name or id of an endpoint service.
fn service(entry: &Entry<'_, '_, '_>, asked: Arc<str>) -> Arc<str> {
    let found = entry.names.endpoint_services.lookup(&asked);
    let service = found.and_then(|id| entry.world.endpoint_services.get(&id));
    service.map_or(asked, |service| Arc::clone(&service.name))
}

/// `DnsOptions`.
#[derive(Default)]
struct DnsOptions {
    record_type: Option<RecordIpType>,
    inbound_only: Option<bool>,
}

fn dns_options(entry: &mut Entry<'_, '_, '_>, fields: &MapReader<'_>) -> DnsOptions {
    const KNOWN: &[&str] = &["DnsRecordIpType", "PrivateDnsOnlyForInboundResolverEndpoint"];
    let Some(node) = fields.get("DnsOptions") else { return DnsOptions::default() };
    let Some(options) = MapReader::of(node, node.pos, KNOWN, entry.report) else {
        return DnsOptions::default();
    };
    DnsOptions {
        record_type: options.choice("DnsRecordIpType", RECORD_TYPES, entry.report),
        inbound_only: options.read("PrivateDnsOnlyForInboundResolverEndpoint", entry.report),
    }
}

fn address_type(entry: &mut Entry<'_, '_, '_>, fields: &MapReader<'_>) -> Option<AddressType> {
    fields.choice("IpAddressType", ADDRESS_TYPES, entry.report)
}

/// Reads a list of subnets, by name or id. Their addresses come from `SubnetConfigurations`.
fn subnets<'n>(
    entry: &mut Entry<'_, 'n, '_>,
    fields: &MapReader<'n>,
    key: &str,
    endpoint: EndpointId,
    vpc: VpcId,
) -> Option<Vec<SubnetConfiguration>> {
    let listed = entry.many(fields, key, &entry.names.subnets, Some(vpc))?;
    let configuration = |subnet, v4: Option<Ipv4Addr>, v6| SubnetConfiguration {
        subnet,
        interface: interface_id(endpoint, subnet),
        v4,
        v6,
    };
    let mut found: Vec<_> =
        listed.into_iter().map(|subnet| configuration(subnet, None, None)).collect();
    for node in fields.list("SubnetConfigurations", entry.report) {
        let given = MapReader::of(node, node.pos, &["SubnetId", "Ipv4", "Ipv6"], entry.report)?;
        let name = given.required("SubnetId", entry.report)?;
        let subnet = entry.names.subnets.find(name, Some(vpc), entry.report)?;
        let v4 = given.read("Ipv4", entry.report);
        let v6 = given.read("Ipv6", entry.report);
        found.retain(|other| other.subnet != subnet);
        found.push(configuration(subnet, v4, v6));
    }
    Some(found)
}

fn modify(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "VpcEndpointId",
        "PrivateDnsEnabled",
        "DnsOptions",
        "IpAddressType",
        "AddSubnetIds",
        "RemoveSubnetIds",
        "SubnetConfigurations",
        "AddRouteTableIds",
        "RemoveRouteTableIds",
        "AddSecurityGroupIds",
        "RemoveSecurityGroupIds",
    ])?;
    let id = entry.one(&fields, "VpcEndpointId", &entry.names.endpoints)?;
    let vpc = entry.world.endpoints.get(&id)?.vpc;
    let options = dns_options(entry, &fields);
    let names = entry.names;
    let modify = ModifyVpcEndpoint {
        id: Some(id),
        private_dns: entry.flag(&fields, "PrivateDnsEnabled"),
        inbound_only: options.inbound_only,
        record_type: options.record_type,
        address_type: address_type(entry, &fields),
        add_subnets: subnets(entry, &fields, "AddSubnetIds", id, vpc)?,
        remove_subnets: entry.many(&fields, "RemoveSubnetIds", &names.subnets, Some(vpc))?,
        add_route_tables: entry.many(
            &fields,
            "AddRouteTableIds",
            &names.route_tables,
            Some(vpc),
        )?,
        remove_route_tables: entry.many(
            &fields,
            "RemoveRouteTableIds",
            &names.route_tables,
            Some(vpc),
        )?,
        add_security_groups: entry.many(
            &fields,
            "AddSecurityGroupIds",
            &names.security_groups,
            Some(vpc),
        )?,
        remove_security_groups: entry.many(
            &fields,
            "RemoveSecurityGroupIds",
            &names.security_groups,
            Some(vpc),
        )?,
        ..Default::default()
    };
    Some(vec![modify.into()])
}

fn delete(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["VpcEndpointIds"])?;
    let endpoints = entry.some(&fields, "VpcEndpointIds", &entry.names.endpoints)?;
    let end = |id| [DeleteVpcEndpoints { id }.into(), Settle { id }.into()];
    Some(endpoints.into_iter().flat_map(end).collect())
}

fn settle(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["VpcEndpointId"])?;
    let id = entry.one(&fields, "VpcEndpointId", &entry.names.endpoints)?;
    Some(vec![Settle { id }.into()])
}

fn set_health(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["VpcEndpointId", "AvailabilityZone", "Healthy"])?;
    let id = entry.one(&fields, "VpcEndpointId", &entry.names.endpoints)?;
    let zone = entry.require(&fields, "AvailabilityZone")?;
    let healthy = entry.flag(&fields, "Healthy").unwrap_or(true);
    Some(vec![SetEndpointHealth { id, zone, healthy }.into()])
}
