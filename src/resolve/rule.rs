//! Applies the Resolver rule that wins: the question is forwarded, or resolved in another VPC of the World (R45 to
//! R47).

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
};

use super::{
    answer::{Answer, Outcome, Rcode, Records, Target},
    index::InboundAt,
    question::{Asker, Question},
    snapshot::Snapshot,
    trace::{Step, Tracer, trace_via},
    via::Via,
};
use crate::model::{
    id::ResolverRuleId, resolver_endpoint::InboundEndpoint, resolver_rule::ResolverRule,
};

/// How many VPCs a question may be handed through; more is a loop of rules.
const LONGEST_HANDOVER: u8 = 8;

/// Answers a question that a FORWARD rule matches.
///
/// A target that is an inbound endpoint of the World is answered inside, from that endpoint's VPC. Targets outside the
/// World are contacted only where the server was told to (`--forward-rules`).
pub fn forward<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    (id, via): (ResolverRuleId, Via),
    trace: &mut T,
) -> Outcome<'s> {
    let fail = || Outcome::Answer(Answer::code(Rcode::ServFail));
    let Some(rule) = snapshot.world.resolver_rules.get(&id) else { return fail() };
    trace.step(Step::Rule(id));
    trace_via(via, trace);
    if !rule.targets_told {
        trace.step(Step::RuleTargetsUntold);
        return fail();
    }
    match target(snapshot, question.asker, rule) {
        At::Inbound(inbound) => {
            if question.chain.followed >= LONGEST_HANDOVER {
                trace.step(Step::ChainTooLong);
                return fail();
            }
            if question.asker.vpc() != Some(inbound.vpc) {
                trace.step(Step::RuleConnection);
            }
            trace.step(Step::RuleInside(inbound.id));
            let asker = Asker::Inbound(inbound.vpc, inbound.id);
            let handed = Question { asker, chain: question.chain.handed_on(), ..*question };
            return super::resolve(snapshot, &handed, trace);
        }
        At::Nobody(why) => {
            trace.step(why);
            return fail();
        }
        At::Outside => {}
    }
    if !snapshot.public.forward_rules {
        trace.step(Step::RulesOff);
        return fail();
    }
    Outcome::Forward {
        target: Target::Rule(id),
        name: Cow::Owned(question.name.to_name()),
        known: Records::new(),
        chain: question.chain,
        asker: question.asker,
        alias: None,
    }
}

/// The targets outside the World to which a rule forwards a question.
///
/// An address in the asker's own range never leaves its VPC (R71), whatever the rule's other targets are.
pub fn outside(snapshot: &Snapshot, asker: Asker, id: ResolverRuleId) -> Vec<SocketAddr> {
    let targets = snapshot.world.resolver_rules.get(&id).map(|rule| rule.targets.as_slice());
    let is_outside =
        |target: &&SocketAddr| matches!(one_target(snapshot, asker, **target), At::Outside);
    targets.unwrap_or_default().iter().filter(is_outside).copied().collect()
}

/// The target that answers for a rule.
enum At<'s> {
    /// An inbound endpoint of the World.
    Inbound(&'s InboundEndpoint),
    /// No target answers, and why.
    Nobody(Step),
    /// An address outside the World.
    Outside,
}

/// Which of a rule's targets answers: an inbound endpoint before an address outside the World, the first by id.
fn target<'s>(snapshot: &'s Snapshot, asker: Asker, rule: &ResolverRule) -> At<'s> {
    let mut found = At::Nobody(Step::RulesOff);
    for target in &rule.targets {
        match (one_target(snapshot, asker, *target), &found) {
            (At::Inbound(new), At::Inbound(old)) if old.id <= new.id => {}
            (inbound @ At::Inbound(_), _) => found = inbound,
            (_, At::Inbound(_)) => {}
            (At::Outside, _) => found = At::Outside,
            (nobody @ At::Nobody(_), At::Nobody(Step::RulesOff)) => found = nobody,
            (At::Nobody(_), _) => {}
        }
    }
    found
}

/// A packet to the asker's own range never leaves its VPC, so only this VPC's inbound endpoints are looked at. Any
/// other address is an inbound endpoint if the endpoints of exactly one VPC have it; a network connection to it is
/// assumed (R71).
fn one_target(snapshot: &Snapshot, asker: Asker, target: SocketAddr) -> At<'_> {
    let world = &snapshot.world;
    let address = target.ip();
    let is_dns = target.port() == 53;
    let own = asker.vpc().and_then(|vpc| world.vpcs.get(&vpc)).filter(|vpc| match address {
        IpAddr::V4(v4) => vpc.contains(v4),
        IpAddr::V6(v6) => vpc.ipv6_cidrs.iter().any(|range| range.contains(v6)),
    });
    let id = match own {
        Some(vpc) => {
            let held = snapshot.index.inbound_of(world, vpc.id, address).filter(|_| is_dns);
            let Some(id) = held else { return At::Nobody(Step::RuleOwnRange(target)) };
            id
        }
        None => match snapshot.index.inbound(world, address) {
            InboundAt::One(id) if is_dns => id,
            InboundAt::Several if is_dns => return At::Nobody(Step::RuleSeveral(address)),
            _ => return At::Outside,
        },
    };
    world.inbound_endpoints.get(&id).map_or(At::Outside, |endpoint| At::Inbound(endpoint))
}
