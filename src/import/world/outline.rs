//! The outline of a world file: the names and ids of all resources. It is read first, because references may point
//! forward.
//!
//! If the file gives no id, it is made from the names on the path to the resource. So the same file gives the same ids
//! on every machine.

use std::{collections::HashMap, fmt::Display, hash::Hash, str::FromStr};

use crate::{
    catalog::{self, Region},
    hash::stable_hash,
    import::{
        names::{Names, Table},
        text::{
            node::{Key, Node, Pos},
            reader::{self, Report},
            scalar::Scalar,
        },
    },
    model::{
        id::{
            self, CidrCollectionId, DelegationSetId, DhcpOptionsId, EndpointId, InboundEndpointId,
            InstanceId, InternetGatewayId, NatGatewayId, NetworkAclId, RouteTableId,
            SecurityGroupId, SubnetId, TargetGroupId, VpcId, ZoneId,
        },
        name::Name,
        network_acl,
        resources::resources,
        security_group,
    },
};

/// A resource of the file.
pub(super) struct Item<'n, I> {
    /// The name.
    pub(super) name: &'n str,
    /// The id.
    pub(super) id: I,
    /// The position of the name.
    pub(super) pos: Pos,
    /// The text of the resource.
    pub(super) node: &'n Node,
}

/// A subnet and its instances.
pub(super) struct SubnetOutline<'n> {
    pub(super) item: Item<'n, SubnetId>,
    pub(super) instances: Vec<Item<'n, InstanceId>>,
    pub(super) nat_gateways: Vec<Item<'n, NatGatewayId>>,
}

/// A VPC and its contents.
pub(super) struct VpcOutline<'n> {
    pub(super) item: Item<'n, VpcId>,
    pub(super) region: &'static Region,
    pub(super) main_table: RouteTableId,
    pub(super) gateway: Option<Item<'n, InternetGatewayId>>,
    pub(super) dhcp_options: Option<Item<'n, DhcpOptionsId>>,
    pub(super) tables: Vec<Item<'n, RouteTableId>>,
    pub(super) security_groups: Vec<Item<'n, SecurityGroupId>>,
    pub(super) network_acls: Vec<Item<'n, NetworkAclId>>,
    pub(super) subnets: Vec<SubnetOutline<'n>>,
    pub(super) endpoints: Vec<Item<'n, EndpointId>>,
    pub(super) inbound: Vec<Item<'n, InboundEndpointId>>,
}

/// The outline of a file.
pub(super) struct Outline<'n> {
    pub(super) vpcs: Vec<VpcOutline<'n>>,
    pub(super) load_balancers: Vec<Item<'n, Name>>,
    pub(super) managed_resources: Vec<Item<'n, Name>>,
    pub(super) zones: Vec<Item<'n, ZoneId>>,
    pub(super) parts: Parts<'n>,
    pub(super) names: Names,
    /// The region of each VPC.
    pub(super) regions: HashMap<VpcId, &'static Region>,
}

/// An id that can be made from a number.
trait Seeded: Clone + Eq + Hash + FromStr + Display + Scalar {
    fn from_hash(hash: u128) -> Self;
}

macro_rules! seeded {
    ($($name:ident $prefix:literal $noun:literal;)*) => {$(
        impl Seeded for id::$name {
            fn from_hash(hash: u128) -> Self {
                Self::from_seed(hash)
            }
        }
    )*};
}

resources! { ids => seeded }

impl Seeded for ZoneId {
    fn from_hash(hash: u128) -> Self {
        Self::from_seed(u64::try_from(hash >> 64).unwrap_or_default())
    }
}

impl Seeded for DelegationSetId {
    fn from_hash(hash: u128) -> Self {
        Self::from_seed(u64::try_from(hash >> 64).unwrap_or_default())
    }
}

impl Seeded for CidrCollectionId {
    fn from_hash(hash: u128) -> Self {
        Self::from_seed(hash)
    }
}

impl Seeded for TargetGroupId {
    fn from_hash(hash: u128) -> Self {
        Self::from_seed(hash)
    }
}

/// Makes an id from a path of names. If that id is taken, makes another one.
fn made<I: Seeded>(table: &Table<I>, path: &str) -> I {
    let mut id = I::from_hash(stable_hash(path));
    let mut turn = 1_u32;
    while table.has(&id) {
        turn += 1;
        id = I::from_hash(stable_hash(&format!("{path}#{turn}")));
    }
    id
}

/// Adds a resource under its name. Its id is the one in the file, else one made from `path`.
fn enter<'n, I: Seeded>(
    table: &mut Table<I>,
    (name, pos, node): (&'n str, Pos, &'n Node),
    vpc: Option<VpcId>,
    path: &str,
    report: &mut Report<'_>,
) -> Option<Item<'n, I>> {
    let stated = node.get("id");
    let id = match stated {
        Some(text) => reader::read::<I>(text, report)?,
        None => made(table, path),
    };
    if !table.add(name, id.clone(), vpc) {
        let at = stated.map_or(pos, |node| node.pos);
        report.error(at, &format!("the id {id} is used twice in this file"));
        return None;
    }
    Some(Item { name, id, pos, node })
}

fn named((key, node): &(Key, Node)) -> (&str, Pos, &Node) {
    (&key.text, key.pos, node)
}

/// The seed of an id that is unique only inside the file, among the resources of one kind.
macro_rules! in_file {
    ($seed:literal, $name:expr, $region:ident, $account:ident) => {
        format!(concat!($seed, "/{}"), $name)
    };
}

/// The seed of an id that is unique in a region of an account, across all files.
macro_rules! in_region {
    ($seed:literal, $name:expr, $region:ident, $account:ident) => {
        format!(concat!($seed, "/{}/{}/{}"), $account, $region.name, $name)
    };
}

macro_rules! parts {
    ($($map:ident $id:ident $key:literal $seed:literal $unique:ident;)*) => {
        /// The parts of a file that are maps of resources with ids.
        #[derive(Default)]
        pub(super) struct Parts<'n> {
            $(pub(super) $map: Vec<Item<'n, id::$id>>,)*
        }

        impl<'n> Parts<'n> {
            /// Their keys.
            pub(super) const KEYS: &'static [&'static str] = &[$($key),*];

            fn of(
                root: &'n Node,
                names: &mut Names,
                region: &Region,
                account: &str,
                report: &mut Report<'_>,
            ) -> Self {
                let mut parts = Self::default();
                $(
                    for entry in root.get($key).map_or(&[][..], Node::entries) {
                        let path = $unique!($seed, entry.0.text, region, account);
                        parts.$map.extend(enter(&mut names.$map, named(entry), None, &path, report));
                    }
                )*
                parts
            }
        }
    };
}

resources! { file => parts }

impl<'n> Outline<'n> {
    /// Reads the outline. Skips parts of the wrong shape: the full readers report them.
    pub(super) fn of(
        root: &'n Node,
        region: &'static Region,
        account: &str,
        report: &mut Report<'_>,
    ) -> Self {
        let mut outline = Self {
            vpcs: Vec::new(),
            load_balancers: Vec::new(),
            managed_resources: Vec::new(),
            zones: Vec::new(),
            parts: Parts::default(),
            names: Names::default(),
            regions: HashMap::new(),
        };
        let entries = |key: &str| root.get(key).map_or(&[][..], Node::entries);
        for entry in entries("vpcs") {
            if let Some(vpc) = vpc(&mut outline.names, entry, region, report) {
                outline.regions.insert(vpc.item.id, vpc.region);
                outline.vpcs.push(vpc);
            }
        }
        outline.parts = Parts::of(root, &mut outline.names, region, account, report);
        for entry in entries("load-balancers") {
            let item = outline.load_balancer(entry, region, account, report);
            outline.load_balancers.extend(item);
        }
        for entry in entries("managed-resources") {
            let item = outline.managed_resource(entry, region, report);
            outline.managed_resources.extend(item);
        }
        let zones = root.get("hosted-zones");
        for entry in zones.map_or(&[][..], Node::entries) {
            outline.zone(named(entry), report);
        }
        for node in zones.map_or(&[][..], Node::items) {
            if let Some((name, pos)) =
                node.get("name").and_then(|name| Some((name.text()?, name.pos)))
            {
                outline.zone((name, pos, node), report);
            }
        }
        outline
    }

    fn zone(&mut self, entry: (&'n str, Pos, &'n Node), report: &mut Report<'_>) {
        let first = entry.2.get("vpcs").map(|vpcs| vpcs.items().first().unwrap_or(vpcs));
        let vpc = first.and_then(|vpc| self.names.vpcs.lookup(vpc.text()?));
        let vpc = vpc.map_or_else(String::new, |vpc| vpc.to_string());
        let path = format!("hosted-zone/{vpc}/{}", entry.0);
        self.zones.extend(enter(&mut self.names.hosted_zones, entry, None, &path, report));
    }

    fn load_balancer(
        &mut self,
        entry: &'n (Key, Node),
        region: &'static Region,
        account: &str,
        report: &mut Report<'_>,
    ) -> Option<Item<'n, Name>> {
        let (name, pos, node) = named(entry);
        let id = match node.get("dns-name") {
            Some(text) => reader::read::<Name>(text, report)?,
            None => {
                let vpc = node.get("vpc").and_then(|vpc| self.names.vpcs.lookup(vpc.text()?));
                let region = vpc.and_then(|vpc| self.regions.get(&vpc)).unwrap_or(&region);
                let scope = vpc.map_or_else(|| account.to_owned(), |vpc| vpc.to_string());
                let word = |key| node.get(key).and_then(Node::text).unwrap_or_default();
                let text = balancer_name(name, word("type"), word("scheme"), region, &scope);
                Name::parse(&text).ok().or_else(|| {
                    report.error(pos, &format!("`{name}` does not fit into a DNS name"));
                    None
                })?
            }
        };
        if !self.names.load_balancers.add(name, id.clone(), None) {
            let at = node.get("dns-name").map_or(pos, |node| node.pos);
            report.error(at, &format!("the DNS name {id} is used twice in this file"));
            return None;
        }
        Some(Item { name, id, pos, node })
    }
}

impl<'n> Outline<'n> {
    fn managed_resource(
        &mut self,
        entry: &'n (Key, Node),
        region: &'static Region,
        report: &mut Report<'_>,
    ) -> Option<Item<'n, Name>> {
        let (name, pos, node) = named(entry);
        let stated = node.get("dns-name");
        let id = match stated {
            Some(text) => reader::read::<Name>(text, report)?,
            None => {
                let vpc = node.get("vpc").and_then(|vpc| self.names.vpcs.lookup(vpc.text()?));
                let region = vpc.and_then(|vpc| self.regions.get(&vpc)).unwrap_or(&region);
                let scope = vpc.map_or_else(String::new, |vpc| vpc.to_string());
                let kind = node.get("type").and_then(Node::text).unwrap_or_default();
                let text = resource_name(name, kind, region, &scope);
                Name::parse(&text).ok().or_else(|| {
                    report.error(pos, &format!("`{name}` does not fit into a DNS name"));
                    None
                })?
            }
        };
        if !self.names.managed_resources.add(name, id.clone(), None) {
            let at = stated.map_or(pos, |node| node.pos);
            report.error(at, &format!("the DNS name {id} is used twice in this file"));
            return None;
        }
        Some(Item { name, id, pos, node })
    }
}

/// The DNS name that AWS would give a managed resource. Its digits are made from its name and its VPC.
fn resource_name(name: &str, kind: &str, region: &Region, scope: &str) -> String {
    let hash = stable_hash(&format!("managed-resource/{scope}/{name}"));
    let (region_name, suffix) = (region.name, region.dns_suffix);
    match kind {
        "eks-cluster" => format!("{hash:032x}.gr7.{region_name}.eks.{suffix}"),
        "efs-file-system" => format!("fs-{:017x}.efs.{region_name}.{suffix}", hash >> 60),
        "elasticache-cluster" => {
            // A cache's name contains a short form of the region: use1, apn2, euw1.
            let zone = region.zones.first().map_or(region_name, |zone| zone.id);
            let short = zone.split("-az").next().unwrap_or(region_name).replace("apne", "apn");
            format!("{name}.{:06x}.{short}.cache.{suffix}", hash >> 104)
        }
        _ => format!("{name}.c{:011x}.{region_name}.rds.{suffix}", hash >> 84),
    }
}

impl Outline<'_> {
    /// The region of a load balancer's VPC.
    pub(super) fn region_of_balancer(&self, node: &Node) -> Option<&'static Region> {
        let vpc = self.names.vpcs.lookup(node.get("vpc")?.text()?)?;
        self.regions.get(&vpc).copied()
    }
}

/// The DNS name that AWS would give a load balancer (B1, B2). `kind` and `scheme` are words of a world file. `scope`
/// makes the names of equally named load balancers different.
pub(in crate::import) fn balancer_name(
    name: &str,
    kind: &str,
    scheme: &str,
    region: &Region,
    scope: &str,
) -> String {
    let hash = stable_hash(&format!("load-balancer/{scope}/{name}"));
    let digits = u64::try_from(hash & u128::from(u64::MAX)).unwrap_or_default();
    match kind {
        "application" | "classic" => {
            let prefix = if scheme == "internal" { "internal-" } else { "" };
            let number = digits % 10_000_000_000;
            format!("{prefix}{name}-{number}.{}.elb.{}", region.name, region.dns_suffix)
        }
        _ => format!("{name}-{digits:016x}.elb.{}.{}", region.name, region.dns_suffix),
    }
}

/// An internet gateway that is not in the file although a route of the VPC leads to it. It counts as existing and
/// attached to the VPC.
fn assumed_gateway<'n>(
    names: &mut Names,
    vpc: VpcId,
    node: &'n Node,
    report: &mut Report<'_>,
) -> Option<Item<'n, InternetGatewayId>> {
    let entries = |node: &'n Node, key: &str| node.get(key).map_or(&[][..], Node::entries);
    let mut targets = entries(node, "route-tables")
        .iter()
        .flat_map(|(_, table)| entries(table, "routes"))
        .filter_map(|(_, target)| Some((target, target.text()?)));
    let (node, name, id) =
        targets.find_map(|(target, text)| Some((target, text, text.parse().ok()?)))?;
    // The gateway belongs to another VPC. The route will be refused later.
    if !names.internet_gateways.add(name, id, Some(vpc)) {
        return None;
    }
    let message = format!(
        "{name} is not in this file; it is assumed to exist and to be attached to this VPC"
    );
    report.warning(node.pos, &message, None);
    Some(Item { name, id, pos: node.pos, node })
}

/// The security groups of a VPC. It has a default one, even if the file does not say so.
fn security_groups<'n>(
    names: &mut Names,
    vpc: VpcId,
    node: &'n Node,
    report: &mut Report<'_>,
) -> Vec<Item<'n, SecurityGroupId>> {
    let default = security_group::default_group(vpc);
    names.security_groups.add(security_group::DEFAULT, default, Some(vpc));
    let mut groups = Vec::new();
    for group in node.get("security-groups").map_or(&[][..], Node::entries) {
        let (name, pos, node) = named(group);
        if name == security_group::DEFAULT {
            groups.push(Item { name, id: default, pos, node });
            continue;
        }
        let path = format!("security-group/{vpc}/{name}");
        groups.extend(enter(&mut names.security_groups, named(group), Some(vpc), &path, report));
    }
    groups
}

/// The network ACLs of a VPC. It has a default one, even if the file does not say so.
fn network_acls<'n>(
    names: &mut Names,
    vpc: VpcId,
    node: &'n Node,
    report: &mut Report<'_>,
) -> Vec<Item<'n, NetworkAclId>> {
    let default = network_acl::of(vpc);
    names.network_acls.add(security_group::DEFAULT, default, Some(vpc));
    let mut acls = Vec::new();
    for acl in node.get("network-acls").map_or(&[][..], Node::entries) {
        let (name, pos, node) = named(acl);
        if name == security_group::DEFAULT {
            acls.push(Item { name, id: default, pos, node });
            continue;
        }
        let path = format!("network-acl/{vpc}/{name}");
        acls.extend(enter(&mut names.network_acls, named(acl), Some(vpc), &path, report));
    }
    acls
}

fn vpc<'n>(
    names: &mut Names,
    entry: &'n (Key, Node),
    region: &'static Region,
    report: &mut Report<'_>,
) -> Option<VpcOutline<'n>> {
    let (name, _, node) = named(entry);
    let item = enter(&mut names.vpcs, named(entry), None, &format!("vpc/{name}"), report)?;
    let id = Some(item.id);
    // Ids inside the VPC are made from the VPC's id, so worlds with equally named VPCs can be merged.
    let parent = item.id;
    let entries = |key: &str| node.get(key).map_or(&[][..], Node::entries);
    let gateway = node.get("internet-gateway").and_then(|value| {
        let (label, pos) = match value.text() {
            Some(text) => (text, value.pos),
            None => match value.get("name").and_then(|name| Some((name.text()?, name.pos))) {
                Some(named) => named,
                None => (value.get("id").and_then(Node::text)?, value.pos),
            },
        };
        let path = format!("internet-gateway/{parent}");
        enter(&mut names.internet_gateways, (label, pos, value), id, &path, report)
    });
    let gateway = match node.get("internet-gateway") {
        Some(_) => gateway,
        None => assumed_gateway(names, item.id, node, report),
    };
    let dhcp_options = node.get("dhcp-options").and_then(|value| {
        let label = value.get("name").and_then(Node::text).unwrap_or(name);
        let path = format!("dhcp-options/{parent}");
        // Several VPCs may share one set. Each of them repeats it, with the same id.
        let stated = value.get("id").and_then(|id| DhcpOptionsId::read(id.text()?).ok());
        match stated.filter(|id| names.dhcp_options.has(id)) {
            Some(id) => Some(Item { name: label, id, pos: value.pos, node: value }),
            None => enter(&mut names.dhcp_options, (label, value.pos, value), id, &path, report),
        }
    });
    let mut tables = Vec::new();
    for table in entries("route-tables") {
        let path = format!("route-table/{parent}/{}", table.0.text);
        tables.extend(enter(&mut names.route_tables, named(table), id, &path, report));
    }
    let is_main = |table: &&Item<'n, RouteTableId>| {
        table.node.get("main").and_then(Node::text).is_some_and(|text| bool::read(text) == Ok(true))
    };
    let main_table = match tables.iter().find(is_main) {
        Some(table) => table.id,
        None => made(&names.route_tables, &format!("main-route-table/{parent}")),
    };
    let security_groups = security_groups(names, parent, node, report);
    let network_acls = network_acls(names, parent, node, report);
    let mut subnets = Vec::new();
    for subnet in entries("subnets") {
        let label = &subnet.0.text;
        let path = format!("subnet/{parent}/{label}");
        let Some(item) = enter(&mut names.subnets, named(subnet), id, &path, report) else {
            continue;
        };
        let mut instances = Vec::new();
        for instance in subnet.1.get("instances").map_or(&[][..], Node::entries) {
            let path = format!("instance/{}/{}", item.id, instance.0.text);
            instances.extend(enter(&mut names.instances, named(instance), id, &path, report));
        }
        let mut nat_gateways = Vec::new();
        for gateway in subnet.1.get("nat-gateways").map_or(&[][..], Node::entries) {
            let path = format!("nat-gateway/{}/{}", item.id, gateway.0.text);
            nat_gateways.extend(enter(&mut names.nat_gateways, named(gateway), id, &path, report));
        }
        subnets.push(SubnetOutline { item, instances, nat_gateways });
    }
    let mut endpoints = Vec::new();
    for endpoint in entries("endpoints") {
        let path = format!("endpoint/{parent}/{}", endpoint.0.text);
        endpoints.extend(enter(&mut names.endpoints, named(endpoint), id, &path, report));
    }
    let mut inbound = Vec::new();
    for endpoint in entries("inbound-endpoints") {
        let path = format!("inbound-endpoint/{parent}/{}", endpoint.0.text);
        inbound.extend(enter(&mut names.inbound_endpoints, named(endpoint), id, &path, report));
    }
    let region =
        node.get("region").and_then(Node::text).and_then(catalog::region).unwrap_or(region);
    Some(VpcOutline {
        item,
        region,
        main_table,
        gateway,
        dhcp_options,
        tables,
        security_groups,
        network_acls,
        subnets,
        endpoints,
        inbound,
    })
}
