//! Resolver rules: those that customers make, and the one for every name that AWS makes (R40, R44).

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use super::{arn, bad_parameter, bad_request, listing::Listing, only, read_tags, time};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        id::{OutboundEndpointId, ResolverRuleId},
        name::Name,
        record::{route53_name, route53_text},
        resolver_endpoint::ResolverEndpointId,
        resolver_rule::{self as model, ResolverRule, RuleDetails, RuleKind, no_such_rule},
        world::Tags,
    },
};

/// The rule that AWS makes for every VPC.
pub(super) const INTERNET: &str = "rslvr-autodefined-rr-internet-resolver";

const TYPES: &[&str] = &["FORWARD", "SYSTEM", "RECURSIVE", "DELEGATE"];
const PROTOCOLS: &[&str] = &["DoH", "Do53", "DoH-FIPS"];

/// Whether a rule is the caller's.
pub(super) fn is_own(context: &Context<'_>, rule: &ResolverRule) -> bool {
    rule.home(context.world()) == Some((&context.account, context.region))
}

/// The caller's rule with an id.
///
/// # Errors
///
/// `ResourceNotFoundException`, also if somebody else owns it.
pub(super) fn own<'c>(
    context: &'c Context<'_>,
    text: &str,
) -> Result<&'c Arc<ResolverRule>, ApiError> {
    let found = text.parse::<ResolverRuleId>().ok();
    let found = found.and_then(|id| context.world().resolver_rules.get(&id));
    found.filter(|rule| is_own(context, rule)).ok_or_else(|| no_such_rule(text).into())
}

fn kind_text(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Forward => "FORWARD",
        RuleKind::System => "SYSTEM",
        RuleKind::Delegate => "DELEGATE",
    }
}

fn name(rule: &ResolverRule) -> Option<&str> {
    let details = &rule.details;
    let of_file = rule.tags.name().filter(|_| details.creator_request.is_none());
    details.name.as_deref().or(of_file)
}

/// A rule as replies show it.
fn fields(context: &Context<'_>, rule: &ResolverRule, status: &str) -> Fields {
    let (id, details) = (rule.id.to_string(), &rule.details);
    let (owner, _) = rule.home(context.world()).unwrap_or_default();
    let shown = Fields::new()
        .set("Id", &id)
        .set("CreatorRequestId", details.creator_request.as_deref().unwrap_or_default())
        .set("Arn", arn(context, owner, "resolver-rule", &id))
        .maybe("DomainName", rule.domain.as_ref().map(|name| route53_text(name.as_ref())))
        .set("Status", status)
        .set("StatusMessage", "")
        .set("RuleType", kind_text(rule.kind))
        .maybe("Name", name(rule));
    let shown = match rule.kind {
        RuleKind::Forward => {
            let targets = rule.targets.iter().enumerate().map(|(at, target)| {
                let shown = match target.ip() {
                    IpAddr::V4(address) => Fields::new().set("Ip", address),
                    IpAddr::V6(address) => Fields::new().set("Ipv6", address),
                };
                let protocol = details.protocols.get(at).map_or("Do53", |it| &**it);
                shown.set("Port", target.port()).set("Protocol", protocol)
            });
            shown.list("TargetIps", targets)
        }
        RuleKind::System | RuleKind::Delegate => shown,
    };
    shown
        .maybe("ResolverEndpointId", details.endpoint.map(|id| id.to_string()))
        .set("OwnerId", owner)
        .set("ShareStatus", "NOT_SHARED")
        .set("CreationTime", time(details.created))
        .set("ModificationTime", time(details.modified))
        .maybe("DelegationRecord", details.delegation.as_ref())
}

/// The rule for every name that no other holds.
fn internet(context: &Context<'_>) -> Fields {
    Fields::new()
        .set("Id", INTERNET)
        .set("CreatorRequestId", "")
        .set("Arn", arn(context, "", "autodefined-rule", INTERNET))
        .set("DomainName", ".")
        .set("Status", "COMPLETE")
        .set("RuleType", "RECURSIVE")
        .set("Name", "Internet Resolver")
        .set("OwnerId", "Route 53 Resolver")
        .set("ShareStatus", "NOT_SHARED")
}

/// A target, with its protocol.
type Target = (SocketAddr, Arc<str>);

/// Reads `TargetIps`.
fn read_targets(parameters: &mut Parameters) -> Result<Vec<Target>, ApiError> {
    parameters.structures("TargetIps", |target| {
        let v4 = target.limited("Ip", 0..=36)?.filter(|it| !it.is_empty());
        let v6 = target.limited("Ipv6", 0..=39)?.filter(|it| !it.is_empty());
        let port = target.number("Port", 0..=65_535)?.unwrap_or(53);
        let protocol = target.one_of("Protocol", PROTOCOLS)?.unwrap_or_else(|| "Do53".to_owned());
        target.limited("ServerNameIndication", 0..=255)?;
        let address = match (&v4, &v6) {
            (Some(text), None) => text.parse::<IpAddr>().ok().filter(IpAddr::is_ipv4),
            (None, Some(text)) => text.parse::<IpAddr>().ok().filter(IpAddr::is_ipv6),
            _ => None,
        };
        let Some(address) = address else {
            let given = v4.or(v6).unwrap_or_default();
            return Err(bad_parameter(format!("Invalid IP address: '{given}'")));
        };
        let port = u16::try_from(port).unwrap_or(53);
        Ok((SocketAddr::new(address, port), protocol.into()))
    })
}

/// The caller's outbound endpoint.
fn outbound(context: &Context<'_>, text: &str) -> Result<OutboundEndpointId, ApiError> {
    match super::endpoint::own(context, text)?.id {
        ResolverEndpointId::Outbound(id) => Ok(id),
        ResolverEndpointId::Inbound(_) => Err(bad_request(format!(
            "Cannot use the Resolver endpoint '{text}' for a rule: its direction is not OUTBOUND."
        ))),
    }
}

/// `CreateResolverRule`.
pub(in crate::api) struct CreateResolverRule {
    creator_request: String,
    name: Option<String>,
    kind: String,
    domain: Option<String>,
    targets: Vec<Target>,
    endpoint: Option<String>,
    delegation: Option<String>,
    tags: Tags,
}

impl Operation for CreateResolverRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filled = |text: Option<String>| text.filter(|it| !it.is_empty());
        let creator_request = parameters.required_limited("CreatorRequestId", 1..=255)?;
        let name = filled(parameters.limited("Name", 0..=64)?);
        let kind = parameters.one_of("RuleType", TYPES)?;
        let kind = kind.ok_or_else(|| parameters.missing("RuleType"))?;
        Ok(Self {
            creator_request,
            name,
            kind,
            domain: filled(parameters.limited("DomainName", 1..=256)?),
            targets: read_targets(parameters)?,
            endpoint: filled(parameters.limited("ResolverEndpointId", 1..=64)?),
            delegation: filled(parameters.limited("DelegationRecord", 1..=256)?),
            tags: read_tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let request = self.creator_request;
        let mut rules = context.world().resolver_rules.values();
        if rules.any(|it| {
            is_own(context, it) && it.details.creator_request.as_deref() == Some(&*request)
        }) {
            let words = format!("Resolver rule with creator request ID '{request}' already exists");
            return Err(ApiError::new("ResourceExistsException", words));
        }
        let kind = match self.kind.as_str() {
            "FORWARD" => RuleKind::Forward,
            "SYSTEM" => RuleKind::System,
            "DELEGATE" => RuleKind::Delegate,
            _ => return Err(bad_request("A rule of the type RECURSIVE cannot be created.")),
        };
        let endpoint = self.endpoint.as_deref().map(|id| outbound(context, id)).transpose()?;
        let refuse = |words: &str| Err(bad_request(words));
        match kind {
            RuleKind::Forward if endpoint.is_none() => {
                return refuse("A FORWARD rule needs a ResolverEndpointId.");
            }
            RuleKind::System if endpoint.is_some() || !self.targets.is_empty() => {
                return refuse(
                    "A SYSTEM rule has neither target IP addresses nor a ResolverEndpointId.",
                );
            }
            RuleKind::Delegate if endpoint.is_none() || self.delegation.is_none() => {
                return refuse(
                    "A DELEGATE rule needs a ResolverEndpointId and a DelegationRecord.",
                );
            }
            _ => {}
        }
        let domain = match (&self.domain, kind) {
            (Some(text), _) => Some(read_domain(text)?),
            (None, RuleKind::Delegate) => None,
            (None, _) => return refuse("The rule needs a DomainName."),
        };
        let details = RuleDetails {
            name: self.name.map(Arc::from),
            creator_request: Some(request.into()),
            home: Some((context.account.as_str().into(), context.region.into())),
            endpoint,
            delegation: self.delegation.map(Arc::from),
            protocols: self.targets.iter().map(|(_, protocol)| Arc::clone(protocol)).collect(),
            associations: Vec::new(),
            created: context.now,
            modified: context.now,
        };
        let rule = ResolverRule {
            id: ResolverRuleId::from_seed(seed()),
            tags: self.tags,
            domain,
            kind,
            targets: self.targets.into_iter().map(|(target, _)| target).collect(),
            targets_told: true,
            vpcs: Vec::new(),
            details,
        };
        let shown = fields(context, &rule, "COMPLETE");
        context.commit(&[model::CreateResolverRule { rule }.into()])?;
        Ok(only("ResolverRule", shown))
    }
}

fn read_domain(text: &str) -> Result<Name, ApiError> {
    route53_name(text).map_err(|_| bad_parameter(format!("'{text}' is not a domain name.")))
}

/// `GetResolverRule`.
pub(in crate::api) struct GetResolverRule(String);

impl Operation for GetResolverRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("ResolverRuleId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if self.0 == INTERNET {
            return Ok(only("ResolverRule", internet(context)));
        }
        Ok(only("ResolverRule", fields(context, own(context, &self.0)?, "COMPLETE")))
    }
}

/// `UpdateResolverRule`.
pub(in crate::api) struct UpdateResolverRule {
    id: String,
    name: Option<String>,
    targets: Vec<Target>,
    endpoint: Option<String>,
}

impl Operation for UpdateResolverRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_limited("ResolverRuleId", 1..=64)?;
        let config = parameters.structure("Config", |config| {
            let name = config.limited("Name", 0..=64)?;
            let targets = read_targets(config)?;
            Ok((name, targets, config.limited("ResolverEndpointId", 1..=64)?))
        })?;
        let (name, targets, endpoint) = config.ok_or_else(|| parameters.missing("Config"))?;
        Ok(Self { id, name, targets, endpoint })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let rule = own(context, &self.id)?.id;
        let endpoint = self.endpoint.as_deref().map(|id| outbound(context, id)).transpose()?;
        let change = model::UpdateResolverRule {
            rule,
            name: self.name.map(Arc::from),
            targets: Some(self.targets).filter(|it| !it.is_empty()),
            endpoint,
            at: context.now,
        };
        let after = context.commit(&[change.into()])?;
        let shown = after.world.resolver_rules.get(&rule).map(|it| fields(context, it, "COMPLETE"));
        Ok(only("ResolverRule", shown.unwrap_or_default()))
    }
}

/// `DeleteResolverRule`.
pub(in crate::api) struct DeleteResolverRule(String);

impl Operation for DeleteResolverRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("ResolverRuleId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if self.0 == INTERNET {
            return Err(bad_request("The autodefined rule cannot be deleted."));
        }
        let rule = own(context, &self.0)?;
        context.commit(&[model::DeleteResolverRule { rule: rule.id }.into()])?;
        Ok(only("ResolverRule", fields(context, rule, "DELETING")))
    }
}

/// `ListResolverRules`: those of the caller, and the one that AWS makes.
pub(in crate::api) struct ListResolverRules(Listing);

impl Operation for ListResolverRules {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filters =
            ["CreatorRequestId", "DomainName", "Name", "ResolverEndpointId", "Status", "Type"];
        Listing::read(parameters, &filters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let rules = context.world().resolver_rules.values().filter(|it| is_own(context, it));
        let passing = rules.filter(|it| {
            let domain = it.domain.as_ref().map(|name| route53_text(name.as_ref()));
            let domain = domain.unwrap_or_default();
            self.0.passes(&[
                ("CreatorRequestId", text(it.details.creator_request.as_deref())),
                ("DomainName", domain.trim_end_matches('.').to_owned()),
                ("DomainName", domain),
                ("Name", text(name(it))),
                (
                    "ResolverEndpointId",
                    text(it.details.endpoint.map(|id| id.to_string()).as_deref()),
                ),
                ("Status", "COMPLETE".to_owned()),
                ("Type", kind_text(it.kind).to_owned()),
            ])
        });
        let mut shown: Vec<(String, Fields)> =
            passing.map(|it| (it.id.to_string(), fields(context, it, "COMPLETE"))).collect();
        let of_internet = [
            ("DomainName", ".".to_owned()),
            ("Name", "Internet Resolver".to_owned()),
            ("Status", "COMPLETE".to_owned()),
            ("Type", "RECURSIVE".to_owned()),
        ];
        if self.0.passes(&of_internet) {
            shown.push((INTERNET.to_owned(), internet(context)));
        }
        Ok(self.0.reply_with_max("ResolverRules", shown))
    }
}
