//! What an instance is like to the programs that run on it: its host name, its network interfaces, and the resolver
//! configuration that DHCP gave it (H50 to H55).
//!
//! Reads the World and prepares nothing. The process in the namespaces reads it as JSON.

use std::net::{IpAddr, Ipv4Addr};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};
use serde::{Deserialize, Serialize};

use crate::{
    imds,
    model::{
        dhcp_options::{self, AMAZON_PROVIDED},
        id::InstanceId,
        network_interface::Interface,
        vpc::Vpc,
        world::World,
    },
};

/// An instance, as a program on it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Machine {
    /// Its private host name.
    pub(super) hostname: String,
    /// Its network interfaces, the primary one first.
    pub(super) links: Vec<Link>,
    /// `/etc/resolv.conf`.
    pub(super) resolv_conf: String,
}

/// One network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    /// Its name: `eth0` is the primary one.
    pub(super) name: String,
    /// Its MAC address, as in the metadata.
    pub(super) mac: String,
    /// Its addresses, each with the prefix length of its subnet.
    pub(super) addresses: Vec<IpNetwork>,
    /// The subnet's router; none without IPv4.
    pub(super) router: Option<Ipv4Addr>,
}

impl Machine {
    /// The instance with this id; `None` if it is not in the World.
    pub(super) fn of(world: &World, id: InstanceId) -> Option<Self> {
        let vpc = world.vpcs.get(&world.instances.get(&id)?.vpc)?;
        let interfaces = world.interfaces_of(id);
        let links = interfaces.iter().map(|interface| Link::of(world, interface)).collect();
        let hostname = imds::hostname(world, id)?;
        Some(Self { hostname, links, resolv_conf: resolv_conf(world, vpc) })
    }

    /// Its addresses.
    pub(super) fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.links.iter().flat_map(|link| &link.addresses).map(IpNetwork::ip)
    }
}

impl Link {
    fn of(world: &World, interface: &Interface<'_>) -> Self {
        let subnet = interface.subnet(world);
        let range = subnet.map(|subnet| subnet.cidr);
        let length = range.map_or(32, |range| range.prefix());
        let v4 = interface.addresses().into_iter();
        let v4 = v4.filter_map(|it| Ipv4Network::new(it, length).ok()).map(IpNetwork::V4);
        let length = subnet.and_then(|subnet| subnet.ipv6_cidr).map_or(128, |range| range.prefix());
        let v6 = interface.ipv6().into_iter();
        let v6 = v6.filter_map(|it| Ipv6Network::new(it, length).ok()).map(IpNetwork::V6);
        let addresses: Vec<_> = v4.chain(v6).collect();
        let has_v4 = addresses.iter().any(IpNetwork::is_ipv4);
        Self {
            name: format!("eth{}", interface.device()),
            mac: interface.mac(),
            router: range.filter(|_| has_v4).and_then(|range| range.nth(1)),
            addresses,
        }
    }
}

/// The file that DHCP writes on Amazon Linux, without comments.
fn resolv_conf(world: &World, vpc: &Vpc) -> String {
    let options = dhcp_options::set_of(world, vpc);
    let mut text = String::new();
    if let Some(domain) = &options.domain_name {
        text.push_str(&format!("search {domain}\n"));
    }
    text.push_str("options timeout:2 attempts:5\n");
    for server in &options.domain_name_servers {
        let own = (**server == *AMAZON_PROVIDED).then(|| vpc.resolver()).flatten();
        let server = own.map_or_else(|| server.to_string(), |own| own.to_string());
        text.push_str(&format!("nameserver {server}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Defaults, text::diagnostic::Source, world};

    fn machine(text: &str, id: &str) -> Option<Machine> {
        let source = Source { name: "t".to_owned(), text: text.to_owned() };
        let loaded = world::load(&source, &Defaults::default()).unwrap();
        Machine::of(&loaded.world, id.parse().unwrap())
    }

    const SHOP: &str = "
region: ap-northeast-2
vpcs:
  Shop:
    cidr: [10.0.0.0/16, 10.1.0.0/16]
    ipv6-cidr: 2001:db8:1::/56
    dhcp-options: {domain-name: shop.example, servers: [AmazonProvidedDNS, 192.0.2.53]}
    subnets:
      app:
        cidr: 10.1.1.0/25
        ipv6-cidr: 2001:db8:1::/64
        zone: ap-northeast-2a
        instances:
          web:
            id: i-0123456789abcdef0
            address: 10.1.1.10
            secondary-addresses: [10.1.1.11]
            ipv6: '2001:db8:1::10'
";

    const ID: &str = "i-0123456789abcdef0";

    #[test]
    fn an_instance_has_the_addresses_and_the_resolver_that_dhcp_gives() {
        let machine = machine(SHOP, ID).unwrap();
        let [link] = &machine.links[..] else { panic!("{machine:?}") };
        let addresses: Vec<String> = link.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["10.1.1.10/25", "10.1.1.11/25", "2001:db8:1::10/64"]);
        assert_eq!((&*link.name, link.router), ("eth0", Some(Ipv4Addr::new(10, 1, 1, 1))));
        // DNS hostnames are off, so the host name is under the domain of the options (M31).
        assert_eq!(machine.hostname, "ip-10-1-1-10.shop.example");
        assert_eq!(
            machine.resolv_conf,
            "search shop.example\noptions timeout:2 attempts:5\nnameserver 10.0.0.2\nnameserver 192.0.2.53\n"
        );
    }

    #[test]
    fn without_options_the_regions_domain_and_the_vpcs_resolver_count() {
        let plain = SHOP.lines().filter(|line| !line.contains("dhcp-options"));
        let plain = plain.collect::<Vec<_>>().join("\n");
        assert_eq!(machine(&plain, "i-0123456789abcdef1"), None);
        let machine = machine(&plain, ID).unwrap();
        assert_eq!(machine.hostname, "ip-10-1-1-10.ap-northeast-2.compute.internal");
        assert_eq!(
            machine.resolv_conf,
            "search ap-northeast-2.compute.internal\noptions timeout:2 attempts:5\nnameserver 10.0.0.2\n"
        );
    }
}
