//! Reusable delegation sets: four name servers that several public zones of an account have in common (R53).
//!
//! A zone without such a set has servers of its own, which follow from its id (`delegation.rs`).

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    delegation,
    hosted_zone::{self, HostedZone, no_such_set},
    id::{DelegationSetId, ZoneId},
    refusal::Refusal,
    world::World,
};

/// The most sets of an account.
const MOST_SETS: usize = 100;
/// The most servers of a set.
const MOST_SERVERS: usize = 8;

/// A reusable delegation set.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DelegationSet {
    /// Its id.
    pub id: DelegationSetId,
    /// The account that made it.
    pub owner: Arc<str>,
    /// `CallerReference`.
    pub caller_reference: Arc<str>,
    /// The names of its servers, without final dots.
    pub name_servers: Vec<Arc<str>>,
}

/// `CreateReusableDelegationSet`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateReusableDelegationSet {
    /// The set. With a zone, its servers are those of the zone.
    pub set: DelegationSet,
    /// The public zone whose servers become a set.
    pub zone: Option<ZoneId>,
}

/// `DeleteReusableDelegationSet`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteReusableDelegationSet {
    /// The set.
    pub set: DelegationSetId,
}

impl World {
    /// The public zones that have a set.
    pub fn zones_with_set(&self, set: DelegationSetId) -> impl Iterator<Item = &Arc<HostedZone>> {
        self.hosted_zones.values().filter(move |it| it.details.delegation_set == Some(set))
    }

    /// The name servers of a public zone.
    pub fn name_servers_of(&self, zone: &HostedZone) -> Vec<String> {
        let set = zone.details.delegation_set.and_then(|id| self.delegation_sets.get(&id));
        match set {
            Some(set) => set.name_servers.iter().map(ToString::to_string).collect(),
            None => delegation::name_servers(zone.id),
        }
    }
}

impl CreateReusableDelegationSet {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.delegation_sets, &self.set.id)?;
        let own = world.delegation_sets.values().filter(|it| it.owner == self.set.owner);
        let (mut count, mut again) = (0, false);
        for it in own {
            count += 1;
            again |= it.caller_reference == self.set.caller_reference;
        }
        if again {
            let message = "A delegation set with the same owner and caller reference combination has already been \
                           created.";
            return Err(Refusal::new("DelegationSetAlreadyCreated", message, "R53"));
        }
        if self.set.name_servers.len() > MOST_SERVERS {
            let message = format!("A delegation set has at most {MOST_SERVERS} name servers.");
            return Err(Refusal::new("LimitsExceeded", message, "R53"));
        }
        if count >= MOST_SETS {
            let message = format!("An account has at most {MOST_SETS} reusable delegation sets.");
            return Err(Refusal::new("LimitsExceeded", message, "R53"));
        }
        let mut set = self.set.clone();
        if let Some(id) = self.zone {
            let mut zone = HostedZone::clone(hosted_zone::find(world, id)?);
            if !zone.details.public {
                let message = "A private hosted zone has no delegation set.";
                return Err(Refusal::new("InvalidArgument", message, "R53"));
            }
            if zone.details.delegation_set.is_some() {
                let message = "The specified delegation set has already been marked as reusable.";
                return Err(Refusal::new("DelegationSetAlreadyReusable", message, "R53"));
            }
            let servers = delegation::name_servers(id);
            set.name_servers = servers.into_iter().map(Arc::from).collect();
            zone.details.delegation_set = Some(set.id);
            world.hosted_zones.insert(id, Arc::new(zone));
        }
        world.delegation_sets.insert(set.id, Arc::new(set));
        Ok(Touched::nothing())
    }
}

impl DeleteReusableDelegationSet {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if !world.delegation_sets.contains_key(&self.set) {
            return Err(no_such_set());
        }
        if world.zones_with_set(self.set).next().is_some() {
            let message = "The specified delegation set contains associated hosted zones which must be deleted before \
                           the reusable delegation set can be deleted.";
            return Err(Refusal::new("DelegationSetInUse", message, "R53"));
        }
        world.delegation_sets.remove(&self.set);
        Ok(Touched::nothing())
    }
}
