//! Tags of this service's resources, which are told by their ARNs.

use super::{
    bad_request, endpoint, firewall_association::Association, firewall_domain_list::List,
    firewall_rule_group, listing::Listing, not_found, query_log, read_tags, rule,
};
use crate::{
    api::{
        arn_tags::{self, ArnTags, read_arn, tags_of},
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, tag_list},
    },
    catalog,
    model::{
        change::Change, firewall_change, firewall_domain_list::TagFirewallDomainList,
        query_log::TagQueryLogConfig, resolver_endpoint::TagResolverEndpoint,
        resolver_rule::TagResolverRule, tag_edit::TagEdit, world::Tags,
    },
};

/// This service's resources.
pub(in crate::api) struct Here;

/// `TagResource`.
pub(in crate::api) type TagResource = arn_tags::TagResource<Here>;

/// `UntagResource`.
pub(in crate::api) type UntagResource = arn_tags::UntagResource<Here>;

impl ArnTags for Here {
    const ARN: &'static str = "ResourceArn";

    const LONGEST: usize = 255;

    const TOO_MANY: &'static str = "LimitExceededException";

    fn read(parameters: &mut Parameters) -> Result<Tags, ApiError> {
        read_tags(parameters)
    }

    fn check(edit: &TagEdit) -> Result<(), ApiError> {
        if let Some((key, _)) = edit.add.iter().find(|(key, _)| key.starts_with("aws:")) {
            return Err(ApiError::new(
                "InvalidTagException",
                format!("'{key}' cannot be the key of a tag."),
            ));
        }
        if edit.add.is_empty() && edit.remove.is_empty() {
            return Err(bad_request("The request names no keys."));
        }
        Ok(())
    }

    fn find(context: &Context<'_>, arn: &str, edit: TagEdit) -> Result<(Tags, Change), ApiError> {
        let missing = || not_found("Resource", arn);
        let partition = catalog::partition_of(context.region);
        let begin =
            format!("arn:{partition}:route53resolver:{}:{}:", context.region, context.account);
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
                List::Own(it) => {
                    (it.tags.clone(), TagFirewallDomainList { list: it.id, edit }.into())
                }
                _ => return Err(missing()),
            },
            _ => return Err(missing()),
        })
    }
}

/// `ListTagsForResource`.
pub(in crate::api) struct ListTagsForResource(String, Listing);

impl Operation for ListTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_arn::<Here>(parameters)?, Listing::read(parameters, &[])?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let tags = tags_of::<Here>(context, &self.0)?;
        let keys = tags.0.iter().map(|(key, _)| key.clone());
        Ok(self.1.reply("Tags", keys.zip(tag_list(&tags)).collect()))
    }
}
