//! A server and its disk: what reaches it before a reply, and what happens when it is full or fails.
//!
//! strace shows the system calls and makes them fail; a mount namespace of the test's own holds a small disk.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::HashMap,
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use common::{
    BINARY, Server,
    client::{Client, VPC, is_private, kept},
    scratch,
};
use vpcdns::model::id::VpcId;

/// Whether a program runs here with these arguments.
fn runs(program: &[&str]) -> bool {
    Command::new(program[0])
        .args(&program[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A VPC with a long tag, so that it takes room; the status and the body.
fn create(client: &mut Client) -> (u16, String) {
    let action = format!(
        "CreateVpc&CidrBlock=10.1.0.0/16&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=Long&\
         TagSpecification.1.Tag.1.Value={}",
        "x".repeat(250)
    );
    client.ec2(&action).unwrap()
}

fn vpcs(client: &mut Client) -> usize {
    let (status, body) = client.ec2("DescribeVpcs").unwrap();
    assert_eq!(status, 200, "{body}");
    body.matches("<vpcId>").count()
}

/// What strace wrote, once the program it followed ended.
fn traced(log: &Path) -> String {
    let begun = Instant::now();
    loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        if text.lines().last().is_some_and(|line| line.contains("+++ exited with")) {
            return text;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "strace did not end");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_change_is_on_the_disk_before_its_reply() {
    if !runs(&["strace", "-D", "true"]) {
        eprintln!("SKIPPED: strace is missing or may not trace here");
        return;
    }
    let folder = scratch("synced");
    let (log, data) = (folder.join("strace"), folder.join("data"));
    let mut server = Server::start_by(
        &[
            "strace",
            "-D",
            "-f",
            "-y",
            "-s",
            "16",
            "-e",
            "trace=fdatasync,fsync,write,writev,sendto,sendmsg",
            "-o",
            log.to_str().unwrap(),
        ],
        &["lab09-1", "--data", data.to_str().unwrap()],
    );
    let mut client = Client::new(server.http);
    let changes = 50;
    for number in 0..changes {
        let (status, body) =
            if number % 2 == 0 { create(&mut client) } else { client.hostnames(number % 4 == 1) };
        assert_eq!(status, 200, "{body}");
    }
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(20)), Some(0));

    let (mut synced, mut replies, mut least) = (0, 0, usize::MAX);
    let mut begun: HashMap<&str, bool> = HashMap::new();
    let text = traced(&log);
    for line in text.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        let sync = call.starts_with("fdatasync(") || call.starts_with("fsync(");
        let of_log = call.contains("/data/world.db-wal>");
        if sync && call.ends_with("<unfinished ...>") {
            begun.insert(thread, of_log);
        } else if (sync && of_log && call.ends_with("= 0"))
            || (call.contains("sync resumed>")
                && call.ends_with("= 0")
                && begun.remove(thread) == Some(true))
        {
            synced += 1;
        } else if call.contains("\"HTTP/1.1 200 OK") {
            replies += 1;
            least = least.min(synced);
            synced = 0;
        }
    }
    assert_eq!(replies, changes, "{text}");
    assert!(least >= 1, "a reply without a sync before it:\n{text}");
    // The folder is begun durably: the database, its name and the name of the folder.
    let at_start = |path: &str| {
        text.lines().any(|line| line.contains("fsync(") && line.contains(&format!("{path}>)")))
    };
    let shown = |path: &Path| path.display().to_string();
    assert!(at_start(&shown(&data.join("world.new"))), "{text}");
    assert!(at_start(&shown(&data)) && at_start(&shown(&folder)), "{text}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_disk_that_fails_to_sync_is_a_refusal_that_stays_one() {
    if !runs(&["strace", "-D", "true"]) {
        eprintln!("SKIPPED: strace is missing or may not trace here");
        return;
    }
    let folder = scratch("failing");
    let (log, data) = (folder.join("strace"), folder.join("data"));
    let arguments = ["lab09-1", "--data", data.to_str().unwrap()];
    // One change that is kept, so that the log is not new.
    let server = Server::start(&arguments);
    assert_eq!(create(&mut Client::new(server.http)).0, 200);
    drop(server);

    let by = [
        "strace",
        "-D",
        "-I2",
        "-f",
        "-e",
        "trace=fdatasync",
        "-e",
        "inject=fdatasync:error=EIO",
        "-o",
    ];
    let mut server = Server::start_by(&[&by[..], &[log.to_str().unwrap()]].concat(), &arguments);
    let mut client = Client::new(server.http);
    for _ in 0..3 {
        let (status, body) = create(&mut client);
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("<Code>Unavailable</Code>"), "{body}");
        assert_eq!(client.hostnames(false).0, 503);
        assert_eq!(client.post("/api/reset", "").unwrap().0, 503);
        assert_eq!(vpcs(&mut client), 2);
        assert_eq!(is_private(server.dns[0]), [true; 2]);
    }
    // A copy now is what a kill now would leave.
    let copy = folder.join("copy");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
    }
    let left = kept(&copy);
    assert_eq!(left.vpcs.len(), 2);
    assert!(left.vpcs[&VPC.parse::<VpcId>().unwrap()].dns_hostnames);

    // Without its tracer the server's disk works again.
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:")).unwrap().trim();
    assert_ne!(tracer, "0");
    assert!(runs(&["kill", "-TERM", tracer]));
    let begun = Instant::now();
    while create(&mut client).0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "the disk works, but not the server");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(vpcs(&mut client), 3);
    server.signal("KILL");
    server.wait(Duration::from_secs(10));
    drop(server);
    assert_eq!(kept(&data).vpcs.len(), 3);
    fs::remove_dir_all(folder).unwrap();
}

/// Fills the disk of a server until it refuses, and looks what became of the refused Changes. How many
/// VPCs there are then.
fn fill(server: &Server, client: &mut Client) -> usize {
    let mut made = 1;
    let refusal = loop {
        match create(client) {
            (200, _) => made += 1,
            (503, body) => break body,
            (status, body) => panic!("{status} {body}"),
        }
        assert!(made < 100_000, "the disk does not fill");
    };
    assert!(refusal.contains("<Code>Unavailable</Code>"), "{refusal}");
    assert!(refusal.contains("world.db: cannot be written"), "{refusal}");
    for _ in 0..20 {
        // What is smaller may still fit.
        let (status, body) = create(client);
        assert!(status == 503 || status == 200, "{status} {body}");
        made += usize::from(status == 200);
        assert_eq!(vpcs(client), made);
    }
    assert_eq!(is_private(server.dns[0]), [true; 2]);
    made
}

#[test]
fn a_file_that_may_not_grow_is_a_refusal() {
    let folder = scratch("limited");
    let data = folder.to_str().unwrap();
    let arguments = ["lab09-1", "--data", data];
    // The limit is 512 KiB or 1 MiB, as the shell counts; a process that ignores the signal gets an error.
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 1024; exec \"$@\"", "sh"];
    let mut server = Server::start_by(&limited, &arguments);
    let mut client = Client::new(server.http);
    let made = fill(&server, &mut client);
    server.signal("KILL");
    server.wait(Duration::from_secs(10));
    drop(server);
    assert_eq!(kept(&folder).vpcs.len(), made);

    let server = Server::start(&arguments);
    let mut client = Client::new(server.http);
    assert_eq!(create(&mut client).0, 200);
    assert_eq!(vpcs(&mut client), made + 1);
    drop(server);
    fs::remove_dir_all(folder).unwrap();
}

/// The words that mount a disk of a size at a folder, and then run a program.
fn mounting(disk: &str, size: &str) -> Option<Vec<String>> {
    let mount = format!("mount -t tmpfs -o size={size},mode=700 tmpfs \"$0\" && exec \"$@\"");
    let namespace = [&["unshare", "-m"][..], &["unshare", "-rm"]]
        .into_iter()
        .find(|unshare| runs(&[unshare, &["sh", "-c", &mount, disk, "true"][..]].concat()));
    let Some(namespace) = namespace else {
        eprintln!("SKIPPED: no disk can be mounted here");
        return None;
    };
    let words = [namespace, &["sh", "-c", &mount, disk]].concat();
    Some(words.into_iter().map(str::to_owned).collect())
}

fn ids(client: &mut Client) -> Vec<String> {
    let (_, body) = client.ec2("DescribeVpcs").unwrap();
    body.split("<vpcId>").skip(1).map(|it| it.split('<').next().unwrap().to_owned()).collect()
}

/// The status and the body of `/ready`, and what the metric says of the store.
fn readiness(server: &Server) -> (u16, String, bool) {
    let get = |path: &str| {
        let mut reply = ureq::get(format!("http://{}{path}", server.http)).call().unwrap();
        (reply.status().as_u16(), reply.body_mut().read_to_string().unwrap())
    };
    let (status, body) = get("/ready");
    let metrics = get("/metrics").1;
    (status, body, metrics.contains("\nvpcdns_store_degraded 1\n"))
}

fn assert_ready(server: &Server) {
    assert_eq!(readiness(server), (200, "ready\n".to_owned(), false));
}

fn assert_degraded(server: &Server, why: &str) {
    let (status, body, metric) = readiness(server);
    assert_eq!((status, metric), (200, true), "{body}");
    assert!(body.starts_with("degraded: ") && body.contains(why), "{body}");
}

#[test]
fn on_a_small_disk_deletions_go_on_and_give_room_back() {
    let folder = scratch("small");
    let disk = folder.to_str().unwrap();
    let Some(by) = mounting(disk, "600k") else { return };
    let by: Vec<&str> = by.iter().map(String::as_str).collect();
    let data = folder.join("data");
    let mut server = Server::start_by(&by, &["empty", "--data", data.to_str().unwrap()]);
    let inside =
        Path::new(&format!("/proc/{}/root", server.id())).join(disk.trim_start_matches('/'));
    let mut client = Client::new(server.http);
    assert_eq!(create(&mut client).0, 200);
    assert_ready(&server);
    // The whole disk twice over: what was deleted is room for what is made.
    let mut most = [0; 2];
    for most in &mut most {
        while create(&mut client).0 == 200 {}
        *most = vpcs(&mut client);
        assert_degraded(&server, "Free some disk space");
        for id in ids(&mut client) {
            let (status, body) = client.ec2(&format!("DeleteVpc&VpcId={id}")).unwrap();
            assert_eq!(status, 200, "{body}");
        }
        assert_eq!(vpcs(&mut client), 0);
        assert_ready(&server);
    }
    assert!(most[0] > 50 && most[1] > 50, "{most:?}");
    // Others fill the disk to its last byte: a deletion goes on, and so does everything once there is room.
    for _ in 0..10 {
        assert_eq!(create(&mut client).0, 200);
    }
    let filler = inside.join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 512]).is_ok() {}
    drop(file);
    let mut refused = 0;
    while create(&mut client).0 == 200 {
        refused += 1;
        assert!(refused < 1_000);
    }
    assert_degraded(&server, "Free some disk space");
    let vpcs_left = ids(&mut client);
    for id in &vpcs_left[..5] {
        let (status, body) = client.ec2(&format!("DeleteVpc&VpcId={id}")).unwrap();
        assert_eq!(status, 200, "{body}");
    }
    fs::remove_file(&filler).unwrap();
    assert_eq!(create(&mut client).0, 200);
    assert_ready(&server);
    assert_eq!(vpcs(&mut client), vpcs_left.len() - 4);
    let copy = folder.join("copy");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(inside.join("data")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
    }
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(10)), Some(0));
    assert_eq!(kept(&copy).vpcs.len(), vpcs_left.len() - 4);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_folder_that_went_away_is_a_refusal() {
    let folder = scratch("gone");
    let data = folder.join("data");
    let aside = folder.join("aside");
    let arguments = ["lab09-1", "--data", data.to_str().unwrap()];
    let mut server = Server::start(&arguments);
    let mut client = Client::new(server.http);
    assert_eq!(create(&mut client).0, 200);
    assert_ready(&server);
    let refused = |client: &mut Client, server: &Server, why: &str| {
        let (status, body) = create(client);
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("<Code>Unavailable</Code>") && body.contains(why), "{body}");
        assert_eq!(client.hostnames(false).0, 503);
        assert_eq!(client.post("/api/reset", "").unwrap().0, 503);
        assert_eq!(vpcs(client), 2);
        assert_degraded(server, why);
    };
    // Moved away and back.
    fs::rename(&data, &aside).unwrap();
    refused(&mut client, &server, "data was removed");
    fs::rename(&aside, &data).unwrap();
    assert_ready(&server);
    // Another folder in its place, which holds the same.
    fs::rename(&data, &aside).unwrap();
    fs::create_dir(&data).unwrap();
    for name in ["world.db", "world.db-wal", "world.seal"] {
        fs::copy(aside.join(name), data.join(name)).unwrap();
    }
    refused(&mut client, &server, "data was replaced");
    fs::remove_dir_all(&data).unwrap();
    fs::rename(&aside, &data).unwrap();
    assert_ready(&server);
    // One file of it.
    for name in ["world.db", "world.db-wal"] {
        let file = data.join(name);
        let kept = data.join("kept");
        fs::rename(&file, &kept).unwrap();
        refused(&mut client, &server, &format!("{name} was removed"));
        fs::copy(&kept, &file).unwrap();
        refused(&mut client, &server, &format!("{name} was replaced"));
        fs::rename(&kept, &file).unwrap();
        assert_ready(&server);
    }
    assert_eq!(create(&mut client).0, 200);
    assert_eq!(vpcs(&mut client), 3);
    // A copy that was put in its place is left as it is when the server ends.
    fs::rename(&data, &aside).unwrap();
    fs::create_dir(&data).unwrap();
    for name in ["world.db", "world.db-wal", "world.seal"] {
        fs::copy(aside.join(name), data.join(name)).unwrap();
    }
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(10)), Some(0));
    drop(server);
    assert_eq!(kept(&data).vpcs.len(), 3);
    assert_eq!(kept(&aside).vpcs.len(), 3);

    // Removed whole, for good.
    let server = Server::start(&arguments);
    let mut client = Client::new(server.http);
    fs::remove_dir_all(&data).unwrap();
    assert_eq!(create(&mut client).0, 503);
    assert_degraded(&server, "was removed");
    fs::create_dir(&data).unwrap();
    assert_eq!(create(&mut client).0, 503);
    assert_degraded(&server, "was replaced");
    assert_eq!(is_private(server.dns[0]), [true; 2]);
    drop(server);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_read_only_mount_says_so() {
    let folder = scratch("read-only");
    let disk = folder.to_str().unwrap();
    let Some(by) = mounting(disk, "2m") else { return };
    let data = folder.join("data");
    let shown = data.to_str().unwrap();
    // One shell in one namespace: a server that is killed or ends, then the disk read-only, then others.
    let options = format!("--data {shown} --dns 127.0.0.1:0 --http 127.0.0.1:0");
    let serve = format!(
        "{BINARY} serve lab09-1 {options} 2>{disk}/said & until grep -q ^ready {disk}/said; do sleep 0.05; done"
    );
    let export = format!("{BINARY} export --data {shown} | grep -c 'CloudNeta-VPC:'");
    let script = format!(
        "{serve}; kill -KILL $!; wait $!; mount -o remount,ro {disk} || exit; \
         timeout 20 {BINARY} serve lab09-1 {options}; echo served $?; \
         timeout 20 {BINARY} serve lab09-1 --data {shown}-new --dns 127.0.0.1:0 --http 127.0.0.1:0; echo begun $?; \
         {export}; mount -o remount,rw {disk}; \
         {serve}; kill -TERM $!; wait $!; mount -o remount,ro {disk}; {export}"
    );
    let printed = Command::new(&by[0]).args(&by[1..]).args(["sh", "-c", &script]).output().unwrap();
    let (out, err) =
        (String::from_utf8(printed.stdout).unwrap(), String::from_utf8(printed.stderr).unwrap());
    assert_eq!(out, "served 1\nbegun 1\n1\n1\n", "{err}");
    assert!(err.contains("its file system is read-only; mount it for writing"), "{err}");
    assert!(err.contains("Read-only file system"), "{err}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_full_disk_is_a_refusal_until_there_is_room() {
    let folder = scratch("full");
    let disk = folder.to_str().unwrap();
    let Some(by) = mounting(disk, "2m") else { return };
    let by: Vec<&str> = by.iter().map(String::as_str).collect();
    let data = folder.join("data");
    let mut server = Server::start_by(&by, &["lab09-1", "--data", data.to_str().unwrap()]);
    // The server's disk, from outside its namespace.
    let inside =
        Path::new(&format!("/proc/{}/root", server.id())).join(disk.trim_start_matches('/'));
    fs::write(inside.join("filler"), vec![0; 1_000_000]).unwrap();
    let mut client = Client::new(server.http);
    let made = fill(&server, &mut client);
    fs::remove_file(inside.join("filler")).unwrap();
    for _ in 0..10 {
        let (status, body) = create(&mut client);
        assert_eq!(status, 200, "{body}");
    }
    assert_eq!(vpcs(&mut client), made + 10);

    // The disk goes with the server, so it is copied while nothing changes.
    let copy = folder.join("copy");
    fs::create_dir(&copy).unwrap();
    for name in ["world.db", "world.db-wal", "world.seal"] {
        fs::copy(inside.join("data").join(name), copy.join(name)).unwrap();
    }
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(10)), Some(0));
    assert_eq!(kept(&copy).vpcs.len(), made + 10);
    fs::remove_dir_all(folder).unwrap();
}
