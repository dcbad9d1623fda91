//! ARNs of Elastic Load Balancing, and the look-up of the caller's resources by them.
//!
//! An ARN of another account or region names nothing. Each kind has AWS's own words for that.

use std::sync::Arc;

use crate::{
    api::{
        balancing::{balancers, validation},
        context::Context,
        error::ApiError,
    },
    catalog,
    model::{
        id::{ListenerId, ListenerRuleId, TargetGroupId},
        listener::Listener,
        load_balancer::{LoadBalancer, LoadBalancerKind},
        target_group::TargetGroup,
        trust_store::{TrustStore, not_found},
    },
};

/// The resource in an ARN of the caller's, such as `loadbalancer/net/NAME/DIGITS`.
fn resource<'a>(context: &Context<'_>, arn: &'a str) -> Option<&'a str> {
    let partition = catalog::partition_of(context.region);
    let (region, account) = (context.region, &context.account);
    arn.strip_prefix(&format!("arn:{partition}:elasticloadbalancing:{region}:{account}:"))
}

/// The path of a load balancer, `net/NAME/DIGITS`, and what stands behind it.
fn split(path: &str) -> Option<(&str, &str)> {
    let (at, _) = path.match_indices('/').nth(2).unwrap_or((path.len(), ""));
    Some((path.get(..at)?, path.get(at..)?.trim_start_matches('/')))
}

fn balancer_at<'c>(context: &'c Context<'_>, path: &str) -> Option<&'c Arc<LoadBalancer>> {
    balancers(context).find(|it| it.kind != LoadBalancerKind::Classic && it.path() == path)
}

/// Refuses a text that is no ARN of a kind of resource, whoever has it.
fn check(arn: &str, what: &str, kind: &str) -> Result<(), ApiError> {
    let mut parts = arn.splitn(6, ':');
    let good = parts.next() == Some("arn")
        && parts.nth(1) == Some("elasticloadbalancing")
        && parts.nth(2).is_some_and(|resource| resource.starts_with(kind));
    if good { Ok(()) } else { Err(validation(format!("'{arn}' is not a valid {what} ARN"))) }
}

/// A load balancer.
///
/// # Errors
///
/// `ValidationError` or `LoadBalancerNotFound`.
pub(super) fn balancer<'c>(
    context: &'c Context<'_>,
    arn: &str,
) -> Result<&'c Arc<LoadBalancer>, ApiError> {
    check(arn, "load balancer", "loadbalancer/")?;
    let path = resource(context, arn).and_then(|it| it.strip_prefix("loadbalancer/"));
    let found = path.and_then(|path| balancer_at(context, path));
    found.ok_or_else(|| {
        ApiError::new("LoadBalancerNotFound", format!("Load balancer '{arn}' not found"))
    })
}

/// A target group.
///
/// # Errors
///
/// `ValidationError` or `TargetGroupNotFound`.
pub(super) fn group<'c>(
    context: &'c Context<'_>,
    arn: &str,
) -> Result<&'c Arc<TargetGroup>, ApiError> {
    check(arn, "target group", "targetgroup/")?;
    let path = resource(context, arn).and_then(|it| it.strip_prefix("targetgroup/"));
    let id = path.and_then(|path| path.split_once('/')?.1.parse::<TargetGroupId>().ok());
    let found = id.and_then(|id| context.world().target_groups.get(&id));
    found.filter(|it| it.arn() == arn).ok_or_else(|| {
        ApiError::new("TargetGroupNotFound", format!("Target groups '{arn}' not found"))
    })
}

/// A trust store.
///
/// # Errors
///
/// `ValidationError` or `TrustStoreNotFound`.
pub(super) fn trust_store<'c>(
    context: &'c Context<'_>,
    arn: &str,
) -> Result<&'c Arc<TrustStore>, ApiError> {
    check(arn, "trust store", "truststore/")?;
    let store = context.world().trust_store_at(arn)?;
    match context.is_home(store.region, &store.owner) {
        true => Ok(store),
        false => Err(not_found(arn).into()),
    }
}

/// A listener, and its load balancer.
///
/// # Errors
///
/// `ValidationError` or `ListenerNotFound`.
pub(super) fn listener<'c>(
    context: &'c Context<'_>,
    arn: &str,
) -> Result<(&'c Arc<LoadBalancer>, &'c Listener), ApiError> {
    check(arn, "listener", "listener/")?;
    let path = resource(context, arn).and_then(|it| it.strip_prefix("listener/"));
    let found = path.and_then(split).and_then(|(path, id)| {
        let balancer = balancer_at(context, path)?;
        Some((balancer, balancer.listener(id.parse::<ListenerId>().ok()?)?))
    });
    found.ok_or_else(|| ApiError::new("ListenerNotFound", "One or more listeners not found"))
}

/// A rule's id, its listener and its load balancer; also the default rule.
///
/// # Errors
///
/// `ValidationError` or `RuleNotFound`.
pub(super) fn rule<'c>(
    context: &'c Context<'_>,
    arn: &str,
) -> Result<(&'c Arc<LoadBalancer>, &'c Listener, ListenerRuleId), ApiError> {
    check(arn, "listener rule", "listener-rule/")?;
    let path = resource(context, arn).and_then(|it| it.strip_prefix("listener-rule/"));
    let found = path.and_then(split).and_then(|(path, ids)| {
        let (listener, rule) = ids.split_once('/')?;
        let balancer = balancer_at(context, path)?;
        let listener = balancer.listener(listener.parse().ok()?)?;
        let id = rule.parse::<ListenerRuleId>().ok()?;
        let is_there = listener.default_rule() == id || listener.rules.iter().any(|it| it.id == id);
        is_there.then_some((balancer, listener, id))
    });
    found.ok_or_else(|| ApiError::new("RuleNotFound", "One or more rules not found"))
}

fn of(balancer: &LoadBalancer, context: &Context<'_>, what: &str, ids: &str) -> String {
    let (partition, region) = (catalog::partition_of(context.region), context.region);
    let (account, path) = (&context.account, balancer.path());
    format!("arn:{partition}:elasticloadbalancing:{region}:{account}:{what}/{path}/{ids}")
}

/// The ARN of a listener.
pub(super) fn of_listener(
    context: &Context<'_>,
    balancer: &LoadBalancer,
    id: ListenerId,
) -> String {
    of(balancer, context, "listener", &id.to_string())
}

/// The ARN of a rule.
pub(super) fn of_rule(
    context: &Context<'_>,
    balancer: &LoadBalancer,
    listener: ListenerId,
    id: ListenerRuleId,
) -> String {
    of(balancer, context, "listener-rule", &format!("{listener}/{id}"))
}
