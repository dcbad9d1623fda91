//! The peering connections and inbound endpoints of a world file.

use super::{
    Reading, keys,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    import::text::reader::MapReader,
    model::{
        id::{InboundEndpointId, PeeringId, VpcId},
        peering::{
            AcceptVpcPeeringConnection, CreateVpcPeeringConnection,
            ModifyVpcPeeringConnectionOptions, Peering, PeeringState,
        },
        resolver_endpoint::{CreateInboundEndpoint, InboundEndpoint},
        world::Tags,
    },
};

impl Part for PeeringId {
    const KEYS: &'static [&'static str] =
        &["id", "requester", "accepter", "active", "requester-dns", "accepter-dns"];
}

/// Plans the peering connections.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.peerings {
        if peering(reading, outline, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn peering<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    item: &Item<'n, PeeringId>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, PeeringId::KEYS, report)?;
    let active = fields.read("active", report).unwrap_or(true);
    let requester_dns = fields.read::<bool>("requester-dns", report);
    let accepter_dns = fields.read::<bool>("accepter-dns", report);
    let mut vpc = |key: &str| {
        let node = fields.required(key, report)?;
        outline.names.vpcs.find(node, None, report)
    };
    let (requester, accepter) = (vpc("requester"), vpc("accepter"));
    let peering = Peering {
        id: item.id,
        tags: Tags::named(item.name),
        requester: requester?,
        accepter: accepter?,
        state: PeeringState::PendingAcceptance,
        requester_dns: false,
        accepter_dns: false,
    };
    reading.plan(CreateVpcPeeringConnection { peering }, item.pos, item.node);
    if active {
        reading.plan(AcceptVpcPeeringConnection { peering: item.id }, item.pos, item.node);
    }
    if requester_dns == Some(true) || accepter_dns == Some(true) {
        let options =
            ModifyVpcPeeringConnectionOptions { peering: item.id, requester_dns, accepter_dns };
        reading.plan(options, item.pos, item.node);
    }
    Some(())
}

/// Plans the inbound endpoints.
pub(super) fn plan_inbound<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for vpc in &outline.vpcs {
        for item in &vpc.inbound {
            if inbound(reading, vpc.item.id, item).is_none() {
                reading.give_up(&item.id);
            }
        }
    }
}

fn inbound<'n>(
    reading: &mut Reading<'_, 'n>,
    vpc: VpcId,
    item: &Item<'n, InboundEndpointId>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::INBOUND_ENDPOINT, report)?;
    let addresses = fields.read_list("addresses", report);
    let endpoint = InboundEndpoint::of_addresses(item.id, Tags::named(item.name), vpc, addresses);
    reading.plan(CreateInboundEndpoint { endpoint }, item.pos, item.node);
    Some(())
}
