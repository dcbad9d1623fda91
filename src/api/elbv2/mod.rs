//! Elastic Load Balancing, version 2: network, application and gateway load balancers, their listeners and target groups.
//!
//! A load balancer made here is the World's, so its names answer at once. Classic Load Balancers are in `elb/`.

mod account;
mod action;
mod arn;
mod attribute;
mod form;
mod listener;
mod load_balancer;
mod rule;
mod subnet;
mod tag;
mod target;
mod target_group;
mod trust_store;
mod trust_store_revocation;

use super::{
    context::CommonParameters,
    protocol::AwsQuery,
    service::{ApiService, actions},
};
pub(super) use tag::tagged;

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "elasticloadbalancing",
    title: "Elastic Load Balancing",
    version: "2015-12-01",
    target: None,
    namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    protocol: &AwsQuery,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    account { DescribeAccountLimits DescribeCapacityReservation DescribeSSLPolicies }
    attribute {
        DescribeListenerAttributes DescribeLoadBalancerAttributes DescribeTargetGroupAttributes
        ModifyListenerAttributes ModifyLoadBalancerAttributes ModifyTargetGroupAttributes
    }
    listener {
        AddListenerCertificates CreateListener DeleteListener DescribeListenerCertificates
        DescribeListeners ModifyListener RemoveListenerCertificates
    }
    load_balancer { CreateLoadBalancer DeleteLoadBalancer DescribeLoadBalancers }
    rule { CreateRule DeleteRule DescribeRules ModifyRule SetRulePriorities }
    subnet { SetIpAddressType SetSecurityGroups SetSubnets }
    tag { AddTags DescribeTags RemoveTags }
    target { DeregisterTargets DescribeTargetHealth RegisterTargets }
    target_group { CreateTargetGroup DeleteTargetGroup DescribeTargetGroups ModifyTargetGroup }
    trust_store {
        CreateTrustStore DeleteTrustStore DescribeTrustStoreAssociations DescribeTrustStores
        GetTrustStoreCaCertificatesBundle ModifyTrustStore
    }
    trust_store_revocation {
        AddTrustStoreRevocations DescribeTrustStoreRevocations GetTrustStoreRevocationContent
        RemoveTrustStoreRevocations
    }
}
