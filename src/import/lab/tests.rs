//! Lab files, with the positions of their problems.

use super::*;

const LAB_TEXT: &str = "\
lab: small
title: {en: Small, ko: 작은 실습}
world:
  vpcs: {V: {cidr: 10.0.0.0/16, subnets: {A: {cidr: 10.0.0.0/24, zone: ap-northeast-2a, instances: {I: }}}}}
steps:
- name: one
  title: {en: One, ko: 하나}
  text: {en: First., ko: 처음.}
- name: two
  title: {en: Two, ko: 둘}
  text: {en: >-
    Second., ko: 다음.}
  commands: [aws ec2 modify-vpc-attribute]
  changes:
  - ModifyVpcAttribute: {VpcId: V, EnableDnsHostnames: true}
  digs:
  - {row: 2, from: I, name: Example.COM, prints: [192.0.2.1]}
  - {from: internet, name: x.y, type: AAAA}
  ways:
  - {from: I, name: example.com, hops: [I, nowhere]}
  goal: {en: Do it., ko: 하세요.}
  point: {en: So., ko: 그래서.}
  question: {from: internet, name: Point.example, type: AAAA}
";

fn load_text(text: &str) -> Result<Lab, Vec<Problem>> {
    let text = text.replace(">-\n    Second.", "Second.");
    load_lab(&Source { name: "lab.yaml".to_owned(), text }, &Defaults::default())
}

#[test]
fn a_lab_is_read_whole() {
    let lab = load_text(LAB_TEXT).unwrap();
    assert_eq!((lab.name.as_str(), lab.title.in_language("ko")), ("small", "작은 실습"));
    assert_eq!(lab.title.in_language("fr"), "Small");
    assert_eq!(lab.steps.len(), 2);
    let two = &lab.steps[1];
    assert_eq!(two.changes.len(), 1);
    let dig = &two.digs[0];
    assert_eq!((dig.from.as_str(), dig.name.as_str(), dig.row), ("I", "Example.COM", Some(2)));
    assert_eq!((dig.rtype, two.digs[1].rtype), (RecordType::A, RecordType::AAAA));
    assert_eq!(two.ways[0].hops, ["I", "nowhere"]);
    let words = |it: &Option<Words>| it.as_ref().map(|it| format!("{} {}", it.en, it.ko));
    assert_eq!(words(&two.goal).as_deref(), Some("Do it. 하세요."));
    assert_eq!(words(&two.point).as_deref(), Some("So. 그래서."));
    let asked = two.question.as_ref().unwrap();
    assert_eq!((asked.from.as_str(), asked.name.as_str()), ("internet", "Point.example"));
    assert_eq!(asked.rtype, RecordType::AAAA);
    assert!(lab.steps[0].goal.is_none() && lab.steps[0].question.is_none());
}

#[test]
fn problems_of_steps_have_places() {
    let bad = |from: &str, to: &str| {
        let problem = load_text(&LAB_TEXT.replace(from, to)).unwrap_err().remove(0);
        (problem.line, problem.column, problem.message)
    };
    assert_eq!(bad("name: two", "name: one"), (9, 9, "there is a step `one` already".to_owned()));
    assert_eq!(bad(", ko: 하나", ""), (7, 10, "`ko` is missing".to_owned()));
    assert_eq!(bad("from: I, name: Ex", "from: Me, name: Ex").1, 20);
    assert_eq!(bad("Example.COM", "a..b").2, "expected a DNS name, found \"a..b\"");
    assert_eq!(bad("type: AAAA", "type: B").1, 39);
    assert_eq!(bad("from: internet, name: P", "from: nobody, name: P").0, 23);
    assert_eq!(bad("Point.example", "a..b").2, "expected a DNS name, found \"a..b\"");
    assert_eq!(bad("{en: So., ko: 그래서.}", "{en: So.}").2, "`ko` is missing");
    // The base world is checked like a world file.
    assert_eq!(
        bad("10.0.0.0/24", "10.9.0.0/24"),
        (4, 53, "The CIDR '10.9.0.0/24' is invalid.".to_owned())
    );
    // A Change that AWS would refuse is a problem of the lab.
    let refused = bad("{VpcId: V, EnableDnsHostnames: true}", "{VpcId: V}");
    assert_eq!(refused.0, 14);
}

fn course(name: &str) -> Course {
    let text = match name {
        "lab09-1" => include_str!("../../../zones/labs/lab09-1.yaml"),
        _ => include_str!("../../../zones/labs/lab09-2.yaml"),
    };
    let source = Source { name: name.to_owned(), text: text.to_owned() };
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
    for name in ["lab09-1", "lab09-2"] {
        let course = course(name);
        for (index, step) in course.lab.steps.iter().enumerate() {
            let (before, after) = (course.before(index).unwrap(), course.after(index).unwrap());
            assert_eq!(open(&course, &step.name, after), [""; 0], "{name}@{}", step.name);
            let begins_open = !open(&course, &step.name, before).is_empty();
            assert_eq!(begins_open, !step.changes.is_empty(), "{name}@{}", step.name);
            assert_eq!(course.progress(after).own, []);
            assert!(course.progress(after).known);
            // What is shown does all of it, and nothing where it is done.
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
