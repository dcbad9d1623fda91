//! State and plans as resources.

use super::*;
use crate::import::{
    foreign::common,
    text::{
        diagnostic::Source,
        node::{self, Kind},
    },
};

fn resources_of(text: &str) -> (Vec<Resource>, Vec<String>) {
    let source = Source { name: "t.json".to_owned(), text: text.to_owned() };
    let root = node::parse(&source).unwrap();
    let mut notes = Notes::default();
    let (mut resources, _) = resources(&root, &Defaults::default(), &mut notes);
    join(&mut resources, &mut notes);
    common::unite(&mut resources, |_| 0);
    let notes = notes.into_problems(&source).into_iter().map(|it| it.message).collect();
    (resources, notes)
}

fn property(resource: &Resource, key: &str) -> String {
    let node = resource.properties.get(key).unwrap_or_else(|| panic!("no {key}: {resource:?}"));
    match &node.kind {
        Kind::Seq(items) => items.iter().filter_map(Node::text).collect::<Vec<_>>().join(" "),
        _ => node.text().unwrap_or_default().to_owned(),
    }
}

#[test]
fn what_terraform_keeps_apart_is_put_together() {
    let (resources, notes) = resources_of(
        r#"{"version": 4, "resources": [
          {"type": "aws_vpc_endpoint", "name": "a", "instances": [{"attributes": {"id": "vpce-1", "subnet_ids": ["subnet-1"], "private_dns_enabled": false}}]},
          {"type": "aws_vpc_endpoint_subnet_association", "name": "a", "instances": [
            {"index_key": 0, "attributes": {"id": "x", "vpc_endpoint_id": "vpce-1", "subnet_id": "subnet-1"}},
            {"index_key": 1, "attributes": {"id": "y", "vpc_endpoint_id": "vpce-1", "subnet_id": "subnet-2"}}]},
          {"type": "aws_vpc_endpoint_private_dns", "name": "a", "instances": [{"attributes": {"vpc_endpoint_id": "vpce-1", "private_dns_enabled": true}}]},
          {"type": "aws_vpc_endpoint_private_dns", "name": "lost", "instances": [{"attributes": {"id": "vpce-2", "vpc_endpoint_id": "vpce-2", "private_dns_enabled": true}}]}
        ]}"#,
    );
    assert_eq!(resources.len(), 1, "{resources:?}");
    // A part whose resource is not in the file gets a note.
    assert_eq!(
        notes,
        [
            "aws_vpc_endpoint_private_dns.lost: vpce-2 is not in the files, so nothing here leads to that endpoint; add the \
             file that describes it"
        ]
    );
    assert_eq!(property(&resources[0], "SubnetIds"), "subnet-1 subnet-2");
    assert_eq!(property(&resources[0], "PrivateDnsEnabled"), "true");
}

#[test]
fn names_of_records_are_relative_to_their_zone() {
    let record = |name: &str| {
        let (resources, _) = resources_of(&format!(
            r#"{{"version": 4, "resources": [
              {{"type": "aws_route53_zone", "name": "z", "instances": [{{"attributes": {{"zone_id": "Z1", "name": "a.example."}}}}]}},
              {{"type": "aws_route53_record", "name": "r", "instances": [{{"attributes": {{"zone_id": "Z1", "name": "{name}", "type": "A"}}}}]}}]}}"#
        ));
        property(&resources[1], "Name")
    };
    assert_eq!(record("www"), "www.a.example");
    assert_eq!(record("www.a.example"), "www.a.example");
    assert_eq!(record("A.Example."), "A.Example");
    assert_eq!(record("nota.example"), "nota.example.a.example");
}

#[test]
fn old_state_is_named() {
    let (resources, notes) =
        resources_of(r#"{"version": 3, "terraform_version": "0.11.14", "modules": []}"#);
    assert!(resources.is_empty());
    assert!(notes[0].starts_with("state of version 3: vpcdns reads only version 4"), "{notes:?}");
}

#[test]
fn files_without_resources_say_what_to_give_instead() {
    for (text, said) in [
        (
            r#"{"format_version": "1.0"}"#,
            "Terraform had no state to show: run `terraform show -json`",
        ),
        (
            r#"{"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": {}}}"#,
            "the state holds no resources",
        ),
        (
            r#"{"version": 4, "serial": 3, "lineage": "x", "resources": []}"#,
            "the state holds no resources",
        ),
        (
            r#"{"format_version": "1.2", "planned_values": {"root_module": {}}, "configuration": {"root_module": {}}}"#,
            "the plan has no resources",
        ),
        (
            r#"{"version": 3, "serial": 1, "lineage": "x", "backend": {"type": "s3", "config": {"bucket": "b"}},
                "modules": [{"path": ["root"], "outputs": {}, "resources": {}}]}"#,
            "it is not a state: it names the backend (s3) that has the state; give the output of `terraform state pull`",
        ),
    ] {
        let (resources, notes) = resources_of(text);
        assert!(resources.is_empty());
        assert_eq!(notes.len(), 1, "{text}: {notes:?}");
        assert!(notes[0].starts_with(said), "{text}: {notes:?}");
    }
}

#[test]
fn references_that_lead_in_circles_end() {
    let (resources, _) = resources_of(
        r#"{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
             {"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a", "values": {}}]}},
           "configuration": {"root_module": {
             "resources": [{"address": "aws_subnet.a", "expressions": {"vpc_id": {"references": ["module.m.x"]}}}],
             "module_calls": {"m": {"expressions": {"y": {"references": ["module.m.x", "module.m.x"]}},
               "module": {"outputs": {"x": {"expression": {"references": ["var.y", "var.y"]}}}}}}}}}"#,
    );
    assert_eq!(resources.len(), 1);
    assert_eq!(property(&resources[0], "VpcId"), "module.m.x in the root module");
}

#[test]
fn every_type_is_in_a_fixture() {
    let fixtures = common::fixtures("terraform");
    for (kind, ..) in TABLES {
        assert!(fixtures.contains(&format!("\"type\": \"{kind}\"")), "{kind}");
    }
}
