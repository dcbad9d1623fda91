//! The private hosted zones of a world file.

use std::sync::Arc;

use super::{
    Reading, keys,
    outline::{Item, Outline},
    record,
};
use crate::{
    import::text::{
        node::{Kind, Node},
        reader::{self, MapReader},
        scalar::Scalar,
    },
    model::{
        hosted_zone::{CreateHostedZone, HostedZone},
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
    let mut data = ZoneData::private(name.clone());
    for (key, records) in fields.map("records", report) {
        record::read(&mut data, key, records, report);
    }
    let zone = HostedZone { id: item.id, name, vpcs, data: Arc::new(data) };
    reading.plan(CreateHostedZone { zone }, item.pos, item.node);
    Some(())
}
