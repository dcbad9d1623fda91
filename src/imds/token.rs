//! Session tokens of IMDSv2. Each is valid for one instance and a limited time, and none is stored.
//!
//! A token contains its end and a keyed hash over the end and the instance. So a flood of requests for tokens costs no
//! memory and removes no other token. The key belongs to the process, so all tokens end with it. The hash stops one
//! instance from using another's token. It would not stop a real attacker, but an emulated VPC has none.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::atomic::{AtomicU64, Ordering},
};

use data_encoding::BASE64;

use crate::model::id::InstanceId;

/// The first bytes of every token.
const VERSION: [u8; 4] = [1, 0, 4, 0];
/// The bytes of a token before they are encoded: version, end, number, hash.
const LENGTH: usize = 4 + 8 + 12 + 16;

/// Makes and checks tokens.
#[derive(Debug, Default)]
pub struct Tokens {
    keys: [RandomState; 2],
    made: AtomicU64,
}

impl Tokens {
    /// A token for an instance that is valid until `end`, in seconds since the process began.
    pub(super) fn make(&self, instance: InstanceId, end: u64) -> String {
        let mut token = Vec::with_capacity(LENGTH);
        token.extend(VERSION);
        token.extend(end.to_be_bytes());
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        token.extend(self.hash(2, instance, &number.to_be_bytes())[4..].iter());
        let hash = self.hash(1, instance, &token);
        token.extend(hash);
        BASE64.encode(&token)
    }

    /// The end of a token's lifetime; `None` if it is not a token of this instance, or if it ended before `now`.
    pub(super) fn end(&self, token: &[u8], instance: InstanceId, now: u64) -> Option<u64> {
        let bytes = BASE64.decode(token).ok().filter(|bytes| bytes.len() == LENGTH)?;
        let (signed, hash) = bytes.split_at(LENGTH - 16);
        let end = u64::from_be_bytes(signed.get(4..12)?.try_into().ok()?);
        (hash == self.hash(1, instance, signed) && end > now).then_some(end)
    }

    fn hash(&self, purpose: u8, instance: InstanceId, bytes: &[u8]) -> [u8; 16] {
        let [first, second] = &self.keys;
        let input = (purpose, instance, bytes);
        let mut hash = [0; 16];
        hash[..8].copy_from_slice(&first.hash_one(input).to_be_bytes());
        hash[8..].copy_from_slice(&second.hash_one(input).to_be_bytes());
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_instance_for_a_while() {
        let tokens = Tokens::default();
        let (one, other) = (InstanceId::from_seed(1), InstanceId::from_seed(2));
        let token = tokens.make(one, 1_000);
        assert_eq!(token.len(), 56);
        assert_ne!(token, tokens.make(one, 1_000));
        assert_eq!(tokens.end(token.as_bytes(), one, 999), Some(1_000));
        assert_eq!(tokens.end(token.as_bytes(), one, 1_000), None);
        assert_eq!(tokens.end(token.as_bytes(), other, 0), None);
        assert_eq!(Tokens::default().end(token.as_bytes(), one, 0), None);
        for index in 0..token.len() {
            let mut damaged = token.clone().into_bytes();
            damaged[index] = if damaged[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens.end(&damaged, one, 0), None, "letter {index}");
        }
        for garbage in ["", "=", "AQAEAA==", "\u{fffd}"] {
            assert_eq!(tokens.end(garbage.as_bytes(), one, 0), None);
        }
    }
}
