//! The network interfaces that `RunInstances` asks for.

use std::{net::Ipv4Addr, net::Ipv6Addr};

use super::network_interface::{read_addresses, read_ipv6};
use crate::{
    api::{error::ApiError, parameter::Parameters},
    model::id::{NetworkInterfaceId, SecurityGroupId, SubnetId},
};

/// `NetworkInterface.N`.
#[derive(Default)]
pub(super) struct InterfaceGiven {
    /// Its number on the instance.
    pub(super) device: u32,
    /// One that is there already.
    pub(super) id: Option<NetworkInterfaceId>,
    /// Its subnet, if not that of the instance.
    pub(super) subnet: Option<SubnetId>,
    /// Its description.
    pub(super) description: String,
    /// Its private addresses: the primary one, secondary ones, and how many more.
    pub(super) addresses: (Option<Ipv4Addr>, Vec<Ipv4Addr>, u32),
    /// Its IPv6 addresses, and how many more.
    pub(super) ipv6: (Vec<Ipv6Addr>, u32),
    /// Its security groups.
    pub(super) groups: Vec<SecurityGroupId>,
    /// `AssociatePublicIpAddress`.
    pub(super) public: Option<bool>,
    /// `DeleteOnTermination`.
    pub(super) delete_on_termination: Option<bool>,
}

impl InterfaceGiven {
    fn read(given: &mut Parameters) -> Result<Self, ApiError> {
        given.word("InterfaceType", &[("interface", ())])?;
        if given.parsed::<u32>("NetworkCardIndex")?.is_some_and(|card| card != 0) {
            return Err(ApiError::value("Only the network card with index 0 is there."));
        }
        Ok(Self {
            device: given.parsed("DeviceIndex")?.unwrap_or_default(),
            id: given.id("NetworkInterfaceId")?,
            subnet: given.id("SubnetId")?,
            description: given.text("Description")?.unwrap_or_default(),
            addresses: read_addresses(given)?,
            ipv6: read_ipv6(given, "Ipv6Addresses")?,
            groups: given.ids("SecurityGroupId")?,
            public: given.boolean("AssociatePublicIpAddress")?,
            delete_on_termination: given.boolean("DeleteOnTermination")?,
        })
    }
}

/// `NetworkInterface.N`, or the one interface that the instance's own parameters describe.
pub(super) fn read_interfaces(
    parameters: &mut Parameters,
) -> Result<Vec<InterfaceGiven>, ApiError> {
    let mut given = parameters.structures("NetworkInterface", InterfaceGiven::read)?;
    let of_instance = InterfaceGiven {
        subnet: parameters.id("SubnetId")?,
        addresses: (parameters.parsed("PrivateIpAddress")?, Vec::new(), 0),
        ipv6: read_ipv6(parameters, "Ipv6Address")?,
        groups: parameters.ids("SecurityGroupId")?,
        ..InterfaceGiven::default()
    };
    if given.is_empty() {
        return Ok(vec![of_instance]);
    }
    let also = [
        (of_instance.subnet.is_some(), "an instance-level subnet ID"),
        (of_instance.addresses.0.is_some(), "an instance-level private IP address"),
        (!of_instance.groups.is_empty(), "instance-level security groups"),
        (of_instance.ipv6.1 > 0 || !of_instance.ipv6.0.is_empty(), "instance-level IPv6 addresses"),
    ];
    if let Some((_, what)) = also.iter().find(|(there, _)| *there) {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            format!("Network interfaces and {what} may not be specified on the same request"),
        ));
    }
    given.sort_by_key(|it| it.device);
    if given.windows(2).any(|pair| pair[0].device == pair[1].device) {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "Each network interface requires a unique device index.",
        ));
    }
    if given.len() > 1 && given.iter().any(|it| it.public.is_some()) {
        return Err(ApiError::new(
            "InvalidParameterCombination",
            "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.",
        ));
    }
    Ok(given)
}
