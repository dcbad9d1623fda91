//! Follows traffic hop by hop through route tables. Each way that ends nowhere has its own reason (`lost.rs`).

use std::net::Ipv4Addr;

use ipnetwork::{IpNetwork, Ipv4Network};

use super::{
    ends::{self, End, Holder},
    goal::{Aim, Goal, Stands},
    guard::{Groups, NAT_PORTS},
    lost::Lost,
    packet::{Packet, Source},
    way::{Assumed, Hop, Path, PathKind},
};
use crate::{
    catalog,
    model::{
        endpoint::{Endpoint, EndpointKind, EndpointState, ServiceRef},
        endpoint_rules::prefix_list_id,
        id::{
            InstanceId, InternetGatewayId, NatGatewayId, PeeringId, PrefixListId, SubnetId, VpcId,
        },
        instance::{Instance, InstanceState},
        load_balancer::LoadBalancer,
        nat_gateway::{NatGateway, NatGatewayState},
        network_interface::Interface,
        route::RouteTarget,
        route_table::RouteTable,
        world::World,
    },
    resolve::question::Asker,
};

/// How many instances may forward the traffic, one after the other.
const MOST_APPLIANCES: usize = 4;

/// The documentation range (RFC 5737), used in place of AWS's addresses if the user asks for it.
const DOCUMENTATION: (Ipv4Addr, u8) = (Ipv4Addr::new(198, 51, 100, 0), 24);

/// The way from a place to its goal.
pub(super) fn find(world: &World, asker: Asker, goal: Goal) -> Path {
    let Goal { address, stands, aim } = goal;
    let port = match aim {
        Aim::Anything => None,
        Aim::Usual => Some(ends::usual_port(world, asker.vpc(), address)),
        Aim::To(port) => Some(port),
    };
    let mut walk = Walk {
        world,
        address,
        stands,
        packet: Packet::new(world, (address, stands, port)),
        hops: Vec::new(),
        assumed: Vec::new(),
        appliances: 0,
    };
    let kind = match asker {
        Asker::Internet => {
            walk.hops.push(Hop::InternetHost);
            walk.over_internet(None)
        }
        Asker::Inbound(vpc, _) => {
            walk.hops.push(Hop::OnPremises);
            if world.vpcs.get(&vpc).is_some_and(|vpc| vpc.contains(address)) {
                walk.local(vpc, None)
            } else {
                walk.over_internet(None)
            }
        }
        Asker::Instance(vpc, _, id) => {
            walk.hops.push(Hop::Instance(id));
            match world.instances.get(&id) {
                Some(instance) => walk.route(&Source::instance(world, instance)),
                None => walk.lost(Lost::NoSubnet(vpc)),
            }
        }
        Asker::Subnet(vpc, id) => {
            walk.hops.push(Hop::Host(vpc, vec![id]));
            match world.subnets.get(&id) {
                Some(subnet) => {
                    walk.assume(Assumed::NewInstance(id));
                    walk.route(&Source::new_instance(subnet))
                }
                None => walk.lost(Lost::NoSubnet(vpc)),
            }
        }
        Asker::Vpc(vpc) => {
            walk.hops.push(Hop::Host(vpc, Vec::new()));
            walk.lost(Lost::NoSubnet(vpc))
        }
    };
    if walk.packet.rests_on_groups() && !kind.is_lost() {
        walk.assume(Assumed::Groups);
    }
    Path { kind, hops: walk.hops, assumed: walk.assumed }
}

struct Walk<'w> {
    world: &'w World,
    address: Ipv4Addr,
    stands: Option<Stands>,
    packet: Packet<'w>,
    hops: Vec<Hop>,
    assumed: Vec<Assumed>,
    appliances: usize,
}

enum Decision<'w> {
    Local,
    Gateway(&'w Endpoint, String),
    Route(Match<'w>),
}

/// A route that matches an address.
#[derive(Clone, Copy)]
struct Match<'w> {
    /// The length of the prefix that matches.
    prefix: u8,
    /// The prefix list whose entry matches, if the route is to one.
    list: Option<PrefixListId>,
    /// The range that matches.
    range: IpNetwork,
    target: &'w RouteTarget,
}

impl<'w> Walk<'w> {
    fn lost(&mut self, why: Lost) -> PathKind {
        let end = PathKind::of_end(&why);
        self.hops.push(Hop::NoRoute(why));
        end
    }

    fn assume(&mut self, what: Assumed) {
        if !self.assumed.contains(&what) {
            self.assumed.push(what);
        }
    }

    fn route(&mut self, source: &Source<'w>) -> PathKind {
        if source.address.is_none() {
            return self.lost(Lost::NoIpv4Address(source.instance));
        }
        let world = self.world;
        self.packet.send(source);
        if let Some(drop) = self.packet.exit_drop(source) {
            return self.lost(drop);
        }
        let subnet = world.subnets.get(&source.subnet);
        let Some(table) = subnet.and_then(|subnet| world.route_table_of(subnet)) else {
            return self.lost(Lost::NoTable);
        };
        match self.decide(source.vpc, table) {
            None => self.lost(Lost::NoRoute(table.id)),
            Some(Decision::Local) => {
                self.hops.push(Hop::Router { route: "local".to_owned(), table: table.id });
                let there = ends::subnet_at(world, source.vpc, self.address);
                if there != Some(source.subnet)
                    && let Some(drop) = self.packet.acl_drop(source.subnet, true)
                {
                    return self.lost(drop);
                }
                self.local(source.vpc, Some(source.subnet))
            }
            Some(Decision::Gateway(endpoint, prefix_list)) => {
                self.hops.push(Hop::Router { route: prefix_list, table: table.id });
                if let Some(drop) = self.packet.acl_drop(source.subnet, true) {
                    return self.lost(drop);
                }
                self.hops.push(Hop::GatewayEndpoint(endpoint.id));
                let short = endpoint
                    .service
                    .aws()
                    .map_or_else(|| endpoint.service.name(), |aws| aws.short());
                self.hops.push(Hop::Service(short.to_owned()));
                PathKind::Gateway
            }
            Some(Decision::Route(found)) => {
                let named = found.list.map(|list| list.to_string());
                let destination = named.unwrap_or_else(|| found.range.to_string());
                self.hops.push(Hop::Router { route: destination, table: table.id });
                if let Some(drop) = self.packet.acl_drop(source.subnet, true) {
                    return self.lost(drop);
                }
                self.target(source, found.target)
            }
        }
    }

    /// The most specific route; a prefix list counts with the entry that matches (spec §7). A route inside the VPC's own
    /// range beats the local one where it is more specific.
    fn decide(&self, vpc: VpcId, table: &'w RouteTable) -> Option<Decision<'w>> {
        let world: &'w World = self.world;
        let local = world.vpcs.get(&vpc)?.cidrs.iter();
        let local =
            local.filter(|range| range.contains(self.address)).map(|range| range.prefix()).max();
        let gateway = world.endpoints_of(vpc).find_map(|endpoint| {
            let associated = endpoint.kind == EndpointKind::Gateway
                && endpoint.route_tables.contains(&table.id)
                && matches!(endpoint.state, EndpointState::Available | EndpointState::Modifying);
            // The ranges of a list cost the most, so they come last.
            let length = associated.then(|| self.prefix_list_match(endpoint)).flatten()?;
            Some((length, endpoint, prefix_list_id(world, endpoint)?))
        });
        let route = most_specific(world, table, self.address);
        let length = route.map(|found| found.prefix);
        match (local, gateway) {
            (Some(local), _) if length.is_none_or(|length| length <= local) => {
                Some(Decision::Local)
            }
            (None, Some((listed, endpoint, id)))
                if length.is_none_or(|length| length <= listed) =>
            {
                Some(Decision::Gateway(endpoint, id))
            }
            _ => route.map(Decision::Route),
        }
    }

    /// How specifically a gateway endpoint's prefix list holds the address. The list is that of the endpoint's own region
    /// (G6).
    fn prefix_list_match(&self, endpoint: &Endpoint) -> Option<u8> {
        let aws = endpoint.service.aws()?;
        let list = catalog::prefix_list(aws.region, aws.short());
        let listed = list
            .into_iter()
            .flat_map(|list| &list.cidrs)
            .filter(|range| range.contains(self.address.into()))
            .map(|range| range.prefix());
        let stand_in = self.stands.is_some_and(|stands| {
            stands.service == aws.short()
                && stands.region.is_some_and(|region| region.name == aws.region.name)
                && stands_for_aws(aws.region, self.address)
        });
        listed.chain(stand_in.then_some(32)).max()
    }

    fn target(&mut self, source: &Source<'w>, target: &RouteTarget) -> PathKind {
        match target {
            RouteTarget::InternetGateway(gateway) => self.internet_gateway(source, *gateway),
            RouteTarget::NatGateway(id) => self.nat_gateway(source, id),
            RouteTarget::Peering(id) => self.peering(source, *id),
            RouteTarget::Other(id) => self.other(source.vpc, id),
        }
    }

    fn internet_gateway(&mut self, source: &Source<'w>, gateway: InternetGatewayId) -> PathKind {
        if self.world.members(source.vpc).internet_gateway != Some(gateway) {
            return self.lost(Lost::GatewayDetached(gateway));
        }
        if !source.public {
            if let Some(Hop::NatGateway(id)) = self.hops.iter().rev().nth(1) {
                return self.lost(Lost::PrivateNat(id.clone(), gateway));
            }
            return self.lost(Lost::NoPublicAddress(source.instance, gateway));
        }
        self.hops.push(Hop::InternetGateway(gateway));
        self.over_internet(source.public_address)
    }

    fn nat_gateway(&mut self, source: &Source<'w>, id: &str) -> PathKind {
        let known = id.parse().ok().and_then(|id: NatGatewayId| self.world.nat_gateways.get(&id));
        match known {
            Some(gateway) => self.known_nat_gateway(source, gateway),
            None => self.assumed_nat_gateway(source.vpc, id),
        }
    }

    /// A public NAT gateway leads to the internet, from its own address. A private one follows its subnet's table.
    fn known_nat_gateway(&mut self, source: &Source<'w>, gateway: &NatGateway) -> PathKind {
        let id = gateway.id.to_string();
        if gateway.state != NatGatewayState::Available && gateway.state != NatGatewayState::Deleting
        {
            return self.lost(Lost::Blackhole(id));
        }
        if self.hops.contains(&Hop::NatGateway(id.clone())) {
            return self.lost(Lost::Loop);
        }
        self.hops.push(Hop::NatGateway(id.clone()));
        let (world, vpc) = (self.world, gateway.vpc);
        if gateway.subnet != source.subnet
            && let Some(drop) = self.packet.acl_drop(gateway.subnet, false)
        {
            return self.lost(drop);
        }
        if !gateway.public || !on_internet(self.address) {
            return self.route(&Source {
                vpc,
                subnet: gateway.subnet,
                instance: None,
                address: gateway.privates().next(),
                public: gateway.public,
                public_address: gateway.public_address(),
                groups: Groups::Open,
                replies: NAT_PORTS,
            });
        }
        if world.members(vpc).internet_gateway.is_none() {
            return self.lost(Lost::NatWithoutInternet(id, None));
        }
        let table = world.subnets.get(&gateway.subnet).and_then(|it| world.route_table_of(it));
        if !table.is_some_and(|table| self.leads_out(vpc, table, Some(self.address))) {
            return self.lost(Lost::NatWithoutInternet(id, table.map(|table| table.id)));
        }
        self.packet.replies_to(NAT_PORTS);
        if let Some(drop) = self.packet.acl_drop(gateway.subnet, true) {
            return self.lost(drop);
        }
        self.over_internet(gateway.public_address())
    }

    /// One that is only named: if the World has its network interface, its subnet is known. Otherwise a subnet with a
    /// route to the internet gateway is assumed.
    fn assumed_nat_gateway(&mut self, vpc: VpcId, id: &str) -> PathKind {
        self.hops.push(Hop::NatGateway(id.to_owned()));
        let world = self.world;
        if world.members(vpc).internet_gateway.is_none() {
            return self.lost(Lost::NatWithoutInternet(id.to_owned(), None));
        }
        // AWS describes the interface as "Interface for NAT Gateway nat-…".
        let interface = world.network_interfaces.values().find(|interface| {
            interface.vpc == vpc && interface.description.split(' ').next_back() == Some(id)
        });
        match interface.and_then(|interface| world.subnets.get(&interface.subnet)) {
            Some(subnet) => {
                let table = world.route_table_of(subnet);
                if !table.is_some_and(|table| self.leads_out(vpc, table, Some(self.address))) {
                    let table = table.map(|table| table.id);
                    return self.lost(Lost::NatWithoutInternet(id.to_owned(), table));
                }
            }
            None => self.assume(Assumed::NatGateway(id.to_owned())),
        }
        self.over_internet(None)
    }

    fn peering(&mut self, source: &Source<'w>, id: PeeringId) -> PathKind {
        let world = self.world;
        let Some(peering) = world.peerings.get(&id) else {
            return self.lost(Lost::Blackhole(id.to_string()));
        };
        if !peering.is_active() {
            return self.lost(Lost::PeeringNotActive(id, peering.state.word()));
        }
        let other = peering.other(source.vpc);
        if !world.vpcs.get(&other).is_some_and(|vpc| vpc.contains(self.address)) {
            return self.lost(Lost::PeeringOutOfRange(id, other));
        }
        self.hops.push(Hop::Peering(id));
        if let (Some(table), Some(to)) = (self.table_at(other, self.address), source.address) {
            let back = most_specific(world, table, to).map(|found| found.target);
            if back != Some(&RouteTarget::Peering(id)) {
                return self.lost(Lost::NoRouteBack(table.id));
            }
        }
        match self.local(other, None) {
            PathKind::Private => PathKind::Peering,
            end => end,
        }
    }

    /// Follows a route to an instance or a network interface. Any other target that is not in the World is assumed to
    /// lead on.
    fn other(&mut self, vpc: VpcId, id: &str) -> PathKind {
        let world = self.world;
        let instance = if let Ok(instance) = id.parse::<InstanceId>() {
            match world.instances.get(&instance) {
                Some(instance) => Some((instance, instance.interface.source_dest_check)),
                None => return self.lost(Lost::Blackhole(id.to_owned())),
            }
        } else {
            match world.interfaces().find(|interface| interface.id().to_string() == id) {
                Some(Interface::Primary(instance)) => {
                    Some((instance, instance.interface.source_dest_check))
                }
                Some(Interface::Own(interface)) => {
                    let attached = interface.attachment.as_ref().map(|it| it.instance);
                    match attached.and_then(|instance| world.instances.get(&instance)) {
                        Some(instance) => Some((instance, interface.source_dest_check)),
                        None => return self.lost(Lost::Blackhole(id.to_owned())),
                    }
                }
                _ => None,
            }
        };
        match instance {
            Some((instance, checks)) => self.appliance(id, instance, checks),
            None => self.onward(vpc, id),
        }
    }

    fn appliance(&mut self, target: &str, instance: &'w Instance, checks: bool) -> PathKind {
        if instance.state != InstanceState::Running {
            return self.lost(Lost::Blackhole(target.to_owned()));
        }
        self.appliances += 1;
        if self.appliances > MOST_APPLIANCES || self.hops.contains(&Hop::Instance(instance.id)) {
            return self.lost(Lost::Loop);
        }
        if checks {
            // World files cannot say that the check is off, so a route to the instance counts as meant.
            self.assume(Assumed::PassesOn(instance.id));
        }
        self.hops.push(Hop::Instance(instance.id));
        let groups = ends::groups_of(self.world, instance, instance.address);
        if let Some(drop) = self.packet.interface_drop(&groups) {
            return self.lost(drop);
        }
        self.route(&Source::instance(self.world, instance))
    }

    fn onward(&mut self, vpc: VpcId, id: &str) -> PathKind {
        self.hops.push(Hop::Onward(id.to_owned()));
        self.assume(Assumed::Onward(id.to_owned()));
        if on_internet(self.address) {
            return self.over_internet(None);
        }
        let within = self.world.vpcs.get(&vpc).filter(|it| it.contains(self.address));
        self.hops.push(Hop::Address(self.address, within.map(|vpc| vpc.id)));
        if id.starts_with("tgw-") { PathKind::Transit } else { PathKind::Private }
    }

    /// Over the internet, from a public address where it is known.
    fn over_internet(&mut self, from: Option<Ipv4Addr>) -> PathKind {
        if !on_internet(self.address) {
            return self.lost(Lost::PrivateAddress);
        }
        self.hops.push(Hop::Internet);
        let world = self.world;
        // Beyond the internet, groups are not known.
        self.packet.translate(from);
        if let Some(balancer) = ends::facing_at(world, self.address) {
            let Some(gateway) = world.members(balancer.vpc).internet_gateway else {
                return self.lost(Lost::NoGatewayThere(balancer.vpc));
            };
            self.hops.push(Hop::InternetGateway(gateway));
            if let Some(drop) =
                self.packet.entry_drop(None, ends::of_balancer(balancer, self.address))
            {
                return self.lost(drop);
            }
            self.balancer(balancer);
        } else if let Some(id) = world.public_addresses.get(&self.address) {
            if let Some(instance) = world.instances.get(id) {
                let vpc = instance.vpc;
                let Some(gateway) = world.members(vpc).internet_gateway else {
                    return self.lost(Lost::NoGatewayThere(vpc));
                };
                self.hops.push(Hop::InternetGateway(gateway));
                let subnet = world.subnets.get(&instance.subnet);
                if let Some(table) = subnet.and_then(|subnet| world.route_table_of(subnet))
                    && !self.leads_out(vpc, table, from)
                {
                    return self.lost(Lost::NoRouteBack(table.id));
                }
                let groups = ends::groups_of(world, instance, instance.address);
                if let Some(drop) = self.packet.entry_drop(None, (Some(instance.subnet), groups)) {
                    return self.lost(drop);
                }
            }
            self.hops.push(Hop::Destination(*id));
        } else {
            self.hops.push(match self.stands {
                Some(stands) => Hop::Service(stands.service.to_owned()),
                None => Hop::Address(self.address, None),
            });
        }
        PathKind::Public
    }

    /// Whether a table leads to its VPC's internet gateway: for an address, or at all where the address is not known.
    fn leads_out(&self, vpc: VpcId, table: &RouteTable, to: Option<Ipv4Addr>) -> bool {
        let Some(gateway) = self.world.members(vpc).internet_gateway else { return false };
        let out = |target: &RouteTarget| *target == RouteTarget::InternetGateway(gateway);
        match to {
            Some(address) => {
                most_specific(self.world, table, address).is_some_and(|found| out(found.target))
            }
            None => {
                let ranges = table.routes.iter().filter(|route| route.destination.is_ipv4());
                ranges.map(|route| &route.target).any(out)
                    || table.list_routes.iter().any(|route| out(&route.target))
            }
        }
    }

    /// The table of the subnet that holds an address of a VPC; `None` if no subnet does.
    fn table_at(&self, vpc: VpcId, address: Ipv4Addr) -> Option<&'w RouteTable> {
        let world: &'w World = self.world;
        let subnet = world.subnets.get(&ends::subnet_at(world, vpc, address)?)?;
        world.route_table_of(subnet).map(|table| &**table)
    }

    fn balancer(&mut self, balancer: &LoadBalancer) {
        self.hops.push(Hop::LoadBalancer(balancer.dns_name.clone()));
        let targets = self.world.instances_behind(balancer);
        if !targets.is_empty() {
            self.hops.push(Hop::Targets(targets));
        }
    }

    /// Through an endpoint's interface to its service.
    fn endpoint(&mut self, endpoint: &Endpoint) {
        let world = self.world;
        self.hops.push(Hop::EndpointInterface(endpoint.id, self.address));
        match &endpoint.service {
            ServiceRef::Aws(aws) => self.hops.push(Hop::Service(aws.short().to_owned())),
            ServiceRef::Customer { id, .. } => {
                self.hops.push(Hop::PrivateLink);
                let balancer = world
                    .endpoint_services
                    .get(id)
                    .and_then(|service| service.load_balancers.first())
                    .and_then(|name| world.load_balancers.get(name));
                if let Some(balancer) = balancer {
                    self.balancer(balancer);
                }
            }
        }
    }

    /// The resource that has an address of a VPC, for a packet from one of its subnets or from elsewhere.
    fn local(&mut self, vpc: VpcId, from: Option<SubnetId>) -> PathKind {
        let world = self.world;
        let End { holder, subnet, groups } = ends::end_at(world, vpc, self.address);
        if let Some(drop) = self.packet.entry_drop(from, (subnet, groups)) {
            return self.lost(drop);
        }
        match holder {
            Holder::Endpoint(endpoint) => self.endpoint(endpoint),
            Holder::Instance(id) => self.hops.push(Hop::Destination(id)),
            Holder::Balancer(balancer) => self.balancer(balancer),
            Holder::Inbound | Holder::Nobody => {
                self.hops.push(Hop::Address(self.address, Some(vpc)));
            }
        }
        PathKind::Private
    }
}

/// The route that decides among those that were made: the most specific one, and of equally long ones that to a range
/// before those to prefix lists (PL4).
fn most_specific<'w>(world: &World, table: &'w RouteTable, address: Ipv4Addr) -> Option<Match<'w>> {
    let found = |range: IpNetwork, list, target| {
        range.contains(address.into()).then(|| Match {
            prefix: range.prefix(),
            list,
            range,
            target,
        })
    };
    let ranges = table.routes.iter().filter_map(|it| found(it.destination, None, &it.target));
    let lists = table.list_routes.iter().flat_map(|it| {
        it.ranges(world).filter_map(move |range| found(range, Some(it.list), &it.target))
    });
    lists.chain(ranges).max_by_key(|found| (found.prefix, found.list.is_none()))
}

/// Whether the internet routes an address: not private (RFC 1918), shared (RFC 6598), link-local or loopback.
fn on_internet(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    !(address.is_private() || address.is_loopback() || address.is_link_local() || shared)
}

/// Whether an address may stand for a service of a region without lying in a published range of that service.
fn stands_for_aws(region: &'static catalog::Region, address: Ipv4Addr) -> bool {
    let (documentation, prefix) = DOCUMENTATION;
    Ipv4Network::new(documentation, prefix).is_ok_and(|range| range.contains(address))
        || catalog::ranges(Some(region), "AMAZON").iter().any(|it| it.contains(address.into()))
}

#[cfg(test)]
mod tests;
