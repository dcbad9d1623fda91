//! Knows: what there is to know of a PrivateLink service in a region: its private names, base
//! names, public names, and how surely.
//!
//! Deliberately does not: know customers' endpoint services.

use super::{Evidence, ServiceZones};

/// A service of AWS that a VPC endpoint can be made for, in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `com.amazonaws.ap-northeast-2.ecr.dkr`.
    pub name: String,
    /// What follows the region (`ecr.dkr`), or the whole name if it holds no region.
    pub suffix: String,
    /// `vpce-svc-` and 17 digits: AWS's where known, else made up from the name.
    pub id: String,
    /// Whether the id is made up.
    pub id_assumed: bool,
    /// Whether an interface endpoint can be made for it.
    pub interface: bool,
    /// Whether a gateway endpoint can be made for it. AWS calls the base name of the gateway
    /// service `<suffix>.<region>.<dns suffix>`.
    pub gateway: bool,
    /// What private DNS overrides, in the API's order; a wildcard is `*.s3.<region>.…`. Empty if
    /// private DNS cannot be switched on.
    pub private_names: Vec<String>,
    /// Names that AWS's list shows for the service although they cannot be switched on
    /// (S3 on Outposts).
    pub listed_names: Vec<String>,
    /// Private names that an endpoint has besides, unless its `DnsRecordIpType` is `ipv4` (P44).
    pub dual_stack_names: Vec<String>,
    /// What follows `vpce-<id>-<random>.` in the endpoint's own names; empty for a service that
    /// is only a gateway.
    pub base_names: Vec<String>,
    /// Public names of the same API beside the private names.
    pub public_hosts: Vec<String>,
    /// Where the private names come from.
    pub evidence: Evidence,
    /// Whether the service was never seen in a list of this region's services, so that offering
    /// it here is an assumption.
    pub region_assumed: bool,
    /// Whether an endpoint policy can be given.
    pub policy_supported: bool,
    /// `ipv4`, `ipv6`; `ipv4` alone where it is not known.
    pub ip_address_types: Vec<&'static str>,
    /// The zones of the region it is in (A43).
    pub zones: ServiceZones,
    /// Whether AWS's table of services that work with PrivateLink names it (2026-08).
    pub in_docs: bool,
    /// Whether the region is listed for the service's endpoint.
    pub(super) region_listed: bool,
}

impl Service {
    /// Whether the public name is sure to exist in this region: it was seen for the service, and
    /// the region was seen or is listed to offer it.
    pub(super) fn hosts_known(&self) -> bool {
        !self.evidence.is_assumed() && (!self.region_assumed || self.region_listed)
    }
}
