//! Follows the resources that differ to the VPCs and names whose answers or ways they reach.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::Ipv4Addr,
    sync::Arc,
};

use super::{
    changed::{self, Pair, members_alike, pairs},
    reach::{Domains, Reach},
    sides::Sides,
};
use crate::{
    catalog::{self, Region},
    model::{
        endpoint::{Endpoint, EndpointKind},
        hosted_zone::HostedZone,
        id::{EndpointId, VpcId},
        instance::Instance,
        name::Name,
        profile::{Profile, Shareable},
        record::{Rdata, RecordType},
        route::RouteTarget,
        routing::Answers,
        vpc::Vpc,
        world::World,
        zone_data::{ZoneData, ZoneNode},
    },
    resolve::{autodefined::reverse_name, instance, public::PublicNames, snapshot::Snapshot},
};

/// Maps from which no answer and no way is taken. What they hold for answers is in other maps too.
const WITHOUT_ANSWERS: [&str; 14] = [
    "internet_gateways",
    "dhcp_options",
    "connection_notifications",
    "network_interface_permissions",
    "placement_groups",
    "key_pairs",
    "launch_templates",
    "delegation_sets",
    "trust_stores",
    "query_log_configs",
    "stacks",
    "stored_parameters",
    "cloud_map_namespaces",
    "cloud_map_services",
];

/// Maps whose differences `Reach::of` follows.
const FOLLOWED: [&str; 13] = [
    "vpcs",
    "subnets",
    "route_tables",
    "security_groups",
    "network_acls",
    "nat_gateways",
    "instances",
    "endpoints",
    "hosted_zones",
    "resolver_rules",
    "firewall_rule_groups",
    "profiles",
    "peerings",
];

/// How far the differences of two Worlds reach.
pub(super) fn reach(compared: Sides<'_>) -> Reach {
    let (before, after) = (compared.before, compared.after);
    let (one, other) = (&before.world, &after.world);
    let unknown = |map: &&str| !WITHOUT_ANSWERS.contains(map) && !FOLLOWED.contains(map);
    if changed::maps(one, other).iter().any(unknown)
        || one.switches != other.switches
        || one.faults != other.faults
        || !same_public(before, after)
    {
        return Reach::everywhere();
    }
    let mut found = Found::new([before, after]);
    found.follow();
    found.finish()
}

fn same_public(before: &Snapshot, after: &Snapshot) -> bool {
    let (one, other) = (&before.public, &after.public);
    let switches = |it: &PublicNames| {
        (it.upstream, it.forward_rules, it.whole_ttls, it.documentation_addresses)
    };
    let zones = || {
        one.zones.iter().count() == other.zones.iter().count()
            && one.zones.iter().all(|(name, zone)| other.zones.get(name.as_ref()) == Some(zone))
    };
    Arc::ptr_eq(one, other) || (switches(one) == switches(other) && zones())
}

/// What was found so far.
struct Found<'w> {
    snapshots: [&'w Snapshot; 2],
    everywhere: bool,
    /// VPCs in which any name may differ.
    full: HashSet<VpcId>,
    /// Those of them in which any way may differ.
    ways: HashSet<VpcId>,
    near: HashMap<VpcId, BTreeSet<Name>>,
    public: BTreeSet<Name>,
    endpoints: HashSet<EndpointId>,
}

impl<'w> Found<'w> {
    /// Nothing yet.
    fn new(snapshots: [&'w Snapshot; 2]) -> Self {
        Self {
            snapshots,
            everywhere: false,
            full: HashSet::new(),
            ways: HashSet::new(),
            near: HashMap::new(),
            public: BTreeSet::new(),
            endpoints: HashSet::new(),
        }
    }

    fn worlds(&self) -> [&'w World; 2] {
        self.snapshots.map(|it| &it.world)
    }

    /// Follows each kind of resource.
    fn follow(&mut self) {
        let [one, other] = self.worlds();
        self.of_vpcs(one, other);
        for pair in pairs(&one.endpoints, &other.endpoints) {
            self.endpoint(pair);
        }
        for pair in pairs(&one.hosted_zones, &other.hosted_zones) {
            self.hosted_zone(pair);
        }
        for pair in pairs(&one.instances, &other.instances) {
            self.instance(pair);
        }
        for rule in pairs(&one.resolver_rules, &other.resolver_rules) {
            for side in changed::sides(rule) {
                self.full.extend(&side.vpcs);
                self.brought_by_profiles(Shareable::Rule(side.id));
            }
        }
        for profile in pairs(&one.profiles, &other.profiles) {
            for side in changed::sides(profile) {
                self.full.extend(side.vpcs.iter().map(|it| it.vpc));
            }
        }
        self.firewalls(one, other);
        self.peers();
    }

    /// What lies in VPCs, and decides ways there.
    fn of_vpcs(&mut self, one: &'w World, other: &'w World) {
        let mut full: Vec<VpcId> = Vec::new();
        for pair in pairs(&one.vpcs, &other.vpcs) {
            let ids = changed::sides(pair).map(|it| it.id);
            if same_ranges(pair) {
                self.resolves_otherwise(ids.collect());
            } else {
                full.extend(ids);
            }
        }
        let subnets = pairs(&one.subnets, &other.subnets);
        full.extend(subnets.into_iter().flat_map(changed::sides).map(|it| it.vpc));
        let tables = pairs(&one.route_tables, &other.route_tables);
        full.extend(tables.into_iter().flat_map(changed::sides).map(|it| it.vpc));
        let groups = pairs(&one.security_groups, &other.security_groups);
        for group in groups.into_iter().flat_map(changed::sides) {
            full.push(group.vpc);
            full.extend(&group.vpcs);
        }
        let acls = pairs(&one.network_acls, &other.network_acls);
        full.extend(acls.into_iter().flat_map(changed::sides).map(|it| it.vpc));
        let gateways = pairs(&one.nat_gateways, &other.nat_gateways);
        full.extend(gateways.into_iter().flat_map(changed::sides).map(|it| it.vpc));
        let peerings = pairs(&one.peerings, &other.peerings);
        for peering in peerings.into_iter().flat_map(changed::sides) {
            full.extend([peering.requester, peering.accepter]);
        }
        if !one.members.ptr_eq(&other.members) {
            let ids: HashSet<VpcId> =
                one.members.keys().chain(other.members.keys()).copied().collect();
            let differ = |id: &VpcId| !members_alike(one.members(*id), other.members(*id));
            full.extend(ids.into_iter().filter(differ));
        }
        self.ways.extend(full);
    }

    /// The attributes of a VPC decide what it resolves, and whether its peers resolve its host names.
    fn resolves_otherwise(&mut self, vpcs: Vec<VpcId>) {
        for vpc in vpcs {
            let peers = self.peers_of(vpc);
            self.full.insert(vpc);
            self.full.extend(peers);
        }
    }

    /// Private names reach the VPC and those to which Profiles bring them; an endpoint's own names reach everywhere.
    fn endpoint(&mut self, pair: Pair<'_, Endpoint>) {
        for side in changed::sides(pair) {
            self.endpoints.insert(side.id);
            if side.kind == EndpointKind::Gateway {
                self.ways.insert(side.vpc);
            }
        }
        let only_private_dns = match pair {
            (Some(one), Some(other)) => {
                let same = Endpoint {
                    private_dns: one.private_dns,
                    inbound_only: one.inbound_only,
                    policy: one.policy.clone(),
                    tags: one.tags.clone(),
                    ..Endpoint::clone(other)
                };
                same == **one
            }
            _ => false,
        };
        for side in changed::sides(pair) {
            let mut domains: Vec<Name> =
                side.private_names.iter().map(|it| it.zone.clone()).collect();
            if !only_private_dns {
                let zones = side.interfaces.iter().flat_map(|it| side.zonal_names(&it.zone));
                self.public.extend(side.regional_names().into_iter().chain(zones));
                domains.extend(self.leading_to(side));
            }
            let vpcs = self.holders(side.vpc, Shareable::Endpoint(side.id));
            self.near_in(&vpcs, &domains);
            // A Profile may bring the endpoint, and a peer may reach its addresses.
            if !only_private_dns {
                let peers = self.peers_of(side.vpc);
                self.near_in(&peers, &domains);
            }
        }
    }

    /// The names whose answers have an address of an endpoint: the ways of those may differ.
    fn leading_to(&self, endpoint: &Endpoint) -> Vec<Name> {
        let addresses = endpoint.interfaces.iter().filter_map(|it| it.v4).collect();
        let region = self.region(endpoint.vpc);
        let mut names = self.with_addresses(&addresses);
        names.extend(addresses.iter().filter_map(|address| instance::ip_name(*address, region?)));
        names
    }

    /// The names of zones with one of these addresses.
    fn with_addresses(&self, addresses: &HashSet<Ipv4Addr>) -> Vec<Name> {
        let held = self.snapshots.into_iter().flat_map(zones_of).flat_map(ZoneData::held);
        let has = |node: &ZoneNode| {
            let routed = node.routed.iter().filter_map(|it| match &it.answers {
                Answers::Records(set) => Some(set),
                Answers::Alias(_) => None,
            });
            let sets = node.sets.iter().chain(routed).filter(|set| set.rtype == RecordType::A);
            let octets = |data: &Rdata| <[u8; 4]>::try_from(data.wire()).ok();
            let mut found = sets.flat_map(|set| &set.data).filter_map(octets);
            found.any(|octets| addresses.contains(&octets.into()))
        };
        held.filter(|(_, node)| has(node)).map(|(name, _)| within(name)).collect()
    }

    fn region(&self, vpc: VpcId) -> Option<&'static Region> {
        let vpc = self.worlds().into_iter().find_map(|world| world.vpcs.get(&vpc))?;
        catalog::region(vpc.region)
    }

    fn hosted_zone(&mut self, pair: Pair<'_, HostedZone>) {
        // The health of an alias is that of a record set of another zone, whoever may ask that one.
        let asks_health = |data: &ZoneData| {
            data.held()
                .flat_map(|(_, node)| &node.routed)
                .any(|set| matches!(&set.answers, Answers::Alias(target) if target.evaluate_health))
        };
        let mut zones = self.worlds().into_iter().flat_map(|world| world.hosted_zones.values());
        if zones.any(|zone| asks_health(&zone.data)) {
            self.everywhere = true;
        }
        for side in changed::sides(pair) {
            if side.details.public {
                self.public.insert(side.name.clone());
            }
            let mut vpcs: Vec<VpcId> = side.vpcs.clone();
            vpcs.extend(self.profile_vpcs(Shareable::Zone(side.id)));
            self.near_in(&vpcs, std::slice::from_ref(&side.name));
        }
    }

    /// An instance may be a station of ways in its VPC. Its `ip-` name is answered in the whole region, that of its
    /// public address everywhere.
    fn instance(&mut self, pair: Pair<'_, Instance>) {
        for side in changed::sides(pair) {
            self.ways.insert(side.vpc);
            let region = self.region(side.vpc);
            let names = side.addresses().filter_map(|address| instance::ip_name(address, region?));
            self.public.extend(names);
            self.public_address(side);
            self.everywhere |= side.ipv6.is_some();
        }
    }

    /// The names that lead to the public address of an instance.
    fn public_address(&mut self, instance: &Instance) {
        let Some(address) = instance.public_address else { return };
        let names = self.with_addresses(&HashSet::from([address]));
        let region = self.region(instance.vpc);
        self.public.extend(names);
        self.public.extend(region.and_then(|region| instance::ec2_name(address, region)));
        self.public.extend(Name::parse(&reverse_name(address.into())).ok());
    }

    fn firewalls(&mut self, one: &World, other: &World) {
        let groups = pairs(&one.firewall_rule_groups, &other.firewall_rule_groups);
        let ids: Vec<_> = groups.into_iter().flat_map(changed::sides).map(|it| it.id).collect();
        let guarded = |snapshot: &Snapshot, vpc: VpcId| {
            snapshot
                .view(vpc)
                .is_some_and(|view| view.firewall.iter().any(|(id, _)| ids.contains(id)))
        };
        if !ids.is_empty() {
            for snapshot in self.snapshots {
                let vpcs = snapshot.world.vpcs.keys().copied();
                self.full.extend(vpcs.filter(|vpc| guarded(snapshot, *vpc)));
            }
        }
    }

    /// A way may lead through the tables of peers. What the internet reaches is reached from everywhere by its public
    /// names; what a transit gateway or PrivateLink reaches, by any name.
    fn peers(&mut self) {
        let mut waiting: Vec<VpcId> = self.ways.iter().copied().collect();
        while let Some(vpc) = waiting.pop() {
            for world in self.worlds() {
                self.everywhere |= is_reached_from_afar(world, vpc);
                for instance in world.instances_of(vpc) {
                    self.public_address(instance);
                }
            }
            for peer in self.peers_of(vpc) {
                if self.ways.insert(peer) {
                    waiting.push(peer);
                }
            }
        }
        self.full.extend(&self.ways);
    }

    fn peers_of(&self, vpc: VpcId) -> Vec<VpcId> {
        let of = |world: &'w World| {
            let ids = world.members(vpc).peerings.iter();
            ids.filter_map(|id| Some(world.peerings.get(id)?.other(vpc)))
        };
        self.worlds().into_iter().flat_map(of).collect()
    }

    fn near_in(&mut self, vpcs: &[VpcId], domains: &[Name]) {
        for vpc in vpcs {
            self.near.entry(*vpc).or_default().extend(domains.iter().cloned());
        }
    }

    fn holders(&self, own: VpcId, of: Shareable) -> Vec<VpcId> {
        let mut vpcs = self.profile_vpcs(of);
        vpcs.push(own);
        vpcs
    }

    fn brought_by_profiles(&mut self, of: Shareable) {
        let vpcs = self.profile_vpcs(of);
        self.full.extend(vpcs);
    }

    /// The VPCs to which Profiles bring a resource.
    fn profile_vpcs(&self, of: Shareable) -> Vec<VpcId> {
        let brings = |profile: &&Arc<Profile>| profile.resources.iter().any(|it| it.of == of);
        let profiles = self.worlds().into_iter().flat_map(|world| world.profiles.values());
        profiles.filter(brings).flat_map(|it| it.vpcs.iter().map(|it| it.vpc)).collect()
    }

    /// Adds what rules hand on, what CNAMEs lead to, and the public names.
    fn finish(mut self) -> Reach {
        self.handed_on();
        let guarded = |vpc: &VpcId| {
            self.snapshots
                .iter()
                .any(|it| it.view(*vpc).is_some_and(|view| !view.firewall.is_empty()))
        };
        // A firewall may answer any name with a CNAME.
        let guarded: Vec<VpcId> = match self.public.is_empty() {
            true => self.near.keys().copied().filter(guarded).collect(),
            false => self.worlds()[1].vpcs.keys().copied().filter(guarded).collect(),
        };
        self.full.extend(guarded);
        let mut leading: BTreeSet<Name> = BTreeSet::new();
        if !self.near.is_empty() || !self.public.is_empty() {
            for snapshot in self.snapshots {
                zones_of(snapshot).for_each(|zone| leads(zone, &mut leading));
            }
        }
        if !self.public.is_empty() {
            self.public.extend(leading.iter().cloned());
        }
        let mut same: HashMap<Domains, Domains> = HashMap::new();
        let mut near = HashMap::new();
        for (vpc, mut domains) in self.near {
            domains.extend(self.public.iter().chain(&leading).cloned());
            let domains = Arc::new(domains);
            let shared = same.entry(Arc::clone(&domains)).or_insert(domains);
            near.insert(vpc, Arc::clone(shared));
        }
        Reach {
            everywhere: self.everywhere,
            full: self.full,
            ways: self.ways,
            near,
            public: Arc::new(self.public),
            endpoints: self.endpoints,
        }
    }

    /// A rule may hand a question on to a VPC with an inbound endpoint.
    fn handed_on(&mut self) {
        let worlds = self.worlds();
        let receives: HashSet<VpcId> = worlds
            .iter()
            .flat_map(|world| world.inbound_endpoints.values())
            .map(|it| it.vpc)
            .collect();
        if receives.is_empty() {
            return;
        }
        let hands_on: HashSet<VpcId> = worlds
            .iter()
            .flat_map(|world| world.vpcs.keys().map(move |vpc| (world, *vpc)))
            .filter(|(world, vpc)| {
                !world.members(*vpc).rules.is_empty() || !world.members(*vpc).profiles.is_empty()
            })
            .map(|(_, vpc)| vpc)
            .collect();
        if receives.iter().any(|vpc| self.full.contains(vpc)) {
            self.full.extend(hands_on);
            return;
        }
        let mut domains: BTreeSet<Name> = BTreeSet::new();
        for vpc in &receives {
            domains.extend(self.near.get(vpc).into_iter().flatten().cloned());
        }
        for vpc in hands_on.iter().filter(|_| !domains.is_empty()) {
            self.near.entry(*vpc).or_default().extend(domains.iter().cloned());
        }
    }
}

/// Whether traffic of other VPCs than peers may come to a VPC by any name: over a transit gateway or PrivateLink.
fn is_reached_from_afar(world: &World, vpc: VpcId) -> bool {
    let onward = |target: &RouteTarget| match target {
        RouteTarget::Other(id) => !id.starts_with("i-") && !id.starts_with("eni-"),
        _ => false,
    };
    let tables = world.members(vpc).route_tables.iter().filter_map(|id| world.route_tables.get(id));
    let mut targets = tables.flat_map(|table| {
        let to_ranges = table.routes.iter().map(|it| &it.target);
        to_ranges.chain(table.list_routes.iter().map(|it| &it.target))
    });
    world.load_balancers.values().any(|it| it.vpc == vpc) || targets.any(onward)
}

/// Whether a VPC differs in nothing that ways depend on.
fn same_ranges(pair: Pair<'_, Vpc>) -> bool {
    let (Some(one), Some(other)) = pair else { return false };
    let attributes = Vpc {
        dns_support: one.dns_support,
        dns_hostnames: one.dns_hostnames,
        autodefined_reverse: one.autodefined_reverse,
        network_metrics: one.network_metrics,
        dhcp_options: one.dhcp_options,
        tags: one.tags.clone(),
        ..Vpc::clone(other)
    };
    attributes == **one
}

/// All zones of records.
fn zones_of(snapshot: &Snapshot) -> impl Iterator<Item = &ZoneData> {
    let hosted = snapshot.world.hosted_zones.values().map(|zone| &*zone.data);
    hosted.chain(snapshot.public.zones.iter().map(|(_, zone)| zone))
}

/// The names of a zone that lead to other names.
fn leads(zone: &ZoneData, leading: &mut BTreeSet<Name>) {
    for (name, node) in zone.held() {
        let is_cname = node.sets.iter().any(|set| set.rtype == RecordType::CNAME);
        if is_cname || node.alias.is_some() || !node.routed.is_empty() {
            leading.insert(within(name));
        }
    }
}

/// The domain in which a record is found: for a wildcard the name without its asterisk.
fn within(name: &Name) -> Name {
    match name.as_ref().first_label() {
        Some(b"*") => name.parent().unwrap_or_else(|| name.clone()),
        _ => name.clone(),
    }
}
