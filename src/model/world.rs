//! The World: everything an answer may depend on, as one immutable value.
//!
//! Cloning is cheap (persistent maps). Only a [`Change`](super::change::Change) makes the next World.

use std::{net::Ipv4Addr, sync::Arc};

use super::{
    addresses::Holder,
    client_token::UsedToken,
    connection_notification::NotificationAbout,
    endpoint::{Endpoint, EndpointInterface},
    endpoint_service::EndpointService,
    fault::Fault,
    firewall::FirewallAssociation,
    guest::Guest,
    hosted_zone::HostedZone,
    id::{
        EndpointId, EndpointServiceId, FirewallRuleGroupId, InstanceId, InternetGatewayId,
        NetworkInterfaceId, PeeringId, ProfileId, ResolverRuleId, RouteTableId, SubnetId, VpcId,
        ZoneId,
    },
    id_words::IdWords,
    instance::Instance,
    instance_life::Terminated,
    map::{Map, Shared},
    other_names::OtherNames,
    profile::Shareable,
    refusal::Refusal,
    resources::resources,
    route_table::RouteTable,
    subnet::Subnet,
    switches::Switches,
    vpc::Vpc,
};

macro_rules! world {
    ($(#[$doc:meta] $map:ident $id:ty => $type:ty;)*) => {
        /// Everything that exists.
        #[derive(Clone, Default)]
        pub struct World {
            $(
                #[$doc]
                pub $map: Map<$id, Arc<$type>>,
            )*
            /// What lies in each VPC.
            pub members: Map<VpcId, Arc<Members>>,
            /// The metadata of instances, if it was set.
            pub guests: Map<InstanceId, Arc<Guest>>,
            /// The instances that were terminated not long ago. They have no addresses.
            pub terminated: Map<InstanceId, Arc<Terminated>>,
            /// Which instance holds a private address of a VPC.
            pub private_addresses: Shared<(VpcId, Ipv4Addr), InstanceId>,
            /// Which other network interface holds a private address of a VPC.
            pub interface_addresses: Shared<(VpcId, Ipv4Addr), NetworkInterfaceId>,
            /// Which instance holds a public address.
            pub public_addresses: Shared<Ipv4Addr, InstanceId>,
            /// The client tokens that were used, by account, region, action and token.
            pub client_tokens: Map<String, Arc<UsedToken>>,
            /// The tags, by id, of resources that are not stored because they follow from others, such as a VPC's
            /// network ACL.
            pub derived_tags: Map<String, Arc<Tags>>,
            /// Other names of resources, by id, or by DNS name for load balancers and managed resources. Entries of
            /// what is gone say nothing.
            pub other_names: Map<String, Arc<OtherNames>>,
            /// The switches of the world file, for behaviour that AWS does not document.
            pub switches: Arc<Switches>,
            /// Faults on purpose. The first one that matches a question applies.
            pub faults: Arc<[Fault]>,
            /// The client that a query counts as, if nothing else says where it comes from: an instance, subnet or VPC
            /// name or id, or `internet`.
            pub default_client: Option<Arc<str>>,
            /// How many Changes made it.
            pub generation: u64,
            /// How many Changes each writer of the store had made at the last write.
            pub counted: Shared<String, u64>,
        }

        /// How many there are of each kind: the whole of a large World would be megabytes.
        impl std::fmt::Debug for World {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = formatter.debug_struct("World");
                $(shown.field(stringify!($map), &self.$map.len());)*
                shown.finish_non_exhaustive()
            }
        }
    };
}

resources! { maps => world }

/// The resources of a VPC, each list in the order of creation.
#[derive(Clone, Default, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Members {
    /// Its subnets.
    #[serde(deserialize_with = "super::stored::exact")]
    pub subnets: Vec<SubnetId>,
    /// Its route tables.
    pub route_tables: Vec<RouteTableId>,
    /// Its instances.
    pub instances: Vec<InstanceId>,
    /// Its endpoints.
    #[serde(deserialize_with = "super::stored::exact")]
    pub endpoints: Vec<EndpointId>,
    /// The private hosted zones associated with it.
    pub zones: Vec<ZoneId>,
    /// The peering connections it takes part in.
    pub peerings: Vec<PeeringId>,
    /// The internet gateway attached to it.
    pub internet_gateway: Option<InternetGatewayId>,
    /// The Resolver rules associated with it.
    pub rules: Vec<ResolverRuleId>,
    /// The DNS Firewall rule groups associated with it, with their priorities, the lowest first.
    pub firewall: Vec<(u32, FirewallRuleGroupId)>,
    /// Whether queries pass while the firewall is failing (R66).
    pub firewall_fail_open: bool,
    /// Whether the firewall is failing.
    pub firewall_failing: bool,
    /// What the API shows of the firewall's associations besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub firewall_details: Vec<FirewallAssociation>,
    /// The Profiles associated with it, with their priorities, the lowest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<(u32, ProfileId)>,
    /// Whether the Resolver validates DNSSEC, as the API shows it.
    #[serde(default)]
    pub dnssec_validation: bool,
    /// The World's generation when the VPC was made: the order of VPCs.
    pub since: u64,
}

/// Tags of a resource, in the order given.
#[derive(Clone, Default, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tags(#[serde(deserialize_with = "super::stored::exact")] pub Vec<(String, String)>);

impl Tags {
    /// One tag, `Name`.
    pub fn named(name: &str) -> Self {
        Self(vec![("Name".to_owned(), name.to_owned())])
    }

    /// The value of the tag `Name`.
    pub fn name(&self) -> Option<&str> {
        self.get("Name")
    }

    /// The value of a tag.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

impl World {
    /// The VPC, or AWS's refusal.
    pub fn vpc(&self, id: VpcId) -> Result<&Arc<Vpc>, Refusal> {
        self.vpcs.get(&id).ok_or_else(|| id.missing("A21"))
    }

    /// The subnet, or AWS's refusal.
    pub fn subnet(&self, id: SubnetId) -> Result<&Arc<Subnet>, Refusal> {
        self.subnets.get(&id).ok_or_else(|| id.missing("A21"))
    }

    /// The route table, or AWS's refusal.
    pub fn route_table(&self, id: RouteTableId) -> Result<&Arc<RouteTable>, Refusal> {
        self.route_tables.get(&id).ok_or_else(|| id.missing("A21"))
    }

    /// The endpoint, or AWS's refusal (A21).
    pub fn endpoint(&self, id: EndpointId) -> Result<&Arc<Endpoint>, Refusal> {
        self.endpoints.get(&id).ok_or_else(|| id.missing("A21"))
    }

    /// The endpoint service, or AWS's refusal (A60).
    pub fn endpoint_service(
        &self,
        id: EndpointServiceId,
    ) -> Result<&Arc<EndpointService>, Refusal> {
        self.endpoint_services.get(&id).ok_or_else(|| id.missing("A60"))
    }

    /// The resources of a VPC; empty for a VPC that does not exist.
    pub fn members(&self, vpc: VpcId) -> &Members {
        static NONE: Members = Members {
            subnets: Vec::new(),
            route_tables: Vec::new(),
            instances: Vec::new(),
            endpoints: Vec::new(),
            zones: Vec::new(),
            peerings: Vec::new(),
            internet_gateway: None,
            rules: Vec::new(),
            firewall: Vec::new(),
            firewall_fail_open: false,
            firewall_failing: false,
            firewall_details: Vec::new(),
            profiles: Vec::new(),
            dnssec_validation: false,
            since: 0,
        };
        self.members.get(&vpc).map_or(&NONE, |members| members)
    }

    /// The endpoints of a VPC.
    pub fn endpoints_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<Endpoint>> {
        self.members(vpc).endpoints.iter().filter_map(|id| self.endpoints.get(id))
    }

    /// The subnets of a VPC.
    pub fn subnets_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<Subnet>> {
        self.members(vpc).subnets.iter().filter_map(|id| self.subnets.get(id))
    }

    /// The instances of a VPC.
    pub fn instances_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<Instance>> {
        self.members(vpc).instances.iter().filter_map(|id| self.instances.get(id))
    }

    /// The private hosted zones of a VPC.
    pub fn zones_of(&self, vpc: VpcId) -> impl Iterator<Item = &Arc<HostedZone>> {
        self.members(vpc).zones.iter().filter_map(|id| self.hosted_zones.get(id))
    }

    /// The VPCs, in the order they were made.
    pub fn vpcs_in_order(&self) -> Vec<&Arc<Vpc>> {
        let mut vpcs: Vec<_> = self.vpcs.values().collect();
        vpcs.sort_by_key(|vpc| (self.members(vpc.id).since, vpc.id));
        vpcs
    }

    /// The route table a subnet uses: its own, else the VPC's main one.
    pub fn route_table_of(&self, subnet: &Subnet) -> Option<&Arc<RouteTable>> {
        let id = match subnet.route_table {
            Some(id) => id,
            None => self.vpcs.get(&subnet.vpc)?.main_route_table,
        };
        self.route_tables.get(&id)
    }

    /// Whether `address` is held by a network interface of the VPC.
    pub fn address_in_use(&self, vpc: VpcId, address: Ipv4Addr) -> bool {
        self.private_addresses.contains_key(&(vpc, address))
            || self.interface_addresses.contains_key(&(vpc, address))
    }

    /// Replaces the endpoint with this id, and enters the addresses of its interfaces.
    pub(super) fn put_endpoint(&mut self, endpoint: Endpoint) {
        let (id, vpc) = (endpoint.id, endpoint.vpc);
        let addresses = |endpoint: &Endpoint| -> Vec<_> {
            let held = |it: &EndpointInterface| Some(((vpc, it.v4?), it.id));
            endpoint.interfaces.iter().filter_map(held).collect()
        };
        let new = addresses(&endpoint);
        let old = self.endpoints.insert(id, Arc::new(endpoint)).map(|old| addresses(&old));
        for (address, _) in old.unwrap_or_default() {
            self.interface_addresses.remove(&address);
        }
        for (address, interface) in new {
            self.interface_addresses.insert(address, interface);
        }
    }

    /// Removes an endpoint and the addresses of its interfaces.
    pub(super) fn remove_endpoint(&mut self, endpoint: &Endpoint) {
        for address in endpoint.interfaces.iter().filter_map(|interface| interface.v4) {
            self.interface_addresses.remove(&(endpoint.vpc, address));
        }
        self.endpoints.remove(&endpoint.id);
        self.remove_notifications(NotificationAbout::Endpoint(endpoint.id));
        self.drop_from_profiles(Shareable::Endpoint(endpoint.id));
        self.edit_members(endpoint.vpc, |members| {
            members.endpoints.retain(|id| *id != endpoint.id);
        });
    }

    /// Rebuilds the derived maps after a World was read in parts.
    pub fn index(&mut self) {
        for instance in self.instances.clone().values() {
            instance.hold(self);
        }
        for interface in self.network_interfaces.clone().values() {
            interface.hold(self);
        }
        for endpoint in self.endpoints.clone().values() {
            endpoint.hold(self);
        }
        for gateway in self.nat_gateways.clone().values() {
            gateway.hold(self);
        }
        for balancer in self.load_balancers.clone().values() {
            balancer.hold(self);
        }
    }

    /// The lowest free address of a subnet from .4 on (interface.md, "Data a test may rely on").
    pub fn free_address(&self, subnet: &Subnet) -> Option<Ipv4Addr> {
        let first = u32::from(subnet.cidr.network()).checked_add(4)?;
        let last = u32::from(subnet.cidr.broadcast());
        (first..last).map(Ipv4Addr::from).find(|address| !self.address_in_use(subnet.vpc, *address))
    }

    /// Changes the lists of a VPC's resources.
    pub(super) fn edit_members(&mut self, vpc: VpcId, edit: impl FnOnce(&mut Members)) {
        let mut members = self.members(vpc).clone();
        edit(&mut members);
        self.members.insert(vpc, Arc::new(members));
    }
}
