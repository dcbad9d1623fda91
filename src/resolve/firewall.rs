//! DNS Firewall: allow, alert or block a name before anything is looked up (R62 to R66).
//!
//! Looks at names and types, never at addresses.

use std::borrow::Cow;

use super::{
    answer::{Answer, Data, Owner, Rcode, Record},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer, trace_via},
    view::View,
};
use crate::model::{
    firewall::{BlockResponse, FirewallAction, FirewallRule},
    record::RecordType,
};

/// The firewall's decision on a question.
#[expect(clippy::large_enum_variant, reason = "it is looked at once, where it is returned")]
pub enum Ruling<'s> {
    /// The question continues.
    Pass,
    /// The question continues, and its CNAME targets are not checked (R65).
    Trust,
    /// The question is blocked with this answer.
    Block(Answer<'s>),
}

/// Asks the firewall of a VPC: the groups and their rules by priority, and the first that matches ends it (R64).
pub fn check<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    view: &View,
    trace: &mut T,
) -> Ruling<'s> {
    let world = &snapshot.world;
    let members = world.members(view.vpc);
    if view.firewall.is_empty() || question.chain.trusted {
        return Ruling::Pass;
    }
    if members.firewall_failing {
        trace.step(Step::FirewallFailing { open: members.firewall_fail_open });
        return if members.firewall_fail_open {
            Ruling::Pass
        } else {
            Ruling::Block(Answer::code(Rcode::ServFail))
        };
    }
    for (group_id, via) in &view.firewall {
        let Some(group) = world.firewall_rule_groups.get(group_id) else { continue };
        let domains = snapshot.index.firewall(world, *group_id);
        for ((rule, domains), index) in group.rules.iter().zip(domains).zip(0_u8..) {
            if !matches(rule, question) || !domains.hold(question.name) {
                continue;
            }
            trace.step(Step::Firewall { group: *group_id, rule: index });
            trace_via(*via, trace);
            return match &rule.action {
                FirewallAction::Allow | FirewallAction::Alert if rule.trust_redirection => {
                    Ruling::Trust
                }
                FirewallAction::Allow | FirewallAction::Alert => Ruling::Pass,
                FirewallAction::Block(response) => Ruling::Block(blocked(response)),
            };
        }
    }
    Ruling::Pass
}

/// Whether a rule matches a question's type and position in its CNAME chain.
fn matches(rule: &FirewallRule, question: &Question<'_>) -> bool {
    // A rule that trusts redirections looks at the first name of a chain only.
    (question.chain.followed == 0 || !rule.trust_redirection)
        && rule.qtype.is_none_or(|rtype| rtype == question.rtype)
}

fn blocked(response: &BlockResponse) -> Answer<'_> {
    match response {
        BlockResponse::NoData => Answer::code(Rcode::NoError),
        BlockResponse::NxDomain => Answer::code(Rcode::NxDomain),
        BlockResponse::Override { target, ttl } => {
            let data = Data::Name(RecordType::CNAME, Cow::Borrowed(target));
            let record = Record { owner: Owner::Question, ttl: *ttl, data };
            Answer::found([record].into_iter().collect())
        }
    }
}
