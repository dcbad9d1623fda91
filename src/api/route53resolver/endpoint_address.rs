//! The IP addresses of Resolver endpoints, each on a network interface.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    bad_request,
    endpoint::{self, Endpoint},
    listing::Listing,
    new_address::NewAddress,
    only, time,
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        id::{SubnetId, derived},
        resolver_endpoint::{self as model, EndpointAddress, no_such_endpoint},
    },
};

/// `AssociateResolverEndpointIpAddress`.
pub(in crate::api) struct AssociateResolverEndpointIpAddress {
    endpoint: String,
    address: NewAddress,
}

/// Reads an endpoint and one of its addresses.
fn read(parameters: &mut Parameters) -> Result<(String, NewAddress), ApiError> {
    let endpoint = parameters.required_limited("ResolverEndpointId", 1..=64)?;
    let address = parameters.structure("IpAddress", NewAddress::read)?;
    Ok((endpoint, address.ok_or_else(|| parameters.missing("IpAddress"))?))
}

impl Operation for AssociateResolverEndpointIpAddress {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (endpoint, address) = read(parameters)?;
        Ok(Self { endpoint, address })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let endpoint = endpoint::own(context, &self.endpoint)?;
        let kind = endpoint.details.kind.as_deref().unwrap_or("IPV4");
        let (_, address) = self.address.make(context, kind)?;
        let id = endpoint.id;
        let change = model::AssociateResolverEndpointIpAddress { id, address };
        let after = context.commit(&[change.into()])?;
        let endpoint = after.world.resolver_endpoint(id).ok_or_else(|| no_such_endpoint(id))?;
        Ok(only("ResolverEndpoint", endpoint::fields(context, &endpoint, "UPDATING")))
    }
}

/// `DisassociateResolverEndpointIpAddress`.
pub(in crate::api) struct DisassociateResolverEndpointIpAddress {
    endpoint: String,
    address: NewAddress,
}

impl Operation for DisassociateResolverEndpointIpAddress {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (endpoint, address) = read(parameters)?;
        Ok(Self { endpoint, address })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let endpoint = endpoint::own(context, &self.endpoint)?;
        let wanted = self.address;
        let is_meant = |it: &&EndpointAddress| {
            let same_id = wanted.id.as_deref().is_none_or(|id| *it.id == *id);
            let same_subnet = wanted.subnet.as_ref().is_none_or(|id| it.subnet.to_string() == *id);
            let same_v4 = wanted.v4.as_ref().is_none_or(|text| text.parse().ok() == it.v4);
            let same_v6 = wanted.v6.as_ref().is_none_or(|text| text.parse().ok() == it.v6);
            same_id && same_subnet && same_v4 && same_v6
        };
        let NewAddress { id: None, v4: None, v6: None, .. } = &wanted else {
            let found =
                endpoint.details.interfaces.iter().find(is_meant).map(|it| Arc::clone(&it.id));
            let address = found.ok_or_else(|| {
                ApiError::new(
                    "ResourceNotFoundException",
                    "The endpoint does not have this IP address.",
                )
            })?;
            let id = endpoint.id;
            let change =
                model::DisassociateResolverEndpointIpAddress { id, address, at: context.now };
            let after = context.commit(&[change.into()])?;
            let endpoint = after.world.resolver_endpoint(id).ok_or_else(|| no_such_endpoint(id))?;
            return Ok(only("ResolverEndpoint", endpoint::fields(context, &endpoint, "UPDATING")));
        };
        Err(bad_request("The request must name an IP address by IpId, Ip or Ipv6."))
    }
}

/// `ListResolverEndpointIpAddresses`.
pub(in crate::api) struct ListResolverEndpointIpAddresses(String, Listing);

/// An address as replies show it.
fn fields(
    id: &str,
    subnet: Option<SubnetId>,
    addresses: (Option<Ipv4Addr>, Option<Ipv6Addr>),
    at: u64,
) -> Fields {
    Fields::new()
        .set("IpId", id)
        .maybe("SubnetId", subnet)
        .maybe("Ip", addresses.0)
        .maybe("Ipv6", addresses.1)
        .set("Status", "ATTACHED")
        .set("StatusMessage", "This IP address is operational.")
        .set("CreationTime", time(at))
        .set("ModificationTime", time(at))
}

/// The addresses of a world file's endpoint, which has no network interfaces.
fn of_file(context: &Context<'_>, endpoint: &Endpoint) -> Vec<(String, Fields)> {
    let subnet = |address: Ipv4Addr| {
        let mut subnets = context.world().subnets_of(endpoint.vpc);
        subnets.find(|subnet| subnet.cidr.contains(address)).map(|subnet| subnet.id)
    };
    let shown = endpoint.addresses.iter().map(|address| {
        let id = derived("rni", &format!("{}/{address}", endpoint.id));
        let shown = fields(&id, subnet(*address), (Some(*address), None), endpoint.details.created);
        (id, shown)
    });
    shown.collect()
}

impl Operation for ListResolverEndpointIpAddresses {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let endpoint = parameters.required_limited("ResolverEndpointId", 1..=64)?;
        Ok(Self(endpoint, Listing::read(parameters, &[])?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let endpoint = endpoint::own(context, &self.0)?;
        let interfaces = &endpoint.details.interfaces;
        let shown = if interfaces.is_empty() {
            of_file(context, &endpoint)
        } else {
            let shown = interfaces.iter().map(|it| {
                let shown = fields(&it.id, Some(it.subnet), (it.v4, it.v6), it.created);
                (it.id.to_string(), shown)
            });
            shown.collect()
        };
        Ok(self.1.reply_with_max("IpAddresses", shown))
    }
}
