//! The VPCs and subnets of an import and the free addresses in them. A VPC or subnet that the files only name gets a
//! placeholder.

use std::{
    collections::{HashMap, HashSet},
    net::{Ipv4Addr, Ipv6Addr},
};

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{
    Remark, Resource,
    found::{Entries, Found},
    made_id,
    stated::{Stated, around, is_kept},
    value,
};
use crate::{
    catalog::{self, Region},
    import::text::node::{Node, Pos},
};

/// A VPC under construction.
pub(super) struct VpcPlan {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) pos: Pos,
    pub(super) region: &'static Region,
    pub(super) cidrs: Vec<Ipv4Network>,
    /// The indexes of its subnets.
    pub(super) subnets: Vec<usize>,
    pub(super) ipv6: Option<Ipv6Network>,
    /// Whether its ranges are placeholders, because the file does not give them.
    pub(super) supposed: bool,
    /// The id of its internet gateway.
    pub(super) gateway: Option<String>,
    pub(super) fields: Entries,
    pub(super) tables: Entries,
    pub(super) security_groups: Entries,
    pub(super) network_acls: Entries,
    pub(super) endpoints: Entries,
    pub(super) inbound: Entries,
}

impl VpcPlan {
    /// Makes a placeholder VPC, with both DNS attributes on.
    pub(super) fn supposed(
        (id, name, pos): (String, String, Pos),
        region: &'static Region,
        cidr: Ipv4Network,
    ) -> Self {
        let mut fields = Entries::default();
        fields.text("dns-hostnames", pos, "true");
        Self {
            id,
            name,
            pos,
            region,
            cidrs: vec![cidr],
            subnets: Vec::new(),
            ipv6: None,
            supposed: true,
            gateway: None,
            fields,
            tables: Entries::default(),
            security_groups: Entries::default(),
            network_acls: Entries::default(),
            endpoints: Entries::default(),
            inbound: Entries::default(),
        }
    }
}

/// A subnet under construction.
pub(super) struct SubnetPlan {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) pos: Pos,
    /// The index of its VPC.
    pub(super) vpc: usize,
    pub(super) cidr: Ipv4Network,
    pub(super) ipv6: Option<Ipv6Network>,
    pub(super) zone: String,
    /// `MapPublicIpOnLaunch`.
    pub(super) public: bool,
    pub(super) fields: Entries,
    pub(super) instances: Entries,
    pub(super) nat_gateways: Entries,
}

/// The layout of the network: the VPCs, the subnets, and which addresses are in use.
#[derive(Default)]
pub(super) struct Layout {
    pub(super) vpcs: Vec<VpcPlan>,
    pub(super) subnets: Vec<SubnetPlan>,
    vpc_by_id: HashMap<String, usize>,
    subnet_by_id: HashMap<String, usize>,
    /// The VPC of each route table.
    tables: HashMap<String, usize>,
    /// The addresses in use in each VPC.
    taken: HashSet<(usize, Ipv4Addr)>,
    /// The addresses and ranges that the files give.
    stated: Stated,
    /// Every address that the files give in a VPC. Most of them are claimed later.
    seen: HashSet<(usize, Ipv4Addr)>,
    /// The next address to try in each subnet.
    next: HashMap<usize, u32>,
    /// The placeholder zone for each unknown expression, by region.
    zones_of_expressions: HashMap<(&'static str, String), String>,
    /// How many ranges for placeholder VPCs were tried so far.
    made_ranges: u32,
    /// How many public addresses were made up so far.
    made_public: u32,
    public: HashSet<Ipv4Addr>,
    /// The ids of the instances added so far.
    instances: HashSet<String>,
    /// The addresses of instances, by the instance's name in the file and the attribute: `PrivateIp` or `PublicIp`.
    instance_addresses: HashMap<String, Ipv4Addr>,
}

impl Layout {
    /// An empty layout that keeps free what the files give.
    pub(super) fn of(stated: Stated) -> Self {
        Self { stated, ..Self::default() }
    }

    /// Adds a VPC.
    pub(super) fn add_vpc(&mut self, vpc: VpcPlan) -> usize {
        let index = self.vpcs.len();
        self.vpc_by_id.insert(vpc.id.clone(), index);
        self.vpcs.push(vpc);
        index
    }

    /// Adds a subnet.
    pub(super) fn add_subnet(&mut self, subnet: SubnetPlan) -> usize {
        let index = self.subnets.len();
        let stated = self.stated.addresses.get(&subnet.id).into_iter().flatten();
        self.seen.extend(stated.map(|address| (subnet.vpc, *address)));
        self.subnet_by_id.insert(subnet.id.clone(), index);
        if let Some(vpc) = self.vpcs.get_mut(subnet.vpc) {
            vpc.subnets.push(index);
        }
        self.subnets.push(subnet);
        index
    }

    /// The index of the VPC with an id, if it was added.
    pub(super) fn known_vpc(&self, id: &str) -> Option<usize> {
        self.vpc_by_id.get(id).copied()
    }

    /// The VPC that a value names, if it exists; for an unknown value, its placeholder.
    pub(super) fn named_vpc(&self, node: &Node) -> Option<usize> {
        let id = Outside::of("AWS::EC2::VPC", "vpc-", node)?.id;
        self.known_vpc(&id).or_else(|| self.known_vpc(node.text()?))
    }

    /// The index of the subnet with an id, if it was added.
    pub(super) fn known_subnet(&self, id: &str) -> Option<usize> {
        self.subnet_by_id.get(id).copied()
    }

    /// The subnet that a value names, if it exists; for an unknown value, its placeholder.
    pub(super) fn named_subnet(&self, node: &Node) -> Option<usize> {
        let id = Outside::of("AWS::EC2::Subnet", "subnet-", node)?.id;
        self.known_subnet(&id).or_else(|| self.known_subnet(node.text()?))
    }

    /// A range that contains the addresses and subnets that the files give in a VPC.
    pub(super) fn stated_range(&self, vpc: &str) -> Option<Ipv4Network> {
        self.stated.range_for(vpc)
    }

    /// The zone of a subnet that other resources show, not the subnet itself.
    pub(super) fn stated_zone(&self, subnet: &str) -> Option<&str> {
        self.stated.zones.get(subnet).map(String::as_str)
    }

    /// The VPC that a value names. If it is not in the file, makes a placeholder and a note.
    pub(super) fn vpc(&mut self, found: &mut Found<'_>, node: &Node) -> Option<usize> {
        let Outside { id, name, why } = Outside::of("AWS::EC2::VPC", "vpc-", node)?;
        if let Some(known) = self.known_vpc(&id) {
            return Some(known);
        }
        let cidr = match self.stated.range_for(&id) {
            Some(range) => range,
            None => self.unused_vpc_range()?,
        };
        let message = format!(
            "{why}; a VPC {cidr} with DNS support and DNS hostnames on is used as a placeholder"
        );
        found.note(node.pos, Remark::Assumed, message);
        Some(self.suppose_vpc(found, id, name, node.pos, cidr))
    }

    /// The region's default VPC, for resources that name no subnet.
    pub(super) fn default_vpc(&mut self, found: &mut Found<'_>, pos: Pos) -> Option<usize> {
        let id = made_id("AWS::EC2::VPC", &format!("default/{}", found.region_at(pos).name));
        if let Some(known) = self.known_vpc(&id) {
            return Some(known);
        }
        let cidr = range(172, 31)?;
        let message = "resources that name no subnet are in the region's default VPC; a VPC 172.31.0.0/16 is used as a \
             placeholder";
        found.note(pos, Remark::Assumed, message);
        let index = self.suppose_vpc(found, id, "default".to_owned(), pos, cidr);
        if let Some(vpc) = self.vpcs.get_mut(index) {
            vpc.fields.text("default", pos, "true");
        }
        Some(index)
    }

    fn suppose_vpc(
        &mut self,
        found: &Found<'_>,
        id: String,
        name: String,
        pos: Pos,
        cidr: Ipv4Network,
    ) -> usize {
        self.add_vpc(VpcPlan::supposed((id, name, pos), found.region_at(pos), cidr))
    }

    /// The subnet that a value names. If it is not in the file, makes a placeholder in the VPC and a note.
    pub(super) fn subnet(
        &mut self,
        found: &mut Found<'_>,
        node: &Node,
        vpc: usize,
    ) -> Option<usize> {
        let outside = Outside::of("AWS::EC2::Subnet", "subnet-", node)?;
        if let Some(known) = self.known_subnet(&outside.id) {
            return Some(known);
        }
        self.suppose_subnet(found, outside, node.pos, (vpc, &[]))
    }

    /// The subnets of a list. If the file does not give the list, makes a placeholder subnet in each of two zones.
    pub(super) fn subnets(&mut self, found: &mut Found<'_>, node: &Node, vpc: usize) -> Vec<usize> {
        let mut named = match value::is_unknown(node) {
            Some(reason) => {
                let number = |number| value::unknown(node.pos, format!("{reason} {number}"));
                vec![number(1), number(2)]
            }
            None => super::found::items(node).to_vec(),
        };
        // Known subnets come first, so that placeholders can avoid their zones.
        named.sort_by_key(|item| item.text().is_none_or(|id| self.known_subnet(id).is_none()));
        let (mut indexes, mut zones) = (Vec::new(), Vec::new());
        for item in &named {
            let Some(outside) = Outside::of("AWS::EC2::Subnet", "subnet-", item) else { continue };
            let index = match self.known_subnet(&outside.id) {
                Some(known) => Some(known),
                None => self.suppose_subnet(found, outside, item.pos, (vpc, &zones)),
            };
            let Some(index) = index else { continue };
            zones.extend(self.subnets.get(index).map(|subnet| subnet.zone.clone()));
            indexes.push(index);
        }
        indexes
    }

    fn suppose_subnet(
        &mut self,
        found: &mut Found<'_>,
        Outside { id, name, why }: Outside,
        pos: Pos,
        (vpc, others): (usize, &[String]),
    ) -> Option<usize> {
        let cidr = self.range_of_stated(&id, vpc).or_else(|| self.free_range(vpc));
        let Some(cidr) = cidr else {
            let message = format!("{why}, and its VPC has no free range");
            found.note(pos, Remark::Skipped, message);
            return None;
        };
        let stated = self.stated.zones.get(&id).cloned();
        let zone = match stated {
            Some(zone) => zone,
            None => self.next_zone(vpc, others)?,
        };
        let message = format!("{why}; a subnet {cidr} in {zone} is used as a placeholder");
        found.note(pos, Remark::Assumed, message);
        Some(self.add_subnet(SubnetPlan {
            id,
            name,
            pos,
            vpc,
            cidr,
            ipv6: None,
            zone,
            public: false,
            fields: Entries::default(),
            instances: Entries::default(),
            nat_gateways: Entries::default(),
        }))
    }

    /// Adds a route table.
    pub(super) fn add_table(&mut self, id: &str, vpc: usize) {
        self.tables.insert(id.to_owned(), vpc);
    }

    /// The VPC of a route table that was added.
    pub(super) fn vpc_of_table(&self, id: &str) -> Option<usize> {
        self.tables.get(id).copied()
    }

    /// The id of the route table that a value names in a VPC. If it is not in the file, makes a placeholder and a note.
    pub(super) fn table(
        &mut self,
        found: &mut Found<'_>,
        node: &Node,
        vpc: usize,
    ) -> Option<String> {
        let Outside { id, name, why } = Outside::of("AWS::EC2::RouteTable", "rtb-", node)?;
        if self.tables.contains_key(&id) {
            return Some(id);
        }
        let plan = self.vpcs.get_mut(vpc)?;
        let mut fields = Entries::default();
        fields.text("id", node.pos, id.clone());
        let main = plan.tables.is_empty();
        if main {
            fields.text("main", node.pos, "true");
        }
        let kind = if main { "an empty main route table" } else { "an empty route table" };
        let message = format!("{why}; {kind} is used as a placeholder");
        found.note(node.pos, Remark::Assumed, message);
        plan.tables.put_at(name, node.pos, fields.into_node(node.pos));
        self.add_table(&id, vpc);
        Some(id)
    }

    /// The zone for the next subnet of a VPC: one that is not in `others`, if the region has such a zone.
    pub(super) fn next_zone(&self, vpc: usize, others: &[String]) -> Option<String> {
        let plan = self.vpcs.get(vpc)?;
        let zones = &plan.region.zones;
        let first = plan.subnets.len().checked_rem(zones.len()).unwrap_or_default();
        let mut turn = zones.iter().cycle().skip(first).take(zones.len()).map(|zone| zone.name);
        let next = turn.clone().find(|zone| !others.iter().any(|other| other == zone));
        let zone = next.or_else(|| turn.next());
        Some(zone.map_or_else(|| format!("{}a", plan.region.name), str::to_owned))
    }

    /// The placeholder zone for an unknown expression. The same expression always gets the same zone; different ones
    /// get different zones while the region has enough.
    pub(super) fn zone_of_expression(&mut self, vpc: usize, expression: &str) -> Option<String> {
        let region = self.vpcs.get(vpc)?.region;
        let key = (region.name, expression.to_owned());
        if let Some(zone) = self.zones_of_expressions.get(&key) {
            return Some(zone.clone());
        }
        let of_region = self.zones_of_expressions.iter().filter(|((it, _), _)| *it == region.name);
        let others: Vec<&String> = of_region.map(|(_, zone)| zone).collect();
        let free = region.zones.iter().map(|zone| zone.name.to_owned());
        let mut free = free.filter(|zone| !others.contains(&zone));
        let zone = free.next().or_else(|| self.next_zone(vpc, &[]))?;
        self.zones_of_expressions.insert(key, zone.clone());
        Some(zone)
    }

    /// A range that contains every address the files give in a subnet, if it is free in the VPC.
    fn range_of_stated(&mut self, subnet: &str, vpc: usize) -> Option<Ipv4Network> {
        let plan = self.vpcs.get(vpc)?;
        let used: Vec<Ipv4Network> = plan
            .subnets
            .iter()
            .filter_map(|index| self.subnets.get(*index))
            .map(|subnet| subnet.cidr)
            .collect();
        let free = |range: &Ipv4Network| !used.iter().any(|it| it.overlaps(*range));
        let range = self.stated.range_of(subnet, free)?;
        self.make_room(vpc, range).then_some(range)
    }

    /// Whether a range is inside a VPC. If the VPC's ranges are placeholders, they are widened to contain it.
    pub(super) fn make_room(&mut self, vpc: usize, range: Ipv4Network) -> bool {
        let Some(plan) = self.vpcs.get_mut(vpc) else { return false };
        let inside =
            |it: &Ipv4Network| it.contains(range.network()) && it.prefix() <= range.prefix();
        if plan.cidrs.iter().any(inside) {
            return true;
        }
        let Some(wide) = around(range, 16).filter(|_| plan.supposed) else { return false };
        if plan.cidrs.iter().any(|it| it.overlaps(wide)) {
            return false;
        }
        plan.cidrs.push(wide);
        true
    }

    /// Adds a range that the files give a VPC. False if it overlaps another of its ranges.
    pub(super) fn add_range(&mut self, vpc: usize, range: Ipv4Network) -> bool {
        let Some(plan) = self.vpcs.get_mut(vpc) else { return false };
        let inside =
            |it: &Ipv4Network| it.contains(range.network()) && it.prefix() <= range.prefix();
        if plan.cidrs.iter().any(inside) {
            return true;
        }
        if plan.cidrs.iter().any(|it| it.overlaps(range)) {
            return false;
        }
        plan.cidrs.push(range);
        true
    }

    /// A free range for a subnet of a VPC that has none: a /24, or a /28 in a small VPC.
    pub(super) fn free_range(&self, vpc: usize) -> Option<Ipv4Network> {
        let plan = self.vpcs.get(vpc)?;
        let used: Vec<_> =
            plan.subnets.iter().filter_map(|index| self.subnets.get(*index)).collect();
        plan.cidrs.iter().find_map(|cidr| {
            let bits = if cidr.prefix() <= 22 { 24 } else { 28 };
            let step = 1_u32.checked_shl(32 - bits)?;
            let count = 1_u32.checked_shl(bits.checked_sub(u32::from(cidr.prefix()))?)?;
            (0..count).find_map(|number| {
                let first = u32::from(cidr.network()).checked_add(number.checked_mul(step)?)?;
                let range = Ipv4Network::new(first.into(), u8::try_from(bits).ok()?).ok()?;
                (!used.iter().any(|it| it.cidr.overlaps(range))).then_some(range)
            })
        })
    }

    /// A range for a placeholder VPC. No other VPC has it, while there are unused ranges.
    pub(super) fn unused_vpc_range(&mut self) -> Option<Ipv4Network> {
        while let Ok(second) = u8::try_from(self.made_ranges) {
            self.made_ranges += 1;
            let made = range(10, second)?;
            if !self.vpcs.iter().flat_map(|vpc| &vpc.cidrs).any(|it| it.overlaps(made)) {
                return Some(made);
            }
        }
        range(10, 0)
    }

    /// Marks an address from the file as used. If AWS would refuse it in its subnet, makes a note and gives `None`.
    pub(super) fn claim(
        &mut self,
        found: &mut Found<'_>,
        subnet: usize,
        address: Ipv4Addr,
        of: &Resource,
    ) -> Option<Ipv4Addr> {
        let plan = self.subnets.get(subnet)?;
        let why = if !plan.cidr.contains(address) {
            "is outside the range of its subnet"
        } else if is_kept(plan.cidr, address) {
            "is reserved by AWS"
        } else if !self.taken.insert((plan.vpc, address)) {
            "is in use already"
        } else {
            return Some(address);
        };
        let message = format!("{address} of {}: AWS would refuse it, because it {why}", of.label());
        found.note(of.pos, Remark::Skipped, message);
        None
    }

    /// The lowest free address of a subnet from .4 on.
    pub(super) fn free(&mut self, subnet: usize) -> Option<Ipv4Addr> {
        let plan = self.subnets.get(subnet)?;
        let first = u32::from(plan.cidr.network()).checked_add(4)?;
        let next = self.next.entry(subnet).or_insert(first);
        while *next < u32::from(plan.cidr.broadcast()) {
            let candidate = (plan.vpc, Ipv4Addr::from(*next));
            *next += 1;
            if !self.seen.contains(&candidate) && self.taken.insert(candidate) {
                return Some(candidate.1);
            }
        }
        None
    }

    /// A /56 for a VPC, from the documentation range (RFC 3849).
    pub(super) fn free_ipv6_of_vpc(&self) -> Option<Ipv6Network> {
        let number = u128::try_from(self.vpcs.len()).ok()?;
        let first = u128::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0));
        Ipv6Network::new(Ipv6Addr::from(first + (number << 72)), 56).ok()
    }

    /// A /64 of a VPC that none of its subnets has.
    pub(super) fn free_ipv6(&self, vpc: usize) -> Option<Ipv6Network> {
        let plan = self.vpcs.get(vpc)?;
        let range = plan.ipv6?;
        let number = u128::try_from(plan.subnets.len()).ok()?;
        let first = u128::from(range.network()).checked_add(number << 64)?;
        let made = Ipv6Network::new(first.into(), 64).ok()?;
        range.contains(made.network()).then_some(made)
    }

    /// The IPv6 address in a subnet for something with this IPv4 address there.
    pub(super) fn ipv6_beside(&self, subnet: usize, address: Ipv4Addr) -> Option<Ipv6Addr> {
        let range = self.subnets.get(subnet)?.ipv6?;
        Some(Ipv6Addr::from(u128::from(range.network()) | u128::from(u32::from(address))))
    }

    /// Marks a public address from the file as used.
    pub(super) fn take_public(&mut self, address: Ipv4Addr) {
        self.public.insert(address);
    }

    /// A placeholder for a public address: first from the ranges of RFC 5737, then from those of RFC 2544.
    pub(super) fn free_public(&mut self) -> Option<Ipv4Addr> {
        const POOLS: [(Ipv4Addr, u32); 4] = [
            (Ipv4Addr::new(203, 0, 113, 0), 255),
            (Ipv4Addr::new(198, 51, 100, 0), 255),
            (Ipv4Addr::new(192, 0, 2, 0), 255),
            (Ipv4Addr::new(198, 18, 0, 0), 0x1ffff),
        ];
        loop {
            self.made_public += 1;
            let mut number = self.made_public;
            let mut pools = POOLS.into_iter();
            let address = loop {
                let (first, size) = pools.next()?;
                if number < size {
                    break Ipv4Addr::from(u32::from(first) + number);
                }
                number -= size - 1;
            };
            if self.public.insert(address) {
                return Some(address);
            }
        }
    }

    /// Whether the instance with an id was added.
    pub(super) fn holds_instance(&self, id: &str) -> bool {
        self.instances.contains(id)
    }

    /// Stores an attribute of an instance, such as `Web.PrivateIp`.
    pub(super) fn tell(&mut self, resource: &Resource, attribute: &str, address: Ipv4Addr) {
        self.instances.insert(resource.id.clone());
        for named in [&resource.name, &resource.id] {
            self.instance_addresses.insert(format!("{named}.{attribute}"), address);
        }
    }

    /// The address for an attribute that was unknown in the file.
    pub(super) fn address_of(&self, attribute: &str) -> Option<Ipv4Addr> {
        self.instance_addresses.get(attribute).copied()
    }
}

/// A /16 from its first two octets.
fn range(first: u8, second: u8) -> Option<Ipv4Network> {
    Ipv4Network::new(Ipv4Addr::new(first, second, 0, 0), 16).ok()
}

/// A resource that a value names but that is not in the file.
pub(super) struct Outside {
    pub(super) id: String,
    pub(super) name: String,
    /// The reason for the placeholder, for the note.
    why: String,
}

impl Outside {
    /// The id is the value itself. For an unknown value it is made from the expression.
    pub(super) fn of(kind: &str, prefix: &str, node: &Node) -> Option<Self> {
        let text = node.text()?;
        let made = || made_id(kind, &format!("outside/{text}"));
        let what = kind.rsplit("::").next().unwrap_or(kind);
        if value::is_unknown(node).is_some() {
            let kinds = ["parameter ", "import ", "SSM parameter ", "secret "];
            let name = kinds.iter().find_map(|kind| text.strip_prefix(kind)).unwrap_or(text);
            let why = format!("{what}: the file does not give {text}");
            return Some(Self { id: made(), name: name.to_owned(), why });
        }
        let digits = text.strip_prefix(prefix).unwrap_or_default();
        let is_id =
            matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = if is_id { text.to_owned() } else { made() };
        let why = format!("{what}: {text} is not in the file");
        Some(Self { id, name: text.to_owned(), why })
    }
}

/// The region that a zone's name such as `us-east-1a` or `us-west-2-lax-1a` belongs to.
pub(super) fn region_of_zone(zone: &str) -> Option<&'static Region> {
    catalog::regions().iter().find(|region| {
        let rest = zone.strip_prefix(region.name).and_then(|rest| rest.chars().next());
        rest.is_some_and(|next| next == '-' || next.is_ascii_lowercase())
    })
}

/// The region of a service's name such as `com.amazonaws.us-east-1.s3`.
pub(super) fn region_of_service(name: &str) -> Option<&'static Region> {
    name.split('.').find_map(catalog::region)
}
