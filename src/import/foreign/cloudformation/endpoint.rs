//! `Fn::GetAtt Endpoint.DnsEntries` for endpoints of AWS's services, in the form `Z…:name`.
//!
//! Gives the regional names and the private names. Zonal names are unknown, because they need the zones of the
//! subnets. So are the names of a customer's service, because they need its load balancers.

use super::{stack::Stack, template::Entry};
use crate::{
    catalog,
    hash::stable_hash,
    import::{
        foreign::common::value::{self, is_unknown},
        text::node::{Node, Pos},
        world::endpoint::made_suffix,
    },
    model::{
        id::{EndpointId, ZoneId},
        name::Name,
        service::aws_service,
    },
};

/// The entries, the regional name first; `None` if they are not known.
pub(super) fn dns_entries(
    stack: &mut Stack<'_, '_>,
    entry: &Entry<'_>,
    properties: &Node,
    pos: Pos,
) -> Option<Node> {
    let text = |key: &str| match properties.get(key) {
        Some(node) if is_unknown(node).is_some() => None,
        Some(node) => node.text(),
        None => Some(""),
    };
    let kind = text("VpcEndpointType")?;
    if kind.is_empty() || kind == "Gateway" {
        return Some(value::list(pos, Vec::new()));
    }
    let id: EndpointId = entry.id.parse().ok()?;
    // The service may be in another region than the endpoint. Its region is in the names.
    let region = match text("ServiceRegion")? {
        "" => stack.region?,
        elsewhere => catalog::region(elsewhere)?,
    };
    let service = aws_service(region.name, stack.defaults.catalog_date, text("ServiceName")?)?;
    let own_zone = match region.vpce_hosted_zone {
        Some(zone) => zone.to_owned(),
        None => zone_id(&format!("vpce/{}", region.name)),
    };
    // S3 lists its names with a wildcard in front (N20).
    let wildcard = if service.any_label_in_front() { "*." } else { "" };
    let label = format!("{id}-{}", made_suffix(id));
    let names = service.bases.iter().filter_map(|base| base.prepend(label.as_bytes()));
    let mut entries: Vec<Node> =
        names.map(|name| stack.text(pos, format!("{own_zone}:{wildcard}{name}"))).collect();
    if text("PrivateDnsEnabled")?.eq_ignore_ascii_case("true") {
        for private in &service.private_names {
            let zone = private_zone(id, &private.zone);
            entries.push(stack.text(pos, format!("{zone}:{}", private.zone)));
        }
    }
    Some(value::list(pos, entries))
}

/// The hosted zone that private DNS creates (N35), with the id that the model gives it.
fn private_zone(endpoint: EndpointId, zone: &Name) -> String {
    zone_id(&format!("{endpoint}/{zone}"))
}

fn zone_id(seed: &str) -> String {
    ZoneId::from_seed(u64::try_from(stable_hash(seed) >> 64).unwrap_or_default()).to_string()
}
