//! Associations of rules with VPCs. The rule for every name is associated with every VPC.

use std::sync::Arc;

use super::{
    listing::Listing,
    not_found, only, own_vpc,
    rule::{self, INTERNET},
};
use crate::{
    api::{
        context::Context, error::ApiError, own::Owned, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    model::{
        change::Change,
        id::{VpcId, derived},
        resolver_rule::{self as model, NameRuleAssociation, ResolverRule},
    },
};

/// An association.
struct Association<'c> {
    id: String,
    rule: String,
    vpc: VpcId,
    name: Option<&'c str>,
}

impl<'c> Association<'c> {
    fn of(rule: &'c ResolverRule, vpc: VpcId) -> Self {
        let id = derived("rslvr-rrassoc", &format!("{}/{vpc}", rule.id));
        let named = rule.details.associations.iter().find(|(known, _)| *known == vpc);
        Self { id, rule: rule.id.to_string(), vpc, name: named.map(|(_, name)| &**name) }
    }

    /// That of the rule for every name.
    fn of_internet(vpc: VpcId) -> Self {
        let id = format!("rslvr-autodefined-assoc-{vpc}-internet-resolver");
        Self { id, rule: INTERNET.to_owned(), vpc, name: Some("System Rule Association") }
    }

    /// Every association of the caller's VPCs.
    fn all(context: &'c Context<'_>) -> Vec<Self> {
        let world = context.world();
        let rules = world.resolver_rules.values();
        let own = rules.flat_map(|rule| rule.vpcs.iter().map(move |vpc| Self::of(rule, *vpc)));
        let internet = world.vpcs.keys().map(|vpc| Self::of_internet(*vpc));
        own.chain(internet).filter(|it| it.vpc.find(context).is_some()).collect()
    }

    fn fields(&self, status: &str) -> Fields {
        Fields::new()
            .set("Id", &self.id)
            .set("ResolverRuleId", &self.rule)
            .maybe("Name", self.name)
            .set("VPCId", self.vpc)
            .set("Status", status)
            .set("StatusMessage", "")
    }
}

/// `AssociateResolverRule`.
pub(in crate::api) struct AssociateResolverRule {
    rule: String,
    vpc: String,
    name: Option<String>,
}

impl Operation for AssociateResolverRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            rule: parameters.required_limited("ResolverRuleId", 1..=64)?,
            vpc: parameters.required_limited("VPCId", 1..=64)?,
            name: parameters.limited("Name", 0..=64)?.filter(|it| !it.is_empty()),
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let rule = rule::own(context, &self.rule)?.id;
        let vpc = own_vpc(context, &self.vpc)?;
        let mut changes: Vec<Change> = vec![model::AssociateResolverRule { rule, vpc }.into()];
        if let Some(name) = self.name {
            changes.push(NameRuleAssociation { rule, vpc, name: name.into() }.into());
        }
        let after = context.commit(&changes)?;
        let made: Option<&Arc<ResolverRule>> = after.world.resolver_rules.get(&rule);
        let shown = made.map(|rule| Association::of(rule, vpc).fields("CREATING"));
        Ok(only("ResolverRuleAssociation", shown.unwrap_or_default()))
    }
}

/// `DisassociateResolverRule`.
pub(in crate::api) struct DisassociateResolverRule {
    rule: String,
    vpc: String,
}

impl Operation for DisassociateResolverRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            rule: parameters.required_limited("ResolverRuleId", 1..=64)?,
            vpc: parameters.required_limited("VPCId", 1..=64)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = own_vpc(context, &self.vpc)?;
        let rule = rule::own(context, &self.rule)?;
        let shown = Association::of(rule, vpc).fields("DELETING");
        context.commit(&[model::DisassociateResolverRule { rule: rule.id, vpc }.into()])?;
        Ok(only("ResolverRuleAssociation", shown))
    }
}

/// `GetResolverRuleAssociation`.
pub(in crate::api) struct GetResolverRuleAssociation(String);

impl Operation for GetResolverRuleAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("ResolverRuleAssociationId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = Association::all(context).into_iter().find(|it| it.id == self.0);
        let found = found.ok_or_else(|| not_found("Resolver rule association", &self.0))?;
        Ok(only("ResolverRuleAssociation", found.fields("COMPLETE")))
    }
}

/// `ListResolverRuleAssociations`.
pub(in crate::api) struct ListResolverRuleAssociations(Listing);

impl Operation for ListResolverRuleAssociations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &["Name", "ResolverRuleId", "Status", "VPCId"]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let passing = Association::all(context).into_iter().filter(|it| {
            self.0.passes(&[
                ("Name", it.name.unwrap_or_default().to_owned()),
                ("ResolverRuleId", it.rule.clone()),
                ("Status", "COMPLETE".to_owned()),
                ("VPCId", it.vpc.to_string()),
            ])
        });
        let shown = passing.map(|it| (it.id.clone(), it.fields("COMPLETE"))).collect();
        Ok(self.0.reply_with_max("ResolverRuleAssociations", shown))
    }
}
