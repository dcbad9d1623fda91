//! The way of the traffic to a port of an answer's address, and of the reply: the local route, a prefix-list route, a gateway
//! or a peering connection; or the reason why there is none.
//!
//! Uses the route table of the asker's subnet, the security groups of both ends and the network ACLs on the way. It opens no
//! connection.

mod ends;
mod goal;
mod guard;
mod label;
mod lost;
mod packet;
mod walk;
mod way;
mod words;

pub use goal::{Aim, Goal, Port, Stands};
pub use lost::Lost;
pub use way::{Assumed, Hop, Path, PathKind};

use super::question::Asker;
use crate::model::{id::SubnetId, world::World};

/// The ways from a place to a port of an address: one, but from a VPC as a whole one for each group of subnets with equal ways.
pub fn ways(world: &World, asker: Asker, goal: Goal) -> Vec<(Vec<SubnetId>, Path)> {
    let Asker::Vpc(vpc) = asker else {
        return vec![(Vec::new(), walk::find(world, asker, goal))];
    };
    let mut found: Vec<(Vec<SubnetId>, Path)> = Vec::new();
    for subnet in world.subnets_of(vpc) {
        let path = walk::find(world, Asker::Subnet(vpc, subnet.id), goal);
        let alike = |other: &Path| other.kind == path.kind && other.hops[1..] == path.hops[1..];
        match found.iter_mut().find(|(_, other)| alike(other)) {
            Some((subnets, other)) => {
                subnets.push(subnet.id);
                let more = path.assumed.into_iter().filter(|it| !other.assumed.contains(it));
                let more: Vec<_> = more.collect();
                other.assumed.extend(more);
            }
            None => found.push((vec![subnet.id], path)),
        }
    }
    match found.as_mut_slice() {
        [] => vec![(Vec::new(), walk::find(world, asker, goal))],
        [(subnets, path)] => {
            subnets.clear();
            path.hops[0] = Hop::Host(vpc, Vec::new());
            found
        }
        several => {
            for (subnets, path) in several {
                path.hops[0] = Hop::Host(vpc, subnets.clone());
            }
            found
        }
    }
}

/// Whether the place has IPv4 addresses to send from; a VPC as a whole has if one of its subnets has.
pub fn has_ipv4(world: &World, asker: Asker) -> bool {
    let of_subnet = |id| world.subnets.get(&id).is_none_or(|subnet| !subnet.ipv6_native);
    match asker {
        Asker::Instance(_, _, id) => world.instances.get(&id).is_none_or(|it| it.address.is_some()),
        Asker::Subnet(_, id) => of_subnet(id),
        Asker::Vpc(vpc) => {
            let mut subnets = world.subnets_of(vpc).peekable();
            subnets.peek().is_none() || subnets.any(|subnet| !subnet.ipv6_native)
        }
        Asker::Internet | Asker::Inbound(..) => true,
    }
}
