//! Test files, with the positions of their problems.

use super::*;
use crate::model::record::RecordType;

const TEXT: &str = "\
world:
  vpcs: {V: {cidr: 10.0.0.0/16, subnets: {A: {cidr: 10.0.0.0/24, zone: ap-northeast-2a, instances: {I: }}}}}
steps:
- expect:
  - {from: I, name: Example.com, expect: public, because: so}
- name: two
  change:
  - \"ModifyVpcAttribute: {VpcId: V, EnableDnsHostnames: true}\"
  - CreateVpcEndpoint: {Name: Q, VpcId: V, VpcEndpointType: Interface, ServiceName: com.amazonaws.ap-northeast-2.sqs, SubnetIds: [A], PrivateDnsEnabled: true}
  expect:
  - {from: I, name: example.com, type: AAAA, expect: ['2001:DB8::0:1'], port: 8443}
  - {from: I, name: example.com, via: Q}
";

fn load_text(text: &str) -> Result<Suite, Vec<Problem>> {
    let source = Source { name: "test.yaml".to_owned(), text: text.to_owned() };
    load(&source, None, &Defaults::default())
}

#[test]
fn a_test_file_is_read_whole() {
    let suite = load_text(TEXT).unwrap();
    let [one, two] = suite.steps.as_slice() else { panic!("{suite:?}") };
    let first = &one.expectations[0];
    assert_eq!((first.asked.from.as_str(), first.asked.name.as_str()), ("I", "Example.com"));
    assert_eq!((first.expected.clone(), first.port), (Some(Expected::Way("public")), None));
    assert_eq!((first.because.as_deref(), first.line), (Some("so"), 5));
    assert_eq!(two.name.as_deref(), Some("two"));
    assert_eq!(two.actions, ["ModifyVpcAttribute", "CreateVpcEndpoint"]);
    let [addresses, via] = two.expectations.as_slice() else { panic!("{two:?}") };
    assert_eq!(addresses.expected, Some(Expected::Data(vec!["2001:db8::1".to_owned()])));
    assert_eq!((addresses.asked.rtype, addresses.port), (RecordType::AAAA, Some(8443)));
    assert_eq!(via.via.as_ref().map(|(_, text)| text.as_str()), Some("Q"));
    assert_eq!(via.expected, None);
}

#[test]
fn an_endpoint_that_a_step_creates_is_available_after_it() {
    use crate::model::endpoint::EndpointState;
    let suite = load_text(TEXT).unwrap();
    let states: Vec<_> = suite.steps[1].world.endpoints.values().map(|it| it.state).collect();
    assert_eq!(states, [EndpointState::Available]);
}

#[test]
fn a_change_is_text_a_map_or_a_list_of_both() {
    let change = "ModifyVpcAttribute: {VpcId: V, EnableDnsHostnames: true}";
    let forms = [
        format!("\"{change}\""),
        format!("{{{change}}}"),
        format!("[\"{change}\"]"),
        format!("[{{{change}}}, \"[{{{change}}}]\"]"),
    ];
    for form in forms {
        let text = format!(
            "{}- {{change: {form}, expect: [{{from: I, name: a.b, expect: nodata}}]}}\n",
            TEXT.split("- expect:").next().unwrap()
        );
        let suite = load_text(&text).unwrap_or_else(|problems| panic!("{form}: {problems:?}"));
        let world = &suite.steps[0].world;
        assert!(world.vpcs.values().all(|vpc| vpc.dns_hostnames), "{form}");
    }
}

#[test]
fn problems_have_places() {
    let bad = |from: &str, to: &str| {
        let changed = TEXT.replacen(from, to, 1);
        assert_ne!(changed, TEXT, "{from}");
        let problem = load_text(&changed).unwrap_err().remove(0);
        (problem.line, problem.column, problem.message)
    };
    assert_eq!(bad("from: I, name: Ex", "from: Me, name: Ex").1, 12);
    assert_eq!(bad("Example.com", "a..b").2, "expected a DNS name, found \"a..b\"");
    let unknown = bad("expect: public", "expect: pubic");
    assert_eq!((unknown.0, unknown.1), (5, 42));
    assert!(unknown.2.starts_with("expected private, public, gateway,"), "{}", unknown.2);
    assert_eq!(bad(", expect: public", "").2, "`expect` is missing");
    assert_eq!(bad("expect: public", "expect: []").2, "the list is empty");
    assert_eq!(
        bad("expect: public", "expect: [10.0.0.300]").2,
        "expected an IPv4 address, found \"10.0.0.300\""
    );
    assert_eq!(bad("expect: public", "type: TXT, expect: public").0, 5);
    for port in ["0", "65536", "-1", "http", "[80]"] {
        let (line, _, message) = bad("port: 8443", &format!("port: {port}"));
        assert!(message.starts_with("expected a port from 1 to 65535"), "{message}");
        assert_eq!(line, 11);
    }
    assert_eq!(bad("via: Q", "via: Nobody").2, "there is no endpoint `Nobody`");
    assert_eq!(bad("EnableDnsHostnames: true}\"", "EnableDnsHostnames: maybe}\"").0, 8);
    // What AWS would refuse is a problem of the file, not an expectation that is not met.
    assert_eq!(bad("ap-northeast-2.sqs", "ap-northeast-2.nonesuch").0, 9);
    assert_eq!(bad("world:", "word:").2, "unknown key `word`");
    assert_eq!(bad("steps:", "vpcs: {}\nsteps:").2, "unknown key `vpcs`");
}

#[test]
fn a_file_without_a_world_takes_the_given_one() {
    let text = "steps: [{expect: {from: internet, name: a.b, expect: nxdomain}}]";
    assert_eq!(load_text(text).unwrap_err()[0].message, "`world` is missing");
    let source = Source { name: "test.yaml".to_owned(), text: text.to_owned() };
    assert!(load(&source, Some(World::default()), &Defaults::default()).is_ok());
    assert_eq!(load_text("world: x.json\nsteps: []").unwrap_err().len(), 1);
    let nothing = load_text("world: {vpcs: {}}\nsteps: []").unwrap_err().remove(0);
    assert_eq!(nothing.message, "nothing is expected in any step");
}

#[test]
fn the_worlds_of_a_file_are_known_before_it_is_read() {
    let of = |text: &str| {
        worlds(&Source { name: "test.yaml".to_owned(), text: text.to_owned() }).unwrap()
    };
    assert_eq!(of("world: lab09-1@base"), ["lab09-1@base"]);
    assert_eq!(of("world: [a.json, b.yaml]"), ["a.json", "b.yaml"]);
    assert!(of("world: {vpcs: {}}").is_empty() && of("steps: []").is_empty());
}
