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
    "cloudformation/spoke.yaml",
    "describe/spoke",
];

fn fixture(name: &str) -> String {
    format!("tests/fixtures/{name}")
}

#[test]
fn each_fixture_is_imported_as_written() {
    for name in FIXTURES {
        let printed = vpcdns(&["import", "--notes", "all", &fixture(name)]);
        assert_eq!(printed.code, 0, "{name}: {}", printed.err);
        let shown = format!("{}\n{}", printed.err, printed.out);
        insta::assert_snapshot!(name.replace(['/', '.'], "_"), shown);
    }
}

/// What may change an answer comes first, then what stands for something; the rest is counted.
#[test]
fn notes_are_ranked_and_the_rest_is_counted() {
    for (name, others) in [
        ("cloudformation/untaken.yaml", 4),
        ("describe/untaken.json", 2),
        ("terraform/untaken.json", 2),
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
    let role = "AWS::IAM::Role: Role: this type is not read here";
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
    let hint = format!("`vpcdns import {}` tells what", files.join(" "));
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
        queue.err.contains("`vpcdns import tests/fixtures/cloudformation/shop.yaml` tells what")
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
        (empty.to_str().unwrap().to_owned(), "without a file"),
        (folder.join("none").to_str().unwrap().to_owned(), "there is no file"),
    ] {
        let printed = vpcdns(&["import", &argument]);
        assert_eq!((printed.code, printed.out.as_str()), (1, ""), "{argument}");
        assert!(printed.err.contains(said), "{argument}: {}", printed.err);
    }
    // A known kind with nothing in it is an empty world.
    for text in [
        "{\"Resources\": {}}",
        "{\"Vpcs\": []}",
        "{\"version\": 4, \"terraform_version\": \"1.9.5\", \"resources\": []}",
    ] {
        let printed = vpcdns(&["import", &write("empty.json", text)]);
        assert_eq!((printed.code, printed.err.as_str()), (0, ""), "{text}");
    }
    fs::remove_dir_all(folder).unwrap();
}

/// Every way to break a file at one place, in turn: it is imported or refused, and nothing worse.
#[test]
fn broken_files_do_no_harm() {
    use vpcdns::{
        export,
        import::{Defaults, diagnostic::Source, open, world_file},
    };
    let folder = scratch("import-broken");
    let mut seen = 0;
    for name in FIXTURES.iter().filter(|name| name.contains('.')) {
        let text = fs::read_to_string(root().join(fixture(name))).unwrap();
        let path = folder.join(Path::new(name).file_name().unwrap());
        let lines: Vec<&str> = text.lines().collect();
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
                fs::write(&path, lines.join("\n")).unwrap();
                let Ok(loaded) = open::open(path.to_str().unwrap(), &Defaults::default()) else {
                    continue;
                };
                seen += 1;
                // What came of it can be written down and read again.
                let text = export::yaml(&loaded.world);
                let source = Source { name: "again".to_owned(), text };
                if let Err(problems) = world_file::load(&source, &Defaults::default()) {
                    panic!("{name}:{}: {broken}: {problems:#?}\n{}", index + 1, source.text);
                }
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
            assert!(!printed.err.contains("stands for it"), "{}", printed.err);
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
    assert!(printed.err.contains("the template is for eu-west-1"), "{}", printed.err);
    assert!(
        printed.out.starts_with("# Written by `vpcdns import`.\nregion: eu-west-1\n"),
        "{}",
        printed.out
    );
}
