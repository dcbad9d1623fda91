//! VPC endpoints with their DNS names.
//!
//! `endpoint_change.rs` creates and modifies them; `resolve/endpoint.rs` answers their names.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use smallvec::SmallVec;
use smol_str::SmolStr;

use super::{
    id::{
        EndpointId, EndpointServiceId, NetworkInterfaceId, RegionName, RouteTableId,
        SecurityGroupId, SubnetId, VpcId, ZoneId,
    },
    name::Name,
    service::{AwsService, PrivateName},
    world::Tags,
};
use crate::hash::stable_hash;

/// A VPC endpoint.
///
/// The fields that an answer reads come first and together. A processor's cache holds few endpoints of a large World.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(C)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// The random label of its DNS names, such as `txsku1pk` (N4).
    pub suffix: SmolStr,
    /// Gateway or interface.
    pub kind: EndpointKind,
    /// Its state.
    pub state: EndpointState,
    /// `DnsRecordIpType`.
    pub record_type: RecordIpType,
    /// `IpAddressType`.
    pub address_type: AddressType,
    /// `PrivateDnsEnabled`.
    pub private_dns: bool,
    /// `PrivateDnsOnlyForInboundResolverEndpoint` (P51).
    pub inbound_only: bool,
    /// What it leads to.
    pub service: ServiceRef,
    /// Its network interfaces, one a zone, in the order of the request.
    pub interfaces: Interfaces,
    /// The zones that private DNS makes while it is on, in the order of the API.
    #[serde(deserialize_with = "super::stored::exact")]
    pub private_names: Vec<PrivateName>,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its tags.
    pub tags: Tags,
    /// The account that owns it.
    #[serde(with = "super::stored::shared")]
    pub owner: Arc<str>,
    /// The region of the service, which may not be the VPC's (P100).
    #[serde(with = "super::stored::region")]
    pub service_region: RegionName,
    /// The route tables a gateway endpoint is associated with.
    pub route_tables: Vec<RouteTableId>,
    /// Its security groups.
    #[serde(deserialize_with = "super::stored::exact")]
    pub security_groups: Vec<SecurityGroupId>,
    /// Its policy document, as given.
    pub policy: Option<Arc<str>>,
    /// When it was created, in milliseconds since the epoch; `None` if unknown.
    pub created: Option<u64>,
}

/// Network interfaces of an endpoint: in most VPCs two.
pub type Interfaces = SmallVec<[EndpointInterface; 2]>;

/// The kind of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EndpointKind {
    /// A network interface in each subnet.
    Interface,
    /// A route in each route table.
    Gateway,
}

/// What an endpoint leads to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ServiceRef {
    /// A service of AWS's.
    Aws(#[serde(with = "super::stored::aws_service")] Arc<AwsService>),
    /// A customer's endpoint service.
    Customer {
        /// Its id.
        id: EndpointServiceId,
        /// Its name, `com.amazonaws.vpce.R.vpce-svc-…`.
        name: Arc<str>,
        /// What follows the endpoint's label in its DNS names.
        base: Name,
    },
}

/// The state of an endpoint (L1, L7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EndpointState {
    /// The provider has not accepted it.
    PendingAcceptance,
    /// Being made.
    Pending,
    /// Being modified: its names still answer.
    Modifying,
    /// In service.
    Available,
    /// The provider rejected it.
    Rejected,
    /// It was never accepted.
    Expired,
    /// It could not be made.
    Failed,
    /// Being deleted: its names do not answer any more.
    Deleting,
}

/// The address families of an endpoint's interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum AddressType {
    /// IPv4.
    #[default]
    Ipv4,
    /// IPv6.
    Ipv6,
    /// Both.
    Dualstack,
}

/// Which address records an endpoint's names have (P40).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum RecordIpType {
    /// A.
    #[default]
    Ipv4,
    /// AAAA.
    Ipv6,
    /// Both.
    Dualstack,
    /// As the service decides: A everywhere, AAAA on the endpoint's own names only (P42).
    ServiceDefined,
}

/// A network interface of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EndpointInterface {
    /// Its id.
    pub id: NetworkInterfaceId,
    /// Its subnet.
    pub subnet: SubnetId,
    /// The subnet's zone.
    #[serde(with = "super::stored::shared")]
    pub zone: Arc<str>,
    /// Its IPv4 address.
    pub v4: Option<Ipv4Addr>,
    /// Its IPv6 address.
    pub v6: Option<Ipv6Addr>,
    /// Whether it is healthy; an unhealthy one is left out of the regional name (N47).
    pub healthy: bool,
}

impl EndpointState {
    /// Whether the endpoint's names answer (L7).
    pub fn answers(self) -> bool {
        matches!(self, Self::Available | Self::Modifying)
    }

    /// The wire value (L1).
    pub fn text(self) -> &'static str {
        match self {
            Self::PendingAcceptance => "pendingAcceptance",
            Self::Pending | Self::Modifying => "pending",
            Self::Available => "available",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Deleting => "deleting",
        }
    }
}

impl RecordIpType {
    /// Whether names have A records; gateway endpoints and private names alike.
    pub fn has_a(self) -> bool {
        self != Self::Ipv6
    }

    /// Whether the endpoint's own names have AAAA records.
    pub fn has_aaaa(self) -> bool {
        self != Self::Ipv4
    }

    /// Whether the private names have AAAA records (P42).
    pub fn private_has_aaaa(self) -> bool {
        matches!(self, Self::Ipv6 | Self::Dualstack)
    }

    /// The wire value.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Dualstack => "dualstack",
            Self::ServiceDefined => "service-defined",
        }
    }
}

impl AddressType {
    /// The wire value.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Dualstack => "dualstack",
        }
    }
}

impl ServiceRef {
    /// The service name, as `CreateVpcEndpoint` takes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Aws(service) => &service.service.name,
            Self::Customer { name, .. } => name,
        }
    }

    /// The name of an AWS service without prefix and region: `ssm`, `ecr.api`.
    pub fn short_name(&self) -> Option<&str> {
        self.aws().map(|service| service.service.suffix.as_str())
    }

    /// What may follow the endpoint's label in its DNS names.
    pub fn bases(&self) -> &[Name] {
        match self {
            Self::Aws(service) => &service.bases,
            Self::Customer { base, .. } => std::slice::from_ref(base),
        }
    }

    /// AWS's service, if it is one.
    pub fn aws(&self) -> Option<&AwsService> {
        match self {
            Self::Aws(service) => Some(service),
            Self::Customer { .. } => None,
        }
    }
}

impl Endpoint {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// Whether it leads to another region's service, so that it has no zonal names (P101).
    pub fn is_cross_region(&self, vpc_region: &str) -> bool {
        self.service_region != vpc_region
    }

    /// The regional names, one for each base name; a gateway endpoint has none (N37).
    pub fn regional_names(&self) -> Vec<Name> {
        self.names_with(&format!("{}-{}", self.id, self.suffix))
    }

    /// The names of one zone.
    pub fn zonal_names(&self, zone: &str) -> Vec<Name> {
        self.names_with(&format!("{}-{}-{zone}", self.id, self.suffix))
    }

    /// The regional name that a customer service's private name points to (P4).
    pub fn regional_name(&self) -> Option<Name> {
        self.regional_names().into_iter().next()
    }

    /// The id of the zone that private DNS makes for one of its names (N35); the same on every machine.
    pub fn hidden_zone_id(&self, zone: &Name) -> ZoneId {
        let seed = stable_hash(&format!("{}/{zone}", self.id));
        ZoneId::from_seed(u64::try_from(seed >> 64).unwrap_or_default())
    }

    fn names_with(&self, label: &str) -> Vec<Name> {
        if self.kind == EndpointKind::Gateway {
            return Vec::new();
        }
        self.service.bases().iter().filter_map(|base| base.prepend(label.as_bytes())).collect()
    }
}
