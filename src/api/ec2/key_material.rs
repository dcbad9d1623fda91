//! Keys of SSH: made anew in the forms that `CreateKeyPair` hands out, read in those that `ImportKeyPair` takes, and their
//! fingerprints (KP3).
//!
//! Nothing is signed or encrypted with them here.

use std::{
    fmt::Write as _,
    sync::{Mutex, TryLockError},
};

use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest, Md5};
use num_bigint::BigUint;
use ring::{
    digest, hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};

use crate::{api::error::ApiError, model::key_pair::KeyPair};

/// The bytes of each prime of an RSA key that is made.
const PRIME: usize = 128;
/// Held while an RSA key is made.
static MAKING: Mutex<()> = Mutex::new(());

/// The public exponent of RSA keys that are made.
const EXPONENT: u32 = 65_537;
/// How far from a random number a prime is looked for before another one is taken.
const REACH: u32 = 4_000;
/// How often a number is tested for a factor: one of 1,024 bits that is no prime passes four times with less than 1 in 2^100.
const ROUNDS: usize = 8;
/// The algorithm of an RSA key in DER: its object identifier, 1.2.840.113549.1.1.1, and no parameters (RFC 8017, A.1).
const RSA_ALGORITHM: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
/// The longest text that is read as a key.
const MAX_TEXT: usize = 16_384;

/// The kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// RSA of 2,048 bits.
    Rsa,
    /// Ed25519.
    Ed25519,
}

/// The forms of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// PKCS #1 for RSA, OpenSSH's own for Ed25519.
    Pem,
    /// PuTTY's, of version 2.
    Ppk,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// The exponent and the modulus.
    Rsa(BigUint, BigUint),
    /// The point.
    Ed25519([u8; 32]),
}

/// A private key with its public one.
pub(super) enum Material {
    /// An RSA key.
    Rsa(Box<RsaKey>),
    /// The seed and the public key.
    Ed25519([u8; 32], [u8; 32]),
}

/// The numbers of an RSA key, by their names in RFC 8017.
pub(super) struct RsaKey {
    n: BigUint,
    e: BigUint,
    d: BigUint,
    p: BigUint,
    q: BigUint,
    q_inverse: BigUint,
}

// DER.

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: &[u8] = length.split_at(length.iter().take_while(|it| **it == 0).count()).1;
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=127) => out.push(short),
        _ => {
            out.push(0x80 | u8::try_from(length.len()).unwrap_or_default());
            out.extend(length);
        }
    }
    out.extend(content);
    out
}

/// The bytes of a number that is not negative: a zero stands before a first bit that is set.
fn signed(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    bytes
}

fn der_numbers(numbers: &[&BigUint]) -> Vec<u8> {
    der(0x30, &numbers.iter().flat_map(|number| der(2, &signed(number))).collect::<Vec<u8>>())
}

/// The content of the first element of a DER text if it has this tag, and what stands behind it.
fn element(text: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = text.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=127 => (usize::from(short), rest),
        long @ (0x81 | 0x82) => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (length.iter().fold(0, |all, byte| all << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    (*found == tag).then(|| rest.split_at_checked(length)).flatten()
}

// OpenSSH.

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

/// The next string of a blob, and what stands behind it.
fn next(blob: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = blob.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

impl PublicKey {
    /// The key of a pair.
    pub(super) fn of_pair(pair: &KeyPair) -> Option<Self> {
        Self::of_openssh(&pair.public_key)
    }

    /// Reads a key as OpenSSH, RFC 4716 or DER (in base 64, with or without the lines of PEM) writes it.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_TEXT)?.trim();
        let decoded = |lines: &str| {
            let packed: String = lines.split_ascii_whitespace().collect();
            BASE64.decode(packed.as_bytes()).ok()
        };
        if let Some(body) = text.strip_prefix("---- BEGIN SSH2 PUBLIC KEY ----") {
            let body = body.trim_end().strip_suffix("---- END SSH2 PUBLIC KEY ----")?;
            let mut continued = false;
            let is_key = |line: &&str| {
                let is_header = continued || line.contains(':');
                continued = is_header && line.ends_with('\\');
                !is_header
            };
            let lines: String = body.lines().map(str::trim).filter(is_key).collect();
            return Self::of_blob(&decoded(&lines)?);
        }
        if let Some(body) = text.strip_prefix("-----BEGIN PUBLIC KEY-----") {
            let body = body.trim_end().strip_suffix("-----END PUBLIC KEY-----")?;
            return Self::of_der(&decoded(body)?);
        }
        Self::of_openssh(text).or_else(|| Self::of_der(&decoded(text)?))
    }

    fn of_openssh(text: &str) -> Option<Self> {
        let mut words = text.lines().next()?.split_ascii_whitespace();
        let (kind, key) = (words.next()?, words.next()?);
        let key = Self::of_blob(&BASE64.decode(key.as_bytes()).ok()?)?;
        (key.word() == kind).then_some(key)
    }

    fn of_blob(blob: &[u8]) -> Option<Self> {
        let (kind, rest) = next(blob)?;
        match kind {
            b"ssh-rsa" => {
                let (e, rest) = next(rest)?;
                let (n, rest) = next(rest)?;
                Self::rsa(e, n).filter(|_| rest.is_empty())
            }
            b"ssh-ed25519" => {
                let (key, rest) = next(rest)?;
                Some(Self::Ed25519(key.try_into().ok()?)).filter(|_| rest.is_empty())
            }
            _ => None,
        }
    }

    /// Reads a `SubjectPublicKeyInfo` of an RSA key.
    fn of_der(text: &[u8]) -> Option<Self> {
        let (info, behind) = element(text, 0x30)?;
        let (bits, rest) = element(info.strip_prefix(&RSA_ALGORITHM)?, 3)?;
        let (key, after) = element(bits.strip_prefix(&[0])?, 0x30)?;
        let (n, e) = element(key, 2)?;
        let (e, end) = element(e, 2)?;
        let is_whole = [behind, rest, after, end].iter().all(|it| it.is_empty());
        Self::rsa(e, n).filter(|_| is_whole)
    }

    /// An RSA key of a length that AWS takes (KP1).
    fn rsa(e: &[u8], n: &[u8]) -> Option<Self> {
        let (e, n) = (BigUint::from_bytes_be(e), BigUint::from_bytes_be(n));
        let is_taken = matches!(n.bits(), 1_024 | 2_048 | 4_096) && (2..=64).contains(&e.bits());
        is_taken.then_some(Self::Rsa(e, n))
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Rsa(..) => "ssh-rsa",
            Self::Ed25519(_) => "ssh-ed25519",
        }
    }

    fn blob(&self) -> Vec<u8> {
        let kind = string(self.word().as_bytes());
        match self {
            Self::Rsa(e, n) => [kind, string(&signed(e)), string(&signed(n))].concat(),
            Self::Ed25519(key) => [kind, string(key)].concat(),
        }
    }

    /// The key as OpenSSH writes it, without a comment.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.word(), BASE64.encode(&self.blob()))
    }

    /// The fingerprint of a key that was imported, or of any Ed25519 key (KP3).
    pub(super) fn fingerprint(&self) -> String {
        match self {
            Self::Rsa(e, n) => {
                let key = [vec![0], der_numbers(&[n, e])].concat();
                let info = der(0x30, &[RSA_ALGORITHM.to_vec(), der(3, &key)].concat());
                pairs(&Md5::digest(info))
            }
            Self::Ed25519(_) => {
                BASE64.encode(digest::digest(&digest::SHA256, &self.blob()).as_ref())
            }
        }
    }
}

/// Bytes as two hexadecimal digits each, with colons between them.
fn pairs(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

impl Material {
    /// Makes a key.
    ///
    /// # Errors
    ///
    /// `InternalError` if the system has no randomness.
    pub(super) fn make(kind: Kind) -> Result<Self, ApiError> {
        match kind {
            Kind::Rsa => {
                // It takes a processor for a while: one at a time, so that answering has others.
                let turn = MAKING.try_lock();
                if matches!(turn, Err(TryLockError::WouldBlock)) {
                    return Err(ApiError::new("RequestLimitExceeded", "Request limit exceeded."));
                }
                Ok(Self::Rsa(Box::new(RsaKey::make()?)))
            }
            Kind::Ed25519 => {
                let seed = random::<32>()?;
                let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| no_key())?;
                let public = pair.public_key().as_ref().try_into().map_err(|_| no_key())?;
                Ok(Self::Ed25519(seed, public))
            }
        }
    }

    /// Its public key.
    pub(super) fn public(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.e.clone(), key.n.clone()),
            Self::Ed25519(_, public) => PublicKey::Ed25519(*public),
        }
    }

    /// The fingerprint that AWS gives a key that it made, where it does not follow from the public key.
    pub(super) fn fingerprint(&self) -> Option<String> {
        let Self::Rsa(key) = self else { return None };
        let info = [der(2, &[0]), RSA_ALGORITHM.to_vec(), der(4, &key.pkcs1())].concat();
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der(0x30, &info));
        Some(pairs(hash.as_ref()))
    }

    /// The private key in a form, for a pair of this name.
    pub(super) fn private(&self, form: Form, name: &str) -> String {
        match (form, self) {
            (Form::Ppk, _) => self.ppk(name),
            (Form::Pem, Self::Rsa(key)) => pem("RSA PRIVATE KEY", &key.pkcs1(), 64),
            (Form::Pem, Self::Ed25519(seed, public)) => {
                let mut text = pem("OPENSSH PRIVATE KEY", &self.openssh(seed, public, name), 70);
                text.push('\n');
                text
            }
        }
    }

    /// The private key without a pass phrase (PROTOCOL.key of OpenSSH).
    fn openssh(&self, seed: &[u8], public: &[u8], name: &str) -> Vec<u8> {
        // The same number twice shows whoever decrypts it that the pass phrase was right.
        let check = digest::digest(&digest::SHA256, public);
        let check = check.as_ref().first_chunk::<4>().copied().unwrap_or_default();
        let mut private = [&check[..], &check].concat();
        for part in [b"ssh-ed25519", public, &[seed, public].concat(), name.as_bytes()] {
            private.extend(string(part));
        }
        let missing = private.len().next_multiple_of(8) - private.len();
        private.extend([1, 2, 3, 4, 5, 6, 7].iter().take(missing));
        let mut text = b"openssh-key-v1\0".to_vec();
        for part in [&b"none"[..], b"none", b""] {
            text.extend(string(part));
        }
        text.extend(1_u32.to_be_bytes());
        text.extend(string(&self.public().blob()));
        text.extend(string(&private));
        text
    }

    fn ppk(&self, name: &str) -> String {
        let public = self.public();
        let private = match self {
            Self::Rsa(key) => {
                let numbers = [&key.d, &key.p, &key.q, &key.q_inverse];
                numbers.into_iter().flat_map(|number| string(&signed(number))).collect()
            }
            Self::Ed25519(seed, _) => string(seed),
        };
        let kind = public.word();
        let signed: Vec<u8> = [kind.as_bytes(), b"none", name.as_bytes(), &public.blob(), &private]
            .iter()
            .flat_map(|part| string(part))
            .collect();
        let secret =
            digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, b"putty-private-key-file-mac-key");
        let secret = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_ref());
        let mac = HEXLOWER.encode(hmac::sign(&secret, &signed).as_ref());
        let mut text =
            format!("PuTTY-User-Key-File-2: {kind}\r\nEncryption: none\r\nComment: {name}\r\n");
        for (what, blob) in [("Public", public.blob()), ("Private", private)] {
            let lines = lines(&blob, 64);
            // A `String` takes every text.
            let _ = write!(text, "{what}-Lines: {}\r\n{}\r\n", lines.len(), lines.join("\r\n"));
        }
        text + &format!("Private-MAC: {mac}\r\n")
    }
}

/// Bytes in base 64, in lines of this length.
fn lines(bytes: &[u8], length: usize) -> Vec<String> {
    let text = BASE64.encode(bytes);
    text.as_bytes().chunks(length).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}

fn pem(label: &str, bytes: &[u8], length: usize) -> String {
    let lines = lines(bytes, length).join("\n");
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----")
}

impl RsaKey {
    fn make() -> Result<Self, ApiError> {
        let (e, one) = (BigUint::from(EXPONENT), BigUint::from(1_u32));
        loop {
            let (p, q) = (prime()?, prime()?);
            let order = (&p - &one) * (&q - &one);
            if p != q
                && let (Some(d), Some(q_inverse)) = (e.modinv(&order), q.modinv(&p))
            {
                return Ok(Self { n: &p * &q, e, d, p, q, q_inverse });
            }
        }
    }

    fn pkcs1(&self) -> Vec<u8> {
        let (zero, one) = (BigUint::from(0_u32), BigUint::from(1_u32));
        let (d_p, d_q) = (&self.d % (&self.p - &one), &self.d % (&self.q - &one));
        der_numbers(&[
            &zero,
            &self.n,
            &self.e,
            &self.d,
            &self.p,
            &self.q,
            &d_p,
            &d_q,
            &self.q_inverse,
        ])
    }
}

fn no_key() -> ApiError {
    let message = "An internal error has occurred: no key could be made.";
    ApiError { status: 500, ..ApiError::new("InternalError", message) }
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], ApiError> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|_| no_key())?;
    Ok(bytes)
}

/// The odd primes below 2,000: what one of them divides is no prime.
fn small_primes() -> Vec<u32> {
    let mut primes: Vec<u32> = Vec::new();
    for number in (3..2_000).step_by(2) {
        if primes.iter().all(|prime| number % prime != 0) {
            primes.push(number);
        }
    }
    primes
}

/// A random prime of 1,024 bits. The two highest are set, so that the product of two has 2,048.
fn prime() -> Result<BigUint, ApiError> {
    let small = small_primes();
    loop {
        let mut bytes = random::<PRIME>()?;
        bytes[0] |= 0xc0;
        bytes[PRIME - 1] |= 1;
        let first = BigUint::from_bytes_be(&bytes);
        let rest = |prime: u32| (&first % prime).to_u32_digits().first().copied().unwrap_or(0);
        let rests: Vec<(u32, u32)> = small.iter().map(|prime| (*prime, rest(*prime))).collect();
        for step in (0..REACH).step_by(2) {
            let is_sieved = rests.iter().any(|(prime, rest)| (rest + step) % prime == 0);
            let number = &first + step;
            if !is_sieved && is_prime(&number)? {
                return Ok(number);
            }
        }
    }
}

/// Whether a large odd number has no factor that Miller and Rabin's test finds.
fn is_prime(number: &BigUint) -> Result<bool, ApiError> {
    let one = BigUint::from(1_u32);
    let less = number - &one;
    let twos = less.trailing_zeros().unwrap_or_default();
    let odd = &less >> twos;
    for _ in 0..ROUNDS {
        let base = BigUint::from_bytes_be(&random::<64>()?) + 2_u32;
        let mut power = base.modpow(&odd, number);
        if power == one || power == less {
            continue;
        }
        let mut passes = false;
        for _ in 1..twos {
            power = &power * &power % number;
            if power == less {
                passes = true;
                break;
            }
        }
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests;
