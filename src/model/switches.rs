//! The choices the specification leaves open, or where two sources disagree.
//!
//! The defaults follow recorded answers; every other value keeps another reading reachable. A world file sets them
//! under `switches`.

use crate::catalog::CatalogDate;

/// What a wildcard private name answers for a label below it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum WildcardForm {
    /// A CNAME to the name without the asterisk, then its addresses, as recorded for execute-api; plain addresses
    /// for other services.
    #[default]
    AsRecorded,
    /// A CNAME for every service.
    Cname,
    /// Plain addresses for every service.
    Plain,
}

/// What a private name answers while its endpoint is first `pending` (P93).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum PendingAnswer {
    /// The public answer.
    #[default]
    Public,
    /// NXDOMAIN, as was seen once (P92).
    NxDomain,
}

/// Which public names of services exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum OfferedServices {
    /// Those that follow from a rule, in every region unless a list excludes them.
    #[default]
    All,
    /// Only those of services that a list names for the region. Others are NXDOMAIN.
    KnownOnly,
}

/// How long public negative and positive answers are kept at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Switches {
    /// Wildcard private names.
    pub wildcard: WildcardForm,
    /// Private names of pending endpoints.
    pub pending: PendingAnswer,
    /// The answer for a name without the asked type: NODATA as recorded (P30), or NXDOMAIN as the Route 53 guide says.
    pub missing_type_nxdomain: bool,
    /// Oddities that were recorded and are off by default: a repeated NXDOMAIN comes without its SOA (R23).
    pub quirks: bool,
    /// The most a public answer's TTL may be, in seconds.
    pub public_ttl_cap: u32,
    /// The most a negative answer's TTL may be, in seconds (R22).
    pub negative_ttl_cap: u32,
    /// Which state of the catalogue of services is used.
    pub catalog_date: CatalogDate,
    /// Whether services that are not known to be offered in a region have public names there.
    #[serde(default)]
    pub services: OfferedServices,
    /// Whether `ip-` names answer for addresses that no instance holds (H20).
    pub ip_names_by_form: bool,
    /// Whether instances may be of a type that the catalogue does not know.
    #[serde(default)]
    pub any_instance_type: bool,
    /// Whether every TTL is shown in full instead of counting down, so that tests get equal answers.
    #[serde(default)]
    pub whole_ttls: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            wildcard: WildcardForm::default(),
            pending: PendingAnswer::default(),
            missing_type_nxdomain: false,
            quirks: false,
            public_ttl_cap: 300,
            negative_ttl_cap: 60,
            catalog_date: CatalogDate::default(),
            services: OfferedServices::default(),
            ip_names_by_form: true,
            any_instance_type: false,
            whole_ttls: false,
        }
    }
}
