//! Ownership: the one place that looks up a resource by its id for a caller.
//!
//! [`Owned::find`] gives only what the caller owns or may see. `Parameters` collects every id that a request names,
//! and all are looked up before the action runs, so no action can forget the check. An id that may belong to
//! anybody is read with `Parameters::anyones_id`.
//! Names, addresses and association ids that have no type of their own are looked up in their resource's file. Most
//! look-ups are made from the table of resources; those with a rule of their own stand here.

use std::sync::Arc;

use super::{context::Context, error::ApiError, resource_id::ResourceId};
use crate::{
    catalog::{self, PrefixList},
    model::{
        connection_notification::ConnectionNotification,
        dhcp_options::{DhcpOptions, default_set},
        elastic_address::ElasticAddress,
        id::{
            self, AssociationId, AttachmentId, DhcpOptionsId, InstanceId, NatGatewayId,
            NetworkAclId, NetworkInterfaceId, PrefixListId, RegionName, SecurityGroupRuleId,
            VolumeId, VpcId,
        },
        instance::Instance,
        instance_life::{DESCRIBED, Terminated},
        interface_permission::NetworkInterfacePermission,
        managed_prefix_list::ManagedPrefixList,
        nat_gateway::NatGateway,
        network_acl::NetworkAcl,
        network_interface::Interface,
        resources::resources,
        security_group_rule::SecurityGroupRule,
        volume::Volume,
        world::Tags,
    },
};

/// An id whose resource has an owner.
pub(super) trait Owned: ResourceId + 'static {
    /// The resource.
    type Found<'c>;

    /// The resource, if the caller owns it or may see it.
    fn find<'c>(self, context: &'c Context<'_>) -> Option<Self::Found<'c>>;

    /// Whether the caller may name the id: also that of an instance he terminated lately.
    fn is_known(self, context: &Context<'_>) -> bool {
        self.find(context).is_some()
    }
}

impl Context<'_> {
    /// The caller's resource with this id.
    ///
    /// # Errors
    ///
    /// The resource's `…NotFound` code, also if somebody else owns it.
    pub(super) fn own<T: Owned>(&self, id: T) -> Result<T::Found<'_>, ApiError> {
        id.find(self).ok_or_else(|| id.not_found())
    }

    /// Refuses ids that name nothing of the caller's, all of them in one message (A21).
    ///
    /// # Errors
    ///
    /// The resource's `…NotFound` code.
    pub(super) fn check_known<T: Owned>(&self, ids: &[T]) -> Result<(), ApiError> {
        let mut unknown: Vec<T> = ids.iter().copied().filter(|id| !id.is_known(self)).collect();
        unknown.dedup();
        if unknown.is_empty() { Ok(()) } else { Err(T::all_not_found(&unknown)) }
    }

    /// Whether a resource of this account and region is the caller's.
    pub(super) fn is_home(&self, region: RegionName, owner: &str) -> bool {
        region == self.region && *owner == *self.account
    }

    /// Whether the caller owns the VPC a resource lies in.
    pub(super) fn owns_vpc(&self, vpc: VpcId) -> bool {
        vpc.find(self).is_some()
    }

    /// The DHCP option set that the caller's region provides.
    pub(super) fn default_dhcp_options(&self) -> DhcpOptions {
        let mut default = default_set(self.region, &self.account);
        if let Some(tags) = self.world().derived_tags.get(&default.id.to_string()) {
            default.tags = Tags::clone(tags);
        }
        default
    }

    /// The caller's instance that was terminated and is still described.
    pub(super) fn own_terminated(&self, id: InstanceId) -> Option<&Arc<Terminated>> {
        self.world().terminated.get(&id).filter(|it| {
            self.is_home(it.region, &it.owner) && self.now < it.at.saturating_add(DESCRIBED)
        })
    }
}

/// Whether a resource with a region and an owner of its own is the caller's.
macro_rules! own {
    ($context:ident, $it:ident) => {
        $context.is_home($it.region, &$it.owner)
    };
}

/// Whether the VPC of a resource is the caller's.
macro_rules! of_vpc {
    ($context:ident, $it:ident) => {
        $context.owns_vpc($it.vpc)
    };
}

/// Whether one of the two VPCs of a resource is the caller's: both sides may name it. What each may do with it is the
/// action's rule.
macro_rules! of_two {
    ($context:ident, $it:ident) => {
        $context.owns_vpc($it.requester) || $context.owns_vpc($it.accepter)
    };
}

macro_rules! owned {
    ($($id:ident $map:ident ($type:ty) $owner:ident plain;)*) => {$(
        impl Owned for id::$id {
            type Found<'c> = &'c Arc<$type>;

            fn find<'c>(self, context: &'c Context<'_>) -> Option<Self::Found<'c>> {
                context.world().$map.get(&self).filter(|it| $owner!(context, it))
            }
        }
    )*};
}

resources! { owned => owned }

impl Owned for id::NetworkInterfacePermissionId {
    type Found<'c> = &'c Arc<NetworkInterfacePermission>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<Self::Found<'c>> {
        let found = context.world().network_interface_permissions.get(&self);
        found.filter(|it| it.interface.find(context).is_some())
    }
}

impl Owned for id::ConnectionNotificationId {
    type Found<'c> = &'c Arc<ConnectionNotification>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<Self::Found<'c>> {
        let found = context.world().connection_notifications.get(&self);
        found.filter(|it| context.is_home(it.region, &it.owner))
    }
}

impl Owned for InstanceId {
    type Found<'c> = &'c Arc<Instance>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<&'c Arc<Instance>> {
        context.world().instances.get(&self).filter(|it| context.owns_vpc(it.vpc))
    }

    fn is_known(self, context: &Context<'_>) -> bool {
        self.find(context).is_some() || context.own_terminated(self).is_some()
    }
}

/// One that was deleted is known as long as it is described.
impl Owned for NatGatewayId {
    type Found<'c> = &'c Arc<NatGateway>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<&'c Arc<NatGateway>> {
        let found = context.world().nat_gateways.get(&self);
        found.filter(|it| context.owns_vpc(it.vpc) && it.is_described(context.now))
    }
}

impl Owned for NetworkInterfaceId {
    type Found<'c> = Interface<'c>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<Interface<'c>> {
        context.world().interface(self).ok().filter(|it| context.owns_vpc(it.vpc()))
    }
}

impl Owned for AttachmentId {
    type Found<'c> = Interface<'c>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<Interface<'c>> {
        let found = context.world().interfaces().find(|it| it.attachment_id() == Some(self));
        found.filter(|it| context.owns_vpc(it.vpc()))
    }
}

/// A volume, and the instance it is attached to.
pub(super) struct AttachedVolume<'w> {
    /// Its id.
    pub id: VolumeId,
    /// What it is like.
    pub volume: Volume,
    /// The instance.
    pub instance: &'w Instance,
    /// The name of the instance's zone.
    pub zone: &'w str,
    /// Its tags, if it was given any.
    pub tags: Option<&'w Tags>,
}

impl<'w> AttachedVolume<'w> {
    /// Every volume of the caller's.
    pub(super) fn all(context: &'w Context<'_>) -> impl Iterator<Item = Self> {
        let world = context.world();
        let own = world.instances.values().filter(|it| context.owns_vpc(it.vpc));
        own.flat_map(move |instance| {
            let zone = world.subnets.get(&instance.subnet).map_or("", |subnet| &*subnet.zone);
            let volumes = instance.volumes().into_iter();
            volumes.map(move |(id, volume)| {
                let tags = world.derived_tags.get(&id.to_string()).map(|tags| &**tags);
                Self { id, volume, instance, zone, tags }
            })
        })
    }
}

impl Owned for VolumeId {
    type Found<'c> = AttachedVolume<'c>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<AttachedVolume<'c>> {
        AttachedVolume::all(context).find(|it| it.id == self)
    }
}

impl Owned for SecurityGroupRuleId {
    type Found<'c> = &'c SecurityGroupRule;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<&'c SecurityGroupRule> {
        let mut groups = context.world().security_groups.values();
        let found = groups.find_map(|group| {
            group.rules.iter().find(|rule| rule.id == self).map(|rule| (group.vpc, rule))
        });
        found.filter(|(vpc, _)| context.owns_vpc(*vpc)).map(|(_, rule)| rule)
    }
}

impl Owned for DhcpOptionsId {
    type Found<'c> = Arc<DhcpOptions>;

    fn find(self, context: &Context<'_>) -> Option<Arc<DhcpOptions>> {
        let found = context.world().dhcp_options.get(&self);
        let found = found.filter(|it| context.is_home(it.region, &it.owner)).cloned();
        found.or_else(|| {
            let default = context.default_dhcp_options();
            (default.id == self).then(|| Arc::new(default))
        })
    }
}

/// A prefix list.
pub(super) enum FoundList<'c> {
    /// One of AWS's, which every caller of the region sees.
    Aws(&'static PrefixList),
    /// One of the caller's.
    Own(&'c Arc<ManagedPrefixList>),
}

impl FoundList<'_> {
    /// Its id.
    pub(super) fn id(&self) -> String {
        match self {
            Self::Aws(list) => list.id.clone(),
            Self::Own(list) => list.id.to_string(),
        }
    }
}

impl Owned for PrefixListId {
    type Found<'c> = FoundList<'c>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<FoundList<'c>> {
        let own = context.world().prefix_lists.get(&self);
        if let Some(own) = own.filter(|it| context.is_home(it.region, &it.owner)) {
            return Some(FoundList::Own(own));
        }
        let lists = catalog::prefix_lists(catalog::region(context.region)?);
        let id = self.to_string();
        lists.iter().find(|list| list.id == id).map(FoundList::Aws)
    }
}

impl Owned for AssociationId {
    type Found<'c> = &'c Arc<ElasticAddress>;

    fn find<'c>(self, context: &'c Context<'_>) -> Option<&'c Arc<ElasticAddress>> {
        let mut all = context.world().elastic_addresses.values();
        let found = all.find(|it| it.association.is_some_and(|held| held.id == self));
        found.filter(|it| context.is_home(it.region, &it.owner))
    }
}

/// The default network ACL of a VPC follows from it.
impl Owned for NetworkAclId {
    type Found<'c> = Arc<NetworkAcl>;

    fn find(self, context: &Context<'_>) -> Option<Arc<NetworkAcl>> {
        context.world().network_acl(self).filter(|it| context.owns_vpc(it.vpc))
    }
}
