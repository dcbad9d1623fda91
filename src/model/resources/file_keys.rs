//! The order of the parts of a world file. Which parts come from the table of resources is in its column `file`.

/// The keys at the first level of a world file, in the order in which it is written: those of the column `file`, and
/// others.
pub const FILE_KEYS: &[&str] = &[
    "region",
    "account",
    "default-client",
    "switches",
    "vpcs",
    "elastic-addresses",
    "load-balancers",
    "target-groups",
    "managed-resources",
    "endpoint-services",
    "health-checks",
    "delegation-sets",
    "cidr-collections",
    "hosted-zones",
    "peerings",
    "resolver-rules",
    "firewall-rule-groups",
    "profiles",
    "faults",
    "placement-groups",
    "key-pairs",
    "also-known-as",
];
