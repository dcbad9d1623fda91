//! Endpoint services of customers: permissions, acceptance and the private name.
//!
//! Knows the states of spec §6.2 and §6.3. The server looks up the TXT record that verifies a private name and
//! passes the result in with the Change.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    connection_notification::NotificationAbout,
    endpoint::{AddressType, Endpoint, EndpointState, ServiceRef},
    id::{EndpointId, EndpointServiceId, RegionName},
    name::Name,
    record::Rdata,
    refusal::Refusal,
    service::PrivateName,
    world::{Tags, World},
};
use crate::catalog::Region;

/// An endpoint service.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EndpointService {
    /// Its id.
    pub id: EndpointServiceId,
    /// Its tags.
    pub tags: Tags,
    /// Its region.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// `com.amazonaws.vpce.R.vpce-svc-…` (L20).
    pub name: Arc<str>,
    /// `vpce-svc-….R.vpce.amazonaws.com`.
    pub base: Name,
    /// The DNS names of its load balancers.
    pub load_balancers: Vec<Name>,
    /// The zones it is offered in: its load balancers'.
    pub zones: Vec<Arc<str>>,
    /// Whether the provider must accept each connection.
    pub acceptance_required: bool,
    /// Who may see it: accounts or ARNs; `*` is everybody. The owner always may (L24).
    pub permissions: Vec<Arc<str>>,
    /// Other regions whose endpoints may use it.
    pub supported_regions: Vec<Arc<str>>,
    /// Its private name.
    pub private_name: Option<ServicePrivateName>,
    /// `SupportedIpAddressType.N`: `Ipv4` or `Ipv6`, or both.
    pub address_types: Vec<AddressType>,
}

/// The private name of an endpoint service and the proof of its ownership (L30 to L34).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ServicePrivateName {
    /// The name.
    pub name: PrivateName,
    /// Where verification stands.
    pub state: VerificationState,
    /// The label of the TXT record: `_` and 20 letters and digits.
    pub txt_name: Arc<str>,
    /// The value of the TXT record: `vpce:` and 20 letters and digits.
    pub txt_value: Arc<str>,
    /// The owner of the TXT record; the name itself counts too (L32).
    pub txt_owner: Name,
    /// The data of the TXT record.
    pub txt_data: Rdata,
}

/// Where the verification of a private name stands (L34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum VerificationState {
    /// Not verified yet.
    PendingVerification,
    /// The record was found.
    Verified,
    /// The record was not found.
    Failed,
}

/// The name of a customer's service, as `CreateVpcEndpoint` takes it (L20).
pub fn service_name(id: EndpointServiceId, region: &Region) -> String {
    format!("com.amazonaws.vpce.{}.{id}", region.name)
}

/// What follows an endpoint's label in the names of a customer's service (L20).
pub fn base_name(id: EndpointServiceId, region: &Region) -> Option<Name> {
    Name::parse(&format!("{id}.{}.vpce.{}", region.name, region.dns_suffix)).ok()
}

impl ServicePrivateName {
    /// A private name with its TXT record. If the label does not fit in front of the name, the record is at the name
    /// itself.
    pub fn new(
        name: PrivateName,
        state: VerificationState,
        txt_name: &str,
        txt_value: &str,
    ) -> Self {
        let mut data = Vec::with_capacity(txt_value.len() + 1);
        for part in txt_value.as_bytes().chunks(255) {
            data.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
            data.extend_from_slice(part);
        }
        let txt_owner = name.zone.prepend(txt_name.as_bytes()).unwrap_or_else(|| name.zone.clone());
        Self {
            name,
            state,
            txt_name: txt_name.into(),
            txt_value: txt_value.into(),
            txt_owner,
            txt_data: Rdata::from_wire(&data),
        }
    }
}

impl VerificationState {
    /// The wire value.
    pub fn text(self) -> &'static str {
        match self {
            Self::PendingVerification => "pendingVerification",
            Self::Verified => "verified",
            Self::Failed => "failed",
        }
    }
}

impl EndpointService {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// Whether an account may see it.
    pub fn allows(&self, account: &str) -> bool {
        *self.owner == *account
            || self.permissions.iter().any(|permitted| {
                &**permitted == "*"
                    || &**permitted == account
                    || permitted.split(':').nth(4) == Some(account)
            })
    }

    /// Whether endpoints of another region may use it.
    pub fn supports(&self, region: &str) -> bool {
        self.supported_regions.iter().any(|supported| &**supported == region)
    }

    /// The private name consumers may use (L35).
    pub fn verified_private_name(&self) -> Option<&PrivateName> {
        self.private_name
            .as_ref()
            .filter(|private| private.state == VerificationState::Verified)
            .map(|private| &private.name)
    }
}

/// `CreateVpcEndpointServiceConfiguration`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateVpcEndpointServiceConfiguration {
    /// The service; its zones are taken from its load balancers.
    pub service: EndpointService,
}

/// `ModifyVpcEndpointServiceConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModifyVpcEndpointServiceConfiguration {
    /// The service.
    pub id: Option<EndpointServiceId>,
    /// `AcceptanceRequired`.
    pub acceptance_required: Option<bool>,
    /// `PrivateDnsName`, pending verification; `Some(None)` is `RemovePrivateDnsName`.
    pub private_name: Option<Option<ServicePrivateName>>,
    /// `AddNetworkLoadBalancerArn.N`.
    pub add_load_balancers: Vec<Name>,
    /// `RemoveNetworkLoadBalancerArn.N`.
    pub remove_load_balancers: Vec<Name>,
    /// `AddSupportedRegion.N`.
    pub add_regions: Vec<Arc<str>>,
    /// `RemoveSupportedRegion.N`.
    pub remove_regions: Vec<Arc<str>>,
    /// `AddSupportedIpAddressType.N`.
    pub add_address_types: Vec<AddressType>,
    /// `RemoveSupportedIpAddressType.N`.
    pub remove_address_types: Vec<AddressType>,
}

/// `DeleteVpcEndpointServiceConfigurations`, one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteVpcEndpointServiceConfigurations {
    /// The service.
    pub id: EndpointServiceId,
}

/// `ModifyVpcEndpointServicePermissions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyVpcEndpointServicePermissions {
    /// The service.
    pub id: EndpointServiceId,
    /// `AddAllowedPrincipals`.
    pub add: Vec<Arc<str>>,
    /// `RemoveAllowedPrincipals`.
    pub remove: Vec<Arc<str>>,
}

/// The end of `StartVpcEndpointServicePrivateDnsVerification`: whether the record was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyPrivateDns {
    /// The service.
    pub id: EndpointServiceId,
    /// Whether the TXT record was found with its value.
    pub found: bool,
}

/// `AcceptVpcEndpointConnections`, one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptVpcEndpointConnections {
    /// The service.
    pub service: EndpointServiceId,
    /// The endpoint.
    pub endpoint: EndpointId,
}

/// `RejectVpcEndpointConnections`, one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectVpcEndpointConnections {
    /// The service.
    pub service: EndpointServiceId,
    /// The endpoint.
    pub endpoint: EndpointId,
}

impl CreateVpcEndpointServiceConfiguration {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut service = self.service.clone();
        duplicate(&world.endpoint_services, &service.id)?;
        if service.load_balancers.is_empty() {
            return Err(Refusal::new(
                "MissingParameter",
                "The request must contain the parameter NetworkLoadBalancerArns",
                "L22",
            ));
        }
        service.zones = service.zones_in(world)?;
        world.endpoint_services.insert(service.id, Arc::new(service));
        Ok(Touched::nothing())
    }
}

impl EndpointService {
    /// The zones of a service's load balancers, in their order.
    pub(super) fn zones_in(&self, world: &World) -> Result<Vec<Arc<str>>, Refusal> {
        let mut zones = Vec::new();
        for name in &self.load_balancers {
            let Some(balancer) = world.load_balancers.get(name) else {
                return Err(Refusal::new(
                    "InvalidLoadBalancer.NotFound",
                    format!("The load balancer '{name}' does not exist"),
                    "L22",
                ));
            };
            for zone in &balancer.zones {
                if !zones.contains(&zone.zone) {
                    zones.push(Arc::clone(&zone.zone));
                }
            }
        }
        Ok(zones)
    }
}

/// Adds what is new and removes what is asked to be removed.
fn edit<T: Clone + PartialEq>(list: &mut Vec<T>, add: &[T], remove: &[T]) {
    list.retain(|it| !remove.contains(it));
    for one in add {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
}

impl ModifyVpcEndpointServiceConfiguration {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let id = self.id.ok_or_else(|| {
            Refusal::new(
                "MissingParameter",
                "The request must contain the parameter ServiceId",
                "A60",
            )
        })?;
        let mut service = EndpointService::clone(world.endpoint_service(id)?);
        service.acceptance_required =
            self.acceptance_required.unwrap_or(service.acceptance_required);
        if let Some(private_name) = &self.private_name {
            service.private_name = private_name.clone();
        }
        if !self.remove_load_balancers.is_empty() && is_connected(world, id) {
            return Err(connected(id));
        }
        edit(&mut service.load_balancers, &self.add_load_balancers, &self.remove_load_balancers);
        edit(&mut service.supported_regions, &self.add_regions, &self.remove_regions);
        edit(&mut service.address_types, &self.add_address_types, &self.remove_address_types);
        if service.load_balancers.is_empty() || service.address_types.is_empty() {
            return Err(Refusal::parameter(
                format!("The endpoint service {id} needs a load balancer and an address type"),
                "L22",
            ));
        }
        service.zones = service.zones_in(world)?;
        world.endpoint_services.insert(id, Arc::new(service));
        Ok(Touched::nothing())
    }
}

/// Whether an endpoint of any account uses a service.
fn is_connected(world: &World, id: EndpointServiceId) -> bool {
    world.endpoints.values().any(|endpoint| {
        !matches!(endpoint.state, EndpointState::Rejected | EndpointState::Deleting)
            && matches!(&endpoint.service, ServiceRef::Customer { id: used, .. } if *used == id)
    })
}

fn connected(id: EndpointServiceId) -> Refusal {
    Refusal::new(
        "ExistingVpcEndpointConnections",
        format!("Service {id} has existing active VPC Endpoint connections!"),
        "L22",
    )
}

impl DeleteVpcEndpointServiceConfigurations {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if !world.endpoint_services.contains_key(&self.id) {
            return Err(Refusal::new(
                "InvalidVpcEndpointService.NotFound",
                format!("The VpcEndpointService Id '{}' does not exist", self.id),
                "A60",
            ));
        }
        if is_connected(world, self.id) {
            return Err(connected(self.id));
        }
        world.endpoint_services.remove(&self.id);
        world.remove_notifications(NotificationAbout::Service(self.id));
        Ok(Touched::nothing())
    }
}

impl ModifyVpcEndpointServicePermissions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut service = EndpointService::clone(world.endpoint_service(self.id)?);
        service.permissions.retain(|permitted| !self.remove.contains(permitted));
        for permitted in &self.add {
            if !service.permissions.contains(permitted) {
                service.permissions.push(Arc::clone(permitted));
            }
        }
        world.endpoint_services.insert(self.id, Arc::new(service));
        Ok(Touched::nothing())
    }
}

impl VerifyPrivateDns {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut service = EndpointService::clone(world.endpoint_service(self.id)?);
        let Some(private_name) = &mut service.private_name else {
            return Err(Refusal::parameter(
                format!("The endpoint service {} has no private DNS name to verify", self.id),
                "A62",
            ));
        };
        private_name.state =
            if self.found { VerificationState::Verified } else { VerificationState::Failed };
        world.endpoint_services.insert(self.id, Arc::new(service));
        Ok(Touched::nothing())
    }
}

impl AcceptVpcEndpointConnections {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        // Through `pending`; a Settle ends it (L25).
        move_connection(world, self.service, self.endpoint, EndpointState::Pending, |state| {
            matches!(state, EndpointState::PendingAcceptance | EndpointState::Rejected)
        })
    }
}

impl RejectVpcEndpointConnections {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        // An available connection may be rejected too (L4).
        move_connection(world, self.service, self.endpoint, EndpointState::Rejected, |state| {
            !matches!(
                state,
                EndpointState::Rejected | EndpointState::Expired | EndpointState::Failed
            )
        })
    }
}

fn move_connection(
    world: &mut World,
    service: EndpointServiceId,
    id: EndpointId,
    to: EndpointState,
    allowed: impl Fn(EndpointState) -> bool,
) -> Result<Touched, Refusal> {
    world.endpoint_service(service)?;
    let endpoint = world.endpoint(id)?;
    let belongs = matches!(&endpoint.service, ServiceRef::Customer { id, .. } if *id == service);
    if !belongs {
        return Err(Refusal::new(
            "InvalidVpcEndpointId.NotFound",
            format!("The Vpc Endpoint Id '{id}' does not exist for the service {service}"),
            "A60",
        ));
    }
    if !allowed(endpoint.state) {
        return Err(Refusal::new(
            "InvalidState",
            format!("The endpoint {id} is in state {}", endpoint.state.text()),
            "A61",
        ));
    }
    let moved = Endpoint { state: to, ..Endpoint::clone(endpoint) };
    let touched = world.reached_by(&moved);
    world.endpoints.insert(id, Arc::new(moved));
    Ok(touched)
}
