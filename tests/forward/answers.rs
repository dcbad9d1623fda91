//! What is kept of an answer and for how long, and what an alias shows of it.

use super::*;

/// The TTL of the first record of the answer or the authority section.
fn ttl(server: &Server, name: &str) -> u32 {
    let reply = message(server, name, RecordType::A);
    let mut records = reply.answers.iter().chain(&reply.authorities);
    records.next().unwrap_or_else(|| panic!("no record about {name}")).ttl
}

#[test]
fn a_capped_answer_runs_out_and_is_asked_again() {
    let fake = Fake::start(|seen| {
        Some(if seen.name.starts_with("no.") {
            let soa = SOA.replace(" 60 SOA", " 86400 SOA").replace(" 4 60", " 4 86400");
            upstream::with_records(seen, 3, &[], &[&soa])
        } else {
            upstream::with_address(seen, 86_400, Ipv4Addr::new(192, 0, 2, 20))
        })
    });
    let caps = "switches: {public-ttl-cap: 3, negative-ttl-cap: 2}\n";
    let server = beside_a_zone("caps", caps, &[fake.address]);
    for (name, cap) in [("yes.example", 3), ("no.example", 2)] {
        fake.forget();
        assert_eq!(ttl(&server, name), cap, "{name}");
        thread::sleep(Duration::from_millis(1_100));
        assert_eq!(ttl(&server, name), cap - 1, "{name} does not count down");
        assert_eq!(fake.names().len(), 1);
        thread::sleep(Duration::from_millis(1_100) * (cap - 1));
        assert_eq!(ttl(&server, name), cap, "{name}");
        assert_eq!(fake.names().len(), 2, "{name} was not asked again");
    }
}

#[test]
fn a_negative_answer_lives_no_longer_than_its_minimum() {
    let fake = Fake::start(|seen| {
        let (ttl, minimum) = if seen.name.starts_with("minimum.") { (50, 7) } else { (8, 50) };
        let soa = format!("example {ttl} SOA ns.example. host.example. 1 2 3 4 {minimum}");
        Some(upstream::with_records(seen, 3, &[], &[&soa]))
    });
    let server = forwarding(fake.address);
    assert_eq!((ttl(&server, "minimum.example"), ttl(&server, "ttl.example")), (7, 8));
}

#[test]
fn a_negative_answer_without_an_soa_is_not_kept() {
    let fake = Fake::start(|seen| {
        let code = if seen.name.starts_with("none.") { 3 } else { 0 };
        Some(upstream::header(seen, code, 0))
    });
    let server = forwarding(fake.address);
    for (name, code) in [("none.example", 3), ("nothing.example", 0)] {
        fake.forget();
        assert_eq!(ask(&server, name), (code, 0));
        assert_eq!(ask(&server, name), (code, 0));
        assert_eq!(fake.names().len(), 2, "{name} was kept");
    }
}

#[test]
fn the_internet_sees_a_ttl_of_a_day_at_most_and_a_vpc_its_cap() {
    let fake = Fake::start(|seen| {
        Some(upstream::with_address(seen, 5_000_000, Ipv4Addr::new(192, 0, 2, 21)))
    });
    let upstream = fake.address.to_string();
    let dns = ["--dns", "127.0.0.1:0=internet", "--dns", "127.0.0.1:0"];
    let arguments = [&[LAB, "--upstream", &upstream], dns.as_slice()].concat();
    let server = Server::start(&arguments);
    let asked = |at: usize| {
        let packet = upstream::query(7, "day.example", RecordType::A);
        let reply = upstream::exchange(server.dns[at], &packet, WAIT).unwrap();
        Message::from_vec(&reply).unwrap().answers[0].ttl
    };
    // Each has an answer of its own, since each is capped when it is kept.
    assert_eq!((asked(0), asked(1)), (86_400, 300));
    assert!(asked(0) > 86_000);
}
