//! The addresses and ranges that a file states, known before anything is supposed that could take their place.

use std::{collections::HashMap, net::Ipv4Addr};

use ipnetwork::Ipv4Network;

use super::{
    super::{node::Node, scalar::Scalar},
    Resource,
    place::Outside,
    value,
};

/// What a file states, by the ids of subnets and VPCs.
#[derive(Default)]
pub(super) struct Stated {
    /// Private addresses of each subnet.
    pub(super) addresses: HashMap<String, Vec<Ipv4Addr>>,
    /// A range or an address in each VPC.
    ranges: HashMap<String, Ipv4Network>,
}

impl Stated {
    /// Everything that the resources state.
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
                    stated.address(properties, "SubnetId", "PrivateIpAddress", vpc);
                    for interface in items(properties, "NetworkInterfaces") {
                        stated.address(interface, "SubnetId", "PrivateIpAddress", vpc);
                    }
                }
                "AWS::EC2::NetworkInterface" | "AWS::EC2::NatGateway" => {
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
        stated
    }

    fn address(&mut self, node: &Node, subnet: &str, key: &str, vpc: Option<&Node>) {
        let Some(address) = text(node, key).and_then(|text| text.parse::<Ipv4Addr>().ok()) else {
            return;
        };
        let subnet = node.get(subnet).and_then(|it| Outside::of("AWS::EC2::Subnet", "subnet-", it));
        if let Some(subnet) = subnet {
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

    /// A range for a VPC that holds what is stated in it.
    pub(super) fn range_for(&self, vpc: &str) -> Option<Ipv4Network> {
        self.ranges.get(vpc).and_then(|range| around(*range, 16))
    }

    /// The first address that is stated in a subnet.
    pub(super) fn first_in(&self, subnet: &str) -> Option<Ipv4Addr> {
        self.addresses.get(subnet)?.first().copied()
    }
}

/// The range of so many fixed bits, or of its own if those are fewer, that a range lies in.
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
