//! Questions without a pause while the World changes: every answer is one of the two it may be, and memory stays flat.
//!
//! `cargo test --test soak` takes seven seconds; `tests/run` gives it thirty and the release build. By hand, ten minutes:
//! `VPCDNS_TEST_BINARY=target/release/vpcdns VPCDNS_SOAK_SECONDS=600 cargo test --test soak -- --nocapture`.
//!
//! | variable | says | default |
//! |---|---|---|
//! | `VPCDNS_SOAK_SECONDS` | how long | 5 |
//! | `VPCDNS_SOAK_RATE` | questions a second | four fifths of what the server answered in its first two seconds |
//! | `VPCDNS_SOAK_CHANGES` | Changes a second, over one connection | 50 |
//! | `VPCDNS_SOAK_WORLD` | `large`: 10,000 VPCs of 20 endpoints, kept in a folder | the chapter's first lab |
//! | `VPCDNS_TEST_BINARY` | the server to run | this build's |

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod burst;
#[path = "../common/mod.rs"]
mod common;

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    str::FromStr,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use burst::Burst;
use common::{
    Server,
    client::{self, Client, NAME},
    large, scratch,
    upstream::query,
};
use vpcdns::{
    model::{id::VpcId, record::RecordType},
    store::{Embedded, Store, row::everything},
};

/// How many questions may be on their way at once: 900 bytes each, half of what Linux lets a server's socket hold unless told
/// otherwise. So nothing is lost while a busy machine keeps the server waiting, and each question not answered counts against it.
const WINDOW: u64 = 256;
/// How long nothing comes until what is on its way counts as lost.
const LOST: Duration = Duration::from_secs(2);
/// Bytes of the OPT record at the end of a question.
const OPT: usize = 11;
/// How an A record begins whose owner is the question's name.
const RECORD: [u8; 6] = [0xc0, 12, 0, 1, 0, 1];

/// What the name answers while the VPC's hosts have no DNS names: the chapter's public address.
const PUBLIC: [u8; 4] = [52, 95, 193, 132];

fn setting<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Sums of what the client saw.
#[derive(Debug, Default)]
struct Seen {
    asked: u64,
    private: u64,
    public: u64,
    /// The first reply that is neither.
    wrong: Option<Vec<u8>>,
}

impl Seen {
    fn answered(&self) -> u64 {
        self.private + self.public
    }

    /// Looks at a reply whose answer begins after `asked` bytes.
    fn reply(&mut self, reply: &[u8], asked: usize, private: &[[u8; 4]]) {
        let record = reply.get(asked..).filter(|it| it.starts_with(&RECORD));
        let address = record.and_then(|it| it.get(12..16));
        match address {
            Some(address) if reply[3] & 15 == 0 => {
                if private.iter().any(|it| it == address) {
                    self.private += 1;
                } else if address == PUBLIC {
                    self.public += 1;
                } else {
                    self.wrong.get_or_insert_with(|| reply.to_vec());
                }
            }
            _ => {
                self.wrong.get_or_insert_with(|| reply.to_vec());
            }
        }
    }
}

/// Kilobytes of memory the process holds now, from its status.
fn memory(id: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim_matches([':', '\t', ' ', 'k', 'B']).parse().unwrap()
}

/// Asks at a steady rate, or slower if the server does not keep up with it, and reads what comes.
fn ask(server: SocketAddr, rate: u64, time: Duration, private: &[[u8; 4]]) -> Seen {
    let question = query(1, NAME, RecordType::A);
    let mut client = Burst::new(server, &question);
    let asked = question.len() - OPT;
    let mut seen = Seen::default();
    let begun = Instant::now();
    let (mut heard, mut lost) = (begun, 0);
    loop {
        let now = Instant::now();
        let on_way = (seen.asked - lost).saturating_sub(seen.answered());
        let over = now - begun >= time;
        if over && on_way == 0 {
            return seen;
        }
        let due =
            u64::try_from((now - begun).as_micros()).unwrap().saturating_mul(rate) / 1_000_000;
        let step = due.saturating_sub(seen.asked).min(WINDOW.saturating_sub(on_way));
        if !over {
            seen.asked += u64::try_from(client.send(usize::try_from(step).unwrap())).unwrap();
        }
        let came = client.receive(|reply| seen.reply(reply, asked, private));
        if came > 0 || on_way == 0 {
            heard = now;
        } else if now - heard > LOST {
            (heard, lost) = (now, lost + on_way);
        }
        if came == 0 && (over || step < burst::MOST as u64) {
            thread::sleep(Duration::from_micros(50));
        }
    }
}

/// Changes the World at a steady rate until told to stop; how many were made.
fn change(http: SocketAddr, vpc: &str, rate: u32, stop: &AtomicBool, made: &AtomicU32) {
    let mut client = Client::new(http);
    let begun = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let number = made.load(Ordering::Relaxed);
        let due = begun + Duration::from_secs(1) * number / rate;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let on = number % 2 == 1;
        let action = format!("ModifyVpcAttribute&VpcId={vpc}&EnableDnsHostnames.Value={on}");
        assert_eq!(client.ec2(&action).unwrap().0, 200);
        made.fetch_add(1, Ordering::Relaxed);
    }
}

/// The server to soak, its VPC, and the addresses that are private there.
fn serve(folder: &Path) -> (Server, String, Vec<[u8; 4]>) {
    if std::env::var("VPCDNS_SOAK_WORLD").is_ok_and(|it| it == "large") {
        let mut store = Embedded::open(folder).unwrap();
        assert!(store.load().unwrap().is_none());
        let world = large::world(10_000, 20);
        store.replace(&everything(&world)).unwrap();
        let vpc = VpcId::from_seed(1);
        let endpoint = world.endpoints_of(vpc).find(|it| it.private_dns).unwrap();
        let private = endpoint.interfaces.iter().map(|it| it.v4.unwrap().octets()).collect();
        drop(store);
        let (data, dns) = (folder.to_str().unwrap(), format!("127.0.0.1:0={vpc}"));
        let begun = Instant::now();
        let server = Server::start(&["empty", "--data", data, "--dns", &dns]);
        eprintln!("start to ready: {} ms", begun.elapsed().as_millis());
        return (server, vpc.to_string(), private);
    }
    let private = vec![client::PRIVATE, [10, 0, 1, 47]];
    (Server::start(&["lab09-1"]), client::VPC.to_owned(), private)
}

#[test]
fn answers_stay_right_and_memory_flat() {
    let time = Duration::from_secs(setting("VPCDNS_SOAK_SECONDS").unwrap_or(5));
    let folder = scratch("soak");
    let (server, vpc, private) = serve(&folder);
    let (dns, http, id) = (server.dns[0], server.http, server.id());
    let fastest = ask(dns, u64::MAX, Duration::from_secs(2), &private).answered() / 2;
    let rate = setting("VPCDNS_SOAK_RATE").unwrap_or(fastest * 4 / 5);
    let changes = setting("VPCDNS_SOAK_CHANGES").unwrap_or(50);
    let (stop, made) = (AtomicBool::new(false), AtomicU32::new(0));
    let (seen, kilobytes) = thread::scope(|scope| {
        scope.spawn(|| change(http, &vpc, changes, &stop, &made));
        // What memory is first needed for is there after a fifth of the time.
        let settled = scope.spawn(move || {
            thread::sleep(time / 5);
            memory(id, "VmRSS")
        });
        let seen = ask(dns, rate, time, &private);
        stop.store(true, Ordering::Relaxed);
        (seen, settled.join().unwrap())
    });
    let (last, peak) = (memory(id, "VmRSS"), memory(id, "VmHWM"));
    let answered = seen.answered() as f64 / seen.asked as f64;
    eprintln!(
        "{} questions in {} s ({} a second of {rate} aimed at, {fastest} the most), {:.3} % answered, {} privately; {} Changes; \
         memory {kilobytes} KiB, at the end {last}, at its most {peak}",
        seen.asked,
        time.as_secs(),
        seen.asked / time.as_secs().max(1),
        answered * 100.0,
        seen.private,
        made.load(Ordering::Relaxed),
    );
    assert_eq!(seen.wrong, None, "a reply that is neither the private answer nor the public one");
    assert!(seen.private > 0 && seen.public > 0, "{seen:?}: the switch changed nothing");
    assert!(answered > 0.9999, "{answered} of the questions were answered");
    assert!(last < kilobytes + 16 * 1024, "memory grew from {kilobytes} KiB to {last}");
    fs::remove_dir_all(folder).unwrap();
}
