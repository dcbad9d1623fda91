//! What a person sees: the commands' output as snapshots, and their exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{fs, time::Duration};

use common::{Server, root, scratch, vpcdns};
use unicode_width::UnicodeWidthStr;

/// TTLs count down with the clock; snapshots must not.
fn settled(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut columns: Vec<&str> = line.split('\t').collect();
        if columns.len() == 5 && columns[2] == "IN" {
            columns[1] = "TTL";
        }
        lines.push(columns.join("\t"));
    }
    lines.join("\n")
}

#[test]
fn lab_all_is_as_in_the_chapter() {
    let printed = vpcdns(&["lab", "all"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    assert!(printed.out.ends_with("13 of 13 answers as in the chapter\n"));
    insta::assert_snapshot!("lab_all", printed.out);
    assert!(vpcdns(&["lab", "lab09-1"]).out.ends_with("10 of 10 answers as in the chapter\n"));
    assert!(vpcdns(&["lab", "lab09-2"]).out.ends_with("3 of 3 answers as in the chapter\n"));
    insta::assert_snapshot!("lab_list", vpcdns(&["lab"]).out);
    insta::assert_snapshot!(
        "lab_korean",
        vpcdns(&["lab", "lab09-2", "--language", "ko", "--text"]).out
    );
}

#[test]
fn every_lab_shows_what_we_answer() {
    let printed = vpcdns(&["lab", "every"]);
    assert_eq!(printed.code, 0, "{}{}", printed.out, printed.err);
    let last = printed.out.lines().last().unwrap();
    let (equal, asked) = last.split_once(" of ").unwrap();
    assert_eq!(asked, format!("{equal} answers as expected"));
    for name in vpcdns::import::open::builtin::labs() {
        assert!(printed.out.contains(&format!("\n{name}: ")) || printed.out.starts_with(name));
        let alone = vpcdns(&["lab", name]);
        assert_eq!(alone.code, 0, "{}{}", alone.out, alone.err);
        assert!(!alone.out.ends_with("0 of 0 answers as expected\n"), "{name} asks nothing");
    }
    insta::assert_snapshot!("lab_metadata", vpcdns(&["lab", "lab09-5"]).out);
}

#[test]
fn a_list_of_keys_in_another_order_is_not_as_expected() {
    let folder = scratch("lab-keys");
    let text = fs::read_to_string(root().join("zones/labs/lab09-5.yaml")).unwrap();
    let file = folder.join("lab.yaml");
    for (old, new, sum) in [
        ("          - mac\n", "", "13 of 14"),
        ("status: 401", "status: 200", "13 of 14"),
        ("          - mac\n", "          - mac\n          - system\n", "13 of 14"),
    ] {
        fs::write(&file, text.replacen(old, new, 1)).unwrap();
        let printed = vpcdns(&["lab", file.to_str().unwrap()]);
        assert_eq!(printed.code, 1);
        assert!(printed.out.ends_with(&format!("{sum} answers as expected\n")), "{}", printed.out);
    }
    for (old, new, message) in [
        ("path: /latest/meta-data/ami-id", "path: latest", "a path begins with `/`"),
        ("status: 401", "status: 4", "a status is a number such as 200 or 401"),
    ] {
        fs::write(&file, text.replacen(old, new, 1)).unwrap();
        let printed = vpcdns(&["lab", file.to_str().unwrap()]);
        assert_eq!(printed.code, 1);
        assert!(printed.err.contains(message), "{}", printed.err);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_ping_or_a_refusal_of_another_kind_is_not_as_expected() {
    let folder = scratch("lab-pings");
    let file = folder.join("lab.yaml");
    for (lab, old, new, verdict) in [
        ("pings", "answers: false}", "answers: true}", "an answer\n        ours:    no answer"),
        ("pings", "answers: true}", "answers: false}", "no answer\n        ours:    an answer"),
        (
            "lab09-4",
            "code: InsufficientInstanceCapacity",
            "code: InstanceLimitExceeded",
            "InstanceLimitExceeded\n        ours:    InsufficientInstanceCapacity",
        ),
        (
            "lab09-4",
            "PartitionCount: 8}",
            "PartitionCount: 7}",
            "InvalidParameterValue\n        ours:    it is not refused",
        ),
    ] {
        let text = fs::read_to_string(root().join(format!("zones/labs/{lab}.yaml"))).unwrap();
        let changed = text.replacen(old, new, 1);
        assert_ne!(text, changed);
        fs::write(&file, changed).unwrap();
        let printed = vpcdns(&["lab", file.to_str().unwrap()]);
        assert_eq!(printed.code, 1);
        assert!(printed.out.contains(verdict), "{verdict}\n{}", printed.out);
    }
    let text = fs::read_to_string(root().join("zones/labs/pings.yaml")).unwrap();
    fs::write(&file, text.replacen("to: 10.80.1.10", "to: 10..1", 1)).unwrap();
    assert_eq!(vpcdns(&["lab", file.to_str().unwrap()]).code, 1);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_new_lab_runs_as_it_is_and_no_file_is_overwritten() {
    let folder = scratch("lab-new");
    let file = folder.join("mine.yaml");
    let path = file.to_str().unwrap();
    let written = vpcdns(&["lab", "new", path]);
    assert_eq!(written.code, 0, "{}", written.err);
    assert!(written.out.contains(&format!("vpcdns serve {path}")), "{}", written.out);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(vpcdns(&["lab", "new"]).out, text);
    let run = vpcdns(&["lab", path]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.ends_with("2 of 2 answers as expected\n"), "{}", run.out);
    let checked = vpcdns(&["check", path]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    fs::write(&file, "lab: other").unwrap();
    let again = vpcdns(&["lab", "new", path]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("the file exists, and is left as it is"), "{}", again.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), "lab: other");
    let nowhere = folder.join("no/mine.yaml");
    assert_eq!(vpcdns(&["lab", "new", nowhere.to_str().unwrap()]).code, 1);
    assert_eq!(vpcdns(&["lab", "lab09-1", path]).code, 1);
    fs::remove_dir_all(folder).unwrap();
}

/// The YAML of docs/labs.md.
fn taught() -> String {
    let text = fs::read_to_string(root().join("docs/labs.md")).unwrap();
    let after = text.split_once("```yaml\n").unwrap().1;
    after.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_lab_of_the_document_runs_and_every_key_is_in_it() {
    let folder = scratch("lab-document");
    let file = folder.join("orders.yaml");
    fs::write(&file, taught()).unwrap();
    let run = vpcdns(&["lab", file.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.ends_with("4 of 4 answers as expected\n"), "{}", run.out);
    let way = ["explain", "orders.corp.internal", file.to_str().unwrap(), "--from", "Shop"];
    let explained = vpcdns(&way).out;
    for hop in ["Shop", "router (local in Orders-RT)", "Orders"] {
        assert!(explained.contains(hop), "{explained}");
    }
    let document = fs::read_to_string(root().join("docs/labs.md")).unwrap();
    use vpcdns::import::lab;
    for key in [lab::LAB, lab::STEP].concat() {
        assert!(document.contains(&format!("| `{key}` |")), "{key} is not in docs/labs.md");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_schema_of_labs_has_the_keys_of_the_reader() {
    use vpcdns::import::lab::{CURL, LAB, PING, REFUSAL, STEP};
    let text = fs::read_to_string(root().join("docs/lab.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (definition, keys) in
        [("lab", LAB), ("step", STEP), ("curl", CURL), ("ping", PING), ("refusal", REFUSAL)]
    {
        let properties = schema["$defs"][definition]["properties"].as_object().unwrap();
        let mut known: Vec<&str> = properties.keys().map(String::as_str).collect();
        let mut read = keys.to_vec();
        known.sort_unstable();
        read.sort_unstable();
        assert_eq!(known, read, "{definition}");
    }
}

#[test]
fn a_lab_with_another_address_is_not_as_in_the_chapter() {
    let folder = scratch("lab");
    let text = fs::read_to_string(root().join("zones/labs/lab09-1.yaml")).unwrap();
    let changed = text.replacen("prints: [10.0.1.47]", "prints: [10.0.1.48]", 1);
    assert_ne!(text, changed);
    let path = folder.join("lab.yaml");
    fs::write(&path, changed).unwrap();
    let printed = vpcdns(&["lab", path.to_str().unwrap()]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.contains("chapter: 10.0.1.48"), "{}", printed.out);
    assert!(printed.out.contains("not as in the chapter"), "{}", printed.out);
    assert!(printed.out.ends_with("9 of 10 answers as in the chapter\n"), "{}", printed.out);
    assert_eq!(vpcdns(&["lab", "lab10"]).code, 1);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_table_is_computed() {
    let printed = vpcdns(&["table"]);
    assert_eq!(printed.code, 0);
    insta::assert_snapshot!("table_lab1", printed.out);
    insta::assert_snapshot!("table_lab2", vpcdns(&["table", "lab09-2"]).out);
    assert!(vpcdns(&["table", "empty"]).out.contains("no interface endpoint"));
    // As another client sees it: the way is the one that explain tells.
    let from = ["--from", "CloudNeta-Private-EC2"];
    let table = vpcdns(&[&["table"], &from[..]].concat()).out;
    assert!(table.contains("asked from CloudNeta-Private-EC2 in CloudNeta-VPC"), "{table}");
    assert!(table.contains("52.95.193.132         nowhere: no route in\n"), "{table}");
    // It fits a terminal of 80 columns in both languages; names alone may be longer.
    for language in ["en", "ko"] {
        let table = vpcdns(&[&["table", "--language", language], &from[..]].concat()).out;
        let long = |line: &&str| line.width() > 80 && !line.contains("vpce-");
        assert_eq!(table.lines().find(long), None);
    }
    assert!(!table.contains("over the internet"), "{table}");
    let json = vpcdns(&[&["table", "--json"], &from[..]].concat()).out;
    let tables: serde_json::Value = serde_json::from_str(&json).unwrap();
    let cell = &tables[0]["rows"][0]["cell"];
    assert_eq!((&cell["path"], &cell["reason"]), (&"nowhere".into(), &"no-route".into()));
    let nobody = vpcdns(&["table", "--from", "nobody"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    assert!(nobody.err.contains("--from"), "{}", nobody.err);
    // Outside, the rows of every state are the same.
    insta::assert_snapshot!("table_korean", settled(&vpcdns(&["table", "--language", "ko"]).out));
    let outside = vpcdns(&["table", "--from", "internet"]).out;
    assert!(outside.contains("asked from the internet"), "{outside}");
    assert!(!outside.contains("silence"), "{outside}");
    let json = vpcdns(&["table", "--json"]).out;
    let tables: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(tables[0]["rows"].as_array().unwrap().len(), 4);
    assert_eq!(tables[0]["flags"].as_array().unwrap().len(), 16);
}

#[test]
fn colours_are_for_terminals_and_those_who_want_them() {
    // Green for private, amber for public, red for what leads nowhere or is refused.
    let command = |arguments: &str| format!("{} {arguments}", env!("CARGO_BIN_EXE_vpcdns"));
    let printed = |no_color: &str, arguments: &str| {
        common::clean(std::process::Command::new("script").args(["-qec", &command(arguments)]))
            .args(["/dev/null"])
            .env("TERM", "xterm")
            .env("NO_COLOR", no_color)
            .output()
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let table = "table --from CloudNeta-Private-EC2";
    let Ok(coloured) = printed("", table) else {
        return eprintln!("skipped: script (bsdutils) is not installed");
    };
    for (paint, text) in [("32", "10.0.0.108"), ("33", "52.95.193.132"), ("31", "nowhere:")] {
        assert!(coloured.contains(&format!("\u{1b}[{paint}m{text}")), "{paint} {text}: {coloured}");
    }
    let survey = printed("", "survey --from CloudNeta-Private-EC2").unwrap();
    assert!(survey.contains("\u{1b}[32mPRIVATE"), "{survey}");
    assert!(survey.contains("\u{1b}[33mPUBLIC"), "{survey}");
    assert!(!printed("1", table).unwrap().contains('\u{1b}'));
    assert!(!vpcdns(&["table"]).out.contains('\u{1b}'));
}

#[test]
fn explanations_and_their_exit_codes() {
    let name = "cloudformation.ap-northeast-2.amazonaws.com";
    let private = vpcdns(&["explain", name, "--from", "CloudNeta-Private-EC2"]);
    assert_eq!(private.code, 0);
    insta::assert_snapshot!("explain_private", private.out);
    let public = vpcdns(&["explain", name, "lab09-1@base", "--from", "CloudNeta-Private-EC2"]);
    assert_eq!(public.code, 10);
    insta::assert_snapshot!("explain_public_nowhere", settled(&public.out));
    let gateway =
        vpcdns(&["explain", "s3.ap-northeast-2.amazonaws.com", "lab09-1", "--from", "10.0.1.29"]);
    assert_eq!(gateway.code, 10);
    insta::assert_snapshot!("explain_gateway", settled(&gateway.out));
    let missing = vpcdns(&["explain", &format!("below.{name}"), "--from", "CloudNeta-VPC"]);
    assert_eq!(missing.code, 11);
    insta::assert_snapshot!("explain_nxdomain", missing.out);
    let no_data = vpcdns(&["explain", name, "--type", "AAAA", "--json", "--from", "internet"]);
    assert_eq!(no_data.code, 11);
    let json: serde_json::Value = serde_json::from_str(&no_data.out).unwrap();
    assert_eq!(json["verdict"], "NODATA");
    assert!(
        json["steps"]
            .as_array()
            .unwrap()
            .iter()
            .all(|step| !step["facts"].as_array().unwrap().is_empty())
    );
    let slip = vpcdns(&["explain", &name.replace("mation", "amtion"), "--from", "internet"]);
    assert_eq!(slip.code, 11);
    assert!(
        slip.out.contains(&format!(
            "`cloudforamtion` in its names: `cloudformation` is near. Did you mean {name}?"
        )),
        "{}",
        slip.out
    );
    let url = vpcdns(&[
        "explain",
        &format!("https://{name}:443/?a=b"),
        "--json",
        "--from",
        "CloudNeta-VPC",
    ]);
    assert_eq!(url.code, 0, "{}", url.err);
    let json: serde_json::Value = serde_json::from_str(&url.out).unwrap();
    assert_eq!(json["question"]["name"], format!("{name}."));
    assert_eq!(
        (json["hints"][0]["code"].as_str(), json["hints"][0]["part"].as_str()),
        (Some("URL"), Some("https://"))
    );
    let dots = vpcdns(&["explain", "cloudformation..ap-northeast-2.amazonaws.com"]);
    assert_eq!(dots.code, 1);
    assert!(dots.err.contains(&format!("a label is empty. Did you mean {name}?")), "{}", dots.err);
    let korean = ["explain", name, "--from", "CloudNeta-Private-EC2", "--language", "ko"];
    let korean = vpcdns(&korean);
    assert_eq!(korean.code, 0);
    insta::assert_snapshot!("explain_korean", korean.out);
    let slip = ["explain", &name.replace("mation", "amtion"), "--language", "ko"];
    assert!(vpcdns(&slip).out.contains(&format!("혹시 이 이름인가요? {name}")));
    for bad in [
        ["explain", "a.b", "lab09-1", "--language", "fr"],
        ["explain", "a..b", "lab09-1", "--from", "internet"],
        ["explain", "a.b", "lab09-1", "--from", "nobody"],
        ["explain", "a.b", "lab09-9", "--from", "internet"],
    ] {
        let printed = vpcdns(&bad);
        assert_eq!(printed.code, 1, "{bad:?}");
        assert!(!printed.err.is_empty());
    }
}

#[test]
fn check_finds_every_problem() {
    let folder = scratch("check");
    let path = folder.join("bad.yaml");
    let text = "region: ap-northeast-2\nvpcs:\n  One:\n    cidr: 10.0.0.0/8\n  Two:\n    cidr: 10.0.0.0/16\n    dns-hostname: true\n    \
                subnets:\n      a: {cidr: 10.0.0.0/24, zone: ap-northeast-2a}\n      b: {cidr: 10.0.0.128/25, zone: ap-northeast-2c}\n      \
                c: {cidr: 10.1.0.0/24, zone: ap-northeast-2a}\n      d:\n        cidr: 10.0.2.0/24\n        zone: ap-northeast-2a\n        \
                instances: {x: {address: 10.0.3.4}, y: {address: not-an-address}}\n    endpoints:\n      e: {service: nothing}\n      \
                f: {service: sqs, private-dns: maybe, subnets: [nowhere]}\n";
    fs::write(&path, text).unwrap();
    let printed = vpcdns(&["check", path.to_str().unwrap()]);
    assert_eq!(printed.code, 1);
    let shown = format!("{}{}", printed.err, printed.out);
    insta::assert_snapshot!("check_bad", shown.replace(path.to_str().unwrap(), "bad.yaml"));
    let json: serde_json::Value =
        serde_json::from_str(&vpcdns(&["check", "--json", path.to_str().unwrap()]).out).unwrap();
    let lines: Vec<_> = json["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines.len(), 9, "{json}");
    for name in ["empty", "default-vpc", "lab09-1", "lab09-2", "lab09-1@base"] {
        let printed = vpcdns(&["check", name]);
        assert_eq!(
            (printed.code, printed.out.as_str()),
            (0, format!("{name}: no problems\n").as_str()),
            "{}",
            printed.err
        );
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn check_counts_warnings_and_notes() {
    let folder = scratch("check-warns");
    let path = folder.join("warns.yaml");
    let path = path.to_str().unwrap();
    for (routes, problems, warnings, found) in [
        ("", 0, 0, "no problems"),
        ("'2001:db8::/32': local", 0, 1, "1 warning"),
        ("'2001:db8::/32': local, '2001:db9::/32': local", 0, 2, "2 warnings"),
        ("'2001:db8::/32': local, '10.9.0.0/16': nowhere", 1, 1, "1 problem, 1 warning"),
    ] {
        let tables = format!("{{main: {{main: true, routes: {{{routes}}}}}}}");
        let text = format!("vpcs:\n  a: {{cidr: 10.0.0.0/16, route-tables: {tables}}}\n");
        fs::write(path, text).unwrap();
        let printed = vpcdns(&["check", path]);
        assert_eq!(printed.out, format!("{path}: {found}\n"), "{}", printed.err);
        assert_eq!(printed.err.matches("warning: ").count(), warnings, "{}", printed.err);
        assert_eq!(printed.code, problems, "{found}");
    }
    let template = root().join("tests/fixtures/cloudformation/shop.yaml");
    let template = template.to_str().unwrap();
    let printed = vpcdns(&["check", template]);
    assert!(printed.out.starts_with(&format!("{template}: no problems, ")), "{}", printed.out);
    assert!(printed.out.ends_with(" notes\n"), "{}", printed.out);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_server_says_what_to_try_whatever_it_serves() {
    for (world, digs) in [("empty", 1), ("default-vpc", 1), ("lab09-1", 3), ("lab09-2", 2)] {
        let server = Server::start(&[world]);
        server.signal("TERM");
        // Ends with the server's last line.
        let lines: Vec<String> =
            std::iter::from_fn(|| server.next_line(Duration::from_secs(60))).collect();
        assert!(lines[0].ends_with(" Try:"), "{lines:?}");
        let dig = format!("  dig @127.0.0.1 -p {} +short ", server.dns[0].port());
        assert_eq!(lines.iter().filter(|it| it.starts_with(&dig)).count(), digs, "{lines:?}");
        let explain = lines.iter().find_map(|it| it.strip_prefix("  vpcdns ")).unwrap();
        let printed = vpcdns(&explain.split(' ').collect::<Vec<_>>());
        assert!([0, 10].contains(&printed.code), "{explain}: {}", printed.err);
        let create = lines.iter().find(|it| it.contains(" ec2 create-vpc "));
        assert_eq!(create.is_some(), world == "empty", "{lines:?}");
        let url = format!(" --endpoint-url http://{} --region ap-northeast-2 ", server.http);
        assert!(create.is_none_or(|it| it.contains(&url)), "{lines:?}");
    }
}

#[test]
fn a_running_server_explains_and_is_ready() {
    let server = Server::start(&["lab09-1"]);
    let url = format!("http://{}", server.http);
    let healthy = vpcdns(&["healthcheck", "--server", &url]);
    assert_eq!((healthy.code, healthy.out.as_str()), (0, "ready\n"));
    let explained = vpcdns(&[
        "explain",
        "cloudformation.ap-northeast-2.amazonaws.com",
        "--from",
        "CloudNeta-Private-EC2",
        "--server",
        &url,
    ]);
    assert_eq!(explained.code, 0, "{}", explained.err);
    assert_eq!(
        explained.out,
        vpcdns(&[
            "explain",
            "cloudformation.ap-northeast-2.amazonaws.com",
            "--from",
            "CloudNeta-Private-EC2"
        ])
        .out
    );
    drop(server);
    assert_eq!(vpcdns(&["healthcheck", "--server", &url]).code, 1);
}

#[test]
fn options_are_checked_before_anything_is_bound() {
    let wrong: [&[&str]; 5] = [
        &["serve", "lab09-1", "--http", "0.0.0.0:0"],
        &["serve", "lab09-1", "--dns", "nonsense"],
        &["serve", "lab09-1", "--dns", "127.0.0.1:0=Nowhere"],
        &["serve", "lab09-1", "--view", "Nowhere"],
        &["serve", "lab09-1", "--region", "nowhere-1"],
    ];
    for arguments in wrong {
        let printed = vpcdns(arguments);
        assert_eq!(printed.code, 1, "{arguments:?}: {}", printed.err);
        assert!(!printed.err.trim().is_empty());
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(vpcdns(&["completions", shell]).out.contains("vpcdns"));
    }
    assert!(vpcdns(&["--version"]).out.starts_with("vpcdns "));
}

/// A World of `count` VPCs with ten instances each, which what-if takes seconds for in a debug build.
fn many_places(count: usize) -> String {
    let mut text = "region: ap-northeast-2\nvpcs:\n".to_owned();
    for vpc in 0..count {
        text.push_str(&format!(
            "  V{vpc}:\n    cidr: 10.{vpc}.0.0/16\n    dns-hostnames: true\n    subnets:\n      s{vpc}:\n        cidr: \
             10.{vpc}.1.0/24\n        zone: ap-northeast-2a\n        instances:\n"
        ));
        for host in 10..20 {
            text.push_str(&format!("          h{vpc}-{host}: {{address: 10.{vpc}.1.{host}}}\n"));
        }
    }
    // What a VPC resolves reaches its peers, so that all of them are asked.
    text.push_str("peerings:\n");
    for vpc in (0..count).filter(|vpc| *vpc != 3) {
        text.push_str(&format!("  P{vpc}: {{requester: V3, accepter: V{vpc}}}\n"));
    }
    text
}

#[test]
fn long_work_shows_a_bar_on_a_terminal_and_nowhere_else() {
    let folder = scratch("bar");
    let file = folder.join("many.yaml");
    let change = "ModifyVpcAttribute: {VpcId: V3, EnableDnsHostnames: false}";
    // A fast machine needs more of them before it takes long.
    for vpcs in [14, 28, 56] {
        fs::write(&file, many_places(vpcs)).unwrap();
        let printed = vpcdns(&["what-if", file.to_str().unwrap(), "--set", change]);
        assert_eq!((printed.code, printed.err.as_str()), (1, ""));
        // `script` gives the command a terminal.
        let command = format!("{} what-if {} --set '{change}'", common::BINARY, file.display());
        let output = common::clean(std::process::Command::new("script").args(["-qec", &command]))
            .args(["/dev/null"])
            .env("TERM", "xterm")
            .output();
        let Ok(output) = output else {
            eprintln!("skipped: script (bsdutils) is not installed");
            break;
        };
        let text = String::from_utf8_lossy(&output.stdout);
        if !text.contains("comparing places [") && vpcs < 56 {
            continue;
        }
        assert!(text.contains("comparing places ["), "{text}");
        assert!(text.contains(&format!(" of {}", vpcs * 11 + 1)), "{text}");
        // NO_COLOR is set: no colour, on the bar or elsewhere.
        assert!(!text.contains("\u{1b}[3") && !text.contains("\u{1b}[1m"), "{text}");
        break;
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn check_refuses_a_template_whose_resources_form_a_circle() {
    let folder = scratch("check-circle");
    let path = folder.join("circle.yaml");
    let text = "Resources:\n  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: !GetAtt B.CidrBlock}}\n  B: {Type: AWS::EC2::Subnet, DependsOn: A, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.0.0/24}}\n";
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let printed = vpcdns(&["check", path]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    let circle =
        "CloudFormation refuses this template: Circular dependency between resources: [A, B]";
    assert!(printed.err.contains(circle), "{}", printed.err);
    assert!(printed.err.contains(&format!("{path}:3:3")), "{}", printed.err);
    let json = vpcdns(&["check", "--json", path]);
    assert_eq!(json.code, 1);
    assert!(json.out.contains("\"line\": 3") && json.out.contains(circle), "{}", json.out);
    // Without the way back there is none.
    fs::write(path, text.replace("DependsOn: A, ", "")).unwrap();
    assert_eq!(vpcdns(&["check", path]).code, 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_fact_is_told_with_its_source_and_its_cases() {
    let printed = vpcdns(&["fact", "P20", "n1"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    insta::assert_snapshot!("fact", printed.out);
    assert_eq!(vpcdns(&["fact", "[p20,", "N1]"]).out, printed.out);

    let assumed = vpcdns(&["fact", "P90"]).out;
    assert!(assumed.starts_with("P90  ASSUMED: no source says it"), "{assumed}");
    assert!(assumed.contains("\n  source: none recorded\n"), "{assumed}");
    let not_built = vpcdns(&["fact", "N12"]).out;
    assert!(not_built.ends_with("  not built: VPC Lattice is not built\n"), "{not_built}");

    let json = vpcdns(&["fact", "P20", "N12", "--json"]).out;
    let facts: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&facts[0]["id"], &facts[0]["tag"]), (&"P20".into(), &"OBSERVED".into()));
    assert_eq!((&facts[0]["built"], &facts[1]["built"]), (&true.into(), &false.into()));
    assert!(facts[0]["sources"][0].as_str().unwrap().starts_with("https://"), "{json}");
    for case in facts[0]["cases"].as_array().unwrap() {
        let first = fs::read_to_string(root().join(case.as_str().unwrap())).unwrap();
        assert!(first.lines().next().unwrap().contains("P20"), "{case}");
    }

    let korean = vpcdns(&["fact", "N1", "--language", "ko"]).out;
    assert!(korean.contains("출처: https://docs.aws.amazon.com/"), "{korean}");
}

#[test]
fn an_unknown_fact_is_told_with_those_near_it() {
    let printed = vpcdns(&["fact", "P94", "N1"]);
    assert_eq!(printed.code, 1);
    assert!(printed.out.starts_with("N1  DOCUMENTED"), "{}", printed.out);
    assert_eq!(printed.err, "no fact has the id `P94`; near it: P93, P92, P91\n");
    let printed = vpcdns(&["fact", "nothing-like-it"]);
    assert_eq!((printed.code, printed.out.as_str()), (1, ""));
    assert!(printed.err.contains("docs/behaviours.md"), "{}", printed.err);
    assert_eq!(vpcdns(&["fact"]).code, 1);
}
