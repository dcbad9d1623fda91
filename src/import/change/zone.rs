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
        hosted_zone::{
            AssociateVpcWithHostedZone, ChangeResourceRecordSets, CreateHostedZone, HostedZone,
        },
        id::{DhcpOptionsId, InboundEndpointId, VpcId, ZoneId},
        name::Name,
        record::{Rdata, RecordType},
        resolver_endpoint::{CreateInboundEndpoint, InboundEndpoint},
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
    Some(vec![CreateHostedZone { zone: HostedZone { id, name, vpcs: vec![vpc], data } }.into()])
}

fn associate(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["HostedZoneId", "VPC", "VPCId"])?;
    let zone = entry.one(&fields, "HostedZoneId", &entry.names.hosted_zones)?;
    let vpc = vpc(entry, &fields)?;
    Some(vec![AssociateVpcWithHostedZone { zone, vpc }.into()])
}

/// The contents of a zone while a change batch is applied to them.
#[derive(Default)]
struct Contents {
    sets: BTreeMap<(Name, RecordType), (u32, Vec<Rdata>)>,
    aliases: BTreeMap<Name, Name>,
}

impl Contents {
    fn of(data: &ZoneData) -> Self {
        let mut contents = Self::default();
        for name in data.names() {
            let Some(node) = data.node(name.as_ref()) else { continue };
            for set in &node.sets {
                contents.sets.insert((name.clone(), set.rtype), (set.ttl, set.data.clone()));
            }
            if let Some(target) = &node.alias {
                contents.aliases.insert(name.clone(), Name::clone(target));
            }
        }
        contents
    }

    fn holds(&self, name: &Name, rtype: RecordType) -> bool {
        self.sets.contains_key(&(name.clone(), rtype))
            || (rtype == RecordType::A && self.aliases.contains_key(name))
    }

    fn remove(&mut self, name: &Name, rtype: RecordType) {
        self.sets.remove(&(name.clone(), rtype));
        if rtype == RecordType::A {
            self.aliases.remove(name);
        }
    }
}

fn change_records(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["HostedZoneId", "ChangeBatch"])?;
    let zone = entry.one(&fields, "HostedZoneId", &entry.names.hosted_zones)?;
    let batch = fields.required("ChangeBatch", entry.report)?;
    let batch = MapReader::of(batch, batch.pos, &["Comment", "Changes"], entry.report)?;
    batch.required("Changes", entry.report)?;
    let old = Arc::clone(&entry.world.hosted_zones.get(&zone)?.data);
    let mut contents = Contents::of(&old);
    for node in batch.list("Changes", entry.report) {
        one_change(entry, &mut contents, &old.origin, node)?;
    }
    let mut data = ZoneData::new(old.origin.clone(), old.soa.clone(), old.soa_ttl);
    let mut failed = None;
    for ((name, rtype), (ttl, values)) in contents.sets {
        for value in values {
            failed = failed.or(data.add(&name, rtype, ttl, value).err());
        }
    }
    for (name, target) in contents.aliases {
        failed = failed.or(data.add_alias(&name, target).err());
    }
    if let Some(error) = failed {
        entry.report.error(batch.pos, &error.to_string());
        return None;
    }
    Some(vec![ChangeResourceRecordSets { zone, data: Arc::new(data) }.into()])
}

/// The action of one change in a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Create,
    Upsert,
    Delete,
}

fn one_change<'n>(
    entry: &mut Entry<'_, 'n, '_>,
    contents: &mut Contents,
    origin: &Name,
    node: &'n Node,
) -> Option<()> {
    const ACTIONS: &[(&str, Action)] =
        &[("CREATE", Action::Create), ("UPSERT", Action::Upsert), ("DELETE", Action::Delete)];
    const SET: &[&str] = &["Name", "Type", "TTL", "ResourceRecords", "AliasTarget"];
    let report = &mut *entry.report;
    let fields = MapReader::of(node, node.pos, &["Action", "ResourceRecordSet"], report)?;
    let action = reader::choice(fields.required("Action", report)?, ACTIONS, report)?;
    let set = fields.required("ResourceRecordSet", report)?;
    let set = MapReader::of(set, set.pos, SET, report)?;
    let name = set.require::<Name>("Name", report)?;
    let rtype = set.require::<RecordType>("Type", report)?;
    if !name.as_ref().is_within(origin.as_ref()) {
        report.error(set.pos_of("Name"), &format!("{name} does not lie in the zone {origin}"));
        return None;
    }
    match (action, contents.holds(&name, rtype)) {
        (Action::Create, true) => {
            report.error(set.pos_of("Name"), &format!("{name} has {rtype} records already"));
            return None;
        }
        (Action::Delete, false) => {
            report.error(set.pos_of("Name"), &format!("{name} has no {rtype} records"));
            return None;
        }
        _ => contents.remove(&name, rtype),
    }
    if action == Action::Delete {
        return Some(());
    }
    if let Some(alias) = set.get("AliasTarget") {
        const ALIAS: &[&str] = &["DNSName", "HostedZoneId", "EvaluateTargetHealth"];
        let alias = MapReader::of(alias, alias.pos, ALIAS, report)?;
        contents.aliases.insert(name, alias.require("DNSName", report)?);
        return Some(());
    }
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
    if !values.is_empty() {
        contents.sets.insert((name, rtype), (ttl, values));
    }
    Some(())
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
    let endpoint = InboundEndpoint {
        id: entry.read(&fields, "Id").unwrap_or_else(|| InboundEndpointId::from_seed(seed)),
        tags,
        vpc: entry.one(&fields, "VpcId", &entry.names.vpcs)?,
        addresses: fields.read_list("IpAddresses", entry.report),
    };
    Some(vec![CreateInboundEndpoint { endpoint }.into()])
}
