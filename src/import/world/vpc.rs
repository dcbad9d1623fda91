//! Reads VPCs of a world file with their gateways and DHCP options, and their DNS attributes.
//!
//! VPCs are created with both attributes on, because other resources need them. `flags` sets the file's values later.

use std::{collections::HashMap, sync::Arc};

use super::{
    Reading, keys,
    outline::{Outline, VpcOutline},
};
use crate::{
    import::text::{reader::MapReader, scalar::Account},
    model::{
        dhcp_options::{AssociateDhcpOptions, CreateDhcpOptions, DhcpOptions},
        endpoint::EndpointKind,
        gateway_route_table::AssociateGatewayRouteTable,
        id::DhcpOptionsId,
        internet_gateway::{CreateInternetGateway, InternetGateway},
        vpc::{CreateVpc, ModifyVpcAttribute, Vpc},
        world::{Tags, World},
    },
};

/// Plans the VPCs, their gateways and their DHCP options.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        if create(reading, vpc).is_none() {
            reading.give_up(&vpc.item.id);
        }
    }
    let mut sets = HashMap::new();
    for vpc in &outline.vpcs {
        gateway(reading, vpc);
        if dhcp_options(reading, vpc, &mut sets).is_none()
            && let Some(options) = &vpc.dhcp_options
        {
            reading.give_up(&options.id);
        }
    }
}

fn create<'n>(reading: &mut Reading<'_, 'n>, outline: &VpcOutline<'n>) -> Option<()> {
    let item = &outline.item;
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::VPC, report)?;
    // The outline has the value already. This only reports its problems.
    fields.read::<&'static crate::catalog::Region>("region", report);
    let owner = fields
        .read("owner", report)
        .map_or_else(|| Arc::clone(&reading.account), |account: Account| account.0);
    let is_default = fields.read("default", report).unwrap_or(false);
    let autodefined_reverse = fields.read("autodefined-reverse", report).unwrap_or(true);
    let ipv6_cidrs = fields.read_list("ipv6-cidr", report);
    for part in [
        "route-tables",
        "security-groups",
        "network-acls",
        "subnets",
        "endpoints",
        "inbound-endpoints",
    ] {
        fields.map(part, report);
    }
    fields.required("cidr", report)?;
    let listed = fields.list("cidr", report).len();
    let cidrs = fields.read_list("cidr", report);
    if cidrs.len() < listed {
        return None;
    }
    let vpc = Vpc {
        id: item.id,
        tags: Tags::named(item.name),
        region: outline.region.name,
        owner,
        cidrs,
        ipv6_cidrs,
        dns_support: true,
        dns_hostnames: true,
        is_default,
        dhcp_options: None,
        main_route_table: outline.main_table,
        autodefined_reverse,
        tenancy: "default".into(),
        network_metrics: false,
    };
    reading.plan(CreateVpc { vpc }, item.pos, item.node);
    Some(())
}

/// The account that owns a VPC and everything in it.
pub(super) fn owner(reading: &mut Reading<'_, '_>, outline: &VpcOutline<'_>) -> Arc<str> {
    let fields = MapReader::quiet(outline.item.node, outline.item.pos);
    let mut own = None;
    reading.quietly(|reading| own = fields.read("owner", &mut reading.report));
    own.map_or_else(|| Arc::clone(&reading.account), |account: Account| account.0)
}

fn gateway<'n>(reading: &mut Reading<'_, 'n>, outline: &VpcOutline<'n>) {
    let Some(item) = &outline.gateway else { return };
    if item.node.text().is_none() {
        MapReader::of(item.node, item.pos, keys::INTERNET_GATEWAY, &mut reading.report);
    }
    let gateway = InternetGateway {
        id: item.id,
        tags: Tags::named(item.name),
        region: outline.region.name,
        owner: owner(reading, outline),
        vpc: Some(outline.item.id),
        route_table: None,
    };
    reading.plan(CreateInternetGateway { gateway }, item.pos, item.node);
}

/// Plans the route tables of gateways, after the routes and the subnets that they depend on.
pub(super) fn gateway_tables<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        let Some(item) = &vpc.gateway else { continue };
        let Some(node) = item.node.get("route-table") else { continue };
        let id = Some(vpc.item.id);
        let Some(table) = outline.names.route_tables.find(node, id, &mut reading.report) else {
            continue;
        };
        reading.plan(AssociateGatewayRouteTable { table, gateway: item.id }, node.pos, node);
    }
}

/// Plans a set of DHCP options, unless an earlier VPC has the same one. Also plans its association with the VPC.
fn dhcp_options<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &VpcOutline<'n>,
    sets: &mut HashMap<DhcpOptionsId, DhcpOptions>,
) -> Option<()> {
    let item = outline.dhcp_options.as_ref()?;
    let owner = owner(reading, outline);
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::DHCP_OPTIONS, report)?;
    let options = DhcpOptions {
        id: item.id,
        tags: Tags::named(item.name),
        domain_name: fields.read("domain-name", report),
        domain_name_servers: fields.read_list("servers", report),
        region: outline.region.name,
        owner,
        others: Vec::new(),
    };
    match sets.get(&item.id) {
        None => {
            sets.insert(item.id, options.clone());
            reading.plan(CreateDhcpOptions { options }, item.pos, item.node);
        }
        Some(first) => {
            let values =
                |it: &DhcpOptions| (it.domain_name.clone(), it.domain_name_servers.clone());
            if values(first) != values(&options) {
                let at = item.node.get("id").map_or(item.pos, |id| id.pos);
                let id = item.id;
                let message = format!("the id {id} is used twice in this file, with other values");
                reading.report.error(at, &message);
                return Some(());
            }
        }
    }
    let associate = AssociateDhcpOptions { options: Some(item.id), vpc: outline.item.id };
    reading.plan(associate, item.pos, item.node);
    Some(())
}

/// Plans the DNS attributes. Without a value, DNS support is on, and DNS hostnames are on only in a default VPC.
pub(super) fn flags<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        let item = &vpc.item;
        let fields = MapReader::quiet(item.node, item.pos);
        let report = &mut reading.report;
        let is_default = fields.get("default").and_then(|node| node.text()) == Some("true");
        let hostnames = fields.read("dns-hostnames", report).unwrap_or(is_default);
        let support = fields.read("dns-support", report).unwrap_or(true);
        let mut set = |dns_support, dns_hostnames, key: &str| {
            let change = ModifyVpcAttribute {
                vpc: item.id,
                dns_support,
                dns_hostnames,
                network_metrics: None,
            };
            reading.plan(change, fields.pos_of(key), item.node);
        };
        if !hostnames {
            set(None, Some(false), "dns-hostnames");
        }
        if !support {
            set(Some(false), None, "dns-support");
        }
    }
}

/// Warns about private DNS that has no effect, because an attribute of its VPC is off (P90).
pub(super) fn warn(reading: &mut Reading<'_, '_>, outline: &Outline<'_>, world: &World) {
    for vpc in &outline.vpcs {
        let Some(made) = world.vpcs.get(&vpc.item.id).filter(|made| !made.both_attributes()) else {
            continue;
        };
        let endpoints: Vec<String> = world
            .endpoints_of(made.id)
            .filter(|endpoint| endpoint.kind == EndpointKind::Interface && endpoint.private_dns)
            .map(|endpoint| endpoint.label())
            .collect();
        if endpoints.is_empty() {
            continue;
        }
        let off = if made.dns_support { "dns-hostnames" } else { "dns-support" };
        let fields = MapReader::quiet(vpc.item.node, vpc.item.pos);
        let message = format!(
            "private DNS of {} has no effect while {off} of `{}` is off",
            endpoints.join(", "),
            vpc.item.name
        );
        let hint = format!(
            "write `{off}: true`, or `private-dns: false`; an endpoint's own names need neither"
        );
        reading.report.warning(fields.pos_of(off), &message, Some(hint));
    }
}
