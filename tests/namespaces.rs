//! VPCs as network namespaces: what Docker cannot pose. Two VPCs of one range, and the real address of the metadata
//! service.
//!
//! Needs root and `ip` (Debian: iproute2). The namespaces have no way out of themselves, and end with the test.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Both VPCs have the same range, and an instance at the same address.
const WORLD: &str = "
region: ap-northeast-2
vpcs:
  One:
    cidr: 10.0.0.0/16
    dns-hostnames: true
    subnets:
      a:
        cidr: 10.0.0.0/24
        zone: ap-northeast-2a
        instances:
          first: {id: i-00000000000000001, address: 10.0.0.29}
    endpoints:
      queue: {service: sqs, private-dns: true, subnets: {a: 10.0.0.50}}
  Two:
    cidr: 10.0.0.0/16
    dns-hostnames: true
    subnets:
      b:
        cidr: 10.0.0.0/24
        zone: ap-northeast-2a
        instances:
          second: {id: i-00000000000000002, address: 10.0.0.29}
    endpoints:
      other-queue: {service: sqs, private-dns: true, subnets: {b: 10.0.0.60}}
";
const QUEUE: &str = "sqs.ap-northeast-2.amazonaws.com";

/// Namespaces with names of this process's own; they are deleted with the value, and everything in them with it.
struct Namespaces {
    names: Vec<String>,
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip").args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "ip {}: {error}", arguments.join(" "));
}

impl Namespaces {
    /// One for each label; `None`, said aloud, if this process may not make any.
    fn new(labels: &[&str]) -> Option<Self> {
        let names: Vec<_> =
            labels.iter().map(|label| format!("vd{}{label}", std::process::id())).collect();
        let mut made = Self { names: Vec::new() };
        for name in names {
            let output = Command::new("ip").args(["netns", "add", &name]).output();
            if !output.is_ok_and(|output| output.status.success()) {
                eprintln!("SKIPPED: `ip netns add` needs root and iproute2");
                return None;
            }
            made.names.push(name);
        }
        for name in &made.names {
            ip(&["-n", name, "link", "set", "lo", "up"]);
        }
        Some(made)
    }

    /// Configures a namespace: one `ip` command a line.
    fn ip(&self, index: usize, commands: &str) {
        for command in commands.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = command.split(' ').collect();
            ip(&[&["-n", self.names[index].as_str()], &words[..]].concat());
        }
    }

    /// A cable between two namespaces; its end has the same name in both.
    fn cable(&self, one: usize, other: usize, name: &str) {
        let far = format!("{name}p");
        self.ip(one, &format!("link add {name} type veth peer name {far}"));
        ip(&["-n", &self.names[one], "link", "set", &far, "netns", &self.names[other]]);
        self.ip(other, &format!("link set {far} name {name}"));
    }

    /// A command in a namespace.
    fn command(&self, index: usize, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.names[index], program]);
        command
    }

    /// What a program prints there; it must succeed.
    fn run(&self, index: usize, program: &str, arguments: &[&str]) -> String {
        let mut command = self.command(index, program);
        let output = common::clean(command.args(arguments)).output().unwrap();
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{program} {arguments:?}: {out}{err}");
        out.trim().to_owned()
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for name in &self.names {
            let _ = Command::new("ip").args(["netns", "delete", name]).status();
        }
    }
}

/// A server in a namespace, ended with the value.
struct Server(Child);

impl Server {
    fn start(namespaces: &Namespaces, index: usize, arguments: &[&str]) -> Self {
        let mut command = namespaces.command(index, common::BINARY);
        command.arg("serve").args(arguments);
        let mut child = common::clean(&mut command)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _gone_when_the_test_is = sender.send(line);
            }
        });
        let server = Self(child);
        let mut said = Vec::new();
        loop {
            match lines.recv_timeout(Duration::from_secs(20)) {
                Ok(line) if line.starts_with("ready ") => return server,
                Ok(line) => said.push(line),
                Err(_) => panic!("the server did not become ready; it said:\n{}", said.join("\n")),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // `ip netns exec` became the server, so this is its process.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("-v").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {program} is missing");
    }
    found
}

#[test]
fn one_resolver_tells_two_vpcs_of_one_range_apart() {
    if !has("dig") {
        return;
    }
    let Some(spaces) = Namespaces::new(&["r", "a", "b"]) else { return };
    let (resolver, one, two) = (0, 1, 2);
    // Each VPC's cable has an address of the resolver's own, from which its replies go back over that cable.
    for (space, cable, server, table) in
        [(one, "one", "169.254.100.1", "101"), (two, "two", "169.254.100.2", "102")]
    {
        spaces.cable(resolver, space, cable);
        spaces.ip(
            resolver,
            &format!(
                "addr add {server}/32 dev {cable}
                 link set {cable} up
                 route add 10.0.0.0/16 dev {cable} table {table}
                 rule add from {server} lookup {table}"
            ),
        );
        spaces.ip(
            space,
            &format!(
                "addr add 10.0.0.29/16 dev {cable}
                 link set {cable} up
                 route add {server} dev {cable}"
            ),
        );
    }
    for file in ["all", "one", "two"] {
        let loose = format!("echo 0 > /proc/sys/net/ipv4/conf/{file}/rp_filter");
        spaces.run(resolver, "sh", &["-c", &loose]);
    }
    let folder = common::scratch("namespaces");
    let world = folder.join("world.yaml");
    fs::write(&world, WORLD).unwrap();
    let _server = Server::start(
        &spaces,
        resolver,
        &[
            world.to_str().unwrap(),
            "--dns",
            "169.254.100.1:53=One,169.254.100.2:53=Two",
            "--imds",
            "169.254.100.1:80=One,169.254.100.2:80=Two",
        ],
    );
    fs::remove_dir_all(folder).unwrap();
    let mut asked = 0;
    for turn in 0..100 {
        for (space, server, expected) in
            [(one, "169.254.100.1", "10.0.0.50"), (two, "169.254.100.2", "10.0.0.60")]
        {
            let at = format!("@{server}");
            let tcp = if turn % 10 == 0 { "+tcp" } else { "+notcp" };
            let printed = spaces.run(space, "dig", &["+short", "+tries=1", tcp, &at, QUEUE]);
            assert_eq!(printed, expected, "turn {turn} {tcp}");
            asked += 1;
        }
    }
    assert_eq!(asked, 200);
    // The address of one VPC's cable is not reached from the other.
    let over = ["+short", "+tries=1", "+time=1", "@169.254.100.2", QUEUE];
    let lost = spaces.command(one, "dig").args(over).output().unwrap();
    assert!(!lost.status.success(), "{}", String::from_utf8_lossy(&lost.stdout));
    let Some(python) = common::python_with("botocore") else {
        eprintln!("SKIPPED the rest: no python with botocore; run tests/run --install");
        return;
    };
    for (space, server, id) in [
        (one, "169.254.100.1", "i-00000000000000001"),
        (two, "169.254.100.2", "i-00000000000000002"),
    ] {
        let program = format!("{READ}read('http://{server}')");
        assert_eq!(spaces.run(space, python.to_str().unwrap(), &["-c", &program]), id);
    }
}

/// Reads the instance's id by botocore's own client, at its usual address unless another is given.
const READ: &str = "
from botocore.utils import IMDSFetcher
def read(endpoint=None):
    imds = IMDSFetcher(config={'ec2_metadata_service_endpoint': endpoint} if endpoint else {})
    token = imds._fetch_metadata_token()
    print(imds._get_request('latest/meta-data/instance-id', None, token=token).text)
";

#[test]
fn the_sdk_finds_metadata_at_its_real_address() {
    let Some(python) = common::python_with("botocore") else {
        eprintln!("SKIPPED: no python with botocore; run tests/run --install");
        return;
    };
    let Some(spaces) = Namespaces::new(&["h", "p", "q"]) else { return };
    let (host, private, public) = (0, 1, 2);
    // The instances' cables meet at a bridge, where VPC+2 and the link-local addresses are.
    spaces.ip(
        host,
        "link add vpc type bridge
         link set vpc up
         addr add 10.0.0.2/16 dev vpc
         addr add 169.254.169.253/32 dev vpc
         addr add 169.254.169.254/32 dev vpc",
    );
    for (space, cable, address) in
        [(private, "private", "10.0.1.29"), (public, "public", "10.0.0.29")]
    {
        spaces.cable(host, space, cable);
        spaces.ip(host, &format!("link set {cable} master vpc\nlink set {cable} up"));
        spaces.ip(
            space,
            &format!(
                "addr add {address}/16 dev {cable}
                 link set {cable} up
                 route add 169.254.169.0/24 dev {cable}"
            ),
        );
    }
    let _server = Server::start(
        &spaces,
        host,
        &["lab09-1", "--dns", "10.0.0.2,169.254.169.253", "--imds", "169.254.169.254"],
    );
    let program = format!(
        "{READ}read()
import botocore.session
from botocore.utils import IMDSRegionProvider
print(IMDSRegionProvider(botocore.session.Session()).provide())"
    );
    for (space, id) in [(private, "i-06620845270d412ac"), (public, "i-033fa1bc9a9817db2")] {
        let printed = spaces.run(space, python.to_str().unwrap(), &["-c", &program]);
        assert_eq!(printed, format!("{id}\nap-northeast-2"));
    }
    if has("dig") {
        let mut answers = Vec::new();
        for server in ["@10.0.0.2", "@169.254.169.253"] {
            let name = "cloudformation.ap-northeast-2.amazonaws.com";
            let printed = spaces.run(private, "dig", &["+short", "+tries=1", server, name]);
            let mut lines: Vec<_> = printed.lines().map(str::to_owned).collect();
            lines.sort();
            answers.push(lines);
        }
        assert_eq!(answers, [["10.0.0.108", "10.0.1.47"], ["10.0.0.108", "10.0.1.47"]]);
    }
}
