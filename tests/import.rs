//! Files of other tools become the worlds they describe: each fixture with what is told of it, and what must hold for all.
//!
//! `INSTA_UPDATE=always cargo test --test import` writes what is printed now into the snapshots, to be read in the diff.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{fs, path::Path};

use common::{root, scratch, vpcdns};

/// Every file and folder that is imported whole.
const FIXTURES: &[&str] = &[
    "cloudformation/shop.yaml",
    "cloudformation/outside.json",
    "cloudformation/refused.yaml",
    "cloudformation/order.yaml",
    "cloudformation/more.yaml",
    "cloudformation/expressions.yaml",
    "cloudformation/untaken.yaml",
    "cloudformation/named.yaml",
    "nested/parent.yaml",
    "language/loops.yaml",
    "cdk.out",
    "exports",
    "describe/shop",
    "describe/regions.json",
    "describe/services.json",
    "describe/zones",
    "describe/more.json",
    "describe/states.json",
    "describe/untaken.json",
    "terraform/state.json",
    "terraform/plan.json",
    "terraform/locals.json",
    "terraform/more.json",
    "terraform/untaken.json",
    "terraform/spoke.json",
    "terraform/modules.json",
    "cloudformation/spoke.yaml",
    "cloudformation/profile.yaml",
    "terraform/profile.json",
    "describe/spoke",
    "terraform/stated.json",
    "cloudformation/gateways.yaml",
    "terraform/gateways.json",
    "describe/gateways.json",
    "cloudformation/security.yaml",
    "terraform/security.json",
    "describe/security.json",
];

fn fixture(name: &str) -> String {
    format!("tests/fixtures/{name}")
}

#[test]
fn each_fixture_is_imported_as_written() {
    for name in FIXTURES {
        let printed = vpcdns(&["import", "--notes", "all", &fixture(name)]);
        // What its own tool would refuse is imported as far as it goes, but told.
        let code = i32::from(*name == "cloudformation/refused.yaml");
        assert_eq!(printed.code, code, "{name}: {}", printed.err);
        let shown = format!("{}\n{}", printed.err, printed.out);
        insta::assert_snapshot!(name.replace(['/', '.'], "_"), shown);
    }
}

/// What may change an answer comes first, then what stands for something; the rest is counted.
#[test]
fn notes_are_ranked_and_the_rest_is_counted() {
    for (name, others) in [
        ("cloudformation/untaken.yaml", 4),
        ("describe/untaken.json", 3),
        ("terraform/untaken.json", 3),
    ] {
        let path = fixture(name);
        let short = vpcdns(&["import", &path]);
        let all = vpcdns(&["import", "--notes", "all", &path]);
        assert_eq!((short.code, all.code), (0, 0), "{name}");
        assert_eq!(short.out, all.out, "{name}");
        let last = format!("{others} other notes: --notes all shows them");
        assert_eq!(short.err.lines().last(), Some(last.as_str()), "{name}");
        let told: Vec<&str> = short.err.lines().take(short.err.lines().count() - 1).collect();
        let every: Vec<&str> = all.err.lines().collect();
        assert_eq!(every.len(), told.len() + others, "{name}");
        assert_eq!(every[..told.len()], told, "{name}");
        let skipped = told.iter().take_while(|line| line.contains(": skipped: ")).count();
        assert!(skipped > 0 && told[skipped..].iter().all(|it| !it.contains(": skipped: ")));
        assert!(every[told.len()..].iter().all(|it| it.contains(": skipped: ")), "{name}");
        // The other commands count; `check` prints the same and keeps its exit code.
        let table = vpcdns(&["table", &path]);
        assert!(table.err.contains(&format!("{others} other notes;")), "{}", table.err);
        let check = vpcdns(&["check", &path]);
        assert_eq!((check.code, check.err.lines().last()), (0, Some(last.as_str())), "{name}");
        let check = vpcdns(&["check", "--json", &path]);
        assert_eq!(check.out.matches("\"rank\": \"other\"").count(), others, "{name}");
    }
    let role = "AWS::IAM::Role: Role: vpcdns does not read this type";
    let path = fixture("cloudformation/untaken.yaml");
    assert!(!vpcdns(&["import", &path]).err.contains(role));
    assert!(vpcdns(&["import", "--notes", "all", &path]).err.contains(role));
}

/// The tag `Name`, the logical id or Terraform address, the id, and the service of an endpoint where it is the only one;
/// in the file as in the world file that it becomes.
#[test]
fn a_thing_answers_to_each_of_its_names() {
    let folder = scratch("import-names");
    let printed = folder.join("named.yaml");
    let named = fixture("cloudformation/named.yaml");
    fs::write(&printed, vpcdns(&["import", &named]).out).unwrap();
    let state = fixture("terraform/more.json");
    let printed = printed.to_str().unwrap();
    for world in [&named, printed] {
        let off = |endpoint: &str| {
            let set = format!(
                "ModifyVpcEndpoint: {{VpcEndpointId: {endpoint}, PrivateDnsEnabled: false}}"
            );
            vpcdns(&["what-if", world, "--set", &set])
        };
        for endpoint in
            ["NetVpcSsm", "ssm", "com.amazonaws.eu-west-1.ssm", "vpce-813609e02acdc34b5"]
        {
            let what_if = off(endpoint);
            assert!(what_if.out.contains("ssm.eu-west-1.amazonaws.com"), "{}", what_if.err);
        }
        // Shared names are refused, with what may be said instead.
        let shared = off("Net/Vpc");
        assert_eq!(shared.code, 1);
        for candidate in ["NetVpcSsm (vpce-813609e02acdc34b5)", "NetVpcEcr (vpce-"] {
            assert!(shared.err.contains(candidate), "{}", shared.err);
        }
        let shared = off("ecr.api");
        for candidate in ["OtherEcr (vpce-", "NetVpcEcr (vpce-"] {
            assert!(shared.err.contains(candidate), "{}", shared.err);
        }
        let from = |client: &str| {
            vpcdns(&["explain", "ssm.eu-west-1.amazonaws.com", world, "--from", client])
        };
        for (client, place) in [
            ("Net/Vpc", "Net/Vpc"),
            ("NetVpc9B3F", "Net/Vpc"),
            ("NetVpcPublicSubnet1", "Net/Vpc/PublicSubnet1 in Net/Vpc"),
            ("Net/Vpc/PublicSubnet1", "Net/Vpc/PublicSubnet1 in Net/Vpc"),
            ("Shop/Web", "Shop/Web in Net/Vpc"),
            ("Job", "Web in Net/Vpc"),
        ] {
            let explained = from(client);
            assert_eq!(explained.code, 0, "{client}: {}", explained.err);
            assert!(explained.out.contains(&format!("asked from {place}\n")), "{}", explained.out);
        }
        let shared = from("Web");
        assert_eq!(shared.code, 1);
        assert!(shared.err.contains("Shop/Web (i-"), "{}", shared.err);
        let table = vpcdns(&["table", world, "--from", "Job"]);
        assert_eq!(table.code, 0, "{}", table.err);
        let survey = vpcdns(&["survey", world, "--from", "NetVpcPublicSubnet1"]);
        assert_eq!(survey.code, 0, "{}", survey.err);
    }
    for client in ["one", "aws_subnet.one", "aws_instance.one", "aws_vpc.a"] {
        let explained = vpcdns(&["explain", "a.b", &state, "--from", client]);
        assert_eq!(explained.code, 11, "{client}: {}", explained.err);
    }
    fs::remove_dir_all(folder).unwrap();
}

/// The state of an application knows its network only by ids, addresses and the names of its endpoints.
#[test]
fn every_stated_address_and_name_answers() {
    let path = fixture("terraform/stated.json");
    let text = fs::read_to_string(root().join(&path)).unwrap();
    let state: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut asked = 0;
    for resource in state["resources"].as_array().unwrap() {
        let attributes = &resource["instances"][0]["attributes"];
        let Some(names) = attributes["dns_entry"].as_array() else { continue };
        let of_interface = if resource["name"] == "logs" { vec!["10.0.7.77"] } else { Vec::new() };
        let stated = attributes["subnet_configuration"].as_array().into_iter().flatten();
        let mut stated: Vec<&str> = stated.map(|it| it["ipv4"].as_str().unwrap()).collect();
        stated.extend(of_interface);
        stated.sort_unstable();
        let mut of_zones = Vec::new();
        for (number, name) in names.iter().enumerate() {
            let name = name["dns_name"].as_str().unwrap().replace("*.", "bucket.");
            let explained = vpcdns(&["explain", &name, &path, "--from", "vpc-0ccccccccccccccc1"]);
            assert_eq!(explained.code, 0, "{name}: {}{}", explained.out, explained.err);
            let records = explained.out.lines().filter_map(|line| line.split_once("A\t"));
            let mut addresses: Vec<String> =
                records.map(|(_, address)| address.trim().to_owned()).collect();
            addresses.sort_unstable();
            match number {
                0 => assert_eq!(addresses, stated, "{name}"),
                _ => of_zones.append(&mut addresses),
            }
            asked += 1;
        }
        of_zones.sort_unstable();
        assert_eq!(of_zones, stated, "{}", resource["name"]);
    }
    assert_eq!(asked, 19);
    let told = vpcdns(&["import", &path]).err;
    let pairs = "aws_vpc_endpoint.events give the zones of its subnets, but not which subnet is in which zone; \
                 the order of both lists is used: subnet-0ccccccccccccccc6 in us-west-2b, \
                 subnet-0ccccccccccccccc7 in us-west-2a";
    assert!(told.contains(pairs), "{told}");
    assert_eq!(told.matches("but not which subnet is in which zone").count(), 1, "{told}");
}

#[test]
fn what_is_printed_serves_the_same_answers() {
    let folder = scratch("import");
    for name in FIXTURES {
        let printed = vpcdns(&["import", &fixture(name)]);
        let path = folder.join("world.yaml");
        fs::write(&path, printed.out).unwrap();
        let path = path.to_str().unwrap();
        let check = vpcdns(&["check", path]);
        assert_eq!((check.code, check.err.as_str()), (0, ""), "{name}");
        let diff = vpcdns(&["diff", &fixture(name), path]);
        assert_eq!(diff.code, 0, "{name}: {}", diff.out);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn files_by_themselves_are_a_folder() {
    let folder = root().join(fixture("describe/shop"));
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && name != "broken.json")
        .map(|name| fixture(&format!("describe/shop/{name}")))
        .collect();
    files.sort();
    let together = vpcdns(&["import", &fixture("describe/shop")]).out;
    let arguments: Vec<&str> =
        ["import"].into_iter().chain(files.iter().map(String::as_str)).collect();
    assert_eq!(vpcdns(&arguments).out, together);
    // The hint where the notes are not shown names all of them.
    let mut served = vec!["explain", "a.b", "--from", "web"];
    served.extend(files.iter().map(String::as_str));
    let hint = format!("`vpcdns import {}` lists them", files.join(" "));
    assert!(vpcdns(&served).err.contains(&hint));
    // In another order it is the same network, though not in the same order.
    let reversed: Vec<&str> =
        ["import"].into_iter().chain(files.iter().rev().map(String::as_str)).collect();
    let scratch = scratch("import-order");
    let path = scratch.join("world.yaml");
    fs::write(&path, vpcdns(&reversed).out).unwrap();
    let diff = vpcdns(&["diff", &fixture("describe/shop"), path.to_str().unwrap()]);
    assert_eq!(diff.code, 0, "{}", diff.out);
    fs::remove_dir_all(scratch).unwrap();
}

#[test]
fn every_command_takes_them_as_worlds() {
    let shop = fixture("cloudformation/shop.yaml");
    let queue = vpcdns(&["explain", "sqs.ap-northeast-2.amazonaws.com", &shop, "--from", "web"]);
    assert_eq!(queue.code, 0, "{}", queue.err);
    assert!(
        queue.err.contains("`vpcdns import tests/fixtures/cloudformation/shop.yaml` lists them")
    );
    let record = vpcdns(&["explain", "web.shop.internal", &shop, "--from", "shop-test"]);
    assert!(record.out.contains("A\t10.7.1.4"), "{}", record.out);
    let alias = vpcdns(&["explain", "queue.shop.internal", &shop, "--from", "shop-test"]);
    assert!(alias.out.contains("A\t10.7.1.6"), "{}", alias.out);
    // What a plan would change, before it is applied.
    let state = fixture("terraform/state.json");
    let on = "ModifyVpcEndpoint: {VpcEndpointId: sqs, PrivateDnsEnabled: true}";
    let what_if = vpcdns(&["what-if", &state, "--set", on]);
    assert!(what_if.out.contains("sqs.eu-west-1.amazonaws.com"), "{}", what_if.out);
}

#[test]
fn parameters_are_given_on_the_command_line() {
    let outside = fixture("cloudformation/outside.json");
    let given = ["Vpc=vpc-0123456789abcdef0", "Subnets=subnet-0123456789abcdef0", "Service=ssm"];
    let mut arguments = vec!["import", &outside];
    for parameter in &given {
        arguments.extend(["--parameter", parameter]);
    }
    let printed = vpcdns(&arguments);
    assert_eq!(printed.code, 0, "{}", printed.err);
    assert!(printed.out.contains("id: vpc-0123456789abcdef0"), "{}", printed.out);
    assert!(printed.out.contains("service: com.amazonaws.eu-central-1.ssm"), "{}", printed.out);
    assert!(!printed.err.contains("parameter Vpc"), "{}", printed.err);
    let unknown = vpcdns(&["import", &outside, "--parameter", "Vpcs=x"]);
    assert!(unknown.err.contains("`Vpcs`"), "{}", unknown.err);
    assert_eq!(vpcdns(&["import", &outside, "--parameter", "=x"]).code, 1);
}

#[test]
fn only_files_of_no_known_kind_are_refused() {
    let folder = scratch("import-refused");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = folder.join("empty");
    fs::create_dir(&empty).unwrap();
    for (argument, said) in [
        (write("a.txt", "hello"), "neither a world file nor a lab file"),
        (write("b.json", "{\"Vpcs\": ["), "b.json:1"),
        (empty.to_str().unwrap().to_owned(), "has no file that can be imported"),
        (folder.join("none").to_str().unwrap().to_owned(), "there is no file"),
    ] {
        let printed = vpcdns(&["import", &argument]);
        assert_eq!((printed.code, printed.out.as_str()), (1, ""), "{argument}");
        assert!(printed.err.contains(said), "{argument}: {}", printed.err);
    }
    // A known kind with nothing in it is an empty world.
    let printed = vpcdns(&["import", &write("empty.json", "{\"Vpcs\": []}")]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    let text = "{\"version\": 4, \"terraform_version\": \"1.9.5\", \"resources\": []}";
    let printed = vpcdns(&["import", &write("empty.json", text)]);
    assert_eq!(printed.code, 0);
    assert!(printed.err.contains("skipped: the state holds no resources"), "{}", printed.err);
    let workspaces = folder.join("infra/terraform.tfstate.d/prod");
    fs::create_dir_all(&workspaces).unwrap();
    fs::write(folder.join("infra/terraform.tfstate"), text).unwrap();
    fs::write(workspaces.join("terraform.tfstate"), text).unwrap();
    let printed = vpcdns(&["import", folder.join("infra").to_str().unwrap()]);
    assert!(
        printed.err.contains("terraform.tfstate.d: skipped: it holds other Terraform workspaces"),
        "{}",
        printed.err
    );
    fs::remove_dir_all(folder).unwrap();
}

/// Many ways to break a file at one place, in turn: it is imported or refused, and nothing worse.
#[test]
fn broken_files_do_no_harm() {
    use vpcdns::{
        export,
        import::{Defaults, open, text::diagnostic::Source, world},
    };
    let folder = scratch("import-broken");
    let mut seen = 0;
    for name in FIXTURES.iter().filter(|name| root().join(fixture(name)).is_file()) {
        let text = fs::read_to_string(root().join(fixture(name))).unwrap();
        let path = folder.join(Path::new(name).file_name().unwrap());
        let lines: Vec<&str> = text.lines().collect();
        let mut texts = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            for change in ["", "null", "[]", "{}", "0", "\"\""] {
                let broken = match (change, line.split_once(": ")) {
                    ("", _) => String::new(),
                    (_, Some((key, rest))) => {
                        let comma = if rest.ends_with(',') { "," } else { "" };
                        format!("{key}: {change}{comma}")
                    }
                    _ => continue,
                };
                let mut lines = lines.clone();
                lines[index] = &broken;
                texts.push((format!("line {}: {broken}", index + 1), lines.join("\n")));
            }
        }
        // Every value in quotation marks, wherever in its line it stands.
        let marks: Vec<usize> = text.match_indices('"').map(|(place, _)| place).collect();
        for pair in marks.chunks_exact(2) {
            let (before, after) = (&text[..pair[0]], &text[pair[1] + 1..]);
            if !after.trim_start().starts_with(':') {
                for change in ["null", "{}", "\"some.word\""] {
                    let told = format!("byte {}: {change}", pair[0]);
                    texts.push((told, format!("{before}{change}{after}")));
                }
            }
        }
        for (told, broken) in texts {
            fs::write(&path, broken).unwrap();
            let Ok(loaded) = open::open(path.to_str().unwrap(), &Defaults::default()) else {
                continue;
            };
            seen += 1;
            // What came of it can be written down and read again.
            let text = export::yaml(&loaded.world);
            let source = Source { name: "again".to_owned(), text };
            if let Err(problems) = world::load(&source, &Defaults::default()) {
                panic!("{name}: {told}: {problems:#?}\n{}", source.text);
            }
        }
    }
    assert!(seen > 1000, "{seen}");
    fs::remove_dir_all(folder).unwrap();
}

/// Layers of one network come as files of their own, in any order.
#[test]
fn placeholders_yield_to_resources_of_other_files() {
    for (network, application) in
        [("network.yaml", "application.yaml"), ("network.tfstate", "application.tfstate")]
    {
        let (network, application) =
            (fixture(&format!("layers/{network}")), fixture(&format!("layers/{application}")));
        let folder = scratch("import-layers");
        let mut worlds = Vec::new();
        for (number, files) in
            [[&network, &application], [&application, &network]].iter().enumerate()
        {
            let printed = vpcdns(&["import", files[0], files[1]]);
            assert_eq!(printed.code, 0, "{}", printed.err);
            assert!(
                !printed.err.lines().any(|line| line.ends_with("used as a placeholder")),
                "{}",
                printed.err
            );
            assert_eq!(printed.out.matches("    cidr:\n").count(), 1, "{}", printed.out);
            assert!(printed.out.contains("sqs") && printed.out.contains("private-dns: true"));
            assert_eq!(printed.out.contains("db"), network.ends_with("tfstate"), "{}", printed.out);
            let path = folder.join(format!("{number}.yaml"));
            fs::write(&path, printed.out).unwrap();
            worlds.push(path.to_str().unwrap().to_owned());
        }
        let diff = vpcdns(&["diff", &worlds[0], &worlds[1]]);
        assert_eq!(diff.code, 0, "{}", diff.out);
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn resources_that_disagree_are_an_error_with_both_places() {
    let (one, other) = (fixture("layers/network.tfstate"), fixture("layers/other.tfstate"));
    let printed = vpcdns(&["import", &one, &other]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    assert!(printed.err.contains(&format!("{one}:2")), "{}", printed.err);
    assert!(printed.err.contains(&format!("{other}:2")), "{}", printed.err);
    // Files that agree are one.
    let twice = vpcdns(&["import", &one, &one]);
    assert_eq!(
        (twice.code, twice.out == vpcdns(&["import", &one]).out),
        (0, true),
        "{}",
        twice.err
    );
}

/// A subnet that is not in the file gets a range around its own addresses and leaves those of others alone.
#[test]
fn subnets_of_addresses_leave_room_for_each_other() {
    let printed = vpcdns(&["import", &fixture("describe/outside.json")]);
    for address in ["10.0.2.20", "10.0.5.20", "10.0.5.200", "10.0.5.230"] {
        assert!(printed.out.contains(&format!("address: \"{address}\"")), "{}", printed.out);
    }
    // AWS keeps the first addresses of a range for itself, so that one is stood for.
    assert_eq!(printed.out.matches("            address: ").count(), 5, "{}", printed.out);
    assert!(printed.err.contains("10.0.0.1 of i-0aaaaaaaaaaaaaaa1"), "{}", printed.err);
}

#[test]
fn utf_16_is_read_as_powershell_writes_it() {
    let folder = scratch("import-utf16");
    let text = r#"{"Vpcs": [{"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/16"}]}"#;
    for (order, to_bytes) in
        [("little", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("big", u16::to_be_bytes)]
    {
        let path = folder.join(order);
        let marked = format!("\u{feff}{text}");
        fs::write(&path, marked.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>()).unwrap();
        let printed = vpcdns(&["import", path.to_str().unwrap()]);
        assert_eq!(printed.code, 0, "{}", printed.err);
        assert!(printed.out.contains("id: vpc-0123456789abcdef0"), "{}", printed.out);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_endpoint_of_another_region_leaves_the_template_its_own() {
    let printed = vpcdns(&["import", &fixture("layers/two-regions.yaml")]);
    assert!(
        printed.err.contains("the template is evaluated for eu-west-1, because"),
        "{}",
        printed.err
    );
    assert!(
        printed.out.starts_with("# Written by `vpcdns import`.\nregion: eu-west-1\n"),
        "{}",
        printed.out
    );
}

/// The notes of one severity that `import` tells of a file.
fn told(printed: &str, word: &str) -> Vec<String> {
    let lines = printed.lines().filter(|line| line.contains(&format!(": {word}: ")));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_nested_stack_is_evaluated_with_the_parameters_of_its_parent() {
    let parent = fixture("nested/parent.yaml");
    let printed = vpcdns(&["import", &parent]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    // Two networks of one template have two names.
    for name in ["  Network-Vpc:", "  Other-Vpc:", "  Endpoint:"] {
        assert!(printed.out.contains(name), "{name}: {}", printed.out);
    }
    for cidr in ["10.40.0.0/16", "10.41.0.0/16", "10.40.1.0/24", "10.41.1.0/24"] {
        assert!(printed.out.contains(cidr), "{cidr}: {}", printed.out);
    }
    // The nested template names no region; the parent's VPC of a hosted zone does.
    assert!(printed.out.contains("region: eu-central-1\n"), "{}", printed.out);
    assert!(printed.out.contains("com.amazonaws.eu-central-1.sqs"), "{}", printed.out);
    assert!(printed.out.contains("zone: eu-central-1c"), "{}", printed.out);
    let skipped = told(&printed.err, "skipped").join("\n");
    assert!(
        skipped.contains("parent.yaml:35:3: skipped: Lost (AWS::CloudFormation::Stack)"),
        "{skipped}"
    );
    assert!(skipped.contains("no output `Wep`"), "{skipped}");
    // Nothing else is lost, and nothing is a placeholder.
    assert!(
        !printed.err.lines().any(|line| line.ends_with("used as a placeholder")),
        "{}",
        printed.err
    );
    for (name, answer) in [
        ("web.corp.internal", "10.40.0."),
        ("other.corp.internal", "10.41.0."),
        ("queue.corp.internal", "10.40."),
    ] {
        let explained = vpcdns(&["explain", name, &parent, "--from", "10.40.0.9"]);
        assert!(explained.out.contains(answer), "{name}: {}", explained.out);
    }
}

#[test]
fn a_nested_template_that_is_given_as_well_is_no_stack_of_its_own() {
    let parent = fixture("nested/parent.yaml");
    let alone = vpcdns(&["import", &parent]).out;
    let network = fixture("nested/modules/network.yaml");
    assert_eq!(vpcdns(&["import", &network, &parent]).out, alone);
}

#[test]
fn templates_that_are_made_of_each_other_are_refused() {
    let circle = fixture("nested/circle.yaml");
    let checked = vpcdns(&["check", &circle]);
    assert_eq!(checked.code, 1, "{}", checked.err);
    assert!(checked.err.contains("uses a template that contains this stack"), "{}", checked.err);
    assert!(checked.err.contains("circle-again.yaml:3:3"), "{}", checked.err);
}

#[test]
fn a_cloud_assembly_is_read_by_its_manifest() {
    let printed = vpcdns(&["import", &fixture("cdk.out")]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    // Two stacks of one name, of two accounts and regions, and a nested one.
    for told in [
        "owner: \"111122223333\"",
        "owner: \"444455556666\"",
        "region: eu-north-1",
        "region: us-west-2",
        "zone: us-west-2a",
        "10.50.0.0/16",
        "10.51.0.0/16",
        "com.amazonaws.eu-north-1.ssm",
    ] {
        assert!(printed.out.contains(told), "{told}: {}", printed.out);
    }
    for untold in ["tree.json", "assets.json", "manifest.json", "AWS::CDK::Metadata", "CDKMetadata"]
    {
        assert!(!printed.err.contains(untold), "{untold}: {}", printed.err);
    }
}

#[test]
fn folders_tell_accounts_and_regions() {
    let printed = vpcdns(&["import", &fixture("exports")]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let out = &printed.out;
    // Templates of one name in two folders are two stacks.
    assert_eq!(out.matches("10.62.0.0/16").count(), 2, "{out}");
    for (cidr, region, owner) in [
        ("10.60.0.0/16", "eu-west-1", "111122223333"),
        ("10.61.0.0/16", "us-east-1", "444455556666"),
    ] {
        let (before, _) = out.split_once(&format!("- {cidr}")).unwrap();
        let vpc = before.rsplit_once("    id: vpc-").unwrap().1;
        assert!(vpc.contains(&format!("region: {region}")), "{cidr}: {vpc}");
        assert!(vpc.contains(&format!("owner: \"{owner}\"")), "{cidr}: {vpc}");
    }
    assert!(out.contains("zone: us-east-1a") && out.contains("zone: eu-west-1a"), "{out}");
}

#[test]
fn folders_that_lead_back_or_too_deep_are_bounded() {
    let folder = scratch("import-loops");
    fs::write(
        folder.join("a.json"),
        r#"{"Vpcs": [{"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/16"}]}"#,
    )
    .unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("again")).unwrap();
    let deep = folder.join("1/2/3/4/5/6/7/8/9");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("b.json"), "{}").unwrap();
    // Of folders within only what may be an export is read.
    fs::write(folder.join("1/README.md"), "hello").unwrap();
    let printed = vpcdns(&["import", folder.to_str().unwrap()]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    assert_eq!(printed.out.matches("id: vpc-").count(), 1, "{}", printed.out);
    assert!(printed.err.contains("folders deeper than 8 are not read"), "{}", printed.err);
    assert!(!printed.err.contains("README"), "{}", printed.err);
    fs::remove_dir_all(folder).unwrap();
}

/// What `list-exports` and `describe-stacks` print tells what a template imports.
#[test]
fn exports_are_told_by_replies_of_cloudformation() {
    let folder = scratch("import-exports");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let application = write(
        "app.yaml",
        "Resources:\n  Q:\n    Type: AWS::EC2::VPCEndpoint\n    Properties: {VpcEndpointType: Interface, VpcId: !ImportValue net-Vpc, SubnetIds: [!ImportValue net-Subnet], ServiceName: com.amazonaws.eu-west-1.sqs}\n",
    );
    let (vpc, subnet) = ("vpc-0123456789abcdef0", "subnet-0123456789abcdef0");
    let listed = format!(
        r#"{{"Exports": [{{"ExportingStackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/net/1", "Name": "net-Vpc", "Value": "{vpc}"}},
            {{"ExportingStackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/net/1", "Name": "net-Subnet", "Value": "{subnet}"}}]}}"#
    );
    let described = format!(
        r#"{{"Stacks": [{{"StackName": "net", "StackStatus": "CREATE_COMPLETE", "Outputs": [
            {{"OutputKey": "V", "OutputValue": "{vpc}", "ExportName": "net-Vpc"}},
            {{"OutputKey": "S", "OutputValue": "{subnet}", "ExportName": "net-Subnet"}},
            {{"OutputKey": "Other", "OutputValue": "x"}}]}}]}}"#
    );
    for reply in [write("exports.json", &listed), write("stacks.json", &described)] {
        for files in [[&*application, &*reply], [&*reply, &*application]] {
            let printed = vpcdns(&["import", files[0], files[1]]);
            assert_eq!(printed.code, 0, "{}", printed.err);
            assert!(printed.out.contains(&format!("id: {vpc}")), "{}", printed.out);
            assert!(printed.out.contains(&format!("id: {subnet}")), "{}", printed.out);
            assert!(!printed.err.contains("import net-"), "{}", printed.err);
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_cloudformation_refuses_whole_is_refused_with_its_place() {
    let folder = scratch("import-whole");
    let path = folder.join("t.yaml");
    let net = "Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}";
    for (text, place, said) in [
        ("Resources: {}\n".to_owned(), "1:12", "At least one Resources member must be defined."),
        ("AWSTemplateFormatVersion: '2010-09-09'\n".to_owned(), "1:1", "At least one Resources member must be defined."),
        (format!("Resources:\n  {net}\n  X: {{Properties: {{}}}}\n"), "3:3", "Every Resources object must contain a Type member."),
        (
            format!("Resources:\n  {net}\n  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Nett, CidrBlock: !Sub '${{Blok}}'}}}}\n"),
            "3:56",
            "Unresolved resource dependencies [Blok, Nett] in the Resources block of the template",
        ),
        (
            format!("Resources:\n  {net}\n  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !GetAtt Nobody.VpcId, CidrBlock: 10.0.0.0/24}}}}\n"),
            "3:59",
            "[Nobody] in the Resources block",
        ),
        (
            format!("Resources:\n  {net}\n  S: {{Type: AWS::EC2::Subnet, DependsOn: [Net, Gone], Properties: {{VpcId: !Ref Net, CidrBlock: 10.0.0.0/24}}}}\n"),
            "3:48",
            "[Gone] in the Resources block",
        ),
        (format!("Resources:\n  {net}\nOutputs:\n  V: {{Value: !GetAtt [Vpc, VpcId]}}\n"), "4:22", "[Vpc] in the Outputs block"),
        (
            "Resources:\n  A: {Type: T, Properties: {V: !Ref B}}\n  B: {Type: T, Properties: {V: !Ref A}}\n".to_owned(),
            "2:3",
            "Circular dependency between resources: [A, B]",
        ),
    ] {
        fs::write(&path, &text).unwrap();
        let path = path.to_str().unwrap();
        for command in ["check", "import"] {
            let printed = vpcdns(&[command, path]);
            assert_eq!(printed.code, 1, "{command}: {text}: {}", printed.err);
            assert!(printed.err.contains(said), "{command}: {text}: {}", printed.err);
        }
        let printed = vpcdns(&["import", path]);
        let line = printed.err.lines().find(|line| line.contains(said)).unwrap();
        assert!(line.starts_with(&format!("{path}:{place}: CloudFormation refuses")), "{line}");
    }
    // What is not refused: names that a transform makes, pseudo parameters, text that is meant as it stands.
    for text in [
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  {net}\nOutputs: {{R: {{Value: !Ref FunctionRole}}}}\n"
        ),
        format!(
            "Resources:\n  {net}\nOutputs: {{R: {{Value: !Sub '${{AWS::Region}} ${{!Nobody}} ${{Net.CidrBlock}}'}}}}\n"
        ),
        format!("Resources:\n  {net}\nOutputs: {{R: {{Value: !Sub ['${{A}}', {{A: b}}]}}}}\n"),
    ] {
        fs::write(&path, &text).unwrap();
        let printed = vpcdns(&["check", path.to_str().unwrap()]);
        assert_eq!(printed.code, 0, "{text}: {}", printed.err);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_last_of_keys_that_stand_twice_counts_in_a_template() {
    let folder = scratch("import-twice");
    let path = folder.join("t.yaml");
    fs::write(
        &path,
        "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.0.0.0/16\n      CidrBlock: 10.1.0.0/16\n",
    )
    .unwrap();
    let path = path.to_str().unwrap();
    for arguments in [vec!["import", path], vec!["import", path, path]] {
        let printed = vpcdns(&arguments);
        assert_eq!(printed.code, 0, "{}", printed.err);
        assert!(
            printed.out.contains("- 10.1.0.0/16") && !printed.out.contains("10.0.0.0/16"),
            "{}",
            printed.out
        );
        assert!(
            printed.err.contains(&format!("{path}:6:7: the key `CidrBlock` appears twice in one map; CloudFormation takes the last value (it first appears on line 5)")),
            "{}",
            printed.err
        );
    }
    // A world file is refused.
    let world = folder.join("world.yaml");
    fs::write(&world, "vpcs: {a: {cidr: 10.0.0.0/16, cidr: 10.1.0.0/16}}\n").unwrap();
    let checked = vpcdns(&["check", world.to_str().unwrap()]);
    assert_eq!(checked.code, 1);
    assert!(checked.err.contains("appears twice"), "{}", checked.err);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn parameters_are_given_in_files() {
    let folder = scratch("import-parameters");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let template = write(
        "t.yaml",
        "Parameters: {Block: {Type: String}}\nResources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Block}}\n",
    );
    let listed = write("l.json", r#"[{"ParameterKey": "Block", "ParameterValue": "10.9.0.0/16"}]"#);
    let pipeline =
        write("p.json", r#"{"Parameters": {"Block": "10.9.0.0/16"}, "StackPolicy": {}}"#);
    for file in [&listed, &pipeline] {
        let printed = vpcdns(&["import", &template, "--parameter-file", file]);
        assert_eq!(printed.code, 0, "{}", printed.err);
        assert!(printed.out.contains("- 10.9.0.0/16"), "{}", printed.out);
        // One that is named on the command line wins.
        let one = "Block=10.8.0.0/16";
        let printed = vpcdns(&["import", &template, "--parameter", one, "--parameter-file", file]);
        assert!(printed.out.contains("- 10.8.0.0/16"), "{}", printed.out);
        // As a file to import it is told for what it is.
        let alone = vpcdns(&["import", file]);
        assert_eq!(alone.code, 1);
        assert!(alone.err.contains("--parameter-file"), "{}", alone.err);
    }
    let broken = write("b.json", "[{\"ParameterKey\": \"Block\"}]");
    let printed = vpcdns(&["import", &template, "--parameter-file", &broken]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("b.json:1:2"), "{}", printed.err);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_cannot_be_imported_says_what_to_export_instead() {
    let folder = scratch("import-elsewhere");
    let path = folder.join("f.json");
    for (text, what, instead) in [
        (r#"{"version": 3, "deployment": {"resources": []}}"#, "Pulumi", "describe-vpcs"),
        (r#"{"fileVersion": "1.0", "configurationItems": []}"#, "AWS Config", "describe-vpcs"),
        (r#"{"StackResourceSummaries": []}"#, "list-stack-resources", "get-template"),
        (r#"{"StackResources": []}"#, "describe-stack-resources", "get-template"),
        (r#"{"version": "36.0.0", "artifacts": {}}"#, "cloud assembly", "its folder"),
    ] {
        fs::write(&path, text).unwrap();
        let printed = vpcdns(&["import", path.to_str().unwrap()]);
        assert_eq!(printed.code, 1, "{text}");
        assert!(
            printed.err.contains(what) && printed.err.contains(instead),
            "{text}: {}",
            printed.err
        );
    }
    fs::remove_dir_all(folder).unwrap();
}

/// Each template of the folder names eu-west-2 in its own way.
#[test]
fn a_template_is_evaluated_for_the_region_it_names() {
    let folder = root().join(fixture("regions"));
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let printed = vpcdns(&["import", &fixture(&format!("regions/{name}"))]);
        assert_eq!(printed.code, 0, "{name}: {}", printed.err);
        assert!(
            printed.err.contains("the template is evaluated for eu-west-2, because"),
            "{name}: {}",
            printed.err
        );
        assert!(printed.out.contains("zone: eu-west-2a"), "{name}: {}", printed.out);
        seen += 1;
    }
    assert!(seen > 8, "{seen}");
    // A value that is given wins over the default.
    let parameter = fixture("regions/parameter.yaml");
    let printed = vpcdns(&["import", &parameter, "--parameter", "Region=us-west-1"]);
    assert!(
        printed.err.contains("the template is evaluated for us-west-1, because"),
        "{}",
        printed.err
    );
}

#[test]
fn loops_and_included_parts_are_read() {
    let printed = vpcdns(&["import", &fixture("language/loops.yaml")]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    for told in [
        "- 10.80.0.0/16",
        "Subneta:",
        "cidr: 10.80.1.0/24",
        "cidr: 10.80.99.0/24",
        "zone: eu-south-1b",
        "Endpointsqs:",
        "com.amazonaws.eu-south-1.ssm",
        "60 A 10.80.1.9",
    ] {
        assert!(printed.out.contains(told), "{told}: {}", printed.out);
    }
    for lost in ["ForEach", "Fn::Transform", "is not run"] {
        assert!(!printed.err.contains(lost), "{lost}: {}", printed.err);
    }
    // What is wrong in a part is told at its place there.
    assert!(printed.err.contains("parts/zone.yaml:10:44: skipped"), "{}", printed.err);
}

#[test]
fn plain_resources_of_a_serverless_template_are_taken() {
    let printed = vpcdns(&["import", "--notes", "all", &fixture("language/sam.yaml")]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    assert!(printed.out.contains("- 10.81.0.0/16"), "{}", printed.out);
    assert!(printed.err.contains("AWS::Serverless::Function: Hello"), "{}", printed.err);
    assert!(
        printed.err.contains("transform `AWS::Serverless-2016-10-31` is not run"),
        "{}",
        printed.err
    );
}

#[test]
fn elastic_addresses_of_several_templates_differ() {
    let folder = scratch("import-addresses");
    let text = "Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.0.0/24}}\n  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S}}\n  E: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref I}}\n";
    for name in ["a.yaml", "b.yaml"] {
        fs::write(folder.join(name), text).unwrap();
    }
    let printed = vpcdns(&["import", folder.to_str().unwrap()]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    for address in ["203.0.113.1", "203.0.113.2"] {
        let told = format!("public-address: \"{address}\"");
        assert_eq!(printed.out.matches(&told).count(), 1, "{}", printed.out);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_endpoint_of_another_region_has_the_names_of_that_region() {
    let folder = scratch("import-far");
    let path = folder.join("far.yaml");
    let network = fs::read_to_string(root().join(fixture("layers/two-regions.yaml"))).unwrap();
    let text = format!(
        "{network}  Far2: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcEndpointType: Interface, ServiceRegion: us-west-2, VpcId: !Ref Vpc, SubnetIds: [!Ref Subnet], ServiceName: com.amazonaws.us-west-2.kms}}}}\n  Zone: {{Type: AWS::Route53::HostedZone, Properties: {{Name: corp.internal, VPCs: [{{VPCId: !Ref Vpc, VPCRegion: eu-west-1}}]}}}}\n  Name: {{Type: AWS::Route53::RecordSet, Properties: {{HostedZoneId: !Ref Zone, Name: kms.corp.internal, Type: CNAME, TTL: 60, ResourceRecords: [!Select [1, !Split [\":\", !Select [0, !GetAtt Far2.DnsEntries]]]]}}}}\n"
    );
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let printed = vpcdns(&["import", path]);
    assert!(!printed.err.contains("DnsEntries"), "{}", printed.err);
    // The name is that of the endpoint, so that it leads to its address.
    let explained = vpcdns(&["explain", "kms.corp.internal", path, "--from", "10.60.0.9"]);
    assert!(explained.out.contains("kms.us-west-2.vpce.amazonaws.com"), "{}", explained.out);
    assert!(explained.out.contains("A\t10.60.0."), "{}", explained.out);
    fs::remove_dir_all(folder).unwrap();
}
