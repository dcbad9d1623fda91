//! Endpoint services of customers: who may use them, and what acceptance does.
//!
//! Knows the states of spec §6.2 and §6.3. The private name's verification record is looked up by the server and
//! comes in as part of the Change.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    endpoint::{Endpoint, EndpointState, ServiceRef},
    id::{EndpointId, EndpointServiceId, RegionName},
    name::Name,
    record::Rdata,
    refusal::Refusal,
    service::PrivateName,
    world::{Tags, World},
};

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

impl ServicePrivateName {
    /// A name with the record that proves it. A label that cannot stand before the name leaves the record at it.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyVpcEndpointServiceConfiguration {
    /// The service.
    pub id: EndpointServiceId,
    /// `AcceptanceRequired`.
    pub acceptance_required: Option<bool>,
    /// `PrivateDnsName`, pending verification; `Some(None)` is `RemovePrivateDnsName`.
    pub private_name: Option<Option<ServicePrivateName>>,
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
        service.zones.clear();
        for name in &service.load_balancers {
            let Some(balancer) = world.load_balancers.get(name) else {
                return Err(Refusal::new(
                    "InvalidLoadBalancer.NotFound",
                    format!("The load balancer '{name}' does not exist"),
                    "L22",
                ));
            };
            for zone in &balancer.zones {
                if !service.zones.contains(&zone.zone) {
                    service.zones.push(Arc::clone(&zone.zone));
                }
            }
        }
        world.endpoint_services.insert(service.id, Arc::new(service));
        Ok(Touched::nothing())
    }
}

impl ModifyVpcEndpointServiceConfiguration {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut service = EndpointService::clone(world.endpoint_service(self.id)?);
        service.acceptance_required =
            self.acceptance_required.unwrap_or(service.acceptance_required);
        if let Some(private_name) = &self.private_name {
            service.private_name = private_name.clone();
        }
        world.endpoint_services.insert(self.id, Arc::new(service));
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
    let vpc = moved.vpc;
    world.endpoints.insert(id, Arc::new(moved));
    Ok(Touched::vpc(vpc))
}
