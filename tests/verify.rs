//! `vpcdns verify`: a world beside a real resolver, which is vpcdns itself with a World that differs in one thing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use common::{Printed, Server, root, scratch, vpcdns};
use serde_json::Value;

/// The fixture, with a text replaced, in a folder of its own.
struct Worlds {
    folder: PathBuf,
    text: String,
}

impl Worlds {
    fn new(test: &str) -> Self {
        let text = fs::read_to_string(root().join("tests/fixtures/verify/shop.yaml")).unwrap();
        Self { folder: scratch(test), text }
    }

    fn with(&self, name: &str, old: &str, new: &str) -> String {
        let changed = self.text.replacen(old, new, 1);
        assert!(old == new || changed != self.text, "{old}");
        let path = self.folder.join(name);
        fs::write(&path, changed).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn plain(&self) -> String {
        self.with("shop.yaml", "", "")
    }

    fn file(&self, name: &str, text: &[u8]) -> String {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Worlds {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A server whose only listener is in the VPC.
fn resolver(world: &str) -> Server {
    Server::start(&[world, "--dns", "127.0.0.1:0=Shop"])
}

fn verify(world: &str, server: &Server, more: &[&str]) -> Printed {
    let address = server.dns[0].to_string();
    let given = ["verify", world, "--from", "Shop-1", "--resolver", &address];
    vpcdns(&[&given, more].concat())
}

/// Name, type and verdict of each answer.
fn verdicts(printed: &Printed) -> Vec<(String, String, String)> {
    let value: Value = serde_json::from_str(&printed.out)
        .unwrap_or_else(|error| panic!("{error}: {}{}", printed.out, printed.err));
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    value["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (text(it, "name"), text(it, "type"), text(it, "verdict")))
        .collect()
}

fn different(printed: &Printed) -> Vec<String> {
    let all = verdicts(printed).into_iter();
    all.filter(|it| it.2 == "different").map(|it| format!("{} {}", it.0, it.1)).collect()
}

#[test]
fn a_resolver_of_the_same_world_is_the_same() {
    let worlds = Worlds::new("verify-same");
    let world = worlds.plain();
    let server = resolver(&world);
    let printed = verify(&world, &server, &["--json"]);
    assert_eq!(different(&printed), [""; 0]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let all = verdicts(&printed);
    let asked = |name: &str, rtype: &str| {
        all.iter().any(|it| it.0 == name && it.1 == rtype && it.2 == "same")
    };
    for (name, rtype) in [
        ("sqs.ap-northeast-2.amazonaws.com.", "A"),
        ("vpce-0123456789abcdef0-abcd1234.sqs.ap-northeast-2.vpce.amazonaws.com.", "A"),
        ("mail.shop.internal.", "MX"),
        ("text.shop.internal.", "TXT"),
        ("www.shop.internal.", "CNAME"),
        ("www.shop.internal.", "A"),
        ("77.1.0.10.in-addr.arpa.", "PTR"),
        ("ip-10-0-1-10.ap-northeast-2.compute.internal.", "A"),
        ("ec2-3-34-49-218.ap-northeast-2.compute.amazonaws.com.", "A"),
        // Its public address is the catalogue's, which is not compared.
        ("cloudformation.ap-northeast-2.amazonaws.com.", "A"),
    ] {
        assert!(asked(name, rtype), "{name} {rtype}");
    }
}

#[test]
fn what_the_world_does_not_decide_is_compared_as_public_or_private_only() {
    let worlds = Worlds::new("verify-public");
    let world = worlds.plain();
    let server = Server::start(&[
        &world,
        "--dns",
        "127.0.0.1:0=Shop",
        "--public-addresses",
        "documentation",
    ]);
    let printed = verify(&world, &server, &["--json"]);
    assert_eq!(different(&printed), [""; 0]);
    assert!(printed.out.contains("\"PUBLIC 198.51.100."), "{}", printed.out);
    let answer = |name: &str, status: &str, record: &str| {
        let record =
            if record.is_empty() { String::new() } else { format!("{name} 5 IN A {record}\n") };
        format!("; vpcdns-question 1 {name} A\n;; ->>HEADER<<- status: {status}, id: 1\n{record}")
    };
    let text: String = [
        // Perhaps nobody has this label.
        answer("any-label.dkr.ecr.ap-northeast-2.amazonaws.com.", "NXDOMAIN", ""),
        answer("cloudformation.ap-northeast-2.amazonaws.com.", "NXDOMAIN", ""),
        answer("cloudformation.ap-northeast-2.amazonaws.com.", "NOERROR", "10.9.9.9"),
        // The rest of public DNS is not in the World, but private addresses are not of it.
        answer("www.elsewhere.example.", "NOERROR", "192.0.2.1"),
        answer("www.elsewhere.example.", "NOERROR", "10.9.9.9"),
        answer("www.elsewhere.example.", "NXDOMAIN", ""),
        // A name in the VPC's own zone is in the World.
        answer("none.shop.internal.", "NOERROR", "192.0.2.1"),
    ]
    .concat();
    let file = worlds.file("answers.txt", text.as_bytes());
    let printed = vpcdns(&["verify", &world, "--from", "Shop-1", "--answers", &file, "--json"]);
    let found: Vec<String> = verdicts(&printed).into_iter().map(|it| it.2).collect();
    let expected =
        ["unknown", "different", "different", "unknown", "different", "same", "different"];
    assert_eq!(found, expected, "{}{}", printed.out, printed.err);
}

#[test]
fn one_switch_is_named_by_its_names_and_facts() {
    let worlds = Worlds::new("verify-switch");
    let world = worlds.plain();
    let server = resolver(&worlds.with("other.yaml", "private-dns: true", "private-dns: false"));
    let printed = verify(&world, &server, &["--json"]);
    assert_eq!(printed.code, 1);
    let names = different(&printed);
    assert!(names.contains(&"sqs.ap-northeast-2.amazonaws.com. A".to_owned()), "{names:?}");
    // Every private name of the endpoint, and nothing else.
    let queue = |name: &String| name.contains("sqs") || name.contains("queue");
    assert!(names.iter().all(queue), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("vpce-")), "{names:?}");
    let text = verify(&world, &server, &[]);
    assert_eq!(text.code, 1);
    assert!(text.out.contains("DIFFERENT  sqs.ap-northeast-2.amazonaws.com. A\n  world:    PRIVATE 10.0.1.77\n  resolver: PUBLIC "), "{}", text.out);
    assert!(text.out.contains("[P1 P20]"), "{}", text.out);
    assert!(!text.out.contains("same  "), "{}", text.out);
    assert!(verify(&world, &server, &["--all"]).out.contains("same  "));
    // The other way round, the world's answer rests on private DNS being off.
    let back =
        verify(&worlds.folder.join("other.yaml").display().to_string(), &resolver(&world), &[]);
    assert!(back.out.contains("world:    PUBLIC"), "{}", back.out);
    assert_eq!(back.code, 1);
}

#[test]
fn other_things_that_differ_are_found_too() {
    let worlds = Worlds::new("verify-others");
    let world = worlds.plain();
    for (old, new, name) in [
        ("60 A 10.0.1.21", "60 A 10.0.1.22", "db.shop.internal. A"),
        ("MX 10 db", "MX 20 db", "mail.shop.internal. MX"),
        ("\"One; two\"", "\"one; two\"", "text.shop.internal. TXT"),
        ("dns-hostnames: true", "dns-hostnames: false", "sqs.ap-northeast-2.amazonaws.com. A"),
        (
            "address: 3.34.49.218",
            "address: 3.34.49.219",
            "ec2-3-34-49-218.ap-northeast-2.compute.amazonaws.com. A",
        ),
        ("Shop-SN: 10.0.1.77", "Shop-SN: 10.0.1.78", "sqs.ap-northeast-2.amazonaws.com. A"),
    ] {
        let other = worlds.with("other.yaml", old, new);
        let printed = verify(&world, &resolver(&other), &["--json"]);
        let names = different(&printed);
        assert!(names.iter().any(|it| it == name), "{new}: {names:?}");
        assert_eq!(printed.code, 1);
    }
}

#[test]
fn a_zone_that_is_not_associated_is_found() {
    let worlds = Worlds::new("verify-zone");
    let world = worlds.plain();
    let other = worlds.with("other.yaml", "vpcs: [Shop]", "vpcs: [Other]");
    let text = fs::read_to_string(&other).unwrap();
    let second = "vpcs:\n  Other: {id: vpc-0fedcba9876543210, cidr: 10.9.0.0/16}";
    fs::write(&other, text.replacen("vpcs:", second, 1)).unwrap();
    let printed = verify(&world, &resolver(&other), &["--json"]);
    let names = different(&printed);
    assert!(!names.is_empty() && names.iter().all(|it| it.contains("shop.internal.")), "{names:?}");
    assert!(names.contains(&"db.shop.internal. A".to_owned()), "{names:?}");
    // The World that lacks the zone does not know what the rest of public DNS says, but private addresses are not of it.
    let back = verify(&other, &resolver(&world), &["--json"]);
    assert!(different(&back).contains(&"db.shop.internal. A".to_owned()), "{}", back.out);
}

#[test]
fn a_resolver_that_is_silent_is_not_asked_for_ever() {
    let worlds = Worlds::new("verify-silent");
    let world = worlds.plain();
    let off = worlds.with("off.yaml", "dns-hostnames: true", "dns-support: false");
    let server = resolver(&off);
    let begun = std::time::Instant::now();
    let printed = verify(&world, &server, &["--wait", "50", "--json"]);
    assert!(begun.elapsed().as_secs() < 60);
    assert_eq!(printed.code, 1);
    let value: Value = serde_json::from_str(&printed.out).unwrap();
    assert!(value["unasked"].as_u64().unwrap() > 100, "{}", value["unasked"]);
    assert!(value["answers"].as_array().unwrap().iter().all(|it| it["resolver"] == "SILENCE"));
    // The World without DNS support expects that.
    assert_eq!(verify(&off, &server, &["--wait", "50"]).code, 0);
    // A port that nobody listens at.
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let printed =
        vpcdns(&["verify", &world, "--from", "Shop-1", "--resolver", &closed.to_string()]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("--resolver"), "{}", printed.err);
    assert_eq!(printed.out, "");
}

#[test]
fn an_answer_that_is_truncated_is_asked_again_over_tcp() {
    let worlds = Worlds::new("verify-tcp");
    let many: String = (1..=120).map(|number| format!("\"60 A 10.0.2.{number}\", ")).collect();
    let world =
        worlds.with("many.yaml", "\"60 A 10.0.1.20\"", &format!("{many}\"60 A 10.0.1.20\""));
    let printed = verify(&world, &resolver(&world), &["--json"]);
    assert_eq!(different(&printed), [""; 0]);
    assert_eq!(printed.code, 0);
    assert!(printed.out.contains("10.0.2.120"), "{}", printed.out);
}

#[test]
fn the_script_asks_what_verify_asks() {
    if Command::new("dig").arg("-v").output().is_err() {
        eprintln!("SKIPPED: dig is missing");
        return;
    }
    let worlds = Worlds::new("verify-script");
    let world = worlds.plain();
    let script = vpcdns(&["questions", &world, "--from", "Shop-1"]);
    assert_eq!(script.code, 0);
    let script = worlds.file("ask.sh", script.out.as_bytes());
    for (old, new, same) in [("", "", true), ("private-dns: true", "private-dns: false", false)] {
        let server = resolver(&worlds.with("other.yaml", old, new));
        let (host, port) = (server.dns[0].ip().to_string(), server.dns[0].port().to_string());
        let output = Command::new("sh").args([&script, &host, &port]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let answers = worlds.file("answers.txt", &output.stdout);
        let from_file =
            vpcdns(&["verify", &world, "--from", "Shop-1", "--answers", &answers, "--json"]);
        let asked = verify(&world, &server, &["--json"]);
        assert_eq!(verdicts(&from_file), verdicts(&asked));
        assert_eq!(from_file.code, i32::from(!same), "{}", from_file.err);
        assert_eq!(different(&from_file).is_empty(), same);
    }
    // Nobody listens: dig says so, and that is an answer.
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let short: String = fs::read_to_string(&script)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with("ask ") || line.starts_with("ask 1 "))
        .map(|line| format!("{line}\n"))
        .collect();
    let script = worlds.file("one.sh", short.replace("+tries=2", "+tries=1").as_bytes());
    let output = Command::new("sh").args([&script, "127.0.0.1", &closed.to_string()]).output();
    let answers = worlds.file("answers.txt", &output.unwrap().stdout);
    let printed = vpcdns(&["verify", &world, "--from", "Shop-1", "--answers", &answers]);
    assert!(printed.out.contains("resolver: SILENCE"), "{}{}", printed.out, printed.err);
}

/// Runs a script with a dig that only tells its arguments, one a line; gives what is told for each question.
fn told_to_dig(folder: &Path, script: &str) -> Vec<String> {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    let dig = bin.join("dig");
    fs::write(&dig, "#!/bin/sh\nfor word; do printf 'ARG %s\\n' \"$word\"; done\n").unwrap();
    fs::set_permissions(&dig, fs::Permissions::from_mode(0o755)).unwrap();
    let here = folder.join("here");
    fs::create_dir_all(&here).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output =
        Command::new("sh").arg(script).env("PATH", path).current_dir(&here).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read_dir(&here).unwrap().next().is_none(), "the script wrote a file");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let names = lines.windows(2).filter(|pair| pair[0] == "ARG -q");
    names.map(|pair| pair[1].trim_start_matches("ARG ").to_owned()).collect()
}

#[test]
fn no_name_of_a_world_is_read_by_the_shell() {
    let worlds = Worlds::new("verify-shell");
    let hostile = [
        "$(touch one)",
        "`touch two`",
        "a';touch three;'",
        "a\\\"b",
        "$HOME",
        "-x",
        "+tcp",
        "@9.9.9.9",
        "a&b",
        "a>four",
        "a|b",
        "*",
        "%s%n",
        "~",
        "!!",
    ];
    let records: String = hostile
        .iter()
        .map(|label| {
            format!("      {}: ['60 A 10.0.1.9']\n", serde_json::to_string(label).unwrap())
        })
        .collect();
    let world = worlds.with("hostile.yaml", "      mail:", &format!("{records}      mail:"));
    let checked = vpcdns(&["check", &world]);
    // Names with letters that no zone may hold are left out; what stays must be harmless.
    let printed = vpcdns(&["questions", &world, "--from", "Shop-1"]);
    assert_eq!(printed.code, 0, "{}{}", printed.err, checked.out);
    let script = worlds.file("ask.sh", printed.out.as_bytes());
    let names = told_to_dig(&worlds.folder, &script);
    let lines = printed.out.lines().filter(|line| line.starts_with("ask ") && !line.contains("{"));
    assert_eq!(names.len(), lines.count());
    let has = |part: &str| names.iter().any(|name| name.contains(part));
    assert!(has("a'\\;touch") && has("`touch") && has("\\$home") && has("a>four"), "{names:?}");
    // What the real program would read back are the same names.
    let answers: String = names
        .iter()
        .map(|name| {
            format!("; vpcdns-question 1 {name} A\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n")
        })
        .collect();
    let answers = worlds.file("answers.txt", answers.as_bytes());
    let read = vpcdns(&["verify", &world, "--from", "Shop-1", "--answers", &answers, "--json"]);
    assert_eq!(verdicts(&read).len(), names.len(), "{}", read.err);
}

#[test]
fn a_file_of_answers_is_not_trusted() {
    let worlds = Worlds::new("verify-answers");
    let world = worlds.plain();
    let head = "; vpcdns-question 1 db.shop.internal. A\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n";
    let read = |bytes: &[u8]| {
        let file = worlds.file("answers.txt", bytes);
        vpcdns(&["verify", &world, "--from", "Shop-1", "--answers", &file])
    };
    let good = format!(
        "{head}db.shop.internal.\t60\tIN\tA\t10.0.1.21\r\ndb.shop.internal. 1 IN A 10.0.1.20\n"
    );
    assert_eq!(read(good.as_bytes()).code, 0, "{}", read(good.as_bytes()).out);
    assert_eq!(read(good.replace("1.21", "1.22").as_bytes()).code, 1);
    let many = "; vpcdns-question 1 a. A\n;; ->>HEADER<<- status: REFUSED, \n".repeat(50_001);
    let records = format!("{head}{}", "a. 1 IN A 10.0.0.1\n".repeat(1_001));
    let long = format!("{head};{}\n", "x".repeat(80_000));
    for (text, line, message) in [
        ("", 1, "is this what the script printed?"),
        ("hello\n", 1, "expected a line `; vpcdns-question"),
        ("; vpcdns-question 1 a\n", 1, "expected `; vpcdns-question NUMBER NAME TYPE`"),
        ("; vpcdns-question 1 a..b A\n", 1, "not a name"),
        ("; vpcdns-question 1 a.b SPOON\n", 1, "not a record type"),
        ("; vpcdns-question 1 a.b A\n", 1, "no answer"),
        ("; vpcdns-question 1 a.b A\na.b. 1 IN A 10.0.0.1\n", 2, "expected an answer of dig"),
        (&format!("{head}rm -rf /\n"), 3, "expected a record"),
        (&format!("{head}a.b. 1 CH A 10.0.0.1\n"), 3, "expected a record"),
        (&format!("{head}a.b. 1 IN A 10.0.0.256\n"), 3, "A data"),
        (&many, 100_001, "more than 50000 questions"),
        (&records, 1_003, "more than 1000 records"),
        (&long, 3, "too long"),
    ] {
        let printed = read(text.as_bytes());
        assert_eq!(printed.code, 1, "{message}");
        assert_eq!(printed.out, "", "{message}");
        let place = format!("answers.txt:{line}: ");
        assert!(printed.err.contains(&place) && printed.err.contains(message), "{}", printed.err);
    }
    let printed = read(&[head.as_bytes(), b"\xff\xfe\n"].concat());
    assert!(printed.err.contains("answers.txt:3: the line is not UTF-8"), "{}", printed.err);
    assert_eq!(read(&vec![b'\n'; (32 << 20) + 1]).code, 1);
    assert_eq!(vpcdns(&["verify", &world, "--from", "Shop-1"]).code, 1);
    assert_eq!(vpcdns(&["verify", &world, "--from", "Nobody", "--answers", "/nowhere"]).code, 1);
    assert_eq!(vpcdns(&["questions", &world, "--from", "Nobody"]).code, 1);
}

#[test]
fn a_masked_report_holds_no_id_and_no_address() {
    let worlds = Worlds::new("verify-mask");
    let world = worlds.plain();
    let server = resolver(&worlds.with("other.yaml", "private-dns: true", "private-dns: false"));
    for more in [&["--mask", "--all"][..], &["--mask", "--json"]] {
        let printed = verify(&world, &server, more);
        assert_eq!(printed.code, 1);
        for hidden in [
            "0123456789abcdef0",
            "abcd1234",
            "10.0.1.",
            "10-0-1-",
            "1.0.10.in-addr",
            "3.34.49.218",
            "3-34-49-218",
            "127.0.0.1",
        ] {
            assert!(!printed.out.contains(hidden), "{hidden}: {}", printed.out);
        }
        assert!(printed.out.contains("sqs.ap-northeast-2.amazonaws.com."), "{}", printed.out);
    }
    // The same address is the same word in each of its forms.
    let printed = verify(&world, &server, &["--mask", "--all"]);
    let word = |line: &str, start: &str| {
        let at = line.find(start).unwrap_or_else(|| panic!("{start} in {line}"));
        let rest = &line[at..];
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        rest[..end.unwrap_or(rest.len())].to_owned()
    };
    let private = printed.out.lines().find(|line| line.contains("world:    PRIVATE")).unwrap();
    let private = word(private, "private-address-");
    assert!(printed.out.contains(&format!("{private}.in-addr.arpa.")), "{}", printed.out);
    assert!(printed.out.contains(&format!("ip-{private}.ap-northeast-2")), "{}", printed.out);
}
