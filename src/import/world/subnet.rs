//! The subnets of a world file and their instances.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
    sync::Arc,
};

use ipnetwork::Ipv4Network;

use super::{
    Reading, guest, keys,
    outline::{Item, Outline, SubnetOutline, VpcOutline},
    placement, security,
};
use crate::{
    import::{
        names::Names,
        text::{
            node::Node,
            reader::{self, MapReader, Report},
        },
    },
    model::{
        guest::SetGuest,
        id::{InstanceId, SubnetId, VpcId},
        instance::{Instance, InstanceState, NameOptions, PrimaryInterface, RunInstances},
        network_acl,
        subnet::{CreateSubnet, Subnet},
        world::Tags,
    },
};

/// The addresses that a file gives. Addresses that vpcdns chooses avoid them.
#[derive(Default)]
pub(in crate::import) struct Addresses {
    taken: HashSet<(VpcId, Ipv4Addr)>,
    ranges: HashMap<SubnetId, (VpcId, Ipv4Network)>,
    next: HashMap<SubnetId, u32>,
}

impl Addresses {
    /// Collects every address that the file gives to an instance, an endpoint or a load balancer.
    pub(super) fn of(outline: &Outline<'_>) -> Self {
        let mut addresses = Self::default();
        for vpc in &outline.vpcs {
            let instances = vpc.subnets.iter().flat_map(|subnet| &subnet.instances);
            for instance in instances {
                addresses.note(vpc.item.id, instance.node.get("address"));
                let more = instance.node.get("secondary-addresses");
                for address in more.map_or(&[][..], Node::items) {
                    addresses.note(vpc.item.id, Some(address));
                }
            }
            for gateway in vpc.subnets.iter().flat_map(|subnet| &subnet.nat_gateways) {
                let more = gateway.node.get("secondary-addresses").map_or(&[][..], Node::items);
                for address in std::iter::once(gateway.node).chain(more) {
                    addresses.note(vpc.item.id, address.get("address"));
                }
            }
            for endpoint in &vpc.endpoints {
                let subnets = endpoint.node.get("subnets").map_or(&[][..], Node::entries);
                for (_, value) in subnets {
                    addresses.note(vpc.item.id, Some(value.get("ipv4").unwrap_or(value)));
                }
            }
            for endpoint in &vpc.inbound {
                for address in endpoint.node.get("addresses").map_or(&[][..], Node::items) {
                    addresses.note(vpc.item.id, Some(address));
                }
            }
        }
        for balancer in &outline.load_balancers {
            let vpc = balancer.node.get("vpc").and_then(Node::text);
            let Some(vpc) = vpc.and_then(|text| outline.names.vpcs.lookup(text)) else { continue };
            let zones = balancer.node.get("zones").map_or(&[][..], Node::entries);
            for (_, value) in zones {
                addresses.note(
                    vpc,
                    value.get("private-address").or(value.get("address")).or(Some(value)),
                );
            }
        }
        addresses
    }

    fn note(&mut self, vpc: VpcId, node: Option<&Node>) {
        if let Some(address) = node.and_then(Node::text).and_then(|text| text.parse().ok()) {
            self.taken.insert((vpc, address));
        }
    }

    /// The lowest free address of a subnet from .4 on; `None` if the subnet is unknown or full.
    pub(super) fn free(&mut self, subnet: SubnetId) -> Option<Ipv4Addr> {
        let (vpc, range) = *self.ranges.get(&subnet)?;
        let first = u32::from(range.network()).checked_add(4)?;
        let next = self.next.entry(subnet).or_insert(first);
        let last = u32::from(range.broadcast());
        while *next < last {
            let address = Ipv4Addr::from(*next);
            *next += 1;
            if self.taken.insert((vpc, address)) {
                return Some(address);
            }
        }
        None
    }
}

/// Plans the subnets, then the instances.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    let mut options = HashMap::new();
    for vpc in &outline.vpcs {
        for subnet in &vpc.subnets {
            match create(reading, &outline.names, vpc, subnet) {
                Some(made) => {
                    options.insert(subnet.item.id, made);
                }
                None => reading.give_up(&subnet.item.id),
            }
        }
    }
    for vpc in &outline.vpcs {
        for subnet in &vpc.subnets {
            let at = (vpc.item.id, subnet.item.id);
            let inherited = options.get(&subnet.item.id).copied().unwrap_or_default();
            for instance in &subnet.instances {
                if run(reading, &outline.names, at, instance, inherited).is_none() {
                    reading.give_up(&instance.id);
                }
            }
        }
    }
}

fn create<'n>(
    reading: &mut Reading<'_, 'n>,
    names: &Names,
    vpc: &VpcOutline<'n>,
    outline: &SubnetOutline<'n>,
) -> Option<Inherited> {
    let item = &outline.item;
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::SUBNET, report)?;
    let route_table = match fields.get("route-table") {
        Some(node) => Some(names.route_tables.find(node, Some(vpc.item.id), report)?),
        None => None,
    };
    let network_acl = match fields.get("network-acl") {
        Some(node) => Some(names.network_acls.find(node, Some(vpc.item.id), report)?),
        None => None,
    };
    let ipv6_native = fields.read("ipv6-native", report).unwrap_or(false);
    let name_options = resource_names(&fields, usual_names(ipv6_native), report);
    fields.map("instances", report);
    fields.map("nat-gateways", report);
    let cidr = fields.require::<Ipv4Network>("cidr", report);
    let zone = fields.require::<Arc<str>>("zone", report);
    let ipv6_cidr = fields.read("ipv6-cidr", report);
    let dns64 = fields.read("dns64", report).unwrap_or(false);
    let map_public_ip = fields.read("map-public-ip", report).unwrap_or(false);
    let (cidr, zone) = (cidr?, zone?);
    reading.addresses.ranges.insert(item.id, (vpc.item.id, cidr));
    let subnet = Subnet {
        id: item.id,
        tags: Tags::named(item.name),
        vpc: vpc.item.id,
        cidr,
        ipv6_cidr,
        zone,
        route_table,
        dns64,
        map_public_ip,
        ipv6_native,
        name_options,
        assign_ipv6: ipv6_native,
        network_acl: network_acl.filter(|id| *id != network_acl::of(vpc.item.id)),
        default_for_az: true,
    };
    reading.plan(CreateSubnet { subnet }, item.pos, item.node);
    Some(Inherited { name_options, ipv6_native })
}

/// The default settings for instance names (H2, H5).
pub(in crate::import) fn usual_names(ipv6_native: bool) -> NameOptions {
    NameOptions {
        resource_name: ipv6_native,
        resource_name_a: false,
        resource_name_aaaa: ipv6_native,
    }
}

/// The settings that instances inherit from their subnet.
#[derive(Clone, Copy, Default)]
struct Inherited {
    name_options: NameOptions,
    ipv6_native: bool,
}

fn run<'n>(
    reading: &mut Reading<'_, 'n>,
    names: &Names,
    (vpc, subnet): (VpcId, SubnetId),
    item: &Item<'n, InstanceId>,
    inherited: Inherited,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, keys::INSTANCE, report)?;
    let stated = fields.read::<Ipv4Addr>("address", report);
    if fields.get("address").is_some() && stated.is_none() {
        return None;
    }
    let mut name_options = resource_names(&fields, inherited.name_options, report);
    if let Some(resource) = fields.choice("hostname", HOSTNAME, report) {
        name_options.resource_name = resource;
    }
    let guest = guest::read(&fields, report);
    let groups = security::of_interface(&fields, names, vpc, report);
    let instance = Instance {
        tags: Tags::named(item.name),
        address: match stated {
            None if !inherited.ipv6_native => reading.addresses.free(subnet),
            other => other,
        },
        ipv6: fields.read("ipv6", report),
        public_address: fields.read("public-address", report),
        instance_type: fields.read("type", report).unwrap_or_else(|| "t3.micro".into()),
        name_options,
        state: fields.choice("state", STATES, report).unwrap_or_default(),
        placement: placement::of_instance(&fields, names, report)?,
        interface: PrimaryInterface {
            secondary: fields.read_list("secondary-addresses", report),
            groups_stated: groups.is_some(),
            groups: groups.unwrap_or_default(),
            ..PrimaryInterface::default()
        },
        ..Instance::new(item.id, vpc, subnet)
    };
    reading.plan(RunInstances { instance }, item.pos, item.node);
    if let Some(guest) = guest {
        reading.plan(SetGuest { instance: item.id, guest }, item.pos, item.node);
    }
    Some(())
}

/// The two states that a file can give an instance.
const STATES: &[(&str, InstanceState)] =
    &[("running", InstanceState::Running), ("stopped", InstanceState::Stopped)];

/// The two forms of a guest's host name (H2).
const HOSTNAME: &[(&str, bool)] = &[("ip", false), ("resource", true)];

fn resource_names(
    fields: &MapReader<'_>,
    otherwise: NameOptions,
    report: &mut Report<'_>,
) -> NameOptions {
    let Some(node) = fields.get("resource-names") else { return otherwise };
    let Some(options) = MapReader::of(node, node.pos, keys::RESOURCE_NAMES, report) else {
        return otherwise;
    };
    let flag = |key: &str, otherwise: bool, report: &mut Report<'_>| {
        options.get(key).and_then(|node| reader::read(node, report)).unwrap_or(otherwise)
    };
    NameOptions {
        resource_name: options
            .choice("hostname", HOSTNAME, report)
            .unwrap_or(otherwise.resource_name),
        resource_name_a: flag("a", otherwise.resource_name_a, report),
        resource_name_aaaa: flag("aaaa", otherwise.resource_name_aaaa, report),
    }
}
