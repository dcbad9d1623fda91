//! Turns the resources of all importers into one World, through CloudFormation's types and property names, which are
//! AWS's own.
//!
//! `cloudformation`, `describe` and `terraform` turn a file into [`Resource`]s. The files beside this one turn those
//! into the tree of a world file, and the reader of world files makes the World. Every node keeps its position in its
//! original file. Whatever is skipped, inferred or assumed has an entry in [`Notes`].

mod compute;
mod endpoint;
mod endpoint_service;
mod found;
mod layout;
mod names;
mod nat_gateway;
mod network;
pub(super) mod notes;
mod peering;
mod profile;
mod properties;
mod resolver;
mod route_table;
mod security;
mod stated;
pub(super) mod untaken;
pub(super) mod value;
mod zone;
mod zones;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

pub(super) use notes::{Notes, Remark};
pub(super) use properties::says_nothing;

pub(super) use found::{Entries, items};

use self::{
    compute::Interfaces, endpoint_service::Services, found::Found, layout::Layout, stated::Stated,
};
use crate::{
    catalog::{self, Region},
    hash::stable_hash,
    import::{
        Defaults,
        text::{
            diagnostic::{Problem, Severity, Source},
            node::{Kind, Node, Pos},
            reader::Report,
        },
        world::{
            self,
            loaded::{Failure, Loaded},
        },
    },
    model::{
        id::{self, ZoneId},
        resources::resources,
    },
};

/// A resource of a file in CloudFormation's form, with every value that the file gives.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    /// CloudFormation's type, such as `AWS::EC2::VPC`; or [`SERVICE_DETAILS`].
    pub(super) kind: String,
    /// AWS's id, or an id made from its name. `Ref` gives it, and other resources refer to it.
    pub(super) id: String,
    /// Its name in the file: a logical id, or an address such as `aws_vpc.main`.
    pub(super) name: String,
    /// The position of its name.
    pub(super) pos: Pos,
    /// Whether the file only looked it up, as Terraform's data sources do.
    pub(super) data: bool,
    /// The map of its properties. A value that the file does not give is [`value::unknown`].
    pub(super) properties: Node,
}

/// The type of another account's endpoint service, as `DescribeVpcEndpointServices` lists it. CloudFormation has no
/// such type.
pub(super) const SERVICE_DETAILS: &str = "endpoint service";

macro_rules! made {
    ($($kind:literal $id:ident;)*) => {
        /// The id of a resource, if its type has its own type of id.
        fn made(kind: &str, hash: u128) -> Option<String> {
            match kind {
                $($kind => Some(id::$id::from_seed(hash).to_string()),)*
                _ => None,
            }
        }
    };
}

resources! { aws => made }

macro_rules! replies {
    ($($key:literal;)*) => {
        /// The keys under which the replies of `aws … describe-*` list resources of the World.
        pub(super) const REPLIES: &[&str] = &[$($key),*];
    };
}

resources! { replies => replies }

/// An id like AWS's, made from the path to the resource. For a type without ids, the last part of the path.
pub(super) fn made_id(kind: &str, path: &str) -> String {
    let hash = stable_hash(&format!("{kind}/{path}"));
    let digits = format!("{:017x}", hash & ((1 << 68) - 1));
    made(kind, hash).unwrap_or_else(|| match kind {
        "AWS::EC2::NatGateway" => format!("nat-{digits}"),
        "AWS::EC2::TransitGateway" => format!("tgw-{digits}"),
        "AWS::EC2::EgressOnlyInternetGateway" => format!("eigw-{digits}"),
        "AWS::EC2::VPNGateway" => format!("vgw-{digits}"),
        "AWS::EC2::PrefixList" => format!("pl-{digits}"),
        "AWS::EC2::NetworkAcl" => format!("acl-{digits}"),
        "AWS::Route53::HostedZone" => {
            ZoneId::from_seed(u64::try_from(hash >> 64).unwrap_or_default()).to_string()
        }
        "AWS::Route53Resolver::FirewallDomainList" => format!("rslvr-fdl-{digits}"),
        _ => path.rsplit('/').next().unwrap_or(path).to_owned(),
    })
}

/// Makes the DNS name of a load balancer from its name, type, scheme and region, and its position in the file (B1, B2).
pub(super) fn balancer_dns_name(
    (name, kind, scheme): (&str, &str, &str),
    region: &str,
    path: &str,
) -> String {
    let Some(region) = catalog::region(region) else { return name.to_owned() };
    world::outline::balancer_name(name, kind, scheme, region, path)
}

/// The types that can be imported.
const KINDS: [&[&str]; 10] = [
    network::KINDS,
    route_table::KINDS,
    nat_gateway::KINDS,
    security::KINDS,
    compute::KINDS,
    endpoint::KINDS,
    zone::KINDS,
    resolver::KINDS,
    profile::KINDS,
    &[SERVICE_DETAILS],
];

/// Types whose ids identify one thing, in all files together. The types in `names::NAMED` are the others.
const THINGS: &[&str] =
    &["AWS::EC2::NetworkInterface", "AWS::EC2::EIP", "AWS::Route53Resolver::ResolverRule"];

/// Two resources with the same id that disagree.
pub(super) struct Clash {
    pub(super) id: String,
    pub(super) first: Pos,
    pub(super) second: Pos,
    /// The property they disagree on, and both values.
    pub(super) what: String,
}

/// Properties that must be equal if two files give them for the same thing.
const COMPARED: &[&str] = &[
    "CidrBlock",
    "VpcId",
    "PeerVpcId",
    "SubnetId",
    "AvailabilityZone",
    "ServiceName",
    "VpcEndpointType",
    "PrivateDnsEnabled",
    "EnableDnsSupport",
    "EnableDnsHostnames",
    "PrivateIpAddress",
    "DomainName",
    "RuleType",
    "Direction",
];

/// Keeps one resource for each id. A resource that is only looked up gives way to the managed one. Of two others, the
/// first one stays; if the second is in another file, it adds the properties that the first lacks. Gives the pairs that
/// disagree.
pub(super) fn unite(resources: &mut Vec<Resource>, file_of: impl Fn(Pos) -> usize) -> Vec<Clash> {
    resources.sort_by_key(|it| it.data);
    let mut firsts = HashMap::<(String, String), usize>::new();
    let mut clashes = Vec::new();
    let mut kept: Vec<Resource> = Vec::with_capacity(resources.len());
    for resource in resources.drain(..) {
        let kind = resource.kind.as_str();
        if !names::NAMED.contains(&kind) && !THINGS.contains(&kind) {
            kept.push(resource);
            continue;
        }
        let key = (resource.kind.clone(), resource.id.clone());
        let Some(first) = firsts.get(&key).and_then(|index| kept.get_mut(*index)) else {
            firsts.insert(key, kept.len());
            kept.push(resource);
            continue;
        };
        if file_of(first.pos) == file_of(resource.pos) {
            continue;
        }
        let both_real = !first.data && !resource.data;
        match disagreement(first, &resource).filter(|_| both_real) {
            Some(what) => {
                let (first, second) = (first.pos, resource.pos);
                clashes.push(Clash { id: resource.id, first, second, what });
            }
            None => fill(first, resource),
        }
    }
    *resources = kept;
    clashes
}

/// The property on which two resources disagree, and both values.
fn disagreement(one: &Resource, other: &Resource) -> Option<String> {
    let text = |resource: &Resource, key: &str| {
        let node = resource.properties.get(key).filter(|it| value::is_unknown(it).is_none())?;
        Some(node.text()?.trim_end_matches('.').to_ascii_lowercase())
    };
    COMPARED.iter().find_map(|key| {
        let (one, other) = (text(one, key)?, text(other, key)?);
        (one != other).then(|| format!("{key} is {one} in one and {other} in the other"))
    })
}

/// Adds the properties that another file gives for the same thing.
fn fill(first: &mut Resource, other: Resource) {
    let (Kind::Map(entries), Kind::Map(more)) = (&mut first.properties.kind, other.properties.kind)
    else {
        return;
    };
    for (key, node) in more {
        match entries.iter_mut().find(|(known, _)| known.text == key.text) {
            None => entries.push((key, node)),
            Some((_, known)) if value::is_unknown(known).is_some() => *known = node,
            Some(_) => {}
        }
    }
}

/// The region of each file, if it names one, by the offset at which the file's text begins.
pub(super) type Regions = Vec<(u32, Option<&'static Region>)>;

/// Makes the World that the resources describe. If AWS would refuse a part of it, leaves that part out with a note.
pub(super) fn load(
    source: &Arc<Source>,
    resources: &[Resource],
    defaults: &Defaults,
    regions: Regions,
    mut notes: Notes,
) -> Loaded {
    let named = regions.iter().find_map(|(_, region)| *region);
    let shown = named.or_else(|| network::region_of(resources));
    let shown = shown.or_else(|| endpoint::region_of(resources));
    let region = shown.or_else(|| catalog::region(defaults.region));
    if shown.is_none() && !resources.is_empty() {
        let message =
            format!("it names no region; {} is used (set --region for another)", defaults.region);
        notes.add(Pos::default(), Remark::Assumed, message);
    }
    properties::tell(resources, &mut notes);
    let mut report = Report::of_everything(source);
    let (world, changes, notes) = match region {
        Some(region) => {
            let (tree, notes) = tree(resources, Found::new(resources, (region, regions), notes));
            let (world, changes) = world::read(&tree, defaults, &mut report);
            (world, changes, notes)
        }
        None => Default::default(),
    };
    let refused = match report.finish() {
        Ok(warnings) | Err(warnings) => warnings,
    };
    let mut warnings = notes.into_problems(source);
    warnings.extend(refused.into_iter().map(left_out));
    warnings.sort_by_key(|problem| (problem.line, problem.column));
    let warnings = Failure::of(source, warnings);
    let (changes, positions) = changes.into_iter().unzip();
    Loaded { source: Arc::clone(source), world, changes, positions, warnings }
}

/// Turns a refusal into a note: the importer leaves out what AWS would refuse.
fn left_out(problem: Problem) -> Problem {
    if problem.severity != Severity::Error {
        return problem;
    }
    let why = match problem.code {
        Some("InvalidServiceName") => "vpcdns does not know it: ",
        Some(_) => "AWS would refuse it: ",
        None => "",
    };
    let message = format!("{why}{}", problem.message);
    Problem { severity: Severity::Skipped, message, ..problem }
}

/// Builds the tree of a world file from the resources.
fn tree<'r>(resources: &'r [Resource], mut found: Found<'r>) -> (Node, Notes) {
    let stated = Stated::of(resources);
    for paired in &stated.paired {
        found.note(paired.pos, Remark::Assumed, paired.message());
    }
    let mut layout = Layout::of(stated);
    network::lay_out(&mut found, &mut layout);
    let interfaces = Interfaces::of(&mut found);
    let groups = security::groups(&mut found, &mut layout);
    compute::instances(&mut found, &mut layout, &interfaces);
    network::fill(&mut found, &mut layout);
    route_table::route_tables(&mut found, &mut layout);
    security::acls(&mut found, &mut layout);
    nat_gateway::nat_gateways(&mut found, &mut layout, &interfaces);
    let mut load_balancers = compute::load_balancers(&mut found, &mut layout, &interfaces);
    let mut services = Services::default();
    endpoint_service::services(&mut found, &mut layout, &mut services);
    endpoint::endpoints(&mut found, &mut layout, &interfaces, &mut services);
    security::memberships(&mut found, &mut layout, &groups);
    resolver::inbound(&mut found, &mut layout, &interfaces);
    let zones = zone::zones(&mut found, &mut layout);
    let peerings = peering::peerings(&mut found, &mut layout);
    let rules = resolver::rules(&mut found, &mut layout);
    let firewall = resolver::firewall(&mut found, &mut layout);
    let profiles = profile::profiles(&mut found, &mut layout);
    found.skip_unknown_types(&KINDS.concat());
    let pos = resources.first().map(|resource| resource.pos).unwrap_or_default();
    let mut root = Entries::default();
    root.text("region", pos, found.region.name);
    let owner = resources.iter().find_map(|it| it.properties.get("OwnerId")?.text());
    if let Some(owner) = owner {
        root.text("account", pos, owner);
    }
    root.map("vpcs", pos, vpcs(layout, found.region));
    load_balancers.append(services.load_balancers);
    root.map("load-balancers", pos, load_balancers);
    root.map("endpoint-services", pos, services.services);
    root.list("hosted-zones", pos, zones);
    root.map("peerings", pos, peerings);
    root.map("resolver-rules", pos, rules);
    root.map("firewall-rule-groups", pos, firewall);
    root.map("profiles", pos, profiles);
    let mut held = HashSet::new();
    root.texts("id", &mut held);
    root.texts("dns-name", &mut held);
    root.map("also-known-as", pos, found.other_names(&held));
    (root.into_node(pos), found.notes)
}

/// The VPCs with everything in them.
fn vpcs(layout: Layout, usual: &Region) -> Entries {
    let Layout { vpcs, subnets, .. } = layout;
    let mut of_vpc: Vec<Entries> = vpcs.iter().map(|_| Entries::default()).collect();
    for plan in subnets {
        let mut fields = plan.fields;
        fields.text("id", plan.pos, plan.id);
        fields.text_if_absent("cidr", plan.pos, plan.cidr.to_string());
        fields.text_if_absent("zone", plan.pos, plan.zone);
        fields.map("instances", plan.pos, plan.instances);
        fields.map("nat-gateways", plan.pos, plan.nat_gateways);
        if let Some(entries) = of_vpc.get_mut(plan.vpc) {
            entries.put_at(plan.name, plan.pos, fields.into_node(plan.pos));
        }
    }
    let mut all = Entries::default();
    for (plan, subnets) in vpcs.into_iter().zip(of_vpc) {
        let pos = plan.pos;
        let mut fields = plan.fields;
        fields.text("id", pos, plan.id);
        if !fields.has("cidr") {
            let cidrs = plan.cidrs.iter().map(|cidr| value::text(pos, cidr.to_string()));
            fields.list("cidr", pos, cidrs.collect());
        }
        if plan.region.name != usual.name {
            fields.text("region", pos, plan.region.name);
        }
        fields.map("route-tables", pos, plan.tables);
        fields.map("security-groups", pos, plan.security_groups);
        fields.map("network-acls", pos, plan.network_acls);
        fields.map("subnets", pos, subnets);
        fields.map("endpoints", pos, plan.endpoints);
        fields.map("inbound-endpoints", pos, plan.inbound);
        all.put_at(plan.name, pos, fields.into_node(pos));
    }
    all
}

/// The texts of all fixtures of one kind, so that tests can search them.
#[cfg(test)]
pub(super) fn fixtures(kind: &str) -> String {
    fn texts(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, all);
            } else {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut all = String::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    texts(&root.join("tests/fixtures").join(kind), &mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_in_a_fixture() {
        use std::collections::HashSet;

        let fixtures = fixtures("cloudformation");
        let words: HashSet<&str> =
            fixtures.split(|letter: char| !letter.is_alphanumeric() && letter != ':').collect();
        for kind in KINDS.concat().into_iter().filter(|kind| *kind != SERVICE_DETAILS) {
            assert!(words.contains(kind), "{kind}");
        }
    }
}
