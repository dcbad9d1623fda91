//! Key pairs: a name for a public key. Whoever made the pair has the private key; it is kept nowhere.
//!
//! Which keys AWS accepts, how they are made and what their fingerprints are belongs to the API.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{KeyPairId, RegionName},
    refusal::Refusal,
    world::{Tags, World},
};

/// The most key pairs of an account in a region (KP4).
const MAX_PAIRS: usize = 5_000;
/// The most letters of a name (KP1).
const MAX_NAME: usize = 255;

/// A key pair.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KeyPair {
    /// Its id.
    pub id: KeyPairId,
    /// Its tags.
    pub tags: Tags,
    /// Its name, unique in its account and region.
    pub name: Arc<str>,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its public key: OpenSSH's word for the kind of key, a space, and the key in base 64.
    pub public_key: Arc<str>,
    /// The fingerprint, if it does not follow from the public key: that of an RSA key which AWS made (KP3).
    pub fingerprint: Option<Arc<str>>,
    /// When it was made, in milliseconds since the epoch; 0 if unknown.
    pub created: u64,
}

/// `CreateKeyPair` and `ImportKeyPair`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateKeyPair {
    /// The pair.
    pub pair: KeyPair,
}

/// `DeleteKeyPair`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteKeyPair {
    /// The pair.
    pub pair: KeyPairId,
}

/// The refusal of a name that no pair has (KP2).
pub fn unknown(name: &str) -> Refusal {
    let message = format!("The key pair '{name}' does not exist");
    Refusal::new("InvalidKeyPair.NotFound", message, "KP2")
}

impl World {
    /// The key pair of that name in an account and region.
    pub fn key_pair_named(
        &self,
        owner: &str,
        region: RegionName,
        name: &str,
    ) -> Option<&Arc<KeyPair>> {
        self.key_pairs
            .values()
            .find(|it| *it.owner == *owner && it.region == region && *it.name == *name)
    }
}

impl CreateKeyPair {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let pair = &self.pair;
        duplicate(&world.key_pairs, &pair.id)?;
        if pair.name.trim().is_empty() || !pair.name.is_ascii() || pair.name.len() > MAX_NAME {
            return Err(Refusal::value(
                format!(
                    "Value ({}) for parameter KeyName is invalid. A name has 1 to {MAX_NAME} ASCII characters.",
                    pair.name
                ),
                "KP1",
            ));
        }
        if world.key_pair_named(&pair.owner, pair.region, &pair.name).is_some() {
            return Err(Refusal::new(
                "InvalidKeyPair.Duplicate",
                format!("The keypair '{}' already exists.", pair.name),
                "KP2",
            ));
        }
        let own = |it: &&Arc<KeyPair>| it.owner == pair.owner && it.region == pair.region;
        if world.key_pairs.values().filter(own).count() >= MAX_PAIRS {
            return Err(Refusal::new(
                "KeyPairLimitExceeded",
                format!("The maximum number of key pairs, {MAX_PAIRS}, has been reached."),
                "KP4",
            ));
        }
        world.key_pairs.insert(pair.id, Arc::new(pair.clone()));
        Ok(Touched::nothing())
    }
}

impl DeleteKeyPair {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.key_pairs.remove(&self.pair);
        Ok(Touched::nothing())
    }
}
