//! The addresses and ranges that the files give, collected first so that no placeholder uses them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::Ipv4Addr,
};

use ipnetwork::Ipv4Network;

use super::{
    Resource,
    layout::{Outside, region_of_zone},
    value,
    zones::{self, Paired},
};
use crate::import::text::{node::Node, scalar::Scalar};

/// The addresses and ranges that the files give, by the ids of subnets and VPCs.
#[derive(Default)]
pub(super) struct Stated {
    /// Private addresses of each subnet.
    pub(super) addresses: HashMap<String, Vec<Ipv4Addr>>,
    /// A subnet for each of those addresses. If two VPCs have the same address, only one of the subnets.
    by_address: BTreeMap<Ipv4Addr, String>,
    /// The zones of subnets that other resources show.
    pub(super) zones: HashMap<String, String>,
    /// A range that is or must be inside each VPC.
    ranges: HashMap<String, Ipv4Network>,
    /// Subnets whose zones follow only from the order of an endpoint's names.
    pub(super) paired: Vec<Paired>,
}

impl Stated {
    /// Collects the addresses, ranges and zones in the resources.
    pub(super) fn of(resources: &[Resource]) -> Self {
        let mut stated = Self::default();
        for resource in resources {
            let properties = &resource.properties;
            let vpc = properties.get("VpcId");
            match resource.kind.as_str() {
                "AWS::EC2::Subnet" => {
                    let range = text(properties, "CidrBlock");
                    let range = range.and_then(|text| Ipv4Network::read(text).ok());
                    stated.range(vpc, range);
                }
                "AWS::EC2::Instance" => {
                    stated.zone(properties);
                    stated.address(properties, "SubnetId", "PrivateIpAddress", vpc);
                    for interface in items(properties, "NetworkInterfaces") {
                        stated.address(interface, "SubnetId", "PrivateIpAddress", vpc);
                    }
                }
                "AWS::EC2::NetworkInterface" | "AWS::EC2::NatGateway" => {
                    stated.zone(properties);
                    stated.address(properties, "SubnetId", "PrivateIpAddress", vpc);
                }
                "AWS::EC2::VPCEndpoint" => {
                    for configuration in items(properties, "SubnetConfigurations") {
                        stated.address(configuration, "SubnetId", "Ipv4", vpc);
                    }
                }
                "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
                    for mapping in items(properties, "SubnetMappings") {
                        stated.address(mapping, "SubnetId", "PrivateIPv4Address", vpc);
                    }
                }
                "AWS::Route53Resolver::ResolverEndpoint" => {
                    for address in items(properties, "IpAddresses") {
                        stated.address(address, "SubnetId", "Ip", vpc);
                    }
                }
                _ => {}
            }
        }
        stated.peers(resources);
        let is = |it: &&Resource, kind: &str| it.kind == kind;
        let subnets = resources.iter().filter(|it| is(it, "AWS::EC2::Subnet"));
        let known: HashMap<String, String> = subnets
            .map(|it| {
                let zone = text(&it.properties, "AvailabilityZone").unwrap_or_default();
                (it.id.clone(), zone.to_owned())
            })
            .collect();
        let mut zones = stated.zones.clone();
        zones.extend(known.into_iter().filter(|(_, zone)| !zone.is_empty()));
        let endpoints = resources.iter().filter(|it| is(it, "AWS::EC2::VPCEndpoint"));
        stated.paired = zones::of_names(endpoints, &mut zones);
        stated.zones = zones;
        stated
    }

    /// Adds the ranges of peer VPCs that the routes to them show.
    fn peers(&mut self, resources: &[Resource]) {
        let vpcs = resources.iter().filter(|it| it.kind == "AWS::EC2::VPC");
        let vpcs: HashSet<&str> = vpcs.map(|it| it.id.as_str()).collect();
        let mut peers = HashMap::new();
        for peering in resources.iter().filter(|it| it.kind == "AWS::EC2::VPCPeeringConnection") {
            let sides = ["PeerVpcId", "VpcId"].map(|key| peering.properties.get(key));
            let is_here = |side: &&Node| side.text().is_some_and(|id| vpcs.contains(id));
            let peer = sides.into_iter().flatten().find(|side| !is_here(side));
            peers.extend(peer.map(|peer| (peering.id.as_str(), peer)));
        }
        let of_own = resources.iter().filter(|it| it.kind == "AWS::EC2::Route");
        let of_tables = resources.iter().filter(|it| it.kind == "AWS::EC2::RouteTable");
        let routes = of_own
            .map(|it| &it.properties)
            .chain(of_tables.flat_map(|it| items(&it.properties, "Routes")));
        for route in routes {
            let peer = text(route, "VpcPeeringConnectionId").and_then(|id| peers.get(id));
            let range = text(route, "DestinationCidrBlock");
            let range = range.and_then(|text| Ipv4Network::read(text).ok());
            // A VPC's range has 16 to 28 fixed bits (P10 and the EC2 API).
            self.range(peer.copied(), range.filter(|it| (16..=28).contains(&it.prefix())));
        }
    }

    /// Adds the zone that a resource inside a subnet shows.
    fn zone(&mut self, properties: &Node) {
        let zone = text(properties, "AvailabilityZone").filter(|it| region_of_zone(it).is_some());
        let subnet = properties.get("SubnetId");
        let subnet = subnet.and_then(|it| Outside::of("AWS::EC2::Subnet", "subnet-", it));
        if let (Some(subnet), Some(zone)) = (subnet, zone) {
            self.zones.entry(subnet.id).or_insert_with(|| zone.to_owned());
        }
    }

    fn address(&mut self, node: &Node, subnet: &str, key: &str, vpc: Option<&Node>) {
        let Some(address) = text(node, key).and_then(|text| text.parse::<Ipv4Addr>().ok()) else {
            return;
        };
        let subnet = node.get(subnet).and_then(|it| Outside::of("AWS::EC2::Subnet", "subnet-", it));
        if let Some(subnet) = subnet {
            self.by_address.insert(address, subnet.id.clone());
            self.addresses.entry(subnet.id).or_default().push(address);
        }
        self.range(vpc, Ipv4Network::new(address, 32).ok());
    }

    fn range(&mut self, vpc: Option<&Node>, range: Option<Ipv4Network>) {
        let vpc = vpc.and_then(|vpc| Outside::of("AWS::EC2::VPC", "vpc-", vpc));
        if let (Some(vpc), Some(range)) = (vpc, range) {
            self.ranges.entry(vpc.id).or_insert(range);
        }
    }

    /// A range for a VPC that contains everything the files give in it.
    pub(super) fn range_for(&self, vpc: &str) -> Option<Ipv4Network> {
        self.ranges.get(vpc).and_then(|range| around(*range, 16))
    }

    /// The smallest range that contains every address the files give in a subnet. AWS allows at least a /28.
    fn around_all(&self, subnet: &str) -> Option<Ipv4Network> {
        let addresses = self.addresses.get(subnet)?;
        let (least, most) = (addresses.iter().min()?, addresses.iter().max()?);
        let common = (u32::from(*least) ^ u32::from(*most)).leading_zeros();
        let smallest = u8::try_from(common).ok()?.clamp(16, 28);
        let mut ranges = (16..=smallest)
            .rev()
            .filter_map(|bits| around(Ipv4Network::new(*least, 32).ok()?, bits));
        let narrow = ranges.clone().next();
        // If AWS reserves one of the addresses in every range, a wider range does not help and takes room from other
        // subnets.
        ranges.find(|range| !addresses.iter().any(|it| is_kept(*range, *it))).or(narrow)
    }

    /// The widest range from /24 to /28 for a subnet that contains its given addresses and that `free` accepts. A range
    /// without addresses of other subnets is preferred.
    pub(super) fn range_of(
        &self,
        subnet: &str,
        free: impl Fn(&Ipv4Network) -> bool,
    ) -> Option<Ipv4Network> {
        let all = self.around_all(subnet)?;
        let own = self.addresses.get(subnet)?;
        let fits = |range: &Ipv4Network| !own.iter().any(|it| is_kept(*range, *it)) && free(range);
        let shares = |range: &Ipv4Network| {
            let others = self.by_address.range(range.network()..=range.broadcast());
            others.into_iter().any(|(_, it)| it != subnet)
        };
        let ranges: Vec<Ipv4Network> = (24..=28)
            .chain([all.prefix()])
            .filter_map(|bits| around(all, bits))
            .filter(fits)
            .collect();
        ranges.iter().find(|range| !shares(range)).or(ranges.first()).copied()
    }
}

/// Whether AWS reserves an address of a subnet's range: the first four and the last one (A51).
pub(super) fn is_kept(range: Ipv4Network, address: Ipv4Addr) -> bool {
    let offset = u32::from(address).wrapping_sub(u32::from(range.network()));
    offset < 4 || address == range.broadcast()
}

/// The network of the given prefix length around a range, or the range itself if it is larger.
pub(super) fn around(range: Ipv4Network, bits: u8) -> Option<Ipv4Network> {
    let bits = bits.min(range.prefix());
    let wide = Ipv4Network::new(range.network(), bits).ok()?;
    Ipv4Network::new(wide.network(), bits).ok()
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).filter(|it| value::is_unknown(it).is_none())?.text()
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map_or(&[], Node::items)
}
