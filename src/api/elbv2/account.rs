//! What is the same for every caller: quotas and security policies; and capacity, of which none is ever reserved.

use super::arn;
use crate::api::{
    balancing::{Paging, word},
    context::Context,
    error::ApiError,
    parameter::Parameters,
    service::Operation,
    shape::Fields,
};

/// The quotas of an account, as AWS sets them at first.
const LIMITS: &[(&str, &str)] = &[
    ("application-load-balancers", "50"),
    ("condition-values-per-alb-rule", "5"),
    ("condition-wildcards-per-alb-rule", "6"),
    ("gateway-load-balancers", "100"),
    ("gateway-load-balancers-per-vpc", "100"),
    ("geneve-target-groups", "100"),
    ("listeners-per-application-load-balancer", "50"),
    ("listeners-per-network-load-balancer", "50"),
    ("network-load-balancer-enis-per-vpc", "1200"),
    ("network-load-balancers", "50"),
    ("rules-per-application-load-balancer", "100"),
    ("target-groups", "3000"),
    ("target-groups-per-action-on-application-load-balancer", "5"),
    ("target-groups-per-action-on-network-load-balancer", "1"),
    ("target-groups-per-application-load-balancer", "100"),
    ("target-id-registrations-per-application-load-balancer", "1000"),
    ("targets-per-application-load-balancer", "1000"),
    ("targets-per-availability-zone-per-gateway-load-balancer", "300"),
    ("targets-per-availability-zone-per-network-load-balancer", "500"),
    ("targets-per-network-load-balancer", "3000"),
];

/// `DescribeAccountLimits`.
pub(in crate::api) struct DescribeAccountLimits(Paging);

impl Operation for DescribeAccountLimits {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read(parameters).map(Self)
    }

    fn run(self, _: &Context<'_>) -> Result<Fields, ApiError> {
        let limit = |(name, max): &(&str, &str)| {
            ((*name).to_owned(), Fields::new().set("Name", *name).set("Max", *max))
        };
        Ok(self.0.reply("Limits", LIMITS.iter().map(limit).collect()))
    }
}

/// The security policies that are listed: name, protocols. Of their ciphers only those of TLS 1.3 and the ones that all
/// have are told.
const POLICIES: &[(&str, &[&str])] = &[
    ("ELBSecurityPolicy-2016-08", &["TLSv1", "TLSv1.1", "TLSv1.2"]),
    ("ELBSecurityPolicy-FS-1-2-Res-2020-10", &["TLSv1.2"]),
    ("ELBSecurityPolicy-TLS-1-1-2017-01", &["TLSv1.1", "TLSv1.2"]),
    ("ELBSecurityPolicy-TLS-1-2-2017-01", &["TLSv1.2"]),
    ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", &["TLSv1.2"]),
    ("ELBSecurityPolicy-TLS13-1-0-2021-06", &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]),
    ("ELBSecurityPolicy-TLS13-1-1-2021-06", &["TLSv1.1", "TLSv1.2", "TLSv1.3"]),
    ("ELBSecurityPolicy-TLS13-1-2-2021-06", &["TLSv1.2", "TLSv1.3"]),
    ("ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", &["TLSv1.2", "TLSv1.3"]),
    ("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", &["TLSv1.2", "TLSv1.3"]),
    ("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", &["TLSv1.2", "TLSv1.3"]),
    ("ELBSecurityPolicy-TLS13-1-3-2021-06", &["TLSv1.3"]),
];
const CIPHERS_1_3: &[&str] =
    &["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
const CIPHERS_1_2: &[&str] = &[
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
];

fn policy((name, protocols): &(&str, &[&str])) -> Fields {
    let has = |protocol: &str| protocols.contains(&protocol);
    let newer = CIPHERS_1_3.iter().filter(|_| has("TLSv1.3"));
    let older = CIPHERS_1_2.iter().filter(|_| has("TLSv1.2"));
    let cipher =
        |(name, priority): (&&str, u32)| Fields::new().set("Name", *name).set("Priority", priority);
    Fields::new()
        .texts("SslProtocols", protocols.iter().copied())
        .list("Ciphers", newer.chain(older).zip(1..).map(cipher))
        .set("Name", *name)
        .texts("SupportedLoadBalancerTypes", ["application", "network"])
}

/// `DescribeSSLPolicies`.
pub(in crate::api) struct DescribeSSLPolicies {
    names: Vec<String>,
    is_secure: bool,
    paging: Paging,
}

/// The kinds of load balancer, and whether they have security policies.
const TYPES: &[(&str, bool)] = &[("application", true), ("network", true), ("gateway", false)];

impl Operation for DescribeSSLPolicies {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let is_secure = word(parameters, "LoadBalancerType", TYPES)?.unwrap_or(true);
        let names = parameters.list("Names")?;
        Ok(Self { names, is_secure, paging: Paging::read(parameters)? })
    }

    fn run(self, _: &Context<'_>) -> Result<Fields, ApiError> {
        let known = |name: &String| POLICIES.iter().any(|(policy, _)| policy == name);
        if !self.names.iter().all(known) {
            let text = "One or more SSL policies not found";
            return Err(ApiError::new("SSLPolicyNotFound", text));
        }
        let wanted = |name: &str| self.names.is_empty() || self.names.iter().any(|it| it == name);
        let found = POLICIES.iter().filter(|(name, _)| self.is_secure && wanted(name));
        let found = found.map(|it| (it.0.to_owned(), policy(it))).collect();
        Ok(self.paging.reply("SslPolicies", found))
    }
}

/// `DescribeCapacityReservation`: nothing is reserved.
pub(in crate::api) struct DescribeCapacityReservation(String);

impl Operation for DescribeCapacityReservation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("LoadBalancerArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = arn::balancer(context, &self.0)?;
        let zone = |zone: &crate::model::load_balancer::LoadBalancerZone| {
            Fields::new()
                .fields("State", Fields::new().set("Code", "provisioned"))
                .set("AvailabilityZone", &zone.zone)
        };
        Ok(Fields::new()
            .set("DecreaseRequestsRemaining", 2)
            .list("CapacityReservationState", balancer.zones.iter().map(zone)))
    }
}
