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

#[test]
fn cnames_come_in_the_order_in_which_they_lead_on() {
    let fake = Fake::start(|seen| {
        let records = [
            "c.example 60 A 192.0.2.24",
            "b.example 60 CNAME c.example",
            "a.example 60 CNAME b.example",
        ];
        Some(upstream::with_records(seen, 0, &records, &[]))
    });
    let server = forwarding(fake.address);
    let lines =
        ["a.example. CNAME b.example.", "b.example. CNAME c.example.", "c.example. A 192.0.2.24"];
    let read = read(&server, "a.example", RecordType::A);
    assert_eq!(read, (0, lines.map(str::to_owned).to_vec()));
}

/// A private zone whose names are aliases of names elsewhere.
const ALIASES: &str = "\x20 shop.internal:\n    vpcs: [V]\n    records:\n      \
     al: {alias: a.up.example}\n      \
     al2: {alias: al.shop.internal}\n      \
     al3: {alias: link.shop.internal}\n      \
     alnone: {alias: none.up.example}\n      \
     alfail: {alias: fail.up.example}\n      \
     alin: {alias: in.up.example}\n      \
     link: [\"60 CNAME a.up.example.\"]\n      \
     www: [\"60 CNAME al.shop.internal.\"]\n";

#[test]
fn an_alias_shows_the_end_of_a_forwarded_name_under_its_own() {
    let fake = Fake::start(|seen| {
        Some(match (&*seen.name, seen.packet[seen.packet.len() - 11 - 4..][..2] == [0, 1]) {
            ("a.up.example.", true) => upstream::with_records(
                seen,
                0,
                &[
                    "a.up.example 30 CNAME b.up.example",
                    "b.up.example 40 A 192.0.2.22",
                    "b.up.example 40 A 192.0.2.23",
                ],
                &[],
            ),
            ("a.up.example.", false) => {
                upstream::with_records(seen, 0, &["a.up.example 30 CNAME b.up.example"], &[SOA])
            }
            ("in.up.example.", _) => {
                upstream::with_records(seen, 0, &["in.up.example 20 CNAME db.corp.internal"], &[])
            }
            ("to-alias.example.", _) => upstream::with_records(
                seen,
                0,
                &["to-alias.example 20 CNAME al.shop.internal"],
                &[],
            ),
            ("fail.up.example.", _) => upstream::header(seen, 2, 0),
            _ => upstream::with_records(seen, 3, &[], &[SOA]),
        })
    });
    let server = beside_a_zone("alias", ALIASES, &[fake.address]);
    let addresses = |owner: &str| {
        ["22", "23"].map(|last| format!("{owner}.shop.internal. A 192.0.2.{last}")).to_vec()
    };
    for name in ["al", "al2", "al3"] {
        let asked = format!("{name}.shop.internal");
        assert_eq!(read(&server, &asked, RecordType::A), (0, addresses(name)), "{name}");
        let reply = message(&server, &asked, RecordType::A);
        assert!(reply.answers.iter().all(|record| record.ttl <= 30), "{name}: {reply}");
        // No address of the family: the zone of the alias says so.
        let reply = message(&server, &asked, RecordType::AAAA);
        assert_eq!((u16::from(reply.metadata.response_code), reply.answers.len()), (0, 0));
        assert_eq!(reply.authorities.len(), 1, "{name}");
        assert_eq!(reply.authorities[0].name.to_utf8(), "shop.internal.");
    }
    // The name is the client's, and its case, too.
    let mut packet = upstream::query(7, "al.shop.internal", RecordType::A);
    packet[13..15].copy_from_slice(b"AL");
    let reply = upstream::exchange(server.dns[0], &packet, WAIT).unwrap();
    let reply = Message::from_vec(&reply).unwrap();
    assert_eq!(reply.answers[0].name.to_utf8(), "AL.shop.internal.");
    // What led to the alias is shown.
    let mut www = vec!["www.shop.internal. CNAME al.shop.internal.".to_owned()];
    www.extend(addresses("al"));
    assert_eq!(read(&server, "www.shop.internal", RecordType::A), (0, www));
    let mut led = vec!["to-alias.example. CNAME al.shop.internal.".to_owned()];
    led.extend(addresses("al"));
    assert_eq!(read(&server, "to-alias.example", RecordType::A), (0, led));
    // A target that leads back inside, one that does not exist, and one nobody answers for.
    let inside = vec!["alin.shop.internal. A 10.9.0.1".to_owned()];
    assert_eq!(read(&server, "alin.shop.internal", RecordType::A), (0, inside));
    assert_eq!(read(&server, "alnone.shop.internal", RecordType::A), (0, vec![]));
    assert_eq!(read(&server, "alfail.shop.internal", RecordType::A), (2, vec![]));
    let (code, any) = read(&server, "al.shop.internal", RecordType::ANY);
    assert_eq!(code, 0);
    assert!(any.len() == 1 && any[0].starts_with("al.shop.internal. HINFO"), "{any:?}");
}
