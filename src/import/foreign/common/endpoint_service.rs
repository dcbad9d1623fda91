//! Endpoint services of customers. If the file only names a service, it gets a placeholder.

use std::{collections::HashMap, net::Ipv4Addr};

use super::{
    Remark, Resource,
    found::{Entries, Found},
    layout::{Layout, VpcPlan, region_of_service},
    value,
};
use crate::{
    catalog::{self, Region},
    import::text::node::Node,
};

/// The endpoint services, and the placeholder load balancers behind those that are not in the file.
#[derive(Default)]
pub(super) struct Services {
    pub(super) services: Entries,
    pub(super) load_balancers: Entries,
    /// Whether a customer's service has a private name that endpoints can use, by service id.
    pub(super) named: HashMap<String, bool>,
}

/// Reads the endpoint services in the files.
pub(super) fn services(found: &mut Found<'_>, layout: &mut Layout, services: &mut Services) {
    let mut permissions = HashMap::<&str, Vec<Node>>::new();
    for permission in found.of("AWS::EC2::VPCEndpointServicePermissions") {
        let principals = found.list(permission, "AllowedPrincipals");
        if let Some(id) = found.text(permission, "ServiceId") {
            permissions.entry(id).or_default().extend(principals.into_iter().cloned());
        }
    }
    for resource in found.of("AWS::EC2::VPCEndpointService") {
        let pos = resource.pos;
        let arns = found.list(resource, "NetworkLoadBalancerArns");
        let mut names = Vec::new();
        for arn in &arns {
            let known = balancer_name(found, arn);
            let name = known.or_else(|| outside_balancer(found, layout, services, resource, arn));
            names.extend(name);
        }
        if names.is_empty() {
            found.skip(resource, "the file has no Network Load Balancer for it");
            continue;
        }
        let mut fields = Entries::default();
        fields.text("id", pos, resource.id.clone());
        fields.copy("region", found.get(resource, "Region"));
        let owner = found.text(resource, "OwnerId").or_else(|| arns.iter().find_map(account_of));
        if let Some(owner) = owner {
            fields.text("owner", pos, owner);
        }
        fields.list("load-balancers", pos, names);
        // Without it, the API takes true (L22).
        let required = found.flag(resource, "AcceptanceRequired").unwrap_or(true);
        fields.text("acceptance-required", pos, required.to_string());
        let mut allowed = permissions.remove(resource.id.as_str()).unwrap_or_default();
        allowed.extend(found.list(resource, "AllowedPrincipals").into_iter().cloned());
        fields.list("permissions", pos, allowed);
        let regions = found.list(resource, "SupportedRegions");
        fields.list("supported-regions", pos, regions.into_iter().cloned().collect());
        if let Some(name) = private_name(found, resource) {
            fields.put("private-dns-name", name);
        }
        services.named.insert(resource.id.clone(), fields.has("private-dns-name"));
        services.services.put_at(found.called(resource), pos, fields.into_node(pos));
    }
}

/// The account in an ARN.
fn account_of<'n>(arn: &&'n Node) -> Option<&'n str> {
    let account = arn.text()?.split(':').nth(4)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// The DNS name of the load balancer with an ARN, if it is in the file.
fn balancer_name(found: &Found<'_>, arn: &Node) -> Option<Node> {
    let balancer = found.by_id(arn.text()?)?;
    let name = balancer.properties.get("DNSName")?.text()?;
    Some(value::text(arn.pos, name))
}

/// The DNS name of a Network Load Balancer that is not in the file, made from its ARN (B1).
fn outside_balancer(
    found: &mut Found<'_>,
    layout: &mut Layout,
    services: &mut Services,
    service: &Resource,
    arn: &Node,
) -> Option<Node> {
    let text = arn.text()?;
    let (head, path) = text.split_once(":loadbalancer/net/")?;
    let (name, number) = path.split_once('/')?;
    let region = head.split(':').nth(3).and_then(catalog::region).unwrap_or(found.region);
    let listed = service.properties.get("AvailabilityZones").map_or(&[][..], Node::items);
    let zones = listed.iter().filter_map(Node::text).map(str::to_owned).collect();
    let message = format!(
        "the load balancer {name} is not in the file; one in a VPC of its own is used as a placeholder"
    );
    found.note(arn.pos, Remark::Assumed, message);
    let dns_name = format!("{name}-{number}.elb.{}.{}", region.name, region.dns_suffix);
    let provider = Provider { of: name, region, zones, label: name.to_owned(), dns_name };
    provider.suppose(layout, services, service).map(|name| value::text(arn.pos, name))
}

fn private_name<'r>(found: &mut Found<'r>, resource: &'r Resource) -> Option<Node> {
    let name = found.get(resource, "PrivateDnsName")?;
    let mut fields = Entries::default();
    fields.put("name", name.clone());
    let settings = resource.properties.get("PrivateDnsNameConfiguration");
    let setting = |key: &str| settings.and_then(|settings| settings.get(key));
    let state = setting("State").and_then(Node::text);
    fields.text("state", name.pos, state.unwrap_or("pendingVerification"));
    fields.copy("txt-name", setting("Name"));
    fields.copy("txt-value", setting("Value"));
    Some(fields.into_node(name.pos))
}

/// The placeholder for the provider of an endpoint service: a VPC with a load balancer.
struct Provider<'a> {
    of: &'a str,
    region: &'static Region,
    zones: Vec<String>,
    label: String,
    dns_name: String,
}

impl Provider<'_> {
    /// Adds the VPC and the load balancer. Gives the load balancer's DNS name.
    fn suppose(
        self,
        layout: &mut Layout,
        services: &mut Services,
        of: &Resource,
    ) -> Option<String> {
        let pos = of.pos;
        let id = super::made_id("AWS::EC2::VPC", &format!("provider/{}", self.of));
        let range = layout.unused_vpc_range()?;
        let called = (id.clone(), format!("provider of {}", self.of), pos);
        layout.add_vpc(VpcPlan::supposed(called, self.region, range));
        let mut zones = Entries::default();
        for (zone, host) in self.zones.iter().zip(10_u32..) {
            let address = Ipv4Addr::from(u32::from(range.network()).checked_add(host)?);
            zones.text(zone, pos, address.to_string());
        }
        let mut balancer = Entries::default();
        balancer.text("dns-name", pos, self.dns_name.clone());
        balancer.text("type", pos, "network");
        balancer.text("scheme", pos, "internal");
        balancer.text("vpc", pos, id);
        balancer.map("zones", pos, zones);
        services.load_balancers.put_at(self.label, pos, balancer.into_node(pos));
        Some(self.dns_name)
    }
}

/// Makes a placeholder for an endpoint service of another account.
pub(super) fn suppose_service(
    found: &mut Found<'_>,
    layout: &mut Layout,
    services: &mut Services,
    endpoint: &Resource,
    (id, consumer, zones, private): (&str, &'static Region, Vec<String>, Option<&str>),
) -> Option<()> {
    let pos = endpoint.pos;
    let text = |key: &str| endpoint.properties.get(key).and_then(Node::text);
    let region = text("ServiceName")
        .and_then(region_of_service)
        .or_else(|| text("ServiceRegion").and_then(catalog::region))
        .unwrap_or(found.region);
    let told = found.by_id(id).and_then(|service| service.properties.get("PrivateDnsName"));
    let private = told.and_then(Node::text).or(private);
    let named = private.map_or("no private name".to_owned(), |it| format!("the private name {it}"));
    let message = format!(
        "the endpoint service {id} is not in the file; one with {named} in a VPC of its own is used as a placeholder"
    );
    found.note(pos, Remark::Assumed, message);
    // The zones of a service in another region are that region's.
    let zones = if region.name == consumer.name {
        zones
    } else {
        region.zones.iter().take(2).map(|zone| zone.name.to_owned()).collect()
    };
    let label = format!("nlb-{id}");
    let dns_name = format!("{label}.elb.{}.{}", region.name, region.dns_suffix);
    let provider = Provider { of: id, region, zones, label, dns_name };
    let balancer = provider.suppose(layout, services, endpoint)?;
    services.named.insert(id.to_owned(), private.is_some());
    let mut service = Entries::default();
    service.text("id", pos, id);
    service.text("region", pos, region.name);
    service.list("load-balancers", pos, vec![value::text(pos, balancer)]);
    if region.name != consumer.name {
        service.list("supported-regions", pos, vec![value::text(pos, consumer.name)]);
    }
    let waits = text("State").is_some_and(|state| state.eq_ignore_ascii_case("pendingAcceptance"));
    service.text("acceptance-required", pos, waits.to_string());
    service.list("permissions", pos, vec![value::text(pos, "*")]);
    if let Some(private) = private {
        let mut name = Entries::default();
        name.text("name", pos, private);
        name.text("state", pos, "verified");
        service.map("private-dns-name", pos, name);
    }
    services.services.put_at(id, pos, service.into_node(pos));
    Some(())
}
