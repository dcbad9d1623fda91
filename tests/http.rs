//! The HTTP side: who may use it, and what it answers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use common::Server;

/// Sends a request as it stands; the status and the body.
fn request(server: SocketAddr, text: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut reply = String::new();
    let _ = stream.read_to_string(&mut reply);
    let status = reply.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, reply.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
}

fn send(server: SocketAddr, method: &str, path: &str, headers: &str) -> (u16, String) {
    request(
        server,
        &format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n"
        ),
    )
}

#[test]
fn host_and_origin_are_checked() {
    let server = Server::start(&["lab09-1"]);
    let path = "/api/labs";
    assert_eq!(send(server.http, "GET", path, "Host: localhost\r\n").0, 200);
    assert_eq!(send(server.http, "GET", path, &format!("Host: {}\r\n", server.http)).0, 200);
    assert_eq!(send(server.http, "GET", path, "Host: evil.example\r\n").0, 403);
    assert_eq!(
        send(server.http, "GET", path, "Host: localhost\r\nOrigin: http://evil.example\r\n").0,
        403
    );
    assert_eq!(
        send(
            server.http,
            "POST",
            "/api/reset",
            "Host: localhost\r\nOrigin: http://evil.example\r\n"
        )
        .0,
        403
    );
    assert_eq!(
        send(server.http, "GET", path, "Host: localhost\r\nOrigin: http://localhost\r\n").0,
        200
    );
    assert_eq!(send(server.http, "GET", "/ready", "Host: evil.example\r\n").0, 200);
    assert_eq!(send(server.http, "GET", "/nothing", "Host: localhost\r\n").0, 404);
}

#[test]
fn a_token_is_asked_for_where_one_is_set() {
    let server = Server::start(&["lab09-1", "--token", "secret"]);
    let ask = |headers: &str| send(server.http, "GET", "/api/labs", headers).0;
    assert_eq!(ask("Host: localhost\r\n"), 401);
    assert_eq!(ask("Host: localhost\r\nAuthorization: Bearer wrong!\r\n"), 401);
    assert_eq!(ask("Host: elsewhere\r\nAuthorization: Bearer secret\r\n"), 200);
    assert_eq!(send(server.http, "GET", "/health", "Host: localhost\r\n").0, 200);
}

#[test]
fn lab_steps_change_the_answers() {
    let server = Server::start(&["lab09-1@base"]);
    let explain = || {
        let path = "/api/explain?name=cloudformation.ap-northeast-2.amazonaws.com&from=CloudNeta-Private-EC2";
        let (status, body) = send(server.http, "GET", path, "Host: localhost\r\n");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<serde_json::Value>(&body).unwrap()["verdict"].clone()
    };
    assert_eq!(explain(), "PUBLIC");
    let step = |name: &str| {
        send(server.http, "POST", &format!("/api/labs/{name}"), "Host: localhost\r\n").0
    };
    assert_eq!(step("lab09-1/steps/interface-endpoint"), 200);
    assert_eq!(explain(), "PRIVATE");
    assert_eq!(step("lab09-1/steps/nothing"), 404);
    assert_eq!(step("lab09-2/steps/base"), 409);
    assert_eq!(step("lab09-2/steps/base?force=1"), 200);
    assert_eq!(send(server.http, "POST", "/api/reset", "Host: localhost\r\n").0, 200);
    assert_eq!(explain(), "PUBLIC");
    let bad = send(server.http, "GET", "/api/explain?name=a..b", "Host: localhost\r\n");
    assert_eq!(bad.0, 400, "{}", bad.1);
}

#[test]
fn a_slow_tcp_client_holds_up_nobody() {
    let server = Server::start(&["lab09-1"]);
    let mut slow = TcpStream::connect(server.dns[0]).unwrap();
    slow.write_all(&[0]).unwrap();
    let query = b"\x00\x1d\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01";
    let begun = Instant::now();
    for _ in 0..20 {
        let mut quick = TcpStream::connect(server.dns[0]).unwrap();
        quick.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        quick.write_all(query).unwrap();
        let mut length = [0; 2];
        quick.read_exact(&mut length).unwrap();
        let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
        quick.read_exact(&mut reply).unwrap();
        assert_eq!(reply[..2], [0x12, 0x34]);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    // A message of the largest size, of zeros: an answer or a close, no hang.
    let mut large = TcpStream::connect(server.dns[0]).unwrap();
    large.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    large.write_all(&[0xff, 0xff]).unwrap();
    let _ = large.write_all(&[0; 65_535]);
    let mut rest = Vec::new();
    let _ = large.read_to_end(&mut rest);
    let mut alive = TcpStream::connect(server.dns[0]).unwrap();
    alive.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    alive.write_all(query).unwrap();
    assert!(alive.read_exact(&mut [0; 2]).is_ok());
}
