//! The hosted zones of a world file.

use std::sync::Arc;

use super::{
    Reading, keys,
    outline::{Item, Outline},
    record,
};
use crate::{
    import::text::{
        node::{Kind, Node},
        reader::{self, MapReader, Report},
        scalar::{Account, Scalar},
    },
    model::{
        delegation,
        hosted_zone::{CreateHostedZone, HostedZone, ZoneDetails},
        id::ZoneId,
        name::Name,
        zone_data::ZoneData,
    },
};

/// Plans the hosted zones.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, root: &'n Node, outline: &Outline<'n>) {
    let report = &mut reading.report;
    let listed = match root.get("hosted-zones") {
        Some(node) if matches!(node.kind, Kind::Seq(_)) => {
            for item in node.items() {
                // An item without a name is not in the outline, so its problems are reported here.
                if let Some(fields) = MapReader::of(item, item.pos, keys::HOSTED_ZONE, report)
                    && let Some(name) = fields.required("name", report)
                {
                    reader::read::<Name>(name, report);
                }
            }
            true
        }
        Some(node) => {
            reader::is_map(node, report);
            false
        }
        None => false,
    };
    for item in &outline.zones {
        if zone(reading, outline, item, listed).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn zone<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    item: &Item<'n, ZoneId>,
    listed: bool,
) -> Option<()> {
    let account = Arc::clone(&reading.account);
    let report = &mut reading.report;
    let fields = if listed {
        MapReader::quiet(item.node, item.pos)
    } else {
        // In a map the key is the name, so another `name` is not allowed.
        MapReader::of(item.node, item.pos, &keys::HOSTED_ZONE[1..], report)?
    };
    let name = match Name::read(item.name) {
        Ok(name) => name,
        Err(_) if listed => return None,
        Err(hint) => {
            report.error_hint(item.pos, "expected a DNS name as the name of a zone", hint);
            return None;
        }
    };
    let mut vpcs = Vec::new();
    for node in fields.list("vpcs", report) {
        vpcs.extend(outline.names.vpcs.find(node, None, report));
    }
    let public = fields.read("public", report).unwrap_or(false);
    if public && !vpcs.is_empty() {
        report.error(fields.pos_of("vpcs"), "a public zone has no VPCs");
        return None;
    }
    let set = match fields.get("delegation-set") {
        Some(node) => Some(outline.names.delegation_sets.find(node, None, report)?),
        None => None,
    };
    let servers = match set.and_then(|id| reading.servers.get(&id)) {
        Some(servers) => servers.clone(),
        None => delegation::name_servers(item.id),
    };
    let mut data = if public {
        delegation::only_soa(&servers, &name)
    } else {
        ZoneData::private(name.clone())
    };
    for (key, records) in fields.map("records", report) {
        record::read((item.id, &outline.names), &mut data, key, records, report);
    }
    if public {
        delegation::add_name_servers(&servers, &mut data);
    }
    let text = |key, report: &mut Report<'_>| fields.read::<String>(key, report).map(Arc::from);
    let owner = fields.read("owner", report).map(|owner: Account| owner.0);
    let details = ZoneDetails {
        public,
        // Others are of their first VPC's owner.
        owner: owner.or_else(|| vpcs.is_empty().then_some(account)),
        caller_reference: text("caller-reference", report),
        comment: text("comment", report),
        delegation_set: set,
        ..ZoneDetails::default()
    };
    let zone = HostedZone { details, ..HostedZone::private(item.id, name, vpcs, Arc::new(data)) };
    reading.plan(CreateHostedZone { zone }, item.pos, item.node);
    Some(())
}
