//! `export` and the importer are each other's inverse: every World of the case files and labs comes back as it was.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{collections::BTreeMap, fs};

use common::{
    CaseWorld, Server,
    case_file::{self, Block},
    case_files, difference, scratch, vpcdns,
};
use vpcdns::{
    export,
    import::{
        Defaults, open,
        text::diagnostic::{self, Source},
        world,
    },
    model::{
        id::RouteTableId, instance_life::TerminateInstances,
        internet_gateway::DetachInternetGateway, peering::DeleteVpcPeeringConnection, world::World,
    },
    resolve::snapshot::Snapshot,
    store::row,
};

fn read_back(world: &World, name: &str) -> World {
    let source = Source { name: name.to_owned(), text: export::yaml(world) };
    let loaded = world::load(&source, &Defaults::default()).unwrap_or_else(|problems| {
        let shown: Vec<_> =
            problems.iter().map(|problem| diagnostic::render(problem, &source, false)).collect();
        panic!("{name}: {}\n{}", shown.join("\n"), source.text)
    });
    loaded.world
}

/// The rows of a World but for what a world file has no place for.
fn rows(world: &World) -> BTreeMap<String, serde_json::Value> {
    row::everything(world)
        .into_iter()
        .filter(|row| !matches!(row.table, "world" | "generation" | "client_tokens"))
        .map(|row| {
            let mut value: serde_json::Value = serde_json::from_str(&row.value.unwrap()).unwrap();
            if let Some(value) = value.as_object_mut() {
                // The order of what lies in a VPC is no part of an answer.
                if row.table == "members" {
                    for list in value.values_mut().filter_map(serde_json::Value::as_array_mut) {
                        list.sort_by_key(ToString::to_string);
                    }
                }
                for key in ["since", "tags", "created"] {
                    value.remove(key);
                }
                // A file does not say that a stopped instance gets another public address when it starts.
                if value.get("state").is_some_and(|state| state == "Stopped")
                    && let Some(launch) = value.get_mut("launch").and_then(|it| it.as_object_mut())
                {
                    launch.remove("auto_public");
                }
                // The names it would take if private DNS were on are looked up anew when it is switched on.
                if value.get("private_dns").is_some_and(|on| on == false) {
                    value.remove("private_names");
                }
                // A modification goes on answering as an available endpoint does (L7).
                if value.get("state").is_some_and(|state| state == "Modifying") {
                    value.insert("state".to_owned(), "Available".into());
                }
            }
            (format!("{}/{}", row.table, row.key), value)
        })
        .collect()
}

fn check(world: &World, name: &str, answers: bool) {
    let back = read_back(world, name);
    if export::yaml(world).contains("(L35)") {
        // What a world file cannot say is said in a comment.
        assert!(name.ends_with("no_longer_verified.case"), "{name}");
        return;
    }
    let is_detached = world.internet_gateways.values().any(|gateway| gateway.vpc.is_none());
    if is_detached || world.peerings.values().any(|peering| !peering.state.is_living()) {
        // A file has no place for a gateway that is attached to no VPC, for a deleted peering, or for routes to them.
        assert!(name.contains("/way/"), "{name}");
        return;
    }
    let (one, other) = (rows(world), rows(&back));
    for (key, value) in &one {
        assert_eq!(Some(value), other.get(key), "{name}: {key}\n{}", export::yaml(world));
    }
    assert_eq!(one.len(), other.len(), "{name}");
    if !answers {
        return;
    }
    let snapshot = |world: World| Snapshot::new(world, std::sync::Arc::default());
    let diff = difference(&snapshot(world.clone()), &snapshot(back));
    assert!(diff.same, "{name}: {}", serde_json::to_string_pretty(&diff).unwrap());
}

#[test]
fn built_in_worlds_come_back() {
    let steps = ["base", "s3-gateway", "dns-hostnames", "interface-endpoint"];
    let mut names: Vec<String> = steps.iter().map(|step| format!("lab09-1@{step}")).collect();
    let steps = ["base", "endpoint-service", "endpoint", "accepted"];
    names.extend(steps.iter().map(|step| format!("lab09-2@{step}")));
    names.extend(["empty".to_owned(), "default-vpc".to_owned()]);
    for name in names {
        check(&open::open(&name, &Defaults::default()).unwrap().world, &name, true);
    }
}

#[test]
fn the_worlds_of_every_case_come_back() {
    let files = case_files();
    assert!(files.len() > 150, "only {} case files", files.len());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let mut world = CaseWorld::empty();
        for block in case_file::read(&text) {
            match block {
                Block::World(lines) => world = CaseWorld::read(&lines, &path),
                // A refusal is expected where the case says so; the cases themselves check it.
                Block::Change { line, .. } => drop(world.change(&line)),
                _ => continue,
            }
            check(&world.snapshot.world, &path.display().to_string(), false);
        }
    }
}

#[test]
fn a_running_server_is_exported() {
    let server = Server::start(&["lab09-2"]);
    let printed = vpcdns(&["export", "--server", &format!("http://{}", server.http)]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let file = scratch("exported").join("world.yaml");
    fs::write(&file, &printed.out).unwrap();
    let diff = vpcdns(&["diff", "lab09-2", file.to_str().unwrap()]);
    assert_eq!(diff.code, 0, "{}", diff.out);
    assert_eq!(vpcdns(&["check", file.to_str().unwrap()]).code, 0);
    assert_eq!(vpcdns(&["export"]).code, 1);
}

#[test]
fn a_folder_is_exported() {
    let folder = scratch("exported-folder");
    let data = folder.join("data");
    let data = data.to_str().unwrap();
    assert_eq!(vpcdns(&["export", "--data", data]).code, 1, "there is nothing yet");
    let mut server = Server::start(&["lab09-1@s3-gateway", "--data", data]);
    let in_use = vpcdns(&["export", "--data", data]);
    assert!(in_use.code == 1 && !in_use.err.is_empty(), "{}", in_use.err);
    server.signal("TERM");
    assert_eq!(server.wait(std::time::Duration::from_secs(10)), Some(0));
    let printed = vpcdns(&["export", "--data", data]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let file = folder.join("world.yaml");
    fs::write(&file, &printed.out).unwrap();
    assert_eq!(vpcdns(&["diff", "lab09-1@s3-gateway", file.to_str().unwrap()]).code, 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn nat_gateways_and_key_pairs_come_back_as_they_were() {
    let text = "\
region: us-east-1
vpcs:
  V:
    cidr: 10.0.0.0/16
    internet-gateway: Gate
    route-tables: {good: {main: true, routes: {0.0.0.0/0: public}}}
    subnets:
      a:
        cidr: 10.0.1.0/24
        zone: us-east-1a
        nat-gateways:
          public: {public-address: 54.1.2.3, secondary-addresses: [{address: 10.0.1.77}, {}]}
          private: {connectivity: private, address: 10.0.1.50, secondary-addresses: [{address: 10.0.1.51}]}
key-pairs:
  mine: {public-key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFlcxTbGlS4ADLa4IM574QMwwWSIfbNu8wzwaTkZ6tM me}
  made: {public-key: ssh-rsa AAAA, fingerprint: \"00:01\", region: ap-northeast-2}
";
    let source = Source { name: "nat.yaml".to_owned(), text: text.to_owned() };
    let world = world::load(&source, &Defaults::default()).unwrap().world;
    let back = read_back(&world, "nat.yaml");
    assert_eq!(rows(&back), rows(&world));
    assert_eq!((back.nat_gateways.len(), back.key_pairs.len()), (2, 2));
    assert_eq!(back.elastic_addresses.len(), 3);
    assert_eq!(back.interface_addresses, world.interface_addresses);
}

#[test]
fn elastic_addresses_and_the_table_of_a_gateway_come_back_as_they_were() {
    let text = "\
region: us-east-1
elastic-addresses:
  mail: {address: 54.1.2.4, domain-name: mail.shop.example, instance: web}
  second: {instance: web, private-address: 10.0.1.11, association: eipassoc-00000000000000001}
  spare: {owner: \"210987654321\", region: ap-northeast-2, domain-name: spare.shop.example}
  nat: {domain-name: nat.shop.example}
vpcs:
  V:
    cidr: 10.0.0.0/16
    internet-gateway: {name: Gate, route-table: edge}
    route-tables: {edge: {routes: {10.0.1.0/24: eni-00000000000000001}}}
    subnets:
      a:
        cidr: 10.0.1.0/24
        zone: us-east-1a
        instances:
          web: {address: 10.0.1.10, secondary-addresses: [10.0.1.11]}
          other: {public-address: 54.1.2.9}
        nat-gateways:
          out: {allocation: nat}
          also: {}
";
    let source = Source { name: "elastic.yaml".to_owned(), text: text.to_owned() };
    let world = world::load(&source, &Defaults::default()).unwrap().world;
    let back = read_back(&world, "elastic.yaml");
    assert_eq!(rows(&back), rows(&world));
    assert_eq!(back.elastic_addresses.len(), 5);
    let named = |world: &World| {
        let names = world.elastic_addresses.values().map(|it| it.tags.name().map(str::to_owned));
        names.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!((named(&back), named(&back).len()), (named(&world), 5));
    assert!(back.internet_gateways.values().all(|it| it.route_table.is_some()));
    let public: Vec<_> = back.instances.values().map(|it| it.public_address).collect();
    assert_eq!(public.iter().flatten().count(), 2);
    // What AWS would refuse is an error at its place.
    let wrong = text.replace("{10.0.1.0/24: eni", "{10.0.1.0/25: eni");
    let problem = load(&wrong).unwrap_err();
    assert!(problem.contains("10.0.1.0/25"), "{problem}");
}

#[test]
fn what_ended_is_left_out() {
    let text = "\
region: ap-northeast-2
vpcs:
  One:
    id: vpc-00000000000000001
    cidr: 10.1.0.0/16
    internet-gateway: {id: igw-00000000000000001, name: Gate}
    route-tables:
      Table:
        id: rtb-00000000000000001
        routes: {0.0.0.0/0: internet-gateway, 10.2.0.0/16: Pair, 10.3.0.0/16: nat-00000000000000001}
  Two: {id: vpc-00000000000000002, cidr: 10.2.0.0/16}
peerings:
  Pair: {id: pcx-00000000000000001, requester: One, accepter: Two}
";
    let source = Source { name: "ended.yaml".to_owned(), text: text.to_owned() };
    let mut world = world::load(&source, &Defaults::default()).unwrap().world;
    let routes = |world: &World| {
        let id: RouteTableId = "rtb-00000000000000001".parse().unwrap();
        world.route_tables.get(&id).unwrap().routes.len()
    };
    assert_eq!((routes(&world), world.peerings.len()), (3, 1));
    let gateway = DetachInternetGateway {
        gateway: "igw-00000000000000001".parse().unwrap(),
        vpc: "vpc-00000000000000001".parse().unwrap(),
    };
    let peering = DeleteVpcPeeringConnection { peering: "pcx-00000000000000001".parse().unwrap() };
    for change in [gateway.into(), peering.into()] {
        world = world.apply(&change).unwrap().0;
    }
    assert_eq!((routes(&world), world.peerings.len()), (3, 1));
    let back = read_back(&world, "ended.yaml");
    assert_eq!((routes(&back), back.peerings.len()), (1, 0));
}

fn load(text: &str) -> Result<World, String> {
    let source = Source { name: "world.yaml".to_owned(), text: text.to_owned() };
    let loaded = world::load(&source, &Defaults::default());
    loaded.map(|it| it.world).map_err(|problems| {
        let shown = problems.iter().map(|problem| diagnostic::render(problem, &source, false));
        shown.collect::<Vec<_>>().join("\n")
    })
}

#[test]
fn one_set_of_dhcp_options_belongs_to_several_vpcs() {
    let file = |second: &str| {
        load(&format!(
            "vpcs:
  One:
    cidr: 10.1.0.0/16
    dhcp-options: {{id: dopt-00000000000000001, name: set, domain-name: corp.example, servers: [192.0.2.1]}}
  Two:
    cidr: 10.2.0.0/16
    dhcp-options: {{id: dopt-00000000000000001, {second}}}
"
        ))
    };
    let world = file("name: set, domain-name: corp.example, servers: [192.0.2.1]").unwrap();
    assert_eq!(world.dhcp_options.len(), 1);
    let id = *world.dhcp_options.keys().next().unwrap();
    assert!(world.vpcs.values().all(|vpc| vpc.dhcp_options == Some(id)));
    check(&world, "two VPCs of one set", true);
    let refused = file("domain-name: other.example").unwrap_err();
    assert!(refused.contains("used twice in this file, with other values"), "{refused}");
}

#[test]
fn a_default_client_that_ended_is_left_out() {
    let mut world = load(
        "default-client: one
vpcs:
  V:
    cidr: 10.1.0.0/16
    subnets:
      S:
        cidr: 10.1.0.0/24
        zone: ap-northeast-2a
        instances: {one: {id: i-00000000000000001}, two: {}}
",
    )
    .unwrap();
    assert!(export::yaml(&world).contains("default-client: one"));
    let instance = "i-00000000000000001".parse().unwrap();
    let change = TerminateInstances { instance, at: 0 };
    world = world.apply(&change.into()).unwrap().0;
    let text = export::yaml(&world);
    assert!(!text.contains("default-client"), "{text}");
    let asker =
        |world: &World| Snapshot::new(world.clone(), std::sync::Arc::default()).default_asker();
    assert_eq!(asker(&load(&text).unwrap()), asker(&world));
}
