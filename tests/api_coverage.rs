//! docs/api-coverage.md: every action of the EC2 API that concerns a VPC, whether it is built, and which client tests it;
//! the documented filters and parameters that do nothing; the actions of other services; generated, and checked for staleness.
//!
//! `VPCDNS_BLESS=1 cargo test --test api_coverage` writes it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{collections::BTreeMap, fmt::Write as _, fs};

use common::root;
use vpcdns::api::{Action, SERVICES};

/// Actions that are not built, each with the reason.
const NOT_BUILT: &[(&str, &str)] = &[
    ("AssociateIpamResourceDiscovery", "IPAM is outside what answers depend on"),
    ("AuthorizeClientVpnIngress", "VPN is outside what answers depend on"),
    ("CreateTransitGateway", "traffic is followed within a VPC and over peering only"),
    ("ModifyVpcEndpointServicePayerResponsibility", "nothing is paid"),
    ("MoveAddressToVpc", "EC2-Classic is gone"),
];

/// `DescribeVpcs` as boto3 writes it.
fn snake(action: &str) -> String {
    let letters: Vec<char> = action.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|it| letters.get(it));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|it| {
                it.is_ascii_lowercase()
                    || it.is_ascii_digit()
                    || (it.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if begins {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The text of the scripts that a client runs.
fn scripts(extension: &str) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(root().join("tests/aws")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == extension) {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    text
}

/// Whether a word stands in a text by itself.
fn holds(text: &str, word: &str) -> bool {
    let part =
        |letter: Option<char>| letter.is_some_and(|it| it.is_alphanumeric() || "_-".contains(it));
    text.match_indices(word).any(|(at, _)| {
        !part(text[..at].chars().next_back()) && !part(text[at + word.len()..].chars().next())
    })
}

/// The filters that botocore documents, by action. Of those by tags only the form is told, and every action has it.
fn documented_filters() -> BTreeMap<String, Vec<String>> {
    let mut filters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let text = fs::read_to_string(root().join("tests/fixtures/ec2-filters.csv")).unwrap();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let (action, filter) = line.split_once(',').unwrap();
        if filter != "tag" && filter != "tag-key" && !filter.starts_with("tag:") {
            filters.entry(action.to_owned()).or_default().push(filter.to_owned());
        }
    }
    filters
}

/// The documented filters of built actions that are refused, and how many there are that are not.
fn filters(actions: &[Action]) -> (usize, String) {
    let (documented, mut known, mut text) = (documented_filters(), 0, String::new());
    for action in actions {
        let built = (action.filters)();
        let mut once = built.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), built.len(), "{} has a filter twice", action.name);
        let wanted = documented.get(action.name).into_iter().flatten();
        let (found, missing): (Vec<&String>, Vec<&String>) =
            wanted.partition(|filter| built.contains(&filter.as_str()));
        known += found.len();
        for filter in missing {
            writeln!(text, "| {} | {filter} |", action.name).unwrap();
        }
    }
    (known, text)
}

/// A row for each action that has some of these names.
fn listed(actions: &[Action], names: impl Fn(&Action) -> &'static [&'static str]) -> String {
    let mut text = String::new();
    for action in actions.iter().filter(|action| !names(action).is_empty()) {
        let names: Vec<String> = names(action).iter().map(|name| format!("`{name}`")).collect();
        writeln!(text, "| {} | {} |", action.name, names.join(" ")).unwrap();
    }
    text
}

fn document() -> (String, Vec<&'static str>) {
    let (python, shell) = (scripts("py"), scripts("sh"));
    let mut untested = Vec::new();
    let mut rows: BTreeMap<&str, String> = BTreeMap::new();
    let ec2 = SERVICES.iter().find(|service| service.name == "ec2").unwrap();
    for Action { name: action, file: module, .. } in ec2.actions {
        let name = snake(action);
        let mut clients = Vec::new();
        if holds(&python, &name) {
            clients.push("boto3");
        }
        let command = name.replace('_', "-");
        if holds(&shell, &format!("ec2 {command}")) || holds(&python, &command) {
            clients.push("aws");
        }
        if clients.is_empty() {
            untested.push(*action);
        }
        let clients = clients.join(", ");
        rows.insert(
            action,
            format!("| {action} | [yes](../src/api/ec2/{module}.rs) | {clients} |"),
        );
    }
    for (action, reason) in NOT_BUILT {
        let old = rows.insert(action, format!("| {action} | no: {reason} | |"));
        assert!(old.is_none(), "{action} is built");
    }
    let built = rows.len() - NOT_BUILT.len();
    let mut text = format!(
        "# Coverage of the EC2 API\n\n\
         Version {} of the Query protocol. {built} actions are built; any other is answered with `InvalidAction`. The\n\
         scripts of [tests/aws](../tests/aws) drive each through a real client. Generated by\n\
         `VPCDNS_BLESS=1 cargo test --test api_coverage`.\n\n\
         | action | built | tested by |\n|---|---|---|\n",
        ec2.version
    );
    for row in rows.values() {
        writeln!(text, "{row}").unwrap();
    }
    let (known, refused) = filters(ec2.actions);
    assert!(refused.is_empty(), "documented filters that are refused:\n{refused}");
    write!(
        text,
        "\n## Filters\n\n\
         All {known} filters that AWS documents for these actions are taken, beside those by tags. These match nothing, since\n\
         nothing is known of what they look at:\n\n| action | filters |\n|---|---|\n{}",
        listed(ec2.actions, |action| action.matches_nothing)
    )
    .unwrap();
    write!(
        text,
        "\n## Parameters without effect\n\n\
         Every parameter that AWS documents for these actions is taken. These are taken and change nothing; each stands for\n\
         everything below it, and `N` for a number:\n\n| action | parameters |\n|---|---|\n{}",
        listed(ec2.actions, |action| action.without_effect)
    )
    .unwrap();
    let others = SERVICES.iter().filter(|service| service.name != ec2.name);
    text.push_str("\n## Other services\n\nAny other service is answered that it is not built, in the form of its own errors.\n\n");
    text.push_str("| service | version | action | tested by |\n|---|---|---|---|\n");
    for service in others {
        for Action { name, file, .. } in service.actions {
            if !holds(&python, &snake(name)) {
                untested.push(name);
            }
            let (title, version) = (service.title, service.version);
            // Two services share the name in their signatures.
            let folder = match (service.name, version) {
                ("elasticloadbalancing", "2012-06-01") => "elb",
                ("elasticloadbalancing", _) => "elbv2",
                (name, _) => name,
            };
            let link = format!("[{name}](../src/api/{folder}/{file}.rs)");
            writeln!(text, "| {title} | {version} | {link} | boto3 |").unwrap();
        }
    }
    let others = SERVICES.iter().filter(|service| service.name != ec2.name);
    let passed_over: String =
        others.map(|service| listed(service.actions, |action| action.without_effect)).collect();
    write!(
        text,
        "\nThese parameters are taken and change nothing:\n\n| action | parameters |\n|---|---|\n{passed_over}"
    )
    .unwrap();
    (text, untested)
}

#[test]
fn the_list_is_current_and_every_action_is_tested() {
    assert_eq!(snake("DescribeVPCEndpoints"), "describe_vpc_endpoints");
    assert_eq!(snake("EnableDns64"), "enable_dns64");
    let (text, untested) = document();
    assert!(untested.is_empty(), "no client tests {untested:?}");
    let path = root().join("docs/api-coverage.md");
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    assert!(
        fs::read_to_string(path).unwrap_or_default() == text,
        "docs/api-coverage.md is stale: VPCDNS_BLESS=1 cargo test --test api_coverage"
    );
}
