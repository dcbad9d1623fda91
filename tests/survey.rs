//! `vpcdns survey`, `vpcdns diff` and `vpcdns what-if`: their output as snapshots, and their exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::fs;

use common::{scratch, vpcdns};

const ASKER: &str = "CloudNeta-Private-EC2";

#[test]
fn a_survey_asks_every_service() {
    let printed = vpcdns(&["survey", "lab09-1", "--from", ASKER]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let kept: Vec<&str> = printed
        .out
        .lines()
        .filter(|line| {
            line.contains(" cloudformation.") || line.contains("s3") || line.contains("names: ")
        })
        .collect();
    insta::assert_snapshot!("survey_lab1", kept.join("\n"));
    // One line a name: the verdict, the addresses, the way where it is not what the verdict says, and the name.
    let shape = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(matches!(words[0], "PRIVATE" | "PUBLIC" | "FAILED"), "{line}");
        let name = words[words.len() - 1];
        assert!(line.len() <= 80 || name.len() > 45 || words.len() > 4, "{line}");
    };
    printed.out.lines().take_while(|line| !line.is_empty()).for_each(shape);
    // The private address apart, what takes the gateway endpoint arrives and nothing else does.
    let sums = printed.out.lines().find(|line| line.contains(" names: ")).unwrap();
    let number = |before: &str, after: &str| -> usize {
        let rest = sums.split_once(before).unwrap().1;
        rest.split_once(after).unwrap().0.parse().unwrap()
    };
    let (public, nowhere) =
        (number("1 private, ", " public"), number("of which ", " lead nowhere"));
    let gateway = number("nowhere and ", " take");
    assert_eq!(public, nowhere + gateway, "{sums}");
    // Why they lead nowhere stands once.
    let whys: Vec<&str> = printed.out.lines().filter(|line| line.contains("no route in")).collect();
    assert_eq!(whys, [format!("{nowhere} names: nowhere: no route in CloudNeta-Private-RT")]);
}

#[test]
fn a_survey_in_json_agrees_with_explain() {
    let read = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let printed = vpcdns(arguments);
        assert_eq!(printed.code, 0, "{}", printed.err);
        serde_json::from_str(&printed.out).unwrap()
    };
    let lines = read(&["survey", "--json", "--from", ASKER]);
    let find = |name: &str| lines.iter().find(|line| line["name"] == name).unwrap();
    let name = "cloudformation.ap-northeast-2.amazonaws.com";
    insta::assert_snapshot!("survey_json", serde_json::to_string_pretty(find(name)).unwrap());
    assert_eq!(find("*.s3.ap-northeast-2.amazonaws.com")["path"], "gateway");
    let lost = find("sqs.ap-northeast-2.amazonaws.com");
    assert_eq!((&lost["path"], &lost["reason"]), (&"nowhere".into(), &"no-route".into()));
    assert_eq!(lost["way"], "nowhere: no route in CloudNeta-Private-RT");
    for (name, code) in [(name, 0), ("sqs.ap-northeast-2.amazonaws.com", 10)] {
        assert_eq!(vpcdns(&["explain", name, "--from", ASKER]).code, code);
        let verdict = if code == 0 { "PRIVATE" } else { "PUBLIC" };
        assert_eq!(find(name)["verdict"], verdict);
    }
    let old = read(&["survey", "--json", "--from", ASKER, "--catalog-date", "2023-09"]);
    assert!(old.len() < lines.len(), "{} of {}", old.len(), lines.len());
    let outside =
        read(&["survey", "empty", "--json", "--from", "internet", "--region", "us-east-1"]);
    assert!(outside.iter().any(|line| line["name"] == "sqs.us-east-1.amazonaws.com"));
    assert!(outside.iter().all(|line| line["verdict"] != "PRIVATE"));
}

#[test]
fn an_unknown_client_fails_as_in_explain() {
    let survey = vpcdns(&["survey", "lab09-1", "--from", "nobody"]);
    let explain = vpcdns(&["explain", "a.b", "lab09-1", "--from", "nobody"]);
    assert_eq!((survey.code, survey.out.as_str()), (1, ""));
    assert_eq!((survey.code, survey.err), (explain.code, explain.err));
    assert_eq!(vpcdns(&["survey", "lab09-9", "--from", "internet"]).code, 1);
}

#[test]
fn a_diff_names_causes() {
    let printed = vpcdns(&["diff", "lab09-1@dns-hostnames", "lab09-1@interface-endpoint"]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    insta::assert_snapshot!("diff_interface_endpoint", printed.out);
    let printed = vpcdns(&["diff", "lab09-1@base", "lab09-1@dns-hostnames"]);
    insta::assert_snapshot!("diff_dns_hostnames", printed.out);
    let printed = vpcdns(&["diff", "lab09-2@base", "lab09-2"]);
    insta::assert_snapshot!("diff_lab2", printed.out);
}

#[test]
fn a_world_does_not_differ_from_itself() {
    for world in ["lab09-1", "lab09-2", "default-vpc", "empty"] {
        let printed = vpcdns(&["diff", world, world]);
        assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
        let told =
            format!("nothing breaks, moves or mends\n\n{world} and {world}: no answer differs\n");
        assert!(printed.out.starts_with(&told), "{}", printed.out);
    }
    let json = vpcdns(&["diff", "lab09-1", "lab09-1", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["diff"]["same"], true);
    assert_eq!(json["diff"]["places"].as_array().unwrap().len(), 0);
}

#[test]
fn a_diff_in_json_has_both_answers() {
    let printed =
        vpcdns(&["diff", "--json", "lab09-1@dns-hostnames", "lab09-1@interface-endpoint"]);
    assert_eq!(printed.code, 1);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(json["b"], "lab09-1@interface-endpoint");
    let heading = &json["diff"]["places"][0];
    assert_eq!(heading["from"], "anywhere in CloudNeta-VPC");
    // Two subnets and an instance in each.
    assert_eq!(heading["places"].as_array().unwrap().len(), 4);
    insta::assert_snapshot!(
        "diff_json",
        serde_json::to_string_pretty(&heading["groups"][0]).unwrap()
    );
}

#[test]
fn zones_rules_and_places_of_one_side_are_found() {
    let folder = scratch("diff");
    let world = |name: &str, rest: &str| {
        let path = folder.join(name);
        fs::write(
            &path,
            format!("region: ap-northeast-2\nvpcs:\n  Shop:\n    cidr: 10.0.0.0/16\n{rest}"),
        )
        .unwrap();
        path.to_str().unwrap().to_owned()
    };
    let subnet = "    dns-hostnames: true\n    subnets:\n      app:\n        cidr: 10.0.1.0/24\n        zone: \
                  ap-northeast-2a\n        instances:\n          web: {address: 10.0.1.10}\n";
    let before = world("before.yaml", subnet);
    let after = world(
        "after.yaml",
        &format!(
            "{subnet}          db: {{address: 10.0.1.20}}\nhosted-zones:\n  shop.internal:\n    vpcs: [Shop]\n    records:\n      \
             db: [\"60 A 10.0.1.20\"]\n      \"*.cache\": [\"60 CNAME db.shop.internal.\"]\n      note: [\"60 TXT hello\"]\n"
        ),
    );
    let printed = vpcdns(&["diff", &before, &after]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    let shown = printed.out.replace(folder.to_str().unwrap(), "DIR");
    insta::assert_snapshot!("diff_hosted_zone", shown);
    let off = world("off.yaml", &subnet.replace("hostnames", "support").replace("true", "false"));
    let printed = vpcdns(&["diff", &before, &off, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    let groups = json["diff"]["places"][0]["groups"].as_array().unwrap();
    assert!(groups.iter().all(|group| group["after"] == "DNS support off in Shop"), "{groups:?}");
    assert!(groups.iter().any(|group| group["names"].as_array().unwrap().len() > 600));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn places_that_were_unlike_on_one_side_are_told_apart() {
    let folder = scratch("diff-places");
    let world = |name: &str, dns64: &str| {
        let path = folder.join(name);
        let text = format!(
            "region: us-east-1\nvpcs:\n  V:\n    cidr: 10.0.0.0/16\n    ipv6-cidr: 2001:db8:1::/56\n    dns-hostnames: true\n    \
             subnets:\n      a: {{cidr: 10.0.0.0/24, zone: us-east-1a, ipv6-cidr: '2001:db8:1::/64'{dns64}}}\n      \
             b: {{cidr: 10.0.1.0/24, zone: us-east-1a, ipv6-cidr: '2001:db8:1:1::/64'}}\n"
        );
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (with, without) = (world("with.yaml", ", dns64: true"), world("without.yaml", ""));
    for (before, after) in [(&with, &without), (&without, &with)] {
        let printed = vpcdns(&["diff", before, after]);
        assert_eq!(printed.code, 1, "{}", printed.err);
        let places = printed.out.lines().filter(|line| line.starts_with("asked from"));
        assert_eq!(places.collect::<Vec<_>>(), ["asked from subnet a in V"]);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_diff_needs_two_worlds_that_can_be_read() {
    assert_eq!(vpcdns(&["diff", "lab09-1"]).code, 1);
    assert_eq!(vpcdns(&["diff", "lab09-1", "lab09-1", "lab09-1"]).code, 1);
    let printed = vpcdns(&["diff", "lab09-1", "lab09-9"]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.is_empty() && !printed.err.is_empty());
}

#[test]
fn what_if_tells_what_breaks() {
    let off = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsHostnames: false}";
    let printed = vpcdns(&["what-if", "lab09-1", "--set", off]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    insta::assert_snapshot!("what_if_dns_hostnames", printed.out);
    let on = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsHostnames: true}";
    let printed = vpcdns(&["what-if", "lab09-1", "--set", off, "--set", on, "--json"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(json["diff"]["same"], true);
    assert_eq!(json["breaks"].as_array().unwrap().len(), 0);
    // A route decides ways and no answer.
    let route = "DeleteRoute: {RouteTableId: CloudNeta-Public-RT, DestinationCidrBlock: 0.0.0.0/0}";
    let printed = vpcdns(&["what-if", "lab09-1", "--set", route]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    assert!(printed.out.contains("no answer differs"), "{}", printed.out);
    assert!(printed.out.contains("no route in CloudNeta-Public-RT"), "{}", printed.out);
}

#[test]
fn what_if_takes_new_endpoints_as_available() {
    let printed = vpcdns(&[
        "what-if",
        "lab09-1",
        "--set",
        "CreateVpcEndpoint: {VpcId: CloudNeta-VPC, VpcEndpointType: Interface, ServiceName: \
         com.amazonaws.ap-northeast-2.sqs, SubnetIds: [CloudNeta-Private-SN], PrivateDnsEnabled: true}",
    ]);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    let line = |name: &str| {
        printed.out.lines().any(|line| line.contains(name) && line.ends_with("→ 10.0.1.4"))
    };
    assert!(line(" sqs.ap-northeast-2.amazonaws.com "), "{}", printed.out);
    assert!(printed.out.starts_with("nothing breaks, "), "{}", printed.out);
    assert!(printed.out.contains("not looked at: "), "{}", printed.out);
}

#[test]
fn what_if_shows_what_cannot_be_changed() {
    for wrong in [
        "DeleteVpcs: {}",
        "ModifyVpcAttribute: {VpcId: Nowhere}",
        "[",
        "DeleteVpc: {VpcId: CloudNeta-VPC}",
    ] {
        let printed = vpcdns(&["what-if", "lab09-1", "--set", wrong]);
        assert_eq!((printed.code, printed.out.as_str()), (1, ""), "{wrong}");
        assert!(printed.err.contains("--set"), "{}", printed.err);
    }
    assert_eq!(vpcdns(&["what-if", "lab09-1"]).code, 1);
}

/// A VPC with an endpoint whose private DNS is on, and its route tables and subnets.
fn with_endpoint(name: &str, rest: &str) -> String {
    let path = scratch(name).join("world.yaml");
    let text = format!(
        "region: us-east-1\nvpcs:\n  V:\n    cidr: 10.0.0.0/16\n    dns-hostnames: true\n    internet-gateway: {{id: \
         igw-0123456789abcdef1}}\n    endpoints:\n      e: {{service: sqs, private-dns: true, subnets: {{a: 10.0.1.50}}}}\n{rest}"
    );
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const OFF: &str = "ModifyVpcEndpoint: {VpcEndpointId: e, PrivateDnsEnabled: false}";

/// What breaks in a World once the endpoint's private DNS is off.
fn broken(name: &str, rest: &str) -> (i32, String) {
    let printed = vpcdns(&["what-if", &with_endpoint(name, rest), "--set", OFF]);
    let from = printed.out.find("breaks for").unwrap_or(printed.out.len());
    let told = &printed.out[from..];
    let to = ["\nasked from", "\nassumed: "].iter().filter_map(|end| told.find(end)).min();
    (printed.code, told[..to.unwrap_or(told.len())].to_owned())
}

#[test]
fn what_if_judges_each_subnet_by_the_table_in_force_there() {
    // The main table leads out, but the only subnet is isolated.
    let (code, broken_out) = broken(
        "main-out.yaml",
        "    route-tables:\n      main: {main: true, routes: {0.0.0.0/0: nat-0123456789abcdef0}}\n      isolated: {}\n    \
         subnets:\n      a: {cidr: 10.0.1.0/24, zone: us-east-1a, route-table: isolated}\n",
    );
    assert_eq!(code, 1);
    assert_eq!(
        broken_out,
        "breaks for anywhere in V\n\n  1 name: the way was private and is now nowhere: no route in isolated\n  cure: add \
         a route from this table to a NAT gateway or another way out, or keep the answer private\n    \
         sqs.us-east-1.amazonaws.com\n"
    );
    // The main table leads nowhere, but the only subnet has a NAT gateway.
    let (code, broken_out) = broken(
        "main-shut.yaml",
        "    route-tables:\n      main: {main: true}\n      private: {routes: {0.0.0.0/0: nat-0123456789abcdef0}}\n    \
         subnets:\n      a: {cidr: 10.0.1.0/24, zone: us-east-1a, route-table: private}\n",
    );
    assert_eq!((code, broken_out.as_str()), (0, ""));
    // An instance elsewhere does not hide a subnet; of a zone each, the second one's NAT gateway is missing.
    let (code, broken_out) = broken(
        "zones.yaml",
        "    route-tables:\n      main: {main: true, routes: {0.0.0.0/0: nat-0123456789abcdef0}}\n      isolated: {}\n      \
         out: {routes: {0.0.0.0/0: internet-gateway}}\n    subnets:\n      a: {cidr: 10.0.1.0/24, zone: us-east-1a, \
         instances: {web: {address: 10.0.1.10}}}\n      b: {cidr: 10.0.2.0/24, zone: us-east-1b, route-table: isolated}\n      \
         c: {cidr: 10.0.3.0/24, zone: us-east-1b, route-table: out, map-public-ip: true}\n      d: {cidr: 10.0.4.0/24, zone: \
         us-east-1b, route-table: out, instances: {shut: {address: 10.0.4.10}, open: {address: 10.0.4.11, public-address: \
         3.1.1.1}}}\n",
    );
    assert_eq!(code, 1);
    let headings: Vec<&str> =
        broken_out.lines().filter(|line| line.starts_with("breaks")).collect();
    assert_eq!(
        headings,
        ["breaks for subnet b in V", "breaks for subnet d in V", "breaks for shut in V",],
        "{broken_out}"
    );
    assert!(broken_out.contains("nowhere: no route in isolated"), "{broken_out}");
    let none =
        "the instance has no public address, which internet gateway igw-0123456789abcdef1 needs";
    assert!(broken_out.contains(none), "{broken_out}");
    assert!(broken_out.contains("a new instance gets no public address"), "{broken_out}");
}

#[test]
fn what_if_looks_at_routes_of_every_subnet_and_of_the_far_side() {
    let folder = scratch("way-peers");
    let path = folder.join("peers.yaml");
    fs::write(
        &path,
        "region: us-east-1\nvpcs:\n  A:\n    cidr: 10.1.0.0/16\n    dns-hostnames: true\n    route-tables: {main: {main: \
         true, routes: {10.2.0.0/16: AB}}}\n    subnets:\n      a: {cidr: 10.1.1.0/24, zone: us-east-1a}\n  B:\n    cidr: \
         10.2.0.0/16\n    dns-hostnames: true\n    route-tables: {main: {main: true}, back: {routes: {10.1.0.0/16: AB}}}\n    \
         subnets:\n      b: {cidr: 10.2.1.0/24, zone: us-east-1a, route-table: back, instances: {db: {address: 10.2.1.10}}}\n\
         peerings:\n  AB: {requester: A, accepter: B}\nhosted-zones:\n  shop.internal: {vpcs: [A], records: {db: [\"60 A \
         10.2.1.10\"]}}\n",
    )
    .unwrap();
    let path = path.to_str().unwrap();
    let breaks = |change: &str| vpcdns(&["what-if", path, "--set", change]);
    let printed = breaks("DeleteRoute: {RouteTableId: back, DestinationCidrBlock: 10.1.0.0/16}");
    assert_eq!(printed.code, 1, "{}{}", printed.out, printed.err);
    assert!(printed.out.contains("breaks for anywhere in A\n"), "{}", printed.out);
    assert!(printed.out.contains("the other VPC has no route back in back"), "{}", printed.out);
    let printed = breaks("DeleteVpcPeeringConnection: {VpcPeeringConnectionId: AB}");
    assert_eq!(printed.code, 1, "{}{}", printed.out, printed.err);
    assert!(printed.out.contains("peering connection AB is deleted"), "{}", printed.out);
    // A route that carries nothing is missed by nobody.
    let add = "CreateRoute: {RouteTableId: back, DestinationCidrBlock: 10.9.0.0/16, NatGatewayId: nat-0123456789abcdef0}";
    assert_eq!(breaks(add).code, 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_subnet_of_one_side_is_a_place_of_one_side() {
    let subnets = "    subnets:\n      a: {cidr: 10.0.1.0/24, zone: us-east-1a}\n";
    let one = with_endpoint("one.yaml", subnets);
    let more = format!("{subnets}      b: {{cidr: 10.0.2.0/24, zone: us-east-1a}}\n");
    let two = with_endpoint("two.yaml", &more);
    let printed = vpcdns(&["diff", &one, &two]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    assert!(printed.out.contains("world.yaml: subnet b in V\n"), "{}", printed.out);
    assert_eq!(vpcdns(&["diff", &two, &two]).code, 0);
}

#[test]
fn a_survey_tells_the_way_of_each_line_and_sums_it() {
    let world = with_endpoint(
        "survey.yaml",
        "    route-tables:\n      main: {main: true}\n      private: {routes: {0.0.0.0/0: nat-0123456789abcdef0}}\n    \
         subnets:\n      a: {cidr: 10.0.1.0/24, zone: us-east-1a}\n      b: {cidr: 10.0.2.0/24, zone: us-east-1a, \
         route-table: private}\n",
    );
    let survey = |from: &str| {
        let printed = vpcdns(&["survey", &world, "--from", from]);
        assert_eq!(printed.code, 0, "{}", printed.err);
        let sums = printed.out.lines().find(|line| line.contains(" names: ")).unwrap().to_owned();
        (printed.out, sums)
    };
    let number = |sums: &str| -> usize {
        sums.split_once("1 private, ").unwrap().1.split_once(" public").unwrap().0.parse().unwrap()
    };
    let (out, sums) = survey("a");
    assert!(
        out.lines().any(|line| line.starts_with("PRIVATE  10.0.1.50")
            && line.split_whitespace().count() == 3
            && line.ends_with("  sqs.us-east-1.amazonaws.com")),
        "{out}"
    );
    let public = number(&sums);
    assert!(sums.contains(&format!("{public} public, of which {public} lead nowhere, ")), "{sums}");
    let (out, sums) = survey("b");
    assert!(
        out.lines().any(|line| line.starts_with("PUBLIC") && line.split_whitespace().count() == 3),
        "{out}"
    );
    assert!(!sums.contains("of which"), "{sums}");
    // A VPC as a whole: some of its subnets.
    let (out, sums) = survey("V");
    assert!(out.contains("nowhere: no route in main (from a); public (from b)"), "{out}");
    assert!(
        sums.contains(&format!("{public} public, of which {public} lead nowhere in part")),
        "{sums}"
    );
    let json = vpcdns(&["survey", &world, "--from", "V", "--json"]).out;
    let lines: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let line = lines.iter().find(|line| line["name"] == "sns.us-east-1.amazonaws.com").unwrap();
    assert_eq!((&line["path"], &line["reason"]), (&"nowhere".into(), &"no-route".into()));
    assert_eq!(line["ways"][1]["from"], "b");
    assert_eq!(line["ways"][1]["path"], "public");
    assert_eq!(
        line["way"],
        "nowhere: no route in main (from a); public path, over the internet (from b)"
    );
}

#[test]
fn a_place_with_ipv6_addresses_only_is_asked_for_those() {
    let world = with_endpoint(
        "ipv6.yaml",
        "      logs: {service: logs, private-dns: true, ip-address-type: dualstack, subnets: {b: {ipv4: 10.0.2.50, ipv6: \
         \"2600:1f14:0:102::50\"}}}\n    ipv6-cidr: 2600:1f14:0:100::/56\n    subnets:\n      a: {cidr: 10.0.1.0/24, zone: \
         us-east-1a, ipv6-cidr: \"2600:1f14:0:101::/64\"}\n      b: {cidr: 10.0.2.0/24, zone: us-east-1b, ipv6-cidr: \
         \"2600:1f14:0:102::/64\"}\n      six: {cidr: 10.0.3.0/24, zone: us-east-1b, ipv6-native: true, ipv6-cidr: \
         \"2600:1f14:0:103::/64\"}\n",
    );
    let printed = vpcdns(&["survey", &world, "--from", "six"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let line = |name: &str| printed.out.lines().find(|line| line.ends_with(&format!("  {name}")));
    let logs = line("logs.us-east-1.amazonaws.com").unwrap();
    assert!(logs.starts_with("PRIVATE  2600:1f14:0:102::50"), "{logs}");
    assert!(logs.contains("not followed (IPv6)"), "{logs}");
    let sqs = line("sqs.us-east-1.amazonaws.com").unwrap();
    assert!(sqs.contains("  nowhere  "), "{sqs}");
    let why = " names: nowhere: the subnet has IPv6 addresses only";
    assert!(printed.out.contains(why), "{}", printed.out);
    // Without the endpoint there is no AAAA any more; hosts with IPv4 addresses lose their way instead.
    let gone = "ModifyVpcEndpoint: {VpcEndpointId: logs, PrivateDnsEnabled: false}";
    let printed = vpcdns(&["what-if", &world, "--set", gone]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    let breaks = &printed.out[printed.out.find("breaks for").unwrap()..];
    assert!(breaks.contains("no route in "), "{breaks}");
}

#[test]
fn differences_are_told_in_korean() {
    let korean = |arguments: &[&str]| vpcdns(&[arguments, &["--language", "ko"]].concat());
    let off = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsHostnames: false}";
    let printed = korean(&["what-if", "lab09-1", "--set", off]);
    assert_eq!(printed.code, 1);
    insta::assert_snapshot!("what_if_korean", printed.out);
    let survey = korean(&["survey", "--from", ASKER]);
    let sums: Vec<&str> = survey.out.lines().skip_while(|line| !line.is_empty()).collect();
    insta::assert_snapshot!("survey_korean", sums.join("\n"));
    // AWS's words of a refusal stay, and what they mean stands below.
    let support = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsSupport: false}";
    let refused = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsHostnames: true}";
    let printed = korean(&["what-if", "lab09-1", "--set", off, "--set", support, "--set", refused]);
    assert_eq!(printed.code, 1);
    let lines: Vec<&str> = printed.err.lines().collect();
    assert!(lines[0].starts_with("--set: ModifyVpcAttribute: InvalidParameter"), "{lines:?}");
    assert!(lines[1].trim().starts_with("값"), "{lines:?}");
}

/// A World of one VPC in us-east-1, in a file of its own.
fn one_vpc(name: &str, rest: &str) -> String {
    let folder = scratch(&format!("report-{name}"));
    let path = folder.join(format!("{name}.yaml"));
    let head = "region: us-east-1\nvpcs:\n  V:\n    cidr: 10.0.0.0/16\n    dns-hostnames: true\n";
    fs::write(&path, format!("{head}{rest}")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A subnet without a way out, with an endpoint that has no private DNS.
const SHUT: &str = "    route-tables: {main: {main: true}}\n    subnets:\n      a: {cidr: 10.0.1.0/24, zone: us-east-1a, instances: \
     {web: {address: 10.0.1.10}}}\n    endpoints:\n      sts: {service: sts, private-dns: false, subnets: {a: 10.0.1.52}}\n";

/// Two subnets, of which one has no way out.
const MIXED: &str = "    internet-gateway: {id: igw-0123456789abcdef0}\n    route-tables:\n      main: {main: true, routes: \
     {0.0.0.0/0: nat-0123456789abcdef0}}\n      isolated: {}\n    subnets:\n      a: {cidr: 10.0.1.0/24, zone: us-east-1a, \
     route-table: isolated}\n      b: {cidr: 10.0.2.0/24, zone: us-east-1a, instances: {web: {address: 10.0.2.10}}}\n    \
     endpoints:\n      e: {service: sqs, private-dns: true, subnets: {a: 10.0.1.50}}\n";

#[test]
fn what_if_tells_what_mends() {
    let world = one_vpc("mend", SHUT);
    let on = "ModifyVpcEndpoint: {VpcEndpointId: sts, PrivateDnsEnabled: true}";
    let printed = vpcdns(&["what-if", &world, "--set", on]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let first = printed.out.lines().next().unwrap();
    assert_eq!(first, "nothing breaks, 0 move, 1 mends; 1 is dangerous, 1 note", "{}", printed.out);
    let why = "  1 name: the way is now private, and was nowhere: no route in main\n    sts.us-east-1.amazonaws.com\n";
    assert!(printed.out.contains("\nmends for anywhere in V\n"), "{}", printed.out);
    assert!(printed.out.contains(why), "{}", printed.out);
}

#[test]
fn a_name_breaks_in_one_subnet_and_moves_in_another() {
    let world = one_vpc("mixed", MIXED);
    let printed = vpcdns(&["what-if", &world, "--set", OFF]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    let first = printed.out.lines().next().unwrap();
    assert_eq!(first, "1 name breaks in 1 subnet, 1 moves, 0 mend", "{}", printed.out);
    assert!(printed.out.contains("\nbreaks for subnet a in V\n"), "{}", printed.out);
    assert!(printed.out.contains("\nasked from subnet b, web in V\n"), "{}", printed.out);
    let (breaks, moves) = (printed.out.find("breaks for"), printed.out.find("asked from"));
    assert!(breaks < moves, "{}", printed.out);
}

#[test]
fn a_report_has_four_forms() {
    let world = one_vpc("forms", MIXED);
    let report = |form: &[&str]| vpcdns(&[&["what-if", &world, "--set", OFF], form].concat());
    let markdown = report(&["--format", "markdown"]);
    insta::assert_snapshot!("what_if_markdown", markdown.out);
    let json: serde_json::Value = serde_json::from_str(&report(&["--format", "json"]).out).unwrap();
    assert_eq!(json["summary"]["breaks"], 1);
    assert_eq!(json["summary"]["moves"], 1);
    assert!(json["breaks"][0]["groups"][0]["cure"].as_str().unwrap().starts_with("add a route"));
    assert_eq!(
        json["diff"],
        serde_json::from_str::<serde_json::Value>(&report(&["--json"]).out).unwrap()["diff"]
    );
    assert!(json["not_looked_at"].as_array().is_some_and(|it| !it.is_empty()));
    let sarif: serde_json::Value =
        serde_json::from_str(&report(&["--format", "sarif"]).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let rules: Vec<_> = results.iter().map(|it| it["ruleId"].as_str().unwrap()).collect();
    assert_eq!(rules, ["breaks", "moves"]);
    assert_eq!(results[0]["level"], "error");
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], world);
    for printed in [report(&["--format", "pdf"]), report(&["--format", "json", "--json"])] {
        assert_eq!(printed.code, 1, "{}", printed.out);
    }
}

#[test]
fn long_groups_are_shortened_unless_all_is_asked_for() {
    let off = "ModifyVpcAttribute: {VpcId: V, EnableDnsHostnames: false}";
    let instances: Vec<_> =
        (10..30).map(|host| format!("h{host}: {{address: 10.0.1.{host}}}")).collect();
    let subnet = format!(
        "    subnets:\n      a: {{cidr: 10.0.1.0/24, zone: us-east-1a, instances: {{{}}}}}\n",
        instances.join(", ")
    );
    let world = one_vpc("long", &subnet);
    let short = vpcdns(&["what-if", &world, "--set", off]).out;
    assert!(short.contains("; --all shows them"), "{short}");
    assert!(short.lines().count() < 50, "{short}");
    let all = vpcdns(&["what-if", &world, "--set", off, "--all"]).out;
    assert!(!all.contains("; --all shows them"), "{all}");
    assert_eq!(
        all.lines().filter(|line| line.trim() == "ip-10-0-1-29.ec2.internal").count(),
        1,
        "{all}"
    );
}

#[test]
fn only_what_a_query_log_holds_is_compared() {
    let world = one_vpc("queries", MIXED);
    let log = std::path::Path::new(&world).with_file_name("log.txt");
    let what_if = |text: &[u8]| {
        fs::write(&log, text).unwrap();
        vpcdns(&[
            "what-if",
            &world,
            "--set",
            OFF,
            "--queries",
            log.to_str().unwrap(),
            "--format",
            "json",
        ])
    };
    let entry = |name: &str, source: &str| {
        format!(
            "{{\"query_name\":\"{name}.\",\"query_type\":\"A\",\"query_class\":\"IN\",\"rcode\":\"NOERROR\",\"srcaddr\":\"{source}\"}}\n"
        )
    };
    // The instance asks; its subnet has a way out, so nothing breaks. Nobody asks in the isolated subnet.
    let sqs = "sqs.us-east-1.amazonaws.com";
    let printed = what_if(entry(sqs, "10.0.2.10").repeat(3).as_bytes());
    assert_eq!(printed.code, 0, "{}", printed.err);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(json["asked"][sqs], 3);
    assert_eq!(json["moves"][0]["places"], serde_json::json!(["web"]));
    // From the isolated subnet it breaks. Of the types, only the one that was asked is compared.
    let printed = what_if(entry(sqs, "10.0.1.99").as_bytes());
    assert_eq!(printed.code, 1, "{}", printed.err);
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(json["breaks"][0]["places"], serde_json::json!(["subnet a"]));
    // A name that the world does not know is listed; a source that it does not know is left out.
    let printed =
        what_if((entry("db.corp.example", "10.0.2.10") + &entry(sqs, "192.0.2.1")).as_bytes());
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(json["diff"]["same"], true);
    assert_eq!(json["unanswered"][0]["name"], "db.corp.example");
    assert!(printed.err.contains("1 queries came from no place"), "{}", printed.err);
    // A list of names tells no source: every place is asked.
    let printed = what_if(format!("{sqs} A 120\n").as_bytes());
    let json: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(
        (json["asked"][sqs].clone(), json["summary"]["breaks"].clone()),
        (120.into(), 1.into())
    );
    let printed = what_if(b"no names here at all\n");
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("no query in it"), "{}", printed.err);
}
