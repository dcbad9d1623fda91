//! Look-up tables across all VPCs. Each is built when it is first needed, and kept while the World's data behind it
//! stay the same.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, OnceLock},
};

use smallvec::SmallVec;

use super::{above::Above, public::PublicNames};
use crate::model::{
    firewall::{DomainPattern, FirewallRule},
    id::{AllocationId, EndpointServiceId, FirewallRuleGroupId, InboundEndpointId, VpcId, ZoneId},
    name::{Name, NameRef},
    suffix_map::SuffixMap,
    world::World,
};

type ById<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Inbound endpoints with their VPCs, sorted.
type Inbound = SmallVec<[(VpcId, InboundEndpointId); 1]>;

/// Which inbound endpoint has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundAt {
    /// None.
    Nobody,
    /// The one of a VPC.
    One(InboundEndpointId),
    /// Endpoints of several VPCs.
    Several,
}

/// The indexes of a World.
#[derive(Clone, Debug, Default)]
pub struct Index {
    inbound: Arc<OnceLock<ById<IpAddr, Inbound>>>,
    proofs: Arc<OnceLock<Proofs>>,
    balancers: Arc<OnceLock<Above>>,
    public_zones: Arc<OnceLock<Above>>,
    firewall: Arc<OnceLock<ById<FirewallRuleGroupId, Vec<Domains>>>>,
    public_hosted: Arc<OnceLock<PublicHosted>>,
    reverse_named: Arc<OnceLock<ReverseNamed>>,
}

/// The hosted zones that everybody can ask, and the names above them.
#[derive(Debug, Default)]
struct PublicHosted {
    zones: SuffixMap<ZoneId>,
    above: Above,
}

/// The elastic addresses with reverse names of their own, and the names above those of the addresses.
#[derive(Debug, Default)]
struct ReverseNamed {
    addresses: ById<Ipv4Addr, AllocationId>,
    above: Above,
}

/// The names of the TXT records that prove private names of endpoint services.
#[derive(Debug, Default)]
struct Proofs {
    services: SuffixMap<Vec<EndpointServiceId>>,
    /// Those names and the names above them.
    names: Above,
}

/// The names that a firewall rule matches.
#[derive(Debug, Default)]
pub struct Domains {
    every: bool,
    exactly: SuffixMap<()>,
    below: SuffixMap<()>,
}

impl Index {
    /// The indexes of the next World, made from those of the last one.
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
        if before.hosted_zones.ptr_eq(&after.hosted_zones) {
            next.public_hosted = Arc::clone(&self.public_hosted);
        }
        if before.elastic_addresses.ptr_eq(&after.elastic_addresses) {
            next.reverse_named = Arc::clone(&self.reverse_named);
        }
        if before.firewall_rule_groups.ptr_eq(&after.firewall_rule_groups) {
            next.firewall = Arc::clone(&self.firewall);
        }
        next
    }

    /// The inbound endpoint of a VPC that has an address; the first by id where several do.
    pub fn inbound_of(
        &self,
        world: &World,
        vpc: VpcId,
        address: IpAddr,
    ) -> Option<InboundEndpointId> {
        let holders = self.all_inbound(world).get(&address)?;
        holders.iter().find(|(holder, _)| *holder == vpc).map(|(_, id)| *id)
    }

    /// Which inbound endpoint has an address, whatever VPC it lies in.
    pub fn inbound(&self, world: &World, address: IpAddr) -> InboundAt {
        match self.all_inbound(world).get(&address).map(SmallVec::as_slice) {
            None | Some([]) => InboundAt::Nobody,
            Some([(vpc, first), rest @ ..]) if rest.iter().all(|(other, _)| other == vpc) => {
                InboundAt::One(*first)
            }
            Some(_) => InboundAt::Several,
        }
    }

    fn all_inbound(&self, world: &World) -> &ById<IpAddr, Inbound> {
        self.inbound.get_or_init(|| {
            let mut inbound = ById::<_, Inbound>::default();
            for endpoint in world.inbound_endpoints.values() {
                let v4 = endpoint.addresses.iter().copied().map(IpAddr::V4);
                let v6 = endpoint.details.interfaces.iter().filter_map(|it| it.v6).map(IpAddr::V6);
                for address in v4.chain(v6) {
                    let holders = inbound.entry(address).or_default();
                    holders.push((endpoint.vpc, endpoint.id));
                }
            }
            inbound.values_mut().for_each(|holders| holders.sort_unstable());
            inbound
        })
    }

    /// The endpoint services whose private name is this name, or has its TXT record at this name (L31, L32).
    pub fn proofs(&self, world: &World, name: NameRef<'_>) -> &[EndpointServiceId] {
        self.all_proofs(world).services.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the TXT record of a private name is at this name or below it.
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
            let named = world.load_balancers.values().filter(|it| it.kind.has_name());
            named.for_each(|it| above.add(&it.dns_name));
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

    /// The public hosted zone with the longest name that holds a name, with the length of its name in wire form. Of several
    /// zones with one name, the first by id is the one that is delegated to.
    pub fn public_hosted(&self, world: &World, name: NameRef<'_>) -> Option<(usize, ZoneId)> {
        let zones = &self.all_public_hosted(world).zones;
        zones.holders(name).next().map(|(length, id)| (length, *id))
    }

    /// Whether a name lies above a public hosted zone.
    pub fn is_above_public_hosted(&self, world: &World, name: NameRef<'_>) -> bool {
        self.all_public_hosted(world).above.holds(name)
    }

    fn all_public_hosted(&self, world: &World) -> &PublicHosted {
        self.public_hosted.get_or_init(|| {
            let mut found = PublicHosted::default();
            for zone in world.hosted_zones.values() {
                if !zone.details.public || zone.details.undelegated {
                    continue;
                }
                found.above.add(&zone.name);
                match found.zones.get(zone.name.as_ref()) {
                    Some(other) if *other < zone.id => {}
                    _ => found.zones.insert(zone.name.clone(), zone.id),
                }
            }
            found
        })
    }

    /// The elastic address with this address, if it has a reverse name of its own.
    pub fn reverse_named(&self, world: &World, address: Ipv4Addr) -> Option<AllocationId> {
        self.all_reverse_named(world).addresses.get(&address).copied()
    }

    /// Whether a name lies above that of such an address.
    pub fn is_above_reverse_named(&self, world: &World, name: NameRef<'_>) -> bool {
        self.all_reverse_named(world).above.holds(name)
    }

    fn all_reverse_named(&self, world: &World) -> &ReverseNamed {
        self.reverse_named.get_or_init(|| {
            let mut found = ReverseNamed::default();
            let named = world.elastic_addresses.values().filter(|it| it.reverse_name.is_some());
            for address in named {
                found.addresses.insert(address.address, address.id);
                let [a, b, c, d] = address.address.octets();
                let name = Name::parse(&format!("{d}.{c}.{b}.{a}.in-addr.arpa"));
                name.iter().for_each(|name| found.above.add(name));
            }
            found
        })
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

    /// Whether a name matches.
    pub fn hold(&self, name: NameRef<'_>) -> bool {
        let below = |parent| self.below.holders(parent).next().is_some();
        self.every || self.exactly.get(name).is_some() || name.parent().is_some_and(below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        firewall::{FirewallAction, FirewallRuleDetails},
        name::Name,
        resolver_endpoint::InboundEndpoint,
        world::Tags,
    };

    #[test]
    fn an_inbound_address_means_the_first_of_its_vpc_and_nobody_where_several_vpcs_have_it() {
        let mut world = World::default();
        let ids: Vec<InboundEndpointId> =
            (1..=4).map(|it| format!("rslvr-in-0000000{it}").parse().unwrap()).collect();
        let vpcs: Vec<VpcId> =
            (1..=2).map(|it| format!("vpc-0000000{it}").parse().unwrap()).collect();
        let mut add = |id: usize, vpc: usize, addresses: &[&str]| {
            let addresses = addresses.iter().map(|it| it.parse().unwrap()).collect();
            let (id, vpc) = (ids[id], vpcs[vpc]);
            let endpoint = InboundEndpoint::of_addresses(id, Tags::default(), vpc, addresses);
            world.inbound_endpoints.insert(id, Arc::new(endpoint));
        };
        add(3, 0, &["10.0.0.1", "10.0.0.2"]);
        add(1, 0, &["10.0.0.1"]);
        add(0, 1, &["10.0.0.2"]);
        add(2, 1, &["10.0.0.3"]);
        let index = Index::default();
        let at = |address: &str| index.inbound(&world, address.parse().unwrap());
        assert_eq!(at("10.0.0.1"), InboundAt::One(ids[1]));
        assert_eq!(at("10.0.0.2"), InboundAt::Several);
        assert_eq!(at("10.0.0.3"), InboundAt::One(ids[2]));
        assert_eq!(at("10.0.0.4"), InboundAt::Nobody);
        let of = |vpc: usize, address: &str| {
            index.inbound_of(&world, vpcs[vpc], address.parse().unwrap())
        };
        assert_eq!(of(0, "10.0.0.1"), Some(ids[1]));
        assert_eq!(of(0, "10.0.0.2"), Some(ids[3]));
        assert_eq!(of(1, "10.0.0.2"), Some(ids[0]));
        assert_eq!(of(1, "10.0.0.1"), None);
    }

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
                list: None,
                details: FirewallRuleDetails::default(),
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
