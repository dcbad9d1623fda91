//! Knows: the kinds of AWS's public endpoints, and how a file or a name tells them.
//!
//! Deliberately does not: know which endpoints exist.

use super::region::Region;

/// The kind of a public endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variant {
    /// The usual endpoint of a region.
    Plain,
    /// With FIPS 140 cryptography.
    Fips,
    /// IPv4 and IPv6.
    DualStack,
    /// Both.
    DualStackFips,
    /// The endpoint of a service without regions.
    Global,
}

impl Variant {
    /// Whether both families are answered.
    #[must_use]
    pub fn is_dual_stack(self) -> bool {
        matches!(self, Self::DualStack | Self::DualStackFips)
    }

    /// The variant of a host of a service.
    pub(super) fn of_host(host: &str, region: &Region) -> Self {
        Self::of(host.contains("fips"), host.ends_with(region.dual_stack_dns_suffix))
    }

    /// The variant by its two properties.
    fn of(fips: bool, dual_stack: bool) -> Self {
        match (fips, dual_stack) {
            (false, false) => Self::Plain,
            (true, false) => Self::Fips,
            (false, true) => Self::DualStack,
            (true, true) => Self::DualStackFips,
        }
    }

    /// Reads the `variant` column.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "plain" => Self::Plain,
            "fips" => Self::Fips,
            "dualstack" => Self::DualStack,
            "dualstack-fips" => Self::DualStackFips,
            "global" => Self::Global,
            _ => return None,
        })
    }
}
