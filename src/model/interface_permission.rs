//! Permissions for network interfaces: which account may attach one to an instance of its own, or give it an elastic address.
//!
//! They are kept and shown. No other account attaches an interface by one.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{NetworkInterfaceId, NetworkInterfacePermissionId},
    id_words::IdWords,
    refusal::Refusal,
    world::World,
};

/// A permission for a network interface.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NetworkInterfacePermission {
    /// Its id.
    pub id: NetworkInterfacePermissionId,
    /// The interface.
    pub interface: NetworkInterfaceId,
    /// The account that has the permission.
    pub account: Arc<str>,
    /// What it may do.
    pub kind: InterfacePermission,
}

/// What an account may do with an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum InterfacePermission {
    /// Attach it to an instance.
    InstanceAttach,
    /// Give it an elastic address.
    EipAssociate,
}

impl InterfacePermission {
    /// Every permission, with AWS's word.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("INSTANCE-ATTACH", Self::InstanceAttach), ("EIP-ASSOCIATE", Self::EipAssociate)];

    /// AWS's word.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// `CreateNetworkInterfacePermission`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateNetworkInterfacePermission {
    /// The permission.
    pub permission: NetworkInterfacePermission,
}

/// `DeleteNetworkInterfacePermission`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteNetworkInterfacePermission {
    /// The permission.
    pub permission: NetworkInterfacePermissionId,
}

impl CreateNetworkInterfacePermission {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let made = &self.permission;
        world.own_interface(made.interface)?;
        duplicate(&world.network_interface_permissions, &made.id)?;
        let same = |it: &&Arc<NetworkInterfacePermission>| {
            (it.interface, &it.account, it.kind) == (made.interface, &made.account, made.kind)
        };
        if world.network_interface_permissions.values().find(same).is_some() {
            let text = format!(
                "The account {} already has the permission {} for the network interface '{}'",
                made.account,
                made.kind.text(),
                made.interface
            );
            return Err(Refusal::new("InvalidPermission.Duplicate", text, "NI2"));
        }
        world.network_interface_permissions.insert(made.id, Arc::new(made.clone()));
        Ok(Touched::nothing())
    }
}

impl DeleteNetworkInterfacePermission {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        match world.network_interface_permissions.remove(&self.permission) {
            Some(_) => Ok(Touched::nothing()),
            None => Err(self.permission.missing("NI2")),
        }
    }
}
