//! What the tests share: a running server, the real dig, and Worlds of case files.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "each test crate uses its own part; a failing test panics"
)]

pub mod case_file;
pub mod client;
pub mod frozen;
pub mod kept;
pub mod large;
pub mod left;
pub mod random;
pub mod upstream;

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use arc_swap::ArcSwap;
use vpcdns::{
    dns,
    import::{
        Defaults, change, open,
        text::diagnostic::{self, Source},
    },
    language::Language,
    model::{name::Name, record::RecordType, refusal::Refusal, world::World},
    resolve::{
        diff::{self, Diff, Sides},
        places,
        public::PublicNames,
        question::Asker,
        snapshot::Snapshot,
    },
};

/// The built binary.
pub const BINARY: &str = env!("CARGO_BIN_EXE_vpcdns");

/// Whether a test goes on here: in a network namespace where every address of these ranges is this machine's, so that a
/// client can ask from any of them. Outside, runs the test there and says aloud if that cannot be done.
pub fn inside(test: &str, ranges: &[&str]) -> bool {
    const INSIDE: &str = "VPCDNS_TEST_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let unshare = |user: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(user).arg("--net");
        command
    };
    let ways: [&[&str]; 2] = [&["--user", "--map-root-user"], &[]];
    let allowed = |way: &&[&str]| {
        unshare(way).args(["ip", "link"]).output().is_ok_and(|output| output.status.success())
    };
    let Some(way) = ways.iter().find(|way| allowed(way)) else {
        eprintln!("SKIPPED: {test} needs network namespaces, unshare and iproute2");
        return false;
    };
    let mut script = "ip link set lo up".to_owned();
    for range in ranges {
        script.push_str(&format!(" && ip route add local {range} dev lo"));
    }
    script.push_str(" && exec \"$@\"");
    let status = unshare(way)
        .args(["sh", "-c", &script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test} failed in a network namespace");
    false
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A `vpcdns serve` process on free ports; it ends with the value.
pub struct Server {
    child: Child,
    /// Where it listens for DNS.
    pub dns: Vec<SocketAddr>,
    /// Where it listens for HTTP.
    pub http: SocketAddr,
    /// Its line about being ready.
    pub ready: String,
    lines: mpsc::Receiver<String>,
}

impl Server {
    /// Starts `serve` with these arguments; `--dns` defaults to a free port.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_by(&[], arguments)
    }

    /// Starts `serve` by another program that becomes it, such as `sh -c 'exec "$@"' sh`.
    pub fn start_by(program: &[&str], arguments: &[&str]) -> Self {
        // A release build may be given, where speed is what is looked at.
        let binary = std::env::var("VPCDNS_TEST_BINARY").unwrap_or(BINARY.to_owned());
        let words = [program, &[binary.as_str(), "serve"], arguments].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["--http", "127.0.0.1:0"]);
        if !arguments.contains(&"--dns") {
            command.args(["--dns", "127.0.0.1:0"]);
        }
        let mut child = clean(&mut command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut said = Vec::new();
        loop {
            match lines.recv_timeout(Duration::from_secs(20)) {
                Ok(line) if line.starts_with("ready ") => {
                    let part = |key: &str| {
                        line.split(' ')
                            .find_map(|word| word.strip_prefix(key))
                            .unwrap_or_default()
                            .to_owned()
                    };
                    let dns =
                        part("dns=").split(',').map(|address| address.parse().unwrap()).collect();
                    let http = part("http=").parse().unwrap();
                    return Self { child, dns, http, ready: line, lines };
                }
                Ok(line) => said.push(line),
                Err(_) => {
                    let _ = child.kill();
                    panic!("the server did not become ready; it said:\n{}", said.join("\n"));
                }
            }
        }
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// The next line it says, if one comes in time.
    pub fn next_line(&self, wait: Duration) -> Option<String> {
        self.lines.recv_timeout(wait).ok()
    }

    /// Waits for its end; its exit code, or `None` if it did not end in time.
    pub fn wait(&mut self, wait: Duration) -> Option<i32> {
        let deadline = std::time::Instant::now() + wait;
        while std::time::Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Where it listens for requests for metadata.
    pub fn imds(&self) -> Vec<SocketAddr> {
        let list = self.ready.split(' ').find_map(|word| word.strip_prefix("imds="));
        list.unwrap_or_default().split(',').filter_map(|address| address.parse().ok()).collect()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes everything out of a command's environment that would change what vpcdns does.
pub fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("VPCDNS_") || text.starts_with("AWS_") || text == "RUST_LOG" {
            command.env_remove(&name);
        }
    }
    command.env("NO_COLOR", "1")
}

/// What a command printed.
pub struct Printed {
    /// On standard output.
    pub out: String,
    /// On standard error.
    pub err: String,
    /// Its exit code.
    pub code: i32,
}

/// Runs the binary.
pub fn vpcdns(arguments: &[&str]) -> Printed {
    let output = clean(Command::new(BINARY).args(arguments)).output().unwrap();
    Printed {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// The word that lets dig wait on a busy machine, beside a build.
pub const PATIENT: &str = "+time=30";

/// The system's dig, and servers in this process for it to ask: one for each view, whose World is replaced.
pub struct Dig {
    runtime: tokio::runtime::Runtime,
    servers: RefCell<HashMap<Asker, (SocketAddr, dns::SharedSnapshot, dns::Running)>>,
}

impl Dig {
    /// Finds it; `None` if it is not there.
    pub fn find() -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        Command::new("dig")
            .arg("-v")
            .output()
            .ok()
            .map(|_| Self { runtime, servers: RefCell::default() })
    }

    /// The address of a server that answers from this Snapshot with this view.
    fn serve(&self, view: Asker, snapshot: &Arc<Snapshot>) -> SocketAddr {
        let mut servers = self.servers.borrow_mut();
        let (address, live, _) = servers.entry(view).or_insert_with(|| {
            self.runtime.block_on(async {
                let bound = dns::bind(dns::Config { exact: true, ..config(view) }).unwrap();
                let address = bound.addresses()[0];
                let live: dns::SharedSnapshot = Arc::new(ArcSwap::new(Arc::clone(snapshot)));
                (address, Arc::clone(&live), bound.serve(live))
            })
        });
        live.store(Arc::clone(snapshot));
        *address
    }

    /// Asks a server; what dig prints.
    pub fn ask(&self, server: SocketAddr, arguments: &[&str]) -> String {
        let ask = || {
            let output = Command::new("dig")
                .args([
                    &format!("@{}", server.ip()),
                    "-p",
                    &server.port().to_string(),
                    "+tries=1",
                    "+time=3",
                ])
                .args(arguments)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let printed = ask();
        // The system may give dig the server's own port, and then dig hears itself.
        if printed.contains("query response not set") { ask() } else { printed }
    }

    /// The lines of `dig +short`, sorted.
    pub fn short(&self, server: SocketAddr, arguments: &[&str]) -> Vec<String> {
        let mut all = vec!["+short"];
        all.extend(arguments);
        let mut lines: Vec<_> = self
            .ask(server, &all)
            .lines()
            .filter(|line| !line.starts_with(";;"))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    }

    /// Asks a question of a case by dig and compares; what differs.
    pub fn compare(
        &self,
        snapshot: &Arc<Snapshot>,
        from: &str,
        name: &str,
        rtype: &str,
        expected: &[String],
    ) -> Option<String> {
        let asker = places::client(snapshot, from).unwrap();
        let server = self.serve(listener_view(asker), snapshot);
        let subnet = placed_address(snapshot, asker).map(|address| format!("+subnet={address}/32"));
        let mut arguments =
            vec![name, rtype, "+noall", "+comments", "+answer", "+authority", "+stats"];
        if rtype == "SOA" || rtype == "ANY" {
            arguments.push("+notcp");
        }
        if expected.iter().any(|line| line == "reply SILENCE") {
            arguments.push("+time=1");
        }
        arguments.extend(subnet.as_deref());
        let printed = self.ask(server, &arguments);
        let mut got = from_dig(&printed);
        // The echoed Client Subnet option of an IPv4 address is 12 bytes, which the case does not count.
        let echo = if printed.contains("CLIENT-SUBNET") { 12 } else { 0 };
        let size = printed
            .split("MSG SIZE  rcvd: ")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        got.extend(size.map(|size| format!("size {}", size.parse::<usize>().unwrap() - echo)));
        let want: Vec<String> = expected
            .iter()
            .filter(|line| {
                line.starts_with("reply ")
                    || line.starts_with("answer ")
                    || line.starts_with("soa ")
                    || line.starts_with("size ")
            })
            .map(|line| without_ttl(line))
            .collect();
        (got != want).then(|| format!("dig from {from} {name} {rtype}\n  expected: {want:?}\n  got:      {got:?}\n{printed}"))
    }
}

/// The listener view for an asker: its VPC, an inbound endpoint, or the internet.
fn listener_view(asker: Asker) -> Asker {
    match asker {
        Asker::Instance(vpc, ..) | Asker::Subnet(vpc, _) => Asker::Vpc(vpc),
        other => other,
    }
}

/// The address that places a query where the asker is, within its VPC.
fn placed_address(snapshot: &Snapshot, asker: Asker) -> Option<std::net::IpAddr> {
    match asker {
        Asker::Instance(_, _, id) => {
            let instance = snapshot.world.instances.get(&id)?;
            instance.address.map(Into::into).or(instance.ipv6.map(Into::into))
        }
        Asker::Subnet(_, id) => {
            let subnet = snapshot.world.subnets.get(&id)?;
            Some(std::net::IpAddr::from(std::net::Ipv4Addr::from(
                u32::from(subnet.cidr.network()) + 3,
            )))
        }
        _ => None,
    }
}

/// A configuration of one listener on a free port.
pub fn config(view: Asker) -> dns::Config {
    dns::Config {
        listeners: vec![dns::Listener::plain(([127, 0, 0, 1], 0).into(), Some(view))],
        fallback: None,
        allow: Vec::new(),
        trust_ecs: vec!["127.0.0.0/8".parse().unwrap()],
        explain_txt: false,
        upstream: Vec::new(),
        udp_workers: 1,
        io: io(),
        allowance: None,
        tcp_idle: Duration::from_secs(2),
        ..dns::Config::default()
    }
}

/// The lines of a case file that dig's output amounts to. The TTL is left out: it counts down between the two.
fn from_dig(printed: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if printed.contains("no servers could be reached") || !printed.contains("status: ") {
        return vec!["reply SILENCE".to_owned()];
    }
    let status = printed
        .split("status: ")
        .nth(1)
        .and_then(|rest| rest.split(',').next())
        .unwrap_or_default();
    lines.push(format!("reply {status}"));
    let mut answers = Vec::new();
    let mut soas = Vec::new();
    let mut section = "";
    for line in printed.lines() {
        if line.starts_with(";; ANSWER") || line.starts_with(";; AUTHORITY") {
            section = if line.starts_with(";; ANSWER") { "answer" } else { "soa" };
        } else if !line.starts_with(';') && !line.is_empty() {
            let mut parts = line.split_whitespace();
            let mut part = || parts.next().unwrap_or_default().to_owned();
            let (owner, _ttl, _class, rtype) = (part(), part(), part(), part());
            // dig repeats the case it was given.
            let owner = owner.to_ascii_lowercase();
            let data = spelled(&rtype, &parts.collect::<Vec<_>>().join(" "));
            match section {
                "answer" => answers.push(format!("answer {owner} {rtype} {data}")),
                _ => soas.push(format!("soa {owner}")),
            }
        }
    }
    answers.sort();
    lines.extend(answers);
    lines.extend(soas);
    lines
}

/// Data in one spelling: dig and hickory write the parameters of a service binding differently.
fn spelled(rtype: &str, data: &str) -> String {
    if rtype == "HTTPS" || rtype == "SVCB" {
        let plain = |word: &str| word.replace('"', "").trim_end_matches(',').to_owned();
        return data.split(' ').map(plain).collect::<Vec<_>>().join(" ");
    }
    data.to_owned()
}

fn without_ttl(line: &str) -> String {
    let parts: Vec<_> = line.split(' ').collect();
    match parts.as_slice() {
        ["answer", owner, _ttl, rtype, rest @ ..] => {
            format!("answer {owner} {rtype} {}", spelled(rtype, &rest.join(" ")))
        }
        ["soa", owner, _ttl] => format!("soa {owner}"),
        _ => line.to_owned(),
    }
}

/// The World of a case file as it stands after the Changes so far.
pub struct CaseWorld {
    /// The World, compiled.
    pub snapshot: Snapshot,
}

impl CaseWorld {
    /// Nothing yet.
    pub fn empty() -> Self {
        Self { snapshot: compile(World::default()) }
    }

    /// Reads `world NAME`, or `world` and the indented world file below it.
    pub fn read(lines: &[String], path: &Path) -> Self {
        let defaults = Defaults::default();
        let name = lines[0].strip_prefix("world").unwrap().trim();
        let world = if name.is_empty() {
            let text: String = lines[1..].iter().map(|line| format!("{line}\n")).collect();
            let source = Source { name: path.display().to_string(), text };
            vpcdns::import::world::load(&source, &defaults)
                .unwrap_or_else(|problems| {
                    let shown: Vec<_> = problems
                        .iter()
                        .map(|problem| diagnostic::render(problem, &source, false))
                        .collect();
                    panic!("{}:\n{}", path.display(), shown.join("\n"))
                })
                .world
        } else {
            open::open(name, &defaults)
                .unwrap_or_else(|failure| panic!("{}", failure.render(false)))
                .world
        };
        Self { snapshot: compile(world) }
    }

    /// Reads `public` and the indented zone file below it.
    pub fn add_public(&mut self, lines: &[String], path: &Path) {
        let text: String = lines[1..]
            .iter()
            .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line)))
            .collect();
        let source = Source { name: path.display().to_string(), text };
        let zone = vpcdns::import::zone_file::parse_zone(&source, None)
            .unwrap_or_else(|problems| panic!("{problems:?}"));
        let mut public = PublicNames::clone(&self.snapshot.public);
        public.zones.insert(zone.origin.clone(), zone);
        self.snapshot = Snapshot::new(self.snapshot.world.clone(), Arc::new(public));
    }

    /// Applies one Change, written as in a lab's step.
    pub fn change(&mut self, text: &str) -> Result<(), Refusal> {
        let source = Source { name: "change".to_owned(), text: format!("- {text}\n") };
        let changes =
            change::parse_changes(&source, &self.snapshot.world).unwrap_or_else(|problems| {
                let shown: Vec<_> = problems
                    .iter()
                    .map(|problem| diagnostic::render(problem, &source, false))
                    .collect();
                panic!("{}", shown.join("\n"))
            });
        for change in &changes {
            self.snapshot = self.snapshot.apply(change)?;
        }
        Ok(())
    }
}

/// How the servers in this process read UDP: as usual, or as `VPCDNS_TEST_IO=portable` says.
fn io() -> dns::Io {
    match std::env::var("VPCDNS_TEST_IO").as_deref() {
        Ok("portable") => dns::Io::Portable,
        _ => dns::Io::Batched,
    }
}

/// Compiles a World with no public zones.
pub fn compile(world: World) -> Snapshot {
    Snapshot::new(world, Arc::new(PublicNames::default()))
}

/// The size of the reply to a query with EDNS, as dig sends it without a cookie; `None` for silence.
pub fn reply_size(
    snapshot: &Snapshot,
    asker: Asker,
    name: &str,
    rtype: RecordType,
    now: u64,
) -> Option<usize> {
    let name = Name::parse(name).unwrap();
    let mut packet = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    packet.extend_from_slice(name.wire());
    packet.extend_from_slice(&rtype.0.to_be_bytes());
    packet.extend_from_slice(&[0, 1, 0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    dns::Responder::new(Arc::new(snapshot.clone()), Some(asker))
        .exact()
        .reply(&packet, now, 0)
        .map(<[u8]>::len)
}

/// Every case file, sorted.
pub fn case_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("tests/cases")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "case") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A quarter of the files, chosen by a fixed seed: the same ones every time.
pub fn one_in_four(files: &[PathBuf]) -> Vec<PathBuf> {
    files
        .iter()
        .filter(|path| {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            vpcdns::hash::stable_hash(&format!("seed 9 {name}")).is_multiple_of(4)
        })
        .cloned()
        .collect()
}

/// Whether a word is the id of a recorded answer: lower-case words and a number.
pub fn is_recorded(word: &str) -> bool {
    let listed = include_str!("../cases/recorded-ids.txt");
    listed.lines().any(|line| line == word)
}

/// A fresh folder for one test.
pub fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vpcdns-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The Python of tests/run's own tools, or the system's, if it has a module; `None` if neither does.
pub fn python_with(module: &str) -> Option<PathBuf> {
    let own = root().join("target/tools/python/bin/python3");
    [own, PathBuf::from("python3")].into_iter().find(|python| {
        let import = format!("import {module}");
        let tried = Command::new(python).args(["-c", &import]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    })
}

/// What two Worlds answer differently.
pub fn difference(before: &Snapshot, after: &Snapshot) -> Diff {
    diff::diff(Sides { before, after, now: 0, language: Language::English }, &mut |_, _| {})
}
