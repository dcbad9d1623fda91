//! Tests of merging several worlds.

use super::*;
use crate::import::{Defaults, open, world};

fn load(name: &str, text: &str) -> Loaded {
    let source = Source { name: name.to_owned(), text: text.to_owned() };
    world::load(&source, &Defaults::default()).unwrap()
}

#[test]
fn worlds_are_joined_in_order() {
    let labs = ["lab09-1", "lab09-2"].map(|name| open::open(name, &Defaults::default()).unwrap());
    let merged = merge(labs.to_vec()).unwrap();
    let names: Vec<_> = merged.world.vpcs_in_order().into_iter().map(|vpc| vpc.label()).collect();
    assert_eq!(names, ["CloudNeta-VPC", "MyVPC", "CustomVPC"]);
    assert_eq!(merged.world.default_client.as_deref(), Some("My-EC2"));
    assert_eq!(merged.world.instances.len(), 5);
    assert_eq!(merged.changes.len(), labs.iter().map(|lab| lab.changes.len()).sum::<usize>());
    assert!(merge(Vec::new()).unwrap().world.vpcs.is_empty());
}

#[test]
fn an_id_of_two_files_names_both() {
    let one = load("a.yaml", "vpcs: {V: {id: vpc-00000001, cidr: 10.0.0.0/16}}\n");
    let two = load("b.yaml", "vpcs:\n  W: {id: vpc-00000001, cidr: 10.1.0.0/16}\n");
    let failure = merge(vec![one.clone(), two]).unwrap_err();
    let problem = failure.problems().next().unwrap();
    assert_eq!(problem.message, "vpc-00000001 is in a.yaml and in b.yaml");
    assert_eq!((problem.file.as_str(), problem.line, problem.column), ("b.yaml", 2, 3));
    assert_eq!(failure.count(Severity::Error), 1);
    assert_eq!(failure.problems().count(), 1, "the main route table goes with its VPC");
    // VPCs of equal name have different ids, so the resources in them do too.
    let text = |id: &str| {
        format!(
            "vpcs: {{V: {{id: {id}, cidr: 10.0.0.0/16, subnets: {{A: {{cidr: 10.0.0.0/24, zone: ap-northeast-2a}}}}}}}}\nload-balancers: {{N: {{vpc: V}}}}\nhosted-zones: {{a.b: {{vpcs: V}}}}\n"
        )
    };
    let apart =
        merge(vec![load("a.yaml", &text("vpc-00000001")), load("b.yaml", &text("vpc-00000002"))]);
    assert_eq!(apart.unwrap().world.subnets.len(), 2);
    // Ids made from names are equal in every file.
    let text = "vpcs: {V: {cidr: 10.0.0.0/16}}\n";
    let twice = merge(vec![load("a.yaml", text), load("b.yaml", text)]).unwrap_err();
    assert!(twice.to_string().contains("is in a.yaml and in b.yaml"), "{twice}");
    assert!(twice.render(false).contains("b.yaml:1:8"));
    assert!(merge(vec![one, load("c.yaml", "peerings: {}\n")]).is_ok());
}

#[test]
fn a_public_address_belongs_to_one_instance() {
    let text = |vpc: &str| {
        format!(
            "vpcs: {{{vpc}: {{cidr: 10.0.0.0/16, subnets: {{A: {{cidr: 10.0.0.0/24, zone: ap-northeast-2a, instances: {{I: {{public-address: 3.3.3.3}}}}}}}}}}}}\n"
        )
    };
    let failure = merge(vec![load("a.yaml", &text("V")), load("b.yaml", &text("W"))]).unwrap_err();
    assert_eq!(failure.to_string().lines().count(), 1);
    assert!(failure.to_string().contains("3.3.3.3 is in a.yaml and in b.yaml"));
}

#[test]
fn what_two_files_hold_is_shown_where_the_second_makes_it() {
    let text = "\
vpcs:
  V:
    cidr: 10.0.0.0/16
    internet-gateway: igw
    dhcp-options: {domain-name: corp.example}
    route-tables: {private: }
    subnets: {A: {cidr: 10.0.0.0/24, zone: ap-northeast-2a, instances: {I: }}}
    endpoints: {E: {service: sqs, private-dns: false, subnets: [A]}}
    inbound-endpoints: {In: {addresses: [10.0.0.10, 10.0.0.11]}}
  W: {cidr: 10.1.0.0/16}
load-balancers: {N: {vpc: V, zones: {ap-northeast-2a: 198.51.100.7}}}
managed-resources: {db: {type: rds-instance, vpc: V, addresses: {ap-northeast-2a: 10.0.0.20}}}
endpoint-services: {S: {load-balancers: [N]}}
hosted-zones: {corp.internal: {vpcs: [V]}}
peerings: {P: {requester: V, accepter: W}}
resolver-rules: {R: {domain: example.com, targets: [192.0.2.1], vpcs: [V]}}
firewall-rule-groups: {F: {vpcs: {V: 101}}}
placement-groups: {G: }
";
    let failure = merge(vec![load("a.yaml", text), load("b.yaml", text)]).unwrap_err();
    let shown: Vec<_> = failure.problems().map(|it| (it.line, it.message.as_str())).collect();
    let lines: std::collections::BTreeSet<_> = shown.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, (2..=18).filter(|line| *line != 3).collect(), "{shown:#?}");
    assert_eq!(shown.len(), 17, "{shown:#?}");
}
