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
    assert_eq!(bad("from: internet, name: P", "from: nobody, name: P").0, 22);
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
