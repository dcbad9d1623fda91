//! The instance metadata service over HTTP: who is who by the source address, and the SDKs' own client.
//!
//! What it says to whom is in `tests/cases/imds/`. The tests run in a network namespace in which the addresses of the
//! instances are this machine's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    fs,
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    process::Command,
    time::Duration,
};

use common::Server;
use socket2::{Domain, Socket, Type};

const WORLD: &str = "
region: ap-northeast-2
vpcs:
  One:
    cidr: 10.9.0.0/16
    dns-hostnames: true
    subnets:
      a:
        cidr: 10.9.0.0/24
        zone: ap-northeast-2a
        instances:
          first: {id: i-00000000000000001, address: 10.9.0.10, metadata: {role: shop}}
          second: {id: i-00000000000000002, address: 10.9.0.11, metadata: {tokens: required}}
  Two:
    cidr: 10.9.0.0/16
    subnets:
      b:
        cidr: 10.9.0.0/24
        zone: ap-northeast-2b
        instances:
          third: {id: i-00000000000000003, address: 10.9.0.10}
          fourth: {id: i-00000000000000004, address: 10.9.0.12}
";

fn start(name: &str, arguments: &[&str]) -> Server {
    let folder = common::scratch(name);
    let world = folder.join("world.yaml");
    fs::write(&world, WORLD).unwrap();
    let mut all = vec![world.to_str().unwrap()];
    all.extend(arguments);
    let server = Server::start(&all);
    fs::remove_dir_all(folder).unwrap();
    server
}

/// Sends a request from an address; status, headers and body.
fn ask(from: &str, to: SocketAddr, request: &str) -> (u16, String, String) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let from: IpAddr = from.parse().unwrap();
    socket.bind(&SocketAddr::new(from, 0).into()).unwrap();
    socket.connect(&to.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (line, headers) = request.split_once('\n').unwrap_or((request, ""));
    let headers: String = headers.lines().map(|header| format!("{header}\r\n")).collect::<String>();
    write!(stream, "{line} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n{headers}\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_ascii_lowercase(), body.to_owned())
}

fn id(from: &str, to: SocketAddr) -> (u16, String) {
    let (status, _, body) = ask(from, to, "GET /latest/meta-data/instance-id");
    (status, body)
}

#[test]
fn the_source_address_says_which_instance_asks() {
    if !common::inside("the_source_address_says_which_instance_asks", &["10.9.0.0/16"]) {
        return;
    }
    let server = start(
        "imds-source",
        &["--imds", "127.0.0.1:0,127.0.0.1:0=One,127.0.0.1:0=Two,127.0.0.1:0=second"],
    );
    let [any, one, two, second] = server.imds()[..] else { panic!("{}", server.ready) };
    let found = |digit: u8| (200, format!("i-0000000000000000{digit}"));
    // Only where one VPC alone has the address; both have the range, so no other address counts.
    assert_eq!(id("10.9.0.12", any), found(4));
    assert_eq!(id("10.9.0.10", any).0, 403);
    assert_eq!(id("10.9.0.99", any).0, 403);
    // A listener's view decides the VPC.
    assert_eq!(id("10.9.0.10", one), found(1));
    assert_eq!(id("10.9.0.10", two), found(3));
    assert_eq!(id("10.9.0.12", one).0, 403);
    assert_eq!(id("10.9.0.99", two).0, 403);
    // Or the instance.
    for from in ["127.0.0.1", "10.9.0.10", "10.9.0.12"] {
        assert_eq!(ask(from, second, "GET /latest/meta-data/instance-id").0, 401);
        assert_eq!(ask(from, second, "PUT /latest/api/token").0, 400);
    }
}

#[test]
fn a_token_of_the_wire_is_of_one_instance() {
    if !common::inside("a_token_of_the_wire_is_of_one_instance", &["10.9.0.0/16"]) {
        return;
    }
    let server = start("imds-token", &["--imds", "127.0.0.1:0=One", "--view", "first"]);
    let to = server.imds()[0];
    let put = "PUT /latest/api/token\nX-aws-ec2-metadata-token-ttl-seconds: 60";
    let (status, head, token) = ask("10.9.0.11", to, put);
    assert_eq!(status, 200, "{token}");
    assert!(head.contains("content-type: text/plain\r\n"), "{head}");
    assert!(head.contains("x-aws-ec2-metadata-token-ttl-seconds: 60"), "{head}");
    let get = format!("GET /latest/meta-data/instance-id\nX-aws-ec2-metadata-token: {token}");
    assert_eq!(ask("10.9.0.11", to, &get).2, "i-00000000000000002");
    assert_eq!(ask("10.9.0.10", to, &get).0, 401);
    // Loopback itself stands for `--view`.
    assert_eq!(id("127.0.0.1", to), (200, "i-00000000000000001".to_owned()));
    let page = "GET /latest/meta-data/instance-id\nOrigin: http://evil.example";
    assert_eq!(ask("10.9.0.10", to, page).0, 403);
    let proxied = format!("{put}\nX-Forwarded-For: 10.0.0.1");
    assert_eq!(ask("10.9.0.10", to, &proxied).0, 403);
    let head = ask("10.9.0.10", to, "HEAD /latest/meta-data/instance-id");
    assert_eq!((head.0, head.2.as_str()), (200, ""));
    assert!(head.1.contains("content-length: 19"), "{}", head.1);
    let odd = "GET /latest/meta-data/%00/../x?y";
    assert_eq!(ask("10.9.0.10", to, odd).0, 404);
}

#[test]
fn a_bad_address_or_view_is_an_error() {
    for (argument, words) in [
        ("nonsense", "expected an address"),
        ("127.0.0.1:0=nobody", "nobody"),
        ("127.0.0.1:0=internet", "a VPC or an instance"),
    ] {
        let printed = common::vpcdns(&["serve", "lab09-1", "--imds", argument]);
        assert_eq!(printed.code, 1, "{}", printed.err);
        assert!(printed.err.contains(words) && printed.err.contains("--imds"), "{}", printed.err);
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments = ["serve", "lab09-1", "--dns", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let printed = common::vpcdns(&[&arguments[..], &["--imds", &address]].concat());
    assert_eq!(printed.code, 2, "{}", printed.err);
    assert!(printed.err.contains(&address), "{}", printed.err);
}

/// botocore's own client: region, instance id by a token, and the credentials of the instance's role.
const BOTOCORE: &str = r#"
import botocore.session
from botocore.utils import IMDSFetcher, IMDSRegionProvider, InstanceMetadataFetcher

session = botocore.session.Session()
print(IMDSRegionProvider(session).provide())
config = {"ec2_metadata_service_endpoint": session.get_config_variable("ec2_metadata_service_endpoint")}
imds = IMDSFetcher(config=config)
token = imds._fetch_metadata_token()
print(len(token), imds._get_request("latest/meta-data/instance-id", retry_func=None, token=token).text)
print(InstanceMetadataFetcher(config=config).retrieve_iam_role_credentials()["role_name"])
credentials = session.get_credentials()
print(credentials.method, credentials.get_frozen_credentials().access_key[:4])
"#;

#[test]
fn botocore_reads_region_instance_and_role() {
    let Some(python) = common::python_with("botocore") else {
        eprintln!("SKIPPED: no python with botocore; run tests/run --install");
        return;
    };
    let server = start("imds-botocore", &["--imds", "127.0.0.1:0=first"]);
    let output = common::clean(Command::new(python).args(["-c", BOTOCORE]))
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{}", server.imds()[0]))
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        printed,
        "ap-northeast-2\n56 i-00000000000000001\nshop\niam-role ASIA\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_web_page_gets_nothing_by_whatever_name_it_asks() {
    let server = start("imds-pages", &["--imds", "127.0.0.1:0=i-00000000000000001"]);
    let to = server.imds()[0];
    let status = |version: &str, headers: &str| {
        let mut stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let path = "/latest/meta-data/instance-id";
        write!(stream, "GET {path} HTTP/{version}\r\n{headers}Connection: close\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
    };
    for host in ["169.254.169.254", "[fd00:ec2::254]", "localhost:8080", &to.to_string()] {
        assert_eq!(status("1.1", &format!("Host: {host}\r\n")), 200, "{host}");
    }
    for host in ["rebound.example", "169.254.169.254.rebound.example:80", "192.0.2.1"] {
        assert_eq!(status("1.1", &format!("Host: {host}\r\n")), 403, "{host}");
    }
    assert_eq!(status("1.0", ""), 200);
    assert_eq!(status("1.1", "Host: localhost\r\nHost: localhost\r\n"), 400);
    for (site, expected) in
        [("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403)]
    {
        let headers = format!("Host: 169.254.169.254\r\nSec-Fetch-Site: {site}\r\n");
        assert_eq!(status("1.1", &headers), expected, "{site}");
    }
    assert_eq!(status("1.1", "Host: localhost\r\nOrigin: http://localhost\r\n"), 403);
}
