//! Knows: AWS facts that ship with the program: regions, PrivateLink services and their private
//! names, public names, published address ranges, prefix lists; read from `zones/catalog/`.
//!
//! Deliberately does not: hold anything a user made (that is the model), decide an answer, or do
//! I/O. A fact that is only assumed says so (`is_assumed`, `known`, `region_assumed`, `assumed`).
//!
//! Every name is text, lower case, without the dot at the end. What belongs to one region is
//! built when that region is first asked about, then kept; nothing builds all regions at once.

mod csv_file;
mod date;
mod evidence;
mod expression;
mod image;
mod instance_type;
mod listing;
mod place;
mod prefix_list;
mod prefix_list_row;
mod public_host;
mod range;
mod region;
mod service;
mod service_row;
mod service_rules;
mod service_zones;
mod variant;

pub use date::{CatalogDate, UnknownDate};
pub use evidence::Evidence;
pub use image::{Image, images};
pub use instance_type::{
    architecture, hypervisor, instance_types, is_bare_metal, is_burstable, is_instance_type,
    memory, vcpus,
};
pub use listing::{service, services};
pub use place::{Place, place};
pub use prefix_list::{PrefixList, prefix_list, prefix_lists};
pub use public_host::{PublicHost, find_public_host, global_hosts, host_domains, public_hosts};
pub use range::{
    addresses_v4, addresses_v6, gateway_v4, observed_address, ranges, synthetic_v4, synthetic_v6,
};
pub use region::{AvailabilityZone, Region, partition_of, region, regions};
pub use service::Service;
pub use service_rules::{ServiceRules, service_rules};
pub use service_zones::ServiceZones;
pub use variant::Variant;
