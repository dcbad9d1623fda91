//! DHCP option sets: the DNS servers and the search domain that instances receive (H50 to H55).
//!
//! They change no answer. They decide whether instances ask the Amazon-provided resolver at all.

use std::{net::IpAddr, sync::Arc};

use super::{
    change::{Touched, duplicate},
    id::{DhcpOptionsId, RegionName, VpcId, derived_seed},
    id_words::IdWords,
    refusal::Refusal,
    vpc::Vpc,
    world::{Tags, World},
};
use crate::catalog;

/// A DHCP option set.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DhcpOptions {
    /// Its id.
    pub id: DhcpOptionsId,
    /// Its tags.
    pub tags: Tags,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// `domain-name`.
    pub domain_name: Option<Arc<str>>,
    /// `domain-name-servers`: `AmazonProvidedDNS` or addresses.
    pub domain_name_servers: Vec<Arc<str>>,
    /// The other options, by key. They are kept and shown, and change no answer.
    pub others: Vec<(Arc<str>, Vec<Arc<str>>)>,
}

/// `CreateDhcpOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateDhcpOptions {
    /// The set.
    pub options: DhcpOptions,
}

/// `DeleteDhcpOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteDhcpOptions {
    /// The set.
    pub options: DhcpOptionsId,
}

/// `AssociateDhcpOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateDhcpOptions {
    /// The set; none restores the default.
    pub options: Option<DhcpOptionsId>,
    /// The VPC.
    pub vpc: VpcId,
}

/// The options besides the two about names: key, maximal number of values, and whether the values are addresses.
const OTHERS: &[(&str, usize, bool)] = &[
    ("ipv6-address-preferred-lease-time", 1, false),
    ("netbios-name-servers", 4, true),
    ("netbios-node-type", 1, false),
    ("ntp-servers", 8, true),
];

/// The word for the VPC's own resolver among the servers of a set (H51).
pub const AMAZON_PROVIDED: &str = "AmazonProvidedDNS";

/// The set a region starts with (H50). It is not stored: its id follows from the region and the account.
pub fn default_set(region: RegionName, owner: &str) -> DhcpOptions {
    let domain = catalog::region(region).map(|region| region.internal_domain.into());
    DhcpOptions {
        id: DhcpOptionsId::from_seed(derived_seed(&format!("{owner}/{region}/dhcp-options"))),
        tags: Tags::default(),
        region,
        owner: owner.into(),
        domain_name: domain,
        domain_name_servers: vec![AMAZON_PROVIDED.into()],
        others: Vec::new(),
    }
}

/// The set of a VPC: its own, or the region's.
pub fn set_of(world: &World, vpc: &Vpc) -> DhcpOptions {
    let stored = vpc.dhcp_options.and_then(|id| world.dhcp_options.get(&id));
    stored.map_or_else(|| default_set(vpc.region, &vpc.owner), |stored| DhcpOptions::clone(stored))
}

/// The id of the set of a VPC.
pub fn of(vpc: &Vpc) -> DhcpOptionsId {
    vpc.dhcp_options.unwrap_or_else(|| default_set(vpc.region, &vpc.owner).id)
}

impl DhcpOptions {
    /// The tag `Name`, else the id.
    pub fn label(&self) -> String {
        self.tags.name().map_or_else(|| self.id.to_string(), str::to_owned)
    }

    /// Every option with its values, in the order AWS shows them: by key.
    pub fn configurations(&self) -> Vec<(&str, Vec<&str>)> {
        let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
        all.extend(self.domain_name.as_deref().map(|name| ("domain-name", vec![name])));
        if !self.domain_name_servers.is_empty() {
            let servers = self.domain_name_servers.iter().map(|server| &**server).collect();
            all.push(("domain-name-servers", servers));
        }
        for (key, values) in &self.others {
            all.push((key, values.iter().map(|value| &**value).collect()));
        }
        all.sort();
        all
    }

    /// Sets one option.
    ///
    /// # Errors
    ///
    /// AWS's refusal of an unknown key, or of values the key cannot have (H52).
    pub fn set(&mut self, key: &str, values: Vec<Arc<str>>) -> Result<(), Refusal> {
        let known = OTHERS.iter().find(|(known, ..)| *known == key);
        let (most, addresses) = match (key, known) {
            ("domain-name", _) => (1, false),
            ("domain-name-servers", _) => (8, true),
            (_, Some((_, most, addresses))) => (*most, *addresses),
            _ => {
                return Err(Refusal::value(
                    format!("Value ({key}) for parameter key is invalid. Unknown DHCP option."),
                    "H50",
                ));
            }
        };
        if values.is_empty() || values.len() > most {
            let count = values.len();
            let message = format!("The DHCP option {key} has 1 to {most} values, not {count}");
            return Err(Refusal::value(message, "H52"));
        }
        let odd = values.iter().find(|value| match key {
            "netbios-node-type" => !matches!(&***value, "1" | "2" | "4" | "8"),
            "ipv6-address-preferred-lease-time" => {
                !value.parse::<u32>().is_ok_and(|seconds| (140..=2_147_483_647).contains(&seconds))
            }
            "domain-name" => value.is_empty() || value.len() > 255,
            _ => {
                addresses
                    && value.parse::<IpAddr>().is_err()
                    && (key != "domain-name-servers" || &***value != AMAZON_PROVIDED)
            }
        });
        if let Some(value) = odd {
            let message = format!("Value ({value}) for parameter {key} is invalid.");
            return Err(Refusal::value(message, "H50"));
        }
        match key {
            "domain-name" => self.domain_name = values.into_iter().next(),
            "domain-name-servers" => self.domain_name_servers = values,
            _ => {
                self.others.retain(|(other, _)| &**other != key);
                self.others.push((key.into(), values));
            }
        }
        Ok(())
    }
}

/// AWS's refusal of a set that does not exist.
pub fn not_found(id: DhcpOptionsId) -> Refusal {
    id.missing("H50")
}

/// Refuses a set that a VPC has.
///
/// # Errors
///
/// `DependencyViolation`.
pub fn check_unused(world: &World, id: DhcpOptionsId) -> Result<(), Refusal> {
    if world.vpcs.values().any(|vpc| of(vpc) == id) {
        let text = format!("The dhcpOptions '{id}' has dependencies and cannot be deleted.");
        return Err(Refusal::new("DependencyViolation", text, "H50"));
    }
    Ok(())
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

impl DeleteDhcpOptions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        check_unused(world, self.options)?;
        if world.dhcp_options.remove(&self.options).is_none() {
            return Err(not_found(self.options));
        }
        Ok(Touched::nothing())
    }
}

impl AssociateDhcpOptions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let vpc = Vpc::clone(world.vpc(self.vpc)?);
        if let Some(options) = self.options
            && !world.dhcp_options.contains_key(&options)
        {
            return Err(not_found(options));
        }
        world.vpcs.insert(self.vpc, Arc::new(Vpc { dhcp_options: self.options, ..vpc }));
        Ok(Touched::vpc(self.vpc))
    }
}
