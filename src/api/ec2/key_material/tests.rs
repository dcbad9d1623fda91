//! Keys in every form, their fingerprints, and keys that are made.

use ring::signature::RsaKeyPair;

use super::*;

/// Made by `ssh-keygen`, which also turned them into the other forms.
const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDSf53fRMC8kwiNXbzZ9lf+8Rx+ZVT0919U8sBQ4puO8T5n0mhRN1mnLNj5GOQAl7UL2qY8sNbePXjUc/QVYjaqRHcKVREycGCzJu4DUsUrQP0/HGLENVE6125ZkDm6Tcz70fSbrbPpazN/jt5+JBYq0aFb2xOcypjIO9uPXZoRsoMcefrlMvj4hrvWP5YPi5HFBnH+I7PmOIqbULJbSioPPqOBXmqDdlGlZvWTXT1DKcmxHFgniMd0aDZUseKG4Rm5E6o5NwBKQGegxMk89A/pq8EK1y3eO73+G+iDYu/5BeqI0VvV1PNvG+WtdVB3YGpmpDuX1lBAvJxdz8opP11J";
const RFC_4716: &str = r#"---- BEGIN SSH2 PUBLIC KEY ----
Comment: "a comment that goes on \
on another line"
AAAAB3NzaC1yc2EAAAADAQABAAABAQDSf53fRMC8kwiNXbzZ9lf+8Rx+ZVT0919U8sBQ4p
uO8T5n0mhRN1mnLNj5GOQAl7UL2qY8sNbePXjUc/QVYjaqRHcKVREycGCzJu4DUsUrQP0/
HGLENVE6125ZkDm6Tcz70fSbrbPpazN/jt5+JBYq0aFb2xOcypjIO9uPXZoRsoMcefrlMv
j4hrvWP5YPi5HFBnH+I7PmOIqbULJbSioPPqOBXmqDdlGlZvWTXT1DKcmxHFgniMd0aDZU
seKG4Rm5E6o5NwBKQGegxMk89A/pq8EK1y3eO73+G+iDYu/5BeqI0VvV1PNvG+WtdVB3YG
pmpDuX1lBAvJxdz8opP11J
---- END SSH2 PUBLIC KEY ----
"#;
const PEM: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0n+d30TAvJMIjV282fZX
/vEcfmVU9PdfVPLAUOKbjvE+Z9JoUTdZpyzY+RjkAJe1C9qmPLDW3j141HP0FWI2
qkR3ClURMnBgsybuA1LFK0D9PxxixDVROtduWZA5uk3M+9H0m62z6Wszf47efiQW
KtGhW9sTnMqYyDvbj12aEbKDHHn65TL4+Ia71j+WD4uRxQZx/iOz5jiKm1CyW0oq
Dz6jgV5qg3ZRpWb1k109QynJsRxYJ4jHdGg2VLHihuEZuROqOTcASkBnoMTJPPQP
6avBCtct3ju9/hvog2Lv+QXqiNFb1dTzbxvlrXVQd2BqZqQ7l9ZQQLycXc/KKT9d
SQIDAQAB
-----END PUBLIC KEY-----";
const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFlcxTbGlS4ADLa4IM574QMwwWSIfbNu8wzwaTkZ6tM";

#[test]
fn a_key_is_read_in_every_form_and_has_the_fingerprint_that_openssl_gives() {
    let der: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
    for text in [RSA, &format!("  {RSA} me@home\nanother line"), RFC_4716, PEM, &der] {
        let key = PublicKey::read(text.as_bytes()).unwrap();
        assert_eq!(key.text(), RSA, "{text}");
        assert_eq!(key.fingerprint(), "2f:f7:8b:69:f8:4a:f6:c2:41:29:79:74:93:48:ea:26");
    }
    let key = PublicKey::read(ED25519.as_bytes()).unwrap();
    assert_eq!(key.text(), ED25519);
    assert_eq!(key.fingerprint(), "4pRkdBa3mADKaTADQCHfAIduEPOGnFl3bj2Aa7p71MQ=");
}

#[test]
fn what_is_no_key_or_one_that_aws_does_not_take_is_refused() {
    let with = |text: &str| PublicKey::read(text.as_bytes());
    let shorter = &RSA[..RSA.len() - 4];
    for text in [
        "",
        "ssh-rsa",
        "ssh-rsa AAAA",
        shorter,
        &RSA.replace("ssh-rsa", "ssh-ed25519"),
        &ED25519.replace("tM", "t"),
        // ECDSA, which AWS does not know, and RSA of 768 bits.
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY=",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAYQDK",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----",
        "---- BEGIN SSH2 PUBLIC KEY ----",
    ] {
        assert_eq!(with(text), None, "{text}");
    }
    assert_eq!(PublicKey::read(&[0xff; 20]), None);
    assert_eq!(with(&"A".repeat(MAX_TEXT + 1)), None);
}

#[test]
fn a_made_rsa_key_is_one() {
    let Ok(Material::Rsa(key)) = Material::make(Kind::Rsa) else { panic!("no RSA key") };
    assert_eq!(key.n.bits(), 2_048);
    // ring checks that the numbers belong together.
    RsaKeyPair::from_der(&key.pkcs1()).unwrap();
    let fingerprint = Material::Rsa(key).fingerprint().unwrap();
    assert_eq!(fingerprint.split(':').count(), 20, "{fingerprint}");
}

#[test]
fn small_factors_and_products_of_primes_are_found() {
    assert_eq!(small_primes()[..4], [3, 5, 7, 11]);
    let number = |text: &str| text.parse::<BigUint>().unwrap();
    // 2^127 - 1 and 2^521 - 1 are prime. 561 is Carmichael's number, and 2^128 + 1 a product of two primes.
    let mersenne = |bits: u32| (BigUint::from(1_u32) << bits) - 1_u32;
    assert!(is_prime(&mersenne(127)).unwrap() && is_prime(&mersenne(521)).unwrap());
    for product in [number("561"), (BigUint::from(1_u32) << 128) + 1_u32, mersenne(129)] {
        assert!(!is_prime(&product).unwrap(), "{product}");
    }
}
