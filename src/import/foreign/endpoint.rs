//! VPC endpoints and endpoint services.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
};

use super::{
    super::node::{Kind, Node},
    Remark, Resource,
    compute::{Interface, Interfaces},
    found::{Entries, Found, stand_in},
    place::{Places, VpcPlan, region_of_service},
    value,
};
use crate::catalog::{self, Region};

/// The types that are taken here.
pub(super) const KINDS: &[&str] = &[
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCEndpointService",
    "AWS::EC2::VPCEndpointServicePermissions",
];

/// The endpoint services, and what stands behind those that are not in the file.
#[derive(Default)]
pub(super) struct Services {
    pub(super) services: Entries,
    pub(super) load_balancers: Entries,
    known: HashSet<String>,
}

/// The endpoint services of the file.
pub(super) fn services(found: &mut Found<'_>, places: &mut Places, services: &mut Services) {
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
            let name = known.or_else(|| outside_balancer(found, places, services, resource, arn));
            names.extend(name);
        }
        if names.is_empty() {
            found.skip(resource, "no Network Load Balancer of the file stands behind it");
            continue;
        }
        let mut fields = Entries::default();
        fields.text("id", pos, resource.id.clone());
        fields.copy("region", found.get(resource, "Region"));
        fields.copy("owner", found.get(resource, "OwnerId"));
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
        services.known.insert(resource.id.clone());
        services.services.put_at(resource.tag(), pos, fields.into_node(pos));
    }
}

/// The DNS name of a load balancer of the file that an ARN names.
fn balancer_name(found: &Found<'_>, arn: &Node) -> Option<Node> {
    let balancer = found.by_id(arn.text()?)?;
    let name = balancer.properties.get("DNSName")?.text()?;
    Some(value::text(arn.pos, name))
}

/// The DNS name of a Network Load Balancer that is not in the file, which its ARN tells (B1).
fn outside_balancer(
    found: &mut Found<'_>,
    places: &mut Places,
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
        "the load balancer {name} is not in the file: one in a VPC of its own stands for it"
    );
    found.note(arn.pos, Remark::Assumed, message);
    let dns_name = format!("{name}-{number}.elb.{}.{}", region.name, region.dns_suffix);
    let provider = Provider { of: name, region, zones, label: name.to_owned(), dns_name };
    provider.suppose(places, services, service).map(|name| value::text(arn.pos, name))
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

/// Enters the endpoints.
pub(super) fn endpoints<'r>(
    found: &mut Found<'r>,
    places: &mut Places,
    interfaces: &Interfaces<'r>,
    services: &mut Services,
) {
    let mut all = Vec::new();
    for resource in found.of("AWS::EC2::VPCEndpoint") {
        let Some(node) = resource.properties.get("VpcId") else {
            found.skip(resource, "it names no VPC");
            continue;
        };
        if let Some(vpc) = places.vpc(found, node) {
            all.push((resource, vpc));
        }
    }
    // Gateway endpoints decide what AWS allows an interface endpoint of the same service (P54).
    let mut gateways = HashSet::new();
    for (resource, vpc) in &all {
        if kind_of(found, resource) == "gateway"
            && let Some(service) = found.text(resource, "ServiceName")
        {
            gateways.insert((*vpc, service));
        }
    }
    let mut private = HashMap::new();
    for (resource, vpc) in all {
        if let Some((fields, private_dns)) =
            endpoint(found, places, interfaces, services, (resource, vpc))
        {
            let mut fields = fields;
            if let Some(service) = private_dns {
                let on = switch(found, resource, (vpc, service), &mut private);
                fields.text("private-dns", resource.pos, on.to_string());
                if on {
                    inbound_only(found, resource, gateways.contains(&(vpc, service)), &mut fields);
                }
            }
            if let Some(plan) = places.vpcs.get_mut(vpc) {
                let node = fields.into_node(resource.pos);
                plan.endpoints.put_at(resource.tag(), resource.pos, node);
            }
        }
    }
}

/// Whether private DNS is on; of two endpoints to one service only the first may have it (P81).
fn switch<'r>(
    found: &mut Found<'r>,
    resource: &'r Resource,
    place: (usize, &'r str),
    private: &mut HashMap<(usize, &'r str), &'r str>,
) -> bool {
    match found.flag(resource, "PrivateDnsEnabled") {
        Some(true) => {}
        Some(false) => return false,
        None => {
            let message = format!(
                "{} does not state PrivateDnsEnabled: CloudFormation and Terraform take false",
                resource.label()
            );
            found.note(resource.pos, Remark::Inferred, message);
            return false;
        }
    }
    if let Some(first) = private.get(&place) {
        let why = format!("AWS would refuse its private DNS, since {first} has it; it is off here");
        found.skip(resource, &why);
        return false;
    }
    private.insert(place, &resource.name);
    true
}

/// Whether the private name counts for inbound endpoints only (P51 to P54).
fn inbound_only<'r>(
    found: &mut Found<'r>,
    resource: &'r Resource,
    has_gateway: bool,
    fields: &mut Entries,
) {
    let key = "private-dns-only-for-inbound-resolver-endpoint";
    let options = resource.properties.get("DnsOptions");
    let stated = options.and_then(|it| it.get("PrivateDnsOnlyForInboundResolverEndpoint"));
    let stated = stated.and_then(Node::text).and_then(|text| match text {
        "OnlyInboundResolver" => Some(true),
        "AllResolvers" => Some(false),
        _ => super::found::flag(text),
    });
    let service = found.text(resource, "ServiceName").unwrap_or_default();
    let gateway_too = ["s3", "dynamodb"].iter().any(|it| service.rsplit('.').next() == Some(it));
    match stated {
        Some(on) if gateway_too => fields.text(key, resource.pos, on.to_string()),
        None if gateway_too && !has_gateway => {
            let message = format!(
                "{}: AWS would refuse private DNS for inbound endpoints only, its default, without a gateway endpoint; it is for \
                 every question here",
                resource.label()
            );
            found.note(resource.pos, Remark::Assumed, message);
            fields.text(key, resource.pos, "false");
        }
        _ => {}
    }
}

fn kind_of<'r>(found: &mut Found<'r>, resource: &'r Resource) -> String {
    // The API's default is a gateway endpoint (A12).
    found.text(resource, "VpcEndpointType").unwrap_or("Gateway").to_ascii_lowercase()
}

/// The endpoint but for its private DNS, and its service if that is a question at all.
fn endpoint<'r>(
    found: &mut Found<'r>,
    places: &mut Places,
    interfaces: &Interfaces<'r>,
    services: &mut Services,
    (resource, vpc): (&'r Resource, usize),
) -> Option<(Entries, Option<&'r str>)> {
    let pos = resource.pos;
    let kind = kind_of(found, resource);
    if !matches!(kind.as_str(), "gateway" | "interface") {
        found.skip(resource, &format!("endpoints of type {kind} are not known here"));
        return None;
    }
    let state = found.text(resource, "State").unwrap_or("available");
    let state = match state.to_ascii_lowercase().as_str() {
        "available" | "modifying" => "available",
        "pending" => "pending",
        "pendingacceptance" => "pendingAcceptance",
        "rejected" => "rejected",
        _ => {
            found.skip(resource, &format!("its state is {state}"));
            return None;
        }
    };
    let service_node = found.get(resource, "ServiceName");
    let Some(service) = service_node.and_then(Node::text) else {
        found.skip(resource, "its service is not told");
        return None;
    };
    let mut fields = Entries::default();
    fields.text("id", pos, resource.id.clone());
    fields.text("type", pos, kind.clone());
    let customer = service.split('.').find(|label| label.starts_with("vpce-svc-"));
    fields.text("service", service_node.map_or(pos, |it| it.pos), customer.unwrap_or(service));
    let own = places.vpcs.get(vpc)?.region;
    if let Some(region) = found.text(resource, "ServiceRegion").filter(|name| *name != own.name) {
        fields.text("service-region", pos, region);
    }
    if let Some(policy) = found.get(resource, "PolicyDocument")
        && matches!(policy.kind, Kind::Scalar(_) | Kind::Map(_))
    {
        fields.put("policy", value::cleared(policy));
    }
    let groups = found.list(resource, "SecurityGroupIds").into_iter();
    let groups = groups.filter(|it| it.text().is_some_and(|text| text.starts_with("sg-")));
    fields.list("security-groups", pos, groups.cloned().collect());
    if kind == "gateway" {
        let mut tables = Vec::new();
        let listed = resource.properties.get("RouteTableIds");
        for node in listed.map_or(&[][..], super::found::items) {
            let id = places.table(found, node, vpc);
            tables.extend(id.map(|id| value::text(node.pos, id)));
        }
        fields.list("route-tables", pos, tables);
        return Some((fields, None));
    }
    fields.text("state", pos, state);
    for (property, key) in
        [("IpAddressType", "ip-address-type"), ("DnsRecordIpType", "dns-record-ip-type")]
    {
        let options = resource.properties.get("DnsOptions").and_then(|it| it.get(property));
        if let Some(text) = resource.properties.get(property).or(options).and_then(Node::text) {
            fields.text(key, pos, text.to_ascii_lowercase());
        }
    }
    let (suffix, private) = dns_entries(found, resource);
    if let Some(suffix) = suffix {
        fields.text("suffix", pos, suffix);
    }
    let subnets = subnets(found, places, interfaces, resource, vpc)?;
    if let Some(id) = customer
        && services.known.insert(id.to_owned())
    {
        let zones: Vec<String> = subnets
            .iter()
            .filter_map(|(place, ..)| Some(places.subnets.get(*place)?.zone.clone()))
            .collect();
        suppose_service(found, places, services, resource, (id, zones, private))?;
    }
    let mut entries = Entries::default();
    for (place, v4, v6) in subnets {
        let id = places.subnets.get(place)?.id.clone();
        let mut addresses = Entries::default();
        if let Some(v4) = v4 {
            addresses.text("ipv4", pos, v4.to_string());
        }
        if let Some(v6) = v6 {
            addresses.text("ipv6", pos, v6);
        }
        entries.put(id, addresses.into_node(pos));
    }
    fields.map("subnets", pos, entries);
    Some((fields, Some(service)))
}

/// The random label of the endpoint's names and the private name of its service, from the names AWS tells (N1, N31).
fn dns_entries<'r>(
    found: &mut Found<'r>,
    resource: &'r Resource,
) -> (Option<&'r str>, Option<&'r str>) {
    let names: Vec<&str> = found
        .list(resource, "DnsEntries")
        .into_iter()
        .filter_map(|entry| entry.get("DnsName")?.text())
        .collect();
    let (own, others): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| name.contains(".vpce."));
    let label = own.first().and_then(|name| name.trim_start_matches("*.").split('.').next());
    let rest =
        label.and_then(|label| label.strip_prefix("vpce-")).and_then(|it| it.split_once('-'));
    let suffix = rest.and_then(|(_, rest)| rest.split('-').next());
    let told = rest.map(|(id, _)| format!("vpce-{id}")).filter(|id| *id != resource.id);
    if let Some(told) = told {
        let message = format!(
            "{}: its names say {told}; here they follow from its id {}",
            resource.label(),
            resource.id
        );
        found.note(resource.pos, Remark::Assumed, message);
    }
    (suffix.filter(|it| !it.is_empty()), others.first().copied())
}

type InSubnet = (usize, Option<Ipv4Addr>, Option<String>);

/// The subnets an endpoint has interfaces in, and their addresses.
fn subnets<'r>(
    found: &mut Found<'r>,
    places: &mut Places,
    interfaces: &Interfaces<'r>,
    resource: &'r Resource,
    vpc: usize,
) -> Option<Vec<InSubnet>> {
    let description = format!("VPC Endpoint Interface {}", resource.id);
    let mut held: Vec<Interface<'_>> = interfaces.described(&description).to_vec();
    if held.is_empty() {
        let ids = found.texts(resource, "NetworkInterfaceIds");
        held = ids.into_iter().filter_map(|id| interfaces.by_id(id)).collect();
    }
    let stated = resource.properties.get("SubnetConfigurations").map_or(&[][..], Node::items);
    let stated = |id: &str| {
        let is_it = |it: &&Node| it.get("SubnetId").and_then(Node::text) == Some(id);
        stated.iter().find(is_it)
    };
    let v4 = resource.properties.get("IpAddressType").and_then(Node::text) != Some("ipv6");
    let Some(node) = resource.properties.get("SubnetIds") else {
        let mut all = Vec::new();
        for place in held.iter().filter_map(|it| places.known_subnet(it.subnet)) {
            all.push((place, None, None));
        }
        if all.is_empty() {
            found.skip(resource, "it names no subnet");
            return None;
        }
        return Some(all);
    };
    let mut all = Vec::new();
    let mut supposed = Vec::new();
    for place in places.subnets(found, node, vpc) {
        let id = places.subnets.get(place)?.id.clone();
        let interface = held.iter().find(|it| it.subnet == id);
        let configuration = stated(&id);
        let text = |key: &str| configuration.and_then(|it| it.get(key)).and_then(Node::text);
        let told = interface
            .and_then(|it| it.address)
            .or_else(|| text("Ipv4").and_then(|text| text.parse().ok()));
        let told = told.and_then(|it| places.claim(found, place, it, resource));
        let v6 = interface.and_then(|it| it.ipv6).or_else(|| text("Ipv6"));
        all.push((place, told, v6.filter(|it| !it.is_empty()).map(str::to_owned)));
    }
    for (place, address, _) in all.iter_mut().filter(|it| it.1.is_none() && v4) {
        *address = places.free(*place);
        supposed.extend(address.map(|it| it.to_string()));
    }
    if !supposed.is_empty() {
        let message = stand_in(&supposed, "addresses", resource);
        found.note(resource.pos, Remark::Assumed, message);
    }
    Some(all)
}

/// A VPC with a load balancer that stands for what is behind an endpoint service.
struct Provider<'a> {
    of: &'a str,
    region: &'static Region,
    zones: Vec<String>,
    label: String,
    dns_name: String,
}

impl Provider<'_> {
    /// Puts them in their place; the load balancer's DNS name.
    fn suppose(
        self,
        places: &mut Places,
        services: &mut Services,
        of: &Resource,
    ) -> Option<String> {
        let pos = of.pos;
        let id = super::made_id("AWS::EC2::VPC", &format!("provider/{}", self.of));
        let range = places.unused_vpc_range()?;
        let mut fields = Entries::default();
        fields.text("dns-hostnames", pos, "true");
        places.add_vpc(VpcPlan {
            id: id.clone(),
            name: format!("provider of {}", self.of),
            pos,
            region: self.region,
            cidrs: vec![range],
            subnets: Vec::new(),
            gateway: false,
            fields,
            tables: Entries::default(),
            endpoints: Entries::default(),
            inbound: Entries::default(),
        });
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

/// Supposes an endpoint service of somebody else.
fn suppose_service(
    found: &mut Found<'_>,
    places: &mut Places,
    services: &mut Services,
    endpoint: &Resource,
    (id, zones, private): (&str, Vec<String>, Option<&str>),
) -> Option<()> {
    let pos = endpoint.pos;
    let region = found.region;
    let told = found.by_id(id).and_then(|service| service.properties.get("PrivateDnsName"));
    let private = told.and_then(Node::text).or(private);
    let named = private.map_or("no private name".to_owned(), |it| format!("the private name {it}"));
    let message = format!(
        "the endpoint service {id} is not in the file: one with {named} in a VPC of its own stands for it"
    );
    found.note(pos, Remark::Assumed, message);
    let label = format!("nlb-{id}");
    let dns_name = format!("{label}.elb.{}.{}", region.name, region.dns_suffix);
    let provider = Provider { of: id, region, zones, label, dns_name };
    let balancer = provider.suppose(places, services, endpoint)?;
    let mut service = Entries::default();
    service.text("id", pos, id);
    service.list("load-balancers", pos, vec![value::text(pos, balancer)]);
    let state = endpoint.properties.get("State").and_then(Node::text);
    let waits = state.is_some_and(|state| state.eq_ignore_ascii_case("pendingAcceptance"));
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

/// The region that the names of AWS's services in a file belong to.
pub(super) fn region_of(resources: &[Resource]) -> Option<&'static Region> {
    let endpoints = resources.iter().filter(|it| it.kind == "AWS::EC2::VPCEndpoint");
    endpoints
        .filter_map(|endpoint| endpoint.properties.get("ServiceName"))
        .filter(|node| value::is_unknown(node).is_none())
        .find_map(|node| node.text().and_then(region_of_service))
}
