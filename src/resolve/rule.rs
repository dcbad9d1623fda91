//! Resolver rules that win: a question for somebody else, or for another VPC of the World (R45 to R47).

use std::borrow::Cow;

use super::{
    answer::{Answer, Outcome, Rcode, Records, Target},
    question::{Asker, Question},
    snapshot::Snapshot,
    trace::{Step, Tracer},
};
use crate::model::{
    id::ResolverRuleId, resolver_endpoint::InboundEndpoint, resolver_rule::ResolverRule,
};

/// How many VPCs a question may be handed through; more is a loop of rules.
const LONGEST_HANDOVER: u8 = 8;

/// Answers a question that a FORWARD rule holds.
///
/// A target that is an inbound endpoint of the World is answered inside, from that endpoint's VPC. Other targets are
/// contacted only where the server was told to (`--forward-rules`).
pub fn forward<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    id: ResolverRuleId,
    trace: &mut T,
) -> Outcome<'s> {
    let fail = || Outcome::Answer(Answer::code(Rcode::ServFail));
    let Some(rule) = snapshot.world.resolver_rules.get(&id) else { return fail() };
    trace.step(Step::Rule(id));
    if let Some(inbound) = inside(snapshot, rule) {
        if question.chain.followed >= LONGEST_HANDOVER {
            trace.step(Step::ChainTooLong);
            return fail();
        }
        trace.step(Step::RuleInside(inbound.id));
        let asker = Asker::Inbound(inbound.vpc, inbound.id);
        let handed = Question { asker, chain: question.chain.handed_on(), ..*question };
        return super::resolve(snapshot, &handed, trace);
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
    }
}

/// The inbound endpoint that one of the rule's targets is; the first by id where addresses overlap.
fn inside<'s>(snapshot: &'s Snapshot, rule: &ResolverRule) -> Option<&'s InboundEndpoint> {
    let world = &snapshot.world;
    let targets = rule.targets.iter().filter(|target| target.port() == 53);
    let first = targets.filter_map(|target| snapshot.index.inbound(world, target.ip())).min()?;
    world.inbound_endpoints.get(&first).map(|endpoint| &**endpoint)
}
