//! Elastic Load Balancing, version 1: Classic Load Balancers, as far as their names and the tools that read them need it.
//!
//! The other load balancers are in `elbv2/`. Policies are kept and shown; no traffic is handled by them.

mod account;
mod attribute;
mod health;
mod listener;
mod load_balancer;
mod policy;
mod policy_type;
mod subnet;
mod tag;

use std::sync::Arc;

use super::{
    balancing::balancers,
    context::{CommonParameters, Context},
    error::ApiError,
    protocol::AwsQuery,
    service::{ApiService, actions},
    shape::Fields,
};
use crate::model::{
    classic_edit::ClassicEdit,
    document::Attributes,
    load_balancer::{LoadBalancer, LoadBalancerKind},
    load_balancer_change::ModifyLoadBalancerAttributes,
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "elasticloadbalancing",
    title: "Elastic Load Balancing (Classic)",
    version: "2012-06-01",
    target: None,
    namespace: "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
    protocol: &AwsQuery,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    account { DescribeAccountLimits }
    attribute { DescribeLoadBalancerAttributes ModifyLoadBalancerAttributes }
    health {
        ConfigureHealthCheck DeregisterInstancesFromLoadBalancer DescribeInstanceHealth
        RegisterInstancesWithLoadBalancer
    }
    listener {
        CreateLoadBalancerListeners DeleteLoadBalancerListeners SetLoadBalancerListenerSSLCertificate
    }
    load_balancer { CreateLoadBalancer DeleteLoadBalancer DescribeLoadBalancers }
    policy {
        CreateAppCookieStickinessPolicy CreateLBCookieStickinessPolicy CreateLoadBalancerPolicy
        DeleteLoadBalancerPolicy DescribeLoadBalancerPolicies SetLoadBalancerPoliciesForBackendServer
        SetLoadBalancerPoliciesOfListener
    }
    policy_type { DescribeLoadBalancerPolicyTypes }
    subnet {
        ApplySecurityGroupsToLoadBalancer AttachLoadBalancerToSubnets DetachLoadBalancerFromSubnets
        DisableAvailabilityZonesForLoadBalancer EnableAvailabilityZonesForLoadBalancer
    }
    tag { AddTags DescribeTags RemoveTags }
}

/// The caller's Classic Load Balancer of a name.
///
/// # Errors
///
/// `LoadBalancerNotFound`.
fn find<'c>(context: &'c Context<'_>, name: &str) -> Result<&'c Arc<LoadBalancer>, ApiError> {
    let mut own = balancers(context).filter(|it| it.kind == LoadBalancerKind::Classic);
    own.find(|it| *it.label == *name).ok_or_else(|| {
        let text = format!("There is no ACTIVE Load Balancer named '{name}'");
        ApiError::new("LoadBalancerNotFound", text)
    })
}

/// Edits the caller's Classic Load Balancer of a name.
///
/// # Errors
///
/// `LoadBalancerNotFound`, and what the edit is refused for.
fn edit(context: &Context<'_>, name: &str, edit: ClassicEdit) -> Result<Fields, ApiError> {
    let change = ModifyLoadBalancerAttributes {
        load_balancer: find(context, name)?.dns_name.clone(),
        attributes: Attributes::new(),
        classic: Some(edit),
    };
    context.commit(&[change.into()])?;
    Ok(Fields::new())
}
