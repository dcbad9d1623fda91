//! `dig TXT CH NAME`: why a name has its answer, told to loopback and to clients with a place in a VPC.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use common::{Dig, Server};

const NAME: &str = "cloudformation.ap-northeast-2.amazonaws.com";

/// The character-strings of each TXT record, in the order of the reply.
fn texts(dig: &Dig, server: &Server, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["+short", "TXT", "CH"];
    all.extend(arguments);
    dig.ask(server.dns[0], &all)
        .lines()
        .filter(|line| line.starts_with('"'))
        .map(|line| line.trim_matches('"').replace("\" \"", ""))
        .collect()
}

fn status(dig: &Dig, server: &Server, arguments: &[&str]) -> String {
    let printed = dig.ask(server.dns[0], arguments);
    let status = printed.split("status: ").nth(1).and_then(|rest| rest.split(',').next());
    status.unwrap_or_default().to_owned()
}

#[test]
fn dig_is_told_why() {
    let Some(dig) = Dig::find() else {
        eprintln!("skipped: dig is not installed");
        return;
    };
    let server = Server::start(&["lab09-1"]);
    let told = texts(&dig, &server, &[NAME]);
    assert!(told[0].starts_with("1. asked from CloudNeta-Public-EC2 in CloudNeta-VPC"), "{told:?}");
    assert!(
        told.contains(&"answer: NOERROR 10.0.0.108 10.0.1.47 (PRIVATE)".to_owned()),
        "{told:?}"
    );
    let way = "way to 10.0.0.108, private: CloudNeta-Public-EC2 -> router (local in CloudNeta-Public-RT) -> interface \
               endpoint vpce-093517d1686ace06d (10.0.0.108) -> service cloudformation";
    assert!(told.iter().any(|line| line == way), "{told:?}");
    let other = texts(&dig, &server, &["+subnet=10.0.1.29/32", "s3.ap-northeast-2.amazonaws.com"]);
    assert!(other[0].contains("CloudNeta-Private-EC2"), "{other:?}");
    assert!(other.iter().any(|line| line.contains("gateway endpoint vpce-0ee6a8ee6dfbe3218")));
    let slip = texts(&dig, &server, &["https://cloudforamtion.ap-northeast-2.amazonaws.com/"]);
    let url = "hint: This is a URL. DNS is asked only for the name in it. Did you mean \
               cloudforamtion.ap-northeast-2.amazonaws.com?";
    assert!(slip.contains(&url.to_owned()), "{slip:?}");
    let slip = texts(&dig, &server, &["cloudforamtion.ap-northeast-2.amazonaws.com"]);
    let meant = format!("Did you mean {NAME}?");
    assert!(
        slip.iter().any(|line| line.starts_with("hint: ") && line.ends_with(&meant)),
        "{slip:?}"
    );
    // An explanation that does not fit is asked for again over TCP, and TCP tells the same.
    assert_eq!(texts(&dig, &server, &["+bufsize=512", NAME]), told);
    assert_eq!(texts(&dig, &server, &["+tcp", NAME]), told);
    // Names of class CHAOS keep their meaning; another type is refused as before.
    assert_eq!(texts(&dig, &server, &["version.bind"]).len(), 1);
    assert!(texts(&dig, &server, &["version.bind"])[0].starts_with("vpcdns "));
    assert_eq!(status(&dig, &server, &["A", "CH", NAME]), "REFUSED");
}

#[test]
fn it_can_be_turned_off() {
    let Some(dig) = Dig::find() else {
        eprintln!("skipped: dig is not installed");
        return;
    };
    let server = Server::start(&["lab09-1", "--no-explain-txt"]);
    assert_eq!(status(&dig, &server, &["TXT", "CH", NAME]), "REFUSED");
    assert_eq!(texts(&dig, &server, &["version.bind"]).len(), 1);
}

#[test]
fn what_stands_in_another_vpc_is_not_told() {
    let Some(dig) = Dig::find() else {
        eprintln!("skipped: dig is not installed");
        return;
    };
    let server = Server::start(&["lab09-2"]);
    let endpoint = "vpce-0b40409379c428dd5-hxrsc9c7.vpce-svc-0f0f83cb8f81a64b0.ap-northeast-2.vpce.amazonaws.com";
    let told = texts(&dig, &server, &["+subnet=10.0.0.176/32", endpoint]);
    let way = told.iter().find(|line| line.starts_with("way to 10.0.0.19")).unwrap();
    assert!(way.ends_with("PrivateLink -> another VPC"), "{way}");
    assert!(!told.iter().any(|line| line.contains("Custom-WEB")), "{told:?}");
}

#[test]
fn what_decides_in_another_vpc_is_not_told() {
    let Some(dig) = Dig::find() else {
        eprintln!("skipped: dig is not installed");
        return;
    };
    let folder = common::scratch("explain-other");
    let world = folder.join("world.yaml");
    let text = "region: us-east-1\nvpcs:\n  V: {cidr: 10.0.0.0/16, dns-hostnames: true}\n  W:\n    cidr: 10.1.0.0/16\n    \
                dns-hostnames: true\n    inbound-endpoints: {in: {addresses: [10.1.0.10]}}\nhosted-zones:\n  \
                corp.example: {id: ZSECRET, vpcs: [W], records: {db: [\"60 A 10.1.9.1\"]}}\nresolver-rules:\n  \
                corp: {domain: corp.example, targets: [10.1.0.10], vpcs: [V]}\n";
    std::fs::write(&world, text).unwrap();
    let server = Server::start(&[
        world.to_str().unwrap(),
        "--dns",
        "127.0.0.1:0=V",
        "--dns",
        "127.0.0.1:0=W",
    ]);
    let told = texts(&dig, &server, &["db.corp.example"]);
    assert!(told.iter().any(|line| line.contains("10.1.9.1")), "{told:?}");
    assert!(told.contains(&"the rest is decided in another VPC".to_owned()), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("ZSECRET")), "{told:?}");
    let own = dig.ask(server.dns[1], &["+short", "TXT", "CH", "db.corp.example"]);
    assert!(own.contains("ZSECRET"), "{own}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// The reply code to `dig TXT CH NAME`, and to `dig NAME`, from a source; with Client Subnet if one is given.
fn codes(view: Option<&str>, source: &str, subnet: Option<[u8; 4]>) -> [Option<u8>; 2] {
    let world = vpcdns::import::open::open("lab09-1", &vpcdns::import::Defaults::default());
    let snapshot = common::compile(world.unwrap_or_else(|failure| panic!("{failure}")).world);
    let view = view.map(|view| vpcdns::resolve::places::client(&snapshot, view).unwrap());
    let mut responder = vpcdns::dns::Responder::new(std::sync::Arc::new(snapshot), view)
        .from_source(source.parse().unwrap());
    let name = vpcdns::model::name::Name::parse(NAME).unwrap();
    [(16, 3), (1, 1)].map(|(rtype, class)| {
        let mut packet = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        packet.extend_from_slice(name.wire());
        packet.extend_from_slice(&[0, rtype, 0, class, 0, 0, 41, 0x10, 0, 0, 0, 0, 0]);
        match subnet {
            None => packet.extend_from_slice(&[0, 0]),
            Some(address) => {
                packet.extend_from_slice(&[0, 12, 0, 8, 0, 8, 0, 1, 32, 0]);
                packet.extend_from_slice(&address);
            }
        }
        responder.reply(&packet, 0, 0).map(|reply| reply[3] & 0x0f)
    })
}

/// A listener with a view answers names to everybody, but says why to its clients only.
#[test]
fn who_has_no_place_is_not_told_why() {
    const VPC: &str = "CloudNeta-VPC";
    let (told, refused) = (Some(0), Some(5));
    for (view, source, subnet, why, answer) in [
        (Some(VPC), "127.0.0.1", None, told, told),
        (Some(VPC), "10.0.1.29", None, told, told),
        (None, "10.0.1.29", None, told, told),
        (Some(VPC), "192.0.2.9", None, refused, told),
        (Some("internet"), "192.0.2.9", None, refused, told),
        (None, "192.0.2.9", None, refused, refused),
        // Only a trusted source says where a query comes from.
        (None, "127.0.0.1", Some([10, 0, 1, 29]), told, told),
        (Some(VPC), "192.0.2.9", Some([10, 0, 1, 29]), refused, told),
        (None, "192.0.2.9", Some([10, 0, 1, 29]), refused, refused),
    ] {
        assert_eq!(codes(view, source, subnet), [why, answer], "{view:?} {source} {subnet:?}");
    }
}
