//! Large Worlds, put together from copies of the chapter's resources.

use std::{net::Ipv4Addr, sync::Arc};

use vpcdns::{
    import::{Defaults, open},
    model::{
        endpoint::{Endpoint, EndpointKind},
        id::{EndpointId, NetworkInterfaceId, RouteTableId, SubnetId, VpcId},
        route_table::RouteTable,
        subnet::Subnet,
        vpc::Vpc,
        world::{Members, Tags, World},
    },
};

/// How many resources each VPC has beside its endpoints: itself, a subnet and a route table.
pub const EACH: usize = 3;

/// So many VPCs, each with a subnet, a route table and so many interface endpoints of which one has private DNS.
pub fn world(vpcs: usize, endpoints: usize) -> World {
    let lab = open::open("lab09-1", &Defaults::default()).unwrap_or_else(|_| panic!("no lab"));
    let lab = lab.world;
    let vpc = lab.vpcs.values().next().unwrap();
    let subnet = lab.subnets.values().next().unwrap();
    let table = lab.route_table(vpc.main_route_table).unwrap();
    let endpoint = lab.endpoints.values().find(|it| it.kind == EndpointKind::Interface).unwrap();
    let mut world = World::default();
    for v in 0..vpcs {
        let id = VpcId::from_seed(v as u128 + 1);
        let (main, of) =
            (RouteTableId::from_seed(v as u128 + 1), SubnetId::from_seed(v as u128 + 1));
        let mut members = Members {
            subnets: vec![of],
            route_tables: vec![main],
            since: v as u64,
            ..Members::default()
        };
        for e in 0..endpoints {
            let number = (v * endpoints + e) as u128 + 1;
            let mut endpoint = Endpoint::clone(endpoint);
            endpoint.id = EndpointId::from_seed(number);
            endpoint.suffix = format!("s{number:07x}").into();
            endpoint.vpc = id;
            endpoint.private_dns = e == 0;
            let octets = u16::try_from(e + 4).unwrap().to_be_bytes();
            for (interface, third) in endpoint.interfaces.iter_mut().zip([0, 128]) {
                interface.id = NetworkInterfaceId::from_seed(number * 2 + u128::from(third / 128));
                interface.subnet = of;
                interface.v4 = Some(Ipv4Addr::new(10, 0, third + octets[0], octets[1]));
            }
            members.endpoints.push(endpoint.id);
            world.endpoints.insert(endpoint.id, Arc::new(endpoint));
        }
        let tags = Tags::named(&format!("VPC-{v}"));
        let vpc = Vpc { id, tags, main_route_table: main, ..Vpc::clone(vpc) };
        world.vpcs.insert(id, Arc::new(vpc));
        let subnet = Subnet { id: of, vpc: id, route_table: None, ..Subnet::clone(subnet) };
        world.subnets.insert(of, Arc::new(subnet));
        let table = RouteTable { id: main, vpc: id, ..RouteTable::clone(table) };
        world.route_tables.insert(main, Arc::new(table));
        world.members.insert(id, Arc::new(members));
    }
    world.index();
    world
}
