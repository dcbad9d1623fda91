//! Many clients change the World at once while dig asks: nothing acknowledged is lost and no answer mixes two Worlds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    process::Command,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
};

use common::{
    Server,
    client::{Client, NAME, VPC, element},
};

const CLIENTS: usize = 8;
const CHANGES: usize = 125;
const ENDPOINT: &str = "vpce-093517d1686ace06d";
const SUBNETS: [&str; 2] = ["subnet-09b299c06521dd460", "subnet-0395bde2bd100a705"];

/// Sends an EC2 request, which must be answered 200; the body.
fn call(client: &mut Client, form: &str) -> String {
    let (status, reply) = client.ec2(form).unwrap();
    assert_eq!(status, 200, "{reply}");
    reply
}

/// One client: makes VPCs and deletes every fourth again. The VPCs it was told exist at the end.
fn make_vpcs(server: SocketAddr) -> BTreeSet<String> {
    let mut client = Client::new(server);
    let mut made = BTreeSet::new();
    for turn in 0..CHANGES {
        if turn % 4 == 3 {
            let gone = made.pop_first().unwrap();
            call(&mut client, &format!("DeleteVpc&VpcId={gone}"));
        } else {
            let reply = call(&mut client, "CreateVpc&CidrBlock=10.7.0.0/16");
            assert!(made.insert(element(&reply, "vpcId").to_owned()));
        }
    }
    made
}

/// Gives both interfaces of the endpoint new addresses in one Change, which always end alike.
fn readdress(client: &mut Client, host: u32) {
    let form = format!(
        "ModifyVpcEndpoint&VpcEndpointId={ENDPOINT}\
         &SubnetConfiguration.1.SubnetId={}&SubnetConfiguration.1.Ipv4=10.0.0.{host}\
         &SubnetConfiguration.2.SubnetId={}&SubnetConfiguration.2.Ipv4=10.0.1.{host}",
        SUBNETS[0], SUBNETS[1]
    );
    call(client, &form);
}

/// The addresses' last number at a turn.
fn host_of(turn: u32) -> u32 {
    120 + turn % 100
}

/// Another client: goes from turn to turn.
fn turn(server: SocketAddr, begun: &AtomicU32, done: &AtomicU32) {
    let mut client = Client::new(server);
    for turn in 0..u32::try_from(CHANGES).unwrap() {
        begun.store(turn, Ordering::SeqCst);
        readdress(&mut client, host_of(turn));
        done.store(turn, Ordering::SeqCst);
    }
}

/// Asks until told to stop; how often.
fn ask(dns: SocketAddr, begun: &AtomicU32, done: &AtomicU32, stop: &AtomicBool) -> usize {
    let mut asked = 0;
    while !stop.load(Ordering::SeqCst) {
        let least = done.load(Ordering::SeqCst);
        let output = Command::new("dig")
            .arg(format!("@{}", dns.ip()))
            .args(["-p", &dns.port().to_string(), "+short", "+tries=1", "+time=5"])
            .args(["+subnet=10.0.0.29/32", NAME])
            .output()
            .unwrap();
        let most = begun.load(Ordering::SeqCst);
        let text = String::from_utf8(output.stdout).unwrap();
        // The system may give dig the server's own port, and then dig hears itself.
        if text.contains("query response not set") {
            continue;
        }
        let mut hosts = BTreeSet::new();
        let mut nets = BTreeSet::new();
        for line in text.lines() {
            let (net, host) = line.rsplit_once('.').unwrap_or_else(|| panic!("{text}"));
            nets.insert(net.to_owned());
            hosts.insert(host.parse::<u32>().unwrap_or_else(|_| panic!("{text}")));
        }
        assert_eq!(nets.len(), 2, "{text}");
        assert_eq!(hosts.len(), 1, "two Worlds in one answer: {text}");
        let host = *hosts.first().unwrap();
        // A World that existed while dig asked: not before the last acknowledged one, not after the last begun one.
        let fits = (least..=most).any(|turn| host == host_of(turn));
        assert!(fits, "{host} is not of {least}..={most}");
        asked += 1;
    }
    asked
}

#[test]
fn a_thousand_changes_from_eight_clients() {
    if Command::new("dig").arg("-v").output().is_err() {
        eprintln!("SKIPPED: dig is missing");
        return;
    }
    let folder = common::scratch("consistent");
    let server = Server::start(&["lab09-1", "--data", folder.to_str().unwrap()]);
    let (begun, done, stop) = (AtomicU32::new(0), AtomicU32::new(0), AtomicBool::new(false));
    // The first Change before anybody asks, so that every answer is one of these Worlds.
    readdress(&mut Client::new(server.http), host_of(0));
    let made: BTreeSet<String> = thread::scope(|scope| {
        let asker = scope.spawn(|| ask(server.dns[0], &begun, &done, &stop));
        let turner = scope.spawn(|| turn(server.http, &begun, &done));
        let makers: Vec<_> = (1..CLIENTS).map(|_| scope.spawn(|| make_vpcs(server.http))).collect();
        let made = makers.into_iter().flat_map(|maker| maker.join().unwrap()).collect();
        turner.join().unwrap();
        stop.store(true, Ordering::SeqCst);
        let asked = asker.join().unwrap();
        assert!(asked > 5, "dig ran only {asked} times");
        made
    });
    check(server.http, &made);
    drop(server);
    // The same World after the process was killed.
    let again = Server::start(&["lab09-1", "--data", folder.to_str().unwrap()]);
    check(again.http, &made);
    drop(again);
    std::fs::remove_dir_all(folder).unwrap();
}

/// The World holds the lab's VPC and exactly those that were acknowledged.
fn check(server: SocketAddr, made: &BTreeSet<String>) {
    let reply = call(&mut Client::new(server), "DescribeVpcs");
    let mut shown: BTreeSet<String> = reply
        .split("<vpcId>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert!(shown.remove(VPC));
    assert_eq!(&shown, made);
}
