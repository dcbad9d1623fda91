//! `--aws-upstream`, the names by which containers reach the server, and the routes that tests know from elsewhere.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use common::{Server, vpcdns};

/// Sends a request as it stands; the whole reply.
fn exchange(server: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    String::from_utf8_lossy(&reply).into_owned()
}

fn signed(service: &str) -> String {
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, \
         Signature=0\r\n"
    )
}

/// A server that answers one connection after another with the same text and tells what it was sent.
fn other(reply: &'static str) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, sent) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut got = Vec::new();
            let mut part = [0; 65_536];
            loop {
                let text = String::from_utf8_lossy(&got).into_owned();
                let length = text.to_ascii_lowercase();
                let length = length.split("content-length: ").nth(1);
                let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
                if body.is_some_and(|body| body >= length.unwrap_or(0)) {
                    break;
                }
                match stream.read(&mut part) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => got.extend_from_slice(&part[..count]),
                }
            }
            let _ = stream.write_all(reply.as_bytes());
            if sender.send(String::from_utf8_lossy(&got).into_owned()).is_err() {
                return;
            }
        }
    });
    (address, sent)
}

#[test]
fn requests_for_other_services_go_on_and_come_back_as_they_are() {
    let (other, sent) = other(
        "HTTP/1.1 409 Conflict\r\nContent-Length: 6\r\nContent-Type: text/odd\r\nX-Amz-Odd: 1\r\n\
         Connection: close\r\n\r\nanswer",
    );
    let server = Server::start(&["empty", "--aws-upstream", &format!("http://{other}")]);
    let body = "a".repeat(600_000);
    let reply = exchange(
        server.http,
        &format!(
            "PUT /bucket/a%20key?x-id=PutObject&b HTTP/1.1\r\nHost: bucket.localhost:80\r\nConnection: close, x-mine\r\n\
             X-Mine: 1\r\n{}X-Amz-Meta-Kept: yes\r\nContent-Length: {}\r\n\r\n{body}",
            signed("s3"),
            body.len()
        ),
    );
    let (head, answered) = reply.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 409 "), "{head}");
    assert!(head.contains("content-type: text/odd") && head.contains("x-amz-odd: 1"), "{head}");
    assert_eq!(answered, "answer");
    let got = sent.recv_timeout(Duration::from_secs(5)).unwrap();
    let (head, carried) = got.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("PUT /bucket/a%20key?x-id=PutObject&b HTTP/1.1\r\n"), "{head}");
    let lower = head.to_ascii_lowercase();
    assert!(lower.contains("host: bucket.localhost:80"), "{head}");
    assert!(lower.contains("x-amz-meta-kept: yes") && lower.contains("aws4-hmac-sha256"), "{head}");
    assert!(!lower.contains("x-mine"), "{head}");
    assert_eq!(carried, body);

    // A body that comes in chunks, of a length that is not told before.
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let head = format!("Host: localhost\r\nConnection: close\r\n{}", signed("s3"));
    let reply = exchange(
        server.http,
        &format!("PUT /bucket/b HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n{chunks}"),
    );
    assert!(reply.starts_with("HTTP/1.1 409 "), "{reply}");
    let got = sent.recv_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(got.split_once("\r\n\r\n").unwrap().1, body);

    // A service that is built stays here, and so does the page.
    let form = "Action=DescribeVpcs&Version=2016-11-15";
    let head = format!("Host: localhost\r\nConnection: close\r\n{}", signed("ec2"));
    let length = form.len();
    let reply = exchange(
        server.http,
        &format!("POST / HTTP/1.1\r\n{head}Content-Length: {length}\r\n\r\n{form}"),
    );
    assert!(reply.contains("DescribeVpcsResponse"), "{reply}");
    let reply =
        exchange(server.http, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(reply.contains("<html"), "{reply}");
    // What is too long for the APIs that are built is still refused.
    let reply = exchange(
        server.http,
        &format!("POST / HTTP/1.1\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len()),
    );
    assert!(reply.starts_with("HTTP/1.1 413 "), "{reply}");
    // Any page can show an address as a picture, so that a presigned one only reads.
    let presigned = |action: &str| {
        let target = format!(
            "/?Action={action}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-Credential=test/20260101/us-east-1/sqs/aws4_request"
        );
        let head = "Host: localhost\r\nConnection: close\r\n";
        exchange(server.http, &format!("GET {target} HTTP/1.1\r\n{head}\r\n"))
    };
    assert!(!presigned("CreateQueue").starts_with("HTTP/1.1 409 "));
    assert!(sent.try_recv().is_err());
    assert!(presigned("ListQueues").starts_with("HTTP/1.1 409 "));
    assert!(sent.recv_timeout(Duration::from_secs(5)).unwrap().starts_with("GET /?Action=List"));
}

#[test]
fn where_the_other_server_is_silent_the_client_reads_an_error_of_its_protocol() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start(&["empty", "--aws-upstream", &format!("http://{free}/")]);
    let ask = |service: &str, more: &str| {
        exchange(
            server.http,
            &format!(
                "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}{more}Content-Length: 2\r\n\r\n{{}}",
                signed(service)
            ),
        )
    };
    let json = ask("dynamodb", "X-Amz-Target: DynamoDB_20120810.ListTables\r\n");
    assert!(json.starts_with("HTTP/1.1 503 "), "{json}");
    assert!(json.contains("application/x-amz-json") && json.contains("--aws-upstream"), "{json}");
    let xml = ask("s3", "");
    assert!(xml.starts_with("HTTP/1.1 503 ") && xml.contains("<Code>"), "{xml}");
}

#[test]
fn a_token_is_needed_to_reach_the_other_server() {
    let (other, sent) = other("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let upstream = format!("http://{other}");
    let server = Server::start(&["empty", "--token", "a secret", "--aws-upstream", &upstream]);
    let ask = |more: &str| {
        let head = format!("Host: localhost\r\nConnection: close\r\n{more}");
        exchange(server.http, &format!("GET /bucket HTTP/1.1\r\n{head}\r\n"))
    };
    let reply = ask(&signed("s3"));
    assert!(!reply.starts_with("HTTP/1.1 200 "), "{reply}");
    assert!(sent.try_recv().is_err());
    let reply = ask("Authorization: Bearer a secret\r\nX-Amz-Target: Other.List\r\n");
    assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
    assert!(sent.recv_timeout(Duration::from_secs(5)).unwrap().starts_with("GET /bucket "));
}

#[test]
fn an_upstream_that_cannot_be_one_is_refused_at_start() {
    for (url, why) in [
        ("https://127.0.0.1:5000", "does not begin with http://"),
        ("http://127.0.0.1:5000/path", "has more than a host and a port"),
        ("http://127.0.0.1:8053", "own address"),
    ] {
        let arguments = ["serve", "empty", "--http", "127.0.0.1:8053", "--dns", "127.0.0.1:0"];
        let refused = vpcdns(&[&arguments[..], &["--aws-upstream", url]].concat());
        assert!(refused.code != 0 && refused.err.contains(why), "{url}: {}", refused.err);
    }
}

#[test]
fn containers_call_it_by_names_of_their_own() {
    let server = Server::start(&["empty"]);
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let ask = |host: &str| {
        let reply = exchange(
            server.http,
            &format!("GET /api/labs HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        );
        reply.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for host in [
        "localhost",
        "s3.localhost:4566",
        "a.b.LOCALHOST",
        "localhost.localstack.cloud:4566",
        "ec2.localhost.localstack.cloud",
        "host.docker.internal:80",
        machine.trim(),
    ] {
        assert_eq!((host, ask(host).as_str()), (host, "200"));
    }
    for host in [
        "notlocalhost",
        "localhost.example.com",
        "localstack.cloud",
        "evil-localhost.localstack.cloud",
        "docker.internal",
        "x.host.docker.internal",
    ] {
        assert_eq!((host, ask(host).as_str()), (host, "403"));
    }
}

#[test]
fn routes_of_moto_and_localstack_answer() {
    let server = Server::start(&["empty"]);
    let send = |method: &str, path: &str, body: &str| {
        let head = "Host: localhost\r\nConnection: close\r\n";
        let length = body.len();
        let text =
            format!("{method} {path} HTTP/1.1\r\n{head}Content-Length: {length}\r\n\r\n{body}");
        exchange(server.http, &text)
    };
    let health = send("GET", "/_localstack/health", "");
    assert!(
        health.contains(r#""ec2":"running""#) && health.contains(r#""edition":"vpcdns""#),
        "{health}"
    );
    assert!(send("GET", "/_localstack/info", "").contains(env!("CARGO_PKG_VERSION")));
    assert!(send("GET", "/healthz", "").ends_with("ok\n"));
    let vpcs =
        || send("GET", "/?Action=DescribeVpcs&Version=2016-11-15", "").matches("<vpcId>").count();
    for reset in ["/moto-api/reset", "/_localstack/state/reset"] {
        let form = "Action=CreateVpc&CidrBlock=10.0.0.0/16&Version=2016-11-15";
        assert!(send("POST", "/", form).starts_with("HTTP/1.1 200 "));
        assert_eq!(vpcs(), 1);
        let data = send("GET", "/moto-api/data.json", "");
        let data: serde_json::Value =
            serde_json::from_str(data.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        let vpc = &data["ec2"]["VPC"][0];
        assert!(vpc["id"].as_str().unwrap().starts_with("vpc-"));
        assert_eq!(vpc["cidrs"][0], "10.0.0.0/16");
        assert!(data["ec2"]["Subnet"].as_array().unwrap().is_empty());
        assert!(send("POST", reset, "").starts_with("HTTP/1.1 200 "), "{reset}");
        assert_eq!(vpcs(), 0, "{reset}");
    }
    assert!(send("POST", "/moto-api/reset", "").ends_with(r#"{"status":"ok"}"#));
}
