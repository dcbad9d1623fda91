//! Changes of private hosted zones and their records, DHCP options and inbound endpoints, read from the CLI's form.

use std::{collections::BTreeMap, sync::Arc};

use super::{Actions, Entry, network::usual_home};
use crate::{
    import::{
        text::{
            node::{Node, Pos},
            reader::{self, MapReader},
        },
        world::record,
    },
    model::{
        change::Change,
        dhcp_options::{AssociateDhcpOptions, CreateDhcpOptions, DhcpOptions},
        hosted_zone::{AssociateVpcWithHostedZone, CreateHostedZone, HostedZone},
        id::{DhcpOptionsId, InboundEndpointId, VpcId, ZoneId},
        name::Name,
        record::{RecordSet, RecordType},
        record_change::{ChangeResourceRecordSets, RecordAction, RecordChange},
        resolver_endpoint::{CreateInboundEndpoint, InboundEndpoint},
        routing::{AliasTarget, Answers, Policy, RoutedSet, alias_zone},
        zone_data::ZoneData,
    },
};

type Changes = Option<Vec<Change>>;

/// The actions that this file reads.
pub(super) const ACTIONS: Actions = &[
    ("CreateHostedZone", create),
    ("AssociateVpcWithHostedZone", associate),
    ("ChangeResourceRecordSets", change_records),
    ("CreateDhcpOptions", create_dhcp_options),
    ("AssociateDhcpOptions", associate_dhcp_options),
    ("CreateInboundEndpoint", create_inbound),
];

/// `VPC: {VPCId: …}` as Route 53 writes it, or `VPCId` alone.
fn vpc<'n>(entry: &mut Entry<'_, 'n, '_>, fields: &MapReader<'n>) -> Option<VpcId> {
    match fields.get("VPC").and_then(|node| node.get("VPCId")) {
        Some(node) => entry.names.vpcs.find(node, None, entry.report),
        None => entry.one(fields, "VPCId", &entry.names.vpcs),
    }
}

fn create(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["Id", "Name", "VPC", "VPCId", "CallerReference"])?;
    let name = entry.require::<Name>(&fields, "Name")?;
    let vpc = vpc(entry, &fields)?;
    let seed = entry.seed(&crate::model::world::Tags::named(&name.to_string()));
    let made = || ZoneId::from_seed(u64::try_from(seed >> 64).unwrap_or_default());
    let id = entry.read(&fields, "Id").unwrap_or_else(made);
    let data = Arc::new(ZoneData::private(name.clone()));
    Some(vec![CreateHostedZone { zone: HostedZone::private(id, name, vec![vpc], data) }.into()])
}

fn associate(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["HostedZoneId", "VPC", "VPCId"])?;
    let zone = entry.one(&fields, "HostedZoneId", &entry.names.hosted_zones)?;
    let vpc = vpc(entry, &fields)?;
    Some(vec![AssociateVpcWithHostedZone { zone, vpc }.into()])
}

/// The record sets of a zone while the changes of a batch are read, by name and type.
type Contents = BTreeMap<(Name, RecordType), RoutedSet>;

fn contents_of(zone: &HostedZone) -> Contents {
    let mut contents = Contents::new();
    for name in zone.data.names() {
        let Some(node) = zone.data.node(name.as_ref()) else { continue };
        for set in node.all_sets(|target| alias_zone(zone.id, target)) {
            contents.entry((name.clone(), set.rtype)).or_insert(set);
        }
    }
    contents
}

fn change_records(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["HostedZoneId", "ChangeBatch"])?;
    let zone = entry.one(&fields, "HostedZoneId", &entry.names.hosted_zones)?;
    let batch = fields.required("ChangeBatch", entry.report)?;
    let batch = MapReader::of(batch, batch.pos, &["Comment", "Changes"], entry.report)?;
    batch.required("Changes", entry.report)?;
    let old = Arc::clone(entry.world.hosted_zones.get(&zone)?);
    let mut contents = contents_of(&old);
    let mut changes = Vec::new();
    for node in batch.list("Changes", entry.report) {
        changes.extend(one_change(entry, &mut contents, &old, node)?);
    }
    Some(vec![ChangeResourceRecordSets { zone, changes }.into()])
}

fn one_change<'n>(
    entry: &mut Entry<'_, 'n, '_>,
    contents: &mut Contents,
    zone: &HostedZone,
    node: &'n Node,
) -> Option<Option<RecordChange>> {
    const ACTIONS: &[(&str, RecordAction)] = &[
        ("CREATE", RecordAction::Create),
        ("UPSERT", RecordAction::Upsert),
        ("DELETE", RecordAction::Delete),
    ];
    const SET: &[&str] = &["Name", "Type", "TTL", "ResourceRecords", "AliasTarget"];
    let report = &mut *entry.report;
    let fields = MapReader::of(node, node.pos, &["Action", "ResourceRecordSet"], report)?;
    let action = reader::choice(fields.required("Action", report)?, ACTIONS, report)?;
    let set = fields.required("ResourceRecordSet", report)?;
    let set = MapReader::of(set, set.pos, SET, report)?;
    let name = set.require::<Name>("Name", report)?;
    let rtype = set.require::<RecordType>("Type", report)?;
    let origin = &zone.name;
    if !name.as_ref().is_within(origin.as_ref()) {
        report.error(set.pos_of("Name"), &format!("{name} does not lie in the zone {origin}"));
        return None;
    }
    let old = contents.remove(&(name.clone(), rtype));
    match (action, old) {
        (RecordAction::Create, Some(_)) => {
            report.error(set.pos_of("Name"), &format!("{name} has {rtype} records already"));
            return None;
        }
        (RecordAction::Delete, None) => {
            report.error(set.pos_of("Name"), &format!("{name} has no {rtype} records"));
            return None;
        }
        (RecordAction::Delete, Some(set)) => return Some(Some(RecordChange { action, name, set })),
        _ => {}
    }
    let answers = if let Some(alias) = set.get("AliasTarget") {
        const ALIAS: &[&str] = &["DNSName", "HostedZoneId", "EvaluateTargetHealth"];
        let alias = MapReader::of(alias, alias.pos, ALIAS, report)?;
        let target: Name = alias.require("DNSName", report)?;
        let given = alias.read::<String>("HostedZoneId", report);
        Answers::Alias(AliasTarget {
            zone: given.map_or_else(|| alias_zone(zone.id, &target), Arc::from),
            name: target,
            evaluate_health: alias.read("EvaluateTargetHealth", report).unwrap_or(false),
        })
    } else {
        let ttl = set.require::<u32>("TTL", report)?;
        let mut values = Vec::new();
        set.required("ResourceRecords", report)?;
        for record in set.list("ResourceRecords", report) {
            let (pos, text) = value(record)?;
            match record::data(rtype, text) {
                Ok(data) => values.push(data),
                Err(message) => {
                    report.error(pos, &message);
                    return None;
                }
            }
        }
        if values.is_empty() {
            return Some(None);
        }
        Answers::Records(RecordSet::new(rtype, ttl, values))
    };
    let set =
        RoutedSet { rtype, identifier: None, policy: Policy::Simple, health_check: None, answers };
    contents.insert((name.clone(), rtype), set.clone());
    Some(Some(RecordChange { action, name, set }))
}

/// `{Value: …}`, or the value alone.
fn value(node: &Node) -> Option<(Pos, &str)> {
    let value = node.get("Value").unwrap_or(node);
    Some((value.pos, value.text().unwrap_or_default()))
}

fn create_dhcp_options(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields =
        entry.fields(&["DhcpOptionsId", "Name", "TagSpecifications", "DhcpConfigurations"])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let id = entry.read(&fields, "DhcpOptionsId").unwrap_or_else(|| DhcpOptionsId::from_seed(seed));
    let (region, owner) = usual_home(entry);
    let mut options = DhcpOptions {
        id,
        tags,
        region,
        owner,
        domain_name: None,
        domain_name_servers: Vec::new(),
        others: Vec::new(),
    };
    for node in fields.list("DhcpConfigurations", entry.report) {
        let pair = MapReader::of(node, node.pos, &["Key", "Values"], entry.report)?;
        let values = pair.read_list("Values", entry.report);
        match entry.require::<String>(&pair, "Key")?.as_str() {
            "domain-name" => options.domain_name = values.into_iter().next(),
            "domain-name-servers" => options.domain_name_servers = values,
            // Other options change nothing that vpcdns emulates. They are stored so that they can be listed.
            other => options.others.push((other.into(), values)),
        }
    }
    Some(vec![CreateDhcpOptions { options }.into()])
}

/// Reads an association of DHCP options with a VPC. `default` restores the region's default set.
fn associate_dhcp_options(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["DhcpOptionsId", "VpcId"])?;
    let default = fields.get("DhcpOptionsId").and_then(Node::text) == Some("default");
    let options = if default {
        None
    } else {
        Some(entry.one(&fields, "DhcpOptionsId", &entry.names.dhcp_options)?)
    };
    let vpc = entry.one(&fields, "VpcId", &entry.names.vpcs)?;
    Some(vec![AssociateDhcpOptions { options, vpc }.into()])
}

/// Reads `CreateResolverEndpoint` of direction INBOUND. `VpcId` takes the place of the subnets that AWS asks for.
fn create_inbound(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["Id", "Name", "VpcId", "IpAddresses"])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let id = entry.read(&fields, "Id").unwrap_or_else(|| InboundEndpointId::from_seed(seed));
    let vpc = entry.one(&fields, "VpcId", &entry.names.vpcs)?;
    let addresses = fields.read_list("IpAddresses", entry.report);
    let endpoint = InboundEndpoint::of_addresses(id, tags, vpc, addresses);
    Some(vec![CreateInboundEndpoint { endpoint }.into()])
}
