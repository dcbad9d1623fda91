//! The resolver inside a Rust program: addresses, Changes, explanations, errors.

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
    time::Duration,
};

use common::upstream;
use vpcdns::{
    Emulator, EmulatorError,
    model::{
        change::Change,
        fault::{Fault, FaultAnswer, SetFaults},
        firewall::DomainPattern,
        record::RecordType,
    },
    store::CommitError,
};

const SERVICE: &str = "cloudformation.ap-northeast-2.amazonaws.com";

/// The addresses a server gives for a name, sorted; `None` if it does not reply.
fn ask(server: SocketAddr, name: &str) -> Option<Vec<String>> {
    let query = upstream::query(9, name, RecordType::A);
    let reply = upstream::exchange(server, &query, Duration::from_secs(1))?;
    let message = hickory_proto::op::Message::from_vec(&reply).unwrap();
    let mut found: Vec<_> = message.answers.iter().map(|record| record.data.to_string()).collect();
    found.sort();
    Some(found)
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

#[test]
fn a_change_is_seen_by_the_next_question() {
    run(async {
        let emulator = Emulator::builder()
            .lab("lab09-1")
            .client("CloudNeta-Private-EC2")
            .also_for("CloudNeta-Public-EC2")
            .also_for("internet")
            .start()
            .await
            .unwrap();
        let private = vec!["10.0.0.108".to_owned(), "10.0.1.47".to_owned()];
        let public = vec!["52.95.193.132".to_owned()];
        let instance = emulator.dns_of("CloudNeta-Public-EC2").unwrap();
        let internet = emulator.dns_of("internet").unwrap();
        for turn in 0..100 {
            let on = turn % 2 == 0;
            let change =
                "ModifyVpcEndpoint: {VpcEndpointId: CloudFormation, PrivateDnsEnabled: ON}";
            emulator.change(&change.replace("ON", if on { "true" } else { "false" })).unwrap();
            let expected = if on { &private } else { &public };
            assert_eq!(ask(emulator.dns(), SERVICE).as_ref(), Some(expected), "turn {turn}");
            assert_eq!(ask(instance, SERVICE).as_ref(), Some(expected), "turn {turn}");
            assert_eq!(ask(internet, SERVICE).as_ref(), Some(&public), "turn {turn}");
        }
        let timeout = Fault {
            names: DomainPattern::Every,
            from: None,
            answer: Some(FaultAnswer::Timeout),
            delay: 0,
        };
        emulator.apply(&[Change::from(SetFaults { faults: vec![timeout] })]).unwrap();
        assert_eq!(ask(emulator.dns(), SERVICE), None);
        let explained = emulator.explain(SERVICE, "A", "CloudNeta-Private-EC2").unwrap();
        assert_eq!(explained.verdict.text(), "SILENCE");
        let address = emulator.dns();
        emulator.stop().await;
        assert_eq!(ask(address, SERVICE), None);
    });
}

/// An endpoint's address is private wherever it is asked from and whatever range it is of.
#[test]
fn an_address_that_an_endpoint_holds_is_private() {
    let world = "region: us-east-1\n\
        vpcs:\n\
        \x20 Own: {cidr: 100.70.0.0/16, dns-hostnames: true, subnets: {A: {cidr: 100.70.1.0/24, zone: us-east-1a}}, \
        endpoints: {E: {service: sqs, subnets: {A: 100.70.1.9}}}}\n\
        \x20 Other: {cidr: 10.1.0.0/16, dns-hostnames: true}\n\
        hosted-zones:\n\
        \x20 corp.test: {vpcs: [Other], records: {held: [\"60 A 100.70.1.9\"], free: [\"60 A 100.70.1.10\"]}}\n";
    run(async {
        let emulator = Emulator::builder().yaml(world).start().await.unwrap();
        for (name, verdict) in [("held.corp.test", "PRIVATE"), ("free.corp.test", "PUBLIC")] {
            assert_eq!(emulator.explain(name, "A", "Other").unwrap().verdict.text(), verdict);
        }
        emulator.stop().await;
    });
}

#[test]
fn an_instance_finds_its_metadata() {
    run(async {
        let emulator = Emulator::builder()
            .lab("lab09-1")
            .also_for("CloudNeta-Public-EC2")
            .start()
            .await
            .unwrap();
        let address = emulator.metadata_of("CloudNeta-Public-EC2").unwrap();
        assert_eq!(emulator.metadata_of("CloudNeta-Private-EC2"), None);
        let read = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "GET /latest/meta-data/instance-id HTTP/1.0\r\n\r\n").unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).unwrap();
            reply
        });
        let reply = read.await.unwrap();
        assert!(reply.ends_with("\r\n\r\ni-033fa1bc9a9817db2"), "{reply}");
    });
}

#[test]
fn errors_say_what_is_wrong() {
    run(async {
        let failed = |builder: vpcdns::Builder| async {
            builder.start().await.err().map(|error| error.to_string()).unwrap_or_default()
        };
        let text = failed(Emulator::builder().lab("lab09-9")).await;
        assert!(text.contains("no file or built-in world `lab09-9`"), "{text}");
        let text = failed(Emulator::builder().yaml("vpcs: {A: {cidr: 10.0.0.0/8}}")).await;
        assert!(text.contains("yaml:1:18") && text.contains("10.0.0.0/8"), "{text}");
        let text = failed(Emulator::builder().lab("lab09-1").client("nobody")).await;
        assert!(text.contains("nobody"), "{text}");
        let text = failed(Emulator::builder().public_zone("nonsense")).await;
        assert!(text.contains("public zone:1:"), "{text}");

        let emulator = Emulator::builder().lab("lab09-1").lab("lab09-2").start().await.unwrap();
        assert!(matches!(emulator.change("Nothing: {}"), Err(EmulatorError::Text(_))));
        let refused = emulator.change("DeleteVpc: {VpcId: MyVPC}");
        let Err(EmulatorError::Refused(CommitError::Refused(refusal))) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.code, "DependencyViolation");
        for (name, rtype, from) in
            [("a..b", "A", "MyVPC"), ("a.b", "NOTYPE", "MyVPC"), ("a.b", "A", "nobody")]
        {
            assert!(emulator.explain(name, rtype, from).is_err(), "{name} {rtype} {from}");
        }
    });
}
