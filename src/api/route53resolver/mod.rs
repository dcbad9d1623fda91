//! Route 53 Resolver: endpoints, rules and their associations, what is set for a VPC, DNS Firewall, and query logging.
//!
//! What the API makes is what the resolver answers from. Query logs are not written.

mod config;
mod endpoint;
mod endpoint_address;
mod firewall_association;
mod firewall_domain_list;
mod firewall_rule;
mod firewall_rule_group;
mod listing;
mod new_address;
mod query_log;
mod rule;
mod rule_association;
mod tag;

use super::{
    context::{CommonParameters, Context},
    error::ApiError,
    own::Owned,
    parameter::Parameters,
    protocol::Json,
    service::{ApiService, actions},
    shape::{Fields, Time},
};
use crate::{
    catalog,
    model::{id::VpcId, world::Tags},
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "route53resolver",
    title: "Route 53 Resolver",
    version: "2018-04-01",
    target: Some("Route53Resolver"),
    namespace: "",
    protocol: &Json::V1_1,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    config {
        GetFirewallConfig GetResolverConfig GetResolverDnssecConfig ListFirewallConfigs ListResolverConfigs
        ListResolverDnssecConfigs UpdateFirewallConfig UpdateResolverConfig UpdateResolverDnssecConfig
    }
    endpoint {
        CreateResolverEndpoint DeleteResolverEndpoint GetResolverEndpoint ListResolverEndpoints
        UpdateResolverEndpoint
    }
    endpoint_address {
        AssociateResolverEndpointIpAddress DisassociateResolverEndpointIpAddress ListResolverEndpointIpAddresses
    }
    firewall_association {
        AssociateFirewallRuleGroup DisassociateFirewallRuleGroup GetFirewallRuleGroupAssociation
        ListFirewallRuleGroupAssociations UpdateFirewallRuleGroupAssociation
    }
    firewall_domain_list {
        CreateFirewallDomainList DeleteFirewallDomainList GetFirewallDomainList ListFirewallDomainLists
        ListFirewallDomains UpdateFirewallDomains
    }
    firewall_rule { CreateFirewallRule DeleteFirewallRule ListFirewallRules UpdateFirewallRule }
    firewall_rule_group {
        CreateFirewallRuleGroup DeleteFirewallRuleGroup GetFirewallRuleGroup ListFirewallRuleGroups
    }
    query_log {
        AssociateResolverQueryLogConfig CreateResolverQueryLogConfig DeleteResolverQueryLogConfig
        DisassociateResolverQueryLogConfig GetResolverQueryLogConfig GetResolverQueryLogConfigAssociation
        ListResolverQueryLogConfigAssociations ListResolverQueryLogConfigs
    }
    rule {
        CreateResolverRule DeleteResolverRule GetResolverRule ListResolverRules UpdateResolverRule
    }
    rule_association {
        AssociateResolverRule DisassociateResolverRule GetResolverRuleAssociation ListResolverRuleAssociations
    }
    tag { ListTagsForResource TagResource UntagResource }
}

/// The ARN of a resource of the caller's region.
fn arn(context: &Context<'_>, owner: &str, kind: &str, id: &str) -> String {
    let partition = catalog::partition_of(context.region);
    format!("arn:{partition}:route53resolver:{}:{owner}:{kind}/{id}", context.region)
}

/// A time as this service writes it: a text.
fn time(millis: u64) -> String {
    Time::exact(millis).to_string()
}

/// Reads `Tags`.
fn read_tags(parameters: &mut Parameters) -> Result<Tags, ApiError> {
    let (tags, differ) = parameters.json_tags("Tags")?;
    if !differ || tags.0.len() > 200 {
        let words = "The keys of tags must differ, and there may be 200 at most.";
        return Err(ApiError::new("InvalidTagException", words));
    }
    Ok(tags)
}

/// A resource that is not there, or not the caller's.
fn not_found(what: &str, id: &str) -> ApiError {
    ApiError::new("ResourceNotFoundException", format!("{what} with ID '{id}' does not exist."))
}

fn bad_request(words: impl Into<String>) -> ApiError {
    ApiError::new("InvalidRequestException", words)
}

fn bad_parameter(words: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterException", words)
}

/// The caller's VPC with an id.
fn own_vpc(context: &Context<'_>, text: &str) -> Result<VpcId, ApiError> {
    let vpc = text.parse::<VpcId>().ok().filter(|id| id.find(context).is_some());
    vpc.ok_or_else(|| not_found("VPC", text))
}

/// A structure alone in a reply.
fn only(name: &'static str, fields: Fields) -> Fields {
    Fields::new().fields(name, fields)
}
