//! What a comparison of two Worlds must tell.

use vpcdns::{
    language::Language,
    model::{
        fault::Place,
        id::ResolverRuleId,
        resolver_rule::{CreateResolverRule, ResolverRule, RuleDetails, RuleKind},
        vpc::ModifyVpcAttribute,
    },
    resolve::diff::{self, Diff, Heading, Sides},
};

use super::*;

fn compare(before: &Snapshot, after: &Snapshot) -> Diff {
    diff::diff(Sides { before, after, now: 7, language: Language::English }, &mut |_, _| {})
}

fn with(before: &[Change], more: Change) -> Snapshot {
    snapshot(before.iter().cloned().chain([more]))
}

/// The names that differ with their types.
fn names(diff: &Diff) -> BTreeSet<(String, String)> {
    let headings = diff.places.iter().flat_map(|heading: &Heading| &heading.groups);
    headings.flat_map(|group| &group.names).map(|it| (it.name.clone(), it.rtype.clone())).collect()
}

fn has(diff: &Diff, name: &str) -> bool {
    names(diff).contains(&(name.to_owned(), "A".to_owned()))
}

/// The names of a VPC and its subnet and instance.
fn named(mut changes: Vec<Change>, name: &str) -> Vec<Change> {
    for change in &mut changes {
        match change {
            Change::CreateVpc(it) => it.vpc.tags = Tags::named(name),
            Change::CreateSubnet(it) => it.subnet.tags = Tags::named("app"),
            Change::RunInstances(it) => it.instance.tags = Tags::named("api"),
            _ => {}
        }
    }
    changes
}

#[test]
fn names_of_an_endpoint_that_is_gone_differ() {
    let before = snapshot(vpc(0).into_iter().chain(endpoint(0, "sqs")));
    let told = compare(&before, &snapshot(vpc(0)));
    let endpoint = before.world.endpoints.values().next().unwrap();
    let regional = endpoint.regional_name().unwrap().to_string();
    assert!(has(&told, &regional), "{regional}: {:?}", names(&told));
    assert!(has(&told, "sqs.ap-northeast-2.amazonaws.com"));
    let of_regional = told.places.iter().flat_map(|it| &it.groups).flat_map(|it| &it.names);
    for difference in of_regional.filter(|it| it.name == regional && it.rtype == "A") {
        assert!(!difference.is_empty(), "one side has addresses");
    }
}

#[test]
fn the_root_is_no_name_to_compare() {
    let rule = ResolverRule {
        id: ResolverRuleId::from_seed(1),
        tags: Tags::default(),
        domain: Some(Name::parse(".").unwrap()),
        kind: RuleKind::Forward,
        targets: vec!["192.0.2.53:53".parse().unwrap()],
        targets_told: true,
        vpcs: vec![vpc_id(0)],
        details: RuleDetails::default(),
    };
    let told = compare(&snapshot(vpc(0)), &with(&vpc(0), CreateResolverRule { rule }.into()));
    assert!(has(&told, "sqs.ap-northeast-2.amazonaws.com"));
    for (name, _) in names(&told) {
        assert!(name.contains(|letter: char| letter.is_ascii_alphanumeric()), "`{name}`");
    }
}

#[test]
fn a_name_with_a_cname_differs_in_its_addresses() {
    let origin = Name::parse("corp").unwrap();
    let mut data = ZoneData::private(origin.clone());
    let (alias, target) = (Name::parse("a.corp").unwrap(), Name::parse("b.corp").unwrap());
    data.add(&alias, RecordType::CNAME, 60, Rdata::from_wire(target.wire())).unwrap();
    data.add(&target, RecordType::A, 60, Rdata::from_wire(&[10, 9, 0, 1])).unwrap();
    let vpcs = [vpc_id(0)].into_iter().collect();
    let zone = HostedZone::private(ZoneId::from_seed(1), origin, vpcs, Arc::new(data));
    let told = compare(&snapshot(vpc(0)), &with(&vpc(0), CreateHostedZone { zone }.into()));
    assert!(has(&told, "a.corp"), "{:?}", names(&told));
}

#[test]
fn public_host_names_differ_where_hostnames_are_switched_off() {
    let off = ModifyVpcAttribute {
        vpc: vpc_id(0),
        dns_support: None,
        dns_hostnames: Some(false),
        network_metrics: None,
    };
    let told = compare(&snapshot(vpc(0)), &with(&vpc(0), off.into()));
    assert!(has(&told, "ec2-3-34-0-10.ap-northeast-2.compute.amazonaws.com"));
}

#[test]
fn places_come_vpc_by_vpc_from_the_wide_to_the_narrow() {
    let both: Vec<Change> = named(vpc(0), "one").into_iter().chain(named(vpc(1), "two")).collect();
    let zone = zone(0, "corp", &["a".to_owned()], &[0, 1]);
    let told = compare(&snapshot(both.clone()), &with(&both, zone));
    let places: Vec<_> = told.places.iter().flat_map(|it| it.places.clone()).collect();
    assert_eq!(places, ["subnet app", "api", "subnet app", "api"]);
    assert_eq!(told.places[0].from, "anywhere in one; anywhere in two");

    let faults = vec![Fault {
        names: DomainPattern::Every,
        from: Some(Place::Instance(InstanceId::from_seed(1))),
        answer: Some(FaultAnswer::NxDomain),
        delay: 0,
    }];
    let told = compare(&snapshot(both.clone()), &with(&both, SetFaults { faults }.into()));
    let from: Vec<_> = told.places.iter().map(|it| it.from.as_str()).collect();
    assert_eq!(from, ["api in one"]);
}

#[test]
fn places_match_by_name_and_the_rest_is_told_in_order() {
    let told = compare(&snapshot(named(vpc(0), "shop")), &snapshot(named(vpc(1), "shop")));
    assert!(told.only_in_a.is_empty() && told.only_in_b.is_empty(), "{told:?}");

    let many = snapshot((0..5).flat_map(vpc));
    for (before, after) in [(&many, &snapshot(vpc(0))), (&snapshot(vpc(0)), &many)] {
        let told = compare(before, after);
        let only = if told.only_in_a.is_empty() { told.only_in_b } else { told.only_in_a };
        assert_eq!(only.len(), 12);
        assert!(only.is_sorted(), "{only:?}");
    }
}
