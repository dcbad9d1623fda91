//! Trust stores of load balancers: kept, named by listeners, and shown.
//!
//! Nothing reads the certificates, and no answer depends on one. Where they lie in S3 is known here, and whether they are
//! there is not.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{RegionName, TrustStoreId},
    listener::Listener,
    load_balancer::LoadBalancer,
    refusal::Refusal,
    world::{Tags, World},
};
use crate::catalog;

/// The most trust stores of an account in a region (B14).
const MOST_STORES: usize = 20;
/// The most revocation lists of one trust store (B14).
const MOST_REVOCATIONS: usize = 30;

/// A trust store.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TrustStore {
    /// Its id: the end of its ARN.
    pub id: TrustStoreId,
    /// Its name.
    pub name: Arc<str>,
    /// Its tags.
    pub tags: Tags,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its certificates.
    pub bundle: Bundle,
    /// Its revocation lists, in the order of their numbers.
    pub revocations: Vec<Revocation>,
    /// The number of the revocation list that was added last.
    pub last_revocation: u64,
}

/// The certificates of a trust store.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bundle {
    /// Where they lie.
    pub at: StoredObject,
    /// How many they are.
    pub certificates: u32,
}

/// An object of S3.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoredObject {
    /// Its bucket.
    pub bucket: Arc<str>,
    /// Its key.
    pub key: Arc<str>,
    /// Its version, if one was named.
    pub version: Option<Arc<str>>,
}

/// A revocation list of a trust store.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Revocation {
    /// `RevocationId`: a number within the trust store, which no other list gets.
    pub id: u64,
    /// Where it lies.
    pub at: StoredObject,
}

/// `CreateTrustStore`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateTrustStore {
    /// The trust store.
    pub store: TrustStore,
}

/// `ModifyTrustStore`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyTrustStore {
    /// The trust store.
    pub store: TrustStoreId,
    /// Its certificates from now on.
    pub bundle: Bundle,
}

/// `DeleteTrustStore`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteTrustStore {
    /// The trust store.
    pub store: TrustStoreId,
}

/// `AddTrustStoreRevocations`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddTrustStoreRevocations {
    /// The trust store.
    pub store: TrustStoreId,
    /// Where the lists lie.
    pub lists: Vec<StoredObject>,
}

/// `RemoveTrustStoreRevocations`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoveTrustStoreRevocations {
    /// The trust store.
    pub store: TrustStoreId,
    /// The numbers of the lists.
    pub revocations: Vec<u64>,
}

impl TrustStore {
    /// Its ARN.
    pub fn arn(&self) -> String {
        let Self { region, owner, name, id, .. } = self;
        let partition = catalog::partition_of(region);
        format!("arn:{partition}:elasticloadbalancing:{region}:{owner}:truststore/{name}/{id}")
    }

    /// A revocation list.
    ///
    /// # Errors
    ///
    /// `RevocationIdNotFound`.
    pub fn revocation(&self, id: u64) -> Result<&Revocation, Refusal> {
        self.revocations.iter().find(|it| it.id == id).ok_or_else(|| {
            let text =
                format!("Revocation ID '{id}' not found in the trust store '{}'", self.arn());
            Refusal::new("RevocationIdNotFound", text, "B14")
        })
    }
}

/// AWS's refusal of a name or an ARN that no trust store has.
pub fn not_found(arn: &str) -> Refusal {
    Refusal::new("TrustStoreNotFound", format!("Trust store '{arn}' not found"), "B14")
}

/// The id at the end of a trust store's ARN.
fn id_in(arn: &str) -> Option<TrustStoreId> {
    let (before, id) = arn.rsplit_once('/')?;
    id.parse().ok().filter(|_| before.contains(":truststore/"))
}

impl World {
    /// The trust store, or AWS's refusal.
    pub fn trust_store(&self, id: TrustStoreId) -> Result<&Arc<TrustStore>, Refusal> {
        self.trust_stores.get(&id).ok_or_else(|| not_found(&id.to_string()))
    }

    /// The trust store with this ARN, or AWS's refusal.
    pub fn trust_store_at(&self, arn: &str) -> Result<&Arc<TrustStore>, Refusal> {
        let found = id_in(arn).and_then(|id| self.trust_stores.get(&id));
        found.filter(|it| it.arn() == arn).ok_or_else(|| not_found(arn))
    }

    /// The load balancers with a listener that verifies clients by a trust store.
    pub fn balancers_that_trust(&self, store: &TrustStore) -> Vec<&Arc<LoadBalancer>> {
        let arn = store.arn();
        let names = |it: &Listener| trusted(it) == Some(&*arn);
        self.load_balancers.values().filter(|it| it.listeners.iter().any(names)).collect()
    }
}

/// The ARN of the trust store by which a listener verifies clients.
fn trusted(listener: &Listener) -> Option<&str> {
    listener.mutual.as_ref()?.text_of("TrustStoreArn").filter(|it| !it.is_empty())
}

/// Refuses the mutual authentication of a listener, unless it is as AWS allows it and its trust store is the load balancer's
/// owner's.
pub(super) fn check_mutual(
    world: &World,
    balancer: &LoadBalancer,
    listener: &Listener,
) -> Result<(), Refusal> {
    let invalid = |text: &str| Refusal::new("ValidationError", text, "B14");
    let mode = listener.mutual.as_ref().and_then(|it| it.text_of("Mode")).unwrap_or("off");
    if mode != "off" && listener.protocol.as_deref() != Some("HTTPS") {
        return Err(invalid("Mutual authentication can be specified for HTTPS listeners only"));
    }
    match trusted(listener) {
        None if mode == "verify" => Err(invalid(
            "A trust store ARN must be specified for the mutual authentication mode 'verify'",
        )),
        None => Ok(()),
        Some(_) if mode != "verify" => Err(invalid(
            "A trust store ARN can be specified for the mutual authentication mode 'verify' only",
        )),
        Some(arn) => {
            let store = world.trust_store_at(arn)?;
            match balancer.home(world) == (store.region, &*store.owner) {
                true => Ok(()),
                false => Err(not_found(arn)),
            }
        }
    }
}

impl CreateTrustStore {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let store = &self.store;
        duplicate(&world.trust_stores, &store.id)?;
        let own = || {
            let home = (store.region, &*store.owner);
            world.trust_stores.values().filter(move |it| (it.region, &*it.owner) == home)
        };
        if own().any(|it| it.name == store.name) {
            let text = format!("A trust store with the same name '{}' exists", store.name);
            return Err(Refusal::new("DuplicateTrustStoreName", text, "B14"));
        }
        if own().count() >= MOST_STORES {
            let text = "You've reached the limit on the number of trust stores";
            return Err(Refusal::new("TooManyTrustStores", text, "B14"));
        }
        world.trust_stores.insert(store.id, Arc::new(store.clone()));
        Ok(Touched::nothing())
    }
}

impl ModifyTrustStore {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let store = TrustStore::clone(world.trust_store(self.store)?);
        let bundle = self.bundle.clone();
        world.trust_stores.insert(self.store, Arc::new(TrustStore { bundle, ..store }));
        Ok(Touched::nothing())
    }
}

impl DeleteTrustStore {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let store = world.trust_store(self.store)?;
        if !world.balancers_that_trust(store).is_empty() {
            let text = format!("Trust store '{}' is currently in use by a listener", store.arn());
            return Err(Refusal::new("TrustStoreInUse", text, "B14"));
        }
        world.trust_stores.remove(&self.store);
        Ok(Touched::nothing())
    }
}

impl AddTrustStoreRevocations {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut store = TrustStore::clone(world.trust_store(self.store)?);
        for at in &self.lists {
            store.last_revocation = store.last_revocation.saturating_add(1);
            store.revocations.push(Revocation { id: store.last_revocation, at: at.clone() });
        }
        if store.revocations.len() > MOST_REVOCATIONS {
            let text = "You've reached the limit on the number of revocation files per trust store";
            return Err(Refusal::new("TooManyTrustStoreRevocationEntries", text, "B14"));
        }
        world.trust_stores.insert(self.store, Arc::new(store));
        Ok(Touched::nothing())
    }
}

impl RemoveTrustStoreRevocations {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut store = TrustStore::clone(world.trust_store(self.store)?);
        for id in &self.revocations {
            store.revocation(*id)?;
        }
        store.revocations.retain(|it| !self.revocations.contains(&it.id));
        world.trust_stores.insert(self.store, Arc::new(store));
        Ok(Touched::nothing())
    }
}
