//! Names above the names of a set: what holds, at the edges.

use super::*;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[test]
fn only_names_above_are_held() {
    let mut above = Above::default();
    above.add(&name("a.b.example"));
    for (text, held) in [
        (".", true),
        ("example", true),
        ("b.example", true),
        ("a.b.example", false),
        ("x.b.example", false),
        ("xb.example", false),
    ] {
        assert_eq!(above.holds(name(text).as_ref()), held, "{text}");
    }
    above.add_with(&name("c.b.example"));
    assert!(above.holds(name("c.b.example").as_ref()));
    above.add(&name("d.c.b.example"));
    assert!(!above.holds(name("a.b.example").as_ref()));
}

#[test]
fn a_domain_lies_below_its_ends() {
    for (text, below) in [
        (".", true),
        ("internal", true),
        ("compute.internal", true),
        ("r.compute.internal", false),
        ("x.r.compute.internal", false),
        ("ompute.internal", false),
    ] {
        assert_eq!(text_lies_below("r.compute.internal", name(text).as_ref()), below, "{text}");
    }
}

#[test]
fn octets_overlap_what_begins_with_them() {
    let net = |text: &str| text.parse::<Ipv4Addr>().unwrap();
    for (octets, network, prefix, expected) in [
        (&[][..], "10.0.0.0", 8, true),
        (&[172], "172.16.0.0", 12, true),
        (&[173], "172.16.0.0", 12, false),
        (&[172, 16], "172.16.0.0", 12, true),
        (&[172, 31], "172.16.0.0", 12, true),
        (&[172, 32], "172.16.0.0", 12, false),
        (&[100, 64], "100.64.3.0", 24, true),
        (&[100, 64, 4], "100.64.3.0", 24, false),
        (&[0], "10.0.0.0", 8, false),
    ] {
        assert_eq!(overlaps(octets, net(network), prefix), expected, "{octets:?} {network}");
    }
}

#[test]
fn counts_follow_what_comes_and_goes() {
    let mut counts = Shared::<u8, usize>::default();
    count(&mut counts, &[], &[1, 2]);
    count(&mut counts, &[], &[2, 3]);
    count(&mut counts, &[1, 2], &[2]);
    assert_eq!((counts.get(&1), counts.get(&2), counts.get(&3)), (None, Some(&2), Some(&1)));
    count(&mut counts, &[2], &[]);
    count(&mut counts, &[2, 3], &[]);
    assert!(counts.is_empty());
}
