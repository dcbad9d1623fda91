//! What is hidden, and what a shell is given.

use super::*;
use crate::model::{name::Name, record::RecordType};

#[test]
fn a_mask_hides_every_form_of_an_id_and_an_address() {
    let mut mask = Mask::new().unwrap();
    let mut of = |text: &str| mask.text(text);
    assert_eq!(
        of("10.0.1.77 10.0.1.78 10.0.1.77"),
        "private-address-1 private-address-2 private-address-1"
    );
    assert_eq!(of("77.1.0.10.in-addr.arpa."), "private-address-1.in-addr.arpa.");
    assert_eq!(of("ip-10-0-1-78.ec2.internal"), "ip-private-address-2.ec2.internal");
    assert_eq!(of("ec2-3-34-49-218.compute"), "ec2-public-address-1.compute");
    assert_eq!(of("PUBLIC 3.34.49.218/32"), "PUBLIC public-address-1/32");
    assert_eq!(of("2001:db8::1 and 2001:0db8:0:0::1"), "ipv6-address-1 and ipv6-address-1");
    let nibbles = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";
    assert_eq!(of(nibbles), "ipv6-address-1.ip6.arpa.");
    assert_eq!(
        of(
            "vpce-0123456789abcdef0-abcd1234-ap-northeast-2a.sqs vpce-0123456789abcdef0 eni-01234567"
        ),
        "vpce-1-suffix-1-ap-northeast-2a.sqs vpce-1 eni-1"
    );
    assert_eq!(
        of("rslvr-in-0123456789abcdef0 vpce-svc-0f0f83cb8f81a64b0"),
        "rslvr-in-1 vpce-svc-1"
    );
    assert_eq!(
        of("account 123456789012, zone Z0123456789ABCDEFGHIJ"),
        "account account-1, zone zone-1"
    );
    assert_eq!(of("lb-1438a8e4c6ec677d.elb"), "lb-hex-1.elb");
}

#[test]
fn a_mask_leaves_what_is_no_id_and_no_address() {
    let plain = "sqs.ap-northeast-2.amazonaws.com. TXT \"v=1; a: b\" 12:30 [P1 P20] ap-northeast-2a 1.2.3 shop.internal";
    assert_eq!(Mask::new().unwrap().text(plain), plain);
}

#[test]
fn every_word_of_a_script_is_in_single_quotes() {
    let item = |name: &str| Item { name: Name::parse(name).unwrap(), rtype: RecordType::A };
    let text = script(&[item("a'b.example"), item("`x`.example"), item("\\010.example")]);
    let asked: Vec<&str> = text.lines().filter(|line| line.starts_with("ask ")).collect();
    assert_eq!(
        asked,
        [r"ask 1 'a'\''b.example.' 'A'", "ask 2 '`x`.example.' 'A'", r"ask 3 '\010.example.' 'A'"]
    );
    assert!(text.ends_with("\necho '; vpcdns-end 3'\n"));
}
