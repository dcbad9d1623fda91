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
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::Command,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::Duration,
};

use common::Server;

const CLIENTS: usize = 8;
const CHANGES: usize = 125;
const VPC: &str = "vpc-07de255d3a7c9c317";
const ENDPOINT: &str = "vpce-093517d1686ace06d";
const SUBNETS: [&str; 2] = ["subnet-09b299c06521dd460", "subnet-0395bde2bd100a705"];

/// Sends an EC2 request; its status and body.
fn call(server: SocketAddr, form: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let status = reply.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, reply)
}

/// What stands in the first element of a name.
fn element<'r>(reply: &'r str, name: &str) -> Option<&'r str> {
    let rest = reply.split_once(&format!("<{name}>"))?.1;
    rest.split_once('<').map(|(text, _)| text)
}

/// One client: makes VPCs and deletes every fourth again. The VPCs it was told exist at the end.
fn make_vpcs(server: SocketAddr) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for turn in 0..CHANGES {
        if turn % 4 == 3 {
            let gone = made.pop_first().unwrap();
            let (status, reply) = call(server, &format!("Action=DeleteVpc&VpcId={gone}"));
            assert_eq!(status, 200, "{reply}");
        } else {
            let (status, reply) = call(server, "Action=CreateVpc&CidrBlock=10.7.0.0/16");
            assert_eq!(status, 200, "{reply}");
            assert!(made.insert(element(&reply, "vpcId").unwrap().to_owned()));
        }
    }
    made
}

/// Another: gives both interfaces of the endpoint new addresses in one Change, which always end alike.
fn readdress(server: SocketAddr, begun: &AtomicU32, done: &AtomicU32) {
    for turn in 0..u32::try_from(CHANGES).unwrap() {
        let host = 120 + turn % 100;
        begun.store(turn, Ordering::SeqCst);
        let form = format!(
            "Action=ModifyVpcEndpoint&VpcEndpointId={ENDPOINT}\
             &SubnetConfiguration.1.SubnetId={}&SubnetConfiguration.1.Ipv4=10.0.0.{host}\
             &SubnetConfiguration.2.SubnetId={}&SubnetConfiguration.2.Ipv4=10.0.1.{host}",
            SUBNETS[0], SUBNETS[1]
        );
        let (status, reply) = call(server, &form);
        assert_eq!(status, 200, "{reply}");
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
            .args(["+subnet=10.0.0.29/32", "cloudformation.ap-northeast-2.amazonaws.com"])
            .output()
            .unwrap();
        let most = begun.load(Ordering::SeqCst);
        let text = String::from_utf8(output.stdout).unwrap();
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
        let fits = (least..=most).any(|turn| host == 120 + turn % 100);
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
    readdress_first(server.http);
    let made: BTreeSet<String> = thread::scope(|scope| {
        let asker = scope.spawn(|| ask(server.dns[0], &begun, &done, &stop));
        let turner = scope.spawn(|| readdress(server.http, &begun, &done));
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

fn readdress_first(server: SocketAddr) {
    let form = format!(
        "Action=ModifyVpcEndpoint&VpcEndpointId={ENDPOINT}\
         &SubnetConfiguration.1.SubnetId={}&SubnetConfiguration.1.Ipv4=10.0.0.120\
         &SubnetConfiguration.2.SubnetId={}&SubnetConfiguration.2.Ipv4=10.0.1.120",
        SUBNETS[0], SUBNETS[1]
    );
    let (status, reply) = call(server, &form);
    assert_eq!(status, 200, "{reply}");
}

/// The World holds the lab's VPC and exactly those that were acknowledged.
fn check(server: SocketAddr, made: &BTreeSet<String>) {
    let (status, reply) = call(server, "Action=DescribeVpcs");
    assert_eq!(status, 200);
    let mut shown: BTreeSet<String> = reply
        .split("<vpcId>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert!(shown.remove(VPC));
    assert_eq!(&shown, made);
}
