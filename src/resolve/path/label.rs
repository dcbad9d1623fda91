//! Names of resources as ways show them.

use crate::{
    language::Language,
    model::{
        id::{InstanceId, NetworkAclId, PeeringId, RouteTableId, SecurityGroupId, SubnetId, VpcId},
        world::World,
    },
};

pub(super) fn instance_label(world: &World, id: InstanceId) -> String {
    world.instances.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

pub(super) fn vpc_label(world: &World, id: VpcId) -> String {
    world.vpcs.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

pub(super) fn subnet_label(world: &World, id: SubnetId) -> String {
    world.subnets.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

pub(super) fn table_label(world: &World, id: RouteTableId) -> String {
    world.route_tables.get(&id).map_or_else(|| id.to_string(), |table| table.label())
}

pub(super) fn peering_label(world: &World, id: PeeringId, say: Language) -> String {
    let name = world.peerings.get(&id).and_then(|it| it.tags.name());
    say.peering(name.map_or_else(|| id.to_string(), str::to_owned))
}

/// A group's Name tag, else its name; with its id, by which the console finds it.
pub(super) fn group_label(world: &World, id: SecurityGroupId) -> String {
    let Some(group) = world.security_groups.get(&id) else { return id.to_string() };
    format!("{} ({id})", group.tags.name().unwrap_or(&group.name))
}

pub(super) fn acl_label(world: &World, id: NetworkAclId) -> String {
    match world.network_acls.get(&id).and_then(|acl| acl.tags.name()) {
        Some(name) => format!("{name} ({id})"),
        None => id.to_string(),
    }
}
