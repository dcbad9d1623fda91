//! What becomes of a question where servers are silent, busy, closed, old, lame, or this server itself; and what the log
//! says of it.

use std::{
    net::UdpSocket,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use super::*;

/// A server of one VPC whose rule for `hole.example` leads to `hole`, behind these servers.
fn with_a_hole(folder: &str, hole: SocketAddr, upstream: SocketAddr) -> Server {
    let folder = scratch(folder);
    let world = folder.join("world.yaml");
    let text = format!(
        "region: us-east-1\nvpcs:\n  V: {{cidr: 10.0.0.0/16, dns-hostnames: true}}\n\
         resolver-rules:\n  hole: {{domain: hole.example, targets: ['{hole}'], vpcs: [V]}}\n"
    );
    fs::write(&world, text).unwrap();
    let upstream = upstream.to_string();
    let world = world.to_str().unwrap();
    let server = Server::start(&[world, "--forward-rules", "--upstream", &upstream]);
    fs::remove_dir_all(folder).unwrap();
    server
}

#[test]
fn nobody_waits_for_a_silent_server_but_those_who_ask_it() {
    let hole = Fake::start(|_| None);
    let good =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 11))));
    let server = with_a_hole("starve", hole.address, good.address);
    let mut many = Many::new(server.dns[0]);
    for id in 0..3_000_u16 {
        many.send(id, &format!("n{id}.hole.example"));
        if id % 100 == 99 {
            thread::sleep(Duration::from_millis(5));
        }
    }
    let start = Instant::now();
    for number in 0..50 {
        assert_eq!(ask(&server, &format!("n{number}.example")), (NOERROR, 1));
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(3), "50 names took {took:?}");
    many.read(WAIT);
    assert!(many.replies.values().all(|reply| reply.code == SERVFAIL));
}

#[test]
fn a_busy_server_loses_no_question() {
    const OUT: u16 = 2_000;
    const ALL: u16 = 3_000;
    let slow = upstream::Slow::start(Duration::from_millis(50));
    let server = forwarding(slow.address);
    let mut many = Many::new(server.dns[0]);
    let (mut sent, mut again) = (0, 0);
    while many.replies.len() < usize::from(ALL) {
        while sent < ALL && usize::from(sent) < many.replies.len() + usize::from(OUT) {
            many.send(sent, &format!("n{sent}.busy.example"));
            sent += 1;
            if sent % 100 == 0 {
                many.read(Duration::from_millis(1));
            }
        }
        let before = many.replies.len();
        many.read(Duration::from_millis(50));
        if many.replies.len() == before {
            many.read(WAIT);
        }
        if many.replies.len() == before {
            // On a busy machine a socket's buffer overflows, and a client sends again. A server that loses questions
            // loses all beyond its limit.
            for id in (0..sent).filter(|id| !many.replies.contains_key(id)).collect::<Vec<_>>() {
                many.send(id, &format!("n{id}.busy.example"));
                again += 1;
            }
            assert!(again <= ALL / 10, "{before} replies of {sent}, {again} sent again");
        }
    }
    let lost = many.replies.values().filter(|reply| (reply.code, reply.answers) != (NOERROR, 1));
    assert_eq!(lost.count(), 0);
}

#[test]
fn a_closed_port_is_known_at_once() {
    let good =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 12))));
    let server = beside_a_zone("refusing", "", &[upstream::closed(), good.address]);
    for number in 0..100 {
        let start = Instant::now();
        assert_eq!(ask(&server, &format!("n{number}.example")), (NOERROR, 1));
        let took = start.elapsed();
        assert!(took < Duration::from_secs(1), "question {number} took {took:?}");
    }
    // The only server: a failure, at once.
    let server = forwarding(upstream::closed());
    let start = Instant::now();
    for number in 0..10 {
        assert_eq!(ask(&server, &format!("n{number}.example")), (SERVFAIL, 0));
    }
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
}

#[test]
fn a_failure_is_kept_for_a_second_and_ends_when_the_server_is_back() {
    let works = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&works);
    let fake = Fake::start(move |seen| {
        let works = now.load(Ordering::Relaxed);
        works.then(|| upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 13)))
    });
    let server = forwarding(fake.address);
    assert_eq!(ask(&server, "down.example"), (SERVFAIL, 0));
    let start = Instant::now();
    for _ in 0..20 {
        assert_eq!(ask(&server, "down.example"), (SERVFAIL, 0));
    }
    // Another name costs one short wait.
    assert_eq!(ask(&server, "other.example"), (SERVFAIL, 0));
    assert!(start.elapsed() < Duration::from_secs(3), "took {:?}", start.elapsed());
    works.store(true, Ordering::Relaxed);
    // A name that was never asked goes out at once.
    assert_eq!(ask(&server, "new.example"), (NOERROR, 1));
    let start = Instant::now();
    while ask(&server, "down.example") != (NOERROR, 1) {
        assert!(start.elapsed() < WAIT, "the failure is kept though the server is back");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_long_pause_after_failures_ends_when_the_server_is_back() {
    let works = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&works);
    let fake = Fake::start(move |seen| {
        let works = now.load(Ordering::Relaxed);
        works.then(|| upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 16)))
    });
    let server = forwarding(fake.address);
    // Each failure after the pause doubles it: the third one makes it 4 s. A failure that is kept waits for nobody.
    let start = Instant::now();
    let mut failed = 0;
    while failed < 3 {
        let asked = Instant::now();
        assert_eq!(ask(&server, "down.example"), (SERVFAIL, 0));
        failed += u32::from(asked.elapsed() >= Duration::from_millis(150));
        assert!(start.elapsed() < WAIT * 3, "{failed} failures");
        thread::sleep(Duration::from_millis(20));
    }
    let failed = Instant::now();
    works.store(true, Ordering::Relaxed);
    assert_eq!(ask(&server, "new.example"), (NOERROR, 1));
    thread::sleep(Duration::from_millis(1100).saturating_sub(failed.elapsed()));
    assert_eq!(
        ask(&server, "down.example"),
        (NOERROR, 1),
        "{:?} after it failed",
        failed.elapsed()
    );
}

#[test]
fn a_server_that_was_down_is_asked_in_the_background() {
    let works = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&works);
    let first = Fake::start(move |seen| {
        let works = now.load(Ordering::Relaxed);
        works.then(|| upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 14)))
    });
    let second =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 15))));
    let server = beside_a_zone("probe", "", &[first.address, second.address]);
    assert_eq!(ask(&server, "one.example"), (NOERROR, 1));
    assert_eq!(ask(&server, "two.example"), (NOERROR, 1));
    assert_eq!(second.names(), ["one.example.", "two.example."]);
    works.store(true, Ordering::Relaxed);
    // The background asks it what somebody wanted to know last.
    let start = Instant::now();
    while !first.names().contains(&"two.example.".to_owned()) {
        assert!(start.elapsed() < WAIT, "{:?}", first.names());
        thread::sleep(Duration::from_millis(50));
    }
    thread::sleep(Duration::from_millis(300));
    second.forget();
    assert_eq!(ask(&server, "three.example"), (NOERROR, 1));
    assert!(second.names().is_empty(), "{:?}", second.names());
}

#[test]
fn a_server_that_knows_no_edns_is_asked_without() {
    for bare in [false, true] {
        for code in [1, 4] {
            let fake = Fake::start(move |seen| {
                if seen.packet[10..12] == [0, 0] {
                    return Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 16)));
                }
                let mut reply = upstream::header(seen, code, 0);
                if bare {
                    // Nothing but the header.
                    reply.truncate(12);
                    reply[4..6].fill(0);
                }
                Some(reply)
            });
            let server = forwarding(fake.address);
            assert_eq!(ask(&server, "one.example"), (NOERROR, 1), "{bare} {code}");
            assert_eq!(ask(&server, "two.example"), (NOERROR, 1), "{bare} {code}");
            // It is remembered.
            assert_eq!(fake.names(), ["one.example.", "one.example.", "two.example."]);
        }
    }
    // A server that answers so without EDNS, too, has failed.
    let fake = Fake::start(|seen| Some(upstream::header(seen, 1, 0)));
    assert_eq!(ask(&forwarding(fake.address), "one.example"), (SERVFAIL, 0));
    assert_eq!(fake.names().len(), 2);
}

#[test]
fn a_referral_is_no_answer() {
    const NS: &str = "example 60 NS ns.elsewhere.test";
    let lame = Fake::start(|seen| {
        Some(match seen.name.split('.').next().unwrap() {
            "referral" => upstream::with_records(seen, 0, &[], &[NS]),
            "lame" => {
                let mut reply = upstream::header(seen, 0, 0);
                reply[3] = 0;
                reply
            }
            "nodata" => upstream::with_records(seen, 0, &[], &[NS, SOA]),
            _ => upstream::header(seen, 0, 0),
        })
    });
    let good =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 17))));
    let alone = forwarding(lame.address);
    let both = beside_a_zone("lame", "", &[lame.address, good.address]);
    for name in ["referral.example", "lame.example"] {
        assert_eq!(ask(&alone, name), (SERVFAIL, 0), "{name}");
        assert_eq!(ask(&both, name), (NOERROR, 1), "{name}");
    }
    good.forget();
    for name in ["nodata.example", "nothing.example"] {
        assert_eq!(ask(&alone, name), (NOERROR, 0), "{name}");
        assert_eq!(ask(&both, name), (NOERROR, 0), "{name}");
    }
    assert!(good.names().is_empty(), "{:?}", good.names());
}

/// A number of `/metrics`.
fn metric(server: &Server, name: &str) -> u64 {
    let text = metrics(server);
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    let value = line.unwrap_or_else(|| panic!("no {name} in:\n{text}"));
    value.parse().unwrap()
}

fn metrics(server: &Server) -> String {
    ureq::get(format!("http://{}/metrics", server.http))
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap()
}

#[test]
fn metrics_tell_what_forwarded_queries_ended_in() {
    let fake = Fake::start(|seen| {
        Some(match seen.name.split('.').next().unwrap() {
            "silent" => return None,
            "refused" => upstream::header(seen, 5, 0),
            "none" => upstream::with_records(seen, 3, &[], &[SOA]),
            _ => upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 19)),
        })
    });
    let server = forwarding(fake.address);
    for (name, code) in [
        ("there.example", NOERROR),
        ("none.example", 3),
        ("refused.example", SERVFAIL),
        ("silent.example", SERVFAIL),
        ("there.example", NOERROR),
    ] {
        assert_eq!(ask(&server, name).0, code, "{name}");
    }
    let view = server_view(&server);
    let to = format!("{{to=\"{}\"", fake.address);
    let responses = |code: &str| {
        metric(&server, &format!("vpcdns_dns_responses_total{{view=\"{view}\",rcode=\"{code}\"}}"))
    };
    assert_eq!((responses("NOERROR"), responses("NXDOMAIN"), responses("SERVFAIL")), (2, 1, 2));
    let of_server = |name: &str, more: &str| metric(&server, &format!("vpcdns_{name}{to}{more}}}"));
    assert_eq!(of_server("forward_requests_total", ""), 4);
    assert_eq!(of_server("forward_responses_total", ",rcode=\"REFUSED\""), 1);
    assert_eq!(of_server("forward_responses_total", ",rcode=\"NXDOMAIN\""), 1);
    assert!(of_server("forward_timeouts_total", "") > 0);
    assert_eq!(of_server("forward_health", ",state=\"down\""), 1);
    assert_eq!(of_server("forward_health", ",state=\"up\""), 0);
    assert_eq!(of_server("forward_in_flight", ""), 0);
    assert_eq!(metric(&server, "vpcdns_cache_hits_total"), 1);
    assert_eq!(metric(&server, "vpcdns_cache_entries{type=\"success\"}"), 1);
    assert_eq!(metric(&server, "vpcdns_cache_entries{type=\"denial\"}"), 1);
    assert_eq!(metric(&server, "vpcdns_cache_entries{type=\"error\"}"), 2);
    // It waited for nearly five seconds: the time counts until the reply is there.
    let took = format!("vpcdns_dns_request_duration_seconds_bucket{{view=\"{view}\",le=");
    assert_eq!(metric(&server, &format!("{took}\"1\"}}")), 4);
    assert_eq!(metric(&server, &format!("{took}\"+Inf\"}}")), 5);
}

/// The VPC of the loopback's queries.
fn server_view(server: &Server) -> String {
    let text = metrics(server);
    let line = text.lines().find_map(|line| line.strip_prefix("vpcdns_dns_requests_total{view=\""));
    line.unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn a_loop_through_another_server_is_found_and_counted() {
    // A forwarder: what it is asked it asks the server, and hands back what comes.
    let ours = Arc::new(OnceLock::new());
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let (address, next) = (socket.local_addr().unwrap(), Arc::clone(&ours));
    let stop = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&stop);
    let forwarder = thread::spawn(move || {
        let mut buffer = [0; 4096];
        while !end.load(Ordering::Relaxed) {
            let Ok((size, from)) = socket.recv_from(&mut buffer) else { continue };
            let (packet, back) = (buffer[..size].to_vec(), socket.try_clone().unwrap());
            let to = *next.wait();
            thread::spawn(move || {
                if let Some(reply) = upstream::exchange(to, &packet, WAIT) {
                    let _ = back.send_to(&reply, from);
                }
            });
        }
    });
    let server = forwarding(address);
    ours.set(server.dns[0]).unwrap();
    let start = Instant::now();
    assert_eq!(ask(&server, "www.example"), (SERVFAIL, 0));
    assert!(start.elapsed() < Duration::from_secs(4), "took {:?}", start.elapsed());
    assert_eq!(metric(&server, "vpcdns_forward_loops_total"), 1);
    // The loop is known.
    let start = Instant::now();
    assert_eq!(ask(&server, "more.example"), (SERVFAIL, 0));
    assert!(start.elapsed() < Duration::from_secs(4), "took {:?}", start.elapsed());
    stop.store(true, Ordering::Relaxed);
    forwarder.join().unwrap();
}

#[test]
fn a_question_that_two_clients_ask_is_no_loop() {
    let fake = Fake::start(|seen| {
        let reply = upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 18));
        // Late enough to be suspected.
        thread::sleep(Duration::from_millis(700));
        Some(reply)
    });
    let server = forwarding(fake.address);
    let mut many = Many::new(server.dns[0]);
    for id in 0..3 {
        many.send(id, "same.example");
    }
    many.read(Duration::from_secs(2));
    assert_eq!(many.replies.len(), 3);
    assert!(many.replies.values().all(|reply| (reply.code, reply.answers) == (NOERROR, 1)));
    assert_eq!(metric(&server, "vpcdns_forward_loops_total"), 0);
}

#[test]
fn a_server_that_would_ask_itself_does_not_start() {
    let closed = upstream::closed();
    let port = closed.port();
    for (dns, upstream) in [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")] {
        let upstream = format!("{upstream}:{port}");
        let dns = format!("{dns}:{port}");
        let printed = common::vpcdns(&["serve", LAB, "--dns", &dns, "--upstream", &upstream]);
        assert_eq!(printed.code, 1, "{}", printed.err);
        assert!(printed.err.contains(&upstream) && printed.err.contains(&dns), "{}", printed.err);
    }
    // A rule's target may be the server as well: only it is known when it is asked.
    let fake = Fake::start(|seen| Some(upstream::header(seen, 3, 0)));
    let folder = scratch("self-rule");
    let world = folder.join("world.yaml");
    let text = format!(
        "region: us-east-1\nvpcs:\n  V: {{cidr: 10.0.0.0/16}}\n\
         resolver-rules:\n  own: {{domain: own.example, targets: ['{closed}'], vpcs: [V]}}\n"
    );
    fs::write(&world, text).unwrap();
    let upstream = fake.address.to_string();
    let arguments = ["--forward-rules", "--upstream", &upstream, "--dns", &closed.to_string()];
    let server = Server::start(&[&[world.to_str().unwrap()], arguments.as_slice()].concat());
    let start = Instant::now();
    assert_eq!(ask(&server, "www.own.example"), (SERVFAIL, 0));
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
    assert_eq!(ask(&server, "www.example"), (3, 0));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_forwarded_query_is_one_short_line_of_the_log() {
    let fake =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 19))));
    let upstream = fake.address.to_string();
    let debug = ["env", "RUST_LOG=debug"];
    let server = Server::start_by(&debug, &[LAB, "--upstream", &upstream]);
    assert_eq!(ask(&server, "www.example"), (NOERROR, 1));
    assert_eq!(ask(&server, PRIVATE), (NOERROR, 2));
    let mut lines = Vec::new();
    while let Some(line) = server.next_line(Duration::from_millis(500)) {
        lines.push(line);
    }
    let about: Vec<_> = lines.iter().filter(|line| line.contains("www.example")).collect();
    assert_eq!(about.len(), 1, "{about:?}");
    assert!(lines.iter().all(|line| line.len() < 512), "{lines:?}");
    assert!(about[0].contains("vpc-") && about[0].contains(&upstream), "{about:?}");
}

#[test]
fn an_address_in_the_askers_own_range_is_never_asked_outside() {
    let fake =
        Fake::start(|seen| Some(upstream::with_address(seen, 60, Ipv4Addr::new(192, 0, 2, 20))));
    let folder = scratch("mixed-rule");
    let world = folder.join("world.yaml");
    let text = format!(
        "region: us-east-1\nvpcs:\n  V: {{cidr: 10.0.0.0/16}}\n\
         resolver-rules:\n  mixed: {{domain: mixed.example, targets: ['{}', 10.0.1.9], vpcs: [V]}}\n",
        fake.address
    );
    fs::write(&world, text).unwrap();
    let debug = ["env", "RUST_LOG=debug"];
    let server = Server::start_by(&debug, &[world.to_str().unwrap(), "--forward-rules"]);
    assert_eq!(ask(&server, "www.mixed.example"), (NOERROR, 1));
    let mut lines = Vec::new();
    while let Some(line) = server.next_line(Duration::from_millis(500)) {
        lines.push(line);
    }
    let told = lines.iter().find(|line| line.contains("www.mixed.example")).unwrap();
    assert!(told.contains("servers=1") || told.contains("servers: 1"), "{told}");
    fs::remove_dir_all(folder).unwrap();
}
