//! Rules of DNS Firewall rule groups. A rule is told by its domain list and type.

use std::sync::Arc;

use super::{
    firewall_domain_list::List, firewall_rule_group as group, listing::Listing, only, time,
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        firewall::{BlockResponse, FirewallAction, FirewallRule, FirewallRuleGroup},
        firewall_change as model,
        id::FirewallDomainListId,
        record::{RecordType, route53_name, route53_text},
        record_value::type_text,
    },
};

const ACTIONS: &[&str] = &["ALLOW", "BLOCK", "ALERT"];
const RESPONSES: &[&str] = &["NODATA", "NXDOMAIN", "OVERRIDE"];
const REDIRECTIONS: &[&str] = &["INSPECT_REDIRECTION_DOMAIN", "TRUST_REDIRECTION_DOMAIN"];

fn invalid(words: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", words)
}

/// What a request says of a rule.
struct Given {
    group: String,
    list: String,
    qtype: Option<RecordType>,
    name: Option<String>,
    priority: Option<u64>,
    action: Option<String>,
    response: Option<String>,
    target: Option<String>,
    ttl: Option<u64>,
    redirection: Option<String>,
}

impl Given {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (group, list, qtype) = read_key(parameters)?;
        parameters.one_of("BlockOverrideDnsType", &["CNAME"])?;
        Ok(Self {
            group,
            list,
            qtype,
            name: parameters.limited("Name", 0..=64)?,
            priority: parameters.number("Priority", 0..=u64::from(u32::MAX))?,
            action: parameters.one_of("Action", ACTIONS)?,
            response: parameters.one_of("BlockResponse", RESPONSES)?,
            target: parameters.limited("BlockOverrideDomain", 1..=255)?,
            ttl: parameters.number("BlockOverrideTtl", 0..=604_800)?,
            redirection: parameters.one_of("FirewallDomainRedirectionAction", REDIRECTIONS)?,
        })
    }

    /// The action, from what is given and what was there before.
    fn action(&self, old: Option<&FirewallAction>) -> Result<FirewallAction, ApiError> {
        let action = match (self.action.as_deref(), old) {
            (Some("ALLOW"), _) | (None, Some(FirewallAction::Allow)) => {
                return Ok(FirewallAction::Allow);
            }
            (Some("ALERT"), _) | (None, Some(FirewallAction::Alert)) => {
                return Ok(FirewallAction::Alert);
            }
            (_, Some(FirewallAction::Block(response))) => Some(response),
            _ => None,
        };
        let response = match (self.response.as_deref(), action) {
            (Some("NODATA"), _) | (None, Some(BlockResponse::NoData)) => BlockResponse::NoData,
            (Some("NXDOMAIN"), _) | (None, Some(BlockResponse::NxDomain)) => {
                BlockResponse::NxDomain
            }
            (None, None) => return Err(invalid("A rule that blocks needs a BlockResponse.")),
            (_, old) => {
                let old = match old {
                    Some(BlockResponse::Override { target, ttl }) => Some((target, *ttl)),
                    _ => None,
                };
                let target = match (&self.target, old) {
                    (Some(text), _) => route53_name(text)
                        .map_err(|_| invalid(format!("'{text}' is not a domain name.")))?,
                    (None, Some((target, _))) => target.clone(),
                    (None, None) => return Err(invalid("OVERRIDE needs a BlockOverrideDomain.")),
                };
                let given = self.ttl.and_then(|ttl| u32::try_from(ttl).ok());
                let Some(ttl) = given.or(old.map(|(_, ttl)| ttl)) else {
                    return Err(invalid("OVERRIDE needs a BlockOverrideTtl."));
                };
                BlockResponse::Override { target, ttl }
            }
        };
        Ok(FirewallAction::Block(response))
    }
}

/// Reads what tells a rule apart.
fn read_key(parameters: &mut Parameters) -> Result<(String, String, Option<RecordType>), ApiError> {
    let group = parameters.required_limited("FirewallRuleGroupId", 1..=64)?;
    let list = parameters.required_limited("FirewallDomainListId", 1..=64)?;
    let qtype = match parameters.limited("Qtype", 1..=16)? {
        None => None,
        Some(text) => Some(
            text.parse::<RecordType>()
                .map_err(|_| invalid(format!("'{text}' is not a type of records.")))?,
        ),
    };
    Ok((group, list, qtype))
}

/// A rule as replies show it.
fn fields(group: &FirewallRuleGroup, rule: &FirewallRule) -> Fields {
    let shown = Fields::new()
        .set("FirewallRuleGroupId", group.id.to_string())
        .set("FirewallDomainListId", rule.list_of(group.id).to_string())
        .set("Name", &rule.name)
        .set("Priority", rule.priority);
    let shown = match &rule.action {
        FirewallAction::Allow => shown.set("Action", "ALLOW"),
        FirewallAction::Alert => shown.set("Action", "ALERT"),
        FirewallAction::Block(response) => {
            let shown = shown.set("Action", "BLOCK");
            match response {
                BlockResponse::NoData => shown.set("BlockResponse", "NODATA"),
                BlockResponse::NxDomain => shown.set("BlockResponse", "NXDOMAIN"),
                BlockResponse::Override { target, ttl } => shown
                    .set("BlockResponse", "OVERRIDE")
                    .set("BlockOverrideDomain", route53_text(target.as_ref()))
                    .set("BlockOverrideDnsType", "CNAME")
                    .set("BlockOverrideTtl", *ttl),
            }
        }
    };
    let redirection = REDIRECTIONS[usize::from(rule.trust_redirection)];
    shown
        .set("CreatorRequestId", rule.details.creator_request.as_deref().unwrap_or_default())
        .set("CreationTime", time(rule.details.created))
        .set("ModificationTime", time(rule.details.modified))
        .set("FirewallDomainRedirectionAction", redirection)
        .maybe("Qtype", rule.qtype.map(type_text))
}

/// The rule of a list and a type in a group.
fn find(
    group: &FirewallRuleGroup,
    list: FirewallDomainListId,
    qtype: Option<RecordType>,
) -> Result<&FirewallRule, ApiError> {
    let found =
        group.rules.iter().find(|rule| rule.list_of(group.id) == list && rule.qtype == qtype);
    found.ok_or_else(|| {
        let words = "The rule group has no rule with this domain list and type";
        ApiError::new("ResourceNotFoundException", words)
    })
}

/// The documented parameters that name what this server has not: AWS's own detection of bad names.
const WITHOUT_EFFECT: &[&str] = &[
    "ConfidenceThreshold",
    "DnsThreatProtection",
    "FirewallRuleType",
    "FirewallThreatProtectionId",
];

/// `CreateFirewallRule`.
pub(in crate::api) struct CreateFirewallRule(Given, String);

impl Operation for CreateFirewallRule {
    const WITHOUT_EFFECT: &'static [&'static str] = WITHOUT_EFFECT;

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let request = parameters.required_limited("CreatorRequestId", 1..=255)?;
        let given = Given::read(parameters)?;
        let missing = [
            ("Priority", given.priority.is_none()),
            ("Action", given.action.is_none()),
            ("Name", given.name.is_none()),
        ];
        match missing.iter().find(|(_, is_missing)| *is_missing) {
            Some((name, _)) => Err(parameters.missing(name)),
            None => Ok(Self(given, request)),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Self(given, request) = self;
        let group = group::own(context, &given.group)?;
        let list = List::find(context, &given.list)?;
        let mut rule = FirewallRule {
            name: given.name.clone().unwrap_or_default().into(),
            priority: given.priority.and_then(|it| u32::try_from(it).ok()).unwrap_or_default(),
            domains: list.domains().to_vec(),
            qtype: given.qtype,
            action: given.action(None)?,
            trust_redirection: given.redirection.as_deref() == REDIRECTIONS.last().copied(),
            list: Some(list.id()),
            details: Default::default(),
        };
        rule.details.creator_request = Some(request.into());
        (rule.details.created, rule.details.modified) = (context.now, context.now);
        let shown = fields(group, &rule);
        context.commit(&[model::CreateFirewallRule { group: group.id, rule }.into()])?;
        Ok(only("FirewallRule", shown))
    }
}

/// `UpdateFirewallRule`.
pub(in crate::api) struct UpdateFirewallRule(Given);

impl Operation for UpdateFirewallRule {
    const WITHOUT_EFFECT: &'static [&'static str] = WITHOUT_EFFECT;

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Given::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let given = self.0;
        let group = group::own(context, &given.group)?;
        let list = List::find(context, &given.list)?.id();
        let mut rule = find(group, list, given.qtype)?.clone();
        rule.action = given.action(Some(&rule.action))?;
        if let Some(name) = &given.name {
            rule.name = Arc::from(name.as_str());
        }
        if let Some(priority) = given.priority.and_then(|it| u32::try_from(it).ok()) {
            rule.priority = priority;
        }
        if let Some(redirection) = given.redirection.as_deref() {
            rule.trust_redirection = Some(redirection) == REDIRECTIONS.last().copied();
        }
        rule.details.modified = context.now;
        let shown = fields(group, &rule);
        context.commit(&[model::UpdateFirewallRule { group: group.id, rule }.into()])?;
        Ok(only("FirewallRule", shown))
    }
}

/// `DeleteFirewallRule`.
pub(in crate::api) struct DeleteFirewallRule(String, String, Option<RecordType>);

impl Operation for DeleteFirewallRule {
    const WITHOUT_EFFECT: &'static [&'static str] = &["FirewallThreatProtectionId"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (group, list, qtype) = read_key(parameters)?;
        Ok(Self(group, list, qtype))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = group::own(context, &self.0)?;
        let list = List::find(context, &self.1)?.id();
        let shown = fields(group, find(group, list, self.2)?);
        let change =
            model::DeleteFirewallRule { group: group.id, list, qtype: self.2, at: context.now };
        context.commit(&[change.into()])?;
        Ok(only("FirewallRule", shown))
    }
}

/// `ListFirewallRules`: in the order in which they are looked at.
pub(in crate::api) struct ListFirewallRules {
    group: String,
    priority: Option<u64>,
    action: Option<String>,
    listing: Listing,
}

impl Operation for ListFirewallRules {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            group: parameters.required_limited("FirewallRuleGroupId", 1..=64)?,
            priority: parameters.number("Priority", 0..=u64::from(u32::MAX))?,
            action: parameters.one_of("Action", ACTIONS)?,
            listing: Listing::read(parameters, &[])?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = group::own(context, &self.group)?;
        let is_wanted = |rule: &&FirewallRule| {
            let action = match rule.action {
                FirewallAction::Allow => "ALLOW",
                FirewallAction::Alert => "ALERT",
                FirewallAction::Block(_) => "BLOCK",
            };
            self.priority.is_none_or(|it| it == u64::from(rule.priority))
                && self.action.as_deref().is_none_or(|it| it == action)
        };
        let rules = group.rules.iter().filter(is_wanted);
        let shown =
            rules.map(|rule| (format!("{:010}", rule.priority), fields(group, rule))).collect();
        Ok(self.listing.reply("FirewallRules", shown))
    }
}
