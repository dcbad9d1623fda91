//! Tags of this service's resources, which are told by their ARNs.

use super::{
    bad_request, endpoint, firewall_association::Association, firewall_domain_list::List,
    firewall_rule_group, listing::Listing, not_found, query_log, read_tags, rule,
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    catalog,
    model::{
        change::Change, firewall_change, firewall_domain_list::TagFirewallDomainList,
        query_log::TagQueryLogConfig, resolver_endpoint::TagResolverEndpoint,
        resolver_rule::TagResolverRule, tag_edit::TagEdit, world::Tags,
    },
};

/// The tags of the caller's resource with an ARN, and the Change that edits them.
fn tagged(context: &Context<'_>, arn: &str, edit: TagEdit) -> Result<(Tags, Change), ApiError> {
    let missing = || not_found("Resource", arn);
    let partition = catalog::partition_of(context.region);
    let begin = format!("arn:{partition}:route53resolver:{}:{}:", context.region, context.account);
    let (kind, id) =
        arn.strip_prefix(&begin).and_then(|it| it.split_once('/')).ok_or_else(missing)?;
    Ok(match kind {
        "resolver-endpoint" => {
            let it = endpoint::own(context, id)?;
            (it.tags, TagResolverEndpoint { id: it.id, edit }.into())
        }
        "resolver-rule" => {
            let it = rule::own(context, id)?;
            (it.tags.clone(), TagResolverRule { rule: it.id, edit }.into())
        }
        "resolver-query-log-config" => {
            let it = query_log::own(context, id)?;
            (it.tags.clone(), TagQueryLogConfig { config: it.id, edit }.into())
        }
        "firewall-rule-group" => {
            let it = firewall_rule_group::own(context, id)?;
            let change = firewall_change::TagFirewallRuleGroup { group: it.id, edit };
            (it.tags.clone(), change.into())
        }
        "firewall-rule-group-association" => {
            let it = Association::find(context, id)?;
            let (vpc, group) = (it.vpc, it.group);
            let change = firewall_change::TagFirewallAssociation { vpc, group, edit };
            (it.tags().clone(), change.into())
        }
        "firewall-domain-list" => match List::find(context, id)? {
            List::Own(it) => (it.tags.clone(), TagFirewallDomainList { list: it.id, edit }.into()),
            _ => return Err(missing()),
        },
        _ => return Err(missing()),
    })
}

fn no_edit() -> TagEdit {
    TagEdit { remove: Vec::new(), add: Vec::new(), too_many: "LimitExceededException" }
}

fn read_arn(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("ResourceArn", 1..=255)
}

/// `TagResource`.
pub(in crate::api) struct TagResource(String, Tags);

impl Operation for TagResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = read_arn(parameters)?;
        let tags = read_tags(parameters)?;
        if tags.0.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        Ok(Self(arn, tags))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if let Some((key, _)) = self.1.0.iter().find(|(key, _)| key.starts_with("aws:")) {
            return Err(ApiError::new(
                "InvalidTagException",
                format!("'{key}' cannot be the key of a tag."),
            ));
        }
        let (_, change) = tagged(context, &self.0, TagEdit { add: self.1.0, ..no_edit() })?;
        context.commit(&[change])?;
        Ok(Fields::new())
    }
}

/// `UntagResource`.
pub(in crate::api) struct UntagResource(String, Vec<String>);

impl Operation for UntagResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_arn(parameters)?, parameters.required_list("TagKeys", 0..=200)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if self.1.is_empty() {
            return Err(bad_request("The request names no keys."));
        }
        let (_, change) = tagged(context, &self.0, TagEdit { remove: self.1, ..no_edit() })?;
        context.commit(&[change])?;
        Ok(Fields::new())
    }
}

/// `ListTagsForResource`.
pub(in crate::api) struct ListTagsForResource(String, Listing);

impl Operation for ListTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_arn(parameters)?, Listing::read(parameters, &[])?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (tags, _) = tagged(context, &self.0, no_edit())?;
        let shown = tags
            .0
            .iter()
            .map(|(key, value)| (key.clone(), Fields::new().set("Key", key).set("Value", value)));
        Ok(self.1.reply("Tags", shown.collect()))
    }
}
