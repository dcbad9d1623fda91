//! Reads the elastic addresses of a world file, and what they are associated with.
//!
//! An address of a NAT gateway is associated by the gateway, which names it.

use std::net::Ipv4Addr;

use super::{
    Reading,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    catalog::{self, Region},
    import::text::{reader::MapReader, scalar::Account},
    model::{
        elastic_address::{AllocateAddress, AssociateAddress, ElasticAddress},
        id::{AllocationId, AssociationId, seed_of},
        instance::primary_interface,
        name::Name,
        world::Tags,
    },
};

impl Part for AllocationId {
    const KEYS: &'static [&'static str] = &[
        "id",
        "address",
        "region",
        "owner",
        "domain-name",
        "instance",
        "private-address",
        "association",
    ];
}

/// Plans the addresses, before anything that may hold them.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.elastic_addresses {
        if address(reading, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn address<'n>(reading: &mut Reading<'_, 'n>, item: &Item<'n, AllocationId>) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, AllocationId::KEYS, report)?;
    let region = fields.read::<&'static Region>("region", report).unwrap_or(reading.region);
    let owner = fields.read("owner", report).map(|account: Account| account.0);
    let stated = fields.read::<Ipv4Addr>("address", report);
    if fields.get("address").is_some() && stated.is_none() {
        return None;
    }
    let reverse_name = fields.read::<Name>("domain-name", report);
    let seed = item.id.to_string();
    let address = ElasticAddress {
        id: item.id,
        tags: if item.name == seed { Tags::default() } else { Tags::named(item.name) },
        address: stated.unwrap_or_else(|| catalog::synthetic_v4(Some(region), &seed)),
        region: region.name,
        owner: owner.unwrap_or_else(|| reading.account.clone()),
        association: None,
        reverse_name,
    };
    reading.plan(AllocateAddress { address }, item.pos, item.node);
    Some(())
}

/// Plans the associations with instances, after the instances.
pub(super) fn associate<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.elastic_addresses {
        let fields = MapReader::quiet(item.node, item.pos);
        let report = &mut reading.report;
        let private = fields.read::<Ipv4Addr>("private-address", report);
        let id = fields.read::<AssociationId>("association", report);
        let Some(node) = fields.get("instance") else {
            for key in ["private-address", "association"] {
                if fields.get(key).is_some() {
                    let message = format!("`{key}` is about an `instance`, which is missing");
                    report.error(fields.pos_of(key), &message);
                }
            }
            continue;
        };
        let Some(instance) = outline.names.instances.find(node, None, report) else { continue };
        let seed = seed_of("association", item.id.to_string());
        let change = AssociateAddress {
            allocation: item.id,
            association: id.unwrap_or_else(|| AssociationId::from_seed(seed)),
            interface: primary_interface(instance),
            private,
            reassociate: false,
        };
        reading.plan(change, node.pos, item.node);
    }
}
