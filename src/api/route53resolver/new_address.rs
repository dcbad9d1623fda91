//! An IP address that a request wants for a Resolver endpoint.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bad_parameter;
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        own::Owned,
        parameter::Parameters,
    },
    model::{
        id::{NetworkInterfaceId, SubnetId, VpcId},
        resolver_endpoint::EndpointAddress,
    },
};

/// An address that a request asks for.
#[derive(Default)]
pub(super) struct NewAddress {
    pub(super) id: Option<String>,
    pub(super) subnet: Option<String>,
    pub(super) v4: Option<String>,
    pub(super) v6: Option<String>,
}

impl NewAddress {
    pub(super) fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filled = |text: Option<String>| text.filter(|it| !it.is_empty());
        Ok(Self {
            id: filled(parameters.limited("IpId", 1..=64)?),
            subnet: filled(parameters.limited("SubnetId", 1..=32)?),
            v4: filled(parameters.limited("Ip", 0..=36)?),
            v6: filled(parameters.limited("Ipv6", 0..=39)?),
        })
    }

    /// The VPC of its subnet, and what is made of it.
    ///
    /// # Errors
    ///
    /// `InvalidParameterException` for a subnet that is not the caller's, and for what is no address of the type.
    pub(super) fn make(
        &self,
        context: &Context<'_>,
        kind: &str,
    ) -> Result<(VpcId, EndpointAddress), ApiError> {
        let text = self.subnet.as_deref().unwrap_or_default();
        let subnet = text.parse::<SubnetId>().ok().and_then(|id| id.find(context));
        let subnet = subnet
            .ok_or_else(|| bad_parameter(format!("The subnet ID '{text}' does not exist")))?;
        let wrong = |text: &str| bad_parameter(format!("Invalid IP address: '{text}'"));
        let read = |text: &String| {
            let address = text.parse::<IpAddr>().ok().filter(|it| has_family(kind, *it));
            address.ok_or_else(|| wrong(text))
        };
        let v4: Option<Ipv4Addr> = match self.v4.as_ref().map(read).transpose()? {
            Some(IpAddr::V4(address)) => Some(address),
            Some(IpAddr::V6(address)) => return Err(wrong(&address.to_string())),
            None => None,
        };
        let v6: Option<Ipv6Addr> = match self.v6.as_ref().map(read).transpose()? {
            Some(IpAddr::V6(address)) => Some(address),
            Some(IpAddr::V4(address)) => return Err(wrong(&address.to_string())),
            None => None,
        };
        let address = EndpointAddress {
            id: format!("rni-{:017x}", seed()).into(),
            subnet: subnet.id,
            interface: NetworkInterfaceId::from_seed(seed()),
            v4,
            v6,
            created: context.now,
        };
        Ok((subnet.vpc, address))
    }
}

/// Whether an address is of a family that endpoints of a type have.
fn has_family(kind: &str, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => kind != "IPV6",
        IpAddr::V6(_) => kind != "IPV4",
    }
}
