//! Tests of zone files: their contents, and each kind of problem at its position.

use super::*;
use crate::model::record::rdata_text;

fn read(text: &str) -> Result<ZoneData, Vec<Problem>> {
    parse_zone(&Source { name: "z.zone".to_owned(), text: text.to_owned() }, None)
}

const HEAD: &str =
    "$ORIGIN example.com.\n$TTL 1h\n@ IN SOA ns hostmaster 1 2h 15m 2w (\n  300 ) ; minimum\n";

/// The positions and messages of the problems of a zone file. `lines` come after its SOA, which ends on line 4.
fn bad(lines: &str) -> Vec<(usize, usize, String)> {
    let problems = read(&format!("{HEAD}{lines}")).unwrap_err();
    problems.into_iter().map(|it| (it.line, it.column, it.message)).collect()
}

fn texts(zone: &ZoneData, name: &str, rtype: RecordType) -> Vec<String> {
    let name = Name::parse(name).unwrap();
    let set = zone.node(name.as_ref()).unwrap().set(rtype).unwrap();
    set.data.iter().map(|data| rdata_text(rtype, data.wire())).collect()
}

#[test]
fn the_zones_that_come_with_the_program_are_good() {
    for source in builtin() {
        let zone = parse_zone(&source, None).unwrap();
        assert_eq!(zone.origin.to_string(), "example.com");
        assert_eq!(texts(&zone, "www.example.com", RecordType::CNAME), ["example.com."]);
        assert_eq!(texts(&zone, "example.com", RecordType::MX), ["10 mail.example.com."]);
        assert_eq!(zone.soa_ttl, 3600);
    }
}

#[test]
fn names_in_data_are_completed() {
    let zone = read(&format!(
        "{HEAD}a 60 IN A 192.0.2.1\n  IN 60 AAAA 2001:db8::1\n\tTXT \"a ; b\" c\\;d\nw CNAME a\n@ MX 5 mail\n@ NS ns.other.\n\
         _s._tcp SRV 1 2 80 a\nb.c PTR @\n* A 192.0.2.2\n$ORIGIN sub.example.com.\n@ A 192.0.2.3\nx CNAME y\n\
         h HTTPS 1 . alpn=h2\nn NAPTR 1 2 \"s\" \"x\" \"\" r\nt TYPE65280 \\# 3 abcd ef\n\
         ca CAA 0 issue \"ca.example\"\nmx.example.com. 1d MX 1 a\n"
    ))
    .unwrap();
    assert_eq!(zone.soa_ttl, 300);
    assert_eq!(
        texts(&zone, "example.com", RecordType::SOA)[0],
        "ns.example.com. hostmaster.example.com. 1 7200 900 1209600 300"
    );
    assert_eq!(texts(&zone, "a.example.com", RecordType::AAAA), ["2001:db8::1"]);
    assert_eq!(
        zone.node(Name::parse("a.example.com").unwrap().as_ref())
            .unwrap()
            .set(RecordType::TXT)
            .unwrap()
            .data[0]
            .wire(),
        b"\x05a ; b\x03c;d"
    );
    assert_eq!(texts(&zone, "w.example.com", RecordType::CNAME), ["a.example.com."]);
    assert_eq!(texts(&zone, "example.com", RecordType::MX), ["5 mail.example.com."]);
    assert_eq!(texts(&zone, "example.com", RecordType::NS), ["ns.other."]);
    assert_eq!(texts(&zone, "_s._tcp.example.com", RecordType::SRV), ["1 2 80 a.example.com."]);
    assert_eq!(texts(&zone, "b.c.example.com", RecordType::PTR), ["example.com."]);
    assert_eq!(texts(&zone, "x.sub.example.com", RecordType::CNAME), ["y.sub.example.com."]);
    assert_eq!(texts(&zone, "mx.example.com", RecordType::MX), ["1 a.sub.example.com."]);
    assert_eq!(
        zone.node(Name::parse("t.sub.example.com").unwrap().as_ref())
            .unwrap()
            .set(RecordType(65280))
            .unwrap()
            .data[0]
            .wire(),
        b"\xab\xcd\xef"
    );
    assert_eq!(
        zone.node(Name::parse("mx.example.com").unwrap().as_ref())
            .unwrap()
            .set(RecordType::MX)
            .unwrap()
            .ttl,
        86_400
    );
}

#[test]
fn problems_have_places() {
    assert_eq!(bad("$INCLUDE other.zone\n"), [(5, 1, "`$INCLUDE` is not supported".to_owned())]);
    assert_eq!(
        bad("$GENERATE 1-4 a$ A 192.0.2.$\n"),
        [(5, 1, "`$GENERATE` is not supported".to_owned())]
    );
    assert_eq!(bad("$FOO 1\n"), [(5, 1, "there is no directive `$FOO`".to_owned())]);
    assert_eq!(bad("$TTL x\n")[0].1, 6);
    assert_eq!(bad("$ORIGIN\n"), [(5, 1, "expected one word after `$ORIGIN`".to_owned())]);
    assert_eq!(bad("a NOPE 1\n"), [(5, 3, "`NOPE` is not a record type".to_owned())]);
    assert_eq!(bad("a ANY 1\n"), [(5, 3, "`ANY` is not a record type".to_owned())]);
    assert_eq!(bad("a CH TXT x\n"), [(5, 3, "only the class IN is served".to_owned())]);
    assert_eq!(bad("a 300 IN\n"), [(5, 1, "the record has no type".to_owned())]);
    assert_eq!(bad("a A\n"), [(5, 3, "the record has no data".to_owned())]);
    assert_eq!((bad("\n a A 1.2.3\n")[0].0, bad("b A 192.0.2.1\n  A 1.2.3\n")[0].1), (6, 5));
    assert_eq!(bad("a..b A 192.0.2.1\n")[0].2, "`a..b` is not a name: a label is empty");
    assert_eq!(bad("w CNAME a..b\n")[0].1, 9);
    assert_eq!(bad("a 9999999999 A 192.0.2.1\n")[0].1, 3);
    assert_eq!(
        bad("a.other. A 192.0.2.1\n"),
        [(5, 1, "a.other does not lie in the zone example.com".to_owned())]
    );
    assert_eq!(
        bad("w CNAME a\nw A 192.0.2.1\n"),
        [(6, 1, "w.example.com has a CNAME and other data".to_owned())]
    );
    assert_eq!(
        bad("w CNAME a\nw CNAME b\n"),
        [(6, 1, "w.example.com has more than one CNAME".to_owned())]
    );
    assert_eq!(bad("@ CNAME a\n")[0].2, "example.com is the zone's own name and cannot be a CNAME");
    assert_eq!(bad("@ SOA a b 1 2 3 4 5\n"), [(5, 1, "the zone has more than one SOA".to_owned())]);
    assert_eq!(bad("a A (192.0.2.1\n"), [(5, 5, "a parenthesis is not closed".to_owned())]);
    assert_eq!(
        bad("a A \\# 4 c0000201\n"),
        [(5, 5, "A records cannot be written in this form".to_owned())]
    );
    assert_eq!(bad("a TYPE65280 \\# 4 c0\n")[0].1, 13);
    // Several at once, each with its own line.
    assert_eq!(
        bad("a B 1\nb A x\nc A 192.0.2.1\nd C 1\n").iter().map(|it| it.0).collect::<Vec<_>>(),
        [5, 6, 8]
    );
}

#[test]
fn what_a_zone_must_have() {
    let first = |text: &str| {
        let problem = read(text).unwrap_err().remove(0);
        (problem.line, problem.column, problem.message)
    };
    assert_eq!(first(""), (1, 1, "the zone has no SOA".to_owned()));
    assert_eq!(first("a 60 A 192.0.2.1"), (1, 1, "`a` does not end with a dot".to_owned()));
    assert_eq!(first("a. SOA b. c. 1 2 3 4 5"), (1, 1, "the record has no TTL".to_owned()));
    assert_eq!(
        first("  60 A 192.0.2.1"),
        (1, 3, "the first record has no owner to repeat".to_owned())
    );
    let source = Source { name: "z".to_owned(), text: HEAD.to_owned() };
    let other = Name::parse("example.org").unwrap();
    let problem = parse_zone(&source, Some(&other)).unwrap_err().remove(0);
    assert_eq!(problem.message, "the SOA belongs to example.com, not to example.org");
    assert!(parse_zone(&source, Some(&Name::parse("example.com").unwrap())).is_ok());
    let root = read("$ORIGIN .\n@ 60 SOA a b 1 2 3 4 5\ncom 60 A 192.0.2.1\n").unwrap();
    assert_eq!(texts(&root, "com", RecordType::A), ["192.0.2.1"]);
}

mod random {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_500))]

        #[test]
        fn any_text_is_a_zone_or_has_problems_with_places(
            lines in proptest::collection::vec(
                prop_oneof![
                    Just("a A 192.0.2.1"), Just("@ MX 1 a"), Just(" 60 TXT \"x"), Just("b CNAME ("), Just(")"),
                    Just("$ORIGIN x."), Just("$TTL 1"), Just("c SRV 1 1 1 d"), Just("\\"), Just("é. 1 HTTPS 1 ."),
                    Just("x 1 TYPE1 \\# 1 00"), Just("* IN 9 AAAA ::"), Just(";"), Just("l LOC 1 2 3"),
                    Just("h 1 HTTPS 1 . port=x"), Just("n NAPTR 1 1 a b c"), Just("d DS 1 1 1 00"), Just("s SSHFP 1 1 00"),
                ],
                0..12,
            ),
            noise in ".{0,30}",
        ) {
            let source = Source { name: "z".to_owned(), text: format!("{HEAD}{}\n{noise}", lines.join("\n")) };
            if let Err(problems) = parse_zone(&source, None) {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|problem| problem.line > 0 && problem.column > 0));
            }
        }
    }
}
