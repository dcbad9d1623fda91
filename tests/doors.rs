//! The doors of the server: what comes by HTTP neither reaches the disk nor stops anything else.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    process::Command,
    time::{Duration, Instant},
};

use common::{
    Server,
    frozen::{Frozen, settled, threads},
    scratch,
};

/// Long enough for a busy machine; no test waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

fn open(server: SocketAddr, wait: Duration) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(wait)).unwrap();
    stream
}

/// Sends a request; the whole reply, empty if none came in time.
fn ask(server: SocketAddr, method: &str, path: &str, wait: Duration) -> String {
    let mut stream = open(server, wait);
    let head = "Host: localhost\r\nConnection: close\r\nContent-Length: 0";
    stream.write_all(format!("{method} {path} HTTP/1.1\r\n{head}\r\n\r\n").as_bytes()).unwrap();
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    String::from_utf8_lossy(&reply).into_owned()
}

/// A question for `s3.ap-northeast-2.amazonaws.com`.
const QUERY: &[u8] = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02s3\x0eap-northeast-2\x09amazonaws\x03com\x00\x00\x01\x00\x01";

/// Whether the reply to [`QUERY`] holds an answer.
fn answered(reply: &[u8]) -> bool {
    reply[..2] == QUERY[..2] && reply[3] & 0x0f == 0 && reply[7] > 0
}

fn by_udp(server: SocketAddr) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.send_to(QUERY, server).unwrap();
    let mut reply = [0; 512];
    socket.recv(&mut reply).is_ok() && answered(&reply)
}

fn by_tcp(server: SocketAddr) -> bool {
    let mut stream = open(server, PATIENCE);
    let length = u16::try_from(QUERY.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[..], QUERY].concat()).unwrap();
    let mut reply = [0; 514];
    stream.read_exact(&mut reply[..14]).is_ok() && answered(&reply[2..])
}

/// Reads lines until one holds the words.
fn says(server: &Server, words: &str) -> bool {
    std::iter::from_fn(|| server.next_line(PATIENCE)).any(|line| line.contains(words))
}

/// Whether a server ends with 0 while its threads stand still. The process itself is gone when strace lets go of them.
fn ends(server: &mut Server, frozen: Frozen) -> bool {
    let begun = Instant::now();
    let status = format!("/proc/{}/status", server.id());
    while !std::fs::read_to_string(&status).unwrap().contains("State:\tZ") {
        if begun.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(frozen);
    server.wait(PATIENCE) == Some(0)
}

#[test]
fn no_request_opens_a_file() {
    let folder = scratch("doors@disk");
    let secret = folder.join("secret.yaml");
    std::fs::write(&secret, "hush hush: [").unwrap();
    let fifo = folder.join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let server = Server::start(&["lab09-1"]);
    let path = |file: &std::path::Path| {
        let (lab, step) = file.to_str().unwrap().split_once('@').unwrap();
        let (lab, step) = (lab.replace('/', "%2F"), step.replace('/', "%2F"));
        format!("/api/labs/{lab}/steps/{step}")
    };
    let there = ask(server.http, "POST", &path(&secret), PATIENCE);
    let absent = ask(server.http, "POST", &path(&folder.join("absent")), PATIENCE);
    assert!(there.starts_with("HTTP/1.1 404") && !there.contains("hush"), "{there}");
    let same = |reply: &str, name: &str| reply.rsplit("\r\n\r\n").next().unwrap().replace(name, "");
    assert_eq!(same(&there, "secret.yaml"), same(&absent, "absent"));
    for _ in 0..8 {
        let reply = ask(server.http, "POST", &path(&fifo), PATIENCE);
        assert!(reply.starts_with("HTTP/1.1 404"), "{reply}");
    }
    for known in ["/api/labs/empty/steps/base", "/api/labs/lab09-1/steps/lab09-1"] {
        assert!(ask(server.http, "POST", known, PATIENCE).starts_with("HTTP/1.1 404"), "{known}");
    }
    assert!(ask(server.http, "POST", "/api/labs/lab09-1/steps/base", PATIENCE).contains(" 200 "));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn dns_metadata_and_signals_go_on_while_every_http_thread_stands_still() {
    let mut server = Server::start(&["lab09-1", "--imds", "127.0.0.1:0"]);
    assert!(ask(server.http, "GET", "/health", PATIENCE).contains(" 200 "));
    let workers = settled(|| threads(&server, "http"));
    assert!(!workers.is_empty(), "HTTP has no threads of its own");
    let Some(frozen) = Frozen::new(&workers) else { return };
    for _ in 0..4 {
        assert_eq!(ask(server.http, "GET", "/health", Duration::from_millis(300)), "");
    }
    for _ in 0..50 {
        assert!(by_udp(server.dns[0]) && by_tcp(server.dns[0]));
    }
    let token = ask(server.imds()[0], "GET", "/latest/meta-data/", PATIENCE);
    assert!(token.starts_with("HTTP/1.1 "), "{token}");
    server.signal("HUP");
    assert!(says(&server, "SIGHUP: the world files were read again"));
    server.signal("TERM");
    assert!(ends(&mut server, frozen));
}

#[test]
fn the_process_ends_at_the_second_signal_or_by_its_clock() {
    for (signal, times, said) in [
        ("TERM", 8, "ended at once by a second signal"),
        ("INT", 1, "ended 5 s after the signal, before all work was done"),
    ] {
        let mut server = Server::start(&["lab09-1"]);
        // All that could end it in good order.
        let all = || [threads(&server, "vpcdns"), threads(&server, "tokio")].concat();
        let Some(frozen) = Frozen::new(&settled(all)) else { return };
        let mut ended = false;
        for _ in 0..times {
            server.signal(signal);
            // Two that wait at once are one, so on a busy machine the second may be sent several times.
            let soon = Duration::from_millis(300);
            let mut lines = std::iter::from_fn(|| server.next_line(soon));
            ended = lines.any(|line| line.contains(said));
            if ended {
                break;
            }
        }
        assert!(ended || says(&server, said), "{signal}");
        drop(frozen);
        assert_eq!(server.wait(PATIENCE), Some(0), "{signal}");
    }
}

/// A connection from an address of loopback that asks once, if `path` says so, and stays open.
fn from(source: &str, server: SocketAddr, path: Option<&str>) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let source: SocketAddr = format!("{source}:0").parse().unwrap();
    socket.bind(&source.into()).unwrap();
    socket.connect(&server.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    if let Some(path) = path {
        assert!(asks(&mut stream, path));
    }
    stream
}

/// Whether an open connection still answers.
fn asks(stream: &mut TcpStream, path: &str) -> bool {
    let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut head = [0; 12];
    let sent = stream.write_all(text.as_bytes());
    if sent.and_then(|()| stream.read_exact(&mut head)).is_err() {
        return false;
    }
    let mut rest = [0; 65_536];
    // A stream's first event and a short reply are there at once.
    stream.read(&mut rest).unwrap() > 0 && &head == b"HTTP/1.1 200"
}

/// Whether the server closes a connection in time.
fn closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn at_a_bound_the_longest_idle_connection_makes_room() {
    let bounds = ["lab09-1", "--http-connections", "5", "--http-connections-per-source", "3"];
    let server = Server::start(&bounds);
    let mut events = from("127.0.0.1", server.http, Some("/api/events"));
    let mut asked = from("127.0.0.1", server.http, Some("/health"));
    let mut silent = from("127.0.0.1", server.http, None);
    // The source is at its bound: each newcomer is answered, and what idles longest goes.
    let mut third = from("127.0.0.1", server.http, Some("/health"));
    assert!(closed(&mut asked));
    let mut fourth = from("127.0.0.1", server.http, Some("/health"));
    assert!(closed(&mut silent));
    assert!(asks(&mut third, "/health"), "the events went before it");
    // Others have places of their own, and at the whole bound the longest idle of all goes: the fourth by now.
    let mut fifth = from("127.0.0.2", server.http, Some("/health"));
    let _sixth = from("127.0.0.2", server.http, Some("/health"));
    let _seventh = from("127.0.0.3", server.http, Some("/health"));
    assert!(closed(&mut fourth));
    let _eighth = from("127.0.0.1", server.http, Some("/api/events"));
    assert!(closed(&mut third), "its own idles less long than another's, and goes all the same");
    // Only events are its own: another's idle one goes first. At its own bound its oldest events go.
    let _ninth = from("127.0.0.1", server.http, Some("/api/events"));
    assert!(closed(&mut fifth));
    let _tenth = from("127.0.0.1", server.http, Some("/api/events"));
    assert!(closed(&mut events));
}

#[test]
fn idle_http_connections_take_no_file_from_dns() {
    let few = ["sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"];
    let server = Server::start_by(&few, &["lab09-1", "--imds", "127.0.0.1:0"]);
    let idle: Vec<_> = (0..300)
        .map(|number| from(&format!("127.0.0.{}", 1 + number % 200), server.http, None))
        .collect();
    for _ in 0..20 {
        assert!(by_udp(server.dns[0]) && by_tcp(server.dns[0]));
    }
    // Several at once, too.
    let mut held: Vec<_> = (0..8).map(|_| open(server.dns[0], PATIENCE)).collect();
    for stream in &mut held {
        stream.write_all(&[&[0, 49], QUERY].concat()).unwrap();
        assert!(stream.read_exact(&mut [0; 14]).is_ok());
    }
    assert!(ask(server.imds()[0], "GET", "/latest/meta-data/", PATIENCE).starts_with("HTTP/1.1 "));
    assert!(ask(server.http, "GET", "/health", PATIENCE).contains(" 200 "));
    drop((idle, held));
}

/// Puts a FIFO in place of a file.
fn make_fifo(path: &std::path::Path) {
    let _ = std::fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

const WORLD: &str = "vpcs: {V: {cidr: 10.0.0.0/16}}\n";

#[test]
fn a_file_that_gives_nothing_keeps_nobody_waiting() {
    let folder = scratch("doors-fifo");
    let world = folder.join("world.yaml");
    std::fs::write(&world, WORLD).unwrap();
    let mut servers = [0; 2].map(|_| Server::start(&[world.to_str().unwrap()]));
    make_fifo(&world);
    for server in &servers {
        server.signal("HUP");
    }
    let [ending, going_on] = &mut servers;
    // The answer to a second one shows that the first is being worked on.
    for server in [&*ending, &*going_on] {
        let begun = Instant::now();
        let answers = |server: &Server| {
            // Two that wait at once are one.
            server.signal("HUP");
            let lines = || server.next_line(Duration::from_millis(200));
            std::iter::from_fn(lines).any(|line| line.contains("SIGHUP: the world files are being"))
        };
        while !answers(server) {
            assert!(begun.elapsed() < PATIENCE, "no answer to SIGHUP");
        }
    }
    for _ in 0..10 {
        assert!(ask(going_on.http, "GET", "/api/world", PATIENCE).contains(" 200 "));
        assert!(by_udp(going_on.dns[0]) && by_tcp(going_on.dns[0]));
    }
    ending.signal("TERM");
    assert_eq!(ending.wait(PATIENCE), Some(0));
    assert!(says(going_on, "no data arrived for 10 seconds"));
    std::fs::remove_file(&world).unwrap();
    std::fs::write(&world, WORLD).unwrap();
    going_on.signal("HUP");
    assert!(says(going_on, "SIGHUP: the world files were read again"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_cannot_be_a_world_is_not_read_again_as_one() {
    let folder = scratch("doors-again");
    let world = folder.join("world.yaml");
    let put = |text: &str| std::fs::write(&world, text).unwrap();
    put(WORLD);
    let path = world.to_str().unwrap();
    let server = Server::start(&[path, "--max-input", "1K"]);
    let vpcs = || {
        let reply = ask(server.http, "GET", "/?Action=DescribeVpcs", PATIENCE);
        reply.matches("<vpcId>").count()
    };
    for text in ["", "\n\n", "# nothing yet\n", "---\n", "{}\n", "---\n...\n"] {
        put(text);
        server.signal("HUP");
        assert!(says(&server, "SIGHUP: the configuration stays as it is"), "{text:?}");
        assert!(says(&server, "is empty"), "{text:?}");
        assert_eq!(vpcs(), 1, "{text:?}");
    }
    put(&format!("{WORLD}{}", "# long\n".repeat(200)));
    server.signal("HUP");
    assert!(says(&server, "is larger than 1024 bytes"));
    for (target, said) in [("/dev/zero", "a device"), ("/dev/null", "a device")] {
        std::fs::remove_file(&world).unwrap();
        std::os::unix::fs::symlink(target, &world).unwrap();
        server.signal("HUP");
        assert!(says(&server, said), "{target}");
        assert_eq!(vpcs(), 1, "{target}");
    }
    std::fs::remove_file(&world).unwrap();
    put("vpcs: {}\n");
    server.signal("HUP");
    assert!(says(&server, "SIGHUP: the world files were read again"));
    assert_eq!(vpcs(), 0, "an empty World that says so");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn every_command_reads_files_within_one_bound() {
    let folder = scratch("doors-input");
    let file = |name: &str| folder.join(name).display().to_string();
    let (large, fifo) = (file("large.yaml"), file("fifo"));
    std::fs::write(&large, format!("{WORLD}{}", "# long\n".repeat(200))).unwrap();
    make_fifo(fifo.as_ref());
    let commands = |path: &str| -> Vec<Vec<String>> {
        let name = "s3.us-east-1.amazonaws.com";
        [
            &["check", path][..],
            &["import", path],
            &["lab", path],
            &["table", path],
            &["diff", path, "empty"],
            &["what-if", path, "--set", "DeleteVpc: {VpcId: vpc-1}"],
            &["survey", path, "--from", "internet"],
            &["explain", name, path, "--from", "internet"],
            &["explain", name, "empty", "--public-zone", path, "--from", "internet"],
            &["serve", path],
            &["serve", "empty", "--token-file", path],
        ]
        .map(|words| words.iter().map(|word| (*word).to_owned()).collect())
        .into()
    };
    let run = |words: &[String], more: &[&str]| {
        let words: Vec<&str> =
            words.iter().map(String::as_str).chain(more.iter().copied()).collect();
        common::vpcdns(&words)
    };
    let refused = |path: &str, more: &[&str], said: &str| {
        for words in commands(path) {
            let more = if words.iter().any(|word| word == "--token-file") { &[] } else { more };
            let printed = run(&words, more);
            assert_eq!(printed.code, 1, "{words:?}: {}", printed.err);
            let told = format!("{}{}", printed.out, printed.err);
            assert!(told.contains(said), "{words:?}: {told}");
        }
    };
    refused("/dev/zero", &[], "a device");
    let all_but_token: Vec<_> = commands(&large);
    for words in all_but_token.iter().filter(|words| words[0] != "serve") {
        let told = run(words, &["--max-input", "1024"]);
        assert!(told.code == 1 && format!("{}{}", told.out, told.err).contains("larger than 1024"));
    }
    assert_eq!(run(&commands(&large)[0], &["--max-input", "1MiB"]).code, 0);
    for bad in ["0", "x", "1T", "4G", "-1"] {
        assert_ne!(run(&commands(&large)[0], &["--max-input", bad]).code, 0, "{bad}");
    }
    // One that never gives anything ends, and one that another program writes is read whole.
    assert!(run(&commands(&fifo)[0], &[]).err.contains("no data arrived"));
    let piped = format!("cat {large} | {} check /dev/stdin", common::BINARY);
    assert!(Command::new("sh").args(["-c", &piped]).status().unwrap().success());
    std::fs::remove_dir_all(folder).unwrap();
}
