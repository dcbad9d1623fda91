//! Files are read again while the server answers: at SIGHUP, and with `--watch` when they change.
//!
//! `VPCDNS_RELOADS=1000 cargo test --test reload` reloads as often under load; without it, 30 times.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use common::{Server, client::Client, scratch, upstream::query};
use hickory_proto::{op::Message, rr::RData};
use vpcdns::model::record::RecordType;

/// Long enough for a busy machine; no test waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads lines until one holds the words.
fn says(server: &Server, words: &str) -> bool {
    std::iter::from_fn(|| server.next_line(PATIENCE)).any(|line| line.contains(words))
}

/// Puts a file in place in one step, as editors do.
fn put(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

/// What a folder of files says: version 1 or 2 of several names that change together.
struct Files(PathBuf);

impl Files {
    fn new(folder: PathBuf) -> Self {
        let files = Self(folder);
        put(&files.path("vpc.yaml"), "vpcs: {W: {cidr: 10.200.0.0/16}}\n");
        files.write(1);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, version: u8) {
        let zones = format!(
            "vpcs: {{V: {{cidr: 10.0.0.0/16, dns-hostnames: true}}}}\nhosted-zones:\n  corp.example:\n    vpcs: [V]\n    records:\n      a: [60 CNAME b{version}.corp.example.]\n      \
             b{version}: [60 CNAME c.other.example.]\n      out: [60 CNAME www{version}.site.test.]\n      same: [60 CNAME same.site.test.]\n  other.example:\n    \
             vpcs: [V]\n    records:\n      c: [60 A 10.{version}.0.1, 60 A 10.{version}.0.2]\n"
        );
        put(&self.path("zones.yaml"), &zones);
        let public = format!(
            "$ORIGIN site.test.\n$TTL 60\n@ IN SOA ns.site.test. admin.site.test. 1 2 3 4 5\n@ IN NS ns.site.test.\n\
             www{version} IN A 192.0.2.{version}\nsame IN A 192.0.2.{version}\n"
        );
        put(&self.path("site.zone"), &public);
    }

    fn serve(&self, more: &[&str]) -> Server {
        let [vpc, zones, public] = ["vpc.yaml", "zones.yaml", "site.zone"]
            .map(|name| self.path(name).display().to_string());
        Server::start(
            &[&[zones.as_str(), &vpc, "--public-zone", &public, "--view", "V"], more].concat(),
        )
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The version that a reply is wholly of. Panics if it is a mixture, or not what was asked for.
fn version(reply: &[u8], records: usize) -> u8 {
    let message = Message::from_vec(reply).unwrap();
    let versions: Vec<u8> = message
        .answers
        .iter()
        .filter_map(|record| match &record.data {
            RData::A(address) => {
                let parts = address.0.octets();
                Some(if parts[0] == 10 { parts[1] } else { parts[3] })
            }
            RData::CNAME(name) => {
                let first = name.to_string();
                let first = first.split('.').next().unwrap_or_default();
                first.strip_prefix(['b', 'w']).map(|_| first.as_bytes()[first.len() - 1] - b'0')
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(message.answers.len(), records, "{message}");
    assert!(versions.iter().all(|it| *it == versions[0]), "a mixture: {message}");
    versions[0]
}

/// The names, and how many records each answer has.
const NAMES: [(&str, usize); 2] = [("a.corp.example", 4), ("out.corp.example", 2)];

fn by_udp(socket: &UdpSocket, server: SocketAddr, id: u16) -> u8 {
    asked(socket, server, id, NAMES[usize::from(id % 2)])
}

fn asked(socket: &UdpSocket, server: SocketAddr, id: u16, (name, records): (&str, usize)) -> u8 {
    socket.send_to(&query(id, name, RecordType::A), server).unwrap();
    let mut reply = [0; 4096];
    let length = socket.recv(&mut reply).expect("a query was lost");
    assert_eq!(reply[..2], id.to_be_bytes());
    version(&reply[..length], records)
}

fn by_tcp(stream: &mut TcpStream, id: u16) -> u8 {
    let (name, records) = NAMES[usize::from(id % 2)];
    let packet = query(id, name, RecordType::A);
    let length = u16::try_from(packet.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[..], &packet].concat()).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).expect("a query was lost");
    let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut reply).unwrap();
    version(&reply, records)
}

fn udp() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

#[test]
fn no_query_is_lost_and_no_answer_is_a_mixture_while_files_are_read_again_and_again() {
    let times: u32 =
        std::env::var("VPCDNS_RELOADS").ok().map_or(30, |times| times.parse().unwrap());
    let files = Files::new(scratch("reload-load"));
    let server = files.serve(&[]);
    let dns = server.dns[0];
    let (stop, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    // Also when the test fails.
    struct Stop<'s>(&'s AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    thread::scope(|scope| {
        let stopping = Stop(&stop);
        for number in 0..4_u16 {
            let (stop, asked) = (&stop, &asked);
            scope.spawn(move || {
                let socket = udp();
                let mut stream = TcpStream::connect(dns).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                let mut id = number;
                while !stop.load(Ordering::Relaxed) {
                    id = id.wrapping_add(1);
                    let version = if number == 0 {
                        by_tcp(&mut stream, id)
                    } else {
                        by_udp(&socket, dns, id)
                    };
                    assert!(matches!(version, 1 | 2));
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let socket = udp();
        for time in 0..times {
            let version = u8::try_from(time % 2).unwrap() + 1;
            files.write(version);
            server.signal("HUP");
            assert!(says(&server, "SIGHUP: the world files were read again"), "{time}");
            for id in 0..2 {
                assert_eq!(by_udp(&socket, dns, id), version, "an old answer after reload {time}");
            }
        }
        drop(stopping);
    });
    let asked = asked.load(Ordering::Relaxed);
    eprintln!("{times} reloads, {asked} queries beside them");
    assert!(asked >= u64::from(times));
}

#[test]
fn a_bad_file_of_any_kind_changes_nothing() {
    let files = Files::new(scratch("reload-bad"));
    let server = files.serve(&[]);
    let socket = udp();
    for name in ["vpc.yaml", "zones.yaml", "site.zone"] {
        let good = fs::read_to_string(files.path(name)).unwrap();
        files.write(2);
        put(&files.path(name), "vpcs: [\n");
        server.signal("HUP");
        let words = "SIGHUP: the configuration stays as it is, because the files have problems";
        assert!(says(&server, words), "{name}");
        assert!(says(&server, name), "{name}");
        for id in 0..2 {
            assert_eq!(by_udp(&socket, server.dns[0], id), 1, "{name}");
        }
        files.write(1);
        put(&files.path(name), &good);
        server.signal("HUP");
        assert!(says(&server, "SIGHUP: the world files were read again"), "{name}");
    }
}

#[test]
fn public_zones_are_read_again_where_the_world_stays() {
    let files = Files::new(scratch("reload-data"));
    let data = files.path("data").display().to_string();
    drop(files.serve(&["--data", &data]));
    let server = files.serve(&["--data", &data]);
    files.write(2);
    server.signal("HUP");
    assert!(says(&server, "SIGHUP: the public zones were read again; the rest stays as it is"));
    let socket = udp();
    assert_eq!(by_udp(&socket, server.dns[0], 0), 1);
    assert_eq!(asked(&socket, server.dns[0], 0, ("same.corp.example", 2)), 2);
}

const AGAIN: &str = "--watch: the world files were read again";

#[test]
fn every_way_to_change_a_file_is_noticed() {
    let files = Files::new(scratch("watch-ways"));
    let server = files.serve(&["--watch"]);
    let socket = udp();
    let served = |version: u8| {
        assert_eq!([0, 1].map(|id| by_udp(&socket, server.dns[0], id)), [version; 2]);
    };
    served(1);
    // By renaming, as editors do.
    files.write(2);
    assert!(says(&server, AGAIN));
    served(2);
    // In place.
    let (zones, public) = (files.path("zones.yaml"), files.path("site.zone"));
    let two = [&zones, &public].map(|path| fs::read_to_string(path).unwrap());
    files.write(1);
    let one = [&zones, &public].map(|path| fs::read_to_string(path).unwrap());
    assert!(says(&server, AGAIN));
    fs::write(&zones, &two[0]).unwrap();
    fs::write(&public, &two[1]).unwrap();
    assert!(says(&server, AGAIN));
    served(2);
    // A problem is told once, and the next change is noticed.
    put(&zones, "hosted-zones: [\n");
    assert!(says(&server, "--watch: the configuration stays as it is"));
    served(2);
    // A file that is gone for a while.
    fs::remove_file(&zones).unwrap();
    assert!(says(&server, "there is no file or built-in world"));
    served(2);
    put(&zones, &one[0]);
    put(&public, &one[1]);
    assert!(says(&server, AGAIN));
    served(1);
    // SIGHUP reads them too, and then there is nothing new for --watch.
    files.write(2);
    server.signal("HUP");
    assert!(says(&server, "were read again"));
    served(2);
}

/// Whether the World holds a text.
fn shows(server: &Server, text: &str) -> bool {
    Client::new(server.http).get("/api/world").unwrap().1.contains(text)
}

#[test]
fn a_volume_of_kubernetes_is_noticed_when_its_link_turns() {
    let folder = scratch("watch-kubernetes");
    for (name, range) in [("..1", "10.1.0.0/16"), ("..2", "10.2.0.0/16")] {
        fs::create_dir(folder.join(name)).unwrap();
        let text = format!("vpcs: {{V: {{cidr: {range}}}}}\n");
        fs::write(folder.join(name).join("world.yaml"), text).unwrap();
    }
    symlink("..1", folder.join("..data")).unwrap();
    symlink("..data/world.yaml", folder.join("world.yaml")).unwrap();
    let server = Server::start(&[folder.join("world.yaml").to_str().unwrap(), "--watch"]);
    assert!(shows(&server, "10.1.0.0/16"));
    symlink("..2", folder.join("..data_tmp")).unwrap();
    fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    fs::remove_dir_all(folder.join("..1")).unwrap();
    assert!(says(&server, AGAIN));
    assert!(shows(&server, "10.2.0.0/16") && !shows(&server, "10.1.0.0/16"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn folders_parameters_and_what_a_file_includes_are_watched_too() {
    let folder = scratch("watch-folder");
    let at = |name: &str| folder.join(name);
    let vpc = |range: &str| {
        format!(
            r#"{{"Resources": {{"V": {{"Type": "AWS::EC2::VPC", "Properties": {{"CidrBlock": {range}}}}}}}}}"#
        )
    };
    for name in ["templates", "inner"] {
        fs::create_dir(at(name)).unwrap();
    }
    let main = r#"{"Parameters": {"Range": {"Type": "String"}}, "Resources": {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Range"}}},
        "Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "../inner/child.json"}}}}"#;
    fs::write(at("templates/main.json"), main).unwrap();
    fs::write(at("inner/child.json"), vpc("\"10.9.0.0/16\"")).unwrap();
    let parameters =
        |range: &str| format!(r#"[{{"ParameterKey": "Range", "ParameterValue": "{range}"}}]"#);
    fs::write(at("parameters.json"), parameters("10.1.0.0/16")).unwrap();
    let [templates, values] =
        ["templates", "parameters.json"].map(|name| at(name).display().to_string());
    let server = Server::start(&[&templates, "--parameter-file", &values, "--watch"]);
    assert!(shows(&server, "10.1.0.0/16") && shows(&server, "10.9.0.0/16"));
    put(&at("parameters.json"), &parameters("10.2.0.0/16"));
    assert!(says(&server, AGAIN));
    assert!(shows(&server, "10.2.0.0/16"));
    put(&at("inner/child.json"), &vpc("\"10.8.0.0/16\""));
    assert!(says(&server, AGAIN));
    assert!(shows(&server, "10.8.0.0/16"));
    fs::write(at("templates/second.json"), vpc("\"10.3.0.0/16\"")).unwrap();
    assert!(says(&server, AGAIN));
    assert!(shows(&server, "10.3.0.0/16") && shows(&server, "10.2.0.0/16"));
    fs::remove_file(at("templates/second.json")).unwrap();
    assert!(says(&server, AGAIN));
    assert!(!shows(&server, "10.3.0.0/16"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_world_that_was_changed_stays() {
    let files = Files::new(scratch("watch-changed"));
    let vpc = files.path("vpc.yaml");
    let server = Server::start(&[vpc.to_str().unwrap(), "--watch"]);
    let body = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.77.0.0/16";
    let (status, text) = Client::new(server.http).post("/", body).unwrap();
    assert_eq!(status, 200, "{text}");
    put(&vpc, "vpcs: {V: {cidr: 10.5.0.0/16}}\n");
    assert!(says(&server, "--watch: the configuration stays as it is, because it was changed"));
    assert!(shows(&server, "10.77.0.0/16") && !shows(&server, "10.5.0.0/16"));
}

#[test]
fn without_a_file_there_is_nothing_to_watch() {
    let server = Server::start(&["lab09-1", "--watch"]);
    assert!(says(&server, "--watch: WORLD is not a file, so there is nothing to watch"));
}
