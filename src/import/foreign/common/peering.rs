//! VPC peering connections.

use super::{
    Resource,
    found::{Entries, Found},
    layout::Layout,
    value,
};
use crate::{catalog, import::text::node::Node};

/// Reads the peering connections. If only the connection names a VPC, for example one of another account, makes a
/// placeholder.
pub(super) fn peerings(found: &mut Found<'_>, layout: &mut Layout) -> Entries {
    let mut entries = Entries::default();
    for peering in found.of("AWS::EC2::VPCPeeringConnection") {
        let pos = peering.pos;
        let mut fields = Entries::default();
        fields.text("id", pos, peering.id.clone());
        let state = found.text(peering, "State").unwrap_or("active");
        if !matches!(state, "active" | "pending-acceptance" | "provisioning") {
            found.leave(peering, &format!("its state is {state}"));
            continue;
        }
        let sides = [("VpcId", "requester"), ("PeerVpcId", "accepter")];
        let nodes = sides.map(|(property, _)| peering.properties.get(property));
        if !nodes.iter().flatten().any(|node| layout.named_vpc(node).is_some()) {
            found.skip(peering, "none of its VPCs is in the file");
            continue;
        }
        for ((property, key), node) in sides.into_iter().zip(nodes) {
            // If the file does not even name the VPC, a placeholder of its own is used.
            let untold = value::unknown(pos, format!("{property} of {}", peering.name));
            let node = node.unwrap_or(&untold);
            let Some(vpc) = side(found, layout, (peering, property), node) else { continue };
            fields.text(key, node.pos, vpc);
        }
        if !fields.has("requester") || !fields.has("accepter") {
            found.skip(
                peering,
                "one of its VPCs is not in the file, and no placeholder can be made for it",
            );
            continue;
        }
        fields.text("active", pos, (state == "active").to_string());
        for (property, key) in [("RequesterDns", "requester-dns"), ("AccepterDns", "accepter-dns")]
        {
            if let Some(on) = found.flag(peering, property) {
                fields.text(key, pos, on.to_string());
            }
        }
        entries.put_at(found.called(peering), pos, fields.into_node(pos));
    }
    entries
}

/// The id of the VPC on one side of a peering connection.
fn side<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    (peering, property): (&'r Resource, &str),
    node: &Node,
) -> Option<String> {
    if let Some(known) = layout.named_vpc(node) {
        return Some(layout.vpcs.get(known)?.id.clone());
    }
    let vpc = layout.vpc(found, node)?;
    let region = found.text(peering, "PeerRegion").and_then(catalog::region);
    let plan = layout.vpcs.get_mut(vpc)?;
    if let Some(region) = region.filter(|_| property == "PeerVpcId") {
        plan.region = region;
    }
    Some(plan.id.clone())
}
