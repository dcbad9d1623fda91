//! Changes that create, modify and delete VPC endpoints, with AWS's refusals (spec §9.2 to §9.4).

use std::{net::Ipv4Addr, net::Ipv6Addr, sync::Arc};

use smol_str::SmolStr;

use super::{
    change::{Touched, duplicate},
    endpoint::{
        AddressType, Endpoint, EndpointInterface, EndpointKind, EndpointState, Interfaces,
        RecordIpType,
    },
    endpoint_rules as rules,
    id::{EndpointId, NetworkInterfaceId, RouteTableId, SecurityGroupId, SubnetId, VpcId},
    refusal::Refusal,
    world::{Tags, World},
};

/// `CreateVpcEndpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateVpcEndpoint {
    /// The id it gets.
    pub id: EndpointId,
    /// The random label of its DNS names.
    pub suffix: SmolStr,
    /// `VpcId`.
    pub vpc: VpcId,
    /// `VpcEndpointType`.
    pub kind: EndpointKind,
    /// `ServiceName`, full or short (`cloudformation`).
    pub service: Arc<str>,
    /// `ServiceRegion`; the VPC's when left out.
    pub service_region: Option<Arc<str>>,
    /// `SubnetId.N` and `SubnetConfiguration.N`.
    pub subnets: Vec<SubnetConfiguration>,
    /// `RouteTableId.N`.
    pub route_tables: Vec<RouteTableId>,
    /// `SecurityGroupId.N`.
    pub security_groups: Vec<SecurityGroupId>,
    /// `PrivateDnsEnabled`; left out, it is on where the service has a private name (P7).
    pub private_dns: Option<bool>,
    /// `DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint` (P53).
    pub inbound_only: Option<bool>,
    /// `IpAddressType`.
    pub address_type: Option<AddressType>,
    /// `DnsOptions.DnsRecordIpType`.
    pub record_type: Option<RecordIpType>,
    /// `PolicyDocument`.
    pub policy: Option<Arc<str>>,
    /// The tags of `TagSpecification.N`.
    pub tags: Tags,
    /// Now, in milliseconds since the epoch.
    pub at: Option<u64>,
}

/// A subnet of an interface endpoint, with the addresses its interface gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetConfiguration {
    /// The subnet.
    pub subnet: SubnetId,
    /// The id its interface gets.
    pub interface: NetworkInterfaceId,
    /// `Ipv4`; the lowest free address when left out.
    pub v4: Option<Ipv4Addr>,
    /// `Ipv6`.
    pub v6: Option<Ipv6Addr>,
}

/// `ModifyVpcEndpoint`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ModifyVpcEndpoint {
    /// `VpcEndpointId`.
    pub id: Option<EndpointId>,
    /// `PrivateDnsEnabled`.
    pub private_dns: Option<bool>,
    /// `DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint`.
    pub inbound_only: Option<bool>,
    /// `DnsOptions.DnsRecordIpType`.
    pub record_type: Option<RecordIpType>,
    /// `IpAddressType`.
    pub address_type: Option<AddressType>,
    /// `AddSubnetId.N`.
    pub add_subnets: Vec<SubnetConfiguration>,
    /// `RemoveSubnetId.N`.
    pub remove_subnets: Vec<SubnetId>,
    /// `AddRouteTableId.N`.
    pub add_route_tables: Vec<RouteTableId>,
    /// `RemoveRouteTableId.N`.
    pub remove_route_tables: Vec<RouteTableId>,
    /// `SubnetConfiguration.N` of subnets it has: another address for its interface there.
    pub readdress: Vec<SubnetConfiguration>,
    /// `AddSecurityGroupId.N`.
    pub add_security_groups: Vec<SecurityGroupId>,
    /// `RemoveSecurityGroupId.N`.
    pub remove_security_groups: Vec<SecurityGroupId>,
    /// `PolicyDocument`; `Some(None)` is `ResetPolicy`.
    pub policy: Option<Option<Arc<str>>>,
}

/// `DeleteVpcEndpoints`, one endpoint. A gateway endpoint is gone at once, an interface endpoint with its `Settle`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteVpcEndpoints {
    /// The endpoint.
    pub id: EndpointId,
}

/// Ends a state of an endpoint that AWS ends by itself: `pending` becomes `available`, `deleting` removes it.
/// Idempotent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settle {
    /// The endpoint.
    pub id: EndpointId,
}

/// The health of an endpoint's interface in a zone, which no API sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetEndpointHealth {
    /// The endpoint.
    pub id: EndpointId,
    /// The zone's name.
    pub zone: Arc<str>,
    /// Whether the interface there is healthy.
    pub healthy: bool,
}

impl Settle {
    /// Ends the states in which Changes left endpoints: one for each endpoint that waits now and did not wait before.
    pub fn of_changed(before: &World, after: &World) -> Vec<Self> {
        let waits = |state| matches!(state, EndpointState::Pending | EndpointState::Modifying);
        after
            .endpoints
            .values()
            .filter(|it| waits(it.state))
            .filter(|it| before.endpoints.get(&it.id).is_none_or(|old| !waits(old.state)))
            .map(|it| Self { id: it.id })
            .collect()
    }
}

impl CreateVpcEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let vpc = Arc::clone(world.vpc(self.vpc)?);
        duplicate(&world.endpoints, &self.id)?;
        let service_region = self.service_region.as_deref().unwrap_or(vpc.region);
        let (service, service_region, auto_accept) =
            rules::find_service(world, &vpc, service_region, &self.service)?;
        rules::check_kind(self.kind, &service)?;
        let mut endpoint = Endpoint {
            id: self.id,
            tags: self.tags.clone(),
            vpc: self.vpc,
            owner: Arc::clone(&vpc.owner),
            kind: self.kind,
            service,
            service_region,
            suffix: self.suffix.clone(),
            state: EndpointState::Pending,
            private_dns: false,
            inbound_only: false,
            address_type: self.address_type.unwrap_or_default(),
            record_type: RecordIpType::Ipv4,
            interfaces: Interfaces::new(),
            route_tables: Vec::new(),
            security_groups: self.security_groups.clone(),
            policy: self.policy.clone(),
            private_names: Vec::new(),
            created: self.at,
        };
        endpoint.record_type = rules::record_type(&endpoint, self.record_type)?;
        match self.kind {
            EndpointKind::Gateway => self.fill_gateway(world, &mut endpoint)?,
            EndpointKind::Interface => {
                self.fill_interface(world, &mut endpoint)?;
                if !auto_accept {
                    endpoint.state = EndpointState::PendingAcceptance;
                }
            }
        }
        let id = self.id;
        world.put_endpoint(endpoint);
        world.edit_members(self.vpc, |members| members.endpoints.push(id));
        Ok(Touched::vpc(self.vpc))
    }

    fn fill_gateway(&self, world: &World, endpoint: &mut Endpoint) -> Result<(), Refusal> {
        if !self.subnets.is_empty()
            || !self.security_groups.is_empty()
            || self.private_dns == Some(true)
        {
            return Err(Refusal::parameter(
                "Subnets, security groups and private DNS are not supported for endpoints of type Gateway.",
                "A12",
            ));
        }
        if self.inbound_only.is_some() {
            return Err(rules::inbound_only_on_gateway());
        }
        rules::check_gateway_record_type(world, endpoint)?;
        for table in &self.route_tables {
            rules::check_route_table(world, endpoint, *table)?;
            endpoint.route_tables.push(*table);
        }
        endpoint.state = EndpointState::Available;
        Ok(())
    }

    fn fill_interface(&self, world: &World, endpoint: &mut Endpoint) -> Result<(), Refusal> {
        if !self.route_tables.is_empty() {
            return Err(Refusal::parameter(
                "Route tables are not supported for endpoints of type Interface.",
                "A12",
            ));
        }
        for subnet in &self.subnets {
            let interface = new_interface(world, endpoint, subnet)?;
            endpoint.interfaces.push(interface);
        }
        endpoint.private_names = rules::private_names(world, endpoint);
        endpoint.private_dns = self.private_dns.unwrap_or(!endpoint.private_names.is_empty());
        rules::check_inbound_only(endpoint, self.inbound_only)?;
        if endpoint.private_dns {
            endpoint.inbound_only =
                self.inbound_only.unwrap_or_else(|| rules::inbound_only_by_default(endpoint));
            rules::check_private_dns(world, endpoint)?;
        } else if self.inbound_only == Some(true) {
            return Err(rules::inbound_only_without_private_dns());
        }
        Ok(())
    }
}

impl ModifyVpcEndpoint {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let id = self.id.ok_or_else(|| {
            Refusal::new(
                "MissingParameter",
                "The request must contain the parameter VpcEndpointId",
                "A21",
            )
        })?;
        let mut endpoint = Endpoint::clone(world.endpoint(id)?);
        if !matches!(
            endpoint.state,
            EndpointState::Available
                | EndpointState::Modifying
                | EndpointState::Pending
                | EndpointState::PendingAcceptance
        ) {
            return Err(Refusal::new(
                "IncorrectState",
                format!(
                    "The endpoint {id} is in state {} and cannot be modified",
                    endpoint.state.text()
                ),
                "A22",
            ));
        }
        endpoint.address_type = self.address_type.unwrap_or(endpoint.address_type);
        if let Some(policy) = &self.policy {
            endpoint.policy.clone_from(policy);
        }
        if self.record_type.is_some() || self.address_type.is_some() {
            endpoint.record_type = rules::record_type(&endpoint, self.record_type)?;
        }
        match endpoint.kind {
            EndpointKind::Gateway => self.modify_gateway(world, &mut endpoint)?,
            EndpointKind::Interface => self.modify_interface(world, &mut endpoint)?,
        }
        if endpoint.kind == EndpointKind::Interface && endpoint.state == EndpointState::Available {
            endpoint.state = EndpointState::Modifying;
        }
        let touched = world.reached_by(&endpoint);
        world.put_endpoint(endpoint);
        Ok(touched)
    }

    fn modify_gateway(&self, world: &World, endpoint: &mut Endpoint) -> Result<(), Refusal> {
        if self.private_dns == Some(true)
            || !self.add_subnets.is_empty()
            || !self.remove_subnets.is_empty()
            || !self.readdress.is_empty()
            || !self.add_security_groups.is_empty()
            || !self.remove_security_groups.is_empty()
        {
            return Err(Refusal::parameter(
                "Subnets, security groups and private DNS are not supported for endpoints of type Gateway.",
                "A12",
            ));
        }
        if self.inbound_only.is_some() {
            return Err(rules::inbound_only_on_gateway());
        }
        rules::check_gateway_record_type(world, endpoint)?;
        for table in &self.remove_route_tables {
            world.route_table(*table)?;
        }
        endpoint.route_tables.retain(|table| !self.remove_route_tables.contains(table));
        for table in &self.add_route_tables {
            rules::check_route_table(world, endpoint, *table)?;
            endpoint.route_tables.push(*table);
        }
        Ok(())
    }

    fn modify_interface(&self, world: &World, endpoint: &mut Endpoint) -> Result<(), Refusal> {
        if !self.add_route_tables.is_empty() || !self.remove_route_tables.is_empty() {
            return Err(Refusal::parameter(
                "Route tables are not supported for endpoints of type Interface.",
                "A12",
            ));
        }
        for subnet in &self.remove_subnets {
            world.subnet(*subnet)?;
        }
        if !self.add_security_groups.is_empty() || !self.remove_security_groups.is_empty() {
            // The default group, which it has if none was named, is one of its groups like any other.
            let had = rules::security_groups(world, endpoint);
            endpoint.security_groups = had.into_iter().map(|(id, _)| id).collect();
        }
        let groups = &mut endpoint.security_groups;
        groups.retain(|group| !self.remove_security_groups.contains(group));
        for group in &self.add_security_groups {
            if !groups.contains(group) {
                groups.push(*group);
            }
        }
        endpoint.interfaces.retain(|interface| !self.remove_subnets.contains(&interface.subnet));
        for asked in &self.readdress {
            readdress(world, endpoint, asked)?;
        }
        for subnet in &self.add_subnets {
            let interface = new_interface(world, endpoint, subnet)?;
            endpoint.interfaces.push(interface);
        }
        rules::check_inbound_only(endpoint, self.inbound_only)?;
        let was_on = endpoint.private_dns;
        endpoint.private_dns = self.private_dns.unwrap_or(was_on);
        // A name the provider lost stays with endpoints that use it already (L35).
        if !was_on || self.record_type.is_some() {
            endpoint.private_names = rules::private_names(world, endpoint);
        }
        if endpoint.private_dns {
            endpoint.inbound_only = match self.inbound_only {
                Some(only) => only,
                None if was_on => endpoint.inbound_only,
                None => rules::inbound_only_by_default(endpoint),
            };
            if !was_on || self.inbound_only.is_some() || self.record_type.is_some() {
                rules::check_private_dns(world, endpoint)?;
            }
        } else {
            if self.inbound_only == Some(true) {
                return Err(rules::inbound_only_without_private_dns());
            }
            endpoint.inbound_only = false;
        }
        Ok(())
    }
}

impl DeleteVpcEndpoints {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let Some(endpoint) = world.endpoints.get(&self.id).cloned() else {
            return Err(Refusal::new(
                "InvalidVpcEndpoint.NotFound",
                format!("The Vpc Endpoint Id '{}' does not exist", self.id),
                "A31",
            ));
        };
        if endpoint.state == EndpointState::Deleting {
            return Ok(Touched::nothing());
        }
        rules::check_delete(world, &endpoint)?;
        let touched = world.reached_by(&endpoint);
        match endpoint.kind {
            EndpointKind::Gateway => world.remove_endpoint(&endpoint),
            EndpointKind::Interface => world.put_endpoint(Endpoint {
                state: EndpointState::Deleting,
                ..Endpoint::clone(&endpoint)
            }),
        }
        Ok(touched)
    }
}

impl Settle {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let Some(endpoint) = world.endpoints.get(&self.id).cloned() else {
            return Ok(Touched::nothing());
        };
        let touched = world.reached_by(&endpoint);
        match endpoint.state {
            EndpointState::Pending | EndpointState::Modifying => world.put_endpoint(Endpoint {
                state: EndpointState::Available,
                ..Endpoint::clone(&endpoint)
            }),
            EndpointState::Deleting => world.remove_endpoint(&endpoint),
            _ => return Ok(Touched::nothing()),
        }
        Ok(touched)
    }
}

impl SetEndpointHealth {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut endpoint = Endpoint::clone(world.endpoint(self.id)?);
        let Some(interface) =
            endpoint.interfaces.iter_mut().find(|interface| interface.zone == self.zone)
        else {
            return Err(Refusal::parameter(
                format!("The endpoint {} has no network interface in zone {}", self.id, self.zone),
                "N47",
            ));
        };
        interface.healthy = self.healthy;
        let vpc = endpoint.vpc;
        world.endpoints.insert(self.id, Arc::new(endpoint));
        Ok(Touched::vpc(vpc))
    }
}

/// Replaces an interface by a new one with other addresses, because an interface never changes its addresses (N49).
fn readdress(
    world: &World,
    endpoint: &mut Endpoint,
    asked: &SubnetConfiguration,
) -> Result<(), Refusal> {
    let index = endpoint.interfaces.iter().position(|interface| interface.subnet == asked.subnet);
    let Some(index) = index else {
        return Err(Refusal::parameter(
            format!("The endpoint {} has no network interface in {}", endpoint.id, asked.subnet),
            "N50",
        ));
    };
    let old = endpoint.interfaces.remove(index);
    let keeps = |new: Option<Ipv4Addr>| new.is_none() || new == old.v4;
    if keeps(asked.v4) && (asked.v6.is_none() || asked.v6 == old.v6) {
        endpoint.interfaces.insert(index, old);
        return Ok(());
    }
    let asked =
        SubnetConfiguration { v4: if keeps(asked.v4) { None } else { asked.v4 }, ..asked.clone() };
    let mut new = new_interface(world, endpoint, &asked)?;
    if asked.v4.is_none() {
        new.v4 = old.v4;
    }
    endpoint.interfaces.insert(index, new);
    Ok(())
}

fn new_interface(
    world: &World,
    endpoint: &Endpoint,
    asked: &SubnetConfiguration,
) -> Result<EndpointInterface, Refusal> {
    let subnet = Arc::clone(world.subnet(asked.subnet)?);
    rules::check_subnet(world, endpoint, &subnet)?;
    let wants_v4 = endpoint.address_type != AddressType::Ipv6;
    let taken = |address: Ipv4Addr| {
        endpoint.interfaces.iter().any(|interface| interface.v4 == Some(address))
    };
    let v4 = match asked.v4 {
        Some(address) => {
            subnet.check_address(world, address)?;
            Some(address)
        }
        None if wants_v4 => Some(
            world.free_address(&subnet).filter(|address| !taken(*address)).ok_or_else(|| {
                Refusal::new(
                    "InsufficientFreeAddressesInSubnet",
                    format!("There are not enough free addresses in subnet '{}'", subnet.id),
                    "A51",
                )
            })?,
        ),
        None => None,
    };
    let v6 = match (asked.v6, subnet.ipv6_cidr) {
        (Some(address), _) => {
            subnet.check_ipv6(world, address)?;
            Some(address)
        }
        (None, Some(range)) if endpoint.address_type != AddressType::Ipv4 => {
            let host = u128::from(u64::from(v4.map_or(4, u32::from))) | 0x1000_0000_0000;
            Some(Ipv6Addr::from(u128::from(range.network()) | host))
        }
        (None, _) => None,
    };
    if endpoint.address_type != AddressType::Ipv4 && v6.is_none() {
        return Err(Refusal::parameter(
            format!(
                "Subnet {} has no IPv6 range, which address type {} needs",
                subnet.id,
                endpoint.address_type.text()
            ),
            "P43",
        ));
    }
    Ok(EndpointInterface {
        id: asked.interface,
        subnet: subnet.id,
        zone: Arc::clone(&subnet.zone),
        v4,
        v6,
        healthy: true,
    })
}
