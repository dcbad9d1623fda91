//! DNS Firewall rule groups.

use std::sync::Arc;

use super::{arn, listing::Listing, only, read_tags, time};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        firewall::{self as model, FirewallRuleGroup, GroupDetails, no_such_group},
        firewall_change::DeleteFirewallRuleGroup as Delete,
        id::FirewallRuleGroupId,
        world::Tags,
    },
};

/// Whether a group is the caller's.
fn is_own(context: &Context<'_>, group: &FirewallRuleGroup) -> bool {
    group.home(context.world()) == Some((&context.account, context.region))
}

/// The caller's group with an id.
///
/// # Errors
///
/// `ResourceNotFoundException`, also if somebody else owns it.
pub(super) fn own<'c>(
    context: &'c Context<'_>,
    text: &str,
) -> Result<&'c Arc<FirewallRuleGroup>, ApiError> {
    let found = text.parse::<FirewallRuleGroupId>().ok();
    let found = found.and_then(|id| context.world().firewall_rule_groups.get(&id));
    found.filter(|group| is_own(context, group)).ok_or_else(|| no_such_group(text).into())
}

fn name(group: &FirewallRuleGroup) -> String {
    let name = group.details.name.as_deref().or_else(|| group.tags.name());
    name.map_or_else(|| group.id.to_string(), str::to_owned)
}

/// A group as lists show it.
fn summary(context: &Context<'_>, group: &FirewallRuleGroup) -> Fields {
    let id = group.id.to_string();
    Fields::new()
        .set("Id", &id)
        .set("Arn", arn(context, &context.account, "firewall-rule-group", &id))
        .set("Name", name(group))
        .set("OwnerId", &context.account)
        .set("CreatorRequestId", group.details.creator_request.as_deref().unwrap_or_default())
        .set("ShareStatus", "NOT_SHARED")
}

fn fields(context: &Context<'_>, group: &FirewallRuleGroup, status: &str) -> Fields {
    summary(context, group)
        .set("RuleCount", u64::try_from(group.rules.len()).unwrap_or(u64::MAX))
        .set("Status", status)
        .set("StatusMessage", "")
        .set("CreationTime", time(group.details.created))
        .set("ModificationTime", time(group.details.modified))
}

/// `CreateFirewallRuleGroup`.
pub(in crate::api) struct CreateFirewallRuleGroup {
    creator_request: String,
    name: String,
    tags: Tags,
}

impl Operation for CreateFirewallRuleGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            creator_request: parameters.required_limited("CreatorRequestId", 1..=255)?,
            name: parameters.required_limited("Name", 0..=64)?,
            tags: read_tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let groups = context.world().firewall_rule_groups.values();
        let mut own = groups.filter(|it| is_own(context, it));
        // The same request again is answered with what the first one made.
        let again =
            own.find(|it| it.details.creator_request.as_deref() == Some(&*self.creator_request));
        if let Some(old) = again {
            return Ok(only("FirewallRuleGroup", fields(context, old, "COMPLETE")));
        }
        let group = FirewallRuleGroup {
            id: FirewallRuleGroupId::from_seed(seed()),
            tags: self.tags,
            rules: Vec::new(),
            details: GroupDetails {
                name: Some(self.name.into()),
                creator_request: Some(self.creator_request.into()),
                home: Some((context.account.as_str().into(), context.region.into())),
                created: context.now,
                modified: context.now,
            },
        };
        let shown = fields(context, &group, "COMPLETE");
        context.commit(&[model::CreateFirewallRuleGroup { group }.into()])?;
        Ok(only("FirewallRuleGroup", shown))
    }
}

/// `GetFirewallRuleGroup`.
pub(in crate::api) struct GetFirewallRuleGroup(String);

impl Operation for GetFirewallRuleGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("FirewallRuleGroupId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(only("FirewallRuleGroup", fields(context, own(context, &self.0)?, "COMPLETE")))
    }
}

/// `DeleteFirewallRuleGroup`.
pub(in crate::api) struct DeleteFirewallRuleGroup(String);

impl Operation for DeleteFirewallRuleGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("FirewallRuleGroupId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = own(context, &self.0)?;
        context.commit(&[Delete { group: group.id }.into()])?;
        Ok(only("FirewallRuleGroup", fields(context, group, "DELETING")))
    }
}

/// `ListFirewallRuleGroups`.
pub(in crate::api) struct ListFirewallRuleGroups(Listing);

impl Operation for ListFirewallRuleGroups {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &[]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let groups = context.world().firewall_rule_groups.values();
        let own = groups.filter(|it| is_own(context, it));
        let shown = own.map(|it| (it.id.to_string(), summary(context, it))).collect();
        Ok(self.0.reply("FirewallRuleGroups", shown))
    }
}
