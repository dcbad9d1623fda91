//! The Resolver rules and DNS Firewall rule groups of a world file.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use super::{Reading, keys, outline::Outline};
use crate::{
    hash::stable_hash,
    import::text::{
        node::{Key, Node},
        reader::MapReader,
        scalar::Scalar,
    },
    model::{
        firewall::{
            AssociateFirewallRuleGroup, BlockResponse, CreateFirewallRuleGroup, DomainPattern,
            FirewallAction, FirewallRule, FirewallRuleDetails, FirewallRuleGroup, GroupDetails,
            UpdateFirewallConfig,
        },
        id::{FirewallRuleGroupId, ResolverRuleId, VpcId},
        name::Name,
        record::RecordType,
        resolver_rule::{
            AssociateResolverRule, CreateResolverRule, ResolverRule, RuleDetails, RuleKind,
        },
        world::Tags,
    },
};

/// The target of a rule: an address, with port 53 unless it gives another.
struct Target(SocketAddr);

impl Scalar for Target {
    const EXPECTED: &'static str = "an address such as 10.0.0.10 or 10.0.0.10:5353";

    fn read(text: &str) -> Result<Self, Option<String>> {
        text.parse::<IpAddr>()
            .map(|address| SocketAddr::new(address, 53))
            .or_else(|_| text.parse())
            .map(Self)
            .map_err(|_| None)
    }
}

impl Scalar for DomainPattern {
    const EXPECTED: &'static str = "a domain such as example.com, *.example.com or *";

    fn read(text: &str) -> Result<Self, Option<String>> {
        Self::parse(text).ok_or(None)
    }
}

/// Plans the rules and the firewall.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, file: &MapReader<'n>, outline: &Outline<'n>) {
    for (key, node) in file.map("resolver-rules", &mut reading.report) {
        rule(reading, outline, key, node);
    }
    for (key, node) in file.map("firewall-rule-groups", &mut reading.report) {
        group(reading, outline, key, node);
    }
    for vpc in &outline.vpcs {
        if let Some(node) = vpc.item.node.get("firewall") {
            firewall(reading, vpc.item.id, node);
        }
    }
}

/// The seed of the id of a rule that gives none.
pub(super) fn seed_of_rule(key: &str) -> u128 {
    stable_hash(&format!("resolver-rule/{key}"))
}

/// The seed of the id of a rule group that gives none.
pub(super) fn seed_of_group(key: &str) -> u128 {
    stable_hash(&format!("firewall/{key}"))
}

fn rule<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    key: &'n Key,
    node: &'n Node,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(node, key.pos, keys::RESOLVER_RULE, report)?;
    let seed = seed_of_rule(&key.text);
    let id = fields.read("id", report).unwrap_or_else(|| ResolverRuleId::from_seed(seed));
    let kinds = [
        ("forward", RuleKind::Forward),
        ("system", RuleKind::System),
        ("delegate", RuleKind::Delegate),
    ];
    let kind = fields.choice("type", &kinds, report).unwrap_or(RuleKind::Forward);
    let targets: Vec<Target> = fields.read_list("targets", report);
    let targets_told = fields.read("targets-told", report).unwrap_or(true);
    let vpcs = fields.list("vpcs", report);
    // A rule that delegates may have a delegation record alone.
    let domain: Option<Name> = if targets_told && kind != RuleKind::Delegate {
        Some(fields.require("domain", report)?)
    } else {
        fields.read("domain", report)
    };
    let rule = ResolverRule {
        id,
        tags: Tags::named(&key.text),
        domain,
        kind,
        targets: targets.into_iter().map(|target| target.0).collect(),
        targets_told,
        vpcs: Vec::new(),
        details: RuleDetails::default(),
    };
    reading.plan(CreateResolverRule { rule }, key.pos, node);
    for vpc_node in vpcs {
        if let Some(vpc) = outline.names.vpcs.find(vpc_node, None, &mut reading.report) {
            reading.plan(AssociateResolverRule { rule: id, vpc }, vpc_node.pos, vpc_node);
        }
    }
    Some(())
}

fn group<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    key: &'n Key,
    node: &'n Node,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(node, key.pos, keys::FIREWALL_RULE_GROUP, report)?;
    let seed = seed_of_group(&key.text);
    let id = fields.read("id", report).unwrap_or_else(|| FirewallRuleGroupId::from_seed(seed));
    let mut rules = Vec::new();
    for ((name, rule), number) in fields.map("rules", report).iter().zip(1_u32..) {
        rules.extend(firewall_rule(reading, name, rule, number));
    }
    let details = GroupDetails::default();
    let group = FirewallRuleGroup { id, tags: Tags::named(&key.text), rules, details };
    reading.plan(CreateFirewallRuleGroup { group }, key.pos, node);
    for ((name, priority_node), number) in
        fields.map("vpcs", &mut reading.report).iter().zip(1_u32..)
    {
        let vpc = outline.names.vpcs.lookup(&name.text);
        let Some(vpc) = vpc else {
            reading.report.error(name.pos, &format!("there is no VPC `{}`", name.text));
            continue;
        };
        let priority = crate::import::text::reader::read::<u32>(priority_node, &mut reading.report)
            .unwrap_or(number);
        let change = AssociateFirewallRuleGroup { group: id, vpc, priority };
        reading.plan(change, name.pos, priority_node);
    }
    Some(())
}

fn firewall_rule(
    reading: &mut Reading<'_, '_>,
    name: &Key,
    node: &Node,
    number: u32,
) -> Option<FirewallRule> {
    let report = &mut reading.report;
    let fields = MapReader::of(node, name.pos, keys::FIREWALL_RULE, report)?;
    let response = match fields.get("override") {
        Some(_) => BlockResponse::Override {
            target: fields.read::<Name>("override", report)?,
            ttl: fields.read("override-ttl", report).unwrap_or(0),
        },
        None => fields
            .choice(
                "block-response",
                &[("nodata", BlockResponse::NoData), ("nxdomain", BlockResponse::NxDomain)],
                report,
            )
            .unwrap_or(BlockResponse::NoData),
    };
    let actions = [
        ("allow", FirewallAction::Allow),
        ("alert", FirewallAction::Alert),
        ("block", FirewallAction::Block(response)),
    ];
    fields.required("domains", report)?;
    Some(FirewallRule {
        name: Arc::from(name.text.as_str()),
        priority: fields.read("priority", report).unwrap_or(number),
        domains: fields.read_list("domains", report),
        qtype: fields.read::<RecordType>("type", report),
        action: fields.choice("action", &actions, report).unwrap_or(FirewallAction::Allow),
        trust_redirection: fields
            .choice("redirection", &[("inspect", false), ("trust", true)], report)
            .unwrap_or(false),
        list: None,
        details: FirewallRuleDetails::default(),
    })
}

fn firewall<'n>(reading: &mut Reading<'_, 'n>, vpc: VpcId, node: &'n Node) {
    let report = &mut reading.report;
    let Some(fields) = MapReader::of(node, node.pos, keys::FIREWALL, report) else { return };
    let fail_open = fields.read("fail-open", report).unwrap_or(false);
    let failing = fields.read("failing", report).unwrap_or(false);
    reading.plan(UpdateFirewallConfig { vpc, fail_open, failing }, node.pos, node);
}
