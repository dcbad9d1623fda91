//! What a server keeps: across restarts, kills at any moment, a full disk and one that fails.
//!
//! The stores themselves are in `tests/store.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    net::SocketAddr,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use common::{
    BINARY, Server, clean,
    client::{Client, element, is_private, kept},
    large, scratch, vpcdns,
};
use vpcdns::{
    model::world::World,
    store::{Embedded, Store, row::everything},
};

/// Waits for a line that says this.
fn says(server: &Server, text: &str) -> bool {
    while let Some(line) = server.next_line(Duration::from_secs(5)) {
        if line.contains(text) {
            return true;
        }
    }
    false
}

fn end(mut server: Server) {
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(10)), Some(0));
}

#[test]
fn a_world_outlives_its_server() {
    let folder = scratch("outlives");
    let path = folder.join("data");
    let data = ["--data", path.to_str().unwrap()];
    let with = |arguments: &[&'static str]| Server::start(&[arguments, &data].concat());
    let server = with(&["lab09-1"]);
    assert!(says(&server, &format!("The configuration is kept in {}", path.display())));
    assert_eq!(is_private(server.dns[0]), [true; 2]);
    let mut client = Client::new(server.http);
    assert_eq!(client.hostnames(false).0, 200);
    assert_eq!(is_private(server.dns[0]), [false; 2]);
    end(server);

    // The folder's World is served, not the one named, and reset goes to the one named.
    let server = with(&["lab09-2"]);
    assert_eq!(is_private(server.dns[0]), [false; 2]);
    server.signal("HUP");
    assert!(says(&server, "SIGHUP: the configuration stays as it is, because it came from --data"));
    assert!(server.ready.contains("views=1"), "{}", server.ready);
    let mut client = Client::new(server.http);
    assert_eq!(client.hostnames(true).0, 200);
    assert_eq!(is_private(server.dns[0]), [true; 2]);
    assert_eq!(client.post("/api/reset", "").unwrap().0, 200);
    end(server);
    let server = with(&["lab09-1"]);
    assert!(server.ready.contains("views=2"), "{}", server.ready);
    end(server);

    // A World that is ignored may be gone; then there is nothing to start over with.
    let server = with(&["/nowhere.yaml"]);
    let (status, body) = Client::new(server.http).post("/api/reset", "").unwrap();
    assert_eq!(status, 503, "{body}");
    assert!(server.ready.contains("views=2"), "{}", server.ready);
    end(server);

    // --reset starts over, and needs a folder.
    let server = with(&["lab09-1", "--reset"]);
    assert_eq!(is_private(server.dns[0]), [true; 2]);
    end(server);
    assert_eq!(vpcdns(&["serve", "--reset"]).code, 1);

    // SIGHUP reads a World that nobody changed again, and keeps what it read.
    let file = folder.join("world.yaml");
    let text = |name: &str| format!("vpcs:\n  {name}:\n    cidr: 10.0.0.0/16\n");
    fs::write(&file, text("One")).unwrap();
    let server =
        Server::start(&[file.to_str().unwrap(), data[0], data[1], "--reset", "--view", "internet"]);
    fs::write(&file, text("Two")).unwrap();
    server.signal("HUP");
    assert!(says(&server, "read again"));
    end(server);
    assert_eq!(kept(&path).vpcs.values().next().unwrap().tags.name(), Some("Two"));

    let server = Server::start(&["lab09-1"]);
    assert!(says(&server, "in memory"));
    drop(server);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_store_that_is_refused_ends_the_start() {
    let folder = scratch("refuses");
    let path = folder.join("data");
    let data = path.to_str().unwrap();
    let server = Server::start(&["lab09-1", "--data", data]);
    let second =
        vpcdns(&["serve", "--data", data, "--dns", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    assert_eq!(second.code, 1);
    assert!(second.err.contains("another process uses this folder"), "{}", second.err);
    end(server);
    let database = path.join("world.db");
    let sound = fs::read(&database).unwrap();
    let mut newer = sound.clone();
    newer[63] = 9;
    for (bytes, reason) in [(newer, "newer vpcdns"), (sound[..9_000].to_vec(), "damaged")] {
        fs::write(&database, &bytes).unwrap();
        let printed = vpcdns(&["serve", "--data", data]);
        assert_eq!(printed.code, 1);
        assert!(
            printed.err.contains(reason) && printed.err.contains("world.db"),
            "{}",
            printed.err
        );
        assert_eq!(fs::read(&database).unwrap(), bytes);
    }
    let server = Server::start(&["lab09-1", "--data", data, "--reset"]);
    assert_eq!(is_private(server.dns[0]), [true; 2]);
    drop(server);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn lives_go_on_after_a_restart() {
    let folder = scratch("lives");
    let data = folder.to_str().unwrap();
    let file = folder.join("world.yaml");
    let text = "vpcs:\n  V:\n    cidr: 10.0.0.0/16\n    dns-hostnames: true\n    subnets:\n      s: {cidr: 10.0.0.0/24, \
                zone: ap-northeast-2a}\n    endpoints:\n      e: {service: sqs, state: pending, subnets: {s: 10.0.0.9}}\n";
    fs::write(&file, text).unwrap();
    let state = || {
        let world = kept(&folder);
        world.endpoints.values().next().unwrap().state.text()
    };
    let arguments = [file.to_str().unwrap(), "--data", data];
    drop(Server::start(&arguments));
    assert_eq!(state(), "pending", "the states of a file stay");
    drop(Server::start(&[&arguments[..], &["--pace", "real"]].concat()));
    assert_eq!(state(), "pending", "two minutes are not over");
    drop(Server::start(&arguments));
    assert_eq!(state(), "available");
    let wrong = vpcdns(&["serve", "--pace", "2"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.err.contains("expected 0 or real"), "{}", wrong.err);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_change_is_seen_by_the_next_query_on_every_listener() {
    let folder = scratch("listeners");
    let server = Server::start(&[
        "lab09-1",
        "--data",
        folder.to_str().unwrap(),
        "--dns",
        "127.0.0.1:0,127.0.0.2:0,127.0.0.1:0=CloudNeta-VPC",
    ]);
    assert_eq!(server.dns.len(), 3);
    let mut client = Client::new(server.http);
    for number in 0..60 {
        let on = number % 2 == 1;
        assert_eq!(client.hostnames(on).0, 200);
        for listener in &server.dns {
            assert_eq!(is_private(*listener), [on; 2], "{listener}, toggle {number}");
        }
    }
    drop(server);
    fs::remove_dir_all(folder).unwrap();
}

/// What a writer knows of one VPC, by the tag it gave: the state of which it was told last, and the one it asked for.
#[derive(Clone, Debug, Default)]
struct Told {
    acknowledged: Option<bool>,
    asked: Option<Option<bool>>,
}

/// Makes, alters and deletes VPCs until the server is gone. `Some(hostnames)` is a VPC, `None` is none.
fn write_load(server: SocketAddr, writer: &str, changes: &AtomicU64) -> HashMap<String, Told> {
    let mut told: HashMap<String, Told> = HashMap::new();
    // The kill may have come first.
    let Some(mut client) = Client::connect(server) else { return told };
    for number in 0.. {
        let tag = format!("{writer}-{number}");
        let mut step = |action: &str, state: Option<bool>| {
            let vpc = told.entry(tag.clone()).or_default();
            vpc.asked = Some(state);
            let (status, body) = client.ec2(action)?;
            assert_eq!(status, 200, "{body}");
            *vpc = Told { acknowledged: state, asked: None };
            changes.fetch_add(1, Ordering::Relaxed);
            Some(body)
        };
        let create = format!(
            "CreateVpc&CidrBlock=10.1.0.0/16&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=Name&\
             TagSpecification.1.Tag.1.Value={tag}"
        );
        let Some(body) = step(&create, Some(false)) else { break };
        let id = element(&body, "vpcId").to_owned();
        let alter = |on| format!("ModifyVpcAttribute&VpcId={id}&EnableDnsHostnames.Value={on}");
        if step(&alter(true), Some(true)).is_none() {
            break;
        }
        // One in three stays as it is.
        let done = match number % 3 {
            0 => step(&alter(false), Some(false)),
            1 => step(&format!("DeleteVpc&VpcId={id}"), None),
            _ => continue,
        };
        if done.is_none() {
            break;
        }
    }
    told
}

/// Nothing of a Change that was not made whole.
fn assert_whole(world: &World) {
    assert_eq!(world.members.len(), world.vpcs.len());
    assert_eq!(
        world.route_tables.values().filter(|table| !world.vpcs.contains_key(&table.vpc)).count(),
        0
    );
    for vpc in world.vpcs.values() {
        assert!(world.members(vpc.id).route_tables.contains(&vpc.main_route_table), "{}", vpc.id);
        assert!(world.route_tables.contains_key(&vpc.main_route_table), "{}", vpc.id);
    }
}

#[test]
fn two_hundred_kills_lose_nothing_that_was_acknowledged() {
    let folder = scratch("kills");
    let data = folder.to_str().unwrap();
    let mut state: BTreeMap<String, bool> = BTreeMap::new();
    let changes = AtomicU64::new(0);
    let mut unacknowledged = 0;
    let mut moment: u64 = 0x5eed;
    let begun = Instant::now();
    for kill in 0..200 {
        let mut server = Server::start(&["empty", "--data", data, "--view", "internet"]);
        assert!(server.ready.contains(&format!("views={}", state.len())), "{}", server.ready);
        moment =
            moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wait = Duration::from_micros((moment >> 33) % 120_000);
        let told: HashMap<String, Told> = thread::scope(|scope| {
            let http = server.http;
            let writers: Vec<_> = (0..3)
                .map(|writer| {
                    let changes = &changes;
                    scope.spawn(move || write_load(http, &format!("{kill}-{writer}"), changes))
                })
                .collect();
            thread::sleep(wait);
            server.signal("KILL");
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });
        assert_eq!(server.wait(Duration::from_secs(10)), None);
        drop(server);

        let world = kept(&folder);
        assert_whole(&world);
        let mut found: BTreeMap<String, bool> = BTreeMap::new();
        for vpc in world.vpcs.values() {
            let twice = found.insert(vpc.tags.name().unwrap().to_owned(), vpc.dns_hostnames);
            assert_eq!(twice, None);
        }
        for (tag, told) in told {
            let is = found.get(&tag).copied();
            if is != told.acknowledged {
                assert_eq!(Some(is), told.asked, "kill {kill}: {tag} was {:?}", told.acknowledged);
                unacknowledged += 1;
            }
            match is {
                Some(is) => state.insert(tag, is),
                None => state.remove(&tag),
            };
        }
        assert_eq!(found, state, "kill {kill}");
    }
    let changes = changes.into_inner();
    eprintln!(
        "200 kills in {:.0} s: {changes} changes acknowledged, none lost; {unacknowledged} kept that nobody was told of",
        begun.elapsed().as_secs_f64()
    );
    assert!(changes > 400, "{changes} changes are no load");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_kill_while_a_folder_is_begun_leaves_no_half_of_it() {
    let folder = scratch("begun");
    let (mut none, mut whole) = (0, 0);
    for kill in 0..60 {
        let path = folder.join(kill.to_string());
        let mut child =
            clean(Command::new(BINARY).args(["serve", "lab09-1", "--data"]).arg(&path).args([
                "--dns",
                "127.0.0.1:0",
                "--http",
                "127.0.0.1:0",
            ]))
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(kill * 2));
        child.kill().unwrap();
        child.wait().unwrap();
        match Embedded::open(&path).unwrap().load().unwrap() {
            None => none += 1,
            Some(world) => {
                assert_eq!(world.endpoints.len(), 2);
                assert_whole(&world);
                whole += 1;
            }
        }
    }
    eprintln!("60 kills of a first start: {none} before the World was there, {whole} after");
    drop(Server::start(&["lab09-1", "--data", folder.join("0").to_str().unwrap()]));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn ten_thousand_resources_are_served_again() {
    let folder = scratch("start");
    let world = large::world(100, 100 - large::EACH);
    let resources =
        world.vpcs.len() + world.subnets.len() + world.route_tables.len() + world.endpoints.len();
    assert_eq!(resources, 10_000);
    let mut store = Embedded::open(&folder).unwrap();
    assert!(store.load().unwrap().is_none());
    store.replace(&everything(&world)).unwrap();
    drop(store);
    // How long it takes is told and not judged: the machine may be busy.
    let begun = Instant::now();
    let server = Server::start(&["empty", "--data", folder.to_str().unwrap()]);
    eprintln!("from start to ready with 10,000 resources: {} ms", begun.elapsed().as_millis());
    assert!(server.ready.contains("views=100"), "{}", server.ready);
    drop(server);
    fs::remove_dir_all(folder).unwrap();
}
