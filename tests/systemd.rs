//! What systemd is told, and the sockets that it hands over: a socket of this test stands for systemd's.

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
    os::unix::net::UnixDatagram,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use common::{
    BINARY, Server, clean,
    frozen::{Frozen, settled, threads},
    root, scratch,
};

/// Long enough for a busy machine; no test waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

/// What stands for systemd.
struct Manager {
    socket: UnixDatagram,
    folder: PathBuf,
}

impl Manager {
    fn new(name: &str) -> Self {
        let folder = scratch(name);
        let socket = UnixDatagram::bind(folder.join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, folder }
    }

    /// Starts a server that tells this manager.
    fn start(&self, variables: &[&str], arguments: &[&str]) -> Server {
        let notify = format!("NOTIFY_SOCKET={}", self.folder.join("notify").display());
        Server::start_by(&[&["env", notify.as_str()], variables].concat(), arguments)
    }

    /// The lines that the server tells next.
    fn next(&self) -> Vec<String> {
        let mut bytes = [0; 4096];
        let length = self.socket.recv(&mut bytes).expect("the server told nothing");
        String::from_utf8(bytes[..length].to_vec()).unwrap().lines().map(str::to_owned).collect()
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Reads lines until one holds the words.
fn says(server: &Server, words: &str) -> bool {
    std::iter::from_fn(|| server.next_line(PATIENCE)).any(|line| line.contains(words))
}

/// Microseconds on the clock that systemd compares with.
fn monotonic() -> i128 {
    match sd_notify::NotifyState::monotonic_usec_now() {
        Ok(sd_notify::NotifyState::MonotonicUsec(now)) => now,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_manager_is_told_of_the_start_each_reload_and_the_end_in_this_order() {
    let manager = Manager::new("systemd-order");
    let world = manager.folder.join("world.yaml");
    std::fs::write(&world, "vpcs: {V: {cidr: 10.0.0.0/16}}\n").unwrap();
    let mut server = manager.start(&[], &[world.to_str().unwrap()]);
    let status = format!("STATUS={}", server.ready);
    assert_eq!(manager.next(), ["READY=1", &status]);
    // A good World, a bad one, and a good one again.
    for text in ["vpcs: {V: {cidr: 10.1.0.0/16}}\n", "vpcs: [\n", "vpcs: {}\n"] {
        std::fs::write(&world, text).unwrap();
        let before = monotonic();
        server.signal("HUP");
        let told = manager.next();
        let [state, at] = &told[..] else { panic!("{told:?}") };
        assert_eq!(state, "RELOADING=1");
        let at: i128 = at.strip_prefix("MONOTONIC_USEC=").unwrap().parse().unwrap();
        assert!((before..=monotonic()).contains(&at), "{at}");
        let told = manager.next();
        let failed = told[1].starts_with("STATUS=the last reload failed, because the files have");
        assert_eq!((told[0].as_str(), failed), ("READY=1", text.contains('[')), "{told:?}");
    }
    server.signal("TERM");
    assert_eq!(manager.next(), ["STOPPING=1"]);
    assert_eq!(server.wait(PATIENCE), Some(0));
    manager.socket.set_nonblocking(true).unwrap();
    assert!(manager.socket.recv(&mut [0; 16]).is_err(), "something was told after the end");
}

#[test]
fn a_manager_that_is_gone_is_no_reason_to_fail() {
    let mut server = Server::start_by(&["env", "NOTIFY_SOCKET=/nowhere/at/all"], &["lab09-1"]);
    server.signal("HUP");
    assert!(says(&server, "SIGHUP: the world files were read again"));
    server.signal("TERM");
    assert_eq!(server.wait(PATIENCE), Some(0));
}

#[test]
fn the_watchdog_is_quiet_while_a_part_stands_still() {
    let manager = Manager::new("systemd-watchdog");
    let server = manager.start(&["WATCHDOG_USEC=2000000"], &["lab09-1"]);
    let mut told = Vec::new();
    while !told.contains(&"WATCHDOG=1".to_owned()) {
        told = manager.next();
    }
    for (name, part) in [("http", "HTTP"), ("dns-udp-", "DNS over UDP")] {
        let Some(frozen) = Frozen::new(&settled(|| threads(&server, name))) else { return };
        assert!(says(&server, &format!("watchdog: {part} does not answer")), "{name}");
        // What was told before that counts no more.
        manager.socket.set_nonblocking(true).unwrap();
        while manager.socket.recv(&mut [0; 4096]).is_ok() {}
        manager.socket.set_nonblocking(false).unwrap();
        drop(frozen);
        assert_eq!(manager.next(), ["WATCHDOG=1"], "{name}");
    }
}

#[test]
fn a_watchdog_of_another_process_is_not_ours() {
    let manager = Manager::new("systemd-other");
    let mut server = manager.start(&["WATCHDOG_USEC=100000", "WATCHDOG_PID=1"], &["lab09-1"]);
    assert_eq!(manager.next()[0], "READY=1");
    assert!(!threads(&server, "vpcdns").is_empty());
    assert!(threads(&server, "watchdog").is_empty());
    server.signal("TERM");
    assert_eq!(manager.next(), ["STOPPING=1"]);
    assert_eq!(server.wait(PATIENCE), Some(0));
}

/// Opens sockets, hands them over to one server after the other, and says whether they stayed as they were.
const HOLDER: &str = r#"
import ctypes, os, select, signal, socket, sys
names, program = sys.argv[1].split(":"), sys.argv[2:]
made = []
for name in names:
    kind = socket.SOCK_DGRAM if name.endswith("-udp") else socket.SOCK_STREAM
    it = socket.socket(socket.AF_INET, kind)
    port = made[-1].getsockname()[1] if name == "dns-udp" and made else 0
    it.bind(("127.0.0.1", port))
    if kind == socket.SOCK_STREAM:
        it.listen(64)
    made.append(it)
here = [os.dup(it.fileno()) for it in made]
for index, fd in enumerate(here):
    os.dup2(fd, 100 + index)
for index in range(len(made)):
    os.dup2(100 + index, 3 + index, inheritable=True)
def run():
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        os.environ.update(LISTEN_FDS=str(len(made)), LISTEN_PID=str(os.getpid()),
                          LISTEN_FDNAMES=":".join(name.split("-")[0] for name in names))
        os.execvp(program[0], program)
    return child
child = run()
def end(*_):
    os.kill(child, signal.SIGTERM)
signal.signal(signal.SIGTERM, end)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print("ended", code, file=sys.stderr, flush=True)
if code == 0:
    poll = select.poll()
    for index in range(len(made)):
        poll.register(3 + index, select.POLLIN | select.POLLRDHUP)
    print("sockets", poll.poll(0), file=sys.stderr, flush=True)
    child = run()
    os.waitpid(child, 0)
sys.exit(code)
"#;

/// A question for `s3.ap-northeast-2.amazonaws.com`.
const QUERY: &[u8] = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02s3\x0eap-northeast-2\x09amazonaws\x03com\x00\x00\x01\x00\x01";

fn by_udp(server: SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.send_to(QUERY, server).unwrap();
    let mut reply = [0; 512];
    assert!(socket.recv(&mut reply).unwrap() > 12 && reply[7] > 0);
}

fn by_tcp(server: SocketAddr) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = u16::try_from(QUERY.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[..], QUERY].concat()).unwrap();
    let mut reply = [0; 14];
    stream.read_exact(&mut reply).unwrap();
    assert!(reply[9] > 0);
}

fn by_http(server: SocketAddr) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
}

fn has_python() -> bool {
    let found = Command::new("python3").arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: python3 is missing, which hands sockets over");
    }
    found
}

#[test]
fn sockets_that_are_handed_over_are_served_and_outlive_the_server() {
    if !has_python() {
        return;
    }
    // The default of `--dns` does not count beside sockets.
    let usual = &["lab09-1", "--dns", "127.0.0.1:1053"][..];
    for more in [&["--workers", "3"][..], &["--io", "portable"], &["--workers", "1"]] {
        let holder = ["python3", "-c", HOLDER, "dns:dns-udp:http"];
        let server = Server::start_by(&holder, &[usual, more].concat());
        for _ in 0..20 {
            by_udp(server.dns[0]);
        }
        by_tcp(server.dns[0]);
        by_http(server.http);
        assert_eq!(server.dns.len(), 1, "{}", server.ready);
        // The first server ends; the sockets stay, and the second one has them.
        server.signal("TERM");
        let mut lines = std::iter::from_fn(|| server.next_line(PATIENCE));
        assert!(lines.any(|line| line == "ended 0"));
        assert_eq!(lines.next().as_deref(), Some("sockets []"), "a socket was shut down");
        assert_eq!(lines.find(|line| line.starts_with("ready ")), Some(server.ready.clone()));
        by_udp(server.dns[0]);
        by_tcp(server.dns[0]);
        by_http(server.http);
        server.signal("TERM");
    }
}

#[test]
fn other_addresses_are_opened_beside_the_sockets() {
    if !has_python() {
        return;
    }
    let holder = ["python3", "-c", HOLDER, "dns:dns-udp"];
    let server = Server::start_by(&holder, &["lab09-1", "--dns", "127.0.0.1:0=internet"]);
    assert_eq!(server.dns.len(), 2, "{}", server.ready);
    for address in &server.dns {
        by_udp(*address);
        by_tcp(*address);
    }
    server.signal("TERM");
    assert!(says(&server, "ended 0"));
    server.signal("TERM");
}

#[test]
fn sockets_that_cannot_be_used_end_the_start_with_2() {
    if !has_python() {
        return;
    }
    for (names, said) in [
        ("dns", "UDP is missing"),
        ("dns-udp", "TCP is missing"),
        ("http:http", "a socket for HTTP already"),
        ("web", "`dns` or `http`"),
        ("http-udp", "not a valid tcp socket"),
    ] {
        let mut command = Command::new("python3");
        let program = ["-c", HOLDER, names, BINARY, "serve", "lab09-1"];
        let output = clean(command.args(program)).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{names}: {err}");
        assert!(err.contains(said), "{names}: {err}");
    }
    // Numbers that mean no sockets.
    for count in ["9999999", "1"] {
        let mut command = Command::new("sh");
        command.args(["-c", "exec 3</dev/null; exec \"$@\"", "sh", BINARY, "serve", "lab09-1"]);
        let command = clean(&mut command).env("LISTEN_FDS", count).env("LISTEN_FDNAMES", "dns");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

#[test]
fn the_units_are_in_order() {
    let analyze = |arguments: &[&str]| {
        let begun = Instant::now();
        let output = Command::new("systemd-analyze").args(arguments).output();
        assert!(begun.elapsed() < PATIENCE * 3);
        output.ok().map(|it| {
            let text = [it.stdout, it.stderr].concat();
            (it.status.success(), String::from_utf8_lossy(&text).into_owned())
        })
    };
    if analyze(&["--version"]).is_none_or(|(works, _)| !works) {
        eprintln!("SKIPPED: systemd-analyze is missing; the units are not looked at");
        return;
    }
    let folder = scratch("systemd-units");
    let mut units = Vec::new();
    for name in ["vpcdns.service", "vpcdns-dns.socket", "vpcdns-http.socket"] {
        let text = std::fs::read_to_string(root().join("docs/systemd").join(name)).unwrap();
        let text = text.replace("/usr/local/bin/vpcdns", BINARY);
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        units.push(path.display().to_string());
    }
    let mut verify = vec!["verify", "--man=no", "--recursive-errors=no"];
    verify.extend(units.iter().map(String::as_str));
    let (works, said) = analyze(&verify).unwrap();
    assert!(works && said.is_empty(), "{said}");
    // 0 is wholly closed, 100 wholly open.
    let (works, said) =
        analyze(&["security", "--offline=yes", "--threshold=20", "--no-pager", &units[0]]).unwrap();
    assert!(works, "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}
