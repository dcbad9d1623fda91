//! Routes to prefix lists beside routes to ranges.

use ipnetwork::IpNetwork;

use super::*;
use crate::{
    import::{Defaults, text::diagnostic::Source, world},
    model::{
        list_route::PutListRoute,
        managed_prefix_list::{
            CreateManagedPrefixList, ManagedPrefixList, ModifyManagedPrefixList, PrefixListEntry,
            PrefixListVersion,
        },
        route::ListRoute,
        world::Tags,
    },
};

const TEXT: &str = "
region: us-east-1
vpcs:
  V:
    cidr: 10.0.0.0/16
    internet-gateway: igw
    route-tables: {main: {main: true, routes: {3.0.0.0/8: igw}}}
    subnets: {a: {cidr: 10.0.1.0/24, zone: us-east-1a, instances: {one: {public-address: 54.0.0.1}}}}
";

fn entry(cidr: &str) -> PrefixListEntry {
    PrefixListEntry { cidr: cidr.parse::<IpNetwork>().unwrap(), description: None }
}

#[test]
fn a_route_to_a_prefix_list_matches_its_entries_and_loses_to_an_equally_long_range() {
    let source = Source { name: "t".to_owned(), text: TEXT.to_owned() };
    let mut world = world::load(&source, &Defaults::default()).unwrap().world;
    let list = PrefixListId::from_seed(1);
    let managed = ManagedPrefixList {
        id: list,
        tags: Tags::default(),
        name: "l".into(),
        region: "us-east-1",
        owner: "123456789012".into(),
        v6: false,
        max_entries: 9,
        versions: vec![PrefixListVersion {
            number: 1,
            entries: vec![entry("3.0.0.0/8"), entry("4.4.0.0/16")],
        }],
        modified: false,
        deletion_failed: false,
    };
    let table = world.vpcs.values().next().unwrap().main_route_table;
    let target = RouteTarget::Other("tgw-00000000000000001".into());
    world.apply_in_place(&CreateManagedPrefixList { list: managed }.into()).unwrap();
    let route = ListRoute { list, target };
    world.apply_in_place(&PutListRoute { table, route, replace: false }.into()).unwrap();
    let (vpc, id) = world.instances.values().map(|it| (it.vpc, it.id)).next().unwrap();
    let subnet = world.subnets.values().next().unwrap().id;
    let routed = |world: &World, address: &str| {
        let asker = Asker::Instance(vpc, subnet, id);
        let goal = Goal { address: address.parse().unwrap(), stands: None, aim: Aim::Usual };
        let path = find(world, asker, goal);
        match path.hops.get(1) {
            Some(Hop::Router { route, .. }) => route.clone(),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(routed(&world, "3.1.1.1"), "3.0.0.0/8");
    assert_eq!(routed(&world, "4.4.4.4"), list.to_string());
    assert!(routed(&world, "4.5.4.4").starts_with("Some(NoRoute"));
    let change = ModifyManagedPrefixList {
        list,
        current: Some(1),
        name: None,
        max_entries: None,
        add: vec![entry("3.1.0.0/16")],
        remove: vec!["4.4.0.0/16".parse().unwrap()],
    };
    let touched = world.apply_in_place(&change.into()).unwrap();
    assert_eq!(touched.0.as_slice(), [vpc]);
    assert_eq!(routed(&world, "3.1.1.1"), list.to_string());
    assert!(routed(&world, "4.4.4.4").starts_with("Some(NoRoute"));
}
