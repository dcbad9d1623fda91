//! What one VPC sees: an index from names to the zones that hold them.
//!
//! Holds ids and names shared with the World and no records: a zone's contents exist once, however many VPCs it is
//! associated with.

use std::sync::Arc;

use super::{
    above::Above,
    question::{Asker, Question},
    via::Via,
};
use crate::{
    catalog::{self, Region},
    model::{
        endpoint::{Endpoint, EndpointKind, EndpointState, RecordIpType},
        hosted_zone::HostedZone,
        id::{EndpointId, FirewallRuleGroupId, ResolverRuleId, VpcId, ZoneId},
        name::NameRef,
        profile::{Profile, Shareable},
        resolver_rule::{ResolverRule, RuleKind},
        suffix_map::SuffixMap,
        switches::PendingAnswer,
        vpc::Vpc,
        world::World,
    },
};

/// The compiled state of one VPC.
#[derive(Clone, Debug)]
pub struct View {
    /// The VPC.
    pub vpc: VpcId,
    /// Its region.
    pub region: &'static Region,
    /// `enableDnsSupport`.
    pub dns_support: bool,
    /// `enableDnsHostnames`.
    pub dns_hostnames: bool,
    /// The DNS Firewall rule groups that guard it, in the order in which they are asked (R64, R74).
    pub firewall: Box<[(FirewallRuleGroupId, Via)]>,
    /// Whether peering connections lead from it, in whatever state.
    pub peered: bool,
    /// The gateway endpoint that decides which addresses names of S3 have, and how (P45, P46).
    pub deciding_gateway: Option<(&'static str, EndpointId, RecordIpType)>,
    /// A rule of another account whose domain is not known.
    pub nameless_rule: Option<ResolverRuleId>,
    zones: SuffixMap<Entry>,
    rules: SuffixMap<Rule>,
    /// The names above its zones and FORWARD rules.
    above: Above,
    /// The names above zones that exist for inbound Resolver endpoints only (P51).
    above_inbound: Above,
}

/// A private zone. It answers for its name and all names below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The zone private DNS makes for an endpoint: which endpoint, and which of its private names.
    Hidden {
        /// The endpoint.
        endpoint: EndpointId,
        /// The index in its `private_names`.
        index: u8,
    },
    /// A customer's private hosted zone.
    Hosted(ZoneId),
}

/// A Resolver rule of a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The rule.
    pub id: ResolverRuleId,
    /// What it does.
    pub kind: RuleKind,
    /// Who brings it.
    pub via: Via,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    held: Held,
    /// What answers everybody else, where the zone is for inbound Resolver endpoints only (P51).
    others: Others,
}

/// A zone and who brings it.
type Held = (Zone, Via);

/// Whom a zone of one name answers besides inbound Resolver endpoints.
#[derive(Clone, Copy, Debug)]
enum Others {
    /// All alike.
    Same,
    /// Nobody.
    Nobody,
    /// Another zone of the same name, which a Profile brings.
    From(Held),
}

impl View {
    /// Compiles the View of a VPC; `None` if it does not exist.
    pub fn compile(world: &World, id: VpcId) -> Option<Self> {
        let vpc: &Vpc = world.vpcs.get(&id)?;
        let members = world.members(id);
        let mut view = Self {
            vpc: id,
            region: catalog::region(vpc.region)?,
            dns_support: vpc.dns_support,
            dns_hostnames: vpc.dns_hostnames,
            firewall: firewall(world, id),
            peered: !members.peerings.is_empty(),
            deciding_gateway: world.endpoints_of(id).find_map(decides_families),
            zones: SuffixMap::default(),
            rules: SuffixMap::default(),
            nameless_rule: None,
            above: Above::default(),
            above_inbound: Above::default(),
        };
        for rule in members.rules.iter().filter_map(|id| world.resolver_rules.get(id)) {
            view.add_rule(rule, Via::Own);
        }
        // Private zones of either kind need both attributes (V13, V14).
        let private_names = vpc.both_attributes();
        if private_names {
            for endpoint in world.endpoints_of(id) {
                view.add_hidden_zones(world, endpoint, Via::Own);
            }
            for zone in world.zones_of(id) {
                view.add_zone(zone, Via::Own);
            }
        }
        for (profile, turn) in world.profiles_of(id).zip(0..) {
            view.add_profile(world, profile, Via::Profile(turn, profile.id), private_names);
        }
        Some(view)
    }

    /// Adds what a Profile brings. What the VPC has at the same name stays.
    fn add_profile(&mut self, world: &World, profile: &Profile, via: Via, private_names: bool) {
        for resource in &profile.resources {
            match resource.of {
                Shareable::Rule(id) => {
                    if let Some(rule) = world.resolver_rules.get(&id) {
                        self.add_rule(rule, via);
                    }
                }
                Shareable::Zone(id) if private_names => {
                    if let Some(zone) = world.hosted_zones.get(&id) {
                        self.add_zone(zone, via);
                    }
                }
                Shareable::Endpoint(id) if private_names => {
                    if let Some(endpoint) = world.endpoints.get(&id) {
                        self.add_hidden_zones(world, endpoint, via);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_rule(&mut self, rule: &ResolverRule, via: Via) {
        if rule.kind == RuleKind::Delegate {
            return;
        }
        let Some(domain) = &rule.domain else {
            self.nameless_rule = self.nameless_rule.or(Some(rule.id));
            return;
        };
        if self.rules.get(domain.as_ref()).is_some_and(|held| held.via < via) {
            return;
        }
        self.rules.insert(domain.clone(), Rule { id: rule.id, kind: rule.kind, via });
        if rule.kind == RuleKind::Forward {
            self.above.add(domain);
        }
    }

    fn add_zone(&mut self, zone: &HostedZone, via: Via) {
        let held = (Zone::Hosted(zone.id), via);
        match self.zones.get(zone.name.as_ref()).copied() {
            Some(Entry { held: first, others: Others::Nobody }) if first.1 < via => {
                let entry = Entry { held: first, others: Others::From(held) };
                self.zones.insert(zone.name.clone(), entry);
            }
            Some(Entry { held: first, .. }) if first.1 < via => return,
            _ => self.zones.insert(zone.name.clone(), Entry { held, others: Others::Same }),
        }
        self.above.add(&zone.name);
    }

    fn add_hidden_zones(&mut self, world: &World, endpoint: &Endpoint, via: Via) {
        let pending_captures = endpoint.state == EndpointState::Pending
            && world.switches.pending == PendingAnswer::NxDomain;
        let effective = endpoint.kind == EndpointKind::Interface
            && endpoint.private_dns
            && (endpoint.state.answers() || pending_captures);
        if !effective {
            return;
        }
        for (name, index) in endpoint.private_names.iter().zip(0..) {
            let held = (Zone::Hidden { endpoint: endpoint.id, index }, via);
            let entry = match self.zones.get(name.zone.as_ref()).copied() {
                Some(Entry { held: first, others: Others::Nobody })
                    if first.1 < via && !endpoint.inbound_only =>
                {
                    Entry { held: first, others: Others::From(held) }
                }
                Some(Entry { held: first, .. }) if first.1 < via => continue,
                _ => {
                    let others = if endpoint.inbound_only { Others::Nobody } else { Others::Same };
                    Entry { held, others }
                }
            };
            let above =
                if endpoint.inbound_only { &mut self.above_inbound } else { &mut self.above };
            above.add(&name.zone);
            self.zones.insert(name.zone.clone(), entry);
        }
    }

    /// The longest zone that contains a name, with the length of its name in wire form (R50) and who brings it.
    ///
    /// For other clients, zones that exist for inbound Resolver endpoints only are skipped (P51).
    pub fn longest_zone(&self, question: &Question<'_>) -> Option<(usize, Zone, Via)> {
        if self.zones.is_empty() {
            return None;
        }
        let inbound = matches!(question.asker, Asker::Inbound(..));
        self.zones.holders(question.name).find_map(|(length, entry)| {
            let (zone, via) = match entry.others {
                _ if inbound => entry.held,
                Others::Same => entry.held,
                Others::From(held) => held,
                Others::Nobody => return None,
            };
            Some((length, zone, via))
        })
    }

    /// Whether a name lies above one of its zones or FORWARD rules.
    pub fn is_above(&self, question: &Question<'_>) -> bool {
        let inbound = matches!(question.asker, Asker::Inbound(..));
        self.above.holds(question.name) || (inbound && self.above_inbound.holds(question.name))
    }

    /// The Resolver rule with the longest domain that matches a name, with the length of the domain in wire form (R41).
    pub fn longest_rule(&self, name: NameRef<'_>) -> Option<(usize, Rule)> {
        if self.rules.is_empty() {
            return None;
        }
        self.rules.holders(name).next().map(|(length, rule)| (length, *rule))
    }
}

/// The rule groups that guard a VPC, its own and those of its Profiles, by priority (R74).
fn firewall(world: &World, vpc: VpcId) -> Box<[(FirewallRuleGroupId, Via)]> {
    let own = world.members(vpc).firewall.iter();
    let mut groups: Vec<_> = own.map(|(priority, id)| (*priority, Via::Own, *id)).collect();
    for (profile, turn) in world.profiles_of(vpc).zip(0..) {
        let via = Via::Profile(turn, profile.id);
        groups.extend(profile.resources.iter().filter_map(|it| match it.of {
            Shareable::FirewallRuleGroup(id) => Some((it.priority.unwrap_or(u32::MAX), via, id)),
            _ => None,
        }));
    }
    groups.sort_unstable();
    groups.into_iter().map(|(_, via, id)| (id, via)).collect()
}

fn decides_families(endpoint: &Arc<Endpoint>) -> Option<(&'static str, EndpointId, RecordIpType)> {
    let service = endpoint.service.aws()?.short();
    let decides = endpoint.kind == EndpointKind::Gateway
        && endpoint.record_type != RecordIpType::ServiceDefined
        && catalog::service_rules(service).record_ip_public_families;
    decides.then_some((service, endpoint.id, endpoint.record_type))
}
