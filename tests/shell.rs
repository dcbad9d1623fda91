//! `vpcdns shell`: commands that run as an instance, with the system's own programs and the real dig.
//!
//! Needs network namespaces and `ip` (Debian: iproute2); without them each test says so and passes. The packets of pings
//! and traceroutes are this program's own, so that `ping` need not be installed.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use socket2::{Domain, Protocol, Socket, Type};

const PRIVATE: &str = "CloudNeta-Private-EC2";
const PUBLIC: &str = "CloudNeta-Public-EC2";
const ENDPOINT: &str = "vpce-093517d1686ace06d";
const CLOUDFORMATION: &str = "cloudformation.ap-northeast-2.amazonaws.com";
const S3: &str = "s3.ap-northeast-2.amazonaws.com";
const BALANCER: &str = "lab9-Custo-1C1O2OWX9WGL9-1438a8e4c6ec677d.elb.ap-northeast-2.amazonaws.com";

/// What a command prints when it is run by `vpcdns shell` with these arguments.
fn shell(arguments: &[&str], command: &[&str]) -> Output {
    let mut shell = Command::new(common::BINARY);
    shell.arg("shell").args(arguments).arg("--").args(command);
    common::clean(&mut shell).stdin(Stdio::null()).output().unwrap()
}

fn text(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
    out.into_owned()
}

/// What a script prints there; it must succeed.
fn script(arguments: &[&str], script: &str) -> String {
    text(&shell(arguments, &["sh", "-c", script]))
}

/// Whether a shell can be had at all, and these programs; says aloud if not.
fn possible(programs: &[&str]) -> bool {
    for program in programs {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        if !found.is_ok_and(|output| output.status.success()) {
            eprintln!("SKIPPED: {program} is missing");
            return false;
        }
    }
    let output = shell(&["empty-of-instances"], &["true"]);
    assert_eq!(output.status.code(), Some(1), "no such world");
    let output = shell(&["lab09-1"], &["true"]);
    if output.status.code() == Some(2) {
        let error = String::from_utf8_lossy(&output.stderr);
        let denied = ["denies them: unshare", "`ip` is missing"];
        assert!(denied.iter().any(|it| error.contains(it)), "{error}");
        eprintln!("SKIPPED: {error}");
        return false;
    }
    text(&output);
    true
}

/// The addresses that `dig +short NAME` prints for each name.
fn digs(arguments: &[&str], names: &[&str]) -> Vec<BTreeSet<String>> {
    let script: String =
        names.iter().map(|name| format!("dig +short +tries=1 {name}; echo -\n")).collect();
    let printed = self::script(arguments, &script);
    let of_each = printed.split_terminator("-\n");
    of_each.map(|lines| lines.lines().map(str::to_owned).collect()).collect()
}

#[test]
fn the_chapters_digs_can_be_typed_letter_by_letter() {
    if !possible(&["dig"]) {
        return;
    }
    let set = |addresses: &str| addresses.split_whitespace().map(str::to_owned).collect();
    let own = format!("{ENDPOINT}-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com");
    let zonal = format!(
        "{ENDPOINT}-txsku1pk-ap-northeast-2c.cloudformation.ap-northeast-2.vpce.amazonaws.com"
    );
    let misspelt = [
        format!("{ENDPOINT}-txsku1pk.cloudforamtion.ap-northeast-2.amazonaws.com"),
        format!("{ENDPOINT}-txsku1pk.cloudforamtion.ap-northeast-2.vpce.amazonaws.com"),
        "vpce-09351d168ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com".to_owned(),
        "vpce-09351d1686ace06d-txsku1pk.cloudformation.ap-northeast-2.vpce.amazonaws.com"
            .to_owned(),
    ];
    let both = "10.0.0.108 10.0.1.47";
    let wrong_balancer = format!("Custom-NLB-{BALANCER}");
    let service = "vpce-0b40409379c428dd5-hxrsc9c7.vpce-svc-0f0f83cb8f81a64b0.ap-northeast-2.vpce.amazonaws.com";
    for (world, instance, asked) in [
        ("lab09-1@base", PRIVATE, vec![(CLOUDFORMATION, "52.95.193.132")]),
        (
            "lab09-1",
            PUBLIC,
            vec![
                (CLOUDFORMATION, both),
                (&misspelt[0], ""),
                (&misspelt[1], ""),
                (&zonal, "10.0.1.47"),
                (&own, both),
            ],
        ),
        (
            "lab09-1",
            PRIVATE,
            vec![(CLOUDFORMATION, both), (&misspelt[2], ""), (&misspelt[3], ""), (&own, both)],
        ),
        ("lab09-2@base", "My-EC2", vec![(BALANCER, "13.124.211.247"), (&wrong_balancer, "")]),
        ("lab09-2", "My-EC2", vec![(service, "10.0.0.19")]),
    ] {
        let names: Vec<&str> = asked.iter().map(|(name, _)| *name).collect();
        let expected: Vec<BTreeSet<String>> =
            asked.iter().map(|(_, addresses)| set(addresses)).collect();
        assert_eq!(digs(&[world, "--as", instance], &names), expected, "{world} {instance}");
    }
}

#[test]
fn the_surroundings_are_those_of_the_instance() {
    if !possible(&["dig", "getent", "curl", "hostname"]) {
        return;
    }
    let before = fs::read("/etc/resolv.conf").unwrap();
    let printed = script(
        &["lab09-1", "--as", "i-06620845270d412ac"],
        "hostname; hostname -I; cat /etc/resolv.conf; ip -o -4 addr show eth0 | tr -s ' '
         ip route get 52.95.193.132 | head -1
         dig +short +tries=1 +tcp +search ip-10-0-0-29; getent hosts ip-10-0-0-29
         dig @169.254.169.253 +short +tries=1 CH TXT id.server >/dev/null && echo link-local",
    );
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    assert_eq!(
        lines[..5],
        [
            "ip-10-0-1-29.ap-northeast-2.compute.internal",
            "10.0.1.29",
            "search ap-northeast-2.compute.internal",
            "options timeout:2 attempts:5",
            "nameserver 10.0.0.2",
        ]
    );
    assert!(lines[5].contains("inet 10.0.1.29/24 scope global eth0"), "{printed}");
    assert!(lines[6].contains("via 10.0.1.1 dev eth0 src 10.0.1.29"), "{printed}");
    assert_eq!(lines[7], "10.0.0.29", "{printed}");
    assert!(lines[8].starts_with("10.0.0.29 "), "{printed}");
    assert_eq!(lines[9], "link-local", "{printed}");
    assert_eq!(fs::read("/etc/resolv.conf").unwrap(), before, "the machine's own file");
    let metadata = script(
        &["lab09-1", "--as", "10.0.1.29"],
        "url=http://169.254.169.254/latest
         curl -sS -m 20 $url/meta-data/instance-id; echo
         token=$(curl -sS -m 20 -X PUT $url/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
         curl -sS -m 20 $url/meta-data/local-ipv4 -H \"X-aws-ec2-metadata-token: $token\"; echo
         ip -o link show eth0 | grep -o \"$(curl -sS -m 20 $url/meta-data/mac)\"",
    );
    let [id, address, mac] = metadata.lines().collect::<Vec<_>>()[..] else {
        panic!("{metadata}");
    };
    assert_eq!((id, address), ("i-06620845270d412ac", "10.0.1.29"));
    assert!(mac.starts_with("02:"), "{metadata}");
}

#[test]
fn a_switch_of_the_running_server_is_seen_by_the_next_dig() {
    if !possible(&["dig", "curl"]) {
        return;
    }
    let server = common::Server::start(&["lab09-1"]);
    let url = format!("http://{}", server.http);
    let switch = |on: bool| {
        format!(
            "curl -sS -m 20 -o /dev/null --fail $AWS_ENDPOINT_URL -d \
             'Action=ModifyVpcEndpoint&Version=2016-11-15&VpcEndpointId={ENDPOINT}&PrivateDnsEnabled={on}'"
        )
    };
    let look = format!(
        "dig +short +tries=1 {CLOUDFORMATION} | sort | tr '\\n' ' '; dig +tries=1 {CLOUDFORMATION} | grep -c CLIENT-SUBNET
         dig +short +tries=1 +subnet=192.0.2.1/32 ip-10-0-1-29.ap-northeast-2.compute.internal
         curl -sS -m 20 http://{CLOUDFORMATION}/ | sed -n 2p"
    );
    let printed = script(
        &["--server", &url, "--as", PUBLIC],
        &format!("{look}\n{}\n{look}\n{}\n{look}", switch(false), switch(true)),
    );
    let private = "10.0.0.108 10.0.1.47 0\n10.0.1.29\nway: private, through endpoint vpce-093517d1686ace06d\n";
    let public = "52.95.193.132 0\n10.0.1.29\nway: public, through the internet gateway\n";
    assert_eq!(printed, format!("{private}{public}{private}"));
}

#[test]
fn what_answers_is_where_the_way_leads() {
    if !possible(&["dig", "curl"]) {
        return;
    }
    let look = |world: &str, instance: &str, name: &str| {
        let fetch = format!("curl -sS -m 20 http://{name}/ 2>/dev/null | sed -n 2p");
        let ping = "$PROBE echo $(dig +short +tries=1 NAME | head -1) 64".replace("NAME", name);
        probes(&[world, "--as", instance], &format!("{ping}; {fetch}"))
    };
    let silence = "silence\n";
    let gateway = "way: private, through gateway endpoint vpce-0ee6a8ee6dfbe3218\n";
    let public = "way: public, through the internet gateway\n";
    let endpoint = "way: private, through endpoint vpce-093517d1686ace06d\n";
    let s3 = |step: &str, instance: &str| look(&format!("lab09-1@{step}"), instance, S3);
    assert_eq!(s3("base", PRIVATE), silence, "no route");
    assert_eq!(s3("base", PUBLIC), format!("reply from S3\n{public}"));
    assert_eq!(s3("s3-gateway", PRIVATE), format!("reply from S3\n{gateway}"));
    assert_eq!(look("lab09-1", PRIVATE, CLOUDFORMATION), format!("{silence}{endpoint}"), "N52");
    let service = "vpce-0b40409379c428dd5-hxrsc9c7.vpce-svc-0f0f83cb8f81a64b0.ap-northeast-2.vpce.amazonaws.com";
    let own = "way: private, through endpoint vpce-0b40409379c428dd5\n";
    assert_eq!(look("lab09-2", "My-EC2", service), format!("{silence}{own}"));
    let fetch = "curl -sS -m 2 http://10.0.0.19/ 2>/dev/null; echo $?";
    let printed = script(&["lab09-2@endpoint", "--as", "My-EC2"], fetch);
    assert_eq!(printed, "28\n", "not accepted yet");
    assert_eq!(look("lab09-2", "My-EC2", BALANCER), format!("reply from it\n{public}"));
    // An instance: it answers pings, refuses what it does not serve, and is one hop away. An address that nobody has is
    // silent.
    let printed = probes(
        &["lab09-1", "--as", PRIVATE],
        "$PROBE echo 10.0.0.29 1; $PROBE udp 10.0.0.29 1; $PROBE echo 10.0.0.77 64
         curl -sS -m 20 http://10.0.0.29:8080/ 2>/dev/null; echo $?
         curl -sS -m 2 http://10.0.0.77/ 2>/dev/null; echo $?
         curl -sS -m 2 http://10.0.1.47:8080/ 2>/dev/null; echo $?
         curl -sS -m 20 https://10.0.1.47/ 2>/dev/null; echo $?
         curl -sS -m 20 http://10.0.1.47:443/ | sed -n 2p",
    );
    assert_eq!(
        printed,
        format!("reply from it\nreply from it\n{silence}7\n28\n28\n35\n{endpoint}")
    );
}

const NAT: &str = "
region: ap-northeast-2
vpcs:
  One:
    cidr: 10.0.0.0/16
    dns-hostnames: true
    internet-gateway: igw-00cd24f62457b50ce
    route-tables:
      out: {routes: {0.0.0.0/0: internet-gateway}}
      inner: {routes: {0.0.0.0/0: nat-0123456789abcdef0}}
    subnets:
      a:
        cidr: 10.0.0.0/24
        zone: ap-northeast-2a
        route-table: out
        nat-gateways:
          gateway: {id: nat-0123456789abcdef0, address: 10.0.0.7, public-address: 3.34.49.219}
      b:
        cidr: 10.0.1.0/24
        zone: ap-northeast-2a
        route-table: inner
        instances:
          inside: {address: 10.0.1.5}
";

#[test]
fn a_nat_gateway_is_a_station_on_the_way() {
    if !possible(&["dig"]) {
        return;
    }
    let folder = common::scratch("shell-nat");
    let world = folder.join("world.yaml");
    fs::write(&world, NAT).unwrap();
    let printed = probes(
        &[world.to_str().unwrap(), "--as", "inside"],
        &format!(
            "address=$(dig +short +tries=1 {S3} | head -1)
             for ttl in 1 2; do $PROBE echo $address $ttl; $PROBE udp $address $ttl; done"
        ),
    );
    fs::remove_dir_all(folder).unwrap();
    let station = "exceeded at 10.0.0.7\n";
    assert_eq!(printed, format!("{station}{station}reply from S3\nreply from S3\n"));
}

#[test]
fn the_exit_code_and_the_streams_are_the_commands() {
    if !possible(&[]) {
        return;
    }
    let code = |script: &str| shell(&["lab09-1"], &["sh", "-c", script]).status.code();
    assert_eq!(code("exit 7"), Some(7));
    assert_eq!(code("kill -KILL $$"), Some(137));
    assert_eq!(shell(&["lab09-1"], &["no-such-program"]).status.code(), Some(127));
    assert_eq!(shell(&["lab09-1"], &["/etc/passwd"]).status.code(), Some(126));
    let mut command = Command::new(common::BINARY);
    command.args(["shell", "lab09-1", "--", "cat"]);
    let mut child =
        common::clean(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"through\n").unwrap();
    assert_eq!(text(&child.wait_with_output().unwrap()), "through\n");
    // A signal that ends the shell ends the command.
    let folder = common::scratch("shell-folder");
    let mut command = Command::new(common::BINARY);
    command.args(["shell", "lab09-1", "--", "sh", "-c", "echo begun; exec sleep 600"]);
    common::clean(&mut command).env("TMPDIR", &folder);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut begun = [0; 6];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut begun).unwrap();
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "no folder is left");
    fs::remove_dir(folder).unwrap();
}

#[test]
fn who_cannot_be_is_told_who_can() {
    for (arguments, told) in [
        (["lab09-1", "--as", "nobody"], "called `nobody`"),
        (
            ["lab09-1", "--as", "CloudNeta-VPC"],
            "is not an instance; there are: CloudNeta-Private-EC2, CloudNeta-Public-EC2",
        ),
        (["lab09-1", "--as", "10.0.0.108"], "is not an instance"),
        (["default-vpc", "--region", "eu-west-1"], "the World has no instance"),
        (["--server", "http://192.0.2.1:1080", "--as=x"], "must run on this machine"),
    ] {
        let output = shell(&arguments, &["true"]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(told), "{arguments:?}: {error}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{arguments:?}");
    }
}

#[test]
fn where_no_namespaces_are_to_be_had_it_says_what_to_type() {
    let limits = "cd /proc/sys/user && echo 0 >max_user_namespaces && echo 0 >max_net_namespaces && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", limits, "sh", common::BINARY, "shell"]);
    command.args(["lab09-1", "--as", PRIVATE, "--", "echo", "run"]);
    let output = common::clean(&mut command).output();
    let Ok(output) = output.inspect_err(|error| eprintln!("SKIPPED: unshare: {error}")) else {
        return;
    };
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("unshare failed") || error.contains("max_user_namespaces:") {
        eprintln!("SKIPPED: {error}");
        return;
    }
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{error}");
    assert!(
        error.contains("a shell needs namespaces, and the system denies them: unshare"),
        "{error}"
    );
    assert!(error.contains("user.max_user_namespaces is 0"), "{error}");
    let typed = "First start a server: vpcdns serve lab09-1\nInstead of `dig NAME`, type: dig @127.0.0.1 -p 1053 \
                 +subnet=10.0.1.29/32 NAME\n";
    assert!(error.ends_with(typed), "{error}");
}

/// What a script prints in which `$PROBE` sends a packet of this program's own: `echo ADDRESS TTL`, or `udp`, which
/// asks for a port that nobody has. It prints who replies, or that nobody does.
fn probes(arguments: &[&str], script: &str) -> String {
    let program = std::env::current_exe().unwrap();
    let probe = format!(
        "{PROBE}=\"$*\" {} probe --exact --nocapture | sed -n 's/^probe: //p'",
        program.display()
    );
    let script = format!("probe() {{ {probe}; }}\n{}", script.replace("$PROBE", "probe"));
    self::script(arguments, &script)
}

const PROBE: &str = "VPCDNS_TEST_PROBE";

/// Not a test of its own: what [`probes`] runs in the namespace.
#[test]
fn probe() {
    let Ok(wanted) = std::env::var(PROBE) else { return };
    let words: Vec<&str> = wanted.split(' ').collect();
    let [kind, address, ttl] = words[..] else { panic!("{wanted}") };
    let address: Ipv4Addr = address.parse().unwrap();
    let icmp = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4)).unwrap();
    let ttl = ttl.parse().unwrap();
    icmp.set_ttl_v4(ttl).unwrap();
    icmp.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    let icmp = UdpSocket::from(icmp);
    let there = SocketAddr::from((address, 33_434));
    if kind == "echo" {
        // Type 8, with its checksum, identifier 7 and number 1.
        icmp.send_to(&[8, 0, 0xf7, 0xf7, 0, 7, 0, 1], there).unwrap();
    } else {
        let udp = UdpSocket::bind("0.0.0.0:0").unwrap();
        udp.set_ttl(ttl).unwrap();
        udp.send_to(b"probe", there).unwrap();
    }
    let mut packet = [0; 1_500];
    let said = match icmp.recv_from(&mut packet) {
        Err(_) => "silence".to_owned(),
        Ok((_, from)) => match (packet[20], from.ip() == address) {
            (0 | 3, true) if address.octets()[..2] == [52, 219] => "reply from S3".to_owned(),
            (0 | 3, true) => "reply from it".to_owned(),
            (11, false) => format!("exceeded at {}", from.ip()),
            (kind, _) => format!("type {kind} from {from}"),
        },
    };
    // The test's own line may have begun.
    println!("\nprobe: {said}");
}

#[test]
fn it_works_without_root() {
    if !possible(&["dig", "setpriv"]) {
        return;
    }
    let readable = Path::new(common::BINARY).to_str().unwrap();
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        readable,
        "shell",
        "lab09-1",
    ]);
    command.args(["--as", PRIVATE, "--", "dig", "+short", "+tries=1", CLOUDFORMATION]);
    let output = common::clean(&mut command).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("setpriv:") || error.contains("the system denies them") {
        eprintln!("SKIPPED: {error}");
        return;
    }
    let printed = text(&output);
    let found: BTreeSet<&str> = printed.lines().collect();
    assert_eq!(found, BTreeSet::from(["10.0.0.108", "10.0.1.47"]));
}
