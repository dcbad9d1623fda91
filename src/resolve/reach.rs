//! What is at the end of the way from an instance to an address: who answers there, and the stations that
//! `traceroute` shows.
//!
//! The way itself is `resolve::path`'s. As there, security groups and network ACLs do not count. An address where the way
//! is blocked or leads nowhere, and one that nobody has, does not answer at all.

use std::net::Ipv4Addr;

use super::{
    path::{self, Aim, Goal, Hop, Path, PathKind, Stands},
    public::service_of,
    question::Asker,
    snapshot::Snapshot,
};
use crate::{
    catalog,
    language::Language,
    model::{
        id::{InstanceId, NatGatewayId},
        instance::InstanceState,
        name::Name,
        world::World,
    },
};

/// What answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Whether it answers pings: network interfaces of endpoints do not (N52).
    pub echoes: bool,
    /// Whether it refuses what it has no service for: a host does, AWS's services stay silent.
    pub refuses: bool,
    /// The stations before it that count down a packet's time to live. The VPC's router and its gateways do not.
    pub stations: Vec<Ipv4Addr>,
    /// What a greeting says.
    pub greeting: String,
}

/// What an instance reaches at an address; `None` if nothing answers. `name` is the name for which it got the address.
pub fn reach(
    snapshot: &Snapshot,
    asker: Asker,
    address: Ipv4Addr,
    name: Option<&Name>,
) -> Option<Reach> {
    let Asker::Instance(_, _, id) = asker else { return None };
    let world = &snapshot.world;
    let stands = name
        .and_then(|name| service_of(name.as_ref()))
        .map(|(service, region)| Stands { service, region });
    let goal = Goal { address, stands, aim: Aim::Anything };
    let (_, path) = path::ways(world, asker, goal).into_iter().next()?;
    if path.kind.is_lost() {
        return None;
    }
    let host = match path.hops.last()? {
        Hop::Destination(id) => Some(world.instances.get(id)?),
        Hop::Service(_) | Hop::LoadBalancer(_) | Hop::Targets(_) => None,
        // A host of the internet: somebody whose name was asked for, or AWS.
        Hop::Address(_, None) if name.is_some() || is_of_aws(world, id, address) => None,
        _ => return None,
    };
    if host.is_some_and(|host| host.state != InstanceState::Running) {
        return None;
    }
    let endpoint = path.hops.iter().find_map(|hop| match hop {
        Hop::EndpointInterface(id, _) => Some(*id),
        _ => None,
    });
    if let Some(endpoint) = endpoint
        && !world.endpoints.get(&endpoint)?.state.answers()
    {
        return None;
    }
    Some(Reach {
        echoes: endpoint.is_none(),
        refuses: host.is_some(),
        stations: stations(world, &path),
        greeting: greeting(world, id, address, name, &path),
    })
}

/// Whether an address lies in the ranges that AWS publishes for a region.
fn is_of_aws(world: &World, id: InstanceId, address: Ipv4Addr) -> bool {
    let region = world
        .instances
        .get(&id)
        .and_then(|instance| world.vpcs.get(&instance.vpc))
        .and_then(|vpc| catalog::region(vpc.region));
    catalog::ranges(region, "AMAZON").iter().any(|range| range.contains(address.into()))
}

/// NAT gateways and instances that forward, by their private addresses.
fn stations(world: &World, path: &Path) -> Vec<Ipv4Addr> {
    let address = |hop: &Hop| match hop {
        Hop::Instance(id) => world.instances.get(id)?.address,
        Hop::NatGateway(id) => {
            let id: NatGatewayId = id.parse().ok()?;
            world.nat_gateways.get(&id)?.privates().next()
        }
        _ => None,
    };
    path.hops.iter().skip(1).filter_map(address).collect()
}

fn greeting(
    world: &World,
    from: InstanceId,
    address: Ipv4Addr,
    name: Option<&Name>,
    path: &Path,
) -> String {
    let here = world.instances.get(&from).map_or_else(|| from.to_string(), |it| it.label());
    let there = match name {
        Some(name) => format!("{name} ({address})"),
        None => address.to_string(),
    };
    let through = path.hops.iter().find_map(|hop| match hop {
        Hop::EndpointInterface(id, _) => Some(format!("private, through endpoint {id}")),
        Hop::GatewayEndpoint(id) => Some(format!("private, through gateway endpoint {id}")),
        Hop::NatGateway(id) => Some(format!("public, through NAT gateway {id}")),
        Hop::InternetGateway(_) => Some("public, through the internet gateway".to_owned()),
        Hop::Peering(_) | Hop::Onward(_) => {
            Some(format!("private, over {}", hop.words(world, Language::English)))
        }
        _ => None,
    });
    let within = || match path.kind {
        PathKind::Public => "public, over the internet".to_owned(),
        _ => "private, inside the VPC".to_owned(),
    };
    format!(
        "{there} answers {here}.\nway: {}\n{}\n",
        through.unwrap_or_else(within),
        path.words(world, Language::English).join(" → ")
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        import::{Defaults, open},
        resolve::{places, public::PublicNames},
    };

    fn found(world: &str, from: &str, address: &str, name: Option<&str>) -> Option<Reach> {
        let world = open::open(world, &Defaults::default()).unwrap().world;
        let snapshot = Snapshot::new(world, Arc::new(PublicNames::default()));
        let asker = places::client(&snapshot, from).unwrap();
        let name = name.map(|name| Name::parse(name).unwrap());
        reach(&snapshot, asker, address.parse().unwrap(), name.as_ref())
    }

    const PRIVATE: &str = "CloudNeta-Private-EC2";
    const PUBLIC: &str = "CloudNeta-Public-EC2";

    #[test]
    fn who_answers_is_at_the_end_of_the_way() {
        // World, from, address; whether it answers pings and refuses ports, or nothing.
        for (world, from, address, expected) in [
            ("lab09-1", PRIVATE, "10.0.0.29", Some((true, true))),
            ("lab09-1", PRIVATE, "10.0.1.47", Some((false, false))),
            ("lab09-1", PRIVATE, "10.0.0.77", None),
            ("lab09-1", PRIVATE, "52.95.193.132", None),
            ("lab09-1", PUBLIC, "52.95.193.132", Some((true, false))),
            ("lab09-1", PUBLIC, "192.0.2.1", None),
            ("lab09-1", PUBLIC, "20.0.0.51", None),
            ("lab09-2", "My-EC2", "13.124.211.247", Some((true, false))),
            ("lab09-2", "My-EC2", "13.125.98.41", Some((true, true))),
            ("lab09-2", "My-EC2", "10.0.0.19", Some((false, false))),
            ("lab09-2@endpoint", "My-EC2", "10.0.0.19", None),
        ] {
            let found = found(world, from, address, None);
            let found = found.map(|reach| (reach.echoes, reach.refuses));
            assert_eq!(found, expected, "{world} {from} {address}");
        }
        assert_eq!(found("lab09-1", "internet", "52.95.193.132", None), None, "no instance");
    }

    #[test]
    fn a_host_of_the_internet_answers_to_whom_its_name_was_told() {
        let greeting = |name| Some(found("lab09-1", PUBLIC, "192.0.2.1", name)?.greeting);
        assert_eq!(greeting(None), None);
        let told = greeting(Some("www.example.com.")).unwrap();
        assert!(told.starts_with("www.example.com (192.0.2.1) answers CloudNeta-Public-EC2.\n"));
        assert!(told.contains("\nway: public, through the internet gateway\n"), "{told}");
    }
}
