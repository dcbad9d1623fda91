//! The name servers of public hosted zones, and the records that Route 53 makes with such a zone.
//!
//! Which servers a zone has follows from its id. Nobody is there under those names: the resolver answers in their place.

use super::{
    hosted_zone::HostedZone,
    id::ZoneId,
    name::Name,
    record::{Rdata, RecordType},
    record_value,
    zone_data::ZoneData,
};
use crate::hash::stable_hash;

/// The TTL of the NS record that Route 53 makes, in seconds.
pub const NS_TTL: u32 = 172_800;
/// The TTL of the SOA record that Route 53 makes, in seconds.
pub const SOA_TTL: u32 = 900;

/// The four name servers of a public zone, as AWS spreads them over domains.
pub fn name_servers(id: ZoneId) -> Vec<String> {
    let hash = stable_hash(&format!("delegation-set/{id}"));
    let part = |at: u32, range: u128| (hash >> (at * 16)) % range;
    let domains = ["com", "net", "org", "co.uk"].into_iter().zip(0_u32..);
    domains
        .map(|(domain, at)| {
            let number = part(at, 512) + u128::from(at) * 512;
            format!("ns-{number}.awsdns-{:02}.{domain}", part(at + 4, 64))
        })
        .collect()
}

/// A public zone with its SOA record only. The first of its servers stands there.
pub fn only_soa(servers: &[String], name: &Name) -> ZoneData {
    let server = servers.first().map_or("", String::as_str);
    let soa = format!("{server}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400");
    let Ok(soa) = record_value::read(RecordType::SOA, &soa) else {
        return ZoneData::private(name.clone());
    };
    let mut data = ZoneData::new(name.clone(), soa.clone(), SOA_TTL);
    // A SOA at the zone's own name is never refused.
    let _ = data.add(name, RecordType::SOA, SOA_TTL, soa);
    data
}

/// Adds the name servers to a public zone that names none.
pub fn add_name_servers(servers: &[String], data: &mut ZoneData) {
    let origin = data.origin.clone();
    if data.node(origin.as_ref()).is_some_and(|node| node.set(RecordType::NS).is_some()) {
        return;
    }
    for server in servers.iter().filter_map(|text| Name::parse(text).ok()) {
        // As above.
        let _ = data.add(&origin, RecordType::NS, NS_TTL, Rdata::name(&server));
    }
}

impl HostedZone {
    /// A public zone's first records.
    pub fn public_data(servers: &[String], name: &Name) -> ZoneData {
        let mut data = only_soa(servers, name);
        add_name_servers(servers, &mut data);
        data
    }
}
