//! What is looked up across all VPCs: made when it is first wanted, and kept for as long as a World has the same of what
//! it was made from.
//!
//! It holds ids and names, and says nothing that the World does not.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use super::{above::Above, public::PublicNames};
use crate::model::{
    firewall::{DomainPattern, FirewallRule},
    id::{EndpointServiceId, FirewallRuleGroupId, InboundEndpointId},
    name::NameRef,
    suffix_map::SuffixMap,
    world::World,
};

type ById<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// The indexes of a World.
#[derive(Clone, Debug, Default)]
pub struct Index {
    inbound: Arc<OnceLock<ById<IpAddr, InboundEndpointId>>>,
    proofs: Arc<OnceLock<Proofs>>,
    balancers: Arc<OnceLock<Above>>,
    public_zones: Arc<OnceLock<Above>>,
    firewall: Arc<OnceLock<ById<FirewallRuleGroupId, Vec<Domains>>>>,
}

/// Where private names of endpoint services are proved.
#[derive(Debug, Default)]
struct Proofs {
    services: SuffixMap<Vec<EndpointServiceId>>,
    /// Those names and the names above them.
    names: Above,
}

/// The names that a firewall rule is about.
#[derive(Debug, Default)]
pub struct Domains {
    every: bool,
    exactly: SuffixMap<()>,
    below: SuffixMap<()>,
}

impl Index {
    /// The indexes of the World that followed another.
    pub fn after(&self, before: &World, after: &World) -> Self {
        // The public zones are the same for as long as the server runs.
        let public_zones = Arc::clone(&self.public_zones);
        let mut next = Self { public_zones, ..Self::default() };
        if before.inbound_endpoints.ptr_eq(&after.inbound_endpoints) {
            next.inbound = Arc::clone(&self.inbound);
        }
        if before.endpoint_services.ptr_eq(&after.endpoint_services) {
            next.proofs = Arc::clone(&self.proofs);
        }
        if before.load_balancers.ptr_eq(&after.load_balancers)
            && before.managed_resources.ptr_eq(&after.managed_resources)
        {
            next.balancers = Arc::clone(&self.balancers);
        }
        if before.firewall_rule_groups.ptr_eq(&after.firewall_rule_groups) {
            next.firewall = Arc::clone(&self.firewall);
        }
        next
    }

    /// The inbound endpoint that has an address; the first by id where addresses overlap.
    pub fn inbound(&self, world: &World, address: IpAddr) -> Option<InboundEndpointId> {
        let inbound = self.inbound.get_or_init(|| {
            let mut inbound = ById::default();
            for endpoint in world.inbound_endpoints.values() {
                for address in &endpoint.addresses {
                    let first = inbound.entry(IpAddr::V4(*address)).or_insert(endpoint.id);
                    *first = endpoint.id.min(*first);
                }
            }
            inbound
        });
        inbound.get(&address).copied()
    }

    /// The endpoint services with a private name that is proved at this name, or is this name (L31, L32).
    pub fn proofs(&self, world: &World, name: NameRef<'_>) -> &[EndpointServiceId] {
        self.all_proofs(world).services.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a private name is proved at this name or below it.
    pub fn is_above_proofs(&self, world: &World, name: NameRef<'_>) -> bool {
        self.all_proofs(world).names.holds(name)
    }

    fn all_proofs(&self, world: &World) -> &Proofs {
        self.proofs.get_or_init(|| {
            let mut proofs = Proofs::default();
            for service in world.endpoint_services.values() {
                let Some(private) = &service.private_name else { continue };
                let owners = [&private.txt_owner, &private.name.zone];
                let different = if owners[0] == owners[1] { 1 } else { 2 };
                for owner in owners.into_iter().take(different) {
                    proofs.services.entry(owner).push(service.id);
                    proofs.names.add_with(owner);
                }
            }
            proofs
        })
    }

    /// Whether a name lies above a load balancer's, or above a managed resource's that everybody can ask.
    pub fn is_above_balancers(&self, world: &World, name: NameRef<'_>) -> bool {
        let balancers = self.balancers.get_or_init(|| {
            let mut above = Above::default();
            world.load_balancers.values().for_each(|it| above.add(&it.dns_name));
            let public = world.managed_resources.values().filter(|it| it.kind.is_public_name());
            public.for_each(|it| above.add(&it.dns_name));
            above
        });
        balancers.holds(name)
    }

    /// Whether a name lies above a zone of the public zone files.
    pub fn is_above_public_zones(&self, public: &PublicNames, name: NameRef<'_>) -> bool {
        let zones = self.public_zones.get_or_init(|| {
            let mut above = Above::default();
            public.zones.iter().for_each(|(name, _)| above.add(name));
            above
        });
        zones.holds(name)
    }

    /// The names of each rule of a firewall rule group.
    pub fn firewall(&self, world: &World, group: FirewallRuleGroupId) -> &[Domains] {
        let groups = self.firewall.get_or_init(|| {
            let rules = |rules: &[FirewallRule]| rules.iter().map(Domains::of).collect();
            world.firewall_rule_groups.values().map(|it| (it.id, rules(&it.rules))).collect()
        });
        groups.get(&group).map_or(&[], Vec::as_slice)
    }
}

impl Domains {
    fn of(rule: &FirewallRule) -> Self {
        let mut domains = Self::default();
        for pattern in &rule.domains {
            match pattern {
                DomainPattern::Every => domains.every = true,
                DomainPattern::Exactly(name) => domains.exactly.insert(name.clone(), ()),
                DomainPattern::Below(name) => domains.below.insert(name.clone(), ()),
            }
        }
        domains
    }

    /// Whether a name is meant.
    pub fn hold(&self, name: NameRef<'_>) -> bool {
        let below = |parent| self.below.holders(parent).next().is_some();
        self.every || self.exactly.get(name).is_some() || name.parent().is_some_and(below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{firewall::FirewallAction, name::Name};

    #[test]
    fn domains_hold_what_their_patterns_match() {
        let texts = ["a.example", "*.b.example", "*.c.b.example", "example", "*.x"];
        let asked = [
            ".",
            "x",
            "y.x",
            "z.y.x",
            "example",
            "a.example",
            "b.example",
            "c.b.example",
            "d.c.b.example",
            "x.a.example",
            "bb.example",
        ];
        for number in 0..1 << texts.len() {
            let chosen = texts.iter().enumerate().filter(|(bit, _)| number >> bit & 1 == 1);
            let rule = FirewallRule {
                name: "r".into(),
                priority: 1,
                domains: chosen.map(|(_, text)| DomainPattern::parse(text).unwrap()).collect(),
                qtype: None,
                action: FirewallAction::Allow,
                trust_redirection: false,
            };
            let domains = Domains::of(&rule);
            for text in asked {
                let name: Name = text.parse().unwrap();
                let matches = rule.domains.iter().any(|it| it.matches(name.as_ref()));
                assert_eq!(domains.hold(name.as_ref()), matches, "{text}, {:?}", rule.domains);
            }
        }
    }
}
