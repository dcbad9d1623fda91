//! The chapter's labs: where each step begins and ends, what is missing on the way, and Worlds with other ids.

use super::*;
use crate::import::{change, open::builtin, text::reader::Report};

fn course(name: &str) -> Course {
    let source = builtin::builtin_world(name).unwrap();
    Course::read(&source, &Defaults::default()).unwrap()
}

/// Applies Changes of a world file's form to a World.
fn changed(world: &World, changes: &str) -> World {
    let source = Source { name: "changes".to_owned(), text: changes.to_owned() };
    let mut report = Report::new(&source);
    let (after, _) = change::apply_changes(&node::parse(&source).unwrap(), world, &mut report);
    report.finish().unwrap();
    after
}

/// The goals of a step that are not done, with their hints: `subnets lacks: Private`.
fn open(course: &Course, step: &str, world: &World) -> Vec<String> {
    let goals = course.progress(world).steps.remove(course.index(step).unwrap());
    let hint = |it: &Goal| {
        it.hint.as_ref().map_or(String::new(), |it| format!(" {}: {}", it.what, it.of.join(" ")))
    };
    goals.iter().filter(|it| !it.done).map(|it| format!("{}{}", it.what, hint(it))).collect()
}

#[test]
fn a_step_is_open_where_it_begins_and_done_where_it_ends() {
    for name in builtin::labs() {
        let course = course(name);
        for (index, step) in course.lab.steps.iter().enumerate() {
            let (before, after) = (course.before(index).unwrap(), course.after(index).unwrap());
            assert_eq!(open(&course, &step.name, after), [""; 0], "{name}@{}", step.name);
            let begins_open = !open(&course, &step.name, before).is_empty();
            assert_eq!(begins_open, !step.changes.is_empty(), "{name}@{}", step.name);
            assert_eq!(course.progress(after).own, []);
            assert!(course.progress(after).known);
            // What is shown does all of it, and nothing where it is done.
            assert_eq!(course.show(index, after), [], "{name}@{}", step.name);
            let shown = course.show(index, before);
            let mut world = before.clone();
            for change in &shown {
                world = world.apply(change).unwrap().0;
            }
            for endpoint in world.endpoints.clone().keys() {
                let settle = crate::model::endpoint_change::Settle { id: *endpoint };
                world = world.apply(&settle.into()).unwrap().0;
            }
            assert_eq!(open(&course, &step.name, &world), [""; 0], "{name}@{}", step.name);
        }
    }
}

#[test]
fn a_step_that_switches_private_dns_does_not_begin_with_the_endpoint() {
    let course = course("s3-ways");
    let step = course.index("private-dns").unwrap();
    let goals = course.progress(course.before(step).unwrap()).steps.remove(step);
    let found: Vec<_> = goals.iter().map(|it| (it.what, it.done)).collect();
    assert_eq!(found, [("private-dns", false)]);
}

const ENDPOINT: &str = "- CreateVpcEndpoint: {VpcEndpointId: vpce-0aaaaaaaaaaaaaaa1, DnsSuffixLabel: abcdefgh, \
     VpcId: CloudNeta-VPC, VpcEndpointType: Interface, ServiceName: com.amazonaws.ap-northeast-2.cloudformation, \
     SubnetIds: [CloudNeta-Public-SN], PrivateDnsEnabled: false}\n";

#[test]
fn a_student_s_own_endpoint_counts_by_its_shape() {
    let course = course("lab09-1");
    let last = course.index("interface-endpoint").unwrap();
    let begin = course.before(last).unwrap();
    assert_eq!(
        open(&course, "interface-endpoint", begin),
        ["interface create: ", "subnets", "private-dns", "available"]
    );
    let own = changed(begin, ENDPOINT);
    assert_eq!(
        open(&course, "interface-endpoint", &own),
        [
            "subnets lacks: CloudNeta-Private-SN",
            "private-dns switch: vpce-0aaaaaaaaaaaaaaa1",
            "available wait: pending"
        ]
    );
    let settled = "- Settle: {VpcEndpointId: vpce-0aaaaaaaaaaaaaaa1}\n";
    let own = changed(&changed(begin, &format!("{ENDPOINT}{settled}")), settled);
    // What is shown completes it. It makes no second one.
    let shown = course.show(last, &own);
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].action(), "ModifyVpcEndpoint");
    let own = changed(&own.apply(&shown[0]).unwrap().0, settled);
    assert_eq!(open(&course, "interface-endpoint", &own), [""; 0]);
    assert_eq!(own.endpoints.len(), begin.endpoints.len() + 1);
    let renamed = course.progress(&own).own;
    let of = |text: &str| renamed.iter().find(|it| it.0 == text).map(|it| it.1.as_str());
    assert_eq!(of("vpce-093517d1686ace06d"), Some("vpce-0aaaaaaaaaaaaaaa1"));
    assert_eq!(of("txsku1pk"), Some("abcdefgh"));
    assert_eq!(of("10.0.0.108"), Some("10.0.0.4"));
    assert_eq!(of("vpce-0ee6a8ee6dfbe3218"), None);
}

#[test]
fn what_is_in_the_way_is_told() {
    let course = course("lab09-1");
    let begin = course.before(course.index("dns-hostnames").unwrap()).unwrap();
    let off =
        changed(begin, "- ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsSupport: false}\n");
    assert_eq!(open(&course, "dns-hostnames", &off), ["hostnames support: CloudNeta-VPC"]);
    // Private DNS cannot be on while DNS hostnames are off.
    let own = changed(begin, ENDPOINT);
    assert!(
        open(&course, "interface-endpoint", &own)
            .contains(&"private-dns flags: CloudNeta-VPC".to_owned())
    );
    // A gateway endpoint on one of two tables.
    let begin = course.before(course.index("s3-gateway").unwrap()).unwrap();
    let gateway = |kind: &str| {
        format!(
            "- CreateVpcEndpoint: {{VpcEndpointId: vpce-0aaaaaaaaaaaaaaa2, DnsSuffixLabel: abcdefgh, VpcId: \
             CloudNeta-VPC, ServiceName: com.amazonaws.ap-northeast-2.s3, {kind}}}\n"
        )
    };
    let one =
        changed(begin, &gateway("VpcEndpointType: Gateway, RouteTableIds: [CloudNeta-Public-RT]"));
    assert_eq!(open(&course, "s3-gateway", &one), ["tables lacks: CloudNeta-Private-RT"]);
    let other = changed(
        begin,
        &gateway(
            "VpcEndpointType: Interface, SubnetIds: [CloudNeta-Public-SN], PrivateDnsEnabled: false",
        ),
    );
    assert_eq!(
        open(&course, "s3-gateway", &other),
        ["gateway other-kind: vpce-0aaaaaaaaaaaaaaa2", "tables"]
    );
}

#[test]
fn a_world_of_other_ids_is_led_through_the_lab() {
    let course = course("lab09-1");
    // The lab's first World by names alone, so that every id is another one.
    let text = "lab: own\ntitle: {en: Own, ko: 내 것}\nworld:\n  account: \"123456789012\"\n  vpcs:\n    CloudNeta-VPC:\n      \
                cidr: 10.0.0.0/16\n      dns-hostnames: false\n      route-tables: {CloudNeta-Public-RT: , \
                CloudNeta-Private-RT: }\n      subnets:\n        CloudNeta-Public-SN: {cidr: 10.0.0.0/24, zone: \
                ap-northeast-2a, route-table: CloudNeta-Public-RT}\n        CloudNeta-Private-SN: {cidr: 10.0.1.0/24, \
                zone: ap-northeast-2c, route-table: CloudNeta-Private-RT}\nsteps: []\n";
    let source = Source { name: "own".to_owned(), text: text.to_owned() };
    let own = Course::read(&source, &Defaults::default()).unwrap();
    let mut world = own.before(0).unwrap().clone();
    assert!(world.vpcs.keys().all(|id| id.to_string() != "vpc-07de255d3a7c9c317"));
    let progress = course.progress(&world);
    assert!(progress.known);
    assert!(progress.own.iter().any(|it| it.0 == "rtb-0c19f738ede52a299"), "{:?}", progress.own);
    for (index, step) in course.lab.steps.iter().enumerate() {
        let changes = course.show(index, &world);
        for change in &changes {
            world = world.apply(change).unwrap().0;
        }
        for endpoint in world.endpoints.clone().keys() {
            let settle = crate::model::endpoint_change::Settle { id: *endpoint };
            world = world.apply(&settle.into()).unwrap().0;
        }
        assert_eq!(open(&course, &step.name, &world), [""; 0], "{}", step.name);
    }
    // A World without the lab's VPCs is not known.
    assert!(!course.progress(&World::default()).known);
}
