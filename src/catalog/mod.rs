//! Knows: AWS facts that ship with the program: regions, PrivateLink services and their private
//! names, public names, published address ranges, prefix lists; read from `zones/catalog/`.
//!
//! Deliberately does not: hold anything a user made (that is the model), decide an answer, or do
//! I/O. A fact that is only assumed says so (`is_assumed`, `known`, `region_assumed`, `assumed`).
//!
//! Every name is text, lower case, without the dot at the end. What belongs to one region is
//! built when that region is first asked about, then kept; nothing builds all regions at once.

use std::fmt;
use std::str::FromStr;

mod evidence;
mod hash;
mod instance_type;
mod prefix_list;
mod public_host;
mod range;
mod region;
mod service;
mod service_row;
mod service_zones;
mod table;

pub use evidence::Evidence;
pub use instance_type::is_instance_type;
pub use prefix_list::{PrefixList, prefix_list, prefix_lists};
pub use public_host::{
    PublicHost, Variant, find_public_host, global_hosts, host_domains, public_hosts,
};
pub use range::{
    addresses_v4, addresses_v6, gateway_v4, observed_address, ranges, synthetic_v4, synthetic_v6,
};
pub use region::{Region, Zone, region, regions};
pub use service::{Service, service, services};
pub use service_zones::ServiceZones;

/// Which state of AWS's service list the catalogue shows.
///
/// Complete outputs of AWS's own list exist for September 2023 only; the newest list is made of
/// those, later documents, code and rules, and each service says which ([`Evidence`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CatalogDate {
    /// What AWS listed in September 2023.
    Sept2023,
    /// What is known of August 2026.
    #[default]
    Newest,
}

impl fmt::Display for CatalogDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sept2023 => "2023-09",
            Self::Newest => "newest",
        })
    }
}

impl FromStr for CatalogDate {
    type Err = UnknownDate;

    fn from_str(text: &str) -> Result<Self, UnknownDate> {
        match text {
            "2023-09" => Ok(Self::Sept2023),
            "newest" => Ok(Self::Newest),
            other => Err(UnknownDate(other.to_owned())),
        }
    }
}

/// A catalogue date that is neither `2023-09` nor `newest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDate(pub String);

impl fmt::Display for UnknownDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "catalogue date `{}` is not known: use `2023-09` or `newest`", self.0)
    }
}

impl std::error::Error for UnknownDate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_back_as_written() {
        for date in [CatalogDate::Sept2023, CatalogDate::Newest] {
            assert_eq!(date.to_string().parse(), Ok(date));
        }
        assert_eq!(CatalogDate::default(), CatalogDate::Newest);
        let error = "2024".parse::<CatalogDate>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "catalogue date `2024` is not known: use `2023-09` or `newest`"
        );
    }
}
