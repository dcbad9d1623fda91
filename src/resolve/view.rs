//! What one VPC sees: an index from names to the zones that hold them.
//!
//! Holds ids and names shared with the World and no records: a zone's contents exist once, however many VPCs it is
//! associated with.

use std::sync::Arc;

use super::{
    above::Above,
    question::{Asker, Question},
};
use crate::{
    catalog::{self, Region},
    model::{
        endpoint::{Endpoint, EndpointKind, EndpointState, RecordIpType},
        id::{EndpointId, ResolverRuleId, VpcId, ZoneId},
        name::NameRef,
        resolver_rule::RuleKind,
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
    /// Whether DNS Firewall rule groups are associated with it.
    pub firewalled: bool,
    /// Whether peering connections lead from it, in whatever state.
    pub peered: bool,
    /// The gateway endpoint that decides which addresses names of S3 have, and how (P45, P46).
    pub deciding_gateway: Option<(&'static str, EndpointId, RecordIpType)>,
    /// A rule of another account whose domain is not known.
    pub nameless_rule: Option<ResolverRuleId>,
    zones: SuffixMap<Entry>,
    rules: SuffixMap<(ResolverRuleId, RuleKind)>,
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

#[derive(Clone, Copy, Debug)]
struct Entry {
    zone: Zone,
    inbound_only: bool,
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
            firewalled: !members.firewall.is_empty(),
            peered: !members.peerings.is_empty(),
            deciding_gateway: world.endpoints_of(id).find_map(decides_families),
            zones: SuffixMap::default(),
            rules: SuffixMap::default(),
            nameless_rule: None,
            above: Above::default(),
            above_inbound: Above::default(),
        };
        for rule in members.rules.iter().filter_map(|id| world.resolver_rules.get(id)) {
            if rule.kind == RuleKind::Delegate {
                continue;
            }
            let Some(domain) = &rule.domain else {
                view.nameless_rule = view.nameless_rule.or(Some(rule.id));
                continue;
            };
            view.rules.insert(domain.clone(), (rule.id, rule.kind));
            if rule.kind == RuleKind::Forward {
                view.above.add(domain);
            }
        }
        // Private zones of either kind need both attributes (V13, V14).
        if vpc.both_attributes() {
            view.add_hidden_zones(world);
            for zone in world.zones_of(id) {
                view.above.add(&zone.name);
                view.zones.insert(
                    zone.name.clone(),
                    Entry { zone: Zone::Hosted(zone.id), inbound_only: false },
                );
            }
        }
        Some(view)
    }

    fn add_hidden_zones(&mut self, world: &World) {
        for endpoint in world.endpoints_of(self.vpc) {
            let pending_captures = endpoint.state == EndpointState::Pending
                && world.switches.pending == PendingAnswer::NxDomain;
            let effective = endpoint.kind == EndpointKind::Interface
                && endpoint.private_dns
                && (endpoint.state.answers() || pending_captures);
            if !effective {
                continue;
            }
            for (name, index) in endpoint.private_names.iter().zip(0..) {
                let zone = Zone::Hidden { endpoint: endpoint.id, index };
                let above =
                    if endpoint.inbound_only { &mut self.above_inbound } else { &mut self.above };
                above.add(&name.zone);
                self.zones
                    .insert(name.zone.clone(), Entry { zone, inbound_only: endpoint.inbound_only });
            }
        }
    }

    /// The longest zone that contains a name, with the length of its name in wire form (R50).
    ///
    /// For other clients, zones that exist for inbound Resolver endpoints only are skipped (P51).
    pub fn longest_zone(&self, question: &Question<'_>) -> Option<(usize, Zone)> {
        if self.zones.is_empty() {
            return None;
        }
        let inbound = matches!(question.asker, Asker::Inbound(..));
        self.zones
            .holders(question.name)
            .find(|(_, entry)| inbound || !entry.inbound_only)
            .map(|(length, entry)| (length, entry.zone))
    }

    /// Whether a name lies above one of its zones or FORWARD rules.
    pub fn is_above(&self, question: &Question<'_>) -> bool {
        let inbound = matches!(question.asker, Asker::Inbound(..));
        self.above.holds(question.name) || (inbound && self.above_inbound.holds(question.name))
    }

    /// The Resolver rule with the longest domain that matches a name, with the length of the domain in wire form (R41).
    pub fn longest_rule(&self, name: NameRef<'_>) -> Option<(usize, ResolverRuleId, RuleKind)> {
        if self.rules.is_empty() {
            return None;
        }
        self.rules.holders(name).next().map(|(length, (id, kind))| (length, *id, *kind))
    }
}

fn decides_families(endpoint: &Arc<Endpoint>) -> Option<(&'static str, EndpointId, RecordIpType)> {
    let service = endpoint.service.aws()?.short();
    let decides = endpoint.kind == EndpointKind::Gateway
        && endpoint.record_type != RecordIpType::ServiceDefined
        && catalog::service_rules(service).record_ip_public_families;
    decides.then_some((service, endpoint.id, endpoint.record_type))
}
