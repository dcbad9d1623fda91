//! What a rule looks at: one VPC of a World, what its clients are answered, and from which of its subnets they get there.
//!
//! Every look-up is within one VPC, or in an index that is made once for a World. It decides nothing.

use std::{
    cell::OnceCell,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

pub(super) use super::names::{ANY_LABEL, captures, covered, text};
use super::{
    finding::{Finding, Item, Severity},
    known::Known,
};
use crate::{
    language::Language,
    model::{
        endpoint::Endpoint,
        hosted_zone::HostedZone,
        id::{SubnetId, VpcId},
        instance::Instance,
        name::Name,
        profile::Shareable,
        record::RecordType,
        resolver_endpoint::InboundEndpoint,
        resolver_rule::{ResolverRule, RuleKind},
        route::Route,
        subnet::Subnet,
        vpc::Vpc,
        world::World,
    },
    resolve::{
        answer::Outcome,
        explain::{self, Verdict},
        path::{self, Aim, Goal, Lost, PathKind},
        question::{Asker, Question},
        snapshot::Snapshot,
        view::View,
    },
};

/// An address of the internet that is no service's (RFC 5737).
const ANYWHERE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

/// A VPC, as rules look at it.
pub(super) struct Scene<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// The World before a change, if there was one.
    pub(super) before: Option<&'s Snapshot>,
    pub(super) world: &'s World,
    pub(super) vpc: &'s Vpc,
    pub(super) view: &'s View,
    pub(super) known: &'s Known,
    pub(super) say: Language,
    cut_off: OnceCell<Vec<SubnetId>>,
    /// Whether no route is more specific than the local ones.
    local_only: OnceCell<bool>,
}

/// What a VPC is answered for a name, and how its subnets get to the addresses.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) verdict: Verdict,
    pub(super) addresses: Vec<Ipv4Addr>,
    /// The subnets that have no way to any of the addresses; all, if the answer has none.
    pub(super) lost: Vec<SubnetId>,
    /// Whether some subnet goes over the internet.
    pub(super) over_internet: bool,
}

impl<'s> Scene<'s> {
    /// A VPC of a Snapshot; `None` if it does not exist.
    pub(super) fn new(
        snapshot: &'s Snapshot,
        before: Option<&'s Snapshot>,
        vpc: VpcId,
        known: &'s Known,
        say: Language,
    ) -> Option<Self> {
        let world = &snapshot.world;
        let (vpc, view) = (world.vpcs.get(&vpc)?, snapshot.view(vpc)?);
        let (cut_off, local_only) = (OnceCell::new(), OnceCell::new());
        Some(Self { snapshot, before, world, vpc, view, known, say, cut_off, local_only })
    }

    /// Its endpoints, and those that its Profiles bring.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &'s Arc<Endpoint>> {
        let world = self.world;
        world.endpoints_of(self.vpc.id).chain(self.shared().filter_map(|it| match it {
            Shareable::Endpoint(id) => world.endpoints.get(&id),
            _ => None,
        }))
    }

    /// The interface endpoints whose private names are answered here: private DNS is on and in effect.
    pub(super) fn capturing(&self) -> impl Iterator<Item = &'s Arc<Endpoint>> {
        let both = self.vpc.both_attributes();
        self.endpoints().filter(move |it| both && captures(it))
    }

    /// The same of one service of AWS's.
    pub(super) fn capturing_of(&self, service: &str) -> impl Iterator<Item = &'s Arc<Endpoint>> {
        self.capturing().filter(move |it| it.service.short_name() == Some(service))
    }

    /// Its private hosted zones, and those that its Profiles bring.
    pub(super) fn zones(&self) -> impl Iterator<Item = &'s Arc<HostedZone>> {
        let world = self.world;
        world.zones_of(self.vpc.id).chain(self.shared().filter_map(|it| match it {
            Shareable::Zone(id) => world.hosted_zones.get(&id),
            _ => None,
        }))
    }

    /// Its FORWARD rules with a known domain, and those that its Profiles bring.
    pub(super) fn forward_rules(&self) -> impl Iterator<Item = (&'s Arc<ResolverRule>, &'s Name)> {
        let world = self.world;
        let own = world.members(self.vpc.id).rules.iter().copied();
        own.chain(self.shared().filter_map(|it| match it {
            Shareable::Rule(id) => Some(id),
            _ => None,
        }))
        .filter_map(|id| world.resolver_rules.get(&id))
        .filter(|rule| rule.kind == RuleKind::Forward)
        .filter_map(|rule| Some((rule, rule.domain.as_ref()?)))
    }

    fn shared(&self) -> impl Iterator<Item = Shareable> + use<'s> {
        self.world.profiles_of(self.vpc.id).flat_map(|it| it.resources.iter().map(|it| it.of))
    }

    /// Its subnets with IPv4 addresses.
    pub(super) fn subnets(&self) -> impl Iterator<Item = &'s Arc<Subnet>> {
        self.world.subnets_of(self.vpc.id).filter(|subnet| !subnet.ipv6_native)
    }

    /// The subnets from which a new instance has no way to the internet.
    pub(super) fn cut_off(&self) -> &[SubnetId] {
        self.cut_off.get_or_init(|| self.ways(&[ANYWHERE], None).0)
    }

    /// What the resolver says here, to clients that may be anywhere in the VPC.
    pub(super) fn answer(&self, name: &Name, rtype: RecordType) -> (Verdict, Outcome<'s>) {
        let question = Question::asked(name.as_ref(), rtype, Asker::Vpc(self.vpc.id), 0);
        let outcome = self.snapshot.answer(&question, &mut ());
        let addresses = explain::addresses(&outcome);
        (explain::verdict(self.snapshot, &question, &outcome, &addresses), outcome)
    }

    /// What the resolver says to a question about IPv4 addresses, and how subnets get there.
    pub(super) fn reach(&self, name: &Name) -> Reach {
        let (verdict, outcome) = self.answer(name, RecordType::A);
        let addresses: Vec<Ipv4Addr> = explain::addresses(&outcome)
            .into_iter()
            .filter_map(|address| match address {
                IpAddr::V4(address) => Some(address),
                IpAddr::V6(_) => None,
            })
            .collect();
        let (lost, over_internet) = match verdict {
            // Who is asked then, and what it says, is not known.
            Verdict::Forwarded | Verdict::Silence => (Vec::new(), false),
            _ => self.ways(&addresses, Some(name)),
        };
        Reach { verdict, addresses, lost, over_internet }
    }

    /// The subnets without a way to any of these addresses, and whether another goes over the internet.
    fn ways(&self, addresses: &[Ipv4Addr], name: Option<&Name>) -> (Vec<SubnetId>, bool) {
        let stands = name.and_then(|name| explain::stands(name.as_ref()));
        let mut lost: Vec<SubnetId> = self.subnets().map(|subnet| subnet.id).collect();
        let mut over_internet = false;
        if addresses.iter().any(|address| self.is_local(*address)) {
            return (Vec::new(), false);
        }
        for address in addresses {
            let goal = Goal { address: *address, stands, aim: Aim::Usual };
            for (subnets, way) in path::ways(self.world, Asker::Vpc(self.vpc.id), goal) {
                over_internet |= way.kind == PathKind::Public;
                // A host of such a subnet may be given a public address.
                let may_have_one = matches!(way.lost(), Some(Lost::NoPublicAddress(..)));
                if !way.kind.is_lost() || may_have_one {
                    let here = |id: &SubnetId| subnets.is_empty() || subnets.contains(id);
                    lost.retain(|id| !here(id) || (may_have_one && self.has_private_hosts(*id)));
                }
            }
        }
        (lost, over_internet)
    }

    /// Whether the local route leads every subnet to an address. Following each way would cost much more.
    fn is_local(&self, address: Ipv4Addr) -> bool {
        self.vpc.contains(address)
            && *self.local_only.get_or_init(|| {
                let tables = self.world.members(self.vpc.id).route_tables.iter();
                let mut tables = tables.filter_map(|id| self.world.route_tables.get(id));
                let within = |route: &Route| match route.destination.network() {
                    IpAddr::V4(network) => {
                        self.vpc.contains(network) && route.destination.prefix() > 0
                    }
                    IpAddr::V6(_) => false,
                };
                tables.all(|table| table.list_routes.is_empty() && !table.routes.iter().any(within))
            })
    }

    /// Whether an instance without a public address lies in a subnet.
    fn has_private_hosts(&self, subnet: SubnetId) -> bool {
        self.world
            .instances_of(self.vpc.id)
            .any(|it| it.subnet == subnet && it.public_address.is_none())
    }

    /// Whether an instance lies in one of these subnets.
    pub(super) fn has_instances_in(&self, subnets: &[SubnetId]) -> bool {
        self.world.instances_of(self.vpc.id).any(|it| subnets.contains(&it.subnet))
    }

    /// The VPC, as a place or a resource.
    pub(super) fn here(&self) -> Item {
        item(self.world, &self.vpc.id.to_string(), self.vpc.tags.name())
    }

    /// An endpoint.
    pub(super) fn endpoint(&self, endpoint: &Endpoint) -> Item {
        item(self.world, &endpoint.id.to_string(), endpoint.tags.name())
    }

    /// An instance, as a place.
    pub(super) fn instance(&self, instance: &Instance) -> Item {
        item(self.world, &instance.id.to_string(), instance.tags.name())
    }

    /// A hosted zone: its name says what it is.
    pub(super) fn zone(zone: &HostedZone) -> Item {
        Item { id: zone.id.to_string(), label: text(&zone.name) }
    }

    /// A Resolver rule.
    pub(super) fn rule(&self, rule: &ResolverRule) -> Item {
        let name = rule.details.name.as_deref().or(rule.tags.name());
        item(self.world, &rule.id.to_string(), name)
    }

    /// An inbound Resolver endpoint.
    pub(super) fn inbound(&self, endpoint: &InboundEndpoint) -> Item {
        let name = endpoint.details.name.as_deref().or(endpoint.tags.name());
        item(self.world, &endpoint.id.to_string(), name)
    }

    /// Subnets.
    pub(super) fn places(&self, ids: &[SubnetId]) -> Vec<Item> {
        let known = ids.iter().filter_map(|id| self.world.subnets.get(id));
        known.map(|it| item(self.world, &it.id.to_string(), it.tags.name())).collect()
    }

    /// Whether a name stays public here although people expect private DNS of an endpoint to cover it. With it, the
    /// subnets that have no way to it; `None` if it does not stay public, or a gateway endpoint leads to it.
    pub(super) fn stays_public(&self, name: &Name) -> Option<Vec<SubnetId>> {
        let reach = self.reach(name);
        let stays =
            reach.verdict == Verdict::Public && (reach.over_internet || !reach.lost.is_empty());
        stays.then_some(reach.lost)
    }

    /// The finding that a name stays public beside an endpoint: dangerous where subnets have no way to it.
    pub(super) fn stays_public_beside(
        &self,
        rule: &'static str,
        endpoint: &Endpoint,
        (name, shown): (&Name, Vec<String>),
        cure: String,
    ) -> Option<Finding> {
        let lost = self.stays_public(name)?;
        let by = self.endpoint(endpoint);
        let first = shown.first().cloned().unwrap_or_default();
        let found = if lost.is_empty() {
            let what = self.say.stays_public(&by.label, first);
            Finding::new(rule, Severity::Note, what, cure).at([self.here()])
        } else {
            let what = self.say.stays_public_lost(&by.label, first);
            Finding::new(rule, Severity::Dangerous, what, cure).at(self.places(&lost))
        };
        Some(found.by([by]).of(shown))
    }
}

/// A resource as people call it.
pub(super) fn item(world: &World, id: &str, name: Option<&str>) -> Item {
    let logical = || world.other_names.get(id).and_then(|it| it.0.first()).map(String::as_str);
    let label = name.or_else(logical).unwrap_or(id).to_owned();
    Item { id: id.to_owned(), label }
}
