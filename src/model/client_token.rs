//! Client tokens: a request that is sent again makes nothing again (A6).
//!
//! Knows which token made which resource. What belongs to a request is the API's business.

use std::sync::Arc;

use super::{change::Touched, refusal::Refusal, world::World};

/// How many tokens are kept.
const MOST: usize = 10_000;
/// How long AWS knows a token, in milliseconds (assumed: a day).
const LASTS: u64 = 24 * 60 * 60 * 1_000;
/// The code of an internal refusal: the resource exists already. Never shown to a client.
pub const TOKEN_USED: &str = "ClientTokenUsed";

/// A token that was used.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UsedToken {
    /// The request without its token.
    pub digest: String,
    /// The id of what it made.
    pub resource: String,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// The use of a client token, beside the Changes of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseClientToken {
    /// Account, region, action and token.
    pub key: String,
    /// The request without its token.
    pub digest: u128,
    /// The id of what it makes.
    pub resource: String,
    /// Now, in milliseconds since the epoch.
    pub at: u64,
}

impl UseClientToken {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let digest = format!("{:032x}", self.digest);
        let old = world.client_tokens.get(&self.key);
        if let Some(old) = old.filter(|old| self.at < old.at.saturating_add(LASTS)) {
            return Err(if old.digest == digest {
                Refusal::new(TOKEN_USED, "The request was made before", "A6")
            } else {
                Refusal::new(
                    "IdempotentParameterMismatch",
                    "The client token was used before with other parameters",
                    "A6",
                )
            });
        }
        if world.client_tokens.len() >= MOST {
            self.forget(world);
        }
        let used = UsedToken { digest, resource: self.resource.clone(), at: self.at };
        world.client_tokens.insert(self.key.clone(), Arc::new(used));
        Ok(Touched::nothing())
    }

    /// Forgets expired tokens. If none has expired, forgets the older half.
    fn forget(&self, world: &mut World) {
        let mut times: Vec<u64> = world.client_tokens.values().map(|used| used.at).collect();
        times.sort_unstable();
        let half = times.get(times.len() / 2).copied().unwrap_or_default();
        let limit = half.max(self.at.saturating_sub(LASTS));
        let old: Vec<String> = world
            .client_tokens
            .iter()
            .filter(|(_, used)| used.at <= limit)
            .map(|(key, _)| key.clone())
            .collect();
        for key in old {
            world.client_tokens.remove(&key);
        }
    }
}
