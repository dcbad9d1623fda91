//! Associations of DNS Firewall rule groups with VPCs.

use super::{
    arn, firewall_rule_group, listing::Listing, not_found, only, own_vpc, read_tags, time,
};
use crate::{
    api::{
        context::Context, error::ApiError, own::Owned, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    model::{
        change::Change,
        firewall::{AssociateFirewallRuleGroup as Associate, FirewallAssociation},
        firewall_change as model,
        id::{FirewallRuleGroupId, VpcId, derived},
        tag_edit::TagEdit,
        world::{Tags, World},
    },
};

const PROTECTIONS: &[&str] = &["ENABLED", "DISABLED"];

/// An association.
pub(super) struct Association {
    pub(super) id: String,
    pub(super) vpc: VpcId,
    pub(super) group: FirewallRuleGroupId,
    priority: u32,
    details: FirewallAssociation,
}

impl Association {
    /// Those of a VPC.
    fn of_vpc(world: &World, vpc: VpcId) -> Vec<Self> {
        let members = world.members(vpc);
        let associations = members.firewall.iter().map(|(priority, group)| {
            let known = members.firewall_details.iter().find(|it| it.group == *group);
            Self {
                id: derived("rslvr-frgassoc", &format!("{group}/{vpc}")),
                vpc,
                group: *group,
                priority: *priority,
                details: known.cloned().unwrap_or_else(|| FirewallAssociation::new(*group)),
            }
        });
        associations.collect()
    }

    /// Every association of the caller's VPCs.
    pub(super) fn all(context: &Context<'_>) -> Vec<Self> {
        let world = context.world();
        let own = world.vpcs.keys().filter(|vpc| vpc.find(context).is_some());
        own.flat_map(|vpc| Self::of_vpc(world, *vpc)).collect()
    }

    /// The association with an id.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub(super) fn find(context: &Context<'_>, id: &str) -> Result<Self, ApiError> {
        let found = Self::all(context).into_iter().find(|it| it.id == id);
        found.ok_or_else(|| not_found("Firewall rule group association", id))
    }

    pub(super) fn tags(&self) -> &Tags {
        &self.details.tags
    }

    fn fields(&self, context: &Context<'_>, status: &str) -> Fields {
        let details = &self.details;
        Fields::new()
            .set("Id", &self.id)
            .set("Arn", arn(context, &context.account, "firewall-rule-group-association", &self.id))
            .set("FirewallRuleGroupId", self.group.to_string())
            .set("VpcId", self.vpc)
            .set("Name", details.name.as_deref().unwrap_or_default())
            .set("Priority", self.priority)
            .set("MutationProtection", PROTECTIONS[usize::from(!details.protection)])
            .set("Status", status)
            .set("StatusMessage", "")
            .set("CreatorRequestId", details.creator_request.as_deref().unwrap_or_default())
            .set("CreationTime", time(details.created))
            .set("ModificationTime", time(details.modified))
    }
}

/// The association of a VPC and a group after a change.
fn shown(
    context: &Context<'_>,
    world: &World,
    (vpc, group): (VpcId, FirewallRuleGroupId),
    status: &str,
) -> Fields {
    let found = Association::of_vpc(world, vpc).into_iter().find(|it| it.group == group);
    let fields = found.map(|it| it.fields(context, status)).unwrap_or_default();
    only("FirewallRuleGroupAssociation", fields)
}

/// `AssociateFirewallRuleGroup`.
pub(in crate::api) struct AssociateFirewallRuleGroup {
    creator_request: String,
    group: String,
    vpc: String,
    priority: u32,
    name: String,
    protection: Option<String>,
    tags: Tags,
}

fn read_priority(parameters: &mut Parameters) -> Result<Option<u32>, ApiError> {
    let priority = parameters.number("Priority", 0..=u64::from(u32::MAX))?;
    Ok(priority.and_then(|it| u32::try_from(it).ok()))
}

impl Operation for AssociateFirewallRuleGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let creator_request = parameters.required_limited("CreatorRequestId", 1..=255)?;
        let group = parameters.required_limited("FirewallRuleGroupId", 1..=64)?;
        let vpc = parameters.required_limited("VpcId", 1..=64)?;
        let priority = read_priority(parameters)?.ok_or_else(|| parameters.missing("Priority"))?;
        let name = parameters.required_limited("Name", 0..=64)?;
        let protection = parameters.one_of("MutationProtection", PROTECTIONS)?;
        let tags = read_tags(parameters)?;
        Ok(Self { creator_request, group, vpc, priority, name, protection, tags })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        // AWS keeps these for itself.
        if self.priority <= 100 || self.priority > 9_900 {
            let words =
                "The priority of an association must be greater than 100 and less than 9900.";
            return Err(ApiError::new("ValidationException", words));
        }
        let group = firewall_rule_group::own(context, &self.group)?.id;
        let vpc = own_vpc(context, &self.vpc)?;
        let update = model::UpdateFirewallRuleGroupAssociation {
            vpc,
            group,
            priority: None,
            name: Some(self.name.into()),
            protection: Some(self.protection.as_deref() == Some("ENABLED")),
            creator_request: Some(self.creator_request.into()),
            at: context.now,
        };
        let mut changes: Vec<Change> =
            vec![Associate { group, vpc, priority: self.priority }.into(), update.into()];
        if !self.tags.0.is_empty() {
            let edit = TagEdit {
                remove: Vec::new(),
                add: self.tags.0,
                too_many: "LimitExceededException",
            };
            changes.push(model::TagFirewallAssociation { vpc, group, edit }.into());
        }
        let after = context.commit(&changes)?;
        Ok(shown(context, &after.world, (vpc, group), "COMPLETE"))
    }
}

/// `UpdateFirewallRuleGroupAssociation`.
pub(in crate::api) struct UpdateFirewallRuleGroupAssociation {
    id: String,
    priority: Option<u32>,
    name: Option<String>,
    protection: Option<String>,
}

fn only_id(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("FirewallRuleGroupAssociationId", 1..=64)
}

impl Operation for UpdateFirewallRuleGroupAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: only_id(parameters)?,
            priority: read_priority(parameters)?,
            name: parameters.limited("Name", 0..=64)?,
            protection: parameters.one_of("MutationProtection", PROTECTIONS)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Association { vpc, group, .. } = Association::find(context, &self.id)?;
        let change = model::UpdateFirewallRuleGroupAssociation {
            vpc,
            group,
            priority: self.priority,
            name: self.name.map(Into::into),
            protection: self.protection.map(|it| it == "ENABLED"),
            creator_request: None,
            at: context.now,
        };
        let after = context.commit(&[change.into()])?;
        Ok(shown(context, &after.world, (vpc, group), "COMPLETE"))
    }
}

/// `DisassociateFirewallRuleGroup`.
pub(in crate::api) struct DisassociateFirewallRuleGroup(String);

impl Operation for DisassociateFirewallRuleGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        only_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = Association::find(context, &self.0)?;
        let (vpc, group) = (found.vpc, found.group);
        context.commit(&[model::DisassociateFirewallRuleGroup { vpc, group }.into()])?;
        Ok(only("FirewallRuleGroupAssociation", found.fields(context, "DELETING")))
    }
}

/// `GetFirewallRuleGroupAssociation`.
pub(in crate::api) struct GetFirewallRuleGroupAssociation(String);

impl Operation for GetFirewallRuleGroupAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        only_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = Association::find(context, &self.0)?;
        Ok(only("FirewallRuleGroupAssociation", found.fields(context, "COMPLETE")))
    }
}

/// `ListFirewallRuleGroupAssociations`.
pub(in crate::api) struct ListFirewallRuleGroupAssociations {
    group: Option<String>,
    vpc: Option<String>,
    priority: Option<u32>,
    status: Option<String>,
    listing: Listing,
}

impl Operation for ListFirewallRuleGroupAssociations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            group: parameters.limited("FirewallRuleGroupId", 1..=64)?,
            vpc: parameters.limited("VpcId", 1..=64)?,
            priority: read_priority(parameters)?,
            status: parameters.one_of("Status", &["COMPLETE", "DELETING", "UPDATING"])?,
            listing: Listing::read(parameters, &[])?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let is_wanted = |it: &Association| {
            self.group.as_ref().is_none_or(|id| it.group.to_string() == *id)
                && self.vpc.as_ref().is_none_or(|id| it.vpc.to_string() == *id)
                && self.priority.is_none_or(|priority| it.priority == priority)
                && self.status.as_deref().is_none_or(|status| status == "COMPLETE")
        };
        let all = Association::all(context).into_iter().filter(is_wanted);
        let shown = all.map(|it| (it.id.clone(), it.fields(context, "COMPLETE"))).collect();
        Ok(self.listing.reply("FirewallRuleGroupAssociations", shown))
    }
}
