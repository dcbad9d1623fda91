//! Private and IPv6 addresses given to an interface and taken from it, after it was made.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, Ipv6Addr},
};

use super::{Operation, network_interface::free_ipv6};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        shape::{Fields, ToValue},
    },
    model::{id::NetworkInterfaceId, interface_addresses as model},
};

/// Addresses of a list, which must all be well formed.
fn read_list<T: std::str::FromStr>(
    parameters: &mut Parameters,
    name: &str,
) -> Result<Vec<T>, ApiError> {
    let texts = parameters.list(name)?;
    texts
        .iter()
        .map(|text| {
            text.parse().map_err(|_| {
                ApiError::value(format!("Value ({text}) for parameter {name} is invalid."))
            })
        })
        .collect()
}

/// Addresses as `name` lists them, each in a structure with `inner`.
fn each<T: ToValue>(addresses: impl IntoIterator<Item = T>, inner: &'static str) -> Vec<Fields> {
    addresses.into_iter().map(|address| Fields::new().set(inner, address)).collect()
}

/// `AssignPrivateIpAddresses`.
pub(super) struct AssignPrivateIpAddresses {
    interface: NetworkInterfaceId,
    addresses: Vec<Ipv4Addr>,
    more: u32,
    allow_reassignment: bool,
}

impl Operation for AssignPrivateIpAddresses {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Ipv4Prefix", "Ipv4PrefixCount"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let interface = parameters.required_id("NetworkInterfaceId")?;
        let addresses = read_list(parameters, "PrivateIpAddress")?;
        let more = parameters.parsed::<u32>("SecondaryPrivateIpAddressCount")?.unwrap_or_default();
        let allow_reassignment = parameters.boolean("AllowReassignment")?.unwrap_or_default();
        let by_prefix = parameters.holds("Ipv4PrefixCount") || parameters.holds("Ipv4Prefix.1");
        match (addresses.is_empty(), more) {
            (true, 0) if !by_prefix => Err(ApiError::new(
                "MissingParameter",
                "Either privateIpAddress or secondaryPrivateIpAddressCount should be provided.",
            )),
            (false, 1..) => Err(ApiError::new(
                "InvalidParameterCombination",
                "Secondary private IP addresses may be named or counted, but not both",
            )),
            _ => Ok(Self { interface, addresses, more, allow_reassignment }),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let before: BTreeSet<Ipv4Addr> =
            context.own(self.interface)?.addresses().into_iter().collect();
        let change = model::AssignPrivateIpAddresses {
            interface: self.interface,
            addresses: self.addresses,
            more: self.more,
            allow_reassignment: self.allow_reassignment,
        };
        let after = context.commit(&[change.into()])?;
        let now = after.world.interface(self.interface)?.addresses();
        let new = now.into_iter().filter(|address| !before.contains(address));
        Ok(Fields::done()
            .set("networkInterfaceId", self.interface)
            .list("assignedPrivateIpAddressesSet", each(new, "privateIpAddress")))
    }
}

/// `UnassignPrivateIpAddresses`.
pub(super) struct UnassignPrivateIpAddresses {
    interface: NetworkInterfaceId,
    addresses: Vec<Ipv4Addr>,
}

impl Operation for UnassignPrivateIpAddresses {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Ipv4Prefix"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let interface = parameters.required_id("NetworkInterfaceId")?;
        let addresses: Vec<Ipv4Addr> = read_list(parameters, "PrivateIpAddress")?;
        if addresses.is_empty() && !parameters.holds("Ipv4Prefix.1") {
            return Err(ApiError::missing("privateIpAddress"));
        }
        Ok(Self { interface, addresses })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Self { interface, addresses } = self;
        context.commit(&[model::UnassignPrivateIpAddresses { interface, addresses }.into()])?;
        Ok(Fields::done())
    }
}

/// `AssignIpv6Addresses`.
pub(super) struct AssignIpv6Addresses {
    interface: NetworkInterfaceId,
    addresses: Vec<Ipv6Addr>,
    more: u32,
}

impl Operation for AssignIpv6Addresses {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Ipv6Prefix", "Ipv6PrefixCount"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let interface = parameters.required_id("NetworkInterfaceId")?;
        let addresses = read_list(parameters, "Ipv6Addresses")?;
        let more = parameters.parsed::<u32>("Ipv6AddressCount")?.unwrap_or_default();
        let by_prefix = parameters.holds("Ipv6PrefixCount") || parameters.holds("Ipv6Prefix.1");
        match (addresses.is_empty(), more) {
            (true, 0) if !by_prefix => Err(ApiError::new(
                "MissingParameter",
                "Either 'ipv6Addresses' or 'ipv6AddressCount' should be provided.",
            )),
            (false, 1..) => Err(ApiError::new(
                "InvalidParameterCombination",
                "IPv6 addresses may be named or counted, but not both",
            )),
            _ => Ok(Self { interface, addresses, more }),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let interface = context.own(self.interface)?;
        let mut addresses = self.addresses;
        if let Some(subnet) = interface.subnet(context.world()).filter(|_| !interface.is_managed())
        {
            addresses.extend(free_ipv6(subnet, self.more)?);
        }
        let shown = addresses.clone();
        let change = model::AssignIpv6Addresses { interface: self.interface, addresses };
        context.commit(&[change.into()])?;
        Ok(Fields::new()
            .texts("assignedIpv6Addresses", shown)
            .set("networkInterfaceId", self.interface))
    }
}

/// `UnassignIpv6Addresses`.
pub(super) struct UnassignIpv6Addresses {
    interface: NetworkInterfaceId,
    addresses: Vec<Ipv6Addr>,
}

impl Operation for UnassignIpv6Addresses {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Ipv6Prefix"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let interface = parameters.required_id("NetworkInterfaceId")?;
        let addresses: Vec<Ipv6Addr> = read_list(parameters, "Ipv6Addresses")?;
        if addresses.is_empty() && !parameters.holds("Ipv6Prefix.1") {
            return Err(ApiError::missing("ipv6Addresses"));
        }
        Ok(Self { interface, addresses })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Self { interface, addresses } = self;
        let shown = addresses.clone();
        context.commit(&[model::UnassignIpv6Addresses { interface, addresses }.into()])?;
        Ok(Fields::new()
            .set("networkInterfaceId", interface)
            .texts("unassignedIpv6Addresses", shown))
    }
}
