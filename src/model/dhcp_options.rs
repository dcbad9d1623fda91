//! DHCP option sets: which resolver and which search domain guests are given (H50 to H55).
//!
//! They change no answer; they tell whether guests ask the Amazon-provided resolver at all.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{DhcpOptionsId, VpcId},
    refusal::Refusal,
    vpc::Vpc,
    world::{Tags, World},
};

/// A DHCP option set.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DhcpOptions {
    /// Its id.
    pub id: DhcpOptionsId,
    /// Its tags.
    pub tags: Tags,
    /// `domain-name`.
    pub domain_name: Option<Arc<str>>,
    /// `domain-name-servers`: `AmazonProvidedDNS` or addresses.
    pub domain_name_servers: Vec<Arc<str>>,
}

/// `CreateDhcpOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateDhcpOptions {
    /// The set.
    pub options: DhcpOptions,
}

/// `AssociateDhcpOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateDhcpOptions {
    /// The set; none restores the default.
    pub options: Option<DhcpOptionsId>,
    /// The VPC.
    pub vpc: VpcId,
}

impl CreateDhcpOptions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.dhcp_options, &self.options.id)?;
        if self.options.domain_name_servers.len() > 8 {
            return Err(Refusal::value(
                "A DHCP option set holds at most 8 domain name servers",
                "H52",
            ));
        }
        world.dhcp_options.insert(self.options.id, Arc::new(self.options.clone()));
        Ok(Touched::nothing())
    }
}

impl AssociateDhcpOptions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let vpc = Vpc::clone(world.vpc(self.vpc)?);
        if let Some(options) = self.options
            && !world.dhcp_options.contains_key(&options)
        {
            return Err(Refusal::new(
                "InvalidDhcpOptionsID.NotFound",
                format!("The dhcpOption ID '{options}' does not exist"),
                "H50",
            ));
        }
        world.vpcs.insert(self.vpc, Arc::new(Vpc { dhcp_options: self.options, ..vpc }));
        Ok(Touched::vpc(self.vpc))
    }
}
