//! What keeping the World costs: from a toggle to its answer beside the disk's own time, and from start to ready.
//!
//! `cargo bench --bench durable`; with a path behind `--`, on the disk that holds it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints, and panics when it fails"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{
    env,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use common::{
    Server,
    client::{Client, PRIVATE, VPC, answers_with},
    large, scratch,
};
use vpcdns::{
    model::id::VpcId,
    store::{Embedded, Store, row::everything},
};

const TOGGLES: usize = 500;

/// The median and the 99th percentile, in milliseconds.
fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    format!("p50 {:.2} ms, p99 {:.2} ms", at(50), at(99))
}

/// What the disk takes to write one page of the log over and make it durable.
fn syncs(folder: &Path) -> Vec<Duration> {
    let file = File::create(folder.join("sync")).unwrap();
    file.write_all_at(&[1; 1 << 20], 0).unwrap();
    file.sync_all().unwrap();
    (0..TOGGLES)
        .map(|number| {
            let begun = Instant::now();
            file.write_all_at(&[number.to_le_bytes()[0]; 8_216], number as u64 % 100 * 8_216)
                .unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect()
}

/// From the request to its reply, and from the request until each listener has answered by it, over UDP and TCP.
fn toggles(arguments: &[&str], vpc: &str, private: [u8; 4]) -> (Vec<Duration>, Vec<Duration>) {
    let dns = format!("127.0.0.1:0={vpc},127.0.0.2:0={vpc},127.0.0.3:0={vpc}");
    let server = Server::start(&[arguments, &["--dns", &dns]].concat());
    let mut client = Client::new(server.http);
    (0..TOGGLES)
        .map(|number| {
            let on = number % 2 == 1;
            let begun = Instant::now();
            assert_eq!(client.hostnames_of(vpc, on).0, 200);
            let replied = begun.elapsed();
            for listener in &server.dns {
                let seen = answers_with(*listener, private);
                assert_eq!(seen, [on; 2], "{listener}, toggle {number}");
            }
            (replied, begun.elapsed())
        })
        .unzip()
}

/// The best of some starts, until the server is ready.
fn start(arguments: &[&str]) -> Duration {
    (0..5)
        .map(|_| {
            let begun = Instant::now();
            let server = Server::start(&[&["empty", "--view", "internet"], arguments].concat());
            let ready = begun.elapsed();
            drop(server);
            ready
        })
        .min()
        .unwrap()
}

fn main() {
    // cargo itself adds `--bench`.
    let path = env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = path.map_or_else(
        || scratch("bench"),
        |path| {
            let folder = PathBuf::from(path).join(format!("vpcdns-bench-{}", std::process::id()));
            fs::create_dir(&folder).unwrap();
            folder
        },
    );
    let data = folder.join("toggles");
    println!("the disk, 8 KiB and fdatasync:   {}", percentiles(syncs(&folder)));
    let kept = ["lab09-1", "--data", data.to_str().unwrap()];
    for (name, arguments) in [("--data", &kept[..]), ("memory", &["lab09-1"])] {
        let (replied, answered) = toggles(arguments, VPC, PRIVATE);
        println!("toggle to reply, {name}:         {}", percentiles(replied));
        println!("toggle to all answers, {name}:   {}", percentiles(answered));
    }
    println!("start to ready, nothing kept:    {} ms", start(&[]).as_millis());
    for (vpcs, endpoints) in [(100, 100 - large::EACH), (2_000, 100), (10_000, 20)] {
        let path = folder.join(vpcs.to_string());
        let mut store = Embedded::open(&path).unwrap();
        assert!(store.load().unwrap().is_none());
        let world = large::world(vpcs, endpoints);
        let begun = Instant::now();
        store.replace(&everything(&world)).unwrap();
        let written = begun.elapsed();
        drop(store);
        let begun = Instant::now();
        assert!(Embedded::open(&path).unwrap().load().unwrap().is_some());
        println!(
            "{} resources: written in {} ms, read and checked in {} ms, start to ready {} ms, {} MiB",
            vpcs * (endpoints + large::EACH),
            written.as_millis(),
            begun.elapsed().as_millis(),
            start(&["--data", path.to_str().unwrap()]).as_millis(),
            path.join("world.db").metadata().unwrap().len() >> 20
        );
        let vpc = VpcId::from_seed(1).to_string();
        let (replied, answered) =
            toggles(&["empty", "--data", path.to_str().unwrap()], &vpc, [10, 0, 0, 4]);
        println!("  toggle to reply:                {}", percentiles(replied));
        println!("  toggle to all answers:          {}", percentiles(answered));
    }
    fs::remove_dir_all(folder).unwrap();
}
