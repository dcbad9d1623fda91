//! The instance that metadata is about, and its host names.

use std::{net::Ipv4Addr, sync::Arc};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    catalog::{self, Region},
    model::{
        guest::Guest, id::InstanceId, instance::Instance, subnet::Subnet, vpc::Vpc, world::World,
    },
    resolve::instance::ec2_name,
};

/// The data from which an instance's metadata are made.
pub(super) struct Subject<'w> {
    pub(super) world: &'w World,
    pub(super) instance: &'w Arc<Instance>,
    pub(super) subnet: &'w Subnet,
    pub(super) vpc: &'w Vpc,
    pub(super) region: &'static Region,
    pub(super) guest: Guest,
    /// Seconds since the epoch.
    pub(super) now: u64,
}

impl<'w> Subject<'w> {
    /// The instance with this id; `None` if it is not in the World.
    pub(super) fn of(world: &'w World, id: InstanceId, now: u64) -> Option<Self> {
        let instance = world.instances.get(&id)?;
        let vpc = world.vpcs.get(&instance.vpc)?;
        Some(Self {
            world,
            instance,
            subnet: world.subnets.get(&instance.subnet)?,
            vpc,
            region: catalog::region(vpc.region)?,
            guest: world.guest(id),
            now,
        })
    }

    /// The guest's host name, from its address or its id (H2).
    pub(super) fn hostname(&self) -> String {
        let address = self.instance.address.filter(|_| !self.instance.name_options.resource_name);
        self.name_in(self.vpc, address)
    }

    /// A host name in a VPC, from an address or an id. It is under the region's domain, or under the domain in the
    /// VPC's DHCP options if a DNS attribute is off (M31).
    pub(super) fn name_in(&self, vpc: &Vpc, address: Option<Ipv4Addr>) -> String {
        let label = match address {
            Some(address) => format!("ip-{}", address.to_string().replace('.', "-")),
            None => self.instance.id.to_string(),
        };
        let options = vpc.dhcp_options.and_then(|id| self.world.dhcp_options.get(&id));
        match options {
            Some(options) if !vpc.both_attributes() => match &options.domain_name {
                Some(domain) => format!("{label}.{domain}"),
                None => label,
            },
            _ => format!("{label}.{}", self.region.internal_domain),
        }
    }

    /// The public host name of an address in a VPC, which needs DNS hostnames (M30).
    pub(super) fn public_name_in(&self, vpc: &Vpc, address: Ipv4Addr) -> Option<String> {
        ec2_name(address, self.region).filter(|_| vpc.dns_hostnames).map(|name| name.to_string())
    }
}

/// A time in AWS's form: `2023-11-14T22:13:20Z`.
pub(super) fn timestamp(second: u64) -> String {
    i64::try_from(second)
        .ok()
        .and_then(|second| OffsetDateTime::from_unix_timestamp(second).ok())
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_read_as_aws_writes_them() {
        assert_eq!(timestamp(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(timestamp(u64::MAX), "");
    }
}
