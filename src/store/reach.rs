//! What a row alters beside its own table: the maps of addresses, and what is compiled for each VPC.

use crate::model::{
    addresses::Holder,
    change::Touched,
    cidr_collection::CidrCollection,
    client_token::UsedToken,
    cloud_map::{CloudMapNamespace, CloudMapService},
    connection_notification::ConnectionNotification,
    delegation_set::DelegationSet,
    dhcp_options::DhcpOptions,
    egress_only_gateway::EgressOnlyGateway,
    elastic_address::ElasticAddress,
    endpoint::Endpoint,
    endpoint_service::EndpointService,
    firewall::FirewallRuleGroup,
    firewall_domain_list::FirewallDomainList,
    guest::Guest,
    health_check::HealthCheck,
    hosted_zone::HostedZone,
    id::VpcId,
    instance::Instance,
    instance_life::Terminated,
    interface_permission::NetworkInterfacePermission,
    internet_gateway::InternetGateway,
    key_pair::KeyPair,
    launch_template::LaunchTemplate,
    load_balancer::LoadBalancer,
    managed_prefix_list::ManagedPrefixList,
    managed_resource::ManagedResource,
    nat_gateway::NatGateway,
    network_acl::NetworkAcl,
    network_interface::NetworkInterface,
    other_names::OtherNames,
    peering::Peering,
    placement_group::PlacementGroup,
    profile::Profile,
    query_log::QueryLogConfig,
    resolver_endpoint::{InboundEndpoint, OutboundEndpoint},
    resolver_rule::ResolverRule,
    route_table::RouteTable,
    security_group::SecurityGroup,
    stack::Stack,
    stored_parameter::StoredParameter,
    subnet::Subnet,
    target_group::TargetGroup,
    trust_store::TrustStore,
    vpc::Vpc,
    world::{Members, Tags, World},
};

/// The value of a row with key `K`.
pub(super) trait Reach<K> {
    /// The VPCs for which something is compiled from it: their Views, places and published names.
    fn vpcs(&self, _key: &K, _touched: &mut Touched) {}

    /// Enters its addresses.
    fn hold(&self, _world: &mut World) {}

    /// Takes its addresses out.
    fn release(&self, _world: &mut World) {}
}

/// Adds a VPC.
fn touch(touched: &mut Touched, vpc: VpcId) {
    touched.join(Touched::vpc(vpc));
}

/// Rows about one VPC, which the key names.
macro_rules! keyed_by_vpc {
    ($($value:ty)*) => {$(
        impl Reach<VpcId> for $value {
            fn vpcs(&self, key: &VpcId, touched: &mut Touched) {
                touch(touched, *key);
            }
        }
    )*};
}

/// Rows that belong to several VPCs.
macro_rules! of_vpcs {
    ($($value:ty)*) => {$(
        impl<K> Reach<K> for $value {
            fn vpcs(&self, _key: &K, touched: &mut Touched) {
                self.vpcs.iter().for_each(|vpc| touch(touched, *vpc));
            }
        }
    )*};
}

/// Rows that hold addresses in one VPC.
macro_rules! holders {
    ($($value:ty)*) => {$(
        impl<K> Reach<K> for $value {
            fn vpcs(&self, _key: &K, touched: &mut Touched) {
                touch(touched, self.vpc);
            }

            fn hold(&self, world: &mut World) {
                Holder::hold(self, world);
            }

            fn release(&self, world: &mut World) {
                Holder::release(self, world);
            }
        }
    )*};
}

/// Rows from which nothing is compiled for a VPC: they are looked up in the World, or in the tables across VPCs.
macro_rules! looked_up {
    ($($value:ty)*) => {$(
        impl<K> Reach<K> for $value {}
    )*};
}

keyed_by_vpc! { Vpc Members }
of_vpcs! { HostedZone ResolverRule }
holders! { Instance NetworkInterface Endpoint NatGateway }
looked_up! {
    RouteTable InternetGateway EgressOnlyGateway NetworkAcl ManagedPrefixList LaunchTemplate Guest Terminated ElasticAddress
    ConnectionNotification SecurityGroup PlacementGroup KeyPair EndpointService TargetGroup ManagedResource Peering DhcpOptions HealthCheck
    FirewallRuleGroup InboundEndpoint OutboundEndpoint FirewallDomainList QueryLogConfig UsedToken Tags OtherNames Stack
    CloudMapNamespace CloudMapService NetworkInterfacePermission TrustStore StoredParameter DelegationSet CidrCollection
}

impl<K> Reach<K> for LoadBalancer {
    fn hold(&self, world: &mut World) {
        Holder::hold(self, world);
    }

    fn release(&self, world: &mut World) {
        Holder::release(self, world);
    }
}

impl<K> Reach<K> for Profile {
    fn vpcs(&self, _key: &K, touched: &mut Touched) {
        self.vpcs.iter().for_each(|it| touch(touched, it.vpc));
    }
}

impl<K> Reach<K> for Subnet {
    fn vpcs(&self, _key: &K, touched: &mut Touched) {
        touch(touched, self.vpc);
    }
}
