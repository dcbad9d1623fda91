//! Reads the NAT gateways of a world file, and makes the elastic addresses of the public ones.

use std::net::Ipv4Addr;

use super::{
    Reading, keys,
    outline::{Item, Outline, VpcOutline},
    vpc::owner,
};
use crate::{
    catalog,
    import::text::{node::Node, reader::MapReader},
    model::{
        elastic_address::{AllocateAddress, ElasticAddress},
        id::{AllocationId, AssociationId, NatGatewayId, SubnetId, seed_of},
        nat_gateway::{NatAddress, NatElastic, NatGateway, NatGatewayState},
        nat_gateway_change::{CreateNatGateway, SettleNatGateway},
        world::Tags,
    },
};

/// The words for whether a gateway has public addresses.
const CONNECTIVITY: &[(&str, bool)] = &[("public", true), ("private", false)];

/// Plans the NAT gateways.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        for subnet in &vpc.subnets {
            for item in &subnet.nat_gateways {
                if gateway(reading, (outline, vpc), subnet.item.id, item).is_none() {
                    reading.give_up(&item.id);
                }
            }
        }
    }
}

fn gateway<'n>(
    reading: &mut Reading<'_, 'n>,
    (outline, vpc): (&Outline<'n>, &VpcOutline<'n>),
    subnet: SubnetId,
    item: &Item<'n, NatGatewayId>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::NAT_GATEWAY, report)?;
    let public = match fields.get("connectivity") {
        Some(_) => fields.choice("connectivity", CONNECTIVITY, report)?,
        None => true,
    };
    if public && vpc.gateway.is_none() {
        let message = format!(
            "`{}` has no internet gateway, which a public NAT gateway needs",
            vpc.item.name
        );
        let hint = "write `internet-gateway: NAME` in the VPC, or `connectivity: private` here";
        report.error_hint(item.pos, &message, Some(hint.to_owned()));
        return None;
    }
    let mut all = vec![MapReader::quiet(item.node, item.pos)];
    let more = fields.get("secondary-addresses").map_or(&[][..], Node::items);
    for node in more {
        all.push(MapReader::of(node, node.pos, keys::NAT_ADDRESS, &mut reading.report)?);
    }
    let mut addresses = Vec::new();
    for (at, fields) in all.iter().enumerate() {
        addresses.push(address(reading, (outline, vpc), (subnet, public), (item, at), fields)?);
    }
    let gateway = NatGateway {
        id: item.id,
        tags: Tags::named(item.name),
        vpc: vpc.item.id,
        subnet,
        public,
        addresses,
        state: NatGatewayState::Pending,
        failure: None,
        created: 0,
        deleted: 0,
    };
    reading.plan(CreateNatGateway { gateway }, item.pos, item.node);
    reading.plan(SettleNatGateway { gateway: item.id }, item.pos, item.node);
    Some(())
}

/// The address with this number. Plans the elastic address that a public gateway needs.
fn address<'n>(
    reading: &mut Reading<'_, 'n>,
    (outline, vpc): (&Outline<'n>, &VpcOutline<'n>),
    (subnet, public): (SubnetId, bool),
    (item, at): (&Item<'n, NatGatewayId>, usize),
    fields: &MapReader<'n>,
) -> Option<NatAddress> {
    let report = &mut reading.report;
    let stated = fields.read::<Ipv4Addr>("address", report);
    if fields.get("address").is_some() && stated.is_none() {
        return None;
    }
    let told = ["public-address", "allocation"].into_iter().find(|key| fields.get(key).is_some());
    if let Some(key) = told.filter(|_| !public) {
        report.error(fields.pos_of(key), &format!("`{key}` is for public NAT gateways only"));
        return None;
    }
    let told = fields.read::<Ipv4Addr>("public-address", report);
    // One of `elastic-addresses`, by its name or id; else one that is made here.
    let listed = fields.get("allocation").and_then(|node| node.text());
    let listed = listed.and_then(|text| outline.names.elastic_addresses.lookup(text));
    let allocation = listed.or_else(|| fields.read::<AllocationId>("allocation", report));
    let Some(private) = stated.or_else(|| reading.addresses.free(subnet)) else {
        // A subnet with problems has no addresses.
        reading.report.error(item.pos, "no address of the subnet is free for this NAT gateway");
        return None;
    };
    let owner = owner(reading, vpc);
    let elastic = public.then(|| {
        let seed = format!("{}/{at}", item.id);
        let made = || catalog::synthetic_v4(Some(vpc.region), &seed);
        let allocation =
            allocation.unwrap_or_else(|| AllocationId::from_seed(seed_of("allocation", &seed)));
        let association = AssociationId::from_seed(seed_of("association", &seed));
        if listed.is_some() {
            return NatElastic { allocation, association, address: None };
        }
        let address = ElasticAddress {
            id: allocation,
            tags: Tags::default(),
            address: told.unwrap_or_else(made),
            region: vpc.region.name,
            owner,
            association: None,
            reverse_name: None,
        };
        reading.plan(AllocateAddress { address }, item.pos, item.node);
        NatElastic { allocation, association, address: None }
    });
    Some(NatAddress { private: Some(private), elastic })
}
