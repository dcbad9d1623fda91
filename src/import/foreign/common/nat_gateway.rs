//! NAT gateways with their private and public addresses.

use std::{collections::HashMap, net::Ipv4Addr};

use super::{
    Remark, Resource,
    compute::{Interfaces, subnet_of},
    found::{Entries, Found, stand_in},
    layout::Layout,
    value,
};
use crate::{import::text::node::Node, model::id::AllocationId};

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &["AWS::EC2::NatGateway"];

/// One address of a gateway, as far as the files give it.
#[derive(Clone, Copy, Default)]
struct Given<'r> {
    private: Option<Ipv4Addr>,
    public: Option<Ipv4Addr>,
    allocation: Option<&'r str>,
}

/// Adds the gateways to their subnets.
pub(super) fn nat_gateways<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
) {
    let mut elastic = HashMap::new();
    for eip in found.of("AWS::EC2::EIP") {
        let Some(public) = known_address(eip.properties.get("PublicIp")) else { continue };
        elastic.insert(eip.id.as_str(), public);
        if let Some(allocation) = eip.properties.get("AllocationId").and_then(Node::text) {
            elastic.insert(allocation, public);
        }
    }
    for resource in found.of("AWS::EC2::NatGateway") {
        gateway(found, layout, interfaces, &elastic, resource);
    }
}

fn gateway<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
    elastic: &HashMap<&'r str, Ipv4Addr>,
    resource: &'r Resource,
) -> Option<()> {
    let pos = resource.pos;
    let state = found.text(resource, "State").unwrap_or("available");
    if !matches!(state, "available" | "pending") {
        found.leave(resource, &format!("its state is {state}"));
        return None;
    }
    let public = found.text(resource, "ConnectivityType") != Some("private");
    let vpc = match resource.properties.get("VpcId") {
        Some(node) => layout.vpc(found, node),
        None => None,
    };
    let Some(node) = resource.properties.get("SubnetId").filter(|it| it.text() != Some("")) else {
        found.skip(resource, "it names no subnet; a route to it counts as leading to the internet");
        return None;
    };
    let subnet = subnet_of(found, layout, node, vpc)?;
    let plan = layout.subnets.get(subnet)?;
    let has_gateway = layout.vpcs.get(plan.vpc).is_some_and(|it| it.gateway.is_some());
    if public && !has_gateway {
        let message = format!(
            "{}: the files show no internet gateway of its VPC; a route to it counts as leading to the internet",
            resource.label()
        );
        found.note(pos, Remark::Assumed, message);
        return None;
    }
    let mut all = given(found, resource);
    if let Some(first) = all.first_mut() {
        let own = found.text(resource, "NetworkInterfaceId").and_then(|id| interfaces.by_id(id));
        first.private = first.private.or(own.and_then(|it| it.address));
        first.public = first.public.or(own.and_then(|it| it.public));
    }
    let mut fields = Entries::default();
    fields.text("id", pos, resource.id.clone());
    if !public {
        fields.text("connectivity", pos, "private");
    }
    let (mut supposed, mut supposed_public) = (Vec::new(), Vec::new());
    let mut more = Vec::new();
    for (at, address) in all.into_iter().enumerate() {
        let mut one = Entries::default();
        let stated = address.private.and_then(|it| layout.claim(found, subnet, it, resource));
        let private = stated.or_else(|| {
            let made = layout.free(subnet)?;
            supposed.push(made.to_string());
            Some(made)
        });
        let Some(private) = private else {
            found.skip(resource, "its subnet has no free address");
            return None;
        };
        one.text("address", pos, private.to_string());
        if public {
            let held = address.allocation.and_then(|id| elastic.get(id).copied());
            let stated = address.public.or(held);
            if let Some(public) = stated {
                layout.take_public(public);
            }
            let public = stated.or_else(|| {
                let made = layout.free_public()?;
                supposed_public.push(made.to_string());
                Some(made)
            });
            if let Some(public) = public {
                one.text("public-address", pos, public.to_string());
            }
            let id = address.allocation.filter(|id| id.parse::<AllocationId>().is_ok());
            if let Some(id) = id {
                one.text("allocation", pos, id);
            }
        }
        if at == 0 {
            fields.append(one);
        } else {
            more.push(one.into_node(pos));
        }
    }
    fields.list("secondary-addresses", pos, more);
    for (addresses, what) in [(supposed, "private address"), (supposed_public, "public address")] {
        if !addresses.is_empty() {
            found.note(pos, Remark::Assumed, stand_in(&addresses, what, resource));
        }
    }
    let name = found.called(resource).to_owned();
    let plan = layout.subnets.get_mut(subnet)?;
    plan.nat_gateways.put_at(name, pos, fields.into_node(pos));
    Some(())
}

/// The addresses of a gateway, the primary one first. A secondary public address and a secondary private one of the same
/// place in their lists belong together.
fn given<'r>(found: &mut Found<'r>, resource: &'r Resource) -> Vec<Given<'r>> {
    let mut all = vec![Given {
        private: found.get(resource, "PrivateIpAddress").and_then(|it| known_address(Some(it))),
        public: found.get(resource, "PublicIp").and_then(|it| known_address(Some(it))),
        allocation: found.text(resource, "AllocationId"),
    }];
    for address in found.list(resource, "SecondaryAddresses") {
        all.push(Given {
            private: known_address(address.get("PrivateIpAddress")),
            public: known_address(address.get("PublicIp")),
            allocation: address.get("AllocationId").and_then(Node::text),
        });
    }
    let allocations = found.texts(resource, "SecondaryAllocationIds");
    let privates = found.list(resource, "SecondaryPrivateIpAddresses");
    for at in 0..allocations.len().max(privates.len()) {
        all.push(Given {
            private: known_address(privates.get(at).copied()),
            public: None,
            allocation: allocations.get(at).copied(),
        });
    }
    let count = found.text(resource, "SecondaryPrivateIpAddressCount");
    let count = count.and_then(|it| it.parse::<u8>().ok()).map_or(0, usize::from);
    all.resize_with(all.len().max(count.saturating_add(1)), Given::default);
    all
}

fn known_address(node: Option<&Node>) -> Option<Ipv4Addr> {
    node.filter(|node| value::is_unknown(node).is_none())?.text()?.parse().ok()
}
