//! The EKS cluster endpoints, EFS file systems, RDS instances and ElastiCache clusters of a world file.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    near,
    outline::{Item, Outline},
    reader::{self, Fields},
    world_file::Reading,
    world_keys as keys,
};
use crate::model::{
    managed_resource::{CreateManagedResource, EndpointAccess, ManagedKind, ManagedResource},
    name::Name,
    world::Tags,
};

/// Plans the managed resources.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.managed_resources {
        if resource(reading, outline, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn resource<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    item: &Item<'n, Name>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = Fields::of(item.node, item.pos, keys::MANAGED_RESOURCE, report)?;
    fields.required("type", report)?;
    let kind = fields.choice("type", ManagedKind::ALL, report)?;
    let access = fields
        .choice("endpoint-access", EndpointAccess::ALL, report)
        .unwrap_or(kind.usual_access());
    let shown = fields.read::<Arc<str>>("dns-name", report);
    let vpc = fields.required("vpc", report)?;
    let vpc = outline.names.vpcs.find(vpc, None, report)?;
    let region = *outline.regions.get(&vpc)?;
    let mut addresses = Vec::new();
    for (key, value) in fields.map("addresses", report) {
        let known = region.zones.is_empty()
            || region.zones.iter().any(|it| it.name == key.text)
            || region.other_zones.contains(&key.text.as_str());
        if !known {
            let hint = near::did_you_mean(&key.text, region.zones.iter().map(|zone| zone.name));
            let message = format!("{} has no zone `{}`", region.name, key.text);
            report.error_hint(key.pos, &message, hint);
        }
        let zone: Arc<str> = key.text.as_str().into();
        let of_zone =
            if value.items().is_empty() { std::slice::from_ref(value) } else { value.items() };
        for node in of_zone {
            if let Some(address) = reader::read::<Ipv4Addr>(node, report) {
                addresses.push((Arc::clone(&zone), address));
            }
        }
    }
    let resource = ManagedResource {
        label: item.name.into(),
        tags: Tags::named(item.name),
        dns_name: item.id.clone(),
        shown_name: shown.unwrap_or_else(|| item.id.to_string().into()),
        vpc,
        kind,
        access,
        addresses,
        public_addresses: fields.read_list("public-addresses", report),
    };
    reading.plan(CreateManagedResource { resource }, item.pos, item.node);
    Some(())
}
