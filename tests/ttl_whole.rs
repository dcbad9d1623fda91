//! `--ttl whole` and the switch `ttl: whole`: every TTL in full, local, public, negative and forwarded.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{fs, net::Ipv4Addr, thread, time::Duration};

use common::{
    Dig, Server, scratch,
    upstream::{self, Fake},
};

const WORLD: &str = "region: us-east-1
vpcs:
  V: {cidr: 10.0.0.0/16, dns-hostnames: true}
hosted-zones:
  corp.example: {vpcs: [V], records: {long: [\"86400 A 10.9.0.1\"]}}
";

/// Of the SOA above a name that does not exist.
const SOA: &str = "example 60 SOA ns.example. host.example. 1 2 3 4 60";

#[test]
fn every_ttl_is_shown_in_full() {
    let Some(dig) = Dig::find() else {
        eprintln!("SKIPPED: dig is missing");
        return;
    };
    let fake = Fake::start(|seen| {
        Some(if seen.name.starts_with("no.") {
            upstream::with_records(seen, 3, &[], &[SOA])
        } else {
            upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 4))
        })
    });
    let folder = scratch("ttl-whole");
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let plain = write("plain.yaml", WORLD.to_owned());
    let switched = write("switched.yaml", format!("switches: {{ttl: whole}}\n{WORLD}"));
    let upstream = fake.address.to_string();
    let servers = [
        Server::start(&[&plain, "--ttl", "whole", "--upstream", &upstream]),
        Server::start(&[&switched, "--upstream", &upstream]),
    ];
    for server in &servers {
        for _ in 0..2 {
            let said = |name: &str| {
                dig.ask(server.dns[0], &[name, "A"])
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            for (name, line) in [
                ("long.corp.example", "long.corp.example. 86400 IN A"),
                ("nothing.corp.example", "corp.example. 60 IN SOA"),
                ("yes.example", "yes.example. 60 IN A"),
                ("no.example", " 60 IN SOA"),
            ] {
                let said = said(name);
                assert!(said.contains(line), "{name}: {said}");
            }
            thread::sleep(Duration::from_millis(1_100));
        }
    }
    // Each was asked once by each server: it was kept, and does not count down.
    assert_eq!(fake.names().len(), 4, "{:?}", fake.names());
    let exported = common::vpcdns(&["export", "--server", &format!("http://{}", servers[1].http)]);
    assert!(exported.out.contains("ttl: whole"), "{}", exported.out);
    fs::remove_dir_all(folder).unwrap();
}
