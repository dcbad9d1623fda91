//! The names and types by which two Worlds are compared: every name of a World, and the catalogue's names in its
//! regions.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    net::IpAddr,
};

use crate::{
    catalog,
    model::{
        endpoint::Endpoint, firewall::DomainPattern, name::Name, record::RecordType, world::World,
        zone_data::ZoneData,
    },
    resolve::{
        autodefined::reverse_name,
        instance,
        question::Asker,
        snapshot::Snapshot,
        survey::{self, Pattern},
    },
};

use super::wanted::Wanted;

/// Names and their types, in order.
#[derive(Debug)]
pub struct Names {
    names: BTreeMap<Pattern, BTreeSet<u16>>,
    wanted: Wanted,
}

impl Names {
    /// The wanted ones of the names that either Snapshot holds.
    pub(super) fn of(sides: [&Snapshot; 2], wanted: Wanted) -> Self {
        let mut names = Self { names: BTreeMap::new(), wanted };
        for snapshot in sides {
            names.held(snapshot);
            names.of_regions(&snapshot.world);
            names.of_interfaces(&snapshot.world);
        }
        names
    }

    /// The names by which a World is compared with a real resolver: those that the World holds, and those of the services
    /// in the region of the place asked from. The latter are asked for IPv4 addresses only.
    pub fn of_place(snapshot: &Snapshot, asker: Asker) -> Self {
        let mut names = Self { names: BTreeMap::new(), wanted: Wanted::All };
        names.of_world(&snapshot.world);
        names.of_interfaces(&snapshot.world);
        if let Some(region) = survey::region_of(snapshot, asker) {
            for service in catalog::services(region, snapshot.world.switches.catalog_date) {
                for name in survey::names_of(service, region) {
                    names.add(name, &[RecordType::A]);
                }
            }
        }
        names
    }

    /// Names and types as they were asked.
    pub(super) fn asked(asked: impl Iterator<Item = (Pattern, RecordType)>) -> Self {
        let mut names = Self { names: BTreeMap::new(), wanted: Wanted::All };
        asked.for_each(|(name, rtype)| names.add(name, &[rtype]));
        names
    }

    /// Each name that has a type of addresses.
    pub(super) fn of_hosts(&self) -> impl Iterator<Item = &Pattern> {
        let address = |types: &BTreeSet<u16>| {
            types.contains(&RecordType::A.0) || types.contains(&RecordType::AAAA.0)
        };
        self.names.iter().filter(move |(_, types)| address(types)).map(|(name, _)| name)
    }

    /// Each name with each of its types.
    pub fn iter(&self) -> impl Iterator<Item = (&Pattern, RecordType)> {
        self.names
            .iter()
            .flat_map(|(name, types)| types.iter().map(move |rtype| (name, RecordType(*rtype))))
    }

    /// Those of these names that are wanted.
    pub(super) fn only(&self, wanted: Wanted) -> Self {
        let names = self.names.iter().filter(|(name, _)| wanted.holds(name.asked.as_ref()));
        Self { names: names.map(|(name, types)| (name.clone(), types.clone())).collect(), wanted }
    }

    fn add(&mut self, name: Pattern, types: &[RecordType]) {
        if self.wanted.holds(name.asked.as_ref()) {
            self.names.entry(name).or_default().extend(types.iter().map(|rtype| rtype.0));
        }
    }

    fn addresses(&mut self, name: Option<Pattern>) {
        if let Some(name) = name {
            self.add(name, &[RecordType::A, RecordType::AAAA]);
        }
    }

    fn exactly(&mut self, name: &Name) {
        self.addresses(Some(Pattern::exactly(name)));
    }

    /// Two names for a zone or rule that matches its whole subtree: the name itself, and one below it.
    fn with_below(&mut self, name: &Name) {
        if !name.as_ref().is_root() {
            self.exactly(name);
            self.addresses(Pattern::below(name));
        }
    }

    fn held(&mut self, snapshot: &Snapshot) {
        for (_, zone) in snapshot.public.zones.iter() {
            self.zone(zone);
        }
        self.of_world(&snapshot.world);
    }

    fn of_world(&mut self, world: &World) {
        for zone in world.hosted_zones.values() {
            self.zone(&zone.data);
            self.with_below(&zone.name);
        }
        let mut texts: HashSet<&str> = HashSet::new();
        for endpoint in world.endpoints.values() {
            if self.wanted.endpoint(endpoint.id) {
                self.endpoint(endpoint);
            }
            for name in endpoint.private_names.iter().filter(|it| texts.insert(&it.text)) {
                self.addresses(Pattern::parse(&name.text));
            }
        }
        for service in world.endpoint_services.values() {
            self.exactly(&service.base);
            if let Some(private) = &service.private_name {
                self.addresses(Pattern::parse(&private.name.text));
                self.add(Pattern::exactly(&private.txt_owner), &[RecordType::TXT]);
            }
        }
        for balancer in world.load_balancers.values().filter(|it| it.kind.has_name()) {
            self.exactly(&balancer.dns_name);
            for zone in &balancer.zones {
                let name = balancer.dns_name.prepend(zone.zone.as_bytes());
                self.addresses(name.as_ref().map(Pattern::exactly));
            }
        }
        for resource in world.managed_resources.values() {
            self.exactly(&resource.dns_name);
        }
        for rule in world.resolver_rules.values() {
            rule.domain.iter().for_each(|domain| self.with_below(domain));
        }
        for rule in world.firewall_rule_groups.values().flat_map(|group| &group.rules) {
            for pattern in &rule.domains {
                match pattern {
                    DomainPattern::Exactly(name) => {
                        self.exactly(name);
                        self.add(Pattern::exactly(name), rule.qtype.as_slice());
                    }
                    DomainPattern::Below(name) => {
                        self.addresses(Pattern::below(name));
                    }
                    // Every name asked here meets such a rule.
                    DomainPattern::Every => {}
                }
            }
        }
    }

    fn zone(&mut self, data: &ZoneData) {
        for name in data.names() {
            let Some(pattern) = Pattern::parse(&name.to_string()) else { continue };
            let types: Vec<RecordType> = data
                .node(name.as_ref())
                .into_iter()
                .flat_map(|node| {
                    let routed = node.routed.iter().map(|set| set.rtype);
                    node.sets.iter().map(|set| set.rtype).chain(routed)
                })
                .collect();
            self.add(pattern.clone(), &types);
            self.addresses(Some(pattern));
        }
    }

    fn endpoint(&mut self, endpoint: &Endpoint) {
        for name in endpoint.regional_names() {
            self.exactly(&name);
        }
        for interface in &endpoint.interfaces {
            for name in endpoint.zonal_names(&interface.zone) {
                self.exactly(&name);
            }
        }
    }

    /// The catalogue's names of the regions the World's VPCs lie in.
    fn of_regions(&mut self, world: &World) {
        let regions: BTreeSet<&'static str> = world.vpcs.values().map(|vpc| vpc.region).collect();
        for region in regions.into_iter().filter_map(catalog::region) {
            for service in catalog::services(region, world.switches.catalog_date) {
                for name in survey::names_of(service, region) {
                    // The name of a wildcard without its asterisk answers too (N34).
                    self.addresses(name.text.strip_prefix("*.").and_then(Pattern::parse));
                    self.addresses(Some(name));
                }
            }
            for host in catalog::public_hosts(region, world.switches.catalog_date) {
                self.addresses(Pattern::parse(&host.host));
            }
        }
    }

    /// The host names of every interface, forward and reverse.
    fn of_interfaces(&mut self, world: &World) {
        if !self.wanted.hosts() {
            return;
        }
        for instance in world.instances.values() {
            let region = world.vpcs.get(&instance.vpc).and_then(|vpc| catalog::region(vpc.region));
            let Some(region) = region else { continue };
            let resource = format!("{}.{}", instance.id, region.internal_domain);
            self.addresses(Pattern::parse(&resource));
            if let Some(address) = instance.public_address {
                self.addresses(instance::ec2_name(address, region).as_ref().map(Pattern::exactly));
                self.reverse(address.into());
            }
            if let Some(address) = instance.ipv6 {
                self.reverse(address.into());
            }
        }
        for address in world.elastic_addresses.values().filter(|it| it.reverse_name.is_some()) {
            self.reverse(address.address.into());
        }
        let instances = world.instances.values().filter_map(|it| Some((it.vpc, it.address?)));
        let endpoints = world
            .endpoints
            .values()
            .flat_map(|it| it.interfaces.iter().filter_map(move |face| Some((it.vpc, face.v4?))));
        let inbound = world
            .inbound_endpoints
            .values()
            .flat_map(|it| it.addresses.iter().map(move |address| (it.vpc, *address)));
        for (vpc, address) in instances.chain(endpoints).chain(inbound) {
            let region = world.vpcs.get(&vpc).and_then(|vpc| catalog::region(vpc.region));
            let name = region.and_then(|region| instance::ip_name(address, region));
            self.addresses(name.as_ref().map(Pattern::exactly));
            self.reverse(address.into());
        }
    }

    fn reverse(&mut self, address: IpAddr) {
        if let Some(name) = Pattern::parse(&reverse_name(address)) {
            self.add(name, &[RecordType::PTR]);
        }
    }
}
