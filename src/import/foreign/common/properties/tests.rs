//! Checks that the table agrees with what the readers ask for and with docs/import.md.

use std::{collections::HashSet, fs, path::Path, sync::Arc};

use super::*;
use crate::import::{
    Defaults,
    foreign::{
        cloudformation,
        common::{KINDS, SERVICE_DETAILS, load},
    },
    text::{
        diagnostic::Source,
        node::{self, asked},
    },
};

fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_whitespace().collect()
}

/// The properties that the readers ask of every resource, whatever its type.
const OF_ALL: &[&str] = &["DNSName", "OwnerId", "Tags", "VpcId"];

/// A resource that has every property of a type, each with a value that most readers accept.
fn resource(kind: &Type, number: usize) -> Resource {
    let pos = Pos::default();
    let text = |text: &str| crate::import::foreign::common::value::text(pos, text);
    let all = words(kind.read).into_iter().chain(words(kind.told)).map(|key| {
        let node = match key {
            "Direction" => text("INBOUND"),
            "Type" => text("A"),
            "Name" | "HostedZoneName" | "DomainName" => text("a.example"),
            "VpcEndpointType" => text("Interface"),
            "ServiceName" => text("com.amazonaws.us-east-1.sqs"),
            "CidrBlock" | "DestinationCidrBlock" => text("10.0.0.0/16"),
            "EnableDnsSupport" | "EnableDnsHostnames" | "PrivateDnsEnabled" => text("true"),
            "RuleType" => text("FORWARD"),
            "FirewallRules" | "DefaultActions" | "RecordSets" | "Routes" | "VPCs" => {
                crate::import::foreign::common::value::list(
                    pos,
                    vec![crate::import::foreign::common::value::map(pos, [("X", text("y"))])],
                )
            }
            _ => text("vpc-00000000000000001"),
        };
        (key, node)
    });
    Resource {
        kind: kind.name.to_owned(),
        id: format!("thing-{number}"),
        name: format!("Thing{number}"),
        pos,
        data: false,
        properties: crate::import::foreign::common::value::map(pos, all),
    }
}

/// The properties that the readers asked for, by type.
fn asked_of(resources: &[Resource]) -> BTreeMap<String, HashSet<String>> {
    let source = Arc::new(Source { name: "t".to_owned(), text: String::new() });
    let (_, seen) = asked::during(|| {
        load(&source, resources, &Defaults::default(), Vec::new(), Notes::default())
    });
    let mut all = BTreeMap::<String, HashSet<String>>::new();
    for resource in resources {
        let address = std::ptr::from_ref(&resource.properties).addr();
        let own = seen.iter().filter(|(of, _)| *of == address).map(|(_, key)| key.clone());
        all.entry(resource.kind.clone()).or_default().extend(own);
    }
    all
}

/// The resources of the fixtures, and one of each type with every property.
fn everything() -> Vec<BTreeMap<String, HashSet<String>>> {
    let mut all = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cloudformation");
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let source = Source { name: "t".to_owned(), text };
        let root = node::parse(&source).unwrap();
        let mut notes = Notes::default();
        let deployment = cloudformation::Deployment {
            defaults: Defaults::default(),
            region_told: false,
            seed: String::new(),
        };
        let nested = BTreeMap::new();
        let written =
            [cloudformation::Written { name: "t", root: &root, stack: None, nested: &nested }];
        let exports = (&cloudformation::Exports::default(), &mut cloudformation::Taken::default());
        let (made, _) = cloudformation::resources(&written, 0, &deployment, exports, &mut notes);
        all.push(asked_of(&made));
    }
    let made: Vec<Resource> = TYPES.iter().enumerate().map(|(at, it)| resource(it, at)).collect();
    all.push(asked_of(&made));
    for (at, kind) in TYPES.iter().enumerate() {
        all.push(asked_of(&[resource(kind, at)]));
    }
    // A route has one target, and the readers stop at the first one they find.
    let route = TYPES.iter().find(|it| it.name == "AWS::EC2::Route").unwrap();
    let table = TYPES.iter().find(|it| it.name == "AWS::EC2::RouteTable").unwrap();
    for target in words(route.read) {
        let mut one = resource(route, 0);
        if let Kind::Map(entries) = &mut one.properties.kind {
            let kept = ["RouteTableId", "DestinationCidrBlock", target];
            entries.retain(|(key, _)| kept.contains(&key.text.as_str()));
        }
        let id = "vpc-00000000000000001".to_owned();
        all.push(asked_of(&[Resource { id, ..resource(table, 1) }, one]));
    }
    all
}

#[test]
fn every_type_that_is_taken_has_its_properties_here() {
    let known: HashSet<&str> = TYPES.iter().map(|it| it.name).collect();
    let taken: HashSet<&str> =
        KINDS.concat().into_iter().filter(|it| *it != SERVICE_DETAILS).collect();
    assert_eq!(known, taken);
    for kind in TYPES {
        let lists = [kind.read, kind.told, kind.idle].map(words);
        let count: usize = lists.iter().map(HashSet::len).sum();
        let all: HashSet<&str> = lists.into_iter().flatten().collect();
        assert_eq!(all.len(), count, "{}: a property is in two lists", kind.name);
    }
}

#[test]
fn readers_ask_for_what_the_table_says_and_for_nothing_else() {
    let runs = everything();
    let mut wrong = Vec::new();
    for kind in TYPES {
        let of_kind = runs.iter().filter_map(|run| run.get(kind.name)).flatten();
        let asked: HashSet<&str> = of_kind.map(String::as_str).collect();
        let table: HashSet<&str> = words(kind.read).into_iter().chain(words(kind.told)).collect();
        for key in asked.iter().filter(|key| !table.contains(**key) && !OF_ALL.contains(key)) {
            wrong.push(format!("{}: {key} is asked for, and not in the table", kind.name));
        }
        for key in words(kind.read).iter().filter(|key| !asked.contains(**key)) {
            wrong.push(format!("{}: {key} is in the table, and nothing asks for it", kind.name));
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_nothing_reads_is_told_once_for_its_type() {
    let mut notes = Notes::default();
    let mut made = resource(&TYPES[0], 0);
    let more = [("InstanceTenancy", "default"), ("Colour", "blue"), ("Empty", "")];
    if let Kind::Map(entries) = &mut made.properties.kind {
        for (key, text) in more {
            let key = node::Key { text: key.to_owned(), pos: Pos::default() };
            entries.push((key, crate::import::foreign::common::value::text(Pos::default(), text)));
        }
    }
    let again = Resource { name: "Thing1".to_owned(), ..made.clone() };
    tell(&[made, again], &mut notes);
    let told = notes.into_problems(&Source { name: "t".to_owned(), text: String::new() });
    let told: Vec<&str> = told.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(told, ["Colour of Thing0 and 1 more (AWS::EC2::VPC): vpcdns does not read it"]);
}

#[test]
fn what_terraform_tells_is_in_the_table() {
    let types: BTreeMap<&str, &Type> = TYPES.iter().map(|it| (it.name, it)).collect();
    for (theirs, ours, attributes) in crate::import::foreign::terraform::TABLES {
        let Some(known) = types.get(ours) else { continue };
        for (attribute, property) in *attributes {
            // With a gateway, an association is of another type.
            let with_gateway = types["AWS::EC2::GatewayRouteTableAssociation"];
            let is_read = words(known.read).contains(property)
                || words(known.told).contains(property)
                || *theirs == "aws_route_table_association"
                    && words(with_gateway.read).contains(property);
            assert!(is_read, "{theirs}.{attribute} is {ours}.{property}, which nothing reads");
        }
    }
}

/// `VPCDNS_BLESS=1` rewrites the list.
#[test]
fn the_documentation_lists_what_has_no_effect() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import.md");
    let text = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- properties without effect -->\n", "<!-- end of properties -->\n");
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let mut list = "| type | properties without effect |\n|---|---|\n".to_owned();
    for kind in TYPES.iter().filter(|kind| !kind.idle.is_empty()) {
        let idle: Vec<String> = kind.idle.split_whitespace().map(|it| format!("`{it}`")).collect();
        list.push_str(&format!("| `{}` | {} |\n", kind.name, idle.join(", ")));
    }
    let wanted = format!("{before}{begin}{list}{end}{after}");
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), wanted, "VPCDNS_BLESS=1 writes it");
}
