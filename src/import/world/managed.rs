//! The EKS cluster endpoints, EFS file systems, RDS instances and ElastiCache clusters of a world file.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    Reading, keys,
    outline::{Item, Outline},
    zone_of_key,
};
use crate::{
    import::text::reader::{self, MapReader},
    model::{
        managed_resource::{CreateManagedResource, EndpointAccess, ManagedKind, ManagedResource},
        name::Name,
        world::Tags,
    },
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
    let fields = MapReader::of(item.node, item.pos, keys::MANAGED_RESOURCE, report)?;
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
        let Some(zone) = zone_of_key(key, region, report) else { continue };
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

#[cfg(test)]
mod tests {
    use crate::import::{
        Defaults,
        text::diagnostic::{Problem, Source},
        world::{self, loaded::Loaded},
    };

    fn load(text: &str) -> Result<Loaded, Vec<Problem>> {
        let source = Source { name: "world.yaml".to_owned(), text: text.to_owned() };
        world::load(&source, &Defaults::default())
    }

    #[test]
    fn managed_resources_are_read_and_refused_at_their_places() {
        let vpc = "vpcs:\n  V: {id: vpc-00000001, cidr: 10.0.0.0/16, region: us-east-1}\n";
        let made = load(&format!(
            "{vpc}managed-resources:\n  shop: {{type: eks-cluster, vpc: V}}\n  cache: {{type: elasticache-cluster, vpc: V, \
             addresses: {{us-east-1a: [10.0.0.5, 10.0.0.6]}}}}\n"
        ))
        .unwrap();
        let names: Vec<String> =
            made.world.managed_resources.values().map(|it| it.dns_name.to_string()).collect();
        assert!(
            names.iter().any(|it| it.ends_with(".gr7.us-east-1.eks.amazonaws.com")),
            "{names:?}"
        );
        assert!(
            names
                .iter()
                .any(|it| it.starts_with("cache.") && it.ends_with(".use1.cache.amazonaws.com"))
        );
        let cluster =
            made.world.managed_resources.values().find(|it| &*it.label == "shop").unwrap();
        assert_eq!(cluster.public_addresses.len(), 2);
        for (resource, message) in [
            (
                "{type: rds-instance, vpc: V}",
                "an RDS instance with private access needs an address",
            ),
            (
                "{type: efs-file-system, vpc: V, addresses: {us-east-1a: 10.1.0.5}}",
                "Address 10.1.0.5 does not fall within the ranges of vpc-00000001",
            ),
            (
                "{type: efs-file-system, vpc: V, endpoint-access: public, addresses: {us-east-1a: 10.0.0.5}}",
                "The endpoint access of an EFS file system cannot be public",
            ),
            (
                "{type: eks-cluster, vpc: V, addresses: {us-east-1x: 10.0.0.5}}",
                "us-east-1 has no zone `us-east-1x`",
            ),
            ("{vpc: V}", "`type` is missing"),
        ] {
            let problems =
                load(&format!("{vpc}managed-resources:\n  R: {resource}\n")).unwrap_err();
            assert!(problems[0].message.contains(message), "{resource}: {}", problems[0].message);
            assert_eq!(problems[0].line, 4, "{resource}");
        }
    }
}
