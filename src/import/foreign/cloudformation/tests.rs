//! Tests of templates: the results of intrinsics, unknown values, and notes with their positions.

use super::*;
use crate::import::{
    foreign::{common, common::value::is_unknown},
    text::{
        diagnostic::Source,
        node::{Kind, parse},
    },
};

mod attributes;
mod bounds;
mod conditions;
mod intrinsics;

/// The result of evaluating a template.
struct Outcome {
    resources: Vec<Resource>,
    /// `line:column remark: message`, in the order of the text.
    notes: Vec<String>,
}

impl Outcome {
    #[track_caller]
    fn resource(&self, name: &str) -> &Resource {
        self.resources.iter().find(|it| it.name == name).unwrap()
    }

    /// A property as text.
    #[track_caller]
    fn get(&self, name: &str, property: &str) -> String {
        self.resource(name).properties.get(property).map_or_else(|| "-".to_owned(), show)
    }

    fn notes(&self) -> Vec<&str> {
        self.notes.iter().map(String::as_str).collect()
    }
}

/// A value on one line; an unknown one is `<what>`.
fn show(node: &Node) -> String {
    if let Some(what) = is_unknown(node) {
        return format!("<{what}>");
    }
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Scalar(text) => text.clone(),
        Kind::Seq(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Kind::Map(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", key.text, show(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn run(file: &str, text: &str, region: &'static str, given: &[(&str, &str)]) -> Outcome {
    let source = Source { name: file.to_owned(), text: text.to_owned() };
    let root = parse(&source).unwrap();
    let parameters = given.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let defaults = Defaults { region, parameters, ..Defaults::default() };
    let mut notes = Notes::default();
    let nested = BTreeMap::new();
    let files = [Written { name: &source.name, root: &root, stack: None, nested: &nested }];
    let deployment = Deployment { defaults, region_told: false, seed: String::new() };
    let (resources, _) =
        resources(&files, 0, &deployment, (&Exports::new(), &mut Taken::new()), &mut notes);
    let problems = notes.into_problems(&source);
    // Every template has a note about its region; leave it out.
    let own = problems.iter().filter(|it| !it.message.starts_with("the template is "));
    let notes = own.map(|it| {
        let remark = it.severity.remark().unwrap_or_default();
        format!("{}:{} {remark}: {}", it.line, it.column, it.message)
    });
    Outcome { resources, notes: notes.collect() }
}

fn eval(text: &str) -> Outcome {
    run("dir/net.yaml", text, "ap-northeast-2", &[])
}

/// The value of the property `V` of a lone resource, beside parameters, mappings and conditions.
fn value(before: &str, written: &str) -> (String, Vec<String>) {
    let text =
        format!("{before}\nResources:\n  X:\n    Type: T\n    Properties:\n      V: {written}\n");
    let outcome = eval(&text);
    (outcome.get("X", "V"), outcome.notes)
}

/// Asserts a value that nothing is noted about.
#[track_caller]
fn gives(before: &str, written: &str, expected: &str) {
    assert_eq!(value(before, written), (expected.to_owned(), Vec::new()), "{written}");
}

/// Asserts a value and the one note about it.
#[track_caller]
fn notes(before: &str, written: &str, expected: &str, note: &str) {
    assert_eq!(value(before, written), (expected.to_owned(), vec![note.to_owned()]), "{written}");
}

const P: &str = "Parameters: {P: {Type: String, Default: abc}, L: {Type: CommaDelimitedList, Default: \"a, b ,c\"}, U: {Type: String}, UL: {Type: \"List<AWS::EC2::Subnet::Id>\"}}";
const M: &str = "Mappings: {M: {one: {cidr: 10.0.0.0/16, list: [a, b]}, ap-northeast-2: {ami: x}}}";

#[test]
fn a_stack_is_named_after_its_file() {
    for (file, name) in [
        ("a/b/my_vpc.template.yaml", "my-vpc-template"),
        ("01-net.json", "stack-01-net"),
        ("C:\\x\\Net.yml", "Net"),
        (".yaml", "stack--yaml"),
        ("", "stack-"),
    ] {
        let text = "Resources: {X: {Type: T, Properties: {V: !Ref AWS::StackName}}}";
        assert_eq!(run(file, text, "ap-northeast-2", &[]).get("X", "V"), name, "{file}");
    }
}

#[test]
fn resources_keep_names_places_and_ids() {
    let outcome = eval(
        "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: 010, EnableDnsSupport: true}\n  Gw: {Type: AWS::EC2::InternetGateway}\n",
    );
    let vpc = outcome.resource("Vpc");
    assert_eq!(vpc.kind, "AWS::EC2::VPC");
    assert_eq!((vpc.pos.line, vpc.pos.column), (2, 3));
    assert_eq!(vpc.id, common::made_id("AWS::EC2::VPC", "cloudformation/net/Vpc"));
    assert_eq!(show(&vpc.properties), "{CidrBlock: 010, EnableDnsSupport: true}");
    let cidr = vpc.properties.get("CidrBlock").unwrap();
    assert_eq!((cidr.pos.line, cidr.pos.column, cidr.quoted), (4, 29, false));
    assert_eq!(show(&outcome.resource("Gw").properties), "{}");
    assert!(outcome.notes.is_empty());
}

#[test]
fn a_value_stands_where_it_is_referred_to() {
    let text = "Parameters: {P: {Type: String, Default: x}}\nResources:\n  X:\n    Type: T\n    Properties:\n      A: !Ref P\n      B: {\"Ref\": \"P\"}\n      C: {\"Fn::Join\": [\"\", [\"a\"]]}\n      D: !Join ['', [b]]\n";
    let outcome = eval(text);
    let position = |name: &str| {
        let node = outcome.resource("X").properties.get(name).unwrap();
        (node.pos.line, node.pos.column)
    };
    assert_eq!(position("A"), (6, 15));
    assert_eq!(position("B"), (7, 18));
    assert_eq!(position("C"), (8, 11));
    assert_eq!(position("D"), (9, 16));
}

#[test]
fn json_is_the_same() {
    let text = r#"{
  "Parameters": {"Cidr": {"Type": "String", "Default": "10.0.0.0/16"}},
  "Resources": {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Cidr"}, "EnableDnsSupport": true}},
    "Net": {"Type": "AWS::EC2::Subnet", "Properties": {
      "VpcId": {"Ref": "Vpc"},
      "CidrBlock": {"Fn::Select": [1, {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 2, "8"]}]},
      "Tags": [{"Key": "Name", "Value": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "net"]]}}]
    }}
  }
}"#;
    let outcome = run("stack.json", text, "ap-northeast-2", &[]);
    let vpc = &outcome.resource("Vpc").id;
    assert_eq!(
        show(&outcome.resource("Net").properties),
        format!(
            "{{VpcId: {vpc}, CidrBlock: 10.0.1.0/24, Tags: [{{Key: Name, Value: stack-net}}]}}"
        )
    );
    assert_eq!(outcome.get("Vpc", "CidrBlock"), "10.0.0.0/16");
    assert!(outcome.notes.is_empty());
}
