//! Tests of world files: the resulting World, and each kind of problem at its exact position.

use super::keys::Part;
use super::*;
use crate::{
    import::text::diagnostic::Severity,
    model::{id, name::Name, record::RecordType, resources::resources},
};

fn load_text(text: &str) -> Result<Loaded, Vec<Problem>> {
    load(&Source { name: "w.yaml".to_owned(), text: text.to_owned() }, &Defaults::default())
}

fn good(text: &str) -> Loaded {
    load_text(text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The line, column, length and message of every problem.
fn bad(text: &str) -> Vec<(usize, usize, usize, String)> {
    let problems = load_text(text).unwrap_err();
    problems.into_iter().map(|it| (it.line, it.column, it.length, it.message)).collect()
}

/// Asserts that a text has exactly one problem, with this position and message.
#[track_caller]
fn one(text: &str, line: usize, column: usize, length: usize, message: &str) {
    assert_eq!(bad(text), [(line, column, length, message.to_owned())]);
}

const VPC: &str = "\
vpcs:
  V:
    cidr: 10.0.0.0/16
    dns-hostnames: true
    internet-gateway: IGW
    route-tables:
      RT: {routes: {0.0.0.0/0: internet-gateway}}
    subnets:
      A: {cidr: 10.0.0.0/24, zone: ap-northeast-2a, route-table: RT, instances: {I: {address: 10.0.0.10}}}
      B: {cidr: 10.0.1.0/24, zone: ap-northeast-2b}
";

#[test]
fn a_world_of_every_part() {
    let text = "
region: us-east-1
account: \"111122223333\"
default-client: I
switches: {wildcard: cname, pending: nxdomain, missing-type: nxdomain, quirks: true, public-ttl-cap: 60, negative-ttl-cap: 30, ip-names: held, catalog-date: 2023-09, services: known-only}
vpcs:
  V:
    id: vpc-00000001
    cidr: [10.0.0.0/16, 10.1.0.0/16]
    ipv6-cidr: 2001:db8::/56
    dns-hostnames: true
    dhcp-options: {domain-name: corp.example, servers: [AmazonProvidedDNS]}
    internet-gateway: IGW
    route-tables:
      main: {main: true}
      RT: {routes: {0.0.0.0/0: nat-00000000000000001, 10.2.0.0/16: P, 10.3.0.0/16: tgw-00000001}}
    subnets:
      A:
        cidr: 10.0.0.0/24
        zone: us-east-1a
        ipv6-cidr: 2001:db8::/64
        dns64: true
        resource-names: {hostname: resource, a: true, aaaa: true}
        instances:
          I: {ipv6: 2001:db8::5, type: m5.large}
          J: {address: 10.0.0.4, hostname: ip}
          K:
      B: {cidr: 10.0.1.0/24, zone: us-east-1b, ipv6-cidr: \"2001:db8:0:1::/64\", route-table: RT}
    endpoints:
      S3: {service: s3, type: gateway, route-tables: [RT, main]}
      S3I: {service: s3, private-dns: true, subnets: [A, B]}
      EC2: {id: vpce-00000001, suffix: 0001e309, service: ec2, state: pending, subnets: {A: {ipv4: 10.0.0.50, ipv6: 2001:db8::50}, B: }, ip-address-type: dualstack, unhealthy-zones: us-east-1b}
      Own: {service: Svc, private-dns: true, subnets: {A: 10.0.0.60}}
      Wait: {service: vpce-svc-00000001, private-dns: false, state: pendingAcceptance}
      No: {service: Svc, private-dns: false, state: rejected, policy: {Statement: [{Effect: Allow}]}, security-groups: [sg-00000001]}
    inbound-endpoints: {onprem: {addresses: [10.0.0.200]}}
  W: {cidr: 10.2.0.0/16, dns-hostnames: true, owner: \"444455556666\", subnets: {X: {cidr: 10.2.0.0/24, zone: us-east-1a, instances: {T: }}}}
load-balancers:
  N: {vpc: W, zones: {us-east-1a: 198.51.100.1, us-east-1b: 198.51.100.2}, unhealthy-zones: us-east-1b, targets: T, client-routing: zone-affinity}
  L: {vpc: W, type: application, scheme: internal, zones: {us-east-1a: 10.2.0.100}}
endpoint-services:
  Svc: {id: vpce-svc-00000001, load-balancers: N, private-dns-name: {name: api.example.com, state: verified}}
hosted-zones:
  corp.internal:
    vpcs: [V, W]
    records:
      app: [\"300 A 10.0.1.50\", \"300 A 10.0.1.51\", {type: TXT, ttl: 5, values: [\"\\\"a b\\\"\"]}]
      \"@\": 60 MX 10 mail.corp.internal
      \"*.dev\": [{alias: app.corp.internal}]
peerings:
  P: {requester: V, accepter: W, requester-dns: true}
";
    let loaded = good(text);
    let world = &loaded.world;
    assert_eq!(loaded.changes.len(), loaded.positions.len());
    assert_eq!(world.switches.public_ttl_cap, 60);
    assert_eq!(world.default_client.as_deref(), Some("I"));
    let by_name = |name: &str| world.instances.values().find(|it| it.label() == name).unwrap();
    // Addresses in the file are not given to others: .4 is J's.
    assert_eq!(by_name("I").address, Some([10, 0, 0, 5].into()));
    assert_eq!(by_name("K").address, Some([10, 0, 0, 6].into()));
    assert!(by_name("I").name_options.resource_name && !by_name("J").name_options.resource_name);
    let endpoint = |name: &str| world.endpoints.values().find(|it| it.label() == name).unwrap();
    assert_eq!(endpoint("EC2").state.text(), "pending");
    assert_eq!(&*endpoint("EC2").suffix, "0001e309");
    assert_eq!(endpoint("EC2").interfaces.len(), 2);
    assert!(!endpoint("EC2").interfaces[1].healthy);
    assert_eq!(endpoint("Own").state.text(), "available");
    assert_eq!(endpoint("Own").private_names.len(), 1);
    assert_eq!(endpoint("Wait").state.text(), "pendingAcceptance");
    assert_eq!(endpoint("No").state.text(), "rejected");
    assert!(endpoint("No").policy.as_deref().unwrap().starts_with('{'));
    assert!(endpoint("S3I").inbound_only);
    let peering = world.peerings.values().next().unwrap();
    assert!(peering.is_active() && peering.requester_dns && !peering.accepter_dns);
    let v = world.vpcs.values().find(|it| it.label() == "V").unwrap();
    assert_eq!((&*v.owner, v.region), ("111122223333", "us-east-1"));
    assert!(v.dns_hostnames && v.dhcp_options.is_some());
    let zone = world.hosted_zones.values().next().unwrap();
    assert_eq!(zone.data.names().len(), 3);
    let set = |name: &str, rtype| {
        zone.data.node(name.parse::<Name>().unwrap().as_ref()).unwrap().set(rtype).unwrap().data[0]
            .wire()
            .to_vec()
    };
    assert_eq!(set("app.corp.internal", RecordType::TXT), b"\x03a b");
    assert_eq!(set("corp.internal", RecordType::MX), b"\x00\x0a\x04mail\x04corp\x08internal\x00");
    assert_eq!(world.load_balancers.len(), 2);
    assert!(loaded.warnings.is_empty());
    // The same file gives the same ids everywhere.
    assert_eq!(good(text).changes, loaded.changes);
}

#[test]
fn ipv6_only_subnets_name_instances_by_id() {
    let text = "vpcs: {V: {cidr: 10.0.0.0/16, subnets: {S: {cidr: 10.0.0.0/24, zone: ap-northeast-2a, ipv6-native: true, ipv6-cidr: \"2001:db8::/64\", instances: {I: {ipv6: \"2001:db8::9\"}}}}}}";
    let world = good(text).world;
    let instance = world.instances.values().next().unwrap();
    assert!(instance.name_options.resource_name && instance.name_options.resource_name_aaaa);
    assert!(!instance.name_options.resource_name_a && instance.address.is_none());
}

#[test]
fn an_empty_file_is_an_empty_world() {
    assert!(good("").world.vpcs.is_empty());
    assert!(good("vpcs:\n").changes.is_empty());
}

#[test]
fn unknown_keys_have_hints() {
    let problems = load_text("vpcs:\n  V: {cidr: 10.0.0.0/16, dns-hostname: true}\n").unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].line, problems[0].column, problems[0].length), (2, 26, 12));
    assert_eq!(problems[0].message, "unknown key `dns-hostname`");
    assert_eq!(problems[0].hint.as_deref(), Some("did you mean `dns-hostnames`?"));
    let problems = load_text("nonsense: 1\n").unwrap_err();
    assert!(problems[0].hint.as_deref().unwrap().starts_with("the keys here are region, account"));
}

#[test]
fn forms_are_checked_at_the_value() {
    one("vpcs: [a]\n", 1, 7, 1, "expected a map, found a list");
    one("vpcs:\n  V: 5\n", 2, 6, 1, "expected a map, found \"5\"");
    one("vpcs:\n  V: {}\n", 2, 3, 1, "`cidr` is missing");
    one(
        "vpcs: {V: {cidr: 10.0.0.0}}\n",
        1,
        18,
        8,
        "expected an IPv4 range such as 10.0.0.0/16, found \"10.0.0.0\"",
    );
    one(
        &VPC.replace("10.0.0.10", "10.0.0"),
        9,
        95,
        6,
        "expected an IPv4 address, found \"10.0.0\"",
    );
    one(
        &VPC.replace("hostnames: true", "hostnames: yes"),
        4,
        20,
        3,
        "expected true or false, found \"yes\"",
    );
    one(
        "region: ap-northeast-9\n",
        1,
        9,
        14,
        "expected a region such as ap-northeast-2, found \"ap-northeast-9\"",
    );
    one("account: 12\n", 1, 10, 2, "expected an account of twelve digits, found \"12\"");
    one(
        "switches: {wildcard: cnam}\n",
        1,
        22,
        4,
        "expected `as-recorded`, `cname` or `plain`, found \"cnam\"",
    );
    one(
        "vpcs: {V: {id: vpc-123, cidr: 10.0.0.0/16}}",
        1,
        16,
        7,
        "expected a VPC id such as vpc-0123456789abcdef0, found \"vpc-123\"",
    );
    one(
        "vpcs: {V: {cidr: 10.0.0.0/16, subnets: {S: {cidr: 10.0.0.0/24}}}}",
        1,
        41,
        1,
        "`zone` is missing",
    );
}

#[test]
fn refusals_stand_at_what_caused_them() {
    one("vpcs: {V: {cidr: 10.0.0.0/8}}", 1, 18, 10, "The CIDR '10.0.0.0/8' is invalid.");
    one(
        "vpcs: {V: {cidr: [10.0.0.0/16, 10.0.3.0/24]}}",
        1,
        32,
        11,
        "The CIDR '10.0.3.0/24' conflicts with another CIDR of the VPC",
    );
    one(
        &VPC.replace("10.0.1.0/24", "10.0.0.128/25"),
        10,
        17,
        13,
        "The CIDR '10.0.0.128/25' conflicts with another subnet",
    );
    one(
        &VPC.replace("10.0.1.0/24", "10.9.0.0/24"),
        10,
        17,
        11,
        "The CIDR '10.9.0.0/24' is invalid.",
    );
    one(
        &VPC.replace("10.0.0.10", "10.0.9.10"),
        9,
        95,
        9,
        "Address 10.0.9.10 does not fall within the subnet's address range",
    );
    one(
        &VPC.replace("10.0.0.10", "10.0.0.2"),
        9,
        95,
        8,
        "Address 10.0.0.2 is in subnet's reserved address range",
    );
    let zone = bad(&VPC.replace("ap-northeast-2b", "ap-northeast-9z"));
    assert_eq!((zone[0].0, zone[0].1, zone.len()), (10, 36, 1));
    let twice =
        VPC.replace("I: {address: 10.0.0.10}", "I: {address: 10.0.0.10}, J: {address: 10.0.0.10}");
    one(&twice, 9, 120, 9, "Address 10.0.0.10 is in use.");
    let public = VPC.replace(
        "I: {address: 10.0.0.10}",
        "I: {public-address: 3.3.3.3}, J: {public-address: 3.3.3.3}",
    );
    one(&public, 9, 132, 7, "Address 3.3.3.3 is in use by another instance.");
}

fn with_endpoint(endpoint: &str) -> String {
    format!("{VPC}    endpoints:\n      E: {{{endpoint}}}\n")
}

#[test]
fn refused_endpoints() {
    let service = load_text(&with_endpoint("service: cloudfromation")).unwrap_err();
    assert_eq!((service[0].line, service[0].column, service[0].length), (12, 20, 14));
    assert_eq!(service[0].code, Some("InvalidServiceName"));
    assert_eq!(service[0].hint.as_deref(), Some("did you mean `cloudformation`?"));
    let kind = bad(&with_endpoint("service: cloudformation, type: gateway"));
    assert_eq!((kind[0].0, kind[0].1), (12, 42));
    let address = bad(&with_endpoint("service: ec2, subnets: {A: 10.0.0.108, B: 10.0.0.109}"));
    assert_eq!((address[0].0, address[0].1, address[0].2), (12, 53, 10));
    let both = bad(&with_endpoint("service: ec2}\n      F: {service: ec2"));
    assert_eq!((both[0].0, both[0].1), (13, 7), "private DNS by default has no key to stand at");
    let both =
        load_text(&with_endpoint("service: ec2}\n      F: {service: ec2, private-dns: true"))
            .unwrap_err();
    assert_eq!((both[0].line, both[0].column), (13, 38));
    assert!(both[0].message.starts_with("private-dns-enabled cannot be set"));
    let table = bad(&with_endpoint(
        "service: s3, type: gateway, route-tables: [RT]}\n      F: {service: s3, type: gateway, route-tables: [RT]",
    ));
    assert_eq!((table[0].0, table[0].1, table[0].2), (13, 54, 2));
    let record = bad(&with_endpoint("service: ec2, dns-record-ip-type: ipv6"));
    assert_eq!((record[0].0, record[0].1), (12, 45));
    let health =
        bad(&with_endpoint("service: ec2, subnets: [A], unhealthy-zones: [ap-northeast-2b]"));
    assert_eq!((health[0].0, health[0].1), (12, 57));
    let state = bad(&with_endpoint("service: ec2, state: rejected"));
    assert_eq!((state[0].0, state[0].1), (12, 32));
    let none = bad(&with_endpoint(
        "service: states, private-dns: true, private-dns-only-for-inbound-resolver-endpoint: true",
    ));
    assert_eq!((none[0].0, none[0].1), (12, 95));
}

#[test]
fn dangling_references_have_hints() {
    let problems = load_text(&VPC.replace("route-table: RT", "route-table: RTT")).unwrap_err();
    assert_eq!(problems.len(), 1, "the subnet is left out in silence: {problems:?}");
    assert_eq!((problems[0].line, problems[0].column, problems[0].length), (9, 66, 3));
    assert_eq!(problems[0].message, "there is no route table `RTT`");
    assert_eq!(problems[0].hint.as_deref(), Some("did you mean `RT`?"));
    let problems = load_text(&with_endpoint("service: ec2, subnets: {A: , C: }")).unwrap_err();
    assert_eq!((problems.len(), problems[0].column), (1, 40));
    assert_eq!(problems[0].hint.as_deref(), Some("did you mean `A` or `B`?"));
    one(
        "default-client: Nobody\n",
        1,
        17,
        6,
        "expected an instance, subnet, VPC, address or `internet`, found \"Nobody\"",
    );
    one(
        "peerings: {P: {requester: V, accepter: W}}\nvpcs: {V: {cidr: 10.0.0.0/16}}\n",
        1,
        40,
        1,
        "there is no VPC `W`",
    );
    one("hosted-zones: {a.b: {vpcs: [X]}}", 1, 29, 1, "there is no VPC `X`");
    let route = VPC.replace("0.0.0.0/0: internet-gateway", "0.0.0.0/0: internet-gatway");
    assert_eq!(
        load_text(&route).unwrap_err()[0].hint.as_deref(),
        Some("did you mean `internet-gateway`?")
    );
    let other = format!(
        "{VPC}  W: {{cidr: 10.9.0.0/16, subnets: {{X: {{cidr: 10.9.0.0/24, zone: ap-northeast-2a, route-table: RT}}}}}}\n"
    );
    assert_eq!(load_text(&other).unwrap_err()[0].hint.as_deref(), Some("it lies in another VPC"));
}

#[test]
fn names_that_mean_two_things_ask_for_an_id() {
    let text = "vpcs:\n  V: {id: vpc-00000001, cidr: 10.0.0.0/16}\nload-balancers: {N: {vpc: V, targets: [I]}}\n";
    let two = text.replace(
        "cidr: 10.0.0.0/16}",
        "cidr: 10.0.0.0/16, subnets: {A: {cidr: 10.0.0.0/24, zone: ap-northeast-2a, instances: {I: {id: i-00000001}}}, B: {cidr: 10.0.1.0/24, zone: ap-northeast-2a, instances: {I: {id: i-00000002}}}}}",
    );
    let problems = load_text(&two).unwrap_err();
    assert_eq!(problems[0].message, "several things are called `I`");
    assert_eq!(problems[0].hint.as_deref(), Some("use an id: i-00000001, i-00000002"));
    good(&two.replace("targets: [I]", "targets: [i-00000002]"));
}

#[test]
fn ids_are_used_once() {
    one(
        "vpcs:\n  V: {id: vpc-00000001, cidr: 10.0.0.0/16}\n  W: {id: vpc-00000001, cidr: 10.1.0.0/16}\n",
        3,
        11,
        12,
        "the id vpc-00000001 is used twice in this file",
    );
}

#[test]
fn every_problem_is_told_and_none_twice() {
    let text = "\
vpcs:
  V:
    cidr: 10.0.0.0/99
    subnets:
      A: {cidr: 10.0.0.0/24, zone: ap-northeast-2a, instances: {I: {address: 10.0.0.300}}}
    endpoints:
      E: {service: ec2, subnets: [A]}
      F: {service: nonsense, sufix: a}
  W:
    cidr: 10.1.0.0/16
    subnets:
      B: {cidr: 10.2.0.0/24, zone: ap-northeast-2a, instances: {J: {}}}
    endpoints:
      G: {service: ec2, subnets: [B]}
load-balancers: {N: {vpc: W, targets: [J]}}
endpoint-services: {S: {load-balancers: [N]}}
hosted-zones: {x.y: {vpcs: [W, V], records: {a: [300 A b]}}}
";
    let positions: Vec<_> =
        bad(text).into_iter().map(|(line, column, ..)| (line, column)).collect();
    assert_eq!(positions, [(3, 11), (5, 78), (8, 30), (12, 17), (17, 50)]);
}

#[test]
fn hosted_zones() {
    let conflict =
        "vpcs: {V: {cidr: 10.0.0.0/16}}\nhosted-zones:\n  a.b: {vpcs: [V]}\n  A.B.: {vpcs: [V]}\n";
    let problems = load_text(conflict).unwrap_err();
    assert_eq!((problems[0].line, problems[0].column), (4, 17));
    assert_eq!(problems[0].code, Some("ConflictingDomainExists"));
    let list = "vpcs: {V: {cidr: 10.0.0.0/16}, W: {cidr: 10.1.0.0/16}}\nhosted-zones:\n- {name: a.b, vpcs: [V]}\n- {name: a.b, vpcs: W}\n";
    assert_eq!(good(list).world.hosted_zones.len(), 2);
    one("hosted-zones: [{vpcs: []}]", 1, 16, 1, "`name` is missing");
    one("hosted-zones: {a..b: {}}", 1, 16, 4, "expected a DNS name as the name of a zone");
    let record =
        |record: &str| bad(&format!("hosted-zones: {{a.b: {{records: {{{record}}}}}}}")).remove(0);
    assert_eq!(record("w: [300 B c]").3, "`B` is not a record type");
    assert_eq!(record("w: [300 SOA c]").3, "the SOA of a private zone is made by Route 53");
    assert_eq!(
        record("w: [9999999999 A 1.2.3.4]").3,
        "expected a TTL in seconds, found \"9999999999\""
    );
    assert_eq!(record("w.other.: [A 1.2.3.4]").3, "w.other does not lie in the zone a.b");
    assert_eq!(record("w: [A 1.2.3.4, CNAME x.y]").3, "w.a.b has a CNAME and other data");
    assert_eq!(record("\"@\": [CNAME x.y]").3, "a.b is the zone's own name and cannot be a CNAME");
    assert_eq!(
        record("w: [{alias: x.y, ttl: 5}]").3,
        "an alias has no `ttl`: it answers as its target does"
    );
    assert_eq!(record("w: [{type: A}]").3, "`values` is missing");
    assert_eq!(
        record("w: [[A]]").3,
        "expected a record such as \"300 A 10.0.0.1\" or a map, found a list"
    );
}

#[test]
fn peerings_and_routes() {
    let two = "vpcs: {V: {cidr: 10.0.0.0/16, dns-hostnames: true}, W: {cidr: 10.0.1.0/24}}\npeerings: {P: {requester: V, accepter: W}}\n";
    let overlap = bad(two);
    assert_eq!((overlap[0].0, overlap[0].1), (2, 40));
    let apart = two.replace("10.0.1.0/24", "10.1.0.0/16");
    good(&apart);
    let inactive = apart.replace("accepter: W", "accepter: W, active: false, accepter-dns: true");
    let problems = load_text(&inactive).unwrap_err();
    assert_eq!(
        (problems[0].line, problems[0].column, problems[0].code),
        (2, 72, Some("OperationNotPermitted"))
    );
    one(&VPC.replace("    internet-gateway: IGW\n", ""), 6, 32, 16, "`V` has no internet gateway");
    let prefix = load_text(&VPC.replace("0.0.0.0/0:", "pl-78a54011:")).unwrap_err();
    assert_eq!((prefix[0].line, prefix[0].column), (7, 21));
    let six = good(&VPC.replace("{0.0.0.0/0:", "{\"::/0\": internet-gateway, 0.0.0.0/0:"));
    assert_eq!(six.warnings.problems().next().unwrap().severity, Severity::Warning);
    one(
        &VPC.replace("routes: {0", "main: true}\n      RS: {main: true, routes: {0"),
        8,
        18,
        4,
        "`RT` is the main route table already",
    );
}

#[test]
fn an_attribute_switched_off_later_is_a_warning() {
    let text = with_endpoint("service: ec2").replace("dns-hostnames: true", "dns-hostnames: false");
    let loaded = good(&text);
    let warning = loaded.warnings.problems().next().unwrap();
    assert_eq!((warning.line, warning.column, warning.severity), (4, 20, Severity::Warning));
    assert_eq!(warning.message, "private DNS of E has no effect while dns-hostnames of `V` is off");
    assert!(loaded.world.endpoints.values().next().unwrap().private_dns);
    assert!(!loaded.world.vpcs.values().next().unwrap().dns_hostnames);
    assert!(
        good(&text.replace("service: ec2", "service: ec2, private-dns: false")).warnings.is_empty()
    );
}

#[test]
fn too_many_problems_are_counted() {
    let many: String = (0..1_000).map(|key| format!("k{key}: 1\n")).collect();
    let problems = load_text(&many).unwrap_err();
    assert_eq!(problems.len(), 201);
    assert_eq!(problems[200].message, "800 more problems are not listed");
}

#[test]
fn the_schema_has_the_keys_of_the_reader() {
    let text = include_str!("../../../docs/world.schema.json");
    let schema: serde_json::Value = serde_json::from_str(text).unwrap();
    let parts: &[(&str, &[&str])] = &[
        ("world", keys::WORLD),
        ("switches", keys::SWITCHES),
        ("vpc", keys::VPC),
        ("dhcp-options", keys::DHCP_OPTIONS),
        ("internet-gateway", keys::INTERNET_GATEWAY),
        ("route-table", keys::ROUTE_TABLE),
        ("security-group", keys::SECURITY_GROUP),
        ("security-group-rule", keys::SECURITY_GROUP_RULE),
        ("network-acl", keys::NETWORK_ACL),
        ("subnet", keys::SUBNET),
        ("resource-names", keys::RESOURCE_NAMES),
        ("instance", keys::INSTANCE),
        ("nat-gateway", keys::NAT_GATEWAY),
        ("nat-address", keys::NAT_ADDRESS),
        ("metadata", keys::METADATA),
        ("placement", keys::PLACEMENT),
        ("endpoint", keys::ENDPOINT),
        ("endpoint-subnet", keys::ENDPOINT_SUBNET),
        ("inbound-endpoint", keys::INBOUND_ENDPOINT),
        ("load-balancer", keys::LOAD_BALANCER),
        ("load-balancer-zone", keys::LOAD_BALANCER_ZONE),
        ("listener", keys::LISTENER),
        ("listener-rule", keys::LISTENER_RULE),
        ("target-health-check", keys::TARGET_HEALTH_CHECK),
        ("target", keys::TARGET),
        ("managed-resource", keys::MANAGED_RESOURCE),
        ("private-dns-name", keys::PRIVATE_DNS_NAME),
        ("health-check", keys::HEALTH_CHECK),
        ("hosted-zone", keys::HOSTED_ZONE),
        ("record", keys::RECORD),
        ("resolver-rule", keys::RESOLVER_RULE),
        ("firewall-rule-group", keys::FIREWALL_RULE_GROUP),
        ("firewall-rule", keys::FIREWALL_RULE),
        ("profile-vpc", keys::PROFILE_VPC),
        ("profile-resource", keys::PROFILE_RESOURCE),
        ("firewall", keys::FIREWALL),
        ("fault", keys::FAULT),
    ];
    macro_rules! parts {
        ($($map:ident $id:ident $key:literal $definition:literal $unique:ident;)*) => {
            &[$(($definition, id::$id::KEYS)),*]
        };
    }
    let of_resources: &[(&str, &[&str])] = resources! { file => parts };
    let defined = schema["$defs"].as_object().unwrap();
    assert_eq!(defined.len(), parts.len() + of_resources.len());
    for (part, keys) in parts.iter().chain(of_resources) {
        let definition = &defined[*part];
        assert_eq!(definition["additionalProperties"], false, "{part}");
        let described = definition["properties"].as_object().unwrap();
        let names: Vec<&str> = described.keys().map(String::as_str).collect();
        assert_eq!(&names, keys, "{part}");
        for (name, property) in described {
            assert!(
                property["description"].is_string() || property["$ref"].is_string(),
                "{part}.{name} is not described"
            );
        }
    }
}

mod random;
mod security;
mod shared;

#[test]
fn other_names_belong_to_something_of_the_file() {
    let file = |names: &str| {
        let text = format!(
            "vpcs: {{V: {{id: vpc-00000001, cidr: 10.0.0.0/16}}}}\nalso-known-as: {names}\n"
        );
        load_text(&text)
    };
    for (names, others) in [
        ("{V: main}", Some(vec!["main"])),
        ("{vpc-00000001: [main, aws_vpc.v, main]}", Some(vec!["main", "aws_vpc.v"])),
        ("{V: }", None),
        ("", None),
    ] {
        let world = file(names).unwrap().world;
        let known = world.other_names.get(&"vpc-00000001".to_owned());
        let known = known.map(|it| it.0.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(known, others, "{names}");
    }
    for (names, problem) in [
        ("{W: main}", "nothing, or more than one thing, is called `W`"),
        ("{V: ' '}", "a name is empty, or has control characters"),
        ("{V: [[a]]}", "expected"),
        ("{V: {a: b}}", "expected a list, found a map"),
        ("[V]", "expected a map"),
    ] {
        let problems = file(names).unwrap_err();
        assert!(problems[0].message.contains(problem), "{names}: {problems:?}");
        assert_eq!(problems[0].line, 2, "{names}");
    }
}
