//! Changes: the only way from one World to the next.
//!
//! Each is named and parameterised as the EC2 action that makes it and carries every id and address it uses. It gives
//! the next World or AWS's refusal; a refused Change leaves nothing behind.

use smallvec::SmallVec;

use super::{
    client_token::UseClientToken,
    dhcp_options::{AssociateDhcpOptions, CreateDhcpOptions, DeleteDhcpOptions},
    elastic_address::{AllocateAddress, AssociateAddress, DisassociateAddress, ReleaseAddress},
    endpoint_change::{
        CreateVpcEndpoint, DeleteVpcEndpoints, ModifyVpcEndpoint, SetEndpointHealth, Settle,
    },
    endpoint_service::{
        AcceptVpcEndpointConnections, CreateVpcEndpointServiceConfiguration,
        DeleteVpcEndpointServiceConfigurations, ModifyVpcEndpointServiceConfiguration,
        ModifyVpcEndpointServicePermissions, RejectVpcEndpointConnections, VerifyPrivateDns,
    },
    fault::SetFaults,
    firewall::{AssociateFirewallRuleGroup, CreateFirewallRuleGroup, UpdateFirewallConfig},
    guest::{ModifyInstanceMetadataOptions, SetGuest},
    hosted_zone::{AssociateVpcWithHostedZone, ChangeResourceRecordSets, CreateHostedZone},
    id::VpcId,
    instance::RunInstances,
    instance_life::{ModifyInstanceAttribute, StartInstances, StopInstances, TerminateInstances},
    internet_gateway::{
        AttachInternetGateway, CreateInternetGateway, DeleteInternetGateway, DetachInternetGateway,
    },
    load_balancer::CreateLoadBalancer,
    managed_resource::{CreateManagedResource, SetEndpointAccess},
    map::Map,
    network_interface::{
        AttachNetworkInterface, CreateNetworkInterface, DeleteNetworkInterface,
        DetachNetworkInterface, ModifyNetworkInterfaceAttribute,
    },
    other_names::SetOtherNames,
    peering::{
        AcceptVpcPeeringConnection, CreateVpcPeeringConnection, DeleteVpcPeeringConnection,
        ModifyVpcPeeringConnectionOptions, RejectVpcPeeringConnection,
    },
    placement_group::{CreatePlacementGroup, DeletePlacementGroup},
    refusal::Refusal,
    resolver_endpoint::CreateInboundEndpoint,
    resolver_rule::{AssociateResolverRule, CreateResolverRule},
    route::{CreateRoute, DeleteRoute, ReplaceRoute},
    route_table::{
        AssociateRouteTable, CreateRouteTable, DeleteRouteTable, DisassociateRouteTable,
        ReplaceRouteTableAssociation,
    },
    security_group::{CreateSecurityGroup, DeleteSecurityGroup},
    security_group_rule::{AuthorizeSecurityGroup, ModifySecurityGroupRules, RevokeSecurityGroup},
    subnet::{CreateSubnet, DeleteSubnet, ModifySubnetAttribute},
    switches::Switches,
    tag::{CreateTags, DeleteTags},
    vpc::{CreateVpc, DeleteVpc, ModifyVpcAttribute},
    vpc_cidr::{AssociateVpcCidrBlock, DisassociateVpcCidrBlock},
    world::World,
};

/// Which VPCs' Views a Change alters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched(pub SmallVec<[VpcId; 2]>);

impl Touched {
    /// None.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// One.
    pub fn vpc(vpc: VpcId) -> Self {
        Self(SmallVec::from_slice(&[vpc]))
    }

    /// These and those.
    pub fn join(&mut self, other: Self) {
        for vpc in other.0 {
            if !self.0.contains(&vpc) {
                self.0.push(vpc);
            }
        }
    }
}

macro_rules! changes {
    ($($name:ident,)*) => {
        /// One change of the World.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Change {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name(Box<$name>),
            )*
        }

        $(
            impl From<$name> for Change {
                fn from(change: $name) -> Self {
                    Self::$name(Box::new(change))
                }
            }
        )*

        impl Change {
            /// The name of the action.
            pub fn action(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            fn apply_to(&self, world: &mut World) -> Result<Touched, Refusal> {
                match self {
                    $(Self::$name(change) => change.apply(world),)*
                }
            }
        }
    };
}

changes! {
    CreateVpc,
    DeleteVpc,
    ModifyVpcAttribute,
    AssociateVpcCidrBlock,
    DisassociateVpcCidrBlock,
    CreateSubnet,
    DeleteSubnet,
    ModifySubnetAttribute,
    CreateRouteTable,
    CreateRoute,
    DeleteRoute,
    AssociateRouteTable,
    ReplaceRoute,
    DeleteRouteTable,
    DisassociateRouteTable,
    ReplaceRouteTableAssociation,
    CreateInternetGateway,
    AttachInternetGateway,
    DetachInternetGateway,
    DeleteInternetGateway,
    RunInstances,
    TerminateInstances,
    SetGuest,
    ModifyInstanceMetadataOptions,
    StopInstances,
    StartInstances,
    ModifyInstanceAttribute,
    CreateNetworkInterface,
    DeleteNetworkInterface,
    ModifyNetworkInterfaceAttribute,
    AttachNetworkInterface,
    DetachNetworkInterface,
    AllocateAddress,
    AssociateAddress,
    DisassociateAddress,
    ReleaseAddress,
    CreateSecurityGroup,
    DeleteSecurityGroup,
    AuthorizeSecurityGroup,
    RevokeSecurityGroup,
    ModifySecurityGroupRules,
    CreatePlacementGroup,
    DeletePlacementGroup,
    CreateVpcEndpoint,
    ModifyVpcEndpoint,
    DeleteVpcEndpoints,
    Settle,
    SetEndpointHealth,
    CreateVpcEndpointServiceConfiguration,
    ModifyVpcEndpointServiceConfiguration,
    DeleteVpcEndpointServiceConfigurations,
    ModifyVpcEndpointServicePermissions,
    VerifyPrivateDns,
    AcceptVpcEndpointConnections,
    RejectVpcEndpointConnections,
    CreateLoadBalancer,
    CreateManagedResource,
    SetEndpointAccess,
    CreateHostedZone,
    AssociateVpcWithHostedZone,
    ChangeResourceRecordSets,
    CreateVpcPeeringConnection,
    AcceptVpcPeeringConnection,
    RejectVpcPeeringConnection,
    DeleteVpcPeeringConnection,
    ModifyVpcPeeringConnectionOptions,
    CreateDhcpOptions,
    DeleteDhcpOptions,
    AssociateDhcpOptions,
    CreateInboundEndpoint,
    CreateResolverRule,
    AssociateResolverRule,
    CreateFirewallRuleGroup,
    AssociateFirewallRuleGroup,
    UpdateFirewallConfig,
    UseClientToken,
    CreateTags,
    DeleteTags,
    SetSwitches,
    SetDefaultClient,
    SetOtherNames,
    SetFaults,
}

/// The choices a world file makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSwitches {
    /// The choices.
    pub switches: Switches,
}

/// Who asks when nothing else tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetDefaultClient {
    /// A name or id, or `internet`.
    pub client: String,
}

impl SetSwitches {
    fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.switches = std::sync::Arc::new(self.switches);
        Ok(Touched(world.vpcs.keys().copied().collect()))
    }
}

impl SetDefaultClient {
    fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.default_client = Some(self.client.as_str().into());
        Ok(Touched::nothing())
    }
}

impl World {
    /// The next World, and which Views differ.
    ///
    /// # Errors
    ///
    /// AWS's refusal; this World is unchanged either way.
    pub fn apply(&self, change: &Change) -> Result<(Self, Touched), Refusal> {
        let mut next = self.clone();
        let touched = next.apply_in_place(change)?;
        Ok((next, touched))
    }

    /// Becomes the next World without a copy of what nobody else holds; which Views differ.
    ///
    /// # Errors
    ///
    /// AWS's refusal; this World may then be half changed and is of no use any more.
    pub fn apply_in_place(&mut self, change: &Change) -> Result<Touched, Refusal> {
        let touched = change.apply_to(self)?;
        self.generation += 1;
        Ok(touched)
    }
}

/// Refuses an id that is taken. AWS makes ids itself, so the text is ours.
pub(super) fn duplicate<K, V>(map: &Map<K, V>, id: &K) -> Result<(), Refusal>
where
    K: std::hash::Hash + Eq + Clone + Ord + std::fmt::Display,
    V: Clone,
{
    if map.contains_key(id) {
        return Err(Refusal::value(format!("The id {id} is already in use"), "N3"));
    }
    Ok(())
}
